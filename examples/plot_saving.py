"""
===========================================
Save it, serve it, and let it follow
===========================================

A trained network is saved, answers in another process, and follows a sensor reading by reading.
"""

# %%
# A network that reads forward
# ----------------------------
# An alarm has to ring while a machine still runs: a network for that may not wait for the end of
# the sequence. These three parameters leave out whatever needs the whole of it.

import subprocess
import sys
import tempfile
from pathlib import Path

import joblib
import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from sklearn_rnn import RNNClassifier


def run_machine(fails, rng):
    """Simulate 100 readings of two sensors; a machine that fails grows hot, and shakes."""
    begin = rng.integers(30, 70) if fails else 100
    late = np.clip(np.arange(100) - begin, 0, None)
    heat = 0.05 * late + np.cumsum(rng.normal(scale=0.2, size=100))
    shaking = rng.normal(scale=1 + 0.02 * late)
    return np.column_stack([heat, shaking])


rng = np.random.default_rng(0)
y = rng.choice(["fails", "runs"], size=300)
X = np.array([run_machine(label == "fails", rng) for label in y])
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=100, random_state=0)

classifier = RNNClassifier(
    bidirectional=False,
    front_end=False,
    random_convolutions=False,
    max_epochs=20,
    random_state=0,
).fit(X_train, y_train)
print(f"test accuracy: {classifier.score(X_test, y_test):.2f}")

# %%
# Save
# ----
# ``joblib`` and ``pickle`` save the estimator with its weights, its scales and the names of its
# classes, so that nothing has to be said a second time. Load only files that you trust, with the
# same versions of the packages.

folder = tempfile.TemporaryDirectory()
model_file, readings_file = Path(folder.name, "alarm.joblib"), Path(folder.name, "readings.npy")
joblib.dump(classifier, model_file, compress=3)
print(f"{model_file.stat().st_size / 1024:.0f} kB")

# %%
# Another process
# ---------------
# A server, or a job at night, loads it and answers. Same machine, same bits.

SERVER = """
import sys, joblib, numpy as np

classifier = joblib.load(sys.argv[1])
print(*classifier.predict_proba(np.load(sys.argv[2]))[:, 0])
"""
np.save(readings_file, X_test[:5])
answer = subprocess.run(
    [sys.executable, "-c", SERVER, model_file, readings_file],
    capture_output=True,
    text=True,
    check=True,
)
served = np.array(answer.stdout.split(), dtype=float)
print("served:", served.round(4))
here = classifier.predict_proba(X_test[:5])[:, 0]
print("the same bits as here:", np.array_equal(served, here))

# %%
# Reading by reading
# ------------------
# A stream keeps the state of the network between readings: an answer costs the new reading alone,
# however long the machine has been running.

loaded = joblib.load(model_file)
machine = np.flatnonzero(y_test == "fails")[0]
stream = loaded.start_stream()
failing = []
for reading in X_test[machine]:
    stream.read(reading)
    failing.append(stream.predict_proba()[0, 0])
print("at the end:", np.round(failing[-1], 4))
print("all at once:", classifier.predict_proba(X_test[[machine]])[0, 0].round(4))

figure, (above, below) = plt.subplots(2, 1, figsize=(8, 5), sharex=True, layout="constrained")
for sensor, values, color in zip(
    ["heat", "shaking"], X_test[machine].T, ["#D55E00", "#0072B2"], strict=True
):
    above.plot(values, color=color, linewidth=1, label=sensor)
above.set_ylabel("reading")
above.legend(loc="upper left")
below.plot(failing, color="black")
below.axhline(0.5, color="0.5", linestyle=":")
below.set(xlabel="readings so far", ylabel="probability of failing", ylim=(-0.02, 1.02))
above.set_title("A machine that fails, as the network followed it")
plt.show()

# %%
# Many machines side by side
# --------------------------
# ``n_sequences`` machines are read in one go.

fleet = loaded.start_stream(n_sequences=len(X_test))
alarms = []
for readings in X_test.swapaxes(0, 1):  # one reading of each machine
    fleet.read(readings[:, None])
    alarms.append(fleet.predict_proba()[:, 0] > 0.5)
share = np.array(alarms)

figure, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
for label, color in [("fails", "#D55E00"), ("runs", "#0072B2")]:
    ax.plot(share[:, y_test == label].mean(axis=1), color=color, label=f"machine {label}")
ax.set(xlabel="readings so far", ylabel="share with an alarm", ylim=(-0.02, 1.02))
ax.legend(loc="upper left")
folder.cleanup()
plt.show()
