"""A series and its forecast on the axes of matplotlib, and a grid of such axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from ._style import GREY, OKABE_ITO

BLUE, ORANGE, GREEN = OKABE_ITO[:3]
COLORS = {"history": GREY, "fitted": BLUE, "actual": GREEN, "forecast": ORANGE}
MAX_COLUMNS = 3
# Where they are on the axis of time, and their values.
Points = tuple[np.ndarray, np.ndarray]


def draw_series(ax: Any, parts: dict[str, pd.Series], coverage: float | None) -> tuple[dict, Any]:
    """Draw what there is of a series.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes to draw on.

    parts : dict of str to Series
        "history" and "forecast", and "fitted", "actual", "lower" and "upper" where they are known.

    coverage : float or None
        Coverage of the interval, if known.

    Returns
    -------
    lines : dict of str to matplotlib Line2D
        The lines, by what they show.

    band : matplotlib PolyCollection or None
        The interval.
    """
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    history = parts["history"]
    # The axis learns what it shows, so that time stamps have their places on it.
    ax.xaxis.update_units(_stamps(history.index))
    points = {what: _points(ax, series) for what, series in parts.items()}
    for what in points.keys() - {"history"}:
        points[what] = _joined(points["history"], points[what])
    lines = {
        what: ax.plot(*points[what], color=color, label=what)[0]
        for what, color in COLORS.items()
        if what in points
    }
    band = None
    if "lower" in points:
        label = "interval" if coverage is None else f"{100 * coverage:.6g} % interval"
        (x, lower), (_, upper) = points["lower"], points["upper"]
        band = ax.fill_between(x, lower, upper, color=COLORS["forecast"], alpha=0.3, label=label)
    if isinstance(locator := ax.xaxis.get_major_locator(), AutoDateLocator):
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    ax.set(xlabel=history.index.name or "time", ylabel=history.name or "value")
    return lines, band


def _points(ax: Any, series: pd.Series) -> Points:
    """Return positions on an axis, and values."""
    x = np.asarray(ax.convert_xunits(_stamps(series.index)))
    return x, series.to_numpy(dtype=float, na_value=np.nan)


def _stamps(index: pd.Index) -> pd.Index:
    """Return what matplotlib can place on an axis."""
    return index.to_timestamp() if isinstance(index, pd.PeriodIndex) else index


def _joined(history: Points, later: Points) -> Points:
    """Start from the last point of a history, if that is no farther off than its points are."""
    (known, values), (x, y) = history, later
    if len(known) and len(x) and 0 < x[0] - known[-1] <= np.diff(known).max(initial=0):
        return np.append(known[-1], x), np.append(values[-1], y)
    return later


def add_title(ax: Any, name: Any) -> None:
    """Put the name of a series above its axes, and not a second time beside them."""
    title = ", ".join(map(str, name)) if isinstance(name, tuple) else str(name)
    ax.set_title(title)
    if ax.get_ylabel() == title:
        ax.set_ylabel("value")


def new_axes(n_series: int, is_shared: bool) -> np.ndarray:
    """Make axes: large ones for a single series, a grid for several, which may share their time."""
    import matplotlib.pyplot as plt

    n_columns = min(n_series, MAX_COLUMNS)
    n_rows = math.ceil(n_series / n_columns)
    size = (9, 4.5) if n_series == 1 else (4 * n_columns, 2.5 * n_rows + 0.5)
    figure = plt.figure(figsize=size, layout="constrained")
    grid = figure.subplots(n_rows, n_columns, sharex=is_shared, squeeze=False)
    for ax in grid.flat[n_series:]:
        ax.remove()
    return grid.ravel()[:n_series]


def tidy_grid(axes: np.ndarray) -> None:
    """Name the axes at the edges of a grid, and show one legend above it."""
    for number, ax in enumerate(axes):
        if number % MAX_COLUMNS:
            ax.set_ylabel("")
        is_lowest = number + MAX_COLUMNS >= len(axes)
        if is_lowest:
            ax.tick_params(labelbottom=True)
        else:
            ax.set_xlabel("")
    handles, labels = axes[0].get_legend_handles_labels()
    axes[0].figure.legend(handles, labels, loc="outside upper center", ncols=len(labels))
