"""What the record tests share: the reference vectors, and statements with one number in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quittance.record import Leaf, Statement

ORIGIN = "quittance.example/test-2020/case"
REFERENCE = Path(__file__).parents[4] / "shared/data/record/vectors.json"


@pytest.fixture(scope="session")
def reference() -> dict[str, Any]:
    """The reference vectors, where they stand beside the repository."""
    if not REFERENCE.exists():
        pytest.skip("the reference vectors are not beside this repository")
    return json.loads(REFERENCE.read_text("utf-8"))


@pytest.fixture(scope="session")
def statement() -> Callable[..., Statement]:
    """`statement(7)` is a valid statement with nonce and body made from 7; keywords replace members."""

    def build(number: int, **members: Any) -> Statement:
        given = {
            "kind": "count.asserted",
            "agreement": "test-2020",
            "log": ORIGIN,
            "nonce": f"{number:032x}",
            "claimed_at": "2020-04-08T06:00:00Z",
            "body": {"count": number},
        }
        return Statement(**{**given, **members})

    return build


@pytest.fixture(scope="session")
def leaf(statement) -> Callable[..., Leaf]:
    """`leaf(7)` is `statement(7)` as accepted, unsigned."""

    def build(number: int, **members: Any) -> Leaf:
        return Leaf(statement(number, **members), "2020-04-08T06:00:01Z")

    return build
