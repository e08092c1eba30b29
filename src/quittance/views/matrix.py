"""Commitments by weeks: one cell for each, with its status and whether it was disputed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from quittance.agreement.model import Agreement
from quittance.agreement.verdict import Class, Evaluation, Status
from quittance.views.rows import title
from quittance.views.sentence import Sentence
from quittance.views.wording import Say, say, status_words

Known = Literal["then", "now"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One commitment on the last day of one week; `words` is its status in words, `disputed` as in the verdict."""

    status: Status
    class_: Class
    disputed: tuple[str, ...]
    words: Sentence


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One commitment and its cells, one a week."""

    id: str
    title: Sentence
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MatrixView:
    """Weeks by their last day, earliest first; the last one ends on `as_of`.

    `known` says from when each week is seen: `then` (known by the week's own last day) or `now` (known by `known_by`).
    """

    agreement: str
    title: str
    as_of: str
    known_by: str
    known: Known
    headline: Sentence
    weeks: tuple[date, ...]
    rows: tuple[MatrixRow, ...]


MAX_WEEKS = 520


def week_ends(first: date, last: date) -> tuple[date, ...]:
    """The last days of the weeks from `first` to `last`, ending on `last`; at most the newest 520."""
    weeks = min(MAX_WEEKS, max(0, (last - first).days) // 7 + 1)
    return tuple(last - timedelta(days=7 * back) for back in range(weeks - 1, -1, -1))


def matrix_view(
    agreement: Agreement,
    evaluate: Callable[[date, date], Evaluation],
    first: date,
    as_of: date,
    known_by: date,
    known: Known = "then",
) -> MatrixView:
    """One evaluation a week from `first` on. `evaluate(as_of, known_by)` gives the verdicts of a day."""
    weeks = week_ends(first, as_of)
    evaluations = [evaluate(week, min(known_by, week) if known == "then" else known_by) for week in weeks]
    rows = tuple(
        MatrixRow(
            commitment.id,
            title(commitment, agreement),
            tuple(_cell(evaluation, number, week) for week, evaluation in zip(weeks, evaluations, strict=True)),
        )
        for number, commitment in enumerate(agreement.commitments)
    )
    late = sum(any(verdict.class_ == "late" for verdict in evaluation.verdicts) for evaluation in evaluations)
    return MatrixView(
        agreement=agreement.id,
        title=agreement.title,
        as_of=as_of.isoformat(),
        known_by=known_by.isoformat(),
        known=known,
        headline=say(Say.MATRIX, late=late, weeks=len(weeks)),
        weeks=weeks,
        rows=rows,
    )


def _cell(evaluation: Evaluation, number: int, week: date) -> Cell:
    verdict = evaluation.verdicts[number]
    return Cell(verdict.status, verdict.class_, verdict.disputed, status_words(verdict, week))
