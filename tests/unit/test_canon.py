"""Canonical bytes: the vectors of the reference, the rules one by one, and agreement with an independent encoder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from quittance.canon import MAX_INTEGER, CanonError, Plain, canonical, parse_canonical, read_canonical

REFERENCE = Path(__file__).parents[3] / "shared/data/record/vectors.json"

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-MAX_INTEGER, MAX_INTEGER)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)

EDGE_TEXTS = st.text(
    'a\x00\x1f\n"\\/\x7f\x85\xe9\u2028\ud7ff\ue000\ufb33\uffff\U00010000\U0001f600\U0010ffff', max_size=3
)
"""Texts of characters at the edges of what is escaped, and of what UTF-16 sorts otherwise."""

QUICK = msgspec.json.Decoder(dict[str, Plain])
SPLICES = (
    *(b"-0", b"1.0", b".5", b"e1", b"0", b"9007199254740992", b"null", b"true", b"NaN", b"[", b"]", b"{}", b'"', b","),
    *(b":", b" ", b"\\u0061", b"\\ud800", b"\\/", b"\\n", b"\x7f", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b'"a":1,'),
    *(b"\xf0\x9f\x98\x80", b"\xef\xac\xb3"),
)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    if not REFERENCE.exists():
        pytest.skip("the reference vectors are not beside this repository")
    return json.loads(REFERENCE.read_text("utf-8"))


def test_reference_values_have_the_reference_bytes(reference):
    """Every `jcs` vector gives exactly its canonical bytes, and those parse back."""
    for case in reference["jcs"]:
        expected = bytes.fromhex(case["canonical_hex"])
        assert expected == canonical(json.loads(case["json"]))
        assert json.loads(case["json"]) == parse_canonical(expected)


def test_reference_refusals_are_refused(reference):
    """Every `jcs_must_refuse` vector is refused with the code of its own rule."""
    expected = [
        "canon.duplicate_key",
        "canon.float",
        "canon.float",
        "canon.integer_range",
        "canon.lone_surrogate",
        "canon.constant",
        "canon.negative_zero",
        "canon.not_canonical",
    ]
    codes = []
    for case in reference["jcs_must_refuse"]:
        with pytest.raises(CanonError) as caught:
            parse_canonical(case["json"].encode())
        codes.append(caught.value.code)
    assert expected == codes


@given(VALUES)
def test_bytes_equal_those_of_rfc8785(value):
    """For any value the bytes are those of the rfc8785 package, and parsing them gives the value back."""
    data = canonical(value)
    assert rfc8785.dumps(value) == data
    assert value == parse_canonical(data)


@given(
    st.recursive(
        EDGE_TEXTS, lambda inner: st.lists(inner) | st.dictionaries(EDGE_TEXTS, inner, min_size=2), max_leaves=8
    )
)
def test_keys_sort_by_utf16_units(value):
    """Where the orders of code points and of UTF-16 units part, at U+E000 and U+10000, and with every escape."""
    data = canonical(value)
    assert rfc8785.dumps(value) == data
    assert value == parse_canonical(data)
    if isinstance(value, dict):
        assert list(json.loads(data)) == sorted(value, key=lambda key: key.encode("utf-16-be"))
    by_code_point = msgspec.json.encode(value, order="sorted")
    if by_code_point != data:
        with pytest.raises(CanonError) as caught:
            parse_canonical(by_code_point)
        assert caught.value.code == "canon.not_canonical"


@given(VALUES)
def test_other_spellings_are_refused(value):
    """The same value spelled with spaces, ASCII escapes or in insertion order is refused unless it is canonical."""
    for text in (json.dumps(value), json.dumps(value, ensure_ascii=False, indent=1)):
        data = text.encode()
        if data != canonical(value):
            with pytest.raises(CanonError) as caught:
                parse_canonical(data)
            assert caught.value.code == "canon.not_canonical"


@given(
    st.dictionaries(st.text("ab\xe9\ufb33"), st.text('ab\xe9\ufb33\t"') | st.integers(-9, 9) | st.lists(st.booleans()))
)
def test_the_quick_reader_takes_plain_values(value):
    """A shallow object is read without a second look, beyond ASCII too; what it gives is the value."""
    assert value == read_canonical(canonical(value), QUICK)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=6), VALUES, max_size=4), st.data())
def test_the_quick_reader_takes_nothing_but_canonical_bytes(value, data):
    """Whatever is spliced into the bytes: what the quick reader takes, the strict reader takes, as the same value."""
    spelling = canonical(value)
    at = data.draw(st.integers(0, len(spelling)))
    spelling = spelling[:at] + data.draw(st.sampled_from(SPLICES)) + spelling[at + data.draw(st.integers(0, 3)) :]
    read = read_canonical(spelling, QUICK)
    if read is not None:
        assert spelling == canonical(read) == canonical(parse_canonical(spelling))


@given(st.binary(max_size=40))
def test_any_bytes_parse_to_themselves_or_are_refused(data):
    """Arbitrary bytes either are the canonical form of what they parse to, or raise `CanonError` and nothing else."""
    try:
        value = parse_canonical(data)
    except CanonError:
        return
    assert data == canonical(value)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'\xef\xbb\xbf{"a":1}', "canon.bom"),
        (b'{"a":"\xff"}', "canon.encoding"),
        ('{"a":1}'.encode("utf-16"), "canon.encoding"),
        (b"", "canon.syntax"),
        (b'{"a":1}x', "canon.syntax"),
        (b"{'a':1}", "canon.syntax"),
        (b'{"a":01}', "canon.syntax"),
        (b'{"a":"\t"}', "canon.syntax"),
        (b'{"a":{"b":1,"b":1}}', "canon.duplicate_key"),
        (b'{"a":1,"\\u0061":1}', "canon.duplicate_key"),
        (b'{"a":1.0}', "canon.float"),
        (b'{"a":1E3}', "canon.float"),
        (b'{"a":-0.0}', "canon.float"),
        (b'{"a":-Infinity}', "canon.constant"),
        (b'{"a":-9007199254740992}', "canon.integer_range"),
        (b"1" * 1_000_000, "canon.integer_range"),
        (b'{"\\udead":1}', "canon.lone_surrogate"),
        (b'{"\\udead":1,"\xc3\xa9":2}', "canon.lone_surrogate"),
        (b'{"\xc3\xa9":"\\udead"}', "canon.lone_surrogate"),
        (b'{"a":"\\u00e9"}', "canon.not_canonical"),
        (b'{"a":1}\n', "canon.not_canonical"),
        (b'{"\xf0\x9f\x98\x80":1,"\xef\xac\xb3":2}', None),
        (b'{"\xef\xac\xb3":2,"\xf0\x9f\x98\x80":1}', "canon.not_canonical"),
        (nested(16), None),
        (nested(17), "canon.depth"),
        (nested(200_000), "canon.depth"),
    ],
)
def test_intake_rules(data, code):
    """Each rule of intake refuses with its own code; keys sort by UTF-16 units; 16 levels are allowed, 17 not."""
    if code is None:
        assert data == canonical(parse_canonical(data))
        return
    with pytest.raises(CanonError) as caught:
        parse_canonical(data)
    assert caught.value.code == code
    assert caught.value.exit_code == 2
    assert read_canonical(data, QUICK) is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (1.0, "canon.float"),
        ({"a": [float("nan")]}, "canon.float"),
        ({"é": 1.5}, "canon.float"),
        (["é", {"é": 1}, 1.5], "canon.float"),
        ({1: "a"}, "canon.key"),
        ({"é": 1, None: 2}, "canon.key"),
        (MAX_INTEGER + 1, "canon.integer_range"),
        (-MAX_INTEGER - 1, "canon.integer_range"),
        ("\ud800", "canon.lone_surrogate"),
        ({"\ud800é": 1}, "canon.lone_surrogate"),
        ({"é": ["\ud800"]}, "canon.lone_surrogate"),
        (b"bytes", "canon.type"),
        ({"a": {1, 2}}, "canon.type"),
    ],
)
def test_values_without_a_canonical_form(value, code):
    """What JSON cannot hold for every reader is refused when writing, also beside keys beyond ASCII."""
    with pytest.raises(CanonError) as caught:
        canonical(value)
    assert caught.value.code == code


def test_a_value_that_contains_itself_is_too_deep():
    """An endless value ends at the depth limit."""
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(CanonError) as caught:
        canonical(endless)
    assert caught.value.code == "canon.depth"


def test_messages_do_not_repeat_the_input():
    """A refusal never quotes the text it refuses: it may hold a name."""
    with pytest.raises(CanonError) as caught:
        parse_canonical('{"نام":"نام","نام":1.5}'.encode())
    assert "نام" not in caught.value.message
