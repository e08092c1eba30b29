"""A file to which whole lines are only ever added, by any process of the case's owner: flushed before it is said so.

A line that a crash has cut off is never read, and goes when the next one is added. The file is for its owner only.
"""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from quittance.files.durable import disk_errors, flush_folders, read_whole

LIMIT = 256 * 1024 * 1024
_OWNER_FILE, _OWNER_FOLDER = 0o600, 0o700
_TAIL = 64 * 1024


class Lines:
    """The lines of one file, which need not exist yet; read anew whenever the file has grown."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._size = -1
        self._read: tuple[bytes, ...] = ()

    @property
    def name(self) -> str:
        """What the file is called."""
        return self._path.name

    def read(self) -> tuple[bytes, ...]:
        """Every whole line, without its end, in order. Raises `RecordError` (`record.io`)."""
        try:
            size = self._path.stat().st_size
        except OSError:
            return ()
        if size != self._size:
            data = read_whole(self._path, LIMIT) or b""
            self._read = tuple(data[: data.rfind(b"\n") + 1].split(b"\n")[:-1])
            self._size = len(data)
        return self._read

    def add(self, *lines: bytes) -> None:
        """Add lines together; when this returns they are on the disk.

        Raises `RecordError` (`record.full`, `record.io`), and then none of them was added.
        """
        data = b"".join(line + b"\n" for line in lines)
        with disk_errors(self.name):
            self._path.parent.mkdir(_OWNER_FOLDER, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._path, flags, _OWNER_FILE)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                start = _whole(descriptor)
                os.ftruncate(descriptor, start)
                if os.write(descriptor, data) != len(data):
                    os.ftruncate(descriptor, start)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        if start == 0:
            flush_folders([self._path.parent], self._path.parent)


def _whole(descriptor: int) -> int:
    """Up to where a file consists of whole lines."""
    end = os.fstat(descriptor).st_size
    while end:
        start = max(0, end - _TAIL)
        found = os.pread(descriptor, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0
