"""Judgements on pairs of entries, and the persons that they hold together."""

from __future__ import annotations

from itertools import combinations, pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from quittance.people.judgements import (
    ANSWERS,
    BANDS,
    GRADES,
    REASONS,
    Conflict,
    Corrected,
    Judgement,
    JudgementRefused,
    Pairs,
    Quorum,
    TakenBack,
    band,
    conflicts,
    decide_judgement,
    events_of,
    first_key,
    groups,
    is_against,
    pair_of,
)
from quittance.record import kinds

A, B, C, D = HANDLES = ("a", "b", "c", "d")
REVIEWERS = ("r1", "r2", "r3")
HOLDING, RECEIVING = "holding:side-a", "receiving:side-b"


class Record:
    """Entries about pairs, each with the next index."""

    def __init__(self) -> None:
        self.events = []
        self.index = 0

    def add(self, kind, handles, answer="", by="", grade="p97", reason=None, offices=""):
        pairs = combinations(sorted(handles), 2)
        self.events += [Judgement(one, answer, by, "", self.index, reason, kind, grade, offices) for one in pairs]
        return self._next()

    def judge(self, answer, by, handles=(A, B), grade="p97", reason=None):
        return self.add("judged", handles, answer, by, grade, reason)

    def confirm(self, *handles, offices=f"{HOLDING},{RECEIVING}"):
        return self.add("confirmed", handles or (A, B), offices=offices)

    def dispute(self, *handles, offices=HOLDING):
        return self.add("disputed", handles or (A, B), offices=offices)

    def undo(self, *handles):
        return self.add("undone", handles or (A, B))

    def take_back(self, index):
        self.events.append(TakenBack(index, self.index))
        return self._next()

    def correct(self, index, answer, grade="p97", reason=None):
        self.events.append(Corrected(index, self.index, answer, grade, reason))
        return self._next()

    def _next(self):
        self.index += 1
        return self.index - 1

    def state(self, quorum=None, pair=(A, B)):
        state = Pairs(quorum, self.events).state(*pair)
        return state.state, state.linked, state.needs


# What a pair is


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([], ("open", False, 0)),
        ([("same", "r1")], ("waiting", False, 1)),
        ([("same", "r1"), ("same", "r1")], ("waiting", False, 1)),
        ([("same", "r1"), ("same", "r2")], ("same", True, 0)),
        ([("same", "r1"), ("same", "r2"), ("same", "r3")], ("same", True, 0)),
        ([("different", "r1")], ("different", False, 0)),
        ([("unsure", "r1")], ("unsure", False, 0)),
        ([("same", "r1"), ("unsure", "r2")], ("waiting", False, 1)),
        ([("different", "r1"), ("unsure", "r2")], ("different", False, 0)),
        ([("same", "r1"), ("different", "r2")], ("split", False, 0)),
        ([("same", "r1"), ("same", "r2"), ("different", "r3")], ("split", False, 0)),
        ([("same", "r1"), ("different", "r2"), ("same", "r2")], ("same", True, 0)),
        ([("same", "r1"), ("same", "r2"), ("unsure", "r2")], ("waiting", False, 1)),
        ([("same", "r1"), ("same", "r2"), ("different", "r1")], ("split", False, 0)),
    ],
)
def test_what_reviewers_hold_together(said, state):
    """Two different reviewers make a link, one who disagrees splits it, and the last word of each counts."""
    record = Record()
    for answer, by in said:
        record.judge(answer, by)
    assert record.state() == state


@pytest.mark.parametrize(
    ("quorum", "grades", "state"),
    [
        (Quorum(1), ["p97"], "same"),
        (Quorum(3), ["p97", "p97"], "waiting"),
        (Quorum(3), ["p97", "p97", "p97"], "same"),
        (Quorum(2, 0.9), ["p70"], "same"),
        (Quorum(2, 0.9), ["p90"], "waiting"),
        (Quorum(2, 0.9), ["p30"], "waiting"),
        (Quorum(2, 0.9), ["p30", "p70"], "same"),
        (Quorum(2, 0.9), ["none"], "waiting"),
        (Quorum(2, 1.0), ["p97"], "same"),
        (Quorum(2, 1.0), ["none"], "waiting"),
        (Quorum(2, 0.0), ["p50"], "waiting"),
    ],
)
def test_how_many_reviewers_a_link_needs(quorum, grades, state):
    """As many as the agreement says from a probability on, below it one; against the score, or unseen, never one."""
    record = Record()
    for reviewer, grade in zip(REVIEWERS, grades, strict=False):
        record.judge("same", reviewer, grade=grade)
    assert record.state(quorum)[0] == state


