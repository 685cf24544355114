import numpy as np
import pandas as pd
import pytest

from sklearn_rnn.forecasting import Panel, _clock, _table
from sklearn_rnn.forecasting._stores import (
    CovariateScaler,
    panel_scales,
    smallest_scales,
    store_panel,
    store_windows,
)

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(30, 3)) * [1.0, 1e-3, 1e4] + [5.0, 0.0, -1e5]


def test_covariates_are_standardized():
    scaled = CovariateScaler.learn(TABLE).scale(TABLE)
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-5)


def test_missing_covariates_do_not_count_and_become_the_mean():
    holes = TABLE.copy()
    holes[::3, 1] = np.nan
    scaler = CovariateScaler.learn(holes)
    expected = CovariateScaler.learn(TABLE[np.arange(30) % 3 > 0])
    assert scaler.mean[1] == pytest.approx(expected.mean[1])
    assert scaler.deviation[1] == pytest.approx(expected.deviation[1])
    scaled = scaler.scale(holes)
    assert (scaled[::3, 1] == 0).all()
    assert np.isfinite(scaled).all()


def test_weights_of_covariates():
    kept = np.arange(30) < 12
    weighted = CovariateScaler.learn(TABLE, 3.0 * kept)
    expected = CovariateScaler.learn(TABLE[kept])
    np.testing.assert_allclose(weighted.mean, expected.mean)
    np.testing.assert_allclose(weighted.deviation, expected.deviation)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9, np.nan])
def test_constant_covariates_become_zero(value):
    table = np.full((9, 1), value)
    np.testing.assert_array_equal(CovariateScaler.learn(table).scale(table), 0)


def test_no_covariates():
    assert CovariateScaler.learn(np.empty((4, 0))).scale(np.empty((4, 0))).shape == (4, 0)


def test_smallest_scale_is_a_share_of_the_spread_of_each_series():
    series = [RNG.normal(size=50), 1e3 * RNG.normal(size=20)]
    lengths = np.array([50, 20])
    found = smallest_scales(np.concatenate(series), lengths)
    np.testing.assert_allclose(found, [0.05 * each.std() for each in series])


def test_smallest_scale_of_series_that_hardly_vary_is_a_share_of_their_level():
    found = smallest_scales(np.array([5.0, 5.0, 0.0, 0.0, -2e6]), np.array([2, 2, 1]))
    np.testing.assert_allclose(found, [5e-3, 1e-9, 2e3])


def test_smallest_scale_of_series_with_missing_values():
    values = np.array([np.nan, 1.0, 3.0, np.nan, np.nan, np.nan])
    found = smallest_scales(values, np.array([4, 2]))
    np.testing.assert_allclose(found, [0.05, 1e-9])


def test_smallest_scale_with_weights():
    values, weight = RNG.normal(size=20), np.repeat([1.0, 0.0], 10)
    found = smallest_scales(values, np.array([20]), weight)
    np.testing.assert_allclose(found, smallest_scales(values[:10], np.array([10])))


def panel():
    """Two series with two targets, a past covariate and one known ahead."""
    frame = pd.DataFrame(RNG.normal(size=(9, 4)), columns=["y", "past", "ahead", "z"])
    keys = [("a", day) for day in range(5)] + [("b", day) for day in range(4)]
    frame.index = pd.MultiIndex.from_tuples(keys)
    return frame, Panel.from_input(frame, target=["y", "z"], future=["ahead"])


def test_scales_of_a_panel_are_target_by_target():
    frame, both = panel()
    found = panel_scales(both)
    parts = [frame[name].loc[series] for name in ("y", "z") for series in ("a", "b")]
    expected = [smallest_scales(part.to_numpy(), np.array([len(part)]))[0] for part in parts]
    np.testing.assert_allclose(found, expected)


def test_scales_of_a_panel_may_be_those_of_its_first_steps():
    frame, both = panel()
    found = panel_scales(both, np.array([3, 2]))
    parts = [frame[name].loc[key][:n] for name in ("y", "z") for key, n in (("a", 3), ("b", 2))]
    expected = [smallest_scales(part.to_numpy(), np.array([len(part)]))[0] for part in parts]
    np.testing.assert_allclose(found, expected)


