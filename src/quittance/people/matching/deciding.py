"""From scores to candidates: margins, rivals, probabilities, alerts and decisions."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from quittance.people.matching.alerts import KIN, PART, UNLED, names_agree, shapes_of
from quittance.people.matching.calibration import (
    FLOOR,
    Calibration,
    chance,
    field_signs,
    overlap_shift,
    signs_of,
)
from quittance.people.matching.context import Context
from quittance.people.matching.fields import (
    BIRTH,
    CAPTURE,
    FACILITY,
    ID_NO,
    PLACE,
    PRISONER_NO,
    SEX,
    TRIBE,
    VILLAGE,
)
from quittance.people.matching.kernels import F64, I32, I64
from quittance.people.matching.pairs import FATHER, FIELDS_AT, GRANDFATHER, KUNYA
from quittance.people.matching.ranking import Ranked, Scored, score_pairs
from quittance.people.matching.reasons import compact
from quittance.people.matching.result import Candidate, Decision
from quittance.people.matching.settings import Settings
from quittance.people.matching.together import shipped_together, with_fields

TIE = 1e-9
FAMILY = [FATHER, GRANDFATHER, FIELDS_AT + PLACE, FIELDS_AT + VILLAGE, FIELDS_AT + TRIBE]
OWN = [FIELDS_AT + field for field in (BIRTH, SEX, ID_NO, PRISONER_NO, CAPTURE, FACILITY)]
FAMILY_AGREES = 3.0
"""From this weight of what families share, names that differ as those of brothers do are taken for such."""
SAME_NAME = 3.0
"""Names of such a pair that weigh less and have words apart on both sides are rather those of two brothers,"""
BROTHER_ODDS = -2.0
"""with these log-odds that they are one person all the same, before what is a person's own."""
DECIMALS = 6


def crowd(context: Context) -> float:
    """The logarithm of the size of the two lists, the same in either direction."""
    return float(np.log((len(context.a) + len(context.b)) / 2))


def decide(
    context: Context, ranked: Ranked, settings: Settings, calibration: Calibration
) -> tuple[tuple[Candidate, ...], float]:
    """The candidates of every entry of b in the order of its pid and their rank, and how far the curve was moved."""
    ib, place = np.nonzero(ranked.top >= 0)
    ia = ranked.top[ib, place].astype(np.int32)
    if not len(ia):
        return (), 0.0
    scored = score_pairs(context, ia, ib.astype(np.int32))
    score = ranked.score[ib, place]
    best = ranked.score[ib, 0]
    following = np.pad(ranked.score, ((0, 0), (0, 1)), constant_values=FLOOR)[ib, 1]
    margin = np.where(place == 0, score - np.maximum(following, FLOOR), score - best)
    held = ranked.rival[ia]
    rival = score - np.where(score == held[:, 0], np.maximum(held[:, 1], FLOOR), held[:, 0])
    shape = shape_of(context, scored)
    worth = shipped_together().sum(scored, shape, crowd(context))
    whole = with_fields(scored)
    signs = np.concatenate(
        [
            signs_of(score - crowd(context), margin, rival, scored.features[:, 2]) * (1 - whole[:, None]),
            np.column_stack([np.ones(len(ia)), together_signs(worth, ia, ib)]) * whole[:, None],
        ],
        axis=1,
    )
    # Candidates of an entry with any field to compare stand in the order of what all parts say together.
    by_worth = np.bincount(ib, whole, len(context.b))[ib] > 0
    order, place = prefer(ib, np.where(by_worth, worth, -place.astype(np.float64)))
    ia, ib, score = ia[order], ib[order], score[order]
    shape, signs, by_worth = shape[order], signs[order], by_worth[order]
    margin, rival = (
        np.where(by_worth, together, alone)
        for together, alone in zip(leads(worth[order], ia, ib), (margin[order], rival[order]), strict=True)
    )
    scored = Scored(scored.parts[order], scored.states[order], scored.forms[order], scored.features[order])
    kin = of_one_family(scored, shape)
    log_odds = calibration.log_odds(signs)
    brother = kin & (scored.features[:, 2] >= 1) & (names_agree(scored.parts) < SAME_NAME)
    log_odds = np.where(brother, np.minimum(log_odds, BROTHER_ODDS + own_evidence(scored)), log_odds)
    shift = overlap_shift(log_odds[place == 0], calibration.base)
    probability = shared_out(chance(log_odds + shift), ib, place)
    alerts = _alerts(context, scored, shape, kin, margin, rival, ia, place, probability)
    given = _given(context)
    rows = []
    for k in range(len(ia)):
        rank = int(place[k]) + 1
        pair_alerts = tuple(alerts[k])
        rows.append(
            Candidate(
                a=context.a.order[int(ia[k])],
                b=context.b.order[int(ib[k])],
                score=float(score[k]),
                probability=float(probability[k]),
                decision=_decision(float(probability[k]), rank, bool(margin[k] > 0 and rival[k] > 0), pair_alerts,
                                   settings),
                rank=rank,
                alerts=pair_alerts,
                reasons=compact(scored.parts[k].tolist(), scored.states[k].tolist(), given, pair_alerts),
                signs=tuple(signs[k].tolist()),
            )
        )  # fmt: skip
    pids = [entry.pid for entry in context.b.entries]
    by_pid = sorted(range(len(rows)), key=lambda k: (pids[int(ib[k])], rows[k].rank))
    return tuple(rows[k] for k in by_pid), shift


