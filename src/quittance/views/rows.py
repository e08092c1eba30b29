"""One row for each commitment, and the circles in which they wait for each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from quittance.agreement.model import Agreement, Commitment
from quittance.agreement.rings import AGREED, Rings
from quittance.agreement.verdict import CLASS_OF, Class, Evaluation, Read, Status, Verdict
from quittance.views.accounts import Accounts, SpeakerFigure
from quittance.views.entry import PartyRef, names, party_ref, party_refs
from quittance.views.figures import figure_words
from quittance.views.sentence import Id, Name, Sentence, Value
from quittance.views.wording import (
    DISPUTE_WORDS,
    Say,
    condition_commitments,
    condition_words,
    say,
    status_word,
    status_words,
)


@dataclass(frozen=True, slots=True)
class Wait:
    """One condition that does not hold: its label as in `blocked_by`, the commitments it looks at, and its words."""

    label: str
    commitments: tuple[str, ...]
    doubtful: bool
    words: Sentence


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """The verdict on one commitment in one party's reading; `words` is its status in words."""

    party: PartyRef
    status: Status
    class_: Class
    words: Sentence
    total: int | None
    deadline: str | None
    blocked_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """One commitment on a day. Counts are in `unit`; days are texts (`2020-03-10`, or an instant); None is not known.

    `begun` says that its instrument has begun. In words: `promised` is the total (None where it is not known), `figure`
    the interval, `label` the status.
    `late_days` counts from the deadline of a late commitment, `last_evidence_age` from the newest entry behind the
    figures to the day asked about.
    """

    id: str
    title: Sentence
    instrument: str
    mode: str
    act: str
    what: str | None
    debtors: tuple[PartyRef, ...]
    performers: tuple[PartyRef, ...]
    creditors: tuple[PartyRef, ...]
    counts_toward: str | None
    begun: bool
    status: Status
    class_: Class
    label: Sentence
    disputed: tuple[str, ...]
    disputed_words: tuple[Sentence, ...]
    low: int | None
    high: int | None
    verified: int | None
    conceded: int | None
    claimed: int | None
    total: int | None
    required: int | None
    unit: str | None
    promised: Sentence | None
    figure: Sentence
    speakers: tuple[SpeakerFigure, ...]
    deadline: str | None
    nominal_deadline: str | None
    past_nominal_days: int
    late_days: int
    late_steps: int
    waits: tuple[Wait, ...]
    readings: tuple[ReadingLine, ...]
    closed: bool
    done_on: str | None
    endeavour: str | None
    evidence: tuple[str, ...]
    last_evidence: str | None
    last_evidence_age: int | None


@dataclass(frozen=True, slots=True)
class RingEdge:
    """`waiting` waits for `awaited`; `kind` as in `rings --json`, `held_by` the readings that state the edge."""

    waiting: str
    awaited: str
    kind: str
    held_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RingView:
    """Commitments that wait for each other in a circle, starting at the smallest id; `words` says it in one line."""

    commitments: tuple[str, ...]
    edges: tuple[RingEdge, ...]
    words: Sentence


@dataclass(frozen=True, slots=True)
class ClashView:
    """Demands that cannot be met together: the days by which they miss one another, and each with its holders."""

    days_short: int
    clauses: tuple[tuple[str, str, tuple[str, ...]], ...]
    words: Sentence


def commitment_rows(evaluation: Evaluation, accounts: Accounts) -> tuple[CommitmentRow, ...]:
    """The rows of an evaluation, in the order of the agreement file, with the figures of the same reading."""
    accounts = accounts.read_by(evaluation.party)
    return tuple(_row(verdict, evaluation, accounts) for verdict in evaluation.verdicts)


def _row(verdict: Verdict, evaluation: Evaluation, accounts: Accounts) -> CommitmentRow:
    agreement = accounts.book.agreement
    terms = agreement.commitment(verdict.id)
    when = (evaluation.as_of, evaluation.known_by)
    as_of = accounts.clockwork.local_day(evaluation.as_of)
    speakers = accounts.speakers(verdict.id, *when)
    newest = verdict.evidence.newest
    return CommitmentRow(
        id=verdict.id,
        title=title(terms, agreement),
        instrument=terms.of,
        mode=terms.mode,
        act=terms.act,
        what=terms.what,
        debtors=party_refs(agreement, terms.by),
        performers=party_refs(agreement, terms.performers),
        creditors=party_refs(agreement, terms.to),
        counts_toward=terms.counts_toward,
        begun=accounts.has_begun(terms.of, evaluation.as_of),
        status=verdict.status,
        class_=verdict.class_,
        label=status_words(verdict, as_of),
        disputed=verdict.disputed,
        disputed_words=tuple(say(DISPUTE_WORDS[reason]) for reason in verdict.disputed),
        low=verdict.low,
        high=verdict.high,
        verified=verdict.verified,
        conceded=verdict.conceded,
        claimed=verdict.claimed,
        total=verdict.total,
        required=verdict.required,
        unit=verdict.unit,
        promised=_promised(verdict, terms),
        figure=figure_words(verdict, terms, speakers, accounts.evaluator.judge),
        speakers=speakers,
        deadline=verdict.deadline,
        nominal_deadline=verdict.nominal_deadline,
        past_nominal_days=verdict.past_nominal_days,
        late_days=_days_since(verdict.deadline, as_of) if verdict.class_ == "late" else 0,
        late_steps=verdict.late_steps,
        waits=waits(verdict),
        readings=tuple(_reading(party, read, agreement) for party, read in verdict.readings.items()),
        closed=verdict.closed,
        done_on=verdict.done_on,
        endeavour=verdict.optional.get("endeavour"),
        evidence=verdict.evidence.entries,
        last_evidence=newest,
        last_evidence_age=None if newest is None else _days_since(newest, as_of),
    )


