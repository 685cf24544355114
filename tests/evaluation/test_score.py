import re
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.metrics import (
    mean_absolute_error,
    mean_pinball_loss,
    r2_score,
    root_mean_squared_error,
)

from sklearn_rnn import backtest, score_backtest
from sklearn_rnn.metrics import (
    coverage,
    mean_absolute_scaled_error,
    symmetric_mean_absolute_percentage_error,
)

rng = np.random.default_rng(0)
MONTHS = pd.period_range("2020-01", periods=30, freq="M")
SERIES = pd.Series(rng.normal(size=30), MONTHS)
PANEL = pd.concat({"a": SERIES, "b": 100 * SERIES[::-1].set_axis(MONTHS)[:25]})
COLUMNS = SERIES.to_frame("a").assign(b=SERIES.to_numpy()[::-1])


def ridge(series, **options):
    return backtest(Ridge(), series, look_back=3, horizon=2, n_windows=3, **options)


FRAME = ridge(SERIES)
INTERVALS = FRAME.assign(lower=FRAME["actual"] - [1, 1, 1, 1, -1, 1], upper=FRAME["actual"] + 2)


def test_default_metrics():
    scores = score_backtest(FRAME)

    pair = FRAME["actual"], FRAME["forecast"]
    expected = {
        "mae": mean_absolute_error(*pair),
        "rmse": root_mean_squared_error(*pair),
        "smape": symmetric_mean_absolute_percentage_error(*pair),
    }
    pd.testing.assert_series_equal(scores, pd.Series(expected))


def test_intervals_are_covered_by_default():
    assert score_backtest(INTERVALS)["coverage"] == pytest.approx(5 / 6)


def test_metrics_are_given_what_they_ask_for():
    metrics = {
        "r2": r2_score,
        "pinball": partial(mean_pinball_loss, alpha=0.1),
        "pinball of lower": lambda y_true, lower: mean_pinball_loss(y_true, lower, alpha=0.05),
        "coverage": coverage,
        "width": lambda lower, upper: np.mean(upper - lower),
    }
    scores = score_backtest(INTERVALS, metrics)

    pair = FRAME["actual"], FRAME["forecast"]
    expected = {
        "r2": r2_score(*pair),
        "pinball": mean_pinball_loss(*pair, alpha=0.1),
        "pinball of lower": (5 * 0.05 + 0.95) / 6,
        "coverage": 5 / 6,
        "width": (5 * 3 + 1) / 6,
    }
    pd.testing.assert_series_equal(scores, pd.Series(expected))


def test_metric_of_a_named_column():
    frame = FRAME.assign(other=FRAME["forecast"] + 1)
    metrics = {
        "mine": ("other", mean_absolute_error),
        "mase": ("other", mean_absolute_scaled_error),
    }

    scores = score_backtest(frame, metrics, series=SERIES)

    assert scores["mine"] == mean_absolute_error(frame["actual"], frame["other"])
    part = frame.assign(forecast=frame["other"])
    assert scores["mase"] == pytest.approx(scaled(part, SERIES.to_numpy(), 24))


def test_quantiles_have_a_pinball_loss_by_default():
    frame = FRAME.assign(**{"lower": -9.0, "upper": 9.0}).rename(
        columns={"lower": "q_0.1", "upper": "q_0.9"}
    )

    scores = score_backtest(frame)

    assert scores.index.tolist() == ["mae", "rmse", "smape", "pinball_0.1", "pinball_0.9"]
    expected = mean_pinball_loss(frame["actual"], frame["q_0.9"], alpha=0.9)
    assert scores["pinball_0.9"] == pytest.approx(expected)


def test_columns_with_other_names_than_strings_are_left_alone():
    pd.testing.assert_series_equal(
        score_backtest(FRAME.assign(**{"x": 1}).rename(columns={"x": 1})), score_backtest(FRAME)
    )


@pytest.mark.parametrize("by", ["step", "cutoff", "time"])
def test_groups(by):
    scores = score_backtest(FRAME, {"mae": mean_absolute_error}, by=by)

    expected = (FRAME["actual"] - FRAME["forecast"]).abs().groupby(FRAME[by]).mean()
    pd.testing.assert_frame_equal(scores, expected.to_frame("mae"))


