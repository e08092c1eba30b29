"""The whole selection against a second implementation that tries every batch, and what must never change its hash."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.oracle.selection import selected
from tests.unit.selection.made import PEOPLE, RULES, SEED, as_csv, person, rules

from quittance.errors import UsageError
from quittance.files.registers import read_register
from quittance.selection.register import register_of
from quittance.selection.rules import parse_rules
from quittance.selection.select import select_batch
from quittance.selection.synthetic import register_csv, rules_mapping


def chosen(text, mapping, checker="exact", **about):
    """The result for a register in CSV, and the selection."""
    parsed = parse_rules(mapping)
    found = select_batch(read_register(text.encode(), parsed), parsed, checker=checker, **about)
    return found.as_json(), found


def compared(said):
    """The parts of a result that do not depend on the checker, with bare hashes."""
    said = {**said, "batch_hash": said["batch_hash"] and said["batch_hash"].removeprefix("sha256:")}
    said["request_hash"] = said["request_hash"].removeprefix("sha256:")
    said["passed_over"] = [{k: v for k, v in one.items() if k != "certificate"} for one in said["passed_over"]]
    return said


@pytest.mark.parametrize("checker", ["exact", "lp"])
@settings(max_examples=60)
@given(people=PEOPLE, mapping=RULES)
def test_the_batch_is_the_first_legal_combination(checker, people, mapping):
    """For small registers every checker gives what trying all batches gives: people, reasons, reserve, hashes."""
    text = as_csv(people)
    expected = selected(text, mapping, SEED, agreement="invented", batch=3)
    said = compared(chosen(text, mapping, checker, seed=SEED, agreement="invented", batch=3)[0])
    assert expected == {key: said[key] for key in expected}


@settings(max_examples=60)
@given(people=PEOPLE, mapping=RULES)
def test_the_limits_say_what_was_used(people, mapping):
    """Counts by class add up to the batch in every quota, and `binding` names the bound that a count has reached."""
    said, found = chosen(as_csv(people), mapping)
    for quota in mapping["quotas"]:
        rows = [row for row in said["limits"] if row["quota"] == quota["id"]]
        assert sum(row["count"] for row in rows) == len(said["people"])
        assert sum(row["available"] for row in rows) == said["funnel"]["ranked"]
        for row in rows if found.status == "proposed" else ():
            assert row["min"] <= row["count"] <= row["max"]
            assert row["binding"] == (
                "min" if row["count"] == row["min"] else "max" if row["count"] == row["max"] else None
            )


def test_no_order_of_rows_changes_the_hash():
    """A thousand orders of the same rows, in three forms of file, give one batch."""
    mapping = rules_mapping(2, 5)
    heading, *rows = register_csv(30, 5).decode().split()
    chance, hashes = random.Random(5), set()
    for turn in range(1000):
        chance.shuffle(rows)
        end = "\r\n" if turn % 2 else "\n"
        text = ("\ufeff" if turn % 3 == 0 else "") + end.join([heading, *rows]) + end * (turn % 5 != 0)
        hashes.add(chosen(text, mapping, seed=SEED)[1].batch_sha256)
    assert len(hashes) == 1


@given(st.permutations(list(range(14))), st.booleans())
@settings(max_examples=30)
def test_no_order_of_columns_nor_quotes_change_the_hash(order, quoted):
    """Columns may stand anywhere, among others that the rules do not declare, with or without quotation marks."""
    rows = [line.split(",") for line in register_csv(30, 2).decode().split()]
    wrap = (lambda cell: f'"{cell}"') if quoted else str
    more = [(*(row[at] for at in order), "note, with a comma" if quoted else "note") for row in rows]
    text = "\n".join(",".join(map(wrap, row)) for row in more)
    plain = "\n".join(map(",".join, rows))
    mapping = rules_mapping(2, 5)
    assert chosen(plain, mapping)[1].batch_sha256 == chosen(text, mapping)[1].batch_sha256


@pytest.mark.parametrize("column", ["age", "consent", "province"])
def test_one_changed_cell_changes_every_hash_over_it(column):
    """One cell of one person who is not chosen changes snapshot, request and batch."""
    text = register_csv(40, 1).decode()
    mapping = rules_mapping(2, 4)
    before = chosen(text, mapping)[1]
    heading, *rows = text.split()
    place = heading.split(",").index(column)
    last = rows[-1].split(",")
    last[place] = {"age": "19", "consent": "no" if last[place] != "no" else "", "province": "V34"}[column]
    after = chosen("\n".join([heading, *rows[:-1], ",".join(last)]), mapping)[1]
    assert before.snapshot_sha256 != after.snapshot_sha256
    assert before.request_sha256 != after.request_sha256
    assert before.batch_sha256 != after.batch_sha256
    assert before.rules_sha256 == after.rules_sha256


def test_a_column_that_is_not_declared_is_not_in_the_hash():
    """Names may be corrected without another snapshot."""
    rows = [person(number) for number in range(4)]
    other = [{**row, "name": "another"} for row in rows]
    assert chosen(as_csv(rows), rules())[1].batch_sha256 == chosen(as_csv(other), rules())[1].batch_sha256


def test_size_given_goes_into_request_and_not_into_rules():
    """`size` overrides that of the rules; the hash of the rules stays."""
    text = as_csv([person(number) for number in range(5)])
    usual, larger = chosen(text, rules())[1], chosen(text, rules(), size=3)[1]
    assert (len(usual.people), len(larger.people)) == (2, 3)
    assert usual.rules_sha256 == larger.rules_sha256
    assert usual.request_sha256 != larger.request_sha256


def test_without_seed_the_result_warns():
    """No seed is the zero seed, with a warning; the zero seed given is the same batch without one."""
    text = as_csv([person(number) for number in range(5)])
    unseeded, zero = chosen(text, rules()), chosen(text, rules(), seed=bytes(32))
    assert unseeded[0]["warnings"] == ["unseeded"]
    assert zero[0]["warnings"] == []
    assert unseeded[1].batch_sha256 == zero[1].batch_sha256


def test_too_few_ranked_is_infeasible_without_conflict():
    """With fewer people than seats no limits are to blame."""
    said, found = chosen(as_csv([person(1)]), rules(), seed=SEED)
    assert (said["status"], said["conflict"], said["warnings"]) == ("infeasible", [], ["too_few_ranked"])
    assert (said["batch_hash"], said["last_rank"], said["people"], said["checker"]["checks"]) == (None, None, [], 0)
    assert found.batch_sha256 is None


@pytest.mark.parametrize("about", [{"size": 0}, {"size": -1}, {"size": 10**7}, {"seed": b"short"}])
def test_a_size_or_seed_that_cannot_be_is_wrong_use(about):
    """Sizes lie between 1 and a million, seeds have 32 bytes."""
    parsed = parse_rules(rules())
    with pytest.raises(UsageError):
        select_batch(register_of([person(1)], parsed), parsed, **about)


def test_rows_given_in_memory_are_those_of_a_file():
    """`register_of` and the reader of files make the same register."""
    rows = [person(number, age=str(20 + number)) for number in range(9, 0, -1)]
    parsed = parse_rules(rules())
    made, read = register_of(rows, parsed), read_register(as_csv(rows).encode(), parsed)
    assert made.pids == read.pids
    assert made.snapshot_sha256 == read.snapshot_sha256
