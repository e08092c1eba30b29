"""Reading a mapping with a closed vocabulary: every departure becomes a row of a report, with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

from quittance.canon import MAX_INTEGER
from quittance.errors import Problem
from quittance.ids import did_you_mean

Path: TypeAlias = tuple[str | int, ...]
LineOf: TypeAlias = Callable[[Path], int | None]
T = TypeVar("T", bound=str)

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Reading:
    """What has been found wrong so far. Each reader gives its value, or something harmless after noting a problem."""

    def __init__(self, code: str, root: str, line_of: LineOf | None = None) -> None:
        self.code = code
        self.root = root
        self.line_of = line_of
        self.problems: list[Problem] = []

    def refuse(self, path: Path, message: str) -> None:
        """Note a problem of the value at `path`."""
        where = self.root + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
        line = self.line_of((self.root, *path)) if self.line_of is not None else None
        self.problems.append(Problem(self.code, f"{where}: {message}", line, where))

    def mapping(
        self, value: object, path: Path, required: Collection[str], optional: Collection[str]
    ) -> dict[str, Any]:
        """A mapping with all the required keys and no other than the optional ones."""
        found = self.open_mapping(value, path)
        known = [*required, *optional]
        for key in found:
            if key not in known:
                hint = did_you_mean(key, known) or f"; the keys here are {', '.join(known)}"
                self.refuse((*path, key), f"unknown key{hint}")
        if isinstance(value, Mapping):
            for key in required:
                if key not in found:
                    self.refuse((*path, key), "this key is missing")
        return found

    def open_mapping(self, value: object, path: Path) -> dict[str, Any]:
        """A mapping whose keys are any texts."""
        if not isinstance(value, Mapping):
            self.refuse(path, "a mapping belongs here")
            return {}
        if strange := [key for key in value if type(key) is not str]:
            self.refuse(path, f"{len(strange)} of the keys are not text; put them in quotes")
        return {key: member for key, member in value.items() if type(key) is str}

    def items(self, value: object, path: Path) -> list[tuple[Path, Any]]:
        """The members of a list with their paths."""
        if not isinstance(value, (list, tuple)):
            self.refuse(path, "a list belongs here")
            return []
        return [((*path, at), member) for at, member in enumerate(value)]

    def integer(self, value: object, path: Path, least: int = -MAX_INTEGER, most: int = MAX_INTEGER) -> int:
        """A plain integer within bounds."""
        if type(value) is not int:
            self.refuse(path, "a plain integer belongs here")
        elif not least <= value <= most:
            self.refuse(path, f"{value} lies outside {least} to {most}")
        else:
            return value
        return max(least, min(0, most))

    def text(self, value: object, path: Path) -> str:
        """A text that is not empty."""
        if type(value) is str and value:
            return value
        self.refuse(path, "a text belongs here")
        return ""

    def id(self, value: object, path: Path) -> str:
        """An id: up to 64 ASCII letters, digits, `.`, `_` and `-`."""
        if type(value) is str and _ID.fullmatch(value):
            return value
        self.refuse(path, "an id belongs here: up to 64 letters, digits, `.`, `_` and `-`")
        return ""

    def choice(self, value: object, path: Path, among: Collection[T]) -> T:
        """One of the texts `among`."""
        for known in among:
            if type(value) is str and value == known:
                return known
        hint = did_you_mean(value, among) if type(value) is str else ""
        self.refuse(path, f"one of {', '.join(among)} belongs here{hint}")
        return next(iter(among))

    def once(self, ids: Iterable[str], path: Path, what: str) -> None:
        """Note each id that stands here more than once."""
        seen: set[str] = set()
        for at, name in enumerate(ids):
            if name and name in seen:
                self.refuse((*path, at), f"the {what} `{name}` stands here twice")
            seen.add(name)
