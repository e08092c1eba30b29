"""The fast checker: it must be right whatever its solver says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.selected import Small, case, half_whole, has_room, legal, smalls, vectors

from quittance.selection.certificate import certify
from quittance.selection.checkers import branch, lp
from quittance.selection.checkers.lp import LpChecker
from quittance.selection.checkers.relaxation import Point, Ray, Relaxation
from quittance.selection.limits import faults
from quittance.selection.points_first import refined
from quittance.selection.select import select_batch
from quittance.selection.walk import CheckerError, Refusal, Witness, walk

pytest.importorskip("highspy")


@settings(max_examples=150, deadline=None)
@given(smalls())
def test_batch_is_the_first_legal_one_by_rank(small: Small) -> None:
    """The walk with this checker gives the legal batch that enumeration finds first, or none where there is none."""
    walked = walk(small.seats, LpChecker())
    assert next(legal(small.seats), None) == (None if walked is None else walked.taken)


@settings(max_examples=80, deadline=None)
@given(smalls(), st.data())
def test_every_answer_is_right(small: Small, data: st.DataObject) -> None:
    """One checker asked many questions, with people accepted at random, says room where enumeration finds it."""
    seats, checker = small.seats, LpChecker()
    for _ in range(4):
        accepted = [data.draw(st.integers(0, min(1, people))) for people in seats.sizes]
        adding = data.draw(st.one_of(st.none(), st.integers(0, len(seats.sizes) - 1)))
        answer = checker.complete(seats, accepted, adding)
        assert isinstance(answer, Witness) == has_room(seats, accepted, adding)
        if isinstance(answer, Refusal) and answer.certificate is not None:
            assert certify(seats, accepted, adding, answer.certificate)


def test_half_people_are_no_batch() -> None:
    """Where the linear program has a point and no whole batch exists, it refuses after an exhaustive search."""
    seats = half_whole()
    answer = LpChecker().complete(seats, [0, 0, 0, 0], None)
    assert answer == Refusal(None)


def test_a_search_that_takes_too_long_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of parts the checker raises and refuses nobody."""
    monkeypatch.setattr(branch, "MOST_PARTS", 2)
    with pytest.raises(CheckerError) as caught:
        LpChecker().complete(half_whole(), [0, 0, 0, 0], None)
    assert caught.value.code == "selection.unproven"


LIES = {
    "none": None,
    "empty ray": Ray(()),
    "wrong ray": Ray((1.0, -3.5, 0.25)),
    "halves": "halves",
    "thirds of a person": "thirds",
}


@settings(max_examples=25, deadline=None)
@given(smalls())
@pytest.mark.parametrize("lie", LIES)
def test_a_solver_that_lies_changes_nothing(lie: str, small: Small) -> None:
    """Rays that prove nothing, no answer, points that are none: the batch is that of enumeration, or it is an error."""

    def solve(self: Relaxation, lines: object, least: list[int], most: list[int]) -> Point | Ray | None:
        if lie == "halves":
            return Point((np.array(least) + np.array(most)) / 2)
        if lie == "thirds of a person":
            return Point(np.array(least) + 1 / 3)
        if lie == "wrong ray":
            return Ray(tuple(float(at - 2) for at in range(len(lines))))
        return LIES[lie]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Relaxation, "solve", solve)
        patch.setattr(Relaxation, "propose", lambda *_: None)
        patch.setattr(branch, "MOST_PARTS", 400)
        try:
            walked = walk(small.seats, LpChecker())
        except CheckerError:
            return
    assert next(legal(small.seats), None) == (None if walked is None else walked.taken)


def test_proposals_that_are_not_legal_are_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole counts that break a limit are passed by, and the search decides."""
    seats = half_whole()
    monkeypatch.setattr(Relaxation, "propose", lambda *_: [2, 0, 0, 0])
    assert LpChecker().complete(seats, [0, 0, 0, 0], None) == Refusal(None)


@settings(max_examples=40, deadline=None)
@given(smalls(), smalls())
def test_one_checker_serves_other_seats(one: Small, other: Small) -> None:
    """A checker that has worked for one register answers for another as a new one does."""
    checker = LpChecker()
    for small in (one, other, one):
        walked = walk(small.seats, checker)
        assert next(legal(small.seats), None) == (None if walked is None else walked.taken)


@settings(max_examples=30, deadline=None)
@given(smalls())
def test_finer_signatures_give_the_same_batch(small: Small) -> None:
    """Seats whose signatures also tell points apart lead to the same people."""
    ranking, seats = small.ranking, small.seats
    split = refined(seats, [1] * len(ranking), ranking.points.tolist())[0]
    coarse, fine = walk(seats, LpChecker()), walk(split, LpChecker())
    assert (None if coarse is None else coarse.taken) == (None if fine is None else fine.taken)


def test_a_taken_person_too_many_is_refused() -> None:
    """More of a signature than there are people is no question for the solver."""
    assert LpChecker().complete(half_whole(), [1, 0, 0, 0], 0) == Refusal(None)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without HiGHS the checker names the extra."""
    monkeypatch.setattr(lp, "available", lambda: False)
    with pytest.raises(CheckerError, match="extra `select`") as caught:
        LpChecker()
    assert caught.value.code == "selection.solver_missing"


@pytest.mark.parametrize("name", ["tiny-serial", "tiny-draw", "joint", "differs-serial", "tiny-infeasible"])
def test_published_case(name: str) -> None:
    """Batch, refusals and conflict are those of the published case; each witness adds up."""
    expected, small = case(name)
    found = select_batch(
        small.register,
        small.rules,
        seed=bytes.fromhex(expected["seed"]),
        agreement=expected["agreement"],
        batch=expected["batch"],
        checker=LpChecker(),
    )
    assert (expected["status"], expected.get("batch_hash")) == (found.status, found.batch_sha256)
    told = found.as_json()
    assert expected.get("conflict") == told["conflict"]
    assert expected.get("passed_over", []) == [
        {key: one[key] for key in ("pid", "rank", "reason", "limits")} for one in told["passed_over"]
    ]
    if found.walked is not None:
        assert not faults(found.seats, [0] * len(found.seats.sizes), _counts(found.ranks, found.seats))


def _counts(ranks: tuple[int, ...], seats: object) -> list[int]:
    counts = [0] * len(seats.signatures)
    for one in ranks:
        counts[int(seats.signature_of[one - 1])] += 1
    return counts


@pytest.mark.parametrize("at", range(8))
def test_published_batch_of_a_generated_register(at: int) -> None:
    """The batch of each published generated register of up to 5,000 people has the published hash."""
    from quittance.files.registers import read_register
    from quittance.selection.rules import parse_rules
    from quittance.selection.synthetic import register_csv, rules_mapping

    expected = vectors()["generated"][at]
    rules = parse_rules(rules_mapping(expected["dims"], expected["size"]))
    data = register_csv(expected["people"], expected["generator_seed"], correlated=expected["correlated"])
    found = select_batch(
        read_register(data, rules),
        rules,
        seed=bytes.fromhex(expected["seed"]),
        agreement=expected["agreement"],
        batch=expected["batch"],
        checker=LpChecker(),
    )
    assert expected["batch_hash"] == found.batch_sha256
    assert (expected["points_total"], expected["last_rank"]) == (found.points_total, found.last_rank)
    assert all(one.certificate for one in found.passed_over if one.reason == "jointly")
