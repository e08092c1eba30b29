"""A published log checked from end to end, as `docs/reference/record-format.md` lays down in "Checking a log".

The work that needs no order (hashes, canonical form, signatures) is spread over processes, a few thousand entries at a
time; the rules, which need the order, are applied by the one judge that the stores ask as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from quittance.errors import QuittanceError, RecordError, UnreadableError
from quittance.files.published import CHECKPOINT, folder_fetch
from quittance.record.bracket import Brackets
from quittance.record.checkpoint import Checkpoint, OpenedCheckpoint
from quittance.record.entry import Leaf, LeafForm, check_form
from quittance.record.envelope import Signature, pae
from quittance.record.keys import key_id, verify
from quittance.record.known import read_handover, read_key, read_log
from quittance.record.policy import Grade, Trust, grade_of, open_trusted
from quittance.record.statement import PAYLOAD_TYPE, Statement
from quittance.record.store import DamagedError, Replay
from quittance.record.tiles import TILE_WIDTH, Fetch, bundle_path, decode_bundle, tile_path
from quittance.record.tree import Tree, leaf_hash

CHUNK = 16
"""Bundles that one task checks: about 4,000 entries."""

ALONE = 8 * TILE_WIDTH
"""Up to this size no further process is started."""


class ForkError(RecordError):
    """Two signed tree heads of one log that cannot both be true: `evidence` holds both notes, to be kept and shown."""

    code = "record.fork"

    def __init__(self, message: str, notes: Sequence[bytes], code: str = "record.fork") -> None:
        super().__init__(message, code=code)
        self.evidence = b"\n".join(notes)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check found. `flags` are (index, flag), with None for the log as a whole; see "Checking a log", 7."""

    opened: OpenedCheckpoint
    grade: Grade
    entries_checked: int
    signatures_checked: int
    flags: tuple[tuple[int | None, str], ...] = ()
    not_checked: tuple[str, ...] = ()
    operator_keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """The public keys of the operator, past and present, by fingerprint."""
    places: Callable[[str], int | None] = field(default=lambda sid: None, repr=False)
    """The index of a statement; of none where rules were not checked."""

    @property
    def head(self) -> Checkpoint:
        """The tree head that everything was held against."""
        return self.opened.checkpoint

    def as_json(self) -> dict[str, Any]:
        """The result as `record verify --json` prints it."""
        return {
            "ok": True,
            "origin": self.head.origin,
            "size": self.head.size,
            "root": self.head.root.hex(),
            "grade": self.grade,
            "cosigners": [{"name": one.key.name, "time": one.time} for one in self.opened.cosigned],
            "entries_checked": self.entries_checked,
            "signatures_checked": self.signatures_checked,
            "first_bad_index": None,
            "reason": None,
            "flags": [{"index": index, "flag": flag} for index, flag in self.flags],
            "not_checked": list(self.not_checked),
        }


def verify_log(
    folder: Path,
    trust: Trust,
    *,
    origin: str | None = None,
    since: bytes | None = None,
    structure_only: bool = False,
    processes: int | None = None,
) -> Verified:
    """Check the log published in `folder` by the reader's own `trust`: policies, or the key of the log alone.

    `since` is the note of a tree head kept from before; `structure_only` leaves out signatures and rules. Raises
    `NoteError` for the head, `ForkError` for a head that another contradicts (`record.fork`, `record.rollback`),
    `DamagedError` with the first bad index, `RecordError` (`tile.missing`).
    """
    fetch = folder_fetch(folder)
    opened = open_trusted(trust, fetch(CHECKPOINT))
    head = opened.checkpoint
    if origin is not None and head.origin != origin:
        raise RecordError(f"This is the log {head.origin}, not {origin}.", code="record.wrong_log")
    kept = {} if since is None else {"the head kept before": since}
    kept |= _notes(folder)
    heads = {name: open_trusted(trust, note) for name, note in kept.items()}
    keys = _Keys() if structure_only else _keys(fetch, head.size)
    replay = Replay(head.origin, proven=_Proven())
    hashes = bytearray()
    checked = 0
    flags = _Flags(replay, heads, keys.doubted)
    for chunk in _chunks(folder, head.size, keys.publics, structure_only, processes):
        if chunk.problem is not None:
            message, code, index = chunk.problem
            raise DamagedError(message, index) if code == DamagedError.code else RecordError(message, code=code)
        _require_tile(fetch, chunk, head.size)
        if structure_only:
            hashes += chunk.hashes
            continue
        checked += _judge(replay, chunk, flags)
    tree = _tree_of(hashes) if structure_only else replay.tree
    _require_levels(fetch, tree, head.size)
    if tree.root(head.size) != head.root:
        raise DamagedError(f"The {head.size} entries do not hash to the root in the tree head.")
    _require_consistent(opened, heads, tree)
    return Verified(
        opened,
        grade_of(trust, opened),
        head.size,
        checked,
        () if structure_only else flags.found(),
        ("signatures", "rules", "time_brackets") if structure_only else (),
        _operator_keys(replay),
        replay.find,
    )


