"""EM for one direction of writing: tables that make the seen pairs of words as likely as they can be.

Counts of a letter at the start or the end of words are few, so these tables lean on the letter's counts in all
places.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from quittance.people.names.forward import Codes, Reals, expect
from quittance.people.names.tables import PLACES, Tables, with_lost

ROUNDS: Final = 8
WARM: Final = 4
"""Rounds for each kind of words by itself before the kinds are told apart by what they explain."""
LEAN: Final = 8.0
"""Pseudo-counts by which the table of a place leans on the table of its letter in all places."""
SUREST: Final = 0.999
"""A letter too many is never impossible: in one gap of a thousand a hand slips."""
PRIOR: Final = (0.02, 0.01, 0.0005, 0.01)
"""Pseudo-counts per round of E0, each E1, each E2, E3."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The trained numbers before the lost letter is added: what the data file holds."""

    e0: Reals
    e1: Reals
    e2: Reals
    e3: Reals
    go: Reals
    ins: Reals

    def tables(self) -> Tables:
        """The tables as the channel uses them."""
        return with_lost(self.e0, self.e1, self.e2, self.e3, self.go, self.ins)


def first_guess(sources: int, targets: int) -> Trained:
    """The even tables that training starts from, for alphabets of these sizes."""
    symbols = sources * PLACES
    return Trained(
        np.full(symbols, 0.2),
        np.full((symbols, targets), 0.5 / targets),
        np.full((symbols, targets, targets), 0.25 / targets**2),
        np.full(symbols, 0.05),
        np.full(3, 0.8),
        np.full((3, targets), 1.0 / targets),
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """Pairs of words to learn from: rows of (source row, target row), their weights, the words as codes."""

    pairs: Codes
    weights: Reals
    source: tuple[Codes, Codes]
    """Sources as `placed` symbols."""
    target: tuple[Codes, Codes]
    sources: int
    """Letters of the source alphabet."""
    targets: int


def train(
    sample: Sample, weights: Reals, rounds: int = ROUNDS, say: Callable[[int, float], None] | None = None
) -> Trained:
    """The tables after so many rounds of EM from an even start, each pair counted by `weights`.

    `say` hears the mean log-likelihood per pair before each round.
    """
    model = first_guess(sample.sources, sample.targets)
    for number in range(rounds):
        tables = model.tables()
        if say is not None:
            chances = tables.forward(sample.pairs, sample.source, sample.target)
            say(number, float(np.average(np.log(chances), weights=weights)))
        model = _maximise(*_count(tables, sample, weights))
    return model


def tell_apart(sample: Sample, prior: Reals, say: Callable[[int, float], None], rounds: int = ROUNDS) -> Reals:
    """How likely each pair is of each of several kinds of words, by tables that are learned for all kinds at once.

    `prior` is how likely each pair is of each kind before its spelling is weighed (kinds, pairs). `say` hears the mean
    log-likelihood per pair before each round.
    """
    models = [train(sample, part * sample.weights, WARM) for part in prior]
    for number in range(rounds):
        tables = [model.tables() for model in models]
        joint = prior * np.stack([one.forward(sample.pairs, sample.source, sample.target) for one in tables])
        total = joint.sum(axis=0)
        say(number, float(np.average(np.log(total), weights=sample.weights)))
        belongs: Reals = joint / total
        models = [
            _maximise(*_count(one, sample, part * sample.weights)) for one, part in zip(tables, belongs, strict=True)
        ]
    return belongs


def _count(tables: Tables, sample: Sample, weights: Reals) -> tuple[Reals, ...]:
    counts = tuple(
        np.zeros_like(table) for table in (tables.e0, tables.e1, tables.e2, tables.e3, tables.go, tables.ins)
    )
    expect(
        sample.pairs, weights, *sample.source, *sample.target, tables.e0, tables.e1, tables.e2,
        tables.e3 / float(tables.letters) ** 3, tables.go, tables.ins * (1.0 - tables.go)[:, None], *counts,
    )  # fmt: skip
    return counts


def with_spelling(model: Trained, symbol_letter: int, written: tuple[int, ...], share: float) -> Trained:
    """The tables with a share of one letter's writing given to one spelling that the training words hardly show."""
    rows = slice(symbol_letter * PLACES, (symbol_letter + 1) * PLACES)
    e0, e1, e2, e3 = (table.copy() for table in (model.e0, model.e1, model.e2, model.e3))
    for table in (e0, e1, e2, e3):
        table[rows] *= 1.0 - share
    if len(written) == 0:
        e0[rows] += share
    elif len(written) == 1:
        e1[rows, written[0]] += share
    else:
        e2[rows, written[0], written[1]] += share
    return Trained(e0, e1, e2, e3, model.go, model.ins)


def _maximise(c0: Reals, c1: Reals, c2: Reals, c3: Reals, cgap: Reals, cins: Reals) -> Trained:
    symbols = len(c0) - PLACES
    size = c1.shape[1] - 1
    c0, c3 = c0[:symbols], c3[:symbols]
    c1 = c1[:symbols, :size]
    c2 = c2[:symbols].reshape(symbols, size + 1, size + 1)[:, :size, :size]
    cins = cins[:, :size]
    by_letter = [_of_letter(table) for table in (c0, c1, c2, c3)]
    total = sum(table.reshape(len(table), -1).sum(axis=1) for table in _primed(by_letter))
    leans = [table / total.reshape(-1, *[1] * (table.ndim - 1)) for table in _primed(by_letter)]
    placed = [
        table + LEAN * np.repeat(lean, PLACES, axis=0) for table, lean in zip((c0, c1, c2, c3), leans, strict=True)
    ]
    totals = sum(table.reshape(symbols, -1).sum(axis=1) for table in placed)
    e0, e1, e2, e3 = (table / totals.reshape(-1, *[1] * (table.ndim - 1)) for table in placed)
    inserted = cins.sum(axis=1)
    lean_ins = (cins.sum(axis=0) + 0.01) / (cins.sum() + 0.01 * size)
    ins = (cins + LEAN * lean_ins) / (inserted + LEAN)[:, None]
    go = np.minimum((cgap + 1.0) / (cgap + 1.0 + inserted + 0.1), SUREST)
    return Trained(e0, e1, e2, e3, go, ins)


def _of_letter(table: NDArray[np.float64]) -> NDArray[np.float64]:
    summed: NDArray[np.float64] = table.reshape(-1, PLACES, *table.shape[1:]).sum(axis=1)
    return summed


def _primed(counts: list[Reals]) -> list[Reals]:
    return [table + prior for table, prior in zip(counts, PRIOR, strict=True)]


def background(words: tuple[Codes, Codes], weights: Reals, size: int) -> tuple[Reals, Reals]:
    """Bigrams of words, half a count added to each: `start` (A,) and `step` (A, A + 1, end of the word last)."""
    start = np.full(size, 0.5)
    step = np.full((size, size + 1), 0.5)
    rows, lengths = words
    np.add.at(start, rows[:, 0], weights)
    for place in range(1, rows.shape[1]):
        longer = lengths > place
        np.add.at(step, (rows[longer, place - 1], rows[longer, place]), weights[longer])
    np.add.at(step, (rows[np.arange(len(rows)), lengths - 1], np.full(len(rows), size)), weights)
    return start / start.sum(), step / step.sum(axis=1, keepdims=True)
