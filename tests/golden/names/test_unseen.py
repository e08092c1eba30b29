"""Invented lists that nothing was fitted on are matched as well as is said."""

from tests.golden.names.together import LEARNED
from tests.golden.names.unseen import SMALL, UNSEEN, judged, plans

from quittance.people.matching import reliability


def test_a_sure_pair_is_right_and_few_are_lost():
    """Brothers and homonyms left in: of the pairs at .97 or more 97 in 100 are right, and most are there."""
    one = judged(*SMALL[0])
    top = reliability(one.rows)[-1]
    assert top.low == 0.97
    assert top.right >= 0.97
    assert top.right * top.count >= 0.93 * one.links


def test_what_is_judged_was_not_learned():
    """No seed of the lists judged is one of those fitted on."""
    assert not {seed for _, seed in (*plans(UNSEEN), *SMALL)} & {seed for _, seed in LEARNED}
