"""A release from the first key to the receipt, through the commands alone, as operator, sides and neutral type them."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from base64 import b64encode
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from quittance.casebook import Casebook
from quittance.cli.main import run
from quittance.files import keyfile
from quittance.files.envelopes import read_envelope, write_envelope
from quittance.visibility import OPERATOR

DATA = Path(__file__).resolve().parents[1] / "data/two-lists"
OFFICES = {
    "side-a": ("holding", "a"),
    "side-b": ("receiving", "b"),
    "neutral": ("neutral", "icrc"),
    "medic": ("medical", None),
}
HANDLE = b64encode(b"TEST PERSON 1, nobody's handle..").decode()


class Desk:
    """Runs commands in one folder and keeps what they printed."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.case, self._capsys = folder, str(folder / "case"), capsys

    def __call__(self, *words: object, refused: str | None = None) -> str:
        """What a command printed; with `refused` it must end with that code."""
        code = run([str(word) for word in words])
        said = self._capsys.readouterr()
        if refused is None:
            assert code == 0, said.err + said.out
            return said.out
        assert code in (1, 2)
        assert f"[{refused}]" in said.err, said.err
        return said.err

    def file(self, name: str) -> str:
        """A file of this folder."""
        return str(self.folder / name)

    def public(self, name: str) -> str:
        """The public key of an office."""
        return json.loads(self("key", "show", self.file(f"{name}.key"), "--json"))["public_key"]

    def signed(
        self, name: str, kind: str, *options: object, by: tuple[str, ...], body: dict[str, object] | None = None
    ) -> str:
        """An envelope drawn up and signed by these offices; `operator` signs as it is drawn up."""
        out = self.file(f"{name}.json")
        sign = ["--sign"] if "operator" in by else []
        self("record", "draft", self.case, kind, "--body", json.dumps(body or {}), "--out", out, *options, *sign)
        for office in by:
            if office != "operator":
                self("sign", out, "--key", self.file(f"{office}.key"), "--yes")
        return out

    def submit(self, *files: str, refused: str | None = None) -> str:
        """Enter envelopes into the record."""
        return self("record", "submit", self.case, *files, refused=refused)


def sid(file: str) -> str:
    return read_envelope(Path(file).read_bytes())[0].sid


@pytest.fixture
def desk(tmp_path, capsys, monkeypatch) -> Desk:
    """A case with its founding keys enrolled and countersigned."""
    monkeypatch.setenv("QUITTANCE_PASSPHRASE", "test passphrase, known to everybody")
    monkeypatch.setattr(keyfile, "COST", 2**4)
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path, capsys)
    for name in OFFICES:
        desk("key", "new", desk.file(f"{name}.key"))
    desk("init", desk.case, "--agreement", DATA / "agreement.yaml")
    enrolled = {}
    for name, (role, party) in OFFICES.items():
        out = desk.file(f"enrol-{name}.json")
        named = ["--party", party] if party else []
        desk("key", "enrol", desk.case, "--public-key", desk.public(name), "--role", role, *named, "--out", out)
        desk("sign", out, "--key", desk.file(f"{name}.key"), "--yes")
        desk.submit(out)
        enrolled[name] = sid(out)
    for side in ("side-a", "side-b"):
        refs = [word for name in OFFICES if name != side for word in ("--ref", f"countersigns:{enrolled[name]}")]
        desk.submit(desk.signed(f"known-{side}", "record.countersigned", *refs, by=(side,)))
    return desk


def propose(desk: Desk, batch: str = "B-1", count: int = 1) -> None:
    """A batch proposed, cleared and authorised."""
    rules = {"batch": batch, "count": count, "rules_sha256": "0" * 64, "from": "a", "to": "b"}
    desk.submit(
        desk.signed(f"{batch}-1", "batch.proposed", by=("operator",), body=rules),
        desk.signed(f"{batch}-2", "batch.cleared", by=("neutral", "medic"), body={"batch": batch}),
        desk.signed(f"{batch}-3", "batch.authorised", by=("side-a",), body={"batch": batch}),
    )


OBSERVED = {"batch": "B-1", "count": 1, "from": "a", "to": "b", "place": "PL-1", "asked": 1, "wish_affirmed": 1}


