"""Points per seat: what each limit costs the batch with the most points."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from tests.selected import Small, smalls

from quittance.selection.binding import points_per_seat
from quittance.selection.limits import Limit
from quittance.selection.register import register_of
from quittance.selection.rules import parse_rules
from quittance.selection.walk import CheckerError

pytest.importorskip("highspy")


def test_a_cap_and_a_minimum_cost_the_difference() -> None:
    """Two seats, at most one of the strong: one more seat of theirs would bring 8 - 3 points."""
    rules = parse_rules(
        {
            "version": 1,
            "method": "serial",
            "size": 2,
            "fields": {"kind": {"type": "category"}, "score": {"type": "integer"}},
            "gates": [],
            "points": [{"id": "s", "field": "score", "per": {"above": 0, "each": 1, "points": 1, "cap": 9}}],
            "quotas": [{"id": "kind", "by": "kind", "max": {"strong": 1}}],
        }
    )
    rows = [("A", "strong", "9"), ("B", "strong", "8"), ("C", "weak", "3"), ("D", "weak", "1")]
    register = register_of([{"pid": pid, "kind": kind, "score": score} for pid, kind, score in rows], rules)
    small = Small(register, rules)
    (found,) = points_per_seat(small.ranking, small.seats)
    assert (Limit("kind", "strong", "max", 1), Fraction(5)) == (found.limit, found.points_per_seat)


@settings(max_examples=60, deadline=None)
@given(smalls())
def test_only_limits_that_bind_have_a_price(small: Small) -> None:
    """Every price is above 0 and belongs to a limit of the seats."""
    seats = small.seats
    rows = {(row.quota, row.class_): row for row in seats.rows}
    for one in points_per_seat(small.ranking, seats):
        row = rows[one.limit.quota, one.limit.class_]
        assert one.points_per_seat > 0
        assert one.limit.value == (row.lo if one.limit.bound == "min" else row.hi)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without HiGHS there are no prices, and the message names the extra."""
    monkeypatch.setattr("quittance.selection.binding.available", lambda: False)
    with pytest.raises(CheckerError, match="extra `select`"):
        points_per_seat(None, None)
