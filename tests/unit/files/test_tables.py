"""Tables as people send them: read as text in every encoding and form, or refused with one reason and no cell."""

from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.files.made import BOOK, BOOK_LINKS, MAIN, ods, package, rows_xml, sheet_of, workbook, xlsx

from quittance.files.tables import Limits, TableRefused, column_number, letters, read_table

TEXTS = {
    "ar": "الرقم,الاسم,اسم الأب,المحافظة\n1,فلان بن علان,علان,صنعاء\n2,عبدالله المثال,أحمد,تعز\n",
    "fa": "شماره,نام,نام پدر,ولايت\n1,گلاب مثال,چمن,کابل\n2,پاينده مثال,ژاله,پکتيا\n",
    "ru": "номер,имя,область\n1,Примеров Пример Примерович,Донецкая\n2,ОБРАЗЦОВ Образец,Луганская\n",
    "fr": "numéro,prénom,père\n1,Hélène Exemple,François\n2,Noël Exemple,Gérôme\n",
}


def refusal(data: bytes, name: str = "", **options) -> TableRefused:
    with pytest.raises(TableRefused) as caught:
        read_table(data, name, **options)
    return caught.value


def only(data: bytes, **options) -> tuple[tuple[str, ...], ...]:
    """The rows of the only sheet."""
    (sheet,) = read_table(data, **options).sheets
    return sheet.rows


# --- CSV


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize(
    "encoding",
    [
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"),
        *("windows-1256", "iso-8859-6", "windows-1251", "windows-1252"),
    ],
)
def test_every_encoding_that_people_send(language, encoding):
    """A list is read alike from whatever encoding its office wrote, and that encoding is named."""
    text = TEXTS[language] * 3
    try:
        data = text.encode(encoding)
    except UnicodeEncodeError:
        pytest.skip("the encoding has not these letters")
    sheets = read_table(data)
    assert sheets.sheets[0].rows == tuple(tuple(line.split(",")) for line in text.splitlines())
    assert sheets.encoding_sure


def test_a_guess_from_few_letters_is_not_sure():
    """From one word the code page cannot be told for sure, and the file says that it is a guess."""
    sheets = read_table("1,علي\n".encode("windows-1256"))
    assert (sheets.encoding, sheets.encoding_sure) == ("windows-1256", False)
    confirmed = read_table("1,علي\n".encode("windows-1256"), encoding="windows-1256")
    assert confirmed.encoding_sure
    assert confirmed.sheets[0].rows == (("1", "علي"),)


def test_accents_that_two_code_pages_share_are_sure():
    """Where two code pages give the same text it does not matter which it was."""
    assert read_table("1,Zoé\n".encode("windows-1252")).encoding_sure


@pytest.mark.parametrize(
    ("data", "code", "line"),
    [
        ("1,أحمد\n".encode() + "2,محمود\n".encode("windows-1256"), "table.encoding_mixed", "Line 2 "),
        (b"1,A\n" + "2,محمود\n".encode("windows-1256") + "3,Зоя\n".encode(), "table.encoding_mixed", "Line 2 "),
        (b"1,a\n2,\x81\x8d\x8f\x90\x9d\n", "table.encoding", ""),
        (b"1,a\n2,b\x00c\n", "table.nul", "Line 2 "),
        (b"\xff\xfea\x00,\x00\x00\xd8", "table.encoding", "Line 1 "),
    ],
)
def test_what_has_no_encoding_is_refused(data, code, line):
    """Two encodings in one file, bytes of none, and zero bytes are refused with their line."""
    error = refusal(data)
    assert error.code == code
    assert line in error.message