def test_from_the_keys_to_the_receipt(desk):
    """What the neutral saw and both sides answered is in the record; a mirror, a receipt and the checks agree."""
    propose(desk)
    seen = desk.signed("seen", "handover.observed", "--person", HANDLE, by=("neutral",), body=OBSERVED)
    desk.submit(seen)
    answer = {"batch": "B-1", "count": 1}
    given = desk.signed("given", "handover.delivered", "--ref", f"answers:{sid(seen)}", by=("side-a",), body=answer)
    taken = desk.signed("taken", "handover.received", "--ref", f"answers:{sid(seen)}", by=("side-b",), body=answer)
    said = desk("record", "submit", desk.case, given, taken, "--acceptance", desk.file("accepted"), "--json")
    index = json.loads(said)["accepted"][0]["index"]
    vkey = json.loads(desk("record", "head", desk.case, "--json"))["vkey"]
    desk("record", "mirror", Path(desk.case) / "tiles", desk.file("mirror"), "--log", vkey)
    acceptances = [word for path in sorted((desk.folder / "accepted").iterdir()) for word in ("--acceptance", path)]
    late = desk.signed("late", "count.asserted", by=(), body={"commitment": "first", "batch": "B-1", "count": 1})
    words = ("sign", late, "--key", desk.file("side-a.key"), "--yes", "--mirror", desk.file("mirror"))
    desk(*words)
    statement, _ = read_envelope(Path(late).read_bytes())
    for changed, code in ({"log": "elsewhere.example/x/case"}, "usage.sign"), ({"seen": None}, "record.seen_missing"):
        Path(late).write_bytes(write_envelope(replace(statement, **changed)))
        desk(*words, refused=code)
    both = ("record", "verify", desk.file("mirror"), "--log", vkey, *acceptances)
    desk(*both, "--structure-only", refused="usage.form")
    found = json.loads(desk("record", "verify", desk.file("mirror"), "--log", vkey, *acceptances, "--json"))
    assert (found["ok"], found["size"], found["flags"]) == (True, index + 2, [])
    assert found["signatures_checked"] > found["size"]
    desk("record", "receipt", desk.case, sid(seen), "--out", desk.file("r.tlog-proof"))
    proved = json.loads(desk("record", "check-receipt", desk.file("r.tlog-proof"), "--log", vkey, "--json"))
    assert (proved["kind"], proved["index"], proved["grade"]) == ("handover.observed", index - 1, "signed")
    assert desk("record", "verify", desk.case).startswith("The record ")


def test_a_person_is_not_handed_over_twice(desk):
    """Nor does the operator's signature stand in for the neutral's."""
    propose(desk, count=2)
    desk.submit(desk.signed("first", "handover.observed", "--person", HANDLE, by=("neutral",), body=OBSERVED))
    again = desk.signed("again", "handover.observed", "--person", HANDLE, by=("neutral",), body=OBSERVED)
    desk.submit(again, refused="record.delivered_twice")
    forged = desk.signed("forged", "handover.observed", "--person", "A" * 43 + "=", by=("operator",), body=OBSERVED)
    desk.submit(forged, refused="record.signers")


def test_a_fact_stated_by_its_speaker(desk):
    """A fact that the party has signed itself is shown as signed by it; the operator cannot state it in its name."""
    fact = {"id": "s1", "at": "2025-01-06", "kind": "perform", "of": ["first"], "n": 1, "by": "a"}
    desk.submit(desk.signed("fact", "fact.stated", by=("side-a",), body=fact))
    wrong = desk.signed("wrong", "fact.stated", by=("side-b",), body={**fact, "id": "s2"})
    desk.submit(wrong, refused="record.signers")
    broken = desk.signed("broken", "fact.stated", by=("side-a",), body={**fact, "id": "s3", "of": ["frist"]})
    desk.submit(broken, refused="journal.refused")
    with Casebook.open(Path(desk.case)) as casebook:
        view = casebook.entry(OPERATOR, "s1", date(2025, 1, 7))
    assert view is not None
    assert view.place.stated
    desk("record", "verify", desk.case)


def test_a_revoked_key_signs_no_more(desk):
    """What it signed before stands; what comes after is refused; the fingerprint is asked for twice."""
    fingerprint = json.loads(desk("key", "show", desk.file("medic.key"), "--json"))["fingerprint"]
    out = desk.file("revoked.json")
    revoke = ("key", "revoke", desk.case, fingerprint, "--reason", "stolen", "--out", out)
    desk(*revoke, refused="usage.confirm")
    desk(*revoke, "--confirm", fingerprint)
    desk.submit(out)
    late = desk.signed("late", "person.cleared", "--person", HANDLE, by=("medic",), body={"reason": "fit"})
    desk.submit(late, refused="record.signer_revoked")
    desk("record", "verify", desk.case)


