"""The parties of a conflict as a reader of reports knows them."""

from pathlib import Path

import pytest

from quittance.agreement.load import load_agreement
from quittance.claims.lexicon import Lexicon
from quittance.claims.profile import CONFLICTS, ProfileError, profile_for, profile_of

EXAMPLES = Path(__file__).parents[3] / "examples"

CASE = """
format: quittance-agreement/1
id: two-valleys
title: Two valleys
parties:
  north:
    name: Northern Council
    also: [the Northerners]
    standing: signatory
    speech:
      code: NORTH
      aliases: [Northholm]
      nouns: [council]
      demonyms: [Northern]
      people: [lancers]
      holds: [south]
      institutions: [{name: Office of Returns, key: NORTH_OFFICE}]
      speakers: [{name: Barna Oloko, role: spokesman, org: Office of Returns}]
  south: {name: Southern League, standing: signatory}
  watch: {name: Lake Mission, standing: intermediary}
instruments:
  pact: {kind: agreement, between: [north, south], signed: 2031-05-01, source: "Lake Gazette, 2031-05-02"}
calendar: {timezone: Europe/Helsinki, start: 2031-05-01, day_count: exclude_first}
commitments:
  - id: out
    of: pact
    by: north
    to: south
    mode: achieve
    act: release
    amount: {exactly: 40, unit: persons}
    when: {by: 2031-06-01}
    source: Lake Gazette
  - id: back
    of: pact
    by: south
    to: north
    mode: achieve
    act: release
    amount: {up_to: 12, unit: persons}
    when: {by: 2031-06-01}
    source: Lake Gazette
  - id: begin
    of: pact
    by: north
    to: south
    mode: achieve
    act: release
    amount: {at_least: 1, unit: persons}
    when: {by: 2031-05-05}
    source: Lake Gazette
  - id: talk
    of: pact
    by: north
    to: south
    mode: achieve
    act: start_talks
    amount: {exactly: 1, unit: opening}
    when: {by: 2031-06-01}
    source: Lake Gazette
"""


@pytest.mark.parametrize("name", CONFLICTS)
def test_every_shipped_profile_is_whole(name):
    """Two or more sides hold each other's people, each has a voice, and no two claimants share a key."""
    profile = profile_for(f"{name}-2031")
    assert profile is not None
    assert profile.id == name
    codes = {side.code for side in profile.actors}
    held = {code for side in profile.actors for code in side.holds}
    assert len(held) >= 2
    assert held <= codes
    assert all(profile.holder_of(code) in codes for code in held)
    people = [voice for side in profile.sides for voice in side.speakers]
    names = {}
    for voice in people:
        assert names.setdefault(voice.key, voice.name) == voice.name
    assert {promise.actor for promise in profile.promises} <= codes | {"BOTH"}
    assert {promise.instrument for promise in profile.promises} <= {paper.key for paper in profile.papers}


def test_no_profile_for_what_is_not_shipped():
    """An unknown conflict, or none, has no profile; the lexicon without one finds nothing and fails at nothing."""
    assert profile_for("atlantis-1900") is None
    assert profile_for(None) is None
    assert Lexicon(None).mentions("The government of Atlantis freed 30 prisoners.") == []


def test_a_case_gives_sides_papers_and_promises():
    """Codes are party ids unless `speech` says otherwise; counted releases are promises, first steps and talks not."""
    profile = profile_of(load_agreement(CASE.encode()))
    assert {side.code: side.rank for side in profile.actors} == {"NORTH": "side", "south": "side"}
    assert profile.side("NORTH").holds == ("south",)
    assert profile.side("south").holds == ("NORTH",)
    assert profile.side("watch").voice.side == "NEUTRAL"
    assert [(one.actor, one.value, one.instrument) for one in profile.promises] == [
        ("NORTH", 40, "pact"),
        ("south", 12, "pact"),
    ]
    assert [(paper.key, paper.side, paper.signed) for paper in profile.papers] == [("pact", "AGREEMENT", "2031-05-01")]


def test_the_words_of_a_case_are_found_in_its_reports():
    """Names, nouns, adjectives, people, offices and speakers of the block mean that party."""
    lexicon = Lexicon(profile_of(load_agreement(CASE.encode())))
    text = (
        "Barna Oloco of the Office of Returns said Northholm freed 3; the Southern League freed two Northern lancers."
    )
    found = [(text[one.start : one.end], one.sort, one.code) for one in lexicon.mentions(text)]
    assert found == [
        ("Barna Oloco", "speaker", "NORTH"),
        ("Office of Returns", "institution", "NORTH"),
        ("Northholm", "side", "NORTH"),
        ("Southern League", "side", "south"),
        ("Northern", "demonym", "NORTH"),
        ("lancers", "people", "NORTH"),
    ]


def test_a_party_may_be_like_one_of_a_shipped_profile():
    """`like` brings the words of the shipped party under the case's own code; its own words count besides."""
    profile = profile_of(load_agreement((EXAMPLES / "afghanistan-2020/agreement.yaml").read_bytes()))
    government = profile.side("goa")
    assert government.holds == ("taliban",)
    assert government.voice.key == "AF_GOVERNMENT"
    assert any(voice.role == "president" for voice in government.speakers)
    assert {"Independent Directorate of Local Governance", "Afghan National Security Council"} <= {
        voice.name for voice in government.institutions
    }
    assert {one.actor for one in profile.promises} == {"goa", "taliban"}
    assert all(one.value > 1 for one in profile.promises)


def test_being_like_nobody_is_refused():
    """A party that no shipped profile has raises an error that names the profiles there are."""
    text = CASE.replace("code: NORTH\n", "code: NORTH\n      like: atlantis/north\n")
    with pytest.raises(ProfileError, match="afghanistan") as error:
        profile_of(load_agreement(text.encode()))
    assert error.value.code == "claims.profile"
