"""What a user finds, and what importing it costs."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

import sklearn_rnn

MODULES = ["sklearn_rnn"] + [
    f"sklearn_rnn.{module.name}"
    for module in pkgutil.iter_modules(sklearn_rnn.__path__)
    if not module.name.startswith("_")
]

all_modules = pytest.mark.parametrize("module_name", MODULES)


@all_modules
def test_every_name_can_be_imported(module_name):
    module = importlib.import_module(module_name)

    assert all(hasattr(module, name) for name in module.__all__)


@all_modules
def test_names_are_sorted(module_name):
    names = importlib.import_module(module_name).__all__

    # As ruff sorts them: constants, classes, functions.
    assert names == sorted(names, key=lambda name: (not name.isupper(), name[0].islower(), name))


@all_modules
def test_names_are_public(module_name):
    assert not any(name.startswith("_") for name in importlib.import_module(module_name).__all__)


def test_surface():
    assert {
        "FeatureExtractor",
        "ImageToSequence",
        "LSTMForecaster",
        "LookBackWindow",
        "PanelTimeSeriesSplit",
        "RNNClassifier",
        "RNNImageCaptioner",
        "RNNImageClassifier",
        "RNNRegressor",
        "RNNTagger",
        "backtest",
        "make_windows",
        "score_backtest",
    } <= set(sklearn_rnn.__all__)


def test_displays():
    assert importlib.import_module("sklearn_rnn.plotting").__all__ == [
        "AttributionDisplay",
        "BacktestDisplay",
        "CaptionDisplay",
        "ForecastDisplay",
        "LearningCurveDisplay",
        "ScanDisplay",
        "StagedProbabilityDisplay",
    ]
    assert importlib.import_module("sklearn_rnn.inspection").__all__ == ["integrated_gradients"]


def run(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_import_does_not_need_matplotlib():
    code = "import sys; sys.modules['matplotlib'] = None; import sklearn_rnn"

    assert run(code).returncode == 0


@pytest.mark.parametrize("module_name", ["matplotlib", "pytest"])
def test_import_does_not_import(module_name):
    code = f"import sys, sklearn_rnn; print({module_name!r} in sys.modules)"

    assert run(code).stdout.strip() == "False"


def test_import_prints_nothing():
    result = run("import sklearn_rnn")

    assert (result.stdout, result.stderr, result.returncode) == ("", "", 0)
