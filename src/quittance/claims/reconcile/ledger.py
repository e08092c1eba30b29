"""The figures of one releasing side and definition, in the order of their days, and the board of all of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from quittance.claims.model import Who
from quittance.claims.promises import Known, Promise
from quittance.claims.reconcile.figures import Figure, one_form, rounded


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """One number on one day, and all figures that give it: they are one term of a sum, however many reports say it.

    `exact` says whether anybody prints the number without widening it.
    """

    day: date
    printed: int
    figures: tuple[Figure, ...]
    exact: bool

    @classmethod
    def of(cls, figures: Sequence[Figure]) -> Point:
        """The point of figures that have one day and one printed number."""
        first = figures[0]
        return cls(first.since, first.printed or 0, tuple(figures), any(f.exact for f in figures))

    @property
    def told(self) -> bool:
        """Whether anybody is named for it: not narration only."""
        return any(not f.narrated for f in self.figures)

    @property
    def told_on(self) -> date:
        """When it was first told."""
        return min(f.said for f in self.figures)

    @property
    def announced(self) -> bool:
        """Whether nobody says that it happened, only that it would."""
        return all(f.sort in ("planned", "forecast") for f in self.figures)

    @property
    def sides(self) -> frozenset[str]:
        """The sides that give it."""
        return frozenset(f.side for f in self.figures if not f.narrated)

    @property
    def ids(self) -> tuple[str, ...]:
        """The claims that give it."""
        return tuple(sorted({f.id for f in self.figures}))


def points(figures: Iterable[Figure]) -> list[Point]:
    """Figures with a printed number, gathered by day and number, in the order of the days."""
    gathered: dict[tuple[date, int], list[Figure]] = {}
    for figure in figures:
        if figure.printed is not None:
            gathered.setdefault((figure.since, figure.printed), []).append(figure)
    return [Point.of(same) for _, same in sorted(gathered.items())]


@dataclass(slots=True)
class Ledger:
    """The figures of one releasing side and definition by what they are; each list is in the order of the days."""

    actor: str
    who: Who
    sorts: dict[str, list[Figure]] = field(default_factory=dict)
    _alike: dict[tuple[object, ...], list[Figure]] = field(default_factory=dict)

    def of(self, *sorts: str) -> list[Figure]:
        """All figures of these sorts in the order of their days."""
        found = [figure for sort in sorts for figure in self.sorts.get(sort, [])]
        return sorted(found, key=lambda f: (f.since, f.id)) if len(sorts) > 1 else found

    def alike(self, figure: Figure) -> list[Figure]:
        """Every figure of the ledger that says the same of the same day for the same claimant side."""
        if not self._alike:
            for each in (f for figures in self.sorts.values() for f in figures):
                self._alike.setdefault(_saying(each), []).append(each)
        return self._alike[_saying(figure)]

    def together(self, a: Figure, b: Figure) -> bool:
        """Whether some report gives both figures, so that its writer saw no contradiction in them."""
        return not {f.doc for f in self.alike(a)}.isdisjoint(f.doc for f in self.alike(b))


def _saying(figure: Figure) -> tuple[object, ...]:
    """What makes two figures of a ledger one word, however often it is printed."""
    return figure.sort, figure.since, figure.side, figure.printed, figure.low, figure.high


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the checks look at: ledgers, reports, promises and the verified record, as of one day."""

    figures: tuple[Figure, ...]
    ledgers: dict[tuple[str, Who], Ledger]
    docs: dict[str, list[Figure]]
    promises: tuple[Promise, ...]
    verified: tuple[Known, ...]
    as_of: date

    def without(self, dead: set[str]) -> Board:
        """The same board without the figures of some claims."""
        return board([f for f in self.figures if f.id not in dead], self.promises, self.verified, self.as_of)


