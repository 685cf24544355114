"""Both main jobs on real data: classify handwritten digits, forecast airline passengers.

Run with ``make demo``. Prints the scores and saves two pictures in the folder demo_output.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.metrics import root_mean_squared_error
from sklearn.model_selection import train_test_split

from sklearn_rnn import LSTMForecaster, RNNImageClassifier
from sklearn_rnn.datasets import load_airline

OUTPUT = Path("demo_output")


def classify_digits():
    """Read 8x8 images of digits as sequences of rows."""
    print("Handwritten digits: an LSTM reads each image row by row\n")
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, stratify=y, random_state=0)
    classifier = RNNImageClassifier(max_epochs=20, random_state=0, verbose=1).fit(X_train, y_train)
    print(f"\nTest accuracy: {classifier.score(X_test, y_test):.3f}\n")

    predicted = classifier.predict(X_test)
    confidence = classifier.predict_proba(X_test).max(axis=1)
    # The least certain ones are the most interesting to look at.
    figure, axes = plt.subplots(3, 6, figsize=(9, 5.4), layout="constrained")
    for ax, row in zip(axes.flat, np.argsort(confidence), strict=False):
        ax.imshow(X_test[row].reshape(8, 8), cmap="gray_r")
        color = "tab:green" if predicted[row] == y_test[row] else "tab:red"
        title = f"{y_test[row]} read as {predicted[row]}\n{confidence[row]:.0%} sure"
        ax.set_title(title, color=color, fontsize=9)
        ax.set_axis_off()
    figure.suptitle("The test images that the network is least certain of")
    figure.savefig(OUTPUT / "digits.png", dpi=150)


def forecast_airline():
    """Forecast monthly passengers, one step ahead and for a year at once."""
    print("Airline passengers: smoothing, ridge regression and an LSTM\n")
    passengers = load_airline()
    train, test = passengers[:96], passengers[96:]
    forecaster = LSTMForecaster(season_length=12, random_state=0).fit(train)
    print(f"Loss in epoch 1: {forecaster.loss_curve_[0]:.4f}, ", end="")
    print(f"in epoch {forecaster.n_iter_}: {forecaster.loss_curve_[-1]:.4f} (scaled)")
    one_ahead = forecaster.predict(test)
    last_year = passengers.shift(12)[test.index]
    print(f"RMSE one month ahead, last {len(test)} months: ", end="")
    print(f"{root_mean_squared_error(test, one_ahead):.1f} thousand passengers")
    print(f"RMSE of last year's value: {root_mean_squared_error(test, last_year):.1f}\n")

    year = LSTMForecaster(season_length=12, horizon=12, random_state=0).fit(passengers)
    figure, ax = plt.subplots(figsize=(9, 4.5), layout="constrained")
    passengers.plot(ax=ax, color="0.3", label="actual")
    forecaster.predict(train).plot(ax=ax, color="tab:blue", lw=1, label="one step ahead, seen")
    one_ahead.plot(ax=ax, color="tab:orange", label="one step ahead, unseen")
    ahead = year.forecast(24, coverage=0.9)
    ahead["forecast"].plot(ax=ax, color="tab:green", label="next two years")
    ax.fill_between(ahead.index, ahead["lower"], ahead["upper"], color="tab:green", alpha=0.2)
    ax.set(xlabel="month", ylabel="thousand passengers", title="Airline passengers")
    ax.legend()
    figure.savefig(OUTPUT / "airline.png", dpi=150)


if __name__ == "__main__":
    OUTPUT.mkdir(exist_ok=True)
    classify_digits()
    forecast_airline()
    print(f"Pictures saved in {OUTPUT}/: digits.png, airline.png")
