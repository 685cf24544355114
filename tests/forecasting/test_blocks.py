import numpy as np
import pytest

from sklearn_rnn.forecasting import Block, all_forecasts, hold_out

LENGTHS = np.array([1, 2, 3, 5, 10, 40, 400])


def test_length_is_the_number_of_forecasts():
    assert len(Block(np.array([3, 5, 4]), np.array([6, 4, 4]))) == 4 + 0 + 1


@pytest.mark.parametrize("look_back", [1, 4, 30])
@pytest.mark.parametrize("season_length", [1, 12])
def test_all_forecasts_end_with_the_series_and_have_a_past(look_back, season_length):
    block = all_forecasts(LENGTHS, look_back, season_length)
    np.testing.assert_array_equal(block.last, LENGTHS - 1)
    assert (block.first >= 1).all()
    assert (block.first <= max(look_back, 1)).all()
    assert block.known is None


def test_long_series_start_with_half_a_window():
    assert all_forecasts(np.array([100]), 20, 1).first == 10
    # Not before there is a season and one step more, if the window holds that.
    assert all_forecasts(np.array([100]), 20, 12).first == 13
    assert all_forecasts(np.array([100]), 6, 12).first == 6


def test_short_series_start_in_their_middle():
    block = all_forecasts(np.array([1, 2, 3, 8]), 20, 1)
    assert block.first.tolist() == [1, 1, 1, 4]
    assert len(block) == 0 + 1 + 2 + 4


@pytest.mark.parametrize("horizon", [1, 4])
@pytest.mark.parametrize("fraction", [0.01, 0.2, 0.9])
def test_held_out_forecasts_are_the_newest(horizon, fraction):
    whole, before, held_out = hold_out(LENGTHS, 6, horizon, 1, fraction)
    cut = before.known
    # Nothing before the cut knows of what comes after it, and nothing after it is learnt from.
    np.testing.assert_array_equal(before.last, cut - 1)
    np.testing.assert_array_equal(whole.last + horizon, cut)
    np.testing.assert_array_equal(whole.first, before.first)
    assert (held_out.first >= cut).all()
    assert (held_out.last <= np.maximum(LENGTHS - 1, held_out.first)).all()
    assert held_out.known is None


@pytest.mark.parametrize("horizon", [1, 4])
def test_held_out_forecasts_of_long_series_have_their_whole_horizon(horizon):
    *_, held_out = hold_out(np.array([400]), 6, horizon, 1, 0.2)
    assert held_out.first == 320
    assert held_out.last == 400 - horizon


def test_each_series_of_two_steps_and_more_has_a_held_out_forecast():
    *_, held_out = hold_out(LENGTHS, 6, 3, 1, 0.2)
    counts = held_out.last - held_out.first + 1
    assert (counts[1:] >= 1).all()


@pytest.mark.parametrize("n_times", [10, 40, 400])
def test_at_most_half_of_what_can_be_forecast_is_held_out(n_times):
    first = all_forecasts(np.array([n_times]), 6, 1).first
    _, before, _ = hold_out(np.array([n_times]), 6, 50, 1, 0.99)
    assert before.known - first >= (n_times - first) // 2


def test_at_least_three_horizons_are_held_out():
    _, before, _ = hold_out(np.array([400]), 6, 10, 1, 0.01)
    assert before.known == 400 - 30


def test_at_least_thirty_forecasts_of_all_series_are_held_out():
    _, before, _ = hold_out(np.array([100]), 6, 1, 1, 0.1)
    assert before.known == 100 - 30
    _, before, _ = hold_out(np.full(5, 100), 6, 1, 1, 0.01)
    assert before.known.tolist() == [100 - 6] * 5


def test_very_long_series_hold_out_no_more_than_tells_enough():
    _, _, held_out = hold_out(np.array([100_000, 1000]), 6, 1, 1, 0.4)
    assert (held_out.last - held_out.first + 1).tolist() == [2048, 400]


def test_series_too_short_to_hold_out_leave_nothing_before():
    _, before, held_out = hold_out(np.array([2, 1]), 6, 3, 1, 0.2)
    assert len(before) == 0
    assert held_out.last[0] == held_out.first[0] == 1
