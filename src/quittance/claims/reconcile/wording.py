"""The English of a reconciliation: numbers and sums in words, verdicts, flags, and the sentence of a dispute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from quittance.claims.model import OUTLET
from quittance.claims.reconcile.figures import Figure
from quittance.claims.reconcile.model import Flag, Gap, Published, Sort, Verdict

VERDICT: dict[Verdict, str] = {
    "superseded": "superseded",
    "verified": "verified",
    "impossible": "impossible as stated",
    "other_definition": "counts other people",
    "conflicting": "conflicting",
    "unattributed": "unattributed",
    "consistent": "consistent",
}

MEANING: dict[Verdict, str] = {
    "superseded": "the same side later gave another figure, dated it later or took it back; or the report's text "
    "corrects its headline",
    "verified": "the verified record lies within the figure on its day",
    "impossible": "it cannot hold beside figures that are certain: above the side's own later total, above every "
    "number promised, below what is verified, or done on a day still to come",
    "other_definition": "it differs from another figure because it counts other people",
    "conflicting": "it cannot hold together with another figure, and nothing says that they count different people",
    "unattributed": "only the outlet says so, and no named source gives a figure that fits",
    "consistent": "it fits everything else that is public on this date",
}

FLAG: dict[Flag, str] = {
    "modality_shift": 'one number printed with and without a word such as "over"',
    "rounded": "a rounded form of another figure",
    "double": "possibly one batch reported twice",
    "definition": "who is counted is not stated: ask",
    "anonymous": "the source is not named",
    "inside": "the same report gives another figure, too",
    "twice": "two running totals added?",
    "misattributed": "the number belongs to another document",
    "date": "the date does not agree with the agreement or with the day of the report",
    "announced": "uses a batch that was announced and that nobody is known to have checked",
    "gap": "more people than the stated batches cover",
    "restated": "repeats an earlier total",
}

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

MODALITY = {
    "at_least": "at least ",
    "more_than": "over ",
    "up_to": "up to ",
    "less_than": "fewer than ",
    "nearly": "nearly ",
    "about": "about ",
}


def day_words(day: date) -> str:
    """A day as written in a sentence.

    >>> day_words(date(2020, 5, 3))
    '3 May 2020'
    """
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def number_words(figure: Figure) -> str:
    """A figure's number with the word that widens it; a range with both ends."""
    if figure.printed is not None:
        return f"{MODALITY.get(figure.modality, '')}{figure.printed:,}"
    return span_words(figure.low, figure.high)


def span_words(low: int | None, high: int | None) -> str:
    """An interval in words, open or closed.

    >>> span_words(648, 748), span_words(850, 850), span_words(851, None), span_words(None, None)
    ('648 to 748', '850', '851 or more', 'not said')
    """
    if low is None and high is None:
        return "not said"
    if low is None:
        return f"{high:,} or fewer"
    if high is None:
        return f"{low:,} or more"
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"


def sum_words(terms: Iterable[int], total: int) -> str:
    """A sum that closes.

    >>> sum_words([748, 102], 850)
    '748 + 102 = 850'
    """
    return f"{' + '.join(f'{term:,}' for term in terms)} = {total:,}"


def above_words(a: Figure, b: Figure) -> str:
    """One figure above another."""
    return f"{number_words(a)} > {number_words(b)}"


def apart_words(a: Figure, b: Figure) -> str:
    """Two figures that differ, and by how much at least."""
    if a.low is not None and b.high is not None and a.low > b.high:
        a, b = b, a
    step = (b.low or 0) - (a.high or 0)
    by = f"differ by {step:,}" if a.exact and b.exact else f"are at least {step:,} apart"
    return f"{number_words(a)} and {number_words(b)} {by}"


def gap_words(terms: Sequence[int], total: int, missing: int, *, remaining: bool = False) -> str:
    """A sum that does not reach its total, or what was left, and by how many it misses."""
    if remaining:
        first, *gone = terms
        stated = sum(gone) + total
        parts = " + ".join(f"{n:,}" for n in (*gone, total))
        return f"{parts} = {stated:,} of {first:,}; unreported releases of at least {missing:,}"
    reached = sum(terms)
    parts = f"{' + '.join(f'{n:,}' for n in terms)} = {reached:,}; " if len(terms) > 1 else ""
    return f"{parts}{total:,} - {reached:,} = {missing:,}: unreported batches of at least {missing:,}"


def reports_words(claims: int, origins: int) -> str:
    """How many claims and how many origins.

    >>> reports_words(6, 1)
    '6 claims, 1 origin'
    """
    return f"{claims} claim{'s' * (claims != 1)}, {origins} origin{'s' * (origins != 1)}"


def side_words(side: str, names: Mapping[str, str]) -> str:
    """A side in a sentence: its name where one is given."""
    return "outlets in their own words" if side == OUTLET else names.get(side, side)


def kind_words(kind: Sort) -> str:
    """What a series counts, in a sentence."""
    return "total released so far" if kind == "total" else "release"


def against_words(figure: Figure, names: Mapping[str, str]) -> str:
    """A figure of another day that contradicts a row."""
    return f"{side_words(figure.side, names)}: {number_words(figure)} on {day_words(figure.since)}"


def dispute_words(row: Published, names: Mapping[str, str], against: Sequence[str] = ()) -> str:
    """The sentence that says who gives which figure, with no side preferred."""
    said = [
        f"{side_words(s.side, names)}: {' and '.join(s.said)} ({reports_words(len(s.claims), s.origins)})"
        for s in row.sides
    ]
    named = sum(s.side != OUTLET for s in row.sides)
    asked = " Nobody says whether they count the same people." if named > 1 and row.who == "unstated" else ""
    told = "; ".join(said)
    if against:
        told += f"; against {', '.join(against)}"
    checked = f"The verified record has {row.verified:,}." if row.verified is not None else "No figure is verified."
    about = f"{day_words(row.day)}, {kind_words(row.kind)} by {side_words(row.actor, names)}"
    return f"{about}: the figures differ: {told}. {checked}{asked}"


def note_words(
    actor: str, who: str, rows: Sequence[Published], gaps: Sequence[Gap], as_of: date, names: Mapping[str, str]
) -> str:
    """The dated note of one series in prose: what is disputed, what no batch covers, or that nothing is."""
    counted = "who is counted is not stated" if who == "unstated" else f"counting {who.replace('_', ' ')}"
    head = f"Releases by {side_words(actor, names)} ({counted}), as known on {day_words(as_of)}."
    disputes = [row.dispute for row in rows if row.dispute]
    uncovered = [
        f"Between {day_words(gap.since)} and {day_words(gap.until)} the stated batches do not cover the figures: "
        f"{gap.arithmetic}. The series does not close; this contradicts nobody."
        for gap in gaps
    ]
    quiet = [] if disputes or uncovered else ["The public figures do not contradict each other."]
    return " ".join([head, *disputes, *uncovered, *quiet])


def change_words(claim: str, was: Verdict | None, now: Verdict | None, because: Sequence[str]) -> str:
    """A change of verdict between two dates, with its reason."""
    if was is None:
        return f"{claim} is new: {VERDICT[now or 'consistent']}"
    if now is None:
        return f"{claim} was {VERDICT[was]}, and is no longer counted"
    reason = f", because {'; '.join(because)}" if because else ""
    return f"{claim} was {VERDICT[was]}, now {VERDICT[now]}{reason}"
