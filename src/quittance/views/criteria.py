"""The rules by which people are chosen, in words: one line for each clause of the agreement's `selection`.

The mapping is taken as it was parsed and checked before; beside each line stands the clause itself, so that the words
can be held against it. `CRITERIA_MESSAGES` is the whole catalogue for translators.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from quittance.agreement.model import Clearance
from quittance.views.batch_wording import BY_WORDS, gate_words, gates_words, known_words
from quittance.views.sentence import Id, Name, Sentence, Value


class Rule(StrEnum):
    """Every template, by its use."""

    # fields that most registers have
    AGE = "age"
    HEALTH = "health"
    HELD_AT = "place of detention"
    PROVINCE = "province"
    REMAINING = "days left of the sentence"
    LIST = "list"
    FACTION = "group"

    # the parts of the rules, as headings
    METHOD = "How"
    GATES = "First asked of everybody"
    OUTSIDE = "Outside the ratio"
    TIERS = "Who goes first"
    POINTS = "Points"
    THEN = "Equal points"
    QUOTAS = "Limits"
    RESERVE = "Reserve"
    RECIPROCITY = "What counts for the balance"

    # lines
    SERIAL = "The order decides: down the list, each one is taken with whom the batch can still be completed."
    POINTS_FIRST = "The most tiers and points that the limits allow; among equals the order decides."
    DRAW = "Within a tier the draw decides; points do not count."
    SIZE = "{n} seats"
    GATE = "{gate}: {by}"
    GATE_DAYS = "{gate}: {by}, and not longer ago than {n} days"
    GATE_MONTHS = "{gate}: {by}, and not longer ago than {n} months"
    GATE_HOURS = "{gate}: {by}, and not longer ago than {n} hours"
    LEAVES = "whoever {condition}; needs only {gates}"
    TIER = "tier {n}: whoever {condition}"
    LAST_TIER = "tier {n}: everybody else"
    LEVELS = "{field}: {levels}"
    LEVEL = "{level} {points}"
    UNDER = "under {bound}: {points}"
    PER = "{field}: {points} for each {each} above {above}, {cap} at most"
    HIGHER = "the higher {field} first"
    LOWER = "the lower {field} first"
    DRAWN = "then the draw, from a seed that these make together: {parties}"
    DRAWN_BEACON = (
        "then the draw, from a seed that these make together: {parties}, and a number that nobody can foresee"
    )
    IN_PROPORTION = "{field}: in proportion to those ranked, {slack} in 100 more or less"
    IN_PROPORTION_PAD = "{field}: in proportion to those ranked, {slack} in 100 more or less, and {pad} on top"
    AT_LEAST_OF = "{class_} at least {n}"
    AT_MOST_OF = "{class_} at most {n}"
    AT_MOST_EACH = "every other at most {n}"
    BOUNDS = "{field}: {bounds}"
    SEATS = "whoever {condition}: {low} to {high} seats"
    SEATS_FROM = "whoever {condition}: {low} seats or more"
    SUBSTITUTES = "{n} substitutes, in order"
    COUNTS = "{class_} counts {points}"
    MAX_LEAD = "a pause is advised when one side is more than {n} points ahead"

    # conditions, after "whoever"
    IS = "has {field} {value}"
    IS_ONE = "has {field} one of {values}"
    FLAG = "has a yes for {field}"
    FROM = "has {field} {value} or more"
    UP_TO = "has {field} {value} or less"
    BELOW = "has {field} under {value}"
    OR = "{first}, or {second}"
    AND = "{first} and {second}"
    NOT = "not: {condition}"


CRITERIA_MESSAGES: tuple[str, ...] = tuple(dict.fromkeys(str(one) for one in Rule))
"""Every template of this module: the catalogue for translators. Field names in braces stay as they are."""

FIELD_WORDS: Mapping[str, Rule] = {
    "age": Rule.AGE,
    "health": Rule.HEALTH,
    "held_at": Rule.HELD_AT,
    "province": Rule.PROVINCE,
    "remaining_days": Rule.REMAINING,
    "list": Rule.LIST,
    "faction": Rule.FACTION,
}

VALID: Mapping[str, Rule] = {"days": Rule.GATE_DAYS, "months": Rule.GATE_MONTHS, "hours": Rule.GATE_HOURS}

PRIVATE_FIELDS = frozenset({"health", "medical", "diagnosis", "fitness"})
"""Fields about somebody's health: the points and quotas that rest on them are shown to no party."""

