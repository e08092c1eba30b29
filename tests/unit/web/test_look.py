"""The look of the pages as far as it can be computed: colours, contrast, direction, weight, fonts."""

from __future__ import annotations

import hashlib
import re

import pytest

from quittance.web import tokens
from quittance.web.settings import STATIC_ROOT

CSS = (STATIC_ROOT / "quittance.css").read_text("utf-8")
PEOPLE = (STATIC_ROOT / "people.css").read_text("utf-8")
BATCH = (STATIC_ROOT / "batch.css").read_text("utf-8")
CLAIMS = (STATIC_ROOT / "claims.css").read_text("utf-8")


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


TEXTS = [
    (tokens.INK, tokens.PAPER), (tokens.INK, tokens.HEAD), (tokens.MUTED, tokens.PAPER), (tokens.MUTED, tokens.HEAD),
    (tokens.BRAND, tokens.PAPER), (tokens.BRAND, tokens.HEAD), (tokens.PAPER, tokens.BRAND),
    (tokens.MET, tokens.PAPER), (tokens.MET, tokens.MET_TINT), (tokens.DUE, tokens.DUE_TINT),
    (tokens.LATE, tokens.LATE_TINT), (tokens.LATE, tokens.PAPER), (tokens.DISPUTED, tokens.DISPUTED_TINT),
    (tokens.DISPUTED, tokens.HEAD), (tokens.DISPUTED, tokens.PAPER), (tokens.UNVERIFIED, tokens.UNVERIFIED_TINT),
    (tokens.SIDES[0], tokens.PAPER), (tokens.SIDES[1], tokens.PAPER),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_every_text_can_be_read(text, ground):
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3)."""
    assert contrast(text, ground) >= 4.5


@pytest.mark.parametrize("ground", [tokens.PAPER, tokens.HEAD])
def test_the_focus_can_be_seen_on_paper(ground):
    """At least 2.9 to 1 on the tint of the form, 3 to 1 on paper (1.4.11)."""
    assert contrast(tokens.FOCUS, ground) >= (3 if ground == tokens.PAPER else 2.9)


def test_the_stylesheet_has_the_same_colours():
    """Each token of the style sheet is one of `tokens`, with its value."""
    declared = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", CSS))
    assert declared.pop("paper") == "#fff"
    for name, value in declared.items():
        assert getattr(tokens, name.upper().replace("-", "_")) == value
    used = set(re.findall(r"#[0-9a-f]{6}(?![0-9a-f])", CSS))
    assert used <= set(declared.values())
    for sheet in (PEOPLE, BATCH, CLAIMS):
        assert not re.findall(r"#[0-9a-f]{3,6}(?![0-9a-f])", sheet.replace("#000", ""))
        assert set(re.findall(r"var\(--([a-z-]+)\)", sheet)) <= {*declared, "paper"}


def test_the_stylesheet_knows_no_left_and_no_right():
    """Logical properties only, so that one sheet serves both directions; the corner of a printed sheet is not one."""
    for sheet in (CSS, PEOPLE, BATCH, CLAIMS):
        assert not re.findall(r"(?<!@bottom-)\b(left|right)\b", sheet)
        assert not re.findall(
            r"(?<![-\w])(width|height|margin-top|margin-bottom|padding-top|padding-bottom|top|bottom):",
            sheet.split("@media")[0],
        )


def test_the_stylesheet_loads_nothing_from_elsewhere():
    """One font, from this folder."""
    assert re.findall(r"url\(([^)]*)\)", CSS) == ["fonts/vazirmatn-arabic.woff2"]
    assert "@import" not in CSS
    assert "url(" not in PEOPLE + BATCH + CLAIMS
    assert "@import" not in PEOPLE + BATCH + CLAIMS


def test_the_stylesheet_is_small():
    """Below ten kilobytes; what only people need, below four, as what only claims need; batches, below six."""
    assert len(CSS.encode()) < 10_000
    assert len(PEOPLE.encode()) < 4_000
    assert len(BATCH.encode()) < 6_000
    assert len(CLAIMS.encode()) < 4_000


def test_the_fonts_are_those_of_the_manifest():
    """Each file has its line, its SHA-256 and its licence."""
    folder = STATIC_ROOT / "fonts"
    lines = [line.split("  ") for line in (folder / "MANIFEST").read_text("utf-8").splitlines() if line[0] != "#"]
    assert {line[1] for line in lines} | {"MANIFEST"} == {path.name for path in folder.iterdir()}
    for digest, name, _, licence in lines:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert licence == "OFL-1.1"
