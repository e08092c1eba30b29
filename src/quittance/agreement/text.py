"""Agreement files are YAML, but only the part of YAML 1.2 that every reader reads alike.

Scalars are judged by their source text: `no` and `12:15` stay text, and `010` is refused rather than read as 8 or 10.
Values come back as plain Python with the line of every path, for messages that name the place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from quittance.errors import Problem, UnreadableError

Path: TypeAlias = tuple[str | int, ...]
Value: TypeAlias = Any

MAX_BYTES = 1024 * 1024
MAX_PROBLEMS = 200
MAX_DEPTH = 24

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})$")
_NUMBER_LIKE = re.compile(
    r"[-+]?(0[box][0-9a-fA-F_]+|[0-9][0-9_]*|[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|\.[0-9]+([eE][-+]?[0-9]+)?"
    r"|[0-9][0-9_]*[eE][-+]?[0-9]+|\.(inf|Inf|INF))$|\.(nan|NaN|NAN)$"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_OTHER_BOOLEANS = {"True": "true", "TRUE": "true", "False": "false", "FALSE": "false"}


@dataclass(slots=True)
class Document:
    """The plain content of one agreement file, the 1-based line of every path in it, and what was wrong with it."""

    value: Value = None
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, path: Path) -> int | None:
        """The line of `path`, or of the nearest thing around it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def path_text(path: Path) -> str:
    """A path as a reader would write it: `commitments[3].when.by`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def read_yaml(data: bytes) -> Document:
    """Read one YAML document within the strict subset; breaches of the subset are `problems` (E02, E03) of the result.

    Raises `UnreadableError` for what is not text, not YAML, empty, or over 1 MiB, and after 200 problems.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableError(
            f"The file has {len(data):,} bytes; an agreement file may have {MAX_BYTES:,}. Nothing was read.",
            code="agreement.too_large",
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"The file is not UTF-8 text (byte {error.start:,}). Save it as UTF-8.", code="agreement.not_text"
        ) from None
    document = Document()
    try:
        _Reader(document, YAML(typ="safe", pure=True).parse(text)).read()
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableError(
            f"line {line}: a character that YAML does not allow (U+{ord(text[error.position]):04X}). Remove it.",
            code="agreement.not_yaml",
        ) from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        said = (getattr(error, "problem", None) or "cannot be read").strip().replace("\n", " ")
        raise UnreadableError(f"{where}this is not YAML: {said}.", code="agreement.not_yaml") from None
    except (ValueError, OverflowError, AssertionError):  # what ruamel lets through: \UFFFFFFFF, %YAML 1.9
        raise UnreadableError(
            "This is not YAML: an escape stands for no character, or the %YAML line names no version.",
            code="agreement.not_yaml",
        ) from None
    if document.value is None and not document.problems:
        raise UnreadableError(
            "The file is empty. An agreement file begins with `format: quittance-agreement/1`.", code="agreement.empty"
        )
    return document


class _Reader:
    """Walks parser events once, building values and noting every departure from the subset."""

    def __init__(self, document: Document, events: Iterator[Event]) -> None:
        self.document = document
        self.events = iter(events)

    def read(self) -> None:
        documents = 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse("E03", event, (), "a second document starts here; keep one document in a file")
                    return
                if event.tags or event.version:
                    self.refuse("E03", event, (), "remove the %YAML or %TAG line")
                self.document.value = self.node(next(self.events), ())

    def refuse(self, code: str, event: Event, path: Path, message: str) -> None:
        where = path_text(path)
        if len(self.document.problems) == MAX_PROBLEMS:
            raise UnreadableError(
                f"The file has more than {MAX_PROBLEMS} problems; the first ones are listed.",
                code="agreement.refused",
                problems=tuple(self.document.problems),
            )
        self.document.problems.append(
            Problem(code, f"{where}: {message}" if where else message, event.start_mark.line + 1, where)
        )

    def node(self, event: Event, path: Path) -> Value:
        self.document.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, AliasEvent):
            self.refuse("E03", event, path, "aliases (*name) are not read; write the content out")
            return None
        if getattr(event, "anchor", None):
            self.refuse("E03", event, path, "anchors (&name) are not read; write the content out")
        if (tag := getattr(event, "tag", None)) not in (None, "!"):
            self.refuse("E03", event, path, f"tags ({tag}) are not read; remove it")
        if len(path) > MAX_DEPTH:
            raise UnreadableError(
                f"line {event.start_mark.line + 1}: nested more than {MAX_DEPTH} deep.", code="agreement.not_yaml"
            )
        if isinstance(event, MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(path)
        assert isinstance(event, ScalarEvent)
        return self.scalar(event, path)

    def mapping(self, path: Path) -> dict[str, Value]:
        result: dict[str, Value] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self.refuse("E03", event, path, "a key must be text")
                self.node(event, (*path, "?"))
                self.node(next(self.events), (*path, "?"))
                continue
            key = self.scalar(event, path, key=True)
            if not isinstance(key, str):
                self.refuse("E03", event, path, f'the key {event.value} is not text; write "{event.value}"')
                key = str(event.value)
            if event.anchor or (event.tag and event.tag != "!"):
                self.refuse("E03", event, path, "anchors and tags on keys are not read")
            here = (*path, key)
            if key in result:
                first = self.document.lines.get(here)
                self.refuse("E02", event, here, f"the key `{key}` stands here again (first on line {first})")
                self.node(next(self.events), (*here, "again"))
                continue
            self.document.lines[here] = event.start_mark.line + 1
            result[key] = self.node(next(self.events), here)
        return result

    def sequence(self, path: Path) -> list[Value]:
        result: list[Value] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            result.append(self.node(event, (*path, len(result))))
        return result

    def scalar(self, event: ScalarEvent, path: Path, *, key: bool = False) -> Value:
        if _SURROGATE.search(event.value):
            raise UnreadableError(
                f"line {event.start_mark.line + 1}: an escape stands for half of a surrogate pair, which UTF-8 cannot "
                "hold. Write the whole character.",
                code="agreement.not_yaml",
            )
        return event.value if event.style else self.plain(event, path, key=key)

    def plain(self, event: ScalarEvent, path: Path, *, key: bool = False) -> Value:
        text: str = event.value
        if key and text == "<<":
            self.refuse("E03", event, path, "merge keys (<<) are not read; write the content out")
        elif text in _NULLS:
            self.refuse("E03", event, path, "no value stands here; give one or remove the key")
        elif text in ("true", "false"):
            return text == "true"
        elif text in _OTHER_BOOLEANS:
            self.refuse("E03", event, path, f"write {_OTHER_BOOLEANS[text]} in small letters")
        elif _INTEGER.match(text):
            return int(text)
        elif _NUMBER_LIKE.match(text):
            self.refuse(
                "E03",
                event,
                path,
                f'{text} can be read as different numbers; write a plain integer, or "{text}" as text',
            )
        return text
