"""The indexed evaluation beside the plain one: every figure, label, date and piece of evidence must be the same."""

import json
import random
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from tests.compare import differences
from tests.journals import Writer, journal_of, rich, seeded

from quittance.agreement.journal import Journal, load_journal
from quittance.agreement.load import load_agreement
from quittance.dates import is_instant, parse_moment

EXAMPLES = sorted(path.parent for path in Path(__file__).resolve().parents[3].glob("examples/*/agreement.yaml"))
LATE = parse_moment("2025-01-25")
"""A day after all that random journals tell."""


def check(granularity, seed):
    """One random journal, asked at a random date, in a random party's reading or in the text."""
    agreement = rich(granularity)
    source, entries = seeded(agreement, seed)
    writer = Writer(agreement, source)
    as_of = parse_moment(writer.moment())
    known_by = source.choice([None, LATE, parse_moment(writer.moment())])
    party = source.choice([None, None, "a", "b"])
    found = differences(agreement, journal_of(agreement, entries), as_of, known_by, party)
    assert not found, (f"seed {seed}, as of {as_of}, known by {known_by}, {party}", found, entries)


@pytest.mark.parametrize("granularity", ["day", "instant"])
@pytest.mark.parametrize("block", range(10))
def test_random_journals(granularity, block):
    """150 journals in each granularity."""
    for seed in range(block * 15, block * 15 + 15):
        check(granularity, seed)


@pytest.mark.slow
@pytest.mark.parametrize("granularity", ["day", "instant"])
@pytest.mark.parametrize("block", range(40))
def test_more_random_journals(granularity, block):
    """2,000 further ones in each granularity."""
    for seed in range(1000 + block * 50, 1000 + block * 50 + 50):
        check(granularity, seed)


@cache
def example(folder):
    """An example case with its journal."""
    agreement = load_agreement((folder / "agreement.yaml").read_bytes())
    return agreement, load_journal((folder / "journal.jsonl").read_bytes())


def moments_of(journal):
    """The moments at which something happened or became known, and the days after them."""
    found = {parse_moment(text) for entry in journal for text in (entry.at, entry.recorded)}
    days = {one.date() if is_instant(one) else one for one in found}
    return sorted(found | days | {day + timedelta(days=1) for day in days}, key=str)


def check_example(folder, seed, most):
    """Part of an example's journal, asked at some date; every entry may be missing."""
    agreement, whole = example(folder)
    source = random.Random(f"{folder.name} {seed}")
    moments = moments_of(whole)
    as_of, known_by = source.choice(moments), source.choice([None, *moments])
    kept = sorted(source.sample(range(len(whole)), min(most, len(whole))))
    journal = Journal(whole.header, [whole.entries[index] for index in kept])
    party = source.choice([None, *agreement.parties])
    found = differences(agreement, journal, as_of, known_by, party)
    assert not found, (f"seed {seed}, as of {as_of}, known by {known_by}, {party}", found)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_examples(folder):
    """Every example, its journal cut at random."""
    for seed in range(2):
        check_example(folder, seed, 40)


@pytest.mark.slow
@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
@pytest.mark.parametrize("block", range(4))
def test_examples_more_often(folder, block):
    """The same, more often, and with more of each journal."""
    for seed in range(100 + block * 10, 100 + block * 10 + 10):
        check_example(folder, seed, 80)


@pytest.mark.parametrize("folder", EXAMPLES, ids=lambda path: path.name)
def test_the_examples_are_not_empty(folder):
    """Each example has a journal that names its own agreement."""
    agreement, journal = example(folder)
    assert len(journal) > 5
    assert json.dumps(journal.header.agreement) == json.dumps(agreement.id)
