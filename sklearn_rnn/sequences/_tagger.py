"""Tagger of sequences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from numbers import Real
from typing import Any

import numpy as np
import torch
from sklearn.base import _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.multiclass import _check_partial_fit_first_call

from sklearn_rnn._constraints import Interval
from sklearn_rnn.base import CLASS_WORDS, SEQUENCE_WORDS, documented
from sklearn_rnn.nn import ContinuedSteps, StepFrontEnd, StepNetwork, SteppedLayer
from sklearn_rnn.training import PADDING, Recipe, RecurrentTaggerNet, SequenceData

from ._base import BaseSequenceEstimator
from ._class_weight import weigh_classes
from ._labels import LabelsMixin, OneClass, learn_labels
from ._long import LongFrame
from ._matching import by_row
from ._padding import count_steps
from ._range import check_outputs
from ._reading import READING_CONSTRAINTS
from ._tags import check_labels, read_tags


@documented(
    dropout="0.2",
    recipe="5e-3 for Adam and AdamW, a `weight_decay` of 0.01, a `label_smoothing` of 0.1",
    pooling="",
    **{**SEQUENCE_WORDS, **CLASS_WORDS, "held_out": "a random part of the sequences"},
)
class RNNTagger(LabelsMixin, BaseSequenceEstimator):
    """Tell the class of each step of a sequence with a recurrent neural network.

    Features are standardised as by :class:`RNNClassifier`. Convolutions look at the steps around
    each step, a stack of recurrent layers reads them from both ends, and a linear layer with a
    softmax on both gives the class probabilities of the step. A linear function of the values of
    up to 64 steps before and after it is added to the logits [7]_. The network is trained on the
    cross-entropy, averaged over the steps that exist.

    Parameters
    ----------
    %(reading_parameters)s

    front_end : bool or "auto", default="auto"
        Whether convolutions over the steps [3]_ come before the recurrent layers. Unlike those of
        :class:`RNNClassifier`, they keep every step. "auto" has them from 12 steps on.

    cell : {%(cells)s} or class, default="gru"
        Recurrent cell, as in :class:`RNNClassifier`.

    nonlinearity : {"tanh", "relu"}, default="tanh"
        Activation of the "rnn" cell; the others do not use it.

    bidirectional : bool, default=True
        Whether each layer also reads the sequence from its end. Without, the answer for a step
        depends on no step after it.

    batch_norm : bool or "auto", default="auto"
        Whether what the output layer reads is batch-normalised. "auto" does so after a front end,
        which is batch-normalised itself.

    residual : bool, default=False
        Whether each layer above the first adds its outputs to the layer-normalised [4]_ ones
        below it [5]_.

    %(encoder_parameters)s

    n_estimators : int or "auto", default="auto"
        Number of networks, of which each learns for itself, from the same batches; their outputs
        are averaged [6]_. "auto" takes two with a front end, and one without.

    %(class_parameters)s

    %(training_parameters)s

    %(renamed_parameters)s

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels.

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
    RNNClassifier : Tells the class of a whole sequence.
    RNNRegressor : Tells numbers from sequences.

    Notes
    -----
    `y` of a classifier of scikit-learn is one-dimensional, which this one is not: it is no
    ``ClassifierMixin``, and cross-validation splits without regard to classes. Where `y` is a list,
    so are the parts that cross-validation makes of it.

    References
    ----------
    %(training_references)s
    .. [3] Karim, F., Majumdar, S., Darabi, H. and Chen, S. (2018). LSTM fully convolutional
       networks for time series classification. IEEE Access 6.
    .. [4] Ba, J. L., Kiros, J. R. and Hinton, G. E. (2016). Layer normalization. arXiv:1607.06450.
    .. [5] He, K. et al. (2016). Deep residual learning for image recognition. CVPR.
    .. [6] Lakshminarayanan, B., Pritzel, A. and Blundell, C. (2017). Simple and scalable predictive
       uncertainty estimation using deep ensembles. NeurIPS.
    .. [7] Cheng, H.-T. et al. (2016). Wide and deep learning for recommender systems. DLRS.
    %(class_references)s

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_rnn import RNNTagger
    >>> rng = np.random.default_rng(0)
    >>> X = [rng.normal(size=(n_steps, 1)) for n_steps in rng.integers(3, 9, size=100)]
    >>> y = [np.where(sequence[:, 0].cumsum() > 0, "above", "below") for sequence in X]
    >>> tagger = RNNTagger(max_epochs=20, random_state=0).fit(X[:80], y[:80])
    >>> [len(tags) for tags in tagger.predict(X[80:83])]
    [7, 6, 4]
    >>> tagger.score(X[80:], y[80:]) > 0.8
    True
    """

    _parameter_constraints: dict = {
        **BaseSequenceEstimator._parameter_constraints,
        **READING_CONSTRAINTS,
        "label_smoothing": [Interval(Real, 0, 1, closed="left"), StrOptions({"auto"})],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    _network = StepNetwork
    _continued = ContinuedSteps
    _needs_whole = ("bidirectional",)
    _net_class = RecurrentTaggerNet
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
        batch_norm: bool | str = "auto",
        residual: bool = False,
        hidden_size: int = 64,
        num_layers: int = 1,
        dropout: float = 0.2,
        n_estimators: int | str = "auto",
        class_weight: Mapping | str | None = None,
        label_smoothing: float | str = "auto",
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
        self.batch_norm = batch_norm
        self.residual = residual
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.n_estimators = n_estimators
        self.class_weight = class_weight
        self.label_smoothing = label_smoothing
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
    ) -> RNNTagger:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_steps, n_features) or (n_samples, n_steps), list of \
                array-like of shape (n_steps, n_features) or (n_steps,), or DataFrame
            Sequences, in any of the forms that :class:`RNNClassifier` takes.

        y : list of array-like of shape (n_steps,), or array-like of shape (n_samples, n_steps)
            Class labels of all steps, integers or strings: a list of as many as each sequence
            has steps, or an array. What stands in an array after the end of a sequence, such as
            NaN or None, is not read. Of a long frame, a label for each row, also as a column
            beside those that name sequences and times.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sequence, that all its steps have; None gives all the same.

        groups : array-like of shape (n_samples,), default=None
            Sequences of the same group stay together where `early_stopping` holds out validation
            data.

        X_val, y_val : array-like, default=None
            Validation data of your own, in any of the forms of `X` and `y`: their loss stands in
            ``net_.history``, and `early_stopping` goes by them instead of a part of `X`.

        sample_weight_val : array-like of shape (n_val_samples,), default=None
            Weight of each of these sequences; None gives all the same.

        Returns
        -------
        self : RNNTagger
            Fitted tagger.

        Raises
        ------
        ValueError
            If a parameter or the data are not as described, if there is only one class, or if
            the loss and the weights do not stay finite.
        """
        with self._fitting():
            self._fit(X, y, sample_weight, groups, (X_val, y_val, sample_weight_val))
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> RNNTagger:
        """Train for one more epoch, on the given samples only.

        The first call learns the scaling of the input. There is no learning-rate schedule.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        y : list of array-like of shape (n_steps,), or array-like of shape (n_samples, n_steps)
            Class labels of all steps.

        classes : array-like of shape (n_classes,), default=None
            All labels that may ever occur. Needed in the first call only.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sequence; None gives all the same.

        Returns
        -------
        self : object
            The tagger.

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
                self._set_labels(OneClass(self.classes_))
            self._partial_fit(X, y, sample_weight, first=first)
        return self

    def predict(self, X: Any) -> Any:
        """Predict the most probable class of each step.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        y : ndarray of shape (n_samples, n_steps) or list of ndarray of shape (n_steps,)
            Class labels: an array where X is an array without padding, and otherwise a list, of
            as many labels as each sequence has steps. Of a long frame, a label for each row; of
            pandas, a Series with its index.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return self._answer_steps(X, self._decide)

    def predict_proba(self, X: Any) -> Any:
        """Predict the probability of each class at each step.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_steps, n_classes) or list of ndarray of \
                shape (n_steps, n_classes)
            Probabilities, in the order of `classes_`, in the form that :meth:`predict` answers in.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return self._answer_steps(X, self._probabilities)

    def predict_log_proba(self, X: Any) -> Any:
        """Predict the logarithm of the probability of each class at each step.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_steps, n_classes) or list of ndarray \
                of shape (n_steps, n_classes)
            Logarithms, in the order of `classes_`, in the form that :meth:`predict` answers in.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return self._answer_steps(X, self._log_probabilities)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Compute the accuracy over all steps that exist.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        y : list of array-like of shape (n_steps,), or array-like of shape (n_samples, n_steps)
            Class labels of all steps.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sequence, that all its steps have; None gives all the same.

        Returns
        -------
        accuracy : float
            Share of the steps whose most probable class is that of `y`.

        Raises
        ------
        ValueError
            If X or `y` is not as described.
        """
        X = self._open_to_score(X)
        y, sample_weight = self._match(X, y=y, sample_weight=sample_weight)
        scores, lengths = self._scores(X)
        tags = read_tags(y, lengths, scores.shape[1], type(self).__name__)
        weight = self._check_weights(sample_weight, scores)
        weight = np.ones(len(scores)) if weight is None else weight
        is_right = (self._decide(scores) == tags.data) & ~tags.mask
        return float(weight @ is_right.sum(axis=1) / (weight @ lengths))

    def _scores(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """Compute the outputs after each step, padded, and count the steps of each sequence."""
        X, lengths = self._read_fitted(X)
        outputs = self.net_.outputs(self._sequence_data(X, lengths=lengths, net=self.net_))
        check_outputs(outputs.reshape(len(X), -1), X, lengths, self._seen)
        return outputs.astype(np.float64), count_steps(X, lengths)

    def _match(self, X: Any, **given: Any) -> list[Any]:
        y = given["y"]
        matched = super()._match(X, **{**given, "y": None})
        if y is not None and isinstance(X, LongFrame):
            labels = by_row(y, X)
            check_labels(labels, lambda row: f"The label of {X.place(row)} of X")
            y = X.split(labels)
        return [y, *matched[1:]]

    def _answer_steps(self, X: Any, function: Callable[[np.ndarray], np.ndarray]) -> Any:
        """Compute a function of the outputs, in the form of X: an array, rows, or a list."""
        X = self._open(X)
        scores, lengths = self._scores(X)
        steps = function(scores)
        if isinstance(X, LongFrame):
            valid = np.arange(steps.shape[1]) < lengths[:, None]
            return self._name_steps(X, steps[valid], self.classes_)
        is_list = isinstance(X, (list, tuple)) or (isinstance(X, np.ndarray) and X.dtype == object)
        if not is_list and lengths.min() == steps.shape[1]:
            return steps
        return [row[:length] for row, length in zip(steps, lengths, strict=True)]

    def _validate_y(self, y: Any, X: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
        self._check_y(y)
        return read_tags(y, count_steps(X, lengths), X.shape[1], type(self).__name__)

    def _learn_classes(self, y: np.ndarray) -> None:
        labels = learn_labels(np.ma.compressed(y), type(self).__name__, of="steps")
        self._change_labels(labels)

    def _encode(
        self,
        y: np.ndarray,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None,
        *,
        reset: bool,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        labels, is_step = np.ma.compressed(y), ~np.ma.getmaskarray(y)
        codes = np.full(y.shape, PADDING)
        codes[is_step] = self._labels.encode(labels)
        by_step = None if sample_weight is None else np.repeat(sample_weight, is_step.sum(axis=1))
        by_step = weigh_classes(self.class_weight, self.classes_, labels, by_step)
        if by_step is None:
            return codes, None
        weight = np.zeros(y.shape)
        weight[is_step] = by_step
        return codes, weight

    def _criterion_options(self, recipe: Recipe) -> dict[str, Any]:
        return {
            "criterion__label_smoothing": recipe.label_smoothing,
            "criterion__ignore_index": PADDING,
        }

    def _constant_loss(self, targets: np.ndarray, sample_weight: np.ndarray | None) -> float:
        is_step = targets != PADDING
        weight = None if sample_weight is None else sample_weight[is_step]
        smoothing = self.auto_params_["label_smoothing"]
        return self._labels.constant_loss(targets[is_step], weight, smoothing)

    def _front_end_builder(self) -> Callable[..., torch.nn.Module]:
        return partial(StepFrontEnd, looks_ahead=self.bidirectional)

    def _learn_scale(
        self,
        X: np.ndarray,
        lengths: np.ndarray | None,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        return super()._learn_scale(X, lengths, _of_rows(sample_weight, X, lengths), rows)

    def _scales_differ(
        self,
        X: np.ndarray,
        lengths: np.ndarray | None,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None = None,
    ) -> bool:
        # The scale of a whole sequence is known at its end.
        return self.bidirectional and super()._scales_differ(
            X, lengths, _of_rows(sample_weight, X, lengths), rows
        )

    def _sequence_data(self, X: np.ndarray, *args: Any, **options: Any) -> SequenceData:
        data = super()._sequence_data(X, *args, **options)
        if data.sample_weight is not None and data.lengths is not None:
            # A mean of 1 over the steps that exist.
            data.sample_weight *= data.lengths.double().mean().item() / data.n_steps
        return data

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.single_output = False
        tags.target_tags.multi_output = True
        return tags


def _of_rows(
    weight: np.ndarray | None, X: np.ndarray, lengths: np.ndarray | None
) -> np.ndarray | None:
    """Average the weights of the steps of each sequence."""
    return None if weight is None else weight.sum(axis=1) / count_steps(X, lengths)
