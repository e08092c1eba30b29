"""The record of a case as a journal: what every other view is made from."""

from __future__ import annotations

from binascii import a2b_base64
from dataclasses import dataclass
from datetime import date

import msgspec

from quittance.agreement.evaluate import Evaluator
from quittance.agreement.journal import FORMAT, AnyEntry, Entry, Header, Journal, moment_of
from quittance.agreement.model import Agreement
from quittance.errors import RecordError
from quittance.record.envelope import statement_id
from quittance.record.statement import PAYLOAD_TYPE
from quittance.record.store import Store
from quittance.record.tree import leaf_hash
from quittance.views.accounts import Accounts
from quittance.views.entry import Place

REPORTED = "fact.reported"
"""An entry of the journal that the operator was told: its body is the entry, its signature the operator's."""

STATED = "fact.stated"
"""An entry of the journal that the party which says so has signed itself."""


@dataclass(frozen=True, slots=True)
class History:
    """What the first `size` entries of a record amount to.

    `bodies` (canonical JSON) and `places` are by the id of the journal entry; `days` are those on which something
    happened or became known.
    """

    size: int
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


_LEAF = msgspec.json.Decoder(_Leaf)
_PAYLOAD = msgspec.json.Decoder(_Payload)
_FACT: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(AnyEntry)


def history(agreement: Agreement, store: Store, before: History | None = None) -> History:
    """The history of a store; of a record that has grown since `before`, only the new entries are read.

    What a stored leaf must be was checked when it was appended and is checked again by `Store.check`; here it is only
    decoded. Raises `RecordError` (`case.entry`) for a body that is no journal entry.
    """
    start, size = before.size if before else 0, store.head().size
    said: list[Entry] = list(before.journal) if before else []
    bodies: dict[str, bytes] = dict(before.bodies) if before else {}
    places: dict[str, Place] = dict(before.places) if before else {}
    for index, data in enumerate(store.read(start, size), start):
        try:
            leaf = _LEAF.decode(data)
            if leaf.kind not in (REPORTED, STATED):
                continue
            payload = a2b_base64(leaf.envelope.payload)
            statement = _PAYLOAD.decode(payload)
            fact = _FACT.decode(statement.body)
        except (msgspec.MsgspecError, ValueError) as error:
            raise RecordError(
                f"Entry {index} of the record is no journal entry ({error}). Verify the record; another program may "
                "have written to it.",
                code="case.entry",
            ) from None
        if not fact.seq:  # its position is its index, unless it has its own
            msgspec.structs.force_setattr(fact, "seq", index)
        said.append(fact)
        bodies[fact.id] = bytes(statement.body)
        places[fact.id] = Place(
            index,
            statement_id(PAYLOAD_TYPE, payload),
            statement.claimed_at,
            leaf.accepted_at,
            leaf_hash(data).hex(),
            leaf.kind == STATED,
        )
    journal = Journal(Header(FORMAT, agreement.id), said)
    evaluator = Evaluator(agreement, journal)
    moments = {text for fact in journal for text in (fact.at, fact.recorded)}
    days = sorted({evaluator.clockwork.local_day(moment_of(text)) for text in moments})
    return History(size, journal, bodies, places, days, evaluator, Accounts(evaluator))
