import pytest
import torch
from skorch.callbacks import EarlyStopping

from sklearn_rnn.training import LR_SCHEDULES, OPTIMIZERS, optimizer_options, training_callbacks

NOTHING = {
    "lr": 0.1,
    "n_steps": 10,
    "lr_schedule": None,
    "keeps_momentum": False,
    "max_grad_norm": None,
    "n_iter_no_change": None,
    "tol": 1e-4,
}


def callbacks(**options):
    return {type(callback) for _, callback in training_callbacks(**{**NOTHING, **options})}


def names(**options):
    return [name for name, _ in training_callbacks(**{**NOTHING, **options})]


def test_optimizers():
    assert set(OPTIMIZERS) == {"sgd", "adam", "adamw", "rmsprop"}
    assert all(issubclass(each, torch.optim.Optimizer) for each in OPTIMIZERS.values())


def test_nothing_asked_for_needs_no_callback():
    assert callbacks() == set()


@pytest.mark.parametrize("lr_schedule", LR_SCHEDULES)
def test_schedule(lr_schedule):
    assert names(lr_schedule=lr_schedule) == ["lr_scheduler"]


def test_gradient_clipping():
    assert names(max_grad_norm=1.0) == ["gradient_clipping"]


def test_early_stopping():
    assert any(issubclass(each, EarlyStopping) for each in callbacks(n_iter_no_change=3))


def test_all_at_once_have_names_of_their_own():
    options = {"lr_schedule": "cosine", "max_grad_norm": 1.0, "n_iter_no_change": 3}

    assert len(set(names(**options))) == len(names(**options)) >= 3


@pytest.mark.parametrize("optimizer", OPTIMIZERS.values())
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_options_of_an_optimizer_change_no_step(optimizer, dtype):
    found = []
    for options in (
        {"weight_decay": 0.1},
        optimizer_options(optimizer, weight_decay=0.1, given={}),
    ):
        weights = [torch.ones(2, 3, dtype=dtype, requires_grad=True), torch.zeros(3, dtype=dtype)]
        weights[1].requires_grad_()
        stepper = optimizer(weights, lr=0.1, **options)
        for factor in (1.0, -2.0, 3.0):
            loss = factor * (weights[0].square() + weights[1]).sum()
            stepper.zero_grad()
            loss.backward()
            stepper.step()
        found.append(torch.cat([weight.detach().flatten() for weight in weights]))

    torch.testing.assert_close(*found)


class Own(torch.optim.SGD):
    def __init__(self, params, lr):
        super().__init__(params, lr)


def test_optimizer_of_a_user_is_given_what_it_knows():
    assert optimizer_options(Own, weight_decay=0.0, given={}) == {}
    assert optimizer_options(torch.optim.NAdam, weight_decay=0.0, given={}) == {"weight_decay": 0.0}
