"""What the state of a log refuses: lists, batches, persons, answers, counts, and what is taken back."""

from __future__ import annotations

import pytest
from tests.signing import ORIGIN, SignedLog, append, digest, person, refer, refusal

from quittance.record import MemoryStore, Ref
from quittance.record.entry import MAX_LEAF_BYTES
from quittance.record.kinds import PART_HANDLES
from quittance.record.known import read_batch


@pytest.fixture
def log() -> SignedLog:
    return SignedLog()


@pytest.fixture
def store(log) -> MemoryStore:
    """A log that is founded and not strict, with something in it."""
    return log.store(*log.founding(), log.leaf("wish.recorded", {}, ("neutral",), people=1))


# Facts and lists


def test_a_journal_entry_has_an_id_of_its_own(log, store):
    """An id is used once, whoever reports or states with it."""
    append(store, log.leaf("fact.reported", {"id": "f"}))
    append(store, log.leaf("fact.stated", {"id": "g", "by": "side-a"}, ("holding",)))
    for name, code in (("f", "record.fact_id"), ("g", "record.fact_id"), ("h", None)):
        assert refusal(store, log.leaf("fact.reported", {"id": name})) == code
        assert refusal(store, log.leaf("fact.stated", {"id": name, "by": "side-b"}, ("receiving",))) == code


def test_a_list_is_submitted_once_and_withdrawn_once(log, store):
    """A side submits a list id once until it withdraws it; the other side's list of that id is another."""
    submitted = ("list.submitted", {"list": "l1", "count": 0})
    withdrawn = ("list.withdrawn", {"list": "l1"})
    assert refusal(store, log.leaf(*withdrawn, ("holding",))) == "record.list_state"
    append(store, log.leaf(*submitted, ("holding",)))
    assert refusal(store, log.leaf(*submitted, ("holding",))) == "record.list_state"
    assert refusal(store, log.leaf(*withdrawn, ("receiving",))) == "record.list_state"
    assert refusal(store, log.leaf(*submitted, ("receiving",))) is None
    append(store, log.leaf(*withdrawn, ("holding",)))
    assert refusal(store, log.leaf(*withdrawn, ("holding",))) == "record.list_state"
    assert refusal(store, log.leaf(*submitted, ("holding",))) is None


def part(log: SignedLog, people=1, by=("holding",), name="l1", **body):
    """A part of a list; `people` are handles, or as many new ones."""
    count = people if isinstance(people, int) else len(people)
    return log.leaf("list.submitted", {"list": name, "count": count, **body}, by, people=people)


PERSONS = sorted(person(number) for number in range(50))
"""Handles in ascending order."""


