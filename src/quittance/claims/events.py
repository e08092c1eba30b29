"""What a number is: released, planned, owed, demanded, refused, listed or held."""

from __future__ import annotations

from quittance.claims.clauses import Sentence
from quittance.claims.counting import refused_count
from quittance.claims.model import BOTH, EventType
from quittance.claims.reading import Reading
from quittance.claims.surroundings import Surroundings

_DONE = frozenset(("past", "participle", "perfect", "pluperfect", "present_passive"))
_AHEAD = frozenset(("future", "infinitive", "modal", "possible", "progressive", "gerund", "present"))
_OVER = frozenset(["complete", "completed", "over", "finished", "done", "concluded"])
_BY_NAME: dict[str, EventType] = {
    "say": "term",
    "must": "term",
    "start": "plan",
    "resume": "plan",
    "reject": "reject",
    "demand": "demand",
    "calls": "demand",
    "plan": "plan",
    "agree": "plan",
}
_ON_HOLD = frozenset(["suspended", "delayed", "postponed", "halted", "stalled", "paused", "frozen"])
_LIST_WORDS = frozenset(["list", "lists", "names", "naming", "listing"])


def event_of(sentence: Sentence, reading: Reading, around: Surroundings) -> tuple[EventType, str]:
    """The event type of a number, and the id of the rule that said so."""
    predicate = reading.predicate
    clause = reading.clause
    low = sentence.words.low
    if reading.excepted:
        return "held", "held.except"
    if refused_count(sentence, reading):
        return "reject", "reject.count"
    if around.against and around.told_event is not None:
        return around.told_event, "carried.against"
    if low[max(0, reading.first - 1)] in ("every", "each") and reading.first:
        return around.carried or "term", "term.for_every"
    if reading.requested:
        listed = any(low[at] in _LIST_WORDS for at in range(max(clause.start, reading.first - 6), reading.last))
        return ("list", "list.wanted") if listed else ("demand", "demand.requested")
    if reading.whole and around.still_held:
        return "held", "held.whole"
    if reading.whole and reading.people.listed:
        return "list", "list.whole"
    if (
        reading.whole
        and around.carried == "held"
        and reading.asked_at < 0
        and reading.before is not None
        and (reading.before.excepted or _seized(sentence, reading))
    ):
        return "held", "held.whole"
    if reading.whole:
        return (
            ("term", "term.whole")
            if (around.promised or (around.paper and reading.asked_at >= 0))
            and reading.figure.cue not in ("last", "remaining")
            else ("plan", "plan.whole")
        )
    if reading.people.taken and (
        reading.relation in ("none", "loose") or (predicate is not None and predicate.sort == "hold")
    ):
        return "held", "held.taken"
    if predicate is None:
        return _bare(sentence, reading, around)
    ops = [name for name, _ in predicate.ops]
    if predicate.linked and predicate.linked not in ops:
        ops.insert(0, predicate.linked)
    tense = predicate.tense
    if low[clause.start] == "whether" and tense == "infinitive":
        return "plan", "plan.whether"
    if around.asked and reading.figure.cue == "remaining":
        return "held", "held.asked"
    if tense == "present" and around.headline:
        return ("plan", "plan.headline") if tense == "infinitive" else ("done", "done.headline")
    if predicate.sort == "want" and predicate.passive:
        return "demand", "demand.by"
    if "deny" in ops and "plan" not in ops[: ops.index("deny")]:
        return "reject", "reject.denied"
    if predicate.sort == "want":
        listed = any(low[at] in _LIST_WORDS for at in range(clause.start, reading.first))
        if tense in ("perfect", "past", "present", "participle", "pluperfect", "gerund", "present_passive"):
            return ("list", "list.wanted") if listed else ("demand", "demand.wanted")
    if reading.relation != "object" and _listed(sentence, reading):
        return "list", "list.names"
    if predicate.sort == "give" and any(one in _LIST_WORDS for one in low[predicate.end : reading.last]):
        return "list", "list.given"
    if predicate.sort == "hold":
        return _held(sentence, reading, around, ops)
    if predicate.sort == "total":
        return _total(reading, around, tense, clause.opener)
    if "reject" in ops and _reaches(sentence, predicate.ops, "reject", predicate.start):
        is_offer = predicate.linked == "plan" and tense == "infinitive" and not predicate.negated
        return "reject", "reject.offer" if is_offer else "reject.refused"
    if tense == "noun":
        return _named(sentence, reading, around, ops)
    if predicate.negated:
        if reading.figure.zero:
            return "done", f"done.{'passive' if predicate.passive else tense}"
        if tense in _DONE:
            return "held", "held.not_released"
        if tense in _AHEAD and reading.figure.cue != "more":
            return "reject", "reject.will_not"
    if (clause.opener in ("until", "before") and tense not in _DONE) or clause.opener == "until":
        return _awaited(around, clause.opener)
    if tense in _DONE:
        if "start" in ops and predicate.linked == "start":
            return "plan", "plan.started"
        return "done", f"done.{'passive' if predicate.passive else tense}"
    if tense == "gerund":
        return _gerund(sentence, reading, around, ops)
    if predicate.sort == "go" and tense == "present" and not around.paper and clause.opener not in ("once", "when"):
        return "done", "done.state"
    return _ahead(around, tense, ops, clause.opener, predicate.linked, predicate.be_to)


