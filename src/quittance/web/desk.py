"""How people reach a page: the listbook and the visit travel in the environment of a request, never in a global.

A page with people asks for its desk first, and there is none without an open visit. A form that changes anything
carries the token of its visit, so that no other page can make the browser send it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest

from quittance.web.uploads import discard
from quittance.web.visits import Visit, Visits

if TYPE_CHECKING:
    from datetime import date

    from quittance.listbook import Listbook
    from quittance.reviewbook import Reviewbook
    from quittance.views.batch import BatchesView, BatchView, LimitRef
    from quittance.views.day import DayView
    from quittance.views.sums import SumsView
    from quittance.visibility import Viewer

DESK = "quittance.desk"
VISIT = "quittance.visit"
"""The keys of the desk and of the open visit in the environment of a request."""

COOKIE = "quittance-visit"
FORM = "application/x-www-form-urlencoded"
MOST_FORM_BYTES = 64 * 1024
SEE_OTHER = 303

ENTER = "enter"
"""The address that exchanges a token for a visit; there is one wherever there is a desk."""

POSTED_IN_A_VISIT = ("register", "review", "review/answers", "day", "leave")
"""The addresses, in each language, that take a POST from whoever has an open visit."""


class Batches(Protocol):
    """Who goes next, and what became of everybody asked for; as `Listbook`, every question says who asks."""

    def batches(self, viewer: Viewer) -> BatchesView:
        """Every recorded batch, and the lists of which one can be drafted."""

    def batch(self, viewer: Viewer, name: str) -> BatchView:
        """A recorded batch. Raises `UsageError` for a name of none."""

    def draft(
        self,
        viewer: Viewer,
        *,
        batch: str | None = None,
        list_name: str | None = None,
        size: int | None = None,
        loosen: LimitRef | None = None,
    ) -> BatchView:
        """What the rules choose now, or with `batch` on its snapshot and with its seed; nothing is recorded."""

    def sums(self, viewer: Viewer, as_of: date | None, known_by: date | None) -> SumsView:
        """Everybody of every list, under the outcome that holds at two dates."""


class Days(Protocol):
    """The day of a handover: what was looked at for each person. What is written down is kept in the vault at once."""

    def day(self, viewer: Viewer, batch: str) -> DayView:
        """The day of a batch. Raises `UsageError` for a name of none."""

    def check(self, viewer: Viewer, batch: str, code: str, check: str, answer: str) -> None:
        """Write down the answer of one check; an empty one takes it back."""

    def drop_out(self, viewer: Viewer, batch: str, code: str, reason: str) -> None:
        """Somebody does not leave; it goes into the next round of the batch."""

    def discrepancy(self, viewer: Viewer, batch: str, kind: str, code: str = "") -> None:
        """Something does not agree."""

    def settle(self, viewer: Viewer, batch: str, code: str, check: str, answer: str) -> None:
        """Decide a check that a returned bundle answers otherwise."""

    def sheet(self, viewer: Viewer, batch: str, language: str) -> bytes:
        """The day on paper, as a page to be printed."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The people of a case, who judges here (a key's fingerprint, or None), and who may come in.

    `announce` shows the operator a fresh token, on the terminal and nowhere else. Without `batches` and `days` there
    are no pages of batches.
    """

    listbook: Listbook
    reviewbook: Reviewbook
    reviewer: str | None
    visits: Visits
    announce: Callable[[str], None]
    batches: Batches | None = None
    days: Days | None = None

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
    """For every template: the open visit, whose pages stand in the navigation, and whether there are batches."""
    desk = desk_in(request)
    return {"visit": visit_in(request), "with_batches": desk is not None and desk.batches is not None}
