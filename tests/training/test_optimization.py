import pytest
import torch
from skorch.callbacks import EarlyStopping, GradientNormClipping, LRScheduler

from sklearn_rnn.training import LR_SCHEDULES, OPTIMIZERS, training_callbacks

NOTHING = {
    "lr": 0.1,
    "n_steps": 10,
    "lr_schedule": None,
    "gradient_clip_value": None,
    "n_iter_no_change": None,
    "tol": 1e-4,
}


def callbacks(**options):
    return {type(callback) for _, callback in training_callbacks(**{**NOTHING, **options})}


def test_optimizers():
    assert set(OPTIMIZERS) == {"sgd", "adam", "adamw", "rmsprop"}
    assert all(issubclass(each, torch.optim.Optimizer) for each in OPTIMIZERS.values())


def test_nothing_asked_for_needs_no_callback():
    assert callbacks() == set()


@pytest.mark.parametrize("lr_schedule", LR_SCHEDULES)
def test_schedule(lr_schedule):
    assert callbacks(lr_schedule=lr_schedule) == {LRScheduler}


def test_gradient_clipping():
    assert callbacks(gradient_clip_value=1.0) == {GradientNormClipping}


def test_early_stopping():
    assert any(issubclass(each, EarlyStopping) for each in callbacks(n_iter_no_change=3))


def test_all_at_once_have_names_of_their_own():
    options = {"lr_schedule": "cosine", "gradient_clip_value": 1.0, "n_iter_no_change": 3}

    names = [name for name, _ in training_callbacks(**{**NOTHING, **options})]

    assert len(set(names)) == len(names) >= 3
