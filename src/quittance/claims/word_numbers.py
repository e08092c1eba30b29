"""Numbers that are printed as words: cardinals, ordinals, fractions, nought, and words without a number."""

from __future__ import annotations

import re

from quittance.claims.counted import COMPOUND, NEXT, counted, ordinal_figure
from quittance.claims.digit_numbers import SCALE, read_digits
from quittance.claims.figure import Figure, interval
from quittance.claims.number_context import AFTER_CUE, AFTER_SORT, PERSONS_FOLLOW, before
from quittance.claims.number_words import CARDINALS, ORDINALS, longest
from quittance.claims.words import listed, tree

_VAGUE = frozenset(listed("thousands hundreds millions dozens scores tens several handful few"))
_PARTS = {"half": (1, 2), "third": (1, 3), "thirds": (1, 3), "quarter": (1, 4), "quarters": (1, 4)}
SEED_WORDS = CARDINALS | {word for word in ORDINALS if "-" not in word} | _VAGUE | set(_PARTS)
SEEDS = tree(SEED_WORDS | {"no", "none", "not", "couple"})
_WORD = re.compile(SEEDS + r"\b")
_DIGIT = re.compile(r"\d+")
_PHRASE = re.compile(
    rf"(?:{'|'.join(sorted(CARDINALS, key=lambda word: -len(word)))})"
    rf"(?:(?:[ -]|,? and[ -])(?:{'|'.join(sorted(CARDINALS, key=lambda word: -len(word)))})\b){{0,12}}"
)
_PART_OF_PHRASE = re.compile(r"[a-z]+")
_OF_VAGUE = re.compile(r" of (?:thousands|hundreds|millions)\b")
_NOT_ONE = re.compile(r"not (?:even )?(?:one|a single(?: one)?)\b")
_NO = re.compile(r"no (?!more\b|longer\b|fewer\b|less\b|later\b|one\b|other\b|doubt\b)")
_ARTICLE_SCALES = ("hundred", "thousand", "million", "dozen", "billion", "couple", "handful", "few")
_FRACTION_OF = re.compile(
    r"(?: of)?(?: |-)(?:(?:the|its|their|these|those|all|a|an|pledged|promised|agreed|total|of) ){0,4}"
)
_SAID_BEFORE = re.compile(r"\d[^.;:!?]{0,80}\Z")


def read_words(plain: str, low: str, start: int, end: int) -> tuple[Figure | None, int]:
    """The number that begins with a word at `start`, and where to go on."""
    word = low[start:end]
    if word in CARDINALS:
        phrase = _PHRASE.match(low, start)
        parts = list(_PART_OF_PHRASE.finditer(low, start, phrase.end() if phrase else end))
        value, used = longest([part[0] for part in parts])
        if not used:
            return None, end
        end = parts[used - 1].end()
        if word in _ARTICLE_SCALES:
            start = _with_article(low, start)
        if low[max(0, start - 2) : start].strip(" ") == "-" and low[start - 1] == "-":
            return None, end  # the tail of a compound: "one-on-one"
        tail = COMPOUND.match(low, end)
        if tail is not None and (tail[1] in ORDINALS or tail[1] in _PARTS):
            if tail[1] in _PARTS:
                return _fraction(plain, low, start, tail.end(), value, tail[1])
            value += ORDINALS[tail[1]]
            return ordinal_figure(low, start, tail.end(), value), tail.end()
        fraction = NEXT.match(low, end) if value < 10 else None
        if fraction is not None and fraction[2] in _PARTS and low[end + 1] != "o":
            return _fraction(plain, low, start, fraction.end(), value, fraction[2])
        return counted(plain, low, start, end, value, digits=False)
    if word in _PARTS and word != "third":
        return _fraction(plain, low, start, end, 1, word)
    if word in _VAGUE:
        return _vague(low, start, end, word)
    if word == "couple":
        return counted(plain, low, _with_article(low, start), end, 2, digits=False)
    if word in ORDINALS:
        if word == "third" and low.startswith(" of", end) and low[max(0, start - 2) : start] in ("a ", "e "):
            return _fraction(plain, low, start, end, 1, word)
        return ordinal_figure(low, start, end, ORDINALS[word]), end
    return _zero(low, start, end, word)


