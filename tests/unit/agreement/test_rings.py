"""Rings of waiting, and demands that cannot be met together."""

from datetime import date

import pytest

from quittance.agreement.clashes import Constraint, Point, positive_cycle
from quittance.agreement.evaluate import Evaluator
from quittance.agreement.journal import load_journal
from quittance.agreement.load import load_agreement
from quittance.agreement.rings import Standing, cycles, find_rings

BEFORE, AFTER = date(2025, 1, 11), date(2025, 1, 12)


def waiting(found):
    return [[str(edge) for edge in ring.edges] for ring in found.rings]


def test_there_is_no_ring_before_the_position_that_closes_it(bridge):
    """The day before South says "first", nothing goes in a circle."""
    found = find_rings(bridge, as_of=BEFORE)
    assert (found.rings, found.clashes) == ((), ())


def test_the_ring_names_each_edge_and_who_holds_it(bridge):
    """From its smallest id on: the plan of the author, the author's own condition, the other side's reading."""
    expected = [
        "first waits for order-rest (counts_toward, held by plan of north)",
        "order-rest waits for talks (started, held by north)",
        "talks waits for first (complete, held by south)",
    ]
    assert [expected] == waiting(find_rings(bridge, as_of=AFTER))


def test_a_position_that_is_not_known_yet_holds_nothing(bridge):
    """As of the day of the position, but known by the day before, there is no ring."""
    assert find_rings(bridge, as_of=AFTER, known_by=BEFORE).rings == ()


@pytest.mark.parametrize(
    "standing",
    [
        Standing(low={"talks": 1}),
        Standing(settled=frozenset({"first"})),
        Standing(settled=frozenset({"order-rest"})),
    ],
)
def test_a_ring_ends_when_a_condition_is_met_or_a_commitment_settled(bridge, standing):
    """Once the talks have started, or one of the circle is settled, nobody waits in it any more."""
    assert find_rings(bridge, as_of=AFTER, standing=standing).rings == ()


def test_what_was_done_comes_from_an_evaluation(bridge):
    """The ring stands until the day on which the talks start, and is gone as of that day."""
    journal = load_journal(
        b'{"format":"quittance-journal/1","agreement":"bridge"}\n'
        b'{"id":"n","at":"2025-02-01","kind":"perform","of":["talks"],"n":1,"by":"watch"}\n'
    )
    evaluator = Evaluator(bridge, journal)

    def rings_on(day):
        standing = Standing.of(evaluator.at(day, day, None))
        return len(find_rings(bridge, as_of=day, journal=journal, standing=standing).rings)

    assert [rings_on(date(2025, 1, 31)), rings_on(date(2025, 2, 1))] == [1, 0]


def test_a_position_in_the_journal_counts_until_it_is_withdrawn(bridge):
    """South drops its position in the journal: the ring is gone from that day on."""
    journal = load_journal(
        b'{"format":"quittance-journal/1","agreement":"bridge"}\n'
        b'{"id":"s","at":"2025-01-20","kind":"position","by":"south","from":"2025-01-20","reads":{},"withdraws":true}\n'
    )
    found = [len(find_rings(bridge, as_of=date(2025, 1, day), journal=journal).rings) for day in (19, 20)]
    assert found == [1, 0]


def test_a_later_position_merges_over_the_earlier_one(document, written):
    """A patch of another field leaves the condition that the party stated before; a patch of the field replaces it."""
    document["commitments"][0]["requires"] = [{"complete": "second", "clock": "toll"}]
    reads = [
        {"second": {"requires": [{"complete": "first", "clock": "run"}]}},
        {"second": {"when": {"by": "day 9"}}},
        {"second": {"requires": []}},
    ]
    document["positions"] = [
        {"id": f"p{n}", "by": "b", "from": f"2025-01-0{n + 2}", "reads": read, "source": "b"}
        for n, read in enumerate(reads)
    ]
    agreement = load_agreement(written(document))
    assert [len(find_rings(agreement, as_of=date(2025, 1, day)).rings) for day in (1, 2, 3, 4)] == [0, 1, 1, 0]


