"""Training on windows of series: a linear forecast first, and then what it misses."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.base import RegressorMixin
from sklearn.utils import check_random_state

from sklearn_rnn.networks import ForecastNetwork
from sklearn_rnn.sequences import Block, naive_forecasts
from sklearn_rnn.training import (
    ForecastNet,
    LinearForecast,
    SeriesStore,
    WindowData,
    fit_linear,
)

from ._base import BaseRecurrentEstimator

# The penalty of the linear forecast where nothing is held out to choose it by.
FIXED_PENALTY = 0.03
# Few windows need many epochs to make enough steps.
MIN_EPOCHS = 8
MIN_STEPS = 200


@dataclass(frozen=True)
class Blocks:
    """Forecasts to learn from: all, and those to rehearse with, if some are held out.

    Parameters
    ----------
    everything : Block
        All forecasts.

    rehearsal : tuple of (whole, before, held_out), each a Block, default=None
        As :func:`sklearn_rnn.sequences.hold_out` returns them.
    """

    everything: Block
    rehearsal: tuple[Block, Block, Block] | None = None


class BaseForecaster(RegressorMixin, BaseRecurrentEstimator):
    """Base of forecasters: blocks of windows in, a network with its linear forecast out."""

    _net_class = ForecastNet

    net_: ForecastNet
    linear_: LinearForecast
    _errors: np.ndarray | None

    def _fit_network(self, store: SeriesStore, blocks: Blocks, horizon: int) -> None:
        """Choose by the held-out forecasts, if there are any, and learn from all."""
        self.horizon_ = horizon
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        generator = torch.Generator().manual_seed(seed)
        naive = naive_forecasts(self.look_back_, horizon, self.season_length)
        everything = self._windows(store, blocks.everything)
        if blocks.rehearsal is None:
            linear, _ = fit_linear(everything, everything, naive, generator, (FIXED_PENALTY,))
            share, self._errors = 1.0, None
            self._train(self._build_forecast_net(everything, linear, seed), everything, None)
        else:
            whole, before, held_out = (self._windows(store, each) for each in blocks.rehearsal)
            linear_before, linear = fit_linear(whole, held_out, naive, generator)
            net = self._build_forecast_net(
                before, linear_before, seed, rehearsal=not self.early_stopping
            )
            if self.early_stopping:
                linear = linear_before
                self._train(net, before, held_out)
            else:
                net.partial_fit((before, None))
            share, self._errors = net.choose_share(held_out)
            is_watched = self.verbose or self.callbacks or self.warm_start
            if share == 0.0 and not self.early_stopping and not is_watched:
                # What is not used need not be trained on the rest.
                net.module_.linear.copy_(linear.weights)
                self._keep(net, before)
            elif not self.early_stopping:
                self._train(self._build_forecast_net(everything, linear, seed), everything, None)
        self.net_.module_.share.fill_(share)
        self.linear_ = linear
        self.network_share_ = share

    def _windows(self, store: SeriesStore, block: Block) -> WindowData:
        return WindowData(
            store,
            block.first,
            block.last,
            look_back=self.look_back_,
            horizon=self.horizon_,
            known=block.known,
        )

    def _build_forecast_net(
        self, data: WindowData, linear: LinearForecast, seed: int, *, rehearsal: bool = False
    ) -> ForecastNet:
        store = data.store
        module_options = {
            "linear": linear.weights,
            "look_back": data.look_back,
            "n_past": 0 if store.past is None else store.past.values.shape[1],
            "n_future": 0 if store.future is None else store.future.values.shape[1],
        }
        return self._build_net(
            len(data), seed, ForecastNetwork, module_options, rehearsal=rehearsal
        )

    def _n_epochs(self, n_batches: int) -> int:
        if self.max_epochs != "auto":
            return self.max_epochs
        return max(MIN_EPOCHS, math.ceil(MIN_STEPS / n_batches))

    def _half_widths(self, coverage: float, n_steps: int) -> np.ndarray:
        """Take from the held-out errors how far off a forecast may be, in scales of its window.

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
        # Overlapping windows err together: they are worth as many as do not overlap.
        n_apart = max(len(self._errors) / self.horizon_, 1.0)
        level = coverage * (1 + 1 / n_apart)
        widths = np.array([_absolute_quantile(each, level) for each in self._errors.T])
        steps = np.arange(n_steps)
        within = widths[np.minimum(steps, self.horizon_ - 1)]
        return within * np.sqrt(np.maximum((steps + 1) / self.horizon_, 1.0))


def _absolute_quantile(errors: np.ndarray, level: float) -> float:
    """Take the size that a share of the known errors stays within; the largest for 1 and more."""
    sizes = np.sort(np.abs(errors[np.isfinite(errors)]))
    rank = math.ceil(len(sizes) * level)
    return float(sizes[min(rank, len(sizes)) - 1])
