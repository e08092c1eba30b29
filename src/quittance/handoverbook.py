"""The use cases of handovers: what the neutral saw, what each side answers, whom it denies, what became of people.

Everything is drawn up for the key of the office that says it; nobody goes without a wish affirmed within its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quittance.batchbook import Batchbook
from quittance.casebook import Casebook
from quittance.codes import code_of
from quittance.errors import UsageError
from quittance.handover.model import Handover
from quittance.handover.quorum import attested, grade_of
from quittance.handover.rules import decide_answer, decide_denial, decide_handover, decide_outcome
from quittance.listbook import require_same
from quittance.record.statement import Ref, Statement
from quittance.selection.gates import outside_rule
from quittance.vault.columns import PERSON
from quittance.visibility import OPERATOR, Viewer, require

OBSERVED, DENIED, OUTCOME = "handover.observed", "handover.denied", "outcome.stated"


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of a handover: how far it is attested, and by whom it is denied."""

    code: str
    state: str
    grade: str
    missing: tuple[str, ...]
    denied_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandoverLine:
    """One handover as the record has it; `grade` is joint, recorded or denied, the answers are the counts of sides."""

    sid: str
    index: int
    batch: str
    giver: str
    taker: str
    at: str
    place: str
    count: int
    grade: str
    delivered: int | None
    received: int | None
    persons: tuple[PersonLine, ...]


