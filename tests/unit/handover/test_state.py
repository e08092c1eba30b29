"""The fold of the record's events: batches, clearances, handovers and outcomes, and taking back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proceedings import LIST, OPERATOR, A, B, Log, N, people

from quittance.handover.events import KINDS, event_of
from quittance.handover.state import Proceedings, denying_side


@pytest.fixture
def log() -> Log:
    """A list of six, three of them in a batch that is authorised."""
    log = Log()
    log.submit(LIST, people(6))
    log.propose("B-1", people(3), commitment="release")
    log.authorise("B-1")
    return log


def test_a_list_counts_once_its_last_part_is_there():
    """Until then the version before stands; a withdrawn list has no entries, and its handles are remembered."""
    log = Log()
    log.submit(LIST, people(4))
    log.submit(LIST, people(2), 2, part=1, parts=2)
    assert log.proceedings().lists[LIST].version == 1
    log.submit(LIST, people(1, 2), 2, part=2, parts=2)
    found = log.proceedings()
    assert (found.lists[LIST].version, found.lists[LIST].indexes) == (2, (1, 2))
    assert found.members(LIST) == people(3)
    assert not found.is_listed(people(4)[3])
    log.say("list.withdrawn", {"list": "wanted"}, B)
    found = log.proceedings()
    assert (found.lists, found.members(LIST), found.names) == ({}, (), (LIST,))
    assert found.list_of(people(1)[0]) == LIST


def test_a_batch_step_by_step(log):
    """Its manifest, its steps with their entries, its rounds, who is gone, and its end."""
    batch = log.proceedings().batches["B-1"]
    assert (batch.step, batch.list, batch.giver, batch.taker, batch.size) == ("authorised", LIST, "a", "b", 3)
    assert (batch.named, batch.manifest, batch.to_go, batch.short) == (True, people(3), people(3), 0)
    one, two, three = people(3)
    body = {"batch": "B-1", "round": 1, "count": 2, "batch_sha256": "2" * 64, "before_sha256": "1" * 64}
    log.say("batch.changed", body | {"skipped": ["died", "not_available"]}, OPERATOR, (one, people(4)[3]))
    sid = log.observe("B-1", (one,))
    found = log.proceedings()
    batch = found.batches["B-1"]
    assert (batch.rounds[0].added, batch.rounds[0].removed) == ((people(4)[3],), (two, three))
    assert (batch.reasons, batch.short, batch.batch_sha256) == (("died", "not_available"), 1, "2" * 64)
    assert (batch.to_go, batch.done, batch.gone) == ((people(4)[3],), 1, {one})
    assert found.batch_of(one) is None
    assert found.batch_of(two) is None
    assert found.batch_of(people(4)[3]) is batch
    assert found.handovers[sid].commitment == "release"
    assert found.indexes_of(one) == (1, 5)
    log.close("B-1", 1)
    assert log.proceedings().batch_of(people(4)[3]) is None


def test_a_handover_withdrawn_leaves_nothing_of_itself(log):
    """Its persons are still to go, and its entries are remembered."""
    sid = log.observe("B-1", people(2))
    log.answer(sid, "a")
    log.deny(sid, "b", people(1))
    log.withdraw(sid)
    found = log.proceedings()
    assert (found.handovers, found.batches["B-1"].done, found.batches["B-1"].to_go) == ({}, 0, people(3))
    assert found.handovers_of(people(1)[0]) == ()
    assert found.withdrawn[sid].kind == "record.withdrawn"
    log.answer(sid, "b")
    log.deny(sid, "a", people(1))
    assert log.proceedings().handovers == {}


def test_answers_and_denials_stand_with_their_handover(log):
    """Each side's number, whom it denies, and a denial taken back."""
    sid = log.observe("B-1", people(3), place="gate-7", fact="f1")
    log.answer(sid, "a")
    log.answer(sid, "b", 2)
    denied = log.deny(sid, "b", people(1), "not_received")
    handover = log.proceedings().handovers[sid]
    assert (handover.answer("holding").count, handover.answer("receiving").count) == (3, 2)
    assert (handover.place, handover.fact, handover.count) == ("gate-7", "f1", 3)
    assert handover.denied_by(people(1)[0]) == ("receiving",)
    assert handover.denials[0].reason == "not_received"
    log.withdraw(denied)
    assert log.proceedings().handovers[sid].denials == ()


@pytest.mark.parametrize(
    ("office", "side"),
    [("holding:a", "holding"), ("receiving:a", "holding"), ("holding:b", "receiving"), ("receiving:", "receiving"),
     ("holding:", "holding"), ("receiving:x", "receiving")],
)  # fmt: skip
def test_a_side_is_its_party_and_else_its_role(log, office, side):
    """Whoever gives in this handover is the holding side of it, whatever role its key was enrolled for."""
    sid = log.observe("B-1", people(1))
    assert denying_side(office, log.proceedings().handovers[sid]) == side


def test_the_last_word_of_an_office_on_a_gate_counts(log):
    """A word taken back leaves the gate unsaid: an older one does not come back."""
    one = people(1)
    log.clear("not_vetoed", one)
    second = log.clear("not_vetoed", one, "refused")
    log.clear("not_vetoed", one, by=B)
    assert [(said.office, said.outcome) for said in log.proceedings().clearings(one[0])] == [
        (A, "refused"), (B, "granted"),
    ]  # fmt: skip
    log.withdraw(second)
    assert [said.office for said in log.proceedings().clearings(one[0])] == [B]


