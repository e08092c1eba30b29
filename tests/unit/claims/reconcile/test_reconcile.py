"""The whole: dates, reviews, order, neutrality, rows, lines, changes, and speed of large sets."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.claims.reconcile.saying import LATE, OTHER_SIDE, say, told, verdicts

from quittance.claims.model import OUTLET, Claim, Review
from quittance.claims.promises import Known
from quittance.claims.reconcile import changes, reconcile, reconcile_lines, series_rows
from quittance.claims.reconcile.model import VERDICTS

PUBLIC = [
    say("a", 748, 3, OUTLET),
    say("b", 102, 4, kind="batch"),
    say("c", 850, 5),
    say("d", 106, 5, "SOUTH", actor="SOUTH"),
    say("e", 112, 5, "NORTH", actor="SOUTH"),
]


def test_only_what_was_public_counts():
    """A claim counts from the day on which it was printed, and from the day on which it was entered."""
    early = reconcile(PUBLIC, {}, (), (), date(2031, 3, 4), LATE)
    assert set(verdicts(early)) == {"a", "b"}
    assert verdicts(early)["a"] == "unattributed"
    entered = {"c#c": date(2031, 4, 1)}
    assert "c" not in verdicts(reconcile(PUBLIC, {}, (), (), LATE, date(2031, 3, 31), entered))
    assert "c" in verdicts(reconcile(PUBLIC, {}, (), (), LATE, date(2031, 4, 1), entered))


def test_a_claim_without_any_day_is_left_out_and_named():
    """What has neither a day of printing nor of speech cannot be placed."""
    undated = msgspec.structs.replace(PUBLIC[0], published=None, statement_date=None)
    said = told(undated, *PUBLIC[1:])
    assert said.left_out == ("a#a",)
    assert "Left out" in "\n".join(reconcile_lines(said))


def test_reviews_count_from_their_day():
    """A refused claim is gone and a corrected one replaced from the day of the decision, not before."""
    refused = msgspec.structs.replace(PUBLIC[0], review=Review(state="rejected", at="2031-03-20T10:00:00Z"))
    better = msgspec.structs.replace(
        say("f", 103, 4, kind="batch"), review=Review(state="corrected", at="2031-03-20T10:00:00Z", replaces="b#b")
    )
    claims = [refused, *PUBLIC[1:], better]
    before = reconcile(claims, {}, (), (), LATE, date(2031, 3, 19))
    after = reconcile(claims, {}, (), (), LATE, date(2031, 3, 20))
    assert {"a", "b"} <= set(verdicts(before))
    assert "f" not in verdicts(before)
    assert {"a", "b"} & set(verdicts(after)) == set()
    assert "f" in verdicts(after)


def test_a_later_claim_changes_a_verdict_and_says_why():
    """What was consistent is superseded once the side gives another figure for that day."""
    claims = [say("a", 80, 3), say("b", 90, 3, said=5)]
    early = reconcile(claims, {}, (), (), date(2031, 3, 4), LATE)
    late = reconcile(claims, {}, (), (), date(2031, 3, 5), LATE)
    (first, second) = changes(early, late)
    assert (first.claim, first.was, first.now) == ("a#a", "consistent", "superseded")
    assert first.because == ("80 and 90 differ by 10",)
    assert (second.was, second.now) == (None, "consistent")
    text = "\n".join(reconcile_lines(late, (first, second)))
    assert "a#a was consistent, now superseded, because 80 and 90 differ by 10" in text


def test_rows_publish_best_low_high_and_the_dispute():
    """Best where the named figures meet, none where they do not; every row lists its claims and origins."""
    said = told(*PUBLIC)
    rows = {(r["side"], r["date"], r["kind"]): r for r in series_rows(said)}
    assert rows["NORTH", "2031-03-05", "total"]["best"] == 850
    disputed = rows["SOUTH", "2031-03-05", "total"]
    assert (disputed["best"], disputed["low"], disputed["high"], disputed["origins"]) == (None, 106, 112, 2)
    assert disputed["dispute"] == (
        "5 March 2031, total released so far by SOUTH: the figures differ: NORTH: 112 (1 claim, 1 origin); "
        "SOUTH: 106 (1 claim, 1 origin). No figure is verified. Nobody says whether they count the same people."
    )
    assert "748 + 102 = 850" in str(rows["NORTH", "2031-03-05", "total"]["arithmetic"])


def test_json_lists_operands_and_arithmetic():
    """The JSON of a reconciliation has, for each finding, the claims and the sum."""
    plain = msgspec.json.decode(msgspec.json.encode(told(*PUBLIC)))
    closing = next(f for f in plain["findings"] if f["outcome"] == "closes")
    assert closing["claims"] == ["a#a", "b#b", "c#c"]
    assert closing["arithmetic"] == "748 + 102 = 850"


def test_one_origin_of_many_reports():
    """Six reports of one speaker are one origin."""
    six = [say(f"r{n}", 361, 13, doc=f"doc{n}") for n in range(6)]
    (row,) = told(*six).series[0].rows
    assert (len(row.claims), row.origins) == (6, 1)


def test_lines_end_with_nothing_to_say():
    """No claims give one line."""
    assert reconcile_lines(reconcile([], {}, (), (), LATE, LATE)) == [
        "As of 31 December 2031, known by 31 December 2031: no claims"
    ]


def test_a_date_that_is_none_is_refused():
    """A claim with a day that no calendar has raises ValueError."""
    with pytest.raises(ValueError, match="month"):
        told(msgspec.structs.replace(PUBLIC[0], event_date="2031-13-01"))


def test_thousands_of_claims():
    """Many reports of a long series are reconciled, and the sums of it still close."""
    steps = 400
    totals = [say(f"t{n}", 100 + 7 * n, n + 1, said=n + 1) for n in range(steps)]
    batches = [say(f"b{n}", 7, n + 1, kind="batch", said=n + 1) for n in range(1, steps)]
    echoes = [say(f"o{n}x{m}", 100 + 7 * n, n + 1, OUTLET) for n in range(0, steps, 2) for m in range(10)]
    said = reconcile([*totals, *batches, *echoes], {}, (), (), date(2040, 1, 1), date(2040, 1, 1))
    assert {v for k, v in verdicts(said).items() if k[0] in "to"} == {"consistent"}


numbers = st.sampled_from([50, 60, 98, 100, 102, 150, 700, 748, 850, 900])
figures = st.builds(
    dict,
    value=numbers,
    day=st.integers(1, 12),
    by=st.sampled_from(["NORTH", "SOUTH", OUTLET, "NEUTRAL"]),
    actor=st.sampled_from(["NORTH", "SOUTH"]),
    event=st.sampled_from(["done", "done", "done", "plan"]),
    kind=st.sampled_from(["cumulative", "cumulative", "batch", "component", "remaining", "target"]),
    modality=st.sampled_from(["exact", "exact", "exact", "about", "nearly", "more_than", "at_least"]),
    later=st.integers(0, 3),
    doc=st.sampled_from([None, None, "r1", "r2"]),
)


def public(drawn: list[dict]) -> list[Claim]:
    """Claims with ids from drawn figures."""
    return [
        say(f"c{n}", **{k: v for k, v in d.items() if k != "later"}, said=d["day"] + d["later"])
        for n, d in enumerate(drawn)
    ]


@settings(max_examples=60, deadline=None)
@given(st.lists(figures, max_size=14), st.randoms(use_true_random=False))
def test_order_of_arrival_changes_nothing(drawn, rng):
    """Any order of the same claims gives the same bytes."""
    claims = public(drawn)
    shuffled = claims[:]
    rng.shuffle(shuffled)
    assert msgspec.json.encode(told(*shuffled)) == msgspec.json.encode(told(*claims))


@settings(max_examples=60, deadline=None)
@given(st.lists(figures, max_size=12))
def test_exchanging_the_sides_mirrors_the_verdicts(drawn):
    """With the codes of the two sides exchanged, every claim has the verdict that it had."""
    swapped = [{**d, "by": OTHER_SIDE.get(d["by"], d["by"]), "actor": OTHER_SIDE[d["actor"]]} for d in drawn]
    assert verdicts(told(*public(swapped))) == verdicts(told(*public(drawn)))


@settings(max_examples=60, deadline=None)
@given(st.lists(figures, min_size=1, max_size=12), st.data())
def test_a_restatement_makes_no_other_verdict_worse(drawn, data):
    """A further report of what a named source said, with the same words on the same day, harms no other claim."""
    claims = public(drawn)
    named = [c for c in claims if c.claimant.side != OUTLET]
    if not named:
        return
    again = data.draw(st.sampled_from(named))
    restated = msgspec.structs.replace(again, id="again#again", doc="again", outlet="again")
    before, after = verdicts(told(*claims)), verdicts(told(*claims, restated))
    rank = {verdict: n for n, verdict in enumerate(reversed(VERDICTS))}
    assert {c for c in before if rank[after[c]] > rank[before[c]] and before[c] != "verified"} == set()


@settings(max_examples=60, deadline=None)
@given(st.lists(figures, max_size=12))
def test_narration_harms_no_named_source(drawn):
    """Without what outlets tell by themselves, no named source's total would have been any less disputed."""
    claims = public([d for d in drawn if d["kind"] == "cumulative" and d["event"] == "done" and d["doc"] is None])
    named = [c for c in claims if c.claimant.side != OUTLET]
    without, with_all = verdicts(told(*named)), verdicts(told(*claims))
    assert {c for c in without if without[c] == "consistent" and with_all[c] == "conflicting"} == set()


def test_verified_row():
    """A verified figure is the best one, whatever is claimed."""
    known = (Known(actor="NORTH", day=date(2031, 3, 4), total=850),)
    said = told(*PUBLIC, verified=known)
    row = next(r for s in said.series for r in s.rows if r.actor == "NORTH" and r.day == date(2031, 3, 5))
    assert (row.best, row.verified) == (850, 850)
    assert said.of("c#c").verdict == "verified"
