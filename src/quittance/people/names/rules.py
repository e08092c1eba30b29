"""The rules that can fire when a name is read, each with a stable id and the words a review screen shows for it."""

from __future__ import annotations

from typing import Final

RULES: Final[dict[str, str]] = {
    "forms": "presentation forms replaced by letters",
    "controls": "invisible characters removed",
    "spaces": "spaces made one",
    "lost": "a lost letter kept as a wildcard",
    "cut": "cut to a readable length",
    "remark": "remark set apart",
    "several": "several names in one cell",
    "scripts": "two scripts in one cell",
    "marks": "vowel and accent marks removed",
    "letters": "letters of one sound made one",
    "zwnj": "joining mark removed",
    "article": "article set aside",
    "lam-alef": "lam-alef repaired",
    "allah": "Allah repaired",
    "apostrophe": "apostrophe removed",
    "homoglyph": "look-alike letters of another alphabet replaced",
    "stress": "stress mark removed",
    "initial": "an initial",
    "title": "title set apart",
    "particle": "particle dropped",
    "father": "father named after a son-of word",
    "kunya": "kunya set apart",
    "compound": "compound written as one",
    "slavic": "also read in its Russian form",
    "suffix": "family ending joined",
}
"""Rule id to words. Ids are stable; a rule that is given up leaves its id unused."""
