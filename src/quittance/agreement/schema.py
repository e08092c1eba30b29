"""The agreement file as JSON Schema (draft 2020-12), for editors that complete and check while one types.

It is made from the model, so it cannot fall behind it. It says what shapes allow; ids that must exist, circles and
dates are left to `load`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from quittance.agreement.model import AMOUNT_FORMS, CONDITION_FORMS, EXPR_FORMS, Agreement

SCHEMA_ID = "urn:quittance:schema:agreement:1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_WITH_SOURCE = ("Instrument", "Commitment", "Position", "Power", "Classification")
_ONE_OF = {"Amount": AMOUNT_FORMS, "Condition": CONDITION_FORMS, "Expr": EXPR_FORMS}


def agreement_schema() -> dict[str, Any]:
    """The schema of `quittance-agreement/1`."""
    schema = Agreement.model_json_schema(by_alias=True)
    models: dict[str, dict[str, Any]] = schema["$defs"]
    for name in _WITH_SOURCE:
        _require(models[name], "source")
    for name, forms in _ONE_OF.items():
        models[name]["oneOf"] = [{"required": [form]} for form in forms]
    # A reading may say that a party is not bound; a promise in the text is owed.
    del models["Commitment"]["properties"]["owed"]
    # What is inside `any` takes the clock of the condition around it.
    for name in ("Commitment", "Patch"):
        items = models[name]["properties"]["requires"]["items"]
        models[name]["properties"]["requires"]["items"] = {**items, "required": ["clock"]}
    for model in (schema, *models.values()):
        _open_to_extensions(model)
        for field in model["properties"].values():
            _one_or_more(field)
    for part in _every_part(schema):
        _without_nulls(part)
        if "patternProperties" in part:
            part["additionalProperties"] = False
    return {"$schema": DIALECT, "$id": SCHEMA_ID, **schema, "title": "Quittance agreement file"}


def _require(model: dict[str, Any], field: str) -> None:
    model["required"] = [*model.get("required", []), field]


def _open_to_extensions(model: dict[str, Any]) -> None:
    """Keys that start with `x-` are kept and ignored."""
    model["patternProperties"] = {"^x-": True}


def _one_or_more(field: dict[str, Any]) -> None:
    """A list of words with one word in it may be written as that word."""
    if field.get("type") == "array" and field.get("items", {}).get("type") == "string":
        field["anyOf"] = [field["items"], {"type": field.pop("type"), "items": field.pop("items")}]


def _every_part(value: Any) -> Iterable[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _every_part(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _every_part(inner)


def _without_nulls(part: dict[str, Any]) -> None:
    """Leaving a key out is how a file says that it has no value; `null` is refused."""
    branches = part.get("anyOf")
    if isinstance(branches, list) and {"type": "null"} in branches:
        branches = [branch for branch in branches if branch != {"type": "null"}]
        if len(branches) == 1:
            del part["anyOf"]
            part.update(branches[0])
        else:
            part["anyOf"] = branches
    default = part.get("default", 0)
    if default is None or (isinstance(default, dict) and None in default.values()):
        del part["default"]
