"""A list as keyed Bloom filters of skeletons: 1,024 bits for each field of a row, twenty for each element.

The elements of a name are the padded pairs of letters of each word's skeleton, and the whole skeleton twice; those of a
birth are its years. Each element sets the bits that HMAC-SHA256 under the shared key draws for it in that field. The
encoding is a file of one line of JSON and the filters after it; it holds no name, but see `LIMITS`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from quittance.errors import QuittanceError
from quittance.people.model import ListEntry
from quittance.people.names.name import parse
from quittance.people.years import parse_birth

FORMAT = "quittance-overlap/1"
FIELDS = ("name", "father", "grandfather", "birth", "district")
"""The fields that can be encoded; the name always is."""

BITS, POSITIONS, WORDS = 1024, 20, 16
SECRET_BYTES = 16
MOST_ROWS = 1_000_000

LIMITS = (
    "What this hides and what it does not: the filters hold no name, but whoever has a filter file and the secret can "
    "test any name against it; whoever has the file alone can count which filters are frequent and guess common names "
    "from that. Nobody but the two sides may know the secret, least of all the one who compares. Make a new secret "
    "each time, and destroy secret and filters at the end. The result is a first count: no probability stands "
    "behind it, and each pair must be confirmed by people who see both names."
)
"""What is said with every use."""

Filters: TypeAlias = npt.NDArray[np.uint64]


class OverlapError(QuittanceError):
    """Encodings that cannot be made, read or compared; `code` says why."""

    code = "overlap.format"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoded list: the row number of each line, and `filters[line, field]` as sixteen 64-bit words.

    `check` is equal for encodings under one key and tells nothing about the key. A field that a line does not give has
    no bit set.
    """

    check: str
    fields: tuple[str, ...]
    rows: npt.NDArray[np.uint32]
    filters: Filters = field(repr=False)

    def as_bytes(self) -> bytes:
        """The encoding as a file."""
        body = self.rows.astype("<u4").tobytes() + self.filters.astype("<u8").tobytes()
        header = {
            "bits": BITS,
            "check": self.check,
            "fields": self.fields,
            "format": FORMAT,
            "positions": POSITIONS,
            "rows": len(self.rows),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
        return json.dumps(header, separators=(",", ":"), sort_keys=True).encode() + b"\n" + body


def derive_key(secret: bytes) -> bytes:
    """The key of an exercise from the secret that both sides hold; slow on purpose, so that guessing is slow too.

    Raises `OverlapError` (`overlap.secret_short`) for fewer than 16 bytes.
    """
    if len(secret) < SECRET_BYTES:
        raise OverlapError(
            f"The secret has fewer than {SECRET_BYTES} bytes and could be guessed. Make a new one: quittance names "
            "overlap secret FILE.",
            code="overlap.secret_short",
        )
    return hashlib.scrypt(secret, salt=FORMAT.encode(), n=2**14, r=8, p=1, dklen=32)


def encode(
    entries: Sequence[ListEntry], key: bytes, fields: Sequence[str] = FIELDS, rows: Sequence[int] | None = None
) -> Encoding:
    """Each entry as one filter for each field; `rows` are the row numbers that the other side may learn, else 1, 2, ...

    Raises `OverlapError` (`overlap.fields`) for a field that cannot be encoded, or without the name.
    """
    chosen = tuple(name for name in FIELDS if name in fields)
    if set(chosen) != set(fields) or "name" not in chosen:
        raise OverlapError(f"Fields that can be encoded: {', '.join(FIELDS)}; the name always.", code="overlap.fields")
    numbers = np.arange(1, len(entries) + 1) if rows is None else np.asarray(rows)
    found = np.zeros((len(entries), len(chosen), WORDS), dtype=np.uint64)
    for at, name in enumerate(chosen):
        drawn: dict[str, Filters] = {}
        known: dict[str, Filters] = {}
        for line, entry in enumerate(entries):
            cell = getattr(entry, name) + ("\0" + entry.calendar if name == "birth" else "")
            bits = known.get(cell)
            if bits is None:
                bits = known[cell] = _filter(elements(entry, name), name, key, drawn)
            found[line, at] = bits
    check = hmac.digest(key, b"check", "sha256")[:16].hex()
    return Encoding(check, chosen, numbers.astype(np.uint32), found)


def elements(entry: ListEntry, name: str) -> Iterable[str]:
    """What is put into the filter of a field: pieces of skeletons, or years."""
    if name == "birth":
        return _years(entry)
    cell: str = getattr(entry, name)
    skeletons = [token.skeleton for one in parse(cell)[:1] for token in one.tokens if token.skeleton]
    return [element for skeleton in skeletons for element in _pieces(skeleton)]


def _pieces(skeleton: str) -> list[str]:
    padded = f"_{skeleton}_"
    return [padded[at : at + 2] for at in range(len(padded) - 1)] + [f"{skeleton}/1", f"{skeleton}/2"]


def _years(entry: ListEntry) -> list[str]:
    birth = parse_birth(entry.birth, entry.calendar)
    spans = birth.spans if birth else ()
    return [str(year) for first, last in spans for year in range(_year(first), _year(last) + 1)]


def _year(day: int) -> int:
    return date.fromordinal(day).year


def _filter(parts: Iterable[str], name: str, key: bytes, drawn: dict[str, Filters]) -> Filters:
    found = np.zeros(WORDS, dtype=np.uint64)
    for part in parts:
        if part not in drawn:
            drawn[part] = _positions(hmac.digest(key, f"{name}\0{part}".encode(), "sha256"))
        found |= drawn[part]
    return found


def _positions(digest: bytes) -> Filters:
    """Twenty of the 1,024 bits, each drawn by ten bits of a digest."""
    number, bits = int.from_bytes(digest, "big"), 0
    for _ in range(POSITIONS):
        bits |= 1 << number % BITS
        number //= BITS
    return np.frombuffer(bits.to_bytes(BITS // 8, "little"), dtype="<u8").astype(np.uint64)


def read_encoding(data: bytes) -> Encoding:
    """The encoding that a file holds; raises `OverlapError` (`overlap.format`) for anything else, or a damaged file."""
    line, _, body = data.partition(b"\n")
    try:
        header = json.loads(line)
        rows, fields = header["rows"], tuple(header["fields"])
        known = header["format"] == FORMAT and (header["bits"], header["positions"]) == (BITS, POSITIONS)
        check = bytes.fromhex(header["check"]).hex()
    except (ValueError, KeyError, TypeError, RecursionError):
        raise OverlapError(_UNREADABLE) from None
    if not known or type(rows) is not int or not 0 <= rows <= MOST_ROWS or fields != _in_order(fields):
        raise OverlapError(_UNREADABLE)
    if len(body) != rows * (4 + 8 * WORDS * len(fields)) or hashlib.sha256(body).hexdigest() != header.get("sha256"):
        raise OverlapError("The encoding is damaged: its filters are not those that it was made with. Send it again.")
    numbers = np.frombuffer(body, dtype="<u4", count=rows).astype(np.uint32)
    filters = np.frombuffer(body, dtype="<u8", offset=4 * rows).astype(np.uint64)
    return Encoding(check, fields, numbers, filters.reshape(rows, len(fields), WORDS))


def _in_order(fields: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(name for name in FIELDS if name in fields and "name" in fields)


_UNREADABLE = (
    f"This is no encoding of the format {FORMAT}. Make one with: quittance names overlap encode LIST.csv "
    "--secret-file FILE --out FILE."
)
