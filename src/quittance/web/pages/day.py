"""The day of a handover, for a telephone at the door: person after person, with large buttons and no script.

What is tapped is kept in the vault at once. It releases nobody: that takes the attestations of the quorum, which are
signed elsewhere. The wish and the fitness to travel are shown as asked or not asked, so that nobody reads them over a
shoulder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext

from quittance.errors import UsageError
from quittance.views.batch_wording import (
    ATTESTED_WORDS,
    BY_WORDS,
    CHECK_WORDS,
    CHECKED_WORDS,
    DISCREPANCY_WORDS,
    GOING_WORDS,
    GRADE_WORDS,
    SKIP_WORDS,
    known_words,
)
from quittance.views.day import (
    ANSWERS,
    CHECKS,
    DISCREPANCIES,
    GOOD,
    REASONS,
    Attesting,
    CheckLine,
    Conflict,
    DayPerson,
    DayView,
    Discrepancy,
)
from quittance.views.sentence import Sentence
from quittance.visibility import NEUTRAL, OPERATOR
from quittance.web.desk import SEE_OTHER, Days, desk_of, posted
from quittance.web.pages.frame import answer, asked, present
from quittance.web.pages.person import Tag
from quittance.web.pages.record import record_page
from quittance.web.question import paging

PEOPLE_PER_PAGE = 25

SECRET = frozenset({"wish", "medical"})
"""Checks whose answers are not shown to whoever looks at the list."""

GOING_TAGS = {
    "expected": ("blocked", "pending"),
    "in_handover": ("open", "progress"),
    "released": ("ok", "met"),
    "disputed": ("facts", "facts"),
    "out": ("off", "off"),
}
GRADE_TAGS = {"joint": ("ok", "met"), "recorded": ("late", "late"), "denied": ("facts", "facts")}

Words = Sentence


@dataclass(frozen=True, slots=True)
class Asked:
    """One check of a person: whether it is done, what was said, and what can be said."""

    check: str
    words: Words
    answered: bool
    good: bool
    secret: bool
    said: Words
    at: str
    answers: tuple[tuple[str, Words, bool], ...]
    conflict: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A person of the manifest as shown; `left` counts the checks that are still to be made."""

    of: DayPerson
    tag: Tag
    checks: tuple[Asked, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Attested:
    """What one office has to say of a handover, in words."""

    of: Attesting
    office: Words
    what: Words
    page: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A way to choose people: its key, its words, how many."""

    key: str
    words: str
    n: int
    chosen: bool


def days_of(request: HttpRequest) -> Days:
    """Where the days come from. Raises `Http404` without a visit, and where this server has none."""
    desk, _ = desk_of(request)
    if desk.days is None:
        raise Http404
    return desk.days


def _day(request: HttpRequest, name: str) -> DayView:
    try:
        return days_of(request).day(NEUTRAL, name)
    except UsageError:
        raise Http404 from None


def page(request: HttpRequest, name: str) -> HttpResponse:
    """Who is to be handed over, what is outstanding, and what does not agree."""
    view = _day(request, name)
    case, question = asked(request)
    people = [_person(one) for one in view.people]
    chosen = question.typed.get("show", "")
    kinds = _kinds(people, chosen)
    chosen = next((one.key for one in kinds if one.chosen), "all")
    kept = [one for one in people if _is_shown(one, chosen)]
    place, question = paging(question, len(kept), PEOPLE_PER_PAGE)
    start = (place.page - 1) * PEOPLE_PER_PAGE
    size = case.head(OPERATOR).size
    return answer(
        request,
        "quittance/day.html",
        question,
        present(case),
        with_readings=False,
        place="batches",
        day=view,
        people=kept[start : start + PEOPLE_PER_PAGE],
        shows=kinds,
        show=chosen,
        paging=place,
        next=next((one for one in people if one.left and one.of.going == "expected"), None),
        numbers=[(known_words(GOING_WORDS, one), GOING_TAGS[one], view.number(one)) for one in GOING_TAGS],  # type: ignore[arg-type]
        quorum=[known_words(BY_WORDS, one) for one in view.quorum],
        outstanding=[_attested(one, size) for one in view.outstanding],
        handovers=[
            {
                "of": one,
                "tag": Tag(*GRADE_TAGS[one.grade], known_words(GRADE_WORDS, one.grade)),
                "attesting": [_attested(each, size) for each in one.attesting],
                "page": record_page(one.index, size) if one.index is not None else 0,
            }
            for one in view.handovers
        ],
        conflicts=[_conflict(one) for one in view.conflicts],
        discrepancies=[_discrepancy(one) for one in view.discrepancies],
        kinds=[(one, known_words(DISCREPANCY_WORDS, one)) for one in DISCREPANCIES],
    )


def person(request: HttpRequest, name: str, code: str) -> HttpResponse:
    """One person of the day, with a large button for each answer."""
    view = _day(request, name)
    found = view.person(code.upper())
    if found is None:
        raise Http404
    case, question = asked(request)
    following = [one for one in view.people if one.seat > found.seat and one.going == "expected"]
    return answer(
        request,
        "quittance/day_person.html",
        question,
        present(case),
        with_readings=False,
        place="batches",
        day=view,
        person=_person(found),
        next=following[0] if following else None,
        reasons=[(one, known_words(SKIP_WORDS, one)) for one in REASONS],
        reason=known_words(SKIP_WORDS, found.reason) if found.reason else None,
        kinds=[(one, known_words(DISCREPANCY_WORDS, one)) for one in DISCREPANCIES],
        conflicts=[_conflict(one) for one in view.conflicts if one.code == found.code],
        quorum=[known_words(BY_WORDS, one) for one in view.quorum],
    )


def sheet(request: HttpRequest, name: str) -> HttpResponse:
    """The day on paper, as a file: its style is its own, so it is opened apart from these pages."""
    days = days_of(request)
    try:
        data = days.sheet(NEUTRAL, name, get_language() or "en")
    except UsageError:
        raise Http404 from None
    headers = {"Content-Disposition": f'attachment; filename="day-{name}.html"'}
    return HttpResponse(data, content_type="text/html; charset=utf-8", headers=headers)


def post(request: HttpRequest) -> HttpResponse:
    """Write down one answer, drop-out or discrepancy, and lead back to the page that it came from."""
    days = days_of(request)
    if request.method != "POST":
        raise Http404
    fields = posted(request)
    name, code = fields.get("batch", ""), fields.get("code", "")
    try:
        anchor = _written(days, name, code, fields)
        where = reverse("day-person", args=(name, code)) if code else reverse("day", args=(name,))
    except (UsageError, NoReverseMatch):
        raise Http404 from None
    return HttpResponseRedirect(where + anchor, status=SEE_OTHER)


def _written(days: Days, name: str, code: str, fields: Mapping[str, str]) -> str:
    """Do what a form asks for, and say at which part of the page to go on."""
    if check_answer := fields.get("check"):
        check, _, given = check_answer.partition(" ")
        _require(check in ANSWERS and given in (*ANSWERS[check], ""))
        days.check(NEUTRAL, name, code, check, given)
        following = CHECKS.index(check) + 1
        return f"#{CHECKS[following] if given and following < len(CHECKS) else check}"
    if decided := fields.get("settle"):
        check, _, given = decided.partition(" ")
        _require(check in ANSWERS and given in ANSWERS[check])
        days.settle(NEUTRAL, name, code, check, given)
        return f"#{check}"
    if (reason := fields.get("reason")) is not None:
        _require(reason in REASONS)
        days.drop_out(NEUTRAL, name, code, reason)
        return "#main"
    kind = fields.get("kind", "")
    _require(kind in DISCREPANCIES)
    days.discrepancy(NEUTRAL, name, kind, code)
    return "#main"


def _require(known: bool) -> None:
    if not known:
        raise Http404


# --- what is shown ---------------------------------------------------------------------------------------------------


def _person(one: DayPerson) -> Person:
    lines = {line.check: line for line in one.checks}
    checks = tuple(_asked(check, lines.get(check), check in one.conflicts) for check in CHECKS)  # type: ignore[call-overload]
    tag = Tag(*GOING_TAGS[one.going], known_words(GOING_WORDS, one.going))
    return Person(one, tag, checks, sum(not each.answered for each in checks))


def _asked(check: str, line: CheckLine | None, conflict: bool) -> Asked:
    given = line.answer if line else ""
    return Asked(
        check,
        known_words(CHECK_WORDS, check),
        answered=bool(given) and given != "not_private" and not conflict,
        good=given in GOOD and not conflict,
        secret=check in SECRET,
        said=known_words(CHECKED_WORDS, given),
        at=line.at if line else "",
        answers=tuple((one, known_words(CHECKED_WORDS, one), one == given) for one in ANSWERS[check]),
        conflict=conflict,
    )


def _is_shown(one: Person, kind: str) -> bool:
    return kind == "all" or (one.of.going == kind if kind != "open" else one.of.going == "expected" and one.left > 0)


def _kinds(people: list[Person], chosen: str) -> list[Shown]:
    words = {
        "all": gettext("everybody"),
        "open": gettext("not finished"),
        "in_handover": gettext("in handover"),
        "released": gettext("released"),
        "out": gettext("dropped out"),
    }
    counted = {one: sum(_is_shown(each, one) for each in people) for one in words}
    return [Shown(one, words[one], n, one == (chosen or "all")) for one, n in counted.items() if n or one == "all"]


def _attested(one: Attesting, size: int) -> Attested:
    page = record_page(one.index, size) if one.index is not None else 0
    return Attested(one, known_words(BY_WORDS, one.office), known_words(ATTESTED_WORDS, one.what), page)


def _conflict(one: Conflict) -> dict[str, object]:
    return {
        "of": one,
        "check": known_words(CHECK_WORDS, one.check),
        "here": known_words(CHECKED_WORDS, one.here),
        "there": known_words(CHECKED_WORDS, one.there),
    }


def _discrepancy(one: Discrepancy) -> dict[str, object]:
    by = known_words(BY_WORDS, one.by) if one.by else None
    return {"of": one, "words": known_words(DISCREPANCY_WORDS, one.kind), "by": by}
