"""The two messages of C2SP tlog-witness v1.0.0: what a log sends to `add-checkpoint`, and what the witness answers.

Both are read strictly: one request has one spelling, and nothing is bigger than `MAX_BYTES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from quittance.errors import RefusedError
from quittance.record.checkpoint import MAX_SIZE, Checkpoint, parse_decimal
from quittance.record.envelope import EntryError, decode64, encode64
from quittance.record.note import Note, NoteError
from quittance.record.tree import HASH_BYTES

MAX_BYTES = 64 * 1024
"""The most that a request or an answer may have."""

MAX_PROOF = 63
"""The most hashes of a consistency proof."""

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"

_OLD = "old "


class RequestError(RefusedError):
    """A request or answer of the witness protocol is not written as tlog-witness wants it."""

    code = "witness.request"


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A log asks for a cosignature on `note`, which continues the tree of `old` entries as `proof` shows."""

    old: int
    proof: tuple[bytes, ...]
    note: Note
    checkpoint: Checkpoint

    @classmethod
    def of(cls, old: int, proof: tuple[bytes, ...], note: Note) -> Self:
        """The request for a note whose text is a checkpoint; raises `RequestError`."""
        if not 0 <= old <= MAX_SIZE:
            raise RequestError(f"The old size {old} is not a size that a log can have.")
        if len(proof) > MAX_PROOF:
            raise RequestError(f"A consistency proof has at most {MAX_PROOF} hashes; this one has {len(proof)}.")
        if any(len(one) != HASH_BYTES for one in proof):
            raise RequestError(f"A hash of the consistency proof does not have {HASH_BYTES} bytes.")
        try:
            return cls(old, proof, note, Checkpoint.parse(note.text))
        except NoteError as error:
            raise RequestError(error.message) from None

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The request in the body of a POST or in a courier's file; raises `RequestError` (`witness.request`)."""
        if len(data) > MAX_BYTES:
            raise RequestError(f"A request has at most {MAX_BYTES:,} bytes; this one has {len(data):,}.")
        head, gap, note = data.partition(b"\n\n")
        try:
            first, *hashes = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise RequestError("The lines before the checkpoint are not ASCII.") from None
        if not gap or not first.startswith(_OLD):
            raise RequestError(
                "A request is the line `old` and a size, the lines of the proof, an empty line, and the checkpoint."
            )
        old = _size(first.removeprefix(_OLD))
        try:
            proof = tuple(decode64(line, "A line of the consistency proof") for line in hashes)
            return cls.of(old, proof, Note.parse(note))
        except (EntryError, NoteError) as error:
            raise RequestError(error.message) from None

    def encode(self) -> bytes:
        """The bytes that `parse` reads."""
        lines = [f"{_OLD}{self.old}", *map(encode64, self.proof), "", ""]
        return "\n".join(lines).encode("ascii") + self.note.encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers: HTTP status, body and content type. A courier's answer file is the body alone."""

    status: int
    body: bytes
    content_type: str = TEXT


def accepted(line: str) -> Answer:
    """Yes: the witness's signature line, given without its line feed."""
    return Answer(200, f"{line}\n".encode())


def conflict(size: int) -> Answer:
    """No: the request starts at another size than the one cosigned last, which is `size`."""
    return Answer(409, b"%d\n" % size, SIZE)


def refused(status: int, code: str, message: str) -> Answer:
    """No, with a code and a sentence for whoever reads the answer."""
    return Answer(status, f"{code}: {message}\n".encode())


def parse_answer(body: bytes) -> str | int:
    """The signature lines, or the size that the witness has cosigned last, from the body of an answer.

    Raises `RequestError`: `witness.refused` with the words of a witness that refuses, `witness.answer` for anything
    else.
    """
    try:
        text = body.decode() if len(body) <= MAX_BYTES else ""
    except UnicodeDecodeError:
        text = ""
    lines = text.split("\n")
    if lines.pop() == "" and lines:
        if all(line.startswith("— ") for line in lines):
            return text
        if len(lines) == 1 and lines[0].isdigit():
            return _size(lines[0])
        if len(lines) == 1 and lines[0] and lines[0].isprintable():
            raise RequestError(f"The witness refuses: {lines[0][:500]}", code="witness.refused")
    raise RequestError(
        "This is no answer of a witness: it holds neither signature lines nor a size. Ask the witness again.",
        code="witness.answer",
    )


def _size(text: str) -> int:
    try:
        return parse_decimal(text)
    except ValueError:
        raise RequestError("A size is not a decimal number without leading zeros, or it is too large.") from None
