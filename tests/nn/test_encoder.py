import copy
import pickle

import pytest
import torch
from torch import nn

from sklearn_rnn.nn import Seed
from sklearn_rnn.nn._encoder import RecurrentEncoder

CELLS = [
    {"cell": "rnn", "nonlinearity": "tanh"},
    {"cell": "rnn", "nonlinearity": "relu"},
    {"cell": "lstm"},
    {"cell": "gru"},
]
TORCH_CLASSES = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}

all_cells = pytest.mark.parametrize("cell", CELLS, ids=str)
both_directions = pytest.mark.parametrize("bidirectional", [False, True])


def encoder(cell, bidirectional=False, **options):
    options = {"num_layers": 2, "dtype": torch.float64, **cell, **options}
    encoder = RecurrentEncoder(3, 4, Seed(0), n_steps=5, bidirectional=bidirectional, **options)
    with torch.no_grad():
        # Zero biases would hide where they are added.
        for parameter in encoder.parameters():
            parameter += 0.1 * torch.randn(parameter.shape, generator=generator())
    return encoder


def generator():
    return torch.Generator().manual_seed(1)


def sequences(n_samples=5, n_steps=6):
    return torch.randn(n_samples, n_steps, 3, generator=generator(), dtype=torch.float64)


def torch_copy(encoder, cell, bidirectional):
    """Build the same network from torch, with the same weights."""
    options = {name: value for name, value in cell.items() if name != "cell"}
    network = TORCH_CLASSES[cell["cell"]](
        3,
        4,
        num_layers=2,
        batch_first=True,
        bidirectional=bidirectional,
        dtype=torch.float64,
        **options,
    )
    weights = {}
    for name, weight in encoder.state_dict().items():
        _, layer, weight_name = name.split(".")
        weights[weight_name.replace("_l0", f"_l{layer}")] = weight
    network.load_state_dict(weights)
    return network


@all_cells
@both_directions
def test_outputs_are_those_of_torch(cell, bidirectional):
    ours = encoder(cell, bidirectional)

    outputs = ours(sequences())

    torch.testing.assert_close(outputs, torch_copy(ours, cell, bidirectional)(sequences())[0])


@all_cells
@both_directions
def test_gradients_are_those_of_torch(cell, bidirectional):
    ours = encoder(cell, bidirectional)
    theirs = torch_copy(ours, cell, bidirectional)
    x, x_theirs = sequences().requires_grad_(), sequences().requires_grad_()
    # A loss that weighs each output in its own way.
    weight = torch.randn(ours(x).shape, generator=generator(), dtype=torch.float64)

    (ours(x) * weight).sum().backward()
    (theirs(x_theirs)[0] * weight).sum().backward()

    torch.testing.assert_close(x.grad, x_theirs.grad)
    for name, parameter in ours.named_parameters():
        _, layer, weight_name = name.split(".")
        expected = getattr(theirs, weight_name.replace("_l0", f"_l{layer}")).grad
        torch.testing.assert_close(parameter.grad, expected)


@all_cells
@both_directions
def test_padding_does_not_reach_valid_steps(cell, bidirectional):
    ours = encoder(cell, bidirectional)
    lengths = torch.tensor([6, 1, 3, 6, 2])

    outputs = ours(sequences(), lengths)

    for row, length in enumerate(lengths):
        alone = ours(sequences()[row : row + 1, :length])
        torch.testing.assert_close(outputs[row, :length], alone[0])


@both_directions
def test_outputs_keep_the_number_of_steps(bidirectional):
    lengths = torch.tensor([3, 1, 3, 2, 2])

    outputs = encoder({"cell": "gru"}, bidirectional)(sequences(), lengths)

    assert outputs.shape == (5, 6, 8 if bidirectional else 4)


@both_directions
def test_output_size(bidirectional):
    ours = encoder({"cell": "gru"}, bidirectional)

    assert ours.output_size == ours(sequences()).shape[2]


@all_cells
def test_names_of_the_weights(cell):
    names = set(encoder(cell, bidirectional=True).state_dict())

    assert names == {
        f"layers.{layer}.{kind}_{source}_l0{direction}"
        for layer in (0, 1)
        for kind in ("weight", "bias")
        for source in ("ih", "hh")
        for direction in ("", "_reverse")
    }


def test_dropout_follows_each_layer_below_another():
    ours, dropped = encoder({"cell": "gru"}, dropout=0.5, num_layers=3), []
    ours.dropout.register_forward_hook(lambda *call: dropped.append(call[-1]))

    outputs = ours(sequences(100))

    assert len(dropped) == 2
    for each in dropped:
        assert 0.4 < (each == 0).double().mean() < 0.6
    assert (outputs != 0).all()


def test_no_dropout_in_eval_mode():
    ours = encoder({"cell": "gru"}, dropout=0.5).eval()

    torch.testing.assert_close(ours(sequences()), encoder({"cell": "gru"})(sequences()))


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
def test_weights_of_copies_lie_together_for_gpus(copied, monkeypatch):
    put_together = []
    monkeypatch.setattr(nn.RNNBase, "flatten_parameters", lambda layer: put_together.append(layer))

    layers = copied(encoder({"cell": "lstm"})).layers

    assert all(any(each is layer for each in put_together) for layer in layers)
