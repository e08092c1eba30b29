"""The predicate that governs a number: its class, tense and voice, the words that govern it, and its agent."""

from __future__ import annotations

import msgspec

from quittance.claims.clauses import Clause, Sentence
from quittance.claims.verbs import OUT_WORDS, SPLIT
from quittance.claims.words import listed

CLASSES = frozenset(("free", "give", "get", "swap", "go", "hold", "want", "total"))
_NOUN_BEFORE = frozenset(
    listed(
        "the a an this that these those 's ' of for on in about after before prisoner prisoners hostage captive "
        "detainee inmate its their his initial gradual another further first next such mass large largest "
        "prisoner-of-war each multi-day three-day two-day biggest single unilateral mutual simultaneous phased "
        "new final last latest with no any whose early quick swift immediate previous successful partial full "
        "safe"
    )
)
_SKIPPED = frozenset(("adv", "not"))


class Predicate(msgspec.Struct):
    """One predicate: `start:end` its tokens, `group` where its auxiliaries begin.

    `sort` is its class; `tense` one of past, perfect, pluperfect, present, progressive, future, modal, possible,
    infinitive, gerund, participle, noun; `passive`; `negated`; `ops` the classes of the words that govern it, nearest
    first; `linked` the one that governs it directly ("promised to free").
    """

    start: int
    end: int
    sort: str
    group: int
    tense: str
    passive: bool = False
    negated: bool = False
    linked: str = ""
    link_at: int = -1
    ops: list[tuple[str, int]] = []
    be_to: bool = False


def predicate_at(sentence: Sentence, index: int, clause: Clause) -> Predicate | None:
    """The predicate whose first token stands at an index, with its verb group read; None where none stands there."""
    tag = sentence.tag[index]
    sort, _, form = tag.partition(":")
    low = sentence.words.low
    if sort not in CLASSES:
        if low[index] in OUT_WORDS:
            return _adjective(sentence, index, clause)
        return None
    end = sentence.tag_end[index]
    if low[index] == "free" and sentence.tag[max(0, index - 1)] in ("aux:be", "aux:was", "aux:bare", "adv"):
        state = _adjective(sentence, index, clause)
        if state is not None:
            return state
    if form == "BX":
        form = "X" if _is_noun(sentence, index, clause) else ("S" if low[index].endswith("s") else "B")
    if form == "BD":
        form = _base_or_past(sentence, index, clause)
    if form == "X":
        return _noun(sentence, index, end, sort, clause)
    if form == "A":
        return Predicate(index, end, sort, index, "present", ops=_governors(sentence, clause, index))
    return _verb(sentence, index, end, sort, form, clause)


def _base_or_past(sentence: Sentence, index: int, clause: Clause) -> str:
    """Whether let, set or put is the base form: after "to", "will" and "did"; otherwise it is taken for the past."""
    at = index - 1
    while at >= clause.start:
        tag, word = sentence.tag[at], sentence.words.low[at]
        if tag in ("aux:future", "aux:may", "aux:should", "aux:do") or word == "to":
            return "B"
        if tag not in _SKIPPED and sentence.day_at[at] is None and not tag.startswith("aux"):
            return "D"
        at -= 1
    return "D"


def _is_noun(sentence: Sentence, index: int, clause: Clause) -> bool:
    """Whether release, exchange, swap, return or transfer is the noun here."""
    low = sentence.words.low
    before = low[index - 1] if index > clause.start else ""
    after = low[index + 1] if index + 1 < len(low) else ""
    if before in ("to", "and") and after not in ("of", "for"):
        return False
    if sentence.tag[index - 1].startswith("aux") if index else False:
        return False
    return after in ("of", "by", "from", "for", "between", "with") or before in _NOUN_BEFORE or not before


def _noun(sentence: Sentence, index: int, end: int, sort: str, clause: Clause) -> Predicate:
    """A noun such as "the release of": what governs it decides the rest."""
    ops = _governors(sentence, clause, index)
    found = Predicate(index, end, sort, index, "noun", ops=ops)
    if ops:
        found.linked, found.link_at = ops[0]
        found.negated = _negated_before(sentence, ops[0][1], clause)
        if found.linked in ("plan", "reject", "demand", "calls", "finish", "start", "must"):
            governor = _group(sentence, ops[0][1], "D", clause)
            found.tense = "noun"
            found.be_to = governor[3]
    return found


def _adjective(sentence: Sentence, index: int, clause: Clause) -> Predicate | None:
    """ "is out", "are free", "were home": a state after the release."""
    at = index - 1
    while at >= clause.start and (sentence.tag[at] in _SKIPPED or sentence.day_at[at] is not None):
        at -= 1
    low = sentence.words.low
    if at < clause.start or sentence.tag[at] not in ("aux:be", "aux:was", "aux:been", "aux:bare"):
        if low[index] in ("out", "back", "home") and index > clause.start and _wanted(sentence, index, clause):
            return None
        return None
    tense, _, negated, be_to, group = _group(sentence, at + 1, "D", clause)
    if tense == "present_passive" or (tense == "participle" and sentence.tag[at] == "aux:be"):
        tense = "present"
    return Predicate(
        index, index + 1, "go", group, tense, negated=negated, ops=_governors(sentence, clause, group), be_to=be_to
    )


def _wanted(sentence: Sentence, index: int, clause: Clause) -> bool:
    """Whether a word of wanting stands before in the clause."""
    return any(sentence.tag[at].startswith("want:") for at in range(clause.start, index))


