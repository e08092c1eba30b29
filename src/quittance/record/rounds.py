"""Rounds of sealed clearances: what the neutral and the medical officer say, of everybody at once and of nobody alone.

Whoever reads the record sees that a round took place and not for whom it changed anything.
"""

from __future__ import annotations

from itertools import pairwise

from quittance.record.batches import batch_of, require_present, said_of
from quittance.record.kinds import CLEARED
from quittance.record.known import RoundState, Step, offices_of, read_round, refuse, write


def sealed(step: Step) -> dict[str, str]:
    """One part of a round of an office, over a whole named batch or over whomever the round is about."""
    said_of(step)
    scope, batch, body = step.text("batch"), batch_of(step), step.statement.body
    require_present(step, scope, batch)
    number, part, parts = (int(str(body.get(member, 1))) for member in ("round", "part", "parts"))
    name = f"round:{scope}:{offices_of(step.signers.values())}"
    held = step.held(name)
    before = read_round(held) if held else RoundState()
    if part == 1:
        follows, before = number > before.round, RoundState(change=batch.round)
    else:
        follows = (number, part, parts, batch.round) == (before.round, before.part + 1, before.parts, before.change)
    if not follows:
        refuse(
            f"Part {part} of {parts} of round {number} does not follow on what this office has sealed, or the batch "
            "has changed meanwhile. Begin a new round with a higher number.",
            "round",
        )
    outcomes = step.statement.commitments.get(CLEARED, ())
    if len(outcomes) != len(step.handles) or not (_ascends((before.last, *step.handles)) and _ascends(outcomes)):
        refuse(
            f"Statement {step.sid} needs one sealed outcome for each person; persons, over all parts of the round, and "
            "outcomes each in ascending order.",
            "people",
        )
    covered = before.covered + len(step.handles)
    if batch.named and part == parts and covered != batch.size:
        refuse(f"Round {number} covers {covered} of the {batch.size} persons of batch {scope}. Seal all.", "people")
    return {name: write(RoundState(number, part, parts, step.handles[-1], covered, before.change))}


def _ascends(values: tuple[str, ...]) -> bool:
    """Whether each value is above the one before it."""
    return all(one < other for one, other in pairwise(values))