def _notes(folder: Path) -> dict[str, bytes]:
    """The tree heads kept under `notes/`, by their paths; raises `UnreadableError` for a foreign file there."""
    place, fetch = folder / "notes", folder_fetch(folder)
    names = sorted(path.name for path in place.iterdir() if not path.name.startswith(".")) if place.is_dir() else []
    if not all(name.isdecimal() for name in names):
        raise UnreadableError("The folder notes holds a file that is no tree head.", code="record.foreign")
    return {f"notes/{name}": fetch(f"notes/{name}") for name in names}


def _operator_keys(replay: Replay) -> dict[str, bytes]:
    keys = {
        name.removeprefix("key:"): read_key(text) for name, text in replay.states.items() if name.startswith("key:")
    }
    return {name: bytes.fromhex(key.public) for name, key in keys.items() if key.role == "operator"}


def _require_consistent(opened: OpenedCheckpoint, heads: Mapping[str, OpenedCheckpoint], tree: Tree) -> None:
    """Raise `ForkError` if a head that the log has signed is not of this tree."""
    head = opened.checkpoint
    for other in heads.values():
        kept, notes = other.checkpoint, (other.note.encode(), opened.note.encode())
        if kept.origin != head.origin:
            raise RecordError(f"A kept tree head is of the log {kept.origin}.", code="record.wrong_log")
        if kept.size > head.size:
            raise ForkError(
                f"The log has signed a tree head of {kept.size} entries, and now shows {head.size}: it was set back. "
                "Keep both heads.",
                notes,
                "record.rollback",
            )
        if tree.root(kept.size) != kept.root:
            raise ForkError(
                f"The log has signed another history of {kept.size} entries than the one shown now. Keep both heads: "
                "together they are the proof.",
                notes,
            )


# --- what needs no order ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Checked bundles: the leaves (none for a check of the structure), their hashes, and whose signatures are valid."""

    first: int
    leaves: tuple[bytes, ...] = ()
    hashes: bytes = b""
    valid: bytes = b""
    problem: tuple[str, str, int | None] | None = None
    """Message, code and index of what is wrong, as an error does not cross from one process to another whole."""


def _chunks(
    folder: Path, size: int, publics: Mapping[str, bytes], structure_only: bool, processes: int | None
) -> Iterator[_Chunk]:
    """The chunks of a log in order, made by as many processes as the machine has cores."""
    firsts = range(0, size, CHUNK * TILE_WIDTH)
    workers = processes or os.cpu_count() or 1
    if size <= ALONE or workers == 1:
        for first in firsts:
            yield _check_chunk(folder, first, size, publics, structure_only)
        return
    with ExitStack() as stack:
        pool: Executor = stack.enter_context(ProcessPoolExecutor(workers, mp_context=get_context("spawn")))
        waiting: list[Future[_Chunk]] = []
        ahead = iter(firsts)
        for first in islice(ahead, 2 * workers):
            waiting.append(pool.submit(_check_chunk, folder, first, size, publics, structure_only))
        while waiting:
            chunk = waiting.pop(0).result()
            for first in islice(ahead, 1):
                waiting.append(pool.submit(_check_chunk, folder, first, size, publics, structure_only))
            yield chunk


