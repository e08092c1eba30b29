"""What the books of batches, clearances and handovers share: lists, record and vault of one case, and what is folded.

Nobody's rights are looked at here: the books do that, and hold the one lock, before they ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from quittance.agreement.model import Agreement, Clearance
from quittance.batchstore import BatchStore, Skip
from quittance.codes import code_of, read_code
from quittance.errors import UsageError
from quittance.handover.clearances import Flags, flags
from quittance.handover.model import Batch, Clearing
from quittance.handover.state import Proceedings
from quittance.handoverlog import HandoverLog
from quittance.listbook import Listbook
from quittance.record.keys import Signer, key_id
from quittance.record.known import KeyState, read_key
from quittance.statements import stamp

Opened = dict[str, dict[str, Clearing]]
"""Handle -> gate -> what the neutral or the medical officer says: for their eyes, and for the fold."""

ABOUT = {"declined": "wish", "deferred": "wish", "unfit": "fitness"}
"""Reason of a drop-out -> what the gate is about that it closes."""

_NUMBER = re.compile(r"[1-9][0-9]{0,5}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class BatchShelf:
    """The batches of one case, beside its lists."""

    def __init__(self, listbook: Listbook) -> None:
        self.lists = listbook.shelf
        self.clock, self.nonce = listbook.clock, listbook.nonce
        self.log = HandoverLog(self.lists.record, self.lists.agreement)
        self.store = BatchStore(self.lists.vault)
        self._opened: tuple[int, Opened, dict[str, list[Skip]]] | None = None

    @property
    def agreement(self) -> Agreement:
        """The agreement in force when the case was opened."""
        return self.lists.agreement

    @property
    def gates(self) -> Mapping[str, Clearance]:
        """Gate -> who grants it, about what, for how long."""
        return self.agreement.handovers.clearances

    @property
    def proceedings(self) -> Proceedings:
        """What the record says, as of now."""
        return self.log.follow()

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.clock()

    @property
    def stamped(self) -> str:
        """The present instant as the record writes it."""
        return stamp(self.clock())

    def forget(self) -> None:
        """Read the vault again: something was written."""
        self._opened = None

    # --- clearances --------------------------------------------------------------------------------------------------

    def sealed(self, proceedings: Proceedings | None = None, *, pending: bool = False) -> Opened:
        """What the neutral and the medical officer say, as far as it is in the record, or was for earlier proceedings.

        Whoever dropped out of a batch on their word is not available since, from the round on that took him out; with
        `pending` at once, as the neutral knows it.
        """
        at = self.proceedings if proceedings is None else proceedings
        size = self.lists.record.head().size if proceedings is None else proceedings.size
        if self._opened is None or self._opened[0] != size:
            self._opened = size, self.store.sealed(self.log.is_sealed(size)), self.store.skips()
        _, opened, skips = self._opened
        found = {handle: dict(gates) for handle, gates in opened.items()}
        for handle, drops in skips.items():
            for one in drops:
                batch = at.batches.get(one.batch)
                if pending or (batch is not None and handle not in batch.to_go):
                    self._close(found.setdefault(handle, {}), one)
        return found

    def _close(self, gates: dict[str, Clearing], skip: Skip) -> None:
        """Close the gate that a drop-out is about, unless its office has said something since."""
        about = ABOUT.get(skip.reason)
        mine = [name for name, gate in self.gates.items() if gate.sealed and gate.by == skip.by]
        chosen = [name for name in mine if self.gates[name].about == about] or mine
        for name in chosen[:1]:
            if name not in gates or gates[name].at <= skip.at:
                gates[name] = Clearing(name, "refused", f"{skip.by}:", skip.at, skip.reason, batch=skip.batch)

    def flags(self, handles: Iterable[str]) -> dict[str, Flags]:
        """The folded flags of these persons: all that anything beyond the neutral's own pages is made of."""
        proceedings, sealed, now = self.proceedings, self.sealed(), self.now
        return {one: flags(one, proceedings, self.gates, sealed, now) for one in handles}

    # --- names -------------------------------------------------------------------------------------------------------

    def list_name(self, given: str | None = None) -> str:
        """A list of the record, by default that of the agreement; raises `UsageError` (`batch.list`)."""
        name = given or self.agreement.handovers.list or ""
        if name not in self.proceedings.lists:
            known = ", ".join(self.proceedings.lists) or "none"
            raise UsageError(
                f"No list of this name stands in the record; there is {known}. Name one as SIDE/ID.", code="batch.list"
            )
        return name

    def present(self, name: str) -> list[str]:
        """The persons of a list that stands in the record, sorted by handle; who was erased is left out."""
        here = {one.handle for one in self.lists.listed}
        return sorted(self.proceedings.lists[name].handles & here)

    def is_settled(self, handle: str) -> bool:
        """Whether a person was handed over, has an outcome, or goes with an open batch, under whichever entry."""
        found = self.proceedings
        return any(
            found.handovers_of(one) or found.stated(one) or found.batch_of(one) is not None
            for one in self.entries_of(handle)
        )

    def entries_of(self, handle: str) -> list[str]:
        """Every entry of a person, on any list, that reviewers have found to be one with this."""
        listed = self.lists.listed
        return [listed[at].handle for at in self.lists.persons.at(self.lists.entry_at(handle)).entries]

    def batch(self, name: str) -> Batch:
        """A recorded batch; raises `UsageError` (`batch.unknown`)."""
        found = self.proceedings.batches.get(name)
        if found is None:
            known = ", ".join(self.proceedings.batches) or "none"
            raise UsageError(f"The record has no such batch; it has {known}.", code="batch.unknown")
        return found

    def handles_of(self, codes: Iterable[str]) -> list[str]:
        """The entries that codes or handles name, sorted; raises as `Shelf.entry_at`."""
        return sorted({self.lists.listed[self.lists.entry_at(one)].handle for one in codes})

    def among(self, code: str, handles: Iterable[str]) -> str | None:
        """Whom of these persons a code or handle names; None for nobody."""
        wanted = read_code(code)
        return next((one for one in handles if one == code or code_of(one) == wanted), None)

    def parties(self, name: str, commitment: str) -> tuple[str, str]:
        """Who gives and who takes the persons of a list; raises `UsageError` (`batch.giver`)."""
        taker = name.partition("/")[0]
        by = {one.id: one.performers for one in self.agreement.commitments}.get(commitment, ())
        givers = [one for one in by if one != taker]
        if not givers:
            sides = {
                key.party
                for key in self.enrolled()
                if key.role in ("holding", "receiving") and key.party not in ("", taker)
            }
            givers = sorted(sides)
        if len(givers) != 1:
            raise UsageError(
                f"It is not clear who holds the persons of {name}. Name a commitment that one party makes, with "
                "--commitment or in the agreement (handovers.commitment).",
                code="batch.giver",
            )
        return givers[0], taker

    # --- keys --------------------------------------------------------------------------------------------------------

    def enrolled(self) -> list[KeyState]:
        """The keys of the record in their term."""
        stored = (self.lists.record.known().state(f"key:{one}") for one in self.lists.recorded.keys)
        return [key for key in map(read_key, filter(None, stored)) if key.until is None]

    def office(self, role: str) -> str:
        """The office of a role as "role:party"; raises `UsageError` (`clearance.office`) where no key speaks for it."""
        found = sorted({f"{key.role}:{key.party}" for key in self.enrolled() if key.role == role})
        if not found:
            raise UsageError(
                f"No key of the {role} office is in its term here. Enrol one: quittance key enrol --role {role}",
                code="clearance.office",
            )
        return found[0]

    def office_of(self, signer: Signer) -> str:
        """The office for which a key speaks; raises `UsageError` (`clearance.office`)."""
        stored = self.lists.record.known().state(f"key:{key_id(signer.public)}")
        if not stored or (key := read_key(stored)).until is not None:
            raise UsageError("This key is not enrolled here, or its term has ended.", code="clearance.office")
        return f"{key.role}:{key.party}"


def called(batch: str) -> int | str:
    """A batch's name as it stands in hashes: a number where it is one. Raises `UsageError` (`batch.name`)."""
    if _NAME.fullmatch(batch) is None:
        raise UsageError(
            "A batch is called by a number, or by up to 64 letters, digits, dots, - and _.", code="batch.name"
        )
    return int(batch) if _NUMBER.fullmatch(batch) else batch
