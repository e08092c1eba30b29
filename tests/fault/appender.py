"""A child that appends to a record from three threads and prints each acknowledged leaf, until it is killed.

Arguments: the record, a file or the address of a database, and the number of the first leaf. Each line on standard
output is "<number> <sid> <index>"; if appending fails, the last is "! <code>" and the exit code is 1.
"""

from __future__ import annotations

import os
import sys
import threading
from itertools import count
from pathlib import Path

from tests.stores import FormSqlite

from quittance.errors import RecordError
from quittance.record import Leaf, Statement, Store
from quittance.record.writer import Writer

ORIGIN = "quittance.example/test-2020/case"


def leaf(number: int) -> Leaf:
    body = {"count": number, "note": "x" * (number % 11 * 90)}
    said = Statement("count.asserted", "test-2020", ORIGIN, f"{number:032x}", "2020-04-08T06:00:00Z", body)
    return Leaf(said, "2020-04-08T06:00:01Z")


def acknowledge(numbers: list[int], leaves: list[Leaf], indexes: list[int]) -> None:
    lines = [f"{n} {one.statement.sid} {index}\n" for n, one, index in zip(numbers, leaves, indexes, strict=True)]
    os.write(1, "".join(lines).encode())  # one write below the pipe's limit is never torn


def open_record(place: str) -> Store:
    if "dbname=" in place:
        from tests.postgres import FormPostgres

        return FormPostgres.open(place, ORIGIN)
    path = Path(place)
    return FormSqlite.open(path) if path.exists() else FormSqlite.create(path, ORIGIN)


def give_up(error: BaseException | None) -> None:
    """End the process at once with the reason, whatever its threads are doing."""
    os.write(1, f"! {error.code if isinstance(error, RecordError) else repr(error)}\n".encode())
    os._exit(1)


def main(place: str, first: int) -> None:
    threading.excepthook = lambda failed: give_up(failed.exc_value)
    try:
        store = open_record(place)
    except RecordError as error:
        give_up(error)
    numbers = count(first)

    with Writer(store, group_size=20, group_seconds=0.001) as writer:

        def one_by_one() -> None:
            for number in numbers:
                made = leaf(number)
                acknowledge([number], [made], [writer.submit(made).result()])

        def in_bulk() -> None:
            while True:
                mine = [next(numbers) for _ in range(10)]
                made = [leaf(number) for number in mine]
                acknowledge(mine, made, list(writer.append_all(made)))

        threads = [threading.Thread(target=act, daemon=True) for act in (one_by_one, one_by_one, in_bulk)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
