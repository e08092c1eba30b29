"""Origins: which reports carry one copy, who is the most direct source of a figure, and how many there are."""

from __future__ import annotations

import json
import random
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from quittance.claims.copies import containment
from quittance.claims.model import NARRATION, Claim, Claimant, Origin, Quantity, Report
from quittance.claims.origins import Origins, in_words, origins
from quittance.claims.press import cited, credit, press_name

SHARED = Path(__file__).parents[3].parent / "shared" / "data" / "claims"

MORU = Claimant(key="MORU", name="Ilan Moru", org="Council of Halden", role="spokesman", side="HALDEN")
COUNCIL = Claimant(key="COUNCIL", name="Council of Halden", org="Council of Halden", role="institution", side="HALDEN")
RIVERS = Claimant(key="RIVERS", name="Ada Rivers", org="River Front", role="spokesman", side="FRONT")
PACT = Claimant(key="PACT", name="Pact of Orr", role="document", side="AGREEMENT")
WIRE = Claimant(key="WIRE", name="North Wire", role="agency", side="OUTLET")
NOBODY = Claimant(key="SOURCES", role="anonymous")

BODY = (
    "The council of Halden set free {} fighters of the front on Monday from the old fort above the harbour, and a "
    "second convoy is expected to leave before the weekend, its spokesman Ilan Moru told reporters in the capital."
)


def report(doc: str, text: str = "", day: str | None = "2031-05-05", **more: object) -> Report:
    return Report(doc=doc, text=text or f"Something of its own stands in {doc}.", published=day, **more)  # type: ignore[arg-type]


def claim(doc: str, number: int, claimant: Claimant = NARRATION, n: int = 1, **more: object) -> Claim:
    values = {
        "event_type": "done",
        "actor": "HALDEN",
        "object": "FRONT",
        "kind": "batch",
        "published": "2031-05-05",
        "statement_date": "2031-05-05",
        "quantity": Quantity(value=number, low=number, high=number, modality="exact"),
        **more,
    }
    return Claim(id=f"{doc}#{n}", doc=doc, claimant=claimant, span=(n, n + 1), text="x", **values)  # type: ignore[arg-type]


def sentence(found: Origins, number: int) -> str:
    (count,) = (count for count in found.counts if count.value == number)
    return count.sentence


def test_five_reports_of_one_spokesman_have_one_origin():
    """Five outlets that name one spokesman count as one origin, whoever prints him."""
    docs = [f"r{n}" for n in range(5)]
    found = origins([report(doc, outlet=doc) for doc in docs], [claim(doc, 140, MORU) for doc in docs])
    assert sentence(found, 140) == "5 reports, 1 origin"
    assert set(found.origin_of.values()) == {"source:MORU"}


def test_words_for_one_and_many():
    """One report and one origin are singular; thousands are grouped."""
    assert in_words(1, 1) == "1 report, 1 origin"
    assert in_words(1200, 2) == "1,200 reports, 2 origins"


def test_outlets_without_a_source_count_once_for_each_agency():
    """Two outlets that carry one agency's copy are one origin; a third with its own is another."""
    reports = [
        report("a", outlet="Daily Post", agency="North Wire"),
        report("b", outlet="The Globe", agency="North Wire"),
        report("c", outlet="Harbour News"),
    ]
    found = origins(reports, [claim(doc, 140) for doc in "abc"])
    assert sentence(found, 140) == "3 reports, 2 origins"
    assert found.origin_of == {"a#1": "press:north wire", "b#1": "press:north wire", "c#1": "press:harbour"}


def test_an_agency_quoted_by_name_is_the_agency_of_the_others():
    """A figure ascribed to an agency and the agency's own copy of it have one origin."""
    reports = [report("a", outlet="Daily Post"), report("b", outlet="The Globe", agency="North Wire")]
    found = origins(reports, [claim("a", 140, WIRE), claim("b", 140)])
    assert sentence(found, 140) == "2 reports, 1 origin"
    assert found.shown_by["a#1"] == ("cited",)


def test_an_outlets_own_words_go_back_to_the_source_that_it_quotes():
    """Narration of a figure that a quoted spokesman gave elsewhere is his; it adds no origin."""
    reports = [report("a", outlet="Daily Post"), report("b", outlet="The Globe")]
    found = origins(reports, [claim("a", 140, MORU), claim("b", 140), claim("b", 990, MORU, 2, kind="cumulative")])
    assert found.origin_of["b#1"] == "source:MORU"
    assert found.shown_by["b#1"] == ("same_tuple", "named_source")


