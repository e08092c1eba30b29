"""How people reach a page: the listbook and the visit travel in the environment of a request, never in a global.

A page with people asks for its desk first, and there is none without an open visit. A form that changes anything
carries the token of its visit, so that no other page can make the browser send it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest

from quittance.web.uploads import discard
from quittance.web.visits import Visit, Visits

if TYPE_CHECKING:
    from quittance.listbook import Listbook
    from quittance.reviewbook import Reviewbook

DESK = "quittance.desk"
VISIT = "quittance.visit"
"""The keys of the desk and of the open visit in the environment of a request."""

COOKIE = "quittance-visit"
FORM = "application/x-www-form-urlencoded"
MOST_FORM_BYTES = 64 * 1024
SEE_OTHER = 303

ENTER = "enter"
"""The address that exchanges a token for a visit; there is one wherever there is a desk."""

POSTED_IN_A_VISIT = ("register", "review", "review/answers", "leave")
"""The addresses, in each language, that take a POST from whoever has an open visit."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The people of a case, who judges here (a key's fingerprint, or None), and who may come in.

    `announce` shows the operator a fresh token, on the terminal and nowhere else.
    """

    listbook: Listbook
    reviewbook: Reviewbook
    reviewer: str | None
    visits: Visits
    announce: Callable[[str], None]

    def open_door(self) -> None:
        """Show a token with which somebody can come in once."""
        self.announce(self.visits.ticket())


def desk_in(request: HttpRequest) -> Desk | None:
    """The desk of this server, if it was started with one."""
    return cast("Desk | None", request.META.get(DESK))


def find_visit(request: HttpRequest) -> bool:
    """Put the visit of a request into its environment, and say whether there is one.

    A request that a page of another origin has caused belongs to no visit, whatever cookie the browser adds.
    """
    desk = desk_in(request)
    own = request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
    request.META[VISIT] = desk.visits.of(request.COOKIES.get(COOKIE, "")) if desk and own else None
    return request.META[VISIT] is not None


def visit_in(request: HttpRequest) -> Visit | None:
    """The visit that `find_visit` has found."""
    return cast("Visit | None", request.META.get(VISIT))


def desk_of(request: HttpRequest) -> tuple[Desk, Visit]:
    """The desk and the visit of a request. Raises `Http404` without a visit, before anything is looked up."""
    desk, visit = desk_in(request), visit_in(request)
    if desk is None or visit is None:
        raise Http404
    return desk, visit


def posted(request: HttpRequest) -> Mapping[str, str]:
    """The fields of a form. Raises `PermissionDenied` for one of another visit, `RequestDataTooBig` for a large one."""
    _, visit = desk_of(request)
    if request.content_type != FORM:
        discard(request)
        raise PermissionDenied
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_FORM_BYTES:
        discard(request)
        raise RequestDataTooBig
    fields = request.POST.dict()
    if not visit.allows(str(fields.get("form", ""))):
        raise PermissionDenied
    return {name: str(value) for name, value in fields.items()}


def visiting(request: HttpRequest) -> dict[str, object]:
    """For every template: the open visit, whose pages stand in the navigation."""
    return {"visit": visit_in(request)}
