"""A refusal by a person is not told from any other unavailability: two cases that differ in nothing else look alike.

Cases are built that differ in what one person said, or was found to be, and in nothing else: declined, put off,
unfit, not asked; before a batch is chosen, and at the door. The record, what parties and the public are shown,
exports, counts, refusals, the order in which seats are filled, and the sizes of everything in the vault must be the
same. Only the bytes of the sealed commitments may differ.
"""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import pyrage
import pytest
from tests.batched import PEOPLE, BatchedCase

from quittance import batchshelf, batchstore, vaultbook
from quittance.cli.batch_case import batch_lines
from quittance.errors import QuittanceError
from quittance.handover.clearances import opened_flags
from quittance.record.store import entries
from quittance.views.batch_seen import seen_by
from quittance.views.criteria import private_parts, told_gates
from quittance.visibility import MEDICAL, NEUTRAL, OPERATOR

BEFORE = {
    "declined": ({"2": "declined"}, {}),
    "deferred": ({"2": "deferred"}, {}),
    "not private": ({"2": "not_private"}, {}),
    "unfit": ({}, {"2": "unfit"}),
    "both": ({"2": "declined"}, {"2": "unfit"}),
    "not asked": ({"2": ""}, {}),
    "not examined": ({}, {"2": ""}),
}
"""What the neutral and the medical officer say otherwise of one person before a batch is chosen: wishes, fitness."""

AT_THE_DOOR = {
    "declined": ("declined", "neutral"),
    "deferred": ("deferred", "neutral"),
    "identity": ("identity_failed", "neutral"),
    "unfit": ("unfit", "medical"),
}
"""Why one person of a batch does not go, and who says so."""

PARTIES = ("a", "b", "public")


