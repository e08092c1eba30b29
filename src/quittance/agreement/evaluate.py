"""Where every commitment stands: the first line of the table of statuses that applies, in the low world.

    evaluate(agreement, journal, as_of, known_by, party=None) -> Evaluation

`Evaluator` is the same with the journal indexed once and asked as often as needed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

from quittance.agreement.accrual import spoken_handovers, unit_price, verified_handovers
from quittance.agreement.book import Book
from quittance.agreement.calendar import Clockwork
from quittance.agreement.evidence import evidence_of
from quittance.agreement.journal import Classify, Deny, Dispute, Journal, Perform, Resolve
from quittance.agreement.judge import Judge, portions
from quittance.agreement.ledger import Account, Amounts, Ledger
from quittance.agreement.model import Agreement, Condition
from quittance.agreement.terms import Readings, Stance, Terms
from quittance.agreement.verdict import CLASS_OF, Evaluation, Evidence, Read, Status, Verdict, Warning
from quittance.agreement.world import World
from quittance.dates import Moment

SEVERITY: tuple[Status, ...] = (
    "breached", "overdue", "blocked", "due", "in_progress", "pending", "fulfilled_late", "fulfilled", "waived",
    "superseded", "not_owed",
)  # fmt: skip
"""From worst to best: a joint commitment that each owes takes the worst label, one that either owes the best."""

_RANK = {status: rank for rank, status in enumerate(SEVERITY)}


def evaluate(
    agreement: Agreement, journal: Journal, as_of: Moment, known_by: Moment | None = None, party: str | None = None
) -> Evaluation:
    """One verdict for each commitment, as of a day or instant, known by another (default: the same).

    With `party`, everything is computed in that party's reading. Raises `KeyError` for an unknown party.
    """
    return Evaluator(agreement, journal).at(as_of, known_by, party)


class Evaluator:
    """An agreement and its journal, indexed once; `at` may be called for any dates in any order."""

    def __init__(self, agreement: Agreement, journal: Journal) -> None:
        self.agreement = agreement
        self.journal = journal
        self.clockwork = Clockwork(agreement.calendar)
        self.book = Book(agreement, journal, self.clockwork)
        self.judge = Judge(agreement, self.book)
        self.readings = Readings(agreement, self.book)
        self._ledgers: dict[tuple[object, bool], Ledger] = {}
        self._worlds: dict[tuple[tuple[str, ...], bool], World] = {}
        self._known_by: int | None = None

    def at(self, as_of: Moment, known_by: Moment | None = None, party: str | None = None) -> Evaluation:
        """The evaluation as of one moment, known by another; a day means its end."""
        known = as_of if known_by is None else known_by
        if party is not None and party not in self.agreement.parties:
            raise KeyError(party)
        tick, by = self.clockwork.span(as_of).last, self.clockwork.span(known).last
        self._stand_at(by)
        question = _Question(self, tick, by, party)
        return Evaluation(
            self.agreement.id, self.agreement.sha256, as_of, known, party, len(self.journal),
            tuple(question.verdict(commitment.id) for commitment in self.agreement.commitments),
            tuple(dict.fromkeys(question.warnings())), tuple(question.balances()), tuple(question.classification_disputes()),
        )  # fmt: skip

    def _stand_at(self, known_by: int) -> None:
        if self._known_by != known_by:
            self._worlds.clear()
            self._known_by = known_by
        for ledger in self._ledgers.values():
            ledger.move_to(known_by)

    def ledger(self, terms: Terms, known_by: int, *, low: bool) -> Ledger:
        """The ledger of terms of this shape, standing at a tick of knowledge. By day, both worlds share one."""
        own_ticks = low or not self.clockwork.instants
        key = (terms.shape, own_ticks)
        found = self._ledgers.get(key)
        if found is None:
            found = self._ledgers[key] = Ledger(self.agreement, self.book, self.judge, terms, low=own_ticks)
        found.move_to(known_by)
        return found

    def unknown_references(self) -> Iterator[Warning]:
        """Entries that name a commitment, entry or list that is nowhere; they change nothing."""
        names = {commitment.id for commitment in self.agreement.commitments}
        for entry in self.journal:
            for name in getattr(entry, "of", None) or ():
                if name not in names:
                    yield Warning("unknown_reference", entry.id, f"no commitment `{name}` in the agreement; nothing changed")
            if (ref := getattr(entry, "ref", None)) is not None and ref not in self.book.by_id:
                yield Warning("unknown_reference", entry.id, f"no entry `{ref}` in the journal; nothing changed")

    def world(self, terms: Terms, known_by: int, *, low: bool) -> World:
        """The low or high world of some terms, as known at a tick; only those of one tick are kept."""
        if self._known_by != known_by:
            self._stand_at(known_by)
        key = (terms.key, low)
        found = self._worlds.get(key)
        if found is None:
            found = World(self.readings, terms, self.ledger(terms, known_by, low=low), known_by, low=low)
            found.label_at_termination = lambda name, tick: _Labels(found).of(name, tick, terminated=False)
            self._worlds[key] = found
        return found


class _Labels:
    """The table of statuses, read in one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def of(self, name: str, tick: int, *, terminated: bool = True) -> Status:
        """The status of a commitment: of a joint one, the worst or the best of its accounts."""
        accounts = self.world.ledger.accounts[name]
        if len(accounts) == 1:
            return self.account(accounts[0], tick, terminated=terminated)
        return self.leading(name, tick)[1]

    def leading(self, name: str, tick: int) -> tuple[Account, Status]:
        """The account whose label a joint commitment takes."""
        worst = self.world.commitment(name).joint == "each"
        labelled = [(account, self.account(account, tick)) for account in self.world.ledger.accounts[name]]
        return (min if worst else max)(labelled, key=lambda one: _RANK[one[1]])

    def account(self, account: Account, tick: int, *, terminated: bool = True) -> Status:
        """The first line that applies."""
        world, name = self.world, account.name
        commitment = world.commitment(name)
        if terminated and world.superseded(name).at(tick):
            return "superseded"
        if world.waived(account).at(tick):
            return "waived"
        if not commitment.owed:
            return "not_owed"
        done = world.complete(account).at(tick) or world.closed(account).at(tick)
        if commitment.counts_toward is not None and not done and world.settled(commitment.counts_toward).at(tick):
            return "superseded"
        if not world.readings.begun(commitment.of, tick, world.known_by):
            return "pending"
        if commitment.when.from_ is not None or commitment.mode in ("refrain", "maintain"):
            opens = world.window_opens(name)
            if opens is None or opens > tick:
                return "pending"
        if commitment.mode in ("refrain", "maintain"):
            return self._kept(account, tick)
        if done:
            return self._done(account, tick)
        if any(self.waits(name, tick)):
            return "blocked"
        if commitment.mode == "endeavour":
            return "in_progress" if world.account_amount(account).at(tick) > 0 else "due"
        found = world.breach_found(name) if world.agreement.verification.breach_found_by else None
        if found is not None and found <= tick:
            return "breached"
        low = world.account_amount(account).at(tick)
        if commitment.for_each is not None:
            late = bool(self.persons_late(account, tick))
        else:
            ceiling = commitment.amount is not None and commitment.amount.reading == "ceiling"
            late = not ceiling and low < world.curve(account, tick).required(tick)
        if late:
            return "overdue"
        return "in_progress" if low > 0 else "due"

    def _kept(self, account: Account, tick: int) -> Status:
        world = self.world
        if world.violations(account.name) or world.agreement.verification.breach_found_by:
            found = world.breach_found(account.name)
            broken = any(one.state == "verified" or not world.low for one in world.violations_within(account, tick))
            if broken or (found is not None and found <= tick):
                return "breached"
        if world.behind_rate(account).at(tick):
            return "overdue"
        end = world.period_end(account.name, tick)
        return "fulfilled" if end is not None and tick > end else "in_progress"

    def _done(self, account: Account, tick: int) -> Status:
        if self.world.commitment(account.name).mode == "endeavour":
            return "fulfilled"
        deadline = self.world.curve(account, tick).deadline(tick)
        done = self.done_at(account, tick)
        return "fulfilled_late" if deadline is not None and done is not None and done > deadline else "fulfilled"

    def done_at(self, account: Account, tick: int) -> int | None:
        """The first tick, up to this one, on which an account was complete or closed."""
        found = [self.world.complete(account).first(bool), self.world.closed(account).first(bool)]
        for steps in (self.world.complete(account), self.world.closed(account)):
            if steps.before:
                found.append(self.world.window_opens(account.name))
        return min((one for one in found if one is not None and one <= tick), default=None)

    def waits(self, name: str, tick: int) -> Iterator[Condition | str]:
        """The conditions that do not hold, and the powers that suspend."""
        for condition in self.world.commitment(name).requires:
            if not self.world.holds(condition).at(tick):
                yield condition
        for power, steps in self.world.suspended(name).items():
            if steps.at(tick):
                yield power

    def persons_late(self, account: Account, tick: int) -> list[str]:
        """The persons whose own time has passed and who are not done."""
        by = self.world.commitment(account.name).when.by
        if by is None:
            return []
        late = []
        for clock in self.world.clocks(account.name):
            due = self.world.last_tick(by, account.name, clock.started)
            done = clock.done(low=self.world.low)
            if clock.started <= tick and due is not None and due < tick and (done is None or done > tick):
                late.append(clock.person)
        return late


