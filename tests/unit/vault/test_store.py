"""People in a vault: what is put comes back exactly, is found, committed to and opened; the rest is refused."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest

from quittance.record.commitment import Opening, commit
from quittance.vault.seal import VaultError
from quittance.vault.store import Person, Vault

NONCE = "0" * 31 + "1"
NOBODY = "f" * 32


def code_of(act, *arguments, **named) -> str:
    with pytest.raises(VaultError) as caught:
        act(*arguments, **named)
    return caught.value.code


@pytest.fixture
def person(vault) -> Person:
    return vault.add_person({"surname": "TEST PERSON 1", "sex": "m"})


@pytest.mark.parametrize(
    "value",
    [
        "",
        " TEST  PERSON\n",
        "\u06a9\u0627\u0628\u0644",
        "\u0643\u0627\u0628\u0644",
        "e\u0301",
        "\u200c\u2067x\x00",
        "x" * (1 << 20),
    ],
)
def test_values_come_back_exactly(vault, person, value, reopen):
    """A value is kept code point for code point, across closing and opening, by id and by handle."""
    vault.put(person.id, "surname", value)
    vault = reopen(vault)
    with closing(vault):
        assert value == vault.get(person.id, "surname") == vault.get(person.handle, "surname")


def test_older_versions_stay(vault, person):
    """Putting again makes a new version; the old one is kept and can be asked for."""
    assert vault.put(person.id, "surname", "TEST PERSON 1, corrected") == 2
    assert vault.get(person.id, "surname") == "TEST PERSON 1, corrected"
    assert vault.get(person.id, "surname", version=1) == "TEST PERSON 1"
    assert vault.get(person.id, "surname", version=3) is None


def test_a_value_that_is_not_there_is_none(vault, person):
    """A column without a value gives None."""
    assert vault.get(person.id, "father_name") is None


def test_rows_of_other_tables_stand_side_by_side(vault, person):
    """Two lists that name one person differently are both kept; neither is a version of the other."""
    for row, value in (("a" * 32, "TEST PERSON ONE"), ("b" * 32, "TEST PERSON UN")):
        assert vault.put(person.id, "surname", value, table="list_entry", row=row) == 1
        assert value == vault.get(person.id, "surname", table="list_entry", row=row)
    assert vault.find("surname", "test person un", table="list_entry") == [person.id]
    assert vault.find("surname", "test person un") == []
    assert vault.get(person.id, "surname") == "TEST PERSON 1"
    assert code_of(vault.put, person.id, "surname", "x", table="list_entry", row="row 1") == "vault.row"


def test_people_are_found_by_the_newest_form(vault, person):
    """Everybody with an equal normalised value is found, and nobody by a value that was replaced."""
    other = vault.add_person({"surname": "test  person 1"})
    assert sorted((person.id, other.id)) == vault.find("surname", "Test Person 1")
    vault.put(other.id, "surname", "TEST PERSON 2")
    assert vault.find("surname", "TEST PERSON 1") == [person.id]
    assert vault.find("surname", "TEST PERSON 3") == []
    assert code_of(vault.find, "sex", "m") == "vault.not_searchable"
    assert code_of(vault.find, "diagnosis", "m") == "vault.column"


def test_the_handle_is_the_commitment_of_the_id(vault, person):
    """The handle opens to the internal id under the field `person`, and to nothing else."""
    (opening,) = vault.openings(person.handle, ["person"], [person.handle])
    assert (opening.field, opening.value) == ("person", person.id)
    assert person.handle == commit("test-2020", "person", person.id, opening.salt)
    assert person == vault.person(person.handle) == vault.person(person.id)


def test_commitments_open(vault, person, reopen):
    """A commitment is over the value as received, opens after reopening, and only for the fields that were asked."""
    surname, sex = vault.commit(person.id, "surname", NONCE), vault.commit(person.handle, "sex", NONCE)
    with closing(reopen(vault)) as vault:
        opened = vault.openings(person.handle, ["surname", "sex"], [sex, surname])
        assert [(one.field, one.value) for one in opened] == [("sex", "m"), ("surname", "TEST PERSON 1")]
        assert [sex, surname] == [commit("test-2020", one.field, one.value, one.salt) for one in opened]
        assert code_of(vault.openings, person.id, ["surname"], [surname, sex]) == "vault.not_committed"


def test_each_statement_gets_a_fresh_salt(vault, person):
    """Two statements about one value share nothing; asking twice for one statement gives the same."""
    first, second = vault.commit(person.id, "surname", NONCE), vault.commit(person.id, "surname", "2" * 32)
    assert first != second
    vault.put(person.id, "surname", "TEST PERSON 1, corrected")
    assert first == vault.commit(person.id, "surname", NONCE)
    third = vault.commit(person.id, "surname", "3" * 32)
    opened = vault.openings(person.id, ["surname"], [first, second, third])
    assert [one.value for one in opened] == ["TEST PERSON 1", "TEST PERSON 1", "TEST PERSON 1, corrected"]


def test_what_cannot_be_committed_to(vault, person):
    """There must be a value, and a statement."""
    assert code_of(vault.commit, person.id, "father_name", NONCE) == "vault.no_value"
    assert code_of(vault.commit, person.id, "surname", "7") == "vault.entry"


def test_another_persons_commitment_does_not_open(vault, person):
    """A commitment of somebody else and one of nobody get the same answer."""
    other = vault.add_person({"surname": "TEST PERSON 2"})
    made = vault.commit(other.id, "surname", NONCE)
    answers = set()
    for asked in (made, bytes(32)):
        with pytest.raises(VaultError) as caught:
            vault.openings(person.id, ["surname"], [asked])
        answers.add((caught.value.code, str(caught.value)))
    assert len(answers) == 1


def test_unknown_and_erased_people_look_alike(vault, person):
    """Every way to read gives one refusal, the same for a person never seen and one erased, by id and by handle."""
    vault.erase([person.handle])
    answers = set()
    for who in (person.id, person.handle, NOBODY, bytes(32), "", "TEST PERSON 1", b""):
        for act in (
            lambda who=who: vault.get(who, "surname"),
            lambda who=who: vault.put(who, "surname", "x"),
            lambda who=who: vault.commit(who, "surname", NONCE),
            lambda who=who: vault.openings(who, ["surname"], []),
            lambda who=who: vault.person(who),
        ):
            with pytest.raises(VaultError) as caught:
                act()
            answers.add((caught.value.code, str(caught.value)))
    assert {"vault.unknown"} == {code for code, _ in answers}
    assert len(answers) == 1


@pytest.mark.parametrize("value", ["\ud800", "x" * ((1 << 20) + 1)])
def test_values_that_cannot_be_kept(vault, person, value):
    """Half a surrogate pair and more than 1 MiB are refused, and the error holds nothing of the value anywhere."""
    for act in (lambda: vault.put(person.id, "surname", value), lambda: vault.find("surname", value)):
        with pytest.raises(VaultError) as caught:
            act()
        assert caught.value.code == "vault.value"
        assert (caught.value.__context__, caught.value.__cause__) == (None, None)
    assert vault.get(person.id, "surname") == "TEST PERSON 1"


def test_many_people_or_none(vault):
    """When one of many cannot be added, none is."""
    people = [{"surname": f"TEST PERSON {number}"} for number in range(20)]
    assert code_of(vault.add_people, [*people, {"surname": "x", "diagnosis": "y"}]) == "vault.column"
    assert vault.people() == []
    added = vault.add_people(people)
    assert sorted(person.id for person in added) == [person.id for person in vault.people()]
    assert vault.check() == 20


def test_blocks_within_blocks(vault, person):
    """An inner block that fails is taken back alone when the outer one goes on, and with it when it does not."""

    def fail_after(*acts):
        with vault.together():
            for act in acts:
                act()
            raise KeyError

    def put_inner():
        with vault.together():
            vault.put(person.id, "surname", "inner")

    with vault.together():
        vault.put(person.id, "surname", "outer")
        with pytest.raises(KeyError):
            fail_after(put_inner)
    assert (vault.get(person.id, "surname"), vault.get(person.id, "surname", version=3)) == ("outer", None)
    with pytest.raises(KeyError):
        fail_after(put_inner, lambda: vault.erase([person.handle]))
    assert (vault.get(person.id, "surname"), vault.is_erased(person.handle)) == ("outer", False)


def test_threads_wait_for_each_other(vault):
    """People added from several threads at once are all there and whole."""
    threads = [
        threading.Thread(target=lambda at=at: [vault.add_person({"surname": f"TEST {at}"}) for _ in range(10)])
        for at in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert vault.check() == 40
    assert [len(vault.find("surname", f"test {at}")) for at in range(4)] == [10] * 4


def swapped(path, change: str) -> None:
    """Change the closed file as somebody with a database browser could."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
        connection.commit()


