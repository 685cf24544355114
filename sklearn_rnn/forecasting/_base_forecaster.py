"""Training on windows of series: a linear forecast first, and then what it misses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import RegressorMixin

from sklearn_rnn.base import DTYPES, BaseRecurrentEstimator
from sklearn_rnn.nn import Seed
from sklearn_rnn.training import Recipe, resolve_device

from ._blocks import Block
from ._forecast_net import ForecastNet
from ._forecast_network import ForecastNetwork
from ._held_out import count_apart
from ._linear_forecast import LinearForecast, fit_linear
from ._naive import naive_forecasts
from ._series_store import SeriesStore
from ._window_data import WindowData

# The penalty of the linear forecast where nothing is held out to choose it by.
FIXED_PENALTY = 0.03
# Few windows need many epochs to make enough steps.
MIN_EPOCHS = 8
MIN_STEPS = 200
AUTO_BATCH_SIZE = 128


@dataclass(frozen=True)
class Blocks:
    """Forecasts to learn from: all, and those to rehearse with, if some are held out.

    Parameters
    ----------
    everything : Block
        All forecasts.

    rehearsal : tuple of (whole, before, held_out), each a Block, default=None
        As :func:`hold_out` returns them.
    """

    everything: Block
    rehearsal: tuple[Block, Block, Block] | None = None


def draw_windows(store: SeriesStore, block: Block, look_back: int, horizon: int) -> WindowData:
    """Take the windows before the forecasts of a block."""
    return WindowData(
        store, block.first, block.last, look_back=look_back, horizon=horizon, known=block.known
    )


class BaseForecaster(RegressorMixin, BaseRecurrentEstimator):
    """Base of forecasters: blocks of windows in, a network with its linear forecast out."""

    _net_class = ForecastNet
    _recipe = Recipe(lr=2e-3, lr_schedule="one_cycle", weight_decay=0.01, max_grad_norm=1.0)

    net_: ForecastNet
    linear_: LinearForecast
    _errors: np.ndarray | None

    @property
    def _held_out_fraction(self) -> float | None:
        return self.validation_fraction if self.early_stopping else self.calibration_fraction

    def _check_held_out(self, blocks: Blocks, what: str) -> None:
        if self.early_stopping and blocks.rehearsal is None:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} of {what} leaves none to train on."
            )

    def _store_options(self) -> dict[str, Any]:
        """Say how to store series, to train on them."""
        return {"dtype": DTYPES[self.dtype], "device": resolve_device(self.device)}

    def _fit_network(self, store: SeriesStore, blocks: Blocks, horizon: int) -> None:
        """Learn from all forecasts; choose by those held out, if there are any."""
        self.horizon_ = horizon
        seed = self._draw_seed()
        everything = self._draw(store, blocks.everything)
        self._errors = None
        if blocks.rehearsal is None and self.quantiles is not None:
            self._check_errors(None, "quantiles")
        if blocks.rehearsal is None:
            self.linear_, _ = self._fit_linear(everything, None, seed, (FIXED_PENALTY,))
            net = self._build_forecast_net(everything, self.linear_, seed)
            self._train(net, everything, None)
        else:
            rehearsal = [self._draw(store, each) for each in blocks.rehearsal]
            if self.early_stopping:
                self._fit_stopped(rehearsal, seed)
            else:
                self._fit_rehearsed(everything, rehearsal, seed)
        self.network_share_ = self.net_.module_.share.item()
        spread_share = self.net_.module_.spread_share.item()
        self.spread_share_ = None if self.quantiles is None else spread_share

    def _fit_stopped(self, rehearsal: list[WindowData], seed: Seed) -> None:
        """Stop by the held-out forecasts, which are not learnt from then."""
        whole, before, held_out = rehearsal
        self.linear_, _ = self._fit_linear(whole, held_out, seed)
        net = self._build_forecast_net(before, self.linear_, seed)
        self._start_quantiles(net, held_out)
        self._train(net, before, held_out)
        self._errors = self.net_.choose_shares(held_out)

    def _fit_rehearsed(
        self, everything: WindowData, rehearsal: list[WindowData], seed: Seed
    ) -> None:
        """Choose the share of the network by the held-out forecasts, then learn from all."""
        whole, before, held_out = rehearsal
        linear_before, self.linear_ = self._fit_linear(whole, held_out, seed)
        net = self._build_forecast_net(before, linear_before, seed, rehearsal=True)
        self._start_quantiles(net, held_out)
        offsets = net.module_.offsets.clone()
        net.partial_fit((before, None))
        self._errors = net.choose_shares(held_out)
        is_watched = self.verbose or self.callbacks or self.warm_start
        if net.module_.is_linear and not is_watched:
            # What is not used need not be trained on the rest.
            net.module_.linear.copy_(self.linear_.weights)
            self._keep(net, before)
        else:
            final = self._build_forecast_net(everything, self.linear_, seed)
            final.module_.offsets.copy_(offsets)
            self._train(final, everything, None)
            final.module_.copy_chosen(net.module_)

    def _start_quantiles(self, net: ForecastNet, held_out: WindowData) -> None:
        if self.quantiles is not None:
            self._check_errors(net.start_offsets(held_out), "quantiles")

    def _fit_linear(
        self, train: WindowData, held_out: WindowData | None, seed: Seed, *penalties: tuple
    ) -> tuple[LinearForecast, LinearForecast]:
        naive = naive_forecasts(self.look_back_, self.horizon_, self.season_length)
        generator = seed.of("linear").generator()
        return fit_linear(train, held_out, naive, generator, *penalties)

    def _draw(self, store: SeriesStore, block: Block) -> WindowData:
        return draw_windows(store, block, self.look_back_, self.horizon_)

    def _build_forecast_net(
        self, data: WindowData, linear: LinearForecast, seed: Seed, *, rehearsal: bool = False
    ) -> ForecastNet:
        store = data.store
        module_options = {
            "linear": linear.weights,
            "quantiles": tuple(self._levels()),
            "look_back": data.look_back,
            "n_past": 0 if store.past is None else store.past.values.shape[1],
            "n_future": store.n_future,
        }
        return self._build_net(
            len(data), seed, ForecastNetwork, module_options, rehearsal=rehearsal
        )

    def _auto_batch_size(self, n_samples: int) -> int:
        return AUTO_BATCH_SIZE

    def _auto_epochs(self, n_batches: int) -> int:
        return max(MIN_EPOCHS, math.ceil(MIN_STEPS / n_batches))

    def _check_coverage(self, coverage: float | None) -> None:
        if coverage is None:
            return
        if not isinstance(coverage, Real) or not 0 < coverage < 1:
            raise ValueError(
                "The 'coverage' parameter must be a float in the range (0.0, 1.0). Got "
                f"{coverage!r} instead."
            )
        self._check_errors(self._errors, "coverage")

    def _levels(self) -> list[float]:
        """Check the probabilities of the quantiles."""
        if self.quantiles is None:
            return []
        levels = np.asarray(self.quantiles)
        is_valid = levels.ndim == 1 and len(levels) and levels.dtype.kind == "f"
        if not is_valid or not (np.diff(levels, prepend=0.0, append=1.0) > 0).all():
            raise ValueError(
                "The 'quantiles' parameter must hold different probabilities in the range "
                f"(0.0, 1.0), in rising order, such as [0.1, 0.5, 0.9]. Got {self.quantiles!r} "
                "instead."
            )
        return levels.tolist()

    def _check_errors(self, errors: np.ndarray | None, parameter: str) -> None:
        """Check that errors on held-out data are known of all steps of the horizon."""
        if errors is None:
            raise ValueError(
                f"{parameter} needs errors on held-out data: set calibration_fraction before fit."
            )
        n_known = np.isfinite(errors).sum(axis=0)
        if not n_known.all():
            raise ValueError(
                f"{parameter} needs errors on held-out data, but of step {n_known.argmin() + 1} "
                "of the horizon none is known: the series seen in fit are too short for it."
            )

    def _half_widths(self, coverage: float, n_steps: int) -> np.ndarray:
        """Take from the held-out errors how far off a forecast may be, in units of its window.

        Conformal prediction [1]_, with the errors of all series together.

        Returns
        -------
        half_widths : ndarray of shape (n_steps,)
            Past the horizon, they grow with the square root of the steps, as errors that add up.

        References
        ----------
        .. [1] Vovk, V., Gammerman, A. and Shafer, G. (2005). Algorithmic learning in a random
           world. Springer.
        """
        assert self._errors is not None, "something was held out"
        level = coverage * (1 + 1 / count_apart(*self._errors.shape))
        widths = np.array([_absolute_quantile(each, level) for each in self._errors.T])
        steps = np.arange(n_steps)
        within = widths[np.minimum(steps, self.horizon_ - 1)]
        return within * np.sqrt(np.maximum((steps + 1) / self.horizon_, 1.0))


def _absolute_quantile(errors: np.ndarray, level: float) -> float:
    """Take the size that a share of the known errors stays within; the largest for 1 and more."""
    sizes = np.sort(np.abs(errors[np.isfinite(errors)]))
    rank = math.ceil(len(sizes) * level)
    return float(sizes[min(rank, len(sizes)) - 1])
