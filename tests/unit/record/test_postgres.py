"""The PostgreSQL store's own promises: one writer, flushed commits, rows that stay, and messages that tell nothing."""

from __future__ import annotations

import threading
import traceback
from contextlib import closing

import psycopg
import pytest
from tests.postgres import FormPostgres, shared_server
from tests.signing import SignedLog

from quittance.errors import RecordError, UnreadableError
from quittance.record import AppendRefused, DamagedError, Head
from quittance.record.postgres import FUNCTIONS, SCHEMA_VERSION, TRIGGERS, PostgresStore, schema_of
from quittance.record.tree import EMPTY_ROOT

ORIGIN = "quittance.example/test-2020/case"
SCHEMA = schema_of(ORIGIN)


@pytest.fixture
def address(leaf) -> str:
    """A database with a record of five entries that nobody has open."""
    address = shared_server().database()
    with closing(FormPostgres.create(address, ORIGIN)) as store:
        store.append([leaf(number) for number in range(5)], store.head())
    return address


def owner(address: str) -> psycopg.Connection:
    """The database as its owner has it, in the schema of the record."""
    connection = psycopg.connect(address, autocommit=True)
    connection.execute(f"set search_path = {SCHEMA}")
    return connection


def tamper(address: str, *statements: str) -> None:
    """Change the rows as their owner can: without the triggers, which are put back."""
    with owner(address) as connection:
        for table, _ in TRIGGERS:
            connection.execute(f"alter table {table} disable trigger user")
        for statement in statements:
            connection.execute(statement)
        for table, name in TRIGGERS:
            connection.execute(f"alter table {table} enable always trigger {name}")


def refused(act, *arguments) -> RecordError | UnreadableError:
    """The error with which an act is refused."""
    with pytest.raises((RecordError, UnreadableError)) as caught:
        act(*arguments)
    return caught.value


def test_an_empty_record_is_whole():
    """A new record has the empty root, no entries, and passes its check."""
    with closing(FormPostgres.create(shared_server().database(), ORIGIN)) as store:
        assert Head(0, EMPTY_ROOT) == store.check() == store.head()
        assert store.origin == ORIGIN


def test_create_never_replaces_a_record(address):
    """A log that is there is refused and left as it is; another one finds room beside it."""
    assert refused(FormPostgres.create, address, ORIGIN).code == "record.exists"
    with (
        closing(FormPostgres.create(address, ORIGIN + "2")) as other,
        closing(FormPostgres.open(address, ORIGIN)) as store,
    ):
        assert (other.head().size, store.check().size) == (0, 5)


def test_which_record_is_opened(address):
    """The only one of a database needs no name; where there are several, or none of that name, one is asked for."""
    with closing(FormPostgres.open(address)) as store:
        assert store.origin == ORIGIN
    assert refused(FormPostgres.open, address, ORIGIN + "2").code == "record.missing"
    FormPostgres.create(address, ORIGIN + "2").close()
    error = refused(FormPostgres.open_read_only, address)
    assert (error.code, error.exit_code) == ("record.several", 2)
    assert f"{ORIGIN}2" in error.message
    assert refused(FormPostgres.open, shared_server().database()).code == "record.missing"


def test_a_later_version_and_a_foreign_schema_are_refused(address):
    """A schema of a later program, or of another one, is not opened and stays as it is."""
    with owner(address) as connection:
        connection.execute(f"comment on schema {SCHEMA} is 'Quittance record, version {SCHEMA_VERSION + 1}'")
        assert refused(FormPostgres.open, address).code == "record.version"
        connection.execute(f"comment on schema {SCHEMA} is null")
        assert refused(FormPostgres.open, address).code == "record.foreign"


# One writer


def test_a_second_writer_is_refused(address):
    """While one store writes, no other opens for writing, and reading is possible; after it the next is let in."""
    with closing(FormPostgres.open(address)) as store:
        error = refused(FormPostgres.open, address)
        assert error.code == "record.locked"
        assert f"server process {store._link.raw.info.backend_pid}" in error.message
        with closing(FormPostgres.open_read_only(address)) as reader:
            assert reader.check().size == 5
    FormPostgres.open(address).close()


