from functools import partial

import pytest
import torch

from sklearn_rnn.nn import Seed, SequenceEnsemble, StepFrontEnd, StepNetwork

LENGTHS = torch.tensor([20, 1, 13, 20, 2])
OPTIONS = [
    {},
    {"bidirectional": True, "batch_norm": True},
    {
        "bidirectional": True,
        "batch_norm": True,
        "front_end": StepFrontEnd,
        "own_scale": True,
        "num_layers": 2,
    },
]
all_options = pytest.mark.parametrize("options", OPTIONS, ids=["plain", "both ways", "all"])


def network(n_steps=20, **options):
    """Build a network whose linear function has something to say."""
    net = StepNetwork(torch.zeros(3), torch.ones(3), 4, 2, Seed(0), n_steps=n_steps, **options)
    with torch.no_grad():
        net.window.weight.normal_(0, 0.1, generator=torch.Generator().manual_seed(3))
    return net


def sequences(n_samples=5, n_steps=20):
    return torch.randn(n_samples, n_steps, 3, generator=torch.Generator().manual_seed(1))


@all_options
def test_each_step_has_outputs(options):
    outputs = network(**options)(sequences())

    assert outputs.shape == (5, 20, 2)
    assert outputs.dtype == torch.float32


@all_options
def test_nan_in_the_padding_is_not_read(options):
    net = network(**options).eval()
    x = sequences()
    for row, length in enumerate(LENGTHS):
        x[row, length:] = torch.nan

    outputs = net(x, LENGTHS)
    outputs.sum().backward()

    for row, length in enumerate(LENGTHS):
        alone = net(x[row : row + 1, :length])[0]
        torch.testing.assert_close(outputs[row, :length], alone)
        assert not outputs[row, length:].any()
    assert all(parameter.grad.isfinite().all() for parameter in net.parameters())


@pytest.mark.parametrize("n_steps", [1, 2, 20])
@all_options
def test_sequences_may_be_shorter_than_those_to_train_on(n_steps, options):
    assert network(**options)(sequences(n_steps=n_steps)).shape == (5, n_steps, 2)


@pytest.mark.parametrize(
    "options",
    [{}, {"front_end": partial(StepFrontEnd, looks_ahead=False)}],
    ids=["plain", "front end"],
)
def test_one_direction_looks_back_alone(options):
    net, x = network(bidirectional=False, **options).eval(), sequences().requires_grad_()

    (gradient,) = torch.autograd.grad(net(x)[:, 11].sum(), x)

    assert gradient[:, :12].any(dim=2).all()
    assert not gradient[:, 12:].any()


def test_both_directions_look_ahead():
    net, x = network(bidirectional=True).eval(), sequences().requires_grad_()

    (gradient,) = torch.autograd.grad(net(x)[:, 11].sum(), x)

    assert gradient.any(dim=2).all()


@pytest.mark.parametrize("bidirectional", [False, True])
def test_linear_function_reads_so_many_steps(bidirectional):
    net, x = network(reach=3, bidirectional=bidirectional), sequences().requires_grad_()
    with torch.no_grad():
        net.output.weight.zero_()

    (gradient,) = torch.autograd.grad(net(x)[:, 11].sum(), x)

    seen = range(8, 15 if bidirectional else 12)
    assert gradient.any(dim=2).any(dim=0).nonzero().flatten().tolist() == list(seen)


def test_linear_function_says_nothing_at_first():
    net = StepNetwork(torch.zeros(3), torch.ones(3), 4, 2, Seed(0), n_steps=20)

    assert not net.window.weight.any()


def test_ensembles_average():
    options = {"hidden_size": 4, "n_outputs": 2, "n_steps": 20}
    scale = {"shift": torch.zeros(3), "scale": torch.ones(3)}
    net = SequenceEnsemble(n_members=3, seed=Seed(0), network=StepNetwork, **options, **scale)

    outputs = net(sequences(), LENGTHS)

    each = [member(sequences(), LENGTHS) for member in net.members]
    torch.testing.assert_close(outputs, sum(each) / 3)
