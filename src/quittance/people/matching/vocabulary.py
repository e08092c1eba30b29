"""The distinct words of a list as numbers, with what is needed to compare them: skeletons, romanised forms,
readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from quittance.people.matching.kernels import I8, I32, I64, U8, U64, Strings
from quittance.people.names.name import Token
from quittance.people.names.skeleton import latin_form, skeleton

MAX_CODES = 30
Key = tuple[str, str, int, tuple[str, ...]]
PLAIN, INITIAL, BARE = range(3)


def codes_of(texts: Sequence[str]) -> Strings:
    """Strings of A-Z (any case) as codes 1-26; other signs are 0."""
    cut = [text[:MAX_CODES] for text in texts]
    signs = np.frombuffer("".join(cut).encode("utf-32-le", "surrogatepass"), np.uint32)
    low = signs & 31
    letter = ((signs & ~np.uint32(0x3F)) == 64) & (low >= 1) & (low <= 26)
    return Strings(_starts(cut).astype(np.int32), np.where(letter, low, 0).astype(np.uint8))


def _starts(texts: Sequence[str] | Sequence[bytes]) -> I64:
    """Where each text begins when they are written one after the other, and where the last one ends."""
    first = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=first[1:])
    return first


def packed(texts: Sequence[str]) -> U64:
    """A number for each skeleton, the same in every list; 0 for the empty one."""
    prime = np.uint64(0x100000001B3)
    written = [text.encode() for text in texts]
    first = _starts(written)
    size = np.diff(first)
    signs = np.frombuffer(b"".join(written), np.uint8)
    number = np.full(len(written), 0xCBF29CE484222325, np.uint64)
    for place in range(int(size.max(initial=0))):
        has = np.flatnonzero(size > place)
        number[has] = (number[has] ^ signs[first[has] + place]) * prime
    number[size == 0] = 0
    return number


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Distinct tokens of one list. Token t has the readings `reading[reading_first[t]:reading_first[t + 1]]`."""

    text: tuple[str, ...] = field(repr=False)
    bones: tuple[str, ...] = field(repr=False)
    """Skeleton of the first reading of each token."""
    kind: I8
    """`PLAIN`, `INITIAL` for a single letter that stands for a name, `BARE` for what carries no weight alone."""
    code: U64
    """The number of `bones` (`packed`)."""
    skeleton: Strings = field(repr=False)
    """The signs of `bones`."""
    parts: I32
    """[t] the two tokens that a join is made of, or -1, -1."""
    reading_first: I32
    reading: tuple[str, ...] = field(repr=False)
    reading_script: U8
    reading_skeleton: Strings = field(repr=False)
    reading_latin: Strings = field(repr=False)

    def __len__(self) -> int:
        """Number of tokens."""
        return len(self.text)


@dataclass(slots=True)
class VocabularyBuilder:
    """Gives numbers to tokens as they come."""

    number: dict[Key, int] = field(default_factory=dict, repr=False)
    parts: list[tuple[int, int]] = field(default_factory=list)
    skeletons: list[str] = field(default_factory=list, repr=False)
    tokens: dict[Token, int] = field(default_factory=dict, repr=False)
    joins: dict[tuple[int, int], int] = field(default_factory=dict, repr=False)

    def token(self, token: Token) -> int:
        """The number of a token."""
        known = self.tokens.get(token)
        if known is None:
            known = self.tokens[token] = self._token(token)
        return known

    def _token(self, token: Token) -> int:
        readings = tuple(dict.fromkeys(token.readings or (token.text,)))
        kind = INITIAL if token.initial else BARE if token.bare else PLAIN
        return self._number((token.text, token.script, kind, readings), token.skeleton, (-1, -1))

    def join(self, left: Token, right: Token, parts: tuple[int, int]) -> int:
        """The number of two adjacent tokens written together, or -1 where they cannot be."""
        known = self.joins.get(parts)
        if known is None:
            known = self.joins[parts] = self._join(left, right, parts)
        return known

    def _join(self, left: Token, right: Token, parts: tuple[int, int]) -> int:
        if left.initial or right.initial or left.script != right.script:
            return -1
        text = left.text + right.text
        key = (f"{left.text} {right.text}", left.script, PLAIN, (text,))
        known = self.number.get(key)
        return known if known is not None else self._number(key, skeleton(text, left.script), parts)

    def _number(self, key: Key, bones: str, parts: tuple[int, int]) -> int:
        number = self.number.setdefault(key, len(self.number))
        if number == len(self.parts):
            self.parts.append(parts)
            self.skeletons.append(bones)
        return number

    def done(self) -> Vocabulary:
        """The vocabulary of all tokens seen."""
        first: list[int] = [0]
        reading: list[str] = []
        scripts: list[int] = []
        bones: list[str] = []
        for (_, script, _, readings), skeleton_ in zip(self.number, self.skeletons, strict=True):
            reading += readings
            scripts += [SCRIPTS.index(script)] * len(readings)
            bones += [skeleton_, *(skeleton(text, script) for text in readings[1:])]
            first.append(len(reading))
        return Vocabulary(
            text=tuple(key[0] for key in self.number),
            bones=tuple(self.skeletons),
            kind=np.array([key[2] for key in self.number], np.int8),
            code=packed(self.skeletons),
            skeleton=codes_of(self.skeletons),
            parts=np.array(self.parts, np.int32).reshape(-1, 2),
            reading_first=np.array(first, np.int32),
            reading=tuple(reading),
            reading_script=np.array(scripts, np.uint8),
            reading_skeleton=codes_of(bones),
            reading_latin=codes_of(_latin(reading, scripts)),
        )


SCRIPTS: Sequence[str] = ("arabic", "latin", "cyrillic", "other")


def _latin(readings: Sequence[str], scripts: Sequence[int]) -> list[str]:
    return [latin_form(text, SCRIPTS[script]) for text, script in zip(readings, scripts, strict=True)]
