"""A case with invented reports whose claims are made by hand, so that the desk is tried apart from any extractor.

    case = ReportedCase(folder)
    case.take("r1", "The government has freed 850 prisoners so far, its spokesman said.", claims)

The agreement is that of Afghanistan 2020; reports, speakers and figures are INVENTED, and all keys are known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from quittance.agreement.model import Agreement
from quittance.casebook import Casebook
from quittance.claimbook import Claimbook
from quittance.claimengine import Engine
from quittance.claims.model import Claim, Claimant, Extractor, Quantity, Report
from quittance.claims.origins import origins
from quittance.claims.reconcile import reconcile
from quittance.claims.registry import Learned
from quittance.record.keys import SeedSigner, key_id, sign_statement
from quittance.record.statement import Ref
from quittance.testing import OFFICE, counting_nonce
from quittance.views.claims import TakenView
from quittance.visibility import OPERATOR

ROOT = Path(__file__).resolve().parents[1]
AGREEMENT = (ROOT / "examples/afghanistan-2020/agreement.yaml").read_bytes()
NOW = datetime(2020, 5, 6, 9, tzinfo=UTC)

KEYS = {
    name: SeedSigner(bytes([number]) * 32)
    for number, name in enumerate(("holding", "receiving", "neutral-1", "neutral-2", "neutral-3"), 0x31)
}
"""TEST KEYS by office; there are three readers."""

FIRST, SECOND, THIRD = (key_id(KEYS[f"neutral-{n}"].public) for n in (1, 2, 3))
PARTIES = {"holding": "goa", "receiving": "taliban", "neutral": "icrc"}

GOA = Claimant(key="GOA_SPOKESMAN", name="A Spokesman", surface="its spokesman", role="spokesman", side="goa")
TALIBAN = Claimant(
    key="TAL_SPOKESMAN", name="Another Spokesman", surface="the movement", role="spokesman", side="taliban"
)
OUTLET = Claimant(key="OUTLET", role="narrator", side="OUTLET")


def claim_in(text: str, words: str, number: str, **fields: Any) -> Claim:
    """A claim whose words and number stand in a text; by default a total that the government gives of its releases."""
    start = text.index(words)
    at = text.index(number, start) if number else 0
    value = int(number.replace(",", "")) if number.isascii() and number.replace(",", "").isdigit() else None
    quantity = Quantity(value=value, low=value, high=value, modality="exact", surface=number) if number else None
    given: dict[str, Any] = {
        "id": "x#1", "doc": "x", "event_type": "done", "claimant": GOA, "actor": "goa", "object": "taliban",
        "quantity": quantity, "kind": "cumulative", "event_date": "2020-05-04", "published": "2020-05-05",
        "extractor": Extractor(name="by-hand", version="1", rule="test"),
    }  # fmt: skip
    return Claim(
        **(given | fields), span=(start, start + len(words)), text=words,
        quantity_span=(at, at + len(number)) if number else None,
    )  # fmt: skip


def engine(claims: Mapping[str, Sequence[Claim]], weak: Callable[[Claim], bool] = lambda claim: False) -> Any:
    """What makes an engine that reads in each report, by its short name, the claims made by hand for it."""

    def make(agreement: Agreement, learned: Sequence[Learned]) -> Engine:
        return Engine(
            read=lambda report: [_in(report, n, one) for n, one in enumerate(claims.get(report.doc, ()), 1)],
            settle=lambda found, verified: list(found),
            origins=origins,
            reconcile=lambda found, graph, verified, as_of, known_by: reconcile(
                found, graph.origin_of, (), verified, as_of, known_by
            ),
            is_tie=lambda claim: claim.kind_basis == "series",
            is_weak=weak,
        )

    return make


def _in(report: Report, number: int, claim: Claim) -> Claim:
    assert report.text[slice(*claim.span)] == claim.text
    return msgspec.structs.replace(
        claim, id=f"{report.doc}#{number}", doc=report.doc, published=report.published, outlet=report.outlet
    )


class ReportedCase:
    """A case in `folder/case` with its casebook open for writing and its claimbook beside it."""

    def __init__(self, folder: Path, now: datetime = NOW, weak: Callable[[Claim], bool] = lambda claim: False) -> None:
        self.folder = folder / "case"
        self.now = now
        self.nonce = counting_nonce()
        self.claims: dict[str, list[Claim]] = {}
        self.make = engine(self.claims, weak)
        self.casebook = Casebook.create(self.folder, AGREEMENT, OFFICE, clock=lambda: self.now, nonce=self.nonce)
        sids = {name: self._enrol(name.partition("-")[0], signer) for name, signer in KEYS.items()}
        for side in ("holding", "receiving"):
            refs = tuple(Ref("countersigns", sid) for name, sid in sids.items() if name != side)
            statement = self.casebook.draft(OPERATOR, "record.countersigned", {}, refs=refs)
            self.casebook.submit(OPERATOR, [(statement, sign_statement(statement, KEYS[side]))])
        self.book = self.open()

    def open(self) -> Claimbook:
        """Another claimbook of the same case, as a second process has it."""
        return Claimbook.open(self.folder, clock=lambda: self.now, nonce=self.nonce, make_engine=self.make)

    def close(self) -> None:
        """Close both books."""
        self.book.close()
        self.casebook.close()

    def take(self, doc: str, text: str, *claims: Claim, record: bool = False, **fields: Any) -> TakenView:
        """A report with its claims into the case, and with `record` into the record as well."""
        self.claims[doc] = list(claims)
        given = {"published": "2020-05-05", "outlet": "An Outlet", "url": "https://news.example/a-planted-slug"}
        report = Report(doc=doc, text=text, **(given | fields))
        return self.book.take_reports(OPERATOR, [report], self.casebook if record else None)

    def code(self, doc: str, number: int = 1) -> str:
        """The code of the so manieth claim of a report."""
        lines = [one for one in self.book.claims(OPERATOR) if one.claim.doc == doc]
        return sorted(lines, key=lambda one: one.claim.span)[number - 1].code

    def _enrol(self, role: str, signer: SeedSigner) -> str:
        body = {
            "role": role, "party": PARTIES[role],
            "public_key": signer.public.hex(), "fingerprint": key_id(signer.public),
        }  # fmt: skip
        statement = self.casebook.draft(OPERATOR, "key.enrolled", body)
        self.casebook.submit(OPERATOR, [(statement, sign_statement(statement, OFFICE.statement, signer))])
        return statement.sid