def test_an_encoding_that_does_not_fit():
    """An encoding that people named is not taken on trust."""
    assert refusal(b"1,\xff\n", encoding="utf-8").code == "table.encoding"
    assert refusal(b"1,a\n", encoding="rot13").code == "table.encoding"
    assert "Line 2 " in refusal(b"1,a\n2,\xff\n", encoding="utf-8").message


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator, end):
    """Any of four separators and three line ends is found, also where cells hold the other separators."""
    rows = (("no", "name", "note"), ("1", "Rahim; son of X", "a, b"), ("2", 'called "the tall"', "two\nlines"))
    text = end.join(separator.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows) + end
    sheets = read_table(text.encode())
    assert sheets.sheets[0].rows == rows
    assert sheets.separator == separator


def test_the_separator_that_a_file_declares():
    """A first line `sep=;` is no row, and rows are counted as the office program counts them."""
    (sheet,) = read_table(b"sep=;\r\nno;name\r\n1;a,b\r\n").sheets
    assert sheet.rows == (("no", "name"), ("1", "a,b"))
    assert sheet.number(0) == 2


def test_ragged_rows_are_reported():
    """A row with too many cells is named, rows with too few are counted; nothing of them is lost."""
    (sheet,) = read_table(b"no,name,place\n1,A,B\n2,C\n3,D,E,F\n4,G,H\n").sheets
    assert sheet.rows[3] == ("3", "D", "E", "F")
    assert [(one.code, one.row, one.column) for one in sheet.remarks] == [
        ("table.ragged", 4, "D"),
        ("table.ragged", None, ""),
    ]
    assert "D" not in sheet.remarks[0].message


@pytest.mark.parametrize("text", ['no,name\n1,"open\n2,b\n', 'no,name\n1,"a"b\n', 'a,"\n' + "x\n" * 1000])
def test_quotes_that_do_not_close(text):
    """A quotation mark that swallows rows is refused with its row."""
    error = refusal(text.encode())
    assert error.code == "table.quotes"
    assert "Row" in error.message


# --- spreadsheets


def test_cells_as_people_see_them():
    """Integers are whole, zeros that the format shows stay, days are ISO, long numbers are written out."""

    def fill(book):
        sheet = book.active
        sheet.append([1366.0, 7, 123456789012, 0.1 + 0.2, True, date(1985, 5, 12), datetime(1985, 5, 12, 6, 30)])
        sheet["B1"].number_format = "00000"
        sheet.append(["007", "1.10", "+93 70", 1e20, -5, 1234567890123456789, None])
        sheet["A3"] = date(1985, 5, 12)
        sheet["A3"].number_format = "yyyy"
        sheet["B3"] = date(1985, 5, 12)
        sheet["B3"].number_format = "[$-fa-IR,16]dd/mm/yyyy"

    (sheet,) = read_table(workbook(fill)).sheets
    assert sheet.rows == (
        ("1366", "00007", "123456789012", "0.3", "TRUE", "1985-05-12", "1985-05-12 06:30:00"),
        ("007", "1.10", "+93 70", "100000000000000000000", "-5", "1234567890123457000"),
        ("1985", "1985-05-12"),
    )
    assert {(one.code, one.row, one.column) for one in sheet.remarks} == {
        ("table.digits_lost", 2, "D"),
        ("table.digits_lost", 2, "F"),
        ("table.other_calendar", 3, "B"),
    }


def test_the_day_count_of_old_macintosh_files():
    """A workbook that counts days from 1904 gives the same days."""

    def fill(book):
        book.epoch = datetime(1904, 1, 1)
        book.active["A1"] = date(1985, 5, 12)

    assert only(workbook(fill)) == (("1985-05-12",),)


def test_sheets_of_a_workbook():
    """Sheets keep their order, direction, merged ranges and whether they are hidden; empty edges are left out."""

    def fill(book):
        first = book.active
        first.title = "لیست"
        first.sheet_view.rightToLeft = True
        first["B2"], first["C3"] = "x", "y"
        first.merge_cells("B2:C2")
        first["H90"].number_format = "00000"
        hidden = book.create_sheet("old")
        hidden.sheet_state = "hidden"
        hidden["A1"] = "z"
        book.create_chartsheet("chart")

    first, hidden = read_table(workbook(fill)).sheets
    assert (first.name, first.right_to_left, first.hidden) == ("لیست", True, False)
    assert first.rows == ((), ("", "x"), ("", "", "y"))
    assert first.merged == ((1, 1, 1, 2),)
    assert (hidden.name, hidden.hidden) == ("old", True)


