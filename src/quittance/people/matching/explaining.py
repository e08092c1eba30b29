"""Why a pair has its score, in words a mediator can read aloud. The weights of the parts add up to the score.

An explanation holds names: it is for the eyes of the neutral alone.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quittance.people.matching.context import Context, context
from quittance.people.matching.fields import LEVELS
from quittance.people.matching.kernels import Table
from quittance.people.matching.pairs import FATHER, FIELDS_AT, FOUND_IN_NAME, GRANDFATHER, KUNYA, N_PARTS, PARTS
from quittance.people.matching.prepared import Prepared, prepare
from quittance.people.matching.ranking import score_pairs
from quittance.people.matching.result import Matching
from quittance.people.matching.words import make_room, measure
from quittance.people.model import ListEntry


@dataclass(frozen=True, slots=True)
class WordPair:
    """Two words set against each other: their spellings (folded), weight, and of how many entries either is part."""

    a: str = dataclasses.field(repr=False)
    b: str = dataclasses.field(repr=False)
    weight: float
    holders: int
    entries: int


@dataclass(frozen=True, slots=True)
class Part:
    """One summand of a score. `words` says it in plain English and may hold names."""

    field: str
    weight: float
    state: str
    """agree, close, differ, missing, in_name (found among the words of the other's name) or none."""
    words: str = dataclasses.field(repr=False)
    pairs: tuple[WordPair, ...] = dataclasses.field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score and the parts it is the sum of."""

    score: float
    parts: tuple[Part, ...]


TEXTS = {
    ("birth", 0): "days of birth overlap",
    ("birth", 1): "born within two years of each other",
    ("birth", 2): "born more than two years apart",
    ("sex", 0): "same sex",
    ("sex", 1): "sex differs",
    ("place", 0): "same district",
    ("place", 1): "same province",
    ("place", 2): "neighbouring provinces",
    ("place", 3): "province differs",
    ("village", 0): "same village",
    ("village", 1): "village differs",
    ("tribe", 0): "same tribe",
    ("tribe", 1): "tribe differs",
    ("id_no", 0): "document number equal",
    ("id_no", 1): "document number but for one sign",
    ("id_no", 2): "document number differs",
    ("prisoner_no", 0): "number given by the authority equal",
    ("prisoner_no", 1): "number given by the authority but for one sign",
    ("prisoner_no", 2): "number given by the authority differs",
    ("capture", 0): "days of capture within a week",
    ("capture", 1): "days of capture within a month",
    ("capture", 2): "days of capture further apart",
    ("facility", 0): "same facility",
    ("facility", 1): "facility differs",
}
LABELS = {
    "short_of": "words spelt less alike than one name usually is",
    "differ": "words that the other does not have, on both sides",
    "excess": "words on one side only",
    "joined": "the names written together are alike",
    "bigrams": "letter by letter the whole names are alike",
    "aliases": "several names were tried",
    "kunya": "kunya",
    "father": "father",
    "grandfather": "grandfather",
    "birth": "birth",
    "sex": "sex",
    "place": "place",
    "village": "village",
    "tribe": "tribe",
    "id_no": "document number",
    "prisoner_no": "number given by the authority",
    "capture": "capture",
    "facility": "facility",
}


def explain(matching: Matching, a: int, b: int) -> Explanation:
    """The score of entry `a` of list A with entry `b` of list B, places in the lists as matched; any two of them."""
    found = matching.context
    return _explain(found, found.a.place(a), found.b.place(b))


def explain_entries(x: ListEntry, y: ListEntry, around: Sequence[ListEntry] = ()) -> Explanation:
    """The score of two entries outside a run; how rare words are is counted in `around` and the background."""
    left, right = prepare([x, *around]), prepare([y])
    return _explain(context(left, right, threads=1), left.place(0), 0)


def _explain(found: Context, i: int, j: int) -> Explanation:
    scored = score_pairs(found, np.array([i], np.int32), np.array([j], np.int32))
    weights, states = scored.parts[0].tolist(), scored.states[0].tolist()
    form_a, form_b = (int(one) for one in scored.forms[0])
    parts = [_name(found, form_a, form_b, weights[0])]
    for at in range(1, N_PARTS):
        name, weight, state = PARTS[at], weights[at], states[at]
        if at < KUNYA:
            if weight:
                parts.append(Part(name, weight, "agree" if weight > 0 else "differ", _said(LABELS[name], weight)))
        elif state < 0:
            if given(found.a, i, at) or given(found.b, j, at):
                where = (
                    "both" if given(found.a, i, at) and given(found.b, j, at) else "B" if given(found.a, i, at) else "A"
                )
                text = "cannot be compared" if where == "both" else f"missing on {where}"
                parts.append(Part(name, 0.0, "missing", f"{LABELS[name]} {text} 0"))
        else:
            parts.append(_field(name, at, weight, state))
    return Explanation(round(sum(weights), 4), tuple(parts))


def _name(found: Context, form_a: int, form_b: int, weight: float) -> Part:
    if form_a < 0 or form_b < 0:
        return Part("words", weight, "missing", "no name to compare 0")
    room = make_room()
    a, b, shared = found.side_a, found.side_b, found.shared
    with np.errstate(over="ignore"):
        rows, _, _ = measure(a, form_a, b, form_b, 0, 0, Table(shared.keys, shared.values), room)
    pairs = []
    for row in range(rows):
        i, j, kind = (int(one) for one in room.found[row])
        token_a = int(a.ints[a.at[2 if kind == 1 else 1] + a.ints[form_a] + i])
        token_b = int(b.ints[b.at[2 if kind == 2 else 1] + b.ints[form_b] + j])
        pairs.append(
            WordPair(
                found.a.words.text[token_a],
                found.b.words.text[token_b],
                round(float(room.single[kind, i, j] * shared.theta[0]), 4),
                holders(found, token_a, token_b),
                len(found.a) + len(found.b),
            )
        )
    said = "; ".join(
        f"{one.a} = {one.b} {one.weight:+.1f}, {one.holders:,} of {one.entries:,} have it" for one in pairs
    )
    text = _said("name", weight) + (f" ({said})" if said else ": no word in common")
    return Part("words", weight, "agree" if pairs else "differ", text, tuple(pairs))


def holders(found: Context, token_a: int, token_b: int) -> int:
    """How many entries of both lists have a word with the skeleton of either token, the larger number."""
    codes = (found.a.words.code[token_a], found.b.words.code[token_b])
    return max(sum(entries_with(side, code) for side in (found.a, found.b)) for code in codes)


def entries_with(prepared: Prepared, code: int) -> int:
    """How many entries have a name with a word of this skeleton."""
    names = prepared.name_first[-1]
    holds = np.flatnonzero(prepared.words.code[prepared.forms.token[: prepared.forms.first[names]]] == code)
    form = np.searchsorted(prepared.forms.first, holds, "right") - 1
    return len(np.unique(np.searchsorted(prepared.name_first, form, "right")))


def _field(name: str, at: int, weight: float, state: int) -> Part:
    if at >= FIELDS_AT:
        levels = LEVELS[name]
        how = "agree" if state == 0 else "differ" if state == len(levels) - 1 else "close"
        return Part(name, weight, how, _said(TEXTS[name, state], weight))
    if at in (FATHER, GRANDFATHER) and state == FOUND_IN_NAME:
        return Part(name, weight, "in_name", _said(f"{LABELS[name]} found among the words of the other name", weight))
    how = "agree" if weight > 0 else "differ"
    return Part(name, weight, how, _said(f"{LABELS[name]} {'agrees' if weight > 0 else 'differs'}", weight))


def given(prepared: Prepared, entry: int, at: int) -> bool:
    """Whether an entry has the field of a part, from kunya on."""
    one = prepared.entries[entry]
    of = {"capture": "capture_date", "place": "province"}.get(PARTS[at], PARTS[at])
    return bool(getattr(one, of)) or (of == "province" and bool(one.district))


def _said(text: str, weight: float) -> str:
    return f"{text} {weight:+.1f}"
