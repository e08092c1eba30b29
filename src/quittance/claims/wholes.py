"""Numbers that are a whole, a goal or a count: "80 of a final 400", "the 5,000 demanded", "the total is 748"."""

from __future__ import annotations

from quittance.claims.clauses import Sentence
from quittance.claims.predicates import Predicate, predicate_at
from quittance.claims.reading import Reading
from quittance.claims.relations import COUNT_NOUNS, object_of
from quittance.claims.words import listed

_RAISES = frozenset(
    listed(
        "bring brings brought bringing take takes took taken taking push pushes pushed pushing raise raises "
        "raised raising lift lifts lifted lifting put puts putting get gets got reach reaches reached reaching "
        "come comes came coming rise rises rose risen rising stand stands stood standing amount amounts amounted "
        "total totals totalled is was go goes went gone be grow grows grew grown climb climbs climbed climbing "
        "pass passes passed passing hit hits top tops topped exceed exceeds exceeded cross crossed near nears "
        "neared approach approaches approached"
    )
)
_CUTS = frozenset(listed("reduce reduces reduced reducing cut cuts cutting lower lowers lowered limit limits limited"))
_BEFORE_WHOLE = frozenset(
    listed("the a an its their pledged promised agreed final last total some about group batch of 's ' these those all")
) - {"of"}
SHARES = frozenset(
    listed("most many some few several more cent percent bulk majority part share fraction rest lot minority")
)
"""Words before "of" that say a part of a number without a number."""

_WAY = frozenset(listed("way towards toward short middle halfway half goal target quota"))


def asked_after(sentence: Sentence, reading: Reading) -> bool:
    """A participle right after the people that says who asked for or promised them: "the 5,000 demanded by X"."""
    at = max(reading.people.end, reading.last)
    if at >= reading.clause.end:
        return False
    tag, following = sentence.tag[at], sentence.words.low[at + 1 : at + 2]
    if following == ["to"] or following == ["that"]:
        return False
    if tag in ("want:D", "want:T", "op:demand:D"):
        reading.requested, reading.relation, reading.asked_at = True, "whole", at
        return True
    if tag in ("op:agree:D", "op:agree:X", "op:plan:D") and _unowned(sentence, reading):
        reading.whole, reading.relation, reading.asked_at = True, "whole", at
        return True
    low = sentence.words.low
    owed = [
        k
        for k in range(at, min(reading.clause.end, at + 7))
        if sentence.tag[k].startswith(("op:plan", "op:agree", "op:must"))
        or low[k] in ("owe", "owes", "owed", "due")
        or low[k : k + 2] == ["to", "be"]
    ]
    if (
        low[0] == "of"
        and reading.first <= 1
        and owed
        and (low[at] in ("that", "which", "whom", "they", "it", "due", "to") or sentence.mention_at[at])
    ):
        reading.whole, reading.relation, reading.asked_at = True, "whole", at
        return True
    return False


def _unowned(sentence: Sentence, reading: Reading) -> bool:
    """Whether no verb has the number as its object: "the 1,000 agreed", "the release of the 1,000 promised"."""
    owner = object_of(sentence, reading)
    if owner is None:
        return sentence.words.low[reading.first] in ("the", "all", "those", "its", "of", "both")
    return owner.tense == "noun"


def final_group(sentence: Sentence, reading: Reading) -> bool:
    """Whether a last group is said to be the number: "the final group is 400 inmates"."""
    low = sentence.words.low
    window = low[max(reading.clause.start, reading.first - 8) : reading.first]
    behind = low[max(reading.people.end, reading.last) :][:3]
    if behind[:2] == [",", "the"] and behind[2:] and behind[2] in ("last", "final", "remaining"):
        return True
    return any(word in ("final", "last", "remaining") for word in window) and any(
        word in ("group", "batch", "lot", "tranche") for word in window
    )


