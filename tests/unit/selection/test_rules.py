"""The rules' closed vocabulary: what section 12 shows is read, anything else is refused with its place."""

import copy

import pytest
from tests.unit.selection.made import FIELDS, rules

from quittance.selection.conditions import AllOf, AnyOf, Bounded, Not, OneOf
from quittance.selection.rules import Rules, RulesRefused, parse_rules

WHOLE = {
    "version": 1,
    "method": "serial",
    "size": 100,
    "fields": {
        "held_at": {"type": "category"},
        "province": {"type": "category", "unknown": "unknown"},
        "health": {"type": "scale", "levels": ["well", "chronic", "serious", "grave"], "unknown": "well"},
        "age": {"type": "integer", "unknown": 0},
        "remaining_days": {"type": "integer", "unknown": 99999},
        "listed": {"type": "flag"},
        "medical": {"type": "flag"},
        "consent": {"type": "flag", "column": "wishes_to_go"},
    },
    "gates": ["listed", "medical", "consent"],
    "outside_ratio": [{"id": "gc3-109", "when": {"field": "health", "at_least": "grave"}, "gates": ["medical"]}],
    "tiers": [
        {"id": "old", "when": {"any": [{"field": "age", "at_least": 65}, {"field": "health", "at_least": "serious"}]}}
    ],
    "points": [
        {"id": "health", "field": "health", "levels": {"chronic": 15, "serious": 30, "grave": 50}},
        {"id": "sentence", "field": "remaining_days", "below": [[90, 25], [180, 20], [365, 12], [730, 6]]},
        {"id": "age", "field": "age", "per": {"above": 50, "each": 1, "points": 2, "cap": 40}},
    ],
    "then": [{"field": "age", "order": "desc"}],
    "quotas": [
        {"id": "prison", "by": "held_at", "share": "proportional", "slack_percent": 15, "pad": 0},
        {"id": "province", "by": "province", "min": {"Kunduz": 4}, "max": {"Kabul": 20}, "default_max": 30},
        {"id": "medical_seats", "when": {"field": "health", "at_least": "serious"}, "min": 0, "max": 12},
    ],
    "reserve": {"length": 7},
    "tie": {"kind": "commit_reveal", "parties": ["a", "b", "neutral"], "beacon": "drand:quicknet"},
    "reciprocity": {"ratio": {"fighter": 1, "servicemember": 5, "civilian": 0}, "max_lead": 100},
}


def test_the_example_of_the_reference_is_read_whole():
    """Every key of section 12 comes back as a typed value."""
    read = parse_rules(WHOLE)
    assert isinstance(read, Rules)
    assert read.fields["consent"].column == "wishes_to_go"
    assert read.gates == ("listed", "medical", "consent")
    assert read.outside_ratio[0].gates == ("medical",)
    assert AnyOf((Bounded("age", (("at_least", 65),)), Bounded("health", (("at_least", 2),)))) == read.tiers[0].when
    assert [read.points[1].points_of(days) for days in (90, 364, 730)] == [20, 12, 0]
    assert [read.points[2].points_of(age) for age in (50, 51, 90)] == [0, 2, 40]
    assert (read.reserve, read.reciprocity.max_lead, read.quotas[1].min) == (7, 100, {"Kunduz": 4})
    assert read.tie.parties == ("a", "b", "neutral")


def test_what_may_be_left_out_has_its_default():
    """Only version, method, size, fields and gates are required; the reserve has 20."""
    read = parse_rules({"version": 1, "method": "draw", "size": 1, "fields": {}, "gates": []})
    assert (
        read.reserve, read.quotas, read.tiers, read.points, read.then, read.tie, read.reciprocity,
    ) == (20, (), (), (), (), None, None)  # fmt: skip


