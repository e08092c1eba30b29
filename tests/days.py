"""Bundles of invented people, devices and folders; for tests of the day without a network.

All keys are known to everybody, and nobody in a bundle exists.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from quittance.codes import code_of
from quittance.files.daybundle import FORMAT, DayBundle, DayOffice, DayPerson, seal_bundle
from quittance.files.dayfolder import DayFolder
from quittance.files.daykey import DeviceKey, identity_text, recipient_of
from quittance.record.envelope import encode64
from quittance.record.keys import SeedSigner, key_id
from quittance.vault.age import decryption, encryption

NEUTRAL_KEY = SeedSigner(b"\x51" * 32)
DEVICE, OTHER = DeviceKey(SeedSigner(b"\x52" * 32)), DeviceKey(SeedSigner(b"\x53" * 32))
"""TEST KEYS: who signs bundles, and two devices."""

SIGNED_BY = key_id(NEUTRAL_KEY.public)
SECRET = identity_text(b"\x54" * 32)
"""What opens returns in tests."""

MADE, NOW, ENDS = "2025-01-20T12:00:00Z", "2025-01-20T18:00:00Z", "2025-01-23T12:00:00Z"
NOTE = (
    "quittance.example/test/case\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
    "— quittance.example/test/case AAAAAAAAAAA=\n"
)


def chance(seed: int = 1) -> Callable[[int], bytes]:
    """Bytes that are the same in every run."""
    return random.Random(seed).randbytes


def handle(number: int) -> str:
    """The handle of an invented person."""
    return encode64(sha256(f"day {number}".encode()).digest())


def person(number: int) -> DayPerson:
    """An invented person."""
    found = handle(number)
    return DayPerson(found, code_of(found), {"listed": True, "decree": True}, f"TEST PERSON {number}", "TEST FATHER")


def bundle(persons: int = 3, **members: Any) -> DayBundle:
    """A bundle for both devices; `members` replace any of its members."""
    made = DayBundle(
        format=FORMAT,
        case="two-lists",
        log="quittance.example/test/case",
        batch="1",
        bundle="ab" * 16,
        issue=1,
        made_at=MADE,
        expires_at=ENDS,
        note=NOTE,
        reply_to=recipient_of(SECRET),
        devices=(DEVICE.public.hex(), OTHER.public.hex()),
        observed={"batch": "1", "from": "a", "to": "b"},
        needed=("identity", "wish"),
        persons=tuple(map(person, range(persons))),
        offices=(DayOffice(NEUTRAL_KEY.public.hex(), "neutral"),),
    )
    return msgspec.structs.replace(made, **members)


def sealed(made: DayBundle | None = None) -> bytes:
    """The file of a bundle, for both devices."""
    return seal_bundle(made or bundle(), NEUTRAL_KEY, encryption([DEVICE.recipient, OTHER.recipient]))


def unpacked(path: Path, made: DayBundle | None = None, *, key: DeviceKey = DEVICE, seed: int = 1) -> DayFolder:
    """A folder of a device at `path`."""
    return DayFolder.unpack(path, sealed(made), key, SIGNED_BY, NOW, chance(seed))


def opened(data: bytes) -> bytes | None:
    """What opens a return in tests."""
    return decryption(SECRET)(data)
