"""Published logs built from the formats' own texts, with hashlib and an Ed25519 library and nothing of the product.

Formats: RFC 6962 (tree), C2SP tlog-tiles (files), signed-note, tlog-checkpoint and tlog-cosignature (checkpoints),
tlog-proof (receipts). A foreign verifier that accepts these logs and the product's own confirms both readings.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LOG, COSIGNATURE = 1, 4  # the types of key in signed-note and tlog-cosignature
TILE = 256
MINI = json.loads(Path(__file__).with_name("mini_log.json").read_text("utf-8"))
UNCHECKED = ("keys.jsonl", "policy/")
"""What may lie in a published folder though no verifier reads it: the log's entries decide, not these copies."""


@dataclass(frozen=True)
class PublishedLog:
    """A log as a reader has it: the folder, the keys it trusts, a checkpoint it kept, and receipts."""

    folder: Path
    log_key: str
    witness_keys: tuple[str, ...]
    older: bytes
    receipts: tuple[bytes, ...]

    @property
    def public(self) -> bytes:
        """The log's public key, 32 bytes."""
        return base64.b64decode(self.log_key.split("+", 2)[2])[1:]

    @property
    def spki(self) -> bytes:
        """The same key as the Sigstore libraries want it: SubjectPublicKeyInfo in DER."""
        key = Ed25519PublicKey.from_public_bytes(self.public)
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def origin(self) -> str:
        return self.log_key.split("+", 1)[0]

    @property
    def id(self) -> bytes:
        """The log's identity; the Sigstore libraries compare its first four bytes with the key id of a signature."""
        return sha256(self.origin.encode() + b"\n" + bytes([LOG]) + self.public).digest()

    def stage(self, target: Path, receipt: int = 0) -> dict[str, Path]:
        """Link everything a verifier reads into `target`, to be changed there; the files by name."""
        files = {}
        for source in sorted(self.folder.rglob("*")):
            if source.is_file():
                name = source.relative_to(self.folder).as_posix()
                place = target / "log" / name
                place.parent.mkdir(parents=True, exist_ok=True)
                os.link(source, place)
                if not name.startswith(UNCHECKED):
                    files[name] = place
        for name, data in (("older", self.older), ("receipt", self.receipts[receipt])):
            files[name] = target / name
            files[name].write_bytes(data)
        return files

    def arguments(self, target: Path) -> list[str]:
        """The arguments by which verify/main.go checks what was staged in `target`."""
        given = ["-old", str(target / "older"), "-receipt", str(target / "receipt")]
        return [str(target / "log"), self.log_key, *given, *self.witness_keys]


def put(path: Path, data: bytes) -> None:
    """Give a staged file other bytes; what it was linked from stays as it is."""
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


# Tree (RFC 6962, 2.1)


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def split(count: int) -> int:
    return 1 << (count - 1).bit_length() - 1


def root(hashes: Sequence[bytes]) -> bytes:
    """The tree hash over leaf hashes."""
    if len(hashes) == 1:
        return hashes[0]
    k = split(len(hashes))
    return sha256(b"\x01" + root(hashes[:k]) + root(hashes[k:])).digest()