def test_an_outlet_that_quotes_nobody_remains_an_origin_of_a_round_number():
    """A round number narrated without any source is not ascribed to somebody named elsewhere."""
    reports = [report("a", outlet="Daily Post"), report("b", outlet="The Globe")]
    assert sentence(origins(reports, [claim("a", 140, MORU), claim("b", 140)]), 140) == "2 reports, 2 origins"


@pytest.mark.parametrize(("day", "expected"), [("2031-05-15", 1), ("2031-06-30", 2), ("2031-05-01", 2)])
def test_a_running_total_that_is_no_round_number_is_an_echo_for_a_while(day, expected):
    """A narrated total of 1,873 is the spokesman's of ten days ago; not of two months ago, nor before he gave it."""
    reports = [report("a"), report("b", day=day, outlet="The Globe")]
    claims = [claim("a", 1873, MORU, kind="cumulative"), claim("b", 1873, kind="cumulative", published=day)]
    (count,) = origins(reports, claims).counts
    assert len(count.origins) == expected


def test_an_institution_speaks_through_its_spokesman():
    """The council in one report and its spokesman in another are one origin; the other side's is a second."""
    docs = [report("a"), report("b"), report("c")]
    claims = [claim("a", 140, COUNCIL), claim("b", 140, MORU), claim("c", 140, RIVERS)]
    assert sentence(origins(docs, claims), 140) == "3 reports, 2 origins"


def test_officials_speak_for_the_institution_that_others_name():
    """Unnamed officials of a side and its institution are one origin; with the spokesman so are all three."""
    officials = Claimant(key="OFF", name="Halden officials", role="officials", side="HALDEN")
    docs = [report("a"), report("b"), report("c")]
    assert sentence(origins(docs, [claim("a", 140, officials), claim("b", 140, COUNCIL)]), 140) == "2 reports, 1 origin"
    found = origins(docs, [claim("a", 140, officials), claim("b", 140, COUNCIL), claim("c", 140, MORU)])
    assert set(found.origin_of.values()) == {"source:MORU"}


def test_neutral_bodies_do_not_speak_for_each_other():
    """Two neutral bodies that give one figure are two origins, though both are neutral."""
    delegate = Claimant(key="D", name="Jo Marsh", org="Aid Corps", role="delegate", side="NEUTRAL")
    mission = Claimant(key="M", name="Watch Mission", org="Watch Mission", role="institution", side="NEUTRAL")
    corps = Claimant(key="C", name="Aid Corps", org="Aid Corps", role="institution", side="NEUTRAL")
    claims = [claim("a", 140, delegate), claim("b", 140, mission), claim("c", 140, corps)]
    assert sentence(origins([report("a"), report("b"), report("c")], claims), 140) == "3 reports, 2 origins"


def test_unnamed_sources_are_vouched_for_by_the_outlet_alone():
    """What nobody in particular said has the outlet as its origin."""
    found = origins([report("a", outlet="The Globe")], [claim("a", 140, NOBODY)])
    assert found.origin_of["a#1"] == "press:globe"


def test_a_term_is_that_of_its_agreement_however_often_it_is_printed():
    """An obligation told in an outlet's own words goes back to the document that others name, months later too."""
    term = {"event_type": "term", "kind": "target"}
    reports = [report("a"), report("b", day="2031-12-01", outlet="The Globe")]
    claims = [claim("a", 5000, PACT, **term), claim("b", 5000, **term, published="2031-12-01")]
    assert sentence(origins(reports, claims), 5000) == "2 reports, 1 origin"


def test_one_size_of_batch_twice_is_two_figures():
    """Batches of a hundred on two days a month apart are counted apart."""
    later = {"event_date": "2031-06-05", "published": "2031-06-05", "statement_date": "2031-06-05"}
    found = origins(
        [report("a"), report("b", day="2031-06-05")], [claim("a", 100, MORU), claim("b", 100, MORU, **later)]
    )
    assert [count.reports for count in found.counts] == [("a",), ("b",)]


def test_a_copy_under_one_credit_is_a_group_and_nobody_copied_from_the_other():
    """Two carriers of an agency's copy are a group named by agency and day; which had it first is not said."""
    more = "The convoy stopped twice on the way, and a nurse went with it. "
    reports = [
        report("a", BODY.format(140), outlet="Daily Post", agency="North Wire"),
        report("b", more + BODY.format(140), "2031-05-06", outlet="The Globe", agency="North Wire"),
        report("c", "Quite another matter was told about the harbour by people who went there and looked at it."),
    ]
    found = origins(reports, [claim(doc, 140) for doc in "abc"])
    (group,) = found.groups
    assert (group.id, group.documents, group.agency) == ("north-wire-20310505", ("a", "b"), "north wire")
    assert group.evidence == ("credit", "containment")
    assert found.copied_from == {}
    assert ("report:b", "report:a", "same copy") in {(edge.start, edge.end, edge.relation) for edge in found.edges}


