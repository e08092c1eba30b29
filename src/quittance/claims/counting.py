"""Which numbers count people whose release, custody or list a sentence is about; all others yield no claim."""

from __future__ import annotations

from collections.abc import Sequence

from quittance.claims.clauses import Sentence
from quittance.claims.persons import CLOSING
from quittance.claims.reading import Reading
from quittance.claims.wholes import SHARES
from quittance.claims.words import listed

_FATE = frozenset(listed("killed died dead die dies wounded injured martyred executed slain hurt lost"))
_TROOPS = frozenset(listed("stationed deployed withdraw withdrawal withdrawing withdrawn withdrew pull-out"))
_RELEASES = frozenset(("free", "give", "go", "swap"))
_FINITE = frozenset(("past", "perfect", "pluperfect", "participle", "present_passive"))
_LISTS = frozenset(("list", "lists", "names"))
_OWING = ("op:say", "op:calls", "op:must")
_HANDING_ON = frozenset(("swap", "whom", "while", "bring"))
_RATES = (["every"], ["per"], ["each"])
_THERE = frozenset(("there", "still"))
_CONSISTING = frozenset(("of", "consisting", "comprising", "covid", "covid-19"))
_AGAIN = frozenset(("rearrested", "re-arrested", "recaptured"))
_FORCES = frozenset(("troops", "forces"))
_STRONG = frozenset(("object", "subject", "coordinate"))
_BODIES = frozenset(["bodies", "remains", "corpses", "body"])
_CAPTIVES = frozenset(
    listed(
        "prisoner prisoners inmate inmates detainee detainees captive captives hostage hostages pows internees "
        "abductees"
    )
)
_SPEAKERS = frozenset(listed("official officials source sources people diplomats leaders commanders members"))
_TOLD = frozenset(listed("said say says told confirmed spoke familiar speaking with briefed"))
_VEHICLES = frozenset(listed("flight flights plane planes aircraft bus buses helicopters convoys"))
_COUNTED = frozenset(
    listed(
        "confirm confirmed verify verified says said say counted counts count claims claimed reported reports "
        "gave gives recorded puts"
    )
)
_GROUPS = frozenset(listed("delegation team committee covid covid-19 mission panel commission"))


def _is_share(words: Sequence[str]) -> bool:
    """Whether the words before a number take a part of it that is not counted: "80 per cent of", "not all of"."""
    return any(word in SHARES or word.endswith("%") for word in words) or ("not" in words and "all" in words)


def counts_people(sentence: Sentence, reading: Reading, carried: bool, told: set[int | None]) -> bool:
    """Whether a number yields a claim.

    `carried` says that one before it in the sentence did, `told` are the values that the report has claimed already.
    """
    figure, people, low, clause = reading.figure, reading.people, sentence.words.low, reading.clause
    predicate = reading.predicate
    if people.barred or figure.vague or (figure.value is None and figure.low is None):
        return False
    if _of_others(sentence, reading):
        return False
    if told and against(sentence, reading):
        return True
    if figure.zero:
        return predicate is not None and predicate.sort in _RELEASES and predicate.tense in _FINITE
    if reading.whole and reading.asked_at < 0:
        if reading.first < 2 or low[reading.first - 1] == "'s" or figure.value in told:
            return False
        if reading.before is None and _is_share(low[max(0, reading.first - 5) : reading.first]):
            return False
        return _LISTS.isdisjoint(low[max(0, reading.first - 3) : reading.last])
    if reading.excepted or reading.final or reading.requested or reading.whole or refused_count(sentence, reading):
        return True
    if not people.found and not _elliptic(sentence, reading, carried):
        return False
    if predicate is not None:
        near = predicate.sort in ("free", "swap") and reading.last - predicate.end < 16
        if near or people.found or reading.relation in _STRONG:
            return True
    if any(tag.startswith(_OWING) for tag in sentence.tag[max(clause.start, reading.first - 3) : reading.first]):
        return True
    if carried:
        following = low[reading.last : reading.last + 1]
        if people.found or figure.cue == "more" or clause.opener in _HANDING_ON or following in _RATES:
            return True
    return people.found and _in_custody_or_listed(sentence, reading)


def _in_custody_or_listed(sentence: Sentence, reading: Reading) -> bool:
    """Whether people without a verb of release are claimed: governed by a word, still held, remaining, or on a list."""
    low, clause = sentence.words.low, reading.clause
    if reading.people.holder or reading.figure.cue in ("remaining", "last"):
        return True
    if reading.people.word in _CAPTIVES and not _THERE.isdisjoint(low[clause.start : clause.end]):
        return True
    if not _LISTS.isdisjoint(low[max(0, reading.first - 8) : reading.first]):
        return True
    return any(tag[:3] == "op:" for tag in sentence.tag[clause.start : reading.first])


