"""`quittance batch select`: the result in JSON and in words, its exit codes, and nothing on stdout when it cannot."""

import json
import os
import subprocess
import sys

import pytest
from tests.unit.selection.made import as_csv, person, rules

from quittance.cli.main import run
from quittance.selection.synthetic import register_csv, rules_mapping

SEED = "11" * 32


@pytest.fixture
def files(tmp_path):
    """A register of twelve and rules for three of them, as files."""
    rows = [person(number, prison="South" if number % 3 == 0 else "North") for number in range(1, 12)]
    rows.append(person(12, health="grave", agreed="no"))
    quotas = [{"id": "prison", "by": "prison", "min": {"South": 1}, "max": {"North": 2}}]
    outside = [{"id": "sick", "when": {"field": "health", "equals": "grave"}, "gates": ["medical"]}]
    mapping = rules(size=3, quotas=quotas, outside_ratio=outside)
    (tmp_path / "register.csv").write_text(as_csv(rows), "utf-8")
    (tmp_path / "rules.yaml").write_text(json.dumps({"selection": mapping}), "utf-8")
    return tmp_path


def call(capsys, files, *options, register="register.csv", rules_file="rules.yaml"):
    """Exit code, stdout and stderr of one call."""
    code = run(["batch", "select", str(files / register), "--rules", str(files / rules_file), *map(str, options)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


KEYS = [
    "kind", "status", "method", "agreement", "batch", "size", "snapshot_hash", "rules_hash", "request_hash", "seed",
    "batch_hash", "funnel", "people", "outside_ratio", "points_total", "last_rank", "passed_over", "reserve", "limits",
    "explanations", "conflict", "warnings", "checker",
]  # fmt: skip


def test_the_result_in_json(capsys, files):
    """All keys of section 14, in its order; a proposal ends with 0."""
    code, out, err = call(capsys, files, "--json", "--seed", SEED, "--agreement", "doha-2020", "--batch", 4)
    said = json.loads(out)
    assert (code, err, list(said)) == (0, "", KEYS)
    assert tuple(said[key] for key in ("kind", "status", "agreement", "batch")) == (
        "quittance/batch-result/v1",
        "proposed",
        "doha-2020",
        4,
    )
    assert {"name", "checks"} == set(said["checker"])
    assert said["outside_ratio"] == ["R-012"]
    assert {key: value for key, value in said["funnel"].items() if key != "gates"} == {
        "register": 12,
        "outside_ratio": 1,
        "outside_ratio_pending": 0,
        "ranked": 11,
        "batch": 3,
    }
    keys = {"pid", "rank", "tier", "points", "lines", "tie_key", "signature"}
    assert all(set(one) == keys for one in said["people"])


def test_the_result_in_words(capsys, files):
    """Funnel, a line for each person, limits at their bounds, the hash; the seed that is missing is said."""
    code, out, _ = call(capsys, files)
    said = json.loads(call(capsys, files, "--json")[1])
    assert code == 0
    assert "Register 12" in out
    assert "  agreed: 11 passed, 0 lost" in out
    assert all(one["pid"] in out for one in said["people"])
    assert "No seed was given" in out
    assert "South  min    1" in out or "North  max    2" in out
    assert said["batch_hash"] in out
    assert "Outside the ratio: R-012." in out


def test_no_batch_ends_with_1(capsys, files):
    """Infeasible: no people, no hash, the limits that clash, in JSON and in words."""
    mapping = rules(size=3, quotas=[{"id": "prison", "by": "prison", "max": {"South": 1}, "default_max": 1}])
    (files / "rules.yaml").write_text(json.dumps({"selection": mapping}), "utf-8")
    code, out, _ = call(capsys, files, "--json", "--seed", SEED)
    said = json.loads(out)
    assert (
        code, said["status"], said["people"], said["batch_hash"], said["warnings"],
    ) == (1, "infeasible", [], None, [])  # fmt: skip
    limits = [{"quota": "prison", "class": name, "bound": "max", "value": 1} for name in ("North", "South")]
    assert limits == said["conflict"]
    code, out, _ = call(capsys, files, "--seed", SEED)
    assert code == 1
    assert "prison North max 1; prison South max 1" in out
    code, out, _ = call(capsys, files, "--json", "--size", 40)
    assert (code, json.loads(out)["warnings"]) == (1, ["unseeded", "too_few_ranked"])


def test_an_agreement_file_gives_its_id(capsys, files):
    """The id of the agreement is the default of --agreement."""
    own = json.loads((files / "rules.yaml").read_text("utf-8"))
    (files / "rules.yaml").write_text(
        f"format: quittance-agreement/1\nid: doha-2020\nselection: {json.dumps(own['selection'])}\n", "utf-8"
    )
    assert json.loads(call(capsys, files, "--json")[1])["agreement"] == "doha-2020"
    assert json.loads(call(capsys, files, "--json", "--agreement", "other")[1])["agreement"] == "other"


def test_a_person_is_explained(capsys, files):
    """--explain puts the reason of each person named into the result."""
    code, out, _ = call(capsys, files, "--json", "--explain", "R-012", "--explain", "R-001")
    told = json.loads(out)["explanations"]
    assert (code, [one["pid"] for one in told]) == (0, ["R-012", "R-001"])
    keys = {"pid", "in_batch", "reason", "rank", "gates_missing", "limits", "counterfactuals"}
    assert all(set(one) == keys for one in told)
    words = call(capsys, files, "--explain", "R-012")[1]
    assert "R-012 is not in the batch: gate" in words


@pytest.mark.parametrize("checker", ["exact", "lp", "cpsat"])
def test_the_checker_does_not_matter(capsys, files, checker):
    """Any checker that is named gives the hash of the usual one."""
    usual = json.loads(call(capsys, files, "--json")[1])["batch_hash"]
    assert usual == json.loads(call(capsys, files, "--json", "--checker", checker)[1])["batch_hash"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--seed", "00"], "selection.seed"),
        (["--seed", "x" * 64], "selection.seed"),
        (["--size", 0], "selection.size"),
        (["--checker", "best"], "selection.checker_name"),
        (["--explain", "R-999"], "selection.no_person"),
    ],
)
def test_wrong_use_ends_with_2(capsys, files, options, code):
    """Nothing on stdout, the reason and its code on stderr."""
    ended, out, err = call(capsys, files, *options)
    assert (ended, out) == (2, "")
    assert f"[{code}]" in err


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("register.csv", "pid,prison\nR-1,North\n", "selection.register"),
        ("register.csv", "\ud800", "selection.register_text"),
        ("rules.yaml", "selection: {version: 1}\n", "selection.rules"),
        ("rules.yaml", "selection: {size: 1.5}\n", "selection.rules"),
        ("rules.yaml", "[", "agreement.not_yaml"),
    ],
)
def test_bad_input_ends_with_2(capsys, files, name, content, code):
    """A register or rules that cannot be taken leave nothing on stdout."""
    (files / name).write_text(content, "utf-8", errors="surrogatepass")
    ended, out, err = call(capsys, files, "--json")
    assert (ended, out) == (2, "")
    assert f"[{code}]" in err


def test_files_that_are_not_there(capsys, files):
    """A missing file is named."""
    assert call(capsys, files, register="none.csv")[0] == 2
    assert call(capsys, files, rules_file="none.yaml")[0] == 2


def test_no_hash_seed_of_python_matters(tmp_path):
    """Three processes with other hash seeds print the same bytes."""
    (tmp_path / "register.csv").write_bytes(register_csv(300, 4, correlated=True))
    (tmp_path / "rules.yaml").write_text(json.dumps({"selection": rules_mapping(5, 20)}), "utf-8")
    command = [
        sys.executable,
        "-m",
        "quittance.cli.main",
        "batch",
        "select",
        "register.csv",
        "--rules",
        "rules.yaml",
        "--json",
    ]
    printed = set()
    for seed in ("0", "1", "20200229"):
        done = subprocess.run(
            command, cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        printed.add(done.stdout)
    assert len(printed) == 1
