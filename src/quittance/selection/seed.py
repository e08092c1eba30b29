"""The seed of a draw: committed to by both sides and the neutral, revealed, and derived by anyone alike.

Nobody chooses it: each party commits to a secret nonce before any is shown, and a beacon round later than the deadline
may be mixed in. Hashes of requests, snapshots and commitments are 64 lower-case hex digits, nonces and seeds 32 bytes.

    LP(x1, ..., xk) = for each x: its length in 8 bytes, big-endian, then its bytes
    commit = SHA-256(LP("quittance/commit/v1", request, party, nonce))
    seed   = SHA-256(LP("quittance/seed/v1", request, count, party, nonce, ..., beacon label, beacon value))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from quittance.errors import RefusedError, UnreadableError

NONCE_BYTES = 32
COMMIT, SEED = b"quittance/commit/v1", b"quittance/seed/v1"

_HEX = re.compile(r"[0-9a-f]{64}")


class SeedRefused(RefusedError):
    """A reveal, a beacon or a set of reveals gives no seed; nothing was derived."""

    code = "seed.refused"


@dataclass(frozen=True, slots=True)
class Beacon:
    """One value of a public source of chance: which source and round it is, and its bytes."""

    label: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Reveal:
    """A party's secret nonce as it was shown, and when; `at` has a timezone."""

    party: str
    nonce: bytes = field(repr=False)
    at: datetime


@dataclass(frozen=True, slots=True)
class Settled:
    """The seed of a request, and what each party that had committed did about it.

    `defaults` showed no nonce by the deadline and were dropped, `late` are those of them that showed one afterwards.
    `last_may_choose`: without a beacon, whoever revealed last could choose between two seeds by keeping silent.
    """

    seed: bytes
    revealed: tuple[str, ...]
    defaults: tuple[str, ...]
    late: tuple[str, ...]
    beacon: Beacon | None
    last_may_choose: bool


def lp(*parts: bytes) -> bytes:
    """The parts, each led by its length in 8 bytes, so that no two different sequences give the same bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def commit(request: str, party: str, nonce: bytes) -> str:
    """The commitment of a party to its nonce, for one request. Raises `UnreadableError` (`seed.format`)."""
    return sha256(lp(COMMIT, _digest(request), _label(party), _nonce(nonce))).hexdigest()


def require_commit(request: str, party: str, nonce: bytes, committed: str) -> None:
    """Return if `nonce` is what the party committed to; raise `SeedRefused` (`seed.wrong_reveal`)."""
    if not compare_digest(commit(request, party, nonce), _digest(committed).hex()):
        raise SeedRefused(
            f"What {party} revealed is not what it committed to for this request. Reveal the nonce that was kept when "
            "the commitment was made; without it the party counts as having defaulted.",
            code="seed.wrong_reveal",
        )


def derive_seed(request: str, reveals: Mapping[str, bytes], beacon: Beacon | None = None) -> bytes:
    """The seed of a request from the nonces revealed, by party, and a beacon if one was named.

    Every part is labelled, so that leaving one reveal out gives what no other set of reveals gives.
    Raises `SeedRefused` (`seed.no_reveal`) without a single reveal, `UnreadableError` (`seed.format`).
    """
    if not reveals:
        raise SeedRefused(
            "Nobody revealed a nonce, so there is no seed. Ask for the seed again under a new request.",
            code="seed.no_reveal",
        )
    shown = sorted((_label(party), _nonce(nonce)) for party, nonce in reveals.items())
    count = len(shown).to_bytes(8, "big")
    source = (beacon.label.encode(), beacon.value) if beacon else (b"", b"")
    return sha256(lp(SEED, _digest(request), count, *(part for pair in shown for part in pair), *source)).digest()


def settle(
    request: str,
    commits: Mapping[str, str],
    reveals: Iterable[Reveal],
    *,
    deadline: datetime | None = None,
    named: str | None = None,
    beacon: Beacon | None = None,
) -> Settled:
    """Settle a request: check every reveal, drop whoever defaulted, take the beacon that was `named`, derive the seed.

    A nonce shown after `deadline` is as good as none. Raises `SeedRefused`: `seed.no_commit` for a reveal without a
    commitment, `seed.repeated` for two of one party, `seed.wrong_reveal`, `seed.no_reveal`, `seed.beacon_missing`,
    `seed.beacon_other`.
    """
    shown = list(reveals)
    if len({one.party for one in shown}) != len(shown):
        raise SeedRefused(
            "A party revealed twice for one request. The first reveal stands; hand over that one alone.",
            code="seed.repeated",
        )
    for one in shown:
        if one.party not in commits:
            raise SeedRefused(
                f"{one.party} revealed a nonce without having committed to one, so it cannot count. Leave it out.",
                code="seed.no_commit",
            )
        require_commit(request, one.party, one.nonce, commits[one.party])
    in_time = {one.party: one.nonce for one in shown if deadline is None or one.at <= deadline}
    used = _named_beacon(named, beacon)
    return Settled(
        seed=derive_seed(request, in_time, used),
        revealed=tuple(sorted(in_time)),
        defaults=tuple(sorted(commits.keys() - in_time.keys())),
        late=tuple(sorted(one.party for one in shown if one.party not in in_time)),
        beacon=used,
        last_may_choose=used is None and len(commits) > 1,
    )


def _named_beacon(named: str | None, beacon: Beacon | None) -> Beacon | None:
    """The beacon, if it is the one named beforehand: a source chosen afterwards would choose the seed."""
    if named is None and beacon is None:
        return None
    if beacon is None:
        raise SeedRefused(
            f"The request names the beacon {named}, and its value is not here yet. Fetch that round and give it.",
            code="seed.beacon_missing",
        )
    if beacon.label != named:
        raise SeedRefused(
            f"The request names {named or 'no beacon'}, and the value given is of {beacon.label}. A beacon chosen "
            "afterwards would choose the seed; give the one that was named.",
            code="seed.beacon_other",
        )
    return beacon


# --- what is drawn with a seed ---------------------------------------------------------------------------------------


def audit_key(seed: bytes, pid: str) -> bytes:
    """The 32 bytes that order people for a random re-examination; a pid never holds `|`, so this is no tie key."""
    return sha256(seed + b"|audit|" + pid.encode()).digest()


def audit_sample(seed: bytes, pids: Iterable[str], count: int) -> tuple[str, ...]:
    """The `count` people whose audit keys come first, in that order: whom to examine again."""
    return tuple(sorted(pids, key=lambda pid: (audit_key(seed, pid), pid))[:count])


# --- what may be hashed ----------------------------------------------------------------------------------------------


def _digest(text: str) -> bytes:
    """The 32 bytes that a hash stands for; with or without `sha256:` before it."""
    bare = text.removeprefix("sha256:")
    if not _HEX.fullmatch(bare):
        raise UnreadableError("A hash is 64 lower-case hex digits. Copy it whole from the record.", code="seed.format")
    return bytes.fromhex(bare)


def _label(party: str) -> bytes:
    if not party:
        raise UnreadableError(
            "A party's label is empty. Name the party, or the office that has none.", code="seed.format"
        )
    return party.encode()


def _nonce(nonce: bytes) -> bytes:
    if len(nonce) != NONCE_BYTES:
        raise UnreadableError(
            f"A nonce has {NONCE_BYTES} bytes, written as 64 hex digits; this one has {len(nonce)}.", code="seed.format"
        )
    return nonce
