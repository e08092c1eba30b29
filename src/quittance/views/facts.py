"""The text of a commitment as a list of facts, each in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quittance.agreement.expressions import TimeExpression
from quittance.agreement.model import Agreement, Amount, Commitment, When
from quittance.views.entry import names, party_refs
from quittance.views.sentence import Id, Name, Sentence, Value
from quittance.views.wording import MODE_WORDS, Say, condition_words, say


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the text of a commitment: a name in words and its values in words."""

    name: Sentence
    value: Sentence


def commitment_facts(terms: Commitment, agreement: Agreement) -> tuple[Fact, ...]:
    """What the text says of a commitment, in the order in which one asks: who, how much, when, on what condition."""
    return tuple(
        Fact(say(name), say(Say.PLAIN, value=value)) for name, value in _facts(terms, agreement) if value != ()
    )


def _facts(terms: Commitment, agreement: Agreement) -> Iterator[tuple[Say, Value]]:
    yield Say.FACT_INSTRUMENT, Id(terms.of)
    yield Say.FACT_DEBTOR, names(party_refs(agreement, terms.by))
    yield Say.FACT_PERFORMER, names(party_refs(agreement, terms.performed_by or ()))
    yield Say.FACT_CREDITOR, names(party_refs(agreement, terms.to))
    yield Say.FACT_MODE, say(MODE_WORDS[terms.mode])
    yield Say.FACT_AMOUNT, (amount_words(terms.amount),) if terms.amount is not None else ()
    yield Say.FACT_WHAT, (Id(terms.what),) if terms.what else ()
    yield Say.FACT_WHEN, tuple(when_words(terms.when))
    yield Say.FACT_FROM, _time(terms.when.from_)
    yield Say.FACT_UNTIL, _time(terms.when.until)
    yield (
        Say.FACT_REQUIRES,
        tuple(
            say(Say.WAITS_DOUBTFUL, condition=condition_words(one.label))
            if one.doubtful
            else condition_words(one.label)
            for one in terms.requires
        ),
    )
    yield Say.FACT_TOWARD, (Id(terms.counts_toward),) if terms.counts_toward else ()
    yield Say.FACT_EACH, _ids(terms.each)


def _ids(values: Iterable[str]) -> tuple[Value, ...]:
    return tuple(Id(value) for value in values)


def _time(expression: TimeExpression | None) -> tuple[Value, ...]:
    if expression is None:
        return ()
    return (expression.moment,) if expression.moment is not None and not expression.plus else (Id(expression.text),)


def amount_words(amount: Amount) -> Sentence:
    """How much is promised, as the text says it."""
    unit = Name(amount.unit)
    if amount.exactly is not None:
        said = say(Say.EXACTLY, n=amount.exactly, unit=unit)
    elif amount.at_least is not None:
        said = say(Say.AT_LEAST, n=amount.at_least, unit=unit)
    elif amount.up_to is not None:
        template = {"target": Say.UP_TO_TARGET, "ceiling": Say.UP_TO_CEILING}.get(amount.reading or "", Say.UP_TO)
        said = say(template, n=amount.up_to, unit=unit)
    elif amount.level_at_most is not None:
        said = say(Say.LEVEL, start=amount.from_level or 0, n=amount.level_at_most, unit=unit)
    elif amount.accrues is not None:
        said = say(Say.ACCRUES, commitment=Id(amount.accrues.from_), unit=unit)
    else:
        said = say(Say.ALL_OF, category=Id(amount.all_of or ""), unit=unit)
    return say(Say.EVERY, amount=said, days=amount.every.count) if amount.every is not None else said


def when_words(when: When) -> Iterator[Value]:
    """When it is due, as the text says it; the window and the period around it are facts of their own."""
    yield from _time(when.by)
    for step in when.schedule:
        yield say(Say.SCHEDULE_STEP, n=step.total, day=_time(step.at))
    if when.pace is not None:
        days = when.pace.every.count
        yield say(Say.PACE, n=when.pace.count, days=days, day=_time(when.pace.from_))
    if when.keeps_pace_with is not None:
        within = Id(str(when.keeps_pace_with.within))
        yield say(Say.KEEPS_PACE, commitment=Id(when.keeps_pace_with.of), days=within)
    if when.extends is not None:
        yield say(Say.EXTENDS, commitment=Id(when.extends.of), day=_time(when.extends.max))
