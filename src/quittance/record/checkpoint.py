"""Checkpoints: the signed head of a log (C2SP tlog-checkpoint) and what its witnesses add to it (tlog-cosignature).

A cosignature says "I saw this history at this time, and it continues all that I saw before", never "I agree with it".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Self

from quittance.record.envelope import EntryError, decode64, encode64
from quittance.record.keys import Signer, verify
from quittance.record.note import (
    COSIGNATURE,
    ED25519,
    Note,
    NoteError,
    NoteSignature,
    VerifierKey,
    require_name,
)
from quittance.record.tree import EMPTY_ROOT, HASH_BYTES

MAX_SIZE = 2**63 - 1
MAX_TIME = 2**63 - 1
_TIME_BYTES = 8
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
_SUBTREE_LABEL = b"subtree/v1\n\x00"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where a log ended when it signed: its origin, how many entries, and the RFC 6962 root over them.

    Raises `NoteError` (`note.checkpoint`) for an origin that cannot be a key's name, a size beyond 2^63-1, a root that
    has not 32 bytes, and an empty log with another root than that of nothing.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        require_name(self.origin, "note.checkpoint")
        if (
            not 0 <= self.size <= MAX_SIZE
            or len(self.root) != HASH_BYTES
            or (not self.size and self.root != EMPTY_ROOT)
        ):
            raise _bad_checkpoint()

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{encode64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The checkpoint that a note's text spells, without extension lines; raises `NoteError` (`note.checkpoint`)."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise _bad_checkpoint()
        try:
            return cls(lines[0], parse_decimal(lines[1]), decode64(lines[2], "A root"))
        except (ValueError, EntryError):
            raise _bad_checkpoint() from None


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A witness that has cosigned, and its time in POSIX seconds."""

    key: VerifierKey
    time: int


@dataclass(frozen=True, slots=True)
class OpenedCheckpoint:
    """A checkpoint whose signatures by known keys all hold; at least one is the log's own."""

    checkpoint: Checkpoint
    note: Note
    log_keys: tuple[VerifierKey, ...]
    """The keys of the log that have signed."""
    cosigned: tuple[Cosigned, ...]
    """The known witnesses that have cosigned, each once, with the earliest time it gave."""
    unknown: int
    """How many signature lines are of keys that the reader does not know."""

    def beginnings(self) -> Iterator[OpenedCheckpoint]:
        """This checkpoint with its first signature line, with its first two, and so on to all.

        A log adds cosignatures at the end of a note, so a note that somebody has seen is the beginning of a later one.
        """
        for count in range(1, len(self.note.signatures) + 1):
            lines = self.note.signatures[:count]
            signed = {(line.name, line.key_id) for line in lines}
            yield replace(
                self,
                note=Note(self.note.text, lines),
                cosigned=tuple(one for one in self.cosigned if (one.key.name, one.key.id) in signed),
            )


def sign(checkpoint: Checkpoint, signer: Signer) -> NoteSignature:
    """The log's own signature; the key's name is the origin."""
    key = VerifierKey(checkpoint.origin, ED25519, signer.public)
    return NoteSignature(key.name, key.id, signer.sign(checkpoint.text.encode()))


def cosign(checkpoint: Checkpoint, name: str, signer: Signer, time: int) -> NoteSignature:
    """The cosignature of the witness `name` at `time`, POSIX seconds above zero; raises `NoteError` (`note.time`)."""
    key = VerifierKey(name, COSIGNATURE, signer.public)
    _require_time(name, time)
    signed = signer.sign(cosigned_message(checkpoint, key, time))
    return NoteSignature(name, key.id, time.to_bytes(_TIME_BYTES, "big") + signed)


