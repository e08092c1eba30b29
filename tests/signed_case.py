"""A case in a folder whose log, policy and witnesses are those of the golden vectors, so that receipts have grades."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from quittance.casebook import Casebook
from quittance.files.policies import PolicyFiles
from quittance.record.checkpoint import Checkpoint, cosign
from quittance.record.keys import SeedSigner, key_id, sign_statement
from quittance.record.note import Note, format_signature
from quittance.testing import OFFICE, counting_nonce
from quittance.visibility import OPERATOR

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "golden/record/formats.json").read_text("utf-8"))
ORIGIN: str = VECTORS["mini_log"]["origin"]
POLICY = PolicyFiles(*(VECTORS["policy"][f"{grade}_utf8"].encode() for grade in ("joint", "recorded")))
WITNESSES = {"A": "witness_a", "B": "witness_b", "N": "witness_neutral", "X": "witness_outside"}
"""The names of the witnesses in the policy, and in the vectors."""

SEEDS = {"holding": b"\x21" * 32, "receiving": b"\x22" * 32, "neutral": b"\x23" * 32}
"""TEST KEYS, known to everybody: what signs statements for the parties."""


def signed_case(
    folder: Path, agreement: bytes, offices: Mapping[str, str], now: datetime, *, policy: PolicyFiles | None = POLICY
) -> Casebook:
    """A case with a key of each office (role -> party id) enrolled, its last head signed and not cosigned."""
    signers = {role: SeedSigner(SEEDS[role]) for role in offices}
    case = Casebook.create(
        folder,
        agreement,
        OFFICE,
        origin=ORIGIN,
        founding=[key_id(one.public) for one in signers.values()],
        policy=policy,
        clock=lambda: now,
        nonce=counting_nonce(),
    )
    for role, signer in signers.items():
        body = {
            "role": role,
            "party": offices[role],
            "public_key": signer.public.hex(),
            "fingerprint": key_id(signer.public),
        }
        statement = case.draft(OPERATOR, "key.enrolled", body)
        case.submit(OPERATOR, [(statement, sign_statement(statement, OFFICE.statement, signer))])
    return case


def cosign_head(case: Casebook, times: Mapping[str, int]) -> None:
    """Let these witnesses ("A", "B", "N", "X") cosign the last head, each at its time in POSIX seconds."""
    note = case.signed_head(OPERATOR)
    assert note is not None
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    lines = []
    for name, time in times.items():
        known = VECTORS["keys"][WITNESSES[name]]
        signer = SeedSigner(bytes.fromhex(known["seed_hex"]))
        lines.append(format_signature(cosign(checkpoint, known["name"], signer, time)) + "\n")
    case.cosign(OPERATOR, "".join(lines).encode())
