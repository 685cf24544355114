"""Callbacks of skorch find in the net and its history what they look for."""

import io
import os
import threading

import numpy as np
import pytest
from scipy.special import log_softmax
from skorch.callbacks import (
    BatchScoring,
    Callback,
    Checkpoint,
    EarlyStopping,
    LoadInitState,
    LRScheduler,
    SacredLogger,
    TensorBoard,
    TrainEndCheckpoint,
)

from sklearn_rnn import LSTMForecaster, RNNClassifier, RNNImageClassifier

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 5, 2))
Y = np.where(X[:, 0, 0] > 0, "up", "down")
SERIES = rng.normal(size=80).cumsum()
SMALL = {
    "hidden_size": 4,
    "max_epochs": 4,
    "batch_size": 8,
    "lr": 1e-2,
    "lr_schedule": None,
    "random_state": 0,
}


def fitted(*callbacks, early_stopping=True, **options):
    options = {**SMALL, "early_stopping": early_stopping, **options}
    return RNNClassifier(callbacks=list(callbacks), **options).fit(X, Y)


def quiet(**options):
    return EarlyStopping(sink=lambda text: None, **options)


@pytest.mark.parametrize(
    ("name", "best"),
    [
        ("train_loss", np.minimum),
        ("valid_loss", np.minimum),
        ("train_accuracy", np.maximum),
        ("valid_accuracy", np.maximum),
        ("valid_acc", np.maximum),
    ],
)
def test_history_tells_the_best_epochs(name, best):
    history = fitted(max_epochs=8, lr=0.1).net_.history

    values = history[:, name]
    before = best.accumulate(values)[:-1]
    expected = [True, *((best(values[1:], before) == values[1:]) & (values[1:] != before))]
    assert history[:, f"{name}_best"] == expected
    assert all(isinstance(each, bool) for each in history[:, f"{name}_best"])


def test_history_of_a_net_that_is_trained_on():
    clf = RNNClassifier(**SMALL).partial_fit(X, Y, classes=["down", "up"])

    for _ in range(5):
        clf.partial_fit(X, Y)

    losses = clf.net_.history[:, "train_loss"]
    best = [loss == min(losses[: n + 1]) for n, loss in enumerate(losses)]
    assert clf.net_.history[:, "train_loss_best"] == best


@pytest.mark.parametrize("part", ["train", "valid"])
def test_losses_and_sizes_of_batches(part):
    history = fitted().net_.history

    sizes = history[-1, "batches", :, f"{part}_batch_size"]
    losses = history[-1, "batches", :, f"{part}_loss"]
    assert sum(sizes) == {"train": 54, "valid": 6}[part]
    assert len(sizes) == history[-1, f"{part}_batch_count"]
    assert np.average(losses, weights=sizes) == pytest.approx(history[-1, f"{part}_loss"])


def test_loss_of_a_batch_is_known_at_its_end():
    class Losses(Callback):
        def on_train_begin(self, net, **kwargs):
            self.losses_ = []

        def on_batch_end(self, net, training, **kwargs):
            if training:
                self.losses_.append(net.history[-1, "batches", -1, "train_loss"])

    net = fitted(("losses", Losses()), max_epochs=1).net_

    assert dict(net.callbacks_)["losses"].losses_ == net.history[-1, "batches", :, "train_loss"]


@pytest.mark.parametrize("estimator", ["classifier", "forecaster"])
@pytest.mark.parametrize("monitor", ["valid_loss_best", "train_loss_best"])
def test_checkpoint(estimator, monitor, tmp_path):
    callback = Checkpoint(monitor=monitor, dirname=str(tmp_path))
    if estimator == "classifier":
        net = fitted(callback).net_
    else:
        options = {**SMALL, "early_stopping": True, "callbacks": [callback]}
        net = LSTMForecaster(**options).fit(SERIES).net_

    assert net.history[:, "event_cp"] == net.history[:, monitor]
    assert {"params.pt", "optimizer.pt", "history.json"} <= set(os.listdir(tmp_path))


@pytest.mark.parametrize("monitor", ["valid_loss_best", "valid_acc_best"])
@pytest.mark.parametrize("ema_decay", [None, 0.9])
def test_best_checkpoint_is_loaded(monitor, ema_decay, tmp_path):
    options = {"lr": 0.5, "max_epochs": 12, "ema_decay": ema_decay, "n_iter_no_change": 20}
    # Validated with these weights, not with those of the last step.
    checkpoint = Checkpoint(monitor=monitor, dirname=str(tmp_path), load_best=True)
    net = fitted(checkpoint, **options).net_

    data = fitted(Validation(), **options).net_.callbacks_[-1][1].data_
    losses = -log_softmax(net.outputs(data), axis=1)[np.arange(len(data)), data.y]
    assert losses.mean() == pytest.approx(net.history[-1, "valid_loss"], rel=1e-5)


