"""The folder of a day on a field device: what a bundle said and what was done since, sealed under the device's key.

Three files: `folder.key`, the folder's own random key, wrapped; `day.sealed`, the bundle; `acts.log`, one sealed record
after another, all of one length, flushed before an act is acknowledged. A process killed in the middle of a record
leaves a torn end, part of a record or only zeros, which the next writer cuts off; any other record that does not open
is damage and is said so. Wiping destroys `folder.key` first: without it nothing here can be read, also not from what a
disk keeps of deleted files.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import msgspec

from quittance.canon import canonical
from quittance.errors import UsageError
from quittance.files.daybundle import (
    FIRST,
    FORMAT,
    DayAct,
    DayBundle,
    DayRefused,
    DayReturn,
    DayUnreadable,
    Opened,
    SignedAct,
    digest,
    open_bundle,
    seal_return,
    sign_act,
)
from quittance.files.daykey import DeviceKey
from quittance.files.durable import disk_errors, flush_folders, read_whole, write_new
from quittance.handover.day import Act, DayState
from quittance.record.bracket import seen_of
from quittance.record.statement import Statement
from quittance.vault.age import encryption
from quittance.vault.columns import PERSON
from quittance.vault.seal import KEY_BYTES, NONCE_BYTES, TAG_BYTES, VaultError, seal, unseal

KEY_FILE, DAY_FILE, ACTS_FILE, PACKED_FILE = "folder.key", "day.sealed", "acts.log", "packed"
FILES = (KEY_FILE, DAY_FILE, ACTS_FILE, PACKED_FILE)
"""What a day's folder holds; `folder.key` first, since it is destroyed first."""

RECORD_BYTES = 2_048
"""The length of every record of `acts.log`, sealed."""

_OWNER_FILE, _OWNER_FOLDER = 0o600, 0o700

