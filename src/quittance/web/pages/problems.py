"""Pages for what cannot be answered: an address that leads nowhere, an address that cannot be read, a failure."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from quittance.errors import DeniedError, QuittanceError, RefusedError


def _page(request: HttpRequest, status: int, title: str, message: str, **context: object) -> HttpResponse:
    return render(request, "quittance/problem.html", {"title": title, "message": message, **context}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing lies at this address."""
    return _page(
        request,
        404,
        gettext("Not found"),
        gettext(
            "Nothing lies at this address. The commitment or entry may be spelled otherwise, belong to another case, "
            "or not have been recorded yet on the day asked about."
        ),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: an address or a host that is not answered."""
    return _page(
        request,
        400,
        gettext("This request is not answered"),
        gettext("The workbench answers only on this machine, under the names localhost and 127.0.0.1."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a form that this visit did not give out."""
    return _page(
        request,
        403,
        gettext("This form is not taken"),
        gettext("It was given out in another visit, or by another page. Nothing was changed. Open the page anew."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a fault of the program. Nothing was changed, because nothing can be."""
    return _page(
        request,
        500,
        gettext("The page could not be made"),
        gettext("This is a fault of the program. Nothing in the case was changed: these pages only read it."),
    )


def could_not_answer(request: HttpRequest, error: QuittanceError) -> HttpResponse:
    """The careful message of a `QuittanceError`, with its code. 403 when denied, 409 when refused, else 500.

    An entry that is not under a signed head yet is no fault either: 409.
    """
    refused = isinstance(error, RefusedError) or error.code == "record.unpublished"
    status = 403 if isinstance(error, DeniedError) else 409 if refused else 500
    return _page(
        request,
        status,
        gettext("The page could not be made"),
        gettext("The case could not answer. Nothing in it was changed."),
        detail=error.message,
        code=error.code,
    )
