"""
============================================
The airline tutorial, and its leak
============================================

The classic series of recurrent network tutorials: what their network does, why it does no better
than last month's value, and what a forecaster does that looks back over a season.
"""

# %%
# The tutorial, as it is
# ----------------------
# An LSTM of 4 units sees one month and forecasts the next: 100 epochs, batches of one. Two things
# go wrong before it is trained. The scale is learnt from all months, those to be forecast
# included: a leak. And the loop that makes the windows stops one early, so that each part loses
# its last window.

import matplotlib.pyplot as plt
import pandas as pd
import torch
from sklearn.metrics import root_mean_squared_error
from sklearn.preprocessing import MinMaxScaler

from sklearn_rnn import LSTMForecaster
from sklearn_rnn.datasets import load_airline
from sklearn_rnn.plotting import ForecastDisplay

passengers = load_airline()
train, test = passengers[:96], passengers[96:]


class TutorialNetwork(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = torch.nn.LSTM(1, 4, batch_first=True)
        self.output = torch.nn.Linear(4, 1)

    def forward(self, x):
        return self.output(self.lstm(x)[0][:, -1])


def tutorial_error(scaler, n_dropped):
    """Train the tutorial's network by hand; test RMSE in thousand passengers."""
    levels = torch.tensor(scaler.transform(passengers.to_numpy()[:, None]), dtype=torch.float32)
    torch.manual_seed(7)
    network = TutorialNetwork()
    optimizer = torch.optim.Adam(network.parameters())
    for _ in range(100):
        for month in torch.randperm(len(train) - 1 - n_dropped):
            optimizer.zero_grad()
            error = network(levels[None, [month]]) - levels[month + 1]
            error.square().mean().backward()
            optimizer.step()
    with torch.no_grad():
        scaled = network(levels[len(train) : len(passengers) - 1 - n_dropped, None])
    forecast = scaler.inverse_transform(scaled.numpy())[:, 0]
    return root_mean_squared_error(test.iloc[1 : len(test) - n_dropped], forecast)


errors = {
    "the tutorial": tutorial_error(MinMaxScaler().fit(passengers.to_numpy()[:, None]), 1),
    "the same without leak": tutorial_error(MinMaxScaler().fit(train.to_numpy()[:, None]), 0),
    "last month's value": root_mean_squared_error(test, passengers.shift(1)[test.index]),
    "last year's value": root_mean_squared_error(test, passengers.shift(12)[test.index]),
}

# %%
# The tutorial's network in a forecaster
# --------------------------------------
# The same look-back and the same number of units: seen relative to this month, a single month
# holds nothing that tells the next. So the forecaster repeats it, and the picture of the tutorial
# shows the forecasts one month behind. A look-back over some years, the default with a
# `season_length`, is what makes the difference.

small = {"look_back": 1, "hidden_size": 4, "max_epochs": 100, "batch_size": 32}
one_month = LSTMForecaster(**small, random_state=0).fit(train)
default = LSTMForecaster(season_length=12, random_state=0).fit(train)
errors["LSTMForecaster, look_back=1"] = root_mean_squared_error(test, one_month.predict(test))
errors["LSTMForecaster, season_length=12"] = root_mean_squared_error(test, default.predict(test))
pd.Series(errors, name="RMSE (thousand passengers)").round(1).to_frame()

# %%
# Each month from those before it: by one month of look-back, and by three years.

figure, axes = plt.subplots(2, 1, figsize=(9, 7), sharex=True, layout="constrained")
for ax, forecaster in zip(axes, [one_month, default], strict=True):
    ForecastDisplay.from_train_test(forecaster, train, test, ax=ax)
    ax.set(title=f"look_back = {forecaster.look_back_}", ylabel="thousand passengers")

# %%
# Most of what it forecasts is exponential smoothing. What ridge regression and the LSTM add is as
# much as helped in the newest part of the training months: little, in so short a series.

print(f"shares: ridge {default.linear_share_:.2f}, LSTM {default.network_share_:.2f}")

# %%
# Two years at once
# -----------------
# A forecaster with a horizon of 12 forecasts a year in one go, and goes on from there by
# recursion. Nine of ten months should lie within the band.

year = LSTMForecaster(season_length=12, horizon=12, max_epochs=30, random_state=0).fit(train)
display = ForecastDisplay.from_estimator(year, n_steps=24, coverage=0.9, actual=test[:24])
display.ax_.set_ylabel("thousand passengers")
plt.show()

# %%
# One test of two years may be an easy one, and one rival is not many. On the same series,
# :ref:`sphx_glr_auto_examples_plot_rivals.py` forecasts from several points of the past, and
# :ref:`sphx_glr_auto_examples_plot_look_back.py` searches for the look-back.
