"""A child that is a witness on a store, to be killed. Arguments: the store, and what it does.

`before` and `after` end it by SIGKILL inside the transaction of the first cosignature, or after it and before the
answer. `run` asks it for ever: at each size two threads submit two histories that differ in the last entry. Each
cosignature that is answered is a line "<size> <root>".
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from itertools import count
from pathlib import Path

from tests.unit.witness.logs import LOG_KEY, NAME, ORIGIN, SIGNER, START, Log

from quittance.witness.store import WitnessStore
from quittance.witness.witness import Witness


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Dying:
    """A signer that dies before it has signed."""

    public = SIGNER.public

    def sign(self, message: bytes) -> bytes:
        die()
        return SIGNER.sign(message)


def history(store: WitnessStore) -> Log:
    """The log that the store has cosigned, step by step."""
    log = Log()
    for head in store.history(ORIGIN):
        word = next(
            one for one in ("honest", "other") if log.fork(log.tree.size).grow(1, one).checkpoint() == head.checkpoint
        )
        log.grow(1, word)
    return log


def run(store: WitnessStore, witness: Witness) -> None:
    log = history(store)
    start, end = threading.Barrier(2), threading.Barrier(2)
    os.write(1, b"ready\n")

    def submit(word: str) -> None:
        for size in count(log.tree.size + 1):
            start.wait()
            mine = log.fork(size - 1).grow(1, word)
            end.wait()
            answer = witness.add_checkpoint(mine.request(size - 1))
            start.wait()
            if answer.status == 200:
                os.write(1, f"{size} {mine.checkpoint().root.hex()}\n".encode())
                log.grow(1, word)
            end.wait()

    threads = [threading.Thread(target=submit, args=(word,)) for word in ("honest", "other")]
    for thread in threads:
        thread.start()


def main(path: Path, act: str) -> None:
    store = WitnessStore.open(path)
    witness = Witness(store, NAME, Dying() if act == "before" else SIGNER, {ORIGIN: (LOG_KEY,)}, lambda: START)
    if act == "run":
        run(store, witness)
        return
    if act == "after":
        advance = store.advance
        store.advance = lambda *given: (advance(*given), die())
    log = history(store)
    witness.add_checkpoint(log.grow(1).request(log.tree.size - 1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
