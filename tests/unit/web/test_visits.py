"""Visits: a token is good once, a cookie for a time, and a search stays in the visit."""

from __future__ import annotations

import pytest

from quittance.web.visits import IDLE_SECONDS, LONGEST_SECONDS, MOST_SEARCHES, Visits, awake_clock


class Clock:
    """A clock that is moved by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    """The time."""
    return Clock()


@pytest.fixture
def visits(clock):
    """Nobody has come in yet."""
    return Visits(clock)


def test_a_token_is_good_once(visits):
    """The first exchange gives a cookie, the second nothing."""
    token = visits.ticket()
    cookie = visits.enter(token)
    assert visits.of(cookie) is not None
    assert visits.enter(token) is None
    assert visits.of(cookie) is not None


@pytest.mark.parametrize("token", ["", "x", "\udcff", "ü"])
def test_any_other_text_buys_nothing_and_ends_nothing(visits, token):
    """Neither before nor after a token was made."""
    assert visits.enter(token) is None
    good = visits.ticket()
    assert visits.enter(token) is None
    assert visits.enter(good) is not None


def test_a_newer_token_takes_the_place_of_an_older(visits):
    """Only the last one that was shown is good."""
    old, new = visits.ticket(), visits.ticket()
    assert visits.enter(old) is None
    assert visits.enter(new) is not None


def test_there_is_one_visit_at_a_time(visits):
    """Whoever comes in ends the visit before."""
    first = visits.enter(visits.ticket())
    second = visits.enter(visits.ticket())
    assert visits.of(first) is None
    assert visits.of(second) is not None


def test_a_visit_ends_when_nothing_is_asked(visits, clock):
    """Fifteen minutes without a request; each request begins them anew."""
    cookie = visits.enter(visits.ticket())
    for _ in range(3):
        clock.now += IDLE_SECONDS
        assert visits.of(cookie) is not None
    clock.now += IDLE_SECONDS + 1
    assert visits.of(cookie) is None
    clock.now -= 2
    assert visits.of(cookie) is None


def test_a_visit_ends_after_twelve_hours(visits, clock):
    """However busy it is."""
    cookie = visits.enter(visits.ticket())
    for _ in range(LONGEST_SECONDS // IDLE_SECONDS):
        clock.now += IDLE_SECONDS
        assert visits.of(cookie) is not None
    clock.now += 1
    assert visits.of(cookie) is None


def test_leaving_ends_the_visit(visits):
    """At once."""
    cookie = visits.enter(visits.ticket())
    visits.leave()
    assert visits.of(cookie) is None


def test_a_form_token_belongs_to_its_visit(visits):
    """That of another visit, and anything else, is refused."""
    first = visits.of(visits.enter(visits.ticket()))
    second = visits.of(visits.enter(visits.ticket()))
    assert second.allows(second.form_token)
    assert not second.allows(first.form_token)
    assert not second.allows("")
    assert not second.allows("\udcff")


def test_a_search_is_kept_under_a_number(visits):
    """Any other number finds nothing; the oldest searches are forgotten."""
    visit = visits.of(visits.enter(visits.ticket()))
    numbers = [visit.remember(f"text {n}") for n in range(MOST_SEARCHES + 2)]
    assert visit.searched(str(numbers[-1])) == f"text {MOST_SEARCHES + 1}"
    assert visit.searched(str(numbers[2])) == "text 2"
    assert [visit.searched(str(one)) for one in numbers[:2]] == ["", ""]
    for other in ("0", "-1", "x", "", "203", "9" * 30, "१"):
        assert visit.searched(other) == ""


def test_a_visit_tells_nothing_of_itself(visits):
    """Its text form holds no secret and no search."""
    visit = visits.of(visits.enter(visits.ticket()))
    visit.remember("a searched name")
    assert visit.form_token not in repr(visit)
    assert "searched name" not in repr(visit)


def test_the_clock_goes_forward():
    """It can be read on this system."""
    assert awake_clock() <= awake_clock()
