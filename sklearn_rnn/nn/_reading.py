"""Read sequences with a recurrent layer, in the fastest way there is for it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ._cell import Layer
from ._cells import cell_of
from ._recurrence import recur
from ._reversal import Reorder, reversed_order

# Set to False to leave everything to the forward methods of layers, for comparison.
FAST = True


def read(
    layer: nn.Module, x: Tensor, lengths: Tensor | None = None, n_last: int | None = None
) -> Tensor:
    """Compute the outputs of a layer.

    They are those of ``layer(x)[0]`` up to rounding, where the sequences are valid.

    Parameters
    ----------
    layer : module
        Layer of one of the cells, that takes batches first.

    x : tensor of shape (n_samples, n_steps, input_size)
        Sequences, padded at their end to `n_steps`.

    lengths : tensor of shape (n_samples,), default=None
        Number of valid steps of each sequence, on the CPU; None if all are valid.

    n_last : int, default=None
        Number of steps at the end whose outputs are wanted; None for all.

    Returns
    -------
    outputs : tensor of shape (n_samples, n_last, output_size)
        Outputs. Those of padded steps are without meaning.
    """
    assert isinstance(layer, Layer)
    if not layer.bidirectional:
        # Forward in time, padding at the end cannot reach a valid step.
        lengths = None
    n_last = x.shape[1] if n_last is None else n_last
    weights = _weights(layer, x)
    how = cell_of(layer).recurrence(layer)
    if how is None or not _compiles(x, *weights):
        return _read_with_torch(layer, x, lengths)[:, -n_last:]
    # Copied once, since both passes of each direction go through it step by step.
    steps = x.transpose(0, 1).contiguous()
    outputs = recur(how, steps, weights[:4], n_last)
    if layer.bidirectional:
        order = reversed_order(lengths, *steps.shape[:2])
        backward = recur(how, Reorder.apply(steps, order), weights[4:], len(steps))
        outputs = torch.cat([outputs, Reorder.apply(backward, order)[-n_last:]], dim=2)
    return outputs.transpose(0, 1)


def _weights(layer: Layer, x: Tensor) -> list[Tensor]:
    """Take the four weights of each direction, with zeros for biases that are not there."""
    weights: list[Tensor] = []
    for of_direction in layer.all_weights:
        weights += of_direction
        weights += [] if layer.bias else x.new_zeros(2, len(of_direction[0]))
    return weights


def _compiles(x: Tensor, *weights: Tensor) -> bool:
    """Tell whether there is compiled code to read `x` with."""
    return (
        FAST
        and x.device.type == "cpu"
        and x.dtype in (torch.float32, torch.float64)
        and len(x) > 0
        and not torch.is_autocast_enabled("cpu")
        and not torch.jit.is_tracing()
        and not torch.compiler.is_compiling()
        and all(forward_ad.unpack_dual(tensor).tangent is None for tensor in (x, *weights))
    )


def _read_with_torch(layer: Layer, x: Tensor, lengths: Tensor | None) -> Tensor:
    if x.is_cuda and isinstance(layer, nn.RNNBase):
        # cuDNN has gradients in training mode only, in which such a layer does nothing else.
        layer.train(torch.is_grad_enabled())
    if lengths is None:
        return layer(x)[0]
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    outputs, _ = pad_packed_sequence(layer(packed)[0], batch_first=True, total_length=x.shape[1])
    return outputs
