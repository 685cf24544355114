"""What all estimators have in common, on data that fit each of them."""

import builtins
import copy
import io
import os
import pickle
import signal
import sys
import warnings

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning, InconsistentVersionWarning
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import InvalidParameterError
from skorch.callbacks import Callback, EarlyStopping, EpochScoring

from sklearn_rnn import (
    ImageToSequence,
    LookBackWindow,
    LSTMForecaster,
    RNNClassifier,
    RNNImageClassifier,
    RNNRegressor,
    RNNTagger,
)
from sklearn_rnn.nn import Seed

CLASSIFIERS = [RNNClassifier, RNNImageClassifier]
INCREMENTAL = [*CLASSIFIERS, RNNRegressor, RNNTagger]
ESTIMATORS = [*INCREMENTAL, LSTMForecaster]
OPTIONS = [{}, {"dropout": 0.3}, {"early_stopping": True}]

# Sequences of 9 steps, images of 3 x 3 pixels, or windows of 9 time steps.
X = np.random.default_rng(0).normal(size=(40, 9))

all_estimators = pytest.mark.parametrize("estimator_class", ESTIMATORS)
all_incremental = pytest.mark.parametrize("estimator_class", INCREMENTAL)
all_classifiers = pytest.mark.parametrize("classifier_class", CLASSIFIERS)


def small(estimator_class, **params):
    options = {
        "hidden_size": 4,
        "max_epochs": 3,
        "batch_size": 8,
        "lr": 1e-3,
        "lr_schedule": None,
        "device": "cpu",
        "random_state": 0,
    }
    if estimator_class is LSTMForecaster:
        options["calibration_fraction"] = None
    return estimator_class(**{**options, **params})


def target(estimator):
    if isinstance(estimator, (LSTMForecaster, RNNRegressor)):
        # What linear regression leaves to the network.
        return X[:, -1] + 3 * np.abs(X[:, 0])
    values = X + X[:, :1] if isinstance(estimator, RNNTagger) else X[:, -1] + X[:, 0]
    return np.where(values > 0, "up", "down")


def fitted(estimator_class, **params):
    estimator = small(estimator_class, **params)
    return estimator.fit(X, target(estimator))


def outputs(estimator):
    return getattr(estimator, "predict_proba", estimator.predict)(X)


def callback_of(estimator, callback_class):
    return next(c for _, c in estimator.net_.callbacks_ if isinstance(c, callback_class))


class Recorder(Callback):
    """Keep what a function of the net returns at the given moments."""

    def __init__(self, moment, function):
        self.moment = moment
        self.function = function
        self.records = []

    def notify_of(self, moment, net):
        if moment == self.moment:
            self.records.append(self.function(net))

    def on_batch_begin(self, net, training=None, **kwargs):
        self.notify_of("on_batch_begin", net)

    def on_grad_computed(self, net, **kwargs):
        self.notify_of("on_grad_computed", net)

    def on_batch_end(self, net, **kwargs):
        self.notify_of("on_batch_end", net)

    def on_epoch_end(self, net, **kwargs):
        self.notify_of("on_epoch_end", net)


class ValidationLossAtEnd(Callback):
    def on_train_end(self, net, X=None, y=None, **kwargs):
        _, valid = X
        predicted = torch.as_tensor(net.outputs(valid))
        inputs, y = valid[:]
        self.loss_ = float(net.get_loss(predicted, y, inputs))


class Exploding(torch.optim.SGD):
    @torch.no_grad()
    def step(self, closure):
        loss = super().step(closure)
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter *= torch.inf
        return loss


class InterruptSecondEpoch(Callback):
    def on_epoch_begin(self, net, **kwargs):
        if len(net.history) == 2:
            raise KeyboardInterrupt


class SignalSecondEpoch(Callback):
    def on_epoch_begin(self, net, **kwargs):
        if len(net.history) == 2:
            os.kill(os.getpid(), signal.SIGINT)


