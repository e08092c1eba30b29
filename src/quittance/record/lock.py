"""The lock that keeps a record to one writer: an advisory lock on a file beside it, held while that file is open."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from quittance.errors import RecordError


class WriterLock:
    """Held from construction to `release`; the system lets go of it when the process dies, however it dies.

    Raises `RecordError` (`record.locked`) if another writer holds it. The lock file stays: removing it would race.
    """

    def __init__(self, record: Path) -> None:
        path = record.with_name(record.name + ".lock")
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._file, 20, 0).decode("ascii", "replace").strip()
            os.close(self._file)
            raise RecordError(
                f"{record.name} is being written by another process{f' (process {holder})' if holder else ''}. "
                "Wait until it has ended, or close it; reading is possible meanwhile.",
                code="record.locked",
            ) from None
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, b"%d\n" % os.getpid(), 0)

    def release(self) -> None:
        """Let another writer in."""
        os.close(self._file)