def test_a_lock_that_was_lost_unnoticed(address, leaf):
    """A writer whose lock is gone, as behind a pool, cannot append to a head that another has moved."""
    with closing(FormPostgres.open(address)) as first:
        head = first.append([leaf(5)], first.head())
        first._link.execute("select pg_advisory_unlock_all()")
        with closing(FormPostgres.open(address)) as second:
            second.append([leaf(6)], head)
            assert refused(first.append, [leaf(7)], head).code == "record.conflict"
            assert first.head() == second.head()
            second.append([leaf(8)], first.append([leaf(7)], first.head()))
            assert second.check().size == 9


def test_what_another_writer_changed_is_not_judged_from_memory():
    """A writer whose lock is gone knows the keys that the other one has ended meanwhile."""
    log = SignedLog(ORIGIN)
    address = shared_server().database()
    clear = ("person.cleared", {"reason": "fit"}, ("medical",))
    with closing(PostgresStore.create(address, ORIGIN)) as first:
        first.append([*log.founding(), log.leaf(*clear, people=1)], first.head())
        first._link.execute("select pg_advisory_unlock_all()")
        with closing(PostgresStore.open(address)) as second:
            second.append([log.revoke("medical")], second.head())
        with pytest.raises(AppendRefused) as caught:
            first.append([log.leaf(*clear, people=1)], first.head())
        assert caught.value.code == "record.signer_revoked"


