"""The times between which an entry came about, by the clocks of witnesses, and what they say of a claim."""

from __future__ import annotations

import pytest

from quittance.record.bracket import TOLERANCE, Bracket

SIX = 1_586_325_600  # 2020-04-08T06:00:00Z


@pytest.mark.parametrize(
    ("bracket", "flag"),
    [
        (Bracket(None, None), None),
        (Bracket(SIX, SIX), None),
        (Bracket(SIX + TOLERANCE, None), None),
        (Bracket(SIX + TOLERANCE + 1, None), "backdated"),
        (Bracket(None, SIX - TOLERANCE), None),
        (Bracket(None, SIX - TOLERANCE - 1), "postdated"),
        (Bracket(SIX + 5000, SIX + 5000), "backdated"),
        (Bracket(SIX + 5000, SIX - 5000), "clocks_differ"),
        (Bracket(SIX + TOLERANCE, SIX), None),
    ],
)
def test_a_claim_against_its_bracket(bracket, flag):
    """Ten minutes either side are borne; bounds that contradict each other date nobody."""
    assert bracket.flag("2020-04-08T06:00:00Z") == flag
