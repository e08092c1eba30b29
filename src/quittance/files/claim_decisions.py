"""A file of decisions on claims: one line each, flushed before the next question is asked, so that none is lost.

A line that a crash has cut off is not read, and is taken away before the next decision is written.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

import msgspec

from quittance.claims.decisions import Decision, decision_line, read_decision
from quittance.errors import UnreadableError
from quittance.files.durable import disk_errors
from quittance.files.read import read_file

LIMIT = 256 * 1024 * 1024


def read_decisions(path: Path) -> list[Decision]:
    """Every decision of a file, in order; none where there is no file.

    Raises `UnreadableError` (`claims.decisions`) for a line that is none, unless it is the last and was cut off, and
    what `read_file` raises.
    """
    try:
        data = read_file(path, LIMIT)
    except UnreadableError as error:
        if error.code == "file.missing":
            return []
        raise
    found = []
    lines = data.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found.append(read_decision(line))
        except (msgspec.DecodeError, UnicodeDecodeError):
            if number == len(lines):
                break
            raise UnreadableError(
                f"Line {number} of {path.name} is no decision on a claim. Take it out, or name another file.",
                code="claims.decisions",
            ) from None
    return found


class DecisionFile:
    """The end of a file of decisions, to which each new one is added. `close` it."""

    def __init__(self, path: Path) -> None:
        self._name = path.name
        with disk_errors(self._name):
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            data = path.read_bytes()
            self._size = data.rfind(b"\n") + 1
            if _is_whole(data[self._size :]):
                self._size = len(data) + os.write(self._descriptor, b"\n")
            os.ftruncate(self._descriptor, self._size)

    def add(self, decision: Decision) -> None:
        """Write one decision; when this returns it is on the disk. Raises `RecordError`, and then nothing was added."""
        line = decision_line(decision) + b"\n"
        with disk_errors(self._name):
            if os.write(self._descriptor, line) != len(line):
                os.ftruncate(self._descriptor, self._size)
                raise OSError(errno.ENOSPC, "no room left")
            os.fsync(self._descriptor)
        self._size += len(line)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def _is_whole(tail: bytes) -> bool:
    """Whether what stands after the last line end is a decision that only lacks its own."""
    try:
        read_decision(tail)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True
