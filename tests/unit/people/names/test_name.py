"""What parse makes of a cell: names, tokens, titles, kunya, father, remarks. All names are invented or common ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quittance.people.names.folding import READINGS
from quittance.people.names.name import NAMES, TOKENS, parse
from quittance.people.names.rules import RULES


def tokens(written):
    """The token texts of each name of a cell."""
    return [[token.text for token in name.tokens] for name in parse(written)]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Karim Noori; Karim Nuri", [["karim", "noori"], ["karim", "nuri"]]),
        ("کریم؛ رحیم", [["کریم"], ["رحیم"]]),
        ("Karim Noori a.k.a. Haji Karim", [["karim", "noori"], ["karim"]]),
        ("Karim alias Rahim", [["karim"], ["rahim"]]),
        ("Karim also known as Rahim", [["karim"], ["rahim"]]),
        ("کریم المعروف رحیم", [["کریم"], ["رحیم"]]),
        ("Karim / Rahim", [["karim"], ["rahim"]]),
        ("Karim Noori کریم نوری", [["karim", "noori"], ["کریم", "نوری"]]),
        ("Karim Noori (کریم نوری)", [["karim", "noori"], ["کریم", "نوری"]]),
        ("Aka Khan", [["aka", "khan"]]),
        ("a) Karim Noori b) Karim Nuri", [["karim", "noori"], ["karim", "nuri"]]),
        ("1: KARIM 2: NOORI 3: na 4: na", [["karim", "noori"]]),
        ("na ri", [["na", "ri"]]),
        ("NOORI, Karim", [["noori", "karim"]]),
        ("", []),
        (" - ", []),
        ("n/a", []),
        ("unknown", []),
        ("12.3.1360", []),
        ("(Karim)", [["karim"]]),
    ],
)
def test_names_of_a_cell(written, expected):
    """Several names in one cell are several, in their order; what is no name is none."""
    assert expected == tokens(written)


@pytest.mark.parametrize(
    ("written", "expected", "remarks"),
    [
        ("Karim Noori (previously listed as Rahim)", [["karim", "noori"]], ("previously listed as Rahim",)),
        ("Karim Noori born 1360", [["karim", "noori"]], ("1360", "born")),
        ("Karima Noori née Rahimi", [["karima", "noori"]], ("née Rahimi",)),
        ("Karim 2 Noori", [["karim", "noori"]], ("2",)),
        ("Karim unknown", [["karim"]], ("unknown",)),
    ],
)
def test_remarks_are_set_apart(written, expected, remarks):
    """Brackets, dates, numbers and remark words go to the remarks and leave the name as it is."""
    assert expected == tokens(written)
    (name,) = parse(written)
    assert sorted(remarks) == sorted(name.remarks)
    assert "remark" in name.rules


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Abd al-Rahman", "abdrahman"),
        ("ABDURRAHMAN", "abdrahman"),
        ("Abdul Aziz", "abdaziz"),
        ("Abdulaziz", "abdaziz"),
        ("Abdellatif", "abdlatif"),
        ("Abdul-Latif", "abdlatif"),
        ("Abdulatif", "abdlatif"),
        ("Abdul Salam", "abdsalam"),
        ("Abdussalam", "abdsalam"),
        ("Abdirashid", "abdrashid"),
        ("عبد الرحيم", "عبدرحیم"),
        ("عبدالرحیم", "عبدرحیم"),
        ("Абдул Рахим", "абдрахим"),
        ("Абдуррахим", "абдрахим"),
        ("Habib Ullah", "habibullah"),
        ("Habibollah", "habibullah"),
        ("حبيب الله", "حبیبالله"),
        ("Fakhr ud-Din", "fakhrdin"),
        ("Fakhruddin", "fakhrdin"),
        ("فخر الدین", "فخردین"),
        ("Hosseini Nia", "hosseininia"),
        ("حسینی زاده", "حسینیزاده"),
        ("Allah-Dad", "allahdad"),
    ],
)
def test_compounds_are_one_token(written, expected):
    """A compound is one token in one spelling, whether written joined, apart or hyphened."""
    assert [[expected]] == tokens(written)


def test_allah_joins_the_side_it_is_hyphened_to():
    """Allah between two words belongs to the one before it, unless a hyphen ties it to the one after it."""
    assert tokens("Noori Allah-Dad") == [["noori", "allahdad"]]
    assert tokens("Noor Allah Dad") == [["noorullah", "dad"]]


@pytest.mark.parametrize(
    ("written", "titles", "expected"),
    [
        ("Mullah Karim", ("mullah",), ["karim"]),
        ("ملا کریم", ("mullah",), ["کریم"]),
        ("Haji Karim Noori", ("haji",), ["karim", "noori"]),
        ("الحاج کریم", ("haji",), ["کریم"]),
        ("Hojjat al-Eslam Karim Noori", ("hojatoleslam",), ["karim", "noori"]),
        ("Brigadier General Dr. Karim", ("brigadier", "general", "doctor"), ["karim"]),
        ("Noori Sayed Karim", ("sayyid",), ["noori", "karim"]),
        ("Haji", (), ["haji"]),
        ("Sayed Hafiz", (), ["sayed", "hafiz"]),
        ("Karim Hafiz", (), ["karim", "hafiz"]),
        ("Karim Noori El Sayed", (), ["karim", "noori", "sayed"]),
        ("Mullah", (), ["mullah"]),
    ],
)
def test_titles(written, titles, expected):
    """A title is set apart by its one spelling, and only where another token remains."""
    (name,) = parse(written)
    assert titles == name.titles
    assert expected == [token.text for token in name.tokens]


@pytest.mark.parametrize(
    ("written", "father", "expected"),
    [
        ("Karim bin Rahim al-Noori", ["rahim"], ["karim", "rahim", "noori"]),
        ("کریم بن رحیم النوری", ["رحیم"], ["کریم", "رحیم", "نوری"]),
        ("Karim ould Rahim", ["rahim"], ["karim", "rahim"]),
        ("Karim s/o Rahim", ["rahim"], ["karim", "rahim"]),
        ("Karim ibn Rahim ibn Jamil", ["rahim"], ["karim", "rahim", "jamil"]),
        ("کریم ولد رحیم", ["رحیم"], ["کریم", "رحیم"]),
        ("کریم د رحیم زوی", ["رحیم"], ["کریم", "رحیم"]),
        ("Karim Rahim oglu", ["rahim"], ["karim", "rahim"]),
        ("Karim Noori", [], ["karim", "noori"]),
    ],
)
def test_father(written, father, expected):
    """A son-of word marks the father's tokens; they stay tokens of the name as well."""
    (name,) = parse(written)
    assert father == [token.text for token in name.father]
    assert expected == [token.text for token in name.tokens]


