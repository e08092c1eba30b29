"""Tables as people send them: CSV, XLSX and ODS become sheets of text cells, or are refused with one reason.

Nothing is evaluated and nothing is followed: formulas give the value that was stored with them, macros and links to
other files are refused, XML with declarations of its own is refused, and what unpacks to too much is refused before it
is unpacked. A refusal names rows and columns and never quotes a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from quittance.errors import Problem, UnreadableError

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 200
MAX_CELL = 32_767
MAX_RATIO = 100
"""How many times larger than the file its unpacked content may be."""
SMALL = 16 * 1024 * 1024
"""Content up to this size may unpack from however little."""
MAX_TEXT = 200_000_000
"""Characters of all cells of a packed sheet together, each counted as often as it stands there."""
ROWS_ABOVE = 100
"""How many rows a sheet may have beside those of the list: titles, headers, lines that are passed over."""


class TableRefused(UnreadableError):
    """A file cannot be read as a table; the message says why and where, and what to do."""

    code = "table.broken"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that a reader saw in a place of a file, and that people should know: never with what a cell says.

    `row` counts from 1 as the office program shows it; `column` is the letter of the column.
    """

    code: str
    message: str
    row: int | None = None
    column: str = ""
    wrong: bool = False
    """Whether the list cannot be taken with it."""

    def __str__(self) -> str:
        """The remark as one line of a report."""
        where = ", ".join([f"row {self.row}"] * (self.row is not None) + [f"column {self.column}"] * bool(self.column))
        return f"{where}: {self.message} [{self.code}]" if where else f"{self.message} [{self.code}]"

    def problem(self) -> Problem:
        """The same as an entry of a refusal."""
        message = f"column {self.column}: {self.message}" if self.column else self.message
        return Problem(self.code, message, self.row, self.column)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: rows of cells as text, without empty cells at the ends of rows and empty rows at the end.

    The first of `rows` is row `first_row` of the file, counted from 1. `merged` are the ranges of merged cells as first
    row, first column, last row, last column, counted from 0 within `rows`.
    """

    name: str
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    right_to_left: bool = False
    first_row: int = 1
    hidden: bool = False
    merged: tuple[tuple[int, int, int, int], ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def width(self) -> int:
        """The number of columns."""
        return max(map(len, self.rows), default=0)

    def number(self, index: int) -> int:
        """The number that the office program shows for the row at an index."""
        return self.first_row + index


@dataclass(frozen=True, slots=True)
class Sheets:
    """What a file holds: its kind (`csv`, `xlsx`, `ods`) and its sheets in order.

    For CSV also how it was read: the encoding, whether that is sure, and the separator.
    """

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    encoding_sure: bool = True
    separator: str = ""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What a table may have; a wider `rows` and `bytes` is for lists that no one reads on a screen."""

    bytes: int = MAX_BYTES
    rows: int = MAX_ROWS
    columns: int = MAX_COLUMNS
    cell: int = MAX_CELL

    @property
    def sheet_rows(self) -> int:
        """How many rows a sheet may have in all."""
        return self.rows + ROWS_ABOVE

    def require_cell(self, length: int, row: int, column: int) -> None:
        """Raise `TableRefused` for a cell of too many characters; `row` from 1, `column` from 0."""
        if length > self.cell:
            raise TableRefused(
                f"Row {row}, column {letters(column)} has {length:,} characters in one cell; at most {self.cell:,} are "
                "taken. Check that the file is a list and that its quotation marks are closed.",
                code="table.cell_too_long",
            )

    def require_row(self, row: int) -> None:
        """Raise `TableRefused` for a row number beyond the limit."""
        if row > self.sheet_rows:
            raise TableRefused(
                f"The table has more than {self.rows:,} rows. Nothing was read; send it in parts.",
                code="table.too_many_rows",
            )

    def require_column(self, column: int, row: int) -> None:
        """Raise `TableRefused` for a filled column, counted from 0, beyond the limit."""
        if column >= self.columns:
            raise TableRefused(
                f"Row {row} has more than {self.columns} columns. Nothing was read; check that it is the right file, "
                "and that its columns are separated by one sign.",
                code="table.too_many_columns",
            )


DEFAULT = Limits()


def require_text(size: int) -> None:
    """Raise `TableRefused` for a sheet that has too many characters once its shared texts are written out."""
    if size > MAX_TEXT:
        raise TableRefused(
            f"The sheet has more than {MAX_TEXT:,} characters. Nothing was read; send the list in parts.",
            code="table.unpacks_too_large",
        )


def letters(column: int) -> str:
    """The letters of a column counted from 0, as office programs show them.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(text: str) -> int | None:
    """The column that up to three letters name, counted from 0; None for anything else."""
    if not 1 <= len(text) <= 3 or not text.isascii() or not text.isalpha():
        return None
    number = 0
    for letter in text.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


_MAGIC = (
    (b"\xff\xd8\xff", "a photo (JPEG)"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"BM", "a picture (BMP)"),
    (b"II*\x00", "a scan (TIFF)"),
    (b"MM\x00*", "a scan (TIFF)"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a packed file (gzip)"),
    (b"Rar!", "a packed file (RAR)"),
    (b"7z\xbc\xaf", "a packed file (7z)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "a database"),
)
_PAGE = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"<head", b"<body", b"<meta")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read_table(
    data: bytes,
    name: str = "",
    *,
    encoding: str | None = None,
    separator: str | None = None,
    limits: Limits = DEFAULT,
) -> Sheets:
    """The sheets of a file, by its content and never by its `name`, which only makes a refusal easier to understand.

    `encoding` and `separator`, for text, are what people have confirmed. Raises `TableRefused`.
    """
    if len(data) > limits.bytes:
        raise TableRefused(
            f"The file has more than {limits.bytes:,} bytes. Nothing was read; check that it is the right file, or "
            "send the list in parts.",
            code="table.too_large",
        )
    if not data.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise TableRefused("The file is empty. Check that it is the right one.", code="table.empty")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        from quittance.files.sheets_packed import read_packed

        return read_packed(data, limits)
    _require_text(data, name)
    from quittance.files.sheets_csv import read_csv

    return read_csv(data, encoding, separator, limits)


def _require_text(data: bytes, name: str) -> None:
    """Raise `TableRefused` for what is known to be no table."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    renamed = f", though its name ends in .{ending}" if ending in ("xlsx", "ods", "csv", "xls") else ""
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise TableRefused(
                "The file is protected by a password. Open it, take the password away, and send it by a safe way.",
                code="table.password",
            )
        raise TableRefused(
            "The file is in a format of office programs before 2007, which is not read. Open it and save it as .xlsx "
            "or .csv.",
            code="table.old_format",
        )
    for magic, what in _MAGIC:
        if data.startswith(magic) and (len(magic) > 2 or b"\x00" in data[:64]):
            raise TableRefused(
                f"The file is {what}, no table{renamed}. Send the list as .xlsx, .ods or .csv.",
                code="table.not_a_table",
            )
    if data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGE):
        raise TableRefused(
            f"The file is a page or XML, no table{renamed}. Open it in an office program and save it as .xlsx.",
            code="table.not_a_table",
        )


def trimmed(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """Rows without empty cells at their ends and without empty rows at the end."""
    short: list[tuple[str, ...]] = []
    last = 0
    for row in rows:
        width = len(row)
        while width and not row[width - 1]:
            width -= 1
        short.append(tuple(row[:width]))
        if width:
            last = len(short)
    return tuple(short[:last])
