"""No personal value in any byte that is not meant to hold it: record, tiles, output, errors, database, temporary files.

Unmistakable values stand in every column of several people. A whole life of a case runs through the commands; then all
bytes below its folder and all that was printed are searched for the values in every spelling, and for digests of them
that no salt protects. The only hits allowed are those of an explicit disclosure.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pyrage
import pytest
from tests.fault import vault_child
from tests.life import JOURNAL, VAULT_PASSPHRASE, Life
from tests.sought import found_below, needles, search, spellings
from tests.unit.vault.traces import found_in, sealed_of, secrets_of

from quittance.files import keyfile
from quittance.files.keyfile import open_key, read_key_file
from quittance.record.note import COSIGNATURE, VerifierKey
from quittance.vault.columns import IDENTITY, PERSON
from quittance.vault.store import Vault

COLUMNS = tuple(IDENTITY[PERSON])
MARKED = [{column: f"ZQ MARKER {column.upper()} {number} of Xj" for column in COLUMNS} for number in (1, 2)] + [
    {column: f"\u0632\u0642\u0646\u0634\u0627\u0646 {column} \u064a\u0649\u0643 e\u0301" for column in COLUMNS}
]
"""TEST PERSONS whose every value is unmistakable, the third in Arabic letters with marks of its own."""

YEARS = [str(year) for year in range(1920, 2011)]
PROVINCES = ["Badakhshan", "Balkh", "Faryab", "Ghazni", "Helmand", "Herat", "Kabul", "Kandahar", "Khost", "Kunar",
             "Kunduz", "Laghman", "Logar", "Nangarhar", "Paktia", "Paktika", "Parwan", "Takhar", "Uruzgan", "Zabul",
             "\u06a9\u0627\u0628\u0644", "\u0643\u0627\u0628\u0644", "\u0647\u0631\u0627\u062a"]  # fmt: skip
NAMES = ["Abdul", "Abdullah", "Ahmad", "Ali", "Amin", "Aziz", "Fatima", "Ghulam", "Gul", "Habib", "Hamid", "Hassan",
         "Ibrahim", "Ismail", "Jan", "Karim", "Khan", "Maryam", "Mohammad", "Muhammad", "Najib", "Noor", "Omar",
         "Rahim", "Rahman", "Sayed", "Shah", "Wali", "Yusuf", "Zahir", "\u0627\u062d\u0645\u062f",
         "\u0645\u062d\u0645\u062f", "TEST PERSON 4", "TEST PERSON 5"]  # fmt: skip
GUESSABLE = [
    {"surname": "TEST PERSON 4", "first_names": "Ahmad", "date_of_birth": "1975", "place_of_birth": "Kandahar"},
    {
        "surname": "TEST PERSON 5",
        "father_name": NAMES[-3],
        "place_of_birth": PROVINCES[-3],
    },
]
"""TEST PERSONS whose values stand in a dictionary."""

AGREEMENT = "two-lists"
SOUGHT = needles(
    {f"{number}.{column}": value for number, one in enumerate(MARKED, 1) for column, value in one.items()}, AGREEMENT
)


CHILD = [sys.executable, vault_child.__file__]


@pytest.fixture(scope="module")
def founded(tmp_path_factory):
    """A founded case with an empty vault, from which lives begin; scrypt at a cost that tests can bear."""
    life = Life(tmp_path_factory.mktemp("founded") / "life")
    (life.folder / "tmp").mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyfile, "COST", 2**4)
        use_temporary(life, patch)
        life.found(patch)
        yield life


@pytest.fixture
def begin(founded, tmp_path, monkeypatch):
    """A copy of the founded case."""
    shutil.copytree(founded.folder, tmp_path / "life")
    life = Life(tmp_path / "life")
    use_temporary(life, monkeypatch)
    return life


def use_temporary(life: Life, patch: pytest.MonkeyPatch) -> None:
    """Every program, this one too, finds its temporary folder inside what is searched."""
    for name in ("TMPDIR", "SQLITE_TMPDIR", "HOME"):
        patch.setenv(name, str(life.folder / "tmp"))
    patch.setattr(tempfile, "tempdir", None)


@pytest.fixture
def lived(begin, tmp_path):
    """A whole life: people refused and added, a handover that commits to every value, claims, proofs and copies."""
    life, reader = begin, pyrage.x25519.Identity.generate()
    refuse_people(life, tmp_path)
    handles = life.add([*MARKED, *GUESSABLE])
    everyone = [*MARKED, *GUESSABLE]
    commit = [(column, handle) for handle, one in zip(handles, everyone, strict=True) for column in one]
    sid = life.hand_over(handles, commit)
    life.call("import", "journal", life.case, JOURNAL)
    life.call("record", "policy", life.case, policy_of(life, tmp_path), "--out", life.out / "policy.json")
    receipt, bundle = life.out / "receipt.tlog-proof", life.out / "bundle.zip"
    life.call("record", "receipt", life.case, sid, "--out", receipt)
    life.call("record", "export", life.case, sid, "--out", bundle)
    sealed = ("--out", life.out / "opening.age", "--to", reader.to_public())
    life.disclose(handles[0], sid, *(text for column in COLUMNS for text in ("--field", column)), *sealed)
    life.call("vault", "backup", life.case, "--to", reader.to_public(), "--out", life.out / "away")
    life.call("vault", "split", "--key", life.vault_key, "--shares", "2/3", "--out", life.out / "shares")
    for command in ("status", "timeline", "brief"):
        life.call(command, life.case, "--as-of", "2025-01-10", "--json")
    return SimpleNamespace(life=life, handles=handles, sid=sid, receipt=receipt, bundle=bundle)


def refuse_people(life: Life, elsewhere: Path) -> None:
    """Files of people that are refused, with marked values in every wrong place; they lie outside what is searched."""
    marked = MARKED[0]["surname"]
    for line in (
        marked,
        json.dumps([marked]),
        json.dumps({marked: marked, "surname": marked}),
        json.dumps({"surname": {marked: marked}}),
        json.dumps({"sex": marked}),
        json.dumps({"surname": marked}) + "\n" + json.dumps({"surname": marked}),
        json.dumps({"surname": marked})[:-1],
    ):
        file = elsewhere / "refused.jsonl"
        file.write_text(line)
        life.call("vault", "add", life.case, file, "--key", life.vault_key, code=2)


def policy_of(life: Life, elsewhere: Path) -> Path:
    """A trust policy with a witness of each side."""
    folder = elsewhere / "policy"
    folder.mkdir()
    text = f"log {life.log_key}\n"
    for side in ("a", "b"):
        name = f"{side}.example/witness"
        made = life.json("key", "new", life.keys / f"witness-{side}.key", "--use", "witness", "--name", name)
        text += f"witness {side} {VerifierKey(name, COSIGNATURE, bytes.fromhex(made['public_key']))}\n"
    (folder / "joint").write_text(text + "group both all a b\nquorum both\n")
    (folder / "recorded").write_text(text + "group one any a b\nquorum one\n")
    return folder


def test_the_search_finds_what_it_seeks():
    """Each spelling of each value, planted in the middle of other bytes; and nothing in bytes without any."""
    value = MARKED[2]["surname"]
    sought = needles({"3.surname": value}, AGREEMENT)
    for data in sought:
        assert search(b"\x00before" + data + b"after", sought)
    assert search(b"".join(bytes([one, 255 - one]) * 9 for one in range(256)), sought) == set()
    names = set(sought.values())
    for spelling in ("raw", "hex", "base64", "sha256, raw", "sha1, hex", "md5, base64"):
        assert f"3.surname ({spelling})" in names
    for start in range(3):  # wherever in a text it begins
        assert search(base64.b64encode(b"x" * start + value.encode() + b"tail"), sought)
    assert len(list(spellings(b"12345678"))) == 9


def test_no_value_is_in_any_byte(lived):
    """Files, their names, members of zip files, temporary files and output: no hit; the dictionary neither."""
    life = lived.life
    assert {path.name for path in life.case.iterdir()} >= {"record.sqlite", "tiles", "vault.sqlite", "agreement.yaml"}
    assert found_below(life.folder, SOUGHT) == {}
    assert search("".join(life.said).encode(), SOUGHT) == set()
    guesses = needles(dict(guessed()), AGREEMENT, text=False)
    for place in (life.case, life.out):
        assert found_below(place, guesses) == {}


def guessed():
    """A dictionary against every column that it could stand in."""
    for column, words in (
        ("date_of_birth", YEARS),
        *((column, PROVINCES) for column in ("place_of_birth", "last_residence")),
        *((column, NAMES) for column in ("surname", "first_names", "father_name")),
    ):
        for at, word in enumerate(words):
            yield f"{at}.{column}", word


def test_a_digest_without_salt_would_be_found(lived):
    """The same dictionary finds a guessable value as soon as a leaf, an entry or a name holds its digest."""
    guesses = needles({f"{at}.surname": word for at, word in enumerate(NAMES)}, AGREEMENT, text=False)
    digest = sha256(b"TEST PERSON 4").hexdigest()
    leaf = json.dumps({"payload": base64.b64encode(json.dumps({"body": {"person": digest}}).encode()).decode()})
    (lived.life.case / "tiles" / "planted").write_text(leaf)
    assert list(found_below(lived.life.case / "tiles", guesses)) == ["planted"]


def test_an_explicit_disclosure_holds_what_it_names_and_nothing_else(lived):
    """One value of one person, in the opened file and the bundle that was made with it, after asking twice."""
    life, plain, bundle = lived.life, lived.life.out / "opening.json", lived.life.out / "disclosed.zip"
    life.disclose(lived.handles[1], lived.sid, "--field", "father_name", "--out", plain, "--plain")
    life.call("record", "export", life.case, lived.sid, "--out", bundle, "--openings", plain)
    hits = found_below(life.folder, SOUGHT)
    assert set(hits) - {"out/disclosed.zip"} == {"out/opening.json", "out/disclosed.zip!openings.json"}
    assert {name.partition(" ")[0] for found in hits.values() for name in found} == {"2.father_name"}
    assert search("".join(life.said).encode(), SOUGHT) == set()


def test_nothing_of_the_erased_is_left_in_the_case(lived):
    """Keys, salts, sealed values and search entries of one person are in no file of the case; all proofs hold."""
    life, path = lived.life, lived.life.case / "vault.sqlite"
    with closing(open_vault(life)) as vault:
        number, kek = vault.person(base64.b64decode(lived.handles[0])).id, kek_of(life)
    sealed, secret = sealed_of(path, [number]), secrets_of(path, kek, AGREEMENT, [number])
    assert found_in(life.case, sealed) > 50
    assert found_in(life.folder, secret) == 0, "keys and salts are never in the clear"
    life.erase(lived.handles[0])
    assert found_in(life.case, sealed) == 0
    assert found_below(life.folder, SOUGHT) == {}
    assert life.json("record", "check-receipt", lived.receipt, "--log", life.log_key)["ok"]
    assert life.json("record", "verify", life.case)["ok"]
    refused = life.disclose(
        lived.handles[0], lived.sid, "--field", "surname", "--out", life.out / "o", "--plain", code=1
    )
    assert "[vault.unknown]" in refused


def killed(number: int, *arguments: object) -> tuple[bool, bytes]:
    """Run a command in a child that kills itself at a statement; whether it was killed, and what it printed."""
    done = subprocess.run([*CHILD, str(number), *map(str, arguments)], capture_output=True, timeout=300)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0, done.stdout + done.stderr


def test_killed_while_people_are_added(begin, tmp_path):
    """At any statement: no value in what the dead process leaves; the same command again adds everybody, once."""
    life, file = begin, tmp_path / "people.jsonl"
    file.write_text("".join(json.dumps(one) + "\n" for one in MARKED))
    add = ("vault", "add", life.case, file, "--key", life.vault_key)
    outcomes = []
    for number in (20, 70, 120, 0):
        outcome, said = killed(number, *add)
        outcomes.append(outcome)
        assert found_below(life.folder, SOUGHT) == {}
        assert search(said, SOUGHT) == set()
        assert life.json("vault", "check", life.case, "--key", life.vault_key)["people"] == (0 if outcome else 3)
    assert outcomes == [True, True, True, False]
    assert life.json(*add)["added"] == 0


def test_killed_while_people_are_erased(begin, tmp_path, monkeypatch):
    """At any statement: no value anywhere; the same command again tells the same figures, and nothing is left."""
    handles = begin.add(MARKED)
    with closing(open_vault(begin)) as vault:
        ids = [person.id for person in vault.people()]
    traces = sealed_of(begin.case / "vault.sqlite", ids)
    outcomes = []
    for number in (8, 14, 20, 26, 0):
        shutil.copytree(begin.folder, tmp_path / str(number))
        life = Life(tmp_path / str(number))
        use_temporary(life, monkeypatch)
        erase = ("vault", "erase", life.case, *handles, "--key", life.vault_key, "--confirm", 3, "--out")
        outcome, said = killed(number, *erase, life.out / "first.json")
        outcomes.append(outcome)
        assert found_below(life.folder, SOUGHT) == {}
        assert search(said, SOUGHT) == set()
        done = life.json(*erase, life.out / "second.json")
        assert (done["erased"], done["salts"]) == (3, 3)
        assert found_in(life.case, traces) == 0
        assert found_below(life.folder, SOUGHT) == {}
    assert outcomes == [True, True, True, True, False]


def open_vault(life: Life) -> Vault:
    """The vault of a life, as the library opens it."""
    return Vault.open(life.case / "vault.sqlite", kek_of(life), columns=IDENTITY, random=os.urandom)


def kek_of(life: Life) -> bytes:
    """The vault's key."""
    return open_key(read_key_file(life.vault_key), VAULT_PASSPHRASE).vault_key()
