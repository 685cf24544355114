import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from sklearn.exceptions import NotFittedError

from sklearn_rnn import LSTMForecaster
from sklearn_rnn.plotting import ForecastDisplay

rng = np.random.default_rng(0)
VALUES = rng.normal(size=30)
INDICES = {
    "periods": pd.period_range("2020-01", periods=30, freq="M", name="month"),
    "days": pd.date_range("2020-01-01", periods=30, freq="D"),
    "numbers": pd.RangeIndex(10, 70, 2),
}


class LastValue:
    """The surface that a display expects of a forecaster."""

    def fit(self, X):
        self.X_ = X
        return self

    def forecast(self, n_steps=None, coverage=None):
        values = np.full(n_steps or 2, np.asarray(self.X_)[-1])
        index = None
        if hasattr(self.X_, "index"):
            index = self.X_.index[-1] + self.X_.index.freq * np.arange(1, len(values) + 1)
        if coverage is not None:
            columns = {"forecast": values, "lower": values - coverage, "upper": values + coverage}
            return pd.DataFrame(columns, index)
        return values if index is None else pd.Series(values, index)

    def predict(self, X):
        return X.shift(1).dropna() if hasattr(X, "index") else np.asarray(X)[:-1]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def points(line):
    x, y = line.get_data()
    return np.asarray(x).tolist(), np.asarray(y).tolist()


def legend(of):
    owner = of.get_legend() if hasattr(of, "get_legend") else of.legends[0]
    return [text.get_text() for text in owner.get_texts()]


def quick(**options):
    options = {"hidden_size": 2, "max_epochs": 1, "random_state": 0, **options}
    return LSTMForecaster(look_back=4, horizon=2, **options)


def test_arrays_follow_each_other():
    display = ForecastDisplay.from_predictions(
        VALUES[:20], [1, 2], lower=[0, 1], upper=[3, 3], actual=VALUES[20:]
    )

    assert list(display.lines_) == ["history", "actual", "forecast"]
    assert points(display.lines_["history"]) == (list(range(20)), VALUES[:20].tolist())
    # Each line goes on from the last point of the history.
    assert points(display.lines_["forecast"]) == ([19, 20, 21], [VALUES[19], 1, 2])
    assert points(display.lines_["actual"]) == (list(range(19, 30)), VALUES[19:].tolist())
    vertices = {tuple(each) for each in display.band_.get_paths()[0].vertices}
    assert {(19, VALUES[19]), (20, 0), (21, 1), (20, 3), (21, 3)} == vertices
    assert legend(display.ax_) == ["history", "actual", "forecast", "interval"]


@pytest.mark.parametrize("kind", INDICES)
@pytest.mark.parametrize("form", [pd.Series, pd.DataFrame])
def test_series_are_placed_by_their_index(kind, form):
    series = form(VALUES, INDICES[kind])

    display = ForecastDisplay.from_predictions(series[:20], series[25:])

    index = INDICES[kind]
    index = index.to_timestamp() if kind == "periods" else index
    expected = index if kind == "numbers" else mdates.date2num(index)
    line = display.lines_["forecast"]
    np.testing.assert_array_equal(line.get_xdata(orig=False), expected[25:])
    np.testing.assert_array_equal(line.get_ydata(), VALUES[25:])
    assert display.band_ is None


def test_axes_are_labeled_with_the_names_of_the_series():
    series = pd.Series(VALUES, INDICES["periods"], name="sales")

    display = ForecastDisplay.from_predictions(series[:20], series[20:])

    assert display.ax_.get_xlabel() == "month"
    assert display.ax_.get_ylabel() == "sales"


@pytest.mark.parametrize("kind", INDICES)
def test_forecast_goes_on_from_the_history(kind):
    series = pd.Series(VALUES, INDICES[kind])

    display = ForecastDisplay.from_predictions(series[:20], series[20:])

    x, y = (line.get_xydata().T for line in display.lines_.values())
    assert_array_equal(y[:, 0], x[:, -1])
    assert_array_equal(y[1], VALUES[19:])


def test_forecast_after_a_gap_stands_alone():
    display = ForecastDisplay.from_predictions(
        pd.Series(VALUES[:20]), pd.Series(VALUES[25:], range(25, 30))
    )

    assert points(display.lines_["forecast"]) == (list(range(25, 30)), VALUES[25:].tolist())