def test_witnesses_make_a_head_joint(desk):
    """Two witnesses of the sides cosign by courier, under a policy that both sides and the operator have set."""
    vkey = json.loads(desk("record", "head", desk.case, "--json"))["vkey"]
    named = []
    for side in ("a", "b"):
        desk("key", "new", desk.file(f"w{side}.key"), "--use", "witness")
        words = ("--key", desk.file(f"w{side}.key"), "--name", f"side-{side}.example/witness")
        witness = desk("record", "witness", "init", *words, "--store", desk.file(f"w{side}.sqlite")).strip()
        named.append(f"witness {side.upper()} {witness}\n")
    folder = desk.folder / "policy"
    folder.mkdir()
    (folder / "joint").write_text(f"log {vkey}\n{''.join(named)}group joint all A B\nquorum joint\n")
    (folder / "recorded").write_text(f"log {vkey}\n{''.join(named)}group recorded any A B\nquorum recorded\n")
    desk("record", "policy", desk.case, folder, "--out", desk.file("policy.json"))
    for side in ("side-a", "side-b"):
        desk("sign", desk.file("policy.json"), "--key", desk.file(f"{side}.key"), "--yes")
    desk.submit(desk.file("policy.json"))
    tiles = Path(desk.case) / "tiles"
    for side in ("a", "b"):
        request, answer = desk.file(f"request-{side}"), desk.file(f"answer-{side}")
        desk("record", "witness", "request", tiles / "checkpoint", "--tiles", tiles, "--old", 0, "--out", request)
        words = ("--key", desk.file(f"w{side}.key"), "--name", f"side-{side}.example/witness", "--log", vkey)
        desk("record", "witness", "sign", request, "--out", answer, *words, "--store", desk.file(f"w{side}.sqlite"))
        desk("record", "cosign", desk.case, "--answer", answer)
    grade = json.loads(desk("record", "verify", desk.case, "--min-grade", "joint", "--json"))["grade"]
    assert grade == "joint"
    desk("record", "export", desk.case, 0, "--out", desk.file("bundle.zip"))
    assert Path(desk.file("bundle.zip")).read_bytes().startswith(b"PK")


def test_the_database_from_the_tiles_alone(desk):
    """With the database lost, it is rebuilt from the published files, byte for byte the same log."""
    before = json.loads(desk("record", "verify", desk.case, "--json"))
    for path in Path(desk.case).glob("record.sqlite*"):
        path.unlink()
    desk("record", "verify", desk.case, refused="case.missing")
    desk("record", "rebuild", desk.case, "--from", "tiles")
    assert json.loads(desk("record", "verify", desk.case, "--json")) == before


def test_the_bundle_opens_without_the_program(desk):
    """The checker inside an evidence bundle accepts the bundle; with another entry in the receipt it does not."""
    vkey = json.loads(desk("record", "head", desk.case, "--json"))["vkey"]
    folder = desk.folder / "policy"
    folder.mkdir()
    desk("key", "new", desk.file("w.key"), "--use", "witness", "--name", "outside.example/witness")
    words = ("--key", desk.file("w.key"), "--name", "outside.example/witness", "--store", desk.file("w.sqlite"))
    witness = f"witness X {desk('record', 'witness', 'init', *words).strip()}\n"
    for grade in ("joint", "recorded"):
        (folder / grade).write_text(f"log {vkey}\n{witness}quorum X\n")
    desk("record", "policy", desk.case, folder, "--out", desk.file("policy.json"))
    desk("record", "export", desk.case, 1, "--out", desk.file("bundle.zip"))
    with zipfile.ZipFile(desk.file("bundle.zip")) as bundle:
        bundle.extractall(desk.file("opened"))
    checker = Path(desk.file("opened")) / "quittance_check.py"
    command = [sys.executable, "-I", str(checker), "bundle", desk.file("bundle.zip"), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout)
    assert (done.returncode, answer["index"], answer["signatures_checked"]) == (0, 1, 2)
    receipt = Path(desk.file("opened")) / "receipt.tlog-proof"
    receipt.write_text(receipt.read_text().replace("index 1\n", "index 2\n"))
    command[4] = desk.file("opened")
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
