"""Search by a name in any script and spelling."""

import pytest

from quittance.people.model import ListEntry
from quittance.people.search import SearchIndex

ENTRIES = (
    ListEntry("1", "جاوید فیصل"),
    ListEntry("2", "Karim Danesh"),
    ListEntry("3", "Ahmad Karimi"),
    ListEntry("4", "Zmarai Fathi Zadeh", aliases="Shahin"),
    ListEntry("5", "Владимир Юсуфов"),
)


@pytest.fixture(scope="module")
def index():
    return SearchIndex(ENTRIES)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Javed Faisal", 0),
        ("faysal jawid", 0),
        ("کریم دانش", 1),
        ("Fathizadeh", 3),
        ("shaheen", 3),
        ("Vladimir", 4),
        ("Yusufov Vladimir", 4),
        ("Karim Dan", 1),
    ],
)
def test_the_entry_is_found_first(index, typed, found):
    """Another script, another spelling, another order, an alias or a beginning finds the entry first."""
    assert index.search(typed)[0].entry == found


@pytest.mark.parametrize("typed", ["", "   ", "12", "-", "x" * 5000, "\x00\ufffd", "()"])
def test_what_is_no_name_finds_nothing_or_little(index, typed):
    """Anything may be typed; at most the limit comes back."""
    assert len(index.search(typed, limit=2)) <= 2


def test_an_empty_list_finds_nothing():
    """An index over nobody answers."""
    assert SearchIndex([]).search("Karim") == ()


def test_hits_do_not_depend_on_the_order_of_entries(index):
    """Entries given in another order are found with the same scores."""
    turned = SearchIndex(ENTRIES[::-1])
    for typed in ("Karim", "Javed", "zadeh"):
        assert [(ENTRIES[hit.entry].pid, hit.score) for hit in index.search(typed)] == [
            (ENTRIES[::-1][hit.entry].pid, hit.score) for hit in turned.search(typed)
        ]