def test_kunya():
    """Abu X that opens a name is set apart; elsewhere, or alone, it is a token with X as a second reading."""
    (name,) = parse("Abu Karim al-Noori")
    assert ([one.text for one in name.kunya], [one.text for one in name.tokens]) == (["karim"], ["noori"])
    (surname,) = parse("رحیم أبو کریم")
    assert ([one.text for one in surname.kunya], [one.text for one in surname.tokens]) == ([], ["رحیم", "ابوکریم"])
    assert "کریم" in surname.tokens[1].readings
    (alone,) = parse("Umm Karim")
    assert ([one.text for one in alone.kunya], [one.text for one in alone.tokens]) == ([], ["ummkarim"])
    (given_name,) = parse("Abul Qasim Noori")
    assert [one.text for one in given_name.tokens] == ["abuqasim", "noori"]


def test_initials_and_particles():
    """A letter with a full stop is an initial, without one perhaps a particle; particles alone are the name."""
    (name,) = parse("K. E. Noori")
    assert [(one.text, one.initial) for one in name.tokens] == [("k", True), ("e", True), ("noori", False)]
    assert tokens("Karim e Noori") == [["karim", "noori"]]
    assert tokens("van de") == [["van", "de"]]


def test_bare_halves():
    """Half of a compound that stands alone is marked: it carries no weight."""
    (name,) = parse("Karim Abd")
    assert [token.bare for token in name.tokens] == [False, True]


