"""The use cases of a case: the only place with a clock, an authority and a transaction.

Every use case is: check the viewer, load, decide, append, or fold into a view. Entries in the record are the only
truth; the journal, the evaluator and all views are made from them again whenever the record has grown.
"""

from __future__ import annotations

import secrets
import threading
from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial, wraps
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar, cast

from quittance.agreement.calendar import Clockwork
from quittance.agreement.journal import FORMAT, Header, Journal, moment_of
from quittance.agreement.load import load_agreement
from quittance.agreement.model import Agreement
from quittance.agreement.rings import Rings, Standing, find_rings
from quittance.agreement.verdict import Evaluation
from quittance.canon import parse_canonical
from quittance.dates import Moment
from quittance.errors import Problem, QuittanceError, UsageError
from quittance.files.agreements import (
    AMENDED,
    InForce,
    agreement_in_force,
    lay_beside,
    require_effective,
    require_next,
)
from quittance.files.case import AGREEMENT_FILE, TILES, begin_record, create_case, default_origin, open_case
from quittance.files.intake import ImportReport, Line, journal_of, read_intake, refused
from quittance.files.office import Office
from quittance.files.policies import FOLDER as POLICY
from quittance.files.policies import PolicyFiles, policies_of
from quittance.files.publish import Publisher, recover
from quittance.files.receipts import entry_index, make_bundle, make_receipt
from quittance.files.reportfolder import lookup
from quittance.ids import did_you_mean
from quittance.inspection import Inspection
from quittance.record.acceptance import Accepted
from quittance.record.envelope import Signature
from quittance.record.known import read_key
from quittance.record.memory import MemoryStore
from quittance.record.statement import Ref, Span, Statement
from quittance.record.store import Head, Store
from quittance.statements import Clock, Nonce, Signed, Statements, stamp
from quittance.views.accounts import Steps
from quittance.views.brief import BriefView, brief_view
from quittance.views.commitment import CommitmentView, commitment_view
from quittance.views.entry import EntryView, entry_view
from quittance.views.exports import ocds_json, status_csv
from quittance.views.history import REPORTED, STATED, History, RecordHead, history
from quittance.views.matrix import Known, MatrixView, matrix_view
from quittance.views.proof import ProofView, Refusal
from quittance.views.record import RecordLine, RecordView, SignedHead
from quittance.views.status import StatusView, status_view
from quittance.views.timeline import TimelineView, timeline_view
from quittance.visibility import FieldGroup, Viewer, require

REMEMBERED = 64
"""Views kept for the next to ask the same."""

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def system_clock() -> datetime:
    """The present, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one clock


def system_nonce() -> str:
    """128 bits from the system's random source, in hex."""
    return secrets.token_hex(16)


