"""
============================================
Forecast the airline passengers
============================================

The classic series of recurrent network tutorials: why their network does no better than last
month's value, and what the same network does once it is told about the season.
"""

# %%
# Levels that it has never seen
# -----------------------------
# The tutorials let an LSTM of 4 units see one month and forecast the next, in batches of one for
# 100 epochs. Here its scale is learnt on the training months only. The later months lie above
# all that it was trained on, where its units saturate.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_rnn import LSTMForecaster, backtest, make_windows, score_backtest
from sklearn_rnn.datasets import load_airline
from sklearn_rnn.plotting import BacktestDisplay, ForecastDisplay

passengers = load_airline()
train, test = passengers[:96], passengers[96:]

network = {"look_back": 1, "hidden_size": 4, "batch_size": 1, "random_state": 0}
tutorial = LSTMForecaster(differencing=(), log=False, **network).fit(train)
forecasts = {
    "last month's value": passengers.shift(1)[test.index],
    "last year's value": passengers.shift(12)[test.index],
    "the network on levels": tutorial.predict(test),
}
ForecastDisplay.from_train_test(tutorial, train, test)

# %%
# Correct a seasonal forecast instead
# -----------------------------------
# With a `season_length`, the network is told what a naive forecast (here last year's value with
# the latest growth) missed last month, and forecasts what it will miss next.

small = LSTMForecaster(season_length=12, **network).fit(train)
print("differencing chosen on the training months:", small.differencing_)
default = LSTMForecaster(season_length=12, random_state=0).fit(train)
forecasts["the same network with season_length=12"] = small.predict(test)
forecasts["the default network with season_length=12"] = default.predict(test)

scores = {name: root_mean_squared_error(test, values) for name, values in forecasts.items()}
print(pd.Series(scores, name="RMSE").round(1).to_string())

figure, ax = plt.subplots(figsize=(9, 4.5), layout="constrained")
passengers.plot(ax=ax, color="0.3", label="actual")
for name in ["the network on levels", "the same network with season_length=12"]:
    forecasts[name].plot(ax=ax, label=name)
ax.set(ylabel="thousand passengers", title="One month ahead")
ax.legend()

# %%
# Two years at once
# -----------------
# A forecaster with a horizon of 12 forecasts a year in one go, and goes on from there by
# recursion.

year = LSTMForecaster(season_length=12, horizon=12, random_state=0).fit(train)
ForecastDisplay.from_forecaster(year, train, n_steps=24, actual=test)

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
backtests = {
    "LSTM": backtest(year, passengers, n_windows=3, refit=True),
    "ridge": backtest(ridge, passengers, look_back=24, horizon=12, n_windows=3, refit=True),
}
print(pd.DataFrame({name: score_backtest(frame) for name, frame in backtests.items()}).round(1))
BacktestDisplay.from_backtest(backtests)

# %%
# Tune the look-back like any other parameter
# -------------------------------------------
# On windows, the forecaster is a regressor like any other, and compares with any other on equal
# terms.

X, y = make_windows(np.log(passengers), look_back=37)
X_train, X_test, y_train, y_test = X[:59], X[59:], y[:59], y[59:]
search = GridSearchCV(
    LSTMForecaster(season_length=12, max_epochs=50, random_state=0),
    {"look_back": [3, 12, 24]},
    cv=TimeSeriesSplit(3),
).fit(X_train, y_train)
print("best look-back:", search.best_params_["look_back"])
for name, model in {"LSTM": search, "ridge": Ridge(alpha=0.01).fit(X_train, y_train)}.items():
    error = root_mean_squared_error(np.exp(y_test), np.exp(model.predict(X_test)))
    print(f"RMSE of {name} on logarithms, last {len(y_test)} months: {error:.1f}")
