"""The log judged a second time: from its JSON alone, by few plain rules, knowing whose hand really signed what.

It shares no code with the product. What it refuses and the product lets in is a fault of the product.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.simulation.setting import AGREEMENT, ORIGIN, Violation, require

TYPE = "application/vnd.quittance.statement.v1+json"

SIGNED_BY = {
    "policy.set": [["holding", "operator", "receiving"]],
    "list.submitted": [["holding"], ["receiving"]],
    "list.withdrawn": [["holding"], ["receiving"]],
    "match.judged": [["neutral"]],
    "match.undone": [["neutral"]],
    "match.confirmed": [["holding", "receiving"]],
    "match.disputed": [["holding"], ["receiving"]],
    "batch.cleared": [["medical", "neutral"]],
    "batch.authorised": [["holding"]],
    "person.cleared": [["medical"], ["neutral"]],
    "person.held_back": [["medical"], ["neutral"]],
    "wish.recorded": [["neutral"]],
    "handover.observed": [["neutral"]],
    "handover.delivered": [["holding"]],
    "handover.received": [["receiving"]],
    "count.asserted": [["holding"], ["receiving"], ["holding", "receiving"]],
    "count.contested": [["holding"], ["receiving"], ["holding", "receiving"]],
    "pledge.recorded": [["neutral"], ["holding"], ["receiving"]],
    "erasure.done": [["operator", "protection"]],
}
"""Kind -> the roles whose hands it needs; an operator may be several."""


@dataclass
class Key:
    """An enrolled key and its term."""

    role: str
    kinds: tuple[str, ...] = ()
    ended: bool = False
    doubted: int | None = None


@dataclass
class Batch:
    """A batch: its step and how many persons it may have."""

    step: str = ""
    count: int = 0
    done: int = 0


@dataclass
class Model:
    """`hands` says for each key and statement whether the key was used at all: no signature can come from elsewhere."""

    hands: Mapping[tuple[str, str], str]
    keys: dict[str, Key] = field(default_factory=dict)
    threshold: int = 1
    founding: tuple[str, ...] = ()
    places: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    nonces: set[str] = field(default_factory=set)
    delivered: dict[tuple[str, str], str] = field(default_factory=dict)
    handovers: dict[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    answers: set[tuple[str, str]] = field(default_factory=set)
    counted: dict[tuple[str, str, str], str] = field(default_factory=dict)
    lists: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    """Role and list -> (version, part, parts, handles) of each part that came, and None where it was withdrawn."""
    withdrawn: set[str] = field(default_factory=set)
    signed: dict[str, list[str]] = field(default_factory=dict)

    def take(self, data: bytes, root: Callable[[int], bytes]) -> None:
        """Judge the next leaf; `root` gives the root at earlier sizes. Raises `Violation`."""
        index = len(self.places)
        leaf = json.loads(data)
        payload = b64decode(leaf["envelope"]["payload"])
        said = json.loads(payload)
        sid = sha256(b"DSSEv1 %d %s %d %s" % (len(TYPE), TYPE.encode(), len(payload), payload)).hexdigest()
        name = f"entry {index} ({said['kind']}, {sid[:8]})"
        require(leaf["kind"] == said["kind"] and leaf["log"] == said["log"] == ORIGIN, f"{name} is of another log")
        require(leaf["envelope"]["payloadType"] == TYPE, f"{name} is of another type")
        require(said["agreement"] == AGREEMENT, f"{name} is of another agreement")
        require(sid not in self.places and said["nonce"] not in self.nonces, f"{name} stands in the log twice")
        require(all(ref["sid"] in self.places for ref in said.get("refs", ())), f"{name} refers to nothing")
        if (seen := said["seen"]) is not None:
            require(seen["size"] <= index and b64decode(seen["root"]) == root(seen["size"]), f"{name} saw another log")
        roles = self._signers(name, sid, said, leaf["envelope"]["signatures"])
        if (allowed := SIGNED_BY.get(said["kind"])) is not None:
            bare = [role for role in roles if role != "operator"] + ["operator"] * ("operator" in roles)
            require(sorted(bare) in allowed, f"{name} is signed by {roles}")
        effect = getattr(self, "_" + said["kind"].replace(".", "_"), None)
        if effect is not None:
            effect(name, sid, said, said["body"], roles)
        self.places[sid] = index
        self.kinds[sid] = said["kind"]
        self.nonces.add(said["nonce"])
        self.signed[sid] = [one["keyid"] for one in leaf["envelope"]["signatures"]]

    def totals(self) -> dict[str, int]:
        """Batch -> persons handed over, as the sum of the handovers that stand."""
        sums: dict[str, int] = {}
        for batch, _, handles in self.handovers.values():
            sums[batch] = sums.get(batch, 0) + len(handles)
        return sums

    def doubtful(self) -> set[str]:
        """The statements that a doubted key signed."""
        return {
            sid
            for sid, names in self.signed.items()
            for name in names
            if (doubted := self.keys[name].doubted) is not None and self.places[sid] >= doubted
        }

    def _signers(self, name: str, sid: str, said: Any, signatures: list[Any]) -> list[str]:
        body, roles = said["body"], []
        require(signatures, f"{name} is signed by nobody")
        if said["kind"] == "log.genesis":
            require(not self.places, f"{name} is a second beginning")
            publics = body.get("operator_keys") or [body["operator_key"]]
            self.keys |= {sha256(bytes.fromhex(key)).hexdigest(): Key("operator") for key in publics}
            self.threshold = body.get("operator_threshold", 1)
            self.founding = tuple(body["founding"])
        for one in signatures:
            keyid = one["keyid"]
            require((keyid, sid) in self.hands, f"{name} carries a signature that its key never made")
            if keyid == body.get("fingerprint") and said["kind"] in ("key.enrolled", "key.rotated"):
                continue
            key = self.keys.get(keyid)
            if key is None or key.ended or (key.kinds and said["kind"] not in key.kinds):
                raise Violation(f"{name} is signed by a key that is not in its term or scope")
            roles.append(key.role)
        if "operator" in roles:
            require(roles.count("operator") == self.threshold, f"{name} has too few or many keys of the operator")
        return sorted(roles)

    def _key_enrolled(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        fingerprint = body["fingerprint"]
        require(fingerprint not in self.keys, f"{name} enrols a key twice")
        others = [role for role in roles if role not in ("operator", body["role"])]
        require("operator" in roles and (others or fingerprint in self.founding), f"{name} is the operator's alone")
        self.keys[fingerprint] = Key(body["role"], tuple(body.get("kinds", ())))

    def _key_rotated(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        old = self.keys[body["old"]]
        require(old.role in roles and body["fingerprint"] not in self.keys, f"{name} takes a key over")
        old.ended = True
        self.keys[body["fingerprint"]] = Key(old.role, old.kinds)

    def _key_revoked(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        key = self.keys[body["fingerprint"]]
        require({*roles} <= {"operator", key.role}, f"{name} ends the key of others")
        key.ended, key.doubted = True, body.get("compromised_since")

    def _list_submitted(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        version, part, parts = (body.get(member, 1) for member in ("version", "part", "parts"))
        handles = said.get("commitments", {}).get("person", [])
        require(part <= parts and len(set(handles)) == len(handles) == body["count"], f"{name} miscounts its list")
        before = self.lists.setdefault((roles[0], body["list"]), [])
        versions = [one[0] for one in before if one] or [0]
        if part > 1:
            whole = before[-part + 1 :]
            firsts = [(version, number, parts) for number in range(1, part)]
            require([one and one[:3] for one in whole] == firsts, f"{name} leaves a part of its list out")
            named = [handle for one in whole for handle in one[3]] + handles
            require(sorted(set(named)) == named, f"{name} lists somebody twice")
        else:
            is_anew = bool(before) and before[-1] is None
            is_next = not is_anew and version == versions[-1] + 1 and all(one[1] == one[2] for one in before[-1:])
            require(
                is_next or (is_anew and (version > max(versions) or versions == [1])), f"{name} submits a list twice"
            )
            require(parts == 1 or sorted(handles) == handles, f"{name} lists its persons in no order")
        before.append((version, part, parts, handles))

    def _list_withdrawn(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        before = self.lists.get((roles[0], body["list"]), [])
        require(before and before[-1], f"{name} withdraws the list of others")
        before.append(None)

    def _match_judged(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        handles = said.get("commitments", {}).get("person", [])
        require(len(set(handles)) == len(handles) == 2, f"{name} judges no pair")
        against = {"p": "same" if body["grade"] < "p50" else "different"}.get(body["grade"][0])
        require("reason" in body or body["judgement"] != against, f"{name} goes against the score without a reason")

    def _batch_proposed(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        batch = self.batches.setdefault(body["batch"], Batch())
        require(not batch.step, f"{name} proposes a batch twice")
        batch.step, batch.count = "proposed", body["count"]

    def _batch_cleared(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        self._advance(name, body, "proposed", "cleared")

    def _batch_authorised(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        self._advance(name, body, "cleared", "authorised")

    def _advance(self, name: str, body: Any, before: str, after: str) -> None:
        batch = self.batches.setdefault(body["batch"], Batch())
        require(batch.step == before, f"{name} is out of turn")
        batch.step = after

    def _handover_observed(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        handles = tuple(said.get("commitments", {}).get("person", ()))
        require(len(set(handles)) == len(handles) == body["count"], f"{name} counts other persons than it names")
        commitment = body["commitment"]
        batch = self.batches.setdefault(body["batch"], Batch())
        require(batch.step in ("", "authorised"), f"{name} comes before its batch was authorised")
        batch.done += body["count"]
        require(not batch.step or batch.done <= batch.count, f"{name} exceeds its batch")
        for handle in handles:
            require((commitment, handle) not in self.delivered, f"{name} hands over a person twice")
            self.delivered[commitment, handle] = sid
        self.handovers[sid] = (body["batch"], commitment, handles)

    def _handover_delivered(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        (target,) = [ref["sid"] for ref in said["refs"] if ref["rel"] == "answers"]
        handover = self.handovers.get(target)
        if handover is None or handover[0] != body["batch"]:
            raise Violation(f"{name} answers no handover of its batch")
        require((said["kind"], target) not in self.answers, f"{name} answers twice")
        self.answers.add((said["kind"], target))

    _handover_received = _handover_delivered

    def _count_asserted(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        for role in roles:
            place = (body["commitment"], body["batch"], role)
            require(place not in self.counted, f"{name} counts a batch twice")
            self.counted[place] = sid

    def _record_withdrawn(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        (target,) = [ref["sid"] for ref in said["refs"] if ref["rel"] == "withdraws"]
        require(target not in self.withdrawn, f"{name} withdraws twice")
        require(sorted(self._roles_of(target)) == roles, f"{name} withdraws what others have said")
        self.withdrawn.add(target)
        self.counted = {place: by for place, by in self.counted.items() if by != target}
        if target in self.handovers:
            batch, commitment, handles = self.handovers.pop(target)
            self.batches[batch].done -= len(handles)
            for handle in handles:
                del self.delivered[commitment, handle]

    def _record_corrected(self, name: str, sid: str, said: Any, body: Any, roles: list[str]) -> None:
        (target,) = [ref["sid"] for ref in said["refs"] if ref["rel"] == "corrects"]
        require(sorted(self._roles_of(target)) == roles, f"{name} corrects what others have said")
        require(not self.kinds[target].startswith(("key.", "batch.", "handover.")), f"{name} corrects what is final")

    def _roles_of(self, sid: str) -> list[str]:
        return [self.keys[name].role for name in self.signed[sid]]
