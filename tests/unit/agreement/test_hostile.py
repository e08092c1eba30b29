"""Files that nobody wrote in good faith: the loaders refuse with their own errors, or take them, and nothing else."""

import json
import os
import random
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.compare import differences
from tests.journals import DATA, journal_of, journals, rich

from quittance.agreement.evaluate import evaluate
from quittance.agreement.journal import Journal, load_journal
from quittance.agreement.load import load_agreement
from quittance.dates import parse_moment
from quittance.errors import QuittanceError

THOROUGH = os.environ.get("QUITTANCE_THOROUGH") == "1"
examples = settings(max_examples=3000 if THOROUGH else 200, derandomize=not THOROUGH, deadline=None, database=None)

YAML = (DATA / "bridge.yaml").read_bytes()
HEADER = b'{"format":"quittance-journal/1","agreement":"rich"}\n'
ODD = [
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"'", b'"', b"{", b"}", b"[", b"]", b"\n", b"\t",
    b"&a ", b"*a", b"<<: ", b"!!python/object ", b"%YAML 9.9\n", b"---\n", b"...\n", b"? ", b"- ", b": ", b"#",
    b"|", b">", b"@", b"`", b"9" * 400, b"-1", b"1e999", b"0x1F", b"2025-02-30", b"0000-00-00", b"9999-12-31",
    b"day 99999999999", b"start + 999999 months", b"+ 999999 days",
    b"\\u0000", b"\\ud800", b"null", b"true", b"\xc2\x85", b"\xe2\x80\xa8",
]  # fmt: skip
"""Pieces that break parsers, and dates that do not exist."""


def takes_or_refuses(load, data):
    """The loaded value, or None where it is refused; any other error is a failure of the test."""
    with suppress(QuittanceError):
        return load(data)
    return None


def mangled(data, source):
    """Bytes with a few pieces cut out, doubled, swapped or put in."""
    for _ in range(source.randint(1, 4)):
        at = source.randrange(len(data) + 1)
        to = min(len(data), at + source.randrange(1, 40))
        piece = source.choice(
            [b"", data[at:to] * 2, data[at:to][::-1], source.choice(ODD), source.choice(ODD) + data[at:to]]
        )
        data = data[:at] + piece + data[to:]
    return data


@examples
@given(st.binary(max_size=400))
@example(b"")
@example(b"\x00" * 100)
def test_random_bytes(data):
    """Noise is refused as an agreement and as a journal."""
    assert takes_or_refuses(load_agreement, data) is None
    assert takes_or_refuses(load_journal, data) is None


@examples
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_random_text_after_a_good_beginning(text):
    """So is what only begins well."""
    takes_or_refuses(load_agreement, b"format: quittance-agreement/1\n" + text.encode())
    takes_or_refuses(load_journal, HEADER + text.encode())


@examples
@given(st.randoms(use_true_random=False))
def test_a_mangled_agreement(source):
    """A good agreement with some bytes changed: whatever is still taken can be evaluated."""
    agreement = takes_or_refuses(load_agreement, mangled(YAML, source))
    if agreement is not None:
        evaluate(agreement, journal_of(agreement, []), parse_moment("2025-03-01")).as_json()


@examples
@given(journals(rich(), most=8), st.randoms(use_true_random=False))
def test_a_mangled_journal(entries, source):
    """A good journal with some bytes changed: whatever is still taken can be evaluated."""
    data = HEADER + b"\n".join(json.dumps(entry).encode() for entry in entries)
    journal = takes_or_refuses(load_journal, mangled(data, source))
    if journal is not None:
        evaluate(rich(), journal, parse_moment("2025-01-12")).as_json()


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["first", "a", "2025-01-03"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["by", "of", "n"]), inner, max_size=3),
    max_leaves=5,
)
FIELDS = [
    "of",
    "n",
    "by",
    "at",
    "known",
    "kind",
    "id",
    "persons",
    "cat",
    "breakdown",
    "reads",
    "from",
    "seq",
    "ref",
    "until",
    "list",
]


@examples
@given(journals(rich(), most=3), st.dictionaries(st.sampled_from(FIELDS), VALUES, min_size=1, max_size=3))
def test_fields_of_the_wrong_kind(entries, wrong):
    """An entry with other values in its fields is refused or taken; taken, it can be evaluated."""
    lines = [
        *entries[:-1],
        (entries[-1] if entries else {"id": "e", "at": "2025-01-02", "kind": "event", "name": "x"}) | wrong,
    ]
    data = HEADER + b"\n".join(json.dumps(line).encode() for line in lines)
    journal = takes_or_refuses(load_journal, data)
    if journal is not None:
        evaluate(rich(), journal, parse_moment("2025-01-12")).as_json()


