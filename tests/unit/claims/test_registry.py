"""Who is known to speak."""

import pytest

from quittance.claims.lexicon import Lexicon
from quittance.claims.profile import Voice, key_of, profile_for
from quittance.claims.registry import Registry, RegistryError, read_learned, registry_of, unknown
from quittance.claimstore import ClaimStore

NAVID = Voice(
    key="NAVID", name="Navid Sohrabi", org="Council of Elders", role="spokesman", side="A", also=("Navid S. Sohrabi",)
)
OTHER = Voice(key="OTHER_SOHRABI", name="Karim Sohrabi", role="minister", side="B")
OFFICE = Voice(key="COUNCIL", name="Council of Elders", role="institution", side="A")


def test_a_person_is_found_by_any_spelling_of_the_whole_name():
    """Every spelling of first and last name leads to one person."""
    registry = Registry((NAVID, OTHER, OFFICE))
    for words in (["Navid", "Sohrabi"], ["Naveed", "Suhrabi"], ["Nawid", "Sohraby"]):
        assert registry.whole(words) is NAVID
    assert registry.whole(["Ahmad", "Sohrabi"]) is None
    assert registry.whole(["Council", "of", "Elders"]) is None


def test_a_slip_counts_when_the_other_name_confirms_it():
    """One transposition is forgiven beside a first name that fits, not alone."""
    registry = Registry((NAVID, OTHER))
    assert registry.slip(["Navid", "Sorhabi"]) is NAVID
    assert registry.slip(["Bashir", "Sorhabi"]) is None
    assert registry.slip(["Navid"]) is None


def test_a_last_name_that_two_share_is_of_both():
    """The registry does not choose between people with one last name."""
    registry = Registry((NAVID, OTHER))
    assert {voice.key for voice in registry.surname("Sohrabi")} == {"NAVID", "OTHER_SOHRABI"}
    assert registry.surname("Sohraby", confirmed=True)
    assert registry.surname("Karimi") == ()


def test_learning_gives_a_new_registry_and_leaves_the_old_one():
    """A learned surface counts in the new registry only, and in the lexicon made of it."""
    before = registry_of(profile_for("afghanistan-2020"))
    voice = Voice(key="X_BARNA", name="Barna Oloko", org="Bureau of Returns", role="head", side="AF_GOV")
    after = before.learn("Barna Oloco", voice, by="reviewer-1", at="2020-04-01", source="report:abc#0-11")
    assert before.whole(["Barna", "Oloko"]) is None
    assert after.whole(["Barna", "Oloco"]) == voice
    found = Lexicon(profile_for("afghanistan-2020"), after).mentions("Barna Oloko said nothing.")
    assert [(one.sort, one.key) for one in found] == [("speaker", "X_BARNA")]


def test_learned_speakers_come_back_from_the_file_of_a_case(tmp_path):
    """What a case keeps is what the option reads: who said so, and on which report."""
    voice = unknown("Barna Oloko", role="head", side="A")
    registry = Registry().learn("B. Oloko", voice, by="r", at="2020-04-01", source="report:1").learn("Oloko B.", voice)
    store = ClaimStore(tmp_path)
    for one in registry.learned:
        store.learn(one)
    assert read_learned((tmp_path / "claims" / "learned.jsonl").read_bytes()) == registry.learned == store.learned()
    assert read_learned(b"") == ()


@pytest.mark.parametrize("data", [b"[]", b"\xff", b"no line", b'{"surface": 1}', b'{"format": 1}'])
def test_another_file_is_refused(data):
    """What is no file of learned speakers raises one error with a stable code."""
    with pytest.raises(RegistryError) as error:
        read_learned(data)
    assert error.value.code == "claims.speakers"


def test_the_key_of_an_unknown_is_made_of_his_printed_name():
    """Letters of any script stay; an article before the name does not."""
    assert key_of("the Bureau of Returns") == "X_BUREAU_OF_RETURNS"
    assert key_of("Zoë O'Neill-Åse") == "X_ZOË_O_NEILL_ÅSE"
