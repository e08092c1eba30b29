"""Where every batch, clearance and handover stands: the events of the record, applied in its order.

Taking them one by one or all at once is the same. What stood at an earlier entry is had by giving only the events up
to it. The record has judged each event before; nothing is judged again here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from quittance.handover.events import Event
from quittance.handover.model import (
    Answer,
    Batch,
    Clearing,
    Denial,
    Handover,
    Listed,
    Round,
    Sealing,
    Side,
    Stated,
    Step,
)


@dataclass(slots=True)
class _Coming:
    """Parts of a list version or of a sealed round that have come; the next begins when part 1 comes again."""

    handles: list[str] = field(default_factory=list)
    indexes: list[int] = field(default_factory=list)
    sids: list[str] = field(default_factory=list)

    def take(self, event: Event) -> bool:
        """Take the next part; whether it was the last."""
        if event.number("part", 1) == 1:
            self.handles, self.indexes, self.sids = [], [], []
        self.handles += event.handles
        self.indexes.append(event.index)
        self.sids.append(event.sid)
        return event.number("part", 1) == event.number("parts", 1)


class Proceedings:
    """Everything that the record holds of lists, batches, clearances, handovers and outcomes.

    `default_list` ("SIDE/ID") is the list of batches that name none. `handovers` are those not withdrawn, by statement
    id; `sealings` the complete rounds of sealed clearances, in the order of the record.
    """

    def __init__(self, default_list: str = "", events: Iterable[Event] = ()) -> None:
        self.default_list = default_list
        self.size = 0
        self.lists: dict[str, Listed] = {}
        self.batches: dict[str, Batch] = {}
        self.handovers: dict[str, Handover] = {}
        self.withdrawn: dict[str, Event] = {}
        self.sealings: list[Sealing] = []
        self._ever: dict[str, dict[str, None]] = defaultdict(dict)
        self._list_of: dict[str, str] = {}
        self._coming: dict[tuple[str, ...], _Coming] = defaultdict(_Coming)
        self._batches_of: dict[str, dict[str, None]] = defaultdict(dict)
        self._begun: dict[tuple[str, str], int] = {}
        self._given: dict[str, dict[tuple[str, str], Clearing]] = defaultdict(dict)
        self._stated: dict[str, list[Stated]] = defaultdict(list)
        self._seen: dict[str, list[str]] = defaultdict(list)
        self._denials: dict[str, list[Denial]] = defaultdict(list)
        self._about: dict[str, list[int]] = defaultdict(list)
        self._signed: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._vouched: dict[str, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
        self._doubted: dict[str, int] = {}
        self._events: dict[str, Event] = {}
        self.take(*events)

    def take(self, *events: Event) -> None:
        """Go on with later entries of the record."""
        for event in events:
            _TAKES[event.kind](self, event)
            self._signed[event.sid] = (event.index, event.keys)
            self.size = event.index + 1

    # --- asking ------------------------------------------------------------------------------------------------------

    def list_of(self, handle: str) -> str:
        """The list, named "SIDE/ID", that a person is or was an entry of; empty for none."""
        return self._list_of.get(handle, "")

    def is_listed(self, handle: str) -> bool:
        """Whether the last complete version of a list that stands has this entry."""
        found = self.lists.get(self.list_of(handle))
        return found is not None and handle in found.handles

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all lists that were ever complete, withdrawn ones too."""
        return tuple(sorted(self._ever))

    def members(self, name: str) -> tuple[str, ...]:
        """The persons of a list: its entries now, and former ones of whom something became; in ascending order."""
        now = self.lists[name].handles if name in self.lists else frozenset()
        return tuple(
            sorted(
                handle
                for handle in self._ever.get(name, ())
                if handle in now or self._stated.get(handle) or self._seen.get(handle) or self.batch_of(handle)
            )
        )

    def clearings(self, handle: str) -> tuple[Clearing, ...]:
        """What offices said openly of a person and did not take back: for each gate and office the last word."""
        found = self._given.get(handle, {})
        return tuple(found[key] for key in sorted(found))

    def stated(self, handle: str) -> tuple[Stated, ...]:
        """The outcomes stated of a person and not withdrawn, in the order of the record."""
        return tuple(self._stated.get(handle, ()))

    def batch_of(self, handle: str) -> Batch | None:
        """The batch that is not closed and has this person still to hand over."""
        found = (self.batches[name] for name in self._batches_of.get(handle, ()))
        return next((batch for batch in found if not batch.closed and handle not in batch.gone), None)

    def handovers_of(self, handle: str) -> tuple[Handover, ...]:
        """The handovers of a person that stand, in the order of the record."""
        return tuple(self.handovers[sid] for sid in self._seen.get(handle, ()))

    def indexes_of(self, handle: str) -> tuple[int, ...]:
        """The entries of the record that are about a person by name of handle, lists and sealed rounds left out."""
        return tuple(self._about.get(handle, ()))

    def event(self, sid: str) -> Event | None:
        """The clearance, denial, outcome or handover of a statement id, withdrawn or not."""
        return self._events.get(sid)

    def is_doubtful(self, sid: str) -> bool:
        """Whether a statement was signed by a key in doubt at its entry, and no other key vouches for it since."""
        index, keys = self._signed.get(sid, (0, ()))
        return any(
            self._is_doubted(key, index) and not any(self._vouches(key, *one) for one in self._vouched.get(sid, ()))
            for key in keys
        )

    def _is_doubted(self, key: str, index: int) -> bool:
        return key in self._doubted and index >= self._doubted[key]

    def _vouches(self, doubted: str, index: int, keys: tuple[str, ...]) -> bool:
        return any(key != doubted and not self._is_doubted(key, index) for key in keys)

    def next_sealed_round(self, office: str, batch: str = "") -> int:
        """The number of the next round of sealed clearances of an office over a batch, or over the lists."""
        return 1 + self._begun.get((office, batch), 0)

    def sealed_round(self, office: str, batch: str = "") -> Sealing | None:
        """The last complete round of an office."""
        return next((one for one in reversed(self.sealings) if (one.office, one.batch) == (office, batch)), None)

    # --- taking ------------------------------------------------------------------------------------------------------

    def _note(self, event: Event, handles: Iterable[str]) -> None:
        for handle in handles:
            self._about[handle].append(event.index)

    def _list_submitted(self, event: Event) -> None:
        name = f"{event.party}/{event.text('list')}"
        coming = self._coming["list", name]
        if coming.take(event):
            version, indexes = event.number("version", 1), tuple(coming.indexes)
            self.lists[name] = Listed(name, version, frozenset(coming.handles), indexes)
            self._ever[name].update(dict.fromkeys(coming.handles))
            self._list_of.update(dict.fromkeys(coming.handles, name))

    def _list_withdrawn(self, event: Event) -> None:
        self.lists.pop(f"{event.party}/{event.text('list')}", None)

    def _proposed(self, event: Event) -> None:
        taker, listed = event.text("to"), event.text("list")
        self.batches[event.text("batch")] = Batch(
            id=event.text("batch"),
            sid=event.sid,
            list=self._named(taker, listed) if listed else self.default_list,
            commitment=event.text("commitment"),
            giver=event.text("from"),
            taker=taker,
            size=event.number("count"),
            rules_sha256=event.text("rules_sha256"),
            manifest=event.handles,
            named=bool(event.handles),
            batch_sha256=event.text("batch_sha256"),
            snapshot_sha256=event.text("snapshot_sha256"),
            request_sha256=event.text("request_sha256"),
            seed_sha256=event.text("seed_sha256"),
            entries={"proposed": (event.index, event.at)},
        )
        for handle in event.handles:
            self._batches_of[handle][event.text("batch")] = None
        self._note(event, event.handles)

    def _named(self, taker: str, list_id: str) -> str:
        """The list that a batch is of: that of the side which receives, or the only one of this id."""
        found = [name for name in self.lists if name.partition("/")[2] == list_id]
        return found[0] if not taker and len(found) == 1 else f"{taker}/{list_id}"

    def _stepped(self, event: Event) -> None:
        batch, step = self.batches[event.text("batch")], _STEPS[event.kind]
        self.batches[batch.id] = replace(batch, step=step, entries={**batch.entries, step: (event.index, event.at)})

    def _changed(self, event: Event) -> None:
        batch, now = self.batches[event.text("batch")], frozenset(event.handles)
        before = frozenset(batch.manifest)
        done = Round(
            event.number("round"),
            event.index,
            event.sid,
            event.at,
            event.handles,
            tuple(sorted(now - before)),
            tuple(sorted(before - now)),
            event.codes("skipped"),
            event.text("batch_sha256"),
            event.text("before_sha256"),
        )
        self.batches[batch.id] = replace(
            batch, manifest=event.handles, rounds=(*batch.rounds, done), batch_sha256=done.sha256
        )
        for handle in done.removed:
            self._batches_of[handle].pop(batch.id, None)
        for handle in done.added:
            self._batches_of[handle][batch.id] = None
        self._note(event, (*done.added, *done.removed))

    def _cleared(self, event: Event) -> None:
        batch = event.text("batch") or None
        said = Clearing(
            event.text("gate"),
            event.text("outcome"),
            event.offices,
            event.at,
            event.text("reason") or None,
            event.text("until") or None,
            event.index,
            event.sid,
            batch,
        )
        for handle in event.handles:
            self._given[handle][said.gate, said.office] = said
        self._events[event.sid] = event
        self._note(event, event.handles)

    def _sealed(self, event: Event) -> None:
        scope = (event.offices, event.text("batch"))
        coming = self._coming["sealed", *scope]
        self._begun[scope] = event.number("round")
        if coming.take(event):
            self.sealings.append(
                Sealing(
                    *scope,
                    event.number("round"),
                    tuple(coming.handles),
                    tuple(coming.indexes),
                    tuple(coming.sids),
                    event.at,
                )
            )

    def _observed(self, event: Event) -> None:
        batch = self.batches.get(event.text("batch"))
        self.handovers[event.sid] = Handover(
            sid=event.sid,
            index=event.index,
            batch=event.text("batch"),
            commitment=event.text("commitment") or (batch.commitment if batch else ""),
            giver=event.text("from"),
            taker=event.text("to"),
            handles=event.handles,
            at=event.happened or event.at,
            claimed=event.at,
            accepted=event.accepted,
            office=event.offices,
            place=event.text("place"),
            to_place=event.text("to_place"),
            fact=event.text("fact"),
        )
        for handle in event.handles:
            self._seen[handle].append(event.sid)
        if batch:
            self.batches[batch.id] = replace(
                batch, gone=batch.gone.union(event.handles), done=batch.done + len(event.handles)
            )
        self._events[event.sid] = event
        self._note(event, event.handles)

    def _answered(self, event: Event) -> None:
        handover = self.handovers.get(event.target("answers"))
        if handover is None:
            return
        side: Side = "holding" if event.kind == "handover.delivered" else "receiving"
        answer = Answer(side, event.offices, event.sid, event.index, event.at, event.number("count"))
        self.handovers[handover.sid] = (
            replace(handover, delivered=answer) if side == "holding" else replace(handover, received=answer)
        )
        self._note(event, handover.handles)

    def _denied(self, event: Event) -> None:
        handover = self.handovers.get(event.target("answers"))
        if handover is None:
            return
        side = denying_side(event.offices, handover)
        reason = event.text("reason")
        self._denials[handover.sid] += [
            Denial(handle, side, event.offices, reason, event.sid, event.index, event.at) for handle in event.handles
        ]
        self._events[event.sid] = event
        self._settle(handover.sid)
        self._note(event, event.handles)

    def _settle(self, sid: str) -> None:
        self.handovers[sid] = replace(self.handovers[sid], denials=tuple(self._denials[sid]))

    def _stated_outcome(self, event: Event) -> None:
        batch = event.text("batch") or None
        for handle in event.handles:
            said = Stated(handle, event.text("outcome"), event.offices, event.at, event.index, event.sid, batch)
            self._stated[handle].append(said)
        self._events[event.sid] = event
        self._note(event, event.handles)

    def _withdrawn(self, event: Event) -> None:
        """What is taken back counts no more; an older word of the same office on a gate does not come back for it."""
        sid = event.target("withdraws")
        taken = self._events.get(sid)
        if taken is None:
            return
        self.withdrawn[sid] = event
        self._note(event, taken.handles)
        if taken.kind == "clearance.given":
            key = (taken.text("gate"), taken.offices)
            for handle in taken.handles:
                if key in self._given[handle] and self._given[handle][key].sid == sid:
                    del self._given[handle][key]
        elif taken.kind == "outcome.stated":
            for handle in taken.handles:
                self._stated[handle] = [one for one in self._stated[handle] if one.sid != sid]
        elif taken.kind == "handover.denied":
            of = taken.target("answers")
            self._denials[of] = [one for one in self._denials[of] if one.sid != sid]
            if of in self.handovers:
                self._settle(of)
        else:
            self._unseen(taken)

    def _unseen(self, taken: Event) -> None:
        del self.handovers[taken.sid]
        for handle in taken.handles:
            self._seen[handle].remove(taken.sid)
        batch = self.batches.get(taken.text("batch"))
        if batch:
            gone, done = batch.gone.difference(taken.handles), batch.done - len(taken.handles)
            self.batches[batch.id] = replace(batch, gone=gone, done=done)

    def _countersigned(self, event: Event) -> None:
        for relation, sid in event.refs:
            if relation == "countersigns":
                self._vouched[sid].append((event.index, event.keys))

    def _revoked(self, event: Event) -> None:
        since = event.body.get("compromised_since")
        if isinstance(since, int):
            key = event.text("fingerprint")
            self._doubted[key] = min(since, self._doubted.get(key, since))


