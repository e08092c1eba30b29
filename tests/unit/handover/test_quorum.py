"""Who attested a handover, person by person: the named offices, denials, numbers that do not fit, late and doubtful."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proceedings import LIST, OPERATOR, A, Log, N, people

from quittance.agreement.model import OFFICES, Quorum
from quittance.handover.quorum import attested, grade_of, released_by

ALL = Quorum()


@pytest.fixture
def log() -> Log:
    """Three people in a batch that is authorised."""
    log = Log()
    log.submit(LIST, people(3))
    log.propose("B-1", people(3))
    log.authorise("B-1")
    return log


def found(log: Log, sid: str, number: int = 0, quorum: Quorum = ALL):
    """What is attested of one person of a handover."""
    proceedings = log.proceedings()
    return attested(proceedings.handovers[sid], people(3)[number], quorum, proceedings)


def test_in_handover_until_everybody_has_signed(log):
    """First the neutral alone, then the giver, then the taker; only then released, and the grade is joint."""
    sid = log.observe("B-1", people(3))
    assert (found(log, sid).state, found(log, sid).grade) == ("in_handover", "recorded")
    assert (found(log, sid).signed, found(log, sid).missing) == (("neutral",), ("holding", "receiving"))
    log.answer(sid, "a")
    assert (found(log, sid).state, found(log, sid).missing) == ("in_handover", ("receiving",))
    log.answer(sid, "b")
    assert (found(log, sid).state, found(log, sid).grade) == ("released", "joint")
    assert released_by(people(1)[0], log.proceedings(), ALL).sid == sid
    assert released_by(people(1, 5)[0], log.proceedings(), ALL) is None


def test_two_of_three(log):
    """With a smaller quorum the release does not wait for a side that refuses to sign, and the gap is shown."""
    quorum = Quorum(at_least=2)
    sid = log.observe("B-1", people(3))
    assert found(log, sid, quorum=quorum).state == "in_handover"
    log.answer(sid, "b")
    one = found(log, sid, quorum=quorum)
    assert (one.state, one.grade, one.missing) == ("released", "recorded", ("holding",))


def test_a_denial_stands_against_a_quorum(log):
    """A person whom a side of the quorum denies is not released, whoever else signed; the others are."""
    sid = log.observe("B-1", people(3))
    log.answer(sid, "a")
    log.answer(sid, "b", 2)
    denied = log.deny(sid, "b", people(1), "not_received")
    quorum = Quorum(at_least=2)
    for one in (ALL, quorum):
        assert (found(log, sid, 0, one).state, found(log, sid, 0, one).grade) == ("denied", "denied")
        assert found(log, sid, 0, one).denied_by == ("receiving",)
        assert (found(log, sid, 1, one).state, found(log, sid, 1, one).differs) == ("released", ())
    assert grade_of(log.proceedings().handovers[sid], ALL, log.proceedings()) == "denied"
    outside = Quorum(of=["holding", "neutral"])
    assert (found(log, sid, 0, outside).state, found(log, sid, 0, outside).grade) == ("released", "denied")
    log.withdraw(denied)
    assert found(log, sid, 0).state == "in_handover"


def test_a_number_that_names_nobody_attests_nobody(log):
    """Two received of three, and nobody denied: any of the three may be missing."""
    sid = log.observe("B-1", people(3))
    log.answer(sid, "a")
    log.answer(sid, "b", 2)
    for number in range(3):
        assert (found(log, sid, number).state, found(log, sid, number).differs) == ("in_handover", ("receiving",))
    log.deny(sid, "b", people(1, 2))
    assert [found(log, sid, number).state for number in range(3)] == ["released", "released", "denied"]


def test_a_number_too_high_attests_everybody(log):
    """Whoever counts more than were seen has received those who were seen; the difference is shown."""
    sid = log.observe("B-1", people(2))
    log.answer(sid, "a")
    log.answer(sid, "b", 5)
    assert (found(log, sid).state, found(log, sid).differs) == ("released", ("receiving",))


def test_a_late_signature_counts_and_is_shown(log):
    """Later than a day after the handover, or after the batch was closed."""
    sid = log.observe(
        "B-1",
        people(2),
    )
    log.now += timedelta(hours=23)
    log.answer(sid, "a")
    assert found(log, sid).late == ()
    log.now += timedelta(hours=1)
    log.answer(sid, "b")
    assert (found(log, sid).late, found(log, sid).state) == (("receiving",), "released")


def test_a_signature_after_the_closing_is_late(log):
    """However soon it comes."""
    sid = log.observe("B-1", people(3))
    log.close("B-1", 3)
    log.answer(sid, "a")
    assert found(log, sid).late == ("holding",)


def test_a_doubtful_key_is_shown(log):
    """Its signature counts; whoever reads knows."""
    sid = log.observe("B-1", people(3))
    log.answer(sid, "a")
    log.answer(sid, "b")
    for key in (A, N):
        log.say("key.revoked", {"fingerprint": key, "reason": "stolen", "compromised_since": 0}, OPERATOR)
    assert (found(log, sid).doubtful, found(log, sid).state) == (("holding", "neutral"), "released")


QUORUMS = st.sets(st.sampled_from(OFFICES), min_size=1).flatmap(
    lambda of: st.integers(1, len(of)).map(lambda k: Quorum(of=sorted(of), at_least=k))
)


@given(QUORUMS, st.permutations(["a", "b", "deny a", "deny b"]), st.integers(0, 4))
def test_never_released_without_the_named_offices(quorum, acts, count):
    """Whatever is signed, in whatever order: released only by enough of the named, none of whom denies the person."""
    log = Log()
    log.submit(LIST, people(3))
    log.propose("B-1", people(3))
    log.authorise("B-1")
    sid = log.observe("B-1", people(3))
    signed, denied = {"neutral"}, set()
    for act in acts[:count]:
        side = {"a": "holding", "b": "receiving"}[act[-1]]
        if act.startswith("deny"):
            log.deny(sid, act[-1], people(1))
            denied.add(side)
        else:
            log.answer(sid, act)
            signed.add(side)
        for number, deniers in ((0, denied), (1, set())):
            one = found(log, sid, number, quorum)
            enough = len(signed & set(quorum.of)) >= quorum.needed and not deniers & set(quorum.of)
            assert (one.state == "released") is enough
            assert (one.grade == "denied") is bool(deniers)
            assert set(one.signed) == (signed & set(quorum.of)) - deniers
