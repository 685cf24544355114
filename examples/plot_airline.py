"""
============================================
Forecast the airline passengers
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

import numpy as np
import pandas as pd
import torch
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler

from sklearn_rnn import LSTMForecaster, backtest, make_windows, score_backtest
from sklearn_rnn.datasets import load_airline
from sklearn_rnn.plotting import BacktestDisplay, ForecastDisplay

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
print(pd.Series(errors, name="RMSE").round(1).to_string())
print(f"shares: ridge {default.linear_share_:.2f}, LSTM {default.network_share_:.2f}")

ForecastDisplay.from_train_test(one_month, train, test)
ForecastDisplay.from_train_test(default, train, test)

# %%
# Two years at once
# -----------------
# A forecaster with a horizon of 12 forecasts a year in one go, and goes on from there by
# recursion. Nine of ten months should lie within the band.

options = {"season_length": 12, "horizon": 12, "max_epochs": 50}
year = LSTMForecaster(**options, random_state=0).fit(train)
ForecastDisplay.from_estimator(year, n_steps=24, coverage=0.9, actual=test)

# %%
# Forecast from several points of the past
# ----------------------------------------
# One test year may be an easy one. A backtest forecasts from several cutoffs. Regressors and
# pipelines read windows of the same series, and are judged on the same months.

ridge = TransformedTargetRegressor(
    make_pipeline(FunctionTransformer(np.log), Ridge(alpha=0.01)),
    func=np.log,
    inverse_func=np.exp,
)
options = {"n_windows": 5, "step_size": 6}
backtests = {
    "LSTM": backtest(year, passengers, **options),
    "ridge": backtest(ridge, passengers, look_back=24, horizon=12, **options),
}
print(pd.DataFrame({name: score_backtest(frame) for name, frame in backtests.items()}).round(1))
BacktestDisplay.from_backtest(backtests)

# %%
# Tune the look-back like any other parameter
# -------------------------------------------
# On windows, the forecaster is a regressor like any other, and compares with any other on equal
# terms.

X, y = make_windows(passengers, look_back=37)
X_train, X_test, y_train, y_test = X[:59], X[59:], y[:59], y[59:]
search = GridSearchCV(
    LSTMForecaster(season_length=12, max_epochs=50, random_state=0),
    {"look_back": [13, 25, 37]},
    cv=TimeSeriesSplit(3),
).fit(X_train, y_train)
print("best look-back:", search.best_params_["look_back"])
for name, model in {"LSTM": search, "ridge": ridge.fit(X_train, y_train)}.items():
    error = root_mean_squared_error(y_test, model.predict(X_test))
    print(f"RMSE of {name}, last {len(y_test)} months: {error:.1f}")
