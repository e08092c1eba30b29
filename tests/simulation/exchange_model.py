"""What the record format says of batches, clearances, denials and seeds, and what became of each person: written again.

`ExchangeModel` judges each entry by reading back all that was said before it; `fates` does the same for the persons.
Nothing here is asked of the product but the form of a leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from tests.unit.record.log_model import LogModel, Office, Said

from quittance.record import Leaf

ANSWERED = {"seed.committed": "seed.requested", "seed.revealed": "seed.committed"}
SILENT = ("declined", "deferred", "not_cleared")
"""What only the neutral knows of those who are not available."""


def people_of(leaf: Leaf) -> tuple[str, ...]:
    return leaf.statement.commitments.get("person", ())


def target_of(one: Said) -> str:
    """The statement that an answer or a withdrawal is about."""
    return next((ref.sid for ref in one.leaf.statement.refs if ref.rel in ("answers", "withdraws")), "")


class ExchangeModel(LogModel):
    """The judge of a log with named batches."""

    def proposal(self, batch: object) -> Said | None:
        return next(iter(self.of("batch.proposed", batch=batch)), None)

    def is_named(self, batch: object) -> bool:
        found = self.proposal(batch)
        return found is not None and bool(found.people)

    def manifests(self, batch: object) -> list[tuple[str, ...]]:
        """Every manifest that a batch ever had, in order."""
        found = self.proposal(batch)
        return [one.people for one in (*([found] if found else []), *self.of("batch.changed", batch=batch))]

    def gone(self, batch: object) -> set[str]:
        return {handle for one in self.of("handover.observed", batch=batch) for handle in one.people}

    def is_closed(self, batch: object) -> bool:
        return bool(self.of("batch.closed", batch=batch))

    def _state(self, leaf: Leaf) -> set[str]:
        codes = super()._state(leaf)
        statement = leaf.statement
        family = statement.kind.partition(".")[0]
        if family == "batch" and self.is_closed(statement.body["batch"]):
            codes.add("record.batch_state")
        if judge := self.JUDGES.get(statement.kind):
            offices = self._offices(leaf)
            codes |= judge(self, leaf, offices[0] if offices else ("", ""))
        return codes

    def _proposed(self, leaf: Leaf, _: Office) -> set[str]:
        body, codes = leaf.statement.body, set()
        if people_of(leaf) and self.handed_over(str(body["batch"])):
            codes.add("record.batch_state")
        for one in self.of("seed.requested", batch=body["batch"]):
            names = ("request_sha256", "snapshot_sha256", "rules_sha256")
            other = any(name in body and body[name] != one.body[name] for name in names)
            codes |= {"record.seed"} if other or body["count"] > one.body["size"] else set()
        return codes

    def _changed(self, leaf: Leaf, _: Office) -> set[str]:
        body = leaf.statement.body
        rounds, proposal = self.of("batch.changed", batch=body["batch"]), self.proposal(body["batch"])
        if proposal is None or not proposal.people:
            return {"record.batch_state"}
        before = rounds[-1].body["batch_sha256"] if rounds else proposal.body.get("batch_sha256")
        wrong = (
            body["round"] != len(rounds) + 1
            or before not in (None, body["before_sha256"])
            or body["count"] > proposal.body["count"]
            or not self.gone(body["batch"]) <= set(people_of(leaf))
        )
        return {"record.batch_state"} if wrong else set()

    def _closed(self, leaf: Leaf, _: Office) -> set[str]:
        body = leaf.statement.body
        right = self.proposal(body["batch"]) and body["count"] == self.handed_over(str(body["batch"]))
        return set() if right else {"record.batch_state"}

    def _seen(self, leaf: Leaf, _: Office) -> set[str]:
        body, people, codes = leaf.statement.body, set(people_of(leaf)), set()
        if self.is_closed(body["batch"]):
            codes.add("record.batch_state")
        if self.is_named(body["batch"]):
            if people - set(self.manifests(body["batch"])[-1]):
                codes.add("record.manifest")
            if people & self.gone(body["batch"]):
                codes.add("record.delivered_twice")
            if {body.get("asked"), body.get("wish_affirmed")} not in ({None}, {body["count"]}):
                codes.add("record.people")
        return codes

    def _member(self, leaf: Leaf, _: Office) -> set[str]:
        batch = leaf.statement.body.get("batch")
        if batch is None:
            return set()
        if self.proposal(batch) is None:
            return {"record.batch_state"}
        ever = {handle for one in self.manifests(batch) for handle in one}
        return {"record.manifest"} if self.is_named(batch) and set(people_of(leaf)) - ever else set()

    def _sealed(self, leaf: Leaf, office: Office) -> set[str]:
        body, codes = leaf.statement.body, self._member(leaf, office)
        people, sealed = list(people_of(leaf)), list(leaf.statement.commitments.get("cleared", ()))
        batch = body.get("batch")
        number, part, parts = (body.get(name, 1) for name in ("round", "part", "parts"))
        manifests = self.manifests(batch) if self.is_named(batch) else []
        if manifests and set(people) - set(manifests[-1]):
            codes.add("record.manifest")
        mine = [
            one for one in self.of("clearance.sealed") if one.offices == [office] and one.body.get("batch") == batch
        ]
        same = [one for one in mine if one.body["round"] == number]
        if part == 1:
            right = all(one.body["round"] < number for one in mine)
        else:
            last = mine[-1].body if mine else {}
            expected = [last.get("round"), last.get("part", 1) + 1, last.get("parts", 1)]
            right = bool(mine) and expected == [number, part, parts]
            changed = self.of("batch.changed", batch=batch)
            right = right and not any(self.said.index(same[0]) < self.said.index(one) for one in changed)
        if not right:
            return codes | {"record.round"} | ({"record.people"} if sealed != sorted(set(sealed)) else set())
        whole = [handle for one in (same if part > 1 else []) for handle in one.people] + people
        if whole != sorted(set(whole)) or sealed != sorted(set(sealed)) or len(sealed) != len(people):
            codes.add("record.people")
        if manifests and part == parts and set(whole) != set(manifests[-1]):
            codes.add("record.people")
        return codes

    def _denied(self, leaf: Leaf, office: Office) -> set[str]:
        body, codes, target = leaf.statement.body, set(), self._target(leaf)
        if target is None or target.kind != "handover.observed" or target.withdrawn:
            return {"record.no_ref"}
        if body["batch"] != target.body["batch"]:
            codes.add("record.batch_state")
        if set(people_of(leaf)) - set(target.people):
            codes.add("record.people")
        end = end_of(target, office)
        if not end:
            return codes | {"record.signers"}
        for one in self.of("handover.denied"):
            if self._target(one.leaf) is target and end_of(target, one.offices[0]) == end:
                codes |= {"record.denied_twice"} if set(one.people) & set(people_of(leaf)) else set()
        return codes

    def _seeded(self, leaf: Leaf, office: Office) -> set[str]:
        kind, body, codes = leaf.statement.kind, leaf.statement.body, set()
        if self.proposal(body["batch"]):
            codes.add("record.seed")
        if kind == "seed.requested":
            return codes | ({"record.seed"} if self.of(kind, batch=body["batch"]) else set())
        target, label = self._target(leaf), office[1] or office[0]
        if target is None or target.kind != ANSWERED[kind]:
            return codes | {"record.no_ref"}
        if target.body["batch"] != body["batch"]:
            codes.add("record.seed")
        if kind == "seed.committed":
            bound = self.of(kind, batch=body["batch"])
            twice = any((one.offices[0][1] or one.offices[0][0]) == label for one in bound)
            return codes | ({"record.seed"} if twice or self.of("seed.revealed", batch=body["batch"]) else set())
        if target.offices != [office]:
            codes.add("record.signers")
        request = self._target(target.leaf)
        parts = [b"quittance/commit/v1", bytes.fromhex(request.body["request_sha256"]), label.encode()]
        parts.append(bytes.fromhex(str(body["nonce"])))
        bound = sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()
        again = any(self._target(one.leaf) is target for one in self.of(kind))
        return codes | ({"record.seed"} if again or bound != target.body["commit"] else set())

    def _taken_back(self, leaf: Leaf, _: Office) -> set[str]:
        target = self._target(leaf)
        is_settled = target and target.kind == "handover.observed" and self.is_closed(target.body["batch"])
        return {"record.final"} if is_settled else set()

    JUDGES: dict[str, Callable[[Any, Leaf, Office], set[str]]] = {
        "batch.proposed": _proposed,
        "batch.changed": _changed,
        "batch.closed": _closed,
        "handover.observed": _seen,
        "handover.denied": _denied,
        "clearance.given": _member,
        "outcome.stated": _member,
        "clearance.sealed": _sealed,
        **dict.fromkeys(("seed.requested", "seed.committed", "seed.revealed"), _seeded),
        "record.withdrawn": _taken_back,
    }


def end_of(observed: Said, office: Office) -> str:
    """At which end of a handover an office stands: "holding" at that of the giver, "receiving" at the taker's."""
    role, party = office
    for end, side in (("from", "holding"), ("to", "receiving")):
        if (party == observed.body[end]) if party else (role == side):
            return side
    return ""


