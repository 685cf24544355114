"""Make the pictures of README and of the landing page, on a white ground that dark pages keep.

.venv/bin/python docs/pictures.py
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from sklearn_rnn import LSTMForecaster, RNNClassifier, RNNImageCaptioner, RNNImageClassifier
from sklearn_rnn.datasets import load_airline, make_digit_scenes
from sklearn_rnn.plotting import CaptionDisplay

FOLDER = Path(__file__).parent / "_static"
STYLE = {"font.size": 9, "axes.spines.top": False, "axes.spines.right": False}


def draw_probabilities(ax, probabilities, classes, steps):
    """Draw the probabilities after each step; name the classes that matter."""
    for label, values in zip(classes, np.asarray(probabilities).T, strict=True):
        if values.max() > 0.3:
            ax.plot(steps, values, label=str(label))
    ax.set(ylim=(-0.03, 1.03), ylabel="probability")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=4, fontsize=8, frameon=False)


def read_a_digit(image_ax, ax):
    """Show one image, and what its reader thinks after each row."""
    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, _ = train_test_split(X, y, random_state=0)
    reader = RNNImageClassifier(random_state=0).fit(X_train, y_train)
    stages = np.array(list(reader.staged_predict_proba(X_test)))
    # The image about which most is learnt after half of it: the story is in the lower rows.
    late = (stages[-1].max(axis=1) - stages[3].max(axis=1)).argmax()
    image_ax.imshow(X_test[late].reshape(8, 8), cmap="gray_r")
    image_ax.set(yticks=range(8), yticklabels=range(1, 9), xticks=[], ylabel="row")
    image_ax.set_title("a digit, read by rows", loc="left")
    draw_probabilities(ax, stages[:, late], reader.classes_, np.arange(1, 9))
    ax.set(xlabel="rows read")


def make_shapes(n_samples, rng, n_steps=96):
    """Make a plateau, a rise or a fall of random place and length, in noise."""
    kinds = rng.choice(["plateau", "rise", "fall"], size=n_samples)
    X = rng.normal(size=(n_samples, n_steps))
    for sequence, kind in zip(X, kinds, strict=True):
        start, length = rng.integers(10, 30), rng.integers(24, 60)
        ends = {"plateau": (1, 1), "rise": (0, 1), "fall": (1, 0)}[kind]
        sequence[start : start + length] += 6 * np.linspace(*ends, length)
    return X, kinds


def classify_a_sequence(series_ax, ax):
    """Show one sequence of a sensor, and what its reader thinks after each step."""
    X, kinds = make_shapes(400, np.random.default_rng(0))
    reader = RNNClassifier(random_state=0).fit(X[:200], kinds[:200])
    print("sequences right:", reader.score(X[200:], kinds[200:]))
    chosen = np.flatnonzero(kinds[200:] == "rise")[0] + 200
    stages = [stage[0] for stage in reader.staged_predict_proba(X[[chosen]])]
    series_ax.plot(X[chosen], color="0.3", linewidth=1)
    series_ax.set(xlabel="step", ylabel="sensor")
    series_ax.set_title("a sensor, classified", loc="left")
    draw_probabilities(ax, stages, reader.classes_, np.arange(1, len(stages) + 1))
    ax.set(xlabel="steps read")


def forecast_passengers(ax):
    """Show two years of forecasts with their band, and what came."""
    passengers = load_airline()
    train, test = passengers[:96], passengers[96:120]
    forecaster = LSTMForecaster(season_length=12, horizon=12, random_state=0).fit(train)
    ahead = forecaster.forecast(24, coverage=0.9)
    months = train.index[-48:].to_timestamp()
    ax.plot(months, train[-48:], color="0.3", label="history")
    ax.plot(test.index.to_timestamp(), test, "k.", markersize=4, label="what came")
    coming = ahead.index.to_timestamp()
    ax.plot(coming, ahead["forecast"], label="forecast")
    ax.fill_between(coming, ahead["lower"], ahead["upper"], alpha=0.2, label="90 %")
    ax.set(ylabel="thousand passengers")
    ax.set_title("a series, forecast two years ahead", loc="left")
    ax.legend(loc="upper left", fontsize=8, frameon=False)


def train_captioner():
    """Return a captioner, and scenes with captions of words in an order that it has not read."""
    images, captions = make_digit_scenes(5200, random_state=0)
    unseen = np.arange(len(images)) >= 5000
    unseen &= ~np.isin(captions, captions[:5000])
    captioner = RNNImageCaptioner(random_state=0).fit(images[:5000], captions[:5000])
    print("captions right:", (captioner.predict(images[unseen]) == captions[unseen]).mean())
    return captioner, images[unseen]


def draw_overview(scene, caption):
    """Compose the picture of README."""
    with plt.rc_context(STYLE):
        figure = plt.figure(figsize=(10, 5.6), layout="constrained")
        grid = figure.add_gridspec(2, 12, wspace=0.08, hspace=0.1)
        read_a_digit(figure.add_subplot(grid[0, :3]), figure.add_subplot(grid[0, 3:6]))
        classify_a_sequence(figure.add_subplot(grid[0, 6:9]), figure.add_subplot(grid[0, 9:]))
        forecast_passengers(figure.add_subplot(grid[1, :8]))
        ax = figure.add_subplot(grid[1, 8:])
        ax.imshow(scene)
        ax.set_axis_off()
        ax.set_title(f"a scene, captioned:\n“{caption}”")
        figure.savefig(FOLDER / "overview.png", dpi=110)


def main():
    """Train what is shown and save both pictures."""
    captioner, scenes = train_captioner()
    draw_overview(scenes[0], captioner.predict(scenes[:1])[0])
    display = CaptionDisplay.from_estimator(captioner, scenes[:1])
    display.figure_.savefig(FOLDER / "caption.png", dpi=110)


if __name__ == "__main__":
    main()
