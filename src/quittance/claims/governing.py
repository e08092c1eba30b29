"""Which predicate governs a number, and how: as its object, as its subject, or carried over from another number."""

from __future__ import annotations

import msgspec

from quittance.claims.clauses import Clause, Sentence
from quittance.claims.numbers import Figure
from quittance.claims.persons import People, people_after, qualifies
from quittance.claims.predicates import SPLIT_SORT, Predicate, predicate_at, split_end
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
_COUNT_NOUNS = frozenset(["total", "number", "count", "tally", "figure", "toll", "sum"])
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
_WAY = frozenset(listed("way towards toward short middle halfway half goal target quota"))


class Reading(msgspec.Struct):
    """A number with what the sentence says of it.

    `first:last` are the tokens of the number with its modality, `scope` those from which its cues count; `relation` is
    object, subject, coordinate, loose, whole or none. `switched` is the side that a coordinate names as the new agent
    ("and the rebels 40"); `counted` says that a count reaches the number, `whole` that it is the whole of which another
    is a part, or a goal, `excepted` that all but it are free, `final` that it is a last group, `requested` that the
    people were asked for, `asked_at` where the words for that stand.
    """

    figure: Figure
    first: int
    last: int
    clause: Clause
    people: People
    predicate: Predicate | None = None
    relation: str = "none"
    switched: str | None = None
    counted: bool = False
    whole: bool = False
    excepted: bool = False
    final: bool = False
    requested: bool = False
    asked_at: int = -1
    scope: tuple[int, int] = (0, 0)
    before: Reading | None = None


def readings(sentence: Sentence) -> list[Reading]:
    """Every number of persons in a sentence with its governing predicate and the stretch in which its cues stand."""
    found: list[Reading] = []
    for place, figure in enumerate(sentence.figures):
        reading = _place(sentence, place, figure)
        reading.before = found[-1] if found else None
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
        reading.predicate = _subject_of(sentence, reading)
        return
    if _asked_after(sentence, reading):
        return
    reading.final = _final_group(sentence, reading)
    reading.requested = _requested(sentence, reading)
    if _whole_of(sentence, reading):
        reading.whole, reading.relation = True, "whole"
        return
    total = _total_of(sentence, reading)
    if total is not None:
        reading.predicate, reading.relation, reading.counted = total, "object", True
        return
    left = _object_of(sentence, reading)
    if left is not None:
        reading.predicate, reading.relation = left, "object"
        return
    right = _finished(sentence, reading) if reading.figure.zero else _subject_of(sentence, reading)
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
    near = _nearest(sentence, reading)
    if near is not None:
        reading.predicate, reading.relation = near, "loose"


def _object_of(sentence: Sentence, reading: Reading) -> Predicate | None:
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
        if low[at] in _COUNT_NOUNS:
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


def _asked_after(sentence: Sentence, reading: Reading) -> bool:
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
        if sentence.tag[k].startswith(("op:plan", "op:agree", "op:must")) or low[k] in ("owe", "owes", "owed")
    ]
    if (
        low[0] == "of"
        and reading.first <= 1
        and owed
        and (low[at] in ("that", "which", "whom", "they", "it") or sentence.mention_at[at])
    ):
        reading.whole, reading.relation, reading.asked_at = True, "whole", at
        return True
    return False


def _unowned(sentence: Sentence, reading: Reading) -> bool:
    """Whether no verb has the number as its object: "the 1,000 agreed", "the release of the 1,000 promised"."""
    owner = _object_of(sentence, reading)
    if owner is None:
        return sentence.words.low[reading.first] in ("the", "all", "those", "its", "of", "both")
    return owner.tense == "noun"


def _final_group(sentence: Sentence, reading: Reading) -> bool:
    """Whether a last group is said to be the number: "the final group is 400 inmates"."""
    low = sentence.words.low
    window = low[max(reading.clause.start, reading.first - 8) : reading.first]
    behind = low[max(reading.people.end, reading.last) :][:3]
    if behind[:2] == [",", "the"] and behind[2:] and behind[2] in ("last", "final", "remaining"):
        return True
    return any(word in ("final", "last", "remaining") for word in window) and any(
        word in ("group", "batch", "lot", "tranche") for word in window
    )


def _requested(sentence: Sentence, reading: Reading) -> bool:
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


def _whole_of(sentence: Sentence, reading: Reading) -> bool:
    """Whether the number is a whole or a goal: "from the 1,500 agreed", "80 of a final 400", "halfway to 1,500"."""
    low, clause = sentence.words.low, reading.clause
    at = reading.first - 1
    while at >= clause.start and (low[at] in _BEFORE_WHOLE or sentence.mention_at[at] is not None):
        at -= 1
    if at < clause.start:
        return False
    before = reading.before
    if low[at] == "of" and at and low[at - 1] in ("most", "many", "some", "few", "several", "more"):
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


def _total_of(sentence: Sentence, reading: Reading) -> Predicate | None:
    """The verb by which a count reaches the number: "the total reaches 748", "pushing the count to over 4,000"."""
    low, clause = sentence.words.low, reading.clause
    counts = [
        at
        for at in range(max(clause.start, reading.first - 14), min(clause.end, reading.last + 3))
        if low[at] in _COUNT_NOUNS
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


def _subject_of(sentence: Sentence, reading: Reading) -> Predicate | None:
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


def _finished(sentence: Sentence, reading: Reading) -> Predicate | None:
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


def _nearest(sentence: Sentence, reading: Reading) -> Predicate | None:
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