def test_taking_back_an_older_word_changes_nothing(log):
    """Only what counts is taken away."""
    one = people(1)
    first = log.clear("identity", one)
    log.clear("identity", one, "refused")
    log.withdraw(first)
    log.say("record.withdrawn", {}, N, refs=[("withdraws", "0" * 64)])
    assert [said.outcome for said in log.proceedings().clearings(one[0])] == ["refused"]


def test_outcomes_are_all_kept(log):
    """A newer one does not remove an older; one taken back does go."""
    one = people(1)
    log.say("outcome.stated", {"outcome": "escaped"}, A, one)
    second = log.say("outcome.stated", {"outcome": "died"}, N, one)
    assert [said.outcome for said in log.proceedings().stated(one[0])] == ["escaped", "died"]
    log.withdraw(second)
    assert [said.outcome for said in log.proceedings().stated(one[0])] == ["escaped"]


def test_a_sealed_round_counts_when_it_is_complete(log):
    """Rounds count for each office and scope; one begun and not ended counts only for the next number."""
    log.say("clearance.sealed", {"round": 1}, N, people(6))
    log.say("clearance.sealed", {"round": 2, "part": 1, "parts": 2}, N, people(3))
    log.say("clearance.sealed", {"round": 1, "batch": "B-1"}, N, people(3))
    found = log.proceedings()
    assert found.sealed_round(N).number == 1
    assert (found.next_sealed_round(N), found.next_sealed_round(N, "B-1")) == (3, 2)
    assert found.sealed_round(N, "B-1").handles == people(3)
    assert found.sealed_round("medical:") is None
    log.say("clearance.sealed", {"round": 2, "part": 2, "parts": 2}, N, people(3, 3))
    assert log.proceedings().sealed_round(N).indexes == (5, 7)
    assert log.proceedings().sealed_round(N).handles == people(6)


def test_a_statement_by_a_key_in_doubt(log):
    """It is doubtful from the entry on that the revocation names, until another key vouches for it."""
    early = log.observe("B-1", people(1))
    late = log.observe("B-1", people(1, 1))
    body = {"fingerprint": N, "reason": "stolen", "compromised_since": 5}
    log.say("key.revoked", body, OPERATOR)
    log.say("key.revoked", body | {"compromised_since": 9}, OPERATOR)
    found = log.proceedings()
    assert (found.is_doubtful(early), found.is_doubtful(late), found.is_doubtful("")) == (False, True, False)
    log.say("record.countersigned", {}, N, refs=[("countersigns", late)])
    assert log.proceedings().is_doubtful(late)
    log.say("record.countersigned", {}, N, refs=[("countersigns", late)], keys=("another key",))
    assert not log.proceedings().is_doubtful(late)


def test_other_kinds_are_no_events():
    """The fold is given what it takes and nothing else."""
    assert event_of("match.judged", {}, (), "neutral:", "2020-01-01T00:00:00Z", 0, "0" * 64) is None
    assert "handover.observed" in KINDS


def test_what_the_record_did_not_propose_is_still_a_handover():
    """A handover of a batch that nobody proposed stands; so does a batch without names."""
    log = Log()
    sid = log.observe("B-9", people(2))
    log.say("batch.proposed", {"batch": "B-8", "count": 2, "rules_sha256": "0" * 64}, OPERATOR)
    log.authorise("B-8")
    log.observe("B-8", people(1, 5))
    found = log.proceedings()
    assert found.handovers[sid].batch == "B-9"
    batch = found.batches["B-8"]
    assert (batch.named, batch.manifest, batch.done, batch.short, batch.list) == (False, (), 1, 0, LIST)


def test_a_batch_that_does_not_say_between_whom(log):
    """Its list is the only one of its id, if there is one."""
    log.propose("B-2", people(1, 4), **{"to": ""})
    log.submit("a/wanted", people(2, 8))
    log.propose("B-3", people(1, 5), **{"to": ""})
    log.propose("B-4", people(1, 9), **{"to": "a", "from": "b"})
    assert [one.list for one in log.proceedings().batches.values()] == [LIST, LIST, "/wanted", "a/wanted"]


@given(st.data())
def test_read_on_is_read_at_once(data):
    """Taking events in runs of any length amounts to the same as all at once."""
    log = Log()
    log.submit(LIST, people(6))
    log.clear_all(people(6))
    log.propose("B-1", people(3))
    log.authorise("B-1")
    log.now += timedelta(hours=1)
    sid = log.observe("B-1", people(2))
    denied = log.deny(sid, "b", people(1))
    log.answer(sid, "b")
    log.withdraw(denied)
    log.say("outcome.stated", {"outcome": "died"}, A, people(1, 5))
    log.close("B-1", 2, 1)
    cuts = data.draw(st.sets(st.integers(0, len(log.events))))
    grown = Proceedings(LIST)
    before = 0
    for cut in (*sorted(cuts), len(log.events)):
        grown.take(*log.events[before:cut])
        before = cut
        assert vars(grown) == vars(log.proceedings(cut))
