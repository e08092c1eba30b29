"""Letters as written to letters as compared: every rule of folding does what it says, and says that it did."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.people.names.folding import CELL_LETTERS, READINGS, WORD_LETTERS, clean, fold, fold_word, script_of
from quittance.people.names.letters import LOST
from quittance.people.names.rules import RULES


@pytest.mark.parametrize(
    ("written", "folded", "rules"),
    [
        ("محمدﻯ", "محمدی", {"forms", "letters"}),
        ("مُحَمَّد", "محمد", {"marks"}),
        ("محـــمد", "محمد", {"marks"}),
        ("كريم", "کریم", {"letters"}),
        ("فاطمة", "فاطمه", {"letters"}),
        ("أحمد إدريس", "احمد ادریس", {"letters"}),
        ("آرمان", "آرمان", set()),
        ("ټول ډېر ړوند ښه ځای څوک", "تول دیر روند شه زای سوک", {"letters"}),
        ("ګلاب", "گلاب", {"letters", "lam-alef"}),
        ("علی\u200cزاده", "علیزاده", {"zwnj"}),
        ("Ja'far", "jafar", {"apostrophe"}),
        ("Jaʿfar", "jafar", {"apostrophe"}),
        ("Ja´far", "jafar", {"apostrophe"}),
        ("Łukasz Øst Straße", "lukasz ost strasse", {"marks"}),
        ("IŞIK ışık", "isik isik", {"marks"}),
        ("Андре\u0301й", "андрей", {"stress"}),
        ("Фёдор", "федор", {"letters"}),
        ("Aндрeй", "андрей", {"homoglyph"}),
        ("Аndrеy", "andrey", {"homoglyph"}),
        ("Дар'я", "даря", {"apostrophe"}),
        ("Ali\u00a0\u2003\u202eKhan\ufeff", "ali khan", {"controls", "forms"}),
        (" ,;-Ali-;, ", "ali", set()),
    ],
)
def test_rule(written, folded, rules):
    """A spelling is folded to the letters of its script, and the rules that fired are named."""
    result = fold(written)
    assert folded == result.text
    assert rules == set(result.rules)
    assert set(result.rules) <= set(RULES)


@pytest.mark.parametrize(
    ("written", "also"),
    [
        ("جالل", "جلال"),
        ("اسالم", "اسلام"),
        ("جلال", "جالل"),
        ("Şahin", "shahin"),
        ("Çelik", "chelik"),
    ],
)
def test_a_repair_is_another_reading(written, also):
    """What may be a repair and may be wrong stands beside the word as written, never in its place."""
    word = fold_word(written)
    assert also in word.readings
    assert word.text == word.readings[0] != also


@pytest.mark.parametrize("written", ["عبدهللا", "عبداهلل", "عبدلله", f"عبدالل{LOST}", "عبدﷲ"])
def test_allah_is_repaired(written):
    """The forms in which extraction leaves Allah at the end of a word are read as Allah."""
    assert fold(written).text == "عبدالله"


def test_lost_letter_stays():
    """A lost letter and a lone surrogate stay in the word as a wildcard, and are reported."""
    assert fold("Moh\ufffdmmed").text == f"moh{LOST}mmed"
    assert fold("Moh\ud800mmed").text == f"moh{LOST}mmed"
    assert "lost" in fold("Moh\ud800mmed").rules


@pytest.mark.parametrize(
    ("token", "script"),
    [("محمد", "arabic"), ("Mohammed", "latin"), ("Иван", "cyrillic"), ("김", "other"), ("...", "other"), ("", "other")],
)
def test_script_is_that_of_most_letters(token, script):
    """Script of a token: majority of its letters; without letters it is other."""
    assert script_of(token) == script


def test_homoglyph_does_not_change_the_script():
    """One letter of another alphabet inside a word does not make it a word of that alphabet."""
    assert script_of("Bладимир") == "cyrillic"
    assert script_of("Влadimir") == "latin"


@given(st.text(alphabet=st.characters(codec=None)))
def test_never_raises_and_is_bounded(text):
    """Any text, lone surrogates included, folds to words of bounded length with few readings."""
    result = fold(text)
    for word in result.words:
        assert 0 < len(word.text) <= WORD_LETTERS
        assert 1 <= len(word.readings) <= READINGS
        assert word.readings[0] == word.text


def _letters(*ranges):
    """Letters, marks, spaces and points out of some blocks of Unicode."""
    blocks = [st.characters(categories=["L", "M"], min_codepoint=low, max_codepoint=high) for low, high in ranges]
    return st.text(alphabet=st.one_of(*blocks, st.sampled_from(" -.,;'’`\u200c\u00a0")))


@given(
    st.one_of(
        _letters((0x41, 0x24F), (0x1E00, 0x1EFF), (0x300, 0x36F)),
        _letters((0x600, 0x6FF), (0x750, 0x77F), (0xFB50, 0xFDCF), (0xFE70, 0xFEFC)),
        _letters((0x400, 0x4FF), (0x300, 0x36F)),
    )
)
def test_folding_folded_text_changes_nothing(text):
    """Folding a text of one script is idempotent: what it gives is folded already."""
    once = fold(text).text
    assert fold(once).text == once


@given(st.text(alphabet="ابتثجحخدذرزسشصضطظعغفقكلمنهويىئةأإآءؤ ", min_size=1))
def test_presentation_forms_do_not_matter(text):
    """A text in presentation forms, as extraction gives it, folds as the plain text does."""
    forms = "".join(_isolated().get(letter, letter) for letter in text)
    assert fold(forms).text == fold(text).text


def _isolated():
    """Letter to its isolated presentation form."""
    table = {}
    for code in range(0xFE70, 0xFEFD):
        plain = unicodedata.normalize("NFKC", chr(code))
        if len(plain) == 1 and "ISOLATED FORM" in unicodedata.name(chr(code), ""):
            table.setdefault(plain, chr(code))
    return table


def test_long_cell_is_cut_and_reported():
    """A cell of ten thousand letters is read up to the limit, and the cut is reported."""
    text, rules = clean("ش" * 10_000)
    assert len(text) == CELL_LETTERS
    assert "cut" in rules
