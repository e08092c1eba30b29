"""Handovers in the record as facts of the case: who reports them, who attests them, whom a side denies.

The agreement's own verification rules judge these entries like any other: what the neutral saw is its report, what the
sides signed are their attestations. Nothing here says that a person counts; a commitment is met by rules alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from quittance.agreement.calendar import Clockwork
from quittance.agreement.journal import Attest, Entry, Perform, Retract
from quittance.agreement.model import Agreement, Commitment
from quittance.dates import parse_instant
from quittance.handover.events import Event
from quittance.handover.model import Handover, Side
from quittance.handover.quorum import SIDES, covers
from quittance.handover.state import Proceedings

KINDS = frozenset(
    {
        *("batch.proposed", "handover.observed", "handover.delivered", "handover.received", "handover.denied"),
        "record.withdrawn",
    }
)
"""Kinds of statement that bear on these facts."""

RELEASE = "release"
"""The act of a commitment that a handover may perform where none is named."""

Part = tuple[int, frozenset[Side]]
"""How many of a handover, and the sides that deny them."""


@dataclass(frozen=True, slots=True)
class Handed:
    """Entries of the journal that follow from handovers, and for each by its id the event that brought it."""

    entries: tuple[Entry, ...]
    events: Mapping[str, Event]


@dataclass(slots=True)
class _Report:
    """What stands in the journal of one handover, or of those that report one fact together."""

    name: str
    version: int = 0
    speaker: str = ""
    said: tuple[tuple[Part, ...], tuple[str, ...]] = ((), ())
    standing: list[Perform] = field(default_factory=list)
    found: set[tuple[str, str]] = field(default_factory=set)


def handed(agreement: Agreement, clockwork: Clockwork, events: Iterable[Event], facts: Collection[Entry]) -> Handed:
    """The entries that follow from the events of a record, in its order; `facts` are the entries it holds besides.

    A report whose make-up changes, by a denial or a withdrawal, is retracted on that day and made again.
    """
    return _Teller(agreement, clockwork, facts).tell(events)


class _Teller:
    """Follows the record event by event and says in the journal what each of them changes."""

    def __init__(self, agreement: Agreement, clockwork: Clockwork, facts: Collection[Entry]) -> None:
        self.agreement = agreement
        self.clockwork = clockwork
        self.taken = {fact.id for fact in facts}
        self.reported = {fact.id for fact in facts if isinstance(fact, Perform)}
        self.proceedings = Proceedings()
        self.reports: dict[str, _Report] = {}
        self.keys: dict[str, str] = {}
        self.members: dict[str, list[str]] = {}
        self.entries: list[Entry] = []
        self.events: dict[str, Event] = {}

    def tell(self, events: Iterable[Event]) -> Handed:
        """Everything that follows from the events."""
        for event in events:
            self.proceedings.take(event)
            if event.kind == "handover.observed":
                key = event.text("fact") if event.text("fact") in self.reported else event.sid
                self.keys[event.sid] = key
                self.members.setdefault(key, []).append(event.sid)
                self.reports.setdefault(key, _Report(f"handover-{event.sid[:16]}"))
            sid = event.sid if event.sid in self.keys else self._target(event)
            if sid in self.keys:
                self._update(self.keys[sid], event)
        return Handed(tuple(self.entries), self.events)

    def _target(self, event: Event) -> str:
        """The handover that an answer, a denial or a withdrawal is about."""
        sid = event.target("answers") or event.target("withdraws")
        taken = self.proceedings.event(sid)
        return taken.target("answers") if taken is not None and taken.kind == "handover.denied" else sid

    def _update(self, key: str, event: Event) -> None:
        report = self.reports[key]
        handovers = [one for sid in self.members[key] if (one := self.proceedings.handovers.get(sid))]
        speaker = report.speaker or self._speaker(handovers)
        if not speaker:
            return
        now = (_parts(handovers), tuple(one.sid for one in handovers))
        at = event.happened or event.at
        known, seq = self._known(event, self.clockwork.local_day(parse_instant(at))), event.index
        if now != report.said:
            for old in report.standing:
                name = self._id(f"{old.id}-withdrawn")
                self._add(event, Retract(id=name, at=at, known=known, seq=seq, ref=old.id, by=speaker))
            report.said, report.speaker, report.found = now, speaker, set()
            report.version += 1
            report.standing = [self._performed(key, report, part, handovers, event) for part in now[0]]
        for perform, (_, deniers) in zip(report.standing, report.said[0], strict=True):
            for party, verdict in _findings(handovers, deniers):
                if party != speaker and (perform.id, party) not in report.found:
                    report.found.add((perform.id, party))
                    name = self._id(f"{perform.id}-{party}")
                    self._add(
                        event,
                        Attest(id=name, at=at, known=known, seq=seq, ref=perform.id, verdict=verdict, by=party),
                    )

    def _speaker(self, handovers: Sequence[Handover]) -> str:
        """Who reports: the neutral, if the agreement knows it, else the first side to have signed."""
        for first in handovers:
            signed = [(first.giver, first.delivered), (first.taker, first.received)]
            speakers = [first.office.partition(":")[2], *(party for party, answer in signed if answer)]
            if first.giver in self.agreement.parties:
                return next((one for one in speakers if one in self.agreement.parties), "")
        return ""

    def _performed(self, key: str, report: _Report, part: Part, handovers: Sequence[Handover], event: Event) -> Perform:
        n, deniers = part
        first = handovers[0]
        named = first.commitment or self.agreement.handovers.commitment
        on = self.clockwork.local_day(parse_instant(first.at))
        version = f"-{report.version}" if report.version > 1 else ""
        what = next((one.what for one in self.agreement.commitments if one.id == named), None)
        perform = Perform(
            id=self._id("-".join([report.name + version, *sorted(deniers)])),
            at=first.at,
            known=self._known(event, on),
            seq=event.index,
            of=list(matching(self.agreement, named, first.giver, first.taker, on)),
            n=n,
            by=report.speaker,
            party=first.giver,
            cat=what,
            same_as=key if key in self.reported else None,
        )
        self._add(event, perform)
        return perform

    def _known(self, event: Event, on: date) -> str:
        """The local day on which the record took a statement, and never one before it happened."""
        return max(self.clockwork.local_day(parse_instant(event.accepted or event.at)), on).isoformat()

    def _id(self, wanted: str) -> str:
        """An id that no entry has: nobody may pass off an entry of his own as one of these."""
        while wanted in self.taken:
            wanted += "-x"
        self.taken.add(wanted)
        return wanted

    def _add(self, event: Event, entry: Entry) -> None:
        self.entries.append(entry)
        self.events[entry.id] = event


def _parts(handovers: Sequence[Handover]) -> tuple[Part, ...]:
    """The persons of handovers by who denies them, those whom nobody denies first."""
    found = Counter(frozenset(one.denied_by(handle)) for one in handovers for handle in one.handles)
    return tuple((found[deniers], deniers) for deniers in sorted(found, key=lambda one: (len(one), sorted(one))))


def _findings(handovers: Sequence[Handover], deniers: frozenset[Side]) -> list[tuple[str, str]]:
    """(party, verdict) of the sides on one part: who denies it rejects it, who signed for everybody verifies it."""
    found = []
    for side in SIDES:
        party = handovers[0].giver if side == "holding" else handovers[0].taker
        answers = [(one, one.answer(side)) for one in handovers]
        if side in deniers:
            found.append((party, "rejected"))
        elif all(answer is not None and covers(one, answer) for one, answer in answers):
            found.append((party, "verified"))
    return found


def matching(agreement: Agreement, named: str | None, giver: str, taker: str, on: date) -> tuple[str, ...]:
    """The commitments that a handover from `giver` to `taker` on a day counts toward: the named one first.

    Others match if the giver performs them, the taker is a creditor, they are about the same act and about these
    persons, their paper has begun, and they are no part of the same whole: of what a whole is made up, a person is in
    one part, and only the batch can say in which. Where none is named, the only one that matches is meant, if any.
    """
    by_id = {one.id: one for one in agreement.commitments}
    main = by_id.get(named or "")
    fitting = [
        one
        for one in agreement.commitments
        if giver in one.performers
        and taker in one.to
        and one.mode in ("achieve", "endeavour")
        and one.act == (main.act if main else RELEASE)
        and _has_begun(agreement, one, on)
    ]
    if main is None:
        return (fitting[0].id,) if len(fitting) == 1 else ()
    whole = _whole(by_id, main)
    others = [one.id for one in fitting if _whole(by_id, one) != whole and _is_about(agreement, main.what, one.what)]
    return (main.id, *others)


def _whole(by_id: Mapping[str, Commitment], one: Commitment) -> str:
    """The commitment that a commitment counts toward in the end."""
    seen = {one.id}
    while one.counts_toward is not None and one.counts_toward in by_id and one.counts_toward not in seen:
        one = by_id[one.counts_toward]
        seen.add(one.id)
    return one.id


def _has_begun(agreement: Agreement, one: Commitment, on: date) -> bool:
    paper = agreement.instruments.get(one.of)
    begin = paper.begin if paper else None
    return begin is None or date(begin.year, begin.month, begin.day) <= on


def _is_about(agreement: Agreement, persons: str | None, what: str | None) -> bool:
    """Whether persons of one category are of another, or of a part of it."""
    if what is None or persons == what:
        return True
    category = agreement.categories.get(what)
    kinds = (what, *(one.in_ for one in category.any)) if category else (what,)
    return any(agreement.is_within(persons, kind) for kind in kinds)
