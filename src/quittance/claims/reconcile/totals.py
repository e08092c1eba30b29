"""The checks of one figure against another for the same releasing side: mono, same, cross, own, correction.

`cross` is symmetrical: both sides get the verdict. Narration never makes an attributed claim conflicting; where the two
disagree, the narration is the conflicting one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from datetime import date
from itertools import accumulate, combinations

from quittance.claims.reconcile.figures import Figure, apart, made_of, under
from quittance.claims.reconcile.ledger import Ledger
from quittance.claims.reconcile.model import Check, Finding, Verdict
from quittance.claims.reconcile.scene import Scene, found
from quittance.claims.reconcile.wording import above_words, apart_words


def _by_side(ledger: Ledger, sort: str) -> dict[str, list[Figure]]:
    """The figures of one sort by claimant side, each in the order of the days."""
    sides: dict[str, list[Figure]] = {}
    for figure in ledger.of(sort):
        sides.setdefault(figure.side, []).append(figure)
    return dict(sorted(sides.items()))


def _unlike(figures: list[Figure]) -> list[Figure]:
    """One figure for each interval as printed, report and side: repeated claims are compared once."""
    seen: dict[tuple[object, ...], Figure] = {}
    for figure in figures:
        seen.setdefault((figure.printed, figure.low, figure.high, figure.side, figure.said), figure)
    return list(seen.values())


def _by_day(figures: list[Figure]) -> dict[date, list[Figure]]:
    """Figures by their as-of day."""
    days: dict[date, list[Figure]] = {}
    for figure in figures:
        days.setdefault(figure.since, []).append(figure)
    return days


def _weaker(scene: Scene, a: Figure, b: Figure) -> tuple[Figure, ...]:
    """The one of two that closes fewer exact sums, or fewer at all; both if they close as many."""
    of_a, of_b = ((scene.sums.support(f), len(scene.sums.closing(f))) for f in (a, b))
    if of_a == of_b:
        return (a, b)
    return (a,) if of_a < of_b else (b,)


def _finding(
    check: Check, ledger: Ledger, at: tuple[Figure, ...], a: Figure, b: Figure, words: str, verdict: Verdict
) -> Finding:
    """A finding that two figures disagree, for all claims that repeat the ones concerned."""
    concerned = [alike for figure in at for alike in ledger.alike(figure)]
    open_question = check == "cross" and ledger.who == "unstated" and len(at) > 1
    return found(check, "fails", concerned, (a, b), words, verdict, "definition" if open_question else "")


def mono(scene: Scene) -> Iterator[Finding]:
    """A total at a later day is not below an earlier one of the same key; the one with less support is conflicting.

    Where both close as many sums, it is the one that contradicts more of the key's totals; both if that is equal, too.
    """
    for ledger in scene.board.ledgers.values():
        for totals in _by_side(ledger, "total").values():
            for earlier, later, losers in _falling(scene, ledger, totals):
                yield _finding("mono", ledger, losers, later, earlier, above_words(earlier, later), "conflicting")


def _falling(scene: Scene, ledger: Ledger, totals: list[Figure]) -> Iterator[tuple[Figure, Figure, tuple[Figure, ...]]]:
    """Each fall of one side's running total: the earlier and the later figure, and which of them is conflicting."""
    unlike = _unlike(totals)
    against = _contradictions(unlike)
    standing: list[Figure] = []
    for later in unlike:
        keep = later.low is not None
        while standing and _falls(ledger, standing[-1], later):
            earlier = standing[-1]
            losers = _weaker(scene, earlier, later)
            if len(losers) > 1 and against[earlier.id] != against[later.id]:
                losers = (max(earlier, later, key=lambda f: against[f.id]),)
            yield earlier, later, losers
            if later in losers:
                keep = False
                break
            standing.pop()
        if keep:
            standing.insert(bisect_left(standing, later.low or 0, key=lambda f: f.low or 0), later)


def _contradictions(totals: list[Figure]) -> dict[str, int]:
    """For each total in the order of the days, how many earlier ones are above it and how many later ones below it."""
    count = dict.fromkeys((f.id for f in totals), 0)
    lows: list[int] = []
    highs: list[int] = []
    for figure in totals:
        if figure.high is not None:
            count[figure.id] += len(lows) - bisect_right(lows, figure.high)
        if figure.low is not None:
            insort(lows, figure.low)
    for figure in reversed(totals):
        if figure.low is not None:
            count[figure.id] += bisect_left(highs, figure.low)
        if figure.high is not None:
            insort(highs, figure.high)
    return count


def _falls(ledger: Ledger, earlier: Figure, later: Figure) -> bool:
    """Whether a running total falls between two days of two reports."""
    return earlier.since < later.since and under(later, earlier) and not ledger.together(earlier, later)


def same(scene: Scene) -> Iterator[Finding]:
    """Two figures of one key for one day that are apart: a later word of the same side supersedes; else fewer sums."""
    for ledger in scene.board.ledgers.values():
        for totals in _by_side(ledger, "total").values():
            for figures in _by_day(totals).values():
                for a, b in combinations(_unlike(figures), 2):
                    if not apart(a, b) or ledger.together(a, b):
                        continue
                    words = apart_words(a, b)
                    if a.narrated or a.said == b.said:
                        yield _finding("same", ledger, _weaker(scene, a, b), a, b, words, "conflicting")
                    else:
                        older = a if a.said < b.said else b
                        yield _finding("same", ledger, (older,), a, b, words, "superseded")


