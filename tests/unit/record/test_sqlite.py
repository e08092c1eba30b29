"""The SQLite store's own promises: what its file is, what it refuses, and that reading changes nothing."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path

import pytest
from tests.stores import FormSqlite

from quittance.errors import QuittanceError, RecordError, UnreadableError
from quittance.record import AppendRefused, DamagedError, Head
from quittance.record.sqlite import APPLICATION_ID, SCHEMA, SCHEMA_VERSION
from quittance.record.tree import EMPTY_ROOT

ORIGIN = "quittance.example/test-2020/case"


@pytest.fixture
def path(tmp_path, leaf) -> Path:
    """A closed record of five entries."""
    path = tmp_path / "record.sqlite"
    with closing(FormSqlite.create(path, ORIGIN)) as store:
        store.append([leaf(number) for number in range(5)], store.head())
    return path


def tamper(path: Path, *statements: str) -> None:
    """Change the file as its owner can: without the triggers, which are put back."""
    triggers = {sql.split()[2]: sql for sql in SCHEMA if "TRIGGER" in sql}
    with closing(sqlite3.connect(path)) as connection:
        for name in triggers:
            connection.execute(f"drop trigger {name}")
        for statement in statements:
            connection.execute(statement)
        for sql in triggers.values():
            connection.execute(sql)
        connection.commit()


def test_the_file_says_what_it_is(path):
    """Application id, version, write-ahead log and full flushing are set."""
    with closing(sqlite3.connect(path)) as connection:
        values = [
            connection.execute(f"pragma {name}").fetchone()[0]
            for name in ("application_id", "user_version", "journal_mode")
        ]
    assert values == [APPLICATION_ID, SCHEMA_VERSION, "wal"]
    with closing(FormSqlite.open(path)) as store:
        assert store._writer.execute("pragma synchronous").fetchone() == (2,)


def test_an_empty_record_is_whole(tmp_path):
    """A new record has the empty root, no entries, and passes its check."""
    with closing(FormSqlite.create(tmp_path / "r", ORIGIN)) as store:
        assert Head(0, EMPTY_ROOT) == store.check() == store.head()
        assert store.origin == ORIGIN


def test_create_never_replaces_a_file(path):
    """A file that is there is refused and left as it is."""
    before = path.read_bytes()
    with pytest.raises(RecordError) as caught:
        FormSqlite.create(path, ORIGIN)
    assert caught.value.code == "record.exists"
    assert before == path.read_bytes()


def test_a_creation_that_was_cut_off_does_not_stop_the_next(tmp_path):
    """Leftovers of a creation that was killed are cleared away."""
    for name in ("r.new", "r.new-wal", "r.new-shm"):
        (tmp_path / name).write_bytes(b"half")
    FormSqlite.create(tmp_path / "r", ORIGIN).close()
    assert {"r", "r.lock"} == {entry.name for entry in tmp_path.iterdir()}


def test_reading_changes_no_byte(path):
    """A reader that reads and checks everything leaves the file's bytes and time as they were."""
    before = path.read_bytes(), path.stat().st_mtime_ns
    with closing(FormSqlite.open_read_only(path)) as store:
        assert len(list(store.read())) == store.check().size == store.tree().size == 5
    assert before == (path.read_bytes(), path.stat().st_mtime_ns)


def test_a_reader_cannot_append(path, leaf):
    """A store opened for reading refuses to append, and its connection cannot write either."""
    with closing(FormSqlite.open_read_only(path)) as store:
        with pytest.raises(RecordError) as caught:
            store.append([leaf(9)], store.head())
        assert caught.value.code == "record.read_only"
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            store._reader.execute("delete from entries")


