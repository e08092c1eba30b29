"""Spellings of one name."""

import pytest

from quittance.claims.variants import joined, near, skeleton, spellings


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Navid", "Naveed"),
        ("Navid", "Nawid"),
        ("Suhrab", "Sohrab"),
        ("Hussain", "Hussein"),
        ("Qasim", "Kasem"),
        ("Stepansky", "Stepanskiy"),
        ("Stepansky", "Stepanskyy"),
        ("Andriy", "Andrii"),
        ("Aliyev", "Aliev"),
        ("Rahman", "Rahmaan"),
        ("Čović", "Covic"),
    ],
)
def test_spellings_of_one_name_share_a_skeleton(one, other):
    """The alternations of romanised names are taken for one letter each."""
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(("one", "other"), [("Karim", "Rahim"), ("Navid", "Nadir"), ("Andriy", "Artem")])
def test_other_names_do_not(one, other):
    """Different names stay different, and are not near either."""
    assert skeleton(one) != skeleton(other)
    assert not near(one, other)


def test_one_slip_is_near_in_long_words_only():
    """Two letters exchanged, one lost or one wrong are near in words of five letters or more."""
    assert near("Sadiqi", "Sadqii")
    assert near("Morzabin", "Mozrabin")
    assert near("Morzabin", "Morzbin")
    assert near("Morzabin", "Morzaxin")
    assert not near("Morzabin", "Mozrabxn")
    assert not near("Amin", "Amir")


@pytest.mark.parametrize("name", ["Navid", "Sohrab", "Stepansky", "Qasimov", "Yahya", "Heidar", "Andriy"])
def test_every_generated_spelling_has_the_skeleton_of_the_name(name):
    """What the generator writes, the comparison takes for the same name; the name itself comes first."""
    made = list(spellings(name))
    assert made[0] == name
    assert len(made) == len(set(made)) > 1
    assert {skeleton(word) for word in made} == {skeleton(name)}


def test_a_name_is_one_name_however_it_is_parted():
    """Particles, hyphens and joined forms make no difference."""
    spelt = ["Abdul Qadir al-Marzuqi", "Abdulqadir Marzuqi", "Abdul-Qader Al Marzoqi"]
    assert len({joined(name.replace("-", " ").split()) for name in spelt}) == 1
    assert joined(["Abdul", "Qadir"]) != joined(["Abdul", "Karim"])
