"""Two invented lists of one population, and the truth between them."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from quittance.errors import UsageError
from quittance.people.model import FIELDS, ListEntry
from quittance.people.synthetic.chance import Chance, Ints
from quittance.people.synthetic.noise import STANDARD, Noise
from quittance.people.synthetic.population import Population, populate
from quittance.people.synthetic.stock import SCRIPTS, stock
from quittance.people.synthetic.writing import CALENDARS, Hand, entries

MOST = 5_000_000
"""People or rows that one call makes at most."""

_LISTED_ON = 737_494  # 2020-03-10


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to make: rows of the lists, the share of B's people who stand on A too, scripts, calendars, noise.

    `people` is the size of the population that both lists are drawn from; 0 makes it just large enough.
    """

    a: int
    b: int
    overlap: float = 0.6
    people: int = 0
    script_a: str = "latin"
    script_b: str = "arabic"
    calendar_a: str = "gregorian"
    calendar_b: str = "sh"
    noise: Noise = STANDARD


@dataclass(frozen=True, slots=True)
class InventedList:
    """A list and, row by row, the number of the person in the population: the truth about who it is."""

    title: str
    entries: tuple[ListEntry, ...]
    people: tuple[int, ...]
    households: tuple[int, ...]

    def as_csv(self) -> bytes:
        """The list as a CSV file in UTF-8, with a column `invented` that says yes in each row."""
        return _csv((*FIELDS, "invented"), ((*(getattr(one, name) for name in FIELDS), "yes") for one in self.entries))


@dataclass(frozen=True, slots=True)
class TwoLists:
    """List A, list B, and what made them."""

    a: InventedList
    b: InventedList
    wanted: Wanted
    seed: int

    def truth(self) -> tuple[tuple[str, str], ...]:
        """All pairs of row ids (a, b) that are one person, in the order of list B."""
        rows = defaultdict(list)
        for entry, person in zip(self.a.entries, self.a.people, strict=True):
            rows[person].append(entry.pid)
        theirs = zip(self.b.entries, self.b.people, strict=True)
        return tuple((pid, entry.pid) for entry, person in theirs for pid in rows.get(person, ()))

    def truth_csv(self) -> bytes:
        """The truth as a CSV file with columns a_pid, b_pid."""
        return _csv(("a_pid", "b_pid"), self.truth())


def two_lists(wanted: Wanted, seed: int) -> TwoLists:
    """Make the population and both lists of it, with their rows in a random order.

    Raises `UsageError` where the sizes, the overlap, a script or a calendar cannot be.
    """
    twice = [round(wanted.noise.twice * rows) for rows in (wanted.a, wanted.b)]
    own_a, own_b = wanted.a - twice[0], wanted.b - twice[1]
    shared = min(round(wanted.overlap * own_b), own_a)
    needed = own_a + own_b - shared
    _check(wanted, needed)
    people = populate(max(wanted.people, needed), seed, stock())
    chosen = Chance(seed, 20).shuffled(len(people))[:needed]
    sides = (chosen[:own_a], chosen[own_a - shared :])
    made = [_list(people, rows, twice[side], wanted, seed, side) for side, rows in enumerate(sides)]
    return TwoLists(made[0], made[1], wanted, seed)


def _check(wanted: Wanted, needed: int) -> None:
    if min(wanted.a, wanted.b) < 1 or max(wanted.people, needed) > MOST:
        raise UsageError(f"Each list needs a row at least, and there may be {MOST:,} people at most.")
    if not 0 <= wanted.overlap <= 1:
        raise UsageError("The overlap is a share of list B: give a number from 0 to 1.")
    if wanted.people and wanted.people < needed:
        raise UsageError(f"These lists need {needed:,} different people. Ask for as many, or leave the number out.")
    for given, known, what in (
        ({wanted.script_a, wanted.script_b}, SCRIPTS, "script"),
        ({wanted.calendar_a, wanted.calendar_b}, CALENDARS, "calendar"),
    ):
        if not given <= set(known):
            raise UsageError(f"Unknown {what}. Known are: {', '.join(known)}.")


def _list(people: Population, rows: Ints, twice: int, wanted: Wanted, seed: int, side: int) -> InventedList:
    chance = Chance(seed, 21, side)
    rows = np.concatenate((rows, rows[chance.below(len(rows), twice)]))
    rows = rows[chance.shuffled(len(rows))]
    script = (wanted.script_a, wanted.script_b)[side]
    hand = Hand(script, (wanted.calendar_a, wanted.calendar_b)[side], wanted.noise, _LISTED_ON)
    typed = entries(people, rows, stock(), hand, seed, side)
    title = f"Invented list {'AB'[side]}: {len(rows):,} people who never lived (seed {seed})"
    return InventedList(title, typed, tuple(rows.tolist()), tuple(people.household[rows].tolist()))


def _csv(header: tuple[str, ...], rows: object) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)  # type: ignore[arg-type]
    return text.getvalue().encode()