def test_what_is_taken_back_does_not_bring_back_what_was_before():
    """A reviewer who takes back his last judgement has none; taking back an older one changes nothing."""
    record = Record()
    record.judge("same", "r1")
    record.judge("same", "r2")
    last = record.judge("different", "r2")
    assert record.state() == ("split", False, 0)
    record.take_back(last)
    assert record.state() == ("waiting", False, 1)
    earlier = record.judge("unsure", "r2")
    record.judge("same", "r2")
    record.take_back(earlier)
    assert record.state() == ("same", True, 0)


def test_a_judgement_is_corrected():
    """What stands is what the judgement should have said, in its own place."""
    record = Record()
    first = record.judge("different", "r1", reason="father")
    record.judge("same", "r2")
    record.correct(first, "same")
    assert record.state() == ("same", True, 0)
    later = record.judge("unsure", "r1")
    record.correct(first, "different")
    assert record.state() == ("waiting", False, 1)
    record.take_back(later)
    record.correct(later, "same")
    assert record.state() == ("waiting", False, 1)


def test_both_sides_confirm_and_one_doubts():
    """What both sides confirm is linked, whatever reviewers hold; a doubt marks it, until its side confirms again."""
    record = Record()
    record.judge("different", "r1")
    record.confirm()
    assert record.state() == ("confirmed", True, 0)
    doubt = record.dispute()
    assert record.state() == ("disputed", True, 0)
    assert Pairs(None, record.events).state(A, B).disputed == (HOLDING,)
    record.take_back(doubt)
    assert record.state() == ("confirmed", True, 0)
    record.dispute()
    record.dispute(offices="receiving:side-c")
    record.confirm()
    assert record.state() == ("disputed", True, 0)
    assert Pairs(None, record.events).state(A, B).disputed == ("receiving:side-c",)


def test_a_doubt_alone_links_nothing_and_splits_nothing():
    """A side's doubt is shown beside what the reviewers hold, and stands alone where they hold nothing."""
    record = Record()
    record.dispute()
    assert record.state() == ("disputed", False, 0)
    record.judge("same", "r1")
    assert record.state() == ("waiting", False, 1)
    record.judge("same", "r2")
    assert record.state() == ("disputed", True, 0)


def test_what_was_undone_counts_no_more():
    """Everything said of the pair before it was undone is void, and what is said after it counts anew."""
    record = Record()
    for reviewer in REVIEWERS:
        record.judge("same", reviewer)
    record.confirm()
    record.dispute()
    record.undo()
    assert record.state() == ("undone", False, 0)
    record.judge("same", "r1")
    assert record.state() == ("waiting", False, 1)
    record.judge("same", "r2")
    assert record.state() == ("same", True, 0)


def test_more_than_two_handles_are_every_pair_of_them():
    """Three entries confirmed to be one person, and one of them taken out of it again."""
    record = Record()
    record.confirm(A, B, C)
    pairs = Pairs(None, record.events)
    assert groups(pairs, HANDLES) == ((A, B, C), (D,))
    before = len(record.events)
    record.undo(A, C)
    record.undo(B, C)
    pairs.take(*record.events[before:])
    assert groups(pairs, HANDLES) == ((A, B), (C,), (D,))
    assert conflicts(pairs, HANDLES, {}) == ()


# Persons


def linked(record, *pairs):
    """Two reviewers say that each of the pairs is one person."""
    for pair in pairs:
        for reviewer in REVIEWERS[:2]:
            record.judge("same", reviewer, pair)
    return record


