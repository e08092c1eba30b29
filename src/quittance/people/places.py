"""Places as lists write them: a gazetteer of provinces with their spellings, what lies in them, and their neighbours.

The gazetteers are data: `places/*.json` of this package, and any other file of the same format.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import msgspec

from quittance.errors import UnreadableError


class PlacesRefused(UnreadableError):
    """A file of places cannot be used; the message says at which place it fails."""

    code = "places.refused"


class _Row(msgspec.Struct):
    """A place of a file."""

    id: str
    names: list[str]
    neighbours: list[str] = []
    within: str | None = None


class _File(msgspec.Struct):
    """A file of places."""

    format: Literal["quittance-places/1"]
    places: list[_Row]


@dataclass(frozen=True, slots=True)
class Place:
    """A province, or a place within one: its id, that of its province (its own for a province), and its spellings."""

    id: str
    province_id: str
    names: tuple[str, ...]


_LETTERS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ې": "ی", "ۍ": "ی", "ك": "ک", "گ": "ک", "ګ": "ک", "ة": "ه", "ہ": "ه", "ھ": "ه", "ټ": "ت"}
    | {"ډ": "د", "ړ": "ر", "ښ": "ش", "ڼ": "ن", "ځ": "ز", "څ": "س", "ې": "ی", "ё": "е", "ı": "i", "ø": "o", "ł": "l"}
    | dict.fromkeys("أإآٱ", "ا")
)
_KINDS = (
    *("province", "prov", "wilayat", "velayat", "welayat", "vilayat", "governorate", "gouvernorat", "district", "dist"),
    *(
        "city",
        "town",
        "ville",
        "of",
        "de",
        "du",
        "la",
        "ولایت",
        "ولایه",
        "ولسوالی",
        "استان",
        "شهر",
        "محافظه",
        "مدینه",
        "ښار",
    ),
    *("провинция", "область", "вилаят", "город", "район"),
)
"""Words that say of what kind a place is, and not which."""
_PARTS = re.compile(r"[,;/|()\[\]،؛–—]|\s-\s")
_WORDS = re.compile(r"[^\W_]+")


def fold_place(text: str) -> str:
    """The key of a spelling: lower case, no marks or signs, one letter for those that clerks exchange, no spaces.

    >>> fold_place("Sar-e Pol") == fold_place("SAR E POL") == "sarepol"
    True
    """
    return "".join(_words(text))


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKD", text.replace("\u200c", " ")).casefold()
    text = "".join(letter for letter in text if unicodedata.category(letter) not in ("Mn", "Cf") and letter != "ـ")
    return _WORDS.findall(re.sub(r"['’‘ʻʼ`´]", "", text).translate(_LETTERS))


class Gazetteer:
    """Looks places up by any of their spellings; a spelling that two places share finds none."""

    def __init__(self, places: Iterable[Place], neighbours: Mapping[str, Iterable[str]]) -> None:
        self.places = {place.id: place for place in places}
        self._neighbours = {province: frozenset(others) for province, others in neighbours.items()}
        self._found: dict[str, Place | None] = {}
        for place in self.places.values():
            for key in {fold_place(name) for name in place.names}:
                self._found[key] = place if self._found.get(key, place) == place else None
        self._cache: dict[str, Place | None] = {}

    @classmethod
    def load(cls) -> Gazetteer:
        """All gazetteers that the program brings."""
        return _shipped()

    @classmethod
    def parse(cls, data: bytes) -> Gazetteer:
        """The gazetteer of a file; raises `PlacesRefused`."""
        try:
            file = msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_File)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise PlacesRefused(f"The places cannot be read: {error}.") from None
        return _gazetteer(file.places)

    def __or__(self, other: Gazetteer) -> Gazetteer:
        """Both together; where both have a place of one id, that of `other` counts."""
        return Gazetteer((self.places | other.places).values(), self._neighbours | other._neighbours)

    def place_of(self, text: str) -> Place | None:
        """The place that a cell names, alone or with its kind ("Province of ...") or between commas; None if unknown.

        Of several that are named ("Sangin, Helmand") it is the narrowest, if they lie in one province; else none.
        """
        if text not in self._cache:
            if len(self._cache) > _CACHED:
                self._cache.clear()
            self._cache[text] = self._look_up(text)
        return self._cache[text]

    def _look_up(self, text: str) -> Place | None:
        if len(text) > _LONGEST:
            return None
        if whole := self._named(text):
            return whole
        found = {place.id: place for part in _PARTS.split(text) if (place := self._named(part))}
        narrow = [place for place in found.values() if place.id != place.province_id]
        if len({place.province_id for place in found.values()}) != 1 or len(narrow) > 1:
            return None
        return next(iter(narrow or found.values()))

    def _named(self, text: str) -> Place | None:
        words = _words(text)
        plain = [word for word in words if word not in _KIND_KEYS]
        return self._found.get("".join(words)) or self._found.get("".join(plain))

    def neighbours(self, province_id: str) -> frozenset[str]:
        """The ids of the provinces that border on one; empty for an unknown one."""
        return self._neighbours.get(province_id, frozenset())


_CACHED = 1 << 16
_LONGEST = 200
_KIND_KEYS = frozenset(word for kind in _KINDS for word in _words(kind))


@cache
def _shipped() -> Gazetteer:
    whole = Gazetteer((), {})
    for file in sorted((resources.files("quittance.people") / "gazetteers").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".json"):
            whole = whole | Gazetteer.parse(file.read_bytes())
    return whole


def _gazetteer(rows: list[_Row]) -> Gazetteer:
    """The gazetteer of the places of a file; raises `PlacesRefused`."""
    by_id = {row.id: row for row in rows}
    bordering: dict[str, set[str]] = {}
    for number, row in enumerate(rows, 1):
        if by_id[row.id] is not row:
            raise PlacesRefused(f"Place {number} of the file has the id of another. Give each its own.")
        if not row.names:
            raise PlacesRefused(f'Place {number} of the file has no "names". Give it one.')
        if row.within is not None and (row.within not in by_id or by_id[row.within].within is not None):
            raise PlacesRefused(f'Place {number} of the file lies "within" what is no province of the file.')
        for other in row.neighbours:
            if other not in by_id or other == row.id:
                raise PlacesRefused(f'Place {number} of the file has "neighbours" that are not other places of it.')
            bordering.setdefault(row.id, set()).add(other)
            bordering.setdefault(other, set()).add(row.id)
    return Gazetteer((Place(row.id, row.within or row.id, tuple(row.names)) for row in rows), bordering)
