"""Publishing a log as plain files: what is shown is always signed, and what is signed is always on disk.

The order is: entries in the database; tiles and bundles, flushed; read back and held against the last head; the new
head signed, and kept in the database by compare-and-swap; then shown. A crash between any two of these steps is put
right by `recover`, and no size is ever signed with two roots.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from quittance.errors import RecordError
from quittance.files.discrepancy import require_agreement, require_current
from quittance.files.durable import flush_folders, make_folder, read_whole, remove_drafts, replace, write_new
from quittance.files.keylist import KEYS_FILE, changes_keys, key_list
from quittance.files.published import (
    CHECKPOINT,
    MAX_NOTE,
    authenticate,
    checkpoint_in,
    folder_fetch,
    head_in,
    note_path,
)
from quittance.record.checkpoint import Checkpoint, open_checkpoint, sign
from quittance.record.keys import Signer
from quittance.record.note import ED25519, Note, NoteSignature, VerifierKey, parse_signature
from quittance.record.policy import Policies, PolicyError
from quittance.record.store import Head, Store
from quittance.record.tiles import TILE_WIDTH, bundle_path, encode_bundle, tile_bytes, tiles_of

STOPPING = ("record.io", "record.full")
"""After these it is not known what reached the disk, so nothing more is tried (a failed flush must not be repeated)."""


class Publisher:
    """Publishes the log in `store` into `folder`, signed by `signer`; `policies` say whose cosignatures are taken.

    While a log changes its key it signs with the old one too, given as `overlap`. After an error of the disk every
    further call raises `record.stopped`: open the record again, by `recover`.
    """

    def __init__(
        self,
        store: Store,
        folder: Path,
        signer: Signer,
        policies: Policies | None = None,
        *,
        overlap: Signer | None = None,
    ) -> None:
        self._store = store
        self._folder = folder
        self._signers = (signer,) if overlap is None else (signer, overlap)
        self._policies = policies
        self._acting = threading.Lock()
        self._failed = False

    def publish(self) -> bytes:
        """Sign and show where the log ends now, and give the note; if nothing is new, nothing is written.

        Raises `RecordError`: `record.old_copy` and `record.other_log` (see `require_current`), `record.file_differs`
        for a published file with other bytes, `record.signed` if another has published, what `authenticate` raises for
        files that do not read back as they were written, `record.io`, `record.full`, `record.stopped`.
        """
        with self._act():
            require_current(self._store, self._folder)
            last = self._store.checkpoint()
            signed, head = head_in(last), self._store.head()
            if last is not None and head == signed:
                self._show(last, head.size)
                return last
            make_folder(self._folder)
            if write_tiles(self._store, self._folder, head.size, signed.size):
                self._write_if_new(self._folder / KEYS_FILE, key_list(self._store))
            for _ in authenticate(folder_fetch(self._folder), head, signed):
                pass  # the files are read back and hold; the tree continues the one signed last
            checkpoint = Checkpoint(self._store.origin, head.size, head.root)
            note = Note(checkpoint.text, tuple(sign(checkpoint, signer) for signer in self._signers)).encode()
            self._store.sign(note, head, last)
            self._show(note, head.size)
            return note

    def cosign(self, answer: bytes, size: int | None = None) -> bytes:
        """Add the cosignatures that a witness gave to a checkpoint of this log, and give its note as shown now.

        `answer` is the witness's signature lines, for the checkpoint of `size` (by default the last), or a whole note.
        New lines go behind those that are there, so that every earlier note is the beginning of a later one, and a
        digest of it can still be checked. Cosignatures of an earlier checkpoint go into `notes/` alone.

        Raises `NoteError` for an answer that cannot be read or a signature that fails, `RecordError`
        (`record.no_witness`) without a line of a witness in the policies, (`record.other_checkpoint`) for a checkpoint
        that was not published here, and as `publish`.
        """
        with self._act():
            require_current(self._store, self._folder)
            lines, text = _lines_in(answer)
            last = self._store.checkpoint()
            if text is not None:
                size = Checkpoint.parse(text).size
            is_last = last is not None and size in (None, head_in(last).size)
            given = last if is_last else self._kept(size)
            note = None if given is None else Note.parse(given)
            if note is None or text not in (None, note.text):
                raise RecordError(
                    "The cosignature is for a checkpoint that this log has not published. Send the witness the one "
                    "that is published; if it has another of this log, keep that: it shows a second history.",
                    code="record.other_checkpoint",
                )
            merged = self._merge(note, lines)
            checkpoint = Checkpoint.parse(note.text)
            if merged != given:
                if is_last:
                    self._store.sign(merged, Head(checkpoint.size, checkpoint.root), last)
                    self._show(merged, checkpoint.size)
                else:
                    self._write_if_new(self._folder / note_path(checkpoint.size), merged)
            return merged

    def write_policies(self, joint: bytes, recorded: bytes) -> None:
        """Show the policy files beside the log, and take cosignatures by them from now on.

        They are there for the reader's convenience: he should use the ones that the parties gave him, and the digest
        of both is in the log. Raises `PolicyError`, also for policies of another log (`policy.other_log`).
        """
        with self._act():
            texts = {"joint": joint, "recorded": recorded}
            policies = Policies.of_texts(texts)
            if policies.logs and not set(self._keys()) & set(policies.logs):
                raise PolicyError(
                    f"The policies do not name the key with which {self._store.origin} signs. Add its line, or use "
                    "the policies of this log.",
                    code="policy.other_log",
                )
            make_folder(self._folder)
            for grade, data in texts.items():
                self._write_if_new(self._folder / "policy" / grade, data)
            self._policies = policies

    def write_keys(self) -> None:
        """Write `keys.jsonl` from the entries, a convenience; `publish` does so whenever a new entry is about a key."""
        with self._act():
            make_folder(self._folder)
            self._write_if_new(self._folder / KEYS_FILE, key_list(self._store))

    @contextmanager
    def _act(self) -> Iterator[None]:
        """One act at a time, and none after one that failed on the disk."""
        with self._acting:
            if self._failed:
                raise RecordError(
                    "Publishing has stopped after an error of the disk. Open the record again.", code="record.stopped"
                )
            try:
                yield
            except RecordError as error:
                self._failed = error.code in STOPPING
                raise

    def _keys(self) -> list[VerifierKey]:
        return [VerifierKey(self._store.origin, ED25519, signer.public) for signer in self._signers]

    def _merge(self, note: Note, lines: tuple[NoteSignature, ...]) -> bytes:
        witnesses = self._policies.witnesses if self._policies else ()
        known = {(key.name, key.id) for key in witnesses}
        fresh = [line for line in lines if (line.name, line.key_id) in known]
        if not fresh:
            raise RecordError(
                "No line of the answer is of a witness in the policies of this log. Add the witness to the policies "
                "first, or check whose answer it is.",
                code="record.no_witness",
            )
        logs = dict.fromkeys((*self._keys(), *(self._policies.logs if self._policies else ())))
        open_checkpoint(Note(note.text, (*note.signatures, *fresh)).encode(), logs, witnesses)
        return note.with_signatures(fresh).encode()

    def _kept(self, size: int | None) -> bytes | None:
        """The note of an earlier size in `notes/`, if it is of this log."""
        if size is None:
            return None
        kept = read_whole(self._folder / note_path(size), MAX_NOTE, top=self._folder)
        if kept is None:
            return None
        checkpoint = checkpoint_in(kept, note_path(size))
        tree = self._store.tree()
        genuine = checkpoint.size <= tree.size and tree.root(checkpoint.size) == checkpoint.root
        return kept if genuine and (checkpoint.origin, checkpoint.size) == (self._store.origin, size) else None

    def _show(self, note: bytes, size: int) -> None:
        for path in (note_path(size), CHECKPOINT):
            self._write_if_new(self._folder / path, note)

    def _write_if_new(self, path: Path, data: bytes) -> None:
        if read_whole(path, len(data), top=self._folder) != data:
            replace(path, data, top=self._folder)


def write_tiles(store: Store, folder: Path, size: int, since: int) -> bool:
    """Write the files that the log's first `size` entries need beyond those for `since`; flushed when it returns.

    Says whether one of the entries is about a key. A bundle is written before its tile, so that tiles never reach
    further than bundles. Raises `RecordError` (`record.file_differs`) for a file that is there with other bytes.
    """
    tree, keys = store.tree(), False
    leaves = store.read(since // TILE_WIDTH * TILE_WIDTH, size)
    folders = set()
    for tile in tiles_of(size, since):
        files = {tile.path: tile_bytes(tree, tile)}
        if tile.level == 0:
            bundle = encode_bundle(islice(leaves, tile.width))
            keys = keys or changes_keys(bundle)
            files = {bundle_path(tile.n, tile.width): bundle} | files
        for path, data in files.items():
            write_new(folder / path, data, top=folder, flush=False)
            folders.add((folder / path).parent)
    # Also those of files that were there: whoever wrote them may have died before flushing.
    flush_folders(folders, folder)
    return keys


def recover(
    store: Store, folder: Path, signer: Signer, policies: Policies | None = None, *, overlap: Signer | None = None
) -> Publisher:
    """Put right what a crash left between database and files, publish what is recorded, and give the publisher.

    Call it at every start, before anything is appended. Entries beyond the signed head are signed, a signed head that
    is not shown is shown, unfinished files are removed. Where the files know more than the database, which is then an
    older copy, it refuses (`record.old_copy`): writing on would sign a second history. Raises as `require_agreement`
    and `Publisher.publish`.
    """
    require_agreement(store, folder)
    remove_drafts(folder)
    publisher = Publisher(store, folder, signer, policies, overlap=overlap)
    publisher.publish()
    return publisher


def _lines_in(answer: bytes) -> tuple[tuple[NoteSignature, ...], str | None]:
    """The signature lines in an answer, and the text they are for if the answer is a whole note."""
    if answer.startswith("\u2014 ".encode()) and answer.endswith(b"\n"):
        return tuple(map(parse_signature, answer.decode("utf-8", "replace")[:-1].split("\n"))), None
    note = Note.parse(answer)
    return note.signatures, note.text
