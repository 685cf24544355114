"""Data sets, shipped or fetched."""

from ._airline import load_airline

__all__ = ["load_airline"]
