"""Whether an entry is verified, claimed, denied, rejected or in conflict, for one commitment, as known at a tick."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, lru_cache
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


class Judge:
    """Applies the verification rules of an agreement to the entries of a book."""

    def __init__(self, agreement: Agreement, book: Book) -> None:
        self.agreement = agreement
        self.book = book
        self.rule_for = lru_cache(maxsize=None)(self._rule_for)
        self.has_uncontested = any(_uncontested(rule.verified_when) for rule in agreement.verification.rules)
        self._own: dict[tuple[Rule | None, str | None, frozenset[str]], State] = {}

    def _rule_for(self, commitment: str, act: str, category: str | None) -> Rule | None:
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

    def findings(self, entry: Entry, known_by: int) -> list[Attest]:
        """The attestations of an entry that stand, in order of knowledge."""
        found = [attest for attest in self.book.attests.get(entry.id, ()) if self.book.stands(attest, known_by)]
        return sorted(found, key=self.book.order_of_knowledge)

    def own_state(self, entry: Entry, unit: Unit, category: str | None) -> State:
        """The state of an entry that nobody has attested: its asserter's word alone."""
        rule = self.rule_for(unit.commitment.id, unit.commitment.act, category)
        speaker, receivers = getattr(entry, "by", None), unit.receivers(entry)
        key = (rule, speaker, receivers)
        found = self._own.get(key)
        if found is None:
            said = {speaker} if rule is not None and speaker in self.named(rule, receivers) else set()
            found = "verified" if rule is not None and self.holds(rule.verified_when, said, receivers) else "claimed"
            self._own[key] = found
        return found

    def named(self, rule: Rule, receivers: frozenset[str]) -> frozenset[str]:
        """The parties that a rule names, with those who receive in place of `receiving_party`."""
        names = rule.verified_when.named
        return (names - {"receiving_party"}) | receivers if "receiving_party" in names else names

    def holds(self, expr: Expr, said: set[str | None], receivers: frozenset[str], stood: bool = False) -> bool:
        """Whether an expression holds when these parties say verified (`stood`: it stood uncontested)."""
        if expr.attested_by == "receiving_party":
            return bool(said & receivers)
        if expr.attested_by is not None:
            return expr.attested_by in said
        if expr.any is not None:
            return any(self.holds(part, said, receivers, stood) for part in expr.any)
        if expr.all is not None:
            return all(self.holds(part, said, receivers, stood) for part in expr.all)
        return stood

    def state(self, entry: Entry, unit: Unit, category: str | None, known_by: int) -> State:
        """The table of findings: what the newest verdicts of the parties that the rule names make of an entry."""
        rule = self.rule_for(unit.commitment.id, unit.commitment.act, category)
        if rule is None:
            return "claimed"
        receivers = unit.receivers(entry)
        named = self.named(rule, receivers)
        newest: dict[str, str] = {}
        if (speaker := getattr(entry, "by", None)) in named:
            newest[speaker] = "verified"
        for attest in self.findings(entry, known_by):
            if attest.by in named:
                newest[attest.by] = attest.verdict
        verified: set[str | None] = {party for party, verdict in newest.items() if verdict == "verified"}
        rejected = {party for party, verdict in newest.items() if verdict == "rejected"}
        if rejected:
            if verified:
                return "conflict"
            return "denied" if rejected <= unit.debtors | unit.creditors else "rejected"
        days = _uncontested(rule.verified_when)
        stood = days > 0 and self.stood(entry, unit, days, known_by)
        return "verified" if self.holds(rule.verified_when, verified, receivers, stood) else "claimed"

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
            if total.by == speaker and name in total.of and self.book.clockwork.day_of(self.book.tick(total, low=True)) <= day:
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
        found = set(self.book.turns(entry))
        if self.has_uncontested:
            for category, _ in portions(entry, unit.commitment):
                rule = self.rule_for(unit.commitment.id, unit.commitment.act, category)
                if rule is not None and (days := _uncontested(rule.verified_when)):
                    last = self.deadline_to_contest(entry, days)
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

    def violation(self, entry: Violate, unit: Unit, known_by: int) -> State:
        """The state of a reported violation."""
        return self.state(entry, unit, unit.commitment.what, known_by)


def _uncontested(expr: Expr) -> int:
    if expr.uncontested_for is not None:
        return expr.uncontested_for.count
    return max((_uncontested(part) for part in (*(expr.any or ()), *(expr.all or ()))), default=0)


def attributed_party(entry: Violate, commitment: Commitment) -> frozenset[str]:
    """The debtors that a reported violation is laid to: the party named, else each debtor other than who reports it."""
    if entry.party is not None:
        return frozenset((entry.party,))
    return frozenset(commitment.by) - {entry.by} or frozenset(commitment.by)
