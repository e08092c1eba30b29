"""What the words of a report mean."""

import pytest

from quittance.claims.lexicon import Lexicon
from quittance.claims.profile import profile_for

AFGHAN = Lexicon(profile_for("afghanistan-2020"))
UKRAINE = Lexicon(profile_for("ukraine-2023"))
ISRAEL = Lexicon(profile_for("israel-gaza-2025"))
YEMEN = Lexicon(profile_for("yemen-2023"))


def read(lexicon, text):
    """What is found: text, sort and code."""
    return [(text[one.start : one.end], one.sort, one.code) for one in lexicon.mentions(text)]


def test_common_nouns_mean_the_side_that_they_can_mean():
    """The movement is one side and the authorities the other, whichever was named last."""
    text = "The authorities say the movement holds 30; the insurgents say the government holds 80."
    assert [row[2] for row in read(AFGHAN, text)] == ["AF_GOV", "TALIBAN", "TALIBAN", "AF_GOV"]
    assert all(one.generic for one in AFGHAN.mentions(text))


def test_a_noun_of_both_sides_means_the_one_named_last():
    """ "The authorities" are those of the state spoken of."""
    assert read(UKRAINE, "Kyiv freed 20. The authorities gave no names.")[-1] == ("authorities", "side", "UKRAINE")
    assert read(UKRAINE, "Moscow freed 20. The authorities gave no names.")[-1] == ("authorities", "side", "RUSSIA")


def test_a_capital_is_a_side_or_a_place():
    """After "in" or in a dateline a capital is where something happens."""
    assert read(AFGHAN, "Kabul freed 20 in Kabul.") == [("Kabul", "side", "AF_GOV"), ("Kabul", "place", "AF_GOV")]
    assert read(AFGHAN, "KABUL: 20 went home.")[0][1] == "place"
    assert read(AFGHAN, "According to Kabul 20 went home.")[0][1] == "side"


def test_people_by_adjective_and_by_name():
    """An adjective is a demonym; its plural is people; pure nouns of people are weak."""
    assert read(ISRAEL, "Palestinian women and Palestinians") == [
        ("Palestinian", "demonym", "HAMAS"),
        ("Palestinians", "people", "HAMAS"),
    ]
    (soldiers,) = AFGHAN.mentions("30 soldiers")
    assert (soldiers.sort, soldiers.code, soldiers.weak) == ("people", "AF_GOV", True)


def test_case_keeps_short_names_apart_from_words():
    """US is never "us"; an office of several words may be written small."""
    assert read(AFGHAN, "They told us nothing.") == []
    assert read(AFGHAN, "US troops")[0] == ("US", "side", "US")
    assert read(AFGHAN, "the national security council")[0][1:] == ("institution", "AF_GOV")


def test_an_office_belongs_to_the_side_before_it():
    """The same words are another office when the other side's name stands before them."""
    ours = UKRAINE.mentions("Russia's human rights commissioner")[-1]
    assert ours.code == "RUSSIA"


def test_a_last_name_alone_needs_that_nobody_else_bears_it_there():
    """After the full name the last name is the person; behind another first name it is somebody else."""
    text = "Zabihullah Mujahid spoke. Mujahid wrote again. Bashir Mujahid is a farmer."
    assert [row[0] for row in read(AFGHAN, text)] == ["Zabihullah Mujahid", "Mujahid"]
    assert read(AFGHAN, "a mujahid from the hills") == []


def test_words_that_only_look_like_a_paper_or_a_side():
    """ "Of its own accord" names no agreement, and "a citizens' group" none of the sides."""
    assert read(AFGHAN, "freed of its own accord") == []
    assert read(AFGHAN, "a citizens' group met") == []
    assert read(AFGHAN, "under the accord")[0][1] == "document"


def test_allies_are_one_camp():
    """Sides that hold the same people are in one camp."""
    assert YEMEN.same_camp("SAUDI", "YE_GOV")
    assert not YEMEN.same_camp("SAUDI", "HOUTHI")
    assert YEMEN.holder_of("HOUTHI") == "YE_GOV"
    assert read(YEMEN, "The coalition let go nine.")[0] == ("coalition", "side", "COALITION")


@pytest.mark.parametrize("text", ["", " " * 5000, "\n" * 5000, "Kabul " * 3000, "'" * 4000, "a" * 20000, "al-" * 5000])
def test_offsets_are_ordered_and_inside_the_text(text):
    """Whatever the text, mentions are in order, apart, and inside it."""
    end = 0
    for one in AFGHAN.mentions(text):
        assert end <= one.start < one.end <= len(text)
        end = one.end
