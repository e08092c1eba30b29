"""The day at the door: acts about persons, made on several devices without a network, folded from a set.

An act is added and never changed. What the acts amount to depends on the set of them alone, so that bundles may come
back in any order, twice, or by way of each other. Where two devices differ, both answers stand until somebody decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from quittance.dates import DateError, parse_instant
from quittance.handover.clearances import Gates
from quittance.handover.model import NOT_PRIVATE, HandoverRefused
from quittance.handover.skips import REASONS

ANSWERS: Mapping[str, tuple[str, ...]] = {
    "identity": ("confirmed", "failed"),
    "medical": ("fit", "escort", "unfit"),
    "pledge": ("signed", "refused"),
    "wish": ("affirmed", "declined", "deferred"),
    "family": ("informed", "later"),
    "property": ("returned", "missing"),
    "receipt": ("signed", "refused"),
    "gone": ("yes",),
    "dropped": REASONS,
    "discrepancy": ("not_listed", "not_received", "not_delivered", "wrong_person", "count", "other"),
}
"""Kind of act -> its values. An empty value takes the answer back."""

GOOD: Mapping[str, tuple[str, ...]] = {
    "identity": ("confirmed",),
    "medical": ("fit", "escort"),
    "pledge": ("signed",),
    "wish": ("affirmed",),
}
"""What must be answered how before a person may go."""

ALWAYS = ("identity", "wish")
"""Asked at every door, whatever the agreement says."""

_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)

_ABOUT = {"fitness": "medical", "pledge": "pledge", "identity": "identity", "wish": "wish"}

WISH_HOURS = 72
"""For so long a wish that was affirmed holds."""


@dataclass(frozen=True, slots=True, order=True)
class Act:
    """One thing done or seen about one person, at `at` (RFC 3339, UTC), by an office, on a device.

    `id` is the act's own and never used again. `settles` are ids of acts that this one decides between; without it, a
    newer act replaces only an older one of the same device. `handle` is empty for a discrepancy about nobody.
    """

    id: str
    at: str
    handle: str
    kind: str
    value: str
    reason: str = ""
    by: str = ""
    device: str = ""
    settles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """Answers of devices to one question about one person that differ; `acts` in the order of time. None counts."""

    handle: str
    kind: str
    acts: tuple[Act, ...]


def check_act(act: Act) -> None:
    """Raise `HandoverRefused` (`handover.act_form`) unless an act has a known kind, a value of it, and a time."""
    try:
        is_timed = _AT.fullmatch(act.at) is not None and parse_instant(act.at) is not None
    except DateError:
        is_timed = False
    if not is_timed:
        raise HandoverRefused(
            f"The act {act.id[:16]} has no time like 2020-08-14T09:30:00Z. Enter it again.", code="handover.act_form"
        )
    values = ANSWERS.get(act.kind)
    if values is None or act.value not in (*values, "") or not (act.handle or act.kind == "discrepancy") or not act.id:
        raise HandoverRefused(
            f"The act {act.id[:16]} is none that there is: {act.kind[:32]} is answered by one of "
            f"{', '.join(values or ANSWERS)}. Enter it again.",
            code="handover.act_form",
        )


def merge(*acts: Iterable[Act]) -> frozenset[Act]:
    """All acts together, each once. Raises `HandoverRefused` (`handover.act_differs`) where one id has two contents."""
    found: dict[str, Act] = {}
    for act in (one for some in acts for one in some):
        if found.setdefault(act.id, act) != act:
            raise HandoverRefused(
                f"The act {act.id[:16]} came with two contents. One of the bundles was changed on its way: keep both, "
                "and compare them on paper.",
                code="handover.act_differs",
            )
    return frozenset(found.values())


@dataclass(frozen=True)
class DayState:
    """What a set of acts amounts to; two of the same acts are equal however these came together."""

    acts: frozenset[Act]
    _answers: Mapping[tuple[str, str], tuple[Act, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "acts", merge(self.acts))
        newest: dict[tuple[str, str], dict[str, list[Act]]] = defaultdict(dict)
        for act in sorted(self.acts, key=lambda one: (one.at, one.id)):
            said = newest[act.handle, act.kind].setdefault(act.device, [])
            if said and said[-1].at < act.at:
                said.clear()
            said.append(act)
        settled = self._settled()
        answers = {
            question: tuple(act for said in devices.values() for act in said if _speaks(act) and act.id not in settled)
            for question, devices in newest.items()
        }
        object.__setattr__(self, "_answers", {question: acts for question, acts in sorted(answers.items()) if acts})

    def _settled(self) -> frozenset[str]:
        """The acts that somebody decided between since."""
        return frozenset(name for act in self.acts for name in act.settles if name != act.id)

    def __repr__(self) -> str:
        return f"DayState({sorted(self.acts)!r})"

    def of(self, handle: str, kind: str) -> Act | None:
        """The answer to a question about a person; None where it is not given, taken back, or in conflict."""
        acts = self._answers.get((handle, kind), ())
        return None if not acts or _differ(acts) else max(acts, key=lambda one: (one.at, one.id))

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Where devices differ, by person and kind. Discrepancies are notes side by side, and never in conflict."""
        return tuple(
            Conflict(handle, kind, tuple(sorted(acts, key=lambda one: (one.at, one.id))))
            for (handle, kind), acts in self._answers.items()
            if kind != "discrepancy" and _differ(acts)
        )

    @property
    def gone(self) -> Mapping[str, Act]:
        """Who was handed over, as noted at the door."""
        return self._answered("gone")

    @property
    def dropped(self) -> Mapping[str, Act]:
        """Who does not go, and why. For the neutral only: `skips.fold` what leaves it."""
        return self._answered("dropped")

    @property
    def discrepancies(self) -> tuple[Act, ...]:
        """Everything noted that did not agree and was not settled, in the order of time."""
        settled = self._settled()
        found = (act for act in self.acts if act.kind == "discrepancy" and act.value and act.id not in settled)
        return tuple(sorted(found, key=lambda one: (one.at, one.id)))

    def missing(self, handle: str, now: datetime, needed: Iterable[str] = tuple(GOOD)) -> tuple[str, ...]:
        """What stands in the way of a person's going: questions not answered well, and answers in conflict.

        A wish counts for `WISH_HOURS`, and only where it was asked in private. Whoever dropped out lacks `dropped`.
        """
        lacking = tuple(kind for kind in needed if not self._is_good(handle, kind, now))
        return (*lacking, "dropped") if (handle, "dropped") in self._answers else lacking

    def may_go(self, handle: str, now: datetime, needed: Iterable[str] = tuple(GOOD)) -> bool:
        """Whether nothing stands in the way."""
        return not self.missing(handle, now, needed)

    def went_without(self, needed: Iterable[str] = tuple(GOOD)) -> Mapping[str, tuple[str, ...]]:
        """Who was noted as gone while something stood in the way, and what."""
        kinds = tuple(needed)
        found = {handle: self.missing(handle, parse_instant(act.at), kinds) for handle, act in self.gone.items()}
        return {handle: lacking for handle, lacking in sorted(found.items()) if lacking}

    def _answered(self, kind: str) -> Mapping[str, Act]:
        found = {handle: self.of(handle, kind) for handle, one in self._answers if one == kind}
        return {handle: act for handle, act in found.items() if act is not None}

    def _is_good(self, handle: str, kind: str, now: datetime) -> bool:
        act = self.of(handle, kind)
        if act is None or act.value not in GOOD[kind]:
            return False
        return kind != "wish" or now - parse_instant(act.at) <= timedelta(hours=WISH_HOURS)


def _speaks(act: Act) -> bool:
    """Whether an act answers anything: an answer taken back does not, nor a wish asked while others listened."""
    return bool(act.value) and not (act.kind == "wish" and act.reason == NOT_PRIVATE)


def _differ(acts: Iterable[Act]) -> bool:
    """Whether acts do not say the same; when and by whom does not matter."""
    return len({(act.value, act.reason) for act in acts}) > 1


def needed_of(gates: Gates) -> tuple[str, ...]:
    """What must be answered well at the door under an agreement: what its clearances are about, and `ALWAYS`."""
    wanted = {*ALWAYS, *(_ABOUT[gate.about] for gate in gates.values() if gate.about in _ABOUT)}
    return tuple(kind for kind in GOOD if kind in wanted)