def test_agreed_conditions_are_held_by_the_agreed_text(document, written):
    """Two commitments of one agreement that wait for each other: both edges are the text's; a party may add itself."""
    document["commitments"][0]["requires"] = [{"count": {"of": "second", "at_least": 5}, "clock": "toll"}]
    document["commitments"][1]["requires"] = [{"started": "first", "clock": "toll"}]
    document["positions"] = [
        {
            "id": "p",
            "by": "b",
            "from": "2025-01-01",
            "reads": {"second": {"requires": [{"started": "first", "clock": "run"}]}},
            "source": "b",
        }
    ]
    found = find_rings(load_agreement(written(document)), as_of=date(2025, 1, 1))
    assert found.as_json()["rings"] == [
        {
            "commitments": ["first", "second"],
            "edges": [
                {"from": "first", "to": "second", "kind": "count", "held_by": ["agreed text"]},
                {"from": "second", "to": "first", "kind": "started", "held_by": ["agreed text", "b"]},
            ],
        }
    ]


@pytest.mark.parametrize(
    "condition",
    [
        {"complete": "first", "clock": "toll", "doubtful": True},
        {"kept": "first", "clock": "toll"},
        {"any": [{"complete": "first"}], "clock": "toll"},
        {"event": "rain", "clock": "toll"},
    ],
)
def test_what_is_doubtful_kept_alternative_or_an_event_makes_no_edge(document, written, condition):
    """None of these says that one commitment must wait for the doing of another."""
    document["commitments"][0]["requires"] = [{"complete": "second", "clock": "toll"}]
    document["commitments"][1]["requires"] = [condition]
    assert find_rings(load_agreement(written(document)), as_of=date(2025, 1, 1)).rings == ()


def test_an_instrument_that_has_not_begun_has_no_nodes(document, written):
    """The same circle is none before the paper is in force."""
    document["commitments"][0]["requires"] = [{"complete": "first", "clock": "toll"}]
    agreement = load_agreement(written(document))
    assert [len(find_rings(agreement, as_of=day).rings) for day in (date(2024, 12, 31), date(2025, 1, 1))] == [0, 1]


def test_the_clash_names_its_clauses_and_the_days_it_is_short(bridge):
    """Six weeks from a start that itself waits for their end: 41 days, in three demands, none of them a deadline."""
    (clash,) = find_rings(bridge, as_of=AFTER).as_json()["clashes"]
    assert clash == {
        "days_short": 41,
        "clauses": [
            {
                "commitment": "order-rest",
                "text": "order-rest: 10 every 7 days from started:talks; 60 take 6 periods, the last ends 41 days on",
                "held_by": ["north"],
            },
            {
                "commitment": "talks",
                "text": "talks only after first is complete (100 persons)",
                "held_by": ["south"],
            },
            {
                "commitment": "order-rest",
                "text": "order-rest (60 persons) is part of first, which is not complete before it: 100 = 40 + 60",
                "held_by": ["plan of north"],
            },
        ],
    }


@pytest.mark.parametrize(
    ("holders", "short"),
    [((), []), (("south",), []), (("north",), [11]), (("north", "south"), [41, 11]), (None, [41, 11])],
)
def test_with_deadlines_it_shows_whose_demands_cannot_be_met(bridge, holders, short):
    """The text alone and with South's reading fit; with North's order six weeks from 1 January pass 31 January."""
    found = find_rings(bridge, as_of=AFTER, with_deadlines=True, holders=holders)
    assert short == [clash.days_short for clash in found.clashes]


def test_the_begin_of_the_instrument_bounds_from_below(bridge):
    """The clause that makes the order miss the deadline is that the talks cannot start before the pact begins."""
    (clash,) = find_rings(bridge, as_of=AFTER, with_deadlines=True, holders=["north"]).clashes
    assert "talks not before pact begins on 2025-01-01" in [clause.text for clause in clash.clauses]
    assert "first (100 persons) is due by 2025-01-31" in [clause.text for clause in clash.clauses]


