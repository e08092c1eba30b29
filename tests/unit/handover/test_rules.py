"""What may be stated next: the bodies, and each refusal with its code, telling people by their codes only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.proceedings import GATES, LIST, START, A, B, Log, M, N, people, person, refused, sealed

from quittance.codes import code_of
from quittance.handover.clearances import flags
from quittance.handover.model import HandoverRefused
from quittance.handover.rules import (
    MOST,
    decide_answer,
    decide_change,
    decide_clearance,
    decide_close,
    decide_denial,
    decide_handover,
    decide_outcome,
    decide_proposal,
    decide_sealed,
    decide_step,
)
from quittance.handover.skips import Replaced
from quittance.record.kinds import KINDS

SIX = people(6)
RULES = "7" * 64


@pytest.fixture
def log() -> Log:
    """Six on a list with all open gates, three of them in a batch that is authorised."""
    log = Log()
    log.submit(LIST, SIX)
    log.clear_all(SIX)
    log.propose("B-1", SIX[:3], commitment="release")
    log.authorise("B-1")
    return log


def folded(log: Log, handles, opened=None):
    """The flags of some persons, all sealed gates granted unless given otherwise."""
    opened = sealed(SIX) if opened is None else opened
    return {one: flags(one, log.proceedings(), GATES, opened, START) for one in handles}


def propose(log: Log, handles=SIX[3:5], name="B-2", **changed):
    """Decide on a proposal."""
    about = {"rules_sha256": RULES, "list_name": LIST, "giver": "a", "taker": "b"} | changed
    given = about.pop("flags", None) or folded(log, handles)
    return decide_proposal(log.proceedings(), name, handles, given, **about)


def denied(code: str, decide, *args, **kwargs) -> str:
    """The message of a refusal with this code; it holds no handle."""
    with pytest.raises(HandoverRefused) as found:
        decide(*args, **kwargs)
    assert found.value.code == f"handover.{code}"
    assert not any(handle in str(found.value) for handle in SIX)
    return str(found.value)


def fits(kind: str, body) -> bool:
    """Whether the record takes a body of this kind."""
    KINDS[kind].require_body(kind, body)
    return True


def test_a_proposal(log):
    """It says of what, between whom, how many, and by which rules and hashes."""
    body = propose(log, commitment="release", hashes={"batch_sha256": "1" * 64, "seed_sha256": ""})
    assert body == {
        "batch": "B-2", "count": 2, "rules_sha256": RULES, "list": "wanted", "commitment": "release", "from": "a",
        "to": "b", "batch_sha256": "1" * 64,
    }  # fmt: skip
    assert fits("batch.proposed", body)


def test_proposals_refused(log):
    """A name taken, another side's list, nobody, too many, somebody not listed, settled, under way, or not cleared."""
    denied("batch_taken", propose, log, name="B-1")
    denied("other_list", propose, log, taker="a")
    denied("nobody", propose, log, ())
    denied("too_many", propose, log, (SIX[3], SIX[3]))
    denied("too_many", propose, log, [person(n) for n in range(MOST + 1)], flags={"x": {}})
    denied("not_listed", propose, log, (person(77),))
    denied("not_listed", propose, log, list_name="b/other")
    denied("in_batch", propose, log, SIX[:1])
    log.say("outcome.stated", {"outcome": "died"}, A, SIX[3:4])
    assert code_of(SIX[3]) in denied("settled", propose, log)


def test_what_is_not_cleared_is_said_without_telling_why(log):
    """An open gate by name, sealed ones all together, whatever is behind them."""
    log.clear("identity", SIX[3:4], "refused")
    said = set()
    for reason in ("declined", "deferred"):
        opened = sealed(SIX) | {SIX[4]: sealed(SIX)[SIX[4]] | {"consent": refused("consent", reason)}}
        said.add(denied("not_cleared", propose, log, flags=folded(log, SIX[3:5], opened)))
    opened = sealed(SIX[:4])
    said.add(denied("not_cleared", propose, log, flags=folded(log, SIX[3:5], opened)))
    assert said == {
        f"Batch B-2 cannot be proposed: 0 of 2 persons have every clearance. Not yes are {code_of(SIX[3])}: identity; "
        f"{code_of(SIX[4])}: medical, consent, known. Have them signed, or leave these persons out."
    }


