"""Whether an entry is verified, claimed, denied, rejected or in conflict, for one commitment, as known at a tick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Literal

from quittance.agreement.book import Book
from quittance.agreement.journal import Attest, Entry, Level, Perform, Total, Violate, moment_of
from quittance.agreement.model import Agreement, Commitment, Expr, Rule

State = Literal["verified", "claimed", "denied", "rejected", "conflict"]
Portion = tuple[str | None, int]


@dataclass(frozen=True, eq=False)
class Unit:
    """One account of performance: a commitment, or one debtor's share of a joint one that each or either owes."""

    commitment: Commitment
    party: str | None = None

    @cached_property
    def debtors(self) -> frozenset[str]:
        """Debtors and performers."""
        if self.party is None:
            return self.commitment.debtors
        return frozenset((self.party, *(self.commitment.performed_by or ())))

    @cached_property
    def creditors(self) -> frozenset[str]:
        """To whom it is owed; nobody owes to himself."""
        return self.commitment.creditors - ({self.party} if self.party is not None else set())

    def receivers(self, entry: Entry) -> frozenset[str]:
        """The creditors other than the party that acted."""
        acting = self.party or getattr(entry, "party", None)
        if acting is None and (speaker := getattr(entry, "by", None)) in self.debtors:
            acting = speaker
        return self.creditors - {acting}


def units_of(commitment: Commitment) -> tuple[Unit, ...]:
    """One unit for a commitment; one for each debtor where each or either owes the whole."""
    if commitment.joint in ("each", "either") and len(commitment.by) > 1:
        return tuple(Unit(commitment, party) for party in commitment.by)
    return (Unit(commitment),)


def portions(entry: Entry, commitment: Commitment) -> tuple[Portion, ...]:
    """The parts of an entry that may fall under different rules: (category, count)."""
    if isinstance(entry, Perform):
        if entry.breakdown:
            return tuple(entry.breakdown.items())
        return ((entry.cat or commitment.what, entry.count),)
    if isinstance(entry, (Total, Level)):
        return ((commitment.what, entry.n),)
    return ((commitment.what, 1),)


@dataclass(slots=True, eq=False)
class Ruling:
    """A verification rule as it applies to one kind of entry of one unit: who is named, and when it holds."""

    expr: Expr
    receivers: frozenset[str]
    named: frozenset[str]
    uncontested_days: int
    _known: dict[tuple[frozenset[str], bool], bool] = field(default_factory=dict)

    def holds(self, verified: frozenset[str], stood: bool = False) -> bool:
        """Whether it holds when these parties say verified (`stood`: the entry stood uncontested)."""
        key = (verified, stood)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._holds(self.expr, verified, stood)
        return found

    def _holds(self, expr: Expr, verified: frozenset[str], stood: bool) -> bool:
        if expr.attested_by == "receiving_party":
            return bool(verified & self.receivers)
        if expr.attested_by is not None:
            return expr.attested_by in verified
        if expr.any is not None:
            return any(self._holds(part, verified, stood) for part in expr.any)
        if expr.all is not None:
            return all(self._holds(part, verified, stood) for part in expr.all)
        return stood


NOBODY: frozenset[str] = frozenset()


