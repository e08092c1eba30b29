"""Claims of any number of files, in several processes, in flat memory, and so that a kill at any time costs nothing.

Files are read in the order given and their claims appended in that order to OUT.part, so what is done is told by two
numbers: how many files, and how many bytes. They stand in OUT.journal, which is put in place anew every few seconds,
after the bytes before it have reached the disk. Whoever continues cuts OUT.part to that length and reads on. The
journal names its inputs, its options and the version of the reader by a hash; others are not continued. At the end the
second pass is made over all claims, and OUT appears whole, or not at all. The number of processes changes no byte.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context, parent_process
from pathlib import Path
from time import monotonic
from typing import BinaryIO

import msgspec

from quittance.engines.report_claims import MakeRead, Read, Settings, Tally, read_files, reader_of
from quittance.engines.settling import settled
from quittance.errors import RefusedError, UsageError
from quittance.files.reports import Source

FORMAT = "quittance-extraction/1"

BATCH = 32
"""Files that a process is given at once."""

SECONDS = 2.0
"""Between two marks in the journal."""

AHEAD = 3
"""Batches that wait for each process."""

Show = Callable[[int, int], None]
"""Is told how many files are done, of how many."""


class Journal(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What of a run has reached the disk: so many files are in so many bytes of OUT.part."""

    format: str
    run: str
    size: int = 0
    tally: Tally


class Scan:
    """The files of a run, listed anew whenever they are gone through, with a hash of their names, sizes and times."""

    def __init__(self, find: Callable[[], Iterable[Source]]) -> None:
        self._find = find
        self.count, self.digest = 0, ""

    def __iter__(self) -> Iterator[Source]:
        """The files, in their order; `count` and `digest` are those of the listing as far as it went."""
        hashed, count = sha256(), 0
        for source in self._find():
            hashed.update(
                repr((source.doc, source.form, _stamp(source.path), _stamp(source.sidecar))).encode("utf-8", "replace")
            )
            count += 1
            yield source
        self.count, self.digest = count, hashed.hexdigest()


def _stamp(path: Path | None) -> tuple[str, int, int] | None:
    if path is None:
        return None
    try:
        found = path.stat()
    except OSError:
        return str(path), -1, -1
    return str(path), found.st_size, found.st_mtime_ns


def extract_files(
    find: Callable[[], Iterable[Source]],
    out: Path,
    settings: Settings,
    *,
    version: str,
    jobs: int = 1,
    fresh: bool = False,
    show: Show | None = None,
    make: MakeRead = reader_of,
    seconds: float = SECONDS,
) -> Tally:
    """Write the claims of all files to `out`, one a line; what a former run of the same has done is not done again.

    `find` lists the files, and must list the same ones each time; `version` is that of the reader, which `make` builds
    in each process. Raises `UsageError`: `claims.busy` while another run writes to `out`, `claims.other_run` if a
    former one was of other files, options or version and `fresh` is not given, `claims.inputs_changed`; `RefusedError`
    (`claims.process_died`); and what listing raises.
    """
    read = make(settings)  # before anything is written: what is wrong with the settings is told here
    scan = Scan(find)
    for _ in scan:
        pass
    total, listed = scan.count, scan.digest
    run = sha256(
        repr((FORMAT, version, listed, sha256(msgspec.json.encode(settings)).hexdigest())).encode()
    ).hexdigest()
    with _writing(out) as part:
        journal = _former(out, part, run, fresh=fresh)
        part.seek(journal.size)
        part.truncate()
        waiting = islice(scan, journal.tally.files, None)
        if show:
            show(journal.tally.files, total)
        marked = monotonic()
        for data, tally in _batches(waiting, settings, read, make, jobs, total - journal.tally.files):
            part.write(data)
            journal.size += len(data)
            journal.tally.add(tally)
            if show:
                show(journal.tally.files, total)
            if monotonic() - marked >= seconds:
                _mark(out, part, journal)
                marked = monotonic()
        _mark(out, part, journal)
        if (scan.count, scan.digest) != (total, listed):
            raise UsageError(
                f"The files changed while they were read; {out} was not written. Run it again with --fresh.",
                code="claims.inputs_changed",
            )
        settled(part, _beside(out, "new"), settings)
        _beside(out, "new").replace(out)
        _flush(out.parent)
        _beside(out, "part").unlink()
        _beside(out, "journal").unlink(missing_ok=True)
    return journal.tally


def _beside(out: Path, ending: str) -> Path:
    return out.with_name(f"{out.name}.{ending}")


@contextmanager
def _writing(out: Path) -> Iterator[BinaryIO]:
    """OUT.part, which this process alone writes to."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    with os.fdopen(os.open(_beside(out, "part"), flags, 0o666), "r+b") as part:
        try:
            fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(
                f"Another run writes to {out}. Wait for it, or name another.", code="claims.busy"
            ) from None
        yield part


def _former(out: Path, part: BinaryIO, run: str, *, fresh: bool) -> Journal:
    """Where to go on: after what the journal of a former run says, or at the start."""
    new = Journal(format=FORMAT, run=run, tally=Tally(problems=[], warnings={}, examples=[]))
    path = _beside(out, "journal")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        data = b""
    if fresh or not data:
        _mark(out, part, new)
        return new
    try:
        journal = msgspec.json.decode(data, type=Journal)
    except (msgspec.DecodeError, UnicodeDecodeError):
        journal = None
    if journal is None or journal.run != run or os.fstat(part.fileno()).st_size < journal.size:
        raise UsageError(
            f"{path} is of a run that was not finished, and its files, options or version were others. Add --fresh to "
            "begin anew, or give what that run was given to go on with it.",
            code="claims.other_run",
        )
    return journal


def _mark(out: Path, part: BinaryIO, journal: Journal) -> None:
    """Note in the journal what is done, once it is on the disk."""
    part.flush()
    os.fsync(part.fileno())
    draft = _beside(out, "journal.new")
    with draft.open("wb") as file:
        file.write(msgspec.json.encode(journal))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(_beside(out, "journal"))
    _flush(out.parent)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _batches(
    sources: Iterator[Source], settings: Settings, read: Read, make: MakeRead, jobs: int, left: int
) -> Iterator[tuple[bytes, Tally]]:
    """The claims of batch after batch, in the order of the files."""
    batches = iter(lambda: list(islice(sources, BATCH)), [])
    if jobs <= 1 or left <= BATCH:
        for batch in batches:
            yield read_files(batch, settings, read)
        return
    # Started anew rather than forked: threads of the parent do not survive a fork, nor should its lock.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _begin, (settings, make)) as pool:
        waiting: deque[Future[tuple[bytes, Tally]]] = deque()
        try:
            for batch in batches:
                waiting.append(pool.submit(_work, batch))
                if len(waiting) >= jobs * AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BrokenProcessPool:
            raise RefusedError(
                "A process that read reports has died, most likely for want of memory. What was done is kept: run it "
                "again, with --jobs 1 if it happens again.",
                code="claims.process_died",
            ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


_reading: tuple[Settings, Read] | None = None


def _begin(settings: Settings, make: MakeRead) -> None:
    """What a process does first: build its reader, and see to it that it ends when its parent is gone."""
    global _reading
    _reading = (settings, make(settings))
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _work(batch: Sequence[Source]) -> tuple[bytes, Tally]:
    if _reading is None:
        raise RuntimeError("a process without a reader")
    settings, read = _reading
    return read_files(batch, settings, read)
