"""The second pass: what the sentence left open, the series of earlier claims may decide.

"Over 850 have been freed" is a batch or a running total, and the sentence may not say whose release it is. Claims are
taken in the order of their publication; for a claim whose kind or actor came from no cue, every reading is tried
against what is known by then. Only facts that their own sentences state, or that were settled by earlier reports,
are known; a reading is proved by a sum that closes, and is taken only if it is the only one.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from quittance.claims.model import BOTH, OTHER, Claim, Extra, Kind, Quantity
from quittance.claims.promises import Known, Promise

WEAK_KIND = "kind.default"
WEAK_ACTOR = "actor.default"
"""Rule ids of the extractor for a kind or an actor that no word of the sentence gave."""

TIE = "series: tie"
"""The note on a claim that two readings fit equally well."""

_READINGS: dict[str, tuple[Kind, ...]] = {"done": ("batch", "cumulative"), "plan": ("batch", "target", "remaining")}
_TOTALS_KEPT = 6
_BATCHES_KEPT = 40
_FALLS = 7, 10  # a total below seven tenths of an earlier one is no later total, whoever counts
_USUAL = 3  # so many batches make a usual size
_WEEK = 7
_EQUAL, _TELLING, _SUM = 1, 2, 3
"""Proofs of a reading: an equal number, an equal number that no other kind would have, a sum that closes."""

_NEAR = 1  # days between two reports of one batch
_RECORD = "record"


class _Point(NamedTuple):
    """A number of one day: a total known at its end, or one release."""

    day: date
    value: int


class _Series:
    """What is known of one actor and one definition: totals and batches by day, targets, the largest of each."""

    def __init__(self) -> None:
        self.totals: list[_Point] = []
        self.batches: list[_Point] = []
        self.told: dict[tuple[str, _Point], list[tuple[str, str]]] = {}
        self.targets: dict[int, str] = {}
        self.largest = 0
        self.top = 0

    def add(self, kind: str, point: _Point, doc: str, identity: str) -> None:
        """Learn a total or a batch: the same number on the same day is one, told by its first two documents."""
        tellers = self.told.setdefault((kind, point), [])
        if not tellers:
            insort(self.totals if kind == "total" else self.batches, point)
        if len(tellers) < 2 and all(teller[0] != doc for teller in tellers):
            tellers.append((doc, identity))
        if kind == "batch":
            self.largest = max(self.largest, point.value)

    def teller(self, kind: str, point: _Point, doc: str) -> str | None:
        """The claim of another document than `doc` that tells a total or a batch."""
        return next((identity for other, identity in self.told[kind, point] if other != doc), None)

    def known(self, day: date, doc: str) -> list[_Point]:
        """The last totals up to a day that another document tells, the latest first."""
        end = bisect_right(self.totals, day, key=lambda point: point.day)
        points = self.totals[max(0, end - _TOTALS_KEPT) : end]
        return [point for point in reversed(points) if self.teller("total", point, doc) is not None]

    def between(self, after: date, until: date) -> list[_Point]:
        """The batches after one day up to another, the latest ones if they are many."""
        start = bisect_right(self.batches, after, key=lambda batch: batch.day)
        end = bisect_right(self.batches, until, key=lambda batch: batch.day)
        return self.batches[max(start, end - _BATCHES_KEPT) : end]


class _Fit(NamedTuple):
    """How a reading stands: proved, possible, or against what is known; `sum` is the arithmetic in words."""

    proof: int
    possible: bool
    sum: str = ""


_AGAINST = _Fit(0, False)
_POSSIBLE = _Fit(0, True)


def settle(claims: Sequence[Claim], promises: Sequence[Promise], verified: Sequence[Known] = ()) -> list[Claim]:
    """The claims of one case, in the order given, with kind and actor decided by the series where that is possible.

    A claim is judged by its own report, reports published before and on its day, and the verified record; never by
    later ones. The order of the claims does not matter. Raises `ValueError` if a claim has a date that is none.
    """
    days = {index: day for index, claim in enumerate(claims) if (day := _published(claim)) is not None}
    groups: defaultdict[date, list[int]] = defaultdict(list)
    for index, day in days.items():
        groups[day].append(index)
    state = _State(promises, verified, claims)
    settled = list(claims)
    for day in sorted(groups):
        indexes = sorted(groups[day], key=lambda index: (claims[index].doc, claims[index].id))
        for index in indexes:
            state.learn(claims[index], weak=False)
        changed = [(index, state.judge(claims[index])) for index in indexes if is_weak(claims[index])]
        for index, claim in changed:
            settled[index] = claim
            if claim.kind_basis == "series":
                state.learn(claim, weak=True)
    return settled


class _State:
    """Everything known of a case up to a day of publication."""

    def __init__(self, promises: Sequence[Promise], verified: Sequence[Known], claims: Iterable[Claim]) -> None:
        self.series: defaultdict[tuple[str, str], _Series] = defaultdict(_Series)
        self.promised: defaultdict[str, dict[int, str]] = defaultdict(dict)
        for promise in promises:
            self.promised[promise.actor][promise.value] = promise.instrument
        for known in sorted(verified, key=lambda known: (known.actor, known.day, known.total)):
            self.series[known.actor, "unstated"].add("total", _Point(known.day, known.total), "", _RECORD)
        objects: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for claim in claims:
            if claim.actor not in (OTHER, BOTH):
                objects[claim.actor][claim.object] += 1
        self.actors = sorted({*objects, *self.promised})
        self.objects = {
            actor: min(counts, key=lambda each: (-counts[each], each)) for actor, counts in sorted(objects.items())
        }

    def learn(self, claim: Claim, *, weak: bool) -> None:
        """Take a claim as known if its own words, or an earlier series, say how it counts."""
        quantity, day = claim.quantity, _day(claim)
        if quantity is None or quantity.value is None or day is None or claim.actor in (OTHER, BOTH):
            return
        if not weak and is_weak(claim):
            return
        series = self.series[claim.actor, _who(claim)]
        if claim.event_type == "done" and claim.kind == "cumulative" and quantity.value:
            series.add("total", _Point(day, quantity.value), claim.doc, claim.id)
        elif claim.event_type == "done" and claim.kind == "batch" and quantity.modality == "exact" and quantity.value:
            series.add("batch", _Point(day, quantity.value), claim.doc, claim.id)
        elif claim.kind in ("target", "list"):
            series.targets.setdefault(quantity.value, claim.id)
            series.top = max(series.top, quantity.value)

    def judge(self, claim: Claim) -> Claim:
        """The claim with the only reading that fits, or as it is; with a note where two fit."""
        readings = self._readings(claim)
        proved = [reading for reading in readings if reading[2].proof and self._enough(claim, *reading)]
        if len(proved) > 1:
            return _noted(claim, TIE)
        if proved:
            return self._taken(claim, *proved[0])
        possible = [reading for reading in readings if reading[2].possible]
        if len(possible) != 1 or not possible[0][2].sum:
            return claim
        kind, actor, fit = possible[0]
        if claim.actor in (OTHER, BOTH):
            return self._taken(claim, kind, actor, fit) if kind == claim.kind == "cumulative" else claim
        return self._taken(claim, kind, actor, fit) if actor == claim.actor and kind != claim.kind else claim

    def _enough(self, claim: Claim, kind: Kind, actor: str, fit: _Fit) -> bool:
        """Whether a proof carries a reading: a sum changes all, an equal number the side, a telling one the kind."""
        if claim.actor == BOTH and actor != BOTH and kind == "batch":
            return False  # each side's number is also one side's
        if kind == claim.kind:
            return fit.proof > 0
        return fit.proof >= (_TELLING if actor == claim.actor else _SUM)

    def _readings(self, claim: Claim) -> list[tuple[Kind, str, _Fit]]:
        """Every reading of a weak claim with how it fits."""
        rule = claim.extractor.rule or "" if claim.extractor is not None else ""
        kinds = _READINGS.get(claim.event_type, ()) if WEAK_KIND in rule else (claim.kind,)
        actors = self.actors if WEAK_ACTOR in rule else [claim.actor]
        quantity, day = claim.quantity, _day(claim)
        if quantity is None or quantity.value is None or day is None:
            return []
        return [(kind, actor, self._fit(claim, quantity, day, kind, actor)) for kind in kinds for actor in actors]

    def _fit(self, claim: Claim, quantity: Quantity, day: date, kind: Kind, actor: str) -> _Fit:
        """How one reading of a claim fits what is known."""
        series = self.series.get((actor, _who(claim))) or _Series()
        points = series.known(day, claim.doc)
        if claim.event_type == "done" and kind == "cumulative":
            return self._total(quantity, claim.doc, day, series, points, actor)
        if claim.event_type == "done" and kind == "batch":
            return self._batch(quantity, claim.doc, day, series, points, actor)
        if claim.event_type == "plan":
            return self._planned(quantity, kind, series, points, actor)
        return _POSSIBLE

    def _total(
        self, quantity: Quantity, doc: str, day: date, series: _Series, points: list[_Point], actor: str
    ) -> _Fit:
        """A running total equals a known one, or a known one and the batches since; it does not fall."""
        value = quantity.value or 0
        for point in points:
            for parts in _sums(series.between(point.day, day)):
                if point.value + sum(batch.value for batch in parts) == value:
                    return _Fit(_SUM, True, f"{' + '.join(str(number) for _, number in (point, *parts))} = {value}")
        if points and value * _FALLS[1] < points[0].value * _FALLS[0]:
            return _AGAINST
        for point in points:
            if point.value == value:
                proof = _TELLING if value > series.largest > 0 else _EQUAL
                return _Fit(proof, True, f"{value} is the total of {point.day} ({series.teller('total', point, doc)})")
        if self._beyond(quantity, series, actor):
            return _AGAINST
        if points and 2 * value <= 3 * points[0].value:
            return _Fit(0, True, f"{value} is near the total {points[0].value} of {points[0].day}")
        return _POSSIBLE

    def _batch(
        self, quantity: Quantity, doc: str, day: date, series: _Series, points: list[_Point], actor: str
    ) -> _Fit:
        """A batch was told by another report, or lies between two known totals; it leaves the total under its bound."""
        value = quantity.value or 0
        for batch in series.between(date.fromordinal(max(1, day.toordinal() - _NEAR - 1)), day):
            told = series.teller("batch", batch, doc) if batch.value == value else None
            if told is not None:
                proof = _TELLING if points and points[0].value > value else _EQUAL
                return _Fit(proof, True, f"{value} is the batch of {batch.day} ({told})")
        if len(points) > 1 and (day - points[0].day).days <= _WEEK and points[0].value - points[1].value == value:
            return _Fit(_SUM, True, f"{points[0].value} - {points[1].value} = {value}")
        bound = self._bound(series, actor)
        if points and bound is not None and points[0].value + value > bound + bound // 10:
            return _AGAINST
        if points and len(series.batches) >= _USUAL and value > 2 * series.largest:
            return _AGAINST
        if points and value * _FALLS[1] < points[0].value * _FALLS[0]:
            return _Fit(0, True, f"{value} is below the total {points[0].value} of {points[0].day}")
        return _POSSIBLE

    def _planned(self, quantity: Quantity, kind: Kind, series: _Series, points: list[_Point], actor: str) -> _Fit:
        """A planned number equals a target, or what a target leaves over the known total."""
        value = quantity.value or 0
        if not points:
            return _POSSIBLE
        if kind == "target":
            instrument = self._target(series, actor, value)
            return _POSSIBLE if instrument is None else _Fit(_TELLING, True, f"{value} is the target of {instrument}")
        whole = points[0].value + value
        if kind == "remaining" and self._target(series, actor, whole) is not None:
            return _Fit(_SUM, True, f"{whole} - {points[0].value} = {value}")
        return _POSSIBLE

    def _target(self, series: _Series, actor: str, value: int) -> str | None:
        """The promise or the claim that gives `value` as a target of the actor, if any."""
        return series.targets.get(value) or self.promised.get(actor, {}).get(value)

    def _bound(self, series: _Series, actor: str) -> int | None:
        """The largest number promised by the actor, if any."""
        return max((series.top, *self.promised.get(actor, {}))) or None

    def _beyond(self, quantity: Quantity, series: _Series, actor: str) -> bool:
        """Whether a total is above everything promised, by more than a tenth."""
        bound = self._bound(series, actor)
        return bound is not None and (quantity.value or 0) > bound + bound // 10

    def _taken(self, claim: Claim, kind: Kind, actor: str, fit: _Fit) -> Claim:
        """The claim with another reading, its sum, and the rule that chose it."""
        extractor = claim.extractor
        if extractor is not None:
            rules = [f"series.{kind}"] + ([f"series.actor.{actor}"] if actor != claim.actor else [])
            extractor = msgspec.structs.replace(extractor, rule="+".join(filter(None, (extractor.rule, *rules))))
        claim = msgspec.structs.replace(
            claim,
            kind=kind,
            actor=actor,
            object=claim.object if actor == claim.actor else self.objects.get(actor, OTHER),
            kind_basis="series",
            extractor=extractor,
        )
        return _noted(claim, fit.sum)


def _sums(batches: list[_Point]) -> list[list[_Point]]:
    """The rows of batches that may have followed a total: all, one batch of neighbouring days once, the last one."""
    if not batches:
        return []
    once: list[_Point] = []
    for batch in batches:
        if not any(each.value == batch.value and (batch.day - each.day).days <= _NEAR for each in once[-3:]):
            once.append(batch)
    return [batches, once, batches[-1:]]


def _published(claim: Claim) -> date | None:
    """The day on which the claim's report came out."""
    return date.fromisoformat(claim.published) if claim.published else None


