"""Powers as exercised: who used which, from when on, over what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from quittance.agreement.book import Book
from quittance.agreement.expressions import TimeExpression
from quittance.agreement.journal import Exercise, moment_of
from quittance.agreement.model import Agreement, Power
from quittance.agreement.steps import Steps, any_of
from quittance.agreement.verdict import Warning
from quittance.dates import Moment


@dataclass(frozen=True, slots=True)
class Use:
    """One valid exercise of a power."""

    power: Power
    entry: Exercise
    effective: int
    over: frozenset[str]
    until: Moment | None

    @property
    def count(self) -> int:
        """How many persons it is about."""
        return self.entry.n if self.entry.n is not None else len(self.entry.persons or ())


def uses_of_powers(
    agreement: Agreement, book: Book, known_by: int, last_tick: Callable[[TimeExpression], int | None], *, low: bool
) -> tuple[list[Use], list[Warning]]:
    """The exercises that count, in order of taking effect, and a warning for each that changes nothing."""
    powers = {power.id: power for power in agreement.powers}
    uses: list[Use] = []
    warnings: list[Warning] = []
    for entry in book.standing(Exercise, known_by):
        power = powers.get(entry.power)
        if power is None:
            continue
        tick = book.tick(entry, low=low)
        if entry.by not in power.holder:
            warnings.append(
                Warning("power_not_held", entry.id, f"{entry.by} does not hold the power {power.id}; nothing changed")
            )
            continue
        if power.until is not None and (until := last_tick(power.until)) is not None and tick > until:
            warnings.append(Warning("power_expired", entry.id, f"the power {power.id} had ended; nothing changed"))
            continue
        if power.notice is not None:
            day = book.clockwork.local_day(moment_of(entry.at)) + timedelta(days=power.notice.count)
            tick = book.clockwork.span(day).first
        over = frozenset(power.over) & frozenset(entry.of) if entry.of is not None else frozenset(power.over)
        uses.append(Use(power, entry, tick, over, moment_of(entry.until) if entry.until is not None else None))
    return sorted(uses, key=lambda use: (use.effective, use.entry.seq)), warnings


def suspensions(uses: list[Use], book: Book, commitment: str) -> dict[str, Steps[bool]]:
    """For each power that suspends a commitment, when it does: from its use to a resumption or its own end."""
    result: dict[str, Steps[bool]] = {}
    for use in uses:
        if use.power.effect != "suspend" or commitment not in use.over:
            continue
        ends = [
            other.effective
            for other in uses
            if other.power.effect == "resume" and commitment in other.over and other.effective >= use.effective
            and (other.effective, other.entry.seq) > (use.effective, use.entry.seq)
        ]  # fmt: skip
        if use.until is not None:
            ends.append(book.clockwork.span(use.until).last + 1)
        changes = [(use.effective, True)] + ([(min(ends), False)] if ends else [])
        span = Steps.from_changes(False, changes)
        result[use.power.id] = any_of([result[use.power.id], span]) if use.power.id in result else span
    return result
