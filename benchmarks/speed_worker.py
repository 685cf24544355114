"""A process that times one side, told what to do by :mod:`speed` through its standard input.

It imports numpy and its own side alone: Keras may live in an environment of its own.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from speed_clock import clock

MODULES = {
    "ours": "speed_ours",
    "torch": "speed_torch",
    "skorch": "speed_skorch",
    "keras-jax": "speed_keras",
    "keras-tensorflow": "speed_keras",
}


def training(module: Any, job: dict[str, Any], data: dict[str, np.ndarray]) -> dict[str, Any]:
    """Time a training: as a whole, and unless that is judged, per epoch and what is left."""
    model = module.build(job, data)
    start = clock()
    epochs = model.fit()
    whole = clock() - start
    predicted = model.predict(data["X_test"])
    if predicted.dtype.kind == "f":
        score = float(np.sqrt(np.mean((predicted.ravel() - data["y_test"].ravel()) ** 2)))
    else:
        score = 100 * float(np.mean(predicted == data["y_test"]))
    if job["whole"]:
        return {"whole": whole, "score": score}
    # The first epoch compiles, warms up, or both.
    epoch = statistics.median(epochs[1:] or epochs)
    return {"whole": whole, "epoch": epoch, "once": whole - epoch * job["epochs"], "score": score}


def prediction(module: Any, job: dict[str, Any], data: dict[str, np.ndarray]) -> dict[str, Any]:
    """Time the prediction of all test images at once, or of one by one."""
    n_train = job["rows"]["train"]
    train = {**data, "X": data["X"][:n_train], "y": data["y"][:n_train]}
    model = module.build(job, train)
    model.fit()
    one = job["task"] == "predict_one"
    asked = [data["X_test"][i : i + 1] for i in range(200)] if one else [data["X_test"]] * 3
    model.predict(asked[0])
    return {"whole": statistics.median(timed(model.predict, images) for images in asked)}


def timed(function: Callable, *args: Any) -> float:
    start = clock()
    function(*args)
    return clock() - start


def search(module: Any, job: dict[str, Any], data: dict[str, np.ndarray]) -> dict[str, Any]:
    """Time a grid search of 8 candidates by 5 folds."""
    start = clock()
    score = 100 * module.search(job, data)
    return {"whole": clock() - start, "score": score}


TASKS = {"train": training, "predict": prediction, "predict_one": prediction, "search": search}


def run(module: Any, job: dict[str, Any]) -> dict[str, Any]:
    """Do one job, and tell how many cores were busy."""
    if job["task"] == "limit":
        return {"rates": module.product_rates(job["sizes"])}
    with np.load(job["data"]) as file:
        data = dict(file)
    wall, cpu = time.perf_counter(), time.process_time()
    result = TASKS[job["task"]](module, job, data)
    cores = (time.process_time() - cpu) / (time.perf_counter() - wall)
    return {**result, "cores": cores}


def main() -> None:
    # Libraries that print must not print into the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        module = importlib.import_module(MODULES[sys.argv[1]])
    except ImportError as error:
        print(json.dumps({"missing": str(error)}), file=answers)
        return
    print(json.dumps({"versions": module.versions()}), file=answers)
    for line in sys.stdin:
        print(json.dumps(run(module, json.loads(line))), file=answers)


if __name__ == "__main__":
    main()