def _verb(sentence: Sentence, index: int, end: int, sort: str, form: str, clause: Clause) -> Predicate:
    """A verb in one of its forms."""
    tense, passive, negated, be_to, group = _group(sentence, index, form, clause)
    found = Predicate(index, end, sort, group, tense, passive, negated, be_to=be_to)
    found.ops = _governors(sentence, clause, group)
    if sort == "go":
        found.passive = False
        if tense == "participle":
            found.tense = "past"
    before = group - 1
    while before >= clause.start and (sentence.tag[before] in _SKIPPED or sentence.day_at[before] is not None):
        before -= 1
    if before >= clause.start and tense in ("infinitive", "gerund"):
        name = _operator(sentence, before)
        if name:
            found.linked, found.link_at = name, before
        elif found.ops and before >= clause.start:
            found.linked, found.link_at = found.ops[0]
        if found.link_at >= 0 and _negated_before(sentence, found.link_at, clause):
            found.negated = True
    return found


def _operator(sentence: Sentence, index: int) -> str:
    """The class of an operator of which this is the last token."""
    while index and sentence.tag[index] == "~":
        index -= 1
    tag = sentence.tag[index]
    return tag.split(":")[1] if tag.startswith("op:") else ("demand" if tag.startswith("want:") else "")


def _group(sentence: Sentence, index: int, form: str, clause: Clause) -> tuple[str, bool, bool, bool, int]:
    """Tense, passive, negated, "is to", and where the verb group begins, from the words before a verb form."""
    aux: list[str] = []
    negated = False
    group = at = index
    to = False
    while at > clause.start:
        at -= 1
        tag, word = sentence.tag[at], sentence.words.low[at]
        if tag.startswith("aux:"):
            aux.append(tag[4:])
            group = at
        elif tag == "not":
            negated = True
            group = at
        elif word == "to" and not to:
            to = True
            group = at
            aux.append("to")
        elif word == "no" and at + 1 == index:
            negated = True
        elif (
            tag == "adv"
            or sentence.day_at[at] is not None
            or (word in ("'", "t", "going", ",") and aux)
            or tag.startswith("adv")
        ):
            continue
        else:
            break
    if "have" in aux and "to" in aux and "yet" in sentence.words.low[group:index]:
        return "perfect", "bare" in aux, True, False, group
    tense, passive = _tense(aux, form)
    be_to = "to" in aux and aux[-1] in ("be", "was") and aux.index("to") < len(aux) - 1
    if be_to and tense == "infinitive":
        tense = "future"
    return tense, passive, negated, be_to, group


def _tense(aux: list[str], form: str) -> tuple[str, bool]:
    """Tense and voice from the auxiliaries, nearest to the verb first."""
    be = any(name in ("be", "was", "been", "bare") for name in (aux[: aux.index("to")] if "to" in aux else aux))
    passive = be and form in ("D", "N")
    for name, tense in (("future", "future"), ("should", "modal"), ("may", "possible")):
        if name in aux:
            return tense, passive
    if "to" in aux:
        outer = aux[aux.index("to") + 1 :]
        if outer and outer[0] in ("have", "had") and len(outer) == 1:
            return "modal", passive
        if "have" in aux[: aux.index("to")] and not outer:
            return "perfect", passive
        return "infinitive", passive
    if "bare" in aux:
        return "infinitive", passive
    if "had" in aux:
        return "pluperfect", passive
    if "have" in aux:
        return "perfect", passive
    if passive:
        if "been" in aux and len(aux) > 1:
            return "progressive", True
        return ("past", True) if "was" in aux else ("present_passive", True)
    if form == "G":
        return ("progressive" if be else "gerund"), False
    if "do" in aux:
        return "past" if form == "B" else "present", False
    if form in ("D", "T"):
        return "past" if form == "T" else "participle", False
    if form == "N":
        return "participle", True
    return "present", False


def _governors(sentence: Sentence, clause: Clause, before: int) -> list[tuple[str, int]]:
    """The operators of a clause that stand before a token, nearest first."""
    found = []
    for index in range(before - 1, clause.start - 1, -1):
        tag = sentence.tag[index]
        if tag.startswith("op:"):
            found.append((tag.split(":")[1], index))
        elif tag.startswith("want:"):
            found.append(("demand", index))
    return found


def _negated_before(sentence: Sentence, index: int, clause: Clause) -> bool:
    """Whether "not" or "never" stands in the verb group before an operator."""
    at = index - 1
    while at >= clause.start:
        tag = sentence.tag[at]
        if tag == "not":
            return True
        if not (tag.startswith("aux:") or tag == "adv" or sentence.words.low[at] == "to"):
            return False
        at -= 1
    return False


def split_end(sentence: Sentence, verb: int, after: int, limit: int) -> int:
    """The index after the second word of "let ... go", "set ... free", "wants ... out", or -1."""
    low = sentence.words.low
    if after >= limit:
        return -1
    seconds: tuple[str, ...] | frozenset[str] = SPLIT.get(low[verb].rstrip("s"), ())
    if low[verb] in ("letting", "setting"):
        seconds = SPLIT[low[verb][:3]]
    if low[verb] in ("hand", "hands", "handed", "handing", "turn", "turns", "turned", "turning"):
        seconds = ("over", "back")
    if low[verb] in (
        "send",
        "sends",
        "sent",
        "bring",
        "brings",
        "brought",
        "take",
        "takes",
        "took",
        "get",
        "gets",
        "got",
    ):
        seconds = ("home", "back", "out")
    if low[verb] in ("put", "puts"):
        seconds = ("at",)
    return after + 1 if low[after] in seconds else -1


SPLIT_SORT = {
    "let": "free",
    "set": "free",
    "hand": "give",
    "turn": "give",
    "send": "give",
    "bring": "get",
    "get": "get",
    "take": "get",
}
"""The class of a verb whose second word stands after the people."""