def test_groups_by_several_columns():
    frame = ridge(PANEL)

    scores = score_backtest(frame, by=["series", "step"])

    assert scores.index.tolist() == [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    assert scores.index.names == ["series", "step"]
    alone = frame[(frame["series"] == "b") & (frame["step"] == 2)]
    pd.testing.assert_series_equal(scores.loc["b", 2], score_backtest(alone), check_names=False)


def test_several_forecasters_in_one_frame():
    frame = pd.concat(
        {"ridge": FRAME, "perfect": FRAME.assign(forecast=FRAME["actual"])}, names=["model"]
    )

    scores = score_backtest(frame, by="model")

    assert scores.index.tolist() == ["ridge", "perfect"]
    assert scores.loc["perfect", "mae"] == 0
    assert scores.loc["ridge", "mae"] == score_backtest(FRAME)["mae"]


def scaled(part, values, n_train):
    return mean_absolute_scaled_error(part["actual"], part["forecast"], y_train=values[:n_train])


METRICS = {"mase": mean_absolute_scaled_error}


@pytest.mark.parametrize("form", [pd.Series, list])
def test_scaled_errors(form):
    series = form(SERIES)
    frame = ridge(series)

    scores = score_backtest(frame, METRICS, series=series)

    assert scores["mase"] == pytest.approx(scaled(frame, SERIES.to_numpy(), 24))


def test_scaled_errors_take_further_parameters():
    metric = partial(mean_absolute_scaled_error, season_length=4)

    scores = score_backtest(FRAME, {"mase": metric}, series=SERIES)

    expected = metric(FRAME["actual"], FRAME["forecast"], y_train=SERIES[:24])
    assert scores["mase"] == pytest.approx(expected)


@pytest.mark.parametrize("form", ["two levels", "list"])
def test_scaled_errors_of_a_panel_are_the_mean_over_series(form):
    panel = PANEL if form == "two levels" else [SERIES, PANEL["b"]]
    frame = ridge(panel)
    by_series = frame.groupby("series")
    expected = [
        scaled(part, values, n_train)
        for (_, part), values, n_train in zip(
            by_series, [SERIES, PANEL["b"]], [24, 19], strict=True
        )
    ]

    assert score_backtest(frame, METRICS, series=panel)["mase"] == pytest.approx(np.mean(expected))
    each = score_backtest(frame, METRICS, series=panel, by="series")["mase"]
    np.testing.assert_allclose(each, expected)
    steps = score_backtest(frame, METRICS, series=panel, by="step")["mase"]
    assert steps.mean() == pytest.approx(np.mean(expected))


def test_scaled_errors_of_several_targets():
    frame = ridge(COLUMNS)

    scores = score_backtest(frame, METRICS, series=COLUMNS)

    expected = [
        scaled(part, COLUMNS[target].to_numpy(), 24) for target, part in frame.groupby("target")
    ]
    assert scores["mase"] == pytest.approx(np.mean(expected))


def test_scaled_errors_of_several_targets_of_a_panel():
    panel = [COLUMNS, COLUMNS[3:] * 7]
    frame = ridge(panel)

    scores = score_backtest(frame, METRICS, series=panel, by=["series", "target"])

    for (number, target), part in frame.groupby(["series", "target"]):
        values = panel[number][target].to_numpy()
        expected = scaled(part, values, len(values) - 6)
        assert scores.loc[(number, target), "mase"] == pytest.approx(expected)


def test_rows_without_an_actual_value_are_left_out():
    frame = FRAME.copy()
    frame.loc[2, "actual"] = np.nan

    pd.testing.assert_series_equal(score_backtest(frame), score_backtest(FRAME.drop(2)))


def test_a_series_that_cannot_scale_is_named():
    panel = pd.concat({"a": SERIES, "b": 0 * SERIES})

    with pytest.raises(ValueError, match=r"The training series 1 \('b'\) is constant"):
        score_backtest(ridge(panel), METRICS, series=panel)


@pytest.mark.parametrize(
    ("metrics", "options", "message"),
    [
        (METRICS, {}, "The metric 'mase' takes y_train: pass series, those backtested."),
        (
            METRICS,
            {"series": SERIES[:10]},
            "The frame has a cutoff at 2021-12, but series has not.",
        ),
        (
            {"share": coverage},
            {},
            "The metric 'share' takes lower, but the frame has no column 'lower': backtest with",
        ),
        (
            {"mine": ("median", mean_absolute_error)},
            {},
            "The metric 'mine' takes y_pred, but the frame has no column 'median'.",
        ),
        (
            {"mine": lambda y_true, y_pred, level: 0},
            {},
            "The metric 'mine' has the parameter 'level', which a backtest cannot give: only "
            "y_true, y_pred, lower, upper and y_train. Set it by functools.partial.",
        ),
        (["mae"], {}, "The 'metrics' parameter of score_backtest must be an instance of 'dict'"),
        (
            {"mine": partial(mean_pinball_loss, alpha=2)},
            {},
            "The 'alpha' parameter of mean_pinball_loss",
        ),
    ],
)
def test_what_does_not_fit_is_refused(metrics, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        score_backtest(FRAME, metrics, **options)


def test_series_that_are_not_those_of_the_frame():
    frame = ridge(PANEL)

    with pytest.raises(ValueError, match="has a cutoff of 'b' at 2021-07, but series has not"):
        score_backtest(frame, METRICS, series=PANEL.loc[["a"]])


@pytest.mark.parametrize(
    ("frame", "options", "message"),
    [
        (FRAME, {"by": "nope"}, "by='nope' names 'nope', but the frame has the columns"),
        (FRAME, {"by": ["step", "nope"]}, "names 'nope', but the frame has the columns"),
        (FRAME, {"by": []}, "by must name one column or several different ones"),
        (FRAME, {"by": ["step", "step"]}, "by must name one column or several different ones"),
        (FRAME, {"metrics": {"mae": "mae"}}, "metric 'mae' must be a function, or a pair"),
        (FRAME, {"metrics": {"mae": ("forecast",)}}, "metric 'mae' must be a function, or a pair"),
        (
            FRAME.assign(forecast=FRAME["forecast"].where(FRAME.index != 2)),
            {},
            r"'forecast' of the frame is NaN in 1 of \d+ .* is 2\. .*dropna\(subset=\['forecast'",
        ),
        (FRAME.assign(actual=np.nan), {}, "no row of the frame has an actual value"),
    ],
)
def test_what_cannot_be_scored_is_named(frame, options, message):
    with pytest.raises(ValueError, match=message):
        score_backtest(frame, **options)
