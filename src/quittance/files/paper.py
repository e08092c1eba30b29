"""A file as a few short texts that fit into QR codes, and the file again from what a scanner gave back, in any order.

One text is the file itself. Several begin with a line `quittance-paper/1 DIGEST n/m`, by which codes of two files are
told apart and a missing one is named. A scanner may swallow white space at the ends of a text, write line feeds in its
own way, and take UTF-8 for another encoding; the digest decides which reading was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import sha256

from quittance.errors import UnreadableError, UsageError
from quittance.record.receipt import VERSION_LINE

PART_BYTES = 2_900
"""The most bytes in one code, its first line included."""

MAX_PARTS = 40
MARK = "quittance-paper/1"

_DIGEST = 16
_HEAD_BYTES = len(f"{MARK} {'0' * _DIGEST} 00/00\n")
_HEAD = re.compile(
    rf"^[ \t]*{re.escape(MARK)} ([0-9a-f]{{{_DIGEST}}}) ([0-9]{{1,2}})/([0-9]{{1,2}})[ \t]*\n", re.MULTILINE
)
_AS_READ = (("\u00e2\u0080\u0094", "\u2014"), ("\u00e2\u20ac\u201d", "\u2014"))
"""The dash before each signature of a note, as scanners show it that take UTF-8 for Latin-1 or Windows-1252."""


def split_paper(data: bytes) -> tuple[bytes, ...]:
    """The texts for the codes of a file of UTF-8 text: itself if it fits, else parts with a first line each.

    No part begins or ends with white space. Raises `UsageError` (`paper.too_large`) for more than 40 parts.
    """
    if len(data) <= PART_BYTES:
        return (data,)
    body = data.rstrip(b"\n")
    pieces: list[bytes] = []
    start, room = 0, PART_BYTES - _HEAD_BYTES
    # All about as long, so that all codes are of one size; a little more room where cuts had to move.
    even = min(room, -(-len(body) // -(-len(body) // room)) + 64)
    while start < len(body):
        end = min(start + even, len(body))
        while end < len(body) and not (_is_plain(body[end - 1]) and _is_plain(body[end])):
            end -= 1
        if end <= start or len(pieces) == MAX_PARTS:
            raise UsageError(
                f"This would take more than {MAX_PARTS} codes. Hand it over as a file, or have it cosigned by fewer.",
                code="paper.too_large",
            )
        pieces.append(body[start:end])
        start = end
    digest = sha256(data).hexdigest()[:_DIGEST]
    return tuple(f"{MARK} {digest} {at}/{len(pieces)}\n".encode() + piece for at, piece in enumerate(pieces, 1))


def join_paper(texts: Iterable[str]) -> bytes:
    """The file from what was scanned: codes in any order, some perhaps twice, several perhaps in one text.

    Raises `UnreadableError`: `paper.parts` where codes are missing or of several files (the message names which),
    `paper.differs` for codes that contradict each other or do not make the file that was printed.
    """
    text = "\n".join(one.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff") for one in texts)
    for read, meant in _AS_READ:
        text = text.replace(read, meant)
    heads = list(_HEAD.finditer(text))
    if not heads:
        return _whole(text)
    if len({(head[1], int(head[3])) for head in heads}) > 1:
        raise UnreadableError(
            "These codes belong to more than one file. Give those of one alone; each begins with its digest.",
            code="paper.parts",
        )
    ends = [head.start() for head in heads[1:]] + [len(text)]
    parts: dict[int, str] = {}
    for head, end in zip(heads, ends, strict=True):
        piece = text[head.end() : end].strip()
        if parts.setdefault(int(head[2]), piece) != piece:
            raise _differs(f"Two scans of code {int(head[2])} are not alike.")
    wanted = int(heads[0][3])
    if missing := [str(at) for at in range(1, wanted + 1) if at not in parts]:
        raise UnreadableError(
            f"Of {wanted} codes these are missing: {', '.join(missing)}. Scan them too.", code="paper.parts"
        )
    joined = "".join(parts[at] for at in range(1, wanted + 1)).encode("utf-8", "replace")
    for data in (joined + b"\n", joined):
        if sha256(data).hexdigest()[:_DIGEST] == heads[0][1]:
            return data
    raise _differs("The codes do not make the file that was printed.")


def _whole(text: str) -> bytes:
    """A receipt that fitted into one code; its only check is that of the receipt itself."""
    found = text.strip()
    if not found.startswith(VERSION_LINE):
        raise UnreadableError(
            "No code of a printed receipt is in this text. Scan the codes again, and save what the scanner shows.",
            code="paper.parts",
        )
    return found.encode("utf-8", "replace") + b"\n"


def _is_plain(byte: int) -> bool:
    """Whether a cut beside this byte can lose nothing: visible ASCII."""
    return 0x20 < byte < 0x7F


def _differs(why: str) -> UnreadableError:
    return UnreadableError(f"{why} Scan every code again, in better light or larger print.", code="paper.differs")
