"""Running totals against each other: mono, same, cross, own; each with a case that fails and one that passes."""

from __future__ import annotations

from tests.unit.claims.reconcile.saying import failing, flagged, say, told, verdicts

from quittance.claims.model import OUTLET


def test_mono_fails_for_a_total_that_falls():
    """A side's later total below its earlier one: the one that closes fewer sums is conflicting."""
    said = told(say("a", 50, 1), say("b", 20, 2, kind="batch"), say("c", 70, 3), say("d", 60, 5))
    assert failing(said, "mono") == {"d"}
    assert verdicts(said)["c"] == "consistent"


def test_mono_passes_for_totals_that_grow():
    """Totals that do not fall leave mono silent."""
    assert failing(told(say("a", 50, 1), say("b", 50, 2), say("c", 70, 3)), "mono") == set()


def test_mono_ties_concern_both():
    """Without any sum on either side both are conflicting: nothing prefers one."""
    assert failing(told(say("a", 70, 1), say("b", 60, 3)), "mono") == {"a", "b"}


def test_one_high_outlier_does_not_fell_the_rest():
    """A total that no sum supports does not make every later total conflicting."""
    claims = [say("wild", 900, 1), say("a", 50, 2), say("x", 20, 3, kind="batch"), say("b", 70, 4), say("c", 90, 6)]
    said = told(*claims)
    assert verdicts(said)["b"] == "consistent"
    assert verdicts(said)["wild"] == "conflicting"


def test_same_is_decided_by_the_sums():
    """Two totals of one key and day: the one that closes no sum is conflicting."""
    claims = [say("a", 748, 3, OUTLET), say("b", 648, 3, OUTLET), say("c", 102, 4, kind="batch"), say("d", 850, 5)]
    said = told(*claims)
    assert failing(said, "same") == {"b"}
    assert verdicts(said) == {"a": "consistent", "b": "conflicting", "c": "consistent", "d": "consistent"}


def test_same_passes_for_intervals_that_meet():
    """Two figures of one day whose intervals meet do not contradict each other."""
    assert failing(told(say("a", 100, 3), say("b", 105, 3, modality="about")), "same") == set()


def test_a_later_word_of_the_same_side_supersedes():
    """A side that gives another figure for the same day later has corrected itself."""
    assert verdicts(told(say("a", 80, 3), say("b", 90, 3, said=5))) == {"a": "superseded", "b": "consistent"}


def test_cross_is_symmetrical():
    """Two sides, one day, two totals: both are conflicting, and who is counted is to be asked of both."""
    said = told(say("a", 112, 3, "NORTH"), say("b", 106, 3, "SOUTH"))
    assert verdicts(said) == {"a": "conflicting", "b": "conflicting"}
    assert flagged(said, "definition") == {"a", "b"}
    assert said.of("a#a").arithmetic == ("106 and 112 differ by 6",)


def test_cross_passes_for_one_number():
    """Both sides giving one number agree."""
    assert set(verdicts(told(say("a", 112, 3, "NORTH"), say("b", 112, 3, "SOUTH"))).values()) == {"consistent"}


def test_cross_knows_that_totals_do_not_fall():
    """A side's later total below the other side's earlier one contradicts it, too."""
    assert failing(told(say("a", 112, 3, "NORTH"), say("b", 90, 9, "SOUTH")), "cross") == {"a", "b"}
    assert failing(told(say("a", 112, 3, "NORTH"), say("b", 120, 9, "SOUTH")), "cross") == set()


def test_narration_is_the_conflicting_one():
    """What an outlet tells by itself never makes a side's figure conflicting."""
    said = told(say("a", 112, 3, "NORTH"), say("b", 106, 3, OUTLET))
    assert verdicts(said) == {"a": "consistent", "b": "conflicting"}


def test_cross_of_batches():
    """Two sides' batches of one day conflict, unless one is the sum of what the other gives."""
    apart = told(say("a", 80, 3, kind="batch"), say("b", 86, 3, "SOUTH", kind="batch"))
    assert verdicts(apart) == {"a": "conflicting", "b": "conflicting"}
    parts = [say("a", 17, 3, kind="batch", place="east"), say("b", 12, 3, kind="batch", place="west")]
    assert set(verdicts(told(*parts, say("c", 29, 3, "SOUTH", kind="batch"))).values()) == {"consistent"}
    elsewhere = [say("a", 17, 3, kind="batch", place="east"), say("b", 12, 3, "SOUTH", kind="batch", place="west")]
    assert set(verdicts(told(*elsewhere)).values()) == {"consistent"}


def test_own_fails_above_the_sides_later_total():
    """An outlet's total above the side's own total of a later day cannot be; the sum of two totals is flagged."""
    said = told(say("a", 300, 12, OUTLET), say("b", 361, 13), say("c", 661, 17, OUTLET), say("d", 361, 22, OUTLET))
    assert failing(said, "own") == {"c"}
    assert verdicts(said)["c"] == "impossible"
    assert flagged(said, "twice") == {"c"}
    assert "300 + 361 = 661" in said.of("c#c").arithmetic


def test_own_is_inherited_by_a_repetition_of_the_same_origin():
    """The same outlet's repetition of an impossible figure is as impossible."""
    claims = [say("b", 361, 13), say("c", 661, 17, OUTLET, outlet="W"), say("d", 361, 22)]
    said = told(*claims, say("e", 661, 30, OUTLET, outlet="W"), say("f", 661, 30, OUTLET, outlet="other"))
    assert verdicts(said)["e"] == "impossible"
    assert verdicts(said)["f"] == "unattributed"


def test_own_is_soft_for_about_and_for_one_day():
    """A soft figure, or one of the very day of the side's total, is conflicting at most."""
    assert verdicts(told(say("a", 900, 3, OUTLET, modality="about"), say("b", 361, 5)))["a"] == "conflicting"
    assert verdicts(told(say("a", 900, 5, OUTLET), say("b", 361, 5)))["a"] == "conflicting"


def test_own_passes_below_the_sides_total():
    """A third party's total below the side's later one is possible."""
    assert failing(told(say("a", 300, 3, "NEUTRAL"), say("b", 361, 5)), "own") == set()


def test_own_total_that_its_series_does_not_bear_out_caps_nothing():
    """One slip of the side itself does not make everybody else's figures impossible."""
    said = told(say("a", 850, 5), say("b", 870, 6, OUTLET), say("slip", 105, 7))
    assert verdicts(said)["b"] != "impossible"


def test_an_outlier_loses_against_many():
    """Without any sums, the total that contradicts all others is the conflicting one."""
    claims = [say("wild", 9000, 1), say("a", 50, 2), say("b", 70, 4), say("c", 90, 6), say("s", 75, 4, "SOUTH")]
    said = told(*claims)
    assert verdicts(said)["wild"] == "conflicting"
    assert {verdicts(said)[c] for c in "ac"} == {"consistent"}
