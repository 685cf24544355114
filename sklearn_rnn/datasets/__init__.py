"""Data sets, shipped, fetched, made or loaded from a folder."""

from ._airline import load_airline
from ._captioned_images import load_captioned_images
from ._digit_scenes import make_digit_scenes
from ._mnist import fetch_fashion_mnist, fetch_mnist

__all__ = [
    "fetch_fashion_mnist",
    "fetch_mnist",
    "load_airline",
    "load_captioned_images",
    "make_digit_scenes",
]
