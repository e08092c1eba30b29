"""The table of statuses, read in one world: the first line that applies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from quittance.agreement.account import Account
from quittance.agreement.course import pushed
from quittance.agreement.deadlines import NEVER
from quittance.agreement.expressions import TimeExpression
from quittance.agreement.model import Commitment, Condition
from quittance.agreement.steps import FALSE, Steps, negated
from quittance.agreement.verdict import Status
from quittance.agreement.world import World

SEVERITY: tuple[Status, ...] = (
    "breached", "overdue", "blocked", "due", "in_progress", "pending", "fulfilled_late", "fulfilled", "waived",
    "superseded", "not_owed",
)  # fmt: skip
"""From worst to best: a joint commitment that each owes takes the worst label, one that either owes the best."""

_RANK = {status: rank for rank, status in enumerate(SEVERITY)}


@dataclass(slots=True)
class Facts:
    """What the table looks at for one account, gathered once in a world."""

    commitment: Commitment
    kept: bool
    superseded: Steps[bool]
    waived: Steps[bool]
    complete: Steps[bool]
    closed: Steps[bool]
    larger_settled: Steps[bool]
    window: int | None
    """The tick on which the window or period opens; None: at once."""
    waits: tuple[tuple[Condition | str, Steps[bool]], ...]
    """Each condition and when it holds, each suspending power and when it does not suspend."""
    performed: Steps[int]
    breach_found: int | None


class Labels:
    """The labels of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._facts: dict[tuple[str, str], Facts] = {}
        world.label_if_not_terminated = lambda name, tick: self.leading(name, tick, terminated=False)[1]

    def facts(self, account: Account) -> Facts:
        """What the table looks at for an account."""
        found = self._facts.get(account.key)
        if found is None:
            found = self._facts[account.key] = self._gather(account)
        return found

    def _gather(self, account: Account) -> Facts:
        world, name = self.world, account.name
        commitment = world.commitment(name)
        kept = commitment.mode in ("refrain", "maintain")
        larger = commitment.counts_toward
        window = None
        if kept or commitment.when.from_ is not None:
            opens = world.keeping.opens(name)
            window = NEVER if opens is None and commitment.when.from_ is not None else opens
        suspended = [(power, negated(steps)) for power, steps in world.suspended(name).items()]
        return Facts(
            commitment,
            kept,
            world.superseded(name),
            world.waived(account),
            world.complete(account),
            world.closed(account),
            FALSE if larger is None else world.settled(larger),
            window,
            (*((condition, world.holds(condition)) for condition in commitment.requires), *suspended),
            world.performed(account),
            world.keeping.breach_found(name),
        )

    def leading(self, name: str, tick: int, *, terminated: bool = True) -> tuple[Account, Status]:
        """The status of a commitment and the account that has it: of a joint one, the worst or the best."""
        accounts = self.world.ledger.accounts[name]
        if len(accounts) == 1:
            return accounts[0], self.of(accounts[0], tick, terminated=terminated)
        labelled = [(account, self.of(account, tick, terminated=terminated)) for account in accounts]
        pick = min if self.world.commitment(name).joint == "each" else max
        return pick(labelled, key=lambda one: _RANK[one[1]])

    def of(self, account: Account, tick: int, *, terminated: bool = True) -> Status:
        """The status of one account. With `terminated` false, as if no power had terminated it."""
        if not terminated:
            # Asked while `superseded` is being found out: gather without it, and keep nothing.
            facts = replace(self._gather(account), superseded=self.world.replaced(account.name))
        else:
            facts = self.facts(account)
        commitment = facts.commitment
        if facts.superseded.at(tick):
            return "superseded"
        if facts.waived.at(tick):
            return "waived"
        if not commitment.owed:
            return "not_owed"
        done = facts.complete.at(tick) or facts.closed.at(tick)
        if not done and facts.larger_settled.at(tick):
            return "superseded"
        if not self.world.readings.begun(commitment.of, tick):
            return "pending"
        if facts.window is not None and facts.window > tick:
            return "pending"
        if facts.kept:
            return self._kept(account, tick)
        if done:
            return "fulfilled_late" if self._was_late(account, tick) else "fulfilled"
        for _, holds in facts.waits:
            if not holds.at(tick):
                return "blocked"
        performed = facts.performed.at(tick)
        if commitment.mode == "achieve":
            if facts.breach_found is not None and facts.breach_found <= tick:
                return "breached"
            if self._is_behind(account, performed, tick):
                return "overdue"
        return "in_progress" if performed > 0 else "due"

    def _kept(self, account: Account, tick: int) -> Status:
        keeping = self.world.keeping
        found = keeping.breach_found(account.name)
        broken = any(one.state == "verified" or not self.world.low for one in keeping.violations(account, tick))
        if broken or (found is not None and found <= tick):
            return "breached"
        if keeping.behind(account).at(tick):
            return "overdue"
        end = keeping.end(account.name, tick)
        return "fulfilled" if end is not None and tick > end else "in_progress"

    def _was_late(self, account: Account, tick: int) -> bool:
        """Whether what is done was done after the last step; a goal is never late."""
        if self.world.commitment(account.name).mode == "endeavour":
            return False
        deadline, done = self.world.curve(account, tick).deadline(tick), self.done_at(account, tick)
        if deadline is None or done is None:
            return False
        return done > deadline or any(
            due is not None and due < finished
            for due, finished, _ in self._persons(account, tick)
            if finished is not None
        )

    def _is_behind(self, account: Account, performed: int, tick: int) -> bool:
        commitment = self.world.commitment(account.name)
        if commitment.for_each is not None:
            return bool(self.persons_late(account, tick))
        if commitment.amount is not None and commitment.amount.reading == "ceiling":
            return False
        return performed < self.world.curve(account, tick).required(tick)

    def done_at(self, account: Account, tick: int) -> int | None:
        """Since when, without a break, an account has been complete or closed; its window's start, if always."""
        found = []
        for steps in (self.facts(account).complete, self.facts(account).closed):
            if steps.at(tick):
                since = steps.since(bool, tick)
                found.append(since if since is not None else self.world.keeping.opens(account.name))
        return min((one for one in found if one is not None), default=None)

    def waits(self, account: Account, tick: int) -> Iterator[Condition | str]:
        """The conditions that do not hold, and the powers that suspend."""
        return (wait for wait, holds in self.facts(account).waits if not holds.at(tick))

    def _persons(self, account: Account, tick: int) -> Iterator[tuple[int | None, int | None, str]]:
        """(own deadline as tolled, tick of being done, person) for everybody whose clock has started by a tick."""
        world, by = self.world, self.world.commitment(account.name).when.by
        if world.commitment(account.name).for_each is None or by is None:
            return
        rows = {own: now for own, now, _ in world.curve(account, tick).rows(tick)}
        dues = self._dues(account, by, tick)
        for clock in world.owing.clocks(account.name):
            if clock.counts_at(tick):
                due, done = dues.get(clock.person), clock.done(low=world.low)
                yield (
                    rows.get(due, due) if due is not None else None,
                    done if done is not None and done <= tick else None,
                    clock.person,
                )

    def _dues(self, account: Account, by: TimeExpression, tick: int) -> dict[str, int]:
        """Each person's own last good tick, with the extensions exercised by a tick, before any tolling."""
        world, dues = self.world, {}
        for clock in world.owing.clocks(account.name):
            due = world.last_tick(by, account.name, clock.started)
            if due is not None and clock.stands.at(due):
                dues[clock.person] = due
        for use in world.uses("extend", account.name):
            if use.effective <= tick:
                last = max(dues.values(), default=0)
                dues = {
                    who: pushed(world, use, due, last) if due >= use.effective else due for who, due in dues.items()
                }
        return dues

    def required(self, account: Account, tick: int) -> int:
        """How much was due before a tick; where each person has a clock, how many persons."""
        if self.world.commitment(account.name).for_each is None:
            return self.world.curve(account, tick).required(tick)
        return sum(1 for due, _, _ in self._persons(account, tick) if due is not None and due < tick)

    def missed(self, account: Account, tick: int) -> int:
        """How many steps before a tick were not met in time; where each person has a clock, each has a step."""
        if self.world.commitment(account.name).for_each is None:
            return self.world.curve(account, tick).missed(tick)
        persons = list(self._persons(account, tick))
        return sum(1 for due, done, _ in persons if due is not None and due < tick and (done is None or done > due))

    def persons_late(self, account: Account, tick: int) -> list[str]:
        """The persons whose own time has passed and who are not done."""
        return [
            person
            for due, done, person in self._persons(account, tick)
            if done is None and due is not None and due < tick
        ]
