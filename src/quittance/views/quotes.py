"""The words behind a fact: a source `report:SHA256#START-END[,START-END]` opened to its place in the report.

The first two numbers are the words of the claim, the other two its number, all in code points of the text as kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from quittance.claims.model import Report, Span

State = Literal["here", "missing", "changed"]

Find = Callable[[str], Report | State]
"""Gives the report with a SHA-256, or why it cannot be shown."""

AROUND = 240
"""Code points that are shown at most before and after the words of a claim."""

_PLACE = re.compile(r"report:([0-9a-f]{64})#(\d{1,9})-(\d{1,9})(?:,(\d{1,9})-(\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a claim in its report, with what stands around them up to the ends of the line.

    `number` is the place of the number inside `text`; `span` that of the words in the report. Where the report is not
    `here`, the words are empty.
    """

    report: str
    state: State
    span: Span
    doc: str = ""
    outlet: str | None = None
    published: str | None = None
    url: str | None = None
    before: str = ""
    text: str = ""
    after: str = ""
    number: Span | None = None

    @property
    def parts(self) -> tuple[str, str, str]:
        """The words before the number, the number, and the words after it; all in the first where there is none."""
        if self.number is None:
            return self.text, "", ""
        start, end = self.number
        return self.text[:start], self.text[start:end], self.text[end:]


def place_in(source: str) -> tuple[str, Span, Span | None] | None:
    """The report, the words and the number that a source names; None for any other source."""
    found = _PLACE.fullmatch(source)
    if found is None:
        return None
    report, start, end, first, last = found.groups()
    return report, (int(start), int(end)), (int(first), int(last)) if first else None


def is_place(source: str) -> bool:
    """Whether a source is a place in a report of the case."""
    return _PLACE.fullmatch(source) is not None


def short(source: str) -> str:
    """A source as it is shown among others: a place in a report by the first digits of its digest."""
    place = place_in(source)
    if place is None:
        return source
    report, (start, end), _ = place
    return f"report {report[:12]}, characters {start} to {end}"


def quote(report: Report, span: Span, number: Span | None) -> Quote:
    """The words of one place in a report."""
    text = report.text
    start, end = max(0, min(span[0], len(text))), max(0, min(span[1], len(text)))
    line_start = max(text.rfind("\n", 0, start) + 1, start - AROUND)
    line_end = text.find("\n", end)
    line_end = min(len(text) if line_end < 0 else line_end, end + AROUND)
    inside = number is not None and start <= number[0] <= number[1] <= end
    return Quote(
        report.sha256, "here", span, report.doc, report.outlet, report.published, report.url,
        text[line_start:start], text[start:end], text[end:line_end],
        (number[0] - start, number[1] - start) if number is not None and inside else None,
    )  # fmt: skip


def quotes(sources: Iterable[str], find: Find | None) -> tuple[Quote, ...]:
    """The words behind those sources that are places in reports; a report that cannot be shown says why."""
    found = []
    for source in sources:
        place = place_in(source)
        if place is None:
            continue
        sha256, span, number = place
        report = find(sha256) if find is not None else "missing"
        found.append(quote(report, span, number) if isinstance(report, Report) else Quote(sha256, report, span))
    return tuple(found)
