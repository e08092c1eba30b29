"""A witness against a model, under honest and forked logs, true and false proofs, and reopened stores."""

from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from tests.unit.witness.logs import KEY, LOG_KEY, NAME, ORIGIN, SIGNER, START, Log

from quittance.record.checkpoint import open_checkpoint
from quittance.record.note import Note
from quittance.witness.request import AddCheckpoint
from quittance.witness.store import MAX_FORKS, WitnessStore
from quittance.witness.witness import Witness

SIZES = st.integers(0, 12)


class WitnessMachine(RuleBasedStateMachine):
    """All logs here are signed by one key: they are what one dishonest operator can show."""

    logs = Bundle("logs")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "witness.sqlite"
        WitnessStore.create(self.path, KEY).close()
        self.clock = START
        self.cosigned = []  # the model: (checkpoint, time), in order
        self.words = 0
        self.shown = []
        self.open()

    def open(self):
        """Start the witness."""
        self.store = WitnessStore.open(self.path)
        self.witness = Witness(self.store, NAME, SIGNER, {ORIGIN: (LOG_KEY,)}, lambda: self.clock)

    def teardown(self):
        """Leave nothing behind."""
        self.store.close()
        self.folder.cleanup()

    @initialize(target=logs)
    def honest(self):
        """The first history."""
        self.shown.append(Log().grow(12))
        return self.shown[-1]

    @rule(target=logs, log=logs, at=SIZES)
    def fork(self, log, at):
        """Another history with the same beginning; two that fork at 12 are alike."""
        self.words += 1
        self.shown.append(log.fork(at, f"fork{self.words}"))
        return self.shown[-1]

    @rule()
    def restart(self):
        """Close the store and open it again."""
        self.store.close()
        self.open()

    @rule(seconds=st.integers(-100, 100) | st.just(-2 * START))
    def set_clock(self, seconds):
        """Time passes, or the clock is set wrong."""
        self.clock += seconds

    @rule(log=logs, prover=logs, old=SIZES, size=SIZES, told=st.booleans(), cut=st.integers(0, 2))
    def ask(self, log, prover, old, size, told, cut):
        """Ask for a cosignature, with a proof from this or another history, perhaps cut short."""
        last = self.cosigned[-1][0] if self.cosigned else Log().checkpoint(0)
        if told:
            old = last.size
        proof = prover.tree.consistency(old, size) if old <= size else ()
        proof = proof[: len(proof) - cut] if cut else proof
        new = log.checkpoint(size)
        answer = self.witness.add_checkpoint(AddCheckpoint.of(old, proof, log.note(size)).encode())
        whole = proof == log.tree.consistency(last.size, size) if last.size <= size else False
        if old > size:
            expected = 400
        elif old != last.size:
            expected = 409
        elif log.checkpoint(last.size) == last and whole:
            expected = 200
        else:
            expected = 422
        assert answer.status == expected
        if expected == 409:
            assert answer.body == b"%d\n" % last.size
        if expected == 422 and size == last.size and new != last:
            forks = [one.checkpoint for one in self.store.kept(ORIGIN) if one.grounds == "fork"]
            assert new in forks or len(forks) >= MAX_FORKS
        if expected == 200:
            time = max(1, self.clock, self.cosigned[-1][1] if self.cosigned else 1)
            note = Note.parse(log.note(size).encode() + answer.body).encode()
            opened = open_checkpoint(note, [LOG_KEY], [KEY])
            assert [(one.key, one.time) for one in opened.cosigned] == [(KEY, time)]
            self.cosigned.append((new, time))

    @invariant()
    def never_two_roots_for_one_size(self):
        """What it has cosigned names one root a size."""
        seen = {new for new, _ in self.cosigned}
        assert len({new.size for new in seen}) == len(seen)

    @invariant()
    def never_an_inconsistent_pair(self):
        """Every two checkpoints that it has cosigned lie in one of the histories."""
        for older, newer in pairwise(self.cosigned):
            pair = older[0], newer[0]
            assert any(all(log.checkpoint(one.size) == one for one in pair) for log in self.shown)
            assert older[0].size <= newer[0].size
            assert older[1] <= newer[1]

    @invariant()
    def the_store_remembers(self):
        """Head and history are those of the model; what is kept is a proof where its size is cosigned."""
        head = self.store.head(ORIGIN)
        assert (head and (head.checkpoint, head.time)) == (self.cosigned[-1] if self.cosigned else None)
        first = {}
        for new, time in self.cosigned:
            first.setdefault(new.size, (new, time))
        assert [(one.checkpoint, one.time) for one in self.store.history(ORIGIN)] == list(first.values())
        for one in self.store.kept(ORIGIN):
            size = one.checkpoint.size
            assert (one.grounds == "fork") == (size in first)
            assert size not in first or first[size][0] != one.checkpoint


TestWitnessMachine = WitnessMachine.TestCase
TestWitnessMachine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