def requested(sentence: Sentence, reading: Reading) -> bool:
    """Whether a relative clause says that the people were asked for: "the 15 whom they had requested"."""
    low = sentence.words.low
    at = max(reading.people.end, reading.last)
    end = min(reading.clause.end, at + 7)
    if low[reading.last : reading.last + 1] == ["of"] and any(
        one is not None for one in sentence.figure_at[reading.last + 1 : reading.last + 4]
    ):
        return False
    while at < end and low[at] in ("that", "which", "whom", "who", "whose", "release", "return", "freedom"):
        at += 1
    named = at < end and (low[at] in ("they", "it", "he", "the") or sentence.mention_at[at] is not None)
    return (
        named
        and "not" not in sentence.tag[at:end]
        and any(
            sentence.tag[k].startswith(("want:", "op:demand")) and not sentence.tag[k].endswith(":X")
            for k in range(at, end)
        )
    )


def whole_of(sentence: Sentence, reading: Reading) -> bool:
    """Whether the number is a whole or a goal: "from the 1,500 agreed", "80 of a final 400", "halfway to 1,500"."""
    low, clause = sentence.words.low, reading.clause
    at = reading.first - 1
    while at >= clause.start and (low[at] in _BEFORE_WHOLE or sentence.mention_at[at] is not None):
        at -= 1
    if at < clause.start:
        return False
    before = reading.before
    if low[at] == "of" and at and (low[at - 1] in SHARES or low[at - 1].endswith("%")):
        return True
    if low[at] == "of" and low[max(0, at - 2) : at] == ["not", "all"]:
        return True
    if low[at] == "of" and at == 0:
        return low[1] in ("the", "these", "those")
    if (
        low[at] in ("of", "among", "from", "amongst")
        and before is not None
        and before.clause is clause
        and at - before.last < 8
    ):
        between = low[before.last : at]
        if "and" not in between and ("," not in between or low[at - 1] in ("out", "last", "rest")):
            return True
    window = low[max(clause.start, at - 5) : at]
    return (low[at] in ("to", "of") and any(word in _WAY for word in window)) or low[at] in ("towards", "toward")


def total_of(sentence: Sentence, reading: Reading) -> Predicate | None:
    """The verb by which a count reaches the number: "the total reaches 748", "pushing the count to over 4,000"."""
    low, clause = sentence.words.low, reading.clause
    counts = [
        at
        for at in range(max(clause.start, reading.first - 14), min(clause.end, reading.last + 3))
        if low[at] in COUNT_NOUNS
    ]
    if not counts:
        return None
    at = reading.first - 1
    while at > clause.start and (
        low[at] in ("to", "at", "over", "a", "total", "of", "as", "high", "only") or sentence.tag[at] == "adv"
    ):
        at -= 1
    for verb in range(at, max(clause.start, at - 14) - 1, -1):
        word = low[verb]
        if sentence.figure_at[verb] is not None:
            return None
        if (
            word in _CUTS
            or (word in _RAISES and (verb == at or verb < min(counts[-1], at)))
            or (
                word in _RAISES
                and low[reading.first - 1] in ("to", "at")
                and any(verb < c < reading.first for c in counts)
            )
        ):
            saved = sentence.tag[verb]
            letter = "G" if word.endswith("ing") else "S" if word.endswith("s") and word not in ("is", "was") else "B"
            letter = (
                "D"
                if word.endswith("ed")
                or word
                in (
                    "brought",
                    "took",
                    "got",
                    "came",
                    "rose",
                    "stood",
                    "went",
                    "grew",
                    "was",
                    "come",
                    "gone",
                    "taken",
                    "risen",
                    "is",
                )
                else letter
            )
            sentence.tag[verb], ending = f"total:{letter}", sentence.tag_end[verb]
            predicate = predicate_at(sentence, verb, clause)
            sentence.tag[verb], sentence.tag_end[verb] = saved, ending
            if predicate is not None and word in _CUTS:
                predicate.linked = "plan"
                predicate.tense = "infinitive"
            return predicate
    return None
