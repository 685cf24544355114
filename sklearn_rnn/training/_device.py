"""Where a network is trained."""

from __future__ import annotations

import torch


def resolve_device(device: str | torch.device) -> torch.device:
    """Turn the `device` parameter into a device that exists.

    Parameters
    ----------
    device : str or torch.device
        "auto" for the GPU if torch finds one and the CPU otherwise, or the name of a device.

    Raises
    ------
    ValueError
        If torch does not know the device or it is not there.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        resolved = torch.device(device)
        torch.zeros(1, device=resolved).item()
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            f"device={str(device)!r} is not available on this machine: {reason.rstrip('.')}. "
            "Use device='cpu', or device='auto' for the best device there is."
        ) from error
    return resolved
