"""What is honestly done: batches on their way, lists, matches, judgements, wishes, corrections, new keys, erasure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.signing import digest
from tests.simulation.setting import AGREEMENT, PARTY_IDS, fingerprint, public, require, role_of

from quittance.record.commitment import Opening, Openings, check_openings, commit
from quittance.record.entry import Entry
from quittance.record.envelope import encode64
from quittance.record.statement import Ref

if TYPE_CHECKING:
    from tests.simulation.world import World

COMMITMENT = "release"


@dataclass
class Plan:
    """A batch on its way; `busy` while a statement about it is not answered."""

    name: str
    handles: list[str]
    stage: str = "proposed"
    busy: bool = False
    sids: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        """What is observed at its handover."""
        return {
            "batch": self.name,
            "from": "side-a",
            "to": "side-b",
            "place": "crossing-1",
            "count": len(self.handles),
            "commitment": COMMITMENT,
        }


@dataclass
class Listing:
    """A list of a side: its versions, the parts that are still to come, and those that came; `busy` as above."""

    name: str
    role: str
    version: int = 0
    parts: int = 1
    waiting: list[list[str]] = field(default_factory=list)
    last: str = ""
    busy: bool = False


class Agenda:
    """Chooses what is done next, and remembers what has come of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.plans: list[Plan] = []
        self.vault: dict[str, tuple[str, bytes]] = {}
        """Handle -> value and salt: what is destroyed at an erasure."""
        self.erased: set[str] = set()
        self.said: dict[str, list[str]] = {}
        """Kind -> statements that were accepted."""
        self.lists: dict[str, list[str]] = {"holding": [], "receiving": []}
        """Role -> the lists that stand."""
        self.listings: list[Listing] = []
        self.pair: tuple[str, ...] = ()
        self._count = 0

    def person(self) -> str:
        """The handle of a new person, whose salt is in the vault."""
        value, salt = f"person {len(self.vault) + len(self.erased)}", self.world.rng.randbytes(16)
        handle = encode64(commit(AGREEMENT, "person", value, salt))
        self.vault[handle] = (value, salt)
        return handle

    def name(self, kind: str) -> str:
        """A name that was not used."""
        self._count += 1
        return f"{kind}-{self._count}"

    def move(self) -> None:
        """Do one thing."""
        chance = self.world.rng
        waiting = [plan for plan in self.plans if not plan.busy and plan.stage in STEPS]
        if waiting and chance.random() < 0.6:
            plan = chance.choice(waiting)
            self._advance(plan)
        elif len(waiting) < 2 and chance.random() < 0.5:
            self._propose()
        else:
            chance.choice(
                (self._fact, self._list, self._list, self._withdraw_list, self._judge, self._take_back, self._match,
                 self._clear, self._wish, self._pledge, self._contest, self._correct, self._rotate, self._erase,
                 self._withdraw_handover, self._withdraw_handover)
            )()  # fmt: skip

    def act(
        self,
        drafter: str,
        kind: str,
        body: Mapping[str, Any],
        roles: tuple[str, ...],
        *,
        then: Callable[[str, str], None] | None = None,
        people: tuple[str, ...] = (),
        refs: tuple[Ref, ...] = (),
        new: str = "",
        **members: Any,
    ) -> bool:
        """Draft, have the others sign, and submit; False if somebody would not or could not sign."""
        world = self.world
        party = world.parties[drafter]
        names = [name for role in roles for name in world.names_of(role)] + ([new] if new else [])
        if party.halted or any(not world.names_of(role) for role in roles):
            return False
        statement = world.draft(kind, body, drafter=drafter, people=people, refs=refs, **members)
        for name in names:
            other = world.parties.get(world.owner_of.get(fingerprint(name), ""))
            if other is not None and not other.agrees(statement):
                world.watch.refused_to_sign(other)
                return False

        world.note_down(f"{drafter} submits {kind} {statement.sid[:8]}")

        def answered(code: str) -> None:
            if not code:
                self.said.setdefault(kind, []).append(statement.sid)
            world.watch.honestly_refused(statement.kind, code)
            if then is not None:
                then(code, statement.sid)

        party.submit(statement, world.sign(statement, *names), answered)
        return True

    def say(self, kind: str, body: Mapping[str, Any], **members: Any) -> str:
        """A statement of the operator alone; gives its id."""
        world = self.world
        statement = world.draft(kind, body, drafter="operator", **members)
        world.note_down(f"operator enters {kind} {statement.sid[:8]}")
        world.operator.say(statement, world.sign(statement, *world.operator_names))
        self.said.setdefault(kind, []).append(statement.sid)
        return statement.sid

    def _propose(self) -> None:
        handles = [self.person() for _ in range(self.world.rng.randint(1, 3))]
        plan = Plan(self.name("batch"), handles)
        body = {
            "batch": plan.name,
            "count": len(handles) + self.world.rng.randrange(2),
            "rules_sha256": digest("rules"),
            "commitment": COMMITMENT,
            "from": "side-a",
            "to": "side-b",
        }
        self.say("batch.proposed", body)
        self.plans.append(plan)

    def _advance(self, plan: Plan) -> None:
        drafter, kind, roles, after = STEPS[plan.stage]
        body: dict[str, Any] = {"batch": plan.name}
        refs: tuple[Ref, ...] = ()
        if kind == "handover.observed":
            body = plan.body
        elif kind.startswith("handover."):
            body = {"batch": plan.name, "count": len(plan.handles)}
            refs = (Ref("answers", plan.sids["handover.observed"]),)
        elif kind == "count.asserted":
            body = {"batch": plan.name, "count": len(plan.handles), "commitment": COMMITMENT}
        plan.busy = True

        def then(code: str, sid: str) -> None:
            plan.busy = False
            plan.stage = "broken" if code else after
            plan.sids[kind] = sid

        people = tuple(plan.handles) if kind == "handover.observed" else ()
        if not self.act(drafter, kind, body, roles, then=then, refs=refs, people=people):
            plan.busy = False

    def _fact(self) -> None:
        self.say("fact.reported", {"id": self.name("fact"), "kind": "note"})

    def _list(self) -> None:
        """A side goes on with a list, or hands in a new one, or a new version of one."""
        chance = self.world.rng
        drafter, role = chance.choice((("A", "holding"), ("B", "receiving")))
        mine = [one for one in self.listings if one.role == role]
        if any(one.busy for one in mine):
            return
        listing = next((one for one in mine if one.waiting), None)
        if listing is None:
            listing = chance.choice([*mine[-2:], Listing(self.name("list"), role)])
            if listing not in self.listings:
                self.listings.append(listing)
            listing.version += 1
            listing.parts = chance.randint(1, 3)
            people = sorted(self.person() for _ in range(2 * listing.parts))
            listing.waiting = [people[at : at + 2] for at in range(0, len(people), 2)]
        self._hand_in(drafter, listing)

    def _hand_in(self, drafter: str, listing: Listing) -> None:
        people = listing.waiting[0]
        part = listing.parts - len(listing.waiting) + 1
        body: dict[str, Any] = {"list": listing.name, "count": len(people)}
        if (listing.version, listing.parts) != (1, 1):
            body |= {"version": listing.version, "part": part, "parts": listing.parts}
        listing.busy = True

        def then(code: str, sid: str) -> None:
            listing.busy = False
            if code:
                self.listings.remove(listing)
                return
            del listing.waiting[0]
            listing.last = people[-1]
            if listing.name not in self.lists[listing.role]:
                self.lists[listing.role].append(listing.name)

        if not self.act(drafter, "list.submitted", body, (listing.role,), people=tuple(people), then=then):
            listing.busy = False

    def _withdraw_list(self) -> None:
        """A side takes a list back, complete or not, to hand it in again."""
        for listing in self.listings[-3:]:
            if not listing.busy and listing.name in self.lists[listing.role]:
                listing.busy = True

                def then(code: str, sid: str, listing: Listing = listing) -> None:
                    listing.busy = False
                    listing.waiting = []
                    if code:
                        self.listings.remove(listing)
                    else:
                        self.lists[listing.role].remove(listing.name)

                drafter = "A" if listing.role == "holding" else "B"
                if not self.act(drafter, "list.withdrawn", {"list": listing.name}, (listing.role,), then=then):
                    listing.busy = False
                return

    def _judge(self) -> None:
        """A reviewer judges a pair, the same one now and then."""
        chance = self.world.rng
        if not self.pair or chance.random() < 0.3:
            self.pair = (self.person(), self.person())
        body = {"judgement": chance.choice(("same", "different", "unsure")), "grade": chance.choice(("p10", "p97"))}
        if chance.random() < 0.5 or body["judgement"] == ("same" if body["grade"] == "p10" else "different"):
            body["reason"] = "father"
        self.act("N", "match.judged", body, ("neutral",), people=self.pair)

    def _take_back(self) -> None:
        """A judgement is put right, or the pair taken apart."""
        for sid in self.said.get("match.judged", ())[-1:]:
            if self.world.rng.random() < 0.5:
                self.act("N", "match.undone", {"grade": "review"}, ("neutral",), people=self.pair)
            else:
                body = {"body": {"judgement": "unsure", "grade": "none"}}
                self.act("N", "record.corrected", body, ("neutral",), refs=(Ref("corrects", sid),))

    def _match(self) -> None:
        self.act("A", "match.confirmed", {"grade": "three-points"}, ("holding", "receiving"), people=(self.person(),))

    def _clear(self) -> None:
        kind = self.world.rng.choice(("person.cleared", "person.held_back"))
        self.act("N", kind, {"reason": "fit"}, ("medical",), people=(self.person(),))

    def _wish(self) -> None:
        outcome = {"outcome": (encode64(commit(AGREEMENT, "outcome", "affirmed", self.world.rng.randbytes(16))),)}
        self.act("N", "wish.recorded", {}, ("neutral",), people=(self.person(),), extra=outcome)

    def _pledge(self) -> None:
        self.act("N", "pledge.recorded", {"form": "written"}, ("neutral",), people=(self.person(),))

    def _contest(self) -> None:
        body = {"batch": "batch-1", "count": 1, "commitment": COMMITMENT}
        self.act("B", "count.contested", body, ("receiving",))

    def _correct(self) -> None:
        for sid in self.said.get("count.contested", ())[-1:]:
            body = {"body": {"batch": "batch-1", "count": 2, "commitment": COMMITMENT}}
            self.act("B", "record.corrected", body, ("receiving",), refs=(Ref("corrects", sid),))

    def _withdraw_handover(self) -> None:
        """The neutral takes back what it saw, to state it again."""
        for plan in self.plans:
            if plan.stage == "observed" and not plan.busy:
                plan.busy = True

                def then(code: str, sid: str, plan: Plan = plan) -> None:
                    plan.busy = False
                    plan.stage = "broken" if code else "authorised"

                refs = (Ref("withdraws", plan.sids["handover.observed"]),)
                people = tuple(plan.handles)
                if not self.act("N", "record.withdrawn", {}, ("neutral",), refs=refs, people=people, then=then):
                    plan.busy = False
                return

    def _rotate(self) -> None:
        role = self.world.rng.choice(("holding", "receiving", "neutral", "medical"))
        if self.world.now < self.world.rotate_after or not self.world.names_of(role):
            return
        self.world.rotate_after = self.world.now + 90
        (old,) = self.world.names_of(role)
        new = self.world.new_name(role)
        body = {"old": fingerprint(old), "public_key": public(new), "fingerprint": fingerprint(new)}

        def then(code: str, sid: str) -> None:
            if not code:
                self.world.names[role] = new
                self.world.ended.append(old)

        self.act(self.world.owner_of[fingerprint(old)], "key.rotated", body, ("operator", role), new=new, then=then)

    def enrol(self, role: str) -> None:
        """A new key for an office whose key was ended; another office vouches for it."""
        new = self.world.new_name(role)
        party = self.world.owner_of[fingerprint(new)]
        body = {"role": role, "public_key": public(new), "fingerprint": fingerprint(new)}
        if role in PARTY_IDS:
            body["party"] = PARTY_IDS[role]
        other = "neutral" if role != "neutral" else "holding"

        def then(code: str, sid: str) -> None:
            if not code:
                self.world.names[role] = new

        self.act(party, "key.enrolled", body, ("operator", other), new=new, then=then)

    def revoke_stolen(self, party: str) -> None:
        """A party has found entries by its key that it never made: it ends the key, and doubts all since the first."""
        world = self.world
        for keyid, places in world.parties[party].foreign.items():
            name = next(name for name in world.all_names if fingerprint(name) == keyid)
            role = role_of(name)
            if keyid in world.revoking or world.names[role] != name:
                continue
            world.revoking.add(keyid)
            since = places[0]

            def then(code: str, sid: str, name: str = name, role: str = role, keyid: str = keyid) -> None:
                if code:
                    world.revoking.discard(keyid)
                else:
                    world.names[role] = ""
                    world.ended.append(name)

            body = {"fingerprint": keyid, "reason": "stolen", "compromised_since": since}
            if not self.act(party, "key.revoked", body, (role,), then=then):
                world.revoking.discard(keyid)

    def _erase(self) -> None:
        """A person is erased: the salts go, the entries stay."""
        world = self.world
        for plan in self.plans:
            if plan.stage == "counted" and not self.erased.intersection(plan.handles):
                self.open_all(plan)

                def then(code: str, sid: str, plan: Plan = plan) -> None:
                    if not code:
                        for handle in plan.handles:
                            self.vault.pop(handle, None)
                            self.erased.add(handle)
                        world.tally.counts["persons erased"] += len(plan.handles)

                body = {"salts": len(plan.handles), "keys": len(plan.handles)}
                self.act("N", "erasure.done", body, ("operator", "protection"), people=tuple(plan.handles), then=then)
                return

    def open_all(self, plan: Plan) -> None:
        """As long as the salts are there, every person of a handover can be shown to be the one committed to."""
        neutral = self.world.parties["N"]
        index = neutral.replay.find(plan.sids["handover.observed"])
        if index is not None and all(handle in self.vault for handle in plan.handles):
            statement = Entry.parse(index, neutral.leaves[index]).statement
            openings = tuple(Opening("person", *self.vault[handle]) for handle in plan.handles)
            check_openings(statement, Openings(statement.sid, openings))
            require(openings, "a handover has persons")


STEPS: Mapping[str, tuple[str, str, tuple[str, ...], str]] = {
    "proposed": ("N", "batch.cleared", ("neutral", "medical"), "cleared"),
    "cleared": ("A", "batch.authorised", ("holding",), "authorised"),
    "authorised": ("N", "handover.observed", ("neutral",), "observed"),
    "observed": ("A", "handover.delivered", ("holding",), "delivered"),
    "delivered": ("B", "handover.received", ("receiving",), "received"),
    "received": ("A", "count.asserted", ("holding", "receiving"), "counted"),
}
"""Stage of a batch -> who drafts what next, which offices sign it, and the stage after it."""
