"""The use cases of a case's vault: people added, committed to, disclosed, erased; the vault backed up and restored.

Every use case checks its viewer first. The operator, on the machine that holds the case, may put people in, commit to
their values, erase them and copy what is sealed; none of that shows a value. Reading a value is for the neutral, who
shows who he is by the vault's key and its passphrase; the one way out is a disclosure: named fields of one person, as
far as one statement of the record commits to them.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import wraps
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from quittance.casebook import Casebook
from quittance.errors import RefusedError, UsageError
from quittance.files.agreements import agreement_in_force
from quittance.files.case import OWNER_FOLDER, open_case, require_case
from quittance.files.people import read_people
from quittance.files.receipts import entry_index
from quittance.record.commitment import Opening, check_openings, openings_json, parse_openings
from quittance.record.envelope import HEX_256, EntryError, Signature, decode64, encode64
from quittance.record.statement import Statement
from quittance.record.store import Store, entries
from quittance.vault.age import encryption
from quittance.vault.backup import Backup, Restored, backup, other_agreement, restore
from quittance.vault.columns import IDENTITY, PERSON, Columns
from quittance.vault.days import DAYS
from quittance.vault.handovers import HANDOVERS
from quittance.vault.lists import LISTS, remember_erased
from quittance.vault.seal import VaultError
from quittance.vault.store import Erased, Vault, unknown
from quittance.visibility import Act, FieldGroup, Viewer, require

VAULT_FILE = "vault.sqlite"
VALUES_FILE = "values.age"
KEYS_FILE = "keys.age"

ERASURE = "erasure.done"

MAX_ERASED = 500
"""People in one erasure, so that their handles find room in one entry."""

INTAKE, ROW = "intake", "row"
"""The table and column that say from which line of which file a person came: the digest of the file, and the line."""

COLUMNS: Columns = {**IDENTITY, INTAKE: {ROW: str}, **LISTS, **HANDOVERS, **DAYS}

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Added:
    """The handle of each person of a file by the number of the line; `again` if the vault held this file already."""

    handles: dict[int, bytes]
    again: bool


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure destroyed, and the statement that says so; it still needs the data-protection officer."""

    erased: Erased
    statement: Statement
    signatures: tuple[Signature, ...]


