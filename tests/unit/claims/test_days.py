"""The grammar of days: every form of the reference as a table, and what must hold for any text."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.claims import day_leads, day_phrases, day_units, days
from quittance.claims.days import DayPhrase, Resolved, Tense, find_days, resolve
from quittance.claims.text import plain

THURSDAY = date(2020, 4, 9)
SIGNED = date(2020, 2, 29)


def phrases(text: str) -> list[DayPhrase]:
    return find_days(plain(text))


def only(text: str) -> DayPhrase:
    found = phrases(text)
    assert len(found) == 1, [text[each.start : each.end] for each in found]
    return found[0]


def resolved(
    text: str, published: date | None = THURSDAY, tense: Tense = "past", last: date | None = None
) -> Resolved | None:
    return resolve(only(text), published, tense, last, {"signing": SIGNED})


def day(text: str, published: date | None = THURSDAY, tense: Tense = "past", last: date | None = None) -> str | None:
    found = resolved(text, published, tense, last)
    return found.text if found is not None else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("freed today", "2020-04-09"),
        ("freed yesterday", "2020-04-08"),
        ("will go tomorrow", "2020-04-10"),
        ("will go tonight", "2020-04-09"),
        ("yesterday, Wednesday,", "2020-04-08"),
        ("today (Thursday)", "2020-04-09"),
        ("freed on Wednesday", "2020-04-08"),
        ("freed Wednesday", "2020-04-08"),
        ("freed on Thursday", "2020-04-09"),
        ("freed on Friday", "2020-04-03"),
        ("late on Thursday", "2020-04-09"),
        ("early on Monday", "2020-04-06"),
        ("Monday night", "2020-04-06"),
        ("last Sunday", "2020-04-05"),
        ("this past Sunday", "2020-04-05"),
        ("last Thursday", "2020-04-02"),
        ("next Thursday", "2020-04-16"),
        ("this Friday", "2020-04-10"),
        ("Saturday night and Sunday morning", "2020-04-04/2020-04-05"),
        ("on Monday and the day before", "2020-04-05/2020-04-06"),
        ("from Monday to Wednesday", "2020-04-06/2020-04-08"),
        ("between Monday and Wednesday", "2020-04-06/2020-04-08"),
        ("on Monday and Tuesday", "2020-04-06/2020-04-07"),
        ("over the weekend", "2020-04-04/2020-04-05"),
        ("last weekend", "2020-04-04/2020-04-05"),
        ("over the past two days", "2020-04-08/2020-04-09"),
        ("in the last two days", "2020-04-08/2020-04-09"),
        ("in the past 24 hours", "2020-04-08/2020-04-09"),
        ("over the past week", "2020-04-03/2020-04-09"),
        ("yesterday and today", "2020-04-08/2020-04-09"),
        ("since yesterday", "2020-04-08"),
        ("since Friday", "2020-04-03"),
        ("since Wednesday", "2020-04-08"),
        ("since March 2020", "2020-03"),
        ("since 2008", "2008"),
        ("March 25", "2020-03-25"),
        ("Mar. 25", "2020-03-25"),
        ("on February 29", "2020-02-29"),
        ("29 February", "2020-02-29"),
        ("10th March, 2020", "2020-03-10"),
        ("the 10th of March", "2020-03-10"),
        ("October 15th", "2019-10-15"),
        ("Aug 14:", "2020-08-14"),
        ("AUG 14:", "2020-08-14"),
        ("12th June, 2020", "2020-06-12"),
        ("20 March 2023", "2023-03-20"),
        ("December 7, 2023", "2023-12-07"),
        ("in October 2020", "2020-10"),
        ("in April 2023", "2023-04"),
        ("2020-03-25", "2020-03-25"),
        ("March 25-26", "2020-03-25/2020-03-26"),
        ("25-26 March", "2020-03-25/2020-03-26"),
        ("25 and 26 March 2020", "2020-03-25/2020-03-26"),
        ("in late February", "2020-02-21/2020-02-29"),
        ("early March", "2020-03-01/2020-03-10"),
        ("mid-March", "2020-03-11/2020-03-20"),
        ("at the end of March", "2020-03-31"),
        ("the beginning of March", "2020-03-01"),
        ("late last month", "2020-03-21/2020-03-31"),
        ("earlier this month", "2020-04-01/2020-04-09"),
        ("later this month", "2020-04-09/2020-04-30"),
        ("last month", "2020-03"),
        ("next month", "2020-05"),
        ("last week", "2020-03-30/2020-04-05"),
        ("next week", "2020-04-13/2020-04-19"),
        ("this week", "2020-04-06/2020-04-12"),
        ("last year", "2019"),
        ("in late 2018", "2018-09-01/2018-12-31"),
        ("in 2001", "2001"),
        ("in the first three months of the year", "2020-01-01/2020-03-31"),
        ("July next year", "2021-07"),
        ("last March", "2020-03"),
        ("three days ago", "2020-04-06"),
        ("a week ago", "2020-04-02"),
        ("two months ago", "2020-02-09"),
        ("last night", "2020-04-08"),
        ("this morning", "2020-04-09"),
        ("the day after tomorrow", "2020-04-11"),
        ("the day before yesterday", "2020-04-07"),
        ("Thursday last week", "2020-04-02"),
        ("Monday this week", "2020-04-06"),
        ("on the morning of April 8", "2020-04-08"),
        ("between 1 and 3 April 2020", "2020-04-01/2020-04-03"),
        ("10 days after signing", "2020-03-10"),
        ("by March 31", "2020-03-31"),
        ("before 10 March", "2020-03-10"),
        ("by the end of March", "2020-03-31"),
        ("until April 20", "2020-04-20"),
        ("by July next year", "2021-07"),
        ("within 135 days of signing", "2020-07-13"),
        ("within 14 months of the signing", "2021-04-29"),
    ],
)
def test_every_form_gives_its_day(text: str, expected: str) -> None:
    """Each form of the reference, in the past tense, in a report of Thursday 9 April 2020."""
    assert day(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("are to be freed on Saturday", "2020-04-11"),
        ("will be freed Thursday", "2020-04-09"),
        ("starting Saturday", "2020-04-11"),
        ("over the weekend", "2020-04-11/2020-04-12"),
        ("Saturday and Sunday", "2020-04-11/2020-04-12"),
        ("by Sunday", "2020-04-12"),
    ],
)
def test_what_is_to_come_takes_the_next_such_day(text: str, expected: str) -> None:
    """In the future tense a weekday is the earliest not before the report."""
    assert day(text, tense="future") == expected


def test_a_weekday_without_a_tense_is_past_unless_it_is_a_deadline() -> None:
    """ "By Sunday" looks ahead by itself, "on Sunday" does not."""
    assert day("on Sunday", tense="none") == "2020-04-05"
    assert day("by Sunday", tense="none") == "2020-04-12"


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
def test_a_bare_weekday_is_within_a_week_of_the_report(published: date, weekday: int) -> None:
    """In the past a weekday lies 0 to 6 days back, in the future 0 to 6 days ahead; last is earlier than bare."""
    name = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")[weekday]
    past = resolved(f"on {name}", published)
    future = resolved(f"on {name}", published, "future")
    last = resolved(f"last {name}", published)
    assert past is not None
    assert future is not None
    assert last is not None
    assert past.first.weekday() == future.first.weekday() == last.first.weekday() == weekday
    assert 0 <= (published - past.first).days <= 6
    assert 0 <= (future.first - published).days <= 6
    assert 1 <= (published - last.first).days <= 13


@pytest.mark.parametrize(
    ("text", "sort", "lead"),
    [
        ("by March 31", "deadline", "by"),
        ("before 10 March", "deadline", "before"),
        ("by the end of March", "deadline", "by"),
        ("until Sunday", "deadline", "until"),
        ("no later than March 10", "deadline", "no later than"),
        ("within 135 days of signing", "deadline", "within"),
        ("since Friday", "since", "since"),
        ("since yesterday", "since", "since"),
        ("since the start of the swap", "since", "since"),
        ("on March 31", "point", "on"),
        ("starting Saturday", "point", "starting"),
        ("over the weekend", "period", "over"),
        ("in the coming days", "vague", ""),
        ("in a few days", "vague", "in"),
        ("for the past few days", "vague", ""),
        ("in three days", "duration", "in"),
        ("over two days", "duration", "over"),
        ("a three-day exchange", "duration", ""),
        ("a multi-day exchange", "duration", ""),
        ("held for three weeks", "duration", "for"),
    ],
)
def test_what_a_phrase_is_to_an_event(text: str, sort: str, lead: str) -> None:
    """Deadlines, starts of a count, periods and lengths of time are told apart from the day of an event."""
    found = only(text)
    assert (found.sort, found.lead) == (sort, lead)


@pytest.mark.parametrize(
    "text", ["in three days", "a three-day exchange", "in the coming days", "since the swap began"]
)
def test_what_is_no_day_stays_a_phrase(text: str) -> None:
    """Lengths of time, undated plans and events that the case does not name give no day."""
    assert day(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "more than 18 years of fighting",
        "sentenced to 16 years",
        "after 484 days",
        "850 from the 1500 agreed",
        "they may free 100",
        "May they be free",
        "a march on the capital",
        "they march 20 prisoners",
        "to mar the talks",
        "we sat and sun rose",
        "some day",
        "60 years old",
        "Jan Egeland said",
        "the second half",
    ],
)
def test_what_is_not_a_date(text: str) -> None:
    """Ages, sentences, verbs that are also months, and known numbers are no days."""
    assert phrases(text) == []


@pytest.mark.parametrize(
    ("text", "last", "expected"),
    [
        ("a day earlier", date(2020, 5, 5), "2020-05-04"),
        ("the day before", date(2020, 5, 5), "2020-05-04"),
        ("the previous day", date(2020, 5, 5), "2020-05-04"),
        ("one day earlier", date(2020, 5, 5), "2020-05-04"),
        ("two days later", date(2020, 5, 5), "2020-05-07"),
        ("the next day", date(2020, 5, 5), "2020-05-06"),
        ("the following day", date(2020, 5, 5), "2020-05-06"),
        ("that day", date(2020, 5, 5), "2020-05-05"),
        ("the same day", date(2020, 5, 5), "2020-05-05"),
        ("a week later", date(2020, 5, 5), "2020-05-12"),
        ("a day earlier", None, "2020-04-08"),
        ("a day after another 98 fighters", date(2020, 5, 4), "2020-05-03"),
    ],
)
def test_days_counted_from_the_last_one(text: str, last: date | None, expected: str) -> None:
    """ "A day earlier" counts from the day resolved before, or from the report."""
    assert day(text, last=last) == expected


@pytest.mark.parametrize(
    ("text", "agrees"),
    [
        ("yesterday, Wednesday,", True),
        ("yesterday, Tuesday,", False),
        ("today (Thursday)", True),
        ("today (Friday)", False),
        ("Thursday (April 9)", True),
        ("Thursday, 9 April 2020", True),
        ("Wednesday, 9 April 2020", False),
        ("Thursday (October 15th)", False),
    ],
)
def test_a_weekday_that_disagrees_is_flagged(text: str, agrees: bool) -> None:
    """The word or the date is kept and the weekday beside it flagged, never corrected silently."""
    found = resolved(text)
    assert found is not None
    assert (found.flags == ()) is agrees
    if not agrees:
        assert found.flags[0].startswith("weekday: ")


def test_the_date_beside_a_weekday_decides() -> None:
    """ "Thursday (October 15th)" is the date, whatever the weekday resolves to."""
    assert day("began on Thursday (October 15th)", date(2020, 10, 16)) == "2020-10-15"


def test_without_the_day_of_the_report_only_full_dates_are_days() -> None:
    """Weekdays and dates without a year stay phrases."""
    assert day("on Wednesday", None) is None
    assert day("March 25", None) is None
    assert day("last week", None) is None
    assert day("March 25, 2020", None) == "2020-03-25"
    assert day("in 2008", None) == "2008"


@pytest.mark.parametrize(
    ("text", "published", "tense", "expected"),
    [
        ("December 30", date(2021, 1, 4), "past", "2020-12-30"),
        ("January 4", date(2020, 12, 30), "future", "2021-01-04"),
        ("February 29", date(2021, 5, 1), "past", "2020-02-29"),
        ("October 7", date(2025, 2, 1), "past", "2024-10-07"),
        ("September 9", date(2020, 3, 11), "past", "2020-09-09"),
    ],
)
def test_a_missing_year_is_the_nearest(text: str, published: date, tense: Tense, expected: str) -> None:
    """The year is the one that puts the date nearest to the report."""
    assert day(text, published, tense) == expected


def test_the_tense_decides_a_tie_of_years() -> None:
    """A date as far back as ahead is taken by the tense."""
    halfway = date(2020, 7, 2)
    assert (halfway - date(2020, 1, 1)).days == (date(2021, 1, 1) - halfway).days
    assert day("January 1", halfway, "past") == "2020-01-01"
    assert day("January 1", halfway, "future") == "2021-01-01"


def test_days_that_do_not_exist_are_no_days() -> None:
    """30 February is found as words and resolves to nothing."""
    assert day("February 30, 2020") is None
    assert day("April 31") is None


def test_a_period_from_an_anchor_of_the_case() -> None:
    """Days and calendar months count from the agreement's day; the end of a month is clipped."""
    anchors = {"": SIGNED, "signing": date(2020, 1, 31)}
    bare = resolve(only("within 14 months"), THURSDAY, "future", None, anchors)
    named = resolve(only("within one month of signing the deal"), THURSDAY, "future", None, anchors)
    unknown = resolve(only("within 10 days of the first meeting"), THURSDAY, "future", None, {"signing": SIGNED})
    assert bare is not None
    assert bare.text == "2021-04-29"
    assert named is not None
    assert named.text == "2020-02-29"
    assert unknown is None


