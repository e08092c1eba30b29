"""Two sides, a neutral, a medical officer and an operator who exchange people and lie to each other; one seed, one run.

Everything that anybody states goes through the product's record, in memory and in SQLite; the product's fold follows
it. After every step the two are held against `exchange_model`, which is written from the texts and reads back
everything each time. Statements may be signed by the wrong office, changed, replayed, dated back, written offline and
delivered late, twice and out of order; keys are lost, stolen, rotated and revoked.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.signing import SignedLog, fingerprint, seen_of, signer
from tests.simulation.exchange_agenda import ACTS, LISTS, Draft
from tests.simulation.exchange_lies import twist
from tests.simulation.exchange_model import ExchangeModel, Terms, people_of
from tests.simulation.exchange_watch import Watch
from tests.simulation.setting import Violation, require

from quittance.agreement.model import Handovers
from quittance.dates import parse_instant
from quittance.errors import QuittanceError
from quittance.handover.events import Event, event_of
from quittance.handover.state import Proceedings
from quittance.record import Leaf, MemoryStore
from quittance.record.envelope import encode64
from quittance.record.keys import sign_statement
from quittance.record.sqlite import SqliteStore

STEPS = 250
"""Steps of a run."""

START = datetime(2020, 4, 8, 6, tzinfo=UTC)
FOUNDERS = ("holding", "receiving", "neutral", "medical", "guarantor")
QUORUMS = (
    {"of": ("holding", "receiving", "neutral")},
    {"of": ("holding", "receiving", "neutral"), "at_least": 2},
    {"of": ("holding", "receiving")},
    {"of": ("receiving", "neutral"), "at_least": 1},
)
GATES = {
    "listed": {"by": "record", "about": "listed"},
    "decree": {"by": "holding", "about": "order"},
    "veto": {"by": "holding", "about": "veto"},
    "identity": {"by": "receiving", "about": "identity"},
    "medical": {"by": "medical", "about": "fitness"},
    "consent": {"by": "neutral", "about": "wish", "valid": "3 days"},
}


@dataclass
class Tally:
    """What happened in some runs: how the record answered, what entered, and what came late or from afar."""

    steps: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    odd: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Take in what happened in other runs."""
        self.steps += other.steps
        for mine, more in ((self.codes, other.codes), (self.taken, other.taken), (self.odd, other.odd)):
            mine.update(more)


def run(seed: int, steps: int = STEPS) -> Tally:
    """One run; raises `Violation` with its seed, the step, and what was said last."""
    with tempfile.TemporaryDirectory() as folder:
        world = Exchange(seed, Path(folder))
        try:
            for _ in range(steps):
                world.step()
            world.watch.finish()
        except Exception as error:
            said = "\n".join(world.journal[-8:])
            again = f"from tests.simulation.exchange import run; run({seed}, {world.steps})"
            raise Violation(f"{type(error).__name__}: {error}\nagain: {again}\n{said}") from error
        finally:
            world.disk.close()
    return world.tally


