"""
===============================
Every way to read an image
===============================

A recurrent network reads one step after another. The ``scan`` decides what a step is: a row, a
column, a patch, or a pixel on some path.
"""

# %%
# The orders
# ----------
# :class:`~sklearn_rnn.ImageToSequence` can be inverted. The number of the step, put in the place
# of each value, comes back as an image that tells when each pixel is read, from dark to light.

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

from sklearn_rnn import ImageToSequence

IMAGE_SHAPE = (8, 8)
SCANS = ["rows", "columns", "patches", "pixels", "snake", "spiral", "hilbert", "permuted"]


def draw_scan(ax, scan):
    """Colour each pixel by the step that reads it, and join the steps by a line."""
    reader = ImageToSequence(scan=scan, patch_size=2).fit(np.zeros((1, *IMAGE_SHAPE)))
    n_steps, n_features = reader.order_.shape
    numbers = np.repeat(np.arange(n_steps), n_features).reshape(1, n_steps, n_features)
    ax.imshow(reader.inverse_transform(numbers)[0], cmap="viridis")
    rows, columns = np.unravel_index(reader.order_, IMAGE_SHAPE)
    ax.plot(columns.mean(axis=1), rows.mean(axis=1), ".-", color="white", linewidth=1)
    ax.set(title=f"{scan}, {n_steps} steps", xticks=[], yticks=[])


figure, axes = plt.subplots(2, 4, figsize=(10, 5.5), layout="constrained")
for ax, scan in zip(axes.flat, SCANS, strict=True):
    draw_scan(ax, scan)

# %%
# What the network gets
# ---------------------
# The same digit, as the sequence that each of three scans makes of it.

figure, axes = plt.subplots(1, 3, figsize=(8, 3), layout="constrained")
digit = load_digits().images[0]
for ax, scan in zip(axes, ["rows", "patches", "spiral"], strict=True):
    sequence = ImageToSequence(scan=scan, patch_size=2).fit_transform(digit[None])[0]
    ax.imshow(sequence, cmap="gray_r", aspect="auto", interpolation="none")
    ax.set(title=f"{scan}: {sequence.shape}", xlabel="feature", ylabel="step")
    ax.set_xticks(range(sequence.shape[1]))
plt.show()
