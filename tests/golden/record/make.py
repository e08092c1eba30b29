"""Makes vectors.json: small cases by which another program, or a later version of this one, can check itself.

Roots, audit paths and proofs are computed here word for word from RFC 6962, and the signed bytes of the leaf are put
together by hand, so that the file does not rest on the code that it tests. Run: python tests/golden/record/make.py
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

VECTORS = Path(__file__).with_name("vectors.json")
SIZES = (0, 1, 2, 3, 6, 7, 8, 13, 100)
TYPE = b"application/vnd.quittance.statement.v1+json"
PAYLOAD = (
    b'{"agreement":"test-2020","body":{"batch":"B-01","count":100},"claimed_at":"2020-04-08T06:00:00Z",'
    b'"event_at":"2020-04-07T12:00:00Z","kind":"count.asserted","log":"quittance.example/test-2020/case",'
    b'"nonce":"000102030405060708090a0b0c0d0e0f",'
    b'"refs":[{"rel":"rests_on","sid":"78e370b587b145920213731b7c7c725e512b3b6577c51c800218a7c764c532ae"}],'
    b'"seen":null,"v":1}'
)
CANONICAL = (  # value as JSON text in any spelling, canonical text
    ('{"b": [], "a": {"d": 1, "c": -1}}', '{"a":{"c":-1,"d":1},"b":[]}'),
    ('{"\\ufb33": 1, "\\ud83d\\ude00": 2, "z": 3, "Z": 4}', '{"Z":4,"z":3,"\U0001f600":2,"\ufb33":1}'),
    ('"\\u0627\\u062d\\u0645\\u062f \\u06a9\\u0627\\u0628\\u0644"', '"احمد کابل"'),
    ('"\\/\\b\\u0001\\u007f\\u2028"', '"/\\b\\u0001\x7f\u2028"'),
    (
        "[9007199254740991, -9007199254740991, true, false, null]",
        "[9007199254740991,-9007199254740991,true,false,null]",
    ),
)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def split(n: int) -> int:
    return max(2**e for e in range(n) if 2**e < n)


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0])
    k = split(len(leaves))
    return sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:]))


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], known: bool) -> list[bytes]:
    """RFC 6962, 2.1.2."""
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def vectors() -> dict[str, object]:
    """All cases, as they stand in vectors.json."""
    leaves = [b"quittance golden leaf %d" % index for index in range(max(SIZES))]
    envelope = b'{"payload":"%b","payloadType":"%b","signatures":[]}' % (base64.b64encode(PAYLOAD), TYPE)
    leaf = (
        b'{"accepted_at":"2020-04-08T06:00:07Z","envelope":%b,"kind":"count.asserted",'
        b'"log":"quittance.example/test-2020/case","v":1}' % envelope
    )
    pae = b"DSSEv1 %d %b %d %b" % (len(TYPE), TYPE, len(PAYLOAD), PAYLOAD)
    return {
        "canonical": [{"json": json_text, "canonical_utf8": text} for json_text, text in CANONICAL],
        "tree": {
            "leaf_rule": "leaf i = ASCII of 'quittance golden leaf ' and i in decimal",
            "root_hex_by_size": {str(size): mth(leaves[:size]).hex() for size in SIZES},
            "inclusion": [
                {"index": m, "size": n, "proof_hex": [h.hex() for h in path(m, leaves[:n])]}
                for m, n in ((0, 1), (2, 7), (6, 7), (12, 13), (64, 100))
            ],
            "consistency": [
                {"old": m, "new": n, "proof_hex": [h.hex() for h in subproof(m, leaves[:n], True)]}
                for m, n in ((1, 2), (3, 7), (8, 13), (7, 100), (100, 100))
            ],
        },
        "entry": {
            "payload_utf8": PAYLOAD.decode(),
            "sid": sha256(pae).hex(),
            "leaf_utf8": leaf.decode(),
            "leaf_hash_hex": sha256(b"\x00" + leaf).hex(),
        },
    }


def text() -> str:
    """The file as it is written."""
    return json.dumps(vectors(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    VECTORS.write_text(text(), encoding="utf-8")
