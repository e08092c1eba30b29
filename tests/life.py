"""A case from its founding to a handover through the commands alone, with a vault beside it; for tests.

    life = Life(folder)
    life.found()
    handles = life.add(people)
    sid = life.hand_over(handles, commit=[("surname", handles[0])])

All passphrases and people are known to everybody. What the commands print is kept in `said`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from quittance.cli.main import run

ROOT = Path(__file__).resolve().parents[1]
AGREEMENT = ROOT / "tests/data/two-lists/agreement.yaml"
JOURNAL = ROOT / "tests/data/two-lists/journal.jsonl"

PASSPHRASE = "test passphrase, known to everybody"
VAULT_PASSPHRASE = "another test passphrase, known too"
OFFICES = {"holding": "a", "receiving": "b", "neutral": "", "medical": "", "protection": ""}
"""Office -> the party that its key speaks for."""


class Life:
    """A case at `folder/case`, everybody's keys in `folder/keys`, and what was written elsewhere in `folder/out`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.case = folder / "case"
        self.keys = folder / "keys"
        self.out = folder / "out"
        self.vault_key = self.keys / "vault.key"
        self.said: list[str] = []
        self._files = 0
        self._handovers = 0

    def call(self, *arguments: object, code: int = 0) -> str:
        """What a command prints; it must end with `code`."""
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
            found = run([str(one) for one in arguments])
        self.said += [out.getvalue(), err.getvalue()]
        assert found == code, f"{arguments}: {found}\n{''.join(self.said[-2:])}"
        return self.said[-2] if code == 0 else self.said[-1]

    def json(self, *arguments: object) -> dict[str, Any]:
        """The JSON object that a command prints."""
        return json.loads(self.call(*arguments, "--json"))

    def found(self, monkeypatch: Any) -> None:
        """The case with one key of each office, countersigned, and a vault under a key of its own."""
        self.keys.mkdir(parents=True)
        self.out.mkdir()
        monkeypatch.setenv("QUITTANCE_PASSPHRASE", PASSPHRASE)
        monkeypatch.setenv("QUITTANCE_VAULT_PASSPHRASE", VAULT_PASSPHRASE)
        self.call("init", self.case, "--agreement", AGREEMENT)
        enrolled = {office: self._enrol(office, party) for office, party in OFFICES.items()}
        for side in ("holding", "receiving"):
            refs = [f"countersigns:{sid}" for office, sid in enrolled.items() if office != side]
            self.state("record.countersigned", {}, side, refs=refs)
        with monkeypatch.context() as other:
            other.setenv("QUITTANCE_PASSPHRASE", VAULT_PASSPHRASE)
            self.call("key", "new", self.vault_key, "--use", "vault")
        self.call("vault", "init", self.case, "--key", self.vault_key)

    def _enrol(self, office: str, party: str) -> str:
        key, file = self.keys / f"{office}.key", self._file(office)
        public = self.json("key", "new", key)["public_key"]
        said = ["--public-key", public, "--role", office, *(["--party", party] if party else [])]
        sid = self.json("key", "enrol", self.case, *said, "--out", file)["sid"]
        self.call("sign", file, "--key", key, "--yes")
        self.call("record", "submit", self.case, file)
        return str(sid)

    def state(
        self,
        kind: str,
        body: Mapping[str, object],
        *by: str,
        people: Sequence[str] = (),
        refs: Sequence[str] = (),
        commit: Sequence[tuple[str, str]] = (),
    ) -> str:
        """A statement drawn up, committed to values, signed by offices ("operator" too) and submitted; its id."""
        file = self._file(kind)
        options = [text for handle in people for text in ("--person", handle)]
        options += [text for ref in refs for text in ("--ref", ref)]
        options += ["--sign"] if "operator" in by else []
        sid = self.json("record", "draft", self.case, kind, "--body", json.dumps(body), "--out", file, *options)["sid"]
        if commit:
            pairs = [f"{field}={handle}" for field, handle in commit]
            sid = self.json("vault", "commit", self.case, file, *pairs, "--key", self.vault_key)["sid"]
        for office in by:
            if office != "operator":
                self.call("sign", file, "--key", self.keys / f"{office}.key", "--yes")
        self.call("record", "submit", self.case, file)
        return str(sid)

    def add(self, people: Sequence[Mapping[str, str]]) -> list[str]:
        """Put people into the vault; their handles. The file they came from is gone afterwards."""
        file = self._file("people")
        file.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in people), "utf-8")
        found = self.json("vault", "add", self.case, file, "--key", self.vault_key)
        file.unlink()
        return [row["handle"] for row in found["people"]]

    def hand_over(self, handles: Sequence[str], commit: Sequence[tuple[str, str]] = ()) -> str:
        """A batch of these people, proposed to handed over and answered; the id of what the neutral saw."""
        self._handovers += 1
        name, count = f"b{self._handovers}", len(handles)
        self.state("batch.proposed", {"batch": name, "count": count, "rules_sha256": "0" * 64}, "operator")
        self.state("batch.cleared", {"batch": name}, "neutral", "medical")
        self.state("batch.authorised", {"batch": name}, "holding")
        seen = {"batch": name, "from": "a", "to": "b", "place": "crossing-1", "count": count}
        sid = self.state("handover.observed", seen, "neutral", people=handles, commit=commit)
        for kind, side in (("handover.delivered", "holding"), ("handover.received", "receiving")):
            self.state(kind, {"batch": name, "count": count}, side, refs=[f"answers:{sid}"])
        return sid

    def erase(self, *handles: str) -> dict[str, Any]:
        """Erase people, have it signed by the data-protection officer, and enter it into the record."""
        file = self._file("erasure")
        done = self.json(
            "vault", "erase", self.case, *handles, "--key", self.vault_key, "--confirm", len(handles), "--out", file
        )
        self.call("sign", file, "--key", self.keys / "protection.key", "--yes")
        self.call("record", "submit", self.case, file)
        return done

    def disclose(self, handle: str, sid: str, *more: object, code: int = 0) -> str:
        """`vault open` for one handle in one statement, confirmed."""
        confirmed = ("--confirm", handle[:10], "--key", self.vault_key)
        return self.call("vault", "open", self.case, handle, "--statement", sid, *confirmed, *more, code=code)

    @property
    def log_key(self) -> str:
        """The verifier key of the log."""
        return str(self.json("record", "head", self.case)["vkey"])

    def _file(self, what: str) -> Path:
        self._files += 1
        return self.out / f"{self._files:02}-{what}.json"
