"""The words of a text that speak of days: dates, weekdays, "a day earlier", deadlines, periods and lengths of time.

`find_days` only reads; `claims.days.resolve` turns a phrase into days. Patterns are anchored and bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from quittance.claims.day_leads import last_word, led, part_before, time_before, which_before
from quittance.claims.day_phrase import DAY_WORDS, UNITS, WEEKDAYS, DayPhrase, DaySort
from quittance.claims.day_units import read_since, read_unit, read_weekend
from quittance.claims.number_context import MONTHS
from quittance.claims.words import listed, lowered, tree

_SEEDS = [*WEEKDAYS, *MONTHS, *DAY_WORDS, *UNITS, "weekend", "since"]
_MUST_BE_CAPITAL = frozenset(
    listed("may march mar mon tue tues wed weds thu thur thurs fri sat sun sep dec jan feb apr jun jul aug oct nov")
)
_SHORT_DAYS = frozenset(listed("mon tue tues wed weds thu thur thurs fri sat sun"))
_SEED = re.compile(rf"[^0-9a-z_](?:{tree(_SEEDS)}\b|(?:19|20)\d\d(?!\w|[,.]\d))")
_ISO = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\w)")
_DAY_BEFORE = re.compile(
    r"(?<![\w,.:-])(\d\d?)(?:st|nd|rd|th)?(?:(?:-| and | to | - )(\d\d?)(?:st|nd|rd|th)?)?(?: of)? \Z"
)
_DAY_AFTER = re.compile(
    r"\.? (?:the )?(\d\d?)(?:st|nd|rd|th)?(?![\w%]|[,.:]\d| ?[ap]\.?m\b)"
    r"(?:(?:-| to | and (?=\d\d?(?:st|nd|rd|th)?(?:[,.;)]|$| \d{4}| in | at )))"
    r"(\d\d?)(?:st|nd|rd|th)?(?![\w%]|[,.:]\d))?"
)
_THOUSANDS = re.compile(r" \d{3}\b")
_YEAR_AFTER = re.compile(r",? ((?:19|20)\d\d)(?![\w]|[,.]\d)")
_YEAR_WORD = re.compile(r",? (?:of )?(this|next|last) year\b")
_DAYTIME = re.compile(r" (?:night|morning|evening|afternoon|noon)s?\b")
_YEAR_LEAD = re.compile(
    r"(?<!\w)(?P<lead>since|by|before|until|till|in|during|from|after|of)"
    r"(?: (?:the )?(?P<part>late|early|mid|end of|start of))? \Z|(?P<part2>late|early|mid)[ -]\Z"
)
_DAY_STARTS = frozenset("0123456789o")
_JOIN_TO = re.compile(
    r"(?: night| morning| evening)? (?:and|to|through|until|till|-) (?:on |late |early )?|-|,? and (?:on )?"
)
_BESIDE = re.compile(r",? ?\(?(?:the )?")
_BESIDES = frozenset(
    (("word", "weekday"), ("weekday", "date"), ("weekday", "word"), ("word", "date"), ("date", "weekday"))
)
_ENDS = frozenset(
    (
        ("weekday", "weekday"),
        ("word", "word"),
        ("date", "date"),
        ("weekday", "word"),
        ("word", "weekday"),
        ("weekday", "offset"),
        ("date", "offset"),
    )
)


def find_days(plain: str, names: Iterable[str] = ()) -> list[DayPhrase]:
    """Every phrase of time in the plain text, in order and without overlap.

    `names` are days that have a name in the case (feasts, "the signing"), in lower case; they are found as "event".
    """
    low = lowered(plain)
    spaced = " " + low
    seeds = [(found.start(), found.end() - 1) for found in _SEED.finditer(spaced)]
    named = _named(tuple(sorted(names)))
    if named is not None:
        seeds = sorted({*seeds, *(found.span() for found in named.finditer(low))})
    phrases: list[DayPhrase] = []
    past = 0
    for start, end in seeds:
        if start < past or (start and low[start - 1].isalnum()):
            continue
        phrase = _read(plain, low, start, end, past, named)
        if phrase is None:
            continue
        past = phrase.end
        phrases.append(phrase)
    return _joined(low, phrases)


@lru_cache(maxsize=64)
def _named(names: tuple[str, ...]) -> re.Pattern[str] | None:
    """The pattern of the case's named days, longest first."""
    if not names:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in sorted(names, key=len, reverse=True))})\b")


def _read(plain: str, low: str, start: int, end: int, past: int, named: re.Pattern[str] | None) -> DayPhrase | None:
    """The phrase whose seed word stands at `start:end`; nothing before `past` belongs to it."""
    word = low[start:end]
    if word in WEEKDAYS:
        return _weekday(plain, low, start, end, past, word)
    if word in MONTHS:
        return _month(plain, low, start, end, past, word)
    if word in DAY_WORDS:
        return led(low, past, start, end, form="word", word=word)
    if word == "since":
        return read_since(low, start)
    if word == "weekend":
        return read_weekend(low, start, end, past)
    if word in UNITS:
        return read_unit(low, start, end, past, UNITS[word])
    if word[0].isdecimal():
        return _numeric(low, start, end, past)
    if named is not None and named.fullmatch(low, start, end):
        return led(low, past, start, end, form="event", anchor=word)
    return None


