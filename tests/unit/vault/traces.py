"""What a vault keeps of a person as bytes, and the search for any piece of it in every file of a folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from quittance.vault import seal

PIECE = 16


def sealed_of(path: Path, ids: Iterable[str]) -> list[bytes]:
    """Ids, wrapped keys, sealed salts and values, search tags: all that an erasure must remove, as it lies there."""
    found: list[bytes] = []
    with closing(sqlite3.connect(path)) as db:
        for number in map(bytes.fromhex, ids):
            found.append(number)
            for query in (
                "select wrapped_key from persons where id = ?",
                "select sealed from salts where person = ?",
                "select sealed from fields where person = ?",
                "select tag from blind where person = ?",
            ):
                found += [value for (value,) in db.execute(query, (number,))]
    return found


def secrets_of(path: Path, kek: bytes, agreement: str, ids: Iterable[str]) -> list[bytes]:
    """The keys and salts themselves, raw: these must never be in any file, before or after."""
    found: list[bytes] = []
    with closing(sqlite3.connect(path)) as db:
        for person in ids:
            number = bytes.fromhex(person)
            (wrapped,) = db.execute("select wrapped_key from persons where id = ?", (number,)).fetchone()
            key = seal.unseal(kek, wrapped, seal.key_aad(agreement, person))
            found.append(key)
            for at, sealed in db.execute("select number, sealed from salts where person = ?", (number,)):
                aad = seal.value_aad(agreement, seal.Cell("salts", person, "salt", at))
                found.append(bytes.fromhex(seal.unseal(key, sealed, aad)[-34:-2].decode()))
    return found


def pieces(secrets: Iterable[bytes]) -> set[bytes]:
    """Every aligned piece of 16 bytes, and each whole where it is shorter: enough to notice half a value."""
    return {
        secret[at : at + PIECE]
        for secret in secrets
        for at in range(0, max(len(secret) - PIECE, 0) + 1, PIECE)
        if len(secret) >= PIECE
    }


def found_in(folder: Path, secrets: Iterable[bytes]) -> int:
    """How many pieces lie in any file of the folder, as bytes or as hex."""
    data = b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
    return sum(piece in data or piece.hex().encode() in data for piece in pieces(secrets))
