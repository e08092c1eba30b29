"""DSSE 1.0.0 envelopes: the bytes that are signed (PAE), and the envelope that carries payload and signatures.

Base64 is the standard alphabet with padding and is read strictly: one byte string has one spelling.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, TypeAlias

import msgspec

from quittance.errors import RefusedError

HEX_256 = re.compile(r"[0-9a-f]{64}")
"""A SHA-256 value in lower-case hex, to be matched in full."""

Hex256: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""The same as a type, checked when a decoder reads it."""


class EntryError(RefusedError):
    """A statement, envelope or leaf breaks the entry format; `code` says which rule, the message how to repair it."""

    code = "entry.refused"


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature as data: `keyid` is the hex SHA-256 of the public key, `sig` the raw signature bytes."""

    keyid: Hex256
    sig: bytes


def pae(payload_type: str, body: bytes) -> bytes:
    """The pre-authentication encoding of DSSE, the only bytes that are ever signed; lengths count bytes.

    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(body), body)


def statement_id(payload_type: str, body: bytes) -> str:
    """The `sid`: lower-case hex SHA-256 of the PAE, so that it binds the payload type as well as the payload."""
    return sha256(pae(payload_type, body)).hexdigest()


def encode64(data: bytes) -> str:
    """Standard base64 with padding."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode64(text: object, what: str) -> bytes:
    """The bytes that `text` spells; raises `EntryError` (`entry.base64`) for any spelling but the standard one."""
    if isinstance(text, str):
        try:
            data = binascii.a2b_base64(text, strict_mode=True)
        except ValueError:
            data = b""
        # Equality also refuses set bits behind the last byte, which decoders ignore.
        if encode64(data) == text:
            return data
    raise EntryError(f"{what} is not standard base64 with padding. Encode it again.", code="entry.base64")


def seal(payload: bytes, payload_type: str, signatures: Sequence[Signature]) -> dict[str, object]:
    """The envelope as a JSON value, signatures sorted by key id; an empty list means that nobody has signed.

    Raises `EntryError` (`entry.signature`) for a key id that is not 64 hex digits or comes twice.
    """
    keyids = sorted(signature.keyid for signature in signatures)
    if len(set(keyids)) != len(keyids):
        raise EntryError("An envelope holds two signatures of one key. Keep one of them.", code="entry.signature")
    if not all(HEX_256.fullmatch(keyid) for keyid in keyids):
        raise EntryError("A key id is not the 64 hex digits of a SHA-256 value.", code="entry.signature")
    return {
        "payload": encode64(payload),
        "payloadType": payload_type,
        "signatures": [
            {"keyid": signature.keyid, "sig": encode64(signature.sig)}
            for signature in sorted(signatures, key=lambda signature: signature.keyid)
        ],
    }


def unseal(envelope: object, payload_type: str) -> tuple[bytes, tuple[Signature, ...]]:
    """The payload and the signatures, not verified, of an envelope that must be of `payload_type`.

    Raises `EntryError` for another type (`entry.payload_type`), other members (`entry.envelope`), loose base64.
    """
    if not isinstance(envelope, dict) or envelope.keys() != {"payload", "payloadType", "signatures"}:
        raise EntryError(
            "An envelope must have exactly the members payload, payloadType and signatures.", code="entry.envelope"
        )
    if envelope["payloadType"] != payload_type:
        raise EntryError(f"The envelope's payload type is not {payload_type}.", code="entry.payload_type")
    signed = envelope["signatures"]
    if not isinstance(signed, list):
        raise EntryError("The signatures of an envelope must be a list.", code="entry.envelope")
    return decode64(envelope["payload"], "The payload"), tuple(_signature(one) for one in signed)


def _signature(value: object) -> Signature:
    if not isinstance(value, dict) or value.keys() != {"keyid", "sig"} or not isinstance(value["keyid"], str):
        raise EntryError("A signature must have the members keyid and sig, and no other.", code="entry.signature")
    return Signature(value["keyid"], decode64(value["sig"], "A signature"))