@pytest.mark.parametrize(
    ("before", "allowed"),
    [
        ([], {(1, 1, 1), (1, 1, 2), (1, 1, 3)}),
        ([(1, 1, 1)], {(2, 1, 1), (2, 1, 2), (2, 1, 3)}),
        ([(1, 1, 2)], {(1, 2, 2)}),
        ([(1, 1, 3)], {(1, 2, 3)}),
        ([(1, 1, 3), (1, 2, 3)], {(1, 3, 3)}),
        ([(1, 1, 2), (1, 2, 2)], {(2, 1, 1), (2, 1, 2), (2, 1, 3)}),
        ([(1, 1, 1), (2, 1, 2), (2, 2, 2)], {(3, 1, 1), (3, 1, 2), (3, 1, 3)}),
        ([(1, 1, 1), None], {(v, 1, n) for v in (1, 2, 3, 4) for n in (1, 2, 3)}),
        ([(1, 1, 2), None], {(v, 1, n) for v in (1, 2, 3, 4) for n in (1, 2, 3)}),
        ([(1, 1, 1), (2, 1, 1), None], {(v, 1, n) for v in (3, 4) for n in (1, 2, 3)}),
        ([(1, 1, 1), (2, 1, 2), None], {(v, 1, n) for v in (3, 4) for n in (1, 2, 3)}),
        ([(1, 1, 1), None, (3, 1, 1)], {(4, 1, 1), (4, 1, 2), (4, 1, 3)}),
    ],
    ids=str,
)
def test_which_part_of_a_list_comes_next(log, store, before, allowed):
    """Parts in their order, versions one after the other, and after a withdrawal any version above the last one."""
    for number, one in enumerate(before):
        if one is None:
            append(store, log.leaf("list.withdrawn", {"list": "l1"}, ("holding",)))
        else:
            version, at, parts = one
            append(store, part(log, [PERSONS[number]], version=version, part=at, parts=parts))
    taken = set()
    for version in (1, 2, 3, 4):
        for parts in (1, 2, 3):
            for at in range(1, parts + 1):
                leaf = part(log, PERSONS[-1:], version=version, part=at, parts=parts)
                code = refusal(store, leaf)
                assert code in (None, "record.list_state")
                if code is None:
                    taken.add((version, at, parts))
    assert taken == allowed
    assert (refusal(store, log.leaf("list.withdrawn", {"list": "l1"}, ("holding",))) is None) == bool(
        before and before[-1]
    )
    assert refusal(store, part(log, PERSONS[:1], by=("receiving",))) is None
    assert refusal(store, part(log, PERSONS[:1], name="l2")) is None


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        ([0, 1, 2], [3, 4], None),
        ([0, 1, 2], [], None),
        ([], [3], None),
        ([0, 1, 2], [4, 3], "record.people"),
        ([0, 1, 2], [2], "record.people"),
        ([0, 1, 2], [0], "record.people"),
        ([1, 2], [0, 3], "record.people"),
    ],
)
def test_nobody_is_twice_in_the_parts_of_a_list(log, store, first, second, code):
    """The handles of a version in several parts stand in ascending order over all of them, each once."""
    append(store, part(log, [PERSONS[one] for one in first], parts=2))
    assert refusal(store, part(log, [PERSONS[one] for one in second], part=2, parts=2)) == code


def test_the_order_of_handles_is_that_of_one_version(log, store):
    """A list in one part has its handles in any order, and every version begins anew."""
    assert refusal(store, part(log, PERSONS[::-1], parts=2)) == "record.people"
    append(store, part(log, PERSONS[:3], parts=2), part(log, PERSONS[3:5], part=2, parts=2))
    assert refusal(store, part(log, PERSONS[::-1], version=2)) is None
    append(store, part(log, PERSONS[:1], version=2, parts=3))
    assert refusal(store, part(log, PERSONS[:1], version=2, part=2, parts=3)) == "record.people"
    assert refusal(store, part(log, PERSONS[1:3], version=2, part=2, parts=3)) is None


def test_a_list_of_old_is_kept_as_it_was(log, store):
    """Of a first version in one part a log keeps the statement alone, and nothing once it is withdrawn."""
    name = "list:holding:side-a:l1"
    submitted = append(store, part(log, PERSONS[::-1]))
    assert store.known().state(name) == submitted.statement.sid
    append(store, log.leaf("list.withdrawn", {"list": "l1"}, ("holding",)))
    assert store.known().state(name) == ""
    again = append(store, part(log, 2))
    assert store.known().state(name) == again.statement.sid
    append(store, part(log, 1, version=2), log.leaf("list.withdrawn", {"list": "l1"}, ("holding",)))
    assert store.known().state(name) == '{"version":2}'


def test_as_many_handles_as_a_part_may_have(log, store):
    """A part of the size that drafters use fits into an entry, whatever else it says."""
    members = {"version": 10**9, "part": 10**9, "parts": 10**9, "count": PART_HANDLES, "list": "l" * 128}
    file = (person(1),)
    handles = log.persons(PART_HANDLES)
    made = log.statement("list.submitted", members, commitments={"person": handles, "file": file})
    assert len(log.signed(made, "holding").data) < MAX_LEAF_BYTES


# Batches


def test_a_batch_goes_from_step_to_step(log, store):
    """Proposed, cleared, authorised: each once and in this order, and a handover of it only then."""
    steps = log.batch("b1", 1)
    handover = log.observed("b1", 1)
    for number in range(4):
        for other, leaf in enumerate(steps):
            assert refusal(store, leaf) == (None if other == number else "record.batch_state" if other > number
                                            else "record.duplicate")  # fmt: skip
        assert refusal(store, handover) == (None if number in (0, 3) else "record.batch_state")
        if number < 3:
            append(store, steps[number])
    assert {refusal(store, leaf) for leaf in log.batch("b1", 1)} == {"record.batch_state"}


