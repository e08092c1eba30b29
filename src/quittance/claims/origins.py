"""Where claims come from: reports, those whom they quote, and the agencies whose copy they carry, as one graph.

Six reports of one figure may all go back to one spokesman. The origin of a claim is the most direct named claimant;
what outlets tell without a source counts once for each agency. Counting reports as confirmation is the error to
prevent, so that where two origins may be one, they are counted as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

import msgspec

from quittance.claims.copied import NEAR_DAYS, UNKNOWN, Copies, Figure, Statement, day_of, figure
from quittance.claims.graph import Edge, Group, Node, Relation, in_order, layered
from quittance.claims.model import OUTLET, Claim, Evidence, Origin, Report
from quittance.claims.press import cited, credit, press_name
from quittance.claims.tellers import DOCUMENT, is_named, is_press, rank, same_office, teller_name

ECHO_DAYS = 14
"""How long an outlet's running total that is no round number is an echo of the source that gave it."""


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """One figure: which claims give it, in which reports, and how many origins they have between them."""

    event_type: str
    actor: str
    kind: str
    value: int | None
    low: int | None
    high: int | None
    first: str | None
    last: str | None
    claims: tuple[str, ...]
    reports: tuple[str, ...]
    origins: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Such as "6 reports, 1 origin"."""
        return in_words(len(self.reports), len(self.origins))


class Origins(msgspec.Struct, frozen=True, kw_only=True):
    """The graph, the groups of copies, the figures with their origins, and the origin of each claim by its id.

    `shown_by` is what shows the origin of a claim, `copied_from` the report from which another was taken.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    groups: tuple[Group, ...]
    counts: tuple[Count, ...]
    origin_of: Mapping[str, str]
    shown_by: Mapping[str, tuple[Evidence, ...]]
    agency_of: Mapping[str, str]
    copied_from: Mapping[str, str]

    def with_origins(self, claims: Iterable[Claim]) -> list[Claim]:
        """The claims with their origin filled in; what a reviewer has said of an origin stays."""
        return [
            claim
            if claim.id not in self.origin_of or (claim.origin is not None and "reviewer" in claim.origin.evidence)
            else msgspec.structs.replace(
                claim,
                origin=Origin(
                    agency=self.agency_of.get(claim.doc),
                    copied_from=self.copied_from.get(claim.doc),
                    group=self.origin_of[claim.id],
                    evidence=self.shown_by[claim.id],
                ),
            )
            for claim in claims
        ]

    def of(self, claims: Iterable[str]) -> tuple[str, ...]:
        """The origins that these claims have between them, sorted; a claim that is not known has none."""
        return tuple(sorted({self.origin_of[claim] for claim in claims if claim in self.origin_of}))


def in_words(reports: int, origins: int) -> str:
    """How often and from how many: "6 reports, 1 origin"."""
    return f"{reports:,} report{'s' * (reports != 1)}, {origins:,} origin{'s' * (origins != 1)}"


def origins(reports: Sequence[Report], claims: Sequence[Claim]) -> Origins:
    """The origins of claims: `claims` are those of `reports`; the order of neither matters.

    A claim whose report is not given has its claimant or its outlet as the origin.
    """
    claims = sorted(claims, key=lambda claim: (claim.doc, claim.span, claim.id))
    return _Tracing(sorted(reports, key=lambda report: (report.doc, report.sha256, report.text)), claims).traced()


_LASTING = ("cumulative", "target", "list")
"""Kinds whose number stays the same figure however long it is repeated."""


