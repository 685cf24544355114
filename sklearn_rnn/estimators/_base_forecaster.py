"""Training on windows: past values in, what a naive forecast misses out."""

from __future__ import annotations

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import check_random_state

from sklearn_rnn.sequences import (
    Differencing,
    WindowDifferencer,
    choose_differencings,
    standard_scale,
    to_units,
)

from ._base import BaseRecurrentEstimator


class BaseWindowForecaster(RegressorMixin, BaseRecurrentEstimator):
    """Base of forecasters: windows in the units of their future, differenced, learnt, restored."""

    _units: dict[int, tuple[float, float]]

    def _choose_differencings(
        self,
        windows: np.ndarray,
        future: np.ndarray,
        columns: list[int],
        look_back: int,
        train_rows: slice,
        weight: np.ndarray | None,
    ) -> list[Differencing]:
        return choose_differencings(
            windows,
            future,
            columns,
            lags=self.differencing,
            log=self.log,
            season_length=self.season_length,
            look_back=look_back,
            rows=train_rows,
            sample_weight=weight,
        )

    def _fit_network(
        self,
        windows: np.ndarray,
        future: np.ndarray,
        differencer: WindowDifferencer,
        weight: np.ndarray | None,
    ) -> None:
        n_samples, horizon, n_targets = future.shape
        train_rows, valid_rows = self._split(n_samples, horizon)
        train_weight = None if weight is None else weight[train_rows]
        differencer.fit(windows[train_rows], future[train_rows], train_weight)
        inputs = differencer.inputs(windows)
        targets = differencer.targets(windows, future).reshape(n_samples, -1)
        shift, scale = standard_scale(inputs[train_rows], None, train_weight)
        train = self._sequence_data(inputs, targets, sample_weight=weight, rows=train_rows)
        valid = None
        if valid_rows is not None:
            valid = self._sequence_data(inputs, targets, sample_weight=weight, rows=valid_rows)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        net = self._build_net(len(train), horizon * n_targets, shift, scale, seed)
        self._train(net, train, valid)
        self._differencer = differencer
        self.differencing_ = differencer.differencings
        self.look_back_ = differencer.look_back
        self.n_steps_ = differencer.n_steps
        self.horizon_ = horizon

    def _count_valid(self, n_samples: int) -> int:
        return int(np.ceil(self.validation_fraction * n_samples))

    def _split(
        self, n_samples: int, horizon: int, n_valid: int | None = None
    ) -> tuple[slice, slice | None]:
        """Split windows in time order: the newest to validate on, if any, the others to train."""
        if not self.early_stopping:
            return slice(None), None
        n_valid = self._count_valid(n_samples) if n_valid is None else n_valid
        # Windows whose future overlaps with that of the validation windows are left out.
        n_train = n_samples - n_valid - (horizon - 1)
        if n_train < 1:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} of {n_samples} windows leaves "
                "none to train on."
            )
        return slice(n_train), slice(n_samples - n_valid, None)

    def _predict_windows(self, windows: np.ndarray) -> np.ndarray:
        """Forecast the future, shape (n, horizon, n_targets), of windows."""
        windows = to_units(windows[:, -self.n_steps_ :].astype(np.float64), self._units)
        inputs = self._sequence_data(self._differencer.inputs(windows), device=self.net_.device)
        outputs = self.net_.outputs(inputs).astype(np.float64)
        return self._differencer.restore(windows, outputs.reshape(len(windows), self.horizon_, -1))
