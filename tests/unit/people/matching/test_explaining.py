"""Explanations in words, and the order of questions."""

import pytest
from tests.unit.people.matching.invented import A, B

from quittance.people.matching import Settings, match
from quittance.people.matching.explaining import explain, explain_entries
from quittance.people.matching.review import ONE_IN, is_asked, queue
from quittance.people.model import ListEntry


@pytest.fixture(scope="module")
def found():
    return match(A, B)


@pytest.fixture(scope="module")
def unsure():
    """Rows of B without fields: names that several entries of A could be."""
    names = ("نوید شکیب", "فرهاد شکیب", "احمد کریمی", "رحمت الله زرنگار")
    return match(A, [ListEntry(f"b{at}", name) for at, name in enumerate(names)], Settings(auto=1.0))


def test_parts_add_up_to_the_score(found):
    """The parts of an explanation sum to the score of the candidate."""
    for one in found.candidates:
        explained = explain(found, one.a, one.b)
        assert explained.score == one.score
        assert sum(part.weight for part in explained.parts) == pytest.approx(one.score, abs=1e-9)


def test_words_say_what_agrees(found):
    """Fields are named in plain words with their weight, missing ones too."""
    words = "; ".join(part.words for part in explain(found, 0, 0).parts)
    assert "days of birth overlap +" in words
    assert "father agrees +" in words
    assert "same province +" in words
    assert "of 14 have it" in words


def test_any_two_entries_can_be_explained(found):
    """Entries that were never paired have an explanation as well, and entries outside any run."""
    assert explain(found, 7, 5).score < 0
    alone = explain_entries(A[0], B[0])
    assert alone.score == pytest.approx(sum(part.weight for part in alone.parts), abs=1e-9)
    assert alone.score > 0


def test_explanations_do_not_show_names_by_themselves(found):
    """`repr` of an explanation holds no name."""
    assert "zarnegar" not in repr(explain(found, 0, 0)).lower()


def test_the_queue_leaves_out_what_is_settled(unsure):
    """A settled pair is not asked about again; the rest stays."""
    every = queue(unsure)
    first = every[0].pairs[0]
    rest = queue(unsure, {(first.a, first.b)})
    pairs = {(one.a, one.b) for question in rest for one in question.pairs}
    assert (first.a, first.b) not in pairs
    assert len(pairs) == sum(len(question.pairs) for question in every) - 1


def test_the_most_uncertain_comes_first(unsure):
    """Questions stand in the order of what their answer tells."""
    gains = [question.gain for question in queue(unsure)]
    assert gains == sorted(gains, reverse=True)
    assert len(gains) > 1


def test_sure_pairs_are_sampled_by_their_content(found):
    """Whether a sure pair is asked about depends on its content alone, for one in twenty."""
    sure = [one for one in found.candidates if one.decision == "auto"]
    again = match(A[::-1], B[::-1])
    asked = {(A[one.a].pid, B[one.b].pid) for one in sure if is_asked(found, one)}
    assert asked == {
        (A[::-1][one.a].pid, B[::-1][one.b].pid)
        for one in again.candidates
        if one.decision == "auto" and is_asked(again, one)
    }
    assert ONE_IN == 20
