"""Every public name is documented, as numpydoc understands it."""

import importlib
import inspect
import pkgutil
import re
import tomllib
from pathlib import Path

import pytest
from numpydoc.validate import ERROR_MSGS, validate

import sklearn_rnn

# Rooms that users do not import from; what is public of them is in `sklearn_rnn` itself.
INNER_ROOMS = {"base", "evaluation", "forecasting", "images", "nn", "sequences", "training"}

PYPROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
CONFIG = PYPROJECT["tool"]["numpydoc_validation"]


def public_modules():
    yield sklearn_rnn
    for module in pkgutil.iter_modules(sklearn_rnn.__path__):
        if not module.name.startswith("_") and module.name not in INNER_ROOMS:
            yield importlib.import_module(f"sklearn_rnn.{module.name}")


def public_names():
    """Names of classes, functions, and the methods that are not inherited from elsewhere."""
    for module in public_modules():
        for name in module.__all__:
            yield f"{module.__name__}.{name}"
            cls = getattr(module, name)
            if inspect.isclass(cls):
                methods = inspect.getmembers(cls, inspect.isfunction)
                yield from (
                    f"{module.__name__}.{name}.{method_name}"
                    for method_name, method in methods
                    if method.__module__.startswith("sklearn_rnn")
                )


def is_excluded(name):
    return any(re.search(pattern, name) for pattern in CONFIG.get("exclude", []))


def checks():
    """Codes that are asked for: those listed, or with "all" those not listed."""
    listed = set(CONFIG["checks"])
    return set(ERROR_MSGS) - listed if "all" in listed else listed


NAMES = [name for name in public_names() if not is_excluded(name)]


def test_public_names_are_found():
    assert {"sklearn_rnn.RNNClassifier.fit", "sklearn_rnn.datasets.load_airline"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_docstring(name):
    errors = [f"{code}: {text}" for code, text in validate(name)["errors"] if code in checks()]

    assert errors == []
