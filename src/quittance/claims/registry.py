"""Who is known to speak: the claimants of a profile, and those a case has learned, found by any spelling of the name.

Learned entries are lines of JSON with provenance. A speaker whom nobody knows gets a key from his printed name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from quittance.claims.profile import Profile, Voice, key_of
from quittance.claims.variants import bare, joined, near, skeleton
from quittance.errors import UnreadableError

PERSONS: Final = frozenset(("institution", "officials", "media", "agency", "document", "parties", "anonymous"))
"""The roles of claimants that are not one person."""

_REMEMBERED: Final = 50_000


class RegistryError(UnreadableError):
    """A file of learned speakers that cannot be used."""

    code = "claims.speakers"


class Learned(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One learned claimant: what was printed, whom it means, and who said so, when, on the word of which report."""

    surface: str
    voice: Voice
    by: str | None = None
    at: str | None = None
    source: str | None = None


def is_person(voice: Voice) -> bool:
    """Whether a claimant is one human being, whose name has spellings."""
    return voice.role not in PERSONS


class Registry:
    """Claimants by name. It never changes: `learn` gives a new one."""

    def __init__(self, voices: Iterable[Voice] = (), learned: Iterable[Learned] = ()) -> None:
        self.learned = tuple(learned)
        self.voices: dict[str, Voice] = {}
        self._names: dict[str, Voice] = {}
        self._begin: set[str] = set()
        self.roles: dict[str, int] = {}
        self._last: dict[str, list[tuple[Voice, tuple[str, ...]]]] = defaultdict(list)
        self._first: dict[str, list[tuple[Voice, tuple[str, ...]]]] = defaultdict(list)
        for voice in (*voices, *(entry.voice for entry in self.learned)):
            self.voices.setdefault(voice.key, voice)
        for voice in self.voices.values():
            for name in voice.names if is_person(voice) else ():
                self._add(voice, name)
        for entry in self.learned:
            if is_person(entry.voice):
                self._add(self.voices[entry.voice.key], entry.surface)

    def _add(self, voice: Voice, name: str) -> None:
        words = tuple(word for word in name.replace("-", " ").split() if word)
        self._names.setdefault(joined(words), voice)
        self._begin.add(skeleton(words[0]))
        if len(words) > 1:
            self._begin.add(joined(words[:2]))
        kept = [word for word in words if skeleton(word)]
        if len(kept) > 1:
            self._last[skeleton(kept[-1])].append((voice, words))
            self._first[skeleton(kept[0])].append((voice, words))

    def get(self, key: str) -> Voice | None:
        """The claimant with this key."""
        return self.voices.get(key)

    def may_begin(self, word: str, following: str) -> bool:
        """Whether a name that somebody here bears could begin with `word`; quick, and never wrongly no."""
        return self._role(word) > 0 or (following[:1].isupper() and self._role(following) > 1)

    def _role(self, word: str) -> int:
        """2 for the last word of a known name, 1 for a first one, else 0."""
        role = self.roles.get(word)
        if role is None:
            bones = skeleton(word)
            role = 2 if bones in self._last else 1 if bones in self._begin else 0
            if len(self.roles) < _REMEMBERED:
                self.roles[word] = role
        return role

    def whole(self, words: Sequence[str]) -> Voice | None:
        """The person whose full name these words spell, in any spelling; one word only if that is a whole name."""
        return self._names.get(joined(words))

    def slip(self, words: Sequence[str]) -> Voice | None:
        """The one person whose name these two words are but for a slip in one of them."""
        if len(words) < 2:
            return None
        first, last = words[0], words[-1]
        found = {
            voice.key: voice
            for voice, known in (*self._last.get(skeleton(last), ()), *self._first.get(skeleton(first), ()))
            if near(first, known[0]) and near(last, known[-1])
        }
        return next(iter(found.values())) if len(found) == 1 else None

    def surname(self, word: str, *, confirmed: bool = False) -> tuple[Voice, ...]:
        """Those with this last name; in another spelling only if something else (`confirmed`) names the person."""
        spelt = bare(word)
        alike = self._last.get(skeleton(word), ())
        exact = [voice for voice, known in alike if bare(known[-1]) == spelt]
        if not exact and (confirmed or len(spelt) >= 6):
            exact = [voice for voice, known in alike if bare(known[-1])[:1] == spelt[:1]]
        return tuple({voice.key: voice for voice in exact}.values())

    def learn(
        self, surface: str, voice: Voice, *, by: str | None = None, at: str | None = None, source: str | None = None
    ) -> Registry:
        """A registry that knows besides that `surface` means `voice`; this one stays as it is."""
        entry = Learned(surface=surface, voice=voice, by=by, at=at, source=source)
        known = tuple(old for old in self.learned if old.surface != surface)
        return Registry(self.voices.values(), (*known, entry))


def registry_of(profile: Profile | None, learned: Iterable[Learned] = ()) -> Registry:
    """The registry of a profile with what the case has learned."""
    return Registry(profile.voices if profile else (), learned)


def unknown(name: str, *, org: str | None = None, role: str | None = None, side: str | None = None) -> Voice:
    """A claimant whom no registry names, as the text presents him."""
    return Voice(key=key_of(name), name=name, org=org, role=role or "speaker", side=side)


def read_learned(data: bytes) -> tuple[Learned, ...]:
    """The entries of the file that a case keeps, one a line. Raises `RegistryError` naming the line that is none."""
    found = []
    for number, line in enumerate(data.splitlines(), 1):
        try:
            found.append(msgspec.json.decode(line, type=Learned))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise RegistryError(
                f"Line {number:,} of the file of learned speakers is no learned speaker. Nothing was taken; name the "
                "file claims/learned.jsonl of a case."
            ) from None
    return tuple(found)
