"""C2SP signed notes: a text, an empty line, and one line for each signature; and the keys that verify them.

Read as strictly as the format allows: UTF-8, line feeds only and one at the end, standard base64. One note has one
spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Self

from quittance.errors import RecordError
from quittance.record.envelope import EntryError, decode64, encode64
from quittance.record.keys import KeyRefused, require_public_key

ED25519 = 1
"""A log's own signature, over the note's text."""
COSIGNATURE = 4
"""A witness's Ed25519 signature over a time and the note's text."""
ML_DSA_COSIGNATURE = 6
"""A witness's ML-DSA-44 signature over its name, a time, and the tree head."""

PUBLIC_KEY_BYTES = {ED25519: 32, COSIGNATURE: 32, ML_DSA_COSIGNATURE: 1312}
KEY_ID_BYTES = 4
MAX_NAME_BYTES = 255
MAX_SIGNATURES = 100
MAX_NOTE_BYTES = 1_000_000

_NAME = re.compile(r"[^\s+\x00-\x20\x7f-\x9f\ud800-\udfff]+")
_NOT_TEXT = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")
_DASH = "\u2014 "


class NoteError(RecordError):
    """A signed note, or a key for one, is refused; `code` says at which step."""

    code = "note.format"


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A key by which a log or a witness is known; `kind` is the signature type.

    Raises `NoteError`: `note.key_kind` for a type that is not read here, `note.key` for anything else out of form.
    """

    name: str
    kind: int
    public: bytes
    id: bytes = field(init=False, compare=False)
    """Four bytes that with the name pick this key out of many; they prove nothing."""

    def __post_init__(self) -> None:
        require_name(self.name, "note.key")
        if self.kind not in PUBLIC_KEY_BYTES:
            raise NoteError(
                f"The key of {self.name} has signature type {self.kind}, not 1, 4 or 6.", code="note.key_kind"
            )
        if len(self.public) != PUBLIC_KEY_BYTES[self.kind]:
            raise _bad_key(self.name)
        if self.kind != ML_DSA_COSIGNATURE:
            try:
                require_public_key(self.public)
            except KeyRefused as error:
                raise NoteError(f"The key of {self.name}: {error.message}", code="note.key") from error
        hashed = sha256(b"%b\n%c%b" % (self.name.encode(), self.kind, self.public)).digest()
        object.__setattr__(self, "id", hashed[:KEY_ID_BYTES])

    def __str__(self) -> str:
        """The vkey: name, hex id and base64 of type and key, joined by plus signs."""
        return f"{self.name}+{self.id.hex()}+{encode64(bytes((self.kind,)) + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> Self:
        """The key that `vkey` spells, if its id is the right one; raises `NoteError`."""
        name, _, rest = vkey.partition("+")
        key_id, _, encoded = rest.partition("+")
        require_name(name, "note.key")
        try:
            data = decode64(encoded, "A verifier key")
        except EntryError:
            data = b""
        if not data:
            raise _bad_key(name)
        key = cls(name, data[0], data[1:])
        if key.id.hex() != key_id:
            raise _bad_key(name)
        return key


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line as data, verified by nobody; `signature` comes without the key id."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a line feed, and between 1 and 100 signatures; raises `NoteError` (`note.format`)."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n") or _NOT_TEXT.search(self.text):
            raise NoteError("The text of a note ends with a line feed, and has no other control character.")
        if not 1 <= len(self.signatures) <= MAX_SIGNATURES:
            raise NoteError(f"A note has between 1 and {MAX_SIGNATURES} signatures, not {len(self.signatures)}.")
        for one in self.signatures:
            require_name(one.name, "note.format")
            if len(one.key_id) != KEY_ID_BYTES or not one.signature:
                raise NoteError("A signature of a note lacks its key id, or is empty.")

    @property
    def sha256(self) -> str:
        """The lower-case hex SHA-256 of the note with its signatures, by which a statement says what it had seen."""
        return sha256(self.encode()).hexdigest()

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """The note that `data` spells, its signatures not verified; raises `NoteError` (`note.format`)."""
        if len(data) > MAX_NOTE_BYTES:
            raise NoteError(f"The note has {len(data)} bytes, more than {MAX_NOTE_BYTES}.")
        try:
            whole = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise NoteError(f"Byte {error.start} of the note is not UTF-8.") from None
        text, separator, block = whole.rpartition("\n\n")
        if not separator or not block.endswith("\n"):
            raise NoteError("A note is a text, an empty line, and signature lines that each end with a line feed.")
        lines = block[:-1].split("\n", MAX_SIGNATURES)  # more than that many make the last one unreadable
        return cls(text + "\n", tuple(map(parse_signature, lines)))

    def encode(self) -> bytes:
        """The note as it is stored and served."""
        return "".join((self.text, "\n", *(f"{format_signature(one)}\n" for one in self.signatures))).encode()

    def with_signatures(self, more: Iterable[NoteSignature]) -> Self:
        """This note with the signatures of further keys; of several lines of one key the first is kept."""
        by_key: dict[tuple[str, bytes], NoteSignature] = {}
        for one in (*self.signatures, *more):
            by_key.setdefault((one.name, one.key_id), one)
        return type(self)(self.text, tuple(by_key.values()))


def parse_signature(line: str) -> NoteSignature:
    """The signature in one line given without its line feed; raises `NoteError` (`note.format`)."""
    parts = line.removeprefix(_DASH).split(" ")
    if not line.startswith(_DASH) or len(parts) != 2:
        raise NoteError(
            "A signature line is not an em dash, a name and a base64 value with single spaces between them."
        )
    try:
        data = decode64(parts[1], "A signature")
    except EntryError as error:
        raise NoteError(error.message) from None
    return NoteSignature(parts[0], data[:KEY_ID_BYTES], data[KEY_ID_BYTES:])


def format_signature(one: NoteSignature) -> str:
    """The line of a signature, without its line feed."""
    return f"{_DASH}{one.name} {encode64(one.key_id + one.signature)}"


def require_name(name: str, code: str) -> None:
    """Raise `NoteError` with `code` unless `name` may be a key's name or a log's origin.

    It has no space of any script, no plus sign, no control character, and at most 255 bytes.
    """
    if not _NAME.fullmatch(name) or len(name.encode()) > MAX_NAME_BYTES:
        raise NoteError(
            f"A name of a log or witness has 1 to {MAX_NAME_BYTES} bytes, without spaces, plus signs and control "
            "characters, such as example.org/exchange/case.",
            code=code,
        )


def _bad_key(name: str) -> NoteError:
    return NoteError(
        f"The verifier key of {name} is not its name, the id that belongs to it, and a key in base64. Copy it again.",
        code="note.key",
    )
