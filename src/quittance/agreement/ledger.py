"""The journal as accounts that know only what was known at some tick, and that tick can be moved.

Built once for each shape of the terms. Every entry, attestation and retraction becomes a few small changes, each with
the tick of knowledge at which it takes effect; `move_to` applies those between one tick and the next, forwards or
backwards. A whole year seen day after day costs one pass over the journal.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quittance.agreement.account import Account, Figure, Mark, Sources
from quittance.agreement.book import Book
from quittance.agreement.bulk import bulk
from quittance.agreement.journal import Entry, Level, Perform, Total
from quittance.agreement.judge import Judge, Unit, units_of
from quittance.agreement.model import Agreement
from quittance.agreement.terms import Terms


@dataclass(slots=True)
class Brings:
    """What one entry brings to one account at some tick of knowledge; claimed is None while it brings nothing."""

    claimed: int | None = None
    verified: int = 0
    wholly: bool = False
    contested: bool = False


NOTHING = Brings()
Change = tuple[int, Account, list[int], int, int]
MarkChange = tuple[int, Account, list[Mark], Mark, bool]


class Ledger:
    """All accounts of one shape of the terms, at a movable tick of knowledge."""

    def __init__(self, agreement: Agreement, book: Book, judge: Judge, terms: Terms, *, low: bool) -> None:
        self.book = book
        self.judge = judge
        self.low = low
        larger = {name: commitment.counts_toward for name, commitment in terms.commitments.items()}
        conceding = agreement.verification.conceded == "both_sides"
        self.accounts: dict[str, tuple[Account, ...]] = {
            name: tuple(Account(unit, larger, conceding=conceding) for unit in units_of(commitment))
            for name, commitment in terms.commitments.items()
        }
        self.known_by = -(2**62)
        self._numbers: list[Change] = []
        self._marks: list[MarkChange] = []
        self._next_number = self._next_mark = 0
        self._plans: dict[tuple[str, ...], list[tuple[Account, Sources, dict[int, int]]]] = {}
        with bulk():
            self._lay_axes()
            self._enter_all()
            self._numbers.sort(key=lambda change: change[0])
            self._marks.sort(key=lambda change: change[0])

    def figures(self) -> Iterator[Figure]:
        """Every entry that gives a figure: handovers, totals, levels, each in the order of the journal."""
        yield from self.book.of_kind(Perform)
        yield from self.book.of_kind(Total)
        yield from self.book.of_kind(Level)

    # --- laying out ------------------------------------------------------------------------------------------------

    def _lay_axes(self) -> None:
        tick, low = self.book.tick, self.low
        ticks: defaultdict[tuple[str, ...], set[int]] = defaultdict(set)
        for entry in self.figures():
            ticks[tuple(entry.of)].add(tick(entry, low=low))
        for account in (one for accounts in self.accounts.values() for one in accounts):
            mine = [(names, found) for names, found in ticks.items() if account.sources.intersection(names)]
            axis = sorted(set().union(*(found for _, found in mine)))
            account.lay_axis(axis, self._day_ends(axis))
            places = {value: index for index, value in enumerate(axis)}
            for names, _ in mine:
                self._plans.setdefault(names, []).append((account, account.sources.intersection(names), places))

    def _day_ends(self, ticks: list[int]) -> Sequence[int]:
        if not self.book.clockwork.instants:
            return range(len(ticks))
        return [bisect_right(ticks, self.book.clockwork.end_of_day(tick)) - 1 for tick in ticks]

    def plan(self, entry: Figure) -> list[tuple[Account, Sources, dict[int, int]]]:
        """The accounts in which an entry counts, with those of their sources that it names and their places by tick."""
        found = self._plans.get(tuple(entry.of), [])
        if any(account.unit.party is not None for account, _, _ in found):
            return [one for one in found if attributed(entry, one[0].unit)]
        return found

    def _enter_all(self) -> None:
        tick, low, groups = self.book.tick, self.low, self.book.groups
        grouped: set[tuple[str, int]] = set()
        for entry in self.figures():
            at = tick(entry, low=low)
            for account, sources, places in self.plan(entry):
                account.entries.append(entry)
                if not isinstance(entry, Perform):
                    self._enter_mark(entry, account, places[at])
                elif entry.id not in groups:
                    self._enter_perform(entry, account, sources, places[at])
                elif (key := (groups[entry.id][0].id, id(account))) not in grouped:
                    grouped.add(key)
                    self._enter_group(groups[entry.id], account, places)

    def _enter_perform(self, entry: Perform, account: Account, sources: Sources, index: int) -> None:
        said, times = account.voice(entry.by).rows.row(sources).added, account.times[entry.by]
        before = NOTHING
        for known, now in self.history(entry, account.unit):
            if now.claimed != before.claimed:
                self._number(known, account, said, index, (now.claimed or 0) - (before.claimed or 0))
                self._number(known, account, times, index, (now.claimed is not None) - (before.claimed is not None))
            if now.verified != before.verified:
                row = account.verified_rows.row(sources).added
                self._number(known, account, row, index, now.verified - before.verified)
            if now.contested != before.contested:
                self._number(known, account, account.contested, index, now.contested - before.contested)
            before = now

    def _number(self, known: int, account: Account, row: list[int], index: int, change: int) -> None:
        if change:
            self._numbers.append((known, account, row, index, change))

    def _enter_mark(self, entry: Total | Level, account: Account, index: int) -> None:
        mark = Mark(index, entry.seq, entry.id, entry.n, tuple(name for name in entry.of if name in account.sources))
        amount = account.unit.commitment.amount
        if isinstance(entry, Level):
            if amount is None or amount.from_level is None:
                return
            said, verified = account.voice(entry.by).levels, account.verified_voices[""].levels
        else:
            said, verified = account.voice(entry.by).totals, account.verified_voice(entry.by).totals
        before = NOTHING
        for known, now in self.history(entry, account.unit):
            if (now.claimed is None) != (before.claimed is None):
                self._marks.append((known, account, said, mark, now.claimed is not None))
                self._number(known, account, account.times[entry.by], index, 1 if now.claimed is not None else -1)
            if now.wholly != before.wholly:
                self._marks.append((known, account, verified, mark, now.wholly))
            self._number(known, account, account.contested, index, now.contested - before.contested)
            before = now

    def _enter_group(self, members: list[Perform], account: Account, places: dict[int, int]) -> None:
        """One handover that several entries report: once in `verified`, once in each speaker's own figure."""
        mine = [one for one in members if account.sources.intersection(one.of) and attributed(one, account.unit)]
        turns = sorted({known for entry in mine for known in self.judge.turns(entry, account.unit)})
        before: dict[tuple[int, int], tuple[list[int], int]] = {}
        for known in turns:
            now: dict[tuple[int, int], tuple[list[int], int]] = {}
            for row, index, number in self._group_brings(mine, account, places, known):
                key = (id(row), index)
                now[key] = (row, number + (now[key][1] if key in now else 0))
            for key in {*before, *now}:
                row = (now.get(key) or before[key])[0]
                change = (now[key][1] if key in now else 0) - (before[key][1] if key in before else 0)
                self._number(known, account, row, key[1], change)
            before = now

    def _group_brings(
        self, members: list[Perform], account: Account, places: dict[int, int], known_by: int
    ) -> Iterator[tuple[list[int], int, int]]:
        spoken: set[str] = set()
        verified = False
        for entry in members:
            brings = self.brings(entry, account.unit, known_by)
            if brings.claimed is None:
                continue
            index, sources = places[self.book.tick(entry, low=self.low)], account.sources.intersection(entry.of)
            yield account.contested, index, int(brings.contested)
            if entry.by not in spoken:
                spoken.add(entry.by)
                yield account.voice(entry.by).rows.row(sources).added, index, brings.claimed
                yield account.times[entry.by], index, 1
            if brings.verified and not verified:
                verified = True
                yield account.verified_rows.row(sources).added, index, brings.verified

    # --- one entry -------------------------------------------------------------------------------------------------

    def history(self, entry: Figure, unit: Unit) -> Iterator[tuple[int, Brings]]:
        """What an entry brings to a unit at each tick of knowledge at which that may change."""
        if not self.judge.may_change(entry):
            yield self.book.known(entry), self._brings(self.judge.word(entry, unit))
            return
        for known in sorted(self.judge.turns(entry, unit)):
            yield known, self.brings(entry, unit, known)

    def brings(self, entry: Figure, unit: Unit, known_by: int) -> Brings:
        """What an entry brings to a unit as known at a tick."""
        if not self.book.stands(entry, known_by):
            return NOTHING
        return self._brings(self.judge.states(entry, unit, known_by))

    def _brings(self, states: Sequence[tuple[str, int]]) -> Brings:
        """The table of findings, part by part: what is rejected counts nowhere, what is verified counts in both."""
        if len(states) == 1:
            state, n = states[0]
            if state == "rejected":
                return NOTHING
            verified = state == "verified"
            return Brings(n, n if verified else 0, verified, state in ("denied", "conflict"))
        kept = [(state, n) for state, n in states if state != "rejected"]
        return Brings(
            sum(n for _, n in kept) if kept or not states else None,
            sum(n for state, n in kept if state == "verified"),
            bool(kept) and all(state == "verified" for state, _ in states),
            any(state in ("denied", "conflict") for state, _ in kept),
        )

    # --- the second axis -------------------------------------------------------------------------------------------

    def move_to(self, known_by: int) -> None:
        """Bring every account to what was known at a tick, forwards or backwards."""
        if known_by == self.known_by:
            return
        stop, start = bisect_right(self._numbers, known_by, key=lambda change: change[0]), self._next_number
        sign = 1 if stop >= start else -1
        for _, account, row, index, change in self._numbers[min(stop, start) : max(stop, start)]:
            row[index] += sign * change
            account.touch(index)
        self._next_number = stop
        stop, start = bisect_right(self._marks, known_by, key=lambda change: change[0]), self._next_mark
        steps = self._marks[min(stop, start) : max(stop, start)]
        for _, account, marks, mark, comes in steps if stop >= start else reversed(steps):
            account.put(marks, mark, comes=comes == (stop >= start))
        self._next_mark = stop
        self.known_by = known_by


def attributed(entry: Entry, unit: Unit) -> bool:
    """Whether an entry is about this unit: for one debtor's share, the debtor that acted or that speaks."""
    if unit.party is None:
        return True
    speaker = getattr(entry, "by", None)
    acting = getattr(entry, "party", None) or (speaker if speaker in unit.commitment.by else None)
    return acting == unit.party