def _listed(sentence: Sentence, reading: Reading) -> bool:
    """Whether the number is one of names on a list."""
    low = sentence.words.low
    start = max(reading.clause.start, reading.first - 6)
    return reading.people.word in ("name", "names") or any(low[at] in _LIST_WORDS for at in range(start, reading.last))


def linked_to(sentence: Sentence, at: int, stem: str) -> bool:
    """Whether the governing word is a form of one verb."""
    return at >= 0 and sentence.words.low[at].startswith(stem)


def _seized(sentence: Sentence, reading: Reading) -> bool:
    """Whether the people are said to have been taken once: "97 of the 251 hostages seized in October"."""
    at = max(reading.people.end, reading.last)
    return sentence.words.low[at : at + 1] in (["seized"], ["taken"], ["captured"], ["kidnapped"], ["abducted"])


def _reaches(sentence: Sentence, ops: list[tuple[str, int]], name: str, target: int) -> bool:
    """Whether an operator governs a predicate: no finite saying between them."""
    at = next(at for op, at in ops if op == name)
    low = sentence.words.low
    return not any(
        low[k] in ("said", "says", "saying", "told", "and") and low[k] != "to" and k > at + 1 and low[k] != "and"
        for k in range(at + 1, target)
    )


def _ahead(
    around: Surroundings, tense: str, ops: list[str], opener: str, linked: str, be_to: bool
) -> tuple[EventType, str]:
    """What lies ahead: an obligation of an agreement, a demand, or a plan."""
    if around.paper:
        return "term", f"term.{around.paper}"
    if around.carried == "term" and (around.coordinate or (tense == "future" and not ops)):
        return "term", "carried.coordinate"
    if around.after_term and not ops and not around.decreed and (around.would or be_to):
        return "term", "term.goes_on"
    if linked == "plan" and around.pledged and around.speaker and around.actor and around.speaker != around.actor:
        return "term", "term.undertaken"
    if "agree" in ops and (around.actor == BOTH or around.mutual):
        return "term", "term.agreed"
    if around.promised and around.swapped and not around.leader:
        return "term", "term.swap"
    if ("must" in ops or "agree" in ops) and around.no_bond:
        return "reject", "reject.no_commitment"
    if "must" in ops or tense == "modal":
        if around.attributed and around.speaker != around.actor and tense == "modal":
            return "demand", "demand.must"
        if "demand" in ops or (around.speaker and around.actor and around.speaker != around.actor):
            return "demand", "demand.must"
        if linked == "must" or tense == "modal" or "must" in ops:
            return ("plan", "plan.supposed") if around.decreed else ("term", "term.must")
    if "demand" in ops or "calls" in ops:
        return "demand", "demand.asked"
    if opener in ("once", "when") and around.speaker and around.actor and around.speaker != around.actor:
        return "demand", "demand.once"
    if opener == "while" and tense == "present" and around.carried in ("plan", "term"):
        return around.carried, "carried.while"
    if opener == "once" and around.promised:
        return "term", "term.once"
    if opener == "swap" and around.carried:
        return around.carried, "carried.swap"
    if tense == "present" and not ops:
        if around.promised:
            return "term", "term.present"
        return ("plan", "plan.present") if opener else ("done", "done.present")
    if "start" in ops and "plan" not in ops:
        return "plan", "plan.started"
    if be_to and around.promised and tense == "future" and around.were_to:
        return "term", "term.were_to"
    return "plan", f"plan.{'to_be' if be_to else linked or tense}"


