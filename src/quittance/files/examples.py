"""Where the example cases lie: inside the package when installed, beside the sources in a checkout."""

from __future__ import annotations

from pathlib import Path

from quittance.errors import UnreadableError

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "_examples", _PACKAGE.parents[1] / "examples")


def example(name: str) -> Path:
    """The folder of an example, with its `agreement.yaml` and `journal.jsonl`. Raises `UnreadableError`."""
    for place in _PLACES:
        if (place / name / "agreement.yaml").is_file():
            return place / name
    raise UnreadableError(
        f"The example {name} is not part of this installation. Install Quittance again from its wheel.",
        code="example.missing",
    )
