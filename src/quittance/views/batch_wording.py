"""The public words of batches, of the day of handover and of the sums: one line for every reason.

Nothing here holds a name: sentences take codes, counts and the words of the agreement's own rules, which are shown as
they stand. `BATCH_MESSAGES` is the whole catalogue for translators; the words of the rules are in `criteria`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from quittance.views.batch import NOT_AVAILABLE, SEALED, Candidate, FunnelStep, LimitRef
from quittance.views.sentence import Id, Sentence, Value


class Word(StrEnum):
    """Every template, by its use."""

    # gates, as they are asked for
    LISTED = "stands on the recorded list"
    NOT_VETOED = "no veto"
    DECREE = "legal order"
    IDENTITY = "identity"
    PLEDGE = "pledge"
    MEDICAL = "fit to travel"
    CONSENT = "wish to go"
    NOT_AVAILABLE = "not available"
    SEALED = "what the neutral and the doctor clear"

    # who grants a gate
    BY_RECORD = "the record"
    BY_HOLDING = "the holding side"
    BY_RECEIVING = "the receiving side"
    BY_NEUTRAL = "the neutral"
    BY_MEDICAL = "the medical officer"

    # steps
    DRAFT = "draft"
    PROPOSED = "proposed"
    CLEARED = "cleared"
    AUTHORISED = "authorised"
    CLOSED = "closed"

    # the funnel
    ON_REGISTER = "on the register"
    OUTSIDE_RATIO = "outside the ratio"
    OUTSIDE_PENDING = "outside the ratio, not cleared yet"
    PASSED = "passed: {gates}"
    RANKED = "ranked"
    IN_BATCH = "in the batch"

    # why in, why not
    WHY_IN = "in: tier {tier}, {points} points"
    WHY_IN_CLOSEST = "in: tier {tier}, {points} points; closest limit: {limit}"
    WHY_NAMED = "on the list of the batch; what it was chosen from is not kept here"
    WHY_GATE = "not yet: {gates}"
    WHY_ORDER = "ranked after the last one taken, at rank {rank}"
    WHY_CAP = "a limit was reached at this turn: {limits}"
    WHY_OWED = "every seat left was owed: {limits}"
    WHY_JOINTLY = "these limits together leave no seat: {limits}"
    WHY_LIMIT = "a limit that is not shown"
    WHY_OUTSIDE = "goes whatever the number, outside the ratio"
    WHY_OUTSIDE_PENDING = "goes outside the ratio once cleared; not yet: {gates}"
    LIMIT_MAX = "{quota}, {class_}: {value} at most"
    LIMIT_MIN = "{quota}, {class_}: {value} at least"
    CLASS_IN = "those meant"
    CLASS_OUT = "all others"

    # where somebody stands in a recorded batch
    GOING = "going"
    GONE = "handed over"
    OUT = "dropped out"
    RESERVE = "in reserve"
    PULLED = "substitute"

    # why no draft can be made, and what a run warns of
    LACK_RULES = "The agreement holds no rules for choosing people. Write them under `selection`, and have it signed."
    LACK_LIST = "No list stands in the record. Take a list in and record it first."
    LACK_TRAITS = "The register lacks fields that the rules use. Bring them in from a table."
    WARN_UNSEEDED = "No seed is drawn yet: whoever is equal by points stands in an order that anybody could foresee."
    WARN_FEW = "Fewer people are ranked than the batch has seats."
    WARN_ERASED = "Somebody of the frozen register was erased since: nothing can be computed from it any more."
    WARN_OTHER = "The run noted something: {code}"

    # why somebody did not leave
    SKIP_DECLINED = "declined"
    SKIP_DEFERRED = "wishes to go later"
    SKIP_UNFIT = "not fit to travel"
    SKIP_IDENTITY = "is not this person"
    SKIP_VETOED = "vetoed"
    SKIP_ORDER = "legal order missing"
    SKIP_NOT_HELD = "not held"
    SKIP_DIED = "died"
    SKIP_ESCAPED = "escaped"
    SKIP_ALREADY = "already released"
    SKIP_TRANSFERRED = "transferred"
    SKIP_OTHER = "another reason, attested"

    # what is looked at on the day
    CHECK_IDENTITY = "Identity"
    CHECK_MEDICAL = "Fit to travel"
    CHECK_PLEDGE = "Pledge"
    CHECK_WISH = "Wish"
    CHECK_FAMILY = "Family informed"
    CHECK_PROPERTY = "Property handed back"
    CHECK_RECEIPT = "Receipt signed"
    CONFIRMED = "it is this person"
    FAILED = "it is another person"
    FIT = "fit"
    ESCORT = "fit with an escort"
    UNFIT = "not fit"
    SIGNED = "signed"
    REFUSED = "refused"
    AFFIRMED = "wishes to leave"
    DEFERRED = "not now"
    DECLINED = "wishes to stay"
    NOT_PRIVATE = "could not be asked in private"
    INFORMED = "informed"
    NOT_INFORMED = "not informed yet"
    RETURNED = "all of it"
    MISSING = "something is missing"
    NOT_ASKED = "not asked yet"

    # where somebody is on the day
    EXPECTED = "expected"
    IN_HANDOVER = "in handover"
    RELEASED = "released"
    DENIED = "one side denies it"

    # what an office says of a handover
    DELIVERED = "handed over"
    RECEIVED = "received"
    OBSERVED = "seen"
    JOINT = "all who must have attested"
    RECORDED = "attestations are outstanding"
    DENIED_GRADE = "disputed"

    # what may not agree at the door
    NOT_LISTED = "somebody is not on the list"
    NOT_RECEIVED = "somebody was not received"
    NOT_DELIVERED = "somebody was not handed over"
    WRONG_PERSON = "somebody is another person"
    COUNT = "the count is not right"
    OTHER = "something else"

    # outcomes of the people asked for
    SUM_RELEASED = "released"
    SUM_WITHHELD = "withheld by veto"
    SUM_SUBSTITUTED = "substituted"
    SUM_TRANSFERRED = "transferred to a third country"
    SUM_DIED = "died"
    SUM_ESCAPED = "escaped"
    SUM_NOT_HELD = "not held"
    SUM_ALREADY = "released before"
    SUM_REMAINING = "remaining"
    PART_AVAILABLE = "in no batch yet"
    PART_DEFERRED = "wish to go later"
    PART_NOT_CLEARED = "not cleared"
    PART_IN_BATCH = "in a batch"


BATCH_MESSAGES: tuple[str, ...] = tuple(dict.fromkeys(str(one) for one in Word))
"""Every template of this module: the catalogue for translators. Field names in braces stay as they are."""

GATE_WORDS: Mapping[str, Word] = {
    "listed": Word.LISTED,
    "not_vetoed": Word.NOT_VETOED,
    "decree": Word.DECREE,
    "identity": Word.IDENTITY,
    "pledge": Word.PLEDGE,
    "medical": Word.MEDICAL,
    "consent": Word.CONSENT,
    NOT_AVAILABLE: Word.NOT_AVAILABLE,
    SEALED: Word.SEALED,
    "outside": Word.OUTSIDE_RATIO,
}
"""The gates that most agreements have; any other is shown as the agreement calls it."""

BY_WORDS: Mapping[str, Word] = {
    "record": Word.BY_RECORD,
    "holding": Word.BY_HOLDING,
    "receiving": Word.BY_RECEIVING,
    "neutral": Word.BY_NEUTRAL,
    "medical": Word.BY_MEDICAL,
}

STEP_WORDS: Mapping[str, Word] = {
    "draft": Word.DRAFT,
    "proposed": Word.PROPOSED,
    "cleared": Word.CLEARED,
    "authorised": Word.AUTHORISED,
    "closed": Word.CLOSED,
}

STANDING_WORDS: Mapping[str, Word] = {
    "going": Word.GOING,
    "gone": Word.GONE,
    "out": Word.OUT,
    "reserve": Word.RESERVE,
    "pulled": Word.PULLED,
}

LACK_WORDS: Mapping[str, Word] = {"rules": Word.LACK_RULES, "list": Word.LACK_LIST, "traits": Word.LACK_TRAITS}

WARNING_WORDS: Mapping[str, Word] = {
    "unseeded": Word.WARN_UNSEEDED,
    "too_few_ranked": Word.WARN_FEW,
    "erased": Word.WARN_ERASED,
}

SKIP_WORDS: Mapping[str, Word] = {
    "declined": Word.SKIP_DECLINED,
    "deferred": Word.SKIP_DEFERRED,
    "unfit": Word.SKIP_UNFIT,
    "identity_failed": Word.SKIP_IDENTITY,
    "vetoed": Word.SKIP_VETOED,
    "legal_order_missing": Word.SKIP_ORDER,
    "not_held": Word.SKIP_NOT_HELD,
    "died": Word.SKIP_DIED,
    "escaped": Word.SKIP_ESCAPED,
    "already_released": Word.SKIP_ALREADY,
    "transferred": Word.SKIP_TRANSFERRED,
    "other_attested": Word.SKIP_OTHER,
    NOT_AVAILABLE: Word.NOT_AVAILABLE,
}

CHECK_WORDS: Mapping[str, Word] = {
    "identity": Word.CHECK_IDENTITY,
    "medical": Word.CHECK_MEDICAL,
    "pledge": Word.CHECK_PLEDGE,
    "wish": Word.CHECK_WISH,
    "family": Word.CHECK_FAMILY,
    "property": Word.CHECK_PROPERTY,
    "receipt": Word.CHECK_RECEIPT,
}

CHECKED_WORDS: Mapping[str, Word] = {
    "confirmed": Word.CONFIRMED,
    "failed": Word.FAILED,
    "fit": Word.FIT,
    "escort": Word.ESCORT,
    "unfit": Word.UNFIT,
    "signed": Word.SIGNED,
    "refused": Word.REFUSED,
    "affirmed": Word.AFFIRMED,
    "deferred": Word.DEFERRED,
    "declined": Word.DECLINED,
    "not_private": Word.NOT_PRIVATE,
    "informed": Word.INFORMED,
    "later": Word.NOT_INFORMED,
    "returned": Word.RETURNED,
    "missing": Word.MISSING,
    "": Word.NOT_ASKED,
}

GOING_WORDS: Mapping[str, Word] = {
    "expected": Word.EXPECTED,
    "in_handover": Word.IN_HANDOVER,
    "released": Word.RELEASED,
    "disputed": Word.DENIED,
    "out": Word.OUT,
}

ATTESTED_WORDS: Mapping[str, Word] = {
    "delivered": Word.DELIVERED,
    "received": Word.RECEIVED,
    "observed": Word.OBSERVED,
}

GRADE_WORDS: Mapping[str, Word] = {
    "joint": Word.JOINT,
    "recorded": Word.RECORDED,
    "denied": Word.DENIED_GRADE,
}

DISCREPANCY_WORDS: Mapping[str, Word] = {
    "not_listed": Word.NOT_LISTED,
    "not_received": Word.NOT_RECEIVED,
    "not_delivered": Word.NOT_DELIVERED,
    "wrong_person": Word.WRONG_PERSON,
    "count": Word.COUNT,
    "other": Word.OTHER,
}

OUTCOME_WORDS: Mapping[str, Word] = {
    "released": Word.SUM_RELEASED,
    "declined": Word.SKIP_DECLINED,
    "deferred": Word.SKIP_DEFERRED,
    "withheld": Word.SUM_WITHHELD,
    "substituted": Word.SUM_SUBSTITUTED,
    "transferred": Word.SUM_TRANSFERRED,
    "died": Word.SUM_DIED,
    "escaped": Word.SUM_ESCAPED,
    "not_held": Word.SUM_NOT_HELD,
    "already_released": Word.SUM_ALREADY,
    NOT_AVAILABLE: Word.NOT_AVAILABLE,
    "remaining": Word.SUM_REMAINING,
}


PART_WORDS: Mapping[str, Word] = {
    "available": Word.PART_AVAILABLE,
    "deferred": Word.PART_DEFERRED,
    "not_cleared": Word.PART_NOT_CLEARED,
    "in_batch": Word.PART_IN_BATCH,
    "in_handover": Word.IN_HANDOVER,
}
"""What the neutral knows of those who remain."""


def tell(word: Word, **values: Value) -> Sentence:
    """The sentence of a template with its values."""
    return Sentence(str(word), values)


def known_words(words: Mapping[str, Word], code: str) -> Sentence:
    """The words of a code, or the code itself where a later version has more of them."""
    return tell(words[code]) if code in words else Sentence("{code}", {"code": Id(code)})


def gate_words(gate: str) -> Sentence:
    """What a gate asks."""
    return known_words(GATE_WORDS, gate)


def gates_words(gates: Iterable[str]) -> tuple[Sentence, ...]:
    """Several gates, for one sentence."""
    return tuple(gate_words(gate) for gate in gates)


def limit_words(limit: LimitRef) -> Sentence:
    """A bound of a quota: `province, Kabul: 20 at most`."""
    word = Word.LIMIT_MAX if limit.bound == "max" else Word.LIMIT_MIN
    return tell(word, quota=Id(limit.quota), class_=class_words(limit.class_), value=limit.value)


def class_words(class_: str) -> Sentence:
    """A class of a quota; `in` and `out` are those of a quota on a condition."""
    return known_words({"in": Word.CLASS_IN, "out": Word.CLASS_OUT}, class_)


def why_words(one: Candidate, last_rank: int | None) -> Sentence:
    """Why somebody is in or not, in one line."""
    if one.reason == "in" and one.rank is None:
        return tell(Word.WHY_NAMED)
    if one.reason == "in":
        values: dict[str, Value] = {"tier": one.tier or 0, "points": one.points or 0}
        if one.closest is not None:
            return tell(Word.WHY_IN_CLOSEST, **values, limit=limit_words(one.closest))
        return tell(Word.WHY_IN, **values)
    if one.reason == "gate":
        return tell(Word.WHY_GATE, gates=gates_words(one.missing))
    if one.reason == "order":
        return tell(Word.WHY_ORDER, rank=last_rank or 0)
    if one.reason == "outside":
        return tell(Word.WHY_OUTSIDE)
    if one.reason == "outside_pending":
        return tell(Word.WHY_OUTSIDE_PENDING, gates=gates_words(one.missing))
    word = {"cap": Word.WHY_CAP, "owed": Word.WHY_OWED, "jointly": Word.WHY_JOINTLY}[one.reason]
    return tell(word, limits=tuple(map(limit_words, one.limits)) or (tell(Word.WHY_LIMIT),))


def funnel_words(one: FunnelStep) -> Sentence:
    """What a line of the funnel counts."""
    if one.kind == "gate":
        return tell(Word.PASSED, gates=gates_words(one.gates))
    words = {
        "register": Word.ON_REGISTER,
        "outside": Word.OUTSIDE_RATIO,
        "outside_pending": Word.OUTSIDE_PENDING,
        "ranked": Word.RANKED,
        "batch": Word.IN_BATCH,
    }
    return tell(words[one.kind])


def warning_words(code: str) -> Sentence:
    """What a run warns of."""
    return tell(WARNING_WORDS[code]) if code in WARNING_WORDS else tell(Word.WARN_OTHER, code=Id(code))
