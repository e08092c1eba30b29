"""How much a form may bring, and that none of it touches a disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quittance.files.receipts import MAX_BUNDLE_BYTES
from quittance.record.receipt import MAX_RECEIPT_BYTES

if TYPE_CHECKING:
    from django.http import HttpRequest

MOST_BYTES = MAX_BUNDLE_BYTES + MAX_RECEIPT_BYTES + 64 * 1024
"""A bundle in the field for files, a receipt in the field for text, and what the form puts around them."""

_MOST_DISCARDED = 64 * 1024 * 1024
_CHUNK = 64 * 1024


def discard(request: HttpRequest) -> None:
    """Read a body that is refused and throw it away, up to a bound.

    A server that answers and closes while a browser is still sending cuts the connection, and the reader sees an error
    of the network in place of the answer.
    """
    try:
        for _ in range(_MOST_DISCARDED // _CHUNK):
            if not request.read(_CHUNK):
                return
    except OSError:
        return
