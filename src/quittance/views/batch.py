"""A batch on one page: who is in, who is not and why, what each limit costs, how far it is.

The use case fills a `BatchView` for the neutral; `batch_seen` makes from it what a party or the public sees. Persons
are codes; no name ever enters these views.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Audience: TypeAlias = str
"""`neutral`, `public`, or the id of a party."""

NEUTRAL_EYES, PUBLIC_EYES = "neutral", "public"

SMALL = 10
"""Least count that a table for the public shows."""

Step = Literal["draft", "proposed", "cleared", "authorised", "closed"]
STEPS: tuple[str, ...] = get_args(Step)

FunnelKind = Literal["register", "outside", "outside_pending", "gate", "ranked", "batch"]

Reason = Literal["in", "gate", "order", "cap", "owed", "jointly", "outside", "outside_pending"]
"""Why somebody is in or is not: in; a gate is not yes; ranked after the last one taken; an upper limit was reached at
their turn; all seats left were owed to minima; limits together forbid it; goes outside the ratio, or waits."""

Standing = Literal["", "going", "gone", "out", "reserve", "pulled"]
"""Of a candidate in a recorded batch: going with it, handed over, dropped out, in reserve, brought in by a round."""

NOT_AVAILABLE = "not_available"
"""The one word for every gate and drop-out reason that must not be told apart."""

SEALED_BY = ("neutral", "medical")
"""Offices whose gates are sealed."""

SEALED = "sealed"
"""The one word for all sealed gates: which of them is not yes is told apart nowhere here, not even for the neutral."""

FOLDED_REASONS = frozenset({"declined", "deferred", "unfit", "identity_failed"})
"""Reasons of a drop-out that nobody but the neutral may tell apart."""

SHOWN = ("all", "in", "passed", "order", "gate", "reserve", "outside")
"""What of the candidates can be asked for."""


@dataclass(frozen=True, slots=True)
class LimitRef:
    """One bound of a quota for one class of persons."""

    quota: str
    class_: str
    bound: Literal["min", "max"]
    value: int


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """A line of the funnel: how many are left after it, how many it cost. None where the audience may not know.

    `gates` are the gates that the line stands for: one, or for limited audiences several that were drawn together;
    `by` is the office that grants each of them.
    """

    kind: FunnelKind
    n: int | None
    lost: int | None = None
    gates: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person of the register in one line; `owners` are the parties that may see the line.

    `lines` are the points by rule line; `missing` the gates that are not yes, in the order of the rules; `limits` the
    bounds that the reason names; `certificate` (quota, class, multiplier) proves a joint refusal by addition.
    """

    code: str
    reason: Reason
    owners: tuple[str, ...] = ()
    rank: int | None = None
    tier: int | None = None
    points: int | None = None
    lines: tuple[tuple[str, int], ...] = ()
    missing: tuple[str, ...] = ()
    limits: tuple[LimitRef, ...] = ()
    certificate: tuple[tuple[str, str, int], ...] = ()
    standing: Standing = ""
    can_replace: int | None = None
    closest: LimitRef | None = None


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One class of a quota: its bounds, how many are ranked, how many the batch has, what a seat of it costs.

    `price` is in points for one seat more; None where it was not computed, 0 where the limit costs nothing.
    """

    quota: str
    class_: str
    low: int | None
    high: int | None
    available: int | None
    count: int | None
    binding: Literal["min", "max"] | None = None
    price: int | None = None


@dataclass(frozen=True, slots=True)
class SeedLine:
    """What one office did for the seed; the indexes are entries of the record."""

    office: str
    commit: str = ""
    committed_at: str = ""
    committed: int | None = None
    revealed_at: str = ""
    revealed: int | None = None
    defaulted: bool = False


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of the batch, and since when, by which entry of the record."""

    step: Step
    at: str = ""
    index: int | None = None


@dataclass(frozen=True, slots=True)
class RoundLine:
    """One round of drop-outs and substitutes; `reasons` are (reason code, count). A round may change nothing.

    `short` counts the seats that stayed empty because nobody fits.
    """

    round: int
    at: str
    out: tuple[str, ...]
    into: tuple[str, ...]
    reasons: tuple[tuple[str, int], ...]
    short: int = 0
    batch_sha256: str = ""
    before_sha256: str = ""
    index: int | None = None


@dataclass(frozen=True, slots=True)
class SkipRate:
    """How many of the persons of a manifest did not leave: over all, by holder or by list; None where it is hidden."""

    of: Literal["batch", "holder", "list"]
    name: str
    skipped: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Difference:
    """Two runs of the same rules beside each other: who comes in and who goes out from the first to the second.

    `enters` and `leaves` are the codes that the audience may see; the counts are always those of everybody.
    """

    first_size: int
    second_size: int
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    entering: int
    leaving: int
    first_points: int | None
    second_points: int | None
    loosened: LimitRef | None = None
    feasible: bool = True


