"""The checks on who is counted: def, and on wholes and parts: parts, twice, and the two forms of one number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product

from quittance.claims.model import BOTH
from quittance.claims.reconcile.figures import Figure, apart, disjoint, one_form, place, rounded
from quittance.claims.reconcile.ledger import points
from quittance.claims.reconcile.model import Finding
from quittance.claims.reconcile.scene import Scene, found
from quittance.claims.reconcile.sums import LOOK_BACK
from quittance.claims.reconcile.wording import apart_words, number_words, sum_words

WIDE = frozenset({"unstated", "all_persons"})


def stated_definition(scene: Scene) -> Iterator[Finding]:
    """A figure whose words say who is counted differs from another for the same releasing side and day."""
    by_day: dict[tuple[object, ...], list[Figure]] = {}
    for figure in scene.board.figures:
        if figure.sort in ("total", "batch"):
            by_day.setdefault((figure.actor, figure.sort, figure.since), []).append(figure)
    for figures in by_day.values():
        if len({f.who for f in figures}) < 2:
            continue
        for narrow in (f for f in figures if f.who not in WIDE):
            other = next((f for f in figures if f.who != narrow.who and apart(f, narrow)), None)
            if other is not None and (narrow.sort == "total" or other.side == narrow.side):
                words = f"{number_words(narrow)} counts {narrow.who.replace('_', ' ')}; {apart_words(narrow, other)}"
                yield found("def", "fails", (narrow,), (other,), words, "other_definition")


def definition(scene: Scene, failing: Iterable[Finding]) -> Iterator[Finding]:
    """A figure that fails, but matches a part that its side attests, or a whole without that part.

    Narration has no side of its own: any named source's part explains it.
    """
    suspects = {i for finding in failing for i in finding.claims}
    parts = [f for f in scene.board.figures if f.sort == "part" and f.printed and not f.narrated]
    for figure in (f for f in scene.board.figures if f.id in suspects and f.sort == "total"):
        for part in parts:
            if part.actor != figure.actor or not (part.side == figure.side or figure.narrated):
                continue
            wholes = [w for w in scene.board.docs[part.doc] if w.actor == part.actor and w.sort in ("total", "batch")]
            whole = next((w for w in wholes if (w.printed or 0) > (part.printed or 0) and w.id != figure.id), None)
            words = _matches(figure, part, whole)
            if whole is not None and words:
                yield found("def", "fails", (figure,), (part, whole), words, "other_definition")
                break


def _matches(figure: Figure, part: Figure, whole: Figure | None) -> str:
    """The arithmetic by which a figure is the part, or the whole without it; empty if it is neither."""
    if whole is None or whole.printed is None or part.printed is None:
        return ""
    if part.printed == figure.printed and abs((part.day - figure.day).days) <= 31:
        return f"{number_words(part)} is a part of {number_words(whole)}"
    rest = whole.printed - part.printed
    low = None if whole.low is None or part.high is None else whole.low - part.high
    high = None if whole.high is None or part.low is None else whole.high - part.low
    lies = (figure.low is None or high is None or figure.low <= high) and (
        figure.high is None or low is None or low <= figure.high
    )
    if low is None or high is None or not lies or one_form(figure, whole):
        return ""
    return f"{whole.printed:,} - {part.printed:,} = {rest:,}, which fits {number_words(figure)}"


def parts(scene: Scene) -> Iterator[Finding]:
    """The parts of a whole sum to it within the intervals; else the narrated side of the sum is conflicting.

    A part is not above its whole; the numbers of all sides make the number said of both together.
    """
    wholes_of_both = [
        f for key, ledger in scene.board.ledgers.items() if key[0] == BOTH for f in ledger.of("total", "batch")
    ]
    for doc, figures in scene.board.docs.items():
        yield from _above_whole(figures)
        whole = next((f for f in wholes_of_both if f.doc == doc), None)
        if whole is not None:
            rivals = [w for w in wholes_of_both if w.day == whole.day]
            yield from _of_both(figures, [whole, *(w for w in rivals if w.id != whole.id)])


def _above_whole(figures: list[Figure]) -> Iterator[Finding]:
    """A part above every whole of its side in the report."""
    for part in (f for f in figures if f.sort == "part" and f.low is not None):
        wholes = [w for w in figures if (w.actor, w.side) == (part.actor, part.side) and w.sort in ("total", "batch")]
        if wholes and all(w.high is not None for w in wholes) and all((part.low or 0) > (w.high or 0) for w in wholes):
            at = [f for f in (part, *wholes) if f.narrated] or [part, *wholes]
            yield found(
                "parts",
                "fails",
                at,
                (part, *wholes),
                f"{number_words(part)} > {number_words(wholes[0])}",
                "conflicting",
            )


def _of_both(figures: list[Figure], wholes: list[Figure]) -> Iterator[Finding]:
    """The numbers of the sides in one report against every figure for both together on that day."""
    sides: dict[str, list[Figure]] = {}
    for figure in figures:
        fits = figure.sort in ("part", "batch", "total") and figure.low is not None and figure.day >= wholes[0].begins
        if figure.actor != BOTH and fits and figure.id not in {w.id for w in wholes}:
            sides.setdefault(figure.actor, []).append(figure)
    if len(sides) < 2:
        return
    choices = [list(_readings(stated)) for _, stated in sorted(sides.items())]
    for whole in wholes:
        sums: list[tuple[Figure, ...]] = [tuple(f for some in chosen for f in some) for chosen in product(*choices)]
        if all(_misses(terms, whole) for terms in sums):
            shortest = min(sums, key=lambda some: (len(some), [f.id for f in some]))
            terms = tuple(sorted(shortest, key=place))
            at = [f for f in (*terms, whole) if f.narrated] or [*terms, whole]
            words = (
                f"{sum_words((f.printed or f.low or 0 for f in terms), sum(f.printed or f.low or 0 for f in terms))}"
            )
            yield found("parts", "fails", at, (*terms, whole), f"{words}, against {number_words(whole)}", "conflicting")


def _readings(stated: list[Figure]) -> Iterator[tuple[Figure, ...]]:
    """The ways in which the numbers of one side can be its share: each alone, or all parts together."""
    yield from ((figure,) for figure in stated)
    together = tuple(f for f in stated if f.sort == "part")
    if len(together) > 1:
        yield together


def _misses(terms: tuple[Figure, ...], whole: Figure) -> bool:
    """Whether the sum of the terms cannot be the whole."""
    low = sum(f.low or 0 for f in terms)
    high = None if any(f.high is None for f in terms) else sum(f.high or 0 for f in terms)
    return (whole.high is not None and low > whole.high) or (
        whole.low is not None and high is not None and high < whole.low
    )


def twice(scene: Scene, failing: Iterable[Finding]) -> Iterator[Finding]:
    """A failing total that is the sum of two earlier totals: two running totals added? A probable cause."""
    suspects = {i for finding in failing if finding.verdict in ("impossible", "conflicting") for i in finding.at}
    for ledger in scene.board.ledgers.values():
        totals = points(ledger.of("total"))
        for at, point in enumerate(totals):
            if not suspects & set(point.ids):
                continue
            earlier = [p for p in totals[:at] if p.day < point.day and p.printed < point.printed][-LOOK_BACK:]
            for a, b in combinations(earlier, 2):
                if a.printed + b.printed == point.printed:
                    words = sum_words((a.printed, b.printed), point.printed)
                    yield found("twice", "flag", point.ids, (*a.ids, *b.ids), words, flag="twice")


def forms(scene: Scene) -> Iterator[Finding]:
    """One number in two forms: with and without a word that widens it, or rounded; the same event, no conflict."""
    for ledger in scene.board.ledgers.values():
        for sort in ("total", "batch"):
            days: dict[object, dict[tuple[int | None, str], list[Figure]]] = {}
            for figure in ledger.of(sort):
                of_day = days.setdefault(figure.since, {})
                of_day.setdefault((figure.printed, figure.modality), []).append(figure)
            for of_day in days.values():
                for these, those in combinations(of_day.values(), 2):
                    yield from _two_forms(these, those)


def _two_forms(these: list[Figure], those: list[Figure]) -> Iterator[Finding]:
    """The flag on the widened, or on the rounded form of a number."""
    a, b = these[0], those[0]
    words = f"{number_words(a)} and {number_words(b)}"
    if a.printed == b.printed and disjoint(a, b):
        widened = [f for f in (*these, *those) if not f.exact]
        yield found("form", "flag", widened, (*these, *those), words, flag="modality_shift")
    elif rounded(a.printed, b.printed):
        round_ones = these if (a.printed or 0) % 100 == 0 else those
        yield found("form", "flag", round_ones, (*these, *those), words, flag="rounded")
