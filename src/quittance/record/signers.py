"""Who signed a statement, and whether these are the offices that its kind needs.

A signature counts if its key was enrolled at an earlier entry and not ended at one: the order in the log decides, not
clocks. Key ids only pick keys; what is counted are distinct keys whose signature over the PAE verifies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from quittance.record.entry import Leaf
from quittance.record.keys import key_id, require_public_key
from quittance.record.kinds import SIDES, SLOTS, Kind
from quittance.record.known import KeyState, Known, Proven, Step, offices_of, read_key, refuse
from quittance.record.statement import Statement


def signers_of(leaf: Leaf, known: Known, proven: Proven) -> dict[str, KeyState]:
    """The keys behind the signatures of a leaf, by fingerprint; raises `RecordError` unless each of them counts."""
    statement = leaf.statement
    if not leaf.signatures:
        refuse(f"Statement {statement.sid} is signed by nobody. Have it signed.", "unsigned")
    offered = offered_keys(statement, known.size)
    signers: dict[str, KeyState] = {}
    for signature in leaf.signatures:
        name = signature.keyid
        key = offered.get(name)
        if key is None:
            stored = known.state(f"key:{name}")
            if stored is None:
                refuse(
                    f"Statement {statement.sid} carries a signature of key {name[:16]}, which is not enrolled. "
                    "Enrol the key, or leave the signature out.",
                    "signer_unknown",
                )
            key = read_key(stored)
            if key.until is not None:
                refuse(
                    f"Statement {statement.sid} is signed by key {name[:16]}, which entry {key.until} ended. "
                    "Sign it again with the present key.",
                    "signer_revoked",
                )
            if key.kinds and statement.kind not in key.kinds:
                refuse(
                    f"Key {name[:16]} was not enrolled to sign {statement.kind}. Have another key sign.", "signer_scope"
                )
        if not proven(leaf, signature, bytes.fromhex(key.public)):
            refuse(
                f"The signature of key {name[:16]} on statement {statement.sid} is not valid: statement or signature "
                "was changed. Sign it again.",
                "signature",
            )
        signers[name] = key
    return signers


def offered_keys(statement: Statement, index: int) -> dict[str, KeyState]:
    """The keys that a statement itself brings: the operator's in the genesis, the new one in an enrolment."""
    body = statement.body
    if statement.kind == "log.genesis":
        publics = [str(key) for key in genesis_keys(body)]
        keys = [KeyState(public, "operator", index) for public in publics]
    elif statement.kind in ("key.enrolled", "key.rotated"):
        public = bytes.fromhex(str(body["public_key"]))
        require_public_key(public)
        if key_id(public) != body["fingerprint"]:
            refuse("The fingerprint of an enrolment is not that of its key. Compute it again.", "fingerprint")
        keys = [KeyState(public.hex(), str(body.get("role", "")), index, str(body.get("party", "")), _kinds(body))]
    else:
        return {}
    return {key_id(bytes.fromhex(key.public)): key for key in keys}


def genesis_keys(body: Mapping[str, object]) -> Iterable[object]:
    """The operator's public keys that a genesis names, in hex."""
    keys = body.get("operator_keys", ())
    return [*keys] if isinstance(keys, list | tuple) and keys else [body["operator_key"]]


def _kinds(body: Mapping[str, object]) -> tuple[str, ...]:
    kinds = body.get("kinds", ())
    return tuple(str(kind) for kind in kinds) if isinstance(kinds, list | tuple) else ()


def require_signers(step: Step, kind: Kind, offices: str | None) -> None:
    """Raise `record.signers` unless the signers fill one alternative of the kind exactly, one key a slot.

    `offices` are those that must sign where the kind asks for the same as an earlier statement.
    """
    signers = step.signers
    if offices is not None:
        if offices_of(signers.values()) == offices:
            return
        wanted = offices.replace(",", " + ")
    else:
        for listed in kind.signers:
            slots = [slot for one in listed for slot in ([one] * _operators(step) if one == "O" else [one])]
            if len(slots) == len(signers) and _fills(slots, list(signers), step):
                return
        wanted = " or ".join(" + ".join(SLOTS.get(slot, slot.lower()) for slot in listed) for listed in kind.signers)
    refuse(
        f"Statement {step.sid} ({step.statement.kind}) needs exactly the signatures of {wanted}; it has "
        f"{', '.join(sorted(key.role or 'new' for key in signers.values()))}.",
        "signers",
    )


def _operators(step: Step) -> int:
    """How many operator keys a slot `O` stands for: the threshold, of which a key that an operator gives up is one."""
    old = step.signers.get(step.text("old")) if step.statement.kind == "key.rotated" else None
    return step.log.threshold - (old is not None and old.role == "operator")


def _fills(slots: list[str], names: list[str], step: Step) -> bool:
    """Whether there is a way to give each slot another of the keys `names` (by augmenting paths: it stays quick)."""
    if len(slots) == 1:  # most statements
        return _fits(slots[0], names[0], step)
    held: dict[str, str] = {}

    def place(slot: str, tried: set[str]) -> bool:
        for name in names:
            if name not in tried and _fits(slot, name, step):
                tried.add(name)
                if name not in held or place(held[name], tried):
                    held[name] = slot
                    return True
        return False

    return all(place(slot, set()) for slot in slots)


def _fits(slot: str, name: str, step: Step) -> bool:
    """Whether a key may stand in a slot."""
    key, body = step.signers[name], step.statement.body
    is_new = step.statement.kind in ("key.enrolled", "key.rotated") and name == body["fingerprint"]
    if slot == "NEW" or is_new:
        return slot == "NEW" and is_new
    if slot == "OLD":
        return name == body["old"]
    if slot == "OTHER":
        return key.role != "operator" and (key.role, key.party) != (body["role"], body.get("party", ""))
    if slot == "S":
        return key.role in SIDES
    if slot == "BY":
        return key.party != "" and key.party == body.get("by")
    if slot == "SELF":
        return key.role != "operator"
    return slot == "ANY" or key.role == SLOTS[slot]
