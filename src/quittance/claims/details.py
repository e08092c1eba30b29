"""What else a clause says of the people counted: who they are, where, by what criteria, on what condition."""

from __future__ import annotations

import re

from quittance.claims.clauses import Sentence
from quittance.claims.model import Definition, EventType
from quittance.claims.reading import Reading
from quittance.claims.words import listed

_ON_LIST = re.compile(
    r"\b(?:on|from) (?:the|a|its|their|our|an) (?:\w+ ){0,3}lists?\b(?: of [\w ,]{1,20})?", re.IGNORECASE
)
_SECURITY = re.compile(
    r"\b(?:members? of (?:the )?(?:\w+ ){0,3}(?:forces?|army|police)"
    r"|(?:\w+ )?(?:security|defen[cs]e|armed|military) (?:and \w+ )?(?:forces?(?: members| personnel)?|personnel)"
    r"|soldiers?|police(?:men| officers?)?|servicemen|troops|army personnel)\b",
    re.IGNORECASE,
)
_CRITERIA = (
    ("health", re.compile(r"\bhealth|\bsick\b|\bill\b|\bmedical\b|\billness", re.IGNORECASE)),
    ("age", re.compile(r"\bage\b|\belderly\b|\bold(?:er)?\b|\bunder \d\d\b", re.IGNORECASE)),
    (
        "remaining sentence",
        re.compile(
            r"\bremain\w* (?:of their )?sentences?\b|\bsentence remaining\b|\bshort sentences?\b"
            r"|\blength of (?:remaining )?sentence",
            re.IGNORECASE,
        ),
    ),
    ("time served", re.compile(r"\btime (?:already )?served\b", re.IGNORECASE)),
    ("humanitarian", re.compile(r"\bhumanitarian\b", re.IGNORECASE)),
)  # fmt: skip
_CONDITION = re.compile(
    r"\b(?:once|provided(?: that)?|only if|if|as long as|on condition that|unless"
    r"|after (?=[\w -]{0,30}(?:talks|negotiations)))"
    r"\s+([^,.;]{3,80})",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"\b(?:in|from|at|near) ((?:the )?[A-Z][\w'-]+(?:[ -](?:(?:e|al|ye|el|de|i)[ -])?[A-Z][\w'-]+){0,3})"
)
_NO_PLACE = frozenset(listed(
        "January February March April May June July August September October November December Monday Tuesday "
        "Wednesday Thursday Friday Saturday Sunday Eid Ramadan Twitter Facebook Telegram"
    ))  # fmt: skip


def definition_of(sentence: Sentence, plain: str, reading: Reading) -> Definition | None:
    """Who is counted, where the words say more than whose people they are; None where they do not."""
    words, people = sentence.words, reading.people
    end = words.end[min(max(people.end, reading.last), len(words)) - 1]
    phrase = plain[reading.figure.end : end]
    listed = _ON_LIST.search(phrase)
    if people.listed and listed:
        return Definition(who="on_agreed_list", surface=listed[0])
    if people.who in ("hostages", "bodies"):
        return Definition(who=people.who, surface=people.word)
    if people.who == "civilians" and " and " not in phrase:
        return Definition(who="civilians", surface=people.word)
    secure = _SECURITY.search(phrase)
    if secure and " and civilians" not in phrase:
        return Definition(who="security_forces", surface=secure[0])
    return None


def criteria_of(text: str) -> str | None:
    """The criteria of choice that a clause names, joined by commas: health,age,remaining sentence."""
    found = ",".join(name for name, pattern in _CRITERIA if pattern.search(text))
    return found or None


def condition_of(event: EventType, text: str) -> str | None:
    """The condition that a plan or demand is put under, as stated."""
    if event not in ("plan", "demand", "reject"):
        return None
    found = _CONDITION.search(text)
    return found[1].strip() if found else None


def place_of(text: str) -> str | None:
    """The first place that a clause names after in, from, at or near."""
    for found in _PLACE.finditer(text):
        if found[1].split()[0] not in _NO_PLACE:
            return found[1]
    return None
