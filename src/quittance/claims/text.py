"""A copy of a text for matching, with the same length: every offset found in the copy holds in the text as stored."""

from __future__ import annotations

import re

from quittance.claims.words import listed

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_SINGLE = "\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4`"
_DOUBLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

_PLAIN = str.maketrans(
    {
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys(_SINGLE, "'"),
        **dict.fromkeys(_DOUBLE, '"'),
        **dict.fromkeys(_DASHES, "-"),
        **{chr(0xFF10 + digit): str(digit) for digit in range(10)},
    }
)


def plain(text: str) -> str:
    """The text with every kind of space, quotation mark, dash and full-width digit in its plainest form.

    One code point becomes one code point, so that a match is cut from the original at the same offsets. Letters keep
    their case: lower-casing changes the length of some.
    """
    return text.translate(_PLAIN)


_STOP = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)|[.!?](?=[A-Z][a-z])|\n+")
_SHORT = frozenset(
    listed(
        "mr mrs ms dr gen col lt sgt maj capt brig adm rep sen gov prof rev hon st jr sr no nos vs etc approx "
        "dept jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun afs rs "
        "mt ft"
    )
)
_LAST_WORD = re.compile(r"[\w'.-]+$")
_OPENS = re.compile(
    r"\s+[\"'(\[]*(?:The|A|An|In|On|At|He|She|It|They|We|But|And|This|That|These|Those|Both|So|For|By|As|After|Before|"
    r"Under|Since|While|When|According|Earlier|Meanwhile|However|Last|Of|His|Her|Their|Its|No|Not|All|Some|About)\b"
)
_DATELINE = re.compile(
    r"(?:[A-Z][\w'./-]*[ /,]+){0,4}[A-Z][\w'.-]*"
    r"(?:,? (?:\d{1,2}(?:st|nd|rd|th)? )?[A-Z][a-z]{2,8}\.?(?: \d{1,2}(?:st|nd|rd|th)?)?,?(?: \d{4})?)?"
    r" ?(?:\([^()\n]{2,40}\) ?(?:[-:]+ ?|(?=[A-Z]))|-{1,2} | - ?|: )(?=[\"'A-Z\d])"
)
LONGEST = 1200
"""Longer sentences are cut at a blank, so that the work for one is bounded whatever the input."""
_SPEECH_MARK = re.compile(r"[a-z]{3,}[^,]*$")


def _ends(plain: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a full stop ends a sentence: not after an initial or an abbreviation, unless a new one plainly opens."""
    if plain[stop.start()] != ".":
        return True
    word = _LAST_WORD.search(plain, max(start, stop.start() - 24), stop.start())
    if word is None:
        return True
    last = word[0].rstrip(".").lower()
    if last in _SHORT:
        return False
    if last == "x" and plain[max(start, stop.start() - 5) : stop.start() - 1].rstrip().endswith((" on", " via")):
        return True
    following = plain[stop.end() : stop.end() + 12].lstrip()
    if len(last) == 1 or re.fullmatch(r"(?:[a-z]\.)+[a-z]", last):
        return bool(_OPENS.match(plain, stop.end())) and not (len(last) == 1 and last.isalpha() and word[0].isupper())
    return not following[:1].islower()


def sentences(plain: str) -> list[tuple[int, int]]:
    """From and up to of every sentence of a text in its plain form, without the blanks around it.

    A line break ends a sentence; an abbreviation does not. A dateline ("KABUL (AFP) -") is a sentence of its own.
    """
    found: list[tuple[int, int]] = []
    start = 0
    for stop in _STOP.finditer(plain):
        if stop[0][0] == "\n" or _ends(plain, start, stop):
            _add(found, plain, start, stop.end())
            start = stop.end()
    _add(found, plain, start, len(plain))
    return found


def _add(found: list[tuple[int, int]], plain: str, start: int, end: int) -> None:
    """Put one sentence among those found, its dateline apart."""
    while start < end and plain[start].isspace():
        start += 1
    while end > start and plain[end - 1].isspace():
        end -= 1
    if start == end:
        return
    while end - start > LONGEST:
        cut = plain.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        found.append((start, cut))
        start = cut
        while start < end and plain[start].isspace():
            start += 1
    dateline = _DATELINE.match(plain, start, min(end, start + 90))
    if dateline and dateline.end() < end and not found_speaker(plain[start : dateline.end()]):
        cut = dateline.end()
        found.append((start, len(plain[:cut].rstrip())))
        start = cut
    found.append((start, end))


def found_speaker(head: str) -> bool:
    """Whether what stands before a colon or dash tells something, so that it is no dateline."""
    return bool(_SPEECH_MARK.search(head.split("(")[0].strip(" -:"))) and head.rstrip(" -:").count(" ") > 2
