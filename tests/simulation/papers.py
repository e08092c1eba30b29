"""False papers: heads, cosignatures, receipts, acceptances and openings that must convince nobody.

Each attack gives the code of the refusal, None where there was nothing to attack yet, and "" if it has convinced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.signing import digest
from tests.simulation.setting import (
    AGREEMENT,
    ORIGIN,
    OTHER_LOG_SIGNER,
    POLICIES,
    WITNESSES,
    clock_text,
    opened,
    require,
    signer,
)

from quittance.errors import QuittanceError
from quittance.record.acceptance import accept, open_acceptance
from quittance.record.checkpoint import Checkpoint, cosign, sign
from quittance.record.commitment import Opening, Openings, check_openings
from quittance.record.entry import Entry
from quittance.record.envelope import Signature, pae
from quittance.record.keys import verify
from quittance.record.known import read_key
from quittance.record.note import Note
from quittance.record.receipt import Receipt, check_receipt
from quittance.record.statement import PAYLOAD_TYPE

if TYPE_CHECKING:
    from tests.simulation.party import Party
    from tests.simulation.world import World

Try = Callable[["World"], str | None]
PAPERS: dict[str, Try] = {}


def paper(name: str) -> Callable[[Try], Try]:
    """Enter an attack into the table."""

    def enter(made: Try) -> Try:
        PAPERS[name] = made
        return made

    return enter


def _head(world: World) -> tuple[Note, Checkpoint] | None:
    """The note that the neutral holds, with its own log's signature only, and its checkpoint."""
    note = world.parties["N"].note
    if not note:
        return None
    whole = Note.parse(note)
    own = tuple(one for one in whole.signatures if one.name == ORIGIN)
    return Note(whole.text, own), Checkpoint.parse(whole.text)


def _refusal(note: Note) -> str:
    try:
        POLICIES.open(note.encode())
    except QuittanceError as error:
        return error.code
    return ""


@paper("head signed by another key")
def _(world: World) -> str | None:
    head = _head(world)
    return head and _refusal(Note(head[0].text, (replace(sign(head[1], OTHER_LOG_SIGNER), key_id=b"\x00" * 4),)))


@paper("head signed by another key under the log's key id")
def _(world: World) -> str | None:
    head = _head(world)
    if head is None:
        return None
    false = replace(sign(head[1], OTHER_LOG_SIGNER), key_id=head[0].signatures[0].key_id)
    return _refusal(Note(head[0].text, (false,)))


@paper("head of another log")
def _(world: World) -> str | None:
    try:
        opened(world.note_elsewhere())
    except QuittanceError as error:
        return error.code
    return ""


@paper("cosignature in the name of a side")
def _(world: World) -> str | None:
    head = _head(world)
    if head is None:
        return None
    true = cosign(head[1], WITNESSES["B"], signer("witness-B"), world.now)
    false = cosign(head[1], WITNESSES["B"], signer("false"), world.now)
    return _refusal(head[0].with_signatures([replace(false, key_id=true.key_id)]))


@paper("cosignature without a time")
def _(world: World) -> str | None:
    head = _head(world)
    if head is None:
        return None
    true = cosign(head[1], WITNESSES["A"], signer("witness-A"), world.now)
    return _refusal(head[0].with_signatures([replace(true, signature=bytes(8) + true.signature[8:])]))


@paper("cosignature moved to another head")
def _(world: World) -> str | None:
    head = _head(world)
    if head is None:
        return None
    other = Checkpoint(ORIGIN, head[1].size + 1, bytes(32))
    return _refusal(head[0].with_signatures([cosign(other, WITNESSES["A"], signer("witness-A"), world.now)]))


def _grade(note: Note, wrong: str) -> str:
    found = POLICIES.grade(POLICIES.open(note.encode()))
    return "" if found == wrong else f"the grade stays {found}"


@paper("one side cosigns twice")
def _(world: World) -> str | None:
    head = _head(world)
    if head is None:
        return None
    lines = [cosign(head[1], WITNESSES["A"], signer("witness-A"), world.now + late) for late in (0, 60)]
    return _grade(Note(head[0].text, (*head[0].signatures, *lines)), "joint")


@paper("a witness that nobody has named")
def _(world: World) -> str | None:
    head = _head(world)
    if head is None:
        return None
    lines = [
        cosign(head[1], WITNESSES["A"], signer("witness-A"), world.now),
        cosign(head[1], WITNESSES["B"], signer("false"), world.now),
    ]
    return _grade(head[0].with_signatures(lines), "joint")


@paper("a side withholds its cosignature")
def _(world: World) -> str | None:
    head = _head(world)
    if head is None:
        return None
    lines = [cosign(head[1], WITNESSES[of], signer(f"witness-{of}"), world.now) for of in "BX"]
    found = _grade(head[0].with_signatures(lines), "joint")
    return found if found == "the grade stays recorded" else ""


