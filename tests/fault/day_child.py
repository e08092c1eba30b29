"""A child that notes acts in a day's folder, one after another, and says of each when it was acknowledged.

`day_child.py FOLDER` goes on until it is killed; `day_child.py FOLDER CALL N` kills itself at the N-th system call of
that name on the acts: `write` when half of the bytes are written, `fsync` before it.
"""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path

from tests.days import DEVICE, NOW, chance, handle

from quittance.files.dayfolder import DayFolder, NewAct


def die_at(call: str, number: int) -> None:
    """Kill this process at the number-th call."""
    count, write, flush = itertools.count(1), os.pwrite, os.fsync

    def half(file: int, data: bytes, at: int) -> int:
        if call == "write" and next(count) == number:
            write(file, bytes(data[: len(data) // 2]), at)
            os.kill(os.getpid(), signal.SIGKILL)
        return write(file, data, at)

    def never(file: int) -> None:
        if call == "fsync" and next(count) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        flush(file)

    os.pwrite, os.fsync = half, never


def main(folder: Path) -> None:
    """Note acts for ever, two at a time."""
    opened = DayFolder.open(folder, DEVICE, chance(os.getpid()))
    for number in itertools.count():
        acts = [NewAct(handle(number % 3), kind, "") for kind in ("identity", "wish")]
        for id_ in opened.add(acts, NOW):
            print(id_, flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        die_at(sys.argv[2], int(sys.argv[3]))
    main(Path(sys.argv[1]))
