"""Reports as they come: texts, web pages, PDF files and feeds, alone or in folders, with what is said beside them.

The bytes are hashed; the text is kept exactly: UTF-8 without any change of line ends, a byte order mark being its first
code point, so that offsets point into the file as stored. Of a page, a PDF file or a feed the text is taken out once
and kept. What contradicts itself is told in `warnings`, and never corrected. A sidecar FILE.json beside FILE.txt wins
over what the file says of itself; of its keys `flags` is never read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec

from quittance.claims.conflict import conflict_of
from quittance.claims.model import Report
from quittance.errors import UnreadableError, UsageError
from quittance.files.encodings import decode
from quittance.files.read import read_file
from quittance.files.report_credit import agency_of, language_of
from quittance.files.report_dates import address_day, choose, iso_day, visible_dates, weekday_warnings
from quittance.files.report_fence import fenced
from quittance.files.report_page import Page, PageDate, address, field, language
from quittance.files.tables import TableRefused

Form = Literal["text", "html", "pdf", "feed"]

LIMITS: dict[Form, int] = {"text": 32 << 20, "html": 16 << 20, "pdf": 64 << 20, "feed": 64 << 20}
"""Form -> bytes that a file of it may have."""

SIDECAR_LIMIT = 1 << 20

FORMS: dict[str, Form] = {
    **dict.fromkeys((".txt", ".text"), "text"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    **dict.fromkeys((".rss", ".atom", ".xml"), "feed"),
    ".pdf": "pdf",
}
"""Ending of a name -> form. A file that is named by itself and ends otherwise is read as text."""

CONFLICT = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")


class Source(NamedTuple):
    """A file that holds reports: its path, the short name of its report, its form and its sidecar, if there is one."""

    path: Path
    doc: str
    form: Form
    sidecar: Path | None


Short = Annotated[str, msgspec.Meta(max_length=500)]


class Sidecar(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside a file about it. Other keys, `flags` among them, are passed over."""

    published: str | None = None
    page_dates: Annotated[list[str], msgspec.Meta(max_length=1_000)] = []
    outlet: Short | None = None
    agency: Short | None = None
    language: Short | None = None
    conflict: Short | None = None
    url: str | None = None
    title: str | None = None
    sha256: str | None = None


_SIDECAR = msgspec.json.Decoder(Sidecar)


def find_reports(paths: Iterable[Path | str], *, sidecars: Path | None = None) -> Iterator[Source]:
    """The files with reports among `paths`, in the order given; of a folder all, in the order of their names.

    In a folder, and those below it, hidden files, links to folders and files of other forms are passed over, and the
    short name of a report is its path from there without the ending; of a file named by itself it is the stem. A
    sidecar is looked for beside the file, then in `sidecars`. Raises `UnreadableError` (`file.missing`) and, for two
    files of one name in a folder, `UsageError` (`report.doc_twice`).
    """
    for path in map(Path, paths):
        if path.is_dir():
            yield from _in_folder(path, path, sidecars)
        elif path.exists():
            beside = path.with_suffix(".json")
            found = beside if beside != path and beside.is_file() else _elsewhere(sidecars, path.stem)
            yield Source(path, path.stem, FORMS.get(path.suffix.lower(), "text"), found)
        else:
            raise UnreadableError(f"{path}: there is no such file. Check the spelling.", code="file.missing")


def _in_folder(folder: Path, top: Path, sidecars: Path | None) -> Iterator[Source]:
    try:
        with os.scandir(folder) as found:
            # One string for each, as a folder may hold a million: / marks a folder.
            names = sorted(one.name + "/" * one.is_dir(follow_symlinks=False) for one in found)
    except OSError as error:
        raise UnreadableError(f"{folder} cannot be read: {error.strerror}.", code="file.unreadable") from None
    beside = {name for name in names if name.endswith(".json")}
    names = [name for name in names if not name.startswith(".")]
    others: dict[str, str] = {}  # stem -> name, of the files that are no plain text
    for name in names:
        stem, dot, ending = name.rpartition(".")
        if ending != "txt" and f"{dot}{ending.lower()}" in FORMS and (first := others.setdefault(stem, name)) != name:
            raise _twice(folder / first, folder / name, stem)
    for name in names:
        path = folder / name
        if name.endswith("/"):
            yield from _in_folder(path, top, sidecars)
        elif (form := FORMS.get(path.suffix.lower())) and path.is_file():
            if path.suffix == ".txt" and path.stem in others:
                raise _twice(folder / others[path.stem], path, path.stem)
            doc = path.relative_to(top).with_suffix("").as_posix()
            told = f"{path.stem}.json"
            yield Source(path, doc, form, folder / told if told in beside else _elsewhere(sidecars, doc))


def _twice(first: Path, second: Path, doc: str) -> UsageError:
    return UsageError(
        f"{first} and {second} would both be called `{doc}`, and claims are named after their report. Rename one, or "
        "read them apart.",
        code="report.doc_twice",
    )


def _elsewhere(sidecars: Path | None, doc: str) -> Path | None:
    path = sidecars / f"{doc}.json" if sidecars else None
    return path if path and path.is_file() else None


def read_report(path: Path | str, *, conflict: str | None = None) -> Report:
    """The one report in a file. Raises `UnreadableError`; `report.several` for a feed of several items."""
    (source,) = find_reports([path]) if not Path(path).is_dir() else (None,)
    found = read_source(source, conflict=conflict) if source else []
    if len(found) != 1:
        raise UnreadableError(f"{path} holds {len(found)} reports, and one is wanted.", code="report.several")
    return found[0]


def read_reports(paths: Iterable[Path | str], *, conflict: str | None = None) -> Iterator[Report]:
    """The reports in files, folders and feeds, one after the other. Raises `UnreadableError` at the first bad one."""
    for source in distinct(find_reports(paths)):
        yield from read_source(source, conflict=conflict)


