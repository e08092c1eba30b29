"""Asking a language model over the OpenAI-compatible chat format: one POST for each question, bounded in every way.

Nothing is sent to anybody whom the operator has not named, over nothing but TLS unless it stays on this machine, and no
redirection is followed. What comes back is bytes of an unknown party: bounded in size and in time, never shown, never
obeyed; `claims.second_reader` holds it against the text. The key is in one header and nowhere else.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from quittance.errors import RefusedError, UsageError

CONNECT_SECONDS = 10.0
SILENT_SECONDS = 60.0
"""How long a server may be silent: a model may think before it writes."""

TOTAL_SECONDS = 180.0
"""How long one answer may take, whatever the server does."""

MAX_BYTES = 4 * 1024 * 1024
TRIES = 4
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between tries: doubled each time, or what the server asks for, never more than the longest."""

AGAIN = (429, 500, 502, 503, 504)
"""The statuses after which the same question is asked again."""

NO_SUCH_FORMAT = (400, 404, 415, 422, 501)
"""What servers say that do not know `json_schema`; they are asked once more without it."""

LOCAL_NAMES = ("localhost", "localhost.localdomain", "ip6-localhost")


class ReaderError(RefusedError):
    """A model could not be asked, or what came is no answer of the chat format; codes `reader.*`."""

    code = "reader.unreachable"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, whom, with which key, and the bounds. Raises `UsageError` (`reader.url`, `reader.key`).

    `base_url` is what comes before `/chat/completions`. `allow_plain_http` lets the text go over the network unsealed.
    """

    base_url: str
    model: str
    key: str = field(default="", repr=False)
    connect_seconds: float = CONNECT_SECONDS
    silent_seconds: float = SILENT_SECONDS
    total_seconds: float = TOTAL_SECONDS
    max_bytes: int = MAX_BYTES
    tries: int = TRIES
    allow_plain_http: bool = False

    def __post_init__(self) -> None:
        secure, host, _, _ = self.address()
        if not secure and not is_local(host) and not self.allow_plain_http:
            raise UsageError(
                "The address of a model must begin with https://, unless it is on this machine: reports and the key "
                "would be readable by everybody on the way. Nothing was sent.",
                code="reader.url",
            )
        if not (self.key.isascii() and self.key.isprintable() and " " not in self.key) or len(self.key) > 4096:
            raise UsageError(
                "The key for the model is no line of plain characters. Check the variable.", code="reader.key"
            )
        if not self.model or not self.model.isprintable() or len(self.model) > 200:
            raise UsageError("The name of a model is one line of at most 200 characters.", code="reader.model")

    def address(self) -> tuple[bool, str, int | None, str]:
        """Whether it is TLS, the host, the port if one is given, and the path to post to. Raises `UsageError`."""
        try:
            parts = urlsplit(self.base_url)
            port = parts.port
        except ValueError:
            parts, port = urlsplit(""), None
        plain = parts.scheme in ("http", "https") and not (parts.query or parts.fragment or "@" in parts.netloc)
        if (
            not (plain and parts.hostname and self.base_url.isascii() and self.base_url.isprintable())
            or " " in self.base_url
        ):
            raise UsageError(
                "The address of a model is https:// and a host, perhaps with a port and a path such as /v1; no user, "
                "no question mark. Nothing was sent.",
                code="reader.url",
            )
        return parts.scheme == "https", parts.hostname, port, f"{parts.path.rstrip('/')}/chat/completions"


def is_local(host: str) -> bool:
    """Whether a host is this machine by its name or number; other names are not looked up."""
    if host.lower() in LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Reader:
    """A model at an endpoint; `ask` gives what it answers. `clock` and `sleep` are in seconds."""

    def __init__(
        self,
        endpoint: Endpoint,
        instruction: str,
        schema: dict[str, Any],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._endpoint, self._instruction, self._schema = endpoint, instruction, schema
        self._clock, self._sleep, self._context = clock, sleep, context
        self._with_schema = True

    def ask(self, question: str) -> str:
        """The content of the model's answer to one question, as it came and not looked at.

        Raises `ReaderError`: `reader.unreachable`, `reader.slow`, `reader.too_large`, `reader.redirect`,
        `reader.refused`, `reader.busy`, `reader.answer`, `reader.key_echoed`.
        """
        if self._with_schema:
            status, body = self._insist(question)
            if status not in NO_SUCH_FORMAT:
                return self._content(status, body)
            self._with_schema = False
        return self._content(*self._insist(question))

    def _insist(self, question: str) -> tuple[int, bytes]:
        """Status and body of an answer, after as many tries as the endpoint allows."""
        pause = FIRST_PAUSE
        for left in range(self._endpoint.tries - 1, -1, -1):
            status, body, wish = self._post(self._request(question))
            if status not in AGAIN:
                return status, body
            if left:
                self._sleep(min(max(pause, wish), LONGEST_PAUSE))
                pause *= 2
        raise self._error(f"answered {self._endpoint.tries} times with status {status}. Ask again later", "reader.busy")

    def _request(self, question: str) -> bytes:
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "temperature": 0,
            "stream": False,
            "messages": [{"role": "system", "content": self._instruction}, {"role": "user", "content": question}],
        }
        if self._with_schema:
            form = {"name": "claims", "strict": True, "schema": self._schema}
            body["response_format"] = {"type": "json_schema", "json_schema": form}
        return json.dumps(body).encode()

    def _post(self, body: bytes) -> tuple[int, bytes, float]:
        """Status, body and the wished pause of one answer."""
        secure, host, port, path = self._endpoint.address()
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "quittance",
            "Connection": "close",
        }
        if self._endpoint.key:
            headers["Authorization"] = f"Bearer {self._endpoint.key}"
        wait = self._endpoint.connect_seconds
        connection = (
            http.client.HTTPSConnection(host, port, timeout=wait, context=self._context or ssl.create_default_context())
            if secure
            else http.client.HTTPConnection(host, port, timeout=wait)
        )
        end = self._clock() + self._endpoint.total_seconds
        late = threading.Event()
        try:
            connection.connect()
            opened = connection.sock
            opened.settimeout(self._endpoint.silent_seconds)
            # A server that gives a byte now and then is never silent; only this ends it.
            cut = threading.Timer(self._endpoint.total_seconds, _cut, (opened, late))
            cut.daemon = True
            cut.start()
            try:
                connection.request("POST", path, body, headers)
                response = connection.getresponse()
                answer = self._read(response, end)
            finally:
                cut.cancel()
        except ReaderError:
            raise
        except TimeoutError:
            raise self._error("did not answer in time", "reader.slow") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            if late.is_set():
                raise self._error("did not answer in time", "reader.slow") from None
            if isinstance(error, http.client.IncompleteRead):
                raise self._error("ended in the middle of its answer", "reader.answer") from None
            raise self._error(
                f"cannot be asked ({type(error).__name__}). Check the address and the network", "reader.unreachable"
            ) from None
        finally:
            connection.close()
        if late.is_set():
            raise self._error("did not answer in time", "reader.slow")
        if 300 <= response.status < 400:
            raise self._error("points to another address, which is not followed. Give that one", "reader.redirect")
        return response.status, answer, _seconds(response.getheader("Retry-After"))

    def _read(self, response: http.client.HTTPResponse, end: float) -> bytes:
        if response.getheader("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise self._error("packed its answer, which it was not asked to", "reader.answer")
        most, answer = self._endpoint.max_bytes, bytearray()
        if (response.length or 0) > most:
            raise self._error(f"answers with more than {most:,} bytes", "reader.too_large")
        while piece := response.read1(65_536):
            answer += piece
            if len(answer) > most:
                raise self._error(f"answers with more than {most:,} bytes", "reader.too_large")
            if self._clock() > end:
                raise TimeoutError
        if response.length:
            raise http.client.IncompleteRead(b"")
        return bytes(answer)

    def _content(self, status: int, body: bytes) -> str:
        """What the model wrote, out of the answer of the chat format."""
        key = self._endpoint.key
        if key and key.encode() in body:
            raise self._error("sends the key back; the answer was not kept. Change the key", "reader.key_echoed")
        if status != 200:
            hint = {401: ". Check the key", 403: ". Check the key", 404: ". Check the address and the model"}
            raise self._error(f"refuses with status {status}{hint.get(status, '')}", "reader.refused")
        try:
            content = json.loads(body)["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError, RecursionError):
            content = None
        if not isinstance(content, str):
            raise self._error("gives no answer of the chat format", "reader.answer")
        if key and key in content:
            raise self._error("sends the key back; the answer was not kept. Change the key", "reader.key_echoed")
        return content

    def _error(self, what: str, code: str) -> ReaderError:
        return ReaderError(f"The model at {self._endpoint.address()[1]} {what}.", code=code)


def _cut(connection: socket.socket, late: threading.Event) -> None:
    late.set()
    with suppress(OSError):  # it may have ended in the meantime
        connection.shutdown(socket.SHUT_RDWR)


def _seconds(wish: str | None) -> float:
    """A number of seconds that a server asks for; 0 for a date, or none."""
    return float(wish) if wish and wish.isascii() and wish.isdigit() and len(wish) < 7 else 0.0