def test_a_record_is_read_from_a_folder_that_cannot_be_written(path):
    """A closed record is readable where nothing can be written: a copy on a read-only medium."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "record.sqlite")
        copy.write_bytes(path.read_bytes())
        copy.chmod(0o444)
        Path(folder).chmod(0o555)
        child = os.fork()
        if not child:  # a process without the rights that a test run by root has
            try:
                if os.geteuid() == 0:
                    os.setuid(65534)
                os._exit(FormSqlite.open_read_only(copy).check().size)
            finally:
                os._exit(99)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 5
        assert [copy] == list(Path(folder).iterdir())
        Path(folder).chmod(0o755)


def test_readers_go_on_beside_the_writer(path, leaf):
    """A reader that was there first sees each new entry once it is committed, and its tree grows with it."""
    with closing(FormSqlite.open_read_only(path)) as reader, closing(FormSqlite.open(path)) as writer:
        for number in range(5, 9):
            head = writer.append([leaf(number)], writer.head())
            assert head == reader.head()
            assert head.root == reader.tree().root()
            assert number == reader.find(leaf(number).statement.sid)


def test_a_reader_sees_no_transaction_that_is_not_committed(path, leaf, monkeypatch):
    """While the writer's transaction is open, the same store answers as before it."""
    with closing(FormSqlite.open(path)) as store:
        seen = []
        insert = store._insert

        def look_in_between(*arguments):
            result = insert(*arguments)
            seen.append((store.head().size, store.find(leaf(9).statement.sid), store.tree().size))
            return result

        monkeypatch.setattr(store, "_insert", look_in_between)
        store.append([leaf(9)], store.head())
        assert seen == [(5, None, 5)]
        assert (store.head().size, store.find(leaf(9).statement.sid), store.tree().size) == (6, 5, 6)


def test_an_unfinished_reading_holds_nothing_up(path, leaf):
    """While a reading is under way, appends go on, and head, lookups and tree are those of the latest append."""
    with closing(FormSqlite.open(path)) as store:
        reading = store.read()
        first = next(reading)
        for number in range(5, 8):
            head = store.append([leaf(number)], store.head())
            assert head == store.head()
            assert number == store.find(leaf(number).statement.sid)
            assert head.root == store.tree().root()
        assert [leaf(number).data for number in range(5)] == [first, *reading]
        assert store.check() == head


def test_a_reading_longer_than_a_page_is_whole(path, leaf, monkeypatch):
    """Entries are read page by page without one lost or repeated at the joints."""
    monkeypatch.setattr("quittance.record.sql.PAGE_ROWS", 2)
    with closing(FormSqlite.open_read_only(path)) as store:
        for start in range(6):
            for stop in range(start, 6):
                assert [leaf(number).data for number in range(start, stop)] == list(store.read(start, stop))


def test_an_entry_removed_while_open_is_missed(path):
    """A reader that was open when an entry was removed by hand names the entry instead of skipping it."""
    with closing(FormSqlite.open_read_only(path)) as store:
        tamper(path, "delete from entries where position = 2")
        with pytest.raises(DamagedError) as caught:
            list(store.read())
        assert caught.value.index == 2


