"""Check on a GPU what is tested on the CPU, and time both, beside loops by hand in torch.

``python benchmarks/gpu.py`` fits every estimator in its main forms on both devices, compares what
they predict, pickles what was fitted, and ends with an error if something differs. Then it prints
a table of seconds. ``--checks`` leaves the table out, ``--mnist`` adds trainings on MNIST, whose
data lie in a folder named by SKLEARN_RNN_DATA.
"""

from __future__ import annotations

import argparse
import os
import pickle
import statistics
import subprocess
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import torch
from image_systems import PLAIN, RNN_100
from scipy.ndimage import zoom
from sklearn.datasets import load_digits
from speed_torch import build_network
from torch import nn

from sklearn_rnn import (
    FeatureExtractor,
    LSTMForecaster,
    RNNClassifier,
    RNNImageCaptioner,
    RNNImageClassifier,
    RNNRegressor,
    RNNTagger,
)
from sklearn_rnn.datasets import fetch_mnist, load_airline, make_digit_scenes
from sklearn_rnn.inspection import integrated_gradients

# Rounding grows while a network learns: after few steps it is still small. Devices draw different
# numbers for dropout.
SHORT = {"max_epochs": 2, "dropout": 0.0, "random_state": 0}
TOLERANCE = 0.05  # of probabilities, and of forecasts over the deviation of their series
N_ROUNDS = 3
# Reads an estimator where there is no GPU.
LOAD = """
import pickle, sys
net = pickle.load(sys.stdin.buffer).net_
assert {each.device.type for each in net.module_.parameters()} == {"cpu"}
"""
Result = np.ndarray
rng = np.random.default_rng(0)


def waves(n_samples: int = 200, n_steps: int = 60, n_features: int = 2) -> tuple[Any, Any]:
    """Sine waves of two frequencies in noise."""
    y = np.arange(n_samples) % 2
    rates = np.where(y, 0.5, 0.3)[:, None, None]
    phases = rng.uniform(0, 6, size=(n_samples, 1, n_features))
    noise = rng.normal(0, 0.3, size=(n_samples, n_steps, n_features))
    return np.sin(rates * np.arange(n_steps)[:, None] + phases) + noise, y