class Handoverbook:
    """The handovers of one case, beside its batches."""

    def __init__(self, batchbook: Batchbook) -> None:
        self._batches, self._shelf = batchbook, batchbook.shelf

    def observe(
        self,
        viewer: Viewer,
        batch: str,
        casebook: Casebook,
        *,
        place: str,
        codes: Sequence[str] | None = None,
        to_place: str | None = None,
        at: str | None = None,
        fact: str | None = None,
    ) -> Statement:
        """The `handover.observed` for the neutral to sign: these persons of a batch, or everybody still to go.

        For the neutral's eyes, because a refusal says who is not cleared. Raises `HandoverRefused`, and `UsageError`
        (`batch.not_on`) for a code that is not on the manifest.
        """
        require(viewer, "wish")
        shelf = self._shelf
        require_same(casebook, shelf.lists)
        with shelf.lists.lock:
            found = shelf.batch(batch)
            handles = sorted(found.to_go if codes is None else self._on(batch, codes, found.to_go))
            body = decide_handover(
                shelf.proceedings,
                batch,
                handles,
                shelf.gates,
                shelf.sealed(pending=True),
                shelf.now,
                place=place,
                to_place=to_place,
                fact=fact,
                needed=self._needed(batch, handles),
            )
            return casebook.draft(OPERATOR, OBSERVED, body, commitments={PERSON: tuple(handles)}, event_at=at)

    def _needed(self, batch: str, handles: Sequence[str]) -> dict[str, Sequence[str]]:
        """The gates of each: those of the rules, or of the class outside the ratio; all where no rules are known."""
        if batch not in self._shelf.store.materials():
            return {}
        chosen = self._batches.drafts.chosen(batch)
        rules, register = chosen.selection.rules, chosen.selection.register
        codes = {handle: pid for pid, handle in chosen.handles.items()}
        found: dict[str, Sequence[str]] = {}
        for one in handles:
            rule = None
            if chosen.material.outside and one in codes:
                rule = outside_rule(register, rules, register.index_of(codes[one]))
            found[one] = rule.gates if rule else rules.gates
        return found

    def answer(
        self,
        viewer: Viewer,
        sid: str,
        party: str,
        casebook: Casebook,
        *,
        count: int | None = None,
        place: str | None = None,
    ) -> Statement:
        """The `handover.delivered` or `handover.received` of a side; its count is all but those whom it denies."""
        require(viewer, "handover_attestations", "write")
        shelf = self._shelf
        require_same(casebook, shelf.lists)
        with shelf.lists.lock:
            sid = self._handover(sid).sid
            kind, body = decide_answer(shelf.proceedings, sid, self._office(sid, party), count, place)
            return casebook.draft(OPERATOR, kind, body, refs=(Ref("answers", sid),))

    def deny(
        self, viewer: Viewer, sid: str, party: str, codes: Sequence[str], reason: str, casebook: Casebook
    ) -> Statement:
        """The `handover.denied` by which a side names whom of a handover it denies, and why."""
        require(viewer, "handover_attestations", "write")
        shelf = self._shelf
        require_same(casebook, shelf.lists)
        with shelf.lists.lock:
            found = self._handover(sid)
            handles = sorted(self._on(found.batch, codes, found.handles))
            body = decide_denial(shelf.proceedings, found.sid, self._office(found.sid, party), handles, reason)
            people = {PERSON: tuple(handles)}
            return casebook.draft(OPERATOR, DENIED, body, commitments=people, refs=(Ref("answers", found.sid),))

    def outcome(
        self,
        viewer: Viewer,
        codes: Sequence[str],
        outcome: str,
        role: str,
        casebook: Casebook,
        *,
        batch: str | None = None,
    ) -> Statement:
        """The `outcome.stated` of persons, for a side or the neutral to sign; a correction is a newer one."""
        require(viewer, "handover_attestations", "write")
        shelf = self._shelf
        require_same(casebook, shelf.lists)
        with shelf.lists.lock:
            handles = shelf.handles_of(codes)
            body = decide_outcome(shelf.proceedings, handles, outcome, shelf.office(role), batch)
            return casebook.draft(OPERATOR, OUTCOME, body, commitments={PERSON: tuple(handles)})

    def status(self, viewer: Viewer, batch: str | None = None) -> tuple[HandoverLine, ...]:
        """The handovers that stand, of all batches or one, person by person."""
        require(viewer, "handover_attestations")
        with self._shelf.lists.lock:
            found = self._shelf.proceedings.handovers.values()
            return tuple(self._line(one) for one in found if batch is None or one.batch == batch)

    def _line(self, one: Handover) -> HandoverLine:
        proceedings, quorum = self._shelf.proceedings, self._shelf.agreement.handovers.quorum
        persons = []
        for handle in one.handles:
            found = attested(one, handle, quorum, proceedings)
            persons.append(PersonLine(code_of(handle), found.state, found.grade, found.missing, found.denied_by))
        return HandoverLine(
            one.sid,
            one.index,
            one.batch,
            one.giver,
            one.taker,
            one.at,
            one.place,
            one.count,
            grade_of(one, quorum, proceedings),
            one.delivered.count if one.delivered else None,
            one.received.count if one.received else None,
            tuple(sorted(persons, key=lambda person: person.code)),
        )

    def _handover(self, name: str) -> Handover:
        """A handover by its statement id, by at least 8 digits of it, or by the index of its entry.

        Raises `UsageError` (`handover.unknown`).
        """
        found = [
            one
            for one in self._shelf.proceedings.handovers.values()
            if name == str(one.index) or (len(name) >= 8 and one.sid.startswith(name))
        ]
        if len(found) != 1:
            raise UsageError(
                "No handover that stands has this id. Look it up with: quittance handover status",
                code="handover.unknown",
            )
        return found[0]

    def _on(self, batch: str, codes: Sequence[str], handles: Sequence[str]) -> set[str]:
        found = {code: self._shelf.among(code, handles) for code in codes}
        if None in found.values():
            raise UsageError(f"Somebody named is not among the persons of batch {batch}.", code="batch.not_on")
        return {one for one in found.values() if one is not None}

    def _office(self, sid: str, party: str) -> str:
        """The office by which a party answers a handover, as the record has its key."""
        handover = self._shelf.proceedings.handovers[sid]
        wanted = "holding" if party == handover.giver else "receiving"
        keys = [key for key in self._shelf.enrolled() if key.party == party and key.role in ("holding", "receiving")]
        roles = sorted({key.role for key in keys}, key=lambda role: role != wanted)
        if party not in (handover.giver, handover.taker) or not roles:
            raise UsageError(
                f"The handover is between {handover.giver} and {handover.taker}, and one of them answers, with a key "
                "enrolled for it.",
                code="clearance.office",
            )
        return f"{roles[0]}:{party}"