def cosigned_message(checkpoint: Checkpoint, key: VerifierKey, time: int) -> bytes:
    """The bytes that the witness `key` signs for `checkpoint` at `time`."""
    if key.kind == COSIGNATURE:
        return f"cosignature/v1\ntime {time}\n{checkpoint.text}".encode()
    name, origin = key.name.encode(), checkpoint.origin.encode()
    return b"".join(
        (
            _SUBTREE_LABEL,
            bytes((len(name),)) + name,
            time.to_bytes(_TIME_BYTES, "big"),
            bytes((len(origin),)) + origin,
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def open_checkpoint(data: bytes, logs: Iterable[VerifierKey], witnesses: Iterable[VerifierKey]) -> OpenedCheckpoint:
    """The checkpoint in a signed note, once every signature line of a known key has been verified.

    Several lines of one key are each verified and count once. Raises `NoteError`, in this order: `note.format`,
    `note.checkpoint`, `note.origin` (no log key has this name), `note.log_signature` (none, or one that fails),
    `note.signature` and `note.time` (a known witness's fails); also `note.key_kind`, `note.key_conflict` and
    `note.unsupported` for keys that cannot be used together, for this, or here.
    """
    note = Note.parse(data)
    checkpoint = Checkpoint.parse(note.text)
    log_keys = _by_id(logs, of_logs=True)
    witness_keys = _by_id(witnesses, of_logs=False)
    if all(name != checkpoint.origin for name, _ in log_keys):
        raise NoteError(
            f"No key of the log {checkpoint.origin} is known. Use the policy files of that log, or another checkpoint.",
            code="note.origin",
        )
    signed: dict[VerifierKey, None] = {}
    for line in note.signatures:
        if key := log_keys.get((line.name, line.key_id)):
            if not verify(key.public, line.signature, note.text.encode()):
                raise _bad_log_signature(checkpoint)
            signed[key] = None
    own = tuple(key for key in signed if key.name == checkpoint.origin)
    if not own:
        raise _bad_log_signature(checkpoint)
    times: dict[VerifierKey, int] = {}
    unknown = 0
    for line in note.signatures:
        if key := witness_keys.get((line.name, line.key_id)):
            time = _verified_time(checkpoint, key, line.signature)
            times[key] = min(time, times.get(key, time))
        else:
            unknown += (line.name, line.key_id) not in log_keys
    cosigned = tuple(Cosigned(key, time) for key, time in times.items())
    return OpenedCheckpoint(checkpoint, note, own, cosigned, unknown)


def parse_decimal(text: str) -> int:
    """A size, index or time below 2^63 in decimal without leading zeros; raises `ValueError`."""
    value = int(text) if _DECIMAL.fullmatch(text) else MAX_SIZE + 1
    if value > MAX_SIZE:
        raise ValueError("not a decimal below 2^63")
    return value


def _by_id(keys: Iterable[VerifierKey], *, of_logs: bool) -> Mapping[tuple[str, bytes], VerifierKey]:
    known: dict[tuple[str, bytes], VerifierKey] = {}
    for key in keys:
        if (key.kind == ED25519) != of_logs:
            use = "a log" if of_logs else "a witness"
            raise NoteError(
                f"The key of {key.name} has signature type {key.kind}: not for {use}.", code="note.key_kind"
            )
        if known.setdefault((key.name, key.id), key) != key:
            raise NoteError(
                f"Two keys of {key.name} share the id {key.id.hex()}, so that no signature can be told to be of one. "
                "Replace one of them.",
                code="note.key_conflict",
            )
    return known


def _verified_time(checkpoint: Checkpoint, key: VerifierKey, signature: bytes) -> int:
    time = int.from_bytes(signature[:_TIME_BYTES], "big")
    _require_time(key.name, time)
    message = cosigned_message(checkpoint, key, time)
    check = verify if key.kind == COSIGNATURE else _verify_ml_dsa
    if not check(key.public, signature[_TIME_BYTES:], message):
        raise NoteError(
            f"The cosignature of {key.name} on size {checkpoint.size} fails. Refuse this note, and ask for it again.",
            code="note.signature",
        )
    return time


def _verify_ml_dsa(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    except (ImportError, UnsupportedAlgorithm):
        raise NoteError(
            "A witness of the policy signs with ML-DSA-44, which the installed cryptography does not know. Update it.",
            code="note.unsupported",
        ) from None
    return True


def _require_time(name: str, time: int) -> None:
    if not 0 < time <= MAX_TIME:
        raise NoteError(f"The cosignature of {name} gives no time: it is zero or beyond 2^63-1.", code="note.time")


def _bad_checkpoint() -> NoteError:
    return NoteError(
        "The text of a checkpoint is three lines: the origin, the size without leading zeros, and the root in base64.",
        code="note.checkpoint",
    )


def _bad_log_signature(checkpoint: Checkpoint) -> NoteError:
    return NoteError(
        f"The checkpoint of size {checkpoint.size} bears no valid signature of the log {checkpoint.origin}: it is "
        "forged or damaged. Keep it, and ask for it again.",
        code="note.log_signature",
    )
