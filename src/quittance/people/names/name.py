"""A cell of names cut into names, and a name into tokens, with titles, kunya, father and remarks set apart.

The cell itself is kept in `Name.raw`. Order of work, as each step relies on the one before: clean the cell, set
remarks apart, split several names, fold words, split scripts, then titles, kunyas, compounds, son-of words and
particles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from quittance.people.names.cells import cut
from quittance.people.names.compounds import glued, joined_article, plain_form
from quittance.people.names.folding import READINGS, Word, clean, fold_word
from quittance.people.names.letters import TO_CYRILLIC, TO_LATIN, Script
from quittance.people.names.particles import (
    ALLAH,
    ARTICLES,
    BARE,
    CHILD_AFTER,
    DIN,
    KUNYA,
    PARTICLES,
    SERVANT,
    SOFT_TITLES,
    SON_OF,
    SUFFIXES,
    TITLE_PHRASES,
    TITLES,
)
from quittance.people.names.skeleton import skeleton
from quittance.people.names.slavic import slavic_form

TOKENS: Final = 16
"""A name is compared by its first tokens, up to this many."""
NAMES: Final = 24
"""At most so many names are read from one cell."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a name, compounds written as one."""

    text: str = field(repr=False)
    script: Script
    skeleton: str = field(repr=False)
    readings: tuple[str, ...] = field(repr=False)
    """Every spelling that this token may stand for, `text` first."""
    initial: bool = False
    """A single letter: agrees weakly with any token that begins with it, and never disagrees."""
    bare: bool = False
    """Half of a compound standing alone (abd, allah, din): carries no weight."""


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a cell, in one script. `raw` is the whole cell as written."""

    raw: str = field(repr=False)
    script: Script
    tokens: tuple[Token, ...]
    titles: tuple[str, ...] = field(default=(), repr=False)
    """Titles by their one spelling (`mullah`, `haji`), comparable across scripts."""
    kunya: tuple[Token, ...] = ()
    """What follows Abu or Umm where that opens the name and other tokens remain."""
    father: tuple[Token, ...] = ()
    """The tokens that a son-of word marks; they stand in `tokens` as well."""
    remarks: tuple[str, ...] = field(default=(), repr=False)
    rules: tuple[str, ...] = ()
    """The ids of `rules.RULES` that fired, in the order of work."""


class _Unit(NamedTuple):
    """A piece of a name on its way to a token."""

    text: str
    readings: tuple[str, ...]
    kind: str = "token"  # token, initial, kunya, son-of, child-after
    article: bool = False


_WORD: Final = re.compile(r"([^\s,.:\-_\"“”„…+=&%$#@^~•·،٬()\[\]{}<>«»]+)(\.?)(-?)")


class _Piece(NamedTuple):
    """A folded word with what stood behind it."""

    word: Word
    stop: bool
    hyphen: bool


def parse(raw: str) -> tuple[Name, ...]:
    """The names of one cell in their order; empty where it holds none. Never raises, whatever the text.

    A cell is read up to `CELL_LETTERS` characters, a name up to `TOKENS` tokens, a word up to `WORD_LETTERS` letters,
    so that the work on one cell is bounded; the rule `cut` says where a cell or a name was longer.
    """
    text, rules = clean(raw)
    segments, remarks = cut(text)
    fired = [*rules, *["remark"] * bool(remarks), *["several"] * (len(segments) > 1)]
    names: list[Name] = []
    for segment in segments[:NAMES]:
        if plain := _plain_name(raw, segment, remarks, fired):
            names.append(plain)
            continue
        by_script = _words(segment)
        both = ["scripts"] * (len(by_script) > 1)
        names += [_name(raw, script, words, remarks, [*fired, *both]) for script, words in by_script.items()]
    return tuple(names)


class _Plain(NamedTuple):
    """A word that means the same beside any others: its token, and the rules that it fires first and last."""

    token: Token
    folding: tuple[str, ...]
    single: tuple[str, ...]


_MEANING: Final = frozenset().union(
    *(TITLES, TITLE_PHRASES, SOFT_TITLES, PARTICLES, ARTICLES, SON_OF, CHILD_AFTER),
    *(KUNYA, SERVANT, ALLAH, DIN, SUFFIXES),
)
"""Words that say something of the words beside them, or are said something of."""


@lru_cache(maxsize=65536)
def _plain_word(part: str) -> _Plain | None:
    """The token of a word as it stands in a cell; None where other words may change it."""
    word = fold_word(part)
    if not word.text or word.text in _MEANING:
        return None
    unit, rules = _single(word)
    if unit.text in _MEANING:
        return None
    return _Plain(_token(unit.readings, word.script, unit.kind == "initial"), word.rules, rules)


def _plain_name(raw: str, segment: str, remarks: list[str], fired: list[str]) -> Name | None:
    """The name of a segment whose words are all plain and of one script, as most are; None for any other."""
    words = [_plain_word(part) for part, _, _ in _WORD.findall(segment)]
    if not words or len(words) > TOKENS or None in words:
        return None
    found = [word for word in words if word is not None]
    script = found[0].token.script
    rules = [*fired]
    for word in found:
        if word.token.script != script:
            return None
        rules += word.folding
    for word in found:
        rules += word.single
    return Name(
        raw,
        script,
        tuple([word.token for word in found]),
        remarks=tuple(remarks),
        rules=tuple(dict.fromkeys(rules)) if rules else (),
    )


def _words(segment: str) -> dict[Script, list[_Piece]]:
    """The folded words of a segment by script."""
    pieces = [
        _Piece(word, bool(stop), bool(hyphen))
        for part, stop, hyphen in _WORD.findall(segment)
        if (word := fold_word(part)).text
    ]
    scripts = {piece.word.script for piece in pieces}
    if len(scripts) < 2:
        return dict.fromkeys(scripts, pieces)
    counts = {
        script: sum(len(one.word.text) for one in pieces if one.word.script == script) for script in sorted(scripts)
    }
    main = max(counts, key=counts.__getitem__)
    by_script: dict[Script, list[_Piece]] = {}
    for piece in pieces:
        word = piece.word
        # An initial typed on the other keyboard belongs to its neighbours.
        if len(word.text) == 1 and {word.script, main} == {"latin", "cyrillic"}:
            table = TO_LATIN if main == "latin" else TO_CYRILLIC
            word = fold_word(word.text.upper().translate(table))
        by_script.setdefault(word.script, []).append(piece._replace(word=word))
    return by_script


def _name(raw: str, script: Script, pieces: list[_Piece], remarks: list[str], fired: list[str]) -> Name:
    for piece in pieces:
        fired += piece.word.rules
    if len(pieces) > TOKENS * 2:
        pieces = pieces[: TOKENS * 2]
        fired.append("cut")
    titles, rest = _titles(pieces)
    if titles:
        fired.append("title")
    kunya, units = _kunya(_units(rest, script, fired), fired)
    tokens, father = _tokens(units, script, fired)
    if not tokens:
        # Nothing but particles: then they are the name.
        tokens = [_token(piece.word.readings, script) for piece in pieces]
    return Name(
        raw,
        script,
        tuple(tokens[:TOKENS]),
        tuple(titles),
        tuple(_token(unit.readings, script) for unit in kunya),
        tuple(father),
        tuple(remarks),
        tuple(dict.fromkeys(fired)),
    )


def _titles(pieces: list[_Piece]) -> tuple[list[str], list[_Piece]]:
    """Titles set apart: always those that are no names, the others in front or beside two further words."""
    titles: list[str] = []
    rest: list[_Piece] = []
    texts = [piece.word.text for piece in pieces]
    place = 0
    while place < len(pieces):
        text = texts[place]
        length = 1
        if text in TITLE_PHRASES and (found := _phrase(texts, place)):
            title, length = found
            titles.append(title)
        elif text in TITLES:
            titles.append(TITLES[text])
        else:
            rest.append(pieces[place])
        place += length
    if not any(piece.word.text not in PARTICLES for piece in rest):
        return [], pieces
    return _soft_titles(titles, rest)


def _phrase(texts: list[str], place: int) -> tuple[str, int] | None:
    """The title of several words that begins at `place` and how many words it takes, articles between them counted."""
    for phrase, title in TITLE_PHRASES[texts[place]]:
        at = place + 1
        for part in phrase:
            while at < len(texts) and texts[at] in ARTICLES:
                at += 1
            if at == len(texts) or texts[at] != part:
                break
            at += 1
        else:
            return title, at - place
    return None


def _soft_titles(titles: list[str], pieces: list[_Piece]) -> tuple[list[str], list[_Piece]]:
    texts = [piece.word.text for piece in pieces]
    if SOFT_TITLES.keys().isdisjoint(texts):
        return titles, pieces
    solid = sum(1 for text in texts if text not in PARTICLES and text not in SOFT_TITLES)
    rest: list[_Piece] = []
    for piece, text in zip(pieces, texts, strict=True):
        with_article = text.startswith("ال") or (bool(rest) and rest[-1].word.text in ARTICLES)
        if text in SOFT_TITLES and solid >= (2 if rest else 1) and not (rest and with_article):
            titles.append(SOFT_TITLES[text])
        else:
            rest.append(piece)
    return titles, rest


def _units(pieces: list[_Piece], script: Script, fired: list[str]) -> list[_Unit]:
    units: list[_Unit] = []
    place, article = 0, False
    while place < len(pieces):
        text = pieces[place].word.text
        last = place + 1 == len(pieces)
        if text in CHILD_AFTER and units and units[-1].kind == "token" and (last or text not in SON_OF):
            units.append(_Unit(text, (), "child-after"))
            place += 1
        elif text in SON_OF and not last:
            units.append(_Unit(text, (), "son-of"))
            place += 1
        elif text in PARTICLES and not (len(text) == 1 and pieces[place].stop):
            fired.append("particle")
            article = text in ARTICLES
            place += 1
            continue
        else:
            unit, place = _unit(pieces, place, script, fired)
            if article:
                unit = unit._replace(article=True)
            if unit.text in SUFFIXES and units and units[-1].kind == unit.kind == "token":
                fired.append("suffix")
                units[-1] = _joined(units[-1], unit)
            else:
                units.append(unit)
        article = False
    return units


def _unit(pieces: list[_Piece], place: int, script: Script, fired: list[str]) -> tuple[_Unit, int]:
    """The unit that begins at `place`, compounds glued, and the place after it."""
    word = pieces[place].word
    text = word.text
    beyond = place + 1
    while beyond < len(pieces) and pieces[beyond].word.text in ARTICLES:
        beyond += 1
    if beyond < len(pieces) and len(pieces[beyond].word.text) > 1:
        following = pieces[beyond].word
        if text in KUNYA:
            unit, end = _unit(pieces, beyond, script, fired)
            return _Unit(text, unit.readings, "kunya"), end
        # Allah opens a compound of its own where it stands first or is hyphened to what follows.
        opens = following.text in ALLAH and pieces[beyond].hyphen and not pieces[place].hyphen
        opened = text in ALLAH and beyond == place + 1 and (place == 0 or pieces[place].hyphen)
        if (
            text in SERVANT
            or opened
            or (following.text in DIN and len(text) > 2)
            or (following.text in ALLAH and not opens)
        ):
            fired.append("compound")
            readings = _distinct(glued(one, other, script) for one in word.readings for other in following.readings)
            return _Unit(readings[0], readings), beyond + 1
    unit, rules = _single(word)
    fired += rules
    return unit, place + 1


@lru_cache(maxsize=65536)
def _single(word: Word) -> tuple[_Unit, tuple[str, ...]]:
    """A word that is a unit by itself, and the rules that this fires."""
    text, script = word.text, word.script
    rules = []
    plain = plain_form(text, script)
    article = plain != text and script == "arabic" and text.startswith("ال")
    if plain != text:
        rules.append("article" if article else "compound")
    readings = [plain, *word.readings, *(plain_form(reading, script) for reading in word.readings[1:])]
    if plain == text and (inside := joined_article(text, script)):
        readings.append(inside)
    if form := slavic_form(text, script):
        rules.append("slavic")
        readings.append(form)
    if len(text) == 1:
        rules.append("initial")
    kind = "initial" if len(text) == 1 else "token"
    return _Unit(plain, _distinct(readings), kind, article), tuple(rules)


def _distinct(readings: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, readings)))[:READINGS]


def _joined(first: _Unit, second: _Unit) -> _Unit:
    readings = _distinct(one + other for one in first.readings for other in second.readings)
    return _Unit(readings[0], readings, article=first.article)


def _kunya(units: list[_Unit], fired: list[str]) -> tuple[list[_Unit], list[_Unit]]:
    """The kunya that opens a name set apart where tokens remain; elsewhere Abu X is one token of the name."""
    apart: list[_Unit] = []
    rest: list[_Unit] = []
    tokens = sum(unit.kind == "token" for unit in units)
    for unit in units:
        if unit.kind != "kunya":
            rest.append(unit)
        elif tokens and not rest and unit.text not in ("abul", "abool", "abol", "ابوال"):
            fired.append("kunya")
            apart.append(unit)
        else:
            head = KUNYA[unit.text]
            rest.append(_Unit(head, _distinct([*(head + reading for reading in unit.readings), *unit.readings])))
    return apart, rest


def _tokens(units: list[_Unit], script: Script, fired: list[str]) -> tuple[list[Token], list[Token]]:
    """All tokens of the name, and those among them that name the father."""
    tokens: list[Token] = []
    father: list[Token] = []
    marking, marked = False, False
    for unit in units:
        if unit.kind == "son-of":
            marking, marked = not marked, True
        elif unit.kind == "child-after":
            if tokens and not marked:
                father, marked = [tokens[-1]], True
        else:
            token = _token(unit.readings, script, unit.kind == "initial")
            tokens.append(token)
            if marking and unit.article:
                marking = False
            if marking:
                father.append(token)
    if father:
        fired.append("father")
    return tokens, father


@lru_cache(maxsize=65536)
def _token(readings: tuple[str, ...], script: Script, initial: bool = False) -> Token:
    text = readings[0]
    return Token(text, script, skeleton(text, script), readings, initial, text in BARE)
