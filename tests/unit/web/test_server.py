"""The server: this machine only, a careful word when the port is taken, static files with the same headers."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest

from quittance.web.server import HOST, PortError, bind


@contextmanager
def running(casebook):
    """A server on a free port."""
    with bind(casebook, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def get(server, path: str):
    """One answer and its body."""
    connection = HTTPConnection(HOST, server.server_port, timeout=10)
    connection.request("GET", path)
    response = connection.getresponse()
    return response, response.read()


def test_pages_and_static_files_are_served(casebook, client):
    """Both with the same policy; only static files may be kept by the browser."""
    with running(casebook) as server:
        page, text = get(server, "/en/")
        style, css = get(server, "/static/quittance.css")
        font, data = get(server, "/static/fonts/vazirmatn-arabic.woff2")
    assert (page.status, style.status, font.status) == (200, 200, 200)
    assert b"<h1>" in text
    assert css.startswith(b"@font-face")
    assert data.startswith(b"wOF2")
    assert page.headers["Content-Security-Policy"] == style.headers["Content-Security-Policy"]
    assert (page.headers["Cache-Control"], style.headers["Cache-Control"]) == ("no-store", "max-age=3600, public")
    assert style.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.parametrize("path", ["/static/../server.py", "/static/..%2fserver.py", "/static/%2e%2e/server.py"])
def test_nothing_else_of_the_program_is_served(casebook, client, path):
    """No path leads out of the folder of static files."""
    with running(casebook) as server:
        response, body = get(server, path)
    assert response.status in (400, 404)
    assert b"import" not in body


def test_only_this_machine_is_listened_to(casebook, client):
    """The socket is bound to the loopback address."""
    with bind(casebook, 0) as server:
        assert server.server_address[0] == "127.0.0.1"


def test_a_taken_port_is_a_careful_error(casebook, client):
    """It names the port, says why and what to do, and nothing is left open."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PortError) as error:
            bind(casebook, port)
    assert error.value.code == "web.port"
    assert error.value.exit_code == 2
    assert error.value.message == (
        f"The workbench cannot take port {port} on 127.0.0.1: another program listens there, perhaps a workbench "
        "that is still open. Stop that program, or choose another port with --port; nothing was started."
    )


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_does_not_exist_is_refused(casebook, port):
    """With the range that does."""
    with pytest.raises(PortError, match="does not exist"):
        bind(casebook, port)


def test_ctrl_c_is_quiet_and_the_browser_is_opened_at_the_question(tmp_path, monkeypatch, capsys):
    """`serve` says the address, opens it, and ends without a trace."""
    from wsgiref.simple_server import WSGIServer

    from tests.unit.web.conftest import AGREEMENT

    from quittance.casebook import Casebook
    from quittance.testing import OFFICE
    from quittance.web import server

    def interrupted(self, poll_interval: float = 0.5) -> None:
        raise KeyboardInterrupt

    opened: list[str] = []
    done = threading.Event()
    monkeypatch.setattr(WSGIServer, "serve_forever", interrupted)
    monkeypatch.setattr(server.webbrowser, "open", lambda address: (opened.append(address), done.set()))
    Casebook.create(tmp_path / "case", AGREEMENT.encode(), OFFICE).close()
    server.serve(tmp_path / "case", port=0, path="/en/?as_of=2025-01-05")
    assert done.wait(5)
    said = capsys.readouterr().out
    assert f"The workbench is open at {opened[0]}" in said
    assert opened[0].endswith("/en/?as_of=2025-01-05")


def test_with_people_the_terminal_shows_a_token_and_the_browser_does_not(tmp_path, monkeypatch, capsys):
    """The browser is opened at the door: whoever lists the programs of this machine must not read the token."""
    from wsgiref.simple_server import WSGIServer

    from tests.listed import ListedCase

    from quittance.web import server

    def interrupted(self, poll_interval: float = 0.5) -> None:
        raise KeyboardInterrupt

    opened: list[str] = []
    done = threading.Event()
    monkeypatch.setattr(WSGIServer, "serve_forever", interrupted)
    monkeypatch.setattr(server.webbrowser, "open", lambda address: (opened.append(address), done.set()))
    case = ListedCase(tmp_path)
    try:
        server.serve(case.folder, port=0, people=case.book)
    finally:
        case.close()
    assert done.wait(5)
    said = capsys.readouterr().out
    (token,) = re.findall(r"/en/enter\?token=([-_0-9A-Za-z]{43})\n", said)
    assert opened[0].endswith("/enter")
    assert token not in opened[0]


def test_a_reviewer_is_a_neutral_key_of_the_record(tmp_path):
    """Given by its file or its fingerprint; any other key is refused before anything is shown."""
    from tests.listed import KEYS, ListedCase

    from quittance.cli.case import _reviewer
    from quittance.errors import UsageError
    from quittance.files.keyfile import seal_key, write_key_file
    from quittance.record.keys import key_id

    case = ListedCase(tmp_path)
    try:
        neutral = key_id(KEYS["neutral-1"].public)
        data, made = seal_key(bytes([0x23]) * 32, "statement", "long enough", random=bytes, cost=2**14)
        write_key_file(tmp_path / "n1.key", data)
        assert made.fingerprint == neutral
        assert _reviewer(case.book, str(tmp_path / "n1.key")) == neutral
        assert _reviewer(case.book, neutral) == neutral
        assert _reviewer(case.book, None) is None
        for other in (key_id(KEYS["holding"].public), "0" * 64):
            with pytest.raises(UsageError) as error:
                _reviewer(case.book, other)
            assert error.value.code == "people.reviewer"
    finally:
        case.close()
