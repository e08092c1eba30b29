"""The use cases of a case's lists: lists taken in and drawn up for the record, the register, search, exports to a side.

Every use case checks its viewer first. The operator, on the machine that holds the case, may take a list in and draw up
what its side signs; none of that shows a value of the vault. Reading the register is for the neutral. A side reads
nothing here: it is sent a file with the row numbers of its own lists, encrypted for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

from quittance.casebook import Casebook, system_clock, system_nonce
from quittance.errors import RefusedError, UsageError
from quittance.files.lists import read_list
from quittance.files.mapping import ListMapping
from quittance.files.sidelists import SideRow, side_csv
from quittance.ids import is_id
from quittance.liststore import About, HeldList, Intake
from quittance.record.acceptance import Accepted
from quittance.record.envelope import decode64, encode64
from quittance.record.keys import Signer, key_id, sign_statement
from quittance.record.kinds import PART_HANDLES
from quittance.record.known import read_key
from quittance.record.statement import Statement
from quittance.recorded import ListRecord
from quittance.shelf import Shelf
from quittance.statements import Clock, Nonce, stamp
from quittance.vault.age import encryption
from quittance.vault.columns import PERSON
from quittance.vault.lists import FILE, LIST
from quittance.vaultbook import Erasure, Vaultbook
from quittance.views.register import (
    Filters,
    Hit,
    ListView,
    PersonView,
    RegisterView,
    VersionView,
)
from quittance.visibility import OPERATOR, Act, FieldGroup, Viewer, require, require_export

SUBMITTED = "list.submitted"

RETURN = "list-return"
"""The purpose of an export unless another is named."""

PAGE = 50
MOST_HITS = 1_000
NO_FILTER = Filters()

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Export:
    """A file for one side: encrypted, with the id that stands in it and the SHA-256 of the encrypted bytes."""

    data: bytes = field(repr=False)
    id: str
    rows: int
    sha256: str


def asks(
    group: FieldGroup, act: Act
) -> Callable[[Callable[Concatenate[Listbook, Viewer, P], R]], Callable[Concatenate[Listbook, Viewer, P], R]]:
    """A use case that reads or writes one field group: the viewer is checked first, then one thread works at a time."""

    def wrap(method: Callable[Concatenate[Listbook, Viewer, P], R]) -> Callable[Concatenate[Listbook, Viewer, P], R]:
        @wraps(method)
        def checked(self: Listbook, viewer: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(viewer, group, act)
            with self.shelf.lock:
                return method(self, viewer, *args, **kwargs)

        return checked

    return wrap


class Listbook:
    """The lists of one case, open, beside its record, which is only read; made by `open`, and to be closed.

    What was read stays in memory until lists are taken in or erased; the record is read on whenever it has grown.
    """

    def __init__(self, shelf: Shelf, clock: Clock, nonce: Nonce) -> None:
        self.shelf = shelf
        self.clock, self.nonce = clock, nonce

    @classmethod
    def open(cls, folder: Path, kek: bytes, *, clock: Clock = system_clock, nonce: Nonce = system_nonce) -> Self:
        """Open the lists of the case `folder` with the vault's key; raises as `Vaultbook.open`."""
        return cls(Shelf.open(folder, kek), clock, nonce)

    def close(self) -> None:
        """Let go of the vault and the record, and forget everything read."""
        self.shelf.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- taking lists in ---------------------------------------------------------------------------------------------

    @asks("list_membership", "write")
    def preview(
        self, viewer: Viewer, data: bytes, side: str, list_id: str, mapping: ListMapping | None = None, name: str = ""
    ) -> Intake:
        """What a file does as a list of a side, or as the next version of it; nothing is written.

        Raises `TableRefused` and `ListRefused` with a report by row, `UsageError` (`case.no_party`, `list.id`).
        """
        shelf = self.shelf
        shelf.require_party(side)
        if not is_id(list_id):
            raise UsageError("A list is called by small letters, digits, - and _.", code="list.id")
        read = read_list(data, mapping, name=name)
        held = shelf.held.get(f"{side}/{list_id}")
        version = shelf.known_of(f"{side}/{list_id}").next_version
        anew = held is not None and shelf.is_withdrawn(held)
        return shelf.store.plan(read, side, list_id, version, shelf.times_read, anew=anew)

    @asks("list_membership", "write")
    def take(self, viewer: Viewer, intake: Intake) -> None:
        """Take in what was previewed: all rows in one transaction, or none; what is there already changes nothing.

        Raises `RefusedError` (`list.stale`) if the lists changed since the preview, `VaultError`.
        """
        if intake.again:
            return
        if intake.times_read != self.shelf.times_read:
            raise RefusedError(
                "The lists have changed since this file was looked at; nothing was taken. Look at it again.",
                code="list.stale",
            )
        self.shelf.store.write(intake)
        self.shelf.forget()

    def import_list(
        self, viewer: Viewer, data: bytes, side: str, list_id: str, mapping: ListMapping | None = None, name: str = ""
    ) -> Intake:
        """Look at a file and take it in; raises as `preview` and `take`. The same file again changes nothing."""
        intake = self.preview(viewer, data, side, list_id, mapping, name)
        self.take(viewer, intake)
        return intake

    @asks("list_membership", "write")
    def draw_up(self, viewer: Viewer, side: str, list_id: str, casebook: Casebook) -> tuple[Statement, ...]:
        """The statements `list.submitted` of the newest version, for its side to sign; none if the record has it.

        Each part carries up to 900 handles, in an order that tells nothing; the first also a commitment to the file.
        Raises `UsageError` (`case.no_list`, `list.withdrawn`).
        """
        require_same(casebook, self.shelf)
        held = self.shelf.list_of(side, list_id)
        if self.shelf.is_withdrawn(held):
            raise UsageError(
                f"The list {held.name} was withdrawn by its side. Take it in again first.", code="list.withdrawn"
            )
        if self.shelf.stands(held):
            return ()
        handles = sorted(one.handle for one in self.shelf.listed if one.list == held.name and not one.gone)
        parts = [handles[at : at + PART_HANDLES] for at in range(0, len(handles), PART_HANDLES)]
        return tuple(self._part(held, part, number, len(parts), casebook) for number, part in enumerate(parts, 1))

    @asks("list_membership", "write")
    def submit(
        self, viewer: Viewer, side: str, list_id: str, signer: Signer, casebook: Casebook
    ) -> tuple[Accepted, ...]:
        """Draw the newest version up, sign it with the side's key and enter it; nothing if the record has it.

        `casebook` is open with the operator's keys. Raises as `draw_up` and `Casebook.submit`, and `UsageError`
        (`list.signer`) for a key that does not speak for the side.
        """
        stored = self.shelf.record.known().state(f"key:{key_id(signer.public)}")
        if not stored or read_key(stored).party != side:
            raise UsageError(
                f"This key does not speak for {side} in the record. Sign with a key of that side.", code="list.signer"
            )
        drawn_up = self.draw_up(viewer, side, list_id, casebook)
        signed = [(one, sign_statement(one, signer)) for one in drawn_up]
        return casebook.submit(OPERATOR, signed) if signed else ()

    def _part(self, held: HeldList, handles: Sequence[str], number: int, parts: int, casebook: Casebook) -> Statement:
        nonce = self.nonce()
        body: dict[str, object] = {"list": held.about.list, "count": len(handles)}
        numbers = {"version": held.about.version, "part": number, "parts": parts}
        commitments = {PERSON: tuple(handles)}
        if number == 1:
            commitments[FILE] = (encode64(self.shelf.vault.commit(held.person.id, FILE, nonce, table=LIST)),)
        body |= {name: value for name, value in numbers.items() if value != 1}
        return casebook.draft(OPERATOR, SUBMITTED, body, commitments=commitments, nonce=nonce)

    @asks("identity", "write")
    def erase(self, viewer: Viewer, code: str, casebook: Casebook, *, sign: bool) -> Erasure:
        """Destroy keys, salts and values of every entry of a person, and draw up the statement that says so.

        Raises as `Vaultbook.erase`, and `UsageError` (`people.no_such_code`, `people.code_ambiguous`).
        """
        require_same(casebook, self.shelf)
        shelf = self.shelf
        handles = [decode64(shelf.listed[index].handle, "A handle") for index in shelf.member(code).entries]
        erasure = Vaultbook(shelf.vault, shelf.record).erase(viewer, handles, casebook, sign=sign)
        shelf.forget()
        return erasure

    # --- reading -----------------------------------------------------------------------------------------------------

    @asks("list_membership", "read")
    def lists(self, viewer: Viewer) -> tuple[ListView, ...]:
        """Every list with its versions and what the record has of them."""
        return tuple(list_view(one, self.shelf) for one in self.shelf.held.values())

    @asks("identity", "read")
    def register(self, viewer: Viewer, filters: Filters = NO_FILTER, page: int = 1, size: int = PAGE) -> RegisterView:
        """One page of the persons that the filters admit, with the counts over everybody."""
        return self.shelf.persons.view(filters, page, size, self.shelf.recorded.size)

    @asks("identity", "read")
    def person(self, viewer: Viewer, code: str) -> PersonView:
        """The person of an entry's code. Raises `UsageError`: `people.no_such_code`, `people.code_ambiguous`."""
        member = self.shelf.member(code)
        return self.shelf.persons.person(member, [self.shelf.said(index) for index in member.entries])

    @asks("identity", "read")
    def search(self, viewer: Viewer, text: str, filters: Filters = NO_FILTER, limit: int = PAGE) -> tuple[Hit, ...]:
        """The persons whose name is most like `text`, in any script and spelling, the best first."""
        register = self.shelf.persons
        admitted = register.admitted(filters)
        best: dict[str, Hit] = {}
        for hit in self.shelf.search_index().search(text, limit=2 * limit if filters == NO_FILTER else MOST_HITS):
            member = register.at(hit.entry)
            if member.code not in best and admitted(member):
                best[member.code] = Hit(register.line(member), hit.score)
            if len(best) == limit:
                break
        return tuple(best.values())

    @asks("list_membership", "read")
    def export_for(self, viewer: Viewer, party: str, recipient: str, *, purpose: str = RETURN) -> Export:
        """A file for one side, encrypted for one reader: the row numbers of its own lists, each pending or matched.

        A row is matched once both sides have confirmed the match; before that the answer is the same whether or not
        the other side holds or asks for the person. Nothing of another list and no name is in it; the rows stand in an
        order of this file's own. Raises `UsageError` (`case.no_party`, `usage.purpose`), `VaultError`
        (`vault.recipient`), `DeniedError`.
        """
        require_export(Viewer("receiving_side", party), "list_membership")
        self.shelf.require_party(party)
        if not is_id(purpose):
            raise UsageError("The purpose is a code: small letters, digits, - and _.", code="usage.purpose")
        lock, name, confirmed = encryption([recipient]), self.nonce(), self.shelf.confirmed()
        rows = [
            SideRow(one.list.partition("/")[2], one.version, one.sheet, one.row, one.pid, one.handle in confirmed)
            for one in self.shelf.listed
            if one.side == party and not one.gone
        ]
        rows.sort(key=lambda one: sha256(f"{name}\n{one.list}\n{one.pid}".encode()).digest())
        data = lock(side_csv(rows, party=party, export=name, at=stamp(self.clock()), purpose=purpose))
        return Export(data, name, len(rows), sha256(data).hexdigest())


