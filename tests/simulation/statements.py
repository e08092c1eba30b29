"""Statements that must not enter: each is tried on the operator, and by an operator who lets everything in.

An attack gives the statement and its signatures, or None where there is nothing to attack yet. The codes are those of
the product: the honest operator refuses with one of them, and so does every mirror if the operator lets it in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.signing import digest
from tests.simulation.agenda import COMMITMENT
from tests.simulation.setting import ELSEWHERE, PARTY_IDS, clock_text, fingerprint, opened, public

from quittance.record.bracket import seen_of
from quittance.record.entry import Entry
from quittance.record.envelope import Signature
from quittance.record.known import read_list
from quittance.record.statement import Ref, Seen, Statement

if TYPE_CHECKING:
    from tests.simulation.world import World

Signed = tuple[Statement, tuple[Signature, ...]]
Make = Callable[["World"], Signed | None]


@dataclass(frozen=True)
class Attack:
    """A statement that is against the rules; `codes` are those that refuse it."""

    name: str
    codes: tuple[str, ...]
    make: Make


ATTACKS: dict[str, Attack] = {}


def attack(name: str, *codes: str) -> Callable[[Make], Make]:
    """Enter an attack into the table."""

    def enter(make: Make) -> Make:
        ATTACKS[name] = Attack(name, tuple(f"record.{code}" if "." not in code else code for code in codes), make)
        return make

    return enter


def signed(
    world: World, kind: str, body: Mapping[str, Any], by: Sequence[str], *, drafter: str = "N", **members: Any
) -> Signed | None:
    """A statement signed by these offices, or keys after an equals sign; None if an office has no key just now."""
    names: list[str] = []
    for one in by:
        found = (one[1:],) if one.startswith("=") else world.names_of(one)
        if not found:
            return None
        names += found
    statement = world.draft(kind, body, drafter=drafter, **members)
    return statement, world.sign(statement, *names)


def one_of(world: World, *kinds: str) -> Entry | None:
    """One such entry."""
    neutral = world.parties["N"]
    places = [at for at in range(neutral.size) if not kinds or neutral.replay.said(at)[0] in kinds]
    if not places:
        return None
    at = world.rng.choice(places)
    return Entry.parse(at, neutral.leaves[at])


def altered(world: World, entry: Entry, **members: Any) -> Signed:
    """Another statement under the signatures of one that was entered."""
    return replace(entry.statement, nonce=world.nonce(), **members), entry.leaf.signatures


def observation(world: World, **body: Any) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The body of a handover of new persons outside all batches, and their handles."""
    people = (world.agenda.person(),)
    made = {"batch": world.agenda.name("loose"), "from": "side-a", "to": "side-b", "place": "crossing-1", "count": 1,
            "commitment": COMMITMENT}  # fmt: skip
    return made | body, people


# Replaying, moving, and writing in the names of others


@attack("statement entered twice", "duplicate")
def _(world: World) -> Signed | None:
    entry = one_of(world)
    return entry and (entry.statement, entry.leaf.signatures)


@attack("signatures moved to another batch", "signature")
def _(world: World) -> Signed | None:
    entry = one_of(world, "handover.observed", "handover.received", "count.asserted", "batch.cleared")
    return entry and altered(world, entry, body={**entry.statement.body, "batch": world.agenda.name("moved")})


@attack("the same, with its nonce", "nonce_used")
def _(world: World) -> Signed | None:
    entry = one_of(world, "handover.observed", "count.asserted")
    if entry is None:
        return None
    body = {**entry.statement.body, "batch": world.agenda.name("moved")}
    return replace(entry.statement, body=body), entry.leaf.signatures


@attack("a used nonce, signed again", "nonce_used")
def _(world: World) -> Signed | None:
    entry = one_of(world, "list.submitted", "count.contested", "handover.observed", "fact.reported")
    if entry is None:
        return None
    body, people = observation(world)
    return signed(world, "handover.observed", body, ["neutral"], people=people, nonce=entry.statement.nonce)


@attack("statement for another log", "wrong_log")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    return signed(world, "handover.observed", body, ["neutral"], people=people, log=ELSEWHERE)


