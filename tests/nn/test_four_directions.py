import pytest
import torch
from torch import nn

from sklearn_rnn.nn import Seed, SequenceNetwork
from sklearn_rnn.nn._four_directions import FourDirectionEncoder

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
GRID = (2, 3)


def encoder(**options):
    return FourDirectionEncoder(
        5, 4, Seed(0), **{"grid": GRID, "dtype": torch.float64, "cell": "gru", **options}
    )


def patches(n_samples=3, grid=GRID):
    shape = (n_samples, grid[0] * grid[1], 5)
    return torch.randn(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.parametrize("cell", CELLS)
def test_sweeps_rows_and_then_columns(cell):
    ours = encoder(cell=cell)
    across, down = ours.sweeps
    x = patches(1).reshape(1, *GRID, 5)
    rows = torch.stack([across(x[:, row])[0] for row in range(2)], dim=1)
    columns = torch.stack([down(rows[:, :, column])[0] for column in range(3)], dim=2)

    outputs = ours(patches(1))

    torch.testing.assert_close(outputs, columns.reshape(1, 6, 8))


@pytest.mark.parametrize("grid", [(2, 3), (3, 2), (1, 4), (4, 1), (1, 1)])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_each_output_depends_on_each_patch_and_on_no_other_image(grid, num_layers):
    ours = encoder(grid=grid, num_layers=num_layers)
    x = patches(2, grid).requires_grad_()

    outputs = ours(x)

    assert outputs.shape == (2, grid[0] * grid[1], ours.output_size)
    for position in range(grid[0] * grid[1]):
        (gradient,) = torch.autograd.grad(outputs[0, position].sum(), x, retain_graph=True)
        assert (gradient[0].abs().sum(dim=1) > 0).all()
        assert (gradient[1] == 0).all()


def test_layers_have_two_sweeps_each():
    ours = encoder(num_layers=3)

    assert [sweep.input_size for sweep in ours.sweeps] == [5, 8, 8, 8, 8, 8]
    assert all(sweep.bidirectional for sweep in ours.sweeps)


def test_dropout_follows_each_sweep():
    ours = encoder(dropout=0.5)
    seen = []
    ours.dropout.register_forward_hook(lambda module, args, outputs: seen.append(outputs))

    outputs = ours(patches(50))

    assert [each.shape for each in seen] == [(50, 2, 3, 8), (50, 3, 2, 8)]
    assert all(0.4 < (each == 0).double().mean() < 0.6 for each in seen)
    assert 0.4 < (outputs == 0).double().mean() < 0.6
    assert (ours.eval()(patches(50)) != 0).all()


@pytest.mark.parametrize("pooling", ["last", "mean", "max"])
def test_network_answers_from_the_whole_image(pooling):
    net = SequenceNetwork(
        torch.zeros(5), torch.ones(5), 4, 2, Seed(0), n_steps=6, grid=GRID, pooling=pooling
    )
    x = patches().float().requires_grad_()

    net(x)[0].sum().backward()

    # With the maximum over patches, each of the few units may follow another patch.
    assert (x.grad[0].abs().sum(dim=1) > 0).all()
    assert (x.grad[1:] == 0).all()