def test_persons_are_what_links_join():
    """Links join entries also by way of others; an entry that is not asked for joins nobody."""
    pairs = Pairs(None, linked(Record(), (A, B), (B, C)).events)
    assert groups(pairs, HANDLES) == ((A, B, C), (D,))
    assert groups(pairs, (D, C, A)) == ((A,), (C,), (D,))
    assert groups(pairs, ()) == ()


def test_a_group_that_somebody_keeps_apart():
    """Different and undone pairs within a group are reported, those between groups are not."""
    record = linked(Record(), (A, B), (B, C))
    record.judge("different", "r3", (C, D))
    assert conflicts(Pairs(None, record.events), HANDLES, {}) == ()
    record.judge("different", "r3", (A, C))
    assert conflicts(Pairs(None, record.events), HANDLES, {}) == (Conflict("different", (A, C), (A, B, C)),)
    record.undo(A, C)
    assert conflicts(Pairs(None, record.events), HANDLES, {}) == (Conflict("undone", (A, C), (A, B, C)),)


def test_one_list_names_nobody_twice_unless_somebody_has_looked():
    """Two entries of one list in one group are reported until they are said to be the same themselves."""
    record = linked(Record(), (A, C), (B, C))
    lists = {A: "one", B: "one", C: "other", D: "other"}
    assert conflicts(Pairs(None, record.events), HANDLES, lists) == (Conflict("listed_twice", (A, B), (A, B, C)),)
    assert conflicts(Pairs(None, record.events), HANDLES, {}) == ()
    linked(record, (A, B))
    assert conflicts(Pairs(None, record.events), HANDLES, lists) == ()


# From entries of the record


def test_entries_of_the_record_as_events():
    """Each kind of the record that speaks of pairs becomes what it says of them; others say nothing."""
    judged = {"judgement": "same", "grade": "p30", "reason": "father", "list": "L-1"}
    assert events_of("match.judged", judged, (B, A), "k", "t", 7, offices="neutral:n") == (
        Judgement((A, B), "same", "k", "t", 7, "father", "judged", "p30", "neutral:n"),
    )
    for act in ("confirmed", "disputed", "undone"):
        assert events_of(f"match.{act}", {"grade": "x"}, (C, A, B), "k", "t", 7) == tuple(
            Judgement(pair, "", "k", "t", 7, None, act, "x") for pair in ((A, B), (A, C), (B, C))
        )
        assert events_of(f"match.{act}", {"grade": "x"}, (A,), "k", "t", 7) == ()
    assert events_of("record.withdrawn", {}, (A, B), "k", "t", 9, of=7) == (TakenBack(7, 9),)
    assert events_of("record.corrected", {"body": judged}, (), "k", "t", 9, of=7) == (
        Corrected(7, 9, "same", "p30", "father"),
    )
    assert events_of("handover.observed", {"count": 2}, (A, B), "k", "t", 9) == ()


def test_a_withdrawal_of_something_else_changes_nothing():
    """What is taken back or corrected and says nothing of pairs is passed over."""
    record = linked(Record(), (A, B))
    pairs = Pairs(None, record.events)
    pairs.take(TakenBack(90, 91), Corrected(90, 92, "different", "p97"))
    assert groups(pairs, HANDLES) == ((A, B), (C,), (D,))


def test_a_key_that_took_the_place_of_another_is_the_same_reviewer():
    """Whoever rotates his key gains no second voice."""
    rotations = {"k2": "k1", "k3": "k2", "m2": "m1"}
    assert [first_key(key, rotations) for key in ("k1", "k2", "k3", "m2", "n")] == ["k1", "k1", "k1", "m1", "n"]


# Judging


def test_the_closed_lists_are_those_of_the_record():
    """Answers, grades and reasons are those that the record takes, and so is what needs a reason."""
    assert ANSWERS == kinds.JUDGEMENTS
    assert (*kinds.BANDS, "none") == GRADES
    assert tuple(kinds.GROUNDS) == REASONS
    assert {grade: round(bound * 100) for grade, bound in BANDS.items()} == {
        grade: int(grade[1:]) for grade in kinds.BANDS
    }
    for answer in ANSWERS:
        for grade in GRADES:
            wrong = kinds.KINDS["match.judged"].whole({"judgement": answer, "grade": grade})
            assert bool(wrong) == is_against(answer, grade)