@pytest.mark.parametrize("opening", [b"[", b"{", b"- ", b'{"a":', b"[{a: ", b"? "])
@pytest.mark.parametrize("depth", [30, 1000, 100_000])
def test_deep_nesting(opening, depth):
    """Depth is refused, in a file and in a line of a journal, before it exhausts anything."""
    data = opening * depth
    assert takes_or_refuses(load_agreement, data) is None
    assert takes_or_refuses(load_agreement, b"format: quittance-agreement/1\nx-note: " + data) is None
    assert takes_or_refuses(load_journal, HEADER + data) is None
    position = b'{"id":"p","at":"2025-01-02","kind":"position","by":"a","from":"2025-01-02","reads":{"first":'
    assert takes_or_refuses(load_journal, HEADER + position + data) is None
    closed = position + b'{"x":' * depth + b"1" + b"}" * depth + b"}}"
    assert takes_or_refuses(load_journal, HEADER + closed) is None


@pytest.mark.parametrize("number", ["9" * 30, "9" * 5000, "-" + "9" * 30, "1e400", str(2**63), str(2**53)])
def test_huge_numbers(number):
    """No number beyond what can be counted exactly is taken."""
    entry = b'{"id":"p","at":"2025-01-02","kind":"total","of":["first"],"by":"a","n":' + number.encode() + b"}"
    assert takes_or_refuses(load_journal, HEADER + entry) is None
    text = YAML.replace(b"exactly: 100", b"exactly: " + number.encode())
    assert text != YAML
    assert takes_or_refuses(load_agreement, text) is None


def test_very_long_lines():
    """A line of a megabyte is refused in a journal; a file of eight is refused as a whole."""
    entry = b'{"id":"p","at":"2025-01-02","kind":"event","name":"' + b"x" * 2**20 + b'"}'
    assert takes_or_refuses(load_journal, HEADER + entry) is None
    assert takes_or_refuses(load_agreement, YAML + b"#" + b"x" * 2**23) is None
    assert takes_or_refuses(load_agreement, YAML + b'note: "' + b"x" * 5000 + b'"\n') is None


@pytest.mark.parametrize("data", [b"\x00", b"a\x00b", b"note: a\x00b\n"])
def test_nul_bytes(data):
    """A NUL byte is refused wherever it stands."""
    assert takes_or_refuses(load_agreement, YAML + data) is None
    assert takes_or_refuses(load_journal, HEADER + data) is None


def test_a_nul_within_an_id_is_refused_or_harmless():
    """An escaped NUL is text like any other to JSON; the evaluation bears it."""
    entry = '{"id":"p\\u0000","at":"2025-01-02","kind":"perform","of":["first\\u0000"],"n":1,"by":"a\\u0000"}'
    journal = takes_or_refuses(load_journal, HEADER + entry.encode())
    if journal is not None:
        evaluate(rich(), journal, parse_moment("2025-01-12")).as_json()


def test_references_in_a_circle():
    """Retractions of each other and of themselves, and handovers that are each other, have the plain answer."""
    entries = [
        {"id": "r1", "at": "2025-01-02", "kind": "retract", "by": "a", "ref": "r2"},
        {"id": "r2", "at": "2025-01-02", "kind": "retract", "by": "a", "ref": "r1"},
        {"id": "r3", "at": "2025-01-02", "kind": "retract", "by": "a", "ref": "r3"},
        {"id": "p1", "at": "2025-01-02", "kind": "perform", "by": "w", "of": ["first"], "n": 1, "same_as": "p2"},
        {"id": "p2", "at": "2025-01-02", "kind": "perform", "by": "w", "of": ["first"], "n": 1, "same_as": "p1"},
        {"id": "p3", "at": "2025-01-02", "kind": "perform", "by": "w", "of": ["first"], "n": 1, "same_as": "p3"},
    ]
    # What takes back itself is left open; both evaluators are only asked for an answer to that.
    kept = [entry for entry in entries if entry["kind"] == "perform"]
    assert differences(rich(), journal_of(rich(), kept), parse_moment("2025-01-05")) == []
    assert evaluate(rich(), journal_of(rich(), entries), parse_moment("2025-01-05"))["first"].low >= 1


@pytest.mark.parametrize("length", [10, 3000])
def test_a_long_chain_of_retractions(length):
    """Each takes back the one before it; an even number of them leaves the handover standing."""
    first = {"id": "r0", "at": "2025-01-02", "kind": "perform", "by": "w", "of": ["level"], "n": 1}
    chain = [
        {"id": f"r{n}", "at": "2025-01-02", "kind": "retract", "by": "a", "ref": f"r{n - 1}"}
        for n in range(1, length + 1)
    ]
    assert evaluate(rich(), journal_of(rich(), [first, *chain]), parse_moment("2025-01-05"))["level"].low == 1


