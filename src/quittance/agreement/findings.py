"""What lint has to say about a place of a file, and its JSON shape (`quittance-lint/1`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from quittance.errors import Problem

FORMAT = "quittance-lint/1"

Level = Literal["error", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One place and what is wrong with it: code, level, path in the file, 1-based line, message."""

    code: str
    level: Level
    path: str
    line: int | None
    message: str

    @classmethod
    def of(cls, problem: Problem, level: Level = "error") -> Finding:
        """A problem that a reader found, as a finding."""
        return cls(problem.code, level, problem.path, problem.line, problem.message)

    def as_json(self) -> dict[str, Any]:
        """The finding as printed."""
        return {
            "code": self.code,
            "level": self.level,
            "path": self.path,
            "line": self.line,
            "message": self.message,
        }

    def __str__(self) -> str:
        """The finding as one line of a report, led by its level."""
        return f"{self.level}: {Problem(self.code, self.message, self.line, self.path)}"


def findings_as_json(findings: Iterable[Finding]) -> dict[str, Any]:
    """Findings as `quittance-lint/1`."""
    return {"format": FORMAT, "findings": [finding.as_json() for finding in findings]}
