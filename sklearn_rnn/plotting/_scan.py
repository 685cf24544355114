"""The order in which an image is read."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ._style import grey_image, single_axes

# Steps are coloured from the first to the last, light to dark, over an image if there is one.
COLORMAP = "cividis"
OPACITY = 0.55


class ScanDisplay:
    """The path along which the steps of a scan go over an image.

    Each pixel has the colour of the step that reads it; the line goes through the centres of what
    the steps read. Use :meth:`from_estimator` or :meth:`from_predictions` to create a display. All
    parameters are kept as attributes.

    Parameters
    ----------
    order : ndarray of shape (n_steps, n_features)
        Position, in the flattened image, of each value that a step reads; -1 where there is none.

    image_shape : tuple of (height, width, channels)
        Shape of the image.

    image : ndarray of shape (height, width) or (height, width, channels), default=None
        Image to show below.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Figure that was drawn on.

    ax_ : matplotlib Axes
        Axes that were drawn on.

    line_ : matplotlib Line2D
        The path.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn_rnn import ImageToSequence
    >>> from sklearn_rnn.plotting import ScanDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> display = ScanDisplay.from_estimator(ImageToSequence(scan="spiral").fit(X), X[:1])
    >>> display.line_.get_xydata()[:3].tolist()
    [[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]
    """

    def __init__(
        self, *, order: np.ndarray, image_shape: tuple[int, int, int], image: Any = None
    ) -> None:
        self.order = order
        self.image_shape = image_shape
        self.image = image

    @classmethod
    def from_estimator(cls, estimator: Any, X: Any = None, *, ax: Any = None) -> Any:
        """Plot how a fitted transformer or classifier reads images.

        Parameters
        ----------
        estimator : ImageToSequence or RNNImageClassifier
            Fitted estimator.

        X : array-like with a single image, default=None
            Image to show below; None shows none.

        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : ScanDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If X does not hold exactly one image of the shape seen in fit.
        """
        check_is_fitted(estimator, "order_")
        image = None
        if X is not None:
            if len(X) != 1:
                raise ValueError(f"X must hold a single image. Got {len(X)}.")
            if np.size(X) != np.prod(estimator.image_shape_):
                raise ValueError(
                    f"X must hold an image of shape {estimator.image_shape_}, as seen in fit. Got "
                    f"shape {np.shape(X)}."
                )
            image = np.reshape(X, estimator.image_shape_)
        return cls.from_predictions(estimator.order_, estimator.image_shape_, image=image, ax=ax)

    @classmethod
    def from_predictions(
        cls, order: Any, image_shape: Any, *, image: Any = None, ax: Any = None
    ) -> Any:
        """Plot a given order.

        Parameters
        ----------
        order : array-like of shape (n_steps, n_features)
            Position, in the flattened image, of each value that a step reads; -1 where there is
            none.

        image_shape : tuple of (height, width) or (height, width, channels)
            Shape of the image.

        image : array-like of shape (height, width) or (height, width, channels), default=None
            Image to show below; None shows none.

        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : ScanDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If positions lie outside the image.
        """
        order = np.asarray(order)
        height, width, channels = (*image_shape, 1)[:3]
        shape = int(height), int(width), int(channels)
        is_valid = order.ndim == 2 and order.dtype.kind in "iu"
        if not is_valid or order.min() < -1 or order.max() >= np.prod(shape):
            raise ValueError(
                "order must hold ints of shape (n_steps, n_features), from -1 to "
                f"{np.prod(shape) - 1}, the last position of an image of shape {shape}. Got shape "
                f"{order.shape} and type {order.dtype}."
            )
        image = None if image is None else np.asarray(image)
        return cls(order=order, image_shape=shape, image=image).plot(ax=ax)

    def plot(self, *, ax: Any = None) -> ScanDisplay:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; new ones if None.

        Returns
        -------
        display : ScanDisplay
            The display itself.
        """
        from matplotlib.patheffects import withStroke
        from matplotlib.ticker import MaxNLocator

        self.ax_ = single_axes(ax, (5.4, 4.2))
        self.figure_ = self.ax_.figure
        steps, centres = self._read()
        opacity = 1.0
        if self.image is not None:
            self.ax_.imshow(grey_image(self.image), cmap="gray")
            opacity = OPACITY
        shown = self.ax_.imshow(steps, cmap=COLORMAP, alpha=opacity)
        edge = [withStroke(linewidth=2.5, foreground="black")]
        (self.line_,) = self.ax_.plot(*centres.T, color="white", linewidth=1.2, path_effects=edge)
        for place, marker, label in ((0, "o", "first step"), (-1, "s", "last step")):
            style = {"color": "white", "markeredgecolor": "black", "markersize": 8}
            self.ax_.plot(*centres[place], marker=marker, linestyle="none", label=label, **style)
        bar = self.figure_.colorbar(shown, ax=self.ax_, label="step")
        bar.locator = MaxNLocator(integer=True)
        bar.update_ticks()
        self.ax_.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=2, facecolor="0.6")
        self.ax_.set_axis_off()
        return self

    def _read(self) -> tuple[np.ndarray, np.ndarray]:
        """Tell which step, counted from 1, reads each pixel, and the centre of each step."""
        height, width, channels = self.image_shape
        steps = np.full(height * width, np.nan)
        centres = []
        for number, positions in enumerate(self.order, start=1):
            pixels = np.unique(positions[positions >= 0] // channels)
            steps[pixels] = number
            centres.append([(pixels % width).mean(), (pixels // width).mean()])
        return steps.reshape(height, width), np.array(centres)
