"""Wrong shapes in words: what the model refused, as a message that names the place and says what to write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError

from quittance.agreement.model import Agreement
from quittance.agreement.text import Document, Path, Value, path_text
from quittance.errors import Problem
from quittance.ids import did_you_mean

_MEANT = {
    "quantity": "amount", "number": "amount", "count": "amount", "deadline": "when", "due": "when", "date": "when",
    "debtor": "by", "creditor": "to", "condition": "requires", "conditions": "requires", "depends_on": "requires",
    "category": "what", "instrument": "of", "part_of": "counts_toward", "type": "kind",
}  # fmt: skip
"""Words that people write for a field, where spelling alone does not lead to it."""


def place(path: Path, value: Value) -> str:
    """A path with the id of the record it is in: `commitments[3] (talks).when.by`."""
    for index, part in enumerate(path[:-1] if path else ()):
        value = (
            value.get(part)
            if isinstance(value, dict)
            else value[part]
            if isinstance(value, list) and isinstance(part, int) and part < len(value)
            else None
        )
        if isinstance(part, int) and isinstance(value, dict) and isinstance(value.get("id"), str):
            return f"{path_text(path[: index + 1])} ({value['id']})" + (
                "." + path_text(path[index + 1 :]) if path[index + 1 :] else ""
            )
    return path_text(path)


_EXPECTED = {
    "string_type": "text",
    "int_type": "an integer",
    "bool_type": "true or false (a word like no or yes is text here)",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
    "model_attributes_type": "a mapping",
}


def shape_problems(error: ValidationError, plain: Value, document: Document) -> Iterator[Problem]:
    """A problem (E01, E10, E11) for each place that the model refused."""
    for detail in error.errors(include_url=False):
        kind, location = detail["type"], tuple(detail["loc"])
        # Branches of a union add their own name to the location; the file knows no such key.
        path = _existing(location, plain, missing=kind == "missing")
        line = document.line_of(path)
        if kind == "extra_forbidden":
            where, key = place((*path[:-1], ""), plain).rstrip("."), str(path[-1])
            fields = _fields_at(path[:-1])
            hint = f"; did you mean `{_MEANT[key]}`?" if _MEANT.get(key) in fields else did_you_mean(key, fields)
            yield Problem("E01", f"{where or 'the file'}: unknown field `{key}`{hint}", line, path_text(path))
        elif kind == "missing":
            where = place((*path[:-1], ""), plain).rstrip(".")
            yield Problem(
                "E10" if path[-1] == "source" else "E11",
                f"{where or 'the file'}: `{path[-1]}` is missing",
                line,
                path_text(path),
            )
        elif kind in _EXPECTED:
            yield Problem(
                "E11",
                f"{place(path, plain)}: {_shown(detail['input'])} is not {_EXPECTED[kind]}",
                line,
                path_text(path),
            )
        else:
            said = detail["msg"].removeprefix("Value error, ")
            if kind == "string_pattern_mismatch":
                said = f"{_shown(detail['input'])} is not an id; ids are small letters, digits, - and _"
            elif kind == "literal_error":
                said = f"{_shown(detail['input'])} is not one of {detail['ctx']['expected']}"
            elif kind in ("greater_than_equal", "less_than_equal"):
                said = f"{_shown(detail['input'])}: {said}"
            yield Problem("E11", f"{place(path, plain)}: {said}", line, path_text(path))


def _shown(value: Value) -> str:
    return (
        f"`{str(value)[:60]}`"
        if isinstance(value, (str, int))
        else "a list"
        if isinstance(value, list)
        else "a mapping"
    )


def _existing(location: tuple[int | str, ...], plain: Value, *, missing: bool) -> Path:
    path: list[int | str] = []
    value = plain
    for index, part in enumerate(location):
        last = index == len(location) - 1
        inside = range(len(value)) if isinstance(value, list) else value if isinstance(value, dict) else ()
        if part in inside:
            value = value[part]
        elif not (last and missing):
            continue
        path.append(part)
    return tuple(path)


def _fields_at(path: Path) -> list[str]:
    """The field names allowed at a path of the file, for a suggestion."""
    model: Any = Agreement
    for part in path:
        if isinstance(part, int) or not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        for name, info in model.model_fields.items():
            if (info.alias or name) == part:
                model = next(iter(_models_in(info.annotation)), model)
                break
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return []
    return [info.alias or name for name, info in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)
