"""The sets of the benchmark of numbers from sequences: generated ones, and some that are shipped.

Those that are shipped with aeon or sktime are read as ``sequences_data.py`` reads its own.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sequences_data import NUMBERS, Task, load

N_TRAIN, N_TEST = 400, 400
N_STEPS = 100

Sample = tuple[np.ndarray, float]


def frequency(rng: np.random.Generator) -> Sample:
    """Draw a noisy sine of any phase, and its frequency."""
    cycles, phase = rng.uniform(2, 10), rng.uniform(0, 2 * np.pi)
    wave = np.sin(2 * np.pi * cycles * np.arange(N_STEPS) / N_STEPS + phase)
    return (wave + rng.normal(0, 0.5, N_STEPS))[:, None], cycles


def mean(rng: np.random.Generator) -> Sample:
    """Draw a random walk, and its mean."""
    walk = rng.normal(size=N_STEPS).cumsum()
    return walk[:, None], walk.mean()


def last_value(rng: np.random.Generator) -> Sample:
    """Draw noise of any length, and its last value."""
    noise = rng.normal(size=rng.integers(N_STEPS // 2, N_STEPS))
    return noise[:, None], noise[-1]


def peaks(rng: np.random.Generator) -> Sample:
    """Draw bumps in noise, and their number."""
    n_peaks = rng.integers(1, 11)
    places = rng.choice(np.arange(5, N_STEPS, 9), n_peaks, replace=False)[:, None]
    heights = rng.uniform(1, 3, (n_peaks, 1))
    bumps = heights * np.exp(-np.square((np.arange(N_STEPS) - places) / 2) / 2)
    return (bumps.sum(axis=0) + rng.normal(0, 0.2, N_STEPS))[:, None], float(n_peaks)


def delay(rng: np.random.Generator) -> Sample:
    """Draw two smooth channels, one a noisy echo of the other, and the delay of the echo."""
    steps = rng.integers(0, 16)
    source = np.convolve(rng.normal(size=N_STEPS + 20), np.hanning(7), "valid")
    both = np.stack([source[15 : N_STEPS + 14], source[15 - steps : N_STEPS + 14 - steps]], axis=1)
    return both + rng.normal(0, 0.2, both.shape), float(steps)


def sentence(rng: np.random.Generator) -> Sample:
    """Draw tokens, one of which announces two digits, and the number that they spell."""
    n_words, n_steps = 20, rng.integers(10, 25)
    tokens = rng.integers(10, n_words - 1, n_steps)
    place = rng.integers(n_steps - 2)
    digits = rng.integers(10, size=2)
    tokens[place : place + 3] = n_words - 1, *digits
    return np.eye(n_words)[tokens], float(10 * digits[0] + digits[1])


def total(rng: np.random.Generator) -> Sample:
    """Draw waiting times, as many as there happen to be, and their total."""
    times = rng.exponential(size=rng.integers(10, 60))
    return times[:, None], times.sum()


def place(rng: np.random.Generator) -> Sample:
    """Draw a random walk that jumps up once, and the place of the jump."""
    jump = rng.integers(5, N_STEPS - 5)
    walk = rng.normal(0, 0.3, N_STEPS).cumsum() + 4 * (np.arange(N_STEPS) >= jump)
    return walk[:, None], float(jump)


def decay(rng: np.random.Generator) -> Sample:
    """Draw a noisy decay from any start to any level, and its rate."""
    rate, start, level = rng.uniform(0.02, 0.2), rng.uniform(2, 6), rng.normal()
    values = start * np.exp(-rate * np.arange(N_STEPS)) + level
    return (values + rng.normal(0, 0.2, N_STEPS))[:, None], rate


def persistence(rng: np.random.Generator) -> Sample:
    """Draw a process that remembers its last value, and how well it does."""
    share = rng.uniform(-0.9, 0.9)
    values = rng.normal(size=N_STEPS)
    for step in range(1, N_STEPS):
        values[step] += share * values[step - 1]
    return values[:, None], share


GENERATED: dict[str, Callable[[np.random.Generator], Sample]] = {
    "frequency": frequency,
    "mean": mean,
    "last value": last_value,
    "peaks": peaks,
    "delay": delay,
    "sentence": sentence,
    "place": place,
}
# Defaults were not chosen on these.
OTHERS: dict[str, Callable[[np.random.Generator], Sample]] = {
    "total": total,
    "decay": decay,
    "persistence": persistence,
}
NAMES = (*GENERATED, *NUMBERS, *OTHERS)


def generate(name: str) -> Task:
    """Draw sequences to train on and to test on."""
    rng = np.random.default_rng(0)
    draw = {**GENERATED, **OTHERS}[name]
    sequences, numbers = zip(*(draw(rng) for _ in range(N_TRAIN + N_TEST)), strict=True)
    X = np.full((len(sequences), max(map(len, sequences)), sequences[0].shape[1]), np.nan)
    for row, sequence in zip(X, sequences, strict=True):
        row[: len(sequence)] = sequence
    y = np.array(numbers)
    return Task(X[:N_TRAIN], y[:N_TRAIN], X[N_TRAIN:], y[N_TRAIN:])


def load_numbers(name: str) -> Task:
    """Generate a set, or load one that is shipped."""
    if name not in NUMBERS:
        return generate(name)
    task = load(name)
    task.y_train, task.y_test = task.y_train.astype(float), task.y_test.astype(float)
    return task
