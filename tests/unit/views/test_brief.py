"""The briefing: what changed, what happened, what comes, what is disputed, from which sources."""

from __future__ import annotations

from datetime import date

import pytest

from quittance.casebook import Casebook
from quittance.views.sentence import identity
from quittance.views.text import Page, brief_lines, plain, status_lines, timeline_lines
from quittance.visibility import OPERATOR


def test_what_changed_in_fourteen_days(two_lists: Casebook) -> None:
    """Against 14 days before, both as known by the same day."""
    view = two_lists.brief(OPERATOR, date(2025, 1, 19))
    assert (view.since, view.until) == ("2025-01-05", "2025-02-02")
    changed = [str(change.words) for change in view.changed if change.commitment == "first"]
    assert changed == [
        "first: in progress, due by 2025-01-06 before, now fulfilled late, on 2025-01-10",
        "first: 6 before, now 10 of 10 persons",
    ]


def test_what_happened_and_what_comes(two_lists: Casebook) -> None:
    """Entries of the last fourteen days, deadlines of the next fourteen."""
    view = two_lists.brief(OPERATOR, date(2025, 1, 12))
    assert [line.id for line in view.happened] == ["a1", "n1", "v1", "b1", "a2", "x1", "n2"]
    assert [due.commitment for due in view.coming] == ["second"]
    assert two_lists.brief(OPERATOR, date(2025, 1, 30)).happened == ()


def test_disputes_say_what_each_side_holds(two_lists: Casebook) -> None:
    """Readings where the terms are disputed, figures where the facts are."""
    terms = {one.commitment: one for one in two_lists.brief(OPERATOR, date(2025, 1, 12)).disputes}
    assert {str(held) for held in terms["second"].held} == {"B: due, 8 in all", "A: overdue, 30 in all"}
    facts = {one.commitment: one for one in two_lists.brief(OPERATOR, date(2025, 1, 10)).disputes}
    assert [str(held) for held in facts["first"].held] == ["A: 10 of 10 persons", "B: about 8 of 10 persons"]


def test_in_one_partys_reading(two_lists: Casebook) -> None:
    """In B's reading less is owed and later: what changed, what comes and the table are B's, and it is said."""
    day = date(2025, 1, 12)
    text, read = two_lists.brief(OPERATOR, day), two_lists.brief(OPERATOR, day, party="b")
    assert text.status.party is None
    assert read.status.party is not None
    assert read.status.party.id == "b"
    assert [row.total for row in (*text.table, *read.table) if row.id == "second"] == [30, 8]
    changed, changed_for_b = (
        [str(change.words) for change in view.changed if change.commitment == "second"] for view in (text, read)
    )
    disputed = "second: newly, the parties read the terms differently"
    assert changed == ["second: pending before, now overdue: 10 were required by now", disputed]
    assert changed_for_b == ["second: pending before, now due by 2025-01-15", disputed]
    assert read.happened == text.happened


def test_sources_are_those_of_the_evidence(two_lists: Casebook) -> None:
    """Each source once, in order of first use."""
    assert two_lists.brief(OPERATOR, date(2025, 1, 12)).sources == (
        "communique of A, 5 January",
        "communique of A, 10 January",
    )


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("day", ["2020-03-11", "2020-09-12"])
def test_text_keeps_to_its_width(afghanistan: Casebook, day: str, width: int) -> None:
    """No line is wider than the page, but for addresses and ids that cannot be broken."""
    at, page = date.fromisoformat(day), Page(identity, width)
    for lines in (
        status_lines(afghanistan.status(OPERATOR, at), page),
        brief_lines(afghanistan.brief(OPERATOR, at), page),
        timeline_lines(afghanistan.timeline(OPERATOR, at), page),
    ):
        for line in plain(lines).splitlines():
            unbroken = len(line) - len(line.lstrip()) + max(map(len, line.split()), default=0)
            assert len(line) <= max(width, unbroken + 2) or "//" in line, line
            assert line == line.rstrip()


@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_ends_of_the_calendar(two_lists: Casebook, day: date) -> None:
    """No day is too early or too late to be asked about."""
    assert two_lists.brief(OPERATOR, day).status.as_of == day.isoformat()
    assert two_lists.timeline(OPERATOR, day).last == day
    assert two_lists.matrix(OPERATOR, day).weeks[-1] == day
    assert two_lists.commitment(OPERATOR, "first", day).as_of == day.isoformat()
