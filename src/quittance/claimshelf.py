"""The claims of a case in memory: what the program reads in its reports, what readers said, and what counts now.

Nothing here is stored. Whoever asks has looked at the rights and holds the one lock.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from quittance.agreement.calendar import Clockwork
from quittance.agreement.model import Agreement
from quittance.casebook import Casebook
from quittance.claimengine import Engine, MakeEngine
from quittance.claimrecord import ClaimRecord, Judged
from quittance.claims.desk import JUDGEMENT_OF, Reading, Settled, code_in, coded, settled
from quittance.claims.facts import Case, commitments_of
from quittance.claims.model import Claim, Report
from quittance.claims.origins import Origins
from quittance.claims.promises import Known
from quittance.claims.reconcile.model import Reconciliation
from quittance.claimstore import ClaimStore, Draft
from quittance.dates import DateError, parse_day, parse_instant
from quittance.errors import RecordError, UnreadableError, UsageError
from quittance.files.reportfolder import Kept, ReportFolder
from quittance.record.store import Store
from quittance.visibility import OPERATOR

REMEMBERED = 8
"""Pairs of days whose reconciliation is kept for the next who asks."""


@dataclass(frozen=True, slots=True)
class Item:
    """One claim of the case: how it was read first, and what its readers made of it.

    `first` is the program's reading or, where `is_added`, that of the reader who added it; `claims` are those that
    count now: none where it was rejected, several where it was split.
    """

    code: str
    report: str
    first: Claim
    is_added: bool
    settled: Settled
    claims: tuple[Claim, ...]

    @property
    def shown(self) -> Claim:
        """The claim as it is shown: the first that counts, else as it was read first."""
        return self.claims[0] if self.claims else self.first


@dataclass(frozen=True, slots=True)
class Together:
    """The claims of the reports that were public by a day, with their origins and verdicts."""

    items: Mapping[str, Item]
    claims: tuple[Claim, ...]
    origins: Origins
    found: Reconciliation


class ClaimShelf:
    """Reports, decisions and record of one case."""

    def __init__(self, folder: Path, casebook: Casebook, record: Store, make_engine: MakeEngine) -> None:
        self.folder, self.casebook, self.record = folder, casebook, record
        self.reports = ReportFolder(folder)
        self.store = ClaimStore(folder)
        self._make_engine = make_engine
        self._claim_record = ClaimRecord()
        self._engine: tuple[int, Engine] | None = None
        self._read: dict[str, list[Claim]] = {}
        self._public: dict[str, date] = {}
        self._together: OrderedDict[tuple[object, ...], Together] = OrderedDict()

    @property
    def agreement(self) -> Agreement:
        """The agreement in force."""
        return self.casebook.agreement(OPERATOR)

    @property
    def said(self) -> ClaimRecord:
        """What the record says of reports and claims, as of now."""
        self._claim_record.follow(self.record)
        return self._claim_record

    @property
    def engine(self) -> Engine:
        """What reads the reports, with every speaker learned so far."""
        learned = self.store.learned()
        if self._engine is None or self._engine[0] != len(learned):
            self._engine = len(learned), self._make_engine(self.agreement, learned)
            self._read.clear()
        return self._engine[1]

    @property
    def case(self) -> Case:
        """Who in a report is which party of the agreement."""
        return Case.of(self.agreement)

    # --- reports -----------------------------------------------------------------------------------------------------

    def report_of(self, name: str) -> Kept:
        """A report by its SHA-256 or its short name; raises `UsageError` (`claims.no_report`)."""
        kept = self.reports.all()
        found = kept.get(name) or next((one for one in kept.values() if one.report.doc == name), None)
        if found is None:
            raise UsageError(
                f"The case has no report {name[:64]}. See what it has with: quittance claims list",
                code="claims.no_report",
            )
        return found

    def text_of(self, sha256: str) -> Report:
        """A report with its text, compared with what was kept and with what the record has of it.

        Raises `UnreadableError` (`claims.report_missing`), `RecordError` (`claims.report_changed`).
        """
        captured = self.said.captured.get(sha256)
        return self.reports.read(sha256, captured.sheet_sha256 if captured else None)

    def known_on(self, kept: Kept) -> date:
        """The day from which a report is public: its own date, or where it has none the day on which it came."""
        sha256 = kept.report.sha256
        if sha256 not in self._public:
            try:
                self._public[sha256] = parse_day((kept.report.published or "")[: len("2020-04-08")])
            except DateError:
                self._public[sha256] = Clockwork(self.agreement.calendar).local_day(parse_instant(kept.taken))
        return self._public[sha256]

    # --- claims ------------------------------------------------------------------------------------------------------

    def machine(self, sha256: str) -> list[Claim]:
        """What the program reads in one report, under the names that its claims have in the case.

        Nothing for a report that is missing or changed: nothing is read in what nobody can stand for.
        """
        engine = self.engine
        if sha256 not in self._read:
            try:
                report = self.text_of(sha256)
            except (UnreadableError, RecordError):
                return []
            self._read[sha256] = coded(report, engine.read(report))
        return self._read[sha256]

    def readings(self, code: str, instead: Draft | None = None) -> list[Reading]:
        """What the record holds of a claim, a reading each; a draft stands in the place of its reader's own."""
        by = instead.decision.by if instead else None
        found = [self.reading_of(one) for one in self.said.standing(code) if one.by != by]
        if instead is not None:
            found.append(Reading(instead.decision.by, JUDGEMENT_OF[instead.decision.answer], instead.decision))
        return found

    def reading_of(self, one: Judged) -> Reading:
        """A judgement of the record with its words, where they are still kept and are those that it binds."""
        draft = self.draft_of(one)
        return Reading(one.by, one.judgement, draft.decision if draft else None)

    def draft_of(self, one: Judged) -> Draft | None:
        """The decision that a judgement binds; None where it is not kept here any more, or was changed."""
        draft = self.store.words().get(one.nonce)
        return draft if draft is not None and draft.commitment(self.agreement.id) == one.bound else None

    def item(self, code: str, first: Claim, report: str, *, is_added: bool = False) -> Item:
        """One claim with what its readers made of it."""
        what = settled(self.readings(code))
        claims = (first,) if what.claims is None else what.claims
        return Item(code, report, first, is_added, what, () if what.state == "rejected" else claims)

    def together(self, as_of: date, known_by: date) -> Together:
        """Every claim of the reports public by both days, with verdicts; made once until something changes."""
        kept = {sha: one for sha, one in self.reports.all().items() if self.known_on(one) <= min(as_of, known_by)}
        said, engine = self.said, self.engine
        key = (as_of, known_by, said.size, tuple(kept), len(self.store.learned()))
        if key not in self._together:
            self._together[key] = self._make(kept, engine, as_of, known_by)
        self._together.move_to_end(key)
        while len(self._together) > REMEMBERED:
            self._together.popitem(last=False)
        return self._together[key]

    def added(self, drafts: Iterable[Draft] = ()) -> dict[str, Draft]:
        """The claims that readers added: those in the record, and of drafts those given."""
        recorded = (self.draft_of(one) for code in self.said.codes() for one in self.said.standing(code))
        return {one.code: one for one in (*recorded, *drafts) if one is not None and one.decision.answer == "added"}

    def verified(self, as_of: date, known_by: date) -> list[Known]:
        """What the verified record gives: the total that each side has released, from day to day."""
        case = self.case
        found = []
        for code, party in case.codes.items():
            wholes = commitments_of(case.agreement, party, None, as_of)
            for steps in self.casebook.verified(OPERATOR, wholes, as_of, known_by).values():
                found += [Known(actor=code, day=day, total=total) for day, total in steps if total]
        return found

    def _make(self, kept: Mapping[str, Kept], engine: Engine, as_of: date, known_by: date) -> Together:
        verified = self.verified(as_of, known_by)
        read = [claim for sha in kept for claim in self.machine(sha)]
        report_of = {one.report.doc: sha for sha, one in kept.items()}
        machine = {code_in(claim.id): claim for claim in engine.settle(read, verified)}
        items = {code: self.item(code, claim, report_of[claim.doc]) for code, claim in machine.items()}
        for code, draft in self.added().items():
            if code not in items and draft.report in kept:
                items[code] = self.item(code, draft.decision.results[0], draft.report, is_added=True)
        counting = [claim for item in items.values() for claim in item.claims]
        reports = [one.report for one in self._texts(kept)]
        origins = engine.origins(reports, counting)
        counting = origins.with_origins(counting)
        placed: defaultdict[str, list[Claim]] = defaultdict(list)
        for claim in counting:
            placed[code_in(claim.id)].append(claim)
        items = {code: replace(item, claims=tuple(placed[code])) for code, item in items.items()}
        found = engine.reconcile(counting, origins, verified, as_of, known_by)
        return Together(items, tuple(counting), origins, found)

    def _texts(self, kept: Mapping[str, Kept]) -> Iterable[Kept]:
        """The reports whose texts are here, with them."""
        for sha256, one in kept.items():
            try:
                report = self.text_of(sha256)
            except (UnreadableError, RecordError):
                continue
            yield Kept(report, one.text_sha256, one.sheet_sha256, one.taken)
