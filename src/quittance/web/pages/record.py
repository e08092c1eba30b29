"""The record: where it stands, who has cosigned it, whose keys it knows, its entries, and all of it as files."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext

from quittance.errors import UnreadableError, UsageError
from quittance.files.receipts import CHECKER, checker_source
from quittance.views.record import Choice
from quittance.visibility import OPERATOR
from quittance.web.case import casebook_of
from quittance.web.pages.frame import answer, asked, present
from quittance.web.question import paging

ENTRIES_PER_PAGE = 50
KEPT = ("as_of", "known_by", "party")
"""What a reader asks of other pages, and keeps while choosing entries."""

TEXT = "text/plain; charset=utf-8"
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to filter the entries: the field of the address, its label, what can be chosen, what is chosen."""

    name: str
    label: str
    choices: tuple[Choice, ...]
    chosen: str


def page(request: HttpRequest) -> HttpResponse:
    """The record now, and fifty of its entries, newest first."""
    case, question = asked(request)
    kind, office = question.typed.get("kind"), question.typed.get("office")
    view = case.record(OPERATOR, kind, office)
    place, question = paging(question, len(view.matching), ENTRIES_PER_PAGE)
    start = (place.page - 1) * ENTRIES_PER_PAGE
    return answer(
        request,
        "quittance/record.html",
        question,
        present(case),
        with_readings=False,
        place="record",
        record=view,
        lines=case.record_entries(OPERATOR, view.matching[start : start + ENTRIES_PER_PAGE]),
        filters=[
            Filter("kind", gettext("Kind"), view.kinds, kind or ""),
            Filter("office", gettext("Signed by"), view.offices, office or ""),
        ],
        paging=place,
        matching=len(view.matching),
        hidden_fields=[(name, question.typed[name]) for name in KEPT if name in question.typed],
    )


def record_page(index: int, size: int) -> int:
    """The page on which an entry of a record of this size stands, where nothing is filtered; page 1 is the newest."""
    return (size - 1 - index) // ENTRIES_PER_PAGE + 1


def checkpoint(request: HttpRequest) -> HttpResponse:
    """The note of the last signed tree head, verbatim. 404 before the first."""
    note = casebook_of(request).signed_head(OPERATOR)
    if note is None:
        raise Http404
    return _file(note, TEXT, "checkpoint")


def keys(request: HttpRequest) -> HttpResponse:
    """The keys that the record has enrolled, one JSON object a line."""
    return _file(casebook_of(request).keys(OPERATOR), "application/jsonl", "keys.jsonl")


def checker(request: HttpRequest) -> HttpResponse:
    """The standalone checker, one Python file."""
    return _file(checker_source(), TEXT, CHECKER)


def receipt(request: HttpRequest, index: int) -> HttpResponse:
    """The receipt of an entry. 404 for no such entry, 409 for one that is not under a signed head yet."""
    return _evidence(request, index, bundle=False)


def bundle(request: HttpRequest, index: int) -> HttpResponse:
    """The evidence bundle of an entry. 404 and 409 as for the receipt, and 404 where the case has no policy."""
    return _evidence(request, index, bundle=True)


def _evidence(request: HttpRequest, index: int, *, bundle: bool) -> HttpResponse:
    case = casebook_of(request)
    try:
        if bundle:
            return _file(case.bundle(OPERATOR, str(index)), "application/zip", f"entry-{index}.zip")
        return _file(case.receipt(OPERATOR, str(index)), BYTES, f"entry-{index}.tlog-proof")
    except (UsageError, UnreadableError):  # there is no such entry, or no policy
        raise Http404 from None


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
