"""Measure how time and memory of a fit grow with the rows, the steps and the units.

``python benchmarks/growth.py`` fits an `RNNImageClassifier` to random uint8 images of 1, 2, 4 and
8 times the size, each in a process of its own, and prints a table of CPU seconds and of the peak
of the memory above what the process held before `fit`, images included. ``--picture
docs/growth.png`` draws them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time

import numpy as np

TIMES = (1, 2, 4, 8)
START = {"rows": 4000, "steps": 28, "units": 64}
LABELS = {"seconds": "CPU seconds", "MB": "peak memory in MB"}
LIMIT = 1.2  # of the data in float32, the weights, and the activations of a batch


def fit(rows: int, steps: int, units: int) -> dict[str, float]:
    """Fit in this process: seconds, and MB of the peak above that before."""
    from sklearn_rnn import RNNImageClassifier

    rng = np.random.default_rng(0)
    settings = {"cell": "gru", "max_epochs": 2, "batch_size": 128, "device": "cpu"}
    y = np.arange(rows) % 10
    warm = rng.integers(256, size=(256, 28, 28), dtype=np.uint8)
    RNNImageClassifier(**settings, hidden_size=8).fit(warm, y[:256])
    X = np.empty((rows, steps, 28), np.uint8)
    for image in X:  # one by one: what is made on the way must not raise the peak
        image[...] = rng.integers(256, size=image.shape, dtype=np.uint8)
    classifier = RNNImageClassifier(**settings, hidden_size=units)
    before, start = peak(), time.process_time()
    classifier.fit(X, y)
    return {"seconds": time.process_time() - start, "MB": peak() - before}


def peak() -> float:
    """Peak of the memory of this process, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def allowed(rows: int, steps: int, units: int) -> float:
    """MB of the data in float32, of weights with their optimizer, and of a batch's activations."""
    weights = 4 * 3 * units * (28 + units + 2)
    # Of a step: input, state, four gates, and the gradients of all of them.
    batch = 128 * steps * 2 * (28 + 5 * units)
    return LIMIT * 4 * (rows * steps * 28 + weights + batch) / 2**20


def measure(sizes: dict[str, int]) -> dict[str, float]:
    """Fit in a new process."""
    command = [sys.executable, __file__, "--fit", json.dumps(sizes)]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def draw(found: dict[str, list[dict[str, float]]], path: str) -> None:
    import matplotlib.pyplot as plt
    from matplotlib.ticker import LogLocator

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
    for axis, quantity in zip(axes, ("seconds", "MB"), strict=True):
        for name, results in found.items():
            axis.plot(TIMES, [each[quantity] for each in results], "o-", label=name)
        axis.set(xscale="log", yscale="log", xticks=TIMES, xticklabels=TIMES)
        axis.minorticks_off()
        axis.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axis.yaxis.set_major_formatter("{x:g}")
        axis.set(xlabel="times the size", ylabel=f"{LABELS[quantity]} of fit")
        axis.legend()
    figure.savefig(path, dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fit", help=argparse.SUPPRESS)
    parser.add_argument("--picture", help="file to draw to")
    options = parser.parse_args()
    if options.fit:
        print(json.dumps(fit(**json.loads(options.fit))))
        return
    print("| grows | times | CPU seconds | MB | at most |\n|---|---|---|---|---|")
    found: dict[str, list[dict[str, float]]] = {}
    for name in START:
        found[name] = []
        for factor in TIMES:
            sizes = {**START, name: factor * START[name]}
            result = measure(sizes)
            found[name].append(result)
            numbers = f"{result['seconds']:.1f} | {result['MB']:.0f} | {allowed(**sizes):.0f}"
            print(f"| {name} | {factor} | {numbers} |", flush=True)
    copy = 4 * TIMES[-1] * START["rows"] * START["steps"] * 28 / 2**20
    print(f"\nA copy of the most images in float32 would take {copy:.0f} MB.")
    if options.picture:
        draw(found, options.picture)


if __name__ == "__main__":
    main()
