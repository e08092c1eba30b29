"""Commitments by weeks."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from quittance.casebook import Casebook
from quittance.views.matrix import week_ends
from quittance.visibility import OPERATOR


@pytest.mark.parametrize(
    ("first", "last", "weeks"),
    [
        (date(2025, 1, 1), date(2025, 1, 1), 1),
        (date(2025, 1, 1), date(2025, 1, 7), 1),
        (date(2025, 1, 1), date(2025, 1, 8), 2),
        (date(2025, 1, 8), date(2025, 1, 1), 1),
        (date(1900, 1, 1), date(2025, 1, 1), 520),
    ],
)
def test_weeks_end_on_the_day_asked(first: date, last: date, weeks: int) -> None:
    """The last week ends on the day asked about, the others seven days apart; at most 520 are kept."""
    ends = week_ends(first, last)
    assert len(ends) == weeks
    assert ends[-1] == last
    assert all((after - before).days == 7 for before, after in pairwise(ends))


def test_cells_are_the_statuses_of_their_days(two_lists: Casebook) -> None:
    """Each cell is what the status said on the last day of its week."""
    view = two_lists.matrix(OPERATOR, date(2025, 1, 17))
    assert view.weeks == (date(2025, 1, 3), date(2025, 1, 10), date(2025, 1, 17))
    for index, week in enumerate(view.weeks):
        status = two_lists.status(OPERATOR, week)
        for row in view.rows:
            told = status.row(row.id)
            assert (row.cells[index].status, row.cells[index].disputed) == (told.status, told.disputed)


def test_as_known_then_and_as_known_now(two_lists: Casebook) -> None:
    """The 10th looks otherwise from the 17th: the attestation came on the 12th."""
    then = two_lists.matrix(OPERATOR, date(2025, 1, 17), known="then").rows[0].cells
    now = two_lists.matrix(OPERATOR, date(2025, 1, 17), known="now").rows[0].cells
    assert [cell.status for cell in then] == ["due", "overdue", "fulfilled_late"]
    assert [cell.status for cell in now] == ["due", "fulfilled_late", "fulfilled_late"]


def test_known_by_limits_every_week(two_lists: Casebook) -> None:
    """What was recorded after `known_by` does not exist for any week."""
    view = two_lists.matrix(OPERATOR, date(2025, 1, 17), date(2025, 1, 4))
    assert [cell.status for cell in view.rows[0].cells] == ["due", "overdue", "overdue"]
