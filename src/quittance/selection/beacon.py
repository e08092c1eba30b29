"""The drand beacon `quicknet`: which round comes after a deadline, and whether a round is genuine, checked offline.

A round has a BLS signature of the network over its number, and its value is the SHA-256 of that signature. The check
needs the package drand-verify (extra `beacon`, Apache-2.0); rounds and times need nothing. A value of another source
is taken as it is given, under its own label, and is not checked here.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from quittance.errors import UnreadableError, UsageError
from quittance.selection.seed import Beacon, SeedRefused

NETWORK = "drand:quicknet"
PERIOD_SECONDS = 3
GENESIS = datetime.fromtimestamp(1692803367, UTC)
"""When round 1 of quicknet was due."""

_LABEL = re.compile(r"drand:quicknet:([1-9][0-9]{0,14})")
_SIGNATURE = re.compile(r"[0-9a-f]{96}")


def quicknet_label(number: int) -> str:
    """The label of a round, as a request names it."""
    return f"{NETWORK}:{number}"


def quicknet_round(label: str) -> int:
    """The round that a label names. Raises `UnreadableError` (`seed.format`)."""
    found = _LABEL.fullmatch(label)
    if found is None:
        raise UnreadableError(
            f"`{label[:64]}` names no round of quicknet. Write it as drand:quicknet:657413.", code="seed.format"
        )
    return int(found[1])


def quicknet_time(number: int) -> datetime:
    """When a round is due, in UTC. Raises `UnreadableError` (`seed.format`) for one after the year 9999."""
    try:
        return GENESIS + timedelta(seconds=PERIOD_SECONDS * (number - 1))
    except OverflowError:
        raise UnreadableError(f"Round {number} is due after the year 9999.", code="seed.format") from None


def quicknet_after(deadline: datetime) -> int:
    """The first round that is due later than a deadline; the deadline has a timezone."""
    return max(1, (deadline - GENESIS) // timedelta(seconds=PERIOD_SECONDS) + 2)


def require_later(label: str, deadline: datetime) -> None:
    """Return if the round of a label is due later than the deadline for reveals; raise `SeedRefused` otherwise.

    A round known before the last reveal would let whoever reveals last choose between two seeds (`seed.beacon_early`).
    """
    due = quicknet_time(quicknet_round(label))
    if due <= deadline:
        raise SeedRefused(
            f"{label} was due at {due:%Y-%m-%d %H:%M:%S} UTC, not later than the deadline for reveals. Name "
            f"{quicknet_label(quicknet_after(deadline))} or a later round.",
            code="seed.beacon_early",
        )


def verify_quicknet(label: str, signature: str) -> Beacon:
    """The beacon of a round, if the network signed it: checked offline with the network's public key.

    `signature` is the round's signature in 96 hex digits. Raises `SeedRefused` (`seed.beacon_wrong`), `UsageError`
    (`seed.extra`) where drand-verify is not installed, `UnreadableError` (`seed.format`).
    """
    number = quicknet_round(label)
    if not _SIGNATURE.fullmatch(signature):
        raise UnreadableError(
            "A signature of quicknet has 96 hex digits. Copy the field `signature` of the round.", code="seed.format"
        )
    try:
        from drand_verify import verify_quicknet as verify  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        raise UsageError(
            'Checking a drand round needs an extra that is not installed: pip install "quittance[beacon]". Without it, '
            "settle the seed from the reveals alone.",
            code="seed.extra",
        ) from None
    try:
        value = verify(number, signature)
    except ValueError:
        raise SeedRefused(
            f"The signature is not that of the network on {label}. Fetch this round again, from another relay.",
            code="seed.beacon_wrong",
        ) from None
    return Beacon(label, bytes.fromhex(value))