def test_shared_inline_and_rich_texts():
    """Texts are read wherever the file keeps them, without the guides to their pronunciation, escapes undone."""
    strings = (
        f'<sst {MAIN}><si><t>a</t></si><si><r><t>b</t></r><r><t xml:space="preserve"> c</t></r>'
        "<rPh><t>no</t></rPh></si><si><t>x_x000D_y_x005F_x0041_</t></si></sst>"
    )
    sheet = rows_xml(
        '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c></row>'
        '<row r="3"><c r="B3" t="inlineStr"><is><t>in</t><rPh><t>no</t></rPh></is></c>'
        '<c r="D3" t="str"><f>"a"</f><v>out</v></c><c t="e"><v>#REF!</v></c><c t="b"><v>0</v></c></row>'
    )
    (read,) = read_table(xlsx(sheet, sharedStrings=strings)).sheets
    assert read.rows == (("a", "b c", "x\ry_x0041_"), (), ("", "in", "", "out", "", "FALSE"))
    assert [(one.code, one.row, one.column) for one in read.remarks] == [
        ("table.formula", 3, "D"),
        ("table.error_value", 3, "E"),
    ]


def test_a_prefix_for_every_tag():
    """A file that writes a prefix before each tag is the same file."""
    sheet = '<x:worksheet xmlns:x="http://y"><x:sheetData><x:row><x:c><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    assert only(xlsx(sheet)) == (("5",),)


def test_formulas_are_never_evaluated():
    """A formula gives the value that was stored with it; without one the cell is empty and said to be."""
    (sheet,) = read_table(sheet_of(["x", "=1+1", '=HYPERLINK("http://example.org")'])).sheets
    assert sheet.rows == (("x",),)
    assert [one.code for one in sheet.remarks] == ["table.formula_empty"] * 2
    assert not any("HYPERLINK" in str(one) for one in sheet.remarks)


def test_ods():
    """ODS gives the same: whole numbers with their zeros, ISO days, repeated cells and rows, no notes of others."""
    tables = (
        '<table:table table:name="People" table:style-name="ta1"><table:table-row table:number-rows-repeated="2">'
        '<table:table-cell/></table:table-row><table:table-row><table:table-cell office:value-type="string">'
        '<office:annotation><text:p>a note</text:p></office:annotation><text:p>two<text:s text:c="2"/>words</text:p>'
        '<text:p>lines</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2" '
        'office:value-type="float" office:value="7"><text:p>007</text:p></table:table-cell><table:table-cell '
        'office:value-type="float" office:value="1.23456789012E+11"><text:p>1.23E+11</text:p></table:table-cell>'
        '<table:table-cell office:value-type="date" office:date-value="1985-05-12"><text:p>12.5.85</text:p>'
        '</table:table-cell><table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2">'
        '<text:p>2</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="1048573">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row></table:table>'
        '<table:table table:name="old" table:display="false"/>'
    )
    styles = '<style:style style:name="ta1"><style:table-properties style:writing-mode="rl-tb"/></style:style>'
    people, old = read_table(ods(tables, styles)).sheets
    assert people.rows == ((), (), ("two  words\nlines", "007", "007", "123456789012", "1985-05-12", "2"))
    assert (people.right_to_left, people.hidden, old.hidden) == (True, False, True)
    assert [one.code for one in people.remarks] == ["table.formula"]


