"""The checks of a figure against what is fixed: promises, the calendar, and the verified record."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate

from quittance.claims.model import BOTH, Claim, Who
from quittance.claims.promises import Known, Promise
from quittance.claims.reconcile.figures import Figure, days_of
from quittance.claims.reconcile.model import Finding, Verdict
from quittance.claims.reconcile.scene import Scene, found
from quittance.claims.reconcile.wording import MONTHS, day_words, number_words
from quittance.claims.text import plain, sentences

NAMES = {"agreement": ("agreement", "deal", "accord", "pact"), "decree": ("decree",), "pledge": ()}
"""The words that name an instrument of each kind, where its promise gives none."""

_MONTH = "|".join(MONTHS)
_DAY = rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_MONTH})|({_MONTH})\.? (\d{{1,2}}))"
SIGNING = re.compile(rf"\b(?:signed|sealed|concluded|reached)\b[^.;]{{0,40}}?\b{_DAY}\b")
"""A signing and its day and month, in either order."""

ASCRIBED = re.compile(
    r"\b(?:agreed|stipulated|fixed|quoted|named|set|foreseen|mentioned|promised|written|provided for|called for)\b"
    r"[^.;]{0,70}",
    re.IGNORECASE,
)
"""The words after a number that ascribe it to what follows."""


def bound(scene: Scene) -> Iterator[Finding]:
    """A total is not above the highest number promised, owed or listed by then; `done + remaining = list` on one list.

    The highest number in force is the bound, so that a first stage does not bound the whole. A series that began
    before any agreement or list was made counts from another start: nothing bounds it.
    """
    for ledger in scene.board.ledgers.values():
        goals = [
            f for (actor, _), other in scene.board.ledgers.items() if actor == ledger.actor for f in other.of("goal")
        ]
        owed = [p for p in scene.board.promises if p.actor == ledger.actor]
        binding = [p.signed or date.min for p in owed if p.kind == "agreement"]
        binding += [g.said for g in goals if g.event in ("term", "list")]
        first = min((f.begins for f in ledger.of("total", "batch") if f.printed), default=date.max)
        if min(binding, default=date.max) > first:
            continue
        limits = [(g.said, max(g.high or 0, g.printed or 0), g.id) for g in goals]
        limits = sorted([*limits, *((p.signed or date.min, p.value, "") for p in owed)])
        highest = list(accumulate(limits, _higher))
        for figure in ledger.of("total"):
            by_then = bisect_right(limits, figure.day, key=lambda limit: limit[0])
            _, limit, source = highest[by_then - 1] if by_then else (date.min, 0, "")
            if limit and figure.low is not None and figure.low > limit:
                verdict: Verdict = "impossible" if figure.exact else "conflicting"
                words = f"{number_words(figure)} > {limit:,}"
                yield found("bound", "fails", (figure,), (source,) if source else (), words, verdict)
    yield from _lists(scene)


def _higher(a: tuple[date, int, str], b: tuple[date, int, str]) -> tuple[date, int, str]:
    """The one of two dated limits with the higher number."""
    return a if a[1] >= b[1] else b


def _lists(scene: Scene) -> Iterator[Finding]:
    """Released and remaining of one named list on one day make the list."""
    by_list: dict[tuple[str, str], list[Figure]] = {}
    for figure in scene.board.figures:
        definition = scene.claims[figure.id].definition
        if definition and definition.list and figure.exact:
            by_list.setdefault((figure.actor, definition.list), []).append(figure)
    for on_list in by_list.values():
        sizes = [f for f in on_list if f.sort == "goal"]
        for done in (f for f in on_list if f.sort == "total"):
            for left in (f for f in on_list if f.sort == "left" and f.day == done.day):
                for size in sizes[-1:]:
                    if (done.printed or 0) + (left.printed or 0) > (size.printed or 0):
                        words = f"{done.printed:,} + {left.printed:,} > {size.printed:,}"
                        yield found("bound", "fails", (done, left), (size,), words, "impossible")


def calendar(scene: Scene) -> Iterator[Finding]:
    """An event is not done after it was reported; a document is quoted with its own day and deadline."""
    for figure in scene.board.figures:
        if figure.event == "done" and figure.begins > figure.published:
            words = f"{day_words(figure.begins)} is after {day_words(figure.published)}, when it was reported"
            yield found("date", "fails", (figure,), (), words, "impossible", "date")
    signed: dict[str, set[date]] = {}
    for promise in scene.board.promises:
        if promise.signed:
            signed.setdefault(promise.instrument, set()).add(promise.signed)
    for claim in scene.claims.values():
        yield from _against_instrument(scene, claim, signed)


def _against_instrument(scene: Scene, claim: Claim, signed: dict[str, set[date]]) -> Iterator[Finding]:
    """The signing day and the deadline that a claim gives for an instrument, where they are not the instrument's."""
    key = claim.claimant.key
    if key in signed:
        said = days_of(claim.statement_date)
        if (
            said
            and not any(said[0] <= day <= said[1] for day in signed[key])
            and claim.statement_date != claim.published
        ):
            words = f"{claim.statement_date} for the signing; the agreement: {day_words(min(signed[key]))}"
            yield found("date", "flag", (claim.id,), (), words, flag="date")
        due = {p.deadline for p in scene.board.promises if (p.instrument, p.actor) == (key, claim.actor) and p.deadline}
        until = days_of(claim.deadline)
        if until and due and not any(until[0] <= day <= until[1] for day in due):
            words = f"{claim.deadline} as deadline; the agreement: {', '.join(day_words(d) for d in sorted(due))}"
            yield found("date", "flag", (claim.id,), (), words, flag="date")
    if claim.doc not in scene.texts:
        yield from _signing(scene, claim.text, (claim.id,))


