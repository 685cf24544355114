"""Learning rates that change from batch to batch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from skorch import NeuralNet
from skorch.callbacks import Callback

# Of the one cycle, as in torch: the share of the steps that goes up, and the first and the last
# rate as parts of the highest one.
RISING_SHARE = 0.3
FIRST_RATE = 1 / 25
LAST_RATE = FIRST_RATE / 1e4
LOW_MOMENTUM, HIGH_MOMENTUM = 0.85, 0.95


def half_cosine(start: float, stop: float, position: float) -> float:
    """Go from one value to another, as `position` goes from 0 to 1."""
    return stop + (start - stop) * (1 + math.cos(math.pi * position)) / 2


def one_cycle(step: int, n_steps: int) -> tuple[float, float]:
    """Compute learning rate, relative to the highest one, and momentum of a step [1]_.

    References
    ----------
    .. [1] Smith, L. N. and Topin, N. (2019). Super-convergence: very fast training of neural
       networks using large learning rates. SPIE 11006.
    """
    top = RISING_SHARE * (n_steps + 1) - 1
    if step <= top:
        position = step / top
        return (
            half_cosine(FIRST_RATE, 1.0, position),
            half_cosine(HIGH_MOMENTUM, LOW_MOMENTUM, position),
        )
    position = (step - top) / (n_steps - top)
    return (
        half_cosine(1.0, LAST_RATE, position),
        half_cosine(LOW_MOMENTUM, HIGH_MOMENTUM, position),
    )


def cosine(step: int, n_steps: int) -> tuple[float, None]:
    """Compute the learning rate of a step, relative to the first one; momentum stays."""
    return half_cosine(1.0, 0.0, step / n_steps), None


LR_SCHEDULES: dict[str, Callable[[int, int], tuple[float, float | None]]] = {
    "one_cycle": one_cycle,
    "cosine": cosine,
}


class LearningRateSchedule(Callback):
    """Set the learning rate before each batch, and the momentum where there is some.

    Parameters
    ----------
    schedule : {"one_cycle", "cosine"}
        Name of the schedule.

    lr : float
        Highest learning rate.

    n_steps : int
        Number of batches of the whole training.

    keeps_momentum : bool, default=False
        Whether the momentum stays as it is.
    """

    def __init__(
        self, schedule: str, lr: float, n_steps: int, *, keeps_momentum: bool = False
    ) -> None:
        self.schedule = schedule
        self.lr = lr
        self.n_steps = n_steps
        self.keeps_momentum = keeps_momentum

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Start with the first step."""
        self.step_ = 0

    def on_batch_begin(self, net: NeuralNet, training: bool = False, **kwargs: Any) -> None:
        """Set the learning rate of a step."""
        if not training:
            return
        rate, momentum = LR_SCHEDULES[self.schedule](self.step_, self.n_steps)
        self.step_ += 1
        for group in net.optimizer_.param_groups:
            group["lr"] = self.lr * rate
            if self.keeps_momentum:
                continue
            if momentum is not None and "betas" in group:
                group["betas"] = (momentum, *group["betas"][1:])
            elif momentum is not None and group.get("momentum"):
                group["momentum"] = momentum
