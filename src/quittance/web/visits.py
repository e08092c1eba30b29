"""Who may see people in the browser: whoever brought the token that only the operator's terminal has shown.

Any user of the machine can open the port, so a port is no proof of anything. A token is good once and buys a visit: a
cookie that is good for twelve hours at most, and for fifteen minutes without a request. There is one visit at a time;
a new one ends the one before. Tokens and cookies are kept as digests and compared in constant time.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

LONGEST_SECONDS = 12 * 60 * 60
IDLE_SECONDS = 15 * 60
MOST_SEARCHES = 200

Clock = Callable[[], float]
"""Seconds on a clock that nobody sets and that goes on while the machine sleeps."""


def awake_clock() -> float:
    """The time since the machine was started, sleep included where the system counts it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _digest(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


@dataclass(slots=True)
class Visit:
    """One stay in the pages with people, in memory alone; `form_token` stands in every form of it."""

    cookie: bytes = field(repr=False)
    entered: float
    seen: float
    form_token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    skipped: set[str] = field(default_factory=set)
    keys: bool = True
    """Whether single keys answer in the review; they can be switched off (WCAG 2.2, 2.1.4)."""
    _searches: list[str] = field(default_factory=list, repr=False)

    def remember(self, text: str) -> int:
        """Keep a searched text under a number, so that it stands in no address; the oldest are forgotten."""
        self._searches.append(text)
        if len(self._searches) > MOST_SEARCHES:
            self._searches[-1 - MOST_SEARCHES] = ""
        return len(self._searches)

    def searched(self, number: str) -> str:
        """The text that was kept under this number; empty for any other."""
        known = number.isascii() and number.isdecimal() and len(number) < 10
        return self._searches[int(number) - 1] if known and 1 <= int(number) <= len(self._searches) else ""

    def allows(self, form_token: str) -> bool:
        """Whether a form that came back was given out in this visit."""
        return hmac.compare_digest(_digest(form_token), _digest(self.form_token))


class Visits:
    """The token that is good now, and the visit that is open, if any."""

    def __init__(self, clock: Clock = awake_clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._token: bytes | None = None
        self._visit: Visit | None = None

    def ticket(self) -> str:
        """A new token, good once; the one before is good no more."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._token = _digest(token)
        return token

    def enter(self, token: str) -> str | None:
        """The cookie that a token buys, ending the visit before; None for any other text, which changes nothing."""
        cookie = secrets.token_urlsafe(32)
        with self._lock:
            if self._token is None or not hmac.compare_digest(_digest(token), self._token):
                return None
            now = self._clock()
            self._token = None
            self._visit = Visit(_digest(cookie), now, now)
        return cookie

    def of(self, cookie: str) -> Visit | None:
        """The visit that a cookie belongs to, which has now been heard of; None if there is none or it is over."""
        with self._lock:
            visit, now = self._visit, self._clock()
            if visit is None or not hmac.compare_digest(_digest(cookie), visit.cookie):
                return None
            if now - visit.seen > IDLE_SECONDS or now - visit.entered > LONGEST_SECONDS:
                self._visit = None
                return None
            visit.seen = now
            return visit

    def leave(self) -> None:
        """End the visit that is open."""
        with self._lock:
            self._visit = None
