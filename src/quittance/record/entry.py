"""What the record holds: leaves, each a statement with the time of its acceptance, and entries: leaves with a place.

The tree hashes the leaf. `accepted_at` is the operator's clock and trusted by nobody; here it is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Self

from quittance.canon import canonical, parse_canonical
from quittance.record.envelope import EntryError, Signature, seal, unseal
from quittance.record.statement import (
    PAYLOAD_TYPE,
    VERSION,
    Statement,
    bare,
    check_instant,
    check_version,
    exact_members,
)
from quittance.record.tree import leaf_hash

MAX_LEAF_BYTES = 60_000
"""A bundle of entries gives each leaf a length of two bytes; larger things belong in `blobs`."""


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

    @property
    def is_reported(self) -> bool:
        """Whether nobody signed it: the operator reports what it was told."""
        return not self.signatures

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The leaf that `data` spells; raises `CanonError` or `EntryError`. Signatures are read but not verified."""
        if len(data) > MAX_LEAF_BYTES:
            raise EntryError(f"The entry has {len(data)} bytes, more than {MAX_LEAF_BYTES}.", code="entry.too_large")
        members = exact_members(parse_canonical(data), "leaf", {"accepted_at", "envelope", "kind", "log", "v"})
        check_version(members["v"])
        payload, signatures = unseal(members["envelope"], PAYLOAD_TYPE)
        statement = Statement.parse(payload)
        for name, signed in (("kind", statement.kind), ("log", statement.log)):
            if members[name] != signed:
                raise EntryError(f"The leaf's {name} is not the one in its statement.", code=f"entry.{name}_differs")
        leaf = bare(cls, statement=statement, accepted_at=members["accepted_at"], signatures=signatures, data=data)
        if leaf._members() != members:
            raise EntryError("The signatures of a leaf are not sorted by key id.", code="entry.signature")
        return leaf

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
