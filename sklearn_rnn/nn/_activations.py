"""Activations of gates and states, for compiled code."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import math

import numba
import numpy as np
from numba.extending import overload

HALF = np.float32(0.5)
# A rational function of x, as in Eigen and XLA: odd powers over even ones, from the highest.
BOUND = np.float32(7.90531110763549805)
ABOVE = tuple(
    np.float32(each)
    for each in (
        -2.76076847742355e-16,
        2.00018790482477e-13,
        -8.60467152213735e-11,
        5.12229709037114e-08,
        1.48572235717979e-05,
        6.37261928875436e-04,
        4.89352455891786e-03,
    )
)
BELOW = tuple(
    np.float32(each)
    for each in (1.19825839466702e-06, 1.18534705686654e-04, 2.26843463243900e-03, ABOVE[-1])
)


def tanh(x):
    """Compute the hyperbolic tangent, of a float32 up to 3e-7."""
    return math.tanh(x)


def sigmoid(x):
    """Compute the logistic function, of a float32 up to 2e-7."""
    return 0.5 * math.tanh(0.5 * x) + 0.5


@overload(tanh)
def _tanh_of_type(x):
    return _tanh32 if x == numba.types.float32 else _tanh64


@overload(sigmoid)
def _sigmoid_of_type(x):
    return _sigmoid32 if x == numba.types.float32 else _sigmoid64


def _tanh64(x):
    return math.tanh(x)


def _sigmoid64(x):
    return 0.5 * math.tanh(0.5 * x) + 0.5


def _tanh32(x):
    # Written so that NaN stays NaN.
    x = BOUND if x > BOUND else x
    x = -BOUND if x < -BOUND else x
    square = x * x
    above = ABOVE[0]
    for factor in ABOVE[1:]:
        above = above * square + factor
    below = BELOW[0]
    for factor in BELOW[1:]:
        below = below * square + factor
    return x * above / below


def _sigmoid32(x):
    return HALF * tanh(HALF * x) + HALF
