"""A signed log against a model, through every order of what the parties may state, valid or not."""

from __future__ import annotations

import tempfile
from collections import Counter
from itertools import combinations
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, note, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.signing import (
    ORIGIN,
    PARTIES,
    SignedLog,
    append,
    digest,
    fingerprint,
    person,
    public,
    refer,
    role_of,
    signer,
)
from tests.unit.record.log_model import LogModel

from quittance.errors import QuittanceError
from quittance.record import Leaf, MemoryStore, Seen
from quittance.record.checkpoint import Checkpoint, sign
from quittance.record.keys import sign_statement
from quittance.record.known import read_batch
from quittance.record.note import Note
from quittance.record.sqlite import SqliteStore
from quittance.record.store import Replay
from quittance.record.tree import verify_consistency

FOUNDERS = ("holding", "receiving", "neutral", "medical")
KEYS = (
    *FOUNDERS,
    "operator",
    "operator-2",
    "operator-3",
    "holding-2",
    "receiving-2",
    "neutral-2",
    "medical-2",
    "protection",
)
KEY = st.sampled_from(KEYS)
BY = st.integers(0, 9).flatmap(
    lambda number: st.lists(KEY, min_size=1, max_size=3, unique=True) if number == 9 else st.none()
)
"""Who signs: mostly those who should."""
BATCH = st.sampled_from(["b1", "b2", "b3"])
COMMITMENT = st.sampled_from([None, "release", "release", "truce"])
OPERATORS = st.sampled_from([(1, 1), (1, 1), (2, 1), (2, 2), (3, 2)])
"""How many keys the operator has, and how many must sign."""
SCOPE = st.sampled_from([[], [], ["wish.recorded", "record.withdrawn"]])
WHOLE = st.sampled_from([True] * 9 + [False])
OTHERWISE = st.sampled_from([None, None, None, *range(6)])
WITNESS = st.sampled_from(["neutral", "holding", "receiving", None])
SIDE = st.sampled_from(["holding", "receiving"])
ENDS = st.sampled_from([("side-a", "side-b")] * 3 + [("side-b", "side-a")])
RETURNED = st.sampled_from([*["handover.observed", "count.asserted"] * 2, "wish.recorded", "match.judged", None])
CHEATS = st.sampled_from(["again", "nonce", "log", "agreement", "genesis", "unsigned", "forged"])
SMALL = st.integers(0, 4)
HANDLES = st.lists(st.integers(0, 6), max_size=3).map(lambda numbers: tuple(map(person, numbers)))
OTHER_HANDLES = st.integers(0, 5).flatmap(lambda number: HANDLES if number == 5 else st.none())
ANY_EARLIER = st.integers(0, 50)
SEEN = st.sampled_from(["last"] * 8 + ["none", "fork", "future"])
PARTS = [
    {"version": version, "part": part, "parts": parts}
    for version in (1, 2)
    for part, parts in ((1, 1), (1, 2), (2, 2), (1, 3), (2, 3), (3, 3))
]
"""What part of a list a statement says it is."""
NOBODY = digest("nobody said this")


def refusal(act, *arguments):
    """How an act is refused, None if it is done."""
    try:
        act(*arguments)
    except QuittanceError as error:
        return error
    return None


