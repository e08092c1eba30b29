"""What goes out to the place of a handover and what comes back: `day.bundle` and `day.return`, format quittance-day/1.

Each is canonical JSON in a DSSE envelope with a payload type of its own, signed, then encrypted with age for whoever is
to read it. There is no archive inside and no name of a file, so nothing can be unpacked to anywhere; the size of a file
and the number and length of all that is in it are bounded. Nothing here touches a disk or a clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Final, Literal, NamedTuple, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from quittance.canon import CanonError, canonical, parse_canonical
from quittance.codes import read_code
from quittance.errors import QuittanceError, RefusedError, UnreadableError
from quittance.record.envelope import EntryError, Hex256, Signature, pae, seal, unseal
from quittance.record.keys import Signer, key_id, verify
from quittance.record.statement import is_instant

FORMAT: Final = "quittance-day/1"
BUNDLE_TYPE = "application/vnd.quittance.day.v1+json"
RETURN_TYPE = "application/vnd.quittance.day-return.v1+json"
ACT_TYPE = "application/vnd.quittance.day-act.v1+json"

MAX_HOURS = 72
"""How long a bundle may be used, at most."""

MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_PERSONS = 900
MAX_ACTS = 20_000
MAX_STATEMENTS = 100

Id128: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
_Handle: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=\Z")]
_About: TypeAlias = Annotated[str, Meta(pattern=r"^([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)?\Z")]
_Code: TypeAlias = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}\Z")]
_Word: TypeAlias = Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,63})?\Z")]
_Text: TypeAlias = Annotated[str, Meta(max_length=400)]
_Number: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000)]

Lock = Callable[[bytes], bytes]
Unlock = Callable[[bytes], bytes | None]
"""Encrypts for one reader; opens, or gives None for what is not for this reader, changed or cut off."""


class DayRefused(RefusedError):
    """A bundle, a return or an act of the day is refused; `code` says why. No message names a person."""

    code = "day.refused"


class DayUnreadable(UnreadableError):
    """A bundle or return cannot be opened, or is none."""

    code = "day.format"


class DayPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person of the next handover: what he is called by, and yes or no for each clearance as everybody may see it."""

    handle: _Handle
    code: _Code
    gates: Annotated[dict[_Code, bool], Meta(max_length=30)]
    name: _Text = ""
    father: _Text = ""
    birth: _Text = ""
    row: _Text = ""


class DayOffice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A public key that the record holds in its term, so that signatures can be checked at the place."""

    public: Hex256
    role: _Code
    party: Annotated[str, Meta(max_length=64)] = ""


class DayBundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes out for one batch: `issue` counts the bundles of a batch from 1, and a higher one supersedes a lower.

    `note` is the signed head of the record; `reply_to` the age public key for what comes back; `devices` the public
    keys that may sign it; `observed` the body of the statement to be drawn up at the place, without count and place;
    `needed` are the kinds of acts that must be answered well before anybody goes.
    """

    format: Literal["quittance-day/1"]
    case: _Code
    log: Annotated[str, Meta(min_length=1, max_length=400)]
    batch: _Code
    bundle: Id128
    issue: _Number
    made_at: str
    expires_at: str
    note: Annotated[str, Meta(max_length=65_536)]
    reply_to: Annotated[str, Meta(pattern=r"^age1[0-9a-z]{58}\Z")]
    devices: Annotated[tuple[Hex256, ...], Meta(min_length=1, max_length=20)]
    observed: Annotated[dict[_Code, _Text], Meta(max_length=10)]
    needed: Annotated[tuple[_Word, ...], Meta(max_length=20)]
    persons: Annotated[tuple[DayPerson, ...], Meta(min_length=1, max_length=MAX_PERSONS)]
    offices: Annotated[tuple[DayOffice, ...], Meta(max_length=200)] = ()

    def person(self, code: str) -> DayPerson:
        """The person of a code; raises `DayRefused` (`day.person`), without saying more, for any other."""
        wanted = read_code(code) or code
        for one in self.persons:
            if wanted in (one.code, one.handle):
                return one
        raise DayRefused("Nobody of this bundle has this code. Read it again from the sheet.", code="day.person")

    def require_time(self, now: str) -> None:
        """Raise `DayRefused` unless `now` lies in the bundle's time: `day.expired`, `day.clock` where it is before."""
        if now > self.expires_at:
            raise DayRefused(
                f"This bundle ended at {self.expires_at}. Pack what was done, take it back, and have a new one made.",
                code="day.expired",
            )
        if _time(now) + timedelta(minutes=10) < _time(self.made_at):
            raise DayRefused(
                f"The clock of this device shows {now}, before the bundle was made ({self.made_at}). Set the clock.",
                code="day.clock",
            )


class DayAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing done at the place: `kind` was `value`, of the person `handle` (empty: of nobody in particular).

    `copy` names one unpacked folder; in it acts are counted by `seq` from 1, and `prev` is the SHA-256 of the payload
    before, of zeros for the first, so that none can be left out or changed behind the others.
    """

    format: Literal["quittance-day/1"]
    bundle: Id128
    copy: Id128
    seq: _Number
    prev: Hex256
    at: str
    handle: _About
    kind: _Word
    value: _Word
    reason: _Word = ""
    settles: Annotated[tuple[Hex256, ...], Meta(max_length=8)] = ()


class SignedAct(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An act as its canonical bytes, and the signature of a device on them."""

    payload: bytes
    keyid: Hex256
    sig: bytes


class DayReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What comes back from one folder: every act from the first on, and the statements that were signed at the place.

    `statements` are envelope files of the record.
    """

    format: Literal["quittance-day/1"]
    case: _Code
    log: Annotated[str, Meta(min_length=1, max_length=400)]
    batch: _Code
    bundle: Id128
    issue: _Number
    copy: Id128
    packed_at: str
    acts: Annotated[tuple[SignedAct, ...], Meta(max_length=MAX_ACTS)]
    statements: Annotated[tuple[bytes, ...], Meta(max_length=MAX_STATEMENTS)] = ()


class Opened(NamedTuple):
    """A bundle that was opened, and the key that signed it, whose office the reader must know from elsewhere."""

    bundle: DayBundle
    keyid: str


T = TypeVar("T", bound=msgspec.Struct)


def seal_bundle(bundle: DayBundle, signer: Signer, lock: Lock) -> bytes:
    """The file `day.bundle`. Raises `DayRefused`: `day.too_long` for more than 72 hours, `day.too_large`."""
    if _time(bundle.expires_at) - _time(bundle.made_at) > timedelta(hours=MAX_HOURS):
        raise DayRefused(f"A bundle ends after {MAX_HOURS} hours at most. Give fewer.", code="day.too_long")
    return _seal(bundle, BUNDLE_TYPE, signer, lock)


def open_bundle(data: bytes, unlock: Unlock, signed_by: str) -> Opened:
    """The bundle in a file, signed by the key whose fingerprint begins with `signed_by`, 32 hex digits or more.

    Raises `DayUnreadable` (`day.closed`, `day.format`), `DayRefused` (`day.signature`, `day.too_long`).
    """
    payload, signatures = _open(data, BUNDLE_TYPE, unlock)
    bundle = _read(payload, DayBundle)
    if not (is_instant(bundle.made_at) and is_instant(bundle.expires_at)):
        raise _no_form("its times are no times")
    if _time(bundle.expires_at) - _time(bundle.made_at) > timedelta(hours=MAX_HOURS):
        raise DayRefused(
            f"The bundle would be good for more than {MAX_HOURS} hours. Have another made.", code="day.too_long"
        )
    if len({one.handle for one in bundle.persons}) != len(bundle.persons):
        raise _no_form("a person stands in it twice")
    publics = {key_id(bytes.fromhex(one.public)): bytes.fromhex(one.public) for one in bundle.offices}
    named = [one for one in signatures if len(signed_by) >= 32 and one.keyid.startswith(signed_by.lower())]
    message = pae(BUNDLE_TYPE, payload)
    for one in named:
        # The key itself travels in the bundle; that it is the right one, the fingerprint given by the reader says.
        if one.keyid in publics and verify(publics[one.keyid], one.sig, message):
            return Opened(bundle, one.keyid)
    raise DayRefused(
        "The bundle is not signed by the key with this fingerprint. Have the fingerprint read to you again by the "
        "neutral; if it is right, keep this file and use none of it.",
        code="day.signature",
    )


def seal_return(returned: DayReturn, signer: Signer, lock: Lock) -> bytes:
    """The file `day.return`. Raises `DayRefused` (`day.too_large`)."""
    return _seal(returned, RETURN_TYPE, signer, lock)


def open_return(
    data: bytes, unlock: Unlock, devices: Mapping[str, bytes]
) -> tuple[DayReturn, str, list[tuple[str, DayAct]]]:
    """The return in a file, the id of the device's key, one of `devices` (public keys by key id), and its acts by id.

    Every act in it is signed by a device and tied to the one before. Raises `DayUnreadable` (`day.closed`,
    `day.format`), `DayRefused`: `day.device` for a key of no device, `day.chain` for acts changed or left out.
    """
    payload, signatures = _open(data, RETURN_TYPE, unlock)
    returned = _read(payload, DayReturn)
    message = pae(RETURN_TYPE, payload)
    by = next(
        (one.keyid for one in signatures if one.keyid in devices and verify(devices[one.keyid], one.sig, message)), None
    )
    if by is None:
        raise DayRefused(
            "What came back is not signed by a device that the bundle went out to. Nothing was taken. Keep the file, "
            "and ask the bearer which device made it.",
            code="day.device",
        )
    return returned, by, read_chain(returned.acts, devices, returned.bundle, returned.copy)


def sign_act(act: DayAct, signer: Signer) -> SignedAct:
    """An act with the device's signature; raises `DayUnreadable` (`day.format`) for one that no reader would take."""
    payload = canonical(msgspec.to_builtins(act))
    _read(payload, DayAct)
    return SignedAct(payload, key_id(signer.public), signer.sign(pae(ACT_TYPE, payload)))


