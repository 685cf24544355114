"""What an answer is due to: steps and features of a sequence, or pixels of an image."""

from __future__ import annotations

from typing import Any

import numpy as np

from sklearn_rnn.inspection import integrated_gradients

from ._style import DIVERGING, count_along_x, grey_image, single_axes

# Values are drawn over attributions where there is room for that many features.
MAX_DRAWN = 12
MAX_NAMED = 30
# Share of its row that the line of a feature takes.
HEIGHT = 0.8
# Behind the attributions of pixels the image is faint.
FAINT = 0.35


class AttributionDisplay:
    """What the answer for one sample is due to.

    Of a sequence there is a row for each feature, coloured by what each step has to do with the
    answer, and the line of its values. Of an image the pixels are coloured. What is orange speaks
    for the answer, what is purple against it.

    Use :meth:`from_estimator` or :meth:`from_predictions` to create a display. All parameters are
    kept as attributes.

    Parameters
    ----------
    attributions : ndarray of shape (n_steps, n_features) or (height, width)
        What is due to each value.

    values : ndarray of shape (n_steps, n_features) or (height, width), default=None
        The sample.

    is_image : bool, default=False
        Whether it is an image.

    feature_names : list of str, default=None
        Names of the features of a step.

    answer : str, default=None
        What is attributed, to label the colours.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Figure that was drawn on.

    ax_ : matplotlib Axes
        Axes that were drawn on.

    image_ : matplotlib AxesImage
        The colours.

    lines_ : list of matplotlib Line2D
        The values of each feature; empty of images.

    See Also
    --------
    sklearn_rnn.inspection.integrated_gradients : Computes attributions.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn_rnn import RNNImageClassifier
    >>> from sklearn_rnn.plotting import AttributionDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = RNNImageClassifier(max_epochs=1, random_state=0).fit(X[:200], y[:200])
    >>> display = AttributionDisplay.from_estimator(clf, X[:1], target=0)
    >>> display.attributions.shape
    (8, 8)
    """

    def __init__(
        self,
        *,
        attributions: np.ndarray,
        values: np.ndarray | None = None,
        is_image: bool = False,
        feature_names: list[str] | None = None,
        answer: str | None = None,
    ) -> None:
        self.attributions = attributions
        self.values = values
        self.is_image = is_image
        self.feature_names = feature_names
        self.answer = answer

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        *,
        target: Any = None,
        baseline: Any = None,
        n_points: int | str = "auto",
        ax: Any = None,
    ) -> Any:
        """Plot what the answer of a fitted estimator for one sample is due to.

        Parameters
        ----------
        estimator : RNNClassifier, RNNImageClassifier, RNNRegressor or LSTMForecaster
            Fitted estimator.

        X : array-like with a single sample
            What :func:`sklearn_rnn.inspection.integrated_gradients` takes, of length 1; of a
            forecaster that was fitted on series, also a single series.

        target : object, default=None
            What the answer tells, such as a class.

        baseline : float or array-like, default=None
            Sample to compare with.

        n_points : int or "auto", default="auto"
            Number of points on the way from there to the sample.

        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : AttributionDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If X does not hold exactly one sample, or if there are no attributions for it.
        """
        is_series = getattr(estimator, "last_window_", None) is not None and np.ndim(X) == 1
        if is_series:
            X = np.asarray(X, dtype=float)[None, -estimator.look_back_ :]
        if len(X) != 1:
            raise ValueError(f"X must hold a single sample. Got {len(X)}.")
        found = integrated_gradients(estimator, X, target, baseline=baseline, n_points=n_points)
        shape = getattr(estimator, "image_shape_", None)
        if target is None and hasattr(estimator, "classes_"):
            target = np.asarray(estimator.predict(X)).tolist()[0]
        options: dict[str, Any] = {"answer": _name(estimator, target), "ax": ax}
        if shape is not None:
            values = np.reshape(X, shape)
            return cls.from_predictions(np.reshape(found, shape), values=values, **options)
        attributions = np.asarray(found[0])
        names = getattr(estimator, "feature_names_in_", None)
        if names is not None and attributions.shape[1:] == (len(names),):
            options["feature_names"] = names
        if not _holds_text(X[0]):
            options["values"] = np.reshape(X[0], attributions.shape)
        return cls.from_predictions(attributions, **options)

    @classmethod
    def from_predictions(
        cls,
        attributions: Any,
        *,
        values: Any = None,
        is_image: bool = False,
        feature_names: Any = None,
        answer: str | None = None,
        ax: Any = None,
    ) -> Any:
        """Plot given attributions.

        Parameters
        ----------
        attributions : array-like of shape (n_steps,), (n_steps, n_features), (height, width) or \
                (height, width, channels)
            What is due to each value of one sample. Those of the channels of a pixel are added up.

        values : array-like, default=None
            The sample, of the same shape.

        is_image : bool, default=False
            Whether it is an image. Three dimensions are those of an image in any case.

        feature_names : list of str, default=None
            Names of the features of a step; by default their numbers.

        answer : str, default=None
            What is attributed, to label the colours.

        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : AttributionDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the shapes do not go together.
        """
        attributions = np.asarray(attributions, dtype=float)
        values = None if values is None else np.asarray(values, dtype=float)
        if attributions.ndim not in (1, 2, 3) or not attributions.size:
            raise ValueError(
                "attributions must be those of one sample, of shape (n_steps, n_features) or "
                f"(height, width, channels). Got shape {attributions.shape}."
            )
        if values is not None and values.shape != attributions.shape:
            raise ValueError(
                f"values must have the shape of attributions, {attributions.shape}. Got "
                f"{values.shape}."
            )
        is_image = is_image or attributions.ndim == 3
        if attributions.ndim == 3:
            attributions = attributions.sum(axis=2)
            values = None if values is None else grey_image(values)
        if attributions.ndim == 1:
            attributions = attributions[:, None]
            values = None if values is None else values[:, None]
        names = None if feature_names is None else [str(each) for each in feature_names]
        if names is not None and len(names) != attributions.shape[1]:
            raise ValueError(
                f"feature_names must hold {attributions.shape[1]} names, one for each feature. Got "
                f"{len(names)}."
            )
        return cls(
            attributions=attributions,
            values=values,
            is_image=is_image,
            feature_names=names,
            answer=answer,
        ).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> AttributionDisplay:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : AttributionDisplay
            The display itself.
        """
        n_rows = min(self.attributions.shape[1], MAX_DRAWN)
        self.ax_ = single_axes(ax, (5.4, 4.2) if self.is_image else (8, 2.5 + 0.6 * n_rows))
        self.figure_ = self.ax_.figure
        self.lines_: list[Any] = []
        largest = np.abs(self.attributions).max() or 1.0
        style = {"cmap": DIVERGING, "vmin": -largest, "vmax": largest}
        if self.is_image:
            self._draw_image(style)
        else:
            self._draw_sequence(style)
        label = "attribution" if self.answer is None else f"attribution of {self.answer}"
        self.figure_.colorbar(self.image_, ax=self.ax_, label=label)
        return self

    def _draw_image(self, style: dict[str, Any]) -> None:
        if self.values is not None:
            faint = FAINT * grey_image(self.values)
            self.ax_.imshow(faint, cmap="gray_r", vmin=0, vmax=1)
            # What has nothing to do with the answer leaves the image to be seen.
            sizes = np.abs(self.attributions) / style["vmax"]
            style = {**style, "alpha": np.sqrt(sizes)}
        self.image_ = self.ax_.imshow(self.attributions, **style)
        self.ax_.set_axis_off()

    def _draw_sequence(self, style: dict[str, Any]) -> None:
        n_steps, n_features = self.attributions.shape
        extent = (0.5, n_steps + 0.5, n_features - 0.5, -0.5)
        self.image_ = self.ax_.imshow(
            self.attributions.T, aspect="auto", interpolation="nearest", extent=extent, **style
        )
        if self.values is not None and n_features <= MAX_DRAWN:
            self._draw_values(np.arange(1, n_steps + 1))
        names = self.feature_names
        if names is None:
            names = [str(number) for number in range(n_features)]
        if n_features <= MAX_NAMED:
            self.ax_.set_yticks(range(n_features), names)
        if n_features == 1 and self.feature_names is None:
            self.ax_.set_yticks([])
        self.ax_.set(xlabel="step", ylabel="value" if n_features == 1 else "feature")
        count_along_x(self.ax_)

    def _draw_values(self, steps: np.ndarray) -> None:
        """Draw the line of each feature within its row."""
        from matplotlib.patheffects import withStroke

        assert self.values is not None, "there is something to draw"
        # Colours below may be dark.
        style = {"color": "black", "path_effects": [withStroke(linewidth=3, foreground="white")]}
        for row, values in enumerate(self.values.T):
            low, high = np.nanmin(values), np.nanmax(values)
            place = row + HEIGHT * (0.5 - (values - low) / ((high - low) or 1.0))
            marker = "o" if len(steps) == 1 else None
            self.lines_ += self.ax_.plot(steps, place, linewidth=1.3, marker=marker, **style)


def _holds_text(sample: Any) -> bool:
    return np.asarray(sample).dtype.kind not in "buif"


def _name(estimator: Any, target: Any) -> str:
    """Name what is attributed."""
    if hasattr(estimator, "classes_"):
        return f"class {target}"
    if hasattr(estimator, "horizon_"):
        return "the forecast" if target is None else f"step {target} ahead"
    return "the answer" if target is None else f"output {target}"
