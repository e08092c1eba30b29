"""Who takes whose seat: one round of a batch under way, by the rules that chose it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import groupby

from quittance.codes import code_of
from quittance.drafts import Chosen
from quittance.handover.model import Batch
from quittance.handover.skips import Replaced, replaced
from quittance.selection.canonical import batch_sha256
from quittance.selection.limits import Seats


def round_of(batch: Batch, chosen: Chosen, out: Mapping[str, str], available: Collection[str]) -> Replaced:
    """The batch after a round in which `out` (handle -> folded reason) leave; seats go to the first in order.

    `available` are those who may come in now. A batch outside the ratio has no seats to fill.
    """
    order = () if chosen.material.outside else tuple(one for one in chosen.order if one in available)
    ranks = {handle: rank for rank, handle in enumerate(chosen.order, 1)}

    def is_legal(manifest: tuple[str, ...]) -> bool:
        return keeps_limits(chosen.selection.seats, [ranks[one] for one in manifest if one in ranks])

    return replaced(batch, out, order, is_legal)


def keeps_limits(seats: Seats, ranks: Collection[int]) -> bool:
    """Whether people at these ranks keep every limit, where seats that stay empty may be what a minimum lacks."""
    counts: Counter[int] = Counter()
    for rank in ranks:
        counts.update(seats.rows_of[int(seats.signature_of[rank - 1])])
    short = seats.size - len(ranks)
    if short < 0 or any(counts[at] > row.hi for at, row in enumerate(seats.rows)):
        return False
    places = enumerate(seats.rows)
    return all(
        sum(max(row.lo - counts[at], 0) for at, row in rows) <= short
        for _, rows in groupby(places, key=lambda one: one[1].quota)
    )


def hash_of(chosen: Chosen, manifest: Collection[str]) -> str:
    """The hash of a batch with another manifest: the same register, rules and seed.

    Whoever was erased since has no rank any more and comes last, by handle.
    """
    material, selection = chosen.material, chosen.selection
    ranks = {handle: rank for rank, handle in enumerate(chosen.order)}
    people = [code_of(one) for one in sorted(manifest, key=lambda one: (ranks.get(one, len(ranks)), one))]
    outside = list(selection.outside_ratio)
    if material.outside:
        people, outside = [], people
    return batch_sha256(
        selection.agreement,
        selection.batch,
        selection.size,
        material.snapshot_sha256,
        material.rules_sha256,
        selection.seed,
        people,
        outside,
    )
