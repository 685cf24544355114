import errno
import importlib
import os
import subprocess
import sys

import pytest

from sklearn_rnn.nn import _compile
from sklearn_rnn.nn._compile import compiled

USES = """
from sklearn_rnn.nn._compile import compiled

from ._helper import increase


@compiled
def function(x):
    return increase(x)
"""
HELPER = """
from sklearn_rnn.nn._compile import compiled

from ._constants import STEP


@compiled
def increase(x):
    return x + STEP
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of which a compiled function calls that of another file."""
    folder = tmp_path / "kept"
    folder.mkdir()
    files = {"__init__": "", "_uses": USES, "_helper": HELPER, "_constants": "STEP = 1"}
    for name, text in {**files, "_other": "X = 1"}.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    # Files that change within a second are compiled anew by Python, too.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield folder
    forget()


def forget():
    for name in [name for name in sys.modules if name.startswith("kept")]:
        del sys.modules[name]
    _compile.sources_of.cache_clear()
    _compile._digest.cache_clear()


def call(x=1):
    """Call the function as a new process would; tell its result, and whether its code was kept."""
    forget()
    importlib.invalidate_caches()
    function = importlib.import_module("kept._uses").function
    return function(x), bool(function.stats.cache_hits)


@pytest.mark.usefixtures("package")
def test_code_is_kept():
    assert call() == (2, False)
    assert call() == (2, True)
    assert call(1.5) == (2.5, False)
    assert call(1.5) == (2.5, True)


@pytest.mark.parametrize(
    ("name", "old", "new"), [("_helper", "x + STEP", "x - STEP"), ("_constants", "1", "-1")]
)
def test_code_is_not_kept_where_what_it_calls_has_changed(package, name, old, new):
    call()
    file = package / f"{name}.py"
    file.write_text(file.read_text().replace(old, new))

    assert call() == (0, False)


def test_code_is_kept_where_another_file_has_changed(package):
    call()
    (package / "_other.py").write_text("X = 2")

    assert call() == (2, True)


def empty(file):
    file.write_bytes(b"")


def cut(file):
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def overwrite(file):
    file.write_bytes(b"\x80\x04nothing that was kept" * 9)


@pytest.mark.parametrize("damage", [empty, cut, overwrite])
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_damaged_files_are_replaced(package, kind, damage):
    call()
    for file in package.rglob(f"*.{kind}"):
        damage(file)

    assert call() == (2, False)
    assert call() == (2, True)


def test_files_that_cannot_be_read(package):
    call()
    for file in package.rglob("*.nbi"):
        file.unlink()
        file.mkdir()

    assert call() == (2, False)


@pytest.mark.usefixtures("package")
def test_full_disk(monkeypatch):
    def refuse(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("numba.core.caching.IndexDataCacheFile._open_for_write", refuse)

    assert call() == (2, False)
    assert call() == (2, False)


@pytest.mark.usefixtures("package")
def test_folders_that_cannot_be_written_to(monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)

    assert call() == (2, False)
    assert call() == (2, False)


def test_a_function_without_a_file():
    namespace = {"compiled": compiled}
    exec("increase = compiled(lambda x: x + 1)", namespace)

    assert namespace["increase"](1) == 2


COMPUTES = """
import torch
from sklearn_rnn.nn import RecurrentEncoder, Seed, _lstm

encoder = RecurrentEncoder(2, 64, Seed(0), n_steps=12, cell="lstm")
x = torch.randn(64, 12, 2, generator=torch.Generator().manual_seed(0))
states = encoder(x, None, 1)
states.square().sum().backward()
print(bool(_lstm.backward.stats.cache_hits))
for each in (states, *(weight.grad for weight in encoder.parameters())):
    print(each.detach().numpy().tobytes().hex())
"""


def test_the_same_bits_by_the_process_that_compiles_and_by_later_ones(tmp_path):
    def compute():
        environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
        command = [sys.executable, "-c", COMPUTES]
        found = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        is_kept, *values = found.stdout.split()
        return is_kept == "True", values

    (first_is_kept, first), (second_is_kept, second) = compute(), compute()
    assert (first_is_kept, second_is_kept) == (False, True)
    assert first == second


def test_sources_of_a_cell():
    sources = _compile.sources_of(_compile.Path(_compile.__file__).with_name("_lstm.py"))

    names = {source.name for source in sources}
    assert {"_lstm.py", "_products.py", "_activations.py", "_steps.py", "_compile.py"} <= names
    assert "_gru.py" not in names
