"""Quotas: how many seats each class of one field, or those of one condition, must and may get (section 12)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quittance.selection.conditions import Condition, field_of, read_condition
from quittance.selection.reading import Path, Reading

if TYPE_CHECKING:
    from quittance.selection.rules import Field

_INTEGER = re.compile(r"-?[1-9][0-9]{0,15}|0")


@dataclass(frozen=True, slots=True)
class Quota:
    """Bounds by class of the field `by`, or of those for whom `when` holds (class `in`) and the others (`out`).

    A proportional quota takes its bounds from the classes' shares among the ranked people.
    """

    id: str
    by: str | None
    when: Condition | None
    proportional: bool
    slack_percent: int
    pad: int
    min: Mapping[str, int]
    max: Mapping[str, int]
    default_max: int | None


def read_quota(reading: Reading, value: object, path: Path, fields: Mapping[str, Field]) -> Quota:
    """The quota at `path`; notes what is wrong with it."""
    given = reading.open_mapping(value, path)
    by = when = default_max = None
    slack_percent = pad = 0
    least: dict[str, int] = {}
    most: dict[str, int] = {}
    if "when" in given:
        reading.mapping(value, path, ("id", "when"), ("min", "max"))
        when = read_condition(reading, given["when"], (*path, "when"), fields)
        least = {"in": reading.integer(given["min"], (*path, "min"), 0)} if "min" in given else {}
        most = {"in": reading.integer(given["max"], (*path, "max"), 0)} if "max" in given else {}
    else:
        share = ("share", "slack_percent", "pad")
        others = share if "share" in given else ("min", "max", "default_max", "share")
        reading.mapping(value, path, ("id", "by"), others)
        field = field_of(reading, given["by"], (*path, "by"), fields) if "by" in given else None
        by = field.name if field is not None else ""
        if "share" in given:
            reading.choice(given["share"], (*path, "share"), ("proportional",))
            slack_percent = reading.integer(given.get("slack_percent", 0), (*path, "slack_percent"), 0, 10_000)
            pad = reading.integer(given.get("pad", 0), (*path, "pad"), 0)
        else:
            least = _read_bounds(reading, given.get("min", {}), (*path, "min"), field)
            most = _read_bounds(reading, given.get("max", {}), (*path, "max"), field)
            if "default_max" in given:
                default_max = reading.integer(given["default_max"], (*path, "default_max"), 0)
    name = reading.id(given.get("id", "missing"), (*path, "id"))
    return Quota(name, by, when, "share" in given, slack_percent, pad, least, most, default_max)


def _read_bounds(reading: Reading, value: object, path: Path, field: Field | None) -> dict[str, int]:
    """Bounds by class, where each class is one that the field can have."""
    bounds = {}
    for name, bound in reading.open_mapping(value, path).items():
        if field is not None and field.type == "scale":
            reading.choice(name, (*path, name), field.levels)
        elif field is not None and field.type == "flag":
            reading.choice(name, (*path, name), ("yes", "no"))
        elif field is not None and field.type == "integer" and not _INTEGER.fullmatch(name):
            reading.refuse((*path, name), "a class of an integer field is its decimal text")
        bounds[name] = reading.integer(bound, (*path, name), 0)
    return bounds
