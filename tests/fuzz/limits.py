"""The time that a parser may take for one input: far above what any takes, far below what takes quadratic time."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 20
"""Of work, not of waiting: a busy machine changes nothing."""


class TooSlow(BaseException):
    """A parser has not come to an end in time; no `except Exception` of a parser swallows it."""


@contextmanager
def in_time(seconds: int = SECONDS) -> Iterator[None]:
    """Raise `TooSlow` in the block when it works longer."""

    def stop(*_: object) -> None:
        raise TooSlow(f"not done after {seconds} seconds of work")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
