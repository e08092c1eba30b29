"""The witness over HTTP: `POST <prefix>/add-checkpoint` and `GET <prefix>/<hex SHA-256 of the origin>/checkpoint`.

The standard library's server with a few threads, bounded in bytes, time and waiting connections. It says nothing about
requests: an address and a time are already news. Outside of one machine, put it behind a server that speaks TLS.
"""

from __future__ import annotations

import errno
import os
import socket
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import Any

from quittance.errors import RecordError, UsageError
from quittance.witness.request import MAX_BYTES, TEXT, Answer, refused
from quittance.witness.witness import Witness

HOST = "127.0.0.1"
THREADS = 8
WAITING = 32
"""How many accepted connections may wait for a thread; more are closed at once."""

IDLE_SECONDS = 5.0
"""How long a connection may be silent."""

CONNECTION_SECONDS = 30.0
"""How long a connection may last, whatever it does."""


class WitnessServer(TCPServer):
    """A witness at an address; `serve_forever` runs it, `stop` ends it after the requests under way.

    Raises `UsageError` (`witness.port`) when the port cannot be had.
    """

    allow_reuse_address = os.name == "posix"
    request_queue_size = WAITING

    def __init__(self, witness: Witness, host: str = HOST, port: int = 0, prefix: str = "") -> None:
        self.witness = witness
        self.prefix = prefix.rstrip("/")
        self.failure: RecordError | None = None
        """What made the server stop by itself: the store has failed."""
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._room = threading.BoundedSemaphore(THREADS + WAITING)
        self._pool = ThreadPoolExecutor(THREADS, "witness")
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            number = error.errno if isinstance(error, OSError) else None
            reason = {
                errno.EADDRINUSE: "another program listens there, perhaps a witness that is still running",
                errno.EACCES: "ports below 1024 belong to the administrator",
            }.get(number or 0, os.strerror(number) if number and number > 0 else "there is no such address or port")
            raise UsageError(
                f"The witness cannot take port {port} on {host}: {reason}. Choose another with --port; nothing was "
                "started.",
                code="witness.port",
            ) from None

    @property
    def port(self) -> int:
        """The port that was taken."""
        return int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a connection to a thread, or close it if too many wait."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        self._pool.submit(self._converse, request, client_address)

    def stop(self) -> None:
        """End `serve_forever`; call it from another thread. Returns once it has ended."""
        self.shutdown()

    def server_close(self) -> None:
        """Close the door, and wait for the requests under way."""
        super().server_close()
        self._pool.shutdown(wait=True)

    def fail(self, error: RecordError) -> None:
        """Stop, because nothing more can be stored."""
        self.failure = error
        threading.Thread(target=self.shutdown, daemon=True).start()

    def answer(self, method: str, path: str, body: bytes = b"") -> Answer:
        """The answer to a request line and body; raises `WitnessStoreError`."""
        if not path.startswith(f"{self.prefix}/"):
            return NOT_FOUND
        match path.removeprefix(self.prefix).split("/")[1:]:
            case ["add-checkpoint"] if method == "POST":
                return self.witness.add_checkpoint(body)
            case [origin_hash, "checkpoint"] if method == "GET":
                note = self.witness.checkpoint(origin_hash)
                return NOT_FOUND if note is None else Answer(200, note, TEXT)
        return NOT_FOUND

    def _converse(self, request: socket.socket, client_address: Any) -> None:
        end = threading.Timer(CONNECTION_SECONDS, _cut, (request,))
        end.daemon = True
        end.start()
        try:
            self.finish_request(request, client_address)
        except OSError:
            pass  # whoever asked is gone, or took too long
        except Exception:
            traceback.print_exc()  # a fault of this program; it says nothing about who asked
        finally:
            end.cancel()
            self.shutdown_request(request)
            self._room.release()


NOT_FOUND = refused(404, "witness.not_found", "There is nothing at this address.")
NO_LENGTH = refused(411, "witness.request", "A request must say its length.")
TOO_LARGE = refused(413, "witness.request", f"A request has at most {MAX_BYTES:,} bytes.")
NOT_NOW = refused(503, "witness.store", "The witness cannot store anything now. Ask again later.")


class _Handler(BaseHTTPRequestHandler):
    server: WitnessServer
    server_version = "quittance-witness"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    wbufsize = -1

    def do_GET(self) -> None:
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # what follows is not read, and must not pass for another request
        self._answer(b"")

    def do_POST(self) -> None:
        lengths = self.headers.get_all("Content-Length", [])
        length = lengths[0] if len(lengths) == 1 and "Transfer-Encoding" not in self.headers else ""
        if not (length.isascii() and length.isdigit()):
            self._send(NO_LENGTH, last=True)
        elif len(length) > 9 or int(length) > MAX_BYTES:
            self._send(TOO_LARGE, last=True)
        else:
            body = self.rfile.read(int(length))
            if len(body) == int(length):
                self._answer(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: addresses and times say who asks about what."""

    def _answer(self, body: bytes) -> None:
        try:
            self._send(self.server.answer(self.command, self.path, body))
        except RecordError as error:
            self._send(NOT_NOW, last=True)
            if error.code != "witness.store_busy":
                self.server.fail(error)

    def _send(self, answer: Answer, *, last: bool = False) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if last:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        self.wfile.write(answer.body)
        self.wfile.flush()


def _cut(connection: socket.socket) -> None:
    with suppress(OSError):  # it may have ended in the meantime
        connection.shutdown(socket.SHUT_RDWR)