def test_a_later_copy_without_a_credit_was_copied_from_the_earlier():
    """Without a credit the later of two reports with one text was copied from the earlier, and shares its origin."""
    reports = [
        report("a", BODY.format(140), outlet="Daily Post"),
        report("b", BODY.format(140), "2031-05-07", outlet="X"),
    ]
    found = origins(reports, [claim("a", 140), claim("b", 140, published="2031-05-07")])
    assert found.copied_from == {"b": "a"}
    assert sentence(found, 140) == "2 reports, 1 origin"
    (filled,) = found.with_origins([claim("b", 140)])
    assert filled.origin == Origin(copied_from="a", group="press:daily post", evidence=("containment",))


def test_a_retold_copy_is_found_by_credit_claim_and_day():
    """A translation shares no words: agency, claimant, figure and day show it; without the agency nothing does."""
    apart = ["He spoke of seven score men let go at noon.", "At midday, said Mr Moru, the gates opened for a crowd."]

    def groups(agency: str | None) -> int:
        reports = [report(doc, text, agency=agency) for doc, text in zip("ab", apart, strict=True)]
        return len(origins(reports, [claim("a", 140, MORU), claim("b", 140, MORU)]).groups)

    assert groups("North Wire") == 1
    assert groups(None) == 0


def test_one_agency_and_day_are_not_enough():
    """Two reports of one agency on one day about different figures are no copies."""
    reports = [report(doc, agency="North Wire") for doc in "ab"]
    assert not origins(reports, [claim("a", 140, MORU), claim("b", 90, MORU)]).groups


def test_the_order_of_reports_and_claims_changes_nothing():
    """However documents and claims arrive, graph, groups, counts and origins are the same."""
    chance = random.Random(5)
    reports = [
        report(f"r{n}", BODY.format(n // 3), f"2031-05-0{n % 5 + 1}", outlet=f"O{n % 4}", agency=[None, "W"][n % 2])
        for n in range(12)
    ]
    claims = [
        claim(f"r{n}", n // 3 + 7, [MORU, NARRATION, COUNCIL, WIRE][(n + m) % 4], m, published=reports[n].published)
        for n in range(12)
        for m in range(3)
    ]
    expected = origins(reports, claims)
    for _ in range(5):
        chance.shuffle(reports)
        chance.shuffle(claims)
        assert origins(reports, claims) == expected


def test_every_claim_has_an_origin_and_every_edge_two_nodes():
    """Also claims without a number or without their report have an origin; no two nodes share a place."""
    reports = [report("a", BODY.format(3), outlet="Daily Post", agency="North Wire")]
    claims = [claim("a", 3, MORU), claim("a", 3, n=2, quantity=None, kind="none"), claim("gone", 8, outlet="The Globe")]
    found = origins(reports, claims)
    assert found.origin_of == {"a#1": "source:MORU", "a#2": "press:north wire", "gone#1": "press:globe"}
    ids = {node.id for node in found.nodes}
    assert all({edge.start, edge.end} <= ids for edge in found.edges)
    assert len(found.nodes) == len({(node.layer, node.row) for node in found.nodes})
    assert found.of(["a#1", "a#2", "not there"]) == ("press:north wire", "source:MORU")


def test_what_a_reviewer_said_of_an_origin_stays():
    """An origin with a reviewer's evidence is not overwritten."""
    kept = Origin(group="press:other", evidence=("reviewer",))
    mine = claim("a", 3, MORU, origin=kept)
    (after,) = origins([report("a")], [mine]).with_origins([mine])
    assert after.origin == kept


def test_nothing_gives_nothing():
    """Without reports and claims there is an empty graph."""
    found = origins([], [])
    assert (found.nodes, found.edges, found.counts, found.groups) == ((), (), (), ())


def test_containment_is_that_of_the_plain_way():
    """The index finds exactly the pairs that comparing every text with every other finds, with the same share."""
    chance = random.Random(11)
    words = [f"w{n}" for n in range(30)]
    texts = [" ".join(chance.choices(words, k=chance.randint(10, 60))) for _ in range(30)]
    texts += [f"{texts[n][: 30 + 9 * n]} {texts[n + 1][:120]}" for n in range(20)]

    def grams(text: str) -> set[tuple[str, ...]]:
        parts = text.split()
        return {tuple(parts[at : at + 3]) for at in range(len(parts) - 2)}

    for least in (0.1, 0.2, 0.3, 1.0):
        plainly = {}
        for (one, first), (other, second) in combinations(enumerate(map(grams, texts)), 2):
            fewer = min(len(first), len(second))
            if fewer >= 12 and len(first & second) / fewer >= least:
                plainly[one, other] = len(first & second) / fewer
        assert plainly
        assert containment(texts, least) == plainly


def test_short_texts_are_no_copies():
    """A few words in common say nothing."""
    assert containment(["the same few words", "the same few words"], 0.1) == {}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *(("TOLO News", "tolo"), ("TOLOnews", "tolo"), ("Agence France-Presse", "afp"), ("The Globe", "globe")),
        *(("Radio Free Europe/Radio Liberty", "rfe rl"), ("RFE/RL", "rfe rl"), ("News Agency", ""), ("", "")),
    ],
)
def test_names_of_outlets_have_one_spelling(name, expected):
    """However an outlet is written, it is one."""
    assert press_name(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ORR (NWA) - The council set 140 free.", "nwa"),
        ("ORR (North Wire): The council set 140 free.", "north wire"),
        ("The council set 140 free. (NWA)", "nwa"),
        ("The council set 140 free.\n-NWA", "nwa"),
        ("By NWA | Updated today. The council set 140 free.", "nwa"),
        ("This was originally published by Free Voice and is reprinted here. 140 went free.", "free voice"),
        ("The River Council (RC) said that 140 went free.", None),
        ("ORR (Agencies) - The council set 140 free.", None),
        ("140 went free.", None),
    ],
)
def test_credits_stand_at_the_head_or_the_end(text, expected):
    """A credit is read where copy carries it; a short name in brackets within a sentence is none."""
    assert credit(report("a", text)) == expected


