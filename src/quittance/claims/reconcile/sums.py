"""The one mechanism: totals at dates, the batches between them, and the equations that close exactly or do not.

The support of a figure is the number of exact sums that it closes. A sum that falls short is a gap, which contradicts
nobody: "unreported batches of at least N".
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from quittance.claims.model import Who
from quittance.claims.reconcile.figures import Figure, place, rounded
from quittance.claims.reconcile.ledger import Board, Ledger, Point, points

LOOK_BACK = 12
"""How many earlier totals a total is set against."""

FREE_TERMS = 8
"""How many terms of one window may be left out or kept to make its sum close."""

TWIN_DAYS = timedelta(days=2)
"""Two batches of one size this near may be one batch reported twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Equation:
    """`terms` that sum to `total`, in the order of the days."""

    actor: str
    who: Who
    terms: tuple[Point, ...]
    total: Point

    @property
    def exact(self) -> bool:
        """Whether every number in it is printed exactly by somebody."""
        return all(point.exact for point in (*self.terms, self.total))

    @property
    def ids(self) -> tuple[str, ...]:
        """All claims in it."""
        return tuple(sorted({i for point in (*self.terms, self.total) for i in point.ids}))

    @property
    def told(self) -> bool:
        """Whether a named source gives one of its numbers."""
        return any(point.told for point in (*self.terms, self.total))


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A total, the earlier one nearest to it with the batches since, and what remains between: `missing` people."""

    actor: str
    who: Who
    terms: tuple[Point, ...]
    total: Point
    missing: int


@dataclass(frozen=True, slots=True)
class Window:
    """The batches of a ledger as terms: which must be in a sum, and which may be left out of it."""

    batches: list[Point]
    free: frozenset[int]
    rivals: dict[tuple[date, int], list[tuple[date, int]]]
    wholes: tuple[Equation, ...]

    def once(self, terms: Sequence[Point], sums: Sums) -> list[Point]:
        """The terms with one of each two rivals: the one that closes more sums, or the larger one."""
        if not self.rivals:
            return sorted(terms, key=lambda p: (p.day, p.printed))
        here = {(p.day, p.printed): p for p in terms}
        lost = set()
        for own, point in here.items():
            for other in self.rivals.get(own, ()):
                if other in here and other > own:
                    pair = (point, here[other])
                    lost.add(min(pair, key=lambda p: (max(sums.support(f) for f in p.figures), p.printed)))
        return sorted((p for p in terms if p not in lost), key=lambda p: (p.day, p.printed))

    def between(self, after: Point, until: Point) -> tuple[list[Point], list[Point]]:
        """The terms after one day up to and with another: those that must be in the sum, and those that may.

        A batch of the first day itself may be in it if it was told later than the figure of that day.
        """
        on_day = bisect_left(self.batches, after.day, key=lambda p: p.day)
        first = bisect_right(self.batches, after.day, key=lambda p: p.day)
        last = bisect_right(self.batches, until.day, key=lambda p: p.day)
        must = [self.batches[i] for i in range(first, last) if i not in self.free]
        told_later = [p for p in self.batches[on_day:first] if p.told_on > after.told_on]
        return must, [*told_later, *(self.batches[i] for i in range(first, last) if i in self.free)]


def window(ledger: Ledger) -> Window:
    """The batches of a ledger as terms.

    Free are narrated and announced ones, those of one day that different sides give, second reports of one size, and
    wholes whose parts are terms themselves.
    """
    batches = points(f for f in ledger.of("batch", "planned") if f.stated)
    done = [p for p in batches if not p.announced]
    batches = [p for p in batches if not p.announced or not any(_fulfils(d, p) for d in _near(done, p))]
    free = {i for i, p in enumerate(batches) if p.announced or not p.told}
    free |= {j for _, j in twins(batches)}
    rivals: dict[tuple[date, int], list[tuple[date, int]]] = {}
    for i, p in enumerate(batches):
        for j in range(i + 1, min(i + 1 + LOOK_BACK, len(batches))):
            q = batches[j]
            if q.day == p.day and p.sides and q.sides and not q.sides & p.sides:
                free |= {i, j}
                rivals.setdefault((p.day, p.printed), []).append((q.day, q.printed))
                rivals.setdefault((q.day, q.printed), []).append((p.day, p.printed))
    closed = tuple(wholes(ledger.actor, ledger.who, batches))
    whole = {(equation.total.day, equation.total.printed) for equation in closed}
    free |= {i for i, p in enumerate(batches) if (p.day, p.printed) in whole}
    return Window(batches, frozenset(free), rivals, closed)


def _near(batches: Sequence[Point], point: Point) -> Sequence[Point]:
    """The batches within two days of a point."""
    first = bisect_right(batches, point.day - TWIN_DAYS - timedelta(days=1), key=lambda p: p.day)
    return batches[first : bisect_right(batches, point.day + TWIN_DAYS, key=lambda p: p.day)]


def _fulfils(done: Point, announced: Point) -> bool:
    """Whether a batch is what was announced."""
    return done.printed == announced.printed


def twins(batches: Sequence[Point]) -> Iterator[tuple[int, int]]:
    """Pairs of places of batches of one size on different days within two days of each other."""
    last: dict[int, int] = {}
    for j, point in enumerate(batches):
        i = last.get(point.printed)
        if i is not None and point.day - batches[i].day <= TWIN_DAYS:
            yield i, j
        last[point.printed] = j


def wholes(actor: str, who: Who, batches: Sequence[Point]) -> Iterator[Equation]:
    """Batches that are the sum of two or three others within two days, told by one of the same sides."""
    for i, whole in enumerate(batches):
        near = [
            p
            for p in batches[max(0, i - LOOK_BACK) : i + LOOK_BACK]
            if abs(p.day - whole.day) <= TWIN_DAYS and p.printed < whole.printed and p.sides & whole.sides
        ]
        for terms in _closing([], near[:LOOK_BACK], whole.printed, (2, 3)):
            yield Equation(actor, who, terms, whole)
            break


def _closing(
    must: Sequence[Point], may: Sequence[Point], wanted: int, sizes: Sequence[int]
) -> Iterator[tuple[Point, ...]]:
    """All ways to reach a number with every term that must be in it and some that may, fewest first."""
    short = wanted - sum(p.printed for p in must)
    if short < 0:
        return
    for size in sizes:
        for extra in combinations(may, size):
            if sum(p.printed for p in extra) == short and (must or extra):
                yield tuple(sorted((*must, *extra), key=lambda p: (p.day, p.printed)))


class Sums:
    """All sums of a board: the equations that close, how many close on a figure, and the shortfalls of the rest."""

    def __init__(self, board: Board, windows: Mapping[tuple[str, Who], Window]) -> None:
        """Find every equation: total + batches = total, level - batches = level, and the sums of one report."""
        found: list[Equation] = []
        for key, ledger in board.ledgers.items():
            found += _between_totals(ledger, windows[key])
            found += _between_levels(ledger, windows[key])
            found += windows[key].wholes
        for doc in board.docs:
            found += _in_report(board, doc)
        unlike: dict[tuple[str, str, tuple[int, ...], int], Equation] = {}
        for equation in sorted(found, key=lambda e: (e.total.day, e.total.printed, -len(e.ids), e.ids)):
            numbers = tuple(sorted(p.printed for p in equation.terms))
            unlike.setdefault((equation.actor, equation.who, numbers, equation.total.printed), equation)
        self.equations = tuple(unlike.values())
        self._exact = {id(equation) for equation in self.equations if equation.exact}
        self._support: dict[tuple[object, ...], int] = {}
        self._at: dict[tuple[str, str, int, date], list[Equation]] = {}
        for equation in self.equations:
            for printed, day in {(p.printed, p.day) for p in (*equation.terms, equation.total)}:
                self._at.setdefault((equation.actor, equation.who, printed, day), []).append(equation)

    def closing(self, figure: Figure) -> list[Equation]:
        """The equations in which a figure's number stands on its day, or on the day from which it is repeated."""
        if figure.printed is None:
            return []
        return [
            equation
            for day in sorted({figure.since, figure.day})
            for equation in self._at.get((figure.actor, figure.who, figure.printed, day), [])
        ]

    def support(self, figure: Figure) -> int:
        """How many exact sums close on a figure."""
        key = (figure.actor, figure.who, figure.printed, figure.since, figure.day)
        if key not in self._support:
            self._support[key] = len({id(e) for e in self.closing(figure)} & self._exact)
        return self._support[key]


