"""The day at the door: acts from several devices, in any order, and what is missing before somebody may go."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proceedings import GATES, people

from quittance.handover.day import ANSWERS, GOOD, Act, DayState, check_act, merge, needed_of
from quittance.handover.model import HandoverRefused

ONE, TWO = people(2)
NOON = datetime(2020, 8, 14, 12, 0, tzinfo=UTC)


def act(name: str, kind: str, value: str, at: str = "10:00", device: str = "d1", handle: str = ONE, **members) -> Act:
    """One act on the morning of the day."""
    return Act(name, f"2020-08-14T{at}:00Z", handle, kind, value, device=device, by="neutral:n", **members)


READY = frozenset(
    {
        act("1", "identity", "confirmed"),
        act("2", "medical", "escort"),
        act("3", "pledge", "signed"),
        act("4", "wish", "affirmed"),
    }
)


def day(*acts: Act) -> DayState:
    """The state of some acts."""
    return DayState(frozenset(acts))


def test_what_is_missing_before_he_may_go():
    """Everything at first, in the order of the day; with all of it answered well, nothing."""
    assert day().missing(ONE, NOON) == ("identity", "medical", "pledge", "wish")
    assert day(*READY).missing(ONE, NOON) == ()
    assert day(*READY).may_go(ONE, NOON)
    assert not day(*READY).may_go(TWO, NOON)
    assert day(act("1", "wish", "declined"), act("2", "medical", "unfit")).missing(ONE, NOON, ("wish", "medical")) == (
        "wish", "medical",
    )  # fmt: skip


@pytest.mark.parametrize("value", ["declined", "deferred"])
def test_no_answer_but_yes_is_a_wish_to_go(value):
    """And a newer answer of the same device takes the place of an older."""
    found = day(*READY, act("5", "wish", value, "11:00"))
    assert found.missing(ONE, NOON) == ("wish",)
    assert found.of(ONE, "wish").value == value
    assert day(*READY, act("5", "wish", value, "09:00")).may_go(ONE, NOON)


def test_a_wish_asked_before_others_was_not_asked():
    """It answers nothing, and disputes no answer given in private on another device."""
    listened = act("4", "wish", "affirmed", reason="not_private")
    assert day(*(READY - {act("4", "wish", "affirmed")}), listened).missing(ONE, NOON) == ("wish",)
    other = act("9", "wish", "declined", "11:00", "d2", reason="not_private")
    assert day(*READY, other).may_go(ONE, NOON)


def test_a_wish_holds_for_72_hours():
    """To the second."""
    at = datetime(2020, 8, 14, 10, 0, tzinfo=UTC)
    assert day(*READY).may_go(ONE, at + timedelta(hours=72))
    assert day(*READY).missing(ONE, at + timedelta(hours=72, seconds=1)) == ("wish",)


def test_devices_that_differ_are_in_conflict():
    """Neither counts until somebody decides, by a newer act that names both; then what he says counts."""
    other = act("8", "identity", "failed", "10:30", "d2")
    found = day(*READY, other)
    assert [(one.handle, one.kind, [each.id for each in one.acts]) for one in found.conflicts] == [
        (ONE, "identity", ["1", "8"])
    ]
    assert (found.of(ONE, "identity"), found.missing(ONE, NOON)) == (None, ("identity",))
    settled = day(*READY, other, act("9", "identity", "confirmed", "11:00", "d3", settles=("1", "8")))
    assert (settled.conflicts, settled.may_go(ONE, NOON)) == ((), True)
    twice = day(*settled.acts, act("10", "identity", "failed", "11:00", "d4", settles=("1", "8")))
    assert [each.id for each in twice.conflicts[0].acts] == ["10", "9"]


def test_an_older_answer_does_not_come_back_when_a_newer_is_settled():
    """The device has said its last word, and that was decided about."""
    older, newer = act("1", "identity", "failed", "09:00"), act("2", "identity", "confirmed", "10:00")
    other = act("3", "identity", "failed", "10:00", "d2")
    found = day(older, newer, other, act("4", "identity", "confirmed", "11:00", "d3", settles=("2", "3")))
    assert (found.conflicts, found.of(ONE, "identity").id) == ((), "4")


def test_devices_that_agree_are_one_answer():
    """The newest of them is shown; one device that says two things in one second does not agree with itself."""
    found = day(*READY, act("8", "identity", "confirmed", "10:30", "d2"))
    assert (found.conflicts, found.of(ONE, "identity").id) == ((), "8")
    assert day(*READY, act("8", "identity", "failed")).conflicts


def test_an_answer_taken_back_is_none():
    """The question is open again; another device's answer stands."""
    back = act("8", "identity", "", "10:30")
    assert day(*READY, back).missing(ONE, NOON) == ("identity",)
    assert day(*READY, back, act("9", "identity", "confirmed", "10:15", "d2")).may_go(ONE, NOON)


