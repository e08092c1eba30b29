"""How the casebook reaches a page: the server puts it into the environment of each request, never into a global."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import HttpRequest

if TYPE_CHECKING:
    from quittance.casebook import Casebook

KEY = "quittance.casebook"
"""The key of the casebook in the environment of a request."""


def casebook_of(request: HttpRequest) -> Casebook:
    """The casebook that this request is answered from."""
    return cast("Casebook", request.META[KEY])
