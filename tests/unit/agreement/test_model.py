"""The shapes of an agreement: what is taken, what is refused, and what its values answer."""

from datetime import date, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from quittance.agreement.expressions import parse_expression
from quittance.agreement.model import (
    AMOUNT_FORMS,
    Agreement,
    Amount,
    Commitment,
    Condition,
    Expr,
    Instrument,
    NameList,
    Pace,
    Patch,
    Position,
)
from quittance.dates import DateError, Duration

PROMISE = {"id": "x", "of": "pact", "by": "a", "to": ["b"], "mode": "achieve", "act": "release"}


@pytest.mark.parametrize(
    ("text", "base", "plus"),
    [
        ("2020-03-31", "moment", ()),
        ("2025-10-10T12:00:00+03:00", "moment", ()),
        ("start", "start", ()),
        ("in_force + 2 months", "in_force", (Duration(2, "months"),)),
        ("day 16", "day", ()),
        ("started:talks + 3 months", "started", (Duration(3, "months"),)),
        ("complete:first + 72 hours", "complete", (Duration(72, "hours"),)),
        ("event:Cabinet-approved + 1 day", "event", (Duration(1, "days"),)),
        ("exchanged", "state", ()),
        ("that + 10 days", "that", (Duration(10, "days"),)),
        ("start + 1 month + 3 days", "start", (Duration(1, "months"), Duration(3, "days"))),
    ],
)
def test_a_time_is_a_point_and_what_is_added(text, base, plus):
    """Every form of the format is read, and printed as it was written."""
    found = parse_expression(text)
    assert (base, plus, text) == (found.base, found.plus, str(found))


def test_the_parts_of_a_time():
    """The day, the number and the name that it counts from, and the commitment that it waits for."""
    assert date(2020, 3, 31) == parse_expression("2020-03-31").moment
    noon = datetime(2025, 10, 10, 12, tzinfo=timezone(timedelta(hours=3)))
    assert noon == parse_expression("2025-10-10T12:00:00+03:00").moment
    assert parse_expression("day 16").day == 16
    assert [parse_expression(t).commitment for t in ("started:talks", "complete:first", "event:x")] == [
        "talks",
        "first",
        None,
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon + 3 days",
        "day x",
        "start+3 days",
        "start - 3 days",
        "start + 3",
        "complete:",
        "complete:Not An Id",
        "31/3/2020",
        "day 123456",
    ],
)
def test_what_is_no_time_is_refused(text):
    """The message is one of ours."""
    with pytest.raises(DateError):
        parse_expression(text)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({}, "an amount needs exactly one of " + ", ".join(AMOUNT_FORMS)),
        ({"exactly": 1, "up_to": 2}, "an amount has exactly and up_to; keep one"),
        ({"level_at_most": 1}, "level_at_most needs from_level beside it"),
        ({"level_at_most": 9, "from_level": 5}, "from_level 5 is below level_at_most 9"),
        ({"exactly": 1, "reading": "target"}, "reading goes with up_to only"),
        ({"exactly": 1, "after": ["x"]}, "after goes with all_of only"),
        ({"at_least": 1, "every": "2 months"}, "every is a number of days"),
        ({"at_least": 1, "every": "0 days"}, "every is a number of days, at least 1 day"),
        ({"exactly": True}, "valid integer"),
        ({"exactly": "1"}, "valid integer"),
        ({"exactly": 2**53}, "less than or equal"),
    ],
)
def test_an_amount_has_one_form(content, words):
    """One of six forms, whole numbers, and nothing that goes with another form."""
    with pytest.raises(ValidationError, match=words):
        Amount.model_validate({**content, "unit": "persons"})


@pytest.mark.parametrize(
    ("content", "label", "commitments"),
    [
        ({"complete": "x"}, "complete:x", ("x",)),
        ({"started": "x"}, "started:x", ("x",)),
        ({"kept": "x"}, "kept:x", ("x",)),
        ({"count": {"of": "x", "at_least": 7}}, "count:x>=7", ("x",)),
        ({"event": "rain"}, "event:rain", ()),
        ({"finding": "calm"}, "finding:calm", ()),
        (
            {"any": [{"complete": "x"}, {"event": "rain"}, {"started": "y"}]},
            "any:complete:x|event:rain|started:y",
            ("x", "y"),
        ),
    ],
)
def test_a_condition_has_a_name_and_looks_at_commitments(content, label, commitments):
    """The name is the one in `blocked_by`."""
    condition = Condition.model_validate(content)
    assert (label, commitments) == (condition.label, condition.commitments)


