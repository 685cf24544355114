"""Callbacks of scikit-learn, such as its progress bar, told of each training and its epochs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from skorch import NeuralNet
from skorch.callbacks import Callback

from sklearn_rnn.training import StopTraining

try:
    from sklearn.callback import CallbackSupportMixin
except ImportError:  # before scikit-learn 1.9

    class CallbackSupportMixin:  # type: ignore[no-redef]
        """Supports no callbacks."""


class TasksMixin(CallbackSupportMixin):
    """Tells callbacks of scikit-learn what a fit is made of: trainings, made of epochs."""

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell that a fit begins, and that it ends if the block does not raise."""
        if not getattr(self, "_skl_callbacks", []):
            yield
            return
        # How many trainings there are depends on the data.
        context = self._init_callback_context(max_subtasks=None)
        context.call_on_fit_task_begin(estimator=self)
        yield
        context.call_on_fit_task_end(estimator=self)

    def _task_callbacks(self) -> list[tuple[str, Callback]]:
        """Make what tells of a training, if somebody listens."""
        context = getattr(self, "_callback_fit_ctx", None)
        return [] if context is None else [("tasks", TaskCallback(self, context))]


class TaskCallback(Callback):
    """Tells callbacks of scikit-learn of the epochs of a net.

    Parameters
    ----------
    estimator : estimator
        What is fitted.

    context : sklearn.callback.CallbackContext
        That of the fit.
    """

    def __init__(self, estimator: Any, context: Any) -> None:
        self.estimator = estimator
        self.context = context

    def on_train_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Tell of how many epochs there are."""
        self.training_ = self.context.subcontext("training", max_subtasks=net.n_epochs_ or 1)
        self.training_.call_on_fit_task_begin(estimator=self.estimator)

    def on_epoch_begin(self, net: NeuralNet, **kwargs: Any) -> None:
        """Tell of an epoch."""
        self.epoch_ = self.training_.subcontext("epoch")
        self.epoch_.call_on_fit_task_begin(estimator=self.estimator)

    def on_epoch_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Tell of its end, after which a callback may end the training."""
        if self.epoch_.call_on_fit_task_end(estimator=self.estimator):
            raise StopTraining

    def on_train_end(self, net: NeuralNet, **kwargs: Any) -> None:
        """Tell of the end of the training."""
        self.training_.call_on_fit_task_end(estimator=self.estimator)
