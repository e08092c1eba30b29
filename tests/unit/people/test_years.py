"""Births and days in three calendars, as intervals."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.people.year_words import words_of
from quittance.people.years import Birth, gap_years, infer_calendar, parse_birth, parse_day


def days(birth: Birth | None) -> list[str]:
    """The spans of a birth as ISO days, a single day once."""
    assert birth is not None
    ends = [tuple(date.fromordinal(day).isoformat() for day in span) for span in birth.spans]
    return [first if first == last else f"{first}..{last}" for first, last in ends]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1966", ["1966-01-01..1966-12-31"]),
        ("1963/1968", ["1963-01-01..1968-12-31"]),
        ("1963-1968", ["1963-01-01..1968-12-31"]),
        ("between 1963 and 1968", ["1963-01-01..1968-12-31"]),
        ("1963/1965|1970", ["1963-01-01..1965-12-31", "1970-01-01..1970-12-31"]),
        ("1963, 1970", ["1963-01-01..1963-12-31", "1970-01-01..1970-12-31"]),
        ("1963، 1970", ["1963-01-01..1963-12-31", "1970-01-01..1970-12-31"]),
        ("1963; 1970", ["1963-01-01..1963-12-31", "1970-01-01..1970-12-31"]),
        ("SH1366", ["1987-03-21..1988-03-20"]),
        ("1366 هـ ش", ["1987-03-21..1988-03-20"]),
        ("۱۳۶۶ شمسی", ["1987-03-21..1988-03-20"]),
        ("SH 1398-12-10", ["2020-02-29"]),
        ("۱۵ حمل ۱۳۶۶", ["1987-04-04"]),
        ("1 Hamal 1366", ["1987-03-21..1988-03-20"]),
        ("AH1408", ["1987-08-23..1988-08-14"]),
        ("1408 هـ.ق", ["1987-08-23..1988-08-14"]),
        ("1 محرم 1408", ["1987-08-23..1988-08-14"]),
        ("1985-05-12", ["1985-05-12"]),
        ("1985-05-12 00:00:00", ["1985-05-12"]),
        ("١٩٨٥/٥/١٢", ["1985-05-12"]),
        ("12.05.1985", ["1985-05-12"]),
        ("12 May 1985", ["1985-05-12"]),
        ("May 12, 1985", ["1985-05-12"]),
        ("12 мая 1985 г.р.", ["1985-05-12"]),
        ("né le 12 mai 1985", ["1985-05-12"]),
        ("12 أيار 1985", ["1985-05-12"]),
        ("05/25/1985", ["1985-05-25"]),
        ("12/5/1985", ["1985-05-12", "1985-12-05"]),
        ("1985-05", ["1985-05-01..1985-05-31"]),
        ("1985-01-01", ["1985-01-01..1985-12-31"]),
        ("19850512", ["1985-05-12"]),
        ("1966.0", ["1966-01-01..1966-12-31"]),
        ("1366/1987", ["1987-03-21..1987-12-31"]),
        ("12.05.1985 - 13.06.1986", ["1985-05-12..1986-06-13"]),
        ("1966م", ["1966-01-01..1966-12-31"]),
    ],
)
def test_what_lists_write(text, expected):
    """Each form gives the days that it allows."""
    assert days(parse_birth(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "unknown", "-", "66", "31048", "1750", "1600", "SH9999", "1985-02-31", "1985-13-40", "three", "0", "۶۶"),
        *("before 1985", "1985 1986 1987", "9" * 5000, "|", "1985|", "1985|x", "/", "age:", "age:200@2020-01-01"),
        *("1 2 3 1985", "²⁰²⁰ x"),
    ],
)
def test_what_is_missing(text):
    """Anything else is missing, never guessed; a cell of any length is answered at once."""
    assert parse_birth(text) is None
    assert parse_day(text) is None


def test_two_calendars_keep_both_readings():
    """A year that is somebody's age in either calendar is kept in both until the calendar is declared."""
    solar, lunar = "1981-03-21..1982-03-20", "1941-01-26..1942-01-19"
    assert days(parse_birth("1360")) == [lunar, solar]
    assert days(parse_birth("1360", "sh")) == [solar]
    assert days(parse_birth("1360", "ah")) == [lunar]
    assert days(parse_birth("1360", "gregorian")) == [lunar, solar]
    assert days(parse_birth("1985", "sh")) == ["1985-01-01..1985-12-31"]
    assert days(parse_birth("1290")) == ["1911-03-22..1912-03-20"]


def test_nobody_is_born_after_the_list():
    """A reading after the day of the list falls away; where none is left the birth is missing."""
    assert days(parse_birth("1408", "unknown", date(2020, 3, 10))) == ["1987-08-23..1988-08-14"]
    assert parse_birth("2021", "unknown", date(2020, 3, 10)) is None


def test_about():
    """`About` is two years more on either side, in any of its spellings."""
    for text in ("1966~", "~1966", "c. 1966", "about 1966", "около 1966", "حدود 1966", "1966?"):
        birth = parse_birth(text)
        assert days(birth) == ["1964-01-01..1968-12-31"]
        assert birth.about
    assert not parse_birth("1966").about