def test_conditions_of_every_form():
    """equals, in, combined bounds, any, all, not; flags by yes and no."""
    condition = {
        "all": [
            {"not": {"field": "medical", "equals": "yes"}},
            {"field": "province", "in": ["Kunduz", "Kabul"]},
            {"field": "age", "at_least": 18, "below": 65},
        ]
    }
    expected = AllOf(
        (
            Not(OneOf("medical", (True,))),
            OneOf("province", ("Kunduz", "Kabul")),
            Bounded("age", (("at_least", 18), ("below", 65))),
        )
    )
    assert expected == parse_rules(rules(tiers=[{"id": "t", "when": condition}])).tiers[0].when


def changed(path, value):
    """`WHOLE` with the value at a path changed, or removed where the value is `...`."""
    mapping = copy.deepcopy(WHOLE)
    inner = mapping
    for part in path[:-1]:
        inner = inner[part]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return mapping


DEEP = {"field": "age", "at_least": 1}
for _ in range(8):
    DEEP = {"not": DEEP}

WRONG = [
    (("version",), 2),
    (("version",), True),
    (("version",), 1.0),
    (("version",), ...),
    (("gates",), ...),
    (("fields",), ...),
    (("method",), "optimal"),
    (("size",), 0),
    (("size",), "100"),
    (("size",), 100.0),
    (("colour",), "red"),
    (("fields", "age", "type"), "float"),
    (("fields", "age", "levels"), ["x"]),
    (("fields", "age", "unknown"), "old"),
    (("fields", "age", "unknown"), 0.5),
    (("fields", "health", "levels"), ...),
    (("fields", "health", "unknown"), "fine"),
    (("fields", "health", "levels"), ["well", "well"]),
    (("fields", "listed", "unknown"), "yes"),
    (("fields", "pid"), {"type": "category"}),
    (("fields", "health", "levels"), []),
    (("fields", "held_at"), "category"),
    (("fields", "age", "column"), ""),
    (("gates", 0), "agreed"),
    (("gates", 0), "age"),
    (("gates", 1), "listed"),
    (("gates",), "listed"),
    (("gates", 0), 7),
    (("outside_ratio", 0, "gates"), ["age"]),
    (("outside_ratio", 0, "when"), ...),
    (("outside_ratio", 0, "size"), 3),
    (("tiers", 0, "id"), "with space"),
    (("tiers", 0, "when"), {}),
    (("tiers", 0, "when"), {"any": []}),
    (("tiers", 0, "when"), {"field": "age"}),
    (("tiers", 0, "when"), {"field": "age", "equals": 1, "below": 2}),
    (("tiers", 0, "when"), {"field": "age", "equals": 1, "in": [1]}),
    (("tiers", 0, "when"), {"field": "age", "above": 3}),
    (("tiers", 0, "when"), {"field": "colour", "equals": "red"}),
    (("tiers", 0, "when"), {"field": "health", "below": "ill"}),
    (("tiers", 0, "when"), {"field": "province", "at_least": "K"}),
    (("tiers", 0, "when"), {"field": "age", "below": 1.5}),
    (("tiers", 0, "when"), {"field": "listed", "equals": "maybe"}),
    (("tiers", 0, "when"), {"field": "province", "in": []}),
    (("tiers", 0, "when"), {"any": [{"field": "age", "below": 3}], "all": []}),
    (("tiers", 0, "when"), "old"),
    (("tiers", 0, "when"), DEEP),
    (("points", 0, "per"), {"above": 0, "each": 1, "points": 1, "cap": 1}),
    (("points", 0, "levels"), ...),
    (("points", 0, "levels", "ill"), 3),
    (("points", 0, "levels", "grave"), 1.5),
    (("points", 0, "field"), "age"),
    (("points", 1, "below"), [[90, 1], [90, 2]]),
    (("points", 1, "below"), [[90]]),
    (("points", 1, "below"), 90),
    (("points", 1, "field"), "health"),
    (("points", 2, "per", "each"), 0),
    (("points", 2, "per", "cap"), ...),
    (("points", 2, "per", "cap"), 2**53 - 1),
    (("points", 1, "id"), "health"),
    (("then", 0, "order"), "down"),
    (("then", 0, "field"), "held_at"),
    (("then", 0), "age"),
    (("quotas", 0, "share"), "equal"),
    (("quotas", 0, "min"), {"North": 1}),
    (("quotas", 0, "slack_percent"), -1),
    (("quotas", 0, "pad"), -1),
    (("quotas", 0, "id"), "province"),
    (("quotas", 1, "min"), 4),
    (("quotas", 1, "min", "Kunduz"), -4),
    (("quotas", 1, "pad"), 1),
    (("quotas", 1, "by"), "colour"),
    (("quotas", 1, "by"), ...),
    (("quotas", 2, "by"), "age"),
    (("quotas", 2, "max"), {"in": 3}),
    (("quotas", 2, "default_max"), 3),
    (("quotas", 1), {"id": "h", "by": "health", "min": {"ill": 1}}),
    (("quotas", 1), {"id": "a", "by": "age", "min": {"07": 1}}),
    (("quotas", 1), {"id": "l", "by": "listed", "max": {"true": 1}}),
    (("reserve", "length"), -1),
    (("reserve",), 20),
    (("reserve",), {}),
    (("tie", "kind"), "coin"),
    (("tie", "parties"), []),
    (("tie", "parties"), ["a", "a"]),
    (("tie", "seed"), "00"),
    (("reciprocity", "ratio", "fighter"), -1),
    (("reciprocity", "max_lead"), "many"),
    (("reciprocity", "ratio"), ...),
]


