"""What is exported runs nothing when it is opened, and comes back as it was: in every script, as CSV and as XLSX."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quittance.errors import UsageError
from quittance.files.guard import FLAG, guard, needs_guard, unguard
from quittance.files.sheets_write import write_csv, write_xlsx
from quittance.files.tables import Sheet, read_table, trimmed

SCRIPTS = st.sampled_from(
    [
        *("محمد مثال", "پاینده\u200cگل", "گلاب", "Пример", "Exemple é", "例", "😀", "\u200f+93 70", "-5", "=1+1", "@x"),
        *(
            "'x",
            "''",
            "\t=",
            " =x",
            "_x0041_",
            "sep=;",
            "a;b",
            "a|b",
            "a\tb",
            "\r",
            "\r\n",
            "\n",
            " ",
            "\ufeffx",
            "00123",
        ),
        *("1.23E+11", "1985-05-12", '"', '""', 'a"b', "\x01", "\x85", "\u2028", "\ufffe", FLAG, "＝1"),
    ]
)
CELL = SCRIPTS | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10)
ROWS = st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=5).filter(
    lambda rows: any(any(row) for row in rows) and rows[0][-1] != FLAG
)


@settings(max_examples=400)
@given(ROWS)
@example([[""], ["", "0"]])
@example([["=1", "'"], ["\ufeff"]])
def test_export_and_import_are_one(rows):
    """For every text in every script, what was exported for people is read again as it was."""
    assert read_table(write_csv(rows)).sheets[0].rows == trimmed(rows)
    (sheet,) = read_table(write_xlsx([Sheet("a", tuple(map(tuple, rows)))])).sheets
    assert sheet.rows == trimmed(rows)


@settings(max_examples=400)
@given(ROWS)
def test_what_is_written_for_machines_is_read_by_others(rows):
    """A file for machines has the same cells in the standard reader, without mark and guard."""
    data = write_csv(rows, people=False)
    width = max(map(len, rows))
    read = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert read == [[*row, *[""] * (width - len(row))] for row in rows]
    assert not data.startswith(b"\xef\xbb\xbf") or rows[0][0].startswith("\ufeff")


@given(CELL)
def test_no_cell_of_a_guarded_file_begins_like_a_formula(cell):
    """After the guard no cell begins with a sign that an office program acts upon, and unguarding gives it back."""
    written = guard(cell)
    assert unguard(written) == cell
    assert not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert needs_guard(cell) == (written != cell)


@pytest.mark.parametrize("cell", ["=1+1", "+93 70 000", "-5", "@x", "\tx", "\rx", " =x", "'quoted", "＝1", "\n=1"])
def test_what_needs_the_guard(cell):
    """Formulas, telephone numbers and what hides them behind spaces need the guard; so does what looks guarded."""
    assert guard(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "Rahim", "a=b", "1985-05-12", "۱۳۶۶", "محمد", "a+b"])
def test_what_needs_none(cell):
    """What begins with a letter or a digit leaves as it is."""
    assert guard(cell) == cell


def test_an_apostrophe_that_nobody_added_stays():
    """Only a file that says it is guarded loses apostrophes."""
    assert read_table(b"name,father\n'Abd,'Isa\n").sheets[0].rows[1] == ("'Abd", "'Isa")


def test_a_file_for_people():
    """UTF-8 with its mark, CRLF, and a last column that says that the file is guarded."""
    assert write_csv([["name"], ["=x"]]) == b"\xef\xbb\xbfname," + FLAG.encode() + b"\r\n'=x,\r\n"
    assert write_csv([["name"], ["=x"]], people=False) == b"name\n=x\n"


def test_a_guarded_file_that_an_office_program_saved_again():
    """The guard is known again when the separator became a semicolon and cells were put in quotes."""
    data = f'name;"{FLAG}"\r\n"\'+93, 70";\r\n'.encode()
    assert read_table(data).sheets[0].rows == (("name",), ("+93, 70",))


def test_the_same_rows_are_the_same_bytes():
    """A workbook holds no time and no name of whoever made it."""
    sheets = [Sheet("لیست", (("نام",), ("=1",)), right_to_left=True), Sheet("b", ((),))]
    assert write_xlsx(sheets, "for A & B") == write_xlsx(sheets, "for A & B")


def test_the_line_on_every_page():
    """A line above every printed page says for whom the export is; its signs are signs."""
    import openpyxl

    data = write_xlsx([Sheet("a", (("x",),))], "for A & <B>, export 1")
    assert openpyxl.load_workbook(io.BytesIO(data)).active.oddHeader.center.text.replace("&&", "&") == (
        "for A & <B>, export 1"
    )


@pytest.mark.parametrize("cell", ["a\x00", "\ud800", "x" * 32_768])
def test_what_no_file_can_hold(cell):
    """A cell that no file can hold is refused with its place, and nothing is written."""
    for write in (lambda: write_csv([["a", cell]]), lambda: write_xlsx([Sheet("a", (("a", cell),))])):
        with pytest.raises(UsageError, match="Row 1, column B ") as caught:
            write()
        assert caught.value.code == "export.cell"


@pytest.mark.parametrize("names", [["a", "A"], [""], ["x" * 32], ["a/b"], ["'a"], ["\ud800"], ["a\nb"]])
def test_names_of_sheets(names):
    """Names that an office program would call damage are refused."""
    with pytest.raises(UsageError) as caught:
        write_xlsx([Sheet(name, (("x",),)) for name in names])
    assert caught.value.code == "export.sheet_name"
