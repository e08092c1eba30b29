"""Register files: whole or not at all; what is refused is named by row and column, never by its content."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.selection.made import COLUMNS, as_csv, person, rules

from quittance.errors import UnreadableError
from quittance.files import registers
from quittance.files.registers import read_register
from quittance.files.rules import read_rules
from quittance.selection.register import MAX_PROBLEMS, RegisterRefused
from quittance.selection.rules import RulesRefused, parse_rules

RULES = parse_rules(rules())


def refused(data):
    """The rows of the report: (row, message)."""
    with pytest.raises(RegisterRefused) as error:
        read_register(data if isinstance(data, bytes) else data.encode(), RULES)
    assert (error.value.code, error.value.exit_code) == ("selection.register", 2)
    return [(problem.line, problem.message) for problem in error.value.problems]


def test_cells_are_typed_and_empty_ones_are_null():
    """Integers, flags and texts; an empty cell is None in the snapshot, and what the rules say for it elsewhere."""
    rows = [
        person(2, age="", province="", health="", agreed="", **{"doctor says": "no"}),
        person(1, age="-7", health="grave"),
    ]
    register = read_register(as_csv(rows).encode(), RULES)
    assert register.pids == ("R-001", "R-002")
    names = ("age", "province", "health", "agreed", "medical")
    assert [register.columns[name].raw(0) for name in names] == [-7, "Kunduz", "grave", True, True]
    assert [register.columns[name].raw(1) for name in names] == [None, None, None, None, False]
    assert [register.columns[name].at(1) for name in names] == [0, "unknown", "well", None, False]
    assert set(RULES.fields) == set(register.columns)


def test_a_register_may_be_empty():
    """A heading alone is a register of nobody."""
    assert len(read_register((",".join(COLUMNS) + "\n").encode(), RULES)) == 0
    assert len(read_register(",".join(COLUMNS).encode(), RULES)) == 0


@pytest.mark.parametrize("quoted", [False, True])
def test_every_wrong_cell_is_named_by_row_and_column(quoted):
    """All rows are looked at; the report is in the order of rows and says nothing of what the cells hold."""
    rows = [
        person(1), person(2, age="secret"), person(1), person(4, prison=""), person(5, health="dying"),
        person(6, agreed="YES"), person(7, age="007"), person(8, age="1.0"), person(9, prison=" North"),
        person(10, pid="a|b"), person(11, pid=""), person(12, province="Kun\u200bduz"), person(13, age="٣"),
        person(14, age=str(2**53)),
    ]  # fmt: skip
    text = as_csv(rows)
    if quoted:
        text = text.replace("invented", '"invented"')
    found = refused(text)
    assert [row for row, _ in found] == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    assert found[1][1] == "person R-001 stands here again (first in row 2)"
    assert [found[at][1].split()[1] for at in (0, 2, 3, 4)] == ["age", "prison", "health", "agreed"]
    said = " ".join(message for _, message in found)
    assert not any(cell in said for cell in ("secret", "dying", "007", "a|b", "٣"))


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("pid,name", "prison"),
        (",".join((*COLUMNS, "age")), "age"),
        ("", "pid"),
        ("PID," + ",".join(COLUMNS[1:]), "pid"),
    ],
)
def test_a_heading_lacks_nothing_and_repeats_nothing(heading, column):
    """Each declared column, and pid, stands in the heading exactly once."""
    assert any(f"column {column} " in message for _, message in refused(heading + "\n"))


def test_a_column_that_is_not_declared_may_stand_twice():
    """Only columns of the rules matter."""
    rows = [{**person(1), "note": "x"}]
    assert len(read_register(as_csv(rows, (*COLUMNS, "note", "note")).encode(), RULES)) == 1


@pytest.mark.parametrize("quoted", [False, True])
def test_rows_of_another_length_are_named_and_empty_ones_passed_over(quoted):
    """A missing or an extra cell is an error of its row; an empty line is nothing, and rows keep their numbers."""
    lines = as_csv([person(number) for number in range(1, 5)]).split("\n")
    if quoted:
        lines[1] = lines[1].replace("invented", '"invented"')
    lines[2] += ",more"
    lines.insert(2, "")
    lines[5] = lines[5].replace("R-004", "R 004")
    found = refused("\n".join(lines))
    assert [row for row, _ in found] == [4, 6]
    assert found[0][1] == "has 10 cells where the heading has 9"
    blank = "\n\n".join(as_csv([person(1), person(2)]).split("\n"))
    assert len(read_register(blank.encode(), RULES)) == 2


def test_the_report_is_bounded():
    """Two hundred problems are listed and all are counted, however many there are."""
    text = as_csv([person(number, age=f"x{number}") for number in range(1, 1000)])
    with pytest.raises(RegisterRefused, match="999 errors") as error:
        read_register(text.encode(), RULES)
    assert len(error.value.problems) == MAX_PROBLEMS


@pytest.mark.parametrize(
    "data",
    [
        b"pid\xff",
        "pid,prison".encode("utf-16"),
        b'pid,"prison\nR-1,x',
        b'"pid"x,prison\n',
        b"",
        b"\xef\xbb\xbf",
        b"\x00\n\x00",
    ],
)
def test_what_is_no_register_is_refused(data):
    """Another encoding, an open quotation mark, nothing at all."""
    with pytest.raises(UnreadableError) as error:
        read_register(data, RULES)
    assert error.value.exit_code == 2


def test_a_cell_may_be_quoted_and_hold_commas_and_lines():
    """A quoted name with a comma and a line end is one cell, and is not kept."""
    text = as_csv([person(1, name='"two, and\nmore ""words"""'), person(2)])
    register = read_register(text.encode(), RULES)
    assert register.pids == ("R-001", "R-002")
    assert "words" not in repr([column.values for column in register.columns.values()])


