"""Where an answer comes from: attributions to steps, features and pixels."""

from ._integrated_gradients import integrated_gradients

__all__ = ["integrated_gradients"]
