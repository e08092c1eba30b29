"""Middleware: pages are read, a closed list of addresses takes a POST, and the browser is told what it may load.

The pages with people are other addresses altogether: a request that belongs to no open visit is answered from a list
of addresses in which they do not stand, so that it cannot tell what exists. Errors of the casebook become pages.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from quittance.errors import QuittanceError
from quittance.web.desk import ENTER, POSTED_IN_A_VISIT, desk_in, find_visit
from quittance.web.pages.problems import could_not_answer

_DIRECTIVES = (
    "default-src 'self'",
    "script-src {scripts}",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
POLICY = "Content-Security-Policy"
CONTENT_SECURITY_POLICY = "; ".join(_DIRECTIVES).format(scripts="'none'")
WITH_OWN_SCRIPT = "; ".join(_DIRECTIVES).format(scripts="'self'")
"""The same for the one page that has a script, a file of this server."""

SAFE_HEADERS = {
    POLICY: CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer, pages and static files alike; a page may bring a policy of its own."""

VERIFY = "verify"
"""The one page, in each language, that takes a POST from anybody: it says what the posted file proves."""

PEOPLE_URLS = "quittance.web.people_urls"

Next = Callable[[HttpRequest], HttpResponse]


class ReadOnly:
    """Answers 405 to everything but GET, HEAD and a POST to a listed address, and adds the security headers to all.

    Listed are `VERIFY`; where there are people, `ENTER`; and within a visit `POSTED_IN_A_VISIT`.
    """

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the page, or 405, with the headers."""
        listed = [VERIFY, *([ENTER] if desk_in(request) else [])]
        if find_visit(request):
            request.urlconf = PEOPLE_URLS
            listed += POSTED_IN_A_VISIT
        posted_to = {f"/{code}/{name}" for code, _ in settings.LANGUAGES for name in listed}
        allowed = ["GET", "HEAD", *(["POST"] if request.path_info in posted_to else [])]
        response = self._next(request) if request.method in allowed else HttpResponseNotAllowed(allowed)
        for name, value in SAFE_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Cache-Control"] = "no-store"
        return response


class CarefulErrors:
    """Turns an error that Quittance raised on purpose into a page with its message and its code."""

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the page."""
        return self._next(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page for a `QuittanceError`; None leaves anything else to Django's 500 page."""
        return could_not_answer(request, exception) if isinstance(exception, QuittanceError) else None
