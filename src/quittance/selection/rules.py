"""The rules of a selection (section 12): what the agreement's mapping `selection` says, in a closed vocabulary.

An unknown key, an unknown field, a fraction or a wrong kind of value refuses the rules as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from quittance.canon import MAX_INTEGER, CanonError
from quittance.errors import UnreadableError
from quittance.selection.canonical import rules_sha256
from quittance.selection.conditions import Condition, Value, field_of, read_condition
from quittance.selection.exposure import Reciprocity
from quittance.selection.points import PointsLine, read_line
from quittance.selection.quotas import Quota, read_quota
from quittance.selection.reading import LineOf, Path, Reading

Method: TypeAlias = Literal["serial", "points_first", "draw"]
FieldType: TypeAlias = Literal["category", "scale", "integer", "flag"]

METHODS: tuple[Method, ...] = ("serial", "points_first", "draw")
FIELD_TYPES: tuple[FieldType, ...] = ("category", "scale", "integer", "flag")

MAX_SIZE = 1_000_000
"""The most seats that a batch may have."""


class RulesRefused(UnreadableError):
    """The rules have at least one error; `problems` has a row for each, with its path in the mapping."""

    code = "selection.rules"


@dataclass(frozen=True)
class Field:
    """A column of the register that the rules use. `unknown` stands for an empty cell; None: a cell must be filled."""

    name: str
    type: FieldType
    column: str
    levels: tuple[str, ...] = ()
    unknown: str | int | None = None

    def measure(self, value: Value) -> int:
        """The integer by which values of a scale or an integer field are compared."""
        return self.levels.index(value) if isinstance(value, str) else int(value or 0)


@dataclass(frozen=True, slots=True)
class Outside:
    """People who are released outside the ratio, once the gates of their own are passed."""

    id: str
    when: Condition
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tier:
    """A class of people that goes before all who come in later tiers."""

    id: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Then:
    """A field that orders people of equal tier and points."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Tie:
    """How the seed of the tie keys is made: by which parties, and with which beacon."""

    kind: str
    parties: tuple[str, ...]
    beacon: str | None


@dataclass(frozen=True)
class Rules:
    """The rules as read. `mapping` is what was parsed, nothing filled in; its hash names the rules."""

    version: int
    method: Method
    size: int
    fields: Mapping[str, Field]
    gates: tuple[str, ...]
    outside_ratio: tuple[Outside, ...]
    tiers: tuple[Tier, ...]
    points: tuple[PointsLine, ...]
    then: tuple[Then, ...]
    quotas: tuple[Quota, ...]
    reserve: int
    tie: Tie | None
    reciprocity: Reciprocity | None
    mapping: Mapping[str, object]

    @cached_property
    def sha256(self) -> str:
        """The hash of the rules (section 9), bare hex."""
        return rules_sha256(self.mapping)


_REQUIRED = ("version", "method", "size", "fields", "gates")
_OPTIONAL = ("outside_ratio", "tiers", "points", "then", "quotas", "reserve", "tie", "reciprocity")
_RESERVE = 20


def parse_rules(mapping: object, line_of: LineOf | None = None) -> Rules:
    """The rules in `mapping`, the value of `selection`; raises `RulesRefused` with everything that is wrong.

    `line_of` gives the line of a path that begins with `selection`, for the report.
    """
    reading = Reading("selection.rules", "selection", line_of)
    given = reading.mapping(mapping, (), _REQUIRED, _OPTIONAL)
    rules = _Parts(reading, given).rules()
    if not reading.problems:
        try:
            _ = rules.sha256
        except CanonError as error:
            reading.refuse((), error.message)
    if reading.problems:
        count = len(reading.problems)
        raise RulesRefused(
            f"The rules are refused: {count} error{'s' if count != 1 else ''}. Nothing was selected.",
            problems=tuple(reading.problems),
        )
    return rules