def panel(n_series: int = 20, n_steps: int = 120) -> pd.DataFrame:
    """Monthly series with a covariate that is known ahead."""
    months = pd.date_range("2000-01-01", periods=n_steps, freq="MS")
    parts = []
    for number in range(n_series):
        promotion = rng.integers(0, 2, n_steps)
        season = 10 * np.sin(np.arange(n_steps) * np.pi / 6)
        sales = 100 + number + season + 5 * promotion + rng.normal(size=n_steps)
        columns = {"id": number, "month": months, "sales": sales, "promotion": promotion}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def hours(n_weeks: int = 12) -> np.ndarray:
    """Hourly values with days and weeks."""
    hour = np.arange(168 * n_weeks)
    day = np.sin(hour * np.pi / 12) * np.where(hour // 24 % 7 < 5, 2, 1)
    return 10 + day + rng.normal(0, 0.2, len(hour))


def classified(X: Any, y: Any, estimator: type = RNNClassifier, **options: Any) -> Callable:
    def run(device: str) -> tuple[Any, Callable[[Any], Result]]:
        model = estimator(device=device, **{**SHORT, **options}).fit(X, y)
        return model, lambda fitted: fitted.predict_proba(X)

    return run


def streamed(X: Any, y: Any, estimator: type = RNNClassifier) -> Callable:
    """Read forward alone, so that steps can arrive one by one."""
    forward = {"bidirectional": False, "front_end": False, "n_estimators": 1}
    if estimator is RNNClassifier:
        forward |= {"random_convolutions": False}

    def run(device: str) -> tuple[Any, Callable[[Any], Result]]:
        model = estimator(device=device, **SHORT, **forward).fit(X, y)

        def answer(fitted: Any) -> Result:
            stream, steps = fitted.start_stream(n_sequences=len(X)), np.split(X, X.shape[1], axis=1)
            return np.stack([stream.read(step).predict_proba() for step in steps])

        return model, answer

    return run


def attributed(X: np.ndarray, y: np.ndarray) -> Callable:
    def run(device: str) -> tuple[Any, Callable[[Any], Result]]:
        # In float32, gradients of gates that open and close are too rough to compare.
        model = RNNClassifier(device=device, dtype="float64", **SHORT).fit(X, y)
        return model, lambda fitted: integrated_gradients(fitted, X[:20], target=1)

    return run


def regressed(X: Any, y: np.ndarray) -> Callable:
    def run(device: str) -> tuple[Any, Callable[[Any], Result]]:
        model = RNNRegressor(device=device, **SHORT).fit(X, y)
        return model, lambda fitted: fitted.predict(X) / np.std(y)

    return run


def captioned(**options: Any) -> Callable:
    images, captions = make_digit_scenes(300, random_state=0)
    # Devices draw other numbers, and at its own rate rounding grows fast.
    options = {"word_dropout": 0.0, "max_shift": 0, "lr": 1e-5, **SHORT, **options}

    def run(device: str) -> tuple[Any, Callable[[Any], Result]]:
        model = RNNImageCaptioner(device=device, **options).fit(images, captions)

        def answer(fitted: Any) -> Result:
            assert all(fitted.predict(images[:20])), "captions are empty"
            _, looked = fitted.attend(images, captions)
            return np.concatenate([each.ravel() for each in looked]) * looked[0][0].size

        return model, answer

    return run


def features() -> FeatureExtractor:
    """Return what sees images as 8 x 8 cells of random features."""
    torch.manual_seed(0)
    return FeatureExtractor(nn.Sequential(nn.Conv2d(3, 16, 6, stride=4), nn.ReLU()))


def forecast(series: Any, **options: Any) -> Callable:
    def run(device: str) -> tuple[Any, Callable[[Any], Result]]:
        model = LSTMForecaster(device=device, **{**SHORT, **options}).fit(series)
        unit = np.std(np.asarray(getattr(series, "sales", series), dtype=float))

        def ahead(fitted: Any) -> Result:
            future = None
            if "future" in options:
                months = pd.date_range("2010-01-01", periods=options["horizon"], freq="MS")
                rows = [(i, month, 1) for i in range(20) for month in months]
                future = pd.DataFrame(rows, columns=["id", "month", "promotion"])
                found = fitted.forecast(future=future)
            else:
                found = fitted.forecast(options["horizon"], coverage=0.9)
            return found.select_dtypes("number").to_numpy(float) / unit

        return model, ahead

    return run


def windowed(X: np.ndarray, y: np.ndarray) -> Callable:
    def run(device: str) -> tuple[Any, Callable[[Any], Result]]:
        model = LSTMForecaster(device=device, **SHORT).fit(X, y)
        return model, lambda fitted: fitted.predict(X)

    return run


def cases() -> dict[str, Callable]:
    """List what is fitted on both devices: each returns the fitted estimator and its answers."""
    X, y = waves()
    ragged = [each[: rng.integers(20, 61)] for each in X]
    pixels, digits = load_digits(return_X_y=True)
    pixels, digits = pixels.reshape(-1, 8, 8)[:500], digits[:500]
    large = zoom(pixels, (1, 3, 3), order=1) + rng.normal(size=(len(pixels), 24, 24))
    small = {"front_end": False, "n_estimators": 1, "random_convolutions": False}
    windows, _ = waves(400, 12, 2)
    following = windows[:, -1, 0] + 0.5 * windows[:, -3, 1]
    sales = {"series_id": "id", "time": "month", "target": "sales", "horizon": 6}
    found = {
        "RNNClassifier()": classified(X, y),
        "RNNClassifier(), lengths that vary": classified(ragged, y),
        "RNNClassifier(), float64": classified(X, y, dtype="float64"),
        "RNNClassifier(dropout=0.2)": classified(X, y, dropout=0.2),
        "RNNClassifier(early_stopping=True)": classified(X, y, early_stopping=True),
        "RNNClassifier(num_layers=2, residual=True)": classified(X, y, num_layers=2, residual=True),
        "RNNClassifier(), a stream": streamed(X, y),
        "RNNClassifier(), integrated gradients": attributed(X, y),
        "RNNRegressor()": regressed(X, X[:, -20:, 0].mean(axis=1)),
        "RNNRegressor(), lengths that vary": regressed(ragged, np.array(list(map(np.std, ragged)))),
        "RNNTagger()": classified(X, X[:, :, 0] > 0, RNNTagger),
        "RNNTagger(), a stream": streamed(X, X[:, :, 0] > 0, RNNTagger),
        "RNNImageClassifier()": classified(pixels, digits, RNNImageClassifier),
        # At its own rate, a change of 1e-6 of the pixels moves probabilities by half.
        "RNNImageClassifier(), convolutions": classified(
            large, digits, RNNImageClassifier, lr=1e-4
        ),
        "RNNImageCaptioner()": captioned(),
        "RNNImageCaptioner(), pretrained": captioned(encoder=features()),
        "RNNImageCaptioner(fine_tune=True)": captioned(encoder=features(), fine_tune=True),
        "LSTMForecaster(horizon=12)": forecast(load_airline().astype(float), horizon=12),
        "LSTMForecaster(), a panel": forecast(panel(), season_length=12, lr=1e-3, **sales),
        "LSTMForecaster(), covariates": forecast(panel(), future=["promotion"], **sales),
        "LSTMForecaster(quantiles=...)": forecast(
            load_airline().astype(float), horizon=12, quantiles=[0.1, 0.9]
        ),
        "LSTMForecaster(), days and weeks": forecast(
            hours(), horizon=24, season_length=[24, 168], look_back=336
        ),
        "LSTMForecaster(), windows": windowed(windows, following),
    }
    for cell in ("rnn", "lstm", "gru"):
        options = {**small, "cell": cell, "bidirectional": True, "pooling": ["last", "max", "mean"]}
        found[f"{cell}, both ways, ragged"] = classified(ragged, y, **options)
    for scan in ("columns", "pixels", "hilbert"):
        found[f"scan={scan!r}"] = classified(pixels, digits, RNNImageClassifier, scan=scan)
    return found


def check(run: Callable) -> str:
    """Compare the devices, two fits on the GPU, and a pickled estimator: what was found."""
    seconds, answers, models = [], [], []
    for device in ("cpu", "cuda", "cuda"):
        start = time.perf_counter()
        model, answer = run(device)
        seconds.append(time.perf_counter() - start)
        answers.append(answer(model))
        models.append(model)
    places = {str(weight.device.type) for weight in models[1].net_.module_.parameters()}
    assert places == {"cuda"}, f"weights are on {places}"
    assert np.isfinite(answers[1]).all(), "not finite"
    again = answer(pickle.loads(pickle.dumps(models[2])))
    assert np.array_equal(again, answers[2]), "a pickled estimator answers otherwise"
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", LOAD],
        input=pickle.dumps(models[2]),
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        check=True,
    )
    apart = np.abs(answers[0] - answers[1]).max()
    assert np.array_equal(answers[1], answers[2]), "a second fit on the GPU has other bits"
    assert apart < TOLERANCE, f"CPU and GPU differ by {apart:.3g}"
    return f"{apart:.1e} apart, CPU {seconds[0]:.1f} s, GPU {seconds[2]:.1f} s"