class Validation(Callback):
    def on_train_begin(self, net, X, y, **kwargs):
        self.data_ = X[1]


def test_training_starts_from_a_checkpoint(tmp_path):
    first = TrainEndCheckpoint(dirname=str(tmp_path))
    before = fitted(first)

    after = fitted(first, LoadInitState(first))

    assert len(after.net_.history) == 8
    assert after.net_.history[:4, "train_loss"] == before.net_.history[:, "train_loss"]


@pytest.mark.parametrize(
    "callback",
    [
        quiet(monitor="valid_acc", lower_is_better=False, patience=2),
        LRScheduler("ReduceLROnPlateau", monitor="train_loss", step_every="batch"),
        LRScheduler("ReduceLROnPlateau", monitor="valid_acc", mode="max"),
    ],
)
def test_values_that_are_monitored_are_found(callback):
    assert np.isfinite(fitted(callback).loss_curve_).all()


class Rates(Callback):
    def on_train_begin(self, net, **kwargs):
        self.rates_ = []

    def on_grad_computed(self, net, **kwargs):
        self.rates_.append(net.optimizer_.param_groups[0]["lr"])


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize(
    ("estimator_class", "options", "lr"),
    [
        (RNNClassifier, {}, 5e-3),
        (RNNClassifier, {"lr": 0.1}, 0.1),
        (RNNClassifier, {"lr": 0.1, "lr_schedule": None}, 0.1),
        (RNNImageClassifier, {}, 5e-3),
        (LSTMForecaster, {}, 1e-2),
    ],
)
def test_rate_follows_the_scheduler_among_the_callbacks(estimator_class, options, lr, named):
    scheduler = LRScheduler("StepLR", step_size=1, gamma=0.5)
    callbacks = [("mine", scheduler) if named else scheduler, ("rates", Rates())]
    data = (SERIES,) if estimator_class is LSTMForecaster else (X, Y)

    estimator = estimator_class(
        hidden_size=4, max_epochs=4, callbacks=callbacks, random_state=0, **options
    ).fit(*data)

    rates = np.reshape(dict(estimator.net_.callbacks_)["rates"].rates_, (4, -1))
    np.testing.assert_allclose(rates, np.tile(lr * 0.5 ** np.arange(4), (rates.shape[1], 1)).T)
    assert estimator.auto_params_["lr_schedule"] is estimator.auto_params_["ema_decay"] is None


@pytest.mark.parametrize("estimator_class", [RNNClassifier, RNNImageClassifier, LSTMForecaster])
def test_two_schedules_raise(estimator_class):
    estimator = estimator_class(
        hidden_size=4, lr_schedule="one_cycle", callbacks=[LRScheduler("StepLR", step_size=1)]
    )
    data = (SERIES,) if estimator_class is LSTMForecaster else (X, Y)

    with pytest.raises(ValueError, match=r"lr_schedule='one_cycle' .* Set lr_schedule=None"):
        estimator.fit(*data)


@pytest.mark.parametrize("part", ["train", "valid"])
def test_score_of_batches(part):
    scoring = BatchScoring("accuracy", name="s", lower_is_better=False, on_train=part == "train")

    history = fitted(scoring).net_.history

    assert history[:, "s"] == pytest.approx(history[:, f"{part}_accuracy"])
    assert history[:, "s_best"] == history[:, f"{part}_accuracy_best"]


class Writer:
    """Like a SummaryWriter, it has a thread, and so cannot be copied."""

    def __init__(self):
        self.lock = threading.Lock()
        self.names = []

    def add_scalar(self, tag, scalar_value, **kwargs):
        self.names.append(tag)

    def log_scalar(self, name, value, step=None):
        self.names.append(name)

    def close(self):
        pass


@pytest.mark.parametrize(
    ("logger", "name"), [(TensorBoard, "Loss/valid_loss"), (SacredLogger, "valid_loss")]
)
def test_log_is_written_to_what_was_given(logger, name):
    writer = Writer()
    clf = fitted(logger(writer))
    assert writer.names.count(name) == 4

    clf.set_params(early_stopping=False).partial_fit(X, Y)

    assert writer.names.count(name.replace("valid", "train")) == 5


def test_checkpoint_is_written_to_an_open_file():
    file = io.BytesIO()
    others = {"f_optimizer": None, "f_criterion": None, "f_history": None}

    fitted(Checkpoint(f_params=file, monitor=None, **others))

    assert file.tell() > 0


def test_printed_log_marks_the_best_and_repeats_nothing(capsys):
    fitted(verbose=1)

    header, _, first, *_ = capsys.readouterr().out.splitlines()
    names = ["train_accuracy", "train_loss", "valid_accuracy", "valid_loss"]
    assert header.split() == ["epoch", *names, "dur"]
    assert first.count("\x1b[0m") == 4
