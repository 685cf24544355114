"""Networks of torchvision and timm, with the weights that they were trained to."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import NamedTuple

from torch import nn

IMAGENET_MEAN, IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Pretrained(NamedTuple):
    """A network, and what pixels in [0, 1] are shifted and divided by for it."""

    model: nn.Module
    mean: tuple[float, ...]
    std: tuple[float, ...]


def load_pretrained(name: str) -> Pretrained:
    """Load a network by its name in torchvision or, where that has none of this name, in timm.

    They download the weights where they have not done so before.

    Raises
    ------
    ImportError
        If neither is installed.

    ValueError
        If they have no network of this name.

    OSError
        If the weights cannot be downloaded.
    """
    installed = {library: load for library, load in LIBRARIES.items() if find_spec(library)}
    if not installed:
        raise ImportError(
            f"encoder={name!r} is the name of a network of torchvision or timm, and neither is "
            "installed: pip install torchvision. A torch module can be given instead of a name."
        )
    known: list[str] = []
    for library, (list_names, load) in installed.items():
        names = list_names()
        if name not in names:
            known += names
            continue
        try:
            return load(name)
        except OSError as error:
            reason = str(error).rstrip(".")
            raise OSError(
                f"The weights of encoder={name!r} are not there yet, and {library} cannot download "
                f"them: {reason}. With a network connection, it does so once, and keeps them."
            ) from error
    nearest = get_close_matches(name, known)
    hint = f" The nearest: {', '.join(map(repr, nearest))}." if nearest else ""
    raise ValueError(f"encoder={name!r} is no network of {' or '.join(installed)}.{hint}")


def _torchvision_names() -> list[str]:
    return import_module("torchvision.models").list_models()


def _load_torchvision(name: str) -> Pretrained:
    models = import_module("torchvision.models")
    weights = models.get_model_weights(name).DEFAULT
    preset = weights.transforms()
    model = models.get_model(name, weights=weights)
    return Pretrained(model, tuple(preset.mean), tuple(preset.std))


def _timm_names() -> list[str]:
    """List names with the training of their weights, and without it for the usual one."""
    names = import_module("timm").list_models(pretrained=True)
    return sorted({*names, *(name.split(".")[0] for name in names)})


def _load_timm(name: str) -> Pretrained:
    model = import_module("timm").create_model(name, pretrained=True)
    how = model.pretrained_cfg
    return Pretrained(model, tuple(how["mean"]), tuple(how["std"]))


LIBRARIES: dict[str, tuple[Callable[..., list[str]], Callable[..., Pretrained]]] = {
    "torchvision": (_torchvision_names, _load_torchvision),
    "timm": (_timm_names, _load_timm),
}