@pytest.mark.parametrize(("coverage", "label"), [(0.9, "90 %"), (0.955, "95.5 %"), (0.07, "7 %")])
def test_legend_tells_the_coverage(coverage, label):
    display = ForecastDisplay.from_predictions(
        VALUES, [1, 2], lower=[0, 1], upper=[3, 3], coverage=coverage
    )

    assert legend(display.ax_)[-1] == f"{label} interval"


@pytest.mark.parametrize("coverage", [None, 0.75])
@pytest.mark.parametrize("form", [np.asarray, lambda x: pd.Series(x, INDICES["days"])])
def test_former_name_of_from_estimator(coverage, form):
    series = form(VALUES)
    forecaster = LastValue().fit(series[:20])

    with pytest.warns(FutureWarning, match="was renamed to `from_estimator` in 0.2"):
        display = ForecastDisplay.from_forecaster(
            forecaster, series[10:20], n_steps=3, coverage=coverage, actual=series[20:]
        )

    # Arrays are drawn from the start of the history that is given.
    start = INDICES["days"][20] if isinstance(series, pd.Series) else 10
    assert display.forecast.index[0] == display.actual.index[0] == start
    np.testing.assert_array_equal(display.forecast, [VALUES[19]] * 3)
    if coverage is None:
        assert display.band_ is None
    else:
        np.testing.assert_allclose(display.upper - display.lower, 2 * coverage)


@pytest.mark.parametrize("form", [np.asarray, lambda x: pd.Series(x, INDICES["days"])])
def test_predictions_of_train_and_test_are_in_their_places(form):
    series = form(VALUES)
    train, test = series[:20], series[20:]

    display = ForecastDisplay.from_train_test(LastValue().fit(train), train, test)

    assert list(display.lines_) == ["history", "fitted", "actual", "forecast"]
    drawn = pd.concat([display.history, display.actual])
    np.testing.assert_array_equal(drawn, VALUES)
    # Each prediction is the value before.
    before = drawn.shift(1)
    for predicted, n_times in ((display.fitted, 19), (display.forecast, 9)):
        assert len(predicted) == n_times
        np.testing.assert_array_equal(predicted, before[predicted.index])


def test_lstm():
    series = pd.Series(VALUES, INDICES["periods"])
    train, test = series[:20], series[20:]
    forecaster = LSTMForecaster(look_back=3, hidden_size=2, max_epochs=1)
    forecaster.fit(train)

    display = ForecastDisplay.from_train_test(forecaster, train, test)

    # The training part is its history.
    pd.testing.assert_index_equal(display.fitted.index, train.index[3:])
    pd.testing.assert_index_equal(display.forecast.index, test.index)


def test_given_axes_are_used():
    figure, ax = plt.subplots()

    display = ForecastDisplay.from_predictions(VALUES, [1, 2], ax=ax)

    assert display.ax_ is ax
    assert display.figure_ is figure
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    ("history", "options", "message"),
    [
        (VALUES.reshape(1, 15, 2), {}, r"history must be a single series. Got shape \(1, 15, 2\)"),
        (VALUES, {"lower": [0, 0]}, "lower and upper must be given together."),
        (VALUES, {"coverage": 0.9}, "coverage=0.9 needs lower and upper"),
        (VALUES, {"coverage": 90}, r"coverage must be a float in the range .* Got 90."),
        (VALUES, {"series": "west"}, "series='west' cannot be found in history, which holds a sin"),
        ({"west": VALUES}, {}, r"forecast must hold the series \['west'\], as history does. Got a"),
        ({"west": VALUES}, {"series": ["west", "east"]}, r"series='east' .* series \['west'\]"),
        (
            pd.DataFrame({"shop": ["west"] * 2, "sold": [1, 2]}),
            {},
            r"history\['shop'\] must hold numbers.*frame.set_index",
        ),
        (
            pd.Series(VALUES, INDICES["days"]),
            {},
            "the same kind of index. Got integer for forecast and datetime64 for history.",
        ),
    ],
)
def test_what_cannot_be_drawn(history, options, message):
    with pytest.raises(ValueError, match=message):
        ForecastDisplay.from_predictions(history, [1, 2], **options)


