"""Erasure: afterwards no byte of a person's keys, salts and values is in any file, and the log's proofs still hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from tests.unit.vault.traces import found_in, pieces, sealed_of, secrets_of

from quittance.vault.file import VaultFile
from quittance.vault.seal import VaultError
from quittance.vault.store import Vault

MARKER = "TEST PERSON {} \u0622\u0632\u0645\u0627\u06cc\u0634\u06cc PLANTED-MARKER"


def fill(vault: Vault, many: int = 12):
    """People with short and long values, an older version, a second row and three commitments each."""
    people = vault.add_people(
        {"surname": MARKER.format(at), "sex": "m", "photo": f"PLANTED-MARKER {at} " * 700} for at in range(many)
    )
    for at, person in enumerate(people):
        vault.put(person.id, "surname", MARKER.format(f"{at} corrected"))
        vault.put(person.id, "surname", MARKER.format(f"{at} as listed"), table="list_entry", row=f"{at:032x}")
        for number in range(3):
            vault.commit(person.id, "surname", f"{number:032x}")
    return people


def test_nothing_personal_is_readable_at_any_time(vault, path, kek):
    """No planted value, no key and no salt is in any file, in any encoding, while everybody is there."""
    people = fill(vault)
    secrets = secrets_of(path, kek, "test-2020", [person.id for person in people])
    assert len(secrets) == 12 * 5
    assert found_in(path.parent, [*secrets, kek]) == 0
    data = b"".join(one.read_bytes() for one in path.parent.iterdir())
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        assert "PLANTED-MARKER".encode(encoding) not in data
        assert "\u0622\u0632\u0645\u0627".encode(encoding) not in data


def test_erased_bytes_are_gone_from_every_file(vault, path):
    """The sealed bytes are found in the files before, and not one piece of them after; others keep theirs."""
    people = fill(vault)
    gone, stay = people[::2], people[1::2]
    erased_bytes = sealed_of(path, [person.id for person in gone])
    kept_bytes = sealed_of(path, [person.id for person in stay])
    assert found_in(path.parent, erased_bytes) > 0.95 * len(pieces(erased_bytes))

    erased = vault.erase([person.handle for person in gone])

    assert (erased.salts, erased.keys) == (6 * 4, 6)
    assert sorted(person.handle for person in gone) == list(erased.handles)
    assert found_in(path.parent, erased_bytes) == 0
    assert found_in(path.parent, kept_bytes) > 0.95 * len(pieces(kept_bytes))
    assert vault.check() == 6
    assert sorted(stay, key=lambda person: person.id) == vault.people()
    assert vault.find("surname", MARKER.format("0 corrected")) == []
    assert vault.find("surname", MARKER.format("1 corrected")) == [stay[0].id]


def test_deleting_alone_would_leave_traces(vault, path, monkeypatch):
    """The search has teeth: without the rewriting of the file it finds what was deleted."""
    people = fill(vault)
    erased_bytes = sealed_of(path, [people[3].id])
    monkeypatch.setattr(VaultFile, "_scrub", lambda self: None)
    vault.erase([people[3].handle])
    assert found_in(path.parent, erased_bytes) > 0


def test_erasing_again_changes_nothing_and_says_the_same(vault, reopen, path):
    """The figures for the entry of the record come again, also after reopening; a mixed set counts all of it."""
    people = fill(vault, 3)
    first = vault.erase([people[0].handle])
    with closing(reopen(vault)) as vault:
        assert vault.is_erased(people[0].handle)
        assert not vault.is_erased(people[1].handle)
        assert first == vault.erase([people[0].handle]) == vault.erase([people[0].handle] * 2)
        both = vault.erase([people[1].handle, people[0].handle])
        assert (both.salts, both.keys) == (8, 2)
        assert vault.erase([]).keys == 0


def test_all_or_none(vault):
    """One handle that is not there, and nobody is erased."""
    people = fill(vault, 2)
    with pytest.raises(VaultError) as caught:
        vault.erase([people[0].handle, bytes(32)])
    assert caught.value.code == "vault.unknown"
    assert vault.check() == 2


def test_a_reader_that_holds_old_bytes_is_named(vault, path, reopen, monkeypatch):
    """While another program reads the old file the rows are gone but their bytes are not: that is told, not hidden.

    Opening it again, or the next change, finishes the work.
    """
    monkeypatch.setattr("quittance.vault.file.BUSY_SECONDS", 0.05)
    people = fill(vault, 2)
    erased_bytes = sealed_of(path, [people[0].id])
    vault = reopen(vault)
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("begin")
        reader.execute("select count(*) from fields").fetchone()
        with pytest.raises(VaultError) as caught:
            vault.erase([people[0].handle])
        assert caught.value.code == "vault.scrub"
        assert vault.is_erased(people[0].handle)
        assert found_in(path.parent, erased_bytes) > 0
    with closing(reopen(vault)) as vault:
        assert found_in(path.parent, erased_bytes) == 0
        assert vault.check() == 1
