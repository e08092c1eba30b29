"""Which predicate governs a number, and how: as its object, as its subject, or carried over from another number."""

from __future__ import annotations

from quittance.claims.clauses import Sentence
from quittance.claims.numbers import Figure
from quittance.claims.persons import people_after, qualifies
from quittance.claims.reading import Reading
from quittance.claims.relations import finished, nearest, object_of, subject_of
from quittance.claims.wholes import asked_after, final_group, requested, total_of, whole_of


def readings(sentence: Sentence) -> list[Reading]:
    """Every number of persons in a sentence with its governing predicate and the stretch in which its cues stand."""
    found: list[Reading] = []
    for place, figure in enumerate(sentence.figures):
        reading = _place(sentence, place, figure)
        reading.before = found[-1] if found else None
        if not reading.people.barred:
            _govern(sentence, reading)
        found.append(reading)
    for reading, following in zip(found, [*found[1:], None], strict=False):
        _scope(sentence, reading, following)
    return found


def _scope(sentence: Sentence, reading: Reading, following: Reading | None) -> None:
    """The tokens from which cues count: the clause, without a neighbouring number that has a predicate of its own."""
    start, end = reading.clause.start, reading.clause.end
    if reading.predicate is not None and end <= reading.predicate.start:
        end = sentence.clause_of(reading.predicate.start).end
    before = reading.before
    if before is not None and before.clause is reading.clause and _apart(before, reading):
        start = max(start, _joint(sentence, before.last, reading.first))
    if following is not None and following.clause is reading.clause and _apart(reading, following):
        end = min(end, _joint(sentence, reading.last, following.first))
    reading.scope = start, max(end, reading.last)


def _apart(one: Reading, other: Reading) -> bool:
    """Whether two numbers have predicates of their own."""
    if one.figure.vague or other.figure.vague:
        return False
    return one.predicate is not None and other.predicate is not None and one.predicate.start != other.predicate.start


def _joint(sentence: Sentence, start: int, end: int) -> int:
    """Where the conjunct of the second of two numbers begins."""
    low = sentence.words.low
    return next((at for at in range(end - 1, start, -1) if low[at] in ("and", "but", ",", "or")), end)


def _place(sentence: Sentence, place: int, figure: Figure) -> Reading:
    """Where the number stands, and its noun phrase."""
    words = sentence.words
    first = words.first_at(min(figure.modality_start, figure.start))
    last = words.after(figure.end)
    while last < len(words) and sentence.figure_at[last] == place:
        last += 1
    clause = sentence.clause_of(
        last if sentence.tag[last : last + 1] == ["edge:whom"] else words.first_at(figure.start)
    )
    noun = last
    if words.low[last : last + 1] == ["of"] and last + 1 < clause.end and not sentence.tag[last]:
        noun = last + 1
        while noun < clause.end and (
            words.low[noun] in ("the", "a", "some", "about", "final", "last", "its")
            or sentence.figure_at[noun] not in (None, place)
        ):
            noun += 1
        noun = noun if noun > last + 1 and sentence.figure_at[noun - 1] is not None else last
    people = people_after(sentence, noun, clause.end)
    if noun > last and not people.found:
        people = people_after(sentence, last, clause.end)
    while first > clause.start and words.low[first - 1] in ("the", "a", "an", "another", "these", "those", "all"):
        first -= 1
    return Reading(figure, first, last, clause, people)


def _govern(sentence: Sentence, reading: Reading) -> None:
    """Find the predicate of one number."""
    low = sentence.words.low
    if reading.figure.cue == "except" or any(
        (
            low[at] in ("except", "excepting", "but")
            and at > 0
            and low[at - 1] in ("for", "all", "everyone", "over", "complete", "with", "everybody")
        )
        or low[at] == "except"
        for at in range(max(0, reading.first - 4), reading.first)
        if not any(one is not None for one in sentence.figure_at[at : reading.first])
    ):
        reading.excepted = True
        reading.predicate = subject_of(sentence, reading)
        return
    if asked_after(sentence, reading):
        return
    reading.final = final_group(sentence, reading)
    reading.requested = requested(sentence, reading)
    if whole_of(sentence, reading):
        reading.whole, reading.relation = True, "whole"
        return
    total = total_of(sentence, reading)
    if total is not None:
        reading.predicate, reading.relation, reading.counted = total, "object", True
        return
    left = object_of(sentence, reading)
    if left is not None:
        reading.predicate, reading.relation = left, "object"
        return
    right = finished(sentence, reading) if reading.figure.zero else subject_of(sentence, reading)
    if right is not None:
        reading.predicate, reading.relation = right, "subject"
        return
    before = reading.before
    if before is not None and before.clause is reading.clause:
        gap = range(before.people.end if before.people.end > before.last else before.last, reading.first)
        if not any(
            sentence.tag[at].partition(":")[0] in ("free", "give", "get", "swap", "go", "hold", "total") for at in gap
        ):
            reading.predicate, reading.relation = before.predicate, "coordinate"
            reading.switched = _new_agent(sentence, gap)
            return
    near = nearest(sentence, reading)
    if near is not None:
        reading.predicate, reading.relation = near, "loose"


def _new_agent(sentence: Sentence, gap: range) -> str | None:
    """The side that a coordinate names anew: "... and the rebels 40", "Yerevan two"."""
    for at in reversed(gap):
        code = sentence.actor_code(sentence.mention_at[at])
        if code is not None:
            begin = sentence.mention_start(at)
            before = sentence.words.low[begin - 1] if begin else ""
            if before == "the":
                before = sentence.words.low[begin - 2] if begin > 1 else ""
            after = (
                sentence.words.low[sentence.mention_end(at)] if sentence.mention_end(at) < len(sentence.words) else ""
            )
            if (
                before not in ("of", "by", "from", "in", "with", "held")
                and after != "'s"
                and not qualifies(sentence, begin)
            ):
                return code
    return None
