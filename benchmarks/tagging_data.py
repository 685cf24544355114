"""The tasks of the benchmark of taggers: generated sequences, and a class for each of their steps.

Activities are cut from the sequences of BasicMotions, read as ``sequences_data.py`` reads its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from sequences_data import Task, load

N_TRAIN, N_TEST = 200, 200
N_STEPS = 100
N_TOKENS = 8

Sample = tuple[np.ndarray, np.ndarray]


@dataclass
class TaggingTask:
    """Sequences of shape (n_steps, n_features), and arrays of the classes of their steps."""

    X_train: list[np.ndarray]
    y_train: list[np.ndarray]
    X_test: list[np.ndarray]
    y_test: list[np.ndarray]


def draw_steps(rng: np.random.Generator) -> int:
    return int(rng.integers(N_STEPS // 2, N_STEPS + 1))


def copy(rng: np.random.Generator, is_test: bool, delay: int) -> Sample:
    """Draw tokens; the class is the token so many steps before."""
    n_steps = delay + draw_steps(rng)
    tokens = rng.integers(N_TOKENS, size=n_steps)
    before = np.concatenate([np.full(delay, "none"), tokens[: n_steps - delay].astype(str)])
    return np.eye(N_TOKENS)[tokens], before


def brackets(rng: np.random.Generator, is_test: bool) -> Sample:
    """Draw brackets among letters; the class tells whether one has its partner."""
    n_steps = draw_steps(rng)
    tokens = rng.choice(4, size=n_steps, p=[0.2, 0.2, 0.3, 0.3])
    tags = np.where(tokens < 2, "unmatched", "letter")
    opened: list[int] = []
    for step, token in enumerate(tokens):
        if token == 0:
            opened.append(step)
        elif token == 1 and opened:
            tags[[opened.pop(), step]] = "matched"
    return np.eye(4)[tokens], tags


@lru_cache
def motions() -> Task:
    return load("BasicMotions")


def activity(rng: np.random.Generator, is_test: bool) -> Sample:
    """Draw pieces of recorded motions, one after another; the class is the motion."""
    X, y = (
        (motions().X_test, motions().y_test) if is_test else (motions().X_train, motions().y_train)
    )
    pieces, tags = [], []
    for _ in range(rng.integers(3, 7)):
        row, n_steps = rng.integers(len(X)), rng.integers(15, 50)
        start = rng.integers(X.shape[1] - n_steps)
        pieces.append(X[row, start : start + n_steps])
        tags.append(np.full(n_steps, y[row]))
    return np.concatenate(pieces), np.concatenate(tags)


def phase(rng: np.random.Generator, is_test: bool) -> Sample:
    """Draw a noisy sine of any period; the class is the quarter of its phase."""
    n_steps, period = draw_steps(rng), rng.uniform(8, 60)
    cycles = rng.uniform() + np.arange(n_steps) / period
    wave = np.sin(2 * np.pi * cycles) + rng.normal(0, 0.3, n_steps)
    return wave[:, None], (4 * cycles).astype(int) % 4


def runs(rng: np.random.Generator, is_test: bool) -> Sample:
    """Draw runs of tokens; the class tells how long the run of a step is in all."""
    lengths = rng.integers(1, 31, size=rng.integers(4, 9))
    tokens = rng.integers(N_TOKENS) + rng.integers(1, N_TOKENS, size=len(lengths)).cumsum()
    tags = np.array(["short", "middle", "long"])[np.digitize(lengths, [8, 20])]
    return np.eye(N_TOKENS)[np.repeat(tokens % N_TOKENS, lengths)], np.repeat(tags, lengths)


def depth(rng: np.random.Generator, is_test: bool) -> Sample:
    """Draw brackets; the class is how many are open."""
    n_steps, levels = draw_steps(rng), [0]
    for _ in range(n_steps):
        step = 1 if levels[-1] == 0 else rng.choice([-1, 1])
        levels.append(min(levels[-1] + step, 8))
    steps = np.diff(levels)
    return np.eye(3)[steps + 1], np.array(levels[1:])


def last_seen(rng: np.random.Generator, is_test: bool) -> Sample:
    """Draw noise in which switches are rare; the class is the last one."""
    n_steps = draw_steps(rng)
    switches = rng.choice([0, 1, 2], size=n_steps, p=[0.96, 0.02, 0.02])
    tags, state = [], 0
    for switch in switches:
        state = switch or state
        tags.append(state)
    return np.column_stack([switches == 1, switches == 2, rng.normal(size=n_steps)]), np.array(tags)


def parity(rng: np.random.Generator, is_test: bool) -> Sample:
    """Draw bits; the class is the parity of all so far."""
    bits = rng.integers(2, size=draw_steps(rng))
    return bits[:, None].astype(float), bits.cumsum() % 2


def largest(rng: np.random.Generator, is_test: bool) -> Sample:
    """Draw a random walk; the class tells whether its largest value is yet to come."""
    walk = rng.normal(size=draw_steps(rng)).cumsum()
    return walk[:, None], np.arange(len(walk)) < walk.argmax()


GENERATED: dict[str, Callable[[np.random.Generator, bool], Sample]] = {
    "copy after 5 steps": partial(copy, delay=5),
    "copy after 20 steps": partial(copy, delay=20),
    "copy after 50 steps": partial(copy, delay=50),
    "brackets": brackets,
    "activity": activity,
    "phase": phase,
    "runs": runs,
}
# Defaults were not chosen on these.
OTHERS: dict[str, Callable[[np.random.Generator, bool], Sample]] = {
    "depth": depth,
    "last seen": last_seen,
    "parity": parity,
    "largest": largest,
}
NAMES = (*GENERATED, *OTHERS)


def generate(name: str) -> TaggingTask:
    """Draw sequences to train on and to test on."""
    rng = np.random.default_rng(0)
    draw = {**GENERATED, **OTHERS}[name]
    X_train, y_train = zip(*(draw(rng, False) for _ in range(N_TRAIN)), strict=True)
    X_test, y_test = zip(*(draw(rng, True) for _ in range(N_TEST)), strict=True)
    return TaggingTask(list(X_train), list(y_train), list(X_test), list(y_test))
