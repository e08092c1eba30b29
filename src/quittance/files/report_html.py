"""Web pages: the article's text, and what the page says of itself, all of it quoted material.

Scripts, styles, templates and whatever a reader would not see are cut out before anything else is looked at. The
article is found by trafilatura; where it finds none, all visible text is taken and the page says so. To be called in a
fenced process only (`report_fence`), since pages can be made to cost any amount of time and memory.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from quittance.files.report_credit import agency_of
from quittance.files.report_dates import address_day, iso_day, visible_dates
from quittance.files.report_page import Page, PageDate, PageError, address, field, language

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped]

MAX_NODES = 50_000
MAX_META = 2_000
MAX_JSON = 256 * 1024

_PUBLISHED_NAMES = """article:published_time og:article:published_time og:published_time datepublished date dc.date
dc.date.issued dcterms.date dcterms.issued dcterms.created pubdate publishdate publish-date publish_date sailthru.date
parsely-pub-date article.published article_date_original originalpublicationdate date.issued datecreated"""
_MODIFIED_NAMES = """article:modified_time og:updated_time datemodified dcterms.modified dc.date.modified lastmod
last-modified article.updated revised"""
_PUBLISHED, _MODIFIED = (frozenset(names.split()) for names in (_PUBLISHED_NAMES, _MODIFIED_NAMES))
_UNSEEN = (
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "canvas", "head", "select",
    "textarea", "audio", "video", "map",
)  # fmt: skip
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:font-size|opacity|max-height)\s*:\s*0(?![.\d]*[1-9])"
    r"|text-indent\s*:\s*-\d{3,}",
    re.IGNORECASE,
)
_BLOCK_NAMES = """address article aside blockquote body br caption center dd details div dl dt fieldset figcaption
figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead title
tr ul"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})", re.IGNORECASE)


def page_of(data: bytes) -> Page:
    """The article in a web page. Raises `PageError` (`report.html`) for bytes that hold no page."""
    from trafilatura import extract

    text, warnings = decode(data)
    if "\x00" in text:
        raise PageError("report.html", "it has zero bytes, so it is no web page")
    tree = parse(text)
    lang = language(tree.get("lang"))
    told = _told(tree)
    title = field(told.get("title")) or field(tree.findtext(".//h1")) or field(tree.findtext(".//title"))
    prune(tree)
    seen = visible(tree)
    url = address(told.get("url"))
    dates = [*told["dates"], *visible_dates(_short_lines(seen))]
    if day := address_day(url):
        dates.append(PageDate(day, "address"))
    article = (extract(tree, include_comments=False, include_tables=True, fast=True) or "").strip()
    if not article and seen:
        article = seen
        warnings.append("report.no_article: no article was found in the page; all of its visible text was taken")
    if not article:
        warnings.append("report.no_text: the page shows no text")
    return Page(
        text=article,
        title=title if title and not article.startswith(title) else None,
        outlet=field(told.get("outlet")),
        agency=agency_of(_short_lines(seen)),
        language=lang or language(told.get("language")),
        url=url,
        dates=tuple(dict.fromkeys(dates)),
        warnings=tuple(warnings),
    )


def decode(data: bytes) -> tuple[str, list[str]]:
    """The text of a page by its mark, its declared encoding, or as browsers do; with a warning where it did not fit."""
    marked = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
    name = next((encoding for bom, encoding in marked.items() if data.startswith(bom)), None)
    declared = _CHARSET.search(data[:4096])
    if name is None and declared:
        try:
            name = codecs.lookup(declared[1].decode("ascii", "replace")).name
            name = "cp1252" if name in ("iso8859-1", "ascii") else "utf-8" if name.startswith("utf-16") else name
            "".encode(name)
        except (LookupError, ValueError):
            name = None
    for encoding in dict.fromkeys((name or "utf-8", "utf-8")):
        try:
            return data.decode(encoding).lstrip("\ufeff"), []
        except (UnicodeDecodeError, LookupError):
            continue
    encoding = name or "cp1252"
    text = data.decode(encoding, "replace")
    return text, [f"report.encoding: the page is not UTF-8; read as {encoding}, {text.count(chr(0xFFFD)):,} signs lost"]


