"""Reports and claims for the pages: invented, in memory, some of them hostile; a desk that answers like that of a case.

Every hostile text holds MARK, so that a test can look for it where it must not stand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from quittance.claims import decisions
from quittance.claims.desk import code_in, coded
from quittance.claims.model import Claim, Claimant, Extractor, Quantity, Report
from quittance.claims.origins import Origins, origins
from quittance.claims.promises import Known
from quittance.claims.reconcile import Reconciliation, reconcile
from quittance.errors import UsageError
from quittance.views.claims import ClaimLine, ClaimView, DraftLine, QueueView, Reading, ReportLine
from quittance.views.quotes import Quote

MARK = "Zzinvented"
PAYLOAD = f"{MARK} <script>alert(1)</script><img src=x onerror=alert(2)>\"'&amp;"
TURNED = f"{MARK} \u202eabc\u2066def\u200f\x1b[31m"
REVIEWER, SECOND = "ab" * 32, "cd" * 32
AT = "2025-01-10T12:00:00Z"

COUNCIL = Claimant(
    key="NSC", name="National Security Council", surface="the NSC", org="Government of A", role="institution", side="a"
)
GROUP = Claimant(key="SPOKESMAN_B", name="The spokesman of B", role="spokesman", side="b")
NARRATOR = Claimant(key="OUTLET", role="narrator", side="OUTLET")

TEXTS: tuple[tuple[str, str, str | None, str], ...] = (
    (
        "r1", "2025-01-03", "The Daily Example",
        "KABUL (Example Agency) - The NSC says it has released 748 people in all.\n"
        "The spokesman of B said on Friday that only 700 came home. Talks are to go on.\n",
    ),
    (
        "r2", "2025-01-04", "Example Agency",
        "The NSC says it has released 748 people in all. It released 102 more on Saturday.\n",
    ),
    ("r3", "2025-01-05", "Beispiel Zeitung", "A total of 850 people are free, the NSC says; B wants 500 more.\n"),
    (
        "r4", "2025-01-05", PAYLOAD,
        f"{PAYLOAD} the NSC says 901 people are free. {TURNED}\r\nاو دا یوه پښتو کرښه ده ۹۰۱.\n",
    ),
    ("r5", "2025-01-06", None, "No claim stands here.\n"),
)  # fmt: skip
"""Doc, day, outlet, text."""

FOUND: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("r1", "The NSC says it has released 748 people in all", "748", {"kind": "cumulative"}),
    ("r1", "The spokesman of B said on Friday that only 700 came home", "700",
     {"kind": "cumulative", "claimant": GROUP}),
    ("r2", "The NSC says it has released 748 people in all", "748", {"kind": "cumulative"}),
    ("r2", "It released 102 more on Saturday", "102", {"kind": "batch", "event_date": "2025-01-04"}),
    ("r3", "A total of 850 people are free, the NSC says", "850", {"kind": "cumulative"}),
    ("r3", "B wants 500 more", "500", {"event_type": "demand", "claimant": GROUP}),
    ("r4", "the NSC says 901 people are free", "901", {"kind": "cumulative", "claimant": NARRATOR}),
)  # fmt: skip
"""Doc, the words of a claim, its number, its other fields."""

KNOWN = (Known(actor="a", day=date(2025, 1, 4), total=700),)


Text = tuple[str, str, str | None, str]
Found = tuple[str, str, str, dict[str, object]]


def make_reports(texts: Sequence[Text]) -> dict[str, Report]:
    """The reports by the digest of their texts."""
    found = {}
    for doc, day, outlet, text in texts:
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        found[sha256] = Report(
            doc=doc, text=text, sha256=sha256, published=day, outlet=outlet, language="en",
            agency="Example Agency" if doc in ("r1", "r2") else None, url=f"https://example.org/{doc}",
            title=PAYLOAD if doc == "r4" else None,
        )  # fmt: skip
    return found


def claim_in(report: Report, words: str, number: str, n: int, **more: object) -> Claim:
    """One claim of a report, by its words."""
    start = report.text.index(words)
    at = report.text.index(number, start)
    value = int(number)
    plain: dict[str, object] = {
        "event_type": "done", "claimant": COUNCIL, "actor": "a", "object": "b", "kind": "batch", "channel": "statement",
        "quantity": Quantity(value=value, low=value, high=value, modality="exact", surface=number),
        "event_date": report.published, "statement_date": report.published,
        "extractor": Extractor(name="quittance", version="1", rule="done.total"),
    }  # fmt: skip
    return Claim(
        id=f"{report.doc}#{n}", doc=report.doc, outlet=report.outlet, published=report.published,
        span=(start, start + len(words)), text=words, quantity_span=(at, at + len(number)), **{**plain, **more},
    )  # type: ignore[arg-type]  # fmt: skip


class Claims:
    """The claims desk of a case, from memory. `more` are reports without claims, to make the inbox long."""

    def __init__(
        self, more: int = 0, texts: Sequence[Text] = TEXTS, found: Sequence[Found] = FOUND,
        known: Sequence[Known] = KNOWN,
        as_of: date = date(2025, 1, 10),
    ) -> None:  # fmt: skip
        self.kept = make_reports(texts)
        for n in range(more):
            sha256 = hashlib.sha256(str(n).encode()).hexdigest()
            self.kept[sha256] = Report(doc=f"more{n}", text="Nothing.", sha256=sha256, published="2025-01-01")
        by_doc = {one.doc: one for one in self.kept.values()}
        machine = {doc: [] for doc in by_doc}  # type: dict[str, list[Claim]]
        for n, (doc, words, number, fields) in enumerate(found):
            machine[doc].append(claim_in(by_doc[doc], words, number, n, **fields))
        self.machine = [one for doc, claims in machine.items() for one in coded(by_doc[doc], claims)]
        self.traced = origins(list(self.kept.values()), self.machine)
        self.machine = self.traced.with_origins(self.machine)
        self.judged = reconcile(self.machine, self.traced.origin_of, (), known, as_of, as_of)
        self.given: dict[tuple[str, str], decisions.Decision] = {}
        self.others: dict[str, dict[str, tuple[Claim, ...]]] = {}
        self.asked: list[str] = []

    # what is there

    def inbox(self, viewer: object, /) -> tuple[ReportLine, ...]:
        """Those with conflicting claims first."""
        self.asked.append("inbox")
        lines = [self._report_line(one) for one in self.kept.values()]
        return tuple(sorted(lines, key=lambda one: (-one.conflicting, -one.open, one.doc)))

    def _report_line(self, one: Report) -> ReportLine:
        mine = [line for line in self.claims(None) if line.report == one.sha256]
        groups = [line.claim.origin.group for line in mine if line.claim.origin and line.claim.origin.group]
        group = groups[0] if groups else ""
        sharing = {
            each.doc for each in self.machine if each.origin is not None and group and each.origin.group == group
        }
        return ReportLine(
            one.sha256, one.doc, one.outlet, one.agency, one.published, one.url, one.title, one.language, AT, 3,
            "missing" if one.doc == "r5" else "here", ("the page shows two dates",) if one.doc == "r4" else (),
            len(mine), sum(line.state == "unreviewed" for line in mine),
            sum(line.verdict in ("conflicting", "impossible") for line in mine), group or "", max(1, len(sharing)),
        )  # fmt: skip

    def report(self, viewer: object, /, name: str) -> Report:
        """One, unless its text is not kept."""
        self.asked.append("report")
        if name not in self.kept or self.kept[name].doc == "r5":
            raise UsageError("No such report.", code="claims.no_report")
        return self.kept[name]

    def claims(self, viewer: object, /, *, report: str | None = None) -> tuple[ClaimLine, ...]:
        """All, or those of one report."""
        lines = [self._line(one) for one in self.machine]
        return tuple(one for one in lines if report in (None, one.report))

    def _line(self, claim: Claim) -> ClaimLine:
        code, verdict, arithmetic = code_in(claim.id), "", ()  # type: str, str, tuple[str, ...]
        for one in self.judged.judged:
            if one.claim == claim.id:
                verdict, arithmetic = one.verdict, one.arithmetic
        sha256 = next(one.sha256 for one in self.kept.values() if one.doc == claim.doc)
        same = next((one for one in self.traced.counts if claim.id in one.claims), None)
        return ClaimLine(
            code, claim, claim, sha256, "unreviewed", verdict, (), arithmetic,
            len(same.reports) if same else 1, len(same.origins) if same else 1,
            reasons=("conflicting",) if verdict == "conflicting" else (), stays="not_decided",
        )  # fmt: skip

    def claim(self, viewer: object, /, name: str, reviewer: str | None = None, *, blind: bool = False) -> ClaimView:
        """One in full."""
        line = next((one for one in self.claims(None) if one.code == name), None)
        if line is None:
            raise UsageError("No such claim.", code="claims.no_claim")
        if blind:
            line = replace(line, verdict="", arithmetic=(), reasons=())
        report = self._report_line(self.kept[line.report])
        mine = self.given.get((reviewer or "", name))
        draft = self._reading(mine) if mine else None
        others = tuple(
            Reading(by, "accepted", "accepted", claims, (), PAYLOAD, AT, 7, None)
            for by, claims in self.others.get(name, {}).items()
        )
        quote = Quote(line.report, "here", line.claim.span)
        return ClaimView(line, report, quote, () if blind else others, draft, (), (), ("748 + 102 = 850",))

    @staticmethod
    def _reading(one: decisions.Decision) -> Reading:
        return Reading(
            one.by, "corrected" if one.results and one.changes else "accepted", one.answer, one.results or None,
            tuple(one.changes.items()), one.comment, one.at, None, None, one.second,
        )  # fmt: skip

    def reconciliation(self, viewer: object, /, as_of: object = None, known_by: object = None) -> Reconciliation:
        """Real, of the invented claims."""
        return self.judged

    def origins(self, viewer: object, /, as_of: object = None, known_by: object = None) -> Origins:
        """Real, of the invented reports."""
        return self.traced

    # what is decided

    def queue(self, viewer: object, /, reviewer: str) -> QueueView:
        """What has no decision of his yet, conflicts first."""
        lines = [one for one in self.claims(None) if (reviewer, one.code) not in self.given]
        lines.sort(key=lambda one: one.verdict != "conflicting")
        return QueueView(reviewer, len(lines), len(self.unsigned(None, reviewer)), tuple(lines))

    def sample(self, viewer: object, /, reviewer: str) -> QueueView:
        """What another has decided, and he has not."""
        lines = [one for one in self.claims(None) if one.code in self.others and (reviewer, one.code) not in self.given]
        return QueueView(reviewer, len(lines), 0, tuple(lines))

    def decide(
        self, viewer: object, /, reviewer: str, name: str, answer: str, *, changes: Mapping[str, str] | None = None,
        comment: str | None = None, second: bool = False,
    ) -> DraftLine:  # fmt: skip
        """Keep a decision."""
        claim = self.claim(None, name).line.claim
        results: tuple[Claim, ...] = ()
        if answer == "corrected":
            if not changes:
                raise UsageError("No field was corrected.", code="claims.no_changes")
            results = (decisions.corrected(claim, changes, reviewer, AT),)
        elif answer in ("accepted", "doubtful"):
            results = (decisions.reviewed(claim, answer, reviewer, AT),)  # type: ignore[arg-type]
        return self._keep(reviewer, name, answer, results, changes, comment, second=second)

    def merge(self, viewer: object, /, reviewer: str, name: str, into: str | None) -> DraftLine:
        """Keep that two are one event."""
        other = self.claim(None, into or "").line.claim
        claim = decisions.same_event(self.claim(None, name).line.claim, other.id, reviewer, AT)
        return self._keep(reviewer, name, "merged", (claim,))

    def split(self, viewer: object, /, reviewer: str, name: str, numbers: Sequence[str]) -> DraftLine:
        """Keep several for one."""
        line = self.claim(None, name).line
        parts = decisions.split(line.claim, self.kept[line.report].text, numbers, reviewer, AT)
        return self._keep(reviewer, name, "split", parts)

    def add(
        self, viewer: object, /, reviewer: str, report: str, words: str, number: str, changes: Mapping[str, str]
    ) -> DraftLine:
        """Keep one that was missed."""
        claim = decisions.added(self.report(None, report), "new", words, number, changes, reviewer, AT)
        (found,) = coded(self.kept[report], [claim])
        return self._keep(reviewer, code_in(found.id), "added", (found,), changes, report=report)

    def _keep(
        self, reviewer: str, name: str, answer: str, results: tuple[Claim, ...],
        changes: Mapping[str, str] | None = None, comment: str | None = None, *, second: bool = False,
        report: str = "",
    ) -> DraftLine:  # fmt: skip
        doc = self.kept[report].doc if report else self.claim(None, name).line.claim.doc
        kept = decisions.Decision(
            claim=name, doc=doc, answer=answer, by=reviewer, at=AT, changes=dict(changes or {}), comment=comment,  # type: ignore[arg-type]
            second=second, results=results,
        )  # fmt: skip
        self.given[reviewer, name] = kept
        return self._draft(kept)

    def _draft(self, one: decisions.Decision) -> DraftLine:
        sha256 = next(each.sha256 for each in self.kept.values() if each.doc == one.doc)
        fact = f"claim-{one.claim}" if one.answer == "accepted" else None
        return DraftLine(one.claim, sha256, "accepted", one.answer, one.at, one.comment, tuple(one.changes), fact, "")

    def take_back(self, viewer: object, /, reviewer: str, name: str) -> bool:
        """Forget a decision."""
        self.claim(None, name)
        return self.given.pop((reviewer, name), None) is not None

    def unsigned(self, viewer: object, /, reviewer: str) -> tuple[DraftLine, ...]:
        """All decisions."""
        return tuple(self._draft(one) for (by, _), one in self.given.items() if by == reviewer)

    def readings(self, viewer: object, /) -> dict[str, dict[str, tuple[Claim, ...]]]:
        """What each reader left."""
        found = {code: dict(readers) for code, readers in self.others.items()}
        for (by, code), one in self.given.items():
            found.setdefault(code, {})[by] = one.results
        return found
