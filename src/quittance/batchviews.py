"""A selection and what the record says of its batch, as one view for the neutral; the folding for others is the view's.

Everything here is made of folded flags already; persons are codes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, time
from math import ceil
from typing import TYPE_CHECKING, Literal, cast

from quittance.agreement.calendar import Clockwork
from quittance.batchshelf import BatchShelf
from quittance.codes import code_of
from quittance.dates import parse_instant
from quittance.drafts import Chosen, is_erased
from quittance.errors import UsageError
from quittance.handover.model import Batch
from quittance.handover.outcomes import public_events
from quittance.handover.skips import skip_rates
from quittance.handover.state import Proceedings
from quittance.handoverlog import Draw, SeedRequest
from quittance.selection.gates import missing_gates
from quittance.views.batch import (
    BatchLine,
    BatchView,
    Candidate,
    FunnelStep,
    LimitLine,
    LimitRef,
    Reason,
    RoundLine,
    SeedLine,
    SkipRate,
    Standing,
    StepLine,
)
from quittance.views.sums import SumsView, sums_view

if TYPE_CHECKING:
    from quittance.selection.limits import Limit, Row
    from quittance.selection.result import Selection
    from quittance.views.batch import Step


def batch_line(batch: Batch) -> BatchLine:
    """A recorded batch in one line."""
    at = batch.entries.get("proposed", (0, ""))[1]
    return BatchLine(
        batch.id,
        cast("Step", batch.step),
        batch.list,
        batch.commitment,
        batch.giver,
        batch.taker,
        batch.size,
        batch.done,
        at,
        len(batch.rounds),
    )


def draft_view(shelf: BatchShelf, chosen: Chosen, giver: str, taker: str) -> BatchView:
    """A draft, not signed by anybody."""
    selection = chosen.selection
    return BatchView(
        id="",
        step="draft",
        list=chosen.material.list,
        commitment=shelf.agreement.handovers.commitment or "",
        giver=giver,
        taker=taker,
        size=selection.size,
        method=selection.rules.method,
        funnel=_funnel(shelf, selection),
        candidates=_candidates(chosen, None, taker),
        limits=_limits(selection, _prices(selection)),
        feasible=selection.status == "proposed",
        conflict=tuple(map(_ref, selection.conflict or ())),
        points_total=selection.points_total,
        last_rank=selection.last_rank,
        reserve_length=selection.rules.reserve,
        snapshot_sha256=selection.snapshot_sha256,
        rules_sha256=selection.rules_sha256,
        request_sha256=selection.request_sha256,
        batch_sha256=selection.batch_sha256 or "",
        seed=selection.seed.hex(),
        warnings=selection.warnings,
    )


def batch_view(shelf: BatchShelf, batch: Batch, chosen: Chosen | None) -> BatchView:
    """A recorded batch; `chosen` is None where the vault holds nothing of it."""
    request = shelf.log.seeds.get(batch.id)
    selection = chosen.selection if chosen else None
    rates = skip_rates(shelf.proceedings)
    warnings = (*(selection.warnings if selection else ()), *(["erased"] if chosen and is_erased(chosen) else ()))
    return BatchView(
        id=batch.id,
        step=cast("Step", batch.step),
        list=batch.list,
        commitment=batch.commitment,
        giver=batch.giver,
        taker=batch.taker,
        size=batch.size,
        method=selection.rules.method if selection else "",
        funnel=_funnel(shelf, selection) if selection else (),
        candidates=_candidates(chosen, batch, batch.taker) if chosen else _manifest_alone(batch),
        limits=_limits(selection) if selection else (),
        points_total=selection.points_total if selection else None,
        last_rank=selection.last_rank if selection else None,
        reserve_length=selection.rules.reserve if selection else 0,
        steps=tuple(
            StepLine(cast("Step", step), at, index)
            for step, (index, at) in sorted(batch.entries.items(), key=lambda one: one[1])
        ),
        snapshot_sha256=batch.snapshot_sha256,
        rules_sha256=batch.rules_sha256,
        request_sha256=batch.request_sha256,
        batch_sha256=batch.batch_sha256,
        seed=chosen.material.seed if chosen else "",
        seed_lines=_seed_lines(request),
        beacon=request.beacon if request else "",
        rounds=_rounds(batch),
        skip_rates=tuple(
            SkipRate(one.of, one.name, one.skipped, one.total)  # type: ignore[arg-type]  # batch, holder or list
            for one in rates
            if one.name in (batch.id, batch.giver, batch.list)
        ),
        done=batch.done,
        warnings=warnings,
        arrived=has_arrived(shelf, batch),
    )


def has_arrived(shelf: BatchShelf, batch: Batch) -> bool:
    """Whether the public may know of a batch: closed, everybody received, and the delay over."""
    now = shelf.now
    public = Proceedings(shelf.proceedings.default_list, public_events(shelf.log.events(now, now), now))
    found = public.batches.get(batch.id)
    return found is not None and found.closed


def _funnel(shelf: BatchShelf, selection: Selection) -> tuple[FunnelStep, ...]:
    gated = selection.ranking.gated
    steps = [
        FunnelStep("register", len(selection.register)),
        FunnelStep("outside", len(gated.outside)),
        FunnelStep("outside_pending", len(gated.pending)),
    ]
    for loss in gated.funnel:
        by = shelf.gates[loss.gate].by if loss.gate in shelf.gates else "record"
        steps.append(FunnelStep("gate", loss.passed, loss.lost, (loss.gate,), (by,)))
    taken = len(selection.ranks)
    return (*steps, FunnelStep("ranked", len(selection.ranking)), FunnelStep("batch", taken))


def _candidates(chosen: Chosen, batch: Batch | None, taker: str) -> tuple[Candidate, ...]:
    """Everybody of the register: the ranked by rank, the others by code."""
    selection = chosen.selection
    ranking, register = selection.ranking, selection.register
    passed = {one.rank: one for one in selection.passed_over}
    reserve = {one.rank: one.can_replace for one in selection.reserve}
    taken = set(selection.ranks)
    standing = _standing(batch)
    found = []
    for rank in range(1, len(ranking) + 1):
        pid = ranking.pid(rank)
        handle, over = chosen.handles[pid], passed.get(rank)
        reason: Reason = "in" if rank in taken else over.reason if over else "order"
        place = standing.get(handle, "reserve" if rank in reserve and batch is not None else "")
        found.append(
            Candidate(
                pid,
                reason,
                _owners(handle in standing, batch, taker),
                rank,
                int(ranking.tiers[rank - 1]),
                int(ranking.points[rank - 1]),
                tuple(ranking.line_points(rank).items()),
                limits=tuple(map(_ref, over.limits)) if over else (),
                certificate=over.certificate or () if over else (),
                standing=place,
                can_replace=reserve.get(rank),
            )
        )
    outside, pending = set(ranking.gated.outside), set(ranking.gated.pending)
    for at, pid in enumerate(register.pids):
        if ranking.rank_of(at) is None:
            why: Reason = "outside" if at in outside else "outside_pending" if at in pending else "gate"
            missing = missing_gates(register, selection.rules, at)
            handle = chosen.handles[pid]
            owners = _owners(handle in standing, batch, taker)
            found.append(Candidate(pid, why, owners, missing=missing, standing=standing.get(handle, "")))
    return tuple(found)


def _manifest_alone(batch: Batch) -> tuple[Candidate, ...]:
    standing = _standing(batch)
    lines = ((code_of(one), one) for one in standing)
    return tuple(
        Candidate(code, "in", _owners(True, batch, batch.taker), standing=standing[one]) for code, one in sorted(lines)
    )


def _owners(is_named: bool, batch: Batch | None, taker: str) -> tuple[str, ...]:
    """The parties that may see a person's line: who asks for him, and who holds him once he is on a manifest."""
    return (taker, batch.giver) if batch is not None and is_named else (taker,)


