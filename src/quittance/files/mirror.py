"""A party's own copy of a log: whole, checked hash by hash before it is taken, and never another history than before.

A mirror is what makes the record hold against its operator: whoever keeps one notices any entry that is changed,
removed or slipped in, and holds the two signed heads that prove it.
"""

from __future__ import annotations

import re
from base64 import b64decode
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from quittance.errors import RecordError
from quittance.files.durable import flush_folders, make_folder, read_whole, remove_drafts, replace, write_new
from quittance.files.published import (
    CHECKPOINT,
    MAX_NOTE,
    NOTHING,
    authenticate,
    checkpoint_in,
    folder_fetch,
    head_in,
    limit_of,
    note_path,
    require_limit,
)
from quittance.record.checkpoint import Checkpoint, OpenedCheckpoint
from quittance.record.lock import WriterLock
from quittance.record.note import Note, NoteError
from quittance.record.policy import Policies, Trust, open_trusted
from quittance.record.store import Head
from quittance.record.tiles import Fetch, TileError, TileTree
from quittance.record.tree import ProofError, verify_consistency
from quittance.witness.compare import compare

EVIDENCE = "evidence"

_PAYLOAD = re.compile(rb'"payload":"([A-Za-z0-9+/=]+)"')
_SEEN = re.compile(rb'"seen":\{"note_sha256":"[0-9a-f]{64}","root":"[A-Za-z0-9+/=]{44}","size":([1-9][0-9]{0,15})\}')


@dataclass(frozen=True, slots=True)
class Mirrored:
    """What a mirror holds now, and how many entries it did not have before."""

    opened: OpenedCheckpoint
    fresh: int


def head_of(folder: Path) -> Checkpoint:
    """The checkpoint that a folder of a log shows; its signatures were verified when it was taken in.

    Raises `RecordError` (`tile.missing`) for a folder without one, `NoteError` for a damaged one.
    """
    return checkpoint_in(folder_fetch(folder)(CHECKPOINT))


def tile_tree(folder: Path, head: Checkpoint) -> TileTree:
    """The tree of a log in its folder, for earlier roots and for proofs; raises `tile.root` if it is not `head`'s."""
    tree = TileTree(head.size, folder_fetch(folder))
    if tree.root() != head.root:
        raise RecordError(
            f"The tiles do not lead to the root of the checkpoint of {head.size} entries. Fetch them again.",
            code="tile.root",
        )
    return tree


def mirror(fetch: Fetch, target: Path, trust: Trust, origin: str | None = None, *, whole: bool = False) -> Mirrored:
    """Bring the copy in `target` up to date from the log that `fetch` reads; `origin` is the log expected, if known.

    Only files that are missing are fetched; with `whole` those that should be kept already are checked too, and fetched
    if they are gone. Whatever is refused, the copy stays as it was. Raises `NoteError` for a
    checkpoint without the log's signature; `RecordError`: `record.other_log`; `record.fork` if the log shows another
    history than the one kept, and `record.rollback` if it shows an older head, with both notes left in `evidence/`;
    `tile.*` for files that do not lead to the checkpoint; `record.locked`, `record.io`, `record.full`.
    """
    target = target.absolute()
    make_folder(target)
    lock = WriterLock(target)
    try:
        remove_drafts(target)
        return _mirror(fetch, target, trust, origin, whole)
    finally:
        lock.release()


def _mirror(fetch: Fetch, target: Path, trust: Trust, origin: str | None, whole: bool) -> Mirrored:
    note = require_limit(CHECKPOINT, fetch(CHECKPOINT))
    opened = open_trusted(trust, note)
    new = opened.checkpoint
    held = read_whole(target / CHECKPOINT, MAX_NOTE, top=target)
    expected = origin if held is None else checkpoint_in(held).origin
    if expected is not None and new.origin != expected:
        raise RecordError(
            f"The checkpoint is of the log {new.origin}, not of {expected}. Nothing was taken; check the address, and "
            "keep each log in a folder of its own.",
            code="record.other_log",
        )
    before = head_in(held).size
    if held is not None and new.size <= before:
        _require_same(target, trust, held, note)
        note = _joined(held, opened)
    if held is None or new.size > before or whole:
        _take(fetch, target, trust, held, note, NOTHING if whole else head_in(held))
    for path in (note_path(new.size), CHECKPOINT):
        if read_whole(target / path, MAX_NOTE, top=target) != note:
            replace(target / path, note, top=target)
    return Mirrored(open_trusted(trust, note), new.size - before)