@attack("statement of another log, its log changed", "signature")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    made = signed(world, "handover.observed", body, ["neutral"], people=people, log=ELSEWHERE)
    return made and (replace(made[0], log=world.parties["N"].replay.origin), made[1])


@attack("statement for another agreement", "other_agreement")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    return signed(world, "handover.observed", body, ["neutral"], people=people, agreement="another")


@attack("a signature of one's own in the name of another", "signature")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    made = signed(world, "handover.observed", body, ["=operator"], people=people)
    names = world.names_of("neutral")
    return made and names and (made[0], (Signature(fingerprint(names[0]), made[1][0].sig),))  # type: ignore[return-value]


@attack("a signature moved from another statement", "signature")
def _(world: World) -> Signed | None:
    entry, names = one_of(world, "handover.observed", "wish.recorded", "pledge.recorded"), world.names_of("neutral")
    if entry is None or entry.leaf.signatures[0].keyid not in map(fingerprint, names):
        return None
    body, people = observation(world)
    return world.draft("handover.observed", body, drafter="N", people=people), entry.leaf.signatures


@attack("nobody's signature", "unsigned")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    return world.draft("handover.observed", body, drafter="N", people=people), ()


# Without the keys of the offices


def _operator_alone(name: str, kind: str, body: Callable[[World], Mapping[str, Any]], persons: int) -> None:
    def make(world: World) -> Signed | None:
        people = tuple(world.agenda.person() for _ in range(persons))
        return signed(world, kind, body(world), ["operator"], drafter="operator", people=people)

    attack(f"operator alone: {name}", "signers")(make)


_operator_alone("a handover", "handover.observed", lambda world: observation(world)[0], 1)
_operator_alone("a count", "count.asserted", lambda _: {"batch": "b", "count": 9, "commitment": COMMITMENT}, 0)
_operator_alone("a match", "match.confirmed", lambda _: {"grade": "three-points"}, 1)
_operator_alone("a judgement", "match.judged", lambda _: {"judgement": "same", "grade": "p97"}, 2)
_operator_alone("a consent", "wish.recorded", lambda _: {}, 1)
_operator_alone("a clearance", "person.cleared", lambda _: {"reason": "fit"}, 1)
_operator_alone("an erasure", "erasure.done", lambda _: {"salts": 1, "keys": 1}, 1)


@attack("operator alone: a batch cleared", "signers")
def _(world: World) -> Signed | None:
    plan = world.plan("proposed")
    return plan and signed(world, "batch.cleared", {"batch": plan.name}, ["operator"], drafter="operator")


@attack("operator alone: the key of another office", "founding")
def _(world: World) -> Signed | None:
    new, role = world.new_name("neutral"), world.rng.choice(("neutral", "holding", "medical"))
    body = {"role": role, "public_key": public(new), "fingerprint": fingerprint(new)}
    return signed(world, "key.enrolled", body, ["operator", f"={new}"], drafter="operator")


@attack("operator alone: the rotation of another's key", "signers")
def _(world: World) -> Signed | None:
    new, old = world.new_name("holding"), world.names_of("holding")
    body = {"old": fingerprint(old[0]), "public_key": public(new), "fingerprint": fingerprint(new)} if old else {}
    return signed(world, "key.rotated", body, ["operator", f"={new}"], drafter="operator") if old else None


@attack("one key of the operator where two are needed", "signers")
def _(world: World) -> Signed | None:
    if len(world.operator_names) == 1:
        return None
    body = {"id": world.agenda.name("fact"), "kind": "note"}
    return signed(world, "fact.reported", body, ["=operator"], drafter="operator")


@attack("one key of the operator under two names", "signature")
def _(world: World) -> Signed | None:
    if len(world.operator_names) == 1:
        return None
    body = {"id": world.agenda.name("fact"), "kind": "note"}
    made = signed(world, "fact.reported", body, ["=operator"], drafter="operator")
    if made is None:
        return None
    again = Signature(fingerprint(world.operator_names[1]), made[1][0].sig)
    return made[0], tuple(sorted((made[1][0], again), key=lambda one: one.keyid))


@attack("a side speaks as the neutral", "signers")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    side = world.rng.choice(("holding", "receiving"))
    return signed(world, "handover.observed", body, [side], drafter="A", people=people)


