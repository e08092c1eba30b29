"""Promises to keep and to refrain: their periods, their violations, and rates kept period by period."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from quittance.agreement.account import Account
from quittance.agreement.accrual import Handover, spoken_handovers, verified_handovers
from quittance.agreement.course import FAR, FURTHEST, pushed
from quittance.agreement.deadlines import ALWAYS
from quittance.agreement.journal import BreachFinding, PersonState, Violate
from quittance.agreement.judge import State, Unit, accused
from quittance.agreement.model import Commitment
from quittance.agreement.persons import PersonClock
from quittance.agreement.steps import FALSE, Steps, since
from quittance.dates import Moment

if TYPE_CHECKING:
    from quittance.agreement.world import World


@dataclass(frozen=True, slots=True)
class Violation:
    """A reported violation: when, by whom, laid to whom, of which persons, and what the findings make of it."""

    tick: int
    entry: str
    by: str
    parties: frozenset[str]
    persons: tuple[str, ...]
    state: State


class Keeping:
    """The periods of one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    # --- periods ---------------------------------------------------------------------------------------------------

    def opens(self, name: str) -> int | None:
        """The first tick of the window or period; the begin of the instrument where none is stated; None if unknown."""
        unknown: tuple[int | None] = (None,)
        return self.world.once(("opens at", name), lambda: (self._opens(name),), unknown)[0]

    def _opens(self, name: str) -> int | None:
        world, commitment = self.world, self.world.commitment(name)
        if commitment.when.from_ is not None:
            found = world.resolve(commitment.when.from_, name)
            return None if found is None else max(world.clockwork.span(found[0]).first, found[1])
        begin = world.agreement.instruments[commitment.of].begin
        return None if begin is None else world.clockwork.span(begin).first

    def end(self, name: str, tick: int) -> int | None:
        """The last tick of a period as things stood at a tick; None for one without an end.

        A period for each person ends with the last of those that have begun.
        """
        world, commitment = self.world, self.world.commitment(name)
        until = commitment.when.until or world.agreement.instruments[commitment.of].ends
        if until is None:
            return None
        if until.base in ("state", "that"):
            ends = [self._persons_end(name, clock, tick) for clock in world.owing.clocks(name) if clock.counts_at(tick)]
            known = [end for end in ends if end is not None]
            return max(known) if known and len(known) == len(ends) else None
        found = world.resolve(until, name)
        if found is None or found[1] > tick:
            return None
        end = self._extended(commitment, found[0], tick) if commitment.when.extends is not None else found[0]
        return self._prolonged(name, world.clockwork.span(end).last, tick)

    def _prolonged(self, name: str, last: int, tick: int) -> int:
        """The last tick of a period with the extensions that were promised, by a tick, while it ran."""
        for use in self.world.uses("extend", name):
            if use.effective <= tick and use.effective <= last:
                last = pushed(self.world, use, last, last)
        return last

    def _extended(self, commitment: Commitment, start: Moment, tick: int) -> Moment:
        """A period that grows with what was done by its own then-last day, never past its maximum."""
        world, extends = self.world, commitment.when.extends
        assert extends is not None
        latest = world.resolve(extends.max, commitment.id)
        amount, end = world.amount(extends.of), start
        beyond = extends.beyond if extends.beyond is not None else (world.owing.total(extends.of).at(tick) or 0)
        last = world.clockwork.span
        while True:
            done = amount.at(min(tick, last(end).last))
            gained = max(0, done - beyond) // extends.per * extends.days
            new = start + timedelta(days=min(gained, FURTHEST))
            if latest is not None and last(new).last > last(latest[0]).last:
                new = latest[0]
            if last(new).last <= last(end).last:
                return end
            end = new

    def kept_to_the_end(self, account: Account) -> Steps[bool]:
        """When the period, as long as it was then, is over without a breach and without a rate missed."""
        name = account.name
        points = self._turns(account)
        points |= {end + 1 for tick in points if (end := self.end(name, tick)) is not None}

        def is_kept(tick: int) -> bool:
            end = self.end(name, tick)
            return (
                end is not None
                and tick > end
                and not self.broken(account).at(tick)
                and not self.behind(account).at(tick)
            )

        return Steps.from_changes(False, ((tick, is_kept(tick)) for tick in sorted(points)))

    def _turns(self, account: Account) -> set[int]:
        """The ticks at which the end of a period may move, or a breach may come."""
        world, commitment = self.world, self.world.commitment(account.name)
        opens = self.opens(account.name)
        points = {opens if opens is not None else ALWAYS, *self.broken(account).ticks, *self.behind(account).ticks}
        points |= {use.effective for use in world.uses("extend", account.name)}
        if commitment.when.extends is not None:
            points |= {
                *world.amount(commitment.when.extends.of).ticks,
                *world.owing.total(commitment.when.extends.of).ticks,
            }
        if commitment.for_each is not None:
            points |= {clock.started for clock in world.owing.clocks(account.name)}
            points |= {world.tick(entry) for entry in world.book.standing(PersonState, world.known_by)}
        until = commitment.when.until or world.agreement.instruments[commitment.of].ends
        if until is not None and until.waits and (found := world.resolve(until, account.name)) is not None:
            points.add(found[1])
        return points

    # --- violations ------------------------------------------------------------------------------------------------

    def reported(self, name: str) -> list[Violation]:
        """Every reported violation that is not rejected, in order of happening."""
        if not self.world.book.of_kind(Violate):
            return []
        return self.world.once(("violations", name), lambda: self._reported(name), [])

    def _reported(self, name: str) -> list[Violation]:
        world, commitment = self.world, self.world.commitment(name)
        found = []
        for entry in world.book.standing(Violate, world.known_by):
            if name not in entry.of:
                continue
            parties = accused(entry, commitment)
            one = next(iter(parties)) if len(parties) == 1 and len(commitment.by) > 1 else None
            state = world.judge.state(entry, Unit(commitment, one), commitment.what, world.known_by)
            if state != "rejected":
                found.append(
                    Violation(world.tick(entry), entry.id, entry.by, parties, tuple(entry.persons or ()), state)
                )
        return found

    def violations(self, account: Account, tick: int) -> list[Violation]:
        """The violations laid to one account's debtors inside the period, by a tick."""
        name, party = account.name, account.unit.party
        opens, end = self.opens(name), self.end(name, tick)
        return [
            one
            for one in self.reported(name)
            if opens is not None
            and opens <= one.tick <= tick
            and (end is None or one.tick <= end)
            and (party is None or party in one.parties)
            and self._in_some_persons_period(name, one)
        ]

    def _in_some_persons_period(self, name: str, violation: Violation) -> bool:
        """For a promise about each person: whether one of those named (of all, where none is) was in his own period."""
        world, commitment = self.world, self.world.commitment(name)
        if commitment.for_each is None:
            return True
        for clock in world.owing.clocks(name):
            if (not violation.persons or clock.person in violation.persons) and clock.counts_at(violation.tick):
                end = self._persons_end(name, clock, violation.tick)
                if end is None or violation.tick <= end:
                    return True
        return False

    def _persons_end(self, name: str, clock: PersonClock, tick: int) -> int | None:
        """The last tick of one person's own period: a time from its start, or the day he enters a state."""
        world, until = self.world, self.world.commitment(name).when.until
        if until is None or until.base != "state":
            last = world.last_tick(until, name, clock.started) if until is not None else None
            return self._prolonged(name, last, tick) if last is not None else None
        entered = [
            world.tick(entry)
            for entry in world.book.standing(PersonState, world.known_by)
            if entry.state == until.name
            and clock.person in entry.persons
            and clock.started <= world.tick(entry) <= tick
        ]
        return min(entered, default=None)

    def broken(self, account: Account) -> Steps[bool]:
        """From the first violation (verified, in the low world) or breach finding on."""
        return self.world.once(("broken", *account.key), lambda: self._broken(account), FALSE)

    def _broken(self, account: Account) -> Steps[bool]:
        found = [one.tick for one in self.violations(account, FAR) if one.state == "verified" or not self.world.low]
        breach = self.breach_found(account.name)
        return since(min([*found, *([breach] if breach is not None else [])], default=None))

    def breach_found(self, name: str) -> int | None:
        """The first tick on which a body that the agreement names found a breach."""
        bodies = self.world.agreement.verification.breach_found_by
        if not bodies:
            return None
        standing = self.world.book.standing(BreachFinding, self.world.known_by)
        return min((self.world.tick(one) for one in standing if name in one.of and one.by in bodies), default=None)

    # --- rates -----------------------------------------------------------------------------------------------------

    def has_rate(self, name: str) -> bool:
        """Whether a commitment is a rate whose periods have begun to run."""
        commitment = self.world.commitment(name)
        rated = commitment.mode == "maintain" and commitment.amount is not None and commitment.amount.every is not None
        return rated and self.opens(name) is not None

    def _layout(self, name: str) -> tuple[date, int]:
        """The first day and the length in days of the periods of a rate."""
        amount = self.world.commitment(name).amount
        assert amount is not None
        assert amount.every is not None
        return self.world.clockwork.date_of(self.opens(name) or 0), amount.every.count

    def counts(self, account: Account) -> dict[int, tuple[int | None, int]]:
        """For each period of a rate with a report: (verified count or None, largest count of one speaker)."""
        return self.world.once(("rates", *account.key), lambda: self._counts(account), {})

    def _counts(self, account: Account) -> dict[int, tuple[int | None, int]]:
        world = self.world
        first, length = self._layout(account.name)
        ask = (world.book, world.judge, account, world.known_by)

        def by_period(handovers: list[Handover]) -> Counter[int]:
            count: Counter[int] = Counter()
            for one in handovers:
                count[(world.clockwork.date_of(one.tick) - first).days // length] += one.count
            return count

        verified = by_period(verified_handovers(*ask, low=world.low))
        spoken = [by_period(said) for said in spoken_handovers(*ask, low=world.low).values()]
        numbers = sorted({number for count in (verified, *spoken) for number in count if number >= 0})
        return {number: (verified.get(number), max(one[number] for one in (verified, *spoken))) for number in numbers}

    def behind(self, account: Account) -> Steps[bool]:
        """From the end of the first period whose count is below the rate; a period without a count says nothing."""
        if not self.has_rate(account.name):
            return FALSE
        return self.world.once(("behind", *account.key), lambda: self._behind(account), FALSE)

    def _behind(self, account: Account) -> Steps[bool]:
        clockwork, amount = self.world.clockwork, self.world.commitment(account.name).amount
        assert amount is not None
        least = amount.exactly or amount.at_least or 0
        first, length = self._layout(account.name)
        end = self.end(account.name, FAR)
        for number, (verified, claimed) in self.counts(account).items():
            count = verified if self.world.low else claimed
            closes = clockwork.span(first + timedelta(days=(number + 1) * length - 1)).last
            if count is not None and count < least and (end is None or closes <= end):
                return since(closes + 1)
        return FALSE

    def unreported(self, account: Account, tick: int) -> int:
        """How many whole periods have closed before a tick without a verified count."""
        if not self.has_rate(account.name):
            return 0
        clockwork = self.world.clockwork
        first, length = self._layout(account.name)
        days, end = (clockwork.date_of(tick) - first).days, self.end(account.name, tick)
        if end is not None:
            days = min(days, (clockwork.date_of(end) - first).days + 1)
        closed = max(0, days // length)
        counted = sum(
            1 for number, (verified, _) in self.counts(account).items() if number < closed and verified is not None
        )
        return closed - counted
