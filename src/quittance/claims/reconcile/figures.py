"""A claim as a figure: an interval at a day in a series, with who says it and from which origin.

Everything that reconciliation compares is a figure. Two figures are apart only if their intervals are disjoint and they
are not one number in two forms ("over 850" and "850", 2,700 and 2,710).
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from quittance.claims.model import BOTH, OUTLET, Claim, Who

SORTS = {
    ("done", "cumulative"): "total",
    ("done", "batch"): "batch",
    ("done", "remaining"): "batch",
    ("done", "component"): "part",
    ("dispute", "component"): "part",
    ("plan", "cumulative"): "forecast",
    ("plan", "batch"): "planned",
    ("plan", "target"): "goal",
    ("plan", "remaining"): "left",
    ("held", "remaining"): "left",
    ("reject", "remaining"): "refused",
    ("dispute", "remaining"): "refused",
    ("reject", "batch"): "denied",
    ("reject", "cumulative"): "denied",
    ("term", "target"): "goal",
    ("demand", "target"): "goal",
    ("list", "list"): "goal",
}
"""What a number is, by event and kind; anything else is a figure that no sum uses."""

EACH = re.compile(r"\beach\b", re.IGNORECASE)
"""The word that makes a number said of both sides one of each."""

WINDOW = re.compile(r"\bwindow (\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2})")
"""How the note of a claim names the days over which its number was counted."""

SOFT = frozenset({"about", "nearly"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of one claim.

    `begins` to `day` are the days of its event (`day` its as-of day), `stated` whether the text gives them, `said` when
    it was said, `since` the first day for which this number was given, where it repeats an earlier total. `printed` is
    the number as printed; `low` and `high` the interval, open where None; `doc` the report; `whose` the people;
    `seat` the place, where two batches of one day may differ.
    """

    id: str
    doc: str
    actor: str
    whose: str
    who: Who
    side: str
    key: str
    sort: str
    begins: date
    day: date
    stated: bool
    said: date
    published: date
    low: int | None
    high: int | None
    printed: int | None
    modality: str
    origin: str
    headline: bool
    anonymous: bool
    seat: str
    event: str
    since: date

    @property
    def narrated(self) -> bool:
        """Whether an outlet tells it in its own words, or on its own authority."""
        return self.side == OUTLET

    @property
    def exact(self) -> bool:
        """Whether the number is printed without any word that widens it."""
        return self.modality == "exact"

    @property
    def soft(self) -> bool:
        """Whether the interval is a convention ("about", "nearly"), so that it never gives impossible."""
        return self.modality in SOFT


def days_of(text: str | None) -> tuple[date, date] | None:
    """First and last day of an ISO day, a month or `start/end`; None without one. Raises `ValueError` if it is none.

    >>> days_of("2020-02")
    (datetime.date(2020, 2, 1), datetime.date(2020, 2, 29))
    """
    if not text:
        return None
    first, _, last = text.partition("/")
    return _edge(first, last=False), _edge(last or first, last=True)


def _edge(text: str, *, last: bool) -> date:
    """The day, or the first or last day of the month or year, that an ISO text names."""
    if len(text) == len("2020"):
        return date(int(text), 12, 31) if last else date(int(text), 1, 1)
    if len(text) == len("2020-02"):
        year, month = int(text[:4]), int(text[5:])
        return date(year, month, calendar.monthrange(year, month)[1] if last else 1)
    return date.fromisoformat(text)


def printed_on(claim: Claim) -> date | None:
    """The day from which a claim is public: its publication, or when it was said where that is all there is."""
    days = days_of(claim.published) or days_of(claim.statement_date)
    return days[1] if days else None


def figures(claims: Iterable[Claim], origins: Mapping[str, str]) -> list[Figure]:
    """All figures of claims that have a number of people and a day, in an order that does not depend on theirs.

    A number said of each side ("each released 390") is a figure of every side that its report names, too.
    """
    claims = list(claims)
    named: dict[str, set[tuple[str, str]]] = {}
    for claim in claims:
        if claim.actor != BOTH:
            named.setdefault(claim.doc, set()).add((claim.actor, claim.object))
    found = [figure for claim in claims for figure in _figures_of(claim, named.get(claim.doc, set()), origins)]
    return sorted(found, key=lambda f: (f.day, f.published, f.id, f.actor))