def test_of_a_chain_of_credits_the_last_counts():
    """A service that passes on another's copy is not its origin."""
    assert credit(report("a", agency="Inland Service / North Wire")) == "north wire"


def test_who_is_quoted_as_having_told_it():
    """Reporting verbs and "told" make a quotation; the mere name, and one's own, do not."""
    names = ["north wire", "globe", "post", "ap"]
    said = report(
        "a", "North Wire reported it. He told the Associated Press more; The Post was sold.", outlet="Globe News"
    )
    assert cited(said, names) == {"north wire", "ap"}


def test_a_long_text_and_many_reports_come_to_an_end():
    """A text of a megabyte, and three hundred near copies of one, are compared."""
    long = " ".join(f"word{n % 997} went{n % 13}" for n in range(80_000))
    assert containment([long, long[: long.index(" word500 ")]], 0.9) == {(0, 1): 1.0}
    reports = [report(f"r{n}", BODY.format(n), outlet=f"Paper {n}") for n in range(300)]
    (group,) = origins(reports, [claim(f"r{n}", 7) for n in range(300)]).groups
    assert len(group.documents) == 300


@pytest.mark.skipif(not SHARED.exists(), reason="the labelled reports are not at hand")
def test_the_labelled_groups_of_copies_and_no_others_are_found():
    """On the labelled reports every group of agency copy is found, no other, and 2,284 and 102 have one origin each."""
    reports, claims = [], []
    for path in sorted(SHARED.glob("dev/*.txt")):
        about = json.loads(path.with_suffix(".json").read_text("utf-8"))
        known = {key: about[key] for key in ("published", "outlet", "agency", "language", "conflict", "url")}
        reports.append(Report(doc=path.stem, text=path.read_bytes().decode(), **known))
    for line in (SHARED / "dev.jsonl").read_bytes().splitlines():
        claims.append(msgspec.json.decode(line, type=Claim))
    labelled = [json.loads(line) for line in (SHARED / "origins.jsonl").read_text().splitlines()]
    found = origins(reports, claims)
    assert {group.id: sorted(group.documents) for group in found.groups} == {
        group["group"]: group["documents"] for group in labelled
    }
    assert sentence(found, 2284) == "2 reports, 1 origin"
    assert sentence(found, 102) == "2 reports, 1 origin"
    assert sentence(found, 850) == "2 reports, 1 origin"
    (twenty,) = (count for count in found.counts if count.value == 20 and count.event_type == "plan")
    assert twenty.sentence == "4 reports, 1 origin"


def test_reports_of_one_form_months_apart_are_no_copies():
    """Sentences of one mould, with other numbers, stand in many reports; within days the same share shows a copy."""
    before = "The council said on Sunday that 40 people had been let go in two days and that the list was ready. "
    after = "The council said on Friday that 71 people had been let go in nine towns and that the list was open. "

    def groups(day):
        found = origins([report("a", before, "2031-01-05", outlet="X"), report("b", after, day, outlet="Y")], [])
        return [group.documents for group in found.groups]

    assert groups("2031-01-07") == [("a", "b")]
    assert groups("2031-05-07") == []
