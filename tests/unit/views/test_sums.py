"""The sums of every list for every audience, each number open to its entries where these may be told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from tests.proceedings import HANDOVERS, LIST, START, A, Log, N, people, refused, sealed

from quittance.agreement.load import load_agreement
from quittance.codes import code_of
from quittance.handover.outcomes import OUTCOMES, SPLIT, public_events
from quittance.handover.state import Proceedings
from quittance.views.sums import ListSums, SumLine, SumsView, sums_view

FILE = Path(__file__).resolve().parents[2] / "data/two-lists/agreement.yaml"
RULES = load_agreement(FILE.read_bytes()).model_copy(update={"handovers": HANDOVERS})
FIVE = people(5)


@pytest.fixture
def log() -> Log:
    """Five on a list: two released, one died, one declined, one available."""
    log = Log()
    log.submit(LIST, FIVE)
    log.clear_all(FIVE)
    log.propose("B-1", FIVE[:2])
    log.authorise("B-1")
    sid = log.observe("B-1", FIVE[:2])
    log.answer(sid, "a")
    log.answer(sid, "b")
    log.say("outcome.stated", {"outcome": "died"}, A, FIVE[2:3])
    return log


def view(log: Log, opened=None) -> SumsView:
    """The sums at the end of a log, for the neutral, both sides and the public."""
    opened = opened or sealed(FIVE) | {FIVE[3]: {"consent": refused("consent", "declined")}}
    public = Proceedings(LIST, public_events(log.events, log.now))
    return sums_view(
        log.proceedings(), public, RULES, lambda size: opened, START, START, as_of="2020-08-01", known_by="2020-08-02",
        parties=("a", "b"),
    )  # fmt: skip


def numbers(sums: ListSums) -> dict[str, int | None]:
    """The numbers that are not zero."""
    return {line.outcome: line.n for line in sums.lines if line.n != 0}


def test_the_neutral_sees_everything(log):
    """Each outcome with its persons and entries, and those who remain by what they wait for."""
    found = view(log)
    mine = found.of(LIST, "neutral")
    assert (found.as_of, found.known_by) == ("2020-08-01", "2020-08-02")
    assert (mine.side, mine.version, mine.listed, mine.closes) == ("b", 1, 5, True)
    assert numbers(mine) == {"released": 2, "died": 1, "declined": 1, "remaining": 1}
    assert [line.outcome for line in mine.lines] == [one for one in OUTCOMES if one != "not_available"]
    assert [(line.outcome, line.n) for line in mine.split] == [(part, int(part == "available")) for part in SPLIT]
    released = next(line for line in mine.lines if line.outcome == "released")
    assert (released.codes, released.entries) == (tuple(map(code_of, FIVE[:2])), (6, 7, 8))
    assert next(line for line in mine.lines if line.outcome == "declined").codes == (code_of(FIVE[3]),)


@pytest.mark.parametrize("party", ["a", "b"])
def test_a_side_sees_the_folded_numbers(log, party):
    """No codes; entries only of what the record says openly, none of those who wait."""
    mine = view(log).of(LIST, party)
    assert numbers(mine) == {"released": 2, "died": 1, "not_available": 1, "remaining": 1}
    assert (mine.closes, mine.split, mine.disputed) == (True, (), ())
    assert {line.codes for line in mine.lines} == {()}
    assert {line.outcome: line.entries for line in mine.lines if line.entries} == {
        "released": (6, 7, 8), "died": (9,),
    }  # fmt: skip


def test_the_public_sees_it_after_the_closing(log):
    """Nothing before; then how many were released, and no small number beside it."""
    log.now += timedelta(days=1)
    assert view(log).of(LIST, "public") is None
    log.close("B-1", 2)
    log.now += timedelta(hours=7)
    mine = view(log).of(LIST, "public")
    assert numbers(mine) == {"released": 2} | dict.fromkeys(OUTCOMES[2:])
    assert (mine.listed, mine.closes) == (5, True)
    assert not any(line.entries or line.codes for line in mine.lines)


def test_disputes_are_named_to_the_neutral(log):
    """Somebody of whom offices say different things."""
    log.say("outcome.stated", {"outcome": "escaped"}, N, FIVE[2:3])
    assert view(log).of(LIST, "neutral").disputed == (code_of(FIVE[2]),)
    assert view(log).of(LIST, "a").disputed == ()


def test_sums_that_do_not_close():
    """The check can fail: a person too many or too few, or more shown than listed."""
    sums = ListSums("b/x", "b", 1, 2, (SumLine("released", 1), SumLine("remaining", 1)), "a")
    assert sums.closes
    assert not ListSums("b/x", "b", 1, 3, sums.lines, "a").closes
    assert not ListSums("b/x", "b", 1, 1, (SumLine("released", 2), SumLine("remaining", None)), "public").closes


def test_the_vault_is_asked_for_the_same_entries(log):
    """Sealed clearances are opened as of the entries that the audience knows."""
    asked = []
    public = Proceedings(LIST, log.events[:3])
    sums_view(log.proceedings(), public, RULES, asked.append, START, START, as_of="", known_by="")
    assert asked == [len(log.events), 3]
