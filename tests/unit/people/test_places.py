"""Places in any spelling, and which provinces border on which."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.people.places import Gazetteer, PlacesRefused, fold_place

SHIPPED = Gazetteer.load()
PROVINCES = [place for place in SHIPPED.places.values() if place.id == place.province_id]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Helmand", "AF-HEL"),
        ("HELMAND PROVINCE", "AF-HEL"),
        ("Province of Helmand", "AF-HEL"),
        ("ولایت هلمند", "AF-HEL"),
        ("هيلمند", "AF-HEL"),
        ("провинция Гильменд", "AF-HEL"),
        ("کندهار", "AF-KAN"),
        ("قندهار", "AF-KAN"),
        ("Kandahār", "AF-KAN"),
        ("Qandahar", "AF-KAN"),
        ("لوګر", "AF-LOG"),
        ("لوگر", "AF-LOG"),
        ("Sar-e Pol", "AF-SAR"),
        ("سر\u200cپل", "AF-SAR"),
        ("Maidan Wardak", "AF-WAR"),
        ("Paktia", "AF-PIA"),
        ("Paktika", "AF-PKA"),
        ("Mazar-i-Sharif", "AF-BAL-mazar-e-sharif"),
        ("Lashkar Gah, Helmand", "AF-HEL-lashkar-gah"),
        ("Helmand (Sangin)", "AF-HEL"),
        ("Kabul / Herat", None),
        ("Atlantis", None),
        ("", None),
        ("province", None),
        ("Helmand" * 100, None),
    ],
)
def test_spellings(text, expected):
    """A place is found in any script and with its kind; what is not known, or two provinces at once, is not guessed."""
    place = SHIPPED.place_of(text)
    assert (place.id if place else None) == expected


def test_the_provinces():
    """All 34 provinces are there, each in Latin and Arabic letters, and each has neighbours."""
    assert len(PROVINCES) == 34
    for place in PROVINCES:
        assert any(name.isascii() for name in place.names)
        assert any("\u0600" <= name[0] <= "\u06ff" for name in place.names)
        assert SHIPPED.neighbours(place.id)


def test_borders_have_two_sides():
    """What borders on one province has that province as its neighbour, and nothing borders on itself."""
    for place in PROVINCES:
        for other in SHIPPED.neighbours(place.id):
            assert place.id in SHIPPED.neighbours(other)
            assert other != place.id
    assert "AF-KAN" in SHIPPED.neighbours("AF-HEL")
    assert "AF-BDS" not in SHIPPED.neighbours("AF-HEL")
    assert SHIPPED.neighbours("nowhere") == frozenset()


def test_no_spelling_is_of_two_places():
    """Every spelling of the shipped places leads to the place that has it."""
    for place in SHIPPED.places.values():
        for name in place.names:
            assert SHIPPED.place_of(name) == place


def file_of(*places, form="quittance-places/1"):
    return json.dumps({"format": form, "places": list(places)}).encode()


def test_places_of_another_country():
    """A file of the same format adds places; a spelling that two share finds neither."""
    other = Gazetteer.parse(
        file_of(
            {"id": "XX-A", "names": ["Alfa", "Kabul"], "neighbours": ["XX-B"]},
            {"id": "XX-B", "names": ["Beta"]},
            {"id": "XX-A-1", "names": ["Gamma"], "within": "XX-A"},
        )
    )
    both = SHIPPED | other
    assert both.place_of("gamma").province_id == "XX-A"
    assert both.place_of("Kabul") is None
    assert both.place_of("کابل").id == "AF-KAB"
    assert both.neighbours("XX-B") == {"XX-A"}
    assert SHIPPED.place_of("alfa") is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        file_of(form="quittance-places/2"),
        file_of("x"),
        file_of({"id": "a"}),
        file_of({"id": "a", "names": []}),
        file_of({"id": "a", "names": [1]}),
        file_of({"id": ["a"], "names": ["x"]}),
        file_of({"id": "a", "names": ["x"]}, {"id": "a", "names": ["y"]}),
        file_of({"id": "a", "names": ["x"], "neighbours": ["b"]}),
        file_of({"id": "a", "names": ["x"], "neighbours": ["a"]}),
        file_of({"id": "a", "names": ["x"], "neighbours": [["b"]]}),
        file_of({"id": "a", "names": ["x"], "neighbours": 1}),
        file_of({"id": "a", "names": ["x"], "within": "b"}),
        file_of({"id": "a", "names": ["x"], "within": {}}),
        file_of(
            {"id": "a", "names": ["x"]},
            {"id": "b", "names": ["y"], "within": "a"},
            {"id": "c", "names": ["z"], "within": "b"},
        ),
    ],
)
def test_a_broken_file_is_refused(data):
    """Whatever is wrong with a file of places, it is refused as such."""
    with pytest.raises(PlacesRefused) as caught:
        Gazetteer.parse(data)
    assert caught.value.code == "places.refused"


@given(st.text(max_size=60))
def test_no_text_breaks_the_look_up(text):
    """Whatever stands in a cell, it is a place or none; folding a second time changes nothing."""
    SHIPPED.place_of(text)
    assert fold_place(fold_place(text)) == fold_place(text)
