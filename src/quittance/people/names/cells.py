"""A cleaned cell cut into the names that it holds; what is no name (brackets, dates, "born", "unknown") is a remark."""

from __future__ import annotations

import re
from typing import Final

from quittance.people.names.folding import fold_word


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_REMARK: Final = re.compile(r"(?i:(?<!\w)n/a(?!\w))|\S*\d\S*|[?!*]+")
_BRACKET: Final = re.compile(r"[(\[{<«]([^)\]}>»]*)[)\]}>»]?")
_ITEM: Final = re.compile(r"(?:^|(?<=[\s;,:]))\(?[a-z]\)(?=\s)")
_BLANK: Final = re.compile(r"(?<!\w)na(?!\w)")
"""What some lists write for a part of a name that is not there; only where the name itself has capitals."""
_SON: Final = re.compile(r"(?i)(?<!\w)[sdw]/o(?!\w)|(?<!\w)(?:son|daughter) of(?!\w)")
_ALIAS: Final = (
    r"(?:(?<!\w)(?i:(?:also |better )?known as|a\. ?k\. ?a\.?|f\. ?k\. ?a\.?|alias(?:es)?"
    r"|он же|она же|известн\w+ как|відом\w+ як|вядом\w+ як|псевдоним)(?!\w)[:.]?"
    r"|(?<!\w)(?:aka|AKA)(?!\w)"
    r"|(?<!\w)(?:المعروفة?|الملقبة?|المکنی|المكنى|معروف به|مشهور به|ملقب به|مسمی به)(?!\w)(?: ?بـ?(?!\w))?)"
)
_SEVERAL: Final = re.compile(rf"[;؛/|\\]|{_ALIAS}")
_ALIASED: Final = re.compile(_ALIAS)
_AFTER: Final = re.compile(r"(?<!\w)(?i:previously|formerly|née|nee(?= )|born|dob|d\.o\.b|урожд\w*)(?!\w).*")
_NOBODY: Final = re.compile(r"(?i:na|n a|none|nil|unk|not known|مجهول|غیر معروف|غير معروف|-)")
_UNKNOWN: Final = re.compile(r"(?<!\w)(?i:unknown|نامعلوم|نامشخص|неизвестн\w+|невідом\w+)(?!\w)")
_PLAIN: Final = re.compile(r"[A-Za-z '\-,.\u0620-\u065f\u0671-\u06ef\u200c\u0400-\u04ff]*")
_MARKS: Final = _set(
    "known a.k.a. a.k.a f.k.a. f.k.a a. aka alias aliases он она известный известная відомий відома вядомы псевдоним "
    "المعروف المعروفة الملقب الملقبة المکنی المكنى معروف مشهور ملقب مسمی previously formerly born nee dob d.o.b. d.o.b "
    "na none nil unk not unknown نامعلوم نامشخص مجهول غیر غير son daughter неизвестно неизвестный невідомо"
)
"""A plain cell without any of these words is one name and nothing else; most cells are."""


def cut(text: str) -> tuple[list[str], list[str]]:
    """The texts of the names in a cleaned cell, in their order, and the remarks."""
    if _PLAIN.fullmatch(text) and _MARKS.isdisjoint(text.lower().replace("-", " ").replace(",", " ").split()):
        return ([text] if text else []), []
    remarks: list[str] = []
    inner: list[str] = []

    def aside(found: re.Match[str]) -> str:
        remarks.append(found[0].strip())
        return " "

    def bracket(found: re.Match[str]) -> str:
        inside = found[1].strip()
        if inside:
            named = _ALIASED.search(inside) or not _scripts(inside) <= outside
            (inner if named else remarks).append(inside)
        return " "

    text = _ITEM.sub(";", _SON.sub(" ibn ", text))
    if text != text.lower():
        text = _BLANK.sub(aside, text)
    outside = _scripts(_BRACKET.sub(" ", text))
    if outside:  # a cell that is all brackets is a name in brackets
        text = _BRACKET.sub(bracket, text)
    names = []
    for piece in [text, *inner]:
        for part in _SEVERAL.split(_REMARK.sub(aside, piece)):
            rest = _UNKNOWN.sub(aside, _AFTER.sub(aside, part)).strip(" ,;-.")
            if _NOBODY.fullmatch(rest):
                remarks.append(rest)
            elif rest:
                names.append(rest)
    return names, [remark for remark in remarks if remark]


def _scripts(text: str) -> set[str]:
    return {word.script for part in text.split() if (word := fold_word(part)).text}