def _asks(
    group: FieldGroup, act: Act
) -> Callable[[Callable[Concatenate[Vaultbook, Viewer, P], R]], Callable[Concatenate[Vaultbook, Viewer, P], R]]:
    """A use case that reads or writes one field group: the viewer is checked before anything is looked up."""

    def wrap(method: Callable[Concatenate[Vaultbook, Viewer, P], R]) -> Callable[Concatenate[Vaultbook, Viewer, P], R]:
        @wraps(method)
        def checked(self: Vaultbook, viewer: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(viewer, group, act)
            return method(self, viewer, *args, **kwargs)

        return checked

    return wrap


class Vaultbook:
    """The vault of one case, open, beside its record, which is only read; made by `create` or `open`."""

    def __init__(self, vault: Vault, record: Store) -> None:
        self._vault = vault
        self._record = record

    # --- making and opening ------------------------------------------------------------------------------------------

    @classmethod
    def create(cls, viewer: Viewer, folder: Path, kek: bytes) -> Self:
        """Make an empty vault in the case `folder` under the key `kek` (32 bytes), and open it.

        Raises `VaultError` (`vault.exists`), and what opening the case raises.
        """
        require(viewer, "identity", "write")
        with ExitStack() as undo:
            record, agreement = _record_of(folder)
            undo.callback(record.close)
            vault = Vault.create(folder / VAULT_FILE, agreement, kek, columns=COLUMNS, random=secrets.token_bytes)
            undo.pop_all()
            return cls(vault, record)

    @classmethod
    def open(cls, folder: Path, kek: bytes) -> Self:
        """Open the vault of the case `folder`; an erasure that a crash interrupted is finished.

        Raises `VaultError`: as `Vault.open`, and `vault.other_agreement`; and what opening the case raises.
        """
        return cls(*open_vault(folder, kek))

    def close(self) -> None:
        """Let go of the vault and the record."""
        self._vault.close()
        self._record.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- writing -----------------------------------------------------------------------------------------------------

    @_asks("identity", "write")
    def add(self, viewer: Viewer, data: bytes) -> Added:
        """Put the people of a file in, all of them or none; the same file again changes nothing and tells the same.

        Raises `PeopleRefused`, and `RefusedError` (`people.partly_there`) if some of them were erased since.
        """
        people = read_people(data)
        digest = sha256(data).hexdigest()
        marks = [f"{digest}:{person.number}" for person in people]
        with self._vault.together():
            there = [self._vault.find(ROW, mark, table=INTAKE) for mark in marks]
            if any(there) and not all(there):
                raise RefusedError(
                    "Some people of this file are in the vault and the others are not there any more, so nobody was "
                    "added. Put whoever is to be added into a file of their own.",
                    code="people.partly_there",
                )
            if all(there):
                found = [self._vault.person(one) for (one,) in there]
            else:
                found = self._vault.add_people(person.values for person in people)
                for person, mark in zip(found, marks, strict=True):
                    self._vault.put(person.id, ROW, mark, table=INTAKE)
        handles = {line.number: person.handle for line, person in zip(people, found, strict=True)}
        return Added(handles, all(there))

    @_asks("identity", "write")
    def commit(self, viewer: Viewer, statement: Statement, wanted: Sequence[tuple[str, bytes]]) -> Statement:
        """The statement with a commitment to each (column, handle): to the newest value, under a fresh salt.

        To be signed afterwards, since this changes its id. The commitments of a column are sorted, so that their order
        does not tell whose they are. Raises `VaultError`: `vault.unknown`, `vault.column`, `vault.no_value`,
        `vault.other_agreement`.
        """
        if statement.agreement != self._vault.agreement or statement.log != self._record.origin:
            raise VaultError(
                "The statement is of another case. Draw it up on the record beside this vault.",
                code="vault.other_agreement",
            )
        made = {field: set(held) for field, held in statement.commitments.items()}
        with self._vault.together():
            for field, handle in wanted:
                self._require_present(handle)
                made.setdefault(field, set()).add(encode64(self._vault.commit(handle, field, statement.nonce)))
        fields = {field: tuple(sorted(made[field])) for field, _ in wanted}
        return replace(statement, commitments={**statement.commitments, **fields})

    @_asks("identity", "write")
    def erase(self, viewer: Viewer, handles: Sequence[bytes], casebook: Casebook, *, sign: bool) -> Erasure:
        """Destroy keys, salts and values of these people for ever, and draw up the statement that says so.

        Repeated, it destroys nothing more and draws up the same figures. Raises `UsageError` (`vault.too_many`),
        `VaultError` (`vault.unknown`, whereupon nobody is erased; `vault.scrub`).
        """
        if len(set(handles)) > MAX_ERASED:
            raise UsageError(f"Erase at most {MAX_ERASED} people at once.", code="vault.too_many")
        with self._vault.together():
            remember_erased(self._vault, handles)
            erased = self._vault.erase(handles)
        body = {"salts": erased.salts, "keys": erased.keys}
        people = tuple(encode64(handle) for handle in erased.handles)
        statement = casebook.draft(viewer, ERASURE, body, commitments={PERSON: people})
        return Erasure(erased, statement, casebook.sign(viewer, statement) if sign else ())

    @_asks("identity", "write")
    def check(self, viewer: Viewer) -> int:
        """Open everything once and compare with the record; gives the number of people.

        Raises `VaultError`: as `Vault.check`, and `vault.revived` if people are here whose erasure the record holds.
        """
        people = self._vault.check()
        erased = set(erased_in(self._record))
        back = sum(person.handle in erased for person in self._vault.people())
        if back:
            raise VaultError(
                f"The vault holds {back} people whose erasure stands in the record: it is an old copy. Erase them "
                "again, or restore a backup.",
                code="vault.revived",
            )
        return people

    # --- disclosing --------------------------------------------------------------------------------------------------

    @_asks("identity", "read")
    def disclose(
        self, viewer: Viewer, entry: str, handle: bytes, fields: Sequence[str], recipients: Sequence[str] = ()
    ) -> bytes:
        """The openings of one person's `fields` in an entry, by index or statement id; encrypted for `recipients`.

        Without recipients it is plain, and for its reader's eyes only. Raises `UsageError` (`record.no_entry`),
        `VaultError`: `vault.unknown`, `vault.column`, `vault.not_committed` for a field without a commitment of theirs
        there, `vault.recipient`.
        """
        lock = encryption(recipients) if recipients else bytes
        index = entry_index(self._record, entry)
        (found,) = entries(self._record, index, index + 1)
        statement = found.statement
        self._require_present(handle)
        openings = [one for field in dict.fromkeys(fields) for one in self._openings(statement, handle, field)]
        plain = openings_json(statement.sid, openings)
        check_openings(statement, parse_openings(plain))
        return lock(plain + b"\n")

    def _openings(self, statement: Statement, handle: bytes, field: str) -> list[Opening]:
        """The openings of those commitments of a field that are this person's; raises if there is none."""
        if field not in COLUMNS[PERSON]:
            raise VaultError(
                f"The vault has no such column. Its columns are {', '.join(COLUMNS[PERSON])}.", code="vault.column"
            )
        made = [decode64(one, "A commitment") for one in statement.commitments.get(field, ())]
        found = self._vault.openings_among(handle, [field], made)
        if not found:
            raise VaultError(
                f"The entry commits to no {field} of this person; nothing was opened. Check entry, handle and field.",
                code="vault.not_committed",
            )
        return found

    def _require_present(self, handle: bytes) -> None:
        """Refuse whoever the record says is erased, even if an old copy of the vault still holds them."""
        self._vault.person(handle)
        if handle in erased_in(self._record):
            raise unknown()


def open_vault(folder: Path, kek: bytes) -> tuple[Vault, Store]:
    """The vault of the case `folder` and its record, for reading, both to be closed; raises as `Vaultbook.open`."""
    with ExitStack() as undo:
        record, agreement = _record_of(folder)
        undo.callback(record.close)
        vault = Vault.open(folder / VAULT_FILE, kek, columns=COLUMNS, random=secrets.token_bytes)
        undo.callback(vault.close)
        if vault.agreement != agreement:
            raise other_agreement(folder / VAULT_FILE)
        undo.pop_all()
        return vault, record


# --- the vault as sealed files: no key is needed ---------------------------------------------------------------------


def back_up(viewer: Viewer, folder: Path, recipients: Sequence[str], out: Path) -> Backup:
    """Copy the vault of the case `folder` into two files in the folder `out`, encrypted for `recipients`.

    Raises `VaultError` (as `backup`), `UsageError` (`vault.place`) for an `out` inside the case.
    """
    require(viewer, "identity", "write")
    require_case(folder)
    require_apart(out, folder, "A backup of the vault")
    out.mkdir(mode=OWNER_FOLDER, parents=True, exist_ok=True)
    return backup(folder / VAULT_FILE, recipients, out / VALUES_FILE, out / KEYS_FILE)


def bring_back(viewer: Viewer, folder: Path, values: Path, keys: Path, identity: str) -> Restored:
    """Restore the vault of the case `folder` from the two files, without those whose erasure the record holds.

    Raises `VaultError` as `restore`; a vault that is there is never overwritten (`vault.exists`).
    """
    require(viewer, "identity", "write")
    record, agreement = _record_of(folder)
    try:
        return restore(values, keys, identity, folder / VAULT_FILE, erased=list(erased_in(record)), agreement=agreement)
    finally:
        record.close()


def require_apart(path: Path, folder: Path, what: str) -> None:
    """Raise `UsageError` (`vault.place`) if `path` lies in the case: whoever takes the case would have both."""
    if path.resolve().is_relative_to(folder.resolve()):
        raise UsageError(
            f"{what} must not lie in the folder of the case: whoever took that would have both. Choose another place, "
            "on another disk.",
            code="vault.place",
        )


def handle_of(text: str) -> bytes:
    """The handle that a text spells, in base64 as in statements, or in hex; raises `UsageError` (`vault.handle`)."""
    try:
        found = bytes.fromhex(text) if HEX_256.fullmatch(text) else decode64(text, "A handle")
    except EntryError:
        found = b""
    if len(found) != 32:
        raise UsageError(
            "A handle is 44 characters of base64, as `vault add` prints it, or 64 hex digits.", code="vault.handle"
        )
    return found


def erased_in(record: Store) -> Iterator[bytes]:
    """The handles of everybody whose erasure stands in the record."""
    for index in range(record.head().size):
        if record.said(index)[0] == ERASURE:
            (entry,) = entries(record, index, index + 1)
            yield from (decode64(handle, "A handle") for handle in entry.statement.commitments.get(PERSON, ()))


def _record_of(folder: Path) -> tuple[Store, str]:
    """The record of a case, for reading, and the id of its agreement."""
    agreement, record = open_case(folder, writable=False)
    try:
        agreement_in_force(folder, record, agreement)
        (first,) = entries(record, 0, 1)
        return record, first.statement.agreement
    except BaseException:
        record.close()
        raise