def _of_others(sentence: Sentence, reading: Reading) -> bool:
    """Whether the number counts something else: bodies, dead, delegates, troops, flights, people detained again."""
    people, low, clause, predicate = reading.people, sentence.words.low, reading.clause, reading.predicate
    before = low[max(clause.start, reading.first - 4) : reading.first]
    if people.who == "bodies" or people.common or not _BODIES.isdisjoint(before):
        return True
    if not _GROUPS.isdisjoint(before) and not _CONSISTING.isdisjoint(before):
        return True
    if people.foreign and people.whose is None and people.who in ("security_forces", "civilians"):
        return True
    again = low[reading.last : clause.end]
    if not _AGAIN.isdisjoint(again) or ("again" in again and "detained" in again):
        return True
    if not _TROOPS.isdisjoint(low[clause.start : clause.end]) or _fatal(sentence, reading):
        return True
    if people.word in _SPEAKERS and people.end < len(low) and low[people.end] in _TOLD:
        return True
    if people.word == "others" and (
        not _VEHICLES.isdisjoint(low) or (reading.before is not None and not reading.before.people.found)
    ):
        return True
    if not people.found and reading.before is not None and reading.before.people.who == "bodies":
        return True
    if predicate is None:
        return False
    if predicate.tense in ("gerund", "noun") and low[max(0, predicate.start - 1)] in ("on", "about", "over"):
        return low[max(0, predicate.start - 2)] in ("talks", "negotiations", "discussions")
    if clause.opener == "once" and low[clause.start] == "if" and predicate.tense == "past":
        return True
    forces = (
        predicate.sort == "total" and people.whose is None and not _FORCES.isdisjoint(low[clause.start : reading.first])
    )
    return forces and "freed" not in low and "released" not in low


def against(sentence: Sentence, reading: Reading) -> bool:
    """Whether a claimant only sets his own figure against one told before: "the ministry says 3,050"."""
    low, at = sentence.words.low, reading.first - 1
    if (reading.people.found and reading.people.word not in _CAPTIVES) or reading.relation in (
        "object",
        "subject",
        "whole",
    ):
        return False
    if at < 0 or reading.clause.start > at:
        return False
    if low[at] == "only":
        at -= 1
    word, before = low[at], low[max(0, at - 3) : at]
    after = low[reading.last : reading.last + 1]
    plain_end = (
        not after or not after[0][0].isalpha() or after[0] in ("so", "in", "on", "since", "as", "people", "prisoners")
    )
    if not plain_end:
        return False
    return (
        word in _COUNTED
        or (word == "of" and any(one in ("speaks", "spoke", "speak", "talks", "figure") for one in before))
        or (word == "at" and any(one in ("puts", "put", "it", "figure", "number") for one in before))
        or (word == "as" and any(one in ("figure", "number", "it") for one in before))
    )


def _elliptic(sentence: Sentence, reading: Reading, carried: bool) -> bool:
    """Whether a number may stand for people without a noun: nothing that it could count follows it."""
    at = reading.last
    if at >= len(sentence.words):
        return True
    if reading.relation == "none" and not carried:
        near = sentence.tag[max(reading.clause.start, reading.first - 3) : reading.first]
        if not any(tag.startswith(("op:say", "op:calls", "op:must")) for tag in near):
            return False
    behind = sentence.words.low[at]
    return bool(sentence.tag[at]) or sentence.day_at[at] is not None or not behind[0].isalpha() or behind in CLOSING


def _fatal(sentence: Sentence, reading: Reading) -> bool:
    """Whether the number is one of killed, dead or wounded: such a word stands just before it or follows it."""
    low, clause = sentence.words.low, reading.clause
    if any(word in _FATE for word in low[max(0, reading.first - 3) : reading.first]):
        return True
    if reading.relation == "object":
        return False
    end = reading.last
    while end < clause.end and sentence.figure_at[end] is None and low[end] != ",":
        end += 1
    return any(word in _FATE for word in low[reading.last : end])


def still_held(sentence: Sentence, reading: Reading) -> bool:
    """Whether "they still hold" or "whom it holds" follows the people."""
    at = max(reading.people.end, reading.last)
    end = min(reading.clause.end, at + 6)
    return any(sentence.tag[k] in ("hold:B", "hold:S") for k in range(at, end)) and any(
        sentence.words.low[k] in ("they", "it", "still", "he") or sentence.mention_at[k] is not None
        for k in range(at, end)
    )


def refused_count(sentence: Sentence, reading: Reading) -> bool:
    """Whether a count is refused as wrong: "rejected the figure of 2,350"."""
    low, clause = sentence.words.low, reading.clause
    window = range(max(clause.start, reading.first - 9), reading.first)
    return any(sentence.tag[at].startswith(("op:reject", "op:deny")) for at in window) and any(
        low[at] in ("count", "figure", "number", "total", "claim", "tally", "report", "reports") for at in window
    )