@pytest.mark.parametrize(
    ("probability", "grade"),
    [(0, "p00"), (0.0999, "p00"), (0.1, "p10"), (0.3, "p30"), (0.49999, "p30"), (0.5, "p50"), (0.89, "p70"),
     (0.9, "p90"), (0.9699, "p90"), (0.97, "p97"), (1, "p97"), (-1e-12, "p00"), (1.0000001, "p97")],
)  # fmt: skip
def test_the_band_of_a_probability(probability, grade):
    """The highest band that begins at or below it."""
    assert band(probability) == grade


@pytest.mark.parametrize(
    ("handles", "answer", "grade", "reason", "code"),
    [
        ((A, B), "same", "p97", None, None),
        ((B, A), "unsure", "none", None, None),
        ((A, B), "different", "p97", "father", None),
        ((A, A), "same", "p97", None, "judgement.one_handle"),
        ((A,), "same", "p97", None, "judgement.one_handle"),
        ((A, B, C), "same", "p97", None, "judgement.one_handle"),
        ((A, "z"), "same", "p97", None, "judgement.not_listed"),
        (("z", A), "same", "p97", None, "judgement.not_listed"),
        ((A, B), "same", "p30", None, "judgement.reason_missing"),
        ((A, B), "different", "p50", None, "judgement.reason_missing"),
        ((A, B), "perhaps", "p97", None, "judgement.form"),
        ((A, B), "same", "0.97", None, "judgement.form"),
        ((A, B), "same", "p97", "his brother said so", "judgement.form"),
    ],
)
def test_what_may_be_judged(handles, answer, grade, reason, code):
    """Two different entries that stand on lists, in the words of the record, with a reason where it goes against."""
    record = Record()
    act = (Pairs(None, record.events), handles, answer, grade, "r1", HANDLES, reason)
    if code is None:
        body = decide_judgement(*act)
        assert body == {"judgement": answer, "grade": grade} | ({"reason": reason} if reason else {})
        kinds.KINDS["match.judged"].require_body("match.judged", body)
        return
    with pytest.raises(JudgementRefused) as caught:
        decide_judgement(*act)
    assert caught.value.code == code


def test_nobody_repeats_himself_word_for_word():
    """The same judgement again is refused; another one, another reviewer's, and one after it was void are not."""
    record = Record()

    def decide(answer="same", by="r1", grade="p97", reason=None):
        pairs = Pairs(None, record.events)
        return decide_judgement(pairs, (A, B), answer, grade, by, set(HANDLES), reason, "L-1")

    assert decide() == {"judgement": "same", "grade": "p97", "list": "L-1"}
    first = record.judge("same", "r1")
    with pytest.raises(JudgementRefused, match="already") as caught:
        decide()
    assert caught.value.code == "judgement.repeated"
    for other in ({"by": "r2"}, {"grade": "p90"}, {"reason": "father"}, {"answer": "unsure"}):
        assert decide(**other)
    record.take_back(first)
    assert decide()
    record.judge("same", "r1")
    record.undo()
    assert decide()


# In general

PAIRS = list(combinations(HANDLES, 2))
HISTORY = st.lists(
    st.tuples(
        st.sampled_from(["judged"] * 6 + ["confirmed", "disputed", "undone", "withdrawn", "withdrawn", "corrected"]),
        st.sampled_from([*PAIRS, *PAIRS, (A, B, C)]),
        st.sampled_from(ANSWERS),
        st.sampled_from(REVIEWERS),
        st.sampled_from(GRADES),
        st.integers(0, 30),
    ),
    max_size=30,
)
QUORUMS = st.builds(Quorum, st.integers(1, 3), st.sampled_from([0.0, 0.5, 0.9, 1.0]))


def told(history):
    """A history as events; withdrawals and corrections are of any earlier judgement."""
    record = Record()
    for kind, handles, answer, by, grade, number in history:
        if kind == "withdrawn":
            record.take_back(number % (record.index + 1))
        elif kind == "corrected":
            record.correct(number % (record.index + 1), answer, grade)
        elif kind == "judged":
            record.judge(answer, by, handles[:2], grade)
        else:
            record.add(kind, handles, grade=grade, offices=HOLDING if number % 2 else f"{HOLDING},{RECEIVING}")
    return record


