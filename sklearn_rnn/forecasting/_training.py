"""Training on windows: smoothing and a regression first, then what a recurrent network adds."""

from __future__ import annotations

import math
from dataclasses import replace
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.base import RegressorMixin

from sklearn_rnn.base import DTYPES, BaseRecurrentEstimator
from sklearn_rnn.nn import Seed
from sklearn_rnn.training import Recipe, resolve_device

from ._batches import Forecasts, Parts, Rehearsal, Scaling, WindowData, WindowSource
from ._choice import (
    LIKELY_SHARES,
    HeldOut,
    choose_error_power,
    error_quantiles,
    learnable,
    loss_in_units,
    share_prior,
)
from ._network import ForecastNet, ForecastNetwork
from ._ridge import Ridge, fit_ridge
from ._series_windows import SeriesWindows

# Passes over the windows, most steps that they come to, and most passes over a few.
EPOCHS, MAX_STEPS, MAX_EPOCHS = 12, 5000, 300
# So many steps are trained on few windows, or so many more, if these lower the error to such a
# share: what is noisy is soon learnt by heart.
STEPS_OF_FEW, WORTH_MORE = (500, 1500), 0.98
AUTO_BATCH_SIZE = 256
# Windows that the scales of features and weights are learnt from.
N_SCALED = 2048
# What is told of a kind of scaling.
KIND_WORDS = {
    "logarithm": "the logarithms of the values",
    "linear": "the values",
    "fixed": "standardised values",
}
# The recurrent network reads the last two seasons, and no fewer steps.
MIN_READ = 12


class Choice(NamedTuple):
    """A kind of scaling, and what was learnt with it."""

    loss: float  # mean absolute error of the regression on what was held out
    parts: Parts
    scaling: Scaling
    before: Ridge  # the regression on what lies before the held-out windows
    ridge: Ridge  # that on all