def _between_totals(ledger: Ledger, batches: Window) -> Iterator[Equation]:
    """An earlier total and the batches after it that make a later total, or one announced for a later day."""
    totals, ahead = points(ledger.of("total")), points(ledger.of("forecast"))
    for later in (*totals, *ahead):
        before = bisect_right(totals, (later.day, -1), key=lambda p: (p.day, p.printed))
        for earlier in totals[max(0, before - LOOK_BACK) : before]:
            if 0 < earlier.printed < later.printed:
                must, may = batches.between(earlier, later)
                for terms in _closing(must, may[:FREE_TERMS], later.printed - earlier.printed, range(FREE_TERMS + 1)):
                    yield Equation(ledger.actor, ledger.who, (earlier, *terms), later)
                    break


def _between_levels(ledger: Ledger, batches: Window) -> Iterator[Equation]:
    """People remaining on one day, the batches after it, and those who remain on a later day."""
    levels = points(ledger.of("left"))
    for i, later in enumerate(levels):
        for earlier in levels[max(0, i - LOOK_BACK) : i]:
            if earlier.day < later.day and earlier.printed > later.printed:
                must, may = batches.between(earlier, later)
                for terms in _closing(must, may[:FREE_TERMS], earlier.printed - later.printed, range(FREE_TERMS + 1)):
                    yield Equation(ledger.actor, ledger.who, (*terms, later), earlier)
                    break


