import pytest
import torch

from sklearn_rnn.nn import Seed, SequenceNetwork

all_cells = pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])


def network(steps, **options):
    return SequenceNetwork(
        torch.zeros(3),
        torch.ones(3),
        4,
        2,
        Seed(0),
        n_steps=6,
        truncated_bptt_steps=steps,
        dtype=torch.float64,
        **options,
    )


def sequences(n_samples=5, n_steps=7):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(n_samples, n_steps, 3, generator=generator, dtype=torch.float64)


def gradients(net, x, lengths=None):
    net(x, lengths).square().sum().backward()
    return {name: parameter.grad for name, parameter in net.named_parameters()}


@all_cells
@pytest.mark.parametrize("steps", [1, 3, 7, 20])
@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_outputs_do_not_change(cell, steps, pooling):
    options = {"cell": cell, "pooling": pooling, "num_layers": 2}

    torch.testing.assert_close(
        network(steps, **options)(sequences()), network(None, **options)(sequences())
    )


@all_cells
@pytest.mark.parametrize("steps", [7, 20])
def test_long_enough_spans_change_no_gradient(cell, steps):
    found = gradients(network(steps, cell=cell, num_layers=2), sequences())

    expected = gradients(network(None, cell=cell, num_layers=2), sequences())
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient)


@all_cells
def test_gradients_of_the_last_output_go_back_so_many_steps(cell):
    x = sequences().requires_grad_()

    network(3, cell=cell)(x).sum().backward()

    reached = x.grad.abs().sum(dim=(0, 2)) > 0
    assert reached.tolist() == [False] * 4 + [True] * 3


def test_gradients_of_the_mean_reach_all_steps_but_are_others():
    x = sequences().requires_grad_()

    network(3, pooling="mean")(x).sum().backward()

    assert (x.grad.abs().sum(dim=(0, 2)) > 0).all()
    whole = gradients(network(None, pooling="mean"), sequences())
    spans = gradients(network(3, pooling="mean"), sequences())
    name = "encoder.layers.0.weight_hh_l0"
    assert not torch.allclose(spans[name], whole[name])


def test_shorter_sequences_learn_too():
    x = sequences().requires_grad_()
    lengths = torch.tensor([7, 1, 3, 5, 2])

    network(3)(x, lengths).sum().backward()

    reached = x.grad.abs().sum(dim=2) > 0
    # Spans are counted from the end of the batch: steps 0, 1 to 3, 4 to 6.
    assert reached[1].nonzero().ravel().tolist() == [0]
    assert reached[2].nonzero().ravel().tolist() == [1, 2]
    assert reached[3].nonzero().ravel().tolist() == [4]


def test_whole_sequences_in_prediction():
    net = network(3).eval()
    x = sequences().requires_grad_()

    net(x).sum().backward()

    assert (x.grad.abs().sum(dim=(0, 2)) > 0).all()