Mapped = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the rules: its heading, its lines, and the clause of the agreement that says so, as JSON."""

    key: str
    heading: Sentence
    lines: tuple[Sentence, ...]
    clause: str


def criteria(
    rules: Mapped, clearances: Mapping[str, Clearance], names: Mapping[str, str] | None = None
) -> tuple[Part, ...]:
    """The rules in words, in the order in which they are applied; `names` are those of the parties, by id."""
    makers: tuple[tuple[Rule, tuple[str, ...], Callable[[], Iterator[Sentence]]], ...] = (
        (Rule.METHOD, ("method", "size"), lambda: _method(rules)),
        (Rule.OUTSIDE, ("outside_ratio",), lambda: _outside(rules)),
        (Rule.GATES, ("gates",), lambda: _gates(rules, clearances)),
        (Rule.TIERS, ("tiers",), lambda: _tiers(rules)),
        (Rule.POINTS, ("points",), lambda: _points(rules)),
        (Rule.THEN, ("then", "tie"), lambda: _then(rules, names or {})),
        (Rule.QUOTAS, ("quotas",), lambda: _quotas(rules)),
        (Rule.RESERVE, ("reserve",), lambda: _reserve(rules)),
        (Rule.RECIPROCITY, ("reciprocity",), lambda: _reciprocity(rules)),
    )
    parts = []
    for heading, keys, make in makers:
        clause = {key: rules[key] for key in keys if rules.get(key)}
        if clause and (lines := tuple(make())):
            parts.append(Part(keys[0], _say(heading), lines, json.dumps(clause, ensure_ascii=False, default=str)))
    return tuple(parts)


def private_parts(rules: Mapped) -> frozenset[str]:
    """The ids of the points lines and quotas that rest on somebody's health."""
    lines = [*rules.get("points", ()), *rules.get("quotas", ())]
    return frozenset(str(one["id"]) for one in lines if _fields(one) & PRIVATE_FIELDS)


def told_gates(clearances: Mapping[str, Clearance]) -> frozenset[str]:
    """The gates that both sides may see, whoever grants them: the list, a veto, the legal order, the identity."""
    return frozenset(
        name
        for name, one in clearances.items()
        if not one.sealed and one.about in ("listed", "veto", "order", "identity")
    )


def _fields(value: object) -> set[str]:
    """Every field that a part of the rules looks at."""
    if isinstance(value, Mapping):
        named = {str(value[key]) for key in ("field", "by") if key in value}
        return named.union(*map(_fields, value.values()))
    return set().union(*map(_fields, value)) if isinstance(value, list | tuple) else set()


def _say(rule: Rule, **values: Value) -> Sentence:
    return Sentence(str(rule), values)


def field_words(name: str) -> Sentence:
    """The name of a field of the register."""
    return _say(FIELD_WORDS[name]) if name in FIELD_WORDS else Sentence("{code}", {"code": Id(name)})


def _value(value: object) -> Value:
    return value if isinstance(value, int) and not isinstance(value, bool) else Id(str(value))


def _method(rules: Mapped) -> Iterator[Sentence]:
    methods = {"serial": Rule.SERIAL, "points_first": Rule.POINTS_FIRST, "draw": Rule.DRAW}
    yield _say(methods[rules["method"]])
    yield _say(Rule.SIZE, n=int(rules["size"]))


def _gates(rules: Mapped, clearances: Mapping[str, Clearance]) -> Iterator[Sentence]:
    for name in rules.get("gates", ()):
        granted = clearances.get(name)
        if granted is None:
            yield gate_words(name)
            continue
        values: dict[str, Value] = {"gate": gate_words(name), "by": known_words(BY_WORDS, granted.by)}
        held = granted.valid
        rule = Rule.GATE if held is None else VALID[held.unit]
        yield _say(rule, **values, **({} if held is None else {"n": held.count}))


def _outside(rules: Mapped) -> Iterator[Sentence]:
    for one in rules["outside_ratio"]:
        gates = gates_words(one.get("gates", rules.get("gates", ())))
        yield _say(Rule.LEAVES, condition=condition_words(one["when"]), gates=gates)


def _tiers(rules: Mapped) -> Iterator[Sentence]:
    for number, one in enumerate(rules["tiers"], 1):
        yield _say(Rule.TIER, n=number, condition=condition_words(one["when"]))
    yield _say(Rule.LAST_TIER, n=len(rules["tiers"]) + 1)


