"""The lines by which points are given inside a tier: declared integers, each shown beside every person (section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from quittance.selection.conditions import Value, field_of
from quittance.selection.reading import Path, Reading

if TYPE_CHECKING:
    from quittance.selection.rules import Field


@dataclass(frozen=True, slots=True)
class Levels:
    """Points by level of a scale or class of a category; an absent one gives none."""

    points: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Below:
    """The points of the first bound that lies above the value; none beyond the last."""

    bounds: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Per:
    """`points` for each full `each` above `above`, at most `cap`."""

    above: int
    each: int
    points: int
    cap: int


Scale: TypeAlias = Levels | Below | Per


@dataclass(frozen=True, slots=True)
class PointsLine:
    """One line of points: which field, and how its value becomes points."""

    id: str
    field: str
    scale: Scale

    def points_of(self, value: Value) -> int:
        """The points of this line for a value of its field, with `unknown` applied."""
        match self.scale:
            case Levels(points):
                return points.get(str(value), 0)
            case Below(bounds):
                number = int(value or 0)
                return next((points for bound, points in bounds if number < bound), 0)
            case Per(above, each, points, cap):
                return min(cap, points * (max(0, int(value or 0) - above) // each))

    @property
    def most(self) -> int:
        """The largest amount, with or without a minus, that the line can give for values up to 2^53-1."""
        match self.scale:
            case Levels(points):
                return max(map(abs, points.values()), default=0)
            case Below(bounds):
                return max((abs(points) for _, points in bounds), default=0)
            case Per(above, each, points, cap):
                lowest = points * ((2**53 + abs(above)) // each) if points < 0 else 0
                return max(abs(cap), abs(lowest))


_KINDS = ("levels", "below", "per")


def read_line(reading: Reading, value: object, path: Path, fields: Mapping[str, Field]) -> PointsLine:
    """The line at `path`; notes what is wrong with it."""
    given = reading.mapping(value, path, ("id", "field"), _KINDS)
    name = reading.id(given.get("id", "missing"), (*path, "id"))
    kinds = [kind for kind in _KINDS if kind in given]
    if len(kinds) != 1:
        reading.refuse(path, "exactly one of levels, below and per belongs here")
    types = ("scale", "category") if kinds == ["levels"] else ("integer",)
    field = field_of(reading, given.get("field", ""), (*path, "field"), fields, *types)
    scale: Scale = Levels({})
    if kinds == ["levels"]:
        scale = _read_levels(reading, given["levels"], (*path, "levels"), field)
    elif kinds == ["below"]:
        scale = _read_below(reading, given["below"], (*path, "below"))
    elif kinds == ["per"]:
        at = (*path, "per")
        per = reading.mapping(given["per"], at, ("above", "each", "points", "cap"), ())
        scale = Per(
            reading.integer(per.get("above", 0), (*at, "above")),
            reading.integer(per.get("each", 1), (*at, "each"), 1),
            reading.integer(per.get("points", 0), (*at, "points")),
            reading.integer(per.get("cap", 0), (*at, "cap")),
        )
    return PointsLine(name, field.name if field is not None else "", scale)


def _read_levels(reading: Reading, value: object, path: Path, field: Field | None) -> Levels:
    table = reading.open_mapping(value, path)
    if field is not None and field.type == "scale":
        for level in table:
            reading.choice(level, (*path, level), field.levels)
    return Levels({level: reading.integer(points, (*path, level)) for level, points in table.items()})


def _read_below(reading: Reading, value: object, path: Path) -> Below:
    bounds: list[tuple[int, int]] = []
    for at, member in reading.items(value, path):
        pair = reading.items(member, at)
        if len(pair) != 2:
            reading.refuse(at, "a pair belongs here: [bound, points]")
            continue
        bound, points = (reading.integer(number, where) for where, number in pair)
        if bounds and bound <= bounds[-1][0]:
            reading.refuse(at, "bounds rise from one pair to the next")
        bounds.append((bound, points))
    return Below(tuple(bounds))
