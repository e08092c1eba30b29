"""The engines give the same answer: what arrays in memory find, DuckDB finds too, to the last pair."""

from functools import partial

import duckdb
import numpy as np
import pytest

from quittance.engines import duckdb as engine
from quittance.people.matching import Settings, blocking, match
from quittance.people.matching.context import background
from quittance.people.matching.evidence import rarities
from quittance.people.matching.prepared import prepare
from quittance.people.synthetic import Wanted, two_lists

KEY_PAIRS = 300
SECRET = 2**63 + 7


@pytest.fixture(scope="module")
def made():
    """Two invented lists in two scripts."""
    return two_lists(Wanted(a=900, b=700, overlap=0.6, script_a="latin", script_b="arabic"), seed=11)


@pytest.fixture(scope="module")
def keys(made):
    """The keys of both."""
    a, b = prepare(made.a.entries), prepare(made.b.entries)
    rarity = rarities(a, b, background)
    return blocking.keys_of(a, rarity[0]), blocking.keys_of(b, rarity[1])


@pytest.mark.parametrize("rows_at_once", [7, 250, 100_000])
def test_the_same_entries_meet(keys, tmp_path, monkeypatch, rows_at_once):
    """However many rows are asked for at a time, partners and what was left out are those of the arrays."""
    monkeypatch.setattr(engine, "ROWS_AT_ONCE", rows_at_once)
    expected = blocking.meet(*keys, KEY_PAIRS)
    found = engine.meet(*keys, KEY_PAIRS, folder=tmp_path, secret=SECRET)
    assert expected.first.tolist() == found.first.tolist()
    assert expected.partner.tolist() == found.partner.tolist()
    assert expected.lost == found.lost > 0


def test_the_same_links(made, tmp_path):
    """Whoever finds the pairs, the links are the same."""
    settings = Settings(exhaustive=1, key_pairs=KEY_PAIRS)
    expected = match(made.a.entries, made.b.entries, settings)
    finder = partial(engine.meet, folder=tmp_path, secret=SECRET)
    found = match(made.a.entries, made.b.entries, settings, finder=finder)
    assert expected.candidates == found.candidates
    assert (expected.compared, expected.lost) == (found.compared, found.lost)


def test_no_key_of_a_list_is_written(keys, tmp_path):
    """What lies in the folder holds no key as the lists have it, so that nobody can look a name up in it."""
    engine.meet(*keys, KEY_PAIRS, folder=tmp_path, secret=SECRET)
    with duckdb.connect(str(tmp_path / "meetings.duckdb")) as written:
        hidden = {key for table in "ab" for (key,) in written.execute(f"select distinct key from {table}").fetchall()}
    plain = np.union1d(keys[0].sorted, keys[1].sorted)
    assert len(plain) == len(hidden)
    assert hidden.isdisjoint(plain.tolist())