class _Parts:
    """Reads one key of the mapping after another; later ones refer to the fields."""

    def __init__(self, reading: Reading, given: dict[str, object]) -> None:
        self.reading = reading
        self.given = given
        fields = reading.open_mapping(given.get("fields", {}), ("fields",))
        self.fields = {name: self.field(name, value) for name, value in fields.items()}

    def rules(self) -> Rules:
        """The whole of it."""
        reading, given = self.reading, self.given
        gates = self.gates(given.get("gates", []), ("gates",))
        points = tuple(read_line(reading, value, at, self.fields) for at, value in self.list_of("points"))
        reading.once((line.id for line in points), ("points",), "line")
        if sum(line.most for line in points) > MAX_INTEGER:
            reading.refuse(("points",), "the lines together can exceed 2^53-1; write smaller points")
        quotas = tuple(read_quota(reading, value, at, self.fields) for at, value in self.list_of("quotas"))
        reading.once((quota.id for quota in quotas), ("quotas",), "quota")
        outside = tuple(self.outside(value, at, gates) for at, value in self.list_of("outside_ratio"))
        reading.once((one.id for one in outside), ("outside_ratio",), "rule")
        tiers = tuple(self.tier(value, at) for at, value in self.list_of("tiers"))
        reading.once((tier.id for tier in tiers), ("tiers",), "tier")
        return Rules(
            version=reading.integer(given.get("version", 1), ("version",), 1, 1),
            method=reading.choice(given.get("method", "serial"), ("method",), METHODS),
            size=reading.integer(given.get("size", 1), ("size",), 1, MAX_SIZE),
            fields=self.fields,
            gates=gates,
            outside_ratio=outside,
            tiers=tiers,
            points=points,
            then=tuple(self.then(value, at) for at, value in self.list_of("then")),
            quotas=quotas,
            reserve=self.reserve(),
            tie=self.tie(),
            reciprocity=self.reciprocity(),
            mapping=given,
        )

    def list_of(self, key: str) -> list[tuple[Path, object]]:
        """The members of the list at `key`; none where the key is left out."""
        return self.reading.items(self.given[key], (key,)) if key in self.given else []

    def field(self, name: str, value: object) -> Field:
        """One declared field."""
        reading, path = self.reading, ("fields", name)
        kind: FieldType = "category"
        if isinstance(value, Mapping) and "type" in value:
            kind = reading.choice(value["type"], (*path, "type"), FIELD_TYPES)
        required = ("type", "levels") if kind == "scale" else ("type",)
        given = reading.mapping(value, path, required, ("column",) if kind == "flag" else ("column", "unknown"))
        if name == "pid":
            reading.refuse(path, "`pid` is the number of the person and cannot be a field")
        levels: tuple[str, ...] = ()
        if kind == "scale":
            levels = tuple(
                reading.text(level, at) for at, level in reading.items(given.get("levels", []), (*path, "levels"))
            )
            reading.once(levels, (*path, "levels"), "level")
            if "levels" in given and not levels:
                reading.refuse((*path, "levels"), "at least one level belongs here")
            levels = levels or ("",)
        column = reading.text(given.get("column", name), (*path, "column"))
        unknown: str | int | None = None
        if "unknown" in given and kind != "flag":
            at = (*path, "unknown")
            if kind == "integer":
                unknown = reading.integer(given["unknown"], at)
            elif kind == "scale":
                unknown = reading.choice(given["unknown"], at, levels)
            else:
                unknown = reading.text(given["unknown"], at)
        return Field(name, kind, column, levels, unknown)

    def gates(self, value: object, path: Path) -> tuple[str, ...]:
        """Names of flags, each once."""
        members = self.reading.items(value, path)
        fields = [field_of(self.reading, member, at, self.fields, "flag") for at, member in members]
        names = tuple(field.name for field in fields if field is not None)
        self.reading.once(names, path, "gate")
        return names

    def outside(self, value: object, path: Path, gates: tuple[str, ...]) -> Outside:
        """One rule of who is released outside the ratio."""
        given = self.reading.mapping(value, path, ("id", "when"), ("gates",))
        own = self.gates(given["gates"], (*path, "gates")) if "gates" in given else gates
        return Outside(*self.named(given, path), own)

    def tier(self, value: object, path: Path) -> Tier:
        """One tier."""
        return Tier(*self.named(self.reading.mapping(value, path, ("id", "when"), ()), path))

    def named(self, given: dict[str, object], path: Path) -> tuple[str, Condition]:
        """The id and the condition of a tier or of a rule outside the ratio; what is missing has been noted."""
        name = self.reading.id(given.get("id", "missing"), (*path, "id"))
        return name, read_condition(self.reading, given.get("when", {"all": []}), (*path, "when"), self.fields)

    def then(self, value: object, path: Path) -> Then:
        """One field of the order after points."""
        given = self.reading.mapping(value, path, ("field", "order"), ())
        field = field_of(self.reading, given.get("field", ""), (*path, "field"), self.fields, "integer", "scale")
        order = self.reading.choice(given.get("order", "asc"), (*path, "order"), ("asc", "desc"))
        return Then(field.name if field is not None else "", order == "desc")

    def reserve(self) -> int:
        """The length of the reserve list."""
        if "reserve" not in self.given:
            return _RESERVE
        given = self.reading.mapping(self.given["reserve"], ("reserve",), ("length",), ())
        return self.reading.integer(given.get("length", 0), ("reserve", "length"), 0, MAX_SIZE)

    def tie(self) -> Tie | None:
        """How ties are broken, as declared."""
        if "tie" not in self.given:
            return None
        reading, path = self.reading, ("tie",)
        given = reading.mapping(self.given["tie"], path, ("kind", "parties"), ("beacon",))
        kind = reading.choice(given.get("kind", "commit_reveal"), (*path, "kind"), ("commit_reveal",))
        parties = reading.items(given.get("parties", []), (*path, "parties"))
        names = tuple(reading.text(name, at) for at, name in parties)
        reading.once(names, (*path, "parties"), "party")
        if "parties" in given and not names:
            reading.refuse((*path, "parties"), "at least one party belongs here")
        return Tie(kind, names, reading.text(given["beacon"], (*path, "beacon")) if "beacon" in given else None)

    def reciprocity(self) -> Reciprocity | None:
        """The ratio table and the lead at which a pause is advised."""
        if "reciprocity" not in self.given:
            return None
        reading, path = self.reading, ("reciprocity",)
        given = reading.mapping(self.given["reciprocity"], path, ("ratio",), ("max_lead",))
        table = reading.open_mapping(given.get("ratio", {}), (*path, "ratio"))
        ratio = {name: reading.integer(value, (*path, "ratio", name), 0) for name, value in table.items()}
        lead = reading.integer(given["max_lead"], (*path, "max_lead"), 0) if "max_lead" in given else None
        return Reciprocity(ratio, lead)
