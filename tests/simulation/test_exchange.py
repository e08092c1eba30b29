"""Handovers among liars: the sums are right after every step, and a rule that is broken is noticed."""

from __future__ import annotations

import pytest
from tests.simulation.exchange import STEPS, Tally, run
from tests.simulation.setting import Violation
from tests.simulation.test_mutants import Mutant, changed

from quittance.handover import clearances, outcomes, quorum, state
from quittance.record import batches, draws, rounds

SHORT = range(1, 4)
"""Seeds of the short run, about 750 steps."""

LONG = range(100, 140)
"""Seeds of the long one, 10,000 steps."""

OFTEN = {
    *("record.batch_state", "record.seed", "record.signers", "record.delivered_twice", "record.signer_revoked"),
    *("record.signature", "record.duplicate", "record.nonce_used", "record.people", "record.final", "record.no_ref"),
    *("record.denied_twice", "record.manifest"),
}
SELDOM = {
    *("record.round", "record.answered_twice", "record.signer_unknown", "record.seen_missing", "record.list_state")
}
KINDS = {
    *("batch.proposed", "batch.changed", "batch.cleared", "batch.authorised", "batch.closed", "clearance.given"),
    *("clearance.sealed", "handover.observed", "handover.delivered", "handover.received", "handover.denied"),
    *("outcome.stated", "seed.requested", "seed.committed", "seed.revealed", "record.withdrawn", "key.rotated"),
    *("key.revoked", "key.enrolled", "list.submitted", "record.countersigned"),
}


def total(seeds: range) -> Tally:
    """What happened in the runs of these seeds."""
    tally = Tally()
    for seed in seeds:
        tally.add(run(seed))
    return tally


def test_a_short_run_holds():
    """In a few hundred steps nothing breaks, and most lies are told and refused."""
    tally = total(SHORT)
    assert tally.steps == len(SHORT) * STEPS
    assert set(tally.codes) >= OFTEN
    assert set(tally.taken) >= KINDS


@pytest.mark.slow
def test_ten_thousand_steps_hold():
    """The same over 10,000 steps, with every lie and every kind of statement, also long after the end of a batch."""
    tally = total(LONG)
    assert tally.steps == 10_000
    assert min(tally.codes[code] for code in OFTEN) >= 10
    assert min(tally.codes[code] for code in SELDOM) >= 1
    assert min(tally.taken[kind] for kind in KINDS) >= 20
    assert (
        min(tally.odd[what] for what in ("answered after the end", "denied after the end", "written long before")) >= 5
    )


def test_one_seed_is_one_exchange():
    """The same seed gives the same statements and the same answers."""
    one, again, other = run(5, 60), run(5, 60), run(6, 60)
    assert (one.codes, one.taken) == (again.codes, again.taken)
    assert (one.codes, one.taken) != (other.codes, other.taken)


def test_a_failure_says_how_to_have_it_again(monkeypatch):
    """What fails names its seed and the step, and the same call fails there again."""
    monkeypatch.setattr(QUORUM.function, "__code__", changed(QUORUM))
    with pytest.raises(Violation, match=r"run\(1, \d+\)") as caught:
        run(1)
    steps = int(str(caught.value).split("run(1, ")[1].split(")")[0])
    with pytest.raises(Violation):
        run(1, steps)
    run(1, steps - 1)


QUORUM = Mutant("one signature is a quorum", quorum.state_of, "len(signed) >= quorum.needed", "len(signed) >= 1")