@dataclass
class Terms:
    """What the agreement says, and what lies in the vault: sid of a sealed part -> handle -> (outcome, reason)."""

    quorum: tuple[str, ...]
    needed: int
    open: dict[str, str]
    """Open gate -> "holding" or "receiving"."""
    sealed: dict[str, str]
    """Sealed gate -> "neutral" or "medical"."""
    veto: str
    wish: str
    wish_holds: timedelta
    vault: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fate:
    """What became of a person: the outcome for the neutral with its part, and the one for everybody else."""

    outcome: str
    part: str
    told: str


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def complete_rounds(model: ExchangeModel) -> Iterable[list[Said]]:
    """The sealed rounds whose last part is there, in the order in which they became complete."""
    begun: dict[tuple[Office, object], list[Said]] = {}
    for one in model.of("clearance.sealed"):
        scope = (one.offices[0], one.body.get("batch"))
        if one.body.get("part", 1) == 1:
            begun[scope] = []
        begun[scope].append(one)
        if one.body.get("part", 1) == one.body.get("parts", 1):
            yield list(begun[scope])


def released(model: ExchangeModel, terms: Terms) -> tuple[set[str], set[str]]:
    """Who is handed over with the agreed quorum, and who only says the neutral, or is denied."""
    standing = {one.leaf.statement.sid: one for one in model.of("handover.observed")}
    said: dict[tuple[str, str], int] = {}
    for kind, side in (("handover.delivered", "holding"), ("handover.received", "receiving")):
        for one in model.of(kind):
            said[target_of(one), side] = one.body["count"]
    denied: dict[tuple[str, str], set[str]] = {}
    for one in model.of("handover.denied"):
        if observed := standing.get(target_of(one)):
            denied.setdefault((target_of(one), end_of(observed, one.offices[0])), set()).update(one.people)
    free, others = set(), set()
    for sid, one in standing.items():
        deniers = {side: denied.get((sid, side), set()) for side in ("holding", "receiving")}
        whole = {
            side
            for side, missing in deniers.items()
            if (sid, side) in said and said[sid, side] + len(missing) >= one.body["count"]
        }
        for handle in one.people:
            against = {side for side, missing in deniers.items() if handle in missing}
            attesting = {"neutral", *whole} - against
            if not against & set(terms.quorum) and len(attesting & set(terms.quorum)) >= terms.needed:
                free.add(handle)
            else:
                others.add(handle)
    return free, others - free


