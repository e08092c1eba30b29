"""Sentences: an English template with named fields, rendered through the caller's `translate`.

A `Sentence` keeps its template (`msgid`) apart from its values, so that one value serves the command line (identity),
the pages (gettext) and print. `parts` keeps numbers, days, ids and names apart from the words around them: a page sets
each of them in its own direction. Which templates there are is `wording`'s.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, TypeAlias

from quittance.dates import Moment

Translate: TypeAlias = Callable[[str], str]
"""From an English template to the template in the reader's language."""

ShowDay: TypeAlias = Callable[[Moment], str]
"""From a day or an instant to how it is printed."""

PartKind = Literal["text", "number", "day", "id", "name"]


@dataclass(frozen=True, slots=True)
class Name:
    """A word from the agreement file or the journal, such as a party's name; shown as it stands, never translated."""

    text: str


@dataclass(frozen=True, slots=True)
class Id:
    """An id, a hash or another string of ASCII that is always read from left to right."""

    text: str


@dataclass(frozen=True, slots=True)
class Interval:
    """Two counts that belong together, `low..high`; printed as one number where they are equal."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a rendered sentence: words of the template, or one value with its kind and its raw form."""

    kind: PartKind
    text: str
    value: int | Moment | Interval | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English template and the values of its named fields; a tuple of values is printed with commas between."""

    msgid: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def parts(self, translate: Translate, show_day: ShowDay | None = None) -> Iterator[Part]:
        """The sentence in pieces, in the order of the translated template; values are apart from words."""
        for words, name, _, _ in string.Formatter().parse(translate(self.msgid)):
            if words:
                yield Part("text", words)
            if name:
                yield from _value_parts(self.values[name], translate, show_day)

    def text(self, translate: Translate, show_day: ShowDay | None = None) -> str:
        """The sentence as plain text; days as `2020-03-10` unless `show_day` says otherwise."""
        return "".join(part.text for part in self.parts(translate, show_day))

    def __str__(self) -> str:
        """In English, with ISO days."""
        return self.text(identity)


Value: TypeAlias = "int | Moment | Interval | Name | Id | Sentence | tuple[Value, ...]"


COMMA = ", "
"""Between the values of a list."""


def identity(msgid: str) -> str:
    """The translation into English: none."""
    return msgid


def count_text(number: int) -> str:
    """A count with commas: `5,000`."""
    return f"{number:,}"


def day_text(moment: Moment) -> str:
    """A day as `2020-03-10`, an instant with minutes and offset."""
    return moment.isoformat(timespec="minutes") if isinstance(moment, datetime) else moment.isoformat()


def _value_parts(value: Value, translate: Translate, show_day: ShowDay | None) -> Iterator[Part]:
    if isinstance(value, Sentence):
        yield from value.parts(translate, show_day)
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            if index:
                yield Part("text", translate(COMMA))
            yield from _value_parts(one, translate, show_day)
    elif isinstance(value, Interval):
        ends = dict.fromkeys((value.low, value.high))
        yield Part("number", "..".join(map(count_text, ends)), value)
    elif isinstance(value, Name):
        yield Part("name", value.text)
    elif isinstance(value, Id):
        yield Part("id", value.text)
    elif isinstance(value, date):
        yield Part("day", (show_day or day_text)(value), value)
    else:
        yield Part("number", count_text(value), value)