def _take(fetch: Fetch, target: Path, trust: Trust, held: bytes | None, note: bytes, since: Head) -> None:
    """Fetch, check and write what a head needs beyond `since`, and the heads that those entries say were seen."""
    head = head_in(note)

    def either(path: str) -> bytes:
        present = read_whole(target / path, limit_of(path), top=target)
        return require_limit(path, fetch(path) if present is None else present)

    folders: set[Path] = set()
    seen: set[int] = set()
    if held is not None and since == NOTHING:
        _require_beginning(TileTree(head.size, either), target, trust, held, note)
    try:
        for path, data, leaves in authenticate(either, head, since):
            write_new(target / path, data, top=target, flush=False)
            folders.add((target / path).parent)
            seen.update(filter(None, map(_seen_size, leaves)))
    except (ProofError, TileError) as error:
        # Damage, unless the log's own files, without those kept here, lead to its head from another beginning.
        if held is not None:
            _require_beginning(TileTree(head.size, fetch), target, trust, held, note)
        raise TileError(
            f"{error.message} Nothing was taken of it. Fetch again; a file kept here that was damaged must be moved "
            "away first, and everything mirrored as a whole.",
            code=error.code,
        ) from error
    tree = TileTree(head.size, folder_fetch(target))
    for size in sorted(seen):
        kept = _seen_note(fetch, target, trust, size) if size < head.size else None
        if kept is not None and checkpoint_in(kept).origin == checkpoint_in(note).origin:
            _require_beginning(tree, target, trust, kept, note)
            write_new(target / note_path(size), kept, top=target, flush=False)
            folders.add((target / note_path(size)).parent)
    flush_folders(folders, target)


def _seen_note(fetch: Fetch, target: Path, trust: Trust, size: int) -> bytes | None:
    """The note of an earlier head that is not kept yet, if the log has it with its signature.

    Without it a check of the mirror says that it is missing; no entry depends on it.
    """
    path = note_path(size)
    if (target / path).exists():
        return None
    try:
        note = require_limit(path, fetch(path))
        return note if open_trusted(trust, note).checkpoint.size == size else None
    except NoteError:
        return None
    except RecordError as error:
        if error.code != "tile.missing":
            raise
        return None


def _seen_size(leaf: bytes) -> int | None:
    """The size of the head that a leaf says its drafter had seen, without reading the rest of it."""
    payload = _PAYLOAD.search(leaf)
    try:
        found = _SEEN.search(b64decode(payload[1])) if payload else None
    except ValueError:
        return None
    return int(found[1]) if found else None


def _require_same(target: Path, trust: Trust, held: bytes, note: bytes) -> None:
    """Return if a head that is not larger than the kept one is the same; raises `record.fork`, `record.rollback`."""
    kept, shown = checkpoint_in(held), checkpoint_in(note)
    _require_beginning(tile_tree(target, kept), target, trust, note, held)
    if shown.size < kept.size:
        _keep(target, held, note)
        raise RecordError(
            f"The log shows a checkpoint of {shown.size} entries, older than the {kept.size} kept here. Nothing was "
            f"taken; both notes are in {EVIDENCE}/. Ask again; if it stays so, the log was set back: tell the others.",
            code="record.rollback",
        )


def _require_beginning(tree: TileTree, target: Path, trust: Trust, small: bytes, large: bytes) -> None:
    """Raise `record.fork`, with the evidence kept, if `tree` leads to `large` and hashes prove another `small`."""
    old, new = head_in(small), head_in(large)
    try:
        beginning = tree.root(old.size)
        verify_consistency(beginning, old.size, new.root, new.size, tree.consistency(old.size, new.size))
    except RecordError:
        return
    if beginning == old.root:
        return
    name = _keep(target, small, large)
    said = "both notes are"
    with suppress(NoteError):  # one of them is signed with an older key; whoever has that can make the proof
        logs = trust.logs if isinstance(trust, Policies) else (trust,)
        if (proof := compare(small, large, logs, tree).evidence) is not None:
            write_new(target / EVIDENCE / f"{name}.fork", proof, top=target)
            said = "both notes and the proof are"
    raise RecordError(
        f"The log has signed another history than the one kept here. Nothing was taken; {said} in {EVIDENCE}/. Rely on "
        "neither, and show them to the other parties and the witnesses.",
        code="record.fork",
    )


def _joined(held: bytes, opened: OpenedCheckpoint) -> bytes:
    """The note of a head that is kept already: the new one, or the kept one with the cosignatures it lacked."""
    kept = Note.parse(held)
    if set(kept.signatures) <= set(opened.note.signatures):
        return opened.note.encode()
    known = {(one.key.name, one.key.id) for one in opened.cosigned}
    return kept.with_signatures(line for line in opened.note.signatures if (line.name, line.key_id) in known).encode()


def _keep(target: Path, *notes: bytes) -> str:
    """Keep notes under names that say what they are; gives the name of the last one."""
    name = ""
    for note in notes:
        name = f"{head_in(note).size}-{sha256(note).hexdigest()[:16]}"
        write_new(target / EVIDENCE / f"{name}.note", note, top=target)
    return name
