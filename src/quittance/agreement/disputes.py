"""Disputes, computed: where the parties' readings differ in class, and what lies behind a gap between the worlds."""

from __future__ import annotations

from collections.abc import Iterable

from quittance.agreement.account import Account
from quittance.agreement.journal import Deny, Dispute, Resolve
from quittance.agreement.labels import Labels
from quittance.agreement.verdict import CLASS_OF, Read, Status
from quittance.agreement.world import World


def disputed(
    name: str, low: Labels, high: Labels, tick: int, status: Status, readings: Iterable[Read]
) -> tuple[str, ...]:
    """`terms`, `facts`, `unverified`, `declared`: those that apply to a commitment whose low label is `status`."""
    found: list[str] = []
    if len({CLASS_OF[read.status] for read in readings}) > 1:
        found.append("terms")
    if CLASS_OF[status] != "off":
        if CLASS_OF[status] != CLASS_OF[high.leading(name, tick)[1]]:
            found.append("facts" if _contradicted(name, low.world, high.world, tick) else "unverified")
        elif _unsure_of_keeping(name, low.world, tick):
            found.append("unverified")
    if _declared(name, low.world, tick):
        found.append("declared")
    return tuple(found)


def _unsure_of_keeping(name: str, world: World, tick: int) -> bool:
    if world.commitment(name).mode not in ("refrain", "maintain"):
        return False
    return any(
        world.keeping.unreported(account, tick) > 0
        or any(violation.state != "verified" for violation in world.keeping.violations(account, tick))
        for account in world.ledger.accounts[name]
    )


def _declared(name: str, world: World, tick: int) -> bool:
    """Whether the newest word under the agreement's own procedure is a dispute."""
    if not world.book.of_kind(Dispute):
        return False
    said: list[Dispute | Resolve] = [
        *world.book.standing(Dispute, world.known_by), *world.book.standing(Resolve, world.known_by),
    ]  # fmt: skip
    mine = [entry for entry in said if name in entry.of and world.tick(entry) <= tick]
    return bool(mine) and isinstance(max(mine, key=world.book.order), Dispute)


def _contradicted(name: str, low: World, high: World, tick: int) -> bool:
    """Whether a gap rests on contradiction rather than on silence: about this, or about a condition of it."""
    if _spoken_against(name, low, tick):
        return True
    return any(
        _spoken_against(other, low, tick)
        for condition in low.commitment(name).requires
        if low.holds(condition).at(tick) != high.holds(condition).at(tick)
        for other in condition.commitments
    )


def _spoken_against(name: str, world: World, tick: int) -> bool:
    denials = [deny for deny in _denials(name, world) if world.tick(deny) <= tick and _is_known(deny, world)]
    kept = world.commitment(name).mode in ("refrain", "maintain")
    return any(
        account.is_contested(tick)
        or (kept and _violations_denied(account, world, tick, denials))
        or ((not kept or world.keeping.has_rate(name)) and _answered(account, tick, denials))
        for account in world.ledger.accounts[name]
    )


def _denials(name: str, world: World) -> list[Deny]:
    """Denials of a commitment, and of entries that count in it, be it through a part."""
    found = {deny.id: deny for deny in world.book.denials.get(name, ())}
    for part in world.ledger.accounts[name][0].sources if world.book.denials else ():
        found.update({deny.id: deny for deny in world.book.denials.get(part, ()) if deny.ref is not None})
    return list(found.values())


def _is_known(deny: Deny, world: World) -> bool:
    """Whether a denial stands, and the entry that it denies, if it denies one."""
    stands, denied = world.book.stands, world.book.by_id.get(deny.ref or "")
    return stands(deny, world.known_by) and (
        deny.ref is None or (denied is not None and stands(denied, world.known_by))
    )


def _violations_denied(account: Account, world: World, tick: int, denials: list[Deny]) -> bool:
    """Whether somebody concerned, other than who reported it, has denied a violation."""
    concerned = account.unit.debtors | account.unit.creditors
    return any(
        one.state in ("denied", "conflict") or any(deny.by != one.by and deny.by in concerned for deny in denials)
        for one in world.keeping.violations(account, tick)
    )


def _answered(account: Account, tick: int, denials: list[Deny]) -> bool:
    """Whether somebody on the other side than whoever claims most has given a figure or a denial of his own."""
    figures = account.figures(tick)
    voices = {*figures, *(deny.by for deny in denials)}
    most = max(figures.values(), default=0)
    debtors, creditors = account.unit.debtors, account.unit.creditors
    for top in (speaker for speaker, figure in figures.items() if figure == most):
        others: frozenset[str] = frozenset()
        if top in debtors or top not in creditors:
            others |= creditors
        if top in creditors or top not in debtors:
            others |= debtors
        if (voices - {top}) & others:
            return True
    return False
