"""Acceptances: the operator's signed answer to whoever submits a statement.

An acceptance promises that the statement is under a published tree head by `merge_by`. One that a later head does not
keep is the proof that the operator has suppressed a statement.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from quittance.canon import canonical, parse_canonical
from quittance.record.envelope import EntryError, Signature, pae, seal, unseal
from quittance.record.keys import Signer, key_id, verify
from quittance.record.statement import check_instant

ACCEPTANCE_TYPE = "application/vnd.quittance.acceptance.v1+json"
MERGE_SECONDS = 60
"""How long after acceptance a statement must be under a published tree head."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An accepted statement, its place, and the acceptance as a DSSE envelope."""

    sid: str
    index: int
    accepted_at: str
    merge_by: str
    log: str
    envelope: bytes


class _Payload(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    log: str
    sid: str
    index: int
    accepted_at: str
    merge_by: str


def accept(sid: str, index: int, accepted_at: str, log: str, operator: Signer) -> Accepted:
    """The acceptance of the statement `sid` at `index`, signed by the operator."""
    merge_by = (datetime.fromisoformat(accepted_at[:-1]) + timedelta(seconds=MERGE_SECONDS)).isoformat() + "Z"
    payload = canonical(
        {"v": 1, "log": log, "sid": sid, "index": index, "accepted_at": accepted_at, "merge_by": merge_by}
    )
    signature = Signature(key_id(operator.public), operator.sign(pae(ACCEPTANCE_TYPE, payload)))
    return Accepted(sid, index, accepted_at, merge_by, log, canonical(seal(payload, ACCEPTANCE_TYPE, [signature])))


def open_acceptance(data: bytes, operator_keys: Mapping[str, bytes]) -> Accepted:
    """The acceptance in an envelope signed by one of `operator_keys` (public keys by fingerprint).

    Raises `EntryError` (`acceptance.format`, `acceptance.signature`) or `CanonError`.
    """
    payload, signatures = unseal(parse_canonical(data.strip()), ACCEPTANCE_TYPE)
    try:
        parse_canonical(payload)
        said = msgspec.json.decode(payload, type=_Payload)
    except (msgspec.MsgspecError, ValueError):
        raise EntryError(
            "This is no acceptance. Use the file that the operator answered with.", code="acceptance.format"
        ) from None
    check_instant(said.accepted_at, "accepted_at")
    check_instant(said.merge_by, "merge_by")
    message = pae(ACCEPTANCE_TYPE, payload)
    if said.v != 1 or not any(
        signature.keyid in operator_keys and verify(operator_keys[signature.keyid], signature.sig, message)
        for signature in signatures
    ):
        raise EntryError(
            "The acceptance is not signed by a key of the operator: it proves nothing.", code="acceptance.signature"
        )
    return Accepted(said.sid, said.index, said.accepted_at, said.merge_by, said.log, data)
