"""How a number is counted: one batch, a running total, a target, what remains, a list, a rate, or a part."""

from __future__ import annotations

import re

from quittance.claims.clauses import Sentence
from quittance.claims.model import EventType, Kind
from quittance.claims.reading import Reading
from quittance.claims.surroundings import Surroundings

_TOTAL = re.compile(
    r"\b(?:so far|thus far|to date|as of|until now|by now|up to now|in total|in all|in sum|altogether|already|overall"
    r"|over the (?:year|month)|this year"
    r"|for a total of|during the (?:truce|ceasefire|swap|exchange|war)"
    r"|the total|grand total|tally|the count|count to|cumulative"
    r"|since the (?:start|beginning|signing"
    r"|swap|deal|agreement|exchange|war|invasion|truce|process|launch)[\w -]*"
    r"|(?:through|in|over|during) \w+ (?:previous |earlier |such )?"
    r"(?:swaps|exchanges)|have now|has now|now been|all told|the (?:number|figure) (?:freed|of|released))\b",
    re.IGNORECASE,
)
_FEAST = re.compile(r"\b(?:eid|feast|ramadan|yesterday|morning|dawn|overnight|midnight)\b", re.IGNORECASE)
_RATE = re.compile(
    r"\b(?:every|per|a|each) (?:\w+ )?(?:day(?! (?:earlier|later|ago|after|before|or))|days"
    r"|week|weeks|month|fortnight|hour|hostage|hostages|captive|soldier|person"
    r"|woman|prisoner|body)\b|\bdaily\b|\bfor (?:each|every)\b|\bweekly\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"\bin (?:two|three|four|five|six|\d) days\b|\b(?:completed|finished|concluded|end(?:ed)? of|completion)\b"
    r"|\b(?:two|three|four|five|multi)-day\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:once|if|provided|as soon as|only when|after [\w -]{0,30}(?:talks|negotiations))\b")
_ON_DAY = re.compile(r"\bon the (?:first|second|third|fourth|last|final|same|following) day\b", re.IGNORECASE)
_LONG = re.compile(
    r"\b(?:past|previous|recent) (?:\w+ )?(?:weeks?|months?|year)\b|\blast \w+ (?:weeks|months)\b", re.IGNORECASE
)
_SUPERLATIVE = re.compile(
    r"\b(?:largest|biggest|first|second|third|greatest|single|highest|[a-z]{3,}th|\d+th)\b[^,.;]{0,40}?"
    r"(?:\bsince\b[^,.;]*|\bso far\b|\bto date\b|\bever\b|\byet\b|\bthis year\b)",
    re.IGNORECASE,
)
PAIR_LIMIT = 100
"""Above this size a planned number is a target where both sides' numbers, or a decree, stand beside it."""
BATCH_LIMIT = 300
"""Up to this size a number told as past, neither dated nor said to be a total, is taken for one batch."""


def kind_of(
    sentence: Sentence,
    plain: str,
    reading: Reading,
    event: EventType,
    around: Surroundings,
    dated: str,
    previous: Kind | None,
    rule: str,
) -> tuple[Kind, str]:
    """The kind of a number and the rule that said so.

    `dated` is the sort of day phrase in its clause, `previous` the kind of the release told just before, `rule` that of
    the event.
    """
    figure, clause = reading.figure, reading.clause
    words = sentence.words
    start, end = reading.scope
    text = plain[words.start[start] : words.end[end - 1]]
    behind = plain[figure.end : words.end[end - 1]]
    if event == "list":
        return "list", "kind.list"
    if event == "held":
        if rule == "held.whole" and reading.asked_at < 0 and not around.still_held:
            return "cumulative", "kind.whole"
        once = re.search(r"\b(?:once|originally|at one time)\b", text)
        return ("cumulative", "kind.once") if once else ("remaining", "kind.held")
    ahead = plain[max(words.start[clause.start], words.start[reading.first] - 7) : words.start[reading.first]].lower()
    rate = _RATE.search(behind)
    if ahead.endswith(("every ", "each ")):
        return "rate", "kind.rate"
    if rate and rate.start() < 45 and not behind[: rate.start()].endswith(("within ", "in ", "for ", "over ")):
        return "rate", "kind.rate"
    if rule == "plan.decree":
        return ("rate", "kind.rate") if rate and rate.start() < 45 else ("target", "kind.decree")
    if rule == "plan.involves":
        return "batch", "kind.involves"
    if rule == "done.headline" and around.promised:
        return "cumulative", "kind.headline_total"
    if rule == "plan.remain_to_be":
        return "remaining", "kind.remain"
    if rule == "done.finished":
        return "cumulative", "kind.finished"
    if event == "done":
        return _done(reading, text, dated, previous, around)
    if rule == "reject.offer":
        return "target", "kind.refused_offer"
    if event == "reject":
        predicate = reading.predicate
        if predicate is None or (
            predicate.tense in ("past", "perfect", "pluperfect", "participle")
            and not predicate.negated
            and predicate.sort in ("free", "give", "go", "get")
        ):
            return "cumulative", "kind.denied_count"
        other = around.speaker is not None and around.actor is not None and around.speaker != around.actor
        if figure.cue != "remaining" and (around.promised or (other and not (predicate.negated))):
            return "target", "kind.refused_offer"
        return "remaining", "kind.refused"
    if event == "term":
        return "target", "kind.term"
    if event == "demand" and around.still_held:
        return "remaining", "kind.still_held"
    if event == "demand":
        small = not reading.counted and not around.promised and (figure.value or 0) <= 50
        return ("batch", "kind.more") if figure.cue in ("more", "first") or small else ("target", "kind.demanded")
    return _plan(reading, text, dated, around)


