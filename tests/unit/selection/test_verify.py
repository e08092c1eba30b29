"""A printed batch checked again: what is right passes, and every change of it is found."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.selected import SEED, Small, case, smalls

from quittance.selection.checkers.exact import ExactChecker
from quittance.selection.checkers.lp import LpChecker
from quittance.selection.register import register_of
from quittance.selection.select import select_batch
from quittance.selection.verify import verify_batch
from quittance.selection.walk import CheckerError

METHODS = st.sampled_from(["serial", "draw", "points_first"])


def printed(small: Small, checker: object, seed: bytes = SEED, **named: Any) -> dict[str, Any]:
    """The result as a file would have it."""
    found = select_batch(small.register, small.rules, seed=seed, checker=checker, **named)
    return json.loads(json.dumps(found.as_json()))


def joint() -> tuple[Small, dict[str, Any]]:
    """The published case with refusals of all three kinds, from the checker that gives certificates."""
    small, document = _joint()
    return small, copy.deepcopy(document)


@cache
def _joint() -> tuple[Small, dict[str, Any]]:
    expected, small = case("joint")
    return small, printed(small, LpChecker(), bytes.fromhex(expected["seed"]), agreement="vector", batch=1)


@settings(max_examples=120, deadline=None)
@given(METHODS.flatmap(lambda method: smalls(method=method, tiers=True, gates=True)), st.booleans())
def test_what_is_right_passes(small: Small, fast: bool) -> None:
    """The result of either checker has no finding, with certificates and without."""
    document = printed(small, LpChecker() if fast else ExactChecker())
    assert verify_batch(document, small.register, small.rules, SEED) == ()


@pytest.mark.parametrize("name", ["tiny-serial", "tiny-draw", "tiny-infeasible", "joint", "differs-points-first"])
def test_published_case(name: str) -> None:
    """The published cases verify."""
    expected, small = case(name)
    document = printed(small, LpChecker(), bytes.fromhex(expected["seed"]), agreement="vector", batch=1)
    assert verify_batch(document, small.register, small.rules) == ()


def _drop_refusal(document: dict[str, Any]) -> None:
    del document["passed_over"][0]


def _swap_in(document: dict[str, Any]) -> None:
    one, other = document["people"][1], document["passed_over"][3]
    one["pid"], other["pid"] = other["pid"], one["pid"]


def _other_reason(document: dict[str, Any]) -> None:
    document["passed_over"][0] |= {"reason": "cap", "limits": document["passed_over"][3]["limits"]}


def _cap_as_joint(document: dict[str, Any]) -> None:
    document["passed_over"][3]["reason"] = "jointly"


def _idle_limit(document: dict[str, Any]) -> None:
    document["passed_over"][0]["limits"].append({"quota": "b", "class": "b3", "bound": "min", "value": 1})


def _limit_too_few(document: dict[str, Any]) -> None:
    document["passed_over"][0]["limits"].pop()


def _false_certificate(document: dict[str, Any]) -> None:
    document["passed_over"][0]["certificate"][0][2] += 3


def _taken_out(document: dict[str, Any]) -> None:
    document["people"].pop()


def _turned_round(document: dict[str, Any]) -> None:
    document["people"].reverse()


def _stranger(document: dict[str, Any]) -> None:
    document["people"][0]["pid"] = "J-99"


def _points(document: dict[str, Any]) -> None:
    document["people"][0]["points"] += 1


def _reserve(document: dict[str, Any]) -> None:
    document["reserve"] = []


def _wider(document: dict[str, Any]) -> None:
    document["limits"][0]["max"] += 1


def _figure_more(document: dict[str, Any]) -> None:
    document["note"] = "agreed"


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "a refusal is left out": (_drop_refusal, "verify.refused"),
    "somebody takes the place of another": (_swap_in, "verify.refused"),
    "another reason": (_other_reason, "verify.refused"),
    "a cap is called joint": (_cap_as_joint, "verify.refused"),
    "a limit that is not needed": (_idle_limit, "verify.limits"),
    "a limit is left out": (_limit_too_few, "verify.limits"),
    "a certificate that does not hold": (_false_certificate, "verify.refused"),
    "one fewer": (_taken_out, "verify.batch"),
    "another order": (_turned_round, "verify.order"),
    "somebody who is not there": (_stranger, "verify.gate"),
    "a point more": (_points, "verify.figure"),
    "no reserve": (_reserve, "verify.figure"),
    "a wider limit": (_wider, "verify.figure"),
    "a part more": (_figure_more, "verify.figure"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found(name: str) -> None:
    """Each way of bending a result gives the finding that names it."""
    small, document = joint()
    bend, code = CHANGES[name]
    bend(document)
    assert code in {one.code for one in verify_batch(document, small.register, small.rules)}


@pytest.mark.parametrize("key", ["snapshot_hash", "rules_hash", "request_hash", "batch_hash"])
def test_a_wrong_hash_is_found(key: str) -> None:
    """One digit of a hash is enough."""
    small, document = joint()
    document[key] = document[key][:-1] + ("0" if document[key][-1] != "0" else "1")
    assert {"verify.hash"} == {one.code for one in verify_batch(document, small.register, small.rules)}


def test_another_seed_register_or_size_is_found() -> None:
    """The seed given is compared, and one cell of the register or one seat more changes the hashes."""
    small, document = joint()
    assert "verify.seed" in {one.code for one in verify_batch(document, small.register, small.rules, SEED)}
    rows = [
        {"pid": pid, **{name: str(column.at(at)) for name, column in small.register.columns.items()}}
        for at, pid in enumerate(small.register.pids)
    ]
    rows[0]["score"] = "2"
    other = register_of(rows, small.rules)
    assert "verify.hash" in {one.code for one in verify_batch(document, other, small.rules)}
    larger = {**document, "size": 5}
    assert "verify.batch" in {one.code for one in verify_batch(larger, small.register, small.rules)}


def test_a_conflict_with_an_idle_or_a_missing_limit_is_found() -> None:
    """The conflict of a register without a batch is checked like a refusal; and a batch may not stand beside it."""
    expected, small = case("tiny-infeasible")
    document = printed(small, ExactChecker(), bytes.fromhex(expected["seed"]))
    idle = {"quota": "prison", "class": "South", "bound": "max", "value": 2}
    changes: dict[str, Callable[[dict[str, Any]], object]] = {
        "verify.limits": lambda bent: bent["conflict"].pop(),
        "verify.figure": lambda bent: bent.update(points_total=1),
        "verify.batch": lambda bent: bent["people"].append({"pid": "R-0001"}),
    }
    for code, change in changes.items():
        bent = copy.deepcopy(document)
        change(bent)
        assert code in {one.code for one in verify_batch(bent, small.register, small.rules)}
    bent = {**document, "conflict": [idle, *document["conflict"]]}
    assert "verify.limits" in {one.code for one in verify_batch(bent, small.register, small.rules)}


def test_a_refusal_too_large_to_try_is_said_to_be_unproven(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be tried to the end is no silent pass."""

    def complete(*_: object) -> None:
        raise CheckerError("too large", code="selection.solver_missing")

    small, document = joint()
    monkeypatch.setattr(ExactChecker, "complete", complete)
    assert {"verify.unproven"} == {one.code for one in verify_batch(document, small.register, small.rules)}


@pytest.mark.parametrize(
    "bent",
    [
        {},
        {"kind": "quittance/batch-result/v2"},
        {"size": "4"},
        {"size": 0},
        {"seed": "00"},
        {"people": [1]},
        {"people": None},
        {"passed_over": [{"pid": "J-01"}]},
        {"conflict": [{"quota": "a", "class": "a1", "bound": "about", "value": 1}]},
    ],
)
def test_another_form_is_a_finding(bent: dict[str, Any]) -> None:
    """A document that is no result is said to be none, never a crash."""
    small, document = joint()
    found = verify_batch({**document, **bent} if bent else {}, small.register, small.rules)
    assert tuple(one.code for one in found) == ("verify.form",)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_bent_part_makes_it_crash(data: st.DataObject) -> None:
    """Any value in the place of any part gives findings or none, and no other exception."""
    small, document = joint()
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=4),
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
        max_leaves=4,
    )
    document[data.draw(st.sampled_from(sorted(document)))] = data.draw(values)
    verify_batch(document, small.register, small.rules)
