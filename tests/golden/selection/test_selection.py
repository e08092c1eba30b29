"""Golden selections: the committed cases, and the reference's vectors where they stand beside the repository."""

import hashlib
import json
from pathlib import Path

import pytest

from quittance.files.registers import read_register
from quittance.selection.rules import parse_rules
from quittance.selection.select import select_batch
from quittance.selection.synthetic import register_csv, rules_mapping

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cases.json").read_text("utf-8"))
REFERENCE = HERE.parents[2].parent / "shared" / "data" / "selection" / "vectors.json"
VECTORS = json.loads(REFERENCE.read_text("utf-8")) if REFERENCE.exists() else {"cases": [], "generated": []}
NAMED = {case["name"]: case for case in VECTORS["cases"]}

PINNED = (
    (200, 3, 20, "12fe90aa5019196e6c65537fb146c7d684b9a96f5735dc5f64f40d60502b3ebb", 735, 62),
    (2000, 2, 100, "6de0d5581356a49d985cb219e7158453e0ae3b52384e8b2dab996f1177c14ba5", 5112, 343),
)
"""People, quotas, seats of generated registers; hash, points and last rank of their batches (agreement bench, 1)."""


def chosen(text, mapping, about, checker=None):
    """The selection, without the prefix of hashes and without certificates, which may differ between checkers."""
    rules = parse_rules(mapping)
    register = read_register(text.encode(), rules)
    seed, batch = bytes.fromhex(about["seed"]), about.get("batch")
    return select_batch(register, rules, seed=seed, agreement=about.get("agreement"), batch=batch, checker=checker)


def bare(value):
    """The result as the cases write it."""
    said = value.as_json()
    for key in ("batch_hash", "request_hash", "snapshot_hash", "rules_hash"):
        said[key] = said[key] and said[key].removeprefix("sha256:")
    said["passed_over"] = [{k: v for k, v in one.items() if k != "certificate"} for one in said["passed_over"]]
    return said


@pytest.mark.parametrize("checker", ["exact", "lp", "cpsat"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_committed_cases(case, checker):
    """Each result is what trying every batch gave, whichever checker answers."""
    said = bare(chosen(case["register_csv"], case["rules"], case, checker))
    assert case["expected"] == {key: said[key] for key in case["expected"]}


def test_the_cases_are_of_every_kind():
    """Among them are every reason, both outcomes, and people outside the ratio."""
    results = [case["expected"] for case in CASES]
    assert {"cap", "owed", "jointly"} == {one["reason"] for said in results for one in said["passed_over"]}
    assert {"proposed", "infeasible"} == {said["status"] for said in results}
    assert any(said["outside_ratio"] for said in results)
    assert any(said["conflict"] for said in results)


@pytest.mark.parametrize(("people", "dims", "size", "expected", "points", "last"), PINNED)
def test_generated_registers(people, dims, size, expected, points, last):
    """Registers of the generator give the batches that were published with it."""
    text = register_csv(people, 1).decode()
    found = chosen(text, rules_mapping(dims, size), {"seed": "11" * 32, "agreement": "bench", "batch": 1})
    assert (expected, points, last) == (found.batch_sha256, found.points_total, found.last_rank)


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_vectors_of_the_reference(case):
    """Ranking, limits, batch, refusals, reserve, conflict and hashes of the reference's cases."""
    expected = {**NAMED.get(case.get("same_as"), {}), **case}
    found = chosen(case["register_csv"], expected["rules"], expected)
    said = bare(found)
    people = [found.ranking.pid(rank) for rank in range(1, len(found.ranking) + 1)]
    same = ("snapshot_hash", "rules_hash", "request_hash", "batch_hash", "status", "points_total", "last_rank",
            "passed_over", "reserve", "conflict", "outside_ratio")  # fmt: skip
    assert {key: expected[key] for key in same if key in expected} == {
        key: said[key] for key in same if key in expected
    }
    assert expected.get("batch_people", []) == [one["pid"] for one in said["people"]]
    if "ranking" in expected:
        assert [one["pid"] for one in expected["ranking"]] == people
        for one in said["people"]:
            assert expected["ranking"][one["rank"] - 1] == {k: v for k, v in one.items() if k != "signature"}
    if "limits" in expected:
        kept = ("quota", "class", "min", "max", "available")
        assert expected["limits"] == [{key: row[key] for key in kept} for row in said["limits"]]


def sized(entries):
    """Parameters of generated registers; the large ones are slow."""
    for one in entries:
        name = f"{one['people']}x{one['dims']}x{one['size']}{'-correlated' * one['correlated']}"
        yield pytest.param(one, id=name, marks=[pytest.mark.slow] if one["people"] > 5000 else [])


@pytest.mark.parametrize("one", list(sized(VECTORS["generated"])))
def test_generated_registers_of_the_reference(one):
    """The generator's bytes and every hash over them, up to half a million people."""
    data = register_csv(one["people"], one["generator_seed"], correlated=one["correlated"])
    assert one["csv_sha256"] == hashlib.sha256(data).hexdigest()
    found = chosen(data.decode(), rules_mapping(one["dims"], one["size"]), one)
    said = (found.snapshot_sha256, found.rules_sha256, found.batch_sha256, found.points_total, found.last_rank)
    assert said == tuple(one[k] for k in ("snapshot_hash", "rules_hash", "batch_hash", "points_total", "last_rank"))
    assert (one["ranked"], one["first_three"]) == (len(found.ranking), list(found.people[:3]))
