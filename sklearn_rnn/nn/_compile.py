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

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a function when it is first called, and keep the machine code for later processes.

    Each operation is rounded as it is written: were sums formed in another order or products fused,
    a function would have other bits where it is compiled than where it is loaded.
    """
    dispatcher: Any = numba.njit(nogil=True, error_model="numpy")(function)
    # Without a folder that may be written to, nothing is kept.
    with suppress(Exception):
        dispatcher._cache = MachineCode(function)
    return dispatcher


class MachineCode(FunctionCache):
    """Machine code of a function, kept on disk as long as no file changes that it comes from.

    Numba looks at the file of the function alone, though code of those that it calls is part of
    the result. And what cannot be read or written is as good as not there: files may be damaged,
    the disk full.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        sources = sources_of(Path(function.__code__.co_filename))
        stamp = [self._impl.locator.get_source_stamp(), *map(_digest, sorted(sources))]
        self._cache_file = IndexDataCacheFile(self.cache_path, self._impl.filename_base, stamp)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Load code for a signature, or nothing."""
        try:
            return super().load_overload(sig, target_context)
        except Exception:
            with suppress(Exception):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Save code for a signature, if it can be."""
        with suppress(Exception):
            super().save_overload(sig, data)


@cache
def sources_of(path: Path) -> frozenset[Path]:
    """Find a file and those beside it that it imports from, and that they import from."""
    found, left = set(), [path]
    while left:
        source = left.pop()
        if source not in found and source.exists():
            found.add(source)
            names = re.findall(r"^from \.(\w+) import", source.read_text("utf-8"), re.MULTILINE)
            left += [source.with_name(f"{name}.py") for name in names]
    return frozenset(found)


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