def test_each_target_of_each_series_is_a_series_of_its_own():
    frame, both = panel()
    scaler = CovariateScaler.learn(both.table[:, 2:])
    store = store_panel(both, scaler, panel_scales(both))
    assert store.lengths.tolist() == [5, 4, 5, 4]
    expected = np.concatenate([frame["y"], frame["z"]])
    np.testing.assert_array_equal(store.values, expected)
    scaled = scaler.scale(frame[["past", "ahead"]].to_numpy())
    np.testing.assert_allclose(store.past.values[:, 0], scaled[:, 0])
    future = store.future
    np.testing.assert_allclose(future.values[:, 0], scaled[:, 1])
    assert store.past.owner.tolist() == future.owner.tolist() == [0, 1, 0, 1]


def test_covariates_known_ahead_go_after_those_of_their_series():
    frame, both = panel()
    scaler = CovariateScaler.learn(both.table[:, 2:])
    ahead = RNG.normal(size=(2, 3, 1))
    store = store_panel(both, scaler, panel_scales(both), ahead)
    future = store.future
    assert future.lengths.tolist() == [8, 7]
    assert store.past.lengths.tolist() == [5, 4]
    expected = [frame["ahead"]["a"], ahead[0, :, 0], frame["ahead"]["b"], ahead[1, :, 0]]
    scaled = (np.concatenate(expected) - scaler.mean[1]) / scaler.deviation[1]
    np.testing.assert_allclose(future.values[:, 0], scaled, rtol=1e-5, atol=1e-6)


def test_store_without_covariates():
    both = Panel.from_input([np.arange(5.0), np.arange(4.0)])
    scaler = CovariateScaler.learn(both.table[:, 1:])
    store = store_panel(both, scaler, panel_scales(both))
    assert store.past is None
    assert store.future is None


@pytest.mark.parametrize("columns", [[1], [0, 2], [0, 1, 2]])
def test_each_target_of_each_window_is_a_short_series(columns):
    windows, future = RNG.normal(size=(4, 5, 3)), RNG.normal(size=(4, 2, len(columns)))
    others = np.delete(windows, columns, axis=2)
    scaler = CovariateScaler.learn(others.reshape(20, -1))
    smallest, weight = np.arange(1.0, len(columns) + 1), np.arange(4.0)
    store = store_windows(windows, columns, scaler, smallest, future, weight)
    series = np.split(store.values.numpy(), store.starts[1:])
    for number, each in enumerate(series):
        target, sample = divmod(number, 4)
        window = windows[sample, :, columns[target]]
        np.testing.assert_array_equal(each, [*window, *future[sample, :, target]])
        assert store.smallest_scale[number] == smallest[target]
        assert store.sample_weight[number] == sample
    assert (store.past is None) == (len(columns) == 3)
    if store.past is not None:
        expected = scaler.scale(others.reshape(20, -1))
        np.testing.assert_allclose(store.past.values, expected, rtol=1e-6)
        assert store.past.owner.tolist() == [0, 1, 2, 3] * len(columns)


def test_windows_to_forecast_from_have_no_future():
    windows = RNG.normal(size=(4, 5, 1))
    scaler = CovariateScaler.learn(np.empty((20, 0)))
    store = store_windows(windows, [0], scaler, np.ones(1))
    assert store.lengths.tolist() == [5] * 4
    assert store.sample_weight is None


def test_long_tables_are_read_in_parts(monkeypatch):
    """Scales do not depend on how many rows are read at once."""
    series = [np.random.default_rng(n).normal(size=(n, 3)) * n for n in (1, 7, 2, 5, 9)]
    series[1][2:4, 1] = np.nan
    frames = [pd.DataFrame(each, columns=["y", "a", "b"]) for each in series]
    panel = Panel.from_input(frames, target="y", missing="mask")
    n_known = np.array([1, 4, 2, 3, 9])

    def read():
        scaler = CovariateScaler.learn(panel.table[:, 1:])
        return scaler.mean, scaler.scale(panel.table[:, 1:]), panel_scales(panel, n_known)

    whole = read()
    for module in (_clock, _table):
        monkeypatch.setattr(module, "N_ROWS_AT_ONCE", 4)
    for found, expected in zip(read(), whole, strict=True):
        np.testing.assert_allclose(found, expected)
