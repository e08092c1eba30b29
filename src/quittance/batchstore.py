"""Batches as they lie in the vault: register fields, sealed clearances, drop-outs, frozen registers, proposals.

Whoever calls has looked at the rights and holds the one lock. Handles are base64, as in statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, cast

import msgspec

from quittance.canon import canonical
from quittance.handover.model import Clearing
from quittance.record.envelope import decode64, encode64
from quittance.vault.handovers import (
    ABOUT,
    CLEARED,
    DOCUMENT,
    GIVEN,
    OFFICES,
    PROPOSAL,
    ROW,
    SKIP,
    SNAPSHOT,
    TRAIT,
    cleared_by,
    padded,
    row_of,
)
from quittance.vault.store import Vault

T = TypeVar("T")

IsSealed = Callable[[str], bool]
"""Whether the statement with a nonce is in the record, and with it what the vault holds for it."""


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an office says of one gate of one person; `at` is when it was found out."""

    outcome: str
    at: str
    reason: str | None = None
    until: str | None = None


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an office says of all its gates of one person, for the statement with this nonce."""

    office: str
    nonce: str
    gates: dict[str, Said] = {}
    batch: str = ""


_CELL = msgspec.json.Decoder(Cell)


class Skip(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why somebody does not go with a batch, as it was: an empty reason for whoever goes."""

    batch: str
    reason: str = ""
    by: str = ""
    at: str = ""


class Material(msgspec.Struct, frozen=True, omit_defaults=True):
    """A frozen register and how a batch is chosen from it; hashes are bare hex, `rules` is the mapping as parsed.

    `seed` is empty until the batch is proposed; `outside` is whether it is of those released outside the ratio.
    """

    batch: str
    list: str
    size: int
    rules: dict[str, Any]
    rules_sha256: str
    snapshot_sha256: str
    request_sha256: str
    at: str
    seed: str = ""
    outside: bool = False


