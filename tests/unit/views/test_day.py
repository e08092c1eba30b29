"""The day of a handover: who is at which point, and that every answer of the handover's own rules can be given."""

from __future__ import annotations

from tests.unit.web.batches import Days, code

from quittance.handover import day as rules
from quittance.handover.skips import REASONS as KNOWN
from quittance.views.batch_wording import CHECK_WORDS, CHECKED_WORDS, DISCREPANCY_WORDS, SKIP_WORDS
from quittance.views.day import ANSWERS, CHECKS, DISCREPANCIES, GOOD, REASONS


def test_people_are_counted_and_found():
    """By their point of the day, and by code."""
    view = Days().day(None, "b1")
    assert sum(map(view.number, ("expected", "in_handover", "released", "disputed", "out"))) == len(view.people) == 30
    found = view.person(code(9))
    assert found is not None
    assert found.seat == 9
    assert view.person("AAAAA-00000") is None


def test_a_name_is_in_no_representation():
    """Neither in a log nor in a message of a failed test."""
    assert "Zz" not in repr(Days().day(None, "b1"))


def test_every_answer_is_one_that_the_rules_know():
    """The page offers what `handover.day` takes, and `not_private`, which is no answer."""
    for check in CHECKS:
        assert set(ANSWERS[check]) - {"not_private"} == set(rules.ANSWERS[check])
    assert set(REASONS) <= set(KNOWN)
    assert {one for answers in ANSWERS.values() for one in answers} >= GOOD


def test_everything_has_its_words():
    """No check, answer, reason or discrepancy is shown as a code."""
    assert set(CHECKS) == set(CHECK_WORDS)
    assert {one for answers in ANSWERS.values() for one in answers} <= set(CHECKED_WORDS)
    assert set(REASONS) <= set(SKIP_WORDS)
    assert set(DISCREPANCIES) <= set(DISCREPANCY_WORDS)
