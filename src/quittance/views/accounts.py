"""Who says how much, and since when: each speaker's own running figure for a commitment, read off the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from quittance.agreement.account import Account, Figure
from quittance.agreement.evaluate import Evaluator
from quittance.agreement.journal import Perform
from quittance.agreement.model import Condition
from quittance.agreement.world import World
from quittance.dates import Moment
from quittance.views.entry import PartyRef, is_about, party_ref

Steps = tuple[tuple[date, int], ...]
"""A step function: from each day on, the value; days grow, neighbouring values differ."""


@dataclass(frozen=True, slots=True)
class SpeakerFigure:
    """One speaker's own figure for a commitment: cumulative, with the entries it rests on and its newest day.

    `about` marks a figure that whoever wrote the journal inferred.
    """

    speaker: PartyRef
    figure: int
    entries: tuple[str, ...]
    day: str
    about: bool


@dataclass(frozen=True, slots=True)
class SpeakerSeries:
    """One speaker's own cumulative figure over time: drawn dashed."""

    speaker: PartyRef
    steps: Steps


@dataclass(frozen=True, slots=True)
class StepPoint:
    """One step of what is owed: its own last good tick, the tick it has moved to (None: it left the curve), the amount.

    `reached` is the low figure at the end of that tick, None while the step is still ahead.
    """

    own: int
    moved: int | None
    amount: int | None
    reached: int | None