def check_all(part: str) -> int:
    """Print a line for each case whose name has a part, and count those that fail."""
    n_failed = 0
    for name, run in cases().items():
        if part not in name:
            continue
        try:
            print(f"{name}: {check(run)}", flush=True)
        except Exception as error:
            n_failed += 1
            print(f"{name}: FAILED: {error}", flush=True)
            if not isinstance(error, AssertionError):
                traceback.print_exc(limit=-6, file=sys.stdout)
    return n_failed


def seconds_by_hand(system: dict, X: np.ndarray, y: np.ndarray, device: str) -> float:
    """Train the network of a system by hand, with all data on the device: seconds an epoch."""
    torch.manual_seed(0)
    network = build_network(system, X.shape[2], is_airline=False).to(device)
    inputs = torch.as_tensor(X, dtype=torch.float32).div(255).to(device)
    targets = torch.as_tensor(y).to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=system["lr"])
    seconds = []
    for _ in range(system["max_epochs"]):
        start = time.perf_counter()
        total = torch.zeros((), device=device)
        for rows in torch.randperm(len(inputs), device=device).split(system["batch_size"]):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(network(inputs[rows]), targets[rows])
            loss.backward()
            optimizer.step()
            total += loss.detach()
        total.item()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def seconds_by_ours(system: dict, X: np.ndarray, y: np.ndarray, device: str) -> float:
    """Train the same network by ours: seconds an epoch."""
    options = {**PLAIN, "max_grad_norm": None, **system, "random_state": 0, "device": device}
    if X.shape[2] == 1:
        X, options["scan"] = X.reshape(-1, 28, 28), "pixels"
    net = RNNImageClassifier(**options).fit(X, y).net_
    return statistics.median(net.history[:, "dur"])


