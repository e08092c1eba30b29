"""Statements: what people say and sign, each as one canonical payload with one id.

Nothing here reads a clock or draws a random number: nonces and times are arguments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, NoReturn, Self, TypeAlias, TypeVar, get_args

import msgspec
from msgspec import Meta

from quittance.canon import MAX_INTEGER, Plain, canonical, parse_canonical, read_canonical
from quittance.ids import ID_PATTERN
from quittance.record.envelope import HEX_256, EntryError, Hex256, decode64, encode64, statement_id
from quittance.record.tree import HASH_BYTES

PAYLOAD_TYPE: Final = "application/vnd.quittance.statement.v1+json"
VERSION = 1

Relation: TypeAlias = Literal["answers", "rests_on", "corrects", "withdraws", "countersigns", "contests"]
RELATIONS = frozenset(get_args(Relation))
"""How a statement may refer to an earlier one."""

T = TypeVar("T")

_REQUIRED = frozenset({"v", "kind", "agreement", "log", "nonce", "claimed_at", "seen", "body"})
_OPTIONAL = frozenset({"event_at", "commitments", "refs", "blobs"})
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_AGREEMENT = re.compile(ID_PATTERN)
_ORIGIN = re.compile(r"[^\s+\x00-\x20\x7f]+")
_NONCE = re.compile(r"^[0-9a-f]{32}\Z")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")
_BASE64_HASH = r"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\Z"
"""Strict base64 of 32 bytes: the last digit has two bits to spare, which are zero."""

_Count: TypeAlias = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
_Hash: TypeAlias = Annotated[bytes, Meta(min_length=HASH_BYTES, max_length=HASH_BYTES)]
_Commitments: TypeAlias = Annotated[tuple[Annotated[str, Meta(pattern=_BASE64_HASH)], ...], Meta(min_length=1)]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When something took place, if it took longer than a moment; both ends belong to it."""

    start: str = msgspec.field(name="from")
    end: str = msgspec.field(name="to")


class Seen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last cosigned checkpoint that the drafter had verified: its size, root and the SHA-256 of its note."""

    size: _Count
    root: _Hash
    note_sha256: Hex256


class Ref(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A tie to an earlier statement, `rel` being one of `RELATIONS`."""

    rel: Relation
    sid: Hex256