def shape_of(context: Context, scored: Scored) -> I64:
    """Which words the names of each pair do not share (`alerts.shapes_of`)."""
    return shapes_of(context.side_a, context.side_b, context.shared, scored.forms, crowd(context))


def prefer(ib: npt.NDArray[Any], worth: F64) -> tuple[I64, I64]:
    """The order of pairs by b, the most worth first and equals as they stand, and the place of each among its b's."""
    order = np.lexsort((-worth, ib)).astype(np.int64)
    own = ib[order]
    first = np.flatnonzero(np.diff(own, prepend=-1))
    place = np.arange(len(own)) - np.repeat(first, np.diff(np.append(first, len(own))))
    return order, place.astype(np.int64)


def leads(worth: F64, ia: npt.NDArray[Any], ib: npt.NDArray[Any]) -> tuple[F64, F64]:
    """How far each pair is above the best other pair of its b, and above that of its a; `FLOOR` where there is none."""
    return _lead(worth, ib), _lead(worth, ia)


def _lead(worth: F64, of: npt.NDArray[Any]) -> F64:
    order, place = prefer(of, worth)
    best, second = (np.full(int(of.max(initial=0)) + 1, FLOOR) for _ in range(2))
    for held, at in ((best, 0), (second, 1)):
        mine = order[place == at]
        held[of[mine]] = np.maximum(worth[mine], FLOOR)
    leader = np.zeros(len(of), bool)
    leader[order[place == 0]] = True
    lead: F64 = worth - np.where(leader, second[of], best[of])
    return lead


def together_signs(worth: F64, ia: npt.NDArray[Any], ib: npt.NDArray[Any]) -> F64:
    """Rows of `FIELD_SIGNS` but the first, of all candidates of a run."""
    return field_signs(worth, *leads(worth, ia, ib))


def shared_out(probability: F64, ib: I64, place: I64) -> F64:
    """Probabilities such that those of one b never sum to more than 1, and none exceeds that of a better candidate.

    The best keeps its own; the others share what it leaves. Rounded to six decimals, down for all but the best.
    """
    first = np.flatnonzero(place == 0)
    lead = np.repeat(probability[first], np.diff(np.append(first, len(place))))
    rest = np.where(place > 0, np.minimum(probability, lead), 0.0)
    total = np.zeros(int(ib.max()) + 1)
    np.add.at(total, ib, rest)
    scale = np.minimum(1.0, (1.0 - lead) / np.maximum(total[ib], 1e-300))
    shared: F64 = np.where(
        place == 0, np.round(probability, DECIMALS), np.floor(np.maximum(rest * scale, 0.0) * 1e6 - 0.5) / 1e6
    )
    return np.maximum(shared, 0.0)


