"""`quittance vault`: people in, commitments, disclosure, erasure, backup, shares; and wrong use."""

from __future__ import annotations

import base64
import json
import shutil
import stat
import sys
from pathlib import Path

import pytest
from tests.life import PASSPHRASE, VAULT_PASSPHRASE, Life

from quittance.files import keyfile

PEOPLE = [
    {"surname": "TEST PERSON 1", "father_name": "TEST FATHER 1", "sex": "m"},
    {"surname": "TEST PERSON 2", "first_names": "\u06a9\u0627\u0628\u0644 TEST"},
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One founded case with an empty vault, which no test changes."""
    made = Life(tmp_path_factory.mktemp("shared"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyfile, "COST", 2**4)
        made.found(patch)
    return made


@pytest.fixture
def unchanged(shared, monkeypatch):
    """The shared case, for commands that are refused."""
    monkeypatch.setenv("QUITTANCE_VAULT_PASSPHRASE", VAULT_PASSPHRASE)
    return Life(shared.folder)


@pytest.fixture
def life(shared, tmp_path, monkeypatch):
    """A copy of it, for a test of its own."""
    shutil.copytree(shared.folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("QUITTANCE_VAULT_PASSPHRASE", VAULT_PASSPHRASE)
    return Life(tmp_path)


@pytest.fixture
def vault(life):
    """What every command on this vault is given."""
    return ("--key", life.vault_key)


def test_init_add_check(life, vault):
    """The vault lies in the case, for its owner only; handles are commitments; the same file again tells the same."""
    file = life.folder / "people.jsonl"
    file.write_text("\n".join(map(json.dumps, PEOPLE)) + "\n")
    said = life.call("vault", "add", life.case, file, *vault)
    handles = [line.partition(": ")[2] for line in said.splitlines() if line.startswith("Line ")]
    assert [len(base64.b64decode(handle)) for handle in handles] == [32, 32]
    assert said.startswith("People added: 2.")
    again = life.json("vault", "add", life.case, file, *vault)
    assert (again["added"], [row["handle"] for row in again["people"]]) == (0, handles)
    assert [row["line"] for row in again["people"]] == [1, 2]
    assert life.json("vault", "check", life.case, *vault) == {"ok": True, "people": 2}
    assert stat.S_IMODE((life.case / "vault.sqlite").stat().st_mode) == 0o600


def test_one_field_is_disclosed_for_one_reader(life, vault):
    """Encrypted for a reader, who alone reads it; it opens the entry's receipt; nothing but the field is in it."""
    import pyrage

    first, second = life.add(PEOPLE)
    sid = life.hand_over([first, second], commit=[("surname", first), ("surname", second), ("sex", first)])
    reader = pyrage.x25519.Identity.generate()
    sealed, plain, receipt = (life.out / name for name in ("opening.age", "opening.json", "receipt.tlog-proof"))
    said = life.disclose(first, sid, "--field", "surname", "--out", sealed, "--to", reader.to_public())
    assert said.startswith("DISCLOSED to whoever reads")
    assert b"TEST PERSON" not in sealed.read_bytes()
    opened = json.loads(pyrage.decrypt(sealed.read_bytes(), [reader]))
    assert [row[:2] for row in opened["openings"]] == [["surname", "TEST PERSON 1"]]
    life.disclose(second, sid, "--field", "surname", "--out", plain, "--plain")
    assert [stat.S_IMODE(path.stat().st_mode) for path in (sealed, plain)] == [0o600, 0o600]
    life.call("record", "receipt", life.case, sid, "--out", receipt)
    checked = life.json("record", "check-receipt", receipt, "--log", life.log_key, "--openings", plain)
    assert (checked["ok"], checked["fields_opened"]) == (True, ["surname"])
    before = plain.read_bytes()
    assert "[vault.exists]" in life.disclose(first, sid, "--field", "surname", "--out", plain, "--plain", code=1)
    assert plain.read_bytes() == before


def test_erased_people_cannot_be_opened_and_every_proof_still_holds(life, vault):
    """After the erasure the old receipt verifies, the opening made before still opens, and no new one is made."""
    first, second = life.add(PEOPLE)
    sid = life.hand_over([first, second], commit=[("surname", first), ("surname", second)])
    receipt, before, after = (life.out / name for name in ("receipt", "before.json", "after.json"))
    life.call("record", "receipt", life.case, sid, "--out", receipt)
    life.disclose(first, sid, "--field", "surname", "--out", before, "--plain")
    done = life.erase(first)
    assert (done["erased"], done["salts"], done["signatures"]) == (1, 2, 1)
    log = ("--log", life.log_key)
    assert life.json("record", "check-receipt", receipt, *log)["ok"]
    assert life.json("record", "check-receipt", receipt, *log, "--openings", before)["fields_opened"] == ["surname"]
    assert life.json("record", "verify", life.case)["ok"]
    refused = life.disclose(first, sid, "--field", "surname", "--out", after, "--plain", code=1)
    assert "[vault.unknown]" in refused
    assert not after.exists()
    life.disclose(second, sid, "--field", "surname", "--out", after, "--plain")
    again = life.out / "again.json"
    repeated = life.json("vault", "erase", life.case, first, *vault, "--confirm", 1, "--out", again)
    assert (repeated["erased"], repeated["salts"]) == (1, 2)


def test_an_erasure_without_the_operators_passphrase_is_left_unsigned(life, vault, monkeypatch):
    """Both must still sign; with both signatures it enters the record."""
    (handle, _) = life.add(PEOPLE)
    file = life.out / "erasure.json"
    monkeypatch.delenv("QUITTANCE_PASSPHRASE")
    said = life.call("vault", "erase", life.case, handle, *vault, "--confirm", 1, "--out", file)
    assert "still needs the operator and the data-protection officer" in said
    assert json.loads(file.read_text())["signatures"] == []
    monkeypatch.setenv("QUITTANCE_PASSPHRASE", PASSPHRASE)
    for key in (life.case / "keys/operator.key", life.keys / "protection.key"):
        life.call("sign", file, "--key", key, "--yes")
    life.call("record", "submit", life.case, file)


def test_backup_and_restore_leave_the_erased_out(life, vault):
    """Two files for two places; whoever was erased since stays erased; a vault that is there is not overwritten."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    first, _ = life.add(PEOPLE)
    secret = life.keys / "identity.txt"
    secret.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    secret.chmod(0o600)
    made = life.json("vault", "backup", life.case, "--to", identity.to_public(), "--out", life.out / "away")
    assert made["people"] == 2
    files = [life.out / "away" / name for name in ("values.age", "keys.age")]
    life.erase(first)
    restore = ("vault", "restore", *files, "--identity", secret, "--case", life.case)
    assert "[vault.exists]" in life.call(*restore, code=1)
    (life.case / "vault.sqlite").rename(life.out / "old.sqlite")
    assert life.json(*restore) == {"people": 1, "left_out": 1}
    assert life.json("vault", "check", life.case, *vault)["people"] == 1


def test_an_old_copy_of_the_vault_opens_nobody_who_was_erased(life, vault):
    """The record knows of the erasure: the check refuses the copy, and nothing is committed or opened."""
    first, second = life.add(PEOPLE)
    sid = life.hand_over([first, second], commit=[("surname", first)])
    old = (life.case / "vault.sqlite").read_bytes()
    life.erase(first)
    (life.case / "vault.sqlite").write_bytes(old)
    assert "[vault.revived]" in life.call("vault", "check", life.case, *vault, code=1)
    refused = life.disclose(first, sid, "--field", "surname", "--out", life.out / "o", "--plain", code=1)
    assert "[vault.unknown]" in refused
    life.erase(first)
    assert life.json("vault", "check", life.case, *vault)["people"] == 1


def test_the_key_in_shares(life, vault):
    """Two of three give the key back, under a new passphrase; the vault opens with it."""
    life.add(PEOPLE)
    made = life.json("vault", "split", *vault, "--shares", "2/3", "--out", life.out / "shares")
    assert [stat.S_IMODE(Path(one).stat().st_mode) for one in made["files"]] == [0o600] * 3
    life.call("vault", "join", made["files"][2], made["files"][0], "--out", life.keys / "joined.key")
    assert life.json("vault", "check", life.case, "--key", life.keys / "joined.key")["people"] == 2
    assert "[vault.shares]" in life.call("vault", "join", made["files"][0], "--out", life.keys / "x", code=1)
    assert not (life.keys / "x").exists()


def test_missing_extra_is_one_line(life, vault, monkeypatch):
    """Without the packages of the extra the command says which to install; what needs none of them goes on."""
    monkeypatch.setitem(sys.modules, "pyrage", None)
    life.add(PEOPLE)
    said = life.call("vault", "backup", life.case, "--to", "age1x", "--out", life.out / "away", code=2)
    assert said == 'This command needs an extra that is not installed: pip install "quittance[vault]"\n'


BAD_LINES = [
    ("not json ZQMARKER", "people.line"),
    ('["ZQMARKER"]', "people.line"),
    ('{"surname":"ZQMARKER","surname":"ZQMARKER"}', "people.column"),
    ('{"ZQMARKER":"x","surname":"y"}', "people.column"),
    ('{"surname":["ZQMARKER"]}', "people.value"),
    ('{"surname":{"ZQMARKER":"x"}}', "people.value"),
    ('{"surname":"  ","first_names":"ZQMARKER"}', "people.value"),
    ('{"surname":null,"first_names":"ZQMARKER"}', "people.value"),
    ('{"surname":"ZQMARKER \\ud800"}', "people.value"),
    ('{"surname":"' + "ZQMARKER" * 5000 + '"}', "people.value"),
    ('{"sex":"ZQMARKER"}', "people.unnamed"),
    ('{"surname":"TEST PERSON 1"}', "people.repeated"),
    ("[" * 100_000, "people.line"),
    ('{"surname":' + "9" * 5000 + "}", "people.line"),
    ('{"surname":"\xff"}', "people.line"),
]


@pytest.mark.parametrize(("line", "code"), BAD_LINES, ids=[f"{at}-{code}" for at, (_, code) in enumerate(BAD_LINES)])
def test_a_bad_line_refuses_the_whole_file(unchanged, tmp_path, line, code):
    """The line and its column are named, nothing that stands in it; nobody is added."""
    life, file = unchanged, tmp_path / "people.jsonl"
    vault = ("--key", life.vault_key)
    file.write_bytes(b'{"surname":"TEST PERSON 1"}\n\n' + line.encode("latin-1") + b"\n")
    said = life.call("vault", "add", life.case, file, *vault, code=2)
    assert "[people.refused]" in said
    assert "line 3: " in said
    assert f"[{code}]" in said
    assert "ZQ" not in said
    assert life.json("vault", "check", life.case, *vault)["people"] == 0


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_a_file_with_nobody_in_it(unchanged, tmp_path, data):
    """It is refused: it is not the file that was meant."""
    life, file = unchanged, tmp_path / "people.jsonl"
    file.write_bytes(data)
    assert "[people.refused]" in life.call("vault", "add", life.case, file, "--key", life.vault_key, code=2)


HANDLE = base64.b64encode(b"h" * 32).decode()
WRONG = [
    (["init", "{case}", "--key", "{key}"], 1, "vault.exists"),
    (["init", "{tmp}/nowhere", "--key", "{key}"], 2, "case.missing"),
    (["init", "{case}", "--key", "{case}/keys/operator.key"], 2, "vault.place"),
    (["check", "{case}", "--key", "{case}/../case/keys/operator.key"], 2, "vault.place"),
    (["check", "{case}", "--key", "{keys}/none.key"], 1, "key.missing"),
    (["check", "{case}", "--key", "{keys}/neutral.key"], 1, "key.passphrase"),
    (["add", "{case}", "{tmp}/none.jsonl", "--key", "{key}"], 2, "file.missing"),
    (["add", "{case}", "{case}/agreement.yaml", "--key", "{key}"], 2, "vault.place"),
    (["erase", "{case}", HANDLE, "--key", "{key}", "--out", "{tmp}/e"], 2, "usage.confirm"),
    (["erase", "{case}", HANDLE, HANDLE, "--key", "{key}", "--out", "{tmp}/e", "--confirm", "2"], 2, "usage.confirm"),
    (["erase", "{case}", HANDLE, "--key", "{key}", "--out", "{tmp}/e", "--confirm", "1"], 1, "vault.unknown"),
    (["erase", "{case}", HANDLE, "--key", "{key}", "--out", "{key}", "--confirm", "1"], 2, "file.exists"),
    (["erase", "{case}", "x", "--key", "{key}", "--out", "{tmp}/e", "--confirm", "1"], 2, "vault.handle"),
    (["backup", "{case}", "--out", "{tmp}/away"], 1, "vault.recipient"),
    (["backup", "{case}", "--out", "{tmp}/away", "--to", "age1nothing"], 1, "vault.recipient"),
    (["backup", "{case}", "--out", "{case}/away", "--to", "age1nothing"], 2, "vault.place"),
    (["backup", "{tmp}", "--out", "{tmp}/away", "--to", "age1nothing"], 2, "case.missing"),
    (["restore", "{key}", "{key}", "--identity", "{key}", "--case", "{case}"], 1, "vault.exists"),
    (["split", "--key", "{key}", "--shares", "two of three", "--out", "{tmp}/s"], 2, "usage.shares"),
    (["split", "--key", "{key}", "--shares", "1/3", "--out", "{tmp}/s"], 1, "vault.shares"),
    (["split", "--key", "{key}", "--shares", "2/3", "--out", "{keys}"], 2, "file.exists"),
    (["join", "{key}", "--out", "{key}"], 2, "key.exists"),
]
OPEN = ["open", "{case}", HANDLE, "--key", "{key}", "--out", "{tmp}/o", "--field", "surname"]
WRONG += [
    ([*OPEN, "--statement", "0"], 2, "usage.disclose"),
    ([*OPEN, "--statement", "0", "--plain", "--to", "age1nothing", "--confirm", HANDLE], 2, "usage.disclose"),
    ([*OPEN, "--statement", "0", "--plain"], 2, "usage.confirm"),
    ([*OPEN, "--statement", "0", "--plain", "--confirm", HANDLE[:7]], 2, "usage.confirm"),
    ([*OPEN, "--statement", "0", "--plain", "--confirm", "A" * 10], 2, "usage.confirm"),
    ([*OPEN, "--statement", "0", "--plain", "--confirm", HANDLE], 1, "vault.unknown"),
    ([*OPEN, "--statement", "9999", "--plain", "--confirm", HANDLE], 2, "record.no_entry"),
    ([*OPEN, "--statement", "0", "--to", "age1nothing", "--confirm", HANDLE], 1, "vault.recipient"),
    ([*OPEN[:5], "--out", "{case}/o", *OPEN[7:], "--statement", "0", "--plain", "--confirm", HANDLE], 2, "vault.place"),
]


@pytest.mark.parametrize(("arguments", "code", "reason"), WRONG, ids=lambda value: str(value)[:60])
def test_wrong_use(unchanged, tmp_path, arguments, code, reason):
    """One line with a stable code, nothing on stdout, no file made or changed."""
    life = unchanged
    names = {"case": life.case, "keys": life.keys, "key": life.vault_key, "tmp": tmp_path}
    before = _contents(life.folder)
    said = life.call("vault", *(argument.format(**names) for argument in arguments), code=code)
    assert f"[{reason}]" in said
    assert len(said.splitlines()) == 1
    assert life.said[0] == ""
    assert _contents(life.folder) == before
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def test_a_commitment_is_made_before_the_signature_only(life, vault):
    """A signed envelope, a bad pair, an unknown column, a missing value: refused, and the file is as it was."""
    first, second = life.add(PEOPLE)
    draft, signed = life.out / "draft", life.out / "signed"
    body = ["--body", '{"batch":"b1"}', "--person", first, "--out"]
    for file, more in ((draft, []), (signed, ["--sign"])):
        life.call("record", "draft", life.case, "wish.recorded", *body, file, *more)
    cases = [
        (signed, f"surname={first}", 2, "vault.signed"),
        (draft, "surname", 2, "usage.commit"),
        (draft, "surname=x", 2, "vault.handle"),
        (draft, f"person={first}", 1, "vault.column"),
        (draft, f"row={first}", 1, "vault.column"),
        (draft, f"sex={second}", 1, "vault.no_value"),
        (draft, f"surname={HANDLE}", 1, "vault.unknown"),
    ]
    for file, pair, code, reason in cases:
        before = file.read_bytes()
        assert f"[{reason}]" in life.call("vault", "commit", life.case, file, pair, *vault, code=code)
        assert file.read_bytes() == before
    commit = ("vault", "commit", life.case, draft, f"surname={first}", *vault)
    sid = life.json(*commit)["sid"]
    assert life.json(*commit)["sid"] == sid, "asked again for the same statement, it stays the same"


def test_the_passphrase_of_the_operator_opens_no_vault(life, vault, monkeypatch):
    """The vault's key has a variable of its own, and without it nobody is asked where there is no terminal."""
    monkeypatch.delenv("QUITTANCE_VAULT_PASSPHRASE")
    said = life.call("vault", "check", life.case, *vault, code=2)
    assert "[key.passphrase_missing]" in said
    assert "QUITTANCE_VAULT_PASSPHRASE" in said