def _standing(batch: Batch | None) -> dict[str, Standing]:
    """Everybody who is or was on the manifest of a batch."""
    if batch is None:
        return {}
    out: dict[str, Standing] = {handle: "out" for one in batch.rounds for handle in one.removed}
    pulled = {handle for one in batch.rounds for handle in one.added}
    here: dict[str, Standing] = {
        handle: "gone" if handle in batch.gone else "pulled" if handle in pulled else "going"
        for handle in batch.manifest
    }
    return {**out, **here}


def _limits(selection: Selection, prices: Mapping[tuple[str, str], int] | None = None) -> tuple[LimitLine, ...]:
    rows = zip(selection.seats.rows, selection.seats.available(), selection.counts_by_row(), strict=True)
    return tuple(
        LimitLine(
            row.quota,
            row.class_,
            row.lo,
            row.hi,
            available,
            count,
            _binding(row, count, selection),
            None if prices is None else prices.get((row.quota, row.class_), 0),
        )
        for row, available, count in rows
    )


def _prices(selection: Selection) -> dict[tuple[str, str], int] | None:
    """Points for one seat more, rounded up, of each class whose limit costs any; None where they cannot be computed."""
    from quittance.selection.binding import points_per_seat
    from quittance.selection.checkers.lp import available

    if selection.walked is None or not available():
        return None
    found: dict[tuple[str, str], int] = {}
    for one in points_per_seat(selection.ranking, selection.seats):
        name = one.limit.quota, one.limit.class_
        found[name] = max(found.get(name, 0), ceil(one.points_per_seat))
    return found