def test_feasts_come_from_the_case_only() -> None:
    """A named day is found if the case names it, and is a day only with its anchor."""
    text = "freed since the start of the Feast of Sacrifice, and 20 during Eid"
    assert [each.form for each in phrases(text)] == ["event"]
    named = find_days(plain(text), ("eid", "feast of sacrifice"))
    anchors = {"eid": date(2020, 5, 24), "feast of sacrifice": date(2020, 7, 31)}
    assert [found.text for each in named if (found := resolve(each, THURSDAY, "past", None, anchors))] == [
        "2020-07-31",
        "2020-05-24",
    ]


def test_a_month_that_names_a_document_is_no_day_of_the_event() -> None:
    """ "The February pact" has the lead "the"."""
    assert only("the swap agreed after the February pact").lead == "the"
    assert only("under the late February deal").lead == "the"


def test_a_number_behind_a_date_is_not_its_day() -> None:
    """ "In March 100 prisoners" and "May 100" do not read the count as a day."""
    assert day("In March 100 prisoners were freed") == "2020-03"
    assert day("In March 1,500 prisoners were freed") == "2020-03"
    assert day("On March 25 100 prisoners were freed") == "2020-03-25"
    assert day("In March 25 100 prisoners were freed") == "2020-03"


_STRANGE = ("\u00a0", "\u202f", "\u2019", "\u201c", "\U0001f600", "\u0301", "\u200f", "\u0627\u0644 ", "\u0130", "\n")
_SENTENCE = (
    "On Monday and on March 25, 2020 they freed 100, a day earlier 98, since Friday 300, by the end of March 400."
)


