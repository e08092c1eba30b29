"""The demo's lists: small ones here, taken through everything that the large ones go through."""

import re
import sys
from pathlib import Path

import pytest

from quittance.cli import demo_lists
from quittance.cli.demo import DEMO_PASSPHRASE
from quittance.cli.main import run
from quittance.cli.vault import kek_of
from quittance.listbook import Listbook
from quittance.people.synthetic import Wanted, two_lists
from quittance.reviewbook import Reviewbook
from quittance.visibility import NEUTRAL


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """What a demo with lists of 120 and 60 people prints, its case kept."""
    monkeypatch.setattr(demo_lists, "ROWS", (120, 60))
    monkeypatch.setattr(demo_lists, "IN_BULK", 12)
    monkeypatch.setattr(demo_lists, "LOOKED_AT", 6)
    assert run(["demo", "--no-serve", "--folder", str(tmp_path / "case")]) == 0
    return " ".join(capsys.readouterr().out.split())


def test_every_step_is_told(told, tmp_path):
    """Lists taken in and signed, matched, judged by two, counted; and how to go on."""
    for words in (
        "Two INVENTED lists were taken in: 120 people of Taliban, in Latin letters, and 60 of Government",
        "Nobody on them ever lived",
        "Matching proposes somebody of the other list for",
        "It decides nothing",
        "judged 18 pairs without seeing each other's answers",
        "The register has 180 entries of both lists",
        f"--vault-key {tmp_path / 'case-keys' / 'vault.key'}",
        f"The passphrase of the demo's keys is: {DEMO_PASSPHRASE}",
    ):
        assert words in told


def test_the_case_can_be_gone_on_with(told, tmp_path, monkeypatch):
    """The record verifies, the vault's key opens the register, and both reviewers are in their term."""
    case, keys = tmp_path / "case", tmp_path / "case-keys"
    assert run(["record", "verify", str(case)]) == 0
    monkeypatch.setenv("QUITTANCE_VAULT_PASSPHRASE", DEMO_PASSPHRASE)
    assert {path.name: path.stat().st_mode & 0o077 for path in keys.iterdir()} == {"vault.key": 0, "reviewer.key": 0}
    with Listbook.open(case, kek_of(str(case), str(keys / "vault.key"))) as listbook:
        register = listbook.register(NEUTRAL)
        assert register.entries == 180
        assert register.persons < 180
        reviewers = Reviewbook(listbook).reviewers(NEUTRAL)
    assert len(reviewers) == 2
    matched = int(re.search(r"(\d+) matched", told)[1])
    assert 5 < matched <= 180 - register.persons  # one who stands twice on a list makes two entries fewer


def test_no_invented_name_is_told_or_recorded(told, tmp_path):
    """Neither what was printed nor the record nor its tiles hold a name of the lists."""
    made = two_lists(Wanted(120, 60, overlap=demo_lists.OVERLAP), demo_lists.SEED)
    names = {entry.name for one in (made.a, made.b) for entry in one.entries if " " in entry.name}
    assert len(names) > 100
    case = tmp_path / "case"
    files = [path for path in case.rglob("*") if path.is_file()]
    assert len(files) > 5
    for data in (told.encode(), *(path.read_bytes() for path in files)):
        assert [name for name in names if name.encode() in data] == []


def test_without_its_extra_nothing_is_made(tmp_path, monkeypatch, capsys):
    """One line says which extra is missing."""
    monkeypatch.setitem(sys.modules, "numpy", None)
    for name in [name for name in sys.modules if name.startswith("quittance.people")]:
        monkeypatch.delitem(sys.modules, name)
    assert run(["demo", "--no-serve", "--folder", str(tmp_path / "case")]) == 2
    assert "quittance[people]" in capsys.readouterr().err
    assert list(Path(tmp_path).iterdir()) == []
