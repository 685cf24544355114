import pytest
import torch
from torch.nn.functional import relu

from sklearn_rnn.nn import FrontEnd, Seed, SequenceNetwork

LENGTHS = [23, 1, 12, 23, 2, 13, 4, 5]


def network(n_steps=23, **options):
    options = {"dtype": torch.float64, "poolings": ("max", "mean", "last"), **options}
    return SequenceNetwork(
        torch.zeros(3), torch.ones(3), 4, 2, Seed(0), n_steps=n_steps, front_end=FrontEnd, **options
    )


def front_end(n_steps=23, **options):
    """Build a front end whose batch norm scales and shifts, and counts the last batch alone."""
    front = network(n_steps, **options).front_end
    generator = torch.Generator().manual_seed(1)
    for layer in front.layers:
        layer.norm.momentum = 1.0
        with torch.no_grad():
            layer.norm.weight.uniform_(0.5, 1.5, generator=generator)
            layer.norm.bias.uniform_(-0.5, 0.5, generator=generator)
    return front


def sequences(lengths=LENGTHS):
    generator = torch.Generator().manual_seed(2)
    return [torch.randn(n, 3, generator=generator, dtype=torch.float64) for n in lengths]


def pad(alone, value=0.0, n_more=0):
    n_steps = max(map(len, alone)) + n_more
    padded = torch.full((len(alone), n_steps, alone[0].shape[1]), value, dtype=torch.float64)
    for row, sequence in zip(padded, alone, strict=True):
        row[: len(sequence)] = sequence
    return padded, torch.tensor([len(sequence) for sequence in alone])


def trained(net):
    """Give the batch norms of a network averages other than those that they start with."""
    net.train()(*pad(sequences()))
    return net.eval()


def by_hand(front, alone):
    """Read each sequence alone, and normalise by the average over all their steps."""
    norms = []
    for layer in front.layers:
        alone = [layer.convolution(each.T[None])[0].T for each in alone]
        variance, mean = torch.var_mean(torch.cat(alone), dim=0, correction=0)
        norms.append((mean, torch.cat(alone).var(dim=0)))
        scale = layer.norm.weight / (variance + layer.norm.eps).sqrt()
        alone = [relu((each - mean) * scale + layer.norm.bias) for each in alone]
        merged = [each.split(layer.n_merged) for each in alone]
        alone = [torch.stack([part.amax(dim=0) for part in parts]) for parts in merged]
    return alone, norms


@pytest.mark.parametrize("lengths", [LENGTHS, [23] * 5, [1, 3], [6]], ids=str)
def test_normalised_by_the_steps_of_the_sequences_alone(lengths):
    front = front_end()
    padded, as_tensor = pad(sequences(lengths))

    outputs, n_left = front(padded, as_tensor)

    expected, norms = by_hand(front, sequences(lengths))
    assert n_left.tolist() == [len(each) for each in expected]
    for row, each in zip(outputs, expected, strict=True):
        torch.testing.assert_close(row[: len(each)], each)
        assert not row[len(each) :].any()
    for layer, (mean, variance) in zip(front.layers, norms, strict=True):
        torch.testing.assert_close(layer.norm.running_mean, mean)
        torch.testing.assert_close(layer.norm.running_var, variance)


@pytest.mark.parametrize("n_sequences", [1, 5])
def test_equal_lengths_are_read_as_varying_ones(n_sequences):
    padded, lengths = pad(sequences([23] * n_sequences))

    with_lengths, n_left = front_end()(padded, lengths)
    without, none = front_end()(padded, None)

    assert n_left.tolist() == [6] * n_sequences
    assert none is None
    torch.testing.assert_close(without, with_lengths)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("batch_norm", [False, True])
