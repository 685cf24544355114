"""Torch modules: recurrent encoders and the network around them."""

from ._network import SequenceNetwork
from ._pooling import POOLINGS

__all__ = ["POOLINGS", "SequenceNetwork"]
