"""A store in PostgreSQL, one schema for each log: every commit flushed to disk, one writer, any number of readers.

Two things keep a log to one writer: a session lock, and the head's row, which each transaction locks and compares; the
lock alone could be lost unnoticed, such as behind a connection pool. Triggers refuse changes; they stop accidents, not
the owner of the database. What stops the owner is that others keep roots. No message has a word of PostgreSQL's own,
which may quote values or the address.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from hashlib import sha256
from typing import Any, Self, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from quittance.errors import QuittanceError, RecordError, UnreadableError
from quittance.record.sql import Answer, Connection, Row, SqlStore
from quittance.record.store import DamagedError
from quittance.record.tree import EMPTY_ROOT

SCHEMA_VERSION = 1
CONNECT_SECONDS = 10
LOCK_SECONDS = 10
"""How long a transaction waits for another that holds the head."""

MARK = "Quittance record, version "
"""The comment on the schema of a log begins so."""

TABLES: Mapping[str, tuple[str, ...]] = {
    "head": ("id integer", "origin text", "size bigint", "root bytea"),
    "entries": (
        "position bigint", "sid bytea", "nonce bytea", "kind text", "offices text", "leaf_hash bytea", "leaf bytea"
    ),
    "state": ("name text", "value text"),
    "checkpoint": ("id integer", "size bigint", "root bytea", "note bytea"),
}  # fmt: skip
"""Table -> its columns, none of which may be null."""

KEYS = (
    "alter table head add primary key (id), add check (id = 1)",
    # The leaf hashes are in the index, so that the tree is loaded without touching the leaves.
    "alter table entries add primary key (position) include (leaf_hash), add unique (sid), add unique (nonce)",
    "alter table state add primary key (name)",
    "alter table checkpoint add primary key (id), add check (id = 1)",
)
INDEXES = ("head 1", "entries 1 6", "entries 2", "entries 3", "state 1", "checkpoint 1")
"""The unique indexes made with the keys, as table and numbers of the columns."""

FUNCTIONS: Mapping[str, str] = {
    "kept": """begin
 raise exception 'the rows of % are kept as they are', tg_table_name using errcode = 'restrict_violation';
end""",
    "at_the_end": """declare low bigint; high bigint; rows bigint;
begin
 select min(position), max(position), count(*) into low, high, rows from added;
 if rows > 0 and (high - low + 1 <> rows or high <> (select max(position) from {schema}.entries)
 or low <> (select coalesce(max(position) + 1, 0) from {schema}.entries where position < low)) then
 raise exception 'entries are only ever added at the end' using errcode = 'restrict_violation';
 end if;
 return null;
end""",
    "forward": """begin
 if new.id <> old.id or new.size < old.size or (new.size = old.size and new.root <> old.root) then
 raise exception 'the % only moves forward', tg_table_name using errcode = 'restrict_violation';
 end if;
 return new;
end""",
    "one_log": """begin
 if new.origin <> old.origin then
 raise exception 'a log keeps its name' using errcode = 'restrict_violation';
 end if;
 return new;
end""",
}
TRIGGERS: Mapping[tuple[str, str], tuple[int, str]] = {
    ("entries", "kept"): (2 + 8 + 16 + 32, "before update or delete or truncate on entries for each statement"),
    ("entries", "at_the_end"): (4, "after insert on entries referencing new table as added for each statement"),
    ("head", "kept"): (2 + 8 + 32, "before delete or truncate on head for each statement"),
    ("head", "forward"): (1 + 2 + 16, "before update on head for each row"),
    ("head", "one_log"): (1 + 2 + 16, "before update on head for each row"),
    ("checkpoint", "kept"): (2 + 8 + 32, "before delete or truncate on checkpoint for each statement"),
    ("checkpoint", "forward"): (1 + 2 + 16, "before update on checkpoint for each row"),
}
"""Table and function -> the trigger's type as PostgreSQL keeps it (`pg_trigger.tgtype`) and its definition."""

SHAPE = """with tables as (select oid, relname, relkind::text, relpersistence::text
 from pg_class where relnamespace = current_schema()::regnamespace)
select concat_ws(' ', 'table', relname, relkind, relpersistence) from tables where relkind <> 'i'
union all select concat_ws(' ', 'column', relname, attname, format_type(atttypid, atttypmod), attnotnull)
 from pg_attribute join tables on oid = attrelid where relkind <> 'i' and attnum > 0 and not attisdropped
union all select concat_ws(' ', 'index', relname, indkey) from pg_index join tables on oid = indrelid
 where indisunique and indisvalid and indpred is null
union all select concat_ws(' ', 'trigger', relname, tgname, proname, tgtype, tgenabled::text)
 from pg_trigger join tables on tables.oid = tgrelid join pg_proc on pg_proc.oid = tgfoid where not tgisinternal
union all select concat_ws(' ', 'rule', relname, rulename) from pg_rewrite join tables on tables.oid = ev_class
union all select concat_ws(' ', 'function', proname, prosrc)
 from pg_proc where pronamespace = current_schema()::regnamespace
"""
"""What stands in the schema, one line of text for each thing that the record relies on."""