def test_two_other_readers_see_the_same():
    """openpyxl and calamine read the same texts from a file that we write, and we the same from one of theirs."""
    import openpyxl
    import python_calamine

    from quittance.files.sheets_write import write_xlsx
    from quittance.files.tables import Sheet

    rows = (("نام", "Имя", "name"), ("=1+1", "+93", "a <b> & 'c'"), ("۱۳۶۶", "00123", "x\ny"))
    data = write_xlsx([Sheet("لیست", rows, right_to_left=True)])
    theirs = openpyxl.load_workbook(io.BytesIO(data))["لیست"]
    assert tuple(tuple(cell.value for cell in row) for row in theirs.rows) == rows
    assert {cell.data_type for row in theirs.rows for cell in row} == {"s"}
    assert theirs.sheet_view.rightToLeft
    calamine = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0)
    assert tuple(map(tuple, calamine.to_python())) == rows
    assert only(sheet_of(*rows[:1], *rows[2:])) == (rows[0], rows[2])


# --- limits and hostile files

LOCKED = '<m:manifest xmlns:m="x"><m:encryption-data/></m:manifest>'


SMALL = Limits(bytes=100_000, rows=10, columns=4, cell=20)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["x"]] * 111, "table.too_many_rows"),
        ([["x"] * 5], "table.too_many_columns"),
        ([["x" * 21]], "table.cell_too_long"),
    ],
)
def test_limits(rows, code):
    """One more row, column or letter than the limit is refused with its place, in text and in spreadsheets."""
    from quittance.files.sheets_write import write_csv, write_xlsx
    from quittance.files.tables import Sheet

    packed = write_xlsx([Sheet("a", tuple(map(tuple, rows)))])
    table = "".join(
        "<table:table-row>" + "".join(f"<table:table-cell><text:p>{c}</text:p></table:table-cell>" for c in row)
        + "</table:table-row>" for row in rows
    )  # fmt: skip
    for data in (write_csv(rows, people=False), packed, ods(f'<table:table table:name="a">{table}</table:table>')):
        error = refusal(data, limits=SMALL)
        assert error.code == code
        assert "x" * 21 not in error.message
        read_table(data)


def test_the_guard_column_is_no_column_too_many():
    """A list of as many columns as are taken is still taken when its export guarded it."""
    from quittance.files.sheets_write import write_csv

    assert only(write_csv([["a", "b", "c", "d"]]), limits=SMALL) == (("a", "b", "c", "d"),)


def test_a_file_that_is_too_large():
    """A file beyond the limit is not looked at."""
    assert refusal(b"x" * 100_001, limits=SMALL).code == "table.too_large"


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b" ", b",,,\n,,\n", b"sep=;\n"])
def test_an_empty_file(data):
    """A file with nothing in it is refused as such."""
    assert refusal(data).code == "table.empty"
    assert refusal(sheet_of()).code == "table.empty"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "table.not_a_table"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "table.not_a_table"),
        (b"%PDF-1.7\n%\xe2\xe3", "table.not_a_table"),
        (b"GIF89a\x00", "table.not_a_table"),
        (b"<!DOCTYPE html><html><table><tr><td>1</table>", "table.not_a_table"),
        (b"\xef\xbb\xbf\n<html>", "table.not_a_table"),
        (b'<?xml version="1.0"?><Workbook/>', "table.not_a_table"),
        (b"\x1f\x8b\x08\x00", "table.not_a_table"),
        (b"{\\rtf1 x}", "table.not_a_table"),
        (b"MZ\x90\x00\x03", "table.not_a_table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "table.old_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "table.password"),
        (package({"word/document.xml": "<w/>"}), "table.not_a_table"),
        (package({"a.csv": "1,2"}), "table.not_a_table"),
        (b"PK\x03\x04" + bytes(100), "table.broken"),
        (b"PK\x05\x06" + bytes(18), "table.not_a_table"),
    ],
)
def test_what_is_no_table(data, code):
    """A photo renamed .xlsx, a page, a password or an old format is refused with what it is and what to do."""
    error = refusal(data, "list.xlsx")
    assert error.code == code
    assert error.exit_code == 2


