"""What "auto" stands for in a training: values that belong together."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import torch
from skorch.callbacks import LRScheduler

from ._optimization import RATES


@dataclass(frozen=True)
class Recipe:
    """A learning rate, and what was laid out for it.

    Parameters
    ----------
    lr : float
        Learning rate of Adam and AdamW; with a schedule, the highest one.

    lr_schedule : {"one_cycle", "cosine"} or None
        How it changes from batch to batch.

    weight_decay : float
        Strength of the L2 penalty.

    max_grad_norm : float or None
        Largest norm of the gradient.

    ema_decay : float or None
        Decay of the moving average of the weights.

    label_smoothing : float
        Share of the targets that is spread over all classes.
    """

    lr: float
    lr_schedule: str | None = None
    weight_decay: float = 0.0
    max_grad_norm: float | None = None
    ema_decay: float | None = None
    label_smoothing: float = 0.0


# A rate that a user names stays as it is. The norm is one that few gradients have, but those of a
# relu cell before it diverges.
NAMED_RATE: dict[str, Any] = {
    "lr_schedule": None,
    "weight_decay": 0.0,
    "max_grad_norm": 5.0,
    "label_smoothing": 0.0,
}
# Where the rate stays, averaging the weights does what falling would have done.
EMA_DECAY = 0.99


def settle(
    recipe: Recipe,
    given: dict[str, Any],
    optimizer: type[torch.optim.Optimizer],
    callbacks: list[Any] | None,
) -> Recipe:
    """Replace each "auto" by what goes with the rest.

    Parameters
    ----------
    recipe : Recipe
        What was laid out for the rate of the estimator.

    given : dict
        The values of the user, by the names of `recipe`; "auto" where there are none.

    optimizer : class
        Optimizer.

    callbacks : list or None
        Callbacks of the user, of which one may set the rate.

    Returns
    -------
    settled : Recipe

    Raises
    ------
    ValueError
        If two schedules set the rate, or if there is no rate for the optimizer.
    """
    lr = given["lr"]
    if lr == "auto":
        lr = _own_rate(recipe, optimizer)
    if given["lr"] != "auto" or optimizer not in RATES:
        recipe = replace(recipe, **NAMED_RATE)
    is_set_by_callback = any(
        isinstance(each, LRScheduler) for each in map(_instance, callbacks or [])
    )
    if is_set_by_callback:
        if given["lr_schedule"] not in ("auto", None):
            raise ValueError(
                f"lr_schedule={given['lr_schedule']!r} and the LRScheduler among `callbacks` both "
                "set the learning rate. Set lr_schedule=None, or leave the callback out."
            )
        recipe = replace(recipe, lr_schedule=None)
    named = {name: value for name, value in given.items() if not _is_auto(value)}
    settled = replace(recipe, **{**named, "lr": lr})
    if _is_auto(given["ema_decay"]):
        # A rate that ends at zero leaves nothing to average.
        stays = settled.lr_schedule is None and not is_set_by_callback
        settled = replace(settled, ema_decay=EMA_DECAY if stays else None)
    return settled


def _is_auto(value: Any) -> bool:
    return isinstance(value, str) and value == "auto"


def _instance(callback: Any) -> Any:
    """Return a callback that may be a pair of name and instance."""
    return callback[-1] if isinstance(callback, tuple) else callback


def _own_rate(recipe: Recipe, optimizer: type[torch.optim.Optimizer]) -> float:
    if optimizer in RATES:
        return recipe.lr * RATES[optimizer]
    parameter = inspect.signature(optimizer).parameters.get("lr")
    default = None if parameter is None else parameter.default
    if not isinstance(default, Real):
        raise ValueError(
            f"lr='auto' knows no learning rate for the optimizer {optimizer.__name__}. Set lr."
        )
    return float(default)