def _promised(verdict: Verdict, terms: Commitment) -> Sentence | None:
    if verdict.total is None:
        return None
    if not verdict.unit:
        return say(Say.PLAIN, value=verdict.total)
    ceiling = terms.amount is not None and terms.amount.up_to is not None
    return say(Say.UP_TO if ceiling else Say.AMOUNT, n=verdict.total, unit=Name(verdict.unit))


def _days_since(day: str | None, as_of: date) -> int:
    return 0 if day is None else max(0, (as_of - date.fromisoformat(day[:10])).days)


def title(terms: Commitment, agreement: Agreement) -> Sentence:
    """What a commitment is, in one line: who, to whom, what act, of what."""
    act = act_words(terms.mode, terms.act, terms.what)
    debtor, creditor = names(party_refs(agreement, terms.by)), names(party_refs(agreement, terms.to))
    if terms.performed_by:
        performer = names(party_refs(agreement, terms.performed_by))
        return say(Say.TITLE_THROUGH, debtor=debtor, performer=performer, creditor=creditor, act=act)
    return say(Say.TITLE, debtor=debtor, creditor=creditor, act=act)


def in_words(name: str) -> str:
    """An act or a category of the agreement file as words: `taliban_prisoner` as "taliban prisoner"."""
    return name.replace("_", " ").replace("-", " ")


def act_words(mode: str, act: str, what: str | None = None) -> Sentence:
    """An act with its mode and what it is about; the words themselves are the agreement file's."""
    word: Value = Name(in_words(act))
    done = say(Say.ACT_WHAT, act=word, what=Name(in_words(what))) if what else say(Say.PLAIN, value=word)
    template = {"refrain": Say.ACT_REFRAIN, "maintain": Say.ACT_MAINTAIN, "endeavour": Say.ACT_GOAL}.get(mode)
    return say(template, act=done) if template is not None else done


def waits(verdict: Verdict) -> tuple[Wait, ...]:
    """The conditions that do not hold, those that the text only implies marked as such."""
    return tuple(
        Wait(
            label,
            condition_commitments(label),
            label in verdict.blocked_by_doubtful,
            say(Say.WAITS_DOUBTFUL, condition=condition_words(label))
            if label in verdict.blocked_by_doubtful
            else condition_words(label),
        )
        for label in dict.fromkeys((*verdict.blocked_by, *verdict.blocked_by_doubtful))
    )


def _reading(party: str, read: Read, agreement: Agreement) -> ReadingLine:
    return ReadingLine(
        party=party_ref(agreement, party),
        status=read.status,
        class_=CLASS_OF[read.status],
        words=status_word(read.status),
        total=read.total,
        deadline=read.deadline,
        blocked_by=read.blocked_by,
    )


def ring_views(rings: Rings | None) -> tuple[RingView, ...]:
    """The rings of a day, each in one sentence."""
    found = []
    for ring in rings.rings if rings is not None else ():
        edges = tuple(RingEdge(edge.waiting, edge.awaited, edge.kind, edge.held_by) for edge in ring.edges)
        words = tuple(
            say(
                Say.RING_EDGE,
                waiting=Id(edge.waiting),
                awaited=Id(edge.awaited),
                held_by=tuple(say(Say.AGREED_TEXT) if holder == AGREED else Id(holder) for holder in edge.held_by),
            )
            for edge in edges
        )
        found.append(RingView(ring.commitments, edges, say(Say.RING, edges=words)))
    return tuple(found)


def clash_views(rings: Rings | None) -> tuple[ClashView, ...]:
    """The clashes of a day, each in one sentence."""
    return tuple(
        ClashView(
            clash.days_short,
            tuple((clause.commitment, clause.text, clause.held_by) for clause in clash.clauses),
            say(Say.CLASH, clauses=tuple(Name(clause.text) for clause in clash.clauses), days=clash.days_short),
        )
        for clash in (rings.clashes if rings is not None else ())
    )
