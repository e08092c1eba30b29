"""One world: every commitment's facts as step functions of time, under one reading, as known at one tick.

In the *low* world amounts are what is verified or conceded by both sides; in the *high* world what anybody claims. All
rules that ask "since when" or "on which day first" become lookups here, each computed once and only when asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING

from quittance.agreement.accrual import Owed, price, spoken_handovers, verified_handovers
from quittance.agreement.calendar import Clockwork
from quittance.agreement.deadlines import ALWAYS, Curve, Step
from quittance.agreement.expressions import TimeExpression
from quittance.agreement.journal import Accept, BreachFinding, Close, Event, Supersede, Violate, Waive, moment_of
from quittance.agreement.judge import State, Unit, attributed_party
from quittance.agreement.ledger import Account, Ledger
from quittance.agreement.model import Commitment, Condition
from quittance.agreement.persons import PersonClock, Persons, counted
from quittance.agreement.powers import Use, suspensions, uses_of_powers
from quittance.agreement.steps import FALSE, TRUE, Steps, all_of, any_of, combine, since
from quittance.agreement.terms import Readings, Terms
from quittance.agreement.verdict import Warning
from quittance.dates import Duration, Moment

if TYPE_CHECKING:
    from quittance.agreement.book import Book

FAR = 2**62


@dataclass(frozen=True, slots=True)
class Violation:
    """A reported violation: when, by whom, of which persons, and what the findings make of it."""

    tick: int
    entry: str
    by: str
    parties: frozenset[str]
    persons: tuple[str, ...]
    state: State


class World:
    """The facts of one world. Built for one (terms, known_by); the ledger stands at `known_by` while it is asked."""

    def __init__(self, readings: Readings, terms: Terms, ledger: Ledger, known_by: int, *, low: bool) -> None:
        self.readings = readings
        self.agreement = readings.agreement
        self.book: Book = readings.book
        self.clockwork: Clockwork = self.book.clockwork
        self.terms = terms
        self.ledger = ledger
        self.judge = ledger.judge
        self.known_by = known_by
        self.low = low
        self.persons = Persons(self.agreement, self.book, self.judge, known_by, low=low)
        self._cache: dict[tuple[str, ...], object] = {}
        self._asking: set[tuple[str, ...]] = set()

    def once(self, key: tuple[str, ...], make: Callable[[], object], while_asking: object) -> object:
        """Compute something once. A question that comes back to itself is answered by `while_asking`."""
        found = self._cache.get(key)
        if found is None:
            if key in self._asking:
                return while_asking
            self._asking.add(key)
            try:
                found = self._cache[key] = make()
            finally:
                self._asking.discard(key)
        return found

    def tick(self, entry: object) -> int:
        """The tick of an entry in this world."""
        return self.book.tick(entry, low=self.low)  # type: ignore[arg-type]

    def commitment(self, name: str) -> Commitment:
        """A commitment as this reading has it."""
        return self.terms.commitments[name]

    # --- times -----------------------------------------------------------------------------------------------------

    def resolve(self, expression: TimeExpression, of: str | None, that: int | None = None) -> tuple[Moment, int] | None:
        """The moment of a time expression and the tick since when it is known; None while it waits for something."""
        known_since = ALWAYS
        anchor: int | None = None
        moment: Moment | None = None
        if expression.base == "moment":
            moment = expression.moment
        elif expression.base == "start":
            moment = self.agreement.calendar.start
        elif expression.base == "in_force":
            moment = self.agreement.instruments[self.commitment(of).of].begin if of is not None else None
        elif expression.base == "day":
            moment = self.clockwork.day_number(expression.day or 0)
        elif expression.base == "that":
            anchor = that
        elif expression.base == "event":
            anchor = self.events.get(expression.name or "")
        elif expression.base == "started":
            anchor = self.started(expression.name or "").first(bool)
        else:
            anchor = self.settled(expression.name or "").first(bool)
        if anchor is not None:
            known_since = anchor
            moment = self._moment(anchor, exact=expression.uses("hours"))
        if moment is None:
            return None
        for duration in expression.plus:
            moment = self.clockwork.add(moment, duration)
        return moment, known_since

    def _moment(self, tick: int, *, exact: bool) -> Moment:
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
    def _uses(self) -> tuple[list[Use], list[Warning]]:
        return uses_of_powers(self.agreement, self.book, self.known_by, lambda time: self.last_tick(time), low=self.low)

    def uses(self, effect: str, name: str) -> list[Use]:
        """The valid exercises of powers of one effect over a commitment."""
        return [use for use in self._uses[0] if use.power.effect == effect and name in use.over]

    @property
    def power_warnings(self) -> list[Warning]:
        """Exercises that changed nothing."""
        return self._uses[1]

    def suspended(self, name: str) -> dict[str, Steps[bool]]:
        """When each suspending power holds a commitment up."""
        if not any(power.effect == "suspend" and name in power.over for power in self.agreement.powers):
            return {}
        return self.once(("suspended", name), lambda: suspensions(self._uses[0], self.book, name), {})  # type: ignore[return-value]

    # --- amounts ---------------------------------------------------------------------------------------------------

    def account_amount(self, account: Account) -> Steps[int]:
        """What counts as performed in one account over time."""
        key = ("account", account.name, account.unit.party or "")
        return self.once(key, lambda: self._account_amount(account), Steps(0))  # type: ignore[return-value]

    def _account_amount(self, account: Account) -> Steps[int]:
        commitment = self.commitment(account.name)
        if commitment.for_each is not None:
            return counted(
                max(tick, clock.started)
                for clock in self.clocks(account.name)
                if (tick := clock.done(low=self.low)) is not None
            )
        amount = self.ledger.amount(account, low=self.low)
        extra = self.counted_as_performed(account.name)
        return combine([amount, extra], sum) if extra.ticks else amount

    def counted_as_performed(self, name: str) -> Steps[int]:
        """Persons out of reach under a power that counts them as performed."""
        return self._withheld(name, "performed")

    def _withheld(self, name: str, counts: str) -> Steps[int]:
        total, changes = 0, []
        for use in self.uses("withhold_named", name):
            if use.power.counts == counts:
                total += use.count
                changes.append((use.effective, total))
        return Steps.from_changes(0, changes)

    def amount(self, name: str) -> Steps[int]:
        """What counts as performed of a commitment: of a joint one, by the slowest (each) or the fastest (either)."""
        accounts = self.ledger.accounts[name]
        if len(accounts) == 1:
            return self.account_amount(accounts[0])
        pick = min if self.commitment(name).joint == "each" else max
        return combine([self.account_amount(account) for account in accounts], lambda now: pick(now))

    def total(self, name: str) -> Steps[int | None]:
        """How much is owed over time; None while it is unknown, and for what has no amount."""
        return self.once(("total", name), lambda: self._total(name), Steps(None))  # type: ignore[return-value]

    def _total(self, name: str) -> Steps[int | None]:
        commitment = self.commitment(name)
        if commitment.for_each is not None:
            return counted(clock.started for clock in self.clocks(name)).map(lambda number: number)
        base = self.whole(name)
        if base.before is None and not base.ticks:
            return base
        excused = self.excused(name)
        if not excused.ticks:
            return base
        return combine([base, excused], lambda now: None if now[0] is None else max(0, now[0] - (now[1] or 0)))

    def whole(self, name: str) -> Steps[int | None]:
        """How much is owed before anybody is excused."""
        amount = self.commitment(name).amount
        if amount is None:
            return Steps(None)
        for number in (amount.exactly, amount.at_least, amount.up_to):
            if number is not None:
                return Steps(number)
        if amount.level_at_most is not None and amount.from_level is not None:
            return Steps(amount.from_level - amount.level_at_most)
        if amount.all_of is not None:
            parts = [self.persons.category_size(amount.all_of), *(self.total(other) for other in amount.after)]
            return combine(parts, lambda now: None if now[0] is None or None in now else max(0, now[0] - sum(n or 0 for n in now[1:])))
        assert amount.accrues is not None
        settled, owed = self.settled(amount.accrues.from_), self.owed(name).total
        return combine([settled, owed], lambda now: int(now[1]) if now[0] else None)

    def excused(self, name: str) -> Steps[int]:
        """How many persons have left the total: by their own choice, or withheld under a power that excuses."""
        return self.once(("excused", name), lambda: self._excused(name), Steps(0))  # type: ignore[return-value]

    def _excused(self, name: str) -> Steps[int]:
        chosen = self.persons.excused(self.commitment(name), self._window(name))
        withheld = self._withheld(name, "excused")
        return combine([chosen, withheld], sum) if chosen.ticks or withheld.ticks else Steps(0)

    def _window(self, name: str) -> int | None:
        """The last tick on which a choice can be taken back."""
        list_name = self.persons.list_of(self.commitment(name).what)
        due = self.agreement.lists[list_name].due if list_name is not None else None
        if due is not None:
            return self.last_tick(due)
        ends = [
            self.last_tick(power.until)
            for power in self.agreement.powers
            if name in power.over and power.until is not None and power.effect in ("choose_names", "replace_name")
        ]
        return min((end for end in ends if end is not None), default=None)

    def clocks(self, name: str) -> list[PersonClock]:
        """The persons' clocks of a `for_each` commitment."""
        return self.once(("clocks", name), lambda: self.persons.clocks(self.commitment(name)), [])  # type: ignore[return-value]

    def owed(self, name: str) -> Owed:
        """What an accruing commitment owes for the other's handovers, in this world."""
        return self.once(("owed", name), lambda: self._owed(name), Owed(Steps(0), (), ()))  # type: ignore[return-value]

    def _owed(self, name: str) -> Owed:
        amount = self.commitment(name).amount
        assert amount is not None
        assert amount.accrues is not None
        account = self.ledger.accounts[amount.accrues.from_][0]
        table = amount.accrues.price
        if self.low:
            handovers = verified_handovers(self.book, self.judge, account, self.known_by, low=True)
            return price(self.agreement, handovers, table)
        spoken = spoken_handovers(self.book, self.judge, account, self.known_by, low=False)
        verified = price(
            self.agreement, verified_handovers(self.book, self.judge, account, self.known_by, low=False), table
        )
        options = [verified, *(price(self.agreement, said, table) for said in spoken.values())]
        return max(options, key=lambda owed: owed.total.at(FAR))

    # --- states ----------------------------------------------------------------------------------------------------

    def started(self, name: str) -> Steps[bool]:
        """Whether anything has been performed; for a promise to keep or refrain, whether its period has begun."""
        if self.commitment(name).mode in ("refrain", "maintain"):
            return since(self.window_opens(name))
        return self.amount(name).map(lambda value: value > 0)

    def complete(self, account: Account) -> Steps[bool]:
        """Whether all of one account is performed; of a period, whether it has ended without a breach."""
        key = ("complete", account.name, account.unit.party or "")
        return self.once(key, lambda: self._complete(account), FALSE)  # type: ignore[return-value]

    def _complete(self, account: Account) -> Steps[bool]:
        name = account.name
        if self.commitment(name).mode in ("refrain", "maintain"):
            end = self.period_end(name, FAR)
            if end is None or self.broken(account).at(FAR) or self.behind_rate(account).at(end + 1):
                return FALSE
            return since(end + 1)
        parts: list[Steps[int | None]] = [self.account_amount(account).map(lambda value: value), self.total(name)]
        return combine(
            parts, lambda now: now[1] is not None and (now[0] or 0) >= now[1] and ((now[0] or 0) > 0 or now[1] == 0)
        )

    def _by_all_creditors(self, account: Account, kind: type[Close] | type[Waive]) -> Steps[bool]:
        said: dict[str, int] = {}
        for entry in self.book.standing(kind, self.known_by):
            if account.name in entry.of:
                said.setdefault(entry.by, self.tick(entry))
        if not said:
            return FALSE
        return all_of([since(said.get(creditor)) for creditor in account.unit.creditors]) if account.unit.creditors else FALSE

    def closed(self, account: Account) -> Steps[bool]:
        """Whether every creditor has said that no more is owed."""
        if not self.book.of_kind(Close):
            return FALSE
        key = ("closed", account.name, account.unit.party or "")
        return self.once(key, lambda: self._by_all_creditors(account, Close), FALSE)  # type: ignore[return-value]

    def waived(self, account: Account) -> Steps[bool]:
        """Whether every creditor has given it up, or a power waived it."""
        key = ("waived", account.name, account.unit.party or "")
        return self.once(
            key,
            lambda: any_of(
                [self._by_all_creditors(account, Waive), *(since(use.effective) for use in self.uses("waive", account.name)[:1])]
            ),
            FALSE,
        )  # type: ignore[return-value]

    def superseded(self, name: str) -> Steps[bool]:
        """Whether an accepted instrument has taken its place, or a power has terminated it."""
        return self.once(("superseded", name), lambda: any_of([since(self._superseded_at(name)[0]), self._terminated(name)]), FALSE)  # type: ignore[return-value]

    def _superseded_at(self, name: str) -> tuple[int | None, tuple[str, ...], list[Warning]]:
        warnings: list[Warning] = []
        bound = self.commitment(name).debtors | self.commitment(name).creditors
        for entry in self.book.standing(Supersede, self.known_by):
            if name not in entry.of:
                continue
            paper = self.agreement.instruments.get(entry.by_instrument)
            if paper is None:
                continue
            tick = self.tick(entry)
            agreed = self.readings.agreed_by(entry.by_instrument, paper, FAR, self.known_by)
            if bound <= agreed:
                accepted = [
                    moment for moment in sorted(self._acceptance_ticks(entry.by_instrument) | {tick})
                    if moment >= tick and bound <= self.readings.agreed_by(entry.by_instrument, paper, moment, self.known_by)
                ]  # fmt: skip
                return (accepted[0] if accepted else tick), tuple(entry.replaced_by or ()), warnings
            warnings.append(
                Warning(
                    "supersede_not_accepted", entry.id,
                    f"{entry.by_instrument} was not made or accepted by all who owe or are owed {name}; nothing changed",
                )
            )  # fmt: skip
        return None, (), warnings

    def _acceptance_ticks(self, instrument: str) -> set[int]:
        paper = self.agreement.instruments[instrument]
        ticks = {self.clockwork.span(one.on).last for one in paper.accepted_by}
        return ticks | {
            self.book.tick(entry, low=True) for entry in self.book.of_kind(Accept) if entry.instrument == instrument
        }

    def supersede_warnings(self, name: str) -> list[Warning]:
        """Entries that would supersede a commitment but are not accepted."""
        return self._superseded_at(name)[2]

    def _terminated(self, name: str) -> Steps[bool]:
        for use in self.uses("terminate", name):
            label = self.label_at_termination(name, use.effective)
            if label not in ("overdue", "breached") and not self.settled(name).at(use.effective):
                return since(use.effective)
        return FALSE

    label_at_termination: Callable[[str, int], str]
    """Set by the evaluator: the status of a commitment at a tick, were it not terminated."""

    def settled(self, name: str) -> Steps[bool]:
        """Complete, closed, waived, superseded with its replacements settled, or part of something settled."""
        return self.once(("settled", name), lambda: self._settled(name), FALSE)  # type: ignore[return-value]

    def _settled(self, name: str) -> Steps[bool]:
        commitment = self.commitment(name)
        accounts = self.ledger.accounts[name]
        each = [any_of([self.complete(one), self.closed(one), self.waived(one)]) for one in accounts]
        own = each[0] if len(each) == 1 else all_of(each) if commitment.joint == "each" else any_of(each)
        parts = [own]
        superseded = self.superseded(name)
        if superseded is not FALSE:
            replaced_by = self._superseded_at(name)[1]
            parts.append(all_of([superseded, *(self.settled(other) for other in replaced_by)]))
        if commitment.counts_toward is not None:
            parts.append(self.settled(commitment.counts_toward))
        return any_of(parts)

    # --- conditions ------------------------------------------------------------------------------------------------

    def holds(self, condition: Condition) -> Steps[bool]:
        """When a condition holds."""
        return self.once(("holds", condition.label), lambda: self._holds(condition), FALSE)  # type: ignore[return-value]

    def _holds(self, condition: Condition) -> Steps[bool]:
        if condition.any is not None:
            return any_of([self.holds(part) for part in condition.any])
        if condition.complete is not None:
            return self.settled(condition.complete)
        if condition.started is not None:
            return self.started(condition.started)
        if condition.count is not None:
            least = condition.count.at_least
            return self.amount(condition.count.of).map(lambda value: value >= least)
        if condition.kept is not None:
            accounts = self.ledger.accounts[condition.kept]
            return any_of([self.broken(account) for account in accounts]).map(lambda broken: not broken)
        if condition.event is not None:
            return since(self.events.get(condition.event))
        return since(self.findings.get(condition.finding or ""))

    def opens(self, name: str) -> Steps[bool]:
        """When every tolling condition holds and no power suspends."""
        return self.once(("opens", name), lambda: self._opens(name), TRUE)  # type: ignore[return-value]

    def _opens(self, name: str) -> Steps[bool]:
        tolling = [self.holds(one) for one in self.commitment(name).requires if one.clock == "toll"]
        held = [steps.map(lambda value: not value) for steps in self.suspended(name).values()]
        return all_of([*tolling, *held])

    # --- promises to keep and to refrain ---------------------------------------------------------------------------

    def window_opens(self, name: str) -> int | None:
        """The first tick of the window or period; the begin of the instrument where none is stated; None if unknown."""
        commitment = self.commitment(name)
        if commitment.when.from_ is not None:
            found = self.resolve(commitment.when.from_, name)
            return None if found is None else max(self.clockwork.span(found[0]).first, found[1])
        begin = self.agreement.instruments[commitment.of].begin
        return None if begin is None else self.clockwork.span(begin).first

    def period_end(self, name: str, tick: int) -> int | None:
        """The last tick of a period as things stood at a tick; None for one without an end."""
        commitment = self.commitment(name)
        paper = self.agreement.instruments[commitment.of]
        until = commitment.when.until or paper.ends
        found = self.resolve(until, name) if until is not None else None
        if found is None or found[1] > tick:
            return None
        end = self._extended(commitment, found[0], tick) if commitment.when.extends is not None else found[0]
        last = self.clockwork.span(end).last
        for use in self.uses("extend", name):
            if use.effective <= tick and use.effective <= last:
                last = self._pushed(use, last, last)
        return last

    def _extended(self, commitment: Commitment, end: Moment, tick: int) -> Moment:
        extends = commitment.when.extends
        assert extends is not None
        start = end
        latest = self.resolve(extends.max, commitment.id)
        amount = self.amount(extends.of)
        beyond = extends.beyond if extends.beyond is not None else (self.total(extends.of).at(tick) or 0)
        while True:
            done = amount.at(min(tick, self.clockwork.span(end).last))
            gained = max(0, done - beyond) // extends.per * extends.days
            new = self._shifted(start, gained)
            if latest is not None and self.clockwork.span(new).last > self.clockwork.span(latest[0]).last:
                new = latest[0]
            if self.clockwork.span(new).last <= self.clockwork.span(end).last:
                return end
            end = new

    def _shifted(self, moment: Moment, days: int) -> Moment:
        return moment + timedelta(days=days)

    def _pushed(self, use: Use, tick: int, last: int) -> int:
        """Where an `extend` moves a last good tick: by its number of days, or as far as moves the last one to its date."""
        moment = self.clockwork.moment_at(tick)
        if use.entry.until is not None:
            target = self.clockwork.local_day(moment_of(use.entry.until))
            days = (target - self.clockwork.date_of(last)).days
        else:
            days = use.entry.n or 0
        return self.clockwork.span(moment + timedelta(days=max(0, days))).last

    def violations(self, name: str) -> list[Violation]:
        """Every reported violation that is not rejected, in order of happening."""
        return self.once(("violations", name), lambda: self._violations(name), [])  # type: ignore[return-value]

    def _violations(self, name: str) -> list[Violation]:
        commitment = self.commitment(name)
        found = []
        for entry in self.book.standing(Violate, self.known_by):
            if name not in entry.of:
                continue
            parties = attributed_party(entry, commitment)
            unit = Unit(commitment, next(iter(parties))) if len(parties) == 1 and len(commitment.by) > 1 else Unit(commitment)
            state = self.judge.violation(entry, unit, self.known_by)
            if state != "rejected":
                found.append(Violation(self.tick(entry), entry.id, entry.by, parties, tuple(entry.persons or ()), state))
        return found

    def violations_within(self, account: Account, tick: int) -> list[Violation]:
        """The violations by one account's debtors inside the period, by a tick."""
        opens, end = self.window_opens(account.name), self.period_end(account.name, tick)
        commitment = self.commitment(account.name)
        clocks = {clock.person: clock.started for clock in self.clocks(account.name)} if commitment.for_each else {}
        return [
            one
            for one in self.violations(account.name)
            if one.tick <= tick
            and opens is not None
            and one.tick >= opens
            and (end is None or one.tick <= end or bool(clocks))
            and (account.unit.party is None or account.unit.party in one.parties)
            and self._in_persons_period(account.name, one, clocks)
        ]

    def _in_persons_period(self, name: str, violation: Violation, clocks: dict[str, int]) -> bool:
        """For each-person promises: whether some person named (anybody, where none is) was within his own period."""
        commitment = self.commitment(name)
        if commitment.for_each is None or not violation.persons:
            return True
        for person in violation.persons:
            started = clocks.get(person)
            if started is None or started > violation.tick:
                continue
            end = self.last_tick(commitment.when.until, name, started) if commitment.when.until is not None else None
            if end is None or violation.tick <= end:
                return True
        return False

    def broken(self, account: Account) -> Steps[bool]:
        """From the first violation (verified, in the low world) or breach finding on."""
        key = ("broken", account.name, account.unit.party or "")
        return self.once(key, lambda: self._broken(account), FALSE)  # type: ignore[return-value]

    def _broken(self, account: Account) -> Steps[bool]:
        ticks = [
            one.tick for one in self.violations_within(account, FAR) if one.state == "verified" or not self.low
        ]
        found = self.breach_found(account.name)
        ticks += [found] if found is not None else []
        return since(min(ticks, default=None))

    def breach_found(self, name: str) -> int | None:
        """The first tick on which a body that the agreement names found a breach."""
        bodies = self.agreement.verification.breach_found_by
        return min(
            (self.tick(entry) for entry in self.book.standing(BreachFinding, self.known_by) if name in entry.of and entry.by in bodies),
            default=None,
        )

    def rates(self, account: Account) -> dict[int, tuple[int | None, int]]:
        """For each period of a rate in which anybody reported: (verified count or None, largest count of one speaker)."""
        key = ("rates", account.name, account.unit.party or "")
        return self.once(key, lambda: self._rates(account), {})  # type: ignore[return-value]

    def _rates(self, account: Account) -> dict[int, tuple[int | None, int]]:
        first, length = self._rate(account.name)
        verified: Counter[int] = Counter()
        for one in verified_handovers(self.book, self.judge, account, self.known_by, low=self.low):
            verified[(self.clockwork.date_of(one.tick) - first).days // length] += one.count
        claimed: dict[int, int] = {}
        for said in spoken_handovers(self.book, self.judge, account, self.known_by, low=self.low).values():
            mine: Counter[int] = Counter()
            for one in said:
                mine[(self.clockwork.date_of(one.tick) - first).days // length] += one.count
            for number, count in mine.items():
                claimed[number] = max(count, claimed.get(number, 0))
        return {
            number: (verified.get(number), max(claimed.get(number, 0), verified.get(number, 0)))
            for number in sorted({*verified, *claimed})
            if number >= 0
        }

    def _rate(self, name: str) -> tuple[date, int]:
        """The first day and the length in days of the periods of a rate."""
        amount, opens = self.commitment(name).amount, self.window_opens(name)
        assert amount is not None
        assert amount.every is not None
        return self.clockwork.date_of(opens if opens is not None else 0), amount.every.count

    def has_rate(self, name: str) -> bool:
        """Whether a commitment is a rate whose periods have begun to run."""
        commitment = self.commitment(name)
        rated = commitment.mode == "maintain" and commitment.amount is not None and commitment.amount.every is not None
        return rated and self.window_opens(name) is not None

    def closed_periods(self, name: str, tick: int) -> int:
        """How many whole periods of a rate have ended before a tick."""
        first, length = self._rate(name)
        end = self.period_end(name, tick)
        days = (self.clockwork.date_of(tick) - first).days
        if end is not None:
            days = min(days, (self.clockwork.date_of(end) - first).days + 1)
        return max(0, days // length)

    def behind_rate(self, account: Account) -> Steps[bool]:
        """From the end of the first period whose count is below the rate; a period without a count says nothing."""
        if not self.has_rate(account.name):
            return FALSE
        amount = self.commitment(account.name).amount
        assert amount is not None
        least = amount.exactly or amount.at_least or 0
        first, length = self._rate(account.name)
        for number, (verified, claimed) in self.rates(account).items():
            count = verified if self.low else claimed
            if count is not None and count < least:
                day = first + timedelta(days=(number + 1) * length)
                end = self.period_end(account.name, FAR)
                within = end is None or self.clockwork.span(day - timedelta(days=1)).last <= end
                return since(self.clockwork.span(day).first) if within else FALSE
        return FALSE

    def unreported(self, account: Account, tick: int) -> int:
        """How many periods have closed by a tick without a verified count."""
        if not self.has_rate(account.name):
            return 0
        closed = self.closed_periods(account.name, tick)
        return closed - sum(1 for number, (verified, _) in self.rates(account).items() if number < closed and verified is not None)

    # --- deadlines -------------------------------------------------------------------------------------------------

    def curve(self, account: Account, tick: int) -> Curve:
        """The curve of deadlines as things stood at a tick (an extension moves it only once exercised)."""
        moves = [use for use in self.uses("extend", account.name) if use.effective <= tick] if self.agreement.powers else []
        key = ("curve", account.name, account.unit.party or "", *(use.entry.id for use in moves))
        return self.once(key, lambda: self._curve(account, moves), None)  # type: ignore[return-value]

    def _curve(self, account: Account, moves: list[Use]) -> Curve:
        name = account.name
        steps = self.person_steps(name) if self.commitment(name).for_each is not None else self.own_steps(name)
        for use in moves:
            last = max((step.tick for step in steps), default=0)
            steps = [
                Step(self._pushed(use, step.tick, last), step.amount, step.since) if step.tick >= use.effective else step
                for step in steps
            ]
        return Curve(steps, self.opens(name), self.account_amount(account), self.total(name), self.clockwork.end_of_day)

    def person_steps(self, name: str) -> list[Step]:
        """One unit for each person at the end of his own time."""
        by = self.commitment(name).when.by
        if by is None:
            return []
        due = []
        for clock in self.clocks(name):
            tick = self.last_tick(by, name, clock.started)
            if tick is not None:
                due.append((tick, clock.started))
        return [Step(tick, number, started) for number, (tick, started) in enumerate(sorted(due), 1)]

    def own_steps(self, name: str) -> list[Step]:
        """The steps of `by`, `schedule`, `pace`, `keeps_pace_with` and `accrues`, before any tolling."""
        commitment = self.commitment(name)
        when, amount = commitment.when, commitment.amount
        if amount is None or commitment.mode in ("refrain", "maintain"):
            return []
        whole = self.whole(name)
        final = whole.at(FAR)
        steps: list[Step] = []
        if when.by is not None and (found := self.resolve(when.by, name)) is not None:
            steps.append(Step(self.clockwork.span(found[0]).last, final, found[1]))
        for one in when.schedule:
            if (found := self.resolve(one.at, name)) is not None:
                steps.append(Step(self.clockwork.span(found[0]).last, one.total, found[1]))
        if when.pace is not None and final is not None and (found := self.resolve(when.pace.from_, name)) is not None:
            origin = self.clockwork.local_day(found[0])
            for number in range(1, ceil(final / when.pace.count) + 1):
                day = origin + timedelta(days=number * when.pace.every.count - 1)
                steps.append(Step(self.clockwork.span(day).last, min(final, number * when.pace.count), found[1]))
        if when.keeps_pace_with is not None and final is not None:
            steps += self._pace_steps(when.keeps_pace_with.of, self._after(when.keeps_pace_with.within), final)
        if amount.accrues is not None and amount.accrues.within is not None:
            after = self._after(amount.accrues.within)
            steps += [Step(after(tick), number, tick) for tick, number in self.owed(name).total]
        return steps

    def _after(self, duration: Duration) -> Callable[[int], int]:
        """The last good tick some time after a tick."""
        exact = duration.unit == "hours"
        return lambda tick: self.clockwork.span(self.clockwork.add(self._moment(tick, exact=exact), duration)).last

    def _pace_steps(self, other: str, after: Callable[[int], int], total: int) -> list[Step]:
        whole = self.total(other).at(FAR)
        if not whole:
            return []
        steps, most = [], 0
        for tick, value in self.amount(other):
            if value > most:
                most = value
                steps.append(Step(after(tick), ceil(total * min(value, whole) / whole), tick))
        return steps
