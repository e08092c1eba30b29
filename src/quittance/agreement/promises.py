"""One promise and what it is made of: amount, times, conditions, clocks of persons, order, destinations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from quittance.agreement.expressions import TimeExpression
from quittance.agreement.fields import (
    Count,
    Id,
    IdList,
    Ids,
    Part,
    Positive,
    Quote,
    Source,
    Span,
    Text,
    Time,
    exactly_one,
    to_tuple,
)  # fmt: skip

Place: TypeAlias = tuple[str | int, ...]
"""Where something stands inside a commitment."""


class Accrues(Part):
    """An amount that grows with what another commitment delivered."""

    from_: Id = Field(alias="from")
    price: Literal["counts_as", "weight"] | Positive
    within: Span | None = None


AMOUNT_FORMS = ("exactly", "at_least", "up_to", "all_of", "level_at_most", "accrues")


class Amount(Part):
    """How much is promised, in one of six forms."""

    exactly: Count | None = None
    at_least: Count | None = None
    up_to: Count | None = None
    reading: Literal["target", "ceiling"] | None = None
    all_of: Id | None = None
    after: IdList = ()
    level_at_most: Count | None = None
    from_level: Count | None = None
    accrues: Accrues | None = None
    unit: Text
    every: Span | None = None
    of_which: dict[Id, Count] = {}
    note: Text | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        exactly_one(self, AMOUNT_FORMS, "an amount")
        if (self.level_at_most is None) != (self.from_level is None):
            raise ValueError("level_at_most needs from_level beside it, and the other way round")
        if self.level_at_most is not None and self.from_level is not None and self.from_level < self.level_at_most:
            raise ValueError(f"from_level {self.from_level} is below level_at_most {self.level_at_most}")
        if self.reading is not None and self.up_to is None:
            raise ValueError("reading goes with up_to only")
        if self.after and self.all_of is None:
            raise ValueError("after goes with all_of only")
        if self.every is not None and (self.every.unit != "days" or self.every.count < 1):
            raise ValueError("every is a number of days, at least 1 day")
        return self


class Step(Part):
    """One step of a schedule: the cumulative total that is due by the end of `at`."""

    at: Time
    total: Count


class Pace(Part):
    """`count` more every so many days from an origin."""

    count: Positive
    every: Span
    from_: Time = Field(alias="from")

    @model_validator(mode="after")
    def _days(self) -> Self:
        if self.every.unit != "days" or self.every.count < 1:
            raise ValueError("a pace is counted in days, at least 1 day")
        return self


class KeepsPace(Part):
    """The share that another commitment has reached is due here some days later."""

    of: Id
    within: Span


class Extends(Part):
    """The period grows by `days` for each further `per` that another commitment delivers in time."""

    of: Id
    per: Positive
    beyond: Count | None = None
    days: Positive
    max: Time


class When(Part):
    """When a commitment is due: a date, a schedule, a pace, another's pace, and the window or period around it."""

    by: Time | None = None
    schedule: Annotated[tuple[Step, ...], BeforeValidator(to_tuple)] = ()
    pace: Pace | None = None
    keeps_pace_with: KeepsPace | None = None
    from_: Time | None = Field(default=None, alias="from")
    until: Time | None = None
    extends: Extends | None = None


class CountOf(Part):
    """At least `at_least` of a commitment."""

    of: Id
    at_least: Count


CONDITION_FORMS = ("complete", "started", "count", "kept", "event", "finding", "any")


class Condition(Part):
    """Something that must hold before a commitment can be asked for."""

    complete: Id | None = None
    started: Id | None = None
    count: CountOf | None = None
    kept: Id | None = None
    event: Text | None = None
    finding: Text | None = None
    any: Annotated[tuple[Condition, ...], BeforeValidator(to_tuple)] | None = None
    clock: Literal["toll", "run"] | None = None
    doubtful: bool = False

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        exactly_one(self, CONDITION_FORMS, "a condition")
        return self

    @property
    def label(self) -> str:
        """How the condition is named in `blocked_by`."""
        if self.any is not None:
            return "any:" + "|".join(part.label for part in self.any)
        if self.count is not None:
            return f"count:{self.count.of}>={self.count.at_least}"
        for form in ("complete", "started", "kept", "event", "finding"):
            if (value := getattr(self, form)) is not None:
                return f"{form}:{value}"
        raise AssertionError(self)

    @property
    def commitments(self) -> tuple[str, ...]:
        """The ids of the commitments that the condition looks at."""
        if self.any is not None:
            return tuple(name for part in self.any for name in part.commitments)
        of = self.count.of if self.count is not None else None
        return tuple(name for name in (self.complete, self.started, self.kept, of) if name is not None)


class ForEach(Part):
    """A clock for each person: it starts when the person enters the state."""

    person: Id
    once: Id


class Order(Part):
    """All of one category before any of another."""

    first: Id
    before: Id


class Quota(Part):
    """How many may or must go to a place."""

    min: Count | None = None
    max: Count | None = None


class Patch(Part):
    """Fields of a commitment that a reading or an amendment puts in place of the text's, each as a whole."""

    by: Ids | None = None
    to: Ids | None = None
    performed_by: Ids | None = None
    joint: Literal["together", "each", "either"] | None = None
    mode: Literal["achieve", "maintain", "refrain", "endeavour"] | None = None
    act: Id | None = None
    what: Id | None = None
    amount: Amount | None = None
    when: When = When()
    requires: Annotated[tuple[Condition, ...], BeforeValidator(to_tuple)] = ()
    each: IdList = ()
    for_each: ForEach | None = None
    counts_toward: Id | None = None
    order: Annotated[tuple[Order, ...], BeforeValidator(to_tuple)] = ()
    destinations: dict[Id, Annotated[tuple[Id, ...], BeforeValidator(to_tuple)] | dict[Id, Quota]] = {}
    owed: bool = True
    quote: Quote | None = None
    source: Source = ()
    note: Text | None = None


class Commitment(Patch):
    """One promise: who owes what to whom, how much, by when, and what must come first."""

    id: Id
    of: Id
    by: Ids
    to: Ids
    mode: Literal["achieve", "maintain", "refrain", "endeavour"]
    act: Id

    @property
    def performers(self) -> tuple[str, ...]:
        """The parties that do it: `performed_by`, else the debtors themselves."""
        return self.performed_by or self.by

    @property
    def debtors(self) -> frozenset[str]:
        """Who promised it and who performs it."""
        return frozenset(self.by) | frozenset(self.performed_by or ())

    @property
    def creditors(self) -> frozenset[str]:
        """To whom it is owed."""
        return frozenset(self.to)

    def patched(self, patch: Patch) -> Commitment:
        """This commitment with the fields that `patch` states in place of its own."""
        return self.model_copy(update={name: getattr(patch, name) for name in patch.model_fields_set})


def expressions_of(patch: Patch) -> Iterator[tuple[Place, TimeExpression]]:
    """Every time expression of a commitment or patch, with its path inside it."""
    when = patch.when
    for name, value in (("by", when.by), ("from", when.from_), ("until", when.until)):
        if value is not None:
            yield ("when", name), value
    for index, step in enumerate(when.schedule):
        yield ("when", "schedule", index, "at"), step.at
    if when.pace is not None:
        yield ("when", "pace", "from"), when.pace.from_
    if when.extends is not None:
        yield ("when", "extends", "max"), when.extends.max
