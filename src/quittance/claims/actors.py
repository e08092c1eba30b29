"""Who releases or holds the people of a number: every cue is evidence with a weight, and the strongest sum wins."""

from __future__ import annotations

from quittance.claims.agents import agent_of, word_before
from quittance.claims.clauses import Sentence
from quittance.claims.memory import Memory
from quittance.claims.model import BOTH
from quittance.claims.persons import CAGES, qualifies
from quittance.claims.predicates import Predicate
from quittance.claims.reading import Reading
from quittance.claims.words import listed

_ARRIVE = frozenset(listed(
        "arrive arrived arrives arriving landed lands land return returned returns crossed flew flown moved "
        "transferred deported sent taken went came brought reached flying transported repatriated boarded"
    ))  # fmt: skip
_EACH = frozenset((("each", "side"), ("both", "sides"), ("both", "to"), ("prisoners", "each")))
_AHEAD = frozenset(("noun", "infinitive", "future", "modal", "present", ""))
_WINS = frozenset(listed("won win wins secured secures negotiated obtained achieved gained"))
_COMING = frozenset(
    listed("came come comes coming brought bring brings returned return returns back arrived welcomed met")
)


WEAK = 3.5
"""Evidence of less than this weight is a guess: the rule is marked actor.default."""


class Evidence:
    """Weights for each side, and what gave the most."""

    __slots__ = ("weights",)

    def __init__(self) -> None:
        self.weights: dict[str, list[tuple[float, str]]] = {}

    def add(self, code: str | None, weight: float, rule: str) -> None:
        """Count a cue for a side; one that names no side counts for nothing."""
        if code:
            self.weights.setdefault(code, []).append((weight, rule))

    def best(self) -> tuple[str | None, str]:
        """The side with the greatest sum, and its strongest rule; marked where the sum is small."""
        if not self.weights:
            return None, "actor.none+actor.default"
        code = max(sorted(self.weights), key=lambda one: sum(weight for weight, _ in self.weights[one]))
        total = sum(weight for weight, _ in self.weights[code])
        rule = max(self.weights[code])[1]
        return code, rule if total >= WEAK else f"{rule}+actor.default"


def actor_of(sentence: Sentence, reading: Reading, memory: Memory, speaking: str | None) -> tuple[str | None, str]:
    """The code of the side that releases, holds or is to release, and the id of the rule that found it."""
    decided = _decided(sentence, reading, memory, speaking)
    if decided is not None:
        return decided
    evidence = Evidence()
    _by_words(evidence, sentence, reading, memory, speaking)
    _by_context(evidence, sentence, reading, memory, speaking)
    return evidence.best()


def _decided(
    sentence: Sentence, reading: Reading, memory: Memory, speaking: str | None
) -> tuple[str | None, str] | None:
    """Where the clause itself names the side: a new subject, the holder, the agent, whose people they are."""
    people, predicate, parties = reading.people, reading.predicate, sentence.parties
    whose = people.whose
    if people.own and whose is None:
        sides = (
            sentence.actor_code(mention) for mention in sentence.mentions if mention.sort in ("side", "institution")
        )
        whose = speaking or next((code for code in sides if code and code != BOTH), None) or memory.subject
    if reading.switched:
        return reading.switched, "actor.switched"
    if reading.asked_at >= 0:
        named = _promiser(sentence, reading)
        if named is not None:
            return named
    if reading.counted:
        return _of_count(sentence, reading)
    own = _own_by(sentence, reading)
    if own is not None:
        return own, "actor.by"
    agent, how = _agent(sentence, reading, memory, speaking)
    if people.holder and how != "mention":
        return people.holder, "actor.holder"
    if agent and predicate is not None and predicate.sort == "get":
        return agent, "actor.received"
    if agent and not (how == "pronoun" and whose and parties.holder(whose) and not parties.holds(agent, whose)):
        if whose == agent and agent != BOTH:
            return parties.holder(agent), "actor.own"
        if (
            predicate is not None
            and predicate.sort == "free"
            and not whose
            and agent == speaking
            and _through_swaps(sentence, reading)
        ):
            return parties.holder(agent), "actor.swaps"
        return agent, f"actor.{how}"
    if whose and parties.holder(whose):
        return parties.holder(whose), "actor.people"
    return (people.holder, "actor.holder") if people.holder else None


def _own_by(sentence: Sentence, reading: Reading) -> str | None:
    """The side named by "by" right after the number: "484 by the government and 221 by the rebels"."""
    at = max(reading.people.end, reading.last)
    low = sentence.words.low
    if low[at : at + 1] != ["by"] or reading.relation not in ("coordinate", "loose"):
        return None
    for place in range(at + 1, min(len(low), at + 4)):
        code = sentence.actor_code(sentence.mention_at[place])
        if code:
            return code
    return None


