"""From bytes to an agreement, or to everything that is wrong with it."""

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest

from quittance.agreement.load import AgreementRefused, load_agreement, read_agreement
from quittance.agreement.shapes import place
from quittance.errors import UnreadableError

REPOSITORY = Path(__file__).resolve().parents[3]
EXAMPLES = sorted(REPOSITORY.glob("examples/*/agreement.yaml"))


@pytest.fixture
def problems(written):
    """What is wrong with a document: (code, message) of every problem, in the order of its lines."""

    def read(document):
        found = read_agreement(written(document)).problems
        assert [one.line for one in found] == sorted(one.line for one in found)
        return [(one.code, one.message) for one in found]

    return read


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_load(path):
    """Every example is a sound agreement file, and remembers the SHA-256 of its bytes."""
    data = path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == load_agreement(data).sha256


def test_a_refusal_carries_every_problem(document, written):
    """Nothing is taken; the error has the exit code for unreadable input and one row for each mistake."""
    document["commitments"][0] |= {"by": "aa", "source": []}
    document["commitments"][1]["of"] = "pakt"
    with pytest.raises(
        AgreementRefused, match=r"^The agreement file is refused: 3 errors\. Nothing was taken\.$"
    ) as refused:
        load_agreement(written(document))
    found = sorted(problem.code for problem in refused.value.problems)
    assert (refused.value.code, refused.value.exit_code, found) == ("agreement.refused", 2, ["E04", "E04", "E10"])


@pytest.mark.parametrize(
    ("written_as", "matching"),
    [
        (None, {}),
        ({}, {}),
        ({"auto": "0.9", "review": "0.1"}, {"auto": Decimal("0.9"), "review": Decimal("0.1")}),
        ({"auto": 1, "review": 0}, {"auto": Decimal(1), "review": Decimal(0)}),
        ({"second_from": "1.000000", "auto": "0.999999"}, {"second_from": Decimal(1), "auto": Decimal("0.999999")}),
        ({"reviewers": 9, "blind": False}, {"reviewers": 9, "blind": False}),
    ],
)
def test_how_matches_are_decided(document, written, written_as, matching):
    """What the section leaves out, or the file as a whole, is as the reference of the format says."""
    if written_as is not None:
        document["matching"] = written_as
    default = {"auto": Decimal("0.97"), "review": Decimal("0.03"), "reviewers": 2, "second_from": 0, "blind": True}
    assert load_agreement(written(document)).matching.model_dump() == default | matching


@pytest.mark.parametrize(
    ("field", "value", "code", "words"),
    [
        ("auto", 0.97, "E03", '0.97 can be read as different numbers; write a plain integer, or "0.97" as text'),
        ("auto", "1.01", "E11", "matching.auto: '1.01' is no probability. Write a decimal from 0 to 1 as text"),
        ("auto", "0,97", "E11", "is no probability"),
        ("auto", ".97", "E11", "is no probability"),
        ("auto", "0.97\n", "E11", "is no probability"),
        ("auto", "0.9700001", "E11", "is no probability"),
        ("auto", "-0", "E11", "is no probability"),
        ("auto", True, "E11", "is no probability"),
        ("auto", ["0.97"], "E11", "is no probability"),
        ("auto", "0.03", "E11", "matching: review (0.03) must lie below auto (0.03)"),
        ("review", "0.98", "E11", "must lie below auto (0.97)"),
        ("second_from", 2, "E11", "2 is no probability"),
        ("reviewers", 0, "E11", "matching.reviewers: `0`"),
        ("reviewers", 10, "E11", "matching.reviewers: `10`"),
        ("reviewers", "2", "E11", "`2` is not an integer"),
        ("blind", "no", "E11", "`no` is not true or false"),
        ("quorum", 2, "E01", "matching: unknown field `quorum`"),
    ],
)
def test_matching_that_is_refused(document, problems, field, value, code, words):
    """A probability is a decimal from 0 to 1 as text, and a mistake is named with its place."""
    document["matching"] = {field: value}
    ((found, message),) = problems(document)
    assert found == code
    assert words in message


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"- a\n", "an agreement file is a mapping that begins with `format: quittance-agreement/1`"),
        (b"a: 1\n", "the key `format` is missing"),
        (b"format: quittance-agreement/2\n", "unknown format `quittance-agreement/2`"),
        (b"id: x\nformat: quittance-agreement/1\n", "`format` must be the first key"),
    ],
)
def test_the_format_comes_first(data, words):
    """What is not an agreement file of this version is refused, whatever else is in it."""
    found = [problem for problem in read_agreement(data).problems if words in problem.message]
    assert [problem.code for problem in found] == ["E11"]


