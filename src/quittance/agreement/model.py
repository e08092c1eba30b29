"""The agreement file as frozen values: parties, instruments, commitments, and all that they refer to.

Shapes only. What the ids refer to and whether the whole makes sense is checked in `load`; what it means on a day is
`evaluate`'s. Field by field: the reference of the agreement format.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from quittance.agreement.fields import (
    Count,
    Day,
    Id,
    IdList,
    Ids,
    Part,
    PersonId,
    Positive,
    Prices,
    Quote,
    Share,
    Source,
    Span,
    Text,
    TextList,
    Time,
    When_,
    exactly_one,
    to_tuple,
)  # fmt: skip
from quittance.agreement.promises import (
    AMOUNT_FORMS,
    CONDITION_FORMS,
    Accrues,
    Amount,
    Commitment,
    Condition,
    CountOf,
    Extends,
    ForEach,
    KeepsPace,
    Order,
    Pace,
    Patch,
    Quota,
    Step,
    When,
)  # fmt: skip
from quittance.agreement.speech import Speech
from quittance.dates import Moment

__all__ = [
    "AMOUNT_FORMS", "CONDITION_FORMS", "EXPR_FORMS", "FORMAT", "OFFICES", "Acceptance", "Accrues", "Agreement",
    "Amendments", "Amount", "Attribute", "Balance", "Calendar", "Category", "Classification", "Clearance", "Commitment",
    "Condition", "CountOf", "Expr", "Extends", "ForEach", "Handovers", "Instrument", "KeepsPace", "Matching", "Member",
    "NameList", "Order", "Pace", "Part", "Party", "Patch", "Position", "Power", "Quorum", "Quota", "Rule", "Scope",
    "Step", "Verification", "When",
]  # fmt: skip


class Party(Part):
    """Somebody who promises, receives, holds, watches or hosts."""

    name: Text
    also: TextList = ()
    standing: Literal[
        "signatory", "non_signatory", "holder", "host", "intermediary", "guarantor", "verifier", "third_party"
    ]
    side: Id | None = None
    speech: Speech | None = None
    note: Text | None = None
    source: Source = ()


class Acceptance(Part):
    """One party's yes or no to an instrument, and the day of it."""

    party: Id
    on: Day


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
    accepted_by: Annotated[tuple[Acceptance, ...], BeforeValidator(to_tuple)] = ()
    rejected_by: Annotated[tuple[Acceptance, ...], BeforeValidator(to_tuple)] = ()
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
        return {**data, "value": to_tuple(data.get("value"))} if isinstance(data, dict) else data


class Category(Part):
    """A kind of person or thing that a commitment is about, with its price or weight."""

    in_: Id | None = Field(default=None, alias="in")
    any: Annotated[tuple[Member, ...], BeforeValidator(to_tuple)] = ()
    all: Annotated[tuple[Member, ...], BeforeValidator(to_tuple)] = ()
    where: Annotated[tuple[Attribute, ...], BeforeValidator(to_tuple)] = ()
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
    any: Annotated[tuple[Expr, ...], BeforeValidator(to_tuple), Field(min_length=1)] | None = None
    all: Annotated[tuple[Expr, ...], BeforeValidator(to_tuple), Field(min_length=1)] | None = None
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

    rules: Annotated[tuple[Rule, ...], BeforeValidator(to_tuple)] = ()
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
    parties: Annotated[tuple[Id, Id], BeforeValidator(to_tuple)]
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


class Matching(Part):
    """How it is decided which entries of the sides' lists are one person; defaults where the file says nothing."""

    auto: Share = Decimal("0.97")
    review: Share = Decimal("0.03")
    reviewers: Annotated[int, Field(ge=1, le=9)] = 2
    second_from: Share = Decimal(0)
    blind: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.review >= self.auto:
            raise ValueError(f"review ({self.review}) must lie below auto ({self.auto}): what lies between is reviewed")
        return self


Attesting = Literal["holding", "receiving", "neutral"]
OFFICES: tuple[Attesting, ...] = get_args(Attesting)
"""Who attests a handover: the side that gives, the side that takes, and whoever stands between them."""

_Office = Literal["holding", "receiving", "neutral", "medical", "record"]


class Clearance(Part):
    """Which office grants one gate, what its word is about, and for how long it holds.

    `record` is no office: the gate follows from what the record holds. What the neutral and the medical officer say is
    sealed: only they know why somebody is not available.
    """

    by: _Office
    about: Literal["listed", "veto", "order", "identity", "pledge", "fitness", "wish", "other"] = "other"
    valid: Span | None = None

    @model_validator(mode="after")
    def _entitled(self) -> Self:
        owner = {"wish": "neutral", "fitness": "medical"}.get(self.about, self.by)
        if self.by != owner:
            raise ValueError(f"a clearance about {self.about} is granted by {owner}, never by {self.by}")
        return self

    @property
    def sealed(self) -> bool:
        """Whether the outcome lies in the vault alone."""
        return self.by in ("neutral", "medical")


class Quorum(Part):
    """Which offices attest a handover, and how many of them must have signed before it counts."""

    of: Annotated[tuple[Attesting, ...], BeforeValidator(to_tuple)] = OFFICES
    at_least: Annotated[int, Field(ge=1, le=3)] | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if len(set(self.of)) != len(self.of) or self.needed > len(self.of) or not self.of:
            raise ValueError("of names each office once, and at_least is no more than it names")
        return self

    @property
    def needed(self) -> int:
        """How many of the offices must have signed."""
        return len(self.of) if self.at_least is None else self.at_least


class Handovers(Part):
    """How people pass from one side to the other: who clears them, who attests it, and how many may be vetoed.

    `list` (side and id with a slash between) and `commitment` are what a batch is of unless it says otherwise.
    """

    list: Text | None = None
    commitment: Id | None = None
    clearances: dict[Id, Clearance] = {}
    quorum: Quorum = Quorum()
    vetoes: Count | None = None


class Amendments(Part):
    """Whose signatures a new version of this file needs."""

    signed_by: Annotated[
        tuple[Literal["holding", "receiving", "guarantor"], ...], BeforeValidator(to_tuple), Field(min_length=1)
    ] = ("holding", "receiving")


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
    matching: Matching = Matching()
    selection: dict[str, Any] | None = None
    handovers: Handovers = Handovers()
    amendments: Amendments = Amendments()
    categories: dict[Id, Category] = {}
    lists: dict[Id, NameList] = {}
    commitments: Annotated[tuple[Commitment, ...], BeforeValidator(to_tuple)]
    powers: Annotated[tuple[Power, ...], BeforeValidator(to_tuple)] = ()
    positions: Annotated[tuple[Position, ...], BeforeValidator(to_tuple)] = ()
    classifications: Annotated[tuple[Classification, ...], BeforeValidator(to_tuple)] = ()
    balances: Annotated[tuple[Balance, ...], BeforeValidator(to_tuple)] = ()
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
