"""Calendar features of time stamps, as positions on a circle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._panel_columns import as_list
from ._panel_rows import ranges
from ._time_grid import IntegerGrid

if TYPE_CHECKING:
    from ._panel import Panel

# Attributes of an index of pandas: the first value, and the number of values.
CALENDAR = {
    "quarter": (1, 4),
    "month": (1, 12),
    "day": (1, 31),
    "day_of_year": (1, 366),
    "day_of_week": (0, 7),
    "hour": (0, 24),
    "minute": (0, 60),
    "second": (0, 60),
}


def check_calendar(calendar: Any) -> tuple[str, ...]:
    """Check the names of calendar features.

    Raises
    ------
    ValueError
        If there is no such feature.
    """
    names = as_list(calendar)
    unknown = [name for name in names if name not in CALENDAR]
    if unknown or len(set(names)) < len(names):
        raise ValueError(
            f"The 'calendar' parameter must name different ones among {list(CALENDAR)}. Got "
            f"{calendar!r} instead."
        )
    return tuple(names)


def calendar_features(
    panel: Panel, calendar: tuple[str, ...], n_ahead: int = 0, name: str = "X"
) -> np.ndarray:
    """Compute calendar features of the time stamps of all series.

    Parameters
    ----------
    panel : Panel
        The series.

    calendar : tuple of str
        Attributes of an index of pandas, among `CALENDAR`.

    n_ahead : int, default=0
        Number of time steps after the last one of each series to go on for.

    name : str, default="X"
        Name of the data, for error messages.

    Returns
    -------
    features : ndarray of shape (n_rows + n_series * n_ahead, 2 * n_features), dtype float32
        Sine and cosine of the position in the period, one series after the other.

    Raises
    ------
    ValueError
        If the series have no dates.
    """
    if panel.axis is None or isinstance(panel.axis.grid, IntegerGrid):
        has = "no index" if panel.axis is None else "an index of whole numbers"
        raise ValueError(
            f"calendar={list(calendar)} needs dates, but {name} has {has}: give it a "
            "DatetimeIndex or a PeriodIndex."
        )
    lengths = panel.lengths + n_ahead
    series = np.repeat(np.arange(len(lengths)), lengths)
    stamps = panel.axis.stamps(series, ranges(np.zeros_like(lengths), lengths))
    features = np.empty((len(stamps), 2 * len(calendar)), dtype=np.float32)
    for number, attribute in enumerate(calendar):
        first, period = CALENDAR[attribute]
        angle = 2 * np.pi * (getattr(stamps, attribute).to_numpy() - first) / period
        features[:, 2 * number], features[:, 2 * number + 1] = np.sin(angle), np.cos(angle)
    return features
