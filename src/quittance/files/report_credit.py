"""The agency that a report credits, and the language that it is in, as its words show them.

A credit in the text is the strongest single sign of agency copy. Outlets credit in few places: after the dateline, in
the byline, at the end, in a line about reprinting, and where somebody "told" an agency.
"""

from __future__ import annotations

import re
from collections import Counter

from quittance.claims.text import plain

_AGENCIES = {
    "AFP": "Agence France-Presse|Agence France Presse",
    "AP": "The Associated Press|Associated Press",
    "Reuters": "Thomson Reuters",
    "ANI": "Asian News International",
    "PTI": "Press Trust of India",
    "IANS": "Indo-Asian News Service",
    "UPI": "United Press International",
    "Xinhua": "Xinhua News Agency",
    "Sputnik": "RIA Novosti|RIA",
    "TASS": "ITAR-TASS",
    "Interfax": "Interfax-Ukraine",
    "Ukrinform": "",
    "RFE/RL": "Radio Free Europe/Radio Liberty|Radio Free Europe",
    "VOA": "Voice of America",
    "DPA": "Deutsche Presse-Agentur",
    "EFE": "Agencia EFE",
    "ANSA": "",
    "Anadolu": "Anadolu Agency|AA",
    "Pajhwok": "Pajhwok Afghan News|PAN",
    "Bakhtar": "Bakhtar News Agency|BNA",
    "TOLOnews": "TOLO News|Tolo News",
    "Khaama": "Khaama Press|Khaama Press News Agency|KP",
    "Al Jazeera": "Aljazeera|Al-Jazeera",
    "KUNA": "Kuwait News Agency",
    "WAM": "Emirates News Agency",
    "SPA": "Saudi Press Agency",
    "SABA": "Saba News Agency|Saba",
    "Wafa": "",
    "MENA": "Middle East News Agency",
    "QNA": "Qatar News Agency",
    "IRNA": "Islamic Republic News Agency",
    "Tasnim": "Tasnim News Agency",
    "Fars": "Fars News Agency|FNA",
    "ISNA": "",
    "IQNA": "",
    "Azertac": "AZERTAC",
    "Armenpress": "ARMENPRESS",
    "Trend": "",
    "Kyodo": "Kyodo News",
    "Yonhap": "Yonhap News Agency",
    "CNA": "",
    "APP": "Associated Press of Pakistan",
    "Colprensa": "",
    "ICRC": "",
}
"""Agency -> its other names, parted by |; as printed, with their capitals."""

_KEYS = {form: key for key, forms in _AGENCIES.items() for form in (key, *filter(None, forms.split("|")))}
_AGENCY = "(?:" + "|".join(re.escape(form) for form in sorted(_KEYS, key=len, reverse=True)) + r")(?![\w/])"
_SHORT = r"[A-Z][A-Za-z/]{1,11}(?: (?:News|Press|Agency))?"

_NO_AGENCY = frozenset(
    ("Agencies", "Desk", "Staff", "Web", "USA", "UN", "US", "UK", "EU", "IST", "GMT", "UTC", "NSC", "CET")
)
"""What stands in the same brackets and is nobody's wire."""

_DATELINE = re.compile(
    rf"^(?:[^\W\d_][\w .'/,-]{{1,60}}?\s?)?\((?P<name>{_AGENCY}|{_SHORT})\)\s?(?:[-:|]|(?=[A-Z]))"
    rf"|^(?:[A-Z][A-Z .'-]{{2,40}}(?:, \w[\w ,.]{{2,25}})?) ?- ?(?P<dashed>{_AGENCY}) ?[-:]"
)
_BYLINE = re.compile(rf"\bBy (?:the )?(?P<name>{_AGENCY})\s*(?:\||$|,|-|and agencies\b|Updated|Published|Posted|\d)")
_TRAILING = re.compile(rf"(?:\((?P<name>{_AGENCY}|[A-Z]{{2,6}})\)|(?:^|[\s.])- ?(?P<dashed>{_AGENCY}))[\s.\"']*$")
_NAME = r"[A-Z][\w'&/.-]*(?: (?:[A-Z][\w'&/.-]*|of|the|and|for)){0,5}(?<! of)(?<! the)(?<! and)(?<! for)"
_REPRINT = re.compile(
    r"\b(?:originally (?:published|appeared)|first published|reprinted|republished)\s"
    rf"(?:by|in|on|at|from|with permission (?:of|from))\s(?:the )?(?P<name>{_AGENCY}|{_NAME})"
)
_SOURCE = re.compile(
    rf"^(?:Source|Credit|Agency|Copyright|©)\s?:?\s(?:\(c\) |\d{{4}} )?(?:the )?(?P<name>{_AGENCY})", re.IGNORECASE
)
_INPUTS = re.compile(
    rf"\((?:with|additional)\s(?:inputs?|reporting|material)\s(?:from|by)\s(?:the )?(?P<name>{_AGENCY})"
)
_TOLD = re.compile(rf"\b(?:told|tells|quoted by|cited by|reported by)\s(?:the )?(?P<name>{_AGENCY})")

