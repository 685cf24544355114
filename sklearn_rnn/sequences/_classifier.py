"""Classifier of sequences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from typing import Any

import numpy as np
import torch
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.utils import Tags, check_consistent_length
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.multiclass import _check_partial_fit_first_call

from sklearn_rnn._constraints import Interval
from sklearn_rnn.base import CLASS_WORDS, SEQUENCE_WORDS, documented
from sklearn_rnn.nn import SteppedLayer
from sklearn_rnn.training import (
    Recipe,
    RecurrentClassifierNet,
    SequenceData,
    accepts,
    check_criterion,
    criterion_options,
)

from ._class_weight import weigh_classes
from ._labels import LabelsMixin, OneClass, SeveralLabels, learn_labels, validate_labels
from ._pooled import PooledEstimator
from ._reading import READING_CONSTRAINTS
from ._ridge import Ridge, fit_ridge

# Of the ridge classifier.
PENALTIES = np.logspace(-3, 3, 10)


@documented(
    pooling='("max", "mean")',
    dropout="0.2",
    recipe="5e-3 for Adam and AdamW, a `weight_decay` of 0.01, a `label_smoothing` of 0.1",
    **SEQUENCE_WORDS,
    **CLASS_WORDS,
)
class RNNClassifier(ClassifierMixin, LabelsMixin, PooledEstimator):
    """Classify sequences with a recurrent neural network.

    Each feature is standardised by its mean and standard deviation over the training data. Where
    the scales of sequences differ much, the front end sees each at its own scale too. A stack of
    recurrent layers reads the sequence, and a linear layer with a softmax gives the class
    probabilities. The network is trained on the cross-entropy.

    Parameters
    ----------
    %(reading_parameters)s

    %(network_parameters)s

    %(encoder_parameters)s

    %(ensemble_parameters)s

    %(class_parameters)s

    %(criterion_parameter)s

    %(training_parameters)s

    %(renamed_parameters)s

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels; numbers of the columns of `y` if there are several labels at once.

    auto_params_ : dict
        What each parameter that may be "auto" was in fit, by its name.

    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.

    %(history_attribute)s

    loss_curve_ : list of float of shape (`n_iter_`,)
        Mean training loss of each epoch.

    n_iter_ : int
        Number of epochs run.

    n_features_in_ : int
        Number of features of a step, or of columns if X was 2-D.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names seen in fit. Defined only if X has names that are all strings.

    sequence_shape_ : tuple of (n_steps, n_features)
        Shape of a sequence; None stands for a varying number of steps.

    See Also
    --------
    RNNRegressor : Tells numbers from sequences.
    RNNImageClassifier : Reads images as sequences.

    References
    ----------
    %(training_references)s
    %(network_references)s
    %(class_references)s

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_rnn import RNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = [rng.normal(size=(n_steps, 2)) for n_steps in rng.integers(3, 9, size=200)]
    >>> y = ["up" if sequence[:, 0].sum() > 0 else "down" for sequence in X]
    >>> clf = RNNClassifier(random_state=0).fit(X[:150], y[:150])
    >>> clf.predict(X[153:156])
    array(['up', 'up', 'down'], dtype='<U4')
    >>> clf.score(X[150:], y[150:]) > 0.8
    True
    """

    _parameter_constraints: dict = {
        **PooledEstimator._parameter_constraints,
        **READING_CONSTRAINTS,
        "label_smoothing": [Interval(Real, 0, 1, closed="left"), StrOptions({"auto"})],
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "criterion": [type, None],
    }

    _net_class = RecurrentClassifierNet
    _constant_answer = "how often each class occurs"
    _recipe = Recipe(lr=5e-3, lr_schedule="one_cycle", weight_decay=0.01, label_smoothing=0.1)

    def __init__(
        self,
        *,
        series_id: Any = None,
        time: Any = None,
        missing: str = "error",
        embedding_dim: int | str | None = "auto",
        front_end: bool | str = "auto",
        cell: str | type[SteppedLayer] = "gru",
        nonlinearity: str = "tanh",
        bidirectional: bool = True,
        pooling: str | Sequence[str] = ("max", "mean"),
        batch_norm: bool | str = "auto",
        residual: bool = False,
        hidden_size: int = 64,
        num_layers: int = 1,
        dropout: float = 0.2,
        n_estimators: int | str = "auto",
        random_convolutions: bool | str = "auto",
        class_weight: Mapping | str | None = None,
        label_smoothing: float | str = "auto",
        criterion: type[torch.nn.Module] | None = None,
        optimizer: str | type[torch.optim.Optimizer] = "adamw",
        lr: float | str = "auto",
        lr_schedule: str | None = "auto",
        weight_decay: float | str = "auto",
        max_grad_norm: float | str | None = "auto",
        ema_decay: float | str | None = "auto",
        max_epochs: int | str = "auto",
        batch_size: int | str = "auto",
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 5,
        tol: float = 1e-4,
        warm_start: bool = False,
        callbacks: list | None = None,
        device: str | torch.device = "auto",
        dtype: str = "float32",
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
        gradient_clip_value: float | str | None = "deprecated",
    ) -> None:
        self.series_id = series_id
        self.time = time
        self.missing = missing
        self.embedding_dim = embedding_dim
        self.front_end = front_end
        self.cell = cell
        self.nonlinearity = nonlinearity
        self.bidirectional = bidirectional
        self.pooling = pooling
        self.batch_norm = batch_norm
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.residual = residual
        self.dropout = dropout
        self.n_estimators = n_estimators
        self.random_convolutions = random_convolutions
        self.class_weight = class_weight
        self.label_smoothing = label_smoothing
        self.criterion = criterion
        self.optimizer = optimizer
        self.lr = lr
        self.lr_schedule = lr_schedule
        self.weight_decay = weight_decay
        self.max_grad_norm = max_grad_norm
        self.ema_decay = ema_decay
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.tol = tol
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.device = device
        self.dtype = dtype
        self.random_state = random_state
        self.verbose = verbose
        self.gradient_clip_value = gradient_clip_value

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> RNNClassifier:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_steps, n_features) or (n_samples, n_steps), list of \
                array-like of shape (n_steps, n_features) or (n_steps,), or DataFrame
            Sequences, of numbers or of tokens. A 2-D array holds sequences of one feature. For
            varying lengths, give a list of arrays, frames, Series or tensors, or an array whose
            trailing all-NaN steps are padding. With `series_id`, a long DataFrame. Columns of
            DataFrames are matched by name, here and in later calls.

        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or rows of zeros and ones where each sample has any number of labels. Of
            a long frame, a Series or DataFrame with the names of the sequences as its index or in
            a column, a mapping from them, an array in the order in which they first appear, or
            a label for each row, the same in all rows of a sequence; weights and groups likewise.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sample; None gives all the same.

        groups : array-like of shape (n_samples,), default=None
            Samples of the same group stay together where `early_stopping` holds out validation
            data.

        X_val, y_val : array-like, default=None
            Validation data of your own, in any of the forms of `X` and `y`: their loss stands in
            ``net_.history``, and `early_stopping` goes by them instead of a part of `X`.

        sample_weight_val : array-like of shape (n_val_samples,), default=None
            Weight of each of these samples; None gives all the same.

        Returns
        -------
        self : RNNClassifier
            Fitted classifier.

        Raises
        ------
        ValueError
            If a parameter or the data are not as described, if there is only one class, or if
            the loss and the weights do not stay finite.
        """
        with self._fitting():
            self._fit(X, y, sample_weight, groups, (X_val, y_val, sample_weight_val))
        return self

    def _constant_loss(self, targets: np.ndarray, sample_weight: np.ndarray | None) -> float:
        if self.criterion is not None:
            return 0.0  # nobody knows what a constant answer comes to
        smoothing = self.auto_params_["label_smoothing"]
        return self._labels.constant_loss(targets, sample_weight, smoothing)

    def _settle(self, *args: Any) -> Recipe:
        recipe = super()._settle(*args)
        if self.criterion is None or accepts(check_criterion(self.criterion), "label_smoothing"):
            return recipe
        if self.label_smoothing not in ("auto", 0):
            raise ValueError(
                f"label_smoothing={self.label_smoothing} cannot be used with the criterion "
                f"{self.criterion.__name__}, which knows no label smoothing."
            )
        return replace(recipe, label_smoothing=0.0)

    def _criterion_options(self, recipe: Recipe) -> dict[str, Any]:
        criterion = self.criterion or self._labels.criterion
        options = criterion_options(criterion, self._nested("criterion"))
        if accepts(criterion, "label_smoothing"):
            options["criterion__label_smoothing"] = recipe.label_smoothing
        return options

    def _choose_network(self, n_samples: int, n_steps: int) -> dict[str, Any]:
        chosen = super()._choose_network(n_samples, n_steps)
        if self.criterion is not None and self.random_convolutions == "auto":
            # Scores of an own loss may be of any size.
            chosen["random_convolutions"] = False
        return chosen

    def _validate_y(self, y: Any, X: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
        self._check_y(y)
        y = validate_labels(y)
        check_consistent_length(X, y)
        if y.ndim == 2 and self.class_weight is not None:
            raise ValueError(
                "class_weight is for one class a sample, but y holds several labels at once. "
                "Weigh the samples by sample_weight."
            )
        return y

    def _learn_classes(self, y: np.ndarray) -> None:
        self._change_labels(learn_labels(y, type(self).__name__))

    def _encode(
        self,
        y: np.ndarray,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None,
        *,
        reset: bool,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        targets = self._labels.encode(y)
        return targets, weigh_classes(self.class_weight, self.classes_, y, sample_weight)

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        return y if y.ndim == 1 else None

    def _fit_ridge(self, features: np.ndarray, y: np.ndarray, *args: Any, **options: Any) -> Ridge:
        scores = self._labels.scores(y)
        return fit_ridge(features, scores, *args, **options, penalties=PENALTIES, common=True)

    def _choose_shares(
        self, train: SequenceData, left_out: list[np.ndarray], sample_weight: np.ndarray | None
    ) -> np.ndarray:
        return np.full((2, len(self.classes_)), 0.5)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> RNNClassifier:
        """Train for one more epoch, on the given samples only.

        The first call learns the scaling of the input. There is no learning-rate schedule.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Class labels, or rows of zeros and ones.

        classes : array-like of shape (n_classes,), default=None
            All labels that may ever occur, of rows of zeros and ones the numbers of the columns.
            Needed in the first call only.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sample; None gives all the same.

        Returns
        -------
        self : object
            The classifier.

        Raises
        ------
        ValueError
            If `classes` is missing in the first call, if `y` holds other labels, if the loss and
            the weights do not stay finite, or with `early_stopping` or a balanced `class_weight`,
            which need all data at once.
        """
        balanced = {"class_weight='balanced'": self.class_weight == "balanced"}
        with self._fitting():
            self._check_partial_fit(**balanced)
            first = _check_partial_fit_first_call(self, classes)
            if first:
                kind = SeveralLabels if np.ndim(y) == 2 and np.shape(y)[1] > 1 else OneClass
                self._set_labels(kind(self.classes_))
            self._partial_fit(X, y, sample_weight, first=first)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predict the most probable class of each sample, or its labels.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Class labels, of the type given in :meth:`fit`, or zeros and ones for labels that are
            more probable than not. Of a long frame, in the order in which its sequences first
            appear; of pandas, a Series or DataFrame whose index holds their names, named as `y`.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return self._answer(X, self._decide)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the accuracy of the predictions.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            True labels, matched with X as in :meth:`fit`.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sample; None gives all the same.

        Returns
        -------
        score : float
            Share of the samples whose label is told, or all of whose labels are.
        """
        X = self._open_to_score(X)
        y, sample_weight = self._match(X, y=y, sample_weight=sample_weight)
        return super().score(X, y, sample_weight)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`. Those of several labels at once do not add
            up to one. Of a long frame of pandas, a DataFrame.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return self._answer(X, self._probabilities, self._columns)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Predict the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            Logarithms, in the order of `classes_`. Of a long frame of pandas, a DataFrame.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return self._answer(X, self._log_probabilities, self._columns)

    def decision_function(self, X: Any) -> np.ndarray:
        """Compute the outputs of the network: logits before the softmax.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        scores : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Of two classes how much larger the output of the second is, otherwise all outputs, in
            the order of `classes_`. Of a long frame of pandas, a Series or DataFrame.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return self._answer(X, self._scores, self._columns)

    def staged_predict_proba(self, X: Any) -> Iterator[np.ndarray]:
        """Predict the probability of each class after each step that the network has read.

        Each answer is the one for the sequence that ends there, so the last one is that of
        :meth:`predict_proba`. With `bidirectional` the sequence is read anew for each.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        stages : generator of ndarray of shape (n_samples, n_classes)
            Probabilities after each step, in the order of `classes_`. Shorter sequences keep
            their last ones.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return map(self._probabilities, self._outputs(X, staged=True))

    def _scores(self, outputs: np.ndarray) -> np.ndarray:
        is_binary = isinstance(self._labels, OneClass) and len(self.classes_) == 2
        return outputs[:, 1] - outputs[:, 0] if is_binary else outputs

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
