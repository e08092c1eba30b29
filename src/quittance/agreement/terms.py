"""What the terms are on a day: the text, as amended, and each party's positions laid over it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from quittance.agreement.book import Book
from quittance.agreement.checks import Checker
from quittance.agreement.deadlines import Course
from quittance.agreement.journal import Accept, PositionTaken, Reject, moment_of
from quittance.agreement.model import Agreement, Commitment, Instrument, Patch
from quittance.agreement.promises import expressions_of
from quittance.agreement.text import Document
from quittance.agreement.verdict import Warning


@dataclass(frozen=True, slots=True)
class Stance:
    """One position, from the file or the journal: whose, since when, what it reads."""

    id: str
    by: str
    since: int
    known: int
    order: int
    reads: dict[str, Patch]
    withdraws: bool
    quote: str | None
    source: tuple[str, ...]


class Terms:
    """The commitments as one reading has them; equal keys mean equal terms."""

    def __init__(self, key: tuple[str, ...], commitments: dict[str, Commitment]) -> None:
        self.key = key
        self.commitments = commitments
        self.courses: dict[str, Course] = {}
        """Courses that wait for nothing in the journal, laid out once."""

    @cached_property
    def fixed(self) -> frozenset[str]:
        """The commitments whose deadlines follow from the text alone."""
        return frozenset(name for name in self.commitments if self._is_fixed(name))

    def _is_fixed(self, name: str) -> bool:
        commitment = self.commitments[name]
        amount = commitment.amount
        return (
            commitment.for_each is None
            and commitment.when.keeps_pace_with is None
            and (amount is None or (amount.accrues is None and amount.all_of is None))
            and not any(expression.waits for _, expression in expressions_of(commitment))
        )

    @cached_property
    def shape(self) -> tuple[object, ...]:
        """What the journal's index depends on: two readings of one shape share it."""
        return tuple(
            (c.id, c.by, c.to, c.performed_by, c.joint, c.act, c.what, c.counts_toward, c.mode,
             c.amount.from_level if c.amount is not None else None)
            for c in self.commitments.values()
        )  # fmt: skip

    @cached_property
    def needs(self) -> dict[str, frozenset[str]]:
        """For each commitment, those that it directly depends on."""
        return {name: frozenset(_needs(commitment)) for name, commitment in self.commitments.items()}


def _needs(commitment: Commitment) -> Iterator[str]:
    for condition in commitment.requires:
        yield from condition.commitments
    if commitment.counts_toward is not None:
        yield commitment.counts_toward
    for _, expression in expressions_of(commitment):
        if expression.commitment is not None:
            yield expression.commitment
    if commitment.amount is not None:
        yield from commitment.amount.after
        if commitment.amount.accrues is not None:
            yield commitment.amount.accrues.from_
    if commitment.when.keeps_pace_with is not None:
        yield commitment.when.keeps_pace_with.of
    if commitment.when.extends is not None:
        yield commitment.when.extends.of


