"""What if: the whole walk again, and who comes in and goes out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.selected import SEED, Small, case, legal, smalls

from quittance.errors import UsageError
from quittance.selection.register import register_of
from quittance.selection.rules import parse_rules
from quittance.selection.select import select_batch
from quittance.selection.what_if import NOT_MONOTONE, what_if


@settings(max_examples=60, deadline=None)
@given(smalls(), st.integers(1, 5))
def test_another_size_is_a_fresh_selection(small: Small, size: int) -> None:
    """Entering and leaving are the differences from a selection made anew, and a larger batch that puts out says so."""
    before = select_batch(small.register, small.rules, seed=SEED)
    after = select_batch(small.register, small.rules, seed=SEED, size=size)
    found = what_if(before, size=size)
    assert (after.people, after.points_total, after.conflict) == (found.people, found.points_total, found.conflict)
    assert set(after.people) - set(before.people) == set(found.entering)
    assert set(before.people) - set(after.people) == set(found.leaving) == set(found.reasons)
    if after.status == "proposed":
        against = found.leaving if size > before.size else found.entering if size < before.size else ()
        assert bool(against) == (NOT_MONOTONE in found.warnings)


@settings(max_examples=60, deadline=None)
@given(smalls(), st.data())
def test_another_limit_is_what_enumeration_gives(small: Small, data: st.DataObject) -> None:
    """With other bounds of a class the batch is the first legal one under them."""
    seats = small.seats
    at = data.draw(st.integers(0, len(seats.rows) - 1))
    least, most = sorted((data.draw(st.integers(0, 3)), data.draw(st.integers(0, 3))))
    rows = tuple(replace(row, lo=least, hi=most) if at == number else row for number, row in enumerate(seats.rows))
    name = seats.rows[at].quota, seats.rows[at].class_
    before = select_batch(small.register, small.rules, seed=SEED)
    found = what_if(before, limits={(*name, "min"): least, (*name, "max"): most})
    first = next(legal(replace(seats, rows=rows)), None)
    assert (None if first is None else tuple(map(small.ranking.pid, first))) == (found.people or None)
    assert (first is None) == (found.conflict is not None)


@settings(max_examples=40, deadline=None)
@given(smalls(), st.data())
def test_without_somebody(small: Small, data: st.DataObject) -> None:
    """Without a person the answer is the selection from a register that never had him, and he leaves by a gate."""
    before = select_batch(small.register, small.rules, seed=SEED)
    pid = data.draw(st.sampled_from(small.register.pids))
    found = what_if(before, without=[pid])
    assert pid not in found.people
    assert found.reasons.get(pid) == ("gate" if pid in before.people else None)


def test_a_larger_batch_may_put_somebody_out() -> None:
    """Limits by share grow in steps: with a third seat P2 loses his to two others, and the answer warns."""
    rules = parse_rules(
        {
            "version": 1,
            "method": "serial",
            "size": 2,
            "fields": {"x": {"type": "category"}, "y": {"type": "category"}, "score": {"type": "integer"}},
            "gates": [],
            "points": [{"id": "s", "field": "score", "per": {"above": 0, "each": 1, "points": 1, "cap": 9}}],
            "quotas": [{"id": by, "by": by, "share": "proportional", "slack_percent": 0} for by in ("x", "y")],
        }
    )
    classes = [("y", "q"), ("y", "q"), ("x", "q"), ("x", "p"), ("x", "p")]
    rows = [{"pid": f"P{at}", "x": x, "y": y, "score": str(9 - at)} for at, (x, y) in enumerate(classes)]
    found = what_if(select_batch(register_of(rows, rules), rules, seed=SEED), size=3)
    assert (found.entering, found.leaving) == (("P1", "P3"), ("P2",))
    assert found.warnings == (NOT_MONOTONE,)


def test_a_size_or_a_limit_that_cannot_be_is_refused() -> None:
    """No seats, and a limit that the quotas do not have, are wrong use."""
    _, small = case("tiny-serial")
    before = select_batch(small.register, small.rules, seed=SEED)
    with pytest.raises(UsageError) as size:
        what_if(before, size=0)
    with pytest.raises(UsageError) as limit:
        what_if(before, limits={("prison", "West", "max"): 2})
    assert (size.value.code, limit.value.code) == ("selection.size", "selection.no_limit")


def test_other_rules_and_the_printed_form() -> None:
    """Without the cap on medical seats R-0003 enters; those leaving are printed with the reason."""
    _, small = case("tiny-serial")
    mapping = dict(small.rules.mapping)
    mapping["quotas"] = [one for one in mapping["quotas"] if one["id"] != "medical_seats"]
    before = select_batch(small.register, small.rules, seed=bytes.fromhex(case("tiny-serial")[0]["seed"]))
    printed = what_if(before, rules=parse_rules(mapping)).as_json()
    assert printed["entering"] == ["R-0003"]
    assert printed["leaving"] == [{"pid": "R-0002", "reason": "cap"}]
