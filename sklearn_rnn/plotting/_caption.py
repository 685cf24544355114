"""An image, its caption, and where each word looked."""

from __future__ import annotations

from typing import Any

import numpy as np

MAX_COLUMNS = 6
# Share of what is shown that is the weights, above the image.
OPACITY = 0.6


class CaptionDisplay:
    """An image with its caption, and for each word where it looked.

    Use :meth:`from_estimator` or :meth:`from_predictions` to create a display. All parameters are
    kept as attributes.

    Parameters
    ----------
    image : ndarray of shape (height, width) or (height, width, channels)
        Image, grey or in colour.

    words : list of str
        Words of the caption.

    weights : ndarray of shape (n_words, n_rows, n_columns), default=None
        For each word, the weights of the cells of the image.

    caption : str, default=None
        What is written above the image; None joins the words.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Figure that was drawn on.

    ax_ : matplotlib Axes
        Axes of the image.

    axes_ : ndarray of matplotlib Axes of shape (1 + n_words,) or (1,)
        Axes of the image, and of each word if there are weights.

    Examples
    --------
    >>> from sklearn_rnn import RNNImageCaptioner
    >>> from sklearn_rnn.datasets import make_digit_scenes
    >>> from sklearn_rnn.plotting import CaptionDisplay
    >>> images, captions = make_digit_scenes(20, random_state=0)
    >>> captioner = RNNImageCaptioner(max_epochs=1, random_state=0).fit(images, captions)
    >>> display = CaptionDisplay.from_estimator(captioner, images[:1])
    >>> display.weights.shape[1:]
    (8, 8)
    """

    def __init__(
        self,
        *,
        image: np.ndarray,
        words: list[str],
        weights: np.ndarray | None = None,
        caption: str | None = None,
    ) -> None:
        self.image = image
        self.words = words
        self.weights = weights
        self.caption = caption

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, *, image: Any = None, caption: Any = None, axes: Any = None
    ) -> Any:
        """Plot what a fitted captioner says of one image.

        Parameters
        ----------
        estimator : RNNImageCaptioner
            Fitted captioner. Without `attention`, the image and its caption are plotted alone.

        X : array-like with a single image
            What :meth:`RNNImageCaptioner.predict` takes, of length 1.

        image : array-like of shape (height, width) or (height, width, channels), default=None
            Image to show, where X holds features; None shows that of X.

        caption : str, default=None
            Caption whose words look at the image; None for that of the captioner.

        axes : array-like of matplotlib Axes, default=None
            One for the image and one for each word, or more; new ones if None.

        Returns
        -------
        display : CaptionDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If X does not hold exactly one image, or features that cannot be shown.
        """
        if len(X) != 1:
            raise ValueError(f"X must hold a single image. Got {len(X)}.")
        if caption is None:
            caption = str(estimator.predict(X)[0])
        words, weights = [caption], None
        if estimator.grid_ is not None:
            (words,), (weights,) = estimator.attend(X, [caption])
        if image is None:
            image = np.asarray(X).reshape(estimator.image_shape_)
        return cls.from_predictions(image, words, weights=weights, caption=caption, axes=axes)

    @classmethod
    def from_predictions(
        cls, image: Any, words: Any, *, weights: Any = None, caption: Any = None, axes: Any = None
    ) -> Any:
        """Plot a given caption.

        Parameters
        ----------
        image : array-like of shape (height, width) or (height, width, channels)
            Image, grey or in colour.

        words : list of str
            Words of the caption.

        weights : array-like of shape (n_words, n_rows, n_columns), default=None
            For each word, the weights of the cells of the image.

        caption : str, default=None
            What is written above the image; None joins the words.

        axes : array-like of matplotlib Axes, default=None
            One for the image and one for each word, or more; new ones if None.

        Returns
        -------
        display : CaptionDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If the image cannot be shown, or if there are not weights for each word.
        """
        image, words = np.asarray(image), list(words)
        if image.ndim not in (2, 3) or (image.ndim == 3 and image.shape[2] not in (1, 3, 4)):
            raise ValueError(
                "image must have shape (height, width) or (height, width, channels), with 1, 3 or "
                f"4 channels. Got {image.shape}."
            )
        if weights is not None:
            weights = np.asarray(weights)
            if weights.ndim != 3 or len(weights) != len(words):
                raise ValueError(
                    f"weights must have shape ({len(words)}, n_rows, n_columns), a map for each of "
                    f"the {len(words)} words. Got {weights.shape}."
                )
        return cls(image=image, words=words, weights=weights, caption=caption).plot(axes=axes)

    def plot(self, *, axes: Any = None) -> CaptionDisplay:
        """Draw the display.

        Parameters
        ----------
        axes : array-like of matplotlib Axes, default=None
            One for the image and one for each word, or more; new ones if None.

        Returns
        -------
        display : CaptionDisplay
            The display itself.

        Raises
        ------
        ValueError
            If there are too few axes.
        """
        n_axes = 1 if self.weights is None else 1 + len(self.words)
        axes = _new_axes(n_axes) if axes is None else np.ravel(axes)
        if len(axes) < n_axes:
            raise ValueError(
                f"There must be {n_axes} axes, for the image and each word. Got {len(axes)}."
            )
        for ax in axes[n_axes:]:
            ax.set_axis_off()
        self.axes_, self.ax_ = axes[:n_axes], axes[0]
        self.figure_ = axes[0].figure
        caption = " ".join(self.words) if self.caption is None else self.caption
        for ax, title in zip(self.axes_, [caption, *self.words], strict=False):
            ax.imshow(_as_shown(self.image), cmap="gray")
            ax.set_title(title, fontsize="medium", wrap=True)
            ax.set_axis_off()
        if self.weights is not None:
            height, width = self.image.shape[:2]
            for ax, weights in zip(self.axes_[1:], self.weights, strict=True):
                extent = (-0.5, width - 0.5, height - 0.5, -0.5)
                ax.imshow(weights, cmap="inferno", alpha=OPACITY, extent=extent, vmin=0)
        return self


def _new_axes(n_axes: int) -> np.ndarray:
    import matplotlib.pyplot as plt

    n_columns = min(n_axes, MAX_COLUMNS)
    n_rows = -(-n_axes // n_columns)
    figsize = (max(2 * n_columns, 4), 2.3 * n_rows)
    _, axes = plt.subplots(n_rows, n_columns, figsize=figsize, squeeze=False, layout="constrained")
    return axes.ravel()


def _as_shown(image: np.ndarray) -> np.ndarray:
    """Bring pixels that are no bytes to [0, 1], which matplotlib asks for."""
    image = image[:, :, 0] if image.shape[2:] == (1,) else image
    if image.dtype == np.uint8:
        return image
    low, high = float(image.min()), float(image.max())
    return (image - low) / (high - low or 1.0)