def _awaited(around: Surroundings, opener: str) -> tuple[EventType, str]:
    """ "until 200 are freed": a demand on the other side, or the end of one's own plan."""
    if around.speaker and around.actor and around.speaker != around.actor:
        return "demand", f"demand.{opener}"
    if around.paper and around.speaker is None:
        return "term", f"term.{around.paper}"
    return ("plan", "plan.until") if opener == "until" else ("demand", "demand.before")


def _gerund(sentence: Sentence, reading: Reading, around: Surroundings, ops: list[str]) -> tuple[EventType, str]:
    """ "for freeing 300", "with Kyiv freeing 40", "the process of releasing 5,000", "began freeing"."""
    predicate = reading.predicate
    assert predicate is not None
    before = sentence.words.low[predicate.start - 1] if predicate.start else ""
    if "reject" in ops:
        return "reject", "reject.refused"
    if "finish" in ops:
        return "done", "done.finished"
    if "start" in ops or "resume" in ops:
        return "plan", "plan.started"
    if before == "of" and around.promised:
        return "term", "term.process"
    if before in ("for", "after", "by", "with") or "confirm" in ops:
        return "done", "done.gerund"
    if around.paper:
        return "term", f"term.{around.paper}"
    if linked_to(sentence, predicate.link_at, "insist"):
        return "plan", "plan.insists"
    if "demand" in ops or "calls" in ops:
        return "demand", "demand.asked"
    if "plan" in ops or "announce" in ops or "must" in ops or "agree" in ops:
        return "plan", "plan.gerund"
    if around.carried:
        return around.carried, "carried.gerund"
    return "done", "done.gerund"


def _named(sentence: Sentence, reading: Reading, around: Surroundings, ops: list[str]) -> tuple[EventType, str]:
    """A noun: "the release of 20", by the words that govern it and the state that follows."""
    predicate = reading.predicate
    assert predicate is not None
    low, clause = sentence.words.low, reading.clause
    after = range(max(reading.people.end, reading.last), clause.end)
    for at in range(predicate.end, reading.first):
        if sentence.tag[at].startswith("op:confirm"):
            if low[at - 1] in ("to", "will", "would"):
                return "plan", "plan.noun_ahead"
            ahead = sentence.tag[at].endswith((":S", ":B")) and "will" in low
            return ("plan", "plan.involves") if ahead else ("done", "done.involved")
    if any(low[at] in _ON_HOLD for at in after) or ("on", "hold") in sentence.pairs:
        return "held", "held.on_hold"
    over = next((at for at in after if low[at] in _OVER), -1)
    if over >= 0:
        ahead = any(sentence.tag[at] in ("aux:future", "aux:may", "aux:should") for at in range(after.start, over))
        return ("plan", "plan.complete") if ahead else ("done", "done.finished")
    for name, at in predicate.ops:
        if predicate.negated and name in ("plan", "announce"):
            return "reject", "reject.will_not"
        if name == "reject":
            return "reject", "reject.refused"
        if name == "finish":
            ahead = any(low[k] in ("to", "will", "once", "must") for k in range(max(clause.start, at - 3), at)) or low[
                at
            ] in ("complete", "completes", "finish", "finishes")
            if not ahead:
                return "done", "done.finished"
            if "demand" in ops:
                return "demand", "demand.asked"
            if around.paper or (clause.opener == "once" and around.promised):
                return "term", "term.completed"
            return "plan", "plan.complete"
        if name == "calls":
            return ("term", "term.calls") if around.paper else ("demand", "demand.calls")
        if name in ("say", "must"):
            if around.paper or around.promised or name == "say":
                return (
                    ("demand", "demand.stipulated")
                    if around.speaker and around.actor and around.speaker != around.actor and not around.paper
                    else ("term", "term.stipulated")
                )
            return "plan", "plan.committed"
        if name == "demand":
            return "demand", "demand.asked"
        if name in ("start", "resume"):
            return "plan", "plan.started"
        if name == "halt":
            return "reject", "reject.halted"
        if name in ("plan", "agree"):
            return ("term", "term.paper") if around.paper else ("plan", "plan.announced")
        if name == "announce":
            done = around.past_day and not around.leader and not around.decreed
            return ("done", "done.announced") if done else ("plan", "plan.announced")
        if name == "confirm":
            if around.paper and low[at] in ("for", "means", "meant", "see", "held") and not around.past_day:
                return "term", "term.paper"
            return "done", "done.confirmed"
    for at in after:
        if sentence.tag[at] in ("aux:future", "aux:may", "aux:should") or sentence.tag[at].startswith(
            ("op:start", "op:announce", "op:plan")
        ):
            if around.paper or around.promised:
                return "term", "term.noun"
            return "plan", "plan.noun_ahead"
        if sentence.tag[at].startswith("op:confirm"):
            return "done", "done.confirmed"
        if sentence.tag[at].startswith("op:agree") and "," not in low[after.start : at]:
            return "term", "term.agreed"
    if low[predicate.start - 1] in ("after", "following", "with") if predicate.start else False:
        return "done", "done.noun"
    if around.paper:
        return "term", f"term.{around.paper}"
    if around.past_day:
        return "done", "done.noun"
    if around.promised:
        return "term", "term.noun"
    if clause.opener == "part":
        return "plan", "plan.part"
    if around.carried:
        return around.carried, "carried.noun"
    return "plan", "plan.noun"


