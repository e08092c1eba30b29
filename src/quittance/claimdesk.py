"""The desk of public claims as it is shown: reports and claims in lines, one claim in full, what a reader is asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from quittance.claimfacts import Due, due
from quittance.claims.desk import JUDGEMENT_OF, RANKS, code_in, in_order
from quittance.claims.model import Claim
from quittance.claims.origins import Count
from quittance.claims.reconcile.model import Judged as Verdict
from quittance.claimshelf import ClaimShelf, Item, Together
from quittance.claimstore import Draft
from quittance.errors import RecordError, UnreadableError, UsageError
from quittance.files.reportfolder import Kept
from quittance.views.claims import ClaimLine, ClaimView, DraftLine, QueueView, Reading, ReportLine
from quittance.views.quotes import Quote, quote

OPEN = ("unreviewed", "differing")
"""States in which a claim waits for a reader."""


class ClaimDesk:
    """What can be seen of the claims on one shelf. Whoever asks has looked at the rights and holds the lock."""

    def __init__(self, shelf: ClaimShelf, today: Callable[[], date]) -> None:
        self.shelf, self.today = shelf, today
        self._due: tuple[tuple[object, ...], Due] | None = None
        self._lines: tuple[Together, Due, dict[str, ClaimLine]] | None = None

    def due(self) -> Due:
        """What the signed judgements owe to the journal; made once until something changes."""
        shelf = self.shelf
        key = (shelf.said.size, tuple(shelf.reports.all()), self.today())
        if self._due is None or self._due[0] != key:
            self._due = key, due(shelf, self.today())
        return self._due[1]

    # --- lines -------------------------------------------------------------------------------------------------------

    def lines(self, as_of: date, known_by: date) -> dict[str, ClaimLine]:
        """Every claim of the reports public by then, by its code, in the order of the reports and their places."""
        together, owed = self.shelf.together(as_of, known_by), self.due()
        if self._lines is None or self._lines[0] is not together or self._lines[1] is not owed:
            verdicts = {one.claim: one for one in together.found.judged}
            counts = {claim: one for one in together.origins.counts for claim in one.claims}
            made = [self._line(item, verdicts, counts, owed) for item in together.items.values()]
            made.sort(key=lambda one: (one.claim.published or "", one.claim.doc, one.claim.span))
            self._lines = together, owed, {one.code: one for one in made}
        return self._lines[2]

    def line(self, name: str, as_of: date, known_by: date) -> ClaimLine:
        """One claim by its code or its id; raises `UsageError` (`claims.no_claim`)."""
        found = self.lines(as_of, known_by).get(code_in(name))
        if found is None:
            raise UsageError(
                f"No report that was public by {min(as_of, known_by)} holds the claim {name[:64]}. List them with: "
                "quittance claims list",
                code="claims.no_claim",
            )
        return found

    def reports(self, as_of: date, known_by: date) -> tuple[ReportLine, ...]:
        """Every report, in the order in which they came, with what there is to do in it."""
        lines: dict[str, list[ClaimLine]] = {}
        for one in self.lines(as_of, known_by).values():
            lines.setdefault(one.report, []).append(one)
        return tuple(self.report_line(one, lines.get(sha256, ())) for sha256, one in self.shelf.reports.all().items())

    def inbox(self, as_of: date, known_by: date) -> tuple[ReportLine, ...]:
        """The reports in the order of what waits in them: what contradicts something first, what is done last."""
        first: dict[str, int] = {}
        for number, line in enumerate(self.waiting(as_of, known_by)):
            first.setdefault(line.report, number)
        found = self.reports(as_of, known_by)
        return tuple(
            sorted(found, key=lambda one: (first.get(one.sha256, len(first) * len(found) + 1), one.published or ""))
        )

    def report_line(self, kept: Kept, lines: Sequence[ClaimLine]) -> ReportLine:
        """One report with the claims in it."""
        report, captured = kept.report, self.shelf.said.captured.get(kept.report.sha256)
        origins = Counter(one.claim.origin.group for one in lines if one.claim.origin and one.claim.origin.group)
        return ReportLine(
            report.sha256, report.doc, report.outlet, report.agency, report.published, report.url, report.title,
            report.language, kept.taken, captured.index if captured else None,
            self.shelf.reports.state(report.sha256, captured.sheet_sha256 if captured else None),
            report.warnings, len(lines), sum(one.state in OPEN for one in lines),
            sum(one.verdict in RANKS[:2] for one in lines), origins.most_common(1)[0][0] if origins else "",
            max((one.reports for one in lines), default=1),
        )  # fmt: skip

    # --- what waits --------------------------------------------------------------------------------------------------

    def waiting(self, as_of: date, known_by: date) -> list[ClaimLine]:
        """The claims that nobody has settled, in the order in which they are asked about."""
        return self._ordered(one for one in self.lines(as_of, known_by).values() if one.state in OPEN)

    def queue(self, reviewer: str, unsigned: int) -> QueueView:
        """What one reader is asked: what waits, and he has said nothing of."""
        mine = self._said_by(reviewer)
        lines = tuple(one for one in self.waiting(self.today(), self.today()) if one.code not in mine)
        return QueueView(reviewer, len(lines), unsigned, lines)

    def sample(self, reviewer: str, percent: int, unsigned: int) -> QueueView:
        """A blind second reading: so many in a hundred of what others have judged, the same for everybody who asks."""
        mine, others = self._said_by(reviewer), self._said_by(None) - self._said_by(reviewer)
        lines = tuple(
            blinded(one)
            for one in self.lines(self.today(), self.today()).values()
            if one.code in others and one.code not in mine and one.machine is not None and _is_drawn(one.code, percent)
        )
        return QueueView(reviewer, len(lines), unsigned, lines)

    def _said_by(self, reviewer: str | None) -> set[str]:
        """The codes of claims of which a reader, or for None anybody, has said something, signed or not."""
        said = self.shelf.said
        signed = {code for code in said.codes() for one in said.standing(code) if reviewer in (None, one.by)}
        return signed | {code for code, by in self.shelf.store.drafts() if reviewer in (None, by)}

    def _ordered(self, lines: Iterable[ClaimLine]) -> list[ClaimLine]:
        by_id = {one.claim.id: one for one in lines}
        return [by_id[claim.id] for claim in in_order((one.claim, one.reasons) for one in by_id.values())]

    # --- one claim ---------------------------------------------------------------------------------------------------

    def view(self, name: str, reviewer: str | None, as_of: date, known_by: date, *, blind: bool) -> ClaimView:
        """One claim in full; `blind` hides what others said and what follows from it. Raises as `line`."""
        line = self.line(name, as_of, known_by)
        lines = self.lines(as_of, known_by)
        kept = self.shelf.report_of(line.report)
        draft = self.shelf.store.drafts().get((line.code, reviewer)) if reviewer else None
        drafted = draft is not None and not self.shelf.record.known().has_nonce(draft.nonce)
        readings = tuple(one for one in self.readings(line.code) if not blind or one.by == reviewer)
        item = self.shelf.together(as_of, known_by).items[line.code]
        same = tuple(one for one in lines.values() if one.group == line.group and one.code != line.code)
        return ClaimView(
            line=blinded(line) if blind else line,
            report=self.report_line(kept, [one for one in lines.values() if one.report == line.report]),
            quote=self.quote(line.report, line.claim),
            readings=readings,
            draft=reading_view(draft, None) if draft is not None and drafted else None,
            parts=item.claims[1:],
            same_event=same,
            trace=_trace(line.machine or line.claim),
        )

    def readings(self, code: str) -> tuple[Reading, ...]:
        """What the record holds of a claim, with the words where they are still kept."""
        found = []
        for one in self.shelf.said.standing(code):
            draft = self.shelf.draft_of(one)
            found.append(
                reading_view(draft, one.index)
                if draft is not None
                else Reading(one.by, one.judgement, one.judgement, None, (), None, one.at, one.index, None)
            )
        return tuple(found)

    def quote(self, sha256: str, claim: Claim) -> Quote:
        """The words of a claim in its report, or why they cannot be shown."""
        try:
            return quote(self.shelf.text_of(sha256), claim.span, claim.quantity_span)
        except UnreadableError:
            return Quote(sha256, "missing", claim.span)
        except RecordError:
            return Quote(sha256, "changed", claim.span)

    def draft_line(self, draft: Draft, owed: Due) -> DraftLine:
        """A decision that is not signed, with what signing it would do."""
        decision = draft.decision
        names = [one.id.rpartition("#")[2] for one in decision.results] or [draft.code]
        fact = next((owed.facts[name] for name in names if name in owed.facts), None)
        stays = next((owed.stays[name] for name in (*names, draft.code) if name in owed.stays), "")
        return DraftLine(
            draft.code, draft.report, JUDGEMENT_OF[decision.answer], decision.answer, decision.at, decision.comment,
            tuple(decision.changes), fact, "" if fact else stays,
        )  # fmt: skip

    def _line(self, item: Item, verdicts: Mapping[str, Verdict], counts: Mapping[str, Count], owed: Due) -> ClaimLine:
        claim, state = item.shown, item.settled.state
        verdict, count = verdicts.get(claim.id), counts.get(claim.id)
        name = claim.id.rpartition("#")[2]
        fact = owed.facts.get(name)
        engine = self.shelf.engine
        reasons = [
            *([verdict.verdict] if verdict is not None and verdict.verdict in RANKS[:2] else []),
            *(["differing"] if state == "differing" else []),
            *(["tie"] if state == "unreviewed" and engine.is_tie(claim) else []),
            *(["weak"] if state == "unreviewed" and engine.is_weak(claim) else []),
        ]
        return ClaimLine(
            code=item.code,
            claim=claim,
            machine=None if item.is_added else item.first,
            report=item.report,
            state=state,
            verdict=verdict.verdict if verdict else "",
            flags=tuple(one for one in verdict.flags if one) if verdict else (),
            arithmetic=verdict.arithmetic if verdict else (),
            reports=len(count.reports) if count else 1,
            origins=len(count.origins) if count else 1,
            fact=fact if fact not in owed.made else None,
            stays="" if fact else owed.stays.get(name) or owed.stays.get(item.code) or state,
            reasons=tuple(reasons),
            group=code_in(claim.same_event) if claim.same_event else item.code,
        )


def reading_view(draft: Draft, entry: int | None) -> Reading:
    """A decision as it is shown; `entry` is its place in the record."""
    one = draft.decision
    return Reading(
        one.by, JUDGEMENT_OF[one.answer], one.answer, one.results, tuple(one.changes.items()), one.comment, one.at,
        entry, draft.of, one.second,
    )  # fmt: skip


def blinded(line: ClaimLine) -> ClaimLine:
    """A claim for a reader who is to see neither what others said of it nor what follows from that."""
    claim = line.machine or line.claim
    return replace(
        line, claim=claim, state="unreviewed", verdict="", flags=(), arithmetic=(), fact=None, stays="", reasons=(),
        group=line.code,
    )  # fmt: skip


def _is_drawn(code: str, percent: int) -> bool:
    return int.from_bytes(hashlib.sha256(code.encode()).digest()[:4]) % 100 < percent


def _trace(claim: Claim) -> tuple[str, ...]:
    """How a claim was found: program, rule, what decided its number, and the note of the series."""
    found = claim.extractor
    note = claim.extra.note if claim.extra is not None and isinstance(claim.extra.note, str) else ""
    return tuple(
        one
        for one in (
            f"{found.name} {found.version}" if found else "",
            found.rule or "" if found else "",
            claim.kind_basis or "",
            note,
        )
        if one
    )
