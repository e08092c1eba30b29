"""Gates, order and limits one by one: the funnel closes, ties go by the key, bounds are integers."""

import hashlib

import pytest
from hypothesis import given, settings
from tests.unit.selection.made import PEOPLE, RULES, SEED, as_csv, person, rules

from quittance.files.registers import read_register
from quittance.selection.gates import evaluate_gates, missing_gates, outside_rule
from quittance.selection.limits import seats_of
from quittance.selection.order import rank, tie_key
from quittance.selection.rules import parse_rules


def ranked(rows, **changes):
    """The ranking of some rows by rules with some changes."""
    parsed = parse_rules(rules(**changes))
    return rank(read_register(as_csv(rows).encode(), parsed), parsed, SEED)


def order(found):
    return [found.pid(place) for place in range(1, len(found) + 1)]


@settings(max_examples=100)
@given(PEOPLE, RULES)
def test_the_funnel_closes(people, mapping):
    """register = outside + pending + lost at each gate + ranked, and each person is where his missing gates say."""
    parsed = parse_rules(mapping)
    register = read_register(as_csv(people).encode(), parsed)
    gated = evaluate_gates(register, parsed)
    parts = len(gated.outside) + len(gated.pending) + sum(loss.lost for loss in gated.funnel) + len(gated.ranked)
    assert len(register) == parts
    ranking = rank(register, parsed, SEED)
    for at in range(len(register)):
        missing, outside = missing_gates(register, parsed, at), outside_rule(register, parsed, at)
        assert (at in gated.outside) == (outside is not None and not missing)
        assert (at in gated.pending) == (outside is not None and bool(missing))
        assert (ranking.rank_of(at) is not None) == (outside is None and not missing)


def test_an_empty_gate_is_not_yes():
    """Not yet attested is lost at that gate, as a no is."""
    rows = [person(1, agreed=""), person(2, agreed="no"), person(3)]
    found = ranked(rows)
    assert order(found) == ["R-003"]
    assert [(loss.passed, loss.lost) for loss in found.gated.funnel] == [(1, 2)]


def test_the_first_rule_outside_the_ratio_decides():
    """Somebody under two rules passes the gates of the first alone."""
    two = [
        {"id": "one", "when": {"field": "health", "equals": "grave"}, "gates": ["medical"]},
        {"id": "two", "when": {"field": "age", "at_least": 1}, "gates": []},
    ]
    rows = [person(1, health="grave", **{"doctor says": ""}), person(2), person(3, age="0")]
    gated = ranked(rows, outside_ratio=two).gated
    assert (gated.outside, gated.pending) == ((1,), (0,))


def test_tier_then_points_then_fields_then_key_then_pid():
    """Each step decides only between those alike so far."""
    changes = {
        "tiers": [{"id": "sick", "when": {"field": "health", "at_least": "serious"}}],
        "points": [{"id": "home", "field": "province", "levels": {"Herat": 5}}],
        "then": [{"field": "age", "order": "desc"}, {"field": "health", "order": "asc"}],
    }
    rows = [
        person(1), person(2, province="Herat"), person(3, health="serious"), person(4, age="50"),
        person(5, age="50", health="grave"), person(6, health="serious", province="Herat"),
    ]  # fmt: skip
    assert order(ranked(rows, **changes)) == ["R-006", "R-005", "R-003", "R-002", "R-004", "R-001"]


def test_people_alike_go_by_their_tie_keys():
    """The key is the hash of seed and pid, compared byte by byte."""
    rows = [person(number) for number in range(40)]
    found = order(ranked(rows))
    keys = [hashlib.sha256(SEED + pid.encode()).digest() for pid in found]
    assert sorted(keys) == keys
    assert keys[3] == tie_key(SEED, found[3])


def test_a_draw_leaves_points_aside_but_shows_them():
    """By `draw` only tier and tie key count."""
    points = [{"id": "age", "field": "age", "per": {"above": 0, "each": 1, "points": 1, "cap": 99}}]
    rows = [person(number, age=str(number)) for number in range(20)]
    drawn = ranked(rows, method="draw", points=points)
    assert order(drawn) == order(ranked(rows, method="draw"))
    assert {"age": int(drawn.pid(1)[2:])} == drawn.line_points(1)


def limits(rows, size, *quotas):
    """(class, least, most) of the rows of a quota or more."""
    return [(row.class_, row.lo, row.hi) for row in seats_of(ranked(rows, quotas=list(quotas)), size).rows]


def test_proportional_bounds_are_integers():
    """Seven North and three South in 4 seats with 10 percent: 2.52 down and 3.08 up, 1.08 down and 1.32 up."""
    rows = [person(number, prison="North" if number < 7 else "South") for number in range(10)]
    quota = {"id": "p", "by": "prison", "share": "proportional", "slack_percent": 10}
    assert limits(rows, 4, quota) == [("North", 2, 4), ("South", 1, 2)]
    assert limits(rows, 4, {**quota, "pad": 1}) == [("North", 2, 4), ("South", 1, 3)]
    assert limits(rows, 3, {**quota, "slack_percent": 0}) == [("North", 2, 3), ("South", 0, 1)]


def test_classes_stand_in_the_order_of_their_bytes():
    """Also those beyond ASCII, and those that the rules name and nobody has."""
    rows = [person(1, prison="کابل"), person(2, prison="a"), person(3, prison="Z")]
    quota = {"id": "p", "by": "prison", "min": {"ä": 1}, "max": {"a": 0}, "default_max": 1}
    assert limits(rows, 2, quota) == [("Z", 0, 1), ("a", 0, 0), ("ä", 1, 1), ("کابل", 0, 1)]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("age", ["0", "10", "9"]),
        ("medical", ["no", "yes"]),
        ("health", ["grave", "well"]),
        ("province", ["X", "unknown"]),
    ],
)
def test_classes_are_texts(by, expected):
    """An integer by its decimal text, a flag by yes and no with empty as no, `unknown` for an empty cell."""
    rows = [
        person(1, age="9", province="X", **{"doctor says": ""}), person(2, age="10", health="grave", province=""),
        person(3, age="", province="X", health=""),
    ]  # fmt: skip
    assert expected == [name for name, _, _ in limits(rows, 2, {"id": "q", "by": by})]


def test_a_condition_parts_people_in_two_classes():
    """`in` with the bounds given, `out` without."""
    quota = {"id": "care", "when": {"field": "health", "at_least": "serious"}, "min": 1, "max": 2}
    assert limits([person(1), person(2, health="grave")], 3, quota) == [("in", 1, 2), ("out", 0, 3)]


def test_an_empty_flag_equals_neither_yes_nor_no():
    """Not attested yet is no answer."""
    rows = [person(1, **{"doctor says": ""}), person(2, **{"doctor says": "no"}), person(3)]
    for value, count in (("yes", 1), ("no", 1)):
        quota = {"id": "q", "when": {"field": "medical", "equals": value}}
        assert count == seats_of(ranked(rows, quotas=[quota]), 2).available()[0]


def test_nobody_ranked_is_no_error():
    """Quotas over nobody have only the classes that the rules name."""
    rows = [person(1, agreed="no")]
    share = {"id": "p", "by": "prison", "share": "proportional"}
    named = {"id": "h", "by": "province", "min": {"Kunduz": 1}}
    assert limits(rows, 2, share, named) == [("Kunduz", 1, 2)]
