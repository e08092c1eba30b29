"""Three audiences: what the neutral reads, what a side reads of its own people, and what everybody may read."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.selected import SEED, Small, case, smalls

from quittance import visibility
from quittance.errors import DeniedError
from quittance.selection.audiences import Party, party_result, public_result, shown
from quittance.selection.explain import explain
from quittance.selection.register import register_of
from quittance.selection.result import Selection
from quittance.selection.rules import parse_rules
from quittance.selection.select import select_batch

SEALED = frozenset({"medical", "consent"})


def tiny() -> Selection:
    """The published small batch, with its seed."""
    expected, small = case("tiny-serial")
    return select_batch(small.register, small.rules, seed=bytes.fromhex(expected["seed"]))


def party(*own: str) -> Party:
    return Party(frozenset(own), SEALED)


def test_whoever_declined_looks_like_whoever_is_unfit() -> None:
    """R-0008 has no consent, R-0005 no medical clearance, R-0003 met the cap on medical seats: one answer for all."""
    found = tiny()
    answers = [explain(found, pid, party(pid)).details() for pid in ("R-0008", "R-0005", "R-0003")]
    for answer in answers:
        answer.pop("pid")
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["gates_missing"] == ["not_available"]


def test_an_open_gate_is_named() -> None:
    """A gate that no sealed office grants is read as it is, beside the sealed ones folded into one."""
    mapping = dict(tiny().rules.mapping)
    rules = parse_rules(mapping)
    rows = [{"pid": "A", "held_at": "North", "province": "Herat", "listed": "no", "medical": "", "consent": ""}]
    found = select_batch(register_of(rows, rules), rules, seed=SEED)
    assert explain(found, "A", party("A")).gates_missing == ("listed", "not_available")
    assert explain(found, "A").gates_missing == ("listed", "medical", "consent")


def test_lines_that_show_health_are_left_out() -> None:
    """A side reads rank and tier of its own person, and the points without those for health."""
    told = explain(tiny(), "R-0007", party("R-0007"))
    assert (told.lines, told.points, told.rank, told.tier) == ({"age": 22, "sentence": 12}, 34, 1, 1)
    assert told.closest is None  # the medical seat came closest


@pytest.mark.parametrize("audience", ["party", "public", Party(frozenset({"R-0001"}))])
def test_of_others_nothing_is_told_and_not_even_whether_they_exist(audience: Party) -> None:
    """Somebody else's person and a number that nobody has are refused in the same words."""
    found = tiny()
    words = []
    for pid in ("R-0002", "R-9999"):
        with pytest.raises(DeniedError) as caught:
            explain(found, pid, audience)
        words.append((caught.value.code, caught.value.message))
    assert words[0] == words[1] == ("visibility.denied", visibility.REFUSAL)


@settings(max_examples=60, deadline=None)
@given(smalls(gates=True), st.data())
def test_no_word_of_a_side_names_another_person(small: Small, data: st.DataObject) -> None:
    """Over all its answers together, a side reads no number of anybody who is not its own."""
    found = select_batch(small.register, small.rules, seed=SEED)
    own = frozenset(data.draw(st.sets(st.sampled_from(small.register.pids))))
    side = Party(own, frozenset({"gate"}))
    answers = [explain(found, pid, side).details() for pid in own]
    text = json.dumps([answers, party_result(found, side), public_result(found, side.sealed_gates)])
    assert not [pid for pid in small.register.pids if pid not in own and f'"{pid}"' in text]


@settings(max_examples=60, deadline=None)
@given(smalls(gates=True))
def test_a_side_cannot_tell_sealed_answers_apart(small: Small) -> None:
    """Whether a sealed gate was refused or is still open, a side reads the same of that person."""
    found = select_batch(small.register, small.rules, seed=SEED)
    side = Party(frozenset(small.register.pids), frozenset({"gate"}))
    told = {
        json.dumps({**explain(found, pid, side).details(), "pid": ""})
        for pid in small.register.pids
        if explain(found, pid).reason == "gate"
    }
    assert len(told) <= 1


def test_the_funnel_of_a_side_has_one_step_for_sealed_gates() -> None:
    """Losses at the gates of the doctor and the neutral are one number; the rest of the result counts others."""
    printed = party_result(tiny(), party("R-0001", "R-0003"))
    assert printed["funnel"]["gates"] == [
        {"gate": "listed", "passed": 13, "lost": 1},
        {"gate": "not_available", "passed": 11, "lost": 2},
    ]
    assert ([one["pid"] for one in printed["people"]], printed["others"]) == (["R-0001"], 5)
    assert {"prison", "province"} == {one["quota"] for one in printed["limits"]}


def test_the_public_reads_no_small_number() -> None:
    """Of a register of fifteen nothing of the funnel is left but its ends; classes are shown only where agreed."""
    found = tiny()
    printed = public_result(found, SEALED, ["prison"])
    assert {key: printed["funnel"][key] for key in ("register", "batch")} == {"register": 15, "batch": 6}
    hidden = [printed["funnel"][key] for key in ("outside_ratio", "outside_ratio_pending", "ranked")]
    assert {None} == {*hidden, *(step["lost"] for step in printed["funnel"]["gates"])}
    prison, province, seats = printed["limits"]
    assert prison == {"quota": "prison", "counts": {"North": None, "South": None}}
    assert province == {"quota": "province", "classes": 3, "at_maximum": 0}
    assert seats == {"quota": "medical_seats", "classes": 2}


@pytest.mark.parametrize("cells", [2, 3, 4])
def test_a_reader_who_knows_the_rule_cannot_narrow_a_hidden_cell(cells: int) -> None:
    """Over every table of totals up to 12 and a threshold of 3: each hidden cell could have at least 3 values."""
    fewest = 3
    alike: dict[object, list[tuple[int, ...]]] = defaultdict(list)
    for table in product(range(13), repeat=cells):
        if sum(table) <= 12:
            alike[sum(table), tuple(shown(table, fewest))].append(table)
    for (total, visible), tables in alike.items():
        for at in range(cells):
            if visible[at] is None and total >= fewest:
                values = {table[at] for table in tables}
                assert len(values) >= fewest, (total, visible)


def test_large_cells_are_shown() -> None:
    """With no small cell everything is shown; with one, enough others go with it."""
    assert shown([10, 11, 30]) == [10, 11, 30]
    assert shown([3, 27, 40]) == [None, None, 40]
    assert shown([3, 12, 14]) == [None, None, None]
