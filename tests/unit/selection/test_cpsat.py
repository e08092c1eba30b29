"""The checker of OR-Tools gives the same batches, and its word for "none" is never enough."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.selected import Small, case, half_whole, legal, smalls

from quittance.selection.certificate import certify
from quittance.selection.checkers import cpsat
from quittance.selection.checkers.cpsat import CpSatChecker
from quittance.selection.select import select_batch
from quittance.selection.walk import CheckerError, Refusal, walk

pytest.importorskip("ortools")


@settings(max_examples=15, deadline=None)
@given(smalls())
def test_batch_is_the_first_legal_one_by_rank(small: Small) -> None:
    """The walk with this checker gives the legal batch that enumeration finds first, with proofs that hold."""
    walked = walk(small.seats, CpSatChecker())
    assert next(legal(small.seats), None) == (None if walked is None else walked.taken)
    for one in walked.passed_over if walked is not None else ():
        if one.certificate is not None:
            signature = int(small.seats.signature_of[one.rank - 1])
            assert certify(small.seats, walked.accepted_at(one.taken), signature, one.certificate)


def test_half_people_are_no_batch() -> None:
    """Where only halves of people would do, it refuses after an exhaustive search."""
    assert CpSatChecker().complete(half_whole(), [0, 0, 0, 0], None) == Refusal(None)


@settings(max_examples=10, deadline=None)
@given(smalls())
def test_a_solver_that_always_says_none_changes_nothing(small: Small) -> None:
    """When CP-SAT calls everything impossible, the search finds the batch all the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cpsat, "_proposed", lambda *_: None)
        walked = walk(small.seats, CpSatChecker())
    assert next(legal(small.seats), None) == (None if walked is None else walked.taken)


@pytest.mark.parametrize("name", ["tiny-serial", "joint", "differs-serial", "joint-points-first"])
def test_published_case(name: str) -> None:
    """The hash of the batch is the published one."""
    expected, small = case(name)
    named = {key: expected[key] for key in ("agreement", "batch")}
    seed = bytes.fromhex(expected["seed"])
    found = select_batch(small.register, small.rules, seed=seed, checker=CpSatChecker(), **named)
    assert expected["batch_hash"] == found.batch_sha256


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without OR-Tools the checker names the extra."""
    monkeypatch.setattr(cpsat, "available", lambda: False)
    with pytest.raises(CheckerError, match="extra `solver`") as caught:
        CpSatChecker()
    assert caught.value.code == "selection.solver_missing"
