"""The workbench as a WSGI application, and the server that shows it on this machine and nowhere else.

With a listbook there are pages with people, for whoever brings the token that is printed here. The browser is then
opened at the door and never at the address with the token: other users of the machine can read the arguments of
programs.
"""

from __future__ import annotations

import errno
import os
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.headers import Headers
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from quittance.errors import UsageError

if TYPE_CHECKING:
    from quittance.casebook import Casebook
    from quittance.claimbook import Claimbook
    from quittance.listbook import Listbook
    from quittance.web.desk import Desk

HOST = "127.0.0.1"
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


class PortError(UsageError):
    """The port cannot be had: somebody listens there, or it is not ours to take."""

    code = "web.port"


def application(casebook: Casebook, desk: Desk | None = None) -> Application:
    """The workbench on one case. Casebook and desk travel in the environment of each request."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quittance.web.settings")
    from django.core.wsgi import get_wsgi_application
    from whitenoise import WhiteNoise  # type: ignore[import-untyped]

    from quittance.web.case import KEY
    from quittance.web.desk import DESK
    from quittance.web.readonly import SAFE_HEADERS
    from quittance.web.settings import STATIC_ROOT

    pages = get_wsgi_application()

    def answered(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        environ[KEY], environ[DESK] = casebook, desk
        return pages(environ, start_response)

    def with_headers(headers: Headers, path: str, url: str) -> None:
        for name, value in SAFE_HEADERS.items():
            headers[name] = value

    shown: Application = WhiteNoise(
        answered,
        root=str(STATIC_ROOT),
        prefix="static/",
        max_age=3600,
        add_headers_function=with_headers,
        allow_all_origins=False,
    )
    return shown


class _Server(ThreadingMixIn, WSGIServer):
    """One thread a request; none of them keeps the program alive."""

    daemon_threads = True
    allow_reuse_address = os.name == "posix"

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that goes away in the middle of an answer is no news; anything else is printed."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Quiet(WSGIRequestHandler):
    """No line for each request: addresses hold what somebody looked at."""

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


def bind(casebook: Casebook, port: int, desk: Desk | None = None) -> WSGIServer:
    """A server for one case on 127.0.0.1; port 0 takes a free one. Raises `PortError` when the port cannot be had."""
    if not 0 <= port <= 65535:
        raise PortError(f"Port {port} does not exist. Give one from 1024 to 65535; nothing was started.")
    try:
        server = _Server((HOST, port), _Quiet)
    except OSError as error:
        reason = {
            errno.EADDRINUSE: "another program listens there, perhaps a workbench that is still open",
            errno.EACCES: "ports below 1024 belong to the administrator",
        }.get(error.errno or 0, os.strerror(error.errno) if error.errno else str(error))
        raise PortError(
            f"The workbench cannot take port {port} on {HOST}: {reason}. Stop that program, or choose another port "
            "with --port; nothing was started."
        ) from None
    server.set_app(application(casebook, desk))
    return server


def serve(
    folder: Path,
    port: int = 8000,
    open_browser: bool = True,
    path: str = "",
    people: Listbook | None = None,
    reviewer: str | None = None,
    claims: Claimbook | None = None,
) -> None:
    """Show the case in `folder` at http://127.0.0.1:port/ until Ctrl-C, opening a browser at `path`, or at the door.

    With `people` there are pages with their names, with `claims` the claims desk, and `reviewer` is the fingerprint
    whose answers they take. Raises `PortError` when the port cannot be had, and what `Casebook.open` raises.
    """
    from quittance.casebook import Casebook
    from quittance.visibility import NEUTRAL
    from quittance.web.desk import ENTER

    def announce(token: str) -> None:
        door = f"http://{HOST}:{server.server_port}/en/{ENTER}?token={token}"
        shown = "People are" if people else "The claims desk is"
        print(f"{shown} shown to whoever opens this, once: {door}", flush=True)

    desk = None
    if people:
        print("Reading the lists; many people take a minute.", flush=True)
        people.register(NEUTRAL)
    if people or claims:
        desk = _desk(people, reviewer, announce, claims)
    with bind(Casebook.open(folder), port, desk) as server:
        address = f"http://{HOST}:{server.server_port}{path or (f'/{ENTER}' if desk else '/')}"
        print(f"The workbench is open at {address}\nOnly this machine can see it. Ctrl-C ends it.", flush=True)
        if desk:
            desk.open_door()
        if open_browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def _desk(
    people: Listbook | None, reviewer: str | None, announce: Callable[[str], None], claims: Claimbook | None
) -> Desk:
    """The desk of what can be read now."""
    from quittance.batchbook import Batchbook
    from quittance.daybook import Daybook
    from quittance.reviewbook import Reviewbook
    from quittance.web.desk import Desk
    from quittance.web.visits import Visits

    if people is None:
        return Desk(None, None, reviewer, Visits(), announce, claims=claims)
    return Desk(people, Reviewbook(people), reviewer, Visits(), announce, Batchbook(people), Daybook(people), claims)
