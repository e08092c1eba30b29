"""PDF files: the text of their pages, with lines joined to paragraphs, within limits of pages and of text.

To be called in a fenced process only (`report_fence`): a small file can unpack to anything.
"""

from __future__ import annotations

import io
import logging
import re

from quittance.files.report_dates import iso_day, visible_dates
from quittance.files.report_page import Page, PageDate, PageError, field

MAX_PAGES = 500
MAX_TEXT = 4_000_000
"""Code points of text that are taken from one file."""

_END = re.compile(r"[.!?:;\"'\u201d\u2019)\]]\s*$")
_SPLIT = re.compile(r"(?<=[^\W\d_])-$")


def document_of(data: bytes) -> Page:
    """The text of a PDF file; empty, with a warning, where its pages are pictures.

    Raises `PageError`: `report.pdf_locked` for one that needs a password, `report.pdf` for a broken one or one with
    too many pages.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its warnings quote the file
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise PageError("report.pdf_locked", "it is locked with a password; save it without one")
        count = len(reader.pages)
        if count > MAX_PAGES:
            raise PageError("report.pdf", f"it has {count:,} pages, and at most {MAX_PAGES} are read")
        pages, size = [], 0
        for page in reader.pages:
            pages.append(page.extract_text() or "")
            size += len(pages[-1])
            if size > MAX_TEXT:
                raise PageError("report.pdf", f"it has more than {MAX_TEXT:,} letters of text")
        told = reader.metadata
        title, made = (told.get("/Title"), told.get("/CreationDate")) if told else (None, None)
    except (FileNotDecryptedError, DependencyError):
        raise PageError("report.pdf_locked", "it is locked with a password; save it without one") from None
    except (PageError, MemoryError):
        raise
    except (PyPdfError, Exception):  # what a broken file raises is not bounded
        raise PageError("report.pdf", "it is broken, or no PDF file") from None
    text = "\n\n".join(filter(None, map(flow, pages))).encode("utf-8", "replace").decode("utf-8")
    day = iso_day(str(made).removeprefix("D:")[:8]) if made else None
    warnings = []
    if not text:
        warnings.append(
            f"report.no_text: the {count:,} pages hold pictures and no text; have them read by people or OCR"
        )
    elif empty := sum(not page.strip() for page in pages):
        warnings.append(f"report.no_text: {empty:,} of {count:,} pages hold no text")
    dates = [*visible_dates(text), *([PageDate(day, "PDF creation")] if day else [])]
    return Page(text=text, title=field(str(title)) if title else None, dates=tuple(dates), warnings=tuple(warnings))


def flow(page: str) -> str:
    """The lines of a page joined to paragraphs: a line that is full and ends no sentence goes on in the next one."""
    lines = [line.strip() for line in page.split("\n")]
    full = 0.7 * max(map(len, lines), default=0)
    done: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and line:
            done[-1] = _SPLIT.sub("", done[-1]) + line if _SPLIT.search(done[-1]) else f"{done[-1]} {line}"
        elif line:
            done.append(line)
        goes_on = bool(line) and len(line) >= full and not _END.search(line)
    return "\n".join(done)
