"""The vault's use cases: the viewer first, all or nothing, the record's word on who is erased."""

from __future__ import annotations

import inspect
import json
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from tests.unit.vault.conftest import KEK
from tests.unit.vault.traces import found_in, sealed_of

from quittance import vaultbook
from quittance.casebook import Casebook
from quittance.errors import DeniedError, QuittanceError
from quittance.record.commitment import check_openings, parse_openings
from quittance.record.envelope import encode64
from quittance.record.keys import SeedSigner, key_id, sign_statement
from quittance.testing import OFFICE, counting_nonce, standing_clock
from quittance.vault.columns import IDENTITY, PERSON
from quittance.vault.store import Vault
from quittance.vaultbook import COLUMNS, MAX_ERASED, VAULT_FILE, Vaultbook, back_up, bring_back, handle_of
from quittance.visibility import NEUTRAL, OPERATOR, REFUSAL, Role, Viewer

OFFICER = SeedSigner(b"\x0c" * 32)
"""TEST KEY of the data-protection officer."""

PEOPLE = [{"surname": "TEST PERSON 1", "sex": "m"}, {"surname": "TEST PERSON 2", "sex": "f"}]
AGREEMENT = (Path(__file__).resolve().parents[1] / "data/two-lists/agreement.yaml").read_bytes()
FACT = {"id": "a1", "at": "2025-01-05", "kind": "perform", "of": ["first"], "n": 6, "by": "a"}
OTHER = AGREEMENT.replace(b"id: two-lists", b"id: other-lists")


@pytest.fixture
def casebook(tmp_path):
    """A case with an enrolled data-protection officer."""
    made = Casebook.create(tmp_path / "case", AGREEMENT, OFFICE, clock=standing_clock(), nonce=counting_nonce())
    key = {"role": "protection", "public_key": OFFICER.public.hex(), "fingerprint": key_id(OFFICER.public)}
    statement = made.draft(OPERATOR, "key.enrolled", key)
    made.submit(OPERATOR, [(statement, sign_statement(statement, OFFICE.statement, OFFICER))])
    yield made
    made.close()


@pytest.fixture
def book(casebook):
    """Its vault."""
    with Vaultbook.create(OPERATOR, casebook.folder, KEK) as made:
        yield made


def lines(*people) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in people).encode()


def code_of(act, *arguments, **named) -> str:
    with pytest.raises(QuittanceError) as caught:
        act(*arguments, **named)
    return caught.value.code


def enter_erasure(casebook, done) -> None:
    casebook.submit(OPERATOR, [(done.statement, sign_statement(done.statement, OFFICE.statement, OFFICER))])


STRANGERS = [Viewer(role) for role in Role.__args__] + [Viewer("operator", "a"), Viewer("neutral", "a")]
READS = {"disclose"}


def use_cases():
    """Every function and method of the module that is a use case, with who may."""
    for name, _ in inspect.getmembers(Vaultbook):
        if not name.startswith("_") and name not in ("open", "close"):
            yield name, NEUTRAL if name in READS else OPERATOR
    yield from (("back_up", OPERATOR), ("bring_back", OPERATOR))


@pytest.mark.parametrize(("name", "allowed"), list(use_cases()))
def test_every_use_case_asks_who(book, name, allowed):
    """Each has a viewer without a default, and refuses everybody but one, before it looks at anything else."""
    method = getattr(vaultbook, name, None) or getattr(book, name)
    parameters = list(inspect.signature(method).parameters.values())
    while parameters[0].name != "viewer":
        parameters.pop(0)
    assert parameters[0].default is inspect.Parameter.empty
    needed = {one.name: None for one in parameters[1:] if one.default is inspect.Parameter.empty}
    for viewer in STRANGERS:
        if viewer != allowed:
            with pytest.raises(DeniedError) as refusal:
                method(viewer, **needed)
            assert (refusal.value.message, refusal.value.problems) == (REFUSAL, ())


