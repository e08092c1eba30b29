"""What the words of a report mean: sides, their people and offices, speakers, papers, media, places.

A lexicon is compiled once per profile. `mentions` reads a text in one pass, in time linear in its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate, compress
from operator import ne, or_
from typing import Any, Final, Literal

import msgspec

from quittance.claims.model import BOTH, Claimant
from quittance.claims.profile import AGREEMENT, Paper, Profile, Side, Voice
from quittance.claims.registry import Learned, Registry, is_person, registry_of
from quittance.claims.speech_words import ABBREVIATED, TITLES_ONE, word_set
from quittance.claims.variants import PARTICLES

Sort = Literal[
    "side", "demonym", "people", "institution", "speaker", "document", "neutral", "mediator", "outlet", "place"
]  # fmt: skip
"""What a mention is. `side` may be a common noun ("the movement"); `demonym` an adjective of a side's people."""

_PIECE: Final = re.compile(r"(?<!\s)\s*+(?:\w+|'s\b|[^\w\s])")
"""A word or mark with the blanks before it; a match never begins inside a run of blanks, so that time stays linear."""
_AT: Final = word_set("in near at to from around outside inside into across via toward towards through for")
_OUT: Final = frozenset(("north", "south", "east", "west", "northeast", "northwest", "outside", "capital", "city"))
_SPOKEN_OF: Final = frozenset(("side", "institution", "demonym", "speaker"))
_SIMPLE: Final = frozenset(("outlet", "demonym", "place"))
"""Sorts that one reading alone decides."""
_RANKS: Final[dict[str, Sort]] = {"side": "side", "third": "side", "neutral": "neutral", "mediator": "mediator"}
_PAPERS: Final = ("deal", "agreement", "accord", "pact", "accords", "agreements")
_BOTH: Final = (
    *("both sides", "two sides", "sides", "both parties", "warring sides", "warring parties", "two parties"),
    *("neither side", "neither party", "neither of the sides"),
)
_GROUPS: Final = frozenset(("group", "movement", "faction", "factions", "militia", "alliance", "coalition", "party"))
_SOLE: Final = frozenset(("sides",))

TITLES: Final = TITLES_ONE | ABBREVIATED | word_set("prime crown haji maulvi mawlawi maulana qari ayatollah professor")
"""Words before a name that say what somebody is."""


class Mention(msgspec.Struct, frozen=True):
    """One thing that a text names, from `start` up to `end` in code points.

    `code` is the side it belongs to, whose people it means, or who holds people at that place; BOTH for "both sides".
    `voice` is the claimant it would be. `generic` says that it is a common noun read by what went before ("the
    movement"); `weak` that the people may be another side's as well ("soldiers").
    """

    start: int
    end: int
    sort: Sort
    code: str
    voice: Voice | None = None
    generic: bool = False
    weak: bool = False

    @property
    def key(self) -> str | None:
        """The claimant's key."""
        return self.voice.key if self.voice else None


class Entry(msgspec.Struct, frozen=True):
    """One reading of a phrase; `caps` are its capitalised words with their places."""

    sort: Sort
    code: str
    voice: Voice | None
    caps: tuple[tuple[int, str], ...]
    generic: bool = False


_Node = dict[str, Any]


@lru_cache(maxsize=4)
def pieces(plain: str) -> tuple[tuple[str, ...], tuple[str, ...], tuple[int, ...]]:
    """The words and marks of a text, the same in small letters, and where each ends; `'s` is a word of its own."""
    found = _PIECE.findall(plain)
    words = tuple(map(str.strip, found))
    return words, tuple(map(str.lower, words)), tuple(accumulate(map(len, found)))


