"""The simulation itself: one check of the product at a time is switched off, and some run must notice."""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from tests.simulation.runs import fails
from tests.simulation.world import World

from quittance.record import (
    acceptance,
    batches,
    bracket,
    checkpoint,
    commitment,
    effects,
    kinds,
    policy,
    receipt,
    rules,
    signers,
    tiles,
)
from quittance.witness import compare, decide

SEEDS = range(200, 240)
"""Enough for every kind of fraud to begin at least once."""


class Mutant(NamedTuple):
    """In the source of a function, `right` stands exactly once and becomes `wrong`."""

    name: str
    function: Callable[..., Any]
    right: str
    wrong: str


MUTANTS = (
    Mutant("a nonce may come twice", rules._form, "if known.has_nonce(statement.nonce):", "if False:"),
    Mutant("any head may have been seen", rules._form, "if seen.size > known.size or known.root(", "if False and ("),
    Mutant("nothing need have been seen", rules._form, 'if known.state("seen"):', "if False:"),
    Mutant("a log takes what is meant for another", rules._form, "if statement.log != known.origin:", "if False:"),
    Mutant("a log takes another agreement", rules._log_before, "if statement.agreement != log.agreement:", "if False:"),
    Mutant("founding keys need no countersignature", rules._log_before, "if log.strict and", "if False and"),
    Mutant("a count need not be that of the handles", rules._handles, "len(handles) != count", "False"),
    Mutant("anything may be corrected", rules._required_offices, "if name not in CORRECTABLE[kind.refs]:", "if False:"),
    Mutant(
        "a signature is not verified", signers.signers_of,
        "if not proven(leaf, signature, bytes.fromhex(key.public)):", "if False:",
    ),
    Mutant("an ended key goes on", signers.signers_of, "if key.until is not None:", "if False:"),
    Mutant("a key signs outside its scope", signers.signers_of, "if key.kinds and", "if False and"),
    Mutant("any office will do", signers.require_signers, "and _fills(slots, list(signers), step)", ""),
    Mutant("one key of the operator is enough", signers.require_signers, "[one] * _operators(step)", "[one]"),
    Mutant("a fingerprint is not compared", signers.offered_keys, 'if key_id(public) != body["fingerprint"]:', "if 0:"),
    Mutant("an office vouches for itself", signers._fits, 'return key.role != "operator" and (', "return True or ("),
    Mutant(
        "a person is handed over twice", batches.observed,
        "if any(step.held(mark) for mark in marks):", "if False:",
    ),
    Mutant("a batch takes any number", batches.observed, "if batch.done + count > batch.count:", "if False:"),
    Mutant("parts of a list in any order", effects._submitted, "if not _may_follow(", "if False and ("),
    Mutant(
        "a new version before the last is complete", effects._may_follow,
        "return before.part == before.parts and", "return",
    ),
    Mutant("somebody in two parts of a list", effects._submitted, "if any(one >= other", "if any(False"),
    Mutant("a judgement needs no reason", kinds._reasoned, "if is_against and", "if False and"),
    Mutant("a judgement on one person", rules._handles, "len(handles) != 2", "False"),
    Mutant("batches in any order", batches.advanced, "if batch.step != before:", "if False:"),
    Mutant("a total keeps what was withdrawn", batches.handover_withdrawn, "batch.done - handover.count", "batch.done"),
    Mutant("nothing becomes doubtful", effects._revoked, "doubted=since", "doubted=None"),
    Mutant(
        "a head needs no signature of its log", checkpoint.open_checkpoint,
        "if not verify(key.public, line.signature, note.text.encode()):", "if False:",
    ),
    Mutant("a cosignature is not verified", checkpoint._verified_time, "if not check(", "if False and check("),
    Mutant("one side is a quorum of two", policy.Policy.holds, ">= group.threshold", ">= 1"),
    Mutant(
        "a witness takes any proof", decide.decide,
        "verify_consistency(root, size, new.root, new.size, request.proof)", "pass",
    ),
    Mutant("a witness takes any old size", decide.decide, "if request.old != size:", "if False:"),
    Mutant("two roots at one size are no fork", compare.compare, "if old.root == new.root:", "if True:"),
    Mutant("another beginning is no fork", compare.compare, "if beginning == old.root:", "if True:"),
    Mutant("a file of entries is not hashed", tiles.TileTree.leaf, "if leaf_hash(data) != expected:", "if False:"),
    Mutant(
        "a receipt needs no proof", receipt.check_receipt,
        "verify_inclusion(checkpoint.root, checkpoint.size, receipt.index, leaf_hash(receipt.leaf), receipt.proof)",
        "pass",
    ),
    Mutant("anybody accepts", acceptance.open_acceptance, "if said.v != 1 or not any(", "if said.v != 1 and not any("),
    Mutant("any opening opens", commitment.check_openings, "if made not in", "if made in"),
    Mutant("no claim is too old", bracket.Bracket.flag, "if self.low is not None and claimed", "if False and claimed"),
    Mutant("no claim is too late", bracket.Bracket.flag, "if self.high is not None and", "if False and"),
)  # fmt: skip

LATE = {
    "no claim is too old", "a witness takes any proof", "two roots at one size are no fork",
    "one key of the operator is enough", "a batch takes any number", "a file of entries is not hashed",
    "another beginning is no fork", "a total keeps what was withdrawn",
}  # fmt: skip
"""What only some seeds can notice, so that it takes longer."""


def changed(mutant: Mutant) -> Any:
    """The code of the function with the change in it."""
    source = textwrap.dedent(inspect.getsource(mutant.function))
    assert source.count(mutant.right) == 1, f"{mutant.name}: its place is found {source.count(mutant.right)} times"
    space: dict[str, Any] = {}
    future = "from __future__ import annotations\n"
    module = sys.modules[mutant.function.__module__]
    exec(compile(future + source.replace(mutant.right, mutant.wrong), "<mutant>", "exec"), vars(module) | {}, space)
    made = space[mutant.function.__name__]
    return made.__code__


@pytest.mark.parametrize(
    "mutant", [pytest.param(one, id=one.name, marks=[pytest.mark.slow] * (one.name in LATE)) for one in MUTANTS]
)
def test_a_check_switched_off_is_noticed(mutant, monkeypatch):
    """Without this check at least one of the runs fails."""
    monkeypatch.setattr(mutant.function, "__code__", changed(mutant))
    assert any(fails(World(seed)) for seed in SEEDS), "no run has noticed"
