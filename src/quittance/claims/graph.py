"""The graph of origins as nodes in layers and edges with evidence, to be drawn or written as two tables.

Sources stand in layer 0, agencies and outlets in layer 1, reports in layer 2 in the order in which they came; a node of
an upper layer stands above the middle of those that lead to it, so that few lines cross.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from quittance.claims.model import Evidence

NodeSort = Literal["source", "press", "report"]
Relation = Literal["copied from", "cites", "same copy"]

EVIDENCE: tuple[Evidence, ...] = ("credit", "cited", "containment", "same_tuple", "named_source", "reviewer")
LAYERS: tuple[NodeSort, ...] = ("source", "press", "report")


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A named source, an agency or outlet, or a report; `row` is its place in its layer, from 0."""

    id: str
    sort: NodeSort
    label: str
    side: str | None = None
    published: str | None = None
    layer: int
    row: int


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """`start` copied from `end`, cites it, or carries the same copy; `claims` are those of `start` that rest on it.

    `share` is how much of the shorter text stands in the longer, for two reports.
    """

    start: str
    end: str
    relation: Relation
    evidence: tuple[Evidence, ...]
    share: float | None = None
    claims: tuple[str, ...] = ()


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Reports that carry one copy, the first one first: their agency, if known, and what shows it."""

    id: str
    documents: tuple[str, ...]
    agency: str | None
    evidence: tuple[Evidence, ...]


def in_order(evidence: Collection[Evidence]) -> tuple[Evidence, ...]:
    """Evidence in its one order, each once."""
    return tuple(one for one in EVIDENCE if one in evidence)


def layered(
    edges: Sequence[Edge],
    reports: Mapping[str, str | None],
    others: Iterable[str],
    labels: Mapping[str, str],
    sides: Mapping[str, str | None],
) -> tuple[Node, ...]:
    """The nodes with their places: `reports` in their order with their days, the ends of edges, and `others`."""
    row = {name: at for at, name in enumerate(reports)}
    leading: defaultdict[str, list[int]] = defaultdict(list)
    for edge in edges:
        if edge.start in row:
            leading[edge.end].append(row[edge.start])
    known = {end for edge in edges for end in (edge.start, edge.end)} | {*others, *reports}
    nodes = []
    for layer, sort in enumerate(LAYERS):
        mine = [name for name in known if name.startswith(f"{sort}:")]
        if sort == "report":
            mine.sort(key=lambda name: (row.get(name, len(row)), name))
        else:
            mine.sort(key=lambda name: (sum(leading[name]) / max(1, len(leading[name])), name))
        nodes += [
            Node(
                id=name,
                sort=sort,
                label=labels.get(name, name.partition(":")[2]),
                side=sides.get(name),
                published=reports.get(name),
                layer=layer,
                row=at,
            )
            for at, name in enumerate(mine)
        ]
    return tuple(nodes)
