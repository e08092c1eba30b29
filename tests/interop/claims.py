"""Receipts in the shape that the Sigstore libraries read: entries of a transparency log, the leaf being the body."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from tests.interop.logs import PublishedLog, b64, one_byte_changed

SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)\n")
NAME = "the name in the log's signature line"
BASE64 = "the spelling of the log's signature in base64"
SIZE = "the size beside the checkpoint"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


@dataclass(frozen=True)
class Claim:
    """One receipt taken apart; size and root are those of its checkpoint, which the libraries want beside it."""

    leaf: bytes
    index: int
    size: int
    root: bytes
    hashes: tuple[bytes, ...]
    note: str

    @classmethod
    def of(cls, receipt: bytes) -> Claim:
        head, note = receipt.decode().split("\n\n", 1)
        lines, text = head.split("\n"), note.split("\n")
        return cls(
            base64.b64decode(lines[1].removeprefix("extra ")),
            int(lines[2].removeprefix("index ")),
            int(text[1]),
            base64.b64decode(text[2]),
            tuple(map(base64.b64decode, lines[3:])),
            note,
        )

    def entry(self, log_id: bytes) -> dict[str, object]:
        """The entry in Protobuf's JSON."""
        return {
            "logIndex": str(self.index),
            "logId": {"keyId": b64(log_id)},
            "kindVersion": {"kind": "quittance", "version": "1"},
            "inclusionProof": {
                "logIndex": str(self.index),
                "treeSize": str(self.size),
                "rootHash": b64(self.root),
                "hashes": list(map(b64, self.hashes)),
                "checkpoint": {"envelope": self.note},
            },
            "canonicalizedBody": b64(self.leaf),
        }

    @property
    def text_end(self) -> int:
        """Where the signed text and the empty line behind it end."""
        return self.note.index("\n\n") + 2

    @property
    def log_line_end(self) -> int:
        """Where the line of the log's own signature ends; the libraries do not know the witnesses behind it."""
        return self.note.index("\n", self.text_end) + 1

    def changed(self, part: str, random: Random) -> Claim:
        """The claim with one byte of `part`, or one digit of a number, changed at random."""
        match part:
            case "leaf" | "root":
                return replace(self, **{part: one_byte_changed(getattr(self, part), random)})
            case "index" | "size":
                digits = str(getattr(self, part))
                at = random.randrange(len(digits))
                other = random.choice([digit for digit in "0123456789" if digit != digits[at]])
                return replace(self, **{part: int(digits[:at] + other + digits[at + 1 :])})
            case "hashes":
                at = random.randrange(len(self.hashes))
                other_hash = one_byte_changed(self.hashes[at], random)
                return replace(self, hashes=(*self.hashes[:at], other_hash, *self.hashes[at + 1 :]))
            case _:
                end = self.log_line_end
                while True:  # the libraries take text, so bytes that are no UTF-8 cannot be put to them
                    try:
                        read = one_byte_changed(self.note[:end].encode(), random).decode()
                    except UnicodeDecodeError:
                        continue
                    return replace(self, note=read + self.note[end:])

    def same_content(self, changed: Claim) -> str | None:
        """What of a loosely read entry differs in `changed`, if all else is equal; None if it is another entry."""
        if changed == replace(self, size=changed.size):
            return SIZE
        end = self.log_line_end
        mine, other = (SIGNATURE_LINE.fullmatch(claim.note[self.text_end : end]) for claim in (self, changed))
        line_only = changed == replace(
            self, note=self.note[: self.text_end] + changed.note[self.text_end : end] + self.note[end:]
        )
        if not (line_only and mine and other):
            return None
        if mine[2] == other[2]:
            return NAME
        return BASE64 if mine[1] == other[1] and lenient(mine[2]) == lenient(other[2]) else None

    def renamed(self) -> Claim:
        """With a full stop for the first letter of the name in the log's signature line."""
        at = self.text_end + 2
        return replace(self, note=self.note[:at] + "." + self.note[at + 1 :])

    def respelled(self) -> Claim:
        """With the lowest of the unused bits in the log's signature set, which is one of 4 spellings of 68 bytes."""
        at = self.log_line_end - 3
        digit = ALPHABET[ALPHABET.index(self.note[at]) + 1]
        return replace(self, note=self.note[:at] + digit + self.note[at + 1 :])


def lenient(text: str) -> bytes:
    """What the most lenient of the decoders reads: either alphabet, other characters skipped, unused bits ignored."""
    digits = re.sub(r"[^A-Za-z0-9+/]", "", text.translate(str.maketrans("-_", "+/")))
    return base64.b64decode(digits[: len(digits) - (len(digits) % 4 == 1)] + "==")


def wrong(log: PublishedLog) -> Iterator[tuple[str, Claim]]:
    """Entries that were put together wrongly from true pieces, by name; every verifier must refuse them."""
    claim, other = Claim.of(log.receipts[-1]), Claim.of(log.receipts[-2])
    text, signatures = claim.note[: claim.text_end], claim.note[claim.text_end :].splitlines(keepends=True)
    older = log.older.decode()
    yield "another leaf", replace(claim, leaf=other.leaf)
    yield "another index", replace(claim, index=other.index)
    yield "a path too short", replace(claim, hashes=claim.hashes[:-1])
    yield "a path too long", replace(claim, hashes=(*claim.hashes, claim.hashes[-1]))
    yield "a path in the wrong order", replace(claim, hashes=claim.hashes[::-1])
    yield "the older checkpoint", replace(claim, note=older)
    yield "the older signatures", replace(claim, note=text + older.split("\n\n")[1])
    yield "no signature of the log", replace(claim, note=text + "".join(signatures[1:]))
    yield "no signature", replace(claim, note=text)
