"""Fits the weights of names and the curve of probability, and measures both on labelled lists they have not seen.

    python -m tests.golden.names.crossfit [--folder DIR] [--write]

DIR holds the development sets a2 and b2v (x_A.csv, x_B.csv, x_truth.csv). Prints, for each set, the figures of weights
and curve fitted on the other set alone, then those of what ships. With --write the files `weights.json` and
`calibration.json` of the package are written anew: weights and curve fitted on both sets, the reliability table from
the two cross-fits. They hold numbers only.
"""

from __future__ import annotations

import argparse
import csv
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from quittance.people.matching.calibration import (
    FLOOR,
    NAME_SIGNS,
    Calibration,
    chance,
    reliability,
    shipped_calibration,
    signs_of,
)
from quittance.people.matching.candidates import sharing
from quittance.people.matching.context import context
from quittance.people.matching.deciding import crowd
from quittance.people.matching.prepared import prepare
from quittance.people.matching.ranking import rank, score_pairs
from quittance.people.matching.weights import Weights, shipped_weights
from quittance.people.matching.words import FEATURES
from quittance.people.model import ListEntry

FOLDER = Path(__file__).parents[3].parent / "shared" / "data" / "names"
PACKAGE = Path(__file__).parents[3] / "src" / "quittance" / "people" / "matching"
SETS = ("a2", "b2v")
KEEP = 40
PRIOR = np.array([1.0, 0.0, -2.0, -0.3, 8.0, 8.0, 8.0, 0.0, 0.0])
"""Weights of the formula in the first prototype, and how far the fit may go from them (one deviation)."""
SPREAD = np.array([0.3, 0.3, 1.0, 0.3, 4.0, 4.0, 4.0, 0.3, 0.1])
HOLD = 3.0
"""Strength of the prior of the weights."""
RIDGE = 4.0
"""Strength of the prior of the curve, towards 0, on standardised signs."""


@dataclass
class Labelled:
    """Candidates of a labelled set: features, and which are right."""

    ia: np.ndarray
    ib: np.ndarray
    features: np.ndarray
    right: np.ndarray
    crowd: float
    a_size: int
    b_size: int
    links: int


