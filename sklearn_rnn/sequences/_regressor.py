"""Regressor of sequences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from numbers import Real
from typing import Any

import numpy as np
import torch
from sklearn.base import RegressorMixin, _fit_context
from sklearn.utils import Tags
from sklearn.utils._param_validation import StrOptions

from sklearn_rnn._constraints import Interval
from sklearn_rnn.base import SEQUENCE_WORDS, documented
from sklearn_rnn.nn import Seed, SteppedLayer, TokenCounts, Values
from sklearn_rnn.training import Recipe, RecurrentNet, SequenceData

from ._auto import MAX_RIDGE_SAMPLES
from ._pooled import PooledEstimator
from ._reading import READING_CONSTRAINTS
from ._ridge import Ridge, fit_ridge
from ._shares import nested_shares
from ._target import LOSSES, check_numbers, learn_scale

# Of the ridge regressions.
PENALTIES = np.logspace(-5, 6, 23)
# Ridge regressions on more values of a sequence take long.
MAX_VALUES = 10_000
# So large a part of the rows, another one for each, networks do not learn from.
HELD_OUT = 0.1


@documented(
    pooling='("last", "max", "mean")',
    dropout="0.2",
    recipe="5e-3 for Adam and AdamW, a `weight_decay` of 0.01",
    kind="regression",
    share="a share",
    condition=' It goes with\n    `loss="squared_error"` alone.',
    held_out="a random part",
    **SEQUENCE_WORDS,
)
class RNNRegressor(RegressorMixin, PooledEstimator):
    """Tell one number or several from a sequence with a recurrent neural network.

    Sequences are read as by :class:`RNNClassifier`: standardised, by convolutions and recurrent
    layers. The numbers are scaled for the network, and brought back to their units. Networks,
    and ridge regressions beside them, have shares of the answer that suit what they say of samples
    that they have not learnt from [9]_.

    Parameters
    ----------
    %(reading_parameters)s

    loss : {"squared_error", "absolute_error", "huber", "quantile", "poisson"}, \
            default="squared_error"
        What is minimised: the mean of squared errors or of absolute ones, the former up to a usual
        deviation of the numbers and the latter beyond it, the pinball loss of a `quantile`, or
        half the deviance of a Poisson distribution, of which the network tells the logarithm of
        the mean. The last one needs numbers from 0 on.

    quantile : float, default=0.5
        Probability of the quantile to tell. Used with `loss="quantile"` only.

    %(network_parameters)s

    %(encoder_parameters)s

    %(ensemble_parameters)s

    linear : bool or "auto", default="auto"
        Whether a ridge regression on the values of all steps stands beside the networks too. Where
        lengths vary, steps are counted from both ends, and sums, means and the length are among
        its features; of tokens, it is one on how often each occurs. "auto" has it up to 10,000
        samples of 10,000 values or known tokens, not in `partial_fit`. It goes with
        `loss="squared_error"` alone.

    %(training_parameters)s

    %(renamed_parameters)s

    Attributes
    ----------
    shares_ : dict of str to ndarray of shape (n_outputs,)
        How much of the say "networks", "random_convolutions" and "linear" have, for each output.
        What is left of a sum of 1 has the mean.

    auto_params_ : dict
        What each parameter that may be "auto" was in fit, by its name.

    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.

    %(history_attribute)s

    loss_curve_ : list of float of shape (`n_iter_`,)
        Mean training loss of each epoch, of the scaled numbers.

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
    RNNClassifier : Tells classes from sequences.
    LSTMForecaster : Tells what comes next.

    References
    ----------
    %(training_references)s
    %(network_references)s
    .. [9] Breiman, L. (1996). Stacked regressions. Machine Learning 24.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_rnn import RNNRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = [rng.normal(size=(n_steps, 2)) for n_steps in rng.integers(3, 9, size=200)]
    >>> y = [sequence[:, 0].max() for sequence in X]
    >>> reg = RNNRegressor(max_epochs=20, random_state=0).fit(X[:150], y[:150])
    >>> reg.predict(X[150:]).shape
    (50,)
    >>> reg.score(X[150:], y[150:]) > 0.8
    True
    """

    _parameter_constraints: dict = {
        **PooledEstimator._parameter_constraints,
        **READING_CONSTRAINTS,
        "loss": [StrOptions(set(LOSSES))],
        "quantile": [Interval(Real, 0, 1, closed="neither")],
        "linear": ["boolean", StrOptions({"auto"})],
    }

    _linear_choices = ("random_convolutions", "linear")
    _recipe = Recipe(lr=5e-3, lr_schedule="one_cycle", weight_decay=0.01)
    _constant_answer = "the same"

    def __init__(
        self,
        *,
        series_id: Any = None,
        time: Any = None,
        missing: str = "error",
        embedding_dim: int | str | None = "auto",
        loss: str = "squared_error",
        quantile: float = 0.5,
        front_end: bool | str = "auto",
        cell: str | type[SteppedLayer] = "gru",
        nonlinearity: str = "tanh",
        bidirectional: bool = True,
        pooling: str | Sequence[str] = ("last", "max", "mean"),
        batch_norm: bool | str = "auto",
        residual: bool = False,
        hidden_size: int = 64,
        num_layers: int = 1,
        dropout: float = 0.2,
        n_estimators: int | str = "auto",
        random_convolutions: bool | str = "auto",
        linear: bool | str = "auto",
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
        self.loss = loss
        self.quantile = quantile
        self.front_end = front_end
        self.cell = cell
        self.nonlinearity = nonlinearity
        self.bidirectional = bidirectional
        self.pooling = pooling
        self.batch_norm = batch_norm
        self.residual = residual
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.dropout = dropout
        self.n_estimators = n_estimators
        self.random_convolutions = random_convolutions
        self.linear = linear
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
    ) -> RNNRegressor:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_steps, n_features) or (n_samples, n_steps), list of \
                array-like of shape (n_steps, n_features) or (n_steps,), or DataFrame
            Sequences. A 2-D array holds sequences of one feature. For varying lengths, give a
            list of arrays, frames, Series or tensors, or an array whose trailing all-NaN steps are
            padding. With `series_id`, a long DataFrame. Columns of DataFrames are matched by
            name, here and in later calls.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Numbers. Of a long frame, a Series or DataFrame with the names of the sequences as its
            index or in a column, a mapping from them, an array in the order in which they first
            appear, or a number for each row, the same in all rows of a sequence; weights likewise.

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
        self : RNNRegressor
            Fitted regressor.

        Raises
        ------
        ValueError
            If a parameter or the data are not as described, or if the loss and the weights do not
            stay finite.
        """
        with self._fitting():
            self._fit(X, y, sample_weight, groups, (X_val, y_val, sample_weight_val))
        return self

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> RNNRegressor:
        """Train for one more epoch, on the given samples only.

        The first call learns the scaling of the input and of `y`. There is no learning-rate
        schedule.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Numbers.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sample; None gives all the same.

        Returns
        -------
        self : object
            The regressor.

        Raises
        ------
        ValueError
            If `y` has another number of outputs than before, if the loss and the weights do not
            stay finite, or with `early_stopping`, which needs all data at once.
        """
        with self._fitting():
            self._check_partial_fit()
            self._partial_fit(X, y, sample_weight, first=not hasattr(self, "net_"))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Predict the number, or the numbers, of each sequence.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Numbers, in the units and the shape of those given in :meth:`fit`. Of a long frame, in
            the order in which its sequences first appear; of pandas, a Series or DataFrame whose
            index holds their names, named as `y`.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return self._answer(X, self._decide)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Return the coefficient of determination of the predictions.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            True numbers, matched with X as in :meth:`fit`.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each sample; None gives all the same.

        Returns
        -------
        score : float
            R2, at best 1; the mean of those of several outputs.
        """
        X = self._open_to_score(X)
        y, sample_weight = self._match(X, y=y, sample_weight=sample_weight)
        return super().score(X, y, sample_weight)

    def staged_predict(self, X: Any) -> Iterator[np.ndarray]:
        """Predict the numbers of each sequence after each step that the network has read.

        Each answer is the one for the sequence that ends there, so the last one is that of
        :meth:`predict`. With `bidirectional` the sequence is read anew for each.

        Parameters
        ----------
        X : array-like
            Samples in any of the forms that :meth:`fit` takes.

        Returns
        -------
        stages : generator of ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Numbers after each step. Shorter sequences keep their last ones.

        Raises
        ------
        ValueError
            If X is not as described, or holds values too far from those seen in fit to compute
            with.
        """
        return map(self._decide, self._outputs(X, staged=True))

    def _decide(self, numbers: np.ndarray) -> np.ndarray:
        """Bring numbers to the shape of those given in fit."""
        return numbers[:, 0] if self._is_single else numbers

    def _to_units(self, outputs: np.ndarray) -> np.ndarray:
        return self._target.undo(outputs)

    def _choose_network(self, n_samples: int, n_steps: int) -> dict[str, Any]:
        n_values = n_steps * self.sequence_shape_[1]
        if self._vocabulary is not None:
            n_values = len(self._vocabulary)
        is_little = n_samples <= MAX_RIDGE_SAMPLES and n_values <= MAX_VALUES
        linear = is_little if self.linear == "auto" else self.linear
        chosen = {"linear": linear, **super()._choose_network(n_samples, n_steps)}
        if self.loss != "squared_error":
            chosen |= self._without(
                self._linear_choices,
                f"is a ridge regression, which goes with loss='squared_error'. Got "
                f"loss={self.loss!r}.",
            )
        return chosen

    def _validate_y(self, y: Any, X: np.ndarray, lengths: np.ndarray | None) -> np.ndarray:
        self._check_y(y)
        y = check_numbers(type(self).__name__, y, self.loss)
        if len(y) != len(X):
            raise ValueError(f"y holds {len(y)} samples, but X holds {len(X)} sequences.")
        return y

    def _encode(
        self,
        y: np.ndarray,
        sample_weight: np.ndarray | None,
        rows: np.ndarray | None,
        *,
        reset: bool,
    ) -> tuple[np.ndarray, np.ndarray | None]:
        is_single = y.ndim == 1
        y = y.reshape(len(y), -1)
        if reset:
            known = slice(None) if rows is None else rows
            weight = None if sample_weight is None else sample_weight[known]
            self._is_single = is_single
            self._target = learn_scale(y[known], weight, self.loss, self.quantile)
        elif y.shape[1] != self._count_outputs():
            raise ValueError(
                f"y has {y.shape[1]} numbers for each sample, but {type(self).__name__} was fitted "
                f"to {self._count_outputs()}."
            )
        return self._target.scale(y), sample_weight

    def _count_outputs(self) -> int:
        return len(self._target.shift)

    def _criterion_options(self, recipe: Recipe) -> dict[str, Any]:
        options: dict[str, Any] = {"criterion": LOSSES[self.loss]}
        if self.loss == "quantile":
            options["criterion__quantile"] = self.quantile
        return options

    def _constant_loss(self, targets: np.ndarray, sample_weight: np.ndarray | None) -> float:
        wanted = torch.as_tensor(targets)
        losses = self.net_.criterion_(torch.zeros_like(wanted), wanted).mean(dim=1).numpy()
        return float(np.average(losses, weights=sample_weight))

    def _hold_out(self, train: SequenceData, net: RecurrentNet, seed: Seed) -> None:
        if self._is_warm():
            # The networks go on with the say that they have: they may have learnt from all rows.
            return
        self.__dict__.pop("shares_", None)
        n_members, n_held_out = len(net.module_.members), int(HELD_OUT * len(train))
        if not n_held_out or not any(self.auto_params_[name] for name in self._linear_choices):
            return
        order = torch.randperm(len(train), generator=seed.of("held out").generator())
        train.held_out = torch.full((len(train),), -1)
        for number, rows in enumerate(order.split(n_held_out)[:n_members]):
            train.held_out[rows] = number
        train.held_out = train.held_out.to(net.device)

    def _linear_features(
        self, train: SequenceData, n_steps: int, seed: Seed
    ) -> list[torch.nn.Module]:
        features = super()._linear_features(train, n_steps, seed)
        if not self.auto_params_["linear"]:
            return features
        if self._vocabulary is not None:
            return [TokenCounts(len(self._vocabulary)).to(self.net_.device)]
        rescale = self.net_.module_.members[0].rescale
        is_varying = train.lengths is not None
        values = Values(rescale.shift, rescale.scale, n_steps, is_varying=is_varying)
        return [*features, values]

    def _fit_ridge(self, *args: Any, **options: Any) -> Ridge:
        return fit_ridge(*args, **options, penalties=PENALTIES, common=False)

    def _choose_shares(
        self, train: SequenceData, left_out: list[np.ndarray], sample_weight: np.ndarray | None
    ) -> np.ndarray:
        names = ["networks", *self._used_linear()]
        if list(getattr(self, "shares_", ())) != names:
            shares = np.full((len(names), self._count_outputs()), 1 / len(names))
            if train.held_out is not None:
                shares = self._shares_by_held_out(train, left_out, sample_weight)
            self.shares_ = dict(zip(names, shares, strict=True))
        return np.array(list(self.shares_.values()))

    def _shares_by_held_out(
        self, train: SequenceData, left_out: list[np.ndarray], sample_weight: np.ndarray | None
    ) -> np.ndarray:
        """Choose shares by what is predicted of rows that were not learnt from."""
        assert train.y is not None, "there is something to learn"
        assert train.held_out is not None, "some rows are held out"
        y, held_out = (each.cpu().numpy() for each in (train.y, train.held_out))
        told = np.zeros_like(y)
        for number, member in enumerate(self.net_.module_.members):
            own = held_out == number
            told[own] = self.net_.outputs(train, member)[own]
        rows = held_out >= 0
        shares = [
            nested_shares(
                told[:, each], np.array(left_out)[:, :, each], y[:, each], rows, sample_weight
            )
            for each in range(y.shape[1])
        ]
        return np.column_stack(shares)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