class BaseForecaster(RegressorMixin, BaseRecurrentEstimator):
    """Base of forecasters: windows in, a network with all that it adds to out."""

    _net_class = ForecastNet
    _recipe = Recipe(lr=1e-2, lr_schedule="one_cycle", weight_decay=0.01, max_grad_norm=1.0)

    net_: ForecastNet
    linear_: Ridge
    seasons_: tuple[int, ...]
    _scaling: Scaling
    _errors: np.ndarray | None
    _n_steps_of_few: int

    @property
    def _held_out_fraction(self) -> float | None:
        return self.validation_fraction if self.early_stopping else self.calibration_fraction

    def _check_held_out(self, parts: Parts, what: str) -> None:
        if self.early_stopping and parts.rehearsal is None:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} of {what} leaves none to train on."
            )

    def _windows(self, source: WindowSource, scaling: Scaling | None = None) -> WindowData:
        """Scale windows to learn from."""
        scaling = self._scaling if scaling is None else scaling
        device = resolve_device(self.device)
        return WindowData(source, scaling, dtype=DTYPES[self.dtype], device=device)

    def _forecast(self, source: WindowSource) -> Forecasts:
        """Forecast windows, where and as the network computes."""
        options = {"dtype": self.net_.module_.dtype, "device": self.net_.device}
        return self.net_.forecast(WindowData(source, self._scaling, **options))

    def _check_lower_bound(self, targets: list[np.ndarray]) -> float:
        """Return what no forecast lies below, and check that no value does."""
        if self.lower_bound is None:
            return -np.inf
        lowest = min(np.nanmin(each) for each in targets)
        if lowest < self.lower_bound:
            raise ValueError(
                f"lower_bound={self.lower_bound}, but there are lower values to learn from, down "
                f"to {lowest:.6g}."
            )
        return float(self.lower_bound)

    def _fit_network(self, parts_of: dict[str, Parts], n_read: int) -> None:
        """Learn from all windows; choose by those held out, if there are any.

        The network reads the `n_read` newest steps. The windows are those of each kind of scaling.
        """
        seed, self._n_read, self._errors = self._draw_seed(), n_read, None
        self._n_steps_of_few = max(STEPS_OF_FEW) if self.early_stopping else min(STEPS_OF_FEW)
        choice = self._choose_kind(parts_of, seed)
        self._scaling, self.linear_ = choice.scaling, choice.ridge
        if choice.parts.rehearsal is None:
            self._train_once(choice, seed)
        elif self.early_stopping:
            self._train_on_older(choice, choice.parts.rehearsal, seed)
        else:
            self._train_twice(choice, choice.parts.rehearsal, seed)
        network = self.net_.module_
        self.linear_share_, self.network_share_ = network.shares.tolist()
        self.spread_share_ = None if self.quantiles is None else network.spread_share.item()

    def _train_once(self, choice: Choice, seed: Seed) -> None:
        """Train on all windows, with shares that are likely."""
        if self.quantiles is not None:
            self._check_errors("quantiles")
        everything = self._windows(choice.parts.everything)
        net = self._build_forecast_net(everything, choice.ridge, seed)
        self._train(net, everything, None)
        shares = LIKELY_SHARES
        if isinstance(choice.parts.everything, SeriesWindows):
            # Of given windows, one of weight 2 is to be two.
            shares = LIKELY_SHARES * learnable(len(everything), self.horizon_)
        net.module_.shares.copy_(torch.as_tensor(shares / LIKELY_SHARES.sum()))

    def _train_on_older(self, choice: Choice, rehearsal: Rehearsal, seed: Seed) -> None:
        """Train on the older windows, and let those held out stop it and choose."""
        _, start, held_out = (self._windows(each) for each in rehearsal)
        net = self._build_forecast_net(start, choice.before, seed)
        self._train(net, start, held_out)
        self._choose(net, held_out, len(start))
        self.linear_ = choice.before

    def _train_twice(self, choice: Choice, rehearsal: Rehearsal, seed: Seed) -> None:
        """Train on the older windows, choose by those held out, and train on all."""
        everything = self._windows(choice.parts.everything)
        _, start, held_out = (self._windows(each) for each in rehearsal)
        self._tell(
            "Training 1 of 2, on the older part of the data: the newest part then decides on "
            "shares and intervals."
        )
        rehearsed = self._rehearse(choice, start, held_out, seed, len(everything))
        self._tell("Training 2 of 2, on all data.")
        net = self._build_forecast_net(everything, choice.ridge, seed)
        self._train(net, everything, None)
        net.module_.copy_chosen(rehearsed.module_)

    def _rehearse(
        self, choice: Choice, start: WindowData, held_out: WindowData, seed: Seed, n_in_all: int
    ) -> ForecastNet:
        """Train on the older windows, and choose by those held out, also for how many steps."""
        nets: dict[int, tuple[ForecastNet, int]] = {}
        for self._n_steps_of_few in STEPS_OF_FEW:
            net = self._build_forecast_net(start, choice.before, seed, rehearsal=True)
            nets.setdefault(net.max_epochs, (net, self._n_steps_of_few))
        (best, self._n_steps_of_few), *longer = nets.values()
        loss = self._learn_and_choose(best, start, held_out, n_in_all)
        for net, n_steps in longer:
            self._tell(f"The same, for {net.max_epochs} epochs: the newest part tells if they pay.")
            errors = self._errors
            lower = self._learn_and_choose(net, start, held_out, n_in_all)
            if lower < WORTH_MORE * loss:
                best, loss, self._n_steps_of_few = net, lower, n_steps
            else:
                self._errors = errors
        return best

    def _learn_and_choose(
        self, net: ForecastNet, start: WindowData, held_out: WindowData, n_in_all: int
    ) -> float:
        net.partial_fit((start, None))
        return self._choose(net, held_out, n_in_all)

    def _choose_kind(self, parts_of: dict[str, Parts], seed: Seed) -> Choice:
        """Fit a regression with each kind of scaling, and take the kind that errs least."""
        # All kinds learn from the same windows, and are compared on the same ones.
        of_ridge, of_loss = (seed.of(name).generator() for name in ("ridge", "loss"))
        choices = []
        for kind, parts in parts_of.items():
            source = parts.everything
            self._tell(
                f"Smoothing {len(source):,} windows, and ridge regression: {KIND_WORDS[kind]}."
            )
            n_scaled = min(N_SCALED, len(source))
            sample = source.take(np.linspace(0, len(source) - 1, n_scaled).astype(np.int64))
            scaling = Scaling(kind, self.seasons_, source.horizon).learn(
                sample.values, sample.smallest, sample.sample_weight
            )
            generator, loss = of_ridge.clone_state(), 0.0
            if parts.rehearsal is None:
                ridges = fit_ridge(self._windows(source, scaling), None, generator)
            else:
                train, _, held_out = (self._windows(each, scaling) for each in parts.rehearsal)
                ridges = fit_ridge(train, held_out, generator)
                loss = loss_in_units(held_out, ridges[0].weights, of_loss.clone_state(), parts.size)
            choices.append(Choice(loss, parts, scaling, *ridges))
        best = min(choices, key=lambda choice: choice.loss)
        if best.parts.rehearsal is None:
            return best
        held_out = self._windows(best.parts.rehearsal[2], best.scaling)
        power = choose_error_power(held_out, seed.of("error").generator())
        return best._replace(scaling=replace(best.scaling, error_power=power))

    def _choose(self, net: ForecastNet, held_out: WindowData, n_learnt_from: int) -> float:
        """Choose by held-out windows what is used of each part, and keep how forecasts err.

        The mean absolute error on them is returned.
        """
        found = HeldOut.of(net, held_out)
        loss = found.choose_shares(share_prior(n_learnt_from, self.horizon_, bool(self.seasons_)))
        self._errors = found.errors.double().cpu().numpy()
        if self.quantiles is not None:
            self._check_errors("quantiles")
            found.choose_spread_share()
        return loss

    def _build_forecast_net(
        self, data: WindowData, linear: Ridge, seed: Seed, *, rehearsal: bool = False
    ) -> ForecastNet:
        inputs, _ = data[:1]
        options = {
            "linear": linear.weights,
            "n_read": self._n_read,
            "n_columns": {name: each.shape[-1] for name, each in inputs.items()},
            "quantiles": tuple(self._levels()),
        }
        net = self._build_net(len(data), seed, ForecastNetwork, options, rehearsal=rehearsal)
        if self.quantiles is not None:
            # Quantiles of a normal distribution, to start from.
            levels = net.module_.quantiles
            net.module_.offsets.copy_(
                2**0.5 * (2 * levels - 1).erfinv().expand_as(net.module_.offsets)
            )
        return net

    def _criterion_options(self, recipe: Recipe) -> dict[str, Any]:
        return {"criterion": torch.nn.L1Loss}

    def _auto_batch_size(self, n_samples: int) -> int:
        return AUTO_BATCH_SIZE

    def _auto_epochs(self, n_batches: int) -> int:
        n_steps = min(max(EPOCHS * n_batches, self._n_steps_of_few), MAX_STEPS)
        return min(math.ceil(n_steps / n_batches), MAX_EPOCHS)

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

    def _check_errors(self, parameter: str) -> np.ndarray:
        """Check that errors on held-out data are known of all steps of the horizon."""
        errors = self._errors
        if errors is None:
            raise ValueError(
                f"{parameter} needs errors on held-out data, and none were held out: set "
                "calibration_fraction before fit, such as 0.2. If it was set, data are too few."
            )
        n_known = np.isfinite(errors).sum(axis=0)
        if not n_known.all():
            raise ValueError(
                f"{parameter} needs errors on held-out data, but of step {n_known.argmin() + 1} "
                "of the horizon none is known: the series seen in fit are too short for it."
            )
        return errors

    def _interval(self, coverage: float | None) -> np.ndarray | None:
        """Take from the held-out errors how far off a forecast may be, below and above.

        The offsets, of shape (horizon, 2), are in what the errors of each window grow with.
        """
        if coverage is None:
            return None
        if not isinstance(coverage, Real) or not 0 < coverage < 1:
            raise ValueError(
                "The 'coverage' parameter must be a float in the range (0.0, 1.0). Got "
                f"{coverage!r} instead."
            )
        errors = self._check_errors("coverage")
        return error_quantiles(errors, np.array([1 - coverage, 1 + coverage]) / 2)