class PostgresStore(SqlStore):
    """The store protocol over a schema; made by `create`, `open` or `open_read_only`.

    `address` is a connection string or URL of PostgreSQL; it is never shown. Connect to the server itself or through a
    pool that gives each connection a session of its own.
    """

    failure = psycopg.Error
    hashes = "select leaf_hash from entries where position >= ? and position < ? order by position"

    def __init__(self, address: str, origin: str | None, *, writable: bool) -> None:
        super().__init__()
        self._address = address
        self._closed = False
        with ExitStack() as undo, _domain_errors():
            self._schema = _find_log(address, origin)
            if writable:
                self._link = _Link(address, self._schema, read_only=False)
                undo.callback(self._link.close)
                _lock(self._link, self._schema)
                _require_durable(self._link.execute(_DURABLE).fetchone())
                self._writer = self._link
            self._reader = _Link(address, self._schema)
            undo.callback(self._reader.close)
            self._origin = self._require_sound(self._reader)
            self._open = undo.pop_all()

    @classmethod
    def create(cls, address: str, origin: str) -> Self:
        """A new, empty record of the log `origin`, open for writing; raises `record.exists` if the database has it."""
        schema = schema_of(origin)
        with _domain_errors(), closing(_Link(address, schema, read_only=False)) as link:
            _lock(link, schema)
            if _version(link, schema) is not None:
                raise RecordError(
                    f"The database holds a record of {origin} already. Open it, or choose another database.",
                    code="record.exists",
                )
            with link.raw.transaction():
                for statement in _statements(schema):
                    link.execute(statement)
                link.execute("insert into head values (1, ?, 0, ?)", (origin, EMPTY_ROOT))
                _require_durable(link.execute(_DURABLE).fetchone())
        return cls(address, origin, writable=True)

    @classmethod
    def open(cls, address: str, origin: str | None = None) -> Self:
        """The record of `origin`, or the only one in the database, for writing.

        Raises `record.locked` if another writer has it, `record.not_durable` if the server does not flush what it
        commits, and as `open_read_only`.
        """
        return cls(address, origin, writable=True)

    @classmethod
    def open_read_only(cls, address: str, origin: str | None = None) -> Self:
        """The record for reading, beside any writer.

        Raises `UnreadableError` if there is none, one of a later version, or several and `origin` is None;
        `DamagedError` if head, rows and schema do not agree; `record.io` if the server cannot be reached.
        """
        return cls(address, origin, writable=False)

    def close(self) -> None:
        """Close the connections and let another writer in."""
        self._closed = True
        with suppress(psycopg.Error):
            self._open.close()

    def _domain_errors(self) -> AbstractContextManager[None]:
        return _domain_errors(self._closed)

    def _begin(self, writer: Connection) -> None:
        """Begin, lock the head's row, and see that the commit will be flushed: settings can change at any time."""
        begin = f"begin isolation level read committed; {_DURABLE} from head for update"
        try:
            answer = self._link.raw.execute(begin.encode(), prepare=False)
            answer.nextset()
            _require_durable(answer.fetchone())
        except BaseException:
            with suppress(psycopg.Error):
                self._link.execute("rollback")
            if self._link.raw.closed:
                self.close()
            raise

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        with closing(_Link(self._address, self._schema)) as link:
            link.execute("begin isolation level repeatable read")
            yield link

    def _require_schema(self, connection: Connection) -> None:
        if {line for (line,) in connection.execute(SHAPE)} != _shape(self._schema):
            raise DamagedError("Tables, keys or triggers of the record are not those it was made with.")

    def _require_whole(self, connection: Connection) -> None:
        """Pages are checked by PostgreSQL itself as they are read, where the cluster has checksums."""

    def _write_rows(self, writer: Connection, rows: Sequence[Row], changes: Mapping[str, str]) -> None:
        self._link.copy("entries", ("int8", "bytea", "bytea", "text", "text", "bytea", "bytea"), rows)
        if changes:
            self._link.execute(
                "insert into state select * from unnest(?::text[], ?::text[])"
                " on conflict (name) do update set value = excluded.value",
                (list(changes), list(changes.values())),
            )

    def _damage(self, error: Exception) -> bool:
        return isinstance(error, psycopg.Error) and error.sqlstate in _DAMAGE

    def _scan(self, connection: Connection, sql: str) -> Answer:
        return cast(_Link, connection).stream(sql)

    def _among(self, connection: Connection, question: str, values: Collection[object]) -> Iterable[Row]:
        return connection.execute(f"{question} = any(?)", (list(values),)) if values else ()