@pytest.mark.parametrize(
    ("proposal", "by", "code"),
    [
        ({}, "holding", None),
        ({}, "receiving", "record.signers"),
        ({"from": "side-a"}, "holding", None),
        ({"from": "side-a"}, "receiving", "record.signers"),
        ({"from": "side-b"}, "holding", "record.signers"),
        ({"from": "side-b"}, "receiving", None),
        ({"from": "side-b"}, "holding-2", None),
        ({}, "holding-2", None),
        ({"from": "side-c"}, "holding-2", None),
        ({"from": "side-c"}, "holding", "record.signers"),
        ({"from": "side-c"}, "receiving-2", "record.signers"),
    ],
)
def test_who_authorises_a_batch(log, proposal, by, code):
    """The side in `from`; the holding side where the proposal or the key names no party."""
    nameless = [log.enrol("holding-2", party=""), log.enrol("receiving-2", party="")]
    steps = log.batch("b1", 1, **proposal)
    store = log.store(*log.founding(), *nameless, *steps[:2])
    assert refusal(store, log.signed(steps[2].statement, by)) == code


@pytest.mark.parametrize(
    ("proposal", "handover", "code"),
    [
        ({}, {}, None),
        ({}, {"commitment": "c"}, None),
        ({"commitment": "c"}, {}, None),
        ({"commitment": "c"}, {"commitment": "c"}, None),
        ({"commitment": "c"}, {"commitment": "d"}, "record.batch_state"),
        ({"from": "side-a", "to": "side-b"}, {}, None),
        ({"from": "side-b"}, {}, "record.batch_state"),
        ({"to": "side-a"}, {}, "record.batch_state"),
    ],
)
def test_a_handover_is_of_the_batch_as_proposed(log, proposal, handover, code):
    """Commitment, giver and taker are those of the proposal, where both name them."""
    steps = log.batch("b1", 1, **proposal)
    by = "receiving" if proposal.get("from") == "side-b" else "holding"
    store = log.store(*log.founding(), *steps[:2], log.signed(steps[2].statement, by))
    assert refusal(store, log.observed("b1", 1, **handover)) == code


def test_a_batch_is_not_exceeded(log, store):
    """All handovers of a batch together have at most its number; a batch nobody proposed has no number."""
    append(store, *log.batch("b1", 5))
    assert refusal(store, log.observed("b1", 6)) == "record.batch_state"
    first = append(store, log.observed("b1", 3))
    assert refusal(store, log.observed("b1", 3)) == "record.batch_state"
    append(store, log.observed("b1", 2), log.observed("b1", 0))
    assert refusal(store, log.observed("b1", 1)) == "record.batch_state"
    append(store, log.withdraw(first, "neutral"))
    assert refusal(store, log.observed("b1", 4)) == "record.batch_state"
    assert refusal(store, log.observed("b1", 3)) is None
    assert refusal(store, log.observed("other", 50)) is None


# Persons


def test_a_person_is_handed_over_once_for_a_commitment(log, store):
    """The commitment is the statement's, else the proposal's, else none."""
    append(store, *log.batch("b1", 9, commitment="c"), log.observed("b1", 1, [person(900)]))
    append(store, log.observed("b2", 1, [person(901)]), log.observed("b2", 1, [person(902)], commitment="d"))
    for number, commitment, code in (
        (900, {}, None),
        (900, {"commitment": "c"}, "record.delivered_twice"),
        (900, {"commitment": "d"}, None),
        (901, {}, "record.delivered_twice"),
        (901, {"commitment": "c"}, None),
        (902, {}, None),
        (902, {"commitment": "d"}, "record.delivered_twice"),
    ):
        assert refusal(store, log.observed("b3", 1, [person(number)], **commitment)) == code
        assert refusal(store, log.observed("b3", 2, [person(999), person(number)], **commitment)) == code
    assert refusal(store, log.observed("b1", 1, [person(900)])) == "record.delivered_twice"


