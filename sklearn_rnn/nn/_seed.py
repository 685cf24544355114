"""The one owner of randomness: a seed, and independent ones derived from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Seed:
    """A seed from which whoever draws at random derives one by its own name.

    A number that several generators start from makes them draw the same: weights of different
    layers would be equal. Seeds of different names are independent of each other [1]_.

    Parameters
    ----------
    root : int
        Number that all seeds are derived from, not negative.

    path : str
        Names on the way from the root.

    References
    ----------
    .. [1] O'Neill, M. E. (2015). Developing a seed_seq alternative.
       https://www.pcg-random.org/posts/developing-a-seed_seq-alternative.html

    Examples
    --------
    >>> from sklearn_rnn.nn import Seed
    >>> seed = Seed(0)
    >>> seed.of("encoder").of("dropout")
    Seed(root=0, path='/encoder/dropout')
    >>> seed.of("encoder").number == seed.of("output").number
    False
    """

    root: int
    path: str = ""

    def of(self, name: str) -> Seed:
        """Derive the seed of a part, by a name that no other part has."""
        return Seed(self.root, f"{self.path}/{name}")

    @property
    def number(self) -> int:
        """The seed as a number of 32 bits, which is what torch uses of it on the CPU."""
        sequence = np.random.SeedSequence(self.root, spawn_key=tuple(self.path.encode()))
        return int(sequence.generate_state(1)[0])

    def generator(self, device: torch.device | str = "cpu") -> torch.Generator:
        """Start a generator from the seed."""
        return torch.Generator(device).manual_seed(self.number)
