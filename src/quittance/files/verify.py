"""A published log checked from end to end, as `docs/reference/record-format.md` lays down in "Checking a log".

The work that needs no order (hashes, canonical form, signatures) is spread over processes, a few thousand entries at a
time; the rules, which need the order, are applied by the one judge that the stores ask as well.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from quittance.agreement.journal import JournalRefused, load_journal
from quittance.errors import QuittanceError, RecordError, UnreadableError
from quittance.files.flags import Flags
from quittance.files.intake import journal_of
from quittance.files.published import CHECKPOINT, folder_fetch
from quittance.record.checkpoint import Checkpoint, OpenedCheckpoint
from quittance.record.entry import Leaf, LeafForm, check_form
from quittance.record.envelope import Signature, pae
from quittance.record.keys import key_id, verify
from quittance.record.known import read_key
from quittance.record.policy import Grade, Trust, grade_of, open_trusted
from quittance.record.statement import PAYLOAD_TYPE, Statement
from quittance.record.store import DamagedError, Replay
from quittance.record.tiles import (
    TILE_WIDTH,
    Fetch,
    TileError,
    bundle_path,
    decode_bundle,
    tile_bytes,
    tile_path,
    tiles_of,
)
from quittance.record.tree import HASH_BYTES, Tree, leaf_hash

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
    flags = Flags(replay, heads, keys.doubted)
    for chunk in _chunks(folder, head.size, keys.publics, structure_only, processes):
        if structure_only:
            hashes += chunk.hashes
        else:
            checked += _judge(replay, chunk, flags)
        if chunk.problem is not None:  # only now, so that of two faults the first is named
            message, code, index = chunk.problem
            raise DamagedError(message, index) if code == DamagedError.code else RecordError(message, code=code)
    tree = _tree_of(hashes) if structure_only else replay.tree
    _require_levels(fetch, tree, head.size)
    if tree.root(head.size) != head.root:
        raise DamagedError(f"The {head.size} entries do not hash to the root in the tree head.")
    _require_consistent(opened, heads, tree)
    _require_earlier(fetch, heads, tree)
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


def _require_earlier(fetch: Fetch, heads: Mapping[str, OpenedCheckpoint], tree: Tree) -> None:
    """Raise `DamagedError` unless each head under `notes/` is filed by its size, and agrees with its partial files.

    A mirror need not have these: what is in them is in the later ones.
    """
    for name, opened in heads.items():
        size = opened.checkpoint.size
        if not name.startswith("notes/"):
            continue
        if name != f"notes/{size}":
            raise DamagedError(f"{name} is a tree head of {size} entries.")
        for tile in tiles_of(size):
            first = tile.n * TILE_WIDTH << 8 * tile.level
            if tile.width < TILE_WIDTH and _if_there(fetch, tile.path) not in (None, tile_bytes(tree, tile)):
                raise DamagedError(f"{tile.path} is not the beginning of what came after it.", first)
            if tile.level or tile.width == TILE_WIDTH:
                continue
            path = bundle_path(tile.n, tile.width)
            if (data := _if_there(fetch, path)) is not None:
                held = b"".join(map(leaf_hash, decode_bundle(data, tile.width)))
                if held != tile_bytes(tree, tile):
                    raise DamagedError(f"{path} is not the beginning of what came after it.", first)


def _if_there(fetch: Fetch, path: str) -> bytes | None:
    try:
        return fetch(path)
    except RecordError as error:
        if error.code == "tile.missing":
            return None
        raise


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
    """Checked entries: the leaves (none for a check of the structure), their hashes, and whose signatures are valid.

    They end where `problem` begins: the message, the code and the index of what is wrong, since an error does not cross
    from one process to another whole.
    """

    first: int
    leaves: tuple[bytes, ...] = ()
    hashes: bytes = b""
    valid: bytes = b""
    problem: tuple[str, str, int | None] | None = None


def _chunks(
    folder: Path, size: int, publics: Mapping[str, bytes], structure_only: bool, processes: int | None
) -> Iterator[_Chunk]:
    """The chunks of a log in order, made by as many processes as the machine has cores."""
    step = CHUNK * TILE_WIDTH
    work = [(folder, first, min(first + step, size), publics, structure_only) for first in range(0, size, step)]
    workers = processes or os.cpu_count() or 1
    if size <= ALONE or workers == 1:
        for task in work:
            yield _check_chunk(*task)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        ahead = iter(work)
        waiting = deque(pool.submit(_check_chunk, *task) for task in islice(ahead, 2 * workers))
        while waiting:
            chunk = waiting.popleft().result()
            waiting += (pool.submit(_check_chunk, *task) for task in islice(ahead, 1))
            yield chunk


def _check_chunk(folder: Path, first: int, stop: int, publics: Mapping[str, bytes], structure_only: bool) -> _Chunk:
    """The entries from `first` up to before `stop`, as far as they are in form and have the hashes of their tiles."""
    fetch = folder_fetch(folder)
    leaves: list[bytes] = []
    problem: tuple[str, str, int | None] | None = None
    try:
        for start in range(first, stop, TILE_WIDTH):
            _take_bundle(fetch, start, min(TILE_WIDTH, stop - start), leaves, structure_only)
    except DamagedError as error:
        problem = (error.what, error.code, error.index)
    except RecordError as error:
        problem = (error.message, error.code, None)
    hashes = b"".join(map(leaf_hash, leaves))
    if structure_only:
        return _Chunk(first, hashes=hashes, problem=problem)
    return _Chunk(first, tuple(leaves), hashes, bytes(_all_valid(data, publics) for data in leaves), problem)


def _take_bundle(fetch: Fetch, start: int, width: int, leaves: list[bytes], structure_only: bool) -> None:
    """Add the leaves of a bundle that its tile agrees with; raises `RecordError` for the first that is not sound."""
    try:
        tile = fetch(tile_path(0, start // TILE_WIDTH, width))
        found = decode_bundle(fetch(bundle_path(start // TILE_WIDTH, width)), width)
    except TileError as error:  # too long, or cut off; a missing file is another error
        raise DamagedError(error.message, start) from None
    bad = _first_difference(tile, b"".join(map(leaf_hash, found)))
    leaves += found[:bad]
    if structure_only:
        for index, leaf in enumerate(found[:bad], start):
            try:
                check_form(leaf)
            except QuittanceError as error:
                raise DamagedError(f"Entry {index} cannot be read: {error.message}", index) from None
    if bad is not None:
        raise DamagedError(f"Entry {start + bad} does not have the hash that its tile holds.", start + bad)


def _first_difference(tile: bytes, made: bytes) -> int | None:
    """The number of the first hash in which a tile differs from what was computed, None if it does not."""
    if tile == made:
        return None
    last = len(made) // HASH_BYTES - 1
    at = (slice(n * HASH_BYTES, (n + 1) * HASH_BYTES) for n in range(last))
    return next((n for n, one in enumerate(at) if tile[one] != made[one]), last)


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


def _judge(replay: Replay, chunk: _Chunk, flags: Flags) -> int:
    """Let the judge take the leaves of a chunk; gives the number of signatures that were found valid."""
    signatures = 0
    facts: list[tuple[int, Statement]] = []
    proven = replay.proven
    assert isinstance(proven, _Proven)
    replay.foresee(chunk.hashes)
    for at, (data, valid) in enumerate(zip(chunk.leaves, chunk.valid, strict=True)):
        proven.valid = bool(valid)
        try:
            leaf = replay.add(data)
        except DamagedError:
            _require_facts(facts)  # whichever comes first is named
            raise
        signatures += len(leaf.signatures)
        flags.add(chunk.first + at, leaf)
        if leaf.statement.kind.startswith("fact."):
            facts.append((chunk.first + at, leaf.statement))
    _require_facts(facts)
    return signatures


def _require_facts(facts: Sequence[tuple[int, Statement]]) -> None:
    """Raise `DamagedError` unless the bodies of facts are entries that a journal would be taken with."""
    if not facts:
        return
    try:
        load_journal(journal_of(facts[0][1].agreement, [dict(statement.body) for _, statement in facts]))
    except JournalRefused as error:
        line = min((problem.line for problem in error.problems if problem.line), default=2)
        index = facts[max(line - 2, 0)][0]
        raise DamagedError(f"Entry {index} is a fact that no journal would be taken with.", index) from error


def _require_levels(fetch: Fetch, tree: Tree, size: int) -> None:
    """Raise `DamagedError` unless every tile above level 0 holds the hashes of the full tiles below."""
    level, hashes = 1, size // TILE_WIDTH
    while hashes:
        for n in range(-(-hashes // TILE_WIDTH)):
            width = min(TILE_WIDTH, hashes - n * TILE_WIDTH)
            path = tile_path(level, n, width)
            bad = _first_difference(fetch(path), tree.subtrees(8 * level, n * TILE_WIDTH, width))
            if bad is not None:
                index = (n * TILE_WIDTH + bad) << 8 * level
                raise DamagedError(f"{path} does not follow from the tiles below it, from entry {index} on.", index)
        level, hashes = level + 1, hashes // TILE_WIDTH


def _tree_of(hashes: bytearray) -> Tree:
    whole = bytes(hashes)
    return Tree(whole[at : at + 32] for at in range(0, len(whole), 32))
