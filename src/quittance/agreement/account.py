"""One account of performance on its own axis of ticks: who said what, what is verified, and the amounts that follow.

The entries that are known come and go as the tick of knowledge moves (`ledger`). Each change says from which place of
the axis on the amounts are stale, and only the rest is reckoned again: a journal that grows at its end costs little.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, repeat
from operator import add
from typing import NamedTuple

from quittance.agreement.journal import Level, Perform, Total
from quittance.agreement.judge import Unit
from quittance.agreement.steps import Steps

Sources = frozenset[str]
Figure = Perform | Total | Level


class Mark(NamedTuple):
    """A standing total or level: its place on the axis, position, entry id, number, and the commitments it names."""

    place: int
    seq: int
    entry: str
    number: int
    names: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Row:
    """Increments by place on the axis, and their running sum as far as it has been reckoned."""

    added: list[int]
    sums: list[int] = field(default_factory=list)

    def extend(self, start: int, stop: int) -> None:
        """Reckon the running sum again from a place on."""
        del self.sums[start:]
        before = self.sums[-1] if self.sums else 0
        self.sums.extend(accumulate(self.added[start + 1 : stop], initial=before + self.added[start]))


class Rows:
    """The rows of one voice, by the commitments that its handovers name, and their sum."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.by_sources: dict[Sources, Row] = {}
        self.whole: list[int] = []

    def row(self, sources: Sources) -> Row:
        """The row of handovers that name just these commitments."""
        found = self.by_sources.get(sources)
        if found is None:
            found = self.by_sources[sources] = Row([0] * self.size, [0] * len(self.whole))
        return found

    def extend(self, start: int, stop: int) -> None:
        """Reckon the sums again from a place on."""
        del self.whole[start:]
        total: list[int] | None = None
        for row in self.by_sources.values():
            row.extend(start, stop)
            total = row.sums[start:] if total is None else list(map(add, total, row.sums[start:]))
        self.whole.extend(total if total is not None else repeat(0, stop - start))


class Voice:
    """A figure over time: max(A, B), A from the newest total of the whole, B from the newest totals of its parts."""

    def __init__(self, account: Account, rows: Rows) -> None:
        self.account = account
        self.rows = rows
        self.totals: list[Mark] = []
        self.levels: list[Mark] = []
        self.figure: list[int] = []

    def extend(self, start: int, stop: int) -> None:
        """Reckon the figure again from a place on; the rows are reckoned already."""
        del self.figure[start:]
        passed = bisect_left(self.totals, start, key=lambda mark: mark.place)
        newest = self._newest_of(passed)
        at = start
        for mark in self.totals[passed:]:
            if mark.place > at:
                self.figure.extend(self.segment(newest, at, mark.place))
                at = mark.place
            newest.update(dict.fromkeys(mark.names, mark))
        self.figure.extend(self.segment(newest, at, stop))
        self._speak_by_level(start, stop)

    def _newest_of(self, count: int) -> dict[str, Mark]:
        """For each commitment named by the first `count` totals, the newest of them; looked up from the end."""
        newest: dict[str, Mark] = {}
        wanted = len(self.account.sources)
        for mark in reversed(self.totals[:count]):
            for name in mark.names:
                newest.setdefault(name, mark)
            if len(newest) == wanted:
                break
        return newest

    def segment(self, newest: dict[str, Mark], start: int, stop: int) -> list[int]:
        """The figure between two places while the same totals are the newest."""
        account, whole = self.account, self.rows.whole
        if not newest:
            return whole[start:stop]
        best: list[int] | None = None
        if (base := newest.get(account.name)) is not None:
            shift = base.number - self.done_by_end_of_day(whole, base.place)
            # On the day of a total its handovers are inside it, so the figure is not below the total.
            best = [
                value if value > base.number else base.number for value in map(add, whole[start:stop], repeat(shift))
            ]
            if len(account.sources) == 1:
                return best
        counted, covered = account.covering(newest)
        parts = [sum(counted.values())] * (stop - start)
        for sources, row in self.rows.by_sources.items():
            ends = [covered[name] for name in sources if name in covered]
            done = self.done_by_end_of_day(row.sums, max(ends)) if ends else 0
            parts = [
                part + (value - done if value > done else 0)
                for part, value in zip(parts, row.sums[start:stop], strict=True)
            ]
        return parts if best is None else list(map(max, best, parts))

    def done_by_end_of_day(self, sums: list[int], index: int) -> int:
        """A running sum at the end of the local day of a place."""
        return sums[min(self.account.day_end[index], len(sums) - 1)]

    def _speak_by_level(self, start: int, stop: int) -> None:
        """Let the newest level, once there is one, speak instead of the handovers."""
        amount = self.account.unit.commitment.amount
        if not self.levels or amount is None or amount.from_level is None:
            return
        for position, mark in enumerate(self.levels):
            first = max(mark.place, start)
            last = self.levels[position + 1].place if position + 1 < len(self.levels) else stop
            if first < last:
                self.figure[first:last] = repeat(max(0, amount.from_level - mark.number), min(last, stop) - first)


