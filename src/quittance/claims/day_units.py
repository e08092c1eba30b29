"""Phrases around a unit of time or an event: a day earlier, within 135 days, the past week, since the swap."""

from __future__ import annotations

import re

from quittance.claims.day_leads import last_word, lead_before, led, which_before
from quittance.claims.day_phrase import TIME_WORDS, DayPhrase, Form, Granularity
from quittance.claims.number_context import MONTHS
from quittance.claims.number_words import value_of
from quittance.claims.words import listed

_NUMBER_BEFORE = re.compile(
    r"(?<![\w-])(?P<count>\d{1,4}|an?|one|(?:[a-z]{3,9}[ -]){0,2}[a-z]{3,9}|several|a few|few|a couple of|couple of)"
    r"[ -]\Z"
)
_RELATIVE = re.compile(r" (?P<way>ago|earlier|later|before|after|from now|prior|previously|hence)\b")
_OTHER_EVENT = re.compile(r" (?:another|a further|\d|some|about|around|nearly|almost|more than|at least|over) ?\d{0,3}")
_OF_ANCHOR = re.compile(r" (?:of|from|after|following) (?P<anchor>(?:[a-z][\w'-]*(?: |\b)){1,6})")
_PAST_LEAD = re.compile(
    r"(?:(?:in|over|during|for|within) )?(?:the )?(?P<which>past|last|previous|coming|next|recent|these)"
    r"(?: (?P<count>\d{1,4}|[a-z]{3,9}|a few))? \Z"
)
_THE_DAY = re.compile(r"(?:on )?(?:the|that) (?:(?P<which>same|previous|next|following|preceding) )?\Z")
_QUARTER = re.compile(r"(?:in |during |over )?(?:the )?first (?P<count>[a-z]{3,6}|\d) \Z")
_OF_YEAR = re.compile(r" of (?:(?:the|this) year|((?:19|20)\d\d))\b")
_CALENDAR = re.compile(
    r"(?:(?P<part>late|early|earlier|later|mid|the end of|end of|the start of|the beginning of|the middle of)[ -])?"
    r"(?P<which>last|next|this|the|the same|previous|the previous|the following|the next|that|that same)?[ -]?\Z"
)
_SINCE_EVENT = re.compile(
    r"since (?P<anchor>then\b|(?:the |its |their |this |that )?(?:(?:very )?(?:start|beginning|signing|launch|outbreak"
    r"|end|outset|collapse|announcement|conclusion|fall|first day) of (?=[^\W\d_])"
    r"|(?:[^\W\d_][\w'-]* ){0,3}?(?:deal|swap|invasion|war|truce|ceasefire|cease-fire|agreement|accord|pact|exchange"
    r"|process|attacks?|takeover|coup|talks|signing|launch|releases?|operation|handover|outbreak|conflict)\b))"
    r"(?P<rest>[^\W\d_][\w'-]*(?: [^\W\d_][\w'-]*){0,4})?"
)
_SINCE_STOPS = frozenset(
    listed(
        "has have had was were is are on in at by with and when it they which who he she that a an said says to from"
    )
)
_CALENDAR_UNITS = frozenset(("day", "night", "week", "month", "year"))
_NAMED_DAY = re.compile(r" (?P<word>yesterday|tomorrow)\b")
_REACH = 48


def read_since(low: str, start: int) -> DayPhrase | None:
    """Since then, since the start of X, since the swap; the day, month or year of a date is read by its own word."""
    found = _SINCE_EVENT.match(low, start)
    if found is None:
        return None
    anchor = found["anchor"]
    if anchor.endswith("of "):
        kept: list[str] = []
        for word in found["rest"].split():
            if word in _SINCE_STOPS or (word == "the" and kept and kept[-1] != "of"):
                break
            kept.append(word)
        if not kept or not set(kept).isdisjoint(TIME_WORDS):
            return None
        anchor += " ".join(kept)
    elif anchor != "then":
        first, *others = anchor.split()
        dated = not set(others).isdisjoint(TIME_WORDS) and (first != "the" or set(others).isdisjoint(MONTHS))
        if first in TIME_WORDS or dated or not _SINCE_STOPS.isdisjoint(others) or "the" in others:
            return None
    return DayPhrase(
        start=start,
        end=start + len("since ") + len(anchor),
        sort="since",
        form="same" if anchor == "then" else "event",
        granularity="none",
        lead="since",
        anchor=anchor,
    )


