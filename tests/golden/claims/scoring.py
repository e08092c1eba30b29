"""How many claims of a set are found: tuples of event, actor, number and kind, by report, against the labels.

Parts of a labelled whole (`component`) may be found or not. Saudi Arabia and the coalition are one camp with the
Yemeni government, and armed groups with the FARC.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

EVENTS = {"done", "plan", "term", "demand", "reject", "held", "list", "dispute"}
CAMPS = {"SAUDI": "YE_GOV", "COALITION": "YE_GOV", "ELN": "FARC", "ARMED_GROUPS": "FARC"}

Key = tuple[str, str, Any, str]


@dataclass(frozen=True)
class Score:
    """What was found, found wrongly and missed."""

    hit: int
    wrong: int
    missed: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.hit / (2 * self.hit + self.wrong + self.missed)

    @property
    def recall(self) -> float:
        """The share of the labels that was found."""
        return self.hit / (self.hit + self.missed)


def key_of(claim: dict[str, Any]) -> Key | None:
    """Event, actor, number and kind of a claim with a number; None for one that is not scored."""
    number = claim.get("quantity") or {}
    value = (number.get("low"), number.get("high")) if number.get("modality") == "range" else number.get("value")
    if claim["event_type"] not in EVENTS or claim["actor"] in ("US", "OTHER") or value is None:
        return None
    return claim["event_type"], CAMPS.get(claim["actor"], claim["actor"]), value, claim["kind"]


def score(found: Iterable[dict[str, Any]], labels: Iterable[dict[str, Any]], *, numbers_only: bool = False) -> Score:
    """Compare what was found with what was labelled, report by report."""
    wanted: dict[str, set[Key]] = defaultdict(set)
    optional: dict[str, set[Key]] = defaultdict(set)
    given: dict[str, set[Key]] = defaultdict(set)
    for claim in labels:
        if key := key_of(claim):
            (optional if claim["kind"] == "component" else wanted)[claim["doc"]].add(key)
    for claim in found:
        if key := key_of(claim):
            given[claim["doc"]].add(key)
    hit = wrong = missed = 0
    for doc in wanted.keys() | optional.keys():
        values, spare = {key[2] for key in wanted[doc]}, {key[2] for key in optional[doc]}
        beside = {key for key in given[doc] - wanted[doc] if key[2] in spare and key[2] not in values}
        got = given[doc] - beside - (optional[doc] - wanted[doc])
        right = wanted[doc]
        if numbers_only:
            got, right = {(key[2],) for key in got}, {(key[2],) for key in right}  # type: ignore[assignment,misc]
        hit, wrong, missed = hit + len(got & right), wrong + len(got - right), missed + len(right - got)
    return Score(hit, wrong, missed)
