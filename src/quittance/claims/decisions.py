"""What a reader of the desk decides of a claim: a value that says all of it, and the claims that come out of it.

The machine's claim stays as it is. A decision names it, and holds the claims that stand in its place; whoever reads
decisions in their order takes the last one of each claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, get_args

import msgspec

from quittance.claims.model import (
    Claim,
    Claimant,
    Definition,
    EventType,
    Extractor,
    Kind,
    Modality,
    Quantity,
    Report,
    Review,
    ReviewState,
    Span,
    Who,
)
from quittance.claims.numbers import find_figures, interval
from quittance.claims.text import plain
from quittance.dates import DateError, parse_day
from quittance.errors import UsageError

Answer = Literal["accepted", "corrected", "rejected", "doubtful", "split", "merged", "added", "taken_back"]
"""`merged`: about the same event as another claim; `added`: a claim that the machine did not find."""

FORMAT = "quittance-claim-decision/1"
NONE = "none"
"""Written for a field that has no value."""

CHOICES: Mapping[str, tuple[str, ...]] = {
    "event_type": get_args(EventType),
    "kind": get_args(Kind),
    "modality": get_args(Modality),
    "definition": (*get_args(Who), NONE),
}
"""The fields that are one of a closed list."""

FIELDS = (
    *("event_type", "kind", "actor", "object", "value", "modality", "claimant"),
    *("statement_date", "event_date", "deadline", "definition"),
)
"""What can be corrected, in the order of the menu."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_KEY = re.compile(r"\w{1,64}")
_VALUE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])")


class Decision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="format", tag=FORMAT):
    """One decision on one claim, as one line of a file.

    `changes` are fields and what they became, as typed; `results` the claims that stand in the place of the machine's:
    none where it is rejected, several where it is split. `second` says that the reader saw neither the machine's
    fields nor another reader's decision. `at` is an instant in UTC.
    """

    claim: str
    doc: str
    answer: Answer
    by: str
    at: str
    changes: dict[str, str] = {}
    same_event: str | None = None
    comment: str | None = None
    second: bool = False
    results: tuple[Claim, ...] = ()


_DECODER = msgspec.json.Decoder(Decision)
_ENCODER = msgspec.json.Encoder()


def decision_line(decision: Decision) -> bytes:
    """A decision as one line of JSON, without the line end."""
    return _ENCODER.encode(decision)


def read_decision(line: bytes) -> Decision:
    """A decision from one line of JSON. Raises `msgspec.ValidationError` or `msgspec.DecodeError`."""
    return _DECODER.decode(line)


def decided(decisions: Iterable[Decision]) -> dict[str, Decision]:
    """The decision that holds for each claim: the last one, if it was not taken back."""
    last: dict[str, Decision] = {}
    for one in decisions:
        last.pop(one.claim, None)
        if one.answer != "taken_back":
            last[one.claim] = one
    return last


def reviewed(claim: Claim, state: ReviewState, by: str, at: str, comment: str | None = None) -> Claim:
    """The same claim with what its reader said of it."""
    return msgspec.structs.replace(claim, review=Review(state=state, by=by, at=at, comment=comment))


def corrected(
    claim: Claim,
    changes: Mapping[str, str],
    by: str,
    at: str,
    *,
    comment: str | None = None,
    known: Mapping[str, Claimant] | None = None,
) -> Claim:
    """The claim with some fields as its reader says they are; `known` are claimants by key.

    Raises `UsageError` (`claims.correction`) for a field or a value that is none.
    """
    given: dict[str, object] = {}
    for field, text in changes.items():
        if field not in _READ:
            raise _wrong(field, f"it is none of {', '.join(FIELDS)}")
        if field not in ("value", "modality", "claimant"):
            given[field] = _READ[field](field, text.strip())
    if "claimant" in changes:
        key = _READ["claimant"]("claimant", changes["claimant"].strip())
        given["claimant"] = (known or {}).get(str(key)) or (
            claim.claimant if key == claim.claimant.key else Claimant(key=str(key))
        )
    if "value" in changes or "modality" in changes:
        given["quantity"] = _quantity(claim.quantity, changes)
        if given["quantity"] is None:
            given["quantity_span"] = None
    review = Review(state="corrected", by=by, at=at, replaces=claim.id, comment=comment)
    return msgspec.structs.replace(claim, kind_basis="review", review=review, **given)


def same_event(claim: Claim, other: str, by: str, at: str) -> Claim:
    """The claim as one about the same event as an earlier one."""
    if other == claim.id:
        raise UsageError(f"{claim.id} is this claim itself. Name another one.", code="claims.same_event")
    return msgspec.structs.replace(reviewed(claim, "accepted", by, at), same_event=other)


def split(claim: Claim, text: str, numbers: Sequence[str], by: str, at: str) -> tuple[Claim, ...]:
    """One claim for each number of its sentence, given in the words of the text, in their order; ids end in .1, .2.

    Raises `UsageError` (`claims.split`) for fewer than two, or for words that are no number there.
    """
    if len(numbers) < 2:
        raise UsageError("A claim is split into two or more: give the words of each number.", code="claims.split")
    parts, start = [], claim.span[0]
    for n, words in enumerate(numbers, 1):
        quantity, place = _number(text, words, (start, claim.span[1]))
        start = place[1]
        review = Review(state="corrected", by=by, at=at, replaces=claim.id)
        parts.append(
            msgspec.structs.replace(
                claim, id=f"{claim.id}.{n}", quantity=quantity, quantity_span=place, kind_basis="review", review=review
            )
        )
    return tuple(parts)