def test_two_writers_without_a_lock_take_turns(address, leaf):
    """Appends through two stores that both believe to be the writer never interleave: each call enters or conflicts."""
    with closing(FormPostgres.open(address)) as first:
        first._link.execute("select pg_advisory_unlock_all()")
        with closing(FormPostgres.open(address)) as second:
            conflicts = []

            def send(store, start) -> None:
                for number in range(start, start + 30, 3):
                    while True:
                        try:
                            store.append([leaf(number + more) for more in range(3)], store.head())
                        except RecordError as error:
                            conflicts.append(error.code)
                            if error.code != "record.conflict":
                                return
                        else:
                            break

            threads = [threading.Thread(target=send, args=pair) for pair in ((first, 100), (second, 200))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert set(conflicts) <= {"record.conflict"}
            assert first.check().size == 65
            order = [first.find(leaf(start).statement.sid) for start in [*range(100, 130, 3), *range(200, 230, 3)]]
            for at, start in zip(order, [*range(100, 130, 3), *range(200, 230, 3)], strict=True):
                assert [leaf(start + more).data for more in range(3)] == list(first.read(at, at + 3))


def test_a_held_head_is_waited_for_and_then_named(address, leaf, monkeypatch):
    """A program that locks the head makes an append fail with `record.locked`; later it works."""
    monkeypatch.setattr("quittance.record.postgres.LOCK_SECONDS", 1)
    with closing(FormPostgres.open(address)) as store, owner(address) as other:
        with other.transaction():
            other.execute("select * from head for update")
            assert refused(store.append, [leaf(9)], store.head()).code == "record.locked"
        assert store.append([leaf(9)], store.head()).size == 6


def test_readers_see_committed_entries_only(address, leaf, monkeypatch):
    """While the writer's transaction is open everybody answers as before it; after it the new entries are there."""
    with closing(FormPostgres.open(address)) as store, closing(FormPostgres.open_read_only(address)) as reader:
        seen, insert = [], store._insert

        def look_in_between(*arguments):
            result = insert(*arguments)
            for one in (store, reader):
                seen.append((one.head().size, one.find(leaf(9).statement.sid), one.tree().size))
            return result

        monkeypatch.setattr(store, "_insert", look_in_between)
        store.append([leaf(9)], store.head())
        assert seen == [(5, None, 5), (5, None, 5)]
        assert (reader.head().size, reader.find(leaf(9).statement.sid), reader.tree().size) == (6, 5, 6)


def test_a_check_is_of_one_moment(address, leaf, monkeypatch):
    """What is appended while a check reads does not disturb it."""
    with closing(FormPostgres.open(address)) as store, closing(FormPostgres.open_read_only(address)) as reader:
        sound = reader._require_sound

        def append_meanwhile(connection):
            origin = sound(connection)
            store.append([leaf(5)], store.head())
            return origin

        monkeypatch.setattr(reader, "_require_sound", append_meanwhile)
        assert (reader.check().size, reader.head().size) == (5, 6)


def test_a_reader_cannot_write(address, leaf):
    """A store opened for reading refuses to append and to sign, and its connection cannot write either."""
    with closing(FormPostgres.open_read_only(address)) as store:
        assert refused(store.append, [leaf(9)], store.head()).code == "record.read_only"
        assert refused(store.sign, b"note", store.head(), None).code == "record.read_only"
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            store._reader.execute("update head set size = 6")


# Flushed


def test_the_session_flushes_its_commits(address):
    """Whatever the database prefers, the writer's session waits for the disk; a stronger promise is kept."""
    for setting, used in (("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")):
        with owner(address) as connection:
            connection.execute(f"alter role current_user set synchronous_commit = {setting}")
        with closing(FormPostgres.open(address)) as store:
            assert store._link.execute("show synchronous_commit").fetchone() == (used,)
    with owner(address) as connection:
        connection.execute("alter role current_user reset synchronous_commit")


def test_a_commit_that_is_not_flushed_is_refused(address, leaf):
    """If the session stops waiting for the disk, nothing is appended, and nothing again until it waits."""
    with closing(FormPostgres.open(address)) as store:
        store._link.execute("set synchronous_commit = off")
        assert refused(store.append, [leaf(9)], store.head()).code == "record.not_durable"
        assert refused(store.sign, b"note", store.head(), None).code == "record.not_durable"
        store._link.execute("set synchronous_commit = on")
        assert store.append([leaf(9)], store.head()).size == 6


# Rows that stay


CHANGES = [
    "update entries set leaf = '\\x00' where position = 2",
    "update entries set position = 9 where position = 4",
    "update entries set position = position",
    "delete from entries where position = 4",
    "truncate entries",
    "insert into entries select 6, '\\x00', '\\x00', kind, offices, leaf_hash, leaf from entries where position = 2",
    "insert into entries select -1, '\\x00', '\\x00', kind, offices, leaf_hash, leaf from entries where position = 2",
    "insert into entries select 5, sid, '\\x00', kind, offices, leaf_hash, leaf from entries where position = 2",
    "insert into entries select 5, '\\x00', nonce, kind, offices, leaf_hash, leaf from entries where position = 2",
    "insert into entries select 2, '\\x00', '\\x00', kind, offices, leaf_hash, leaf from entries where position = 4"
    " on conflict (position) do update set leaf = excluded.leaf",
    "insert into head values (1, 'x', 0, '\\x00') on conflict (id) do update set size = excluded.size",
    "insert into head select 2, origin, size, root from head",
    "delete from head",
    "truncate head",
    "update head set size = 4",
    "update head set root = '\\x00'",
    "update head set origin = 'another'",
    "delete from checkpoint",
    "truncate checkpoint",
    "truncate head, entries, checkpoint",
    "update checkpoint set size = 4",
    "update checkpoint set root = '\\x00'",
    "insert into checkpoint select 2, size, root, note from checkpoint",
]


@pytest.fixture(scope="module")
def kept() -> str:
    """A record of five entries with a signed checkpoint, that no test of this kind can change."""
    log = SignedLog(ORIGIN)
    address = shared_server().database()
    with closing(PostgresStore.create(address, ORIGIN)) as store:
        store.append(log.founding()[:5], store.head())
        store.sign(b"note", store.head(), None)
    return address


@pytest.mark.parametrize("sql", CHANGES)
def test_triggers_refuse_changes(kept, sql):
    """No entry is changed, removed or put elsewhere than at the end; head and checkpoint go on only, and stay."""
    with owner(kept) as connection:
        for role in ("origin", "replica"):
            connection.execute(f"set session_replication_role = {role}")
            with pytest.raises(psycopg.errors.IntegrityError):
                connection.execute(sql)
    with closing(PostgresStore.open_read_only(kept)) as store:
        assert (store.check().size, store.checkpoint()) == (5, b"note")


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("delete from entries where position = 4", 4),
        ("delete from entries where position = 2", 4),
        ("insert into entries select 5, '\\x00', '\\x00', kind, offices, leaf_hash, leaf from entries limit 1", 5),
        ("update entries set position = 9 where position = 4", 5),
        ("update head set size = 4", 4),
        ("delete from head", None),
        ("insert into checkpoint values (1, 6, '\\x00', '\\x00')", 5),
    ],
)
def test_rows_and_head_that_disagree_are_found_when_opening(address, sql, index):
    """More rows than the head says, fewer, a gap, no head, or fewer than were signed: the record does not open."""
    tamper(address, sql)
    for way in (FormPostgres.open, FormPostgres.open_read_only):
        with pytest.raises(DamagedError) as caught:
            way(address)
        assert caught.value.index == index


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("update entries set leaf = leaf || ' ' where position = 2", 2),
        ("update entries set leaf = (select leaf from entries where position = 1) where position = 3", 3),
        ("update entries set leaf_hash = '\\x00' where position = 2", 2),
        ("update entries set sid = '\\x00' where position = 1", 1),
        ("update entries set nonce = '\\x00' where position = 1", 1),
        ("update entries set kind = 'a.b' where position = 4", 4),
        ("update entries set offices = 'operator:' where position = 0", 0),
        ("update head set root = sha256('x')", None),
        ("update head set origin = 'another'", 0),
        ("insert into state values ('batch:b1', '{}')", None),
        ("insert into checkpoint values (1, 4, sha256('x'), 'note')", None),
    ],
)
def test_check_finds_what_was_changed(address, sql, index):
    """Any changed column of an entry, of the head or of what follows from the entries is found."""
    tamper(address, sql)
    with closing(FormPostgres.open_read_only(address)) as store, pytest.raises(DamagedError) as caught:
        store.check()
    assert caught.value.index == index