def _signing(scene: Scene, text: str, at: tuple[str, ...]) -> Iterator[Finding]:
    """The day and month that a text gives for the signing of the one kind of instrument that it names."""
    match = SIGNING.search(text)
    if match is None:
        return
    named = int(match[1] or match[4]), MONTHS.index(match[2] or match[3]) + 1
    meant = [p for p in scene.board.promises if p.signed and _mentions(p, text[: match.end()])]
    days = {p.signed for p in meant if p.signed}
    if len({p.kind for p in meant}) == 1 and all((day.day, day.month) != named for day in days):
        words = f"{named[0]} {MONTHS[named[1] - 1]} for the signing; the agreement: {day_words(min(days))}"
        yield found("date", "flag", at, (), words, flag="date")


def signing(scene: Scene) -> Iterator[Finding]:
    """The signing day that a report gives for the instrument that its claims quote."""
    quoting: dict[str, set[str]] = {}
    keys = {p.instrument for p in scene.board.promises}
    for claim in scene.claims.values():
        if claim.claimant.key in keys and claim.doc in scene.texts:
            quoting.setdefault(claim.doc, set()).add(claim.id)
    for doc, claims in sorted(quoting.items()):
        for start, end in _spans(scene.texts[doc]):
            yield from _signing(scene, scene.texts[doc][start:end], tuple(sorted(claims)))


def _names(promise: Promise, claim: Claim, around: str) -> bool:
    """Whether words are about the instrument of a promise: the claim quotes it, or they or its note name it."""
    if claim.claimant.key == promise.instrument:
        return True
    if claim.claimant.role == "document":
        return False
    note = claim.extra.note if claim.extra and isinstance(claim.extra.note, str) else ""
    return promise.instrument in note or _mentions(promise, f"{around} {note}")


def _mentions(promise: Promise, text: str) -> bool:
    """Whether words that may name the instrument of a promise stand in a text."""
    words = promise.names or NAMES[promise.kind]
    return any(re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) for word in words)


@lru_cache(maxsize=512)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    """The places of the sentences of a report."""
    return tuple(sentences(plain(text)))