def test_extensions_are_kept_and_ignored(document, problems):
    """Keys that start with x- are no mistake anywhere."""
    document["x-anything"] = {"b": [1]}
    document["commitments"][0]["x-colour"] = "red"
    document["commitments"][0]["amount"]["x-was"] = 12
    assert problems(document) == []


def test_a_word_that_others_read_as_false_is_text(document, problems):
    """`no` is not a boolean, and the message says so; for a title it is a word like any other."""
    document["title"] = "no"
    assert problems(document) == []
    document["lists"] = {"names": {"from": "a", "to": "b", "agreed": "no"}}
    assert problems(document) == [
        ("E11", "lists.names.agreed: `no` is not true or false (a word like no or yes is text here)")
    ]


@pytest.mark.parametrize(
    ("section", "content", "words"),
    [
        (
            "powers",
            [{"id": "p", "holder": "cc", "over": ["first"], "effect": "waive", "source": "s"}],
            "unknown party `cc`",
        ),
        (
            "powers",
            [{"id": "p", "holder": "a", "over": "frist", "effect": "waive", "source": "s"}],
            "unknown commitment `frist`",
        ),
        (
            "positions",
            [{"id": "p", "by": "a", "from": "2025-01-02", "reads": {"frist": {}}, "source": "s"}],
            "unknown commitment `frist`",
        ),
        (
            "classifications",
            [{"person": "R-1", "as": "x", "by": "a", "on": "2025-01-02", "source": "s"}],
            "unknown category `x`",
        ),
        ("categories", {"x": {"in": "y"}}, "unknown category `y`"),
        ("categories", {"x": {"list": "y"}}, "unknown list `y`"),
        ("categories", {"x": {"counts_as": {"y": 3}}}, "unknown category `y`"),
        ("lists", {"x": {"from": "a", "to": "c"}}, "unknown party `c`"),
        ("verification", {"breach_found_by": ["c"]}, "unknown party `c`"),
        ("verification", {"rules": [{"verified_when": {"attested_by": "c"}}]}, "unknown party `c`"),
        (
            "verification",
            {"rules": [{"for": {"commitment": "c"}, "verified_when": {"attested_by": "a"}}]},
            "unknown commitment `c`",
        ),
        (
            "balances",
            [{"id": "x", "parties": ["a", "b"], "commitments": {"a": "first", "b": "c"}, "unit": "points"}],
            "unknown commitment `c`",
        ),
        (
            "balances",
            [{"id": "x", "parties": ["a", "b"], "commitments": {"a": "first"}, "unit": "points"}],
            "one commitment for each of the two",
        ),
    ],
)
def test_every_id_must_exist(document, problems, section, content, words):
    """In every section, E04 names what is unknown."""
    document[section] = content
    ((code, message),) = problems(document)
    assert (code, words in message) == ("E04", True)


@pytest.mark.parametrize(
    "change",
    [
        {"requires": [{"any": [{"complete": "x"}], "clock": "run"}]},
        {"when": {"by": "complete:x + 1 day"}},
        {"when": {"by": "day 5", "keeps_pace_with": {"of": "x", "within": "1 day"}}},
        {"when": {"until": "day 5", "extends": {"of": "x", "per": 1, "days": 1, "max": "day 9"}}},
        {"amount": {"accrues": {"from": "x", "price": 1}, "unit": "persons"}},
        {"counts_toward": "x"},
    ],
)
def test_every_commitment_named_must_exist(document, problems, change):
    """Inside alternatives, times, amounts and paces too."""
    document["commitments"][0] |= change
    assert [(code, "unknown commitment `x`" in message) for code, message in problems(document)] == [("E04", True)]


def test_receiving_party_is_no_party_of_its_own(document, problems):
    """It names whoever receives."""
    document["verification"]["rules"][0]["verified_when"] = {"attested_by": "receiving_party"}
    assert problems(document) == []


@pytest.mark.parametrize("change", [[{"complete": "second"}], [{"any": [{"complete": "second"}]}]])
def test_every_outermost_condition_says_its_clock(document, problems, change):
    """What is inside `any` takes the clock of the whole."""
    document["commitments"][0]["requires"] = change
    assert [(code, "requires[0]: say `clock: toll`" in message) for code, message in problems(document)] == [
        ("E06", True)
    ]
    change[0]["clock"] = "toll"
    assert problems(document) == []


