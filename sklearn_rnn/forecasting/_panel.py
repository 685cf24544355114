"""One or many series with their covariates, and the way back to the form they came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ._long_frame import with_pandas
from ._panel_columns import Columns
from ._panel_forms import Form, ListForm
from ._panel_future import read_future
from ._panel_input import find_any_form, read_columns, read_rows
from ._panel_layout import check_values, count_missing, lay_out
from ._panel_rows import Block, alternate, ranges
from ._time_grid import TimeAxis


@dataclass(frozen=True)
class Panel:
    """Series at equal steps of time, one below the other in one table.

    Parameters
    ----------
    table : ndarray of shape (n_rows, n_columns), dtype float32 or float64
        Values of all series: targets, past covariates, known-future covariates.

    offsets : ndarray of shape (n_series + 1,)
        Row where each series starts, and where the last one ends.

    ids : Index of shape (n_series,)
        Names of the series; their numbers where they have no names.

    columns : Columns
        Names of the columns of the table.

    form : Form
        The form that the series came in.

    axis : TimeAxis, default=None
        Time stamps of the series; None for arrays.
    """

    table: np.ndarray
    offsets: np.ndarray
    ids: pd.Index
    columns: Columns
    form: Form
    axis: TimeAxis | None = None

    @classmethod
    def from_input(
        cls,
        X: Any,
        *,
        series_id: Any = None,
        time: Any = None,
        target: Any = None,
        future: Any = (),
        missing: str = "error",
        name: str = "X",
        like: Panel | None = None,
    ) -> Panel:
        """Validate series given by the user.

        Parameters
        ----------
        X : array-like, Series, DataFrame, or list of them
            One series: a list of numbers, an array, a Series or a DataFrame. Many: a list of
            them, or a Series or DataFrame whose index has two levels, series and time stamp. Or a
            long frame. Frames may be of pandas, polars or another library that narwhals knows;
            those that are not long are answered by frames of pandas.

        series_id, time : object, default=None
            Columns of a long frame that hold the names of the series (None for a single one) and
            the time stamps.

        target : object or list of object, default=None
            Column or columns of a DataFrame to forecast; None for all that are not in `future`.

        future : object or list of object, default=()
            Columns of a DataFrame that are known ahead. Those that are neither `target` nor
            `future` are known up to the origin of a forecast.

        missing : {"error", "mask"}, default="error"
            Whether missing values and time stamps are an error, or become NaN.

        name : str, default="X"
            Name of the data, for error messages.

        like : Panel, default=None
            Panel whose columns this one must have, and whose frequency it takes where that fits.
            After a long frame, there may be a list of series.

        Returns
        -------
        panel : Panel
            The series in the order in which they first appear. The rows of a frame that names
            the series of each row are sorted by time.

        Raises
        ------
        ValueError
            If columns are not there or hold no numbers; if there are no time steps; if time stamps
            repeat, are missing or at no frequency, or, in a single series or one of a list, not in
            order; if values are infinite or missing.
        """
        if (series_id is None and time is None) or isinstance(X, (list, tuple)):
            X = with_pandas(X, name)
        form = find_any_form(X, series_id, time, name, like is not None)
        like_columns = None if like is None else like.columns
        like_grid = None if like is None or like.axis is None else like.axis.grid
        columns = read_columns(form, X, target, future, name, like_columns)
        rows = read_rows(form, X, columns, missing, name, like_grid)

        def label(number: int) -> str:
            return form.label(rows.ids, number, name)

        table, offsets, axis = lay_out(rows, missing, like_grid, name, label)
        panel = cls(table, offsets, rows.ids, columns, form, axis)

        def place(row: int, position: int) -> str:
            number = int(np.searchsorted(offsets, row, side="right")) - 1
            column = columns.all[[position]].tolist()[0] if table.shape[1] > 1 else None
            return panel.name_place(number, row - offsets[number], name, column)

        check_values(table, missing, name, place)
        return panel

    @property
    def lengths(self) -> np.ndarray:
        """Number of time steps of each series, shape (n_series,)."""
        return np.diff(self.offsets)

    @property
    def values(self) -> list[np.ndarray]:
        """Targets of each series, shape (n_times, n_targets), as views."""
        return np.split(self.table[:, : self.columns.bounds[0]], self.offsets[1:-1])

    @property
    def times(self) -> list[pd.Index | None]:
        """Time stamps of each series, with their frequency; None for arrays."""
        return self._block(self.table, self.lengths, 0).indexes()

    def name_place(self, number: int, step: int, name: str, column: Any = None) -> str:
        """Return the words that name a time step of a numbered series, for error messages."""
        place = str(step if self.axis is None else self.axis.stamps(number, step)[0])
        if column is not None:
            place += f" in column {column!r}"
        return place + self.form.label(self.ids, number, name)

    def count_missing(self, before: np.ndarray, series: np.ndarray | None = None) -> np.ndarray:
        """Count the time steps in a row without a value, down from the given ones.

        Parameters
        ----------
        before : ndarray of shape (n_places,)
            Number of time steps of a series up to which is counted.

        series : ndarray of shape (n_places,), default=None
            Numbers of the series; None for all of them, once.

        Returns
        -------
        counts : ndarray of shape (n_places,)
            Of the target that is missing for longest; zero where it has no value before.
        """
        starts = self.offsets[:-1] if series is None else self.offsets[series]
        targets = self.table[:, : self.columns.bounds[0]].T
        return np.max([count_missing(target, starts, before) for target in targets], axis=0)

    def tail(self, n_times: int | np.ndarray) -> Panel:
        """Return a copy of the last time steps of each series, fewer of a shorter one."""
        lengths = self.lengths
        start = lengths - np.minimum(lengths, n_times)
        return self.cut(np.arange(len(lengths)), start, lengths)

    def cut(self, series: np.ndarray, start: np.ndarray, stop: np.ndarray) -> Panel:
        """Return a copy of parts of numbered series, each part as a series of its own.

        Parameters
        ----------
        series : ndarray of shape (n_parts,)
            Number of the series of each part; one may have several.

        start, stop : ndarray of shape (n_parts,)
            First time step of each part, counted from the start of its series, and that after
            the last one.
        """
        axis = self.axis
        if axis is not None:
            axis = replace(axis, first=axis.first[series]).shift(start)
        table = self.table[ranges(self.offsets[series] + start, stop - start)]
        offsets = np.concatenate([[0], np.cumsum(stop - start)])
        return replace(self, table=table, offsets=offsets, ids=self.ids.take(series), axis=axis)

    def extend(self, targets: np.ndarray, future: np.ndarray) -> Panel:
        """Put the same number of time steps after the last ones of each series.

        Parameters
        ----------
        targets : ndarray of shape (n_series, n_steps, n_targets)
            Values of the targets.

        future : ndarray of shape (n_series, n_steps, n_future)
            Values of the covariates known ahead. Those of the others stay as they were last.
        """
        n_steps = targets.shape[1]
        past = self.table[self.offsets[1:] - 1, slice(*self.columns.bounds[:2])]
        later = np.concatenate([targets, np.repeat(past[:, None], n_steps, axis=1), future], axis=2)
        starts = self.offsets[-1] + n_steps * np.arange(len(later))
        n_later = np.full(len(later), n_steps)
        rows = alternate((self.offsets[:-1], self.lengths), (starts, n_later))
        table = np.concatenate([self.table, later.reshape(-1, self.table.shape[1])])[rows]
        offsets = self.offsets + n_steps * np.arange(len(self.offsets))
        return replace(self, table=table, offsets=offsets)

    def is_followed_by(self, other: Panel) -> np.ndarray:
        """Tell which series of another panel continue the one of this panel with the same name.

        Returns
        -------
        followed : ndarray of shape (n_series of the other,), dtype bool
            All False for arrays, which have no time stamps.
        """
        number = self.ids.get_indexer(other.ids)
        followed = np.zeros(len(number), dtype=bool)
        if self.axis is None or other.axis is None or self.axis.grid.key != other.axis.grid.key:
            return followed
        known = np.flatnonzero(number >= 0)
        following = self.axis.stamps(number[known], self.lengths[number[known]])
        followed[known] = following == other.axis.stamps(known, 0)
        return followed

    def append(self, other: Panel) -> Panel:
        """Put the series of this panel before those of another one that continue them.

        Parameters
        ----------
        other : Panel
            Panel with the same columns.

        Returns
        -------
        panel : Panel
            The series of the other panel, in its form; those that continue none of this panel
            as they are.
        """
        number = self.ids.get_indexer(other.ids)
        lengths = np.where(self.is_followed_by(other), self.lengths[number], 0)
        if other.axis is None or not lengths.any():
            return other
        starts = self.offsets[-1] + other.offsets[:-1]
        rows = alternate((self.offsets[number], lengths), (starts, other.lengths))
        return replace(
            other,
            table=np.concatenate([self.table, other.table])[rows],
            offsets=other.offsets + np.concatenate([[0], np.cumsum(lengths)]),
            axis=other.axis.shift(-lengths),
        )

    def read_future(
        self, X: Any, n_steps: int, *, missing: str = "error", name: str = "X"
    ) -> np.ndarray:
        """Read the known-future covariates of the time steps after the last ones.

        Parameters
        ----------
        X : object
            Covariates in the form of the series. More columns, series and time stamps than are
            needed do no harm. May be None if there are no such covariates.

        n_steps : int
            Number of time steps to forecast.

        missing : {"error", "mask"}, default="error"
            Whether NaN is an error; a missing row always is.

        name : str, default="X"
            Name of the parameter, for error messages.

        Returns
        -------
        future : ndarray of shape (n_series, n_steps, n_future)
            The covariates.

        Raises
        ------
        ValueError
            If a combination of series and time stamp is missing or there more than once, if
            a column is missing, or if values are infinite or missing.
        """
        return read_future(self, X, n_steps, missing, name)

    def restore(self, columns: pd.Index | None = None, *, apart: bool = False) -> Any:
        """Give the panel the form that it came in.

        Parameters
        ----------
        columns : Index, default=None
            Columns to give back; None for all.

        apart : bool, default=False
            Whether to give back a list of single series instead.
        """
        values = self.table
        if columns is not None:
            values = values[:, self.columns.all.get_indexer(columns)]
        columns = self.columns.all if columns is None else columns
        is_1d = self.columns.is_1d and not self.columns.is_named
        block = replace(self._block(values, self.lengths, 0), columns=columns, is_1d=is_1d)
        return (ListForm() if apart else self.form).wrap(block)

    def wrap(self, values: Sequence[np.ndarray] | np.ndarray, start: Any = None) -> Any:
        """Give values of the targets the form of the series.

        Parameters
        ----------
        values : sequence of n_series arrays of shape (n_steps, n_targets)
            Values of consecutive time steps; their number may differ between series.

        start : int or ndarray of shape (n_series,), default=None
            Time step of the first of them, counted from the start of a series; None for the
            one after the last: forecasts.

        Returns
        -------
        wrapped : ndarray, Series, DataFrame, or list of them
            One series as an array, or with its time stamps as a Series or a DataFrame, whichever
            ``X[target]`` is; a list of them; the same with an index of series and time stamp; or
            a long frame of the library it came from, with columns for series, time stamp and
            each target.
        """
        columns = self.columns
        lengths = np.array([len(each) for each in values])
        block = self._block(np.concatenate(values), lengths, start)
        return self.form.wrap(replace(block, columns=columns.targets, is_1d=columns.is_1d))

    def wrap_parts(self, parts: Mapping[Any, Sequence[np.ndarray]], start: Any = None) -> Any:
        """Give several values for each target, such as bounds or quantiles, a form with columns.

        Parameters
        ----------
        parts : dict of sequences of n_series arrays of shape (n_steps, n_targets)
            Values by their name, for instance "forecast", "lower" and "upper", or quantiles.

        start : int or ndarray of shape (n_series,), default=None
            As for :meth:`wrap`.

        Returns
        -------
        wrapped : DataFrame or list of DataFrame
            As for :meth:`wrap`, but always with columns: the names of the parts for a single
            target, pairs (target, part) for several. The columns of a long frame are strings,
            "target_part" for several targets. Arrays become frames with a RangeIndex.
        """
        targets, names = self.columns.targets, pd.Index(list(parts))
        several = len(targets) > 1
        columns = pd.MultiIndex.from_product([targets, names]) if several else names
        stacked = np.stack([np.concatenate(part) for part in parts.values()], axis=2)
        lengths = np.array([len(each) for each in next(iter(parts.values()))])
        block = self._block(stacked.reshape(len(stacked), -1), lengths, start)
        return self.form.wrap(replace(block, columns=columns, is_frame=True))

    def _block(self, values: np.ndarray, lengths: np.ndarray, start: Any = None) -> Block:
        axis = self.axis
        if axis is not None:
            axis = axis.shift(self.lengths if start is None else start)
        return Block(values, self.columns.targets, False, lengths, self.ids, axis)
