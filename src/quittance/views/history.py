"""The record of a case as a journal: what every other view is made from.

Facts stand in it as they were stated; handovers stand in it as facts that follow from what the neutral saw and the
sides signed (`handed`).
"""

from __future__ import annotations

from binascii import a2b_base64
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from quittance.agreement.calendar import Clockwork
from quittance.agreement.evaluate import Evaluator
from quittance.agreement.journal import FORMAT, AnyEntry, Entry, Header, Journal, Retract, moment_of
from quittance.agreement.model import Agreement
from quittance.errors import RecordError
from quittance.handover.events import Event, event_of
from quittance.record.envelope import statement_id
from quittance.record.statement import PAYLOAD_TYPE
from quittance.record.store import Store
from quittance.record.tree import leaf_hash
from quittance.views.accounts import Accounts
from quittance.views.entry import Place
from quittance.views.handed import KINDS as HANDED
from quittance.views.handed import handed

REPORTED = "fact.reported"
"""An entry of the journal that the operator was told: its body is the entry, its signature the operator's."""

STATED = "fact.stated"
"""An entry of the journal that the party which says so has signed itself."""


@dataclass(frozen=True, slots=True)
class History:
    """What the first `size` entries of a record amount to.

    `facts` are the entries that were stated, by the record's order, and `bodies` theirs in canonical JSON by id; the
    journal has also what follows from the `events` of handovers. `places` are by the id of the journal entry, `leaves`
    those of the events by index; `days` are those on which something happened or became known.
    """

    size: int
    facts: tuple[Entry, ...]
    events: tuple[Event, ...]
    leaves: dict[int, Place]
    journal: Journal
    bodies: dict[str, bytes]
    places: dict[str, Place]
    days: list[date]
    evaluator: Evaluator
    accounts: Accounts


@dataclass(frozen=True, slots=True)
class RecordHead:
    """Where the record of a case ends: the log's origin, its number of entries, and the root over them in hex."""

    origin: str
    size: int
    root: str


class _Envelope(msgspec.Struct):
    payload: str


class _Leaf(msgspec.Struct):
    accepted_at: str
    envelope: _Envelope
    kind: str


class _Payload(msgspec.Struct):
    claimed_at: str
    body: msgspec.Raw


class _Span(msgspec.Struct, rename={"from_": "from"}):
    from_: str


class _Ref(msgspec.Struct):
    rel: str
    sid: str


class _Handed(msgspec.Struct):
    """What of a statement bears on a handover."""

    claimed_at: str
    body: dict[str, Any]
    commitments: dict[str, tuple[str, ...]] = {}
    refs: tuple[_Ref, ...] = ()
    event_at: str | _Span | None = None


_LEAF = msgspec.json.Decoder(_Leaf)
_PAYLOAD = msgspec.json.Decoder(_Payload)
_HANDED = msgspec.json.Decoder(_Handed)
_FACT: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(AnyEntry)


def history(agreement: Agreement, store: Store, before: History | None = None) -> History:
    """The history of a store; of a record that has grown since `before`, only the new entries are read.

    What a stored leaf must be was checked when it was appended and is checked again by `Store.check`; here it is only
    decoded. Raises `RecordError` (`case.entry`) for a body that is no journal entry.
    """
    start, size = before.size if before else 0, store.head().size
    facts: list[Entry] = list(before.facts) if before else []
    events: list[Event] = list(before.events) if before else []
    bodies: dict[str, bytes] = dict(before.bodies) if before else {}
    leaves: dict[int, Place] = dict(before.leaves) if before else {}
    places = {fact.id: before.places[fact.id] for fact in facts} if before else {}
    for index, data in enumerate(store.read(start, size), start):
        try:
            leaf = _LEAF.decode(data)
            is_fact = leaf.kind in (REPORTED, STATED)
            if not is_fact and leaf.kind not in HANDED:
                continue
            payload = a2b_base64(leaf.envelope.payload)
            sid = statement_id(PAYLOAD_TYPE, payload)
            statement = _PAYLOAD.decode(payload)
            place = Place(
                index, sid, statement.claimed_at, leaf.accepted_at, leaf_hash(data).hex(), leaf.kind != REPORTED
            )
            if not is_fact:
                leaves[index] = place
                events.append(_event(leaf, _HANDED.decode(payload), store.said(index)[1], index, sid))
                continue
            fact = _FACT.decode(statement.body)
        except (msgspec.MsgspecError, ValueError) as error:
            raise RecordError(
                f"Entry {index} of the record is no journal entry ({error}). Verify the record; another program may "
                "have written to it.",
                code="case.entry",
            ) from None
        if not fact.seq:  # its position is its index, unless it has its own
            msgspec.structs.force_setattr(fact, "seq", index)
        facts.append(fact)
        bodies[fact.id] = bytes(statement.body)
        places[fact.id] = place
    found = handed(agreement, Clockwork(agreement.calendar), events, facts)
    places |= {name: leaves[event.index] for name, event in found.events.items()}
    # What the neutral saw is taken back by a withdrawal of its own, and by no fact that somebody reports.
    said = [one for one in facts if not (isinstance(one, Retract) and one.ref in found.events)]
    journal = Journal(Header(FORMAT, agreement.id), [*said, *found.entries])
    evaluator = Evaluator(agreement, journal)
    moments = {text for fact in journal for text in (fact.at, fact.recorded)}
    days = sorted({evaluator.clockwork.local_day(moment_of(text)) for text in moments})
    return History(
        size, tuple(facts), tuple(events), leaves, journal, bodies, places, days, evaluator, Accounts(evaluator)
    )


def _event(leaf: _Leaf, said: _Handed, offices: str, index: int, sid: str) -> Event:
    """The event of a statement about a handover."""
    happened = said.event_at.from_ if isinstance(said.event_at, _Span) else said.event_at or ""
    event = event_of(
        leaf.kind,
        said.body,
        said.commitments.get("person", ()),
        offices,
        said.claimed_at,
        index,
        sid,
        ((ref.rel, ref.sid) for ref in said.refs),
        happened=happened,
        accepted=leaf.accepted_at,
    )
    assert event is not None
    return event
