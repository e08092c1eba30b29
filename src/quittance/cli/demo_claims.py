"""The part of the demo in which public reports are read: what was said of the releases of 2020, and how it fits.

The example brings short restatements of reports. Where the five news reports that the project was made from lie beside
the working folder, they are read as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quittance.casebook import Casebook
    from quittance.claimbook import Claimbook
    from quittance.claims.reconcile import Reconciliation
    from quittance.cli.demo_batches import PlayedClock
    from quittance.files.reports import Source
    from quittance.record.keys import Signer

BESIDE = Path("..") / "shared"
SEEDS, SIDECARS = BESIDE / "seeds", BESIDE / "data" / "claims" / "seed_sidecars"

DAYS = ("2020-05-05", "2020-06-01", "2020-08-14")
"""Days of which the totals are shown."""

OPENED = "2020-05-05"
"""The claims of this day's reports are accepted by the demo's reviewer, so that status and page show them."""


def found_reports(source: Path) -> list[Source]:
    """The reports to read: the news reports beside the working folder, if they are there, and the example's own."""
    from quittance.files.reports import find_reports

    seeds = list(find_reports([SEEDS], sidecars=SIDECARS)) if SEEDS.is_dir() else []
    return [*seeds, *find_reports([source / "reports"])]


def play(
    place: Path, casebook: Casebook, source: Path, clock: PlayedClock, reviewer: Signer | None
) -> Iterator[tuple[bool, str]]:
    """Take the reports in, accept some claims, set all against each other: lines, and whether each is a heading."""
    from quittance.claimbook import Claimbook
    from quittance.dates import parse_day
    from quittance.files.reports import read_source
    from quittance.visibility import OPERATOR

    sources = found_reports(source)
    reports = [report for one in sources for report in read_source(one)]
    seeds = sum(one.path.parent == SEEDS for one in sources)
    with Claimbook.open(place, clock=clock) as desk:
        taken = desk.take_reports(OPERATOR, reports, casebook)
        whose = f"{seeds} news reports and {len(reports) - seeds} restated ones" if seeds else f"{len(reports)} reports"
        yield False, f"{whose} hold {taken.claims} claims, each with its words. To print one is not to confirm it."
        if reviewer is not None:
            yield False, _accepted(desk, casebook, reviewer)
        for day in DAYS:
            yield from _said(desk.reconciliation(OPERATOR, parse_day(day)), day)


def _accepted(desk: Claimbook, casebook: Casebook, reviewer: Signer) -> str:
    """The claims of one day accepted and signed by a reviewer: they become facts of the case."""
    from quittance.record.keys import key_id
    from quittance.visibility import OPERATOR

    who = key_id(reviewer.public)
    lines = [line for line in desk.claims(OPERATOR) if line.claim.published == OPENED and line.claim.quantity]
    for line in lines:
        desk.decide(OPERATOR, who, line.code, "accepted")
    signed = desk.sign(OPERATOR, reviewer, casebook)
    return (
        f"A reviewer accepted {signed.judged} claims of 5 May and signed. What nobody had reported yet is now a fact "
        f"of the case ({len(signed.facts)}) and opens to its sentence; the others are linked to what stands there "
        "already, or stay claims."
    )


def _said(found: Reconciliation, day: str) -> Iterator[tuple[bool, str]]:
    """The last total of each side up to a day with its sums, and what is disputed about it."""
    from quittance.claims.reconcile.wording import reports_words

    yield True, f"What was claimed up to {day}"
    for series in found.series:
        for row in [row for row in series.rows if row.kind == "total"][-1:]:
            best = f"{row.best:,}" if row.best is not None else "no one figure"
            said = reports_words(len(row.claims), row.origins)
            yield False, f"Released by {series.actor} so far, {row.day.isoformat()}: {best} ({said})."
            yield from ((False, f"- {words}.") for words in row.arithmetic)
            if row.dispute:
                yield False, f"- {row.dispute}"
