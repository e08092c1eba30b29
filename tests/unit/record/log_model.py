"""A second, small judge of a log, written from the text of the record format: which rules an entry breaks.

It keeps plain Python values and asks nothing of the product but the form of a leaf. Where an entry breaks several rules
the text does not say which code comes first, so the answer is the set of them all.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from itertools import permutations

from quittance.record import Leaf

Office = tuple[str, str]

SLOTS = {"O": "operator", "A": "holding", "B": "receiving", "N": "neutral", "M": "medical", "P": "protection"}
SIDES = ("holding", "receiving")
SIGNERS = {
    "log.genesis": ["O"],
    "key.enrolled": ["O NEW OTHER", "O NEW"],
    "key.rotated": ["O OLD NEW"],
    "key.revoked": ["O", "SELF"],
    "fact.reported": ["O"],
    "fact.stated": ["BY"],
    "list.submitted": ["S"],
    "list.withdrawn": ["S"],
    "match.judged": ["N"],
    "batch.proposed": ["O"],
    "batch.cleared": ["N M"],
    "batch.authorised": ["S"],
    "batch.changed": ["O"],
    "batch.closed": ["N"],
    "clearance.given": ["S"],
    "clearance.sealed": ["N", "M"],
    "wish.recorded": ["N"],
    "handover.observed": ["N"],
    "handover.delivered": ["S"],
    "handover.received": ["S"],
    "handover.denied": ["S"],
    "outcome.stated": ["S", "N"],
    "seed.requested": ["O"],
    "seed.committed": ["S", "N"],
    "seed.revealed": ["S", "N"],
    "count.asserted": ["A B", "S"],
    "record.withdrawn": ["SAME"],
    "record.countersigned": ["ANY"],
}
PEOPLE = {
    "list.submitted": "some",
    "match.judged": "two",
    "batch.proposed": "maybe",
    "batch.changed": "some",
    "clearance.given": "some",
    "clearance.sealed": "some",
    "handover.denied": "some",
    "outcome.stated": "some",
    "handover.observed": "some",
    "wish.recorded": "one",
    "record.withdrawn": "any",
}
REFS = {
    **dict.fromkeys(("handover.delivered", "handover.received", "handover.denied"), "answers"),
    **dict.fromkeys(("seed.committed", "seed.revealed"), "answers"),
    "record.withdrawn": "withdraws",
    "record.countersigned": "countersigns",
}
BEGINNING = {"log.genesis", "key.enrolled", "fact.reported", "claim.captured", "record.countersigned"}
WAITING = ("batch.", "handover.", "match.", "list.", "count.", "person.", "wish.", "pledge.", "policy.", "clearance.",
           "outcome.", "seed.")  # fmt: skip
STEPS = ("batch.proposed", "batch.cleared", "batch.authorised")
WITHDRAWABLE = {"wish.recorded", "match.judged", "handover.observed", "count.asserted", "handover.denied",
                "clearance.given", "outcome.stated"}  # fmt: skip


@dataclass
class Key:
    """An enrolled key and its term."""

    office: Office
    kinds: tuple[str, ...] = ()
    ended: bool = False
    revoked_again: bool = False


@dataclass
class Said:
    """An entry of the log, and what later ones ask of it."""

    leaf: Leaf
    offices: list[Office]
    commitment: str | None = None
    withdrawn: bool = False

    @property
    def kind(self) -> str:
        return self.leaf.statement.kind

    @property
    def body(self) -> dict:
        return dict(self.leaf.statement.body)

    @property
    def people(self) -> tuple[str, ...]:
        return self.leaf.statement.commitments.get("person", ())

    @property
    def countersigns(self) -> set[str]:
        return {ref.sid for ref in self.leaf.statement.refs if ref.rel == "countersigns"}


class LogModel:
    """The log as the text describes it: entries in order, and everything else found by looking at them."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.said: list[Said] = []
        self.keys: dict[str, Key] = {}

    # What follows from the entries

    def root(self, size: int, start: int = 0) -> bytes:
        """RFC 6962, section 2.1, as it is written there."""
        if size == 0:
            return sha256(b"").digest()
        if size == 1:
            return sha256(b"\0" + self.said[start].leaf.data).digest()
        left = 1
        while left * 2 < size:
            left *= 2
        return sha256(b"\1" + self.root(left, start) + self.root(size - left, start + left)).digest()

    def find(self, sid: str) -> Said | None:
        return next((one for one in self.said if one.leaf.statement.sid == sid), None)

    def of(self, kind: str, **body: object) -> list[Said]:
        """The entries of a kind with these members that are not withdrawn."""
        return [
            one
            for one in self.said
            if one.kind == kind
            and not one.withdrawn
            and all(one.leaf.statement.body.get(name) == said for name, said in body.items())
        ]

    @property
    def genesis(self) -> dict:
        return self.said[0].body

    @property
    def threshold(self) -> int:
        return self.genesis.get("operator_threshold", 1)

    def handed_over(self, batch: str) -> int:
        """How many persons were handed over in a batch: the sum of the handovers that stand."""
        return sum(one.body["count"] for one in self.of("handover.observed", batch=batch))

    def delivered(self) -> Counter[tuple[str | None, str]]:
        """How often each handle was handed over for each commitment."""
        return Counter((one.commitment, handle) for one in self.of("handover.observed") for handle in one.people)

    # The judge

    def broken(self, leaf: Leaf, forged: bool = False) -> set[str]:
        """The codes of the rules that `leaf` would break as the next entry; `forged`: a signature is not valid."""
        statement, index = leaf.statement, len(self.said)
        codes = set()
        if statement.log != self.origin:
            codes.add("record.wrong_log")
        if self.find(statement.sid):
            codes.add("record.duplicate")
        if any(one.leaf.statement.nonce == statement.nonce for one in self.said):
            codes.add("record.nonce_used")
        if any(self.find(ref.sid) is None for ref in statement.refs):
            codes.add("record.unknown_ref")
        if statement.seen is None:
            if any(one.leaf.statement.seen for one in self.said):
                codes.add("record.seen_missing")
        elif statement.seen.size > index or self.root(statement.seen.size) != statement.seen.root:
            codes.add("record.seen")
        if index and statement.agreement != self.said[0].leaf.statement.agreement:
            codes.add("record.other_agreement")
        if (statement.kind == "log.genesis") != (index == 0):
            return codes | {"record.genesis"}
        return codes | self._people(leaf) | self._signed(leaf, forged) | (self._state(leaf) if index else set())

    def _people(self, leaf: Leaf) -> set[str]:
        statement = leaf.statement
        handles = statement.commitments.get("person", ())
        right = {
            "no": not handles,
            "one": len(handles) == 1,
            "two": len(handles) == 2,
            "some": len(handles) == statement.body["count"] if "count" in statement.body else bool(handles),
            "maybe": len(handles) in (0, statement.body.get("count")),
            "any": True,
        }[PEOPLE.get(statement.kind, "no")]
        return set() if right and len(set(handles)) == len(handles) else {"record.people"}

    def brought(self, leaf: Leaf) -> dict[str, Key]:
        """The keys that a statement itself enrols."""
        kind, body = leaf.statement.kind, leaf.statement.body
        if kind == "log.genesis":
            publics = body.get("operator_keys") or [body["operator_key"]]
            return {sha256(bytes.fromhex(public)).hexdigest(): Key(("operator", "")) for public in publics}
        if kind == "key.enrolled":
            return {body["fingerprint"]: Key((body["role"], body.get("party", "")), tuple(body.get("kinds", ())))}
        if kind == "key.rotated" and body["old"] in self.keys:
            old = self.keys[body["old"]]
            return {body["fingerprint"]: Key(old.office, old.kinds)}
        return {}

    def _signed(self, leaf: Leaf, forged: bool) -> set[str]:
        """Rules 9 and 10."""
        codes = {"record.signature"} if forged else set()
        if not leaf.signatures:
            return {"record.unsigned"}
        kind, body, brought = leaf.statement.kind, leaf.statement.body, self.brought(leaf)
        keys: dict[str, Key] = {}
        for one in leaf.signatures:
            key = brought.get(one.keyid) or self.keys.get(one.keyid)
            if key is None:
                codes.add("record.signer_unknown")
                continue
            keys[one.keyid] = key
            if key.ended:
                codes.add("record.signer_revoked")
            if key.kinds and kind not in key.kinds and one.keyid not in brought:
                codes.add("record.signer_scope")
        if kind in ("key.enrolled", "key.rotated"):
            if sha256(bytes.fromhex(body["public_key"])).hexdigest() != body["fingerprint"]:
                codes.add("record.fingerprint")
            if body["fingerprint"] in self.keys:
                codes |= {"record.key_used"} | (
                    {"record.signer_revoked"} if self.keys[body["fingerprint"]].ended else set()
                )
        if len(keys) < len(leaf.signatures):
            return codes | {"record.signers"} if codes else codes
        if not any(self._fills(leaf, slots.split(), keys) for slots in SIGNERS[kind]):
            codes.add("record.signers")
        return codes

    def _fills(self, leaf: Leaf, slots: list[str], keys: dict[str, Key]) -> bool:
        """Whether some order of the keys puts one into each slot."""
        if slots == ["SAME"]:
            target = self._target(leaf)
            return target is not None and sorted(key.office for key in keys.values()) == sorted(target.offices)
        threshold = leaf.statement.body.get("operator_threshold", 1) if not self.said else self.threshold
        slots = [slot for slot in slots for _ in range(threshold if slot == "O" else 1)]
        old = self.keys.get(leaf.statement.body.get("old", ""))
        if "OLD" in slots and old and old.office[0] == "operator":
            slots.remove("O")  # the old key is one of those that O stands for
        return len(slots) == len(keys) and any(
            all(self._fits(leaf, slot, name, keys[name]) for slot, name in zip(slots, order, strict=True))
            for order in permutations(keys)
        )

    def _fits(self, leaf: Leaf, slot: str, name: str, key: Key) -> bool:
        body, kind = leaf.statement.body, leaf.statement.kind
        new = kind in ("key.enrolled", "key.rotated") and name == body["fingerprint"]
        if new or slot == "NEW":
            return new and slot == "NEW"
        if slot == "OLD":
            return name == body["old"]
        if slot == "OTHER":
            return key.office[0] != "operator" and key.office != self.brought(leaf)[body["fingerprint"]].office
        if slot == "SELF":
            revoked = self.keys.get(body["fingerprint"])
            return revoked is not None and key.office[0] != "operator" and key.office == revoked.office
        if slot == "BY":
            return bool(key.office[1]) and key.office[1] == body["by"]
        if slot == "S":
            return key.office[0] in SIDES
        return slot == "ANY" or key.office[0] == SLOTS[slot]

    def _target(self, leaf: Leaf) -> Said | None:
        wanted = REFS[leaf.statement.kind]
        return next((self.find(ref.sid) for ref in leaf.statement.refs if ref.rel == wanted), None)

    def _state(self, leaf: Leaf) -> set[str]:
        """Rule 11."""
        statement = leaf.statement
        kind, body, index = statement.kind, statement.body, len(self.said)
        codes = {"record.founding"} if kind.startswith(WAITING) and self._waits() else set()
        if kind in REFS:
            count = sum(ref.rel == REFS[kind] for ref in statement.refs)
            if count == 0 or (count > 1 and kind != "record.countersigned"):
                return codes | {"record.no_ref"}
        offices = self._offices(leaf)
        if not offices:
            return codes
        office = offices[0]
        if kind == "key.enrolled" and self._is_founding(leaf) and not self._may_found(body["fingerprint"]):
            codes.add("record.founding")
        if kind == "key.revoked":
            key = self.keys.get(body["fingerprint"])
            since = body.get("compromised_since")
            if key is None or (key.ended and (key.revoked_again or since is None)) or (since or 0) > index:
                codes.add("record.key_state")
            else:
                operators = sum(one.office[0] == "operator" and not one.ended for one in self.keys.values())
                if key.office[0] == "operator" and not key.ended and operators <= self.threshold:
                    codes.add("record.key_state")
        if kind in ("fact.reported", "fact.stated") and any(
            one.body["id"] == body["id"] for one in (*self.of("fact.reported"), *self.of("fact.stated"))
        ):
            codes.add("record.fact_id")
        if kind in ("list.submitted", "list.withdrawn"):
            codes |= self._listed(leaf, office)
        if kind in STEPS:
            done = [one.kind for one in self.said if one.kind in STEPS and one.body["batch"] == body["batch"]]
            if STEPS[: len(done) + 1] != (*done, kind):
                codes.add("record.batch_state")
            proposals = self.of("batch.proposed", batch=body["batch"])
            if kind == "batch.authorised" and proposals:
                giver = proposals[0].body.get("from")
                right = office[1] == giver if giver and office[1] else office[0] == "holding"
                codes |= set() if right else {"record.signers"}
        if kind == "handover.observed":
            codes |= self._observed(leaf)
        if kind in ("handover.delivered", "handover.received"):
            codes |= self._answered(leaf, office)
        if kind == "count.asserted":
            earlier = self.of("count.asserted", commitment=body["commitment"], batch=body["batch"])
            if any(one in before.offices for before in earlier for one in offices):
                codes.add("record.counted_twice")
        if kind == "record.withdrawn":
            target = self._target(leaf)
            if target is not None and (target.kind not in WITHDRAWABLE or target.withdrawn):
                codes.add("record.final")
            handles = set(statement.commitments.get("person", ()))
            if (
                target is not None
                and target.kind in ("handover.observed", "handover.denied")
                and set(target.people) != handles
            ):
                codes.add("record.people")
        return codes

    def _listed(self, leaf: Leaf, office: Office) -> set[str]:
        """Lists: found by reading back all that this side has said of the list."""
        statement, codes = leaf.statement, set()
        mine = [
            one
            for one in self.said
            if one.kind.startswith("list.") and one.body["list"] == statement.body["list"] and one.offices == [office]
        ]
        standing = bool(mine) and mine[-1].kind == "list.submitted"
        if statement.kind == "list.withdrawn":
            return set() if standing else {"record.list_state"}
        submitted = [one for one in mine if one.kind == "list.submitted"]
        version, part, parts = (statement.body.get(name, 1) for name in ("version", "part", "parts"))
        last = [submitted[-1].body.get(name, 1) for name in ("version", "part", "parts")] if submitted else [0, 1, 1]
        if standing and last[1] < last[2]:
            due = [version, part, parts] == [last[0], last[1] + 1, last[2]]
        elif standing or not mine:
            due = [version, part] == [last[0] + 1, 1]
        else:
            due = part == 1 and (version > last[0] or version == 1 == last[0])
        if not due:
            codes.add("record.list_state")
        if parts > 1:
            earlier = submitted[-(part - 1) :] if part > 1 else []
            handles = [handle for one in earlier for handle in one.people]
            handles += statement.commitments.get("person", ())
            if due and handles != sorted(set(handles)):
                codes.add("record.people")
        return codes

    def _observed(self, leaf: Leaf) -> set[str]:
        body, codes = leaf.statement.body, set()
        proposals = self.of("batch.proposed", batch=body["batch"])
        if proposals:
            proposal = proposals[0].body
            differs = any(
                body[name] != proposal[name]
                for name in ("commitment", "from", "to")
                if name in body and name in proposal
            )
            exceeded = self.handed_over(body["batch"]) + body["count"] > proposal["count"]
            if not self.of("batch.authorised", batch=body["batch"]) or differs or exceeded:
                codes.add("record.batch_state")
        commitment = self._commitment(leaf)
        if any((commitment, handle) in self.delivered() for handle in leaf.statement.commitments.get("person", ())):
            codes.add("record.delivered_twice")
        if max(body.get("asked", 0), body.get("wish_affirmed", 0)) > body["count"]:
            codes.add("record.people")
        return codes

    def _commitment(self, leaf: Leaf) -> str | None:
        body = leaf.statement.body
        proposals = self.of("batch.proposed", batch=body["batch"])
        return body.get("commitment") or (proposals[0].body.get("commitment") if proposals else None)

    def _answered(self, leaf: Leaf, office: Office) -> set[str]:
        kind, body, codes = leaf.statement.kind, leaf.statement.body, set()
        target = self._target(leaf)
        if target is None:
            return codes
        if target.kind != "handover.observed" or target.withdrawn:
            return {"record.no_ref"}
        sid = target.leaf.statement.sid
        if body["batch"] != target.body["batch"] or body.get("observed", sid) != sid:
            codes.add("record.batch_state")
        end, role = ("from", "holding") if kind == "handover.delivered" else ("to", "receiving")
        if not (office[1] == target.body[end] if office[1] else office[0] == role):
            codes.add("record.signers")
        if any(self._target(one.leaf) is target for one in self.of(kind)):
            codes.add("record.answered_twice")
        return codes

    def _is_founding(self, leaf: Leaf) -> bool:
        """Whether an enrolment has the signatures of operator and new key only."""
        return len(leaf.signatures) == self.threshold + 1

    def _may_found(self, fingerprint: str) -> bool:
        if listed := self.genesis.get("founding"):
            return fingerprint in listed
        return all(one.kind in BEGINNING for one in self.said)

    def _waits(self) -> bool:
        """Whether a strict log still waits for countersignatures between its founding keys."""
        listed = self.genesis.get("founding")
        if listed is None:
            return False
        enrolments = {
            one.body["fingerprint"]: one for one in self.of("key.enrolled") if one.body["fingerprint"] in listed
        }
        if len(enrolments) < len(listed):
            return True
        for one in enrolments.values():
            office = (one.body["role"], one.body.get("party", ""))
            for other in enrolments.values():
                if office[0] in SIDES and office != (other.body["role"], other.body.get("party", "")):
                    sid = other.leaf.statement.sid
                    if not any(
                        said.offices == [office]
                        and any(ref.sid == sid and ref.rel == "countersigns" for ref in said.leaf.statement.refs)
                        for said in self.of("record.countersigned")
                    ):
                        return True
        return False

    def _offices(self, leaf: Leaf) -> list[Office]:
        keys = {**self.keys, **self.brought(leaf)}
        return sorted(keys[one.keyid].office for one in leaf.signatures if one.keyid in keys)

    def take(self, leaf: Leaf) -> None:
        """Let an entry in that breaks no rule."""
        kind, body = leaf.statement.kind, leaf.statement.body
        said = Said(leaf, self._offices(leaf))
        if kind == "handover.observed":
            said.commitment = self._commitment(leaf)
        if kind == "record.withdrawn":
            self._target(leaf).withdrawn = True
        if kind == "key.rotated":
            self.keys = {**self.keys, **self.brought(leaf)}
            self.keys[body["old"]].ended = True
        self.keys.update({} if kind == "key.rotated" else self.brought(leaf))
        if kind == "key.revoked":
            key = self.keys[body["fingerprint"]]
            key.ended, key.revoked_again = True, key.ended
        self.said.append(said)
