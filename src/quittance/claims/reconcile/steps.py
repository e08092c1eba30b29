"""The checks of the steps of a series: sum, double, and the gaps that no stated batch covers."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise

from quittance.claims.model import Who
from quittance.claims.reconcile.figures import Figure
from quittance.claims.reconcile.ledger import Point, points
from quittance.claims.reconcile.model import Finding, Gap
from quittance.claims.reconcile.scene import Scene, found
from quittance.claims.reconcile.sums import Window, shortfalls, twins
from quittance.claims.reconcile.wording import day_words, gap_words, sum_words


def closing(scene: Scene) -> Iterator[Finding]:
    """Every sum that closes, with the claims that support each other through it."""
    for equation in scene.sums.equations:
        words = sum_words((p.printed for p in equation.terms), equation.total.printed)
        announced = any(p.announced for p in equation.terms)
        yield found("sum", "closes", equation.ids, (), words, flag="announced" if announced else "")


def over(scene: Scene) -> Iterator[Finding]:
    """Between two exact totals of one side, its own batches are more than the difference: double report or conflict."""
    for key, ledger in scene.board.ledgers.items():
        batches = scene.windows[key]
        for side in sorted({f.side for f in ledger.of("total") if not f.narrated}):
            totals = [p for p in points(f for f in ledger.of("total") if f.side == side) if p.exact]
            for earlier, later in pairwise(totals):
                between = [p for p in batches.between(earlier, later)[0] if side in p.sides and p.day < later.day]
                step, stated = later.printed - earlier.printed, sum(p.printed for p in between)
                if between and 0 <= step < stated:
                    terms = " + ".join(f"{p.printed:,}" for p in between)
                    words = f"{terms} = {stated:,} > {later.printed:,} - {earlier.printed:,} = {step:,}"
                    at = [f for p in (*between, later) for f in p.figures if f.side == side]
                    yield found("sum", "fails", at, earlier.ids, words, "conflicting")


def double(scene: Scene) -> Iterator[Finding]:
    """Two batches of one size within two days: one event if the sums leave no room for both, else one or two."""
    for _, a, b, room in _pairs(scene):
        words = f"{a.printed:,} on {day_words(a.day)} and {b.printed:,} on {day_words(b.day)}: "
        words += "one or two batches" if room is None else f"the sums leave room for {room:,} only, one batch"
        yield found("double", "flag", (*a.ids, *b.ids), (), words, flag="double")


def merged(scene: Scene) -> list[Figure]:
    """The figures of a scene, with the second report of a batch on the day of the first where it is one event.

    What another side gives for that batch in the same report moves along.
    """
    days = {(key, b.printed, b.day): a.day for key, a, b, room in _pairs(scene) if room is not None}
    moved: dict[tuple[str, str, date], date] = {}
    for figure in scene.board.figures:
        day = days.get(((figure.actor, figure.who), figure.printed or 0, figure.day))
        if figure.sort == "batch" and day is not None:
            moved[figure.doc, figure.actor, figure.day] = day
    return [
        replace(figure, begins=min(figure.begins, day), day=day, since=day)
        if figure.sort == "batch" and (day := moved.get((figure.doc, figure.actor, figure.day)))
        else figure
        for figure in scene.board.figures
    ]


def _pairs(scene: Scene) -> Iterator[tuple[tuple[str, Who], Point, Point, int | None]]:
    """The possible double reports of every series, with the room that its sums leave for both, if it is too little."""
    for key, ledger in scene.board.ledgers.items():
        batches = scene.windows[key]
        totals = [p for p in points(ledger.of("total")) if p.exact]
        levels = [p for p in points(ledger.of("left")) if p.exact]
        for i, j in twins(batches.batches):
            a, b = batches.batches[i], batches.batches[j]
            if not (a.announced or b.announced):
                rooms = (_room(steps, sign, batches, a, b) for steps, sign in ((totals, 1), (levels, -1)))
                yield key, a, b, next((room for room in rooms if room is not None), None)


def _room(steps: list[Point], sign: int, batches: Window, a: Point, b: Point) -> int | None:
    """What the nearest totals, or numbers remaining, around two batches leave for them, where it is less than both."""
    before = bisect_left(steps, a.day, key=lambda p: p.day) - 1
    after = bisect_left(steps, b.day, key=lambda p: p.day)
    if before < 0 or after == len(steps):
        return None
    must, _ = batches.between(steps[before], steps[after])
    others = sum(p.printed for p in must if p not in (a, b))
    room = sign * (steps[after].printed - steps[before].printed) - others
    return room if a.printed <= room < a.printed + b.printed else None


def gaps(scene: Scene, trusted: Callable[[Figure], bool]) -> list[tuple[Gap | None, Finding]]:
    """What lies between two figures beyond every stated batch. It contradicts nobody; the series does not close.

    A figure that only an outlet tells has such a sum, too, but leaves no gap in the series.
    """
    found_gaps: list[tuple[Gap | None, Finding]] = []
    for short in shortfalls(scene.board, scene.sums, scene.windows, trusted):
        remaining = any(f.sort == "left" for f in short.total.figures)
        terms = [p.printed for p in short.terms]
        words = gap_words(terms, short.total.printed, short.missing, remaining=remaining)
        ids = tuple(sorted({i for p in (*short.terms, short.total) for i in p.ids}))
        gap = None
        if any(trusted(f) for f in short.total.figures):
            gap = Gap(short.actor, short.who, short.terms[0].day, short.total.day, short.missing, ids, words)
        found_gaps.append((gap, found("sum", "gap", short.total.ids, ids, words, flag="gap")))
    return found_gaps
