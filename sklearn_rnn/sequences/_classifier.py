"""Classifier of sequences."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np
import torch
from scipy.special import log_softmax, softmax
from sklearn.base import ClassifierMixin, _fit_context
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import (
    assert_all_finite,
    check_consistent_length,
    column_or_1d,
)
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.multiclass import _check_partial_fit_first_call, check_classification_targets

from sklearn_rnn.base import documented
from sklearn_rnn.nn import Seed
from sklearn_rnn.training import Recipe, RecurrentClassifierNet

from ._base import BaseSequenceEstimator, longest
from ._convergence import convergence_message


@documented(
    front_end='"auto"',
    front_end_words="Whether three convolutions over the steps [3]_ come before the recurrent "
    'layers, which then\n    read a quarter of the steps. "auto" has them from 12 steps on.',
    front_end_reference="Karim, F., Majumdar, S., Darabi, H. and Chen, S. (2018). LSTM fully "
    "convolutional networks\n   for time series classification. IEEE Access 6.",
    cell='"gru"',
    bidirectional="True",
    pooling='("max", "mean")',
    pooling_words="",
    auto_pooling="",
    batch_norm='"auto"',
    hidden_size="64",
    dropout="0.2",
    n_estimators='"auto"',
    random_convolutions='"auto"',
    optimizer='"adamw"',
    recipe="5e-3 for Adam and AdamW, a `weight_decay` of 0.01, a `label_smoothing` of 0.1",
    auto_epochs='"auto" is 100 or, where that is less or more, as many as make 600 to 1,500 '
    "batches, at least 10.",
    batch_size='"auto"',
    auto_batch_size='"auto" takes a quarter of the samples, at most 16, or about a hundredth, '
    "rounded down to a power of two, at most 128.",
    held_out="a stratified random part",
)
class RNNClassifier(ClassifierMixin, BaseSequenceEstimator):
    """Classify sequences with a recurrent neural network.

    Each feature is standardised by its mean and standard deviation over the training data. Where
    the scales of sequences differ much, the front end sees each at its own scale too. A stack of
    recurrent layers reads the sequence, and a linear layer with a softmax gives the class
    probabilities. The network is trained on the cross-entropy.

    Parameters
    ----------
    %(classifier_parameters)s

    %(encoder_parameters)s

    %(ensemble_parameters)s

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
    RNNImageClassifier : Reads images as sequences.

    References
    ----------
    %(training_references)s
    %(classifier_references)s

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
        **BaseSequenceEstimator._parameter_constraints,
        "label_smoothing": [Interval(Real, 0, 1, closed="left"), StrOptions({"auto"})],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    _net_class = RecurrentClassifierNet
    _recipe = Recipe(lr=5e-3, lr_schedule="one_cycle", weight_decay=0.01, label_smoothing=0.1)

    def __init__(
        self,
        *,
        front_end: bool | str = "auto",
        cell: str = "gru",
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
    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> RNNClassifier:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_steps, n_features) or (n_samples, n_steps), or \
                list of array-like of shape (n_steps, n_features)
            Sequences. A 2-D array holds sequences of one feature. For varying lengths, give a
            list of 2-D arrays, or a 3-D array whose trailing all-NaN steps are padding. The
            columns of a list of DataFrames are matched by name, here and in later calls.

        y : array-like of shape (n_samples,)
            Class labels.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sample; None gives all the same.

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
            self._fit(X, y, sample_weight)
        return self

    def _fit(self, X: Any, y: Any, sample_weight: Any) -> None:
        previous_classes = getattr(self, "classes_", None)
        X, lengths = self._validate_X(X, reset=True)
        self._remember_range(X, lengths)
        y, weight = self._validate_y(y, sample_weight, X)
        if weight is not None and not weight.all():
            # A weight of zero is the same as no row, also for what is learnt from the data.
            kept = weight > 0
            X, y, weight = X[kept], y[kept], weight[kept]
            lengths = None if lengths is None else lengths[kept]
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"{type(self).__name__} needs samples of at least 2 classes in the data, but the "
                f"data contains only one class: {self.classes_.tolist()[0]!r}."
            )
        self._check_warm_start(previous_classes)
        weight = self._weigh_classes(y, weight)

        seed = self._draw_seed()
        train_rows, valid_rows = self._split(codes, seed.of("split"))
        scale = self._learn_scale(X, lengths, weight, train_rows)
        parts: dict[str, Any] = {"lengths": lengths, "sample_weight": weight}
        train = self._sequence_data(X, codes, rows=train_rows, **parts)
        valid = None
        if valid_rows is not None:
            valid = self._sequence_data(X, codes, rows=valid_rows, **parts)
        n_steps = longest(X, lengths)
        net = self._build_sequence_net(
            len(train),
            scale,
            seed,
            own_scale=self._scales_differ(X, lengths, weight, train_rows),
            n_steps=n_steps,
            n_outputs=len(self.classes_),
        )
        self._train(net, train, valid)
        if self.auto_params_["random_convolutions"]:
            self._add_convolutions(train, n_steps, seed)
        rows = slice(None) if train_rows is None else train_rows
        self._warn_unless_learnt(codes[rows], None if weight is None else weight[rows])

    def _warn_unless_learnt(self, codes: np.ndarray, sample_weight: np.ndarray | None) -> None:
        history = self.net_.history
        message = convergence_message(
            history[-1, "train_loss"],
            codes,
            sample_weight,
            n_classes=len(self.classes_),
            label_smoothing=self.auto_params_["label_smoothing"],
            n_steps=sum(history[:, "train_batch_count"]),
        )
        if message is not None:
            warnings.warn(message, ConvergenceWarning, stacklevel=2)

    def _criterion_options(self, recipe: Recipe) -> dict[str, Any]:
        return {"criterion__label_smoothing": recipe.label_smoothing}

    def _validate_y(
        self, y: Any, sample_weight: Any, X: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None]:
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        check_consistent_length(X, y)
        return y, self._check_weights(sample_weight, X)

    def _check_warm_start(self, previous_classes: np.ndarray | None) -> None:
        if not self.warm_start or previous_classes is None:
            return
        if not np.array_equal(previous_classes, self.classes_):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {previous_classes}, `y` has {self.classes_}."
            )

    def _weigh_classes(self, y: np.ndarray, weight: np.ndarray | None) -> np.ndarray | None:
        if self.class_weight is None:
            return weight
        class_weight = self.class_weight
        if class_weight == "balanced":
            totals = np.bincount(np.searchsorted(self.classes_, y), weights=weight)
            balanced = totals.sum() / (len(totals) * totals)
            class_weight = dict(zip(self.classes_, balanced, strict=True))
        by_class = compute_sample_weight(class_weight, y)
        if by_class.min() < 0 or by_class.max() == 0:
            raise ValueError(
                "class_weight must give no class a negative weight, and not all of them zero. Got "
                f"{self.class_weight!r}."
            )
        return by_class if weight is None else by_class * weight

    def _split(self, codes: np.ndarray, seed: Seed) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Choose the rows to train on, or None for all, and those to validate on, if any."""
        if not self.early_stopping:
            return None, None
        try:
            return train_test_split(
                np.arange(len(codes)),
                test_size=self.validation_fraction,
                stratify=codes,
                random_state=seed.number,
            )
        except ValueError as error:
            raise ValueError(
                f"validation_fraction={self.validation_fraction} cannot split {len(codes)} samples "
                f"so that each class is in both parts: {error}"
            ) from error

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

        y : array-like of shape (n_samples,)
            Class labels.

        classes : array-like of shape (n_classes,), default=None
            All labels that may ever occur. Needed in the first call only.

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
        with self._fitting():
            self._partial_fit(X, y, classes, sample_weight)
        return self

    def _partial_fit(self, X: Any, y: Any, classes: Any, sample_weight: Any) -> None:
        for name, used in (
            ("early_stopping=True", self.early_stopping),
            ("class_weight='balanced'", self.class_weight == "balanced"),
        ):
            if used:
                raise ValueError(f"partial_fit does not support {name}.")
        first = _check_partial_fit_first_call(self, classes)
        X, lengths = self._validate_X(X, reset=first)
        self._remember_range(X, lengths, () if first else (self._seen,))
        y, weight = self._validate_y(y, sample_weight, X)
        unknown = np.setdiff1d(y, self.classes_)
        if len(unknown):
            raise ValueError(
                f"`y` holds the labels {unknown}, which are not in `classes`, as passed in the "
                f"first call to partial_fit: {self.classes_}."
            )
        weight = self._weigh_classes(y, weight)
        if first:
            scale = self._learn_scale(X, lengths, weight)
            net = self._build_sequence_net(
                len(X),
                scale,
                self._draw_seed(),
                own_scale=self._scales_differ(X, lengths, weight),
                n_steps=longest(X, lengths),
                n_outputs=len(self.classes_),
                incremental=True,
            )
            self.loss_curve_ = []
        else:
            net = self.net_.copy_without_plan()
        codes = np.searchsorted(self.classes_, y)
        data = self._sequence_data(X, codes, lengths=lengths, sample_weight=weight, net=net)
        net.partial_fit((data, None), epochs=1)
        self.net_ = net
        self.loss_curve_ = [*self.loss_curve_, net.history[-1, "train_loss"]]
        self.n_iter_ = len(self.loss_curve_)

    def predict(self, X: Any) -> np.ndarray:
        """Predict the most probable class of each sample.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels, of the type given in :meth:`fit`.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        outputs = self._outputs(X)
        return self.classes_[outputs.argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Predict the probability of each class.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Probabilities, in the order of `classes_`.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return softmax(self._outputs(X), axis=1)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Predict the logarithm of the probability of each class.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        log_probabilities : ndarray of shape (n_samples, n_classes)
            Logarithms, in the order of `classes_`.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return log_softmax(self._outputs(X), axis=1)

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
        return (softmax(outputs, axis=1) for outputs in self._outputs(X, staged=True))
