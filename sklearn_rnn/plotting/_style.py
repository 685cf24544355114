"""Colours and axes of all Displays."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np

# Those of Okabe and Ito that the colour-blind tell apart on light and on dark pages.
OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
# More than these are dashed, then dotted.
LINE_STYLES = ("-", "--", ":", "-.")
GREY = "0.5"
# From what speaks against something, over nothing, to what speaks for it.
DIVERGING = "PuOr_r"


def line_styles() -> Iterator[dict[str, Any]]:
    """Count through colours, and then through line styles too."""
    for number in count():
        style, color = divmod(number, len(OKABE_ITO))
        yield {"color": OKABE_ITO[color], "linestyle": LINE_STYLES[style % len(LINE_STYLES)]}


def single_axes(ax: Any, figsize: tuple[float, float] | None = None) -> Any:
    """Return the axes of the caller, or new ones."""
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=figsize, layout="constrained")[1] if ax is None else ax


def several_axes(ax: Any, n_axes: int, what: str) -> np.ndarray:
    """Return the axes of the caller, if there is one for each of several, or new ones in a row."""
    import matplotlib.pyplot as plt

    if ax is None:
        figsize = (max(4.5 * n_axes, 6), 3.8)
        return plt.subplots(1, n_axes, figsize=figsize, squeeze=False, layout="constrained")[1][0]
    return given_axes(ax, n_axes, f"{what}, {n_axes} here")


def given_axes(ax: Any, n_axes: int, what: str) -> np.ndarray:
    """Return the axes of the caller, of which there must be one for each of several."""
    axes = np.array(ax, dtype=object).ravel()
    if len(axes) != n_axes:
        raise ValueError(f"ax must hold one Axes for each {what}. Got {len(axes)}.")
    return axes


def count_along_x(ax: Any) -> None:
    """Mark whole numbers alone on the horizontal axis."""
    from matplotlib.ticker import MaxNLocator

    ax.xaxis.set_major_locator(MaxNLocator(integer=True))


def grey_image(image: np.ndarray) -> np.ndarray:
    """Bring the mean of the channels of an image to the range from 0 to 1."""
    grey = np.asarray(image, dtype=np.float64)
    grey = grey.mean(axis=2) if grey.ndim == 3 else grey
    return (grey - grey.min()) / (np.ptp(grey) or 1.0)
