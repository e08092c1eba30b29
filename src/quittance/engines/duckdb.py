"""Which entries of two lists meet by their keys, found by DuckDB: within a limit of memory, what is over on disk.

The keys, the weights and the choice are those of `people.matching.blocking`, and so is the answer, to the last pair.
What lies on disk for the time are numbers: hashes of parts of names under a key that is forgotten with the run, and row
numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from quittance.people.matching.blocking import PER_ENTRY, Keys, Met, key_weights
from quittance.people.matching.kernels import I32, I64, U64

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_AT_ONCE = 20_000
"""Entries of b whose meetings are counted in one query: bounds what it keeps at a time."""


def meet(a: Keys, b: Keys, key_pairs: int, *, folder: Path, secret: int, memory: str = "4GB") -> Met:
    """What `blocking.meet` finds, by way of a DuckDB file below `folder`, which the caller removes.

    `memory` is DuckDB's own limit, as in "4GB"; `secret` is mixed into the keys before they are written.
    """
    import duckdb

    rows = len(b.first) - 1
    with duckdb.connect(str(folder / "meetings.duckdb")) as db:
        db.execute("set memory_limit = $memory", {"memory": memory})
        db.execute("set temp_directory = $folder", {"folder": str(folder / "spill")})
        db.execute("set preserve_insertion_order = false")
        _load(db, "a", a, secret)
        _load(db, "b", b, secret)
        lost = _choose(db, key_pairs, len(a.first) - 1 + rows)
        sizes, pieces = np.zeros(rows + 1, np.int64), [np.zeros(0, np.int32)]
        for start in range(0, rows, ROWS_AT_ONCE):
            of_row, partner, met = _meetings(db, start, start + ROWS_AT_ONCE)
            sizes[1:] += np.bincount(of_row, minlength=rows)
            pieces.append(partner)
            lost += met - len(partner)
    return Met(np.cumsum(sizes), np.concatenate(pieces), lost)


def _load(db: DuckDBPyConnection, name: str, keys: Keys, secret: int) -> None:
    db.register("rows", {"key": hidden(keys.sorted, secret), "entry": keys.entry})
    db.execute(f"create table {name} as select * from rows order by key")  # noqa: S608 - one of two literals
    db.unregister("rows")


def _choose(db: DuckDBPyConnection, key_pairs: int, size: int) -> int:
    """Keep the keys that are used, with what they weigh; gives how many pairs the too common ones would bring."""
    db.execute(
        """
        create table counted as
        select key, na, nb, na * nb <= $most as fits
        from (select key, count(*) as na from a group by key) join (select key, count(*) as nb from b group by key)
            using (key)
        """,
        {"most": key_pairs},
    )
    shared = db.execute("select distinct na + nb as shared from counted where fits").fetchnumpy()["shared"]
    db.register("weighed", {"shared": shared, "weight": key_weights(size, shared.astype(np.int64))})
    db.execute("create table used as select key, weight from counted join weighed on shared = na + nb where fits")
    db.unregister("weighed")
    return _number(db, "select coalesce(sum(na * nb), 0) from counted where not fits")


def _meetings(db: DuckDBPyConnection, start: int, stop: int) -> tuple[I64, I32, int]:
    """For rows `start` to `stop` of b the entries of a with the rarest keys in common: row, entry; and how many met."""
    db.execute(
        """
        create or replace temp table met as
        select b.entry as j, a.entry as i, sum(u.weight) as weight
        from b join used u using (key) join a using (key)
        where b.entry >= $start and b.entry < $stop
        group by all
        """,
        {"start": start, "stop": stop},
    )
    found = db.execute(
        """
        select j, i from (
            select j, i from met qualify row_number() over (partition by j order by weight desc, i) <= $keep
        ) order by j, i
        """,
        {"keep": PER_ENTRY},
    ).fetchnumpy()
    return found["j"].astype(np.int64), found["i"].astype(np.int32), _number(db, "select count(*) from met")


def _number(db: DuckDBPyConnection, question: str) -> int:
    """The one number that a question is answered with."""
    row = db.execute(question).fetchone()
    return int(row[0]) if row else 0


def hidden(keys: U64, secret: int) -> U64:
    """The keys under a secret number: equal ones stay equal, and nobody can look a name up by its key."""
    with np.errstate(over="ignore"):
        mixed = (keys ^ np.uint64(secret)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(32))
