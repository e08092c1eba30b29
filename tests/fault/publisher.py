"""A child that opens a case left by a crash, appends, publishes and cosigns, in a fork for every run it is asked for.

Each line on standard input is a case folder made by `make_case`. The fork says "ready <pid>" and waits for SIGUSR1, so
that a tracer can be attached when all of Python is loaded. Then come "ack <sid> <index>" for every leaf that is
durable, "note <base64>" for every head that is shown, and "done" or "error <code>"; the child adds "exit <status>".
"""

from __future__ import annotations

import base64
import os
import signal
import sys
from pathlib import Path

from tests.published import ORIGIN, POLICIES, SIGNER, answer, grow, leaf, publisher
from tests.stores import FormSqlite

from quittance.errors import QuittanceError
from quittance.files.publish import recover, write_tiles

BEFORE = 250
LEFT = 4
"""Entries whose tiles were written by whoever crashed, and whose head was not signed."""
GROUPS, GROUP = 2, 3
"""What one run appends: the full tile is passed between the first and the second group."""


def make_case(folder: Path) -> None:
    """A case as a crash leaves it: a signed head, entries and tiles beyond it, and a file half written."""
    folder.mkdir()
    store = FormSqlite.create(folder / "record.sqlite", ORIGIN)
    grow(store, BEFORE)
    publisher(store, folder / "log").publish()
    grow(store, LEFT)
    write_tiles(store, folder / "log", BEFORE + LEFT, BEFORE)
    (folder / "log/notes/.quittance-900.new").write_bytes(b"half")
    store.close()


def say(*words: object) -> None:
    """One line that is never torn."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def show(note: bytes) -> None:
    """Say which head is shown."""
    say("note", base64.b64encode(note).decode())


def work(folder: Path) -> None:
    """Recover, then append, publish and cosign in turn."""
    store = FormSqlite.open(folder / "record.sqlite")
    act = recover(store, folder / "log", SIGNER, POLICIES)
    show(act.publish())
    for _ in range(GROUPS):
        head = store.head()
        leaves = [leaf(number) for number in range(head.size, head.size + GROUP)]
        store.append(leaves, head)
        for index, one in enumerate(leaves, head.size):
            say("ack", one.statement.sid, index)
        note = act.publish()
        show(note)
        show(act.cosign(answer(note, "a.example/w")))
    store.close()


def run(folder: Path) -> None:
    """One run in a fork of this process, which ends with it."""
    try:
        say("ready", os.getpid())
        signal.sigwait({signal.SIGUSR1})
        work(folder)
        say("done")
        os._exit(0)
    except QuittanceError as error:
        say("error", error.code)
    finally:
        os._exit(1)


def main() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    for line in sys.stdin:
        child = os.fork()
        if not child:
            run(Path(line.rstrip("\n")))
        say("exit", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


if __name__ == "__main__":
    main()
