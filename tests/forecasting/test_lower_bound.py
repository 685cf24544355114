import numpy as np
import pytest

from sklearn_rnn import LSTMForecaster, make_windows


def forecaster(**options):
    return LSTMForecaster(max_epochs=1, hidden_size=2, random_state=0, device="cpu", **options)


def falling():
    """Values that are soon below zero if they go on as before."""
    return np.linspace(10, 0.5, 40) + 0.3 * (-1.0) ** np.arange(40)


# With a value below zero there are no logarithms.
@pytest.mark.parametrize("below", [0, 0.6])
def test_nothing_lies_below(below):
    options = {"horizon": 4, "quantiles": [0.1, 0.5]}
    free = forecaster(**options).fit(falling() - below).forecast(9, coverage=0.9)
    bounded = forecaster(**options, lower_bound=-below).fit(falling() - below)
    bounded = bounded.forecast(9, coverage=0.9)

    assert (bounded.to_numpy() >= -below).all()
    expected = np.where(free.to_numpy()[:4] > -below, free.to_numpy()[:4], -below)
    np.testing.assert_array_equal(bounded.to_numpy()[:4], expected)


def test_predictions_of_series_and_their_score():
    series = falling() - 0.6
    free, bounded = (
        forecaster(look_back=4, lower_bound=bound).fit(series[:-8]) for bound in (None, 0)
    )

    assert free.predict(series).min() < 0
    assert bounded.predict(series).min() == 0
    assert bounded.score(series) != free.score(series)


def test_windows():
    X, y = make_windows(falling() - 0.6, look_back=4)
    options = {"quantiles": [0.1]}
    free, bounded = (
        forecaster(**options, lower_bound=bound).fit(X[:-8], y[:-8]) for bound in (None, 0)
    )

    assert free.predict(X).min() < 0
    assert bounded.predict(X).min() == 0
    assert bounded.predict_quantiles(X).min() == 0


@pytest.mark.parametrize("data", [(falling() - 1,), make_windows(falling() - 1, look_back=4)])
def test_values_below_are_refused(data):
    with pytest.raises(ValueError, match=r"lower_bound=0, but there are lower values .* to -0\.8"):
        forecaster(lower_bound=0).fit(*data)
