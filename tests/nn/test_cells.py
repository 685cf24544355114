import subprocess
import sys

import pytest
from torch import nn

from sklearn_rnn.nn import CELLS
from sklearn_rnn.nn._cells import cell_of, find_cell

# What numbers the weights in the names that torch gives them.
NAMES = {f"{kind}_{of}_l0" for kind in ("weight", "bias") for of in ("ih", "hh")}

all_cells = pytest.mark.parametrize("cell", CELLS)


@all_cells
def test_cell_is_found_by_its_layer(cell):
    layer = find_cell(cell).build(3, 4, nonlinearity="tanh")

    assert cell_of(layer) is find_cell(cell)


@all_cells
def test_weights_are_named_as_by_torch(cell):
    layer = find_cell(cell).build(3, 4, nonlinearity="tanh", bidirectional=True)

    names = {name for name, _ in layer.named_parameters()}

    assert names == NAMES | {f"{name}_reverse" for name in NAMES}


@pytest.mark.parametrize(
    ("cell", "layer_class"), [("rnn", nn.RNN), ("lstm", nn.LSTM), ("gru", nn.GRU)]
)
def test_layers_are_those_of_torch_where_it_has_them(cell, layer_class):
    assert type(find_cell(cell).build(3, 4, nonlinearity="tanh")) is layer_class


def test_numba_is_loaded_when_it_is_needed():
    code = """
import sys, sklearn_rnn
before = "numba" in sys.modules
from sklearn_rnn.nn._cells import find_cell
find_cell("gru")
print(before, "numba" in sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)

    assert result.stdout.split() == ["False", "True"]
