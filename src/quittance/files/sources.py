"""Where a log is read from: a folder, or a web server of anybody's. What comes is bounded in bytes and time."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from time import monotonic
from typing import IO

from quittance.errors import RecordError, UsageError
from quittance.files.published import folder_fetch, limit_of, missing
from quittance.record.tiles import Fetch, TileError

SECONDS = 20.0
"""How long a server may be silent, and how long a file may take beyond that."""

_CHUNK = 1 << 16


def source_fetch(source: str, token: str | None = None) -> Fetch:
    """Reads a log from a folder, a `file:` address of one, or an `http:` or `https:` address; `token` is for the last.

    Raises `UsageError` (`mirror.source`) for any other address. Fetching raises `RecordError`: `tile.missing`,
    `tile.too_large`, `mirror.unreachable`, `record.io`.
    """
    parts = urllib.parse.urlsplit(source)
    if parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment):
        return _http_fetch(source.rstrip("/"), token)
    if parts.scheme == "file" and parts.netloc in ("", "localhost"):
        return folder_fetch(Path(urllib.request.url2pathname(parts.path)))
    if "://" in source:
        raise UsageError(
            "A log is read from a folder, or from an http:// or https:// address without ? and #.", code="mirror.source"
        )
    return folder_fetch(Path(source))


def _http_fetch(prefix: str, token: str | None) -> Fetch:
    opener = urllib.request.build_opener(_SameHost)
    headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {token}"} if token else {})

    def fetch(path: str) -> bytes:
        address = f"{prefix}/{path}"
        try:
            with opener.open(urllib.request.Request(address, headers=headers), timeout=SECONDS) as response:  # noqa: S310
                return _read(response, path)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (404, 410):
                raise missing(path) from None
            raise _unreachable(path, f"it answers {error.code}") from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _unreachable(path, type(error).__name__) from error

    return fetch


def _read(response: http.client.HTTPResponse, path: str) -> bytes:
    """The whole answer; raises `TileError` (`tile.too_large`) as soon as there is more than the file may have."""
    pieces, size, end = [], 0, monotonic() + SECONDS
    while piece := response.read1(_CHUNK):
        pieces.append(piece)
        size += len(piece)
        if size > limit_of(path):
            raise TileError(f"{path} has more than the {limit_of(path):,} bytes it may have.", code="tile.too_large")
        if monotonic() > end:
            raise TimeoutError
    if response.length:  # what the server announced and did not send
        raise http.client.IncompleteRead(b"", response.length)
    return b"".join(pieces)


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows to another path of the same server only, so that neither the token nor the reader is led elsewhere."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        here, there = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _unreachable(path: str, why: str) -> RecordError:
    return RecordError(
        f"The log's {path} cannot be fetched ({why}). Nothing was lost; check the address and the network, and try "
        "again.",
        code="mirror.unreachable",
    )