def require_same(casebook: Casebook, shelf: Shelf) -> None:
    """Raise `UsageError` (`case.other`) unless both are of one case."""
    if casebook.head(OPERATOR).origin != shelf.record.origin:
        raise UsageError("The record and the lists are of two cases. Open both from one folder.", code="case.other")


def list_view(held: HeldList, shelf: Shelf) -> ListView:
    """A list as it is shown, with what the record has of it."""
    about, known, mapping = held.about, shelf.known_of(held.name), held.mapping
    gone = [one.gone for one in shelf.listed if one.list == held.name]
    return ListView(
        name=held.name,
        side=about.side,
        list=about.list,
        version=about.version,
        entries=gone.count(False),
        gone=gone.count(True),
        calendar=mapping.calendar,
        sha256=about.sha256,
        header=about.header,
        columns={name: about.header[column] for name, column in mapping.columns.items()},
        recorded=shelf.stands(held),
        withdrawn=shelf.is_withdrawn(held),
        versions=tuple(version_view(one, known) for one in reversed(held.versions)),
    )


def version_view(about: About, known: ListRecord) -> VersionView:
    """One version of a list as it is shown."""
    return VersionView(
        version=about.version,
        sha256=about.sha256,
        entries=about.rows,
        added=about.added,
        changed=about.changed,
        moved=about.moved,
        same=about.same,
        removed=about.removed,
        left_out=about.left_out,
        changes=about.changes,
        notes=about.notes,
        recorded=tuple(known.indexes.get(about.version, ())),
    )
