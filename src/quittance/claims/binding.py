"""The attributions of a report bound to its people: titles, pronouns and offices to whoever they mean there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import msgspec

from quittance.claims.lexicon import Lexicon, Mention
from quittance.claims.model import OUTLET
from quittance.claims.profile import Side, Voice
from quittance.claims.registry import is_person, unknown
from quittance.claims.sources import Saying
from quittance.claims.speech_words import TITLES_MANY
from quittance.claims.subjects import OF_STATE, Naming, Subject

_GENERAL: Final = frozenset(
    ["spokesman", "spokesperson", "spokeswoman", "official", "diplomat", "leader", "negotiator", "envoy", "head"]
)
_FOR_SOMEBODY: Final = frozenset(
    ("spokesman", "spokesperson", "spokeswoman", "aide", "adviser", "advisor", "negotiator", "member", "representative")
)
_MEMORY: Final = 80
_STATE_NOUNS: Final = frozenset(("government", "authorities"))


class Binding:
    """Binds the attributions of one report."""

    def __init__(self, lexicon: Lexicon, naming: Naming, mentions: Sequence[Mention]) -> None:
        self.lexicon = lexicon
        self.naming = naming
        self.mentions = mentions
        self.starts = [mention.start for mention in mentions]
        spoken = (mention.voice for mention in mentions if mention.sort == "speaker" and mention.voice)
        self.people = tuple({voice.key: voice for voice in spoken}.values())
        self.last_unknown: Voice | None = None
        self.found: list[Saying] = []
        self.sides: dict[str, str | None] = {}

    def bind(self, found: list[Saying]) -> list[Saying]:
        """Give every attribution its voice: descriptions, pronouns and offices are bound to the report's people."""
        self.found = found
        person: Voice | None = None
        group: Voice | None = None
        last: Saying | None = None
        for one in self.found:
            subject = one.subject
            voice = subject.voice
            if subject.sort in ("he", "she", "him", "her"):
                voice = person or (last.voice if last else None)
            elif subject.sort in ("they", "it", "same", "them"):
                spoke_last = last.voice if last else None
                voice = (
                    (group or spoke_last)
                    if subject.sort == "they"
                    else (self._named_office(subject, spoke_last) or subject.voice or spoke_last)
                )
            elif subject.sort == "described":
                voice = self._described(subject, person, last)
            elif subject.sort == "official":
                voice = voice or self._officials(subject, person, last)
            elif subject.sort == "source":
                own = self.naming.side(subject.code)
                voice = _nameless(subject, own.voice.side if own else None)
            voice = self._sided(voice, subject, last)
            one.voice, one.surface = voice, subject.surface
            if subject.sort == "office" and voice and voice.key.startswith("X_"):
                self.last_unknown = voice
            if subject.sort in ("he", "she", "him", "her", "they", "them", "it", "same") and (
                voice is not None and not subject.noun
            ):
                one.surface = last.surface if _same(last, voice) and last else voice.name
                if one.channel is None and last and _same(last, voice):
                    one.channel = last.channel
            if subject.sort == "person" or (
                subject.sort == "described" and voice and voice.role not in ("institution",)
            ):
                if one.channel is None and last and _same(last, voice) and last.sentence >= one.sentence - 1:
                    one.channel = last.channel
                person = voice
            elif subject.sort in ("side", "office"):
                group = voice
            if voice is not None and subject.sort != "paper":
                last = one
        self.found = [one for one in self.found if one.voice is not None]
        self._elaborate()
        self._channels()
        return self.found

    def _sided(self, voice: Voice | None, subject: Subject, last: Saying | None) -> Voice | None:
        """Somebody unknown with the side that his title gives him: a president's the state's, a spokesman's whoever
        spoke last or is spoken of."""
        if voice is None or voice.side is not None or not voice.key.startswith("X_"):
            return voice
        if voice.key not in self.sides:
            self.sides[voice.key] = self._side_by_title(voice, subject, last)
        return msgspec.structs.replace(voice, side=self.sides[voice.key])

    def _side_by_title(self, voice: Voice, subject: Subject, last: Saying | None) -> str | None:
        if voice.role in OF_STATE or "president" in subject.surface.lower():
            state = self._state(subject)
            return state.voice.side if state else None
        if voice.role not in _FOR_SOMEBODY:
            return None
        if last is not None and last.voice is not None and last.voice.side not in (None, OUTLET):
            return last.voice.side
        actors = {side.code: side for side in (self.lexicon.profile.actors if self.lexicon.profile else ())}
        for mention in self._before(subject):
            side = actors.get(mention.code)
            if side is not None and side.holds:
                return side.voice.side
        return None

    def _channels(self) -> None:
        """One who has tweeted in a report speaks by tweet wherever the report does not say how."""
        told: dict[str, list[Saying]] = {}
        for one in self.found:
            if one.channel and one.voice and one.subject.sort != "paper":
                told.setdefault(one.voice.key, []).append(one)
        for one in self.found:
            ways = told.get(one.voice.key, []) if one.voice and one.channel is None and is_person(one.voice) else []
            at = bisect_left(ways, one.sentence, key=lambda other: other.sentence)
            near = ways[max(0, at - 1) : at + 1]
            if near:
                one.channel = min(near, key=lambda other: abs(other.sentence - one.sentence)).channel

    def _described(self, subject: Subject, person: Voice | None, last: Saying | None) -> Voice | None:
        """Whom "a Taliban spokesman" or "the spokesman" is: somebody the report names, or the office he speaks for."""
        wanted = subject.role or ""
        alike = person is not None and (wanted in _GENERAL or wanted in (person.role or ""))
        if subject.definite and not subject.code and alike:
            return person
        fits = [who for who in (*self.people, *self.naming.named.values()) if self._fits(who, subject)]
        spokes = [who for who in fits if _same_role(who.role, wanted)]
        if spokes and (subject.code or subject.definite or not subject.code):
            near = [who for who in spokes if person is not None and who.key == person.key]
            return near[0] if near else spokes[0]
        if not subject.code and not subject.org:
            if person is not None and (alike or _same_role(person.role, wanted)):
                return person
            if wanted in _GENERAL and last is not None and last.voice is not None and last.voice.side != OUTLET:
                return last.voice
        if wanted and subject.code:
            known = self.naming.person_of(wanted, subject.code)
            if known:
                return known
        if subject.org is not None:
            return subject.org
        side = self.naming.side(subject.code)
        if side is not None:
            return side.voice
        return unknown(subject.surface, role=wanted or None)

    def _before(self, subject: Subject) -> Iterator[Mention]:
        """The mentions before a subject, the nearest first, as far back as anybody remembers."""
        at = bisect_left(self.starts, subject.start)
        return reversed(self.mentions[max(0, at - _MEMORY) : at])

    def _fits(self, who: Voice, subject: Subject) -> bool:
        if subject.org is not None and who.org and subject.org.name != who.org and subject.org.key != who.key:
            side = self.naming.side(subject.code)
            return bool(side and side.voice.key == subject.org.key)
        side = self.naming.side(subject.code)
        return not subject.code or (side is not None and who.side == side.voice.side)

    def _officials(self, subject: Subject, person: Voice | None, last: Saying | None) -> Voice | None:
        """Unnamed officials and authorities: those of the office or side named with them, else of the state here."""
        one = subject.definite and subject.noun == "official" and not subject.org
        if one and person is not None and (not subject.code or self._fits(person, subject)):
            return person
        if subject.org is not None:
            return subject.org
        side = self.naming.side(subject.code) or self._state(subject)
        if side is None:
            return unknown(subject.surface, role="officials")
        return side.voice if subject.noun == "authorities" else side.officials

    def _state(self, subject: Subject) -> Side | None:
        """The side with a government that was named last before a place, or the first that has one."""
        if self.lexicon.profile is None:
            return None
        states = [side for side in self.lexicon.profile.actors if _STATE_NOUNS & set(side.nouns)]
        codes = {side.code: side for side in states}
        for mention in self._before(subject):
            if mention.code in codes and mention.sort != "demonym":
                return codes[mention.code]
        return states[0] if states else None

    def _named_office(self, subject: Subject, last: Voice | None) -> Voice | None:
        """The office meant by "the council": the one last named with that noun, else the only one known with it."""
        noun, code = subject.noun, subject.code
        if not noun:
            return None
        for mention in self._before(subject):
            if mention.voice is None or mention.sort not in ("institution", "neutral", "side"):
                continue
            fits = any(noun in name.lower() for name in mention.voice.names)
            office = mention.sort == "institution" and noun in ("agency", "body", "office", "organ")
            if (fits and not code) or (office and code in ("", mention.code)):
                return mention.voice
        sides = self.lexicon.profile.sides if self.lexicon.profile else ()
        if subject.voice is not None:
            return self._same_office(subject)
        if self.last_unknown and noun in self.last_unknown.name.lower():
            return self.last_unknown
        known = {
            voice.key: voice
            for side in sides
            for voice in side.institutions
            if any(noun in name.lower().split() for name in voice.names)
        }
        if len(known) == 1:
            return next(iter(known.values()))
        return unknown(subject.surface, role="institution", side=last.side if last else None)

    def _same_office(self, subject: Subject) -> Voice | None:
        """ "the defence ministry": that of the side which the words before it are about."""
        printed = subject.surface.lower().removeprefix("the ")
        sides = {side.code: side for side in (self.lexicon.profile.sides if self.lexicon.profile else ())}
        for mention in self._before(subject):
            side = sides.get(mention.code)
            for voice in side.institutions if side else ():
                if any(name.lower().endswith(printed) for name in voice.names):
                    return voice
        return None

    def _elaborate(self) -> None:
        """What a side, office or unnamed official says belongs to the spokesman who goes on in the next sentence."""
        for one, following in pairwise(self.found):
            if following.sentence != one.sentence + 1 or following.subject.sort != "person" or following.voice is None:
                continue
            generic = one.subject.sort in ("side", "office", "described", "official") or one.subject.noun
            if one.subject.sort == "described" and one.subject.noun not in _GENERAL:
                continue
            if not generic or one.subject.noun in TITLES_MANY:
                continue
            who = following.voice
            if not following.subject.is_spokesman or one.voice is None:
                continue
            if who.side != one.voice.side and None not in (who.side, one.voice.side):
                continue
            if one.earlier:
                continue
            if one.subject.sort == "office" and who.org not in (None, one.voice.name):
                continue
            one.voice = who
            if one.channel is None:
                one.channel = following.channel


def _same(one: Saying | None, voice: Voice | None) -> bool:
    """Whether an attribution has this voice."""
    return one is not None and one.voice is not None and voice is not None and one.voice.key == voice.key


def _same_role(role: str | None, wanted: str) -> bool:
    spokes = ("spokesman", "spokesperson", "spokeswoman")
    return role == wanted or (role in spokes and wanted in spokes)


def _nameless(subject: Subject, side: str | None) -> Voice:
    """Unnamed sources: of an office, or of nobody that can be asked."""
    if subject.org is not None:
        org = subject.org
        return Voice(key=f"{org.key}_SOURCE", name=f"source in the {org.name}", org=org.name, role="anonymous",
                     side=org.side)  # fmt: skip
    near = "near" in subject.surface.lower() or "close" in subject.surface.lower()
    return Voice(key="SOURCES", name="unnamed sources", role="anonymous", side=None if near else side)
