"""A vault copied in two files, each encrypted with age: the values, and the short-lived set of what can be erased.

The values are sealed under the keys of their people, so the first file alone, even decrypted, is noise. The second one
holds the wrapped keys, the salts, handles and search entries. Erasing a person in backups too means to destroy the key
sets made before and to make a new pair; the files with the values may stay.

Each file is a line of canonical JSON that describes it, then one JSON line per row. The rows are read in a single
transaction; nothing is ever written to disk in the clear, and no key of the vault is needed. The package `pyrage`
(extra `vault`) does the encryption; without it both functions raise `ModuleNotFoundError`.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from quittance.canon import MAX_INTEGER, CanonError, canonical, parse_canonical
from quittance.vault.age import decryption, encryption
from quittance.vault.file import build, connect, domain_errors, exists, require_schema, require_vault, write_private
from quittance.vault.seal import VaultError

VALUES_FORMAT = "quittance-vault-values/1"
KEYS_FORMAT = "quittance-vault-keys/1"
MAX_FILE_BYTES = 1 << 32

_VALUES = ("fields",)
_KEYS = ("meta", "persons", "salts", "blind", "erased")
_OF_A_PERSON = ("salts", "fields", "blind")
_WRITTEN_AS = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup wrote: the hex SHA-256 of each encrypted file, to be noted apart from it, and the people in it."""

    values_sha256: str
    keys_sha256: str
    people: int


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought back, and how many people it left out because they were erased since."""

    people: int
    left_out: int


def backup(vault: Path, recipients: Sequence[str], values: Path, keys: Path) -> Backup:
    """Write the two halves of `vault` for `recipients` (age X25519 public keys, `age1...`); beside a writer if need be.

    Keep them in different places. Raises `VaultError`: `vault.recipient`, `vault.exists` for a file that is there
    already, and as opening a vault does.
    """
    lock = encryption(recipients)
    for path in (values, keys):
        if path.exists():
            raise exists(path)
    with domain_errors(vault):
        require_vault(vault)
        with closing(connect(vault, "ro")) as connection:
            require_schema(vault, connection)
            connection.execute("begin")
            (agreement,) = connection.execute("select agreement from meta").fetchone()
            (people,) = connection.execute("select count(*) from persons").fetchone()
            plain_values = _file(connection, {"format": VALUES_FORMAT, "agreement": agreement}, _VALUES)
            # The key set names the values, so that no other file of values can be put in their place.
            about = {"format": KEYS_FORMAT, "agreement": agreement, "values_sha256": sha256(plain_values).hexdigest()}
            plain_keys = _file(connection, about, _KEYS)
    sealed_values, sealed_keys = lock(plain_values), lock(plain_keys)
    write_private(values, sealed_values)
    try:
        write_private(keys, sealed_keys)
    except BaseException:
        values.unlink(missing_ok=True)
        raise
    return Backup(sha256(sealed_values).hexdigest(), sha256(sealed_keys).hexdigest(), people)


def restore(
    values: Path, keys: Path, identity: str, out: Path, *, erased: Iterable[bytes], agreement: str | None = None
) -> Restored:
    """Make the vault `out` from the two halves, without the people whose handles are in `erased`.

    `erased` are all handles in `erasure.done` entries of the record: whoever was erased since the backup stays erased.
    `identity` is the age secret key (`AGE-SECRET-KEY-1...`), `agreement` the id that the vault must be of, if given.
    Raises `VaultError`: `vault.identity`, `vault.backup` for files that are cut, changed or not of one pair,
    `vault.other_agreement`, `vault.exists` for an `out` that is there.
    """
    if out.exists():
        raise exists(out)
    decrypt = decryption(identity)
    plain_values, plain_keys = _decrypted(values, decrypt), _decrypted(keys, decrypt)
    _, rows = _rows(plain_values, values, VALUES_FORMAT, _VALUES)
    about_keys, more = _rows(plain_keys, keys, KEYS_FORMAT, _KEYS)
    if about_keys.get("values_sha256") != sha256(plain_values).hexdigest():
        raise VaultError(
            f"{keys.name} is not the key set of {values.name}. Give the two files of one backup.", code="vault.backup"
        )
    if agreement not in (None, about_keys.get("agreement")):
        raise other_agreement(keys)
    rows |= more
    handles = {number: handle for number, handle, _ in rows["persons"]}
    if any(row[0] not in handles for table in _OF_A_PERSON for row in rows[table]):
        raise _damaged(values, "it holds rows of people who are not in the key set")
    gone = set(erased) & set(handles.values())
    salts = Counter(handles[number] for number, *_ in rows["salts"])
    rows["erased"] += [(handle, salts[handle]) for handle in sorted(gone)]
    for table in ("persons", *_OF_A_PERSON):
        rows[table] = [row for row in rows[table] if handles[row[0]] not in gone]

    def fill(connection: sqlite3.Connection) -> None:
        for table, kinds in _KINDS.items():
            places = ", ".join("?" * len(kinds))
            connection.executemany(f"insert into {table} values ({places})", rows[table])  # noqa: S608 - own tables

    try:
        build(out, fill)
    except VaultError as error:
        if isinstance(error.__cause__, sqlite3.IntegrityError):
            raise _damaged(keys, "its rows contradict each other") from None
        raise
    return Restored(len(rows["persons"]), len(gone))


def _decrypted(path: Path, decrypt: Callable[[bytes], bytes | None]) -> bytes:
    with domain_errors(path):
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _damaged(path, "it is larger than a backup can be")
        plain = decrypt(path.read_bytes())
    if plain is None:
        raise VaultError(
            f"{path.name} does not open with this identity: it is for another recipient, cut or changed. "
            "Give the right identity, or another copy of the file.",
            code="vault.identity",
        )
    return plain


def _file(connection: sqlite3.Connection, about: dict[str, object], tables: Sequence[str]) -> bytes:
    """The plain bytes of one half: what it is, with the number of rows and their SHA-256, and the rows."""
    lines = []
    for table in tables:
        for row in connection.execute(f"select * from {table}"):  # noqa: S608 - own tables
            values = [value.hex() if isinstance(value, bytes) else value for value in row]
            lines.append(_WRITTEN_AS.encode([table, *values]))
    body = b"".join(line + b"\n" for line in lines)
    return canonical({**about, "rows": len(lines), "sha256": sha256(body).hexdigest()}) + b"\n" + body


def _rows(
    data: bytes, path: Path, form: str, tables: Sequence[str]
) -> tuple[dict[str, object], dict[str, list[tuple[Any, ...]]]]:
    """What a half says of itself, and its rows by table; raises `VaultError` (`vault.backup`)."""
    head, _, body = data.partition(b"\n")
    try:
        about = parse_canonical(head)
        lines = [msgspec.json.decode(line, type=list[str | int]) for line in body.splitlines()]
        if not isinstance(about, dict) or about.get("format") != form:
            raise _damaged(path, f"it is no file of the format {form}")
        if about.get("rows") != len(lines) or about.get("sha256") != sha256(body).hexdigest():
            raise _damaged(path, "rows are missing or changed")
        rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in tables}
        for table, *values in lines:
            rows[str(table)].append(_row(_KINDS[str(table)], values))
    except (CanonError, msgspec.MsgspecError, ValueError, KeyError, TypeError):
        raise _damaged(path, "it is not written as a backup is") from None
    if "meta" in rows and len(rows["meta"]) != 1:
        raise _damaged(path, "it does not say which vault it is of")
    return about, rows


def _row(kinds: str, values: list[str | int]) -> tuple[bytes | str | int, ...]:
    """A row whose columns are bytes in hex (b), text (t) or integers (i)."""
    return tuple(_READ[kind](value) for kind, value in zip(kinds, values, strict=True))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value <= MAX_INTEGER:
        raise TypeError
    return value


_READ: dict[str, Callable[[Any], bytes | str | int]] = {"b": bytes.fromhex, "t": _text, "i": _integer}
_KINDS = {"meta": "ittbi", "persons": "bbb", "salts": "bib", "fields": "btttib", "blind": "btttb", "erased": "bi"}


def other_agreement(path: Path) -> VaultError:
    """The refusal of a vault, or a backup of one, that belongs to another case."""
    return VaultError(
        f"{path.name} is of the vault of another agreement. Give the one that belongs to this case.",
        code="vault.other_agreement",
    )


def _damaged(path: Path, why: str) -> VaultError:
    return VaultError(f"{path.name} cannot be restored: {why}. Use another backup.", code="vault.backup")
