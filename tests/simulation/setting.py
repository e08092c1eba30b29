"""Who takes part, with which keys; and the count of what was tried and who noticed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from tests import signing

from quittance.record import keys
from quittance.record.checkpoint import OpenedCheckpoint
from quittance.record.note import COSIGNATURE, ED25519, VerifierKey
from quittance.record.policy import Policies

AGREEMENT = "simulated"
ORIGIN = "quittance.example/simulated/case"
ELSEWHERE = "quittance.example/another/case"
"""The log of another agreement among the same people, with the same keys."""

START = 1586325600
"""POSIX seconds at which each run begins."""

PARTIES = ("A", "B", "N")
"""Those who mirror the log: the holding side, the receiving side, the neutral (with the medical officer)."""

OFFICES = {"A": ("holding",), "B": ("receiving",), "N": ("neutral", "medical", "protection")}
"""Party -> the offices whose keys it holds."""

PARTY_IDS = signing.PARTIES
"""Role -> the party in the agreement that a key of it speaks for."""

signer = lru_cache(signing.signer)
fingerprint = lru_cache(signing.fingerprint)
public = lru_cache(signing.public)
role_of = signing.role_of

LOG_SIGNER = signer("log")
LOG_KEY = VerifierKey(ORIGIN, ED25519, LOG_SIGNER.public)
OTHER_LOG_SIGNER = signer("log-elsewhere")
WITNESSES = {"A": "party-a.example/witness", "B": "party-b.example/witness", "X": "outside.example/witness"}
"""Of whom each witness is: `X` is an outside body, whom the neutral asks too."""

WITNESS_KEYS = {name: VerifierKey(name, COSIGNATURE, signer(f"witness-{of}").public) for of, name in WITNESSES.items()}
POLICIES = Policies.of_texts(
    {
        "joint": "\n".join(
            (
                f"log {LOG_KEY}",
                f"witness a {WITNESS_KEYS[WITNESSES['A']]}",
                f"witness b {WITNESS_KEYS[WITNESSES['B']]}",
                "group sides all a b",
                "quorum sides",
                "",
            )
        ).encode(),
        "recorded": f"log {LOG_KEY}\nwitness x {WITNESS_KEYS[WITNESSES['X']]}\nquorum x\n".encode(),
    }
)


class Violation(AssertionError):
    """Something that must hold does not."""


def require(holds: object, what: str) -> None:
    """Raise `Violation` unless it holds."""
    if not holds:
        raise Violation(what)


def clock_text(now: int) -> str:
    """POSIX seconds as the text of a statement's time."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_of(text: str) -> int:
    """The POSIX seconds of such a text."""
    return int(datetime.fromisoformat(text[:-1]).replace(tzinfo=UTC).timestamp())


@lru_cache(4096)
def opened(note: bytes) -> OpenedCheckpoint:
    """A note as a reader opens it; remembered, since many readers open the same."""
    return POLICIES.open(note)


@contextmanager
def remembered_checks() -> Iterator[None]:
    """Ed25519 arithmetic is done once for each key, signature and message: many parties check the same ones."""
    check = keys._check
    keys._check = lru_cache(100_000)(check)
    try:
        yield
    finally:
        keys._check = check
        opened.cache_clear()


@dataclass
class Row:
    """How often an attack was tried, came to nothing before anyone could notice, and was noticed, by whom and how."""

    tried: int = 0
    idle: int = 0
    noticed: int = 0
    by: Counter[str] = field(default_factory=Counter)


class Tally:
    """The attacks of one or more runs; each try ends as `noticed` or `idle`, or it is still open."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.steps = 0
        self.counts: Counter[str] = Counter()

    def row(self, name: str) -> Row:
        """The row of an attack."""
        return self.rows.setdefault(name, Row())

    def tried(self, name: str) -> None:
        """An attack is tried."""
        self.row(name).tried += 1

    def noticed(self, name: str, who: str, code: str, *, more: bool = False) -> None:
        """Somebody noticed it, with this code; `more` if another one has noticed the same try before."""
        row = self.row(name)
        row.noticed += not more
        row.by[f"{who}: {code}"] += 1

    def idle(self, name: str) -> None:
        """It came to nothing: lost on the way, or without any effect."""
        self.row(name).idle += 1

    def add(self, other: Tally) -> None:
        """Add the counts of another run."""
        self.steps += other.steps
        self.counts += other.counts
        for name, row in other.rows.items():
            mine = self.row(name)
            mine.tried += row.tried
            mine.idle += row.idle
            mine.noticed += row.noticed
            mine.by += row.by