def _ascribed(scene: Scene, claim: Claim) -> str:
    """What a sentence says of a number after it, up to the document that it names: "agreed under the deal"."""
    text = scene.texts.get(claim.doc)
    after = claim.quantity_span[1] if claim.quantity_span else claim.span[0]
    if text is None:
        told = claim.text[after - claim.span[0] :]
    else:
        end = next((end for start, end in _spans(text) if start <= claim.span[0] < end), claim.span[1])
        told = text[after : max(end, claim.span[1])]
    match = ASCRIBED.search(told)
    return match[0] if match else ""


def instrument(scene: Scene) -> Iterator[Finding]:
    """A number that a claim ascribes to a document is a number of that document."""
    for figure in scene.board.figures:
        if figure.sort != "goal" or figure.printed is None or figure.event == "list":
            continue
        claim = scene.claims[figure.id]
        around = _ascribed(scene, claim)
        named = [p for p in scene.board.promises if p.kind == "agreement" and _names(p, claim, around)]
        numbers = {p.value for p in named if figure.actor in (p.actor, BOTH)}
        if not numbers or _fits(figure, {*(p.value for p in named), sum(p.value for p in named)}):
            continue
        others = [p for p in scene.board.promises if p.value == figure.printed and p.actor == figure.actor]
        theirs = f"; {figure.printed:,} is in {others[0].instrument}" if others else ""
        words = f"the document says {max(numbers):,}, not {figure.printed:,}{theirs}"
        yield found("instrument", "flag", (figure,), (), words, flag="misattributed")


def _fits(figure: Figure, numbers: set[int]) -> bool:
    """Whether one of the numbers lies in a figure's interval, or is printed so."""
    low, high = figure.low or 0, figure.high
    return any(n == figure.printed or (low <= n and (high is None or n <= high)) for n in numbers)


def record(scene: Scene) -> Iterator[Finding]:
    """A figure against the attested handovers up to its day, in its definition: inside is verified, else conflicting.

    A total that lies under what was verified before its day is impossible. A claim that does not state who is counted
    is set against the record of all persons.
    """
    record_of: dict[tuple[str, Who], list[Known]] = {}
    for known in sorted(scene.board.verified, key=lambda k: (k.day, k.total)):
        record_of.setdefault((known.actor, known.who), []).append(known)
    for figure in scene.board.figures:
        points = record_of.get((figure.actor, figure.who)) or (
            record_of.get((figure.actor, "all_persons"), []) if figure.who == "unstated" else []
        )
        if figure.sort not in ("total", "batch") or not points or not figure.stated:
            continue
        at_end, before = _known_on(points, figure.day), _known_on(points, figure.begins - timedelta(days=1))
        if figure.sort == "total" and at_end is not None:
            yield _against_record(figure, at_end, before)
        elif figure.sort == "batch" and at_end is not None and at_end != (before or 0):
            step = at_end - (before or 0)
            if _inside(figure, step):
                words = f"verified: {at_end:,} - {before or 0:,} = {step:,}" if before else f"verified: {step:,}"
                yield found("record", "verified", (figure,), (), words, "verified")
            elif (figure.low or 0) > step:
                yield found(
                    "record", "fails", (figure,), (), f"{number_words(figure)}; verified: {step:,}", "conflicting"
                )


def _against_record(figure: Figure, at_end: int, before: int | None) -> Finding:
    """A total against the record: inside, under what was verified before, or elsewhere."""
    words = f"{number_words(figure)}; verified: {at_end:,}"
    if _inside(figure, at_end):
        return found("record", "verified", (figure,), (), words, "verified")
    if figure.exact and before is not None and figure.high is not None and figure.high < before:
        return found(
            "mono", "fails", (figure,), (), f"{number_words(figure)} < {before:,} verified before", "impossible"
        )
    return found("record", "fails", (figure,), (), words, "conflicting")


def _inside(figure: Figure, number: int) -> bool:
    """Whether a number lies in a figure's interval; a vague figure holds no number."""
    if figure.low is None and figure.high is None:
        return False
    return (figure.low is None or figure.low <= number) and (figure.high is None or number <= figure.high)


def _known_on(points: list[Known], day: date) -> int | None:
    """The verified total at the end of a day, or None before the first point."""
    place = bisect_right(points, day, key=lambda k: k.day)
    return points[place - 1].total if place else None
