"""The use cases of matching and review: proposals decide nothing, answers are kept at once, judgements are signed."""

from __future__ import annotations

import csv
import inspect
import io
from dataclasses import replace

import pytest
from tests.listed import AGREEMENT, ASKED, HELD, KEK, KEYS, ListedCase, as_csv

from quittance.codes import code_of
from quittance.errors import DeniedError, QuittanceError
from quittance.files.links import read_links
from quittance.listbook import Listbook
from quittance.people.judgements import REASONS
from quittance.people.synthetic import Wanted, two_lists
from quittance.record.keys import key_id, sign_statement
from quittance.record.store import entries
from quittance.reviewbook import Reviewbook
from quittance.views.register import Filters
from quittance.visibility import NEUTRAL, OPERATOR, REFUSAL, Role, Viewer

FIRST, SECOND = (key_id(KEYS[name].public) for name in ("neutral-1", "neutral-2"))


@pytest.fixture
def case(tmp_path):
    """Both lists, in the vault and in the record."""
    made = ListedCase(tmp_path)
    made.take("a", "held", HELD)
    made.take("b", "asked", ASKED)
    yield made
    made.close()


@pytest.fixture
def review(case):
    """The review of these lists."""
    return Reviewbook(case.book)


def refusal_of(act, *arguments, **named) -> str:
    with pytest.raises(QuittanceError) as caught:
        act(*arguments, **named)
    return caught.value.code


def codes(case, held: str = "2", asked: str = "1") -> tuple[str, str]:
    return code_of(case.handle("a/held", held)), code_of(case.handle("b/asked", asked))


def judged(case) -> list:
    return [one for one in entries(case.book.shelf.record) if one.statement.kind == "match.judged"]


def sign(case, review, name: str):
    return review.sign_answers(NEUTRAL, KEYS[name], case.casebook)


STRANGERS = [Viewer(role) for role in Role.__args__] + [Viewer("operator", "a"), Viewer("neutral", "a")]


@pytest.mark.parametrize("name", [name for name, _ in inspect.getmembers(Reviewbook) if not name.startswith("_")])
def test_every_use_case_is_the_neutrals(review, name):
    """Each has a viewer without a default, and refuses everybody else before it looks at anything."""
    method = getattr(review, name)
    parameters = list(inspect.signature(method).parameters.values())
    assert (parameters[0].name, parameters[0].default) == ("viewer", inspect.Parameter.empty)
    needed = {one.name: None for one in parameters[1:] if one.default is inspect.Parameter.empty}
    for viewer in STRANGERS:
        if viewer != NEUTRAL:
            with pytest.raises(DeniedError) as refusal:
                method(viewer, **needed)
            assert (refusal.value.message, refusal.value.problems) == (REFUSAL, ())


def test_a_run_proposes_and_merges_nobody(case, review):
    """Two of three are found in the other script and calendar; the register is as it was."""
    (view,) = review.match(NEUTRAL)
    assert (view.left_side, view.left, view.right_side, view.right) == ("a", 4, "b", 3)
    assert view.auto + view.review >= 2
    assert (view.auto_line, view.review_line) == (0.97, 0.03)
    assert case.book.register(NEUTRAL).persons == 7
    rows = list(csv.DictReader(io.StringIO(review.links(NEUTRAL).decode())))
    best = {(row["a_pid"], row["b_pid"]) for row in rows if row["rank"] == "1" and float(row["probability"]) > 0.9}
    assert best == {("2", "1"), ("1", "2")}
    assert {(row["a_list"], row["b_list"]) for row in rows} == {("a/held", "b/asked")}
    assert len(read_links(review.links(NEUTRAL))) == len(rows)
    assert not any(value in review.links(NEUTRAL).decode() for row in (*HELD, *ASKED) for value in row[1:3])


def test_a_question_shows_both_entries_and_what_weighs_how_much(case, review):
    """Field by field, each in its own script, and what the fields weigh adds up to the score."""
    view = review.question(NEUTRAL, FIRST, *codes(case))
    rows = {row.field: row for row in view.fields}
    assert (rows["name"].a, rows["name"].b) == ("Javed Faisal", "جاوید فیصل")
    assert (rows["birth"].a, rows["birth"].b, rows["birth"].state) == ("1985", "1364", "agree")
    assert rows["name"].b_latin
    assert not rows["name"].a_latin
    assert {(one[0], one[1]) for one in rows["name"].pairs}
    assert sum(row.weight or 0 for row in view.fields) == pytest.approx(view.total, abs=0.01)
    assert view.score == pytest.approx(view.total, abs=0.01)
    assert view.probability > 0.9
    assert view == review.question(NEUTRAL, FIRST, *reversed(codes(case)))


