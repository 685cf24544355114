"""What is chosen by held-out windows: the share of the correction, and quantiles."""

import numpy as np
import pytest
import torch
from forecast_nets import HORIZON, LOOK_BACK, SERIES, make_data, make_net

from sklearn_rnn.forecasting._held_out import pinball_loss, surely_lowest


def pattern(n_times=2000):
    """A series in which the size of a step decides the next value: nothing linear does."""
    rng = np.random.default_rng(0)
    values = list(rng.normal(size=2))
    while len(values) < n_times:
        values.append(np.abs(values[-1] - values[-2]) - 1 + 0.1 * rng.normal())
    return np.array(values)


def test_share_is_all_where_the_correction_helps_and_none_where_it_harms():
    series = pattern()
    train, held_out = make_data(series, last=1498), make_data(series, first=1500)
    net = make_net(awake=False, lr=0.02, max_epochs=10, optimizer=torch.optim.Adam)
    net.partial_fit((train, None))
    errors = net.choose_shares(held_out)
    assert net.module_.share >= 0.75
    net.choose_shares(make_data(np.random.default_rng(1).normal(size=3000).cumsum()))
    assert net.module_.share == 0
    assert errors.shape == (len(held_out), HORIZON)


@pytest.mark.parametrize("n_held_out", [50, 400])
def test_errors_are_those_of_the_forecasts_with_the_share_chosen(n_held_out):
    data = make_data(SERIES[:n_held_out])
    net = make_net()
    errors = net.choose_shares(data)
    forecast, unit = net.forecast(data)
    ends = np.arange(LOOK_BACK, len(SERIES[:n_held_out]) - HORIZON + 1)
    actual = np.stack([SERIES[end : end + HORIZON] for end in ends])
    expected = (actual - forecast[:, :, 0]) / unit[:, None]
    # The windows come in another order.
    np.testing.assert_allclose(np.sort(errors, axis=0), np.sort(expected, axis=0))


def test_errors_of_what_is_not_known_are_not_a_number():
    errors = make_net().choose_shares(make_data(SERIES[:50], last=49))
    assert np.isnan(errors).sum(axis=0).tolist() == [0, 1]


def test_share_of_noise_is_none():
    net = make_net()
    net.choose_shares(make_data())
    assert net.module_.share == 0.0
    assert net.module_.is_linear


@pytest.mark.parametrize(
    ("means", "spread", "n_apart", "row"),
    [
        ([0.0, -1.0, -2.0], 0.0, 100, 2),
        ([0.0, -1.0, -0.5], 0.0, 100, 1),
        ([0.0, 1.0, 2.0], 0.0, 100, 0),
        ([0.0, -0.1, -0.1], 10.0, 100, 0),
        ([0.0, -0.1, -0.1], 10.0, 1_000_000, 1),
    ],
)
def test_only_what_surely_helps_is_chosen(means, spread, n_apart, row):
    noise = torch.tensor([-1.0, 1.0] * 50, dtype=torch.float64)
    sizes = torch.tensor([0.0, spread, 2 * spread], dtype=torch.float64)
    differences = torch.tensor(means, dtype=torch.float64)[:, None] + sizes[:, None] * noise
    assert surely_lowest(differences, n_apart) == row


QUANTILES = (0.1, 0.5, 0.9)


def changing_noise(n_times=3000):
    """A season whose third step is noisier than the others."""
    noise = np.random.default_rng(0).normal(size=n_times) * np.resize([0.1, 0.1, 1.0, 0.1], n_times)
    return np.resize([0.0, 4.0, 0.0, -2.0], n_times) + noise


def mean_value():
    """Weights of the linear forecast that is the mean of the window."""
    weights = torch.zeros(LOOK_BACK + 2, HORIZON)
    weights[LOOK_BACK] = 1
    return weights


def train_quantiles(series, cut, **options):
    train = make_data(series, last=cut - HORIZON)
    held_out = make_data(series, first=cut)
    options = {"lr": 0.02, "max_epochs": 10, "optimizer": torch.optim.Adam, **options}
    options["batch_size"] = 32
    net = make_net(awake=False, linear=mean_value(), module__quantiles=QUANTILES, **options)
    net.start_offsets(held_out)
    net.partial_fit((train, None))
    net.choose_shares(held_out)
    return net, held_out


def loss(net, data):
    actual = data[slice(None)][1]
    return pinball_loss(
        net.infer(data[slice(None)][0])[:, :, 1:], actual, net.module_.quantiles
    ).mean()


def test_offsets_start_at_the_quantiles_of_the_errors():
    net, data = make_net(awake=False, module__quantiles=QUANTILES), make_data(SERIES)
    errors = net.start_offsets(data)
    expected = np.quantile(errors, QUANTILES, axis=0).T
    np.testing.assert_allclose(net.module_.offsets, expected, atol=0.2)
    assert net.module_.share == net.module_.spread_share == 1


def test_few_errors_on_one_side_put_offsets_on_both():
    net = make_net(awake=False, module__quantiles=QUANTILES)
    errors = net.start_offsets(make_data(SERIES.cumsum()[:20]))
    assert (errors > 0).all()
    assert (net.module_.offsets[:, 0] < 0).all()
    assert (net.module_.offsets[:, 2] > 0).all()


def test_quantiles_follow_the_spread_where_it_changes():
    series = changing_noise()
    net, held_out = train_quantiles(series, 2500)
    assert net.module_.spread_share >= 0.5
    adaptive = loss(net, held_out)
    net.hold_out(held_out).set_offsets(0.0)
    assert adaptive < 0.97 * loss(net, held_out)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_offsets_are_calibrated_whatever_the_share(share):
    net, data = train_quantiles(changing_noise(), 2000, max_epochs=2)
    net.hold_out(data).set_offsets(share)
    inputs, actual = data[slice(None)]
    below = (actual[:, :, None] < net.infer(inputs)[:, :, 1:]).double().mean(dim=0)
    np.testing.assert_allclose(below, np.tile(QUANTILES, (HORIZON, 1)), atol=0.03)


def test_spread_of_noise_is_left_alone():
    net, _ = train_quantiles(np.random.default_rng(0).normal(size=600), 500)
    assert net.module_.spread_share == 0


def test_pinball_loss():
    quantiles = torch.tensor([0.1, 0.9])
    losses = pinball_loss(torch.tensor([[[0.0, 2.0]]]), torch.tensor([[1.0]]), quantiles)
    assert losses.item() == pytest.approx((0.1 * 1 + 0.1 * 1) / 2)
