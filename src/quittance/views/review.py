"""Matches as reviewers see them: counts of a run, the questions still open, one question in full, answers to be signed.

Personal values are for the neutral's eyes; what a reviewer may not know in a blind review is not in here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from quittance.views.register import LABELS, Said


@dataclass(frozen=True, slots=True)
class MatchView:
    """A run over two sides: their entries, the pairs compared, and how many entries of the right side come out how."""

    left_side: str
    right_side: str
    left: int
    right: int
    compared: int
    auto: int
    review: int
    no: int
    auto_line: float
    review_line: float


@dataclass(frozen=True, slots=True)
class PairRef:
    """Two entries by their codes, what the run makes of them, and its band of probability ("none" without one).

    `answered` if it need not be asked any more: by this reviewer, or because it is settled.
    """

    a: str
    b: str
    grade: str
    decision: str
    alerts: tuple[str, ...] = ()
    answered: bool = False


@dataclass(frozen=True, slots=True)
class QueueView:
    """What one reviewer has still to answer, the most telling first; relatives stand together in one group, whole.

    `open` counts pairs not answered, `unsigned` the answers that he has not signed.
    """

    reviewer: str
    open: int
    unsigned: int
    groups: tuple[tuple[PairRef, ...], ...]


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One field of both entries, what the comparison says of it in words, and how much that weighs; None: not weighed.

    `state` is that of the comparison, `pairs` the words set against each other: both, their weight, and how many of
    how many entries have them.
    """

    field: str
    label: str
    a: str = dataclasses.field(repr=False)
    b: str = dataclasses.field(repr=False)
    a_latin: str = dataclasses.field(repr=False)
    b_latin: str = dataclasses.field(repr=False)
    state: str
    weight: float | None
    words: str = dataclasses.field(repr=False)
    pairs: tuple[tuple[str, str, float, int, int], ...] = dataclasses.field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One pair with everything that a reviewer needs; `mine` is his own answer, if he has given one.

    `score` and `probability` are None where the run did not propose the pair; `total` is what all fields weigh.
    """

    a: Said
    b: Said
    fields: tuple[CompareRow, ...] = dataclasses.field(repr=False)
    score: float | None
    probability: float | None
    ref: PairRef
    mine: str | None
    total: float


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer that is not signed yet."""

    a: str
    b: str
    answer: str
    reason: str | None
    at: str
    grade: str


@dataclass(frozen=True, slots=True)
class DuplicateLine:
    """Two entries of one list that may be one person."""

    list: str
    ref: PairRef
    probability: float


@dataclass(frozen=True, slots=True)
class BandLine:
    """A band of probability: its bounds, the judged pairs in it, what was said of them on average, what was right."""

    low: float
    high: float
    count: int
    mean: float
    right: float


@dataclass(frozen=True, slots=True)
class RefitView:
    """The probabilities held against the case's own judgements, as shown and after fitting them to these."""

    answers: int
    before: tuple[BandLine, ...]
    after: tuple[BandLine, ...]


NAMES = ("name", "aliases", "kunya", "father", "grandfather", "tribe", "village")
"""Fields whose values are also shown in Latin letters."""

FIELD_OF = {"words": "name", "place": "province", "capture": "capture_date"}
"""Part of an explanation -> the field that it compares, where that is called otherwise."""

OVERALL = {
    "short_of": "spelling",
    "differ": "words of one only, on both sides",
    "excess": "words on one side only",
    "joined": "names written together",
    "bigrams": "letter by letter",
    "grams": "letter by letter",
    "pairs": "letter by letter, in pairs",
}
"""Parts that are about the whole names, in plain words."""


class Compared(Protocol):
    """One part of an explanation of a score."""

    @property
    def field(self) -> str:
        """What is compared."""
        ...

    @property
    def weight(self) -> float:
        """Its share of the score."""
        ...

    @property
    def state(self) -> str:
        """agree, close, differ, missing, in_name or none."""
        ...

    @property
    def words(self) -> str:
        """It in plain English."""
        ...

    @property
    def pairs(self) -> Sequence[Any]:
        """Words set against each other."""
        ...


def compare_rows(
    a: Mapping[str, str], b: Mapping[str, str], parts: Sequence[Compared], latin: Callable[[str], str]
) -> tuple[CompareRow, ...]:
    """The fields of two entries with what each part of the explanation says of them; the weights add up to the score.

    A field that is given and not weighed has a row without a weight; parts about whole names stand below the name.
    """
    of: dict[str, list[Compared]] = {}
    for part in parts:
        name = FIELD_OF.get(part.field, part.field)
        of.setdefault(name if name in LABELS else "name", []).append(part)
    rows = []
    for name, label in LABELS.items():
        mine = of.get(name, [])
        if not (mine or a.get(name) or b.get(name)):
            continue
        own = next((part for part in mine if FIELD_OF.get(part.field, part.field) == name), None)
        left, right = a.get(name, ""), b.get(name, "")
        left_latin, right_latin = (latin(text) if _is_foreign(name, text) else "" for text in (left, right))
        rows.append(
            CompareRow(
                field=name,
                label=label,
                a=left,
                b=right,
                a_latin=left_latin,
                b_latin=right_latin,
                state=own.state if own else "none" if left and right else "missing",
                weight=own.weight if own else None,
                words=own.words if own else "",
                pairs=tuple((one.a, one.b, one.weight, one.holders, one.entries) for one in own.pairs) if own else (),
            )
        )
        rows += [
            CompareRow(part.field, OVERALL.get(part.field, label), "", "", "", "", part.state, part.weight, part.words)
            for part in mine
            if part is not own
        ]
    return tuple(rows)


def _is_foreign(name: str, text: str) -> bool:
    return name in NAMES and not text.isascii()
