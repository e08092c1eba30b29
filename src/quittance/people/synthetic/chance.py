"""Chance that a seed settles: every draw is made of uniform numbers alone, which stay the same in every release."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]


class Chance:
    """A stream of draws for one purpose; streams of other purposes under the same seed do not depend on it."""

    def __init__(self, seed: int, *purpose: int) -> None:
        self._stream = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *purpose])))

    def shares(self, count: int) -> Floats:
        """So many numbers from 0 up to, not including, 1."""
        return self._stream.random(count)

    def happens(self, rate: float, count: int) -> Flags:
        """Whether something of this rate happens, so many times."""
        return self.shares(count) < rate

    def below(self, top: Ints | int, count: int) -> Ints:
        """So many whole numbers from 0 up to, not including, `top`, which may differ from draw to draw."""
        return np.floor(self.shares(count) * top).astype(np.int64)

    def weighted(self, weights: Floats, count: int) -> Ints:
        """So many positions of `weights`, each as often as its weight says."""
        edges = np.cumsum(weights)
        return np.searchsorted(edges[:-1] / edges[-1], self.shares(count), side="right")

    def shuffled(self, count: int) -> Ints:
        """The numbers below `count` in a random order."""
        return np.argsort(self.shares(count), kind="stable")


def zipf(count: int, offset: float = 7.0) -> Floats:
    """Weights that fall with the rank as the use of names does: the n-th weighs 1 / (n + `offset`)."""
    weights: Floats = 1.0 / (np.arange(count, dtype=np.float64) + offset)
    return weights
