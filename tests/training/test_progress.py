"""What is shown of a training, through the estimators that print it."""

import re

import numpy as np
import pytest
from skorch.callbacks import Callback

from sklearn_rnn import LSTMForecaster, RNNClassifier, RNNRegressor

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 3, 2))
Y = np.where(X[:, 0, 0] > 0, "up", "down")
OPTIONS = {"hidden_size": 2, "batch_size": 8, "lr": 1e-3, "random_state": 0, "device": "cpu"}


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_lines_are_aligned(scale, capsys):
    forecaster = LSTMForecaster(max_epochs=10, calibration_fraction=None, verbose=1, **OPTIONS)
    forecaster.fit(X[:, :, 0], scale * X[:, 0, 1])

    printed = re.sub(r"\x1b\[\d+m", "", capsys.readouterr().out).splitlines()
    header, rule, *lines = [line for line in printed if not line.startswith("Smoothing")]
    assert {len(line) for line in (header, *lines)} == {len(rule)}
    columns = [match.end() for match in re.finditer("-+", rule)]
    for line in lines:
        assert [match.end() for match in re.finditer(r"\S+", line)][2:] == columns


class Watch(Callback):
    """Compare the bar with the batches of each epoch."""

    def on_epoch_end(self, net, **kwargs):
        bar = dict(net.callbacks_)["progress_bar"].pbar_
        assert bar.total == bar.n == len(net.history[-1, "batches"])


@pytest.mark.parametrize("early_stopping", [False, True])
def test_bar_counts_all_batches(early_stopping, capsys):
    options = {"early_stopping": early_stopping, "callbacks": [Watch()], "verbose": 2}

    RNNClassifier(max_epochs=2, **options, **OPTIONS).fit(X, Y)

    assert "2 of 2" in capsys.readouterr().out


def test_bar_ends_with_the_batches_that_are_drawn_of_very_many(capsys):
    options = {**OPTIONS, "batch_size": 1, "verbose": 2, "callbacks": [Watch()]}

    LSTMForecaster(look_back=2, max_epochs=1, **options).fit(rng.normal(size=150))

    assert "1 of 1" in capsys.readouterr().out


@pytest.mark.parametrize("scale", [1, -1])
def test_smoothing_is_told_of_before_the_first_epoch(scale, capsys):
    series = scale * (10 + rng.normal(size=60))

    LSTMForecaster(look_back=5, max_epochs=1, verbose=1, **OPTIONS).fit(series)

    printed = capsys.readouterr().out.splitlines()
    told = [line for line in printed if line.startswith("Smoothing")]
    # Values below zero have no logarithms.
    kinds = ["the logarithms of the values", "the values"] if scale == 1 else ["the values"]
    assert told == [f"Smoothing 57 windows, and ridge regression: {kind}." for kind in kinds]
    assert printed[: len(told)] == told


def test_ridge_regressions_are_told_of(capsys):
    options = {**OPTIONS, "n_estimators": 1, "random_convolutions": True, "verbose": 1}

    RNNRegressor(max_epochs=1, linear=True, **options).fit(X, X[:, 0, 0])

    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "Ridge regression of fixed convolutions and of the values, for 40 sequences."
