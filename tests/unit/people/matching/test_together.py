"""The parts of a score weighed together, for pairs with fields."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.people.matching.invented import A, B

from quittance.people.matching import Settings, match
from quittance.people.matching.calibration import FIELD_SIGNS, NAME_SIGNS, SIGNS
from quittance.people.matching.deciding import crowd, leads, prefer, shape_of
from quittance.people.matching.ranking import score_pairs
from quittance.people.matching.together import aspects, shipped_together
from quittance.people.model import FIELDS

GONE = dict.fromkeys(set(FIELDS) - {"pid", "name", "aliases", "calendar"}, "")
AT = {name: at for at, name in enumerate(SIGNS)}


@pytest.fixture(scope="module")
def found():
    return match(A, B)


def sums(matching, pairs):
    """What the parts of pairs of places in the lists say together."""
    context = matching.context
    ia = np.array([context.a.place(a) for a, _ in pairs], np.int32)
    ib = np.array([context.b.place(b) for _, b in pairs], np.int32)
    scored = score_pairs(context, ia, ib)
    return shipped_together().sum(scored, shape_of(context, scored), crowd(context)).tolist()


def test_the_shipped_weights_are_those_of_the_aspects(found):
    """Every column has its weight, no weight is without a column, and the file says what it was fitted on."""
    scored = score_pairs(found.context, np.zeros(1, np.int32), np.zeros(1, np.int32))
    assert set(shipped_together().weight) == set(aspects(scored, np.zeros(1, np.int64)))
    assert "invented" in shipped_together().provenance


def test_the_sum_is_the_same_in_either_direction(found):
    """Which list is called A does not matter."""
    pairs = [(a, b) for a in range(len(A)) for b in range(len(B))]
    assert sums(found, pairs) == sums(match(B, A), [(b, a) for a, b in pairs])


def test_agreement_never_weighs_against_a_pair():
    """The weights of what agrees and of what differs have the sign that a reader expects."""
    weight = shipped_together().weight
    assert {name for name, value in weight.items() if name.endswith((" agrees", " differs")) and value < 0} == set()


def test_names_alone_keep_their_own_curve():
    """Where no field can be compared the signs of fields are 0, and with a field those of names are."""
    bare = match([replace(A[0], **GONE)], [replace(B[0], **GONE)]).candidates[0]
    assert set(bare.signs[len(NAME_SIGNS) :]) == {0.0}
    full = match(A, B).candidates[0]
    assert set(full.signs[: len(NAME_SIGNS)]) == {0.0}
    assert full.signs[AT["fields"]] == 1.0
    assert len(full.signs) == len(NAME_SIGNS) + len(FIELD_SIGNS)


def test_candidates_stand_in_the_order_of_the_sum(found):
    """Of one entry the candidate of rank 1 has the largest sum."""
    for b in {one.b for one in found.candidates}:
        mine = [one.signs[AT["sum"]] for one in found.candidates if one.b == b and one.signs[AT["fields"]]]
        assert mine == sorted(mine, reverse=True)


def test_leads_are_over_the_best_other():
    """A pair leads over the best other of its b and of its a, or over the floor where there is none."""
    worth, ia, ib = np.array([5.0, 3.0, 4.0]), np.array([0, 1, 0]), np.array([0, 0, 1])
    of_b, of_a = leads(worth, ia, ib)
    assert of_b.tolist() == [2.0, -2.0, 6.0]
    assert of_a.tolist() == [1.0, 5.0, -1.0]
    order, place = prefer(np.array([1, 0, 1]), np.array([1.0, 9.0, 2.0]))
    assert order.tolist() == [1, 2, 0]
    assert place.tolist() == [0, 0, 1]


def test_one_to_one_gives_each_partner_once_with_fields():
    """The assignment of pairs with fields counts from what all parts say together."""
    pairs = match(A, B, Settings(one_to_one=True)).candidates
    assert pairs
    assert all(one.signs[AT["sum"]] > 0 for one in pairs if one.signs[AT["fields"]])