@dataclass(slots=True)
class Amounts:
    """What an account says at one place of its axis."""

    verified: int = 0
    conceded: int | None = None
    claimed: int = 0
    low: int = 0
    high: int = 0


class Account:
    """The entries of one unit that are now known, and verified, conceded, claimed, low and high over time."""

    def __init__(self, unit: Unit, larger: dict[str, str | None], *, conceding: bool) -> None:
        self.unit = unit
        self.name = unit.commitment.id
        self.key = (self.name, unit.party or "")
        self.larger = larger
        self.conceding = conceding
        self.sources: Sources = frozenset(name for name in larger if self.name in chain(name, larger))
        self.entries: list[Figure] = []
        self.lay_axis([], range(0))

    def lay_axis(self, ticks: list[int], day_end: Sequence[int]) -> None:
        """Set the ticks at which anything may change; `day_end` is for each the last place of its local day."""
        self.ticks = ticks
        self.day_end = day_end
        self.voices: dict[str, Voice] = {}
        self.times: dict[str, list[int]] = {}
        self.verified_rows = Rows(len(ticks))
        self.verified_voices: dict[str, Voice] = {"": Voice(self, self.verified_rows)}
        self.contested = [0] * len(ticks)
        self._stale_from = 0
        self._reach = 0
        self._verified: list[int] = []
        self._conceded: list[int | None] = []
        self._claimed: list[int] = []
        self._low: list[int] = []
        self._high: list[int] = []

    def voice(self, speaker: str) -> Voice:
        """A speaker's own figure."""
        found = self.voices.get(speaker)
        if found is None:
            found = self.voices[speaker] = Voice(self, Rows(len(self.ticks)))
            self.times[speaker] = [0] * len(self.ticks)
        return found

    def verified_voice(self, speaker: str) -> Voice:
        """The figure that a speaker's verified totals give, with all verified handovers after them."""
        return self.verified_voices.setdefault(speaker, Voice(self, self.verified_rows))

    def touch(self, index: int) -> None:
        """Something has changed at a place of the axis."""
        if index < self._stale_from:
            self._stale_from = index
        if index >= self._reach:
            self._reach = index + 1

    def put(self, marks: list[Mark], mark: Mark, *, comes: bool) -> None:
        """Let a total or level come or go."""
        if comes:
            insort(marks, mark)
        else:
            del marks[bisect_left(marks, mark)]
        self.touch(mark.place)

    # --- amounts ---------------------------------------------------------------------------------------------------

    def reckon(self) -> None:
        """Bring the amounts up to date from the first stale place on."""
        start, stop = self._stale_from, self._reach
        if start >= stop:
            return
        # A place never reached before must be filled from where the lists end.
        start = min(start, len(self._low))
        self.verified_rows.extend(start, stop)
        # A voice without totals says what all verified handovers say.
        heard = [voice for speaker, voice in self.verified_voices.items() if not speaker or voice.totals]
        for voice in heard:
            voice.extend(min(start, len(voice.figure)), stop)
        verified = [voice.figure[start:] for voice in heard]
        figures: dict[str, list[int]] = {}
        for speaker, voice in self.voices.items():
            voice.rows.extend(start, stop)
            voice.extend(start, stop)
            first = next((index for index, count in enumerate(self.times[speaker]) if count), stop)
            if first > start:
                voice.figure[start : min(first, stop)] = repeat(-1, min(first, stop) - start)
            figures[speaker] = voice.figure[start:]
        nothing = [0] * (stop - start)
        self._verified[start:] = largest(verified)
        self._claimed[start:] = largest([nothing, *figures.values()])
        debtors = [figure for speaker, figure in figures.items() if speaker in self.unit.debtors]
        creditors = [figure for speaker, figure in figures.items() if speaker in self.unit.creditors]
        if self.conceding and debtors and creditors:
            both = list(map(min, largest(debtors), largest(creditors)))
            self._conceded[start:] = [value if value >= 0 else None for value in both]
            self._low[start:] = map(max, self._verified[start:], both)
        else:
            self._conceded[start:] = repeat(None, stop - start)
            self._low[start:] = self._verified[start:]
        self._high[start:] = map(max, self._low[start:], self._claimed[start:])
        self._stale_from = stop

    def place(self, tick: int) -> int:
        """The last place of the axis that is reckoned and not after a tick; -1 before the first."""
        self.reckon()
        return min(bisect_right(self.ticks, tick), len(self._low)) - 1

    def amounts(self, tick: int) -> Amounts:
        """The amounts at a tick."""
        at = self.place(tick)
        if at < 0:
            return Amounts()
        return Amounts(self._verified[at], self._conceded[at], self._claimed[at], self._low[at], self._high[at])

    def figures(self, tick: int) -> dict[str, int]:
        """The figure of each speaker who gave one by a tick."""
        at = self.place(tick)
        if at < 0:
            return {}
        return {speaker: voice.figure[at] for speaker, voice in self.voices.items() if voice.figure[at] >= 0}

    def amount(self, *, low: bool) -> Steps[int]:
        """The low or high amount over time."""
        self.reckon()
        values = self._low if low else self._high
        return Steps(0, self.ticks[: len(values)], values[:])

    def series(self, name: str) -> list[tuple[int, int]]:
        """(tick, value) of `verified`, or of a speaker's own figure, where it changes: for charts."""
        self.reckon()
        values = self._verified if name == "verified" else self.voices[name].figure
        steps = Steps.of(-1, self.ticks[: len(values)], values)
        return [(tick, value) for tick, value in steps if value >= 0]

    def is_contested(self, tick: int) -> bool:
        """Whether some entry up to a tick is denied or in conflict."""
        return any(self.contested[: bisect_right(self.ticks, tick)])

    # --- parts of a whole --------------------------------------------------------------------------------------------

    def covering(self, newest: dict[str, Mark]) -> tuple[dict[str, int], dict[str, int]]:
        """For B: the totals of parts that count (entry id -> number), and the place up to which each source is covered.

        A part of a part is covered by the total of the part around it, where there is one.
        """
        counted: dict[str, int] = {}
        covered: dict[str, int] = {}
        for name in self.sources:
            if name == self.name:
                if name in newest:
                    covered[name] = newest[name].place
                continue
            around = chain(name, self.larger)
            below = around[: around.index(self.name)]
            speaking = next((newest[part] for part in reversed(below) if part in newest), None)
            if speaking is not None:
                counted[speaking.entry] = speaking.number
                covered[name] = speaking.place
        return counted, covered


def chain(name: str, larger: dict[str, str | None]) -> list[str]:
    """A commitment and all that it counts toward, from the nearest on."""
    found: list[str] = []
    link: str | None = name
    while link is not None and link not in found:
        found.append(link)
        link = larger.get(link)
    return found


def largest(figures: Iterable[list[int]]) -> list[int]:
    """The largest of several figures at each place."""
    figures = list(figures)
    return figures[0] if len(figures) == 1 else list(map(max, *figures))