def test_the_steps(log):
    """Cleared after proposed, authorised after cleared, and everybody still cleared then."""
    log.propose("B-2", SIX[3:5])
    now = log.proceedings()
    assert decide_step(now, "B-2", "cleared", folded(log, SIX[3:5])) == {"batch": "B-2"}
    assert "it is proposed" in denied("batch_step", decide_step, now, "B-2", "authorised", folded(log, SIX[3:5]))
    denied("batch_unknown", decide_step, now, "B-3", "cleared", {})
    denied("not_cleared", decide_step, now, "B-2", "cleared", folded(log, SIX[3:5], {}))
    log.say("outcome.stated", {"outcome": "died"}, A, SIX[3:4])
    denied("settled", decide_step, log.proceedings(), "B-2", "cleared", folded(log, SIX[3:5]))


def change(*manifest: str, reasons: tuple[str, ...] = (), added: tuple[str, ...] = ()) -> Replaced:
    """A round that leaves this manifest."""
    return Replaced(manifest, added, (), reasons, 0)


def test_a_round(log):
    """It names the one before by its hash, also where nothing changed."""
    body = decide_change(log.proceedings(), "B-1", change(*SIX[:3]), "2" * 64)
    assert body == {"batch": "B-1", "round": 1, "count": 3, "batch_sha256": "2" * 64, "before_sha256": "1" * 64,
                    "skipped": []}  # fmt: skip
    body = decide_change(
        log.proceedings(), "B-1", change(*SIX[1:4], reasons=("not_available", "died"), added=SIX[3:4]), "2" * 64
    )
    assert body["skipped"] == ["died", "not_available"]
    assert fits("batch.changed", body)


def test_rounds_refused(log):
    """Who is gone stays; no more than the seats; no reason that must not be told; nobody who goes elsewhere."""
    log.observe("B-1", SIX[:1])
    now = log.proceedings()
    denied("manifest", decide_change, now, "B-1", change(*SIX[1:3]), "2" * 64)
    denied("manifest", decide_change, now, "B-1", change(*SIX[:4]), "2" * 64)
    for reason in ("declined", "deferred", "unfit"):
        assert reason not in denied("reason", decide_change, now, "B-1", change(*SIX[:2], reasons=(reason,)), "2" * 64)
    log.propose("B-2", SIX[3:4])
    denied("in_batch", decide_change, log.proceedings(), "B-1", change(SIX[0], SIX[3], added=SIX[3:4]), "2" * 64)
    log.close("B-1", 1, 2)
    denied("batch_step", decide_change, log.proceedings(), "B-1", change(*SIX[:3]), "2" * 64)


def test_closing(log):
    """Counted are who went and who was skipped in rounds or at the end; it is closed once."""
    log.observe("B-1", SIX[:1])
    body = decide_close(log.proceedings(), "B-1")
    assert body == {"batch": "B-1", "count": 1, "skipped": 2}
    assert fits("batch.closed", body)
    log.close("B-1", 1, 2)
    denied("batch_step", decide_close, log.proceedings(), "B-1")
    log.propose("B-2", (), 5)
    log.observe("B-2", SIX[3:5])
    assert decide_close(log.proceedings(), "B-2") == {"batch": "B-2", "count": 2, "skipped": 3}


def clear(log: Log, gate="identity", office=B, outcome="granted", handles=SIX[3:5], **members):
    """Decide on an open clearance."""
    return decide_clearance(log.proceedings(), GATES, gate, office, outcome, handles, START, **members)


def test_a_clearance(log):
    """With a reason unless granted, a last day and a batch where given."""
    assert clear(log) == {"gate": "identity", "outcome": "granted"}
    body = clear(log, outcome="refused", reason="wrong_person", until="2020-09-01", batch="B-1")
    assert body == {"gate": "identity", "outcome": "refused", "reason": "wrong_person", "until": "2020-09-01",
                    "batch": "B-1"}  # fmt: skip
    assert fits("clearance.given", body)


