"""What a list says, as a page shows it: every sign, in its own direction, and harmless."""

from __future__ import annotations

import logging
import sys

import pytest

from quittance.web.faults import Careful
from quittance.web.templatetags.figures import shortly, weight, written


@pytest.mark.parametrize(
    ("text", "direction", "language"),
    [
        ("جاوید مثال", "rtl", "und-Arab"),
        ("Javed Mesal", "ltr", "und-Latn"),
        ("Джавид", "ltr", "und-Cyrl"),
        ("(12) ګل", "rtl", "und-Arab"),
        ("משל", "rtl", ""),
        ("۱۳۶۷", "ltr", ""),
        ("1367/2", "ltr", ""),
        ("", "ltr", ""),
    ],
)
def test_a_name_runs_in_the_direction_of_its_first_letter(text, direction, language):
    """And says its script, so that a reader and a font can be found for it."""
    spoken = f' lang="{language}"' if language else ""
    assert written(text) == f'<bdi class="written" dir="{direction}"{spoken}>{text}</bdi>'


def test_markup_is_text():
    """All five signs are escaped."""
    assert "&lt;b&gt;&quot;&#x27;&amp;" in written("<b>\"'&")


@pytest.mark.parametrize(
    "sign", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff\u200b\x00\x1b\x9f\xad"]
)
def test_a_sign_that_cannot_be_seen_is_shown_by_its_number(sign):
    """So that it neither turns the page nor hides."""
    shown = written(f"a{sign}b")
    assert sign not in shown
    assert f'a<span class="unseen">[U+{ord(sign):04X}]</span>b' in shown


@pytest.mark.parametrize("sign", ["\u200c", "\u200d", " ", "\t", "\n", "ـ"])
def test_what_belongs_to_the_spelling_stays(sign):
    """Joiners, blanks and the long stroke are kept sign for sign."""
    assert f"ن{sign}م" in written(f"ن{sign}م")


def test_a_line_shows_the_beginning_of_a_long_name():
    """The rest is cut, and said to be."""
    assert "a" * 80 + "…" in shortly("a" * 10_000)
    assert "…" not in shortly("a" * 80)


def test_a_weight_has_its_sign():
    """A true minus, and one place."""
    assert weight(14.24) == '<bdi dir="ltr">+14.2</bdi>'
    assert weight(-1.1) == '<bdi dir="ltr">−1.1</bdi>'


def test_a_fault_is_printed_without_what_it_was_about():
    """The kinds of the exceptions and the places, not the messages: these may hold a name."""

    def inner(name: str) -> None:
        raise KeyError(name)

    try:
        try:
            inner("Zzinvented")
        except KeyError as error:
            raise ValueError("Zzinvented again") from error
    except ValueError:
        record = logging.LogRecord(
            "django.request", logging.ERROR, "", 0, "Fault: %s", ("/en/register",), sys.exc_info()
        )
    text = Careful().format(record)
    assert "Zzinvented" not in text
    assert text.index("KeyError") < text.index("ValueError")
    assert "test_written.py" in text