class CountedChance:
    """Bytes that are the same in every case: the n-th draw is the n-th, however many bytes it is of."""

    def __init__(self) -> None:
        self.draws = itertools.count()

    def __call__(self, size: int) -> bytes:
        number = str(next(self.draws)).encode()
        return b"".join(sha256(number + bytes([at])).digest() for at in range(-(-size // 32)))[:size]


@pytest.fixture(autouse=True)
def _no_shared_chance(monkeypatch):
    """Every vault that is opened draws from its own counted chance."""
    monkeypatch.setattr(vaultbook.secrets, "token_bytes", lambda size: chance(size))
    yield
    chance.reset()


class _Chance:
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self._counted = CountedChance()

    def __call__(self, size: int) -> bytes:
        return self._counted(size)


chance = _Chance()


def case_at(folder: Path) -> BatchedCase:
    """A case with everybody listed, that draws the same chance as every other."""
    chance.reset()
    return BatchedCase(folder)


def chosen_without(folder: Path, name: str) -> dict[str, object]:
    """What is seen of a case in which one person is not available from the beginning."""
    case = case_at(folder)
    wishes, health = ({case.codes(pid)[0]: word for pid, word in said.items()} for said in BEFORE[name])
    case.clear_all(wishes, health)
    case.propose("1")
    return looked_at(case, "2")


def dropped_out(folder: Path, name: str) -> dict[str, object]:
    """What is seen of a case in which one person of a batch stays behind at the door."""
    case = case_at(folder)
    case.clear_all()
    case.propose("1")
    case.confirm("1")
    reason, office = AT_THE_DOOR[name]
    viewer = MEDICAL if office == "medical" else NEUTRAL
    case.batches.drop(viewer, "1", case.codes(2)[0], reason, office)
    waiting = looked_at(case, "2", name="before the round")
    case.change("1")
    case.change("1")
    case.answer(case.observe("1"), "a", "b")
    case.enter(case.batches.close(OPERATOR, "1", case.casebook), "neutral-1")
    after = looked_at(case, "2")
    case.draw("2")
    second = case.batches.propose(OPERATOR, "2", case.casebook)
    return waiting | after | {"second": second.selection, "second body": dict(second.statement.body)}


def looked_at(case: BatchedCase, pid: str, name: str = "") -> dict[str, object]:
    """Everything that anybody but the neutral and the medical officer can see, and what an onlooker can measure."""
    books, shelf = case.batches, case.batches.shelf
    full = books.batch(NEUTRAL, "1")
    rules = shelf.agreement.selection or {}
    views = {who: seen_by(full, who, private=private_parts(rules), told=told_gates(shelf.gates)) for who in PARTIES}
    sums = [asdict(one) for one in books.sums(NEUTRAL).lists if one.audience != "neutral"]
    flags = books.clearances.flags(NEUTRAL, case.of(*(row[0] for row in PEOPLE)))
    told = {who: refusal(lambda who=who: books.explain(NEUTRAL, "1", case.codes(pid)[0], who)) for who in PARTIES}
    seen = {
        "record": list(map(as_read, entries(case.casebook._store))),
        "views": {who: asdict(view) for who, view in views.items()},
        "printed": {who: list(batch_lines(view, {})) for who, view in views.items()},
        "sums": sums,
        "flags": flags,
        "told": told,
        "status": books.clearances.status(NEUTRAL),
        "lines": asdict(books.batches(NEUTRAL)),
        "draft": asdict(books.draft(NEUTRAL)),
        "diagnosis": [asdict(one) for one in books.draft(NEUTRAL, size=9).conflict],
        "refused": refusal(lambda: books.propose(OPERATOR, "9", case.casebook, outside=True)),
        "round": refusal(lambda: dict(books.change(OPERATOR, "1", case.casebook).statement.body)) if name else None,
        "exports": [exported(case, party) for party in ("a", "b")],
        "sizes": sizes(case.folder / "vault.sqlite"),
        "handovers": [asdict(one) for one in case.handovers.status(NEUTRAL)],
    }
    return {f"{name} {key}".strip(): value for key, value in seen.items()}


def as_read(entry) -> object:
    """An entry as anybody reads it, the bytes of sealed commitments and whatever hangs on them left out."""
    statement = entry.statement
    commitments = {
        field: len(made) if field == "cleared" else tuple(made) for field, made in statement.commitments.items()
    }
    refs = tuple(ref.rel for ref in statement.refs)
    seen = statement.seen.size if statement.seen else None
    return (statement.kind, statement.body, commitments, refs, seen, statement.nonce, statement.event_at,
            statement.claimed_at, len(entry.leaf.data), entry.leaf.accepted_at)  # fmt: skip


def refusal(act) -> object:
    """What an act gives, or with which words it is refused."""
    try:
        return act()
    except QuittanceError as error:
        return (error.code, error.message, error.problems)


def exported(case: BatchedCase, party: str) -> bytes:
    """The file for a side, as its reader opens it."""
    reader = pyrage.x25519.Identity.generate()
    made = case.book.export_for(NEUTRAL, party, reader.to_public().__str__())
    text: bytes = pyrage.decrypt(made.data, [reader])
    return text


def sizes(vault: Path) -> list[tuple[object, ...]]:
    """Table, column, version and length of every sealed value, as whoever takes the file sees them."""
    with sqlite3.connect(f"file:{vault}?mode=ro", uri=True) as file:
        rows = file.execute(
            "select hex(person), table_id, row_id, column_id, version, length(sealed) from fields"
            " order by 1, 2, 3, 4, 5"
        ).fetchall()
        salts = file.execute("select hex(person), number, length(sealed) from salts order by 1, 2").fetchall()
    return [*rows, *salts]


def differing(first: dict[str, object], second: dict[str, object]) -> list[str]:
    """The names of what differs."""
    return [key for key in first if first[key] != second[key]]


@pytest.mark.parametrize("name", [name for name in BEFORE if name != "declined"])
def test_before_a_batch_is_chosen(tmp_path, name):
    """Whoever declined looks like whoever put off, is unfit, or was never asked."""
    first = chosen_without(tmp_path / "declined", "declined")
    second = chosen_without(tmp_path / "other", name)
    assert differing(first, second) == []


@pytest.mark.parametrize("name", [name for name in AT_THE_DOOR if name != "declined"])
def test_at_the_door(tmp_path, name):
    """Whoever declines at the door looks like whoever is unfit or not the one named; then and in the next batch."""
    first = dropped_out(tmp_path / "declined", "declined")
    second = dropped_out(tmp_path / "other", name)
    assert differing(first, second) == []


def test_the_comparison_sees_what_is_open(tmp_path):
    """The same comparison tells a case with an open refusal from one without: it can fail."""
    first = chosen_without(tmp_path / "declined", "declined")
    case = case_at(tmp_path / "vetoed")
    case.clear_all({case.codes(2)[0]: "declined"})
    case.give("not_vetoed", "refused", case.codes(2), reason="security")
    case.propose("1")
    found = differing(first, looked_at(case, "2"))
    assert {"record", "flags", "views", "draft", "status"} <= set(found)


def test_the_comparison_sees_what_would_leak(tmp_path, monkeypatch):
    """Without the fold, and with cells as long as what they say, the same comparison fails in many places."""
    monkeypatch.setattr(batchshelf, "flags", opened_flags)
    monkeypatch.setattr(batchstore, "padded", lambda text: text)
    first = chosen_without(tmp_path / "declined", "declined")
    second = chosen_without(tmp_path / "unfit", "unfit")
    assert {"flags", "draft", "sizes"} <= set(differing(first, second))


def test_the_neutral_sees_what_it_was(tmp_path):
    """The reason is kept for the neutral, and for nobody else: no kind of entry names it."""
    case = case_at(tmp_path / "case")
    code, handle = case.codes(2)[0], case.of(2)[0]
    case.clear_all({code: "declined"})
    assert case.batches.clearances.sealed(NEUTRAL)[handle]["consent"].reason == "declined"
    lines = {one.outcome: one for one in case.batches.sums(NEUTRAL).lists[0].lines}
    assert lines["declined"].codes == (code,)
    said = b"".join(entry.statement.payload for entry in entries(case.casebook._store))
    assert b"clearance.sealed" in said
    assert b"declined" not in said