def read(folder: Path, name: str) -> tuple[list[ListEntry], list[ListEntry], dict[str, str]]:
    """The two lists of a set and its truth, b's pid -> a's pid."""

    def rows(part: str) -> list[dict[str, str]]:
        with (folder / f"{name}_{part}.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    lists = [[ListEntry(row["pid"], row["name"]) for row in rows(part)] for part in "AB"]
    return lists[0], lists[1], {row["b_pid"]: row["a_pid"] for row in rows("truth")}


def labelled(folder: Path, name: str, weights: Weights) -> Labelled:
    """The best 40 candidates of each b under some weights, measured."""
    a, b, truth = read(folder, name)
    prepared_a, prepared_b = prepare(a), prepare(b)
    found = context(prepared_a, prepared_b, weights=weights)
    ranked = rank(found, sharing(found), KEEP)
    ib, place = np.nonzero(ranked.top >= 0)
    ia = ranked.top[ib, place]
    right = [truth.get(prepared_b.entries[j].pid) == prepared_a.entries[i].pid for i, j in zip(ia, ib, strict=True)]
    features = score_pairs(found, ia.astype(np.int32), ib.astype(np.int32)).features
    return Labelled(ia, ib, features, np.array(right), crowd(found), len(a), len(b), len(truth))


def fit_weights(sets: list[Labelled]) -> tuple[np.ndarray, float]:
    """Weights under which, for each b, the right a or nobody is likeliest (conditional logit), and the score of
    nobody."""

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        away = (w[:-1] - PRIOR) / SPREAD
        value, slope = HOLD * float(away @ away) / 2, np.append(HOLD * away / SPREAD, 0.0)
        for one in sets:
            worth = one.features @ w[:-1] + w[-1] - one.crowd
            high = np.zeros(one.b_size)
            np.maximum.at(high, one.ib, worth)
            share = np.exp(worth - high[one.ib])
            total = np.exp(-high)
            np.add.at(total, one.ib, share)
            share /= total[one.ib]
            scale = 800 / one.b_size
            value += scale * float((high + np.log(total)).sum() - worth[one.right].sum())
            miss = scale * (share - one.right)
            slope[:-1] += one.features.T @ miss
            slope[-1] += miss.sum()
        return value, slope

    found = minimize(loss, np.append(PRIOR, 0.0), jac=True, method="L-BFGS-B").x
    return np.round(found[:-1], 4), float(-found[-1])


def best_signs(one: Labelled, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each b with candidates the signs of the best, whether it is right, and its score."""
    score = one.features @ theta
    order = np.lexsort((-score, one.ib))
    first = np.flatnonzero(np.diff(one.ib[order], prepend=-1))
    top = order[first]
    following = np.full(one.b_size, FLOOR)
    second = first[(first + 1 < len(order))]
    second = second[one.ib[order[second]] == one.ib[order[second + 1]]] + 1
    following[one.ib[order[second]]] = np.maximum(score[order[second]], FLOOR)
    held = np.full((one.a_size, 2), FLOOR)
    for i, value in zip(one.ia.tolist(), score.tolist(), strict=True):
        if value > held[i, 0]:
            held[i] = value, held[i, 0]
        elif value > held[i, 1]:
            held[i, 1] = value
    mine = held[one.ia[top]]
    rival = score[top] - np.where(score[top] == mine[:, 0], mine[:, 1], mine[:, 0])
    margin = score[top] - following[one.ib[top]]
    signs = signs_of(score[top] - one.crowd, margin, rival, one.features[top, FEATURES.index("differ")])
    return signs, one.right[top], score[top]


def fit_curve(signs: np.ndarray, right: np.ndarray, even: float, provenance: str) -> Calibration:
    """A logistic curve over standardised signs, held towards 0; the shipped one for pairs with fields is put beside."""
    mean, deviation = signs.mean(axis=0), signs.std(axis=0)
    scaled = (signs - mean) / deviation

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        z = scaled @ w[:-1] + w[-1]
        miss = chance(z) - right
        value = (np.logaddexp(0, z) - right * z).sum() + RIDGE * (w[:-1] @ w[:-1]) / 2
        return float(value), np.append(scaled.T @ miss + RIDGE * w[:-1], miss.sum())

    found = minimize(loss, np.zeros(signs.shape[1] + 1), jac=True, method="L-BFGS-B").x
    mine = [tuple(round(float(x), 5) for x in row) for row in (mean, deviation, found[:-1])]
    before = shipped_calibration()
    both = [(*row, *other[len(NAME_SIGNS) :]) for row, other in zip(mine, curve_rows(before), strict=True)]
    curve = Calibration(*both, round(float(found[-1]), 5), round(float(right.mean()), 4), round(even, 4), provenance)
    # What pairs with fields start from stays: the weight of their first sign takes up what the other signs moved.
    nothing = np.zeros((1, len(both[0])))
    moved = float(before.log_odds(nothing)[0] - curve.log_odds(nothing)[0])
    start = len(NAME_SIGNS)
    weight = (*curve.weight[:start], round(curve.weight[start] + moved, 5), *curve.weight[start + 1 :])
    return replace(curve, weight=weight)


def curve_rows(curve: Calibration) -> tuple[tuple[float, ...], ...]:
    """Mean, deviation and weight of the signs of a curve."""
    return curve.mean, curve.deviation, curve.weight


def figures(one: Labelled, theta: np.ndarray, curve: Calibration) -> tuple[dict[str, float], list[tuple[float, bool]]]:
    """What `score.py` calls these, and the judged rows."""
    signs, right, score = best_signs(one, theta)
    fields = np.zeros((len(signs), len(curve.weight) - signs.shape[1]))
    p = chance(curve.log_odds(np.concatenate([signs, fields], axis=1)))
    rows = list(zip(p.tolist(), right.tolist(), strict=True))

    def best_f1(values: np.ndarray) -> float:
        hits = np.cumsum(right[np.argsort(-values, kind="stable")])
        return float((2 * hits / (np.arange(1, len(hits) + 1) + one.links)).max())

    half, top = p >= 0.5, p >= 0.97
    return {
        "recall_at_1": right.sum() / one.links,
        "f1_best": best_f1(score),
        "f1_best_by_probability": best_f1(p),
        "f1_at_half": 2 * right[half].sum() / (half.sum() + one.links),
        "top_band_rows": float(top.sum()),
        "top_band_share_right": float(right[top].mean()),
        "links_in_top_band": right[top].sum() / one.links,
        "ece": sum(band.count * abs(band.mean - band.right) for band in reliability(rows)) / len(rows),
    }, rows


def crossfit(
    folder: Path = FOLDER,
) -> tuple[dict[str, dict[str, float]], list[tuple[float, bool]], dict[str, Labelled]]:
    """For each set the figures with weights and curve fitted on the other alone; all judged rows; the sets."""
    base = replace(shipped_weights(), theta=PRIOR)
    sets = {name: labelled(folder, name, base) for name in SETS}
    found, rows = {}, []
    for name, other in zip(SETS, reversed(SETS), strict=True):
        theta, even = fit_weights([sets[other]])
        signs, right, _ = best_signs(sets[other], theta)
        found[name], judged = figures(sets[name], theta, fit_curve(signs, right, even, other))
        rows += judged
    return found, rows, sets


def ship(sets: dict[str, Labelled], rows: list[tuple[float, bool]]) -> tuple[dict[str, object], Calibration]:
    """Weights and curve fitted on both sets, with the reliability table of the cross-fits."""
    theta, even = fit_weights(list(sets.values()))
    signs, right = (
        np.concatenate(parts) for parts in zip(*(best_signs(one, theta)[:2] for one in sets.values()), strict=True)
    )
    what = (
        "Fitted on names alone, on two labelled sets of sanctioned persons: a2 (EU, Latin and Arabic script, "
        "226 links) and b2v (US OFAC, Latin aliases, 622 links)."
    )
    table = tuple(replace(band, mean=round(band.mean, 4), right=round(band.right, 4)) for band in reliability(rows))
    curve = fit_curve(
        signs, right, even, f"{what} The reliability table is of cross-fits: fitted on one set, judged on the other."
    )
    weights = {
        "provenance": f"{what} Conditional logit of the right entry or nobody, held towards a prototype's weights.",
        "theta": dict(zip(FEATURES, theta.tolist(), strict=True)),
        "bounds": shipped_weights().bounds.tolist(),
    }
    return weights, replace(curve, reliability=table)


def main() -> None:
    """Print the figures, and with --write make the files that ship."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--folder", type=Path, default=FOLDER)
    options.add_argument("--write", action="store_true")
    given = options.parse_args()
    found, rows, sets = crossfit(given.folder)
    weights, curve = ship(sets, rows)
    theta = np.array([weights["theta"][name] for name in FEATURES])  # type: ignore[index]
    shown = {f"{name} cross-fit": value for name, value in found.items()} | {
        f"{name} as shipped (fitted on it)": figures(one, theta, curve)[0] for name, one in sets.items()
    }
    print(json.dumps({name: {k: round(float(v), 4) for k, v in row.items()} for name, row in shown.items()}, indent=1))
    print(json.dumps([asdict(band) for band in curve.reliability]))
    if given.write:
        for name, value in (("weights.json", weights), ("calibration.json", curve.as_json())):
            (PACKAGE / name).write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
