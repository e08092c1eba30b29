"""The whole way from a register and rules to a proposed batch: gates, order, limits, walk, reasons, reserve.

Pure: the seed and the checker are arguments, and nothing about time, host or checker enters a decision or a hash.
"""

from __future__ import annotations

from dataclasses import replace

from quittance.errors import UsageError
from quittance.selection.checkers import checker_for
from quittance.selection.conflicts import Conflicts
from quittance.selection.limits import Limit, Seats, seats_of
from quittance.selection.order import SEED_BYTES, ZERO_SEED, Ranking, rank
from quittance.selection.register import Register
from quittance.selection.reserve import reserves
from quittance.selection.result import Selection
from quittance.selection.rules import MAX_SIZE, Rules
from quittance.selection.walk import Checker, Passed, Progress, Walked, walk

UNSEEDED = "unseeded"
TOO_FEW_RANKED = "too_few_ranked"


def select_batch(
    register: Register,
    rules: Rules,
    *,
    size: int | None = None,
    seed: bytes | None = None,
    agreement: str | None = None,
    batch: int | str | None = None,
    checker: Checker | str | None = None,
    progress: Progress | None = None,
) -> Selection:
    """The batch that the rules choose from the register, or the conflict that leaves none.

    `size` overrides that of the rules; without `seed` ties are broken by 32 zero bytes, with the warning `unseeded`.
    `checker` is one, its name, or None for the usual one. Raises `UsageError` for a size or seed that cannot be,
    `CheckerError` when a checker does not know.
    """
    size = rules.size if size is None else size
    if not 1 <= size <= MAX_SIZE:
        raise UsageError(f"A batch has between 1 and {MAX_SIZE:,} seats, not {size}.", code="selection.size")
    if seed is not None and len(seed) != SEED_BYTES:
        raise UsageError(f"A seed has {SEED_BYTES} bytes, not {len(seed)}.", code="selection.seed")
    ranking = rank(register, rules, ZERO_SEED if seed is None else seed)
    seats = seats_of(ranking, size)
    if checker is None or isinstance(checker, str):
        checker = checker_for(seats, checker)
    too_few = len(ranking) < size
    walked = None if too_few else _walk(ranking, seats, checker, progress)
    conflict: tuple[Limit, ...] | None = None
    passed_over: tuple[Passed, ...] = ()
    if walked is not None:
        passed_over = tuple(_with_limits(walked, checker))
    else:
        conflict = () if too_few else Conflicts(seats, checker).of([0] * len(seats.signatures), None)
    return Selection(
        ranking=ranking,
        seats=seats,
        size=size,
        agreement=agreement,
        batch=batch,
        walked=walked,
        passed_over=passed_over,
        reserve=() if walked is None else reserves(seats, walked.taken, rules.reserve),
        conflict=conflict,
        warnings=(*([UNSEEDED] if seed is None else []), *([TOO_FEW_RANKED] if too_few else [])),
        checker=checker.name,
        checks=walked.checks if walked is not None else int(not too_few),
    )


def _walk(ranking: Ranking, seats: Seats, checker: Checker, progress: Progress | None) -> Walked | None:
    """The walk over the seats; by `points_first` over those that also keep the best tiers and points."""
    if ranking.rules.method == "points_first":
        from quittance.selection.points_first import points_first  # few agreements choose this method

        refined = points_first(seats, ranking.tiers.tolist(), ranking.points.tolist(), checker)
        return None if refined is None else walk(refined, checker, progress)
    return walk(seats, checker, progress)


def _with_limits(walked: Walked, checker: Checker) -> list[Passed]:
    """The people passed over, those refused jointly with the limits that stood together against them at their turn."""
    found: list[Passed] = []
    conflicts = Conflicts(walked.seats, checker)
    accepted = walked.accepted_at(0)
    taken = 0
    for one in walked.passed_over:
        if one.reason == "jointly":
            for rank in walked.taken[taken : one.taken]:
                accepted[walked.seats.signature_of[rank - 1]] += 1
            taken = one.taken
            signature = int(walked.seats.signature_of[one.rank - 1])
            limits = conflicts.of(accepted, signature, one.certificate)
            found.append(replace(one, limits=limits, certificate=conflicts.certificate or one.certificate))
        else:
            found.append(one)
    return found
