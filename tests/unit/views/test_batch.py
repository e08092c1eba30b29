"""What an audience sees of a batch: one word for what must not be told apart, own people only, no small count."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.web.batches import CAP, SICK, code, draft, recorded

from quittance.views.batch import (
    NOT_AVAILABLE,
    SEALED,
    SHOWN,
    Candidate,
    FunnelStep,
    LimitLine,
    cut_line,
    difference,
    manifest,
    shown_candidates,
)
from quittance.views.batch_seen import coarse_funnel, seen_by
from quittance.views.batch_wording import why_words

PRIVATE = frozenset({"health", "medical_seats"})
TOLD = frozenset({"listed", "not_vetoed", "decree"})
SEALED_GATES = {"medical", "consent"}


def adds_up(funnel) -> bool:
    """Whether the register is those outside, those lost and those ranked."""
    lost = sum(one.lost or 0 for one in funnel if one.kind == "gate")
    outside = sum(one.n or 0 for one in funnel if one.kind.startswith("outside"))
    ranked = next(one.n for one in funnel if one.kind == "ranked")
    return funnel[0].n == outside + lost + ranked


@pytest.mark.parametrize("audience", ["neutral", "a", "b"])
def test_a_sealed_gate_is_never_named(audience):
    """Which of the sealed gates is not yes is told apart in no line and in no count, and the funnel adds up."""
    view = seen_by(draft(), audience, private=PRIVATE, told=TOLD)
    named = {gate for one in view.candidates for gate in one.missing}
    named |= {gate for one in view.funnel for gate in one.gates}
    assert not named & SEALED_GATES
    assert (SEALED if audience == "neutral" else NOT_AVAILABLE) in named
    assert adds_up(draft().funnel)
    assert adds_up(view.funnel)
    lefts = [one.n for one in view.funnel if one.kind in ("gate", "ranked")]
    assert lefts == sorted(lefts, reverse=True)


def test_two_reasons_give_the_same_page():
    """A batch in which one person declined looks to a side, byte for byte, like one in which he was found unfit."""
    view = recorded()
    one = replace(view, rounds=(replace(view.rounds[0], reasons=(("declined", 1),)),))
    other = replace(view, rounds=(replace(view.rounds[0], reasons=(("unfit", 1),)),))
    swapped = tuple(
        replace(each, missing=tuple("medical" if gate == "consent" else gate for gate in each.missing))
        for each in view.candidates
    )
    for audience in ("a", "b", "public"):
        assert seen_by(one, audience, told=TOLD) == seen_by(other, audience, told=TOLD)
        assert seen_by(replace(one, candidates=swapped), audience, told=TOLD) == seen_by(one, audience, told=TOLD)


def test_a_side_sees_its_own_lines_without_health():
    """Others' lines are gone; points are those of the lines shown; limits on health are named nowhere."""
    view = seen_by(draft(), "a", private=PRIVATE, told=TOLD)
    assert view.candidates
    assert all("a" in one.owners for one in view.candidates)
    assert len(view.candidates) < len(draft().candidates)
    for one in view.candidates:
        assert dict(one.lines).keys() <= {"sentence", "age"}
        assert one.points is None or one.points == sum(points for _, points in one.lines)
        assert SICK not in (*one.limits, one.closest)
        assert one.certificate == ()
    sick = [one for one in view.limits if one.quota in PRIVATE]
    assert sick
    assert {(one.available, one.count, one.price) for one in sick} == {(None, None, None)}


def test_a_side_learns_its_own_gates_and_those_that_are_told():
    """The holder sees its pledge gate, the receiver does not; both see a veto."""
    of_giver, of_taker = (
        {gate for one in seen_by(draft(), side, told=TOLD).candidates for gate in one.missing} for side in ("a", "b")
    )
    assert of_giver == {"not_vetoed", "decree", "pledge", NOT_AVAILABLE}
    assert of_taker == {"not_vetoed", "decree", NOT_AVAILABLE}


def test_a_private_limit_still_gives_a_reason():
    """Somebody passed over for a medical seat reads that a limit was reached, and not which."""
    passed = next(one for one in draft().candidates if one.limits == (SICK,))
    shown = seen_by(draft(), "b", private=PRIVATE).candidates
    own = next(one for one in shown if one.code == passed.code)
    assert str(why_words(own, 24)) == "a limit was reached at this turn: a limit that is not shown"


def test_the_public_sees_nothing_before_the_arrival():
    """Then totals only: no line, no code, no hour."""
    view = recorded()
    hidden = seen_by(view, "public")
    assert hidden.hidden
    assert [*hidden.candidates, *hidden.funnel, *hidden.limits, *hidden.steps, *hidden.rounds, *hidden.seed_lines] == []
    assert (hidden.snapshot_sha256, hidden.request_sha256, hidden.batch_sha256, hidden.done) == ("", "", "", 0)
    assert hidden.seed == ""
    shown = seen_by(replace(view, arrived=True), "public")
    assert not shown.hidden
    assert shown.candidates == shown.rounds == ()
    assert {len(one.at) for one in shown.steps} == {10}
    rates = {one.of: (one.skipped, one.total) for one in shown.skip_rates}
    assert rates == {"batch": (1, 20), "holder": (40, 400), "list": (None, None)}


