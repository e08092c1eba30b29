"""Reading of hostile forms in a process of its own, which may die in our stead: web pages, PDF files, feeds.

One child is kept for many files; one that dies is told as an error of the file that it died of, and the next file gets
a new one.
"""

from __future__ import annotations

import atexit
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Lock
from typing import IO

import msgspec

from quittance.errors import UnreadableError
from quittance.files.report_child import LENGTH, SECONDS, Answer, Ask
from quittance.files.report_page import Page

EXTRA_OF = {"lxml": "html", "trafilatura": "html", "pypdf": "pdf"}
"""Package -> the extra that brings it."""

_child: subprocess.Popen[bytes] | None = None
_lock = Lock()


def fenced(form: str, data: bytes, name: str) -> tuple[Page, ...]:
    """The pages of a file called `name`, read as `html`, `pdf` or `feed`.

    Raises `UnreadableError`: `report.extra` where a package is not installed, `report.too_hard` for one that takes too
    much time or memory, else the code of its reader (`report.html`, `report.pdf`, `report.pdf_locked`, `report.feed`,
    `report.feed_doctype`, `report.unreadable`).
    """
    found = _ask(msgspec.msgpack.encode(Ask(form, data)), name)
    if found.missing:
        extra = EXTRA_OF.get(found.missing, form)
        raise UnreadableError(
            f'{name}: to read this, install an extra: pip install "quittance[{extra}]".', code="report.extra"
        )
    if found.code:
        raise UnreadableError(f"{name} was not read: {found.reason}.", code=found.code)
    return found.pages


def _ask(question: bytes, name: str) -> Answer:
    with _lock:
        try:
            to, back = _pipes()
            to.write(LENGTH.pack(len(question)) + question)
            to.flush()
            return msgspec.msgpack.decode(_exactly(back, LENGTH.unpack(_exactly(back, LENGTH.size))[0]), type=Answer)
        except (OSError, EOFError):
            raise _died(name) from None


def stop() -> None:
    """End the child, if there is one."""
    global _child
    child, _child = _child, None
    if child is not None:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()


def _pipes() -> tuple[IO[bytes], IO[bytes]]:
    """To the child and back; it is started if there is none."""
    global _child
    if _child is None:
        command = [sys.executable, "-m", "quittance.files.report_child"]
        _child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # noqa: S603
        atexit.register(stop)
    if _child.stdin is None or _child.stdout is None:
        raise OSError("no pipes")
    return _child.stdin, _child.stdout


def _exactly(pipe: IO[bytes], count: int) -> bytes:
    data = pipe.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _died(name: str) -> UnreadableError:
    """The error of the file that the child died of."""
    child = _child
    try:
        code = child.wait(timeout=10) if child is not None else None
    except subprocess.TimeoutExpired:
        code = None
    stop()
    why = f"more than {SECONDS:.0f} seconds" if code == -signal.SIGPROF else "more than one report may take"
    return UnreadableError(
        f"{name} was not read: it took {why}. Check that it is an article; save its text as a .txt file.",
        code="report.too_hard",
    )