def test_a_name_like_a_magic_number():
    """A list whose first letters happen to be those of a picture is still a list."""
    assert only(b"BM,name\n1,x\n") == (("BM", "name"), ("1", "x"))
    assert only(b"MZ,name\n1,x\n") == (("MZ", "name"), ("1", "x"))


def test_a_zip_bomb():
    """What would unpack to too much is refused before it is unpacked, by what it declares."""
    sheet = rows_xml("<row/>" * 6_000_000)
    data = xlsx(sheet)
    assert len(data) < 200_000
    assert refusal(data).code == "table.unpacks_too_large"


def test_a_zip_bomb_that_lies():
    """A part gives no more than it declared, whatever it unpacks to."""
    data = bytearray(xlsx(rows_xml("<row><c><v>1</v></c></row>" * 200_000)))
    name = b"xl/worksheets/sheet1.xml"
    central = data.rindex(name) - 46
    assert data[central : central + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, central + 24, 1_000)
    assert refusal(bytes(data)).code == "table.broken"


@pytest.mark.parametrize(
    ("sheet", "code"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;">]>' + rows_xml("&b;"), "table.declarations"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd">' + rows_xml(""), "table.declarations"),
        (rows_xml("<row><c><v>&unknown;</v></c></row>"), "table.broken"),
        (rows_xml("<row>"), "table.broken"),
        (rows_xml('<row r="0"/>'), "table.broken"),
        (rows_xml('<row r="2"/><row r="1"/>'), "table.broken"),
        (rows_xml('<row r="1"><c r="A2"><v>1</v></c></row>'), "table.broken"),
        (rows_xml('<row><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>'), "table.broken"),
        (rows_xml('<row><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>'), "table.broken"),
        (rows_xml('<row><c t="s"><v>9</v></c></row>'), "table.broken"),
        (rows_xml("<row><c><v>one</v></c></row>"), "table.broken"),
        (rows_xml("<row><c><v>1e999999999</v></c></row>"), "table.broken"),
        (rows_xml('<row><c r="XFD1"><v>1</v></c></row>'), "table.too_many_columns"),
        (rows_xml('<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "table.too_many_rows"),
        (rows_xml("<row>" + "<c><v>1</v></c>" * 1_000_000 + "</row>"), "table.too_many_columns"),
        (rows_xml("<a>" * 5_000 + "</a>" * 5_000), "table.broken"),
        (rows_xml("".join(f"<a{n}/>" for n in range(20_000))), "table.broken"),
        (rows_xml("".join(f'<row a{n}=""/>' for n in range(20_000))), "table.broken"),
        (rows_xml('<row a="' + "x" * 3_000_000 + '"/>'), "table.broken"),
        (rows_xml('<row><c t="inlineStr"><is><t>' + "x" * 3_000_000 + "</t></is></c></row>"), "table.cell_too_long"),
        ("", "table.broken"),
        ("\x00", "table.broken"),
    ],
)
def test_hostile_xml(sheet, code):
    """Entities, a million columns, endless depth, endless tags and references to nowhere are refused one and all."""
    assert refusal(xlsx(sheet)).code == code


def test_empty_formatted_rows_and_columns_are_nothing():
    """A million empty rows and a last column that is only formatted are no rows and columns."""
    sheet = rows_xml(
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>'
    )
    assert only(xlsx(sheet)) == (("1",),)


def test_texts_that_are_shown_a_million_times():
    """A small file cannot become a large sheet by showing one long text in every cell."""
    strings = f"<sst {MAIN}><si><t>{'x' * 30_000}</t></si></sst>"
    row = "<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>"
    assert refusal(xlsx(rows_xml(row * 100), sharedStrings=strings)).code == "table.unpacks_too_large"


def test_rows_and_cells_that_are_repeated_too_often():
    """ODS counts of repetition are bounded by the same limits."""
    cell = "<table:table-cell {}><text:p>x</text:p></table:table-cell>"
    for row, columns, code in (
        ("999999999", "1", "table.too_many_rows"),
        ("1", "999999999", "table.too_many_columns"),
        ("x", "1", "table.broken"),
        ("9" * 50, "1", "table.broken"),
    ):
        inner = (
            f'<table:table table:name="a"><table:table-row table:number-rows-repeated="{row}">'
            + cell.format(f'table:number-columns-repeated="{columns}"')
            + "</table:table-row></table:table>"
        )
        assert refusal(ods(inner)).code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (xlsx(rows_xml(""), vbaProject="x"), "table.active"),
        (xlsx(rows_xml(""), externalLinks__externalLink1="<x/>"), "table.active"),
        (xlsx(rows_xml(""), connections="<x/>"), "table.active"),
        (ods('<table:table table:name="a"/>', Basic__script="x"), "table.active"),
        (ods('<table:table table:name="a"><table:table-source/></table:table>'), "table.active"),
        (
            ods('<table:table table:name="a"/>', **{"META-INF__manifest.xml": LOCKED}),
            "table.password",
        ),
        (package({"content.xml": "<x/>"}), "table.broken"),
        (package({"xl/workbook.xml": BOOK}), "table.broken"),
        (package({"xl/workbook.xml": BOOK, "xl/_rels/workbook.xml.rels": BOOK_LINKS}), "table.broken"),
        (
            package(
                {
                    "xl/workbook.xml": BOOK,
                    "xl/_rels/workbook.xml.rels": BOOK_LINKS.replace("worksheets/sheet1.xml", "../../../etc/passwd"),
                }
            ),
            "table.broken",
        ),
        (package({"xl/workbook.xml": "x"}, zipfile.ZIP_LZMA), "table.broken"),
        (package({f"xl/{n}": "" for n in range(3_000)}), "table.broken"),
    ],
)  # fmt: skip
def test_hostile_packages(data, code):
    """Macros, links to other files, passwords and broken packages are refused."""
    assert refusal(data).code == code


