"""The register as a pure fold: codes, groups, states, filters; the same from any order of entries."""

from __future__ import annotations

import random
from hashlib import sha256
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.codes import DIGITS, code_of, read_code
from quittance.people.judgements import Judgement, Pairs, Quorum, pair_of
from quittance.people.model import FIELDS, ListEntry
from quittance.record.envelope import encode64
from quittance.views.register import (
    ALERTS,
    LABELS,
    NOT_GIVEN,
    NOT_RECOGNISED,
    STATES,
    Filters,
    Listed,
    Register,
    Spelling,
    field_rows,
)

PLACES = {"Kabul": ("kabul", "Kabul"), "كابل": ("kabul", "Kabul"), "Herat": ("herat", "Herat")}
SPELLING = Spelling(
    latin=lambda name: "In Latin",
    province=lambda text: PLACES.get(text, NOT_RECOGNISED) if text else NOT_GIVEN,
)


def handle(number: int) -> str:
    return encode64(sha256(str(number).encode()).digest())


def listed(number: int, name: str = "a/one", *, gone: bool = False, **fields: str) -> Listed:
    entry = ListEntry(pid=str(number), name=fields.pop("said", f"TEST {number}"), **fields)
    return Listed(handle(number), name, 1, "", number, str(number), gone, entry)


def said(index: int, one: int, other: int, answer: str, by: str) -> Judgement:
    return Judgement(pair_of(handle(one), handle(other)), answer, by, "2025-01-01T00:00:00Z", index)


def register(entries, *judgements: Judgement, blind: bool = True, quorum: Quorum | None = None) -> Register:
    return Register(entries, Pairs(quorum, judgements), judgements, SPELLING, blind=blind)


# --- codes -----------------------------------------------------------------------------------------------------------


def test_a_code_is_ten_digits_of_the_handle():
    """The first fifty bits, the highest first, with a hyphen in the middle."""
    assert code_of(encode64(bytes(32))) == "00000-00000"
    assert code_of(encode64(b"\xff" * 32)) == "ZZZZZ-ZZZZZ"
    assert code_of(encode64(b"\x08" + bytes(31))) == "10000-00000"
    assert code_of(encode64(bytes(6) + b"\x40" + bytes(25))) == "00000-00001"
    assert not set("ILOU") & set(DIGITS)


@given(st.binary(min_size=32, max_size=32), st.data())
def test_a_code_is_read_however_it_is_typed(data, draw):
    """Small letters, without hyphen, with spaces, O for 0, I and L for 1."""
    code = code_of(encode64(data))
    typed = code.replace("-", draw.draw(st.sampled_from(["", "-", " "])))
    typed = typed.replace("0", draw.draw(st.sampled_from("0Oo"))).replace("1", draw.draw(st.sampled_from("1IiLl")))
    assert read_code(draw.draw(st.sampled_from([typed, typed.lower()]))) == code


@pytest.mark.parametrize(
    "text", ["", "x", "7KQ2M-X4C9", "7KQ2M-X4C9DD", "7KQ2M_X4C9D", "UUUUU-UUUUU", "رحیم", handle(1)]
)
def test_what_is_no_code(text):
    """Too short, too long, a letter that no code has."""
    assert read_code(text) is None


# --- the fold --------------------------------------------------------------------------------------------------------


def test_every_field_of_an_entry_can_be_shown():
    """A field that is added to the model needs a label; the calendar and the row id are not compared."""
    assert set(LABELS) == set(FIELDS) - {"pid", "calendar"}


def test_nobody_is_merged_by_one_reviewer():
    """Two of the neutral's reviewers make a person of two entries, and not one of them twice."""
    entries = [listed(1), listed(2, "b/two")]
    once = register(entries, said(0, 1, 2, "same", "n1"), said(1, 1, 2, "same", "n1"))
    assert once.view(Filters(), 1, 50, 0).persons == 2
    twice = register(entries, said(0, 1, 2, "same", "n1"), said(1, 1, 2, "same", "n2"))
    assert [line.state for line in twice.view(Filters(), 1, 50, 0).lines] == ["matched"]


@pytest.mark.parametrize("answer", ["same", "unsure"])
def test_a_blind_review_shows_no_first_answer(answer):
    """Whatever the first reviewer said that settles nothing, every view is as if he had said nothing."""
    entries = [listed(1), listed(2, "b/two"), listed(3)]
    blind = register(entries, said(0, 1, 2, answer, "n1"))
    nothing = register(entries)
    assert blind.view(Filters(), 1, 50, 0) == nothing.view(Filters(), 1, 50, 0)
    for index in range(3):
        assert blind.person(blind.at(index), []) == nothing.person(nothing.at(index), [])
    seen = register(entries, said(0, 1, 2, answer, "n1"), blind=False)
    assert len(seen.person(seen.at(0), []).history) == 1


def test_a_different_inside_a_group_is_unclear():
    """Three entries joined by two links, of which a reviewer says that the outer two are different people."""
    entries = [listed(1), listed(2, "b/two"), listed(3, "c/three")]
    links = [said(at, one, 2, "same", by) for at, (one, by) in enumerate(product((1, 3), ("n1", "n2")))]
    found = register(entries, *links, said(9, 1, 3, "different", "n1"))
    (line,) = found.view(Filters(), 1, 50, 0).lines
    assert (line.state, line.alerts, line.entries) == ("unclear", ("different",), 3)