def audit_path(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return [*audit_path(index, hashes[:k]), root(hashes[k:])]
    return [*audit_path(index - k, hashes[k:]), root(hashes[:k])]


# Notes (signed-note, tlog-checkpoint, tlog-cosignature)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@dataclass(frozen=True)
class NoteKey:
    """A key that signs notes: the log's own, or that of a witness."""

    name: str
    kind: int
    seed: bytes

    @property
    def _typed(self) -> bytes:
        return bytes([self.kind]) + Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + self._typed).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(self._typed)}"

    def line(self, text: str, time: int) -> str:
        """The signature line over `text`; `time` in seconds is only in the signature of a witness."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        if self.kind == LOG:
            signature = key.sign(text.encode())
        else:
            signature = time.to_bytes(8, "big") + key.sign(f"cosignature/v1\ntime {time}\n{text}".encode())
        return f"— {self.name} {b64(self.id + signature)}\n"


def sign(text: str, keys: Sequence[NoteKey], time: int = 1_586_326_200) -> bytes:
    return (text + "\n" + "".join(key.line(text, time) for key in keys)).encode()


def checkpoint(hashes: Sequence[bytes], keys: Sequence[NoteKey]) -> bytes:
    """The note over these leaf hashes, signed by the log, which comes first, and its witnesses."""
    return sign(f"{keys[0].name}\n{len(hashes)}\n{b64(root(hashes))}\n", keys)


def receipt(index: int, leaves: Sequence[bytes], note: bytes) -> bytes:
    """The tlog-proof of one leaf under the checkpoint over all of `leaves`."""
    lines = ["c2sp.org/tlog-proof@v1", f"extra {b64(leaves[index])}", f"index {index}"]
    lines += map(b64, audit_path(index, list(map(leaf_hash, leaves))))
    return "\n".join([*lines, "", ""]).encode() + note


# Files (tlog-tiles)


def tiles(leaves: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every tile and bundle of a log of fewer than 256,000 leaves."""

    def pieces(level: str, items: Sequence[bytes]) -> Iterator[tuple[str, bytes]]:
        for start in range(0, len(items), TILE):
            piece = items[start : start + TILE]
            name = f"tile/{level}/{start // TILE:03d}" + (f".p/{len(piece)}" if len(piece) < TILE else "")
            yield name, b"".join(piece)

    yield from pieces("entries", [len(leaf).to_bytes(2, "big") + leaf for leaf in leaves])
    hashes, level = list(map(leaf_hash, leaves)), 0
    while hashes:
        yield from pieces(str(level), hashes)
        full = len(hashes) // TILE
        hashes, level = [root(hashes[n * TILE : (n + 1) * TILE]) for n in range(full)], level + 1


def publish(folder: Path, leaves: Sequence[bytes], notes: Mapping[int, bytes]) -> None:
    """Write the folder of a log that has published `notes` by size, with the partial tiles of each of these sizes."""
    for size, note in sorted(notes.items()):
        for name, data in tiles(leaves[:size]):
            put(folder / name, data)
        put(folder / f"notes/{size}", note)
    put(folder / "checkpoint", notes[max(notes)])


def mini_log(folder: Path) -> PublishedLog:
    """Seven real entries; their checkpoints and one of the receipts were made elsewhere."""
    leaves = [leaf.encode() for leaf in MINI["leaves_utf8"]]
    notes = {size: MINI[f"checkpoint_{size}_utf8"].encode() for size in (4, 7)}
    publish(folder, leaves, notes)
    given = MINI["receipt_4_utf8"].encode()
    assert given == receipt(4, leaves, notes[7])
    receipts = (given, *(receipt(index, leaves, notes[7]) for index in range(7)))
    return PublishedLog(folder, MINI["log_key"], tuple(MINI["witness_keys"]), notes[4], receipts)


ORIGIN = "quittance.example/generated-600/case"
KEYS = (
    NoteKey(ORIGIN, LOG, bytes([1]) * 32),
    NoteKey("party-a.example/witness", COSIGNATURE, bytes([2]) * 32),
    NoteKey("party-b.example/witness", COSIGNATURE, bytes([3]) * 32),
)
LEAVES = tuple(b"quittance test leaf %d" % index for index in range(600))
OLDER = 300


def generated_log(folder: Path) -> PublishedLog:
    """600 leaves, published at 300 and 600: two levels of tiles, full and partial ones."""
    hashes = list(map(leaf_hash, LEAVES))
    notes = {size: checkpoint(hashes[:size], KEYS) for size in (OLDER, len(LEAVES))}
    publish(folder, LEAVES, notes)
    receipts = tuple(receipt(index, LEAVES, notes[len(LEAVES)]) for index in range(len(LEAVES)))
    return PublishedLog(folder, KEYS[0].vkey, tuple(key.vkey for key in KEYS[1:]), notes[OLDER], receipts)


def one_byte_changed(data: bytes, random: Random) -> bytes:
    """The data with one bit flipped, or one byte replaced by any other."""
    at = random.randrange(len(data))
    change = 1 << random.randrange(8) if random.random() < 0.5 else random.randrange(1, 256)
    return data[:at] + bytes([data[at] ^ change]) + data[at + 1 :]
