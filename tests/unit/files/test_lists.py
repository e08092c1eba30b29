"""Lists as they were handed over: told apart by their headings, confirmed, read whole or refused by row."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.files.made import workbook

from quittance.errors import QuittanceError, UsageError
from quittance.files.changes import changes
from quittance.files.encodings import NAMED
from quittance.files.header_words import PARTS, PASSED_OVER, field_of
from quittance.files.lists import RawRow, propose, read_list, rebuild
from quittance.files.mapping import COLUMN_FIELDS, OPTIONS, ListMapping, ListRefused, parse_given
from quittance.files.sheets_write import write_csv, write_xlsx
from quittance.files.tables import Limits, Sheet, TableRefused
from quittance.people.years import parse_birth

PLAIN = "pid,name,father,birth,province\n1,Gulab Example,Chaman,1985,Herat\n2,Zarin Sample,Bahar,1990,Balkh\n"


def refusal(data: bytes, *args, **options) -> ListRefused:
    with pytest.raises(ListRefused) as caught:
        read_list(data, *args, **options)
    return caught.value


def columns(text: str, **options) -> dict[str, int]:
    return dict(propose(text.encode(), **options)[0].columns)


def lines(*rows: str) -> bytes:
    return ("\n".join(rows) + "\n").encode()


# --- headings


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        ("No,Full name,Father's name,Grandfather,Date of birth,Sex,Province,District,Village",
         "pid name father grandfather birth sex province district village"),
        ("N°,Nom,Prénom,Nom du père,Date de naissance,Lieu d'arrestation",
         "pid surname name father birth capture_place"),
        ("الرقم,الاسم الكامل,اسم الأب,اسم الجد,تاريخ الميلاد,المحافظة,السجن,رقم الهوية,ملاحظات",
         "pid name father grandfather birth province facility id_no -"),
        ("شماره,نام,تخلص,نام پدر,نام پدر کلان,سال تولد,ولایت,ولسوالی,قریه,قوم,محبس,تاریخ گرفتاری",
         "pid name surname father grandfather birth province district village tribe facility capture_date"),
        ("ګڼه,نوم,د پلار نوم,د نیکه نوم,د زېږېدو کال,ولایت,ولسوالۍ,کلی,د تذکرې شمېره",
         "pid name father grandfather birth province district village id_no"),
        ("نمبر شمار,نام,والد کا نام,تاریخ پیدائش,ضلع,شناختی کارڈ نمبر", "pid name father birth district id_no"),
        ("№ п/п,Фамилия,Имя,Отчество,Дата рождения,Область,Место содержания",
         "pid surname name patronymic birth province facility"),
        ("ID,NAME,FATHER_NAME,DOB,PLACE OF BIRTH,TAZKIRA NO.,REMARKS", "pid name father birth - id_no -"),
        ("no,name,name (dari),age", "pid name aliases age"),
    ],
)  # fmt: skip
def test_headings_in_the_languages_of_lists(headings, expected):
    """The columns of a list are told by the words above them in any of eight languages; others are left alone."""
    names = headings.split(",")
    row = ["1" if field == "pid" else "x" for field in expected.split()]
    found = columns("\n".join([headings, ",".join(row), ",".join(["2", *row[1:]])]).replace("name (dari)", "الاسم"))
    assert found == {field: at for at, field in enumerate(expected.split()) if field != "-"}
    assert len(names) == len(row)


def test_every_known_heading_is_of_a_field():
    """What the file of headings names is a column of an entry, a part of one, or passed over on purpose."""
    from quittance.files.header_words import _phrases

    assert set(_phrases().values()) == {*COLUMN_FIELDS, *PASSED_OVER}
    assert set(PARTS) < set(COLUMN_FIELDS)


def test_a_heading_of_more_words():
    """Of several known words the longest decides, then the one that says more than a name or a number."""
    assert field_of("Name of the father (in full)") == ("father", False)
    assert field_of("نام پدر کلان") == ("grandfather", True)
    assert field_of("Blood group") is None
    assert field_of("") is None


def test_titles_above_and_two_rows_of_headings():
    """Rows above the headings are passed over, merged headings are joined with what stands below them."""

    def fill(book):
        sheet = book.active
        sheet.append(["List of persons, 2020"])
        sheet.append([])
        sheet.append(["No", "Name", None, "Father", "Birth", None])
        sheet.append([None, "First", "Family", "Name", "Year", "Place"])
        sheet.append([1, "Gulab", "Example", "Chaman", 1366, "Herat"])
        sheet.append([2, "Zarin", "Sample", "Bahar", 1370, "Balkh"])
        for area in ("A1:F1", "B3:C3", "E3:F3", "A3:A4"):
            sheet.merge_cells(area)

    read = read_list(workbook(fill))
    assert read.mapping.header_rows == (3, 4)
    assert [(one.pid, one.name, one.father, one.birth) for one in read.entries] == [
        ("1", "Gulab Example", "Chaman", "1366"),
        ("2", "Zarin Sample", "Bahar", "1370"),
    ]
    assert read.raw[0].cells["Birth Place"] == "Herat"
    assert read.raw[0].row == 5
    assert set(read.counts) == {"list.above", "list.joined_name"}


def test_headings_in_two_languages():
    """A second row that says the same in another language is headings too."""
    read = read_list(lines("no,name,father", "شماره,نام,پدر", "1,Gulab,Chaman"))
    assert read.mapping.header_rows == (1, 2)
    assert len(read.entries) == 1


def test_a_list_without_headings_is_confirmed():
    """Without headings the columns are told by what they hold, and people confirm them before anything is read."""
    data = lines(
        "1,Gulab Example,Chaman,1985,Herat", "2,Zarin Sample,Bahar,1990,Balkh", "3,Anar Muster,Sabz,1988,Kabul"
    )
    mapping, _ = propose(data)
    assert dict(mapping.columns) == {"pid": 0, "name": 1, "father": 2, "birth": 3, "province": 4}
    assert mapping.headings == ("A", "B", "C", "D", "E")
    error = refusal(data)
    assert (error.code, error.problems[0].code) == ("list.confirm", "list.confirm_columns")
    assert len(read_list(data, mapping).entries) == 3


def test_headings_in_an_unknown_language():
    """Words above numbers are headings though nobody knows them; what the columns are is confirmed."""
    data = lines("Nimi;Isa;Syntynyt", "Gulab Example;Chaman;1985", "Zarin Sample;Bahar;1990", "Anar Muster;Sabz;1991")
    mapping, _ = propose(data)
    assert mapping.header_rows == (1,)
    assert dict(mapping.columns) == {"name": 0, "father": 1, "birth": 2}
    assert [one.code for one in mapping.questions] == ["list.confirm_columns"]


def test_no_names_no_list():
    """A sheet of numbers is refused, and says how to name the column."""
    error = refusal(lines("a,b", "1,2", "3,4"))
    assert error.code == "list.no_name"
    assert "name=" in error.message


# --- what people confirm or change


def test_columns_that_people_give():
    """What people give takes the place of a guess, by heading or by letter, and frees the column from another field."""
    given = ["name=C", "father=-", "aliases=Name", "pid=row", "calendar=sh"]
    read = read_list(PLAIN.encode(), given=given)
    assert dict(read.mapping.columns) == {"name": 2, "aliases": 1, "birth": 3, "province": 4}
    assert (read.entries[0].pid, read.entries[0].name, read.entries[0].aliases) == ("2", "Chaman", "Gulab Example")
    assert read.entries[0].calendar == "sh"
    assert "list.pid_by_row" in read.counts


@pytest.mark.parametrize(
    "text",
    ["name", "name=", "=B", "nothing=B", "calendar=lunar", "header=x", "listed_on=1398/1/1", "separator=dot"],
)
def test_options_that_are_none(text):
    """An option that is none is refused as wrong use, with the fields that there are."""
    with pytest.raises(UsageError) as caught:
        read_list(PLAIN.encode(), given=[text])
    assert caught.value.code == "list.option"


@pytest.mark.parametrize(("given", "code"), [(["father=Q"], "list.column"), (["sheet=2"], "list.sheet")])
def test_what_is_given_and_not_there(given, code):
    """A column or sheet that the file has not is refused without quoting what it has."""
    assert refusal(PLAIN.encode(), given=given).code == code


def test_the_row_of_headings_that_people_give():
    """People can say where the headings are, or that there are none."""
    data = lines("name,father", "x,y", "name,birth", "Gulab,1985")
    assert read_list(data, given=["header=3"]).entries[0].birth == "1985"
    mapping, _ = propose(PLAIN.encode(), given=["header=-", "name=B"])
    assert mapping.first_row == 1
    assert parse_given(["prisoner-no=B"]) == {"prisoner_no": "B"}


def sheets(*named: tuple[str, list[list[str]]]) -> bytes:
    return write_xlsx([Sheet(name, tuple(map(tuple, rows))) for name, rows in named])


def test_the_sheet_that_is_the_list():
    """Of several sheets the one with names is taken; where two have them people say which."""
    people = [["no", "name", "father"], ["1", "Gulab", "Chaman"]]
    summary = [["province", "number"], ["Herat", "1"], ["Balkh", "2"]]
    data = sheets(("Summary", summary), ("People", people))
    read = read_list(data)
    assert (read.mapping.sheet, read.counts["list.other_sheet"]) == ("People", 1)
    two = sheets(("A", people), ("B", [*people, ["2", "Zarin", "Bahar"]]))
    assert refusal(two).problems[0].code == "list.confirm_sheet"
    assert len(read_list(two, given=["sheet=A"]).entries) == 1
    assert len(read_list(two, given=["sheet=2"]).entries) == 2


def test_a_guessed_encoding_is_confirmed():
    """A guess of the encoding is shown and not taken before it is confirmed."""
    data = "no,name\n1,فلان\n".encode("windows-1256")
    error = refusal(data)
    assert (error.code, error.problems[0].code) == ("list.confirm", "list.confirm_encoding")
    assert read_list(data, given=["encoding=windows-1256"]).entries[0].name == "فلان"
    mapping, _ = propose(data)
    assert any("guess" in line for line in mapping.describe())
    assert read_list(data, mapping).entries[0].name == "فلان"


def test_a_mapping_is_kept_and_used_again():
    """A confirmed mapping survives as JSON and reads the next version, but no list with other headings."""
    mapping = ListMapping.from_json(json.loads(json.dumps(propose(PLAIN.encode())[0].as_json())))
    assert mapping == propose(PLAIN.encode())[0]
    again = read_list(PLAIN.encode() + b"3,Anar,Sabz,1988,Kabul\n", mapping)
    assert len(again.entries) == 3
    assert refusal(PLAIN.replace("father", "grandfather").encode(), mapping).code == "list.headings"
    assert refusal(b"x\n" + PLAIN.encode(), mapping).code == "list.headings"


def test_what_is_shown():
    """People are shown every column by its letter and heading, and what is kept without being read."""
    text = "no;name;father;birth;remarks\n1;Gulab;Chaman;1985;x\n"
    assert propose(text.encode())[0].describe() == (
        "text in utf-8, separated by semicolon",
        "headings in row 1, entries from row 2",
        'pid = column A "no"',
        'name = column B "name"',
        'father = column C "father"',
        'birth = column D "birth"',
        'kept as they stand: E "remarks"',
        "calendar = gregorian",
    )


DOCS = Path(__file__).parents[3] / "docs"


def test_the_how_to_shows_what_is_shown():
    """The example of the how-to is what the program prints for such a list."""
    page = (DOCS / "how-to/import-a-list.md").read_text("utf-8")
    shown = re.search(r"```text\n(.*?)\n```", page, re.DOTALL).group(1)
    data = lines(
        "ردیف;نام;نام پدر;سال تولد;ولایت;ملاحظات", "1;گلاب مثال;چمن;1366;هلمند;x", "2;زرین نمونه;بهار;1370;بلخ;"
    )
    assert list(propose(data)[0].describe()) == shown.splitlines()


def test_the_reference_of_list_files():
    """Every field, option, encoding and remark stands in the reference, and its examples of births are understood."""
    page = (DOCS / "reference/list-files.md").read_text("utf-8")
    sources = "".join(path.read_text("utf-8") for path in (DOCS.parent / "src/quittance/files").glob("*.py"))
    remarks = set(re.findall(r'(?:Remark|wrong|_note|say)\(\s*"((?:list|table)\.[a-z_]+)"', sources))
    remarks |= {"list.birth_unread", "list.date_unread"}
    assert len(remarks) > 15
    assert [code for code in sorted(remarks) if f"`{code}`" not in page] == []
    assert [field for field in COLUMN_FIELDS if f"`{field}`" not in page] == []
    assert [option for option in OPTIONS if not re.search(rf"`{option}[`=]", page)] == []
    assert [name for name in NAMED if name not in page.lower() and name[:6] != "utf-16"] == []
    births = page.partition("| Written |")[2].partition("Digits of any")[0]
    examples = [text for row in births.splitlines() for text in re.findall(r"`([^`]+)`", row.partition(" | ")[0])]
    assert len(examples) > 15
    for text in examples:
        assert parse_birth(text.replace("\\|", "|"), "unknown", date(2020, 3, 10)), text


# --- rows


def test_everything_is_kept_and_what_is_read_is_clean():
    """Hidden signs stay in the raw row and leave the entry; the zero-width non-joiner, which carries meaning, stays."""
    name = "\u202bگل\u200cاحمد\u202c\u0007  مثال\ufeff"
    read = read_list(write_csv([["pid", "name", "other"], ["a", name, "  x "], ["b", "Zarin", ""]]))
    assert read.entries[0].name == "گل\u200cاحمد مثال"
    assert read.raw[0].cells == {"pid": "a", "name": name, "other": "  x "}
    assert [(one.code, one.row, one.column) for one in read.report] == [("list.hidden_signs", 2, "B")]
    assert (
        read.sha256
        == sha256(write_csv([["pid", "name", "other"], ["a", name, "  x "], ["b", "Zarin", ""]])).hexdigest()
    )


def test_rows_that_are_no_entries():
    """Empty rows, rows with only a number, headings again and totals are passed over, and each is reported."""
    data = lines("no,name,father", "1,Gulab,Chaman", ",,", "2,,", "no,name,father", "3,Zarin,Bahar", "Total,2,")
    read = read_list(data)
    assert [(one.pid, one.name) for one in read.entries] == [("1", "Gulab"), ("3", "Zarin")]
    assert [(one.code, one.row) for one in read.report if one.row] == [
        ("list.blank", 4),
        ("list.headings_again", 5),
        ("list.total", 7),
    ]


def test_somebody_called_like_a_total_is_somebody():
    """A row is a total only if nothing in it is a name."""
    assert [one.name for one in read_list(lines("name,father", "Total,Jumla", "Majmu Total,")).entries] == [
        "Total",
        "Majmu Total",
    ]


def test_all_or_nothing_with_a_report_by_row():
    """Everything that is wrong is listed with its row and column, nothing is taken, and no cell is quoted."""
    data = lines("pid,name,father", "1,Gulab,Chaman", "1,Zarin,Bahar", "3,,Secret", ",Anar,Sabz")
    error = refusal(data)
    assert error.code == "list.refused"
    assert [(one.code, one.line, one.path) for one in error.problems] == [
        ("list.pid_twice", 3, "A"),
        ("list.empty_name", 4, "B"),
        ("list.pid_empty", 5, "A"),
    ]
    assert not any(
        word in str(error) + "".join(map(str, error.problems)) for word in ("Gulab", "Zarin", "Secret", "Anar")
    )


def test_numbers_that_do_not_number():
    """A column of numbers that repeats or has gaps is no pid: the rows go by their number, which is said."""
    read = read_list(lines("no,name,father", "1,Gulab,Chaman", "1,Zarin,Bahar"))
    assert [one.pid for one in read.entries] == ["2", "3"]
    assert read.raw[0].cells["no"] == "1"
    assert "list.pid_by_row" in read.counts


def test_births_that_are_not_understood_are_kept():
    """A birth that is no date is kept as it stands, reported, and no reason to refuse the list."""
    read = read_list(lines("no,name,birth,capture date", "1,Gulab,in the war,1398", "2,Zarin,SH1366,soon", "3,Anar,,"))
    assert [one.birth for one in read.entries] == ["in the war", "SH1366", ""]
    assert [(one.code, one.row, one.column) for one in read.report] == [
        ("list.birth_unread", 2, "C"),
        ("list.date_unread", 3, "D"),
    ]


def test_ages_take_the_day_of_the_list():
    """A column of ages becomes births on the day of the list, and stays an age where that day is not known."""
    data = lines("no,name,age", "1,Gulab,35", "2,Zarin,about ten", "3,Anar,200")
    dated = read_list(data, listed_on=date(2020, 3, 10))
    assert [one.birth for one in dated.entries] == ["age:35@2020-03-10", "about ten", "age:200@2020-03-10"]
    assert [one.row for one in dated.report if one.code == "list.birth_unread"] == [3, 4]
    assert read_list(data, given=["listed-on=2020-03-10"]).entries == dated.entries
    assert read_list(data).entries[0].birth == "age:35"


def test_the_calendar_of_the_list():
    """The calendar is told from all births and stands in every entry; what people declare counts more."""
    data = lines("no,name,birth", *(f"{year - 1300},Gulab {year},{year}" for year in range(1340, 1386)))
    assert {one.calendar for one in read_list(data).entries} == {"sh"}
    assert {one.calendar for one in read_list(data, given=["calendar=ah"]).entries} == {"ah"}
    assert read_list(data, given=["calendar=unknown"]).mapping.calendar_sure


def test_names_of_ten_thousand_letters():
    """A long cell is kept whole and reported; a longer one than any program makes is refused with its place."""
    read = read_list(lines("no,name", f"1,{'x' * 10_000}"))
    assert len(read.entries[0].name) == 10_000
    assert [(one.code, one.row, one.column) for one in read.report] == [("list.long_cell", 2, "B")]
    with pytest.raises(QuittanceError) as caught:
        read_list(lines("no,name", f"1,{'x' * 40_000}"))
    assert caught.value.code == "table.cell_too_long"


def test_rows_that_say_the_same():
    """A repeated row is kept and reported; its own number does not make it another."""
    read = read_list(lines("no,name,father", "1,Gulab,Chaman", "2,Gulab,Chaman"))
    assert len(read.entries) == 2
    assert [(one.code, one.row) for one in read.report] == [("list.repeated", 3)]


def test_a_formula_without_a_value():
    """A formula without a value is refused in a column that is read, and let pass in one that is not."""

    def fill(column):
        def inner(book):
            book.active.append(["no", "name", "remarks"])
            book.active.append([1, "Gulab", "x"])
            book.active[f"{column}2"] = "=A1"

        return workbook(inner)

    assert [one.code for one in refusal(fill("B")).problems if "formula" in one.code] == ["table.formula_empty"]
    assert read_list(fill("C")).counts["table.formula_empty"] == 1


def test_many_remarks_are_counted():
    """Of many remarks of one kind the first hundred stand by themselves, the others are counted."""
    read = read_list(lines("no,name,birth", *(f"{n},Gulab {n},?" for n in range(1, 301))))
    assert read.counts["list.birth_unread"] == 300
    assert len(read.report) == 101
    assert "200" in read.report[-1].message


def test_limits_of_a_list():
    """A longer list than the limit is refused; the limit is the caller's."""
    data = lines("no,name", *(f"{n},Gulab {n}" for n in range(1, 13)))
    assert len(read_list(data, limits=Limits(rows=12)).entries) == 12
    with pytest.raises(QuittanceError) as caught:
        read_list(data, limits=Limits(rows=11))
    assert caught.value.code == "table.too_many_rows"
    assert refusal(lines("no,name")).code == "list.empty"