def _with_article(low: str, start: int) -> int:
    """Where the number begins if "a" or "an" stands before it."""
    if start >= 2 and low.startswith("a ", start - 2) and not low[start - 3 : start - 2].isalnum():
        return start - 2
    if start >= 3 and low.startswith("an ", start - 3) and not low[start - 4 : start - 3].isalnum():
        return start - 3
    return start


def _vague(low: str, start: int, end: int, word: str) -> tuple[Figure | None, int]:
    """Dozens, hundreds, a few: a quantity without a number."""
    if word in ("scores", "tens") and not low.startswith(" of ", end):
        return None, end
    if word in ("handful", "few"):
        start = _with_article(low, start)
    stop = end
    scale = SCALE.match(low, end) if word in ("several", "few") else None
    if scale is not None:
        stop = scale.end()
    else:
        more = _OF_VAGUE.match(low, end)
        stop = more.end() if more is not None else end
    context = before(low, start)
    following = NEXT.match(low, stop)
    hint, unit = following.groups("") if following is not None else ("", "")
    unit = unit.rstrip(".")
    return (
        Figure(
            start=start, end=stop, value=None, low=None, high=None, modality="vague", modality_start=context.start,
            sort="duration" if AFTER_SORT.get(unit) == "duration" else "count",
            cue=context.cue or AFTER_CUE.get(hint.strip() or unit, ""),
            vague=True, unit_word=unit,
        ),
        stop,
    )  # fmt: skip


def _zero(low: str, start: int, end: int, word: str) -> tuple[Figure | None, int]:
    """Not one, not a single, none, no prisoners: the number nought."""
    if word == "not":
        found = _NOT_ONE.match(low, start)
        if found is None:
            return None, end
        end = found.end()
    elif word == "no" and (_NO.match(low, start) is None or PERSONS_FOLLOW.match(low, end) is None):
        return None, end
    following = NEXT.match(low, end)
    unit = (following[2] or "").rstrip(".") if following else ""
    if word == "not" and unit in ("day", "week", "month", "inch", "word", "bullet", "shot"):
        return None, end
    return (
        Figure(
            start=start, end=end, value=0, low=0, high=0, modality="exact", modality_start=start, implicit=True,
            zero=True, unit_word=unit,
        ),
        end,
    )  # fmt: skip


def _fraction(plain: str, low: str, start: int, end: int, parts: int, name: str) -> tuple[Figure | None, int]:
    """Half, a third, two thirds: computed from the number that follows, if one does."""
    if name == "half" and low.startswith((" a dozen", " dozen", "-dozen"), end):
        stop = low.index("dozen", end) + len("dozen")
        return counted(plain, low, start, stop, 6, digits=False)
    begin = _with_article(low, start)
    context = before(low, begin)
    gap = _FRACTION_OF.match(low, end)
    whole = _whole_after(plain, low, gap.end()) if gap is not None else None
    numerator, denominator = parts * _PARTS[name][0], _PARTS[name][1]
    if whole is None or whole.value is None or whole.sort != "count":
        return (
            Figure(
                start=begin, end=end, value=None, low=None, high=None, modality="vague", modality_start=context.start,
                sort="fraction", vague=True,
            ),
            end,
        )  # fmt: skip
    if context.modality == "more_than" and _SAID_BEFORE.search(low, max(0, begin - 90), begin) is not None:
        return None, end  # "over 850 had been freed, more than half of 1,500" says the 850 again
    value = (2 * whole.value * numerator + denominator) // (2 * denominator)
    lowest, highest = interval(value, context.modality)
    return (
        Figure(
            start=begin, end=end, value=value, low=lowest, high=highest, modality=context.modality,
            modality_start=context.start, cue=context.cue, implicit=True, whole=whole, unit_word=whole.unit_word,
        ),
        whole.end,
    )  # fmt: skip


def _whole_after(plain: str, low: str, start: int) -> Figure | None:
    """The number that begins exactly at `start`, if one does."""
    digit = _DIGIT.match(low, start)
    if digit is not None:
        return read_digits(plain, low, start, digit.end())[0]
    word = _WORD.match(low, start)
    if word is not None and word[0] in CARDINALS:
        return read_words(plain, low, start, word.end())[0]
    return None
