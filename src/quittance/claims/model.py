"""Reports and the claims in them, as values; the JSON of a claim is one line of the claims schema.

Offsets are code points into the text of the report as stored; `text[slice(*claim.span)] == claim.text` always.
"""

from __future__ import annotations

from typing import Literal

import msgspec

EventType = Literal[
    "done", "plan", "demand", "term", "reject", "cond", "meet", "list", "dispute", "held", "casualty", "troops"
]
Kind = Literal["batch", "cumulative", "target", "remaining", "component", "list", "rate", "other", "none"]
Modality = Literal["exact", "at_least", "more_than", "up_to", "less_than", "nearly", "about", "range", "vague"]
Who = Literal[
    "all_persons", "security_forces", "on_agreed_list", "combatants", "civilians", "hostages", "bodies", "unstated"
]
KindBasis = Literal["sentence", "series", "review"]
ReviewState = Literal["unreviewed", "accepted", "corrected", "rejected", "doubtful"]
Evidence = Literal["credit", "cited", "containment", "same_tuple", "named_source", "reviewer"]

Span = tuple[int, int]
"""From, and up to but not including, in code points."""

OUTLET = "OUTLET"
"""The claimant of what a report tells in its own words, and the side of whoever speaks for an outlet."""

OTHER = "OTHER"
"""The actor of people whom neither side of the profile holds or releases, or where there is no profile."""

BOTH = "BOTH"
"""The actor of a number that sums both sides, or is said of each."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One public report as it was stored: its exact text, and what the page or a sidecar says about it.

    `doc` is its short name, the stem of the file; `sha256` that of the bytes which came; `published` the day used for
    it (ISO) and `published_from` why that one; `page_dates` every date that the page shows; `conflict` chooses a
    shipped profile of parties where there is no case; `title` a headline that stands outside the text.
    """

    doc: str
    text: str
    sha256: str = ""
    published: str | None = None
    published_from: str = ""
    page_dates: tuple[str, ...] = ()
    outlet: str | None = None
    agency: str | None = None
    language: str | None = None
    conflict: str | None = None
    url: str | None = None
    title: str | None = None
    warnings: tuple[str, ...] = ()


class Claimant(msgspec.Struct, frozen=True, kw_only=True):
    """Who says it: a key of the registry, the canonical name, the name as printed, and whom he speaks for."""

    key: str
    name: str | None = None
    surface: str | None = None
    org: str | None = None
    role: str | None = None
    side: str | None = None


NARRATION = Claimant(key=OUTLET, role="narrator", side=OUTLET)
"""The claimant of unattributed narration."""


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """A number of persons as an interval: `value` as printed; `low` and `high`, inclusive, by the words around it."""

    value: int | None
    low: int | None
    high: int | None
    modality: Modality
    surface: str | None = None
    unit: str = "people"


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """Who is counted, and the words that say so."""

    who: Who
    list: str | None = None
    surface: str | None = None


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """Where the proposition comes from, as far as the report or a comparison shows."""

    agency: str | None = None
    copied_from: str | None = None
    group: str | None = None
    evidence: tuple[Evidence, ...] = ()


EXTRACTOR = ("quittance", "1")
"""Name and version of the program that reads reports, written into each of its claims."""


class Extractor(msgspec.Struct, frozen=True, kw_only=True):
    """What found the claim: program or model, its version, and the rule."""

    name: str
    version: str
    rule: str | None = None
    model: str | None = None
    instruction_hash: str | None = None
    answer_hash: str | None = None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader of the desk said of the claim."""

    state: ReviewState = "unreviewed"
    by: str | None = None
    at: str | None = None
    replaces: str | None = None
    comment: str | None = None


class Extra(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What else belongs to a claim: a note, whether its number is by reference, `per` of a rate, `to` of a list."""

    note: str | msgspec.UnsetType = msgspec.UNSET
    quantity_implicit: bool | msgspec.UnsetType = msgspec.UNSET
    per: str | msgspec.UnsetType = msgspec.UNSET
    to: str | msgspec.UnsetType = msgspec.UNSET


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One proposition about a release that one report ascribes to one claimant."""

    id: str
    doc: str
    event_type: EventType
    claimant: Claimant
    outlet: str | None = None
    channel: str | None = None
    statement_date: str | None = None
    published: str | None = None
    actor: str
    object: str
    quantity: Quantity | None = None
    kind: Kind
    event_date: str | None = None
    deadline: str | None = None
    place: str | None = None
    criteria: str | None = None
    condition: str | None = None
    definition: Definition | None = None
    origin: Origin | None = None
    same_event: str | None = None
    kind_basis: KindBasis | None = "sentence"
    extractor: Extractor | None = None
    review: Review | None = None
    extra: Extra | None = None
    span: Span
    text: str
    quantity_span: Span | None = None


_LINE = msgspec.json.Decoder(Claim)
_ENCODER = msgspec.json.Encoder()


def claim_line(claim: Claim) -> bytes:
    """A claim as one line of JSON, without the line end; the same claim gives the same bytes."""
    return _ENCODER.encode(claim)


def read_claim(line: bytes) -> Claim:
    """A claim from one line of JSON. Raises `msgspec.ValidationError` or `msgspec.DecodeError`."""
    return _LINE.decode(line)