def read_chain(
    acts: tuple[SignedAct, ...], devices: Mapping[str, bytes], bundle: str, copy: str
) -> list[tuple[str, DayAct]]:
    """The acts of one folder in order with their ids, each checked.

    Raises `DayRefused` (`day.chain`) that names the first bad one.
    """
    read: list[tuple[str, DayAct]] = []
    prev = FIRST
    for number, signed in enumerate(acts, 1):
        try:
            act = _read(signed.payload, DayAct)
        except DayUnreadable:
            act = None
        public = devices.get(signed.keyid)
        if (
            act is None
            or (act.bundle, act.copy, act.seq, act.prev) != (bundle, copy, number, prev)
            or not is_instant(act.at)
            or public is None
            or not verify(public, signed.sig, pae(ACT_TYPE, signed.payload))
        ):
            raise DayRefused(
                f"Act {number} was changed, left out, or is not signed by a device of this bundle. Nothing was taken. "
                "Keep the file, and pack the folder again on the device.",
                code="day.chain",
            )
        prev = digest(signed.payload)
        read.append((prev, act))
    return read


FIRST = "0" * 64
"""What the first act of a folder follows."""


def digest(payload: bytes) -> str:
    """How the next act names this one, and by which it is known: the SHA-256 of its payload, in hex."""
    return key_id(payload)


def _seal(value: DayBundle | DayReturn, payload_type: str, signer: Signer, lock: Lock) -> bytes:
    payload = canonical(msgspec.to_builtins(value))
    _read(payload, type(value))
    signature = Signature(key_id(signer.public), signer.sign(pae(payload_type, payload)))
    data = lock(canonical(seal(payload, payload_type, [signature])))
    if len(data) > MAX_FILE_BYTES:
        raise DayRefused(
            f"The file would be larger than {MAX_FILE_BYTES >> 20} MiB. Send fewer people, or pack fewer statements.",
            code="day.too_large",
        )
    return data


def _open(data: bytes, payload_type: str, unlock: Unlock) -> tuple[bytes, tuple[Signature, ...]]:
    """The payload and the signatures, not verified, of a sealed file."""
    plain = unlock(data) if len(data) <= MAX_FILE_BYTES else None
    if plain is None:
        raise DayUnreadable(
            "This file does not open: it is meant for another key, was changed, or is cut off. Compare its length and "
            "its SHA-256 with those of the sender; if they agree, it was made for another key.",
            code="day.closed",
        )
    try:
        return unseal(parse_canonical(plain), payload_type)
    except (EntryError, CanonError):
        raise _no_form("what is inside is no such envelope") from None


def _read(payload: bytes, form: type[T]) -> T:
    """A payload in its form, canonical and within all bounds."""
    try:
        parse_canonical(payload)
        return msgspec.json.decode(payload, type=form)
    except (QuittanceError, ValueError):  # every refusal of msgspec is a ValueError
        raise _no_form("a member is missing, foreign or out of bounds") from None


def _no_form(why: str) -> DayUnreadable:
    return DayUnreadable(
        f"This is not of the format {FORMAT}: {why}. Have it made again with this version of the program."
    )


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
