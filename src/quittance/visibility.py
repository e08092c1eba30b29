"""Who may read and do what: the one policy module. The default is nothing.

Roles and field groups are those of the visibility matrix. In this version three viewers exist. The operator on the
case's own machine may put people, lists and registers into the vault and erase them without reading a value back, and
draws up what others sign. The neutral, known by the vault's key and its passphrase, may read identity, which list asked
for whom, the evidence of matches, and everything about batches; he may judge matches and enter wishes. The medical
officer enters who is fit to travel, and nobody else does; no diagnosis is kept. A party reads nothing here; what an
export made for it may hold is in a table of its own. Every other cell of the matrix is empty. A refusal has one
message, so that it does not tell whether the thing exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quittance.errors import DeniedError

Role = Literal[
    "operator", "neutral", "holding_side", "receiving_side", "guarantor", "medical_officer", "monitor", "public"
]  # fmt: skip
FieldGroup = Literal[
    "commitments",
    "identity",
    "photo",
    "place_of_detention",
    "charge",
    "diagnosis",
    "fitness",
    "family_contact",
    "wish",
    "list_membership",
    "match_evidence",
    "handover_attestations",
    "pledge",
    "claims",
    "access_log",
    "record",
]
Act = Literal["read", "write"]

REFUSAL = "You may not see or do this. Ask the operator of the case, on the machine that holds it."

_ALLOWED: frozenset[tuple[Role, FieldGroup, Act]] = frozenset(
    {
        ("operator", "commitments", "read"),
        ("operator", "handover_attestations", "read"),
        ("operator", "claims", "read"),
        ("operator", "record", "read"),
        ("operator", "record", "write"),
        ("operator", "claims", "write"),
        ("operator", "identity", "write"),
        ("operator", "list_membership", "write"),
        ("operator", "place_of_detention", "write"),
        ("operator", "charge", "write"),
        ("operator", "handover_attestations", "write"),
        ("neutral", "identity", "read"),
        ("neutral", "list_membership", "read"),
        ("neutral", "match_evidence", "read"),
        ("neutral", "match_evidence", "write"),
        ("neutral", "place_of_detention", "read"),
        ("neutral", "charge", "read"),
        ("neutral", "fitness", "read"),
        ("neutral", "wish", "read"),
        ("neutral", "wish", "write"),
        ("neutral", "pledge", "read"),
        ("neutral", "handover_attestations", "read"),
        ("medical_officer", "fitness", "read"),
        ("medical_officer", "fitness", "write"),
    }
)

_EXPORTED: frozenset[tuple[Role, FieldGroup]] = frozenset(
    {
        ("holding_side", "list_membership"),
        ("receiving_side", "list_membership"),
    }
)
"""What an export for a party may hold: of its own lists, which rows are matched by both sides' word."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: a role of the matrix, and for a party's own people the party's id."""

    role: Role
    party: str | None = None


OPERATOR = Viewer("operator")
"""The operator on the machine that holds the case."""

NEUTRAL = Viewer("neutral")
"""Case staff of the neutral: whoever has the vault's key and the passphrase that opens it."""

MEDICAL = Viewer("medical_officer")
"""The medical officer, at the same desk: who writes fitness and nothing else."""


def may(viewer: Viewer, group: FieldGroup, act: Act) -> bool:
    """Whether `viewer` may read or write a field group. What is not listed may not; an operator speaks for no party."""
    return viewer.party is None and (viewer.role, group, act) in _ALLOWED


def may_read(viewer: Viewer, group: FieldGroup) -> bool:
    """Whether `viewer` may read a field group."""
    return may(viewer, group, "read")


def require_export(reader: Viewer, group: FieldGroup) -> None:
    """Return if an export made for `reader`, a party in its role, may hold a field group; raise `DeniedError`."""
    if reader.party is None or (reader.role, group) not in _EXPORTED:
        raise DeniedError(REFUSAL)


def require(viewer: Viewer, group: FieldGroup, act: Act = "read") -> None:
    """Return if `viewer` may; raise `DeniedError` otherwise, before anything is looked up."""
    if not may(viewer, group, act):
        raise DeniedError(REFUSAL)
