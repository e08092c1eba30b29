"""What can be asked of the record itself: where it stands, who has cosigned it, its entries, and what a receipt proves.

Folded from the store and from what lies beside it, and folded on when the record has grown.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from quittance.agreement.model import Agreement
from quittance.errors import QuittanceError
from quittance.files.heads import kept_notes, trust_beside
from quittance.files.keylist import key_list
from quittance.files.receipts import keys_of, prove, read_proof
from quittance.record.keys import Signer
from quittance.record.policy import Trust
from quittance.record.store import Store
from quittance.views.proof import ProofView, Refusal, proof_view, refusal_view
from quittance.views.record import (
    Contents,
    RecordLine,
    RecordView,
    SignedHead,
    contents,
    key_states,
    record_lines,
    record_view,
    signed_head,
)

MOST_NOTES = 1000
"""How many earlier heads are searched for the last cosignature of a witness."""


class Inspection:
    """Reads the record of one case. `log` is what signs its tree heads, where that is known."""

    def __init__(self, agreement: Agreement, store: Store, folder: Path | None, log: Signer | None) -> None:
        self._agreement = agreement
        self._store = store
        self._folder = folder
        self._log = log
        self._held = Contents()

    def trust(self) -> Trust:
        """Whose signatures count: the policy files of the case, else the key of its log; raises as `trust_beside`."""
        return trust_beside(self._folder, self._store.origin, self._log)

    def signed(self) -> SignedHead | None:
        """The last signed tree head with its grade, None before the first."""
        note = self._store.checkpoint()
        return None if note is None else signed_head(note, self._trust_or_error())

    def record(self, now: datetime, kind: str | None = None, office: str | None = None) -> RecordView:
        """The record as it stands `now`, with the entries of one kind, or signed by one office ("role:party")."""
        trust = self._trust_or_error()
        note = self._store.checkpoint()
        signed = None if note is None else signed_head(note, trust)
        kept = kept_notes(self._folder, MOST_NOTES)
        return record_view(self._agreement, self._store, self._contents(), signed, trust, kept, now, kind, office)

    def entries(self, indexes: Iterable[int]) -> tuple[RecordLine, ...]:
        """The entries at these indexes; raises `RecordError` (`record.range`)."""
        return record_lines(self._agreement, self._store, indexes)

    def keys(self) -> bytes:
        """`keys.jsonl`: the keys that the record has enrolled."""
        return key_list(self._store)

    def prove(self, data: bytes) -> ProofView | Refusal:
        """What a receipt or an evidence bundle proves, by the trust of this case, held against its record.

        Signatures on the entry are checked by the keys that the record has enrolled, and by those in a bundle, which
        count only under their own fingerprint. Raises as `trust` where nothing says whose signatures count.
        """
        trust = self.trust()
        enrolled = key_states(self._store, self._contents())
        own = {name: bytes.fromhex(key.public) for name, key in enrolled.items()}
        try:
            given = read_proof(data)
            proved = prove(given.receipt, trust, keys=keys_of(given.keys) | own, openings=given.openings)
        except QuittanceError as error:
            return refusal_view(error)
        fields = None if given.openings is None else proved.fields_opened
        return proof_view(self._agreement, self._store, enrolled, proved.checked, proved.signatures_checked, fields)

    def _trust_or_error(self) -> Trust | QuittanceError:
        """For pages that show the record in any case: the trust, or why there is none."""
        try:
            return self.trust()
        except QuittanceError as error:
            return error

    def _contents(self) -> Contents:
        if self._held.size != self._store.head().size:
            self._held = contents(self._store, self._held)
        return self._held