class Accounts:
    """The running figures behind an evaluator's answers, in the text of the agreement or in one party's reading."""

    def __init__(self, evaluator: Evaluator, party: str | None = None) -> None:
        self.evaluator = evaluator
        self.party = party
        self.book = evaluator.book
        self.clockwork = evaluator.clockwork

    def read_by(self, party: str | None) -> Accounts:
        """The same figures in a party's reading, or for None in the text."""
        return self if party == self.party else Accounts(self.evaluator, party)

    def end_of(self, moment: Moment) -> int:
        """The tick up to which a day or an instant reaches."""
        return self.clockwork.span(moment).last

    def _world(self, as_of: Moment, known_by: Moment) -> World:
        """The low world of the terms, as this party reads them."""
        tick, known = self.end_of(as_of), self.end_of(known_by)
        readings = self.evaluator.readings
        stances = readings.live(tick, known).get(self.party) if self.party is not None else None
        return self.evaluator.labels(readings.terms(tick, known, stances), known, low=True).world

    def _accounts(self, commitment: str, as_of: Moment, known_by: Moment) -> tuple[Account, ...]:
        return self._world(as_of, known_by).ledger.accounts[commitment]

    def has_begun(self, instrument: str, as_of: Moment) -> bool:
        """Whether an instrument has begun by a day."""
        return self.evaluator.readings.begun(instrument, self.end_of(as_of))

    def holds(self, condition: Condition, as_of: Moment, known_by: Moment) -> bool:
        """Whether a condition holds on a day."""
        return self._world(as_of, known_by).holds(condition).at(self.end_of(as_of))

    def speakers(self, commitment: str, as_of: Moment, known_by: Moment) -> tuple[SpeakerFigure, ...]:
        """Each speaker's newest figure, in the order of the parties; of several debtors' accounts the largest."""
        tick, known = self.end_of(as_of), self.end_of(known_by)
        found: dict[str, SpeakerFigure] = {}
        for account in self._accounts(commitment, as_of, known_by):
            for speaker, figure in account.figures(tick).items():
                entries = self._behind(account, speaker, tick, known)
                if entries and (speaker not in found or found[speaker].figure < figure):
                    found[speaker] = SpeakerFigure(
                        party_ref(self.book.agreement, speaker), figure, tuple(entry.id for entry in entries),
                        max(entry.at for entry in entries), all(is_about(entry) for entry in entries),
                    )  # fmt: skip
        return tuple(found[name] for name in self._in_order(found))

    def _behind(self, account: Account, speaker: str, tick: int, known: int) -> list[Figure]:
        """A speaker's newest total or level of each source, and his handovers since the last of them."""
        said = sorted(
            (
                entry
                for entry in account.entries
                if entry.by == speaker and self.book.tick(entry, low=True) <= tick and self.book.stands(entry, known)
            ),
            key=self.book.order,
        )
        newest = {name: entry for entry in said if not isinstance(entry, Perform) for name in entry.of}
        last = {name: self.book.tick(entry, low=True) for name, entry in newest.items()}
        whole = last.get(account.name, -1)
        standing = {entry.id for name, entry in newest.items() if name == account.name or last[name] > whole}
        return [
            entry
            for entry in said
            if entry.id in standing
            or (
                isinstance(entry, Perform)
                and self.book.tick(entry, low=True) > max([whole, *(last.get(name, -1) for name in entry.of)])
            )
        ]

    def _in_order(self, speakers: Iterable[str]) -> list[str]:
        order = {party: number for number, party in enumerate(self.book.agreement.parties)}
        return sorted(speakers, key=lambda party: (order.get(party, len(order)), party))

    # --- curves ------------------------------------------------------------------------------------------------------

    def verified(self, commitment: str, as_of: Moment, known_by: Moment) -> Steps:
        """The verified amount from day to day up to `as_of`; of several debtors' accounts the sum."""
        accounts = self._accounts(commitment, as_of, known_by)
        return self._summed([account.series("verified") for account in accounts], as_of)

    def speaker_series(self, commitment: str, as_of: Moment, known_by: Moment) -> tuple[SpeakerSeries, ...]:
        """Each speaker's own figure from day to day up to `as_of`, from his first figure on."""
        accounts = self._accounts(commitment, as_of, known_by)
        tick = self.end_of(as_of)
        speakers = {speaker for account in accounts for speaker in account.figures(tick)}
        found = []
        for speaker in self._in_order(speakers):
            giving = [account.series(speaker) for account in accounts if speaker in account.figures(tick)]
            found.append(SpeakerSeries(party_ref(self.book.agreement, speaker), self._summed(giving, as_of)))
        return tuple(found)

    def _summed(self, series: list[list[tuple[int, int]]], as_of: Moment) -> Steps:
        """The sum of several curves, by local days; what is not given yet counts nothing."""
        last = self.end_of(as_of)
        changes: dict[date, int] = {}
        now = [0] * len(series)
        for tick, number, value in sorted(
            (tick, number, value) for number, one in enumerate(series) for tick, value in one if tick <= last
        ):
            now[number] = max(0, value)
            changes[self.clockwork.date_of(tick)] = sum(now)
        return only_changes(changes.items())

    def curve(self, commitment: str, as_of: Moment, known_by: Moment) -> tuple[StepPoint, ...]:
        """The steps that are owed, as they stand on a day, in order; of several debtors' curves the first's."""
        world, tick = self._world(as_of, known_by), self.end_of(as_of)
        account = world.ledger.accounts[commitment][0]
        return tuple(
            StepPoint(own, now, amount, account.amounts(now).low if now is not None and now < tick else None)
            for own, now, amount in world.curve(account, tick).rows(tick)
        )

    def required(self, commitment: str, as_of: Moment, known_by: Moment) -> Steps:
        """The amount owed from day to day: a step counts from the day after its last good day."""
        found: dict[date, int] = {}
        highest = 0
        for step in self.curve(commitment, as_of, known_by):
            if step.moved is not None and step.amount is not None:
                highest = max(highest, step.amount)
                found[self.clockwork.date_of(step.moved + 1)] = highest
        return only_changes(sorted(found.items()))


def only_changes(steps: Iterable[tuple[date, int]]) -> Steps:
    """Steps in rising order of days, without those that change nothing."""
    kept: list[tuple[date, int]] = []
    for day, value in steps:
        if not kept or kept[-1][1] != value:
            kept.append((day, value))
    return tuple(kept)
