"""What was promised and what is verified, as plain values that claims are set against.

A profile, or the agreement of a case, gives the promises; the verified record gives the known totals. Nothing here
reads a claim.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

import msgspec

from quittance.claims.model import Who

Bond = Literal["agreement", "decree", "pledge"]
"""What binds: an agreement between the sides, an order of one side, or a public word of one side."""


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """One number of people that `actor` is to release, and the instrument that says so.

    `actor` is the code of the releasing side; `instrument` the key of its document (claims that quote the document have
    this key as claimant); `names` the words that may name the document in a report ("deal", "agreement", "decree");
    `deadline` the last day that still counts; `who` whom the number counts.
    """

    actor: str
    value: int
    instrument: str
    kind: Bond = "agreement"
    signed: date | None = None
    deadline: date | None = None
    who: Who = "unstated"
    names: tuple[str, ...] = ()


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """One point of the verified record: `total` people released by `actor` from the start up to the end of `day`."""

    actor: str
    day: date
    total: int
    who: Who = "all_persons"
