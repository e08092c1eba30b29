"""From the bytes of an agreement file to a checked `Agreement`, or to everything that is wrong with it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import ValidationError

from quittance.agreement.checks import Checker
from quittance.agreement.model import FORMAT, Agreement
from quittance.agreement.promises import expressions_of
from quittance.agreement.shapes import shape_problems
from quittance.agreement.text import Document, Value, read_yaml
from quittance.errors import Problem, UnreadableError

__all__ = ["AgreementRefused", "Reading", "expressions_of", "load_agreement", "read_agreement"]


class AgreementRefused(UnreadableError):
    """The agreement file has at least one error; `problems` has a row for each. Nothing was taken."""

    code = "agreement.refused"


@dataclass(frozen=True, slots=True)
class Reading:
    """An agreement file as read: its text with lines, the agreement when its shapes are right, and the errors found."""

    document: Document
    agreement: Agreement | None
    problems: tuple[Problem, ...]


def load_agreement(data: bytes) -> Agreement:
    """The agreement in `data`; raises `UnreadableError` for what is not YAML, `AgreementRefused` for E01 to E11."""
    reading = read_agreement(data)
    if reading.problems or reading.agreement is None:
        count = len(reading.problems)
        raise AgreementRefused(
            f"The agreement file is refused: {count} error{'s' if count != 1 else ''}. Nothing was taken.",
            problems=reading.problems,
        )
    return reading.agreement


def read_agreement(data: bytes) -> Reading:
    """Read and check an agreement file, collecting errors. Raises `UnreadableError` for what is not YAML at all."""
    document = read_yaml(data)
    problems = list(document.problems)
    value = document.value
    if not isinstance(value, dict):
        problems.append(Problem("E11", f"an agreement file is a mapping that begins with `format: {FORMAT}`", 1))
        return Reading(document, None, tuple(problems))
    if (given := value.get("format")) != FORMAT:
        what = f"unknown format `{str(given)[:60]}`" if given is not None else "the key `format` is missing"
        problems.append(
            Problem("E11", f"{what}; this program reads `format: {FORMAT}`", document.line_of(("format",)), "format")
        )
        return Reading(document, None, tuple(problems))
    if next(iter(value)) != "format":
        problems.append(Problem("E11", "`format` must be the first key", document.line_of(("format",)), "format"))
    plain = _without_extensions(value)
    try:
        agreement = Agreement.model_validate(plain)
    except ValidationError as error:
        problems.extend(shape_problems(error, plain, document))
        return Reading(document, None, tuple(_in_order(problems)))
    agreement._sha256 = hashlib.sha256(data).hexdigest()
    problems.extend(Checker(agreement, document).problems())
    return Reading(document, agreement, tuple(_in_order(problems)))


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0)


def _without_extensions(value: Value) -> Value:
    if isinstance(value, dict):
        return {key: _without_extensions(inner) for key, inner in value.items() if not key.startswith("x-")}
    if isinstance(value, list):
        return [_without_extensions(inner) for inner in value]
    return value
