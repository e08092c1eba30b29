"""The command `quittance exposure`: what it says of a case, plans of steps, JSON, and wrong use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from quittance.cli.main import run

ROOT = Path(__file__).resolve().parents[3]
AFGHANISTAN = ROOT / "examples/afghanistan-2020"
TWO_LISTS = ROOT / "tests/data/two-lists"
AGREEMENT = str(AFGHANISTAN / "agreement.yaml")


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """The example of 2020, made and filled through the commands."""
    folder = str(tmp_path_factory.mktemp("exposure") / "case")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUITTANCE_PASSPHRASE", "test passphrase, known to everybody")
        patch.setattr("quittance.files.keyfile.COST", 2**4)
        assert run(["init", folder, "--agreement", AGREEMENT]) == 0
        assert run(["import", "journal", folder, str(AFGHANISTAN / "journal.jsonl")]) == 0
    return folder


def said(capsys, *arguments: str) -> str:
    """What a command prints, words parted by single spaces."""
    capsys.readouterr()
    assert run(["exposure", *arguments]) == 0
    return " ".join(capsys.readouterr().out.split())


def refused(capsys, *arguments: str) -> str:
    """What a wrong use is told; nothing is on stdout."""
    capsys.readouterr()
    assert run(["exposure", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_both_readings_of_a_day(case, capsys):
    """Nineteen of the sixty, and the sixty: the government's own word beside the claims and what is credited."""
    text = said(capsys, case, "--as-of", "2020-04-18")
    assert "Credited: Taliban is ahead by 100 points (0 to 100)." in text
    assert "is ahead by 61 points (361 to 300)" in text
    assert "is ahead by 266 points (361 to 95)" in text
    assert "No advice to pause" in text
    assert "12 April 2020" not in text


def test_days(case, capsys):
    """Every day on which a figure changed, as a table."""
    text = said(capsys, case, "--as-of", "2020-04-12", "--days")
    assert "9 April 2020 0 to 0 +0 200 to 0 +200" in text
    assert "12 April 2020 0 to 0 +0 300 to 100 +200" in text


def test_known_by(case, capsys):
    """What became known a day later counts from then on, for the same day."""
    early = json.loads(said(capsys, case, "--as-of", "2020-04-12", "--json"))
    late = json.loads(said(capsys, case, "--as-of", "2020-04-12", "--known-by", "2020-04-13", "--json"))
    assert [one["readings"][0]["points"]["lead"] for one in (early, late)] == [0, -100]
    assert [one["readings"][1]["points"]["lead"] for one in (early, late)] == [200, 261]
    assert (early["known_by"], late["known_by"]) == ("2020-04-12", "2020-04-13")


def test_advice(case, capsys):
    """Above the largest lead of the agreement, or of the option."""
    assert "pause. By what is credited it leads by 1,429 points" in said(
        capsys, case, "--as-of", "2020-05-31", "--known-by", "2020-06-01"
    )
    asked = ("--as-of", "2020-04-18", "--max-lead", "99")
    assert json.loads(said(capsys, case, *asked, "--json"))["advice_code"] == "above_max_lead"


def test_points_and_stakes(case, capsys):
    """Other points than the agreement's, what a side loses by stopping, and what a point is worth."""
    view = json.loads(
        said(
            capsys, case, "--as-of", "2020-04-18", "--points", "release-taliban=1", "--points", "release-goa=3",
            "--stake", "taliban=100", "--rho", "1/5", "--json",
        )
    )  # fmt: skip
    assert [one["total"] for one in view["sides"]] == [5000, 3000]
    assert view["source"] == "Points as given with the question."
    assert view["permitted"][0] == 5000 // 5 + 100 + 2000


def test_without_a_day_it_is_today(case, capsys):
    """As every question about a case."""
    assert "Credited: " in said(capsys, case)


