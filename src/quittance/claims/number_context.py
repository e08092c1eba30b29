"""The words around a number: what they make of it (at least, about, nearly), and what kind of number they say it is."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from quittance.claims.model import Modality
from quittance.claims.words import listed

Cue = Literal["", "more", "first", "last", "remaining", "each", "except", "part"]
Sort = Literal[
    "count",
    "duration",
    "year",
    "day",
    "clock",
    "percent",
    "money",
    "age",
    "ordinal",
    "sequence",
    "hyphen",
    "code",
    "measure",
    "decimal",
    "fraction",
    "pronoun",
]


_OPENING = "(\"'["


class Before(NamedTuple):
    """What stands before a number: its modality, where the words of it begin, the cue, the word before all that."""

    modality: Modality
    start: int
    cue: Cue
    word: str


_CHAIN: dict[str, Cue] = {
    **dict.fromkeys(
        listed(
            "the a an these those its his her their our all such same full whole entire total combined grand only just "
            "exactly precisely even new pledged promised agreed approximate whopping mere overall"
        ),
        "",
    ),
    **dict.fromkeys(listed("another further additional extra other more fresh"), "more"),
    **dict.fromkeys(listed("first initial"), "first"),
    **dict.fromkeys(listed("last final"), "last"),
    "remaining": "remaining",
}
_TOTALS = frozenset(listed("total sum group batch number list tally count"))
_MODAL_1: dict[str, Modality] = {
    **dict.fromkeys(listed("about around some roughly approximately estimated approx approx. circa near"), "about"),
    **dict.fromkeys(listed("nearly almost barely approaching nearing virtually"), "nearly"),
    **dict.fromkeys(
        listed("over above exceeding topping exceeded exceeds exceed topped surpassed surpasses surpassing"),
        "more_than",
    ),
    **dict.fromkeys(listed("under below"), "less_than"),
    "minimum": "at_least",
    "maximum": "up_to",
}
_MODAL_2: dict[str, Modality] = {
    **dict.fromkeys(("more than", "greater than", "higher than", "upwards of", "upward of", "excess of"), "more_than"),
    **dict.fromkeys(("just over", "slightly over", "well over", "little over"), "more_than"),
    **dict.fromkeys(("less than", "fewer than", "lower than"), "less_than"),
    **dict.fromkeys(("at least", "minimum of", "than least"), "at_least"),
    **dict.fromkeys(("up to", "at most", "maximum of"), "up_to"),
    **dict.fromkeys(("close to", "just under", "slightly under", "short of", "shy of"), "nearly"),
    **dict.fromkeys(
        ("estimated at", "region of", "neighbourhood of", "neighborhood of", "estimate of", "order of"), "about"
    ),
}
_MODAL_3: dict[str, Modality] = {
    **dict.fromkeys(("no fewer than", "no less than", "not less than", "not fewer than"), "at_least"),
    **dict.fromkeys(("no more than", "not more than", "many as"), "up_to"),
    **{
        f"{word} to {verb}": "about"
        for word in ("thought", "believed", "estimated")
        for verb in ("number", "be", "total")
    },
    "as many as": "up_to",
    "as much as": "up_to",
}
_MODAL_LAST = frozenset(key.rpartition(" ")[2] for key in (*_MODAL_1, *_MODAL_2, *_MODAL_3))
_OUTER: frozenset[Modality] = frozenset(("at_least", "more_than", "up_to", "less_than", "nearly"))
_SOFTENERS = frozenset(listed("just well slightly only still now already a little very way even in an the by"))
_PREPOSITIONS = frozenset(("about", "around", "over", "above", "under", "below", "near"))
_PARTICLE_VERBS = frozenset(
    f"{stem}{ending}"
    for stem, endings in {
        "hand": ("", "s", "ed", "ing"),
        "turn": ("", "s", "ed", "ing"),
        "pass": ("", "es", "ed", "ing"),
        "sign": ("", "s", "ed", "ing"),
        "deliver": ("", "s", "ed", "ing"),
        "transfer": ("", "s", "red", "ring"),
        "carr": ("y", "ies", "ied", "ying"),
        "giv": ("e", "es", "en", "ing"),
        "gave": ("",),
        "tak": ("e", "es", "en", "ing"),
        "took": ("",),
        "bring": ("", "s", "ing"),
        "brought": ("",),
        "send": ("", "s", "ing"),
        "sent": ("",),
        "mak": ("e", "es", "ing"),
        "made": ("",),
    }.items()
    for ending in endings
)
_TOPICS = frozenset(
    listed(
        "talk talks talked concern concerns concerned dispute disputes disagree disagreed disagreement row rows "
        "disagreements standoff deadlock impasse differences difference wrangling conflict question questions worried "
        "information worry worries asked asking ask spoke speak speaking word words news anything nothing something "
        "details detail doubt doubts inquired negotiations negotiation quarrel argument clash clashes complained "
        "complain learned anger protest protests outcry"
    )
)
_PARTS = frozenset(("of whom", "of which", "of them", "of these", "of those", "among them", "among whom"))
BEFORE_WORDS = (
    frozenset(_CHAIN) | _MODAL_LAST | {"including", "included", "of", "whom", "which", "them", "but", "except"}
)
"""The words that can stand right before a number and say something about it."""

_EXCEPT_LAST = frozenset(("but", "except", "save", "excepting"))


def word_before(low: str, start: int) -> str:
    """The word that ends one space before `start`, without what opens a bracket or a quotation; or nothing."""
    if low[start - 1 : start] != " ":
        return ""
    word = low[max(0, start - 24) : start - 1].rpartition(" ")[2]
    if "\n" in word:
        word = word.rpartition("\n")[2]
    return word.lstrip(_OPENING) if word[:1] in _OPENING else word


def before(low: str, start: int, previous: str | None = None) -> Before:
    """What the words before `start` in the lower-case text make of the number there; `previous` is the word before."""
    if low[start - 1 : start] == " ":
        previous = word_before(low, start) if previous is None else previous
        if previous not in BEFORE_WORDS:
            return Before("exact", start, "", previous)
    words = low[max(0, start - 72) : start].rpartition("\n")[2].split(" ")
    if words[-1]:  # the number stands after a bracket, a quotation mark, a hyphen or a line break
        if words[-1][-1] in "~\u2248" and (len(words[-1]) == 1 or not words[-1][-2].isalnum()):
            return Before("about", start - 1, "", "")
        return Before("exact", start, "", "")
    at, begin, length, definite = len(words) - 2, start, 0, False
    modality: Modality = "exact"
    cue: Cue = ""
    while at >= 0:
        word = words[at]
        if word not in BEFORE_WORDS:
            bare = word.lstrip(_OPENING)
            if bare == word or bare not in BEFORE_WORDS:
                break
            word = bare
        last2 = f"{words[at - 1].lstrip(_OPENING)} {word}" if at else word
        if word in _CHAIN:
            cue = "remaining" if word == "the" and words[at + 1] == "other" else cue or _CHAIN[word]
            definite = definite or word == "the"
            length, at = length + len(words[at]) + 1, at - 1
        elif word == "of" and at and words[at - 1] in _TOTALS and words[at - 2 : at - 1] in (["a"], ["the"], ["in"]):
            length, at = length + sum(len(part) + 1 for part in words[at - 2 : at + 1]), at - 3
        else:
            found, taken = _modal(words, at, word, last2, definite)
            if found is None or (modality != "exact" and (modality != "about" or found not in _OUTER)):
                break
            modality = found
            length, at = length + sum(len(part) + 1 for part in words[at + 1 - taken : at + 1]), at - taken
            while at >= 0 and words[at] in _SOFTENERS:
                length, at = length + len(words[at]) + 1, at - 1
            definite = True
        begin = start - length
    while begin < start and low[begin] in _OPENING:
        begin += 1
    if at < 0:
        return Before(modality, begin, cue, "")
    return Before(modality, begin, cue or _edge_cue(words, at), words[at])


def _edge_cue(words: list[str], at: int) -> Cue:
    """The cue in the words before the modality: of whom, including, all but."""
    word = words[at]
    if word in ("including", "included") or (at and f"{words[at - 1]} {word}" in _PARTS):
        return "part"
    if word in _EXCEPT_LAST and at and words[at - 1].startswith(("all", "every", "none", "whole")):
        return "except"
    if word == "for" and words[at - 1] == "except":
        return "except"
    return ""


def _modal(words: list[str], at: int, word: str, last2: str, definite: bool) -> tuple[Modality | None, int]:
    """The modality whose words end at `at`, and how many words it takes; None where the word is no modality here."""
    last3 = f"{words[at - 2].lstrip(_OPENING)} {last2}" if at > 1 else last2
    if last3 in _MODAL_3:
        return _MODAL_3[last3], 3
    if last2 in _MODAL_2:
        return _MODAL_2[last2], 2
    modality = _MODAL_1.get(word)
    if modality is not None and word in _PREPOSITIONS:
        previous = words[at - 1] if at else ""
        if definite or previous in _PARTICLE_VERBS or previous in _TOPICS:
            return None, 0
    return modality, 1


_MONTHS = (
    *("january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug"),
    *("september sept sep", "october oct", "november nov", "december dec"),
)
MONTHS = {name: number for number, names in enumerate(_MONTHS, start=1) for name in listed(names)}
"""The names of the months and their short forms, in lower case."""

SEQUENCE_BEFORE = frozenset(
    listed(
        "no. no nos. phase round stage article clause paragraph section chapter page resolution flight annex channel"
    )
)
"""Words before a number that make it a place in a sequence."""

SEQUENCE_AFTER = frozenset(
    listed(
        "round rounds exchange exchanges swap swaps batch phase stage group time tranche operation release transfer "
        "handover prisoner stage instalment installment"
    )
)
"""Nouns after an ordinal that make it a place in a sequence."""

YEAR_BEFORE = frozenset(
    listed(
        "in since until till by during year early late mid before after from end autumn spring summer winter fall "
        "circa dated"
    )
)
"""Words before four digits that make them a year, whatever follows."""

RELEASE_BEFORE = frozenset(
    listed(
        "free freed frees freeing release released releases releasing swap swapped hold holds held exchange exchanged "
        "liberated hand handed over return returned"
    )
)
"""Verbs before four digits that make them a number."""

TIME_UNITS = frozenset(
    listed(
        "second seconds minute minutes hour hours day days night nights week weeks weekend weekends month months year "
        "years decade decades century centuries fortnight"
    )
)
"""Units of time."""

_AFTER_WORDS: dict[Sort, str] = {
    "percent": "percent percentage pct",
    "money": "dollars dollar euros euro afghanis afghani rupees rupee pounds rubles roubles hryvnia riyals rials "
    "shekels pesos yuan usd eur afn bucks cents",
    "clock": "am pm a.m a.m. p.m p.m. gmt utc o'clock ist est hrs noon midnight",
    "duration": " ".join(sorted(TIME_UNITS)),
    "measure": "km kilometers kilometres kilometer kilometre miles mile meters metres meter metre kg kilograms tons "
    "tonnes feet degrees acres hectares litres liters mw kw gb points",
}
AFTER_SORT: dict[str, Sort] = {word: sort for sort, words in _AFTER_WORDS.items() for word in words.split()}
"""What the word after a number makes of it."""

AFTER_CUE: dict[str, Cue] = {
    **dict.fromkeys(listed("more other others further additional extra"), "more"),
    **dict.fromkeys(listed("each apiece"), "each"),
    "remaining": "remaining",
    "last": "last",
    "first": "first",
}
"""The cue of the word after a number."""

CURRENCY_BEFORE = frozenset(listed("afs afs. usd us$ eur rs rs. afn pkr gbp rub uah inr ils nis"))
"""Currency codes before a number."""

PRONOUN_AFTER = frozenset(
    listed(
        "of another day side sides by exception who that which is was has had can could would should may must will "
        "to or "
        "in on at for with as but 's time thing way hand party step source such and from if when where more concrete "
        "reason point after it, kind part example"
    )
)
"""Words after "one" with which it counts nobody."""

PRONOUN_BEFORE = frozenset(
    listed("no any every some each this that the which another someone only is it's such that's")
)
"""Words before "one" with which it counts nobody."""

DASH_WORDS = frozenset(
    listed(
        "all the a including among most some nearly about of from were was are and in who whom which they with as but "
        "many almost both at more up after while for according each have has had an by to on"
    )
)
"""Words that do not make a compound with the number before them: the hyphen is a dash."""

_PERSONS = (
    "prisoners? detainees? captives? inmates? hostages? people persons? soldiers? fighters? militants? insurgents? "
    "members? men women children civilians? servicemen servicewomen troops combatants? officers? policemen police "
    "personnel rebels? warriors? individuals? nationals? citizens? officials? employees? internees? convicts? "
    "journalists? forces workers? families guerrillas? minors teenagers seafarers sailors abductees? returnees? "
    "bodies remains relatives pilots defenders marines priests students doctors guards"
).replace(" ", "|")
PERSONS_FOLLOW = re.compile(rf" (?:[^\W\d_][\w'-]* ){{0,4}}?(?:{_PERSONS})\b")
"""A noun of persons within the next words."""