def schema_of(origin: str) -> str:
    """The name of the schema that holds the log `origin`."""
    return f"quittance_{sha256(origin.encode()).hexdigest()[:16]}"


_DURABLE = "select current_setting('fsync'), current_setting('synchronous_commit')"

_DAMAGE = ("XX001", "XX002", "42P01", "3F000")  # a page, an index, a table or the schema is not there as it was

_RIGHTS = "The database user lacks a right to the record. Have its owner grant it."

_REFUSALS: Mapping[str, tuple[str, str]] = {
    "53100": ("record.full", "The database server has no room; nothing was added. Free some space and open it again."),
    "55P03": ("record.locked", "Another program holds the head of the record. Close that and try again."),
    "25006": ("record.read_only", "The database server takes no writes, as a standby does. Connect to the primary."),
    "42501": ("record.rights", _RIGHTS),
    "23": ("record.conflict", "Another writer added entries meanwhile; nothing was appended. Open the record again."),
}
"""SQLSTATE, or its class -> the code and words of the refusal."""


class _Link:
    """One connection to the schema of a log; `?` stands for a value, as in the other database."""

    def __init__(self, address: str, schema: str, *, read_only: bool = True) -> None:
        defaults: dict[str, Any] = {"connect_timeout": CONNECT_SECONDS, "application_name": "quittance"}
        self.raw = psycopg.connect(autocommit=True, client_encoding="utf8", **(defaults | conninfo_to_dict(address)))
        try:
            self.execute(
                "select set_config('search_path', ?, false), set_config('lock_timeout', ?, false),"
                " set_config('default_transaction_read_only', ?, false), set_config('synchronous_commit',"
                " case current_setting('synchronous_commit') when 'remote_apply' then 'remote_apply' else 'on' end,"
                " false)",
                # pg_temp comes last, so that no temporary table stands before one of the record
                (f"{schema}, pg_temp", f"{LOCK_SECONDS}s", "on" if read_only else "off"),
            )
        except BaseException:
            self.raw.close()
            raise

    def execute(self, sql: str, values: Sequence[Any] = (), /) -> psycopg.Cursor[Row]:
        """Ask or change something."""
        return self.raw.execute(sql.replace("?", "%s").encode(), values or None, binary=True)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]], /) -> None:
        """Change something once for each row of values."""
        with self.raw.cursor() as cursor:
            cursor.executemany(sql.replace("?", "%s").encode(), rows)

    def copy(self, table: str, types: Sequence[str], rows: Iterable[Row]) -> None:
        """Add rows to a table, the quickest way there is."""
        with self.raw.cursor() as cursor, cursor.copy(f"copy {table} from stdin (format binary)".encode()) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)

    def stream(self, sql: str) -> _Stream:
        """The rows of a question, some at a time."""
        return _Stream(self._stream(sql))

    def _stream(self, sql: str) -> Iterator[Row]:
        with self.raw.cursor("rows", binary=True) as cursor:
            cursor.itersize = 500
            cursor.execute(sql.encode())
            yield from cursor

    def close(self) -> None:
        """Let go of the connection; the server then lets go of its locks."""
        self.raw.close()


class _Stream:
    """Rows that arrive some at a time."""

    rowcount = -1

    def __init__(self, rows: Iterator[Row]) -> None:
        self._rows = rows

    def fetchone(self) -> Row | None:
        """The next row, None after the last."""
        return next(self._rows, None)

    def __iter__(self) -> Iterator[Row]:
        return self._rows


def _statements(schema: str) -> Iterator[str]:
    """What makes the schema of a log, without the row of its head."""
    yield f"create schema {schema}"
    for table, columns in TABLES.items():
        yield f"create table {table} ({', '.join(f'{column} not null' for column in columns)})"
    yield from KEYS
    for name, body in FUNCTIONS.items():
        yield f"create function {name}() returns trigger language plpgsql as $${body.format(schema=schema)}$$"
    for (table, name), (_, definition) in TRIGGERS.items():
        yield f"create trigger {name} {definition} execute function {name}()"
        yield f"alter table {table} enable always trigger {name}"  # also where a session calls itself a replica
    yield f"comment on schema {schema} is '{MARK}{SCHEMA_VERSION}'"


def _shape(schema: str) -> set[str]:
    """What `SHAPE` finds in a schema that is as it was made."""
    return {
        *(f"table {table} r p" for table in TABLES),
        *(f"column {table} {column} t" for table, columns in TABLES.items() for column in columns),
        *(f"index {index}" for index in INDEXES),
        *(f"trigger {table} {name} {name} {kind} A" for (table, name), (kind, _) in TRIGGERS.items()),
        *(f"function {name} {body.format(schema=schema)}" for name, body in FUNCTIONS.items()),
    }


