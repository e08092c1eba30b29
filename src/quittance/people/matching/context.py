"""Two lists side by side: all that a pair of their entries is scored with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from quittance.people.matching.evidence import rarities, similar_readings, weigh, without_idle_joins
from quittance.people.matching.fields import count_levels
from quittance.people.matching.kernels import F64, I32, U64, Side, Table
from quittance.people.matching.pairs import Shared
from quittance.people.matching.prepared import Prepared, province_code
from quittance.people.matching.vocabulary import Vocabulary
from quittance.people.matching.weights import Weights, shipped_weights
from quittance.people.names.channel import Channel
from quittance.people.names.frequency import expected_share
from quittance.people.places import Gazetteer

SAMPLE = 1_500
"""u is counted over the pairs of so many entries of each list, the first in the order of their content's hash."""


@dataclass(frozen=True, slots=True)
class Context:
    """Two prepared lists with the table of their words and the weights of this run."""

    a: Prepared = field(repr=False)
    b: Prepared = field(repr=False)
    side_a: Side = field(repr=False)
    side_b: Side = field(repr=False)
    shared: Shared = field(repr=False)
    counts: F64 = field(repr=False)
    """[field, level] pairs counted for u."""


def context(
    a: Prepared,
    b: Prepared,
    *,
    readings: I32 | None = None,
    rarity: tuple[F64, F64] | None = None,
    weights: Weights | None = None,
    gazetteer: Gazetteer | None = None,
    channel: Channel | None = None,
    threads: int = 2,
) -> Context:
    """Put two lists side by side. `readings` limits which pairs of words are weighed; by default all that are alike."""
    weights = weights or shipped_weights()
    rarity_a, rarity_b = rarity or rarities(a, b, background)
    if readings is None:
        readings = similar_readings(a.words, b.words, threads)
    table = weigh(a.words, b.words, readings, rarity_a, rarity_b, channel or Channel.load(), threads)
    near = neighbours(gazetteer or Gazetteer.load())
    side_a, side_b = side(a, rarity_a, table, right=False), side(b, rarity_b, table, right=True)
    counts = count_levels(side_a, min(SAMPLE, len(a)), side_b, min(SAMPLE, len(b)), near)
    theta = np.concatenate([weights.theta, weights.bounds])
    return Context(
        a=a,
        b=b,
        side_a=side_a,
        side_b=side_b,
        shared=Shared(table.keys, table.values, theta, weights.levels(counts), near),
        counts=counts,
    )


def side(prepared: Prepared, rarity: F64, table: Table, *, right: bool) -> Side:
    """A list as the loops see it."""
    forms = without_idle_joins(prepared.forms, table, len(prepared.words), right)
    fields = prepared.fields
    pieces: list[npt.NDArray[Any]] = [
        *(forms.first, forms.token, forms.join, forms.joined.first, forms.joined.codes, forms.ordered.codes),
        *(forms.gram_first, forms.gram, forms.pair_first, forms.pair),
        *(prepared.name_first, prepared.kunya, prepared.father, prepared.grandfather),
        *fields.birth,
        *fields.capture,
        fields.sex,
        *fields.id_no,
        *fields.prisoner_no,
    ]
    codes = (fields.province, fields.district, fields.village, fields.tribe, fields.facility, fields.authority)
    return Side(
        np.concatenate([piece.astype(np.int32) for piece in pieces]),
        np.concatenate([[0], np.cumsum([len(piece) for piece in pieces])]).astype(np.int64),
        rarity,
        np.stack([*codes, prepared.key], axis=1),
    )


def background(words: Vocabulary) -> F64:
    """The share of a background population whose name holds the skeleton of each token."""
    return np.array([_share(bones) for bones in words.bones])


@cache
def _share(bones: str) -> float:
    return expected_share(bones)


def neighbours(gazetteer: Gazetteer) -> U64:
    """A sorted number for each pair of provinces that border on each other."""
    found = {
        province_code(place.id) ^ province_code(other)
        for place in gazetteer.places.values()
        if place.id == place.province_id
        for other in gazetteer.neighbours(place.id)
    }
    return np.array(sorted(found), np.uint64)


Progress = Callable[[str, float], None]
"""Called with what is being done and the share of it that is done."""
