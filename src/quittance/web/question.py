"""The question that a page answers, read from its query string: two dates, a reading, and what the page itself asks.

The query string is the whole state of a page. A value that cannot be read is kept as typed, with a message for the
field beside it; the page then answers as if the field had been left empty.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.utils.translation import gettext

from quittance.dates import DateError, parse_day

ORDER = (
    *("as_of", "known_by", "party", "of", "lane", "known", "kind", "office"),
    *(
        "s",
        "list",
        "province",
        "state",
        "gone",
        "as",
        "show",
        "quota",
        "size",
        "limit",
        "to",
        "with",
        "step",
        "first",
        "outlet",
        "origin",
        "c",
        "at",
        "blind",
        "page",
    ),
)
"""The fields that a query string may hold, in the order in which it is written."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked. None stands for the casebook's own default; `typed` holds every field as it came."""

    as_of: date | None = None
    known_by: date | None = None
    party: str | None = None
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status of the answer: 400 when a field could not be read."""
        return 400 if self.errors else 200

    def query(self, **changes: str) -> str:
        """`?as_of=...` with the fields as typed and some of them changed; empty fields and bad values are left out."""
        kept = {name: text for name, text in self.typed.items() if name not in self.errors}
        wanted = {**kept, **changes}
        if "page" not in changes:
            wanted.pop("page", None)
        pairs = [(name, wanted[name]) for name in ORDER if wanted.get(name)]
        return f"?{urlencode(pairs)}" if pairs else "?"


def ask(fields: Mapping[str, str], parties: Collection[str] = ()) -> Question:
    """Read a query string. Unknown fields are ignored; an unreadable one becomes a message in `errors`."""
    typed = {name: fields[name].strip()[:200] for name in ORDER if fields.get(name, "").strip()}
    errors: dict[str, str] = {}
    as_of = _day(typed, "as_of", errors)
    known_by = _day(typed, "known_by", errors)
    party = typed.get("party")
    if party is not None and party not in parties:
        errors["party"] = gettext("The agreement has no party with this id. Choose one from the list.")
        party = None
    return Question(as_of, known_by, party, typed, errors)


def _day(typed: Mapping[str, str], name: str, errors: dict[str, str]) -> date | None:
    if name not in typed:
        return None
    try:
        return parse_day(typed[name])
    except DateError:
        errors[name] = gettext("This is not a date of the calendar. Write it as 2020-03-31.")
        return None


@dataclass(frozen=True, slots=True)
class Paging:
    """The page shown, of how many; page 1 is the newest. `newer` and `older` are the pages beside it, or 0."""

    page: int
    pages: int

    @property
    def newer(self) -> int:
        """The page before this one."""
        return self.page - 1

    @property
    def older(self) -> int:
        """The page after this one."""
        return self.page + 1 if self.page < self.pages else 0


def paging(question: Question, count: int, size: int) -> tuple[Paging, Question]:
    """The page asked for of `count` things, `size` on each; any other page than those is page 1 with a message."""
    pages = max(1, -(-count // size))
    text = question.typed.get("page", "1")
    if text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= pages:
        return Paging(int(text), pages), question
    message = gettext("There is no such page. This is the first one.")
    return Paging(1, pages), replace(question, errors={**question.errors, "page": message})


def step(day: date, days: int) -> date:
    """The day before or after; the ends of the calendar stay where they are."""
    try:
        return day + timedelta(days)
    except OverflowError:
        return day
