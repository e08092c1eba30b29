"""Feeds: RSS 2.0 and 1.0, and Atom. Each item is a report of its own.

A document type is refused, and with it every entity that a feed could define; what is read is bounded in depth, items
and text.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import NoReturn
from xml.parsers import expat

from quittance.files.report_dates import address_day, iso_day, visible_dates
from quittance.files.report_page import Page, PageDate, PageError, address, field, language

MAX_ITEMS = 10_000
MAX_DEPTH = 100
MAX_TEXT = 8_000_000
"""Code points of one item."""

_ITEMS = frozenset(("item", "entry"))
_FIELDS = {
    "title": "title", "link": "link", "guid": "id", "id": "id", "pubDate": "published", "published": "published",
    "issued": "published", "date": "published", "updated": "updated", "modified": "updated", "language": "language",
    "description": "summary", "summary": "summary", "encoded": "content", "content": "content",
}  # fmt: skip
"""Local name of an element -> what it is."""

_BLOCKS = frozenset(("p", "div", "br", "li", "h1", "h2", "h3", "blockquote", "tr"))


class _Feed:
    """What expat finds, gathered to items: for each its fields by name, and whether they are HTML."""

    def __init__(self) -> None:
        self.channel: dict[str, str] = {}
        self.items: list[dict[str, str]] = []
        self._depth = 0
        self._item = 0
        self._at = 0
        self._field = ""
        self._pieces: list[str] = []
        self._size = 0
        self._root = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PageError("report.feed", f"its elements are nested deeper than {MAX_DEPTH}")
        local = tag.rpartition("}")[2]
        self._root = self._root or local.lower()
        if self._root not in ("rss", "rdf", "feed"):
            raise PageError("report.feed", "it is no RSS or Atom feed")
        if self._at:  # an element inside of a field: XHTML
            if local in _BLOCKS:
                self._pieces.append("\n")
        elif not self._item and local in _ITEMS:
            if len(self.items) == MAX_ITEMS:
                raise PageError("report.feed", f"it has more than {MAX_ITEMS:,} items")
            self._item, self._size = self._depth, 0
            self.items.append({})
        elif local in _FIELDS and self._depth == (self._item + 1 if self._item else 3 if self._root == "rss" else 2):
            self._field, self._at, self._pieces = _FIELDS[local], self._depth, []
            if local == "link" and attributes.get("href") and attributes.get("rel", "alternate") == "alternate":
                self._keep(attributes["href"])
            if self._field in ("content", "summary") and attributes.get("type") == "text":
                self._into().setdefault(f"{self._field}_plain", "yes")
        elif not self._item and self._depth == 3 and self._root == "rdf" and local in ("title", "language"):
            self._field, self._at, self._pieces = _FIELDS[local], self._depth, []

    def text(self, piece: str) -> None:
        if self._at:
            self._size += len(piece)
            if self._size > MAX_TEXT:
                raise PageError("report.feed", f"one of its items has more than {MAX_TEXT:,} letters")
            self._pieces.append(piece)

    def end(self, _tag: str) -> None:
        if self._at == self._depth:
            self._keep("".join(self._pieces))
            self._at = 0
        if self._item == self._depth:
            self._item = 0
        self._depth -= 1

    def _into(self) -> dict[str, str]:
        return self.items[-1] if self._item else self.channel

    def _keep(self, text: str) -> None:
        if text.strip():
            self._into().setdefault(self._field, text.strip())


def items_of(data: bytes) -> list[Page]:
    """The items of a feed that have a text, in its order, named by a hash of their ids.

    Raises `PageError` (`report.feed`); `report.feed_doctype` for a feed with a document type.
    """
    feed = _Feed()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = feed.start
    parser.EndElementHandler = feed.end
    parser.CharacterDataHandler = feed.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise PageError("report.feed", f"it is broken in line {parser.CurrentLineNumber:,}, or no feed") from None
    pages = []
    names: dict[str, int] = {}
    for item in feed.items:
        page = _page(item, feed.channel)
        again = names[page.name] = names.get(page.name, 0) + 1
        pages.append(page if again == 1 else _renamed(page, f"{page.name}-{again}"))
    return pages


def _refuse_doctype(*_: object) -> NoReturn:
    raise PageError("report.feed_doctype", "it declares a document type, through which a file can draw in others")


def _renamed(page: Page, name: str) -> Page:
    from msgspec.structs import replace

    return replace(page, name=name)


def _page(item: dict[str, str], channel: dict[str, str]) -> Page:
    part = "content" if item.get("content") else "summary"
    body = item.get(part, "")
    if "<" in body and f"{part}_plain" not in item:
        from quittance.files.report_html import text_of

        body = text_of(body)
    title, url = field(item.get("title")), address(item.get("link")) or address(item.get("id"))
    key = item.get("id") or item.get("link") or f"{title}\n{body}"
    dates = [
        PageDate(day, f"feed {name}")
        for name in ("published", "updated")
        if (day := _day(item.get(name, ""))) is not None
    ]
    dates += visible_dates(body)
    if day := address_day(url):
        dates.append(PageDate(day, "address"))
    warnings = () if body else ("report.no_text: the item has a title and no text",)
    return Page(
        text=body,
        name=sha256(key.encode("utf-8", "replace")).hexdigest()[:12],
        title=title if title and not body.startswith(title) else None,
        outlet=field(channel.get("title")),
        language=language(item.get("language") or channel.get("language")),
        url=url,
        dates=tuple(dict.fromkeys(dates)),
        warnings=warnings,
    )


def _day(text: str) -> str | None:
    """The day of a date in RFC 822 or ISO 8601, as printed in its own zone."""
    if found := iso_day(text):
        return found
    try:
        return parsedate_to_datetime(text[:80]).date().isoformat()
    except (ValueError, TypeError, OverflowError):
        return None