def _day(claim: Claim) -> date | None:
    """The day as of which a claim counts: its event's, the last of an interval, else the day it was said or printed."""
    text = (claim.event_date or claim.statement_date or claim.published or "").rpartition("/")[2]
    return date.fromisoformat(text) if len(text) == len("2020-03-31") else _published(claim)


def _who(claim: Claim) -> str:
    """Who is counted."""
    return claim.definition.who if claim.definition is not None else "unstated"


def is_weak(claim: Claim) -> bool:
    """Whether the sentence left the kind or the actor open."""
    rule = claim.extractor.rule or "" if claim.extractor is not None else ""
    return claim.kind_basis == "sentence" and (WEAK_KIND in rule or WEAK_ACTOR in rule)


def is_tie(claim: Claim) -> bool:
    """Whether two readings of a claim fit the series equally well, and a reviewer has to choose."""
    note = claim.extra.note if claim.extra is not None else None
    return isinstance(note, str) and note.endswith(TIE)


def _noted(claim: Claim, note: str) -> Claim:
    """The claim with a note added to its own."""
    extra = claim.extra or Extra()
    joined = note if isinstance(extra.note, msgspec.UnsetType) or not extra.note else f"{extra.note}; {note}"
    return msgspec.structs.replace(claim, extra=msgspec.structs.replace(extra, note=joined))
