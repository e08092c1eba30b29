"""The reports of a case as they lie in its folder: for each its exact text, and a sheet with everything else.

CASE/reports/<sha256 of the bytes that came>.txt and .json. The sheet is written last, so a report is there whole or not
at all, and it holds the SHA-256 of the text; the record holds that of the sheet. Both are for their owner only.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from quittance.canon import CanonError, canonical, parse_canonical
from quittance.claims.model import Report
from quittance.errors import RecordError, UnreadableError
from quittance.files.durable import make_folder, read_whole, replace
from quittance.record.envelope import HEX_256

FOLDER = "reports"
FORMAT = "quittance-report/1"
TEXT_LIMIT = 64 * 1024 * 1024
_SHEET_LIMIT = 1024 * 1024
_OWNER_FILE, _OWNER_FOLDER = 0o600, 0o700

State = Literal["here", "missing", "changed"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A report as it is kept: its sheet as a report without text, the digests of text and sheet, and when it came."""

    report: Report
    text_sha256: str
    sheet_sha256: str
    taken: str


class ReportFolder:
    """The reports in one case folder."""

    def __init__(self, case: Path) -> None:
        self._folder = case / FOLDER
        self._known: dict[str, Kept] = {}
        self._all: tuple[frozenset[str], dict[str, Kept]] = (frozenset(), {})
        self._states: dict[tuple[str, str | None], tuple[object, State]] = {}

    def all(self) -> dict[str, Kept]:
        """The sheet of every report, by the SHA-256 of its bytes, in the order in which they came.

        A sheet that nobody wrote so is left out: `state` calls it changed.
        """
        try:
            names = frozenset(name[:-5] for name in os.listdir(self._folder) if name.endswith(".json"))  # noqa: PTH208
        except FileNotFoundError:
            names = frozenset()
        unread = names - self._known.keys()
        if unread or names != self._all[0]:
            for name in unread:
                if HEX_256.fullmatch(name):
                    data = read_whole(self._folder / f"{name}.json", _SHEET_LIMIT)
                    with suppress(RecordError):
                        self._known[name] = _read_sheet(name, data or b"")
            kept = [self._known[name] for name in names if name in self._known]
            kept.sort(key=lambda one: (one.taken, one.report.doc))
            self._all = names, {one.report.sha256: one for one in kept}
        return self._all[1]

    def state(self, sha256: str, sheet_sha256: str | None = None) -> State:
        """Whether a report is there as it came; `sheet_sha256` is what the record has of its sheet.

        The files are read again when the disk says that they changed; whoever shows their words reads them always.
        """
        marks = tuple(_mark(self._folder / f"{sha256}.{ending}") for ending in ("txt", "json"))
        before = self._states.get((sha256, sheet_sha256))
        if before is not None and before[0] == marks:
            return before[1]
        state: State = "here"
        try:
            self.read(sha256, sheet_sha256)
        except UnreadableError:
            state = "missing"
        except RecordError:
            state = "changed"
        self._states[sha256, sheet_sha256] = marks, state
        return state

    def read(self, sha256: str, sheet_sha256: str | None = None) -> Report:
        """A report with its text, of which every byte is compared with what was kept.

        Raises `UnreadableError` (`claims.report_missing`) and `RecordError` (`claims.report_changed`).
        """
        sheet = read_whole(self._folder / f"{sha256}.json", _SHEET_LIMIT)
        text = read_whole(self._folder / f"{sha256}.txt", TEXT_LIMIT)
        if sheet is None or text is None:
            raise UnreadableError(
                f"The report {sha256[:16]} is not in the case any more. Put its two files back into {FOLDER}/.",
                code="claims.report_missing",
            )
        kept = _read_sheet(sha256, sheet)
        if hashlib.sha256(text).hexdigest() != kept.text_sha256 or sheet_sha256 not in (None, kept.sheet_sha256):
            raise _changed(sha256)
        return msgspec.structs.replace(kept.report, text=text.decode())

    def take(self, report: Report, taken: str) -> Kept:
        """Keep a report that is not there yet, at the instant `taken`.

        Raises `UnreadableError` (`claims.text`) for a text that UTF-8 cannot hold, `RecordError` where the disk fails.
        """
        try:
            text = report.text.encode()
        except UnicodeEncodeError:
            raise UnreadableError(
                f"The text of {report.doc} holds half a character. Convert the file to UTF-8 first.", code="claims.text"
            ) from None
        if len(text) > TEXT_LIMIT:
            raise UnreadableError(f"The text of {report.doc} is larger than a report may be.", code="claims.text")
        sheet = _sheet(report, hashlib.sha256(text).hexdigest(), taken)
        make_folder(self._folder)
        self._folder.chmod(_OWNER_FOLDER)
        self._put(f"{report.sha256}.txt", text)
        self._put(f"{report.sha256}.json", sheet)
        self._known[report.sha256] = _read_sheet(report.sha256, sheet)
        return self._known[report.sha256]

    def _put(self, name: str, data: bytes) -> None:
        path = self._folder / name
        replace(path, data)
        path.chmod(_OWNER_FILE)


def lookup(folder: Path | None) -> Callable[[str], Report | State]:
    """What finds the report behind a source of an entry: the report, or why it cannot be shown."""
    shelf = ReportFolder(folder) if folder is not None else None

    def find(sha256: str) -> Report | State:
        if shelf is None:
            return "missing"
        try:
            return shelf.read(sha256)
        except UnreadableError:
            return "missing"
        except RecordError:
            return "changed"

    return find


def digest_of(report: Report) -> str:
    """The SHA-256 of the bytes of a report: as given, or for one without that of its text."""
    return report.sha256 or hashlib.sha256(report.text.encode("utf-8", "surrogatepass")).hexdigest()


def _mark(path: Path) -> object:
    """What the disk says of a file, which changes with it; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _sheet(report: Report, text_sha256: str, taken: str) -> bytes:
    members: dict[str, object] = msgspec.to_builtins(report)
    del members["text"]
    return canonical({**members, "format": FORMAT, "taken": taken, "text_sha256": text_sha256})


def _read_sheet(sha256: str, data: bytes) -> Kept:
    try:
        members = parse_canonical(data)
        if not isinstance(members, dict) or members.pop("format", None) != FORMAT or members["sha256"] != sha256:
            raise _changed(sha256)
        taken, text_sha256 = str(members.pop("taken")), str(members.pop("text_sha256"))
        report = msgspec.convert({**members, "text": ""}, Report)
    except (CanonError, KeyError, msgspec.ValidationError):
        raise _changed(sha256) from None
    return Kept(report, text_sha256, hashlib.sha256(data).hexdigest(), taken)


def _changed(sha256: str) -> RecordError:
    return RecordError(
        f"The report {sha256[:16]} in {FOLDER}/ is not the one that was taken in: its SHA-256 is another. Put the "
        "files back from a backup; nothing that rests on it is shown until then.",
        code="claims.report_changed",
    )