def test_entries_are_rebuilt_from_what_was_kept():
    """From the raw rows and the mapping the same entries come again, also when rows were kept as their filled cells."""
    data = lines("no,name,surname,age,remarks", "7,Gulab, Example ,35,x", "8,Zarin,,40~,")
    read = read_list(data, listed_on=date(2020, 3, 10))
    kept = [RawRow.from_cells(row.sheet, row.row, row.pid, row.cells) for row in read.raw]
    assert rebuild(read.mapping, read.raw) == rebuild(read.mapping, kept) == read.entries
    by_row = read_list(lines("name", "Gulab", "Zarin"))
    assert rebuild(by_row.mapping, by_row.raw) == by_row.entries


def test_nothing_of_a_list_is_printed():
    """What stands in a log or a traceback shows no cell and no heading."""
    read = read_list(PLAIN.encode())
    shown = repr(read) + repr(read.mapping) + repr(read.raw) + repr(read.entries) + repr(propose(PLAIN.encode())[1])
    assert not any(word in shown for word in ("Gulab", "Chaman", "1985", "Herat", "father="))


@settings(max_examples=200)
@given(
    st.lists(
        st.lists(
            st.sampled_from(["name", "no", "Gulab", "", "1", "1985", "نام", "x,y", "\u202e", "Total"])
            | st.text(max_size=5),
            max_size=4,
        ),
        max_size=6,
    )
)
def test_any_list_is_read_or_refused(rows):
    """Whatever a table holds, it is a list whose rows are all there, or a refusal."""
    read = None
    with suppress(ListRefused, TableRefused):
        read = read_list(write_csv([[cell.replace("\0", "") for cell in row] for row in rows], people=False))
    if read is None:
        return
    assert len(read.entries) == len(read.raw) > 0
    assert len({one.pid for one in read.entries}) == len(read.entries)
    assert all(one.name for one in read.entries)
    assert rebuild(read.mapping, read.raw) == read.entries


