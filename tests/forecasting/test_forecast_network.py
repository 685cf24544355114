import pytest
import torch
from weights import assert_unlike, matrices

from sklearn_rnn.forecasting._forecast_network import (
    ForecastNetwork,
    error_unit,
    linear_inputs,
)
from sklearn_rnn.nn import Seed


def build(look_back=10, horizon=3, n_past=0, n_future=0, **options):
    generator = torch.Generator().manual_seed(1)
    n_inputs = look_back + 2 + look_back * n_past + horizon * n_future
    linear = torch.randn(n_inputs, horizon, generator=generator, dtype=torch.float64)
    options = {"hidden_size": 4, "seed": Seed(0), "dtype": torch.float64, **options}
    return ForecastNetwork(linear, look_back, n_past, n_future, **options)


def draw(n_windows=6, look_back=10, horizon=3, n_past=0, n_future=0):
    generator = torch.Generator().manual_seed(2)

    def normal(*shape):
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    inputs = {
        "values": normal(n_windows, look_back),
        "mean": normal(n_windows, 1),
        "observed": torch.ones(n_windows, look_back, dtype=torch.float64),
    }
    if n_past:
        inputs["past"] = normal(n_windows, look_back, n_past)
    if n_future:
        inputs["future"] = normal(n_windows, horizon, n_future)
    return inputs


def wake(network):
    """Give the output layer weights, as training does."""
    for reader in (network.correction, network.spread):
        if reader is not None:
            generator = torch.Generator().manual_seed(3)
            torch.nn.init.normal_(reader.output.weight, generator=generator)
    return network.eval()


def joined(inputs):
    return linear_inputs(*(inputs.get(name) for name in ("values", "mean", "past", "future")))


SHAPES = [
    {"look_back": 1, "horizon": 1},
    {"look_back": 24, "horizon": 5},
    {"look_back": 25, "horizon": 5},
    {"look_back": 40, "horizon": 1},
    {"look_back": 10, "horizon": 3, "n_past": 2},
    {"look_back": 33, "horizon": 4, "n_future": 2},
    {"look_back": 33, "horizon": 30, "n_past": 1, "n_future": 2},
]
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=str)


def test_linear_inputs_are_values_mean_constant_and_covariates():
    inputs = draw(2, 2, 2, n_past=1, n_future=2)
    parts = [inputs["values"], inputs["mean"], torch.ones(2, 1), inputs["past"].reshape(2, 2)]
    expected = torch.cat([*parts, inputs["future"].reshape(2, 4)], dim=1)
    assert torch.equal(joined(inputs), expected)