@attack("the neutral counts for the sides", "signers")
def _(world: World) -> Signed | None:
    body = {"batch": world.agenda.name("loose"), "count": 9, "commitment": COMMITMENT}
    return signed(world, "count.asserted", body, ["neutral"])


@attack("the medical officer speaks for a person", "signers")
def _(world: World) -> Signed | None:
    return signed(world, "wish.recorded", {}, ["medical"], people=(world.agenda.person(),))


@attack("one side confirms a match alone", "signers")
def _(world: World) -> Signed | None:
    side, drafter = world.rng.choice((("holding", "A"), ("receiving", "B")))
    body = {"grade": "three-points"}
    return signed(world, "match.confirmed", body, [side], drafter=drafter, people=(world.agenda.person(),))


@attack("a side judges a pair itself", "signers")
def _(world: World) -> Signed | None:
    people = (world.agenda.person(), world.agenda.person())
    body = {"judgement": "different", "grade": "p97", "reason": "father"}
    return signed(world, "match.judged", body, ["holding"], drafter="A", people=people)


@attack("a judgement on one person", "people")
def _(world: World) -> Signed | None:
    body = {"judgement": "same", "grade": "p97"}
    return signed(world, "match.judged", body, ["neutral"], people=(world.agenda.person(),))


@attack("a judgement against the score, without a reason", "entry.body")
def _(world: World) -> Signed | None:
    people = (world.agenda.person(), world.agenda.person())
    body = world.rng.choice(({"judgement": "same", "grade": "p10"}, {"judgement": "different", "grade": "p97"}))
    return signed(world, "match.judged", body, ["neutral"], people=people)


@attack("a batch cleared without the medical officer", "signers")
def _(world: World) -> Signed | None:
    plan = world.plan("proposed")
    return plan and signed(world, "batch.cleared", {"batch": plan.name}, ["neutral"])


@attack("a signature too many", "signers")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    return signed(world, "handover.observed", body, ["neutral", "holding"], people=people)


@attack("a policy without the other side", "signers")
def _(world: World) -> Signed | None:
    return signed(world, "policy.set", {"policy_sha256": digest("mine")}, ["holding", "operator"], drafter="A")


@attack("the other side's answer", "signers")
def _(world: World) -> Signed | None:
    plan = world.plan("observed")
    if plan is None:
        return None
    body = {"batch": plan.name, "count": len(plan.handles)}
    refs = (Ref("answers", plan.sids["handover.observed"]),)
    return signed(world, "handover.delivered", body, ["receiving"], drafter="B", refs=refs)


@attack("the other side authorises a batch", "signers")
def _(world: World) -> Signed | None:
    plan = world.plan("cleared")
    return plan and signed(world, "batch.authorised", {"batch": plan.name}, ["receiving"], drafter="B")


# Keys


@attack("a key that nobody enrolled", "signer_unknown")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    return signed(world, "handover.observed", body, [f"={world.new_name('neutral')}"], people=people)


@attack("a key after its end", "signer_revoked")
def _(world: World) -> Signed | None:
    ended = [name for name in world.ended if name.startswith(("neutral", "holding", "receiving"))]
    if not ended:
        return None
    body, people = observation(world)
    return signed(world, "handover.observed", body, [f"={world.rng.choice(ended)}"], people=people)


@attack("a key outside its scope", "signer_scope")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    return signed(world, "handover.observed", body, ["=neutral-clerk"], people=people)


@attack("a key enrolled under a false fingerprint", "fingerprint")
def _(world: World) -> Signed | None:
    new = world.new_name("holding")
    body = {"role": "holding", "party": "side-a", "public_key": public(new), "fingerprint": digest("false")}
    return signed(world, "key.enrolled", body, ["operator", f"={new}", "neutral"], drafter="A")


@attack("a key enrolled again", "key_used")
def _(world: World) -> Signed | None:
    used = world.names_of("holding")
    if not used:
        return None
    body = {"role": "holding", "public_key": public(used[0]), "fingerprint": fingerprint(used[0])}
    return signed(world, "key.enrolled", body, ["operator", "holding", "neutral"], drafter="A")


