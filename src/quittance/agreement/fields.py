"""The scalars and small lists of an agreement file, and the base of all its parts."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

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

_SHARE = r"^(0|1|0\.[0-9]{1,6}|1\.0{1,6})$"


def _share(value: Any) -> Decimal:
    if isinstance(value, (str, int)) and not isinstance(value, bool) and re.fullmatch(_SHARE, str(value)):
        return Decimal(value)
    raise ValueError(f'{value!r} is no probability. Write a decimal from 0 to 1 as text, like "0.97"')


_SHARE_SCHEMA = {
    "anyOf": [{"type": "string", "pattern": _SHARE, "examples": ["0.97"]}, {"type": "integer", "enum": [0, 1]}]
}
Share: TypeAlias = Annotated[Decimal, BeforeValidator(_share), WithJsonSchema(_SHARE_SCHEMA)]
"""A probability, of at most six decimals. It is written as text: the part of YAML that is read has no fractions."""


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


def to_tuple(value: Any) -> Any:
    """A list of the file as a tuple; anything else as it is, for the model to judge."""
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
