"""The public words of lists and people: fields, states, answers, reasons, and how much a comparison weighs.

Nothing here holds a name: sentences take codes, counts and weights, and the values stand beside them.
`PEOPLE_MESSAGES` is the whole catalogue for translators.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from quittance.people.judgements import BANDS
from quittance.views.sentence import Id, Sentence, Value


class Word(StrEnum):
    """Every template, by its use."""

    # the fields of a list
    PID = "Row number of the list"
    NAME = "Name"
    ALIASES = "Also called"
    KUNYA = "Kunya"
    FATHER = "Father's name"
    GRANDFATHER = "Grandfather's name"
    BIRTH = "Born"
    SEX = "Sex"
    PROVINCE = "Province"
    DISTRICT = "District"
    VILLAGE = "Village"
    TRIBE = "Tribe"
    NUMBER = "Number in custody"
    AUTHORITY = "Authority of the number"
    ID_NO = "Identity card"
    CAPTURE_DATE = "Taken on"
    CAPTURE_PLACE = "Taken at"
    FACILITY = "Held at"
    CALENDAR = "Calendar"

    # the parts of a score that are not one field
    SHORT_OF = "How the words are spelled"
    BOTH_LACK = "Words that the other name lacks, on both sides"
    EXCESS = "Words on one side only"
    JOINED = "The names written together"
    BIGRAMS = "The letters of the whole names"
    PLACE = "Place of origin"
    CAPTURE = "When taken"
    OTHER_PART = "Another part"

    # calendars
    GREGORIAN = "Gregorian"
    SOLAR = "Solar Hijri"
    LUNAR = "lunar Hijri"
    NO_CALENDAR = "not known"

    # provinces that are none
    PLACE_NONE = "not given"
    PLACE_OTHER = "not recognised"

    # states of a person in the register
    ALONE = "no match recorded"
    WAITING = "one reviewer says: the same"
    MATCHED = "matched"
    CONFIRMED = "confirmed by both sides"
    UNCLEAR = "reviewers differ or are unsure"
    DISPUTED = "disputed by a side"

    # how a field of several entries compares
    AGREE = "agrees"
    CLOSE = "close"
    DIFFER = "differs"
    MISSING = "nothing to compare"
    ONE = "given once"
    IN_NAME = "found in the other name"
    NOT_WEIGHED = "not weighed"

    # what should make a reader careful
    ALERT_DIFFERENT = "Somebody judged that two of these entries are different people."
    ALERT_SPLIT = "Reviewers differ on two of these entries."
    ALERT_UNDONE = "A match among these entries was taken back."
    ALERT_TWICE = "One list names this person twice."
    ALERT_DISPUTED = "A side disputes that these entries are one person."
    ALERT_KIN = "These may be relatives: father, son or brothers."
    ALERT_SUBSET = "One name is part of the other: these may be a father and his child."
    ALERT_CONFLICT = "Sex, birth or a number speaks against it."
    ALERT_NUMBER = "The numbers agree and the names do not: a number may stand in the wrong row."
    ALERT_MANY = "Other entries fit the same one best."
    ALERT_TIE = "Another entry fits just as well."
    ALERT_OTHER = "Something about this pair asks for care."

    # answers and what was done to a pair
    SAME = "the same person"
    DIFFERENT = "different people"
    UNSURE = "unsure"
    JUDGED = "judged"
    CONFIRMED_PAIR = "confirmed by both sides"
    DISPUTED_PAIR = "disputed by a side"
    UNDONE = "taken apart again"

    # reasons
    REASON_FATHER = "the father's name"
    REASON_YEAR = "the year of birth"
    REASON_PLACE = "the place"
    REASON_NUMBER = "a number"
    REASON_DOCUMENT = "a document"
    REASON_INTERVIEW = "an interview"
    REASON_RELATIVE = "a relative"
    REASON_FAMILY = "what the family says"
    REASON_SPELLING = "the spelling"
    REASON_OTHER = "another reason"

    # the band of a probability
    BAND = "{low} to {high} in 100"
    BAND_TOP = "{low} in 100 or more"
    BAND_NONE = "no score"

    # what a part of the score says
    STRONGLY_FOR = "speaks strongly for it"
    FOR = "speaks for it"
    WEAKLY_FOR = "speaks a little for it"
    NEUTRAL = "says next to nothing"
    WEAKLY_AGAINST = "speaks a little against it"
    AGAINST = "speaks against it"
    STRONGLY_AGAINST = "speaks strongly against it"

    # lines about a pair
    ANSWERED = "{a} and {b}: {answer}"


PEOPLE_MESSAGES: tuple[str, ...] = tuple(dict.fromkeys(str(one) for one in Word))
"""Every template of this module: the catalogue for translators. Field names in braces stay as they are."""

FIELD_WORDS: Mapping[str, Word] = {
    "pid": Word.PID,
    "name": Word.NAME,
    "aliases": Word.ALIASES,
    "kunya": Word.KUNYA,
    "father": Word.FATHER,
    "grandfather": Word.GRANDFATHER,
    "birth": Word.BIRTH,
    "sex": Word.SEX,
    "province": Word.PROVINCE,
    "district": Word.DISTRICT,
    "village": Word.VILLAGE,
    "tribe": Word.TRIBE,
    "prisoner_no": Word.NUMBER,
    "authority": Word.AUTHORITY,
    "id_no": Word.ID_NO,
    "capture_date": Word.CAPTURE_DATE,
    "capture_place": Word.CAPTURE_PLACE,
    "facility": Word.FACILITY,
    "calendar": Word.CALENDAR,
}

PART_WORDS: Mapping[str, Word] = {
    **FIELD_WORDS,
    "words": Word.NAME,
    "short_of": Word.SHORT_OF,
    "differ": Word.BOTH_LACK,
    "excess": Word.EXCESS,
    "joined": Word.JOINED,
    "bigrams": Word.BIGRAMS,
    "grams": Word.BIGRAMS,
    "pairs": Word.BIGRAMS,
    "place": Word.PLACE,
    "capture": Word.CAPTURE,
}
"""The parts of a score; any other is called `OTHER_PART`."""

ALERT_WORDS: Mapping[str, Word] = {
    "different": Word.ALERT_DIFFERENT,
    "split": Word.ALERT_SPLIT,
    "undone": Word.ALERT_UNDONE,
    "listed_twice": Word.ALERT_TWICE,
    "disputed": Word.ALERT_DISPUTED,
    "kin": Word.ALERT_KIN,
    "subset": Word.ALERT_SUBSET,
    "conflict": Word.ALERT_CONFLICT,
    "number": Word.ALERT_NUMBER,
    "many": Word.ALERT_MANY,
    "tie": Word.ALERT_TIE,
}

CALENDAR_WORDS: Mapping[str, Word] = {
    "gregorian": Word.GREGORIAN,
    "sh": Word.SOLAR,
    "ah": Word.LUNAR,
    "unknown": Word.NO_CALENDAR,
}

STATE_WORDS: Mapping[str, Word] = {
    "alone": Word.ALONE,
    "waiting": Word.WAITING,
    "matched": Word.MATCHED,
    "confirmed": Word.CONFIRMED,
    "unclear": Word.UNCLEAR,
    "disputed": Word.DISPUTED,
}

PLACE_WORDS: Mapping[str, Word] = {"none": Word.PLACE_NONE, "other": Word.PLACE_OTHER}
"""The keys of the register for entries without a province, and with one that the gazetteer does not know."""

COMPARED_WORDS: Mapping[str, Word] = {
    "agree": Word.AGREE,
    "close": Word.CLOSE,
    "differ": Word.DIFFER,
    "missing": Word.MISSING,
    "one": Word.ONE,
    "in_name": Word.IN_NAME,
    "none": Word.NOT_WEIGHED,
}

ANSWER_WORDS: Mapping[str, Word] = {"same": Word.SAME, "different": Word.DIFFERENT, "unsure": Word.UNSURE}

JUDGEMENT_WORDS: Mapping[str, Word] = {
    "judged": Word.JUDGED,
    "confirmed": Word.CONFIRMED_PAIR,
    "disputed": Word.DISPUTED_PAIR,
    "undone": Word.UNDONE,
}

REASON_WORDS: Mapping[str, Word] = {
    "father": Word.REASON_FATHER,
    "year": Word.REASON_YEAR,
    "place": Word.REASON_PLACE,
    "number": Word.REASON_NUMBER,
    "document": Word.REASON_DOCUMENT,
    "interview": Word.REASON_INTERVIEW,
    "relative": Word.REASON_RELATIVE,
    "family": Word.REASON_FAMILY,
    "spelling": Word.REASON_SPELLING,
    "other": Word.REASON_OTHER,
}

WEIGHT_WORDS = ((5.0, Word.STRONGLY_FOR, Word.STRONGLY_AGAINST), (2.0, Word.FOR, Word.AGAINST),
                (0.5, Word.WEAKLY_FOR, Word.WEAKLY_AGAINST))  # fmt: skip
"""From which weight on, in nats, a part of the score is called what, for and against."""


def tell(word: Word, **values: Value) -> Sentence:
    """The sentence of a template with its values."""
    return Sentence(str(word), values)


def band_words(grade: str) -> Sentence:
    """The band of probability that a grade stands for, `90 to 97 in 100`."""
    bounds = [round(100 * low) for low in BANDS.values()]
    if grade not in BANDS:
        return tell(Word.BAND_NONE)
    low, *above = bounds[list(BANDS).index(grade) :]
    return tell(Word.BAND, low=low, high=above[0]) if above else tell(Word.BAND_TOP, low=low)


def weight_words(weight: float) -> Sentence:
    """How much a part of the score says, and in which direction."""
    for least, above, below in WEIGHT_WORDS:
        if abs(weight) >= least:
            return tell(above if weight > 0 else below)
    return tell(Word.NEUTRAL)


def compared_words(state: str) -> Sentence:
    """How the values of one field compare."""
    return tell(COMPARED_WORDS[state])


def part_words(field: str) -> Sentence:
    """The name of a part of the score."""
    return tell(PART_WORDS.get(field, Word.OTHER_PART))


def alert_words(alert: str) -> Sentence:
    """What should make a reader careful."""
    return tell(ALERT_WORDS.get(alert, Word.ALERT_OTHER))


def answered_words(a: str, b: str, answer: str) -> Sentence:
    """An answer about two entries, named by their codes."""
    return tell(Word.ANSWERED, a=Id(a), b=Id(b), answer=tell(ANSWER_WORDS[answer]))
