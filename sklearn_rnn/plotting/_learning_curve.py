"""Losses and metrics of each epoch of a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sklearn.utils.validation import check_is_fitted

from ._style import GREY, OKABE_ITO, count_along_x, several_axes

PARTS = {"train": ("training", OKABE_ITO[0]), "valid": ("validation", OKABE_ITO[1])}
NAMES = {"acc": "accuracy"}


class LearningCurveDisplay:
    """Losses and metrics by epoch, of training and of validation.

    Use :meth:`from_estimator` or :meth:`from_history` to create a display. All parameters are
    kept as attributes. (That of scikit-learn, of the same name, shows scores by the number of
    samples.)

    Parameters
    ----------
    history : DataFrame of shape (n_epochs, n_columns)
        What was recorded of each epoch, such as "train_loss" and "valid_loss"; its index counts
        them.

    metrics : list of str
        What to draw, each on its own axes: names of columns without ``train_`` or ``valid_``.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Figure that was drawn on.

    ax_ : matplotlib Axes
        Axes of the first metric.

    axes_ : ndarray of matplotlib Axes, of shape (n_metrics,)
        Axes of each metric.

    lines_ : dict of str to matplotlib Line2D
        The lines, by their columns.

    See Also
    --------
    sklearn.model_selection.LearningCurveDisplay : Scores by the number of samples.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn_rnn import RNNImageClassifier
    >>> from sklearn_rnn.plotting import LearningCurveDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = RNNImageClassifier(max_epochs=2, early_stopping=True, random_state=0)
    >>> display = LearningCurveDisplay.from_estimator(clf.fit(X[:300], y[:300]))
    >>> list(display.lines_)
    ['train_loss', 'valid_loss', 'train_acc', 'valid_acc']
    """

    def __init__(self, *, history: pd.DataFrame, metrics: list[str]) -> None:
        self.history = history
        self.metrics = metrics

    @classmethod
    def from_estimator(cls, estimator: Any, *, metrics: Any = None, ax: Any = None) -> Any:
        """Plot how the training of a fitted estimator went.

        Parameters
        ----------
        estimator : estimator of sklearn_rnn
            Fitted estimator, which has a `history_`.

        metrics : str or list of str, default=None
            What to draw, such as "loss"; None draws all that was recorded of training or
            validation.

        ax : matplotlib Axes or array-like of them, default=None
            Axes to draw on, one for each metric; new ones if None.

        Returns
        -------
        display : LearningCurveDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If a metric was not recorded, or if there are too few or too many axes.
        """
        check_is_fitted(estimator, "history_")
        return cls.from_history(estimator.history_, metrics=metrics, ax=ax)

    @classmethod
    def from_history(cls, history: pd.DataFrame, *, metrics: Any = None, ax: Any = None) -> Any:
        """Plot a given history.

        Parameters
        ----------
        history : DataFrame of shape (n_epochs, n_columns)
            The `history_` of an estimator, or one like it.

        metrics : str or list of str, default=None
            What to draw, such as "loss"; None draws all.

        ax : matplotlib Axes or array-like of them, default=None
            Axes to draw on, one for each metric; new ones if None.

        Returns
        -------
        display : LearningCurveDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If a metric was not recorded, or if there are too few or too many axes.
        """
        known = _metrics(history)
        metrics = [metrics] if isinstance(metrics, str) else metrics
        metrics = known if metrics is None else list(metrics)
        unknown = [each for each in metrics if each not in known]
        if unknown or not metrics:
            raise ValueError(f"metrics must be some of {known}, as recorded. Got {metrics}.")
        return cls(history=history, metrics=metrics).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> LearningCurveDisplay:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of them, default=None
            Axes to draw on, one for each metric; new ones if None.

        Returns
        -------
        display : LearningCurveDisplay
            The display itself.
        """
        self.axes_ = several_axes(ax, len(self.metrics), "metric")
        self.ax_ = self.axes_[0]
        self.lines_: dict[str, Any] = {}
        self.figure_ = self.ax_.figure
        for axes, metric in zip(self.axes_, self.metrics, strict=True):
            self._draw(axes, metric)
        return self

    def _draw(self, ax: Any, metric: str) -> None:
        # A single epoch is a point.
        style = {"marker": "o", "markersize": 4} if len(self.history) < 2 else {}
        networks = [each for each in self.history if _is_network(each, metric)]
        for number, column in enumerate(networks):
            label = "_" if number else "each network"
            (self.lines_[column],) = ax.plot(
                self.history[column], color=GREY, linewidth=0.8, label=label, **style
            )
        for part, (label, color) in PARTS.items():
            column = f"{part}_{metric}"
            if column in self.history:
                values = self.history[column]
                (self.lines_[column],) = ax.plot(values, color=color, label=label, **style)
        ax.set(xlabel="epoch", ylabel=NAMES.get(metric, metric.replace("_", " ")))
        count_along_x(ax)
        ax.legend()


def _metrics(history: pd.DataFrame) -> list[str]:
    """List what was recorded of training or validation, each once, without single networks."""
    parts = [name.partition("_") for name in map(str, history.columns)]
    names = dict.fromkeys(name for part, _, name in parts if part in PARTS)
    return [name for name in names if not _is_one_of(name, names)]


def _is_one_of(name: str, names: Sequence[str] | dict[str, Any]) -> bool:
    start, _, number = name.rpartition("_")
    return number.isdecimal() and start in names


def _is_network(column: str, metric: str) -> bool:
    return column.startswith(f"train_{metric}_") and column.rpartition("_")[2].isdecimal()
