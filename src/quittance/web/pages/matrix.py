"""The status matrix: commitments by weeks, as known then or as known now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from quittance.views.matrix import Cell, MatrixRow, MatrixView
from quittance.views.wording import STATUS_WORDS
from quittance.visibility import OPERATOR
from quittance.web.pages.frame import answer, asked
from quittance.web.question import Question, paging
from quittance.web.templatetags.figures import SHAPES

CELLS_PER_PAGE = 400
"""Cells on one page, so that its weight does not grow with the agreement; at most half a year is shown at a time."""


def weeks_per_page(rows: int) -> int:
    """Weeks that fit on a page beside this many commitments: 4 to 26."""
    return max(4, min(26, CELLS_PER_PAGE // max(rows, 1)))


@dataclass(frozen=True, slots=True)
class Week:
    """The head of a column: the last day of the week, in full and short."""

    iso: str
    short: str


@dataclass(frozen=True, slots=True)
class ShownCell:
    """One cell: its classes of colour and hatching, its shape, its name in words, and the query of its link."""

    class_: str
    shape: str
    words: str
    query: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One commitment: its id, the address of its page beside this one, its cells."""

    id: str
    href: str
    cells: list[ShownCell]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line of the key."""

    class_: str
    shape: str
    words: str


def page(request: HttpRequest) -> HttpResponse:
    """The newest weeks first; each cell leads to its commitment on the last day of its week."""
    case, question = asked(request)
    known: Literal["then", "now"] = "now" if question.typed.get("known") == "now" else "then"
    view = case.matrix(OPERATOR, question.as_of, question.known_by, question.party, known)
    most = weeks_per_page(len(view.rows))
    place, question = paging(question, len(view.weeks), most)
    end = len(view.weeks) - (place.page - 1) * most
    span = slice(max(0, end - most), end)
    return answer(
        request,
        "quittance/matrix.html",
        question,
        view,
        place="matrix",
        weeks=[Week(week.isoformat(), f"{week:%m-%d}") for week in view.weeks[span]],
        rows=[_row(row, view, span, question) for row in view.rows],
        key=_key(view),
        paging=place,
        hidden_fields=[("known", "now")] if known == "now" else [],
    )


def _row(row: MatrixRow, view: MatrixView, span: slice, question: Question) -> ShownRow:
    cells = [_cell(cell, week, view, question) for cell, week in zip(row.cells[span], view.weeks[span], strict=True)]
    return ShownRow(row.id, f"commitments/{row.id}", cells)


def _cell(cell: Cell, week: date, view: MatrixView, question: Question) -> ShownCell:
    day = week.isoformat()
    known_by = view.known_by[:10] if view.known == "now" and view.known_by[:10] != day else ""
    words = gettext(", ").join([f"{day} {gettext(STATUS_WORDS[cell.status])}", *map(_short, cell.disputed)])
    query = question.query(as_of=day, known_by=known_by, known="")
    return ShownCell(" ".join([*_colour(cell), *_hatching(cell.disputed)]), SHAPES[cell.status], words, query)


def _colour(cell: Cell) -> list[str]:
    return ["breached"] if cell.status == "breached" else [cell.class_]


def _short(kind: str) -> str:
    """The reason of a dispute in one or two words."""
    return {
        "terms": gettext("terms disputed"),
        "facts": gettext("accounts differ"),
        "unverified": gettext("not verified"),
        "declared": gettext("dispute declared"),
    }[kind]


def _hatching(disputed: tuple[str, ...]) -> list[str]:
    """Strokes for terms and declared disputes, dots for facts and unverified; both may stand in one cell."""
    strokes = ["strokes"] if {"terms", "declared"} & set(disputed) else []
    return [*strokes, *(["dots"] if {"facts", "unverified"} & set(disputed) else [])]


def _key(view: MatrixView) -> list[KeyLine]:
    """The statuses that stand in the matrix, and the two kinds of hatching."""
    seen = {cell.status: cell.class_ for row in view.rows for cell in row.cells}
    lines = [KeyLine(f"{seen[one]} {one}", one, gettext(STATUS_WORDS[one])) for one in STATUS_WORDS if one in seen]
    return [
        *lines,
        KeyLine("strokes", "", gettext("the parties read the terms differently, or a dispute is declared")),
        KeyLine("dots", "", gettext("the accounts differ, or the claim is not yet verified")),
    ]
