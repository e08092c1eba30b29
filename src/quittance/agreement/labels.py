"""The table of statuses, read in one world: the first line that applies."""

from __future__ import annotations

from collections.abc import Iterator

from quittance.agreement.account import Account
from quittance.agreement.model import Condition
from quittance.agreement.verdict import Status
from quittance.agreement.world import World

SEVERITY: tuple[Status, ...] = (
    "breached", "overdue", "blocked", "due", "in_progress", "pending", "fulfilled_late", "fulfilled", "waived",
    "superseded", "not_owed",
)  # fmt: skip
"""From worst to best: a joint commitment that each owes takes the worst label, one that either owes the best."""

_RANK = {status: rank for rank, status in enumerate(SEVERITY)}


class Labels:
    """The labels of one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.label_if_not_terminated = lambda name, tick: self.leading(name, tick, terminated=False)[1]

    def leading(self, name: str, tick: int, *, terminated: bool = True) -> tuple[Account, Status]:
        """The status of a commitment and the account that has it: of a joint one, the worst or the best."""
        accounts = self.world.ledger.accounts[name]
        if len(accounts) == 1:
            return accounts[0], self.of(accounts[0], tick, terminated=terminated)
        labelled = [(account, self.of(account, tick, terminated=terminated)) for account in accounts]
        pick = min if self.world.commitment(name).joint == "each" else max
        return pick(labelled, key=lambda one: _RANK[one[1]])

    def of(self, account: Account, tick: int, *, terminated: bool = True) -> Status:
        """The status of one account."""
        world, name = self.world, account.name
        commitment = world.commitment(name)
        if (world.superseded(name) if terminated else world.replaced(name)[0]).at(tick):
            return "superseded"
        if world.waived(account).at(tick):
            return "waived"
        if not commitment.owed:
            return "not_owed"
        done = world.complete(account).at(tick) or world.closed(account).at(tick)
        if commitment.counts_toward is not None and not done and world.settled(commitment.counts_toward).at(tick):
            return "superseded"
        if not world.readings.begun(commitment.of, tick):
            return "pending"
        kept = commitment.mode in ("refrain", "maintain")
        if kept or commitment.when.from_ is not None:
            opens = world.keeping.opens(name)
            if opens > tick if opens is not None else commitment.when.from_ is not None:
                return "pending"
        if kept:
            return self._kept(account, tick)
        if done:
            return "fulfilled_late" if self._was_late(account, tick) else "fulfilled"
        if any(True for _ in self.waits(name, tick)):
            return "blocked"
        if commitment.mode == "achieve":
            found = world.keeping.breach_found(name)
            if found is not None and found <= tick:
                return "breached"
            if self._is_behind(account, tick):
                return "overdue"
        return "in_progress" if world.performed(account).at(tick) > 0 else "due"

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

    def _is_behind(self, account: Account, tick: int) -> bool:
        commitment = self.world.commitment(account.name)
        if commitment.for_each is not None:
            return bool(self.persons_late(account, tick))
        if commitment.amount is not None and commitment.amount.reading == "ceiling":
            return False
        return self.world.performed(account).at(tick) < self.world.curve(account, tick).required(tick)

    def done_at(self, account: Account, tick: int) -> int | None:
        """Since when, without a break, an account has been complete or closed; its window's start, if always."""
        opened = self.world.keeping.opens(account.name)
        found = []
        for steps in (self.world.complete(account), self.world.closed(account)):
            if steps.at(tick):
                since = steps.since(bool, tick)
                found.append(since if since is not None else opened)
        return min((one for one in found if one is not None), default=None)

    def waits(self, name: str, tick: int) -> Iterator[Condition | str]:
        """The conditions that do not hold, and the powers that suspend."""
        for condition in self.world.commitment(name).requires:
            if not self.world.holds(condition).at(tick):
                yield condition
        for power, steps in self.world.suspended(name).items():
            if steps.at(tick):
                yield power

    def _persons(self, account: Account, tick: int) -> Iterator[tuple[int | None, int | None, str]]:
        """(own deadline as tolled, tick of being done, person) for everybody whose clock has started by a tick."""
        world, by = self.world, self.world.commitment(account.name).when.by
        if world.commitment(account.name).for_each is None or by is None:
            return
        rows = {own: now for own, now, _ in world.curve(account, tick).rows(tick)}
        for clock in world.owing.clocks(account.name):
            if clock.started <= tick:
                due, done = world.last_tick(by, account.name, clock.started), clock.done(low=world.low)
                yield (
                    rows.get(due, due) if due is not None else None,
                    done if done is not None and done <= tick else None,
                    clock.person,
                )

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
