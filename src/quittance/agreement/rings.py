"""Who waits for whom: commitments that wait for one another in a circle, and demands that cannot be met together.

An edge `x -> y` says that x waits for y, and who holds that it does. A ring is an elementary cycle of such edges; it
ends the day one of its conditions is met. What cannot be met together because of the days it takes is in `clashes`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from quittance.agreement.book import Book
from quittance.agreement.calendar import Clockwork
from quittance.agreement.clashes import Clash, Demands, find_clashes
from quittance.agreement.journal import FORMAT as JOURNAL_FORMAT
from quittance.agreement.journal import Header, Journal
from quittance.agreement.model import Agreement, Commitment, Condition
from quittance.agreement.terms import Readings, Stance
from quittance.agreement.verdict import Evaluation, moment_text
from quittance.dates import Moment

FORMAT = "quittance-rings/1"
AGREED = "agreed text"
MAX_RINGS = 200
MAX_STEPS = 100_000

Kind = Literal["complete", "started", "count", "counts_toward"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What has been done, as far as others wait for it. The default is that nothing has."""

    settled: frozenset[str] = frozenset()
    low: Mapping[str, int] = field(default_factory=dict)
    """The low figure of each commitment; none is 0."""

    @classmethod
    def of(cls, evaluation: Evaluation) -> Standing:
        """The standing that an evaluation of the text finds: its low figures, and all that is neither open nor late."""
        return cls(
            frozenset(verdict.id for verdict in evaluation.verdicts if verdict.class_ in ("ok", "off")),
            {verdict.id: verdict.low or 0 for verdict in evaluation.verdicts},
        )

    def meets(self, condition: Condition) -> bool:
        """Whether a complete, started or count condition is met; every other condition is taken as not met."""
        if condition.complete is not None:
            return condition.complete in self.settled
        if condition.started is not None:
            return self.low.get(condition.started, 0) > 0
        return condition.count is not None and self.low.get(condition.count.of, 0) >= condition.count.at_least


NOTHING_DONE = Standing()


@dataclass(frozen=True, slots=True)
class Edge:
    """`waiting` waits for `awaited`; `held_by` says on whose word."""

    waiting: str
    awaited: str
    kind: Kind
    held_by: tuple[str, ...]
    at_least: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The edge as printed."""
        return {"from": self.waiting, "to": self.awaited, "kind": self.kind, "held_by": list(self.held_by)}

    def __str__(self) -> str:
        """The edge in words: `talks waits for release (complete, held by a)`."""
        kind = self.kind if self.at_least is None else f"count >= {self.at_least:,}"
        return f"{self.waiting} waits for {self.awaited} ({kind}, held by {' and '.join(self.held_by)})"


@dataclass(frozen=True, slots=True)
class Ring:
    """Commitments that wait for one another in a circle, from the smallest id on, and every edge between neighbours."""

    commitments: tuple[str, ...]
    edges: tuple[Edge, ...]

    def as_json(self) -> dict[str, Any]:
        """The ring as printed."""
        return {"commitments": list(self.commitments), "edges": [edge.as_json() for edge in self.edges]}


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings and clashes of an agreement, as of one moment and known by another."""

    agreement: str
    as_of: Moment
    known_by: Moment
    rings: tuple[Ring, ...]
    clashes: tuple[Clash, ...]
    cut: bool = False
    """Whether there are more than were looked for."""

    def as_json(self) -> dict[str, Any]:
        """The whole as `quittance-rings/1`; the key `cut` stands only where it is true."""
        return {
            "format": FORMAT,
            "agreement": self.agreement,
            "as_of": moment_text(self.as_of),
            "known_by": moment_text(self.known_by),
            "rings": [ring.as_json() for ring in self.rings],
            "clashes": [clash.as_json() for clash in self.clashes],
            **({"cut": True} if self.cut else {}),
        }


def find_rings(
    agreement: Agreement,
    *,
    as_of: Moment,
    known_by: Moment | None = None,
    journal: Journal | None = None,
    standing: Standing = NOTHING_DONE,
    with_deadlines: bool = False,
    holders: Collection[str] | None = None,
) -> Rings:
    """The rings and clashes among commitments whose instrument has begun and that are not settled.

    `journal` adds the positions and acceptances recorded in it; what it says was done is `standing`. `holders` takes,
    beside what was agreed, only the demands of these parties; none at all is the agreed text alone. `with_deadlines`
    adds agreed deadlines and the begin of each instrument to the constraints among which clashes are looked for.
    """
    known_by = as_of if known_by is None else known_by
    clockwork = Clockwork(agreement.calendar)
    book = Book(agreement, journal or Journal(Header(JOURNAL_FORMAT, agreement.id), ()), clockwork)
    readings = Readings(agreement, book)
    seen_at, seen_by = clockwork.span(as_of).last, clockwork.span(known_by).last
    text = readings.terms(seen_at, seen_by).commitments
    nodes = {
        name: commitment
        for name, commitment in text.items()
        if name not in standing.settled and readings.begun(commitment.of, seen_at)
    }
    allowed = None if holders is None else {AGREED, *holders, *(plan_of(party) for party in holders)}
    live = readings.live(seen_at, seen_by)
    edges = tuple(_edges(agreement, nodes, live, standing, allowed))
    rings, rings_cut = _rings(edges)
    demands = Demands(agreement, clockwork, nodes, _holders_of(agreement, nodes, allowed), standing.meets)
    clashes, clashes_cut = find_clashes(demands, edges, with_deadlines=with_deadlines)
    return Rings(agreement.id, as_of, known_by, rings, clashes, rings_cut or clashes_cut)