class LogMachine(RuleBasedStateMachine):
    """Two stores take the same leaves; the model says beforehand whether they may, and how they may be refused."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "record.sqlite"
        self.memory = MemoryStore(ORIGIN)
        self.sqlite = SqliteStore.create(self.path, ORIGIN)
        self.model = LogModel(ORIGIN)
        self.published: list[Checkpoint] = []
        self.checked = 0

    def teardown(self):
        """Leave nothing behind."""
        self.sqlite.close()
        self.folder.cleanup()

    # Who is there

    def live(self, role):
        """A key of a role that has not ended, if there is one."""
        keys = [name for name in KEYS if role_of(name) == role]
        alive = [name for name in keys if (key := self.model.keys.get(fingerprint(name))) and not key.ended]
        return (alive or keys)[0]

    def operators(self):
        """As many live keys of the operator as must sign."""
        alive = [
            name
            for name in KEYS
            if (key := self.model.keys.get(fingerprint(name))) and key.office[0] == "operator" and not key.ended
        ]
        return tuple(alive[: self.model.threshold])

    def earlier(self, number, kind=None):
        """An earlier entry, of that kind if there is one."""
        said = [one for one in self.model.said if kind is None or one.kind == kind] or self.model.said
        return said[number % len(said)].leaf

    # What is stated

    def draft(self, seen):
        """What the next statement says that it has seen."""
        size = len(self.model.said)
        if seen == "none" or (seen == "last" and not self.published):
            return None
        if seen == "future":
            return Seen(size + 1, bytes(32), NOBODY)
        if seen == "fork":
            return Seen(max(1, size // 2), bytes(32), NOBODY)
        last = self.published[-1]
        return Seen(last.size, last.root, NOBODY)

    def say(self, kind, body, by, *, people=(), refs=(), seen="last", forged=False, **members):
        """State something: both stores do what the model expects."""
        statement = self.log.statement(kind, body, people=people, refs=refs, seen=self.draft(seen), **members)
        signed = self.log.statement("fact.reported", {}) if forged else statement
        leaf = self.log.with_signatures(statement, sign_statement(signed, *map(signer, dict.fromkeys(by))))
        return self.submit(leaf, forged)

    def submit(self, leaf, forged=False):
        """Send a leaf to both stores."""
        codes = self.model.broken(leaf, forged)
        said = leaf.statement
        note(f"{len(self.model.said)}: {said.kind} {dict(said.body)} {codes or 'may enter'}")
        for store in (self.memory, self.sqlite):
            before = store.head()
            error = refusal(store.append, [leaf], before)
            name = type(store).__name__
            assert (error is None) == (not codes), f"{name}: {error and error.code}; the text: {codes or 'may enter'}"
            assert error is None or error.code in codes, f"{name}: {error.code}; the text: {codes}"
            assert store.head().size == before.size + (error is None)
        if not codes:
            self.model.take(leaf)
        return not codes

    @initialize(operators=OPERATORS, strict=st.booleans(), whole=WHOLE)
    def found(self, operators, strict, whole):
        """The genesis, and mostly the keys and countersignatures that a log begins with."""
        self.log = SignedLog(ORIGIN, operators=operators[0], threshold=operators[1])
        assert self.submit(self.log.genesis(**({"founding": list(map(fingerprint, FOUNDERS))} if strict else {})))
        if whole:
            for name in FOUNDERS:
                assert self.submit(self.log.enrol(name))
        if whole and strict:
            for leaf in self.log.countersignatures(*FOUNDERS):
                assert self.submit(leaf)

    @rule(name=KEY, by=BY, witness=WITNESS, party=st.sampled_from([None, None, "", "side-b"]),
          kinds=SCOPE, twisted=st.integers(0, 9), seen=SEEN)  # fmt: skip
    def enrol(self, name, by, witness, party, kinds, twisted, seen):
        """A key begins its term."""
        party = PARTIES.get(role_of(name), "") if party is None else party
        body = {"role": role_of(name), "public_key": public(name), "fingerprint": fingerprint(name)}
        body |= ({"party": party} if party else {}) | ({"kinds": kinds} if kinds else {})
        if not twisted:
            body["fingerprint"] = fingerprint("neutral-3")
        signers = (*self.operators(), name, *((self.live(witness),) if witness else ())) if by is None else by
        self.say("key.enrolled", body, signers, seen=seen)

    @rule(old=KEY, new=KEY, by=BY, seen=SEEN)
    def rotate(self, old, new, by, seen):
        """A key gives way to another."""
        others = tuple(name for name in self.operators() if name != old)
        if role_of(old) == "operator":  # it is one of those that must sign
            others = others[: self.model.threshold - 1]
        body = {"old": fingerprint(old), "public_key": public(new), "fingerprint": fingerprint(new)}
        self.say("key.rotated", body, (*others, old, new) if by is None else by, seen=seen)

    @rule(name=KEY, by=BY, since=st.sampled_from([None, None, 0, 5, 1000]), seen=SEEN)
    def revoke(self, name, by, since, seen):
        """A key ends."""
        body = {"fingerprint": fingerprint(name), "reason": "lost"}
        body |= {} if since is None else {"compromised_since": since}
        self.say("key.revoked", body, self.operators() if by is None else by, seen=seen)

    @rule(by=KEY, numbers=st.lists(ANY_EARLIER, max_size=3), known=st.integers(0, 9))
    def countersign(self, by, numbers, known):
        """A key puts its name under what others have said."""
        leaves = [self.earlier(number) for number in numbers] if known else [NOBODY]
        self.say("record.countersigned", {}, (by,), refs=refer("countersigns", *dict.fromkeys(leaves)))

    @rule(batch=BATCH, count=SMALL, commitment=COMMITMENT, giver=st.sampled_from([None, "side-a", "side-b"]),
          taker=st.sampled_from([None, "side-b"]), by=BY, seen=SEEN)  # fmt: skip
    def propose(self, batch, count, commitment, giver, taker, by, seen):
        """A batch is proposed."""
        body = {"batch": batch, "count": count, "rules_sha256": digest("rules")}
        body |= {name: said for name, said in (("commitment", commitment), ("from", giver), ("to", taker)) if said}
        self.say("batch.proposed", body, self.operators() if by is None else by, seen=seen)

    @rule(
        batch=BATCH,
        step=st.sampled_from(["cleared", "authorised"]),
        by=BY,
        side=SIDE,
    )
    def advance(self, batch, step, by, side):
        """A batch is cleared or authorised."""
        right = (self.live("neutral"), self.live("medical")) if step == "cleared" else (self.live(side),)
        self.say(f"batch.{step}", {"batch": batch}, right if by is None else by)

    @rule(batch=BATCH, count=SMALL, seen=SEEN)
    def whole_batch(self, batch, count, seen):
        """A batch goes all the way, as far as the log lets it."""
        proposal = {"batch": batch, "count": count, "rules_sha256": digest("rules"), "commitment": "release"}
        self.say("batch.proposed", proposal, self.operators(), seen=seen)
        self.say("batch.cleared", {"batch": batch}, (self.live("neutral"), self.live("medical")))
        self.say("batch.authorised", {"batch": batch}, (self.live("holding"),))

    @rule(number=SMALL, handles=HANDLES, commitment=COMMITMENT, both=st.booleans(), seen=SEEN)
    def hand_over(self, number, handles, commitment, both, seen):
        """A handover outside every batch, with all that belongs to it, as far as the log lets it."""
        body = {"batch": f"h{number}", "count": len(handles), "from": "side-a", "to": "side-b", "place": "crossing-1"}
        body |= {"commitment": commitment} if commitment else {}
        if not self.say("handover.observed", body, (self.live("neutral"),), people=handles, seen=seen):
            return
        refs = refer("answers", self.model.said[-1].leaf)
        answer = {"batch": f"h{number}", "count": len(handles)}
        self.say("handover.delivered", answer, (self.live("holding"),), refs=refs)
        if self.say("handover.received", answer, (self.live("receiving"),), refs=refs):
            assert not self.say("handover.received", answer, (self.live("receiving"),), refs=refs)
        right = (self.live("holding"), *((self.live("receiving"),) if both else ()))
        self.say("count.asserted", answer | {"commitment": "release"}, right)

    @rule(batch=BATCH, handles=HANDLES, miscounted=st.integers(-9, 1), commitment=COMMITMENT, by=BY, seen=SEEN,
          ends=ENDS, wishes=st.integers(-9, 4))  # fmt: skip
    def observe(self, batch, handles, miscounted, commitment, by, seen, ends, wishes):
        """The neutral sees persons handed over: new ones, some seen before, some twice."""
        body = {"batch": batch, "from": ends[0], "to": ends[1], "place": "crossing-1"}
        body["count"] = len(handles) + max(miscounted, 0)
        body |= ({"commitment": commitment} if commitment else {}) | ({"asked": wishes} if wishes >= 0 else {})
        self.say("handover.observed", body, (self.live("neutral"),) if by is None else by, people=handles, seen=seen)

    @rule(
        side=st.sampled_from(["delivered", "received"]),
        number=ANY_EARLIER,
        by=BY,
        others=OTHERWISE,
    )
    def answer(self, side, number, by, others):
        """A side says what it gave or took, and says it again."""
        observed = self.earlier(number, None if others == 0 else "handover.observed")
        said = observed.statement.body
        body = {
            "batch": "b2" if others == 1 else said.get("batch", "b1"),
            "count": said.get("count", 0) + (others == 2),
        }
        if others in (3, 4):
            body["observed"] = observed.statement.sid if others == 3 else NOBODY
        right = (self.live("holding" if side == "delivered" else "receiving"),)
        refs = () if others == 5 else refer("answers", observed)
        if self.say(f"handover.{side}", body, right if by is None else by, refs=refs):
            assert not self.say(f"handover.{side}", body, right if by is None else by, refs=refs)

    @rule(batch=BATCH, commitment=COMMITMENT.filter(bool), count=SMALL, by=BY, both=st.booleans(), seen=SEEN)
    def assert_count(self, batch, commitment, count, by, both, seen):
        """The sides say, together or one alone, what a batch counts for."""
        right = (self.live("holding"), *((self.live("receiving"),) if both else ()))
        body = {"batch": batch, "commitment": commitment, "count": count}
        self.say("count.asserted", body, right if by is None else by, seen=seen)

    @rule(number=ANY_EARLIER, kind=RETURNED,
          by=BY, handles=OTHER_HANDLES)  # fmt: skip
    def withdraw(self, number, kind, by, handles):
        """Something is taken back, by those who said it or others."""
        leaf = self.earlier(number, kind)
        offices = self.model.find(leaf.statement.sid).offices
        right = self.operators() if offices[0][0] == "operator" else tuple(self.live(role) for role, _ in offices)
        people = leaf.statement.commitments.get("person", ()) if handles is None else handles
        refs = refer("withdraws", leaf)
        self.say("record.withdrawn", {}, right if by is None else by, people=people, refs=refs)

    @rule(act=st.sampled_from(["submitted", "submitted", "withdrawn"]), side=SIDE,
          name=st.sampled_from(["l1", "l2"]), handles=HANDLES, by=BY, ordered=st.integers(0, 9),
          part=st.sampled_from([{}, {}, *PARTS]))  # fmt: skip
    def list_names(self, act, side, name, handles, by, ordered, part):
        """A side hands in a list, or a part of it, or takes it back."""
        body = {"list": name} | ({"count": len(handles), **part} if act == "submitted" else {})
        people = (sorted(handles) if ordered else handles) if act == "submitted" else ()
        self.say(f"list.{act}", body, (self.live(side),) if by is None else by, people=people)

    @rule(side=SIDE, versions=st.integers(1, 3), sizes=st.lists(st.integers(0, 3), min_size=1, max_size=3))
    def list_in_parts(self, side, versions, sizes):
        """A side hands in whole versions of a list, as far as the log lets it."""
        for version in range(1, versions + 1):
            people = sorted(person(800 + number) for number in range(sum(sizes)))
            for part, size in enumerate(sizes, 1):
                body = {"list": "l3", "count": size, "version": version, "part": part, "parts": len(sizes)}
                self.say("list.submitted", body, (self.live(side),), people=people[:size])
                people = people[size:]

    @rule(handles=HANDLES, judgement=st.sampled_from(["same", "different", "unsure"]), by=BY)
    def judge(self, handles, judgement, by):
        """A reviewer judges two entries, or too many."""
        body = {"judgement": judgement, "grade": "none"}
        self.say("match.judged", body, (self.live("neutral"),) if by is None else by, people=handles)

    @rule(handles=HANDLES, by=BY)
    def wish(self, handles, by):
        """The neutral asks one person."""
        self.say("wish.recorded", {}, (self.live("neutral"),) if by is None else by, people=handles[:1])

    @rule(number=SMALL, stated=st.booleans(), by=BY, seen=SEEN)
    def fact(self, number, stated, by, seen):
        """Something that the operator was told, or that a party says itself."""
        body = {
            "id": f"f{number}",
            "kind": "event",
            "at": "2020-04-08",
            "name": "rain",
            "by": "side-a",
        }
        right = (self.live("holding"),) if stated else self.operators()
        self.say("fact.stated" if stated else "fact.reported", body, right if by is None else by, seen=seen)

    @rule(number=ANY_EARLIER, how=CHEATS)
    def cheat(self, number, how):
        """What no order of events makes right."""
        leaf = self.earlier(number)
        fact = ("fact.reported", {"id": "f", "kind": "event", "at": "2020-04-08", "name": "rain"})
        match how:
            case "again":
                assert not self.submit(leaf)
            case "nonce":
                assert not self.say(*fact, self.operators(), nonce=leaf.statement.nonce)
            case "log":
                assert not self.say(*fact, self.operators(), log="quittance.example/other/case")
            case "agreement":
                assert not self.say(*fact, self.operators(), agreement="other-2020")
            case "genesis":
                assert not self.submit(self.log.genesis())
            case "unsigned":
                assert not self.say(*fact, ())
            case "forged":
                assert not self.say(*fact, self.operators(), forged=True)

    @rule(lag=st.sampled_from([0, 0, 0, 1]), stale=st.integers(0, 9))
    def publish(self, lag, stale):
        """The head is signed, if it is no earlier one and nobody signed meanwhile; the next statements have seen it."""
        size = max(0, len(self.model.said) - lag)
        head = Checkpoint(ORIGIN, size, self.model.root(size))
        signed = Note(head.text, (sign(head, signer("log")),)).encode()
        may = (not self.published or size >= self.published[-1].size) and (stale or not self.published)
        for store in (self.memory, self.sqlite):
            previous = store.checkpoint() if stale else None
            at = type(store.head())(size, head.root)
            error = refusal(store.sign, signed, at, previous)
            assert (error and error.code) == (None if may else "record.signed")
        if may:
            self.published.append(head)

    @rule()
    def reopen(self):
        """The file is closed and opened again, and the store in memory made anew from it."""
        self.sqlite.close()
        self.sqlite = SqliteStore.open(self.path)
        memory = MemoryStore(ORIGIN)
        for data in self.sqlite.read():
            memory.append([Leaf.parse(data)], memory.head())
        if (signed := self.sqlite.checkpoint()) is not None:
            last = self.published[-1]
            memory.sign(signed, type(memory.head())(last.size, last.root), None)
        self.memory = memory

    # What holds at all times

    @invariant()
    @precondition(lambda self: len(self.model.said) > self.checked)
    def both_end_alike(self):
        """Both stores have the head that the model computes."""
        self.checked = len(self.model.said)
        for store in (self.memory, self.sqlite):
            assert (store.head().size, store.head().root) == (self.checked, self.model.root(self.checked))

    @invariant()
    def the_published_heads_are_one_history(self):
        """Between every two published sizes there is a proof."""
        for old, new in combinations(self.published[-4:], 2):
            for store in (self.memory, self.sqlite):
                proof = store.tree().consistency(old.size, new.size)
                verify_consistency(old.root, old.size, new.root, new.size, proof)

    @rule()
    def replay(self):
        """What a log knows follows from its leaves: state, totals, and that nobody is handed over twice."""
        replayed = Replay(ORIGIN)
        for data in self.sqlite.read():
            replayed.add(data)
        for store in (self.memory, self.sqlite):
            assert store.check() == store.head()
            for name, text in replayed.states.items():
                assert store.known().state(name) == text
        for batch in ("b1", "b2", "b3", "h0"):
            text = replayed.state(f"batch:{batch}")
            assert (read_batch(text).done if text else 0) == self.model.handed_over(batch)
        assert max(self.model.delivered().values(), default=1) == 1
        observed = Counter()
        for data in self.memory.read():
            statement = Leaf.parse(data).statement
            if statement.kind == "handover.observed" and not self.model.find(statement.sid).withdrawn:
                observed[statement.body["batch"]] += len(statement.commitments.get("person", ()))
        assert all(self.model.handed_over(batch) == count for batch, count in observed.items())


TestLogMachine = LogMachine.TestCase
TestLogMachine.settings = settings(
    max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_an_ended_key_is_doubted_once_more():
    """A key that was revoked, with or without a doubt, may be revoked once more to say from when it is doubted."""
    log = SignedLog()
    store = log.store(*log.founding(), log.revoke("neutral", compromised_since=4))
    append(store, log.revoke("neutral", compromised_since=2))


def test_an_office_may_countersign_before_its_founding_key_is_enrolled():
    """What counts is that the office has countersigned the enrolment, with whichever of its keys, not when."""
    log = SignedLog()
    genesis = log.genesis(founding=[fingerprint("neutral"), fingerprint("holding")])
    neutral = log.enrol("neutral")
    early = [log.enrol("holding-2", "neutral"), log.countersign("holding-2", neutral), log.enrol("holding")]
    append(log.store(genesis, neutral, *early), log.observed("b1", 1))