class Desk(SignedLog):
    """Makes leaves at the time that the clock shows."""

    now = START

    def _time(self, later: int) -> str:
        return (self.now + timedelta(seconds=later)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Exchange:
    """One run. `step` raises `Violation` as soon as something that must hold does not."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.folder, self.rng = folder, Random(seed)
        self.desk = Desk()
        self.store = MemoryStore(self.desk.origin)
        self.disk = SqliteStore.create(folder / "record.sqlite", self.desk.origin)
        self.model = ExchangeModel(self.desk.origin)
        quorum = self.rng.choice(QUORUMS)
        self.handovers = Handovers.model_validate({"clearances": GATES, "quorum": quorum})
        self.terms = Terms(
            self.handovers.quorum.of, self.handovers.quorum.needed,
            {"decree": "holding", "veto": "holding", "identity": "receiving"},
            {"medical": "medical", "consent": "neutral"}, "veto", "consent", timedelta(days=3),
        )  # fmt: skip
        self.proceedings = Proceedings("side-b/l1")
        self.events: list[Event] = []
        self.names = {role: role for role in (*FOUNDERS, "operator")}
        self.spent: list[str] = []
        self.outbox: list[tuple[Leaf, bool]] = []
        self.sent: list[Leaf] = []
        self.waiting: list[Leaf] = []
        self.refused: list[tuple[int, Leaf]] = []
        self.tally = Tally()
        self.watch = Watch(self)
        self.journal: list[str] = []
        self.steps = self.batches = 0
        self.made: dict[str, int] = {}
        self.people = {name: self.desk.persons(count) for name, (count, _) in LISTS.items()}
        for leaf in self.desk.founding(*FOUNDERS, strict=True):
            self._enter(leaf)
        for name, (_, role) in LISTS.items():
            listed = name.split("/")[1]
            body = {"list": listed, "count": len(self.people[name])}
            self._enter(self.desk.leaf("list.submitted", body, (role,), people=self.people[name]))

    # What happens in a step

    def step(self) -> None:
        """Time goes on, somebody states something or the post comes, and everything is looked at."""
        self.steps += 1
        self.tally.steps += 1
        self.desk.now += timedelta(minutes=self.rng.choice((1, 5, 60, 300)))
        if self.rng.random() < 0.1:
            self.flush()  # nobody has seen what is not stored
            self.desk.seen = seen_of(self.store)
        if self.outbox and self.rng.random() < 0.15:
            self._post()
        else:
            self._state()
        self.watch.hold()

    def _state(self) -> None:
        """Somebody does what is due, mostly as it should be done."""
        acts, weights = zip(*ACTS, strict=True)
        draft = None
        while draft is None:
            draft = self.rng.choices(acts, weights)[0](self)
        if self.rng.random() < 0.3:
            twist(self, draft)
        leaf = self._sign(draft)
        if self.rng.random() < 0.2:
            self.outbox.append((leaf, draft.is_forged))  # written offline
        else:
            self._submit(leaf, draft.is_forged)

    def _post(self) -> None:
        """What was written offline arrives in any order, sometimes twice."""
        leaf, forged = self.rng.choice(self.outbox)
        if self.rng.random() < 0.7:
            self.outbox.remove((leaf, forged))
        self._submit(leaf, forged)

    def _sign(self, draft: Draft) -> Leaf:
        """The leaf of a draft."""
        commitments = {"person": draft.people} if draft.people else {}
        if draft.sealed:
            commitments["cleared"] = self._salted(len(draft.sealed))
        statement = self.desk.statement(
            draft.kind, draft.body, refs=draft.refs, commitments=commitments, **draft.members
        )
        if draft.sealed:
            self.terms.vault[statement.sid] = draft.sealed
        signed = self.desk.statement("fact.reported", {}) if draft.is_forged else statement
        signatures = sign_statement(signed, *map(signer, dict.fromkeys(draft.by)))
        leaf = self.desk.with_signatures(statement, signatures)
        self.sent.append(leaf)
        return leaf

    def _salted(self, count: int) -> tuple[str, ...]:
        return tuple(sorted(encode64(self.rng.randbytes(32)) for _ in range(count)))

    def _submit(self, leaf: Leaf, forged: bool = False) -> bool:
        """Ask the record and the model; they agree, and the record's reason is one of the model's."""
        expected = self.model.broken(leaf, forged)
        code = None
        try:
            self.store.append([leaf], self.store.head())
        except QuittanceError as error:
            code = getattr(error, "refusals", {}).get(0, error).code
        said = leaf.statement
        self.journal.append(f"{len(self.model.said)}: {said.kind} {dict(said.body)} -> {code or 'entered'}")
        require((code is None) == (not expected), f"the record says {code}, the text {sorted(expected)}")
        require(code is None or code in expected, f"the record says {code}, the text {sorted(expected)}")
        self.tally.codes[code or "entered"] += 1
        if code is None:
            self._take(leaf)
        else:
            self.refused.append((len(self.model.said), leaf))
        return code is None

    def _enter(self, leaf: Leaf) -> None:
        require(self._submit(leaf), "the founding is refused")

    def _take(self, leaf: Leaf) -> None:
        said, index = leaf.statement, len(self.model.said)
        self.model.take(leaf)
        self.waiting.append(leaf)
        self._count(leaf)
        event = event_of(
            said.kind, said.body, people_of(leaf), self.store.said(index)[1], said.claimed_at, index, said.sid,
            tuple((ref.rel, ref.sid) for ref in said.refs), accepted=leaf.accepted_at,
            keys=tuple(one.keyid for one in leaf.signatures),
        )  # fmt: skip
        if said.kind.startswith("key."):
            for role, name in self.names.items():
                keys = [role, *(f"{role}-{number}" for number in range(2, self.made.get(role, 1) + 1))]
                self.names[role] = ([one for one in keys if self.is_alive(one)] or [name])[-1]
        if event is not None:
            self.events.append(event)
            self.proceedings.take(event)

    def _count(self, leaf: Leaf) -> None:
        """What is worth knowing of an entry that was let in."""
        said, odd = leaf.statement, self.tally.odd
        self.tally.taken[said.kind] += 1
        is_over = self.model.is_closed(said.body.get("batch"))
        odd["answered after the end"] += is_over and said.kind in ("handover.delivered", "handover.received")
        odd["denied after the end"] += is_over and said.kind == "handover.denied"
        odd["written long before"] += parse_instant(said.claimed_at) < self.desk.now - timedelta(hours=12)

    def flush(self) -> None:
        """The store on disk takes what the one in memory has taken since."""
        if self.waiting:
            self.disk.append(self.waiting, self.disk.head())
            self.waiting = []

    def is_alive(self, name: str) -> bool:
        """Whether a key is in its term."""
        key = self.model.keys.get(fingerprint(name))
        return key is not None and not key.ended
