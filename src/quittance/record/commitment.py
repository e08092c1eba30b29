"""Salted commitments: how a statement binds personal data that never enters the record, and how one field is disclosed.

A value is committed code point for code point as it was received; normal forms belong into the index, not here. Without
the salt nobody can test a guess, and once the salt is destroyed nobody ever can.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from quittance.canon import canonical, parse_canonical
from quittance.errors import RefusedError, UnreadableError
from quittance.record.envelope import HEX_256, EntryError, decode64, encode64
from quittance.record.statement import Statement

SALT_BYTES = 16
FORMAT = "quittance-openings/1"

_PREFIX = b"quittance.commit.v1\n"


class CommitmentError(RefusedError):
    """A commitment cannot be made, or an opening does not open one; the message names the field, never the value."""

    code = "commitment.mismatch"


@dataclass(frozen=True, slots=True)
class Opening:
    """What discloses one committed field: its value and its salt, neither of which is ever printed."""

    field: str
    value: object = dataclasses.field(repr=False)
    salt: bytes = dataclasses.field(repr=False)


@dataclass(frozen=True, slots=True)
class Openings:
    """Openings of the commitments in the statement with the id `sid`."""

    sid: str
    openings: tuple[Opening, ...]


def commit(agreement: str, field: str, value: object, salt: bytes) -> bytes:
    """The commitment to `value`, 32 bytes, under a salt of 16 bytes used for nothing else.

    Raises `CommitmentError` (`commitment.salt`) for another length, `CanonError` for a value without canonical form.
    """
    if len(salt) != SALT_BYTES:
        raise CommitmentError(
            f"The salt for the field {field} has {len(salt)} bytes, not {SALT_BYTES}.", code="commitment.salt"
        )
    return sha256(_PREFIX + salt + canonical([agreement, field, value])).digest()


def openings_json(sid: str, openings: Sequence[Opening]) -> bytes:
    """The file that discloses fields of the statement `sid`, as canonical JSON; for its reader's eyes only."""
    rows = [[one.field, one.value, encode64(one.salt)] for one in openings]
    return canonical({"format": FORMAT, "sid": sid, "openings": rows})


def parse_openings(data: bytes) -> Openings:
    """The openings in such a file; raises `CanonError`, or `UnreadableError` (`commitment.format`)."""
    members = parse_canonical(data)
    if not isinstance(members, dict) or members.keys() != {"format", "sid", "openings"} or members["format"] != FORMAT:
        raise _malformed()
    sid, rows = members["sid"], members["openings"]
    if not isinstance(sid, str) or not HEX_256.fullmatch(sid) or not isinstance(rows, list):
        raise _malformed()
    return Openings(sid, tuple(map(_opening, rows)))


def check_openings(statement: Statement, openings: Openings) -> None:
    """Return if each opening opens another commitment of `statement`.

    Raises `CommitmentError`: `commitment.statement` if they are of another one, `commitment.mismatch` with the field.
    """
    if openings.sid != statement.sid:
        raise CommitmentError(
            f"The openings are those of statement {openings.sid}, not of {statement.sid}. Take the file that belongs "
            "to this entry.",
            code="commitment.statement",
        )
    closed = {name: list(made) for name, made in statement.commitments.items()}
    for one in openings.openings:
        made = encode64(commit(statement.agreement, one.field, one.value, one.salt))
        if made not in closed.get(one.field, ()):
            raise CommitmentError(
                f"An opening of the field {one.field} fits none of the commitments in statement {statement.sid}, or "
                "one that another opening has opened. Do not rely on it.",
                code="commitment.mismatch",
            )
        closed[one.field].remove(made)


def _opening(row: object) -> Opening:
    if not isinstance(row, list) or len(row) != 3 or not isinstance(row[0], str):
        raise _malformed()
    try:
        salt = decode64(row[2], "A salt")
    except EntryError:
        raise _malformed() from None
    if len(salt) != SALT_BYTES:
        raise _malformed()
    return Opening(row[0], row[1], salt)


def _malformed() -> UnreadableError:
    return UnreadableError(
        f"The file does not hold openings in the form {FORMAT}: a statement id, and for each field its name, its value "
        "and a salt of 16 bytes in base64. Ask for it again.",
        code="commitment.format",
    )
