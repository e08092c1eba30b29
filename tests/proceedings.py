"""Events of a record as the fold of handovers takes them, without keys and signatures; for tests.

    log = Log()
    log.submit("b/list", people(5))
    log.propose("B-1", people(3))
    proceedings = log.proceedings()

Nobody in here exists. Party a holds, party b receives, and the neutral is party n.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from quittance.agreement.model import Clearance, Handovers
from quittance.handover.events import Event, event_of
from quittance.handover.model import Clearing
from quittance.handover.state import Proceedings

START = datetime(2020, 8, 1, 6, 0, tzinfo=UTC)
LIST = "b/wanted"
A, B, N, M, OPERATOR = "holding:a", "receiving:b", "neutral:n", "medical:", "operator:"

GATES: Mapping[str, Clearance] = {
    "listed": Clearance(by="record"),
    "not_vetoed": Clearance(by="holding", about="veto"),
    "identity": Clearance(by="receiving", about="identity"),
    "medical": Clearance(by="medical", about="fitness", valid="14 days"),
    "consent": Clearance(by="neutral", about="wish", valid="72 hours"),
    "known": Clearance(by="neutral", about="identity"),
}
OPEN = ("not_vetoed", "identity")
SEALED = ("medical", "consent", "known")

HANDOVERS = Handovers(clearances=dict(GATES), vetoes=2, list=LIST)


def person(number: int) -> str:
    """The handle of somebody who does not exist."""
    return b64encode(number.to_bytes(2, "big") + sha256(b"%d" % number).digest()[:30]).decode()


def people(count: int, start: int = 0) -> tuple[str, ...]:
    """So many handles, in ascending order as the record has them."""
    return tuple(sorted(person(number) for number in range(start, start + count)))


def stamp(moment: datetime) -> str:
    """A moment as the record writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def granted(gate: str, at: datetime = START, **members: str) -> Clearing:
    """A sealed clearance as it lies in the vault."""
    return Clearing(gate, "granted", M if gate == "medical" else N, stamp(at), **members)


def refused(gate: str, reason: str, at: datetime = START) -> Clearing:
    """A sealed clearance that was not given."""
    return Clearing(gate, "refused", M if gate == "medical" else N, stamp(at), reason)


def sealed(handles: Iterable[str], at: datetime = START) -> dict[str, dict[str, Clearing]]:
    """Everybody's sealed clearances, all granted."""
    return {handle: {gate: granted(gate, at) for gate in SEALED} for handle in handles}


class Log:
    """Entries one after the other, a minute apart; each method gives the statement id."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.now = START

    def say(
        self,
        kind: str,
        body: Mapping[str, object],
        by: str,
        handles: Sequence[str] = (),
        refs: Iterable[tuple[str, str]] = (),
        **members: object,
    ) -> str:
        """One statement."""
        index = len(self.events)
        sid = sha256(b"statement %d" % index).hexdigest()
        at = stamp(self.now)
        event = event_of(kind, body, handles, by, at, index, sid, refs, **{"accepted": at, "keys": (by,), **members})
        assert event is not None
        self.events.append(event)
        self.now += timedelta(minutes=1)
        return sid

    def proceedings(self, size: int | None = None) -> Proceedings:
        """What the first so many entries amount to."""
        return Proceedings(LIST, self.events[:size])

    def submit(self, name: str, handles: Sequence[str], version: int = 1, **parts: int) -> str:
        """A list, or a part of it."""
        side, _, list_id = name.partition("/")
        body = {"list": list_id, "count": len(handles), "version": version, **parts}
        return self.say("list.submitted", body, {"a": A, "b": B}[side], handles)

    def clear(self, gate: str, handles: Sequence[str], outcome: str = "granted", by: str | None = None) -> str:
        """An open clearance."""
        office = by or (A if gate == "not_vetoed" else B)
        return self.say("clearance.given", {"gate": gate, "outcome": outcome, "reason": "other"}, office, handles)

    def clear_all(self, handles: Sequence[str]) -> None:
        """All open clearances."""
        for gate in OPEN:
            self.clear(gate, handles)

    def propose(self, batch: str, handles: Sequence[str], size: int | None = None, **members: str) -> str:
        """A named batch from a to b."""
        body = {"batch": batch, "count": len(handles) if size is None else size, "rules_sha256": "0" * 64,
                "from": "a", "to": "b", "list": "wanted", "batch_sha256": "1" * 64, **members}  # fmt: skip
        return self.say("batch.proposed", body, OPERATOR, handles)

    def authorise(self, batch: str) -> None:
        """Clear and authorise a batch."""
        self.say("batch.cleared", {"batch": batch}, f"{N},{M}")
        self.say("batch.authorised", {"batch": batch}, A)

    def observe(self, batch: str, handles: Sequence[str], **members: object) -> str:
        """What the neutral saw."""
        body = {"batch": batch, "from": "a", "to": "b", "place": "gate-1", "count": len(handles), **members}
        return self.say("handover.observed", body, N, handles)

    def answer(self, sid: str, side: str, count: int | None = None, **members: object) -> str:
        """A side's answer: "a" delivered, "b" received."""
        event = next(one for one in self.events if one.sid == sid)
        kind = {"a": "handover.delivered", "b": "handover.received"}[side]
        body = {"batch": event.text("batch"), "count": len(event.handles) if count is None else count}
        return self.say(kind, body, {"a": A, "b": B}[side], refs=[("answers", sid)], **members)

    def deny(self, sid: str, side: str, handles: Sequence[str], reason: str = "other") -> str:
        """A side denies persons of a handover."""
        event = next(one for one in self.events if one.sid == sid)
        body = {"batch": event.text("batch"), "reason": reason}
        return self.say("handover.denied", body, {"a": A, "b": B}[side], handles, [("answers", sid)])

    def withdraw(self, sid: str) -> str:
        """A statement taken back by whoever made it."""
        event = next(one for one in self.events if one.sid == sid)
        return self.say("record.withdrawn", {}, event.offices, event.handles, [("withdraws", sid)])

    def close(self, batch: str, count: int = 0, skipped: int = 0) -> str:
        """A batch closed by the neutral."""
        return self.say("batch.closed", {"batch": batch, "count": count, "skipped": skipped}, N)
