"""The register: who stands in the lists, found by name in any script, by list, province and state.

A searched name stands in no address: it is kept in the visit under a number, and the number stands there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext

from quittance.views.people_wording import PLACE_WORDS, STATE_WORDS, alert_words, tell
from quittance.views.register import Count, Filters, PersonLine, RegisterView
from quittance.views.sentence import Name, Sentence
from quittance.visibility import NEUTRAL
from quittance.web.desk import SEE_OTHER, desk_of, posted
from quittance.web.pages.frame import answer, asked, present
from quittance.web.pages.person import state_tag
from quittance.web.question import Question, paging

PEOPLE_PER_PAGE = 50
FIELDS = ("list", "province", "state")
"""The filters that stand in the address, in the order of the form."""

MOST_CHOICES = 60
"""What one filter offers: the most frequent ones, so that a page stays small however provinces are spelled."""

MOST_SEARCHED = 300
"""Characters of a search that are looked at."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that can be chosen in a filter: its key in the address, its words, how many people it leads to."""

    key: str
    words: Sentence | Name
    n: int


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to choose people: the field of the address, its label, what can be chosen, what is chosen."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    chosen: str
    more: int
    """What could be chosen and is not offered, because it is rare."""


def page(request: HttpRequest) -> HttpResponse:
    """Fifty people of the register, or those that a search found; a POST keeps the search and leads to its answer."""
    desk, visit = desk_of(request)
    if request.method == "POST":
        text = posted(request).get("text", "").strip()[:MOST_SEARCHED]
        kept = f"?s={visit.remember(text)}" if text else ""
        return HttpResponseRedirect(f"{reverse('register')}{kept}", status=SEE_OTHER)
    case, question = asked(request)
    number = int(typed) if (typed := question.typed.get("page", "1")).isdecimal() and len(typed) < 10 else 1
    view = desk.listbook.register(NEUTRAL, _filters(question), number, PEOPLE_PER_PAGE)
    if unknown := _unknown(question, view):
        question = replace(question, errors={**question.errors, **unknown})
        view = desk.listbook.register(NEUTRAL, _filters(question), number, PEOPLE_PER_PAGE)
    searched = visit.searched(question.typed.get("s", ""))
    found = desk.listbook.search(NEUTRAL, searched, _filters(question), PEOPLE_PER_PAGE) if searched else ()
    place, question = paging(question, PEOPLE_PER_PAGE if searched else view.found, PEOPLE_PER_PAGE)
    if view.page != place.page:
        view = desk.listbook.register(NEUTRAL, _filters(question), place.page, PEOPLE_PER_PAGE)
    lines: tuple[PersonLine, ...] = tuple(hit.line for hit in found) if searched else view.lines
    return answer(
        request,
        "quittance/register.html",
        question,
        present(case),
        with_readings=False,
        place="register",
        register=view,
        lines=[(line, state_tag(line.state), [alert_words(one) for one in line.alerts]) for line in lines],
        filters=(filters := _offered(question, view)),
        chosen=[(one.label, choice.words) for one in filters for choice in one.choices if choice.key == one.chosen],
        searched=searched,
        most=PEOPLE_PER_PAGE,
        hits=len(found),
        paging=place,
        hidden_fields=[("s", question.typed["s"])] if searched else [],
    )


def _filters(question: Question) -> Filters:
    given = {name: question.typed.get(name, "") for name in FIELDS if name not in question.errors}
    return Filters(**given, gone=question.typed.get("gone") == "yes")


def _unknown(question: Question, view: RegisterView) -> dict[str, str]:
    """A message for each filter of the address that names nothing of this register.

    Whoever is on no list any more is not counted, so there the filters are taken as they come.
    """
    if question.typed.get("gone") == "yes":
        return {}
    message = gettext("The register knows nothing of this kind. Choose from the list.")
    return {
        name: message
        for name, counts in _counts(view).items()
        if (key := question.typed.get(name)) and key not in {one.key for one in counts}
    }


def _counts(view: RegisterView) -> dict[str, tuple[Count, ...]]:
    return {"list": view.by_list, "province": view.by_province, "state": view.by_state}


def _offered(question: Question, view: RegisterView) -> tuple[Filter, ...]:
    labels = {"list": gettext("List"), "province": gettext("Province"), "state": gettext("State")}
    return tuple(
        Filter(
            name,
            labels[name],
            tuple(Choice(one.key, _words(name, one), one.n) for one in counts[:MOST_CHOICES] if one.n),
            "" if name in question.errors else question.typed.get(name, ""),
            max(0, len(counts) - MOST_CHOICES),
        )
        for name, counts in _counts(view).items()
    )


def _words(name: str, count: Count) -> Sentence | Name:
    known = {"state": STATE_WORDS, "province": PLACE_WORDS}.get(name, {})
    return tell(known[count.key]) if count.key in known else Name(count.label)
