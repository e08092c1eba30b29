"""A server on this machine that answers as it is told: well, badly, slowly, hugely or with malice."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

Answering = Callable[[socket.socket, bytes], None]


class Canned:
    """A server that gives each connection, in turn, the next of its answers; the last one for ever."""

    def __init__(self, *answers: Answering, context: ssl.SSLContext | None = None) -> None:
        self.answers: list[Answering] = list(answers)
        self.asked: list[tuple[str, dict[str, object]]] = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.context = context
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.socket.getsockname()[1]}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self.context is not None:
                connection = self.context.wrap_socket(connection, server_side=True)
        with connection, suppress(OSError):
            request = b""
            while b"\r\n\r\n" not in request:
                if not (piece := connection.recv(65536)):
                    return
                request += piece
            head, _, body = request.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
            while len(body) < length:
                body += connection.recv(65536)
            self.asked.append((head.decode(), json.loads(body)))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            answer(connection, body)

    def close(self) -> None:
        """Take no more connections."""
        self.socket.close()


def raw(data: bytes) -> Answering:
    """These bytes, and the end."""
    return lambda connection, body: connection.sendall(data)


def reply(body: bytes, status: str = "200 OK", *heads: str) -> Answering:
    """An answer of HTTP with this body."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *heads, "", ""]
    return raw("\r\n".join(lines).encode() + body)


def said(content: object) -> Answering:
    """The model says this."""
    text = content if isinstance(content, str) else json.dumps(content)
    return reply(json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]}).encode())
