"""The use cases of the day of a handover: bundles out to the place and back, acts entered here, the day as it stands.

All of it is for the neutral, who is known by the vault's key. Whatever comes back is merged: acts are added, never
changed, an act that came before is not counted again, and where two devices say different things of one person both
stay until somebody settles it. Statements that were signed at the place enter the record by its own rules.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import wraps
from hashlib import sha256
from typing import Concatenate, ParamSpec, TypeVar

from quittance.batchbook import Batchbook
from quittance.batchshelf import BatchShelf
from quittance.casebook import Casebook
from quittance.codes import code_of, read_code
from quittance.dayreturns import BY, TOLERANCE, Entered, TakenBack, branched, flags_of, kept_act
from quittance.daystore import HERE, DayStore, Issue, KeptAct, Return
from quittance.errors import QuittanceError, RecordError, RefusedError, UsageError
from quittance.files.daybundle import (
    FORMAT,
    MAX_HOURS,
    DayAct,
    DayBundle,
    DayOffice,
    DayPerson,
    DayRefused,
    DayReturn,
    DayUnreadable,
    open_return,
    seal_bundle,
)
from quittance.files.daykey import Device, identity_text, recipient_of
from quittance.files.daysheet import Sheet, SheetLine, day_sheet
from quittance.files.envelopes import read_envelope
from quittance.files.sheet_frame import RecordFoot
from quittance.handover.day import Act, DayState, check_act, needed_of
from quittance.handover.model import Batch
from quittance.listbook import Listbook, require_same
from quittance.record.keys import Signer, key_id
from quittance.record.known import read_key
from quittance.statements import stamp
from quittance.vault.age import decryption, encryption
from quittance.views.day import DayView
from quittance.views.dayfold import NOT_ASKED, day_view
from quittance.visibility import OPERATOR, FieldGroup, Viewer, require
from quittance.visibility import Act as Doing

TAKEN_KINDS = ("handover.observed", "handover.delivered", "handover.received", "handover.denied")
"""The statements that a return may bring."""

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Issued:
    """A bundle ready to be carried: the encrypted bytes, and what may be said of it aloud."""

    data: bytes = field(repr=False)
    batch: str
    bundle: str
    issue: int
    persons: int
    expires_at: str
    sha256: str
    signed_by: str


@dataclass(frozen=True, slots=True)
class IssueLine:
    """A bundle of a batch: whether a newer one supersedes it, whether it has ended, and what came back from it."""

    batch: str
    bundle: str
    issue: int
    made_at: str
    expires_at: str
    persons: int
    devices: int
    superseded: bool
    ended: bool
    returns: tuple[Return, ...]


def asks(
    *needs: tuple[FieldGroup, Doing],
) -> Callable[[Callable[Concatenate[Daybook, Viewer, P], R]], Callable[Concatenate[Daybook, Viewer, P], R]]:
    """A use case that reads or writes field groups: the viewer is checked first, then one thread works at a time."""

    def wrap(method: Callable[Concatenate[Daybook, Viewer, P], R]) -> Callable[Concatenate[Daybook, Viewer, P], R]:
        @wraps(method)
        def checked(self: Daybook, viewer: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> R:
            for group, doing in needs:
                require(viewer, group, doing)
            with self.shelf.lists.lock:
                return method(self, viewer, *args, **kwargs)

        return checked

    return wrap


READS: tuple[FieldGroup, Doing] = ("wish", "read")
WRITES: tuple[FieldGroup, Doing] = ("wish", "write")
NAMES: tuple[FieldGroup, Doing] = ("identity", "read")


class Daybook:
    """The days of one case, beside its lists; made from an open listbook, which stays the owner of vault and record."""

    def __init__(self, listbook: Listbook, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self.shelf = BatchShelf(listbook)
        self._listbook = listbook
        self.store = DayStore(self.shelf.lists.vault)
        self._random = random

    # --- out ---------------------------------------------------------------------------------------------------------

    @asks(READS, NAMES)
    def out(
        self, viewer: Viewer, batch: str, devices: Sequence[Device], signer: Signer, *, hours: int = MAX_HOURS
    ) -> Issued:
        """The bundle of the persons of a batch who are still to go, for these devices; it supersedes those before.

        `signer` is a key of the neutral or the operator. Raises `UsageError` (`batch.unknown`, `day.signer`,
        `day.hours`), `DayRefused` (`day.nobody`, `day.closed_batch`), `RecordError` (`record.unpublished`),
        `VaultError` (`vault.recipient`).
        """
        found = self.shelf.batch(batch)
        offices = self._offices(signer)
        if not 1 <= hours <= MAX_HOURS:
            raise UsageError(f"A bundle is good for 1 to {MAX_HOURS} hours.", code="day.hours")
        persons = self._persons(found)
        note = self.shelf.lists.record.checkpoint()
        if note is None:
            raise RecordError("The record has no signed tree head yet. Publish it first.", code="record.unpublished")
        now, secret = self.shelf.now, identity_text(self._random(32))
        kept = self.store.of(batch)
        bundle = DayBundle(
            format=FORMAT,
            case=self.shelf.agreement.id,
            log=self.shelf.lists.record.origin,
            batch=batch,
            bundle=self._random(16).hex(),
            issue=1 + max((one.issue for one in kept.issues.values()), default=0),
            made_at=stamp(now),
            expires_at=stamp(now + timedelta(hours=hours)),
            note=note.decode(),
            reply_to=recipient_of(secret),
            devices=tuple(sorted({one.public.hex() for one in devices})),
            observed=_observed(found),
            needed=needed_of(self.shelf.gates),
            persons=persons,
            offices=offices,
        )
        data = seal_bundle(bundle, signer, encryption([one.recipient for one in devices]))
        digest = sha256(data).hexdigest()
        self.store.put_issue(
            Issue(
                batch, bundle.bundle, bundle.issue, bundle.made_at, bundle.expires_at, bundle.devices,
                tuple(one.handle for one in persons), digest, key_id(signer.public), secret,
            )
        )  # fmt: skip
        return Issued(
            data, batch, bundle.bundle, bundle.issue, len(persons), bundle.expires_at, digest, key_id(signer.public)
        )

    def _persons(self, batch: Batch) -> tuple[DayPerson, ...]:
        """Those still to go, in the order of the manifest, with the folded flags of those gates that are yes or no."""
        if batch.closed:
            raise DayRefused(f"Batch {batch.id} is closed: nobody of it goes any more.", code="day.closed_batch")
        going = batch.to_go
        if not going:
            raise DayRefused(
                f"Nobody of batch {batch.id} is still to go, or it names nobody. Propose it by name first.",
                code="day.nobody",
            )
        flags = self.shelf.flags(going)
        listed = {one.handle: one for one in self.shelf.lists.listed}
        return tuple(
            DayPerson(
                handle=handle,
                code=code_of(handle),
                gates={gate: flag for gate, flag in flags[handle].items() if flag is not None},
                name=_cut(listed[handle].entry.name),
                father=_cut(listed[handle].entry.father),
                birth=_cut(listed[handle].entry.birth),
                row=f"{listed[handle].list} {listed[handle].pid}"[:400],
            )
            for handle in going
            if handle in listed
        )

    def _offices(self, signer: Signer) -> tuple[DayOffice, ...]:
        """The keys that the record holds in their term, that of the signer first.

        Raises `UsageError` (`day.signer`) unless that is a key of the neutral or the operator.
        """
        stored = self.shelf.lists.record.known().state(f"key:{key_id(signer.public)}")
        mine = read_key(stored) if stored else None
        if mine is None or mine.until is not None or mine.role not in SIGNERS:
            raise UsageError(
                "A bundle is signed by a key of the neutral or the operator that the record holds in its term. Give "
                "another key, or have this one enrolled.",
                code="day.signer",
            )
        keys = [mine, *(one for one in self.shelf.enrolled() if one.public != mine.public)]
        return tuple(DayOffice(key.public, key.role, key.party) for key in keys)

    # --- back --------------------------------------------------------------------------------------------------------

    @asks(WRITES)
    def take_back(self, viewer: Viewer, data: bytes, casebook: Casebook | None = None) -> TakenBack:
        """Merge what came back; the statements in it are entered where `casebook` is open with the operator's keys.

        Nothing that a return brings is lost or written over. Raises `DayUnreadable` (`day.closed`, `day.format`),
        `DayRefused` (`day.device`, `day.chain`, `day.other_batch`), `RefusedError` (`handover.act_form`), whereupon
        nothing of it was taken.
        """
        if casebook is not None:
            require_same(casebook, self.shelf.lists)
        issue, returned, by, acts = self._opened(data)
        kept, now = self.store.of(issue.batch), self.shelf.stamped
        digest = sha256(data).hexdigest()
        fresh = branched(kept, [kept_act(issue, act, id_) for id_, act in acts])
        batch = self.shelf.proceedings.batches.get(issue.batch)
        flags = flags_of(
            issue,
            kept,
            returned.copy,
            fresh,
            again=any(one.sha256 == digest for one in kept.returns[issue.bundle]),
            closed=batch is None or batch.closed,
            latest=stamp(self.shelf.now + TOLERANCE),
        )
        for one in fresh:
            check_act(one.act)
        last = acts[-1][0] if acts else ""
        record = Return(digest, by, returned.copy, len(acts), last, returned.packed_at, now, tuple(flags))
        new = self.store.put_acts(issue, fresh, None if "again" in flags else record)
        self._pass_on(viewer, issue.batch, {one.handle for one in fresh if one.kind == "dropped"})
        entered = tuple(self._enter(one, casebook) for one in returned.statements)
        if any(one.code == "day.unsubmitted" for one in entered):
            flags.append("unsubmitted")
        conflicts = len(self._state(issue.batch).conflicts)
        return TakenBack(issue.batch, issue.bundle, issue.issue, by, len(acts), new, conflicts, tuple(flags), entered)

    def _pass_on(self, viewer: Viewer, batch: str, handles: set[str]) -> None:
        """Who dropped out at the place leaves the batch with its next round, unless that is in conflict or done."""
        found = self.shelf.proceedings.batches.get(batch)
        if found is None or found.closed:
            return
        state = self._state(batch)
        for handle in sorted(handles & set(found.to_go)):
            act = state.of(handle, "dropped")
            if act is not None and not self.shelf.store.skips_of(batch, [handle]):
                Batchbook(self._listbook).drop(viewer, batch, handle, act.value)

    def _opened(self, data: bytes) -> tuple[Issue, DayReturn, str, list[tuple[str, DayAct]]]:
        """A return, the bundle it answers, the device that signed it, and its acts with their ids."""
        issues = [one for kept in self.store.kept().values() for one in kept.issues.values() if one.secret]
        for issue in sorted(issues, key=lambda one: one.made_at, reverse=True):
            plain = decryption(issue.secret)(data)
            if plain is not None:
                break
        else:
            raise DayUnreadable(
                "No bundle of this case opens this file: it is of another case, was changed, or is cut off. Compare "
                "its length and its SHA-256 with those that the device printed; pack the folder again if they differ.",
                code="day.closed",
            )
        devices = {key_id(public): public for public in map(bytes.fromhex, issue.devices)}
        found = plain
        returned, by, acts = open_return(data, lambda _: found, devices)
        said = (returned.case, returned.log, returned.batch, returned.bundle, returned.issue)
        meant = (self.shelf.agreement.id, self.shelf.lists.record.origin, issue.batch, issue.bundle, issue.issue)
        known = {*issue.persons, ""}
        if said != meant or any(act.handle not in known for _, act in acts):
            raise DayRefused(
                "What came back names another case, batch or bundle than the one it opens with, or a person who was "
                "not in it. Nothing was taken. Keep the file and ask the bearer where it was made.",
                code="day.other_batch",
            )
        return issue, returned, by, acts

    def _enter(self, data: bytes, casebook: Casebook | None) -> Entered:
        """One statement of a return into the record, by the record's rules."""
        kind, sid = "", ""
        try:
            statement, signatures = read_envelope(data)
            kind, sid = statement.kind, statement.sid
            if kind not in TAKEN_KINDS:
                raise RefusedError(
                    f"A return may bring {', '.join(TAKEN_KINDS)}. Submit anything else by itself.", code="day.kind"
                )
            if casebook is None:
                raise RefusedError(
                    "The case is open for reading only. Take the return back again with the operator's keys.",
                    code="day.unsubmitted",
                )
            (accepted,) = casebook.submit(OPERATOR, [(statement, signatures)])
            return Entered(kind, sid, accepted.index)
        except QuittanceError as error:
            return Entered(kind, sid, None, error.code, f"{error.message}{self._advice(kind, error.code)}")

    def _advice(self, kind: str, code: str) -> str:
        """What to do where a handover came too late for its batch."""
        if kind != "handover.observed" or code != "record.batch_state":
            return ""
        return (
            " If the batch was closed meanwhile, propose these people in a new batch, name this statement's id in its "
            "file, and have the handover stated under that; both sides can still answer and deny what stands."
        )

    # --- the day here ------------------------------------------------------------------------------------------------

    @asks(READS)
    def issues(self, viewer: Viewer, batch: str | None = None) -> tuple[IssueLine, ...]:
        """The bundles that went out, of one batch or of all, the newest first in each."""
        now = self.shelf.stamped
        found = []
        for name, kept in self.store.kept().items():
            out = [one for one in kept.issues.values() if one.bundle != HERE and batch in (None, name)]
            newest = max((one.issue for one in out), default=0)
            for one in sorted(out, key=lambda one: -one.issue):
                found.append(
                    IssueLine(
                        name, one.bundle, one.issue, one.made_at, one.expires_at, len(one.persons), len(one.devices),
                        one.issue < newest, one.expires_at < now, kept.returns.get(one.bundle, ()),
                    )
                )  # fmt: skip
        return tuple(found)

    @asks(READS)
    def state(self, viewer: Viewer, batch: str) -> DayState:
        """The day of a batch as every act tells it that is here."""
        self.shelf.batch(batch)
        return self._state(batch)

    @asks(READS)
    def acts(self, viewer: Viewer, batch: str) -> tuple[KeptAct, ...]:
        """Every act of a batch's day, by time; times of different devices are not to be compared."""
        return tuple(sorted(self.store.of(batch).acts.values(), key=lambda one: (one.at, one.id)))

    @asks(WRITES)
    def enter(
        self, viewer: Viewer, batch: str, code: str, kind: str, value: str, *, reason: str = "",
        settles: Sequence[str] = (),
    ) -> str:  # fmt: skip
        """An act entered here, kept at once, and its id; `code` is empty for what is about nobody in particular.

        Raises `UsageError` (`batch.unknown`), `DayRefused` (`day.person`), `RefusedError` (`handover.act_form`).
        """
        found = self.shelf.batch(batch)
        handle = ""
        if code:
            handle = self.shelf.among(code, found.manifest) or ""
            if not handle:
                raise DayRefused("Nobody of this batch has this code. Read it again.", code="day.person")
        now = self.shelf.stamped
        mine = [] if kind == "discrepancy" else self._said_here(batch, handle, kind)
        settled = tuple(dict.fromkeys([*settles, *mine]))
        act = Act(self._random(32).hex(), now, handle, kind, value, reason, BY, "", settled)
        check_act(act)
        issue = self.store.here(batch, now)
        kept = KeptAct(batch, HERE, HERE, 0, act.id, now, handle, kind, value, reason, act.by, act.device, settled)
        self.store.put_acts(issue, [kept])
        return act.id

    # --- the page ----------------------------------------------------------------------------------------------------

    @asks(READS, NAMES)
    def day(self, viewer: Viewer, batch: str) -> DayView:
        """The day of a batch on one page. Raises `UsageError` (`batch.unknown`)."""
        found, kept = self.shelf.batch(batch), self.store.of(batch)
        names = {one.handle: (one.entry.name, one.entry.father) for one in self.shelf.lists.listed}
        out = [one for one in kept.issues.values() if one.bundle != HERE]
        back = sum(bool(kept.returns[one.bundle]) for one in out)
        quorum = self.shelf.agreement.handovers.quorum
        return day_view(found, self._state(batch), self.shelf.proceedings, quorum, names, (len(out), back))

    def check(self, viewer: Viewer, batch: str, code: str, check: str, answer: str) -> None:
        """The answer to one check of one person, as on the page; empty to take it back. Raises as `enter`."""
        value, reason = ("", NOT_ASKED) if answer == NOT_ASKED else (answer, "")
        self.enter(viewer, batch, code, check, value, reason=reason)

    def drop_out(self, viewer: Viewer, batch: str, code: str, reason: str) -> None:
        """Somebody does not leave: noted here, and out of the batch with the next round. Raises as `Batchbook.drop`."""
        Batchbook(self._listbook).drop(viewer, batch, code, reason)
        self.enter(viewer, batch, code, "dropped", reason)

    def discrepancy(self, viewer: Viewer, batch: str, kind: str, code: str = "") -> None:
        """Something did not agree at the door, about one person or nobody in particular. Raises as `enter`."""
        self.enter(viewer, batch, code, "discrepancy", kind)

    def settle(self, viewer: Viewer, batch: str, code: str, check: str, answer: str) -> None:
        """A person decides between answers that differ; all of them stay. Raises as `enter`."""
        value, reason = ("", NOT_ASKED) if answer == NOT_ASKED else (answer, "")
        with self.shelf.lists.lock:
            between = [
                act.id
                for one in self.state(viewer, batch).conflicts
                if one.kind == check and code_of(one.handle) == read_code(code)
                for act in one.acts
            ]
            self.enter(viewer, batch, code, check, value, reason=reason, settles=between)

    @asks(READS, NAMES)
    def sheet(self, viewer: Viewer, batch: str, language: str = "en", *, names: bool = False) -> bytes:
        """The day sheet of those still to go, as HTML for A4; names in the script of the list where they are asked for.

        Raises `UsageError` (`batch.unknown`, `paper.language`), `RecordError` (`record.unpublished`).
        """
        found, note = self.shelf.batch(batch), self.shelf.lists.record.checkpoint()
        if note is None:
            raise RecordError("The record has no signed tree head yet. Publish it first.", code="record.unpublished")
        listed = {one.handle: one for one in self.shelf.lists.listed}
        lines = tuple(
            SheetLine(
                number,
                code_of(handle),
                listed[handle].pid,
                *(
                    (listed[handle].entry.name, listed[handle].entry.father, listed[handle].entry.birth)
                    if names
                    else ()
                ),
            )
            for number, handle in enumerate((one for one in found.to_go if one in listed), 1)
        )
        head, today = self.shelf.lists.record.head(), self.shelf.stamped[:10]
        foot = RecordFoot(self.shelf.lists.record.origin, head.size, head.root.hex(), today, today)
        proposal = found.step not in ("authorised", "closed")
        sheet = Sheet(batch, found.list, found.giver, found.taker, lines, foot, note, proposal, names)
        return day_sheet(sheet, language)

    # --- within ------------------------------------------------------------------------------------------------------

    def _said_here(self, batch: str, handle: str, kind: str) -> list[str]:
        """The newest answer to this question that was entered here: the next one takes its place."""
        acts = [one for one in self.store.of(batch).acts.values() if one.copy == HERE]
        settled = {id_ for one in acts for id_ in one.settles}
        return sorted(one.id for one in acts if (one.handle, one.kind) == (handle, kind) and one.id not in settled)

    def _state(self, batch: str) -> DayState:
        return DayState(frozenset(one.act for one in self.store.of(batch).acts.values()))


SIGNERS = ("neutral", "operator")
"""The offices that may sign a bundle."""


def _observed(batch: Batch) -> dict[str, str]:
    """What a statement about a handover of this batch says in any case."""
    said = {"batch": batch.id, "commitment": batch.commitment, "from": batch.giver, "to": batch.taker}
    return {name: value for name, value in said.items() if value}


def _cut(text: str) -> str:
    """A field short enough for a bundle; what is longer is told by the list."""
    return text if len(text) <= 400 else text[:399] + "…"
