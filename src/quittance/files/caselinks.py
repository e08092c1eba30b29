"""The candidates of a case's lists as a file: LINKS.csv with the list of each row beside it; no names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from quittance.files.links import COLUMNS, Link

MORE = ("a_list", "b_list", "a_code", "b_code")
"""The columns after those of LINKS.csv: since a side may have several lists, a row id alone names no row."""


@dataclass(frozen=True, slots=True)
class CaseLink:
    """A candidate between two lists (`side/id`), with the codes of both entries."""

    link: Link
    a_list: str
    b_list: str
    a_code: str
    b_code: str


def case_links_csv(links: Iterable[CaseLink]) -> bytes:
    """The rows as CSV for machines: UTF-8, LF; it can be read as any LINKS.csv."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, *MORE))
    for one in links:
        link = one.link
        figures = (f"{link.probability:.6f}", f"{link.score:.4f}", link.decision, link.reasons, link.rank)
        writer.writerow((link.a_pid, link.b_pid, *figures, one.a_list, one.b_list, one.a_code, one.b_code))
    return out.getvalue().encode()