@pytest.mark.parametrize("member", ["asked", "wish_affirmed"])
@pytest.mark.parametrize(("number", "code"), [(0, None), (2, None), (3, "record.people")])
def test_no_more_are_asked_than_handed_over(log, store, member, number, code):
    """`asked` and `wish_affirmed` are at most `count`."""
    assert refusal(store, log.observed("b1", 2, **{member: number})) == code


# Answers


def test_each_side_answers_a_handover_once(log, store):
    """Each side once, the giver with `delivered`, the taker with `received`; the number is its own word."""
    seen = append(store, log.observed("b1", 2))
    assert refusal(store, log.signed(log.delivered(seen).statement, "receiving")) == "record.signers"
    assert refusal(store, log.signed(log.received(seen).statement, "holding")) == "record.signers"
    append(store, log.delivered(seen, count=7))
    assert refusal(store, log.delivered(seen)) == "record.answered_twice"
    assert refusal(store, log.received(seen)) is None
    other = append(store, log.observed("b1", 1))
    assert refusal(store, log.delivered(other)) is None


def test_who_answers_a_handover(log):
    """The party in `from` delivers and that in `to` receives; a key without a party goes by its role."""
    store = log.store(*log.founding(), log.enrol("holding-2", party=""), log.enrol("receiving-2", party=""))
    back = append(store, log.observed("b1", 1, **{"from": "side-b", "to": "side-a"}))
    for by, delivers, receives in (
        ("holding", "record.signers", None),
        ("receiving", None, "record.signers"),
        ("holding-2", None, "record.signers"),
        ("receiving-2", "record.signers", None),
    ):
        assert refusal(store, log.signed(log.delivered(back).statement, by)) == delivers
        assert refusal(store, log.signed(log.received(back).statement, by)) == receives


def test_what_an_answer_answers(log, store):
    """One handover that was observed, of the same batch, and of the same id where it says so."""
    one, two = log.observed("b1", 2), log.observed("b1", 1)
    append(store, one, two, log.count("b1", 1))
    body, by = {"batch": "b1", "count": 2}, ("holding",)
    sid = one.statement.sid

    def answer(refs: tuple[Ref, ...] | None = None, **more) -> str | None:
        refs = refer("answers", one) if refs is None else refs
        return refusal(store, log.leaf("handover.delivered", body | more, by, refs=refs))

    assert answer() is None
    assert answer(observed=sid) is None
    assert answer(observed=two.statement.sid) == "record.batch_state"
    assert answer(batch="b2") == "record.batch_state"
    assert answer(refs=()) == "record.no_ref"
    assert answer(refs=refer("rests_on", one)) == "record.no_ref"
    assert answer(refs=refer("answers", one, two)) == "record.no_ref"
    assert answer(refs=refer("answers", log.enrolments["neutral"])) == "record.no_ref"
    assert answer(refs=refer("answers", one) + refer("rests_on", two)) is None
    append(store, log.withdraw(one, "neutral"))
    assert answer() == "record.no_ref"


def test_what_must_refer_to_something(log, store):
    """Corrections and withdrawals refer to one statement, countersignatures to at least one."""
    match = append(store, log.leaf("match.disputed", {"grade": "g"}, ("holding",), people=1))
    other = append(store, log.leaf("match.disputed", {"grade": "g"}, ("holding",), people=1))
    for kind, rel, body in (
        ("record.corrected", "corrects", {"body": {"grade": "h"}}),
        ("record.withdrawn", "withdraws", {}),
        ("record.countersigned", "countersigns", {}),
    ):
        assert refusal(store, log.leaf(kind, body, ("holding",), refs=refer(rel, match))) is None
        assert refusal(store, log.leaf(kind, body, ("holding",))) == "record.no_ref"
        assert refusal(store, log.leaf(kind, body, ("holding",), refs=refer("contests", match))) == "record.no_ref"
        both = None if rel == "countersigns" else "record.no_ref"
        assert refusal(store, log.leaf(kind, body, ("holding",), refs=refer(rel, match, other))) == both


# Counts