class _Question:
    """One call of `Evaluator.at`: the terms, worlds and readings that belong to it."""

    def __init__(self, evaluator: Evaluator, as_of: int, known_by: int, party: str | None) -> None:
        self.evaluator = evaluator
        self.agreement = evaluator.agreement
        self.book = evaluator.book
        self.clockwork = evaluator.clockwork
        self.as_of = as_of
        self.known_by = known_by
        readings = evaluator.readings
        self.stances = readings.live(as_of, known_by)
        self.text = readings.terms(as_of, known_by)
        own = self.stances.get(party) if party is not None else None
        self.terms = readings.terms(as_of, known_by, own) if own else self.text
        self.low = _Labels(evaluator.world(self.terms, known_by, low=True))
        self.high = _Labels(evaluator.world(self.terms, known_by, low=False))
        self.read_terms = {by: readings.terms(as_of, known_by, stances) for by, stances in self.stances.items()}
        self.patched: dict[str, set[str]] = {}
        for by, stances in self.stances.items():
            for target in _targets(stances):
                self.patched.setdefault(target, set()).add(by)
        self.touched = self._touched()

    def _touched(self) -> frozenset[str]:
        """The commitments that a live position patches, and all that depend on them in any reading."""
        if not self.patched:
            return frozenset()
        needs: dict[str, set[str]] = {}
        for terms in (self.text, *self.read_terms.values()):
            for name, others in terms.needs.items():
                needs.setdefault(name, set()).update(others)
        found = set(self.patched)
        while True:
            more = {name for name, others in needs.items() if name not in found and others & found}
            if not more:
                return frozenset(found)
            found |= more

    # --- one verdict -----------------------------------------------------------------------------------------------

    def verdict(self, name: str) -> Verdict:
        world, tick = self.low.world, self.as_of
        commitment = world.commitment(name)
        accounts = world.ledger.accounts[name]
        if len(accounts) == 1:
            account, status = accounts[0], self.low.account(accounts[0], tick)
        else:
            account, status = self.low.leading(name, tick)
        other = self.high.of(name, tick)
        kept = commitment.mode in ("refrain", "maintain")
        curve = world.curve(account, tick)
        amounts = self._amounts(account, kept)
        nominal, deadline = curve.nominal(tick), curve.deadline(tick)
        waits = list(self.low.waits(name, tick)) if status == "blocked" else []
        done = self.low.done_at(account, tick) if CLASS_OF[status] == "ok" else None
        readings = self._readings(name)
        past = 0
        if status == "blocked" and nominal is not None:
            past = max(0, self.clockwork.day_of(tick) - self.clockwork.day_of(nominal))
        return Verdict(
            id=name,
            status=status,
            disputed=self._disputed(name, account, status, other, readings),
            low=amounts[0],
            high=amounts[1],
            verified=amounts[2],
            conceded=amounts[3],
            claimed=amounts[4],
            total=None if kept else world.total(name).at(tick),
            unit=commitment.amount.unit if commitment.amount is not None else None,
            required=None if kept else curve.required(tick),
            deadline=self.clockwork.text(deadline),
            nominal_deadline=self.clockwork.text(nominal),
            past_nominal_days=past,
            late_steps=curve.missed(tick),
            blocked_by=tuple(_wait_text(wait) for wait in waits),
            blocked_by_doubtful=tuple(
                wait.label for wait in waits if isinstance(wait, Condition) and wait.doubtful
            ),
            closed=world.closed(account).at(tick),
            done_on=self.clockwork.day_text(done),
            readings=readings,
            find_evidence=self._evidence_finder(account),
            optional=self._optional(name, account, status),
        )  # fmt: skip

    def _amounts(
        self, account: Account, kept: bool
    ) -> tuple[int | None, int | None, int | None, int | None, int | None]:
        """low, high, verified, conceded, claimed."""
        if kept:
            return None, None, None, None, None
        tick, name = self.as_of, account.name
        if self.low.world.commitment(name).for_each is not None:
            return self._person_amounts(name)
        extra = self.low.world.counted_as_performed(name).at(tick)
        low_ledger, high_ledger = self.low.world.ledger, self.high.world.ledger
        figures, index = low_ledger.amounts(account), account.index(tick)
        twin = account if high_ledger is low_ledger else _twin(high_ledger, account)
        above, above_index = high_ledger.amounts(twin), twin.index(tick)
        if index < 0 and above_index < 0:
            return extra, extra, extra, None, extra
        verified, conceded, low = (figures.verified[index], figures.conceded[index], figures.low[index]) if index >= 0 else (0, None, 0)
        claimed = above.claimed[above_index]
        high = max(low, above.high[above_index])
        return low + extra, high + extra, verified + extra, conceded, claimed + extra

    def _person_amounts(self, name: str) -> tuple[int, int, int, int | None, int]:
        tick = self.as_of
        clocks = [clock for clock in self.low.world.clocks(name) if clock.started <= tick]

        def by(ticks: Iterator[int | None]) -> int:
            return sum(1 for one in ticks if one is not None and one <= tick)

        both = by(clock.both for clock in clocks)
        low = by(clock.done(low=True) for clock in clocks)
        high = by(clock.done(low=False) for clock in clocks)
        sides = self._sides_that_named(name)
        return low, high, by(clock.verified for clock in clocks), both if sides else None, by(clock.claimed for clock in clocks)

    def _sides_that_named(self, name: str) -> bool:
        account = self.low.world.ledger.accounts[name][0]
        if self.agreement.verification.conceded == "never":
            return False
        speakers = {
            entry.by
            for entry in account.entries
            if isinstance(entry, Perform) and entry.persons and self.book.stands(entry, self.known_by)
            and self.book.tick(entry, low=True) <= self.as_of
        }  # fmt: skip
        return bool(speakers & account.unit.debtors) and bool(speakers & account.unit.creditors)

    def _evidence_finder(self, account: Account) -> Any:
        evaluator, terms, known_by, as_of = self.evaluator, self.terms, self.known_by, self.as_of

        def find() -> Evidence:
            world = evaluator.world(terms, known_by, low=True)
            own = next(one for one in world.ledger.accounts[account.name] if one.unit.party == account.unit.party)
            return evidence_of(world, own, as_of)

        return find

    # --- disputes --------------------------------------------------------------------------------------------------

    def _readings(self, name: str) -> dict[str, Read]:
        if name not in self.touched:
            return {}
        commitment = self.text.commitments[name]
        parties = [*commitment.by, *(commitment.performed_by or ()), *commitment.to, *sorted(self.patched.get(name, ()))]
        found: dict[str, Read] = {}
        for party in dict.fromkeys(parties):
            terms = self.read_terms.get(party, self.text)
            labels = self.low if terms is self.terms else _Labels(self.evaluator.world(terms, self.known_by, low=True))
            world = labels.world
            accounts = world.ledger.accounts[name]
            account, status = (accounts[0], labels.account(accounts[0], self.as_of)) if len(accounts) == 1 else labels.leading(name, self.as_of)
            kept = world.commitment(name).mode in ("refrain", "maintain")
            found[party] = Read(
                status,
                None if kept else world.total(name).at(self.as_of),
                self.clockwork.text(world.curve(account, self.as_of).deadline(self.as_of)),
                tuple(_wait_text(wait) for wait in labels.waits(name, self.as_of)) if status == "blocked" else (),
            )
        return found

    def _disputed(
        self, name: str, account: Account, low: Status, high: Status, readings: dict[str, Read]
    ) -> tuple[str, ...]:
        found: list[str] = []
        if len({CLASS_OF[read.status] for read in readings.values()}) > 1:
            found.append("terms")
        if CLASS_OF[low] != "off":
            if CLASS_OF[low] != CLASS_OF[high]:
                found.append("facts" if self._contradicted(name, conditions=True) else "unverified")
            elif self._unsure_of_keeping(name, account):
                found.append("unverified")
        if self._declared(name):
            found.append("declared")
        return tuple(found)

    def _unsure_of_keeping(self, name: str, account: Account) -> bool:
        world = self.low.world
        if world.commitment(name).mode not in ("refrain", "maintain"):
            return False
        accounts = world.ledger.accounts[name]
        return any(
            world.unreported(one, self.as_of) > 0
            or any(violation.state != "verified" for violation in world.violations_within(one, self.as_of))
            for one in accounts
        )

    def _declared(self, name: str) -> bool:
        if not self.book.of_kind(Dispute):
            return False
        said = [
            entry
            for kind in (Dispute, Resolve)
            for entry in self.book.standing(kind, self.known_by)
            if name in entry.of and self.book.tick(entry, low=True) <= self.as_of
        ]
        return bool(said) and isinstance(max(said, key=self.book.order), Dispute)

    def _contradicted(self, name: str, *, conditions: bool) -> bool:
        """Whether the gap between the worlds rests on contradiction rather than on silence."""
        if self._spoken_against(name):
            return True
        if not conditions:
            return False
        low, high = self.low.world, self.high.world
        for condition in low.commitment(name).requires:
            if low.holds(condition).at(self.as_of) != high.holds(condition).at(self.as_of):
                for other in condition.commitments:
                    if other != name and self._spoken_against(other):
                        return True
        return False

    def _spoken_against(self, name: str) -> bool:
        world = self.high.world
        denials = {
            deny.by: deny
            for deny in self.book.denials.get(name, ())
            if self.book.stands(deny, self.known_by) and self.book.tick(deny, low=True) <= self.as_of
        }
        for account in self.low.world.ledger.accounts[name]:
            if account.is_contested(self.as_of):
                return True
            if world.commitment(name).mode in ("refrain", "maintain"):
                if self._violations_denied(account, denials):
                    return True
                continue
            voices = {*self._figures_at(account), *denials}
            if any(self._answers(account, top, voices) for top in self._tops(account)):
                return True
        return False

    def _violations_denied(self, account: Account, denials: dict[str, Deny]) -> bool:
        found = self.low.world.violations_within(account, self.as_of)
        return any(
            one.state in ("denied", "conflict") or any(by != one.by for by in denials) for one in found
        )

    def _figures_at(self, account: Account) -> dict[str, int]:
        amounts: Amounts = self.low.world.ledger.amounts(account)
        index = account.index(self.as_of)
        if index < 0:
            return {}
        return {speaker: figure[index] for speaker, figure in amounts.figures.items() if figure[index] >= 0}

    def _tops(self, account: Account) -> list[str]:
        figures = self._figures_at(account)
        top = max(figures.values(), default=0)
        return [speaker for speaker, figure in figures.items() if figure == top]

    def _answers(self, account: Account, top: str, voices: set[str]) -> bool:
        """Whether somebody on the other side than the one who claims most has spoken."""
        debtors, creditors = account.unit.debtors, account.unit.creditors
        others = (
            (creditors if top in debtors else frozenset())
            | (debtors if top in creditors else frozenset())
            | (debtors | creditors if top not in debtors | creditors else frozenset())
        )
        return bool((voices - {top}) & others)

    # --- what stands only where it applies -----------------------------------------------------------------------

    def _optional(self, name: str, account: Account, status: Status) -> dict[str, Any]:
        world, tick = self.low.world, self.as_of
        commitment = world.commitment(name)
        found: dict[str, Any] = {}
        if commitment.mode == "endeavour":
            nominal = world.curve(account, tick).nominal(tick)
            met = CLASS_OF[status] == "ok"
            found["endeavour"] = "met" if met else "unmet" if nominal is not None and nominal < tick else "open"
        if commitment.amount is not None and commitment.amount.accrues is not None:
            categories = world.owed(name).categories_at(tick)
            if categories:
                found["owed_by_category"] = categories
        if self.agreement.powers or self.book.by_kind:
            excused = world.excused(name).at(tick) if commitment.mode in ("achieve", "endeavour") else 0
            if excused:
                found["excused"] = excused
        if commitment.for_each is not None and commitment.mode == "achieve":
            found["persons_late"] = self.low.persons_late(account, tick)
        if commitment.mode in ("refrain", "maintain"):
            if unreported := world.unreported(account, tick):
                found["unreported_periods"] = unreported
            if violations := [one for one in world.violations_within(account, tick) if one.state == "verified"]:
                found["violations"] = len(violations)
            if (end := world.period_end(name, tick)) is not None:
                found["until"] = self.clockwork.text(end)
        if commitment.order and (breaks := self._order_breaks(name)):
            found["order_breaks"] = breaks
        if len(world.ledger.accounts[name]) > 1:
            found["parties"] = {
                cast(str, one.unit.party): self._party(one) for one in world.ledger.accounts[name]
            }
        return found

    def _party(self, account: Account) -> dict[str, Any]:
        kept = self.low.world.commitment(account.name).mode in ("refrain", "maintain")
        low, high, verified, conceded, claimed = self._amounts(account, kept)
        curve = self.low.world.curve(account, self.as_of)
        return {
            "status": self.low.account(account, self.as_of), "low": low, "high": high, "verified": verified,
            "conceded": conceded, "claimed": claimed, "deadline": self.clockwork.text(curve.deadline(self.as_of)),
        }  # fmt: skip

    def _order_breaks(self, name: str) -> list[str]:
        """Handovers of a later category while some of the earlier one were still to come."""
        breaks: dict[str, None] = {}
        world = self.low.world
        handed: list[tuple[str, tuple[tuple[str | None, int], ...]]] = []
        counted: set[str] = set()
        for account in world.ledger.accounts[name]:
            for entry in sorted(account.entries, key=self.book.order):
                if not isinstance(entry, Perform) or not self.book.stands(entry, self.known_by):
                    continue
                group = self.book.groups.get(entry.id)
                root = group[0].id if group else entry.id
                state = world.ledger.state_of(entry, account.unit, self.known_by)
                if state.claimed is None or root in counted or self.book.tick(entry, low=True) > self.as_of:
                    continue
                counted.add(root)
                handed.append((entry.id, portions(entry, account.unit.commitment)))
        for order in world.commitment(name).order:
            size = self._size_of(order.first)
            if size is None or self._size_of(order.before) is None:
                continue
            done = 0
            for entry_id, parts in handed:
                if done < size and any(self.agreement.is_within(cat, order.before) and n for cat, n in parts):
                    breaks[entry_id] = None
                done += sum(n for cat, n in parts if self.agreement.is_within(cat, order.first))
        return list(breaks)

    def _size_of(self, category: str) -> int | None:
        kind = self.agreement.categories[category]
        if kind.size is not None:
            return kind.size
        return self.low.world.persons.list_size(kind.list).at(self.as_of) if kind.list is not None else None

    # --- the whole -------------------------------------------------------------------------------------------------

    def warnings(self) -> Iterator[Warning]:
        """What in the journal changed nothing, and why; amendments that are only proposed."""
        world = self.low.world
        yield from self.evaluator.unknown_references()
        yield from world.power_warnings
        yield from self.evaluator.readings.proposals(self.as_of, self.known_by)
        for name, commitment in self.terms.commitments.items():
            yield from world.supersede_warnings(name)
            if commitment.amount is not None and commitment.amount.accrues is not None:
                for entry in world.owed(name).unpriced:
                    yield Warning(
                        "accrual_without_category", entry, f"{name} owes nothing for it: say its category, and that category's price"
                    )
            for account in world.ledger.accounts[name]:
                if account.unit.party is not None:
                    break
            else:
                continue
            yield from self._unattributed(name)

    def _unattributed(self, name: str) -> Iterator[Warning]:
        ids = {entry.id for account in self.low.world.ledger.accounts[name] for entry in account.entries}
        for entry in self.low.world.ledger.figures():
            if name in entry.of and entry.id not in ids and self.book.stands(entry, self.known_by):
                yield Warning("entry_without_party", entry.id, f"{name} is owed by several; say `party`, the one that acted")

    def balances(self) -> Iterator[dict[str, Any]]:
        """Each running account between two weighted commitments, as an interval."""
        for balance in self.agreement.balances:
            credits = {party: self._credit(balance.commitments[party]) for party in balance.parties}
            first, second = (credits[party] for party in balance.parties)
            yield {
                "id": balance.id, "unit": balance.unit, "parties": list(balance.parties),
                "low": first[0] - second[1], "high": first[1] - second[0],
                "credits": {party: list(credit) for party, credit in credits.items()},
            }  # fmt: skip

    def _credit(self, name: str) -> tuple[int, int]:
        world = self.low.world
        account = world.ledger.accounts[name][0]

        def weigh(handovers: Any) -> int:
            return sum(
                (self.agreement.price_of(one.category, "weight") or 0) * one.count for one in handovers if one.tick <= self.as_of
            )

        verified = weigh(verified_handovers(self.book, self.evaluator.judge, account, self.known_by, low=True))
        spoken = {
            speaker: weigh(said)
            for speaker, said in spoken_handovers(self.book, self.evaluator.judge, account, self.known_by, low=True).items()
        }
        debtors = [weight for speaker, weight in spoken.items() if speaker in account.unit.debtors]
        creditors = [weight for speaker, weight in spoken.items() if speaker in account.unit.creditors]
        low = verified
        if debtors and creditors and self.agreement.verification.conceded == "both_sides":
            low = max(low, min(max(debtors), max(creditors)))
        return low, max([low, *spoken.values()])

    def classification_disputes(self) -> Iterator[dict[str, Any]]:
        """Persons whom two parties place in different categories, and what each placing would owe."""
        placed: dict[str, dict[str, str]] = {}
        for one in self.agreement.classifications:
            tick = self.clockwork.span(one.on).last
            if tick <= self.as_of and tick <= self.known_by:
                placed.setdefault(one.person, {})[one.by] = one.as_
        for entry in self.book.standing(Classify, self.known_by):
            if self.book.tick(entry, low=True) <= self.as_of:
                placed.setdefault(entry.person, {})[entry.by] = entry.as_
        for person, said in placed.items():
            if len(set(said.values())) > 1:
                owed = {}
                for category in dict.fromkeys(said.values()):
                    brings = unit_price(self.agreement, category, 1, "counts_as", Counter())
                    owed[category] = dict(brings or {})
                yield {"person": person, "as": said, "owed": owed}


def _targets(stances: list[Stance]) -> set[str]:
    return {target for stance in stances for target in stance.reads}


def _wait_text(wait: Condition | str) -> str:
    return wait.label if isinstance(wait, Condition) else f"suspended:{wait}"


def _twin(ledger: Ledger, account: Account) -> Account:
    return next(one for one in ledger.accounts[account.name] if one.unit.party == account.unit.party)
