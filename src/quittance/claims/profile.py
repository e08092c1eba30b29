"""The parties of a conflict as a reader of reports knows them: sides, who speaks for them, papers and promises.

A profile comes from the parties section of an agreement file, or is one of those shipped with the package.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

import msgspec

from quittance.agreement.model import Agreement, Commitment, Instrument, Party
from quittance.agreement.speech import Speech
from quittance.claims.promises import Bond, Promise
from quittance.errors import UnreadableError

CONFLICTS: Final = ("afghanistan", "ukraine", "israel", "yemen", "armenia", "colombia", "us-russia")
"""The conflicts for which a profile is shipped."""

AGREEMENT: Final = "AGREEMENT"
NEUTRAL: Final = "NEUTRAL"
MEDIATOR: Final = "MEDIATOR"

_STANDING: Final[Mapping[str, str]] = {
    "signatory": "side",
    "non_signatory": "side",
    "holder": "side",
    "intermediary": "neutral",
    "host": "mediator",
    "guarantor": "mediator",
    "verifier": "third",
    "third_party": "third",
}


class ProfileError(UnreadableError):
    """A party of an agreement file is said to be like one that no shipped profile has."""

    code = "claims.profile"


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """One claimant that is known beforehand: a person, an institution, a paper or a medium, with the names for it."""

    key: str
    name: str
    org: str | None = None
    role: str = "institution"
    side: str | None = None
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its canonical name and the others, each once."""
        return tuple(dict.fromkeys((self.name, *self.also)))


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A party as reports speak of it; `rank` is side, neutral, mediator or third.

    `code` is the actor code, `voice` whom a claim of the side itself belongs to, `officials` that of its unnamed
    officials, `holds` the codes of those whose people it holds.
    """

    code: str
    rank: str
    voice: Voice
    officials: Voice
    names: tuple[str, ...]
    nouns: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    institutions: tuple[Voice, ...] = ()
    speakers: tuple[Voice, ...] = ()


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement (side AGREEMENT) or one side's decree: how it is called, and the day it was signed (ISO)."""

    key: str
    name: str
    side: str = AGREEMENT
    also: tuple[str, ...] = ()
    signed: str | None = None
    speaker: str | None = None

    @property
    def voice(self) -> Voice:
        """The paper as a claimant."""
        return Voice(key=self.key, name=self.name, role="document", side=self.side)


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a conflict before the first report is read."""

    id: str
    sides: tuple[Side, ...]
    papers: tuple[Paper, ...] = ()
    promises: tuple[Promise, ...] = ()
    media: tuple[Voice, ...] = ()

    def __hash__(self) -> int:
        return hash((self.id, len(self.sides), len(self.promises)))

    def side(self, code: str) -> Side | None:
        """The party with this code, if there is one."""
        return next((side for side in self.sides if side.code == code), None)

    @property
    def actors(self) -> tuple[Side, ...]:
        """Those who hold and release people."""
        return tuple(side for side in self.sides if side.rank == "side")

    @property
    def voices(self) -> Iterator[Voice]:
        """Every claimant known beforehand, the sides themselves and the media among them."""
        for side in self.sides:
            yield side.voice
            yield side.officials
            yield from side.institutions
            yield from side.speakers
        yield from self.media

    def holder_of(self, code: str) -> str | None:
        """The code of the side that holds people of `code`, the one named first if there are several."""
        return next((side.code for side in self.actors if code in side.holds), None)


class _Shipped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file of a shipped profile: parties as in an agreement file, with papers and promises beside them."""

    id: str
    parties: dict[str, dict[str, object]]
    papers: tuple[Paper, ...] = ()
    promises: tuple[Promise, ...] = ()