def _held(sentence: Sentence, reading: Reading, around: Surroundings, ops: list[str]) -> tuple[EventType, str]:
    """Held, captured, or remaining with somebody."""
    predicate = reading.predicate
    if predicate is not None and sentence.words.low[predicate.end - 1] == "back":
        return "reject", "reject.holds_back"
    if predicate is not None and any(
        sentence.tag[at].startswith("free:") and sentence.words.low[at - 1] == "be"
        for at in range(predicate.end, min(reading.clause.end, predicate.end + 4))
    ):
        return "plan", "plan.remain_to_be"
    if around.carried in ("term", "demand") and reading.clause.opener in ("whom", "swap"):
        return around.carried, "carried.part"
    return "held", "held.custody"


def _total(reading: Reading, around: Surroundings, tense: str, opener: str) -> tuple[EventType, str]:
    """A count that reaches a number."""
    if opener in ("until", "once"):
        return _awaited(around, "until")
    if around.mutual:
        return "term", "term.agreed"
    if tense in ("future", "infinitive", "possible", "modal"):
        if (around.speaker and around.actor and around.speaker != around.actor) or tense == "modal":
            return "demand", "demand.total"
        return "plan", "plan.total"
    if tense == "gerund" and around.carried in ("plan", "term"):
        return around.carried, "carried.total"
    return "done", "done.total"


def _bare(sentence: Sentence, reading: Reading, around: Surroundings) -> tuple[EventType, str]:
    """No predicate of a release in the clause: a list, people held, or what the clause before was about."""
    low = sentence.words.low
    if refused_count(sentence, reading):
        return "reject", "reject.count"
    if _listed(sentence, reading):
        return "list", "list.names"
    if reading.figure.cue == "except":
        return "held", "held.except"
    if reading.figure.cue in ("remaining", "last") or reading.final:
        return ("plan", "plan.remaining") if not around.asked else ("held", "held.remaining")
    if (around.carried and reading.clause.opener in ("swap", "whom", "bring", "plus", "main")) or (
        around.carried and reading.relation == "coordinate"
    ):
        return around.carried, "carried.clause"
    for at in range(reading.first - 1, reading.clause.start - 1, -1):
        name = sentence.tag[at].split(":")[1] if sentence.tag[at].startswith("op:") else ""
        if name == "plan" and any(
            tag.startswith(("op:reject", "op:deny")) for tag in sentence.tag[reading.clause.start : at]
        ):
            return "reject", "reject.offer"
        if name == "say" and any(low[k] in ("decree", "order") for k in range(reading.clause.start, at)):
            return "plan", "plan.decree"
        if name in _BY_NAME:
            event = _BY_NAME[name]
            return ("term", "term.paper") if around.paper and event != "reject" else (event, f"{event}.word")
    if around.carried:
        return around.carried, "carried.clause"
    if around.paper:
        return "term", f"term.{around.paper}"
    return "held", "held.bare"
