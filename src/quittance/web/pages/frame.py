"""What every page carries: the case, the two dates, the head of the record, the languages, the sources for print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from quittance.views.entry import EntryLine
from quittance.views.sentence import Sentence
from quittance.views.wording import DISPUTE_WORDS, say
from quittance.visibility import OPERATOR
from quittance.web.case import casebook_of
from quittance.web.question import ORDER, Question, ask, step

if TYPE_CHECKING:
    from quittance.casebook import Casebook

APART = {name: "" for name in ORDER if name not in ("as_of", "known_by", "party")}
"""What belongs to one page alone and is dropped on the way to another."""

SHORT_ROOT = 12
"""Hex digits of the root that stand on a page."""


class View(Protocol):
    """What every view says of itself."""

    @property
    def title(self) -> str:
        """The title of the agreement."""

    @property
    def as_of(self) -> str:
        """The day asked about."""

    @property
    def known_by(self) -> str:
        """The day from which it is seen."""


@dataclass(frozen=True, slots=True)
class Present:
    """The agreement and two days: today twice for pages that ask about no day."""

    title: str
    as_of: str
    known_by: str


def present(case: Casebook) -> Present:
    """The present of a case."""
    today = case.today(OPERATOR).isoformat()
    return Present(case.agreement(OPERATOR).title, today, today)


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the page and the address of this page in it."""

    code: str
    name: str
    href: str


@dataclass(frozen=True, slots=True)
class Move:
    """A link to the same page with another question; `day` is shown after the words."""

    href: str
    words: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """One reason why a commitment is disputed, as a tag."""

    kind: str
    words: Sentence


def disputes(kinds: Iterable[str]) -> list[Dispute]:
    """The tags of the reasons `terms`, `facts`, `unverified`, `declared`."""
    return [Dispute(kind, say(DISPUTE_WORDS[kind])) for kind in kinds]


def languages(request: HttpRequest) -> list[Language]:
    """This page in every language: the first part of the path is the language."""
    rest = request.path_info.split("/", 2)[2] if request.path_info.count("/") > 1 else ""
    tail = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return [Language(code, name, f"/{code}/{rest}{tail}") for code, name in settings.LANGUAGES]


def asked(request: HttpRequest) -> tuple[Casebook, Question]:
    """The casebook and the question of a request."""
    case = casebook_of(request)
    question = ask(request.GET.dict(), case.agreement(OPERATOR).parties)
    return case, question


def answer(
    request: HttpRequest,
    template: str,
    question: Question,
    view: View,
    *,
    entries: Iterable[EntryLine] = (),
    with_readings: bool = True,
    **more: object,
) -> HttpResponse:
    """Fill a template with a view and with what every page carries.

    `entries` give the sources that are listed in print; `with_readings` offers the parties' readings of the text.
    """
    case = casebook_of(request)
    parties = case.agreement(OPERATOR).parties
    as_of, known_by = view.as_of[:10], view.known_by[:10]
    record = case.head(OPERATOR)
    reading = question.party if with_readings else None
    context = {
        "view": view,
        "question": question,
        "base_query": question.query(**APART),
        "case_title": view.title,
        "as_of": as_of,
        "known_by": known_by,
        "parties": [{"id": name, "name": party.name} for name, party in parties.items()] if with_readings else [],
        "reading": parties[reading].name if reading else "",
        "head": {"size": record.size, "short": record.root[:SHORT_ROOT]},
        "signed": case.signed(OPERATOR),
        "languages": languages(request),
        "moves": moves(question, date.fromisoformat(as_of), known_by, case),
        "hidden_fields": [("party", reading)] if reading and not with_readings else [],
        "printed_sources": list(dict.fromkeys(link for entry in entries for link in entry.sources if link)),
        **more,
    }
    return render(request, template, context, status=question.status)


def moves(question: Question, as_of: date, known_by: str, case: Casebook) -> list[Move]:
    """Links to the days beside this one, to the nearest days with an entry on either side, and to the other view back.

    Where both dates are one day they move together.
    """
    same_day = known_by == as_of.isoformat()

    def to(day: date) -> str:
        return question.query(as_of=day.isoformat(), **({"known_by": ""} if same_day else {}))

    before, after = case.days_beside(OPERATOR, as_of)
    shown = [
        Move(to(step(as_of, -1)), gettext("Previous day")),
        Move(to(step(as_of, 1)), gettext("Next day")),
    ]
    if before is not None:
        shown.append(Move(to(before), gettext("Last entry before:"), before))
    if after is not None:
        shown.append(Move(to(after), gettext("First entry after:"), after))
    today = case.today(OPERATOR)
    if not same_day:
        shown.append(Move(question.query(as_of=as_of.isoformat(), known_by=""), gettext("As known that day")))
    if known_by != today.isoformat():
        as_known_today = question.query(as_of=as_of.isoformat(), known_by=today.isoformat())
        shown.append(Move(as_known_today, gettext("As known today")))
    return shown