class BatchStore:
    """What one vault holds of batches."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._read: dict[str, object] = {}
        self._read_at = -1

    def _kept(self, name: str, read: Callable[[], T]) -> T:
        """What was read under a name, read again once the vault has changed; memory alone holds it."""
        if self._read_at != self._vault.changes:
            self._read, self._read_at = {}, self._vault.changes
        if name not in self._read:
            self._read[name] = read()
        return cast(T, self._read[name])

    # --- register fields ---------------------------------------------------------------------------------------------

    def traits(self) -> dict[str, dict[str, str]]:
        """Field by field what the register says, by handle."""
        values = self._vault.values(GIVEN, table=TRAIT)
        return {encode64(person.handle): msgspec.json.decode(text, type=dict[str, str]) for person, text in values}

    def put_traits(self, rows: Mapping[str, Mapping[str, str]]) -> None:
        """Keep them, all or none."""
        with self._vault.together():
            for handle, fields in rows.items():
                self._vault.put(_bytes(handle), GIVEN, canonical(dict(fields)).decode(), table=TRAIT)

    # --- what the neutral and the medical officer say ----------------------------------------------------------------

    def said_by(self, office: str) -> dict[str, Cell]:
        """The newest cell of an office by handle, recorded or not."""

        def read() -> dict[str, Cell]:
            values = self._vault.values(CLEARED, table=cleared_by(office))
            return {encode64(person.handle): _CELL.decode(text) for person, text in values}

        return self._kept(office, read)

    def seal(self, office: str, cells: Mapping[str, Cell]) -> dict[str, str]:
        """Keep a cell for everybody of a round, and commit to each for its statement; handle -> commitment in base64.

        All are written, whether they say anything new or not, and under salts of their own.
        """
        made, table = {}, cleared_by(office)
        with self._vault.together():
            for handle, cell in cells.items():
                who = _bytes(handle)
                self._vault.put(who, CLEARED, padded(_text(cell)), table=table)
                made[handle] = encode64(self._vault.commit(who, CLEARED, cell.nonce, table=table))
        return made

    def sealed(self, is_sealed: IsSealed) -> dict[str, dict[str, Clearing]]:
        """Handle -> gate -> what was said of it in rounds that are in the record; nothing newer from the vault."""
        found: dict[str, dict[str, Clearing]] = {}
        for office in OFFICES:
            for handle, cell in self.said_by(office).items():
                counted: Cell | None = cell
                if not is_sealed(cell.nonce):
                    counted = self._earlier(office, handle, is_sealed)
                if counted is not None:
                    gates = found.setdefault(handle, {})
                    gates.update((gate, _clearing(gate, said, counted)) for gate, said in counted.gates.items())
        return found

    def _earlier(self, office: str, handle: str, is_sealed: IsSealed) -> Cell | None:
        """The last cell of a person that is in the record."""
        for text in reversed(self._vault.versions(_bytes(handle), CLEARED, table=cleared_by(office))):
            cell = msgspec.json.decode(text, type=Cell)
            if is_sealed(cell.nonce):
                return cell
        return None

    # --- papers ------------------------------------------------------------------------------------------------------

    def document(self, gate: str, handle: str, text: str, nonce: str) -> str:
        """Keep number and day of the paper behind a gate, and commit to it for a statement; the commitment."""
        who, row = _bytes(handle), row_of(gate)
        with self._vault.together():
            self._vault.put(who, DOCUMENT, text, table=DOCUMENT, row=row)
            return encode64(self._vault.commit(who, DOCUMENT, nonce, table=DOCUMENT, row=row))

    # --- drop-outs ---------------------------------------------------------------------------------------------------

    def skips(self) -> dict[str, list[Skip]]:
        """Every drop-out with its true reason, by handle."""
        found: dict[str, list[Skip]] = {}
        for person, text in self._vault.values(SKIP, table=SKIP):
            one = msgspec.json.decode(text, type=Skip)
            if one.reason:
                found.setdefault(encode64(person.handle), []).append(one)
        return found

    def skips_of(self, batch: str, handles: Iterable[str]) -> dict[str, Skip]:
        """The drop-outs of a batch among these persons."""
        row = row_of(batch)
        cells = ((one, self._vault.get(_bytes(one), SKIP, table=SKIP, row=row)) for one in handles)
        found = {handle: msgspec.json.decode(text, type=Skip) for handle, text in cells if text}
        return {handle: one for handle, one in found.items() if one.reason}

    def put_skips(self, batch: str, handles: Iterable[str], skips: Mapping[str, Skip]) -> None:
        """Keep the drop-outs of a batch: a cell of one length for everybody of it, so that nothing tells who."""
        row, nobody = row_of(batch), Skip(batch)
        with self._vault.together():
            for handle in handles:
                text = padded(_text(skips.get(handle, nobody)))
                self._vault.put(_bytes(handle), SKIP, text, table=SKIP, row=row)

    # --- frozen registers and proposals ------------------------------------------------------------------------------

    def materials(self) -> dict[str, Material]:
        """The newest of each batch."""

        def read() -> dict[str, Material]:
            values = self._vault.values(ABOUT, table=PROPOSAL)
            found = (msgspec.json.decode(text, type=Material) for _, text in values)
            return {one.batch: one for one in found}

        return self._kept(PROPOSAL, read)

    def put_material(self, material: Material, rows: Mapping[str, Mapping[str, str]] | None = None) -> None:
        """Keep the material of a batch, and the rows of its frozen register by handle where they are new."""
        with self._vault.together():
            subjects = {
                msgspec.json.decode(text, type=Material).batch: person.id
                for person, text in self._vault.values(ABOUT, table=PROPOSAL)
            }
            if material.batch in subjects:
                self._vault.put(subjects[material.batch], ABOUT, _text(material), table=PROPOSAL)
            else:
                self._vault.add_person({ABOUT: _text(material)}, table=PROPOSAL)
            row = row_of(material.batch, material.snapshot_sha256)
            for handle, cells in (rows or {}).items():
                self._vault.put(_bytes(handle), ROW, canonical(dict(cells)).decode(), table=SNAPSHOT, row=row)

    def snapshot(self, material: Material, handles: Iterable[str]) -> dict[str, dict[str, str]]:
        """The rows of a frozen register by handle, of those among these people who were in it and are not erased."""
        row = row_of(material.batch, material.snapshot_sha256)
        cells = ((one, self._vault.get(_bytes(one), ROW, table=SNAPSHOT, row=row)) for one in handles)
        return {handle: msgspec.json.decode(text, type=dict[str, str]) for handle, text in cells if text}


def _clearing(gate: str, said: Said, cell: Cell) -> Clearing:
    return Clearing(gate, said.outcome, cell.office, said.at, said.reason, said.until, batch=cell.batch or None)


def _bytes(handle: str) -> bytes:
    return decode64(handle, "A handle")


def _text(value: Cell | Skip | Material) -> str:
    return canonical(msgspec.to_builtins(value)).decode()
