"""The canonical forms of a selection and their hashes (section 9): bare lower-case hex SHA-256 of RFC 8785 JSON.

The same inputs give the same hash whatever the order of rows, the machine or the checker; one changed cell changes it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import msgspec

from quittance.canon import canonical

_CHUNK = 20_000
"""People whose JSON is made at a time."""


def sha256_of(value: object) -> str:
    """The hash of a value that has a canonical form; raises `CanonError` for one that has none."""
    return hashlib.sha256(canonical(value)).hexdigest()


def rules_sha256(mapping: Mapping[str, object]) -> str:
    """The hash of the rules, from the mapping as parsed."""
    return sha256_of({"kind": "quittance/rules/v1", "selection": mapping})


def snapshot_sha256(columns: Sequence[str], people: Iterable[tuple[str | int | bool | None, ...]]) -> str:
    """The hash of a register: `columns` sorted, `people` as (pid, value, ...) sorted by pid; an empty cell is None.

    Texts must be free of lone surrogates and integers within +/-(2^53-1), as a register's are.
    """
    # The text is made in pieces, since half a million people would need as many lists at once.
    digest = hashlib.sha256(b'{"columns":' + canonical(columns) + b',"kind":"quittance/snapshot/v1","people":[')
    rows = iter(people)
    between = b""
    while chunk := list(islice(rows, _CHUNK)):
        digest.update(between + msgspec.json.encode(chunk)[1:-1])
        between = b","
    digest.update(b"]}")
    return digest.hexdigest()


def request_sha256(agreement: str | None, batch: int | str | None, size: int, snapshot: str, rules: str) -> str:
    """The hash of the request for a batch; `snapshot` and `rules` are bare hex."""
    return sha256_of(
        {
            "kind": "quittance/request/v1",
            "agreement": agreement,
            "batch": batch,
            "size": size,
            "snapshot": snapshot,
            "rules": rules,
        }
    )


def batch_sha256(
    agreement: str | None,
    batch: int | str | None,
    size: int,
    snapshot: str,
    rules: str,
    seed: bytes,
    people: Sequence[str],
    outside_ratio: Sequence[str],
) -> str:
    """The hash of a batch: `people` are pids in order of rank, `outside_ratio` pids in any order."""
    return sha256_of(
        {
            "kind": "quittance/batch/v1",
            "agreement": agreement,
            "batch": batch,
            "size": size,
            "snapshot": snapshot,
            "rules": rules,
            "seed": seed.hex(),
            "people": list(people),
            "outside_ratio": sorted(outside_ratio),
        }
    )
