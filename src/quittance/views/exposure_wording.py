"""The public words of exposure and of plans of steps. `EXPOSURE_MESSAGES` is the whole catalogue for translators."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from quittance.selection.plans import Assumption, Caution, Mode
from quittance.views.credits import Source
from quittance.views.sentence import Sentence, Value


class Word(StrEnum):
    """Every template, by its use."""

    TITLE = "Who has given how much more than it got"
    AHEAD = "{who} is ahead by {n} points ({first} to {second})"
    EVEN = "neither side is ahead ({first} to {second} points)"
    BOTH = "Credited: {verified}. Claimed: {claimed}."
    NOTHING = "nobody has been given yet"

    # readings
    VERIFIED = "credited: verified, or granted by both sides"
    CLAIMED = "claimed: what each side says of itself"
    TOLD = "as {who} tells of both sides"

    # the largest lead
    PAUSE = (
        "Advice to {who}: pause. By what is credited it leads by {n} points, and the largest lead agreed is {max_lead}."
    )
    PAUSE_CLAIMED = "If the claims hold, {who} leads by {n} points, and the largest lead agreed is {max_lead}."
    WITHIN = "No advice to pause: what is credited is within the largest lead agreed, {max_lead} points."
    NO_MAX_LEAD = "No largest lead is agreed, so no advice to pause is given."
    ADVICE_ONLY = "This is advice. Nothing stops by itself."

    # where the points are from
    AGREED = "Points as the agreement sets them."
    WEIGHTS = "Points as the weights of the agreement's running account."
    AMOUNTS = "The agreement names no points; these follow from its amounts, {first} persons for {second}."
    NAMED = "Points as given with the question."
    ONE_COUNTS = "points of one {class_name}: {n}"
    NOT_COUNTED = "{n} {class_name} given by {who} count nothing: no points are set for them"

    # a stop
    STOP = (
        "If {who} stops now, it keeps {saves} points back, never gets {forgoes}, and {other} has given {unreturned} "
        "for nothing."
    )
    STOP_PAYS = "It has a reason to stop unless it loses at least {n} points by it."
    STOP_COSTS = "It would lose {n} points by it."
    STOP_EVEN = "It would neither gain nor lose by it."

    PERMITTED = (
        "Before the other side has a reason to stop, {first} may lead by {n} points and {second} by {m}, at the stakes "
        "given."
    )

    # what is assumed
    TOTALS_MATCH = "The totals of both sides match in points."
    VERIFIED_IN_TIME = "Both sides verify in time."
    STOP_ENDS_ALL = "A stop ends everything; where a new start is possible, these bounds are too strict."
    CONSTANT_HAZARD = (
        "Each step but the last may be the end, with a chance of {percent} in 100. That flatters plans of few steps, "
        "since the chance should rise with exposure."
    )
    WORTH_EQUAL = "A point received is worth what a point given costs."
    WORTH_MORE = "A point received is worth {percent} in 100 more than a point given costs."
    UNSAID = "What a side says nothing of counts as nothing said."
    OUTSIDE = (
        "People released outside the ratio do not enter; a drop-out changes nothing until the substitute is given."
    )

    # plans
    ALL_FIRST = "{first} gives all, then {second}"
    FIRST_THEN_STEP = "{first} gives {n} first, then {step} at a time in turns"
    FIRST_THEN_TOGETHER = "{first} gives {n} first, then {step} at a time together"
    ALTERNATE = "{step} at a time in turns, {first} first"
    HALF_STEP_FIRST = "{second} half a step first, then {step} at a time in turns"
    TAPER = "shrinking steps in turns, from {largest} points to {smallest}"
    SIMULTANEOUS = "{step} at a time, both sides together"
    NEEDS = "{who} must stand to lose {n} points by stopping"
    TOTALS_DIFFER = "the totals differ: {first} and {second} points"
    ABOVE_PERMITTED = "after some step a side has a reason to stop, at the stakes given"
    LAST_STEP = (
        "the last step is more than its giver loses by stopping: tie it to something outside, such as the start of "
        "talks, or let both sides take it together"
    )


EXPOSURE_MESSAGES: tuple[str, ...] = tuple(dict.fromkeys(str(one) for one in Word))
"""Every template of this module: the catalogue for translators. Field names in braces stay as they are."""

SOURCE_WORDS: Mapping[Source, Word] = {
    "agreed": Word.AGREED,
    "weights": Word.WEIGHTS,
    "amounts": Word.AMOUNTS,
    "named": Word.NAMED,
}
MODE_WORDS: Mapping[Mode, Word] = {
    "all_first": Word.ALL_FIRST,
    "first_then_step": Word.FIRST_THEN_STEP,
    "first_then_together": Word.FIRST_THEN_TOGETHER,
    "alternate": Word.ALTERNATE,
    "half_step_first": Word.HALF_STEP_FIRST,
    "taper": Word.TAPER,
    "simultaneous": Word.SIMULTANEOUS,
}
CAUTION_WORDS: Mapping[Caution, Word] = {
    "totals_differ": Word.TOTALS_DIFFER,
    "above_permitted": Word.ABOVE_PERMITTED,
    "last_step": Word.LAST_STEP,
}
ASSUMPTION_WORDS: Mapping[Assumption, Word] = {
    "totals_match": Word.TOTALS_MATCH,
    "verified_in_time": Word.VERIFIED_IN_TIME,
    "stop_ends_all": Word.STOP_ENDS_ALL,
    "constant_hazard": Word.CONSTANT_HAZARD,
}


def tell(word: Word, **values: Value) -> Sentence:
    """The sentence of a template with its values."""
    return Sentence(str(word), values)
