"""One journal entry as a reader sees it: what, by whom, happened and recorded, of what, from which source."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from quittance.agreement.book import Book
from quittance.agreement.journal import Entry, moment_of
from quittance.agreement.model import Agreement
from quittance.agreement.verdict import moment_text
from quittance.dates import Moment
from quittance.views.quotes import Find, Quote, quotes
from quittance.views.sentence import Id, Name, Sentence, Value
from quittance.views.wording import Say, say

Lane = Literal["terms", "handovers", "claims", "disputes"]
LANES: tuple[Lane, ...] = ("terms", "handovers", "claims", "disputes")

LANE_OF: dict[str, Lane] = {
    "perform": "handovers", "attest": "handovers", "choice": "handovers", "person_state": "handovers",
    "total": "claims", "level": "claims",
    "deny": "disputes", "retract": "disputes", "dispute": "disputes", "resolve": "disputes", "violate": "disputes",
    "breach_finding": "disputes",
}  # fmt: skip
"""The lane of a kind; every kind that is not here is about the terms."""

_INFERRED = re.compile(r"(?<!date )(?<!speaker )\binferred\b")


@dataclass(frozen=True, slots=True)
class PartyRef:
    """A party as shown: its id and its name from the agreement file (the id where the file does not know it)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry of the journal.

    `day` is the local calendar day of `at`; `delay` the days between happening and recording; `findings` the ids of the
    attestations, denials and retractions of this entry that were known; `about` marks a figure that whoever wrote the
    journal inferred; `retracted` says that a known retraction took it back.
    """

    id: str
    kind: str
    lane: Lane
    words: Sentence
    day: str
    at: str
    known: str
    delay: int
    by: PartyRef | None
    of: tuple[str, ...]
    ref: str | None
    sources: tuple[str, ...]
    note: str
    about: bool
    findings: tuple[str, ...]
    retracted: bool


def party_ref(agreement: Agreement, party: str) -> PartyRef:
    """A party by its id."""
    known = agreement.parties.get(party)
    return PartyRef(party, known.name if known else party)


def party_refs(agreement: Agreement, parties: Iterable[str]) -> tuple[PartyRef, ...]:
    """Parties by their ids, in order."""
    return tuple(party_ref(agreement, party) for party in parties)


def names(parties: Iterable[PartyRef]) -> tuple[Name, ...]:
    """The names of parties, to stand in a sentence."""
    return tuple(Name(party.name) for party in parties)


def is_about(entry: Entry) -> bool:
    """Whether the note says that the figure was inferred (not merely a date or a speaker)."""
    return entry.kind in ("perform", "total", "level") and _INFERRED.search(entry.note) is not None


def sources_of(entry: Entry) -> tuple[str, ...]:
    """The sources of an entry, none for an entry without."""
    given = (entry.source,) if isinstance(entry.source, str) else tuple(entry.source)
    return tuple(source for source in given if source)


def entry_line(entry: Entry, book: Book, known_by: int) -> EntryLine:
    """An entry as shown to somebody who looks from the tick `known_by`."""
    by = getattr(entry, "by", None)
    clockwork = book.clockwork
    day, recorded = clockwork.local_day(moment_of(entry.at)), clockwork.local_day(moment_of(entry.recorded))
    findings = [*book.attests.get(entry.id, ()), *book.retracts.get(entry.id, ())]
    if entry.kind in ("perform", "total", "level", "violate"):
        findings += [deny for name in entry.of for deny in book.denials.get(name, ()) if deny.ref == entry.id]  # type: ignore[attr-defined]
    return EntryLine(
        id=entry.id,
        kind=entry.kind,
        lane=LANE_OF.get(entry.kind, "terms"),
        words=entry_words(entry, book.agreement),
        day=day.isoformat(),
        at=entry.at,
        known=entry.recorded,
        delay=(recorded - day).days,
        by=party_ref(book.agreement, by) if by else None,
        of=commitments_of(entry),
        ref=getattr(entry, "ref", None),
        sources=sources_of(entry),
        note=entry.note,
        about=is_about(entry),
        findings=tuple(dict.fromkeys(one.id for one in findings if book.stands(one, known_by))),
        retracted=not book.stands(entry, known_by),
    )


def commitments_of(entry: Entry) -> tuple[str, ...]:
    """The commitments that an entry names."""
    if entry.kind == "position":
        return tuple(entry.reads)  # type: ignore[attr-defined]
    return tuple(getattr(entry, "of", None) or ())


def entry_words(entry: Entry, agreement: Agreement) -> Sentence:
    """What an entry says, in one sentence."""
    return _WORDS[entry.kind](entry, _Fields(entry, agreement))


class _Fields:
    """The fields of an entry as values for a sentence."""

    def __init__(self, entry: Any, agreement: Agreement) -> None:
        by = getattr(entry, "by", None)
        self.by: Value = Name(party_ref(agreement, by).name) if by else say(Say.SOMEBODY)
        self.of: Value = tuple(Id(name) for name in commitments_of(entry))
        self.agreement = agreement

    def party(self, party: str) -> Name:
        return Name(party_ref(self.agreement, party).name)


def _count(entry: Any) -> Value:
    n = entry.count if entry.kind == "perform" else entry.n
    amount: Value = int(n)
    return say(Say.ABOUT, amount=amount) if is_about(entry) else amount


def _figure(inside: Say, outside: Say) -> Callable[[Any, _Fields], Sentence]:
    def words(entry: Any, fields: _Fields) -> Sentence:
        if not entry.of:
            return say(outside, by=fields.by, n=_count(entry))
        return say(inside, by=fields.by, n=_count(entry), of=fields.of)

    return words


def _of(template: Say) -> Callable[[Any, _Fields], Sentence]:
    return lambda entry, fields: say(template, by=fields.by, of=fields.of)


def _ref(template: Say) -> Callable[[Any, _Fields], Sentence]:
    return lambda entry, fields: say(template, by=fields.by, ref=Id(entry.ref))


def _named(template: Say, field: str) -> Callable[[Any, _Fields], Sentence]:
    return lambda entry, fields: say(template, by=fields.by, name=Id(getattr(entry, field)))


def _persons(template: Say, field: str) -> Callable[[Any, _Fields], Sentence]:
    return lambda entry, fields: say(template, by=fields.by, name=Id(getattr(entry, field)), n=len(entry.persons))


def _listed(template: Say, counted: Say) -> Callable[[Any, _Fields], Sentence]:
    def words(entry: Any, fields: _Fields) -> Sentence:
        n = entry.n if entry.n is not None else len(entry.persons or ()) or None
        if n is None:
            return say(template, by=fields.by, name=Id(entry.list_))
        return say(counted, by=fields.by, name=Id(entry.list_), n=n)

    return words


def _attest(entry: Any, fields: _Fields) -> Sentence:
    return say(Say.VERIFIES if entry.verdict == "verified" else Say.REJECTS, by=fields.by, ref=Id(entry.ref))


def _deny(entry: Any, fields: _Fields) -> Sentence:
    return (
        say(Say.DENIES, by=fields.by, ref=Id(entry.ref))
        if entry.ref
        else say(Say.DENIES_OF, by=fields.by, of=fields.of)
    )


def _event(entry: Any, fields: _Fields) -> Sentence:
    return say(Say.EVENT_BY, name=Id(entry.name), by=fields.by) if entry.by else say(Say.EVENT, name=Id(entry.name))


def _violate(entry: Any, fields: _Fields) -> Sentence:
    if entry.party is None:
        return say(Say.VIOLATES, by=fields.by, of=fields.of)
    return say(Say.VIOLATES_PARTY, by=fields.by, of=fields.of, party=fields.party(entry.party))


def _position(entry: Any, fields: _Fields) -> Sentence:
    if not entry.reads:
        return say(Say.POSITION_WITHDRAWN, by=fields.by)
    return say(Say.POSITION, by=fields.by, of=fields.of)


def _exercise(entry: Any, fields: _Fields) -> Sentence:
    power = next((power for power in fields.agreement.powers if power.id == entry.power), None)
    over = entry.of if entry.of is not None else power.over if power is not None else ()
    return say(Say.EXERCISES, by=fields.by, name=Id(entry.power), of=tuple(Id(name) for name in over))


_WORDS: dict[str, Callable[[Any, _Fields], Sentence]] = {
    "perform": _figure(Say.REPORTS, Say.REPORTS_OUTSIDE),
    "total": _figure(Say.TOTAL, Say.TOTAL_OUTSIDE),
    "level": _figure(Say.LEVEL_REPORTED, Say.TOTAL_OUTSIDE),
    "attest": _attest,
    "deny": _deny,
    "retract": _ref(Say.RETRACTS),
    "event": _event,
    "violate": _violate,
    "breach_finding": _of(Say.BREACH),
    "close": _of(Say.CLOSES),
    "waive": _of(Say.WAIVES),
    "supersede": lambda entry, fields: say(Say.SUPERSEDES, name=Id(entry.by_instrument), of=fields.of),
    "accept": _named(Say.ACCEPTS, "instrument"),
    "reject": _named(Say.REJECTS_PAPER, "instrument"),
    "position": _position,
    "dispute": _of(Say.DISPUTES),
    "resolve": _of(Say.RESOLVES),
    "exercise": _exercise,
    "choice": _persons(Say.CHOICE, "choice"),
    "person_state": _persons(Say.STATE, "state"),
    "list_give": _listed(Say.LIST_GIVEN, Say.LIST_GIVEN_N),
    "list_agree": _listed(Say.LIST_AGREED, Say.LIST_AGREED),
    "withhold": _listed(Say.WITHHELD, Say.WITHHELD_N),
    "replace": _listed(Say.REPLACED, Say.REPLACED),
    "classify": _named(Say.CLASSIFIED, "as_"),
}
"""One template for each kind of entry; a test holds it equal to the kinds of the journal."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the record holds an entry: index, statement id, the two clocks, the leaf hash, and who signed.

    `stated` is whether the party that says so has signed; else the operator reports it, and nobody has attested it.
    """

    index: int
    sid: str
    claimed_at: str
    accepted_at: str
    leaf_hash: str
    stated: bool = False


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry in full: its line, what it refers to, what was found about it, its other fields, its place.

    `fields` are pairs of a field's name and its value as text: those that `entry` does not show already; `quotes` the
    words of public reports that it rests on.
    """

    agreement: str
    title: str
    as_of: str
    known_by: str
    entry: EntryLine
    refers_to: EntryLine | None
    findings: tuple[EntryLine, ...]
    fields: tuple[tuple[str, str], ...]
    place: Place
    quotes: tuple[Quote, ...] = ()


_SHOWN = frozenset({"id", "at", "known", "kind", "source", "note", "seq", "by", "of", "ref"})


def entry_view(
    name: str, book: Book, place: Place, as_of: Moment, known_by: Moment, find: Find | None = None
) -> EntryView | None:
    """One entry as seen from `known_by`; None where there is none, or where it was not known yet.

    `find` gives the reports of the case; without it their words are not shown.
    """
    entry = book.by_id.get(name)
    tick = book.clockwork.span(known_by).last
    if entry is None or book.known(entry) > tick:
        return None
    line = entry_line(entry, book, tick)
    target = book.by_id.get(line.ref or getattr(entry, "same_as", None) or "")
    values: dict[str, object] = msgspec.to_builtins(entry)
    return EntryView(
        agreement=book.agreement.id,
        title=book.agreement.title,
        as_of=moment_text(as_of),
        known_by=moment_text(known_by),
        entry=line,
        refers_to=entry_line(target, book, tick) if target is not None else None,
        findings=tuple(entry_line(book.by_id[one], book, tick) for one in line.findings),
        fields=tuple((field, _text(value)) for field, value in values.items() if field not in _SHOWN),
        place=place,
        quotes=quotes(line.sources, find),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
