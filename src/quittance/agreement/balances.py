"""Running accounts between two weighted commitments, and persons whom two parties place differently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from quittance.agreement.accrual import Handover, spoken_handovers, unit_price, verified_handovers
from quittance.agreement.journal import Classify

if TYPE_CHECKING:
    from quittance.agreement.world import World


def balances(world: World, tick: int) -> Iterator[dict[str, Any]]:
    """Each balance as an interval: what the first has delivered by weight, less what the second has."""
    for balance in world.agreement.balances:
        credits = {party: _credit(world, balance.commitments[party], tick) for party in balance.parties}
        first, second = (credits[party] for party in balance.parties)
        yield {
            "id": balance.id, "unit": balance.unit, "parties": list(balance.parties),
            "low": first[0] - second[1], "high": first[1] - second[0],
            "credits": {party: list(credit) for party, credit in credits.items()},
        }  # fmt: skip


def _credit(world: World, name: str, tick: int) -> tuple[int, int]:
    """The weights delivered, low and high: verified or conceded by both sides, and the most that anybody says."""
    account = world.ledger.accounts[name][0]
    ask = (world.book, world.judge, account, world.known_by)

    def weigh(handovers: Iterable[Handover]) -> int:
        return sum(
            (world.agreement.price_of(one.category, "weight") or 0) * one.count for one in handovers if one.tick <= tick
        )

    spoken = {speaker: weigh(said) for speaker, said in spoken_handovers(*ask, low=True).items()}
    debtors = [weight for speaker, weight in spoken.items() if speaker in account.unit.debtors]
    creditors = [weight for speaker, weight in spoken.items() if speaker in account.unit.creditors]
    low = weigh(verified_handovers(*ask, low=True))
    if debtors and creditors and account.conceding:
        low = max(low, min(max(debtors), max(creditors)))
    return low, max([low, *spoken.values()])


def classification_disputes(world: World, tick: int) -> Iterator[dict[str, Any]]:
    """Persons whom two parties place in different categories, and what each placing would owe for them."""
    placed: dict[str, dict[str, str]] = {}
    for one in world.agreement.classifications:
        if world.clockwork.span(one.on).last <= min(tick, world.known_by):
            placed.setdefault(one.person, {})[one.by] = one.as_
    for entry in world.book.standing(Classify, world.known_by):
        if world.tick(entry) <= tick:
            placed.setdefault(entry.person, {})[entry.by] = entry.as_
    for person, said in placed.items():
        if len(set(said.values())) > 1:
            owed = {
                category: dict(unit_price(world.agreement, category, 1, "counts_as", Counter()) or {})
                for category in dict.fromkeys(said.values())
            }
            yield {"person": person, "as": said, "owed": owed}
