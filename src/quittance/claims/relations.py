"""How a predicate stands to a number: as the verb of which it is the object, the subject, or merely near."""

from __future__ import annotations

from quittance.claims.clauses import Clause, Sentence
from quittance.claims.predicates import SPLIT_SORT, Predicate, predicate_at, split_end
from quittance.claims.reading import Reading
from quittance.claims.words import listed

_LEFT = frozenset(
    listed(
        "the a an of all its their his her our these those both total number sum group batch tally count list "
        "another additional further extra other some such first last final remaining initial more what up as many "
        "but only names naming containing"
    )
)
_SPLIT_HEADS = frozenset(
    listed(
        "let lets letting set sets setting hand hands handed handing turn turns turned turning send sends sent "
        "bring brings brought get gets got take takes took"
    )
)
COUNT_NOUNS = frozenset(["total", "number", "count", "tally", "figure", "toll", "sum"])
"""Nouns for a count of people."""


def object_of(sentence: Sentence, reading: Reading) -> Predicate | None:
    """The verb or noun directly before: "released 20", "the release of a further 20", "let 20 captives go"."""
    low, clause = sentence.words.low, reading.clause
    at = reading.first - 1
    steps = 0
    while at >= clause.start and steps < 9:
        tag = sentence.tag[at]
        head = at
        while head > clause.start and sentence.tag[head] == "~":
            head -= 1
        if low[at] in _SPLIT_HEADS and not tag.startswith("total"):
            second = split_end(sentence, at, max(reading.people.end, reading.last), clause.end)
            if second > 0:
                return _split(sentence, at, second, clause)
        predicate = predicate_at(sentence, head, clause) if sentence.tag[head] else None
        if predicate is not None:
            if predicate.sort in ("go", "hold") and predicate.sort == "go":
                return None
            return predicate
        if sentence.figure_at[at] is not None:
            return None
        if low[at] in COUNT_NOUNS:
            reading.counted = True
        mention = sentence.mention_at[at]
        if mention is not None and mention.sort in ("neutral", "mediator") and steps == 0:
            at = sentence.mention_start(at) - 1
        elif low[at] in _LEFT or tag == "adv" or sentence.day_at[at] is not None or low[at] in ('"', "'", "(", ":"):
            at -= 1
        else:
            return None
        steps += 1
    return None


def _split(sentence: Sentence, verb: int, end: int, clause: Clause) -> Predicate | None:
    """The predicate of a verb whose second word stands behind the people."""
    low, word = sentence.words.low, sentence.words.low[verb]
    stem = next((stem for stem in SPLIT_SORT if word.startswith(stem[:3]) and stem[0] == word[0]), None)
    stem = {"took": "take", "got": "get", "sent": "send", "brought": "bring", "gets": "get"}.get(word, stem)
    if stem is None:
        return None
    letter = (
        "G"
        if word.endswith("ing")
        else "D"
        if word.endswith("ed") or word in ("took", "got", "sent", "brought")
        else "B"
    )
    if word.endswith("s"):
        letter = "S"
    if word in ("let", "set"):
        letter = "D"
    saved, saved_end = sentence.tag[verb], sentence.tag_end[verb]
    sentence.tag[verb] = f"{SPLIT_SORT[stem]}:{letter}"
    predicate = predicate_at(sentence, verb, clause)
    sentence.tag[verb], sentence.tag_end[verb] = saved, saved_end
    if predicate is not None:
        predicate.end = verb + 1
        sentence.tag[end - 1] = ""
    return predicate if low else None


