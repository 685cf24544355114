"""
===========================================
How far to look back
===========================================

The look-back is a parameter like any other, and ``GridSearchCV`` finds it. What makes the search
honest is how the windows are made and how they are split.
"""

# %%
# Windows before the split
# ------------------------
# :func:`~sklearn_rnn.make_windows` turns a series into samples: the months before, and the one that
# comes next. Made once, with the longest look-back of interest, all candidates are judged on the
# same months. Those who look back less far see the end of each window. (In a pipeline,
# :class:`~sklearn_rnn.LookBackWindow` makes windows from rows, but the first rows of a test part
# would have no history there.)

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import mean_absolute_error, mean_absolute_percentage_error
from sklearn.model_selection import GridSearchCV, KFold, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from sklearn_rnn import LSTMForecaster, make_windows
from sklearn_rnn.datasets import load_airline

passengers = load_airline()
X, y = make_windows(passengers, look_back=37)
n_train = len(y) - 24
X_train, X_test, y_train, y_test = X[:n_train], X[n_train:], y[:n_train], y[n_train:]
print(f"{n_train} windows to search with, {len(y_test)} for the test; X: {X.shape}, y: {y.shape}")

# %%
# Split by time
# -------------
# Each part is forecast by a model that has seen what came before it, and nothing else. Scales, and
# whatever else is learnt, are learnt within ``fit``, from the training rows. The forecaster is not
# told that there is a season: it has to see one.

LOOK_BACKS = [1, 2, 6, 13, 25, 37]
options = {"scoring": "neg_mean_absolute_error", "cv": TimeSeriesSplit(3, test_size=12)}
search = GridSearchCV(
    LSTMForecaster(max_epochs=10, random_state=0), {"look_back": LOOK_BACKS}, **options
).fit(X_train, y_train)
error = mean_absolute_error(y_test, search.predict(X_test))
print(f"best look-back: {search.best_params_['look_back']} months")
print(f"mean absolute error in the last two years: {error:.1f} thousand passengers")

# %%
# The same for ridge regression
# -----------------------------
# Any regressor can be searched on the same windows. This one sees the logarithms of the last months
# of each.


def last_logarithms(X, look_back):
    """Cut windows to what a shorter look-back sees."""
    return np.log(X.iloc[:, -look_back:])


ridge = TransformedTargetRegressor(
    make_pipeline(FunctionTransformer(last_logarithms), Ridge(alpha=0.01)),
    func=np.log,
    inverse_func=np.exp,
)
cuts = [{"look_back": look_back} for look_back in LOOK_BACKS]
ridge_search = GridSearchCV(ridge, {"regressor__functiontransformer__kw_args": cuts}, **options)
ridge_search.fit(X_train, y_train)
error = mean_absolute_error(y_test, ridge_search.predict(X_test))
print(f"best look-back: {LOOK_BACKS[ridge_search.best_index_]} months")
print(f"mean absolute error in the last two years: {error:.1f} thousand passengers")

# %%
# Thirteen months hold the same month of last year, and what has changed since the month before it.
# That is where both errors fall. (Bars: one standard deviation of the three parts.)

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
searches = {"LSTMForecaster": (search, "#D55E00"), "ridge on logarithms": (ridge_search, "#0072B2")}
for name, (searched, color) in searches.items():
    mean, spread = (searched.cv_results_[f"{what}_test_score"] for what in ("mean", "std"))
    ax.errorbar(LOOK_BACKS, -mean, spread, fmt="o-", capsize=4, color=color, label=name)
ax.set(
    xticks=LOOK_BACKS,
    xlabel="look-back (months)",
    ylabel="mean absolute error\n(thousand passengers)",
    ylim=(0, None),
)
ax.legend()
plt.show()

# %%
# What a leak looks like
# ----------------------
# Shuffled folds test on months between those of training. A random forest, which cannot answer
# with more passengers than it has seen, gets by there: there are later months to learn from. In
# use, there are none.

folds = {
    "split by time": TimeSeriesSplit(3, test_size=12),
    "shuffled": KFold(3, shuffle=True, random_state=0),
}
forest = RandomForestRegressor(random_state=0)
errors = {
    name: -cross_val_score(
        forest, X_train, y_train, cv=cv, scoring="neg_mean_absolute_percentage_error"
    ).mean()
    for name, cv in folds.items()
}
errors["the last two years"] = mean_absolute_percentage_error(
    y_test, forest.fit(X_train, y_train).predict(X_test)
)
pd.Series(errors, name="mean absolute percentage error").map("{:.1%}".format).to_frame()
