"""The strict part of YAML: what is read as what, what is refused, and with which line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.agreement.text import MAX_BYTES, MAX_DEPTH, path_text, read_yaml
from quittance.errors import UnreadableError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("Yes", "Yes"), ("y", "y"), ("12:15", "12:15"), ("2020-03-31", "2020-03-31"),
        ("2025-10-10T12:00:00+03:00", "2025-10-10T12:00:00+03:00"), ("true", True), ("false", False), ("0", 0),
        ("-7", -7), ("5000", 5000), ('"010"', "010"), ("'~'", "~"), ('"true"', "true"), ("day 7", "day 7"),
        ("start + 135 days", "start + 135 days"), ("1.2.3", "1.2.3"), ("0a", "0a"), ("=", "="), ("...x", "...x"),
        ("|\n  two\n  lines\n", "two\nlines\n"), (">\n  two\n  lines\n", "two lines\n"), ("[a, 1]", ["a", 1]),
        ("{a: 1}", {"a": 1}),
    ],
)  # fmt: skip
def test_a_value_is_read_by_its_look(text, value):
    """Text stays text unless it is a plain integer, `true` or `false`."""
    document = read_yaml(f"a: {text}\n".encode())
    assert ({"a": value}, []) == (document.value, document.problems)
    assert type(value) is type(document.value["a"])


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("a: 1\na: 2", "E02", "a: the key `a` stands here again (first on line 1)"),
        ("a: {b: 1, b: 2}", "E02", "a.b: the key `b` stands here again (first on line 1)"),
        ("a: &x 1", "E03", "anchors (&name) are not read"),
        ("b: 1\na: *x", "E03", "aliases (*name) are not read"),
        ("a: {<<: 1}", "E03", "merge keys (<<) are not read"),
        ("a: !!str 1", "E03", "are not read; remove it"),
        ("a: !own 1", "E03", "tags (!own) are not read"),
        ("a: 1\n---\nb: 2", "E03", "a second document starts here"),
        ("%YAML 1.1\n---\na: 1", "E03", "remove the %YAML or %TAG line"),
        ("a:", "E03", "no value stands here"),
        ("a: ~", "E03", "no value stands here"),
        ("a: null", "E03", "no value stands here"),
        ("a: [1, ]\nb: [~]", "E03", "b[0]: no value stands here"),
        ("a: True", "E03", "write true in small letters"),
        ("a: FALSE", "E03", "write false in small letters"),
        ("a: 010", "E03", '010 can be read as different numbers; write a plain integer, or "010" as text'),
        ("a: 1_000", "E03", "1_000 can be read as different numbers"),
        ("a: 0x1F", "E03", "0x1F can be read as different numbers"),
        ("a: 0o17", "E03", "0o17 can be read as different numbers"),
        ("a: 1.5", "E03", "1.5 can be read as different numbers"),
        ("a: 1e3", "E03", "1e3 can be read as different numbers"),
        ("a: +1", "E03", "+1 can be read as different numbers"),
        ("a: .inf", "E03", ".inf can be read as different numbers"),
        ("a: .nan", "E03", ".nan can be read as different numbers"),
        ("a: 1234567890123456", "E03", "can be read as different numbers"),
        ("1: a", "E03", 'the key 1 is not text; write "1"'),
        ("true: a", "E03", "the key true is not text"),
        ("? [a]\n: b", "E03", "a key must be text"),
        ("~: a", "E03", "no value stands here"),
    ],
)
def test_what_readers_take_differently_is_refused(text, code, words):
    """Each departure from the subset is a problem with its code, its line and what to write instead."""
    found = [(problem.code, words in str(problem)) for problem in read_yaml(text.encode()).problems]
    assert (code, True) in found
    assert {code} == {problem for problem, _ in found}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "agreement.empty"),
        (b"# nothing\n", "agreement.empty"),
        (b"a: [1\nb: }", "agreement.not_yaml"),
        (b"a:\n\tb: 1", "agreement.not_yaml"),
        (b"\xff", "agreement.not_text"),
        (b"a: \x07", "agreement.not_yaml"),
        (b"a: " + b"[" * 100, "agreement.not_yaml"),
        (b"#" * (MAX_BYTES + 1), "agreement.too_large"),
    ],
    ids=["empty", "comment", "broken", "tab", "not-utf-8", "control-character", "deep", "large"],
)
def test_what_is_no_yaml_is_unreadable(data, code):
    """The whole is refused with a stable code, before anything is made of it."""
    with pytest.raises(UnreadableError) as refused:
        read_yaml(data)
    assert (code, 2) == (refused.value.code, refused.value.exit_code)


def test_a_syntax_error_names_its_line():
    """The line counts from 1."""
    with pytest.raises(UnreadableError, match=r"^line 3: this is not YAML: "):
        read_yaml(b"a: 1\nb: 2\nc: }\n")


def test_depth_is_bounded():
    """As deep as the bound is read, one deeper is not."""

    def nested(depth):
        return b"[" * depth + b"x" + b"]" * depth

    assert read_yaml(nested(MAX_DEPTH)).problems == []
    with pytest.raises(UnreadableError, match="nested more than 24 deep"):
        read_yaml(nested(MAX_DEPTH + 1))


def test_every_path_has_its_line():
    """Keys and list items; what is not there is found where it would be."""
    document = read_yaml(b"a:\n  - b: 1\n    c: 2\n  -\n    d: 3\n")
    assert [
        document.line_of(path)
        for path in (("a",), ("a", 0, "b"), ("a", 0, "c"), ("a", 1), ("a", 1, "d"), ("a", 7, "e"))
    ] == [1, 2, 3, 5, 5, 1]
    assert document.line_of(("x",)) == 1


def test_paths_are_written_as_people_would():
    """`commitments[3].when.by`"""
    assert (path_text(("commitments", 3, "when", "by")), path_text(())) == ("commitments[3].when.by", "")


def outcome(data):
    """`read`, or the code of the refusal; any other error passes through."""
    try:
        read_yaml(data)
    except UnreadableError as refused:
        return refused.code
    return "read"


OUTCOMES = {"read", "agreement.empty", "agreement.not_yaml", "agreement.not_text"}


@given(st.binary(max_size=200))
def test_no_input_breaks_the_reader(data):
    """Any bytes are read, or refused with an error of ours."""
    assert outcome(data) in OUTCOMES


@given(st.text(alphabet="ab:-[]{},&*!?|>'\"%#@ \n01.~<", max_size=60))
def test_no_yaml_like_text_breaks_the_reader(text):
    """The same for text made of YAML's own marks."""
    assert outcome(text.encode()) in OUTCOMES
