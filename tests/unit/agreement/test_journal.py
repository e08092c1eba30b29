"""The journal: each kind of entry, what is refused with its line, and what is only warned of."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.agreement.journal import (
    KINDS,
    MAX_LINE_BYTES,
    MAX_PROBLEMS,
    JournalRefused,
    decode_entry,
    load_journal,
    moment_of,
)

HEADER = '{"format":"quittance-journal/1","agreement":"small"}'

SAMPLES = {
    "perform": {"of": ["x"], "n": 3, "by": "a"},
    "total": {"of": ["x"], "n": 3, "by": "a"},
    "level": {"of": ["x"], "n": 8600, "by": "a"},
    "attest": {"ref": "e0", "verdict": "verified", "by": "w", "basis": "seen"},
    "deny": {"of": ["x"], "by": "b"},
    "retract": {"ref": "e0", "by": "a", "reason": "typing error"},
    "event": {"name": "cabinet-approved"},
    "violate": {"of": ["x"], "by": "b", "party": "a"},
    "breach_finding": {"of": ["x"], "by": "w"},
    "close": {"of": ["x"], "by": "b"},
    "waive": {"of": ["x"], "by": "b"},
    "supersede": {"of": ["x"], "by_instrument": "later", "replaced_by": ["y"]},
    "accept": {"instrument": "later", "by": "b"},
    "reject": {"instrument": "later", "by": "b"},
    "position": {"by": "a", "from": "2025-01-02", "reads": {"x": {"owed": False}}, "quote": "no", "withdraws": True},
    "dispute": {"of": ["x"], "by": "b"},
    "resolve": {"of": ["x"], "by": "b"},
    "exercise": {"power": "p", "by": "w", "of": ["x"], "persons": ["R-1"], "until": "2025-02-01"},
    "choice": {"persons": ["R-1"], "of": ["x"], "choice": "third_country", "by": "w"},
    "person_state": {"persons": ["R-1"], "state": "captured", "by": "a"},
    "list_give": {"list": "l", "by": "a", "n": 10},
    "list_agree": {"list": "l", "by": "b"},
    "withhold": {"list": "l", "by": "b", "persons": ["R-1"]},
    "replace": {"list": "l", "by": "a", "persons": ["R-1"], "with": ["R-2"]},
    "classify": {"person": "R-1", "as": "soldier", "by": "a"},
}


def entry(kind="perform", **fields):
    return json.dumps({"id": "e1", "at": "2025-01-02", "kind": kind, **SAMPLES[kind], **fields})


def journal(*lines):
    return "\n".join([HEADER, *lines]).encode()


def refusals(*lines):
    with pytest.raises(JournalRefused) as refused:
        load_journal(journal(*lines))
    assert refused.value.exit_code == 2
    return [(problem.line, problem.message) for problem in refused.value.problems]


def test_there_is_a_sample_of_every_kind():
    """No kind is left out of these tests."""
    assert set(KINDS) == set(SAMPLES)


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_kind_comes_back_as_it_was_written(kind):
    """Reading an entry and writing it again gives the same object, with the field names of the file."""
    found = decode_entry(entry(kind).encode())
    assert (kind, json.loads(entry(kind))) == (found.kind, json.loads(msgspec.json.encode(found)))


@pytest.mark.parametrize("kind", SAMPLES)
def test_an_unknown_field_is_refused_in_every_kind(kind):
    """Nothing is silently dropped."""
    ((line, message),) = refusals(entry(kind, colour="red"))
    assert (line, "unknown field `colour`" in message) == (2, True)


@pytest.mark.parametrize(
    ("kind", "field"),
    [(kind, field) for kind, sample in SAMPLES.items() for field in sample if field in ("of", "by", "ref", "n")],
)
def test_a_field_of_the_wrong_type_is_refused(kind, field):
    """Text where a list, a list where text, text where a number is expected."""
    wrong = {"of": "x", "by": ["a"], "ref": 1, "n": "3"}[field]
    assert [line for line, _ in refusals(entry(kind, **{field: wrong}))] == [2]


def test_a_journal_has_its_entries_in_order_with_their_place():
    """`seq` is the line unless the entry states it; empty lines are skipped; `known` defaults to `at`."""
    found = load_journal(journal(entry(id="a"), "", entry(id="b", known="2025-01-09", seq=70)) + b"\n")
    assert [(e.id, e.seq, e.recorded) for e in found] == [("a", 2, "2025-01-02"), ("b", 70, "2025-01-09")]
    assert (found.header.agreement, len(found), found.findings) == ("small", 2, ())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty; a journal begins with"),
        (b"\n\n", "empty; a journal begins with"),
        (b"{}", "lacks required field `format`"),
        (b'{"format":"quittance-journal/2","agreement":"x"}', "unknown format `quittance-journal/2`"),
        (b'{"format":"quittance-journal/1"}', "lacks required field `agreement`"),
        (b'{"format":"quittance-journal/1","agreement":"x","colour":1}', "unknown field `colour`"),
        (entry().encode(), "a journal begins with"),
        (b"\xff\xfe", "a journal begins with"),
    ],
)
def test_the_first_line_says_what_it_is(data, words):
    """Anything else refuses the file at once."""
    with pytest.raises(JournalRefused) as refused:
        load_journal(data)
    ((code, shown),) = [(problem.code, str(problem)) for problem in refused.value.problems]
    assert (code, words in shown) == ("journal.line", True)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "not JSON"),
        ("[]", "Expected `object`"),
        ('"x"', "Expected `object`"),
        (entry().replace('"e1"', '""'), "an id has 1 to 128 characters"),
        (entry(id="x" * 129), "an id has 1 to 128 characters"),
        (entry().replace('"kind": "perform"', '"kind": "prefrom"'), "unknown kind `prefrom`. Kinds: accept, attest, "),
        (entry(at="2/1/2025"), '"2/1/2025" is not a date. Write 2020-03-31.'),
        (entry(at="2025-02-30"), "is a date that does not exist"),
        (entry(at="2025-01-02T10:00"), "with the offset"),
        (entry(known="2025-01-01"), "`known` 2025-01-01 is before `at` 2025-01-02"),
        (entry(at="2025-01-02T10:00:00Z", known="2025-01-02T09:59:00Z"), "is before `at`"),
        (entry(n=-1), "`n` is -1; a figure is 0 or more. To take back an entry, write a `retract`"),
        (entry(n=2**53), "a figure is 0 or more"),
        (entry("total", n=-1), "`n` is -1"),
        (entry("level", n=-1), "`n` is -1"),
        (entry("perform").replace('"n": 3, ', ""), "a handover needs `n` or `persons`"),
        (entry(n=3, persons=["R-1"]), "`n` is 3 but `persons` has 1"),
        (entry(n=2, persons=["R-1", "R-1"]), "a person stands twice"),
        (entry(n=1, persons=["Jane Doe"]), "something that is not a register number; names do not belong in a journal"),
        (entry(cat="c", breakdown={"c": 3}), "give `cat` or `breakdown`, not both"),
        (entry(breakdown={"c": 2}), "`breakdown` adds up to 2, not 3"),
        (entry(breakdown={"c": 4, "d": -1}), "`breakdown` has a negative number"),
        (entry("attest", verdict="true"), "`verdict` is verified or rejected, not `true`"),
        (entry("choice", choice="stay"), "`choice` is return or decline or third_country, not `stay`"),
        (entry("deny", ref="e0"), "a denial names either commitments (`of`) or one entry (`ref`)"),
        (entry("position", **{"from": "soon"}), '"soon" is not a date'),
        (entry("position", reads={"x": {"colour": 1}}), "reads.x.colour"),
        (entry("exercise", until="soon"), '"soon" is not a date'),
        (
            entry().replace('"by": "a"', '"by": "a", "by": "b"'),
            "the key `by` stands twice; the second would silently win",
        ),
        (
            entry("position", reads={"x": {}}).replace('{"x": {}}', '{"x": {}, "x": {"owed": false}}'),
            "the key `x` stands twice",
        ),
        (entry(note="x" * MAX_LINE_BYTES), "an entry may have 65,536"),
        (
            '{"id": "e1", "at": "2025-01-02", "kind": "position", "by": "a", "from": "2025-01-02", "reads": '
            + '{"x":' * 3000,
            "not JSON",
        ),
    ],
)
def test_a_line_that_cannot_be_taken(line, words):
    """The whole journal is refused, with the line and what is wrong with it."""
    ((number, message),) = refusals(entry(id="good"), line)
    assert number == 3
    assert words in message


def test_no_message_repeats_a_name():
    """A name that somebody wrote where a register number belongs is not printed again."""
    assert "Doe" not in str(refusals(entry(n=1, persons=["Jane Doe"])))


def test_all_problems_are_listed_up_to_a_bound():
    """Each bad line has its row, and after 200 it stops."""
    assert [(line, "`n`" in text) for line, text in refusals(entry(n=-1), entry(id="b"), entry(id="c", n=-2))] == [
        (2, True),
        (4, True),
    ]
    assert len(refusals(*["{"] * 500)) == MAX_PROBLEMS


def test_an_id_stands_once():
    """J01 names the line of the first."""
    with pytest.raises(JournalRefused) as refused:
        load_journal(journal(entry(), entry("event")))
    ((code, line, message),) = [(one.code, one.line, one.message) for one in refused.value.problems]
    assert (code, line, message) == ("J01", 3, "entry `e1` stands here again (first on line 2)")


@pytest.mark.parametrize(
    ("known", "findings"),
    [
        (("2025-01-03", "2025-01-03", "2025-01-04"), 0),
        (("2025-01-05", "2025-01-03", "2025-01-02"), 1),
        (("2025-01-03T12:00:00Z", "2025-01-03"), 0),
        (("2025-01-03T12:00:00Z", "2025-01-03T11:00:00Z"), 1),
        (("2025-01-03T12:00:00+03:00", "2025-01-03T10:00:00Z"), 0),
    ],
)
def test_known_that_goes_back_is_warned_of_once(known, findings):
    """J02 for the first place where it certainly goes back; the journal is taken."""
    lines = [entry(id=f"e{number}", known=text) for number, text in enumerate(known)]
    found = load_journal(journal(*lines))
    assert (len(known), ["J02"] * findings) == (len(found), [problem.code for problem in found.findings])


def test_a_moment_is_parsed_alike_each_time():
    """The memory of moments gives what parsing gives."""
    assert moment_of("2025-01-02") is moment_of("2025-01-02")


@given(st.binary(max_size=200))
def test_no_line_breaks_the_reader(line):
    """Any bytes are an entry or a `ValueError` that says why not."""
    try:
        said = decode_entry(line).kind
    except ValueError as error:
        said = str(error)
    assert said


@given(st.lists(st.sampled_from(["id", "at", "kind", "by", "n", "of"]), max_size=3), st.data())
def test_a_repeated_key_never_slips_through(keys, data):
    """Whatever key is repeated, and whatever its second value, the entry is refused."""
    fields = json.loads(entry())
    for key in keys:
        value = data.draw(st.sampled_from([fields[key], "\\u0061", "x"]))
        text = json.dumps(fields)[:-1] + f', "{key}": {json.dumps(value)}' + "}"
        with pytest.raises(ValueError, match=r"."):
            decode_entry(text.encode())