EMPTY = "returns trigger language plpgsql as 'begin return new; end'"


@pytest.mark.parametrize(
    "sql",
    [
        *(f"drop trigger {name} on {table}" for table, name in TRIGGERS),
        *(f"alter table {table} disable trigger {name}" for table, name in TRIGGERS),
        *(f"create or replace function {name}() {EMPTY}" for name in FUNCTIONS),
        "alter table entries drop constraint entries_sid_key",
        "alter table entries alter column leaf drop not null",
        "alter table entries add column more text",
        "alter table entries set unlogged",
        "create table more (a integer)",
        "create rule gone as on insert to entries do instead nothing",
        "alter table state rename to stated",
    ],
)  # fmt: skip
def test_a_schema_that_was_changed_is_found_when_opening(address, sql):
    """A record whose tables, keys, triggers or functions are not those it was made with does not open."""
    with owner(address) as connection:
        connection.execute(sql)
    assert refused(FormPostgres.open, address).code == "record.damaged"


def test_a_table_of_the_same_name_elsewhere_is_not_taken(address):
    """Neither a temporary table nor one in `public` stands before those of the record."""
    with owner(address) as connection:
        connection.execute("create table public.head (size bigint, root bytea)")
    with closing(FormPostgres.open(address)) as store:
        store._link.execute("create temporary table head (size bigint, root bytea)")
        store._reader.execute("set default_transaction_read_only = off")
        store._reader.execute("create temporary table head (size bigint, root bytea)")
        assert store.append([], store.head()).size == store.check().size == 5


