"""Who does what a predicate says: its subject, a pronoun for it, a possessive, or a side named by "by"."""

from __future__ import annotations

from quittance.claims.clauses import Clause, Sentence
from quittance.claims.model import BOTH
from quittance.claims.persons import qualifies
from quittance.claims.predicates import Predicate
from quittance.claims.words import listed

PREPOSITIONS = frozenset(listed("of by from in with to under for against at between about on near over via through"))
"""Words after which a side is no subject."""
_LIGHT = frozenset(("announce", "plan", "agree", "finish", "start", "resume", "halt", "must", "reject"))
"""Operators whose subject is the one that releases: "announced, completed, refused the release of"."""
_JOINABLE = frozenset(("government", "rebels", "group", "movement", "fighters", "'s", "side", "forces"))
_COUNTS = frozenset(listed("count counts figures figure numbers number tally reckoning account calculation estimate"))


def agent_of(
    sentence: Sentence, predicate: Predicate, clause: Clause, speaking: str | None, last: str | None
) -> tuple[str | None, str]:
    """The side that does what an active verb or a noun says, and how it is named: mention, possessive, by, pronoun.

    `speaking` is the side of whoever is quoted, `last` the last side that was a subject; they resolve pronouns.
    """
    by = _by(sentence, predicate, sentence.clause_of(min(predicate.start, len(sentence.words) - 1)))
    if by:
        return by, "by"
    if predicate.passive or predicate.sort == "go":
        return None, ""
    low = sentence.words.low
    noun = predicate.tense == "noun"
    at = _over_aside(sentence, predicate.group - 1, clause)
    while at >= clause.start:
        mention = sentence.mention_at[at]
        if mention is not None:
            begin, end = sentence.mention_start(at), sentence.mention_end(at)
            if mention.sort == "document":
                return None, "document"
            owns = low[end : end + 1] in (["'s"], ["'"])
            subject = word_before(sentence, begin, clause) not in PREPOSITIONS and mention.sort != "place"
            subject = subject and (begin == 0 or sentence.figure_at[begin - 1] is None)
            code = sentence.actor_code(mention)
            if code and subject and not qualifies(sentence, begin) and (not noun or owns or predicate.linked in _LIGHT):
                return _joined(sentence, begin, code, clause), "possessive" if owns else "mention"
            at = begin - 1
            continue
        word = low[at]
        if not noun and word in ("they", "it", "he", "she", "we"):
            return _pronoun(sentence, at, speaking, last), "pronoun"
        if word in ("both", "sides", "each") and (not noun or low[at + 1] == "to"):
            return BOTH, "mention"
        at -= 1
    return None, ""


def _over_aside(sentence: Sentence, at: int, clause: Clause) -> int:
    """Where the subject is sought: before a relative clause in commas ("A, who signed it, have freed")."""
    low = sentence.words.low
    if at <= clause.start or low[at] != ",":
        return at
    for comma in range(at - 1, clause.start, -1):
        if low[comma] == "," and low[comma + 1] in ("who", "which", "whose", "where", "led", "backed"):
            return comma - 1
    return at


def _pronoun(sentence: Sentence, at: int, speaking: str | None, last: str | None) -> str | None:
    """The side that a pronoun means: a subject before it in the sentence, else the speaker's.

    Where it stands before the words that say who is speaking, or inside his quotation marks, it is not the speaker's
    but the one spoken of before.
    """
    word, low = sentence.words.low[at], sentence.words.low
    if word == "we":
        return speaking or last
    taken = _antecedent(sentence, at) if word in ("they", "it") else None
    if taken:
        return taken
    trailing = sentence.cue is not None and sentence.words.start[at] < sentence.cue[0]
    if word == "they" and trailing and last:
        return last
    if word == "they" and speaking and low[:at].count('"') % 2:
        return last if last and last != speaking else sentence.parties.holder(speaking)
    return speaking or last


def _antecedent(sentence: Sentence, pronoun: int) -> str | None:
    """The side that a pronoun takes up within its own sentence: the nearest subject before it.

    The words that say who is speaking do not count.
    """
    for at in range(pronoun - 1, -1, -1):
        code = sentence.actor_code(sentence.mention_at[at])
        mention = sentence.mention_at[at]
        if code is None or code == BOTH or mention is None or mention.sort not in ("side", "institution", "speaker"):
            continue
        start = sentence.words.start[at]
        if sentence.cue is not None and sentence.cue[0] <= start < sentence.cue[1]:
            continue
        begin, end = sentence.mention_start(at), sentence.mention_end(at)
        if sentence.words.low[end : end + 1] == ["'s"] or (begin and sentence.figure_at[begin - 1] is not None):
            continue
        before = word_before(sentence, begin, sentence.clauses[0])
        if (
            before not in PREPOSITIONS or (before == "to" and sentence.words.low[end : end + 1] == ["to"])
        ) and not qualifies(sentence, begin):
            return code
    return None


def word_before(sentence: Sentence, begin: int, clause: Clause) -> str:
    """The word before a mention, articles and adjectives passed over."""
    at = begin - 1
    low = sentence.words.low
    while at >= clause.start and (
        low[at] in ("the", "a", "an", "all") or low[at].endswith("-based") or low[at].endswith("-led")
    ):
        at -= 1
    return low[at] if at >= clause.start else ""


def _joined(sentence: Sentence, begin: int, code: str, clause: Clause) -> str:
    """The code of a subject with everything joined to it by "and": BOTH where two sides act."""
    low = sentence.words.low
    at = begin - 1
    while at > clause.start and low[at] in ("the", "a", "its") and low[at] != "and":
        at -= 1
    if at <= clause.start or low[at] not in ("and", "&"):
        return code
    back = at - 1
    while back > clause.start and sentence.mention_at[back] is None and low[back] in _JOINABLE:
        back -= 1
    other = sentence.mention_at[back]
    second = sentence.actor_code(other)
    if other is None or second is None or sentence.figure_at[max(0, sentence.mention_start(back) - 1)] is not None:
        return code
    joined = other.sort in ("side", "institution", "people") and second != code
    return BOTH if joined and not sentence.parties.same_camp(second, code) else code


def _by(sentence: Sentence, predicate: Predicate, clause: Clause) -> str | None:
    """The side named by "by" after a passive or a noun."""
    low = sentence.words.low
    for at in range(predicate.end, min(clause.end - 1, predicate.end + 16)):
        if sentence.figure_at[at] is not None and predicate.passive:
            return None
        if low[at] == "by" and sentence.day_at[at] is None:
            for place in range(at + 1, min(clause.end, at + 5)):
                code = sentence.actor_code(sentence.mention_at[place])
                end = sentence.mention_end(place) if code else place
                if code and low[end : end + 1] == ["'s"] and low[end + 1 : end + 2] and low[end + 1] in _COUNTS:
                    return None
                if code:
                    previous = low[at - 1]
                    return (
                        None
                        if previous in ("held", "captured", "detained", "jailed")
                        else _both_by(sentence, place, code, clause)
                    )
            if low[at + 1] in ("both", "each"):
                return BOTH
    return None


def _both_by(sentence: Sentence, place: int, code: str, clause: Clause) -> str:
    """BOTH where "by" names two sides."""
    after = sentence.mention_end(place)
    if after + 1 < clause.end and sentence.words.low[after] == "and":
        for at in range(after + 1, min(clause.end, after + 4)):
            second = sentence.actor_code(sentence.mention_at[at])
            if second and second != code:
                return BOTH
    return code
