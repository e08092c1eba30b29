"""A reader that finds simple claims quickly, and folders of invented reports, for tests over many files."""

from __future__ import annotations

import re
from pathlib import Path

from quittance.claims.model import NARRATION, Claim, Quantity, Report
from quittance.engines.report_claims import Read, Settings

VERSION = "stand-in 1"
_FREED = re.compile(r"freed (\d+)")


def make_stand_in(_: Settings) -> Read:
    """Finds "freed 12"; fails on a text that says so."""
    return _read


def _read(report: Report) -> list[Claim]:
    if "FAIL" in report.text:
        raise ValueError(report.text)
    return [
        Claim(
            id=f"{report.doc}#{number}",
            doc=report.doc,
            event_type="done",
            claimant=NARRATION,
            actor="A",
            object="B",
            kind="batch",
            published=report.published,
            quantity=Quantity(value=int(found[1]), low=int(found[1]), high=int(found[1]), modality="exact"),
            span=found.span(),
            text=found[0],
            quantity_span=found.span(1),
        )
        for number, found in enumerate(_FREED.finditer(report.text), 1)
    ]


def make_reports(folder: Path, count: int) -> Path:
    """So many short reports with no, one or two claims each, some in folders below."""
    for number in range(count):
        path = folder / ("sub" if number % 7 == 0 else "") / f"r{number:05}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        freed = " ".join(f"They freed {number + again} people." for again in range(number % 3))
        path.write_text(f"date 2020-04-{number % 28 + 1:02} Invented, number {number}. {freed}\n", encoding="utf-8")
    return folder