def test_error_unit_is_the_mean_change_from_step_to_step():
    values = torch.tensor([[0.0, 1.0, -3.0], [0.0, 2.0, 2.0], [1.0, 1.0, 1.0]])
    observed = torch.tensor([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    expected = torch.tensor([[2.5], [2.0], [0.01]]).sqrt()
    torch.testing.assert_close(error_unit(values, observed), expected)
    assert error_unit(values[:, :1], observed[:, :1]).tolist() == [[pytest.approx(0.1)]] * 3


@each_shape
def test_network_starts_as_the_linear_forecast(shape):
    network, inputs = build(**shape), draw(**shape)
    assert torch.equal(network(**inputs)[:, :, 0], joined(inputs) @ network.linear)


@each_shape
def test_shape_of_the_forecast(shape):
    network = wake(build(**shape))
    assert network(**draw(**shape)).shape == (6, shape["horizon"], 1)
    network = wake(build(**shape, quantiles=(0.1, 0.2, 0.9)))
    assert network(**draw(**shape)).shape == (6, shape["horizon"], 4)


@each_shape
def test_rows_do_not_see_each_other(shape):
    network, inputs = wake(build(**shape)), draw(**shape)
    alone = network(**{name: each[2:3] for name, each in inputs.items()})
    torch.testing.assert_close(network(**inputs)[2:3], alone)


@each_shape
def test_every_input_reaches_the_correction(shape):
    network, inputs = wake(build(**shape)), draw(**shape)
    network.linear.zero_()
    inputs = {name: each.requires_grad_() for name, each in inputs.items() if name != "mean"}
    network(mean=torch.zeros(6, 1), **inputs).sum().backward()
    for each in inputs.values():
        assert (each.grad.reshape(6, -1) != 0).any(dim=0).all()


@each_shape
def test_steps_of_the_horizon_differ(shape):
    network = wake(build(**shape))
    network.linear.zero_()
    forecast = network(**draw(**shape))[0, :, 0]
    assert len(forecast.unique()) == shape["horizon"]


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_share_of_the_correction(share):
    network, inputs = wake(build()), draw()
    linear, whole = joined(inputs) @ network.linear, network(**inputs)[:, :, 0]
    network.share.fill_(share)
    torch.testing.assert_close(network(**inputs)[:, :, 0], linear + share * (whole - linear))


QUANTILES = (0.1, 0.3, 0.6, 0.9)


def with_offsets(**options):
    network = wake(build(quantiles=QUANTILES, **options))
    network.offsets.copy_(torch.tensor([-2.0, -0.5, 0.5, 1.0]))
    return network


def test_quantiles_start_at_their_offsets():
    network = build(quantiles=QUANTILES)
    network.offsets.copy_(torch.tensor([-2.0, -0.5, 0.5, 1.0]))
    inputs = draw()
    outputs, unit = network(**inputs), error_unit(inputs["values"], inputs["observed"])
    expected = outputs[:, :, :1] + unit[:, :, None] * network.offsets
    torch.testing.assert_close(outputs[:, :, 1:], expected)


def test_quantiles_never_cross():
    network = with_offsets()
    with torch.no_grad():
        network.spread.output.weight.mul_(100)
    assert (network(**draw())[:, :, 1:].diff(dim=2) > 0).all()


def test_quantiles_on_one_side_spread_alike():
    network = with_offsets()
    inputs = draw()
    unit = error_unit(inputs["values"], inputs["observed"])[:, :, None]
    outputs = network(**inputs)
    spread = (outputs[:, :, 1:] - outputs[:, :, :1]) / network.offsets / unit
    torch.testing.assert_close(spread[:, :, 0], spread[:, :, 1])
    torch.testing.assert_close(spread[:, :, 2], spread[:, :, 3])
    assert (spread[:, :, 1] != spread[:, :, 2]).all()
    network.spread_share.fill_(0.5)
    half = network(**inputs)
    stretched = (half[:, :, 1:] - half[:, :, :1]) / network.offsets / unit
    torch.testing.assert_close(stretched, spread.sqrt())


def test_forecast_does_not_serve_its_quantiles():
    network, inputs = with_offsets(), draw()
    network(**inputs)[:, :, 1:].sum().backward()
    assert all((each.grad == 0).all() for each in network.correction.parameters())
    assert network.spread.output.weight.grad.any()


def test_forecast_is_the_same_without_quantiles():
    inputs = draw()
    torch.testing.assert_close(with_offsets()(**inputs)[:, :, :1], wake(build())(**inputs))


def test_jumps_are_cut_off_for_the_correction_only():
    network, inputs = wake(build()), draw()
    inputs["values"][:, 3] = 8.0
    correction = network(**inputs)[:, :, 0] - joined(inputs) @ network.linear
    inputs["values"][:, 3] = 1000.0
    other = network(**inputs)[:, :, 0] - joined(inputs) @ network.linear
    torch.testing.assert_close(other, correction)


def test_linear_forecast_and_share_are_not_trained():
    network = build()
    assert not network.linear.requires_grad
    learnt = network.learnt_state()
    chosen = {"linear", "share", "quantiles", "offsets", "spread_share"}
    assert chosen.isdisjoint(learnt)
    assert set(learnt) | chosen == set(network.state_dict())


@pytest.mark.parametrize("look_back", [1, 24, 25, 500])
def test_recurrence_reads_few_segments(look_back):
    network = build(look_back)
    lengths = []
    network.encoder.register_forward_pre_hook(lambda _, args: lengths.append(args[0].shape[1]))
    network(**draw(look_back=look_back))
    assert lengths[0] - network.correction.n_ahead <= 24
    assert network.correction.n_ahead * network.correction.segment >= 3


def test_seed_decides_the_weights():
    first, second, other = (build(seed=Seed(seed)).learnt_state() for seed in (0, 0, 1))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(
        first["correction.embed_past.weight"], other["correction.embed_past.weight"]
    )


def test_global_generator_is_left_alone():
    before = torch.get_rng_state()
    build(dropout=0.5).train()(**draw())
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_dtype(dtype):
    network = wake(build(dtype=dtype))
    inputs = {name: each.to(dtype) for name, each in draw().items()}
    assert network(**inputs).dtype == dtype


@pytest.mark.parametrize("quantiles", [(), (0.1, 0.9)])
def test_no_two_weights_are_alike(quantiles):
    network = build(hidden_size=32, quantiles=quantiles, num_layers=2, n_past=1, n_future=2)

    assert_unlike(matrices(network))
