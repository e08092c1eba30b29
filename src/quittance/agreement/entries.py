"""The kinds of entry that a journal may hold, each with its fields."""

from __future__ import annotations

from typing import Any

import msgspec


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of a journal: its format and the agreement that it belongs to."""

    format: str
    agreement: str
    note: str | None = None


class Entry(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", kw_only=True, omit_defaults=True
):
    """What every entry has: id, when it happened (`at`), when it was recorded (`known`), source, note and position."""

    id: str
    at: str
    known: str = ""
    source: str | list[str] = ""
    note: str = ""
    seq: int = 0

    @property
    def kind(self) -> str:
        """The kind of the entry, as written in the journal."""
        return str(self.__struct_config__.tag)

    @property
    def recorded(self) -> str:
        """The day or instant of recording: `known`, or `at` where it is left out."""
        return self.known or self.at


class Perform(Entry, frozen=True, tag="perform"):
    """A handover, or another act that delivers, as somebody reports it."""

    of: list[str]
    by: str
    n: int | None = None
    persons: list[str] | None = None
    cat: str | None = None
    breakdown: dict[str, int] | None = None
    party: str | None = None
    same_as: str | None = None
    destination: str | None = None

    @property
    def count(self) -> int:
        """How many the entry reports: `n`, or the number of persons."""
        return self.n if self.n is not None else len(self.persons or ())


class Total(Entry, frozen=True, tag="total"):
    """A speaker's cumulative figure."""

    of: list[str]
    n: int
    by: str
    party: str | None = None


class Level(Entry, frozen=True, tag="level"):
    """A level reported, as of troops left in a country."""

    of: list[str]
    n: int
    by: str
    party: str | None = None


class Attest(Entry, frozen=True, tag="attest"):
    """A finding about an entry: verified or rejected."""

    ref: str
    verdict: str
    by: str
    basis: str | None = None


class Deny(Entry, frozen=True, tag="deny"):
    """A party says that something reported of a commitment, or one entry, is not so."""

    by: str
    of: list[str] | None = None
    ref: str | None = None


class Retract(Entry, frozen=True, tag="retract"):
    """The entry never was. A retraction can itself be retracted."""

    ref: str
    by: str
    reason: str | None = None


class Event(Entry, frozen=True, tag="event"):
    """Something named that conditions or times may wait for."""

    name: str
    by: str | None = None


class Violate(Entry, frozen=True, tag="violate"):
    """A promise to keep or to refrain was broken, as somebody reports it."""

    of: list[str]
    by: str
    party: str | None = None
    persons: list[str] | None = None


class BreachFinding(Entry, frozen=True, tag="breach_finding"):
    """A body that the agreement names finds a breach."""

    of: list[str]
    by: str


class Close(Entry, frozen=True, tag="close"):
    """A creditor says that no more is owed."""

    of: list[str]
    by: str


class Waive(Entry, frozen=True, tag="waive"):
    """A creditor gives up what is owed."""

    of: list[str]
    by: str


class Supersede(Entry, frozen=True, tag="supersede"):
    """An instrument takes the place of commitments."""

    of: list[str]
    by_instrument: str
    replaced_by: list[str] | None = None
    by: str | None = None


class Accept(Entry, frozen=True, tag="accept"):
    """A party accepts an instrument."""

    instrument: str
    by: str


class Reject(Entry, frozen=True, tag="reject"):
    """A party rejects an instrument."""

    instrument: str
    by: str


class PositionTaken(Entry, frozen=True, tag="position", rename={"from_": "from"}):
    """A party states what it holds the terms to be."""

    by: str
    from_: str
    reads: dict[str, Any]
    quote: str | None = None
    withdraws: bool = False


class Dispute(Entry, frozen=True, tag="dispute"):
    """A dispute declared under the agreement's own procedure."""

    of: list[str]
    by: str


class Resolve(Entry, frozen=True, tag="resolve"):
    """A declared dispute ends."""

    of: list[str]
    by: str


class Exercise(Entry, frozen=True, tag="exercise"):
    """A holder uses a power."""

    power: str
    by: str
    of: list[str] | None = None
    n: int | None = None
    persons: list[str] | None = None
    until: str | None = None


class Choice(Entry, frozen=True, tag="choice"):
    """Persons state their own wish: return, decline or third_country."""

    persons: list[str]
    of: list[str]
    choice: str
    by: str


class PersonState(Entry, frozen=True, tag="person_state"):
    """Persons enter a state, which may start their clocks."""

    persons: list[str]
    state: str
    by: str


class ListGive(Entry, frozen=True, tag="list_give"):
    """A list of names is handed over."""

    list_: str = msgspec.field(name="list")
    by: str
    persons: list[str] | None = None
    n: int | None = None
    with_: list[str] | None = msgspec.field(default=None, name="with")


class ListAgree(ListGive, frozen=True, tag="list_agree"):
    """A party agrees to a list."""


class Withhold(ListGive, frozen=True, tag="withhold"):
    """Names of a list are refused."""


class Replace(ListGive, frozen=True, tag="replace"):
    """Names of a list give way to others."""


class Classify(Entry, frozen=True, tag="classify", rename={"as_": "as"}):
    """A person is placed in a category by a party."""

    person: str
    as_: str
    by: str


AnyEntry = (
    Perform | Total | Level | Attest | Deny | Retract | Event | Violate | BreachFinding | Close | Waive | Supersede
    | Accept | Reject | PositionTaken | Dispute | Resolve | Exercise | Choice | PersonState | ListGive | ListAgree
    | Withhold | Replace | Classify
)  # fmt: skip

KINDS: dict[str, type[Entry]] = {str(kind.__struct_config__.tag): kind for kind in AnyEntry.__args__}