@pytest.mark.parametrize(
    "content", [{}, {"complete": "x", "event": "y"}, {"clock": "toll"}, {"complete": "x", "clock": "wait"}]
)
def test_a_condition_has_one_form(content):
    """Exactly one of the seven, and a clock that tolls or runs."""
    with pytest.raises(ValidationError):
        Condition.model_validate(content)


def test_a_patch_replaces_only_what_it_states():
    """A field that is stated empty replaces; a field that is left out leaves."""
    promise = Commitment.model_validate({**PROMISE, "requires": [{"event": "x", "clock": "run"}], "each": ["pledge"]})
    patched = promise.patched(Patch.model_validate({"requires": [], "owed": False}))
    assert (patched.requires, patched.each, patched.owed, promise.owed) == ((), ("pledge",), False, True)


def test_debtors_creditors_and_performers():
    """Who promises and who performs both count as debtors; the performer is the debtor where nobody else is named."""
    promise = Commitment.model_validate(PROMISE)
    assert (("a",), {"a"}, {"b"}) == (promise.performers, promise.debtors, promise.creditors)
    promise = Commitment.model_validate({**PROMISE, "performed_by": "c"})
    assert (("c",), {"a", "c"}) == (promise.performers, promise.debtors)


@pytest.mark.parametrize(
    ("content", "begin"),
    [
        ({"signed": "2020-02-29"}, date(2020, 2, 29)),
        ({"signed": "2020-02-29", "issued": "2020-03-10"}, date(2020, 3, 10)),
        ({"signed": "2020-02-29", "issued": "2020-03-10", "in_force": "2020-03-12"}, date(2020, 3, 12)),
        ({}, None),
    ],
)
def test_an_instrument_begins_in_force_or_issued_or_signed(content, begin):
    """The first of the three that it has."""
    assert begin == Instrument.model_validate({"kind": "unilateral", "by": "a", **content}).begin


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "agreement", "between": ["a"]},
        {"kind": "understanding"},
        {"kind": "unilateral"},
        {"kind": "treaty", "by": "a"},
    ],
)
def test_an_instrument_names_its_makers(content):
    """Two or more for an agreement, one or more for a unilateral act, and no other kinds."""
    with pytest.raises(ValidationError):
        Instrument.model_validate(content)


def test_nobody_is_named_by_hand_twice():
    """All that an expression of verification names, however deep."""
    content = {"any": [{"attested_by": "icrc"}, {"all": [{"attested_by": "a"}, {"uncontested_for": "3 days"}]}]}
    assert {"icrc", "a"} == Expr.model_validate(content).named


@pytest.mark.parametrize(
    ("model", "content"),
    [
        (Expr, {"any": []}),
        (Expr, {"uncontested_for": "3 hours"}),
        (Pace, {"count": 0, "every": "1 day", "from": "start"}),
        (Pace, {"count": 1, "every": "1 month", "from": "start"}),
        (Pace, {"count": 1, "every": "1 day", "from_": "start"}),
        (NameList, {"from": "a"}),
        (Position, {"id": "p", "by": "a", "from": "2020-03-31", "reads": {}, "quote": " ".join(["word"] * 26)}),
        (Position, {"id": "Not An Id", "by": "a", "from": "2020-03-31", "reads": {}}),
    ],
)
def test_shapes_that_are_refused(model, content):
    """Empty alternatives, paces that are none, Python's own field names, long quotes, and ids that are none."""
    with pytest.raises(ValidationError):
        model.model_validate(content)


def test_categories_lie_in_one_another(document):
    """Membership and prices are looked up through `in`, also when a circle was never broken."""
    document["categories"] = {
        "person": {"weight": 1},
        "soldier": {"in": "person", "counts_as": {"freed": 50}},
        "private": {"in": "soldier"},
        "one": {"in": "two"},
        "two": {"in": "one"},
        "freed": {},
    }
    agreement = Agreement.model_validate(document)
    assert [
        agreement.is_within(*pair)
        for pair in (
            ("private", "person"),
            ("person", "person"),
            ("person", "private"),
            (None, "person"),
            ("one", "person"),
        )
    ] == [True, True, False, False, False]
    assert (
        agreement.price_of("private", "counts_as"),
        agreement.price_of("private", "weight"),
        agreement.price_of("one", "weight"),
        agreement.price_of(None, "weight"),
    ) == ({"freed": 50}, 1, None, None)


def test_a_commitment_is_found_by_its_id(document):
    """And one that is not there raises `KeyError`."""
    agreement = Agreement.model_validate(document)
    assert agreement.commitment("second").id == "second"
    with pytest.raises(KeyError):
        agreement.commitment("third")
