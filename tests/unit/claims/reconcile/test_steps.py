"""Sums of totals and batches: what closes, what falls short, what is too much, and what may be reported twice."""

from __future__ import annotations

from datetime import date

from tests.unit.claims.reconcile.saying import failing, flagged, say, told, verdicts

from quittance.claims.model import OUTLET


def test_sum_closes_and_supports():
    """748 + 102 = 850 is one sum for each of the three."""
    said = told(say("a", 748, 3), say("b", 102, 4, kind="batch"), say("c", 850, 5))
    assert {j.support for j in said.judged} == {1}
    assert {j.arithmetic for j in said.judged} == {("748 + 102 = 850",)}
    assert [s.closes for s in said.series] == [True]


def test_sum_takes_announced_batches_and_says_so():
    """An announced batch may close a sum; everything in the sum is flagged."""
    claims = [say("a", 1000, 1), say("b", 100, 5, kind="batch"), say("c", 900, 6, kind="batch", event="plan")]
    said = told(*claims, say("d", 2000, 9))
    assert "1,000 + 100 + 900 = 2,000" in said.of("d#d").arithmetic
    assert flagged(said, "announced") == {"a", "b", "c", "d"}


def test_sum_fails_when_batches_are_more_than_the_difference():
    """A side's own batches above the step of its own totals: a double report or a conflict."""
    said = told(say("a", 100, 1), say("b", 60, 3, kind="batch"), say("c", 70, 6, kind="batch"), say("d", 150, 9))
    assert failing(said, "sum") == {"b", "c", "d"}
    assert said.of("d#d").arithmetic == ("60 + 70 = 130 > 150 - 100 = 50",)


def test_a_gap_contradicts_nobody():
    """Fewer batches than the step: unreported ones of at least so many, and the series does not close."""
    said = told(say("a", 112, 3, "SOUTH"), say("b", 53, 9, "SOUTH", kind="batch"), say("c", 171, 9, "NORTH"))
    assert set(verdicts(said).values()) == {"consistent"}
    (gap,) = said.series[0].gaps
    assert (gap.missing, gap.since, gap.until) == (6, date(2031, 3, 3), date(2031, 3, 9))
    assert gap.arithmetic == "112 + 53 = 165; 171 - 165 = 6: unreported batches of at least 6"
    assert not said.series[0].closes
    assert "does not close" in said.series[0].note


def test_a_gap_of_those_who_remain():
    """80 + 200 + 8 gone and 7 left of 400 leave 105 unreported."""
    left = [say("a", 400, 1, event="held", kind="remaining"), say("e", 7, 20, event="held", kind="remaining")]
    gone = [say("b", 80, 3, kind="batch"), say("c", 200, 8, kind="batch"), say("d", 8, 12, kind="batch")]
    (gap,) = told(*left, *gone).series[0].gaps
    assert gap.missing == 105
    assert gap.arithmetic == "80 + 200 + 8 + 7 = 295 of 400; unreported releases of at least 105"


def test_levels_close():
    """80 gone of 400 and 320 left close."""
    said = told(
        say("a", 400, 1, event="held", kind="remaining"),
        say("b", 80, 3, kind="batch"),
        say("c", 320, 4, event="held", kind="remaining"),
    )
    assert said.of("b#b").support == 1
    assert said.series[0].closes


def test_double_is_flagged_when_the_sums_leave_it_open():
    """Two batches of one size within two days: one or two; the series counts it once in low and twice in high."""
    said = told(say("a", 98, 2, kind="batch"), say("b", 98, 3, kind="batch"))
    assert flagged(said, "double") == {"a", "b"}
    assert "one or two batches" in said.of("a#a").arithmetic[0]
    assert (said.series[0].batches_low, said.series[0].batches_high) == (98, 196)


def test_double_is_one_event_when_the_sums_leave_no_room():
    """Where the totals around them leave room for one only, it is one batch."""
    said = told(say("t", 100, 1), say("a", 98, 2, kind="batch"), say("b", 98, 3, kind="batch"), say("u", 198, 4))
    assert any("one batch" in words and "98 only" in words for words in said.of("a#a").arithmetic)
    assert "100 + 98 = 198" in said.of("u#u").arithmetic


def test_double_passes_for_batches_far_apart():
    """Two batches of one size a week apart are two batches."""
    assert flagged(told(say("a", 98, 2, kind="batch"), say("b", 98, 9, kind="batch")), "double") == set()


def test_rivals_count_once():
    """Two sides' figures for one batch are one term of a sum: the one that closes more."""
    left = [say("a", 400, 1, event="held", kind="remaining"), say("c", 320, 4, event="held", kind="remaining")]
    said = told(*left, say("b", 80, 3, kind="batch"), say("x", 86, 3, "SOUTH", kind="batch"))
    assert said.of("b#b").support == 1
    assert said.of("x#x").support == 0
    assert said.series[0].closes


def test_undated_batches_are_no_term():
    """A batch without a day stands in no window."""
    said = told(say("a", 748, 3, OUTLET), say("b", 102, None, kind="batch", said=4), say("c", 850, 5))
    assert said.of("c#c").support == 0


def test_double_is_one_event_when_the_numbers_remaining_leave_no_room():
    """400 before and 320 after leave room for 80 once; the other side's figure in that report moves along."""
    said = told(
        say("a", 400, 1, event="held", kind="remaining"),
        say("b", 80, 3, kind="batch"),
        say("c", 80, 4, kind="batch", doc="r"),
        say("x", 86, 4, "SOUTH", kind="batch", doc="r"),
        say("d", 320, 4, event="held", kind="remaining"),
    )
    assert {c for c, v in verdicts(said).items() if v == "conflicting"} == {"b", "c", "x"}
    assert said.series[0].closes
    assert "80 + 320 = 400" in said.of("b#b").arithmetic


def test_a_window_up_to_now_from_the_start_is_a_running_total():
    """ "Since February" counts from the start where nothing was released before; its sum closes like any total's."""
    said = told(
        say("a", 100, 4, happened="2031-03-01/2031-03-04", said=4),
        say("b", 20, 6, kind="batch"),
        say("c", 120, 6),
    )
    assert "100 + 20 = 120" in said.of("c#c").arithmetic


def test_a_window_in_the_middle_is_a_batch():
    """ "317 in two days" beside a running total of 4,600 is a batch over its window, and closes on 4,917."""
    said = told(
        say("a", 4600, 3),
        say("b", 317, 6, note="window 2031-03-05/2031-03-06"),
        say("c", 4917, 6),
    )
    assert set(verdicts(said).values()) == {"consistent"}
    assert "4,600 + 317 = 4,917" in said.of("c#c").arithmetic


def test_a_window_long_ago_is_no_running_total():
    """ "In October" said in March is the batch of that October: a later running total may be smaller."""
    said = told(say("a", 1001, None, happened="2030-10", said=5), say("b", 869, 5, "NEUTRAL", said=5))
    assert set(verdicts(said).values()) == {"consistent"}
