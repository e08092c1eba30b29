"""Who the subject of a reporting verb is: a person, an office, a side, somebody described, or a pronoun.

A reporting verb names a person or an institution, never the nearest capitalised word: what is none of these is nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

from quittance.claims.lexicon import Lexicon
from quittance.claims.model import OUTLET
from quittance.claims.profile import Side, Voice
from quittance.claims.registry import is_person, unknown
from quittance.claims.speech_items import Item
from quittance.claims.speech_words import ADJECTIVES, MEDIA, TITLES_MANY, word_set
from quittance.claims.variants import bare

_IN_NAME: Final = frozenset("PNISDOLTRKCdHn'-()")
_PREPOSITIONS: Final = frozenset(("of", "for", "from", "in", "to", "near", "at", "with", "inside", "on", "by"))
_SPOKES: Final = frozenset(("spokesman", "spokesperson", "spokeswoman", "spokespersons", "spokesmen", "spokespeople"))
_SOURCES: Final = frozenset(("source", "sources", "witnesses", "residents"))
_PRESS: Final = frozenset(("correspondent", "journalist", "reporter", "journalists", "reporters", "editor"))
_ROLES: Final[dict[str, str]] = {"spokesperson": "spokesperson", "spokeswoman": "spokeswoman"}
_RUN: Final = word_set("run led backed based affiliated linked controlled aligned owned appointed held")
_STATE: Final = word_set(
    "official officials authorities representatives representative negotiators leaders commanders ministers diplomats"
    " mediators delegates spokesmen spokespersons spokespeople"
)
"""Titles of unnamed people whose word is that of their side."""
OF_STATE: Final = word_set(
    "president minister governor mayor senator premier chancellor ombudsman ombudswoman prosecutor lawmaker colonel"
    " general brigadier adviser advisor deputy"
)
"""Titles that a state gives."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who speaks: whom it names, the words that name him, and what else is known of him.

    `sort` is person, office, side, outlet, official (unnamed but counted as his office), described (to be bound to a
    person of the report), source, he, she, they, it, paper or same (a statement of whoever spoke last).
    """

    sort: str
    voice: Voice | None
    surface: str
    start: int
    end: int
    role: str | None = None
    code: str = ""
    org: Voice | None = None
    definite: bool = False
    noun: str = ""

    @property
    def is_spokesman(self) -> bool:
        """Whether he speaks for somebody by office."""
        role = self.role or (self.voice.role if self.voice else "") or ""
        return role in _SPOKES


def phrase_before(items: Sequence[Item], end: int) -> int:
    """Where the noun phrase begins whose last item is `end`."""
    at = end
    while at >= 0:
        item, right = items[at], items[at + 1] if at < end else None
        cls = item.cls
        if cls == "p":
            if item.low not in _PREPOSITIONS or right is None or right.cls in "yn" or at == 0:
                break
            if items[at - 1].cls not in ("C" if item.low == "by" else "TRPNISC)w'"):
                break
        elif item.low in ("him", "them") and at < end:
            break
        elif cls in "aw,":
            if not _joins(items, at, end) and not (at == end and _closes(items, at)):
                break
        elif cls not in _IN_NAME:
            break
        if cls == "d" and at > 0 and items[at - 1].cls != "p":
            return at
        if cls == "H":
            return at
        at -= 1
    at += 1
    while at <= end and items[at].cls in "pa-')w" and not (items[at].cls == "w" and _joins(items, at, end)):
        at += 1
    return at


def _closes(items: Sequence[Item], at: int) -> bool:
    """Whether a common noun ends a title: "the commander of the peacekeepers"."""
    back = at - 2 if at > 1 and items[at - 1].cls == "d" else at - 1
    return items[at].cls == "w" and back > 0 and items[back].low in ("of", "for") and items[back - 1].cls == "T"


def _joins(items: Sequence[Item], at: int, end: int) -> bool:
    """Whether a lower-case word, or `and`, belongs to the noun phrase around it."""
    if at >= end:
        return False
    right = items[at + 1].cls
    if items[at].cls == "w":
        low = items[at].low
        if low in ADJECTIVES or (low in _RUN and at and items[at - 1].cls == "-"):
            return True
        owner = right == "'" and at + 2 <= end and items[at + 2].cls in "TRCw"
        return items[at].word[0].isalpha() and (right in "TR" or owner or (right == "w" and _joins(items, at + 1, end)))
    if items[at].cls == "a":
        return at > 0 and items[at - 1].cls in "NR" and right in "NR"
    return False


def phrase_after(items: Sequence[Item], first: int) -> int:
    """The index after the noun phrase that begins at `first`."""
    at = first
    while at < len(items) and at - first < 16:
        item = items[at]
        following = items[at + 1].cls if at + 1 < len(items) else ""
        if item.cls == "p":
            if item.low not in _PREPOSITIONS or following in "yn" or at == first or items[at - 1].cls not in "TRPNIC":
                break
        elif item.cls in "aw":
            if not _joins(items, at, len(items) - 1):
                break
        elif (
            item.cls not in _IN_NAME
            or (item.cls == "n" and at == first)
            or (item.cls == "d" and at > first and items[at - 1].cls != "p")
        ):
            break
        at += 1
    while at > first and items[at - 1].cls in "d-('":
        at -= 1
    return at


class Naming:
    """Reads noun phrases with one lexicon; remembers the people that a report has named.

    `context` is the side that "their spokesman" in the sentence being read would speak for.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.named: dict[str, Voice] = {}
        self.context = ""

    def subject(self, items: Sequence[Item], aside: Sequence[Item] = ()) -> Subject | None:
        """Who a noun phrase with its apposition names; None when it names nobody who can speak."""
        if not items:
            return None
        head, tail = _parts(items)
        if tail and tail[0].low in ("by", "from") and all(item.cls in "dwCD" for item in head) and len(tail) > 1:
            return self.subject(tail[1:], aside)  # "a statement by X"
        everything = [*items, *aside]
        title = next((item.low for item in reversed(head) if item.cls == "T"), None)
        known = next((item for item in reversed(head) if item.cls == "P"), None)
        if known:
            last = next(item for item in reversed(head) if item.cls not in "()'-")
            if last is known or last.cls == "C":
                return self._known(known, everything)
            if last.cls != "N":
                return self._office_of(known, head, items, everything)
        name = _name(head)
        if name and not any(item.cls == "R" for item in name):
            found = self._unknown(name, title, everything, aside)
            if found:
                return found
        apposed = next((item for item in aside if item.cls == "P" and not _governed(aside, item)), None)
        if title and apposed:
            return self._known(apposed, everything)
        if title and aside and (name := _name(aside)) and not any(item.cls in "RT" for item in name):
            found = self._unknown(name, title, everything, aside)
            if found:
                return found
        if title:
            return self._described(title, items, everything)
        return self._office(items, head, tail, aside)

    def _known(self, item: Item, around: Sequence[Item]) -> Subject:
        assert item.mention is not None
        voice = item.mention.voice
        return Subject(sort="person", voice=voice, surface=item.word, start=item.start, end=item.end,
                       code=item.mention.code, role=voice.role if voice else None)  # fmt: skip

    def _office_of(
        self, person: Item, head: Sequence[Item], items: Sequence[Item], around: Sequence[Item]
    ) -> Subject | None:
        """ "Netanyahu's office", "the Chancellor's spokesman", "a Biden administration official"."""
        after = [other for other in head if other.start >= person.end]
        who = person.mention.voice if person.mention else None
        if who is None or not after:
            return None
        office = next((voice for voice in self.lexicon.registry.voices.values() if voice.name == who.org), None)
        if after[-1].cls == "T":
            found = self._described(after[-1].low, items, around)
            return msgspec.structs.replace(found, org=office) if found and found.sort == "described" else found
        surface = _text([person, *after])
        return Subject(sort="office", voice=office or unknown(surface, role="institution", side=who.side),
                       surface=surface, start=person.start, end=after[-1].end,
                       code=person.mention.code if person.mention else "")  # fmt: skip

    def _unknown(
        self, name: Sequence[Item], title: str | None, around: Sequence[Item], aside: Sequence[Item]
    ) -> Subject | None:
        """A person whom no registry names: he needs a title near him, two names, or to have been named before."""
        printed = _text(name)
        last = bare(name[-1].word)
        before = self.named.get(last)
        if before is not None and (len(name) == 1 or before.name == printed):
            return Subject(sort="person", voice=before, surface=printed, start=name[0].start, end=name[-1].end,
                           role=before.role, code=self._code(before.side))  # fmt: skip
        role = title or next((item.low for item in aside if item.cls == "T"), None)
        if any(item.low in MEDIA for item in name):
            voice = unknown(printed, org=printed, role="media", side=OUTLET)
            return Subject(sort="outlet", voice=voice, surface=printed, start=name[0].start, end=name[-1].end)
        if role is None and len(name) < 2:
            return None
        org, code = self._belongs(around)
        if not code and any(item.low in ("their", "its") for item in around):
            code = self.context
        code = code or (self._only_state() if role in OF_STATE else "")
        side = org.side if org else self._side_of(code)
        if role in _PRESS:
            side = OUTLET
        voice = unknown(printed, org=org.name if org else None, role=_role(role), side=side)
        self.named[last] = voice
        return Subject(sort="person", voice=voice, surface=printed, start=name[0].start, end=name[-1].end,
                       role=voice.role, code=code, org=org)  # fmt: skip

    def _described(self, title: str, items: Sequence[Item], around: Sequence[Item]) -> Subject | None:
        """Somebody with a title and no name: "a Taliban spokesman", "officials", "a source in the council"."""
        org, code = self._belongs(around)
        definite = items[0].low in ("the", "his", "their", "its")
        printed = _trim(items[1:] if items[0].cls == "n" and len(items) > 1 else items)
        found = Subject(sort="described", voice=None, surface=_text(printed), start=items[0].start, end=items[-1].end,
                        code=code, org=org, definite=definite, noun=title, role=_role(title))  # fmt: skip
        outlet = next((item for item in around if item.cls == "O"), None)
        if title in _SOURCES:
            return msgspec.structs.replace(found, sort="source")
        if title in _PRESS and outlet is not None and outlet.mention and outlet.mention.voice:
            medium = outlet.mention.voice
            voice = Voice(key=f"{medium.key}_CORRESPONDENT", name=f"{medium.name} correspondent", org=medium.name,
                          role="journalist", side=OUTLET)  # fmt: skip
            return msgspec.structs.replace(found, sort="official", voice=voice)
        if title in _STATE:
            return msgspec.structs.replace(found, sort="official")
        if title in TITLES_MANY:
            voice = unknown(_text(_bare(_trim(items))), role=title, side=self._side_of(code))
            return msgspec.structs.replace(found, sort="official", voice=voice)
        return found

    def _office(
        self, items: Sequence[Item], head: Sequence[Item], tail: Sequence[Item], aside: Sequence[Item]
    ) -> Subject | None:
        """An office, a side, a medium, a paper or a pronoun."""
        place = Subject(sort="", voice=None, surface=_text(_trim(items)), start=items[0].start, end=items[-1].end)
        for item in (*head, *tail):
            voice = item.mention.voice if item.mention else None
            if item.cls == "I" and voice:
                return msgspec.structs.replace(
                    place, sort="office", voice=voice, code=item.mention.code if item.mention else ""
                )
        if any(item.cls == "R" for item in head):
            return self._other_office(items, head, aside, place)
        last = next((item for item in reversed(head) if item.cls not in "d')("), None)
        if last is None:
            return None
        voice = last.mention.voice if last.mention else None
        if last.cls == "H":
            return msgspec.structs.replace(place, sort=last.low, voice=None)
        if last.cls == "C":
            owner = next((item for item in items if item.cls in "PSI" and item.mention), None)
            if owner and owner.mention and owner.mention.voice:
                return msgspec.structs.replace(place, sort="office", voice=owner.mention.voice, code=owner.mention.code)
            return msgspec.structs.replace(place, sort="same", voice=None)
        if last.cls in "SOK" and voice and last.mention:
            sort = {"S": "side", "O": "outlet", "K": "paper"}[last.cls]
            return msgspec.structs.replace(place, sort=sort, voice=voice, code=last.mention.code)
        if last.cls == "N" and last.low in MEDIA:
            name = _text(_name(head) or head)
            return msgspec.structs.replace(
                place, sort="outlet", voice=unknown(name, org=name, role="media", side=OUTLET)
            )
        return None

    def _other_office(
        self, items: Sequence[Item], head: Sequence[Item], aside: Sequence[Item], place: Subject
    ) -> Subject:
        """An office that no registry names; "the council" alone is to be bound to one that was named."""
        _, code = self._belongs(items)
        words = [item for item in head if item.cls in "NRDw"]
        if len(words) == 1 and words[0].cls == "R" and not code and not any(item.cls == "N" for item in items):
            return msgspec.structs.replace(place, sort="it", voice=None, noun=words[0].low, definite=True)
        name = _text(_bare(_trim(items)))
        called = _name(aside)
        if items[0].low in ("a", "an") and called and len(called) == len([item for item in aside if item.cls != "("]):
            name = _text(called)  # "a citizens' group, Free Land,"
            place = msgspec.structs.replace(place, surface=name, start=called[0].start, end=called[-1].end)
        voice = unknown(name, org=name, role="institution", side=self._side_of(code))
        if items[0].low == "the" and not any(item.cls == "N" for item in items):
            noun = next(item.low for item in reversed(head) if item.cls == "R")
            return msgspec.structs.replace(place, sort="it", voice=voice, noun=noun, code=code, definite=True)
        return msgspec.structs.replace(place, sort="office", voice=voice, code=code)

    def _belongs(self, around: Sequence[Item]) -> tuple[Voice | None, str]:
        """The office that the words around a title name, and the side."""
        org = next((item.mention for item in around if item.cls == "I" and item.mention), None)
        if org is not None:
            return org.voice, org.code
        side = next((item.mention for item in around if item.cls in "SD" and item.mention), None)
        if side is None:
            chief = next((item.mention for item in around if item.cls == "P" and item.mention), None)
            return None, chief.code if chief else self._place(around)
        return None, side.code

    def _place(self, around: Sequence[Item]) -> str:
        place = next((item.mention for item in around if item.cls == "L" and item.mention), None)
        return place.code if place else ""

    def _only_state(self) -> str:
        """The code of the one side that has a government, where only one has."""
        actors = self.lexicon.profile.actors if self.lexicon.profile else ()
        states = [side.code for side in actors if "government" in side.nouns]
        return states[0] if len(states) == 1 else ""

    def _side_of(self, code: str) -> str | None:
        side = self.side(code)
        return side.voice.side if side else None

    def _code(self, side: str | None) -> str:
        return side or ""

    def side(self, code: str) -> Side | None:
        """The party of the profile with this code."""
        return self.lexicon.profile.side(code) if self.lexicon.profile and code else None

    def person_of(self, role: str, code: str) -> Voice | None:
        """The one person of a side with a role that only one has: its president."""
        side = self.side(code)
        found = [voice for voice in side.speakers if voice.role == role] if side else []
        return found[0] if len(found) == 1 and is_person(found[0]) else None