def _binding(row: Row, count: int, selection: Selection) -> Literal["min", "max"] | None:
    """Which bound a count has reached; the lower one if both, none where nobody was chosen."""
    if selection.walked is None:
        return None
    return "min" if count == row.lo else "max" if count == row.hi else None


def _ref(limit: Limit) -> LimitRef:
    return LimitRef(limit.quota, limit.class_, limit.bound, limit.value)


def _seed_lines(request: SeedRequest | None) -> tuple[SeedLine, ...]:
    if request is None:
        return ()

    def line(label: str, bound: Draw, shown: Draw | None) -> SeedLine:
        return SeedLine(
            label,
            bound.value,
            bound.at,
            bound.index,
            shown.at if shown else "",
            shown.index if shown else None,
            shown is None,
        )

    return tuple(line(label, bound, request.reveals.get(label)) for label, bound in sorted(request.commits.items()))


def _rounds(batch: Batch) -> tuple[RoundLine, ...]:
    return tuple(
        RoundLine(
            one.number,
            one.at,
            tuple(map(code_of, one.removed)),
            tuple(map(code_of, one.added)),
            _counted(Counter(one.reasons)),
            batch.size - len(one.handles),
            one.sha256,
            one.before_sha256,
            one.index,
        )
        for one in batch.rounds
    )


def _counted(reasons: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(reasons.items()))


def sums_of(shelf: BatchShelf, as_of: date | None, known_by: date | None) -> SumsView:
    """What became of everybody, by the record as of a day and as known by another; today where they are left out."""
    clockwork = Clockwork(shelf.agreement.calendar)
    today = clockwork.local_day(shelf.now)
    day = as_of or today
    seen = known_by or day
    now = min(shelf.now, _end_of(clockwork, day))
    events = tuple(shelf.log.events(_end_of(clockwork, day), _end_of(clockwork, seen)))
    default = shelf.agreement.handovers.list or ""
    shown = public_events(events, now)
    known = {len(one): Proceedings(default, one) for one in (events, shown)}
    proceedings, public = known[len(events)], known[len(shown)]
    sizes = {one.size: one for one in known.values()}
    return sums_view(
        proceedings,
        public,
        shelf.agreement,
        lambda size: shelf.sealed(sizes[size]),
        now,
        parse_instant(shown[-1].accepted) if shown else now,
        as_of=day.isoformat(),
        known_by=seen.isoformat(),
        parties=sorted({party for name in proceedings.names for party in _parties(shelf, name)}),
    )


def _parties(shelf: BatchShelf, name: str) -> tuple[str, ...]:
    """Who takes the persons of a list, and who gives them where that is clear."""
    try:
        return shelf.parties(name, shelf.agreement.handovers.commitment or "")
    except UsageError:
        return (name.partition("/")[0],)


def _end_of(clockwork: Clockwork, day: date) -> datetime:
    """The last second of a day of the agreement."""
    return datetime.combine(day, time(23, 59, 59), clockwork.zone)