def _in_report(board: Board, doc: str) -> Iterator[Equation]:
    """A whole in one report that is the sum of its parts, or of what went and what is left, in the same report."""
    of_actor: dict[tuple[str, Who], list[Point]] = {}
    for figure in sorted(board.docs[doc], key=place):
        if figure.printed and figure.sort != "other":
            of_actor.setdefault((figure.actor, figure.who), []).append(Point.of([figure]))
    for (actor, who), stated in of_actor.items():
        for whole in stated[: 2 * LOOK_BACK]:
            terms = [p for p in stated if _may_be_in(p, whole)][:LOOK_BACK]
            for size in (2, 3):
                for parts in combinations(terms, size):
                    if sum(p.printed for p in parts) == whole.printed:
                        yield Equation(actor, who, parts, whole)


_INSIDE = {
    "batch": {"part"},
    "total": {"part"},
    "left": {"batch", "left"},
    "goal": {"batch", "left", "total"},
    "planned": {"batch", "left"},
    "forecast": {"total", "planned", "batch"},
}


def _may_be_in(part: Point, whole: Point) -> bool:
    """Whether a number may be a term of another one in the same report, by what the two are."""
    return part.printed < whole.printed and part.figures[0].sort in _INSIDE.get(whole.figures[0].sort, set())


def shortfalls(
    board: Board, sums: Sums, windows: Mapping[tuple[str, Who], Window], trusted: Callable[[Figure], bool]
) -> list[Shortfall]:
    """For each exact total, and each number remaining, that no sum closes: the least that no stated batch covers.

    Only totals that are `trusted` are set out from: those that somebody is named for.
    """
    found: list[Shortfall] = []
    for key, ledger in sorted(board.ledgers.items()):
        for kind in ("total", "left"):
            steps = [p for p in points(ledger.of(kind)) if p.exact]
            bases = [p for p in steps if any(trusted(f) for f in p.figures)]
            days = [p.day for p in bases]
            for later in steps:
                if any(sums.closing(f) for f in later.figures) or any(_rounds(later, p) for p in steps):
                    continue
                before = bisect_left(days, later.day)
                short = [
                    _short(kind, sums, windows[key], earlier, later)
                    for earlier in bases[max(0, before - LOOK_BACK) : before]
                ]
                likely = [(missing, terms) for missing, terms in short if missing > 0]
                if likely:
                    few = 1 if kind == "total" else -1
                    missing, terms = min(likely, key=lambda s: (s[0], few * len(s[1])))
                    found.append(Shortfall(ledger.actor, ledger.who, terms, later, missing))
    return found


def _rounds(point: Point, other: Point) -> bool:
    """Whether a total is the rounded form of another one of its day."""
    return point.day == other.day and point.printed % 100 == 0 and rounded(point.printed, other.printed)


def _short(kind: str, sums: Sums, batches: Window, earlier: Point, later: Point) -> tuple[int, tuple[Point, ...]]:
    """How many people lie between two totals, or two numbers remaining, beyond every batch stated between."""
    must, may = batches.between(earlier, later)
    terms = batches.once((*must, *may), sums)
    step = later.printed - earlier.printed if kind == "total" else earlier.printed - later.printed
    return step - sum(p.printed for p in terms), (earlier, *terms)
