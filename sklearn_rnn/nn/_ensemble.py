"""Several networks that learn each for itself, and answer together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import torch
from torch import Tensor, nn

from ._encoder import RecurrentEncoder
from ._network import SequenceNetwork
from ._seed import Seed


class SequenceEnsemble(nn.Module):
    """Average the outputs of networks that differ in their initial weights and masks [1]_.

    What is put `beside` them once they have learnt has half of the say.

    Parameters
    ----------
    n_members : int
        Number of networks.

    seed : Seed
        Seed from which each network has its own.

    **options
        As for :class:`SequenceNetwork`.

    References
    ----------
    .. [1] Lakshminarayanan, B., Pritzel, A. and Blundell, C. (2017). Simple and scalable
       predictive uncertainty estimation using deep ensembles. NeurIPS.
    """

    def __init__(self, *, n_members: int, seed: Seed, **options: Any) -> None:
        super().__init__()
        self.members = nn.ModuleList(
            SequenceNetwork(seed=seed.of(f"member {number}"), **options)
            for number in range(n_members)
        )
        self.beside: nn.Module | None = None
        self.dtype, self.n_outputs = self._networks[0].dtype, self._networks[0].n_outputs

    @property
    def _networks(self) -> list[SequenceNetwork]:
        return cast(list[SequenceNetwork], self.members)

    @property
    def encoder(self) -> RecurrentEncoder:
        """One of what reads the sequences."""
        return self._networks[0].encoder

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the mean outputs of a batch, as :meth:`SequenceNetwork.forward` does."""
        outputs = torch.stack([member(x, lengths) for member in self.members]).mean(dim=0)
        return self._add_beside(outputs, x, lengths)

    def staged(self, x: Tensor, lengths: Tensor | None = None) -> Iterator[Tensor]:
        """Compute the mean outputs after each step, as :meth:`SequenceNetwork.staged` does."""
        stages = zip(*(member.staged(x, lengths) for member in self._networks), strict=True)
        for n_steps, stage in enumerate(stages, start=1):
            known = None if lengths is None else lengths.clamp(max=n_steps)
            yield self._add_beside(torch.stack(stage).mean(dim=0), x[:, :n_steps], known)

    def learnt_state(self) -> dict[str, Tensor]:
        """Return what training changes, as :meth:`SequenceNetwork.learnt_state` does."""
        return {
            f"members.{number}.{name}": each
            for number, member in enumerate(self._networks)
            for name, each in member.learnt_state().items()
        }

    def _add_beside(self, outputs: Tensor, x: Tensor, lengths: Tensor | None) -> Tensor:
        return outputs if self.beside is None else (outputs + self.beside(x, lengths)) / 2
