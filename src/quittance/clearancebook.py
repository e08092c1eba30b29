"""The use cases of clearances: open ones drawn up for the side that grants them, sealed ones for a whole list at once.

What the neutral and the medical officer say goes into the vault and into the record as commitments for everybody of a
round, whether anything new was said of them or not. Beyond their own eyes it is folded: available, or not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from quittance.batchshelf import BatchShelf, Opened
from quittance.batchstore import Cell, Said
from quittance.casebook import Casebook
from quittance.codes import code_of
from quittance.dates import DateError, parse_day, parse_instant
from quittance.errors import Problem, UsageError
from quittance.files.rows import RowsRefused, read_rows
from quittance.handover.clearances import REFUSALS, Flags, is_cleared
from quittance.handover.rules import SEALED_MOST, Body, decide_clearance, decide_sealed
from quittance.listbook import require_same
from quittance.record.kinds import CLEARED, PART_HANDLES, SIDES
from quittance.record.statement import Statement
from quittance.vault.columns import PERSON
from quittance.vault.handovers import DOCUMENT
from quittance.visibility import OPERATOR, Viewer, require

GIVEN, SEALED = "clearance.given", "clearance.sealed"

SealingOffice = Literal["neutral", "medical"]

WORDS = {
    "granted": ("granted", None),
    "affirmed": ("granted", None),
    "fit": ("granted", None),
    "escort": ("granted", "escort"),
    "refused": ("refused", None),
    "withdrawn": ("withdrawn", "other"),
    "declined": ("refused", "declined"),
    "deferred": ("refused", "deferred"),
    "not_private": ("refused", "not_private"),
    "unfit": ("refused", "unfit"),
    "later": ("refused", "later"),
}
"""Words of a round's table -> outcome and reason."""

COLUMNS = ("code", "gate", "outcome")


@dataclass(frozen=True, slots=True)
class SealRow:
    """One line of a round: a person's code, the gate, what the office says; `row` is the line of the table."""

    row: int
    code: str
    gate: str
    outcome: str
    reason: str | None = None
    until: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class GateLine:
    """How many of a list have a gate. Of sealed gates together only who is available; `refused` is theirs None."""

    gates: tuple[str, ...]
    office: str
    yes: int
    refused: int | None
    open: int


def read_round(data: bytes, name: str = "") -> tuple[SealRow, ...]:
    """The lines of a round: a table with the columns code, gate, outcome, and if need be reason, until and at.

    Raises `TableRefused`, `RowsRefused`.
    """
    problems: list[Problem] = []
    rows = []
    for row in read_rows(data, COLUMNS, name).rows:
        cells = row.cells
        word = cells.get("outcome", "").lower()
        if word not in WORDS:
            problems.append(Problem("clearance.word", f"outcome is one of {', '.join(WORDS)}", row.number))
            continue
        outcome, reason = WORDS[word]
        until, at = cells.get("until") or None, cells.get("at") or None
        problems += _dates_of(row.number, until, at)
        reason = cells.get("reason") or reason
        if outcome == "refused" and reason is None:
            problems.append(Problem("clearance.reason", "a refusal needs its reason code", row.number))
        rows.append(SealRow(row.number, cells.get("code", ""), cells.get("gate", ""), outcome, reason, until, at))
    if problems:
        raise RowsRefused.of(problems)
    return tuple(rows)


def _dates_of(number: int, until: str | None, at: str | None) -> list[Problem]:
    found = []
    for text, read, words in (
        (until, parse_day, "until is a day"),
        (at, parse_instant, "at is an instant, as 2020-03-31T10:00:00Z"),
    ):
        try:
            if text is not None:
                read(text)
        except DateError:
            found.append(Problem("clearance.date", words, number))
    return found


