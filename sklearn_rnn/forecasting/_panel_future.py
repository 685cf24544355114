"""Covariates that are known ahead, found for each series and time stamp of a forecast."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ._panel_columns import check_column
from ._panel_layout import check_values
from ._panel_rows import N_NAMED, Rows, some
from ._time_grid import OFF_GRID, index_kind

if TYPE_CHECKING:
    from ._panel import Panel


def read_future(panel: Panel, X: Any, n_steps: int, missing: str, name: str) -> np.ndarray:
    """Read the known-future covariates, shape (n_series, n_steps, n_future), after a panel."""
    n_series, names = len(panel.ids), panel.columns.future
    if X is None and not len(names):
        return np.empty((n_series, n_steps, 0), dtype=panel.table.dtype)
    if X is None:
        raise ValueError(
            f"{name} is None, but the forecast needs the covariates {list(names)} of the next "
            f"{n_steps} time steps."
        )
    if not len(names):
        raise ValueError(f"{name} was given, but there are no known-future covariates to read.")

    def place(cell: int, position: int | None = None) -> str:
        number, step = divmod(cell, n_steps)
        column = None if position is None else names[[position]].tolist()[0]
        return panel.name_place(number, panel.lengths[number] + step, name, column)

    rows = _read_rows(panel, X, name)
    cells, is_wanted = _find_cells(panel, rows, n_steps)
    _check_complete(np.bincount(cells, minlength=n_series * n_steps), name, place)
    future = np.empty((n_series * n_steps, len(names)), dtype=panel.table.dtype)
    future[cells] = rows.table[is_wanted]
    check_values(future, missing, name, place)
    return future.reshape(n_series, n_steps, len(names))


def _read_rows(panel: Panel, X: Any, name: str) -> Rows:
    form = panel.form.of_other(X, name)
    available = form.column_names(X)
    if type(form) is not type(panel.form) or available is None:
        raise ValueError(f"{name} must be a DataFrame in the form of the series seen in fit.")
    names = panel.columns.future
    for column in names:
        check_column(available, "future", column, name)
    return form.read(X, names, names, name)


def _find_cells(panel: Panel, rows: Rows, n_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Number the rows by series and step ahead, and tell which of them are wanted."""
    assert panel.axis is not None  # that of a DataFrame
    grid = panel.axis.grid
    if index_kind(rows.stamps.dtype) != index_kind(grid.dtype):
        raise ValueError(
            f"The time stamps of the covariates are of dtype {rows.stamps.dtype}, but those seen "
            f"in fit of dtype {grid.dtype}."
        )
    number = panel.ids.get_indexer(rows.ids)[rows.numbers]
    last = panel.axis.shift(panel.lengths - 1).first
    codes = grid.encode(rows.stamps)
    ahead = np.where(codes == OFF_GRID, 0, codes - last[number])
    is_wanted = (number >= 0) & (ahead % grid.step == 0)
    is_wanted &= (ahead > 0) & (ahead <= n_steps * grid.step)
    return (number * n_steps + ahead // grid.step - 1)[is_wanted], is_wanted


def _check_complete(counts: np.ndarray, name: str, place: Callable[[int], str]) -> None:
    """Check that there is one row for each series and step ahead."""
    for wrong, words in ((counts == 0, "are missing"), (counts > 1, "are there more than once")):
        cells = np.flatnonzero(wrong)
        if len(cells):
            places = [place(cell) for cell in cells[:N_NAMED].tolist()]
            raise ValueError(
                f"{len(cells)} of the {len(counts)} combinations of series and time stamp that "
                f"the forecast needs {words} in {name}: {some(places, len(cells))}."
            )