def parse(text: str) -> HtmlElement:
    """The tree of a page or of a piece of one. Raises `PageError` (`report.html`)."""
    from lxml import etree  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring

    try:
        parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
        tree = document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        raise PageError("report.html", "no web page can be made out in it") from None
    if any("XML_PARSE_HUGE" in one.message for one in parser.error_log):
        # The parser has dropped what is beyond its limits, and a part of a page is worse than none.
        raise PageError("report.html", "it is nested deeper, or has longer pieces of text, than any article")
    if sum(1 for _ in zip(tree.iter(), range(MAX_NODES + 1), strict=False)) > MAX_NODES:
        raise PageError("report.html", f"it has more than {MAX_NODES:,} elements, which no article has")
    return tree


def prune(tree: HtmlElement) -> None:
    """Cut out of a tree what runs, what styles and what nobody would see; text that follows an element stays."""
    doomed = [
        one
        for one in tree.iter()
        if one.tag in _UNSEEN
        or "hidden" in one.attrib
        or one.get("aria-hidden", "").lower() == "true"
        or _HIDDEN.search(one.get("style", "")[:2_000])
    ]
    for one in doomed:
        if one.getparent() is not None:
            one.drop_tree()


def visible(tree: HtmlElement) -> str:
    """All text of a tree, a block on a line, spaces as browsers show them."""
    lines: list[str] = [""]
    pieces: list[str] = []

    def close() -> None:
        if line := re.sub(r"[ \t\r\n\f]+", " ", "".join(pieces)).strip():
            lines.append(line)
        pieces.clear()

    from lxml.etree import iterwalk  # type: ignore[import-untyped]

    for event, one in iterwalk(tree, events=("start", "end")):
        if one.tag in _BLOCKS:
            close()
        if event == "start":
            pieces.append(one.text or "")
        else:
            pieces.append(one.tail or "")
    close()
    return "\n".join(lines[1:])


def text_of(fragment: str) -> str:
    """The visible text of a piece of HTML, as feeds carry them."""
    tree = parse(f"<div>{fragment}</div>")
    prune(tree)
    return visible(tree)


def _short_lines(seen: str) -> str:
    """The lines that may be a byline: dates inside of paragraphs belong to the story."""
    return "\n".join([line for line in seen.split("\n") if len(line) <= 150][:12])


def _told(tree: HtmlElement) -> dict[str, Any]:
    """What the page says of itself: title, outlet, language, url and its dates, in the order of the page."""
    told: dict[str, Any] = {"dates": []}
    for meta, _ in zip(tree.iterfind(".//meta"), range(MAX_META), strict=False):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").strip().lower()
        content = meta.get("content") or ""
        if name in _PUBLISHED or name in _MODIFIED:
            _add(told, content, f"meta {'published' if name in _PUBLISHED else 'modified'} {name}")
        elif key := {"og:title": "title", "og:site_name": "outlet", "og:url": "url", "og:locale": "language"}.get(name):
            told.setdefault(key, content)
    for time, _ in zip(tree.iterfind(".//time"), range(MAX_META), strict=False):
        published = "published" in (time.get("itemprop") or "").lower() or time.get("pubdate") is not None
        _add(told, time.get("datetime") or time.text or "", "time published" if published else "time")
    for link in tree.iterfind(".//link"):
        if (link.get("rel") or "").lower() == "canonical":
            told.setdefault("url", link.get("href"))
    for script in tree.iterfind(".//script"):
        if (script.get("type") or "").strip().lower() == "application/ld+json":
            _linked(script.text or "", told)
    return told


def _linked(text: str, told: dict[str, Any]) -> None:
    """Take what JSON-LD says; what is broken, too long or too deep says nothing."""
    if len(text) > MAX_JSON:
        return
    try:
        root = json.loads(text)
    except (ValueError, RecursionError):
        return
    for node in _nodes(root):
        for key in ("datePublished", "dateModified"):
            _add(told, node.get(key), f"JSON-LD {key}")
        publisher = node.get("publisher")
        if isinstance(publisher, dict) and "datePublished" in node:
            told.setdefault("outlet", publisher.get("name"))
            told.setdefault("language", node.get("inLanguage"))


def _nodes(root: object) -> Iterator[dict[str, Any]]:
    waiting, count = [root], 0
    while waiting and count < MAX_META:
        one = waiting.pop(0)
        count += 1
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _add(told: dict[str, Any], text: object, source: str) -> None:
    if isinstance(text, str) and (day := iso_day(text)):
        told["dates"].append(PageDate(day, source))
