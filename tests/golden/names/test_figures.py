"""The development sets reach their floors, through the command and the scorer that belongs to them."""

import json
import subprocess
import sys

import pytest
from tests.golden.names.crossfit import FOLDER, SETS, crossfit, read

from quittance.cli.main import run
from quittance.people.matching import Settings, match

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the development sets are not beside the repository")

FLOORS = {
    "a2": {"recall_at_1": 0.97, "f1_best": 0.96, "f1_at_half": 0.95},
    "b2v": {"recall_at_1": 0.88, "f1_best_by_probability": 0.87, "f1_at_half": 0.86},
}
CROSSFIT = {
    "a2": {"recall_at_1": 0.97, "f1_best": 0.95, "f1_at_half": 0.93, "top_band_share_right": 0.97},
    "b2v": {"recall_at_1": 0.87, "f1_best_by_probability": 0.86, "f1_at_half": 0.84, "top_band_share_right": 0.97},
}
WORST_ECE = 0.05


@pytest.mark.parametrize("name", SETS)
def test_the_command_reaches_the_floors(name, tmp_path, capsys):
    """`quittance names match` on each set passes the scorer with the floors, and gives nobody away twice."""
    a, b = (str(FOLDER / f"{name}_{part}.csv") for part in "AB")
    out = tmp_path / "LINKS.csv"
    assert run(["names", "match", a, b, "--out", str(out)]) == 0
    capsys.readouterr()
    floors = [f"--min={figure}={least}" for figure, least in FLOORS[name].items()]
    scored = subprocess.run(
        [sys.executable, str(FOLDER / "score.py"), a, b, str(out), *floors], capture_output=True, text=True
    )
    assert scored.returncode == 0, scored.stdout + scored.stderr
    report = json.loads(scored.stdout)
    assert report["decisions"]["a_used_twice_in_auto"] == 0
    assert report["top_band_share_right"] >= 0.97


def test_cross_fit_reaches_the_floors():
    """Fitted on one set and judged on the other, figures and calibration hold."""
    found, _, _ = crossfit()
    for name, floors in CROSSFIT.items():
        assert {figure: found[name][figure] for figure in floors if found[name][figure] < floors[figure]} == {}
        assert found[name]["ece"] <= WORST_ECE


@pytest.mark.parametrize("name", SETS)
def test_keys_lose_at_most_one_in_a_hundred(name):
    """Of the true links that comparing all ranks first, keys rank at least 99 % first."""
    a, b, truth = read(FOLDER, name)
    every, keyed = (
        {one.b: one.a for one in match(a, b, settings).candidates if one.rank == 1}
        for settings in (Settings(), Settings(exhaustive=1))
    )
    right = [at for at, best in every.items() if truth.get(b[at].pid) == a[best].pid]
    assert sum(keyed.get(at) == every[at] for at in right) >= 0.99 * len(right)


@pytest.mark.parametrize("name", SETS)
def test_both_directions_give_the_same_scores(name):
    """On real names too the score of a pair does not depend on which list is called A."""
    a, b, _ = read(FOLDER, name)
    there = {(one.a, one.b): one.score for one in match(a, b).candidates}
    back = {(one.b, one.a): one.score for one in match(b, a).candidates}
    both = there.keys() & back.keys()
    assert {pair for pair in both if there[pair] != back[pair]} == set()
    assert len(both) > 100
