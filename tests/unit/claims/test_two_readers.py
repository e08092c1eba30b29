"""The agreement of two readers, against values computed by hand."""

from __future__ import annotations

import pytest

from quittance.claims.model import Claim, Claimant, Quantity
from quittance.claims.two_readers import compare, kappa, paired


def claim(doc: str, start: int, end: int, **more: object) -> Claim:
    """A claim at a place, with its number in its last two characters."""
    plain: dict[str, object] = {
        "event_type": "done", "claimant": Claimant(key="A"), "actor": "X", "object": "Y", "kind": "batch",
        "quantity": Quantity(value=10, low=10, high=10, modality="exact"), "quantity_span": (end - 2, end),
    }  # fmt: skip
    return Claim(id=f"{doc}#{start}", doc=doc, span=(start, end), text="x" * (end - start), **{**plain, **more})  # type: ignore[arg-type]


def test_kappa_of_the_textbook():
    """Fifty answers: 20 both yes, 15 both no, 5 and 10 apart: observed .7, by chance .5, kappa .4 (Cohen 1960)."""
    answers = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert kappa(answers) == pytest.approx(0.4)


def test_kappa_of_three_answers():
    """Six answers, four alike: observed 4/6; by chance (3*2 + 2*2 + 1*2)/36 = 12/36; kappa (24 - 12)/(36 - 12)."""
    answers = [("a", "a"), ("a", "a"), ("a", "b"), ("b", "b"), ("b", "c"), ("c", "c")]
    assert kappa(answers) == pytest.approx(0.5)


def test_kappa_below_chance_is_negative():
    """Two readers who always say the opposite."""
    assert kappa([("a", "b"), ("b", "a")]) == -1


@pytest.mark.parametrize("answers", [[], [("a", "a")], [("a", "a")] * 7])
def test_kappa_says_nothing_without_a_choice(answers):
    """One answer throughout would be right by chance as well."""
    assert kappa(answers) is None


def test_spans_are_compared_by_f1():
    """First found three, second four, two of them the same: 2 * 2 / 7."""
    first = [claim("d", 0, 20), claim("d", 30, 50), claim("d", 60, 80)]
    second = [claim("d", 0, 20), claim("d", 32, 50), claim("d", 90, 110), claim("e", 0, 10)]
    found = compare(first, second)
    assert (found.spans.first, found.spans.second, found.spans.both) == (3, 4, 2)
    assert found.spans.f1 == pytest.approx(4 / 7)
    assert [(one.first is None, one.second is None) for one in found.differences] == [
        (False, True),
        (True, False),
        (True, False),
    ]


def test_only_reports_that_both_have_read_count():
    """The second has not come to `e` yet."""
    first = [claim("d", 0, 20), claim("e", 0, 20)]
    found = compare(first, [claim("d", 0, 20)], docs={"d"})
    assert found.docs == ("d",)
    assert found.spans.f1 == 1
    assert found.differences == ()


def test_no_claims_at_all_have_no_f1():
    """Two readers who found nothing in a report have not shown that they agree."""
    found = compare([], [], docs={"d"})
    assert found.spans.f1 is None
    assert [one.kappa for one in found.fields] == [None] * 4


def test_fields_are_compared_over_claims_that_both_found():
    """Four claims; the kinds agree on three: observed 3/4, by chance (3*2 + 1*2)/16 = 1/2, kappa 1/2."""
    kinds = ["batch", "batch", "batch", "target"], ["batch", "batch", "target", "target"]
    first, second = ([claim("d", 30 * n, 30 * n + 20, kind=kind) for n, kind in enumerate(column)] for column in kinds)
    found = compare([*first, claim("d", 300, 320)], second)
    by_name = {one.field: one for one in found.fields}
    assert (by_name["kind"].pairs, by_name["kind"].agreed) == (4, 3)
    assert by_name["kind"].kappa == pytest.approx(0.5)
    assert by_name["actor"].kappa is None
    assert [one.fields for one in found.differences] == [("kind",), ()]


def test_another_number_is_a_difference_to_be_decided():
    """It stands beside the four fields, and has no kappa: a number is not one of a few answers."""
    other = claim("d", 0, 20, quantity=Quantity(value=11, low=11, high=11, modality="exact"))
    (difference,) = compare([claim("d", 0, 20)], [other]).differences
    assert difference.fields == ("value",)


def test_two_numbers_of_one_sentence_are_two_claims():
    """`32 Armenians and two Azerbaijanis`: the spans are the same, the numbers stand apart."""
    first = [claim("d", 0, 40, quantity_span=(0, 2)), claim("d", 0, 40, quantity_span=(20, 23))]
    second = [claim("d", 0, 40, quantity_span=(20, 23)), claim("d", 0, 40, quantity_span=(30, 33))]
    assert [(a and a.quantity_span, b and b.quantity_span) for a, b in paired(first, second)] == [
        ((0, 2), None),
        ((20, 23), (20, 23)),
        (None, (30, 33)),
    ]


def test_spans_that_share_less_than_half_are_two_claims():
    """Ten of thirty characters."""
    pair = paired([claim("d", 0, 20, quantity_span=None)], [claim("d", 10, 30, quantity_span=None)])
    assert [(a is None, b is None) for a, b in pair] == [(False, True), (True, False)]


def test_each_claim_is_paired_once_with_the_closest():
    """Of two that overlap, the one that covers the same."""
    first = [claim("d", 0, 20, quantity_span=None)]
    second = [claim("d", 0, 30, quantity_span=None), claim("d", 0, 20, quantity_span=None)]
    assert [b and b.span for a, b in paired(first, second) if a] == [(0, 20)]
