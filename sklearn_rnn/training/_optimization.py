"""Optimizers and learning-rate schedules by name, and the skorch callbacks they need."""

from __future__ import annotations

from typing import Any

import torch
from skorch.callbacks import Callback, GradientNormClipping, LRScheduler
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

from ._early_stopping import BestWeightsEarlyStopping

OPTIMIZERS: dict[str, type[torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
}

LR_SCHEDULES = ("one_cycle", "cosine")


def one_cycle(optimizer: torch.optim.Optimizer, **options: Any) -> OneCycleLR:
    """Build a one-cycle schedule that cycles momentum only where the optimizer has some."""
    has_momentum = any(optimizer.defaults.get(name) for name in ("betas", "momentum"))
    return OneCycleLR(optimizer, cycle_momentum=has_momentum, **options)


def lr_scheduler(schedule: str, lr: float, n_steps: int) -> LRScheduler:
    """Build the callback that sets the learning rate before each of `n_steps` batches."""
    if schedule == "one_cycle":
        options: dict[str, Any] = {
            "policy": one_cycle,
            "max_lr": lr,
            # OneCycleLR reads one step past the last one.
            "total_steps": n_steps + 1,
        }
    else:
        options = {"policy": CosineAnnealingLR, "T_max": n_steps}
    return LRScheduler(step_every="batch", event_name=None, **options)


def training_callbacks(
    *,
    lr: float,
    n_steps: int,
    lr_schedule: str | None,
    gradient_clip_value: float | None,
    n_iter_no_change: int | None,
    tol: float,
) -> list[tuple[str, Callback]]:
    """List the callbacks that a training run with these parameters needs."""
    callbacks: list[tuple[str, Callback]] = []
    if gradient_clip_value is not None:
        callbacks.append(("gradient_clipping", GradientNormClipping(gradient_clip_value)))
    if lr_schedule is not None:
        callbacks.append(("lr_scheduler", lr_scheduler(lr_schedule, lr, n_steps)))
    if n_iter_no_change is not None:
        early_stopping = BestWeightsEarlyStopping(
            monitor="valid_loss", patience=n_iter_no_change, threshold=tol, threshold_mode="abs"
        )
        callbacks.append(("early_stopping", early_stopping))
    return callbacks
