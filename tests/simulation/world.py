"""One run: who lies in it follows from the seed, and what must hold is checked after each step."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from random import Random
from typing import Any

from tests.signing import digest
from tests.simulation.agenda import Agenda, Plan
from tests.simulation.frauds import FRAUDS, Fraud
from tests.simulation.history import History, Operator, Shelf
from tests.simulation.papers import PAPERS
from tests.simulation.party import Party, owner
from tests.simulation.post import Parcel, Post
from tests.simulation.setting import (
    AGREEMENT,
    ELSEWHERE,
    ORIGIN,
    OTHER_LOG_SIGNER,
    PARTIES,
    PARTY_IDS,
    START,
    WITNESSES,
    Tally,
    Violation,
    clock_text,
    fingerprint,
    opened,
    public,
    remembered_checks,
    require,
    role_of,
    signer,
)
from tests.simulation.statements import (
    ATTACKS,
    Signed,
    backdated,
    backdated_within,
    disowned,
    false_word,
    postdated,
    signed,
    stolen,
    vouched,
)
from tests.simulation.watch import ALLOWED, TIMES, WITNESS_FAULTS, Watch
from tests.simulation.witnesses import Host

from quittance.errors import QuittanceError
from quittance.record.bracket import seen_of
from quittance.record.checkpoint import Checkpoint, sign
from quittance.record.entry import Leaf
from quittance.record.envelope import Signature
from quittance.record.keys import sign_statement
from quittance.record.memory import MemoryStore
from quittance.record.note import Note
from quittance.record.statement import Ref, Statement
from quittance.record.store import DamagedError, Head

LENGTH = 300
"""Steps of a run, unless a fraud of the operator ends it earlier."""

FOUNDERS = ("holding", "receiving", "neutral", "medical", "protection", "neutral-clerk")

LATE = frozenset({"answer.late", "witness.conflict"})
"""Answers that mean nothing but bad luck."""

UNPROVABLE = ("backdated", "backdated", "postdated", "within", "within", "false", "stolen", "disowned", "vouched")


@lru_cache(1)
def note_elsewhere() -> bytes:
    """A head of the other log, signed by its own key."""
    checkpoint = Checkpoint(ELSEWHERE, 3, bytes(32))
    return Note(checkpoint.text, (sign(checkpoint, OTHER_LOG_SIGNER),)).encode()


class World:
    """All actors of one run, its clock and its chance."""

    clock_liar: Host | None = None
    remaining = 60
    """Steps that a run goes on once the operator's fraud has begun."""

    def __init__(self, seed: int, steps: int = LENGTH, *, thorough: bool = False) -> None:
        """`steps` cuts the run short; `thorough` checks everything after every step."""
        self.seed, self.steps, self.thorough = seed, steps, thorough
        self.journal: list[str] = []
        self.rng = Random(seed)
        self.now = START
        self.tally = Tally()
        self.fraud: Fraud | None = None
        self.hands: dict[tuple[str, str], str] = {}
        """(key, statement) -> who used the key on it."""
        self.acknowledged: dict[str, int] = {}
        self.suppressed: set[str] = set()
        self.planted: dict[str, str] = {}
        """Statement -> the attack that put it into the log, for those that no rule refuses."""
        self.watch = Watch(self)
        self._numbers = 0
        self._new_names: dict[str, int] = {}
        threshold = self.rng.choice((1, 1, 2))
        self.operator_names = ("operator", "operator-2")[:threshold]
        self.names: dict[str, str] = {role_of(name): name for name in FOUNDERS if "-" not in name}
        self.all_names = [*FOUNDERS, *self.operator_names]
        self.owner_of = {fingerprint(name): owner(name) for name in self.all_names}
        self.ended: list[str] = []
        self.revoking: set[str] = set()
        self.rotate_after = START + 60
        self.post = Post(self, courier_lies=self.rng.random() < 0.4)
        self.parties = {name: Party(self, name) for name in PARTIES}
        self.hosts = {of: Host(self, of) for of in WITNESSES}
        self.operator = Operator(self, History(self, MemoryStore(ORIGIN)))
        self.agenda = Agenda(self)
        self.begin_at = self.rng.randint(LENGTH // 5, LENGTH * 9 // 10)
        self.planned = self._choose_fraud()
        self.fault = (*WITNESS_FAULTS, "withholds", "", "", "")[seed % 7]
        self.faulty = self.rng.choice(sorted(WITNESSES))
        if self.fault == "lies about the time":
            self.planned, self.fault = "", ""
            self.clock_liar = self.hosts[self.faulty]
            self.clock_liar.lie_about_time(self.rng.choice((-1, 1)) * self.rng.randrange(7200, 86400))
            self.tally.tried(WITNESS_FAULTS["lies about the time"])
        elif self.fault == "colludes":
            self.planned = "fork at one size"

    def _choose_fraud(self) -> str:
        """Seeds in a row try all frauds in turn; one run in three has none."""
        names = sorted(FRAUDS)
        rules = "a statement let in against the rules"
        return (*names, *["", rules, ""] * 3)[self.seed % (len(names) + 9)]

    # What actors ask the world for

    def number(self) -> int:
        """A number that was not used."""
        self._numbers += 1
        return self._numbers

    def nonce(self) -> str:
        """A nonce."""
        return f"{self.rng.getrandbits(128):032x}"

    def names_of(self, role: str) -> tuple[str, ...]:
        """The keys that act for a role now; none while its key has ended and there is no new one."""
        if role == "operator":
            return self.operator_names
        return (self.names[role],) if self.names.get(role) else ()

    def new_name(self, role: str) -> str:
        """The name of a new key."""
        number = self._new_names[role] = self._new_names.get(role, 1) + 1
        name = f"{role}-{number}"
        self.all_names.append(name)
        self.owner_of[fingerprint(name)] = owner(name)
        return name

    def operator_keys(self) -> dict[str, bytes]:
        """The operator's public keys by fingerprint."""
        return {fingerprint(name): signer(name).public for name in self.operator_names}

    def signed_head(self, note: bytes) -> Head:
        """The head in a note."""
        checkpoint = opened(note).checkpoint
        return Head(checkpoint.size, checkpoint.root)

    def note_elsewhere(self) -> bytes:
        """A head of another log."""
        return note_elsewhere()

    def plan(self, *stages: str) -> Plan | None:
        """A batch at one of these stages, about which nothing is under way, and that the neutral has mirrored."""
        for plan in self.agenda.plans:
            known = all(self.parties["N"].replay.find(sid) is not None for sid in plan.sids.values())
            if plan.stage in stages and not plan.busy and known:
                return plan
        return None

    def draft(
        self,
        kind: str,
        body: Mapping[str, Any],
        *,
        drafter: str,
        people: tuple[str, ...] = (),
        refs: tuple[Ref, ...] = (),
        extra: Mapping[str, tuple[str, ...]] | None = None,
        **members: Any,
    ) -> Statement:
        """A statement on the head that its drafter has checked last, at the time that its clock shows."""
        if drafter in self.parties:
            seen = self.parties[drafter].seen
        else:
            note = self.operator.true.note
            seen = None if note is None else seen_of(note.encode())
        given: dict[str, Any] = {
            "kind": kind,
            "agreement": AGREEMENT,
            "log": ORIGIN,
            "nonce": self.nonce(),
            "claimed_at": clock_text(self.now + self.rng.randint(-60, 60)),
            "body": body,
            "seen": seen,
            "commitments": ({"person": people} if people else {}) | dict(extra or {}),
            "refs": refs,
        }
        return Statement(**given | members)

    def sign(self, statement: Statement, *names: str, thief: bool = False) -> tuple[Signature, ...]:
        """The signatures of these keys; a thief leaves no trace in the owner's diary."""
        for name in names:
            self.hands[fingerprint(name), statement.sid] = "thief" if thief else name
            if not thief and (party := self.parties.get(self.owner_of[fingerprint(name)])) is not None:
                party.diary.add(statement.sid)
        return sign_statement(statement, *map(signer, names))

    def suppress(self, sid: str) -> bool:
        """Whether the lying operator leaves this statement out."""
        if sid not in self.suppressed and (len(self.suppressed) > 2 or self.rng.random() < 0.4):
            return False
        if sid not in self.suppressed:
            self.suppressed.add(sid)
        return True

    # The run

    def run(self) -> Tally:
        """Take all steps, then bring everything to rest; raises `Violation` with the step."""
        step = -1
        try:
            with remembered_checks():
                self._found()
                for step in range(self.steps):
                    self.tally.steps += 1
                    self._step(step)
                    if self.fraud is not None:
                        self.remaining -= 1
                        if not self.remaining or all(party.halted for party in self.parties.values()):
                            break
                self._rest()
        except Violation as violation:
            violation.add_note(f"seed {self.seed}, after {step + 1} steps of {self.steps}")
            violation.step = step  # type: ignore[attr-defined]
            raise
        return self.tally

    def _found(self) -> None:
        """The founding phase: genesis, keys, and the sides' countersignatures; then the first head."""
        keys: dict[str, Any] = {"operator_key": public("operator")}
        if len(self.operator_names) > 1:
            keys = {"operator_keys": [public(name) for name in self.operator_names], "operator_threshold": 2}
        true = self.operator.true
        founding = {"founding": [fingerprint(name) for name in FOUNDERS]}
        self._enter(self._by_operator("log.genesis", keys | founding, *self.operator_names))
        enrolled = {}
        for name in FOUNDERS:
            body: dict[str, Any] = {"role": role_of(name), "public_key": public(name), "fingerprint": fingerprint(name)}
            if role_of(name) in PARTY_IDS:
                body["party"] = PARTY_IDS[role_of(name)]
            if "-" in name:
                body["kinds"] = ["wish.recorded"]
            made = self._by_operator("key.enrolled", body, *self.operator_names, name)
            enrolled[name] = made[0].sid
            self._enter(made)
        self._attempt_early()
        for side in ("holding", "receiving"):
            refs = tuple(Ref("countersigns", sid) for name, sid in enrolled.items() if name != side)
            statement = self.draft("record.countersigned", {}, drafter="operator", refs=refs)
            self._enter((statement, self.sign(statement, side)))
        true.publish()
        assert true.note is not None
        for party in self.parties.values():
            require(party.on_files(true.note.encode(), Shelf(true.files), self.now) is None, "a first head is taken")

    def _by_operator(self, kind: str, body: Mapping[str, Any], *names: str) -> Signed:
        statement = self.draft(kind, body, drafter="operator")
        return statement, self.sign(statement, *names)

    def _enter(self, made: Signed) -> int:
        return self.operator.true.take(Leaf(made[0], clock_text(self.now), made[1]))

    def _attempt_early(self) -> None:
        """Before the sides have countersigned the founding keys, nothing about persons or batches may be said."""
        body = {"batch": "early", "count": 0, "rules_sha256": digest("rules")}
        made = signed(self, "batch.proposed", body, ["operator"], drafter="operator")
        assert made is not None
        self._refused("a batch before the founding is countersigned", made, ("record.founding",))

    def _refused(self, name: str, made: Signed, codes: tuple[str, ...]) -> None:
        """Try a statement on the operator's software, which must refuse it with one of the codes."""
        self.tally.tried(name)
        self.note_down(f"try: {name}")
        try:
            self._enter(made)
        except QuittanceError as error:
            # A key may have ended in the log before its holder's books say so.
            require(error.code in (*codes, "record.signer_revoked"), f"{name}: refused with {error.code}, not {codes}")
            self.tally.noticed(name, "operator", error.code)
        else:
            raise Violation(f"{name}: the log took it")
        self._refused_by_mirror(name, made, codes)

    def _refused_by_mirror(self, name: str, made: Signed, codes: tuple[str, ...]) -> None:
        """A mirror refuses the same leaf, should the operator let it in as the next entry."""
        party = self.parties[self.rng.choice(PARTIES)]
        if party.size != self.operator.true.store.head().size:
            return
        try:
            party.replay.add(Leaf(made[0], clock_text(self.now), made[1]).data)
        except DamagedError as error:
            code = getattr(error.__cause__, "code", "")
            require(code in (*codes, "record.signer_revoked"), f"{name}: a mirror refuses it with {code}")
            self.tally.noticed(name, "a mirror", code, more=True)
        else:
            raise Violation(f"{name}: the mirror of {party.name} took it")

    def _step(self, step: int) -> None:
        """One step: the clock goes on, what is due is done, and one thing happens."""
        chance = self.rng
        self.now += chance.randrange(3)
        if not self.fraud and self.clock_liar is None and chance.random() < 0.002:
            self.now += chance.randrange(86400)  # everybody was asleep
        self.operator.tick()
        for party in self.parties.values():
            party.tick()
        if step >= self.begin_at:
            self._begin_faults()
        draw = chance.random()
        self.journal.append(f"step {step} at {clock_text(self.now)}: ")
        if len(self.post) and draw < 0.6:
            self._deliver(self.post.next())
        elif draw < 0.78:
            self.agenda.move()
        elif draw < 0.88:
            self._attempt_statement()
        elif draw < 0.92:
            self._attempt_paper()
        elif draw < 0.955:
            self._attempt_unprovable()
        elif draw < 0.97:
            one, two = chance.sample(PARTIES, 2)
            self._meet(one, two)
        elif draw < 0.985:
            self._ask_receipt()
        elif not self.fraud:
            self.operator.restore()
            self.tally.counts["backups restored and rebuilt"] += 1
        for name in PARTIES:
            self.agenda.revoke_stolen(name)
            self._replace_keys(name)
        self.watch.hold(step)

    def _deliver(self, parcel: Parcel) -> None:
        self.now = max(self.now, parcel.due)
        who, _, of = parcel.to.partition(" ")
        actor = {"operator": self.operator, "witness": self.hosts.get(of)}.get(who) or self.parties[who]
        code = getattr(actor, f"on_{parcel.kind}")(*parcel.content)
        self.note_down(f"{parcel.kind} to {parcel.to} {parcel.lie} {code or ''}")
        if not parcel.lie:
            if self.fraud is not None and code in ("witness.fork", "witness.proof") and self.hosts[of].is_honest:
                self.watch.noticed_fraud(parcel.to, code)
            suspect = code and code not in LATE and not self.fraud and not self._witness_is_false()
            if suspect and parcel.kind != "answer":
                raise Violation(f"{parcel.to} refuses an honest {parcel.kind}: {code}")
        elif code and code not in LATE:
            self.tally.noticed(parcel.lie, who, code)
        else:
            self.tally.idle(parcel.lie)

    def note_down(self, what: str) -> None:
        """Write into the journal of the run."""
        if self.journal:
            self.journal[-1] += what

    def _witness_is_false(self) -> bool:
        return any(not host.is_honest for host in self.hosts.values())

    def _replace_keys(self, name: str) -> None:
        """A party without a key asks for a new one."""
        party = self.parties[name]
        if party.outbox or party.halted:
            return
        for role, key in self.names.items():
            if not key and owner(role) == name:
                self.agenda.enrol(role)

    def _attempt_statement(self) -> None:
        """A statement against the rules, on the honest software of the operator."""
        if self.fraud is not None:
            return
        names = self.rng.sample(sorted(ATTACKS), 6)
        for name in sorted(names, key=lambda name: name in self.tally.rows):  # what has not been tried comes first
            made = ATTACKS[name].make(self)
            if made is not None:
                self._refused(name, made, ATTACKS[name].codes)
                return

    def _attempt_paper(self) -> None:
        """A false paper, shown to whoever checks it."""
        names = self.rng.sample(sorted(PAPERS), 4)
        for name in sorted(names, key=lambda name: name in self.tally.rows):
            found = PAPERS[name](self)
            if found is not None:
                self.note_down(f"try: {name}")
                self.tally.tried(name)
                require(found, f"{name}: it convinces")
                self.tally.noticed(name, "whoever reads it", found)
                return

    def _attempt_unprovable(self) -> None:
        """What no rule refuses: it enters, and the record must show neither more nor less than it can know."""
        if self.fraud is not None:
            return
        choice = self.rng.choice(UNPROVABLE)
        if choice == "backdated":
            cosigned = self.rng.random() < 0.6
            name = TIMES[0] if cosigned else "a claim under a head that nobody cosigned"
            if (made := backdated(self, cosigned=cosigned)) is not None:
                self._plant(name, made)
        elif choice == "stolen":
            if not self.revoking and (theft := stolen(self)) is not None:
                self._plant("a stolen key before anybody knows", theft[0])
        else:
            name, make = {
                "postdated": (TIMES[1], postdated),
                "within": ("a claim within what clocks may be off", backdated_within),
                "false": ("a genuine key states a falsehood", false_word),
                "disowned": ("a disowned key", disowned),
                "vouched": ("operator and a side enrol a false key", vouched),
            }[choice]
            if (made := make(self)) is not None:
                self._plant(name, made)

    def _plant(self, name: str, made: Signed) -> None:
        try:
            index = self._enter(made)
        except QuittanceError as error:
            require(error.code in ALLOWED, f"{name}: no rule is against it, yet it was refused: {error.code}")
            return
        self.tally.tried(name)
        self.note_down(f"enter: {name}")
        self.acknowledged[made[0].sid] = index
        self.planted[made[0].sid] = name

    def _meet(self, one: str, two: str) -> None:
        self.note_down(f"{one} meets {two}")
        self.parties[one].meet(self.parties[two])
        self.tally.counts["checkpoints exchanged"] += 1

    def _ask_receipt(self) -> None:
        party = self.parties[self.rng.choice(PARTIES)]
        if party.held:
            sid = self.rng.choice(sorted(party.held))
            self.post.send("operator", "ask_receipt", party.name, sid)

    def _begin_faults(self) -> None:
        """What goes wrong in this run begins: the operator's fraud and a witness's fault, each once."""
        host = self.hosts[self.faulty]
        if self.fault and (self.fault == "colludes" or self.rng.random() < 0.3):
            fault, self.fault = self.fault, ""
            if fault == "loses its memory" and self.operator.shows(self.faulty).sizes[self.faulty]:
                host.lose_memory()
                self.watch.lost_open = True
                self.tally.tried(WITNESS_FAULTS[fault])
            elif fault == "colludes":
                host.collude()
                self.tally.tried(WITNESS_FAULTS[fault])
            elif fault == "withholds":
                host.withholds = True
                self.tally.counts["witnesses that withhold"] += 1
        if self.planned and self.fraud is None:
            begun = FRAUDS[self.planned](self)
            if begun is not None:
                begun.name = self.planned
                self.note_down(f"fraud begins: {begun.name} {begun.viewers}; ")
                self.fraud = begun

    def _rest(self) -> None:
        """Everything arrives, everybody fetches and meets: what has taken effect is noticed by now."""
        self.journal.append("at rest: ")
        self.post.reliable = True
        self._drain(rounds=6)
        self.now += 700
        self._drain(rounds=4)
        for one, two in (("A", "B"), ("A", "N"), ("B", "N")):
            self._meet(one, two)
        for _ in range(12 if not self.fraud else 0):
            self._attempt_statement()  # now on a mirror, too
            self._attempt_paper()
        self.watch.hold_all()
        self.watch.settle()
        self.tally.counts["entries"] += self.operator.true.store.head().size
        self.tally.counts["runs"] += 1

    def _drain(self, rounds: int) -> None:
        for _ in range(rounds):
            self.now += 30
            self.operator.tick()
            for party in self.parties.values():
                party.tick()
            while len(self.post):
                self._deliver(self.post.next())
