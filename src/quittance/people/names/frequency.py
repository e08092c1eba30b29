"""How common a skeleton is among names of the region: Muhammad is common even in a list of fifty.

The shares were counted by `training` in the public word pairs, as often as each was seen; they are keyed by
skeletons and name nobody. They are a rough floor: a list in hand knows its own people better.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def expected_share(skeleton: str) -> float:
    """The share of names in the background population that hold this skeleton; 0.0 where it is rarer than listed."""
    return _shares().get(skeleton, 0.0)


@cache
def _shares() -> dict[str, float]:
    text = files("quittance.people.names").joinpath("frequency.csv").read_text(encoding="utf-8")
    return {key: float(share) for key, share in (line.split(",") for line in text.splitlines()[1:])}