class Lexicon:
    """The words of one profile and one registry, compiled."""

    def __init__(self, profile: Profile | None, registry: Registry | None = None) -> None:
        self.profile = profile
        self.registry = registry if registry is not None else registry_of(profile)
        self.root: _Node = {}
        self.papers: tuple[Paper, ...] = profile.papers if profile else ()
        self.actor_codes = frozenset(side.code for side in profile.actors) if profile else frozenset()
        self._holds = {side.code: frozenset(side.holds) for side in profile.sides} if profile else {}
        self._voices: dict[str, Voice] = {}
        if profile is not None:
            self._compile(profile)
        for voice in self.registry.voices.values():
            if not is_person(voice) and voice.role not in ("officials", "document", "parties", "anonymous"):
                for name in voice.names:
                    sort: Sort = "outlet" if voice.role in ("media", "agency") else "institution"
                    self._put(name, sort, voice.side or "", voice, weak=True)
        for entry in self.registry.learned:
            if not is_person(entry.voice):
                self._put(entry.surface, "institution", entry.voice.side or "", entry.voice)

    def _compile(self, profile: Profile) -> None:
        for side in profile.sides:
            self._side(side)
        for voice in profile.media:
            for name in voice.names:
                self._put(name, "outlet", "", voice)
        for paper in profile.papers:
            for name in paper.also:
                self._put(name, "document", paper.side, paper.voice)
        for paper in [paper for paper in profile.papers if paper.side == AGREEMENT][:1]:
            for noun in _PAPERS:
                self._put(noun, "document", AGREEMENT, paper.voice, generic=True)
        both = Voice(key="BOTH_SIDES", name="both sides", role="parties", side=BOTH)
        for phrase in _BOTH:
            self._put(phrase, "side", BOTH, both, generic=phrase in _SOLE)

    def _side(self, side: Side) -> None:
        sort = _RANKS[side.rank]
        for name in side.names:
            self._put(name, sort, side.code, side.voice)
        for noun in side.nouns:
            self._put(noun, sort, side.code, side.voice, generic=True)
        for adjective in side.demonyms:
            self._put(adjective, "demonym", side.code, side.voice)
        for word in side.people:
            self._put(word, "people", side.code, None, generic=word.islower())
        for place in side.places:
            self._put(place, "place", side.code, None)
        for voice in side.institutions:
            kind: Sort = "outlet" if voice.role == "media" else "institution"
            for name in voice.names:
                self._put(name, kind, side.code, voice)

    def _put(
        self, phrase: str, sort: Sort, code: str, voice: Voice | None, *, generic: bool = False, weak: bool = False
    ) -> None:
        words = tuple(word.strip() for word in _PIECE.findall(phrase))
        if words[0].lower() == "the":
            words = words[1:]
        node = self.root
        for word in words:
            node = node.setdefault(word.lower(), {})
        entries: list[Entry] = node.setdefault("", [])
        if weak and entries:
            return
        if not any(entry.code == code and entry.sort == sort and entry.generic == generic for entry in entries):
            loose = sort == "institution" and len(words) > 1  # "the national security council"
            caps = () if loose else tuple((at, word) for at, word in enumerate(words) if word[0].isupper())
            entries.append(Entry(sort, code, voice, caps, generic))

    def mentions(self, plain: str) -> list[Mention]:
        """Everything that the text names, in order and without overlaps. `plain` is the normalised text."""
        return _Reading(self, plain).run()

    def same_camp(self, code: str, other: str) -> bool:
        """Whether two sides hold the same people, or are one: allies against a third."""
        return code == other or bool(self._holds.get(code, frozenset()) & self._holds.get(other, frozenset()))

    def holder_of(self, code: str) -> str | None:
        """The side that holds people of `code`, the one named first if there are several."""
        return self.profile.holder_of(code) if self.profile else None

    def claimant_of(self, mention: Mention, surface: str | None = None) -> Claimant | None:
        """The claimant that a mention would be: a person, an office, a paper, or the side itself."""
        return claimant(mention.voice, surface) if mention.voice else None


def claimant(voice: Voice, surface: str | None = None) -> Claimant:
    """A known voice as the claimant of a claim, with the name as printed."""
    return Claimant(
        key=voice.key, name=voice.name, surface=surface, org=voice.org, role=voice.role, side=voice.side or None
    )


