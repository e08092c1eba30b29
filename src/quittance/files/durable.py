"""Small files that survive a crash: written under a name of their own, flushed, renamed; then their folder is flushed.

Whoever looks sees the old file, the new one or none, never half of one. What a crash leaves under the other name is
known by its form and removed by `remove_drafts`. Errors name a file as its reader knows it, never by its whole path.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from quittance.errors import RecordError

_DRAFT = re.compile(r"\.quittance-[^/]+\.new")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def write_new(path: Path, data: bytes, *, top: Path | None = None, flush: bool = True) -> None:
    """Make a file that was not there; one with the same bytes is left as it is.

    `top` is the folder from which an error names the file, and up to which folders are flushed; by default the file's
    own. With `flush=False` the caller flushes later (`flush_folders`). Raises `RecordError`: `record.file_differs` for
    a file with other bytes, `record.io`, `record.full`.
    """
    present = read_whole(path, len(data), top=top)
    if present is None:
        _write(path, data, top)
    elif present != data:
        raise RecordError(
            f"{_named(path, top)} is there already with other content; it was left as it is. Compare it with a copy, "
            "and choose another place or move it away.",
            code="record.file_differs",
        )
    if flush:
        flush_folders([path.parent], top or path.parent)


def replace(path: Path, data: bytes, *, top: Path | None = None) -> None:
    """Put a file in the place of the one that is there, if any; `top` and errors as for `write_new`."""
    _write(path, data, top)
    flush_folders([path.parent], top or path.parent)


def read_whole(path: Path, limit: int, *, top: Path | None = None) -> bytes | None:
    """The content of an ordinary file, of one longer than `limit` the first `limit` + 1 bytes; None if there is none.

    Raises `RecordError` (`record.io`), also for a folder, a pipe and a device.
    """
    with disk_errors(_named(path, top)):
        try:
            # A pipe must not make the reader wait.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(errno.EINVAL, "not an ordinary file")
            pieces, left = [], limit + 1
            while left and (piece := file.read(left)):
                pieces.append(piece)
                left -= len(piece)
    return b"".join(pieces)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, where they are missing, so that they survive a power cut."""
    with disk_errors(folder.name):
        missing = [one for one in (folder, *folder.parents) if not one.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for one in missing:
            _flush(one.parent)


def flush_folders(folders: Iterable[Path], top: Path) -> None:
    """Make the names in `folders`, in those above them up to `top`, and in `top` survive a power cut."""
    wanted = set(folders)
    for folder in tuple(wanted):
        wanted.update(above for above in folder.parents if above.is_relative_to(top))
    with disk_errors(top.name):
        for folder in sorted(wanted, key=lambda one: len(one.parts), reverse=True):
            _flush(folder)


def remove_drafts(folder: Path) -> None:
    """Remove what writers that died have left unfinished in `folder` and below; no other file is touched."""
    with disk_errors(folder.name):
        for place, _, names in os.walk(folder):
            for name in filter(_DRAFT.fullmatch, names):
                Path(place, name).unlink()


@contextmanager
def disk_errors(name: str) -> Iterator[None]:
    """Turn what the system raises into `RecordError` about the file called `name`: `record.full` or `record.io`."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise RecordError(
                f"There is no room on the disk for {name}. Free some space and open the record again.",
                code="record.full",
            ) from error
        raise RecordError(
            f"{name} could not be read or written ({error.strerror}). Check the disk and the rights, and open the "
            "record again: it puts in order what was left half done.",
            code="record.io",
        ) from error


def _write(path: Path, data: bytes, top: Path | None) -> None:
    draft = path.with_name(f".quittance-{path.name}.new")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with disk_errors(_named(path, top)):
        try:
            descriptor = os.open(draft, flags, 0o666)
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(draft, flags, 0o666)
        try:
            try:
                left = memoryview(data)
                while left:
                    left = left[os.write(descriptor, left) :]
                _sync(descriptor)
            finally:
                os.close(descriptor)
            draft.replace(path)
        except BaseException:
            with suppress(OSError):
                draft.unlink()
            raise


def _named(path: Path, top: Path | None) -> str:
    return path.name if top is None else path.relative_to(top).as_posix()


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    if full := getattr(fcntl, "F_FULLFSYNC", None):  # where fsync alone does not reach the disk (macOS)
        fcntl.fcntl(descriptor, full)
    else:
        os.fsync(descriptor)
