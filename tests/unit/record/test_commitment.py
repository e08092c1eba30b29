"""Commitments: bound to agreement, field, value and salt; opened one by one; and silent about values."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.canon import CanonError
from quittance.errors import UnreadableError
from quittance.record.commitment import (
    CommitmentError,
    Opening,
    Openings,
    check_openings,
    commit,
    openings_json,
    parse_openings,
)
from quittance.record.envelope import encode64

SALT, OTHER_SALT = b"s" * 16, b"t" * 16
SID = "0" * 64
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    TEXTS | st.integers(-(2**53) + 1, 2**53 - 1) | st.booleans(),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(TEXTS, below, max_size=3),
    max_leaves=4,
)
OPENINGS = st.builds(Opening, TEXTS, VALUES, st.binary(min_size=16, max_size=16))


def test_what_is_hashed():
    """The prefix with its line feed, the salt, and the canonical list of agreement, field and value."""
    expected = sha256(b"quittance.commit.v1\n" + SALT + '["doha-2020","place_of_birth","کابل"]'.encode()).digest()
    assert expected == commit("doha-2020", "place_of_birth", "کابل", SALT)


@given(st.tuples(TEXTS, TEXTS, VALUES, st.binary(min_size=16, max_size=16)), st.data())
def test_every_part_is_bound(parts, data):
    """Another agreement, field, value or salt gives another commitment."""
    agreement, field, value, salt = parts
    made = commit(*parts)
    assert made != commit(agreement + "x", field, value, salt)
    assert made != commit(agreement, field + "x", value, salt)
    assert made != commit(agreement, field, [value], salt)
    assert made != commit(agreement, field, value, bytes((salt[0] ^ 1,)) + salt[1:])


def test_values_are_taken_as_they_came():
    """Two letters that look alike, two forms of one letter, a number and its digits are different values."""
    pairs = [("کابل", "كابل"), ("é", "e\u0301"), ("Ali", "ali"), (1985, "1985"), (1, True), ("a", "a ")]
    for one, other in pairs:
        assert commit("a", "f", one, SALT) != commit("a", "f", other, SALT)


@pytest.mark.parametrize("salt", [b"", b"s" * 15, b"s" * 17, b"s" * 32])
def test_a_salt_has_16_bytes(salt):
    """Any other length is refused; the message names the field and not the value."""
    with pytest.raises(CommitmentError) as caught:
        commit("a", "birth_year", "secret", salt)
    assert caught.value.code == "commitment.salt"
    assert "birth_year" in caught.value.message
    assert "secret" not in caught.value.message


def test_a_value_without_a_canonical_form_is_refused():
    """Fractions cannot be committed to."""
    with pytest.raises(CanonError):
        commit("a", "f", 1.5, SALT)


@given(st.lists(OPENINGS, max_size=4))
def test_openings_read_back(openings):
    """Fields, values and salts come back from the file."""
    assert Openings(SID, tuple(openings)) == parse_openings(openings_json(SID, openings))


def test_the_file_of_openings():
    """It is canonical JSON with the format's name, the statement, and three parts for each opening."""
    expected = (
        '{"format":"quittance-openings/1","openings":[["place","کابل","c3Nzc3Nzc3Nzc3Nzc3Nzcw=="],'
        '["year",1985,"dHR0dHR0dHR0dHR0dHR0dA=="]],"sid":"' + SID + '"}'
    )
    openings = [Opening("place", "کابل", SALT), Opening("year", 1985, OTHER_SALT)]
    assert expected.encode() == openings_json(SID, openings)


def test_an_opening_does_not_print_its_secrets():
    """Neither value nor salt shows in a log or a traceback."""
    shown = repr(Openings(SID, (Opening("place", "Kabul", SALT),)))
    assert "place" in shown
    assert "Kabul" not in shown
    assert "ssss" not in shown


GOOD = {"format": "quittance-openings/1", "openings": [["f", "v", encode64(SALT)]], "sid": SID}


def spelled(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        GOOD | {"format": "quittance-openings/2"},
        GOOD | {"more": 1},
        {name: value for name, value in GOOD.items() if name != "sid"},
        GOOD | {"sid": SID[:-1]},
        GOOD | {"sid": "A" * 64},
        GOOD | {"sid": SID + "\n"},
        GOOD | {"sid": 0},
        GOOD | {"openings": {}},
        GOOD | {"openings": ["fvs"]},
        GOOD | {"openings": [["f", "v"]]},
        GOOD | {"openings": [["f", "v", encode64(SALT), 1]]},
        GOOD | {"openings": [[1, "v", encode64(SALT)]]},
        GOOD | {"openings": [["f", "v", None]]},
        GOOD | {"openings": [["f", "v", encode64(SALT)[:-1]]]},
        GOOD | {"openings": [["f", "v", encode64(SALT[:-1])]]},
    ],
)
def test_any_other_file_of_openings_is_refused(value):
    """Missing, further and malformed members are refused."""
    assert parse_openings(spelled(GOOD))
    with pytest.raises(UnreadableError) as caught:
        parse_openings(spelled(value))
    assert caught.value.code == "commitment.format"


@pytest.mark.parametrize("data", [b"", b"{", spelled(GOOD) + b"\n", json.dumps(GOOD).encode(), b'{"a":1,"a":1}'])
def test_openings_have_one_spelling(data):
    """What is not canonical JSON is refused before it is looked at."""
    with pytest.raises(CanonError):
        parse_openings(data)


AGREEMENT = "test-2020"


def made(field: str, value: object, salt: bytes) -> str:
    return encode64(commit(AGREEMENT, field, value, salt))


@pytest.fixture(scope="module")
def committed(statement):
    """A statement with two commitments for one field and one for another."""
    return statement(
        1,
        commitments={
            "person": (made("person", "P-1", SALT), made("person", "P-2", OTHER_SALT)),
            "birth_year": (made("birth_year", 1985, SALT),),
        },
    )


def test_openings_that_fit(committed):
    """None, some or all of the commitments may be opened, in any order."""
    one, two = Opening("person", "P-1", SALT), Opening("person", "P-2", OTHER_SALT)
    year = Opening("birth_year", 1985, SALT)
    for openings in ((), (two,), (year, two, one)):
        check_openings(committed, Openings(committed.sid, openings))


@pytest.mark.parametrize(
    "opening",
    [
        Opening("birth_year", 1986, SALT),
        Opening("birth_year", "1985", SALT),
        Opening("birth_year", 1985, OTHER_SALT),
        Opening("birth_place", 1985, SALT),
        Opening("person", 1985, SALT),
        Opening("person", "P-2", SALT),
    ],
)
def test_openings_that_do_not_fit(committed, opening):
    """Another value, salt or field opens nothing; the message names the field and never the value."""
    with pytest.raises(CommitmentError) as caught:
        check_openings(committed, Openings(committed.sid, (opening,)))
    assert caught.value.code == "commitment.mismatch"
    assert opening.field in caught.value.message
    assert str(opening.value) not in caught.value.message.replace(committed.sid, "")


def test_one_commitment_is_opened_once(committed):
    """The same opening twice would count one person as two."""
    one = Opening("person", "P-1", SALT)
    with pytest.raises(CommitmentError) as caught:
        check_openings(committed, Openings(committed.sid, (one, one)))
    assert caught.value.code == "commitment.mismatch"


def test_openings_of_another_statement(committed, statement):
    """A file that belongs to another entry is refused, even if it opens nothing."""
    with pytest.raises(CommitmentError) as caught:
        check_openings(committed, Openings(statement(2).sid, ()))
    assert caught.value.code == "commitment.statement"
