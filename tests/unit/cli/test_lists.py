"""`quittance import list`: shown first, taken when confirmed, signed by its side, all or nothing; and wrong use."""

from __future__ import annotations

import shutil
import stat
import sys

import pytest
from tests.life import VAULT_PASSPHRASE, Life
from tests.listed import ASKED, HELD, as_csv

from quittance.files import keyfile


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One founded case with an empty vault, which no test changes."""
    made = Life(tmp_path_factory.mktemp("shared"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyfile, "COST", 2**4)
        made.found(patch)
    return made


@pytest.fixture
def life(shared, tmp_path, monkeypatch):
    """A copy of it, for a test of its own."""
    shutil.copytree(shared.folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("QUITTANCE_VAULT_PASSPHRASE", VAULT_PASSPHRASE)
    return Life(tmp_path)


def taking(life, data: bytes, side: str = "a", name: str = "held", *more: object) -> tuple[object, ...]:
    """The command that takes a list in, from a file beside the case."""
    file = life.folder / f"{name}.csv"
    file.write_bytes(data)
    return ("import", "list", life.case, file, "--side", side, "--list", name, "--key", life.vault_key, *more)


def test_a_list_is_shown_before_it_is_taken(life):
    """Which column is which field, and how many rows; without a word of agreement nothing is changed."""
    said = life.call(*taking(life, as_csv(HELD)))
    assert 'name = column B "Name"' in said
    assert "Version 1 of a/held: 4 entries." in said
    assert "Nothing was changed." in said
    assert life.json("people", "lists", life.case, "--key", life.vault_key) == {"lists": []}
    assert life.json(*taking(life, as_csv(HELD), "a", "held", "--dry-run", "--yes"))["taken"] is False


def test_its_side_signs_what_was_drawn_up(life):
    """Envelopes for the side; signed and submitted they are the list in the record, and the next run says so."""
    done = life.json(*taking(life, as_csv(HELD), "a", "held", "--yes", "--out", life.out / "to-sign"))
    assert (done["taken"], done["rows"], done["recorded"]) == (True, 4, False)
    (file,) = done["files"]
    assert stat.S_IMODE((life.out / "to-sign").stat().st_mode) == 0o700
    life.call("sign", file, "--key", life.keys / "holding.key", "--yes")
    life.call("record", "submit", life.case, file)
    again = life.call(*taking(life, as_csv(HELD), "a", "held", "--yes"))
    assert "The vault holds this file already, as version 1 of a/held." in again
    assert "The record has it." in again
    (row,) = life.json("people", "lists", life.case, "--key", life.vault_key)["lists"]
    assert (row["name"], row["entries"], row["recorded"]) == ("a/held", 4, True)
    assert life.json("record", "verify", life.case)["ok"]


def test_a_list_is_signed_at_once_with_its_sides_key(life):
    """In one step, for exercises; a second version tells what changed, by row and column."""
    first = life.json(*taking(life, as_csv(HELD), "a", "held", "--yes", "--sign-with", life.keys / "holding.key"))
    assert len(first["entries"]) == 1
    rows = [(*HELD[0][:3], "1981", HELD[0][4]), *HELD[1:3], ("9", "Omar Testkhel", "", "", "")]
    said = life.call(*taking(life, as_csv(rows), "a", "held", "--yes", "--sign-with", life.keys / "holding.key"))
    assert "Version 2 of a/held: 4 entries, 1 added, 1 changed, 2 same, 1 removed." in said
    assert "row 2: Born changed" in said
    assert "The record has it: entries" in said
    shown = life.call("people", "lists", life.case, "--key", life.vault_key)
    assert "a/held: version 2, 4 entries, 1 gone, in the record." in shown


def test_a_column_is_corrected_with_map(life):
    """A given column is confirmation enough where nothing else is in doubt."""
    done = life.json(*taking(life, as_csv(HELD), "a", "held", "--map", "province=-", "--map", "father=C"))
    assert (done["taken"], done["columns"].get("province"), done["columns"]["father"]) == (True, None, "Father")


def test_a_list_not_signed_is_asked_for_again(life):
    """Without a folder for the statements nothing is lost: the same command with one writes them."""
    said = life.call(*taking(life, as_csv(HELD), "a", "held", "--yes"))
    assert "a has not signed it: run this again with --out DIR" in said
    done = life.json(*taking(life, as_csv(HELD), "a", "held", "--out", life.out / "later"))
    assert (done["taken"], done["again"], len(done["files"])) == (False, True, 1)


def test_the_other_sides_key_is_refused(life):
    """A list that a signed would be a's list in the record, whoever handed it over."""
    with_key = ("--yes", "--sign-with", life.keys / "holding.key")
    assert "[list.signer]" in life.call(*taking(life, as_csv(ASKED), "b", "asked", *with_key), code=2)
    assert life.json("people", "lists", life.case, "--key", life.vault_key)["lists"][0]["recorded"] is False


@pytest.mark.parametrize(
    ("data", "more", "code", "exit_code"),
    [
        (b"", (), "table.empty", 2),
        (as_csv([("1", "", "SOMEBODY", "", "")]), ("--yes",), "list.refused", 2),
        (as_csv(HELD), ("--map", "nonsense=B"), "list.option", 2),
        (as_csv(HELD), ("--side", "c"), "case.no_party", 2),
        (as_csv(HELD), ("--list", "A B"), "list.id", 2),
        (as_csv(HELD), ("--key", "nothing.key"), "key.missing", 1),
    ],
)
def test_what_cannot_be_taken(life, data, more, code, exit_code):
    """Each with a code and what to do, without a value of a cell; the vault stays empty."""
    said = life.call(*taking(life, data), *more, code=exit_code)
    assert f"[{code}]" in said
    assert "SOMEBODY" not in said
    assert life.json("vault", "check", life.case, "--key", life.vault_key)["people"] == 0


def test_a_list_inside_the_case_is_refused(life):
    """Whoever takes the case would have the names in the clear."""
    (life.case / "held.csv").write_bytes(as_csv(HELD))
    said = life.call(
        "import",
        "list",
        life.case,
        life.case / "held.csv",
        "--side",
        "a",
        "--list",
        "x",
        "--key",
        life.vault_key,
        code=2,
    )
    assert "[vault.place]" in said


def test_somebody_on_a_terminal_is_asked(life, monkeypatch):
    """Yes takes it in, anything else does not."""
    for typed, taken in (("n", False), ("y", True)):
        monkeypatch.setattr(sys, "stdin", _Terminal(typed))
        said = life.call(*taking(life, as_csv(HELD)))
        assert ("The list is in the vault." in said) == taken


class _Terminal:
    """Somebody who types one line."""

    def __init__(self, line: str) -> None:
        self.line = line

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return self.line + "\n"
