"""`keys.jsonl`: the keys that a log has enrolled, one a line. A convenience: the entries decide."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from quittance.record.entry import Leaf
from quittance.record.keys import key_id
from quittance.record.known import read_key
from quittance.record.store import Store

KEYS_FILE = "keys.jsonl"

_CHANGES_KEYS = re.compile(rb'"kind":"(?:log\.genesis|key\.[a-z]+)"')


def changes_keys(leaves: bytes) -> bool:
    """Whether one of these leaves, end to end, is of a kind that begins or ends the term of a key."""
    return _CHANGES_KEYS.search(leaves) is not None


def key_list(store: Store) -> bytes:
    """The file for the log as it stands: fingerprint, key, office, and the entries that began and ended its term."""
    known = store.known()
    lines = []
    for fingerprint in dict.fromkeys(_fingerprints(store)):
        if stored := known.state(f"key:{fingerprint}"):
            key = read_key(stored)
            members = {
                "fingerprint": fingerprint,
                "public_key": key.public,
                "role": key.role,
                "party": key.party or None,
                "kinds": key.kinds or None,
                "since": key.since,
                "until": key.until,
                "doubtful_since": key.doubted,
            }
            given = {name: value for name, value in members.items() if value is not None}
            lines.append(json.dumps(given, separators=(",", ":")) + "\n")
    return "".join(lines).encode()


def _fingerprints(store: Store) -> Iterator[str]:
    """Every key that an entry brings, in the order of the log."""
    for data in store.read():
        if changes_keys(data):
            body = Leaf.parse(data).statement.body
            for public in (body.get("operator_key"), *_listed(body.get("operator_keys"))):
                if public:
                    yield key_id(bytes.fromhex(str(public)))
            if fingerprint := body.get("fingerprint"):
                yield str(fingerprint)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []
