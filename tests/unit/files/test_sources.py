"""Where a log is read from: folders, and servers that are not to be believed or waited for."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from tests.published import KEY, ORIGIN, files_of, grow, publisher
from tests.stores import FormMemory

from quittance.errors import RecordError, UsageError
from quittance.files import sources
from quittance.files.mirror import mirror
from quittance.files.sources import source_fetch


@pytest.fixture
def folder(tmp_path):
    """A published log of 300 entries."""
    store = FormMemory(ORIGIN)
    grow(store, 300)
    publisher(store, tmp_path / "log").publish()
    return tmp_path / "log"


def refused(act, *args) -> str:
    with pytest.raises(RecordError) as caught:
        act(*args)
    return caught.value.code


@contextmanager
def served(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Files(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Nothing."""


def answering(act):
    """A handler that lets `act` answer."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            act(self)

        def log_message(self, *args):
            """Nothing."""

    return Handler


def reply(handler, status, body=b"", **headers):
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def test_over_http(folder, tmp_path):
    """Any web server over the published folder serves a mirror."""
    with served(partial(Files, directory=str(folder))) as address:
        mirror(source_fetch(f"{address}/"), tmp_path / "mirror", KEY)
        assert refused(source_fetch(address), "tile/9/000") == "tile.missing"
    assert files_of(folder) == files_of(tmp_path / "mirror")
    assert refused(source_fetch(address), "checkpoint") == "mirror.unreachable"


def test_the_token():
    """The token is shown to the server, also after a way round on it, and to no other."""
    seen = []

    def elsewhere(handler):
        seen.append("elsewhere")
        reply(handler, 200, b"stolen")

    def act(handler):
        seen.append(handler.headers["Authorization"])
        if handler.path == "/log/checkpoint":
            reply(handler, 302, Location="/other")
        elif handler.path == "/log/notes/1":
            reply(handler, 302, Location=f"{other}/log")
        else:
            reply(handler, 200, b"note")

    with served(answering(elsewhere)) as other, served(answering(act)) as address:
        fetch = source_fetch(f"{address}/log", token="secret")
        assert fetch("checkpoint") == b"note"
        assert refused(fetch, "notes/1") == "mirror.unreachable"
    assert seen == ["Bearer secret"] * 3


def test_what_a_server_may_not_do(monkeypatch):
    """Too much, too slow, cut off, or an error: each is refused, none is waited for."""
    monkeypatch.setattr(sources, "SECONDS", 0.5)
    wait = threading.Event()

    def act(handler):
        match handler.path:
            case "/tile/0/000":
                reply(handler, 200, b"x" * 8193)
            case "/notes/1":
                reply(handler, 200, b"short", Content_Length="100")
            case "/notes/2":
                reply(handler, 500)
            case "/notes/3":
                wait.wait(5)
            case "/notes/4":
                reply(handler, 200)
                while not wait.wait(0.1):
                    handler.wfile.write(b"x")
            case "/notes/5":
                handler.wfile.write(b"no http\r\n\r\n")

    with served(answering(act)) as address:
        fetch = source_fetch(address)
        assert refused(fetch, "tile/0/000") == "tile.too_large"
        for number in range(1, 6):
            assert refused(fetch, f"notes/{number}") == "mirror.unreachable", number
        wait.set()


def test_sources(folder):
    """Folders and file addresses are read as folders; other addresses are refused."""
    for given in (str(folder), folder.as_uri()):
        assert (folder / "checkpoint").read_bytes() == source_fetch(given)("checkpoint")
    for given in ("ftp://example.org/log", "http://", "https://example.org/log?x=1", "file://host/log"):
        with pytest.raises(UsageError) as caught:
            source_fetch(given)
        assert caught.value.code == "mirror.source"
