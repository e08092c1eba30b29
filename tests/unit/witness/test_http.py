"""The witness over HTTP: two addresses, bounded input, no chatter, and a stop when the store fails."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from hashlib import sha256

import pytest
from tests.unit.witness.logs import ORIGIN

from quittance.errors import UsageError
from quittance.witness import http as witness_http
from quittance.witness.http import HOST, WitnessServer
from quittance.witness.request import MAX_BYTES
from quittance.witness.store import WitnessStoreError

HEX = sha256(ORIGIN.encode()).hexdigest()


@contextmanager
def running(witness, **given):
    """The server at work on a free port, ended as a signal ends it."""
    server = WitnessServer(witness, **given)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server(witness):
    """The witness at the root of a free port."""
    with running(witness) as one:
        yield one


def call(server, method, path, body=None, headers=None):
    """Status, content type and body of one answer."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=20)
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    said = answer.status, answer.headers["Content-Type"], answer.read()
    connection.close()
    return said


def raw(server, data):
    """Everything that comes back for these bytes until the connection ends."""
    with socket.create_connection((HOST, server.port), timeout=20) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def has_ended(connection):
    """Send one more byte, and say whether the other side has closed the connection."""
    try:
        connection.sendall(b"G")
        return connection.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_the_protocol_over_http(server, log):
    """Cosign, be told the size with its content type, read the checkpoint."""
    status, kind, line = call(server, "POST", "/add-checkpoint", log.request(0, 4))
    assert (status, kind) == (200, "text/plain; charset=utf-8")
    assert line.startswith("— party-a.example/witness ".encode())
    assert call(server, "POST", "/add-checkpoint", log.request(0)) == (409, "text/x.tlog.size", b"4\n")
    assert call(server, "GET", f"/{HEX}/checkpoint") == (
        200,
        "text/plain; charset=utf-8",
        log.note(4).encode() + line,
    )
    assert call(server, "POST", "/add-checkpoint", b"nonsense")[0] == 400


def test_a_connection_is_kept_for_the_next_request(server, log):
    """HTTP keep-alive, which the protocol asks for."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=20)
    for size in (2, 4):
        connection.request("POST", "/add-checkpoint", log.request(size - 2, size))
        first = connection.sock
        assert connection.getresponse().read()
        assert connection.sock is first is not None
    connection.close()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/add-checkpoint"),
        ("POST", f"/{HEX}/checkpoint"),
        ("GET", f"/{HEX}/checkpoint"),
        ("GET", f"/{HEX}/checkpoint/"),
        ("GET", f"/{'0' * 64}/checkpoint"),
        ("POST", "/add-checkpoint/"),
        ("POST", "/x/add-checkpoint"),
        ("POST", "/add-checkpoint?x"),
    ],
)
def test_there_is_nothing_else(server, method, path):
    """Any other address is 404, and so is the checkpoint of a log that was never cosigned."""
    assert call(server, method, path, b"" if method == "POST" else None)[0] == 404


def test_other_methods_are_not_known(server):
    """Neither is anything guessed for them."""
    assert call(server, "PUT", "/add-checkpoint", b"x")[0] == 501


def test_a_prefix_is_part_of_both_addresses(witness, log):
    """With a prefix the plain addresses are nothing."""
    with running(witness, prefix="/w/a/") as server:
        assert call(server, "POST", "/add-checkpoint", log.request(0))[0] == 404
        assert call(server, "POST", "/w/a/add-checkpoint", log.request(0))[0] == 200
        assert call(server, "GET", f"/w/a/{HEX}/checkpoint")[0] == 200
        assert call(server, "GET", "/w/add-checkpoint")[0] == 404


def test_the_body_is_bounded_and_its_length_must_be_told(server):
    """Too much, an unknown amount, and two lengths are refused before anything is read; a short body gets no answer."""
    post = b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n"
    answers = [
        raw(server, post + head + b"\r\n\r\n")
        for head in (
            b"Content-Length: %d" % (MAX_BYTES + 1),
            b"Content-Length: " + b"9" * 5000,
            b"Transfer-Encoding: chunked",
            b"Content-Length: 5\r\nTransfer-Encoding: chunked",
            b"X: y",
            b"Content-Length: -1",
            b"Content-Length: 0\r\nContent-Length: 5",
        )
    ]
    assert [int(answer[9:12]) for answer in answers] == [413, 413, 411, 411, 411, 411, 411]
    assert raw(server, post + b"Content-Length: 50\r\n\r\nold 4\n") == b""


def test_what_follows_a_get_does_not_pass_for_a_request(server):
    """A GET with a body ends its connection: exactly one answer."""
    smuggled = b"GET /x HTTP/1.1\r\nHost: x\r\n\r\n"
    got = raw(server, b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(smuggled) + smuggled)
    assert got.count(b"HTTP/1.1") == 1


def test_a_silent_or_slow_client_is_let_go(witness, monkeypatch):
    """Silence ends a connection, and so does a drip of bytes that never ends; others are served meanwhile."""
    monkeypatch.setattr(witness_http._Handler, "timeout", 0.2)
    monkeypatch.setattr(witness_http, "CONNECTION_SECONDS", 0.6)
    with running(witness) as server:
        with socket.create_connection((HOST, server.port), timeout=20) as silent:
            assert call(server, "GET", "/")[0] == 404
            assert silent.recv(1) == b""
        with socket.create_connection((HOST, server.port), timeout=20) as slow:
            slow.settimeout(0.05)
            assert any(has_ended(slow) for _ in range(400))


def test_more_connections_than_may_wait_are_closed_at_once(witness, monkeypatch):
    """A crowd is turned away, and those inside are served."""
    monkeypatch.setattr(witness_http, "THREADS", 1)
    monkeypatch.setattr(witness_http, "WAITING", 1)
    with running(witness) as server:
        inside = [socket.create_connection((HOST, server.port), timeout=20) for _ in range(2)]
        outside = socket.create_connection((HOST, server.port), timeout=20)
        assert outside.recv(1) == b""
        for one in inside:
            one.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert [one.recv(12) for one in inside] == [b"HTTP/1.1 404"] * 2
        for one in (*inside, outside):
            one.close()


def test_it_says_nothing_about_requests(server, log, capfd):
    """Neither addresses, nor bodies, nor broken connections come out, on either stream."""
    call(server, "POST", "/add-checkpoint", log.request(0))
    call(server, "GET", "/nothing")
    raw(server, b"\xff\x00 nonsense\r\n\r\n")
    raw(server, b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\n")
    assert capfd.readouterr() == ("", "")


def test_a_fault_of_the_program_is_printed_without_the_address(witness, monkeypatch, capfd):
    """The trace is on stderr, the connection ends, and the next one is served."""

    def fail(body):
        raise ZeroDivisionError

    with running(witness) as server:
        with monkeypatch.context() as broken:
            broken.setattr(witness, "add_checkpoint", fail)
            with pytest.raises(http.client.HTTPException):
                call(server, "POST", "/add-checkpoint", b"x")
        assert call(server, "GET", "/")[0] == 404
    _, err = capfd.readouterr()
    assert "ZeroDivisionError" in err
    assert HOST not in err


@pytest.mark.parametrize(("code", "stops"), [("witness.store_busy", False), ("witness.store_io", True)])
def test_a_store_that_fails_is_503_and_stops_the_server_unless_it_was_only_busy(witness, monkeypatch, code, stops):
    """Nothing of the reason is told outside; inside it is kept for whoever started the server."""

    def fail(body):
        raise WitnessStoreError("the disk is full", code=code)

    monkeypatch.setattr(witness, "add_checkpoint", fail)
    server = WitnessServer(witness)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    status, _, body = call(server, "POST", "/add-checkpoint", b"x")
    assert (status, b"disk" in body) == (503, False)
    if not stops:
        assert call(server, "GET", "/")[0] == 404
        server.shutdown()
    thread.join(20)
    assert not thread.is_alive()
    server.server_close()
    assert (server.failure.code if server.failure else None) == (code if stops else None)


def test_requests_under_way_are_finished_before_it_ends(witness, log, monkeypatch):
    """Closing waits for the answer that is being made."""
    begun, go = threading.Event(), threading.Event()
    add = witness.add_checkpoint

    def slow(body):
        begun.set()
        go.wait(20)
        answer = add(body)
        ended.append(answer.status)
        return answer

    monkeypatch.setattr(witness, "add_checkpoint", slow)
    answers, ended = [], []
    with running(witness) as server:
        client = threading.Thread(
            target=lambda: answers.append(call(server, "POST", "/add-checkpoint", log.request(0)))
        )
        client.start()
        assert begun.wait(20)
        threading.Timer(0.1, go.set).start()
    assert ended == [200]
    client.join(20)
    assert [status for status, *_ in answers] == [200]


@pytest.mark.parametrize(("host", "port"), [(HOST, 70000), (HOST, -1), ("192.0.2.1", 0)])
def test_an_address_that_cannot_be_had_is_named(witness, host, port):
    """The message says which, and that nothing was started."""
    with pytest.raises(UsageError, match="nothing was started") as caught:
        WitnessServer(witness, host, port)
    assert caught.value.code == "witness.port"


def test_a_taken_port_is_named(server, witness):
    """Two witnesses cannot share a port."""
    with pytest.raises(UsageError, match="another program listens") as caught:
        WitnessServer(witness, HOST, server.port)
    assert caught.value.code == "witness.port"


def test_only_this_machine_can_ask_unless_told_otherwise(server):
    """It is bound to the loopback address."""
    assert server.server_address[0] == "127.0.0.1"


def test_the_core_of_the_witness_loads_no_server():
    """A party that only compares checkpoints needs neither a database nor a server."""
    code = (
        "import sys, quittance.witness.compare, quittance.witness.decide;"
        "print(sorted({'sqlite3', 'http.server', 'socketserver', 'django'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=True)
    assert done.stdout == "[]\n"