def test_article_and_joined_particles_are_readings():
    """The article is taken off and kept as a reading; in a Latin word, the bare word is the reading."""
    (arabic,) = parse("الکریمی")
    assert arabic.tokens[0].readings == ("کریمی", "الکریمی")
    (ilyas,) = parse("الیاس")
    assert ilyas.tokens[0].readings == ("الیاس",)
    (latin,) = parse("ALKARIMI BENKARIM")
    assert [token.readings for token in latin.tokens] == [("alkarimi", "karimi"), ("benkarim", "karim")]


@pytest.mark.parametrize(
    "forms",
    [
        ("Владимир", "Володимир", "Уладзімір"),
        ("Vladimir", "Volodymyr", "Uladzimir"),
        ("Сергеевич", "Сергійович", "Сяргеевіч"),
        ("Sergeevich", "Serhiyovych", "Siarheevich"),
        ("Владимировна", "Володимирівна", "Уладзіміраўна"),
    ],
)
def test_slavic_forms_share_a_reading(forms):
    """Russian, Ukrainian and Belarusian forms of one given name or patronymic have a reading in common."""
    readings = [set(parse(form)[0].tokens[0].readings) for form in forms]
    assert set.intersection(*readings)


def test_personal_values_are_not_shown():
    """The printed form of a name tells no word of it."""
    shown = repr(parse("Mullah Karim bin Rahim (remark)"))
    assert not any(word in shown.lower() for word in ("karim", "rahim", "remark)", "mullah"))


@settings(max_examples=400)
@given(st.text(alphabet=st.characters(codec=None), max_size=120))
def test_never_raises_and_is_deterministic(text):
    """Any text gives the same names twice, within the limits, and only rules that are documented."""
    names = parse(text)
    assert names == parse(text)
    assert len(names) <= NAMES * 4
    for name in names:
        assert name.raw == text
        assert 1 <= len(name.tokens) <= TOKENS
        assert set(name.rules) <= set(RULES)
        assert all(token.readings[0] == token.text and len(token.readings) <= READINGS for token in name.tokens)


_WORDS = (
    "karim abdul rahman al bin abu haji mullah noor zai ullah din (x) / ; a.k.a. born 12 s. el-din sayed "
    "کریم عبد الرحمن بن ابو حاجی ملا نور زی الله الدین المعروف Иван Абдул Сергеевич оглы"
)


@given(st.lists(st.sampled_from(_WORDS.split()), max_size=12))
def test_words_of_names_in_any_order(words):
    """Particles, titles and halves of compounds in any order and script leave no empty token, and raise nothing."""
    for name in parse(" ".join(words)):
        assert all(token.text and token.text.strip() == token.text for token in (*name.tokens, *name.kunya))
        assert set(name.father) <= set(name.tokens)


@given(
    st.lists(
        st.sampled_from(["karim", "rahim", "noori", "jamil", "کریم", "رحیم", "نوری", "جمیل"]), min_size=1, max_size=6
    )
)
def test_plain_tokens_parse_to_themselves(words):
    """Folded words without particle or compound are their own tokens: parsing is idempotent on them."""
    for name in parse(" ".join(words)):
        again = parse(" ".join(token.text for token in name.tokens))
        assert [token.text for token in name.tokens] == [token.text for one in again for token in one.tokens]


@pytest.mark.parametrize("letter", ["a", "ا", "ال", "abd ", "الله ", "bin ", "(", "/", "\u0651", "ﷺ", "abu ", "din "])
def test_long_cells_are_bounded(letter):
    """A cell of ten thousand repetitions is read up to the limits."""
    for name in parse(letter * 10_000):
        assert len(name.tokens) <= TOKENS