class Judge:
    """Applies the verification rules of an agreement to the entries of a book."""

    def __init__(self, agreement: Agreement, book: Book) -> None:
        self.agreement = agreement
        self.book = book
        self.has_uncontested = any(_uncontested(rule.verified_when) for rule in agreement.verification.rules)
        self._rulings: dict[tuple[Unit, str | None, str | None, str | None], Ruling | None] = {}

    def rule_for(self, commitment: str, act: str, category: str | None) -> Rule | None:
        """The first rule whose scope matches; None where nobody can verify."""
        for rule in self.agreement.verification.rules:
            scope = rule.for_
            if scope.commitment is not None and scope.commitment != commitment:
                continue
            if scope.act is not None and scope.act != act:
                continue
            if scope.category is not None and not self.agreement.is_within(category, scope.category):
                continue
            return rule
        return None

    def ruling(self, entry: Entry, unit: Unit, category: str | None) -> Ruling | None:
        """The rule that decides about an entry of a unit, ready to apply; None where nobody can verify."""
        key = (unit, category, getattr(entry, "by", None), getattr(entry, "party", None))
        try:
            return self._rulings[key]
        except KeyError:
            pass
        rule = self.rule_for(unit.commitment.id, unit.commitment.act, category)
        found: Ruling | None = None
        if rule is not None:
            receivers, named = unit.receivers(entry), rule.verified_when.named
            if "receiving_party" in named:
                named = (named - {"receiving_party"}) | receivers
            found = Ruling(rule.verified_when, receivers, named, _uncontested(rule.verified_when))
        self._rulings[key] = found
        return found

    def findings(self, entry: Entry, known_by: int) -> list[Attest]:
        """The attestations of an entry that stand, in order of knowledge."""
        found = [attest for attest in self.book.attests.get(entry.id, ()) if self.book.stands(attest, known_by)]
        return sorted(found, key=self.book.order_of_knowledge) if len(found) > 1 else found

    def word(self, entry: Entry, unit: Unit) -> list[tuple[State, int]]:
        """The state of each part of an entry that nobody has attested: its asserter's word alone."""
        speaker = getattr(entry, "by", None)
        result: list[tuple[State, int]] = []
        for category, n in portions(entry, unit.commitment):
            ruling = self.ruling(entry, unit, category)
            said = frozenset((speaker,)) if ruling is not None and speaker in ruling.named else NOBODY
            result.append(("verified" if ruling is not None and ruling.holds(said) else "claimed", n))
        return result

    def states(self, entry: Entry, unit: Unit, known_by: int) -> list[tuple[State, int]]:
        """The state and count of each part of an entry, as known at a tick."""
        return [(self.state(entry, unit, category, known_by), n) for category, n in portions(entry, unit.commitment)]

    def state(self, entry: Entry, unit: Unit, category: str | None, known_by: int) -> State:
        """The table of findings: what the newest verdicts of the parties that the rule names make of an entry."""
        ruling = self.ruling(entry, unit, category)
        if ruling is None:
            return "claimed"
        newest: dict[str, str] = {}
        speaker = getattr(entry, "by", None)
        if speaker in ruling.named:
            newest[speaker] = "verified"
        for attest in self.findings(entry, known_by):
            if attest.by in ruling.named:
                newest[attest.by] = attest.verdict
        verified = frozenset(party for party, verdict in newest.items() if verdict == "verified")
        if len(verified) < len(newest):
            if verified:
                return "conflict"
            return "denied" if unit.debtors | unit.creditors >= newest.keys() else "rejected"
        days = ruling.uncontested_days
        stood = days > 0 and self.stood(entry, unit, days, known_by)
        return "verified" if ruling.holds(verified, stood) else "claimed"

    # --- a debtor's own entry that nobody contested ----------------------------------------------------------------

    def deadline_to_contest(self, entry: Entry, days: int) -> int:
        """The last tick on which the debtor's own entry could be contested."""
        clockwork = self.book.clockwork
        day = clockwork.local_day(moment_of(entry.recorded)) + timedelta(days=days)
        return clockwork.span(day).last

    def stood(self, entry: Entry, unit: Unit, days: int, known_by: int) -> bool:
        """Whether a debtor's own entry went `days` days without another party's denial or lower figure."""
        speaker = getattr(entry, "by", None)
        last = self.deadline_to_contest(entry, days)
        if speaker not in unit.debtors or self.book.known(entry) > known_by:
            return False
        # It stands from the first tick of that last day on; what is recorded later on that day still contests it.
        if known_by < self.book.clockwork.span(self.book.clockwork.date_of(last)).first:
            return False
        return not any(
            self.book.known(other) <= last and self.book.stands(other, known_by) for other in self.contests(entry, unit)
        )

    def contests(self, entry: Entry, unit: Unit) -> Iterator[Entry]:
        """Denials and lower figures of other parties that might contest a debtor's own entry."""
        name, speaker = unit.commitment.id, getattr(entry, "by", None)
        for deny in self.book.denials.get(name, ()):
            if deny.by != speaker and (deny.ref is None or deny.ref == entry.id):
                yield deny
        for total in self.book.of_kind(Total):
            if total.by != speaker and name in total.of and self.book.known(total) >= self.book.known(entry):
                own = self.figure_of(speaker, name, self.book.tick(total, low=True))
                if total.n < own:
                    yield total

    def figure_of(self, speaker: str | None, name: str, tick: int) -> int:
        """What a speaker had said of one commitment by a tick: newest total plus later handovers."""
        day = self.book.clockwork.day_of(tick)
        newest: Total | None = None
        for total in self.book.of_kind(Total):
            if (
                total.by == speaker
                and name in total.of
                and self.book.clockwork.day_of(self.book.tick(total, low=True)) <= day
            ):
                newest = total if newest is None or self.book.order(total) >= self.book.order(newest) else newest
        base = -1 if newest is None else self.book.clockwork.day_of(self.book.tick(newest, low=True))
        later = sum(
            one.count
            for one in self.book.of_kind(Perform)
            if one.by == speaker
            and name in one.of
            and base < self.book.clockwork.day_of(self.book.tick(one, low=True)) <= day
        )
        return (newest.n if newest else 0) + later

    def turns(self, entry: Entry, unit: Unit) -> set[int]:
        """The ticks of knowledge at which the state of an entry may change."""
        found = self.book.turns(entry)
        if self.has_uncontested:
            for category, _ in portions(entry, unit.commitment):
                ruling = self.ruling(entry, unit, category)
                if ruling is not None and ruling.uncontested_days:
                    last = self.deadline_to_contest(entry, ruling.uncontested_days)
                    found.add(self.book.clockwork.span(self.book.clockwork.date_of(last)).first)
                    for other in self.contests(entry, unit):
                        found.update(self.book.turns(other))
        return found

    def may_change(self, entry: Entry) -> bool:
        """Whether anything but its own recording bears on an entry."""
        return (
            self.has_uncontested
            or entry.id in self.book.attests
            or entry.id in self.book.retracts
            or entry.id in self.book.groups
        )


def _uncontested(expr: Expr) -> int:
    if expr.uncontested_for is not None:
        return expr.uncontested_for.count
    return max((_uncontested(part) for part in (*(expr.any or ()), *(expr.all or ()))), default=0)


def accused(entry: Violate, commitment: Commitment) -> frozenset[str]:
    """The debtors that a reported violation is laid to: the party named, else each debtor other than who reports it."""
    if entry.party is not None:
        return frozenset((entry.party,))
    return frozenset(commitment.by) - {entry.by} or frozenset(commitment.by)
