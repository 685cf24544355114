"""Series in every form that they come in, for the tests of more than one module."""

import numpy as np
import pandas as pd
import polars as pl
import polars.testing
import pytest

MONTHS = pd.period_range("2020-01", periods=6, freq="M", name="month")
DAYS = pd.date_range("2020-01-01", periods=6, freq="D", name="day")
NEW_YEARS = pd.date_range("2020-01-01", periods=6, freq="YS", name="year")
VALUES = np.arange(6.0)
TABLE = np.arange(12.0).reshape(6, 2)
LETTERS = pd.Index(["b", "a"], name="shop")


def multi(index, columns=("y",)):
    """Series "b" has all time stamps, "a" those but the first two."""
    keys = pd.MultiIndex.from_arrays(
        [LETTERS.repeat([6, 4]), index.append(index[2:])], names=["shop", index.name]
    )
    values = np.arange(10.0 * len(columns)).reshape(10, -1)
    return pd.DataFrame(values, keys, pd.Index(columns))


SHOPS = multi(DAYS, ["y", "z"]).reset_index()
SHOPS_POLARS = pl.DataFrame({column: SHOPS[column].to_list() for column in SHOPS})
SHOP_NAMES = {"series_id": "shop", "time": "day"}

SINGLE = [
    VALUES,
    VALUES.astype(np.float32),
    TABLE,
    VALUES[:, None],
    pd.Series(VALUES, MONTHS, name="sales"),
    pd.Series(VALUES, DAYS),
    pd.Series(VALUES),
    pd.Series(VALUES, pd.RangeIndex(10, 70, 10)),
    pd.DataFrame(TABLE, NEW_YEARS, ["a", "b"]),
    pd.DataFrame(VALUES[:, None], MONTHS, ["a"]),
    pd.DataFrame(TABLE, MONTHS, pd.Index([10, 20], name="shop")),
    pd.DataFrame(TABLE, DAYS.tz_localize("Europe/Paris"), ["a", "a"]),
    pd.DataFrame(TABLE, DAYS, pd.MultiIndex.from_product([["a"], ["b", "c"]])),
]
LISTS = [[form, form[:4]] for form in SINGLE] + [
    [pd.Series(VALUES, MONTHS, name="x"), pd.Series(VALUES[:2], MONTHS[4:], name="y")]
]
INDEXED = [
    multi(MONTHS),
    multi(DAYS),
    multi(NEW_YEARS, ["y", "z"]),
    multi(DAYS)["y"],
    multi(pd.RangeIndex(6, name="step")),
]
FRAMES = [
    (SHOPS, SHOP_NAMES),
    (SHOPS_POLARS, SHOP_NAMES),
    (SHOPS.rename(columns={"shop": 1, "day": 2, "y": 3}), {"series_id": 1, "time": 2}),
    (SHOPS.iloc[:6].drop(columns="shop"), {"time": "day"}),
    (SHOPS_POLARS[:6].drop("shop"), {"time": "day"}),
]
CASES = [(form, {}) for form in SINGLE + LISTS + INDEXED] + FRAMES


def describe(case):
    form = case[0]
    return f"{type(form).__name__}{getattr(form, 'shape', '')}"


every_form = pytest.mark.parametrize("case", CASES, ids=describe)


def assert_same(left, right):
    if isinstance(right, list):
        assert isinstance(left, list)
        for each, other in zip(left, right, strict=True):
            assert_same(each, other)
    elif isinstance(right, pd.Series):
        pd.testing.assert_series_equal(left, right)
    elif isinstance(right, pd.DataFrame):
        pd.testing.assert_frame_equal(left, right)
    elif isinstance(right, pl.DataFrame):
        pl.testing.assert_frame_equal(left, right)
    else:
        np.testing.assert_array_equal(left, right, strict=True)


def cut(form, kwargs, start, stop):
    """Take a slice of the time steps of each series from data in any form."""
    if isinstance(form, list):
        return [cut(each, kwargs, start, stop) for each in form]
    if isinstance(form, pl.DataFrame):
        keys = ["shop"] if "series_id" in kwargs else pl.lit(1)
        return pl.concat(part[start:stop] for _, part in form.group_by(keys, maintain_order=True))
    if "series_id" in kwargs:
        groups = form.groupby(kwargs["series_id"], sort=False, group_keys=False)
        return pd.concat([group.iloc[start:stop] for _, group in groups], ignore_index=True)
    if "time" in kwargs:
        return form.iloc[start:stop].reset_index(drop=True)
    if getattr(getattr(form, "index", None), "nlevels", 1) == 2:
        groups = form.groupby(level=0, sort=False)
        return pd.concat([group.iloc[start:stop] for _, group in groups])
    return form[start:stop]


def long_frame(**series):
    """Put series, given by their time stamps, into a long frame with random values."""
    frames = [pd.DataFrame({"id": key, "ds": index}) for key, index in series.items()]
    frame = pd.concat(frames, ignore_index=True)
    return frame.assign(y=np.arange(1.0, len(frame) + 1), x=-1.0)


def give(frame, form):
    """Give a long frame another form, and what `Panel.from_input` has to know about it."""
    if form == "long":
        return frame, {"series_id": "id", "time": "ds"}
    if form == "polars":
        columns = {name: frame[name].to_list() for name in frame}
        return pl.DataFrame(columns), {"series_id": "id", "time": "ds"}
    if form == "index":
        return frame.set_index(["id", "ds"]), {}
    groups = frame.set_index("ds").groupby("id", sort=False)
    return [group.drop(columns="id") for _, group in groups], {}


every_panel_form = pytest.mark.parametrize("form", ["long", "polars", "index", "list"])
