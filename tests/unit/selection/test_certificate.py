"""A certificate proves a refusal to anybody with a pencil, and nothing else passes for one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.selected import Small, has_room, smalls

from quittance.selection.certificate import Certificate, certify, lines_of, proves, rounded
from quittance.selection.limits import Row, Seats

# Two seats; class x of quota a must have 1, class y of quota b must have 2; everybody of x is of z in quota b.
TIGHT = Seats(
    2,
    (("x", "z"), ("w", "y")),
    (3, 3),
    (Row("a", "w", 0, 2, (1,)), Row("a", "x", 1, 2, (0,)), Row("b", "y", 2, 2, (1,)), Row("b", "z", 0, 2, (0,))),
    (),
    (0, 1, 0, 1, 0, 1),
)
PROOF: Certificate = (("a", "x", -1), ("b", "y", -1), ("", "", 1))


def test_a_proof_by_hand_holds() -> None:
    """One seat for x and two for y are three, and there are two: R = -1 - 2 + 2 = -1 is less than L = 0."""
    assert certify(TIGHT, [0, 0], None, PROOF)


def test_an_empty_certificate_proves_nothing() -> None:
    """Without multipliers 0 is not greater than 0."""
    assert not certify(TIGHT, [0, 0], None, ())


def test_a_line_that_is_not_there_or_twice_is_worthless() -> None:
    """A certificate names lines of the seats, each once."""
    assert not certify(TIGHT, [0, 0], None, (*PROOF, ("c", "x", 1)))
    assert not certify(TIGHT, [0, 0], None, (*PROOF, ("a", "x", -1)))


def test_it_fails_where_there_is_room() -> None:
    """With a minimum one lower the same multipliers prove nothing."""
    rows = tuple(replace(row, lo=1) if row.class_ == "y" else row for row in TIGHT.rows)
    assert not certify(replace(TIGHT, rows=rows), [0, 0], None, PROOF)


def test_it_stays_a_proof_when_more_are_taken() -> None:
    """Whoever is taken later only makes the left side larger."""
    assert certify(TIGHT, [1, 0], None, PROOF)
    assert certify(TIGHT, [0, 1], 1, PROOF)


@settings(max_examples=150, deadline=None)
@given(smalls(), st.data())
def test_nothing_false_can_be_certified(small: Small, data: st.DataObject) -> None:
    """Whatever the multipliers: if they prove a refusal, enumeration finds no room."""
    seats = small.seats
    lines = lines_of(seats)
    adding = data.draw(st.integers(0, len(seats.sizes) - 1))
    accepted = [0] * len(seats.sizes)
    multipliers = data.draw(st.lists(st.integers(-3, 3), min_size=len(lines), max_size=len(lines)))
    certificate = tuple(
        (line.quota, line.class_, times) for line, times in zip(lines, multipliers, strict=True) if times
    )
    if certify(seats, accepted, adding, certificate):
        assert not has_room(seats, accepted, adding)


def test_rounding_gives_whole_numbers_in_both_signs() -> None:
    """A direction is scaled by its smallest part, and tried as it is and turned round; no direction gives none."""
    assert list(rounded([1.0, -0.5, 1e-12]))[:2] == [[2, -1, 0], [-2, 1, 0]]
    assert list(rounded([0.0, 1e-12])) == []


def test_weights_of_a_sum_count() -> None:
    """A line with weights adds up weight times count."""
    lines = lines_of(TIGHT)
    weighed = (*lines[:-1], replace(lines[0], lo=5, hi=9, members=(0, 1), weights=(1, 1)), lines[-1])
    assert proves(weighed, [0, 0], [3, 3], [0, 0, 0, 0, -1, 1])
    heavier = (*weighed[:4], replace(weighed[4], weights=(1, 3)), weighed[5])
    assert not proves(heavier, [0, 0], [3, 3], [0, 0, 0, 0, -1, 1])
