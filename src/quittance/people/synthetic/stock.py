"""The stock of name elements and places: what may stand in an invented name, and how it is spelled in three scripts.

The elements are common ones, written down by hand for this purpose, with the commonest spelling first. Compounds are
made from them: abd-X, X-ullah, X-uddin, a word before (Mohammad X), a word after (X Khan).
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from quittance.people.synthetic.cyrillic import cyrillic

SCRIPTS = ("latin", "arabic", "cyrillic")
COMPOUNDS = ("abd", "llah", "din")
KINDS = ("given", *COMPOUNDS, "woman", "family", "lead", "tail", "title", "kunya")
SEAM = "·"
"""Where a compound may be divided."""

Ints: TypeAlias = npt.NDArray[np.int64]
Texts: TypeAlias = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Spellings:
    """How words are spelled in one script.

    `forms[division, word, n]` is the n-th of `count[word]` spellings; division 0 is the usual one, 1 the other.
    """

    forms: Texts
    count: Ints


@dataclass(frozen=True, slots=True)
class Places:
    """Provinces, then districts, as words of their own spellings; `weight` is a share of people, of those above it."""

    spellings: dict[str, Spellings]
    weight: npt.NDArray[np.float64]
    province: Ints
    """Word of a district -> word of its province."""
    provinces: int


@dataclass(frozen=True, slots=True)
class Stock:
    """All words: where each kind begins and ends, how they are spelled, the patterns of villages, and the places."""

    words: dict[str, slice]
    spellings: dict[str, Spellings]
    villages: dict[str, tuple[str, ...]]
    places: Places


@cache
def stock() -> Stock:
    """The stock that is shipped, read once."""
    rows = _table("names.csv")
    words, forms, start = {}, [], 0
    for kind, group in groupby((row for row in rows if row[0] != "village"), key=lambda row: row[0]):
        found = [_forms(kind, _split(arabic), _split(latin)) for _, arabic, latin in group]
        words[kind] = slice(start, start + len(found))
        start += len(found)
        forms += found
    villages = [(_split(arabic)[0], _split(latin)[0]) for kind, arabic, latin in rows if kind == "village"]
    patterns = {
        "arabic": tuple(arabic for arabic, _ in villages),
        "latin": tuple(latin for _, latin in villages),
        "cyrillic": tuple(cyrillic(latin) for _, latin in villages),
    }
    return Stock(words, _spellings(forms, words), patterns, _places())


def _table(name: str) -> list[list[str]]:
    text = (files("quittance.people.synthetic") / name).read_text("utf-8")
    return list(csv.reader(io.StringIO(text)))[1:]


def _split(cell: str) -> list[str]:
    return cell.split("|")


def _forms(kind: str, arabic: list[str], latin: list[str]) -> tuple[list[str], list[str]]:
    """The spellings of a word in Arabic script and in Latin letters, compounds made, seams marked."""
    first = latin[0]
    if kind == "abd" and arabic[0] != "الله":
        sun = f"Abd{'u' + first[0].lower()}" if first[0] in "RSNTZ" else "Abdol"
        spelled = [f"Abdul{SEAM}{one}" for one in latin]
        more = [f"{sun}{SEAM}{first}", f"Abd al-{first}", f"Abdel{SEAM}{first}"]
        return [f"عبد{SEAM}ال{one}" for one in arabic], spelled + more
    if kind == "abd":
        return [f"عبد{SEAM}الله"], ["Abdullah", "Abdallah", f"Abd{SEAM}Ullah", "Abdollah"]
    if kind == "llah":
        spelled = [f"{one}{SEAM}ullah" for one in latin]
        return [f"{one}{SEAM}الله" for one in arabic], [*spelled, f"{first}{SEAM}ollah", f"{first}{SEAM}allah"]
    if kind == "din":
        spelled = [f"{one}{SEAM}uddin" for one in latin]
        more = [f"{first}{SEAM}udin", f"{first}{SEAM}oddin", f"{first}{SEAM}eddine", f"{first} ud-Din"]
        return [f"{one}{SEAM}الدین" for one in arabic], spelled + more
    return arabic, latin


def _spellings(forms: list[tuple[list[str], list[str]]], words: dict[str, slice]) -> dict[str, Spellings]:
    """The spellings of all words in each script; Arabic script divides -ullah and -uddin, Latin letters abd-."""
    divided = {"arabic": _among(words, "llah", "din"), "latin": _among(words, "abd")}
    divided["cyrillic"] = divided["latin"]
    columns = {
        "arabic": [arabic for arabic, _ in forms],
        "latin": [latin for _, latin in forms],
        "cyrillic": [list(dict.fromkeys(map(cyrillic, latin))) for _, latin in forms],
    }
    return {script: _matrix(column, divided[script]) for script, column in columns.items()}


def _among(words: dict[str, slice], *kinds: str) -> frozenset[int]:
    return frozenset(number for kind in kinds if kind in words for number in range(words[kind].start, words[kind].stop))


def _matrix(column: list[list[str]], divided: frozenset[int]) -> Spellings:
    widest = max(map(len, column))
    forms = np.full((2, len(column), widest), "", dtype=object)
    for number, spelled in enumerate(column):
        for at, text in enumerate(spelled):
            apart, together = _apart(text), text.replace(SEAM, "")
            forms[:, number, at] = (apart, together) if number in divided else (together, apart)
    return Spellings(forms, np.array([len(spelled) for spelled in column]))


def _apart(text: str) -> str:
    first, *rest = text.split(SEAM)
    return " ".join([first, *(part[:1].upper() + part[1:] for part in rest)])


def _places() -> Places:
    rows = _table("places.csv")
    rows.sort(key=lambda row: row[1] != "")  # provinces first; the sort keeps their order
    number = {row[0]: at for at, row in enumerate(rows) if row[1] == ""}
    forms = [(_split(arabic), _split(latin)) for _, _, _, arabic, latin in rows]
    weight = np.array([float(row[2]) for row in rows])
    province = np.array([number[row[0]] for row in rows])
    return Places(_spellings(forms, {}), weight, province, len(number))
