"""Envelope files: a statement with the signatures it has so far, passed from one signer to the next.

An envelope without signatures is a draft. Whoever signs reads the statement from the very bytes that he signs.
"""

from __future__ import annotations

import json
from binascii import a2b_base64
from collections.abc import Iterable

from quittance.canon import canonical
from quittance.errors import UnreadableError
from quittance.record.envelope import Signature, encode64, seal, unseal
from quittance.record.statement import PAYLOAD_TYPE, Statement

MAX_ENVELOPE_BYTES = 128 * 1024


def read_envelope(data: bytes) -> tuple[Statement, tuple[Signature, ...]]:
    """The statement and the signatures, not verified, of an envelope file.

    DSSE lets a signer use either alphabet of base64 and any JSON spelling; here both become the one spelling of the
    log. Raises `UnreadableError` (`envelope.unreadable`), `EntryError` or `CanonError`.
    """
    if len(data) > MAX_ENVELOPE_BYTES:
        raise UnreadableError("The envelope is larger than any that can enter.", code="envelope.unreadable")
    try:
        envelope = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
        envelope["payload"] = _standard(envelope["payload"])
        for signature in envelope["signatures"]:
            signature["sig"] = _standard(signature["sig"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableError(
            'This is no envelope: {"payload", "payloadType", "signatures"}. Make one with "quittance record draft".',
            code="envelope.unreadable",
        ) from None
    payload, signatures = unseal(envelope, PAYLOAD_TYPE)
    return Statement.parse(payload), signatures


def write_envelope(statement: Statement, signatures: Iterable[Signature] = ()) -> bytes:
    """The envelope file of a statement; two signatures of one key are refused."""
    return canonical(seal(statement.payload, PAYLOAD_TYPE, tuple(signatures))) + b"\n"


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _standard(text: str) -> str:
    """Base64 of either alphabet, with or without padding, as standard base64 with padding."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    return encode64(a2b_base64(plain + "=" * (-len(plain) % 4), strict_mode=True))
