"""The use cases of lists: the viewer first, all or nothing, versions that keep their handles, the register, exports."""

from __future__ import annotations

import csv
import inspect
import io
from hashlib import sha256

import pyrage
import pytest
from tests.listed import AGREEMENT, ASKED, HEADINGS, HELD, KEK, KEYS, ListedCase, as_csv

from quittance.casebook import Casebook
from quittance.codes import code_of
from quittance.errors import DeniedError, QuittanceError
from quittance.listbook import Listbook
from quittance.record.commitment import check_openings, openings_json, parse_openings
from quittance.record.envelope import decode64
from quittance.record.keys import key_id, sign_statement
from quittance.record.store import entries
from quittance.testing import OFFICE
from quittance.vault.lists import FILE
from quittance.views.register import Filters
from quittance.visibility import NEUTRAL, OPERATOR, REFUSAL, Role, Viewer


@pytest.fixture
def case(tmp_path):
    """A case with keys and an empty vault."""
    made = ListedCase(tmp_path)
    yield made
    made.close()


@pytest.fixture
def listed(case):
    """Both lists, in the vault and in the record."""
    case.take("a", "held", HELD)
    case.take("b", "asked", ASKED)
    return case


def code_of_error(act, *arguments, **named) -> str:
    with pytest.raises(QuittanceError) as caught:
        act(*arguments, **named)
    return caught.value.code


def handles(case, name: str) -> dict[str, str]:
    return {one.pid: one.handle for one in case.book.shelf.listed if one.list == name and not one.gone}


def entries_of(case, kind: str):
    return [one for one in entries(case.book.shelf.record) if one.statement.kind == kind]


STRANGERS = [Viewer(role) for role in Role.__args__] + [Viewer("operator", "a"), Viewer("neutral", "a")]
READS = {"lists", "register", "person", "search", "export_for"}


@pytest.mark.parametrize(
    "name",
    [name for name, _ in inspect.getmembers(Listbook) if not name.startswith("_") and name not in ("open", "close")],
)
def test_every_use_case_asks_who(case, name):
    """Each has a viewer without a default, and refuses everybody but one, before it looks at anything else."""
    method, allowed = getattr(case.book, name), NEUTRAL if name in READS else OPERATOR
    parameters = list(inspect.signature(method).parameters.values())
    assert (parameters[0].name, parameters[0].default) == ("viewer", inspect.Parameter.empty)
    needed = {one.name: None for one in parameters[1:] if one.default is inspect.Parameter.empty}
    for viewer in STRANGERS:
        if viewer != allowed:
            with pytest.raises(DeniedError) as refusal:
                method(viewer, **needed)
            assert (refusal.value.message, refusal.value.problems) == (REFUSAL, ())


def test_a_preview_writes_nothing(case):
    """It tells the version and the counts, and the vault is as empty as before."""
    intake = case.book.preview(OPERATOR, as_csv(HELD), "a", "held")
    assert (intake.about.version, intake.about.rows, intake.about.added, intake.again) == (1, 4, 4, False)
    assert case.book.lists(NEUTRAL) == ()
    assert case.book.shelf.vault.people() == []


def test_a_list_lies_in_the_vault_and_its_handles_in_the_record(listed):
    """Each row is a subject of its own; the statement of its side carries the handles, sorted, and no name."""
    (held, asked) = entries_of(listed, "list.submitted")
    assert held.statement.body == {"list": "held", "count": 4}
    assert list(held.statement.commitments["person"]) == sorted(handles(listed, "a/held").values())
    assert asked.statement.body == {"list": "asked", "count": 3}
    assert len(listed.book.shelf.vault.people()) == 4 + 3 + 2
    (first, second) = listed.book.lists(NEUTRAL)
    assert (first.name, first.version, first.entries, first.recorded) == ("a/held", 1, 4, True)
    assert first.header == HEADINGS
    assert first.columns == {"pid": "No", "name": "Name", "father": "Father", "birth": "Born", "province": "Province"}
    assert second.versions[0].recorded == (asked.index,)


