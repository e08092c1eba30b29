"""Who is counted, wholes and parts, and one number in two forms."""

from __future__ import annotations

from tests.unit.claims.reconcile.saying import failing, flagged, say, told, verdicts

from quittance.claims.model import OUTLET


def test_def_knows_a_part():
    """A figure that fails but is a part that its side attests counts other people; the whole stays consistent."""
    whole = [
        say("w", 171, 9, "NORTH", actor="SOUTH", doc="r"),
        say("p", 105, 9, "NORTH", actor="SOUTH", kind="component", doc="r"),
    ]
    said = told(*whole, say("f", 105, 9, "NORTH", actor="SOUTH", said=9))
    assert verdicts(said) == {"w": "consistent", "p": "consistent", "f": "other_definition"}
    assert "105 is a part of 171" in said.of("f#f").arithmetic


def test_def_knows_a_whole_without_its_part():
    """700 without 175 is 525, which "nearly 500" fits: no conflict of counts."""
    text = [
        say("w", 700, 17, OUTLET, modality="about", doc="r"),
        say("p", 175, 17, event="dispute", kind="component", doc="r"),
    ]
    said = told(say("o", 732, 1, "SOUTH"), say("half", 500, 9, modality="nearly"), *text)
    assert verdicts(said)["half"] == "other_definition"
    assert "700 - 175 = 525, which fits nearly 500" in said.of("half#half").arithmetic
    assert verdicts(said)["o"] == "consistent"


def test_def_needs_the_same_side():
    """A part that another side attests explains nothing."""
    whole = [say("w", 171, 9, "SOUTH", doc="r"), say("p", 105, 9, "SOUTH", kind="component", doc="r")]
    assert verdicts(told(*whole, say("f", 105, 9, "NORTH")))["f"] == "conflicting"


def test_def_stated_in_the_words():
    """Figures of two stated definitions are two series: the narrower one counts other people, and nobody conflicts."""
    said = told(say("a", 105, 9, who="security_forces"), say("b", 171, 9))
    assert verdicts(said) == {"a": "other_definition", "b": "consistent"}
    assert [s.who for s in said.series] == ["security_forces", "unstated"]


def test_def_passes_for_one_number():
    """The same number under a stated and an unstated definition does not differ."""
    assert failing(told(say("a", 105, 9, who="security_forces"), say("b", 105, 9)), "def") == set()


def test_parts_of_both_sides_fail_against_the_whole():
    """706 + 186 = 892 is not 869: the narrated parts are conflicting, the named whole is not."""
    named = say("w", 869, 16, "NEUTRAL", actor="BOTH", doc="x")
    doc = [
        say("n", 900, 16, "NEUTRAL", actor="BOTH", modality="nearly", doc="r"),
        say("p", 706, None, OUTLET, kind="component", said=16, doc="r"),
        say("q", 186, None, OUTLET, actor="SOUTH", kind="component", said=16, doc="r"),
    ]
    said = told(named, *doc)
    assert verdicts(said) == {"w": "consistent", "n": "consistent", "p": "conflicting", "q": "conflicting"}
    assert "706 + 186 = 892, against 869" in said.of("r#p").arithmetic


def test_parts_of_both_sides_that_make_the_whole():
    """10 and 16 make 26."""
    doc = [
        say("w", 26, 1, "NEUTRAL", actor="BOTH", kind="batch", doc="r"),
        say("p", 10, 1, "NEUTRAL", kind="component", doc="r"),
        say("q", 13, 1, "NEUTRAL", actor="SOUTH", kind="component", doc="r"),
        say("s", 3, 1, "NEUTRAL", actor="SOUTH", kind="component", doc="r"),
    ]
    assert failing(told(*doc), "parts") == set()


def test_parts_above_the_whole():
    """A part above its whole in one report of one side contradicts it; a smaller one is fine."""
    over = told(say("w", 10, 1, kind="batch", doc="r"), say("p", 12, 1, kind="component", doc="r"))
    assert failing(over, "parts") == {"w", "p"}
    under = told(say("w", 10, 1, kind="batch", doc="r"), say("p", 8, 1, kind="component", doc="r"))
    assert failing(under, "parts") == set()


def test_parts_close_on_their_whole():
    """All parts of a whole in one report close a sum."""
    claims = [say("w", 10, 1, kind="batch", doc="r"), say("p", 4, 1, kind="component", doc="r")]
    said = told(*claims, say("q", 6, 1, kind="component", doc="r"))
    assert "4 + 6 = 10" in said.of("r#w").arithmetic


def test_twice_needs_a_failing_total():
    """A total that fits is not flagged, though it is the sum of two earlier ones."""
    said = told(say("a", 100, 1), say("b", 200, 3), say("c", 300, 5))
    assert flagged(said, "twice") == set()


def test_over_and_plain_are_one_number():
    """ "Over 850" beside 850 is a shift of the words, not a conflict."""
    said = told(say("a", 850, 5), say("b", 850, 5, modality="more_than"))
    assert set(verdicts(said).values()) == {"consistent"}
    assert flagged(said, "modality_shift") == {"b"}


def test_over_and_nearly_are_two_numbers():
    """ "Over 500" and "nearly 500" contradict each other."""
    said = told(say("a", 500, 5, "NORTH", modality="more_than"), say("b", 500, 5, "SOUTH", modality="nearly"))
    assert set(verdicts(said).values()) == {"conflicting"}


def test_rounded_form():
    """2,700 beside 2,710 is a rounded form; 2,600 is another figure."""
    near = told(say("a", 2700, 5), say("b", 2710, 5, "SOUTH"))
    assert set(verdicts(near).values()) == {"consistent"}
    assert flagged(near, "rounded") == {"a"}
    assert set(verdicts(told(say("a", 2600, 5), say("b", 2710, 5, "SOUTH"))).values()) == {"conflicting"}


def test_unattributed_and_borne_out():
    """What only an outlet says is unattributed until a named source gives the number, or a sum leads to one."""
    assert verdicts(told(say("a", 450, 3, OUTLET)))["a"] == "unattributed"
    assert verdicts(told(say("a", 450, 3, OUTLET), say("b", 450, 3)))["a"] == "consistent"
    summed = told(say("a", 748, 3, OUTLET), say("b", 102, 4, kind="batch"), say("c", 850, 5))
    assert verdicts(summed)["a"] == "consistent"
    assert verdicts(told(say("a", 450, 3, OUTLET), say("b", 400, 1), say("c", 600, 9)))["a"] == "unattributed"
