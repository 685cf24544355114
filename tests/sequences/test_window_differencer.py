import numpy as np
import pytest

from sklearn_rnn.sequences import (
    Differencing,
    WindowDifferencer,
    align_future,
    choose_differencings,
    sliding_windows,
)

SERIES = np.random.default_rng(0).lognormal(2.0, 1.0, (60, 3))
WINDOWS, FUTURE = sliding_windows(SERIES, 10, 2)

# Differencings of the three columns take 0, 1 and 5 steps.
DIFFERENCINGS = [Differencing(), Differencing((1,), log=True), Differencing((1, 4))]


def fitted(sample_weight=None):
    differencer = WindowDifferencer([0, 1, 2], DIFFERENCINGS, look_back=4)
    return differencer.fit(WINDOWS, FUTURE, sample_weight)


def chosen(windows=WINDOWS, **options):
    options = {"lags": "auto", "log": "auto", "season_length": 4, **options}
    return choose_differencings(windows, FUTURE, [0, 1, 2], **options)


def test_inputs_are_the_last_differences_of_each_column():
    inputs = fitted().inputs(WINDOWS)
    assert inputs.shape == (len(WINDOWS), 4, 3)
    for column, differencing in enumerate(DIFFERENCINGS):
        expected = differencing.difference(WINDOWS[:, :, column])[:, -4:]
        np.testing.assert_array_equal(inputs[:, :, column], expected)


def test_columns_that_are_no_target_stay_as_they_are():
    inputs = WindowDifferencer([1], [Differencing((1,))], look_back=4).inputs(WINDOWS)
    np.testing.assert_array_equal(inputs[:, :, [0, 2]], WINDOWS[:, -4:, [0, 2]])


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.float32])
def test_inputs_of_narrow_dtypes_do_not_overflow(dtype):
    windows = np.array([[[100], [0], [90], [3]]], dtype)
    differencer = WindowDifferencer([0], [Differencing((1, 1))], look_back=2)
    np.testing.assert_array_equal(differencer.inputs(windows)[0, :, 0], [190, -177])


def test_number_of_steps_covers_the_longest_lags():
    differencer = fitted()
    assert differencer.n_lost == 5
    assert differencer.n_steps == 9


def test_targets_are_standardised():
    targets = fitted().targets(WINDOWS, FUTURE)
    assert targets.shape == FUTURE.shape
    np.testing.assert_allclose(targets.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(targets.std(axis=0), 1)


def test_restore_inverts_targets():
    differencer = fitted()
    targets = differencer.targets(WINDOWS, FUTURE)
    np.testing.assert_allclose(differencer.restore(WINDOWS, targets), FUTURE)


def test_windows_cut_to_the_needed_steps_restore_the_same():
    differencer = fitted()
    targets = differencer.targets(WINDOWS, FUTURE)
    np.testing.assert_allclose(differencer.restore(WINDOWS[:, -9:], targets), FUTURE)


def test_scale_is_weighted():
    times = np.arange(len(WINDOWS)) % 3
    weighted = fitted(times.astype(float))
    repeated = WindowDifferencer([0, 1, 2], DIFFERENCINGS, look_back=4)
    repeated.fit(np.repeat(WINDOWS, times, axis=0), np.repeat(FUTURE, times, axis=0))
    np.testing.assert_allclose(weighted.center_, repeated.center_)
    np.testing.assert_allclose(weighted.scale_, repeated.scale_)


@pytest.mark.parametrize("value", [0.0, 0.1, -3e7, 1e-9])
def test_constant_targets_are_zero_and_restored(value):
    windows, future = np.full((7, 3, 1), value), np.full((7, 2, 1), value)
    differencer = WindowDifferencer([0], [Differencing()], look_back=3).fit(windows, future)
    targets = differencer.targets(windows, future)
    np.testing.assert_allclose(targets, 0, atol=1e-6)
    np.testing.assert_allclose(differencer.restore(windows, targets), future)


def test_each_target_gets_its_own_differencing():
    rng = np.random.default_rng(0)
    noise, walk = rng.normal(size=200), np.cumsum(rng.normal(size=200))
    season = np.tile([0.0, 50.0, 20.0, -70.0], 50) + rng.normal(size=200)
    windows, future = sliding_windows(np.column_stack([noise, walk, season]), 10, 1)
    options = {"lags": "auto", "log": "auto", "season_length": 4}
    chosen = choose_differencings(windows, future, [0, 1, 2], **options)
    assert [each.lags for each in chosen] == [(), (1,), (4,)]


def test_season_that_leaves_no_step_is_not_chosen():
    trend = np.arange(40.0)[:, None] ** 2
    windows, future = sliding_windows(trend, 5, 1)
    options = {"lags": "auto", "log": False, "season_length": 4}
    assert choose_differencings(windows, future, [0], **options)[0].n_lost < 5


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"season_length": 10}, r"season_length=10 .* windows of at least 11 time steps"),
        ({"lags": (4, 6)}, r"differencing=\(4, 6\) .* windows of at least 11 time steps"),
        ({"lags": [10]}, r"differencing=\[10\] .* windows of at least 11 time steps"),
    ],
)
def test_windows_too_short_for_lags(options, message):
    with pytest.raises(ValueError, match=message):
        chosen(**options)


def test_windows_of_one_step_have_no_differences():
    with pytest.raises(ValueError, match=r"differencing=\(1,\) .* windows of at least 2"):
        chosen(windows=WINDOWS[:, -1:], lags=(1,))


@pytest.mark.parametrize("shape", [(49,), (49, 1), (49, 2)])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_single_target_continues_the_nearest_column(column, shape):
    rng = np.random.default_rng(0)
    series = np.cumsum(rng.normal(size=(60, 3)), axis=0) * [1.0, 2.0, 3.0] + [0.0, 100.0, 40.0]
    windows, future = sliding_windows(series, 10, 2)
    y = future[:, : shape[-1] if len(shape) == 2 else 1, column].reshape(shape)
    aligned, columns = align_future(windows, y)
    assert columns == [column]
    np.testing.assert_array_equal(aligned[:, :, 0].reshape(shape), y)


def test_three_dimensional_future_continues_all_columns():
    aligned, columns = align_future(WINDOWS, FUTURE)
    assert columns == [0, 1, 2]
    np.testing.assert_array_equal(aligned, FUTURE)


def test_three_dimensional_future_of_other_columns():
    with pytest.raises(ValueError, match=r"y has 2 columns .* windows X have 3"):
        align_future(WINDOWS, FUTURE[:, :, :2])