def test_the_file_can_be_proved_later(listed):
    """The commitment `file` opens to the SHA-256 of the file, for whoever is given the opening."""
    (entry, _) = entries_of(listed, "list.submitted")
    vault, held = listed.book.shelf.vault, listed.book.shelf.held["a/held"]
    made = [decode64(one, "it") for one in entry.statement.commitments[FILE]]
    openings = vault.openings_among(held.person.id, [FILE], made)
    assert [one.value for one in openings] == [sha256(as_csv(HELD)).hexdigest()]
    check_openings(entry.statement, parse_openings(openings_json(entry.sid, openings)))


def test_the_same_file_again_changes_nothing(listed):
    """It says so; no cell is written, and nothing more is to be signed."""
    before = listed.book.shelf.vault.people()
    intake = listed.book.import_list(OPERATOR, as_csv(HELD), "a", "held")
    assert intake.again
    assert listed.book.shelf.vault.people() == before
    assert listed.book.draw_up(OPERATOR, "a", "held", listed.casebook) == ()
    assert len(listed.book.lists(NEUTRAL)[0].versions) == 1


def test_a_new_version_keeps_the_handles(listed):
    """A changed row and one that moved keep theirs, one that is missing is gone, a new one gets a new one."""
    before = handles(listed, "a/held")
    first, second, _, fourth = HELD
    rows = [fourth, first, (*second[:3], "1986", second[4]), ("5", "Omar Testkhel", "", "", "")]
    intake = listed.take("a", "held", rows)
    about = intake.about
    assert (about.version, about.added, about.changed, about.moved, about.same, about.removed) == (2, 1, 1, 2, 0, 1)
    assert about.changes == ((4, ("Born",)),)
    after = handles(listed, "a/held")
    assert {pid: after[pid] for pid in ("1", "2", "4")} == {pid: before[pid] for pid in ("1", "2", "4")}
    assert set(after) == {"1", "2", "4", "5"}
    gone = [one for one in listed.book.shelf.listed if one.gone]
    assert [(one.pid, one.handle) for one in gone] == [("3", before["3"])]
    entry = entries_of(listed, "list.submitted")[-1]
    assert entry.statement.body == {"list": "held", "count": 4, "version": 2}
    assert set(entry.statement.commitments["person"]) == set(after.values())
    view = listed.book.person(NEUTRAL, code_of(before["2"]))
    assert dict(view.said[0].cells)["Born"] == "1986"
    assert [(version, dict(cells)["Born"]) for version, cells in view.said[0].before] == [(1, "1985")]


def test_a_number_that_names_somebody_else_is_another_entry(listed):
    """What was judged of one person is never carried over to whoever is put in that row."""
    before = handles(listed, "a/held")
    somebody = ("2", "Omar Testkhel", "Ahmad Shah", "1971", "Kunduz")
    about = listed.take("a", "held", [HELD[0], somebody, *HELD[2:]]).about
    assert (about.added, about.changed, about.removed, about.same) == (1, 0, 1, 3)
    assert handles(listed, "a/held")["2"] not in before.values()
    corrected = ("4", "Nasir Ahmad Popall", *HELD[3][2:])
    assert listed.take("a", "held", [HELD[0], somebody, HELD[2], corrected]).about.changed == 1
    assert handles(listed, "a/held")["4"] == before["4"]


