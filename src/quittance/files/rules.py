"""The rules of a selection from a file: an agreement file, or one that holds `selection` alone, key or no key."""

from __future__ import annotations

from dataclasses import dataclass

from quittance.agreement.text import Document, read_yaml
from quittance.errors import Problem, UnreadableError
from quittance.selection.rules import Rules, RulesRefused, parse_rules


@dataclass(frozen=True, slots=True)
class RulesFile:
    """The rules in a file, and the id of the agreement if it is an agreement file."""

    rules: Rules
    agreement: str | None


def read_rules(data: bytes) -> RulesFile:
    """The rules in `data`. Raises `UnreadableError` for what is not YAML, `RulesRefused` for what the rules do wrong.

    Of an agreement file only `selection` and `id` are looked at; `quittance agreement lint` checks the rest.
    """
    document = read_yaml(data)
    value = document.value
    if document.problems:
        raise _refused(document.problems)
    if isinstance(value, dict) and {"version", "method"} <= value.keys():  # the value of `selection` alone
        return RulesFile(parse_rules(value, lambda path: document.line_of(path[1:])), None)
    if not isinstance(value, dict) or "selection" not in value:
        raise _refused([Problem("selection.rules", "there is no key `selection` at the top of the file", 1)])
    if "format" not in value and len(value) > 1:
        others = [key for key in value if key != "selection"]
        raise _refused(
            [
                Problem(
                    "selection.rules",
                    "unknown key beside `selection` in a file that is no agreement",
                    _line(document, key),
                    key,
                )
                for key in others
            ]
        )
    name = value.get("id") if "format" in value else None
    return RulesFile(parse_rules(value["selection"], document.line_of), name if isinstance(name, str) else None)


def _line(document: Document, key: str) -> int | None:
    return document.line_of((key,))


def _refused(problems: list[Problem]) -> UnreadableError:
    count = len(problems)
    return RulesRefused(
        f"The rules are refused: {count} error{'s' if count != 1 else ''}. Nothing was selected.",
        problems=tuple(problems),
    )
