"""Where every commitment stands.

    evaluate(agreement, journal, as_of, known_by, party=None) -> Evaluation

`Evaluator` is the same with the journal indexed once and asked as often as needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from quittance.agreement.account import Account
from quittance.agreement.balances import balances, classification_disputes
from quittance.agreement.book import Book
from quittance.agreement.calendar import Clockwork
from quittance.agreement.disputes import disputed
from quittance.agreement.evidence import evidence_of
from quittance.agreement.journal import Journal, Perform
from quittance.agreement.judge import Judge
from quittance.agreement.labels import Labels
from quittance.agreement.ledger import Ledger
from quittance.agreement.model import Agreement, Condition
from quittance.agreement.order import order_breaks
from quittance.agreement.terms import Readings, Terms
from quittance.agreement.verdict import CLASS_OF, Evaluation, Evidence, Read, Status, Verdict, Warning
from quittance.agreement.world import World
from quittance.dates import Moment


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
        self._labels: dict[tuple[tuple[str, ...], bool], Labels] = {}
        self._known_by: int | None = None

    def at(self, as_of: Moment, known_by: Moment | None = None, party: str | None = None) -> Evaluation:
        """The evaluation as of one moment, known by another; a day means its end."""
        known = as_of if known_by is None else known_by
        if party is not None and party not in self.agreement.parties:
            raise KeyError(party)
        tick, by = self.clockwork.span(as_of).last, self.clockwork.span(known).last
        self._stand_at(by)
        question = Question(self, tick, by, party)
        return Evaluation(
            self.agreement.id, self.agreement.sha256, as_of, known, party, len(self.journal),
            tuple(question.verdict(commitment.id) for commitment in self.agreement.commitments),
            tuple(dict.fromkeys(question.warnings())), tuple(balances(question.low.world, tick)),
            tuple(classification_disputes(question.low.world, tick)),
        )  # fmt: skip

    def _stand_at(self, known_by: int) -> None:
        """Let every ledger know what was known at a tick; answers of worlds of another tick are dropped."""
        if self._known_by != known_by:
            self._labels.clear()
            self._known_by = known_by
            for ledger in self._ledgers.values():
                ledger.move_to(known_by)

    def labels(self, terms: Terms, known_by: int, *, low: bool) -> Labels:
        """The low or high world of some terms, as known at a tick."""
        self._stand_at(known_by)
        found = self._labels.get((terms.key, low))
        if found is None:
            ledger = self._ledger(terms, known_by, low=low)
            found = self._labels[terms.key, low] = Labels(World(self.readings, terms, ledger, known_by, low=low))
        return found

    def _ledger(self, terms: Terms, known_by: int, *, low: bool) -> Ledger:
        """The ledger of terms of this shape. By day the ticks of the two worlds are the same, and they share it."""
        own_ticks = low or not self.clockwork.instants
        key = (terms.shape, own_ticks)
        found = self._ledgers.get(key)
        if found is None:
            found = self._ledgers[key] = Ledger(self.agreement, self.book, self.judge, terms, low=own_ticks)
        found.move_to(known_by)
        return found

    @cached_property
    def unknown_references(self) -> tuple[Warning, ...]:
        """Entries that name a commitment or an entry that is nowhere; they change nothing."""
        return tuple(self._unknown_references())

    def _unknown_references(self) -> Iterator[Warning]:
        names = {commitment.id for commitment in self.agreement.commitments}
        for entry in self.journal:
            for name in getattr(entry, "of", None) or ():
                if name not in names:
                    yield Warning(
                        "unknown_reference", entry.id, f"no commitment `{name}` in the agreement; nothing changed"
                    )
            if (ref := getattr(entry, "ref", None)) is not None and ref not in self.book.by_id:
                yield Warning("unknown_reference", entry.id, f"no entry `{ref}` in the journal; nothing changed")


class Question:
    """One call of `Evaluator.at`: the terms, worlds and readings that belong to it."""

    def __init__(self, evaluator: Evaluator, as_of: int, known_by: int, party: str | None) -> None:
        self.evaluator = evaluator
        self.clockwork = evaluator.clockwork
        self.as_of = as_of
        self.known_by = known_by
        readings = evaluator.readings
        self.stances = readings.live(as_of, known_by)
        self.text = readings.terms(as_of, known_by)
        own = self.stances.get(party) if party is not None else None
        self.terms = readings.terms(as_of, known_by, own) if own else self.text
        self.low = evaluator.labels(self.terms, known_by, low=True)
        self.high = evaluator.labels(self.terms, known_by, low=False)
        self.read_terms = {by: readings.terms(as_of, known_by, stances) for by, stances in self.stances.items()}
        self.patched: dict[str, set[str]] = {}
        for by, stances in self.stances.items():
            for stance in stances:
                for target in stance.reads:
                    self.patched.setdefault(target, set()).add(by)
        self.touched = self._touched()

    def _touched(self) -> frozenset[str]:
        """The commitments that a live position patches, and all that depend on them in any reading."""
        found = set(self.patched)
        more = found
        while more:
            more = {
                name
                for terms in (self.text, *self.read_terms.values())
                for name, others in terms.needs.items()
                if name not in found and not others.isdisjoint(found)
            }
            found |= more
        return frozenset(found)

    def verdict(self, name: str) -> Verdict:
        """The verdict on one commitment."""
        world, tick = self.low.world, self.as_of
        commitment = world.commitment(name)
        account, status = self.low.leading(name, tick)
        kept = commitment.mode in ("refrain", "maintain")
        curve = world.curve(account, tick)
        low, high, verified, conceded, claimed = (None,) * 5 if kept else self._amounts(account)
        nominal = curve.nominal(tick)
        waits = list(self.low.waits(account, tick)) if status == "blocked" else []
        readings = self._readings(name)
        past = self.clockwork.day_of(tick) - self.clockwork.day_of(nominal) if waits and nominal is not None else 0
        return Verdict(
            id=name,
            status=status,
            disputed=disputed(name, self.low, self.high, tick, status, readings.values()),
            low=low,
            high=high,
            verified=verified,
            conceded=conceded,
            claimed=claimed,
            total=None if kept else world.owing.total(name).at(tick),
            unit=commitment.amount.unit if commitment.amount is not None else None,
            required=None if kept else self.low.required(account, tick),
            deadline=self.clockwork.text(curve.deadline(tick)),
            nominal_deadline=self.clockwork.text(nominal),
            past_nominal_days=max(0, past),
            late_steps=self.low.missed(account, tick),
            blocked_by=tuple(_text(wait) for wait in waits),
            blocked_by_doubtful=tuple(one.label for one in waits if isinstance(one, Condition) and one.doubtful),
            closed=self.low.facts(account).closed.at(tick),
            done_on=self.clockwork.day_text(self.low.done_at(account, tick)) if CLASS_OF[status] == "ok" else None,
            readings=readings,
            find_evidence=self._evidence_finder(account),
            optional=self._optional(name, account, status),
        )

    # --- figures ---------------------------------------------------------------------------------------------------

    def _amounts(self, account: Account) -> tuple[int, int, int, int | None, int]:
        """low, high, verified, conceded, claimed."""
        if self.low.world.commitment(account.name).for_each is not None:
            return self._persons(account)
        tick, extra = self.as_of, self.low.world.owing.withheld(account.name, "performed").at(self.as_of)
        below = account.amounts(tick)
        above = below
        if self.high.world.ledger is not self.low.world.ledger:
            twins = self.high.world.ledger.accounts[account.name]
            above = next(one for one in twins if one.key == account.key).amounts(tick)
        return (
            below.low + extra, max(below.low, above.high) + extra, below.verified + extra, below.conceded,
            above.claimed + extra,
        )  # fmt: skip

    def _persons(self, account: Account) -> tuple[int, int, int, int | None, int]:
        """The same counted person by person, of those whose clock has started."""
        clocks = [clock for clock in self.low.world.owing.clocks(account.name) if clock.counts_at(self.as_of)]

        def count(tick_of: Callable[[Any], int | None]) -> int:
            return sum(1 for clock in clocks if (tick := tick_of(clock)) is not None and tick <= self.as_of)

        return (
            count(lambda clock: clock.done(low=True)),
            count(lambda clock: clock.done(low=False)),
            count(lambda clock: clock.verified),
            count(lambda clock: clock.both) if self._both_sides_named(account) else None,
            count(lambda clock: clock.claimed),
        )

    def _both_sides_named(self, account: Account) -> bool:
        world = self.low.world
        speakers = {
            entry.by
            for entry in account.entries
            if isinstance(entry, Perform) and entry.persons and world.book.stands(entry, self.known_by)
            and world.tick(entry) <= self.as_of
        }  # fmt: skip
        return account.conceding and bool(speakers & account.unit.debtors) and bool(speakers & account.unit.creditors)

    def _evidence_finder(self, account: Account) -> Callable[[], Evidence]:
        evaluator, terms, known_by, as_of, key = self.evaluator, self.terms, self.known_by, self.as_of, account.key

        def find() -> Evidence:
            low, high = (evaluator.labels(terms, known_by, low=one).world for one in (True, False))
            return evidence_of(low, high, next(one for one in low.ledger.accounts[key[0]] if one.key == key), as_of)

        return find

    # --- readings --------------------------------------------------------------------------------------------------

    def _readings(self, name: str) -> dict[str, Read]:
        """The label of everybody concerned, each in his own reading, where a live position bears on the commitment."""
        if name not in self.touched:
            return {}
        commitment = self.text.commitments[name]
        parties = [
            *commitment.by,
            *(commitment.performed_by or ()),
            *commitment.to,
            *sorted(self.patched.get(name, ())),
        ]
        return {party: self._read(name, self.read_terms.get(party, self.text)) for party in dict.fromkeys(parties)}

    def _read(self, name: str, terms: Terms) -> Read:
        labels, tick = self.evaluator.labels(terms, self.known_by, low=True), self.as_of
        account, status = labels.leading(name, tick)
        kept = labels.world.commitment(name).mode in ("refrain", "maintain")
        return Read(
            status,
            None if kept else labels.world.owing.total(name).at(tick),
            self.clockwork.text(labels.world.curve(account, tick).deadline(tick)),
            tuple(_text(wait) for wait in labels.waits(account, tick)) if status == "blocked" else (),
        )

    # --- what stands only where it applies ---------------------------------------------------------------------------

    def _optional(self, name: str, account: Account, status: Status) -> dict[str, Any]:
        world, tick = self.low.world, self.as_of
        commitment = world.commitment(name)
        found: dict[str, Any] = {}
        if commitment.mode == "endeavour":
            nominal = world.curve(account, tick).nominal(tick)
            past = nominal is not None and nominal < tick
            found["endeavour"] = "met" if CLASS_OF[status] == "ok" else "unmet" if past else "open"
        if commitment.amount is not None and commitment.amount.accrues is not None:
            found["owed_by_category"] = world.owing.owed(name).categories_at(tick)
        if commitment.mode in ("refrain", "maintain"):
            found["unreported_periods"] = world.keeping.unreported(account, tick)
            violations = world.keeping.violations(account, tick)
            found["violations"] = sum(1 for one in violations if one.state == "verified")
            found["until"] = self.clockwork.text(world.keeping.end(name, tick))
        else:
            found["excused"] = world.owing.excused(name).at(tick)
        found["order_breaks"] = order_breaks(world, name, tick) if commitment.order else None
        found = {key: value for key, value in found.items() if value}
        if commitment.for_each is not None and commitment.mode == "achieve":
            found["persons_late"] = self.low.persons_late(account, tick)
        accounts = world.ledger.accounts[name]
        if len(accounts) > 1:
            found["parties"] = {one.unit.party: self._party(one) for one in accounts}
        return found

    def _party(self, account: Account) -> dict[str, Any]:
        kept = self.low.world.commitment(account.name).mode in ("refrain", "maintain")
        low, high, verified, conceded, claimed = (None,) * 5 if kept else self._amounts(account)
        deadline = self.low.world.curve(account, self.as_of).deadline(self.as_of)
        return {
            "status": self.low.of(account, self.as_of), "low": low, "high": high, "verified": verified,
            "conceded": conceded, "claimed": claimed, "deadline": self.clockwork.text(deadline),
        }  # fmt: skip

    def warnings(self) -> Iterator[Warning]:
        """What in the journal changed nothing, and why; amendments that are only proposed."""
        world = self.low.world
        yield from self.evaluator.unknown_references
        yield from self.evaluator.readings.refused(self.known_by)
        yield from world.exercised[1]
        yield from self.evaluator.readings.proposals(self.as_of, self.known_by)
        for name, commitment in self.terms.commitments.items():
            yield from world.replacements(name)[1]
            if commitment.amount is not None and commitment.amount.accrues is not None:
                for entry in world.owing.owed(name).unpriced:
                    said = f"{name} owes nothing for it: it states no category, or one without a price"
                    yield Warning("accrual_without_category", entry, said)
            accounts = world.ledger.accounts[name]
            if len(accounts) > 1:
                attributed = {one.id for account in accounts for one in account.entries}
                for one in world.ledger.figures():
                    if name in one.of and one.id not in attributed and world.book.stands(one, self.known_by):
                        said = f"{name} is owed by several; say `party`, the one that acted"
                        yield Warning("entry_without_party", one.id, said)


def _text(wait: Condition | str) -> str:
    return wait.label if isinstance(wait, Condition) else f"suspended:{wait}"