@dataclass(frozen=True, slots=True)
class BatchView:
    """A draft, a proposal, or a batch under way, for one audience.

    `candidates` is everybody of the register in the order of rank, the unranked after them by code. `limits` stand in
    the order of the rules. Hashes are bare hex, empty where there is none yet. `conflict` is the smallest set of limits
    that cannot hold together, where `feasible` is not. `arrived` says that the batch is closed, everybody handed over
    was received, and the delay for publication is over; before that the public sees the criteria only.
    """

    id: str
    step: Step
    list: str
    commitment: str
    giver: str
    taker: str
    size: int
    method: str
    funnel: tuple[FunnelStep, ...]
    candidates: tuple[Candidate, ...]
    limits: tuple[LimitLine, ...]
    audience: Audience = NEUTRAL_EYES
    feasible: bool = True
    conflict: tuple[LimitRef, ...] = ()
    points_total: int | None = None
    last_rank: int | None = None
    reserve_length: int = 0
    steps: tuple[StepLine, ...] = ()
    snapshot_sha256: str = ""
    rules_sha256: str = ""
    request_sha256: str = ""
    batch_sha256: str = ""
    seed: str = ""
    seed_lines: tuple[SeedLine, ...] = ()
    beacon: str = ""
    rounds: tuple[RoundLine, ...] = ()
    skip_rates: tuple[SkipRate, ...] = ()
    done: int = 0
    warnings: tuple[str, ...] = ()
    arrived: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A recorded batch in one line."""

    id: str
    step: Step
    list: str
    commitment: str
    giver: str
    taker: str
    size: int
    done: int
    at: str
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class BatchesView:
    """Every recorded batch, the newest first, and the lists for which a batch can be drafted.

    `lacking` says why no draft can be made, each a code: `rules` (the agreement has no selection), `list` (no list
    stands in the record), `traits` (the register lacks fields of the rules).
    """

    batches: tuple[BatchLine, ...]
    lists: tuple[str, ...]
    list: str = ""
    size: int = 0
    lacking: tuple[str, ...] = ()


def difference(first: BatchView, second: BatchView, loosened: LimitRef | None = None) -> Difference:
    """Who comes in and who goes out from the first run to the second, by order of rank."""
    before, after = _taken(first), _taken(second)
    return Difference(
        first.size,
        second.size,
        tuple(code for code in after if code not in before),
        tuple(code for code in before if code not in after),
        len(after.keys() - before.keys()),
        len(before.keys() - after.keys()),
        first.points_total,
        second.points_total,
        loosened,
        second.feasible,
    )


def _taken(view: BatchView) -> dict[str, None]:
    return {one.code: None for one in view.candidates if one.reason == "in"}


def shown_candidates(view: BatchView, show: str) -> tuple[Candidate, ...]:
    """The candidates of one kind of `SHOWN`, in their order."""
    wanted: Mapping[str, Callable[[Candidate], bool]] = {
        "in": lambda one: one.reason == "in" or one.standing == "pulled",
        "passed": lambda one: one.reason in ("cap", "owed", "jointly"),
        "order": lambda one: one.reason == "order",
        "gate": lambda one: one.reason == "gate",
        "reserve": lambda one: one.standing in ("reserve", "pulled") or is_in_reserve(view, one),
        "outside": lambda one: one.reason in ("outside", "outside_pending"),
    }
    keep = wanted.get(show)
    return view.candidates if keep is None else tuple(filter(keep, view.candidates))


def is_in_reserve(view: BatchView, one: Candidate) -> bool:
    """Whether somebody would be the next to come in; in a draft, whoever can replace anybody."""
    return one.standing == "reserve" or (view.step == "draft" and bool(one.can_replace))


def cut_line(view: BatchView, each: int = 12) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """The ranked persons next to the end of the batch: up to `each` at or before its last rank, and after it."""
    if view.last_rank is None:
        return (), ()
    ranked = [one for one in view.candidates if one.rank is not None]
    before = [one for one in ranked if one.rank is not None and one.rank <= view.last_rank]
    after = [one for one in ranked if one.rank is not None and one.rank > view.last_rank]
    return tuple(before[-each:]), tuple(after[:each])


def manifest(view: BatchView) -> tuple[Candidate, ...]:
    """Whoever goes or went with the batch, in order of rank; whoever dropped out is not among them."""
    if view.step == "draft":
        return shown_candidates(view, "in")
    return tuple(one for one in view.candidates if one.standing in ("going", "gone", "pulled"))