@attack("a key of small order", "key.public")
def _(world: World) -> Signed | None:
    weak = (b"\x01" + bytes(31)).hex()
    body = {"role": "holding", "public_key": weak, "fingerprint": digest("weak")}
    return signed(world, "key.enrolled", body, ["operator", "neutral"], drafter="A")


@attack("a side vouches for its own new key", "signers")
def _(world: World) -> Signed | None:
    new = world.new_name("holding")
    body = {"role": "holding", "party": PARTY_IDS["holding"]}
    body |= {"public_key": public(new), "fingerprint": fingerprint(new)}
    return signed(world, "key.enrolled", body, ["operator", f"={new}", "holding"], drafter="A")


@attack("a side ends the other's key", "signers", "key_state")
def _(world: World) -> Signed | None:
    theirs = world.names_of("receiving")
    body = {"fingerprint": fingerprint(theirs[0]), "reason": "stolen"} if theirs else {}
    return signed(world, "key.revoked", body, ["holding"], drafter="A") if theirs else None


@attack("a key doubted from an entry that is not there", "key_state")
def _(world: World) -> Signed | None:
    mine = world.names_of("holding")
    body = {"fingerprint": fingerprint(mine[0]), "reason": "lost", "compromised_since": 10**6} if mine else {}
    return signed(world, "key.revoked", body, ["holding"], drafter="A") if mine else None


# What was seen, and what is referred to


@attack("a head not reached yet", "seen")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    seen = Seen(world.parties["N"].size + 500, bytes(32), digest("none"))
    return signed(world, "handover.observed", body, ["neutral"], people=people, seen=seen)