def test_clearances_refused(log):
    """Each for its own reason; what the neutral says is never entered openly."""
    denied("gate_unknown", clear, log, "mood")
    denied("gate_unknown", clear, log, "listed")
    denied("gate_sealed", clear, log, "consent", N)
    denied("gate_sealed", clear, log, "medical", M)
    denied("nobody", clear, log, handles=())
    denied("not_listed", clear, log, handles=(person(77),))
    denied("not_entitled", clear, log, "not_vetoed", B)
    denied("not_entitled", clear, log, "identity", A)
    denied("outcome", clear, log, outcome="maybe")
    denied("reason", clear, log, outcome="refused")
    denied("reason", clear, log, outcome="withdrawn", reason="security")
    denied("expired", clear, log, until="2020-07-31")
    assert clear(log, until="2020-08-01")["until"] == "2020-08-01"
    denied("batch_unknown", clear, log, batch="B-9")
    log.observe("B-1", SIX[:1])
    denied("settled", clear, log, handles=SIX[:1])


def test_vetoes_are_no_more_than_agreed(log):
    """Persons under a standing veto count, with those to come; one withdrawn makes room."""
    veto = {"gate": "not_vetoed", "office": A, "outcome": "refused", "reason": "security", "vetoes": 2}
    assert clear(log, **veto)["outcome"] == "refused"
    log.clear("not_vetoed", SIX[3:5], "refused")
    assert clear(log, **veto)["outcome"] == "refused"
    denied("vetoes_spent", clear, log, **veto | {"handles": SIX[5:]})
    log.clear("not_vetoed", SIX[3:4])
    assert clear(log, **veto | {"handles": SIX[5:]})["reason"] == "security"
    assert clear(log, **veto | {"handles": SIX, "vetoes": None})["outcome"] == "refused"


def test_a_sealed_round_covers_everybody():
    """The whole list in parts, or everybody of a batch who is still to go, each once and in order."""
    many = tuple(sorted(person(number) for number in range(1000)))
    log = Log()
    log.submit(LIST, many)
    parts = decide_sealed(log.proceedings(), N, list_name=LIST)
    assert [body for body, _ in parts] == [{"round": 1, "part": part, "parts": 3} for part in (1, 2, 3)]
    assert tuple(handle for _, handles in parts for handle in handles) == many
    log.propose("B-1", many[:3])
    log.authorise("B-1")
    log.observe("B-1", many[:1])
    log.say("clearance.sealed", {"round": 4, "batch": "B-1"}, M, many[1:3])
    assert decide_sealed(log.proceedings(), M, batch="B-1") == (({"round": 5, "batch": "B-1"}, many[1:3]),)
    assert all(fits("clearance.sealed", body) for body, _ in parts)


def test_sealed_rounds_refused(log):
    """By a side, over no list, over nobody."""
    denied("not_entitled", decide_sealed, log.proceedings(), A, list_name=LIST)
    denied("list_unknown", decide_sealed, log.proceedings(), N, list_name="b/other")
    denied("batch_unknown", decide_sealed, log.proceedings(), N, batch="B-9")
    log.observe("B-1", SIX[:3])
    denied("nobody", decide_sealed, log.proceedings(), N, batch="B-1")


def go(log: Log, handles=SIX[:2], opened=None, name="B-1", now=START, **members):
    """Decide on a handover."""
    opened = sealed(SIX) if opened is None else opened
    return decide_handover(log.proceedings(), name, handles, GATES, opened, now, place="gate-1", **members)


def test_a_handover(log):
    """Everybody was asked and wishes to go; so nothing about wishes can be read from the numbers."""
    body = go(log, to_place="gate-2", fact="f-1")
    assert body == {
        "batch": "B-1", "from": "a", "to": "b", "place": "gate-1", "count": 2, "asked": 2, "wish_affirmed": 2,
        "commitment": "release", "to_place": "gate-2", "fact": "f-1",
    }  # fmt: skip
    assert fits("handover.observed", body)


def test_handovers_refused(log):
    """The batch not authorised, between nobody, somebody not on it or gone, or with an outcome."""
    log.propose("B-2", SIX[3:4])
    denied("batch_step", go, log, SIX[3:4], name="B-2")
    denied("nobody", go, log, ())
    denied("manifest", go, log, SIX[3:4])
    log.observe("B-1", SIX[:1])
    denied("manifest", go, log)
    log.say("outcome.stated", {"outcome": "escaped"}, A, SIX[1:2])
    denied("settled", go, log, SIX[1:2])
    log.propose("B-3", SIX[4:5], **{"from": "", "to": ""})
    log.authorise("B-3")
    denied("no_sides", go, log, SIX[4:5], name="B-3")