def subject_of(sentence: Sentence, reading: Reading) -> Predicate | None:
    """The passive or intransitive verb behind the people: "20 captives were set free", "82 released on Thursday"."""
    low, clause = sentence.words.low, reading.clause
    at = max(reading.people.end, reading.last)
    limit = clause.end
    steps = 0
    relative = False
    if sentence.tag[at : at + 1] == ["edge:whom"] and at < limit:
        at = sentence.tag_end[at]
    while at < limit and steps < 20:
        if sentence.figure_at[at] is not None and not sentence.tag[at]:
            if steps and low[at - 1] in ("in", "from", "through", "across", "and", "of"):
                at += 1
                steps += 1
                continue
            return None
        predicate = (
            predicate_at(sentence, at, clause)
            if sentence.tag[at] or low[at] in ("out", "home", "back", "free")
            else None
        )
        if predicate is not None:
            if predicate.sort == "total":
                return None
            if predicate.tense == "noun":
                at = predicate.end
                steps += 1
                continue
            if relative and predicate.negated and predicate.sort == "want":
                at = max(sentence.tag_end[at], at + 1) + 1
                relative = False
                continue
            if (
                predicate.tense == "participle"
                and predicate.sort in ("free", "give", "get", "swap", "want")
                and not relative
            ):
                predicate.passive = True
            if predicate.passive or predicate.sort == "go" or predicate.tense == "participle" or relative:
                return predicate
            if predicate.sort == "hold" or (predicate.sort == "give" and low[at].startswith("return")):
                return predicate
            if predicate.tense in ("infinitive",):
                return predicate
            return None
        word = low[at]
        if word in ("who", "whom", "that", "which", "whose"):
            relative = True
        elif word == "," and at + 1 < limit and sentence.figure_at[at + 1] is not None:
            resumed = _beyond(sentence, clause)
            if resumed is None:
                return None
            at, limit, clause = resumed.start, resumed.end, resumed
        elif (
            (word == "," and not _aside(sentence, at, limit))
            or word in (":", "-")
            or (word == '"' and steps)
            or (
                sentence.tag[at].startswith("op:")
                and sentence.tag[at].split(":")[1] in ("reject", "deny")
                and not relative
            )
            or word in ("said", "says", "told")
        ):
            return None
        at += 1
        steps += 1
    return None


def finished(sentence: Sentence, reading: Reading) -> Predicate | None:
    """For "none of the 5,000 who were to be free has left jail": the release that has not happened."""
    for at in range(reading.last, len(sentence.words)):
        predicate = predicate_at(sentence, at, reading.clause) if sentence.tag[at] else None
        if (
            predicate is not None
            and predicate.tense in ("past", "perfect", "pluperfect", "present_passive")
            and predicate.sort != "total"
        ):
            return predicate
    return None


def _beyond(sentence: Sentence, clause: Clause) -> Clause | None:
    """The clause that goes on after an inserted part: "100 men, 84 of whom fought there, were freed"."""
    following = sentence.clauses[clause.number + 1 : clause.number + 3]
    if len(following) == 2 and following[0].opener == "whom" and following[1].opener == "main":
        return following[1]
    return None


def _aside(sentence: Sentence, at: int, limit: int) -> bool:
    """Whether a comma opens an aside that ends with another comma before a verb: ", six civilians among them,"."""
    low = sentence.words.low
    for close in range(at + 1, min(limit, at + 14)):
        if low[close] == ",":
            behind = sentence.tag[close + 1] if close + 1 < limit else ""
            return behind.startswith(("aux:", "go:", "give:", "free:", "adv")) or low[close - 1] in ("them",)
    behind = sentence.tag[at + 1] if at + 1 < limit else ""
    return (
        low[at + 1] in ("who", "whom", "which", "whose")
        if at + 1 < limit and not behind.startswith("aux:")
        else bool(behind)
    )


def nearest(sentence: Sentence, reading: Reading) -> Predicate | None:
    """The nearest predicate of the clause, on the left first."""
    clause = reading.clause
    for at in range(reading.first - 1, clause.start - 1, -1):
        if sentence.tag[at] and sentence.tag[at] != "~":
            predicate = predicate_at(sentence, at, clause)
            if predicate is not None:
                return predicate
    for at in range(max(reading.people.end, reading.last), clause.end):
        if (sentence.tag[at] and sentence.tag[at] != "~") or sentence.words.low[at] in ("out", "home", "back", "free"):
            predicate = predicate_at(sentence, at, clause)
            if predicate is not None:
                return predicate
    return None
