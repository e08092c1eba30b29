"""What an audience sees of a batch: one word for what must not be told apart, own people only, no small count.

The folding of reasons for everybody but the neutral stands here and nowhere else in the views.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from quittance.views.batch import (
    FOLDED_REASONS,
    NEUTRAL_EYES,
    NOT_AVAILABLE,
    PUBLIC_EYES,
    SEALED,
    SEALED_BY,
    SMALL,
    Audience,
    BatchView,
    Candidate,
    FunnelStep,
    LimitLine,
    RoundLine,
    SkipRate,
)


def seen_by(
    view: BatchView,
    audience: Audience,
    *,
    private: Collection[str] = (),
    told: Collection[str] = (),
    least: int = SMALL,
) -> BatchView:
    """The same batch as an audience may see it; `private` are the lines and quotas that rest on somebody's health.

    A party sees its own lines, with one word for every reason that must not be told apart: of the gates that it does
    not grant itself it sees those in `told`. The public sees totals once everybody has arrived, and no count below
    `least` that is not the size of the whole.
    """
    if audience == NEUTRAL_EYES:
        return _for_neutral(view)
    if audience == PUBLIC_EYES:
        return _for_public(view, frozenset(private), least)
    return _for_party(view, audience, frozenset(private), frozenset(told))


def _for_neutral(view: BatchView) -> BatchView:
    """The whole page, with the sealed gates as one: they come folded, so that each alone would say something wrong."""
    sealed = _granted_by(view, lambda by: by in SEALED_BY)
    return replace(
        view,
        funnel=_folded_funnel(view.funnel, sealed, SEALED),
        candidates=tuple(
            replace(one, missing=_folded(one.missing, sealed, SEALED)) if one.missing else one
            for one in view.candidates
        ),
    )


def _granted_by(view: BatchView, wanted: Callable[[str], bool]) -> set[str]:
    """The gates of the funnel that offices of some kind grant."""
    return {gate for one in view.funnel for gate, by in zip(one.gates, one.by, strict=True) if wanted(by)}


def _folded(gates: Iterable[str], folded: set[str], word: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word if gate in folded else gate for gate in gates))


def _for_party(view: BatchView, party: str, private: frozenset[str], told: frozenset[str]) -> BatchView:
    office = {view.giver: "holding", view.taker: "receiving"}.get(party, "")
    folded = {
        gate
        for gate in _granted_by(view, lambda by: by not in ("record", office))
        if gate not in told or gate in _granted_by(view, lambda by: by in SEALED_BY)
    }
    own = tuple(_own_line(one, folded, private) for one in view.candidates if party in one.owners)
    codes = {one.code for one in own}
    return replace(
        view,
        audience=party,
        candidates=own,
        funnel=_folded_funnel(view.funnel, folded, NOT_AVAILABLE),
        limits=tuple(_without_counts(one) if one.quota in private else one for one in view.limits),
        rounds=tuple(_own_round(one, codes) for one in view.rounds),
    )


def _own_line(one: Candidate, folded: set[str], private: frozenset[str]) -> Candidate:
    """A candidate as its own side sees it: points without those for health, gates of others as one word."""
    lines = tuple((name, points) for name, points in one.lines if name not in private)
    shown = one.closest if one.closest and one.closest.quota not in private else None
    return replace(
        one,
        lines=lines,
        points=None if one.points is None else sum(points for _, points in lines),
        missing=_folded(one.missing, folded, NOT_AVAILABLE),
        limits=tuple(limit for limit in one.limits if limit.quota not in private),
        certificate=(),
        closest=shown,
    )


def _folded_funnel(funnel: tuple[FunnelStep, ...], folded: set[str], word: str) -> tuple[FunnelStep, ...]:
    """The funnel with the gates that must not be told apart drawn together under one word, after all others."""
    secret = [one for one in funnel if one.kind == "gate" and set(one.gates) <= folded]
    cost, left, steps = sum(one.lost or 0 for one in secret), 0, []
    for one in funnel:
        if one in secret:
            continue
        step = one
        if one.kind == "register":
            left = one.n or 0
        elif one.kind == "gate":
            left -= one.lost or 0
            step = replace(one, n=left)
        elif one.kind != "ranked":
            left -= one.n or 0
        elif secret:
            steps.append(FunnelStep("gate", left - cost, cost, (word,), ("",)))
        steps.append(step)
    return tuple(steps)


def _own_round(one: RoundLine, codes: set[str]) -> RoundLine:
    counts: dict[str, int] = {}
    for reason, n in one.reasons:
        word = NOT_AVAILABLE if reason in FOLDED_REASONS else reason
        counts[word] = counts.get(word, 0) + n
    return replace(
        one,
        out=tuple(code for code in one.out if code in codes),
        into=tuple(code for code in one.into if code in codes),
        reasons=tuple(counts.items()),
    )


def _without_counts(one: LimitLine) -> LimitLine:
    return replace(one, available=None, count=None, binding=None, price=None)


def _for_public(view: BatchView, private: frozenset[str], least: int) -> BatchView:
    blank = replace(
        view, audience=PUBLIC_EYES, candidates=(), rounds=(), conflict=(), points_total=None, last_rank=None,
        warnings=(), hidden=not view.arrived,
    )  # fmt: skip
    if not view.arrived:
        return replace(
            blank, funnel=(), limits=(), steps=(), seed_lines=(), skip_rates=(), done=0, snapshot_sha256="",
            request_sha256="", batch_sha256="", seed="", beacon="",
        )  # fmt: skip
    return replace(
        blank,
        funnel=coarse_funnel(view.funnel, least),
        limits=_public_limits(view.limits, private, least),
        steps=tuple(replace(one, at=one.at[:10]) for one in view.steps),
        seed_lines=tuple(
            replace(one, committed_at=one.committed_at[:10], revealed_at=one.revealed_at[:10])
            for one in view.seed_lines
        ),
        skip_rates=tuple(_public_rate(one, least) for one in view.skip_rates),
    )


def coarse_funnel(funnel: Sequence[FunnelStep], least: int) -> tuple[FunnelStep, ...]:
    """Gates drawn together until each line costs at least `least` persons, so that no line names a few.

    Persons outside the ratio go into the first line. Where all gates together cost fewer than `least`, how many were
    ranked is hidden too: the difference would name them.
    """
    if not funnel:
        return ()
    start, *others = funnel
    gates = [one for one in others if one.kind in ("outside", "outside_pending", "gate")]
    drawn: list[FunnelStep] = []
    waiting, cost = [], 0
    for one in gates:
        waiting.append(one)
        cost += (one.n if one.kind != "gate" else one.lost) or 0
        if cost >= least:
            drawn.append(_together(waiting, cost))
            waiting, cost = [], 0
    if waiting and drawn:
        last = drawn.pop()
        drawn.append(_together([last, *waiting], (last.lost or 0) + cost))
    left, steps = start.n or 0, [start]
    for one in drawn:
        left -= one.lost or 0
        steps.append(replace(one, n=left))
    if waiting and not drawn:
        steps.append(FunnelStep("gate", None, None, *_named(waiting)))
    known = not waiting or bool(drawn)
    ends = [one for one in others if one.kind in ("ranked", "batch")]
    return (*steps, *(one if one.kind == "batch" or known else replace(one, n=None) for one in ends))


def _together(steps: Sequence[FunnelStep], cost: int) -> FunnelStep:
    return FunnelStep("gate", None, cost, *_named(steps))


def _named(steps: Sequence[FunnelStep]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The gates of several lines; those of sealed offices as one word."""
    named: dict[str, str] = {}
    for one in steps:
        if one.kind != "gate":
            named["outside"] = ""
        for gate, by in zip(one.gates, one.by, strict=True):
            named[NOT_AVAILABLE if by in SEALED_BY else gate] = "" if by in SEALED_BY else by
    return tuple(named), tuple(named.values())


def _public_limits(limits: Iterable[LimitLine], private: frozenset[str], least: int) -> tuple[LimitLine, ...]:
    """Quotas all of whose cells are large keep their counts; of the others only that there is such a quota is shown."""
    lines = list(limits)
    small = {one.quota for one in lines if one.quota in private or min(one.available or 0, one.count or 0) < least}
    shown = (
        LimitLine(one.quota, "", None, None, None, None) if one.quota in small else replace(one, price=None)
        for one in lines
    )
    return tuple(dict.fromkeys(shown))


def _public_rate(one: SkipRate, least: int) -> SkipRate:
    if one.of == "batch" or one.skipped is None or one.total is None:
        return one
    shown = one.skipped >= least and one.total - one.skipped >= least
    return one if shown else replace(one, skipped=None, total=None)
