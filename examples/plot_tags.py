"""
===========================================
A class for each step
===========================================

What is someone doing at each moment? A tagger says so for every reading of a sensor, where a
classifier gives one answer for a whole sequence.
"""

# %%
# A watch that counts steps
# -------------------------
# People rest, walk and run in turns, for as long as they like. At rest the arm is still, walking
# and running swing it at their own pace. Single readings tell little: any swing goes through zero.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

from sklearn_rnn import LookBackWindow, RNNTagger

ACTIVITIES = ["rest", "run", "walk"]
COLORS = dict(zip(ACTIVITIES, ["#CCCCCC", "#D55E00", "#56B4E9"], strict=True))
PACE = {"rest": 0.0, "walk": 0.9, "run": 1.6}  # radians a reading
STRENGTH = {"rest": 0.0, "walk": 0.8, "run": 1.2}


def wear_watch(rng):
    """Simulate readings of two axes and what was done at each of them."""
    activities = []
    while len(activities) < 120:
        activities += [rng.choice(ACTIVITIES)] * rng.integers(10, 40)
    activities = np.array(activities)
    angle = np.cumsum([PACE[activity] for activity in activities]) + rng.uniform(0, 6)
    strength = np.array([STRENGTH[activity] for activity in activities])
    readings = strength[:, None] * np.column_stack([np.sin(angle), np.cos(2 * angle)])
    return readings + rng.normal(scale=0.6, size=readings.shape), activities


rng = np.random.default_rng(0)
X, y = zip(*(wear_watch(rng) for _ in range(120)), strict=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=40, random_state=0)
lengths = [len(sequence) for sequence in X]
print(f"{len(X)} recordings of {min(lengths)} to {max(lengths)} readings, of two axes each")

# %%
# Tag
# ---
# ``X`` is a list of arrays ``(n_steps, n_features)``, ``y`` a list of as many labels as each of
# them has steps.

tagger = RNNTagger(max_epochs=20, random_state=0).fit(X_train, y_train)
tags = tagger.predict(X_test)
print(f"accuracy over all steps: {tagger.score(X_test, y_test):.3f}")

# %%
# Two that know no sequences
# --------------------------
# A random forest gets one reading at a time, another one the 15 readings up to it, which
# :class:`~sklearn_rnn.LookBackWindow` lays side by side.


def tag_by_forest(look_back):
    """Tag each reading from those of its window."""
    window = LookBackWindow(look_back, flatten=True)
    forest = RandomForestClassifier(random_state=0)
    forest.fit(np.vstack([window.fit_transform(x) for x in X_train]), np.concatenate(y_train))
    return [forest.predict(window.fit_transform(x)) for x in X_test]


all_tags = {
    "forest, one reading": tag_by_forest(1),
    "forest, 15 readings": tag_by_forest(15),
    "RNNTagger": tags,
}
truth = np.concatenate(y_test)
pd.DataFrame(
    {
        "accuracy": {
            name: accuracy_score(truth, np.concatenate(each)) for name, each in all_tags.items()
        },
        "F1": {
            name: f1_score(truth, np.concatenate(each), average="macro")
            for name, each in all_tags.items()
        },
    }
).round(3)

# %%
# See it
# ------
# The recording of the test with the most changes: what was read, what was done, and what each says
# of it. The tagger reads in both directions, so that it places the beginning of an activity as well
# as its end. ``bidirectional=False`` makes it say what it can before the next reading comes.

row = np.argmax([np.sum(labels[1:] != labels[:-1]) for labels in y_test])
rows = {"truth": y_test[row]} | {name: each[row] for name, each in all_tags.items()}
figure, axes = plt.subplots(
    1 + len(rows),
    1,
    figsize=(9, 4.5),
    sharex=True,
    height_ratios=[4] + [1] * len(rows),
    layout="constrained",
)
for axis, values, color in zip(["first", "second"], X_test[row].T, ["black", "0.6"], strict=True):
    axes[0].plot(values, color=color, linewidth=1, label=f"{axis} axis")
axes[0].set(ylabel="reading", xlim=(0, len(X_test[row]) - 1))
for ax, (name, labels) in zip(axes[1:], rows.items(), strict=True):
    for activity, color in COLORS.items():
        label = activity if ax is axes[1] else None
        ax.fill_between(
            np.arange(len(labels)), labels == activity, step="mid", color=color, label=label
        )
    ax.set(yticks=[], ylim=(0, 1))
    ax.set_ylabel(name, rotation=0, ha="right", va="center")
axes[-1].set_xlabel("reading number")
figure.legend(loc="outside upper center", ncols=5)
plt.show()
