"""The gates: who may grant them, for how long, and the fold by which no refusal can be told from another silence."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proceedings import GATES, LIST, SEALED, START, A, B, Log, granted, people, refused, sealed

from quittance.agreement.model import Clearance
from quittance.handover.clearances import (
    ends,
    flags,
    holds,
    is_cleared,
    missing,
    office_of,
    opened_flags,
    vetoed,
)
from quittance.handover.model import Clearing

ONE = people(1)[0]


@pytest.fixture
def log() -> Log:
    """A list of three, all of whose open gates are yes."""
    log = Log()
    log.submit(LIST, people(3))
    log.clear_all(people(3))
    return log


def test_everything_yes(log):
    """With every gate granted a person is cleared; with the vault shut nothing sealed is."""
    found = flags(ONE, log.proceedings(), GATES, sealed(people(3)), START)
    assert found == dict.fromkeys(GATES, True)
    assert is_cleared(found)
    shut = flags(ONE, log.proceedings(), GATES, None, START)
    assert missing(shut) == SEALED
    assert is_cleared(shut, ["listed", "identity"])


def test_an_open_refusal_is_shown(log):
    """A side's no is a no; a word taken back is silence; somebody on no list that stands is not listed."""
    log.clear("not_vetoed", people(1), "refused")
    log.clear("identity", people(1), "withdrawn")
    found = flags(ONE, log.proceedings(), GATES, sealed(people(3)), START)
    assert (found["not_vetoed"], found["identity"], found["listed"]) == (False, None, True)
    assert missing(found) == ("not_vetoed", "identity")
    assert flags(people(4)[3], log.proceedings(), GATES, {}, START)["listed"] is False


def test_only_the_office_of_the_gate_grants_it(log):
    """What the other side says of a gate that is not its own is not heard."""
    log.clear("identity", people(1), "refused", by=A)
    log.clear("not_vetoed", people(1), "refused", by=B)
    assert is_cleared(flags(ONE, log.proceedings(), GATES, sealed(people(3)), START))


@pytest.mark.parametrize(
    ("office", "name", "found"),
    [("holding:a", "a/list", "receiving"), ("receiving:b", "a/list", "holding"), ("holding:a", "b/list", "holding"),
     ("holding:", "b/list", "holding"), ("neutral:b", "b/list", "neutral"), ("medical:", "", "medical")],
)  # fmt: skip
def test_the_side_whose_list_it_is_receives(office, name, found):
    """In an exchange each side holds the other's people, with the one key that it has."""
    assert office_of(office, name) == found


WHYS = {
    "declined": {"consent": refused("consent", "declined")},
    "deferred": {"consent": refused("consent", "deferred")},
    "asked before others": {"consent": refused("consent", "not_private")},
    "not yet asked": {"consent": None},
    "expired": {"consent": granted("consent", START - timedelta(days=9))},
    "over": {"consent": granted("consent", until="2020-07-31")},
    "taken back": {"consent": Clearing("consent", "withdrawn", "neutral:n", "2020-08-01T06:00:00Z", "other")},
    "unfit": {"medical": refused("medical", "unfit")},
    "not examined": {"medical": None},
    "in doubt": {"known": refused("known", "wrong_person")},
    "all at once": {"known": refused("known", "wrong_person"), "medical": None, "consent": refused("consent", "x")},
    "unknown": dict.fromkeys(SEALED),
}


@pytest.mark.parametrize("why", WHYS.values(), ids=WHYS)
def test_no_sealed_no_differs_from_another(log, why):
    """Whatever is behind it, nobody but the neutral sees more than that something sealed is not yes."""
    opened = {ONE: {gate: said for gate, said in (sealed([ONE])[ONE] | why).items() if said is not None}}
    found = flags(ONE, log.proceedings(), GATES, opened, START)
    assert found == dict.fromkeys(GATES, True) | dict.fromkeys(SEALED)


def test_the_neutral_sees_each_gate(log):
    """Unfolded, a refusal is a no and everything else a silence."""
    opened = {ONE: sealed([ONE])[ONE] | WHYS["declined"] | WHYS["taken back"] | WHYS["unfit"]}
    found = opened_flags(ONE, log.proceedings(), GATES, opened, START)
    assert [found[gate] for gate in SEALED] == [False, None, True]


def test_a_gate_holds_for_its_time():
    """The earlier of a last day and the agreement's time ends a grant, and nothing ends a refusal."""
    wish = GATES["consent"]
    at = datetime(2020, 8, 31, 10, 0, tzinfo=UTC)
    said = granted("consent", at)
    assert ends(said, wish) == at + timedelta(hours=72)
    assert holds(said, wish, at + timedelta(hours=71, minutes=59))
    assert not holds(said, wish, at + timedelta(hours=72))
    assert ends(granted("consent", at, until="2020-09-01"), wish) == datetime(2020, 9, 2, tzinfo=UTC)
    monthly = Clearance(by="medical", about="fitness", valid="6 months")
    assert ends(said, monthly) == datetime(2021, 2, 28, 10, 0, tzinfo=UTC)
    assert ends(said, Clearance(by="neutral")) is None
    assert holds(refused("consent", "declined", at), wish, at + timedelta(days=99))


def test_vetoes_are_counted(log):
    """Persons under a standing veto of the side that holds them, each once."""
    log.clear("not_vetoed", people(2), "refused")
    log.clear("not_vetoed", people(1, 2), "refused", by=B)
    assert vetoed(log.proceedings(), GATES, people(3), START) == people(2)
    log.clear("not_vetoed", people(1))
    assert vetoed(log.proceedings(), GATES, people(3), START) == people(1, 1)


STATES = ["granted", "refused", "withdrawn", "expired", "unsaid"]


@given(st.lists(st.sampled_from(STATES), min_size=3, max_size=3))
def test_sealed_gates_say_one_thing(states):
    """For every combination of sealed outcomes all sealed flags are yes together, or none says anything."""
    log = Log()
    log.submit(LIST, people(1))
    opened = {}
    for gate, state in zip(SEALED, states, strict=True):
        if state == "expired":
            opened[gate] = granted(gate, START - timedelta(days=30), until="2020-07-31")
        elif state != "unsaid":
            opened[gate] = Clearing(gate, state, "neutral:n", "2020-08-01T06:00:00Z")
    found = flags(ONE, log.proceedings(), GATES, {ONE: opened}, START)
    assert {found[gate] for gate in SEALED} == ({True} if set(states) == {"granted"} else {None})
