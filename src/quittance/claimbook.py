"""The use cases of public claims in a case: reports taken in, claims read and judged, decisions signed, facts reported.

The program reads and proposes; a reader decides, and his decision counts once his own key has signed it into the
record. What he accepts becomes a fact that somebody reports, never one that is verified. Claims are public; every use
case still asks who asks.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar

import msgspec

from quittance.agreement.calendar import Clockwork
from quittance.casebook import Casebook, system_clock, system_nonce
from quittance.claimdesk import ClaimDesk
from quittance.claimdrafts import ClaimDrafts
from quittance.claimengine import MakeEngine, engine_of
from quittance.claimfacts import Due, due
from quittance.claimrecord import JUDGED
from quittance.claims.desk import code_in
from quittance.claims.model import Claim, Report, claim_line
from quittance.claims.origins import Origins
from quittance.claims.profile import Voice
from quittance.claims.reconcile.model import Reconciliation
from quittance.claims.registry import Learned
from quittance.claimshelf import ClaimShelf, Item
from quittance.claimstore import Draft
from quittance.errors import UsageError
from quittance.files.case import open_case
from quittance.files.reportfolder import digest_of
from quittance.record.acceptance import Accepted
from quittance.record.keys import Signer, key_id, sign_statement
from quittance.record.known import read_key
from quittance.record.statement import Statement
from quittance.statements import Clock, Nonce, Signed, stamp
from quittance.views.claims import (
    ClaimLine,
    ClaimView,
    DraftLine,
    LearnedLine,
    QueueView,
    ReportLine,
    SignedView,
    TakenView,
)
from quittance.views.history import REPORTED
from quittance.views.quotes import Quote
from quittance.visibility import OPERATOR, Act, Viewer, require

MOST_NAME = 200
_KEY = re.compile(r"\w{1,64}")

P = ParamSpec("P")
R = TypeVar("R")


def asks(
    act: Act,
) -> Callable[[Callable[Concatenate[Claimbook, Viewer, P], R]], Callable[Concatenate[Claimbook, Viewer, P], R]]:
    """A use case that reads or writes claims: the viewer is checked first, then one thread works at a time."""

    def wrap(method: Callable[Concatenate[Claimbook, Viewer, P], R]) -> Callable[Concatenate[Claimbook, Viewer, P], R]:
        @wraps(method)
        def checked(self: Claimbook, viewer: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(viewer, "claims", act)
            with self._lock:
                return method(self, viewer, *args, **kwargs)

        return checked

    return wrap


class Claimbook:
    """The public claims of one case, open beside its record, which is only read; made by `open`, and to be closed.

    A reviewer is named by the fingerprint of a neutral key in its term; other names are refused with `UsageError`
    (`claims.reviewer`). Days that are left out are today in the agreement's timezone (`as_of`), and `as_of`
    (`known_by`). A claim is named by its code or its id.
    """

    def __init__(self, shelf: ClaimShelf, clock: Clock, nonce: Nonce) -> None:
        self._shelf = shelf
        self._clock, self._nonce = clock, nonce
        self._lock = threading.RLock()
        self._desk = ClaimDesk(shelf, self._today)
        self._drafts = ClaimDrafts(shelf, clock, nonce)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        clock: Clock = system_clock,
        nonce: Nonce = system_nonce,
        make_engine: MakeEngine = engine_of,
    ) -> Self:
        """Open the claims of the case `folder`; raises as `Casebook.open`."""
        casebook = Casebook.open(folder, clock=clock, nonce=nonce)
        try:
            _, record = open_case(folder, writable=False)
        except BaseException:
            casebook.close()
            raise
        return cls(ClaimShelf(folder, casebook, record, make_engine), clock, nonce)

    def close(self) -> None:
        """Let go of the record."""
        with self._lock:
            self._shelf.casebook.close()
            self._shelf.record.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    # --- reports -----------------------------------------------------------------------------------------------------

    @asks("write")
    def take_reports(self, viewer: Viewer, reports: Iterable[Report], casebook: Casebook | None = None) -> TakenView:
        """Keep reports in the case, each once by the SHA-256 of its bytes; its text is never altered.

        With a `casebook` that is open with the operator's keys the record says so at once, also of reports that were
        kept without one. Raises `UnreadableError` (`claims.text`), `RecordError`, and as `Casebook.submit`.
        """
        kept, taken = self._shelf.reports.all(), dict[str, str]()
        again: list[str] = []
        differs: list[str] = []
        names = {one.report.doc for one in kept.values()}
        for report in reports:
            sha256 = digest_of(report)
            if sha256 in taken:
                again.append(sha256)
            elif sha256 in kept:
                (again if _said_alike(kept[sha256].report, report) else differs).append(sha256)
            else:
                name = report.doc if report.doc not in names else f"{report.doc}-{sha256[:8]}"
                names.add(name)
                one = msgspec.structs.replace(report, sha256=sha256, doc=name)
                self._shelf.reports.take(one, stamp(self._clock()))
                taken[sha256] = name
        entries: tuple[int, ...] = ()
        if casebook is not None:
            entries = self._enter(casebook, self._drafts.captures(casebook), [], Due()).entries
        claims = sum(len(self._shelf.machine(sha256)) for sha256 in taken)
        return TakenView(tuple(taken), tuple(again), tuple(differs), claims, entries)

    @asks("read")
    def reports(
        self, viewer: Viewer, as_of: date | None = None, known_by: date | None = None
    ) -> tuple[ReportLine, ...]:
        """Every report of the case, in the order in which they came."""
        return self._desk.reports(*self._days(as_of, known_by))

    @asks("read")
    def inbox(self, viewer: Viewer) -> tuple[ReportLine, ...]:
        """The same in the order of what is to be looked at first."""
        return self._desk.inbox(*self._days(None, None))

    @asks("read")
    def report(self, viewer: Viewer, name: str) -> Report:
        """A report with its text, by its SHA-256 or short name, byte for byte as it was taken in.

        Raises `UsageError` (`claims.no_report`), `UnreadableError` (`claims.report_missing`), `RecordError`
        (`claims.report_changed`).
        """
        return self._shelf.text_of(self._shelf.report_of(name).report.sha256)

    # --- claims ------------------------------------------------------------------------------------------------------

    @asks("read")
    def claims(
        self,
        viewer: Viewer,
        as_of: date | None = None,
        known_by: date | None = None,
        *,
        report: str | None = None,
        state: str | None = None,
    ) -> tuple[ClaimLine, ...]:
        """The claims of all reports public by then, or of one; or those in one state."""
        only = self._shelf.report_of(report).report.sha256 if report is not None else None
        lines = self._desk.lines(*self._days(as_of, known_by)).values()
        return tuple(one for one in lines if only in (None, one.report) and state in (None, one.state))

    @asks("read")
    def claim(
        self,
        viewer: Viewer,
        name: str,
        reviewer: str | None = None,
        *,
        blind: bool = False,
        as_of: date | None = None,
        known_by: date | None = None,
    ) -> ClaimView:
        """One claim in full, for a reader who may have drafted a decision; `blind` hides what others said of it.

        Raises `UsageError` (`claims.no_claim`, `claims.reviewer`).
        """
        by = self._reviewer(reviewer) if reviewer is not None else None
        return self._desk.view(name, by, *self._days(as_of, known_by), blind=blind)

    @asks("read")
    def reconciliation(self, viewer: Viewer, as_of: date | None = None, known_by: date | None = None) -> Reconciliation:
        """All claims that count, set against each other, the promises, and what was verified as known then."""
        return self._shelf.together(*self._days(as_of, known_by)).found

    @asks("read")
    def origins(self, viewer: Viewer, as_of: date | None = None, known_by: date | None = None) -> Origins:
        """Which report was taken from which, and how many origins each figure has."""
        return self._shelf.together(*self._days(as_of, known_by)).origins

    @asks("read")
    def counting(self, viewer: Viewer, as_of: date | None = None, known_by: date | None = None) -> tuple[Claim, ...]:
        """The claims that count: as settled where readers settled them, as the program reads them elsewhere."""
        return self._shelf.together(*self._days(as_of, known_by)).claims

    @asks("read")
    def evidence(self, viewer: Viewer, entry: str) -> tuple[Quote, ...]:
        """The words behind an entry of the journal: those of its sources, and of every claim that it reports."""
        found = self._shelf.casebook.entry(OPERATOR, entry, self._today(), self._today())
        quotes = {(one.report, one.span): one for one in (found.quotes if found else ())}
        for code in self._shelf.said.codes():
            for one in self._shelf.said.standing(code):
                draft = self._shelf.draft_of(one) if one.fact == entry else None
                for claim in draft.decision.results if draft else ():
                    quotes.setdefault((one.report, claim.span), self._desk.quote(one.report, claim))
        return tuple(quotes.values())

    # --- the desk ----------------------------------------------------------------------------------------------------

    @asks("read")
    def reviewers(self, viewer: Viewer) -> tuple[str, ...]:
        """The fingerprints of the neutral's keys that are in their term, sorted."""
        return tuple(sorted(filter(self._is_reviewer, self._shelf.said.keys)))

    @asks("read")
    def queue(self, viewer: Viewer, reviewer: str) -> QueueView:
        """What a reader has still to say something of, what contradicts something first."""
        by = self._reviewer(reviewer)
        return self._desk.queue(by, len(self._unsigned(by)))

    @asks("read")
    def after(self, viewer: Viewer, reviewer: str, name: str) -> str | None:
        """The code that a reader is asked next, after the one named; None where nothing waits."""
        by = self._reviewer(reviewer)
        order = [one.code for one in self._desk.waiting(self._today(), self._today())]
        open_ = [one.code for one in self._desk.queue(by, 0).lines if one.code != code_in(name)]
        here = order.index(code_in(name)) if code_in(name) in order else -1
        return next((one for one in open_ if order.index(one) > here), open_[0] if open_ else None)

    @asks("read")
    def sample(self, viewer: Viewer, reviewer: str, percent: int = 10) -> QueueView:
        """What a reader is asked to read a second time, blind: a sample of what others have judged and he has not."""
        by = self._reviewer(reviewer)
        return self._desk.sample(by, percent, len(self._unsigned(by)))

    @asks("write")
    def decide(
        self,
        viewer: Viewer,
        reviewer: str,
        name: str,
        answer: str,
        *,
        changes: Mapping[str, str] | None = None,
        comment: str | None = None,
        of: Sequence[str] | None = None,
        second: bool = False,
    ) -> DraftLine:
        """Keep what a reader says of a claim: accepted, corrected, rejected or doubtful; it counts once he has signed.

        `changes` are fields of the claim and what they became, as typed (`claims.decisions.FIELDS`); `of` names the
        commitments of the fact where the agreement leaves that open; `second` marks a blind reading. Raises as
        `ClaimDrafts.decide`.
        """
        by = self._reviewer(reviewer)
        return self._kept(
            self._drafts.decide(self._item(name), by, answer, dict(changes or {}), comment, of, second=second)
        )

    @asks("write")
    def merge(self, viewer: Viewer, reviewer: str, name: str, into: str | None) -> DraftLine:
        """Keep that a claim is about the same event as another, or with None about none of the others."""
        by, item = self._reviewer(reviewer), self._item(name)
        return self._kept(self._drafts.merge(item, by, self._item(into).first if into is not None else None))

    @asks("write")
    def split(self, viewer: Viewer, reviewer: str, name: str, numbers: Sequence[str]) -> DraftLine:
        """Keep that one claim is several, by the words of each number. Raises `UsageError` (`claims.split`)."""
        return self._kept(self._drafts.split(self._item(name), self._reviewer(reviewer), numbers))

    @asks("write")
    def add(
        self, viewer: Viewer, reviewer: str, report: str, words: str, number: str, changes: Mapping[str, str]
    ) -> DraftLine:
        """Keep a claim that the program did not find: its words in the report, its number, its fields."""
        sha256 = self._shelf.report_of(report).report.sha256
        return self._kept(self._drafts.add(sha256, self._reviewer(reviewer), words, number, changes))

    @asks("write")
    def take_back(self, viewer: Viewer, reviewer: str, name: str) -> bool:
        """Forget a decision that is not signed yet; whether there was one."""
        return self._drafts.take_back(code_in(name), self._reviewer(reviewer))

    @asks("read")
    def unsigned(self, viewer: Viewer, reviewer: str) -> tuple[DraftLine, ...]:
        """A reader's decisions that the record does not hold, with what signing each would do."""
        drafts = self._unsigned(self._reviewer(reviewer))
        owed = due(self._shelf, self._today(), drafts)
        return tuple(self._desk.draft_line(one, owed) for one in drafts)

    @asks("read")
    def readings(self, viewer: Viewer, *, signed_only: bool = False) -> dict[str, dict[str, tuple[Claim, ...]]]:
        """What each reader makes of each claim, by code and reader: none where he rejects it."""
        found: dict[str, dict[str, tuple[Claim, ...]]] = {}
        for code in self._shelf.said.codes():
            for one in self._shelf.said.standing(code):
                draft = self._shelf.draft_of(one)
                if draft is not None:
                    found.setdefault(code, {})[one.by] = draft.decision.results
        if not signed_only:
            for (code, by), draft in self._shelf.store.drafts().items():
                found.setdefault(code, {})[by] = draft.decision.results
        return found

    # --- signing -----------------------------------------------------------------------------------------------------

    @asks("write")
    def statements(self, viewer: Viewer, reviewer: str, casebook: Casebook) -> tuple[Statement, ...]:
        """The statement `claim.judged` of each decision that a reader has not signed, for his key to sign."""
        drafts = self._unsigned(self._reviewer(reviewer))
        return tuple(self._drafts.statements(drafts, due(self._shelf, self._today(), drafts), casebook))

    @asks("write")
    def sign(self, viewer: Viewer, signer: Signer, casebook: Casebook) -> SignedView:
        """Sign all open decisions of the reader whose key signs here, and enter them with what follows from them.

        Reports that the record does not have, judgements, and facts enter in one transaction or none. `casebook` is
        open with the operator's keys. Raises as `Casebook.submit`, and `claims.report_changed`.
        """
        drafts = self._unsigned(self._reviewer(key_id(signer.public)))
        for one in drafts:
            self._shelf.text_of(one.report)
        owed = due(self._shelf, self._today(), drafts)
        captures = self._drafts.captures(casebook, [one.report for one in drafts])
        judged = [(one, sign_statement(one, signer)) for one in self._drafts.statements(drafts, owed, casebook)]
        return self._enter(casebook, captures, judged, owed)

    @asks("write")
    def enter_facts(self, viewer: Viewer, casebook: Casebook) -> SignedView:
        """Enter the reports, and the facts, that judgements entered elsewhere still owe to the record."""
        owed = due(self._shelf, self._today())
        return self._enter(casebook, self._drafts.captures(casebook), [], owed)

    # --- speakers and cases ------------------------------------------------------------------------------------------

    @asks("write")
    def learn(
        self,
        viewer: Viewer,
        reviewer: str,
        *,
        surface: str,
        key: str,
        name: str | None = None,
        org: str | None = None,
        role: str | None = None,
        side: str | None = None,
        code: str | None = None,
    ) -> LearnedLine:
        """Teach the case that a name as printed means a speaker; every report is read again with it.

        `key` is that of a speaker known, or a new one with its `name`; `code` the claim where it stands. Raises
        `UsageError` (`claims.speaker`) for a name or key that is none.
        """
        by = self._reviewer(reviewer)
        if not surface.strip() or len(surface) > MOST_NAME or not _KEY.fullmatch(key):
            raise UsageError(
                "A speaker has a name as printed, and a key of letters, digits and _.", code="claims.speaker"
            )
        line = self._desk.line(code, self._today(), self._today()) if code is not None else None
        voice = Voice(key=key, name=name or surface, org=org, role=role or "speaker", side=side)
        source = f"report:{line.report}#{line.claim.span[0]}-{line.claim.span[1]}" if line else None
        one = Learned(surface=surface.strip(), voice=voice, by=by, at=stamp(self._clock()), source=source)
        self._shelf.store.learn(one)
        return _learned_line(one)

    @asks("read")
    def learned(self, viewer: Viewer) -> tuple[LearnedLine, ...]:
        """The speakers that reviewers have taught, in order."""
        return tuple(map(_learned_line, self._shelf.store.learned()))

    @asks("read")
    def regression_cases(self, viewer: Viewer) -> bytes:
        """The claims of every report that readers have settled completely, as JSON lines: what a program should read.

        Reports with a claim that is open, doubtful or disputed are left out, as a reading of half a report is no case.
        """
        lines = self._desk.lines(*self._days(None, None)).values()
        unclear = {one.report for one in lines if one.state not in ("accepted", "corrected", "rejected")}
        items = self._shelf.together(*self._days(None, None)).items
        number: Counter[str] = Counter()
        out = []
        for line in lines:
            for claim in items[line.code].claims if line.report not in unclear else ():
                number[claim.doc] += 1
                out.append(
                    claim_line(msgspec.structs.replace(claim, id=f"{claim.doc}#{number[claim.doc]}", same_event=None))
                )
        return b"".join(one + b"\n" for one in out)

    # --- what the use cases rest on ----------------------------------------------------------------------------------

    def _enter(
        self, casebook: Casebook, captures: Sequence[Statement], judged: Sequence[Signed], owed: Due
    ) -> SignedView:
        """Enter all of it in one transaction, or none of it; with nothing to enter nothing is asked for."""
        facts = [casebook.draft(OPERATOR, REPORTED, body) for body in owed.entries]
        operator = [(one, casebook.sign(OPERATOR, one)) for one in (*captures, *facts)]
        first, last = operator[: len(captures)], operator[len(captures) :]
        signed = [*first, *judged, *last]
        accepted: tuple[Accepted, ...] = casebook.submit(OPERATOR, signed) if signed else ()
        return SignedView(
            len(judged), len(captures), tuple(owed.made), tuple(owed.retracted), tuple(one.index for one in accepted)
        )

    def _kept(self, draft: Draft) -> DraftLine:
        return self._desk.draft_line(draft, due(self._shelf, self._today(), [draft]))

    def _item(self, name: str) -> Item:
        """One claim by its code or id; raises `UsageError` (`claims.no_claim`)."""
        code = self._desk.line(name, self._today(), self._today()).code
        return self._shelf.together(self._today(), self._today()).items[code]

    def _unsigned(self, by: str) -> list[Draft]:
        return list(self._drafts.of(by).values())

    def _reviewer(self, fingerprint: str) -> str:
        """The first key of the reviewer whose key this is; raises `UsageError` (`claims.reviewer`)."""
        if not self._is_reviewer(fingerprint):
            raise UsageError(
                "No key of the neutral with this fingerprint is in its term here. Enrol it with "
                '"quittance key enrol --role neutral", or name another.',
                code="claims.reviewer",
            )
        return self._shelf.said.reviewer(fingerprint)

    def _is_reviewer(self, fingerprint: str) -> bool:
        stored = self._shelf.record.known().state(f"key:{fingerprint}")
        key = read_key(stored) if stored else None
        return (
            key is not None and key.role == "neutral" and key.until is None and (not key.kinds or JUDGED in key.kinds)
        )

    def _today(self) -> date:
        return Clockwork(self._shelf.agreement.calendar).local_day(self._clock())

    def _days(self, as_of: date | None, known_by: date | None) -> tuple[date, date]:
        day = as_of or self._today()
        return day, known_by or day


def _learned_line(one: Learned) -> LearnedLine:
    voice = one.voice
    return LearnedLine(
        one.surface, voice.key, voice.name, voice.org, voice.role, voice.side, one.by, one.at, one.source
    )


def _said_alike(kept: Report, report: Report) -> bool:
    """Whether a report that came again says the same of its date and its outlet."""
    return (kept.published, kept.outlet, kept.url) == (report.published, report.outlet, report.url)
