import itertools
import pickle

import pytest
import torch
from weights import assert_unlike, matrices

from sklearn_rnn.nn import FrontEnd, Seed, SequenceEnsemble, SequenceNetwork

OPTIONS = [
    {},
    {"front_end": FrontEnd, "batch_norm": True, "bidirectional": True, "poolings": ("max", "mean")},
]
LENGTHS = torch.tensor([14, 3, 1, 14, 7])
SIZES = {"hidden_size": 16, "n_outputs": 2, "n_steps": 14}
SCALE = {"shift": torch.zeros(3), "scale": torch.full((3,), 2.0)}


def ensemble(**options):
    return SequenceEnsemble(n_members=3, seed=Seed(0), **SIZES, **SCALE, **options)


all_options = pytest.mark.parametrize("options", OPTIONS, ids=["plain", "all"])


def sequences():
    return torch.randn(5, 14, 3, generator=torch.Generator().manual_seed(1))


@all_options
def test_outputs_are_the_mean_of_the_members(options):
    net = ensemble(**options).eval()

    outputs = net(sequences(), LENGTHS)

    each = [member(sequences(), LENGTHS) for member in net.members]
    torch.testing.assert_close(outputs, sum(each) / 3)
    assert not torch.allclose(each[0], each[1], atol=1e-3)
    assert outputs.shape == (5, net.n_outputs)


@all_options
def test_stages_are_the_mean_of_the_members(options):
    net = ensemble(**options).eval()

    stages = list(net.staged(sequences(), LENGTHS))

    assert len(stages) == 14
    torch.testing.assert_close(stages[-1], net(sequences(), LENGTHS))
    for n_steps, stage in enumerate(stages, start=1):
        read = sequences()[:, :n_steps], LENGTHS.clamp(max=n_steps)
        torch.testing.assert_close(stage, net(*read))


@all_options
def test_no_two_weights_are_alike(options):
    weights = matrices(ensemble(**options))

    assert {name.split(".")[1] for name in weights} == {"0", "1", "2"}
    assert_unlike(weights)


def test_dropout_of_each_member_is_its_own():
    net = ensemble(dropout=0.5)
    seen = []
    for member in net.members:
        member.dropout.register_forward_hook(lambda *call: seen.append(call[-1] == 0))

    net(sequences())

    assert len(seen) == 3
    assert not any(torch.equal(one, other) for one, other in itertools.combinations(seen, 2))


def test_members_are_networks_of_their_own_seeds():
    alone = SequenceNetwork(seed=Seed(0).of("member 1"), **SIZES, **SCALE)

    found = ensemble().members[1](sequences())

    torch.testing.assert_close(found, alone(sequences()), atol=0, rtol=0)


@all_options
def test_each_weight_is_there_once(options):
    net = ensemble(**options)
    places = [each.data_ptr() for each in net.state_dict().values() if each.numel()]

    assert len(set(places)) == len(places)
    assert all(name.startswith("members.") for name in net.state_dict())


@all_options
def test_learnt_state_is_that_of_the_members(options):
    net = ensemble(**options)

    learnt = net.learnt_state()

    names = [list(member.learnt_state()) for member in net.members]
    assert list(learnt) == [f"members.{n}.{name}" for n in range(3) for name in names[n]]
    assert not any("rescale" in name for name in learnt)
    other = ensemble(**options)
    torch.nn.init.zeros_(other.members[2].output.weight)
    other.load_state_dict(learnt, strict=False)
    torch.testing.assert_close(other.eval()(sequences()), net.eval()(sequences()), atol=0, rtol=0)


@all_options
def test_pickle(options):
    net = ensemble(dropout=0.5, **options)
    net(sequences())

    other = pickle.loads(pickle.dumps(net))

    torch.testing.assert_close(other(sequences()), net(sequences()), atol=0, rtol=0)
