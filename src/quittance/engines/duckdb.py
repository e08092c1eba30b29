"""Which entries of two lists meet by their keys, found by DuckDB: within a limit of memory, what is over on disk.

The keys, the weights and the choice are those of `people.matching.blocking`, and so is the answer, to the last pair.
What lies on disk for the time are numbers: hashes of parts of names under a key that is forgotten with the run, and row
numbers.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from quittance.people.matching.blocking import PER_ENTRY, Keys, key_weights
from quittance.people.matching.kernels import I32, I64, U64

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROWS_AT_ONCE = 20_000
"""Entries of b whose meetings are counted in one query: bounds what it keeps at a time."""


class Meetings:
    """The meetings of two lists in a DuckDB file below `folder`, which the caller removes; to be closed.

    `memory` is DuckDB's own limit, as in "4GB"; `secret` is mixed into the keys before they are written.
    """

    def __init__(self, a: Keys, b: Keys, folder: Path, *, key_pairs: int, secret: int, memory: str = "4GB") -> None:
        import duckdb

        self.left_out: dict[int, int] = {}
        self.too_common = 0
        self._db: DuckDBPyConnection = duckdb.connect(str(folder / "meetings.duckdb"))
        try:
            self._db.execute("set memory_limit = $memory", {"memory": memory})
            self._db.execute("set temp_directory = $folder", {"folder": str(folder / "spill")})
            self._db.execute("set preserve_insertion_order = false")
            self._load("a", a, secret)
            self._load("b", b, secret)
            self._choose(key_pairs, len(a.first) - 1 + len(b.first) - 1)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def lost(self) -> int:
        """Pairs that share a key and are not among those given, at most; complete once every row was asked for."""
        return self.too_common + sum(self.left_out.values())

    def partners(self, begin: int, end: int) -> tuple[I64, I32]:
        """For rows `begin` to `end` of b: where the partners of each begin, and the entries of a, ascending."""
        sizes, pieces, dropped = np.zeros(end - begin, np.int64), [np.zeros(0, np.int32)], 0
        cursor = self._db.cursor()
        for start in range(begin, end, ROWS_AT_ONCE):
            found = cursor.execute(
                """
                with met as (
                    select b.entry as j, a.entry as i, sum(u.weight) as weight
                    from b join used u using (key) join a using (key)
                    where b.entry >= $start and b.entry < $stop
                    group by all
                ),
                ranked as (
                    select j, i, count(*) over (partition by j) as met,
                           row_number() over (partition by j order by weight desc, i) as place
                    from met
                )
                select j, i, met from ranked where place <= $keep order by j, i
                """,
                {"start": start, "stop": min(start + ROWS_AT_ONCE, end), "keep": PER_ENTRY},
            ).fetchnumpy()
            rows = found["j"].astype(np.int64) - begin
            sizes += np.bincount(rows, minlength=end - begin)
            first = np.flatnonzero(np.diff(rows, prepend=-1))
            dropped += int(found["met"][first].sum()) - len(rows)
            pieces.append(found["i"].astype(np.int32))
        self.left_out[begin] = dropped
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)]), np.concatenate(pieces)

    def _load(self, name: str, keys: Keys, secret: int) -> None:
        rows = {"key": hidden(keys.sorted, secret), "entry": keys.entry}
        self._db.register("rows", rows)
        self._db.execute(f"create table {name} as select * from rows order by key")  # noqa: S608 - one of two literals
        self._db.unregister("rows")

    def _choose(self, key_pairs: int, size: int) -> None:
        """Which keys are used, with what they weigh: integers, so that a sum does not depend on its order."""
        self._db.execute(
            """
            create table counted as
            select key, na, nb, na * nb <= $most as fits
            from (select key, count(*) as na from a group by key) join (select key, count(*) as nb from b group by key)
                using (key)
            """,
            {"most": key_pairs},
        )
        row = self._db.execute("select coalesce(sum(na * nb), 0) from counted where not fits").fetchone()
        self.too_common = int(row[0]) if row else 0
        shared = self._db.execute("select distinct na + nb as shared from counted where fits").fetchnumpy()["shared"]
        self._db.register("weighed", {"shared": shared, "weight": key_weights(size, shared.astype(np.int64))})
        self._db.execute(
            "create table used as select key, weight from counted join weighed on shared = na + nb where fits"
        )
        self._db.unregister("weighed")


def hidden(keys: U64, secret: int) -> U64:
    """The keys under a secret number: equal ones stay equal, and nobody can look a name up by its key."""
    with np.errstate(over="ignore"):
        mixed = (keys ^ np.uint64(secret)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(32))
