"""At most one partner each: the best assignment over each group of entries that compete for the same partners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]
from scipy.sparse import coo_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from quittance.people.matching.calibration import SIGNS
from quittance.people.matching.result import Candidate

AT_SUM = SIGNS.index("sum")


def one_to_one(candidates: Sequence[Candidate], even: float) -> tuple[Candidate, ...]:
    """For each entry of b at most one candidate, for each of a at most one too, of the greatest sum of scores over all.

    Of names alone a score counts from `even` (its first sign, the score less the logarithm of size), with fields what
    all parts say together counts from 0; below that nobody is the better partner. Where two assignments are worth the
    same, both candidates keep their alert `tie`.
    """
    worth = np.array([_worth(one.signs, even) for one in candidates])
    kept = [one for one, value in zip(candidates, worth.tolist(), strict=True) if value > 0]
    if not kept:
        return ()
    worth = worth[worth > 0]
    rows, row = np.unique([one.b for one in kept], return_inverse=True)
    columns, column = np.unique([one.a for one in kept], return_inverse=True)
    links = coo_array((np.ones(len(kept)), (row, column + len(rows))), shape=(len(rows) + len(columns),) * 2)
    _, group = connected_components(links, directed=False)
    members: dict[int, list[int]] = {}
    for at, number in enumerate(group[row].tolist()):
        members.setdefault(number, []).append(at)
    chosen: list[int] = []
    for ats in members.values():
        chosen += ats if len(ats) == 1 else _solve(ats, row, column, worth)
    return tuple(replace(kept[at], rank=1) for at in sorted(chosen))


def _worth(signs: tuple[float, ...], even: float) -> float:
    return signs[AT_SUM] if signs[AT_SUM - 1] else signs[0] - even


def _solve(ats: list[int], row: np.ndarray, column: np.ndarray, worth: np.ndarray) -> list[int]:
    """The chosen of one group. Each row has a column of its own worth 0: nobody."""
    mine_row = {int(one): at for at, one in enumerate(dict.fromkeys(row[ats].tolist()))}
    mine_column = {int(one): at for at, one in enumerate(dict.fromkeys(column[ats].tolist()))}
    gain = np.full((len(mine_row), len(mine_column) + len(mine_row)), -1e6)
    gain[np.arange(len(mine_row)), len(mine_column) + np.arange(len(mine_row))] = 0.0
    at_cell: dict[tuple[int, int], int] = {}
    for at in ats:
        cell = (mine_row[int(row[at])], mine_column[int(column[at])])
        gain[cell] = worth[at]
        at_cell[cell] = at
    found = linear_sum_assignment(gain, maximize=True)
    return [at_cell[cell] for cell in zip(*(side.tolist() for side in found), strict=True) if cell in at_cell]