def without_ids(rows):
    """A file without a column of ids, in which the place of a row is all the number it has."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADINGS[1:], *(row[1:] for row in rows)])
    return out.getvalue().encode()


def test_where_rows_have_no_ids_an_entry_follows_its_person(case):
    """A row put in at the top moves all others down, and every handle stays with the person that it was given to."""
    case.book.import_list(OPERATOR, without_ids(HELD), "a", "held")
    before = {one.entry.name: one.handle for one in case.book.shelf.listed}
    case.book.submit(OPERATOR, "a", "held", KEYS["holding"], case.casebook)
    rows = [("", "Omar Testkhel", "", "1971", "Kunduz"), *HELD]
    about = case.book.import_list(OPERATOR, without_ids(rows), "a", "held").about
    assert (about.added, about.changed, about.moved, about.removed) == (1, 0, 4, 0)
    after = {one.entry.name: one.handle for one in case.book.shelf.listed if not one.gone}
    assert {name: after[name] for name in before} == before
    assert len(set(after.values())) == 5


def test_a_row_that_comes_back_is_the_same_entry(listed):
    """Missing in one version and there in the next, it has its handle again."""
    before = handles(listed, "a/held")
    listed.take("a", "held", HELD[:3])
    assert listed.book.register(NEUTRAL, Filters(gone=True)).found == 1
    listed.take("a", "held", (*HELD[:3], HELD[3]))
    assert handles(listed, "a/held") == before


def test_a_version_that_nobody_signed_gives_way_to_the_next_file(listed):
    """The record counts versions without a gap; a corrected file takes the number of the one never submitted."""
    rows = [*HELD, ("5", "Omar Testkhel", "", "", "")]
    assert listed.book.import_list(OPERATOR, as_csv(rows), "a", "held").about.version == 2
    assert not listed.book.lists(NEUTRAL)[0].recorded
    assert listed.take("a", "held", HELD).about.version == 2
    assert listed.book.lists(NEUTRAL)[0].recorded


def test_a_list_withdrawn_counts_no_more(listed):
    """Its people are gone from the register until the list is taken in again, under a new version."""
    statement = listed.casebook.draft(OPERATOR, "list.withdrawn", {"list": "asked"})
    listed.casebook.submit(OPERATOR, [(statement, sign_statement(statement, KEYS["receiving"]))])
    assert listed.book.register(NEUTRAL).persons == 4
    assert listed.book.lists(NEUTRAL)[1].withdrawn
    assert code_of_error(listed.book.draw_up, OPERATOR, "b", "asked", listed.casebook) == "list.withdrawn"
    assert listed.take("b", "asked", ASKED).about.version == 2
    assert listed.book.register(NEUTRAL).persons == 7


def test_a_long_list_goes_in_parts(case):
    """Of 900 handles each, sorted over all parts; the record takes them together and then has the version."""
    rows = [(str(number), f"Invented Person {number}", "", "", "") for number in range(1, 2001)]
    intake = case.book.import_list(OPERATOR, as_csv(rows), "a", "held")
    parts = case.book.draw_up(OPERATOR, "a", "held", case.casebook)
    assert [one.body["count"] for one in parts] == [900, 900, 200]
    assert [FILE in one.commitments for one in parts] == [True, False, False]
    every = [handle for one in parts for handle in one.commitments["person"]]
    assert every == sorted(every)
    case.casebook.submit(OPERATOR, [(one, sign_statement(one, KEYS["holding"])) for one in parts])
    assert intake.about.rows == 2000
    assert case.book.lists(NEUTRAL)[0].recorded


@pytest.mark.parametrize(
    ("side", "list_id", "data", "code"),
    [
        ("nobody", "held", as_csv(HELD), "case.no_party"),
        ("a", "Held list", as_csv(HELD), "list.id"),
        ("a", "held", as_csv([("1", "", "TESTFATHER", "", "")]), "list.refused"),
        ("a", "held", b"", "table.empty"),
    ],
)
def test_what_cannot_be_taken_leaves_nothing(case, side, list_id, data, code):
    """Refused whole, without a value of a cell in the message, and the vault stays empty."""
    with pytest.raises(QuittanceError) as refusal:
        case.book.import_list(OPERATOR, data, side, list_id)
    assert refusal.value.code == code
    said = refusal.value.message + "".join(map(str, refusal.value.problems))
    assert not any(value in said for row in HELD for value in (*row[1:3], "TESTFATHER") if value)
    assert case.book.shelf.vault.people() == []


def test_a_failure_while_writing_leaves_nothing(case, monkeypatch):
    """All rows in one transaction: what fails at the last row takes the first one back."""
    vault = case.book.shelf.vault
    put, calls = type(vault).add_person, []

    def add(self, fields, **named):
        calls.append(1)
        if len(calls) == 4:
            raise OSError("no room")
        return put(self, fields, **named)

    monkeypatch.setattr(type(vault), "add_person", add)
    with pytest.raises(OSError, match="no room"):
        case.book.import_list(OPERATOR, as_csv(HELD), "a", "held")
    assert vault.people() == []
    assert case.book.lists(NEUTRAL) == ()


def test_a_plan_of_an_older_state_is_refused(case):
    """Between the preview and the taking another file came in."""
    plan = case.book.preview(OPERATOR, as_csv(HELD), "a", "held")
    case.take("b", "asked", ASKED)
    assert code_of_error(case.book.take, OPERATOR, plan) == "list.stale"


def test_another_cases_record_is_refused(listed, tmp_path):
    """Statements are drawn up on the record beside the vault."""
    with Casebook.create(tmp_path / "other", AGREEMENT.replace(b"id: two-lists", b"id: other-lists"), OFFICE) as other:
        assert code_of_error(listed.book.draw_up, OPERATOR, "a", "held", other) == "case.other"


# --- the register ----------------------------------------------------------------------------------------------------


def pair(case, held: str, asked: str) -> tuple[str, str]:
    return case.handle("a/held", held), case.handle("b/asked", asked)


def states(case) -> dict[str, int]:
    return {one.key: one.n for one in case.book.register(NEUTRAL).by_state if one.n}


def test_every_person_stands_once(listed):
    """Before any judgement each entry is a person; two reviewers who say "same" make one of two."""
    assert states(listed) == {"alone": 7}
    listed.judge(pair(listed, "2", "1"), "same", "neutral-1")
    assert states(listed) == {"alone": 7}, "the second reviewer is not told that there was a first"
    listed.judge(pair(listed, "2", "1"), "same", "neutral-2")
    assert states(listed) == {"alone": 5, "matched": 1}
    view = listed.book.register(NEUTRAL, Filters(state="matched"))
    (line,) = view.lines
    assert (line.name, line.latin, line.lists, line.entries) == ("جاوید فیصل", "Javed Faisal", ("a/held", "b/asked"), 2)
    assert (view.found, view.persons, view.entries) == (1, 6, 7)


def test_every_count_opens_to_its_people(listed):
    """Each count of a filter is what the filter finds."""
    listed.judge(pair(listed, "2", "1"), "same", "neutral-1", "neutral-2")
    view = listed.book.register(NEUTRAL)
    for name, counts in (("list", view.by_list), ("side", view.by_side), ("province", view.by_province)):
        assert counts
        for one in counts:
            assert listed.book.register(NEUTRAL, Filters(**{name: one.key})).found == one.n, (name, one.key)
    for one in view.by_state:
        assert listed.book.register(NEUTRAL, Filters(state=one.key)).found == one.n
    both = listed.book.register(NEUTRAL, Filters(list="a/held", side="b"))
    assert [line.entries for line in both.lines] == [2]


def test_provinces_count_under_one_name_in_any_script(listed):
    """Helmand in two scripts is one province; a cell that names none and an empty one have keys of their own."""
    listed.take("b", "asked", [(*ASKED[0][:4], "هلمند"), (*ASKED[1][:4], "NOWHERE TEST"), ASKED[2]])
    found = {one.key: one.n for one in listed.book.register(NEUTRAL).by_province}
    assert found["other"] == 1
    assert found["none"] == 1
    assert 2 in found.values()
    assert not any("NOWHERE" in one.key + one.label for one in listed.book.register(NEUTRAL).by_province)


def test_pages(listed):
    """Every person is on one page; a page beyond the last is the last."""
    pages = [listed.book.register(NEUTRAL, page=number, size=3) for number in (1, 2, 3)]
    assert [len(one.lines) for one in pages] == [3, 3, 1]
    assert len({line.code for one in pages for line in one.lines}) == 7
    assert listed.book.register(NEUTRAL, page=9, size=3) == pages[2]


def test_a_person_shows_what_each_list_says(listed):
    """Side by side, exactly as given, with the judgements that joined the entries and who made them."""
    listed.judge(pair(listed, "2", "1"), "same", "neutral-1", "neutral-2")
    held, asked = pair(listed, "2", "1")
    view = listed.book.person(NEUTRAL, code_of(held))
    assert view == listed.book.person(NEUTRAL, code_of(asked).lower().replace("-", ""))
    assert view.code == code_of(min(held, asked))
    assert [(one.list, one.row, dict(one.cells)["Name"]) for one in view.said] == [
        ("a/held", 3, "Javed Faisal"),
        ("b/asked", 2, "جاوید فیصل"),
    ]
    rows = {one.field: (one.values, one.state) for one in view.rows}
    assert rows["father"] == (("Ahmad Shah", "احمد شاه"), "differ")
    assert [(one.answer, one.by) for one in view.history] == [
        ("same", key_id(KEYS["neutral-1"].public)),
        ("same", key_id(KEYS["neutral-2"].public)),
    ]
    assert code_of_error(listed.book.person, NEUTRAL, "00000-00000") == "people.no_such_code"


def test_a_match_taken_back_takes_the_person_apart(listed):
    """The fold is pure: undone, there are two persons again, and the history says so."""
    both = pair(listed, "2", "1")
    listed.judge(both, "same", "neutral-1", "neutral-2")
    listed.state("match.undone", both, {"grade": "none"}, "neutral-1")
    assert states(listed) == {"alone": 7}
    assert [one.kind for one in listed.book.person(NEUTRAL, code_of(both[0])).history] == ["judged", "judged", "undone"]


def test_reviewers_who_differ_and_sides_that_dispute_are_seen(listed):
    """A split pair is unclear on both sides of it; a dispute shows, whatever reviewers say."""
    both = pair(listed, "2", "1")
    listed.judge(both, "same", "neutral-1")
    listed.judge(both, "different", "neutral-2")
    assert states(listed) == {"alone": 5, "unclear": 2}
    other = pair(listed, "1", "2")
    listed.judge(other, "same", "neutral-1", "neutral-2")
    listed.state("match.disputed", other, {"grade": "none"}, "holding")
    assert states(listed) == {"alone": 3, "unclear": 2, "disputed": 1}
    assert listed.book.register(NEUTRAL, Filters(state="disputed")).lines[0].alerts == ("disputed",)


def test_one_person_listed_twice(listed):
    """Two entries of one list that are the same person are one person, and still on one list only."""
    twice = listed.handle("a/held", "1"), listed.handle("a/held", "4")
    listed.judge(twice, "same", "neutral-1", "neutral-2")
    view = listed.book.register(NEUTRAL)
    assert (view.persons, states(listed)) == (6, {"alone": 6})
    assert {one.key: one.n for one in view.by_list} == {"a/held": 3, "b/asked": 3}


def test_in_the_open_review_the_first_answer_shows(tmp_path):
    """Where the agreement does not ask for blindness, a pair that waits for the second reviewer says so."""
    case = ListedCase(tmp_path, AGREEMENT + b"\nmatching: {blind: false}\n")
    case.take("a", "held", HELD)
    case.take("b", "asked", ASKED)
    case.judge(pair(case, "2", "1"), "same", "neutral-1")
    assert states(case) == {"alone": 5, "waiting": 2}
    assert len(case.book.person(NEUTRAL, code_of(case.handle("a/held", "2"))).history) == 1
    case.close()


# --- exports, erasure ------------------------------------------------------------------------------------------------


def exported(case, party: str) -> tuple[str, dict[str, str]]:
    """The text of an export, and its states by row id."""
    reader = pyrage.x25519.Identity.generate()
    made = case.book.export_for(NEUTRAL, party, str(reader.to_public()))
    assert sha256(made.data).hexdigest() == made.sha256
    text = pyrage.decrypt(made.data, [reader]).decode("utf-8-sig")
    assert made.id in text.splitlines()[0]
    rows = list(csv.DictReader(io.StringIO(text.partition("\r\n")[2])))
    return text, {row["number"]: row["state"] for row in rows}


def test_a_side_sees_its_own_rows_and_nothing_of_the_other(listed):
    """Pending, whatever the reviewers know, until both sides have confirmed; no name, no word of the other list."""
    both = pair(listed, "2", "1")
    alone = exported(listed, "b")
    listed.judge(both, "same", "neutral-1", "neutral-2")
    assert exported(listed, "b")[1] == alone[1] == dict.fromkeys("123", "pending")
    listed.state("match.confirmed", both, {"grade": "none"}, "holding", "receiving")
    text, found = exported(listed, "b")
    assert found == {"1": "matched", "2": "pending", "3": "pending"}
    assert exported(listed, "a")[1] == {"1": "pending", "2": "matched", "3": "pending", "4": "pending"}
    secrets = [value for row in (*HELD, *ASKED) for value in row[1:3] if value]
    secrets += [one.handle for one in listed.book.shelf.listed] + ["held"]
    assert [one for one in secrets if one in text] == []


def test_the_order_of_an_export_is_its_own(listed):
    """Two exports of the same rows differ in order, so that a copy tells whose it was."""
    rows = [(str(number), f"Invented Person {number}", "", "", "") for number in range(1, 41)]
    listed.take("a", "long", rows)
    orders = [list(exported(listed, "a")[1]) for _ in range(2)]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1])


def test_a_formula_in_a_row_number_is_text(listed):
    """The list's own numbers may be anything: what an office program would run leaves as text."""
    listed.take("a", "held", [("=1+1", *HELD[0][1:]), *HELD[1:]])
    assert "'=1+1" in exported(listed, "a")[1]


