"""Every public name is documented, as numpydoc understands it."""

import importlib
import inspect
import pkgutil
import re
import tomllib
from pathlib import Path
from types import FunctionType

import pytest
from numpydoc.validate import ERROR_MSGS, validate

import sklearn_rnn

# Rooms that users do not import from; what is public of them is in `sklearn_rnn` itself, but for a
# base class of own cells, and what `start_stream` returns.
INNER_ROOMS = {"base", "evaluation", "forecasting", "images", "nn", "sequences", "training"}

OF_INNER_ROOMS = [("sklearn_rnn.nn", "SteppedLayer"), ("sklearn_rnn.sequences", "Stream")]

PYPROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
CONFIG = PYPROJECT["tool"]["numpydoc_validation"]


def public_modules():
    yield sklearn_rnn
    for module in pkgutil.iter_modules(sklearn_rnn.__path__):
        if not module.name.startswith("_") and module.name not in INNER_ROOMS:
            yield importlib.import_module(f"sklearn_rnn.{module.name}")


def method_names(cls):
    """Names of the methods, class methods and properties that are not inherited from elsewhere."""
    for owner in inspect.getmro(cls):
        if owner.__module__.startswith("sklearn_rnn"):
            kinds = (FunctionType, classmethod, staticmethod, property)
            yield from (name for name, member in vars(owner).items() if isinstance(member, kinds))


def public_names():
    """Names of classes, functions, and the methods of classes."""
    public = [(module.__name__, name) for module in public_modules() for name in module.__all__]
    for module_name, name in [*public, *OF_INNER_ROOMS]:
        yield f"{module_name}.{name}"
        public_object = getattr(importlib.import_module(module_name), name)
        if inspect.isclass(public_object):
            for method_name in sorted(set(method_names(public_object))):
                yield f"{module_name}.{name}.{method_name}"


def is_excluded(name):
    return any(re.search(pattern, name) for pattern in CONFIG.get("exclude", []))


def checks():
    """Codes that are asked for: those listed, or with "all" those not listed."""
    listed = set(CONFIG["checks"])
    return set(ERROR_MSGS) - listed if "all" in listed else listed


NAMES = [name for name in public_names() if not is_excluded(name)]


def test_public_names_are_found():
    assert {
        "sklearn_rnn.RNNClassifier.fit",
        "sklearn_rnn.datasets.load_airline",
        "sklearn_rnn.plotting.ForecastDisplay.from_estimator",
        "sklearn_rnn.nn.SteppedLayer.step",
    } <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_docstring(name):
    errors = [f"{code}: {text}" for code, text in validate(name)["errors"] if code in checks()]

    assert errors == []
