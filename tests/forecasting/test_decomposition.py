import numpy as np

from sklearn_rnn.forecasting._decomposition import decompose

RNG = np.random.default_rng(0)


def test_season_is_removed():
    season = np.resize([3.0, 1.0, 4.0, 1.5], 40)
    rest = decompose(season[None], (4,)).rest
    assert np.ptp(rest) < 0.2
    np.testing.assert_allclose(rest.mean(), season.mean(), rtol=1e-6)


def test_noise_has_no_season():
    noise = RNG.normal(size=(200, 24))
    removed = noise - decompose(noise, (12,)).rest
    # With two seasons, the plain pattern of noise would have a deviation of 0.7.
    assert removed.std() < 0.5


def test_a_season_that_is_seen_once_stays():
    values = RNG.normal(size=(3, 20))
    np.testing.assert_array_equal(decompose(values, (12,)).rest, values)


def test_level_and_unit():
    found = decompose(np.array([[1.0, 3.0, 2.0, 4.0]]), ())
    assert found.unit.item() == (2 + 1 + 2) / 3
    assert found.level.item() == 3.0


def test_gaps_are_filled_with_what_came_before():
    values = np.array([[np.nan, 2.0, np.nan, 5.0, np.nan]])
    found = decompose(values, ())
    np.testing.assert_array_equal(found.filled, [[2, 2, 2, 5, 5]])
    np.testing.assert_array_equal(found.rest, found.filled)
    # No two values follow each other.
    assert found.unit.item() == 0.0