class Readings:
    """Everything that can change the terms, asked by day and by what was known."""

    def __init__(self, agreement: Agreement, book: Book) -> None:
        self.agreement = agreement
        self.book = book
        self._terms: dict[tuple[str, ...], Terms] = {}
        self._refused: list[tuple[int, Warning]] = []
        self._stances = sorted(self._all_stances(), key=lambda stance: (stance.since, stance.known, stance.order))

    def _all_stances(self) -> Iterator[Stance]:
        span = self.book.clockwork.span
        for number, position in enumerate(self.agreement.positions):
            known = position.known or position.from_
            yield Stance(
                position.id, position.by, span(position.from_).first, span(known).first, number, position.reads,
                position.withdraws, position.quote, position.source,
            )  # fmt: skip
        checker = Checker(self.agreement, Document())
        for entry in self.book.of_kind(PositionTaken):
            reads = {name: Patch.model_validate(patch) for name, patch in entry.reads.items()}
            wrong = [problem for name, patch in reads.items() for problem in checker.of_reading(name, patch)]
            if wrong:
                said = f"this reading has no answer and changes nothing: {wrong[0].message}"
                self._refused.append((self.book.known(entry), Warning("reading_refused", entry.id, said)))
                continue
            start = max(span(moment_of(entry.from_)).first, self.book.tick(entry, low=False))
            source = (entry.source,) if isinstance(entry.source, str) else tuple(entry.source)
            yield Stance(
                entry.id, entry.by, start, self.book.known(entry), len(self.agreement.positions) + entry.seq, reads,
                entry.withdraws, entry.quote, source,
            )  # fmt: skip

    def live(self, as_of: int, known_by: int) -> dict[str, list[Stance]]:
        """Each party's live positions in the order in which they are laid over the text."""
        live: defaultdict[str, list[Stance]] = defaultdict(list)
        for stance in self._stances:
            if stance.since > as_of or stance.known > known_by:
                continue
            entry = self.book.by_id.get(stance.id)
            if isinstance(entry, PositionTaken) and not self.book.stands(entry, known_by):
                continue
            if stance.withdraws:
                live[stance.by].clear()
            live[stance.by].append(stance)
        return dict(live)

    def begun(self, name: str, as_of: int) -> bool:
        """Whether an instrument has begun; one without a date is always in force, as a law may be."""
        begin = self.agreement.instruments[name].begin
        return begin is None or self.book.clockwork.span(begin).first <= as_of

    def agreed_by(self, name: str, paper: Instrument, as_of: int, known_by: int) -> frozenset[str]:
        """The parties that made an instrument, or whose newest word by then was to accept it."""
        span = self.book.clockwork.span
        said: list[tuple[int, int, str, bool]] = []
        for accepts, acceptances in ((True, paper.accepted_by), (False, paper.rejected_by)):
            for one in acceptances:
                if span(paper.known or one.on).first <= known_by:
                    said.append((span(one.on).last, 0, one.party, accepts))
        for kind in (Accept, Reject):
            for entry in self.book.of_kind(kind):
                assert isinstance(entry, (Accept, Reject))
                if entry.instrument == name and self.book.stands(entry, known_by):
                    said.append((self.book.tick(entry, low=True), entry.seq, entry.by, kind is Accept))
        parties = {party: accepts for tick, _, party, accepts in sorted(said) if tick <= as_of}
        return paper.makers | {party for party, accepts in parties.items() if accepts}

    def amendments(self, as_of: int, known_by: int) -> list[tuple[str, str, Patch]]:
        """(instrument, commitment, patch) of every amendment in force, in the order of the instruments' begin."""
        found: list[tuple[int, str, str, Patch]] = []
        for name, paper in self.agreement.instruments.items():
            known = paper.known is None or self.book.clockwork.span(paper.known).first <= known_by
            if not paper.amends or not known or not self.begun(name, as_of):
                continue
            agreed = self.agreed_by(name, paper, as_of, known_by)
            begin = self.book.clockwork.span(paper.begin).first if paper.begin is not None else 0
            for target, patch in paper.amends.items():
                bound = self.agreement.commitment(target)
                if bound.debtors | bound.creditors <= agreed:
                    found.append((begin, name, target, patch))
        return [(name, target, patch) for _, name, target, patch in sorted(found, key=lambda one: one[0])]

    def refused(self, known_by: int) -> list[Warning]:
        """Positions of the journal that no agreement file would be taken with."""
        return [warning for known, warning in self._refused if known <= known_by]

    def proposals(self, as_of: int, known_by: int) -> list[Warning]:
        """Amendments that have begun but bind nobody, because a debtor or creditor has not agreed."""
        applied = {(name, target) for name, target, _ in self.amendments(as_of, known_by)}
        return [
            Warning(
                "amendment_proposed",
                target,
                f"{name} would change {target}, but not all who owe or are owed agreed to it",
                "commitment",
            )
            for name, paper in self.agreement.instruments.items()
            if paper.amends and self.begun(name, as_of)
            for target in paper.amends
            if (name, target) not in applied
        ]

    def terms(self, as_of: int, known_by: int, stances: list[Stance] | None = None) -> Terms:
        """The text as amended, with one party's live positions over it where they are given."""
        amendments = (
            self.amendments(as_of, known_by) if any(p.amends for p in self.agreement.instruments.values()) else []
        )
        key = (*(f"{name}>{target}" for name, target, _ in amendments), "|", *(stance.id for stance in stances or ()))
        found = self._terms.get(key)
        if found is None:
            commitments = {commitment.id: commitment for commitment in self.agreement.commitments}
            for _, target, patch in amendments:
                commitments[target] = commitments[target].patched(patch)
            for stance in stances or ():
                for target, patch in stance.reads.items():
                    if target in commitments:
                        commitments[target] = commitments[target].patched(patch)
            found = self._terms[key] = Terms(key, commitments)
        return found
