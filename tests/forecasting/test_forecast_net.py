import numpy as np
import pytest
import torch
from forecast_nets import HORIZON, LOOK_BACK, SERIES, make_data, make_net

from sklearn_rnn.forecasting import ForecastNet


def last_value():
    """Weights of the linear forecast that repeats the last value: none, in its own scale."""
    return torch.zeros(LOOK_BACK + 2, HORIZON)


def test_forecasts_are_in_the_units_of_the_series():
    net, data = make_net(awake=False, linear=last_value()), make_data()
    forecast, unit = net.forecast(data)
    ends = np.arange(LOOK_BACK, len(SERIES) - HORIZON + 1)
    last = SERIES[ends - 1][:, None, None]
    np.testing.assert_allclose(forecast, np.repeat(last, HORIZON, axis=1))
    windows = [SERIES[end - LOOK_BACK : end] for end in ends]
    expected = [np.sqrt(each.std() * np.abs(np.diff(each)).mean()) for each in windows]
    np.testing.assert_allclose(unit, expected)


@pytest.mark.parametrize("n_windows", [1, 7, 8, 100])
def test_forecasts_do_not_depend_on_the_batch(n_windows):
    net = make_net()
    forecast, _ = net.forecast(make_data(last=LOOK_BACK + n_windows - 1))
    whole, _ = net.forecast(make_data())
    np.testing.assert_allclose(forecast, whole[:n_windows], rtol=1e-12)


def test_forecasts_are_without_dropout():
    net, data = make_net(module__dropout=0.5), make_data()
    net.partial_fit((data, None))
    np.testing.assert_array_equal(net.forecast(data)[0], net.forecast(data)[0])


def test_loss_is_the_average_over_the_steps_that_are_known():
    net = make_net()
    y = torch.tensor([[1.0, np.nan], [2.0, 4.0]], dtype=torch.float64)
    inputs = {"known": torch.tensor([[1.0, 0.0], [1.0, 1.0]])}
    predicted = torch.zeros(2, 2, 1, dtype=torch.float64)
    assert net.get_loss(predicted, y, inputs) == pytest.approx((1 + 4 + 16) / 3)
    weighted = net.get_loss(predicted, y, {**inputs, "sample_weight": torch.tensor([3.0, 1.0])})
    assert weighted == pytest.approx((3 * 1 + 4 + 16) / (3 + 1 + 1))


def test_loss_where_all_steps_are_known():
    net = make_net()
    y = torch.tensor([[1.0, 3.0], [2.0, 4.0]], dtype=torch.float64)
    predicted = torch.zeros(2, 2, 1, dtype=torch.float64)
    assert net.get_loss(predicted, y) == pytest.approx((1 + 9 + 4 + 16) / 4)
    weighted = net.get_loss(predicted, y, {"sample_weight": torch.tensor([3.0, 1.0])})
    assert weighted == pytest.approx((3 * (1 + 9) + 4 + 16) / 8)


def test_loss_without_any_known_step_is_zero():
    net = make_net()
    predicted = torch.ones(2, 2, 1, dtype=torch.float64, requires_grad=True)
    y = torch.full((2, 2), torch.nan, dtype=torch.float64)
    loss = net.get_loss(predicted, y, {"known": torch.zeros(2, 2)})
    loss.backward()
    assert loss == 0
    assert (predicted.grad == 0).all()


def test_values_far_away_pull_no_harder_than_nearer_ones():
    net = make_net()
    predicted = torch.zeros(1, 2, 1, dtype=torch.float64)
    losses = [
        net.get_loss(predicted, torch.tensor([[0.0, value]], dtype=torch.float64))
        for value in (19.0, 20.0, 1e9, -1e9)
    ]
    assert losses[0] < losses[1] == losses[2] == losses[3]


def test_loss_of_an_epoch_is_that_of_all_windows():
    series = np.sin(1.3 * np.arange(200))
    net, data = make_net(), make_data(series)
    net.partial_fit((data, data))
    forecast, _ = net.forecast(data)
    ends = np.arange(LOOK_BACK, len(series) - HORIZON + 1)
    scale = np.array([series[end - LOOK_BACK : end].std() for end in ends])
    actual = np.stack([series[end : end + HORIZON] for end in ends])
    expected = np.square((forecast[:, :, 0] - actual) / scale[:, None]).mean()
    assert net.history[-1, "valid_loss"] == pytest.approx(expected)
    assert net.history[-1, "train_loss"] == pytest.approx(expected)


def test_epoch_of_many_windows_is_over_a_hundred_batches_drawn():
    data = make_data(np.random.default_rng(0).normal(size=2000))
    net = make_net()
    assert len(net.get_iterator(data, training=True)) == 100
    assert sum(len(y) for _, y in net.get_iterator(data)) == len(data)
    assert ForecastNet.count_batches(len(data), 8) == 100
    assert ForecastNet.count_batches(33, 8) == 4