def of_one_family(scored: Scored, shape: I64) -> I64:
    """Which pairs agree in what a family shares and not in the words of the name: as likely brothers as one person."""
    shared: I64 = (scored.parts[:, FAMILY].clip(min=0).sum(axis=1) >= FAMILY_AGREES) & (shape & UNLED > 0)
    return shared


def own_evidence(scored: Scored) -> F64:
    """What a person does not share with brothers: birth, sex, numbers, capture and facility."""
    own: F64 = scored.parts[:, OWN].sum(axis=1)
    return own


def _alerts(
    context: Context,
    scored: Scored,
    shape: I64,
    kin: I64,
    margin: F64,
    rival: F64,
    ia: I32,
    place: I64,
    probability: F64,
) -> list[list[str]]:
    states, parts = scored.states, scored.parts
    support = parts[:, KUNYA:].sum(axis=1)
    kin_settled = (parts[:, FATHER] < 0) | (parts[:, GRANDFATHER] < 0)
    conflict = (
        (states[:, FIELDS_AT + SEX] == 1)
        | (states[:, FIELDS_AT + BIRTH] == 2)
        | (states[:, FIELDS_AT + ID_NO] == 2)
        | (states[:, FIELDS_AT + PRISONER_NO] == 2)
        | kin_settled
    )
    number = (states[:, FIELDS_AT + ID_NO] == 0) | (states[:, FIELDS_AT + PRISONER_NO] == 0)
    wanted = np.zeros(len(context.a), np.int64)
    claims = (place == 0) & (probability >= 0.5)
    np.add.at(wanted, ia[claims], 1)
    # The leader of a tie, and whoever ties with it, say so.
    tied = (np.abs(margin) <= TIE) | (np.abs(rival) <= TIE)
    found: list[list[str]] = [[] for _ in range(len(ia))]
    for alert, mask in (
        ("kin", (shape & KIN > 0) | kin),
        ("subset", (shape & PART > 0) & (support <= 1.0)),
        ("conflict", conflict),
        ("number", number & (names_agree(parts) <= 0)),
        ("many", claims & (wanted[ia] > 1)),
        ("tie", tied),
    ):
        for k in np.flatnonzero(mask).tolist():
            found[k].append(alert)
    return found


def _decision(probability: float, rank: int, leads: bool, alerts: tuple[str, ...], settings: Settings) -> Decision:
    if probability < settings.review:
        # An equal number, and a family that agrees, ask for people even where the names say no.
        return "review" if rank == 1 and {"number", "kin"} & set(alerts) else "no"
    return "auto" if probability >= settings.auto and rank == 1 and leads and not alerts else "review"


def _given(context: Context) -> set[int]:
    """The parts whose field some entry of either list has."""
    a, b = context.a, context.b
    given = {
        at
        for at, (mine, theirs) in (
            (KUNYA, (a.kunya, b.kunya)),
            (FATHER, (a.father, b.father)),
            (GRANDFATHER, (a.grandfather, b.grandfather)),
        )
        if (mine >= 0).any() or (theirs >= 0).any()
    }
    for side in (a.fields, b.fields):
        columns = (
            np.diff(side.birth.first), side.sex, side.province + side.district, side.village, side.tribe,
            np.diff(side.id_no.first), np.diff(side.prisoner_no.first), np.diff(side.capture.first), side.facility,
        )  # fmt: skip
        given |= {FIELDS_AT + k for k, column in enumerate(columns) if column.any()}
    return given