def bears(granularity, entry, asked="2025-01-12"):
    """Whether a journal of this entry is refused, or has an answer; or the question is refused."""
    data = HEADER + json.dumps({"id": "x", "at": "2025-01-03"} | entry).encode()
    journal = takes_or_refuses(load_journal, data)
    if journal is not None:
        takes_or_refuses(lambda one: evaluate(rich(granularity), one, parse_moment(asked)).as_json(), journal)


@pytest.mark.parametrize("granularity", ["day", "instant"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["first", "second"])
def test_the_ends_of_time(granularity, day, name):
    """Entries at either end of the calendar are entries; a question may be asked there too."""
    for asked in ("2025-01-12", day):
        bears(granularity, {"at": day, "kind": "perform", "by": "w", "of": [name], "n": 6}, asked)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+23:00", "9999-12-31T23:00:00-23:00"])
def test_instants_outside_the_calendar(at):
    """An offset may carry an instant out of the years that there are."""
    bears("instant", {"at": at, "kind": "perform", "by": "w", "of": ["second"], "n": 1})


BEYOND = [
    {"kind": "exercise", "power": "ext", "by": "g", "n": 2**53 - 1},
    {"kind": "exercise", "power": "ext", "by": "g", "n": 4_000_000},
    {"kind": "exercise", "power": "sus", "by": "g", "until": "9999-12-31"},
    {"kind": "perform", "of": ["first"], "by": "w", "n": 2**53 - 1},
    {"kind": "total", "of": ["first"], "by": "w", "n": 2**53 - 1},
    {"kind": "level", "of": ["level"], "by": "w", "n": 2**53 - 1},
]
"""Entries that move something further than the calendar reaches."""


@pytest.mark.parametrize("granularity", ["day", "instant"])
@pytest.mark.parametrize("entry", BEYOND, ids=[f"{one['kind']}-{number}" for number, one in enumerate(BEYOND)])
def test_further_than_the_calendar_reaches(granularity, entry):
    """The largest number that an entry may have moves nothing beyond the year 9999, and breaks nothing."""
    bears(granularity, entry)


POINTLESS = [
    {"by": "nobody"},
    {"what": "nowhere"},
    {"counts_toward": "nowhere"},
    {"requires": [{"complete": "nowhere", "clock": "toll"}]},
    {"requires": [{"complete": "second"}]},
    {"amount": {"all_of": "nowhere", "unit": "persons"}},
    {"amount": {"accrues": {"from": "nowhere", "price": 2}, "unit": "persons"}},
    {
        "amount": {"exactly": 10**12, "unit": "persons"},
        "when": {"pace": {"count": 1, "every": "1 day", "from": "start"}},
    },
    {"when": {"by": "complete:nowhere + 2 days"}},
    {"when": {"by": "start + 36 hours"}},
    {"when": {"by": "that + 3 days"}},
    {"when": {"keeps_pace_with": {"of": "nowhere", "within": "1 day"}}},
    {"when": {"until": "day 5", "extends": {"of": "nowhere", "per": 1, "days": 1, "max": "day 9"}}, "mode": "refrain"},
    {"for_each": {"person": "nowhere", "once": "captured"}},
    {"order": [{"first": "nowhere", "before": "nowhere"}]},
    {"counts_toward": "part", "when": {"by": "complete:first + 2 days"}},
    {"mode": "maintain"},
]
"""Readings that a file would be refused for."""


@pytest.mark.parametrize("patch", POINTLESS, ids=[f"{'-'.join(one)}-{number}" for number, one in enumerate(POINTLESS)])
def test_a_position_of_the_journal_that_makes_no_sense(patch):
    """One party's impossible reading is refused or changes nothing; it never takes the answer away from everybody."""
    bears("day", {"kind": "position", "by": "a", "from": "2025-01-03", "reads": {"first": patch}})


def test_the_same_noise_twice():
    """Refusals do not depend on what was read before."""
    source = random.Random(5)
    for _ in range(20):
        data = mangled(YAML, source)
        said = []
        for _ in range(2):
            try:
                load_agreement(data)
                said.append("taken")
            except QuittanceError as error:
                said.append((error.message, error.problems))
        assert said[0] == said[1]


def test_a_journal_of_nothing():
    """A header alone is a journal, and it has an answer."""
    journal = load_journal(HEADER)
    assert isinstance(journal, Journal)
    assert len(journal) == 0
    assert evaluate(rich(), journal, parse_moment("2025-01-12")).journal_entries == 0
