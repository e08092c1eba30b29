"""The best partners of every entry of list B, found on several threads with the same result on any number of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from quittance.people.matching.candidates import Partners
from quittance.people.matching.context import Context, Progress
from quittance.people.matching.kernels import F64, I32, I64
from quittance.people.matching.pairs import N_PARTS, rank_rows, score_listed
from quittance.people.matching.words import N_FEATURES

NONE_BEFORE = -1e9


@dataclass(frozen=True, slots=True)
class Ranked:
    """For each entry of b its best partners in a, best first (-1 for none), and for each entry of a its two best
    scores."""

    top: I32 = field(repr=False)
    score: F64 = field(repr=False)
    rival: F64 = field(repr=False)
    scored: int


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs in full: parts and states [pair, part], the forms compared [pair, 2], and their features [pair,
    feature]."""

    parts: F64 = field(repr=False)
    states: I64 = field(repr=False)
    forms: I32 = field(repr=False)
    features: F64 = field(repr=False)


def rank(
    context: Context, partners: Partners, keep: int, *, threads: int = 2, progress: Progress | None = None
) -> Ranked:
    """Score each entry of b with its partners and keep the best `keep` of each."""
    rows_b = len(context.b)
    top, score = np.full((rows_b, keep), -1, np.int32), np.full((rows_b, keep), NONE_BEFORE)
    chunks = max(1, min(rows_b, 16 * threads))
    bounds = np.linspace(0, rows_b, chunks + 1).astype(int).tolist()
    rivals = [np.full((len(context.a), 2), NONE_BEFORE) for _ in range(threads)]
    done: list[int] = []

    def work(thread: int) -> int:
        scored = 0
        for chunk in range(thread, chunks, threads):
            begin, end = bounds[chunk], bounds[chunk + 1]
            first, partner = partners(begin, end)
            scored += len(partner)
            with np.errstate(over="ignore"):
                rank_rows(
                    context.side_a, context.side_b, context.shared, begin, end, first, partner, top, score,
                    rivals[thread],
                )  # fmt: skip
            done.append(chunk)
            if progress:
                progress("pairs", len(done) / chunks)
        return scored

    with ThreadPoolExecutor(threads) as pool:
        scored = sum(pool.map(work, range(threads)))
    return Ranked(top, score, -np.sort(-np.concatenate(rivals, axis=1), axis=1)[:, :2], scored)


def score_pairs(context: Context, ia: I32, ib: I32) -> Scored:
    """The pairs (ia[k], ib[k]) in full."""
    size = len(ia)
    scored = Scored(
        np.zeros((size, N_PARTS)),
        np.zeros((size, N_PARTS), np.int64),
        np.zeros((size, 2), np.int32),
        np.zeros((size, N_FEATURES)),
    )
    with np.errstate(over="ignore"):
        score_listed(
            context.side_a, context.side_b, context.shared, ia, ib, scored.parts, scored.states, scored.forms,
            scored.features,
        )  # fmt: skip
    return scored