@given(st.integers(0, len(_SENTENCE)), st.sampled_from(_STRANGE))
def test_offsets_hold_whatever_stands_in_the_text(at: int, strange: str) -> None:
    """Characters inserted anywhere shift the places and never break them."""
    text = _SENTENCE[:at] + strange + _SENTENCE[at:]
    past = 0
    for each in phrases(text):
        assert past <= each.start < each.end <= len(text)
        cut = text[each.start : each.end]
        assert cut == cut.strip(" ")
        past = each.end
        resolve(each, THURSDAY, "past", None, {})


@given(st.text(max_size=300))
def test_any_text_is_read_in_order_without_overlap(text: str) -> None:
    """Whatever the text, phrases come in order and do not overlap."""
    past = 0
    for each in phrases(text):
        assert past <= each.start < each.end <= len(text)
        past = each.end


_PIECES = (
    *("Monday", "and", "the", "day", "before", "last", "week", "March", "25", "2020", ",", "(", ")", "since", "within"),
    *("two", "days", "of", "signing", "late", "next", "month", "yesterday", "today", "until", "a", "earlier", "9999"),
)


@given(
    st.lists(st.sampled_from(_PIECES), max_size=40),
    st.dates(date(1001, 1, 1), date(2999, 1, 1)),
    st.sampled_from(["past", "future", "none"]),
)
def test_any_row_of_day_words_resolves_without_an_error(words: list[str], published: date, tense: Tense) -> None:
    """Rows of the grammar's own words give days in order or nothing."""
    last: date | None = None
    for each in phrases(" ".join(words)):
        found = resolve(each, published, tense, last, {"signing": SIGNED})
        if found is not None:
            assert found.first <= found.last
            last = found.last


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_full_dates_in_every_order_are_the_day(value: date) -> None:
    """Day, month and year in each printed order, and ISO, give the day."""
    month = value.strftime("%B")
    for text in (
        f"{month} {value.day}, {value.year}",
        f"{value.day} {month} {value.year}",
        f"{value.day} {month}, {value.year}",
        value.isoformat(),
        f"the {value.day}th of {month} {value.year}",
    ):
        assert day(f"freed on {text} in Kabul", None) == value.isoformat()


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 99))
def test_days_ago_are_counted(published: date, number: int) -> None:
    """So many days ago are that many days before the report."""
    assert day(f"{number} days ago", published) == (published - timedelta(days=number)).isoformat()


