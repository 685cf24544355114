from datetime import date

import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pytest

from sklearn_rnn.forecasting import Panel, _long_frame

DATES = [date(2020, 1, day) for day in (1, 2, 3, 4)]


@pytest.mark.parametrize(
    "dtype",
    [
        pl.Date,
        pl.Datetime("ms"),
        pl.Datetime("us"),
        pl.Datetime("ns"),
        pl.Datetime("us", "UTC"),
        pl.Datetime("us", "America/New_York"),
        pl.Int32,
        pl.UInt64,
    ],
    ids=str,
)
@pytest.mark.parametrize("id_type", [pl.String, pl.Categorical, pl.Int16, pl.Date], ids=str)
def test_polars_types_stay(dtype, id_type):
    times = pl.Series(DATES * 2).cast(pl.Datetime("us"))
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        times = times.dt.replace_time_zone(dtype.time_zone)
    elif dtype not in (pl.Int32, pl.UInt64):
        times = times.cast(dtype)
    else:
        times = pl.Series([1, 2, 3, 4] * 2, dtype=dtype)
    names = pl.Series(["a", "b"] if id_type in (pl.String, pl.Categorical) else [2, 1])
    names = names.cast(id_type).gather([0] * 4 + [1] * 4)
    frame = pl.DataFrame({"ds": times, "y": np.arange(8.0), "id": names})
    panel = Panel.from_input(frame, series_id="id", time="ds")
    expected = frame.select("id", "ds", "y")
    pl.testing.assert_frame_equal(panel.wrap(panel.values, start=0), expected)
    forecast = panel.wrap([np.ones((2, 1))] * 2)
    assert forecast.schema == expected.schema
    step = frame["ds"][1] - frame["ds"][0]
    assert forecast["ds"].to_list() == [frame["ds"][3] + step * k for k in (1, 2)] * 2


@pytest.mark.parametrize(
    "ids", [["x", "y"], [2, 1], [2.5, 1.5], pd.Categorical(["y", "x"]), pd.array([2, 1], "Int64")]
)
@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_pandas_types_stay(ids, unit):
    days = pd.date_range("2020-01-01", periods=4, unit=unit)
    ids = pd.Series(ids).repeat(4).reset_index(drop=True)
    frame = pd.DataFrame({"id": ids, "ds": days.append(days), "y": np.arange(8.0)})
    panel = Panel.from_input(frame, series_id="id", time="ds")
    pd.testing.assert_frame_equal(panel.wrap(panel.values, start=0), frame)
    assert panel.wrap([np.ones((2, 1))] * 2).dtypes.equals(frame.dtypes)


def test_integer_time_stamps_keep_their_type():
    frame = pd.DataFrame({"t": np.arange(4, dtype=np.int16), "y": 1.0})
    panel = Panel.from_input(frame, time="t")
    pd.testing.assert_frame_equal(panel.wrap(panel.values, start=0), frame)


def test_index_of_a_long_frame_does_not_matter():
    frame = pd.DataFrame({"t": [1, 2, 3], "y": 1.0}, index=[5, 5, 7])
    panel = Panel.from_input(frame, time="t")
    pd.testing.assert_frame_equal(panel.wrap(panel.values, start=0), frame.reset_index(drop=True))


def test_decimal_column():
    frame = pl.DataFrame({"t": [1, 2], "y": pl.Series([1, 2]).cast(pl.Decimal(10, 2))})
    np.testing.assert_array_equal(Panel.from_input(frame, time="t").table, [[1.0], [2.0]])


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("kind", [str, int])
def test_series_are_numbered_in_parts(monkeypatch, library, kind):
    """As many rows are numbered at once as there are, or fewer."""
    names = [kind(number) for number in [3, 3, 1, 3, 2, 2, 1, 3]]
    frame = library({"id": names, "ds": [1, 2, 1, 3, 1, 2, 2, 4], "y": np.arange(8.0)})

    def read():
        panel = Panel.from_input(frame, series_id="id", time="ds")
        return panel.ids.tolist(), panel.table.ravel().tolist()

    whole = read()
    assert whole == ([kind(3), kind(1), kind(2)], [0, 1, 3, 7, 2, 6, 4, 5])
    for n_rows in (1, 3):
        monkeypatch.setattr(_long_frame, "N_IDS_AT_ONCE", n_rows)
        assert read() == whole
