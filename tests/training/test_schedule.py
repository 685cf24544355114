import pytest
import torch
from skorch.callbacks import Callback
from torch.optim.lr_scheduler import CosineAnnealingLR, OneCycleLR

from sklearn_rnn import RNNClassifier

X = [[0.0, 1.0], [1.0, 0.0]] * 8
Y = [0, 1] * 8


class Recorder(Callback):
    def __init__(self, seen):
        self.seen = seen

    def __deepcopy__(self, memo):
        return self

    def on_grad_computed(self, net, *args, **kwargs):
        group = net.optimizer_.param_groups[0]
        self.seen.append((group["lr"], *group.get("betas", [group.get("momentum")])))


class MomentumSGD(torch.optim.SGD):
    def __init__(self, params, lr, weight_decay=0.0):
        super().__init__(params, lr, momentum=0.5, weight_decay=weight_decay)


def recorded(optimizer, schedule, max_epochs):
    seen = []
    RNNClassifier(
        hidden_size=2,
        optimizer=optimizer,
        lr=0.1,
        lr_schedule=schedule,
        max_epochs=max_epochs,
        batch_size=8,
        callbacks=[Recorder(seen)],
        device="cpu",
    ).fit(X, Y)
    return seen


def by_torch(optimizer, schedule, n_steps):
    stepper = optimizer([torch.zeros(1, requires_grad=True)], lr=0.1)
    if schedule == "one_cycle":
        momentum = any(stepper.defaults.get(name) for name in ("betas", "momentum"))
        scheduler = OneCycleLR(stepper, 0.1, total_steps=n_steps + 1, cycle_momentum=momentum)
    else:
        scheduler = CosineAnnealingLR(stepper, T_max=n_steps)
    seen = []
    for _ in range(n_steps):
        group = stepper.param_groups[0]
        seen.append((group["lr"], *group.get("betas", [group.get("momentum")])))
        stepper.step()
        scheduler.step()
    return seen


@pytest.mark.parametrize("schedule", ["one_cycle", "cosine"])
@pytest.mark.parametrize("optimizer", [torch.optim.Adam, torch.optim.SGD, MomentumSGD])
@pytest.mark.parametrize("max_epochs", [1, 2, 10])
def test_schedules_are_those_of_torch(optimizer, schedule, max_epochs):
    found = recorded(optimizer, schedule, max_epochs)

    assert len(found) == 2 * max_epochs
    for step, expected in zip(found, by_torch(optimizer, schedule, len(found)), strict=True):
        assert step == pytest.approx(expected)


def test_without_a_schedule_the_learning_rate_stays():
    assert {rate for rate, *_ in recorded(torch.optim.SGD, None, 3)} == {0.1}
