import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from sklearn_rnn import LSTMForecaster, backtest

rng = np.random.default_rng(0)
VALUES = rng.normal(size=40).cumsum()
MONTHS = pd.period_range("2020-01", periods=40, freq="M")
DAYS = pd.date_range("2020-01-30", periods=40, freq="D")
SERIES = pd.Series(VALUES, MONTHS, name="sales")
FRAME = pd.DataFrame({"a": VALUES, "b": VALUES[::-1]}, DAYS)
PANEL = [VALUES, VALUES[:25] * 10, VALUES[5:]]


def long_frame():
    """The panel as a long frame, the series in another order than their names."""
    names = ["z", "y", "x"]
    parts = [
        pd.DataFrame({"id": name, "ds": DAYS[: len(values)], "y": values, "extra": 0.0})
        for name, values in zip(names, PANEL, strict=True)
    ]
    return pd.concat(parts).sort_values("ds", kind="stable", ignore_index=True)


class SeasonalNaive(BaseEstimator):
    """The surface that a backtest expects of a forecaster."""

    calls: list = []

    def __init__(self, season_length=1, horizon=3, series_id=None, time=None, target=None):
        self.season_length = season_length
        self.horizon = horizon
        self.series_id = series_id
        self.time = time
        self.target = target

    def fit(self, X):
        self.calls.append(("fit", X))
        self.X_ = X
        return self

    def forecast(self, n_steps=None, series=None, coverage=None):
        self.calls.append(("forecast", series))
        if series is None:
            return self._one(self.X_, n_steps, coverage)
        return [self._one(each, n_steps, coverage) for each in series]

    def _one(self, history, n_steps, coverage):
        if self.target is not None and isinstance(history, pd.DataFrame):
            history = history[self.target]
        values = np.asarray(history)[-self.season_length :]
        repeated = np.concatenate([values] * (n_steps // len(values) + 1))[:n_steps]
        if coverage is None:
            return repeated
        bounds = {"forecast": 0, "lower": -coverage, "upper": coverage}
        if repeated.ndim == 1:
            return pd.DataFrame({name: repeated + shift for name, shift in bounds.items()})
        parts = {name: pd.DataFrame(repeated + shift) for name, shift in bounds.items()}
        return pd.concat(parts, axis=1).swaplevel(axis=1)


class OneAtATime(BaseEstimator):
    """A forecaster that only continues the series it was fitted on."""

    horizon = 3

    def fit(self, X):
        self.last_ = np.asarray(X)[-1]
        return self

    def forecast(self, n_steps):
        return np.full(n_steps, self.last_)


@pytest.fixture(autouse=True)
def calls():
    SeasonalNaive.calls.clear()
    return SeasonalNaive.calls


def names(calls):
    return [name for name, _ in calls]


def test_rows_of_a_series():
    frame = backtest(SeasonalNaive(), SERIES, horizon=2, n_windows=2)

    expected = pd.DataFrame(
        {
            "cutoff": MONTHS[[35, 35, 37, 37]],
            "time": MONTHS[[36, 37, 38, 39]],
            "step": [1, 2, 1, 2],
            "actual": VALUES[36:],
            "forecast": VALUES[[35, 35, 37, 37]],
        }
    )
    pd.testing.assert_frame_equal(frame, expected)


@pytest.mark.parametrize("form", [list, np.asarray, lambda x: np.asarray(x)[:, None]])
def test_time_steps_of_an_array_are_positions(form):
    frame = backtest(SeasonalNaive(), form(VALUES), horizon=2, n_windows=2)

    np.testing.assert_array_equal(frame["cutoff"], [35, 35, 37, 37])
    np.testing.assert_array_equal(frame["time"], [36, 37, 38, 39])
    np.testing.assert_array_equal(frame["actual"], VALUES[36:])
    np.testing.assert_array_equal(frame["forecast"], VALUES[frame["cutoff"]])


@pytest.mark.parametrize("index", [DAYS, DAYS._with_freq(None), MONTHS, pd.RangeIndex(10, 90, 2)])
@pytest.mark.parametrize("refit", [False, True])
def test_histories_keep_the_form_of_the_series(index, refit, calls):
    backtest(SeasonalNaive(), pd.Series(VALUES, index, name="sales"), n_windows=2, refit=refit)

    given = [each for _, each in calls if each is not None]
    for history in given[0], *(given[1] if not refit else given[1:]):
        assert history.name == "sales"
        assert type(history.index) is type(index)
        if isinstance(index, pd.DatetimeIndex):
            assert history.index.freq == "D"


def test_without_refit_one_fit_and_one_batch(calls):
    backtest(SeasonalNaive(), VALUES, n_windows=4)

    assert names(calls) == ["fit", "forecast"]
    assert len(calls[0][1]) == 28
    assert [len(history) for history in calls[1][1]] == [28, 31, 34, 37]


def test_refit_fits_at_each_cutoff(calls):
    backtest(SeasonalNaive(), VALUES, n_windows=3, refit=True)

    assert names(calls) == ["fit", "forecast"] * 3
    assert [len(given) for name, given in calls if name == "fit"] == [31, 34, 37]


@pytest.mark.parametrize("refit", [False, True])
def test_train_size_slides_along(refit, calls):
    backtest(SeasonalNaive(), VALUES, n_windows=3, refit=refit, train_size=10)

    fitted = [given for name, given in calls if name == "fit"]
    assert len(fitted) == (3 if refit else 1)
    for given, stop in zip(fitted, [31, 34, 37], strict=False):
        np.testing.assert_array_equal(given, VALUES[stop - 10 : stop])
    if not refit:
        assert [len(history) for history in calls[-1][1]] == [10, 10, 10]


def test_step_size_is_the_distance_of_cutoffs():
    frame = backtest(SeasonalNaive(), VALUES, horizon=4, n_windows=3, step_size=2)

    assert frame["cutoff"].unique().tolist() == [31, 33, 35]
    np.testing.assert_array_equal(frame["time"] - frame["cutoff"], frame["step"])


def test_the_last_window_ends_with_the_series():
    assert backtest(SeasonalNaive(), VALUES, n_windows=7, step_size=1)["time"].max() == 39


def test_the_forecaster_stays_as_it_is():
    forecaster = SeasonalNaive()
    backtest(forecaster, VALUES)

    assert not hasattr(forecaster, "X_")


def test_several_targets():
    frame = backtest(SeasonalNaive(), FRAME, horizon=2, n_windows=2)

    columns = ["cutoff", "time", "step", "target", "actual", "forecast"]
    assert frame.columns.tolist() == columns
    assert frame["target"].tolist() == ["a", "b"] * 4
    assert frame["step"].tolist() == [1, 1, 2, 2] * 2
    for row in frame.itertuples():
        assert row.actual == FRAME.loc[row.time, row.target]
        assert row.forecast == FRAME.loc[row.cutoff, row.target]


def test_targets_of_an_array_are_numbers():
    frame = backtest(SeasonalNaive(), FRAME.to_numpy(), n_windows=1)

    assert frame["target"].tolist() == [0, 1] * 3


def test_other_columns_than_the_target_are_history(calls):
    frame = backtest(SeasonalNaive(target="b"), FRAME, n_windows=1)

    assert "target" not in frame
    np.testing.assert_array_equal(frame["actual"], FRAME["b"].iloc[-3:])
    assert calls[0][1].columns.tolist() == ["b", "a"]


def test_a_list_is_a_panel(calls):
    frame = backtest(SeasonalNaive(), PANEL, horizon=2, n_windows=3)

    assert frame.columns[0] == "series"
    assert frame["series"].tolist() == [0] * 6 + [1] * 6 + [2] * 6
    for row in frame.itertuples():
        assert row.actual == PANEL[row.series][row.time]
        assert row.forecast == PANEL[row.series][row.cutoff]
    assert names(calls) == ["fit", "forecast"]
    assert [len(each) for each in calls[0][1]] == [34, 19, 29]
    assert len(calls[1][1]) == 9


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize("form", ["two levels", "two levels, one column", "long"])
def test_frames_with_several_series(form, refit, calls):
    long = long_frame()
    indexed = long.set_index(["id", "ds"])["y"]
    forecaster = SeasonalNaive()
    if form == "long":
        series, forecaster = long, SeasonalNaive(series_id="id", time="ds", target="y")
    else:
        series = indexed if form == "two levels" else indexed.to_frame()

    frame = backtest(forecaster, series, n_windows=2, refit=refit)

    assert frame["series"].unique().tolist() == ["z", "y", "x"]
    for row in frame.itertuples():
        assert row.actual == indexed[row.series, row.time]
        assert row.forecast == indexed[row.series, row.cutoff]
    # Fitted on the same form, in the order of its rows, and not on what comes later.
    fitted = calls[0][1]
    pd.testing.assert_index_equal(fitted.index, series.loc[fitted.index].index)
    assert len(fitted) == sum(len(values) - 6 for values in PANEL)
    assert len(calls[1][1]) == (3 if refit else 6)


def test_long_frame_of_one_series(calls):
    long = FRAME["a"].rename_axis("ds").reset_index(name="y")

    frame = backtest(SeasonalNaive(time="ds", target="y"), long, n_windows=1)

    assert "series" not in frame
    assert frame["time"].tolist() == DAYS[-3:].tolist()
    assert calls[0][1].columns.tolist() == ["ds", "y"]


@pytest.mark.parametrize("series", [VALUES, SERIES, PANEL])
@pytest.mark.parametrize("refit", [False, True])
def test_intervals(series, refit):
    frame = backtest(SeasonalNaive(), series, coverage=0.75, refit=refit)

    assert frame.columns[-3:].tolist() == ["forecast", "lower", "upper"]
    np.testing.assert_allclose(frame["forecast"] - frame["lower"], 0.75)
    np.testing.assert_allclose(frame["upper"] - frame["forecast"], 0.75)


def test_intervals_of_several_targets():
    frame = backtest(SeasonalNaive(), FRAME, coverage=0.75)

    for row in frame.itertuples():
        assert row.forecast == FRAME.loc[row.cutoff, row.target]
    np.testing.assert_allclose(frame["upper"] - frame["lower"], 1.5)


def test_one_cutoff_needs_no_histories():
    frame = backtest(OneAtATime(), VALUES, n_windows=1)

    np.testing.assert_array_equal(frame["forecast"], [VALUES[36]] * 3)


def test_refit_needs_no_histories():
    frame = backtest(OneAtATime(), VALUES, refit=True)

    np.testing.assert_array_equal(frame["forecast"], VALUES[frame["cutoff"]])


def test_missing_values_are_for_the_forecaster_to_judge():
    values = VALUES.copy()
    values[[3, 38]] = np.nan

    frame = backtest(SeasonalNaive(), values, n_windows=1)

    assert np.isnan(frame["actual"]).tolist() == [False, True, False]


def test_lstm():
    forecaster = LSTMForecaster(horizon=2, hidden_size=2, max_epochs=1, random_state=0)

    frame = backtest(forecaster, SERIES, n_windows=2, refit=True)

    last = forecaster.fit(SERIES[:-2]).forecast()
    pd.testing.assert_series_equal(
        frame.set_index("time")["forecast"][-2:], last, check_names=False, check_freq=False
    )


@pytest.mark.parametrize("form", [np.asarray, lambda x: pd.Series(x, MONTHS)])
@pytest.mark.parametrize("horizon", [1, 3])
def test_regressor_reads_windows(form, horizon):
    """A linear regression continues a line from the values of its windows."""
    line = form(2.0 * np.arange(40))

    frame = backtest(LinearRegression(), line, look_back=2, horizon=horizon, n_windows=4)

    np.testing.assert_allclose(frame["forecast"], frame["actual"])


def test_regressor_and_forecaster_have_the_same_rows():
    columns = ["series", "cutoff", "time", "step", "actual"]

    ridge = backtest(Ridge(), PANEL, look_back=4, horizon=3)
    naive = backtest(SeasonalNaive(), PANEL)

    pd.testing.assert_frame_equal(ridge[columns], naive[columns])


class Recorder(LinearRegression):
    calls: list = []

    def fit(self, X, y):
        self.calls.append(("fit", X, y))
        return super().fit(X, y)

    def predict(self, X):
        self.calls.append(("predict", X))
        return super().predict(X)


def test_regressor_predicts_all_cutoffs_at_once():
    Recorder.calls.clear()
    backtest(Recorder(), PANEL, look_back=4, horizon=3, n_windows=2)

    (_, X, y), (_, X_test) = Recorder.calls
    n_windows = sum(len(values) - 6 - 4 - 3 + 1 for values in PANEL)
    assert X.shape == (n_windows, 4)
    assert y.shape == (n_windows, 3)
    known = [values[:end] for end in (-6, -3) for values in PANEL]
    np.testing.assert_array_equal(X_test, [values[-4:] for values in known])


def test_regressor_of_several_columns():
    Recorder.calls.clear()
    frame = backtest(Recorder(), FRAME, look_back=3, horizon=2, n_windows=1)

    (_, X, y), (_, X_test) = Recorder.calls
    values = FRAME.to_numpy()
    assert X.columns.tolist() == [f"{name}_lag_{lag}" for lag in (3, 2, 1) for name in "ab"]
    np.testing.assert_array_equal(X.iloc[0], values[:3].ravel())
    np.testing.assert_array_equal(y[0], values[3:5].ravel())
    np.testing.assert_array_equal(X_test.iloc[0], values[35:38].ravel())
    np.testing.assert_array_equal(frame["actual"], values[38:].ravel())
    assert frame["target"].tolist() == ["a", "b", "a", "b"]


@pytest.mark.parametrize(
    "regressor",
    [
        make_pipeline(StandardScaler(), Ridge()),
        make_pipeline(make_column_transformer(("passthrough", ["lag_1", "lag_4"])), Ridge()),
        MultiOutputRegressor(SVR()),
        RandomForestRegressor(3, random_state=0),
        make_pipeline(StandardScaler(), LSTMForecaster(hidden_size=2, max_epochs=1)),
    ],
    ids=lambda regressor: type(regressor).__name__,
)
def test_any_regressor(regressor):
    frame = backtest(regressor, SERIES, look_back=4, horizon=2, n_windows=2)

    assert frame["forecast"].notna().all()


MODELS = {
    "forecaster": (SeasonalNaive(2), {}),
    "regressor": (Ridge(), {"look_back": 4, "horizon": 3}),
}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize("train_size", [None, 12])
@pytest.mark.parametrize("several", [False, True])
def test_nothing_leaks_from_the_future(model, refit, train_size, several):
    forecaster, options = MODELS[model]
    options = {**options, "refit": refit, "train_size": train_size, "step_size": 2, "n_windows": 3}
    panel = [VALUES, VALUES[::-1]] if several else [VALUES]

    def run(panel):
        return backtest(forecaster, panel, **options)

    clean = run(panel)
    for cutoff in clean["cutoff"].unique():
        poisoned = [np.where(np.arange(40) > cutoff, 1e6, values) for values in panel]
        known = clean["cutoff"] <= cutoff

        frame = run(poisoned)

        pd.testing.assert_series_equal(frame["forecast"][known], clean["forecast"][known])
        assert (frame["actual"][frame["time"] > cutoff] == 1e6).all()


@pytest.mark.parametrize(
    ("forecaster", "options", "message"),
    [
        (Ridge(), {"look_back": 3}, "horizon must be given: Ridge has no parameter of that name."),
        (Ridge(), {"horizon": 3}, "look_back must be given: Ridge has no method forecast"),
        (SeasonalNaive(), {"look_back": 3}, "look_back is for regressors. SeasonalNaive reads"),
        (
            Ridge(),
            {"horizon": 3, "look_back": 3, "coverage": 0.9},
            "coverage is for forecasters. Ridge has no method forecast",
        ),
        (
            OneAtATime(),
            {},
            "OneAtATime.forecast has no parameter 'series'. Backtest a single series, with "
            "refit=True.",
        ),
        (
            OneAtATime(),
            {"refit": True, "coverage": 0.9},
            "OneAtATime.forecast has no parameter 'coverage'.",
        ),
        (
            Ridge(),
            {"horizon": 3, "look_back": 3, "train_size": 5},
            "train_size=5 holds no window: look_back=3 and horizon=3 need at least 6.",
        ),
        (SVR(), {"horizon": 3, "look_back": 3}, "wrap it: MultiOutputRegressor(SVR(...))."),
        (SeasonalNaive(), {"n_windows": 0}, "The 'n_windows' parameter of backtest must be an int"),
        (SeasonalNaive(), {"coverage": 90}, "The 'coverage' parameter of backtest must be a float"),
        (StandardScaler(), {}, "The 'forecaster' parameter of backtest must be an object"),
    ],
)
def test_what_does_not_fit_is_refused(forecaster, options, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        backtest(forecaster, VALUES, **options)


def test_other_errors_of_a_regressor_are_its_own():
    with pytest.raises(ValueError, match="The 'alpha' parameter of Ridge") as info:
        backtest(Ridge(alpha=-1), VALUES, look_back=3, horizon=2)

    assert "MultiOutputRegressor" not in str(info.value)


def test_regressor_is_fitted_on_windows_whose_future_is_known():
    Recorder.calls.clear()
    values = np.append(np.nan, VALUES)
    values[12] = np.nan
    recorder = make_pipeline(SimpleImputer(), Recorder())

    backtest(recorder, values, look_back=3, horizon=2, n_windows=1)

    expected = [values[start : start + 5] for start in range(35)]
    expected = np.array([each for each in expected if np.isfinite(each[3:]).all()])
    np.testing.assert_array_equal(Recorder.calls[0][2], expected[:, 3:])


def test_values_missing_within_windows_are_for_the_regressor_to_judge():
    values = VALUES.copy()
    values[3] = np.nan

    with pytest.raises(ValueError, match=r"Input X contains NaN.\nRidge does not accept"):
        backtest(Ridge(), values, look_back=3, horizon=3, n_windows=4)
    frame = backtest(
        MultiOutputRegressor(HistGradientBoostingRegressor(max_iter=2)),
        values,
        look_back=3,
        horizon=3,
        n_windows=4,
    )
    assert frame["forecast"].notna().all()


def test_regressor_needs_windows_whose_future_is_known():
    values = np.where(np.arange(40) % 2, VALUES, np.nan)

    with pytest.raises(ValueError, match="No window is followed by 3 values in a row"):
        backtest(Ridge(), values, look_back=3, horizon=3)


def test_gap_in_time_is_a_missing_value(calls):
    frame = backtest(SeasonalNaive(), SERIES.drop(MONTHS[[5, 38]]), n_windows=1)

    assert frame["time"].tolist() == MONTHS[37:].tolist()
    assert np.isnan(frame["actual"]).tolist() == [False, True, False]
    assert np.flatnonzero(np.isnan(calls[0][1])).tolist() == [5]


COVARIATES = pd.DataFrame(
    {"seen": VALUES[::-1], "known": np.sin(np.arange(40.0)), "y": VALUES}, MONTHS
)


def covariate_forms():
    long = pd.concat({"z": COVARIATES, "a": COVARIATES * 2}, names=["id", "ds"])
    reset = long.reset_index()
    reset["ds"] = reset["ds"].dt.to_timestamp()
    names = {"series_id": "id", "time": "ds"}
    return {
        "single": (COVARIATES, {}),
        "list": ([COVARIATES, COVARIATES * 2], {}),
        "two levels": (long, {}),
        "long": (reset.sort_values("ds", kind="stable"), names),
        "polars": (pl.DataFrame({each: reset[each].to_list() for each in reset}), names),
    }


every_form = pytest.mark.parametrize(
    ("series", "names"), covariate_forms().values(), ids=covariate_forms()
)


@every_form
def test_regressor_knows_covariates(series, names):
    Recorder.calls.clear()
    options = {"look_back": 2, "horizon": 2, "n_windows": 2, "target": "y", "future": ["known"]}

    frame = backtest(Recorder(), series, **options, **names)

    (_, X, y), (_, X_test) = Recorder.calls
    columns = [f"{name}_lag_{lag}" for lag in (2, 1) for name in ("y", "seen", "known")]
    assert X.columns.tolist() == [*columns, "known_step_1", "known_step_2"]
    values = COVARIATES[["y", "seen", "known"]].to_numpy()
    for rows, starts in ((X, [0, 1]), (X_test, [34])):
        for row, start in enumerate(starts):
            window = values[start : start + 2].ravel()
            ahead = values[start + 2 : start + 4, 2]
            np.testing.assert_array_equal(rows.iloc[row], [*window, *ahead])
    np.testing.assert_array_equal(y[0], values[2:4, 0])
    assert "target" not in frame
    np.testing.assert_array_equal(frame["actual"][:4], VALUES[-4:])


@every_form
@pytest.mark.parametrize("refit", [False, True])
def test_lstm_knows_covariates(series, names, refit):
    forecaster = lstm(horizon=2, target="y", future=["known"], calibration_fraction=None, **names)

    frame = backtest(forecaster, series, n_windows=2, refit=refit)
    later = backtest(forecaster.set_params(future=None), series, n_windows=2, refit=refit)

    columns = [name for name in frame if name != "forecast"]
    pd.testing.assert_frame_equal(frame[columns], later[columns])
    assert frame["forecast"].notna().all()
    assert not np.allclose(frame["forecast"], later["forecast"])


@pytest.mark.parametrize("model", ["lstm", "ridge"])
def test_covariates_known_ahead_are_those_of_the_forecast(model):
    """Those of later time steps make no difference."""
    forecaster, options = Ridge(), {"look_back": 3, "horizon": 2, "target": "y", "future": "known"}
    if model == "lstm":
        forecaster = lstm(horizon=2, target="y", future="known", calibration_fraction=None)
        options = {}

    def run(known):
        series = COVARIATES.assign(known=known)
        return backtest(forecaster, series, n_windows=2, **options)["forecast"].to_numpy()

    clean = run(COVARIATES["known"])
    last = run(COVARIATES["known"].where(MONTHS[39] > MONTHS, 9.0))
    np.testing.assert_array_equal(last[:2], clean[:2])
    assert last[3] != clean[3]


def test_names_of_columns_are_set_in_the_forecaster():
    with pytest.raises(ValueError, match=r"target is for regressors\. SeasonalNaive reads series"):
        backtest(SeasonalNaive(), FRAME, target="a")


def test_history_goes_back_behind_a_long_gap():
    """A forecast after a gap is that of the whole history."""
    values = VALUES.copy()
    values[20:36] = np.nan
    forecaster = lstm(horizon=2, missing="mask")

    frame = backtest(forecaster, [values, VALUES], n_windows=2)

    fitted = forecaster.fit([values[:36], VALUES[:36]])
    for number, series in enumerate([values, VALUES]):
        for window, stop in enumerate([36, 38]):
            expected = fitted.forecast(series=series[:stop])
            found = frame[frame["series"] == number]["forecast"].iloc[2 * window : 2 * window + 2]
            np.testing.assert_allclose(found, expected)


class Quantiles(SeasonalNaive):
    """Answers with quantiles too, as columns or as pairs of target and name."""

    def _one(self, history, n_steps, coverage):
        median = pd.DataFrame(super()._one(history, n_steps, None))
        parts = {"forecast": median, "q_0.1": median - 1, "q_0.9": median + 1}
        answer = pd.concat(parts, axis=1).swaplevel(axis=1)
        return answer.droplevel(0, axis=1) if median.shape[1] == 1 else answer


@pytest.mark.parametrize("series", [SERIES, PANEL, FRAME], ids=["single", "list", "targets"])
@pytest.mark.parametrize("refit", [False, True])
def test_quantiles(series, refit):
    frame = backtest(Quantiles(), series, n_windows=2, refit=refit)

    assert frame.columns[-3:].tolist() == ["forecast", "q_0.1", "q_0.9"]
    naive = backtest(SeasonalNaive(), series, n_windows=2)
    np.testing.assert_array_equal(frame["forecast"], naive["forecast"])
    np.testing.assert_allclose(frame["q_0.9"] - frame["q_0.1"], 2)


@pytest.mark.parametrize(
    ("series", "options", "message"),
    [
        (
            VALUES[:15],
            {},
            "series is too short: n_windows=5 with a horizon of 3, 3 apart, after at least 1 time "
            "steps to train on, need 16. Got 15.",
        ),
        ([VALUES, VALUES[:9], VALUES[:8]], {}, "series 1 (and 1 more) is too short"),
        (VALUES[:24], {"train_size": 10}, "after at least 10 time steps to train on, need 25"),
        (np.zeros((2, 2, 2)), {}, "series must have shape (n_times,) or (n_times, n_columns)"),
        ([VALUES, FRAME], {}, "series[1] is of type DataFrame, but series[0] is of type ndarray."),
        (SERIES[::-1], {}, "series is not in time order"),
        (
            SERIES.to_frame().assign(name="x"),
            {},
            "Column 'name' of series has dtype str, which cannot be computed with.",
        ),
    ],
)
def test_series_that_cannot_be_backtested(series, options, message):
    with pytest.raises(ValueError, match=re.escape(message).replace("str,", "(str|object),")):
        backtest(SeasonalNaive(), series, **options)


def test_a_regressor_needs_one_window():
    with pytest.raises(ValueError, match="after at least 7 time steps to train on, need 13"):
        backtest(Ridge(), VALUES[:12], look_back=4, horizon=3, n_windows=2)


class Odd(SeasonalNaive):
    def __init__(self, shape="short"):
        super().__init__()
        self.shape = shape

    def forecast(self, n_steps=None, series=None, coverage=None):
        answers = super().forecast(n_steps, series)
        return answers[1:] if self.shape == "short" else [each[1:] for each in answers]


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ("short", "Odd.forecast answered 5 histories with 4 forecasts."),
        ("narrow", r"answered with shape \(2, 1\), not \(3, 1\), \(n_steps, n_targets\)."),
    ],
)
def test_answers_of_another_shape_are_refused(shape, message):
    with pytest.raises(ValueError, match=message):
        backtest(Odd(shape), VALUES)


def lstm(**options):
    defaults = {"hidden_size": 2, "max_epochs": 1, "look_back": 5, "random_state": 0}
    return LSTMForecaster(**{**defaults, **options})


LSTM_FORMS = {
    "list": (PANEL, {}),
    "two levels": (long_frame().set_index(["id", "ds"])["y"], {}),
    "long": (long_frame()[["id", "ds", "y"]], {"series_id": "id", "time": "ds", "target": "y"}),
    "long, with a covariate": (long_frame(), {"series_id": "id", "time": "ds", "target": "y"}),
}


@pytest.mark.parametrize(("series", "names"), LSTM_FORMS.values(), ids=LSTM_FORMS)
def test_lstm_on_a_panel_without_refit(series, names):
    forecaster = lstm(horizon=2, **names)

    frame = backtest(forecaster, series, n_windows=3, coverage=0.8)

    assert len(frame) == 3 * 3 * 2
    assert (frame["lower"] < frame["forecast"]).all()
    assert (frame["forecast"] < frame["upper"]).all()
    assert frame["series"].unique().tolist() == ([0, 1, 2] if series is PANEL else ["z", "y", "x"])
    np.testing.assert_array_equal(
        frame["actual"], np.concatenate([values[-6:] for values in PANEL])
    )


@pytest.mark.parametrize("refit", [False, True])
@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_lstm_on_a_long_frame_of_one_series(library, refit):
    long = library({"ds": DAYS, "y": VALUES})
    forecaster = lstm(horizon=2, time="ds")

    frame = backtest(forecaster, long, n_windows=1, coverage=0.8, refit=refit)

    expected = lstm(horizon=2).fit(pd.Series(VALUES[:-2], DAYS[:-2])).forecast(coverage=0.8)
    assert frame["time"].tolist() == DAYS[-2:].tolist()
    np.testing.assert_allclose(frame[["forecast", "lower", "upper"]], expected)


def test_lstm_without_refit_is_fitted_before_the_first_cutoff():
    forecaster = lstm(horizon=2)

    frame = backtest(forecaster, PANEL, n_windows=3, coverage=0.8)

    fitted = forecaster.fit([values[:-6] for values in PANEL])
    for number, values in enumerate(PANEL):
        rows = frame[frame["series"] == number]
        for window, stop in enumerate((-6, -4, -2)):
            expected = fitted.forecast(series=values[:stop], coverage=0.8)
            found = rows.iloc[2 * window : 2 * window + 2]
            for name in ("forecast", "lower", "upper"):
                np.testing.assert_allclose(found[name], expected[name])


def test_lstm_with_refit_is_fitted_at_each_cutoff():
    forecaster = lstm(horizon=2)

    frame = backtest(forecaster, PANEL, n_windows=2, refit=True, coverage=0.8)

    last = forecaster.fit([values[:-2] for values in PANEL]).forecast(coverage=0.8)
    for number, expected in enumerate(last):
        found = frame[frame["series"] == number].iloc[-2:]
        for name in ("forecast", "lower", "upper"):
            np.testing.assert_allclose(found[name], expected[name])


@pytest.mark.parametrize("refit", [False, True])
def test_lstm_of_several_targets_with_intervals(refit):
    frame = backtest(lstm(horizon=2), FRAME, n_windows=2, coverage=0.8, refit=refit)

    assert frame["target"].tolist() == ["a", "b"] * 4
    assert (frame["lower"] < frame["upper"]).all()
    np.testing.assert_array_equal(frame["actual"], FRAME.iloc[-4:].to_numpy().ravel())


@pytest.mark.parametrize("refit", [False, True])
def test_lstm_learns_nothing_from_the_future(refit):
    def run(panel):
        return backtest(lstm(horizon=2), panel, n_windows=2, coverage=0.8, refit=refit)

    clean = run(PANEL)
    poisoned = run([np.append(values[:-2], [1e6, 1e6]) for values in PANEL])

    names = ["forecast", "lower", "upper"]
    pd.testing.assert_frame_equal(poisoned[names], clean[names])


def test_lstm_past_its_horizon():
    frame = backtest(lstm(horizon=2), PANEL, horizon=5, n_windows=2)

    assert frame["step"].max() == 5
    assert frame["forecast"].notna().all()


def test_a_forecaster_that_does_not_mask_names_what_is_missing():
    with pytest.raises(ValueError, match="1 time stamps are missing, the first at 2020-06"):
        backtest(lstm(horizon=2), [SERIES.drop(MONTHS[5])], n_windows=2)


class QuantilesAlone(Quantiles):
    def _one(self, history, n_steps, coverage):
        return super()._one(history, n_steps, coverage)[["q_0.1", "q_0.9"]]


def test_answers_without_a_forecast_are_refused():
    with pytest.raises(ValueError, match=r"QuantilesAlone\.forecast answered without 'forecast'"):
        backtest(QuantilesAlone(), SERIES)