def test_who_dropped_out_and_who_went():
    """A drop-out may not go; a drop-out whose reason is in conflict may not either; going early is noted."""
    found = day(*READY, act("7", "dropped", "died"), act("8", "gone", "yes", "11:00", handle=TWO))
    assert (found.missing(ONE, NOON), found.dropped[ONE].value, list(found.gone)) == (("dropped",), "died", [TWO])
    assert found.went_without(("identity",)) == {TWO: ("identity",)}
    split = day(*READY, act("7", "dropped", "died"), act("8", "dropped", "escaped", device="d2"))
    assert (split.missing(ONE, NOON), split.dropped) == (("dropped",), {})
    assert day(*READY, act("7", "gone", "yes", "11:00")).went_without() == {}


def test_discrepancies_stand_side_by_side():
    """They are notes, each on its own, until settled."""
    notes = (act("1", "discrepancy", "count", handle=""), act("2", "discrepancy", "other", "09:00", "d2", handle=""))
    assert [one.id for one in day(*notes).discrepancies] == ["2", "1"]
    assert day(*notes).conflicts == ()
    done = act("3", "discrepancy", "", "11:00", handle="", settles=("1",))
    assert [one.id for one in day(*notes, done).discrepancies] == ["2"]


def test_what_the_agreement_asks_at_the_door():
    """Identity and wish always; what its clearances are about besides."""
    assert needed_of({}) == ("identity", "wish")
    assert needed_of(GATES) == ("identity", "medical", "wish")


@pytest.mark.parametrize(
    "change",
    [{"kind": "mood"}, {"value": "maybe"}, {"at": "2020-08-14"}, {"at": "2020-08-14T10:00:00+00:00"}, {"handle": ""},
     {"id": ""}, {"at": "2020-02-30T10:00:00Z"}],
)  # fmt: skip
def test_an_act_out_of_form(change):
    """It is refused, and says so without the person."""
    with pytest.raises(HandoverRefused, match="act") as refused:
        check_act(replace(act("1", "wish", "affirmed"), **change))
    assert refused.value.code == "handover.act_form"
    assert ONE not in str(refused.value)


def test_every_answer_is_in_form():
    """The table of answers is what is taken; what counts as good is among it."""
    for kind, values in ANSWERS.items():
        for value in (*values, ""):
            check_act(act("1", kind, value))
    assert all(set(GOOD[kind]) < set(ANSWERS[kind]) for kind in GOOD)


def test_one_id_with_two_contents():
    """One of them was changed on its way: nothing is merged."""
    with pytest.raises(HandoverRefused) as refused:
        merge(READY, [act("1", "identity", "failed")])
    assert refused.value.code == "handover.act_differs"


def drawn(number: int, kind: str, value: int, minute: int, device: int, settles: int) -> Act:
    """An act made of numbers: its id is the place in the draw."""
    values = (*ANSWERS[kind], "")
    chosen = values[value % len(values)]
    named = (str(settles),) if settles < number else ()
    return act(str(number), kind, chosen, f"10:{minute:02}", f"d{device}", people(2)[number % 2], settles=named)


DRAWS = st.lists(
    st.tuples(
        st.sampled_from(["identity", "wish", "dropped", "gone"]), st.integers(0, 12), st.integers(0, 3),
        st.integers(0, 2), st.integers(0, 40),
    ),
    max_size=14,
)  # fmt: skip


@given(DRAWS, st.data())
def test_merging_is_a_union(draws, data):
    """In any order, any grouping, any repetition: the same acts, the same state, shown the same."""
    acts = [drawn(number, *one) for number, one in enumerate(draws)]
    first, second, third = (data.draw(st.sets(st.sampled_from(acts))) if acts else set() for _ in range(3))
    assert merge(first, second) == merge(second, first)
    assert merge(merge(first, second), third) == merge(first, merge(second, third))
    assert merge(first, first) == frozenset(first)
    shuffled = data.draw(st.permutations(acts))
    one, other = DayState(merge(acts)), DayState(merge(shuffled[:5], shuffled, shuffled[3:]))
    assert one == other
    assert repr(one) == repr(other)
    assert one.conflicts == other.conflicts
    assert [one.of(ONE, kind) for kind in ANSWERS] == [other.of(ONE, kind) for kind in ANSWERS]
    for handle in (ONE, TWO):
        assert one.missing(handle, NOON) == other.missing(handle, NOON)


@given(DRAWS)
def test_a_conflict_is_never_settled_by_time(draws):
    """Where two devices' last words differ and nobody decided, there is no answer and a conflict."""
    acts = [drawn(number, *one[:-1], 99) for number, one in enumerate(draws)]
    state = DayState(merge(acts))
    last: dict[tuple[str, str, str], Act] = {}
    for one in sorted(acts, key=lambda each: (each.at, int(each.id))):
        last[one.handle, one.kind, one.device] = one
    shown = {(one.handle, one.kind) for one in state.conflicts}
    for handle, kind, _ in last:
        said = {one.value for (who, what, _), one in last.items() if (who, what) == (handle, kind) and one.value}
        if len(said) > 1:
            assert (handle, kind) in shown
            assert state.of(handle, kind) is None