class _Reading:
    """One pass over one text."""

    def __init__(self, lexicon: Lexicon, plain: str) -> None:
        self.lexicon = lexicon
        self.plain = plain
        self.words, self.lower, self.ends = pieces(plain)
        self.last = ""
        self.seen: set[str] = set()
        self.found: list[Mention] = []

    def run(self) -> list[Mention]:
        """All mentions."""
        root, words, lower = self.lexicon.root, self.words, self.lower
        capital, known = map(ne, words, lower), map(root.__contains__, lower)
        registry = self.lexicon.registry
        roles = registry.roles
        done, end = 0, len(words) - 1
        for at in compress(range(len(words)), map(or_, capital, known)):
            if at < done:
                continue
            word, step = words[at], 0
            if word[0].isupper():
                role = roles.get(word)
                if role or ((role is None or at < end) and registry.may_begin(word, words[at + 1] if at < end else "")):
                    step = self._person(at)
            if not step and lower[at] in root:
                step = self._phrase(at)
            done = at + (step or 1)
        return self.found

    def _start(self, at: int) -> int:
        return self.ends[at] - len(self.words[at])

    def _add(self, first: int, after: int, sort: Sort, code: str, voice: Voice | None, **more: bool) -> int:
        start = self.ends[first] - len(self.words[first])
        self.found.append(Mention(start, self.ends[after - 1], sort, code, voice, **more))
        if sort in _SPOKEN_OF and code in self.lexicon.actor_codes:
            self.last = code
        return after - first

    def _name_run(self, at: int) -> list[int]:
        """Token numbers of the capitalised words that may be one name from `at` on, particles and hyphens between."""
        run = [at]
        after = at + 1
        while after < len(self.words) and len(run) < 6:
            word = self.words[after]
            glued = self._start(after) == self.ends[after - 1]
            if word[0].isupper():
                if glued and self.words[after - 1] not in "-'":
                    break
                run.append(after)
            elif not (word in ("-", "'") and glued) and self.lower[after] not in PARTICLES:
                break
            after += 1
        return run

    def _person(self, at: int) -> int:
        registry = self.lexicon.registry
        run = self._name_run(at)
        for last in range(len(run) - 1, 0, -1):
            words = self.words[at : run[last] + 1]
            voice = registry.whole(words)
            if voice is None and last == 1:
                voice = registry.slip([words[0], words[-1]])
            if voice is not None:
                self.seen.add(voice.key)
                return self._add(at, run[last] + 1, "speaker", voice.side or "", voice)
        return self._surname(at, run)

    def _surname(self, at: int, run: Sequence[int]) -> int:
        before = self.lower[at - 1] if at else ""
        titled = before in TITLES
        # "Ahmad Faisal" is somebody else; "Spokesman Faisal", "President Ghani" are not.
        back = at - 1
        while back > 0 and (self.words[back] == "-" or self.lower[back] in PARTICLES):
            back -= 1
        beside = at > 0 and (back < at - 1 or self.ends[at - 1] + 1 == self._start(at))
        follows = beside and back >= 0 and self.words[back][0].isupper() and self.lower[back] not in TITLES
        if (follows and not titled) or (len(run) > 1 and run[1] == at + 1):
            return 0
        alike = self.lexicon.registry.surname(self.words[at], confirmed=True)
        known = [voice for voice in alike if voice.key in self.seen]
        if not known:
            if before in ("in", "near", "at", "around", "outside", "inside", "across"):
                return 0  # "in Wardak"
            if not titled and (len(self.words[at]) < 4 or self._is_word(at)):
                return 0
            known = list(self.lexicon.registry.surname(self.words[at], confirmed=titled))
        if len(known) != 1:
            return 0
        return self._add(at, at + 1, "speaker", known[0].side or "", known[0])

    def _is_word(self, at: int) -> bool:
        """Whether a word alone is a phrase of the lexicon."""
        return "" in self.lexicon.root.get(self.lower[at], ())

    def _phrase(self, at: int) -> int:
        node: Any = self.lexicon.root
        lower, size = self.lower, len(self.lower)
        best = 0
        readings: list[Entry] = []
        after = at
        while after < size:
            node = node.get(lower[after])
            if node is None:
                break
            after += 1
            entries = node.get("")
            if entries is not None:
                cased = [entry for entry in entries if not entry.caps or self._cased(entry, at)]
                if cased:
                    best, readings = after, cased
        return self._choose(at, best, readings) if best else 0

    def _cased(self, entry: Entry, at: int) -> bool:
        """Whether the words of the text are capitalised where the entry is; "US" is never "us"."""
        for offset, wanted in entry.caps:
            word = self.words[at + offset]
            if len(wanted) > 1 and wanted.isupper():
                if word != wanted:
                    return False
            elif not word[0].isupper():
                return False
        return True

    def _choose(self, at: int, after: int, entries: Sequence[Entry]) -> int:
        entry = entries[0]
        if len(entries) > 1:
            entry = next((one for one in entries if one.code == self.last), entry)
        elif entry.sort in _SIMPLE:
            return self._add(at, after, entry.sort, entry.code, entry.voice)
        if entry.sort == "document" and entry.generic and at and self.lower[at - 1] in ("own", "mutual", "one"):
            return 0  # "of its own accord"
        if entry.generic and self.lower[after - 1] in _GROUPS and {"a", "an"} & set(self.lower[max(0, at - 3) : at]):
            return 0  # "a citizens' group" is none that was spoken of
        before = self.found[-1] if self.found else None
        if entry.sort == "institution" and before and before.code and before.code != entry.code:
            gap = self.plain[before.end : self._start(at)]
            if before.sort in ("side", "demonym", "place") and gap in (" ", "'s ", "' "):
                own = [one for one in entries if one.code == before.code]
                if not own:
                    return 0  # "Russia's ombudsman" is not Ukraine's
                entry = own[0]
        if len(entries) > 1 and self.lower[after - 1].endswith("s"):
            demonym = next((one for one in entries if one.sort == "demonym" and one.code == entry.code), None)
            people = next((one for one in entries if one.sort == "people" and one.code == entry.code), None)
            if people and demonym:
                entry = msgspec.structs.replace(people, voice=demonym.voice)  # "Palestinians"
        named = entry.sort in ("side", "mediator") and not entry.generic and entry.code != BOTH
        if named and self._is_place(at, after):
            return self._add(at, after, "place", entry.code, entry.voice)
        weak = entry.sort == "people" and entry.generic
        return self._add(at, after, entry.sort, entry.code, entry.voice, generic=entry.generic and not weak, weak=weak)

    def _is_place(self, at: int, after: int) -> bool:
        """Whether a name of a side is only the place where something happens: "in Kabul", "KABUL:"."""
        before = self.lower[at - 1] if at else ""
        following = self.lower[after] if after < len(self.lower) else ""
        if before == "to" and at > 1 and self.lower[at - 2] == "according":
            return False
        if before in _AT and following not in ("'s", "'", "-"):
            return True
        if before == "of" and at > 1 and self.lower[at - 2] in _OUT:
            return True
        if following not in (":", "(", "-", ","):
            return False
        return at == 0 or "\n" in self.plain[self.ends[at - 1] : self._start(at)]


def lexicon_for(profile: Profile | None, learned: Iterable[Learned] = ()) -> Lexicon:
    """The lexicon of a profile with what a case has learned."""
    return Lexicon(profile, registry_of(profile, learned))