def _promiser(sentence: Sentence, reading: Reading) -> tuple[str, str] | None:
    """The side in "the 5,000 demanded by X" (the other is to release) and "the 1,000 that X promised" (X is)."""
    low, at = sentence.words.low, reading.asked_at
    for place in range(at, min(reading.clause.end, at + 6)):
        code = sentence.actor_code(sentence.mention_at[place])
        stated = low[at + 1 : at + 2] == ["by"] or not sentence.tag[at].startswith(("op:", "want:"))
        if not code or code == BOTH or not stated:
            continue
        if reading.requested:
            holder = sentence.parties.holder(code)
            return (holder, "actor.asked_by") if holder else None
        return code, "actor.promiser"
    return None


def _by_words(evidence: Evidence, sentence: Sentence, reading: Reading, memory: Memory, speaking: str | None) -> None:
    """What the sentence hints at: the way they went, who got them back, "each side", the clause before."""
    predicate, parties, clause, carried = reading.predicate, sentence.parties, reading.clause, memory.carried_actor
    placed = _placed(sentence, reading)
    if placed:
        evidence.add(placed[0], placed[2], placed[1])
    if (
        carried
        and carried != BOTH
        and (
            (clause.opener == "swap" and reading.relation == "none")
            or reading.people.other_side
            or (reading.relation != "object" and sentence.words.low[reading.first - 1] == "for")
        )
    ):
        evidence.add(parties.holder(carried), 6, "actor.in_return")
    else:
        evidence.add(carried, 4.5, "actor.carried")
    low = sentence.words.low
    pairs = {tuple(low[at : at + 2]) for at in range(clause.start, clause.end)}
    both = (
        sentence.mentions
        if reading.figure.zero
        else (sentence.mention_at[at] for at in range(clause.start, clause.end))
    )
    if pairs & _EACH or any(mention is not None and mention.code == BOTH for mention in both):
        evidence.add(BOTH, 4, "actor.both")
    swap = next((at for at, tag in enumerate(sentence.tag) if tag.startswith("swap")), -1)
    if predicate is None:
        return
    word = low[predicate.start]
    if predicate.sort == "swap":
        evidence.add(BOTH, 4, "actor.swap")
    elif swap >= 0 and speaking and (predicate.passive or predicate.sort == "go"):
        evidence.add(parties.holder(speaking), 2.5, "actor.swap_home")
    elif swap >= 0 and not speaking:
        evidence.add(BOTH, 1.5, "actor.in_swap")
    if word in _TAKEN and speaking:
        evidence.add(parties.holder(speaking), 4, "actor.taken")
    if predicate.sort in ("go", "get", "give") and _homeward(sentence, predicate):
        if speaking:
            evidence.add(parties.holder(speaking), 4, "actor.home")
            memory.home = memory.home or parties.holder(speaking)
        else:
            evidence.add(memory.home, 3, "actor.home")


def _by_context(evidence: Evidence, sentence: Sentence, reading: Reading, memory: Memory, speaking: str | None) -> None:
    """What the report hints at: the same number before, a promise of just this many, who acted last, who speaks."""
    parties = sentence.parties
    value = reading.figure.value or reading.figure.high or 0
    definite = "the" in sentence.words.low[reading.first : reading.first + 1] or reading.relation == "none"
    evidence.add(memory.actors.get(value), 3.5 if definite else 1.5, "actor.same")
    tense = reading.predicate.tense if reading.predicate is not None else ""
    for number in [one.value for one in sentence.figures] if reading.figure.zero else [value]:
        if number in parties.owed and reading.figure.cue != "more" and (tense in _AHEAD or reading.figure.zero):
            evidence.add(parties.owed[number], 3, "actor.promise")
    for code, weight, rule in (
        (memory.actor, 2.0, "actor.last"),
        (memory.topic, 1.2, "actor.topic"),
        (memory.first, 0.6, "actor.first"),
    ):
        if code == BOTH or parties.may_release(code, value):
            evidence.add(code, weight, rule)
    evidence.add(speaking if parties.may_release(speaking, value) else None, 1.0, "actor.speaker")
    if len(memory.named) == 1:
        evidence.add(next(iter(memory.named)), 0.8, "actor.only")
    evidence.add(parties.first, 0.4, "actor.usual")


