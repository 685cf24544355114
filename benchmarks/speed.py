"""Time ours beside torch by hand, skorch and Keras, and print a table.

``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/speed.py`` times all, ``--quick`` with
fewer rows, epochs and rounds. Each side lives in a process of its own, and they take turns. Keras
is timed on JAX and TensorFlow where they are installed; ``--keras-jax`` and ``--keras-tensorflow``
name the Python interpreters of other environments.

Each side computes in one thread, and times are medians over the rounds, in milliseconds of CPU
time; with ``--threads all`` in as many as it likes, by the clock on the wall, on a machine that
does nothing else. They are per epoch, with what comes once per fit in
parentheses (setting up and compiling), and then the accuracy on test data in percent; for the
airline passengers of the whole fit, with the test RMSE; else of the call. The ratio is ours to
the best of the others, the median over the rounds; below 1 is faster. Beside it is that of the
whole fit. The last column is the rate of matrix products that ours reaches, and that of the
product of a single step, as shares of a large one's.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import speed_table as table
from speed_workloads import EVERYONE, Workload, workloads, write_data

HERE = Path(__file__).parent
LIBRARIES = ["OMP_NUM", "MKL_NUM", "OPENBLAS_NUM", "TF_NUM_INTRAOP", "TF_NUM_INTEROP"]
ONE_THREAD = {
    **{f"{each}_THREADS": "1" for each in LIBRARIES},
    # JAX: one for the products, one for all else.
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "NPROC": "1",
}


class Worker:
    """A process that times one side. It begins with its versions, or what it lacks."""

    hello: dict[str, Any]

    def __init__(self, side: str, python: str, threads: str) -> None:
        env = {**os.environ, **(ONE_THREAD if threads == "one" else {})}
        env["KERAS_BACKEND"] = side.removeprefix("keras-")
        env["SPEED_THREADS"] = threads
        env["TF_CPP_MIN_LOG_LEVEL"] = "3"
        command = [python, str(HERE / "speed_worker.py"), side]
        # Keras' backends talk much; what they say is shown if they fail.
        errors = subprocess.PIPE if "keras" in side else None
        self.process = subprocess.Popen(
            command,
            env=env,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )

    def read(self) -> dict[str, Any]:
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended: {self.process.communicate()[1]}")
        return json.loads(line)

    def run(self, job: dict[str, Any]) -> dict[str, Any]:
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        return self.read()


def start_workers(pythons: dict[str, str], wanted: list[str], threads: str) -> dict[str, Worker]:
    """Start a process for each side that is installed, and say what is left out."""
    # All load their libraries at the same time.
    workers = {side: Worker(side, pythons.get(side, sys.executable), threads) for side in wanted}
    for side, worker in list(workers.items()):
        worker.hello = worker.read()
        if "missing" in worker.hello:
            print(f"{side} is left out: {worker.hello['missing']}.\n")
            del workers[side]
    return workers


def measure_limit(worker: Worker, found: list[Workload], n_rounds: int) -> dict[Any, float]:
    """Measure the rates of the products of a step, and of a large one."""
    sizes = sorted({each.product() for each in found if each.is_rated})
    rounds = [worker.run({"task": "limit", "sizes": sizes})["rates"] for _ in range(n_rounds)]
    medians = [statistics.median(each) for each in zip(*rounds, strict=True)]
    return dict(zip([*sizes, "large"], medians, strict=True))


def time_workload(
    workload: Workload, workers: dict[str, Worker], folder: Path, n_rounds: int
) -> table.Results:
    """Let the sides take turns, each round in another order."""
    sides = [side for side in workload.sides if side in workers]
    results: table.Results = {side: [] for side in sides}
    for number in range(n_rounds):
        for place in range(len(sides)):
            side = sides[(place + number) % len(sides)]
            results[side].append(workers[side].run(workload.job(folder, seed=number)))
    return results


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer rows, epochs and rounds")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", choices=["one", "all"], default="one")
    parser.add_argument("--only", nargs="*", help="parts of the names of the workloads to time")
    parser.add_argument("--sides", nargs="*", choices=EVERYONE, default=list(EVERYONE))
    parser.add_argument("--keras-jax", default=sys.executable, help="its Python interpreter")
    parser.add_argument("--keras-tensorflow", default=sys.executable, help="the same")
    return parser.parse_args()


def main() -> None:
    options = parse_options()
    sizes = (640, 128, 2, 5, 1) if options.quick else (3200, 384, 4, 100, 10)
    n_rounds = 1 if options.quick else options.rounds
    wanted = [each.lower() for each in options.only or [""]]
    found = [each for each in workloads(*sizes) if any(w in each.name.lower() for w in wanted)]
    pythons = {side: getattr(options, side.replace("-", "_")) for side in EVERYONE[-2:]}
    workers = start_workers(pythons, options.sides, options.threads)
    with tempfile.TemporaryDirectory() as name:
        write_data(Path(name), *sizes[:2])
        rates = measure_limit(workers["ours"], found, n_rounds)
        threads = "one thread" if options.threads == "one" else "all threads"
        print(f"Large product: {rates['large'] / 1e9:.0f} GFLOP/s, with {threads} on every side.")
        print("; ".join(each.hello["versions"] for each in workers.values()) + ".\n")
        print(table.header(list(workers)), flush=True)
        best, cores = [], dict.fromkeys(workers, 0.0)
        for workload in found:
            results = time_workload(workload, workers, Path(name), n_rounds)
            text, ratio = table.row(workload, results, list(workers), rates)
            print(text, flush=True)
            best.append(ratio)
            for side, rounds in results.items():
                cores[side] = max(cores[side], *(each["cores"] for each in rounds))
        print(table.closing(best, cores))
    for worker in workers.values():
        worker.process.stdin.close()
        worker.process.wait()


if __name__ == "__main__":
    main()
