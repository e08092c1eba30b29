"""Entries of the record as plain events, as far as they say who may go, who went and who saw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

Refs: TypeAlias = tuple[tuple[str, str], ...]
"""(relation, statement id) to earlier statements."""

KINDS = frozenset(
    {
        *("list.submitted", "list.withdrawn"),
        *("batch.proposed", "batch.cleared", "batch.authorised", "batch.changed", "batch.closed"),
        *("clearance.given", "clearance.sealed", "outcome.stated"),
        *("handover.observed", "handover.delivered", "handover.received", "handover.denied"),
        *("record.withdrawn", "record.countersigned", "key.revoked"),
    }
)
"""Kinds of statement that the fold takes."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry: its kind, body, persons, the offices that signed it ("role:party", commas between), its place.

    `at` is the claimed time, `happened` when it took place if that was stated, `accepted` the operator's time; `keys`
    are the key ids of its signatures.
    """

    kind: str
    body: Mapping[str, object]
    handles: tuple[str, ...] = field(repr=False)
    offices: str
    at: str
    index: int
    sid: str
    refs: Refs = ()
    happened: str = ""
    accepted: str = ""
    keys: tuple[str, ...] = ()

    def text(self, member: str) -> str:
        """A member of the body as text; empty where it has none."""
        return str(self.body.get(member, ""))

    def number(self, member: str, default: int = 0) -> int:
        """A member of the body that is a whole number."""
        value = self.body.get(member, default)
        return value if isinstance(value, int) else default

    def codes(self, member: str) -> tuple[str, ...]:
        """A member of the body that is a list of codes."""
        value = self.body.get(member, ())
        return tuple(map(str, value)) if isinstance(value, list | tuple) else ()

    def target(self, relation: str) -> str:
        """The statement referred to by a relation; empty for none."""
        return next((sid for rel, sid in self.refs if rel == relation), "")

    @property
    def party(self) -> str:
        """The party of the (only) office that signed."""
        return self.offices.partition(":")[2]


def event_of(
    kind: str,
    body: Mapping[str, object],
    handles: Sequence[str],
    offices: str,
    at: str,
    index: int,
    sid: str,
    refs: Iterable[tuple[str, str]] = (),
    *,
    happened: str = "",
    accepted: str = "",
    keys: Sequence[str] = (),
) -> Event | None:
    """The event of an entry from its plain members; None for kinds that the fold does not take."""
    if kind not in KINDS:
        return None
    return Event(kind, body, tuple(handles), offices, at, index, sid, tuple(refs), happened, accepted, tuple(keys))
