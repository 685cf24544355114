import numpy as np
import pytest

from sklearn_rnn.sequences import Differencing, sliding_windows
from sklearn_rnn.sequences._differencing import candidate_differencings, choose_differencing

LAGS = [(), (1,), (4,), (1, 4), (4, 1), (1, 1), (2, 3, 1)]


def random_windows(seed=0):
    values = np.random.default_rng(seed).lognormal(3.0, 1.0, (20, 16))
    return values[:, :10], values[:, 10:]


def cut(series, n_steps=26, horizon=1):
    windows, future = sliding_windows(np.reshape(series, (-1, 1)), n_steps, horizon)
    return windows[:, :, 0], future[:, :, 0]


def naive(windows, horizon, **options):
    return Differencing(**options).restore(np.array(windows), np.zeros((len(windows), horizon)))


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("lags", LAGS)
def test_restore_inverts_residual(lags, log):
    windows, future = random_windows()
    differencing = Differencing(lags, log)
    residual = differencing.residual(windows, future)
    np.testing.assert_allclose(differencing.restore(windows, residual), future)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("lags", LAGS)
def test_differences_are_residuals_one_step_ahead(lags, log):
    windows, future = random_windows()
    differencing = Differencing(lags, log)
    both = np.concatenate([windows, future[:, :1]], axis=1)
    differences = differencing.difference(both)
    assert differences.shape == (20, 11 - differencing.n_lost)
    residual = differencing.residual(windows, future[:, :1])
    np.testing.assert_allclose(differences[:, -1:], residual, atol=1e-9)


@pytest.mark.parametrize("lags", LAGS)
def test_only_the_last_values_of_a_window_matter(lags):
    windows, future = random_windows()
    differencing = Differencing(lags)
    n_steps = max(differencing.n_lost, 1)
    np.testing.assert_array_equal(
        differencing.residual(windows[:, -n_steps:], future), differencing.residual(windows, future)
    )


def test_difference_of_lag_one():
    windows, _ = random_windows()
    np.testing.assert_array_equal(Differencing((1,)).difference(windows), np.diff(windows))


def test_difference_of_logarithms_is_growth():
    differences = Differencing((1,), log=True).difference(np.array([[1.0, 2.0, 8.0]]))
    np.testing.assert_allclose(np.exp(differences), [[2.0, 4.0]])


def test_without_lags_values_stay():
    windows, future = random_windows()
    np.testing.assert_array_equal(Differencing().difference(windows), windows)
    np.testing.assert_array_equal(Differencing().residual(windows, future), future)


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize(
    ("lags", "window", "expected"),
    [
        ((1,), [5, 9, 7], [7, 7, 7]),
        ((3,), [1, 5, 9, 7], [5, 9, 7, 5, 9, 7, 5]),
    ],
)
def test_naive_forecast_repeats_values(lags, window, expected, log):
    forecast = naive([window], len(expected), lags=lags, log=log)
    np.testing.assert_allclose(forecast, [expected])


@pytest.mark.parametrize(
    ("lags", "window", "expected"),
    [
        ((1, 3), [10, 20, 30, 14], [24, 34, 18, 28, 38, 22, 32]),
        ((1, 1), [3, 5], [7, 9, 11]),
        ((2, 2), [1, 10, 3, 40], [5, 70, 7]),
    ],
)
def test_naive_forecast_continues_growth(lags, window, expected):
    np.testing.assert_allclose(naive([window], len(expected), lags=lags), [expected])


@pytest.mark.parametrize(
    ("lags", "window", "expected"),
    [
        ((1, 3), [10, 20, 30, 15], [30, 45, 22.5, 45]),
        ((1, 1), [3, 6], [12, 24, 48]),
    ],
)
def test_naive_forecast_of_logarithms_multiplies(lags, window, expected):
    np.testing.assert_allclose(naive([window], len(expected), lags=lags, log=True), [expected])


def test_order_of_lags_does_not_matter():
    windows, future = random_windows()
    np.testing.assert_allclose(
        Differencing((1, 4)).residual(windows, future),
        Differencing((4, 1)).residual(windows, future),
    )


