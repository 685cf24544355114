"""One or many series with their covariates, one below the other in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from sklearn_rnn._warnings import warn
from sklearn_rnn.sequences import check_column

from ._clock import OFF_CLOCK, Stamps, TimeAxis, index_kind, name_some
from ._frames import Form, Rows, find_form

SEVERAL = (list, tuple, pd.Index, np.ndarray)


@dataclass(frozen=True)
class Columns:
    """Columns of a panel by the part they play."""

    targets: pd.Index  # to forecast
    past: pd.Index = field(default_factory=lambda: pd.Index([]))  # covariates, known up to now
    future: pd.Index = field(default_factory=lambda: pd.Index([]))  # covariates, known ahead
    is_named: bool = True  # whether the names are those of a DataFrame
    is_1d: bool = False  # whether a forecast is a Series or a 1-D array

    @classmethod
    def choose(cls, available: pd.Index, target: Any, future: Any, name: str) -> Columns:
        """Give each column of a DataFrame its part, as :meth:`Panel.from_input` has it."""
        targets, ahead = _as_list(target), _as_list(future)
        given = [*(("target", each) for each in targets), *(("future", each) for each in ahead)]
        if given and not available.is_unique:
            repeated = available[available.duplicated()][0]
            raise ValueError(f"{name} has more than one column {repeated!r}.")
        for parameter, each in given:
            check_column(available, parameter, each, name)
            if [*targets, *ahead].count(each) > 1:
                raise ValueError(f"target and future name the column {each!r} more than once.")
        is_future = available.isin(ahead)
        columns = cls(available[~is_future], future=available[is_future])
        if targets:
            past = available[~available.isin(targets) & ~is_future]
            ordered = available[available.get_indexer(pd.Index(targets))]
            columns = cls(ordered, past, columns.future, is_1d=not isinstance(target, SEVERAL))
        if not len(columns.targets):
            raise ValueError(
                f"{name} has no column to forecast; its columns are {list(available)}."
            )
        return columns

    @property
    def all(self) -> pd.Index:
        """Columns in their order in a table."""
        covariates = self.past.append(self.future)
        return self.targets.append(covariates) if len(covariates) else self.targets

    @property
    def bounds(self) -> list[int]:
        """Where the parts of a table end."""
        return np.cumsum([len(self.targets), len(self.past), len(self.future)]).tolist()


@dataclass(frozen=True)
class Panel:
    """Series at equal steps of time, one below the other in one table."""

    table: np.ndarray  # (n_rows, n_columns), float32 or float64, NaN where a value is missing
    offsets: np.ndarray  # (n_series + 1,), row where each starts, and where the last one ends
    ids: pd.Index  # names of the series; their numbers where they have no names
    columns: Columns  # of the table: targets, past covariates, known-future covariates
    form: Form  # that the series came in
    axis: TimeAxis | None = None  # time stamps of the series; None for arrays

    @classmethod
    def from_input(
        cls,
        X: Any,
        *,
        series_id: Any = None,
        time: Any = None,
        target: Any = None,
        future: Any = None,
        missing: str = "error",
        name: str = "X",
        like: Panel | None = None,
    ) -> Panel:
        """Validate series given by the user, in any form, as the parameters of a forecaster say.

        Errors call the data by a name. A panel has the columns of the one that it is to be `like`,
        and its frequency where that fits. After a long frame, there may be a list of series.
        """
        form, X = find_form(X, series_id, time, name, is_list_known=like is not None)
        columns = _find_columns(form, X, target, future, name, like)
        rows = form.read(X, columns.all if columns.is_named else None, name)
        panel = cls(rows.table, rows.offsets, rows.ids, columns, form)
        if rows.stamps is not None:
            panel = panel._put_on_clock(rows, missing, name, like)
        panel._check_values(missing, name)
        return panel

    def _put_on_clock(self, rows: Rows, missing: str, name: str, like: Panel | None) -> Panel:
        """Lay rows out at equal steps of time, with NaN where time stamps are missing."""
        assert rows.stamps is not None
        stamps = Stamps(
            rows.stamps, self.offsets, name, lambda number: self.form.label(self.ids, number, name)
        )
        several = (
            f" If {name} holds several series, tell them apart: by the parameters series_id and "
            "time of a long frame, or by an index of two levels, series and time stamp."
        )
        stamps.check_order(several if self.form.is_single else "")
        known = like.axis.clock if like is not None and like.axis is not None else None
        clock, codes = stamps.find_clock(rows.freq, known)
        if known is not None and not clock.keeps_pace(known):
            warn(
                f"{name} has time steps of the frequency {clock.freq_name}, and the series seen in "
                f"fit had those of {known.freq_name}: season_length and look_back count steps."
            )
        first, last = codes[self.offsets[:-1]], codes[self.offsets[1:] - 1]
        lengths = (last - first) // clock.step + 1
        panel = replace(self, axis=TimeAxis(clock, first))
        if lengths.sum() == len(codes):
            return panel
        if missing == "error":
            fill = f", or fill them, for instance with {clock.fill_code(name)}"
            raise ValueError(
                f'{stamps.find_gaps(clock, codes)} Set missing="mask" to train through them'
                f"{fill if self.form.is_pandas else ''}."
            )
        offsets = _offsets(lengths)
        table = np.full((offsets[-1], self.table.shape[1]), np.nan, dtype=self.table.dtype)
        numbers = np.repeat(np.arange(len(first)), self.lengths)
        table[offsets[numbers] + (codes - first[numbers]) // clock.step] = self.table
        return replace(panel, table=table, offsets=offsets)

    def _check_values(self, missing: str, name: str, advice: str | None = None) -> None:
        """Check that values are neither infinite nor, unless they are to be masked, missing."""
        finite = np.isfinite(self.table)
        if finite.all():
            return

        def name_cell(cell: list[int]) -> str:
            row, position = cell
            number = int(np.searchsorted(self.offsets, row, side="right")) - 1
            column = self.columns.all[[position]].tolist()[0] if self.table.shape[1] > 1 else None
            return self.name_place(number, row - self.offsets[number], name, column)

        def locate(cells: np.ndarray) -> str:
            return name_some(map(name_cell, cells.tolist()), len(cells))

        unknown = np.isnan(self.table)
        infinite = np.argwhere(~finite & ~unknown)
        if len(infinite):
            raise ValueError(
                f"Input {name} contains infinity or a value too large for {self.table.dtype!r}: "
                f"{len(infinite)} values, the first at {locate(infinite)}."
            )
        if missing == "error":
            cells = np.argwhere(unknown)
            raise ValueError(
                f"Input {name} contains NaN: {len(cells)} of {self.table.size} values are missing"
                f"{' or masked' if self.form.is_masked else ''}, the first at {locate(cells)}. "
                f'{advice or self._advise(unknown)}, or set missing="mask" to train through them.'
            )

    def _advise(self, unknown: np.ndarray) -> str:
        """Return how to get rid of missing values: nothing fills those before the first one."""
        n_known = np.cumsum(~unknown, axis=0)
        before = n_known[self.offsets[:-1]] - ~unknown[self.offsets[:-1]]
        is_leading = unknown & (n_known == np.repeat(before, self.lengths, axis=0))
        drop = "leave out the rows before the first value"
        how = ""
        if self.form.is_pandas:
            drop, how = f"{drop}, for instance with dropna()", ", for instance with interpolate()"
        if not is_leading.any():
            return f"Fill them first{how}"
        if (is_leading == unknown).all():
            return drop.capitalize()
        return f"Fill those inside{how}, then {drop}"

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
        return [None] * len(self.ids) if self.axis is None else self.axis.indexes(self.lengths)

    @property
    def keys(self) -> tuple[pd.Index, pd.Index]:
        """Name of the series and time stamp of each row."""
        assert self.axis is not None
        series = np.repeat(np.arange(len(self.ids)), self.lengths)
        steps = ranges(np.zeros_like(self.lengths), self.lengths)
        return self.ids.take(series), self.axis.stamps(series, steps)

    def name_place(self, number: int, step: int, name: str, column: Any = None) -> str:
        """Return the words that name a time step of a numbered series, for error messages."""
        place = str(step if self.axis is None else self.axis.stamps(number, step)[0])
        if column is not None:
            place += f" in column {column!r}"
        return place + self.form.label(self.ids, number, name)

    def count_missing(self, before: np.ndarray, series: np.ndarray | None = None) -> np.ndarray:
        """Count the time steps in a row without a value, down from the given ones.

        Each number of time steps `before` is that of a numbered series, of each of them by
        default. The target that is missing for longest counts; zero where it has no value before.
        """
        starts = self.offsets[:-1] if series is None else self.offsets[series]
        counts = np.zeros((self.columns.bounds[0], len(before)), dtype=np.int64)
        target, place = np.nonzero(np.broadcast_to(before > 0, counts.shape))
        # Step by step back, from the places that are still to be counted: they are few.
        while len(place):
            rows = starts[place] + before[place] - 1 - counts[target, place]
            is_missing = np.isnan(self.table[rows, target])
            target, place = target[is_missing], place[is_missing]
            counts[target, place] += 1
            is_over = counts[target, place] == before[place]
            counts[target[is_over], place[is_over]] = 0
            target, place = target[~is_over], place[~is_over]
        return counts.max(axis=0)

    def tail(self, n_times: int | np.ndarray) -> Panel:
        """Return a copy of the last time steps of each series, fewer of a shorter one."""
        lengths = self.lengths
        start = lengths - np.minimum(lengths, n_times)
        return self.cut(np.arange(len(lengths)), start, lengths)

    def cut(self, series: np.ndarray, start: np.ndarray, stop: np.ndarray) -> Panel:
        """Return a copy of parts of numbered series, each from a time step of it to another."""
        axis = self.axis
        if axis is not None:
            axis = replace(axis, first=axis.first[series]).shift(start)
        table = self.table[ranges(self.offsets[series] + start, stop - start)]
        ids, offsets = self.ids.take(series), _offsets(stop - start)
        return replace(self, table=table, offsets=offsets, ids=ids, axis=axis)

    def extend(self, targets: np.ndarray, future: np.ndarray) -> Panel:
        """Put the same number of time steps after the last ones of each series.

        Their values have shape (n_series, n_steps, n_targets) and (n_series, n_steps, n_future).
        Covariates that are not known ahead stay as they were last.
        """
        n_steps = targets.shape[1]
        past = self.table[self.offsets[1:] - 1, slice(*self.columns.bounds[:2])]
        later = np.concatenate([targets, np.repeat(past[:, None], n_steps, axis=1), future], axis=2)
        rows = np.repeat(self.offsets[1:], n_steps)
        table = _insert(self.table, rows, later.reshape(len(rows), -1))
        return replace(self, table=table, offsets=_offsets(self.lengths + n_steps))

    def is_followed_by(self, other: Panel) -> np.ndarray:
        """Tell which series of another panel continue that of the same name; no array does."""
        number = self.ids.get_indexer(other.ids)
        followed = np.zeros(len(number), dtype=bool)
        if self.axis is None or other.axis is None or self.axis.clock.key != other.axis.clock.key:
            return followed
        known = np.flatnonzero(number >= 0)
        following = self.axis.stamps(number[known], self.lengths[number[known]])
        followed[known] = following == other.axis.stamps(known, 0)
        return followed

    def append(self, other: Panel) -> Panel:
        """Put the series of this panel before those of another one that continue them.

        The panel returned has the series of the other one, in its form; those that continue none
        are as they were.
        """
        number = self.ids.get_indexer(other.ids)
        lengths = np.where(self.is_followed_by(other), self.lengths[number], 0)
        if other.axis is None or not lengths.any():
            return other
        before = self.table[ranges(self.offsets[number], lengths)]
        table = _insert(other.table, np.repeat(other.offsets[:-1], lengths), before)
        offsets = _offsets(lengths + other.lengths)
        return replace(other, table=table, offsets=offsets, axis=other.axis.shift(-lengths))

    def read_future(
        self, X: Any, n_steps: int, *, missing: str = "error", name: str = "X"
    ) -> np.ndarray:
        """Read the known-future covariates, shape (n_series, n_steps, n_future), of what follows.

        They come in the form of the series. More columns, series and time stamps than are needed
        do no harm. Whether NaN is an error, `missing` says; a missing row always is.
        """
        names, n_cells = self.columns.future, len(self.ids) * n_steps
        future = np.empty((n_cells, len(names)), dtype=self.table.dtype)
        if X is None and len(names):
            raise ValueError(
                f"{name} is None, but the forecast needs the covariates {list(names)} of the next "
                f"{n_steps} time steps."
            )
        if X is not None:
            rows = self._read_rows_ahead(X, name)
            cells, is_wanted = self._find_cells(rows, n_steps)
            future[cells] = rows.table[is_wanted]
            ahead = self._with_values(future, np.full(len(self.ids), n_steps), Columns(names))
            counts = np.bincount(cells, minlength=n_cells)
            for wrong, words in ((counts == 0, "missing"), (counts > 1, "there more than once")):
                if wrong.any():
                    numbers = (divmod(cell, n_steps) for cell in np.flatnonzero(wrong).tolist())
                    places = (ahead.name_place(*each, name) for each in numbers)
                    raise ValueError(
                        f"{wrong.sum()} of the {n_cells} combinations of series and time stamp "
                        f"that the forecast needs are {words} in {name}: "
                        f"{name_some(places, wrong.sum())}."
                    )
            ahead._check_values(missing, name, "Fill them first")
        return future.reshape(len(self.ids), n_steps, len(names))

    def _read_rows_ahead(self, X: Any, name: str) -> Rows:
        """Read the covariates known ahead from data in the form of the series."""
        if not len(self.columns.future):
            raise ValueError(
                f"{name} was given, but there are no known-future covariates to read: the "
                "parameter future names their columns, and was None in fit."
            )
        given = type(X).__name__
        if not isinstance(X, Mapping):
            form, X = find_form(X, self.form.series_id, self.form.time, name)
            available = form.column_names(X)
            if form.kind == self.form.kind and available is not None:
                for column in self.columns.future:
                    check_column(available, "future", column, name)
                return form.read(X, self.columns.future, name)
        raise ValueError(
            f"{name} must be a DataFrame in the form of the series seen in fit, with the columns "
            f"{list(self.columns.future)}. Got {given}."
        )

    def _find_cells(self, rows: Rows, n_steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Number rows by series and step ahead, and tell which of them are wanted."""
        assert self.axis is not None  # that of a DataFrame
        assert rows.stamps is not None
        clock = self.axis.clock
        if index_kind(rows.stamps.dtype) != index_kind(clock.dtype):
            raise ValueError(
                f"The time stamps of the covariates are of dtype {rows.stamps.dtype}, but those "
                f"seen in fit of dtype {clock.dtype}."
            )
        number = np.repeat(self.ids.get_indexer(rows.ids), np.diff(rows.offsets))
        codes = clock.encode(rows.stamps)
        ahead = codes - self.axis.shift(self.lengths - 1).first[number]
        is_wanted = (number >= 0) & (codes != OFF_CLOCK) & (ahead % clock.step == 0)
        is_wanted &= (ahead > 0) & (ahead <= n_steps * clock.step)
        return (number * n_steps + ahead // clock.step - 1)[is_wanted], is_wanted

    def restore(self, columns: pd.Index | None = None, *, apart: bool = False) -> Any:
        """Give the panel, or some columns of it, its form, or that of a list of single series."""
        every, is_named = self.columns.all, self.columns.is_named
        values = self.table if columns is None else self.table[:, every.get_indexer(columns)]
        is_1d = self.columns.is_1d and not is_named
        given = Columns(every if columns is None else columns, is_named=is_named, is_1d=is_1d)
        form = Form("list") if apart else self.form
        return form.wrap(self._with_values(values, self.lengths, given, 0))

    def wrap(
        self,
        values: Sequence[np.ndarray] | np.ndarray,
        start: Any = None,
        parts: Sequence[Any] = (),
    ) -> Any:
        """Give values of the targets the form of the series, with their time stamps.

        They have shape (n_steps, n_targets) for each series, from a time step `start` on, or each
        from one of its own; None stands for the one after the last: forecasts.

        Of named parts, such as bounds or quantiles, each target has several values, on a last axis.
        Columns are then the names, for several targets pairs (target, part), and in a long frame
        strings, "target_part".
        """
        lengths, table = np.array([len(each) for each in values]), np.concatenate(values)
        columns = replace(self.columns, past=pd.Index([]), future=pd.Index([]))
        if parts:
            table, columns = table.reshape(len(table), -1), Columns(self._name_parts(parts))
        return self.form.wrap(self._with_values(table, lengths, columns, start))

    def _name_parts(self, parts: Sequence[Any]) -> pd.Index:
        names = pd.Index(parts)
        if len(self.columns.targets) > 1:
            names = pd.MultiIndex.from_product([self.columns.targets, names])
        if self.form.kind == "long":
            pairs = (each if isinstance(each, tuple) else (each,) for each in names)
            names = pd.Index(["_".join(map(str, each)) for each in pairs])
        return names

    def _with_values(
        self, values: np.ndarray, lengths: np.ndarray, columns: Columns, start: Any = None
    ) -> Panel:
        """Return a panel of other values of the same series, from a time step on."""
        axis = self.axis
        if axis is not None:
            axis = axis.shift(self.lengths if start is None else start)
        return replace(self, table=values, offsets=_offsets(lengths), columns=columns, axis=axis)


def _offsets(lengths: np.ndarray) -> np.ndarray:
    return np.append(0, np.cumsum(lengths))


def _insert(table: np.ndarray, rows: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Insert rows of another table before the given ones."""
    dtype = np.result_type(table, others)  # that of the table alone would round the others
    return np.insert(table.astype(dtype, copy=False), rows, others, axis=0)


def _as_list(names: Any) -> list[Any]:
    if names is None:
        return []
    return list(names) if isinstance(names, SEVERAL) else [names]


def _find_columns(
    form: Form, X: Any, target: Any, future: Any, name: str, like: Panel | None
) -> Columns:
    """Find out which part each column of the data plays, by name or as in another panel."""
    available = form.column_names(X)
    if available is None:
        if target is not None or _as_list(future):
            raise ValueError(
                f"target and future name columns of a DataFrame, which {name} is not. Got "
                f"{type(X).__name__}, target={target!r} and future={future!r}."
            )
        first = X[0] if form.kind == "list" else X
        names = [first.name] if isinstance(first, pd.Series) else range(*first.shape[1:] or [1])
        columns = Columns(pd.Index(names), is_named=False, is_1d=first.ndim == 1)
    elif like is not None and like.columns.is_named:
        _check_same_names(available, like.columns.all)
        is_1d = target is not None and not isinstance(target, SEVERAL)
        return replace(like.columns, is_1d=is_1d)
    else:
        columns = Columns.choose(available, target, future, name)
    if like is not None:
        seen, n_columns = like.columns.all, len(columns.all)
        if len(seen) > len(like.columns.targets):
            raise ValueError(
                f"{name} must be a DataFrame with the columns of fit, {list(seen)}. Got "
                f"{type(X).__name__}."
            )
        if n_columns != len(seen):
            raise ValueError(f"{name} has {n_columns} columns, but {len(seen)} were seen in fit.")
    return columns


def _check_same_names(available: pd.Index, expected: pd.Index) -> None:
    """Check that columns are those of fit, in the words of scikit-learn."""
    message = "".join(
        f"Feature names {words}:\n" + "".join(f"- {each}\n" for each in names)
        for words, names in (
            ("unseen at fit time", available.difference(expected, sort=False)),
            ("seen at fit time, yet now missing", expected.difference(available, sort=False)),
        )
        if len(names)
    )
    if message:
        raise ValueError(
            f"The feature names should match those that were passed during fit.\n{message}"
        )


def ranges(starts: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Join ranges of `lengths` numbers, each from its own start."""
    ends = np.cumsum(lengths)
    position = np.arange(ends[-1]) - np.repeat(ends - lengths, lengths)
    return np.repeat(starts, lengths) + position
