"""Conditions of the rules (section 12): one field against a value or bounds, or any, all and not of conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from quittance.ids import did_you_mean
from quittance.selection.reading import Path, Reading

if TYPE_CHECKING:
    from quittance.selection.register import Register
    from quittance.selection.rules import Field

Value: TypeAlias = str | int | bool | None
BoolArray: TypeAlias = NDArray[np.bool_]

MAX_DEPTH = 8
"""Conditions may lie inside each other this deep."""

_BOUNDS: dict[str, Callable[[int, int], bool]] = {
    "at_least": lambda value, bound: value >= bound,
    "at_most": lambda value, bound: value <= bound,
    "below": lambda value, bound: value < bound,
}


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field has one of these values. An empty flag has none."""

    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Bounded:
    """The field's integer, or the place of its level on the scale, keeps every bound."""

    field: str
    bounds: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: Condition


Condition: TypeAlias = OneOf | Bounded | AnyOf | AllOf | Not


def holds(condition: Condition, register: Register) -> BoolArray:
    """For each person of the register, in its order, whether the condition holds."""
    match condition:
        case OneOf(field, values):
            return register.columns[field].each(lambda value: value in values, np.bool_)
        case Bounded(field, bounds):
            measure = register.columns[field].field.measure
            return register.columns[field].each(
                lambda value: all(_BOUNDS[name](measure(value), bound) for name, bound in bounds), np.bool_
            )
        case AnyOf(conditions):
            return reduce(np.logical_or, (holds(one, register) for one in conditions))
        case AllOf(conditions):
            return reduce(np.logical_and, (holds(one, register) for one in conditions))
        case Not(inner):
            return ~holds(inner, register)


def read_condition(
    reading: Reading, value: object, path: Path, fields: Mapping[str, Field], depth: int = 1
) -> Condition:
    """The condition at `path`; notes what is wrong with it, and then gives one that never holds."""
    never = AnyOf(())
    if depth > MAX_DEPTH:
        reading.refuse(path, f"conditions lie more than {MAX_DEPTH} deep; write it flatter")
        return never
    given = reading.open_mapping(value, path)
    for key, combined in (("any", AnyOf), ("all", AllOf)):
        if key in given:
            reading.mapping(value, path, (key,), ())
            members = reading.items(given[key], (*path, key))
            if not members:
                reading.refuse((*path, key), "at least one condition belongs here")
            return combined(tuple(read_condition(reading, one, at, fields, depth + 1) for at, one in members))
    if "not" in given:
        reading.mapping(value, path, ("not",), ())
        return Not(read_condition(reading, given["not"], (*path, "not"), fields, depth + 1))
    if not isinstance(value, Mapping):
        return never
    reading.mapping(value, path, ("field",), ("equals", "in", *_BOUNDS))
    field = field_of(reading, given.get("field"), (*path, "field"), fields) if "field" in given else None
    kinds = [key for key in ("equals", "in") if key in given]
    bounds = [key for key in _BOUNDS if key in given]
    if len(kinds) + bool(bounds) != 1:
        reading.refuse(path, "exactly one of equals, in, or bounds (at_least, at_most, below) belongs here")
        return never
    if field is None:
        return never
    if bounds:
        return _read_bounds(reading, given, path, field, bounds)
    if "equals" in given:
        return OneOf(field.name, (_read_value(reading, given["equals"], (*path, "equals"), field),))
    values = reading.items(given["in"], (*path, "in"))
    if not values:
        reading.refuse((*path, "in"), "at least one value belongs here")
    return OneOf(field.name, tuple(_read_value(reading, one, at, field) for at, one in values))


def field_of(reading: Reading, value: object, path: Path, fields: Mapping[str, Field], *types: str) -> Field | None:
    """The declared field that `value` names, of one of `types` if any are given; None after noting a problem."""
    name = reading.text(value, path)
    if not name:
        return None
    field = fields.get(name)
    if field is None:
        reading.refuse(path, f"`{name}` is not among the fields{did_you_mean(name, fields)}")
    elif types and field.type not in types:
        reading.refuse(path, f"`{name}` is of type {field.type}; {' or '.join(types)} belongs here")
        return None
    return field


def _read_bounds(reading: Reading, given: dict[str, Any], path: Path, field: Field, names: list[str]) -> Condition:
    if field.type not in ("integer", "scale"):
        reading.refuse(path, f"`{field.name}` is of type {field.type}; only integers and scales have bounds")
        return AnyOf(())
    bounds = []
    for name in names:
        value = _read_value(reading, given[name], (*path, name), field)
        bounds.append((name, field.measure(value)))
    return Bounded(field.name, tuple(bounds))


def _read_value(reading: Reading, value: object, path: Path, field: Field) -> Value:
    """A value that the field can have."""
    if field.type == "integer":
        return reading.integer(value, path)
    if field.type == "scale":
        return reading.choice(value, path, field.levels)
    if field.type == "flag":
        return value if type(value) is bool else reading.choice(value, path, ("yes", "no")) == "yes"
    return reading.text(value, path)