@pytest.mark.parametrize(("path", "value"), WRONG, ids=lambda part: str(part)[:40])
def test_what_is_not_in_the_vocabulary_is_refused(path, value):
    """An unknown key, field or value, a fraction, a wrong kind or a missing key refuses the rules."""
    with pytest.raises(RulesRefused) as refused:
        parse_rules(changed(path, value))
    assert (refused.value.code, refused.value.exit_code) == ("selection.rules", 2)
    assert refused.value.problems
    assert all(problem.path.startswith("selection") for problem in refused.value.problems)


@pytest.mark.parametrize("value", [None, [], "serial", 7, {1: 2}])
def test_what_is_no_mapping_is_refused(value):
    """The value of `selection` is a mapping with text keys."""
    with pytest.raises(RulesRefused):
        parse_rules(value)


def test_every_error_is_named_with_its_place_and_line():
    """The report has a row for each, its path and, where the reader knows it, its line."""
    with pytest.raises(RulesRefused) as refused:
        parse_rules(rules(size=0, gates=["agred"], method="sereal"), line_of=lambda path: len(path))
    rows = {problem.path: problem for problem in refused.value.problems}
    assert {"selection.size", "selection.gates[0]", "selection.method"} == set(rows)
    assert "did you mean `agreed`" in rows["selection.gates[0]"].message
    assert (rows["selection.size"].line, rows["selection.gates[0]"].line) == (2, 3)


def test_the_hash_is_of_what_was_parsed():
    """Nothing is filled in: a default written out is another rule text; the order of keys is none."""
    turned = dict(reversed(WHOLE.items()))
    assert parse_rules(WHOLE).sha256 == parse_rules(turned).sha256
    plain, filled = rules(), rules(reserve={"length": 20})
    assert parse_rules(plain).sha256 != parse_rules(filled).sha256
    assert parse_rules(plain).mapping["fields"] == FIELDS


@pytest.mark.parametrize("class_", ["\ud800", "x" * 10], ids=["surrogate", "text"])
def test_rules_without_a_canonical_form_are_refused(class_):
    """A key that UTF-8 cannot hold has no hash."""
    mapping = rules(quotas=[{"id": "p", "by": "prison", "min": {class_: 1}}])
    if class_ == "\ud800":
        with pytest.raises(RulesRefused):
            parse_rules(mapping)
    else:
        assert parse_rules(mapping).sha256