def fates(model: ExchangeModel, terms: Terms, now: datetime) -> dict[str, dict[str, Fate]]:
    """For each list, named by its side and id, the fate of everybody on it, read back from every entry."""
    free, waiting = released(model, terms)
    stated: dict[str, list[tuple[str, str]]] = {}
    for one in model.of("outcome.stated"):
        for handle in one.people:
            stated.setdefault(handle, []).append((one.offices[0][0], one.body["outcome"]))
    given: dict[tuple[str, str, str], tuple[str, int]] = {}  # person, gate, office as side -> outcome, entry
    for number, one in enumerate(model.said):
        if one.kind == "clearance.given":
            for handle in one.people:
                outcome = "" if one.withdrawn else one.body["outcome"]
                given[handle, one.body["gate"], ":".join(one.offices[0])] = (outcome, number)
    opened: dict[tuple[str, str], tuple[str, str, datetime]] = {}
    for parts in complete_rounds(model):
        gate = next(name for name, office in terms.sealed.items() if office == parts[0].offices[0][0])
        at = instant(parts[-1].leaf.statement.claimed_at)
        for part in parts:
            for handle, (outcome, reason) in terms.vault[part.leaf.statement.sid].items():
                opened[handle, gate] = (outcome, reason, at)
    in_batch = {
        handle
        for one in model.of("batch.proposed")
        if not model.is_closed(one.body["batch"]) and model.is_named(one.body["batch"])
        for handle in set(model.manifests(one.body["batch"])[-1]) - model.gone(one.body["batch"])
    }
    lists: dict[str, list[set[str]]] = {}
    for one in model.said:
        if one.kind == "list.submitted":
            lists.setdefault(f"{one.offices[0][1]}/{one.body['list']}", []).append(set(one.people))
    found: dict[str, dict[str, Fate]] = {}
    for name, versions in lists.items():
        touched = free | waiting | set(stated) | in_batch
        members = versions[-1] | (set().union(*versions) & touched)
        found[name] = {
            handle: fate_of(
                handle, handle in versions[-1], name.split("/")[0], terms, now,
                free=free, waiting=waiting, stated=stated, given=given, opened=opened, in_batch=in_batch,
            )
            for handle in members
        }  # fmt: skip
    return found


