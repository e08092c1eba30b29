"""The sides of a conflict as a reader of numbers needs them: who holds whom, who is one camp, what was promised."""

from __future__ import annotations

from functools import lru_cache

from quittance.claims.model import BOTH
from quittance.claims.profile import Profile


class Parties:
    """The sides of a profile that hold and release people; without a profile there is none."""

    __slots__ = ("_camp", "_other", "codes", "decreed", "first", "largest", "owed", "promised")

    def __init__(self, profile: Profile | None) -> None:
        sides = profile.actors if profile is not None else ()
        self.codes = frozenset(side.code for side in sides)
        self._other: dict[str, str] = {}
        for code in sorted(self.codes):
            holders = [side.code for side in sides if code in side.holds]
            if holders:
                self._other[code] = holders[0]
        self._camp = {side.code: frozenset(side.holds) for side in sides}
        promises = profile.promises if profile is not None else ()
        agreed = {(one.actor, one.value) for one in promises if one.kind == "agreement"}
        self.promised = agreed | {
            (BOTH, value + another) for code, value in agreed for side, another in agreed if code < side
        }
        self.largest = {code: max(value for one, value in agreed if one == code) for code, _ in agreed}
        self.first = (
            max(self.largest, key=lambda code: (self.largest[code], code), default=None) if self.largest else None
        )
        if self.first is None or sum(one == self.largest[self.first] for one in self.largest.values()) > 1:
            self.first = BOTH if self.codes else None
        self.owed = {value: code for code, value in self.promised if sum(value == one for _, one in self.promised) == 1}
        self.decreed = {(one.actor, one.value) for one in promises if one.kind != "agreement"} - self.promised

    def holder(self, code: str | None) -> str | None:
        """The side that holds people of `code`: the first that says so."""
        return BOTH if code == BOTH else self._other.get(code or "")

    def holds(self, code: str, whose: str) -> bool:
        """Whether a side holds people of another."""
        return whose in self._camp.get(code, ())

    def holds_anybody(self, code: str) -> bool:
        """Whether a side holds people at all: whoever does not is never meant by "they freed"."""
        return bool(self._camp.get(code))

    def may_release(self, code: str | None, count: int) -> bool:
        """Whether a count is not beyond what a side was ever to release; an unknown bound is none."""
        return count <= self.largest.get(code or "", count) * 1.1 or code == BOTH

    def object(self, actor: str) -> str:
        """Whose people a side holds."""
        return next((code for code, holder in self._other.items() if holder == actor), "OTHER")

    def same_camp(self, one: str, another: str) -> bool:
        """Whether two sides hold the same people and not each other's."""
        return bool(self._camp.get(one, frozenset()) & self._camp.get(another, frozenset()))


@lru_cache(maxsize=64)
def parties_of(profile: Profile | None) -> Parties:
    """The parties of a profile, made once."""
    return Parties(profile)
