"""Matching two lists from beginning to end, and finding people who stand twice in one list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from quittance.people.matching.assignment import one_to_one
from quittance.people.matching.blocking import Finder, Met, keys_of, meet, readings_met
from quittance.people.matching.calibration import Calibration, shipped_calibration
from quittance.people.matching.candidates import Partners, sharing
from quittance.people.matching.context import Context, Progress, background, context
from quittance.people.matching.deciding import decide
from quittance.people.matching.evidence import rarities
from quittance.people.matching.kernels import I32, I64
from quittance.people.matching.prepared import Prepared, prepare
from quittance.people.matching.ranking import rank
from quittance.people.matching.result import Matching
from quittance.people.matching.settings import Settings
from quittance.people.model import ListEntry
from quittance.people.names.channel import Channel
from quittance.people.places import Gazetteer


def match(
    a: Sequence[ListEntry],
    b: Sequence[ListEntry],
    settings: Settings = Settings(),  # noqa: B008 - frozen
    calibration: Calibration | None = None,
    progress: Progress | None = None,
    gazetteer: Gazetteer | None = None,
    finder: Finder | None = None,
) -> Matching:
    """Say for each entry of `b` which of `a` it may be, with probability, decision and reasons.

    The same entries in any order give the same candidates. `progress` is called with a word for what is being done and
    the share of it that is done. `finder` finds the pairs of large lists, in memory if it is left out.
    """
    report = progress or (lambda what, share: None)
    report("reading names", 0.0)
    prepared_a = prepare(a, gazetteer)
    report("reading names", 0.5)
    prepared_b = prepare(b, gazetteer)
    report("reading names", 1.0)
    return match_prepared(prepared_a, prepared_b, settings, calibration, progress, gazetteer, finder)


def match_prepared(
    a: Prepared,
    b: Prepared,
    settings: Settings = Settings(),  # noqa: B008 - frozen
    calibration: Calibration | None = None,
    progress: Progress | None = None,
    gazetteer: Gazetteer | None = None,
    finder: Finder | None = None,
    *,
    within: bool = False,
) -> Matching:
    """`match` for lists made ready; `within` for one list against itself, each pair once."""
    report = progress or (lambda what, share: None)
    calibration = calibration or shipped_calibration()
    report("weighing words", 0.0)
    side_by_side, partners, met = candidate_pairs(a, b, settings, gazetteer, finder)
    report("weighing words", 1.0)
    ranked = rank(
        side_by_side, _earlier(partners) if within else partners, max(settings.candidates, 2),
        threads=settings.threads, progress=progress,
    )  # fmt: skip
    candidates, shift = decide(side_by_side, ranked, settings, calibration)
    if settings.one_to_one:
        candidates = one_to_one(candidates, calibration.even)
    return Matching(
        candidates=tuple(one for one in candidates if one.rank <= settings.candidates),
        settings=settings,
        calibration=calibration,
        a_size=len(a),
        b_size=len(b),
        compared=ranked.scored,
        lost=met.lost if met else 0,
        shift=shift,
        tables_sha256=Channel.load().tables_sha256,
        context=side_by_side,
    )


def candidate_pairs(
    a: Prepared, b: Prepared, settings: Settings, gazetteer: Gazetteer | None = None, finder: Finder | None = None
) -> tuple[Context, Partners, Met | None]:
    """Two lists side by side and the pairs worth scoring: all that share a word, or above `exhaustive` those of
    keys."""
    rarity = rarities(a, b, background)
    if len(a) * len(b) <= settings.exhaustive:
        found = context(a, b, rarity=rarity, gazetteer=gazetteer, threads=settings.threads)
        return found, sharing(found), None
    met = (finder or meet)(keys_of(a, rarity[0]), keys_of(b, rarity[1]), settings.key_pairs)
    readings = readings_met(a, b, met.partners, settings.threads)
    found = context(a, b, readings=readings, rarity=rarity, gazetteer=gazetteer, threads=settings.threads)
    return found, met.partners, met


def _earlier(partners: Partners) -> Partners:
    """Of one list against itself: for each entry the partners that stand before it."""

    def find(begin: int, end: int) -> tuple[I64, I32]:
        first, partner = partners(begin, end)
        row = np.repeat(np.arange(begin, end), np.diff(first))
        kept = partner < row
        return np.concatenate([[0], np.cumsum(kept)])[first], partner[kept]

    return find


def duplicates(
    entries: Sequence[ListEntry],
    settings: Settings = Settings(),  # noqa: B008 - frozen
    calibration: Calibration | None = None,
    progress: Progress | None = None,
    gazetteer: Gazetteer | None = None,
) -> Matching:
    """People who may stand twice in one list: each pair once, `a` and `b` both places in `entries`. Never `auto`."""
    prepared = prepare(entries, gazetteer)
    found = match_prepared(prepared, prepared, settings, calibration, progress, gazetteer, within=True)
    asked = (replace(one, decision="review") if one.decision == "auto" else one for one in found.candidates)
    return replace(found, candidates=tuple(asked))
