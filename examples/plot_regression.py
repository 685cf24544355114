"""
===========================================
A number from a sequence
===========================================

How fast does it swing? The frequency of a noisy sine, told by a recurrent network, by ridge
regression and by a random forest, and by what an engineer would do.
"""

# %%
# Noisy sines
# -----------
# Each has 80 values, a random phase and a random height. No single value tells the frequency, nor
# does a weighted sum of them: the phase is another one each time.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import RidgeCV
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split

from sklearn_rnn import RNNRegressor

N_SAMPLES, N_STEPS = 500, 80

rng = np.random.default_rng(0)
frequency = rng.uniform(1, 6, size=N_SAMPLES)  # swings in a sequence
phase = rng.uniform(0, 2 * np.pi, size=N_SAMPLES)
height = rng.uniform(0.5, 2, size=N_SAMPLES)
time = np.linspace(0, 1, N_STEPS, endpoint=False)
X = height[:, None] * np.sin(2 * np.pi * frequency[:, None] * time + phase[:, None])
X += rng.normal(scale=0.7, size=X.shape)
X_train, X_test, y_train, y_test = train_test_split(X, frequency, test_size=200, random_state=0)

figure, axes = plt.subplots(1, 3, figsize=(10, 2.6), sharey=True, layout="constrained")
for ax, values, swings in zip(axes, X_test, y_test, strict=False):
    ax.plot(time, values, ".-", color="#0072B2", linewidth=0.8, markersize=4)
    ax.set(title=f"{swings:.2f} swings", xlabel="time")
axes[0].set_ylabel("value")
plt.show()

# %%
# Four who tell
# -------------
# ``RNNRegressor`` takes 2-D arrays as sequences of a single feature; units of ``y`` and scales of
# ``X`` are its own business. One network instead of two keeps this example short. The periodogram
# knows what is asked for, the frequency that has the most power, and needs no training.


def periodogram_peak(X):
    """Return the frequency that has the most power."""
    grid = np.linspace(1, 6, 501)
    waves = np.exp(-2j * np.pi * grid[:, None] * time)
    return grid[np.abs(X @ waves.T).argmax(axis=1)]


models = {
    "RNNRegressor": RNNRegressor(n_estimators=1, max_epochs=20, random_state=0),
    "random forest": RandomForestRegressor(random_state=0),
    "ridge": RidgeCV(alphas=np.logspace(-2, 4, 13)),
}
told = {name: model.fit(X_train, y_train).predict(X_test) for name, model in models.items()}
told["periodogram"] = periodogram_peak(X_test)

table = pd.DataFrame(
    {
        "R2": {name: r2_score(y_test, values) for name, values in told.items()},
        "mean absolute error": {
            name: mean_absolute_error(y_test, values) for name, values in told.items()
        },
    }
)
table.round(3)

# %%
# Whoever knows the formula is best off. Of those who have to learn it from samples, the network
# comes closest; a forest sees single values, and stays near the middle, as does ridge regression.

figure, axes = plt.subplots(1, 4, figsize=(11, 3.3), sharey=True, layout="constrained")
for ax, (name, values) in zip(axes, told.items(), strict=True):
    ax.axline((1, 1), slope=1, color="0.5", linewidth=1)
    ax.plot(y_test, values, ".", color="#D55E00", markersize=4)
    ax.set(title=f"{name}\nR2 {table.loc[name, 'R2']:.3f}", xlabel="true frequency")
axes[0].set_ylabel("told frequency")
plt.show()

# %%
# Who has the say?
# ----------------
# Beside the networks stand two ridge regressions, one of fixed convolutions, one of the values
# themselves. Each has the share of the say that suits what it says of samples that it has not
# learnt from. Values as such tell nothing here, and hardly any share is left to them.

pd.DataFrame(models["RNNRegressor"].shares_, index=["share"]).T.round(2)
# sphinx_gallery_thumbnail_number = 2
