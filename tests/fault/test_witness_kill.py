"""A witness that is killed never answers for what it did not store, and never signs an older or a forked head after.

This is the death of a process, not the loss of power.
"""

from __future__ import annotations

import random
import select
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.fault.test_kill import read_for
from tests.fault.witness_child import history
from tests.unit.witness.logs import KEY, LOG_KEY, NAME, ORIGIN, SIGNER, START

from quittance.record.checkpoint import open_checkpoint
from quittance.witness.store import WitnessStore
from quittance.witness.witness import Witness

ROOT = Path(__file__).parents[2]
KILLS = 6


@pytest.fixture
def path(tmp_path):
    """An empty store."""
    made = tmp_path / "witness.sqlite"
    WitnessStore.create(made, KEY).close()
    return made


def start(path, act):
    """The child, at work on the store."""
    command = [sys.executable, "-m", "tests.fault.witness_child", str(path), act]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def restarted(path):
    """The witness on the store as the child left it."""
    store = WitnessStore.open(path)
    return store, Witness(store, NAME, SIGNER, {ORIGIN: (LOG_KEY,)}, lambda: START)


@pytest.mark.parametrize(("act", "size"), [("before", 0), ("after", 1)])
def test_killed_before_the_commit_or_between_store_and_answer(path, act, size):
    """Before the commit nothing has happened; after it the new size is told, and no other root of it is signed."""
    child = start(path, act)
    assert child.wait(60) == -signal.SIGKILL
    child.stdout.close()
    store, witness = restarted(path)
    with closing(store):
        log = history(store)
        assert log.tree.size == size
        if size == 0:
            assert witness.add_checkpoint(log.grow(1).request(0)).status == 200
            return
        other = log.fork(0)
        for one in (log, other):
            answer = witness.add_checkpoint(one.request(0, 1))
            assert (answer.status, answer.body) == (409, b"1\n")
        assert witness.add_checkpoint(other.request(1, 1)).status == 422
        assert witness.add_checkpoint(log.request(0, 0)).status == 409
        assert witness.add_checkpoint(log.request(1, 1)).status == 200


def test_killed_at_any_moment_under_two_histories(path):
    """After each kill all that was answered is in the one history, and an older or forked head is refused."""
    chance = random.Random(6962)
    answered = {}
    size = 0
    for kill in range(KILLS):
        child = start(path, "run")
        assert select.select([child.stdout], [], [], 60)[0], "the witness did not start"
        received = read_for(child.stdout.fileno(), chance.uniform(0.0, 0.15))
        child.kill()
        received += child.stdout.read()
        child.stdout.close()
        assert child.wait(60) == -signal.SIGKILL
        for line in received.decode().splitlines()[1:]:
            number, root = line.split()
            assert answered.setdefault(int(number), root) == root, f"kill {kill}: two roots for size {number}"
        store, witness = restarted(path)
        with closing(store):
            log = history(store)
            # What was stored before the last kill need not have been answered: a slow child may answer nothing.
            assert log.tree.size >= max(size, *answered, 0), f"kill {kill}: an answer was forgotten"
            size = log.tree.size
            assert {n: log.tree.root(n).hex() for n in answered} == answered
            for head in store.history(ORIGIN):
                assert open_checkpoint(head.note, [LOG_KEY], [KEY]).checkpoint == log.checkpoint(head.checkpoint.size)
            if size:
                fork = log.fork(size - 1, "late")
                assert witness.add_checkpoint(log.request(size - 1)).body == b"%d\n" % size
                assert witness.add_checkpoint(fork.request(size - 1)).body == b"%d\n" % size
                assert witness.add_checkpoint(fork.request(size)).status == 422
    assert len(answered) > KILLS
