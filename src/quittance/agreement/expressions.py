"""Time expressions of an agreement, parsed: `start + 135 days`, `complete:first + 72 hours`, `day 16`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from quittance.dates import DateError, Duration, Moment, parse_duration, parse_moment
from quittance.ids import is_id

Base = Literal["moment", "start", "in_force", "day", "started", "complete", "event", "that", "state"]

_DAY_N = re.compile(r"^day (\d{1,5})$")
_ANCHOR = re.compile(r"^(started|complete|event):(\S+)$")


@dataclass(frozen=True, slots=True)
class TimeExpression:
    """A point to count from, and what to add to it in order."""

    text: str
    base: Base
    moment: Moment | None = None
    day: int | None = None
    name: str | None = None
    plus: tuple[Duration, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether the expression is known only once something has happened."""
        return self.base in ("started", "complete", "event", "that", "state")

    @property
    def commitment(self) -> str | None:
        """The commitment that the expression waits for, if it does."""
        return self.name if self.base in ("started", "complete") else None

    def uses(self, unit: str) -> bool:
        """Whether days, months or hours are added."""
        return any(part.unit == unit for part in self.plus)

    def __str__(self) -> str:
        """The expression as written."""
        return self.text


def parse_expression(text: str) -> TimeExpression:
    """Read one time expression. Raises `DateError` saying which forms there are."""
    head, *rest = (part.strip() for part in text.strip().split(" + "))
    if len(rest) > 4:
        raise DateError("more than four durations are added; write fewer")
    plus = tuple(parse_duration(part) for part in rest)
    if found := _DAY_N.match(head):
        return TimeExpression(text, "day", day=int(found.group(1)), plus=plus)
    if head in ("start", "in_force", "that"):
        return TimeExpression(text, head, plus=plus)  # type: ignore[arg-type]
    if found := _ANCHOR.match(head):
        kind, name = found.groups()
        if kind != "event" and not is_id(name):
            raise DateError(f'"{name[:40]}" is not the id of a commitment')
        return TimeExpression(text, kind, name=name, plus=plus)  # type: ignore[arg-type]
    if not head[:1].isdigit() and is_id(head) and not plus:
        return TimeExpression(text, "state", name=head)
    if head[:1].isdigit():
        return TimeExpression(text, "moment", moment=parse_moment(head), plus=plus)
    raise DateError(
        f'"{text[:60]}" is not a time. Write 2020-03-31, "start + 30 days", "day 7", "in_force", '
        '"started:ID", "complete:ID + 72 hours" or "event:NAME".'
    )
