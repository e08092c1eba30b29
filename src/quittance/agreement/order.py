"""All of one category before any of another: a finding about handovers, never a shortfall."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from quittance.agreement.journal import Perform
from quittance.agreement.judge import Portion, portions

if TYPE_CHECKING:
    from quittance.agreement.world import World


def order_breaks(world: World, name: str, tick: int) -> list[str]:
    """The entries that handed over some of a later category while some of an earlier one were still to come.

    Checked where both categories have a size or a list.
    """
    breaks: dict[str, None] = {}
    is_within = world.agreement.is_within
    handed = list(_handovers(world, name, tick))
    for order in world.commitment(name).order:
        size = _size(world, order.first, tick)
        if size is None or _size(world, order.before, tick) is None:
            continue
        done = 0
        for entry, parts in handed:
            if done < size and any(is_within(category, order.before) and n for category, n in parts):
                breaks[entry] = None
            done += sum(n for category, n in parts if is_within(category, order.first))
    return list(breaks)


def _handovers(world: World, name: str, tick: int) -> Iterator[tuple[str, tuple[Portion, ...]]]:
    counted: set[str] = set()
    for account in world.ledger.accounts[name]:
        for entry in sorted(account.entries, key=world.book.order):
            if not isinstance(entry, Perform) or world.tick(entry) > tick:
                continue
            group = world.book.groups.get(entry.id)
            root = group[0].id if group else entry.id
            if root not in counted and world.ledger.brings(entry, account.unit, world.known_by).claimed is not None:
                counted.add(root)
                yield entry.id, portions(entry, account.unit.commitment)


def _size(world: World, category: str, tick: int) -> int | None:
    kind = world.agreement.categories[category]
    if kind.size is not None or kind.list is None:
        return kind.size
    return world.owing.persons.list_size(kind.list).at(tick)
