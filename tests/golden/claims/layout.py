"""The examination laid out as files: a text and a sidecar for each invented report, and the labels in one JSON file.

`python -m tests.golden.claims.layout FOLDER [unseen]` writes them for looking at and for other programs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

SOURCES = {name: Path(__file__).with_name(f"{name}.yaml") for name in ("examination", "unseen")}
BOUNDS = {
    "exact": lambda n: (n, n),
    "at_least": lambda n: (n, None),
    "more_than": lambda n: (n + 1, None),
    "up_to": lambda n: (None, n),
    "less_than": lambda n: (None, n - 1),
    "nearly": lambda n: (round(0.9 * n), n - 1),
    "about": lambda n: (round(0.9 * n), round(1.1 * n)),
}


def reports(name: str) -> list[dict[str, Any]]:
    """The invented reports of one set with their labels."""
    return list(YAML(typ="safe").load(SOURCES[name].read_text(encoding="utf-8")))


def label(report: dict[str, Any], place: int, given: list[Any]) -> dict[str, Any]:
    """One claim in the form of the claims schema; its span is the whole text, which is all that scoring needs."""
    event, actor, value, kind, modality, who = given
    is_range = modality == "range"
    low, high = value if is_range else BOUNDS[modality](value)
    claimant = {
        "OUTLET": {"key": "OUTLET", "role": "narrator", "side": "OUTLET"},
        "DEAL": {"key": "DEAL", "role": "document", "side": "AGREEMENT"},
    }.get(who, {"key": f"X-{who}", "name": who, "surface": who})
    return {
        "id": f"{report['id']}#{place}",
        "doc": report["id"],
        "event_type": event,
        "claimant": claimant,
        "actor": actor,
        "object": "OTHER",
        "quantity": {"value": None if is_range else value, "low": low, "high": high, "modality": modality},
        "kind": kind,
        "span": [0, len(report["text"])],
        "text": report["text"],
    }


def lay_out(folder: Path, name: str = "examination") -> Path:
    """Write every report and the labels into `folder`; returns the file of the labels."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for report in reports(name):
        (folder / f"{report['id']}.txt").write_text(report["text"], encoding="utf-8", newline="")
        side = {"id": report["id"], "published": str(report["published"]), "page_dates": [], "language": "en"}
        side |= {name: report.get(name) for name in ("outlet", "agency", "conflict")}
        (folder / f"{report['id']}.json").write_text(json.dumps(side), encoding="utf-8")
        lines += [json.dumps(label(report, place, given)) for place, given in enumerate(report["claims"], 1)]
    gold = folder / "gold.jsonl"
    gold.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return gold


if __name__ == "__main__":
    print(lay_out(Path(sys.argv[1]), *sys.argv[2:]))
