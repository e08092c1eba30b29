"""A list made ready for matching: its entries in an order that depends on their content alone, and all of it as
arrays."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter

import numpy as np

from quittance.people.matching.fields import FieldArrays, Signs, Spans
from quittance.people.matching.forms import build_forms
from quittance.people.matching.kernels import I32, MAX_TOKENS, U64, Forms
from quittance.people.matching.vocabulary import Vocabulary, VocabularyBuilder
from quittance.people.model import FIELDS, ListEntry
from quittance.people.names.name import Token, parse
from quittance.people.names.skeleton import skeleton
from quittance.people.places import Gazetteer, fold_place
from quittance.people.years import Birth, infer_calendar, parse_birth, parse_day

Tokens = tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A list ready for matching. Entries stand in the order of a hash of their content; `order` leads back."""

    entries: tuple[ListEntry, ...] = field(repr=False)
    order: tuple[int, ...] = field(repr=False)
    """Place in this order -> place in the list as given."""
    back: I32 = field(repr=False)
    """Place in the list as given -> place in this order."""
    key: U64 = field(repr=False)
    """Of each entry: a hash of its content without the pid."""
    words: Vocabulary = field(repr=False)
    forms: Forms = field(repr=False)
    name_first: I32 = field(repr=False)
    kunya: I32 = field(repr=False)
    father: I32 = field(repr=False)
    grandfather: I32 = field(repr=False)
    fields: FieldArrays = field(repr=False)
    calendar: str = "unknown"
    """The calendar found for the rows that do not declare theirs."""

    def __len__(self) -> int:
        """Number of entries."""
        return len(self.entries)

    def place(self, at: int) -> int:
        """Where the entry stands that was given at place `at`."""
        return int(self.back[at])

    def given(self, at: int) -> ListEntry:
        """The entry that was given at place `at`."""
        return self.entries[int(self.back[at])]


_CONTENT: Callable[[ListEntry], tuple[str, ...]] = attrgetter(*(name for name in FIELDS if name != "pid"))


def content_key(entry: ListEntry) -> int:
    """A number of what an entry says, whatever its pid and place."""
    text = "\x1f".join(_CONTENT(entry))
    return int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "big")


def code_of(text: str) -> int:
    """A number for a text, the same in every list and run; 0 for none."""
    return (
        int.from_bytes(blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest(), "big") | 1 if text else 0
    )


def prepare(entries: Sequence[ListEntry], gazetteer: Gazetteer | None = None) -> Prepared:
    """Make a list ready: fold and cut its names, read its dates and places, and number all of it."""
    keys = [content_key(entry) for entry in entries]
    order = sorted(range(len(entries)), key=lambda at: (keys[at], entries[at].pid))
    ordered = [entries[at] for at in order]
    builder = VocabularyBuilder()
    shapes = _Shapes(builder)
    name_first, kunya, father, grandfather = [0], [], [], []
    for entry in ordered:
        kunyas = shapes.add_names(entry)
        name_first.append(shapes.done())
        kunya.append(kunyas)
        father.append(shapes.cell(entry.father))
        grandfather.append(shapes.cell(entry.grandfather))
    words = builder.done()
    # Names come first in the numbers of forms, so that those of an entry follow each other.
    shift = len(shapes.names)
    later = np.array(
        [[one + shift if one >= 0 else -1 for one in row] for row in (kunya, father, grandfather)], np.int32
    )
    calendar = infer_calendar(entry.birth for entry in ordered if entry.birth and entry.calendar == "unknown")
    return Prepared(
        entries=tuple(ordered),
        order=tuple(order),
        back=np.argsort(np.array(order, np.int64)).astype(np.int32),
        key=np.array([keys[at] for at in order], np.uint64),
        words=words,
        forms=build_forms(
            shapes.names + shapes.others, shapes.name_joins + shapes.other_joins, words.skeleton, words.code
        ),
        name_first=np.array(name_first, np.int32),
        kunya=later[0] if len(ordered) else np.zeros(0, np.int32),
        father=later[1] if len(ordered) else np.zeros(0, np.int32),
        grandfather=later[2] if len(ordered) else np.zeros(0, np.int32),
        fields=_fields(ordered, calendar, gazetteer or Gazetteer.load()),
        calendar=calendar,
    )


class _Shapes:
    """Collects forms: those of names, and those of kunyas, fathers and grandfathers."""

    def __init__(self, builder: VocabularyBuilder) -> None:
        self.builder = builder
        self.names: list[list[int]] = []
        self.name_joins: list[list[int]] = []
        self.others: list[list[int]] = []
        self.other_joins: list[list[int]] = []
        self.cells: dict[str, Tokens] = {}

    def add_names(self, entry: ListEntry) -> int:
        """Add the names and aliases of an entry; gives the form of its kunya, or -1."""
        parsed = parse(entry.name)
        if entry.aliases:
            parsed += parse(entry.aliases)
        forms: Iterable[Tokens] = [one.tokens for one in parsed if one.tokens]
        for tokens in forms if len(parsed) == 1 else dict.fromkeys(forms):
            words, joins = self._numbers(tokens)
            self.names.append(words)
            self.name_joins.append(joins)
        kunyas = [one.kunya for one in parsed if one.kunya]
        if entry.kunya:
            kunyas = [one.kunya or one.tokens for one in parse(entry.kunya)] + kunyas
        return self._other(next((tokens for tokens in kunyas if tokens), ()))

    def done(self) -> int:
        """How many forms of names there are."""
        return len(self.names)

    def cell(self, text: str) -> int:
        """Add the first name of a cell as a form of its own; -1 where it holds none."""
        if not text:
            return -1
        tokens = self.cells.get(text)
        if tokens is None:
            tokens = self.cells[text] = next((one.tokens for one in parse(text) if one.tokens), ())
        return self._other(tokens)

    def _other(self, tokens: Tokens) -> int:
        if not tokens:
            return -1
        words, joins = self._numbers(tokens)
        self.others.append(words)
        self.other_joins.append(joins)
        return len(self.others) - 1

    def _numbers(self, tokens: Tokens) -> tuple[list[int], list[int]]:
        kept = tokens[:MAX_TOKENS]
        words = [self.builder.token(token) for token in kept]
        joins = [self.builder.join(kept[at], kept[at + 1], (words[at], words[at + 1])) for at in range(len(kept) - 1)]
        joins.append(-1)
        return words, joins


