import pickle

import pytest
import torch

from sklearn_rnn.nn import POOLINGS, Seed, SequenceNetwork

all_poolings = pytest.mark.parametrize(
    "poolings", [*((name,) for name in POOLINGS), ("max", "mean"), ("mean", "last", "max")], ids=str
)
both_directions = pytest.mark.parametrize("bidirectional", [False, True])


def network(number=0, **options):
    seed = Seed(number)
    return SequenceNetwork(torch.zeros(3), torch.ones(3), 4, 2, seed, n_steps=6, **options)


def sequences(n_samples=5, n_steps=6):
    return torch.randn(n_samples, n_steps, 3, generator=torch.Generator().manual_seed(1))


@all_poolings
@both_directions
@pytest.mark.parametrize("batch_norm", [False, True])
def test_shape_of_the_output(poolings, bidirectional, batch_norm):
    outputs = network(poolings=poolings, bidirectional=bidirectional, batch_norm=batch_norm)(
        sequences()
    )

    assert outputs.shape == (5, 2)
    assert outputs.dtype == torch.float32


@all_poolings
@both_directions
def test_nan_in_the_padding_is_not_read(poolings, bidirectional):
    net = network(poolings=poolings, bidirectional=bidirectional)
    lengths = torch.tensor([6, 1, 3, 6, 2])
    x = sequences()
    for row, length in enumerate(lengths):
        x[row, length:] = torch.nan

    outputs = net(x, lengths)
    outputs.sum().backward()

    for row, length in enumerate(lengths):
        torch.testing.assert_close(outputs[row], net(x[row : row + 1, :length])[0])
    assert all(parameter.grad.isfinite().all() for parameter in net.parameters())


def read_by_the_output_layer(net, x):
    seen = []
    net.output.register_forward_pre_hook(lambda module, args: seen.append(args[0]))
    net(x)
    return seen[0]


@both_directions
def test_several_poolings_are_side_by_side(bidirectional):
    x, poolings = sequences(), ["mean", "last", "max"]
    several, *single = (
        read_by_the_output_layer(network(poolings=each, bidirectional=bidirectional), x)
        for each in (poolings, *([pooling] for pooling in poolings))
    )

    torch.testing.assert_close(several, torch.cat(single, dim=1))


def test_dropout_comes_before_the_output_layer():
    pooled = read_by_the_output_layer(network(dropout=0.3), sequences(200))

    assert 0.2 < (pooled == 0).double().mean() < 0.4


def test_input_is_rescaled():
    x = sequences()
    shift, scale = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([4.0, 5.0, 6.0])

    rescaled = SequenceNetwork(shift, scale, 4, 2, Seed(0), n_steps=6)(x * scale + shift)

    torch.testing.assert_close(rescaled, network()(x))


def test_batch_norm_normalises_what_the_output_layer_reads():
    pooled = read_by_the_output_layer(network(batch_norm=True), sequences(50))

    torch.testing.assert_close(pooled.mean(dim=0), torch.zeros(4), atol=1e-5, rtol=0)
    torch.testing.assert_close(pooled.std(dim=0), torch.ones(4), atol=0.02, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_of_the_output(dtype):
    assert network(dtype=dtype, batch_norm=True)(sequences()).dtype == dtype


def test_seed_decides_the_outputs():
    x = sequences()

    torch.testing.assert_close(network()(x), network()(x), atol=0, rtol=0)
    assert not torch.allclose(network()(x), network(1)(x))


def test_names_of_the_weights():
    names = set(network(batch_norm=True).state_dict())

    recurrent = {
        f"encoder.layers.0.{kind}_{at}_l0" for kind in ("weight", "bias") for at in ("ih", "hh")
    }
    normalising = {"weight", "bias", "running_mean", "running_var", "num_batches_tracked"}
    assert names == {
        "rescale.shift",
        "rescale.scale",
        *recurrent,
        *(f"norm.{name}" for name in normalising),
        "output.weight",
        "output.bias",
    }


def test_weights_can_be_moved_to_another_network():
    x = sequences()
    other = network(1)

    other.load_state_dict(network().state_dict())

    torch.testing.assert_close(other(x), network()(x))


def test_pickle():
    x = sequences()
    net = network(dropout=0.5)
    net(x)

    other = pickle.loads(pickle.dumps(net))

    torch.testing.assert_close(other(x), net(x), atol=0, rtol=0)
