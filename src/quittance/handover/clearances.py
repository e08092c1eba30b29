"""Whether a person may go: the gates of the agreement, folded at the source.

Open gates are what the record says. Of the sealed ones nothing leaves here but whether all of them are yes: a refusal
by the person, an unfit traveller, a doubt of the neutral and a question not yet asked look the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from quittance.agreement.model import Clearance
from quittance.dates import add_months, parse_instant
from quittance.handover.model import Clearing, Sealed
from quittance.handover.state import Proceedings

Gates: TypeAlias = Mapping[str, Clearance]
"""Gate -> who grants it, what it is about, for how long: `handovers.clearances` of the agreement."""

Flag: TypeAlias = bool | None
"""Of one gate: yes, no, or neither (nobody has said, it has expired, or it is not available)."""

Flags: TypeAlias = dict[str, Flag]

REFUSALS: Mapping[str, tuple[str, ...]] = {
    "listed": ("not_listed",),
    "veto": ("security", "charge", "other"),
    "order": ("order_missing", "order_refused", "other"),
    "identity": ("wrong_person", "in_doubt", "other"),
    "pledge": ("refused", "other"),
    "fitness": ("unfit", "later", "other"),
    "wish": ("declined", "deferred", "not_private", "other"),
    "other": ("other",),
}
"""What a gate is about -> the reason codes of whoever does not grant it. No words: they have no place in a record."""

DEFERRED = "deferred"
"""The reason of a wish put off: not now, which is no refusal."""


def flags(handle: str, proceedings: Proceedings, gates: Gates, sealed: Sealed | None, now: datetime) -> Flags:
    """The gates of a person as everybody but the neutral may know them; `sealed` is None where the vault is shut.

    If any sealed gate is not yes, none of them says anything.
    """
    found = opened_flags(handle, proceedings, gates, sealed, now)
    if any(found[name] is not True for name, gate in gates.items() if gate.sealed):
        found.update((name, None) for name, gate in gates.items() if gate.sealed)
    return found


def opened_flags(handle: str, proceedings: Proceedings, gates: Gates, sealed: Sealed | None, now: datetime) -> Flags:
    """The gates of a person one by one, sealed ones too. For the neutral only."""
    found: Flags = {}
    side = proceedings.list_of(handle)
    said = proceedings.clearings(handle)
    opened = (sealed or {}).get(handle, {})
    for name, gate in gates.items():
        if gate.by == "record":
            found[name] = proceedings.is_listed(handle)
        elif gate.sealed:
            found[name] = _flag(opened.get(name), gate, now)
        else:
            mine = [one for one in said if one.gate == name and office_of(one.office, side) == gate.by]
            found[name] = _flag(max(mine, key=lambda one: one.index or 0, default=None), gate, now)
    return found


def _flag(clearing: Clearing | None, gate: Clearance, now: datetime) -> Flag:
    if clearing is None or clearing.outcome == "withdrawn" or not holds(clearing, gate, now):
        return None
    return clearing.outcome == "granted"


def is_cleared(found: Mapping[str, Flag], gates: Iterable[str] | None = None) -> bool:
    """Whether all gates, or these, are yes."""
    return all(found.get(name) is True for name in (found if gates is None else gates))


def missing(found: Mapping[str, Flag]) -> tuple[str, ...]:
    """The gates that are not yes."""
    return tuple(name for name, flag in found.items() if flag is not True)


def ends(clearing: Clearing, gate: Clearance) -> datetime | None:
    """From when on a clearance holds no more: the earlier of its own last day and the agreement's time; None: never.

    A last day ends at midnight UTC. Months count as under the month rule `clamp`.
    """
    found = []
    if clearing.until is not None:
        found.append(_midnight(date.fromisoformat(clearing.until) + timedelta(days=1)))
    if gate.valid is not None:
        at = parse_instant(clearing.at)
        if gate.valid.unit == "months":
            day = add_months(at.date(), gate.valid.count, "clamp")
            found.append(datetime.combine(day, at.timetz()))
        else:
            found.append(at + timedelta(**{gate.valid.unit: gate.valid.count}))
    return min(found, default=None)


def holds(clearing: Clearing, gate: Clearance, now: datetime) -> bool:
    """Whether what an office said still holds: a grant expires, a refusal does not."""
    end = ends(clearing, gate) if clearing.outcome == "granted" else None
    return end is None or now < end


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def office_of(office: str, list_name: str) -> str:
    """Which of the agreement's offices "role:party" is for the persons of a list, named "SIDE/ID".

    The side whose list it is receives them and the other holds them, whatever role its key was enrolled for.
    """
    role, _, party = office.partition(":")
    side = list_name.partition("/")[0]
    if role in ("holding", "receiving") and party and side:
        return "receiving" if party == side else "holding"
    return role


def vetoed(proceedings: Proceedings, gates: Gates, handles: Iterable[str], now: datetime) -> tuple[str, ...]:
    """The persons whom a standing veto withholds."""
    names = veto_gates(gates)
    return tuple(handle for handle in handles if is_vetoed(handle, proceedings, gates, now, names))


def is_vetoed(
    handle: str, proceedings: Proceedings, gates: Gates, now: datetime, names: Collection[str] | None = None
) -> bool:
    """Whether a standing veto withholds a person; `names` are the gates about vetoes, if known already."""
    wanted = veto_gates(gates) if names is None else names
    mine = {name: gates[name] for name in wanted}
    return any(flag is False for flag in opened_flags(handle, proceedings, mine, None, now).values())


def veto_gates(gates: Gates) -> tuple[str, ...]:
    """The open gates by which a side may withhold somebody."""
    return tuple(name for name, gate in gates.items() if gate.about == "veto" and not gate.sealed)
