"""Claims set against each other and against the verified record, without ever deciding who tells the truth.

Claims are intervals at dates in a series: (releasing side, who is counted), each figure with its claimant side. Totals
and the batches between them are equations that close exactly or do not; the number of exact sums that a figure closes
is its support. `figures` reads claims, `ledger` orders them, `sums` finds the equations; `totals`, `bounds`, `reports`,
`people` and `steps` hold the checks, all of one form; `verdicts` takes the first verdict that applies; `published` and
`lines` say it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from quittance.claims.model import Claim, Report
from quittance.claims.promises import Known, Promise
from quittance.claims.reconcile.changes import changes
from quittance.claims.reconcile.lines import reconcile_lines, series_rows
from quittance.claims.reconcile.model import (
    Change,
    Finding,
    Gap,
    Judged,
    Published,
    Reconciliation,
    Series,
    SideFigure,
    Verdict,
)
from quittance.claims.reconcile.published import series_of
from quittance.claims.reconcile.verdicts import admitted, judge


def reconcile(
    claims: Sequence[Claim],
    origins: Mapping[str, str],
    promises: Sequence[Promise],
    verified: Sequence[Known],
    as_of: date,
    known_by: date,
    entered: Mapping[str, date] | None = None,
    names: Mapping[str, str] | None = None,
    reports: Sequence[Report] = (),
) -> Reconciliation:
    """Verdicts, series and gaps from the claims public by `as_of` and entered by `known_by`.

    `origins` gives the origin of a claim by its id (others: its speaker on that day, or its agency); `entered` the day
    on which a claim was entered (others count as known); `verified` the points of the verified record as known then;
    `names` what sides are called in sentences, by their code; `reports` the texts, for what a sentence says of a
    document beside the claim.
    The order of the claims does not matter. Raises `ValueError` if a claim has a date that is none.
    """
    counted, undated = admitted(claims, as_of, known_by, entered or {})
    outcome = judge(counted, origins, promises, verified, as_of, {r.doc: r.text for r in reports})
    series = series_of(outcome.standing, outcome.judged, outcome.findings, outcome.gaps, as_of, names or {})
    return Reconciliation(as_of, known_by, outcome.judged, series, outcome.findings, tuple(undated))


__all__ = [
    "Change",
    "Finding",
    "Gap",
    "Judged",
    "Known",
    "Promise",
    "Published",
    "Reconciliation",
    "Series",
    "SideFigure",
    "Verdict",
    "changes",
    "reconcile",
    "reconcile_lines",
    "series_rows",
]
