"""Figures in public words: who says how much, what is verified by whom, and the interval between them."""

from __future__ import annotations

from quittance.agreement.account import Figure
from quittance.agreement.judge import Judge, portions, units_of
from quittance.agreement.model import Commitment
from quittance.agreement.verdict import Verdict
from quittance.dates import parse_moment
from quittance.views.accounts import SpeakerFigure
from quittance.views.entry import PartyRef, names, party_refs
from quittance.views.sentence import Interval, Name, Sentence, Value
from quittance.views.wording import Say, say


def amount(n: int | Interval, total: int | None, unit: str | None, *, about: bool = False) -> Sentence:
    """`n of total unit`; `n unit` where the total is not known, `n unit, total owed` where n is more."""
    word = Name(unit or "")
    most = n.high if isinstance(n, Interval) else n
    if total is None:
        said = say(Say.AMOUNT, n=n, unit=word)
    else:
        said = say(Say.AMOUNT_OVER if most > total else Say.AMOUNT_OF, n=n, total=total, unit=word)
    return say(Say.ABOUT, amount=said) if about else said


def verifiers(verdict: Verdict, terms: Commitment, judge: Judge) -> tuple[PartyRef, ...]:
    """Who verified what is verified: those who attested it, and the speaker where the rule needed his word too."""
    unit = units_of(terms)[0]
    said: set[str] = set()
    evidence = set(verdict.evidence.entries)
    for entry in (judge.book.by_id.get(name) for name in verdict.evidence.entries):
        if not isinstance(entry, Figure):
            continue
        for category, _ in portions(entry, terms):
            ruling = judge.ruling(entry, unit, category)
            if ruling is None:
                continue
            attests = [one for one in judge.book.attests.get(entry.id, ()) if one.id in evidence]
            attested = frozenset(one.by for one in attests if one.verdict == "verified") & ruling.named
            together = attested | ({entry.by} & ruling.named)
            said |= attested if ruling.holds(attested) else together if ruling.holds(together) else frozenset()
    return party_refs(judge.agreement, sorted(said))


def figure_words(verdict: Verdict, terms: Commitment, speakers: tuple[SpeakerFigure, ...], judge: Judge) -> Sentence:
    """The interval of a verdict in public words; low is never said alone when high is larger."""
    if verdict.low is None or verdict.high is None:
        return _kept_words(verdict)
    low, high, verified = verdict.low, verdict.high, verdict.verified or 0
    whole = amount(low, verdict.total, verdict.unit, about=low > verified and all(one.about for one in speakers))
    if low == high:
        return _settled_words(whole, verdict, terms, speakers, judge)
    top = [one for one in speakers if one.figure == high] or list(speakers)
    who: Value = names(one.speaker for one in top) or say(Say.SOMEBODY)
    most = amount(high, verdict.total, verdict.unit, about=bool(top) and all(one.about for one in top))
    speaking = {_side(one, terms) for one in top}
    below = [one for one in speakers if one.figure == low and _side(one, terms) not in speaking]
    if below and low >= verified:
        bottom = amount(low, None, None, about=all(one.about for one in below))
        return say(
            Say.BETWEEN, low=_plain(bottom, low), who_low=names(one.speaker for one in below), high=most, who_high=who
        )
    if low > 0:
        return say(Say.VERIFIED_AND_CLAIMED, low=amount(low, None, verdict.unit), who=who, high=most)
    others = _other_side(terms, top)
    if not others:
        return say(Say.ONE_VOICE, who=who, amount=most)
    return say(Say.ONE_SIDE, who=who, amount=most, others=names(party_refs(judge.agreement, others)))


def _side(one: SpeakerFigure, terms: Commitment) -> str:
    """`debtor`, `creditor` or `other`: two figures make an interval only when they come from different sides."""
    if one.speaker.id in terms.debtors:
        return "debtor"
    return "creditor" if one.speaker.id in terms.creditors else "other"


def _plain(bottom: Sentence, low: int) -> Value:
    return say(Say.ABOUT, amount=low) if bottom.msgid == Say.ABOUT else low


def _other_side(terms: Commitment, top: list[SpeakerFigure]) -> list[str]:
    """The parties that could concede the figure: the creditors for a debtor's word, the debtors for a creditor's."""
    speaking = {one.speaker.id for one in top}
    if speaking & terms.debtors:
        return [party for party in terms.to if party not in speaking]
    if speaking & terms.creditors:
        return [party for party in terms.performers if party not in speaking]
    return []


def _settled_words(
    whole: Sentence, verdict: Verdict, terms: Commitment, speakers: tuple[SpeakerFigure, ...], judge: Judge
) -> Sentence:
    """Low and high are one number: who verified it, who says it, or that nobody does."""
    if not verdict.low:
        silent = [one for one in speakers if one.figure == 0]
        if silent:
            return say(Say.SAYS, who=names(one.speaker for one in silent), amount=whole)
        if verdict.evidence.newest is not None:
            return say(Say.NO_FIGURE_SINCE, day=parse_moment(verdict.evidence.newest))
        return say(Say.NO_FIGURE, amount=whole)
    if (verdict.verified or 0) < verdict.low:
        return say(Say.CONCEDED, amount=whole)
    who = names(verifiers(verdict, terms, judge))
    return say(Say.VERIFIED_BY, amount=whole, who=who) if who else say(Say.VERIFIED, amount=whole)


def _kept_words(verdict: Verdict) -> Sentence:
    """A promise to keep or to refrain has no count: what is said of violations instead."""
    if (unreported := verdict.optional.get("unreported_periods")) and verdict.status != "breached":
        return say(Say.RATE_REPORTED, n=unreported if isinstance(unreported, int) else len(unreported))
    if verdict.status == "breached":
        return say(Say.VIOLATION_VERIFIED)
    if "unverified" in verdict.disputed or "facts" in verdict.disputed:
        return say(Say.VIOLATION_REPORTED)
    return say(Say.NO_VIOLATION)
