"""How much of an answer is due to each value of a sequence, image or window."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from sklearn_rnn._warnings import warn
from sklearn_rnn.forecasting import LSTMForecaster
from sklearn_rnn.sequences import RNNClassifier, RNNRegressor

from ._sequences import Question
from ._windows import attribute_windows

# Of what is attributed, gradients at a number of points are to miss no more.
TOLERANCE = 0.01
# How many points there are at first, and at most.
POINTS = (64, 1024)
TINY = np.finfo(np.float64).tiny


def integrated_gradients(
    estimator: Any, X: Any, target: Any = None, *, baseline: Any = None, n_points: Any = "auto"
) -> Any:
    """Attribute answers to the values of sequences, images or look-back windows.

    The attributions of a sample add up to its answer less that for a baseline. The answer is

    - of :class:`RNNClassifier` and :class:`RNNImageClassifier` what `decision_function` says of a
      class; of two classes, that of the first is the same with the opposite sign;
    - of :class:`RNNRegressor` the number that is predicted, with ``loss="poisson"`` its logarithm;
    - of :class:`LSTMForecaster` the forecast of a step, in the units of the windows.

    Parameters
    ----------
    estimator : RNNClassifier, RNNImageClassifier, RNNRegressor or LSTMForecaster
        Fitted estimator.

    X : array-like
        Samples as `predict` takes them: sequences, images or look-back windows. A forecaster that
        was fitted on series takes a single series, or an array of their last steps, of shape
        (n_samples, n_steps), for which what comes next is told.

    target : object, default=None
        What the answer tells. Of a classifier a class (of several labels at once, the number of
        one), or None for the class that is predicted for each sample; of a regressor the number of
        an output, counted from 0; of a forecaster how many steps ahead, counted from 1. None needs
        a single output, and takes the mean over the steps of a horizon.

    baseline : float or array-like, default=None
        Sample to compare with: a number, values of each feature, or a sample or several in the
        form of X. None stands for the mean of each feature in training, the darkest pixel there,
        an unknown token, and for forecasters for the mean of each window.

    n_points : int or "auto", default="auto"
        Number of points on the way from the baseline to a sample. "auto" has 64, and up to 1,024
        for samples of which gradients at fewer miss more than a hundredth.

    Returns
    -------
    attributions : ndarray, or list of ndarray
        A number for each value of X, in the shape of X; zero where it is padding. A list of
        sequences, and a long frame, give a list.

    Raises
    ------
    TypeError
        If the estimator is none of these.

    ValueError
        If X, `target` or `baseline` is not as described.

    Warns
    -----
    UserWarning
        If gradients at so many points miss more than a hundredth of what is attributed.

    Notes
    -----
    Integrated gradients [1]_ average the gradients of an answer on the straight path from the
    baseline to a sample. They are computed for each network of an ensemble and, in closed form,
    for the ridge regressions beside them. What gradients at `n_points` points miss of the sum is
    shared among the attributions by their sizes. Forecasters bring each window to its own scale,
    and smooth it by compiled code that has no gradients: there the steps of the window move along
    the path one after another, to and fro, and each has the change of the forecast that it brought
    about [2]_. Covariates known ahead stay as they are, and so do the lengths of sequences.

    An attribution tells what an estimator goes by, and not what causes what. Another baseline has
    other attributions, and values equal to the baseline have none.

    References
    ----------
    .. [1] Sundararajan, M., Taly, A. and Yan, Q. (2017). Axiomatic attribution for deep networks.
       ICML.
    .. [2] Aumann, R. and Shapley, L. (1974). Values of non-atomic games. Princeton.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_rnn import RNNClassifier
    >>> from sklearn_rnn.inspection import integrated_gradients
    >>> X = np.random.default_rng(0).normal(size=(60, 12))
    >>> y = X[:, 7] > 0
    >>> clf = RNNClassifier(max_epochs=10, random_state=0).fit(X, y)
    >>> attributions = integrated_gradients(clf, X[:20])
    >>> attributions.shape
    (20, 12)
    >>> int(np.abs(attributions).mean(axis=0).argmax())
    7
    """
    check_is_fitted(estimator)
    if n_points == "auto":
        first, last = POINTS
    else:
        first = last = _check_points(n_points)
    if isinstance(estimator, LSTMForecaster):
        return attribute_windows(estimator, X, target, baseline, first)
    if not isinstance(estimator, (RNNClassifier, RNNRegressor)):
        raise TypeError(
            "estimator must be a RNNClassifier, RNNImageClassifier, RNNRegressor or LSTMForecaster."
            f" Got {type(estimator).__name__}."
        )
    question = Question.of(estimator, X, target, baseline)
    differences = question.differences()
    attributions, n_points = question.answer(first), first
    while n_points < last and len(far := _far_off(attributions, differences)):
        n_points *= 2
        attributions[far] = question.part(far).answer(n_points)
    return question.in_form_of(X, _complete(attributions, differences, n_points))


def _check_points(n_points: Any) -> int:
    if not isinstance(n_points, Integral) or isinstance(n_points, bool) or n_points < 1:
        raise ValueError(f"n_points must be an int from 1 on, or 'auto'. Got {n_points!r}.")
    return int(n_points)


def _far_off(attributions: np.ndarray, differences: np.ndarray) -> np.ndarray:
    """Find the samples whose attributions do not nearly add up to what they are to explain."""
    missing = np.abs(differences - attributions.sum(axis=(1, 2)))
    return np.flatnonzero(missing > TOLERANCE * np.abs(attributions).sum(axis=(1, 2)))


def _complete(attributions: np.ndarray, differences: np.ndarray, n_points: int) -> np.ndarray:
    """Let attributions add up to differences: what is missing is shared by their sizes."""
    sizes = np.abs(attributions)
    total = sizes.sum(axis=(1, 2))
    missing = differences - attributions.sum(axis=(1, 2))
    far = _far_off(attributions, differences)
    if len(far):
        worst = (np.abs(missing[far]) / np.maximum(total[far], TINY)).max()
        warn(
            f"Gradients at {n_points} points miss up to {worst:.1%} of what is attributed, for "
            f"{len(far)} of {len(total)} samples, such as X[{far[0]}]. Take more n_points."
        )
    return attributions + (missing / np.maximum(total, TINY))[:, None, None] * sizes