@pytest.mark.parametrize(
    ("party", "recipient", "purpose", "code"),
    [
        ("nobody", None, "x", "case.no_party"),
        ("a", "age1", "x", "vault.recipient"),
        ("a", None, "A B", "usage.purpose"),
    ],
)
def test_what_cannot_be_exported(listed, party, recipient, purpose, code):
    """No such party, no reader, a purpose that is no code."""
    recipient = recipient or str(pyrage.x25519.Identity.generate().to_public())
    assert code_of_error(listed.book.export_for, NEUTRAL, party, recipient, purpose=purpose) == code


def erase(case, code: str) -> None:
    done = case.book.erase(OPERATOR, code, case.casebook, sign=False)
    signed = sign_statement(done.statement, OFFICE.statement, KEYS["protection"])
    case.casebook.submit(OPERATOR, [(done.statement, signed)])


def test_a_person_is_erased_with_every_entry(listed):
    """All entries of the group go; record, vault and register hold, and the handles open no more."""
    both = pair(listed, "2", "1")
    listed.judge(both, "same", "neutral-1", "neutral-2")
    erase(listed, code_of(both[1]))
    assert listed.book.register(NEUTRAL).persons == 5
    assert code_of_error(listed.book.person, NEUTRAL, code_of(both[0])) == "people.no_such_code"
    listed.casebook.check(OPERATOR)
    listed.book.shelf.vault.check()
    assert set(entries_of(listed, "erasure.done")[0].statement.commitments["person"]) == set(both)
    assert [one.recorded for one in listed.book.lists(NEUTRAL)] == [True, True]


