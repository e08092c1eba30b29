"""Persons of a batch who do not leave: why, as far as others may know, and who takes the seat.

A seat goes to the first unused person in the order of the rules with whom the batch stays legal. Seats are filled in
rounds, which are recorded also where nothing changed, so that the time of a round tells nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from quittance.handover.model import NEUTRAL, NOT_AVAILABLE, PUBLIC, Audience, Batch
from quittance.handover.outcomes import suppress
from quittance.handover.state import Proceedings

SECRET = ("declined", "deferred", "unfit")
"""Reasons that nobody but the neutral may tell apart, whoever gives them."""

OPEN = (
    *("vetoed", "identity_failed", "not_held", "died", "escaped", "already_released", "transferred"),
    *("legal_order_missing", "other_attested"),
)
"""Reasons that may be told where a side gives them; given by the neutral or the medical officer they are folded."""

REASONS = (*SECRET, *OPEN)


def fold(reason: str, office: str) -> str:
    """A reason as the record and everybody but the neutral has it; `office` ("role" or "role:party") is who gives it.

    What is known to everybody anyway by an outcome stated or a veto in the record is not folded.
    """
    if reason in SECRET or reason not in OPEN:
        return NOT_AVAILABLE
    if office.partition(":")[0] in ("neutral", "medical") and reason in ("identity_failed", "other_attested"):
        return NOT_AVAILABLE
    return reason


@dataclass(frozen=True, slots=True)
class Replaced:
    """A batch after one round: the new manifest, who came in and who went out, folded reasons, seats left empty."""

    manifest: tuple[str, ...]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    reasons: tuple[str, ...]
    short: int


def replaced(
    batch: Batch,
    out: Mapping[str, str],
    order: Sequence[str],
    is_legal: Callable[[tuple[str, ...]], bool],
    used: frozenset[str] = frozenset(),
) -> Replaced:
    """The batch without the drop-outs `out` (handle -> folded reason), seat by seat in the order of handles.

    `order` is everybody who may take a seat, the first first; `is_legal` says of a whole manifest whether it keeps the
    limits; `used` may not come in, nor may anybody who dropped out before. A seat that nobody may take stays empty. A
    drop-out who is not on the manifest, or gone, is passed over.
    """
    leaving = sorted(handle for handle in batch.to_go if handle in out)
    now = set(batch.manifest)
    barred = {*used, *batch.manifest, *(handle for one in batch.rounds for handle in one.removed)}
    free = [handle for handle in order if handle not in barred]
    added: list[str] = []
    for leaver in leaving:
        now.remove(leaver)
        comer = next((one for one in free if is_legal(tuple(sorted((*now, one))))), None)
        if comer is not None:
            free.remove(comer)
            added.append(comer)
            now.add(comer)
    return Replaced(
        tuple(sorted(now)),
        tuple(sorted(added)),
        tuple(leaving),
        tuple(sorted(out[handle] for handle in leaving)),
        batch.size - len(now),
    )


@dataclass(frozen=True, slots=True)
class SkipRate:
    """How many of all persons ever on the manifests of a batch, a holder or a list did not leave.

    `reasons` are (folded code, count), a count None where the public may not know it. For the public give the
    proceedings of `public_events`.
    """

    of: str
    name: str
    skipped: int
    total: int
    reasons: tuple[tuple[str, int | None], ...]


UNUSED = "unused"
"""Of somebody still to go when the batch was closed: no reason was given."""


def skip_rates(proceedings: Proceedings, audience: Audience = NEUTRAL) -> tuple[SkipRate, ...]:
    """The rates of all named batches: each batch, then each holder, then each list, by name.

    They are made from what the record holds, so that reasons are folded for every audience.
    """
    batches = [batch for batch in proceedings.batches.values() if batch.named]
    found = []
    for of in ("batch", "holder", "list"):
        groups: dict[str, list[Batch]] = {}
        for batch in batches:
            groups.setdefault({"batch": batch.id, "holder": batch.giver, "list": batch.list}[of], []).append(batch)
        found += [_rate(of, name, groups[name], audience) for name in sorted(groups)]
    return tuple(found)


def _rate(of: str, name: str, batches: Sequence[Batch], audience: Audience) -> SkipRate:
    codes: Counter[str] = Counter()
    total = 0
    for batch in batches:
        codes.update(batch.reasons)
        total += len(batch.manifest) + len(batch.reasons)
        if batch.closed and batch.to_go:
            codes[UNUSED] += len(batch.to_go)
    shown: Mapping[str, int | None] = codes
    if audience == PUBLIC:  # all codes, so that none is known by standing here
        shown = suppress({code: codes[code] for code in (*OPEN, UNUSED, NOT_AVAILABLE)})
    return SkipRate(of, name, codes.total(), total, tuple((code, shown[code]) for code in sorted(shown)))