@pytest.mark.parametrize(
    ("calendar", "by", "words"),
    [
        ({}, "start + 1 month", "set calendar.month_end"),
        ({"month_end": "error", "start": "2025-01-31"}, "start + 1 month", "that month has no day 31"),
        ({}, "start + 1 hour", "hours need `granularity: instant`"),
        ({"granularity": "instant"}, "start + 1 hour", "hours are counted from an instant, not from a day"),
        ({"month_end": "clamp"}, "start + 1 month", None),
        ({"granularity": "instant", "start": "2025-01-01T12:00:00Z"}, "start + 1 hour", None),
    ],
)
def test_times_that_the_calendar_cannot_count(document, problems, calendar, by, words):
    """E08 for months without a rule, and for hours without an hour to count from."""
    document["calendar"] |= calendar
    document["commitments"][0]["when"] = {"by": by}
    found = problems(document)
    assert ([("E08", True)] if words else []) == [(code, words in message) for code, message in found]


def test_an_unknown_timezone(document, problems):
    """E11 with an example."""
    document["calendar"]["timezone"] = "Asia/Kabool"
    expected = 'calendar.timezone: "Asia/Kabool" is not a timezone. Write one like Asia/Kabul or UTC.'
    assert [("E11", expected)] == problems(document)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (
            {"schedule": [{"at": "day 3", "total": 5}, {"at": "day 4", "total": 5}]},
            "totals are cumulative and must grow: 5 after 5",
        ),
        (
            {"schedule": [{"at": "day 3", "total": 5}, {"at": "2025-01-04", "total": 6}]},
            "2025-01-04 is not after day 3",
        ),
        ({"from": "day 5", "until": "day 4"}, "the period ends (day 4) before it begins (day 5)"),
        ({"by": "that + 3 days"}, "it needs `for_each` beside it"),
        ({"by": "soon"}, "`soon` is the state of a person; it can only end the period"),
        ({"by": "complete:second + 1 day"}, "goes in a circle: first -> second -> first"),
    ],
)
def test_times_that_go_backwards_or_in_a_circle(document, problems, when, words):
    """E09 for schedules, periods, `that` outside `for_each`, and times that wait for each other."""
    document["commitments"][0]["when"] = when
    document["commitments"][1]["when"] = {"by": "complete:first + 1 day"}
    assert [(code, words in message) for code, message in problems(document)] == [("E09", True)]


def test_categories_in_a_circle(document, problems):
    """E09 names the circle."""
    document["categories"] = {"x": {"in": "y"}, "y": {"in": "x"}}
    assert problems(document) == [("E09", "categories.x: in goes in a circle: x -> y -> x")]


@pytest.mark.parametrize("section", ["instruments", "commitments", "positions", "powers", "classifications"])
def test_every_statement_has_a_source(document, problems, section):
    """E10 wherever somebody might ask who says so."""
    document["categories"] = {"x": {}}
    document["positions"] = [{"id": "p", "by": "a", "from": "2025-01-02", "reads": {}, "source": "s"}]
    document["powers"] = [{"id": "w", "holder": "a", "over": ["first"], "effect": "waive", "source": "s"}]
    document["classifications"] = [{"person": "R-1", "as": "x", "by": "a", "on": "2025-01-02", "source": "s"}]
    assert problems(document) == []
    part = document[section]["pact"] if section == "instruments" else document[section][0]
    del part["source"]
    ((code, message),) = problems(document)
    assert (code, message.endswith("no source; give a URL, or outlet and date")) == ("E10", True)


def test_ids_stand_once(document, problems):
    """E05 in every list whose members have ids."""
    document["positions"] = [{"id": "p", "by": "a", "from": "2025-01-02", "reads": {}, "source": "s"}] * 2
    assert problems(document) == [("E05", "positions[1] (p).id: the id `p` stands here again (first at positions[0])")]


def test_a_place_carries_the_id_of_its_record():
    """So that a reader finds it without counting."""
    value = {"commitments": [{"id": "talks", "when": {"by": "x"}}], "parties": {"a": {}}}
    assert [place(path, value) for path in (("commitments", 0, "when", "by"), ("parties", "a"), ())] == [
        "commitments[0] (talks).when.by",
        "parties.a",
        "",
    ]


@pytest.mark.parametrize("data", [b"", b"a: [", b"\xff"])
def test_what_is_no_yaml_is_unreadable(data):
    """Not a list of problems, but one reason."""
    with pytest.raises(UnreadableError):
        load_agreement(data)
