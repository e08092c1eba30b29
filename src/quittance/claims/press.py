"""Agencies and outlets in a report: whose copy it carries, and whom it quotes.

A credit is what a page says of its own text: "KABUL (AFP) -", "(ANI)" at the end, "originally published by". A report
that says "AFP reported" quotes; it does not carry a credit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from quittance.claims.model import Report
from quittance.claims.text import plain

_FULL = {
    "agence france presse": "afp",
    "associated press": "ap",
    "asian news international": "ani",
    "press trust of india": "pti",
    "radio free europe radio liberty": "rfe rl",
    "deutsche presse agentur": "dpa",
    "indo asian news service": "ians",
    "united press international": "upi",
}
_SMALL = re.compile(r"\b(?:the|news|agency|agencies|com|english|online|tv|newspaper)\b")
_NOT_WORD = re.compile(r"[\W_]+")
_NEWS_END = re.compile(r"(?<=\w)news$")

_NAME = r"([A-Z][\w/.&' -]{1,40}?)"
_AT_THE_HEAD = (re.compile(rf"^[^\n(]{{0,60}}\({_NAME}\)\s*[-:]", re.MULTILINE), re.compile(rf"\bBy {_NAME} \|"))
_ANYWHERE = re.compile(rf"originally (?:published|appeared) (?:by|in|on) {_NAME}(?: and| under| on|[.,])")
_AT_THE_END = (re.compile(rf"\({_NAME}\)\s*\Z"), re.compile(r"[.\n]\s*-\s?([A-Z][\w/]{1,20})\s*\Z"))
_HEAD, _END = 400, 60
"""How much of a text is its head and its end, in characters: between, a name in brackets belongs to a sentence."""

_SAYS = r"(?:reports?|reported|says|said|writes|wrote|quoted|confirmed|confirms|notes|noted|learned)"

_BY = r"(?:quoted|cited|seen|reported|published|carried|told)"


def press_name(name: str) -> str:
    """An outlet's or agency's name in its one spelling: "TOLO News", "TOLOnews" and "Tolo" are `tolo`.

    >>> press_name("The Associated Press"), press_name("TOLOnews"), press_name("RFE/RL")
    ('ap', 'tolo', 'rfe rl')
    """
    words = _NOT_WORD.sub(" ", plain(name).lower()).strip()
    words = _NEWS_END.sub("", " ".join(_SMALL.sub(" ", words).split()))
    return _FULL.get(words, words)


def credit(report: Report) -> str | None:
    """The agency whose copy the report carries, in its one spelling; of a chain ("IANS / Xinhua") the last.

    What the page's data say comes first; else what stands at the head or the end of the text.
    """
    if report.agency:
        return press_name(report.agency.split(" / ")[-1]) or None
    text = plain(report.text)
    tries = [(form, text[:_HEAD]) for form in _AT_THE_HEAD] + [(_ANYWHERE, text)]
    for form, where in tries + [(form, text[-_END:]) for form in _AT_THE_END]:
        if match := form.search(where):
            return press_name(match[1]) or None
    return None


def cited(report: Report, names: Iterable[str]) -> frozenset[str]:
    """Which of the names (in their one spelling) the report quotes as having told it: "Tolo reported", "told AFP"."""
    mine = {credit(report), press_name(report.outlet or "")}
    words = _spaced(report.text)
    return frozenset(name for name in names if name and name not in mine and _quotes(words, name))


def _spaced(text: str) -> str:
    words = f" {' '.join(_NOT_WORD.sub(' ', plain(text).lower()).split())} "
    for full, short in _FULL.items():
        words = words.replace(f" {full} ", f" {short} ")
    return words


def _quotes(words: str, name: str) -> bool:
    at = words.find(f" {name}")
    if at < 0:
        return False
    name = rf"(?:the )?{re.escape(name)}(?: ?news| agency)*"
    return re.search(rf" {name} {_SAYS} | told {name} | {_BY} by {name} ", words[max(0, at - 20) :]) is not None
