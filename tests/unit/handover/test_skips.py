"""Drop-outs and who takes their seats, and how often people are skipped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.proceedings import LIST, OPERATOR, Log, people

from quittance.handover.skips import OPEN, REASONS, SECRET, UNUSED, fold, replaced, skip_rates

TEN = people(10)


@pytest.fixture
def log() -> Log:
    """Ten on a list, the first four in a batch of four that is authorised."""
    log = Log()
    log.submit(LIST, TEN)
    log.propose("B-1", TEN[:4])
    log.authorise("B-1")
    return log


def always(_: tuple[str, ...]) -> bool:
    """Any manifest is legal."""
    return True


def test_a_seat_goes_to_the_first_in_order(log):
    """Whoever dropped out before, is on the manifest, or may not come in is passed over."""
    batch = log.proceedings().batches["B-1"]
    order = (TEN[7], TEN[0], TEN[9], TEN[4])
    found = replaced(batch, {TEN[1]: "died", TEN[3]: "not_available"}, order, always)
    assert (found.added, found.removed) == ((TEN[7], TEN[9]), (TEN[1], TEN[3]))
    assert found.manifest == tuple(sorted((TEN[0], TEN[2], TEN[7], TEN[9])))
    assert (found.reasons, found.short) == (("died", "not_available"), 0)
    used = replaced(batch, {TEN[1]: "died"}, order, always, frozenset({TEN[7]}))
    assert used.added == (TEN[9],)


def test_a_seat_stays_empty_where_nobody_fits(log):
    """The batch is short by it, and who may not be joined with those there is not taken."""
    batch = log.proceedings().batches["B-1"]
    found = replaced(batch, {TEN[0]: "died", TEN[1]: "died"}, TEN, lambda now: TEN[5] in now)
    assert (found.added, found.short) == ((TEN[4], TEN[5]), 0)
    found = replaced(batch, {TEN[0]: "died"}, TEN, lambda now: False)
    assert (found.manifest, found.short) == (TEN[1:4], 1)


def test_who_is_gone_or_not_on_it_does_not_drop_out(log):
    """Nothing changes, and that is a round too."""
    log.observe("B-1", TEN[:1])
    found = replaced(log.proceedings().batches["B-1"], {TEN[0]: "died", TEN[8]: "died"}, TEN, always)
    assert (found.manifest, found.removed, found.added, found.reasons) == (TEN[:4], (), (), ())


def test_nobody_comes_back(log):
    """A round does not take in again whom an earlier one let go."""
    body = {"batch": "B-1", "round": 1, "count": 4, "skipped": ["not_available"]}
    log.say("batch.changed", body, OPERATOR, TEN[1:5])
    found = replaced(log.proceedings().batches["B-1"], {TEN[1]: "died"}, TEN, always)
    assert found.added == (TEN[5],)


@given(st.permutations(TEN), st.sets(st.sampled_from(TEN[:4])))
def test_it_is_the_first_legal_by_hand(order, out):
    """Against the rule followed step by step, with a limit of two persons of even place."""
    log = Log()
    log.submit(LIST, TEN)
    log.propose("B-1", TEN[:4])
    batch = log.proceedings().batches["B-1"]

    def is_legal(now: tuple[str, ...]) -> bool:
        return sum(TEN.index(one) % 2 == 0 for one in now) <= 2

    now = list(TEN[:4])
    for leaver in sorted(out):
        now.remove(leaver)
        for one in order:
            if one not in now and one not in TEN[:4] and is_legal((*now, one)):
                now.append(one)
                break
    assert replaced(batch, dict.fromkeys(out, "died"), order, is_legal).manifest == tuple(sorted(now))


def test_reasons_are_folded():
    """What only the neutral and the doctor may know is one word; what a side says of its own is told."""
    for reason in (*SECRET, "something new"):
        assert {fold(reason, office) for office in ("neutral:n", "medical", "holding:a")} == {"not_available"}
    assert {fold(reason, "holding:a") for reason in OPEN} == set(OPEN)
    assert fold("identity_failed", "neutral:n") == fold("other_attested", "medical") == "not_available"
    assert fold("died", "neutral") == "died"
    assert not set(SECRET) & set(OPEN)
    assert set(REASONS) == {*SECRET, *OPEN}


def test_skip_rates(log):
    """Over everybody who was ever on a manifest; still to go at the closing is skipped as well."""
    body = {"batch": "B-1", "round": 1, "count": 4, "skipped": ["died", "not_available"]}
    log.say("batch.changed", body, OPERATOR, TEN[2:6])
    log.observe("B-1", TEN[2:5])
    log.propose("B-2", TEN[6:8])
    log.close("B-1", 3)
    found = {(one.of, one.name): one for one in skip_rates(log.proceedings())}
    assert list(found) == [("batch", "B-1"), ("batch", "B-2"), ("holder", "a"), ("list", LIST)]
    one = found["batch", "B-1"]
    assert (one.skipped, one.total) == (3, 6)
    assert one.reasons == (("died", 1), ("not_available", 1), (UNUSED, 1))
    assert (found["list", LIST].skipped, found["list", LIST].total) == (3, 8)
    public = {(one.of, one.name): one for one in skip_rates(log.proceedings(), "public")}["batch", "B-1"]
    assert (public.skipped, {n for _, n in public.reasons}) == (3, {None})
    assert [code for code, _ in public.reasons] == sorted((*OPEN, "not_available", UNUSED))
