"""A child that runs one `quittance` command and kills itself before the n-th SQL statement on a vault (0: never)."""

from __future__ import annotations

import itertools
import os
import signal
import sys
from pathlib import Path

from quittance.cli.main import run
from quittance.vault import file


def main(number: int, arguments: list[str]) -> int:
    """Run the command; its exit code."""
    count, connect = itertools.count(1), file.connect

    def die_in_time(_: str) -> None:
        if next(count) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(path: Path, mode: str):
        connection = connect(path, mode)
        connection.set_trace_callback(die_in_time)
        return connection

    file.connect = traced
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
