"""The figures: ticks, steps, mirroring, and the words and numbers that stand in them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.claims.graph import Edge, Node
from quittance.views.entry import PartyRef
from quittance.views.sentence import Sentence
from quittance.views.timeline import Series, SpeakerSeries
from quittance.web.charts.arcs import Arc, Name, arcs
from quittance.web.charts.axis import count_ticks, day_ticks
from quittance.web.charts.bar import interval_bar
from quittance.web.charts.claims import Bar, Disputed, Dot, claims_chart
from quittance.web.charts.origins import origins_chart
from quittance.web.charts.steps import MOST_POINTS, Curve, curves, letters, step_chart, thinned
from quittance.web.charts.svg import standalone
from quittance.web.tokens import BRAND, DASHES, MUTED, SIDES

FIRST, LAST = date(2020, 3, 1), date(2020, 5, 5)
A, B, C = PartyRef("a", "A"), PartyRef("b", "B"), PartyRef("c", "C")
SERIES = Series(
    commitment="first",
    title=Sentence("x"),
    unit="persons",
    total=1500,
    verified=(),
    speakers=tuple(SpeakerSeries(one, ((FIRST, 1),)) for one in (C, B, A)),
    required=((date(2020, 3, 10), 1500),),
)


def chart(drawn: list[Curve], mirrored: bool = False, width: int = 720) -> str:
    """A chart of some curves."""
    return step_chart(
        drawn, FIRST, LAST, str, str, title="t", description="d", name="n", width=width, mirrored=mirrored
    )


@given(st.integers(0, 10**12))
def test_the_axis_of_counts_is_round_and_covers_everything(highest):
    """Three to six ticks from zero, evenly spaced, the last one at or above the highest value."""
    ticks = count_ticks(highest)
    assert ticks[0] == 0
    assert 2 <= len(ticks) <= 6
    assert ticks[-1] >= highest
    assert {later - earlier for earlier, later in pairwise(ticks)} == {ticks[1]}
    assert str(ticks[1]).rstrip("0") in ("1", "2", "5")


@given(st.dates(), st.dates(), st.sampled_from([3, 6]))
def test_the_axis_of_days_has_few_ticks_inside_it(one, other, most):
    """Never more than asked for, never outside, always growing."""
    first, last = sorted((one, other))
    ticks = day_ticks(first, last, most)
    assert 1 <= len(ticks) <= most
    assert first <= ticks[0]
    assert ticks[-1] <= last
    assert ticks == sorted(set(ticks))


def test_letters_follow_who_owes_and_not_the_order_of_speaking():
    """A owes, B is owed to, everybody else comes after."""
    assert letters(SERIES, ["a"], ["b"]) == {"a": "A", "b": "B", "c": "C"}
    assert letters(SERIES, ["x"], ["c"]) == {"c": "B", "b": "C", "a": "D"}


def test_verified_is_solid_claims_are_dashed_required_is_dotted():
    """Each with its own dashes; what nobody verified is drawn as zero."""
    drawn = {
        curve.label: curve for curve in curves(SERIES, FIRST, letters(SERIES, ["a"], ["b"]), "verified", "required")
    }
    assert (drawn["verified"].colour, drawn["verified"].dash) == (BRAND, None)
    assert drawn["verified"].steps == ((FIRST, 0),)
    assert (drawn["A"].colour, drawn["A"].dash) == (SIDES[0], DASHES[0])
    assert (drawn["B"].colour, drawn["B"].dash) == (SIDES[1], DASHES[1])
    assert drawn["C"].colour == MUTED
    assert drawn["required"].dash == "1 4"
    assert len({curve.dash for curve in drawn.values()}) == 5


def test_counts_jump():
    """A curve is made of horizontals and verticals only."""
    (path,) = re.findall(r'<path d="([^"]*)"', chart([Curve("A", ((FIRST, 10), (LAST, 20)), BRAND)]))
    assert re.fullmatch(r"M[\d. ]+(H[\d.]+(V[\d.]+)?)+", path)


def test_a_mirrored_chart_runs_from_right_to_left():
    """Later is further to the left, and the file says `ltr` so that nobody mirrors it again."""
    drawn = [Curve("A", ((FIRST, 10), (LAST, 20)), BRAND)]

    def places(svg: str) -> list[float]:
        return [float(x) for x in re.findall(r"H([\d.]+)", svg)]

    straight, mirrored = chart(drawn), chart(drawn, mirrored=True)
    assert places(straight) == sorted(places(straight))
    assert places(mirrored) == sorted(places(mirrored), reverse=True)
    assert [round(720 - x, 1) for x in places(mirrored)] == places(straight)
    assert 'direction="ltr"' in mirrored


@pytest.mark.parametrize("width", [350, 720])
@pytest.mark.parametrize("mirrored", [False, True])
def test_labels_at_the_ends_do_not_overlap(width, mirrored):
    """Four curves that end at one value keep sixteen units between their names, inside the picture."""
    drawn = [Curve(f"L{n}", ((FIRST, 10),), BRAND) for n in range(4)]
    texts = [
        (float(one.get("x", "")), float(one.get("y", "")))
        for one in ElementTree.fromstring(chart(drawn, mirrored, width)).iter("{http://www.w3.org/2000/svg}text")
        if one.get("font-weight") == "600"
    ]
    heights = sorted(y for _, y in texts)
    assert len(heights) == 4
    assert all(later - earlier >= 16 for earlier, later in pairwise(heights))
    assert all(0 < x < width for x, _ in texts)


def test_a_long_curve_is_thinned_and_keeps_its_end():
    """At most 400 steps, growing days, the last step untouched."""
    steps = tuple((FIRST + timedelta(n), n) for n in range(10_001))
    kept = thinned(steps)
    assert len(kept) <= MOST_POINTS
    assert kept[-1] == steps[-1]
    assert list(kept) == sorted(kept)
    assert thinned(steps[:400]) == steps[:400]


def test_a_chart_is_well_formed_whatever_stands_in_it():
    """Markup in a label stays text, also in the file that is downloaded."""
    svg = step_chart(
        [Curve('<b>&"', ((FIRST, 1),), BRAND)], FIRST, LAST, str, str, title="<t>", description="&", name="n"
    )
    root = ElementTree.fromstring(standalone(svg, 720, 300))
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "<t>"
    assert '<b>&" 1' in [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]


def test_a_day_alone_is_drawn():
    """A chart whose first day is its last has no width to divide by."""
    assert "<path" in step_chart(
        [Curve("A", ((FIRST, 1),), BRAND)], FIRST, FIRST, str, str, title="", description="", name="n"
    )


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6), st.booleans())
def test_a_bar_never_leaves_its_frame(low, more, total, mirrored):
    """Even when more is done than was promised."""
    root = ElementTree.fromstring(interval_bar(low, low + more, total, mirrored=mirrored))
    for block in root.iter("rect"):
        assert float(block.get("x", "")) >= 1
        assert float(block.get("x", "")) + float(block.get("width", "")) <= 119.1


def test_a_bar_tells_verified_from_claimed():
    """Solid up to low, hatched and dashed up to high."""
    frame, low, high = ElementTree.fromstring(interval_bar(10, 50, 100)).iter("rect")
    assert (frame.get("fill"), low.get("fill"), high.get("fill")) == ("none", BRAND, "url(#claimed)")
    assert float(high.get("x", "")) == pytest.approx(float(low.get("x", "")) + float(low.get("width", "")))
    assert len(list(ElementTree.fromstring(interval_bar(50, 50, 100)).iter("rect"))) == 2


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_ring_is_drawn_with_an_arrow_for_each_edge(mirrored):
    """Two paths an edge, the ring in its own colour and width, every name in the column."""
    names = [Name("x", "x", "late", True), Name("y", "y <z>"), Name("z", "z" * 60)]
    edges = [Arc("x", "y", "ring"), Arc("y", "x", "ring"), Arc("x", "z", "doubtful"), Arc("x", "gone", "open")]
    root = ElementTree.fromstring(arcs(names, edges, title="t", description="d", name="n", mirrored=mirrored))
    paths = list(root.iter("{http://www.w3.org/2000/svg}path"))
    assert len(paths) == 6
    assert sum(path.get("stroke-width") == "3" for path in paths) == 2
    assert sum(path.get("stroke-dasharray") == "4 3" for path in paths) == 1
    assert [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")] == ["x", "y <z>", "z" * 37 + "…"]


def test_arcs_of_one_lane_do_not_cross():
    """Edges that lie over one another get lanes of their own: no two share a vertical line."""
    names = [Name(str(n), str(n)) for n in range(5)]
    edges = [Arc("0", "4", "open"), Arc("1", "3", "open"), Arc("0", "2", "open"), Arc("2", "4", "open")]
    svg = arcs(names, edges, title="t", description="d", name="n", mirrored=False)
    root = ElementTree.fromstring(svg)
    spans: dict[str, list[tuple[float, float]]] = {}
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        found = re.match(r"M[\d.]+ ([\d.]+)H[\d.]+Q([\d.]+) .*V.* ([\d.]+)H", path.get("d", ""))
        if found:
            top, bottom = sorted((float(found[1]), float(found[3])))
            spans.setdefault(found[2], []).append((top, bottom))
    assert sum(map(len, spans.values())) == 4
    for lane in spans.values():
        lane.sort()
        assert all(later[0] >= earlier[1] for earlier, later in pairwise(lane))


CLAIMED = Curve("a", ((date(2020, 5, 1), 100), (date(2020, 5, 9), 300)), SIDES[0], "9 4")


def claims_figure(mirrored: bool = False, gaps: bool = True) -> str:
    """A chart of claims with each of its parts."""
    dots = [Dot(date(2020, 5, 1), 100, 100, "#111111", n) for n in (1, 2, 3)]
    return claims_chart(
        [CLAIMED],
        [*dots, Dot(date(2020, 5, 9), 250, 350, "#111111", 1), Dot(date(2020, 5, 9), None, None, "#111111", 1)],
        [Disputed(date(2020, 5, 1), date(2020, 5, 9), 90, 110)],
        [Bar(date(2020, 5, 1), date(2020, 5, 9), 105)] if gaps else [],
        date(2020, 5, 1),
        date(2020, 5, 9),
        date.isoformat,
        str,
        title="T <b>",
        description="D & d",
        name="claims",
        mirrored=mirrored,
    )


def test_a_dot_tells_its_origins_by_its_shape():
    """Circle, diamond, square; an interval has a line to its ends; a claim without bounds has no dot."""
    svg = claims_figure()
    root = ElementTree.fromstring(svg)
    white = [one.tag.rpartition("}")[2] for one in root.iter() if one.get("fill") == "#ffffff"]
    assert white == ["circle", "path", "rect", "circle"]
    assert "T &lt;b&gt;" in svg


def test_a_dispute_is_hatched_and_a_gap_is_a_bar_with_its_number():
    """Neither by colour alone; without gaps the figure is lower."""
    svg = claims_figure()
    assert 'fill="url(#claims-h)"' in svg
    assert "≥ 105" in svg
    heights = [int(ElementTree.fromstring(one).get("height") or 0) for one in (svg, claims_figure(gaps=False))]
    assert heights[0] > heights[1]


def test_claims_are_mirrored_by_their_coordinates():
    """The first dot stands as far from the right as from the left."""
    places = [
        float(next(one for one in ElementTree.fromstring(svg).iter() if one.tag.endswith("circle")).get("cx") or 0)
        for svg in (claims_figure(), claims_figure(mirrored=True))
    ]
    assert sum(places) == 720


def test_origins_are_boxes_and_lines():
    """Every node once, every edge between two of them; a label is cut, escaped, and in full in the table."""
    nodes = [
        Node(id="report:x", sort="report", label="<x>" * 30, layer=2, row=0),
        Node(id="report:y", sort="report", label="y", layer=2, row=1),
        Node(id="source:z", sort="source", label="z", layer=0, row=0),
    ]
    edges = [
        Edge(start="report:x", end="source:z", relation="cites", evidence=("cited",)),
        Edge(start="report:x", end="report:y", relation="copied from", evidence=("credit",)),
        Edge(start="report:x", end="press:none", relation="cites", evidence=()),
    ]
    svg = origins_chart(nodes, edges, ["A", "B", "C"], title="T", description="D", name="o")
    root = ElementTree.fromstring(svg)
    assert len([one for one in root.iter() if one.tag.endswith("rect")]) == 3
    lines = [one for one in root.iter() if one.tag.endswith("path")]
    assert [one.get("stroke-dasharray") for one in lines] == ["5 3", None]
    assert "…" in svg
