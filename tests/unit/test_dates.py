"""Days, instants and durations, and the month rule."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.dates import (
    DateError,
    Duration,
    add_months,
    is_instant,
    parse_day,
    parse_duration,
    parse_instant,
    parse_moment,
)


def test_a_day_and_an_instant_are_told_apart_by_the_t():
    """`2020-03-31` is a day; with an hour and an offset it is an instant."""
    assert (date(2020, 3, 31), False) == ((day := parse_moment("2020-03-31")), is_instant(day))
    instant = parse_moment("2025-10-10T12:00+03:00")
    assert (datetime(2025, 10, 10, 9, tzinfo=UTC), True) == (instant, is_instant(instant))
    assert timedelta(hours=3) == instant.utcoffset()
    assert datetime(2025, 10, 10, 12, 30, 15, tzinfo=UTC) == parse_instant("2025-10-10T12:30:15Z")


@pytest.mark.parametrize(
    "text",
    ["31/3/2020", "2020-3-31", "2020-03-31 ", "20200331", "", "yesterday", "2020-02-30", "2021-02-29", "0000-01-01"],
)
def test_what_is_no_day_is_refused(text):
    """Other forms, and days that no calendar has."""
    with pytest.raises(DateError):
        parse_day(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-10-10T12:00",
        "2025-10-10T25:00Z",
        "2025-10-10t12:00Z",
        "2025-10-10T12:00+0300",
        "2025-10-10T12Z",
        "2025-02-30T12:00Z",
        "T",
    ],
)
def test_what_is_no_instant_is_refused(text):
    """Without an offset nobody knows when it was; and hours that do not exist."""
    with pytest.raises(DateError):
        parse_moment(text)


def test_a_refusal_shows_a_form_that_works():
    """The message quotes the text, shortened, and gives an example."""
    with pytest.raises(DateError, match=r'^"31/3/2020" is not a date\. Write 2020-03-31\.$'):
        parse_day("31/3/2020")
    with pytest.raises(DateError) as refused:
        parse_day("x" * 1000)
    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("1 day", Duration(1, "days")),
        ("15 days", Duration(15, "days")),
        ("14 months", Duration(14, "months")),
        ("72 hours", Duration(72, "hours")),
    ],
)
def test_a_duration_is_written_as_it_is_read(text, duration):
    """Reading and printing are inverse."""
    assert (duration, text) == (parse_duration(text), str(duration))


@pytest.mark.parametrize(
    "text", ["15", "days", "-1 days", "1.5 days", "1 week", "15  days", "1234567 days", "15 days "]
)
def test_what_is_no_duration_is_refused(text):
    """No signs, fractions or other units."""
    with pytest.raises(DateError):
        parse_duration(text)


@pytest.mark.parametrize(
    ("day", "months", "rule", "expected"),
    [
        ("2020-02-29", 14, "clamp", "2021-04-29"),
        ("2021-01-31", 1, "clamp", "2021-02-28"),
        ("2021-01-31", 1, "next_day", "2021-03-01"),
        ("2020-01-31", 1, "clamp", "2020-02-29"),
        ("2020-02-29", 12, "clamp", "2021-02-28"),
        ("2020-02-29", 12, "next_day", "2021-03-01"),
        ("2020-12-31", 2, "next_day", "2021-03-01"),
        ("2020-10-31", 1, "next_day", "2020-12-01"),
        ("2020-11-30", 1, "error", "2020-12-30"),
        ("2020-12-15", 0, "error", "2020-12-15"),
        ("9998-12-31", 12, "error", "9999-12-31"),
    ],
)
def test_the_month_rule(day, months, rule, expected):
    """The day number is kept; where the month lacks it, the agreement's own rule decides."""
    assert date.fromisoformat(expected) == add_months(date.fromisoformat(day), months, rule)


@pytest.mark.parametrize(
    ("day", "months", "rule"),
    [("2021-01-31", 1, "error"), ("9999-12-31", 1, "clamp"), ("9999-01-01", 999_999, "next_day")],
)
def test_a_month_step_that_is_refused(day, months, rule):
    """Under the rule `error`, and past the last year, there is no such day."""
    with pytest.raises(DateError):
        add_months(date.fromisoformat(day), months, rule)


@given(st.dates(date(1800, 1, 1), date(2200, 1, 1)), st.integers(0, 600), st.sampled_from(["clamp", "next_day"]))
def test_a_month_step_lands_where_it_should(day, months, rule):
    """In the month counted to, on the same day number or its last day; or on the 1st of the month after."""
    index = day.year * 12 + day.month - 1 + months
    landed = add_months(day, months, rule)
    counted = landed.year * 12 + landed.month - 1
    if landed.day == day.day:
        assert index == counted
    elif rule == "clamp":
        assert (index, 1) == (counted, (landed + timedelta(days=1)).day)
        assert landed.day < day.day
    else:
        assert (index + 1, 1) == (counted, landed.day)


@given(
    st.datetimes(
        datetime(1000, 1, 1),
        datetime(2999, 12, 31),
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=4, minutes=30))]),
    )
)
def test_instants_come_back_from_their_text(instant):
    """What RFC 3339 prints to the second is read as the same instant with the same offset."""
    instant = instant.replace(microsecond=0)
    found = parse_instant(instant.isoformat())
    assert (instant, instant.utcoffset()) == (found, found.utcoffset())