def _points(rules: Mapped) -> Iterator[Sentence]:
    for one in rules["points"]:
        field = field_words(one["field"])
        if "per" in one:
            per = cast(Mapped, one["per"])
            values = {key: int(per[key]) for key in ("points", "each", "above", "cap")}
            yield _say(Rule.PER, field=field, **values)
        elif "below" in one:
            steps = tuple(_say(Rule.UNDER, bound=int(bound), points=int(points)) for bound, points in one["below"])
            yield _say(Rule.LEVELS, field=field, levels=steps)
        else:
            levels = tuple(_say(Rule.LEVEL, level=_value(k), points=int(v)) for k, v in one["levels"].items())
            yield _say(Rule.LEVELS, field=field, levels=levels)


def _then(rules: Mapped, names: Mapping[str, str]) -> Iterator[Sentence]:
    for one in rules.get("then", ()):
        yield _say(Rule.HIGHER if one.get("order") == "desc" else Rule.LOWER, field=field_words(one["field"]))
    tie = rules.get("tie") or {}
    if parties := tie.get("parties"):
        rule = Rule.DRAWN_BEACON if tie.get("beacon") else Rule.DRAWN
        said = (Name(names[one]) if one in names else known_words(BY_WORDS, one) for one in map(str, parties))
        yield _say(rule, parties=tuple(said))


def _quotas(rules: Mapped) -> Iterator[Sentence]:
    for one in rules["quotas"]:
        if "when" in one:
            values: dict[str, Value] = {"condition": condition_words(one["when"]), "low": int(one.get("min", 0))}
            high = one.get("max")
            yield _say(Rule.SEATS_FROM, **values) if high is None else _say(Rule.SEATS, **values, high=int(high))
            continue
        field = field_words(one["by"])
        if "share" in one:
            slack, pad = int(one.get("slack_percent", 0)), int(one.get("pad", 0))
            rule = Rule.IN_PROPORTION_PAD if pad else Rule.IN_PROPORTION
            yield _say(rule, field=field, slack=slack, **({"pad": pad} if pad else {}))
            continue
        bounds = [_say(Rule.AT_LEAST_OF, class_=_value(k), n=int(v)) for k, v in one.get("min", {}).items()]
        bounds += [_say(Rule.AT_MOST_OF, class_=_value(k), n=int(v)) for k, v in one.get("max", {}).items()]
        if "default_max" in one:
            bounds.append(_say(Rule.AT_MOST_EACH, n=int(one["default_max"])))
        yield _say(Rule.BOUNDS, field=field, bounds=tuple(bounds))


def _reserve(rules: Mapped) -> Iterator[Sentence]:
    yield _say(Rule.SUBSTITUTES, n=int(rules["reserve"].get("length", 20)))


def _reciprocity(rules: Mapped) -> Iterator[Sentence]:
    for name, points in rules["reciprocity"].get("ratio", {}).items():
        yield _say(Rule.COUNTS, class_=_value(name), points=int(points))
    if (lead := rules["reciprocity"].get("max_lead")) is not None:
        yield _say(Rule.MAX_LEAD, n=int(lead))


def condition_words(condition: Mapped) -> Sentence:
    """A condition of the rules, as it follows "whoever"."""
    for key, rule in (("any", Rule.OR), ("all", Rule.AND)):
        if key in condition:
            first, *others = map(condition_words, condition[key])
            for other in others:
                first = _say(rule, first=first, second=other)
            return first
    if "not" in condition:
        return _say(Rule.NOT, condition=condition_words(condition["not"]))
    field = field_words(condition["field"])
    if condition.get("equals") is True:
        return _say(Rule.FLAG, field=field)
    if "equals" in condition:
        return _say(Rule.IS, field=field, value=_value(condition["equals"]))
    if "in" in condition:
        return _say(Rule.IS_ONE, field=field, values=tuple(map(_value, condition["in"])))
    bounds = [
        _say(rule, field=field, value=_value(condition[key]))
        for key, rule in (("at_least", Rule.FROM), ("at_most", Rule.UP_TO), ("below", Rule.BELOW))
        if key in condition
    ]
    first, *others = bounds
    for other in others:
        first = _say(Rule.AND, first=first, second=other)
    return first
