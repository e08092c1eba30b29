"""The agreement file as frozen values: parties, instruments, commitments, and all that they refer to.

Shapes only. What the ids refer to and whether the whole makes sense is checked in `load`; what it means on a day is
`evaluate`'s. Field by field: the reference of the agreement format.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    WithJsonSchema,
    model_validator,
)

from quittance.agreement.expressions import TimeExpression, parse_expression
from quittance.dates import DateError, Duration, Moment, parse_day, parse_duration, parse_moment
from quittance.ids import ID_PATTERN, PERSON_ID_PATTERN


def _parser(parse: Any, pattern: str, examples: list[str]) -> Any:
    """Annotations for a scalar that is written as text and held as the value that `parse` makes of it."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError(f'{value!r} is not text like "{examples[0]}"')
        try:
            return parse(value)
        except DateError as error:
            raise ValueError(str(error)) from None

    schema = {"type": "string", "pattern": pattern, "examples": examples}
    return BeforeValidator(read), WithJsonSchema(schema)


_DAY = r"^\d{4}-\d{2}-\d{2}$"
_DURATION = r"^\d{1,6} (day|month|hour)s?$"
_parse_day, _day_schema = _parser(parse_day, _DAY, ["2020-03-31"])
_parse_moment, _moment_schema = _parser(parse_moment, r"^\d{4}-\d{2}-\d{2}(T.+)?$", ["2020-03-31"])
_parse_duration, _duration_schema = _parser(parse_duration, _DURATION, ["15 days"])
_parse_time, _time_schema = _parser(
    parse_expression, r"^\S.*$", ["2020-03-31", "start + 135 days", "complete:first + 72 hours"]
)

Id: TypeAlias = Annotated[str, Field(pattern=ID_PATTERN)]
PersonId: TypeAlias = Annotated[str, Field(pattern=PERSON_ID_PATTERN)]
Day: TypeAlias = Annotated[date, _parse_day, _day_schema]
When_: TypeAlias = Annotated[Moment, _parse_moment, _moment_schema]
Span: TypeAlias = Annotated[Duration, _parse_duration, _duration_schema]
Time: TypeAlias = Annotated[TimeExpression, _parse_time, _time_schema]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=4000)]
Count: TypeAlias = Annotated[int, Field(ge=0, le=2**53 - 1)]
Positive: TypeAlias = Annotated[int, Field(ge=1, le=2**53 - 1)]


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


def _quote(value: str) -> str:
    if len(value.split()) > 25:
        raise ValueError(f"a quote has at most 25 words; this one has {len(value.split())}")
    return value