@given(HISTORY, QUORUMS, st.lists(st.integers(0, 30)))
@settings(max_examples=200, deadline=None)
def test_entry_by_entry_is_the_same_as_all_at_once(history, quorum, cuts):
    """However the record is cut, what is folded onto what was known is what a fold of the whole gives."""
    events = told(history).events
    whole = Pairs(quorum, events)
    places = sorted({0, len(events), *(cut for cut in cuts if cut < len(events))})
    pieces = Pairs(quorum)
    for first, last in pairwise(places):
        pieces.take(*events[first:last])
    assert list(pieces) == list(whole)
    assert groups(pieces, HANDLES) == groups(whole, HANDLES)
    assert conflicts(pieces, HANDLES, dict.fromkeys(HANDLES, "l")) == conflicts(
        whole, HANDLES, dict.fromkeys(HANDLES, "l")
    )


@given(HISTORY, QUORUMS, st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_everything_taken_back_is_the_beginning(history, quorum, chance):
    """When every judgement is taken back, in any order, nothing is left of them: no state, no group."""
    record = told([one for one in history if one[0] != "undone"])
    indexes = sorted({event.index for event in record.events if isinstance(event, Judgement)})
    chance.shuffle(indexes)
    pairs = Pairs(quorum, record.events)
    pairs.take(*(TakenBack(of, record.index + at) for at, of in enumerate(indexes)))
    assert list(pairs) == []
    assert groups(pairs, HANDLES) == tuple((handle,) for handle in HANDLES)


@given(HISTORY, QUORUMS)
@settings(max_examples=300, deadline=None)
def test_only_people_link(history, quorum):
    """A link has a confirmation of both sides, or as many different reviewers as it needs and none who disagrees.

    Told a second time from the events alone, without the fold.
    """
    record = told(history)
    withdrawn = {event.of for event in record.events if isinstance(event, TakenBack)}
    right = {event.of: event for event in record.events if isinstance(event, Corrected)}
    pairs = Pairs(quorum, record.events)
    for pair in PAIRS:
        last, confirmed = {}, False
        for event in record.events:
            if not isinstance(event, Judgement) or event.pair != pair:
                continue
            if event.kind == "undone":
                last, confirmed = {}, False
            elif event.kind == "confirmed" and event.index not in withdrawn:
                confirmed = True
            elif event.kind == "judged":
                last[event.by] = event
        standing = [right.get(one.index, one) for one in last.values() if one.index not in withdrawn]
        same = [one for one in standing if one.answer == "same"]
        alone = all(one.grade != "none" and 0.5 <= BANDS[one.grade] < quorum.second_from for one in same)
        enough = bool(same) and len(same) >= (1 if alone else quorum.reviewers)
        held = enough and all(one.answer != "different" for one in standing)
        assert pairs.state(*pair).linked == (confirmed or held)


@given(HISTORY, st.lists(st.sampled_from(HANDLES), unique=True))
@settings(max_examples=100, deadline=None)
def test_everybody_is_one_person(history, handles):
    """Every entry asked for is in exactly one group, and a group is as connected as its links."""
    pairs = Pairs(None, told(history).events)
    found = groups(pairs, handles)
    assert sorted(handle for group in found for handle in group) == sorted(handles)
    for group in found:
        reached, waiting = {group[0]}, [group[0]]
        while waiting:
            handle = waiting.pop()
            near = {other for other in handles if other != handle and pairs.state(handle, other).linked}
            waiting += near - reached
            reached |= near
        assert reached == set(group)


@given(HISTORY, QUORUMS)
@settings(max_examples=100, deadline=None)
def test_a_pair_has_no_first(history, quorum):
    """Whichever handle is named first, the state is the same, and it names the pair in order."""
    pairs = Pairs(quorum, told(history).events)
    for one, other in PAIRS:
        assert pairs.state(one, other) == pairs.state(other, one)
        assert pairs.state(other, one).pair == pair_of(other, one) == (one, other)
