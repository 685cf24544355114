"""The skorch net that trains a sequence network on batches kept in memory."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback, EarlyStopping, EpochTimer
from torch import Tensor
from torch.nn import BatchNorm1d

from sklearn_rnn.nn import Seed, reproducible, share

from ._callback_copies import shared_by_copies
from ._data import Batch, BatchData, BatchIterator, SequenceData, count_batches
from ._progress import BatchBar, EpochLog
from ._weight_average import WeightAverage

# A product with a single row sums in another order than one with many. From this number of rows
# on, a row's output is the same in any batch, bit for bit in most networks.
MIN_PREDICTION_ROWS = 2
MAX_PREDICTION_ROWS = 512
# Longer sequences go in smaller batches: 2**24 float32 outputs of a layer take 64 MiB.
MAX_PREDICTION_OUTPUTS = 2**24
ADVICE = "Try a smaller lr, or set max_grad_norm=1.0."


class StopTraining(Exception):
    """Raised to end the training before its last epoch."""


class RecurrentNet(NeuralNet):
    """A skorch net fed with :class:`SequenceData`, weighted and interruptible.

    What differs from :class:`skorch.NeuralNet`: batches are taken from tensors in memory, in an
    order drawn from the net's own generator; losses are weighted by "sample_weight" where the
    data have it; losses and metrics of an epoch are averaged over its rows without a second
    pass; the training fails when the loss does; and Ctrl-C ends it with KeyboardInterrupt.

    Parameters
    ----------
    module : class
        As in skorch.

    criterion : class, default=torch.nn.MSELoss
        As in skorch; it is built with ``reduction="none"``.

    seed : Seed
        Seed of the order of batches.

    ema_decay : float, default=None
        Decay of an exponential moving average of the weights, by which the net is validated and
        with which the training ends. None takes the weights as they are.

    metrics : dict of str to callable, default=None
        Functions ``(outputs, y) -> tensor of shape (n_rows,)`` recorded next to the loss; the
        larger they are, the better.

    **kwargs
        Other parameters of :class:`skorch.NeuralNet`.
    """

    def __init__(
        self,
        module: type[torch.nn.Module],
        criterion: type[torch.nn.Module] = torch.nn.MSELoss,
        *args: Any,
        seed: Seed,
        ema_decay: float | None = None,
        metrics: dict[str, Callable[[Tensor, Tensor], Tensor]] | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("criterion__reduction", "none")
        super().__init__(module, criterion, *args, **kwargs)
        self.seed = seed
        self.ema_decay = ema_decay
        self.metrics = metrics

    @property
    def _default_callbacks(self) -> list[tuple[str, Callback]]:
        callbacks: list[tuple[str, Callback]] = [("epoch_timer", EpochTimer())]
        if self.verbose:
            callbacks.append(("print_log", EpochLog()))
        if self.verbose > 1:
            callbacks.append(("progress_bar", BatchBar()))
        return callbacks

    @classmethod
    def count_batches(cls, n_rows: int, batch_size: int) -> int:
        """Count the batches of an epoch."""
        return count_batches(n_rows, batch_size)

    def initialize(self) -> RecurrentNet:
        """Build the module, the optimizer and the generator of the batch order."""
        super().initialize()
        self.generator_ = self.seed.of("batches").generator()
        self.average_: WeightAverage | None = None
        return self

    def notify(self, method_name: str, **kwargs: Any) -> None:
        """Call a method of the net and of each callback."""
        getattr(self, method_name)(self, **kwargs)
        # An epoch is judged, and saved, with the weights that the net would end with.
        is_judged = method_name == "on_epoch_end"
        with self.averaged_weights() if is_judged else nullcontext():
            for _, callback in self.callbacks_:
                self._call(callback, method_name, **kwargs)

    def _call(self, callback: Callback, method_name: str, **kwargs: Any) -> None:
        try:
            getattr(callback, method_name)(self, **kwargs)
        except KeyboardInterrupt:
            # skorch's EarlyStopping raises what Ctrl-C raises: tell the two apart.
            stopped = isinstance(callback, EarlyStopping)
            if stopped and callback.misses_ >= callback.patience:
                raise StopTraining from None
            raise

    def partial_fit(
        self,
        X: Any,
        y: Any = None,
        classes: Any = None,
        epochs: int | None = None,
        **fit_params: Any,
    ) -> RecurrentNet:
        """Train on `X`, a pair of training data and validation data or None.

        Unlike in skorch, a KeyboardInterrupt leaves this method.
        """
        if not self.initialized_:
            self.initialize()
        # Nobody knows how many follow those of a single call.
        self.n_epochs_ = self.max_epochs if epochs is None else None
        with self.computing():
            self.notify("on_train_begin", X=X, y=y)
            with suppress(StopTraining):
                self.fit_loop(X, y, epochs=epochs, **fit_params)
            self.notify("on_train_end", X=X, y=y)
            self._check_trained(X[0])
        return self

    @torch.no_grad()
    def _check_trained(self, data: BatchData) -> None:
        """Check that the net ends with weights that it can compute with.

        The last step may have spoiled them.
        """
        self._set_training(False)
        inputs, _ = data[slice(self.batch_size)]
        tensors = (*self.module_.parameters(), *self.module_.buffers(), self.infer(inputs))
        if not all(each.isfinite().all() for each in tensors):
            raise ValueError(
                f"The weights are too large after epoch {len(self.history)} with "
                f"lr={self.lr:g}. {ADVICE}"
            )

    def drop_callbacks(self, *names: str) -> None:
        """Remove callbacks by name."""
        self.callbacks_: list[tuple[str, Callback]] = [
            (name, each) for name, each in self.callbacks_ if name not in names
        ]

    def copy_without_plan(self) -> RecurrentNet:
        """Copy the net, to be trained on without schedule and early stopping."""
        net = copy.deepcopy(self, shared_by_copies(self.callbacks_))
        net.drop_callbacks("lr_scheduler", "early_stopping")
        for group in net.optimizer_.param_groups:
            group.update(net.optimizer_.defaults)
        return net

    @torch.no_grad()
    def settle_batch_norm(self, data: BatchData) -> None:
        """Replace the moving averages of batch norm by the averages over all training data.

        Moving averages lag behind the weights, which costs accuracy after a few epochs [1]_.

        References
        ----------
        .. [1] Wu, Y. and Johnson, J. (2021). Rethinking "Batch" in BatchNorm. arXiv:2105.07576.
        """
        norms = [each for each in self.module_.modules() if isinstance(each, BatchNorm1d)]
        if not norms or len(data) < 2:
            return
        self._set_training(False)
        momentum = norms[0].momentum
        for norm in norms:
            norm.train()
            norm.reset_running_stats()
            norm.momentum = None
        # Batches of equal size, since each counts the same.
        n_batches = len(self.get_iterator(data))
        with self.computing():
            for inputs, _ in BatchIterator(data, -(-len(data) // n_batches)):
                self.infer(inputs)
        for norm in norms:
            norm.momentum = momentum
            norm.eval()

    def on_train_begin(self, net: NeuralNet, *args: Any, **kwargs: Any) -> None:
        """Start the average of the weights."""
        super().on_train_begin(net, *args, **kwargs)
        self.average_ = None
        if self.ema_decay is not None:
            self.average_ = WeightAverage(self.module_, self.ema_decay)

    def on_batch_end(
        self, net: NeuralNet, batch: Any = None, training: bool = False, **kwargs: Any
    ) -> None:
        """Take the weights into their average."""
        super().on_batch_end(net, batch=batch, training=training, **kwargs)
        if training and self.average_ is not None:
            self.average_.update()

    def on_train_end(self, net: NeuralNet, *args: Any, **kwargs: Any) -> None:
        """End with the average of the weights."""
        super().on_train_end(net, *args, **kwargs)
        if self.average_ is not None:
            self.average_.swap()
            self.average_ = None

    def averaged_weights(self) -> AbstractContextManager[None]:
        """Compute with the average of the weights, if there is one, inside the block."""
        return nullcontext() if self.average_ is None else self.average_.applied()

    def get_dataset(self, X: BatchData | np.ndarray, y: Any = None) -> BatchData:
        """Return `X`, which holds its targets, or wrap an array of sequences."""
        return X if isinstance(X, BatchData) else SequenceData(X, y, device=self.device)

    def get_split_datasets(
        self, X: tuple[BatchData, BatchData | None], y: Any = None, **fit_params: Any
    ) -> tuple[BatchData, BatchData | None]:
        """Return training data and validation data as they were given."""
        return X

    def get_iterator(self, dataset: BatchData, training: bool = False) -> BatchIterator:
        """Iterate over batches: shuffled for training, large and in order otherwise."""
        if training:
            return BatchIterator(dataset, self.batch_size, self.generator_)
        outputs_per_row = dataset.n_steps * self.module_.encoder.output_size
        n_rows = MAX_PREDICTION_OUTPUTS // outputs_per_row
        return BatchIterator(dataset, max(MIN_PREDICTION_ROWS, min(n_rows, MAX_PREDICTION_ROWS)))

    def _set_training(self, training: bool = True) -> None:
        """Switch between training and evaluation, where it is not done already."""
        if self.module_.training != training:
            super()._set_training(training)

    def _zero_grad_optimizer(self, set_to_none: bool | None = None) -> None:
        """Forget the gradients of all weights, as the optimizer does in ten times the time."""
        for group in self.optimizer_.param_groups:
            for weight in group["params"]:
                weight.grad = None

    def infer(self, x: dict[str, Tensor], **fit_params: Any) -> Tensor:
        """Compute the outputs of a batch."""
        return self._forward(self.module_, x)

    def _forward(self, function: Any, x: dict[str, Tensor]) -> Tensor:
        return function(x["x"], x.get("lengths"))

    def train_step_single(self, batch: Batch, **fit_params: Any) -> dict[str, Tensor]:
        """Let each network that the module is made of learn for itself from a batch.

        Threads share them, since none waits for another.
        """
        self._set_training(True)
        inputs, y = batch
        members = self.module_.members
        steps: list[Any] = [None] * len(members)

        def learn(number: int) -> None:
            with torch.enable_grad():
                (known, wanted), rows = leave_out(inputs, y, number)
                outputs = self._forward(members[number], known)
                loss = self.get_loss(outputs, wanted, X=known, training=True)
                loss.backward()
            answers = outputs.detach()
            if rows is not None:
                answers = answers.new_full((len(y), *answers.shape[1:]), torch.nan)
                answers[rows] = outputs.detach()
            steps[number] = loss.detach(), answers

        share(learn, [(number,) for number in range(len(members))], by_torch=True)
        losses, outputs = (torch.stack(each) for each in zip(*steps, strict=True))
        if "held_out" not in inputs:
            told = outputs.mean(dim=0)
        else:  # what no network has learnt from counts as zero
            told = outputs.nanmean(dim=0).nan_to_num()
        of_each = {"losses": losses} if len(members) > 1 else {}
        return {"loss": losses.mean(dim=0), "y_pred": told, **of_each}

    def get_loss(
        self,
        y_pred: Tensor,
        y_true: Tensor,
        X: dict[str, Tensor] | None = None,
        training: bool = False,
    ) -> Tensor:
        """Average the loss of each row, times its weight, over the rows.

        Weights have a mean of 1 over the training data, so that a batch counts for as much as
        the rows it holds.
        """
        loss = self.criterion_(y_pred, y_true)
        if loss.ndim > 1:
            loss = loss.flatten(1).mean(dim=1)
        if X is not None and "sample_weight" in X:
            loss = loss * X["sample_weight"]
        return loss.mean()

    def run_single_epoch(
        self,
        iterator: BatchIterator | None,
        training: bool,
        prefix: str,
        step_fn: Callable[..., dict[str, Tensor]],
        **fit_params: Any,
    ) -> None:
        """Run over all batches once and record the averages of loss and metrics."""
        if iterator is None:
            return
        metrics = self.metrics or {}
        zero = torch.zeros((), dtype=self.module_.dtype, device=self.device)
        totals = {name: zero.clone() for name in ("loss", *metrics)}
        n_answers: int | Tensor = 0
        n_before = len(self.history[-1, "batches"])
        # Validation is done with the weights that the net would end with.
        with nullcontext() if training else self.averaged_weights():
            for batch in iterator:
                self.notify("on_batch_begin", batch=batch, training=training)
                step = step_fn(batch, **fit_params)
                outputs = step["y_pred"].detach()
                n_in_batch = self._count_answers(batch)
                n_answers += n_in_batch
                totals["loss"] += step["loss"].detach() * n_in_batch
                if "losses" in step:
                    totals["losses"] = totals.get("losses", 0.0) + step["losses"] * n_in_batch
                for name, metric in metrics.items():
                    totals[name] += metric(outputs, batch[1]).sum()
                self._record_batch(prefix, step["loss"].detach(), len(outputs))
                self.notify("on_batch_end", batch=batch, training=training, **step)
        batches = self.history[-1, "batches"][n_before:]
        for batch in batches:
            batch[f"{prefix}_loss"] = float(batch[f"{prefix}_loss"])
        self.history.record(f"{prefix}_batch_count", len(batches))
        if "losses" in totals:
            for number, total in enumerate(totals.pop("losses").tolist()):
                self.history.record(f"{prefix}_loss_{number}", total / int(n_answers))
        for name, total in totals.items():
            mean = total.item() / int(n_answers)
            self._record(f"{prefix}_{name}", mean, lower_is_better=name == "loss")
        if not np.isfinite(self.history[-1, f"{prefix}_loss"]):
            raise ValueError(
                f"The {prefix} loss became {self.history[-1, f'{prefix}_loss']} in epoch "
                f"{len(self.history)} with lr={self.lr:g}. {ADVICE}"
            )

    def _count_answers(self, batch: Batch) -> int | Tensor:
        """Count what loss and metrics of a batch are averaged over: its rows."""
        return len(batch[1])

    def _record_batch(self, prefix: str, loss: Tensor, n_rows: int) -> None:
        """Record of a batch what skorch's callbacks ask for."""
        # A GPU would have to wait for the number.
        self.history.record_batch(f"{prefix}_loss", loss.item() if loss.is_cpu else loss)
        self.history.record_batch(f"{prefix}_batch_size", n_rows)

    def _record(self, name: str, value: float, *, lower_is_better: bool) -> None:
        """Record a value of an epoch, and whether it is the best one so far, as skorch does."""
        sign = 1 if lower_is_better else -1
        before = [sign * epoch[name] for epoch in list(self.history)[:-1] if name in epoch]
        self.history.record(name, value)
        self.history.record(f"{name}_best", sign * value < min(before, default=np.inf))

    @torch.inference_mode()
    def outputs(
        self, data: SequenceData, function: Callable[..., Tensor] | None = None
    ) -> np.ndarray:
        """Compute the outputs of all rows, in order.

        Parameters
        ----------
        data : SequenceData
            Rows to compute; their targets and weights are not used.

        function : callable, default=None
            What to compute of sequences and their lengths; None for the network.

        Returns
        -------
        outputs : ndarray of shape (n_samples, n_outputs)
        """
        function = self.module_ if function is None else function
        batches = self._batches(data)
        outputs = [self._forward(function, inputs)[:n_rows] for inputs, n_rows in batches]
        return torch.cat(outputs).cpu().numpy()

    @torch.inference_mode()
    def staged_outputs(self, data: SequenceData) -> np.ndarray:
        """Compute the outputs of all rows after each step, as if they had ended there.

        Returns
        -------
        outputs : ndarray of shape (n_steps, n_samples, n_outputs)
        """
        n_steps = data.X.shape[1]
        batches = []
        for inputs, n_rows in self._batches(data):
            stages = list(self.module_.staged(inputs["x"], inputs.get("lengths")))
            # A batch is trimmed to its longest sequence, after which nothing changes.
            stages += stages[-1:] * (n_steps - len(stages))
            batches.append(torch.stack(stages)[:, :n_rows])
        return torch.cat(batches, dim=1).cpu().numpy()

    def _batches(self, data: BatchData) -> Iterator[tuple[dict[str, Tensor], int]]:
        """Iterate over the inputs of batches to predict, and the number of rows that count."""
        self._set_training(False)
        with self.computing():
            for inputs, _ in self.get_iterator(data):
                n_rows = len(next(iter(inputs.values())))
                if n_rows < MIN_PREDICTION_ROWS:
                    rows = torch.arange(MIN_PREDICTION_ROWS) % n_rows
                    inputs = {name: tensor[rows] for name, tensor in inputs.items()}
                yield inputs, n_rows

    def computing(self) -> AbstractContextManager[None]:
        """Compute in the way that gives the same bits anywhere, inside the block."""
        return reproducible(self.module_.encoder.hidden_size, self.device)


def leave_out(inputs: dict[str, Tensor], y: Tensor, number: int) -> tuple[Batch, Tensor | None]:
    """Take the rows of a batch that a network is to learn from, and tell which; None for all."""
    if "held_out" not in inputs:
        return (inputs, y), None
    is_known = inputs["held_out"] != number
    if not is_known.any():
        # Nothing is learnt from no rows, nor from rows without weight.
        weight = torch.zeros(len(y), device=y.device)
        return ({**inputs, "sample_weight": weight}, y), None
    # By weights alone, the others would still count in batch norm.
    kept = {name: tensor[is_known.to(tensor.device)] for name, tensor in inputs.items()}
    return (kept, y[is_known]), is_known