def fate_of(
    handle: str, is_listed: bool, asking: str, terms: Terms, now: datetime, *, free: set[str], waiting: set[str],
    stated: dict[str, list[tuple[str, str]]], given: dict[tuple[str, str, str], tuple[str, int]],
    opened: dict[tuple[str, str], tuple[str, str, datetime]], in_batch: set[str],
) -> Fate:  # fmt: skip
    """The fate of one person of a list of the side `asking`."""
    if handle in free:
        return Fate("released", "", "released")
    if words := stated.get(handle):
        word = [outcome for role, outcome in words if role == "neutral"] or [outcome for _, outcome in words]
        return Fate(word[-1], "", word[-1])
    if handle in waiting:
        return Fate("remaining", "in_handover", "remaining")

    def open_gate(gate: str, by: str) -> str:
        words = [
            (entry, outcome)
            for (person, name, office), (outcome, entry) in given.items()
            if (person, name) == (handle, gate) and outcome
            and ("receiving" if office.split(":")[1] == asking else "holding") == by
        ]  # fmt: skip
        return max(words)[1] if words else ""

    said = {gate: open_gate(gate, by) for gate, by in terms.open.items()}
    if said[terms.veto] == "refused":
        return Fate("withheld", "", "withheld")
    wish, reason, _ = opened.get((handle, terms.wish), ("", "", now))
    cleared = is_listed and set(said.values()) == {"granted"}
    for gate in terms.sealed:
        outcome, _, at = opened.get((handle, gate), ("", "", now))
        fresh = gate != terms.wish or now < at + terms.wish_holds
        cleared = cleared and outcome == "granted" and fresh
    told = "remaining" if handle in in_batch or cleared else "not_available"
    if wish == "refused":
        return Fate("declined", "", told) if reason == "declined" else Fate("remaining", "deferred", told)
    part = "in_batch" if handle in in_batch else "available" if cleared else "not_cleared"
    return Fate("remaining", part, told)