def test_a_pair_that_no_run_proposed_can_be_judged(case, review):
    """Found by search or by hearsay: it is explained all the same, and its grade is none."""
    pair = codes(case, "3", "3")
    view = review.question(NEUTRAL, FIRST, *pair)
    assert (view.score, view.ref.decision) == (None, "none")
    assert review.answer(NEUTRAL, FIRST, *pair, "same").grade == "none"
    within = code_of(case.handle("a/held", "1")), code_of(case.handle("a/held", "3"))
    assert review.question(NEUTRAL, FIRST, *within).score is None


def test_two_reviewers_and_their_signatures_make_one_person(case, review):
    """Answers merge nobody, nor does one signature; the second one does, and the record holds both."""
    for name, reviewer in (("neutral-1", FIRST), ("neutral-2", SECOND)):
        assert case.book.register(NEUTRAL, Filters(state="matched")).found == 0
        review.answer(NEUTRAL, reviewer, *codes(case), "same")
        assert case.book.register(NEUTRAL, Filters(state="matched")).found == 0
        assert [one.answer for one in review.unsigned(NEUTRAL, reviewer)] == ["same"]
        assert len(sign(case, review, name)) == 1
        assert review.unsigned(NEUTRAL, reviewer) == ()
        assert sign(case, review, name) == ()
    assert case.book.register(NEUTRAL, Filters(state="matched")).found == 1
    first, second = judged(case)
    assert first.statement.body == {"judgement": "same", "grade": "p97"}
    assert [one.leaf.signatures[0].keyid for one in (first, second)] == [FIRST, SECOND]
    case.casebook.check(OPERATOR)


def test_the_second_reviewer_sees_nothing_of_the_first(case, review):
    """Neither in the queue nor in the question, before and after the first has signed."""
    pair = codes(case)

    def seen():
        queues = [review.queue(NEUTRAL, SECOND, auto=auto) for auto in (False, True)]
        return queues, review.question(NEUTRAL, SECOND, *pair), case.book.person(NEUTRAL, pair[0])

    before = seen()
    review.answer(NEUTRAL, FIRST, *pair, "same")
    assert seen() == before
    sign(case, review, "neutral-1")
    assert seen() == before
    assert pair[0] not in [ref.a for group in review.queue(NEUTRAL, FIRST, auto=True).groups for ref in group]


def test_answers_outlive_the_program(case, review):
    """Kept sealed in the vault at once; the newest of a pair counts, and one may be taken back."""
    review.answer(NEUTRAL, FIRST, *codes(case), "unsure")
    review.answer(NEUTRAL, FIRST, *codes(case), "same")
    review.answer(NEUTRAL, FIRST, *codes(case, "1", "2"), "same")
    case.book.close()
    with Listbook.open(case.folder, KEK, clock=case.clock, nonce=case.nonce) as book:
        again = Reviewbook(book)
        assert sorted(one.answer for one in again.unsigned(NEUTRAL, FIRST)) == ["same", "same"]
        assert again.unsigned(NEUTRAL, SECOND) == ()
        assert again.take_back(NEUTRAL, FIRST, *codes(replace_book(case, book)))
        assert not again.take_back(NEUTRAL, FIRST, *codes(case))
        assert len(again.unsigned(NEUTRAL, FIRST)) == 1
    case.book = Listbook.open(case.folder, KEK, clock=case.clock, nonce=case.nonce)


def replace_book(case, book):
    """The case with another open book."""
    case.book = book
    return case


def test_against_the_score_a_reason_is_needed(case, review):
    """From a closed list, since words about a person have no place in the record; it is recorded."""
    pair = codes(case)
    assert refusal_of(review.answer, NEUTRAL, FIRST, *pair, "different") == "judgement.reason_missing"
    assert refusal_of(review.answer, NEUTRAL, FIRST, *pair, "different", "because") == "judgement.form"
    assert refusal_of(review.answer, NEUTRAL, FIRST, *pair, "maybe") == "judgement.form"
    review.answer(NEUTRAL, FIRST, *pair, "different", "father")
    sign(case, review, "neutral-1")
    assert judged(case)[0].statement.body["reason"] == "father"
    assert "father" in REASONS


def test_what_stands_in_the_record_is_not_judged_twice(case, review):
    """The same answer again is refused; another one takes its place when it is signed."""
    review.answer(NEUTRAL, FIRST, *codes(case), "same")
    sign(case, review, "neutral-1")
    assert refusal_of(review.answer, NEUTRAL, FIRST, *codes(case), "same") == "judgement.repeated"
    review.answer(NEUTRAL, FIRST, *codes(case), "unsure")
    sign(case, review, "neutral-1")
    assert len(judged(case)) == 2


