"""How a statement comes about and enters a record: drawn up, signed by the operator, appended, published.

No use case stands here and nobody's rights are looked at: the casebook does that before it asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from quittance.errors import UsageError
from quittance.files.office import Office
from quittance.files.publish import Publisher
from quittance.record.acceptance import Accepted, accept
from quittance.record.bracket import seen_of
from quittance.record.entry import MAX_LEAF_BYTES, Leaf
from quittance.record.envelope import Signature
from quittance.record.keys import sign_statement
from quittance.record.kinds import kind_of
from quittance.record.note import Note
from quittance.record.statement import Ref, Seen, Span, Statement
from quittance.record.store import Store
from quittance.record.writer import Writer
from quittance.witness.courier import ask, make_request

Clock = Callable[[], datetime]
"""Gives the present instant, aware."""

Nonce = Callable[[], str]
"""Gives 32 fresh hex digits for a statement."""

Signed = tuple[Statement, tuple[Signature, ...]]


def stamp(instant: datetime) -> str:
    """An instant as the record writes it: UTC, whole seconds, `Z`."""
    return instant.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


class Statements:
    """The statements of one log. Without an `office` they can be drawn up and not entered; without a `publisher` the
    log lives in memory.
    """

    def __init__(
        self,
        agreement: str,
        store: Store,
        clock: Clock,
        nonce: Nonce,
        office: Office | None = None,
        publisher: Publisher | None = None,
    ) -> None:
        self._agreement = agreement
        self._store = store
        self._clock = clock
        self._nonce = nonce
        self._office = office
        self._publisher = publisher

    @property
    def office(self) -> Office:
        """The operator's keys; raises `UsageError` (`case.keys`) where the case is open for reading only."""
        if self._office is None:
            raise UsageError("The case is open for reading only. Open it with the operator's keys.", code="case.keys")
        return self._office

    @property
    def publisher(self) -> Publisher:
        """What publishes the log; raises `UsageError` (`case.keys`, `case.place`)."""
        if self._publisher is None:
            _ = self.office
            raise UsageError("This case lives in memory only. Make it in a folder.", code="case.place")
        return self._publisher

    def draw_up(
        self,
        kind: str,
        body: Mapping[str, object],
        *,
        commitments: Mapping[str, tuple[str, ...]] | None = None,
        refs: tuple[Ref, ...] = (),
        event_at: str | Span | None = None,
        nonce: str | None = None,
    ) -> Statement:
        """A statement on the latest signed tree head.

        Raises `EntryError` for a body that its kind does not have, and (`entry.too_large`) for one too large to enter.
        """
        kind_of(kind).require_body(kind, body)
        statement = Statement(
            kind=kind,
            agreement=self._agreement,
            log=self._store.origin,
            nonce=nonce or self._nonce(),
            claimed_at=stamp(self._clock()),
            body=body,
            seen=self._seen(),
            event_at=event_at,
            commitments=commitments or {},
            refs=refs,
        )
        if len(statement.payload) > MAX_LEAF_BYTES // 2:  # only then can the leaf be too large, which it says itself
            Leaf(statement, statement.claimed_at)
        return statement

    def sign(self, statement: Statement) -> tuple[Signature, ...]:
        """The operator's signature on a statement."""
        return sign_statement(statement, self.office.statement)

    def enter(self, signed: Sequence[Signed]) -> range:
        """Append signed statements in one transaction, then publish them; raises `AppendRefused`."""
        _ = self.office
        now, state, proofs = stamp(self._clock()), self._store.known().state, self._store.proofs
        leaves = [Leaf(statement, now, signatures) for statement, signatures in signed]
        for leaf in leaves:
            proofs.prove(leaf, state)
        with Writer(self._store) as writer:
            places = writer.append_all(leaves)
        if self._publisher is not None:
            self._publisher.publish()
        return places

    def submit(self, signed: Sequence[Signed]) -> tuple[Accepted, ...]:
        """Enter the statements that the record does not hold yet, and answer each with the operator's acceptance."""
        fresh = [one for one in signed if self._store.find(one[0].sid) is None]
        if fresh:
            self.enter(fresh)
        now = stamp(self._clock())
        places = [(statement.sid, self._store.find(statement.sid)) for statement, _ in signed]
        return tuple(
            accept(sid, index, now, self._store.origin, self.office.statement)
            for sid, index in places
            if index is not None
        )

    def ask_witness(self, address: str) -> bytes:
        """Have the witness at `address` cosign the last tree head, and give the head's note as published then.

        Raises `CourierError`, `RequestError`, and as `Publisher.cosign`.
        """
        note = Note.parse(self.publisher.publish())
        tree = self._store.tree()
        return self.publisher.cosign(ask(address, lambda old: make_request(note, tree, old)))

    def _seen(self) -> Seen | None:
        """The last signed tree head, as a statement names it."""
        note = self._store.checkpoint()
        return None if note is None else seen_of(note)