# Messages


def test_no_message_tells_the_address():
    """An address that cannot be read or reached, or is refused, is not repeated, nor is what PostgreSQL says of it."""
    server = shared_server()
    for address, code in (
        ("postgresql://user:geheim@127.0.0.1:1/geheim", "record.io"),
        ("geheim", "record.address"),
        ("host=/geheim dbname=x password=geheim", "record.io"),
        ("postgresql://user:geheim@127.0.0.1:geheim/x", "record.io"),
        ("postgresql://user:geheim@[127.0.0.1/x", "record.address"),
        (server.address_of("geheim"), "record.io"),
        (f"{server.address} password=geheim options='-c geheim=1'", "record.io"),
        (server.address.replace("user=quittance", "user=geheim"), "record.io"),
    ):
        for way in (FormPostgres.create, FormPostgres.open, FormPostgres.open_read_only):
            error = refused(way, address, ORIGIN)
            assert error.code == code
            told = "".join(traceback.format_exception(error))
            assert "geheim" not in told.replace("way(address", ""), told


def test_no_message_tells_a_value(address, leaf, monkeypatch):
    """When a row is refused, PostgreSQL quotes its values: none of that is in the error or its traceback."""
    with closing(FormPostgres.open(address)) as store:
        wrong = {leaf(3).statement.sid: None}
        monkeypatch.setattr(store, "_foresee", lambda known, _: known.foresee(wrong, {f"{3:032x}"}, {}))
        error = refused(store.append, [leaf(3)], store.head())
        assert error.code == "record.conflict"
        told = "".join(traceback.format_exception(error))
        assert "UniqueViolation" not in told
        assert leaf(3).statement.sid not in told
        assert "DETAIL" not in told
        assert refused(store.head).code == "record.closed"
    with closing(FormPostgres.open(address)) as store:
        assert store.check().size == 5


def test_the_rights_that_a_user_needs(address, leaf):
    """Who may connect only, or read only, is told to ask for the right; a writer need not own the record."""
    name = f"user{address.split('test')[1].split()[0]}"
    other = address.replace("user=quittance", f"user={name}")
    with owner(address) as connection:
        connection.execute(f"create role {name} login")
        assert refused(FormPostgres.open_read_only, other).code == "record.rights"
        connection.execute(f"grant usage on schema {SCHEMA} to {name}")
        assert refused(FormPostgres.open_read_only, other).code == "record.rights"
        connection.execute(f"grant select on all tables in schema {SCHEMA} to {name}")
        with closing(FormPostgres.open_read_only(other)) as store:
            assert store.check().size == 5
        with closing(FormPostgres.open(other)) as store:
            assert refused(store.append, [leaf(5)], store.head()).code == "record.rights"
        connection.execute(f"grant insert on entries, state, checkpoint to {name}")
        connection.execute(f"grant update on head, state, checkpoint to {name}")
        with closing(FormPostgres.open(other)) as store:
            store.sign(b"note", store.append([leaf(5)], store.head()), None)
            assert store.check().size == 6


def test_a_closed_store_says_so(address, leaf):
    """Asking a closed store is refused with `record.closed`."""
    store = FormPostgres.open(address)
    store.close()
    for ask in (store.head, store.tree, store.read, store.checkpoint, lambda: store.append([leaf(9)], Head(5, b""))):
        assert refused(ask).code == "record.closed"


def test_a_large_group_and_a_long_reading(address, leaf):
    """A group of the writer's full size enters whole, is found, and is read back page by page."""
    leaves = [leaf(number) for number in range(5, 1205)]
    with closing(FormPostgres.open(address)) as store:
        head = store.append(leaves, store.head())
        assert [one.data for one in leaves] == list(store.read(5))
        assert store.find(leaves[777].statement.sid) == 782
        assert head == store.check()
    with closing(FormPostgres.open_read_only(address)) as store:
        assert store.tree().root() == head.root
