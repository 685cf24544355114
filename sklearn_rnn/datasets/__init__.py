"""Data sets, shipped or fetched."""

from ._airline import load_airline
from ._mnist import fetch_fashion_mnist, fetch_mnist

__all__ = ["fetch_fashion_mnist", "fetch_mnist", "load_airline"]