@attack("a head of another history", "seen")
def _(world: World) -> Signed | None:
    body, people = observation(world)
    seen = Seen(max(1, world.parties["N"].size // 2), bytes(32), digest("none"))
    return signed(world, "handover.observed", body, ["neutral"], people=people, seen=seen)


@attack("nothing seen", "seen_missing")
def _(world: World) -> Signed | None:
    if not world.parties["N"].replay.state("seen"):
        return None
    body, people = observation(world)
    return signed(world, "handover.observed", body, ["neutral"], people=people, seen=None)


@attack("a reference to nothing", "unknown_ref")
def _(world: World) -> Signed | None:
    refs = (Ref("answers", digest(world.agenda.name("nothing"))),)
    return signed(world, "handover.received", {"batch": "b", "count": 1}, ["receiving"], drafter="B", refs=refs)


@attack("an answer to what is no handover", "no_ref")
def _(world: World) -> Signed | None:
    entry = one_of(world, "list.submitted", "fact.reported", "key.enrolled")
    refs = (Ref("answers", entry.sid),) if entry else ()
    return signed(world, "handover.received", {"batch": "b", "count": 1}, ["receiving"], drafter="B", refs=refs)


# The log's own state


@attack("a person handed over twice", "delivered_twice")
def _(world: World) -> Signed | None:
    state = world.operator.true.store.known().state
    mirrored = sorted(handle for _, handle in world.parties["N"].model.delivered)
    standing = [handle for handle in mirrored if state(f"delivered:{COMMITMENT}:{handle}")]
    if not standing:
        return None
    body, _ = observation(world)
    return signed(world, "handover.observed", body, ["neutral"], people=(world.rng.choice(standing),))


@attack("more persons counted than named", "people")
def _(world: World) -> Signed | None:
    body, people = observation(world, count=7)
    return signed(world, "handover.observed", body, ["neutral"], people=people)


@attack("more persons asked than there were", "people")
def _(world: World) -> Signed | None:
    body, people = observation(world, asked=2)
    return signed(world, "handover.observed", body, ["neutral"], people=people)


@attack("more persons than the batch has", "batch_state")
def _(world: World) -> Signed | None:
    plan = world.plan("authorised")
    if plan is None:
        return None
    people = tuple(world.agenda.person() for _ in range(9))
    return signed(world, "handover.observed", plan.body | {"count": 9}, ["neutral"], people=people)


@attack("a handover before the batch was authorised", "batch_state")
def _(world: World) -> Signed | None:
    plan = world.plan("proposed") or world.plan("cleared")
    return plan and signed(world, "handover.observed", plan.body, ["neutral"], people=tuple(plan.handles))


@attack("a batch authorised before it was cleared", "batch_state")
def _(world: World) -> Signed | None:
    plan = world.plan("proposed")
    return plan and signed(world, "batch.authorised", {"batch": plan.name}, ["holding"], drafter="A")


@attack("a batch proposed twice", "batch_state")
def _(world: World) -> Signed | None:
    if not world.agenda.plans:
        return None
    body = {"batch": world.agenda.plans[0].name, "count": 99, "rules_sha256": digest("rules")}
    return signed(world, "batch.proposed", body, ["operator"], drafter="operator")


@attack("a second answer of one side", "answered_twice")
def _(world: World) -> Signed | None:
    plan = world.plan("delivered", "received", "counted")
    if plan is None:
        return None
    refs = (Ref("answers", plan.sids["handover.observed"]),)
    body = {"batch": plan.name, "count": len(plan.handles) + 1}
    return signed(world, "handover.delivered", body, ["holding"], drafter="A", refs=refs)


@attack("a batch counted twice", "counted_twice")
def _(world: World) -> Signed | None:
    plan = world.plan("counted")
    if plan is None:
        return None
    body = {"batch": plan.name, "count": 50, "commitment": COMMITMENT}
    return signed(world, "count.asserted", body, ["receiving"], drafter="B")


@attack("the word of another taken back", "signers")
def _(world: World) -> Signed | None:
    plan = world.plan("observed", "delivered", "received", "counted")
    if plan is None:
        return None
    refs = (Ref("withdraws", plan.sids["handover.observed"]),)
    return signed(world, "record.withdrawn", {}, ["holding"], drafter="A", refs=refs, people=tuple(plan.handles))


@attack("a handover taken back with other persons", "people")
def _(world: World) -> Signed | None:
    plan = world.plan("observed", "delivered", "received", "counted")
    if plan is None:
        return None
    refs = (Ref("withdraws", plan.sids["handover.observed"]),)
    people = tuple(world.agenda.person() for _ in plan.handles)
    return signed(world, "record.withdrawn", {}, ["neutral"], refs=refs, people=people)


@attack("what has done its work corrected", "final")
def _(world: World) -> Signed | None:
    entry = one_of(world, "batch.authorised", "key.enrolled", "handover.delivered", "list.submitted")
    body = {"body": dict(entry.statement.body)} if entry else {}
    refs = (Ref("corrects", entry.sid),) if entry else ()
    return signed(world, "record.corrected", body, ["holding"], drafter="A", refs=refs) if entry else None


@attack("the list of the other side withdrawn", "list_state")
def _(world: World) -> Signed | None:
    theirs = world.agenda.lists["receiving"]
    body = {"list": theirs[-1]} if theirs else {}
    return signed(world, "list.withdrawn", body, ["holding"], drafter="A") if theirs else None


def standing(world: World, begun: bool) -> tuple[str, Any] | None:
    """A list of the holding side as the operator's log has it: begun and not complete, or complete."""
    state = world.operator.true.store.known().state
    for name in reversed(world.agenda.lists["holding"]):
        held = read_list(state(f"list:holding:{PARTY_IDS['holding']}:{name}") or "")
        if held.sid and (held.part < held.parts) == begun:
            return name, held
    return None


@attack("a version of a list submitted twice", "list_state")
def _(world: World) -> Signed | None:
    found = standing(world, begun=False)
    if found is None:
        return None
    name, held = found
    body = {"list": name, "count": 1, "version": held.version}
    return signed(world, "list.submitted", body, ["holding"], drafter="A", people=(world.agenda.person(),))


@attack("a part of a list left out", "list_state")
def _(world: World) -> Signed | None:
    found = standing(world, begun=True)
    if found is None:
        return None
    name, held = found
    body = {"list": name, "count": 0, "version": held.version, "part": held.part + 2, "parts": held.parts + 1}
    return signed(world, "list.submitted", body, ["holding"], drafter="A")


@attack("a new version of a list that is not complete", "list_state")
def _(world: World) -> Signed | None:
    found = standing(world, begun=True)
    if found is None:
        return None
    name, held = found
    body = {"list": name, "count": 0, "version": held.version + 1}
    return signed(world, "list.submitted", body, ["holding"], drafter="A")


@attack("somebody in two parts of a list", "people")
def _(world: World) -> Signed | None:
    found = standing(world, begun=True)
    if found is None:
        return None
    name, held = found
    body = {"list": name, "count": 1, "version": held.version, "part": held.part + 1, "parts": held.parts}
    return signed(world, "list.submitted", body, ["holding"], drafter="A", people=(held.last,))


@attack("two reports under one id", "fact_id")
def _(world: World) -> Signed | None:
    entry = one_of(world, "fact.reported")
    if entry is None:
        return None
    body = {"id": entry.statement.body["id"], "kind": "note"}
    return signed(world, "fact.reported", body, ["operator"], drafter="operator")


@attack("a second beginning", "genesis")
def _(world: World) -> Signed | None:
    body = {"operator_key": public("operator"), "founding": []}
    return signed(world, "log.genesis", body, ["operator"], drafter="operator")


@attack("free text about a person", "entry.body")
def _(world: World) -> Signed | None:
    body, people = observation(world, remark="the man with the scar")
    return signed(world, "handover.observed", body, ["neutral"], people=people)


def backdated(world: World, *, cosigned: bool) -> Signed | None:
    """A statement that claims to be an hour older than the head it names, one that is cosigned or not."""
    neutral = world.parties["N"]
    note = neutral.cosigned if cosigned else neutral.note
    if not note or bool(opened(note).cosigned) != cosigned:
        return None
    body, people = observation(world)
    low = max((one.time for one in opened(note).cosigned), default=world.now)
    claimed = clock_text(min(low, world.now) - 3600)
    seen = seen_of(note)
    return signed(world, "handover.observed", body, ["neutral"], people=people, claimed_at=claimed, seen=seen)


def postdated(world: World) -> Signed | None:
    """A statement that claims to be made an hour from now."""
    body, people = observation(world)
    return signed(
        world, "handover.observed", body, ["neutral"], people=people, claimed_at=clock_text(world.now + 3600 * 5)
    )


def backdated_within(world: World) -> Signed | None:
    """A statement that claims to be five minutes older than it is: within what clocks may be off."""
    note = world.parties["N"].cosigned
    if not note:
        return None
    body, people = observation(world)
    low = max(one.time for one in opened(note).cosigned)
    claimed = clock_text(min(low, world.now) - 300)
    return signed(world, "handover.observed", body, ["neutral"], people=people, claimed_at=claimed)


def disowned(world: World) -> Signed | None:
    """A side says that its key was stolen, and since when, though it was not: to be rid of what it has signed."""
    neutral, key = world.parties["N"], world.names_of("holding")
    own = [at for at in range(neutral.size) if "holding:side-a" in neutral.replay.said(at)[1]]
    if not key or world.revoking or len(own) < 4:
        return None
    body = {"fingerprint": fingerprint(key[0]), "reason": "stolen", "compromised_since": own[len(own) // 2]}
    world.revoking.add(fingerprint(key[0]))
    world.names["holding"] = ""
    world.ended.append(key[0])
    return signed(world, "key.revoked", body, [f"={key[0]}"], drafter="A")


def false_word(world: World) -> Signed | None:
    """A genuine key states what did not happen: the neutral sees a handover that never was."""
    body, people = observation(world)
    return signed(world, "handover.observed", body, ["neutral"], people=people)


def stolen(world: World) -> tuple[Signed, str] | None:
    """A thief uses the key of a side, while nobody knows; and the name of the key."""
    role, drafter = world.rng.choice((("holding", "A"), ("receiving", "B")))
    names = world.names_of(role)
    if not names:
        return None
    body = {"batch": world.agenda.name("stolen"), "count": 3, "commitment": COMMITMENT}
    statement = world.draft("count.asserted", body, drafter=drafter)
    return (statement, world.sign(statement, *names, thief=True)), names[0]


def vouched(world: World) -> Signed | None:
    """Operator and one side together enrol a false key of the neutral: the rules ask for two offices, and two lie."""
    new = world.new_name("neutral")
    body = {"role": "neutral", "public_key": public(new), "fingerprint": fingerprint(new), "kinds": ["pledge.recorded"]}
    return signed(world, "key.enrolled", body, ["operator", f"={new}", "holding"], drafter="A")