class Blob(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An encrypted file beside the log: the SHA-256 and length of the cipher text, and its media type."""

    sha256: Hex256
    size: _Count = msgspec.field(name="bytes")
    media: Annotated[str, Meta(min_length=1)]


class StatementForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A payload as the quick reader takes it: whatever it takes is a `Statement`, though it does not take every one."""

    agreement: str
    body: dict[str, Plain]
    claimed_at: str
    kind: str
    log: str
    nonce: Annotated[str, Meta(pattern=_NONCE.pattern)]
    seen: Seen | None
    v: Literal[1]
    blobs: tuple[Blob, ...] = ()
    commitments: dict[str, _Commitments] = {}
    event_at: str | Span | None = None
    refs: tuple[Ref, ...] = ()

    @classmethod
    def read(cls, payload: bytes) -> StatementForm | None:
        """The statement that `payload` spells, or None to leave it to the slow reader, which names what is wrong."""
        form = read_canonical(payload, _DECODER)
        if form is None or not _are_names(form.kind, form.agreement, form.log) or not is_instant(form.claimed_at):
            return None
        return form if form.event_at is None or _is_event(form.event_at) else None


@dataclass(frozen=True, slots=True, eq=False)
class Statement:
    """One statement as it is signed; two are equal when their payloads are.

    Times are RFC 3339 in UTC with `Z` and whole seconds. `body` holds integers, texts, booleans, lists and objects, and
    no free text about persons. `commitments` gives for each field a list of 32-byte commitments in base64. A member
    that is empty is left out of the payload. Raises `EntryError` or `CanonError` for what the format does not allow.
    """

    kind: str
    agreement: str
    log: str
    nonce: str
    claimed_at: str
    body: Mapping[str, object]
    seen: Seen | None = None
    event_at: str | Span | None = None
    commitments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    refs: tuple[Ref, ...] = ()
    blobs: tuple[Blob, ...] = ()
    payload: bytes = field(init=False, repr=False)
    """The canonical JSON of the statement: the bytes that are signed (inside PAE) and stored."""
    sid: str = field(init=False)
    """The statement id, hex SHA-256 of the PAE of the payload."""

    def __post_init__(self) -> None:
        self._settle(canonical(self._members()))

    def __eq__(self, other: object) -> bool:
        """Whether both say the same, byte for byte."""
        return isinstance(other, Statement) and self.payload == other.payload

    def __hash__(self) -> int:
        """Equal statements hash alike."""
        return hash(self.sid)

    @classmethod
    def parse(cls, payload: bytes) -> Self:
        """The statement that `payload` spells; raises `CanonError` or `EntryError` unless that is its only spelling."""
        form = StatementForm.read(payload)
        if form is None:
            return cls._parse_slowly(payload)
        return bare(
            cls,
            kind=form.kind,
            agreement=form.agreement,
            log=form.log,
            nonce=form.nonce,
            claimed_at=form.claimed_at,
            body=MappingProxyType(form.body),
            seen=form.seen,
            event_at=form.event_at,
            commitments=MappingProxyType(form.commitments),
            refs=form.refs,
            blobs=form.blobs,
            payload=payload,
            sid=statement_id(PAYLOAD_TYPE, payload),
        )

    @classmethod
    def _parse_slowly(cls, payload: bytes) -> Self:
        """The same for every statement there can be, member by member, so that a refusal can name the member."""
        members = _object(parse_canonical(payload), "statement")
        if missing := _REQUIRED - members.keys():
            raise EntryError(f"The statement lacks {', '.join(sorted(missing))}.", code="entry.member_missing")
        if unknown := len(members.keys() - _REQUIRED - _OPTIONAL):
            raise EntryError(
                f"The statement has {unknown} member(s) that version 1 does not know. Put them into body.",
                code="entry.member_unknown",
            )
        check_version(members["v"])
        event_at, seen = members.get("event_at"), members["seen"]
        statement = bare(
            cls,
            kind=members["kind"],
            agreement=members["agreement"],
            log=members["log"],
            nonce=members["nonce"],
            claimed_at=members["claimed_at"],
            body=_object(members["body"], "body"),
            seen=None if seen is None else _parse_seen(seen),
            event_at=_parse_span(event_at) if isinstance(event_at, dict) else event_at,
            commitments={
                name: tuple(_list(made, "commitments"))
                for name, made in _object(members.get("commitments", {}), "commitments").items()
            },
            refs=tuple(_parse_ref(ref) for ref in _list(members.get("refs", []), "refs")),
            blobs=tuple(_parse_blob(blob) for blob in _list(members.get("blobs", []), "blobs")),
        )
        # Canonical bytes with equal members are the bytes that this statement would get: no need to print them again.
        if statement._members() != members:
            raise EntryError(
                "The statement spells out an empty event_at, commitments, refs or blobs. Leave an empty member out.",
                code="entry.member_empty",
            )
        statement._settle(payload)
        return statement

    def _members(self) -> dict[str, object]:
        """The payload as a JSON value; raises `EntryError` for a member out of form."""
        _match(_KIND, self.kind, "kind", 'a dotted name such as "batch.cleared"')
        _match(_AGREEMENT, self.agreement, "agreement", "the id of an agreement")
        _match(_ORIGIN, self.log, "log", "the origin of a log, without spaces or a plus sign")
        _match(_NONCE, self.nonce, "nonce", "32 lower-case hex digits")
        check_instant(self.claimed_at, "claimed_at")
        members: dict[str, object] = {
            "v": VERSION,
            "kind": self.kind,
            "agreement": self.agreement,
            "log": self.log,
            "nonce": self.nonce,
            "claimed_at": self.claimed_at,
            "seen": None if self.seen is None else _seen_json(self.seen),
            "body": dict(self.body),
        }
        if _holds_null(members["body"]):
            _refuse("body", "without null: leave out what is not known")
        if self.event_at is not None:
            members["event_at"] = _event_json(self.event_at)
        if self.commitments:
            members["commitments"] = {name: _commitments_json(made) for name, made in self.commitments.items()}
        if self.refs:
            members["refs"] = [_ref_json(ref) for ref in self.refs]
        if self.blobs:
            members["blobs"] = [_blob_json(blob) for blob in self.blobs]
        return members

    def _settle(self, payload: bytes) -> None:
        """Fix the payload and what follows from it."""
        object.__setattr__(self, "payload", payload)
        object.__setattr__(self, "sid", statement_id(PAYLOAD_TYPE, payload))
        object.__setattr__(self, "body", MappingProxyType(dict(self.body)))
        object.__setattr__(self, "commitments", MappingProxyType(dict(self.commitments)))


_DECODER = msgspec.json.Decoder(StatementForm)


def bare(cls: type[T], **members: object) -> T:
    """An instance of a frozen class with exactly these members and no check: for parsers, which check themselves."""
    made = object.__new__(cls)
    setters = _setters(cls)  # type: ignore[arg-type]  # mypy does not see that every class can be hashed
    for name, value in members.items():
        setters[name](made, value)
    return made


@lru_cache
def _setters(cls: Any) -> dict[str, Callable[[object, object], None]]:
    """What fills each slot of the dataclass `cls`: it takes half the time of naming it to `object.__setattr__`."""
    return {member.name: getattr(cls, member.name).__set__ for member in fields(cls)}


def _refuse(member: str, form: str) -> NoReturn:
    """Name the member and the form it must have, never its value: a value may be personal."""
    raise EntryError(f"The {member} of an entry must be {form}.", code=f"entry.{member}")


def _match(pattern: re.Pattern[str], value: object, member: str, form: str) -> None:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        _refuse(member, form)


def check_instant(value: object, member: str) -> None:
    """Raise `EntryError` unless `value` is an existing time in UTC, with `Z` and whole seconds."""
    if not isinstance(value, str) or not is_instant(value):
        _refuse(member, "an existing time in UTC such as 2020-04-08T06:00:00Z")


def is_instant(text: str) -> bool:
    """Whether `text` is an existing time in UTC, with `Z` and whole seconds."""
    return _INSTANT.fullmatch(text) is not None and _is_day(text[:10])


@lru_cache(maxsize=4096)
def _is_day(day: str) -> bool:
    """Whether `day`, written 2020-04-08, is in the calendar; remembered, as entries come many to a day."""
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def check_version(value: object) -> None:
    """Raise `EntryError` (`entry.version`) unless `value` is the integer 1."""
    if type(value) is not int or value != VERSION:
        raise EntryError(f"Format version {VERSION} is the only one that this program reads.", code="entry.version")


def exact_members(value: object, member: str, names: set[str]) -> dict[str, Any]:
    """`value`, if it is an object with exactly these members; raises `EntryError`."""
    if not isinstance(value, dict) or value.keys() != names:
        _refuse(member, f"an object with exactly the members {', '.join(sorted(names))}")
    return value


def _object(value: object, member: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        _refuse(member, "an object")
    return value


def _list(value: object, member: str) -> list[Any]:
    if not isinstance(value, list):
        _refuse(member, "a list")
    return value


def _holds_null(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_null, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_holds_null, value))
    return value is None


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and HEX_256.fullmatch(value) is not None


@lru_cache(maxsize=1024)
def _are_names(kind: str, agreement: str, log: str) -> bool:
    """Whether the three that most entries of a log share are well formed; remembered for that reason."""
    return (
        _KIND.fullmatch(kind) is not None
        and _AGREEMENT.fullmatch(agreement) is not None
        and _ORIGIN.fullmatch(log) is not None
    )


def _is_event(event_at: str | Span) -> bool:
    if isinstance(event_at, str):
        return is_instant(event_at)
    return is_instant(event_at.start) and is_instant(event_at.end) and event_at.start <= event_at.end


def _seen_json(seen: Seen) -> dict[str, object]:
    if not _is_count(seen.size) or len(seen.root) != HASH_BYTES or not _is_hash(seen.note_sha256):
        _refuse("seen", "a size, a root of 32 bytes and the hex SHA-256 of a note")
    return {"size": seen.size, "root": encode64(seen.root), "note_sha256": seen.note_sha256}


def _parse_seen(value: object) -> Seen:
    members = exact_members(value, "seen", {"size", "root", "note_sha256"})
    return Seen(members["size"], decode64(members["root"], "The root in seen"), members["note_sha256"])


def _event_json(event_at: str | Span) -> object:
    if not isinstance(event_at, Span):
        check_instant(event_at, "event_at")
        return event_at
    check_instant(event_at.start, "event_at")
    check_instant(event_at.end, "event_at")
    if event_at.start > event_at.end:
        _refuse("event_at", "a span whose `from` is not after its `to`")
    return {"from": event_at.start, "to": event_at.end}


def _parse_span(value: object) -> Span:
    members = exact_members(value, "event_at", {"from", "to"})
    return Span(members["from"], members["to"])


def _commitments_json(made: tuple[str, ...]) -> list[str]:
    if not made or any(len(decode64(one, "A commitment")) != HASH_BYTES for one in made):
        _refuse("commitments", "for each field a list of base64 values of 32 bytes")
    return list(made)


def _ref_json(ref: Ref) -> dict[str, object]:
    if not isinstance(ref.rel, str) or ref.rel not in RELATIONS or not _is_hash(ref.sid):
        _refuse("refs", f"a list of statement ids, each with one of {', '.join(sorted(RELATIONS))}")
    return {"rel": ref.rel, "sid": ref.sid}


def _parse_ref(value: object) -> Ref:
    members = exact_members(value, "refs", {"rel", "sid"})
    return Ref(members["rel"], members["sid"])


def _blob_json(blob: Blob) -> dict[str, object]:
    if not _is_hash(blob.sha256) or not _is_count(blob.size) or not isinstance(blob.media, str) or not blob.media:
        _refuse("blobs", "a list of files, each with hex SHA-256, length in bytes and media type of the cipher text")
    return {"sha256": blob.sha256, "bytes": blob.size, "media": blob.media}


def _parse_blob(value: object) -> Blob:
    members = exact_members(value, "blobs", {"sha256", "bytes", "media"})
    return Blob(members["sha256"], members["bytes"], members["media"])
