"""Several networks that learn each for itself, and answer together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import torch
from torch import Tensor, nn

from ._encoder import RecurrentEncoder
from ._network import SequenceNetwork
from ._seed import Seed


class SequenceEnsemble(nn.Module):
    """Average the outputs of networks that differ in their initial weights and masks [1]_.

    What is put beside them once they have learnt has a share of the say.

    Parameters
    ----------
    n_members : int
        Number of networks.

    network : class, default=SequenceNetwork
        Their class.

    seed : Seed
        Seed from which each network has its own.

    **options
        As for `network`.

    References
    ----------
    .. [1] Lakshminarayanan, B., Pritzel, A. and Blundell, C. (2017). Simple and scalable
       predictive uncertainty estimation using deep ensembles. NeurIPS.
    """

    shares: Tensor | None

    def __init__(
        self,
        *,
        n_members: int,
        seed: Seed,
        network: type[SequenceNetwork] = SequenceNetwork,
        **options: Any,
    ) -> None:
        super().__init__()
        self.members = nn.ModuleList(
            network(seed=seed.of(f"member {number}"), **options) for number in range(n_members)
        )
        self.beside = nn.ModuleList()
        self.register_buffer("shares", None)
        self.dtype, self.n_outputs = self._networks[0].dtype, self._networks[0].n_outputs

    @property
    def _networks(self) -> list[SequenceNetwork]:
        return cast(list[SequenceNetwork], self.members)

    @property
    def encoder(self) -> RecurrentEncoder:
        """One of what reads the sequences."""
        return self._networks[0].encoder

    def put_beside(self, modules: Sequence[nn.Module], shares: Tensor) -> None:
        """Let other modules answer too.

        Parameters
        ----------
        modules : sequence of module
            Each computes outputs from raw sequences and their lengths.

        shares : tensor of shape (1 + n_modules, n_outputs)
            How much of the say the networks have, and each of the modules.
        """
        self.beside, self.shares = nn.ModuleList(modules), shares.to(self.dtype)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the mean outputs of a batch, as :meth:`SequenceNetwork.forward` does."""
        outputs = torch.stack([member(x, lengths) for member in self.members]).mean(dim=0)
        return self._add_beside(outputs, x, lengths)

    def features(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute what the output layers see, of all networks side by side."""
        return torch.cat([member.features(x, lengths) for member in self._networks], dim=1)

    def states(self, x: Tensor, lengths: Tensor | None = None) -> Tensor:
        """Compute the outputs of the encoders at each step, of all networks side by side."""
        return torch.cat([member.states(x, lengths) for member in self._networks], dim=2)

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
        if self.shares is None:
            return outputs
        parts = [outputs, *(module(x, lengths) for module in self.beside)]
        return (torch.stack(parts) * self.shares[:, None]).sum(dim=0)