_ID_OR_IDS = {"anyOf": [{"type": "string", "pattern": ID_PATTERN}, {"type": "array", "items": {"type": "string"}}]}
Ids: TypeAlias = Annotated[
    tuple[Id, ...], BeforeValidator(_one_or_more), Field(min_length=1), WithJsonSchema(_ID_OR_IDS)
]
IdList: TypeAlias = Annotated[tuple[Id, ...], BeforeValidator(_one_or_more)]
TextList: TypeAlias = Annotated[tuple[Text, ...], BeforeValidator(_one_or_more)]
Source: TypeAlias = Annotated[
    tuple[Text, ...],
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Quote: TypeAlias = Annotated[str, AfterValidator(_quote)]
Prices: TypeAlias = dict[Id, Count]


def _list_to_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class Part(BaseModel):
    """Base of everything in an agreement file: frozen, strict, and closed to unknown fields."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", populate_by_name=False)


def exactly_one(part: Part, names: tuple[str, ...], what: str) -> None:
    """Raise `ValueError` unless exactly one of the named fields stands."""
    given = [name for name in names if getattr(part, name) is not None]
    if len(given) != 1:
        shown = [(type(part).model_fields[name].alias or name) for name in (given or names)]
        raise ValueError(
            f"{what} needs exactly one of {', '.join(shown)}"
            if not given
            else f"{what} has {' and '.join(shown)}; keep one"
        )


class Party(Part):
    """Somebody who promises, receives, holds, watches or hosts."""

    name: Text
    also: TextList = ()
    standing: Literal[
        "signatory", "non_signatory", "holder", "host", "intermediary", "guarantor", "verifier", "third_party"
    ]
    side: Id | None = None
    note: Text | None = None
    source: Source = ()


class Acceptance(Part):
    """One party's yes or no to an instrument, and the day of it."""

    party: Id
    on: Day


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
    schedule: Annotated[tuple[Step, ...], BeforeValidator(_list_to_tuple)] = ()
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
    any: Annotated[tuple[Condition, ...], BeforeValidator(_list_to_tuple)] | None = None
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
    requires: Annotated[tuple[Condition, ...], BeforeValidator(_list_to_tuple)] = ()
    each: IdList = ()
    for_each: ForEach | None = None
    counts_toward: Id | None = None
    order: Annotated[tuple[Order, ...], BeforeValidator(_list_to_tuple)] = ()
    destinations: dict[Id, Annotated[tuple[Id, ...], BeforeValidator(_list_to_tuple)] | dict[Id, Quota]] = {}
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


class Instrument(Part):
    """A paper: agreement, understanding, one side's own act, or a law."""

    kind: Literal["agreement", "understanding", "unilateral", "law"]
    between: IdList = ()
    by: IdList = ()
    signed: Day | None = None
    issued: Day | None = None
    in_force: When_ | None = None
    ends: Time | None = None
    under: Id | None = None
    affects: IdList = ()
    amends: dict[Id, Patch] = {}
    accepted_by: Annotated[tuple[Acceptance, ...], BeforeValidator(_list_to_tuple)] = ()
    rejected_by: Annotated[tuple[Acceptance, ...], BeforeValidator(_list_to_tuple)] = ()
    known: Day | None = None
    source: Source = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _made_by(self) -> Self:
        if self.kind in ("agreement", "understanding") and len(self.between) < 2:
            raise ValueError(f"an instrument of kind {self.kind} needs `between` with two or more parties")
        if self.kind == "unilateral" and not self.by:
            raise ValueError("a unilateral instrument needs `by`")
        return self

    @property
    def begin(self) -> Moment | None:
        """When it begins: in force, else issued, else signed."""
        return self.in_force or self.issued or self.signed

    @property
    def makers(self) -> frozenset[str]:
        """The parties that made it."""
        return frozenset(self.between) | frozenset(self.by)


class Member(Part):
    """A category named as part of another."""

    in_: Id = Field(alias="in")


class Attribute(Part):
    """One test on a person's attribute."""

    attr: Id
    op: Literal["==", "!=", "<", "<=", ">", ">=", "in"]
    value: str | int | bool | tuple[str, ...]

    @model_validator(mode="before")
    @classmethod
    def _tuple(cls, data: Any) -> Any:
        return {**data, "value": _list_to_tuple(data.get("value"))} if isinstance(data, dict) else data


class Category(Part):
    """A kind of person or thing that a commitment is about, with its price or weight."""

    in_: Id | None = Field(default=None, alias="in")
    any: Annotated[tuple[Member, ...], BeforeValidator(_list_to_tuple)] = ()
    all: Annotated[tuple[Member, ...], BeforeValidator(_list_to_tuple)] = ()
    where: Annotated[tuple[Attribute, ...], BeforeValidator(_list_to_tuple)] = ()
    held_by: Id | None = None
    list: Id | None = None
    alive: bool | None = None
    decided_by: Id | None = None
    order_by: TextList = ()
    counts_as: Prices = {}
    counts_as_group: Prices = {}
    with_group: Prices = {}
    weight: Count | None = None
    size: Positive | None = None
    source: Source = ()
    note: Text | None = None


class NameList(Part):
    """A list of names that one side gave to another."""

    from_: Id = Field(alias="from")
    to: Id
    given: Day | None = None
    size: Count | None = None
    agreed: bool = False
    replaceable: bool = False
    chosen_by: Id | None = None
    due: Time | None = None
    persons: Text | None = None
    source: Source = ()
    note: Text | None = None


EXPR_FORMS = ("attested_by", "any", "all", "uncontested_for")


class Expr(Part):
    """Who must attest before something counts as verified."""

    attested_by: Id | None = None
    any: Annotated[tuple[Expr, ...], BeforeValidator(_list_to_tuple), Field(min_length=1)] | None = None
    all: Annotated[tuple[Expr, ...], BeforeValidator(_list_to_tuple), Field(min_length=1)] | None = None
    uncontested_for: Span | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        exactly_one(self, EXPR_FORMS, "verified_when")
        if self.uncontested_for is not None and self.uncontested_for.unit != "days":
            raise ValueError("uncontested_for is a number of days")
        return self

    @property
    def named(self) -> frozenset[str]:
        """The party ids (and `receiving_party`) that the expression names."""
        if self.attested_by is not None:
            return frozenset((self.attested_by,))
        return frozenset().union(*(part.named for part in (self.any or self.all or ())))


class Scope(Part):
    """Which commitments or entries a verification rule is for; what is left out matches all."""

    commitment: Id | None = None
    act: Id | None = None
    category: Id | None = None


class Rule(Part):
    """One verification rule."""

    for_: Scope = Field(default=Scope(), alias="for")
    verified_when: Expr


class Verification(Part):
    """Who may verify what, whether both sides' word counts, and who may find a breach."""

    rules: Annotated[tuple[Rule, ...], BeforeValidator(_list_to_tuple)] = ()
    conceded: Literal["both_sides", "never"] = "both_sides"
    breach_found_by: IdList = ()

    @property
    def named(self) -> frozenset[str]:
        """Every party that some rule names."""
        return frozenset().union(*(rule.verified_when.named for rule in self.rules)) - {"receiving_party"}


class Power(Part):
    """A right that somebody may exercise, and what it does when exercised."""

    id: Id
    holder: Ids
    over: Ids
    effect: Literal[
        "withhold_named", "replace_name", "choose_names", "extend", "suspend", "resume", "terminate", "waive"
    ]
    counts: Literal["owed", "excused", "performed"] = "owed"
    then: Id | None = None
    until: Time | None = None
    notice: Span | None = None
    source: Source = ()
    note: Text | None = None


class Position(Part):
    """What a party holds the terms to be, from a day on."""

    id: Id
    by: Id
    from_: Day = Field(alias="from")
    known: Day | None = None
    reads: dict[Id, Patch]
    withdraws: bool = False
    quote: Quote | None = None
    source: Source = ()
    note: Text | None = None


class Classification(Part):
    """A person placed in a category by a party."""

    person: PersonId
    as_: Id = Field(alias="as")
    by: Id
    on: Day
    source: Source = ()
    note: Text | None = None


class Balance(Part):
    """A running account between two weighted commitments."""

    id: Id
    parties: Annotated[tuple[Id, Id], BeforeValidator(_list_to_tuple)]
    commitments: dict[Id, Id]
    unit: Text
    note: Text | None = None


class Calendar(Part):
    """How days, months and hours are counted."""

    timezone: Text
    granularity: Literal["day", "instant"] = "day"
    start: When_
    day_count: Literal["exclude_first", "start_is_day_1"]
    month_end: Literal["clamp", "next_day", "error"] | None = None


FORMAT = "quittance-agreement/1"


class Agreement(Part):
    """The whole of one agreement file."""

    format: Literal["quittance-agreement/1"]
    id: Id
    title: Text
    external: dict[Id, str | int] = {}
    parties: dict[Id, Party] = Field(min_length=1)
    instruments: dict[Id, Instrument] = Field(min_length=1)
    calendar: Calendar
    verification: Verification = Verification()
    categories: dict[Id, Category] = {}
    lists: dict[Id, NameList] = {}
    commitments: Annotated[tuple[Commitment, ...], BeforeValidator(_list_to_tuple)]
    powers: Annotated[tuple[Power, ...], BeforeValidator(_list_to_tuple)] = ()
    positions: Annotated[tuple[Position, ...], BeforeValidator(_list_to_tuple)] = ()
    classifications: Annotated[tuple[Classification, ...], BeforeValidator(_list_to_tuple)] = ()
    balances: Annotated[tuple[Balance, ...], BeforeValidator(_list_to_tuple)] = ()
    note: Text | None = None
    _sha256: str = PrivateAttr(default="")

    @property
    def sha256(self) -> str:
        """SHA-256 of the file that this was loaded from, in hex; empty when it was not loaded from one."""
        return self._sha256

    def commitment(self, name: str) -> Commitment:
        """The commitment with this id. Raises `KeyError`."""
        for commitment in self.commitments:
            if commitment.id == name:
                return commitment
        raise KeyError(name)

    def is_within(self, category: str | None, ancestor: str) -> bool:
        """Whether `category` is `ancestor` or lies in it by `in`."""
        seen: set[str] = set()
        while category is not None and category not in seen:
            if category == ancestor:
                return True
            seen.add(category)
            parent = self.categories.get(category)
            category = parent.in_ if parent else None
        return False

    def price_of(self, category: str | None, field: str) -> Any:
        """The first non-empty value of a category's `field`, looking up through `in`; None where there is none."""
        seen: set[str] = set()
        while category is not None and category in self.categories and category not in seen:
            seen.add(category)
            value = getattr(self.categories[category], field)
            if value not in (None, {}):
                return value
            category = self.categories[category].in_
        return None