def _receipt(world: World) -> tuple[Receipt, str] | None:
    party = world.parties[world.rng.choice(("A", "B", "N"))]
    if not party.receipts:
        return None
    sid = world.rng.choice(sorted(party.receipts))
    return Receipt.parse(party.receipts[sid]), sid


def _receipt_refusal(receipt: Receipt, sid: str) -> str:
    try:
        checked = check_receipt(receipt, POLICIES, ORIGIN)
    except QuittanceError as error:
        return error.code
    return "" if checked.entry.sid == sid else "another entry"


@paper("receipt with another place")
def _(world: World) -> str | None:
    found = _receipt(world)
    return found and _receipt_refusal(replace(found[0], index=found[0].index + world.rng.choice((-1, 1))), found[1])


@paper("receipt with another entry")
def _(world: World) -> str | None:
    found = _receipt(world)
    if found is None:
        return None
    other = world.parties["N"].leaves[0]
    return _receipt_refusal(replace(found[0], leaf=other), found[1])


@paper("receipt with an entry that was written later")
def _(world: World) -> str | None:
    found = _receipt(world)
    if found is None or found[0].leaf is None:
        return None
    leaf = found[0].leaf.replace(b"Z", b"z", 1) if b"Z" in found[0].leaf else found[0].leaf[:-1]
    return _receipt_refusal(replace(found[0], leaf=leaf), found[1])


@paper("receipt with a longer proof")
def _(world: World) -> str | None:
    found = _receipt(world)
    return found and _receipt_refusal(replace(found[0], proof=(*found[0].proof, bytes(32))), found[1])


@paper("acceptance by another key")
def _(world: World) -> str | None:
    forged = accept(digest("sid"), 3, clock_text(world.now), ORIGIN, signer("false"))
    try:
        open_acceptance(forged.envelope, world.operator_keys())
    except QuittanceError as error:
        return error.code
    return ""


@paper("opening with another value")
def _(world: World) -> str | None:
    return _opening(world, lambda value, salt: (value + " the younger", salt))


@paper("opening with another salt")
def _(world: World) -> str | None:
    return _opening(world, lambda value, salt: (value, bytes(16)))


@paper("opening guessed without the salt, after an erasure")
def _(world: World) -> str | None:
    erased = sorted(world.agenda.erased)
    plan = next((plan for plan in world.agenda.plans if set(plan.handles) & set(erased)), None)
    entry = _observed(world, plan.sids["handover.observed"]) if plan else None
    if entry is None:
        return None
    guesses = tuple(Opening("person", f"person {number}", bytes(16)) for number in range(3))
    try:
        check_openings(entry.statement, Openings(entry.sid, guesses))
    except QuittanceError as error:
        return error.code
    return ""


def _observed(world: World, sid: str) -> Entry | None:
    neutral = world.parties["N"]
    index = neutral.replay.find(sid)
    return None if index is None else Entry.parse(index, neutral.leaves[index])


def _opening(world: World, change: Callable[[str, bytes], tuple[str, bytes]]) -> str | None:
    plan = world.plan("observed", "delivered", "received", "counted")
    entry = _observed(world, plan.sids["handover.observed"]) if plan else None
    if plan is None or entry is None or plan.handles[0] not in world.agenda.vault:
        return None
    value, salt = change(*world.agenda.vault[plan.handles[0]])
    require(entry.statement.agreement == AGREEMENT, "a handover is of this agreement")
    try:
        check_openings(entry.statement, Openings(entry.sid, (Opening("person", value, salt),)))
    except QuittanceError as error:
        return error.code
    return ""


@paper("a side denies its signature")
def _(world: World) -> str | None:
    """A third party answers from its own mirror: the key was in its term at this index, and the signature is its."""
    side = world.parties[world.rng.choice(("A", "B"))]
    judge = world.parties["N"]
    own = [
        (at, entry, one)
        for at in range(max(0, judge.size - 30), judge.size)
        for entry in (Entry.parse(at, judge.leaves[at]),)
        for one in entry.leaf.signatures
        if world.owner_of.get(one.keyid) == side.name and entry.sid in side.diary
    ]
    if not own:
        return None
    at, entry, one = world.rng.choice(own)
    return denial(judge, at, entry, one)


def denial(judge: Party, at: int, entry: Entry, one: Signature) -> str:
    """What a third party answers to whoever denies this signature: refuted, doubtful, or "" if it cannot tell."""
    stored = judge.replay.state(f"key:{one.keyid}")
    if stored is None:
        return ""
    key = read_key(stored)
    body = entry.statement.body
    is_new = entry.statement.kind in ("key.enrolled", "key.rotated") and body["fingerprint"] == one.keyid
    in_term = (key.since < at or is_new) and (key.until is None or at <= key.until)
    genuine = verify(bytes.fromhex(key.public), one.sig, pae(PAYLOAD_TYPE, entry.statement.payload))
    if not (in_term and genuine):
        return ""
    return "doubtful" if key.doubted is not None and at >= key.doubted else "refuted: key in its term, signature valid"
