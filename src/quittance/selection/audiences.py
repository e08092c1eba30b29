"""The three audiences of a selection: the neutral sees all, a party its own people, the public counts (section 7).

What a party must not learn: gates of the person and of the doctor, and whatever shows health. A gate of theirs that is
missing, and a limit on health that left no room, both read `not_available` and nothing else, so that a person who
declined looks like any other. Nobody but the neutral is told of a person who is not his: the refusal is one and the
same whether or not the register has that person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from quittance.errors import DeniedError
from quittance.selection.conditions import AllOf, AnyOf, Condition, Not
from quittance.selection.explanation import Closest, Counterfactual, Explanation
from quittance.selection.limits import Limit
from quittance.selection.quotas import Quota
from quittance.selection.result import Selection
from quittance.selection.rules import Rules

NOT_AVAILABLE = "not_available"
FEWEST = 10
"""A count below this is not shown to the public, and neither is a nought."""

REFUSAL = "You may not see or do this. Ask the operator of the case, on the machine that holds it."


@dataclass(frozen=True, slots=True)
class Party:
    """A side: the pids of its own people, the gates that are sealed from it, and the fields that show health.

    Without `sealed_fields` every scale of the rules counts as one.
    """

    own: frozenset[str] = frozenset()
    sealed_gates: frozenset[str] = frozenset()
    sealed_fields: frozenset[str] | None = None


Audience: TypeAlias = Party | Literal["neutral", "party", "public"]


def require_own(pid: str, audience: Audience) -> None:
    """Return if the audience may be told of this person; raise `DeniedError` before anything is looked up."""
    if audience == "neutral" or (isinstance(audience, Party) and pid in audience.own):
        return
    raise DeniedError(REFUSAL)


def fold(told: Explanation, audience: Audience, rules: Rules) -> Explanation:
    """What of an explanation the audience may read; the neutral reads all of it."""
    if audience == "neutral":
        return told
    assert isinstance(audience, Party)
    sealed = _Sealed(rules, audience)
    if told.reason == "gate":
        if told.outside is not None and told.gates_missing and sealed.outside(told.outside):
            return Explanation(told.pid, False, "gate", gates_missing=(NOT_AVAILABLE,))
        open_ = tuple(gate for gate in told.gates_missing if gate not in audience.sealed_gates)
        missing = (*open_, NOT_AVAILABLE) if len(open_) < len(told.gates_missing) else open_
        return Explanation(told.pid, False, "gate", gates_missing=missing, outside=told.outside)
    if any(sealed.limit(limit) for limit in told.limits):
        return Explanation(told.pid, False, "gate", gates_missing=(NOT_AVAILABLE,))
    lines = {name: points for name, points in told.lines.items() if name not in sealed.lines}
    return replace(
        told,
        points=sum(lines.values()),
        lines=lines,
        also=tuple(limit for limit in told.also if not sealed.limit(limit)),
        counterfactuals=tuple(_own(one, audience.own) for one in told.counterfactuals),
        closest=_shown(told.closest, sealed),
        needed=None if sealed.lines else told.needed,
    )


def party_result(selection: Selection, party: Party) -> dict[str, object]:
    """The result as a party reads it: its own people, everybody else as counts, sealed gates as one."""
    sealed = _Sealed(selection.rules, party)
    ranking = selection.ranking
    own = [
        {
            "pid": pid,
            "rank": rank,
            "tier": int(ranking.tiers[rank - 1]),
            "lines": {name: points for name, points in ranking.line_points(rank).items() if name not in sealed.lines},
        }
        for rank, pid in zip(selection.ranks, selection.people, strict=True)
        if pid in party.own
    ]
    return {
        **_heading(selection),
        "funnel": _funnel(selection, party.sealed_gates),
        "people": own,
        "others": len(selection.people) - len(own),
        "limits": [
            {"quota": row.quota, "class": row.class_, "min": row.lo, "max": row.hi, "count": count}
            for row, count in zip(selection.seats.rows, selection.counts_by_row(), strict=True)
            if row.quota not in sealed.quotas
        ],
    }


def public_result(
    selection: Selection, sealed_gates: frozenset[str] = frozenset(), shown_quotas: Iterable[str] = ()
) -> dict[str, object]:
    """The result as the public reads it: the funnel, the totals, and by class only quotas that the agreement shows.

    A class or a step with fewer than `FEWEST` people is hidden, and as many more as keep it from being computed.
    """
    gated, lost = selection.ranking.gated, _lost(selection, sealed_gates)
    outside, pending, *steps, ranked = shown(
        [len(gated.outside), len(gated.pending), *lost.values(), len(selection.ranking)]
    )
    told = set(shown_quotas)
    return {
        **_heading(selection),
        "funnel": {
            "register": len(selection.register),
            "outside_ratio": outside,
            "outside_ratio_pending": pending,
            "gates": [{"gate": name, "lost": count} for name, count in zip(lost, steps, strict=True)],
            "ranked": ranked,
            "batch": len(selection.ranks),
        },
        "limits": [_public_quota(selection, quota, quota.id in told) for quota in selection.rules.quotas],
    }


def shown(cells: Sequence[int], fewest: int = FEWEST) -> list[int | None]:
    """The cells of a table whose total is known, without those that are small and those that would give them away.

    With a small cell the smallest other one goes too, and more until what is hidden adds up to three times `fewest`:
    then not even a reader who knows this rule can say of a hidden cell more than a range of `fewest` values, unless the
    whole table is smaller than that.
    """
    hidden = {at for at, cell in enumerate(cells) if cell < fewest}
    rest = sorted((at for at in range(len(cells)) if at not in hidden), key=lambda at: (cells[at], at))
    if hidden:
        hidden.update(rest[:1])
        rest = rest[1:]
        while rest and sum(cells[at] for at in hidden) < 3 * fewest:
            hidden.add(rest.pop(0))
    return [None if at in hidden else cell for at, cell in enumerate(cells)]


@dataclass(frozen=True)
class _Sealed:
    """What of the rules shows health: the lines of points, the quotas, and the rules outside the ratio."""

    rules: Rules
    party: Party
    fields: frozenset[str] = field(init=False)
    lines: frozenset[str] = field(init=False)
    quotas: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        scales = frozenset(name for name, one in self.rules.fields.items() if one.type == "scale")
        fields = scales if self.party.sealed_fields is None else self.party.sealed_fields
        object.__setattr__(self, "fields", fields)
        object.__setattr__(self, "lines", frozenset(line.id for line in self.rules.points if line.field in fields))
        object.__setattr__(self, "quotas", frozenset(one.id for one in self.rules.quotas if fields & _fields(one)))

    def limit(self, limit: Limit) -> bool:
        """Whether a limit shows health. The sums of a points-first batch do where a line of points does."""
        return limit.quota in self.quotas if limit.quota else bool(self.lines)

    def outside(self, rule: str) -> bool:
        """Whether a rule outside the ratio shows health."""
        return any(self.fields & condition_fields(one.when) for one in self.rules.outside_ratio if one.id == rule)


def condition_fields(condition: Condition) -> frozenset[str]:
    """Every field that a condition looks at."""
    if isinstance(condition, AnyOf | AllOf):
        return frozenset[str]().union(*map(condition_fields, condition.conditions))
    if isinstance(condition, Not):
        return condition_fields(condition.condition)
    return frozenset({condition.field})


def _fields(quota: Quota) -> frozenset[str]:
    if quota.when is not None:
        return condition_fields(quota.when)
    return frozenset() if quota.by is None else frozenset({quota.by})


def _own(one: Counterfactual, own: frozenset[str]) -> Counterfactual:
    mine = tuple(pid for pid in one.leaves if pid in own)
    return replace(one, leaves=mine, others=len(one.leaves) - len(mine))


def _shown(closest: Closest | None, sealed: _Sealed) -> Closest | None:
    return None if closest is None or sealed.limit(closest.limit) else closest


def _heading(selection: Selection) -> dict[str, object]:
    hashed = selection.batch_sha256
    return {
        "status": selection.status,
        "method": selection.rules.method,
        "agreement": selection.agreement,
        "batch": selection.batch,
        "size": selection.size,
        "snapshot_hash": f"sha256:{selection.snapshot_sha256}",
        "rules_hash": f"sha256:{selection.rules_sha256}",
        "request_hash": f"sha256:{selection.request_sha256}",
        "batch_hash": None if hashed is None else f"sha256:{hashed}",
    }


def _lost(selection: Selection, sealed_gates: frozenset[str]) -> dict[str, int]:
    """How many fell out at each gate, all sealed gates as one, where the first of them stands."""
    lost: dict[str, int] = {}
    for step in selection.ranking.gated.funnel:
        name = NOT_AVAILABLE if step.gate in sealed_gates else step.gate
        lost[name] = lost.get(name, 0) + step.lost
    return lost


def _funnel(selection: Selection, sealed_gates: frozenset[str]) -> dict[str, object]:
    gated = selection.ranking.gated
    left = len(selection.register) - len(gated.outside) - len(gated.pending)
    gates = []
    for name, count in _lost(selection, sealed_gates).items():
        left -= count
        gates.append({"gate": name, "passed": left, "lost": count})
    return {
        "register": len(selection.register),
        "outside_ratio": len(gated.outside),
        "outside_ratio_pending": len(gated.pending),
        "gates": gates,
        "ranked": len(selection.ranking),
        "batch": len(selection.ranks),
    }


def _public_quota(selection: Selection, quota: Quota, is_shown: bool) -> dict[str, object]:
    """A quota by class where the agreement shows its classes, else how many classes it has and are at their maximum.

    Of a quota by a condition not even that: its maximum, which the rules tell, would be the number of those people.
    """
    counts = selection.counts_by_row()
    rows = [(row, counts[at]) for at, row in enumerate(selection.seats.rows) if row.quota == quota.id]
    if is_shown:
        visible = shown([count for _, count in rows])
        return {"quota": quota.id, "counts": {row.class_: count for (row, _), count in zip(rows, visible, strict=True)}}
    if quota.when is not None:
        return {"quota": quota.id, "classes": len(rows)}
    at_bound = sum(row.hi < selection.size and count == row.hi for row, count in rows)
    return {"quota": quota.id, "classes": len(rows), "at_maximum": at_bound}
