"""What is honestly done in an exchange: each act gives the draft of one statement, or None where nothing is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from tests.signing import digest, fingerprint, public, refer, role_of, seed_number
from tests.unit.record.log_model import Said

from quittance.record.statement import Ref

LISTS = {"side-b/l1": (12, "receiving"), "side-a/l2": (6, "holding")}
"""List, by the side that asks -> how many it asks for, and the role of that side's key."""

SIDES = {"side-a": "holding", "side-b": "receiving"}
REASONS = {"neutral": ("declined", "deferred"), "medical": ("unfit",)}


@dataclass
class Draft:
    """A statement before anybody has signed it; `sealed` is what a round of clearances hides, by handle."""

    kind: str
    body: dict[str, Any]
    by: tuple[str, ...]
    people: tuple[str, ...] = ()
    refs: tuple[Ref, ...] = ()
    sealed: dict[str, tuple[str, str]] = field(default_factory=dict)
    members: dict[str, Any] = field(default_factory=dict)
    is_forged: bool = False


Act = Callable[[Any], Draft | None]


def some(world: Any, people: Any, most: int, least: int = 1) -> tuple[str, ...]:
    """A few of these people, in ascending order."""
    pool = sorted(people)
    count = min(len(pool), world.rng.randint(least, most))
    return tuple(sorted(world.rng.sample(pool, count)))


def one(world: Any, kind: str, *, where: Callable[[Said], bool] = lambda _: True) -> Said | None:
    """One of the last entries of a kind that stand."""
    found = [said for said in world.model.of(kind) if where(said)][-6:]
    return world.rng.choice(found) if found else None


def open_batch(world: Any, *, step: str | None = None, named: bool = False) -> Said | None:
    """A proposal whose batch is not closed; after `step` and before the next one, if that is given."""
    steps = ("batch.proposed", "batch.cleared", "batch.authorised")

    def is_there(said: Said) -> bool:
        name, model = said.body["batch"], world.model
        done = [kind for kind in steps if model.of(kind, batch=name)]
        return not model.is_closed(name) and (step is None or done[-1] == step) and (bool(said.people) or not named)

    return one(world, "batch.proposed", where=is_there)


def list_of(world: Any) -> tuple[str, str, str]:
    """A list, the side that asks and the side that holds."""
    name = world.rng.choice((*LISTS, "side-b/l1"))
    asks = name.split("/")[0]
    return name, asks, next(side for side in SIDES if side != asks)


def clear(world: Any) -> Draft:
    """A side speaks at one of its gates."""
    name, asks, holds = list_of(world)
    gate = world.rng.choice(("decree", "decree", "identity", "identity", "veto"))
    outcome = world.rng.choices(("granted", "refused", "withdrawn"), (8, 1, 1))[0]
    body = {"gate": gate, "outcome": outcome} | ({} if outcome == "granted" else {"reason": "other"})
    side = asks if gate == "identity" else holds
    people = some(world, world.people[name], 16, 4 if outcome == "granted" else 1)
    return Draft("clearance.given", body, (world.names[SIDES[side]],), people)


