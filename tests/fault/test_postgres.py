"""PostgreSQL under faults: servers and writers are killed under load, commits lose their answer, old backups come back.

Nothing acknowledged is ever lost, what was not can be sent again unchanged, and nothing is signed twice over.
QUITTANCE_KILLS sets the number of kills of the long runs.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.fault.appender import ORIGIN, leaf
from tests.postgres import FormPostgres, Server, shared_server
from tests.signing import SignedLog

from quittance.errors import RecordError
from quittance.record import AppendRefused, DamagedError, DuplicateError, entries
from quittance.record.postgres import TRIGGERS, PostgresStore, schema_of

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("QUITTANCE_KILLS", "40"))
PATIENCE = 60


@pytest.fixture
def address() -> str:
    """A database with an empty record."""
    address = shared_server().database()
    FormPostgres.create(address, ORIGIN).close()
    return address


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that a test may kill."""
    server = Server()
    yield server
    server.stop()


def open_soon(address: str) -> FormPostgres:
    """The record for writing, as soon as the server has noticed that the last writer is gone."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return FormPostgres.open(address)
        except RecordError as error:
            if error.code != "record.locked" or time.monotonic() > end:
                raise
            time.sleep(0.02)


class Appender:
    """A process that appends from `first` on, and what it has acknowledged: (number, sid, index)."""

    def __init__(self, address: str, first: int) -> None:
        command = [sys.executable, "-m", "tests.fault.appender", address, str(first)]
        self._process = subprocess.Popen(command, bufsize=0, stdout=subprocess.PIPE, cwd=ROOT)
        self.acknowledged: list[tuple[int, str, int]] = []
        self.failure = ""

    def run(self, seconds: float) -> None:
        """Wait for the first acknowledgement, then a while; the pipe holds what comes meanwhile."""
        assert self._process.stdout is not None
        self._take([self._process.stdout.readline()])
        time.sleep(seconds)

    def kill(self) -> None:
        """Kill it, and take what it had acknowledged before."""
        self._process.kill()
        self.end()

    def end(self) -> None:
        """Wait until it has ended, and take all that it has said."""
        said, _ = self._process.communicate(timeout=PATIENCE)
        self._take(said.splitlines())

    def _take(self, lines: list[bytes]) -> None:
        for line in lines:
            words = line.decode().split()
            if words[:1] == ["!"]:
                self.failure = words[1]
            elif words:
                self.acknowledged.append((int(words[0]), words[1], int(words[2])))


def require_whole(address: str, acknowledged: dict[str, int], sent: range) -> int:
    """The record verifies, holds what was acknowledged, and takes the rest of `sent` again unchanged; gives its size.

    What had entered without an answer is refused as a duplicate that says where it is.
    """
    with closing(open_soon(address)) as store:
        store.check()
        assert acknowledged == {sid: store.find(sid) for sid in acknowledged}
        again = [leaf(number) for number in sent]
        there = {at: store.find(one.statement.sid) for at, one in enumerate(again)}
        entered = {at: index for at, index in there.items() if index is not None}
        if entered:
            with pytest.raises(AppendRefused) as caught:
                store.append(again, store.head())
            assert entered == {
                at: error.index for at, error in caught.value.refusals.items() if isinstance(error, DuplicateError)
            }
        store.append([one for at, one in enumerate(again) if at not in entered], store.head())
        assert len({store.find(leaf(number).statement.sid) for number in sent}) == len(sent)
        return store.check().size


def kill_writers(address: str, kills: int, seed: int) -> int:
    """Kill the appender `kills` times at random moments; gives how many leaves were acknowledged."""
    chance = random.Random(seed)
    acknowledged: dict[str, int] = {}
    first = 0
    for _ in range(kills):
        appender = Appender(address, first)
        appender.run(chance.uniform(0, 0.05))
        appender.kill()
        for number, sid, index in appender.acknowledged:
            assert acknowledged.setdefault(sid, index) == index
            first = max(first, number + 1)
        require_whole(address, acknowledged, range(first, first + 20))
        first += 1000
    return len(acknowledged)


def kill_servers(server: Server, kills: int, seed: int) -> int:
    """Kill the postmaster `kills` times under load; gives how many leaves were acknowledged."""
    chance = random.Random(seed)
    address = server.database()
    FormPostgres.create(address, ORIGIN).close()
    acknowledged: dict[str, int] = {}
    first = 0
    for _ in range(kills):
        appender = Appender(address, first)
        appender.run(chance.uniform(0, 0.2))
        server.kill()
        appender.end()
        assert appender.failure in ("record.io", "record.stopped")
        server.start()
        for number, sid, index in appender.acknowledged:
            assert acknowledged.setdefault(sid, index) == index
            first = max(first, number + 1)
        require_whole(address, acknowledged, range(first, first + 20))
        first += 1000
    return len(acknowledged)


def test_writers_killed_under_load(address):
    """After each of four kills every acknowledged entry is where it was said to be, and the next writer is let in."""
    assert kill_writers(address, 4, 6962) > 8


def test_a_server_killed_under_load(server):
    """The writer is told, nothing acknowledged is lost, and what had no answer is sent again without harm."""
    assert kill_servers(server, 2, 6962) > 5


@pytest.mark.slow
def test_many_writers_killed(address):
    """The same for as many kills as QUITTANCE_KILLS says."""
    assert kill_writers(address, KILLS, 9162) > KILLS


@pytest.mark.slow
def test_many_servers_killed(server):
    """The same for half as many kills of the server."""
    assert kill_servers(server, KILLS // 2, 9162) > KILLS // 2


def test_two_writers_started(address):
    """Of two processes started for one record one appends and the other is told; after its end the other may."""
    both = [Appender(address, 0), Appender(address, 1000)]
    for one in both:
        one.run(0.3)
    (told,) = [one for one in both if one.failure]
    assert (told.failure, told.acknowledged) == ("record.locked", [])
    told.end()
    (writing,) = [one for one in both if one is not told]
    writing.kill()
    require_whole(address, {sid: index for _, sid, index in writing.acknowledged}, range(5000, 5003))


@pytest.mark.parametrize("arrived", [True, False])
@pytest.mark.parametrize("farewell", [True, False])
def test_a_commit_whose_answer_is_lost(address, monkeypatch, arrived, farewell):
    """Whether it arrived is unknown: the store closes, and after opening it again the same bytes may be sent again.

    The server may end the connection with or without a word.
    """
    store = FormPostgres.open(address)
    store.append([leaf(0)], store.head())
    execute, head = store._link.execute, store.head()

    def cut_off(sql, values=()):
        if sql != "commit":
            return execute(sql, values)
        if arrived:
            execute(sql)
        if farewell:
            with psycopg.connect(address, autocommit=True) as other:
                other.execute("select pg_terminate_backend(%s)", (store._link.raw.info.backend_pid,))
        else:
            with socket.socket(fileno=os.dup(store._link.raw.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        return execute("select 1")

    monkeypatch.setattr(store._link, "execute", cut_off)
    with pytest.raises(RecordError) as caught:
        store.append([leaf(1), leaf(2)], head)
    assert caught.value.code == "record.io"
    assert "sending them again unchanged" in caught.value.message
    with pytest.raises(RecordError) as caught:
        store.head()
    assert caught.value.code == "record.closed"
    assert require_whole(address, {leaf(0).statement.sid: 0}, range(3)) == 3


def test_a_lost_connection_lets_the_next_writer_in(address):
    """A writer whose connection was cut while it waited is told at its next append, and has closed itself."""
    store = FormPostgres.open(address)
    with psycopg.connect(address, autocommit=True) as other:
        other.execute("select pg_terminate_backend(%s)", (store._link.raw.info.backend_pid,))
    with closing(open_soon(address)) as after:
        after.append([leaf(0)], after.head())
        for code in ("record.io", "record.closed"):
            with pytest.raises(RecordError) as caught:
                store.append([leaf(1)], after.head())
            assert caught.value.code == code
        assert after.check().size == 1


def test_a_server_that_stops_flushing(server):
    """If fsync is turned off, now or before, nothing more is written."""
    address = server.database()
    with closing(FormPostgres.create(address, ORIGIN)) as store:
        store.append([leaf(0)], store.head())
        server.sql("alter system set fsync = off")
        server.sql("select pg_reload_conf()")
        end = time.monotonic() + PATIENCE
        while store._link.execute("show fsync").fetchone() == ("on",) and time.monotonic() < end:
            time.sleep(0.05)
        with pytest.raises(RecordError) as caught:
            store.append([leaf(1)], store.head())
        assert caught.value.code == "record.not_durable"
    for way in (FormPostgres.open, lambda place: FormPostgres.create(place, ORIGIN + "2")):
        with pytest.raises(RecordError) as caught:
            way(address)
        assert caught.value.code == "record.not_durable"
    with closing(FormPostgres.open_read_only(address)) as store:
        assert store.check().size == 1


# Old backups


@pytest.fixture
def signed() -> tuple[str, SignedLog, str]:
    """A record signed at six entries, dumped, and signed again at nine; the address of what the dump restores too."""
    server, log = shared_server(), SignedLog(ORIGIN)
    address, restored = server.database(), server.database()
    with closing(PostgresStore.create(address, ORIGIN)) as store:
        store.append(log.founding(), store.head())
        store.sign(b"at six", store.head(), None)
        server.run("pg_dump", "-f", "dump.sql", address)
        store.append(log.facts(3), store.head())
        store.sign(b"at nine", store.head(), b"at six")
    server.run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", "dump.sql", restored)
    return address, log, restored


def test_a_restored_backup_does_not_sign_what_was_signed(signed):
    """An old copy is whole and readable, but whoever knows the last note cannot sign on it, at any size."""
    _, log, restored = signed
    with closing(PostgresStore.open(restored)) as store:
        assert (store.check().size, store.checkpoint()) == (6, b"at six")
        for _ in range(5):
            with pytest.raises(RecordError) as caught:
                store.sign(b"another", store.head(), b"at nine")
            assert caught.value.code == "record.signed"
            store.append(log.facts(1), store.head())
        assert store.checkpoint() == b"at six"


def test_a_backup_is_brought_up_from_the_lost_entries(signed):
    """The entries that the copy lacks, sent again in their order, give the same head, which may then be signed."""
    address, _, restored = signed
    with closing(PostgresStore.open(address)) as whole, closing(PostgresStore.open(restored)) as store:
        head = store.append([entry.leaf for entry in entries(whole, 6)], store.head())
        assert head == whole.head()
        store.sign(b"at nine", head, b"at six")


def test_old_entries_under_a_later_checkpoint_do_not_open(signed):
    """Where entries and head are from an old copy and the checkpoint is not, nothing opens, so nothing is signed."""
    address, _, _ = signed
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"set search_path = {schema_of(ORIGIN)}")
        for table, name in TRIGGERS:
            connection.execute(f"alter table {table} disable trigger {name}")
        connection.execute("delete from entries where position >= 6")
        connection.execute("update head set size = 6")
        for table, name in TRIGGERS:
            connection.execute(f"alter table {table} enable always trigger {name}")
    for way in (PostgresStore.open, PostgresStore.open_read_only):
        with pytest.raises(DamagedError, match="old copy") as caught:
            way(address)
        assert caught.value.index == 6