def test_whoever_was_erased_does_not_come_back_with_a_later_file(listed):
    """Neither with the same file nor with a new version; the others come in, and the report says how many are left."""
    erase(listed, code_of(listed.handle("a/held", "2")))
    assert listed.book.import_list(OPERATOR, as_csv(HELD), "a", "held").again
    intake = listed.take("a", "held", [*HELD, ("5", "Omar Testkhel", "", "", "")])
    assert (intake.about.rows, intake.about.added, intake.about.left_out) == (4, 1, 1)
    assert set(handles(listed, "a/held")) == {"1", "3", "4", "5"}


def test_opened_again_everything_is_there(listed):
    """Nothing lives in memory only; another key opens nothing."""
    listed.judge(pair(listed, "2", "1"), "same", "neutral-1", "neutral-2")
    before = listed.book.register(NEUTRAL)
    listed.book.close()
    with Listbook.open(listed.folder, KEK) as again:
        assert again.register(NEUTRAL) == before
    assert code_of_error(Listbook.open, listed.folder, b"x" * 32) == "vault.key"


def test_nothing_personal_in_what_is_printed_by_mistake(listed):
    """The text of every view and value that a trace could show holds no value of a list."""
    listed.judge(pair(listed, "2", "1"), "same", "neutral-1", "neutral-2")
    intake = listed.book.preview(OPERATOR, as_csv([*HELD, ("9", "Omar Testkhel", "", "", "")]), "a", "held")
    views = [listed.book.register(NEUTRAL), listed.book.person(NEUTRAL, code_of(listed.handle("a/held", "2")))]
    text = repr([intake, *views, listed.book.lists(NEUTRAL), listed.book.shelf.listed, listed.book.shelf.held])
    assert [
        value for row in (*HELD, *ASKED, ("", "Omar Testkhel")) for value in row[1:4] if value and value in text
    ] == []