def test_only_submitted_entries_are_judged(case, review):
    """A list that its side has not signed yet is matched, and nothing about it is judged."""
    case.book.import_list(OPERATOR, as_csv([("7", "Zalmai Wardak", "Anwar", "1990", "Wardak")]), "b", "more")
    pair = code_of(case.handle("a/held", "3")), code_of(case.handle("b/more", "7"))
    assert refusal_of(review.answer, NEUTRAL, FIRST, *pair, "same") == "judgement.not_listed"
    case.submit_list("b", "more")
    assert review.answer(NEUTRAL, FIRST, *pair, "same").answer == "same"


@pytest.mark.parametrize("name", ["holding", "protection", None])
def test_only_the_neutrals_keys_review(case, review, name):
    """A side's key, another office's and one that nobody enrolled may not even ask."""
    other = key_id(KEYS[name].public) if name else "0" * 64
    for act in (review.queue, review.unsigned):
        assert refusal_of(act, NEUTRAL, other) == "people.reviewer"
    assert refusal_of(review.answer, NEUTRAL, other, *codes(case), "same") == "people.reviewer"
    assert review.reviewers(NEUTRAL) == tuple(sorted((FIRST, SECOND)))


def test_a_reviewer_whose_key_ended_may_not_go_on(case, review):
    """From the revocation on."""
    body = {"fingerprint": FIRST, "reason": "left"}
    statement = case.casebook.draft(OPERATOR, "key.revoked", body)
    case.casebook.submit(OPERATOR, [(statement, case.casebook.sign(OPERATOR, statement))])
    assert refusal_of(review.queue, NEUTRAL, FIRST) == "people.reviewer"
    assert review.reviewers(NEUTRAL) == (SECOND,)


def test_a_match_is_taken_apart(case, review):
    """By a statement of a neutral key; afterwards there is nothing to take apart."""
    pair = codes(case)
    case.judge((case.handle("a/held", "2"), case.handle("b/asked", "1")), "same", "neutral-1", "neutral-2")
    statement = review.undo(NEUTRAL, *pair, case.casebook)
    case.casebook.submit(OPERATOR, [(statement, sign_statement(statement, KEYS["neutral-1"]))])
    assert case.book.register(NEUTRAL).persons == 7
    assert refusal_of(review.undo, NEUTRAL, *pair, case.casebook) == "people.not_joined"
    queue = review.queue(NEUTRAL, FIRST, auto=True)
    assert pair[0] in [ref.a for group in queue.groups for ref in group], "it may be judged again"


def test_both_sides_confirm_what_the_reviewers_have_matched(case, review):
    """Not before; then the statement is for both sides to sign, and the person is confirmed."""
    pair = codes(case)
    assert refusal_of(review.confirm, NEUTRAL, *pair, case.casebook) == "people.not_joined"
    case.judge((case.handle("a/held", "2"), case.handle("b/asked", "1")), "same", "neutral-1", "neutral-2")
    statement = review.confirm(NEUTRAL, *pair, case.casebook)
    case.casebook.submit(OPERATOR, [(statement, sign_statement(statement, KEYS["holding"], KEYS["receiving"]))])
    assert case.book.register(NEUTRAL, Filters(state="confirmed")).found == 1


def test_what_is_settled_is_asked_no_more(case, review):
    """Of nobody; and a group of relatives is shown whole, with what needs no answer marked."""
    case.judge((case.handle("a/held", "2"), case.handle("b/asked", "1")), "same", "neutral-1", "neutral-2")
    for reviewer in (FIRST, SECOND):
        for auto in (False, True):
            view = review.queue(NEUTRAL, reviewer, auto=auto)
            waiting = [ref for group in view.groups for ref in group if not ref.answered]
            assert view.open == len(waiting)
            assert codes(case)[0] not in [ref.a for ref in waiting]


def test_a_list_that_grew_is_matched_anew(case, review):
    """The run is of the lists as they are; an entry that is gone is not proposed."""
    review.match(NEUTRAL)
    case.take("b", "asked", [*ASKED[1:], ("4", "زلمی وردک", "انور", "1369", "وردګ")])
    (view,) = review.match(NEUTRAL)
    assert view.right == 3
    best = {(row["a_pid"], row["b_pid"]) for row in csv.DictReader(io.StringIO(review.links(NEUTRAL).decode()))}
    assert ("3", "4") in best
    assert not any(b == "1" for _, b in best)