def test_two_threads_may_append(path, leaf):
    """Appends from two threads to one store take turns: each goes through or is told that the head has moved."""
    with closing(FormSqlite.open(path)) as store:
        appended = []

        def send(numbers) -> None:
            for number in numbers:
                while True:
                    try:
                        store.append([leaf(number)], store.head())
                    except RecordError as error:
                        if error.code != "record.conflict":
                            raise
                    else:
                        appended.append(number)
                        break

        threads = [threading.Thread(target=send, args=(range(first, first + 20),)) for first in (100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(appended) == 40
        assert store.check().size == 45


def test_threads_may_ask_while_another_appends(path, leaf):
    """Roots and proofs asked for in one thread are right while another thread appends."""
    with closing(FormSqlite.open(path)) as store:
        roots, done = {}, threading.Event()

        def ask():
            while not done.is_set():
                tree = store.tree()
                size = tree.size
                roots[size] = tree.root(size)

        asking = threading.Thread(target=ask)
        asking.start()
        for number in range(5, 60):
            store.append([leaf(number)], store.head())
        done.set()
        asking.join()
        assert roots == {size: store.tree().root(size) for size in roots}


def copied(verb: str, first: str, position: int) -> str:
    """SQL that adds a row with the other values of an entry."""
    rest = f"kind, offices, leaf_hash, leaf from entries where position = {position}"
    return f"{verb} into entries select {first}, {rest}"


@pytest.mark.parametrize(
    "sql",
    [
        "update entries set leaf = x'00' where position = 2",
        "update entries set position = 9 where position = 4",
        "delete from entries where position = 4",
        "delete from entries",
        copied("insert or replace", "2, sid, nonce", 4),
        copied("insert or replace", "5, sid, x'00'", 2),
        copied("insert or replace", "5, x'00', nonce", 2),
        copied("insert", "6, x'00', x'00'", 2),
        "replace into head select id, origin, 0, root from head",
        "delete from head",
        "update head set size = 4",
        "update head set origin = 'another'",
    ],
)
def test_triggers_refuse_changes(path, sql):
    """No row can be changed, replaced, removed or put elsewhere than at the end, and the head cannot go back."""
    with closing(sqlite3.connect(path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(sql)
    with closing(FormSqlite.open_read_only(path)) as store:
        assert store.check().size == 5


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("delete from entries where position = 4", 4),
        ("delete from entries where position = 2", 4),
        (copied("insert", "5, x'00', x'00'", 4), 5),
        ("update entries set position = 9 where position = 4", 5),
        ("update head set size = 4", 4),
        ("delete from head", None),
    ],
)
def test_rows_and_head_that_disagree_are_found_when_opening(path, sql, index):
    """More rows than the head says, fewer, a gap, or no head: the record does not open, for reading or writing."""
    tamper(path, sql)
    for way in (FormSqlite.open, FormSqlite.open_read_only):
        with pytest.raises(DamagedError) as caught:
            way(path)
        assert caught.value.index == index
    assert "Write nothing more" in caught.value.message


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("update entries set leaf = cast(replace(leaf, '06:00:01', '06:00:02') as blob) where position = 2", 2),
        ("update entries set leaf = (select leaf from entries where position = 1) where position = 3", 3),
        ("update entries set leaf = zeroblob(900) where position = 3", 3),
        ("update entries set leaf_hash = zeroblob(32) where position = 2", 2),
        ("update entries set sid = zeroblob(32) where position = 1", 1),
        ("update entries set nonce = zeroblob(3) where position = 1", 1),
        ("update entries set kind = 'a.b' where position = 4", 4),
        ("update head set root = zeroblob(32)", None),
        ("update head set origin = 'another'", 0),
    ],
)
def test_check_finds_what_was_changed(path, sql, index):
    """Any changed column of an entry or of the head is found; the entry is named where one can be."""
    tamper(path, sql)
    with closing(FormSqlite.open_read_only(path)) as store, pytest.raises(DamagedError) as caught:
        store.check()
    assert caught.value.index == index


def test_a_forged_leaf_with_its_own_hash_still_breaks_the_root(path, leaf):
    """Who changes a leaf and every column derived from it is given away by the root."""
    forged = leaf(3, body={"count": 1000})
    tamper(
        path,
        f"update entries set leaf = x'{forged.data.hex()}', leaf_hash = x'{forged.hash.hex()}',"
        f" sid = x'{forged.statement.sid}' where position = 3",
    )
    with closing(FormSqlite.open(path)) as store:
        with pytest.raises(DamagedError, match="do not hash to the root"):
            store.check()
        with pytest.raises(DamagedError, match="do not give the root"):
            store.append([leaf(9)], store.head())


