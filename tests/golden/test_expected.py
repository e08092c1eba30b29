"""Golden rows: what must be said of a commitment as of one day, known by another."""

import json
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from quittance.agreement.evaluate import Evaluator
from quittance.agreement.journal import load_journal
from quittance.agreement.load import load_agreement
from quittance.dates import parse_moment

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
REFERENCE = REPOSITORY.parent / "shared" / "data" / "agreements"
QUESTION = {"agreement", "as_of", "known_by", "party", "id", "note"}
"""Keys of a row that say what is asked; all others are compared."""


def cases():
    """(name, agreement file, journal file, expected file) of every case that stands here."""
    for expected in sorted(HERE.glob("examples/*.expected.jsonl")):
        name = expected.name.removesuffix(".expected.jsonl")
        folder = REPOSITORY / "examples" / name
        yield name, folder / "agreement.yaml", folder / "journal.jsonl", expected
    for expected in sorted(REFERENCE.glob("*.expected.jsonl")):
        name = expected.name.removesuffix(".expected.jsonl")
        yield f"reference-{name}", REFERENCE / f"{name}.yaml", REFERENCE / f"{name}.journal.jsonl", expected


def questions():
    """One parameter for each (case, as_of, known_by, party), with its rows."""
    for name, agreement, journal, expected in cases():
        asked = defaultdict(list)
        for line in expected.read_text("utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                asked[row["as_of"], row.get("known_by"), row.get("party")].append(row)
        for (as_of, known_by, party), rows in asked.items():
            label = "-".join(filter(None, (name, as_of, f"known-{known_by}" if known_by != as_of else "", party)))
            yield pytest.param(agreement, journal, as_of, known_by, party, rows, id=label)


@cache
def evaluator(agreement, journal):
    """A case opened once, and asked for all its dates."""
    return Evaluator(load_agreement(agreement.read_bytes()), load_journal(journal.read_bytes()))


def matches(expected, found):
    """Lists are compared as sets, objects by the keys that the row carries."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(key in found and matches(expected[key], found[key]) for key in expected)
    if isinstance(expected, list):
        return isinstance(found, list) and {json.dumps(one) for one in expected} == {json.dumps(one) for one in found}
    return type(expected) is type(found) and expected == found


@pytest.mark.parametrize(("agreement", "journal", "as_of", "known_by", "party", "rows"), list(questions()))
def test_expected(agreement, journal, as_of, known_by, party, rows):
    """Every key of every row equals what is printed."""
    known = parse_moment(known_by) if known_by else None
    answer = evaluator(agreement, journal).at(parse_moment(as_of), known, party).as_json()
    verdicts = {verdict["id"]: verdict for verdict in answer["commitments"]}
    wrong = [
        f"{row['id']}.{key}: expected {row[key]!r}, found {verdicts[row['id']].get(key)!r}"
        for row in rows
        for key in row.keys() - QUESTION
        if not matches(row[key], verdicts[row["id"]].get(key))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_reference_case_is_there():
    """The 111 rows of the reference case are among the questions, where its files stand beside the repository."""
    expected = REFERENCE / "doha-2020.expected.jsonl"
    if not expected.is_file():
        pytest.skip("the reference case doha-2020 does not stand beside the repository; its 111 rows were not checked")
    assert sum(len(one.values[5]) for one in questions() if one.id.startswith("reference-doha-2020")) == 111


def test_every_row_expects_something():
    """No row is only a question, and each belongs to its case."""
    for _, agreement, _, expected in cases():
        rows = [json.loads(line) for line in expected.read_text("utf-8").splitlines() if line.strip()]
        assert rows
        assert all(row.keys() - QUESTION for row in rows)
        assert {row["agreement"] for row in rows if "agreement" in row} <= {load_agreement(agreement.read_bytes()).id}
