"""Rows of series laid out at equal steps of time, and checked for missing values."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ._frequency import find_grid
from ._panel_rows import N_NAMED, Rows, some
from ._time_grid import TimeAxis, TimeGrid, find_steps


def lay_out(
    rows: Rows, missing: str, like: TimeGrid | None, name: str, label: Callable[[int], str]
) -> tuple[np.ndarray, np.ndarray, TimeAxis | None]:
    """Put rows at equal steps of time.

    Parameters
    ----------
    rows : Rows
        Rows, one series after the other, each in time order.

    missing : {"error", "mask"}
        What to do about missing time stamps: "mask" inserts rows of NaN.

    like : TimeGrid or None
        Grid that is taken where the time stamps fit it.

    name : str
        Name of the data, for error messages.

    label : callable
        Gives the words that name a series by its number.

    Returns
    -------
    table : ndarray of shape (n_rows, n_columns)
        The rows.

    offsets : ndarray of shape (n_series + 1,)
        Where each series starts, and where the last one ends.

    axis : TimeAxis or None
        Time stamps of the series; None for arrays.

    Raises
    ------
    ValueError
        If time stamps repeat, are out of order or, for "error", missing, or have no frequency.
    """
    offsets = rows.offsets
    if rows.stamps is None:
        return rows.table, offsets, None

    def label_row(row: int) -> str:
        return label(int(np.searchsorted(rows.offsets, row, side="right")) - 1)

    rows.check_order(name, label_row)
    inside = rows.inside
    grid, codes = find_grid(
        rows.stamps, inside, freq=rows.freq, like=like, name=name, label=label_row
    )
    first, last = codes[offsets[:-1]], codes[offsets[1:] - 1]
    gaps = find_steps(codes, inside, lambda steps: steps != grid.step)
    if not len(gaps):
        return rows.table, offsets, TimeAxis(grid, first)
    offsets = np.concatenate([[0], np.cumsum((last - first) // grid.step + 1)])
    if missing == "error":
        first_gaps = gaps[:N_NAMED].tolist()
        stamps = grid.decode(codes[first_gaps] + grid.step)
        places = [f"{stamp}{label_row(row)}" for stamp, row in zip(stamps, first_gaps, strict=True)]
        n_missing = offsets[-1] - len(codes)
        raise ValueError(
            f"{name} is not at equal steps: at the frequency {grid.freq_name}, {n_missing} time "
            f"stamps are missing, the first at {some(places, n_missing)}. Fill the gaps, for "
            'instance with reindex(), or set missing="mask" to train through them.'
        )
    table = np.full((offsets[-1], rows.table.shape[1]), np.nan, dtype=rows.table.dtype)
    numbers = rows.numbers
    table[offsets[numbers] + (codes - first[numbers]) // grid.step] = rows.table
    return table, offsets, TimeAxis(grid, first)


def check_values(
    table: np.ndarray, missing: str, name: str, place: Callable[[int, int], str]
) -> None:
    """Check that values are neither infinite nor, unless they are to be masked, missing.

    Parameters
    ----------
    table : ndarray of shape (n_rows, n_columns)
        Values.

    missing : {"error", "mask"}
        Whether NaN is an error.

    name : str
        Name of the data, for error messages.

    place : callable
        Gives the words that name the place of a value by its row and column.

    Raises
    ------
    ValueError
        If there are such values, counting and locating them.
    """
    finite = np.isfinite(table)
    if finite.all():
        return
    is_nan = np.isnan(table)
    infinite = np.argwhere(~finite & ~is_nan)
    if len(infinite):
        places = [place(*cell) for cell in infinite[:N_NAMED].tolist()]
        raise ValueError(
            f"Input {name} contains infinity or a value too large for {table.dtype!r}: "
            f"{len(infinite)} values, the first at {some(places, len(infinite))}."
        )
    if missing == "error":
        unknown = np.argwhere(is_nan)
        places = [place(*cell) for cell in unknown[:N_NAMED].tolist()]
        raise ValueError(
            f"Input {name} contains NaN: {len(unknown)} of {table.size} values are missing, the "
            f"first at {some(places, len(unknown))}. Fill them first, for instance with "
            'interpolate(), or set missing="mask" to train through them.'
        )


def count_missing(values: np.ndarray, starts: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Count the missing values in a row, down from some time steps of series.

    Parameters
    ----------
    values : ndarray of shape (n_rows,)
        Series, one after another; NaN where a value is missing.

    starts : ndarray of shape (n_places,)
        Row where the series starts.

    before : ndarray of shape (n_places,)
        Number of time steps up to which is counted.

    Returns
    -------
    counts : ndarray of shape (n_places,)
        Zero where there is no value before.
    """
    counts = np.zeros(len(before), dtype=np.int64)
    places = np.flatnonzero(before > 0)
    # Step by step back, from the places that are still to be counted: they are few.
    while len(places):
        rows = starts[places] + before[places] - 1 - counts[places]
        places = places[np.isnan(values[rows])]
        counts[places] += 1
        is_over = counts[places] == before[places]
        counts[places[is_over]] = 0
        places = places[~is_over]
    return counts
