"""Backups in two encrypted halves: whole or refused, and never a way back for people who were erased since."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from hashlib import sha256
from types import SimpleNamespace

import pyrage
import pytest
from tests.unit.vault.traces import found_in, sealed_of, secrets_of

from quittance.vault import backup as module
from quittance.vault.backup import backup, restore
from quittance.vault.seal import VaultError
from quittance.vault.store import Vault

NONCE = "0" * 31 + "1"


@pytest.fixture
def identity():
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def made(vault, path, tmp_path, identity):
    """Five people, one erased before, backed up while the vault is open; two commitments to hold it against."""
    people = vault.add_people({"surname": f"TEST PERSON {at} PLANTED-MARKER"} for at in range(6))
    vault.erase([people[5].handle])
    vault.put(people[0].id, "surname", "TEST PERSON 0, corrected")
    commitments = [vault.commit(person.id, "surname", NONCE) for person in people[:2]]
    (tmp_path / "away").mkdir()
    values, keys = tmp_path / "away" / "values.age", tmp_path / "away" / "keys.age"
    result = backup(path, [str(identity.to_public())], values, keys)
    return SimpleNamespace(people=people, commitments=commitments, values=values, keys=keys, result=result)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "restored.sqlite"


def code_of(act, *arguments, **named) -> str:
    with pytest.raises(VaultError) as caught:
        act(*arguments, **named)
    return caught.value.code


def opened(identity, path) -> tuple[dict, list]:
    """The description and the rows of one half."""
    head, *rows = pyrage.decrypt(path.read_bytes(), [identity]).splitlines()
    return json.loads(head), [json.loads(row) for row in rows]


def rewritten(identity, path, change) -> None:
    """Replace a half by one that `change` made of its plain bytes, encrypted to the same recipient."""
    plain = pyrage.decrypt(path.read_bytes(), [identity])
    path.write_bytes(pyrage.encrypt(change(plain), [identity.to_public()]))


def redescribed(plain: bytes, **members) -> bytes:
    """The half with its own digest and number of rows put right, as a forger would."""
    head, _, body = plain.partition(b"\n")
    about = {**json.loads(head), "sha256": sha256(body).hexdigest(), "rows": body.count(b"\n"), **members}
    return json.dumps(about, separators=(",", ":"), sort_keys=True).encode() + b"\n" + body


def test_what_was_backed_up_comes_back(vault, made, out, identity, kek, columns, chance):
    """Values with their versions, commitments, search and tombstones are as before; the vault need not be closed."""
    restored = restore(made.values, made.keys, str(identity), out, erased=[])
    assert (made.result.people, restored.people, restored.left_out) == (5, 5, 0)
    with closing(Vault.open(out, kek, columns=columns, random=chance)) as copy:
        assert copy.check() == 5
        assert vault.people() == copy.people()
        assert copy.get(made.people[0].id, "surname") == "TEST PERSON 0, corrected"
        assert copy.get(made.people[0].id, "surname", version=1) == "TEST PERSON 0 PLANTED-MARKER"
        assert copy.find("surname", "test person 1 planted-marker") == [made.people[1].id]
        assert copy.is_erased(made.people[5].handle)
        for person, commitment in zip(made.people, made.commitments, strict=False):
            asked = (person.handle, ["surname"], [commitment])
            assert vault.openings(*asked) == copy.openings(*asked)
        assert made.commitments[1] == copy.commit(made.people[1].id, "surname", NONCE)


def test_people_erased_since_stay_erased(made, out, identity, path, vault, kek, columns, chance):
    """Whoever the record says is erased is left out, byte for byte, and erasing again tells the figures of then."""
    gone = made.people[0]
    erased_bytes = sealed_of(path, [gone.id])
    restored = restore(made.values, made.keys, str(identity), out, erased=[gone.handle, bytes(32)])
    assert (restored.people, restored.left_out) == (4, 1)
    assert found_in(out.parent / "restored.sqlite", erased_bytes) == found_in(out.parent / "away", erased_bytes) == 0
    assert not any(piece in out.read_bytes() for piece in erased_bytes)
    with closing(Vault.open(out, kek, columns=columns, random=chance)) as copy:
        assert copy.check() == 4
        assert copy.is_erased(gone.handle)
        assert vault.erase([gone.handle]) == copy.erase([gone.handle])


def test_the_values_alone_tell_nothing(made, identity, kek, path):
    """The file with the values holds ids and sealed values only; what erasure destroys is in the key set alone."""
    about, rows = opened(identity, made.values)
    assert {"fields"} == {row[0] for row in rows}
    assert about["rows"] == len(rows) == 6
    _, key_rows = opened(identity, made.keys)
    assert {"meta", "persons", "salts", "blind", "erased"} == {row[0] for row in key_rows}
    plain = pyrage.decrypt(made.values.read_bytes(), [identity])
    with closing(sqlite3.connect(path)) as db:
        destroyed = [
            value
            for query in ("select wrapped_key from persons", "select handle from persons", "select sealed from salts")
            for (value,) in db.execute(query)
        ] + [tag for (tag,) in db.execute("select tag from blind")]
    assert len(destroyed) == 5 + 5 + 7 + 5
    assert not any(value.hex().encode() in plain for value in destroyed)


def test_a_backup_after_an_erasure_holds_nothing_of_the_person(vault, made, path, identity, tmp_path):
    """Neither half of a pair made later has a piece of what was erased."""
    erased_bytes = sealed_of(path, [made.people[0].id])
    vault.erase([made.people[0].handle])
    later = tmp_path / "later"
    later.mkdir()
    backup(path, [str(identity.to_public())], later / "v.age", later / "k.age")
    for file, before in ((later / "v.age", made.values), (later / "k.age", made.keys)):
        for half, holds in ((file, False), (before, True)):
            plain = pyrage.decrypt(half.read_bytes(), [identity])
            assert holds == any(one.hex().encode() in plain for one in erased_bytes)


def test_without_the_extra_nothing_is_written(vault, path, tmp_path, monkeypatch):
    """A missing package is named as such, before any file is made."""
    monkeypatch.setitem(sys.modules, "pyrage", None)
    with pytest.raises(ModuleNotFoundError):
        backup(path, ["age1"], tmp_path / "v.age", tmp_path / "k.age")
    assert not (tmp_path / "v.age").exists()


def test_nothing_is_ever_plain_on_disk(made, tmp_path, path, kek):
    """No value, key or salt is in any file; both halves are for their owner only, and their digests are told."""
    secrets = secrets_of(path, kek, "test-2020", [person.id for person in made.people[:5]])
    assert found_in(tmp_path, [*secrets, kek]) == 0
    assert not any(b"PLANTED-MARKER" in one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())
    for file, digest in ((made.values, made.result.values_sha256), (made.keys, made.result.keys_sha256)):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert digest == sha256(file.read_bytes()).hexdigest()
        assert file.read_bytes().startswith(b"age-encryption.org/v1\n")


def test_nothing_is_overwritten(made, out, identity, path, tmp_path):
    """Neither half is written over a file, and no vault is restored over anything."""
    recipients = [str(identity.to_public())]
    new = tmp_path / "new.age"
    assert code_of(backup, path, recipients, made.values, new) == "vault.exists"
    assert code_of(backup, path, recipients, new, made.keys) == "vault.exists"
    assert not new.exists()
    out.write_bytes(b"mine")
    assert code_of(restore, made.values, made.keys, str(identity), out, erased=[]) == "vault.exists"
    assert out.read_bytes() == b"mine"


def test_the_first_half_does_not_stay_alone(vault, path, identity, tmp_path):
    """When the second half cannot be written, the first is taken away again."""
    values = tmp_path / "values.age"
    arguments = (path, [str(identity.to_public())], values, tmp_path / "none" / "keys.age")
    assert code_of(backup, *arguments) == "vault.io"
    assert not values.exists()


@pytest.mark.parametrize("recipients", [[], ["age1"], ["TEST PERSON 1"]])
def test_wrong_recipients(vault, path, tmp_path, recipients):
    """Without a recipient that age knows, nothing is written."""
    assert code_of(backup, path, recipients, tmp_path / "v", tmp_path / "k") == "vault.recipient"
    assert not (tmp_path / "v").exists()


def test_wrong_identities(made, out, identity):
    """Another identity and something that is none are refused, without quoting it."""
    other = str(pyrage.x25519.Identity.generate())
    for wrong in (other, "AGE-SECRET-KEY-1", "", str(identity)[:-1]):
        with pytest.raises(VaultError) as caught:
            restore(made.values, made.keys, wrong, out, erased=[])
        assert caught.value.code == "vault.identity"
        assert "AGE-SECRET-KEY-1Q" not in repr(caught.value.__context__) + str(caught.value)
    assert not out.exists()


@pytest.mark.parametrize("half", ["values", "keys"])
def test_cut_and_changed_files(made, out, identity, half):
    """A half that is cut or has a changed bit does not open."""
    file = getattr(made, half)
    data = file.read_bytes()
    for damaged in (b"", data[:-1], data[:100], data[:-5] + bytes([data[-5] ^ 1]) + data[-4:]):
        file.write_bytes(damaged)
        assert code_of(restore, made.values, made.keys, str(identity), out, erased=[]) == "vault.identity"
    file.unlink()
    assert code_of(restore, made.values, made.keys, str(identity), out, erased=[]) == "vault.io"
    assert not out.exists()


def test_halves_of_two_backups(made, out, identity, path, vault, tmp_path):
    """Two halves that were not made together are refused, and so is one given twice."""
    vault.put(made.people[1].id, "surname", "TEST PERSON 1, corrected")
    values, keys = tmp_path / "values.age", tmp_path / "keys.age"
    backup(path, [str(identity.to_public())], values, keys)
    for pair in ((values, made.keys), (made.values, keys), (values, values), (keys, keys)):
        assert code_of(restore, *pair, str(identity), out, erased=[]) == "vault.backup"
    assert not out.exists()


def first_row(change):
    def of(plain: bytes) -> bytes:
        head, row, rest = plain.split(b"\n", 2)
        return redescribed(head + b"\n" + json.dumps(change(json.loads(row))).encode() + b"\n" + rest)

    return of


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: b"",
        lambda plain: plain[: len(plain) // 2],
        lambda plain: plain.replace(b'["persons"', b'["person"'),
        lambda plain: redescribed(plain.replace(b'["persons"', b'["fields"')),
        lambda plain: redescribed(plain.replace(b'["persons"', b'["sqlite_schema"')),
        lambda plain: plain[:-3] + b"9]\n",
        lambda plain: redescribed(plain, format="quittance-vault-keys/2"),
        lambda plain: redescribed(plain, rows=3),
        lambda plain: redescribed(plain + b'["meta",1,"a","b","",0]\n'),
        lambda plain: redescribed(plain + b'["persons","00","00","00"]\n["persons","00","00","00"]\n'),
        lambda plain: redescribed(plain + b'["salts","00",1,"00"]\n'),
        lambda plain: redescribed(plain + b"{}\n"),
        lambda plain: redescribed(plain + b"[]\n"),
        lambda plain: redescribed(plain + b"[" * 5000 + b"\n"),
        first_row(lambda row: [*row, 1]),
        first_row(lambda row: [row[0], "1", *row[2:]]),
        first_row(lambda row: [row[0], 1, 7, *row[3:]]),
        first_row(lambda row: [*row[:4], "zz", *row[5:]]),
        first_row(lambda row: [*row[:4], 1, *row[5:]]),
        first_row(lambda row: [*row[:5], 1 << 70]),
        first_row(lambda row: [*row[:2], "\ud800", *row[3:]]),
    ],
)
def test_forged_key_sets(made, out, identity, change):
    """Anybody can encrypt to a recipient: what is inside is read strictly, and refused as one kind of error."""
    rewritten(identity, made.keys, change)
    assert code_of(restore, made.values, made.keys, str(identity), out, erased=[]) == "vault.backup"
    assert not out.exists()


def test_values_of_people_without_keys(made, out, identity):
    """Values that belong to nobody in the key set are refused, even if the pair agrees with itself."""
    rewritten(identity, made.values, lambda plain: redescribed(plain + b'["fields","00","a","b","c",1,"00"]\n'))
    digest = sha256(pyrage.decrypt(made.values.read_bytes(), [identity])).hexdigest()
    rewritten(identity, made.keys, lambda plain: redescribed(plain, values_sha256=digest))
    assert code_of(restore, made.values, made.keys, str(identity), out, erased=[]) == "vault.backup"


def test_a_file_too_large(made, out, identity, monkeypatch):
    """A file beyond the limit is refused before it is read."""
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 100)
    assert code_of(restore, made.values, made.keys, str(identity), out, erased=[]) == "vault.backup"


def test_the_age_program_reads_and_writes_the_same(made, out, tmp_path):
    """A backup for a key of `age-keygen` opens with `age`, and what `age` encrypts can be restored."""
    if shutil.which("age") is None or shutil.which("age-keygen") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("age and age-keygen are not installed on this machine")
        pytest.skip("age and age-keygen are not installed")
    key_file = tmp_path / "identity"
    subprocess.run(["age-keygen", "-o", key_file], check=True, capture_output=True)
    recipient = subprocess.run(["age-keygen", "-y", key_file], check=True, capture_output=True, text=True).stdout
    identity = next(line for line in key_file.read_text().splitlines() if line.startswith("AGE-"))
    values, keys, again = tmp_path / "v.age", tmp_path / "k.age", tmp_path / "v2.age"
    source = tmp_path / "case" / "vault.sqlite"
    backup(source, [recipient, str(pyrage.x25519.Identity.generate().to_public())], values, keys)
    plain = subprocess.run(["age", "-d", "-i", key_file, values], check=True, capture_output=True).stdout
    assert plain.startswith(b'{"agreement":"test-2020","format":"quittance-vault-values/1"')
    subprocess.run(["age", "-r", recipient.strip(), "-o", again], input=plain, check=True)
    assert restore(again, keys, identity, out, erased=[]).people == 5