class _Tracing:
    """One run: what each report carries and quotes, which are copies, then the origin of each figure's claims."""

    def __init__(self, reports: Sequence[Report], claims: Sequence[Claim]) -> None:
        self.reports = {report.doc: report for report in reports}
        self.claims = claims
        self.credits = {doc: credit(report) for doc, report in self.reports.items()}
        self.names = {
            teller_name(claim.claimant): claim.claimant.key for claim in claims if not is_press(claim.claimant)
        }
        self.quoted: defaultdict[str, set[str]] = defaultdict(set)
        self.statements: defaultdict[str, set[Statement]] = defaultdict(set)
        for claim in claims:
            if is_named(claim.claimant):
                self.quoted[claim.doc].add(claim.claimant.key)
                if (number := figure(claim)) and claim.statement_date:
                    self.statements[claim.doc].add((number, claim.claimant.key, claim.statement_date))
        self.shown: dict[str, set[Evidence]] = {claim.id: set() for claim in claims}
        self.origin: dict[str, str] = {}
        self._copies = Copies(self.reports, self.credits, self.statements)
        self.edges = dict(self._copies.edges)
        self.groups = self._copies.groups
        self.group_of = {doc: group for group in self.groups for doc in group.documents}
        self.credits |= {doc: group.agency for doc, group in self.group_of.items() if not self.credits[doc]}

    def traced(self) -> Origins:
        """The whole, once."""
        counts = [self._count(claims) for claims in self._figures()]
        for claim in self.claims:
            if claim.id not in self.origin:
                self._settle(claim, self._own(claim))
        edges = self._all_edges()
        return Origins(
            nodes=self._nodes(edges),
            edges=edges,
            groups=tuple(self.groups),
            counts=tuple(sorted(counts, key=lambda count: (count.first or "", count.claims))),
            origin_of=dict(sorted(self.origin.items())),
            shown_by={claim: in_order(shown) for claim, shown in self.shown.items()},
            agency_of={doc: name for doc, name in self.credits.items() if name},
            copied_from=self._copies.copied,
        )

    # Figures

    def _figures(self) -> list[list[Claim]]:
        """Claims of one figure together; a figure of one day is another one when it comes again later."""
        alike: defaultdict[Figure, list[Claim]] = defaultdict(list)
        for claim in self.claims:
            if number := figure(claim):
                alike[number].append(claim)
        found: list[list[Claim]] = []
        for number, claims in alike.items():
            lasting = number[2] in _LASTING or number[0] == "term"
            claims.sort(key=lambda one: (self._eventday_of(one) or date.max, one.doc, one.span, one.id))
            found.append(claims[:1])
            for before, claim in pairwise(claims):
                first, then = self._eventday_of(before), self._eventday_of(claim)
                if not lasting and first != then and (first is None or then is None or (then - first).days > NEAR_DAYS):
                    found.append([])
                found[-1].append(claim)
        return found

    def _count(self, claims: list[Claim]) -> Count:
        """Settle the origin of each claim of one figure, and count."""
        named = [claim for claim in claims if is_named(claim.claimant)]
        named.sort(key=lambda claim: rank(claim.claimant))  # who speaks for another is settled before him
        for claim in named + [claim for claim in claims if not is_named(claim.claimant)]:
            self._settle(claim, self._direct(claim, named))
        first, reports = claims[0], sorted({claim.doc for claim in claims})
        quantity = first.quantity
        assert quantity is not None
        days = sorted(day for claim in claims if (day := self._printed(claim)))
        return Count(
            event_type=first.event_type,
            actor=first.actor,
            kind=first.kind,
            value=quantity.value,
            low=quantity.low,
            high=quantity.high,
            first=days[0] if days else None,
            last=days[-1] if days else None,
            claims=tuple(claim.id for claim in claims),
            reports=tuple(reports),
            origins=tuple(sorted({self.origin[claim.id] for claim in claims})),
        )

    def _direct(self, claim: Claim, named: Sequence[Claim]) -> str:
        """The origin of a claim, from all claims of the same figure that name their claimant, which are settled first.

        An institution speaks through the person whom others name; an outlet's own words may repeat a source.
        """
        if not is_named(claim.claimant):
            told = [one for one in named if self._echoes(claim, one)]
        elif rank(claim.claimant) > DOCUMENT:
            told = [one for one in named if self._speaks_for(one, claim)]
        else:
            told = []
        if not told:
            return self._own(claim)
        best = min(
            told, key=lambda one: (one.doc != claim.doc, rank(one.claimant), abs(self._after(claim, one)), one.id)
        )
        self.shown[claim.id].update(("same_tuple", "named_source"))
        return self.origin.get(best.id) or self._own(best)

    def _speaks_for(self, person: Claim, office: Claim) -> bool:
        near = person.doc == office.doc or abs(self._after(person, office)) <= NEAR_DAYS
        return near and rank(person.claimant) < rank(office.claimant) and same_office(office.claimant, person.claimant)

    def _echoes(self, claim: Claim, told: Claim) -> bool:
        """Whether an outlet's own words repeat a source.

        They do if the source gives the figure in the same report; if the report, or one that carries its copy, quotes
        that source, and the two came within two days; if the figure is that of an agreement's term; or if the number
        is no round one and came shortly before from the source.
        """
        if claim.doc == told.doc or (claim.event_type == "term" and rank(told.claimant) == DOCUMENT):
            return True
        after = self._after(claim, told)
        if abs(after) <= NEAR_DAYS and any(told.claimant.key in self.quoted[doc] for doc in self._same_copy(claim.doc)):
            return True
        number = claim.quantity.value if claim.quantity else None
        distinct = number is not None and number >= 100 and number % 10 != 0
        return distinct and -NEAR_DAYS <= after <= (ECHO_DAYS if claim.kind in _LASTING else NEAR_DAYS)

    def _same_copy(self, doc: str) -> Sequence[str]:
        group = self.group_of.get(doc)
        return group.documents if group else (doc,)

    def _own(self, claim: Claim) -> str:
        """What a claim says of its origin by itself: its claimant; for an outlet's own words the agency or outlet."""
        if is_named(claim.claimant):
            return f"source:{claim.claimant.key}"
        doc = claim.doc
        if claim.claimant.key != OUTLET and is_press(claim.claimant):
            name: str | None = teller_name(claim.claimant)
        else:
            head = self._same_copy(doc)[0]
            outlet = self.reports[head].outlet if head in self.reports else claim.outlet
            name = self.credits.get(doc) or press_name(outlet or "")
        if not name:
            return f"report:{self._same_copy(doc)[0]}"
        return f"source:{self.names[name]}" if name in self.names else f"press:{name}"

    def _settle(self, claim: Claim, origin: str) -> None:
        self.origin[claim.id] = origin
        shown = self.shown[claim.id]
        if is_named(claim.claimant):
            shown.add("named_source")
        elif claim.claimant.key != OUTLET:
            shown.add("cited")
        elif not shown and self.credits.get(claim.doc):
            shown.add("credit")
        if (group := self.group_of.get(claim.doc)) and not is_named(claim.claimant):
            shown.update(group.evidence)

    # The graph

    def _all_edges(self) -> tuple[Edge, ...]:
        resting: defaultdict[tuple[str, str], list[Claim]] = defaultdict(list)
        for claim in self.claims:
            resting[f"report:{claim.doc}", self.origin[claim.id]].append(claim)
        for (start, end), claims in resting.items():
            if start != end and not end.startswith("report:"):
                shown = {one for claim in claims for one in self.shown[claim.id]}
                relation: Relation = "cites" if end.startswith("source:") or "credit" not in shown else "copied from"
                ids = tuple(claim.id for claim in claims)
                self._edge(start, end, relation, in_order(shown), ids)
        known = sorted({name for name in self.credits.values() if name} | self._outlets())
        for doc, report in self.reports.items():
            if (name := self.credits[doc]) is not None:
                self._edge(f"report:{doc}", self._press(name), "copied from", ("credit",), ())
            for other in cited(report, known):
                self._edge(f"report:{doc}", self._press(other), "cites", ("cited",), ())
        return tuple(sorted(self.edges.values(), key=lambda edge: (edge.start, edge.end)))

    def _nodes(self, edges: Sequence[Edge]) -> tuple[Node, ...]:
        speakers = {f"source:{claim.claimant.key}": claim.claimant for claim in reversed(self.claims)}
        labels = {f"press:{name}": label for name, label in self._labels().items()}
        labels |= {name: one.name or one.surface or one.key for name, one in speakers.items()}
        days = {f"report:{doc}": self.reports[doc].published for doc in sorted(self.reports, key=self._copies.when)}
        return layered(edges, days, self.origin.values(), labels, {name: one.side for name, one in speakers.items()})

    def _labels(self) -> dict[str, str]:
        """How agencies and outlets spell themselves: the first spelling by alphabet."""
        spelt = [
            one for report in self.reports.values() for one in (report.outlet, (report.agency or "").split(" / ")[-1])
        ]
        return {press_name(one): one for one in sorted(filter(None, spelt), reverse=True)}

    def _outlets(self) -> set[str]:
        outlets = {press_name(report.outlet or "") for report in self.reports.values()}
        return (outlets | {teller_name(claim.claimant) for claim in self.claims if is_press(claim.claimant)}) - {""}

    def _press(self, name: str) -> str:
        return f"source:{self.names[name]}" if name in self.names else f"press:{name}"

    def _edge(
        self,
        start: str,
        end: str,
        relation: Relation,
        evidence: tuple[Evidence, ...],
        claims: tuple[str, ...],
        share: float | None = None,
    ) -> None:
        """Add an edge, or its evidence to the one that is there."""
        known = self.edges.get((start, end))
        if known is not None:
            evidence = in_order({*evidence, *known.evidence})
            claims = tuple(sorted({*known.claims, *claims}))
            relation, share = known.relation, known.share
        self.edges[start, end] = Edge(
            start=start, end=end, relation=relation, evidence=evidence, share=share, claims=claims
        )

    # Days

    def _printed(self, claim: Claim) -> str | None:
        report = self.reports.get(claim.doc)
        return claim.published or (report.published if report else None)

    def _eventday_of(self, claim: Claim) -> date | None:
        return day_of(claim.event_date) or day_of(self._printed(claim))

    def _after(self, claim: Claim, other: Claim) -> int:
        """How many days after the other a claim was printed; `UNKNOWN` if nobody knows."""
        mine, its = day_of(self._printed(claim)), day_of(self._printed(other))
        return (mine - its).days if mine and its else UNKNOWN
