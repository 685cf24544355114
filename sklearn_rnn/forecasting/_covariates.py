"""Scale of covariates, as learnt from the training data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ._clock import row_parts


@dataclass(frozen=True)
class CovariateScaler:
    """Mean and deviation of those covariates that vary.

    Parameters
    ----------
    varies : ndarray of shape (n_covariates,), dtype bool
        Which of them are not constant, and used.

    mean, deviation : ndarray of shape (n_used,)
        Mean and deviation of these.
    """

    varies: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def learn(cls, values: np.ndarray, weight: np.ndarray | None = None) -> CovariateScaler:
        """Learn from values of shape (n_rows, n_covariates), NaN where one is missing.

        Raises
        ------
        ValueError
            If they are too large.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            mean = _average(values, weight, lambda part: part)
            deviation = np.sqrt(_average(values, weight, lambda part: np.square(part - mean)))
        if not np.isfinite(deviation).all():
            raise ValueError(
                f"Covariates from {np.nanmin(values):.4g} to {np.nanmax(values):.4g} are too "
                "large: their standard deviation cannot be computed."
            )
        varies = deviation > 1e-12 * np.abs(mean)
        return cls(varies, mean[varies], deviation[varies])

    def scale(self, values: np.ndarray) -> np.ndarray:
        """Standardize values of shape (..., n_covariates); what is missing becomes the mean.

        Returns
        -------
        scaled : ndarray of shape (..., n_used)
        """
        # What is too large to compute with has no finite forecast.
        with np.errstate(over="ignore", invalid="ignore"):
            scaled = (values[..., self.varies] - self.mean) / self.deviation
        return np.where(np.isnan(scaled), 0.0, scaled)

    def scale_last(self, values: np.ndarray) -> np.ndarray:
        """Standardize values of the last covariates alone, as :meth:`scale` does all."""
        n_before = len(self.varies) - values.shape[-1]
        n_used = self.varies[n_before:].sum()
        first = len(self.mean) - n_used
        last = CovariateScaler(self.varies[n_before:], self.mean[first:], self.deviation[first:])
        return last.scale(values)


def _average(
    values: np.ndarray, weight: np.ndarray | None, function: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """Average a function of the known values of each column, part by part to save memory."""
    total, sums = np.zeros((2, values.shape[1]))
    for rows in row_parts(len(values)):
        known = np.isfinite(values[rows]) * (1.0 if weight is None else weight[rows, None])
        filled = np.nan_to_num(values[rows].astype(np.float64))
        total += known.sum(axis=0)
        sums += (function(filled) * known).sum(axis=0)
    return sums / np.maximum(total, 1e-12)
