import pytest
import torch
from skorch.callbacks import EarlyStopping, LRScheduler

from sklearn_rnn.training import OPTIMIZERS, Recipe, settle

# What no rule arrives at by itself.
LAID_OUT = Recipe(
    lr=0.03,
    lr_schedule="one_cycle",
    weight_decay=0.2,
    max_grad_norm=3.0,
    label_smoothing=0.3,
)
AUTO = dict.fromkeys(vars(LAID_OUT), "auto")
STEPS = LRScheduler("StepLR", step_size=1)


def settled(optimizer=torch.optim.AdamW, callbacks=None, **given):
    return settle(LAID_OUT, {**AUTO, **given}, optimizer, callbacks)


def test_all_auto_is_what_was_laid_out():
    assert settled() == LAID_OUT
    assert settled(callbacks=[EarlyStopping(), ("named", EarlyStopping())]) == LAID_OUT


@pytest.mark.parametrize("lr", [1e-3, 5])
@pytest.mark.parametrize("optimizer", [torch.optim.Adam, torch.optim.NAdam])
def test_named_rate_stays_as_it_is(lr, optimizer):
    assert settled(optimizer, lr=lr) == Recipe(lr=lr, max_grad_norm=5.0, ema_decay=0.99)


def test_defaults_of_a_recipe_are_those_of_a_plain_training():
    assert vars(Recipe(lr=0.1)) == {
        "lr": 0.1,
        "lr_schedule": None,
        "weight_decay": 0.0,
        "max_grad_norm": None,
        "ema_decay": None,
        "label_smoothing": 0.0,
    }


@pytest.mark.parametrize("lr", ["auto", 0.5])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lr_schedule", "cosine"),
        ("lr_schedule", "one_cycle"),
        ("lr_schedule", None),
        ("weight_decay", 0.1),
        ("weight_decay", 0.0),
        ("max_grad_norm", 0.1),
        ("max_grad_norm", None),
        ("ema_decay", 0.5),
        ("ema_decay", None),
        ("label_smoothing", 0.05),
        ("label_smoothing", 0.0),
    ],
)
def test_what_is_named_is_taken(lr, name, value):
    assert getattr(settled(lr=lr, **{name: value}), name) == value


def test_one_named_value_leaves_the_others_to_the_recipe():
    assert vars(settled(weight_decay=0.0)) == {**vars(LAID_OUT), "weight_decay": 0.0}


@pytest.mark.parametrize("lr_schedule", ["one_cycle", "cosine"])
def test_schedule_of_a_named_rate_leaves_nothing_to_average(lr_schedule):
    expected = Recipe(lr=0.5, lr_schedule=lr_schedule, max_grad_norm=5.0)

    assert settled(lr=0.5, lr_schedule=lr_schedule) == expected


def test_schedule_and_average_may_both_be_named():
    both = settled(lr=0.5, lr_schedule="cosine", ema_decay=0.9)

    assert both == Recipe(lr=0.5, lr_schedule="cosine", max_grad_norm=5.0, ema_decay=0.9)


def test_no_schedule_of_the_own_rate_averages():
    without = settled(lr_schedule=None)

    assert vars(without) == {**vars(LAID_OUT), "lr_schedule": None, "ema_decay": 0.99}


@pytest.mark.parametrize("callback", [STEPS, ("steps", STEPS)], ids=["alone", "named"])
@pytest.mark.parametrize("lr_schedule", ["auto", None])
def test_scheduler_among_the_callbacks_is_the_only_one(callback, lr_schedule):
    callbacks = [EarlyStopping(), callback]

    auto = settled(callbacks=callbacks, lr_schedule=lr_schedule)
    named = settled(callbacks=callbacks, lr_schedule=lr_schedule, lr=0.5)

    assert vars(auto) == {**vars(LAID_OUT), "lr_schedule": None}
    assert named == Recipe(lr=0.5, max_grad_norm=5.0)


@pytest.mark.parametrize("callback", [STEPS, ("steps", STEPS)], ids=["alone", "named"])
@pytest.mark.parametrize("lr", ["auto", 0.5])
def test_two_schedules_raise(callback, lr):
    with pytest.raises(ValueError, match=r"lr_schedule='cosine' .* Set lr_schedule=None"):
        settled(callbacks=[callback], lr_schedule="cosine", lr=lr)


@pytest.mark.parametrize(
    ("name", "lr"), [("adam", 0.03), ("adamw", 0.03), ("rmsprop", 0.012), ("sgd", 0.6)]
)
def test_own_rate_of_each_optimizer(name, lr):
    found = settled(OPTIMIZERS[name])

    assert vars(found) == {**vars(LAID_OUT), "lr": pytest.approx(lr)}


@pytest.mark.parametrize(
    ("optimizer", "lr"),
    [(torch.optim.NAdam, 2e-3), (torch.optim.Adagrad, 1e-2), (torch.optim.LBFGS, 1.0)],
)
def test_other_optimizer_has_its_own_default_rate(optimizer, lr):
    assert settled(optimizer) == Recipe(lr=lr, max_grad_norm=5.0, ema_decay=0.99)


class NeedsRate(torch.optim.SGD):
    def __init__(self, params, lr):
        super().__init__(params, lr)


class KnowsNoRate(torch.optim.SGD):
    def __init__(self, params, **options):
        super().__init__(params, **options)


@pytest.mark.parametrize("optimizer", [NeedsRate, KnowsNoRate])
def test_optimizer_without_a_rate_needs_one(optimizer):
    with pytest.raises(ValueError, match=rf"no learning rate .* {optimizer.__name__}\. Set lr"):
        settled(optimizer)

    assert settled(optimizer, lr=0.5) == Recipe(lr=0.5, max_grad_norm=5.0, ema_decay=0.99)
