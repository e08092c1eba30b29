"""What a reader of pages, PDF files and feeds gives back: the text, what it says of itself, every date shown."""

from __future__ import annotations

import msgspec


class PageDate(msgspec.Struct, frozen=True):
    """One day that a page shows (ISO), and where: "meta article:published_time", "dateline" and so on."""

    day: str
    source: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One text as it was taken out of a file. `name` tells apart the items of one file; a feed has several."""

    text: str
    name: str = ""
    title: str | None = None
    outlet: str | None = None
    agency: str | None = None
    language: str | None = None
    url: str | None = None
    dates: tuple[PageDate, ...] = ()
    warnings: tuple[str, ...] = ()


class PageError(Exception):
    """A file that cannot be read as what it is: a stable code, and what is wrong in words. Never holds its text."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


MAX_LINE_FIELD = 500
"""Code points of a title, an outlet or an address that are kept."""


def field(text: object) -> str | None:
    """A short field of a page on one line, None if there is nothing in it."""
    return " ".join(text[: 4 * MAX_LINE_FIELD].split())[:MAX_LINE_FIELD] or None if isinstance(text, str) else None


def address(text: object) -> str | None:
    """A web address as it was given, None for anything else."""
    found = field(text)
    return found if found and found.startswith(("http://", "https://")) and " " not in found else None


def language(tag: object) -> str | None:
    """The two letters of a language tag such as `en-GB`; None for anything else.

    >>> language("en-GB"), language("english")
    ('en', None)
    """
    head = tag.strip().replace("_", "-").split("-")[0].lower() if isinstance(tag, str) else ""
    return head if len(head) == 2 and head.isascii() and head.isalpha() else None
