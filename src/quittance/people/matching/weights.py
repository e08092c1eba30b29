"""The weights that ship: of the features of names, and of the levels of the other fields.

`weights.json` and `levels.json` hold them with where they come from; nothing here is fitted at run time but u, which is
counted from the two lists.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np

from quittance.people.matching.fields import ID_NO, LEVELS, N_FIELDS, N_LEVELS, PRISONER_NO
from quittance.people.matching.kernels import F64
from quittance.people.matching.words import FEATURES

EQUAL_NUMBER = 8.0
"""An equal number weighs at least this."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of names and the first shares of the levels of fields."""

    theta: F64
    """Of each of `FEATURES`, nats per unit."""
    bounds: F64
    """Father low, father high, kunya high."""
    m: F64
    """[field, level] share among pairs that are one person."""
    u: F64
    """[field, level] share among pairs that are not, where the lists say little."""
    low: F64
    high: F64
    """[field] least and most that a level may weigh."""
    u_strength: float
    """How many counted pairs `u` is worth."""

    def levels(self, counts: F64) -> F64:
        """Weights of the levels of all fields, log(m / u), with u from counts of random pairs of the two lists."""
        totals = counts.sum(axis=1, keepdims=True)
        u = (counts + self.u_strength * self.u) / (totals + self.u_strength)
        with np.errstate(divide="ignore", invalid="ignore"):
            weights = np.where(self.m > 0, np.log(self.m / u), 0.0)
        weights = np.clip(weights, self.low[:, None], self.high[:, None])
        for field in (ID_NO, PRISONER_NO):
            weights[field, 0] = max(weights[field, 0], EQUAL_NUMBER)
        return np.asarray(np.round(weights, 4), np.float64)


def shipped(name: str) -> Any:
    """The content of a JSON file of this package."""
    return json.loads((resources.files("quittance.people.matching") / name).read_text("utf-8"))


@cache
def shipped_weights() -> Weights:
    """The weights that ship with the program."""
    names, fields = shipped("weights.json"), shipped("levels.json")
    table = fields["fields"]
    return Weights(
        theta=np.array([names["theta"][name] for name in FEATURES], np.float64),
        bounds=np.array(names["bounds"], np.float64),
        m=_padded([table[name]["m"] for name in LEVELS]),
        u=_padded([table[name]["u"] for name in LEVELS]),
        low=np.array([table[name]["low"] for name in LEVELS]),
        high=np.array([table[name]["high"] for name in LEVELS]),
        u_strength=float(fields["u_strength"]),
    )


def _padded(rows: list[list[float]]) -> F64:
    out = np.zeros((N_FIELDS, N_LEVELS))
    for at, row in enumerate(rows):
        out[at, : len(row)] = row
    return out
