import numpy as np
import pytest

from sklearn_rnn.forecasting._smoothing import decompose, smooth

RNG = np.random.default_rng(0)


def path(series, seasons=(), horizon=3):
    return smooth(np.atleast_2d(np.asarray(series, dtype=float)), seasons, horizon)[0]


def test_constant_is_continued():
    np.testing.assert_allclose(path(np.full(20, 7.0)), 7.0)


def test_straight_line_is_continued():
    np.testing.assert_allclose(path(np.arange(40.0)), [[40, 41, 42]], rtol=2e-3)


def test_season_is_repeated_with_its_trend():
    season = np.resize([3.0, 1.0, 4.0, 1.5], 40)
    np.testing.assert_allclose(path(season, (4,), 6)[0], season[:6], atol=1e-3)
    rising = season + 0.5 * np.arange(40)
    expected = season[:6] + 0.5 * np.arange(40, 46)
    np.testing.assert_allclose(path(rising, (4,), 6)[0], expected, atol=0.2)


def test_of_several_seasons_the_one_that_fits_counts():
    week = np.resize(RNG.normal(size=7), 84)
    np.testing.assert_allclose(path(week, (4, 7), 7)[0], week[:7], atol=1e-3)


def test_season_needs_to_be_seen_twice():
    values = RNG.normal(size=11)
    np.testing.assert_array_equal(path(values, (6,)), path(values))


@pytest.mark.parametrize(("factor", "shift"), [(1e6, 0.0), (1e-6, 0.0), (1.0, 1e3)])
def test_paths_follow_scale_and_level(factor, shift):
    values = RNG.normal(size=(5, 30)).cumsum(axis=1)
    moved = path(factor * values + shift, (4,), 5)
    np.testing.assert_allclose(moved, factor * path(values, (4,), 5) + shift, rtol=1e-6)


def test_what_is_missing_has_passed():
    line = np.arange(80.0)
    line[[10, 20, 70]] = np.nan
    line[-4:] = np.nan
    np.testing.assert_allclose(path(line), [[80, 81, 82]], rtol=5e-3)
    season = np.resize([3.0, 1.0, 4.0, 1.5], 40)
    gaps = season.copy()
    gaps[[5, 18, 27, 38, 39]] = np.nan
    np.testing.assert_allclose(path(gaps, (4,), 4)[0], season[:4], atol=1e-2)


def test_newest_part_without_a_value():
    values = np.append(RNG.normal(size=30), np.full(30, np.nan))
    whole = path(values)
    assert np.isfinite(whole).all()
    np.testing.assert_allclose(path(values[:-1]), whole, rtol=0.5)


def test_what_is_new_counts_more():
    values = np.append(np.zeros(60), np.full(20, 10.0))
    late = np.append(np.zeros(20), np.full(60, 10.0))
    assert path(values)[0, 0] > 9
    np.testing.assert_allclose(path(values), path(late), atol=0.5)


def test_windows_that_start_late_are_those_that_are_shorter():
    values = RNG.normal(size=20)
    late = np.append(np.full(10, np.nan), values)
    np.testing.assert_allclose(path(late, (4,)), path(values, (4,)))


def test_window_without_a_value_has_no_path():
    windows = np.vstack([np.full(8, np.nan), np.arange(8.0)])
    assert np.isnan(path(windows)).all(axis=1).tolist() == [True, False]


@pytest.mark.parametrize("values", [[1.0, 2.0], [4.0, 4, 3, 1], [-0.034, -0.022, 1.936]])
def test_a_few_values_are_not_extrapolated(values):
    found = path(values, horizon=6)
    spread = np.ptp(values)
    assert (found > min(values) - spread).all()
    assert (found < max(values) + spread).all()


def test_error_is_that_one_step_ahead():
    walk = RNG.normal(size=(200, 60)).cumsum(axis=1)
    _, error = smooth(walk, (), 1)
    assert error.mean() == pytest.approx(1, abs=0.1)


def test_random_walks_end_near_their_last_value():
    walks = RNG.normal(size=(300, 106)).cumsum(axis=1)
    found = path(walks[:, :100], horizon=6)
    errors = [np.sqrt(np.mean((each - walks[:, 100:]) ** 2)) for each in (found, walks[:, 99:100])]
    assert errors[0] < 1.06 * errors[1]


def test_season_is_removed():
    season = np.resize([3.0, 1.0, 4.0, 1.5], 40)
    rest = decompose(season[None], (4,), 1).rest
    assert np.ptp(rest) < 0.2
    np.testing.assert_allclose(rest.mean(), season.mean(), rtol=1e-6)


def test_a_longer_season_is_told_from_what_the_shortest_leaves():
    shortest, longest = np.array([2.0, -2.0]), np.array([0, 0, 0, 3.0, 0, -3.0])
    found = decompose(np.resize(shortest, 36)[None] + np.resize(longest, 36), (2, 6), 9)
    both = np.resize(shortest, 45) + np.resize(longest, 45)
    # Of what the longer one repeats at every second step, the shortest has its part.
    shared = np.resize([longest[::2].mean(), longest[1::2].mean()], 45)
    np.testing.assert_allclose(found.longer[0], both - np.resize(shortest, 45) - shared, atol=0.1)


def test_noise_has_no_season():
    noise = RNG.normal(size=(200, 24))
    removed = noise - decompose(noise, (12,), 1).rest
    # With two seasons, the plain pattern of noise would have a deviation of 0.7.
    assert removed.std() < 0.5


def test_a_season_that_is_seen_once_stays():
    values = RNG.normal(size=(3, 20))
    np.testing.assert_array_equal(decompose(values, (12,), 1).rest, values)


def test_level_and_unit():
    found = decompose(np.array([[1.0, 3.0, 2.0, 4.0]]), (), 1)
    assert found.unit.item() == (2 + 1 + 2) / 3
    assert found.level.item() == 3.0


def test_gaps_are_filled_with_what_came_before():
    values = np.array([[np.nan, 2.0, np.nan, 5.0, np.nan]])
    found = decompose(values, (), 1)
    np.testing.assert_array_equal(found.filled, [[2, 2, 2, 5, 5]])
    np.testing.assert_array_equal(found.rest, found.filled)
    # No two values follow each other.
    assert found.unit.item() == 0.0