WINDOW = 200_000
"""Code points of a text that are looked at for somebody who told an agency."""


def agency_of(text: str) -> str | None:
    """The agency that the text credits, by its usual short name; None if it credits none.

    >>> agency_of("KABUL (AFP) - The movement rejected the offer."), agency_of("They will be freed. (ANI)")
    ('AFP', 'ANI')
    """
    copy = plain(text[:WINDOW]).lstrip("\ufeff")
    lines = [line.strip() for line in copy[:3_000].split("\n")[:12] if line.strip()]
    end = plain(text[-400:]).rstrip()
    for pattern, places in (
        (_DATELINE, [line[:200] for line in lines]),
        (_BYLINE, [line[:300] for line in lines]),
        (_TRAILING, [end]),
        (_REPRINT, [copy]),
        (_SOURCE, [*lines, *end.split("\n")]),
        (_INPUTS, [copy]),
        (_TOLD, [copy]),
    ):
        for place in places:
            if found := pattern.search(place):
                names = found.groupdict()
                name = names["name"] or names["dashed"]
                if name not in _NO_AGENCY:
                    return _KEYS.get(name, name)
    return None


_WORDS = {
    "en": "the and of to in that was for with said have been from by has were",
    "es": "el la los las de que y en por con para una del se han fue",
    "fr": "le la les des et que dans pour une est sur par au du ont avec",
    "pt": "o os as de que e em por com para uma do da foi dos não",
    "de": "der die das und von zu den mit ist im für auf nicht ein wurden hat",
    "it": "il lo gli di che e per con una del della sono è dei nel ha",
    "tr": "ve bir bu için ile olarak da de olan tarafından sonra dedi",
}
_MARKS = {language: words.split() for language, words in _WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
_SCRIPTS = {
    "arab": re.compile("[\u0600-\u06ff]"),
    "cyrl": re.compile("[\u0400-\u04ff]"),
    "hebr": re.compile("[\u0590-\u05ff]"),
}
_SAMPLE = 2_000


def language_of(text: str) -> str | None:
    """The language of a text as two letters, by its script and its commonest words; None where that is not clear.

    >>> language_of("The government said that they were released by the movement in the capital.")
    'en'
    """
    sample = text[:_SAMPLE].lower()
    words = _WORD.findall(sample)
    letters = sum(map(len, words))
    if letters < 20:
        return None
    if not sample.isascii():
        shares = {script: len(pattern.findall(sample)) / letters for script, pattern in _SCRIPTS.items()}
        script = max(shares, key=lambda one: shares[one])
        if shares[script] >= 0.6:
            return _by_letters(script, set(sample))
        if shares[script] > 0.4:
            return None
    counted = Counter(words)
    counts = sorted(((sum(counted[mark] for mark in marks), name) for name, marks in _MARKS.items()), reverse=True)
    (best, language), (second, _) = counts[:2]
    return language if best >= max(2, 0.08 * len(words)) and best > second else None


def _by_letters(script: str, found: set[str]) -> str:
    """The language of a text in Arabic, Cyrillic or Hebrew script, by letters that only some languages have."""
    if script == "arab":
        return "ps" if found & set("ټډړښږڼۍې") else "fa" if found & set("پچژگکی") else "ar"
    if script == "cyrl":
        return "uk" if found & set("іїєґ") else "ru"
    return "he"
