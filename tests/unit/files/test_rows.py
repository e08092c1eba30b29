"""Small tables with a header: read whole, or refused by row and column and without a word of a cell."""

from __future__ import annotations

import pytest

from quittance.errors import Problem
from quittance.files.rows import RowsRefused, read_rows


def test_a_table_is_read():
    """Headings in small letters, cells without white space around, empty rows passed over, rows by their number."""
    table = read_rows("\ufeffCode, Gate \n a , consent\n\n,\nb,medical\n".encode(), ("code", "gate"))
    assert table.headings == ("code", "gate")
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, {"code": "a", "gate": "consent"}),
        (5, {"code": "b", "gate": "medical"}),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"code\nx\n", "rows.column_missing"),
        (b"code,gate,Code\nx,y,z\n", "rows.column_repeated"),
        (b"code,gate\nx,y,secret\n", "rows.refused"),
    ],
)
def test_tables_that_cannot_be_taken(data, code):
    """What is wrong is said, and no cell is quoted."""
    with pytest.raises(RowsRefused) as refused:
        read_rows(data, ("code", "gate"))
    assert refused.value.code == code
    said = refused.value.message + "".join(map(str, refused.value.problems))
    assert "secret" not in said
    if code == "rows.refused":
        assert [one.line for one in refused.value.problems] == [2]


def test_a_refusal_counts_its_rows():
    """Two problems of one row are one row."""
    rows = [Problem("rows.nobody", "x", 2), Problem("rows.field", "y", 2), Problem("rows.nobody", "x", 3)]
    assert "2 rows cannot be taken" in RowsRefused.of(rows).message
    assert "one row cannot" in RowsRefused.of(rows[:2]).message