def test_parts_that_are_encrypted_one_by_one():
    """A packed file with a password is refused as such."""
    data = bytearray(xlsx(rows_xml("")))
    for at in range(len(data) - 4):
        if data[at : at + 4] == b"PK\x01\x02":
            data[at + 8] |= 1
    assert refusal(bytes(data)).code == "table.password"


@settings(max_examples=300)
@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"sep=;\n", b'a,"']))
def test_any_bytes_are_read_or_refused(data, start):
    """Whatever comes, it is a table or a refusal, and never any other failure."""
    with suppress(TableRefused):
        assert read_table(start + data).sheets


@settings(max_examples=300)
@given(st.data())
def test_any_worksheet_is_read_or_refused(data):
    """Whatever XML a workbook holds, it is a table or a refusal."""
    piece = st.sampled_from(
        [
            *("<row>", "</row>", "<c>", "</c>", '<c r="B2" t="s">', "<v>", "</v>", "1", "x", '<row r="3">', "<f/>"),
            *("<is>", "</is>", "<t>", "</t>", "<rPh>", "</rPh>", '<c s="1">', "&amp;", "-1e5"),
            '<mergeCell ref="A1:B2"/>',
        ]
    )
    sheet = rows_xml("".join(data.draw(st.lists(piece, max_size=20))))
    with suppress(TableRefused):
        assert read_table(xlsx(sheet)).sheets


def test_letters_of_columns():
    """Columns are named as office programs name them, and found again by that name."""
    assert [letters(at) for at in (0, 25, 26, 701, 702, 16_383)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(letters(at)) == at for at in range(0, 18_000, 7))
    assert [column_number(text) for text in ("", "a1", "ABCD", "é", "b")] == [None, None, None, None, 1]
