"""Middleware: pages are only read, one takes a file to check, and the browser is told what it may load.

Errors of the casebook become pages.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from quittance.errors import QuittanceError
from quittance.web.pages.problems import could_not_answer

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SAFE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every answer, pages and static files alike."""

VERIFY = "verify"
"""The one page, in each language, that takes a POST: it says what the posted file proves, and changes nothing."""

Next = Callable[[HttpRequest], HttpResponse]


class ReadOnly:
    """Answers 405 to everything but GET, HEAD and a POST to `VERIFY`, and adds the security headers to every answer."""

    def __init__(self, get_response: Next) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the page, or 405, with the headers."""
        posted_to = {f"/{code}/{VERIFY}" for code, _ in settings.LANGUAGES}
        allowed = ["GET", "HEAD", *(["POST"] if request.path_info in posted_to else [])]
        response = self._next(request) if request.method in allowed else HttpResponseNotAllowed(allowed)
        for name, value in SAFE_HEADERS.items():
            response.headers[name] = value
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