def board(figures: Sequence[Figure], promises: Sequence[Promise], verified: Sequence[Known], as_of: date) -> Board:
    """Figures in their ledgers, each total with the first day for which its number was given."""
    ledgers: dict[tuple[str, Who], Ledger] = {}
    for figure in figures:
        ledger = ledgers.setdefault((figure.actor, figure.who), Ledger(figure.actor, figure.who))
        ledger.sorts.setdefault(figure.sort, []).append(figure)
    for ledger in ledgers.values():
        _sort_windows(ledger)
        batches = [f for f in ledger.of("batch") if f.stated]
        for sort in ("total", "left"):
            settled = _with_first_days(ledger.of(sort), batches if sort == "total" else [])
            ledger.sorts[sort] = sorted(settled, key=lambda f: (f.since, f.day, f.id))
    docs: dict[str, list[Figure]] = {}
    everything = [f for ledger in ledgers.values() for sort in ledger.sorts for f in ledger.of(sort)]
    everything.sort(key=lambda f: (f.day, f.published, f.id, f.actor))
    for figure in everything:
        docs.setdefault(figure.doc, []).append(figure)
    return Board(tuple(everything), ledgers, docs, tuple(promises), tuple(verified), as_of)


def _sort_windows(ledger: Ledger) -> None:
    """Totals of a period, which are running totals only if they run up to their report and nothing was before them.

    "Since Wednesday" counts from the start if nothing was released before; "in October 2020", or "in three days" in
    the middle of a series, is the batch of that period.
    """
    windows = [f for f in ledger.of("total") if f.begins < f.day]
    others = [f.day for f in ledger.of("total", "batch") if f.begins == f.day and f.stated and f.printed]
    first = min(others, default=date.max)
    parts = [f for f in windows if first < f.begins or f.day < min(f.said, f.published)]
    parts += _steps(ledger.of("total"))
    if parts:
        ledger.sorts["total"] = [f for f in ledger.of("total") if f not in parts]
        moved = [*ledger.of("batch"), *(replace(f, sort="batch") for f in parts)]
        ledger.sorts["batch"] = sorted(moved, key=lambda f: (f.day, f.published, f.id))


def _steps(totals: Sequence[Figure]) -> list[Figure]:
    """Numbers that their report calls totals, and that lead from an earlier total exactly to its other total."""
    first: dict[int, date] = {}
    by_report: dict[tuple[str, str], list[Figure]] = {}
    for figure in totals:
        if figure.printed:
            first[figure.printed] = min(figure.day, first.get(figure.printed, figure.day))
            by_report.setdefault((figure.doc, figure.side), []).append(figure)
    return [
        step
        for stated in by_report.values()
        for step in stated
        for total in stated
        if (step.printed or 0) < (total.printed or 0)
        and first.get((total.printed or 0) - (step.printed or 0), date.max) < total.day
    ]


def _with_first_days(totals: Sequence[Figure], batches: Sequence[Figure]) -> list[Figure]:
    """Totals with the day of the first figure that they repeat, or of the rounded form that they make exact.

    An outlet repeats what a named source gave before, everybody what his own side gave. A number is the exact form of a
    rounded one of the same side where no batch began between the two days.
    """
    begun = sorted(f.begins for f in batches)
    settled: list[Figure] = []
    given: dict[int | None, list[Figure]] = {}
    recent: dict[str, Figure] = {}
    for figure in sorted(totals, key=lambda f: (f.day, f.published, f.id)):
        before = given.setdefault(figure.printed, [])
        source = next((f for f in before if (figure.narrated or f.side == figure.side) and one_form(f, figure)), None)
        last = recent.get(figure.side)
        if source is None and last is not None and rounded(last.printed, figure.printed):
            between = bisect_right(begun, figure.day) - bisect_right(begun, last.day)
            source = None if between else last
        figure = replace(figure, since=source.since if source else figure.day)
        if all(unlike(figure, f) for f in before):
            before.append(figure)
        recent[figure.side] = figure
        settled.append(figure)
    return settled


def unlike(a: Figure, b: Figure) -> bool:
    """Whether two figures of one number differ in side or in the word that widens it."""
    return (a.side, a.modality) != (b.side, b.modality)
