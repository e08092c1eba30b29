"""One world: every commitment's facts as step functions of time, under one reading, as known at one tick.

In the *low* world amounts are what is verified or conceded by both sides; in the *high* world what anybody claims. All
rules that ask "since when" or "on which day first" become lookups here, each computed once and only when asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from functools import cached_property
from typing import TypeAlias, TypeVar

from quittance.agreement.account import Account
from quittance.agreement.course import course_of, totals_at
from quittance.agreement.deadlines import ALWAYS, Course, Curve
from quittance.agreement.expressions import TimeExpression
from quittance.agreement.journal import Accept, Close, Entry, Event, Reject, Supersede, Waive
from quittance.agreement.keeping import Keeping
from quittance.agreement.ledger import Ledger
from quittance.agreement.model import Commitment, Condition
from quittance.agreement.owing import Owing
from quittance.agreement.persons import counted
from quittance.agreement.powers import Use, suspensions, uses_of_powers
from quittance.agreement.steps import FALSE, TRUE, Steps, all_of, any_of, combine, negated, since
from quittance.agreement.terms import Readings, Terms
from quittance.agreement.verdict import Warning
from quittance.dates import DateError, Moment

T = TypeVar("T")
Replacement: TypeAlias = tuple[Steps[bool], tuple[str, ...]]


class World:
    """The facts of one world. Built for one (terms, known_by); the ledger stands at `known_by` while it is asked."""

    label_if_not_terminated: Callable[[str, int], str]
    """Set by whoever reads the table of statuses: the label that a commitment would have were it not terminated."""

    def __init__(self, readings: Readings, terms: Terms, ledger: Ledger, known_by: int, *, low: bool) -> None:
        self.readings = readings
        self.agreement = readings.agreement
        self.book = readings.book
        self.clockwork = self.book.clockwork
        self.terms = terms
        self.ledger = ledger
        self.judge = ledger.judge
        self.known_by = known_by
        self.low = low
        self._answers: dict[Hashable, object] = {}
        self._asking: set[Hashable] = set()
        self.owing = Owing(self)
        self.keeping = Keeping(self)

    def once(self, key: Hashable, make: Callable[[], T], while_asking: T) -> T:
        """Answer a question once. One that comes back to itself through other questions is answered `while_asking`."""
        try:
            return self._answers[key]  # type: ignore[return-value]
        except KeyError:
            pass
        if key in self._asking:
            return while_asking
        self._asking.add(key)
        try:
            found = self._answers[key] = make()
        finally:
            self._asking.discard(key)
        return found

    def tick(self, entry: Entry) -> int:
        """The tick of an entry in this world."""
        return self.book.tick(entry, low=self.low)

    def commitment(self, name: str) -> Commitment:
        """A commitment as this reading has it."""
        return self.terms.commitments[name]

    # --- times -----------------------------------------------------------------------------------------------------

    def resolve(self, expression: TimeExpression, of: str | None, that: int | None = None) -> tuple[Moment, int] | None:
        """The moment of a time expression and the tick since when it is known; None while it waits for something."""
        known_since, moment = ALWAYS, None
        if expression.waits:
            anchor = self._anchor(expression, that)
            if anchor is None:
                return None
            known_since, moment = anchor, self.moment(anchor, exact=expression.uses("hours"))
        elif expression.base == "moment":
            moment = expression.moment
        elif expression.base == "start":
            moment = self.agreement.calendar.start
        elif expression.base == "day":
            moment = self.clockwork.day_number(expression.day or 0)
        elif of is not None:
            moment = self.agreement.instruments[self.commitment(of).of].begin
        if moment is None:
            return None
        try:
            for duration in expression.plus:
                moment = self.clockwork.add(moment, duration)
        except DateError:
            # The month rule refuses this day; a time that cannot be counted is one that is not known.
            return None
        return moment, known_since

    def _anchor(self, expression: TimeExpression, that: int | None) -> int | None:
        name = expression.name or ""
        if expression.base == "that":
            return that
        if expression.base == "event":
            return self.events.get(name)
        if expression.base == "state":
            return None
        return (self.started(name) if expression.base == "started" else self.settled(name)).first(bool)

    def moment(self, tick: int, *, exact: bool) -> Moment:
        """The day of a tick; the instant itself where hours are to be counted from it."""
        if exact and self.clockwork.instants:
            return datetime.fromtimestamp(tick, self.clockwork.zone)
        return self.clockwork.date_of(tick)

    def last_tick(self, expression: TimeExpression, of: str | None = None, that: int | None = None) -> int | None:
        """The last good tick of a time expression; None while it is not known."""
        found = self.resolve(expression, of, that)
        return None if found is None else self.clockwork.span(found[0]).last

    @cached_property
    def events(self) -> dict[str, int]:
        """The first tick of every named event."""
        found: dict[str, int] = {}
        for event in self.book.standing(Event, self.known_by):
            found.setdefault(event.name, self.tick(event))
        return found

    @cached_property
    def findings(self) -> dict[str, int]:
        """The first tick of every event recorded by a party that some verification rule names."""
        named = self.agreement.verification.named
        found: dict[str, int] = {}
        for event in self.book.standing(Event, self.known_by):
            if event.by in named:
                found.setdefault(event.name, self.tick(event))
        return found

    # --- powers ----------------------------------------------------------------------------------------------------

    @cached_property
    def exercised(self) -> tuple[list[Use], list[Warning]]:
        """The exercises of powers that count, and warnings of those that changed nothing."""
        return uses_of_powers(self.agreement, self.book, self.known_by, self.last_tick, low=self.low)

    def uses(self, effect: str, name: str) -> list[Use]:
        """The valid exercises of powers of one effect over a commitment."""
        if not self.agreement.powers:
            return []
        return [use for use in self.exercised[0] if use.power.effect == effect and name in use.over]

    def suspended(self, name: str) -> dict[str, Steps[bool]]:
        """When each suspending power holds a commitment up."""
        if not self.agreement.powers:
            return {}
        return self.once(("suspended", name), lambda: suspensions(self.exercised[0], self.book, name), {})

    # --- performed -------------------------------------------------------------------------------------------------

    def performed(self, account: Account) -> Steps[int]:
        """What counts as performed in one account over time."""
        return self.once(("performed", *account.key), lambda: self._performed(account), Steps(0))

    def _performed(self, account: Account) -> Steps[int]:
        if self.commitment(account.name).for_each is not None:
            return counted(self.owing.clocks(account.name), lambda clock: clock.done(low=self.low))
        amount = account.amount(low=self.low)
        extra = self.owing.withheld(account.name, "performed")
        return combine([amount, extra], sum) if extra.ticks else amount

    def amount(self, name: str) -> Steps[int]:
        """What counts as performed of a commitment: of a joint one, by the slowest (each) or the fastest (either)."""
        accounts = self.ledger.accounts[name]
        if len(accounts) == 1:
            return self.performed(accounts[0])
        pick = min if self.commitment(name).joint == "each" else max
        return combine([self.performed(account) for account in accounts], pick)

    def started(self, name: str) -> Steps[bool]:
        """Whether anything has been performed; for a promise to keep or refrain, whether its period has begun."""
        if self.commitment(name).mode in ("refrain", "maintain"):
            return since(self.keeping.opens(name))
        return self.reached(name, 1)

    def reached(self, name: str, least: int) -> Steps[bool]:
        """Whether at least so much of a commitment has been performed."""
        return self.once(("reached", name, least), lambda: _at_least(self.amount(name), least), FALSE)

    def complete(self, account: Account) -> Steps[bool]:
        """Whether all of one account is performed; of a period, whether it has ended without a breach."""
        return self.once(("complete", *account.key), lambda: self._complete(account), FALSE)

    def _complete(self, account: Account) -> Steps[bool]:
        name = account.name
        if self.commitment(name).mode in ("refrain", "maintain"):
            return self.keeping.kept_to_the_end(account)
        performed, total = self.performed(account), self.owing.total(name)
        # Where nobody's clock has started, nothing is complete yet.
        least = 1 if self.commitment(name).for_each is not None else 0
        if not total.ticks and total.before is not None:
            return _at_least(performed, max(least, total.before))
        parts: list[Steps[int | None]] = [Steps(performed.before, performed.ticks, performed.values), total]
        return combine(parts, lambda now: now[1] is not None and (now[0] or 0) >= max(now[1], least))

    # --- closed, waived, superseded --------------------------------------------------------------------------------

    def _by_all_creditors(self, account: Account, kind: type[Close] | type[Waive]) -> Steps[bool]:
        said: dict[str, int] = {}
        for entry in self.book.standing(kind, self.known_by):
            if account.name in entry.of:
                said.setdefault(entry.by, self.tick(entry))
        if not said or not account.unit.creditors:
            return FALSE
        return all_of([since(said.get(creditor)) for creditor in account.unit.creditors])

    def closed(self, account: Account) -> Steps[bool]:
        """Whether every creditor has said that no more is owed."""
        if not self.book.of_kind(Close):
            return FALSE
        return self.once(("closed", *account.key), lambda: self._by_all_creditors(account, Close), FALSE)

    def waived(self, account: Account) -> Steps[bool]:
        """Whether every creditor has given it up, or a power waived it."""
        if not self.book.of_kind(Waive) and not self.agreement.powers:
            return FALSE
        return self.once(("waived", *account.key), lambda: self._waived(account), FALSE)

    def _waived(self, account: Account) -> Steps[bool]:
        by_power = [since(use.effective) for use in self.uses("waive", account.name)]
        return any_of([self._by_all_creditors(account, Waive), *by_power])

    def superseded(self, name: str) -> Steps[bool]:
        """Whether an accepted instrument has taken its place, or a power has terminated it."""
        if not self.book.of_kind(Supersede) and not self.agreement.powers:
            return FALSE
        return self.once(("superseded", name), lambda: self._superseded(name), FALSE)

    def _superseded(self, name: str) -> Steps[bool]:
        return any_of([self.replaced(name), self._terminated(name)])

    def replaced(self, name: str) -> Steps[bool]:
        """When an instrument that all concerned made or accepted has taken its place."""
        return any_of([agreed for agreed, _ in self.replacements(name)[0]])

    def replacements(self, name: str) -> tuple[list[Replacement], list[Warning]]:
        """Each instrument that takes its place: when, and by what; and warnings of those that not all accepted."""
        nothing: tuple[list[Replacement], list[Warning]] = ([], [])
        if not self.book.of_kind(Supersede):
            return nothing
        return self.once(("replacements", name), lambda: self._replacements(name), nothing)

    def _replacements(self, name: str) -> tuple[list[Replacement], list[Warning]]:
        found: list[Replacement] = []
        warnings: list[Warning] = []
        bound = self.commitment(name).debtors | self.commitment(name).creditors
        for entry in self.book.standing(Supersede, self.known_by):
            if name not in entry.of or entry.by_instrument not in self.agreement.instruments:
                continue
            agreed = self._agreed_over_time(entry, bound)
            if agreed.ticks:
                found.append((agreed, tuple(entry.replaced_by or ())))
            else:
                said = (
                    f"{entry.by_instrument} was not made or accepted by all who owe or are owed {name}; nothing changed"
                )
                warnings.append(Warning("supersede_not_accepted", entry.id, said))
        return found, warnings

    def _agreed_over_time(self, entry: Supersede, bound: frozenset[str]) -> Steps[bool]:
        """From the entry on, whether everybody bound has made or accepted the instrument that it names."""
        name, paper = entry.by_instrument, self.agreement.instruments[entry.by_instrument]
        ticks = {self.clockwork.span(one.on).last for one in (*paper.accepted_by, *paper.rejected_by)}
        said: list[Accept | Reject] = [*self.book.of_kind(Accept), *self.book.of_kind(Reject)]
        ticks |= {self.book.tick(one, low=True) for one in said if one.instrument == name}
        start = self.tick(entry)
        return Steps.from_changes(
            False,
            (
                (tick, bound <= self.readings.agreed_by(name, paper, tick, self.known_by))
                for tick in sorted({start, *ticks})
                if tick >= start
            ),
        )

    def _terminated(self, name: str) -> Steps[bool]:
        for use in self.uses("terminate", name):
            late = self.label_if_not_terminated(name, use.effective) in ("overdue", "breached")
            if not late and not self.settled(name).at(use.effective):
                return since(use.effective)
        return FALSE

    def settled(self, name: str) -> Steps[bool]:
        """Complete, closed, waived, superseded with its replacements settled, or part of something settled."""
        return self.once(("settled", name), lambda: self._settled(name), FALSE)

    def _settled(self, name: str) -> Steps[bool]:
        commitment = self.commitment(name)
        accounts = self.ledger.accounts[name]
        each = [any_of([self.complete(one), self.closed(one), self.waived(one)]) for one in accounts]
        parts = [all_of(each) if commitment.joint == "each" else any_of(each)]
        for agreed, replaced_by in self.replacements(name)[0]:
            parts.append(all_of([agreed, *(self.settled(other) for other in replaced_by)]))
        if commitment.counts_toward is not None:
            parts.append(self.settled(commitment.counts_toward))
        return any_of(parts)

    # --- conditions and deadlines ----------------------------------------------------------------------------------

    def holds(self, condition: Condition) -> Steps[bool]:
        """When a condition holds."""
        if condition.any is not None:
            return any_of([self.holds(part) for part in condition.any])
        if condition.complete is not None:
            return self.settled(condition.complete)
        if condition.started is not None:
            return self.started(condition.started)
        if condition.count is not None:
            return self.reached(condition.count.of, condition.count.at_least)
        if condition.kept is not None:
            accounts = self.ledger.accounts[condition.kept]
            return negated(any_of([self.keeping.broken(account) for account in accounts]))
        if condition.event is not None:
            return since(self.events.get(condition.event))
        return since(self.findings.get(condition.finding or ""))

    def opens(self, name: str) -> Steps[bool]:
        """When every tolling condition holds and no power suspends."""
        if not self.commitment(name).requires and not self.agreement.powers:
            return TRUE
        return self.once(("opens", name), lambda: self._opens(name), TRUE)

    def _opens(self, name: str) -> Steps[bool]:
        tolling = [self.holds(one) for one in self.commitment(name).requires if one.clock == "toll"]
        return all_of([*tolling, *(negated(steps) for steps in self.suspended(name).values())])

    def curve(self, account: Account, tick: int) -> Curve:
        """The curve of deadlines as things stood at a tick (an extension moves it only once exercised)."""
        name = account.name
        if not self.agreement.powers and name in self.terms.fixed:
            return self.once(("curve", account.key), lambda: self._curve(account, [], tick), _NO_CURVE)
        moves = [use for use in self.uses("extend", name) if use.effective <= tick]
        key = ("curve", account.key, totals_at(self, name, tick), *(use.entry.id for use in moves))
        return self.once(key, lambda: self._curve(account, moves, tick), _NO_CURVE)

    def _curve(self, account: Account, moves: list[Use], tick: int) -> Curve:
        name = account.name
        amount = self.commitment(name).amount
        return Curve(
            course_of(self, name, moves, tick),
            self.opens(name),
            self.performed(account),
            self.owing.total(name),
            self.clockwork.end_of_day,
            grows=amount is not None and amount.accrues is not None,
        )


def _at_least(amount: Steps[int], least: int) -> Steps[bool]:
    """When an amount is at least so much, without looking at every step of one that never is."""
    if amount.before >= least:
        return Steps.of(True, amount.ticks, [value >= least for value in amount.values])
    if not amount.values or max(amount.values) < least:
        return FALSE
    return Steps.of(False, amount.ticks, [value >= least for value in amount.values])


_NO_CURVE = Curve(Course(()), TRUE, Steps(0), Steps(None), lambda tick: tick)
"""What a curve is while it is being asked for by its own making."""
