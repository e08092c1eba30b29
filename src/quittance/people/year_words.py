"""The words of dates: numbers, months of three calendars in the languages of lists, marks of a calendar or a doubt.

A text becomes alternatives, and each alternative a row of numbers, months and marks. Any word or sign that is not known
makes the whole text unreadable, so that a remark is never taken for a date.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import cache
from typing import NamedTuple, TypeAlias


class Month(NamedTuple):
    """The month that a word names: its calendar and its number from 1."""

    calendar: str
    number: int


class Mark(Enum):
    """What a word says of the numbers beside it."""

    ABOUT = "about"
    AGE = "age"
    YEARS = "years"
    DAY_FIRST = "day first"
    GREGORIAN = "gregorian"
    SH = "sh"
    AH = "ah"
    HIJRI = "hijri"

    @property
    def calendar(self) -> str:
        """The calendar that the mark names; for `HIJRI` one of two, for the others none."""
        return self.value


class _Skip(Enum):
    NOISE = "noise"
    OR = "or"


Word: TypeAlias = int | Month | Mark
"""A number of up to four digits (four are a year), a month, or a mark."""

_MONTHS = {
    "gregorian": (
        "january jan januar janvier janv enero ene января январь янв січня يناير جنوری ژانویه کانون_الثانی جانفی",
        "february feb februar fevrier fevr fev febrero февраля февраль фев февр лютого فبراير فبروری فروری فوریه شباط "
        "فیفری",
        "march mar marz mars marzo марта март мар березня مارس مارچ اذار",
        "april apr avril avr abril abr апреля апрель апр квітня ابريل اپریل اوریل نیسان افریل",
        "may mai mayo мая май травня مايو می مئی مه ایار مای",
        "june jun juni juin junio июня июнь июн червня يونيو جون ژوئن حزیران جوان",
        "july jul juli juillet juil julio июля июль июл липня يوليو جولای جولائی ژوئیه تموز جویلیه",
        "august aug aout agosto ago августа август авг серпня اغسطس اگست اوت اب",
        "september sept sep septembre septiembre set сентября сентябрь сен сент вересня سبتمبر سپتمبر سپتامبر ستمبر "
        "ایلول",
        "october oct oktober okt octobre octubre октября октябрь окт жовтня اكتوبر اکتبر تشرین_الاول",
        "november nov novembre noviembre ноября ноябрь ноя нояб листопада نوفمبر نومبر نوامبر تشرین_الثانی",
        "december dec dezember dez decembre diciembre dic декабря декабрь дек грудня ديسمبر دسمبر دسامبر کانون_الاول",
    ),
    "sh": (
        "hamal farvardin حمل فروردین وری",
        "sawr saur sowr ordibehesht ثور اردیبهشت غویی",
        "jawza jauza jowza khordad جوزا خرداد غبرګولی",
        "saratan tir سرطان تیر چنګاښ",
        "asad mordad amordad اسد مرداد امرداد زمری",
        "sunbula sonbola sunbulah shahrivar سنبله شهریور وږی",
        "mizan mehr میزان مهر تله",
        "aqrab aban عقرب ابان لړم",
        "qaws qaus qows azar قوس آذر لیندۍ",
        "jadi jady dey dei جدی دی مرغومی",
        "dalw dalv bahman دلو بهمن سلواغه",
        "hut hoot esfand حوت اسفند کب",
    ),
    "ah": (
        "muharram moharram محرم",
        "safar صفر",
        "rabi_al_awwal rabi_i rabi_1 ربیع_الاول",
        "rabi_al_thani rabi_ath_thani rabi_ii rabi_2 ربیع_الثانی ربیع_الاخر",
        "jumada_al_ula jumada_al_awwal jumada_i جمادی_الاولی جمادی_الاول",
        "jumada_al_thani jumada_al_akhira jumada_ii جمادی_الثانی جمادی_الثانیه جمادی_الاخره جمادی_الاخر",
        "rajab رجب",
        "shaban شعبان",
        "ramadan ramazan رمضان",
        "shawwal شوال",
        "dhu_al_qadah dhul_qadah zulqada ذوالقعده ذو_القعده ذی_القعده ذیقعده",
        "dhu_al_hijjah dhul_hijjah zulhijja ذوالحجه ذو_الحجه ذی_الحجه ذیحجه",
    ),
}
"""Calendar -> for each month its words, apart by spaces; `_` stands between the words of one name."""

_MARKS: dict[Mark | _Skip, str] = {
    Mark.ABOUT: "about approx approximately circa c ca around est estimated حدود حدودا تقریبا تقریبی تخمینا حوالی نحو "
    "شاوخوا около примерно приблизительно прибл ок vers environ env hacia ~ ≈ ± ?",
    Mark.AGE: "age aged عمر سن العمر возраст ساله yo years_old year_old y_o",
    Mark.YEARS: "years yrs y سال سنه سنوات کال лет года год ans anos برس",
    Mark.GREGORIAN: "ad a_d ce م میلادی عیسوی gregorian",
    Mark.SH: "sh s_h h_s h_sh ه_ش هش ش شمسی خورشیدی هجری_شمسی هجری_خورشیدی shamsi hijri_shamsi solar لمریز",
    Mark.AH: "ah a_h h_q ه_ق هق ق قمری هجری_قمری qamari hijri_qamari lunar سپوږمیز",
    Mark.HIJRI: "h ه هجری الهجری hijri hegira hegire хиджры",
    _Skip.NOISE: "born b dob birth date year in of ne nee le en du de the th st nd rd to until between and "
    "متولد تولد مولود موالید عام ماه روز تاریخ تا الی من بین و به زیږیدلی г р гр рождения род рожд с по до "
    "et a entre y del",
    _Skip.OR: "or ou یا او или oder o | ;",
}  # fmt: skip
"""What the words mean that are not months; the signs among them as well."""

_LETTERS = str.maketrans(
    {"ي": "ی", "ى": "ی", "ئ": "ی", "ې": "ی", "ۍ": "ی", "ك": "ک", "ګ": "گ", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه"}
    | dict.fromkeys("أإآٱ", "ا")
    | dict.fromkeys("،؛;", ";")
    | dict.fromkeys("–—−", "-")
    | dict.fromkeys("٫", ".")
)
_PIECES = re.compile(r"\d+|[^\W\d_]+|\S")
_TIME = re.compile(r"(?<=\d)[t ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(z|[+-]\d\d:?\d\d)?$")
_WHOLE = re.compile(r"(\d{4})\.0+")
_LISTED = re.compile(r"(?<=\d{4}),(?=\s*\d{4}\b)")
_COMPACT = re.compile(r"(1[2-4]\d\d|19\d\d|20\d\d)([01]\d)([0-3]\d)")
_DOTTED = re.compile(r"\b\d{1,2}\.\d{1,2}\.")
_QUIET = set("/-.,()[]:@'’\"")
"""Signs that stand between numbers and say nothing beyond it."""


def _fold(text: str) -> str:
    """Lower case without marks, invisible signs, or differences between letters that are one letter to a clerk."""
    if text.isascii():
        return text.lower().strip()
    text = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    kept = (letter for letter in text if unicodedata.category(letter) not in ("Mn", "Cf", "Cc") and letter != "ـ")
    return "".join(str(unicodedata.digit(letter, letter)) for letter in kept).strip()


@cache
def _table() -> dict[tuple[str, ...], Word | _Skip]:
    """Every known word or row of words, folded -> its meaning."""
    table: dict[tuple[str, ...], Word | _Skip] = {}
    months = {Month(name, number + 1): row for name, rows in _MONTHS.items() for number, row in enumerate(rows)}
    for meaning, row in [*_MARKS.items(), *months.items()]:
        for phrase in row.split(" "):
            table[tuple(_fold(part) for part in phrase.split("_"))] = meaning
    return table


def words_of(text: str) -> tuple[tuple[Word, ...], ...]:
    """The alternatives that a text gives, each as its words in order; empty where any of it is not known.

    >>> words_of("1963/1965|1970~")
    ((1963, 1965), (1970, <Mark.ABOUT: 'about'>))
    """
    folded = _TIME.sub("", _fold(text.replace("\t", " ").replace("\n", " ")))
    folded = _WHOLE.sub(r"\1", folded) if _WHOLE.fullmatch(folded) else folded
    folded = _COMPACT.sub(r"\1-\2-\3", folded) if _COMPACT.fullmatch(folded) else folded
    meanings = _meanings(_PIECES.findall(_LISTED.sub(";", folded)))
    if meanings is None:
        return ()
    alternatives: list[list[Word]] = [[]]
    for meaning in meanings:
        if meaning is _Skip.OR:
            alternatives.append([])
        elif not isinstance(meaning, _Skip):
            alternatives[-1].append(meaning)
    if not all(any(isinstance(word, int) for word in words) for words in alternatives):
        return ()
    return tuple(_settled(words, _DOTTED.search(folded) is not None) for words in alternatives)


def _settled(words: list[Word], dotted: bool) -> tuple[Word, ...]:
    """The words with `years` decided: an age where there is no year of a calendar, nothing otherwise."""
    dated = any(isinstance(word, int) and word >= 1000 for word in words)
    settled: list[Word] = [word for word in words if word is not Mark.YEARS]
    if len(settled) < len(words) and not dated:
        settled.append(Mark.AGE)
    return tuple([*settled, Mark.DAY_FIRST] if dotted else settled)


def _meanings(pieces: list[str]) -> list[Word | _Skip] | None:
    """The meaning of each number, sign and phrase, the longest phrase first; None where one has none."""
    table = _table()
    pieces = [piece for piece in pieces if piece not in _QUIET]
    meanings: list[Word | _Skip] = []
    at = 0
    while at < len(pieces):
        for length in (3, 2, 1):
            phrase = tuple(pieces[at : at + length])
            if len(phrase) == length and phrase in table:
                meanings.append(table[phrase])
                at += length
                break
        else:
            piece = pieces[at]
            if not piece.isdecimal() or len(piece) > 4:
                return None
            meanings.append(int(piece))
            at += 1
    return meanings
