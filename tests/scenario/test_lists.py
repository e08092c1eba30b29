"""Two lists from hand-over to register, export and erasure, with invented people of the generator; and in any order."""

from __future__ import annotations

import random

import pytest
from tests.listed import KEYS, ListedCase

from quittance.listbook import Listbook
from quittance.people.synthetic import Wanted, two_lists
from quittance.record.keys import key_id, sign_statement
from quittance.reviewbook import Reviewbook
from quittance.testing import OFFICE
from quittance.views.register import Filters
from quittance.visibility import NEUTRAL, OPERATOR

REVIEWERS = ("neutral-1", "neutral-2")


@pytest.fixture(scope="module")
def made():
    """INVENTED people: 120 on one list in Latin letters, 60 on the other in Arabic letters, most of these on both."""
    return two_lists(Wanted(a=120, b=60, overlap=0.8, script_a="latin", script_b="arabic", calendar_b="sh"), seed=11)


def taken(folder, held: bytes, asked: bytes) -> ListedCase:
    """A case with both lists in the record."""
    case = ListedCase(folder)
    for side, name, data in (("a", "held", held), ("b", "asked", asked)):
        case.book.import_list(OPERATOR, data, side, name)
        case.submit_list(side, name)
    return case


def shuffled(data: bytes) -> bytes:
    """The same rows in another order."""
    heading, *rows = data.decode().splitlines(keepends=True)
    random.Random(5).shuffle(rows)
    return "".join([heading, *rows]).encode()


def by_pid(review: Reviewbook) -> list[str]:
    """The links without the codes, which are random."""
    return sorted(line.rsplit(",", 2)[0] for line in review.links(NEUTRAL).decode().splitlines())


def test_the_whole_way(made, tmp_path):
    """Matched, judged in bulk by two reviewers, counted as the judgements say, erased; the record verifies."""
    case = taken(tmp_path, made.a.as_csv(), made.b.as_csv())
    review = Reviewbook(case.book)
    (view,) = review.match(NEUTRAL)
    assert (view.left, view.right) == (120, 60)
    assert view.auto > 10
    truth = {frozenset(pair) for pair in made.truth()}
    for name in REVIEWERS:
        reviewer = key_id(KEYS[name].public)
        for (ref,) in review.queue(NEUTRAL, reviewer, auto=True).groups:
            shown = review.question(NEUTRAL, reviewer, ref.a, ref.b)
            if frozenset((shown.a.pid, shown.b.pid)) in truth:
                review.answer(NEUTRAL, reviewer, ref.a, ref.b, "same")
        review.sign_answers(NEUTRAL, KEYS[name], case.casebook)
    register = case.book.register(NEUTRAL)
    matched = case.book.register(NEUTRAL, Filters(state="matched")).found
    assert 10 < matched <= view.auto
    assert register.persons <= 180 - matched
    assert register.entries == 180
    code = case.book.register(NEUTRAL, Filters(state="matched")).lines[0].code
    done = case.book.erase(OPERATOR, code, case.casebook, sign=False)
    signed = sign_statement(done.statement, OFFICE.statement, KEYS["protection"])
    case.casebook.submit(OPERATOR, [(done.statement, signed)])
    assert case.book.register(NEUTRAL, Filters(state="matched")).found == matched - 1
    case.casebook.check(OPERATOR)
    before = case.book.register(NEUTRAL)
    case.book.close()
    with Listbook.open(case.folder, b"k" * 32) as again:
        assert again.register(NEUTRAL) == before
    case.casebook.close()


def test_rows_in_another_order_give_the_same_links(made, tmp_path):
    """Byte for byte but for the codes, which are drawn at random for each case."""
    case = taken(tmp_path / "one", made.a.as_csv(), made.b.as_csv())
    other = taken(tmp_path / "other", shuffled(made.a.as_csv()), shuffled(made.b.as_csv()))
    links = by_pid(Reviewbook(case.book))
    assert len(links) > 60
    assert links == by_pid(Reviewbook(other.book))
    for one in (case, other):
        one.close()
