"""Durable statements a second: the record beside SQLite and PostgreSQL without hash, index, signature or rule.

Statements arrive signed: payload and signatures are parsed, each signature is verified, the rules are applied, and the
leaf is on disk before its sender hears of it.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

from tests.signing import SignedLog, seen_of, signer

from bench.logs import ORIGIN, PERSONS, batches
from bench.machine import each, timed
from quittance.files.publish import Publisher
from quittance.record.entry import Leaf
from quittance.record.sqlite import SqliteStore
from quittance.record.statement import Statement
from quittance.record.writer import Writer

if TYPE_CHECKING:
    from tests.postgres import Server

    from quittance.record.sql import SqlStore

SQLITE_ONE = "SQLite alone, 1 row a commit"
SQLITE_MANY = "SQLite alone, 1,000 rows a commit"
ONE = "record, 1 signed statement a commit"
GROUP = "record, signed statements, group commit"
IMPORT = "record, signed statements, one commit"
POSTGRES_ONE = "PostgreSQL alone, 1 row a commit"
POSTGRES_GROUP = "record in PostgreSQL, group commit"
ALONE = "one handover alone: durable"
ALONE_PUBLISHED = "one handover alone: durable and published"

THREADS = 4
AHEAD = 500
"""Statements that a sender has under way before it waits for an answer."""


class Submissions:
    """Founding, then `size` statements as they arrive, in as many streams as there are senders."""

    def __init__(self, size: int) -> None:
        log = SignedLog(ORIGIN)
        self.founding = log.founding()
        streams: list[list[Leaf]] = [[] for _ in range(THREADS)]
        for number, batch in enumerate(batches(log)):
            streams[number % THREADS] += batch
            if sum(map(len, streams)) >= size:
                break
        self.streams = [stream[: size // THREADS] for stream in streams]

    @property
    def all(self) -> list[Leaf]:
        """The statements of every stream."""
        return [leaf for stream in self.streams for leaf in stream]


def arrived(leaf: Leaf) -> Leaf:
    """The leaf as the receiver makes it, from payload and signatures."""
    return Leaf(Statement.parse(leaf.statement.payload), leaf.accepted_at, leaf.signatures)


def plain_sqlite(folder: Path, data: Sequence[bytes], rows: int) -> float:
    """SQLite by itself, WAL and synchronous=FULL: so many rows in each transaction."""
    with closing(sqlite3.connect(folder / f"plain-{rows}", isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("create table entries (position integer primary key, leaf blob)")

        def act() -> None:
            for start in range(0, len(data), rows):
                connection.execute("begin immediate")
                connection.executemany(
                    "insert into entries values (?, ?)", enumerate(data[start : start + rows], start)
                )
                connection.execute("commit")

        return timed(len(data), act)


def one_by_one(folder: Path, made: Submissions, number: int) -> float:
    """Each statement in a transaction of its own."""
    with closing(SqliteStore.create(folder / "single", ORIGIN)) as store:
        head = store.append(made.founding, store.head())
        known = store.known()

        def act() -> None:
            nonlocal head
            for leaf in map(arrived, made.streams[0][:number]):
                store.proofs.prove(leaf, known.state)
                head = store.append([leaf], head)

        return timed(len(made.streams[0][:number]), act)


def grouped(store: SqlStore, made: Submissions) -> float:
    """Statements from several threads, each with at most `AHEAD` of them not yet acknowledged."""
    store.append(made.founding, store.head())
    known = store.known()
    failures: list[BaseException] = []

    def send(writer: Writer, mine: Sequence[Leaf]) -> None:
        try:
            for start in range(0, len(mine), AHEAD):
                futures = []
                for leaf in map(arrived, mine[start : start + AHEAD]):
                    store.proofs.prove(leaf, known.state)
                    futures.append(writer.submit(leaf))
                for future in futures:
                    future.result()
        except BaseException as error:
            failures.append(error)

    def act() -> None:
        senders = [threading.Thread(target=send, args=(writer, mine)) for mine in made.streams]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    with closing(store), Writer(store) as writer:
        rate = timed(len(made.all), act)
    if failures:
        raise failures[0]
    return rate


def imported(folder: Path, made: Submissions) -> float:
    """All statements in one transaction, from one thread."""
    with closing(SqliteStore.create(folder / "import", ORIGIN)) as store, Writer(store) as writer:
        writer.append_all(made.founding)
        known = store.known()

        def act() -> None:
            leaves = list(map(arrived, made.all))
            for leaf in leaves:
                store.proofs.prove(leaf, known.state)
            writer.append_all(leaves)

        return timed(len(made.all), act)


def alone(folder: Path, number: int) -> dict[str, list[float]]:
    """The seconds of each of `number` handovers, nothing else being under way: durable, and published besides."""
    log = SignedLog(ORIGIN)
    leaves = [*log.founding(), *log.batch("alone", 2 * number * PERSONS)]
    with closing(SqliteStore.create(folder / "alone", ORIGIN)) as store, Writer(store) as writer:
        writer.append_all(leaves)
        log.seen = seen_of(store)
        handed = [log.observed("alone", PERSONS) for _ in range(2 * number)]
        publisher = Publisher(store, folder / "published", signer("log"))
        publisher.publish()

        def submit(leaf: Leaf) -> None:
            leaf = arrived(leaf)
            store.proofs.prove(leaf, store.known().state)
            writer.submit(leaf).result()

        def submit_and_publish(at: int) -> None:
            submit(handed[number + at])
            publisher.publish()

        return {
            ALONE: each(number, lambda at: submit(handed[at])),
            ALONE_PUBLISHED: each(number, submit_and_publish),
        }


def measure(folder: Path, made: Submissions, singles: int) -> tuple[dict[str, float], float]:
    """One round of everything in SQLite, each rate per second; and processor seconds of a statement in group commit."""
    data = [leaf.data for leaf in made.all]
    before = process_time()
    group = grouped(SqliteStore.create(folder / "group", ORIGIN), made)
    spent = process_time() - before
    rates = {
        SQLITE_ONE: plain_sqlite(folder, data[:singles], 1),
        SQLITE_MANY: plain_sqlite(folder, data, 1000),
        ONE: one_by_one(folder, made, singles),
        GROUP: group,
        IMPORT: imported(folder, made),
    }
    return rates, spent / len(made.all)


def postgres() -> Server | None:
    """A server of our own, to be stopped in the end; None where PostgreSQL or its driver is not installed."""
    try:
        from tests.postgres import Server, programs
    except ImportError:
        return None
    return None if programs() is None else Server()


def measure_postgres(server: Server, made: Submissions, singles: int) -> dict[str, float]:
    """The same in PostgreSQL, through a socket on this machine."""
    import psycopg

    from quittance.record.postgres import PostgresStore

    address = server.database()
    data = [leaf.data for leaf in made.all[:singles]]
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("create table plain (position int8 primary key, leaf bytea)")

        def act() -> None:
            for row in enumerate(data):
                connection.execute("insert into plain values (%s, %s)", row)

        one = timed(len(data), act)
    return {POSTGRES_ONE: one, POSTGRES_GROUP: grouped(PostgresStore.create(address, ORIGIN), made)}
