"""The public words of claims: events, kinds, who is counted, verdicts, checks, answers, origins.

A claim is a fact about speech, so no word here says that it is so. What a report says stands beside these words as it
was printed. `CLAIM_MESSAGES` is the whole catalogue for translators.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from quittance.claims.model import Claim, Quantity
from quittance.views.sentence import Id, Interval, Sentence, Value


class Word(StrEnum):
    """Every template, by its use."""

    # events
    DONE = "release stated as done"
    PLAN = "release announced"
    DEMAND = "release demanded"
    TERM = "release agreed"
    REJECT = "refused or denied"
    LIST_EVENT = "list of names"
    HELD = "held in custody"
    DISPUTE = "disputed"
    COND = "condition"
    MEET = "meeting"
    CASUALTY = "dead or wounded"
    TROOPS = "troops"

    # kinds of number
    BATCH = "one batch"
    CUMULATIVE = "running total"
    TARGET = "target"
    REMAINING = "remaining"
    COMPONENT = "part of another number"
    LIST_KIND = "names on a list"
    RATE = "rate"
    OTHER_KIND = "another kind"
    NO_NUMBER = "no number"

    # numbers
    EXACT = "{n}"
    AT_LEAST = "at least {n}"
    MORE_THAN = "more than {n}"
    UP_TO = "up to {n}"
    LESS_THAN = "fewer than {n}"
    NEARLY = "nearly {n}"
    ABOUT = "about {n}"
    RANGE = "between {n}"
    VAGUE = "a number that is not counted"

    # the same as choices of a menu
    EXACTLY = "exactly"
    IS_AT_LEAST = "at least"
    IS_MORE_THAN = "more than"
    IS_UP_TO = "up to"
    IS_LESS_THAN = "fewer than"
    IS_NEARLY = "nearly"
    IS_ABOUT = "about"
    IS_RANGE = "between two numbers"
    IS_VAGUE = "not counted"

    # who is counted
    ALL_PERSONS = "everybody released"
    SECURITY_FORCES = "security forces"
    ON_AGREED_LIST = "people on the agreed list"
    COMBATANTS = "combatants"
    CIVILIANS = "civilians"
    HOSTAGES = "hostages"
    BODIES = "the dead"
    UNSTATED = "not stated"

    # verdicts
    SUPERSEDED = "superseded"
    VERIFIED = "verified"
    IMPOSSIBLE = "cannot be as stated"
    OTHER_DEFINITION = "counts other people"
    CONFLICTING = "conflicting"
    UNATTRIBUTED = "nobody named says it"
    CONSISTENT = "consistent"
    NOT_JUDGED = "not compared"

    # checks
    MONO = "A running total does not fall."
    SUM = "The difference of two totals is the batches between them."
    SAME = "One side gives one figure for one day."
    DOUBLE = "Two batches of one size within two days may be one."
    OWN = "Nobody counts more for a side than it does itself."
    BOUND = "A total stays below its target or list."
    PARTS = "Parts add up to the whole."
    CROSS = "Both sides give one figure for one day."
    DEF = "The figure fits when other people are counted."
    TWICE = "The figure is two running totals added."
    HEADLINE = "The headline says what the text says."
    INSIDE = "One report gives one figure."
    DATE = "The dates agree with each other and with the agreement."
    PREMATURE = "What is stated as done is not taken back later."
    RECORD = "The figure agrees with the attested handovers."
    FORM = "One figure, in two forms."
    INSTRUMENT = "The number stands in the document that is named for it."

    # readings of a claim
    UNREVIEWED = "not read"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    DOUBTFUL = "doubtful"
    DIFFERING = "readers differ"
    SPLIT = "split"
    MERGED = "same event as another"
    ADDED = "added by a reader"

    # what decided
    BY_SENTENCE = "decided by the sentence"
    BY_SERIES = "decided by the series"
    BY_REVIEW = "decided by a reader"

    # fields
    FIELD_EVENT = "Event"
    FIELD_KIND = "Kind of number"
    FIELD_ACTOR = "Who releases or holds"
    FIELD_OBJECT = "Whose people"
    FIELD_VALUE = "Number"
    FIELD_MODALITY = "How exact"
    FIELD_CLAIMANT = "Who says it"
    FIELD_SAID = "Said on"
    FIELD_HAPPENS = "Happens on"
    FIELD_DEADLINE = "Latest day"
    FIELD_COUNTED = "Who is counted"

    # why a claim waits before others
    WHY_CONFLICTING = "it conflicts"
    WHY_IMPOSSIBLE = "it cannot be as stated"
    WHY_DIFFERING = "readers differ"
    WHY_TIE = "the series allows two readings"
    WHY_REFUSED = "the second program's answer was refused"
    WHY_WEAK = "the rule is a weak one"
    WHY_OTHER = "it has not been read"

    # origins
    SOURCE = "named source"
    PRESS = "agency or outlet"
    REPORT = "report"
    COPIED_FROM = "copied from"
    CITES = "cites"
    SAME_COPY = "carries the same copy as"
    CREDIT = "same agency credit"
    CITED = "named in the text"
    CONTAINMENT = "same wording"
    SAME_TUPLE = "same claim on the same day"
    NAMED_SOURCE = "same named source"
    BY_READER = "said by a reader"

    # the chart
    CLAIMED_BY = "claimed by {who}"
    TOTAL = "running total"
    TITLE_BEST = "{who}: {n} by {day}"
    TITLE_SPAN = "{who}: between {low} and {high} by {day}, as claimed"
    TITLE_FROM = "{who}: {low} or more by {day}, as claimed"
    TITLE_NONE = "{who}: no figure by {day}"
    GAP_LINE = "at least {n} people without a stated batch, {since} to {until}"


CLAIM_MESSAGES: tuple[str, ...] = tuple(dict.fromkeys(str(one) for one in Word))
"""Every template of this module: the catalogue for translators. Field names in braces stay as they are."""

EVENT_WORDS: Mapping[str, Word] = {
    "done": Word.DONE, "plan": Word.PLAN, "demand": Word.DEMAND, "term": Word.TERM, "reject": Word.REJECT,
    "list": Word.LIST_EVENT, "held": Word.HELD, "dispute": Word.DISPUTE, "cond": Word.COND, "meet": Word.MEET,
    "casualty": Word.CASUALTY, "troops": Word.TROOPS,
}  # fmt: skip

KIND_WORDS: Mapping[str, Word] = {
    "batch": Word.BATCH, "cumulative": Word.CUMULATIVE, "target": Word.TARGET, "remaining": Word.REMAINING,
    "component": Word.COMPONENT, "list": Word.LIST_KIND, "rate": Word.RATE, "other": Word.OTHER_KIND,
    "none": Word.NO_NUMBER,
}  # fmt: skip

NUMBER_WORDS: Mapping[str, Word] = {
    "exact": Word.EXACT, "at_least": Word.AT_LEAST, "more_than": Word.MORE_THAN, "up_to": Word.UP_TO,
    "less_than": Word.LESS_THAN, "nearly": Word.NEARLY, "about": Word.ABOUT, "range": Word.RANGE,
    "vague": Word.VAGUE,
}  # fmt: skip

MODALITY_WORDS: Mapping[str, Word] = {
    "exact": Word.EXACTLY, "at_least": Word.IS_AT_LEAST, "more_than": Word.IS_MORE_THAN, "up_to": Word.IS_UP_TO,
    "less_than": Word.IS_LESS_THAN, "nearly": Word.IS_NEARLY, "about": Word.IS_ABOUT, "range": Word.IS_RANGE,
    "vague": Word.IS_VAGUE,
}  # fmt: skip

WHO_WORDS: Mapping[str, Word] = {
    "all_persons": Word.ALL_PERSONS, "security_forces": Word.SECURITY_FORCES, "on_agreed_list": Word.ON_AGREED_LIST,
    "combatants": Word.COMBATANTS, "civilians": Word.CIVILIANS, "hostages": Word.HOSTAGES, "bodies": Word.BODIES,
    "unstated": Word.UNSTATED,
}  # fmt: skip

VERDICT_WORDS: Mapping[str, Word] = {
    "superseded": Word.SUPERSEDED, "verified": Word.VERIFIED, "impossible": Word.IMPOSSIBLE,
    "other_definition": Word.OTHER_DEFINITION, "conflicting": Word.CONFLICTING, "unattributed": Word.UNATTRIBUTED,
    "consistent": Word.CONSISTENT, "": Word.NOT_JUDGED,
}  # fmt: skip

CHECK_WORDS: Mapping[str, Word] = {
    "mono": Word.MONO, "sum": Word.SUM, "same": Word.SAME, "double": Word.DOUBLE, "own": Word.OWN,
    "bound": Word.BOUND, "parts": Word.PARTS, "cross": Word.CROSS, "def": Word.DEF, "twice": Word.TWICE,
    "headline": Word.HEADLINE, "inside": Word.INSIDE, "date": Word.DATE, "premature": Word.PREMATURE,
    "record": Word.RECORD, "form": Word.FORM, "instrument": Word.INSTRUMENT,
}  # fmt: skip

STATE_WORDS: Mapping[str, Word] = {
    "unreviewed": Word.UNREVIEWED, "accepted": Word.ACCEPTED, "corrected": Word.CORRECTED, "rejected": Word.REJECTED,
    "doubtful": Word.DOUBTFUL, "differing": Word.DIFFERING, "split": Word.SPLIT, "merged": Word.MERGED,
    "added": Word.ADDED,
}  # fmt: skip
"""States of a claim, and answers that a reader gives."""

BASIS_WORDS: Mapping[str, Word] = {
    "sentence": Word.BY_SENTENCE, "series": Word.BY_SERIES, "review": Word.BY_REVIEW,
}  # fmt: skip

FIELD_WORDS: Mapping[str, Word] = {
    "event_type": Word.FIELD_EVENT, "kind": Word.FIELD_KIND, "actor": Word.FIELD_ACTOR, "object": Word.FIELD_OBJECT,
    "value": Word.FIELD_VALUE, "modality": Word.FIELD_MODALITY, "claimant": Word.FIELD_CLAIMANT,
    "statement_date": Word.FIELD_SAID, "event_date": Word.FIELD_HAPPENS, "deadline": Word.FIELD_DEADLINE,
    "definition": Word.FIELD_COUNTED,
}  # fmt: skip

REASON_WORDS: Mapping[str, Word] = {
    "conflicting": Word.WHY_CONFLICTING, "impossible": Word.WHY_IMPOSSIBLE, "differing": Word.WHY_DIFFERING,
    "tie": Word.WHY_TIE, "refused": Word.WHY_REFUSED, "weak": Word.WHY_WEAK,
}  # fmt: skip

SORT_WORDS: Mapping[str, Word] = {"source": Word.SOURCE, "press": Word.PRESS, "report": Word.REPORT}

RELATION_WORDS: Mapping[str, Word] = {
    "copied from": Word.COPIED_FROM, "cites": Word.CITES, "same copy": Word.SAME_COPY,
}  # fmt: skip

EVIDENCE_WORDS: Mapping[str, Word] = {
    "credit": Word.CREDIT, "cited": Word.CITED, "containment": Word.CONTAINMENT, "same_tuple": Word.SAME_TUPLE,
    "named_source": Word.NAMED_SOURCE, "reviewer": Word.BY_READER,
}  # fmt: skip

CHOICE_WORDS: Mapping[str, Mapping[str, Word]] = {
    "event_type": EVENT_WORDS, "kind": KIND_WORDS, "modality": MODALITY_WORDS, "definition": WHO_WORDS,
}  # fmt: skip
"""The words for the values of each field that is one of a closed list."""


def tell(word: Word, **values: Value) -> Sentence:
    """The sentence of a template with its values."""
    return Sentence(str(word), values)


def words_of(table: Mapping[str, Word], key: str) -> Sentence:
    """The word for a key; a key without one stands for itself, so that a newer program can still be read."""
    return tell(table[key]) if key in table else Sentence("{id}", {"id": Id(key)})


def number_words(quantity: Quantity | None) -> Sentence:
    """A number with the words around it, `at least 300`."""
    if quantity is None:
        return tell(Word.NO_NUMBER)
    if quantity.modality == "range" and quantity.low is not None and quantity.high is not None:
        return tell(Word.RANGE, n=Interval(quantity.low, quantity.high))
    if quantity.value is None:
        return tell(Word.VAGUE)
    return tell(NUMBER_WORDS[quantity.modality], n=quantity.value)


def counted_words(claim: Claim) -> Sentence:
    """Who is counted by a claim."""
    return words_of(WHO_WORDS, claim.definition.who if claim.definition else "unstated")


def reason_words(reason: str) -> Sentence:
    """Why a claim waits before others."""
    return tell(REASON_WORDS.get(reason, Word.WHY_OTHER))
