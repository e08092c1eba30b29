"""`quittance batch verify`: what `select --json` printed is believed by nobody and checked by anybody."""

import json

import pytest

from quittance.cli.main import run
from quittance.selection.synthetic import register_csv, rules_mapping


@pytest.fixture
def printed(tmp_path, capsys):
    """A register, its rules and the result printed for them."""
    register, rules, result = (tmp_path / name for name in ("register.csv", "rules.yaml", "result.json"))
    register.write_bytes(register_csv(200, 1))
    rules.write_text(json.dumps({"selection": rules_mapping(3, 20)}))
    assert run(["batch", "select", str(register), "--rules", str(rules), "--seed", "11" * 32, "--json"]) == 0
    result.write_text(capsys.readouterr().out)
    return register, rules, result


def check(printed, *more):
    """The exit code of a verification."""
    register, rules, result = map(str, printed)
    return run(["batch", "verify", result, register, "--rules", rules, *more])


def test_what_was_chosen_is_verified(printed, capsys):
    """The batch itself holds, with its own seed and without the solver that chose it."""
    assert check(printed) == 0
    assert "Verified" in capsys.readouterr().out
    assert check(printed, "--seed", "11" * 32, "--json") == 0
    assert json.loads(capsys.readouterr().out)["verified"] is True


def test_somebody_put_in_is_found(printed, capsys):
    """Two people changed for each other: whoever did it is not believed, whatever digest he wrote."""
    result = json.loads(printed[2].read_text())
    inside, reserve = result["people"][0]["pid"], result["reserve"][0]["pid"]
    printed[2].write_text(json.dumps(result).replace(inside, "@").replace(reserve, inside).replace("@", reserve))
    assert check(printed, "--json") == 1
    assert json.loads(capsys.readouterr().out)["findings"]


def test_another_seed_or_register_is_found(printed):
    """A seed that is not the one drawn, and one changed cell, refuse the batch."""
    assert check(printed, "--seed", "22" * 32) == 1
    text = printed[0].read_text()
    printed[0].write_text(text.replace("P000197,", "P000997,"))
    assert check(printed) == 1


@pytest.mark.parametrize("text", ["", "[]", "{", '{"kind": "something"}'])
def test_what_is_no_result_is_refused(printed, text, capsys):
    """Another file is told apart, without a word on what it holds."""
    printed[2].write_text(text)
    assert check(printed) in (1, 2)
    assert "internal" not in capsys.readouterr().err