def _done(reading: Reading, text: str, dated: str, previous: Kind | None, around: Surroundings) -> tuple[Kind, str]:
    """Released: one batch or a running total."""
    figure, predicate = reading.figure, reading.predicate
    if figure.zero:
        return "cumulative", "kind.zero"
    if (predicate is not None and predicate.sort == "total") or reading.counted:
        return ("batch", "kind.day_count") if around.day_count else ("cumulative", "kind.count")
    if figure.cue in ("more", "first", "last", "remaining"):
        return "batch", f"kind.{figure.cue}"
    if dated == "since" and _FEAST.search(text):
        return "batch", "kind.since_day"
    plainly = _SUPERLATIVE.sub("", text)
    total = _TOTAL.search(plainly)
    whole_of_day = dated == "point" and predicate is not None and predicate.tense in ("past", "participle")
    if total and not (
        whole_of_day and total[0].lower() in ("a total of", "total of", "in total", "in all", "altogether")
    ):
        return "cumulative", "kind.so_far"
    if dated == "since":
        return ("batch", "kind.since_day") if _FEAST.search(text) else ("cumulative", "kind.since")
    if dated == "month":
        return "cumulative", "kind.month"
    if _WHOLE.search(text) and not re.search(r"\b(?:second|third|fourth|group|time)\b", text):
        return "cumulative", "kind.whole"
    if predicate is not None and predicate.sort == "go" and predicate.tense == "present" and around.state:
        return "cumulative", "kind.state"
    if dated in ("duration", "deadline"):
        return "cumulative", "kind.window"
    if dated in ("point", "period"):
        if around.of_whole and (figure.value or 0) > BATCH_LIMIT:
            return "cumulative", "kind.of_whole"
        long = dated == "period" and _LONG.search(text)
        return ("cumulative", "kind.long_period") if long else ("batch", "kind.dated")
    tense = predicate.tense if predicate is not None else ""
    if _ON_DAY.search(text):
        return "batch", "kind.on_day"
    if around.in_return and previous is not None and (previous == "batch" or (figure.value or 0) > PAIR_LIMIT):
        return previous, "kind.in_return"
    if tense == "perfect" or tense == "present_passive":
        if around.lead and figure.modality == "exact" and (figure.value or 0) <= 150:
            return "batch", "kind.lead+kind.default"
        return "cumulative", "kind.perfect+kind.default"
    if around.running and not around.in_return:
        return "cumulative", "kind.running+kind.default"
    if tense in ("pluperfect", "gerund") and (
        figure.modality in ("more_than", "nearly", "about", "at_least", "up_to") or (figure.value or 0) > BATCH_LIMIT
    ):
        return "cumulative", "kind.large+kind.default"
    if previous == "cumulative" and re.search(r"\b(?:also|while|whereas|however|but)\b", text, re.IGNORECASE):
        return "cumulative", "kind.parallel+kind.default"
    return "batch", "kind.past+kind.default"


def _plan(reading: Reading, text: str, dated: str, around: Surroundings) -> tuple[Kind, str]:
    """Announced: one batch, what remains, or a target."""
    figure, predicate = reading.figure, reading.predicate
    if predicate is not None and predicate.sort == "total" and predicate.tense == "future":
        return "cumulative", "kind.will_total"
    conditional = around.conditional or _CONDITION.search(text)
    if conditional and figure.cue in ("more", "remaining", "last") and (around.promised or around.decreed):
        return "target", "kind.conditional"
    if around.by_decree and not dated and (figure.value or figure.high or 0) > PAIR_LIMIT:
        return "target", "kind.decree"
    if figure.cue in ("last", "remaining") or reading.final:
        return "remaining", "kind.remaining"
    if figure.cue in ("more", "first"):
        return "batch", f"kind.{figure.cue}"
    if (reading.whole and figure.cue not in ("last", "remaining")) or reading.clause.opener in ("until", "part"):
        return "target", "kind.whole"
    if (around.promised or around.decreed) and (figure.value or figure.high or 0) > BATCH_LIMIT:
        return "target", "kind.promised"
    if (figure.value or figure.high or 0) > PAIR_LIMIT and (around.pair or around.after_term):
        return "target", "kind.pair"
    started = predicate is not None and predicate.tense == "noun" and predicate.linked in ("start", "resume")
    if (
        dated == "point"
        or dated == "deadline"
        or (started and around.past_day)
        or (around.in_return and not around.carried)
    ):
        return "batch", "kind.dated"
    if (figure.value or figure.low or 0) > BATCH_LIMIT:
        return "target", "kind.large"
    return "batch", "kind.small+kind.default"
