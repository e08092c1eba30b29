"""The conflict of a report that nobody placed is told from the sides that it names, or not at all."""

import pytest

from quittance.claims.conflict import conflict_of


@pytest.mark.parametrize(
    ("text", "conflict"),
    [
        ("The Taliban said that Kabul had released 100 of their men.", "afghanistan"),
        ("Kyiv and Moscow exchanged 390 people each; Ukraine confirmed it.", "ukraine"),
        ("Israel freed 30 Palestinians for 12 hostages whom Hamas held.", "israel"),
        ("Azerbaijan handed over 32 Armenians.", "armenia"),
        ("The FARC let go 10 Colombian soldiers.", "colombia"),
        ("The Houthis flew 869 people out of Sanaa; Saudi planes brought others.", "yemen"),
        (
            "Washington and Moscow agreed on an exchange; Germany and Poland took part, and so did Slovenia.",
            "us-russia",
        ),
        ("Kabul, the poet, was born in the north.", None),
        ("The Taliban and the Houthis are named once each.", None),
        ("taliban, kabul, afghan: no word of it is a name here", None),
        ("", None),
    ],
)
def test_by_the_names_of_sides(text, conflict):
    """Two sides before one, many mentions before few; one mention, and a tie, are nothing."""
    assert conflict_of(text) == conflict


def test_long_texts_are_looked_at_in_part():
    """What comes after the window changes nothing."""
    assert conflict_of("The Taliban met in Kabul. " + "a " * 20_000 + "Ukraine " * 50) == "afghanistan"
