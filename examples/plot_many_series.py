"""
===========================================
Many series at once, with intervals
===========================================

Sales of forty shops in one long table: one fit forecasts all of them, and says how far off it may
be.
"""

# %%
# A long table
# ------------
# A row for each shop and month. Shops differ in size, in growth and in how strong their season is.
# The last year is set aside.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_rnn import LSTMForecaster, backtest, score_backtest
from sklearn_rnn.plotting import ForecastDisplay

N_SHOPS, N_MONTHS = 40, 84

rng = np.random.default_rng(0)
months = pd.period_range("2019-01", periods=N_MONTHS, freq="M")
passed = np.arange(N_MONTHS)


def simulate_shop(number):
    """Draw the sales of one shop: level and growth, season and chance."""
    size, growth, season = rng.uniform(3, 7), rng.normal(0, 0.08), rng.uniform(0.05, 0.4)
    level = size + growth * passed / 12 + np.cumsum(rng.normal(scale=0.03, size=N_MONTHS))
    wave = season * np.sin(2 * np.pi * (passed + rng.integers(3)) / 12)
    sold = rng.poisson(np.exp(level + wave))
    return pd.DataFrame({"shop": f"shop {number:02}", "month": months, "sold": sold})


sales = pd.concat([simulate_shop(number) for number in range(N_SHOPS)], ignore_index=True)
is_last_year = sales["month"] >= months[-12]
train, test = sales[~is_last_year], sales[is_last_year]
train

# %%
# Fit once
# --------
# The names of the columns are all that has to be said about the table. Sales are never negative,
# and neither are their bounds.

forecaster = LSTMForecaster(
    horizon=12,
    season_length=12,
    series_id="shop",
    time="month",
    target="sold",
    lower_bound=0,
    max_epochs=8,
    random_state=0,
).fit(train)
forecaster.forecast(coverage=0.9)

# %%
# Look at some
# ------------

_ = ForecastDisplay.from_estimator(
    forecaster,
    coverage=0.9,
    actual=test,
    series=["shop 00", "shop 01", "shop 02", "shop 03", "shop 04", "shop 05"],
)

# %%
# Does nine in ten hold?
# ----------------------
# The widths of the intervals are those of held-out errors of all shops. The share of months that
# lie within them can be counted, in all and by how many months ahead they are.

frame = backtest(forecaster, sales, n_windows=1, coverage=0.9)
scores = score_backtest(frame)
print(scores.round(2))

by_step = score_backtest(frame, by="step")
figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
ax.bar(by_step.index, by_step["coverage"], color="#0072B2", label="months within the interval")
ax.axhline(0.9, color="#D55E00", linestyle="--", label="asked for")
ax.set(xlabel="months ahead", ylabel="share of shops", ylim=(0, 1), xticks=by_step.index)
ax.legend(loc="lower right", framealpha=1)
plt.show()

# %%
# Last year again?
# ----------------
# What one would forecast without any model is the same month of last year. How much better each
# shop is forecast than that:

last_year = train.groupby("shop")["sold"].tail(12).to_numpy()
naive = frame.assign(forecast=last_year)
errors = pd.DataFrame(
    {
        name: score_backtest(each, by="series")["smape"]
        for name, each in {"LSTMForecaster": frame, "last year": naive}.items()
    }
)
figure, ax = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
ax.axline((0, 0), slope=1, color="0.5", linewidth=1)
ax.plot(errors["last year"], errors["LSTMForecaster"], "o", color="#0072B2", alpha=0.7)
largest = 1.05 * errors.to_numpy().max()
ax.set(xlim=(0, largest), ylim=(0, largest), aspect="equal")
ax.set(xlabel="sMAPE of last year (%)", ylabel="sMAPE of LSTMForecaster (%)")
n_better = (errors["LSTMForecaster"] < errors["last year"]).sum()
ax.set_title(f"Below the line, the forecaster is better: {n_better} of {N_SHOPS}")
plt.show()
