"""Torch modules: recurrent encoders and the networks around them."""

from ._cells import CELLS
from ._encoder import RecurrentEncoder
from ._initialization import build_empty, initialize_linear
from ._network import SequenceNetwork
from ._pooling import POOLINGS
from ._seed import Seed
from ._threads import suitable_threads

__all__ = [
    "CELLS",
    "POOLINGS",
    "RecurrentEncoder",
    "Seed",
    "SequenceNetwork",
    "build_empty",
    "initialize_linear",
    "suitable_threads",
]
