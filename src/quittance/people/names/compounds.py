"""Compounds in one spelling: Abd al-Rahman, Abdurrahman and عبد الرحمن lose the article inside, so that their halves
agree."""

from __future__ import annotations

import re
from typing import Final

from quittance.people.names.letters import Script
from quittance.people.names.particles import ALLAH, DIN, NO_ARTICLE, SERVANT

_SERVANT: Final = re.compile(r"abd(?:[aeiou]?(?:sh(?=sh)|l|([rsztdn])(?=\1))|[eiou](?=[^aeiou]))?(.{3,})")
_CYRILLIC_SERVANT: Final = re.compile(r"абд(?:[аеиоуэ]?(?:ль?|([рсзтдн])(?=\1))|[еиоу](?=[^аеиоу]))?(.{3,})")
_CYRILLIC_ABDULLAH: Final = re.compile(r"абд[аеиоуэ]?лл?ах?")
_ABDULLAH: Final = re.compile(r"abd[aeiou]?l+[ae]h?")
_LATIF: Final = re.compile(r"abd[aeiou]l(?=at[aei])")
_DIN: Final = re.compile(r"(.{2,}?)(?:[aeiouy]{1,2}[ld](?=d)|[uoi](?=d)|(?<=[^aeiou])d(?=d))d(?:i|ee|y|ei|ie)ne?")
_ALLAH: Final = re.compile(r"(.{3,}?)[aeiou]?ll+ah|(.{4,}?)[uo]lah")
_JOINED_ARTICLE: Final = re.compile(r"(?:[ae]l|ben|bin)([b-df-hj-np-tv-z].{3,})")


def plain_form(text: str, script: Script) -> str:
    """The token with the article inside a compound, or in front of it, taken out; the same text where there is none."""
    if script == "latin":
        return _latin(text)
    if script == "arabic":
        return _arabic(text)
    if script == "cyrillic" and text.startswith("абд"):
        if _CYRILLIC_ABDULLAH.fullmatch(text):
            return "абдуллах"
        servant = _CYRILLIC_SERVANT.fullmatch(text)
        return "абд" + servant[2] if servant else text
    return text


def _latin(text: str) -> str:
    if text.startswith("abd"):
        if _ABDULLAH.fullmatch(text):
            return "abdullah"
        text = _LATIF.sub("abdl", text)
        if text.startswith("abdlat"):
            return text
        if servant := _SERVANT.fullmatch(text):
            return "abd" + servant[2]
    if text.endswith(("n", "ne")) and (din := _DIN.fullmatch(text)):
        return din[1] + "din"
    if text.endswith("lah") and (allah := _ALLAH.fullmatch(text)):
        return (allah[1] or allah[2]) + "ullah"
    return text


def _arabic(text: str) -> str:
    if text.startswith(("عبدال", "ابوال")):
        head, rest = text[:3], text[5:]
        return text if rest.startswith("له") or len(rest) < 2 else head + _arabic(rest)
    if text.endswith("الدین") and len(text) > 6:
        return text[:-5] + "دین"
    if text.startswith("ال") and len(text) > 4 and text not in NO_ARTICLE and not text.startswith("الله"):
        return text[2:]
    return text


def joined_article(text: str, script: Script) -> str | None:
    """The rest of a Latin token that may begin with an article or Ben written joined; None where it cannot."""
    if script != "latin":
        return None
    found = _JOINED_ARTICLE.fullmatch(text)
    return found[1] if found else None


def glued(first: str, second: str, script: Script) -> str:
    """Two halves of a compound as one token in plain form: `abdul`, `rahman`; `nur`, `uddin`; `rahmat`, `allah`."""
    if script == "latin":
        if second in ALLAH and not first.startswith("abd"):
            return (first[:-1] if first[-1] in "aou" and len(first) > 4 else first) + "ullah"
        if second in DIN:
            return first + "din"
        return (
            "abdullah"
            if first.startswith("abd") and second in ALLAH
            else ("abd" if first in SERVANT else first) + second
        )
    if script == "arabic":
        if first in SERVANT:
            first = "عبد"
        if second in ALLAH:
            return first + "الله"
        return first + (second[2:] if second.startswith("ال") and len(second) > 4 else second)
    if first in SERVANT:
        return "абдуллах" if second in ALLAH else "абд" + second
    return first + second
