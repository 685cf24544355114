"""
===========================================
What is wrong with the pump?
===========================================

Sensor readings of varying length, in one long table with an id and a time, are classified. Then
the network is asked after each reading what it thinks so far, and which readings that is due to.
"""

# %%
# Readings in a long table
# ------------------------
# Three accelerometers on a pump. A worn bearing knocks now and then, from some moment on; an
# imbalance grows slowly, once per revolution. Recordings have 60 to 120 readings, a row each.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split

from sklearn_rnn import RNNClassifier
from sklearn_rnn.plotting import AttributionDisplay, StagedProbabilityDisplay

SENSORS = ["x", "y", "z"]
FAULTS = ["bearing", "imbalance", "none"]


def record(pump, fault, rng):
    """Simulate one recording; return its rows, and the time at which the fault begins."""
    n_readings = rng.integers(60, 121)
    time = np.arange(n_readings)
    begin = rng.integers(n_readings // 4, n_readings // 2)
    turning = np.sin(2 * np.pi * time / 8 + rng.uniform(0, 2 * np.pi))
    readings = rng.normal(scale=0.5, size=(n_readings, 3)) + 0.5 * turning[:, None]
    if fault == "imbalance":
        readings[:, 0] += np.clip((time - begin) / 30, 0, 1) * turning
    if fault == "bearing":
        knocks = begin + np.cumsum(rng.integers(8, 16, size=n_readings // 8))
        knocks = knocks[knocks < n_readings - 2]
        readings[knocks, 2] += 2.0
        readings[knocks + 1, 2] -= 1.5
    rows = pd.DataFrame(readings, columns=SENSORS)
    return rows.assign(pump=pump, second=time), begin


rng = np.random.default_rng(0)
fault_of = pd.Series(rng.choice(FAULTS, size=240), name="fault")
recordings = [record(pump, fault, rng) for pump, fault in fault_of.items()]
begin_of = pd.Series([begin for _, begin in recordings])
table = pd.concat([rows for rows, _ in recordings], ignore_index=True)
table

# %%
# One recording of each kind, and where its fault begins.

figure, axes = plt.subplots(3, 1, figsize=(8, 6), sharex=True, sharey=True, layout="constrained")
for ax, fault in zip(axes, FAULTS, strict=True):
    pump = fault_of.index[fault_of == fault][0]
    rows = table[table["pump"] == pump]
    for sensor, color in zip(SENSORS, ["#0072B2", "#E69F00", "#009E73"], strict=True):
        ax.plot(rows["second"], rows[sensor], color=color, linewidth=1, label=sensor)
    if fault != "none":
        ax.axvline(begin_of[pump], color="black", linestyle=":")
    ax.set(title=f"Pump {pump}: {fault}", ylabel="acceleration")
figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
axes[-1].set_xlabel("second")
plt.show()

# %%
# Train and test
# --------------
# ``series_id`` and ``time`` name the columns that tell which recording a row belongs to, and its
# place in it. Labels are a Series by id. A recording is either for training or for the test, with
# all its rows. One network and few epochs keep this example short; leave both out elsewhere.

train, test = train_test_split(fault_of, stratify=fault_of, test_size=80, random_state=0)
train_rows, test_rows = (table[table["pump"].isin(part.index)] for part in (train, test))

classifier = RNNClassifier(
    series_id="pump", time="second", n_estimators=1, max_epochs=6, random_state=0
)
classifier.fit(train_rows, train)
print(f"test accuracy: {classifier.score(test_rows, test):.2f}")

predicted = classifier.predict(test_rows)  # a Series by id
ConfusionMatrixDisplay.from_predictions(test[predicted.index], predicted, colorbar=False)
plt.show()

# %%
# When does it know?
# ------------------
# The probabilities after each reading, as if the recording ended there. The dotted line is where
# the fault begins.

right = test[predicted.index[predicted == test[predicted.index]]]
pumps = {fault: right.index[right == fault][0] for fault in FAULTS[:2]}

figure, axes = plt.subplots(2, 2, figsize=(10, 5), sharex="col", sharey="row", layout="constrained")
for (above, below), (fault, pump) in zip(axes.T, pumps.items(), strict=True):
    rows = table[table["pump"] == pump]
    for sensor, color in zip(SENSORS, ["#0072B2", "#E69F00", "#009E73"], strict=True):
        above.plot(rows["second"] + 1, rows[sensor], color=color, linewidth=1, label=sensor)
    above.set(title=f"Pump {pump}: {fault}", ylabel="acceleration")
    stages = [stage[0] for stage in classifier.staged_predict_proba(rows)]
    StagedProbabilityDisplay.from_predictions(
        stages, classes=classifier.classes_, axes=(None, below)
    )
    for ax in (above, below):
        ax.axvline(begin_of[pump] + 1, color="black", linestyle=":")
figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
plt.show()

# %%
# Where did it look?
# ------------------
# What the answer is due to, by sensor and reading, for the pump with the worn bearing: orange
# speaks for the bearing. The network was told neither that a bearing knocks nor which sensor hears
# it.

knocking = table.loc[table["pump"] == pumps["bearing"], SENSORS]
AttributionDisplay.from_estimator(classifier, [knocking])
plt.show()
# sphinx_gallery_thumbnail_number = 3
