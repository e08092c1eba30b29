"""What the record says of batches, clearances, handovers and draws: folded from its entries, and folded on as it grows.

The events are kept, so that the same fold answers for any day in the past.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from quittance.agreement.model import Agreement
from quittance.handover.events import KINDS, Event, event_of
from quittance.handover.state import Proceedings
from quittance.record.draws import label_of
from quittance.record.entry import Entry
from quittance.record.store import Store, entries
from quittance.statements import stamp

PERSON = "person"
SEALED = "clearance.sealed"
REQUESTED, COMMITTED, REVEALED = "seed.requested", "seed.committed", "seed.revealed"
_KINDS = frozenset((*KINDS, REQUESTED, COMMITTED, REVEALED))


@dataclass(frozen=True, slots=True)
class Draw:
    """What one office entered for the seed of a batch: a commitment, or the nonce behind it, in hex."""

    office: str
    value: str
    sid: str
    index: int
    at: str


@dataclass(slots=True)
class SeedRequest:
    """The request for the seed of a batch, and what came of it, by the label of each office. Hashes are bare hex."""

    batch: str
    index: int
    sid: str
    at: str
    request_sha256: str
    snapshot_sha256: str
    rules_sha256: str
    size: int
    beacon: str = ""
    commits: dict[str, Draw] = field(default_factory=dict)
    reveals: dict[str, Draw] = field(default_factory=dict)


@dataclass(slots=True)
class Sealing:
    """One round of sealed clearances, the indexes of its parts by nonce; complete with the last."""

    parts: int
    nonces: dict[str, int] = field(default_factory=dict)

    def is_complete(self, size: int) -> bool:
        """Whether all parts were among the first `size` entries."""
        return sum(index < size for index in self.nonces.values()) == self.parts


class HandoverLog:
    """The batches and handovers of one record. `list_name` is the list of batches that name none."""

    def __init__(self, record: Store, agreement: Agreement) -> None:
        self._record = record
        self._list = agreement.handovers.list or ""
        self._size = 0
        self._events: list[tuple[str, str, Event]] = []
        self._folded = Proceedings(self._list)
        self._sealings: dict[tuple[str, str, int], Sealing] = {}
        self.seeds: dict[str, SeedRequest] = {}

    def follow(self) -> Proceedings:
        """The proceedings as of now."""
        size = self._record.head().size
        for entry in self._next(size):
            self._take(entry)
        self._size = size
        return self._folded

    def events(self, happened: datetime, known: datetime) -> Iterator[Event]:
        """What was said by one instant and in the record by another, in its order."""
        self.follow()
        by, seen = stamp(happened), stamp(known)
        return (event for said, came, event in self._events if said <= by and came <= seen)

    def is_sealed(self, size: int) -> Callable[[str], bool]:
        """Whether the statement with a nonce is part of a round that is complete among the first `size` entries.

        What an office has written into the vault counts from then on.
        """
        self.follow()
        nonces = {nonce for one in self._sealings.values() if one.is_complete(size) for nonce in one.nonces}
        return nonces.__contains__

    def _next(self, size: int) -> Iterator[Entry]:
        """The entries that matter, read in runs."""
        start = None
        for index in range(self._size, size + 1):
            wanted = index < size and self._record.said(index)[0] in _KINDS
            if wanted and start is None:
                start = index
            elif not wanted and start is not None:
                yield from entries(self._record, start, index)
                start = None

    def _take(self, entry: Entry) -> None:
        statement, offices = entry.statement, self._record.said(entry.index)[1]
        handles = tuple(statement.commitments.get(PERSON, ()))
        happened = statement.event_at
        event = event_of(
            statement.kind,
            statement.body,
            handles,
            offices,
            statement.claimed_at,
            entry.index,
            statement.sid,
            tuple((ref.rel, ref.sid) for ref in statement.refs),
            happened="" if happened is None else happened if isinstance(happened, str) else happened.start,
            accepted=entry.leaf.accepted_at,
            keys=tuple(one.keyid for one in entry.leaf.signatures),
        )
        if event is not None:
            self._events.append((statement.claimed_at, entry.leaf.accepted_at, event))
            self._folded.take(event)
        if statement.kind == SEALED:
            self._take_sealing(entry, offices)
        elif statement.kind in (REQUESTED, COMMITTED, REVEALED):
            self._take_draw(entry, offices)

    def _take_sealing(self, entry: Entry, offices: str) -> None:
        body = entry.statement.body
        of = (offices, str(body.get("batch", "")), int(str(body["round"])))
        one = self._sealings.setdefault(of, Sealing(int(str(body.get("parts", 1)))))
        one.nonces[entry.statement.nonce] = entry.index

    def _take_draw(self, entry: Entry, offices: str) -> None:
        statement, body = entry.statement, entry.statement.body
        batch = str(body["batch"])
        if statement.kind == REQUESTED:
            self.seeds[batch] = SeedRequest(
                batch,
                entry.index,
                statement.sid,
                statement.claimed_at,
                str(body["request_sha256"]),
                str(body["snapshot_sha256"]),
                str(body["rules_sha256"]),
                int(str(body["size"])),
                str(body.get("beacon", "")),
            )
            return
        request = self.seeds[batch]
        is_commit = statement.kind == COMMITTED
        value = str(body["commit" if is_commit else "nonce"])
        made = Draw(offices, value, statement.sid, entry.index, statement.claimed_at)
        (request.commits if is_commit else request.reveals)[label_of(*offices.split(":", 1))] = made