Random = Callable[[int], bytes]
"""A source of that many unpredictable bytes, such as `secrets.token_bytes`."""


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`folder.key`: which bundle, which copy of it, and the folder's key as the device's key has wrapped it."""

    format: str
    bundle: str
    copy: str
    wrapped: bytes


@dataclass(frozen=True, slots=True)
class NewAct:
    """An act to be added: of the person `handle`, or of nobody in particular."""

    handle: str
    kind: str
    value: str
    reason: str = ""
    settles: tuple[str, ...] = ()


class DayFolder:
    """An unpacked bundle on a device, opened with its key; made by `unpack` or `open`."""

    def __init__(self, path: Path, key: DeviceKey, named: _KeyFile, secret: bytes, random: Random) -> None:
        self._path, self._key, self._secret, self._random = path, key, secret, random
        self.copy = named.copy
        sealed = read_whole(path / DAY_FILE, 64 * 1024 * 1024)
        if sealed is None:
            raise _damaged("its bundle is missing")
        plain = self._unseal(sealed, named.bundle, DAY_FILE, 0)
        if plain is None:
            raise _damaged("its bundle does not open")
        self.bundle = msgspec.json.decode(plain, type=DayBundle)

    @classmethod
    def unpack(cls, path: Path, data: bytes, key: DeviceKey, signed_by: str, now: str, random: Random) -> Self:
        """Make the folder at `path`, where nothing may be, from a bundle file signed by the key called `signed_by`.

        Raises as `open_bundle`; `DayRefused`: `day.expired`, `day.clock`, `day.device` where the bundle does not name
        this device; `UsageError` (`day.folder_exists`).
        """
        opened: Opened = open_bundle(data, key.decryption(), signed_by)
        bundle = opened.bundle
        bundle.require_time(now)
        if key.public.hex() not in bundle.devices:
            raise DayRefused(
                "The bundle opens with this device's key but does not name it as one that may sign what comes back. "
                "Have it made again with --device.",
                code="day.device",
            )
        if path.exists():
            raise UsageError(
                f"{path.name} is already there; it was left as it is. Choose another folder.", code="day.folder_exists"
            )
        copy, secret = random(16).hex(), random(KEY_BYTES)
        wrapped = seal(key.wrapping(bundle.bundle), random(NONCE_BYTES), secret, _aad(bundle.bundle, copy, KEY_FILE, 0))
        named = _KeyFile(FORMAT, bundle.bundle, copy, wrapped)
        sealed = seal(
            secret, random(NONCE_BYTES), canonical(msgspec.to_builtins(bundle)), _aad(bundle.bundle, copy, DAY_FILE, 0)
        )
        draft = path.with_name(f".{path.name}.{copy}.new")
        with disk_errors(path.name):
            draft.mkdir(_OWNER_FOLDER)
            try:
                for name, content in (
                    (DAY_FILE, sealed),
                    (ACTS_FILE, b""),
                    (KEY_FILE, canonical(msgspec.to_builtins(named))),
                ):
                    write_new(draft / name, content)
                    (draft / name).chmod(_OWNER_FILE)
                draft.rename(path)
            except BaseException:
                shutil.rmtree(draft, ignore_errors=True)
                raise
        flush_folders([path.parent], path.parent)
        return cls(path, key, named, secret, random)

    @classmethod
    def open(cls, path: Path, key: DeviceKey, random: Random) -> Self:
        """The folder at `path`. Raises `UsageError` (`day.no_folder`), `DayUnreadable` (`day.folder`, `day.closed`)."""
        named = _named(path)
        try:
            secret = unseal(key.wrapping(named.bundle), named.wrapped, _aad(named.bundle, named.copy, KEY_FILE, 0))
        except VaultError:
            raise DayUnreadable(
                "This key does not open the folder. Give the key of the device that unpacked the bundle.",
                code="day.closed",
            ) from None
        return cls(path, key, named, secret, random)

    # --- acts --------------------------------------------------------------------------------------------------------

    def acts(self) -> tuple[SignedAct, ...]:
        """Every act that was acknowledged, the first one first; raises `DayUnreadable` (`day.folder`) for damage."""
        data = read_whole(self._path / ACTS_FILE, 128 * 1024 * 1024)
        if data is None:
            raise _damaged("its acts are missing")
        return tuple(self._records(data))

    def read_acts(self) -> tuple[tuple[str, DayAct], ...]:
        """The same as what they say, each with the id by which later acts name it."""
        return tuple((digest(one.payload), _act(one)) for one in self.acts())

    def state(self) -> DayState:
        """The day as this folder knows it."""
        device = self.copy[:16]
        return DayState(
            frozenset(
                Act(id_, one.at, one.handle, one.kind, one.value, one.reason, "neutral:", device, one.settles)
                for id_, one in self.read_acts()
            )
        )

    def add(self, acts: Sequence[NewAct], now: str) -> tuple[str, ...]:
        """Write acts down, all in one flushed write, and give their ids; when this returns, none can be lost.

        Raises `DayRefused` (`day.expired`, `day.clock`, `day.busy` while another program writes), `RecordError`
        (`record.full`, `record.io`), whereupon none of them counts.
        """
        self.bundle.require_time(now)
        path = self._path / ACTS_FILE
        with disk_errors(path.name), _locked(path) as file:
            whole = tuple(self._records(os.pread(file, os.fstat(file).st_size, 0)))
            said = [(digest(one.payload), _act(one)) for one in whole]
            fresh: list[SignedAct] = []
            for one in acts:
                act = self._next(said, one, now)
                fresh.append(sign_act(act, self._key.signer))
                said.append((digest(fresh[-1].payload), act))
            records = b"".join(self._record(act, seq) for seq, act in enumerate(fresh, len(whole) + 1))
            end = len(whole) * RECORD_BYTES
            os.ftruncate(file, end)  # a torn end, which nobody was told of
            try:
                _write_at(file, records, end)
            except OSError:
                os.ftruncate(file, end)
                raise
        return tuple(digest(act.payload) for act in fresh)

    def _next(self, said: Sequence[tuple[str, DayAct]], new: NewAct, now: str) -> DayAct:
        """The act that follows those: its time is never before theirs, and it takes the place of the last answer to the
        same question, so that no clock decides between two answers of one folder.
        """
        prev, at = (said[-1][0], max(now, said[-1][1].at)) if said else (FIRST, now)
        settled = {id_ for _, one in said for id_ in one.settles}
        again = [
            id_
            for id_, one in said
            if (one.handle, one.kind) == (new.handle, new.kind) and one.kind != "discrepancy" and id_ not in settled
        ]
        settles = tuple(dict.fromkeys([*new.settles, *again]))
        return DayAct(
            FORMAT, self.bundle.bundle, self.copy, len(said) + 1, prev, at, new.handle, new.kind, new.value, new.reason,
            settles,
        )  # fmt: skip

    # --- taking it home ----------------------------------------------------------------------------------------------

    def pack(self, now: str, statements: Sequence[bytes] = ()) -> bytes:
        """The file `day.return`: every act so far and the envelopes of `statements`; as often as wanted, also when the
        bundle has ended.

        Raises `DayRefused` (`day.too_large`), `DayUnreadable` (`day.folder`).
        """
        bundle, acts = self.bundle, self.acts()
        returned = DayReturn(
            FORMAT, bundle.case, bundle.log, bundle.batch, bundle.bundle, bundle.issue, self.copy, now, acts,
            tuple(statements),
        )  # fmt: skip
        data = seal_return(returned, self._key.signer, encryption([bundle.reply_to]))
        marker = self._path / PACKED_FILE
        with disk_errors(PACKED_FILE):
            marker.write_text(str((self._path / ACTS_FILE).stat().st_size), "ascii")
            marker.chmod(_OWNER_FILE)
        return data

    def _records(self, data: bytes) -> Iterator[SignedAct]:
        """Each whole record; a torn end is passed over."""
        solid = len(data.rstrip(b"\0"))
        for seq, at in enumerate(range(0, len(data), RECORD_BYTES), 1):
            sealed = data[at : at + RECORD_BYTES]
            if len(sealed) < RECORD_BYTES or at >= solid:
                return
            plain = self._unseal(sealed, self.bundle.bundle, ACTS_FILE, seq)
            if plain is None:
                raise _damaged(f"act {seq} does not open")
            yield msgspec.json.decode(plain, type=SignedAct)

    def _record(self, act: SignedAct, seq: int) -> bytes:
        aad = _aad(self.bundle.bundle, self.copy, ACTS_FILE, seq)
        plain = canonical(msgspec.to_builtins(act)).ljust(RECORD_BYTES - NONCE_BYTES - TAG_BYTES)
        return seal(self._secret, self._random(NONCE_BYTES), plain, aad)

    def _unseal(self, sealed: bytes, bundle: str, file: str, seq: int) -> bytes | None:
        try:
            return unseal(self._secret, sealed, _aad(bundle, self.copy, file, seq))
        except VaultError:
            return None


def _act(signed: SignedAct) -> DayAct:
    return msgspec.json.decode(signed.payload, type=DayAct)


def observed(bundle: DayBundle, state: DayState, place: str, now: str, nonce: str) -> Statement:
    """What the neutral saw here, unsigned: those noted as gone, in an order that tells nothing.

    Raises `DayRefused`: `day.nobody` where nobody is noted as gone, `day.missing` where something stood in the way of
    somebody's going.
    """
    gone = sorted(state.gone)
    if not gone:
        raise DayRefused("Nobody is noted as handed over. Note it first: check CODE --gone", code="day.nobody")
    if without := state.went_without(bundle.needed):
        raise DayRefused(
            f"Of {len(without)} people noted as gone something was not answered before. Look at the day's checklist, "
            "and put that right, or state the handover on paper.",
            code="day.missing",
        )
    return Statement(
        kind="handover.observed",
        agreement=bundle.case,
        log=bundle.log,
        nonce=nonce,
        claimed_at=now,
        body={**bundle.observed, "place": place, "count": len(gone)},
        seen=seen_of(bundle.note.encode()),
        commitments={PERSON: tuple(gone)},
    )


def bundle_of(path: Path) -> str:
    """The id of the bundle that a folder was unpacked from; no key is needed. Raises as `DayFolder.open`."""
    return _named(path).bundle


def unpacked_since(path: Path) -> int:
    """How many bytes of acts were written since the folder was last packed; 0 if all of them are in a return."""
    with disk_errors(path.name):
        size = (path / ACTS_FILE).stat().st_size if (path / ACTS_FILE).exists() else 0
    packed = read_whole(path / PACKED_FILE, 20) or b"0"
    return max(0, size - int(packed)) if packed.isdigit() else size


def wipe(path: Path, also: Sequence[Path] = (), *, random: Random) -> None:
    """Destroy the folder's key, its other files, what an unpacking that died has left, and the files in `also`.

    No key and no passphrase is needed. Only files of a day's folder are removed; the folder goes too if nothing else
    lies in it. Begun again after a crash, it does the rest. Raises `RecordError` (`record.io`).
    """
    with disk_errors(path.name):
        left = [
            one
            for one in path.parent.iterdir()
            if one.name.startswith(f".{path.name}.") and one.name.endswith(".new") and not one.is_symlink()
        ]
        drafts = [draft / name for draft in left for name in FILES]
        for file in (*(path / name for name in FILES), *drafts, *also):
            if not file.is_file() or file.is_symlink():
                continue
            with file.open("r+b") as opened:
                size = file.stat().st_size
                while size > 0:
                    size -= opened.write(random(min(size, 1 << 20)))
                opened.flush()
                os.fsync(opened.fileno())
            file.unlink()
            flush_folders([file.parent], file.parent)
        for folder in (path, *left):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _named(path: Path) -> _KeyFile:
    data = read_whole(path / KEY_FILE, 4_096)
    if data is None:
        raise UsageError(
            f"{path.name} is no folder of a day, or was wiped. Unpack a bundle first.", code="day.no_folder"
        )
    try:
        named = msgspec.json.decode(data, type=_KeyFile)
    except (ValueError, msgspec.MsgspecError):
        named = None
    if named is None or named.format != FORMAT:
        raise _damaged("its key file is not whole")
    return named


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file of acts, open for writing, held by this process alone."""
    file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DayRefused(
                "Another program writes to this folder. Wait until it is done, and try again.", code="day.busy"
            ) from None
        yield file
    finally:
        os.close(file)


def _write_at(file: int, data: bytes, at: int) -> None:
    left = memoryview(data)
    while left:
        written = os.pwrite(file, left, at)
        left, at = left[written:], at + written
    os.fsync(file)


def _aad(bundle: str, copy: str, file: str, seq: int) -> bytes:
    """What a sealed piece of a folder is bound to."""
    return canonical(["quittance.day-folder.v1", bundle, copy, file, seq])


def _damaged(why: str) -> DayUnreadable:
    return DayUnreadable(
        f"The folder of the day is damaged: {why}. Leave it as it is, take it to the neutral's machine, and go on with "
        "the paper sheet or a bundle unpacked anew.",
        code="day.folder",
    )
