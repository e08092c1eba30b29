"""The file of a vault: for its owner only, for one program at a time, and refused when it is anything else."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing

import pytest

from quittance.vault.file import APPLICATION_ID
from quittance.vault.seal import VaultError, key_fingerprint
from quittance.vault.store import Vault


@pytest.fixture
def opening(path, columns, chance, kek):
    def open_it(key=kek, at=path):
        return Vault.open(at, key, columns=columns, random=chance)

    return open_it


def refusal(act) -> VaultError:
    with pytest.raises(VaultError) as caught:
        act()
    return caught.value


def test_files_are_for_their_owner_only(vault, path):
    """The file, its write-ahead log and everything else beside it have mode 0600."""
    vault.add_person({"surname": "TEST PERSON 1"})
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}
    assert {"vault.sqlite", "vault.sqlite-wal", "vault.sqlite-shm", "vault.sqlite.lock"} == set(modes)
    assert {0o600} == set(modes.values())


def test_the_file_says_what_it_is(vault, path):
    """It carries the vault's own id and is in write-ahead mode; commits are flushed, deletions overwrite."""
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("pragma application_id").fetchone() == (APPLICATION_ID,)
        assert other.execute("pragma journal_mode").fetchone() == ("wal",)
    settings = {name: vault._db.execute(f"pragma {name}").fetchone()[0] for name in ("synchronous", "secure_delete")}
    assert settings == {"synchronous": 2, "secure_delete": 1}
    assert vault._db.execute("pragma temp_store").fetchone() == (2,)


def test_a_second_program_waits(vault, opening):
    """While it is open it cannot be opened again; afterwards it can."""
    assert refusal(opening).code == "vault.locked"
    vault.close()
    opening().close()


def test_another_key_is_refused_with_the_name_of_the_right_one(vault, opening, kek):
    """The refusal names the fingerprint that is needed; the file stays usable."""
    vault.close()
    error = refusal(lambda: opening(bytes(32)))
    assert error.code == "vault.key"
    assert key_fingerprint(kek) in str(error)
    opening().close()


def test_a_vault_is_never_overwritten(vault, path, columns, chance, kek):
    """Neither a vault nor a write-ahead log that another left is built over."""

    def create():
        return Vault.create(path, "test-2020", kek, columns=columns, random=chance)

    vault.close()
    before = path.read_bytes()
    assert refusal(create).code == "vault.exists"
    assert before == path.read_bytes()
    path.unlink()
    path.with_name("vault.sqlite-wal").write_bytes(b"left")
    assert refusal(create).code == "vault.exists"


def test_a_draft_that_a_crash_left_is_replaced(path, columns, chance, kek):
    """Building starts anew over the draft of an earlier attempt and leaves none."""
    path.with_name("vault.sqlite.new").write_bytes(b"half")
    Vault.create(path, "test-2020", kek, columns=columns, random=chance).close()
    assert {"vault.sqlite", "vault.sqlite.lock"} == {one.name for one in path.parent.iterdir()}


def test_what_is_no_vault(vault, path, opening, tmp_path):
    """A missing, foreign, newer or rebuilt file is refused with its own reason, and left as it is."""
    vault.close()
    assert refusal(lambda: opening(at=tmp_path / "none.sqlite")).code == "vault.missing"
    foreign = tmp_path / "foreign.sqlite"
    foreign.write_bytes(b"x" * 5000)
    assert refusal(lambda: opening(at=foreign)).code == "vault.foreign"
    assert foreign.read_bytes() == b"x" * 5000
    for change, code in (
        ("drop index blind_tag", "vault.damaged"),
        ("pragma user_version = 9", "vault.version"),
        ("pragma application_id = 9", "vault.foreign"),
    ):
        with closing(sqlite3.connect(path)) as other:
            other.execute(change)
        assert refusal(opening).code == code


def test_a_file_broken_inside(vault, path, opening):
    """Garbage behind a good first page is damage, told when the file is opened or checked."""
    vault.add_people([{"surname": "TEST PERSON 1" * 50}] * 50)
    vault.close()
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xa5" * (len(data) - 4096))

    def open_and_check():
        with closing(opening()) as vault:
            vault.check()

    assert refusal(open_and_check).code == "vault.damaged"


def test_no_room(vault):
    """When the file may not grow, nothing is added, and the next attempt is heard again."""
    vault._db.execute("pragma max_page_count = 30")
    many = [{"surname": "x" * 10_000}] * 20
    assert refusal(lambda: vault.add_people(many)).code == "vault.full"
    assert vault.people() == []

    def go_on_after_a_full_disk():
        with vault.together():
            assert refusal(lambda: vault.add_people(many)).code == "vault.full"
            vault.add_person({"surname": "TEST PERSON 1"})

    assert refusal(go_on_after_a_full_disk).code == "vault.ended"
    assert vault.people() == []
    vault.add_person({"surname": "TEST PERSON 1"})


def test_a_place_that_cannot_be_written(tmp_path, columns, chance, kek):
    """A folder that is not there is named, without a trace of SQLite."""
    place = tmp_path / "none" / "vault.sqlite"
    assert refusal(lambda: Vault.create(place, "a", kek, columns=columns, random=chance)).code == "vault.io"
