import numpy as np
import pandas as pd
import pytest

from sklearn_rnn.forecasting import _time_grid
from sklearn_rnn.forecasting._time_grid import OFF_GRID, TimeAxis, date_grid

FREQS = ["D", "W-SUN", "36h", "MS", "ME", "2QS", "B", "BYE", "30min"]


def assert_same(left, right):
    """Compare all but the frequency, which a part of an index does not know."""
    pd.testing.assert_index_equal(
        pd.DatetimeIndex(left, freq=None), pd.DatetimeIndex(right, freq=None)
    )


@pytest.mark.parametrize("freq", FREQS)
@pytest.mark.parametrize("zone", [None, "Europe/Paris"])
@pytest.mark.parametrize("unit", ["s", "ns"])
def test_codes_stand_for_time_stamps(freq, zone, unit):
    stamps = pd.date_range("2019-12-20", periods=40, freq=freq, tz=zone, unit=unit, name="day")
    grid = date_grid(stamps[10:30], stamps.freq)
    codes = grid.encode(stamps[10:30])
    assert (np.diff(codes) == grid.step).all()
    assert_same(grid.decode(codes), stamps[10:30])
    assert_same(grid.index(codes[0], 30), stamps[10:])
    # Time stamps before the first one have codes, too.
    assert_same(grid.decode(codes[:1] - 10 * grid.step), stamps[:1])
    assert len(grid.index(codes[0], 0)) == 0


@pytest.mark.parametrize("freq", ["MS", "B", "YE"])
def test_time_stamps_between_the_steps_have_no_code(freq):
    stamps = pd.date_range("2019-12-20", periods=4, freq=freq)
    grid = date_grid(stamps, stamps.freq)
    codes = grid.encode(stamps.insert(2, stamps[0] - pd.Timedelta("12h")))
    assert (codes == OFF_GRID).tolist() == [False, False, True, False, False]


def test_days_across_clock_changes():
    days = pd.date_range("2020-03-28 02:30", periods=1, tz="Europe/Paris")
    grid = date_grid(days, pd.offsets.Day())
    assert grid.index(grid.encode(days)[0], 1)[0] == days[0]
    decoded = grid.decode(grid.encode(days)[0] + grid.step * np.arange(3))
    assert [stamp.strftime("%d %H:%M") for stamp in decoded] == ["28 02:30", "29 03:00", "30 02:30"]
    days = pd.date_range("2020-10-24 02:30", periods=1, tz="Europe/Paris")
    grid = date_grid(days, pd.offsets.Day())
    decoded = grid.decode(grid.encode(days)[0] + grid.step * np.arange(2))
    assert decoded[1].strftime("%d %H:%M %z") == "25 02:30 +0200"


def test_axis_of_many_series():
    days = pd.date_range("2020-01-01", periods=9)
    grid = date_grid(days, days.freq)
    axis = TimeAxis(grid, grid.encode(days[[0, 4]])).shift(np.array([1, 2]))
    assert axis.stamps([0, 1, 1], np.array([0, 0, 1])).tolist() == days[[1, 6, 7]].tolist()
    first, second = axis.indexes(np.array([2, 3]))
    pd.testing.assert_index_equal(first, days[1:3])
    pd.testing.assert_index_equal(second, days[6:9])


def test_steps_are_found_in_parts(monkeypatch):
    """Parts are smaller than the rows, and series end within them and at their borders."""
    monkeypatch.setattr(_time_grid, "N_ROWS_AT_ONCE", 3)
    codes = np.array([0, 2, 4, 5, 9, 1, 3, 3, 8, 9])
    inside = np.array([True, True, True, True, False, True, True, True, False])
    found = _time_grid.find_steps(codes, inside, lambda steps: steps != 2)
    assert found.tolist() == [2, 3, 6, 7]
    steps, counts = _time_grid.count_steps(codes, inside)
    assert dict(zip(steps.tolist(), counts.tolist(), strict=True)) == {0: 1, 1: 1, 2: 3, 4: 1, 5: 1}
    assert len(_time_grid.find_steps(codes[:1], inside[:0], lambda steps: steps > 0)) == 0
