"""Spreadsheets that are packed XML: opened within limits, then read as XLSX or ODS.

What the package declares is checked before anything is unpacked, and what is unpacked is read as a stream that is
refused as soon as it is deeper or longer than any spreadsheet; so is a document type, and with it every entity.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from quittance.files.tables import MAX_RATIO, SMALL, Limits, Sheets, TableRefused

MAX_PARTS = 2_000
MAX_UNPACKED = 1 << 30
MAX_DEPTH = 100
MAX_NAMES = 5_000
"""Different names of elements and attributes in one part."""
MAX_TOKEN = 1 << 20
"""Bytes of one tag."""
MAX_SMALL = 500_000
"""Elements of a part that is kept whole."""

_CHUNK = 1 << 16

Attributes = dict[str, str]


class Node(NamedTuple):
    """An element of a small part: the local names of its parent and its own, and its attributes by local name."""

    parent: str
    local: str
    attributes: Attributes


class Package:
    """The parts of a packed spreadsheet. Raises `TableRefused` for a package that is broken or unpacks to too much."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError):
            broken()
        parts = self._zip.infolist()
        self.names = {part.filename: part for part in parts}
        if len(parts) > MAX_PARTS or len(self.names) != len(parts):
            broken()
        if any(part.flag_bits & 1 for part in parts):
            raise _locked()
        if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
            broken()
        if sum(part.file_size for part in parts) > min(MAX_UNPACKED, max(SMALL, MAX_RATIO * len(data))):
            raise TableRefused(
                f"The file would unpack to more than {MAX_RATIO} times its size, or to more than {MAX_UNPACKED:,} "
                "bytes. Nothing was unpacked. Save the list anew, without pictures and without empty formatted rows.",
                code="table.unpacks_too_large",
            )

    def starts(self, *prefixes: str) -> bool:
        """Whether the name of a part begins with one of `prefixes`, in whatever case."""
        return any(name.lower().startswith(prefixes) for name in self.names)

    def parse(
        self,
        name: str,
        start: Callable[[str, Attributes], object],
        end: Callable[[str], object],
        text: Callable[[str], object],
    ) -> None:
        """Give the elements of a part, named as they are written, to the three functions; nothing if there is no part.

        `zipfile` gives no more of a part than was declared and checked.
        """
        if name not in self.names:
            return
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        fed = 0
        try:
            with self._zip.open(self.names[name]) as part:
                while chunk := part.read(_CHUNK):
                    parser.Parse(chunk, False)
                    fed += len(chunk)
                    # A tag without end would be read again from its start with every chunk.
                    if fed - parser.CurrentByteIndex > MAX_TOKEN or len(parser.intern) > MAX_NAMES:
                        broken()
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError):
            broken()

    def nodes(self, name: str) -> list[Node]:
        """The elements of a small part in their order; none if there is no part."""
        found: list[Node] = []
        open_: list[str] = [""]

        def start(written: str, attributes: Attributes) -> None:
            if len(open_) > MAX_DEPTH or len(found) > MAX_SMALL:
                broken()
            plain = {local_name(key): value for key, value in attributes.items()}
            found.append(Node(open_[-1], local_name(written), plain))
            open_.append(found[-1].local)

        self.parse(name, start, lambda _: open_.pop(), lambda _: None)
        return found


def local_name(written: str) -> str:
    """The name of an element or attribute without its prefix."""
    return written.rpartition(":")[2]


def _refuse_doctype(*_: object) -> NoReturn:
    raise TableRefused(
        "The file declares a document type inside its XML, which no spreadsheet does. It is refused; make the list "
        "anew in an office program.",
        code="table.declarations",
    )


def broken() -> NoReturn:
    """Refuse a file that is no whole spreadsheet."""
    raise TableRefused(
        "The file begins like a spreadsheet and is broken, or is something else packed. Open it in an office program "
        "and save it as .xlsx.",
        code="table.broken",
    ) from None


def _locked() -> TableRefused:
    return TableRefused(
        "The file is protected by a password. Open it, take the password away, and send it by a safe way.",
        code="table.password",
    )


def refuse_active(what: str) -> NoReturn:
    """Refuse a file that would do something."""
    raise TableRefused(
        f"The file holds {what}. It is refused; save the list alone as .xlsx without them, or as .csv.",
        code="table.active",
    )


def read_packed(data: bytes, limits: Limits) -> Sheets:
    """The sheets of an XLSX or ODS file; raises `TableRefused`."""
    package = Package(data)
    if package.starts("xl/"):
        from quittance.files.sheets_xlsx import read_xlsx

        sheets = read_xlsx(package, limits)
    elif "content.xml" in package.names:
        from quittance.files.sheets_ods import read_ods

        if encrypted(package):
            raise _locked()
        sheets = read_ods(package, limits)
    elif package.starts("word/", "ppt/"):
        raise TableRefused(
            "The file is a text document or slides, no table. Copy its table into a sheet and save that as .xlsx.",
            code="table.not_a_table",
        )
    else:
        raise TableRefused(
            "The file is a packed folder, no table. Unpack it and name the list in it.", code="table.not_a_table"
        )
    if not any(sheet.rows for sheet in sheets.sheets):
        raise TableRefused("The table has no row. Check that it is the right file.", code="table.empty")
    return sheets


def encrypted(package: Package) -> bool:
    """Whether the manifest of an ODS file says that a part is encrypted."""
    return any(node.local == "encryption-data" for node in package.nodes("META-INF/manifest.xml"))