def denying_side(office: str, handover: Handover) -> Side:
    """Which side of a handover an office is: by its party where both are named, else by its role."""
    role, _, party = office.partition(":")
    if party and party in (handover.giver, handover.taker):
        return "holding" if party == handover.giver else "receiving"
    return "receiving" if role == "receiving" else "holding"


_STEPS: Mapping[str, Step] = {
    "batch.cleared": "cleared", "batch.authorised": "authorised", "batch.closed": "closed",
}  # fmt: skip

_TAKES: Mapping[str, Callable[[Proceedings, Event], None]] = {
    "list.submitted": Proceedings._list_submitted,
    "list.withdrawn": Proceedings._list_withdrawn,
    "batch.proposed": Proceedings._proposed,
    "batch.cleared": Proceedings._stepped,
    "batch.authorised": Proceedings._stepped,
    "batch.closed": Proceedings._stepped,
    "batch.changed": Proceedings._changed,
    "clearance.given": Proceedings._cleared,
    "clearance.sealed": Proceedings._sealed,
    "handover.observed": Proceedings._observed,
    "handover.delivered": Proceedings._answered,
    "handover.received": Proceedings._answered,
    "handover.denied": Proceedings._denied,
    "outcome.stated": Proceedings._stated_outcome,
    "record.withdrawn": Proceedings._withdrawn,
    "record.countersigned": Proceedings._countersigned,
    "key.revoked": Proceedings._revoked,
}
