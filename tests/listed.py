"""A case with keys of every office, a vault, and lists of invented people; for tests.

    case = ListedCase(folder)
    case.take("a", "held", PEOPLE)            # into the vault and the record
    case.judge(case.n1, "1", "2", "same")     # by row ids: of the list of a, of the list of b

Nobody on these lists exists; all keys are known to everybody.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.life import Life

from quittance.casebook import Casebook
from quittance.listbook import Listbook
from quittance.liststore import Intake
from quittance.people.judgements import pair_of
from quittance.record.keys import SeedSigner, Signer, key_id, sign_statement
from quittance.record.statement import Ref
from quittance.testing import OFFICE, counting_nonce, standing_clock
from quittance.vaultbook import Vaultbook
from quittance.visibility import OPERATOR

ROOT = Path(__file__).resolve().parents[1]
AGREEMENT = (ROOT / "tests/data/two-lists/agreement.yaml").read_bytes()
KEK = b"k" * 32

KEYS: Mapping[str, Signer] = {
    name: SeedSigner(bytes([number]) * 32)
    for number, name in enumerate(("holding", "receiving", "neutral-1", "neutral-2", "protection"), 0x21)
}
"""TEST KEYS by office; there are two of the neutral."""

HEADINGS = ("No", "Name", "Father", "Born", "Province")

HELD = (
    ("1", "Rahim Gul Testzai", "Karim", "1980", "Kabul"),
    ("2", "Javed Faisal", "Ahmad Shah", "1985", "Helmand"),
    ("3", "Zalmai Wardak", "Anwar", "1990", "Wardak"),
    ("4", "Nasir Ahmad Popal", "Yusuf", "", "Kandahar"),
)
ASKED = (
    ("1", "جاوید فیصل", "احمد شاه", "1364", "هلمند"),
    ("2", "رحیم ګل ټستزی", "کریم", "1359", "کابل"),
    ("3", "هارون صدیقي", "داود", "", ""),
)
"""INVENTED people: 1 of the second list is 2 of the first, 2 is 1, 3 is nobody there."""


class ListedCase:
    """A case in `folder/case` with its casebook and listbook open."""

    def __init__(self, folder: Path, agreement: bytes = AGREEMENT) -> None:
        self.folder = folder / "case"
        self.nonce = counting_nonce()
        self.clock = standing_clock()
        self.casebook = Casebook.create(self.folder, agreement, OFFICE, clock=self.clock, nonce=self.nonce)
        sids = {name: self.enrol(name.partition("-")[0], signer) for name, signer in KEYS.items()}
        for side in ("holding", "receiving"):
            refs = tuple(Ref("countersigns", sid) for name, sid in sids.items() if name != side)
            statement = self.casebook.draft(OPERATOR, "record.countersigned", {}, refs=refs)
            self.casebook.submit(OPERATOR, [(statement, sign_statement(statement, KEYS[side]))])
        Vaultbook.create(OPERATOR, self.folder, KEK).close()
        self.book = Listbook.open(self.folder, KEK, clock=self.clock, nonce=self.nonce)

    def close(self) -> None:
        """Close both books."""
        self.book.close()
        self.casebook.close()

    def enrol(self, role: str, signer: Signer, *others: Signer) -> str:
        """Enrol a key of an office, the statement's id; a side's key speaks for a or b."""
        party = {"holding": {"party": "a"}, "receiving": {"party": "b"}}.get(role, {})
        body = {"role": role, "public_key": signer.public.hex(), "fingerprint": key_id(signer.public), **party}
        statement = self.casebook.draft(OPERATOR, "key.enrolled", body)
        self.casebook.submit(OPERATOR, [(statement, sign_statement(statement, OFFICE.statement, signer, *others))])
        return statement.sid

    def take(
        self, side: str, list_id: str, rows: Iterable[Sequence[str]], headings: Sequence[str] = HEADINGS
    ) -> Intake:
        """A list into the vault and, signed by its side, into the record."""
        intake = self.book.import_list(OPERATOR, as_csv(rows, headings), side, list_id)
        self.submit_list(side, list_id)
        return intake

    def submit_list(self, side: str, list_id: str) -> None:
        """The newest version of a list into the record."""
        self.book.submit(OPERATOR, side, list_id, KEYS["holding" if side == "a" else "receiving"], self.casebook)

    def handle(self, name: str, pid: str) -> str:
        """The handle of an entry, by list (`side/id`) and row id."""
        (found,) = (one.handle for one in self.book.shelf.listed if (one.list, one.pid) == (name, pid))
        return found

    def state(self, kind: str, pair: tuple[str, str], body: Mapping[str, object], *by: str) -> int:
        """A statement about two handles, signed and recorded; its index."""
        statement = self.casebook.draft(OPERATOR, kind, body, commitments={"person": pair_of(*pair)})
        signed = sign_statement(statement, *(KEYS[one] for one in by))
        return self.casebook.submit(OPERATOR, [(statement, signed)])[0].index

    def judge(self, pair: tuple[str, str], answer: str, *reviewers: str) -> None:
        """A judgement of each reviewer about two handles."""
        for one in reviewers:
            self.state("match.judged", pair, {"judgement": answer, "grade": "none"}, one)


def as_csv(rows: Iterable[Sequence[str]], headings: Sequence[str] = HEADINGS) -> bytes:
    """A list as a file."""
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue().encode()


def second_reviewer(life: Life) -> None:
    """A second key of the neutral, enrolled with the word of another office."""
    key, file = life.keys / "neutral-2.key", life.out / "neutral-2.json"
    public = life.json("key", "new", key)["public_key"]
    life.call("key", "enrol", life.case, "--public-key", public, "--role", "neutral", "--out", file)
    for name in ("neutral-2", "medical"):
        life.call("sign", file, "--key", life.keys / f"{name}.key", "--yes")
    life.call("record", "submit", life.case, file)
