"""Error by step of the horizon, of one or several forecasters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from sklearn.metrics import mean_absolute_error

from sklearn_rnn.evaluation import score_backtest

from ._style import count_along_x, line_styles, single_axes


class BacktestDisplay:
    """Error of forecasters by step of the horizon.

    Use :meth:`from_backtest` to create a display. All parameters are kept as attributes.

    Parameters
    ----------
    scores : DataFrame of shape (horizon, n_forecasters)
        Score at each step of the horizon, which is the index; a column for each forecaster.

    score_name : str, default="score"
        Name of the score.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Figure that was drawn on.

    ax_ : matplotlib Axes
        Axes that were drawn on.

    lines_ : list of matplotlib Line2D
        One for each forecaster.

    See Also
    --------
    sklearn_rnn.backtest : Makes the frames.
    ForecastDisplay : A single forecast with its history.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.neighbors import KNeighborsRegressor
    >>> from sklearn_rnn import backtest
    >>> from sklearn_rnn.datasets import load_airline
    >>> from sklearn_rnn.plotting import BacktestDisplay
    >>> models = {"ridge": Ridge(), "neighbors": KNeighborsRegressor()}
    >>> frames = {
    ...     name: backtest(model, load_airline(), look_back=24, horizon=3)
    ...     for name, model in models.items()
    ... }
    >>> BacktestDisplay.from_backtest(frames).scores.round(1)
          ridge  neighbors
    step
    1      17.0       91.1
    2       8.1       56.2
    3      17.0       64.7
    """

    def __init__(self, *, scores: pd.DataFrame, score_name: str = "score") -> None:
        self.scores = scores
        self.score_name = score_name

    @classmethod
    def from_backtest(
        cls,
        frames: Any,
        *,
        metric: Callable = mean_absolute_error,
        series: Any = None,
        score_name: str | None = None,
        ax: Any = None,
    ) -> Any:
        """Plot a metric of backtests by step of the horizon.

        Parameters
        ----------
        frames : DataFrame or dict of str to DataFrame
            What :func:`sklearn_rnn.backtest` returned, of several forecasters by their names.

        metric : callable, default=mean_absolute_error
            Metric, as for :func:`sklearn_rnn.score_backtest`.

        series : array-like, default=None
            The series that were backtested, for metrics that need them.

        score_name : str, default=None
            Name of the metric, to label the axis; by default that of the function.

        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : BacktestDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If `frames` are no backtests, or the metric cannot be computed of one.
        """
        # A partial function has the name of the one that it calls.
        function = getattr(metric, "func", metric)
        score_name = score_name or getattr(function, "__name__", "score").replace("_", " ")
        if isinstance(frames, pd.DataFrame):
            frames = {score_name: frames}
        _check_frames(frames)
        scores = {
            name: score_backtest(frame, {"score": metric}, by="step", series=series)["score"]
            for name, frame in frames.items()
        }
        return cls(scores=pd.DataFrame(scores), score_name=score_name).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> BacktestDisplay:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : BacktestDisplay
            The display itself.
        """
        self.ax_ = single_axes(ax)
        self.figure_ = self.ax_.figure
        self.lines_ = [
            self.ax_.plot(scores, marker="o", markersize=4, label=str(name), **style)[0]
            for (name, scores), style in zip(self.scores.items(), line_styles(), strict=False)
        ]
        self.ax_.set(xlabel="step of the horizon", ylabel=self.score_name)
        count_along_x(self.ax_)
        if len(self.lines_) > 1:
            self.ax_.legend()
        return self


def _check_frames(frames: Any) -> None:
    """Check that there are backtests, each with a name."""
    if not isinstance(frames, Mapping) or not frames:
        given = "an empty dict" if isinstance(frames, Mapping) else type(frames).__name__
        raise ValueError(
            "frames must be a DataFrame that backtest returned, or a dict of them by the names of "
            f"their forecasters. Got {given}."
        )
    for name, frame in frames.items():
        if not isinstance(frame, pd.DataFrame):
            raise ValueError(
                f"frames[{name!r}] must be a DataFrame that backtest returned. Got "
                f"{type(frame).__name__}."
            )