def _check_chunk(folder: Path, first: int, size: int, publics: Mapping[str, bytes], structure_only: bool) -> _Chunk:
    """Bundles from `first` on: exact in form, each leaf canonical, its hash, and whether its signatures are valid."""
    try:
        return _checked_chunk(folder, first, size, publics, structure_only)
    except DamagedError as error:
        return _Chunk(first, problem=(error.what, error.code, error.index))
    except RecordError as error:
        return _Chunk(first, problem=(error.message, error.code, None))


def _checked_chunk(folder: Path, first: int, size: int, publics: Mapping[str, bytes], structure_only: bool) -> _Chunk:
    fetch = folder_fetch(folder)
    leaves: list[bytes] = []
    for start in range(first, min(first + CHUNK * TILE_WIDTH, size), TILE_WIDTH):
        width = min(TILE_WIDTH, size - start)
        try:
            leaves += decode_bundle(fetch(bundle_path(start // TILE_WIDTH, width)), width)
        except RecordError as error:
            if error.code == "tile.missing":
                raise
            raise DamagedError(error.message, start) from None
    hashes = b"".join(map(leaf_hash, leaves))
    if structure_only:
        for at, data in enumerate(leaves):
            try:
                check_form(data)
            except QuittanceError as error:
                raise DamagedError(f"Entry {first + at} cannot be read: {error.message}", first + at) from None
        return _Chunk(first, hashes=hashes)
    return _Chunk(first, tuple(leaves), hashes, bytes(_all_valid(data, publics) for data in leaves))


def _all_valid(data: bytes, publics: Mapping[str, bytes]) -> bool:
    """Whether every signature of a leaf is one of the public key that its key id stands for."""
    try:
        envelope = LeafForm.parse(data).envelope
    except QuittanceError:
        return False  # the judge says why
    message = pae(PAYLOAD_TYPE, envelope.payload)
    return all(
        signature.keyid in publics and verify(publics[signature.keyid], signature.sig, message)
        for signature in envelope.signatures
    )


@dataclass(frozen=True, slots=True)
class _Keys:
    """What entries say of keys before the judge has heard them: public keys by key id, and which ones are doubted."""

    publics: dict[str, bytes] = field(default_factory=dict)
    doubted: set[str] = field(default_factory=set)


def _keys(fetch: Fetch, size: int) -> _Keys:
    """The keys that any entry names; which of them count, the judge decides."""
    keys = _Keys()
    for start in range(0, size, TILE_WIDTH):
        width = min(TILE_WIDTH, size - start)
        data = fetch(bundle_path(start // TILE_WIDTH, width))
        if start and b'"kind":"key.' not in data:
            continue
        for leaf in _decoded(data, width):
            if b'"kind":"key.' not in leaf and b'"kind":"log.' not in leaf:
                continue
            try:
                body = Leaf.parse(leaf).statement.body
            except QuittanceError:
                continue  # the judge names it
            listed = body.get("operator_keys", ())
            named = (body.get("public_key"), body.get("operator_key"), *(listed if isinstance(listed, list) else ()))
            for text in named:
                if isinstance(text, str) and len(text) == 64:
                    public = _from_hex(text)
                    keys.publics[key_id(public)] = public
            if "compromised_since" in body:
                keys.doubted.add(str(body.get("fingerprint")))
    return keys


def _decoded(data: bytes, width: int) -> list[bytes]:
    try:
        return decode_bundle(data, width)
    except RecordError:
        return []  # named when the bundle is checked


def _from_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


# --- what needs the order --------------------------------------------------------------------------------------------


class _Proven:
    """Answers the judge from what the processes have found; where they found a bad signature, it looks itself."""

    def __init__(self) -> None:
        self.valid = False

    def __call__(self, leaf: Leaf, signature: Signature, public: bytes) -> bool:
        """Whether a signature is that of `public`, whose key id is that of the signature."""
        return self.valid or verify(public, signature.sig, pae(PAYLOAD_TYPE, leaf.statement.payload))


@dataclass(slots=True)
class _Flags:
    """What is shown beside entries that stand: doubts, differences, claims outside their bracket."""

    replay: Replay
    heads: Mapping[str, OpenedCheckpoint]
    doubted: set[str]
    flagged: list[tuple[int | None, str]] = field(default_factory=list)
    signed: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Key id -> the entries that it signed, for keys in doubt."""
    countersigned: set[str] = field(default_factory=set)
    brackets: Brackets = field(init=False)

    def __post_init__(self) -> None:
        self.brackets = Brackets({sha256(head.note.encode()).hexdigest(): head for head in self.heads.values()})

    def add(self, index: int, leaf: Leaf) -> None:
        """Look at one entry that the judge has let in."""
        statement = leaf.statement
        for signature in leaf.signatures:
            if signature.keyid in self.doubted:
                self.signed.setdefault(signature.keyid, []).append((index, statement.sid))
        if statement.kind == "record.countersigned":
            self.countersigned.update(ref.sid for ref in statement.refs if ref.rel == "countersigns")
        elif statement.kind in ("handover.delivered", "handover.received"):
            sid = next(ref.sid for ref in statement.refs if ref.rel == "answers")
            held = self.replay.state(f"handover:{sid}")
            if held and read_handover(held).count != statement.body["count"]:
                self.flagged.append((index, "count_differs"))
        self._date(index, statement)

    def _date(self, index: int, statement: Statement) -> None:
        if statement.seen is not None and not self.brackets.knows(statement.seen):
            self.flagged.append((index, "seen_note_missing"))
        if flag := self.brackets.of(index, statement).flag(statement.claimed_at):
            self.flagged.append((index, flag))

    def found(self) -> tuple[tuple[int | None, str], ...]:
        """All flags, those of the whole log first."""
        found: list[tuple[int | None, str]] = []
        log = self.replay.state("log")
        if log and read_log(log).awaited and not read_log(log).strict:
            found.append((None, "founding_not_countersigned"))
        for name, entries in self.signed.items():
            since = read_key(self.replay.states[f"key:{name}"]).doubted
            self.flagged += [
                (index, "doubtful")
                for index, sid in entries
                if since is not None and index >= since and sid not in self.countersigned
            ]
        return (*found, *sorted(self.flagged, key=lambda one: (one[0] or 0, one[1])))


def _judge(replay: Replay, chunk: _Chunk, flags: _Flags) -> int:
    """Let the judge take the leaves of a chunk; gives the number of signatures that were found valid."""
    signatures = 0
    proven = replay.proven
    assert isinstance(proven, _Proven)
    replay.foresee(chunk.hashes)
    for at, (data, valid) in enumerate(zip(chunk.leaves, chunk.valid, strict=True)):
        proven.valid = bool(valid)
        leaf = replay.add(data)
        signatures += len(leaf.signatures)
        flags.add(chunk.first + at, leaf)
    return signatures


def _require_tile(fetch: Fetch, chunk: _Chunk, size: int) -> None:
    """Raise `DamagedError` unless the tiles of level 0 hold the hashes of these leaves."""
    for at in range(0, len(chunk.hashes), TILE_WIDTH * 32):
        start = chunk.first + at // 32
        width = min(TILE_WIDTH, size - start)
        tile = fetch(tile_path(0, start // TILE_WIDTH, width))
        made = chunk.hashes[at : at + TILE_WIDTH * 32]
        if tile != made:
            bad = next((n for n in range(width) if tile[n * 32 : n * 32 + 32] != made[n * 32 : n * 32 + 32]), width - 1)
            raise DamagedError(f"Entry {start + bad} does not have the hash that its tile holds.", start + bad)


def _require_levels(fetch: Fetch, tree: Tree, size: int) -> None:
    """Raise `DamagedError` unless every tile above level 0 holds the hashes of the full tiles below."""
    level, hashes = 1, size // TILE_WIDTH
    while hashes:
        for n in range(-(-hashes // TILE_WIDTH)):
            width = min(TILE_WIDTH, hashes - n * TILE_WIDTH)
            if fetch(tile_path(level, n, width)) != tree.subtrees(8 * level, n * TILE_WIDTH, width):
                index = n * TILE_WIDTH << 8 * level
                raise DamagedError(f"Tile {tile_path(level, n, width)} does not follow from those below it.", index)
        level, hashes = level + 1, hashes // TILE_WIDTH


def _tree_of(hashes: bytearray) -> Tree:
    whole = bytes(hashes)
    return Tree(whole[at : at + 32] for at in range(0, len(whole), 32))
