"""Two worlds that differ only in why somebody is not available look the same, byte for byte, to everybody else.

Each world is a batch from the list to its end: sealed rounds, a proposal of whoever is cleared, another sealed round at
the door, drop-outs and substitutes, a handover, answers, the closing. Whatever is decided is decided by the product's
own rules from what it folds.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.proceedings import GATES, HANDOVERS, LIST, OPERATOR, START, Log, M, N, granted, people, refused, sealed

from quittance.agreement.model import Agreement
from quittance.handover.clearances import flags, is_cleared
from quittance.handover.model import HandoverRefused
from quittance.handover.outcomes import outcomes, public_events, sums
from quittance.handover.rules import decide_change, decide_close, decide_handover, decide_proposal, decide_sealed
from quittance.handover.skips import fold, replaced, skip_rates
from quittance.handover.state import Proceedings
from quittance.views.sums import sums_view

EIGHT = people(8)
OTHERS = ("a", "b", "public")

WHYS = {
    "declined": ("consent", refused("consent", "declined"), "declined", N),
    "deferred": ("consent", refused("consent", "deferred"), "deferred", N),
    "not private": ("consent", refused("consent", "not_private"), "other_attested", N),
    "unfit": ("medical", refused("medical", "unfit"), "unfit", M),
    "in doubt": ("known", refused("known", "wrong_person"), "identity_failed", N),
    "not yet asked": ("consent", None, "other_attested", N),
    "expired": ("consent", granted("consent", START - timedelta(days=4)), "deferred", N),
}
"""Why -> gate, what the vault holds of it, the reason of the drop-out, and who gives it."""

Why = str | None


def opened_with(whys: list[Why]) -> dict:
    """The opened vault of people who are not available for some reason each, or are (None)."""
    opened = sealed(EIGHT)
    for handle, why in zip(EIGHT, whys, strict=True):
        if why is not None:
            gate, said, *_ = WHYS[why]
            opened[handle].pop(gate)
            if said is not None:
                opened[handle][gate] = said
    return opened


def world(before: list[Why], later: list[Why], open_gates: list[bool]) -> tuple[Log, dict, list[str]]:
    """The record of a world, its vault at the end, and what was refused on the way."""
    log, refusals, opened = Log(), [], opened_with(before)
    log.submit(LIST, EIGHT)
    log.clear("not_vetoed", EIGHT)
    log.clear("identity", [one for one, is_open in zip(EIGHT, open_gates, strict=True) if is_open] or EIGHT)

    def flagged(now: dict) -> dict:
        return {one: flags(one, log.proceedings(), GATES, now, START) for one in EIGHT}

    def seal(**scope: str) -> None:
        for office in (N, M):
            for body, handles in decide_sealed(log.proceedings(), office, **scope):
                log.say("clearance.sealed", body, office, handles)

    def attempt(decide, *args, **kwargs):
        try:
            return decide(*args, **kwargs)
        except HandoverRefused as refusal:
            refusals.append(f"{refusal.code} {refusal}")
            return None

    seal(list_name=LIST)
    about = {"rules_sha256": "7" * 64, "list_name": LIST, "giver": "a", "taker": "b"}
    attempt(decide_proposal, log.proceedings(), "B-0", EIGHT, flagged(opened), **about)
    cleared = [one for one, found in flagged(opened).items() if is_cleared(found)]
    going = tuple(cleared[:4])
    if not going:
        return log, opened, refusals
    body = decide_proposal(log.proceedings(), "B-1", going, flagged(opened), **about)
    log.say("batch.proposed", body, OPERATOR, going)
    log.authorise("B-1")
    opened = opened_with([was or now for was, now in zip(before, later, strict=True)])
    seal(batch="B-1")
    seal(list_name=LIST)
    out = {
        one: fold(*WHYS[why][2:])
        for one, was, now in zip(EIGHT, before, later, strict=True)
        if one in going and (why := was or now)
    }
    order = [one for one, found in flagged(opened).items() if is_cleared(found)]
    batch = log.proceedings().batches["B-1"]
    now = replaced(batch, out, order, lambda manifest: True)
    log.say("batch.changed", decide_change(log.proceedings(), "B-1", now, "2" * 64), OPERATOR, now.manifest)
    if now.manifest:
        seen = decide_handover(log.proceedings(), "B-1", now.manifest, GATES, opened, START, place="gate-1")
        sid = log.say("handover.observed", seen, N, now.manifest)
        log.answer(sid, "a")
        log.answer(sid, "b")
    log.say("batch.closed", decide_close(log.proceedings(), "B-1"), N)
    log.now += timedelta(hours=9)
    return log, opened, refusals


def seen_by_others(log: Log, opened: dict, agreement: Agreement) -> list[str]:
    """Everything that anybody but the neutral can be shown of a world, after each entry, as text."""
    found = [repr(log.events), repr({one: flags(one, log.proceedings(), GATES, opened, START) for one in EIGHT})]
    found.append(repr(sorted((name, repr(value)) for name, value in vars(log.proceedings()).items())))
    for size in range(1, len(log.events) + 1):
        now = log.proceedings(size)
        for audience in OTHERS:
            found.append(repr(outcomes(LIST, now, HANDOVERS, opened, START, audience)))
    found += [repr(skip_rates(log.proceedings(), audience)) for audience in OTHERS]
    found += [repr(sums(LIST, log.proceedings(), HANDOVERS, opened, START, audience)) for audience in OTHERS]
    known, public = log.proceedings(), Proceedings(LIST, public_events(log.events, log.now))
    view = sums_view(
        known, public, agreement, lambda size: opened, START, START, as_of="d", known_by="d", parties=("a", "b")
    )
    return [*found, *(repr(one) for one in view.lists if one.audience != "neutral")]


MASKS = st.lists(st.booleans(), min_size=8, max_size=8)
WHY = st.lists(st.sampled_from(sorted(WHYS)), min_size=8, max_size=8)


@settings(max_examples=20, deadline=None)
@given(first=MASKS, second=MASKS, is_open=MASKS, whys=st.tuples(WHY, WHY, WHY, WHY))
def test_the_reason_shows_nowhere(rules, first, second, is_open, whys):
    """The same people not available at the same times: nothing shown to sides or public tells one why from another."""
    worlds = []
    for before, later in (whys[:2], whys[2:]):
        log, opened, refusals = world(
            [why if one else None for why, one in zip(before, first, strict=True)],
            [why if one else None for why, one in zip(later, second, strict=True)],
            is_open,
        )
        worlds.append([*refusals, *seen_by_others(log, opened, rules)])
    assert worlds[0] == worlds[1]


def test_the_neutral_does_know(rules):
    """The same two worlds differ for the neutral: the test above compares something."""
    found = set()
    for why in ("declined", "deferred", "unfit"):
        log, opened, _ = world([why, *[None] * 7], [None, why, *[None] * 6], [True] * 8)
        found.add(repr(sums(LIST, log.proceedings(), HANDOVERS, opened, START, "neutral").counts))
        others = sums(LIST, log.proceedings(), HANDOVERS, opened, START, "b")
        assert (others.counts["released"], others.counts["not_available"], others.counts["remaining"]) == (4, 2, 2)
    assert len(found) == 2