def _of_count(sentence: Sentence, reading: Reading) -> tuple[str | None, str] | None:
    """The side of a count, by the people that the count is of: "the total of Palestinians freed", "freed by Kabul"."""
    low = sentence.words.low
    for at in range(reading.clause.start, reading.clause.end):
        mention = sentence.mention_at[at]
        code = sentence.actor_code(mention)
        if code is None or mention is None:
            continue
        begin = sentence.mention_start(at)
        before = word_before(sentence, begin, reading.clause)
        if before in ("by", "from") and code != BOTH:
            return code, "actor.by"
        if (
            mention.sort == "people" or qualifies(sentence, begin) or before in ("freed", "released")
        ) and sentence.parties.holder(code):
            return sentence.parties.holder(code), "actor.people"
        if before == "of" and begin and "freed" in low[begin : begin + 4] and sentence.parties.holder(code):
            return sentence.parties.holder(code), "actor.people"
    return None


def _agent(sentence: Sentence, reading: Reading, memory: Memory, speaking: str | None) -> tuple[str | None, str]:
    """The agent of the predicate, or of the clause that this one continues."""
    predicate, clause, parties = reading.predicate, reading.clause, sentence.parties
    if predicate is None or predicate.sort == "swap" or (predicate.sort == "hold" and reading.relation == "subject"):
        return None, ""
    agent, how = agent_of(sentence, predicate, clause, speaking, memory.subject)
    if agent is None and not predicate.passive and predicate.sort != "go" and predicate.tense != "noun":
        outer = sentence.resumed(clause)
        if outer is not None:
            at = min(outer.end, len(sentence.words))
            moved = Predicate(at, at, predicate.sort, at, predicate.tense)
            agent, how = agent_of(sentence, moved, outer, speaking, memory.subject)
    if (
        agent is None
        and predicate.tense == "noun"
        and predicate.link_at >= 0
        and sentence.words.low[predicate.link_at] in _WINS
    ):
        winner = Predicate(predicate.link_at, predicate.link_at + 1, "get", predicate.link_at, "past")
        agent, how = agent_of(sentence, winner, clause, speaking, memory.subject)
        return (parties.holder(agent), "mention") if agent else (None, "")
    if agent and agent != BOTH and predicate.sort in ("get", "want"):
        agent = parties.holder(agent)
    return agent, how


def _placed(sentence: Sentence, reading: Reading) -> tuple[str, str, float] | None:
    """The side by the way that people went: out of its prisons, home to the other's towns, or held in its places."""
    predicate, low = reading.predicate, sentence.words.low
    start, end = reading.clause.start, reading.clause.end
    if reading.before is not None and reading.before.clause is reading.clause:
        start = reading.first
    if predicate is not None and predicate.start >= end:
        end = sentence.clause_of(predicate.start).end
    found: tuple[str, str, float] | None = None
    for at in range(start, end):
        mention = sentence.mention_at[at]
        code = sentence.actor_code(mention)
        if mention is None or code is None or code == BOTH or mention.sort not in ("place", "side", "demonym"):
            continue
        if sentence.cue is not None and sentence.cue[0] <= mention.start < sentence.cue[1]:
            continue
        begin = sentence.mention_start(at)
        before = word_before(sentence, begin, reading.clause)
        if before == "in" and mention.sort != "place" and _caged(sentence, at):
            return code, "actor.in", 8.0
        if before == "from" and (mention.sort == "place" or _caged(sentence, at)):
            return code, "actor.from", 7.0
        if mention.sort != "place":
            continue
        holder = sentence.parties.holder(code)
        if before in ("to", "in", "for", "into") and holder and any(word in _ARRIVE for word in low[start:begin]):
            found = holder, "actor.to", 5.0
        elif before in ("in", "at") and found is None:
            found = code, "actor.in", 6.0 if predicate is None or predicate.sort == "hold" else 2.5
    return found


_TAKEN = frozenset(["captured", "kidnapped", "abducted", "taken", "seized", "missing"])


def _caged(sentence: Sentence, at: int) -> bool:
    """Whether prisons or captivity follow a side within a few words: "from Russian and Belarusian prisons"."""
    return any(word in CAGES for word in sentence.words.low[at : at + 6])


def _homeward(sentence: Sentence, predicate: Predicate) -> bool:
    """Whether people come home to those who speak of it."""
    low = sentence.words.low
    near = low[max(0, predicate.start - 1) : predicate.end + 2]
    if low[predicate.start] in ("home", "back") or (predicate.passive and low[predicate.start] == "returned"):
        return True
    return any(word in _COMING for word in near) or ("home" in near and predicate.tense == "present")


def _through_swaps(sentence: Sentence, reading: Reading) -> bool:
    """Whether a side tells whom it got free by exchanges."""
    low = sentence.words.low
    return any(
        low[at] in ("through", "in", "via", "by", "during")
        and any(low[k] in ("swaps", "exchanges") for k in range(at, min(at + 4, len(low))))
        for at in range(reading.last, len(low))
    )
