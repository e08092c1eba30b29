"""The observer, who sees everything: what must hold after each step, and what must have been noticed at the end."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING

from tests.simulation.papers import denial
from tests.simulation.party import Alarm, Party
from tests.simulation.setting import ORIGIN, PARTIES, POLICIES, WITNESSES, clock_of, opened, require
from tests.simulation.witnesses import Host

from quittance.record.bracket import Brackets
from quittance.record.checkpoint import Checkpoint
from quittance.record.entry import Entry, Leaf
from quittance.record.known import read_batch, read_key
from quittance.record.receipt import Receipt, check_receipt

if TYPE_CHECKING:
    from tests.simulation.world import World

ALLOWED = frozenset({"record.signer_revoked", "record.batch_state", "record.delivered_twice", "record.final"})
"""Refusals that may meet an honest statement: others were quicker, or a key has ended meanwhile."""

NOT_PROVABLE = {
    "a genuine key states a falsehood": "nobody by the record: it stands, and whoever knows better may contest it",
    "a claim within what clocks may be off": "nobody by the record: the bracket shows how much is open",
    "a stolen key before anybody knows": "its owner, at the next mirror: the entries stand and become doubtful",
    "an operator's time of acceptance": "nobody: no bracket rests on it",
    "a disowned key": "nobody by the record: entries become doubtful, and stand",
    "operator and a side enrol a false key": "nobody by the record: two offices have signed, and all can see it",
    "a claim under a head that nobody cosigned": "nobody by the record: the bracket is open below",
}
"""What the record by its nature cannot tell, and what it shows instead."""

TIMES = ("a claim to be older than what was seen", "a claim to be from later than its entry")
WITNESS_FAULTS = {
    "loses its memory": "a witness loses its memory",
    "lies about the time": "a witness lies about the time",
    "colludes": "a witness cosigns anything",
}


class Watch:
    """What the observer keeps of one run; the actors tell it what they do and find."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.cosigned_roots: dict[tuple[str, int], bytes] = {}
        self.cosigned_last: dict[str, Checkpoint] = {}
        self.quorums: dict[int, dict[bytes, set[str]]] = {}
        self.lost_open = False
        """Whether a witness has lost its memory and nobody has noticed."""
        self.caught: set[str] = set()
        self.contradicted = False
        self._checked = 0
        self._compared: dict[str, int] = {}

    def honestly_refused(self, kind: str, code: str) -> None:
        """An honest statement was answered; with an honest operator only bad luck refuses it."""
        self.world.tally.counts["statements refused" if code else "statements accepted"] += 1
        if code and not self.world.fraud:
            require(code in ALLOWED, f"an honest {kind} was refused: {code}")

    def refused_to_sign(self, party: Party) -> None:
        """A second signer's device found that the drafter had seen another history."""
        require(self.world.fraud is not None, f"{party.name} saw a second history where there was none")
        self.noticed_fraud(f"second signer {party.name}", "seen")

    def raised(self, party: Party, alarm: Alarm) -> None:
        """A party raises an alarm against the operator: it must be true, and carry its proof."""
        if alarm.code == "acceptance.silence":
            self.world.tally.counts["silence noted"] += 1
            return
        require(self.world.fraud is not None, f"{party.name} raises a false alarm: {alarm.code}")
        require(alarm.evidence, f"{party.name} keeps no proof of {alarm.code}")
        self.noticed_fraud(party.name, alarm.code)

    def noticed_fraud(self, who: str, code: str) -> None:
        """Somebody has noticed the operator's fraud."""
        assert self.world.fraud is not None
        if who not in self.world.fraud.noticed:
            self.world.fraud.noticed[who] = code

    def witness_caught(self, name: str) -> None:
        """One witness has cosigned both heads of a fork: the two notes prove it."""
        of = next(of for of in WITNESSES if WITNESSES[of] == name)
        require(not self.world.hosts[of].is_honest, f"honest witness {of} cosigned both heads of a fork")
        self.caught.add(of)

    def operator_warned(self, code: str) -> None:
        """The operator's own software refuses to ask a witness for less than it has cosigned."""
        if self.world.fraud is not None:
            self.noticed_fraud("operator's software", code)

    def noticed_loss(self, of: str, who: str, code: str) -> None:
        """The operator finds that a witness remembers less than before."""
        if self.lost_open and of == self.world.faulty:
            self.lost_open = False
            self.world.tally.noticed(WITNESS_FAULTS["loses its memory"], who, code)

    def lost(self, lie: str) -> None:
        """What the courier did has no effect but delay."""
        self.world.tally.idle(lie)

    def cosigned(self, host: Host, checkpoint: Checkpoint) -> None:
        """A witness has cosigned: an honest one never two roots at one size, nor a tree that drops what it cosigned."""
        if not host.is_honest:
            return
        root = self.cosigned_roots.setdefault((host.of, checkpoint.size), checkpoint.root)
        require(root == checkpoint.root, f"witness {host.of} cosigned two roots at size {checkpoint.size}")
        last = self.cosigned_last.get(host.of)
        if last is not None and last.size <= checkpoint.size:
            trees = [one.store.tree() for one in self.world.operator.histories()]
            mine = [tree for tree in trees if tree.size >= checkpoint.size]
            mine = [tree for tree in mine if tree.root(checkpoint.size) == checkpoint.root]
            require(
                not mine or any(tree.root(last.size) == last.root for tree in mine),
                f"witness {host.of} cosigned a tree that does not continue its last",
            )
        self.cosigned_last[host.of] = checkpoint

    def shown(self, note: bytes) -> None:
        """A head is published: no two roots at one size have an honest witness in both of their quorums."""
        head = opened(note)
        grade = POLICIES.grade(head)
        names = {one.key.name for one in head.cosigned}
        self.world.tally.counts[f"heads shown, {grade}"] += 1
        sides = {WITNESSES["A"], WITNESSES["B"]}
        require((grade == "joint") == sides.issubset(names), "the grade is not what was cosigned")
        honest = {name for of, name in WITNESSES.items() if name in names and self.world.hosts[of].is_honest}
        roots = self.quorums.setdefault(head.checkpoint.size, {})
        roots.setdefault(head.checkpoint.root, set()).update(honest if grade != "signed" else ())
        for root, others in roots.items():
            if root != head.checkpoint.root:
                both = others & roots[head.checkpoint.root]
                require(not both, f"two roots at size {head.checkpoint.size} with {sorted(both)} in both quorums")

    def hold(self, step: int) -> None:
        """Checked after every step; the costly part at intervals."""
        true = self.world.operator.true.store
        if not self.world.fraud:
            for sid, index in list(self.world.acknowledged.items())[self._checked :]:
                require(true.find(sid) == index, f"acknowledged statement {sid[:8]} is not at its place")
            self._checked = len(self.world.acknowledged)
            for party in self.world.parties.values():
                if party.size == self._compared.get(party.name):
                    continue
                self._compared[party.name] = party.size
                require(
                    party.size <= true.head().size and party.replay.tree.root() == true.tree().root(party.size),
                    f"the mirror of {party.name} is another tree than the log",
                )
        if self.world.thorough or step % 100 == 99:
            self.hold_all()

    def hold_all(self) -> None:
        """Checked at intervals and at the end: the stored log, places, totals, doubts, old receipts."""
        true = self.world.operator.true.store
        if not self.world.fraud:
            require(true.check() == true.head(), "the stored log can be read again")
            for sid, index in self.world.acknowledged.items():
                require(true.find(sid) == index, f"acknowledged statement {sid[:8]} is lost or moved")
        places: dict[str, int] = {}
        for party in self.world.parties.values():
            for sid, index in party.model.places.items() if not self.world.fraud else ():
                require(places.setdefault(sid, index) == index, f"statement {sid[:8]} has two places")
            totals = party.model.totals()
            for name in party.model.batches:
                done = read_batch(party.replay.state(f"batch:{name}") or "{}").done
                require(done == totals.get(name, 0), f"the total of {name} is not the sum of its handovers")
            doubted = {key for key in party.model.keys if party.model.keys[key].doubted is not None}
            for key in doubted:
                held = party.replay.state(f"key:{key}")
                require(held is not None and read_key(held).doubted == party.model.keys[key].doubted, "a doubt is kept")
            for sid, data in party.receipts.items():
                checked = check_receipt(Receipt.parse(data), POLICIES, ORIGIN)
                require(checked.entry.sid == sid, "an old receipt verifies, whatever was erased")

    def settle(self) -> None:
        """At the end, when everything has arrived: what took effect was noticed, and nothing else was."""
        self._settle_fraud()
        self._settle_acceptances()
        if not self.world.fraud:
            self._settle_claims()
        else:
            for name in self.world.planted.values():
                if name in TIMES:
                    self.world.tally.idle(name)
        self._settle_witness()

    def _settle_fraud(self) -> None:
        """A fraud that took effect was noticed, by whoever should."""
        fraud = self.world.fraud
        if fraud is None:
            return
        name = fraud.name if fraud.attack is None else f"let in by the operator: {fraud.attack.name}"
        self.world.tally.tried(fraud.name)
        if fraud.name == "accepted, and left out" and not self._suppression_known():
            self.world.tally.idle(fraud.name)
            return
        if fraud.attack is not None:
            found = [fraud.noticed.get(party) for party in PARTIES]
            codes = (*fraud.attack.codes, "record.signer_revoked")
            require(all(code in codes for code in found), f"{name}: the mirrors say {found}")
        elif not fraud.name.startswith("accepted"):
            for viewer in PARTIES if fraud.name.startswith("fork") else fraud.viewers:
                require(viewer in fraud.noticed, f"{name}: {viewer} has not noticed")
        require(fraud.noticed, f"{name}: nobody has noticed")
        for number, (who, code) in enumerate(sorted(fraud.noticed.items())):
            self.world.tally.noticed(fraud.name, who, code, more=number > 0)

    def _suppression_known(self) -> bool:
        return any(sid in party.held for sid in self.world.suppressed for party in self.world.parties.values())

    def _settle_acceptances(self) -> None:
        """Every acceptance that is due is kept, or whoever holds it has raised an alarm."""
        for party in self.world.parties.values():
            for sid, accepted in party.held.items():
                if self.world.now <= clock_of(accepted.merge_by) or party.halted:
                    continue
                kept = party.replay.find(sid) == accepted.index
                require(
                    kept or any(alarm.about == sid for alarm in party.alarms),
                    f"{party.name} holds an acceptance that was not kept, and has raised no alarm",
                )

    def _brackets(self) -> Brackets:
        """From the last note of each size: what somebody saw with fewer cosignatures is the beginning of one."""
        heads = [opened(data) for data in self.world.operator.true.notes.values()]
        return Brackets({sha256(one.note.encode()).hexdigest(): one for head in heads for one in head.beginnings()})

    def _settle_claims(self) -> None:
        """Claims of time are flagged where a bracket refutes them, and nowhere else."""
        neutral = self.world.parties["N"]
        brackets = self._brackets()
        contradicted = False
        own = {party.name: party.model.doubtful() for party in self.world.parties.values()}
        for index, data in enumerate(neutral.leaves):
            entry = Entry.parse(index, data)
            seen = entry.statement.seen
            require(seen is None or brackets.knows(seen), f"the note that entry {index} has seen is not kept")
            bracket = brackets.of(index, entry.statement)
            flag = bracket.flag(entry.statement.claimed_at)
            attack = self.world.planted.get(entry.sid, "")
            impossible = bracket.low is not None and bracket.high is not None and bracket.low > bracket.high
            contradicted = contradicted or impossible
            if attack in TIMES:
                wanted = "backdated" if attack == TIMES[0] else "postdated"
                if self.world.clock_liar is None and (wanted == "backdated" or bracket.high is not None):
                    beyond = bracket.high is None or wanted == "backdated" or self._is_after(entry, bracket.high)
                    require(flag == wanted or not beyond, f"{attack}: entry {index} is flagged {flag}")
                if flag:
                    self.world.tally.noticed(attack, "whoever reads it", flag)
                else:
                    self.world.tally.idle(attack)
            elif attack in NOT_PROVABLE:
                self._settle_unprovable(attack, entry, flag, own)
            elif self.world.clock_liar is None:
                require(flag is None, f"honest entry {index} is flagged {flag}")
            self._require_indifferent(brackets, index, entry)
        if self.world.clock_liar is not None:
            self.world.tally.counts["clock lies that a bracket contradicts"] += contradicted
            self.contradicted = contradicted

    def _is_after(self, entry: Entry, high: int) -> bool:
        return clock_of(entry.statement.claimed_at) > high + 600

    def _require_indifferent(self, brackets: Brackets, index: int, entry: Entry) -> None:
        """The operator's clock moves no bracket: the same statement accepted ten years ago has the same one."""
        old = Entry(index, Leaf(entry.statement, "2010-01-01T00:00:00Z", entry.leaf.signatures))
        same = brackets.of(index, old.statement) == brackets.of(index, entry.statement)
        require(same, "a bracket rests on the operator's clock")
        if index == 0:
            self.world.tally.tried("an operator's time of acceptance")

    def _settle_unprovable(self, attack: str, entry: Entry, flag: str | None, doubtful: Mapping[str, set[str]]) -> None:
        """The record claims nothing of what it cannot know; the owner of a stolen key knows, and has said so."""
        if self.world.clock_liar is None:
            require(flag is None, f"{attack}: entry {entry.index} is flagged {flag}, which nobody can know")
        alarms = [alarm for party in self.world.parties.values() for alarm in party.alarms]
        require(all(alarm.about != entry.sid for alarm in alarms), f"{attack}: an alarm was raised")
        if attack == "a disowned key":
            since = entry.statement.body["compromised_since"]
            later = [sid for sid, at in self.world.parties["N"].model.places.items() if since <= at < entry.index]
            touched = doubtful["N"].intersection(later)
            require(touched, "what a disowned key has signed becomes doubtful")
            require(all(self.world.parties["N"].replay.find(sid) is not None for sid in touched), "and stands")
        if attack == "a stolen key before anybody knows":
            (one,) = entry.leaf.signatures
            party = self.world.parties[self.world.owner_of[one.keyid]]
            require(entry.index in party.foreign.get(one.keyid, ()), "an owner finds what its stolen key has signed")
            stored = party.replay.state(f"key:{one.keyid}")
            ended = stored is not None and read_key(stored).doubted is not None
            if ended:
                require(entry.sid in doubtful[party.name], "an entry of a stolen key becomes doubtful")
                answer = denial(party, entry.index, entry, one)
                require(answer == "doubtful", f"whoever denies a doubtful signature is told {answer}")
            self.world.tally.noticed(attack, f"owner {party.name}", "doubtful" if ended else "its own diary")

    def _settle_witness(self) -> None:
        """A witness's fault has come out where it can come out."""
        if self.lost_open:
            self.lost_open = False
            self.world.tally.idle(WITNESS_FAULTS["loses its memory"])
        if self.world.clock_liar is not None:
            name = WITNESS_FAULTS["lies about the time"]
            if self.contradicted:
                self.world.tally.noticed(name, "whoever reads it", "bracket ends before it begins")
            else:
                self.world.tally.idle(name)
        if self.world.hosts[self.world.faulty].colludes:
            name = WITNESS_FAULTS["colludes"]
            if self.world.faulty in self.caught:
                self.world.tally.noticed(name, "A, B or N", "both heads of a fork bear its cosignature")
            else:
                self.world.tally.idle(name)
