"""Links of two lists as files: LINKS.csv, one candidate a row, and LINKS.meta.json, which says how they were found.

Neither holds a name: rows are named by the lists' own ids, reasons are weights. Both are written whole or not at all,
the second first; it holds the SHA-256 of the first, so that a pair of files that do not belong together is seen.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from quittance.errors import Problem, UnreadableError
from quittance.files.durable import replace
from quittance.people.matching import Matching
from quittance.people.matching.weights import shipped
from quittance.people.model import ListEntry

COLUMNS = ("a_pid", "b_pid", "probability", "score", "decision", "reasons", "rank")
FORMAT = "quittance-links/1"
DECISIONS = ("auto", "review", "no")
MAX_PROBLEMS = 100


class LinksRefused(UnreadableError):
    """A file of links is not one; every row that is wrong is listed."""

    code = "links.refused"


@dataclass(frozen=True, slots=True)
class Link:
    """One row of LINKS.csv."""

    a_pid: str
    b_pid: str
    probability: float
    score: float
    decision: str
    reasons: str
    rank: int


def links_csv(matching: Matching, a: Sequence[ListEntry], b: Sequence[ListEntry]) -> bytes:
    """LINKS.csv of two lists in the order that was matched."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in matching.candidates:
        figures = (f"{one.probability:.6f}", f"{one.score:.4f}", one.decision, one.reasons, one.rank)
        writer.writerow((a[one.a].pid, b[one.b].pid, *figures))
    return text.getvalue().encode(errors="surrogatepass")


def links_meta(matching: Matching, links: bytes, lists: dict[str, str]) -> dict[str, Any]:
    """What stands beside the links: versions, settings, tables, the curve with its reliability table, and counts.

    `lists` names the SHA-256 of the two files that were matched.
    """
    return {
        "format": FORMAT,
        "links_sha256": hashlib.sha256(links).hexdigest(),
        "quittance": version("quittance"),
        "lists_sha256": lists,
        "settings": {name: value for name, value in asdict(matching.settings).items() if name != "threads"},
        "letter_tables_sha256": matching.tables_sha256,
        "weights": shipped("weights.json"),
        "calibration": {**matching.calibration.as_json(), "moved_by": round(matching.shift, 6)},
        "counts": {
            "a": matching.a_size,
            "b": matching.b_size,
            "candidates": len(matching.candidates),
            "best": matching.counts(),
            "pairs": matching.a_size * matching.b_size,
            "compared": matching.compared,
            "skipped": matching.skipped,
            "lost_to_common_keys": matching.lost,
        },
        "calendars": {"a": matching.context.a.calendar, "b": matching.context.b.calendar},
    }


def meta_path(path: Path) -> Path:
    """Where the description of a file of links lies: LINKS.meta.json beside LINKS.csv."""
    return path.with_name(f"{path.stem}.meta.json")


def write_links(
    path: Path, matching: Matching, a: Sequence[ListEntry], b: Sequence[ListEntry], lists: dict[str, str]
) -> None:
    """Write both files, each whole or not at all. Raises `RecordError` (`record.io`, `record.full`)."""
    links = links_csv(matching, a, b)
    meta = json.dumps(links_meta(matching, links, lists), ensure_ascii=False, indent=1) + "\n"
    replace(meta_path(path), meta.encode())
    replace(path, links)


def read_links(data: bytes) -> tuple[Link, ...]:
    """The rows of LINKS.csv. Raises `LinksRefused` with the problems of all rows."""
    try:
        rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise LinksRefused("The links cannot be read: the file is not CSV in UTF-8. Write it again.") from None
    if not rows or not set(COLUMNS) <= set(rows[0]):
        raise LinksRefused(f"The links cannot be read: the first row must name {', '.join(COLUMNS)}.")
    found: list[Link] = []
    problems: list[Problem] = []
    for line, row in enumerate(rows, 2):
        link = _link(row)
        if link is None:
            problems.append(Problem("links.row", "this row is no link", line=line))
        else:
            found.append(link)
    if problems:
        raise LinksRefused(
            f"The links cannot be read: {len(problems)} of {len(rows)} rows are no links. Write the file again.",
            problems=tuple(problems[:MAX_PROBLEMS]),
        )
    return tuple(found)


def _link(row: dict[str, str]) -> Link | None:
    try:
        link = Link(
            row["a_pid"], row["b_pid"], float(row["probability"]), float(row["score"]), row["decision"],
            row["reasons"], int(row["rank"]),
        )  # fmt: skip
    except (TypeError, ValueError):
        return None
    return link if 0 <= link.probability <= 1 and link.decision in DECISIONS and link.rank >= 1 else None
