"""One commitment in full: its text, each party's reading side by side, its conditions as a graph, its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from quittance.agreement.model import Commitment
from quittance.agreement.rings import Rings
from quittance.agreement.verdict import CLASS_OF, Class, Evaluation, Status, moment_text
from quittance.views.accounts import Accounts
from quittance.views.entry import EntryLine, PartyRef, commitments_of, entry_line, party_ref
from quittance.views.facts import Fact as Fact
from quittance.views.facts import commitment_facts
from quittance.views.rows import CommitmentRow, RingView, commitment_rows, ring_views
from quittance.views.sentence import Id, Sentence
from quittance.views.wording import Say, condition_words, say, status_word, status_words


@dataclass(frozen=True, slots=True)
class SideReading:
    """How one party reads the commitment; `party` None is the agreed text.

    `positions` are the statements that make the reading differ: quotes, sources and days of the party's live positions.
    """

    party: PartyRef | None
    status: Status
    class_: Class
    words: Sentence
    total: int | None
    deadline: str | None
    blocked_by: tuple[str, ...]
    positions: tuple[PositionLine, ...]


@dataclass(frozen=True, slots=True)
class PositionLine:
    """One position that a party takes on a commitment: its id, from which day, in whose words, from which source."""

    id: str
    day: str
    quote: str
    sources: tuple[str, ...]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A commitment or an event in the graph of conditions; `id` is unique in the graph. `held` says that it is met."""

    id: str
    kind: Literal["commitment", "event"]
    words: Sentence
    class_: Class | None
    held: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """`waiting` waits for `awaited`, as `label` says.

    `holds`: the condition is met; `doubtful`: the text implies it, and does not state it; `in_ring`: part of a circle.
    """

    waiting: str
    awaited: str
    label: str
    holds: bool
    doubtful: bool
    in_ring: bool


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the curve: its last good day, the amount owed in all, what was reached by then, whether missed."""

    day: str
    amount: int
    reached: int | None
    missed: bool


@dataclass(frozen=True, slots=True)
class CommitmentView:
    """Everything about one commitment at two dates.

    `evidence` holds the entries behind the figures in full, `other` the entries on this commitment that are not.
    """

    agreement: str
    title: str
    as_of: str
    known_by: str
    headline: Sentence
    row: CommitmentRow
    facts: tuple[Fact, ...]
    quote: str
    note: str
    sources: tuple[str, ...]
    readings: tuple[SideReading, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    rings: tuple[RingView, ...]
    steps: tuple[StepLine, ...]
    evidence: tuple[EntryLine, ...]
    other: tuple[EntryLine, ...]


def commitment_view(
    name: str, evaluation: Evaluation, text: Evaluation, accounts: Accounts, rings: Rings | None = None
) -> CommitmentView:
    """One commitment of an evaluation; `text` is the evaluation of the agreed text at the same dates."""
    book = accounts.book
    agreement = book.agreement
    terms = agreement.commitment(name)
    known_by = accounts.end_of(evaluation.known_by)
    rows = {row.id: row for row in commitment_rows(evaluation, accounts)}
    row = rows[name]
    concerned = tuple(ring for ring in ring_views(rings) if name in ring.commitments)
    waiting = {one.id: one for one in agreement.commitments if any(name in part.commitments for part in one.requires)}
    edges = [edge for one in (terms, *waiting.values()) for edge in _edges(one, evaluation, accounts, concerned)]
    edges = [edge for edge in dict.fromkeys(edges) if name in (edge.waiting, edge.awaited)]
    return CommitmentView(
        agreement=agreement.id,
        title=agreement.title,
        as_of=moment_text(evaluation.as_of),
        known_by=moment_text(evaluation.known_by),
        headline=say(Say.COMMITMENT, commitment=Id(name), figure=row.figure, status=row.label),
        row=row,
        facts=commitment_facts(terms, agreement),
        quote=terms.quote or "",
        note=terms.note or "",
        sources=terms.source,
        readings=_readings(name, evaluation, text, accounts),
        nodes=_nodes(name, edges, rows),
        edges=tuple(edges),
        rings=concerned,
        steps=_steps(name, evaluation, accounts),
        evidence=tuple(entry_line(book.by_id[one], book, known_by) for one in row.evidence if one in book.by_id),
        other=_other(name, row.evidence, evaluation, accounts),
    )


def _readings(name: str, evaluation: Evaluation, text: Evaluation, accounts: Accounts) -> tuple[SideReading, ...]:
    """The text first, then each party whose reading is given, with the live positions that patch this commitment."""
    verdict = text[name]
    if not verdict.readings:
        return ()
    as_of = accounts.clockwork.local_day(evaluation.as_of)
    live = accounts.evaluator.readings.live(accounts.end_of(evaluation.as_of), accounts.end_of(evaluation.known_by))
    agreed = SideReading(
        None, verdict.status, verdict.class_, status_words(verdict, as_of), verdict.total, verdict.deadline,
        verdict.blocked_by, (),
    )  # fmt: skip
    return (
        agreed,
        *(
            SideReading(
                party_ref(accounts.book.agreement, party), read.status, CLASS_OF[read.status], status_word(read.status),
                read.total, read.deadline, read.blocked_by,
                tuple(
                    PositionLine(
                        stance.id,
                        accounts.clockwork.date_of(stance.since).isoformat(),
                        stance.quote or "",
                        stance.source,
                        tuple(sorted(stance.reads[name].model_fields_set)),
                    )
                    for stance in live.get(party, ())
                    if name in stance.reads
                ),
            )
            for party, read in verdict.readings.items()
        ),
    )  # fmt: skip


def _edges(
    terms: Commitment, evaluation: Evaluation, accounts: Accounts, rings: tuple[RingView, ...]
) -> Iterator[Edge]:
    """What a commitment waits for in the text, one edge for each commitment or event that a condition looks at."""
    in_ring = {(edge.waiting, edge.awaited) for ring in rings for edge in ring.edges}
    stated: set[str] = set()
    for condition in terms.requires:
        holds = accounts.holds(condition, evaluation.as_of, evaluation.known_by)
        for awaited in condition.commitments or (condition.label,):
            stated.add(awaited)
            yield Edge(terms.id, awaited, condition.label, holds, condition.doubtful, (terms.id, awaited) in in_ring)
    for edge in (edge for ring in rings for edge in ring.edges):
        if edge.waiting == terms.id and edge.awaited not in stated:
            yield Edge(edge.waiting, edge.awaited, f"{edge.kind}:{edge.awaited}", False, False, True)


def _nodes(name: str, edges: list[Edge], rows: dict[str, CommitmentRow]) -> tuple[Node, ...]:
    """The commitments and events at the ends of the edges, this commitment first."""
    ends = dict.fromkeys((name, *(end for edge in edges for end in (edge.waiting, edge.awaited))))
    found = []
    for end in ends:
        row = rows.get(end)
        if row is not None:
            found.append(Node(end, "commitment", row.label, row.class_, row.class_ in ("ok", "off")))
        else:
            held = any(edge.holds for edge in edges if edge.awaited == end)
            found.append(Node(end, "event", condition_words(end), None, held))
    return tuple(found)


def _steps(name: str, evaluation: Evaluation, accounts: Accounts) -> tuple[StepLine, ...]:
    """The curve as a table; a step that has left the curve keeps the day it had."""
    if evaluation[name].low is None:
        return ()
    return tuple(
        StepLine(
            accounts.clockwork.date_of(step.own if step.moved is None else step.moved).isoformat(),
            step.amount,
            step.reached,
            step.reached is not None and step.reached < step.amount,
        )
        for step in accounts.read_by(evaluation.party).curve(name, evaluation.as_of, evaluation.known_by)
        if step.amount is not None
    )


def _other(name: str, evidence: tuple[str, ...], evaluation: Evaluation, accounts: Accounts) -> tuple[EntryLine, ...]:
    """The entries on this commitment that are not behind its figures, in order of happening."""
    book = accounts.book
    as_of, known_by = accounts.end_of(evaluation.as_of), accounts.end_of(evaluation.known_by)
    shown = set(evidence)
    own = {entry.id for entry in book.journal if name in commitments_of(entry)}
    found = [
        entry
        for entry in book.journal
        if (entry.id in own or getattr(entry, "ref", None) in own) and entry.id not in shown
        if book.known(entry) <= known_by and book.tick(entry, low=True) <= as_of
    ]
    return tuple(entry_line(entry, book, known_by) for entry in sorted(found, key=book.order))