def read_weekend(low: str, start: int, end: int, past: int) -> DayPhrase | None:
    """Over the weekend; last weekend."""
    which, begin = which_before(low, past, start)
    if not which and low[max(past, start - 4) : start] == "the ":
        begin = start - 4
    return led(low, past, begin, end, form="weekend", sort="period", which=which)


def read_unit(low: str, start: int, end: int, past: int, unit: str) -> DayPhrase | None:
    """A day earlier; the day before; within 135 days of; in the past two days; late last month; three-day."""
    if low[start - 1 : start] != "-" and last_word(low, start) == "":
        return None
    window = max(past, start - _REACH)
    before = low[window:start]
    if unit == "daytime":
        return _calendar(low, start, end, before, window, past, unit)
    relative = _RELATIVE.match(low, end)
    number = _number(before)
    if relative is not None:
        phrase = _relative(low, past, start, relative, unit, before, number, window)
        if phrase is not None:
            return phrase
    if number is not None:
        count, length = number
        begin = start - length
        lead, at = lead_before(low, past, begin)
        if lead in ("within", "by") or low[max(0, begin - 7) : begin] == "within ":
            anchor = _OF_ANCHOR.match(low, end)
            return DayPhrase(
                start=at, end=end if anchor is None else anchor.end(), sort="deadline", form="within", lead="within",
                count=count, unit=unit, anchor=anchor["anchor"].strip() if anchor is not None else "",
            )  # fmt: skip
        quarter = _QUARTER.search(before)
        of_year = _OF_YEAR.match(low, end)
        if quarter is not None and of_year is not None and unit == "month":
            return DayPhrase(
                start=window + quarter.start(), end=of_year.end(), sort="period", form="quarter", granularity="month",
                count=count, year=int(of_year[1]) if of_year[1] else None,
            )  # fmt: skip
        if lead in ("in", "over", "during", "for") and low[begin - 1] != "-" and not low.startswith(" of ", end):
            if count is None:
                return DayPhrase(
                    start=at, end=end, sort="vague", form="length", granularity="none", lead=lead, unit=unit
                )
            return DayPhrase(start=at, end=end, sort="duration", form="length", lead=lead, count=count, unit=unit)
        if low[start - 1] == "-":
            return DayPhrase(start=begin, end=end, sort="duration", form="length", count=count, unit=unit)
        return _past(low, start, end, before, window, unit)
    return _past(low, start, end, before, window, unit) or _calendar(low, start, end, before, window, past, unit)


def _number(before: str) -> tuple[int | None, int] | None:
    """The count right before a unit of time and how many characters it takes; None if no count stands there."""
    found = _NUMBER_BEFORE.search(before)
    if found is None:
        return None
    words = found["count"]
    while words:
        count = _count(words)
        if count is not None:
            return count, len(words) + 1
        if words in ("several", "a few", "few", "multi"):
            return None, len(words) + 1
        cut = min((at for at in (words.find(" "), words.find("-")) if at >= 0), default=-1)
        if cut < 0:
            return None
        words = words[cut + 1 :]
    return None


def _count(words: str) -> int | None:
    """The number that stands before a unit of time; None for "several" and the like."""
    words = words.strip()
    if words in ("a", "an"):
        return 1
    if words in ("a couple of", "couple of"):
        return 2
    return int(words) if words.isdecimal() else value_of(words)