NAMES = ["north", "south", "west"]
MONTHS = pd.period_range("2020-01", periods=32, freq="M", name="month")
TABLE = pd.DataFrame(20 + rng.normal(size=(32, 3)), MONTHS, pd.Index(NAMES, name="shop"))
BY_SHOP = pd.concat(dict(TABLE.items()), names=["shop"]).rename("sold")
LONG = BY_SHOP.reset_index()
DATED = LONG.assign(month=LONG["month"].dt.to_timestamp())
COLUMNS = {"series_id": "shop", "time": "month", "target": "sold"}
# Forms of three series, what a forecaster is told of them, and how they are cut in time.
PANELS = {
    "long": (LONG, COLUMNS, lambda X, a, b: X[X["month"].between(MONTHS[a], MONTHS[b - 1])]),
    "polars": (
        pl.DataFrame(DATED.to_dict("list")),
        COLUMNS,
        lambda X, a, b: X.filter(
            pl.col("month").is_between(MONTHS[a].to_timestamp(), MONTHS[b - 1].to_timestamp())
        ),
    ),
    "two levels": (
        BY_SHOP,
        {},
        lambda X, a, b: X[X.index.get_level_values(1).isin(MONTHS[a:b])],
    ),
    "columns": (TABLE, {}, lambda X, a, b: X[a:b]),
    "list": ([TABLE[name] for name in NAMES], {}, lambda X, a, b: [each[a:b] for each in X]),
}
each_panel = pytest.mark.parametrize("kind", PANELS)


def shops(kind):
    X, names, cut = PANELS[kind]
    forecaster = quick(**names).fit(cut(X, 0, 28))
    return forecaster, lambda start, stop: cut(X, start, stop)


@pytest.mark.parametrize("kind", INDICES)
def test_history_comes_from_the_forecaster(kind):
    series = pd.Series(VALUES, INDICES[kind], name="sales")
    forecaster = quick().fit(series[:25])

    display = ForecastDisplay.from_estimator(
        forecaster, n_steps=3, coverage=0.8, actual=series[25:]
    )

    expected = forecaster.forecast(3, coverage=0.8)
    pd.testing.assert_series_equal(display.history, series[21:25])
    pd.testing.assert_series_equal(display.actual, series[25:])
    for name in ("forecast", "lower", "upper"):
        pd.testing.assert_series_equal(getattr(display, name), expected[name], check_names=False)
    assert legend(display.ax_) == ["history", "actual", "forecast", "80 % interval"]
    assert display.ax_.get_ylabel() == "sales"
    assert display.axes_.tolist() == [display.ax_]


def test_arrays_go_on_from_what_the_forecaster_keeps():
    forecaster = quick().fit(VALUES[:25])

    display = ForecastDisplay.from_estimator(forecaster, actual=VALUES[25:])

    assert_array_equal(display.history, VALUES[21:25])
    assert_array_equal(display.forecast, forecaster.forecast())
    assert display.forecast.index.tolist() == [4, 5]
    assert display.actual.index.tolist() == [4, 5, 6, 7, 8]


def test_other_series_can_be_forecast():
    forecaster = quick().fit(VALUES[:25])

    display = ForecastDisplay.from_estimator(forecaster, 2 * VALUES[:10])

    assert_array_equal(display.history, 2 * VALUES[:10])
    assert_array_equal(display.forecast, forecaster.forecast(series=2 * VALUES[:10]))


def test_quantiles_are_no_bounds():
    forecaster = quick(quantiles=[0.1, 0.9]).fit(VALUES)

    display = ForecastDisplay.from_estimator(forecaster)

    assert_array_equal(display.forecast, forecaster.forecast()["forecast"])
    assert display.band_ is None


def test_covariates_are_left_out():
    table = pd.DataFrame({"holiday": VALUES > 1, "sold": VALUES}, INDICES["periods"]).astype(float)
    forecaster = quick(target="sold", future=["holiday"]).fit(table[:25])
    options = {"n_steps": 3, "future": table[["holiday"]][25:]}

    display = ForecastDisplay.from_estimator(forecaster, **options, actual=table[25:])

    pd.testing.assert_series_equal(display.history, table["sold"][21:25])
    pd.testing.assert_series_equal(display.actual, table["sold"][25:])
    pd.testing.assert_series_equal(display.forecast, forecaster.forecast(**options))


