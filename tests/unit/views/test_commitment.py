"""One commitment in full."""

from __future__ import annotations

from datetime import date

from quittance.casebook import Casebook
from quittance.visibility import OPERATOR


def test_the_text_as_facts(two_lists: Casebook) -> None:
    """Who, to whom, how much, when and on what condition, with quote and source."""
    view = two_lists.commitment(OPERATOR, "first", date(2025, 1, 7))
    assert {str(fact.name): str(fact.value) for fact in view.facts} == {
        "Instrument": "pact",
        "Promised by": "A",
        "Owed to": "B",
        "Kind of promise": "to do it",
        "Amount": "exactly 10 persons",
        "Of": "person",
        "When": "day 5",
    }
    assert view.quote == "ten shall be released within five days"
    assert view.sources == ("the pact, article 1",)


def test_evidence_and_the_other_entries(two_lists: Casebook) -> None:
    """What stands behind the figures, and what else was said of the commitment."""
    view = two_lists.commitment(OPERATOR, "first", date(2025, 1, 12))
    assert {line.id for line in view.evidence} == {"a1", "n1", "a2", "n2"}
    assert [line.id for line in view.other] == ["b1"]


def test_readings_side_by_side(two_lists: Casebook) -> None:
    """The text first, then each party, with the words of its position."""
    view = two_lists.commitment(OPERATOR, "second", date(2025, 1, 12))
    found = {reading.party.id if reading.party else "": reading for reading in view.readings}
    assert view.readings[0].party is None
    assert (found[""].total, found["b"].total) == (30, 8)
    assert (found[""].status, found["b"].status) == ("overdue", "due")
    (position,) = found["b"].positions
    assert (position.id, position.day, position.quote) == ("b-reads-eight", "2025-01-03", "eight, not thirty")
    assert position.fields == ("amount", "when")


def test_conditions_as_a_graph(two_lists: Casebook) -> None:
    """The edge from what waits to what is awaited, and whether it holds."""
    for day, holds in ((date(2025, 1, 7), False), (date(2025, 1, 12), True)):
        view = two_lists.commitment(OPERATOR, "second", day)
        assert [(edge.waiting, edge.awaited, edge.holds) for edge in view.edges] == [("second", "first", holds)]
        assert {node.id: node.held for node in view.nodes} == {"second": False, "first": holds}


def test_the_ring_is_marked(afghanistan: Casebook) -> None:
    """In March 2020 every edge of the ring that touches the talks is marked."""
    view = afghanistan.commitment(OPERATOR, "talks", date(2020, 3, 11))
    marked = {(edge.waiting, edge.awaited) for edge in view.edges if edge.in_ring}
    assert marked == {("talks", "release-taliban"), ("decree-next-3500", "talks")}
    assert len(view.rings) == 1


def test_steps_of_the_curve(two_lists: Casebook) -> None:
    """Each step with the day it has moved to, what was reached by then, and whether it was missed."""
    view = two_lists.commitment(OPERATOR, "second", date(2025, 1, 12))
    assert [(step.day, step.amount, step.reached, step.missed) for step in view.steps] == [
        ("2025-01-10", 10, 0, True),
        ("2025-01-15", 30, None, False),
    ]
    waiting = two_lists.commitment(OPERATOR, "second", date(2025, 1, 9))
    assert [(step.day, step.reached) for step in waiting.steps] == [("2025-01-08", None), ("2025-01-15", None)]