def _relative(
    low: str, past: int, start: int, relative: re.Match[str], unit: str, before: str,
    number: tuple[int | None, int] | None, window: int,
) -> DayPhrase | None:  # fmt: skip
    """A day earlier, two weeks ago, the day before."""
    way = relative["way"]
    sign = 1 if way in ("later", "after", "from now", "hence") else -1
    if number is not None:
        count, length = number
        begin, end = start - length, relative.end()
        if way in ("after", "before") and _OTHER_EVENT.match(low, end):
            sign = -sign  # "98 more, a day after another 98": the day of the other 98
        anchor = _OF_ANCHOR.match(low, relative.start()) if way == "after" else None
        form: Form = "offset"
        if anchor is not None and sign > 0:
            end, form = anchor.end(), "within"
            return led(
                low, past, begin, end, form=form, count=count, unit=unit, anchor=anchor["anchor"].strip(), word=way
            )
        return led(
            low, past, begin, end, form=form, count=None if count is None else sign * count, unit=unit, word=way,
            sort="vague" if count is None else "point",
        )  # fmt: skip
    found = _THE_DAY.search(before)
    if found is not None and unit in _CALENDAR_UNITS and way in ("before", "after", "earlier", "later"):
        begin = window + found.start()
        word = _NAMED_DAY.match(low, relative.end()) if unit == "day" else None
        if word is not None:  # the day after tomorrow
            return led(low, past, begin, word.end(), form="word", word=word["word"], count=sign)
        return led(low, past, begin, relative.end(), form="offset", count=sign, unit=unit, word=way)
    return None


def _past(low: str, start: int, end: int, before: str, window: int, unit: str) -> DayPhrase | None:
    """In the past two days; over the last week; in the coming days."""
    found = _PAST_LEAD.search(before)
    if found is None:
        return None
    begin, which = window + found.start(), found["which"]
    if begin and low[begin - 1].isalnum():
        return None
    count = _count(found["count"]) if found["count"] else None
    if found["count"] and count is None and found["count"] not in ("few", "several", "a few"):
        return None
    plural = low[end - 1] == "s"
    if count is None and not plural:
        if which in ("past", "previous") and unit in ("week", "month", "year", "day") and low[begin] in "iod":
            count = 1  # "over the past week"
        else:
            return None
    sign = 1 if which in ("coming", "next") else -1
    if count is None:
        return DayPhrase(
            start=begin, end=end, sort="vague", form="past", granularity="none", count=None, unit=unit, which=which
        )
    return DayPhrase(start=begin, end=end, sort="period", form="past", count=sign * count, unit=unit, which=which)


def _calendar(low: str, start: int, end: int, before: str, window: int, past: int, unit: str) -> DayPhrase | None:
    """Last month, late last month, next week, that day, the end of the year, last night."""
    found = _CALENDAR.search(before)
    if found is None or not (found["which"] or found["part"]):
        return None
    begin = window + found.start()
    if begin and low[begin - 1].isalnum():
        return None
    which = (found["which"] or "").removeprefix("the ")
    part = (found["part"] or "").removeprefix("the ").removesuffix(" of")
    part = {"beginning": "start", "middle": "mid"}.get(part, part)
    if unit == "daytime":
        return led(low, past, begin, end, form="word", word="today") if which == "this" and not part else None
    if unit in ("day", "night"):
        if which in ("same", "that", "that same"):
            return led(low, past, begin, end, form="same", word="that day")
        if which in ("previous", "following", "next"):
            sign = -1 if which == "previous" else 1
            return led(low, past, begin, end, form="offset", count=sign, unit="day", word=which)
        if unit == "night" and which == "last":
            return led(low, past, begin, end, form="word", word="yesterday")
        return None
    if unit not in ("week", "month", "year") or (which in ("the", "") and part not in ("end", "start", "mid")):
        return None
    if which in ("that", "same", "that same"):
        return None
    which = {"previous": "last", "following": "next", "the": "this", "": "this"}.get(which, which)
    granularity: Granularity = "week" if unit == "week" else "month" if unit == "month" else "year"
    return led(
        low, past, begin, end, form="unit", granularity=granularity, unit=unit, which=which, part=part, sort="period"
    )
