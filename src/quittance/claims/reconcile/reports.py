"""The checks inside one report and on what a side later takes back: headline, inside, premature."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from quittance.claims.reconcile.figures import Figure, apart, made_of, one_form
from quittance.claims.reconcile.model import Finding
from quittance.claims.reconcile.scene import Scene, found
from quittance.claims.reconcile.wording import day_words, number_words, sum_words

AHEAD = frozenset({"planned", "forecast", "goal", "left"})


def headline(scene: Scene) -> Iterator[Finding]:
    """A headline that says done where the text says begun or planned, or gives a number that the text does not."""
    for figures in scene.board.docs.values():
        body = [f for f in figures if not f.headline]
        for head in (f for f in figures if f.headline):
            beside = [f for f in body if f.actor == head.actor]
            told = [f for f in beside if f.event == head.event and one_form(f, head)]
            if told or made_of(head, [f.printed or 0 for f in beside if f.event == head.event]):
                continue
            ahead = [f for f in beside if f.sort in AHEAD and f.event == "plan" and one_form(f, head)]
            other = [f for f in beside if f.sort == head.sort and f.event == head.event]
            if head.event == "done" and ahead:
                gone = [f for f in beside if f.sort == "batch"]
                part = f", {number_words(gone[0])} of {number_words(head)} done" if gone else ""
                words = f"headline: {number_words(head)} done; text: {number_words(ahead[0])} begun or planned{part}"
                yield found("headline", "fails", (head,), (*ahead, *gone), words, "superseded")
            elif other and all(apart(f, head) for f in other):
                words = f"headline: {number_words(head)}; text: {number_words(other[0])}"
                yield found("headline", "fails", (head,), other, words, "superseded")


def inside(scene: Scene) -> Iterator[Finding]:
    """Two totals, or two numbers remaining, for one thing in one report: both are kept and flagged."""
    for figures in scene.board.docs.values():
        for a, b in combinations([f for f in figures if f.sort in ("total", "left")], 2):
            alike = (a.actor, a.who, a.sort, a.event) == (b.actor, b.who, b.sort, b.event)
            alike = alike and (a.side == b.side or a.narrated or b.narrated)
            one_day = abs((a.day - b.day).days) <= 2 or not (a.stated and b.stated)
            if alike and one_day and a.printed != b.printed and not (a.headline or b.headline):
                words = f"{number_words(a)} and {number_words(b)} in one report"
                yield found("inside", "flag", (a, b), (), words, flag="inside")


def premature(scene: Scene) -> Iterator[Finding]:
    """Done, but the same side later says that it was not, or dates it later; a whole with such a part goes along."""
    for (actor, who), ledger in scene.board.ledgers.items():
        done = ledger.of("total", "batch")
        dead: dict[str, Figure] = {}
        for later in ledger.of("denied", "forecast"):
            wanted = "total" if later.sort == "forecast" else "batch"
            for early in done:
                if _taken_back(early, later, wanted):
                    dead[early.id] = early
                    yield found("premature", "fails", (early,), (later,), _why(scene, early, later), "superseded")
        moved = {(f.day, f.side) for f in ledger.of("forecast") if any(_taken_back(d, f, "total") for d in done)}
        for later in (f for f in ledger.of("planned") if (f.day, f.side) in moved):
            for early in ledger.of("batch"):
                if _taken_back(early, later, "batch"):
                    dead[early.id] = early
                    yield found("premature", "fails", (early,), (later,), _why(scene, early, later), "superseded")
        for equation in scene.windows[actor, who].wholes:
            gone = {i for term in equation.terms for i in term.ids if i in dead}
            if gone:
                words = sum_words((p.printed for p in equation.terms), equation.total.printed)
                yield found("premature", "fails", equation.total.ids, equation.ids, words, "superseded")


def _taken_back(early: Figure, later: Figure, sort: str) -> bool:
    """Whether a later word of the same side says that what was called done is still to come."""
    if early.sort != sort or early.side != later.side or early.narrated or early.printed != later.printed:
        return False
    if early.id == later.id or later.said < early.said:
        return False
    near = abs((later.said - early.day).days) <= 7
    return near and (
        later.sort == "denied" or ((later.stated or later.sort == "forecast") and later.begins > early.day)
    )


def _why(scene: Scene, early: Figure, later: Figure) -> str:
    """What the later word says, and the sum that the later figure closes."""
    word = "not yet" if later.sort == "denied" else f"for {day_words(later.day)}"
    sums = [e for e in scene.sums.closing(later) if len(e.terms) > 1]
    closed = f"; {sum_words((p.printed for p in sums[0].terms), sums[0].total.printed)}" if sums else ""
    return f"{number_words(early)} done by {day_words(early.day)}; later: {number_words(later)} {word}{closed}"
