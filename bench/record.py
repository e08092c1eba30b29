"""How fast the record is, beside its peers: durable appends, checking, reading, the tree. Ratios count, not absolutes.

Every rate of appending is set against what the disk can do at the same moment (`fdatasync`), because the same machine
gives very different rates when its disk is busy. Run: python -m bench.record [--entries N] [--runs N] [--folder DIR]
"""

from __future__ import annotations

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

from quittance.record import Leaf, MemoryStore, Statement, Tree
from quittance.record.sqlite import SqliteStore
from quittance.record.tree import leaf_hash
from quittance.record.writer import Writer

ORIGIN = "quittance.example/bench-2020/case"


def leaves(count: int) -> list[Leaf]:
    """Unsigned leaves of about 0.7 kB."""
    return [
        Leaf(
            Statement(
                "handover.received",
                "bench-2020",
                ORIGIN,
                f"{number:032x}",
                "2020-04-08T06:00:00Z",
                {"batch": "B-01", "count": number, "place": "PL-01", "from": "a", "to": "b"},
            ),
            "2020-04-08T06:00:01Z",
        )
        for number in range(count)
    ]


def timed(count: int, act: Callable[[], object]) -> float:
    """`count` per second of `act`."""
    start = perf_counter()
    act()
    return count / (perf_counter() - start)


def disk(folder: Path, count: int) -> float:
    """One leaf-sized write and fdatasync at a time."""

    def act() -> None:
        with Path(folder, "disk").open("wb", buffering=0) as file:
            for _ in range(count):
                file.write(bytes(700))
                os.fdatasync(file.fileno())

    return timed(count, act)


def plain_sqlite(folder: Path, made: list[Leaf], rows: int) -> float:
    """SQLite alone, WAL and synchronous=FULL, with no hash, index or rule: `rows` rows in each transaction."""
    with closing(sqlite3.connect(folder / f"plain-{rows}", isolation_level=None)) as connection:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("create table entries (position integer primary key, leaf blob)")

        def act() -> None:
            for start in range(0, len(made), rows):
                connection.execute("begin immediate")
                connection.executemany(
                    "insert into entries values (?, ?)",
                    [(start + at, leaf.data) for at, leaf in enumerate(made[start : start + rows])],
                )
                connection.execute("commit")

        return timed(len(made), act)


def one_by_one(folder: Path, made: list[Leaf]) -> float:
    """Each leaf appended in a transaction of its own."""
    with closing(SqliteStore.create(folder / "single", ORIGIN)) as store:

        def act() -> None:
            head = store.head()
            for leaf in made:
                head = store.append([leaf], head)

        return timed(len(made), act)


def grouped(folder: Path, made: list[Leaf], threads: int, ahead: int) -> float:
    """Leaves submitted from `threads` threads, each with at most `ahead` of them not yet acknowledged."""
    with closing(SqliteStore.create(folder / f"group-{ahead}", ORIGIN)) as store, Writer(store) as writer:

        def send(mine: list[Leaf]) -> None:
            for start in range(0, len(mine), ahead):
                for future in [writer.submit(leaf) for leaf in mine[start : start + ahead]]:
                    future.result()

        def act() -> None:
            senders = [threading.Thread(target=send, args=(made[at::threads],)) for at in range(threads)]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()

        return timed(len(made), act)


def imported(folder: Path, made: list[Leaf]) -> float:
    """All leaves in one transaction."""
    with closing(SqliteStore.create(folder / "import", ORIGIN)) as store, Writer(store) as writer:
        return timed(len(made), lambda: writer.append_all(made))


def checked(made: list[Leaf]) -> float:
    """Every leaf read, parsed, held against every rule, and the tree rebuilt."""
    store = MemoryStore(ORIGIN)
    store.append(made, store.head())
    return timed(len(made), store.check)


def own_tree(hashes: list[bytes]) -> float:
    """Leaf hashes appended to the tree in memory, and its root."""
    return timed(len(hashes), lambda: Tree(hashes).root())


def own_proofs(hashes: list[bytes]) -> float:
    """Inclusion proofs from that tree."""
    tree = Tree(hashes)
    count = len(hashes) // 10
    return timed(count, lambda: [tree.inclusion(index * 10) for index in range(count)])


def pymerkle_tree(data: list[bytes]) -> float | None:
    """The same leaves in pymerkle's tree in memory; None where it is not installed."""
    try:
        from pymerkle import InmemoryTree
    except ImportError:
        return None
    tree = InmemoryTree(algorithm="sha256")
    return timed(len(data), lambda: [tree.append_entry(one) for one in data])


def measure(folder: Path, entries: int) -> dict[str, float | None]:
    """One round of everything, each rate per second."""
    made = leaves(entries)
    few = made[: max(100, entries // 20)]
    data = [b"bench leaf %d" % number for number in range(entries * 5)]
    return {
        "disk: write + fdatasync": disk(folder, len(few)),
        "SQLite alone, 1 row a commit": plain_sqlite(folder, few, 1),
        "record, 1 leaf a commit": one_by_one(folder, few),
        "SQLite alone, 1,000 rows a commit": plain_sqlite(folder, made, 1000),
        "record, group commit, 4 threads x 500 ahead": grouped(folder, made, 4, 500),
        "record, group commit, 32 threads x 1 ahead": grouped(folder, few, 32, 1),
        "record, import in one commit": imported(folder, made),
        "record, build a leaf": timed(entries, lambda: leaves(entries)),
        "record, check (parse, rules, tree)": checked(made),
        "tree, leaf + append": timed(len(data), lambda: Tree(map(leaf_hash, data)).root()),
        "tree, append of a leaf hash": own_tree(list(map(leaf_hash, data))),
        "tree, inclusion proof": own_proofs(list(map(leaf_hash, data))),
        "pymerkle, append_entry": pymerkle_tree(data),
    }


PEERS = {
    "SQLite alone, 1 row a commit": "disk: write + fdatasync",
    "record, 1 leaf a commit": "SQLite alone, 1 row a commit",
    "record, group commit, 4 threads x 500 ahead": "SQLite alone, 1,000 rows a commit",
    "record, group commit, 32 threads x 1 ahead": "record, 1 leaf a commit",
    "record, import in one commit": "SQLite alone, 1,000 rows a commit",
    "tree, leaf + append": "pymerkle, append_entry",
}
"""For each line the line it is divided by."""


def main(argv: list[str]) -> int:
    """Measure `--runs` times and print the medians as a table; by default under 20 seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=5000, help="leaves in the large lines")
    parser.add_argument("--runs", type=int, default=3, help="rounds; the median is printed")
    parser.add_argument("--folder", type=Path, default=None, help="where to write, to choose the disk")
    options = parser.parse_args(argv)
    rounds = []
    for _ in range(options.runs):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            rounds.append(measure(Path(folder), options.entries))
    rates = {name: median(one[name] for one in rounds) for name, rate in rounds[0].items() if rate is not None}
    print(f"{'':44} {'per second':>11}  ratio")
    for name, rate in rates.items():
        peer = PEERS.get(name)
        ratio = f"{rate / rates[peer]:6.2f} x {peer}" if peer in rates else ""
        print(f"{name:44} {rate:11,.0f}  {ratio}".rstrip())
    print(
        f"\nmedian of {options.runs}, {options.entries:,} leaves; Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {os.cpu_count()} cores"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
