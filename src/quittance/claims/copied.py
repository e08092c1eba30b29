"""Which reports carry one copy: by their texts, the agency that they credit, and what they say that somebody said.

A text alone shows a copy only where much of it stands in the other. Less is enough together with one credit, or one
figure of one claimant and day; both together are enough on one day without any text, as a copy may be translated.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from itertools import combinations

from quittance.claims.copies import containment
from quittance.claims.graph import Edge, Group, Relation, in_order
from quittance.claims.model import Claim, Evidence, Report
from quittance.claims.press import press_name

ALONE = 0.3
"""How much of the shorter text must stand in the longer for the text alone to show a copy."""

WITH_MORE = 0.2
"""How much is enough together with the same credit, or the same claim of the same claimant."""

WITH_ALL = 0.15
"""How much is enough with both, within two days; of one day they need no text at all, as a copy may be translated."""

NEAR_DAYS = 2
"""How many days may lie between two reports of one statement."""

OLD_DAYS = 14
REPRINT = 0.7
"""Two reports that lie further apart are likely alike because such reports are: most of one must stand in the other."""

Figure = tuple[str, str, str, int | None, int | None]
"""Event, actor, kind, and the number: once as value and None, or as the ends of a range."""


Statement = tuple[Figure, str, str]
"""A figure, who gives it, and the day on which he said it."""

UNKNOWN = 1_000_000
"""Days between two reports of which one has no day: never near."""


def figure(claim: Claim) -> Figure | None:
    """The number that a claim gives and of what, whatever words soften it; None if it gives none."""
    quantity = claim.quantity
    if quantity is None:
        return None
    head = (claim.event_type, claim.actor, claim.kind)
    if quantity.modality == "range" and quantity.low is not None and quantity.high is not None:
        return (*head, quantity.low, quantity.high)
    return None if quantity.value is None else (*head, quantity.value, None)


def day_of(text: str | None) -> date | None:
    """The day of an ISO date, or the last of an interval; None where only a month is known."""
    try:
        return date.fromisoformat((text or "").split("/")[-1])
    except ValueError:
        return None


class Copies:
    """The groups of reports that carry one copy, the edges within them, and which report was copied from which.

    `credits` are the agencies of the reports by their short names, `statements` what each says that somebody said.
    """

    def __init__(
        self,
        reports: Mapping[str, Report],
        credits: Mapping[str, str | None],
        statements: Mapping[str, Collection[Statement]],
    ) -> None:
        self.reports, self.credits = reports, credits
        self.statements = {doc: frozenset(statements.get(doc, ())) for doc in reports}
        self.edges: dict[tuple[str, str], Edge] = {}
        self.copied: dict[str, str] = {}
        self.groups: list[Group] = []
        self._find_copies()

    def _find_copies(self) -> None:
        docs = list(self.reports)
        texts = [self.reports[doc].text for doc in docs]
        shares = {(docs[one], docs[two]): share for (one, two), share in containment(texts, WITH_ALL).items()}
        parent = {doc: doc for doc in docs}
        for pair in sorted(shares.keys() | self._same_statements()):
            if evidence := self._copies(pair, shares.get(pair, 0.0)):
                self._join(pair, evidence, shares.get(pair), parent)
        members: defaultdict[str, list[str]] = defaultdict(list)
        for doc in sorted(docs, key=self.when):
            members[_root(parent, doc)].append(doc)
        taken: Counter[str] = Counter()
        for group in members.values():
            if len(group) > 1:
                self._group(group, taken)

    def _same_statements(self) -> set[tuple[str, str]]:
        """The pairs of reports under one credit that have a figure from the same claimant, of the same day."""
        tellers: defaultdict[tuple[str, Statement], list[str]] = defaultdict(list)
        for doc, statements in sorted(self.statements.items()):
            if name := self.credits.get(doc):
                for statement in statements:
                    tellers[name, statement].append(doc)
        return {pair for docs in tellers.values() for pair in combinations(docs, 2)}

    def _copies(self, pair: tuple[str, str], share: float) -> tuple[Evidence, ...]:
        """What shows that two reports carry one copy; nothing if it is too little."""
        one, other = pair
        apart, credits = self._apart(one, other), {self.credits[doc] for doc in pair} - {None}
        same_credit = len(credits) == 1 and self.credits[one] == self.credits[other] and apart <= NEAR_DAYS
        said = apart <= NEAR_DAYS and not self.statements[one].isdisjoint(self.statements[other])
        if same_credit and said:
            least = 0.0 if apart == 0 else WITH_ALL
        elif (same_credit or said) and len(credits) < 2:
            least = WITH_MORE
        else:
            least = REPRINT if OLD_DAYS < apart < UNKNOWN else ALONE
        if share < least:
            return ()
        shown: dict[Evidence, bool] = {"credit": same_credit, "containment": share >= WITH_MORE, "same_tuple": said}
        return tuple(evidence for evidence, holds in shown.items() if holds)

    def _join(
        self, pair: tuple[str, str], evidence: tuple[Evidence, ...], share: float | None, parent: dict[str, str]
    ) -> None:
        one, other = sorted((_root(parent, doc) for doc in pair), key=self.when)
        parent[other] = one
        first, later = sorted(pair, key=self.when)
        its_own = self.credits[later] == press_name(self.reports[first].outlet or "")
        # Two carriers of an agency's copy took it from the agency; on one day nobody knows who had it first.
        direct = its_own or ("credit" not in evidence and 0 < self._apart(first, later) < UNKNOWN)
        start, end = f"report:{later}", f"report:{first}"
        relation: Relation = "copied from" if direct else "same copy"
        self.edges[start, end] = Edge(start=start, end=end, relation=relation, evidence=evidence, share=share)
        if direct:
            self.copied.setdefault(later, first)

    def _group(self, docs: list[str], taken: Counter[str]) -> None:
        names = Counter(name for doc in docs if (name := self.credits[doc]))
        agency = min(names, key=lambda name: (-names[name], name)) if names else None
        first = self.reports[docs[0]]
        day = (first.published or "undated").replace("-", "")
        name = f"{(agency or press_name(first.outlet or '') or first.doc).replace(' ', '-')}-{day}"
        taken[name] += 1
        inside = {f"report:{doc}" for doc in docs}
        shown = {one for edge in self.edges.values() if {edge.start, edge.end} <= inside for one in edge.evidence}
        group = Group(
            id=name if taken[name] == 1 else f"{name}-{taken[name]}",
            documents=tuple(docs),
            agency=agency,
            evidence=in_order(shown),
        )
        self.groups.append(group)

    def _apart(self, one: str, other: str) -> int:
        first, second = (day_of(self.reports[doc].published) for doc in (one, other))
        return abs((first - second).days) if first and second else UNKNOWN

    def when(self, doc: str) -> tuple[str, int, str]:
        """The order in which reports came: by day, then the longer text first, which is nearer to what was copied."""
        return (self.reports[doc].published or "9999", -len(self.reports[doc].text), doc)


def _root(parent: dict[str, str], doc: str) -> str:
    while parent[doc] != doc:
        parent[doc] = doc = parent[parent[doc]]
    return doc
