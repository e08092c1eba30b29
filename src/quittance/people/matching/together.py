"""What the parts of a score say together: members of one family agree in much that is not theirs alone.

A score adds its parts up as if they were independent. For pairs with fields beside the name the parts are weighed once
more, by weights fitted on invented lists (`together.json`): brothers agree in father, grandfather, home and tribe, and
only the words of the name and what is a person's own part them. The sum, in nats, orders the candidates and feeds the
curve of probability; 0 is as likely one person as nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from quittance.people.matching.alerts import KIN, PART, UNLED
from quittance.people.matching.fields import BIRTH, CAPTURE, FACILITY, ID_NO, PLACE, PRISONER_NO, SEX, TRIBE, VILLAGE
from quittance.people.matching.kernels import F64, I64
from quittance.people.matching.pairs import FATHER, FIELDS_AT, FOUND_IN_NAME, GRANDFATHER, KUNYA, NAME_PARTS, PARTS
from quittance.people.matching.ranking import Scored
from quittance.people.matching.weights import shipped

SHARED_BY_KIN = (FATHER, GRANDFATHER, FIELDS_AT + PLACE, FIELDS_AT + VILLAGE, FIELDS_AT + TRIBE)
MOST_SHARED = 15.0
"""What kin share counts up to here."""
LOW_NAME, HIGH_NAME = 4.0, 12.0
RARE_ALONE = 6.0
"""A word that the other name lacks counts more from this rarity."""


def aspects(scored: Scored, shape: I64) -> dict[str, F64]:
    """The columns that are weighed, by name: one number a pair in each, the same in either direction."""
    parts, states, features = scored.parts, scored.states, scored.features
    name = parts[:, :NAME_PARTS].sum(axis=1)
    kin = np.minimum(parts[:, SHARED_BY_KIN].clip(min=0).sum(axis=1), MOST_SHARED)
    differ, excess = features[:, 7], features[:, 8]
    alone = np.where(shape & UNLED > 0, 1.0, 0.0)
    found = {PARTS[k]: parts[:, k] for k in (*range(NAME_PARTS), KUNYA)}
    for k in (FATHER, GRANDFATHER):
        compared = states[:, k] == 0
        found |= {
            f"{PARTS[k]} agrees": np.where(compared, parts[:, k], 0.0).clip(min=0),
            f"{PARTS[k]} differs": np.where(compared, parts[:, k], 0.0).clip(max=0),
            f"{PARTS[k]} compared": compared * 1.0,
            f"{PARTS[k]} in name": np.where(states[:, k] == FOUND_IN_NAME, parts[:, k], 0.0),
        }
    for field in (BIRTH, SEX, PLACE, VILLAGE, TRIBE, ID_NO, PRISONER_NO, CAPTURE, FACILITY):
        weight = parts[:, FIELDS_AT + field]
        found[f"{PARTS[FIELDS_AT + field]} agrees"] = weight.clip(min=0)
        found[f"{PARTS[FIELDS_AT + field]} differs"] = weight.clip(max=0)
    found |= {
        "birth near": (states[:, FIELDS_AT + BIRTH] == 1) * 1.0,
        "capture month": (states[:, FIELDS_AT + CAPTURE] == 1) * 1.0,
        "one sign off": ((states[:, FIELDS_AT + ID_NO] == 1) | (states[:, FIELDS_AT + PRISONER_NO] == 1)) * 1.0,
        "words not shared": features[:, 2],
        "rarity not shared": differ,
        "rare words not shared": (differ - RARE_ALONE).clip(min=0),
        "words in excess": features[:, 3],
        "rarity in excess": excess,
        "rare words in excess": (excess - RARE_ALONE).clip(min=0),
        "unled": alone,
        "unled, rarity not shared": alone * differ,
        "unled, rarity in excess": alone * excess,
        "kin shape": np.where(shape & KIN > 0, 1.0, 0.0),
        "part shape": np.where(shape & PART > 0, 1.0, 0.0),
        "kin": kin,
        "kin, unled": kin * alone,
        "kin, rarity not shared": kin * differ / 5,
        "kin, rarity in excess": kin * excess / 5,
        "kin, unled, rarity in excess": kin * alone * excess / 5,
        "kin, short of": kin * features[:, 1] / 5,
        "kin, low name": kin * np.minimum(name, LOW_NAME) / 5,
        "low name": np.minimum(name, LOW_NAME),
        "high name": np.maximum(name, HIGH_NAME),
        "no name": (name < 0) * 1.0,
    }
    return found


@dataclass(frozen=True, slots=True)
class Together:
    """Weights of the aspects of a pair, and the sum at which nobody is as likely."""

    weight: dict[str, float]
    nobody: float
    provenance: str

    def sum(self, scored: Scored, shape: I64, crowd: float) -> F64:
        """The weighed sum of each pair, to four decimals; `crowd` is the logarithm of the lists' size."""
        total = np.full(len(shape), -crowd - self.nobody, np.float64)
        for name, column in aspects(scored, shape).items():
            total += self.weight[name] * column
        return np.asarray(np.floor(total * 10000 + 0.5) / 10000, np.float64)


def with_fields(scored: Scored) -> F64:
    """1 for pairs of which any field beside the name could be compared, else 0."""
    return np.asarray((scored.states[:, KUNYA:] >= 0).any(axis=1), np.float64)


@cache
def shipped_together() -> Together:
    """The weights that ship with the program."""
    table = shipped("together.json")
    return Together(dict(table["weight"]), float(table["nobody"]), str(table["provenance"]))