def test_a_side_counts_a_batch_once(log, store):
    """Alone or with the other, until that statement is withdrawn; contesting is no counting."""
    sides = ("holding", "receiving")
    own = append(store, log.count("b1", 2, by=("holding",)))
    assert refusal(store, log.count("b1", 3, by=("holding",))) == "record.counted_twice"
    assert refusal(store, log.count("b1", 2, by=sides)) == "record.counted_twice"
    assert refusal(store, log.count("b1", 2, by=("receiving",))) is None
    assert refusal(store, log.count("b2", 2, by=("holding",))) is None
    assert refusal(store, log.count("b1", 2, "other", by=("holding",))) is None
    contested = ("count.contested", {"commitment": "release", "batch": "b1", "count": 1})
    append(store, log.leaf(*contested, ("holding",)), log.leaf(*contested, ("holding",)))
    append(store, log.withdraw(own, "holding"))
    joint = append(store, log.count("b1", 2, by=sides))
    for by in (("holding",), ("receiving",)):
        assert refusal(store, log.count("b1", 2, by=by)) == "record.counted_twice"
    append(store, log.withdraw(joint, *sides))
    assert {refusal(store, log.count("b1", 2, by=by)) for by in (("holding",), ("receiving",), sides)} == {None}


# Taking back

CORRECTABLE = {
    "match.judged": ({"judgement": "same", "grade": "p97"}, ("neutral",), 2),
    "match.confirmed": ({"grade": "g"}, ("holding", "receiving"), 1),
    "match.disputed": ({"grade": "g"}, ("holding",), 1),
    "person.cleared": ({"reason": "fit"}, ("medical",), 1),
    "person.held_back": ({"reason": "unfit"}, ("neutral",), 1),
    "wish.recorded": ({}, ("neutral",), 1),
    "count.contested": ({"commitment": "c", "batch": "b", "count": 1}, ("receiving",), 0),
    "pledge.recorded": ({"form": "f"}, ("neutral",), 1),
}
SETTLED = {
    "match.undone": ({"grade": "g"}, ("neutral",), 1),
    "list.submitted": ({"list": "l", "count": 0}, ("holding",), 0),
    "batch.proposed": ({"batch": "b", "count": 1, "rules_sha256": digest("r")}, ("operator",), 0),
    "policy.set": ({"policy_sha256": digest("p")}, ("holding", "receiving", "operator"), 0),
    "agreement.adopted": ({"agreement_sha256": digest("a"), "version": 1}, ("holding", "receiving"), 0),
    "fact.reported": ({"id": "f"}, ("operator",), 0),
    "fact.stated": ({"id": "f", "by": "side-a"}, ("holding",), 0),
    "erasure.done": ({"salts": 1, "keys": 1}, ("operator", "protection"), 1),
}


@pytest.mark.parametrize("kind", [*CORRECTABLE, *SETTLED, "handover.observed", "count.asserted"])
def test_what_can_be_taken_back(log, store, kind):
    """Corrected or withdrawn is only what no later entry rests on, or what is undone with it; the rest is final."""
    fixed = {"handover.observed": log.observed("b", 1), "count.asserted": log.count("b", 1)}
    body, by, people = {**CORRECTABLE, **SETTLED}.get(kind, ({}, (), 0))
    leaf = append(store, fixed[kind] if kind in fixed else log.leaf(kind, body, by, people=people))
    by = ("neutral",) if kind == "handover.observed" else by or ("holding", "receiving")
    correction = log.leaf("record.corrected", {"body": dict(leaf.statement.body)}, by, refs=refer("corrects", leaf))
    assert refusal(store, correction) == (None if kind in CORRECTABLE else "record.final")
    withdrawal = log.withdraw(leaf, *by)
    assert refusal(store, withdrawal) == (None if kind in CORRECTABLE or kind in fixed else "record.final")


def test_a_judged_claim_is_bound_and_can_be_taken_back(log, store):
    """A judgement holds one commitment to its claim, no more and no less; it is withdrawn, and never corrected."""
    body = {"claim": "c0ffee", "judgement": "accepted", "report_sha256": digest("r")}

    def judged(*claims):
        made = {"claim": tuple(person(one) for one in claims)} if claims else {}
        return log.leaf("claim.judged", body, ("neutral",), commitments=made)

    assert [refusal(store, judged(*claims)) for claims in ((), (1, 2))] == ["record.claim", "record.claim"]
    leaf = append(store, judged(1))
    correction = log.leaf("record.corrected", {"body": body}, ("neutral",), refs=refer("corrects", leaf))
    assert refusal(store, correction) == "record.final"
    append(store, log.withdraw(leaf, "neutral"))
    assert refusal(store, log.withdraw(leaf, "neutral")) == "record.final"


