"""The bar of a limit and the chart of the lead: what is drawn where, in both directions of reading."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree

import pytest

from quittance.web.charts.lead import Words, lead_chart
from quittance.web.charts.limits import WIDTH, limit_bar
from quittance.web.charts.steps import Curve
from quittance.web.tokens import BRAND, INK, LATE_TINT, MUTED

SVG = "{http://www.w3.org/2000/svg}"
WORDS = Words("A above", "B below", "band")


def rectangles(svg: str) -> list[dict[str, str]]:
    """The rectangles of a bar."""
    return [one.attrib for one in ElementTree.fromstring(svg).iter() if one.tag.endswith("rect")]


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_bar_fills_to_its_count_between_its_bounds(mirrored):
    """The solid block is as long as the count, the frame stands from bound to bound."""
    count, frame = rectangles(limit_bar(5, 4, 10, 20, mirrored=mirrored))
    assert float(count["width"]) == pytest.approx((WIDTH - 2) / 4, abs=0.2)
    assert float(frame["width"]) == pytest.approx((WIDTH - 2) * 6 / 20, abs=0.2)
    start = float(count["x"]) + (float(count["width"]) if mirrored else 0)
    assert start == pytest.approx(WIDTH - 1 if mirrored else 1, abs=0.2)
    assert (count["fill"], frame["stroke"]) == (BRAND, MUTED)


def test_a_bound_that_is_reached_is_marked():
    """By a thick line, at the minimum as at the maximum; nothing is marked between them."""
    assert f'stroke="{INK}"' in limit_bar(4, 4, 10, 20)
    assert f'stroke="{INK}"' in limit_bar(10, 4, 10, 20)
    assert f'stroke="{INK}"' not in limit_bar(5, 4, 10, 20)
    assert len(rectangles(limit_bar(0, 0, 10, 20))) == 1


def test_more_than_the_whole_fills_the_bar():
    """It never leaves its frame."""
    assert max(float(one["x"]) + float(one["width"]) for one in rectangles(limit_bar(50, 40, 60, 20))) <= WIDTH


def chart(steps, most=100, mirrored=False, width=720) -> str:
    """A chart of one curve."""
    return lead_chart(
        [Curve("credited", steps, BRAND, width=3)], most, date(2020, 1, 1), date(2020, 3, 1), lambda day: str(day.day),
        str, WORDS, title="t<", description="d", name="lead", width=width, mirrored=mirrored,
    )  # fmt: skip


UP_AND_DOWN = ((date(2020, 1, 10), 150), (date(2020, 2, 1), -50))


def test_the_band_lies_around_zero():
    """As high above it as below; its edges and the words of both sides stand in the chart."""
    svg = ElementTree.fromstring(chart(UP_AND_DOWN))
    (band,) = [one for one in svg.iter(f"{SVG}rect") if one.get("fill") == LATE_TINT]
    zero = next(one for one in svg.iter(f"{SVG}line") if one.get("stroke") == INK)
    middle = float(band.get("y", "")) + float(band.get("height", "")) / 2
    assert middle == pytest.approx(float(zero.get("y1", "")), abs=0.2)
    said = [one.text for one in svg.iter(f"{SVG}text")]
    assert {"A above", "B below", "band"} <= set(said)
    assert "credited 50" in said
    assert "-50" not in said


def test_without_an_agreed_lead_there_is_no_band():
    """And without anything below zero no lower half."""
    svg = chart(((date(2020, 1, 10), 5),), None)
    assert LATE_TINT not in svg
    assert "B below" not in svg


def test_steps_are_steps_and_mirror():
    """Only straight moves; the same chart runs the other way where people read from the right."""
    for mirrored in (False, True):
        svg = ElementTree.fromstring(chart(UP_AND_DOWN, mirrored=mirrored))
        (path,) = [one.get("d", "") for one in svg.iter(f"{SVG}path")]
        assert set(path) <= set("MHV-0123456789. ")
        moves = [float(one.split("V")[0]) for one in path.split("H")[1:]]
        assert moves == sorted(moves, reverse=mirrored)
        for one in svg.iter(f"{SVG}text"):
            assert 0 <= float(one.get("x", "")) <= 720
