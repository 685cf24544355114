import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

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


def test_arrays_follow_each_other():
    display = ForecastDisplay.from_predictions(
        VALUES[:20], [1, 2], lower=[0, 1], upper=[3, 3], actual=VALUES[20:]
    )

    assert list(display.lines_) == ["history", "actual", "forecast"]
    assert points(display.lines_["history"]) == (list(range(20)), VALUES[:20].tolist())
    assert points(display.lines_["forecast"]) == ([20, 21], [1, 2])
    assert points(display.lines_["actual"]) == (list(range(20, 30)), VALUES[20:].tolist())
    vertices = {tuple(each) for each in display.band_.get_paths()[0].vertices}
    assert {(20, 0), (21, 1), (20, 3), (21, 3)} == vertices
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == [
        "history",
        "actual",
        "forecast",
        "interval",
    ]


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


@pytest.mark.parametrize("coverage", [None, 0.75])
@pytest.mark.parametrize("form", [np.asarray, lambda x: pd.Series(x, INDICES["days"])])
def test_forecaster(coverage, form):
    series = form(VALUES)
    forecaster = LastValue().fit(series[:20])

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


def test_number_of_steps_is_up_to_the_forecaster():
    display = ForecastDisplay.from_forecaster(LastValue().fit(VALUES), VALUES)

    assert len(display.forecast) == 2


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
    forecast = ForecastDisplay.from_forecaster(forecaster, train, n_steps=4).forecast
    pd.testing.assert_series_equal(forecast, forecaster.forecast(4))


def test_given_axes_are_used():
    figure, ax = plt.subplots()

    display = ForecastDisplay.from_predictions(VALUES, [1, 2], ax=ax)

    assert display.ax_ is ax
    assert display.figure_ is figure
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize(
    ("history", "options", "message"),
    [
        (VALUES.reshape(15, 2), {}, r"history must be a single series. Got shape \(15, 2\): draw"),
        (VALUES, {"lower": [0, 0]}, "lower and upper must be given together."),
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