@pytest.mark.parametrize("value", [0.0, -2.0])
def test_logarithm_of_what_is_not_positive(value):
    with pytest.raises(ValueError, match=rf"holds {value}. Set log=False"):
        Differencing(log=True).difference(np.array([[1.0, value]]))


def test_candidates_are_the_simplest_first():
    candidates = candidate_differencings("auto", False, 12, positive=True)
    assert [each.lags for each in candidates] == [(), (1,), (12,), (1, 12)]


def test_candidates_without_season():
    candidates = candidate_differencings("auto", False, 1, positive=True)
    assert [each.lags for each in candidates] == [(), (1,), (1, 1)]


@pytest.mark.parametrize(
    ("log", "positive", "expected"),
    [
        ("auto", True, [False, True]),
        ("auto", False, [False]),
        (True, False, [True]),
        (False, True, [False]),
    ],
)
def test_candidates_of_given_lags(log, positive, expected):
    candidates = candidate_differencings([1, 12], log, 7, positive)
    assert candidates == [Differencing((1, 12), log) for log in expected]


MONTH = np.arange(240)
SEASON = np.array([0.0, 3, 7, 1, -2, 4, 9, -5, 2, 6, -8, -1])[MONTH % 12]
NOISE = np.random.default_rng(0).normal(size=240)


@pytest.mark.parametrize(
    ("series", "lags"),
    [
        (NOISE, ()),
        (np.cumsum(NOISE), (1,)),
        (SEASON + 0.5 * NOISE, (12,)),
        (5 * SEASON + np.cumsum(NOISE), (1, 12)),
        (5 * SEASON + np.cumsum(np.cumsum(NOISE)), (1, 12)),
    ],
    ids=["noise", "random walk", "season", "season on a walk", "season on a wandering trend"],
)
def test_choice_for_one_step_ahead(series, lags):
    candidates = candidate_differencings("auto", "auto", 12, positive=False)
    assert choose_differencing(*cut(series), candidates) == Differencing(lags)


def test_choice_of_logarithms_for_growing_seasons():
    series = np.exp(0.03 * MONTH + 0.1 * SEASON + 0.02 * np.cumsum(NOISE))
    candidates = candidate_differencings("auto", "auto", 12, positive=True)
    assert choose_differencing(*cut(series), candidates) == Differencing((1, 12), log=True)


def test_no_logarithms_where_growth_is_even():
    series = 1000 + 2 * MONTH + 10 * SEASON + 2 * np.cumsum(NOISE)
    candidates = candidate_differencings("auto", "auto", 12, positive=True)
    assert choose_differencing(*cut(series), candidates) == Differencing((1, 12), log=False)


def test_constant_drift_does_not_speak_against_a_forecast():
    series = 100.0 * MONTH + SEASON
    candidates = [Differencing((12,)), Differencing((1, 12))]
    assert choose_differencing(*cut(series), candidates) == Differencing((12,))


def test_first_of_equally_good_ones_is_chosen():
    candidates = candidate_differencings("auto", "auto", 12, positive=True)
    assert choose_differencing(*cut(np.full(60, 0.1)), candidates) == Differencing()


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_choice_does_not_depend_on_units(factor):
    series = np.exp(0.03 * MONTH + 0.1 * SEASON + 0.02 * np.cumsum(NOISE))
    candidates = candidate_differencings("auto", "auto", 12, positive=True)
    chosen = choose_differencing(*cut(factor * series), candidates)
    assert chosen == choose_differencing(*cut(series), candidates)


@pytest.mark.parametrize(("heavy", "lags"), [(slice(100), ()), (slice(100, None), (1,))])
def test_weights_decide(heavy, lags):
    (noise, noise_future), (walk, walk_future) = cut(NOISE[:126]), cut(np.cumsum(NOISE)[:126])
    weight = np.full(200, 1e-3)
    weight[heavy] = 1.0
    windows, future = np.concatenate([noise, walk]), np.concatenate([noise_future, walk_future])
    candidates = [Differencing(), Differencing((1,))]
    assert choose_differencing(windows, future, candidates, weight) == Differencing(lags)