def _reads(
    group: FieldGroup,
) -> Callable[[Callable[Concatenate[Casebook, Viewer, P], R]], Callable[Concatenate[Casebook, Viewer, P], R]]:
    """A use case that reads one field group: the viewer is checked first, and one thread reads at a time."""

    def wrap(method: Callable[Concatenate[Casebook, Viewer, P], R]) -> Callable[Concatenate[Casebook, Viewer, P], R]:
        @wraps(method)
        def checked(self: Casebook, viewer: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(viewer, group)
            with self._lock:
                return method(self, viewer, *args, **kwargs)

        return checked

    return wrap


class Casebook:
    """One case, open. Reading sees every entry on disk; writing needs the operator's keys and holds the record's lock.

    Days that are left out are today in the agreement's timezone (`as_of`), and `as_of` (`known_by`).
    """

    def __init__(
        self,
        agreement: Agreement,
        store: Store,
        clock: Clock,
        nonce: Nonce,
        office: Office | None = None,
        publisher: Publisher | None = None,
        folder: Path | None = None,
    ) -> None:
        self.folder = folder
        self._statements = Statements(agreement.id, store, clock, nonce, office, publisher)
        self._inspection = Inspection(agreement, store, folder, office.log if office else None)
        self._agreement = agreement
        self._store = store
        self._clock = clock
        self._clockwork = Clockwork(agreement.calendar)
        self._lock = threading.RLock()
        self._seen: History | None = None
        self._views: OrderedDict[tuple[object, ...], object] = OrderedDict()

    # --- making and opening ------------------------------------------------------------------------------------------

    @classmethod
    def create(
        cls,
        folder: Path,
        agreement: bytes,
        office: Office,
        *,
        origin: str | None = None,
        founding: Sequence[str] = (),
        policy: PolicyFiles | None = None,
        clock: Clock = system_clock,
        nonce: Nonce = system_nonce,
    ) -> Self:
        """Make a case in a new or empty folder, sign its first tree head, and open it for writing.

        `founding` are fingerprints of the keys that may found the record (none: any, at its beginning).

        Raises `AgreementRefused` for a file with errors, `UsageError` (`case.exists`, `case.place`) for the folder.
        """
        adopted = load_agreement(agreement)
        name = origin or default_origin(adopted)

        def begin(store: Store, tiles: Path) -> None:
            digest = policy.sha256 if policy else None
            begin_record(store, adopted, office.statement, stamp(clock()), nonce, founding, digest)
            publisher = Publisher(store, tiles, office.log)
            if policy:
                publisher.write_policies(policy.joint, policy.recorded)
            publisher.publish()

        create_case(folder, agreement, name, office.files, begin)
        return cls.open(folder, office=office, clock=clock, nonce=nonce)

    @classmethod
    def open(
        cls, folder: Path, *, office: Office | None = None, clock: Clock = system_clock, nonce: Nonce = system_nonce
    ) -> Self:
        """Open a case: for reading beside any writer, or with the operator's keys as the one writer.

        What a crash left between record and published log is put in order before anything is written.

        Raises `UnreadableError` (`case.missing`) for no case, `RecordError` for a record that is damaged, locked by
        another writer, or that adopted another agreement file (`case.agreement_differs`).
        """
        agreement, store = open_case(folder, writable=office is not None)
        try:
            agreement = agreement_in_force(folder, store, agreement).data
            publisher = (
                None if office is None else recover(store, folder / TILES, office.log, policies_of(folder / TILES))
            )
            return cls(load_agreement(agreement), store, clock, nonce, office, publisher, folder)
        except BaseException:
            store.close()
            raise

    @classmethod
    def in_memory(
        cls,
        agreement: bytes,
        office: Office,
        *,
        origin: str | None = None,
        clock: Clock = system_clock,
        nonce: Nonce = system_nonce,
    ) -> Self:
        """A case that lives as long as the process, for tests and what-if questions."""
        adopted = load_agreement(agreement)
        store = MemoryStore(origin or default_origin(adopted))
        begin_record(store, adopted, office.statement, stamp(clock()), nonce)
        return cls(adopted, store, clock, nonce, office)

    def close(self) -> None:
        """Let go of the record."""
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- writing -----------------------------------------------------------------------------------------------------

    def import_journal(
        self, viewer: Viewer, data: bytes, *, skip_recorded: bool = False, dry_run: bool = False
    ) -> ImportReport:
        """Record every entry of a journal file, in one transaction, or none.

        Raises `JournalRefused` with a problem for each line that cannot be taken, and `RecordError`.
        """
        require(viewer, "claims", "write")
        with self._lock:
            fold = self._fold()
            intake = read_intake(self._agreement, data, fold.journal, fold.bodies, skip_recorded=skip_recorded)
            statements = self._reported(intake.lines)
            places: range | None = None
            if statements and not dry_run:
                places = self._statements.enter([(one, self._statements.sign(one)) for one in statements])
            return ImportReport(
                taken=len(statements),
                skipped=intake.skipped,
                dry_run=dry_run,
                first=places[0] if places else None,
                last=places[-1] if places else None,
                findings=intake.findings,
            )

    def draft(
        self,
        viewer: Viewer,
        kind: str,
        body: Mapping[str, object],
        *,
        commitments: Mapping[str, tuple[str, ...]] | None = None,
        refs: tuple[Ref, ...] = (),
        event_at: str | Span | None = None,
        nonce: str | None = None,
    ) -> Statement:
        """A statement for this record, to be signed: drawn up on the latest tree head, and not recorded.

        Raises `EntryError` for a kind or body that no signature could make valid.
        """
        require(viewer, "record", "write")
        return self._statements.draw_up(kind, body, commitments=commitments, refs=refs, event_at=event_at, nonce=nonce)

    def sign(self, viewer: Viewer, statement: Statement) -> tuple[Signature, ...]:
        """The operator's signature on a statement."""
        require(viewer, "record", "write")
        return self._statements.sign(statement)

    def submit(self, viewer: Viewer, signed: Sequence[Signed]) -> tuple[Accepted, ...]:
        """Record signed statements, all in one transaction or none, publish them, and answer with acceptances.

        Raises `AppendRefused` with the reason for each that may not enter, `JournalRefused` for facts that are no
        entries of this case's journal. Statements that the record holds already are answered with their place, so that
        whoever was cut off can send the same again.
        """
        require(viewer, "record", "write")
        with self._lock:
            facts = [
                dict(statement.body)
                for statement, _ in signed
                if statement.kind in (REPORTED, STATED) and self._store.find(statement.sid) is None
            ]
            if facts:
                fold, given = self._fold(), journal_of(self._agreement.id, facts)
                read_intake(self._agreement, given, fold.journal, fold.bodies, skip_recorded=False)
            for statement, signatures in signed:
                if statement.kind == AMENDED and self._store.find(statement.sid) is None:
                    stored = [self._store.known().state(f"key:{one.keyid}") for one in signatures]
                    roles = [read_key(one).role for one in stored if one]
                    require_effective(self._place, self._in_force(), statement.body, roles)
            return self._statements.submit(signed)

    def amend(self, viewer: Viewer, data: bytes) -> Statement:
        """Lay a new version of the agreement file beside the one in force, and draw up the `agreement.amended` to sign.

        It counts once the offices have signed that the file in force names, and the case was opened anew. Raises
        `AgreementRefused`, `RefusedError` (`agreement.same`, `agreement.id`), and `JournalRefused` for a file by which
        the journal of this case could not be read any more.
        """
        require(viewer, "record", "write")
        with self._lock:
            found = self._in_force()
            new = require_next(found, data)
            facts = journal_of(new.id, map(parse_canonical, self._fold().bodies.values()))  # type: ignore[arg-type]
            read_intake(new, facts, Journal(Header(FORMAT, new.id), []), {}, skip_recorded=False)
            lay_beside(self._place, data)
            return self.draft(viewer, AMENDED, {"agreement_sha256": new.sha256, "version": found.version + 1})

    def set_policy(self, viewer: Viewer, policy: PolicyFiles) -> Statement:
        """Show new policy files beside the log, and draw up the `policy.set` that both sides and the operator sign.

        Raises `PolicyError`.
        """
        require(viewer, "record", "write")
        self._statements.publisher.write_policies(policy.joint, policy.recorded)
        return self.draft(viewer, "policy.set", {"policy_sha256": policy.sha256})

    def cosign(self, viewer: Viewer, answer: bytes, size: int | None = None) -> bytes:
        """Take a witness's answer to the tree head of `size` (by default the last) and give the head's note."""
        require(viewer, "record", "write")
        return self._statements.publisher.cosign(answer, size)

    def ask_witness(self, viewer: Viewer, address: str) -> bytes:
        """Ask the witness at `address` to cosign the last tree head; gives the head's note."""
        require(viewer, "record", "write")
        return self._statements.ask_witness(address)

    @property
    def _place(self) -> Path:
        if self.folder is None:
            raise UsageError("This case lives in memory only. Make it in a folder.", code="case.place")
        return self.folder

    def _in_force(self) -> InForce:
        """The agreement file that counts now, which may be newer than the one that this casebook was opened with."""
        return agreement_in_force(self._place, self._store, (self._place / AGREEMENT_FILE).read_bytes())

    def _reported(self, lines: tuple[Line, ...]) -> list[Statement]:
        """What the operator reports, line by line; raises `JournalRefused` with every line that has no statement."""
        statements: list[Statement] = []
        problems: list[Problem] = []
        for line in lines:
            happened = moment_of(line.entry.at)
            try:
                event_at = stamp(happened) if isinstance(happened, datetime) else None
                statements.append(self._statements.draw_up(REPORTED, line.body, event_at=event_at))
            except QuittanceError as error:
                problems.append(Problem(error.code, f"entry `{line.entry.id}`: {error.message}", line.number))
        if problems:
            raise refused(problems)
        return statements

    # --- reading -----------------------------------------------------------------------------------------------------

    @_reads("commitments")
    def agreement(self, viewer: Viewer) -> Agreement:
        """The agreement as adopted."""
        return self._agreement

    @_reads("commitments")
    def today(self, viewer: Viewer) -> date:
        """The present day in the agreement's timezone: what `as_of` is when it is left out."""
        return self._today()

    @_reads("claims")
    def journal(self, viewer: Viewer) -> Journal:
        """Every entry of the journal that the record holds, in its order."""
        return self._fold().journal

    @_reads("commitments")
    def evaluation(
        self, viewer: Viewer, as_of: Moment | None = None, known_by: Moment | None = None, party: str | None = None
    ) -> Evaluation:
        """The verdict on each commitment, in the text or in one party's reading, with its evidence looked up."""
        evaluation = self._evaluate(as_of, known_by, party)
        for verdict in evaluation.verdicts:  # later questions move the ledger that evidence is found in
            _ = verdict.evidence
        return evaluation

    @_reads("commitments")
    def rings(self, viewer: Viewer, as_of: Moment | None = None, known_by: Moment | None = None) -> Rings:
        """Who waits for whom in a circle, and what cannot be met together, after what was done by then."""
        return self._rings(self._evaluate(as_of, known_by))

    @_reads("commitments")
    def status(
        self, viewer: Viewer, as_of: Moment | None = None, known_by: Moment | None = None, party: str | None = None
    ) -> StatusView:
        """Where the agreement stands."""
        return self._status(as_of, known_by, party)

    @_reads("claims")
    def timeline(
        self, viewer: Viewer, as_of: Moment | None = None, known_by: Moment | None = None, party: str | None = None
    ) -> TimelineView:
        """What happened day by day, and the curves, in the text or in one party's reading."""
        day = as_of or self._today()
        key = ("timeline", day, known_by or day, party)
        return self._view(key, lambda: timeline_view(self._evaluate(day, known_by, party), self._fold().accounts))

    @_reads("commitments")
    def matrix(
        self,
        viewer: Viewer,
        as_of: Moment | None = None,
        known_by: Moment | None = None,
        party: str | None = None,
        known: Known = "then",
    ) -> MatrixView:
        """Commitments by weeks, from the start of the agreement on; each week as known then, or as known now."""
        self._require_party(party)
        last = self._clockwork.local_day(as_of or self._today())
        seen = self._clockwork.local_day(known_by or last)
        start = self._clockwork.local_day(self._agreement.calendar.start)
        evaluator = self._fold().evaluator

        def make() -> MatrixView:
            at = partial(evaluator.at, party=party)
            return matrix_view(self._agreement, at, min(start, last), last, seen, known)

        return self._view(("matrix", last, seen, party, known), make)

    @_reads("commitments")
    def commitment(
        self,
        viewer: Viewer,
        name: str,
        as_of: Moment | None = None,
        known_by: Moment | None = None,
        party: str | None = None,
    ) -> CommitmentView:
        """One commitment in full. Raises `UsageError` (`case.no_commitment`)."""
        _require_known(name, [one.id for one in self._agreement.commitments], "commitment")
        evaluation = self._evaluate(as_of, known_by, party)
        text = evaluation if party is None else self._evaluate(as_of, known_by)
        return commitment_view(name, evaluation, text, self._fold().accounts, self._rings(text))

    @_reads("commitments")
    def brief(
        self, viewer: Viewer, as_of: Moment | None = None, known_by: Moment | None = None, party: str | None = None
    ) -> BriefView:
        """The briefing of a day: where it stands, what changed in 14 days, what comes, what is disputed."""
        evaluation = self._evaluate(as_of, known_by, party)
        text = evaluation if party is None else self._evaluate(as_of, known_by)
        return brief_view(evaluation, self._fold().accounts, self._rings(text))

    @_reads("claims")
    def entry(
        self, viewer: Viewer, name: str, as_of: Moment | None = None, known_by: Moment | None = None
    ) -> EntryView | None:
        """One entry of the journal and its place in the record; None where there is none that was known by then."""
        fold = self._fold()
        day = as_of or self._today()
        place = fold.places.get(name)
        if place is None:
            return None
        return entry_view(name, fold.accounts.book, place, day, known_by or day, lookup(self.folder))

    @_reads("commitments")
    def verified(
        self, viewer: Viewer, commitments: Iterable[str], as_of: Moment | None = None, known_by: Moment | None = None
    ) -> dict[str, Steps]:
        """What is verified of each of these commitments, from day to day up to `as_of`."""
        day = as_of or self._today()
        accounts = self._fold().accounts
        return {name: accounts.verified(name, day, known_by or day) for name in commitments}

    @_reads("claims")
    def days_beside(self, viewer: Viewer, day: date) -> tuple[date | None, date | None]:
        """The nearest days before and after `day` on which something happened or became known."""
        days = self._fold().days
        at = bisect_left(days, day)
        after = bisect_right(days, day)
        return (days[at - 1] if at else None), (days[after] if after < len(days) else None)

    @_reads("record")
    def head(self, viewer: Viewer) -> RecordHead:
        """Where the record ends now."""
        return self._head_of(self._store.head())

    @_reads("record")
    def check(self, viewer: Viewer) -> RecordHead:
        """Recompute the whole record. Raises `DamagedError` with the first bad index."""
        return self._head_of(self._store.check())

    @_reads("record")
    def receipt(self, viewer: Viewer, name: str) -> bytes:
        """The receipt of an entry, by index or statement id. Raises `record.no_entry`, `record.unpublished`."""
        return make_receipt(self._store, entry_index(self._store, name)).encode()

    @_reads("record")
    def bundle(self, viewer: Viewer, name: str, openings: bytes | None = None) -> bytes:
        """The evidence bundle of an entry, a zip file; raises as `receipt`, and `policy.missing` without a policy."""
        policy = PolicyFiles.load((self.folder or Path()) / TILES / POLICY)
        return make_bundle(self._store, entry_index(self._store, name), policy, openings)

    @_reads("record")
    def signed_head(self, viewer: Viewer) -> bytes | None:
        """The note of the last signed tree head, with the cosignatures it has; None before the first."""
        return self._store.checkpoint()

    @_reads("record")
    def signed(self, viewer: Viewer) -> SignedHead | None:
        """The last signed tree head with its grade, by the trust that lies beside the case; None before the first."""
        return self._inspection.signed()

    @_reads("record")
    def record(self, viewer: Viewer, kind: str | None = None, office: str | None = None) -> RecordView:
        """Where the record stands, with the indexes of the entries of one kind, or signed by one "role:party"."""
        return self._inspection.record(self._clock(), kind, office)

    @_reads("record")
    def record_entries(self, viewer: Viewer, indexes: Iterable[int]) -> tuple[RecordLine, ...]:
        """The entries at these indexes, in a line each. Raises `RecordError` (`record.range`)."""
        return self._inspection.entries(indexes)

    @_reads("record")
    def keys(self, viewer: Viewer) -> bytes:
        """`keys.jsonl`: the keys that the record has enrolled."""
        return self._inspection.keys()

    @_reads("record")
    def prove(self, viewer: Viewer, data: bytes) -> ProofView | Refusal:
        """What a receipt or an evidence bundle proves here; raises where nothing says whose signatures count."""
        return self._inspection.prove(data)

    @_reads("commitments")
    def csv(self, viewer: Viewer, as_of: Moment | None = None, known_by: Moment | None = None) -> str:
        """The status as CSV with a header and a row of HXL tags."""
        return status_csv(self._status(as_of, known_by))

    @_reads("commitments")
    def ocds(self, viewer: Viewer, as_of: Moment | None = None, known_by: Moment | None = None) -> dict[str, object]:
        """The status in the words of the Open Contracting Data Standard's milestones."""
        return ocds_json(self._status(as_of, known_by), self._agreement)

    # --- folding -----------------------------------------------------------------------------------------------------

    def _today(self) -> date:
        return self._clockwork.local_day(self._clock())

    def _evaluate(self, as_of: Moment | None, known_by: Moment | None, party: str | None = None) -> Evaluation:
        self._require_party(party)
        day = as_of or self._today()
        return self._fold().evaluator.at(day, known_by or day, party)

    def _status(self, as_of: Moment | None, known_by: Moment | None, party: str | None = None) -> StatusView:
        day = as_of or self._today()

        def make() -> StatusView:
            evaluation = self._evaluate(day, known_by, party)
            text = evaluation if party is None else self._evaluate(day, known_by)
            return status_view(evaluation, self._fold().accounts, self._rings(text))

        return self._view(("status", day, known_by or day, party), make)

    def _rings(self, text: Evaluation) -> Rings:
        return find_rings(
            self._agreement,
            as_of=text.as_of,
            known_by=text.known_by,
            journal=self._fold().journal,
            standing=Standing.of(text),
        )

    def _require_party(self, party: str | None) -> None:
        if party is not None:
            _require_known(party, self._agreement.parties, "party")

    def _head_of(self, head: Head) -> RecordHead:
        return RecordHead(self._store.origin, head.size, head.root.hex())

    def _fold(self) -> History:
        """The journal and what is made from it, made again when the record has grown."""
        if self._seen is None or self._seen.size != self._store.head().size:
            self._seen = history(self._agreement, self._store, self._seen)
            self._views.clear()
        return self._seen

    def _view(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """A view, made once for a question while the record does not grow; the newest questions are remembered."""
        self._fold()
        if key not in self._views:
            self._views[key] = make()
        self._views.move_to_end(key)
        if len(self._views) > REMEMBERED:
            self._views.popitem(last=False)
        return cast(T, self._views[key])


def _require_known(name: str, known: Collection[str], what: str) -> None:
    if name not in known:
        hint = did_you_mean(name[:64], known) or f". It has {', '.join(list(known)[:20])}."
        raise UsageError(f"This case has no {what} `{name[:64]}`{hint}", code=f"case.no_{what}")
