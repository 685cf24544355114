"""The notebooks of the examples run, and say nothing on the error stream."""

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "examples" / "notebooks"


@pytest.mark.parametrize("name", ["sequences_and_images", "forecasting"])
def test_notebook_runs(name, monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # pictures become outputs
    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)

    NotebookClient(notebook, kernel_name="python3").execute()

    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not [output for output in outputs if output.get("name") == "stderr"]