def _version(link: _Link, schema: str) -> str | None:
    """The comment on a schema, empty where it has none; None if there is no such schema."""
    row = link.execute(
        "select coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace where nspname = ?", (schema,)
    ).fetchone()
    return None if row is None else str(row[0])


def _find_log(address: str, origin: str | None) -> str:
    """The schema of a log, or of the only one in the database, of the version that this program reads."""
    with closing(_Link(address, "pg_catalog")) as link:
        if origin is None:
            names = link.execute("select nspname from pg_namespace where nspname like 'quittance\\_%' order by nspname")
            schemas = [str(name) for (name,) in names]
            if len(schemas) > 1:
                held = [sql.SQL("select origin from {}.head").format(sql.Identifier(one)) for one in schemas]
                origins = [str(row[0]) for one in held if (row := link.raw.execute(one).fetchone())]
                raise UnreadableError(
                    f"The database holds the records of {', '.join(origins)}. Say which one.", code="record.several"
                )
        else:
            schemas = [schema_of(origin)]
        version = _version(link, schemas[0]) if schemas else None
        usable = link.execute(
            "select has_schema_privilege(oid, 'usage') from pg_namespace where nspname = any(?)", (schemas,)
        )
        if usable.fetchone() == (False,):
            raise RecordError(_RIGHTS, code="record.rights")
    if version is None:
        raise UnreadableError(
            f"The database holds no record{f' of {origin}' if origin else ''}. Check the address, or make one.",
            code="record.missing",
        )
    if not version.startswith(MARK):
        raise UnreadableError(
            f"The schema {schemas[0]} is not a record of Quittance; it was left as it is.", code="record.foreign"
        )
    if version != f"{MARK}{SCHEMA_VERSION}":
        raise UnreadableError(
            f"The record has version {version.removeprefix(MARK)}, this program reads {SCHEMA_VERSION}. "
            "Use the one that wrote it.",
            code="record.version",
        )
    return schemas[0]


def _lock(link: _Link, schema: str) -> None:
    """Take the writer's lock of a log for as long as the connection lives; raises `record.locked`."""
    key = int.from_bytes(sha256(f"writer {schema}".encode()).digest()[:8], "big", signed=True)
    (taken,) = link.execute("select pg_try_advisory_lock(?::bigint)", (key,)).fetchone() or (False,)
    if not taken:
        holder = link.execute(
            "select pid from pg_locks where locktype = 'advisory' and granted and objsubid = 1"
            " and database = (select oid from pg_database where datname = current_database())"
            " and (classid::bigint << 32 | objid::bigint) = ?::bigint",
            (key,),
        ).fetchone()
        raise RecordError(
            f"The record is being written by another program{f' (server process {holder[0]})' if holder else ''}. "
            "Wait until it has ended, or close it; reading is possible meanwhile.",
            code="record.locked",
        )


def _require_durable(settings: Row | None) -> None:
    """Raise `record.not_durable` unless what is committed is on disk before the commit returns."""
    if settings is not None and (settings[0] != "on" or settings[1] not in ("on", "remote_apply")):
        raise RecordError(
            "The database server does not flush what it commits (fsync or synchronous_commit is not on); nothing was "
            "written. Set both to on.",
            code="record.not_durable",
        )


@contextmanager
def _domain_errors(closed: bool = False) -> Iterator[None]:
    """Turn what PostgreSQL raises into `RecordError` with words of our own, and cut off the original.

    `closed` is whether the store was closed before, not by the failure itself.
    """
    try:
        yield
    except psycopg.Error as error:
        refusal = _refusal(error, closed)
    else:
        return
    raise refusal from None


def _refusal(error: psycopg.Error, closed: bool) -> QuittanceError:
    state = error.sqlstate or ""
    if closed:
        return RecordError("The record is closed. Open it again.", code="record.closed")
    if state in _DAMAGE:
        return DamagedError(f"The database cannot read what it stored (SQLSTATE {state}).")
    if found := _REFUSALS.get(state) or _REFUSALS.get(state[:2]):
        return RecordError(found[1], code=found[0])
    if isinstance(error, psycopg.ProgrammingError) and not state:
        return UnreadableError(
            "The address of the database is not one that PostgreSQL reads. Write it as postgresql://host/database.",
            code="record.address",
        )
    why = f"SQLSTATE {state}" if state else "no connection, or the login was refused"
    return RecordError(
        f"The database server could not be reached or did not answer ({why}). Whether the last entries are in is known "
        "after opening the record again; sending them again unchanged does no harm.",
        code="record.io",
    )
