"""Claims as files for others: lines of JSON, tables, annotations of the web, the graph of origins, notes on disputes.

Nothing is quoted beyond the words of a claim, so that no report is published again. Tables are guarded against
formulas as every table here; what cannot be seen stands in them by its number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from quittance.claims.model import Claim, Report, claim_line
from quittance.files.sheets_write import write_csv

if TYPE_CHECKING:
    from quittance.claims.origins import Origins
    from quittance.claims.reconcile.model import Published, Reconciliation, SideFigure

LABELLED = (
    "id", "doc", "event_type", "claimant", "outlet", "channel", "statement_date", "published", "actor", "object",
    "quantity", "kind", "event_date", "deadline", "place", "criteria", "condition", "extra", "span", "text",
    "quantity_span", "same_event",
)  # fmt: skip
"""The fields of a labelled claim, in their order."""

SERIES_COLUMNS = (
    "date", "side", "definition", "kind", "claimant_side", "best", "low", "high", "verified", "claims", "origins",
    "verdict", "arithmetic", "dispute",
)  # fmt: skip
"""A row without `claimant_side` is the figure of the day; those after it are what each side says."""

CONTEXT = "http://www.w3.org/ns/anno.jsonld"

MOST_SIGNS = 4000
"""Signs of one cell; what is longer ends in an ellipsis."""

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def claims_jsonl(claims: Iterable[Claim]) -> bytes:
    """One claim a line."""
    return b"".join(claim_line(one) + b"\n" for one in claims)


def labelled(claims: Iterable[Claim]) -> bytes:
    """Claims that somebody decided, as labelled claims to test extraction against, ordered by report and place."""
    ordered = sorted(claims, key=lambda one: (one.doc, one.span, one.id))
    lines = []
    for claim in ordered:
        given = msgspec.to_builtins(claim)
        lines.append(json.dumps({name: given[name] for name in LABELLED}, ensure_ascii=False).encode() + b"\n")
    return b"".join(lines)


def series_csv(found: Reconciliation) -> bytes:
    """Every row of every series: the figure of each day, and below it what each claimant side says."""
    rows: list[Sequence[str]] = [SERIES_COLUMNS]
    for series in found.series:
        for row in series.rows:
            rows.append(_row(row))
            rows += [_side_row(row, side) for side in row.sides]
    return write_csv(rows)


def verdicts_csv(found: Reconciliation, claims: Mapping[str, Claim]) -> bytes:
    """Every claim that was judged: its figure, its verdict, the claims and the sums that it rests on."""
    rows: list[Sequence[str]] = [
        ("claim", "report", "published", "claimant", "side", "event", "kind", "low", "high", "verdict", "checks",
         "used", "origin", "arithmetic", "text"),
    ]  # fmt: skip
    for one in found.judged:
        claim = claims.get(one.claim)
        if claim is None:
            continue
        quantity = claim.quantity
        low, high = (quantity.low, quantity.high) if quantity else (None, None)
        rows.append(
            [
                _cell(one.claim), _cell(claim.doc), claim.published or "", _cell(claim.claimant.key),
                _cell(claim.actor), claim.event_type, claim.kind, _count(low), _count(high), one.verdict,
                " ".join(one.checks), _cell(" ".join(one.used)), _cell(one.origin), _cell("; ".join(one.arithmetic)),
                _cell(claim.text),
            ]
        )  # fmt: skip
    return write_csv(rows)


def annotation_page(claims: Iterable[Claim], reports: Mapping[str, Report]) -> bytes:
    """Claims as a page of annotations (W3C Web Annotation Data Model, 2017): place by position and by quotation.

    The quotation has neither prefix nor suffix: it does not go beyond the claim. Positions count code points.
    """
    items = [_annotation(one, reports.get(one.doc)) for one in claims]
    page = {"@context": CONTEXT, "type": "AnnotationPage", "items": items}
    return json.dumps(page, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"


def origin_nodes_csv(found: Origins) -> bytes:
    """The nodes of the graph of origins: sources, agencies and outlets, reports."""
    rows: list[Sequence[str]] = [("id", "sort", "label", "side", "published")]
    rows += [
        (_cell(one.id), one.sort, _cell(one.label), _cell(one.side or ""), one.published or "") for one in found.nodes
    ]
    return write_csv(rows)


def origin_edges_csv(found: Origins) -> bytes:
    """Its edges, with what shows each of them."""
    rows: list[Sequence[str]] = [("start", "end", "relation", "evidence", "share", "claims")]
    rows += [
        (
            _cell(one.start), _cell(one.end), one.relation, " ".join(one.evidence),
            "" if one.share is None else f"{one.share:.2f}", _cell(" ".join(one.claims)),
        )
        for one in found.edges
    ]  # fmt: skip
    return write_csv(rows)


def dispute_notes(found: Reconciliation) -> str:
    """A dated note in prose on each series in which something is disputed, or does not close."""
    notes = [f"Disputes as of {found.as_of.isoformat()}, as known by {found.known_by.isoformat()}\n"]
    for series in found.series:
        disputed = [row for row in series.rows if row.dispute]
        if not disputed and not series.gaps:
            continue
        notes.append(f"\n{_cell(series.actor)}, counted as {series.who}\n")
        for row in disputed:
            notes.append(f"\n{row.day.isoformat()}, {row.kind}: {_cell(row.dispute)}\n")
            notes += [f"- {_cell(line)}\n" for line in row.arithmetic]
        for gap in series.gaps:
            between = f"{gap.since.isoformat()} to {gap.until.isoformat()}"
            notes.append(f"\n{between}: at least {gap.missing:,} without a stated batch. {_cell(gap.arithmetic)}\n")
        if series.note:
            notes.append(f"\n{_cell(series.note)}\n")
    if len(notes) == 1:
        notes.append("\nNothing is disputed, and every step is covered by stated batches.\n")
    return "".join(notes)


def _row(row: Published) -> Sequence[str]:
    return [
        row.day.isoformat(), _cell(row.actor), row.who, row.kind, "", _count(row.best), _count(row.low),
        _count(row.high), _count(row.verified), _cell(" ".join(row.claims)), str(row.origins), " ".join(row.verdicts),
        _cell("; ".join(row.arithmetic)), _cell(row.dispute),
    ]  # fmt: skip


def _side_row(row: Published, side: SideFigure) -> Sequence[str]:
    return [
        row.day.isoformat(), _cell(row.actor), row.who, row.kind, _cell(side.side), "", _count(side.low),
        _count(side.high), "", _cell(" ".join(side.claims)), str(side.origins), "", "", "",
    ]  # fmt: skip


def _annotation(claim: Claim, report: Report | None) -> dict[str, object]:
    digest = report.sha256 if report else ""
    source = report.url if report and report.url and urlsplit(report.url).scheme in ("http", "https") else None
    named = f"urn:sha256:{digest}" if digest else f"urn:quittance:report:{claim.doc}"
    fields = msgspec.to_builtins(claim)
    body = {name: fields[name] for name in LABELLED if name not in ("span", "text", "quantity_span")}
    found: dict[str, object] = {
        "id": f"{named}#{claim.span[0]}-{claim.span[1]}/{claim.id}",
        "type": "Annotation",
        "motivation": "describing",
        "body": [
            {"type": "TextualBody", "purpose": "tagging", "value": claim.event_type},
            {
                "type": "TextualBody",
                "purpose": "describing",
                "format": "application/json",
                "value": json.dumps(body, ensure_ascii=False),
            },
        ],
        "target": {
            "source": source or named,
            "selector": [
                {"type": "TextQuoteSelector", "exact": claim.text},
                {"type": "TextPositionSelector", "start": claim.span[0], "end": claim.span[1]},
            ],
        },
    }
    if claim.review is not None and claim.review.by:
        found["creator"] = {"type": "Person", "nickname": claim.review.by}
    if claim.review is not None and claim.review.at:
        found["created"] = claim.review.at
    return found


def _count(value: int | None) -> str:
    return "" if value is None else str(value)


def _cell(text: str) -> str:
    """A text as it may stand in a cell or a note: in one line, what cannot be seen by its number, not too long."""
    shown = _UNSEEN.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", text.replace("\n", " "))
    return shown if len(shown) <= MOST_SIGNS else f"{shown[:MOST_SIGNS]}…"
