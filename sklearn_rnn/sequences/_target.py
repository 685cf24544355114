"""Numbers to be told from sequences: losses, and the scale that networks tell them in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from sklearn_rnn.training import PinballLoss, PoissonDeviance

from ._scaling import standard_scale, weighted_quantile

LOSSES: dict[str, type[nn.Module]] = {
    "squared_error": nn.MSELoss,
    "absolute_error": nn.L1Loss,
    "huber": nn.HuberLoss,
    "quantile": PinballLoss,
    "poisson": PoissonDeviance,
}
# Between the quartiles of a normal distribution lie so many standard deviations.
QUARTILES = 1.349


@dataclass(frozen=True)
class TargetScale:
    """The scale that a network tells numbers in, which the constant answer 0 suits best.

    Parameters
    ----------
    shift, spread : ndarray of shape (n_outputs,)
        What numbers are shifted and divided by.

    is_log : bool
        Whether the network tells their logarithms.
    """

    shift: np.ndarray
    spread: np.ndarray
    is_log: bool = False

    def scale(self, y: np.ndarray) -> np.ndarray:
        """Bring numbers of shape (n_samples, n_outputs) to the scale of the loss."""
        return (y - self.shift) / self.spread

    def undo(self, outputs: np.ndarray) -> np.ndarray:
        """Bring outputs of shape (..., n_outputs) of a network to the units of the numbers."""
        with np.errstate(over="ignore"):
            return (np.exp(outputs) if self.is_log else outputs) * self.spread + self.shift


def learn_scale(
    y: np.ndarray, sample_weight: np.ndarray | None, loss: str, quantile: float
) -> TargetScale:
    """Learn the scale of numbers.

    Parameters
    ----------
    y : ndarray of shape (n_samples, n_outputs)
        Numbers.

    sample_weight : ndarray of shape (n_samples,) or None
        Their weights; None if all count the same.

    loss : str
        One of `LOSSES`.

    quantile : float
        Probability of the quantile that is told with the loss "quantile".

    Raises
    ------
    ValueError
        If the values are too large, or if there are only zeros with the loss "poisson".
    """
    mean, deviation = standard_scale(y[:, None], None, sample_weight, name="y")
    is_constant = (y == y[0]).all(axis=0) & (mean != 0)
    deviation = np.where(is_constant, np.abs(mean), deviation)
    if loss == "squared_error":
        return TargetScale(mean, deviation)
    if loss == "poisson":
        if not mean.all():
            raise ValueError("loss='poisson' needs numbers above 0 in y, but there are only zeros.")
        return TargetScale(np.zeros_like(mean), mean, is_log=True)
    # What a few outliers are like is not to matter.
    weight = np.ones(len(y)) if sample_weight is None else sample_weight
    middle = quantile if loss == "quantile" else 0.5
    lower, centre, upper = (
        np.array([weighted_quantile(column, level, weight) for column in y.T])
        for level in (0.25, middle, 0.75)
    )
    spread = (upper - lower) / QUARTILES
    return TargetScale(centre, np.where(spread > 0, spread, deviation))


def check_numbers(name: str, y: Any, loss: str) -> np.ndarray:
    """Check that y holds numbers that a loss can be computed of.

    Parameters
    ----------
    name : str
        Name of the estimator.

    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Numbers.

    loss : str
        One of `LOSSES`.

    Returns
    -------
    y : ndarray of float64
        The same numbers, of the same shape.

    Raises
    ------
    ValueError
        If they are not, saying what there is instead.
    """
    y = np.asarray(y)
    if y.dtype.kind in "USO":
        y = _read_numbers(name, y)
    if y.dtype.kind not in "buif":
        raise ValueError(f"{name} tells numbers, but y holds values of the type {y.dtype}.")
    if y.ndim not in (1, 2) or 0 in y.shape:
        raise ValueError(
            f"y must have the shape (n_samples,) or (n_samples, n_outputs). Got {y.shape} instead."
        )
    y = y.astype(np.float64)
    finite = np.isfinite(y)
    if not finite.all():
        place = tuple(int(each) for each in np.argwhere(~finite)[0])
        shown = ", ".join(map(str, place))
        raise ValueError(
            f"Input y contains NaN or infinity: y[{shown}] is {y[place]}. A number is needed for "
            "each sequence."
        )
    if loss == "poisson" and y.min() < 0:
        raise ValueError(
            f"loss='poisson' needs numbers from 0 on in y. Got {y.min():g} as the smallest."
        )
    return y


def _read_numbers(name: str, y: np.ndarray) -> np.ndarray:
    """Read numbers that are kept as objects, and refuse text."""
    text = next((each for each in y.ravel() if isinstance(each, str)), None)
    if text is None:
        try:
            return y.astype(np.float64)
        except (TypeError, ValueError):
            text = y.ravel()[0]
    raise ValueError(
        f"{name} tells numbers, but y holds {str(text)!r}. RNNClassifier tells classes."
    )