def seal(world: Any) -> Draft | None:
    """The next part of a round of the neutral or the medical officer, or a new round."""
    office = world.rng.choice(("neutral", "medical"))
    batch = open_batch(world, named=True) if world.rng.random() < 0.4 else None
    scope = {"batch": batch.body["batch"]} if batch else {}
    mine = [
        said
        for said in world.model.of("clearance.sealed")
        if said.offices[0][0] == office and said.body.get("batch") == scope.get("batch")
    ]
    whole = world.model.manifests(batch.body["batch"])[-1] if batch else world.people[list_of(world)[0]]
    last = mine[-1].body if mine else {"round": 0}
    if last.get("part", 1) < last.get("parts", 1) and world.rng.random() < 0.9:
        begun = [handle for said in mine if said.body["round"] == last["round"] for handle in said.people]
        left = [handle for handle in (whole if batch else sum(world.people.values(), ())) if handle > max(begun)]
        number, part, parts = last["round"], last["part"] + 1, last["parts"]
    else:
        left, number = list(whole), last["round"] + world.rng.choice((1, 1, 2))
        part, parts = 1, world.rng.choice((1, 1, 1, 2, 3))
    left = sorted(left)
    size = len(left) if part == parts else world.rng.randint(1, max(1, len(left) // 2))
    people = tuple(left[:size])
    if not people:
        return None
    refusals = [("refused", reason) for reason in REASONS[office]]
    sealed = {handle: world.rng.choice((*refusals, *[("granted", "")] * 7)) for handle in people}
    body = {"round": number, **({"part": part, "parts": parts} if parts > 1 else {}), **scope}
    return Draft("clearance.sealed", body, (world.names[office],), people, sealed=sealed)


def request(world: Any) -> Draft:
    """The seed of the next batch is requested."""
    name = f"b{world.batches + 1}"
    digests = {f"{what}_sha256": digest(f"{what} {name}") for what in ("request", "snapshot")}
    body = {"batch": name, "rules_sha256": digest("rules"), "size": 6, **digests}
    return Draft("seed.requested", body, (world.names["operator"],))


def undrawn(world: Any, said: Said) -> bool:
    """Whether the batch of a request or a commitment is still to be proposed; now and then it does not matter."""
    return world.model.proposal(said.body["batch"]) is None or world.rng.random() < 0.05


def bind(world: Any) -> Draft | None:
    """A party binds itself to a number."""
    said = one(world, "seed.requested", where=lambda said: undrawn(world, said))
    if said is None:
        return None
    by = world.names[world.rng.choice(("holding", "receiving", "neutral"))]
    label = {"holding": "side-a", "receiving": "side-b", "neutral": "neutral"}[role_of(by)]
    parts = [b"quittance/commit/v1", bytes.fromhex(said.body["request_sha256"]), label.encode()]
    parts.append(bytes.fromhex(seed_number(by)))
    commit = sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()
    return Draft(
        "seed.committed", {"batch": said.body["batch"], "commit": commit}, (by,), refs=refer("answers", said.leaf)
    )


def reveal(world: Any) -> Draft | None:
    """A party reveals its number."""
    said = one(world, "seed.committed", where=lambda said: undrawn(world, said))
    if said is None:
        return None
    by = world.names[said.offices[0][0]]
    body = {"batch": said.body["batch"], "nonce": seed_number(by)}
    return Draft("seed.revealed", body, (by,), refs=refer("answers", said.leaf))


def propose(world: Any) -> Draft | None:
    """A batch, mostly with its persons, mostly of those who have not gone."""
    name, asks, holds = list_of(world)
    gone = {handle for said in world.model.of("handover.observed") for handle in said.people}
    people = some(world, set(world.people[name]) - (gone if world.rng.random() < 0.8 else set()), 6)
    is_drawing = bool(world.model.of("seed.requested", batch=f"b{world.batches + 1}"))
    if not people or (is_drawing and world.rng.random() < 0.7):
        return None
    world.batches += 1
    batch = f"b{world.batches}"
    digests = {f"{what}_sha256": digest(f"{what} {batch}") for what in ("request", "snapshot")}
    digests |= {"rules_sha256": digest("rules"), "batch_sha256": digest(f"{batch} 0")}
    body = {"batch": batch, "count": len(people), "from": holds, "to": asks, "list": name.split("/")[1], **digests}
    body["commitment"] = world.rng.choice(("release", "release", "release", "truce"))
    if world.rng.random() < 0.2:
        del body["commitment"]
    if world.rng.random() < 0.1:
        people = ()
    return Draft("batch.proposed", body, (world.names["operator"],), people)


def advance(world: Any) -> Draft | None:
    """Neutral and medical officer clear a batch, or the side that gives authorises it."""
    said = open_batch(world, step="batch.proposed")
    if said:
        return Draft("batch.cleared", {"batch": said.body["batch"]}, (world.names["neutral"], world.names["medical"]))
    said = open_batch(world, step="batch.cleared")
    return said and Draft("batch.authorised", {"batch": said.body["batch"]}, (world.names[SIDES[said.body["from"]]],))


def change(world: Any) -> Draft | None:
    """A round of replacements; sometimes nobody is replaced."""
    said = open_batch(world, named=True)
    if said is None:
        return None
    name, model = said.body["batch"], world.model
    now, gone = set(model.manifests(name)[-1]), model.gone(name)
    out = some(world, now - gone, 2, 0)
    asked = next(listed for listed in LISTS if listed.startswith(said.body["to"]))
    more = some(world, set(world.people[asked]) - now, 2, 0)
    room = said.body["count"] - len(now) + len(out)
    people = tuple(sorted((now - set(out)) | set(more[: max(0, room)])))
    number = len(model.of("batch.changed", batch=name)) + 1
    body = {"batch": name, "round": number, "count": len(people), "skipped": ["not_available"] * len(out),
            "batch_sha256": digest(f"{name} {number}"), "before_sha256": digest(f"{name} {number - 1}")}  # fmt: skip
    return Draft("batch.changed", body, (world.names["operator"],), people)


def observe(world: Any) -> Draft | None:
    """The neutral sees some of a batch handed over."""
    said = open_batch(world, step="batch.authorised")
    if said is None:
        return None
    name, model = said.body["batch"], world.model
    asked = next(listed for listed in LISTS if listed.startswith(said.body["to"]))
    whole = set(model.manifests(name)[-1]) if said.people else set(world.people[asked])
    people = some(world, whole - model.gone(name), 4)
    if not people:
        return None
    body = {
        "batch": name,
        "from": said.body["from"],
        "to": said.body["to"],
        "place": "crossing-1",
        "count": len(people),
    }
    body |= world.rng.choice(({}, {}, {"asked": len(people), "wish_affirmed": len(people)}, {"asked": 0}))
    body |= {} if "commitment" in said.body else {"commitment": world.rng.choice(("release", "truce"))}
    return Draft("handover.observed", body, (world.names["neutral"],), people)


def answer(world: Any) -> Draft | None:
    """A side says how many it gave or took; now and then another number."""
    end, kind = world.rng.choice((("from", "handover.delivered"), ("to", "handover.received")))
    answered = {ref.sid for said in world.model.of(kind) for ref in said.leaf.statement.refs}
    said = one(world, "handover.observed", where=lambda said: said.leaf.statement.sid not in answered)
    if said is None:
        return None
    count = max(0, said.body["count"] + world.rng.choice((0, 0, 0, 0, 0, -1, 1)))
    by = world.names[SIDES[said.body[end]]]
    return Draft(kind, {"batch": said.body["batch"], "count": count}, (by,), refs=refer("answers", said.leaf))


def deny(world: Any) -> Draft | None:
    """A side denies that some of a handover were handed over."""
    said = one(world, "handover.observed")
    if said is None:
        return None
    by = world.names[SIDES[said.body[world.rng.choice(("from", "to"))]]]
    body = {"batch": said.body["batch"], "reason": world.rng.choice(("not_received", "wrong_person", "other"))}
    return Draft("handover.denied", body, (by,), some(world, said.people, 2), refer("answers", said.leaf))


def state(world: Any) -> Draft:
    """Somebody says what became of people who do not go."""
    name = list_of(world)[0]
    by = world.names[world.rng.choice(("holding", "receiving", "neutral"))]
    words = ("transferred", "died", "escaped", "not_held", "already_released", "substituted")
    batch = open_batch(world, named=True) if world.rng.random() < 0.3 else None
    people = some(world, world.model.manifests(batch.body["batch"])[-1] if batch else world.people[name], 2)
    body = {"outcome": world.rng.choice(words)} | ({"batch": batch.body["batch"]} if batch and people else {})
    return Draft("outcome.stated", body, (by,), people or some(world, world.people[name], 2))


def withdraw(world: Any) -> Draft | None:
    """Somebody takes back what he said."""
    kinds = ("handover.observed", "handover.denied", "handover.denied", "clearance.given", "outcome.stated",
             "outcome.stated", "handover.received", "batch.changed", "clearance.sealed")  # fmt: skip
    said = one(world, world.rng.choice(kinds))
    if said is None:
        return None
    by = tuple(world.names[role] for role, _ in said.offices)
    return Draft("record.withdrawn", {}, by, said.people, refer("withdraws", said.leaf))


def close(world: Any) -> Draft | None:
    """The neutral closes a batch, mostly one in which everybody has gone."""
    said = open_batch(world)
    if said is None:
        return None
    name, model = said.body["batch"], world.model
    left = len(set(model.manifests(name)[-1]) - model.gone(name)) if said.people else 1
    if left and world.rng.random() < 0.9:
        return None
    body = {"batch": name, "count": model.handed_over(name), "skipped": left}
    return Draft("batch.closed", body, (world.names["neutral"],))


def relist(world: Any) -> Draft:
    """A side submits its list again, with somebody left out or back on it."""
    name, asks, _ = list_of(world)
    listed = name.split("/")[1]
    versions = world.model.of("list.submitted", list=listed)
    people = tuple(sorted(set(world.people[name]) - set(some(world, world.people[name], 2, 0))))
    body = {"list": listed, "count": len(people), "version": len(versions) + 1}
    return Draft("list.submitted", body, (world.names[SIDES[asks]],), people)


def fresh(world: Any, role: str) -> str:
    """The name of a key of an office that was never used."""
    world.made[role] = world.made.get(role, 1) + 1
    return f"{role}-{world.made[role]}"


def rotate(world: Any) -> Draft:
    """An office changes its key."""
    role = world.rng.choice(("holding", "receiving", "neutral", "medical"))
    old, new = world.names[role], fresh(world, role)
    body = {"old": fingerprint(old), "public_key": public(new), "fingerprint": fingerprint(new)}
    world.spent.append(old)
    return Draft("key.rotated", body, (world.names["operator"], old, new))


def lose(world: Any) -> Draft:
    """A key is lost or stolen: the operator or its office ends it; what a thief signed is doubtful from then on."""
    role = world.rng.choice(("holding", "receiving", "neutral", "medical"))
    name = world.names[role]
    world.spent.append(name)
    stolen = {"reason": "stolen", "compromised_since": max(1, len(world.model.said) - world.rng.randint(0, 40))}
    body = {"fingerprint": fingerprint(name), **world.rng.choice(({"reason": "lost"}, stolen))}
    by = world.names["operator"] if body["reason"] == "lost" else name
    return Draft("key.revoked", body, (by,))


def enrol(world: Any) -> Draft | None:
    """An office without a key gets another, for which one more office stands."""
    lost = [role for role, name in world.names.items() if not world.is_alive(name) and role != "operator"]
    if not lost:
        return None
    role = world.rng.choice(lost)
    new, party = fresh(world, role), {"holding": "side-a", "receiving": "side-b"}.get(role)
    witness = next(
        name for other, name in world.names.items() if other not in (role, "operator") and world.is_alive(name)
    )
    body = {
        "role": role,
        "public_key": public(new),
        "fingerprint": fingerprint(new),
        **({"party": party} if party else {}),
    }
    return Draft("key.enrolled", body, (world.names["operator"], new, witness))


def vouch(world: Any) -> Draft | None:
    """An office countersigns what another has said."""
    said = world.rng.choice(world.model.said[-40:])
    by = world.names[world.rng.choice(("guarantor", "holding", "receiving"))]
    return Draft("record.countersigned", {}, (by,), refs=refer("countersigns", said.leaf))


ACTS: tuple[tuple[Act, int], ...] = (
    (clear, 6), (seal, 8), (request, 3), (bind, 8), (reveal, 6), (propose, 6), (advance, 20), (change, 5),
    (observe, 26), (answer, 26), (deny, 6), (state, 2), (withdraw, 6), (close, 5), (relist, 1), (rotate, 1), (lose, 1),
    (enrol, 12), (vouch, 1),
)  # fmt: skip
"""What may happen, and how often."""