def test_the_same_file_again_changes_nothing(book):
    """Its people have the handles that they were given, by line; one file more adds people of its own."""
    data = lines(*PEOPLE)
    first = book.add(OPERATOR, data)
    assert (list(first.handles), first.again) == ([1, 2], False)
    again = book.add(OPERATOR, data)
    assert (again.handles, again.again) == (first.handles, True)
    other = book.add(OPERATOR, b"\n" + data)
    assert list(other.handles) == [2, 3]
    assert not set(other.handles.values()) & set(first.handles.values())
    assert book.check(OPERATOR) == 4


def test_whoever_was_erased_does_not_come_back_with_the_file(book, casebook):
    """The file that one of its people was erased from is refused whole."""
    data = lines(*PEOPLE)
    handles = book.add(OPERATOR, data).handles
    book.erase(OPERATOR, [handles[1]], casebook, sign=False)
    assert code_of(book.add, OPERATOR, data) == "people.partly_there"
    assert book.check(OPERATOR) == 1


def test_the_origin_of_a_person_lies_sealed_and_goes_with_them(book, casebook):
    """The digest of the file that they came from is in no byte of the case; what is sealed is erased with them."""
    data = lines(*PEOPLE)
    handle = book.add(OPERATOR, data).handles[1]
    digest = sha256(data).digest()
    assert found_in(casebook.folder, [digest, digest.hex().encode()]) == 0
    path = casebook.folder / VAULT_FILE
    traces = sealed_of(path, [book._vault.person(handle).id])
    assert found_in(casebook.folder, traces) > 5
    book.erase(OPERATOR, [handle], casebook, sign=False)
    assert found_in(casebook.folder, traces) == 0


def test_commitments_are_sorted_and_open_for_their_own_person_only(book, casebook):
    """The order in which they were asked for cannot be seen; a disclosure takes those of the person and no other."""
    people = [{"surname": f"TEST PERSON {at}"} for at in range(8)]
    handles = list(book.add(OPERATOR, lines(*people)).handles.values())
    statement = casebook.draft(OPERATOR, "fact.reported", FACT)
    made = book.commit(OPERATOR, statement, [("surname", one) for one in handles])
    held = made.commitments["surname"]
    assert (len(held), list(held)) == (8, sorted(held))
    assert made.nonce == statement.nonce
    assert book.commit(OPERATOR, made, [("surname", handles[0])]).sid == made.sid
    casebook.submit(OPERATOR, [(made, casebook.sign(OPERATOR, made))])
    plain = book.disclose(NEUTRAL, made.sid, handles[3], ["surname", "surname"])
    opened = parse_openings(plain.strip())
    check_openings(made, opened)
    assert [one.value for one in opened.openings] == ["TEST PERSON 3"]


def test_what_cannot_be_disclosed(book, casebook):
    """A field without a commitment, no column, the handle itself, a stranger, no entry."""
    handle = book.add(OPERATOR, lines(*PEOPLE)).handles[1]
    drafted = casebook.draft(OPERATOR, "fact.reported", FACT)
    made = book.commit(OPERATOR, drafted, [("surname", handle)])
    assert code_of(book.disclose, NEUTRAL, made.sid, handle, ["surname"]) == "record.no_entry", "not in the record yet"
    casebook.submit(OPERATOR, [(made, casebook.sign(OPERATOR, made))])
    assert code_of(book.disclose, NEUTRAL, made.sid, handle, ["sex"]) == "vault.not_committed"
    assert code_of(book.disclose, NEUTRAL, made.sid, handle, ["surname", "sex"]) == "vault.not_committed"
    for field in ("person", "row", "no_such_column"):
        assert code_of(book.disclose, NEUTRAL, made.sid, handle, [field]) == "vault.column"
    assert code_of(book.disclose, NEUTRAL, made.sid, b"x" * 32, ["surname"]) == "vault.unknown"