# --- versions


def versions(before: list[str], after: list[str], heading: str = "no,name,father,birth"):
    return changes(read_list(lines(heading, *before)).raw, read_list(lines(heading, *after)).raw)


OLD = ["1,Gulab,Chaman,1985", "2,Zarin,Bahar,1990", "3,Anar,Sabz,1988", "4,Sib,Nar,1979"]


def test_what_changed_between_versions():
    """Rows that came, went and changed are told by their numbers, with the columns that changed and no cell."""
    found = versions(OLD, ["1,Gulab,Chaman,1985", "2,Zarin,Bahar,1991", "4,Sib,Nar,1979", "5,Angur,Gul,1992"])
    assert [row.pid for row in found.added] == ["5"]
    assert [row.pid for row in found.removed] == ["3"]
    assert [(one.before.pid, one.after.pid, one.columns) for one in found.changed] == [("2", "2", ("birth",))]
    assert (found.same, found.renumbered) == (2, 0)
    assert found.summary() == ("1 added", "1 removed", "1 changed (birth 1)", "2 the same")


def test_rows_that_were_numbered_anew():
    """Where the rows have new numbers they are told by what they say; one that also changed, by what is left of it."""
    found = versions(OLD, ["1,Sib,Nar,1979", "2,Anar,Sabz,1988", "3,Zarin,Bahar,1991", "4,Gulab,Chaman,1985"])
    assert (found.added, found.removed) == ((), ())
    assert [(one.before.pid, one.after.pid, one.columns) for one in found.changed] == [("2", "3", ("birth",))]
    assert (found.same, found.renumbered) == (3, 4)


