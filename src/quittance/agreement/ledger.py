"""The journal as running amounts: for each commitment, what each speaker says and what is verified, day by day.

Built once for each shape of the terms. What is known moves along a second axis: every entry, attestation and retraction
becomes a small change with the tick of knowledge at which it takes effect, and `move_to` applies the changes between one
tick and the next, forwards or backwards. A whole year seen day after day costs one pass over the journal.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import add

from quittance.agreement.book import Book, Figure
from quittance.agreement.journal import Entry, Level, Perform, Total
from quittance.agreement.judge import Judge, Unit, portions, units_of
from quittance.agreement.model import Agreement
from quittance.agreement.steps import Steps
from quittance.agreement.terms import Terms

Sources = frozenset[str]
Mark = tuple[int, int, str, int, tuple[str, ...]]
"""A standing total or level: index on the axis, seq, entry id, number, commitments named."""


@dataclass(slots=True)
class Amounts:
    """What an account says at each tick of its axis, as known at one tick."""

    verified: list[int]
    conceded: list[int | None]
    claimed: list[int]
    low: list[int]
    high: list[int]
    figures: dict[str, list[int]]
    """Each speaker's own figure; -1 before the first."""


class Account:
    """One unit's entries on its own axis of ticks, and the amounts that follow from those now known."""

    def __init__(self, unit: Unit, larger: dict[str, str | None]) -> None:
        self.unit = unit
        self.name = unit.commitment.id
        self.larger = larger
        self.sources: Sources = frozenset(name for name in larger if self.name in _chain(name, larger))
        self.ticks: list[int] = []
        self.day_end: Sequence[int] = ()
        self.said: dict[str, dict[Sources, list[int]]] = defaultdict(dict)
        self.times_said: dict[str, list[int]] = {}
        self.verified: dict[Sources, list[int]] = {}
        self.contested: list[int] = []
        self.totals: defaultdict[str, list[Mark]] = defaultdict(list)
        self.verified_totals: defaultdict[str, list[Mark]] = defaultdict(list)
        self.levels: defaultdict[str, list[Mark]] = defaultdict(list)
        self.verified_levels: list[Mark] = []
        self.entries: list[Figure] = []
        self._amounts: Amounts | None = None
        self.version = 0

    def changed(self) -> None:
        """Forget the amounts: an entry has come or gone."""
        self._amounts = None
        self.version += 1

    def said_by(self, speaker: str, sources: Sources) -> list[int]:
        """The increments of a speaker's handovers that name just these sources."""
        table = self.said[speaker]
        if sources not in table:
            table[sources] = [0] * len(self.ticks)
            self.times_said.setdefault(speaker, [0] * len(self.ticks))
        return table[sources]

    def verified_of(self, sources: Sources) -> list[int]:
        """The increments of verified handovers that name just these sources."""
        if sources not in self.verified:
            self.verified[sources] = [0] * len(self.ticks)
        return self.verified[sources]

    def times(self, speaker: str) -> list[int]:
        """How often a speaker gave a figure, by tick."""
        return self.times_said.setdefault(speaker, [0] * len(self.ticks))

    # --- amounts ---------------------------------------------------------------------------------------------------

    def amounts(self, conceded: bool) -> Amounts:
        """The three amounts and low and high at each tick, as now known (`conceded`: both sides' word counts)."""
        if self._amounts is None:
            self._amounts = self._reckon(conceded)
        return self._amounts

    def _reckon(self, with_conceded: bool) -> Amounts:
        size = len(self.ticks)
        nothing = [0] * size
        verified = self._verified(size)
        figures: dict[str, list[int]] = {}
        for speaker, times in self.times_said.items():
            first = next((index for index, count in enumerate(times) if count), size)
            if first < size:
                figure = self._figure(self.said.get(speaker, {}), self.totals.get(speaker, []), size)
                figure = self._with_levels(figure, self.levels.get(speaker, []))
                figures[speaker] = [-1] * first + figure[first:] if first else figure
        claimed = list(map(max, nothing, nothing, *figures.values())) if figures else nothing
        debtors = [figure for speaker, figure in figures.items() if speaker in self.unit.debtors]
        creditors = [figure for speaker, figure in figures.items() if speaker in self.unit.creditors]
        conceded: list[int | None]
        if with_conceded and debtors and creditors:
            ours, theirs = _largest(debtors), _largest(creditors)
            both = list(map(min, ours, theirs))
            conceded = [value if value >= 0 else None for value in both]
            low = list(map(max, verified, both))
        else:
            conceded = [None] * size
            low = verified
        return Amounts(verified, conceded, claimed, low, list(map(max, low, claimed)), figures)

    def _verified(self, size: int) -> list[int]:
        if not self.verified and not self.verified_totals and not self.verified_levels:
            return [0] * size
        result = self._figure(self.verified, [], size)
        for marks in self.verified_totals.values():
            if marks:
                result = list(map(max, result, self._figure(self.verified, marks, size)))
        return self._with_levels(result, self.verified_levels)

    def _with_levels(self, figure: list[int], marks: list[Mark]) -> list[int]:
        """A figure in which the newest level, once there is one, speaks instead of the handovers."""
        amount = self.unit.commitment.amount
        if not marks or amount is None or amount.from_level is None:
            return figure
        result = list(figure)
        for position, mark in enumerate(marks):
            stop = marks[position + 1][0] if position + 1 < len(marks) else len(figure)
            result[mark[0] : stop] = [max(0, amount.from_level - mark[3])] * (stop - mark[0])
        return result

    def _figure(self, said: dict[Sources, list[int]], marks: list[Mark], size: int) -> list[int]:
        """max(A, B) at each tick: A from the newest total of the whole, B from totals of its parts."""
        sums = {sources: list(accumulate(increments)) for sources, increments in said.items()}
        whole = _sum(sums.values(), size)
        if not marks:
            return whole
        result = whole[: marks[0][0]]
        newest: dict[str, Mark] = {}
        for position, mark in enumerate(marks):
            for name in mark[4]:
                if name in self.sources:
                    newest[name] = mark
            start, stop = mark[0], marks[position + 1][0] if position + 1 < len(marks) else size
            if start < stop:
                result += self._segment(newest, sums, whole, start, stop)
        return result

    def _segment(
        self, newest: dict[str, Mark], sums: dict[Sources, list[int]], whole: list[int], start: int, stop: int
    ) -> list[int]:
        best: list[int] | None = None
        if self.name in newest:
            base = newest[self.name]
            shift = base[3] - whole[self.day_end[base[0]]]
            best = [max(value + shift, base[3]) for value in whole[start:stop]]
            if len(self.sources) == 1:
                return best
        counted, covered = self.covering(newest)
        parts = [sum(counted.values())] * (stop - start)
        for sources, values in sums.items():
            ends = [covered[name] for name in sources if name in covered]
            done = values[self.day_end[max(ends)]] if ends else 0
            parts = [part + max(0, value - done) for part, value in zip(parts, values[start:stop], strict=True)]
        return parts if best is None else list(map(max, best, parts))

    def covering(self, newest: dict[str, Mark]) -> tuple[dict[str, int], dict[str, int]]:
        """For B: the totals of parts that count (entry id -> number), and up to which index each source is covered.

        A part of a part is covered by the total of the nearer part, where there is one.
        """
        counted: dict[str, int] = {}
        covered: dict[str, int] = {}
        for name in self.sources:
            chain = [] if name == self.name else [name, *self._between(name)]
            speaking = next((newest[link] for link in reversed(chain) if link in newest), None)
            if name == self.name:
                if name in newest:
                    covered[name] = newest[name][0]
            elif speaking is not None:
                counted[speaking[2]] = speaking[3]
                covered[name] = speaking[0]
        return counted, covered

    def _between(self, name: str) -> list[str]:
        """The commitments that `name` counts toward, below this one, from the nearest on."""
        found: list[str] = []
        up = self.larger.get(name)
        while up is not None and up != self.name and up not in found:
            found.append(up)
            up = self.larger.get(up)
        return found

    # --- reading off -----------------------------------------------------------------------------------------------

    def index(self, tick: int) -> int:
        """The index on the axis of the last tick not after `tick`; -1 before the first."""
        return bisect_right(self.ticks, tick) - 1

    def is_contested(self, tick: int) -> bool:
        """Whether some entry up to a tick is denied or in conflict."""
        return any(self.contested[: self.index(tick) + 1])