def _weekday(plain: str, low: str, start: int, end: int, past: int, word: str) -> DayPhrase | None:
    """Monday; last Sunday; late on Thursday; Saturday night."""
    if word in _SHORT_DAYS and (not plain[start].isupper() or low[end : end + 1] not in (".", ",")):
        return None
    if word in _SHORT_DAYS and low[end] == ".":
        end += 1
    which, begin = which_before(low, past, start)
    daytime = _DAYTIME.match(low, end)
    stop = daytime.end() if daytime is not None else end
    return led(low, past, begin, stop, form="weekday", weekday=WEEKDAYS[word], which=which)


def _month(plain: str, low: str, start: int, end: int, past: int, word: str) -> DayPhrase | None:
    """March 25; 10th March, 2020; 25-26 March; October 2020; late February; July next year."""
    if word in _MUST_BE_CAPITAL and not plain[start].isupper():
        return None
    window = max(past, start - 24)
    before = low[window:start]
    if low[end : end + 1] == "." and len(word) <= 4:
        end += 1
    day = second = None
    begin = start
    ahead = _DAY_BEFORE.search(before) if last_word(low, start)[:1] in _DAY_STARTS else None
    if ahead is not None and 1 <= int(ahead[1]) <= 31:
        day, second, begin = int(ahead[1]), ahead[2], window + ahead.start()
        if low[max(0, begin - 4) : begin] == "the ":
            begin -= 4
    else:
        after = _DAY_AFTER.match(low, end)
        spaced = after is not None and before.endswith("in ") and _THOUSANDS.match(low, after.end())
        if after is not None and not spaced and 1 <= int(after[1]) <= 31:  # not "in March 25 100 people"
            day, second, end = int(after[1]), after[2], after.end()
    printed = _YEAR_AFTER.match(low, end)
    year = int(printed[1]) if printed is not None else None
    end = printed.end() if printed is not None else end
    spoken = _YEAR_WORD.match(low, end) if year is None else None
    which = f"{spoken[1]} year" if spoken is not None else ""
    end = spoken.end() if spoken is not None else end
    month = MONTHS[word]
    if day is not None:
        phrase = led(low, past, begin, end, form="date", year=year, month=month, day=day, which=which)
        if second is None or not day < int(second) <= 31:
            return phrase
        other = msgspec.structs.replace(phrase, day=int(second))
        return msgspec.structs.replace(phrase, other=other, joined="to", sort=_period(phrase.sort))
    if word in ("may", "march") and year is None and not time_before(before) and not which:
        return None  # "May" at the start of a sentence, a march
    if word in ("mar", "dec", "sep", "jan", "jun", "jul", "oct", "nov", "apr", "feb", "aug") and year is None:
        return None
    part, begin = part_before(low, past, start)
    if not part and not which:
        which, begin = which_before(low, past, start)
        which = which if which != "past" else "last"
    sort: DaySort = "period" if part in ("early", "mid", "late") else "point"
    adjective = low.startswith("the ", begin if part else max(0, begin - 4)) and part not in ("start", "end")
    if adjective and year is None and not which:
        return DayPhrase(
            start=begin,
            end=end,
            sort=sort,
            form="month",
            granularity="month",
            month=month,
            year=year,
            part=part,
            lead="the",
        )  # "the February pact" names a document
    return led(
        low,
        past,
        begin,
        end,
        form="month",
        granularity="month",
        year=year,
        month=month,
        part=part,
        which=which,
        sort=sort,
    )


def _period(sort: DaySort) -> DaySort:
    """The sort of two joined days."""
    return "period" if sort == "point" else sort


def _numeric(low: str, start: int, end: int, past: int) -> DayPhrase | None:
    """2020-03-25; in 2001; late 2018."""
    iso = _ISO.match(low, start)
    if iso is not None:
        return led(low, past, start, iso.end(), form="date", year=int(iso[1]), month=int(iso[2]), day=int(iso[3]))
    window = max(past, start - 16)
    found = _YEAR_LEAD.search(low[window:start])
    if found is None:
        return None
    part = (found["part"] or found["part2"] or "").removesuffix(" of")
    begin = start
    if part:
        begin = window + (found.start("part") if found["part"] else found.start("part2"))
    if found["lead"] == "of" and not part:
        return None
    return led(
        low, past, begin, end, form="year", granularity="year", year=int(low[start:end]), part=part, sort="period"
    )


def _joined(low: str, phrases: list[DayPhrase]) -> list[DayPhrase]:
    """The phrases with neighbours made one: "yesterday, Tuesday", "Saturday night and Sunday morning"."""
    joined: list[DayPhrase] = []
    for phrase in phrases:
        last = joined[-1] if joined else None
        if last is not None and phrase.start - last.end <= 12 and last.other is None:
            gap = low[last.end : phrase.start]
            pair = (last.form, phrase.form)
            if pair in _BESIDES and phrase.lead in ("", "on") and _BESIDE.fullmatch(gap):
                end = phrase.end + (1 if gap.endswith("(") and low[phrase.end : phrase.end + 1] == ")" else 0)
                joined[-1] = msgspec.structs.replace(last, end=end, other=phrase, joined="beside")
                continue
            if pair == ("weekday", "unit") and phrase.unit == "week" and gap in (" ", " of ") and not phrase.part:
                joined[-1] = msgspec.structs.replace(last, end=phrase.end, which=phrase.which)
                continue  # "Thursday last week"
            if pair in _ENDS and phrase.sort == "point" and last.sort in ("point", "since") and _JOIN_TO.fullmatch(gap):
                joined[-1] = msgspec.structs.replace(last, end=phrase.end, other=phrase, joined="to", sort="period")
                continue
        joined.append(phrase)
    return joined