def test_a_number_given_to_somebody_else():
    """Where numbers hold, the same number is the same row, whoever stands in it now: that is a change to look at."""
    found = versions(OLD, [*OLD[:3], "4,Tut,Bagh,1991"])
    assert [one.columns for one in found.changed] == [("name", "father", "birth")]


def test_a_column_more():
    """A new column changes the rows that it says something of, and only these."""
    before = read_list(lines("no,name", "1,Gulab", "2,Zarin")).raw
    after = read_list(lines("no,name,remarks", "1,Gulab,x", "2,Zarin,")).raw
    found = changes(before, after)
    assert [(one.after.pid, one.columns) for one in found.changed] == [("1", ("remarks",))]
    assert found.same == 1


@given(st.permutations(range(len(OLD))), st.permutations(range(len(OLD))))
def test_the_order_of_rows_changes_nothing(one, two):
    """The same rows in another order are the same rows."""
    found = versions([OLD[at] for at in one], [OLD[at] for at in two])
    assert (found.added, found.removed, found.changed, found.same, found.renumbered) == ((), (), (), 4, 0)


def test_repeated_rows_are_paired_one_by_one():
    """Of two rows that say the same, one is gone when one is left."""
    rows = read_list(lines("name,father", "Gulab,Chaman", "Gulab,Chaman", "Zarin,Bahar")).raw
    found = changes(rows, [row for row in rows if row.row != 2])
    assert len(found.removed) == 1
    assert found.same == 2
    assert changes((), ()) == replace(found, removed=(), same=0, added=(), changed=(), renumbered=0)
