"""What stands around a number: the words of its sentence and what the report said before, as plain answers."""

from __future__ import annotations

import msgspec

from quittance.claims.attribution import Source
from quittance.claims.clauses import Clause, Sentence
from quittance.claims.counting import against, still_held
from quittance.claims.memory import Memory
from quittance.claims.model import BOTH, EventType
from quittance.claims.papers import leans_on_paper
from quittance.claims.reading import Reading
from quittance.claims.verbs import OUT_WORDS

_MUTUAL = frozenset((("was", "agreed"), ("been", "agreed"), ("sides", "agreed"), ("were", "agreed")))
_TALKS = frozenset(("talks", "negotiations"))
_NONE = frozenset(("no", "never", "not"))
_PLEDGED = frozenset(["promised", "undertaken", "undertook", "pledged", "vowed", "committed"])


class Surroundings(msgspec.Struct, frozen=True):
    """What stands around a number: the paper that the sentence rests on and how, whether it is a headline, the side
    of the claimant and of the actor, whether the number is one that an agreement or a decree promises."""

    paper: str = ""
    headline: bool = False
    speaker: str | None = None
    leader: bool = False
    actor: str | None = None
    promised: bool = False
    decreed: bool = False
    carried: EventType | None = None
    past_day: bool = False
    swapped: bool = False
    conditional: bool = False
    lead: bool = False
    running: bool = False
    in_return: bool = False
    mutual: bool = False
    day_count: bool = False
    against: bool = False
    told_event: EventType | None = None
    after_term: bool = False
    pledged: bool = False
    state: bool = False
    would: bool = False
    coordinate: bool = False
    pair: bool = False
    by_decree: bool = False
    no_bond: bool = False
    attributed: bool = False
    of_whole: bool = False
    still_held: bool = False
    were_to: bool = False
    asked: bool = False


def surroundings_of(
    sentence: Sentence,
    reading: Reading,
    source: Source,
    memory: Memory,
    actor: str | None,
    side: str | None,
    dated: str,
    headline: bool,
    lead: int,
) -> Surroundings:
    """The surroundings of one number; `lead` is the number of the first sentence of the report."""
    low, clause, figure = sentence.words.low, reading.clause, reading.figure
    value = figure.value if figure.value is not None else figure.high
    ahead, tags = low[clause.start : reading.first], sentence.tag[clause.start : reading.first]
    pairs = sentence.pairs
    decreed = (actor, value) in sentence.parties.decreed
    told = memory.nearest(value or 0) if against(sentence, reading) else None
    return Surroundings(
        paper="paper" if _owed(sentence, reading, source, tags, decreed) else "",
        headline=headline,
        speaker=side,
        leader=(source.claimant.role or "") in ("president", "prime minister", "leader"),
        actor=actor,
        promised=(actor, value) in sentence.parties.promised,
        decreed=decreed,
        swapped=any(tag[:4] == "swap" or tag == "edge:swap" for tag in sentence.tag if tag),
        conditional=any(one.start > reading.last and _conditional(sentence, one) for one in sentence.clauses),
        carried=memory.carried,
        past_day=dated in ("point", "period"),
        asked=clause.opener == "when" or "fate" in ahead or "how" in ahead,
        mutual=not _MUTUAL.isdisjoint(pairs),
        lead=sentence.number <= lead,
        running=actor != BOTH and 1000 < (value or 0) <= sentence.parties.largest.get(actor or "", 0),
        against=told is not None,
        told_event=told[0] if told is not None else None,
        attributed=source.claimant.role not in ("narrator", "document")
        and source.claimant.side not in ("OUTLET", "AGREEMENT"),
        no_bond=_no_bond(sentence, clause.start, reading.first),
        pair=len(sentence.figures) > 1 and _both_sides(sentence),
        by_decree="decree" in low,
        coordinate=reading.relation == "coordinate",
        would="would" in low[clause.start : clause.end],
        state=reading.predicate is not None and low[reading.predicate.start] in OUT_WORDS,
        of_whole=low[reading.last : reading.last + 1] == ["of"]
        and any(one is not None for one in sentence.figure_at[reading.last + 1 : reading.last + 8]),
        still_held=still_held(sentence, reading),
        after_term=memory.term_at == sentence.number - 1 and sentence.number > 0,
        pledged=not _PLEDGED.isdisjoint(ahead),
        were_to=(value or 0) > 300 and "aux:was" in sentence.tag[clause.start : clause.end],
        day_count=_counted_of_day(sentence, reading),
        in_return=("in", "return") in pairs or ("in", "exchange") in pairs,
    )


def _owed(sentence: Sentence, reading: Reading, source: Source, tags: list[str], decreed: bool) -> bool:
    """Whether the number rests on an agreement: by its sentence, or by what the attribution found."""
    if leans_on_paper(sentence, reading):
        return True
    paper = source.document or (source.claimant if source.claimant.role == "document" else None)
    if paper is None or paper.side != "AGREEMENT" or decreed:
        return False
    if any(tag.startswith(("op:must", "aux:should")) for tag in tags if tag):
        return True
    return any(
        mention.sort == "document" and (mention.start < reading.figure.start or _under(sentence, mention.start))
        for mention in sentence.mentions
    )


def _conditional(sentence: Sentence, clause: Clause) -> bool:
    """Whether a clause states a condition: once, if; after talks."""
    if clause.opener == "once":
        return True
    return clause.opener == "after" and not _TALKS.isdisjoint(sentence.words.low[clause.start : clause.end])


def _no_bond(sentence: Sentence, start: int, end: int) -> bool:
    """Whether an obligation is denied: "made no commitment", "never agreed"."""
    low = sentence.words.low
    if _NONE.isdisjoint(low[start:end]):
        return False
    return any(
        low[at] in _NONE and any(tag.startswith(("op:must", "op:agree")) for tag in sentence.tag[at + 1 : at + 3])
        for at in range(start, end)
    )


def _counted_of_day(sentence: Sentence, reading: Reading) -> bool:
    """Whether a count is of one day: "the number of those released today reached 100"."""
    if not reading.counted or reading.predicate is None:
        return False
    start = max(reading.clause.start, reading.predicate.start - 8)
    noun = next(
        (at for at in range(start, reading.predicate.start) if sentence.words.low[at] in ("number", "count", "figure")),
        None,
    )
    return noun is not None and any(sentence.day_at[at] is not None for at in range(noun, reading.predicate.start))


def _under(sentence: Sentence, start: int) -> bool:
    """Whether a paper named behind the number is its ground: "under the deal"."""
    at = sentence.words.first_at(start) - 1
    low = sentence.words.low
    while at >= 0 and (low[at] in ("the", "a", "this", "that") or sentence.mention_at[at] is not None):
        at -= 1
    return at >= 0 and low[at] in ("under", "per", "by", "with", "of")


def _both_sides(sentence: Sentence) -> bool:
    """Whether the sentence names both sides, so that its numbers are a pair."""
    codes = {sentence.actor_code(mention) for mention in sentence.mentions} - {None, BOTH}
    return any(sentence.parties.holder(code) in codes for code in codes)
