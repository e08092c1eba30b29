"""The log's side of witnessing: a request as bytes, an answer as bytes, carried over a network or on a stick.

Both ways carry the same two texts: `make_request` writes what `add-checkpoint` takes, `collect` reads what it answers,
and `ask` does the way in between over HTTP.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from quittance.errors import RecordError, UsageError
from quittance.record.checkpoint import Checkpoint, open_checkpoint
from quittance.record.note import Note, VerifierKey, parse_signature
from quittance.witness.compare import Mirror
from quittance.witness.request import MAX_BYTES, SIZE, AddCheckpoint, RequestError, parse_answer

SECONDS = 20.0
"""How long a witness may be silent."""

ROUNDS = 4
"""How often a witness may say that it is at another size, as others ask it too."""


class CourierError(RecordError):
    """A witness could not be asked, or what it answered is not to be used; codes `witness.*`."""

    code = "witness.unreachable"


def make_request(note: Note, tree: Mirror, old: int) -> bytes:
    """The request to cosign `note`, from a witness that has cosigned the first `old` entries of `tree` last.

    Raises `RequestError` if the note is no checkpoint, `CourierError` (`witness.ahead`) if `old` is beyond it.
    """
    new = Checkpoint.parse(note.text)
    if old > new.size:
        raise CourierError(
            f"It is said that the witness has cosigned {old} entries of {new.origin}; this checkpoint has {new.size}. "
            "That size is not signed: ask the witness for its last cosigned checkpoint. If that is of this log, and "
            "larger, the log has lost what it had signed; sign nothing more before you know.",
            code="witness.ahead",
        )
    return AddCheckpoint.of(old, tuple(tree.consistency(old, new.size)), note).encode()


def collect(note: Note, answer: bytes, logs: Iterable[VerifierKey], witnesses: Iterable[VerifierKey]) -> Note:
    """The note with the cosignatures of known witnesses from an answer, each verified; unknown ones are left out.

    Raises `RequestError` for an answer without signatures (`witness.conflict` if it says a size), `NoteError` if one of
    a known witness fails, `CourierError` (`witness.stranger`) if none is of a known witness.
    """
    said = parse_answer(answer)
    if isinstance(said, int):
        raise RequestError(
            f"The witness has cosigned {said} entries last, and wants a request from there. Make that one.",
            code="witness.conflict",
        )
    known = list(witnesses)
    ids = {(key.name, key.id) for key in known}
    lines = [line for line in map(parse_signature, said[:-1].split("\n")) if (line.name, line.key_id) in ids]
    if not lines:
        raise CourierError(
            "The answer holds no signature of a known witness. Check who answered, and the vkey of the witness.",
            code="witness.stranger",
        )
    open_checkpoint(Note(note.text, (*note.signatures, *lines)).encode(), logs, known)
    return note.with_signatures(lines)


def ask(url: str, request: Callable[[int], bytes], old: int = 0, *, seconds: float = SECONDS) -> bytes:
    """Ask the witness at the prefix `url` for a cosignature and give its signature lines, not verified.

    `request` makes the request from an old size; it is made anew when the witness says that it is at another size.
    Redirects are not followed. Raises `CourierError` (`witness.unreachable`, `witness.busy`), `RequestError`
    (`witness.refused`, `witness.answer`), `UsageError` (`witness.url`) and what `request` raises.
    """
    _require_address(url)
    for _ in range(ROUNDS):
        status, kind, body = _post(f"{url.rstrip('/')}/add-checkpoint", request(old), seconds)
        said = parse_answer(body)  # raises the words of a refusal
        if status == 200 and isinstance(said, str):
            return body
        if status != 409 or kind != SIZE or not isinstance(said, int):
            raise RequestError(f"The witness answers with status {status} and nothing to go by.", code="witness.answer")
        old = said
    raise CourierError(
        f"The witness said {ROUNDS} times that it is at another size. Others ask it for the same log at this moment; "
        "try again.",
        code="witness.busy",
    )


def _require_address(url: str) -> None:
    try:
        parts = urllib.parse.urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        known = None
    if not known:
        raise UsageError("The address of a witness is http:// or https:// and a host.", code="witness.url")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """A witness is asked where its policy says, and nowhere else."""


def _post(url: str, body: bytes, seconds: float) -> tuple[int, str, bytes]:
    """Status, content type and body of an answer, whatever it is, within twice the time and `MAX_BYTES`."""
    headers = {"Content-Type": "application/octet-stream", "User-Agent": "quittance"}
    post = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - `_require_address` has seen it
    try:
        try:
            response = urllib.request.build_opener(_NoRedirect).open(post, timeout=seconds)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            answer, end = b"", monotonic() + seconds
            while (piece := response.read1(MAX_BYTES)) and len(answer) <= MAX_BYTES:
                answer += piece
                if monotonic() > end:
                    raise TimeoutError
            return response.status, response.headers.get_content_type(), answer
    except (OSError, http.client.HTTPException) as error:
        raise CourierError(
            f"The witness at {url} does not answer ({type(error).__name__}). Check the address and the network, or use "
            "a courier.",
        ) from error
