"""The curve of probability, its table, and fitting it again."""

import json

import numpy as np
import pytest

from quittance.errors import UsageError
from quittance.people.matching import Calibration, Judged, refit, reliability, shipped_calibration
from quittance.people.matching.calibration import SIGNS, chance, overlap_shift

SURE = (8.0, 5.0, 5.0, 3.0, 3.0, 2.0, 0.0, *(0.0,) * 9)
"""Signs of a pair of names alone that is shown as sure."""


def test_the_shipped_curve_says_what_it_was_fitted_on():
    """The curve that ships names its lists and brings a reliability table."""
    curve = shipped_calibration()
    assert "a2" in curve.provenance
    assert sum(band.count for band in curve.reliability) > 1000
    top = curve.reliability[-1]
    assert top.low == 0.97
    assert top.right >= 0.97


def test_a_curve_survives_json():
    """What is written beside links can be read again."""
    curve = shipped_calibration()
    assert Calibration.from_json(json.loads(json.dumps(curve.as_json()))) == curve


@pytest.mark.parametrize("broken", [None, {}, [], "x", {"mean": [1]}])
def test_a_broken_curve_is_refused(broken):
    """Anything else is refused with a stable code."""
    with pytest.raises(UsageError) as refused:
        Calibration.from_json(broken)
    assert refused.value.code == "matching.calibration"


def test_the_table_counts_each_band():
    """Bands are half open, the last holds 1, and empty ones are left out."""
    table = reliability([(0.05, False), (0.0999, True), (0.1, False), (1.0, True), (0.97, True)])
    assert [(band.low, band.count, band.right) for band in table] == [(0.0, 2, 0.5), (0.1, 1, 0.0), (0.97, 2, 1.0)]


def test_no_answers_change_nothing():
    """Without answers the default stays."""
    assert refit(shipped_calibration(), []) is shipped_calibration()


def test_answers_move_the_curve_towards_them():
    """Many pairs shown as sure that people found different lower the curve; few hardly move it."""
    curve = shipped_calibration()
    signs = np.array(SURE)
    shown = float(chance(curve.log_odds(signs[None]))[0])

    def after(count):
        return float(chance(refit(curve, [Judged(tuple(signs), False)] * count).log_odds(signs[None]))[0])

    assert shown > 0.9
    assert shown > after(2) > after(20) > after(200)
    assert after(2) > shown - 0.2
    assert after(200) < 0.3


def test_the_table_is_that_of_the_case_from_fifty_answers_on():
    """With fewer answers the shipped table stays, labelled as such."""
    answers = [Judged(SURE, True)]
    assert refit(shipped_calibration(), answers * 49).reliability == shipped_calibration().reliability
    assert sum(band.count for band in refit(shipped_calibration(), answers * 50).reliability) == 50


def test_lists_with_little_overlap_lower_the_curve():
    """Where hardly any best candidate looks right, the curve is moved down; where as many as usual, it stays."""
    base = shipped_calibration().base
    few = np.concatenate([np.full(10, 4.0), np.full(190, -1.5)])
    usual = np.concatenate([np.full(130, 5.0), np.full(70, -4.0)])
    assert overlap_shift(few, base) < 0
    assert overlap_shift(usual, base) == 0
    assert len(SIGNS) == len(SURE)