def test_ages():
    """An age on a day is an interval, one year wider on either side; without any day it is missing."""
    expected = ["1983-03-11..1986-03-10"]
    listed = date(2020, 3, 10)
    assert days(parse_birth("age:35@2020-03-10")) == expected
    for text in ("age:35", "35 سال", "35 лет", "35 ans", "۳۵ ساله", "age 35"):
        assert days(parse_birth(text, "unknown", listed)) == expected
        assert parse_birth(text) is None
    assert parse_birth("35", "unknown", listed) is None
    assert days(parse_birth("age:35~@2020-03-10")) == ["1981-03-11..1988-03-10"]
    assert days(parse_birth("age:35@2020-02-29")) == ["1983-03-01..1986-02-28"]
    assert parse_day("age:35@2020-03-10") is None


def test_facts_of_the_calendars():
    """Days that other programs agree on: a leap day in three calendars, and where lunar years begin."""
    leap = date(2020, 2, 29).toordinal()
    assert parse_day("SH 1398-12-10").spans == ((leap, leap),)
    assert parse_day("AH 1441-07-05").spans == ((leap - 2, leap + 2),)
    assert days(parse_day("SH 1399-12-30")) == ["2021-03-20"]
    assert parse_day("SH 1398-12-30") is None
    for year, begins in ((1358, date(1939, 2, 21)), (1384, date(1964, 5, 13)), (1340, date(1921, 9, 4))):
        first, last = parse_birth(f"AH{year}").spans[0]
        assert abs(first + 2 - begins.toordinal()) <= 1
        assert 354 <= last - first - 3 <= 355


def test_lunar_years_outside_the_tables():
    """Lunar years before and after those that Umm al-Qura knows follow on without a gap."""
    starts = [parse_birth(f"AH{year}").spans[0] for year in range(1300, 1499)]
    assert all(abs(one[1] - two[0] + 1 - 4) <= 2 for one, two in itertools.pairwise(starts))


@given(st.dates(date(1905, 1, 1), date(2019, 12, 31)))
def test_a_day_is_found_again_in_each_calendar(day):
    """A day written in any of the calendars gives spans that hold it."""
    import hijridate
    import jdatetime

    solar = jdatetime.date.fromgregorian(date=day)
    texts = [day.isoformat(), day.strftime("%d.%m.%Y"), f"SH {solar.year}/{solar.month}/{solar.day}"]
    if day >= date(1924, 8, 1):
        texts.append("AH " + hijridate.Gregorian.fromdate(day).to_hijri().isoformat())
    for text in texts:
        assert any(first <= day.toordinal() <= last for first, last in parse_birth(text).spans), text


@given(st.text(max_size=40) | st.text("0123456789۰۱۲۳٤٥/-.|~: shahAHSمقش", max_size=30), st.dates() | st.none())
def test_no_text_breaks_the_reader(text, listed):
    """Whatever stands in a cell, there is a birth with ordered spans, or none."""
    for birth in (parse_birth(text, "unknown", listed), parse_birth(text, "sh", listed), parse_day(text, "ah")):
        if birth is not None:
            ends = [end for span in birth.spans for end in span]
            assert ends == sorted(ends)
    words_of(text)
    infer_calendar([text], listed)


def test_gap():
    """Births that share a day are no years apart; others as many as lie between their nearest days."""
    assert gap_years(parse_birth("SH1366"), parse_birth("1988")) == 0.0
    assert gap_years(parse_birth("1985"), parse_birth("1988")) == pytest.approx(2.0, abs=0.01)
    assert gap_years(parse_birth("1985|1990"), parse_birth("1991-06-01")) == pytest.approx(0.416, abs=0.01)
    assert gap_years(parse_birth("1988"), parse_birth("1985")) == gap_years(parse_birth("1985"), parse_birth("1988"))


def test_calendar_of_a_file():
    """The calendar is told from all births of a file, and left open where two fit."""
    listed = date(2020, 3, 10)
    assert infer_calendar([str(year) for year in range(1350, 1382)], listed) == "sh"
    assert infer_calendar([str(year) for year in range(1385, 1422)], listed) == "ah"
    assert infer_calendar([str(year) for year in range(1950, 2000)]) == "gregorian"
    assert infer_calendar([str(year) for year in range(1950, 2000)] * 5 + ["1366"]) == "gregorian"
    assert infer_calendar(["1366", "1370"]) == "unknown"
    assert infer_calendar([]) == infer_calendar(["x", ""]) == "unknown"
    assert infer_calendar(["1366", "1370 هـ ش"]) == "sh"
    assert infer_calendar(["1408 AH", "1399 SH"]) == "unknown"


@given(st.permutations([str(year) for year in range(1340, 1384, 2)]))
def test_the_order_of_rows_says_nothing(years):
    """The calendar of a file does not depend on the order of its rows."""
    assert infer_calendar(years) == infer_calendar(sorted(years))


def test_a_birth_is_not_printed():
    """What stands in a log or a traceback is not when somebody was born."""
    assert "7" not in repr(parse_birth("1987-03-23")).replace("about=False", "")


def test_thousands_of_the_same_are_read_once():
    """A list of many rows has few different births: each is read once."""
    from quittance.people import years

    years._read.cache_clear()
    for _ in range(100):
        parse_birth("1366/5/12")
    assert years._read.cache_info().misses == 1
