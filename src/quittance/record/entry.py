"""What the record holds: leaves, each a statement with the time of its acceptance, and entries: leaves with a place.

The tree hashes the leaf. `accepted_at` is the operator's clock and trusted by nobody; here it is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal, Self

import msgspec

from quittance.canon import canonical, parse_canonical, read_canonical
from quittance.record.envelope import EntryError, Signature, seal, unseal
from quittance.record.statement import (
    PAYLOAD_TYPE,
    VERSION,
    Statement,
    StatementForm,
    bare,
    check_instant,
    check_version,
    exact_members,
    is_instant,
)
from quittance.record.tree import leaf_hash

MAX_LEAF_BYTES = 60_000
"""A bundle of entries gives each leaf a length of two bytes; larger things belong in `blobs`."""


class EnvelopeForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The envelope of a leaf, its base64 undone."""

    payload: bytes
    payload_type: Literal["application/vnd.quittance.statement.v1+json"] = msgspec.field(name="payloadType")
    signatures: tuple[Signature, ...]


class LeafForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A leaf as it is read, before its payload is; `kind` and `log` are only claims about that payload."""

    accepted_at: str
    envelope: EnvelopeForm
    kind: str
    log: str
    v: Literal[1]

    @classmethod
    def parse(cls, data: bytes) -> LeafForm:
        """The form that `data` spells; raises `CanonError` or `EntryError` unless that is its only spelling."""
        if len(data) > MAX_LEAF_BYTES:
            raise EntryError(f"The entry has {len(data)} bytes, more than {MAX_LEAF_BYTES}.", code="entry.too_large")
        form = read_canonical(data, _DECODER)
        if form is not None and is_instant(form.accepted_at) and _are_sorted(form.envelope.signatures):
            return form
        # Member by member, so that a refusal can name the member.
        members = exact_members(parse_canonical(data), "leaf", {"accepted_at", "envelope", "kind", "log", "v"})
        check_version(members["v"])
        check_instant(members["accepted_at"], "accepted_at")
        payload, signatures = unseal(members["envelope"], PAYLOAD_TYPE)
        if seal(payload, PAYLOAD_TYPE, signatures) != members["envelope"]:
            raise EntryError("The signatures of a leaf are not sorted by key id.", code="entry.signature")
        return cls(
            members["accepted_at"], EnvelopeForm(payload, PAYLOAD_TYPE, signatures), members["kind"], members["log"], 1
        )

    def check_claims(self, statement: Statement | StatementForm) -> None:
        """Raise `EntryError` unless kind and log are those of the statement in the payload."""
        for name, claimed, signed in (("kind", self.kind, statement.kind), ("log", self.log, statement.log)):
            if claimed != signed:
                raise EntryError(f"The leaf's {name} is not the one in its statement.", code=f"entry.{name}_differs")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A statement as accepted: what the tree hashes.

    Raises `EntryError` for a malformed time or signature list and for more than 60,000 bytes (`entry.too_large`).
    """

    statement: Statement
    accepted_at: str
    signatures: tuple[Signature, ...] = ()
    data: bytes = field(init=False, repr=False, compare=False)
    """The canonical bytes of the leaf."""

    def __post_init__(self) -> None:
        data = canonical(self._members())
        if len(data) > MAX_LEAF_BYTES:
            raise EntryError(
                f"The entry would have {len(data)} bytes, more than {MAX_LEAF_BYTES}. Put large things into blobs.",
                code="entry.too_large",
            )
        object.__setattr__(self, "data", data)

    @property
    def hash(self) -> bytes:
        """The RFC 6962 leaf hash."""
        return leaf_hash(self.data)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The leaf that `data` spells; raises `CanonError` or `EntryError`. Signatures are read but not verified."""
        form = LeafForm.parse(data)
        statement = Statement.parse(form.envelope.payload)
        form.check_claims(statement)
        return bare(
            cls, statement=statement, accepted_at=form.accepted_at, signatures=form.envelope.signatures, data=data
        )

    def _members(self) -> dict[str, object]:
        """The leaf as a JSON value; raises `EntryError` for a time or signatures out of form."""
        check_instant(self.accepted_at, "accepted_at")
        return {
            "accepted_at": self.accepted_at,
            "envelope": seal(self.statement.payload, PAYLOAD_TYPE, self.signatures),
            "kind": self.statement.kind,
            "log": self.statement.log,
            "v": VERSION,
        }


def check_form(data: bytes) -> None:
    """Raise `CanonError` or `EntryError` unless `Leaf.parse` takes `data`; quicker, as it makes no leaf and no id."""
    form = LeafForm.parse(data)
    form.check_claims(StatementForm.read(form.envelope.payload) or Statement.parse(form.envelope.payload))


_DECODER = msgspec.json.Decoder(LeafForm)


def _are_sorted(signatures: tuple[Signature, ...]) -> bool:
    """Whether the key ids rise from each signature to the next, so that none comes twice."""
    return len(signatures) < 2 or all(a.keyid < b.keyid for a, b in pairwise(signatures))


@dataclass(frozen=True, slots=True)
class Entry:
    """A leaf and its place in the record, counted from 0."""

    index: int
    leaf: Leaf

    @classmethod
    def parse(cls, index: int, data: bytes) -> Self:
        """The entry at `index` from its leaf bytes; raises as `Leaf.parse`."""
        return cls(index, Leaf.parse(data))

    @property
    def statement(self) -> Statement:
        """What was stated."""
        return self.leaf.statement

    @property
    def accepted_at(self) -> str:
        """When the operator says it accepted the statement."""
        return self.leaf.accepted_at

    @property
    def sid(self) -> str:
        """The statement id."""
        return self.leaf.statement.sid