def _fields(entries: Sequence[ListEntry], calendar: str, gazetteer: Gazetteer) -> FieldArrays:
    places = _Places(gazetteer)

    def dates(read: Callable[[str, str], Birth | None], name: str) -> Spans:
        cached = lru_cache(maxsize=None)(read)
        found = (
            cached(text, calendar if entry.calendar == "unknown" else entry.calendar) if text else None
            for entry in entries
            for text in (getattr(entry, name),)
        )
        return _spans(found)

    provinces = [places.province(entry) for entry in entries]
    return FieldArrays(
        birth=dates(parse_birth, "birth"),
        capture=dates(parse_day, "capture_date"),
        sex=np.array([sex_of(entry.sex) for entry in entries], np.int8),
        province=np.array(provinces, np.uint64),
        district=np.array([places.place(entry.district) for entry in entries], np.uint64),
        village=np.array([places.word(entry.village) for entry in entries], np.uint64),
        tribe=np.array([places.word(entry.tribe) for entry in entries], np.uint64),
        facility=np.array([places.word(entry.facility) for entry in entries], np.uint64),
        authority=np.array([places.word(entry.authority) for entry in entries], np.uint64),
        prisoner_no=_signs(entry.prisoner_no for entry in entries),
        id_no=_signs(entry.id_no for entry in entries),
    )


class _Places:
    """Places as numbers: by the gazetteer where it knows them, else by their consonants."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.find = lru_cache(maxsize=None)(gazetteer.place_of)
        self.word = lru_cache(maxsize=None)(word_code)

    def province(self, entry: ListEntry) -> int:
        """The province of an entry, from its own cell or from its district."""
        if entry.province:
            place = self.find(entry.province)
            return province_code(place.province_id) if place else self.word(entry.province)
        place = self.find(entry.district) if entry.district else None
        return province_code(place.province_id) if place else 0

    def place(self, text: str) -> int:
        """A place below the province."""
        place = self.find(text) if text else None
        return code_of(f"place {place.id}") if place else self.word(text)


def province_code(province_id: str) -> int:
    """The number of a province of the gazetteer."""
    return code_of(f"place {province_id}")


def word_code(text: str) -> int:
    """A number for a place, tribe or authority by its consonants, equal across scripts for most spellings; 0 for
    none."""
    bones = "".join(token_bones(token) for one in (parse(text) if text else ()) for token in one.tokens)
    return code_of(bones if len(bones) > 1 else fold_place(text))


def token_bones(token: Token) -> str:
    """The skeleton of a token."""
    return token.skeleton or skeleton(token.text, token.script)


@lru_cache(maxsize=1024)
def sex_of(text: str) -> int:
    """1 for male, 2 for female, 0 for what is not given or not read."""
    return _SEX_WORDS.get(unicodedata.normalize("NFKC", text).strip().casefold().rstrip("."), 0)


_MALE = "m male man masculin homme h مرد مذکر ذکر ذكر مذكر نارینه м муж мужской"
_FEMALE = "f female woman féminin feminin femme زن مونث مؤنث انثی أنثى انثى ښځه ښځینه ж жен женский"
_SEX_WORDS = dict.fromkeys(_MALE.split(), 1) | dict.fromkeys(_FEMALE.split(), 2)


def _spans(values: Iterable[Birth | None]) -> Spans:
    first, low, high = [0], [], []
    for value in values:
        for start, end in value.spans if value else ():
            low.append(start)
            high.append(end)
        first.append(len(low))
    return Spans(np.array(first, np.int32), np.array(low, np.int32), np.array(high, np.int32))


_NUMBER_SIGNS = re.compile(rb"[A-Z0-9]+")


def _signs(texts: Iterable[str]) -> Signs:
    first, signs = [0], bytearray()
    for text in texts:
        signs += number_signs(text)
        first.append(len(signs))
    return Signs(np.array(first, np.int32), np.frombuffer(bytes(signs), np.uint8).copy())


def number_signs(text: str) -> bytes:
    """The number of a document as A-Z and 0-9, digits of every script read."""
    if not text:
        return b""
    if text.isascii():
        return b"".join(_NUMBER_SIGNS.findall(text.upper().encode()))[:40]
    plain = "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in unicodedata.normalize("NFKC", text)
    )
    return "".join(sign for sign in plain.upper() if sign.isascii() and sign.isalnum()).encode()[:40]
