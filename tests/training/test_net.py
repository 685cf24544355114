import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from skorch.callbacks import Callback, EarlyStopping
from torch import nn

from sklearn_rnn.nn import FrontEnd, Seed, SequenceEnsemble, SequenceNetwork
from sklearn_rnn.training import RecurrentNet, SequenceData, accuracy

N_SAMPLES = 10


def make_net(criterion=nn.CrossEntropyLoss, metrics=None, module=SequenceNetwork, **options):
    # A learning rate of next to nothing: the net of each batch is the net at the end.
    options = {
        "lr": 1e-30,
        "max_epochs": 1,
        "batch_size": 3,
        "verbose": 0,
        "seed": Seed(0),
    } | options
    network = {
        "shift": torch.zeros(2),
        "scale": torch.ones(2),
        "hidden_size": 4,
        "n_outputs": 2,
        "seed": Seed(0),
        "n_steps": 4,
        "dtype": torch.float64,
    }
    options = {f"module__{name}": value for name, value in network.items()} | options
    net = RecurrentNet(module, criterion, metrics=metrics, **options)
    return net.initialize()


def make_data(targets="classes", **options):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N_SAMPLES, 4, 2))
    y = rng.integers(2, size=N_SAMPLES) if targets == "classes" else rng.normal(size=(N_SAMPLES, 2))
    return SequenceData(X, y, dtype=torch.float64, **options)


def losses_of_rows(net, data, criterion):
    outputs = torch.as_tensor(net.outputs(data))
    return criterion(reduction="none")(outputs, data.y).reshape(N_SAMPLES, -1).mean(dim=1).numpy()


@pytest.mark.parametrize(
    ("targets", "criterion"), [("classes", nn.CrossEntropyLoss), ("values", nn.MSELoss)]
)
@pytest.mark.parametrize("weighted", [False, True])
def test_losses_of_an_epoch_are_averages_over_rows(targets, criterion, weighted):
    weight = np.arange(N_SAMPLES) / np.arange(N_SAMPLES).mean() if weighted else None
    data = make_data(targets, sample_weight=weight)
    net = make_net(criterion)

    net.partial_fit((data, data))

    expected = (losses_of_rows(net, data, criterion) * (1 if weight is None else weight)).mean()
    assert net.history[-1, "train_loss"] == pytest.approx(expected)
    assert net.history[-1, "valid_loss"] == pytest.approx(expected)


def test_metrics_of_an_epoch_are_averages_over_rows():
    data = make_data()
    net = make_net(metrics={"accuracy": accuracy})

    net.partial_fit((data, data))

    share = (net.outputs(data).argmax(axis=1) == data.y.numpy()).mean()
    assert net.history[-1, "train_accuracy"] == pytest.approx(share)
    assert net.history[-1, "valid_accuracy"] == pytest.approx(share)


def test_weight_of_a_row_is_the_weight_of_its_gradient():
    weight = np.zeros(N_SAMPLES)
    weight[3] = N_SAMPLES
    data = make_data(sample_weight=weight)
    only = SequenceData(data.X[3:4].numpy(), data.y[3:4].numpy(), dtype=torch.float64)
    weighted, alone = (make_net(lr=0.1, batch_size=N_SAMPLES) for _ in range(2))

    weighted.partial_fit((data, None))
    alone.partial_fit((only, None))

    assert_allclose(weighted.outputs(data), alone.outputs(data))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("options", [{}, {"ema_decay": 0.9}, {"module__dropout": 0.3}], ids=str)
def test_members_learn_as_if_each_were_alone(weighted, options):
    weight = np.arange(N_SAMPLES) / np.arange(N_SAMPLES).mean() if weighted else None
    data = make_data(sample_weight=weight)
    options = {"lr": 0.1, "max_epochs": 3, "module__front_end": FrontEnd, **options}
    together = make_net(module=SequenceEnsemble, module__n_members=3, **options)
    alone = [
        make_net(module__seed=Seed(0).of(f"member {number}"), **options) for number in range(3)
    ]

    for net in (together, *alone):
        net.partial_fit((data, data))

    for member, net in zip(together.module_.members, alone, strict=True):
        for weights, expected in zip(member.parameters(), net.module_.parameters(), strict=True):
            assert torch.equal(weights, expected)
    losses = np.mean([net.history[:, "train_loss"] for net in alone], axis=0)
    assert together.history[:, "train_loss"] == pytest.approx(losses)
    assert_allclose(together.outputs(data), np.mean([net.outputs(data) for net in alone], axis=0))