@each_panel
def test_panel_is_drawn_by_name(kind):
    forecaster, cut = shops(kind)

    display = ForecastDisplay.from_estimator(
        forecaster, n_steps=3, coverage=0.8, actual=cut(28, 32)
    )

    assert [each.get_title() for each in display.axes_] == NAMES
    assert legend(display.figure_) == ["history", "actual", "forecast", "80 % interval"]
    assert len(display.band_) == len(display.lines_["forecast"]) == 3
    for number, name in enumerate(NAMES):
        assert_array_equal(display.history[name], TABLE[name][24:28])
        assert_array_equal(display.actual[name], TABLE[name][28:])
        assert display.ax_.get_shared_x_axes().joined(display.ax_, display.axes_[number])
        drawn = display.lines_["forecast"][number].get_ydata()
        assert_array_equal(drawn, [TABLE[name].iloc[27], *display.forecast[name]])
        assert (display.lower[name] < display.upper[name]).all()


def test_forecasts_of_a_panel_are_those_of_their_series():
    expected = shops("long")[0].forecast(3, coverage=0.8).set_index(["shop", "month"])

    for kind in ("long", "two levels", "list"):
        display = ForecastDisplay.from_estimator(shops(kind)[0], n_steps=3, coverage=0.8)
        for name in NAMES:
            for part in ("forecast", "lower", "upper"):
                drawn = getattr(display, part)[name]
                pd.testing.assert_series_equal(drawn, expected.loc[name, part], check_names=False)


@each_panel
def test_some_series_of_a_panel(kind):
    forecaster, cut = shops(kind)

    display = ForecastDisplay.from_estimator(
        forecaster, cut(0, 28), series=["west", "north"], actual=cut(28, 32)
    )

    assert [each.get_title() for each in display.axes_] == ["west", "north"]
    assert list(display.forecast) == list(display.actual) == ["west", "north"]
    assert_array_equal(display.history["west"], TABLE["west"][:28])


def test_several_targets_of_a_panel():
    long = LONG.assign(lost=-LONG["sold"])
    names = {**COLUMNS, "target": ["sold", "lost"]}
    forecaster = quick(**names).fit(long)

    display = ForecastDisplay.from_estimator(forecaster, coverage=0.5, series="south")

    assert [each.get_title() for each in display.axes_] == ["south, sold", "south, lost"]
    expected = forecaster.forecast(coverage=0.5)
    expected = expected.loc[expected["shop"] == "south", "lost_upper"]
    assert_array_equal(display.upper["south", "lost"], expected)


def test_nine_of_many_series_are_drawn():
    series = {number: VALUES + number for number in range(12)}

    display = ForecastDisplay.from_predictions(series, {name: [1, 2] for name in series})

    assert len(display.axes_) == len(display.lines_["history"]) == 9
    assert len(display.figure_.axes) == 9


@pytest.mark.parametrize(
    "form",
    [
        lambda table: table,
        lambda table: dict(table.items()),
        lambda table: [table[name] for name in table],
        lambda table: pd.concat(dict(table.items())),
    ],
)
def test_several_series_are_given_by_name(form):
    parts = {"lower": form(TABLE[28:] - 1), "upper": form(TABLE[28:] + 1)}

    display = ForecastDisplay.from_predictions(form(TABLE[:28]), form(TABLE[28:]), **parts)

    assert list(display.history) == NAMES
    for name in NAMES:
        assert_array_equal(display.forecast[name], TABLE[name][28:])
        assert_array_equal(display.upper[name], TABLE[name][28:] + 1)


def test_arrays_of_several_lengths_are_numbered():
    display = ForecastDisplay.from_predictions([VALUES, VALUES[:7]], [[1, 2], [3, 4]])

    assert [each.get_title() for each in display.axes_] == ["0", "1"]
    assert [display.forecast[number].index[0] for number in (0, 1)] == [30, 7]


def test_series_are_drawn_on_given_axes():
    axes = plt.subplots(1, 3)[1]

    display = ForecastDisplay.from_predictions(TABLE[:28], TABLE[28:], ax=axes)

    assert display.axes_.tolist() == axes.tolist()
    assert legend(axes[0]) == ["history", "forecast"]
    with pytest.raises(ValueError, match="one Axes for each of the 3 series to draw"):
        ForecastDisplay.from_predictions(TABLE[:28], TABLE[28:], ax=axes[0])


def test_forecaster_must_know_series():
    forecaster = quick()
    with pytest.raises(NotFittedError):
        ForecastDisplay.from_estimator(forecaster)

    forecaster.fit(VALUES[:20].reshape(5, 4), VALUES[:5])
    with pytest.raises(ValueError, match=r"fitted on series, without y\. Got LSTM"):
        ForecastDisplay.from_estimator(forecaster)
