"""Class probabilities after each step that a network has read."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._style import line_styles

# Classes that never get more than this are left out of the legend.
MIN_LEGEND_PROBABILITY = 0.2
BESIDE = {"loc": "center left", "bbox_to_anchor": (1, 0.5)}


class StagedProbabilityDisplay:
    """Class probabilities of one sample after each step, beside its image if it is one.

    Use :meth:`from_estimator` or :meth:`from_predictions` to create a display. All parameters
    are kept as attributes.

    Parameters
    ----------
    probabilities : ndarray of shape (n_steps, n_classes)
        Probability of each class after each step.

    classes : ndarray of shape (n_classes,)
        Class labels.

    image : ndarray of shape (height, width) or (height, width, channels), default=None
        Image to show beside them.

    Attributes
    ----------
    figure_ : matplotlib Figure
        Figure that was drawn on.

    ax_ : matplotlib Axes
        Axes of the probabilities.

    image_ax_ : matplotlib Axes or None
        Axes of the image.

    lines_ : list of matplotlib Line2D
        One for each class.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn_rnn import RNNImageClassifier
    >>> from sklearn_rnn.plotting import StagedProbabilityDisplay
    >>> X, y = load_digits(return_X_y=True)
    >>> clf = RNNImageClassifier(max_epochs=1, random_state=0).fit(X, y)
    >>> display = StagedProbabilityDisplay.from_estimator(clf, X[:1])
    >>> display.probabilities.shape
    (8, 10)
    """

    def __init__(
        self, *, probabilities: np.ndarray, classes: np.ndarray, image: np.ndarray | None = None
    ) -> None:
        self.probabilities = probabilities
        self.classes = classes
        self.image = image

    @classmethod
    def from_estimator(cls, estimator: Any, X: Any, *, axes: Any = None) -> Any:
        """Plot what a fitted classifier thinks of one sample, step by step.

        Parameters
        ----------
        estimator : RNNClassifier or RNNImageClassifier
            Fitted classifier.

        X : array-like with a single sample
            What :meth:`RNNClassifier.staged_predict_proba` takes, of length 1.

        axes : pair of matplotlib Axes, default=None
            Axes of the image and of the probabilities; new ones if None.

        Returns
        -------
        display : StagedProbabilityDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If X does not hold exactly one sample.
        """
        if len(X) != 1:
            raise ValueError(f"X must hold a single sample. Got {len(X)}.")
        stages = [stage[0] for stage in estimator.staged_predict_proba(X)]
        image_shape = getattr(estimator, "image_shape_", None)
        if isinstance(X, (list, tuple)) and hasattr(X[0], "columns"):
            # The estimator reads columns in the order seen in fit.
            X = [X[0][list(getattr(estimator, "feature_names_in_", X[0].columns))]]
        image = None if image_shape is None else np.asarray(X).reshape(image_shape)
        return cls.from_predictions(stages, classes=estimator.classes_, image=image, axes=axes)

    @classmethod
    def from_predictions(
        cls, probabilities: Any, *, classes: Any, image: Any = None, axes: Any = None
    ) -> Any:
        """Plot given probabilities.

        Parameters
        ----------
        probabilities : array-like of shape (n_steps, n_classes)
            Probability of each class after each step.

        classes : array-like of shape (n_classes,)
            Class labels.

        image : array-like of shape (height, width) or (height, width, channels), default=None
            Image to show beside them.

        axes : pair of matplotlib Axes, default=None
            Axes of the image and of the probabilities; new ones if None.

        Returns
        -------
        display : StagedProbabilityDisplay
            The display, drawn.

        Raises
        ------
        ValueError
            If there is not one column of probabilities for each class.
        """
        probabilities, classes = np.asarray(probabilities), np.asarray(classes)
        if probabilities.ndim != 2 or probabilities.shape[1] != len(classes):
            raise ValueError(
                f"probabilities must have shape (n_steps, {len(classes)}), a column for each of "
                f"the {len(classes)} classes. Got {probabilities.shape}."
            )
        image = None if image is None else np.asarray(image)
        return cls(probabilities=probabilities, classes=classes, image=image).plot(axes=axes)

    def plot(self, *, axes: Any = None) -> StagedProbabilityDisplay:
        """Draw the display.

        Parameters
        ----------
        axes : pair of matplotlib Axes, default=None
            Axes of the image and of the probabilities; new ones if None.

        Returns
        -------
        display : StagedProbabilityDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        # Lines may be anywhere: the legend is beside them where there is room.
        place = {"loc": "best"} if axes is not None else BESIDE
        if axes is None and self.image is None:
            axes = (None, plt.subplots(layout="constrained")[1])
        elif axes is None:
            axes = plt.subplots(1, 2, figsize=(9, 3.5), width_ratios=[1, 2], layout="constrained")[
                1
            ]
        self.image_ax_, self.ax_ = axes
        self.figure_ = self.ax_.figure
        if self.image is not None and self.image_ax_ is not None:
            self.image_ax_.imshow(self.image.squeeze(), cmap="gray_r")
            self.image_ax_.set_axis_off()
        steps = np.arange(1, len(self.probabilities) + 1)
        self.lines_ = []
        columns = zip(self.classes, self.probabilities.T, line_styles(), strict=False)
        for label, probabilities, style in columns:
            is_named = probabilities.max() > MIN_LEGEND_PROBABILITY
            name = str(label) if is_named else "_"
            # A single step is a point.
            marker = "o" if len(steps) == 1 else None
            self.lines_ += self.ax_.plot(steps, probabilities, label=name, marker=marker, **style)
        self.ax_.set(xlabel="steps read", ylabel="probability", ylim=(-0.02, 1.02))
        self.ax_.legend(title="class", fontsize="small", **place)
        return self