def test_alone_as_in_a_batch(bidirectional, batch_norm):
    net = trained(network(bidirectional=bidirectional, batch_norm=batch_norm))
    padded, lengths = pad(sequences(), value=torch.nan)

    outputs = net(padded, lengths)

    for row, sequence in zip(outputs, sequences(), strict=True):
        torch.testing.assert_close(row, net(sequence[None])[0])


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_more_padding_changes_nothing(mode):
    net = trained(network())
    net.train(mode == "train")

    outputs = net(*pad(sequences()))

    torch.testing.assert_close(net(*pad(sequences(), value=9.0, n_more=7)), outputs)


@pytest.mark.parametrize("n_steps", [1, 2, 3, 4, 5, 12, 13, 23])
@pytest.mark.parametrize("n_longest", [12, 4096])
def test_four_steps_become_one(n_steps, n_longest):
    front = front_end(n_longest)

    outputs, _ = front(torch.zeros(2, n_steps, 3, dtype=torch.float64), None)

    assert outputs.shape == (2, -(-n_steps // 4), front.output_size)
    assert front.n_merged(n_steps) == outputs.shape[1]


@pytest.mark.parametrize(
    ("n_steps", "n_left"), [(4096, 1024), (4097, 513), (8192, 1024), (9000, 563), (10**6, 977)]
)
def test_more_steps_become_one_where_too_many_would_be_left(n_steps, n_left):
    assert front_end(n_steps).n_merged(n_steps) == n_left <= 1024


def test_gradients_reach_the_valid_steps_of_the_input_alone():
    padded, lengths = pad(sequences())
    padded.requires_grad_()
    weight = torch.randn(len(LENGTHS), 2, generator=torch.Generator().manual_seed(3))

    (network()(padded, lengths) * weight).sum().backward()

    for gradient, length in zip(padded.grad, LENGTHS, strict=True):
        assert gradient[:length].all()
        assert not gradient[length:].any()


@pytest.mark.parametrize("lengths", [[5, 2, 1], [5, 5, 5]], ids=str)
def test_gradients_are_those_of_finite_differences(lengths):
    front, (padded, as_tensor) = front_end(), pad(sequences(lengths))
    ends = as_tensor if len(set(lengths)) > 1 else None
    # Some outputs, each of its own weight, instead of all.
    weight = torch.randn(4, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(3))

    assert torch.autograd.gradcheck(
        lambda x: front(x, ends)[0].flatten(0, 1)[:4] @ weight.T, padded.requires_grad_()
    )


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype_of_the_network(dtype):
    net = network(dtype=dtype, batch_norm=True)

    assert {each.dtype for each in net.parameters()} == {dtype}
    assert net(*pad(sequences())).dtype == dtype


def test_seed_decides_the_filters():
    first, second = (network().front_end for _ in range(2))

    for one, same in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(one, same)


def test_stages_are_the_answers_to_what_was_read():
    net = trained(network(bidirectional=True))
    padded, lengths = pad(sequences())

    stages = list(net.staged(padded, lengths))

    assert len(stages) == 23
    for n_steps, stage in enumerate(stages, start=1):
        read = pad([each[:n_steps] for each in sequences()])
        torch.testing.assert_close(stage, net(*read))


def test_a_front_end_may_see_sequences_at_their_own_scale():
    net = network(own_scale=True).eval()
    x, lengths = pad(sequences())

    assert net.front_end.layers[0].convolution.in_channels == 6
    seen, _ = net._see(x, lengths)
    other, _ = net._see(1000 * x, lengths)
    net.rescale.scale *= 1000
    torch.testing.assert_close(net._see(1000 * x, lengths)[0], seen)
    assert not torch.allclose(seen, other)


def test_padding_is_not_part_of_the_own_scale():
    net = network(own_scale=True).eval()
    alone = sequences()

    together = net(*pad(alone, torch.nan, n_more=3))

    for row, sequence in enumerate(alone):
        torch.testing.assert_close(together[row], net(sequence[None])[0])


def test_there_is_no_own_scale_without_a_front_end():
    plain = SequenceNetwork(torch.zeros(3), torch.ones(3), 4, 2, Seed(0), n_steps=6, own_scale=True)

    assert plain.own_scale is None
    assert plain(torch.ones(2, 6, 3)).shape == (2, 2)