class SignalFourthEpoch(Callback):
    def on_batch_end(self, net, **kwargs):
        if len(net.history) == 4:
            os.kill(os.getpid(), signal.SIGINT)


def learning_rate(net):
    return net.optimizer_.param_groups[0]["lr"]


def gradient_norm(net):
    norms = [parameter.grad.norm() for parameter in net.module_.parameters()]
    return float(torch.stack(norms).norm())


@pytest.fixture(autouse=True)
def ctrl_c_interrupts():
    """Jobs in the background of a shell start with SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@all_estimators
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_same_seed_gives_the_same_bits(estimator_class, options):
    first, second = (fitted(estimator_class, **options) for _ in range(2))

    np.testing.assert_array_equal(outputs(first), outputs(second))


@all_estimators
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_other_processes_give_the_same_bits(estimator_class, options):
    estimator = small(estimator_class, **options)
    fits = [joblib.delayed(clone(estimator).fit)(X, target(estimator)) for _ in range(2)]

    elsewhere = joblib.Parallel(n_jobs=2)(fits)

    here = outputs(fitted(estimator_class, **options))
    for estimator in elsewhere:
        np.testing.assert_array_equal(outputs(estimator), here)


@all_estimators
def test_number_of_threads_does_not_change_a_bit(estimator_class):
    before = torch.get_num_threads()
    found = []
    try:
        for n_threads in (1, 3):
            torch.set_num_threads(n_threads)
            # Small weights are made in one thread anyway.
            found.append(outputs(fitted(estimator_class, hidden_size=128, max_epochs=1)))
    finally:
        torch.set_num_threads(before)

    np.testing.assert_array_equal(*found)


@all_estimators
def test_predictions_in_other_processes_are_the_same_bits(estimator_class):
    estimator = small(estimator_class)
    y = target(estimator)

    here = cross_val_predict(estimator, X, y, cv=2)
    elsewhere = cross_val_predict(estimator, X, y, cv=2, n_jobs=2)

    np.testing.assert_array_equal(elsewhere, here)


@all_estimators
def test_other_seed_gives_other_predictions(estimator_class):
    first, second = (fitted(estimator_class, random_state=seed) for seed in (0, 1))

    assert not np.array_equal(outputs(first), outputs(second))


@all_estimators
def test_each_that_draws_has_a_seed_of_its_own(estimator_class, monkeypatch):
    generator, paths = Seed.generator, []

    def remember(seed, *args):
        paths.append(seed.path)
        return generator(seed, *args)

    monkeypatch.setattr(Seed, "generator", remember)
    options = {"max_shift": 1} if estimator_class is RNNImageClassifier else {}

    fitted(estimator_class, dropout=0.3, num_layers=2, **options)

    assert len(paths) > 4
    assert len(set(paths)) == len(paths)


@all_estimators
def test_random_state_instance_is_drawn_from(estimator_class):
    random_state = np.random.RandomState(0)
    first, second = (fitted(estimator_class, random_state=random_state) for _ in range(2))

    assert not np.array_equal(outputs(first), outputs(second))


@all_estimators
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_global_generators_are_left_alone(estimator_class, options):
    numpy_before = pickle.dumps(check_random_state(None).get_state())
    torch_before = torch.get_rng_state()

    outputs(fitted(estimator_class, **options))

    assert pickle.dumps(check_random_state(None).get_state()) == numpy_before
    assert torch.equal(torch.get_rng_state(), torch_before)


def through_pickle(estimator):
    return pickle.loads(pickle.dumps(estimator))


def through_joblib(estimator):
    file = io.BytesIO()
    joblib.dump(estimator, file)
    file.seek(0)
    return joblib.load(file)


copied = pytest.mark.parametrize("copied", [through_pickle, through_joblib, copy.deepcopy])


@all_estimators
@copied
def test_copy_predicts_the_same_bits(estimator_class, copied):
    estimator = fitted(estimator_class, dropout=0.3, lr_schedule="cosine", early_stopping=True)

    np.testing.assert_array_equal(outputs(copied(estimator)), outputs(estimator))


@pytest.mark.parametrize("estimator_class", [*ESTIMATORS, ImageToSequence])
def test_another_version_than_the_one_that_saved_warns(estimator_class, monkeypatch):
    estimator = estimator_class()
    saved = pickle.dumps(estimator)
    monkeypatch.setattr("sklearn_rnn._saved_version.__version__", "99.0")

    with pytest.warns(InconsistentVersionWarning, match=r"of sklearn_rnn from version \d.* 99\.0"):
        loaded = pickle.loads(saved)
    assert vars(loaded).keys() == vars(estimator).keys()
    monkeypatch.undo()
    through_pickle(loaded)  # warns no more


@all_estimators
def test_clone_of_a_fitted_estimator_fits_to_the_same_bits(estimator_class):
    estimator = fitted(estimator_class, dropout=0.3)

    refitted = clone(estimator).fit(X, target(estimator))

    np.testing.assert_array_equal(outputs(refitted), outputs(estimator))


def first_part(estimator):
    """Fit an estimator to a first part of all data."""
    y = target(estimator)
    known = {} if isinstance(estimator, RNNRegressor) else {"classes": np.unique(y)}
    return estimator.partial_fit(X, y, **known)


@all_incremental
@copied
@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_copy_continues_partial_fit_as_the_original(estimator_class, copied, optimizer):
    estimator = small(estimator_class, dropout=0.3, optimizer=optimizer)
    y = target(estimator)
    first_part(estimator)
    other = copied(estimator)

    for each in (estimator, other):
        each.partial_fit(X, y).partial_fit(X, y)

    np.testing.assert_array_equal(outputs(other), outputs(estimator))


def with_nan(estimator):
    return estimator.fit(np.where(X > 2, np.nan, X), target(estimator))


def with_short_y(estimator):
    return estimator.fit(X, target(estimator)[:-1])


def with_unknown_cell(estimator):
    return estimator.set_params(cell="transformer").fit(X, target(estimator))


def with_diverging_loss(estimator):
    return estimator.set_params(optimizer=Exploding).fit(X, target(estimator))


def with_unknown_device(estimator):
    return estimator.set_params(device="nonsense").fit(X, target(estimator))


@all_estimators
@pytest.mark.parametrize(
    "refit",
    [with_nan, with_short_y, with_unknown_cell, with_diverging_loss, with_unknown_device],
)
def test_failing_refit_leaves_the_fitted_state(estimator_class, refit):
    estimator = fitted(estimator_class)
    params = estimator.get_params()
    before = outputs(estimator)
    state = {name: value for name, value in vars(estimator).items() if name not in params}

    with pytest.raises(ValueError):  # noqa: PT011
        refit(estimator)

    estimator.set_params(**params)
    assert state == {name: vars(estimator)[name] for name in vars(estimator) if name not in params}
    np.testing.assert_array_equal(outputs(estimator), before)


@all_estimators
def test_failing_first_fit_leaves_no_fitted_state(estimator_class):
    estimator = small(estimator_class)

    with pytest.raises(ValueError, match="NaN"):
        with_nan(estimator)

    assert set(vars(estimator)) == set(estimator.get_params())


@all_incremental
def test_diverging_partial_fit_leaves_the_network_as_it_was(estimator_class):
    estimator = fitted(estimator_class)
    before = outputs(estimator)

    with pytest.raises(ValueError, match="lr"):
        estimator.partial_fit(np.full_like(X, 1e300), target(estimator))

    np.testing.assert_array_equal(outputs(estimator), before)
    assert len(estimator.net_.history) == estimator.n_iter_


@all_incremental
def test_interrupted_partial_fit_leaves_the_network_as_it_was(estimator_class):
    estimator = fitted(estimator_class, callbacks=[SignalFourthEpoch()])
    before = outputs(estimator)

    with pytest.raises(KeyboardInterrupt):
        estimator.partial_fit(X, target(estimator))

    np.testing.assert_array_equal(outputs(estimator), before)
    assert len(estimator.net_.history) == estimator.n_iter_ == 3


@all_estimators
def test_diverging_loss_raises_and_names_lr(estimator_class):
    with pytest.raises(ValueError, match=r"train loss became (nan|inf).* smaller lr"):
        fitted(estimator_class, optimizer=Exploding)


@all_estimators
@pytest.mark.parametrize("callback", [InterruptSecondEpoch, SignalSecondEpoch])
def test_interrupt_leaves_fit(estimator_class, callback):
    with pytest.raises(KeyboardInterrupt):
        fitted(estimator_class, callbacks=[callback()])


@all_estimators
def test_interrupt_leaves_fit_also_with_early_stopping(estimator_class):
    with pytest.raises(KeyboardInterrupt):
        fitted(estimator_class, early_stopping=True, callbacks=[SignalSecondEpoch()])


@all_estimators
def test_interrupt_leaves_a_grid_search(estimator_class):
    estimator = small(estimator_class, callbacks=[SignalSecondEpoch()])
    search = GridSearchCV(estimator, {"hidden_size": [2, 3]}, cv=2)

    with pytest.raises(KeyboardInterrupt):
        search.fit(X, target(estimator))


@all_estimators
def test_interrupted_refit_leaves_the_fitted_state(estimator_class):
    estimator = fitted(estimator_class)
    before = outputs(estimator)

    with pytest.raises(KeyboardInterrupt):
        estimator.set_params(callbacks=[SignalSecondEpoch()]).fit(X, target(estimator))

    np.testing.assert_array_equal(outputs(estimator), before)


@all_estimators
def test_early_stopping_of_the_user_ends_the_training(estimator_class):
    never_satisfied = EarlyStopping(
        monitor="train_loss", patience=2, threshold=1e9, threshold_mode="abs"
    )

    estimator = fitted(estimator_class, max_epochs=9, callbacks=[never_satisfied])

    assert estimator.n_iter_ == 3


@all_estimators
@pytest.mark.parametrize(
    ("moment", "n_times"), [("on_batch_begin", 15), ("on_batch_end", 15), ("on_epoch_end", 3)]
)
def test_callback_is_told_of_each_batch_and_epoch(estimator_class, moment, n_times):
    recorder = Recorder(moment, lambda net: len(net.history))

    estimator = fitted(estimator_class, callbacks=[recorder])

    assert len(callback_of(estimator, Recorder).records) == n_times


@all_estimators
def test_callbacks_may_be_named(estimator_class):
    estimator = fitted(
        estimator_class, callbacks=[("mine", Recorder("on_epoch_end", gradient_norm))]
    )

    assert "mine" in dict(estimator.net_.callbacks_)


@all_estimators
def test_epoch_scoring_writes_to_the_history(estimator_class):
    def first_output(net, X, y):
        return float(net.outputs(X).ravel()[0])

    scoring = EpochScoring(first_output, name="first_output", on_train=True, use_caching=False)

    estimator = fitted(estimator_class, callbacks=[scoring])

    assert len(set(estimator.net_.history[:, "first_output"])) == 3


@all_estimators
def test_fit_leaves_its_parameters_alone(estimator_class):
    callback = Recorder("on_epoch_end", lambda net: 1)
    callbacks = [callback]

    estimator = fitted(estimator_class, callbacks=callbacks)

    assert estimator.callbacks is callbacks
    assert callbacks == [callback]
    assert vars(callback) == {
        "moment": "on_epoch_end",
        "function": callback.function,
        "records": [],
    }


@all_estimators
def test_silent_by_default(estimator_class, capfd):
    fitted(estimator_class)

    assert capfd.readouterr() == ("", "")


@all_estimators
def test_verbose_prints_a_line_an_epoch(estimator_class, capsys):
    fitted(estimator_class, verbose=1)

    # What takes time before and after epochs is told in a sentence.
    printed = [line for line in capsys.readouterr().out.splitlines() if not line.endswith(".")]
    header, rule, *lines = printed
    words = header.split()
    assert {"epoch", "train_loss"} <= set(words)
    assert ("train_accuracy" in words) == (estimator_class in [*CLASSIFIERS, RNNTagger])
    assert set(rule) == {"-", " "}
    assert [line.split()[:3] for line in lines] == [[number, "of", "3"] for number in "123"]


@all_estimators
def test_verbose_prints_the_validation_loss(estimator_class, capsys):
    fitted(estimator_class, verbose=1, early_stopping=True)

    assert "valid_loss" in capsys.readouterr().out.split()


@all_incremental
def test_verbose_does_not_know_how_often_partial_fit_is_called(estimator_class, capsys):
    estimator = small(estimator_class, verbose=1)

    for _ in range(2):
        first_part(estimator)

    _, _, *lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["1", "2"]
    assert not any(" of " in line for line in lines)


@all_estimators
def test_more_verbose_shows_a_progress_bar(estimator_class, capsys):
    fitted(estimator_class, verbose=2)

    assert "/5 [" in capsys.readouterr().err  # of 5 batches


@all_estimators
def test_progress_bar_needs_no_ipywidgets_in_a_notebook(estimator_class, capsys, monkeypatch):
    shell = type("ZMQInteractiveShell", (), {})
    monkeypatch.setattr(builtins, "get_ipython", shell, raising=False)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)

    fitted(estimator_class, verbose=2, early_stopping=True)

    captured = capsys.readouterr()
    assert "it/s" in captured.err
    assert "3 of 3" in captured.out


@all_estimators
@pytest.mark.parametrize("options", OPTIONS)
def test_verbose_changes_no_bit(estimator_class, options, capsys):
    modules = [
        fitted(estimator_class, verbose=verbose, **options).net_.module_ for verbose in (0, 1, 2)
    ]

    expected, *others = (module.state_dict() for module in modules)
    for state in others:
        assert all(state[name].equal(weights) for name, weights in expected.items())


@all_estimators
@pytest.mark.parametrize(
    ("name", "value"), [("cell", "transformer"), ("optimizer", "lbfgs"), ("lr_schedule", "step")]
)
def test_unknown_choice_is_named(estimator_class, name, value):
    pattern = f"The '{name}' parameter of {estimator_class.__name__} must be .* Got '{value}'"

    with pytest.raises(InvalidParameterError, match=pattern):
        fitted(estimator_class, **{name: value})


@all_estimators
@pytest.mark.parametrize("optimizer", [dict, torch.nn.LSTM])
def test_class_that_is_no_optimizer_is_named(estimator_class, optimizer):
    with pytest.raises(ValueError, match=r"The 'optimizer' parameter of .* Got <class"):
        fitted(estimator_class, optimizer=optimizer)


@all_estimators
@pytest.mark.parametrize(
    "device", ["nonsense", "cuda:99", *([] if torch.cuda.is_available() else ["cuda"])]
)
def test_missing_device_is_named(estimator_class, device):
    with pytest.raises(ValueError, match=f"device='{device}' is not available"):
        fitted(estimator_class, device=device)


@all_estimators
def test_device_may_be_a_torch_device(estimator_class):
    estimator = fitted(estimator_class, device=torch.device("cpu"))

    np.testing.assert_array_equal(outputs(estimator), outputs(fitted(estimator_class)))


@all_estimators
@pytest.mark.parametrize("optimizer", ["adam", "adamw", "rmsprop", "sgd"])
@pytest.mark.parametrize("lr_schedule", [None, "one_cycle", "cosine"])
def test_optimizer_and_schedule_train(estimator_class, optimizer, lr_schedule):
    options = {"lr": 0.01, "lr_schedule": lr_schedule, "max_grad_norm": 1.0, "dropout": 0.0}
    estimator = fitted(estimator_class, optimizer=optimizer, **options)

    assert estimator.loss_curve_[-1] < estimator.loss_curve_[0]


@all_estimators
@pytest.mark.parametrize("optimizer", [torch.optim.NAdam, torch.optim.Adagrad, torch.optim.Rprop])
@pytest.mark.parametrize("lr_schedule", [None, "one_cycle", "cosine"])
def test_optimizer_may_be_a_torch_class(estimator_class, optimizer, lr_schedule):
    estimator = fitted(
        estimator_class, optimizer=optimizer, lr=0.01, lr_schedule=lr_schedule, weight_decay=0.0
    )

    assert type(estimator.net_.optimizer_) is optimizer


@all_estimators
def test_optimizer_that_knows_no_weight_decay(estimator_class):
    fitted(estimator_class, optimizer=torch.optim.Rprop)

    with pytest.raises(ValueError, match=r"weight_decay=0.3 cannot be used with .* Rprop"):
        fitted(estimator_class, optimizer=torch.optim.Rprop, weight_decay=0.3)


@all_estimators
def test_one_cycle_keeps_the_momentum_of_sgd(estimator_class):
    momentum = Recorder("on_batch_begin", lambda net: net.optimizer_.param_groups[0]["momentum"])

    estimator = fitted(
        estimator_class, optimizer="sgd", lr_schedule="one_cycle", callbacks=[momentum]
    )

    assert set(callback_of(estimator, Recorder).records) == {0}


@all_estimators
def test_weight_decay_shrinks_the_weights(estimator_class):
    def size(**params):
        module = fitted(estimator_class, optimizer="sgd", lr=0.1, **params).net_.module_
        layer = getattr(module, "correction", module.members[0]).output
        return float(layer.weight.detach().norm())

    assert size(weight_decay=2.0) < 0.5 * size()


@all_estimators
def test_lr_is_constant_without_schedule(estimator_class):
    estimator = fitted(
        estimator_class, lr=0.01, callbacks=[Recorder("on_batch_begin", learning_rate)]
    )

    assert set(callback_of(estimator, Recorder).records) == {0.01}


@all_estimators
def test_one_cycle_goes_up_to_lr_and_down_to_nothing(estimator_class):
    estimator = fitted(
        estimator_class,
        lr=0.01,
        lr_schedule="one_cycle",
        max_epochs=8,
        callbacks=[Recorder("on_batch_begin", learning_rate)],
    )

    rates = np.array(callback_of(estimator, Recorder).records)
    top = rates.argmax()
    assert 0 < top < len(rates) - 1
    assert (np.diff(rates[: top + 1]) > 0).all()
    assert (np.diff(rates[top:]) < 0).all()
    assert rates[top] == pytest.approx(0.01, rel=0.01)
    assert rates[-1] < 1e-4


@all_estimators
def test_cosine_goes_down_from_lr_to_nothing(estimator_class):
    estimator = fitted(
        estimator_class,
        lr=0.01,
        lr_schedule="cosine",
        max_epochs=8,
        callbacks=[Recorder("on_batch_begin", learning_rate)],
    )

    rates = np.array(callback_of(estimator, Recorder).records)
    assert rates[0] == 0.01
    assert (np.diff(rates) < 0).all()
    assert rates[-1] < 1e-4


@all_estimators
@pytest.mark.parametrize(("clip_value", "clipped"), [(None, False), (0.01, True)])
def test_gradient_is_clipped(estimator_class, clip_value, clipped):
    estimator = fitted(
        estimator_class,
        max_grad_norm=clip_value,
        callbacks=[Recorder("on_grad_computed", gradient_norm)],
    )

    norms = np.array(callback_of(estimator, Recorder).records)
    assert (norms <= 0.01 * (1 + 1e-5)).all() == clipped


@all_estimators
@pytest.mark.parametrize("value", [0.01, None])
def test_former_name_of_max_grad_norm_warns(estimator_class, value):
    expected = fitted(estimator_class, max_grad_norm=value)
    with pytest.warns(FutureWarning, match=r"`gradient_clip_value` was renamed") as warned:
        estimator = fitted(estimator_class, gradient_clip_value=value)

    kinds = {each.category for each in warned} - {ConvergenceWarning}
    assert kinds == {FutureWarning}
    assert len({str(each.message) for each in warned if each.category is FutureWarning}) == 1
    np.testing.assert_array_equal(outputs(estimator), outputs(expected))
    assert estimator.auto_params_ == expected.auto_params_
    assert estimator.auto_params_["max_grad_norm"] == value


@all_estimators
def test_new_names_warn_of_nothing(estimator_class):
    with warnings.catch_warnings():
        warnings.simplefilter("error", FutureWarning)
        clone(fitted(estimator_class, max_grad_norm=0.5)).fit(X, target(small(estimator_class)))


@all_estimators
def test_auto_params_tell_what_was_used(estimator_class):
    estimator = small(estimator_class, lr="auto", lr_schedule="auto", batch_size="auto")
    estimator.fit(X, target(estimator))
    found, net = estimator.auto_params_, estimator.net_

    assert found["lr"] == net.lr
    assert found["lr_schedule"] == "one_cycle"
    assert found["weight_decay"] == net.optimizer_.defaults["weight_decay"]
    assert found["ema_decay"] is net.ema_decay is None
    assert found["batch_size"] == net.batch_size
    assert found["max_epochs"] == net.max_epochs == 3
    assert all(name in estimator.get_params() for name in found)


@all_estimators
def test_early_stopping_stops(estimator_class):
    estimator = fitted(
        estimator_class, early_stopping=True, max_epochs=9, n_iter_no_change=2, tol=1e9
    )

    assert estimator.n_iter_ == len(estimator.loss_curve_) == 3


@all_estimators
def test_early_stopping_restores_the_best_weights(estimator_class):
    estimator = fitted(
        estimator_class,
        early_stopping=True,
        validation_fraction=0.3,
        max_epochs=60,
        n_iter_no_change=10,
        tol=0.0,
        lr=0.1,
        callbacks=[ValidationLossAtEnd()],
    )

    losses = estimator.net_.history[:, "valid_loss"]
    assert min(losses) < losses[-1]
    assert callback_of(estimator, ValidationLossAtEnd).loss_ == pytest.approx(min(losses))


@all_estimators
def test_tol_does_not_decide_which_weights_are_best(estimator_class):
    estimator = fitted(
        estimator_class,
        early_stopping=True,
        validation_fraction=0.3,
        max_epochs=20,
        n_iter_no_change=20,
        tol=1e9,
        lr=0.01,
        callbacks=[ValidationLossAtEnd()],
    )

    losses = estimator.net_.history[:, "valid_loss"]
    assert min(losses) < losses[0]
    assert callback_of(estimator, ValidationLossAtEnd).loss_ == pytest.approx(min(losses))


@all_estimators
def test_training_data_are_not_held_out_without_early_stopping(estimator_class):
    estimator = fitted(estimator_class)

    assert "valid_loss" not in estimator.net_.history[-1]


@all_estimators
def test_warm_start_continues(estimator_class):
    estimator = fitted(estimator_class, warm_start=True, lr=0.01)
    first = list(estimator.loss_curve_)

    estimator.fit(X, target(estimator))

    assert estimator.loss_curve_[:3] == first
    assert estimator.n_iter_ == len(estimator.loss_curve_) == 6
    assert estimator.loss_curve_[3] < first[0]


@all_estimators
def test_cold_start_starts_anew(estimator_class):
    estimator = fitted(estimator_class)
    before = outputs(estimator)

    estimator.fit(X, target(estimator))

    assert estimator.n_iter_ == 3
    np.testing.assert_array_equal(outputs(estimator), before)


@all_classifiers
def test_warm_start_with_other_classes_raises(classifier_class):
    estimator = fitted(classifier_class, warm_start=True)

    with pytest.raises(ValueError, match=r"warm_start .* same classes"):
        estimator.fit(X, np.where(target(estimator) == "up", "left", "right"))


@all_estimators
def test_warm_start_with_another_network_raises(estimator_class):
    estimator = fitted(estimator_class, warm_start=True)

    with pytest.raises(ValueError, match="warm_start"):
        estimator.set_params(hidden_size=5).fit(X, target(estimator))


@all_estimators
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_every_cell_trains(estimator_class, cell):
    estimator = fitted(estimator_class, cell=cell, lr=0.01, dropout=0.0)

    assert estimator.loss_curve_[-1] < estimator.loss_curve_[0]


@all_estimators
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtype_is_that_of_the_network(estimator_class, dtype):
    estimator = fitted(estimator_class, dtype=dtype)

    dtypes = {parameter.dtype for parameter in estimator.net_.module_.parameters()}
    assert dtypes == {getattr(torch, dtype)}


@pytest.mark.parametrize(
    ("estimator_class", "batch_size"),
    [
        (RNNClassifier, 10),
        (RNNImageClassifier, 8),
        (RNNRegressor, 10),
        (RNNTagger, 10),
        (LSTMForecaster, 256),
    ],
)
def test_auto_batch_size_for_few_rows(estimator_class, batch_size):
    estimator = fitted(estimator_class, batch_size="auto")

    assert estimator.net_.batch_size == estimator.auto_params_["batch_size"] == batch_size


def test_forecaster_of_a_transformed_target():
    forecaster = small(LSTMForecaster, dtype="float64")
    values = target(forecaster)

    transformed = TransformedTargetRegressor(forecaster, func=np.log, inverse_func=np.exp)
    transformed.fit(X, np.exp(values))

    expected = np.exp(clone(forecaster).fit(X, values).predict(X))
    np.testing.assert_allclose(transformed.predict(X), expected, rtol=1e-5)


def test_table_of_lags_in_a_pipeline_with_frames():
    frame = pd.DataFrame({"load": X[:, 0], "heat": X[:, 1]})
    lags = LookBackWindow(look_back=2, flatten=True)
    pipeline = make_pipeline(StandardScaler(), lags, Ridge()).set_output(transform="pandas")

    pipeline.fit(frame[1:], X[1:, 0] - X[:-1, 1])

    expected = ["load_lag1", "heat_lag1", "load_lag0", "heat_lag0"]
    assert list(pipeline[-1].feature_names_in_) == expected


def test_scoring_callback_predicts_classes():
    scoring = EpochScoring("accuracy", name="again")
    clf = fitted(RNNClassifier, callbacks=[scoring], early_stopping=True)
    recorded = clf.net_.history[:, "again"]
    assert recorded == pytest.approx(clf.net_.history[:, "valid_accuracy"])


def test_net_predicts_arrays_of_sequences():
    clf = fitted(RNNClassifier)
    codes = clf.net_.predict(X[:, :, None] if X.ndim == 2 else X)
    np.testing.assert_array_equal(clf.classes_[codes], clf.predict(X))


@pytest.mark.parametrize("estimator_class", ESTIMATORS)
def test_prediction_uses_the_device_of_the_net(estimator_class):
    estimator = fitted(estimator_class)
    before = outputs(estimator)
    estimator.set_params(device="not there")
    np.testing.assert_array_equal(outputs(estimator), before)
