"""A child that opens a vault and erases people, and may be killed by its parent or by itself.

Arguments: the vault, the handles in hex joined by commas, and when to kill itself: `statement:<n>` before the n-th SQL
statement of the erasure, `step:<n>` after n times fifty steps of SQLite's machine, `none`. Prints "erased" at the end.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
import sys
from pathlib import Path

from quittance.vault.columns import IDENTITY
from quittance.vault.store import Vault

KEK = bytes(range(32))


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(path: Path, handles: list[bytes], moment: str) -> None:
    vault = Vault.open(path, KEK, columns=IDENTITY, random=random.Random(1).randbytes)
    kind, _, number = moment.partition(":")
    count = itertools.count(1)

    def die_in_time(*_: object) -> int:
        if next(count) == int(number):
            die()
        return 0

    if kind == "statement":
        vault._db.set_trace_callback(die_in_time)
    elif kind == "step":
        vault._db.set_progress_handler(die_in_time, 50)
    vault.erase(handles)
    vault.close()
    os.write(1, b"erased\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), [bytes.fromhex(handle) for handle in sys.argv[2].split(",")], sys.argv[3])
