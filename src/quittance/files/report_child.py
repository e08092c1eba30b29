"""The fenced process: it reads one web page, PDF file or feed after another, and can do little else.

It has a limit of memory, may write no file, and is ended by the system when one file takes more than so many seconds of
processor time. Asked on its standard input, it answers on its standard output; nothing of a file goes anywhere else.
Run by `report_fence`: python -m quittance.files.report_child
"""

from __future__ import annotations

import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

import msgspec

from quittance.files.report_page import Page, PageError

MEMORY = 2 << 30
"""Bytes of address space."""

SECONDS = 20.0
"""Of processor time for one file."""

READERS = {
    "html": ("quittance.files.report_html", "page_of"),
    "pdf": ("quittance.files.report_pdf", "document_of"),
    "feed": ("quittance.files.report_feed", "items_of"),
}
"""Form of a file -> the function that reads it."""

LENGTH = struct.Struct(">I")


class Ask(msgspec.Struct, frozen=True):
    """A file to be read as `form`."""

    form: str
    data: bytes


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The pages in it; or why there are none: an error's code and reason, or the package that is missing."""

    pages: tuple[Page, ...] = ()
    code: str = ""
    reason: str = ""
    missing: str = ""


def answer(ask: Ask) -> Answer:
    """Read one file. Whatever a reader raises becomes an answer."""
    module, name = READERS[ask.form]
    try:
        read: Callable[[bytes], Page | list[Page]] = getattr(import_module(module), name)
        found = read(ask.data)
    except PageError as error:
        return Answer(code=error.code, reason=error.reason)
    except ModuleNotFoundError as error:
        return Answer(missing=(error.name or "").partition(".")[0])
    except MemoryError:
        return Answer(code="report.too_hard", reason="it takes more memory than one report may")
    except Exception as error:  # a reader's fault must not end the run, nor tell of the text
        return Answer(code="report.unreadable", reason=f"its reader failed ({type(error).__name__})")
    return Answer(pages=(found,) if isinstance(found, Page) else tuple(found))


def fence() -> None:
    """Give up memory beyond the limit, core files and the writing of files."""
    for what, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):
        hard = resource.getrlimit(what)[1]
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def serve(source: BinaryIO, sink: BinaryIO, *, seconds: float = SECONDS) -> None:
    """Answer until the source ends. A file that takes longer ends the process, by the signal's own default."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    while head := source.read(LENGTH.size):
        ask = msgspec.msgpack.decode(source.read(LENGTH.unpack(head)[0]), type=Ask)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        data = msgspec.msgpack.encode(answer(ask))
        signal.setitimer(signal.ITIMER_PROF, 0)
        sink.write(LENGTH.pack(len(data)) + data)
        sink.flush()


def main() -> None:
    """Serve on the standard streams; what a library prints goes nowhere."""
    sink = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    fence()
    serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