def test_loss_of_an_ensemble_is_that_of_its_mean_outputs():
    data, net = make_data(), make_net(module=SequenceEnsemble, module__n_members=3)

    net.partial_fit((data, data))

    expected = losses_of_rows(net, data, nn.CrossEntropyLoss).mean()
    assert net.history[-1, "valid_loss"] == pytest.approx(expected)


def test_accuracy():
    outputs = torch.tensor([[0.1, 0.2], [0.3, -1.0], [0.0, 0.5]])

    assert accuracy(outputs, torch.tensor([1, 1, 1])).tolist() == [True, False, True]


def test_no_validation_data_leave_no_record():
    net = make_net()

    net.partial_fit((make_data(), None))

    assert "valid_loss" not in net.history[-1]


def test_partial_fit_goes_on():
    net = make_net()

    net.partial_fit((make_data(), None), epochs=2).partial_fit((make_data(), None), epochs=3)

    assert len(net.history) == 5


@pytest.mark.parametrize("n_samples", [1, 7, 8, 1024, 1025])
def test_outputs_are_in_order_and_do_not_depend_on_the_batch(n_samples):
    X = np.random.default_rng(0).normal(size=(n_samples, 3, 2)).astype(np.float32)
    net = make_net()

    outputs = net.outputs(SequenceData(X))

    assert outputs.shape == (n_samples, 2)
    for row in {0, n_samples // 2, n_samples - 1}:
        assert_allclose(net.outputs(SequenceData(X[row : row + 1]))[0], outputs[row], rtol=1e-12)


def test_outputs_are_without_dropout():
    data, net = make_data(), make_net(module__dropout=0.5)

    net.partial_fit((data, None))

    assert_array_equal(net.outputs(data), net.outputs(data))


@pytest.mark.parametrize("part", ["train", "valid"])
def test_loss_that_is_not_finite_raises(part):
    good, bad = make_data("values"), make_data("values")
    bad.y[0] = torch.inf
    data = {"train": (bad, good), "valid": (good, bad)}[part]

    with pytest.raises(ValueError, match=rf"The {part} loss became (inf|nan) in epoch 1.* lr"):
        make_net(nn.MSELoss).partial_fit(data)


class Interrupt(Callback):
    def on_batch_end(self, net, **kwargs):
        raise KeyboardInterrupt


def test_interrupt_leaves_partial_fit():
    with pytest.raises(KeyboardInterrupt):
        make_net(callbacks=[Interrupt()]).partial_fit((make_data(), None))


def test_interrupt_next_to_early_stopping_leaves_partial_fit():
    callbacks = [EarlyStopping(monitor="train_loss", patience=1), Interrupt()]

    with pytest.raises(KeyboardInterrupt):
        make_net(callbacks=callbacks).partial_fit((make_data(), None))


def test_early_stopping_ends_the_training():
    # A loss that stays what it is.
    stopping = EarlyStopping(monitor="train_loss", patience=2, threshold=1e-3)
    net = make_net(callbacks=[stopping], max_epochs=9)

    net.partial_fit((make_data(), None))

    assert len(net.history) == 3


def test_seed_decides_the_order_of_batches():
    orders = []

    class Order(Callback):
        def on_batch_begin(self, net, batch=None, **kwargs):
            orders[-1].extend(batch[0]["x"][:, 0, 0].tolist())

    for seed in (0, 0, 1):
        orders.append([])
        make_net(callbacks=[Order()], seed=Seed(seed)).partial_fit((make_data(), None))

    assert orders[0] == orders[1]
    assert orders[0] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2])