def distinct(sources: Iterable[Source]) -> Iterator[Source]:
    """The same sources. Raises `UsageError` (`report.doc_twice`) when a second report has the short name of a first."""
    seen: dict[str, Path] = {}
    for source in sources:
        if (first := seen.setdefault(source.doc, source.path)) is not source.path:
            raise _twice(first, source.path, source.doc)
        yield source


def read_source(source: Source, *, conflict: str | None = None, guess: bool = True) -> list[Report]:
    """The reports in a file: one, or the items of a feed. `conflict` is for those that name none themselves.

    Without it the conflict is told from the sides that a text names, and a warning says so; not if `guess` is false.

    Raises `UnreadableError`: the codes of `files.read`, `report.not_text`, `report.sidecar`, and those of
    `report_fence.fenced`.
    """
    data = read_file(source.path, LIMITS[source.form])
    told = read_sidecar(source.sidecar) if source.sidecar else Sidecar()
    if told.conflict is None and conflict is not None:
        told = msgspec.structs.replace(told, conflict=conflict)
    digest = sha256(data).hexdigest()
    name = str(source.path)
    if source.form == "text":
        return [_report(_text_page(data, name), source.doc, digest, told, guess)]
    pages = fenced(source.form, data, name)
    if source.form != "feed":
        return [_report(pages[0], source.doc, digest, told, guess)]
    return [
        # An item has no bytes of its own, so its text as stored is hashed.
        _report(page, f"{source.doc}-{page.name}", sha256(page.text.encode()).hexdigest(), told, guess)
        for page in pages
    ]


def text_report(text: str, doc: str, *, told: Sidecar | None = None) -> Report:
    """A report from a text that came by another way than a file, such as a form; its hash is that of its UTF-8."""
    data = text.encode("utf-8", "replace")
    return _report(_text_page(data, doc), doc, sha256(data).hexdigest(), told or Sidecar(), guess=True)


def read_sidecar(path: Path) -> Sidecar:
    """What stands beside a file about it. Raises `UnreadableError` (`report.sidecar`, codes of `files.read`)."""
    data = read_file(path, SIDECAR_LIMIT)
    try:
        told = _SIDECAR.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        why = str(error) if isinstance(error, msgspec.ValidationError) else "it is no JSON object"
        raise UnreadableError(f"{path} is no sidecar of a report: {why}.", code="report.sidecar") from None
    for key, day in (("published", told.published), *(("page_dates", day) for day in told.page_dates)):
        if day is not None and (len(day) < 10 or iso_day(day) is None):
            raise UnreadableError(
                f"{path}: {key} is no date. Write 2020-03-31, or null if it is not known.", code="report.sidecar"
            )
    if told.conflict is not None and not CONFLICT.fullmatch(told.conflict):
        raise UnreadableError(
            f"{path}: conflict is a short name of small letters, digits and hyphens, such as afghanistan-2020.",
            code="report.sidecar",
        )
    return told


def _text_page(data: bytes, name: str) -> Page:
    """A text file as it is: UTF-8, or what it can be told to be in, with a warning."""
    warnings: list[str] = []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        text, how = _other_encoding(data)
        warnings.append(f"report.encoding: no UTF-8 from byte {error.start:,} on; {how}")
    if "\x00" in text:
        raise UnreadableError(
            f"{name} was not read: it has zero bytes, so it is no text. Name a file of text, HTML, PDF or a feed.",
            code="report.not_text",
        )
    if not text.strip("\ufeff \t\r\n"):
        warnings.append("report.no_text: the file is empty")
    return Page(text=text, dates=tuple(visible_dates(text)), warnings=tuple(warnings))


def _other_encoding(data: bytes) -> tuple[str, str]:
    """The text of a file that is not UTF-8, and how it was read."""
    try:
        found = decode(data)
    except TableRefused as error:
        # One that is UTF-8 elsewhere is damaged; any other is read as browsers read it.
        name = "utf-8" if error.code == "table.encoding_mixed" else "windows-1252"
        text = data.decode(name, "replace")
        return text, f"read as {name}, which is a guess, with U+FFFD {text.count(chr(0xFFFD)):,} times"
    return found.text, f"read as {found.encoding}{'' if found.sure else ', which is a guess'}"


def _report(page: Page, doc: str, digest: str, told: Sidecar, guess: bool) -> Report:
    url = address(told.url) or page.url
    dates = list(page.dates)
    if told.url and (day := address_day(url)):
        dates.append(PageDate(day, "address"))
    dates += [PageDate(day[:10], "sidecar page_dates") for day in told.page_dates]
    chosen = choose(([PageDate(told.published[:10], "sidecar")] if told.published else []) + dates)
    warnings = [*page.warnings, *chosen.warnings, *weekday_warnings(page.text, chosen.published)]
    if told.sha256 is not None and told.sha256 != digest:
        warnings.append("report.sidecar_sha256: the sidecar was made for other bytes")
    conflict = told.conflict
    if conflict is None and guess and (conflict := conflict_of(page.text)):
        warnings.append(f"report.conflict_guessed: its sides are taken for those of {conflict}; name it to be sure")
    return Report(
        doc=doc,
        text=page.text,
        sha256=digest,
        published=chosen.published,
        published_from=chosen.because,
        page_dates=tuple(sorted({one.day for one in dates})),
        outlet=field(told.outlet) or page.outlet,
        agency=field(told.agency) or page.agency or agency_of(page.text),
        language=language(told.language) or page.language or language_of(page.text),
        conflict=conflict,
        url=url,
        title=field(told.title) or page.title,
        warnings=tuple(warnings),
    )