def test_an_erasure_is_stated(book, casebook):
    """Handles sorted, what was destroyed counted; with the officer's signature it enters; again it says the same."""
    handles = list(book.add(OPERATOR, lines(*PEOPLE)).handles.values())
    done = book.erase(OPERATOR, handles, casebook, sign=True)
    assert done.statement.kind == "erasure.done"
    assert done.statement.body == {"keys": 2, "salts": 2}
    assert done.statement.commitments[PERSON] == tuple(encode64(one) for one in sorted(handles))
    assert [one.keyid for one in done.signatures] == [key_id(OFFICE.statement.public)]
    enter_erasure(casebook, done)
    again = book.erase(OPERATOR, handles, casebook, sign=False)
    assert (again.erased, again.signatures) == (done.erased, ())


def test_all_or_none_are_erased(book, casebook):
    """One unknown handle, or too many of them: nobody is erased and nothing is stated."""
    handles = list(book.add(OPERATOR, lines(*PEOPLE)).handles.values())
    assert code_of(book.erase, OPERATOR, [*handles, b"x" * 32], casebook, sign=True) == "vault.unknown"
    many = [at.to_bytes(32, "big") for at in range(MAX_ERASED + 1)]
    assert code_of(book.erase, OPERATOR, many, casebook, sign=True) == "vault.too_many"
    assert book.check(OPERATOR) == 2


def test_the_largest_erasure_fits_into_an_entry(book, casebook):
    """As many people as may be erased at once find room in one statement that the record takes."""
    people = ({"surname": f"TEST PERSON {at}"} for at in range(MAX_ERASED))
    handles = list(book.add(OPERATOR, lines(*people)).handles.values())
    enter_erasure(casebook, book.erase(OPERATOR, handles, casebook, sign=True))
    assert book.check(OPERATOR) == 0


def test_a_vault_of_another_case_is_refused(book, casebook, tmp_path):
    """The file of one case in the folder of another, and a statement of another log."""
    with Casebook.create(tmp_path / "other", OTHER, OFFICE) as other:
        statement = other.draft(OPERATOR, "fact.reported", FACT)
    handle = book.add(OPERATOR, lines(*PEOPLE)).handles[1]
    assert code_of(book.commit, OPERATOR, statement, [("surname", handle)]) == "vault.other_agreement"
    (tmp_path / "other" / VAULT_FILE).write_bytes((casebook.folder / VAULT_FILE).read_bytes())
    assert code_of(Vaultbook.open, tmp_path / "other", KEK) == "vault.other_agreement"
    assert code_of(Vaultbook.open, tmp_path, KEK) == "case.missing"


def test_a_backup_of_another_case_is_refused(book, casebook, tmp_path):
    """It is not put into the folder."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    book.add(OPERATOR, lines(*PEOPLE))
    back_up(OPERATOR, casebook.folder, [str(identity.to_public())], tmp_path / "away")
    halves = tmp_path / "away/values.age", tmp_path / "away/keys.age"
    Casebook.create(tmp_path / "other", OTHER, OFFICE).close()
    assert code_of(bring_back, OPERATOR, tmp_path / "other", *halves, str(identity)) == "vault.other_agreement"
    assert not (tmp_path / "other" / VAULT_FILE).exists()


def test_handles_are_spelled_in_two_ways():
    """Base64 as in statements, hex as in logs; nothing else."""
    assert handle_of(encode64(b"h" * 32)) == handle_of((b"h" * 32).hex()) == b"h" * 32
    for text in ("", "x", encode64(b"h" * 31), "H" * 64, encode64(b"h" * 32)[:-1]):
        assert code_of(handle_of, text) == "vault.handle"


def test_the_columns_are_those_of_the_identity_items_and_one_more(book, casebook):
    """A vault that the library made opens here, and the other way round."""
    assert {PERSON: COLUMNS[PERSON]} == IDENTITY
    handle = book.add(OPERATOR, lines(*PEOPLE)).handles[1]
    book.close()
    with closing(Vault.open(casebook.folder / VAULT_FILE, KEK, columns=IDENTITY, random=bytes)) as vault:
        assert vault.get(handle, "surname") == "TEST PERSON 1"