@pytest.mark.parametrize(
    "change",
    [
        "update fields set sealed = (select sealed from fields where column_id = 'sex') where column_id = 'surname'",
        "update fields set column_id = 'father_name' where column_id = 'surname'",
        "update fields set version = 2 where column_id = 'surname'",
        "update fields set row_id = '" + NOBODY + "', table_id = 'list_entry' where column_id = 'surname'",
        "update salts set number = 7",
        "update salts set sealed = zeroblob(60)",
        "update persons set wrapped_key = zeroblob(60)",
    ],
)
def test_what_is_moved_or_changed_by_hand_does_not_open(vault, person, path, change, reopen):
    """A value, salt or key put into another place is refused when it is read and when all is checked."""
    vault.close()
    swapped(path, change)
    with closing(reopen(vault)) as vault:
        assert code_of(vault.check) == "vault.sealed"


def test_people_who_change_places_are_noticed(vault, person, path, reopen):
    """A handle moved to another person is found by the check."""
    vault.add_person({"surname": "TEST PERSON 2"})
    vault.close()
    swapped(path, "update persons set handle = zeroblob(32) where id = (select min(id) from persons)")
    with closing(reopen(vault)) as vault:
        assert code_of(vault.check) == "vault.damaged"


def test_an_opening_shows_no_secret(vault, person):
    """Neither value nor salt is printed with an opening."""
    (opening,) = vault.openings(person.id, ["surname"], [vault.commit(person.id, "surname", NONCE)])
    assert isinstance(opening, Opening)
    assert "TEST PERSON" not in repr(opening)
    assert opening.salt.hex() not in repr(opening)


def test_a_closed_vault_says_so(vault, person):
    """After closing, every call is refused; closing twice is harmless."""
    vault.close()
    vault.close()
    assert code_of(vault.people) == "vault.closed"
    assert code_of(vault.put, person.id, "surname", "x") == "vault.closed"


def test_undeclared_columns_are_refused_on_making(tmp_path, kek, chance):
    """A declaration that would leak leaves no file."""
    columns = {"person": {"province": str.casefold}}
    with pytest.raises(VaultError):
        Vault.create(tmp_path / "v.sqlite", "test-2020", kek, columns=columns, random=chance)
    assert list(tmp_path.iterdir()) == []