def cross(scene: Scene) -> Iterator[Finding]:
    """Figures of different claimant sides for one releasing side, definition and day, or a later one below an earlier.

    A running total never falls, so that a side's total also contradicts every higher total of an earlier day.
    """
    for ledger in scene.board.ledgers.values():
        for figures in _by_day(ledger.of("total")).values():
            for a, b in combinations(_unlike(figures), 2):
                if a.side != b.side and apart(a, b):
                    yield _crossing(ledger, a, b)
        yield from _late(scene, ledger)
        yield from _batches(ledger)


def _crossing(ledger: Ledger, a: Figure, b: Figure) -> Finding:
    """Both sides' figures, or the narrated one alone."""
    told = [f for f in (a, b) if f.narrated]
    return _finding("cross", ledger, tuple(told) if len(told) == 1 else (a, b), a, b, apart_words(a, b), "conflicting")


def _late(scene: Scene, ledger: Ledger) -> Iterator[Finding]:
    """Totals that lie under what another, named side gave for an earlier day, and did not fall below later."""
    sides = _by_side(ledger, "total").values()
    fallen = {f.id for totals in sides for _, _, losers in _falling(scene, ledger, totals) for f in losers}
    highest: dict[str, Figure] = {}
    pending: list[Figure] = []
    for figure in _unlike(ledger.of("total")):
        while pending and pending[0].since < figure.since:
            earlier = pending.pop(0)
            if earlier.side not in highest or (earlier.low or 0) > (highest[earlier.side].low or 0):
                highest[earlier.side] = earlier
        for side, top in sorted(highest.items()):
            if side != figure.side and under(figure, top):
                yield _crossing(ledger, top, figure)
        if not figure.narrated and figure.id not in fallen:
            pending.append(figure)


def _batches(ledger: Ledger) -> Iterator[Finding]:
    """Batches of one day by different sides, where neither is a sum or a part of what the other side gives."""
    for figures in _by_day([f for f in ledger.of("batch") if f.stated and not f.headline]).values():
        for a, b in combinations(_unlike(figures), 2):
            elsewhere = a.seat and b.seat and a.seat != b.seat
            if a.side != b.side and apart(a, b) and not elsewhere:
                told = {side: [f.printed or 0 for f in _unlike(figures) if f.side == side] for side in (a.side, b.side)}
                if not (made_of(a, told[b.side]) or made_of(b, told[a.side])):
                    yield _crossing(ledger, a, b)


def own(scene: Scene) -> Iterator[Finding]:
    """A total by a third party or an outlet above the side's own total of a later day is impossible.

    Beside its total of the same day it is conflicting: more may have been released after that was said.
    A later repetition of that own total by anybody counts, unless the side itself had given a higher one by then. A
    figure that the same origin repeats inherits the verdict.
    """
    for ledger in scene.board.ledgers.values():
        totals = ledger.of("total")
        caps = _own_totals(ledger.actor, totals)
        days = [day for day, _ in caps]
        lowest_from = list(accumulate(reversed(caps), _lower))[::-1]
        above: dict[tuple[int | None, str], Finding] = {}
        for figure in sorted(totals, key=lambda f: (f.day, f.id)):
            if figure.side in (figure.actor, figure.whose) or any(e.told for e in scene.sums.closing(figure)):
                continue
            first = bisect_left(days, figure.day)
            lowest = lowest_from[first] if first < len(caps) else None
            if lowest is not None and lowest[1].doc == figure.doc:
                lowest = min((cap for cap in caps[first:] if cap[1].doc != figure.doc), key=_height, default=None)
            repeated = above.get((figure.printed, figure.origin))
            if lowest is not None and under(lowest[1], figure):
                verdict: Verdict = "impossible" if figure.exact and lowest[0] > figure.day else "conflicting"
                words = above_words(figure, lowest[1])
                finding = found("own", "fails", (figure,), (lowest[1],), words, verdict)
                above[figure.printed, figure.origin] = finding
                yield finding
            elif repeated is not None:
                yield found("own", "fails", (figure,), repeated.claims, repeated.arithmetic, repeated.verdict)


def _height(cap: tuple[date, Figure]) -> tuple[int, date]:
    """What makes one own total a lower cap than another."""
    return cap[1].high or 0, cap[0]


def _lower(a: tuple[date, Figure], b: tuple[date, Figure]) -> tuple[date, Figure]:
    """The lower of two caps."""
    return min(a, b, key=_height)


def _own_totals(actor: str, totals: list[Figure]) -> list[tuple[date, Figure]]:
    """The side's own totals with an upper end, and their repetitions by anybody until the side gives a higher one.

    A total below what the side itself gave before caps nothing: its own series does not bear it out.
    """
    mine = sorted((f for f in totals if f.side == actor and f.printed is not None), key=lambda f: (f.since, f.id))
    days = [f.since for f in mine]
    highest = list(accumulate(mine, _higher))
    first = {f.printed: f.since for f in reversed(mine)}
    caps = []
    for figure in totals:
        known = bisect_right(days, figure.day)
        own_word = figure.side == actor
        repeated = figure.printed in first and first[figure.printed] <= figure.day
        outdated = known > 0 and under(figure, highest[known - 1])
        if figure.high is not None and (own_word or repeated) and not outdated:
            caps.append((figure.day, figure))
    return sorted(caps, key=lambda cap: (cap[0], cap[1].id))


def _higher(a: Figure, b: Figure) -> Figure:
    """The one of two totals with the higher lower end."""
    return a if (a.low or 0) >= (b.low or 0) else b