class Clearancebook:
    """The clearances of one case."""

    def __init__(self, shelf: BatchShelf) -> None:
        self.shelf = shelf

    def give(
        self,
        viewer: Viewer,
        gate: str,
        outcome: str,
        codes: Sequence[str],
        casebook: Casebook,
        *,
        reason: str | None = None,
        until: str | None = None,
        batch: str | None = None,
        document: str | None = None,
    ) -> tuple[Statement, ...]:
        """The statements `clearance.given` about an open gate of these persons, for the side that grants it to sign.

        `document`, number and day of the paper behind it, stays in the vault; the statement commits to it. Raises
        `HandoverRefused`, `UsageError` (`clearance.sealed`, `clearance.gate`), and as `Shelf.entry_at`.
        """
        require(viewer, "handover_attestations", "write")
        shelf = self.shelf
        require_same(casebook, shelf.lists)
        self._require_gate(gate)
        if shelf.gates[gate].sealed or shelf.gates[gate].by == "record":
            raise UsageError(
                f"The gate {gate} is not granted openly. What the neutral and the medical officer say is entered for "
                "everybody at once: quittance handover seal",
                code="clearance.sealed",
            )
        made = []
        with shelf.lists.lock:
            handles, proceedings = shelf.handles_of(codes), shelf.proceedings
            office = self._side_of(gate, handles)
            for start in range(0, len(handles), PART_HANDLES):
                part = handles[start : start + PART_HANDLES]
                body = decide_clearance(
                    proceedings,
                    shelf.gates,
                    gate,
                    office,
                    outcome,
                    part,
                    shelf.now,
                    reason=reason,
                    until=until,
                    batch=batch,
                    vetoes=shelf.agreement.handovers.vetoes,
                )
                nonce = shelf.nonce()
                commitments = {PERSON: tuple(part)}
                if document:
                    papers = sorted(shelf.store.document(gate, one, document, nonce) for one in part)
                    commitments[DOCUMENT] = tuple(papers)
                made.append(casebook.draft(OPERATOR, GIVEN, body, commitments=commitments, nonce=nonce))
        return tuple(made)

    def _side_of(self, gate: str, handles: Sequence[str]) -> str:
        """The office that grants an open gate of these persons, as "role:party"."""
        shelf = self.shelf
        names = {shelf.proceedings.list_of(one) for one in handles}
        if len(names) != 1 or "" in names:
            raise UsageError(
                "These persons do not stand on one list of the record. Draw the clearances up list by list.",
                code="clearance.lists",
            )
        giver, taker = shelf.parties(names.pop(), shelf.agreement.handovers.commitment or "")
        by = shelf.gates[gate].by
        party = giver if by == "holding" else taker
        roles = sorted({key.role for key in shelf.enrolled() if key.party == party and key.role in SIDES})
        return f"{by if by in roles or not roles else roles[0]}:{party}"

    def seal(
        self,
        viewer: Viewer,
        office: SealingOffice,
        rows: Sequence[SealRow],
        casebook: Casebook,
        *,
        list_name: str | None = None,
        batch: str | None = None,
    ) -> tuple[Statement, ...]:
        """One round of an office over everybody of a list, or over everybody still to go with a batch.

        What the rows say is kept in the vault, beside what the office said before, and the statements
        `clearance.sealed` commit to all of it for each person; it counts once all of them are in the record. Raises
        `RowsRefused` with every row that cannot be taken, whereupon nothing is kept.
        """
        require(viewer, "wish" if office == "neutral" else "fitness", "write")
        shelf = self.shelf
        require_same(casebook, shelf.lists)
        with shelf.lists.lock:
            name, of = shelf.office(office), "" if batch else shelf.list_name(list_name)
            parts = self._parts(decide_sealed(shelf.proceedings, name, list_name=of, batch=batch or ""))
            said = self._taken(office, rows, [handle for _, part in parts for handle in part])
            before = shelf.store.said_by(office)
            nonces = {handle: nonce for _, part in parts for nonce in [shelf.nonce()] for handle in part}
            cells = {
                handle: Cell(
                    name,
                    nonce,
                    {**(before[handle].gates if handle in before else {}), **said.get(handle, {})},
                    batch or "",
                )
                for handle, nonce in nonces.items()
            }
            made = shelf.store.seal(office, cells)
            shelf.forget()
            return tuple(
                casebook.draft(
                    OPERATOR,
                    SEALED,
                    body,
                    commitments={PERSON: tuple(part), CLEARED: tuple(sorted(made[one] for one in part))},
                    nonce=nonces[part[0]],
                )
                for body, part in parts
            )

    def _parts(self, parts: Sequence[tuple[Body, Sequence[str]]]) -> list[tuple[Body, list[str]]]:
        """The parts without those who were erased since: of them nobody says anything any more."""
        erased = self.shelf.lists.recorded.erased
        here = [one for _, part in parts for one in part if one not in erased]
        number = {name: value for name, value in parts[0][0].items() if name not in ("part", "parts")}
        made = [here[at : at + SEALED_MOST] for at in range(0, len(here), SEALED_MOST)]
        count = len(made)
        return [(number | ({"part": at, "parts": count} if count > 1 else {}), part) for at, part in enumerate(made, 1)]

    def _taken(self, office: str, rows: Sequence[SealRow], scope: Collection[str]) -> dict[str, dict[str, Said]]:
        """What the rows say, by handle and gate."""
        shelf, now = self.shelf, self.shelf.stamped
        by_code = {code_of(handle): handle for handle in scope} | {handle: handle for handle in scope}
        mine = {name: gate for name, gate in shelf.gates.items() if gate.by == office}
        said: dict[str, dict[str, Said]] = {}
        problems = []
        for row in rows:
            handle = by_code.get(row.code.upper()) or by_code.get(row.code)
            if handle is None:
                problems.append(Problem("clearance.person", "the code is of nobody in this round", row.row))
            elif row.gate not in mine:
                problems.append(Problem("clearance.gate", f"the {office} office grants {', '.join(mine)}", row.row))
            elif row.outcome != "granted" and row.reason not in REFUSALS[mine[row.gate].about]:
                reasons = ", ".join(REFUSALS[mine[row.gate].about])
                problems.append(Problem("clearance.reason", f"the reason is one of {reasons}", row.row))
            elif row.gate in said.get(handle, {}):
                problems.append(Problem("clearance.twice", "the table says this of this person twice", row.row))
            else:
                said.setdefault(handle, {})[row.gate] = Said(row.outcome, row.at or now, row.reason, row.until)
        if problems:
            raise RowsRefused.of(problems)
        return said

    # --- reading -----------------------------------------------------------------------------------------------------

    def flags(self, viewer: Viewer, handles: Sequence[str]) -> dict[str, Flags]:
        """The folded flags of these persons, as of now."""
        require(viewer, "handover_attestations")
        with self.shelf.lists.lock:
            return self.shelf.flags(handles)

    def sealed(self, viewer: Viewer, *, pending: bool = False) -> Opened:
        """What the neutral and the medical officer say of everybody. For the neutral's eyes."""
        require(viewer, "wish")
        require(viewer, "fitness")
        with self.shelf.lists.lock:
            return self.shelf.sealed(pending=pending)

    def status(self, viewer: Viewer, list_name: str | None = None) -> tuple[GateLine, ...]:
        """How far each gate is over a list; the sealed ones as one line, at the place of the first."""
        require(viewer, "handover_attestations")
        with self.shelf.lists.lock:
            shelf = self.shelf
            flags = list(shelf.flags(shelf.present(shelf.list_name(list_name))).values())
        sealed = tuple(name for name, gate in shelf.gates.items() if gate.sealed)
        lines = []
        for name, gate in shelf.gates.items():
            if gate.sealed and name != sealed[0]:
                continue
            names = sealed if gate.sealed else (name,)
            yes = sum(is_cleared(one, names) for one in flags)
            refused = None if gate.sealed else sum(one[name] is False for one in flags)
            by = ", ".join(dict.fromkeys(shelf.gates[one].by for one in names))
            lines.append(GateLine(names, by, yes, refused, len(flags) - yes - (refused or 0)))
        return tuple(lines)

    def _require_gate(self, gate: str) -> None:
        if gate not in self.shelf.gates:
            known = ", ".join(self.shelf.gates) or "none: it lacks handovers.clearances"
            raise UsageError(f"The agreement has no such gate; it has {known}.", code="clearance.gate")