def test_a_deadline_that_waits_is_no_bound(document, written):
    """A commitment whose clock waits for an open condition cannot be short of its nominal day."""
    document["commitments"][0]["when"] = {"by": "day 9"}
    document["commitments"][1]["when"] = {"by": "complete:first + 3 days"}
    document["commitments"][1]["requires"] = [{"complete": "first", "clock": "toll"}]
    document["instruments"]["plan"] = {"kind": "unilateral", "by": "a", "issued": "2025-01-01", "source": "a"}
    part = document["commitments"][0] | {"id": "part", "of": "plan", "counts_toward": "first"}
    part["when"] = {"pace": {"count": 1, "every": "2 days", "from": "start"}}
    document["commitments"].append(part)

    def clashes():
        found = find_rings(load_agreement(written(document)), as_of=date(2025, 1, 1), with_deadlines=True)
        return [[clause.commitment for clause in clash.clauses] for clash in found.clashes]

    assert clashes() == [["part", "first", "part"]]
    document["commitments"][0]["requires"] = [{"event": "bridge-open", "clock": "toll"}]
    assert clashes() == []


def test_the_json_has_the_keys_of_its_format(bridge):
    """Format, agreement, both dates, rings and clashes, and `cut` only when the search was stopped."""
    found = find_rings(bridge, as_of=AFTER, known_by=date(2025, 3, 1)).as_json()
    assert list(found) == ["format", "agreement", "as_of", "known_by", "rings", "clashes"]
    assert tuple(found.values())[:4] == ("quittance-rings/1", "bridge", "2025-01-12", "2025-03-01")


def test_cycles_are_elementary_sorted_and_begin_with_the_smallest_name():
    """Two circles that share a node, a self-loop, and a tail that leads nowhere."""
    graph = {"c": ["a", "b"], "a": ["b", "d"], "b": ["c", "b"], "d": []}
    assert cycles(graph) == ([("a", "b", "c"), ("b",), ("b", "c")], False)


def test_the_search_for_cycles_is_bounded_and_says_so():
    """Twelve nodes that all wait for one another have millions of circles; 200 are returned and the rest announced."""
    names = [f"n{number:02}" for number in range(12)]
    found, cut = cycles({name: [other for other in names if other != name] for name in names})
    assert (len(found), cut) == (200, True)


def test_a_cycle_that_adds_up_to_nothing_can_be_met():
    """x no earlier than y, y no earlier than x: both on one day. One day more, and it cannot be."""
    x, y = Point("x", "S"), Point("y", "S")
    assert positive_cycle([Constraint(x, y, 3), Constraint(y, x, -3)]) is None
    assert {x, y} == {one.later for one in positive_cycle([Constraint(x, y, 3), Constraint(y, x, -2)])}


@pytest.mark.parametrize(("day", "rings"), [("2020-03-09", 0), ("2020-03-10", 1), ("2021-04-14", 1)])
def test_the_reference_case_has_one_ring_from_its_day_on(doha, day, rings):
    """None on the day before both sides had spoken, one from then on."""
    assert rings == len(find_rings(load_agreement(doha), as_of=date.fromisoformat(day)).rings)


def test_the_ring_of_the_reference_case(doha):
    """The decree's second part, the talks and the whole wait for one another, 97 days short."""
    found = find_rings(load_agreement(doha), as_of=date(2020, 3, 11))
    assert waiting(found) == [
        [
            "decree-next-3500 waits for talks (started, held by goa)",
            "talks waits for release-taliban (complete, held by taliban)",
            "release-taliban waits for decree-next-3500 (counts_toward, held by plan of goa)",
        ]
    ]
    (clash,) = found.clashes
    assert (
        clash.days_short,
        [clause.held_by for clause in clash.clauses],
    ) == (97, [("goa",), ("taliban",), ("plan of goa",)])


@pytest.mark.parametrize(("holders", "met"), [((), True), (("taliban",), True), (("goa",), False)])
def test_the_reference_case_with_deadlines(doha, holders, met):
    """The text and the text with one reading can be met by 10 March; the text with the decree cannot."""
    found = find_rings(load_agreement(doha), as_of=date(2020, 3, 11), with_deadlines=True, holders=holders)
    assert met == (not found.clashes)