def _parts(items: Sequence[Item]) -> tuple[Sequence[Item], Sequence[Item]]:
    """The head of a noun phrase and what follows its first preposition; a name at the very end belongs to the head."""
    cut = next((at for at, item in enumerate(items) if item.cls == "p" and at), len(items))
    head, tail = items[:cut], items[cut:]
    if tail and tail[-1].cls == "P" and len(tail) > 2 and tail[-2].cls not in "Tpd" and any(i.cls == "T" for i in head):
        return [*head, tail[-1]], tail[:-1]
    return head, tail


def _name(items: Sequence[Item]) -> list[Item]:
    """The last run of capitalised unknown words, with the words of offices and hyphens inside it."""
    end = next((at for at in range(len(items) - 1, -1, -1) if items[at].cls == "N"), None)
    if end is None:
        return []
    if end + 1 < len(items) and items[end + 1].cls == "T" and items[end + 1].word.islower():
        return []  # "a Western diplomat"
    first = end
    while first and (items[first - 1].cls in "N" or (items[first - 1].cls in "-'" and items[first].cls == "N")):
        first -= 1
    after = end + 1
    if after < len(items) and items[after].cls == "R":
        after += 1
    if first and items[first - 1].cls == "R":
        first -= 1
    return list(items[first:after])


def _governed(items: Sequence[Item], item: Item) -> bool:
    """Whether a person in an apposition is only whom somebody works for: "spokesman for President Ghani"."""
    at = items.index(item)
    return any(other.cls == "p" for other in items[max(0, at - 2) : at])


def _bare(items: Sequence[Item]) -> Sequence[Item]:
    """The items without an article before them."""
    return items[1:] if items[0].cls == "d" and len(items) > 1 else items


def _trim(items: Sequence[Item]) -> Sequence[Item]:
    """The items without brackets at the end."""
    end = next((at for at, item in enumerate(items) if item.cls == "("), len(items))
    return items[:end] or items


def _text(items: Sequence[Item]) -> str:
    """The words as printed: with one space where there was any."""
    parts = [items[0].word]
    for left, right in pairwise(items):
        parts.append((" " if right.start > left.end else "") + right.word)
    return "".join(parts)


def _role(title: str | None) -> str | None:
    return None if title is None else _ROLES.get(title, title)
