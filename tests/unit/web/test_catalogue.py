"""The translations: complete, with the same fields as the English, and compiled."""

from __future__ import annotations

import re
import string

import pytest
from tests.unit.web.catalogue import LOCALE, as_mo, left_over, missing, read_po, wanted

from quittance.web.settings import LANGUAGES

SHIPPED = [code for code, _ in LANGUAGES if code != "en"]


@pytest.fixture(params=SHIPPED)
def path(request, client):
    """The catalogue of one shipped language."""
    return LOCALE / request.param / "LC_MESSAGES" / "django.po"


@pytest.fixture
def catalogue(path):
    """Its texts."""
    return read_po(path.read_text("utf-8"))


def test_everything_that_a_page_says_is_translated(catalogue):
    """Texts of the views, of the templates and of the modules; add what is listed to the .po file."""
    assert missing(catalogue) == []


def test_nothing_is_translated_that_no_page_says(catalogue):
    """What is listed can be taken out of the .po file."""
    assert left_over(catalogue) == []


def test_the_compiled_catalogue_is_that_of_the_text(path, catalogue):
    """Otherwise: `python -m tests.unit.web.catalogue`."""
    assert path.with_suffix(".mo").read_bytes() == as_mo(catalogue)


def test_a_translation_has_the_fields_of_the_original(catalogue):
    """No field is lost or invented: {n}, {who} and %(days)s are the same on both sides."""

    def fields(text: str) -> set[str]:
        braces = {name for _, name, _, _ in string.Formatter().parse(re.sub(r"%\(\w+\)s", "", text)) if name}
        return braces | set(re.findall(r"%\((\w+)\)s", text))

    for msgid, (_, translations) in catalogue.items():
        for translation in translations if msgid else ():
            assert fields(msgid) == fields(translation), msgid


def test_a_translation_is_no_copy(catalogue):
    """Only templates without a word of their own may stay as they are."""
    same = [msgid for msgid, (_, texts) in catalogue.items() if msgid and msgid in texts]
    assert [msgid for msgid in same if re.search("[a-z]", re.sub(r"\{\w+\}", "", msgid))] == []


def test_the_pages_have_texts():
    """The collector finds something of each kind, so that the tests above cannot pass on nothing."""
    texts = wanted()
    assert "overdue since {day}" in texts
    assert "Skip to the content" in texts
    assert "This is not a date of the calendar. Write it as 2020-03-31." in texts
    assert ("in %(days)s day", "in %(days)s days") in texts


def test_a_repeated_text_is_refused():
    """The second one would silently win."""
    with pytest.raises(ValueError, match="twice"):
        read_po('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n')
