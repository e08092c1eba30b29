"""A printed result read again: what it says of people, refusals and limits, typed and not yet believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from quittance.errors import UnreadableError
from quittance.selection.certificate import Certificate
from quittance.selection.limits import Bound, Limit
from quittance.selection.order import SEED_BYTES

KIND = "quittance/batch-result/v1"


class DocumentRefused(UnreadableError):
    """The document does not have the form of a batch result."""

    code = "selection.document"


@dataclass(frozen=True, slots=True)
class Said:
    """Why a person was passed over, as the document says it."""

    reason: str
    limits: tuple[Limit, ...]
    certificate: Certificate | None


@dataclass(frozen=True)
class Document:
    """The parts of a result that must be checked; `text` is the whole of it, for comparison."""

    text: Mapping[str, object]
    size: int
    seed: bytes
    agreement: str | None
    batch: int | str | None
    people: tuple[str, ...]
    passed: Mapping[str, Said]
    conflict: tuple[Limit, ...] | None


def read_document(text: Mapping[str, object]) -> Document:
    """The result in the form of section 14; raises `DocumentRefused` for anything else."""
    try:
        if text["kind"] != KIND:
            raise ValueError
        size, seed = _integer(text["size"]), bytes.fromhex(str(text["seed"]))
        if len(seed) != SEED_BYTES or size < 1:
            raise ValueError
        return Document(
            text,
            size,
            seed,
            cast("str | None", text["agreement"]),
            cast("int | str | None", text["batch"]),
            tuple(str(one["pid"]) for one in _mappings(text["people"])),
            {
                str(one["pid"]): Said(str(one["reason"]), _limits(one["limits"]), _certificate(one["certificate"]))
                for one in _mappings(text["passed_over"])
            },
            None if text["conflict"] is None else _limits(text["conflict"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise DocumentRefused(
            f"The document is not a batch result of the kind {KIND}. "
            "Give the output of `batch select --json` unchanged."
        ) from None


def _mappings(value: object) -> Sequence[Mapping[str, object]]:
    return cast("Sequence[Mapping[str, object]]", value)


def _integer(value: object) -> int:
    if type(value) is not int:
        raise ValueError
    return value


def _limits(value: object) -> tuple[Limit, ...]:
    found = []
    for one in _mappings(value):
        if one["bound"] not in ("min", "max"):
            raise ValueError
        bound: Bound = "min" if one["bound"] == "min" else "max"
        found.append(Limit(str(one["quota"]), str(one["class"]), bound, _integer(one["value"])))
    return tuple(found)


def _certificate(value: object) -> Certificate | None:
    if value is None:
        return None
    lines = cast("Sequence[tuple[object, object, object]]", value)
    return tuple((str(quota), str(class_), _integer(times)) for quota, class_, times in lines)