@pytest.mark.parametrize("piece", ["March ", "25 ", "Monday and ", "the day before ", "within 2 days of ", "since the ",
                                   "last ", "two hundred days ", "in the past ", "2020-", "late "])  # fmt: skip
def test_work_grows_with_the_length_only(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times the text gives at most about four times the seeds read."""
    steps = []
    read = day_phrases._read
    calls = {"count": 0}

    def counted(*arguments: object) -> object:
        calls["count"] += 1
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(day_phrases, "_read", counted)
    for size in (200, 800):
        calls["count"] = 0
        phrases(piece * size)
        steps.append(calls["count"])
    assert steps[1] <= 4 * steps[0] + 16


def _endless_inside_endless(pattern: re.Pattern[str]) -> bool:
    """Whether a repeat without a bound stands inside another of the pattern."""
    parser = re._parser  # type: ignore[attr-defined]

    def walk(items: object, inside: bool) -> bool:
        for name, value in list(items):  # type: ignore[call-overload]
            kind = str(name)
            if kind in ("MAX_REPEAT", "MIN_REPEAT"):
                endless = value[1] == parser.MAXREPEAT
                if (endless and inside) or walk(value[2], inside or endless):
                    return True
            inner = (
                value[1] if kind == "BRANCH" else [value[-1]] if kind in ("SUBPATTERN", "ASSERT", "ASSERT_NOT") else []
            )
            if any(walk(body, inside) for body in inner):
                return True
        return False

    return walk(parser.parse(pattern.pattern, pattern.flags), False)


def test_no_endless_repeat_stands_inside_another() -> None:
    """No pattern of the grammar can backtrack in an exponential number of ways."""
    patterns = [
        value
        for module in (day_phrases, day_leads, day_units, days)
        for value in vars(module).values()
        if isinstance(value, re.Pattern)
    ]
    assert len(patterns) > 10
    assert not any(_endless_inside_endless(pattern) for pattern in patterns)
    assert _endless_inside_endless(re.compile("(a*)*b"))


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("freed since then", "since then"),
        ("since the start of the swap Kabul", "since the start of the swap Kabul"),
        ("since the start of the Feast of Sacrifice", "since the start of the Feast of Sacrifice"),
        ("freed since the swap started", "since the swap"),
        ("freed since the February deal", "since the February deal"),
        ("freed since the peace process began", "since the peace process"),
    ],
)
def test_since_an_event_takes_no_verb(text: str, printed: str) -> None:
    """A since-phrase holds the name of the event, not the sentence behind it."""
    found = only(text)
    assert (found.sort, text[found.start : found.end]) == ("since", printed)


def test_since_with_a_sentence_is_no_phrase() -> None:
    """ "Since the sides freed more than 1,000 in October 2020" is a sentence with a month in it."""
    text = "the largest since the sides freed more than 1,000 detainees in October 2020"
    assert only(text).lead == "in"
    assert day(text) == "2020-10"


def test_since_then_counts_from_the_last_day() -> None:
    """ "Since then" starts at the day resolved before."""
    assert day("freed since then", last=date(2020, 3, 1)) == "2020-03-01"