def _chain(name: str, larger: dict[str, str | None]) -> list[str]:
    found: list[str] = []
    link: str | None = name
    while link is not None and link not in found:
        found.append(link)
        link = larger.get(link)
    return found


def _largest(figures: list[list[int]]) -> list[int]:
    return figures[0] if len(figures) == 1 else list(map(max, *figures))


def _sum(lists: Iterable[list[int]], size: int) -> list[int]:
    result: list[int] | None = None
    for values in lists:
        result = values if result is None else list(map(add, result, values))
    return result if result is not None else [0] * size


@dataclass(slots=True)
class _State:
    """What one entry brings to one account at some tick of knowledge."""

    claimed: int | None
    verified: int
    contested: bool


Change = tuple[int, Account, list[int], int, int]
MarkChange = tuple[int, Account, list[Mark], Mark, bool]


class Ledger:
    """All accounts of one shape of the terms, at a movable tick of knowledge."""

    def __init__(self, agreement: Agreement, book: Book, judge: Judge, terms: Terms, *, low: bool) -> None:
        self.agreement = agreement
        self.book = book
        self.judge = judge
        self.low = low
        self.conceded = agreement.verification.conceded == "both_sides"
        larger = {name: commitment.counts_toward for name, commitment in terms.commitments.items()}
        self.accounts: dict[str, tuple[Account, ...]] = {
            name: tuple(Account(unit, larger) for unit in units_of(commitment))
            for name, commitment in terms.commitments.items()
        }
        self.larger = larger
        self.known_by = -(2**62)
        self._numbers: list[Change] = []
        self._marks: list[MarkChange] = []
        self._next_number = self._next_mark = 0
        self._plans: dict[tuple[str, ...], list[tuple[Account, Sources]]] = {}
        self._lay_axes()
        self._enter_all()
        self._numbers.sort(key=lambda change: change[0])
        self._marks.sort(key=lambda change: change[0])

    def figures(self) -> Iterator[Figure]:
        """Every entry that gives a figure, in the order of the journal."""
        for kind in (Perform, Total, Level):
            yield from self.book.of_kind(kind)

    def plan(self, entry: Figure) -> list[tuple[Account, Sources]]:
        """The accounts that an entry counts in, each with those of its sources that the entry names."""
        names = tuple(entry.of)
        found = self._plans.get(names)
        if found is None:
            found = []
            for account in (one for accounts in self.accounts.values() for one in accounts):
                if sources := account.sources & frozenset(names):
                    found.append((account, sources))
            self._plans[names] = found
        return [(account, sources) for account, sources in found if attributed(entry, account.unit)]

    def _lay_axes(self) -> None:
        low, ticks = self.low, defaultdict(set)
        tick = self.book.tick
        for entry in self.figures():
            ticks[tuple(entry.of)].add(tick(entry, low=low))
        gathered: defaultdict[int, set[int]] = defaultdict(set)
        accounts = [one for accounts in self.accounts.values() for one in accounts]
        for names, found in ticks.items():
            for number, account in enumerate(accounts):
                if account.sources & frozenset(names):
                    gathered[number] |= found
        for number, account in enumerate(accounts):
            account.ticks = sorted(gathered[number])
            account.contested = [0] * len(account.ticks)
            account.day_end = self._day_ends(account.ticks)

    def _day_ends(self, ticks: list[int]) -> Sequence[int]:
        if not self.book.clockwork.instants:
            return range(len(ticks))
        return [bisect_right(ticks, self.book.clockwork.end_of_day(tick)) - 1 for tick in ticks]

    def _enter_all(self) -> None:
        positions: dict[int, dict[int, int]] = {}
        grouped: set[str] = set()
        for entry in self.figures():
            tick = self.book.tick(entry, low=self.low)
            for account, sources in self.plan(entry):
                account.entries.append(entry)
                axis = positions.setdefault(id(account), {})
                if not axis:
                    axis.update((value, index) for index, value in enumerate(account.ticks))
                index = axis[tick]
                if isinstance(entry, Perform) and entry.id not in self.book.groups:
                    self._enter_perform(entry, account, sources, index)
                elif isinstance(entry, Perform):
                    key = f"{self.book.groups[entry.id][0].id} {account.name} {account.unit.party}"
                    if key not in grouped:
                        grouped.add(key)
                        self._enter_group(self.book.groups[entry.id], account, axis)
                else:
                    self._enter_mark(entry, account, index)

    def _enter_perform(self, entry: Perform, account: Account, sources: Sources, index: int) -> None:
        said, times = account.said_by(entry.by, sources), account.times(entry.by)
        if not self.judge.may_change(entry):
            known = self.book.known(entry)
            count = entry.count
            self._numbers.append((known, account, said, index, count))
            self._numbers.append((known, account, times, index, 1))
            verified = sum(
                n
                for category, n in portions(entry, account.unit.commitment)
                if self.judge.own_state(entry, account.unit, category) == "verified"
            )
            if verified:
                self._numbers.append((known, account, account.verified_of(sources), index, verified))
            return
        before = _State(None, 0, False)
        for known in sorted(self.judge.turns(entry, account.unit)):
            now = self.state_of(entry, account.unit, known)
            self._number(known, account, said, index, (now.claimed or 0) - (before.claimed or 0))
            self._number(known, account, times, index, (now.claimed is not None) - (before.claimed is not None))
            self._number(known, account, account.verified_of(sources), index, now.verified - before.verified)
            self._number(known, account, account.contested, index, now.contested - before.contested)
            before = now

    def _number(self, known: int, account: Account, row: list[int], index: int, change: int) -> None:
        if change:
            self._numbers.append((known, account, row, index, change))

    def state_of(self, entry: Figure, unit: Unit, known_by: int) -> _State:
        """What an entry brings to a unit as known at a tick: claimed (None: nothing), verified, contested."""
        if not self.book.stands(entry, known_by):
            return _State(None, 0, False)
        claimed, verified, contested, rejected = 0, 0, False, 0
        parts = portions(entry, unit.commitment)
        for category, n in parts:
            state = self.judge.state(entry, unit, category, known_by)
            if state == "rejected":
                rejected += 1
                continue
            claimed += n
            verified += n if state == "verified" else 0
            contested = contested or state in ("denied", "conflict")
        return _State(None if rejected == len(parts) else claimed, verified, contested)

    def _enter_group(self, members: list[Perform], account: Account, axis: dict[int, int]) -> None:
        """One handover that several entries report: once in `verified`, once in each speaker's own figure."""
        mine = [
            (entry, account.sources & frozenset(entry.of), axis[self.book.tick(entry, low=self.low)])
            for entry in members
            if account.sources & frozenset(entry.of) and attributed(entry, account.unit)
        ]
        turns = sorted({known for entry, _, _ in mine for known in self.judge.turns(entry, account.unit)})
        before: dict[tuple[int, int], tuple[list[int], int, int]] = {}
        for known in turns:
            now: dict[tuple[int, int], tuple[list[int], int, int]] = {}
            spoken: set[str] = set()
            verified = False
            for entry, sources, index in mine:
                state = self.state_of(entry, account.unit, known)
                if state.claimed is None:
                    continue
                rows = [(account.contested, int(state.contested))]
                if entry.by not in spoken:
                    spoken.add(entry.by)
                    rows += [(account.said_by(entry.by, sources), state.claimed), (account.times(entry.by), 1)]
                if state.verified and not verified:
                    verified = True
                    rows.append((account.verified_of(sources), state.verified))
                for row, number in rows:
                    key = (id(row), index)
                    now[key] = (row, index, number + (now[key][2] if key in now else 0))
            for key in {*before, *now}:
                row, index, _ = now.get(key) or before[key]
                change = (now[key][2] if key in now else 0) - (before[key][2] if key in before else 0)
                self._number(known, account, row, index, change)
            before = now

    def _enter_mark(self, entry: Total | Level, account: Account, index: int) -> None:
        mark: Mark = (index, entry.seq, entry.id, entry.n, tuple(entry.of))
        if isinstance(entry, Level):
            if account.unit.commitment.amount is None or account.unit.commitment.amount.from_level is None:
                return
            said, verified = account.levels[entry.by], account.verified_levels
        else:
            said, verified = account.totals[entry.by], account.verified_totals[entry.by]
        times = account.times(entry.by)
        before = _State(None, 0, False)
        for known in sorted(self.judge.turns(entry, account.unit)):
            now = self.state_of(entry, account.unit, known)
            is_verified = self.is_verified(entry, account.unit, known)
            was_verified = before.verified > 0
            if (now.claimed is None) != (before.claimed is None):
                self._marks.append((known, account, said, mark, now.claimed is not None))
                self._numbers.append((known, account, times, index, 1 if now.claimed is not None else -1))
            if is_verified != was_verified:
                self._marks.append((known, account, verified, mark, is_verified))
            self._number(known, account, account.contested, index, now.contested - before.contested)
            before = _State(now.claimed, int(is_verified), now.contested)

    def is_verified(self, entry: Figure, unit: Unit, known_by: int) -> bool:
        """Whether an entry stands and all of it is verified."""
        return self.book.stands(entry, known_by) and all(
            self.judge.state(entry, unit, category, known_by) == "verified"
            for category, _ in portions(entry, unit.commitment)
        )

    # --- the second axis -------------------------------------------------------------------------------------------

    def move_to(self, known_by: int) -> None:
        """Bring every account to what was known at a tick, forwards or backwards."""
        if known_by == self.known_by:
            return
        touched: dict[int, Account] = {}
        stop = bisect_right(self._numbers, known_by, key=lambda change: change[0])
        sign = 1 if stop >= self._next_number else -1
        for _, account, row, index, change in self._numbers[min(stop, self._next_number) : max(stop, self._next_number)]:
            row[index] += sign * change
            touched[id(account)] = account
        self._next_number = stop
        stop = bisect_right(self._marks, known_by, key=lambda change: change[0])
        steps = self._marks[min(stop, self._next_mark) : max(stop, self._next_mark)]
        forward = stop >= self._next_mark
        for _, account, marks, mark, comes in steps if forward else reversed(steps):
            if comes == forward:
                insort(marks, mark)
            else:
                del marks[bisect_left(marks, mark)]
            touched[id(account)] = account
        self._next_mark = stop
        for account in touched.values():
            account.changed()
        self.known_by = known_by

    def amounts(self, account: Account) -> Amounts:
        """The amounts of an account as now known."""
        return account.amounts(self.conceded)

    def amount(self, account: Account, *, low: bool) -> Steps[int]:
        """The account's low or high amount over time."""
        amounts = self.amounts(account)
        return Steps.of(0, account.ticks, amounts.low if low else amounts.high)


def attributed(entry: Entry, unit: Unit) -> bool:
    """Whether an entry is about this unit: for one debtor's share, the debtor that acted or that speaks."""
    if unit.party is None:
        return True
    acting = getattr(entry, "party", None)
    if acting is None and getattr(entry, "by", None) in unit.commitment.by:
        acting = getattr(entry, "by", None)
    return acting == unit.party