@pytest.mark.parametrize("reason", ["declined", "deferred", "not_private", None])
def test_nobody_goes_without_an_affirmed_wish(log, reason):
    """Refused, put off, asked before others, not asked: no handover, whatever other gates are needed."""
    opened = sealed(SIX)
    if reason is None:
        del opened[SIX[1]]["consent"]
    else:
        opened[SIX[1]]["consent"] = refused("consent", reason)
    message = denied("not_affirmed", go, log, opened=opened, needed={SIX[1]: ()})
    assert code_of(SIX[1]) in message
    assert code_of(SIX[0]) not in message
    assert go(log, SIX[:1], opened)["count"] == 1


def test_a_wish_is_asked_again_in_time(log):
    """After 72 hours it is none."""
    assert go(log, now=START + timedelta(hours=71))["count"] == 2
    denied("not_affirmed", go, log, now=START + timedelta(hours=72))


def test_nobody_goes_without_the_other_gates(log):
    """All of the agreement, or those that somebody outside the ratio needs."""
    opened = sealed(SIX)
    del opened[SIX[1]]["medical"]
    assert "medical" in denied("not_cleared", go, log, opened=opened)
    assert go(log, opened=opened, needed={SIX[1]: ["consent"]})["count"] == 2


def test_answers(log):
    """Each side once; the number is everybody but those it denies, unless it says otherwise."""
    sid = log.observe("B-1", SIX[:3])
    log.deny(sid, "b", SIX[:1])
    assert decide_answer(log.proceedings(), sid, A) == ("handover.delivered", {"batch": "B-1", "count": 3})
    found = decide_answer(log.proceedings(), sid, B, place="gate-9")
    assert found == ("handover.received", {"batch": "B-1", "count": 2, "place": "gate-9"})
    assert decide_answer(log.proceedings(), sid, B, 0)[1]["count"] == 0
    denied("count", decide_answer, log.proceedings(), sid, B, -1)
    log.answer(sid, "b")
    denied("answered", decide_answer, log.proceedings(), sid, B)
    denied("unknown", decide_answer, log.proceedings(), "0" * 64, A)
    assert all(fits(*one) for one in (found,))


def test_denials(log):
    """A side names whom of a handover it denies, each once, for a reason that is its to give."""
    sid = log.observe("B-1", SIX[:2])
    body = decide_denial(log.proceedings(), sid, B, SIX[:1], "not_received")
    assert body == {"batch": "B-1", "reason": "not_received"}
    assert fits("handover.denied", body)
    denied("reason", decide_denial, log.proceedings(), sid, A, SIX[:1], "not_received")
    denied("not_in_handover", decide_denial, log.proceedings(), sid, B, SIX[2:3], "other")
    denied("nobody", decide_denial, log.proceedings(), sid, B, (), "other")
    log.deny(sid, "b", SIX[:1])
    denied("denied_twice", decide_denial, log.proceedings(), sid, B, SIX[:1], "other")
    assert decide_denial(log.proceedings(), sid, A, SIX[:1], "other")["reason"] == "other"


def test_outcomes(log):
    """Whoever ever stood on a list may have one; the same again is refused, another is a correction."""
    body = decide_outcome(log.proceedings(), SIX[:1], "died", A, "B-1")
    assert body == {"outcome": "died", "batch": "B-1"}
    assert fits("outcome.stated", body)
    denied("outcome", decide_outcome, log.proceedings(), SIX[:1], "released", A)
    denied("outcome", decide_outcome, log.proceedings(), SIX[:1], "declined", N)
    denied("not_listed", decide_outcome, log.proceedings(), (person(77),), "died", A)
    denied("batch_unknown", decide_outcome, log.proceedings(), SIX[:1], "died", A, "B-9")
    log.say("outcome.stated", {"outcome": "died"}, A, SIX[:1])
    denied("repeated", decide_outcome, log.proceedings(), SIX[:1], "died", A)
    assert decide_outcome(log.proceedings(), SIX[:1], "died", N)
    assert decide_outcome(log.proceedings(), SIX[:1], "escaped", A) == {"outcome": "escaped"}


def test_many_persons_are_told_in_few_words(log):
    """Five codes, and how many more."""
    message = denied("not_listed", propose, log, [person(n) for n in range(80, 90)])
    assert message.count("-") == 6
    assert "and 5 more" in message
