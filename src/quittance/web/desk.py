"""How people reach a page: the listbook and the visit travel in the environment of a request, never in a global.

A page with people asks for its desk first, and there is none without an open visit. A form that changes anything
carries the token of its visit, so that no other page can make the browser send it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest

from quittance.web.uploads import discard
from quittance.web.visits import Visit, Visits

if TYPE_CHECKING:
    from datetime import date

    from quittance.claims.model import Claim, Report
    from quittance.claims.origins import Origins
    from quittance.claims.reconcile.model import Reconciliation
    from quittance.listbook import Listbook
    from quittance.reviewbook import Reviewbook
    from quittance.views.batch import BatchesView, BatchView, LimitRef
    from quittance.views.claims import ClaimLine, ClaimView, DraftLine, ReportLine
    from quittance.views.claims import QueueView as ClaimQueue
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

POSTED_IN_A_VISIT = ("register", "review", "review/answers", "day", "claims", "claims/answers", "leave")
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


class Claims(Protocol):
    """What reports say in public, and what readers make of it; decisions are drafts, to be signed on the command line.

    A claim is called by its code, a report by its SHA-256. Raises `UsageError` for one of none, and for a decision
    that says nothing.
    """

    def inbox(self, viewer: Viewer, /) -> Sequence[ReportLine]:
        """Every report of the case, in the order in which its claims are asked about."""

    def report(self, viewer: Viewer, /, name: str) -> Report:
        """One report with its text."""

    def claims(self, viewer: Viewer, /, *, report: str | None = None) -> Sequence[ClaimLine]:
        """The claims of the case, or of one report."""

    def claim(self, viewer: Viewer, /, name: str, reviewer: str | None = None, *, blind: bool = False) -> ClaimView:
        """One claim in full; `blind` leaves out what the program and others read there."""

    def queue(self, viewer: Viewer, /, reviewer: str) -> ClaimQueue:
        """What a reader is asked, in order."""

    def sample(self, viewer: Viewer, /, reviewer: str) -> ClaimQueue:
        """What he is asked to read a second time, blind."""

    def decide(
        self,
        viewer: Viewer,
        /,
        reviewer: str,
        name: str,
        answer: str,
        *,
        changes: Mapping[str, str] | None = None,
        comment: str | None = None,
        second: bool = False,
    ) -> DraftLine:
        """Keep a decision: accepted, corrected (with `changes` as typed), rejected, doubtful."""

    def merge(self, viewer: Viewer, /, reviewer: str, name: str, into: str | None) -> DraftLine:
        """Keep that a claim is about the same event as another."""

    def split(self, viewer: Viewer, /, reviewer: str, name: str, numbers: Sequence[str]) -> DraftLine:
        """Keep that a claim is several, one for each number in the words of the report."""

    def add(
        self, viewer: Viewer, /, reviewer: str, report: str, words: str, number: str, changes: Mapping[str, str]
    ) -> DraftLine:
        """Keep a claim that the program did not find, in the words of the report."""

    def take_back(self, viewer: Viewer, /, reviewer: str, name: str) -> bool:
        """Forget a decision that is not signed."""

    def unsigned(self, viewer: Viewer, /, reviewer: str) -> Sequence[DraftLine]:
        """Decisions that wait for the reader's signature."""

    def readings(self, viewer: Viewer, /) -> Mapping[str, Mapping[str, Sequence[Claim]]]:
        """By code and reader, the claims of each reading; none where it was rejected."""

    def reconciliation(
        self, viewer: Viewer, /, as_of: date | None = None, known_by: date | None = None
    ) -> Reconciliation:
        """The claims set against each other and against what is verified."""

    def origins(self, viewer: Viewer, /, as_of: date | None = None, known_by: date | None = None) -> Origins:
        """Where the claims come from."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The people and the claims of a case, who judges here (a key's fingerprint, or None), and who may come in.

    `announce` shows the operator a fresh token, on the terminal and nowhere else. Without `lists` and `pairs` there are
    no pages with people, without `batches` and `days` none of batches, without `claims` none of claims.
    """

    lists: Listbook | None
    pairs: Reviewbook | None
    reviewer: str | None
    visits: Visits
    announce: Callable[[str], None]
    batches: Batches | None = None
    days: Days | None = None
    claims: Claims | None = None

    @property
    def listbook(self) -> Listbook:
        """The lists. Raises `Http404` where this workbench shows no people."""
        if self.lists is None:
            raise Http404
        return self.lists

    @property
    def reviewbook(self) -> Reviewbook:
        """The review of matches. Raises `Http404` where this workbench shows no people."""
        if self.pairs is None:
            raise Http404
        return self.pairs

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
    """For every template: the open visit, whose pages stand in the navigation, and what else there is."""
    desk = desk_in(request)
    return {
        "visit": visit_in(request),
        "with_people": desk is not None and desk.lists is not None,
        "with_batches": desk is not None and desk.batches is not None,
        "with_claims": desk is not None and desk.claims is not None,
    }