@pytest.mark.parametrize("sql", [sql for sql in SCHEMA if "TABLE" not in sql])
def test_a_missing_trigger_or_index_is_found_when_opening(path, sql):
    """A record whose schema is not the one it was made with does not open."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"drop {' '.join(sql.split()[1:3])}")
    with pytest.raises(DamagedError, match="not those it was made with"):
        FormSqlite.open(path)


def test_a_broken_index_is_found(path):
    """Entries that are whole behind an index that is not are damage too: lookups would go astray."""
    swap = "update sqlite_schema set rootpage = {} - rootpage where name in ({})"
    with closing(sqlite3.connect(path)) as connection:
        names = "'sqlite_autoindex_entries_1', 'sqlite_autoindex_entries_2'"  # those of sid and of nonce
        (total,) = connection.execute(f"select sum(rootpage) from sqlite_schema where name in ({names})").fetchone()
        connection.execute("pragma writable_schema = on")
        connection.execute(swap.format(total, names))
        connection.commit()
    with closing(FormSqlite.open_read_only(path)) as store, pytest.raises(DamagedError, match="the file is not"):
        store.check()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "record.missing"),
        (b"", "record.foreign"),
        (b"SQLite", "record.foreign"),
        (bytes(range(256)) * 40, "record.foreign"),
    ],
)
def test_other_files_are_left_alone(tmp_path, content, code):
    """A missing, empty or foreign file is refused as unreadable, and nothing is made or changed beside it."""
    path = tmp_path / "other.sqlite"
    if content is not None:
        path.write_bytes(content)
    before = sorted(tmp_path.iterdir())
    for way in (FormSqlite.open, FormSqlite.open_read_only):
        with pytest.raises(UnreadableError) as caught:
            way(path)
        assert (code, 2) == (caught.value.code, caught.value.exit_code)
    assert before == sorted(tmp_path.iterdir())
    assert content is None or content == path.read_bytes()


def test_a_database_of_another_program_is_left_alone(tmp_path):
    """Another program's database is refused without a byte changed or a file made beside it."""
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table entries (a)")
    before = path.read_bytes()
    with pytest.raises(UnreadableError) as caught:
        FormSqlite.open(path)
    assert caught.value.code == "record.foreign"
    assert before == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_a_later_version_is_refused(path):
    """A record written by a later program is not opened."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"pragma user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(UnreadableError) as caught:
        FormSqlite.open(path)
    assert caught.value.code == "record.version"


def test_a_place_that_cannot_be_reached(tmp_path):
    """A missing folder is an error of the record, not of Python."""
    with pytest.raises(RecordError) as caught:
        FormSqlite.create(tmp_path / "nowhere" / "r", ORIGIN)
    assert caught.value.code == "record.io"


def test_a_closed_store_says_so(path, leaf):
    """Asking a closed store is refused with `record.closed`."""
    store = FormSqlite.open(path)
    store.close()
    for ask in (store.head, store.tree, store.read, lambda: store.append([leaf(9)], Head(5, b""))):
        with pytest.raises(RecordError) as caught:
            ask()
        assert caught.value.code == "record.closed"


def test_a_foreign_writer_is_waited_for_and_then_named(path, leaf, monkeypatch):
    """A program that holds the database without the lock makes the append fail with `record.locked`; later it works."""
    monkeypatch.setattr("quittance.record.sqlite.BUSY_SECONDS", 0.01)
    with closing(FormSqlite.open(path)) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(RecordError) as caught:
            store.append([leaf(9)], store.head())
        assert caught.value.code == "record.locked"
        other.execute("rollback")
        assert store.append([leaf(9)], store.head()).size == 6


def test_a_refused_append_leaves_the_store_usable(path, leaf):
    """After a refusal and after a conflict the next append goes through."""
    with closing(FormSqlite.open(path)) as store:
        with pytest.raises(AppendRefused):
            store.append([leaf(9), leaf(1)], store.head())
        with pytest.raises(QuittanceError):
            store.append([leaf(9)], Head(4, store.tree().root(4)))
        assert store.append([leaf(9)], store.head()).size == 6
        assert store.check() == store.head()
