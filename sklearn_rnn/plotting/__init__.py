"""Displays: compute, then plot. Needs matplotlib, the extra "plot"."""

from ._staged_probability import StagedProbabilityDisplay

__all__ = ["StagedProbabilityDisplay"]
