"""Gates: what somebody must have attested before a person is ranked, and the funnel of who falls out where.

A gate is never traded for points. People outside the ratio pass their own gates and are counted apart (sections 1, 14).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from quittance.selection.conditions import BoolArray, holds
from quittance.selection.register import Register
from quittance.selection.rules import Outside, Rules


@dataclass(frozen=True, slots=True)
class GateLoss:
    """How many people are still in after a gate, and for how many it is the first one missing."""

    gate: str
    passed: int
    lost: int


@dataclass(frozen=True, eq=False)
class Gated:
    """The register parted: indexes of people to rank, of those outside the ratio, and of those who still wait there."""

    ranked: NDArray[np.int64]
    outside: tuple[int, ...]
    pending: tuple[int, ...]
    funnel: tuple[GateLoss, ...]


def evaluate_gates(register: Register, rules: Rules) -> Gated:
    """Part the register by the rules outside the ratio, the first that holds deciding, and then by the gates."""
    left = np.ones(len(register), np.bool_)
    released = np.zeros(len(register), np.bool_)
    for rule in rules.outside_ratio:
        members = left & holds(rule.when, register)
        left &= ~members
        released |= np.logical_and.reduce([members, *(_passed(register, gate) for gate in rule.gates)])
    pending = ~left & ~released
    funnel = []
    for gate in rules.gates:
        before = int(left.sum())
        left = left & _passed(register, gate)
        after = int(left.sum())
        funnel.append(GateLoss(gate, after, before - after))
    return Gated(
        np.flatnonzero(left),
        tuple(np.flatnonzero(released).tolist()),
        tuple(np.flatnonzero(pending).tolist()),
        tuple(funnel),
    )


def missing_gates(register: Register, rules: Rules, person: int) -> tuple[str, ...]:
    """The gates that are not yes for a person, in rules order: those of the rule outside the ratio if one takes him."""
    outside = outside_rule(register, rules, person)
    gates = rules.gates if outside is None else outside.gates
    return tuple(gate for gate in gates if register.columns[gate].at(person) is not True)


def outside_rule(register: Register, rules: Rules, person: int) -> Outside | None:
    """The first rule outside the ratio that holds for a person."""
    return next((rule for rule in rules.outside_ratio if holds(rule.when, register.only(person))[0]), None)


def _passed(register: Register, gate: str) -> BoolArray:
    return register.columns[gate].each(lambda value: value is True, np.bool_)
