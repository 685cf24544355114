"""
================================================
LSTM, ridge and random forest in one backtest
================================================

A network is worth its time only where simpler methods do worse. A backtest lets them all forecast
the same months from the same past, and here a simpler one wins.
"""

# %%
# The rivals
# ----------
# ``backtest`` takes forecasters and any regressor of scikit-learn. Regressors are fitted on windows
# of the series: the last ``look_back`` months, and the twelve that follow. Growth and season of the
# airline passengers multiply, so that logarithms make both of them sums, which is what ridge
# regression is good at. A forest answers with means of what it has seen: it cannot grow past it.
# (30 epochs keep this page short. With all that the forecaster takes by default, its errors are the
# same within one in a hundred.)

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_rnn import LSTMForecaster, backtest, score_backtest
from sklearn_rnn.datasets import load_airline
from sklearn_rnn.plotting import BacktestDisplay, ForecastDisplay


def on_logarithms(regressor):
    """Let a regressor see logarithms, and forecast them."""
    return TransformedTargetRegressor(
        make_pipeline(FunctionTransformer(np.log), regressor), func=np.log, inverse_func=np.exp
    )


regressors = {
    "ridge on logarithms": on_logarithms(Ridge(alpha=0.01)),
    "ridge": Ridge(alpha=0.01),
    "forest on logarithms": on_logarithms(RandomForestRegressor(random_state=0)),
    "forest": RandomForestRegressor(random_state=0),
}
forecaster = LSTMForecaster(season_length=12, horizon=12, max_epochs=30, random_state=0)

# %%
# Five points of the past
# -----------------------
# Each forecasts a year from five cutoffs, half a year apart, and knows nothing of what comes after
# them. All are fitted anew at each cutoff, with the settings they have: nobody was tuned on these
# months.

passengers = load_airline()
cuts = {"n_windows": 5, "step_size": 6, "refit": True}
frames = {"LSTMForecaster": backtest(forecaster, passengers, **cuts)}
for name, regressor in regressors.items():
    frames[name] = backtest(regressor, passengers, look_back=24, horizon=12, **cuts)

scores = pd.DataFrame({name: score_backtest(frame) for name, frame in frames.items()}).T
scores.sort_values("rmse").round(1)

# %%
# How far ahead?
# --------------
# The error by the number of months ahead.

display = BacktestDisplay.from_backtest(frames)
markers = ["o", "s", "^", "D", "v"]
colors = ["#D55E00", "#0072B2", "#56B4E9", "#009E73", "#CC79A7"]
for line, marker, color in zip(display.lines_, markers, colors, strict=True):
    line.set(marker=marker, color=color)
display.ax_.set(ylabel="mean absolute error\n(thousand passengers)", xlabel="months ahead")
display.ax_.legend(fontsize="small")
plt.show()

# %%
# From the last cutoff
# --------------------

figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), sharey=True, layout="constrained")
for ax, name in zip(axes, ["LSTMForecaster", "ridge on logarithms", "forest"], strict=True):
    last = frames[name].query("cutoff == cutoff.max()").set_index("time")
    known = passengers[passengers.index < last.index[0]][-36:]
    ForecastDisplay.from_predictions(known, last["forecast"], actual=last["actual"], ax=ax)
    ax.set_title(name)
plt.show()

# %%
# Who wins?
# ---------
# Ridge regression on logarithms, by a quarter, and even without logarithms it is ahead of
# ``LSTMForecaster``. This series is what linear regression is made for: growth and season are as
# steady as they come, and 24 months before tell the next twelve. The forecaster errs on the side of
# caution, since growth may end. Both forests are far behind. One series of 144 months decides
# nothing about others: the tables of the README tell of hundreds of them, most of which go the
# other way.