# --- plans -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["case", "file"])
def test_plans(case, capsys, where):
    """The plans of the reference, for a case and before there is one."""
    of = case if where == "case" else AGREEMENT
    text = said(capsys, of, "--plans", "--first", "1500", "--pace", "100", "--step", "175")
    assert "goa gives all, then taliban 2 5,000 / 0 0 / 5,000 50 99%" in text
    assert "goa gives 1,500 first, then 175 at a time together 35 1,500 / 0 0 / 1,500 225 71%" in text
    assert "175 at a time, both sides together 29 0 / 0 0 / 0 0 75%" in text
    assert "A stop ends everything" in text


def test_the_steps_of_one_plan(capsys):
    """The taper of the reference, step by step, in persons."""
    asked = ("--steps-of", "taper", "--stake", "taliban=100", "--rho", "1/5")
    text = said(capsys, AGREEMENT, *asked)
    assert "shrinking steps in turns, from 915 points to 25 28 915 / 0" in text
    assert "1 915 / 0 915 / 0 +915 917 / 1,000" in text
    view = json.loads(said(capsys, AGREEMENT, *asked, "--json"))
    assert [one["mode"] for one in view["plans"]] == ["taper"]
    assert sum(step["gives"][1] for step in view["plans"][0]["steps"]) == 1000


def test_plans_as_json(capsys):
    """All of them without their steps, the hazard as asked."""
    view = json.loads(said(capsys, AGREEMENT, "--plans", "--hazard", "0.02", "--json"))
    assert view["format"] == "quittance-plans/1"
    assert (view["persons"], view["points"]) == ([5000, 1000], [1, 5])
    assert all(one["steps"] == [] for one in view["plans"])
    assert "a chance of 2 in 100" in " ".join(view["assumptions"])
    assert next(one for one in view["plans"] if one["mode"] == "all_first")["expected_loss"] == 100


# --- wrong use -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--points", "release-taliban"), "usage.form"),
        (("--points", "release-taliban=0", "--points", "release-goa=5"), "usage.form"),
        (("--points", "release-taliban=1", "--points", "release-taliban=5"), "usage.form"),
        (("--points", "release-taliban=1", "--points", "release-gao=5"), "exposure.commitments"),
        (("--stake", "taliban=-1"), "usage.form"),
        (("--stake", "tailban=1"), "usage.party"),
        (("--stake", "us=1"), "usage.party"),
        (("--rho", "1/0"), "usage.form"),
        (("--as-of", "yesterday"), "usage.date"),
        (("--plans", "--hazard", "1"), "usage.form"),
        (("--plans", "--step", "1", "--points", "release-taliban=1", "--points", "release-goa=5", "--first", "1"), ""),
        (("--steps-of", "zigzag"), "usage.form"),
        (("--plans", "--largest", "250"), "plan.terms"),
    ],
)
def test_wrong_use(case, capsys, arguments, code):
    """Told with its code and exit code 2, and nothing printed; a plan of ten thousand steps is none of it."""
    if code:
        assert f"[{code}]" in refused(capsys, case, *arguments)
    else:
        assert "goa gives 1 first" in said(capsys, case, *arguments)


def test_too_many_steps(capsys, tmp_path):
    """A plan nobody would carry out is refused."""
    text = (
        Path(AGREEMENT)
        .read_text("utf-8")
        .replace("amount: {up_to: 5000, unit: persons}", "amount: {up_to: 50000, unit: persons}")
    )
    file = tmp_path / "agreement.yaml"
    file.write_text(text, "utf-8")
    assert "[plan.steps]" in refused(capsys, str(file), "--plans", "--step", "1")


def test_an_agreement_without_an_exchange(capsys):
    """What cannot be told is asked for, with the commitments there are."""
    file = str(ROOT / "examples/yemen-2018/agreement.yaml")
    told = refused(capsys, file, "--plans")
    assert "[exposure.commitments]" in told
    assert "numbers-north" in told
    asked = ("--points", "numbers-north=1", "--points", "numbers-south=1")
    assert "the totals differ: 1,400 and 823 points" in said(capsys, file, "--plans", *asked)


def test_no_case(capsys, tmp_path):
    """As every command on a case."""
    assert "[case.missing]" in refused(capsys, str(tmp_path / "nothing"))