def plan_of(party: str) -> str:
    """Who holds that a part counts toward the larger commitment when only its author says so."""
    return f"plan of {party}"


def _holders_of(
    agreement: Agreement, nodes: Mapping[str, Commitment], allowed: Collection[str] | None
) -> dict[str, tuple[str, ...]]:
    """On whose word each commitment stands: the agreed text, or the authors of a unilateral instrument."""
    found = {}
    for name, commitment in nodes.items():
        paper = agreement.instruments[commitment.of]
        held = paper.by if paper.kind == "unilateral" else (AGREED,)
        found[name] = tuple(holder for holder in held if allowed is None or holder in allowed)
    return found


def _edges(
    agreement: Agreement,
    nodes: Mapping[str, Commitment],
    live: Mapping[str, list[Stance]],
    standing: Standing,
    allowed: Collection[str] | None,
) -> Iterator[Edge]:
    """Every edge between nodes, by name and kind, with all who hold it: the text or its author first, then parties."""
    held: defaultdict[tuple[str, str, Kind, int], list[str]] = defaultdict(list)

    def hold(waiting: str, conditions: Iterable[Condition], holders: Iterable[str]) -> None:
        for condition in conditions:
            if condition.doubtful or standing.meets(condition):
                continue
            if condition.complete is not None:
                held[waiting, condition.complete, "complete", 0] += holders
            elif condition.started is not None:
                held[waiting, condition.started, "started", 0] += holders
            elif condition.count is not None:
                held[waiting, condition.count.of, "count", condition.count.at_least] += holders

    own = _holders_of(agreement, nodes, None)
    for name, commitment in nodes.items():
        hold(name, commitment.requires, own[name])
        if commitment.counts_toward is not None:
            planned = tuple(holder if holder == AGREED else plan_of(holder) for holder in own[name])
            held[commitment.counts_toward, name, "counts_toward", 0] += planned
    for party in sorted(live):
        stated: dict[str, tuple[Condition, ...]] = {}
        for stance in live[party]:
            for name, patch in stance.reads.items():
                if "requires" in patch.model_fields_set:
                    stated[name] = patch.requires
        for name, conditions in stated.items():
            hold(name, conditions, (party,))
    for (waiting, awaited, kind, at_least), who in sorted(held.items()):
        kept = tuple(dict.fromkeys(holder for holder in who if allowed is None or holder in allowed))
        if kept and waiting in nodes and awaited in nodes:
            yield Edge(waiting, awaited, kind, kept, at_least if kind == "count" else None)


def _rings(edges: Collection[Edge]) -> tuple[tuple[Ring, ...], bool]:
    """Every elementary cycle, and whether the search was cut short."""
    between: defaultdict[str, defaultdict[str, list[Edge]]] = defaultdict(lambda: defaultdict(list))
    for edge in edges:
        between[edge.waiting][edge.awaited].append(edge)
    paths, cut = cycles({waiting: tuple(awaited) for waiting, awaited in between.items()})
    rings = []
    for path in paths:
        pairs = zip(path, (*path[1:], path[0]), strict=True)
        rings.append(Ring(path, tuple(edge for waiting, awaited in pairs for edge in between[waiting][awaited])))
    return tuple(rings), cut


def cycles(graph: Mapping[str, Iterable[str]]) -> tuple[list[tuple[str, ...]], bool]:
    """The elementary cycles of a graph, each from its smallest name on, sorted; and whether there may be more.

    At most 200 are returned, and the search gives up after 100,000 steps.

    >>> cycles({"b": ["a", "c"], "a": ["b"], "c": []})
    ([('a', 'b')], False)
    """
    found: list[tuple[str, ...]] = []
    steps = 0
    back: defaultdict[str, list[str]] = defaultdict(list)
    for name, targets in graph.items():
        for target in targets:
            back[target].append(name)
    for start in sorted(graph):
        # Only names from `start` on that lead back to it can lie on a cycle that begins with it.
        leading, queue = {start}, [start]
        while queue:
            fresh = {name for name in back[queue.pop()] if name >= start} - leading
            queue += fresh
            leading |= fresh
        onward = {name: sorted(target for target in graph.get(name, ()) if target in leading) for name in leading}
        path, ahead = [start], [iter(onward[start])]
        while path:
            onto = next(ahead[-1], None)
            steps += 1
            if steps > MAX_STEPS or len(found) > MAX_RINGS:
                return found[:MAX_RINGS], True
            if onto is None:
                path.pop()
                ahead.pop()
            elif onto == start:
                found.append(tuple(path))
            elif onto not in path:
                path.append(onto)
                ahead.append(iter(onward[onto]))
    return found, False
