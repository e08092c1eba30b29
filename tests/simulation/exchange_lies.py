"""How a statement of an exchange is made not to be as it should: by whose hand, about whom, when, after what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.signing import digest, refer
from tests.simulation.exchange_agenda import Draft


def other_hand(world: Any, draft: Draft) -> None:
    """Other keys sign, among them some that have ended or that nobody knows."""
    others = [*world.names.values(), *world.spent, "holding-99"]
    draft.by = tuple(world.rng.sample(others, min(len(others), len(draft.by))))


def operator_alone(world: Any, draft: Draft) -> None:
    """The operator signs for everybody."""
    draft.by = (world.names["operator"],)


def other_batch(world: Any, draft: Draft) -> None:
    """It is said of another batch."""
    if draft.kind.startswith(("batch.", "handover.", "seed.", "clearance.", "outcome.")):
        draft.body["batch"] = f"b{world.rng.randint(1, world.batches + 1)}"


def stranger(world: Any, draft: Draft) -> None:
    """Somebody else among the persons, or instead of one."""
    if not draft.people or draft.kind.startswith("list."):
        return
    other = world.rng.choice([handle for listed in world.people.values() for handle in listed])
    kept = draft.people[world.rng.randint(0, 1) :]
    draft.people = tuple(sorted({*kept, other}))
    if "count" in draft.body and world.rng.random() < 0.8:
        draft.body["count"] = len(draft.people)
    draft.sealed = dict.fromkeys(draft.people, ("granted", "")) if draft.sealed else {}


def other_target(world: Any, draft: Draft) -> None:
    """It answers or takes back something else."""
    if draft.refs:
        target = world.rng.choice(world.model.said).leaf
        draft.refs = refer(draft.refs[0].rel, target)


def dated_back(world: Any, draft: Draft) -> None:
    """It is said to have been stated long ago."""
    past = world.desk.now - timedelta(days=world.rng.randint(1, 90))
    draft.members["claimed_at"] = past.strftime("%Y-%m-%dT%H:%M:%SZ")


def disorder(world: Any, draft: Draft) -> None:
    """A number that is not the right one."""
    for name in ("round", "count", "part", "parts"):
        if name in draft.body and world.rng.random() < 0.6:
            draft.body[name] = max(1, draft.body[name] + world.rng.choice((-1, 1)))
    if draft.body.get("part", 1) > draft.body.get("parts", 1):
        draft.body["parts"] = draft.body["part"]
    for name in ("commit", "nonce", "before_sha256"):
        if name in draft.body:
            draft.body[name] = digest("something else")


def forged(_: Any, draft: Draft) -> None:
    """The signatures are those of another statement."""
    draft.is_forged = True


def replayed(world: Any, draft: Draft) -> None:
    """An old statement once more, as it was or with only its nonce."""
    old = world.rng.choice(world.sent or [world.model.said[-1].leaf]).statement
    if world.rng.random() < 0.5:
        draft.members["nonce"] = old.nonce
        return
    draft.kind, draft.body, draft.people = old.kind, dict(old.body), old.commitments.get("person", ())
    draft.refs, draft.members = old.refs, {"claimed_at": old.claimed_at, "nonce": old.nonce, "seen": old.seen}
    draft.sealed = dict(world.terms.vault.get(old.sid, {}))


LIES = (other_hand, other_batch, stranger, other_target, dated_back, disorder, forged, replayed, operator_alone)


def twist(world: Any, draft: Draft) -> None:
    """Something about a statement is not as it should be."""
    world.rng.choice(LIES)(world, draft)
