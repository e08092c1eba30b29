"""Claims without a number: the day on which a report says that the paper of the sides was signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quittance.claims.attribution import Attribution
from quittance.claims.days import DayPhrase
from quittance.claims.lexicon import Mention
from quittance.claims.model import EXTRACTOR, OTHER, Claim, Extra, Extractor, Report, Span
from quittance.claims.words import listed

_SIGNED = tuple(listed("signed struck concluded sealed"))


def signings(
    identity: str,
    report: Report,
    plain: str,
    span: Span,
    mentions: Sequence[Mention],
    days: Sequence[DayPhrase],
    attribution: Attribution,
) -> Iterator[Claim]:
    """At most one claim, with this identity, of a sentence that names a paper and, right beside "signed", a day."""
    start, end = span
    for day in days:
        near = plain[max(start, day.start - 40) : day.start]
        paper = next((one for one in mentions if one.sort == "document" and one.code == "AGREEMENT"), None)
        if day.sort != "point" or paper is None or not any(word in near.split() for word in _SIGNED):
            continue
        source = attribution.at(paper.start)
        yield Claim(
            id=identity,
            doc=report.doc,
            event_type="term",
            claimant=source.document or source.claimant,
            outlet=report.outlet,
            channel="agreement",
            published=report.published,
            actor=OTHER,
            object=OTHER,
            kind="none",
            extractor=Extractor(name=EXTRACTOR[0], version=EXTRACTOR[1], rule="term.signed"),
            extra=Extra(note="day of signing"),
            span=span,
            text=report.text[start:end],
        )
        return