class _Common(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every shipped profile and every case shares: neutrals, and the media."""

    parties: dict[str, dict[str, object]]
    media: tuple[Voice, ...]


@cache
def _common() -> tuple[dict[str, Party], tuple[Voice, ...]]:
    data = files("quittance.claims").joinpath("profiles/common.json").read_bytes()
    common = msgspec.json.decode(data, type=_Common)
    return {name: Party.model_validate(part) for name, part in common.parties.items()}, common.media


@cache
def _file(name: str) -> tuple[_Shipped, dict[str, Party]]:
    data = files("quittance.claims").joinpath(f"profiles/{name}.json").read_bytes()
    shipped = msgspec.json.decode(data, type=_Shipped)
    return shipped, {key: Party.model_validate(part) for key, part in shipped.parties.items()}


@cache
def _shipped(name: str) -> Profile:
    shipped, parties = _file(name)
    return _profile(shipped.id, parties, shipped.papers, shipped.promises)


_LISTS: Final = ("aliases", "nouns", "demonyms", "people", "institutions", "speakers", "places")


def _likeness(like: str) -> tuple[str, Party]:
    """The shipped party that `like` names, and its id there. Raises `ProfileError`."""
    name, _, key = like.partition("/")
    party = _file(name)[1].get(key) if name in CONFLICTS else _common()[0].get(key) if name == "common" else None
    if party is None:
        known = ", ".join((*CONFLICTS, "common"))
        raise ProfileError(
            f"No shipped party is called {like!r}. Write profile and party with a slash between (afghanistan/goa); "
            f"the profiles are {known}."
        )
    return key, party


def _words_of(name: str, party: Party, parties: Mapping[str, Party]) -> Party:
    """A party whose words are its own and those of the shipped one that it is like."""
    own = party.speech
    if own is None or own.like is None:
        return party
    _, other = _likeness(own.like)
    theirs = other.speech or Speech()
    profile = own.like.partition("/")[0]
    held = {f"{profile}/{key}" for key in theirs.holds}
    holds = [key for key, one in parties.items() if one.speech and one.speech.like in held]
    merged = {field: (*getattr(own, field), *getattr(theirs, field)) for field in _LISTS}
    merged["aliases"] = (*own.aliases, other.name, *other.also, *theirs.aliases)
    speech = own.model_copy(
        update={
            **merged,
            "key": own.key or theirs.key,
            "officials": own.officials or theirs.officials,
            "holds": tuple(dict.fromkeys((*own.holds, *holds))),
        }
    )
    return party.model_copy(update={"speech": speech})


def profile_for(conflict: str | None) -> Profile | None:
    """The shipped profile whose name begins `conflict` (`afghanistan-2020` is afghanistan); None when none does."""
    wanted = (conflict or "").lower().replace("_", "-")
    return next((_shipped(name) for name in CONFLICTS if wanted.startswith(name)), None)


def profile_of(agreement: Agreement) -> Profile:
    """The profile of a case: parties with their `speech`, instruments as papers, counted commitments as promises."""
    coded = {name: _code(name, party) for name, party in agreement.parties.items()}
    like = {party.speech.like.partition("/")[0] for party in agreement.parties.values()
            if party.speech and party.speech.like} - {"common"}  # fmt: skip
    shipped = [_file(name)[0] for name in CONFLICTS if name in like]
    known = [paper for file in shipped for paper in file.papers]
    papers = tuple(_paper(key, paper, coded, known) for key, paper in agreement.instruments.items())
    promises = tuple(
        promise
        for commitment in agreement.commitments
        for promise in _promises(commitment, agreement.instruments[commitment.of], coded)
    )
    return _profile(agreement.id, _with_holders(agreement), papers, promises)


def _with_holders(agreement: Agreement) -> dict[str, Party]:
    """The parties, each with those whose people it holds: who owes somebody a release holds people of his."""
    owed: dict[str, list[str]] = {}
    for commitment in agreement.commitments:
        for doer in commitment.performers if commitment.act == "release" else ():
            owed.setdefault(doer, []).extend(to for to in commitment.to if to != doer)
    result = {}
    for key, party in agreement.parties.items():
        speech = party.speech or Speech()
        if speech.holds or speech.like or key not in owed:
            result[key] = party
        else:
            holds = tuple(dict.fromkeys(owed[key]))
            result[key] = party.model_copy(update={"speech": speech.model_copy(update={"holds": holds})})
    return result


def _paper(key: str, paper: Instrument, coded: Mapping[str, str], known: Sequence[Paper]) -> Paper:
    """An instrument as reports call it; a shipped paper signed on the same day lends its names and its speaker."""
    side = coded.get(paper.by[0], AGREEMENT) if paper.kind == "unilateral" else AGREEMENT
    names = ("decree", "decrees") if paper.kind == "unilateral" else ()
    begin = paper.begin
    signed = begin.isoformat()[:10] if begin else None
    same = next((other for other in known if other.signed == signed), None)
    return Paper(key=key, name=f"{paper.kind} {key}", side=side, also=(*names, *(same.also if same else ())),
                 signed=signed, speaker=same.speaker if same else None)  # fmt: skip


_PEOPLE: Final = frozenset(("person", "persons", "people", "prisoners", "detainees"))
_BONDS: Final[Mapping[str, Bond]] = {"unilateral": "pledge", "law": "decree"}


def _promises(commitment: Commitment, paper: Instrument, coded: Mapping[str, str]) -> list[Promise]:
    """A commitment to release a number of people as promises, one for each who performs it; none for any other."""
    amount = commitment.amount
    counts = () if amount is None else (amount.exactly, amount.at_least, amount.up_to)
    count = next((number for number in counts if number is not None), None)
    if amount is None or commitment.act != "release" or amount.every or amount.unit not in _PEOPLE:
        return []
    if count is None or count < 2:
        return []  # "at least one" says that releases begin, not how many are owed
    bond = _BONDS.get(paper.kind, "agreement")
    begin = paper.begin
    signed = date.fromisoformat(begin.isoformat()[:10]) if begin else None
    return [
        Promise(actor=coded.get(doer, doer), value=count, instrument=commitment.of, kind=bond, signed=signed,
                names=_NAMES[bond])
        for doer in commitment.performers
    ]  # fmt: skip


_NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "agreement": ("deal", "agreement", "accord", "pact"),
    "decree": ("decree", "order"),
    "pledge": ("decree", "order", "pledge", "promise"),
}


def _profile(name: str, parties: Mapping[str, Party], papers: Sequence[Paper], promises: Sequence[Promise]) -> Profile:
    neutrals, media = _common()
    everybody = {key: _words_of(key, party, parties) for key, party in parties.items()}
    for key, common in neutrals.items():
        own = next((name for name, party in parties.items() if name == key or party.name == common.name), None)
        if own is None:
            everybody[key] = common
        elif parties[own].speech is None:
            words = common.speech.model_copy(update={"code": None}) if common.speech else None
            everybody[own] = parties[own].model_copy(update={"speech": words})
    coded = {key: _code(key, party) for key, party in everybody.items()}
    sides = tuple(_side(key, party, coded) for key, party in everybody.items())
    return Profile(id=name, sides=sides, papers=tuple(papers), promises=tuple(promises), media=media)


def _code(key: str, party: Party) -> str:
    return party.speech.code if party.speech and party.speech.code else key


def _side(key: str, party: Party, coded: Mapping[str, str]) -> Side:
    speech = party.speech or Speech()
    rank = _STANDING[party.standing]
    code = coded[key]
    stands = {"neutral": NEUTRAL, "mediator": MEDIATOR}.get(rank, code)
    own = speech.key or code
    voice = Voice(key=own, name=party.name, side=stands)
    officials = Voice(key=speech.officials or f"{own}_OFFICIALS", name=f"{party.name} officials", role="officials",
                      side=stands)  # fmt: skip
    return Side(
        code=code,
        rank=rank,
        voice=voice,
        officials=officials,
        names=tuple(dict.fromkeys((party.name, *party.also, *speech.aliases))),
        nouns=speech.nouns,
        demonyms=speech.demonyms,
        people=speech.people,
        holds=tuple(coded.get(held, held) for held in speech.holds),
        places=speech.places,
        institutions=tuple(
            Voice(key=part.key or key_of(part.name), name=part.name, org=part.name, role=part.role, side=stands,
                  also=part.also)
            for part in speech.institutions
        ),
        speakers=tuple(
            Voice(key=who.key or key_of(who.name), name=who.name, org=who.org, role=who.role, side=stands,
                  also=who.also)
            for who in speech.speakers
        ),
    )  # fmt: skip


def key_of(name: str) -> str:
    """The key of a claimant whom no registry names, made of his printed name: `X_JOHN_DOE`."""
    letters = "".join(letter if letter.isalnum() else "_" for letter in name.upper())
    parts = [part for part in letters.split("_") if part]
    return "X_" + "_".join(parts[1:] if len(parts) > 1 and parts[0] in ("THE", "A", "AN") else parts)
