"""Fits the weights of the parts together and their curve of probability on invented lists, by the generator alone.

    python -m tests.golden.names.together [--write]

Ten pairs of lists (`LEARNED`): three scripts, three calendars, overlaps from .1 to .9, standard and harsh noise. With
--write the file `together.json` of the package is written anew, and the part of the curve in `calibration.json`
that is for pairs with fields. What comes of it on lists not seen here is measured by `tests.golden.names.unseen`.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize
from tests.golden.names.crossfit import PACKAGE

from quittance.people.matching.calibration import NAME_SIGNS, SIGNS, Calibration, chance, shipped_calibration
from quittance.people.matching.deciding import crowd, prefer, shape_of, together_signs
from quittance.people.matching.pairs import PARTS
from quittance.people.matching.prepared import prepare
from quittance.people.matching.ranking import Scored, rank, score_pairs
from quittance.people.matching.run import candidate_pairs
from quittance.people.matching.settings import Settings
from quittance.people.matching.together import Together, aspects
from quittance.people.synthetic import HARSH, STANDARD, Noise, Wanted, two_lists

SCRIPTS = (("latin", "arabic"), ("arabic", "arabic"), ("cyrillic", "latin"), ("latin", "latin"), ("arabic", "latin"))
CALENDARS = ("gregorian", "sh", "ah")
SHAPES = ((1200, 1200, 0.1), (2000, 1333, 0.3), (1600, 1600, 0.5), (1000, 666, 0.7), (2000, 2000, 0.9))
"""Rows of A and of B, and the share of B that stands on A."""
KEEP = 6
CURVE = " For pairs with fields: fitted on invented lists, see together.json; the table is not of these."
EVIDENCE = (" agrees", " differs", "father in name")
"""Ends of the names of columns whose weight may not be below 0."""
HOLD = 1.0
"""Strength of the prior of weights and curve, towards 0, on columns of deviation 1."""


def plans(first_seed: int) -> list[tuple[Wanted, int]]:
    """The lists to be made: each shape under the standard noise, then under the harsh one, each with its own seed."""
    found: list[tuple[Wanted, int]] = []
    for turn, noise in enumerate((STANDARD, HARSH)):
        for at, (a, b, overlap) in enumerate(SHAPES):
            scripts = SCRIPTS[(at + turn) % len(SCRIPTS)]
            calendars = CALENDARS[at % 3], CALENDARS[(at + 1 + len(found)) % 3]
            found.append((_wanted(a, b, overlap, scripts, calendars, noise), first_seed + len(found)))
    return found


def _wanted(
    a: int, b: int, overlap: float, scripts: tuple[str, str], calendars: tuple[str, str], noise: Noise
) -> Wanted:
    return Wanted(
        a, b, overlap, script_a=scripts[0], script_b=scripts[1], calendar_a=calendars[0], calendar_b=calendars[1],
        noise=noise,
    )  # fmt: skip


LEARNED = plans(1000)


@dataclass
class Pairs:
    """The best candidates of one pair of lists, and which are right."""

    ia: np.ndarray
    ib: np.ndarray
    scored: Scored
    shape: np.ndarray
    right: np.ndarray
    crowd: float
    b_size: int


def pairs_of(wanted: Wanted, seed: int) -> Pairs:
    """Make two lists and take the best candidates of each b by score."""
    made = two_lists(wanted, seed)
    a, b = prepare(made.a.entries), prepare(made.b.entries)
    found, partners, _ = candidate_pairs(a, b, Settings())
    ranked = rank(found, partners, KEEP)
    ib, place = np.nonzero(ranked.top >= 0)
    ia = ranked.top[ib, place].astype(np.int32)
    scored = score_pairs(found, ia, ib.astype(np.int32))
    right = np.array(made.a.people)[list(a.order)][ia] == np.array(made.b.people)[list(b.order)][ib]
    return Pairs(ia, ib, scored, shape_of(found, scored), right, crowd(found), len(b))


def fit_weights(sets: list[Pairs]) -> Together:
    """Weights under which, for each b, one of the right a or nobody is likeliest (conditional logit)."""
    tables = [aspects(one.scored, one.shape) for one in sets]
    names = list(tables[0])
    columns = [np.stack(list(table.values()), axis=1) for table in tables]
    deviation = np.concatenate(columns).std(axis=0) + 1e-9
    columns = [np.asfortranarray(column / deviation) for column in columns]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = HOLD * float(w[:-1] @ w[:-1]) / 2, np.append(HOLD * w[:-1], 0.0)
        for one, column in zip(sets, columns, strict=True):
            worth = column @ w[:-1] - w[-1] - one.crowd
            high = np.zeros(one.b_size)
            np.maximum.at(high, one.ib, worth)
            share = np.exp(worth - high[one.ib])
            nobody = np.exp(-high)
            total = nobody + np.bincount(one.ib, share, one.b_size)
            of_right = np.bincount(one.ib[one.right], share[one.right], one.b_size)
            partnered = np.bincount(one.ib[one.right], minlength=one.b_size) > 0
            value -= float(np.log(np.where(partnered, of_right, nobody) / total).sum())
            wished = np.where(one.right, share / np.maximum(of_right[one.ib], 1e-300), 0.0)
            miss = share / total[one.ib] - wished
            slope[:-1] += column.T @ miss
            slope[-1] -= miss.sum()
        return value, slope

    # What agrees never counts against a pair, and what differs never for it; what they share with others may.
    bounds = [(0.0 if name in PARTS or name.endswith(EVIDENCE) else None, None) for name in names] + [(None, None)]
    start = np.zeros(len(names) + 1)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 300}).x
    weight = (found[:-1] / deviation).round(4).tolist()
    return Together(
        dict(zip(names, weight, strict=True)),
        round(float(found[-1]), 4),
        "Fitted on invented lists alone (ten pairs of lists, seeds 1000 to 1009, standard and harsh noise, overlaps .1 "
        "to .9) by tests.golden.names.together: conditional logit of a right entry or nobody.",
    )


def fit_curve(sets: list[Pairs], together: Together, before: Calibration) -> Calibration:
    """The curve for pairs with fields, put beside that for names alone, which stays."""
    signs, right = [], []
    for one in sets:
        worth = together.sum(one.scored, one.shape, one.crowd)
        order, place = prefer(one.ib, worth)
        found = together_signs(worth[order], one.ia[order], one.ib[order])
        signs.append(found[place == 0])
        right.append(one.right[order][place == 0])
    columns, y = np.concatenate(signs), np.concatenate(right).astype(float)
    # Each best candidate weighs such that the share of right ones is that of the lists the other curve was fitted on.
    balance = np.where(y > 0, before.base / y.mean(), (1 - before.base) / (1 - y.mean()))
    deviation = columns.std(axis=0) + 1e-9
    scaled = columns / deviation

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = scaled @ w[:-1] + w[-1]
        miss = balance * (chance(z) - y)
        value = (balance * (np.logaddexp(0, z) - y * z)).sum() + HOLD * (w[:-1] @ w[:-1]) / 2
        return float(value), np.append(scaled.T @ miss + HOLD * w[:-1], miss.sum())

    w = minimize(loss, np.zeros(columns.shape[1] + 1), jac=True, method="L-BFGS-B").x
    named = len(NAME_SIGNS)
    # Where the first signs are all 0, as they are for pairs with fields, the curve starts here.
    start = float(before.log_odds(np.zeros((1, len(SIGNS))))[0])
    weights = [float(w[-1]) - start, *(w[:-1] / deviation).tolist()]
    more = len(weights)
    return replace(
        before,
        mean=(*before.mean[:named], *[0.0] * more),
        deviation=(*before.deviation[:named], *[1.0] * more),
        weight=(*before.weight[:named], *(round(one, 5) for one in weights)),
        provenance=before.provenance.removesuffix(CURVE) + CURVE,
    )


def main() -> None:
    """Fit, print the weights, and with --write make the files that ship."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    sets = [pairs_of(*plan) for plan in LEARNED]
    together = fit_weights(sets)
    curve = fit_curve(sets, together, shipped_calibration())
    write(together, curve, keep=not given.write)


def write(together: Together, curve: Calibration, *, keep: bool) -> None:
    """Print both, and unless they are to be kept as they are, write the files of the package."""
    weights = {"provenance": together.provenance, "nobody": together.nobody, "weight": together.weight}
    for name, value in (("together.json", weights), ("calibration.json", curve.as_json())):
        text = json.dumps(value, indent=1) + "\n"
        print(text)
        if not keep:
            (PACKAGE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