def test_a_register_that_is_too_large_is_refused(monkeypatch):
    """The limit is in bytes, and is told."""
    monkeypatch.setattr(registers, "REGISTER_LIMIT", 10)
    with pytest.raises(UnreadableError, match="may have 10"):
        read_register(as_csv([person(1)]).encode(), RULES)


def test_pieces_make_the_same_register(monkeypatch):
    """Rows are read some at a time; where the cuts fall changes nothing."""
    text = as_csv([person(number, age=str(20 + number % 7)) for number in range(1, 50)]).encode()
    whole = read_register(text, RULES).snapshot_sha256
    monkeypatch.setattr(registers, "_ROWS", 7)
    assert whole == read_register(text, RULES).snapshot_sha256
    assert whole == read_register(text.replace(b"invented", b'"invented"'), RULES).snapshot_sha256


@settings(max_examples=200)
@given(
    st.one_of(
        st.binary(max_size=80),
        st.text(max_size=80).map(lambda text: (",".join(COLUMNS) + "\n" + text).encode("utf-8", "replace")),
    )
)
def test_no_input_breaks_the_reader(data):
    """Whatever the bytes are, they are a register or a refusal."""
    with suppress(UnreadableError):
        read_register(data, RULES)


def rules_refused(text):
    with pytest.raises(UnreadableError) as error:
        read_rules(text.encode())
    return error.value


SMALL = "selection: {version: 1, method: draw, size: 1, fields: {}, gates: []}\n"


def test_rules_come_from_a_file_of_their_own_or_from_an_agreement():
    """An agreement file gives its id too; a file of its own holds nothing but `selection`."""
    alone = read_rules(SMALL.encode())
    within = read_rules(f"format: quittance-agreement/1\nid: doha-2020\ntitle: x\n{SMALL}".encode())
    assert (alone.agreement, within.agreement) == (None, "doha-2020")
    assert alone.rules.sha256 == within.rules.sha256
    as_json = '{"selection": {"version": 1, "method": "draw", "size": 1, "fields": {}, "gates": []}}'
    assert alone.rules.sha256 == read_rules(as_json.encode()).rules.sha256
    value = "version: 1\nmethod: draw\nsize: 1\nfields: {}\ngates: []\n"
    assert read_rules(value.encode()).rules.sha256 == alone.rules.sha256
    assert rules_refused(value + "quota: []\n").problems[0].line == 6


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SMALL + "quota: 3\n", 2), ("select: {}\n", 1), ("- 1\n", 1), (SMALL.replace("1,", "1.5,"), 1),
        (SMALL.replace("size: 1", "size: 1, size: 2"), 1), ("selection:\n  version: 1\n  method: [draw]\n", 3),
    ],
)  # fmt: skip
def test_rules_that_are_wrong_are_refused_with_their_line(text, line):
    """An unknown key, a fraction, a repeated key, a wrong value: each names its line."""
    error = rules_refused(text)
    assert isinstance(error, RulesRefused)
    assert line in [problem.line for problem in error.problems]


@pytest.mark.parametrize("text", ["", "selection: [", "\x00"])
def test_what_is_no_yaml_is_refused(text):
    """A file that cannot be read at all is refused by the reader of agreements."""
    assert rules_refused(text).exit_code == 2