def test_a_captured_report_leaves_the_founding_phase_open():
    """Reports may come before the keys: as long as nothing else stands in the log, two signatures enrol a key."""
    log = SignedLog()
    store = log.store(log.genesis())
    append(store, log.leaf("claim.captured", {"evidence_sha256": digest("e"), "sheet_sha256": digest("s")}))
    assert refusal(store, log.enrol("neutral")) is None


def test_claims_are_corrected_in_the_public_log():
    """What is captured and judged in the public log can be corrected and withdrawn there by the operator."""
    log = SignedLog(ORIGIN.replace("/case", "/public"))
    store = log.store(log.genesis())
    for kind, body in (
        ("claim.captured", {"evidence_sha256": digest("e")}),
        ("claim.verdict", {"claim": "c", "verdict": "v"}),
    ):
        leaf = append(store, log.leaf(kind, body))
        assert refusal(store, log.leaf("record.corrected", {"body": body}, refs=refer("corrects", leaf))) is None
        assert refusal(store, log.withdraw(leaf, "operator")) is None
    table = {"table_sha256": digest("t"), "rules_sha256": digest("r"), "suppressed": 0}
    assert (
        refusal(store, log.withdraw(append(store, log.leaf("aggregate.published", table)), "operator"))
        == "record.final"
    )


def test_a_correction_has_the_body_of_its_kind(log, store):
    """A correction carries the whole body as it should have been, with the members of the original's kind."""
    held = append(store, log.leaf("person.held_back", {"reason": "unfit"}, ("medical",), people=1))
    for body, code in (
        ({"reason": "fit"}, None),
        ({"reason": "fit", "batch": "b1"}, None),
        ({}, "entry.body"),
        ({"reason": ""}, "entry.body"),
        ({"reason": "fit", "grade": "g"}, "entry.body"),
    ):
        leaf = log.leaf("record.corrected", {"body": body}, ("medical",), refs=refer("corrects", held))
        assert refusal(store, leaf) == code
    other = log.leaf("record.corrected", {"body": {"reason": "fit"}}, ("neutral",), refs=refer("corrects", held))
    assert refusal(store, other) == "record.signers"


def test_a_withdrawn_handover_frees_its_persons(log, store):
    """After the neutral has withdrawn a handover with the same handles, they and the batch's places are free again."""
    append(store, *log.batch("b1", 2, commitment="c"))
    seen = append(store, log.observed("b1", 2))
    handles = seen.statement.commitments["person"]
    assert refusal(store, log.observed("b9", 2, handles, commitment="c")) == "record.delivered_twice"
    for people in ((), handles[:1], (*handles, person(999)), (handles[0], person(999))):
        assert refusal(store, log.withdraw(seen, "neutral", people=people)) == "record.people"
    for by in (("operator",), ("holding",), ("neutral", "medical")):
        assert refusal(store, log.withdraw(seen, *by)) == "record.signers"
    assert refusal(store, log.withdraw(seen, "neutral", people=handles[::-1])) is None
    gone = append(store, log.withdraw(seen, "neutral"))
    assert read_batch(store.known().state("batch:b1")).done == 0
    again = append(store, log.observed("b1", 2, handles))
    assert refusal(store, log.observed("b9", 1, handles[:1], commitment="c")) == "record.delivered_twice"
    assert refusal(store, log.withdraw(seen, "neutral")) == "record.final"
    assert refusal(store, log.withdraw(gone, "neutral")) == "record.final"
    assert refusal(store, log.withdraw(again, "neutral")) is None
    assert store.check().size == store.head().size


def test_a_statement_is_withdrawn_once(log, store):
    """A second withdrawal of one statement is refused; of another it is not."""
    wishes = [log.leaf("wish.recorded", {}, ("neutral",), people=1) for _ in range(2)]
    append(store, *wishes, log.withdraw(wishes[0], "neutral"))
    assert refusal(store, log.withdraw(wishes[0], "neutral")) == "record.final"
    assert refusal(store, log.withdraw(wishes[1], "neutral")) is None