def test_a_link_may_join_two_entries_of_one_list_by_a_third():
    """The list then names the person twice, which nobody has said: an alert."""
    entries = [listed(1), listed(2, "b/two"), listed(3)]
    links = [said(at, one, 2, "same", by) for at, (one, by) in enumerate(product((1, 3), ("n1", "n2")))]
    (line,) = register(entries, *links).view(Filters(), 1, 50, 0).lines
    assert (line.state, line.alerts) == ("matched", ("listed_twice",))


def test_states_and_alerts_are_closed_lists():
    """What the pages have words for."""
    assert STATES == ("alone", "waiting", "matched", "confirmed", "unclear", "disputed")
    assert ALERTS == ("different", "split", "undone", "listed_twice", "disputed")


def test_whoever_is_gone_is_not_counted():
    """Found only when asked for; a person of whom one entry is still listed is there."""
    entries = [listed(1, gone=True), listed(2), listed(3, gone=True), listed(4, "b/two")]
    found = register(entries, said(0, 3, 4, "same", "n1"), said(1, 3, 4, "same", "n2"))
    view = found.view(Filters(), 1, 50, 0)
    assert (view.persons, view.entries) == (2, 2)
    assert {one.key: one.n for one in view.by_list} == {"a/one": 1, "b/two": 1}
    assert [line.code for line in found.view(Filters(gone=True), 1, 50, 0).lines] == [code_of(handle(1))]


ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["a/one", "a/more", "b/two"]),
        st.sampled_from(["", "Kabul", "كابل", "Herat", "?"]),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)
CLAIMS = st.lists(
    st.tuples(
        st.integers(0, 7), st.integers(0, 7), st.sampled_from(["same", "different", "unsure"]), st.sampled_from("xyz")
    ),
    max_size=12,
)


@given(ENTRIES, CLAIMS, st.booleans(), st.randoms())
def test_every_count_is_what_its_filter_finds(entries, claims, blind, chance: random.Random):
    """For any lists and judgements: counts, filters alone and together, and pages agree, in any order of entries."""
    made = [listed(number, name, gone=gone, province=place) for number, (name, place, gone) in enumerate(entries)]
    judgements = [
        said(at, one, other, answer, by)
        for at, (one, other, answer, by) in enumerate(claims)
        if one != other and max(one, other) < len(made)
    ]
    found = register(made, *judgements, blind=blind)
    view = found.view(Filters(), 1, 50, 7)
    assert sum(one.n for one in view.by_state) == view.persons == view.found == len(view.lines)
    assert sum(line.entries for line in view.lines) + sum(
        line.entries for line in found.view(Filters(gone=True), 1, 50, 7).lines
    ) == len(made)
    for name, counts in (
        ("list", view.by_list),
        ("side", view.by_side),
        ("province", view.by_province),
        ("state", view.by_state),
    ):
        for one in counts:
            assert found.view(Filters(**{name: one.key}), 1, 50, 7).found == one.n
    for by_list, by_state in product(view.by_list, view.by_state):
        both = found.view(Filters(list=by_list.key, state=by_state.key), 1, 50, 7).lines
        assert {line.code for line in both} == {
            line.code for line in view.lines if by_list.key in line.lists and line.state == by_state.key
        } - {line.code for line in view.lines if by_list.key not in _lists_now(found, line.code)}
    shuffled = made[:]
    chance.shuffle(shuffled)
    again = register(shuffled, *judgements, blind=blind).view(Filters(), 1, 50, 7)
    assert sorted((one.code, one.state, one.alerts) for one in again.lines) == sorted(
        (one.code, one.state, one.alerts) for one in view.lines
    )


def _lists_now(found: Register, code: str) -> set[str]:
    (member,) = {found.at(index) for index in range(len(found.listed)) if found.at(index).code == code}
    return {found.listed[index].list for index in member.entries if not found.listed[index].gone}


def test_fields_stand_side_by_side():
    """Only those that an entry gives; spaces do not make a difference, spelling does."""
    rows = field_rows(
        [
            {"name": "Rahim  Gul", "father": "", "birth": "1980"},
            {"name": "Rahim Gul", "father": "Karim", "birth": "1359"},
        ]
    )
    assert [(row.field, row.state) for row in rows] == [("name", "agree"), ("father", "one"), ("birth", "differ")]
    assert rows[1].values == ("", "Karim")


def test_a_name_is_shown_in_its_own_script_and_in_latin_letters():
    """From whichever entry has it; a name that no list gives in Latin letters is turned into them."""
    entries = [listed(1, said="Rahim Gul"), listed(2, "b/two", said="رحیم ګل", father="کریم"), listed(3, said="زلمی")]
    found = register(entries, said(0, 1, 2, "same", "n1"), said(1, 1, 2, "same", "n2"))
    first, second = found.view(Filters(), 1, 50, 0).lines
    assert (first.name, first.latin, first.father) == ("رحیم ګل", "Rahim Gul", "کریم")
    assert (second.name, second.latin) == ("زلمی", "In Latin")
