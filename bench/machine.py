"""What the machine can do by itself: flushes, signatures and hashes a second. Measured anew in every round.

The reference machine has two cores and gave the rates in `REFERENCE` when it was quiet. A rate of the product is set
against those of the same round, since the same machine is many times slower when its disk or its cores are busy.
"""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from math import ceil
from pathlib import Path
from time import perf_counter, process_time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from quittance.files.durable import replace

FLUSH = "write + fdatasync, 700 bytes"
SIGN = "Ed25519 sign, cryptography"
VERIFY = "Ed25519 verify, cryptography"
PROCESSOR = "Ed25519 verify, a second of processor time"
SODIUM = "Ed25519 verify, PyNaCl"
HASH = "SHA-256 of 65 bytes"
FILE = "new file: fsync, rename, fsync of folder"

REFERENCE: Mapping[str, float] = {
    FLUSH: 4952,
    SIGN: 31419,
    VERIFY: 14460,
    PROCESSOR: 14460,
    SODIUM: 23251,
    HASH: 2_540_000,
}
"""What the reference machine does a second: two cores, ext4, Python 3.11.7, quiet."""

PACKAGES = ("cryptography", "PyNaCl", "msgspec", "pymerkle", "psycopg")


def timed(count: int, act: Callable[[], object]) -> float:
    """`count` per second of `act`, by the clock on the wall."""
    start = perf_counter()
    act()
    return count / (perf_counter() - start)


def each(count: int, act: Callable[[int], object]) -> list[float]:
    """The seconds of each of `count` calls of `act`, which gets their numbers."""
    found = []
    for number in range(count):
        start = perf_counter()
        act(number)
        found.append(perf_counter() - start)
    return found


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all values do not exceed (nearest rank)."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def measure(folder: Path, count: int) -> dict[str, float]:
    """The rates of this machine now, on the disk of `folder`; PyNaCl's is left out where it is not installed."""
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, message = key.public_key(), bytes(300)
    signature, data = key.sign(message), bytes(65)
    before = process_time()
    verified = timed(count, lambda: [public.verify(signature, message) for _ in range(count)])
    found = {
        VERIFY: verified,
        PROCESSOR: count / (process_time() - before),
        FLUSH: flushes(folder, count // 4),
        FILE: files(folder, count // 16),
        SIGN: timed(count, lambda: [key.sign(message) for _ in range(count)]),
        HASH: timed(count * 50, lambda: [sha256(data).digest() for _ in range(count * 50)]),
    }
    try:
        from nacl.bindings import crypto_sign_open
    except ImportError:
        return found
    raw, signed = public.public_bytes_raw(), signature + message
    return found | {SODIUM: timed(count, lambda: [crypto_sign_open(signed, raw) for _ in range(count)])}


def flushes(folder: Path, count: int) -> float:
    """One leaf-sized write and fdatasync at a time."""

    def act() -> None:
        with (folder / "flushed").open("wb", buffering=0) as file:
            for _ in range(count):
                file.write(bytes(700))
                os.fdatasync(file.fileno())

    return timed(count, act)


def files(folder: Path, count: int) -> float:
    """One small file made durably at a time."""

    def act() -> None:
        for number in range(count):
            replace(folder / f"made-{number}", bytes(700))

    return timed(count, act)


def described(folder: Path) -> str:
    """Machine, file system and versions, in one line."""
    parts = [f"{os.cpu_count()} cores at a load of {os.getloadavg()[0]:.1f}", platform.machine()]
    parts += [f"{platform.system()} {platform.release()}", f"{filesystem(folder)} file system"]
    parts += [f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}"]
    for package in PACKAGES:
        try:
            parts.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            parts.append(f"no {package}")
    return ", ".join(parts)


def filesystem(folder: Path) -> str:
    """The type of the file system that a folder is on, where the system says it."""
    try:
        mounts = [line.split()[1:3] for line in Path("/proc/self/mounts").read_text("utf-8").splitlines()]
    except OSError:
        return "unknown"
    here = folder.resolve()
    above = [(len(place), kind) for place, kind in mounts if here.is_relative_to(place)]
    return max(above)[1] if above else "unknown"
