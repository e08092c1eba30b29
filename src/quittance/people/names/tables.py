"""The numbers of a channel: emission, insertion and background tables of one direction, and the codes of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quittance.people.names.forward import Codes, Reals, chance, forward
from quittance.people.names.letters import ARABIC, CYRILLIC, LATIN, LOST, Script

LETTERS: Final[dict[Script, str]] = {"arabic": ARABIC, "latin": LATIN, "cyrillic": CYRILLIC}
"""The alphabet of a script; the code of a letter is its place, and the code after the last is the lost letter."""
LONGEST: Final = 28
"""The channel reads so many letters of a token."""
PLACES: Final = 3
"""A source letter has one table inside a word, one at its start and one at its end."""

_CODES: Final = {
    script: {letter: code for code, letter in enumerate(letters)} | {LOST: len(letters)}
    for script, letters in LETTERS.items()
}


def encode(tokens: Sequence[str], script: Script) -> tuple[Codes, Codes]:
    """Tokens as rows of letter codes (0-padded) and their lengths; letters outside the alphabet are left out."""
    codes = _CODES[script]
    rows = np.zeros((len(tokens), LONGEST), dtype=np.int32)
    lengths = np.zeros(len(tokens), dtype=np.int32)
    for place, token in enumerate(tokens):
        row = [code for letter in token if (code := codes.get(letter)) is not None][:LONGEST]
        rows[place, : len(row)] = row
        lengths[place] = len(row)
    return rows, lengths


def placed(rows: Codes, lengths: Codes) -> Codes:
    """Letter codes as codes of letter and place: times `PLACES`, plus 1 at the start, 2 at the end of a longer word."""
    symbols = rows * PLACES
    symbols[:, 0] += 1
    longer = np.flatnonzero(lengths > 1)
    symbols[longer, lengths[longer] - 1] += 2
    return symbols


@dataclass(frozen=True, slots=True)
class Tables:
    """One direction of writing: probabilities, with the lost letter as last letter of both alphabets."""

    e0: Reals
    """P(nothing | symbol), one row per letter and place."""
    e1: Reals
    """P(one letter | symbol); the column of the lost letter holds the sum of the others."""
    e2: Reals
    """P(two letters | symbol), flat pairs; with sums for the lost letter."""
    e3: Reals
    """P(three letters | symbol), all together."""
    go: Reals
    """P(going on) in the gap at the start, inside and at the end."""
    ins: Reals
    """Share of each letter among the insertions of a gap."""

    @property
    def letters(self) -> int:
        """Letters of the target alphabet, the lost one not counted."""
        return int(self.e1.shape[1]) - 1

    def forward(self, pairs: Codes, source: tuple[Codes, Codes], target: tuple[Codes, Codes]) -> Reals:
        """P(target | source) for rows of (source row, target row); sources as `placed` symbols."""
        out = np.empty(len(pairs))
        forward(
            pairs, source[0], source[1], target[0], target[1], self.e0, self.e1, self.e2,
            self.e3 / float(self.letters) ** 3, self.go, self.ins * (1.0 - self.go)[:, None], out,
        )  # fmt: skip
        return out


def with_lost(e0: Reals, e1: Reals, e2: Reals, e3: Reals, go: Reals, ins: Reals) -> Tables:
    """Tables of trained letters extended by the lost letter: as a target it is any letter, as a source the mean letter.

    `e1` is (symbols, A), `e2` (symbols, A, A), `ins` (3, A).
    """
    size = e1.shape[1]
    wide1 = np.concatenate([e1, e1.sum(axis=1, keepdims=True)], axis=1)
    wide2 = np.empty((len(e1), size + 1, size + 1))
    wide2[:, :size, :size] = e2
    wide2[:, size, :size] = e2.sum(axis=1)
    wide2[:, :size, size] = e2.sum(axis=2)
    wide2[:, size, size] = e2.sum(axis=(1, 2))
    rows = len(e0) // PLACES

    def mean(table: NDArray[np.float64]) -> NDArray[np.float64]:
        by_place = table.reshape(rows, PLACES, *table.shape[1:]).mean(axis=0)
        return np.concatenate([table, by_place])

    return Tables(
        mean(e0),
        mean(wide1),
        mean(wide2.reshape(len(e1), -1)),
        mean(e3),
        go,
        np.concatenate([ins, ins.sum(axis=1, keepdims=True)], axis=1),
    )


@dataclass(frozen=True, slots=True)
class Background:
    """How likely a word of a script is by itself: a bigram model with start and end."""

    start: Reals
    step: Reals
    """Row: letter, lost letter last; columns: letters, lost letter, end."""

    def chance(self, words: tuple[Codes, Codes]) -> Reals:
        """P(word) for each row of codes."""
        out = np.empty(len(words[1]))
        chance(words[0], words[1], self.start, self.step, out)
        return out


def background_with_lost(start: Reals, step: Reals) -> Background:
    """A background over `step` (A, A + 1, end last) extended by the lost letter, which is any letter."""
    size = len(start)
    weights = start / start.sum()
    rows = np.concatenate([step, weights[None, :] @ step])
    letters, end = rows[:, :size], rows[:, size:]
    return Background(
        np.append(start, start.sum()), np.concatenate([letters, letters.sum(axis=1, keepdims=True), end], axis=1)
    )