def test_one_person_listed_twice(case, review):
    """Found within a list, judged like any pair, and then no more shown."""
    case.take("a", "held", [*HELD, ("5", "Raheem Gull Testzay", "Kareem", "1980", "Kabul")])
    found = review.duplicates(NEUTRAL)
    pair = {code_of(case.handle("a/held", "1")), code_of(case.handle("a/held", "5"))}
    assert [({one.ref.a, one.ref.b}, one.list) for one in found] == [(pair, "a/held")]
    for name, reviewer in (("neutral-1", FIRST), ("neutral-2", SECOND)):
        review.answer(NEUTRAL, reviewer, *pair, "same", "relative")
        sign(case, review, name)
    assert review.duplicates(NEUTRAL) == ()
    assert case.book.register(NEUTRAL).persons == 7


def test_answers_about_somebody_erased_are_not_signed(case, review):
    """They go with the entry, or are passed over where the other entry is the one erased."""
    review.answer(NEUTRAL, FIRST, *codes(case), "same")
    review.answer(NEUTRAL, FIRST, *codes(case, "1", "2"), "same")
    done = case.book.erase(OPERATOR, codes(case)[1], case.casebook, sign=False)
    signed = sign_statement(done.statement, *(KEYS["protection"],))
    case.casebook.submit(OPERATOR, [(done.statement, (*case.casebook.sign(OPERATOR, done.statement), *signed))])
    assert {one.a for one in review.unsigned(NEUTRAL, FIRST)} | {
        one.b for one in review.unsigned(NEUTRAL, FIRST)
    } == set(codes(case, "1", "2"))
    assert len(sign(case, review, "neutral-1")) == 1


def test_a_submission_that_was_cut_off_can_be_repeated(case, review):
    """Statements drawn up and entered, and the program died before it knew: nothing is signed twice."""
    review.answer(NEUTRAL, FIRST, *codes(case), "same")
    drawn_up = review.statements(NEUTRAL, FIRST, case.casebook)
    case.casebook.submit(OPERATOR, [(one, sign_statement(one, KEYS["neutral-1"])) for one in drawn_up])
    assert sign(case, Reviewbook(case.book), "neutral-1") == ()
    assert len(judged(case)) == 1


def test_fitting_needs_judged_pairs(case, review):
    """Below fifty there is nothing to fit to."""
    assert review.refit(NEUTRAL) is None


def test_runs_go_by_the_curve_fitted_to_what_was_judged(tmp_path):
    """From fifty judged pairs on a new run shows fitted probabilities, and the refit says what they were before."""
    case = ListedCase(tmp_path)
    made = two_lists(Wanted(a=70, b=60, overlap=0.95), seed=3)
    for side, name, data in (("a", "held", made.a.as_csv()), ("b", "asked", made.b.as_csv())):
        case.book.import_list(OPERATOR, data, side, name)
        case.submit_list(side, name)
    before = read_links(Reviewbook(case.book).links(NEUTRAL))
    handles = {(one.list, one.pid): one.handle for one in case.book.shelf.listed}
    for a, b in made.truth():
        case.judge((handles["a/held", a], handles["b/asked", b]), "same", "neutral-1", "neutral-2")
    review = Reviewbook(case.book)
    fitted = review.refit(NEUTRAL)
    after = read_links(review.links(NEUTRAL))
    case.close()
    assert fitted is not None
    assert fitted.answers >= 50
    assert sum(band.count for band in fitted.before) == sum(band.count for band in fitted.after) == fitted.answers
    assert [one.probability for one in before] != [one.probability for one in after]
    assert {one.score for one in before} == {one.score for one in after}


def test_the_agreement_sets_the_thresholds(tmp_path):
    """With a lower line for bulk and another for review the same lists come out otherwise."""
    case = ListedCase(tmp_path, AGREEMENT + b'\nmatching: {auto: 1, review: "0.9"}\n')
    case.take("a", "held", HELD)
    case.take("b", "asked", ASKED)
    (view,) = Reviewbook(case.book).match(NEUTRAL)
    assert (view.auto, view.review, view.auto_line, view.review_line) == (0, 2, 1.0, 0.9)
    case.close()


def test_nothing_personal_in_what_is_printed_by_mistake(case, review):
    """The text of every view that a trace could show holds no value of a list."""
    review.answer(NEUTRAL, FIRST, *codes(case), "same")
    view = review.question(NEUTRAL, FIRST, *codes(case))
    text = repr(
        [view, replace(view), review.queue(NEUTRAL, FIRST), review.unsigned(NEUTRAL, FIRST), review._runs.proposals()]
    )
    assert [value for row in (*HELD, *ASKED) for value in row[1:3] if value in text] == []