def added(report: Report, name: str, words: str, number: str, changes: Mapping[str, str], by: str, at: str) -> Claim:
    """A claim that the machine did not find: its words, its number in them, and its fields. `name` becomes its id.

    Raises `UsageError` (`claims.quote`, `claims.split`, `claims.correction`).
    """
    span = find_words(report.text, words)
    quantity, place = _number(report.text, number, span) if number else (None, None)
    bare = Claim(
        id=name, doc=report.doc, event_type="done", claimant=Claimant(key="OUTLET"), outlet=report.outlet,
        published=report.published, actor="OTHER", object="OTHER", kind="other" if quantity else "none",
        extractor=Extractor(name="reader", version="1"), span=span, text=report.text[slice(*span)],
        quantity=quantity, quantity_span=place,
    )  # fmt: skip
    found = corrected(bare, changes, by, at)
    return msgspec.structs.replace(found, review=Review(state="corrected", by=by, at=at))


def find_words(text: str, words: str, within: Span | None = None) -> Span:
    """Where words stand in a text, spaces and quotation marks as one kind. Raises `UsageError` (`claims.quote`)."""
    start, end = within or (0, len(text))
    found = plain(text).find(plain(words), start, end) if words else -1
    if found < 0:
        raise UsageError("These words do not stand in the text as typed. Copy them from it.", code="claims.quote")
    return found, found + len(words)


def _number(text: str, words: str, within: Span) -> tuple[Quantity, Span]:
    start, end = find_words(text, words, within)
    copy = plain(text)[within[0] : within[1]]
    for one in find_figures(copy):
        if one.start + within[0] < end and start < one.end + within[0]:
            place = (one.start + within[0], one.end + within[0])
            modality = msgspec.convert(one.modality, Modality)
            return Quantity(
                value=one.value, low=one.low, high=one.high, modality=modality, surface=text[slice(*place)]
            ), place
    raise UsageError("There is no number in these words. Give the words of a number.", code="claims.split")


def _wrong(field: str, why: str) -> UsageError:
    return UsageError(f"`{field}` cannot be this: {why}.", code="claims.correction")


def _choice(field: str, text: str) -> object:
    if text not in CHOICES[field]:
        raise _wrong(field, f"it is one of {', '.join(CHOICES[field])}")
    return text


def _definition(field: str, text: str) -> object:
    who, _, name = text.partition(":")
    return None if _choice(field, who) == NONE else Definition(who=msgspec.convert(who, Who), list=name or None)


def _code(field: str, text: str) -> object:
    if not _CODE.fullmatch(text):
        raise _wrong(field, "it is the code of a side, such as those beside the other claims, BOTH or OTHER")
    return text


def _claimant(field: str, text: str) -> object:
    if not _KEY.fullmatch(text):
        raise _wrong(field, "it is the key of a claimant: letters, digits and _")
    return text


def _date(field: str, text: str) -> object:
    if text in ("", NONE):
        return None
    for one in text.split("/", 1):
        if not _MONTH.fullmatch(one):
            try:
                parse_day(one)
            except DateError:
                raise _wrong(field, "write 2020-03-31, 2020-03, or two of these with / between, or none") from None
    return text


def _as_typed(_: str, text: str) -> object:
    return text


_READ: Mapping[str, Callable[[str, str], object]] = {
    "event_type": _choice, "kind": _choice, "actor": _code, "object": _code, "value": _as_typed,
    "modality": _choice, "claimant": _claimant, "statement_date": _date, "event_date": _date, "deadline": _date,
    "definition": _definition,
}  # fmt: skip


def _quantity(before: Quantity | None, changes: Mapping[str, str]) -> Quantity | None:
    """The number after a correction of its value, its modality, or both."""
    text = changes.get("value")
    if text == NONE:
        return None
    modality = msgspec.convert(
        _choice("modality", changes.get("modality") or (before.modality if before else "exact")), Modality
    )
    value, high = (before.value, before.high) if before else (None, None)
    if before and before.modality == "range" and text is None:
        value = before.low
    if text is not None:
        found = _VALUE.fullmatch(text.replace(",", "").strip())
        if not found:
            raise _wrong("value", "write a number, two with - between, or none")
        value, high = int(found[1]), int(found[2]) if found[2] else None
        if high is not None and high < value:
            raise _wrong("value", "the second number is smaller than the first")
        if high is not None and "modality" not in changes:
            modality = "range"
        elif high is None and modality == "range":
            modality = "exact"
    if value is None and modality != "vague":
        raise _wrong("modality", "there is no number for it; give one as `value`")
    if modality == "range":
        low, top = value, high if high is not None else value
    else:
        low, top = interval(value, modality) if value is not None else (None, None)
    return Quantity(
        value=None if modality in ("range", "vague") else value,
        low=low,
        high=top,
        modality=modality,
        surface=before.surface if before else None,
        unit=before.unit if before else "people",
    )