def time_all() -> None:
    """Print seconds of an epoch of random images, by ours and by hand, on both devices."""
    X = rng.integers(256, size=(12_800, 28, 28), dtype=np.uint8)
    y = np.arange(len(X)) % 10
    adam = {"optimizer": "adam", "lr": 1e-3, "batch_size": 128, "max_epochs": 4}
    rows = {
        f"{cell.upper()} {size}": ({**adam, "cell": cell, "hidden_size": size}, X)
        for cell, size in (("rnn", 64), ("lstm", 64), ("gru", 64), ("lstm", 128), ("lstm", 512))
    }
    rows["LSTM 128, batches of 1,024"] = ({**rows["LSTM 128"][0], "batch_size": 1024}, X)
    pixels = X.reshape(-1, 784, 1)[:2560]
    for cell in ("gru", "lstm"):
        system = {**adam, "cell": cell, "hidden_size": 64, "max_epochs": 2}
        rows[f"pixels, {cell.upper()} 64"] = (system, pixels)
    print("\n| workload | GPU, s | by hand, s | ratio | CPU, s |\n|---|---|---|---|---|")
    for name, (system, images) in rows.items():
        job = (system, images, y[: len(images)])
        turns = [(seconds_by_ours(*job, "cuda"), seconds_by_hand(*job, "cuda")) for _ in range(3)]
        ours, by_hand = map(statistics.median, zip(*turns, strict=True))
        short = ({**system, "max_epochs": 2}, *job[1:])
        on_cpu = seconds_by_ours(*short, "cpu")
        print(
            f"| {name} | {ours:.3f} | {by_hand:.3f} | {ours / by_hand:.2f} | {on_cpu:.3f} |",
            flush=True,
        )


def train_mnist() -> None:
    """Print accuracy and seconds of trainings on MNIST."""
    X, y = fetch_mnist(return_X_y=True)
    X_test, y_test = fetch_mnist(subset="test", return_X_y=True)
    pixels = {"scan": "pixels", "cell": "lstm", "hidden_size": 128, "max_epochs": 10}
    systems = {
        "RNNImageClassifier()": {},
        "RNN 100 relu, SGD 0.1, batch 100, 5 epochs": {**RNN_100, "nonlinearity": "relu"},
        "pixels, LSTM 128, 10 epochs": {**pixels, "batch_size": 256},
    }
    print("\n| system | accuracy, % | seconds |\n|---|---|---|")
    for name, system in systems.items():
        start = time.perf_counter()
        model = RNNImageClassifier(**system, random_state=0, device="cuda").fit(X, y)
        seconds = time.perf_counter() - start
        print(f"| {name} | {100 * model.score(X_test, y_test):.2f} | {seconds:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", metavar="NAME", help="check what has this name")
    parser.add_argument("--checks", action="store_true", help="nothing is timed")
    parser.add_argument("--mnist", action="store_true", help="train on MNIST, too")
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("torch finds no GPU here: this checks what runs on one.")
    warnings.simplefilter("ignore")
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}")
    n_failed = check_all(options.only)
    if not options.checks:
        time_all()
    if options.mnist:
        train_mnist()
    if n_failed:
        sys.exit(f"{n_failed} cases failed.")


if __name__ == "__main__":
    main()
