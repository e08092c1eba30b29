"""The extractor reaches its figures, on invented reports that are here and on the labelled ones that may lie beside.

`examination` was looked at while rules were made; of `unseen` only the kinds of error were.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.golden.claims.layout import lay_out
from tests.golden.claims.scoring import score

from quittance.cli.main import run

SHARED = Path(__file__).parents[4] / "shared"
LABELLED = SHARED / "data" / "claims"
IS_BESIDE = (LABELLED / "score.py").is_file()


def extracted(texts: list[Path], out: Path) -> list[dict]:
    """What the command finds in some files."""
    assert run(["claims", "extract", *map(str, texts), "--jsonl", str(out)]) == 0
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(("name", "least", "numbers"), [("examination", 0.88, 0.95), ("unseen", 0.80, 0.92)])
def test_invented_reports(tmp_path, capsys, name, least, numbers):
    """F1 of (event, actor, number, kind), and recall of numbers."""
    gold = [json.loads(line) for line in lay_out(tmp_path / "texts", name).read_text("utf-8").splitlines()]
    found = extracted([tmp_path / "texts"], tmp_path / "claims.jsonl")
    assert score(found, gold).f1 >= least
    assert score(found, gold, numbers_only=True).recall >= numbers


@pytest.mark.skipif(not IS_BESIDE, reason="the labelled reports do not lie beside the repository")
@pytest.mark.parametrize(
    ("gold", "texts", "sidecars", "least"),
    [
        ("dev.jsonl", LABELLED / "dev", LABELLED / "dev", 0.95),
        ("seeds.jsonl", SHARED / "seeds", LABELLED / "seed_sidecars", 0.95),
    ],
)
def test_labelled_reports(tmp_path, capsys, gold, texts, sidecars, least):
    """By the scorer that comes with them: F1, claimant, numbers, modality, and every claim in its text."""
    out = tmp_path / "claims.jsonl"
    assert run(["claims", "extract", str(texts), "--sidecars", str(sidecars), "--jsonl", str(out)]) == 0
    command = [sys.executable, str(LABELLED / "score.py"), "--gold", str(LABELLED / gold), "--pred", str(out)]
    said = json.loads(subprocess.run([*command, "--texts", str(texts)], capture_output=True, check=True).stdout)
    assert said["four_part"]["f1"] >= least
    assert said["quantity"]["r"] >= 0.97
    assert said["claimant_accuracy"]["share"] >= 0.90
    assert said["modality_accuracy"]["share"] >= 0.97
    assert said["grounding"]["share"] == 1.0


def test_twice_gives_the_same_bytes(tmp_path, capsys):
    """Two runs, one in two processes, write one file."""
    lay_out(tmp_path / "texts")
    for name, jobs in (("a", "1"), ("b", "2")):
        arguments = ["claims", "extract", str(tmp_path / "texts"), "--jsonl", str(tmp_path / name), "--jobs", jobs]
        assert run(arguments) == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