def _figures_of(claim: Claim, named: set[tuple[str, str]], origins: Mapping[str, str]) -> Iterator[Figure]:
    """The figure of a claim, and its copies for each side where it is said of each."""
    published, quantity = printed_on(claim), claim.quantity
    if published is None or quantity is None or quantity.unit != "people":
        return
    happened, said = days_of(claim.event_date), days_of(claim.statement_date)
    spoken = said[1] if said else published
    day = happened[1] if happened else spoken
    note = claim.extra.note if claim.extra and isinstance(claim.extra.note, str) else ""
    window = WINDOW.search(note)
    happened = days_of(window[1]) if window else happened
    sort = SORTS.get((claim.event_type, claim.kind), "other")
    each = claim.actor == BOTH and ("each side" in note or EACH.search(claim.text) is not None)
    for actor, whose in [(claim.actor, claim.object), *(sorted(named) if each else ())]:
        yield Figure(
            id=claim.id,
            doc=claim.doc,
            actor=actor,
            whose=whose,
            who=claim.definition.who if claim.definition else "unstated",
            side=claim.claimant.side or claim.claimant.name or claim.claimant.surface or claim.claimant.key,
            key=claim.claimant.key,
            sort=sort,
            begins=happened[0] if happened else day,
            day=day,
            stated=happened is not None,
            said=spoken,
            published=published,
            low=quantity.low,
            high=quantity.high,
            printed=quantity.value,
            modality=quantity.modality,
            origin=origin_of(claim, origins),
            headline=claim.channel == "headline",
            anonymous="anonymous" in (claim.claimant.role, claim.channel),
            seat=claim.place or "",
            event=claim.event_type,
            since=day,
        )


def origin_of(claim: Claim, origins: Mapping[str, str]) -> str:
    """Where a claim comes from: as the graph of origins says, else its speaker on that day, else its agency."""
    if claim.id in origins:
        return origins[claim.id]
    if claim.claimant.side != OUTLET:
        return f"{claim.claimant.key}@{claim.statement_date or claim.published}"
    if claim.origin and claim.origin.group:
        return claim.origin.group
    agency = claim.origin.agency if claim.origin else None
    return agency or claim.outlet or claim.doc


def disjoint(a: Figure, b: Figure) -> bool:
    """Whether no number lies in both intervals."""
    return _below(a, b) or _below(b, a)


def _below(a: Figure, b: Figure) -> bool:
    """Whether all of `a` lies under all of `b`."""
    return a.high is not None and b.low is not None and a.high < b.low


def rounded(a: int | None, b: int | None) -> bool:
    """Whether one number is the other, rounded to two or more final zeros, within one in a hundred.

    >>> rounded(2700, 2710), rounded(3000, 2710)
    (True, False)
    """
    if a is None or b is None or a == b:
        return False
    near = abs(a - b) * 100 <= max(a, b)
    return near and ((a % 100 == 0) != (b % 100 == 0))


def one_form(a: Figure, b: Figure) -> bool:
    """Whether two figures are one number in one or two forms: equal as printed, or one rounded from the other.

    "Over 500" and "nearly 500" are two figures: one of two forms is the plain number, or the intervals meet.
    """
    if a.printed is not None and a.printed == b.printed:
        return a.exact or b.exact or not disjoint(a, b)
    return rounded(a.printed, b.printed)


def apart(a: Figure, b: Figure) -> bool:
    """Whether two figures for one thing cannot both hold: disjoint, and not one number in two forms."""
    return disjoint(a, b) and not one_form(a, b)


def under(a: Figure, b: Figure) -> bool:
    """Whether `a` is wholly below `b`, and not the same number in another form."""
    return _below(a, b) and not one_form(a, b)


def place(figure: Figure) -> tuple[str, int, str]:
    """The place of a figure in its report, by the number in its id."""
    doc, _, number = figure.id.rpartition("#")
    return (doc, int(number), "") if number.isdigit() else (doc, 0, number)


def made_of(figure: Figure, numbers: list[int]) -> bool:
    """Whether a figure is one of these numbers, or the sum of some of them."""
    if figure.printed is None:
        return True
    sizes = range(1, min(len(numbers), 4) + 1)
    return any(sum(some) == figure.printed for size in sizes for some in combinations(sorted(numbers)[:12], size))
