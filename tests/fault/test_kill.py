"""Nothing acknowledged is ever lost: a process that appends is killed again and again, and the record is checked.

This is the death of a process, not the loss of power. QUITTANCE_KILLS sets the number of kills of the long run.
"""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from tests.stores import FormSqlite

from quittance.record import entries

ROOT = Path(__file__).resolve().parents[2]
SEED = 6962


def run_until_killed(record: Path, first: int, chance: random.Random) -> list[tuple[int, str, int]]:
    """Start the appender, kill it at a random moment, and give what it had acknowledged.

    Three times in four the clock starts at the first acknowledgement, else with the process, to hit its beginning.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.fault.appender", str(record), str(first)], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert child.stdout is not None
    wait_for_work = chance.random() < 0.75
    if wait_for_work:
        assert select.select([child.stdout], [], [], 60)[0], "the appender did not acknowledge anything"
    received = read_for(child.stdout.fileno(), chance.uniform(0, 0.04 if wait_for_work else 0.5))
    child.send_signal(signal.SIGKILL)
    received += child.stdout.read()
    child.stdout.close()
    assert child.wait(60) == -signal.SIGKILL, "the appender ended before it was killed"
    return [
        (int(number), sid, int(index))
        for number, sid, index in (line.split() for line in received.decode().splitlines())
    ]


def read_for(pipe: int, seconds: float) -> bytes:
    """Empty the pipe for a while, so that the child never waits for its reader."""
    received = b""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and select.select([pipe], [], [], left)[0]:
        piece = os.read(pipe, 1 << 16)
        if not piece:
            break
        received += piece
    return received


def survive(record: Path, kills: int, seed: int) -> int:
    """Kill the appender `kills` times; after each, hold the record against all acknowledgements. Gives their number."""
    chance = random.Random(seed)
    acknowledged: dict[str, int] = {}
    first = size = 0
    for kill in range(kills):
        for number, sid, index in run_until_killed(record, first, chance):
            assert acknowledged.setdefault(sid, index) == index
            first = max(first, number + 1)
        first += 1000  # past anything that was appended and not acknowledged
        if not record.exists():
            assert not acknowledged
            continue
        with closing(FormSqlite.open(record)) as store:
            head = store.check()
            assert head.size >= size, f"kill {kill}, seed {seed}: the record became shorter"
            size = head.size
            found = {sid: store.find(sid) for sid in acknowledged}
            assert acknowledged == found, f"kill {kill}, seed {seed}: acknowledged entries are lost or elsewhere"
    with closing(FormSqlite.open_read_only(record)) as store:
        assert {
            sid: index for index, sid in enumerate(entry.sid for entry in entries(store))
        }.items() >= acknowledged.items()
    return len(acknowledged)


def test_twenty_kills(tmp_path):
    """After each of twenty kills every acknowledged entry is where it was said to be, and the tree verifies."""
    assert survive(tmp_path / "record.sqlite", 20, SEED) > 100


@pytest.mark.slow
def test_many_kills(tmp_path):
    """The same for as many kills as QUITTANCE_KILLS says, 200 by default, with a new record after every twenty."""
    kills = int(os.environ.get("QUITTANCE_KILLS", "200"))
    for round_ in range(-(-kills // 20)):
        seed = SEED + 1 + round_
        assert survive(tmp_path / f"record-{seed}.sqlite", min(20, kills - 20 * round_), seed) > 0
