"""One outcome for everybody at every date, sums that close for every audience, and small numbers that stay hidden."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.proceedings import GATES, HANDOVERS, LIST, OPERATOR, START, A, B, Log, N, people, refused, sealed

from quittance.agreement.model import Handovers, Quorum
from quittance.handover.outcomes import (
    OUTCOMES,
    SPLIT,
    STATED,
    outcome_of,
    outcomes,
    public_events,
    sums,
    suppress,
)
from quittance.handover.state import Proceedings

AUDIENCES = ("neutral", "a", "b", "public")
SIX = people(6)


@pytest.fixture
def log() -> Log:
    """Six on a list, with all open gates, and the first three in a batch that is authorised."""
    log = Log()
    log.submit(LIST, SIX)
    log.clear_all(SIX)
    log.propose("B-1", SIX[:3])
    log.authorise("B-1")
    return log


def told(log: Log, handle: str, audience: str = "neutral", opened=None, now=START) -> tuple[str, str]:
    """Outcome and part of one person."""
    opened = sealed(SIX) if opened is None else opened
    one = outcome_of(handle, log.proceedings(), HANDOVERS, opened, now, audience)
    return one.outcome, one.part


def test_from_remaining_to_released(log):
    """Available, in a batch, in handover, released; for others three times remaining."""
    assert told(log, SIX[3]) == ("remaining", "available")
    assert told(log, SIX[0]) == ("remaining", "in_batch")
    sid = log.observe("B-1", SIX[:3])
    assert told(log, SIX[0]) == ("remaining", "in_handover")
    assert told(log, SIX[0], "b") == ("remaining", "")
    log.answer(sid, "a")
    log.answer(sid, "b")
    assert told(log, SIX[0]) == told(log, SIX[0], "a") == ("released", "")


@pytest.mark.parametrize("outcome", STATED)
def test_what_was_stated(log, outcome):
    """It counts at once, for everybody, and opens to its entry."""
    log.say("outcome.stated", {"outcome": outcome}, A, SIX[:1])
    for audience in AUDIENCES:
        one = outcome_of(SIX[0], log.proceedings(), HANDOVERS, None, START, audience)
        assert (one.outcome, one.indexes, one.disputed) == (outcome, (len(log.events) - 1,), False)


def test_a_correction_is_a_newer_entry(log):
    """The last word counts, the neutral's before the sides'; offices that differ are shown as a dispute."""
    log.say("outcome.stated", {"outcome": "escaped"}, A, SIX[:1])
    log.say("outcome.stated", {"outcome": "died"}, A, SIX[:1])
    one = outcome_of(SIX[0], log.proceedings(), HANDOVERS, None, START, "a")
    assert (one.outcome, one.disputed) == ("died", False)
    last = log.say("outcome.stated", {"outcome": "transferred"}, N, SIX[:1])
    log.say("outcome.stated", {"outcome": "not_held"}, A, SIX[:1])
    one = outcome_of(SIX[0], log.proceedings(), HANDOVERS, None, START, "a")
    assert (one.outcome, one.disputed, len(one.indexes)) == ("transferred", True, 4)
    log.withdraw(last)
    assert told(log, SIX[0])[0] == "not_held"


def test_a_release_stands_against_what_is_stated(log):
    """Nobody takes back alone what all have attested; the contradiction is shown."""
    sid = log.observe("B-1", SIX[:1])
    log.answer(sid, "a")
    log.answer(sid, "b")
    log.say("outcome.stated", {"outcome": "not_held"}, A, SIX[:1])
    one = outcome_of(SIX[0], log.proceedings(), HANDOVERS, None, START, "public")
    assert (one.outcome, one.disputed) == ("released", True)


def test_a_denied_person_is_not_released(log):
    """He remains, in handover, and in dispute."""
    sid = log.observe("B-1", SIX[:2])
    log.answer(sid, "a")
    log.answer(sid, "b", 1)
    log.deny(sid, "b", SIX[:1], "not_received")
    one = outcome_of(SIX[0], log.proceedings(), HANDOVERS, sealed(SIX), START, "neutral")
    assert (one.outcome, one.part, one.disputed) == ("remaining", "in_handover", True)
    assert told(log, SIX[1])[0] == "released"


def test_withheld_by_veto(log):
    """Openly, and until the side grants again."""
    index = len(log.events)
    log.clear("not_vetoed", SIX[3:4], "refused")
    one = outcome_of(SIX[3], log.proceedings(), HANDOVERS, sealed(SIX), START, "b")
    assert (one.outcome, one.indexes) == ("withheld", (index,))
    log.clear("not_vetoed", SIX[3:4])
    assert told(log, SIX[3])[0] == "remaining"


def test_what_only_the_neutral_knows(log):
    """Declined and deferred, unfit and not asked: four to the neutral, one to everybody else."""
    opened = sealed(SIX[:2])
    opened[SIX[3]] = {"consent": refused("consent", "declined")}
    opened[SIX[4]] = {"consent": refused("consent", "deferred")}
    opened[SIX[5]] = {"consent": refused("consent", "not_private")}
    opened[SIX[0]]["consent"] = refused("consent", "declined")
    assert told(log, SIX[3], opened=opened) == ("declined", "")
    assert told(log, SIX[4], opened=opened) == ("remaining", "deferred")
    assert told(log, SIX[5], opened=opened) == ("remaining", "not_cleared")
    assert told(log, SIX[0], opened=opened) == ("declined", "")
    for audience in ("a", "b", "public"):
        found = [told(log, handle, audience, opened)[0] for handle in SIX]
        assert found == ["remaining"] * 3 + ["not_available"] * 3


def test_who_was_dropped_from_a_list_is_counted_if_something_became_of_him(log):
    """An outcome does not disappear with a new version; somebody merely taken off is no longer listed."""
    log.say("outcome.stated", {"outcome": "died"}, A, SIX[4:5])
    log.submit(LIST, SIX[:4], 2)
    found = sums(LIST, log.proceedings(), HANDOVERS, sealed(SIX), START, "neutral")
    assert (found.listed, found.counts["died"], found.closes) == (5, 1, True)


ACTS = st.sampled_from(
    ["clear", "refuse", "veto", "propose", "authorise", "change", "observe", "give", "take", "deny", "state",
     "withdraw", "close", "list", "wait"]
)  # fmt: skip


def act(log: Log, what: str, number: int) -> None:
    """One more entry of the record, if the record would have it."""
    now = log.proceedings()
    batch = next((one for one in now.batches.values() if not one.closed), None)
    handle = SIX[number % 6]
    side = "holding" if what == "give" else "receiving"
    open_ = [sid for sid, one in now.handovers.items() if one.answer(side) is None]
    if what == "clear":
        log.clear_all((handle,))
    elif what in ("refuse", "veto"):
        log.clear({"refuse": "identity", "veto": "not_vetoed"}[what], (handle,), "refused")
    elif what == "propose" and batch is None:
        free = [one for one in SIX if not now.handovers_of(one)][: 1 + number % 4]
        if free:
            log.propose(f"B-{len(now.batches)}", free)
    elif what == "authorise" and batch and batch.step == "proposed":
        log.authorise(batch.id)
    elif what == "change" and batch and batch.to_go:
        gone = batch.to_go[number % len(batch.to_go)]
        comer = [one for one in SIX if one not in batch.manifest and not now.handovers_of(one)][: number % 2]
        left = tuple(sorted({*batch.manifest, *comer} - {gone}))
        body = {"batch": batch.id, "round": 1 + len(batch.rounds), "count": len(left), "skipped": ["not_available"]}
        log.say("batch.changed", body, OPERATOR, left)
    elif what == "observe" and batch and batch.step == "authorised" and batch.to_go:
        log.observe(batch.id, batch.to_go[: 1 + number % 3])
    elif what in ("give", "take") and open_:
        log.answer(open_[0], {"give": "a", "take": "b"}[what])
    elif what == "deny" and now.handovers:
        sid = list(now.handovers)[number % len(now.handovers)]
        log.deny(sid, "ab"[number % 2], now.handovers[sid].handles[:1])
    elif what == "state":
        log.say("outcome.stated", {"outcome": STATED[number % 6]}, [A, B, N][number % 3], (handle,))
    elif what == "withdraw":
        kinds = ("clearance.given", "outcome.stated", "handover.denied", "handover.observed")
        said = [one.sid for one in log.events if one.kind in kinds and one.sid not in now.withdrawn]
        if said:
            log.withdraw(said[number % len(said)])
    elif what == "close" and batch:
        log.close(batch.id)
    elif what == "list":
        log.submit(LIST, SIX[: 1 + number % 6], now.lists[LIST].version + 1)
    elif what == "wait":
        log.now += timedelta(hours=9)


QUORUMS = st.sampled_from([Quorum(), Quorum(at_least=2), Quorum(of=["neutral"])])
REASONS = st.sampled_from(["", "declined", "deferred", "not_private", "unfit"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(ACTS, st.integers(0, 11)), max_size=25), st.lists(REASONS, min_size=6, max_size=6), QUORUMS)
def test_people_add_up(acts, reasons, quorum):
    """After every entry everybody of the list has one outcome, for every audience, and the sums close."""
    log = Log()
    log.submit(LIST, SIX)
    opened = sealed(SIX)
    for handle, reason in zip(SIX, reasons, strict=True):
        if reason:
            gate = "medical" if reason == "unfit" else "consent"
            opened[handle][gate] = refused(gate, reason)
    rules = Handovers(clearances=dict(GATES), quorum=quorum)
    for what, number in acts:
        act(log, what, number)
    for size in range(1, len(log.events) + 1):
        for audience in AUDIENCES:
            found = outcomes(LIST, log.proceedings(size), rules, opened, log.now, audience)
            listed = log.proceedings(size).members(LIST)
            assert [one.handle for one in found] == list(listed)
            added = sums(LIST, log.proceedings(size), rules, opened, log.now, audience)
            assert added.closes
            assert added.listed == len(listed)
            assert set(added.counts) | {"declined", "not_available"} == set(OUTCOMES)
            assert ("declined" in added.counts) is (audience == "neutral")
            if audience == "neutral":
                assert sum(added.split[part] for part in SPLIT) == added.counts["remaining"]
            elif audience != "public":
                assert sum(added.counts.values()) == added.listed
                assert not added.split
            else:
                assert added.counts["released"] is not None


@pytest.mark.parametrize(("cells", "least", "most"), [(3, 3, 12), (4, 2, 8), (2, 5, 25), (3, 2, 14)])
def test_no_hidden_cell_is_known_too_closely(cells, least, most):
    """Whoever knows the rule, the total and every table cannot say of a withheld cell less than `least` values.

    Only where nothing is shown at all, because all are too few together, may the total say more.
    """
    tables = defaultdict(list)
    for world in product(range(most + 1), repeat=cells):
        shown = tuple(suppress({str(at): n for at, n in enumerate(world)}, least).values())
        assert all(n is None or n >= least for n in shown)
        tables[sum(world), shown].append(world)
    checked = 0
    for (total, shown), worlds in tables.items():
        hidden = [at for at, n in enumerate(shown) if n is None]
        rest = total - sum(n for n in shown if n is not None)
        if rest > most or len(hidden) == cells:  # beyond what was listed here, or nothing shown
            continue
        for at in hidden:
            possible = {world[at] for world in worlds}
            assert max(possible) - min(possible) + 1 >= least
            checked += 1
    assert checked > 50 or cells == 2


def test_a_table_without_small_cells_is_shown_whole():
    """Nothing is withheld for its own sake."""
    assert suppress({"x": 10, "y": 99}) == {"x": 10, "y": 99}
    assert suppress({"x": 9, "y": 99, "z": 500}) == {"x": None, "y": 99, "z": None}


def test_nothing_is_public_before_all_have_arrived(log):
    """Not a batch under way, not a closed one while somebody is on the road, and not before six hours are over."""
    sid = log.observe("B-1", SIX[:3])
    log.answer(sid, "a")
    log.close("B-1", 3)
    log.now += timedelta(days=1)
    assert public_events(log.events, log.now) == ()
    log.answer(sid, "b")
    arrived = log.now - timedelta(minutes=1)
    assert public_events(log.events, arrived + timedelta(hours=6, seconds=-1)) == ()
    assert len(public_events(log.events, arrived + timedelta(hours=6))) == len(log.events)


def test_the_next_batch_shows_only_when_it_is_closed(log):
    """What happens in it, and what comes after the last closing, is left out; so a table changes at closings only."""
    sid = log.observe("B-1", SIX[:3])
    log.answer(sid, "a")
    log.propose("B-2", SIX[3:5])
    log.close("B-1", 3)
    log.answer(sid, "b")
    end = len(log.events)
    log.authorise("B-2")
    log.say("outcome.stated", {"outcome": "died"}, A, SIX[5:])
    log.now += timedelta(days=1)
    found = public_events(log.events, log.now)
    assert found == tuple(one for one in log.events[:end] if one.text("batch") != "B-2")
    log.observe("B-2", SIX[3:5])
    assert public_events(log.events, log.now + timedelta(days=1)) == found
    added = sums(LIST, Proceedings(LIST, found), HANDOVERS, None, START, "public")
    assert (added.counts["released"], added.counts["remaining"], added.closes) == (3, None, True)


def test_offices_that_agree_are_in_no_dispute(log):
    """An outcome that a side and the neutral state alike is no dispute."""
    log.say("outcome.stated", {"outcome": "died"}, A, SIX[:1])
    log.say("outcome.stated", {"outcome": "died"}, N, SIX[:1])
    assert not outcome_of(SIX[0], log.proceedings(), HANDOVERS, None, START, "b").disputed