def test_a_funnel_for_the_public_has_no_small_line():
    """Gates are drawn together until each costs ten or more; what is left still adds up."""
    for people in (60, 120, 500, 5000):
        shown = coarse_funnel(draft(people=people).funnel, 10)
        assert all(one.lost is None or one.lost >= 10 for one in shown)
        assert not {gate for one in shown for gate in one.gates} & SEALED_GATES
        if all(one.n is not None for one in shown):
            assert adds_up(shown)


def test_a_funnel_that_loses_few_hides_how_many_are_ranked():
    """The difference of register and ranked would name them."""
    steps = (
        FunnelStep("register", 100), FunnelStep("outside", 1), FunnelStep("gate", 97, 2, ("decree",), ("holding",)),
        FunnelStep("gate", 96, 1, ("consent",), ("neutral",)), FunnelStep("ranked", 96), FunnelStep("batch", 20),
    )  # fmt: skip
    shown = coarse_funnel(steps, 10)
    assert [one.n for one in shown if one.kind in ("gate", "ranked")] == [None, None]
    assert shown[-1].n == 20


def test_a_quota_with_a_small_cell_shows_no_cell():
    """Its bounds would tell the counts, since they follow from them; large quotas stay."""
    view = replace(
        recorded("closed"), arrived=True,
        limits=(
            LimitLine("prison", "North", 10, 60, 90, 40), LimitLine("prison", "South", 10, 60, 80, 60),
            LimitLine("province", "Kabul", 0, 60, 99, 55), LimitLine("province", "Kunduz", 4, 10, 12, 4),
            LimitLine("medical_seats", "in", 0, 12, 40, 12),
        ),
    )  # fmt: skip
    shown = seen_by(view, "public", private=PRIVATE).limits
    assert [(one.quota, one.count) for one in shown] == [
        ("prison", 40), ("prison", 60), ("province", None), ("medical_seats", None),
    ]  # fmt: skip
    assert {(one.class_, one.low, one.high, one.available) for one in shown[2:]} == {("", None, None, None)}


def test_what_changes_between_two_runs():
    """In the order of rank, with the points of both."""
    first, second = draft(20), draft(22)
    found = difference(first, second, CAP)
    assert (found.enters, found.leaves) == ((code(25), code(26)), ())
    assert (found.entering, found.leaving, found.second_points) == (2, 0, 1256)
    assert difference(second, first).leaves == (code(25), code(26))
    assert found.loosened == CAP


def test_every_kind_of_line_can_be_asked_for():
    """Together they are everybody; an unknown kind is everybody too."""
    view = recorded()
    counts = {one: len(shown_candidates(view, one)) for one in SHOWN}
    assert counts["all"] == len(view.candidates) == len(shown_candidates(view, "no such kind"))
    assert counts["passed"] == 4
    assert counts["outside"] == 3
    assert counts["in"] == 21  # twenty seats and one substitute
    assert counts["all"] == counts["in"] - 1 + counts["passed"] + counts["order"] + counts["gate"] + counts["outside"]


def test_the_cut_line_has_both_sides():
    """Up to its last rank, and after it; nothing where nobody was taken."""
    before, after = cut_line(draft(), 3)
    assert [one.rank for one in before] == [22, 23, 24]
    assert [one.rank for one in after] == [25, 26, 27]
    assert cut_line(replace(draft(), last_rank=None)) == ((), ())


def test_a_manifest_is_who_goes_and_who_went():
    """Not who dropped out; the substitute with them."""
    listed = [one.standing for one in manifest(recorded())]
    assert sorted(set(listed)) == ["going", "gone", "pulled"]
    assert len(listed) == 20
    assert len(manifest(draft())) == 20


def test_a_batch_of_which_only_the_names_are_kept():
    """No funnel, no ranks: every reader gets what there is."""
    bare = replace(
        recorded("closed"), arrived=True, funnel=(), limits=(), last_rank=None,
        candidates=(Candidate(code(1), "in", ("b",), standing="gone"),),
    )  # fmt: skip
    for audience in ("neutral", "a", "b", "public"):
        assert seen_by(bare, audience).funnel == ()
    assert str(why_words(bare.candidates[0], None)).startswith("on the list of the batch")
    assert [one.code for one in manifest(bare)] == [code(1)]


def test_a_reason_without_a_limit_is_still_a_sentence():
    """Each of the reasons has words of its own."""
    reasons = ("in", "gate", "order", "cap", "owed", "jointly", "outside", "outside_pending")
    words = {str(why_words(Candidate("x", one, rank=1, tier=1, points=2), 9)) for one in reasons}  # type: ignore[arg-type]
    assert len(words) == len(reasons)
