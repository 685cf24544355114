"""Functions on arrays that Numba [1]_ compiles.

Arrays are contiguous, all of the same dtype, float32 or float64. Each loop writes one array, so
that LLVM sees that it can vectorise it, and constants have the dtype of the arrays, since others
would turn float32 into float64.

References
----------
.. [1] Lam, S. K., Pitrou, A. and Seibert, S. (2015). Numba: a LLVM-based Python JIT compiler.
   LLVM-HPC.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function when it is first called, and keep the machine code for later processes.

    Sums may be formed in another order and products fused, but NaN and infinity are respected.
    """
    options: dict[str, Any] = {
        "nogil": True,
        "error_model": "numpy",
        "fastmath": {"arcp", "contract", "nsz", "reassoc"},
    }
    try:
        return numba.njit(cache=True, **options)(function)
    except RuntimeError:
        # There is no folder that may be written to.
        return numba.njit(**options)(function)
