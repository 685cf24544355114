"""Losses that a user brings."""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn

# They take what a softmax or a sigmoid has made of the outputs.
OF_PROBABILITIES = {nn.NLLLoss: "CrossEntropyLoss", nn.BCELoss: "BCEWithLogitsLoss"}


def accepts(criterion: type[nn.Module], name: str) -> bool:
    """Tell whether a loss has a parameter of this name."""
    return name in inspect.signature(criterion).parameters


def check_criterion(criterion: type[nn.Module]) -> type[nn.Module]:
    """Check that a loss can be computed of the outputs of a network, row by row.

    Raises
    ------
    ValueError
        If it is no torch module, takes no ``reduction="none"``, or takes probabilities.
    """
    if not issubclass(criterion, nn.Module):
        raise ValueError(
            "The 'criterion' parameter must be a subclass of torch.nn.Module, such as "
            f"torch.nn.CrossEntropyLoss. Got {criterion!r} instead."
        )
    if not accepts(criterion, "reduction"):
        raise ValueError(
            f"criterion={criterion.__name__} must have a parameter `reduction`, as losses of torch "
            "have: it is built with reduction='none', to weigh the loss of each sample."
        )
    if criterion in OF_PROBABILITIES:
        raise ValueError(
            f"criterion={criterion.__name__} takes probabilities, but the outputs of the network "
            f"are scores. Take torch.nn.{OF_PROBABILITIES[criterion]}."
        )
    return criterion


def criterion_options(criterion: type[nn.Module], given: dict[str, Any]) -> dict[str, Any]:
    """List what a net is built with to have a loss with the given parameters.

    Raises
    ------
    ValueError
        If the loss has no such parameter, or estimators have their own for it.
    """
    for name in given:
        if name == "label_smoothing":
            raise ValueError("Set label_smoothing instead of criterion__label_smoothing.")
        if not accepts(criterion, name) or name == "reduction":
            raise ValueError(f"criterion__{name} cannot be set of {criterion.__name__}.")
    return {"criterion": criterion, **{f"criterion__{name}": given[name] for name in given}}
