"""The letter channel: how much better one token explains another than chance does, in nats, for any two scripts.

    e(w, l) = log P(l | w) - log P_background(l)

The tables were learned from public pairs of words (`training`) and are shipped with their provenance
(`channel.json`). They hold numbers, no names. Two tokens of one script are weighed in both directions and the
mean is taken, so that neither list is preferred; tokens of two scripts are weighed in the direction that was
trained, whichever comes first.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from quittance.errors import UnreadableError
from quittance.people.names.em import Trained
from quittance.people.names.folding import script_of
from quittance.people.names.forward import Codes, Reals
from quittance.people.names.letters import Script
from quittance.people.names.skeleton import latin_form
from quittance.people.names.tables import Background, Tables, background_with_lost, encode, placed

LEAST: Final = -40.0
MOST: Final = 60.0
"""Evidence is kept between these bounds, in nats."""
DECIMALS: Final = 6
"""Evidence is rounded to so many decimals: machines differ in the last bits of a logarithm."""

DIRECTIONS: Final[dict[tuple[Script, Script], str]] = {
    ("arabic", "latin"): "ar-la",
    ("cyrillic", "latin"): "cy-la",
    ("arabic", "cyrillic"): "ar-cy",
    ("latin", "latin"): "la-la",
    ("arabic", "arabic"): "ar-ar",
    ("cyrillic", "cyrillic"): "cy-cy",
}


@dataclass(frozen=True, slots=True)
class Words:
    """Distinct tokens of one script as codes, ready to be weighed many times."""

    script: Script
    codes: tuple[Codes, Codes]
    symbols: tuple[Codes, Codes]

    def __len__(self) -> int:
        """How many tokens."""
        return len(self.codes[1])


def words(tokens: Sequence[str], script: Script) -> Words:
    """Tokens of one script as codes. A token of a script without a model goes in by its Latin form."""
    if script == "other":
        tokens, script = [latin_form(token, "other") for token in tokens], "latin"
    codes = encode(tokens, script)
    return Words(script, codes, (placed(*codes), codes[1]))


@dataclass(frozen=True, slots=True)
class Direction:
    """One direction of writing: its tables, and how likely words of the target script are by themselves."""

    tables: Tables
    background: Background

    def evidence(self, source: Words, target: Words, pairs: Codes) -> Reals:
        """log P(target | source) - log P_background(target) for rows of (source, target); 0 for an empty word."""
        written = self.tables.forward(pairs, source.symbols, target.codes)
        expected = self.background.chance(target.codes)[pairs[:, 1]]
        known = (source.codes[1][pairs[:, 0]] > 0) & (target.codes[1][pairs[:, 1]] > 0)
        return np.where(known, np.log(np.maximum(written, 1e-300)) - np.log(np.maximum(expected, 1e-300)), 0.0)


class Channel:
    """The tables of every direction; a direction is unpacked when it is first used."""

    def __init__(self, data: bytes) -> None:
        """The tables of a data file's bytes. Raises `UnreadableError` (`names.tables_unreadable`) where it is none."""
        self.tables_sha256 = hashlib.sha256(data).hexdigest()
        """SHA-256 of the data file: two parties with the same hash have the same evidence."""
        self._stored = _stored(data)
        self._directions: dict[str, Direction] = {}

    @staticmethod
    @cache
    def load() -> Channel:
        """The shipped tables, read once per process."""
        return Channel(files("quittance.people.names").joinpath("channel.npz").read_bytes())

    def direction(self, name: str) -> Direction:
        """One of `DIRECTIONS` by name, such as `ar-la`."""
        if name not in self._directions:
            arrays = {
                field: self._stored[f"{name}.{field}"].astype(np.float64)
                for field in (*Trained.__slots__, "start", "step")
            }
            self._directions[name] = Direction(
                Trained(*(arrays[field] for field in Trained.__slots__)).tables(),
                background_with_lost(arrays["start"], arrays["step"]),
            )
        return self._directions[name]

    def weigh(self, one: Words, other: Words, pairs: Codes) -> Reals:
        """Evidence in nats for rows of (row of `one`, row of `other`)."""
        pairs = np.ascontiguousarray(pairs, dtype=np.int32)
        if one.script == other.script:
            evidence = (self._directed(one, other, pairs) + self._directed(other, one, _turned(pairs))) / 2.0
        elif (one.script, other.script) in DIRECTIONS:
            evidence = self._directed(one, other, pairs)
        else:
            evidence = self._directed(other, one, _turned(pairs))
        return np.clip(evidence, LEAST, MOST).round(DECIMALS)

    def _directed(self, source: Words, target: Words, pairs: Codes) -> Reals:
        return self.direction(DIRECTIONS[source.script, target.script]).evidence(source, target, pairs)

    def evidence(self, sources: Sequence[str], targets: Sequence[str]) -> Reals:
        """Evidence in nats for folded tokens, element by element; the scripts are read from the tokens.

        The same whichever side is called source. Raises `ValueError` where the two are not of one length.
        """
        result = np.zeros(len(sources))
        groups: dict[tuple[Script, Script], list[int]] = {}
        for place, (source, target) in enumerate(zip(sources, targets, strict=True)):
            groups.setdefault((script_of(source), script_of(target)), []).append(place)
        for (first, second), places in groups.items():
            ones = {token: row for row, token in enumerate(dict.fromkeys(sources[place] for place in places))}
            others = {token: row for row, token in enumerate(dict.fromkeys(targets[place] for place in places))}
            rows = np.array([(ones[sources[place]], others[targets[place]]) for place in places], dtype=np.int32)
            result[places] = self.weigh(words(list(ones), first), words(list(others), second), rows)
        return result


def _turned(pairs: Codes) -> Codes:
    return np.ascontiguousarray(pairs[:, ::-1])


def _stored(data: bytes) -> Mapping[str, NDArray[Any]]:
    try:
        stored: Mapping[str, NDArray[Any]] = np.load(io.BytesIO(data), allow_pickle=False)
        missing = [
            f"{name}.{field}"
            for name in DIRECTIONS.values()
            for field in Trained.__slots__
            if f"{name}.{field}" not in stored
        ]
    except (OSError, ValueError, EOFError, TypeError, zipfile.BadZipFile) as problem:
        missing = [str(problem)]
    if missing:
        raise UnreadableError(
            "The tables of the letter channel cannot be read: the data file is damaged. Install the package again, "
            "or train them with `python -m quittance.people.names.training`.",
            code="names.tables_unreadable",
        )
    return stored
