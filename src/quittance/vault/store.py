"""The vault itself: people added, values put and found, commitments made and opened, people erased.

A person is named by a random id, which only the vault knows, or by the handle, which the log shows. The vault does not
know who asks: whether somebody may read or even learn that a person is there is decided before, by the visibility
policy. To that end an unknown person and an erased one get the same refusal here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from quittance.canon import canonical, parse_canonical
from quittance.record.commitment import SALT_BYTES, Opening, commit
from quittance.vault import seal
from quittance.vault.columns import PERSON, Columns, Normalise, require_columns
from quittance.vault.file import VaultFile, build
from quittance.vault.seal import KEY_BYTES, NONCE_BYTES, Cell, VaultError

ID_BYTES = 16
MAX_VALUE_BYTES = 1 << 20

Random = Callable[[int], bytes]
"""A source of that many unpredictable bytes, such as `secrets.token_bytes`."""

Who = str | bytes
"""A person by id (32 hex digits) or by handle (32 bytes)."""

PORTION = 500
"""People whose values are read from the file at once."""

_HEX_128 = re.compile(r"[0-9a-f]{32}")

_NEWEST = """select p.id, p.handle, p.wrapped_key, f.row_id, max(f.version), f.sealed
 from fields f join persons p on p.id = f.person
 where f.person between ? and ? and f.table_id = ? and f.column_id = ?
 group by f.person, f.row_id order by f.person, f.row_id"""
# SQLite promises that beside a lone max() the other columns are those of the row with the maximum.


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the vault: `id` is random and stays inside, `handle` stands for the person in the log."""

    id: str
    handle: bytes


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure destroyed, for the entry `erasure.done`; the same again when it is repeated."""

    handles: tuple[bytes, ...]
    salts: int
    keys: int


class _Salt(NamedTuple):
    """One commitment made: of which cell, for the statement with which nonce, with which salt (hex)."""

    table: str
    row: str
    column: str
    version: int
    entry: str
    salt: str


class Vault:
    """An open vault, the only one on its file; made by `create` or `open`, and to be closed. Safe between threads."""

    def __init__(self, path: Path, kek: bytes, columns: Columns, random: Random) -> None:
        require_columns(columns)
        self._kek, self._columns, self._random = kek, columns, random
        self._file = VaultFile(path)
        self._db = self._file.db
        try:
            self.agreement, fingerprint, wrapped = self._db.execute(
                "select agreement, key_fingerprint, index_key from meta"
            ).fetchone()
            if fingerprint != seal.key_fingerprint(kek):
                raise VaultError(
                    f"This key does not open {path.name}. It needs the key with the fingerprint {fingerprint}.",
                    code="vault.key",
                )
            self._index_key = seal.unseal(kek, wrapped, seal.index_aad(self.agreement))
        except BaseException:
            self.close()
            raise

    @classmethod
    def create(cls, path: Path, agreement: str, kek: bytes, *, columns: Columns, random: Random) -> Self:
        """A new, empty vault of one agreement under the key-encryption key `kek` (32 bytes, kept elsewhere).

        Raises `VaultError` (`vault.exists`, `vault.columns`, `vault.key_length`).
        """
        require_columns(columns)
        wrapped = seal.seal(kek, random(NONCE_BYTES), random(KEY_BYTES), seal.index_aad(agreement))
        row = (agreement, seal.key_fingerprint(kek), wrapped)
        build(path, lambda connection: connection.execute("insert into meta values (1, ?, ?, ?, 0)", row))
        return cls(path, kek, columns, random)

    @classmethod
    def open(cls, path: Path, kek: bytes, *, columns: Columns, random: Random) -> Self:
        """The vault at `path`; finishes an erasure that a crash interrupted.

        Raises `VaultError` for a file that is missing, foreign, damaged or open elsewhere, and for another key
        (`vault.key`).
        """
        return cls(path, kek, columns, random)

    def close(self) -> None:
        """Close the file and let another program in."""
        self._file.close()

    @property
    def changes(self) -> int:
        """A number that grows with every change made here: while it stands, whatever was read stands."""
        return self._db.total_changes

    def together(self) -> AbstractContextManager[None]:
        """Everything written inside becomes one flushed transaction, or nothing of it; blocks may lie in each other."""
        return self._file.together()

    def add_person(self, fields: Mapping[str, str], *, table: str = PERSON) -> Person:
        """A new person with a key, an id and a handle of their own; `fields` are columns of `table`."""
        with self.together():
            number, key, salt = self._random(ID_BYTES), self._random(KEY_BYTES), self._random(SALT_BYTES)
            person = Person(number.hex(), commit(self.agreement, PERSON, number.hex(), salt))
            wrapped = seal.seal(self._kek, self._random(NONCE_BYTES), key, seal.key_aad(self.agreement, person.id))
            self._db.execute("insert into persons values (?, ?, ?)", (number, person.handle, wrapped))
            self._keep_salt(person.id, key, _Salt(PERSON, person.id, PERSON, 0, "", salt.hex()))
            for column, value in fields.items():
                self._put(person.id, key, (table, person.id, column), value)
            return person

    def add_people(self, people: Iterable[Mapping[str, str]], *, table: str = PERSON) -> list[Person]:
        """All of them, in one transaction, or none."""
        with self.together():
            return [self.add_person(fields, table=table) for fields in people]

    def put(self, who: Who, column: str, value: str, *, table: str = PERSON, row: str | None = None) -> int:
        """Keep `value` exactly as it is and give its version, 1 for the first; older versions stay until erasure.

        `row` is a random id of 32 hex digits in tables with several rows per person, else the person's own id.
        Raises `VaultError` (`vault.unknown`, `vault.column`, `vault.value`).
        """
        with self.together():
            person, key = self._person(who)
            return self._put(person.id, key, (table, self._row(person, row), column), value)

    def get(
        self, who: Who, column: str, *, table: str = PERSON, row: str | None = None, version: int | None = None
    ) -> str | None:
        """The value as it was put, the newest unless `version` says otherwise; None if there is none.

        Raises `VaultError`: `vault.unknown`, `vault.column`, and `vault.sealed` for bytes that were tampered with.
        """
        with self._file.reading():
            person, key = self._person(who)
            self._normaliser(table, column)
            at = (table, self._row(person, row), column)
            chosen = self._newest(person.id, at) if version is None else version
            return self._value(person.id, key, Cell(*at, chosen))

    def versions(self, who: Who, column: str, *, table: str = PERSON) -> list[str]:
        """Every value that was put, the first one first; raises as `get`."""
        with self._file.reading():
            person, key = self._person(who)
            self._normaliser(table, column)
            at = (table, person.id, column)
            cells = [Cell(*at, version) for version in range(1, self._newest(person.id, at) + 1)]
            return [value for cell in cells if (value := self._value(person.id, key, cell)) is not None]

    def values(self, column: str, *, table: str = PERSON) -> Iterator[tuple[Person, str]]:
        """The newest value of a column of everybody who has one, in no telling order; several rows of a person follow
        one another.

        Read in portions, so that memory does not grow with the vault and no writer waits long: who is added or erased
        meanwhile may be missing. Raises `VaultError` (`vault.column`, `vault.sealed`).
        """
        self._normaliser(table, column)
        with self._file.reading():
            numbers = [number for (number,) in self._db.execute("select id from persons order by id")]
        for start in range(0, len(numbers), PORTION):
            portion = numbers[start : start + PORTION]
            with self._file.reading():
                rows = self._db.execute(_NEWEST, (portion[0], portion[-1], table, column)).fetchall()
            yield from self._opened(rows, table, column)

    def _opened(self, rows: Iterable[tuple[Any, ...]], table: str, column: str) -> Iterator[tuple[Person, str]]:
        """The values in rows of `_NEWEST`."""
        for number, handle, wrapped, row, version, sealed in rows:
            person = Person(number.hex(), handle)
            key = seal.unseal(self._kek, wrapped, seal.key_aad(self.agreement, person.id))
            cell = Cell(table, row, column, version)
            yield person, seal.unseal(key, sealed, seal.value_aad(self.agreement, cell)).decode()

    def find(self, column: str, value: str, *, table: str = PERSON) -> list[str]:
        """The ids, sorted, of those whose newest value has the same normalised form as `value`.

        Raises `VaultError` (`vault.not_searchable`) for a column that was not declared so.
        """
        normalise = self._normaliser(table, column)
        if normalise is None:
            raise VaultError(
                f"{table}.{column} cannot be searched. Search a column that is declared with a search form.",
                code="vault.not_searchable",
            )
        _require_value(value, table, column)
        tag = self._tag(table, column, normalise(value))
        with self._file.reading():
            rows = self._db.execute(
                "select distinct person from blind where table_id = ? and column_id = ? and tag = ? order by person",
                (table, column, tag),
            )
            return [bytes(number).hex() for (number,) in rows]

    def people(self) -> list[Person]:
        """Everybody in the vault, sorted by id, which says nothing of the order in which they came."""
        with self._file.reading():
            rows = self._db.execute("select id, handle from persons order by id")
            return [Person(number.hex(), handle) for number, handle in rows]

    def person(self, who: Who) -> Person:
        """Id and handle of a person; raises `VaultError` (`vault.unknown`) alike for unknown and erased ones."""
        with self._file.reading():
            return self._person(who)[0]

    def is_erased(self, handle: bytes) -> bool:
        """Whether the person with this handle was erased here; the log says so too."""
        with self._file.reading():
            return self._tombstone(handle) is not None

    def commit(self, who: Who, field: str, entry: str, *, table: str = PERSON, row: str | None = None) -> bytes:
        """The commitment of a person's newest value of a column, for the statement with the nonce `entry`.

        The salt is fresh and is kept. Asked again for the same statement, it gives the same commitment, also when the
        value has a newer version by then. Raises `VaultError` (`vault.unknown`, `vault.no_value`, `vault.entry`).
        """
        if _HEX_128.fullmatch(entry) is None:
            raise VaultError("The nonce of a statement has 32 hex digits. Give that of the entry.", code="vault.entry")
        with self.together():
            person, key = self._person(who)
            self._normaliser(table, field)
            at = (table, self._row(person, row), field)
            for made in self._salts(person.id, key):
                if (*at, entry) == (made.table, made.row, made.column, made.entry):
                    return self._opening(person.id, key, made)[0]
            version = self._newest(person.id, at)
            if version == 0:
                raise VaultError(
                    f"The person has no value of {table}.{field} to commit to. Put one first.", code="vault.no_value"
                )
            made = _Salt(*at, version, entry, self._random(SALT_BYTES).hex())
            self._keep_salt(person.id, key, made)
            return self._opening(person.id, key, made)[0]

    def openings(self, who: Who, fields: Iterable[str], commitments: Sequence[bytes]) -> list[Opening]:
        """What opens these commitments, in their order; they must be the person's and of one of `fields`.

        The handle's field is `person`. Raises `VaultError`: `vault.unknown`, and `vault.not_committed`, alike for a
        commitment of another person, of another field and of nobody, whereupon nothing is opened.
        """
        found = self.openings_among(who, fields, commitments)
        if len(found) != len(commitments):
            raise VaultError(
                "A commitment was not made of these fields of this person; nothing was opened. "
                "Check person, fields and entry.",
                code="vault.not_committed",
            )
        return found

    def openings_among(self, who: Who, fields: Iterable[str], commitments: Iterable[bytes]) -> list[Opening]:
        """The same for those of the commitments that are the person's; the others are passed over."""
        with self._file.reading():
            person, key = self._person(who)
            allowed = set(fields)
            known = dict(
                self._opening(person.id, key, made) for made in self._salts(person.id, key) if made.column in allowed
            )
        return [known[one] for one in commitments if one in known]

    def erase(self, handles: Iterable[bytes]) -> Erased:
        """Destroy keys, salts, values and search entries of these people; afterwards no file of the vault holds them.

        All or none. People are named by handle, which outlives them, so that it can be repeated: that changes nothing
        and tells the same figures. Raises `VaultError`: `vault.unknown`, and `vault.scrub` if the rows are gone but
        another program keeps their bytes.
        """
        with self.together():
            salts: dict[bytes, int] = {}
            for handle in handles:
                known = self._tombstone(handle)
                salts[handle] = self._destroy(handle) if known is None else known
            return Erased(tuple(sorted(salts)), sum(salts.values()), len(salts))

    def check(self) -> int:
        """Open everything once and recompute every handle; gives the number of people.

        Raises `VaultError`: `vault.sealed`, or `vault.damaged` for a handle that is not its person's.
        """
        with self._file.reading():
            people = self.people()
            for person in people:
                _, key = self._person(person.id)
                opened = [self._opening(person.id, key, made) for made in self._salts(person.id, key)]
                if not opened or opened[0][0] != person.handle:
                    raise VaultError(
                        f"The handle {person.handle.hex()} is not that of its person. Restore a backup.",
                        code="vault.damaged",
                    )
                rows = self._db.execute(
                    "select table_id, row_id, column_id, version from fields where person = ?",
                    (bytes.fromhex(person.id),),
                )
                for cell in rows.fetchall():
                    self._value(person.id, key, Cell(*cell))
            (verdict,) = self._db.execute("pragma integrity_check(1)").fetchone()
            if verdict != "ok":
                raise VaultError(f"The file is not whole ({verdict}). Restore a backup.", code="vault.damaged")
            return len(people)

    def _find(self, who: Who) -> tuple[Person, bytes]:
        """The person and the wrapped key."""
        column, value = ("handle", who) if isinstance(who, bytes) else ("id", _id_bytes(who))
        row = self._db.execute(
            f"select id, handle, wrapped_key from persons where {column} = ?",  # noqa: S608 - one of two literals
            (value,),
        ).fetchone()
        if row is None:
            raise unknown()
        number, handle, wrapped = row
        return Person(number.hex(), handle), wrapped

    def _person(self, who: Who) -> tuple[Person, bytes]:
        """The person and the key, unwrapped."""
        person, wrapped = self._find(who)
        return person, seal.unseal(self._kek, wrapped, seal.key_aad(self.agreement, person.id))

    def _row(self, person: Person, row: str | None) -> str:
        if row is None:
            return person.id
        if _HEX_128.fullmatch(row) is None:
            raise VaultError("A row id has 32 hex digits, drawn at random. Draw one.", code="vault.row")
        return row

    def _normaliser(self, table: str, column: str) -> Normalise | None:
        try:
            return self._columns[table][column]
        except KeyError:
            raise VaultError(
                f"The vault has no column {table}.{column}. Declare it, or use one of its columns.",
                code="vault.column",
            ) from None

    def _put(self, person: str, key: bytes, at: tuple[str, str, str], value: str) -> int:
        table, _, column = at
        normalise = self._normaliser(table, column)
        data = _require_value(value, table, column)
        cell = Cell(*at, self._newest(person, at) + 1)
        sealed = self._seal(key, data, cell)
        number = bytes.fromhex(person)
        self._db.execute("insert into fields values (?, ?, ?, ?, ?, ?)", (number, *cell, sealed))
        if normalise is not None:
            tag = self._tag(table, column, normalise(value))
            self._db.execute("replace into blind values (?, ?, ?, ?, ?)", (number, *at, tag))
        return cell.version

    def _newest(self, person: str, at: tuple[str, str, str]) -> int:
        (version,) = self._db.execute(
            "select coalesce(max(version), 0) from fields"
            " where person = ? and table_id = ? and row_id = ? and column_id = ?",
            (bytes.fromhex(person), *at),
        ).fetchone()
        return int(version)

    def _value(self, person: str, key: bytes, cell: Cell) -> str | None:
        row = self._db.execute(
            "select sealed from fields"
            " where person = ? and table_id = ? and row_id = ? and column_id = ? and version = ?",
            (bytes.fromhex(person), *cell),
        ).fetchone()
        return None if row is None else seal.unseal(key, row[0], seal.value_aad(self.agreement, cell)).decode()

    def _seal(self, key: bytes, plain: bytes, cell: Cell) -> bytes:
        return seal.seal(key, self._random(NONCE_BYTES), plain, seal.value_aad(self.agreement, cell))

    def _tag(self, table: str, column: str, normalised: str) -> bytes:
        key = seal.blind_key(self._index_key, self.agreement, table, column)
        return seal.blind(key, self.agreement, table, column, normalised)

    def _keep_salt(self, person: str, key: bytes, made: _Salt) -> None:
        number = bytes.fromhex(person)
        (count,) = self._db.execute("select count(*) from salts where person = ?", (number,)).fetchone()
        sealed = self._seal(key, canonical(list(made)), _salt_cell(person, count))
        self._db.execute("insert into salts values (?, ?, ?)", (number, count, sealed))

    def _salts(self, person: str, key: bytes) -> list[_Salt]:
        """The salts of all commitments made about a person, the handle's first."""
        rows = self._db.execute(
            "select number, sealed from salts where person = ? order by number", (bytes.fromhex(person),)
        )
        plain = [
            seal.unseal(key, sealed, seal.value_aad(self.agreement, _salt_cell(person, number)))
            for number, sealed in rows
        ]
        return [_Salt(*parse_canonical(data)) for data in plain]  # type: ignore[misc]

    def _opening(self, person: str, key: bytes, made: _Salt) -> tuple[bytes, Opening]:
        """A commitment made about the person, and what opens it."""
        value = person if made.column == PERSON else self._value(person, key, Cell(*made[:4]))
        opening = Opening(made.column, value, bytes.fromhex(made.salt))
        return commit(self.agreement, opening.field, opening.value, opening.salt), opening

    def _tombstone(self, handle: bytes) -> int | None:
        row = self._db.execute("select salts from erased where handle = ?", (handle,)).fetchone()
        return None if row is None else int(row[0])

    def _destroy(self, handle: bytes) -> int:
        """Delete the rows of a person and leave the tombstone; the number of salts. Inside the caller's transaction."""
        person, _ = self._find(handle)
        number = (bytes.fromhex(person.id),)
        salts = self._db.execute("delete from salts where person = ?", number).rowcount
        self._db.execute("delete from fields where person = ?", number)
        self._db.execute("delete from blind where person = ?", number)
        self._db.execute("delete from persons where id = ?", number)
        self._db.execute("insert into erased values (?, ?)", (handle, salts))
        self._file.require_scrub()
        return salts


def unknown() -> VaultError:
    """The one refusal for a person that was never there and one that was erased."""
    return VaultError("The vault has no such person. Check the id or the handle.", code="vault.unknown")


def _salt_cell(person: str, number: int) -> Cell:
    return Cell("salts", person, "salt", number)


def _id_bytes(who: str) -> bytes:
    """The bytes of an id; of anything else, bytes that no person has."""
    return bytes.fromhex(who) if _HEX_128.fullmatch(who) else b""


def _require_value(value: str, table: str, column: str) -> bytes:
    """The UTF-8 of a value; raises `VaultError` (`vault.value`) without keeping the value in the error's context."""
    data = None
    with suppress(UnicodeEncodeError):
        data = value.encode()
    if data is None or len(data) > MAX_VALUE_BYTES:
        raise VaultError(
            f"A value of {table}.{column} is over 1 MiB or holds half of a surrogate pair. Send it whole, as text.",
            code="vault.value",
        )
    return data