MUTANTS = (
    Mutant("anybody is handed over", batches.require_present, "if batch.named and any(", "if False and any("),
    Mutant("a person goes twice", batches._left, "if any(step.held(mark) for mark in gone):", "if False:"),
    Mutant("it shows who was not asked", batches._left, "if said not in", "if False and said not in"),
    Mutant("a round comes twice", batches.changed, "number != batch.round + 1 or", ""),
    Mutant(
        "a round follows on anything", batches.changed,
        '(batch.sha256 and body["before_sha256"] != batch.sha256)', "False",
    ),
    Mutant("a batch grows", batches.changed, "if count > batch.count:", "if False:"),
    Mutant("a round forgets who has gone", batches.changed, "!= batch.done:", "< 0:"),
    Mutant("a batch without names gets some", batches.changed, "if not batch.named or", "if"),
    Mutant("closed with any number", batches.closed, '!= batch.done:', "< 0:"),
    Mutant("closed twice", batches.closed, 'if batch.step in ("", "closed"):', 'if batch.step == "":'),
    Mutant(
        "handed over after the end", batches.observed,
        'if batch.step != "authorised":', 'if batch.step not in ("authorised", "closed"):',
    ),
    Mutant("taken back after the end", batches.handover_withdrawn, 'if batch.step == "closed":', "if False:"),
    Mutant(
        "gone though taken back", batches.handover_withdrawn,
        "marks += _gone(name, step.handles) if batch.named else []", "pass",
    ),
    Mutant("anybody denies", batches.denied, "if not end:", "if False:"),
    Mutant("anybody is denied", batches.denied, "if any(step.held(mark) != sid for", "if any(False for"),
    Mutant("denied twice", batches.denied, "if any(map(step.held, names)):", "if False:"),
    Mutant("half a denial taken back", batches.denial_withdrawn, "if len(names) != int(count) or", "if"),
    Mutant("anybody is a member", batches.said_of, "if batch.named and not all(", "if False and not all("),
    Mutant("rounds in any order", rounds.sealed, "if not follows:", "if False:"),
    Mutant("a round about some", rounds.sealed, "and covered != batch.size", "and False"),
    Mutant("bound after a reveal", draws.committed, "if draw.revealed:", "if False:"),
    Mutant("bound twice", draws.committed, "if step.held(mark):", "if False:"),
    Mutant("bound for another request", draws.committed, "or draw.sid !=", "or False and draw.sid !="),
    Mutant("another number", draws.revealed, "!= number.commit:", "== b'':"),
    Mutant("another's number", draws.revealed, "if number.office !=", "if False and number.office !="),
    Mutant("revealed twice", draws.revealed, "if number.revealed:", "if False:"),
    Mutant("a seed after the fact", draws._require_open, "if held and", "if False and"),
    QUORUM,
    Mutant("denied and released", quorum.state_of, "if any(side in quorum.of", "if any(False"),
    Mutant(
        "a smaller number attests all", quorum.covers,
        "return answer.count + denied_of(handover, answer.side) >= handover.count", "return True",
    ),
    Mutant("taken back and counted", state.Proceedings._withdrawn, "self._unseen(taken)", "pass"),
    Mutant(
        "a denial is never taken back", state.Proceedings._withdrawn,
        "for one in self._denials[of] if", "for one in self._denials[of] if True or",
    ),
    Mutant("replaced and still there", state.Proceedings._changed, "for handle in done.removed:", "for handle in ():"),
    Mutant("half a round counts", state.Proceedings._sealed, "coming.take(event):", "coming.take(event) or True:"),
    Mutant(
        "seen is released", outcomes.outcome_of,
        "if released_by(handle, proceedings, handovers.quorum):", "if observed:",
    ),
    Mutant("a refusal is told", clearances.flags, "if any(found[name] is not True", "if any(False"),
    Mutant("people under way are public", outcomes.public_events, "if batch.closed and None not in", "if 1 or None in"),
)  # fmt: skip
"""Each takes one rule away."""

QUICK = {
    "one signature is a quorum", "seen is released", "a refusal is told", "replaced and still there",
    "people under way are public", "rounds in any order", "denied twice",
}  # fmt: skip
"""What the first run notices."""

SEEDS = range(300, 325)


@pytest.mark.parametrize(
    "mutant", [pytest.param(one, id=one.name, marks=[pytest.mark.slow] * (one.name not in QUICK)) for one in MUTANTS]
)
def test_a_broken_rule_is_noticed(mutant, monkeypatch):
    """Without this rule some run fails."""
    monkeypatch.setattr(mutant.function, "__code__", changed(mutant))

    def fails(seed: int) -> bool:
        try:
            run(seed)
        except Violation:
            return True
        return False

    assert any(map(fails, SEEDS)), "no run has noticed"
