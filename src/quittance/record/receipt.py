"""Receipts (C2SP tlog-proof): one file that shows an entry to be in the record, to a reader who holds only policies.

The `extra` data of the format is the leaf. It vouches for nothing until its hash has been led to a signed root.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

from quittance.errors import QuittanceError, RecordError
from quittance.record.checkpoint import MAX_SIZE, OpenedCheckpoint, parse_decimal
from quittance.record.entry import Entry
from quittance.record.envelope import EntryError, decode64, encode64
from quittance.record.note import Note
from quittance.record.policy import Grade, Trust, grade_of, open_trusted
from quittance.record.tree import HASH_BYTES, leaf_hash, verify_inclusion

VERSION_LINE = "c2sp.org/tlog-proof@v1"
MAX_RECEIPT_BYTES = 2_000_000
MAX_PROOF = 63
"""The longest audit path in a tree of fewer than 2^63 leaves."""

NOT_CHECKED = ("key_state", "duplicates")
"""What needs the other entries: which keys may sign (and so the signatures of the statement), and that none repeats."""

_HEAD = re.compile(r"(?:extra ([^\n]+)\n)?index ([^\n]+)((?:\n[^\n]+)*)")


class ReceiptError(RecordError):
    """A receipt is refused; `code` says at which step."""

    code = "receipt.format"


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as data, checked by nobody; raises `ReceiptError` (`receipt.format`) for what no receipt can hold."""

    index: int
    leaf: bytes | None
    """The bytes of the leaf; without them the reader must have them from elsewhere."""
    proof: tuple[bytes, ...]
    """The audit path, lowest hash first."""
    note: Note
    """The cosigned checkpoint that the path leads to."""

    def __post_init__(self) -> None:
        if (
            not 0 <= self.index <= MAX_SIZE
            or self.leaf == b""
            or len(self.proof) > MAX_PROOF
            or any(len(one) != HASH_BYTES for one in self.proof)
        ):
            raise _malformed()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The receipt that `data` spells; raises `ReceiptError` (`receipt.format`) or `NoteError` (`note.format`)."""
        head, separator, note = data.partition(b"\n\n")
        if len(data) > MAX_RECEIPT_BYTES or not separator:
            raise _malformed()
        try:
            version, _, rest = head.decode("ascii").partition("\n")
            found = _HEAD.fullmatch(rest)
            if version != VERSION_LINE or found is None:
                raise _malformed()
            extra, index, hashes = found.groups()
            return cls(
                parse_decimal(index),
                None if extra is None else decode64(extra, "The leaf"),
                tuple(decode64(one, "A hash") for one in hashes.split("\n")[1:]),
                Note.parse(note),
            )
        except (ValueError, EntryError):
            raise _malformed() from None

    def encode(self) -> bytes:
        """The receipt as a file."""
        lines = [VERSION_LINE]
        if self.leaf is not None:
            lines.append(f"extra {encode64(self.leaf)}")
        lines.append(f"index {self.index}")
        lines += map(encode64, self.proof)
        return "\n".join(lines).encode() + b"\n\n" + self.note.encode()


@dataclass(frozen=True, slots=True)
class CheckedReceipt:
    """What a receipt proves: this entry has this index in a log whose checkpoint has this grade."""

    opened: OpenedCheckpoint
    grade: Grade
    entry: Entry
    not_checked: tuple[str, ...] = NOT_CHECKED

    @property
    def index(self) -> int:
        """The place of the entry in the log, counted from 0."""
        return self.entry.index

    @property
    def signatures(self) -> tuple[str, ...]:
        """The ids of the keys whose signatures the leaf carries; whether they are valid was not checked."""
        return tuple(one.keyid for one in self.entry.leaf.signatures)


def check_receipt(receipt: Receipt, trust: Trust, origin: str | None = None) -> CheckedReceipt:
    """What `receipt` proves under `trust`, whose log keys say which logs are accepted, or only the log `origin`.

    Raises, in this order: `NoteError` as `open_checkpoint`; `ReceiptError` `receipt.origin` for another log than asked
    for and `receipt.no_leaf`; `ProofError` `proof.inclusion`; `ReceiptError` `receipt.entry` for a leaf that is
    malformed, `receipt.log` for one meant for another log, `receipt.seen` for one that saw what came after it.
    """
    opened = open_trusted(trust, receipt.note.encode())
    checkpoint = opened.checkpoint
    if origin not in (None, checkpoint.origin):
        raise ReceiptError(f"The receipt is of the log {checkpoint.origin}, not of {origin}.", code="receipt.origin")
    if receipt.leaf is None:
        raise ReceiptError("The receipt does not hold its entry. Ask for one with `extra`.", code="receipt.no_leaf")
    verify_inclusion(checkpoint.root, checkpoint.size, receipt.index, leaf_hash(receipt.leaf), receipt.proof)
    try:
        entry = Entry.parse(receipt.index, receipt.leaf)
    except QuittanceError as error:
        raise ReceiptError(
            f"Entry {receipt.index} is in the log, but is no valid entry: {error.message}", code="receipt.entry"
        ) from error
    statement = entry.statement
    if statement.log != checkpoint.origin:
        raise ReceiptError(
            f"Entry {receipt.index} was meant for another log than {checkpoint.origin}, which should have refused it. "
            "Keep the receipt: it is evidence.",
            code="receipt.log",
        )
    if statement.seen is not None and statement.seen.size > receipt.index:
        raise ReceiptError(
            f"Entry {receipt.index} says that it saw {statement.seen.size} entries, more than came before it. "
            "Keep the receipt: it is evidence.",
            code="receipt.seen",
        )
    return CheckedReceipt(opened, grade_of(trust, opened), entry)


def _malformed() -> ReceiptError:
    return ReceiptError(
        "The file is not a receipt: a version line, the entry, its index, the hashes of the proof, an empty line, and "
        "a signed checkpoint, with line feeds only. Ask for it again.",
    )
