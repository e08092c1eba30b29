"""Persons one by one: agreed lists, choices that can be taken back, clocks that start for each person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from quittance.agreement.book import Book
from quittance.agreement.journal import (
    Choice,
    Classify,
    ListAgree,
    ListGive,
    Perform,
    PersonState,
    Replace,
    Withhold,
)
from quittance.agreement.judge import Judge, Unit, portions
from quittance.agreement.model import Agreement, Commitment
from quittance.agreement.steps import TRUE, Steps, all_of, combine, since


@dataclass(frozen=True, slots=True)
class PersonClock:
    """One person's clock: when it started, when it counts, and when the person was done in each sense (None: not)."""

    person: str
    started: int
    stands: Steps[bool]
    """False where the person is known to belong elsewhere, or has left the total."""
    verified: int | None
    both: int | None
    claimed: int | None

    def counts_at(self, tick: int) -> bool:
        """Whether the clock has started by a tick and the person counts then."""
        return self.started <= tick and self.stands.at(tick)

    def done(self, *, low: bool) -> int | None:
        """The tick from which the person counts as done in the low or the high world."""
        found = [tick for tick in (self.verified, self.both, None if low else self.claimed) if tick is not None]
        return min(found, default=None)


class Persons:
    """What the journal says of persons and lists, as known at one tick."""

    def __init__(self, agreement: Agreement, book: Book, judge: Judge, known_by: int, *, low: bool) -> None:
        self.agreement = agreement
        self.book = book
        self.judge = judge
        self.known_by = known_by
        self.low = low

    def tick(self, entry: object) -> int:
        """The tick of an entry in this world."""
        return self.book.tick(entry, low=self.low)  # type: ignore[arg-type]

    # --- lists -------------------------------------------------------------------------------------------------------

    def list_of(self, category: str | None) -> str | None:
        """The list of a category: its own, else that of the nearest category around it."""
        found = self.agreement.price_of(category, "list")
        return found if isinstance(found, str) else None

    def agreed(self, name: str) -> Steps[bool]:
        """Whether a list is agreed: the file says so, or each of its two sides has given it or agreed to it."""
        names = self.agreement.lists[name]
        if names.agreed:
            return TRUE
        said: dict[str, int] = {}
        if names.given is not None and self.book.clockwork.span(names.given).last <= self.known_by:
            said[names.from_] = self.book.clockwork.span(names.given).last
        for kind in (ListGive, ListAgree):
            for entry in self.book.standing(kind, self.known_by):
                if entry.list_ == name and type(entry) in (ListGive, ListAgree):
                    said[entry.by] = min(said.get(entry.by, self.tick(entry)), self.tick(entry))
        return all_of([since(said.get(side)) for side in (names.from_, names.to)])

    def list_size(self, name: str) -> Steps[int | None]:
        """How many stand on a list: by the newest giving or agreeing that says, else by the file."""
        changes: list[tuple[int, int, int]] = []
        for kind in (ListGive, ListAgree):
            for entry in self.book.standing(kind, self.known_by):
                number = len(entry.persons) if entry.persons is not None else entry.n
                if entry.list_ == name and type(entry) is kind and number is not None:
                    changes.append((self.tick(entry), entry.seq, number))
        size: int | None = self.agreement.lists[name].size
        return Steps.from_changes(size, ((tick, number) for tick, _, number in sorted(changes)))

    def category_size(self, category: str) -> Steps[int | None]:
        """The size of a category's agreed list; unknown while there is none."""
        kind = self.agreement.categories[category]
        if kind.list is not None:
            agreed = self.agreed(kind.list).map(lambda value: 1 if value else None)
            return combine([agreed, self.list_size(kind.list)], lambda now: now[1] if now[0] else None)
        return Steps(None)

    # --- choices -----------------------------------------------------------------------------------------------------

    def excused(self, commitment: Commitment, window_ends: Callable[[], int | None]) -> Steps[int]:
        """How many persons have declined, or chose another country, so that nothing is owed for them any more.

        A choice counts if made by the end of the window; after it the last one is final. Nobody leaves the total of a
        list whose names can be replaced: another name is owed.
        """
        away: dict[str, bool] = {}
        changes: list[tuple[int, int]] = []
        for tick, person, gone in self.choices(commitment, window_ends):
            away[person] = gone
            changes.append((tick, sum(away.values())))
        return Steps.from_changes(0, changes)

    def choices(self, commitment: Commitment, window_ends: Callable[[], int | None]) -> Iterator[tuple[int, str, bool]]:
        """(tick, person, whether he leaves the total) of every choice that counts, in order of happening."""
        if not self.book.of_kind(Choice):
            return
        name, window = self.list_of(commitment.what), window_ends()
        if name is not None and self.agreement.lists[name].replaceable:
            return
        for entry in self.book.standing(Choice, self.known_by):
            if commitment.id in entry.of and (window is None or self.tick(entry) <= window):
                for person in entry.persons:
                    yield self.tick(entry), person, entry.choice != "return"

    # --- clocks ------------------------------------------------------------------------------------------------------

    def placings(self) -> dict[str, list[tuple[int, str]]]:
        """For each person, when and in which category somebody placed him, or on whose list he stood."""
        found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
        for placed in self.agreement.classifications:
            tick = self.book.clockwork.span(placed.on).last
            if tick <= self.known_by:
                found[placed.person].append((tick, placed.as_))
        for entry in self.book.standing(Classify, self.known_by):
            found[entry.person].append((self.tick(entry), entry.as_))
        for kind in (ListGive, ListAgree):
            for given in self.book.standing(kind, self.known_by):
                for name, category in self.agreement.categories.items():
                    if category.list == given.list_ and type(given) is kind:
                        for person in given.persons or ():
                            found[person].append((self.tick(given), name))
        return found

    def belongs(self, placings: list[tuple[int, str]], category: str) -> Steps[bool]:
        """Whether a person belongs to a category: as long as nobody placed him, or somebody placed him within it."""
        known = within = False
        changes: list[tuple[int, bool]] = []
        for tick, place in sorted(placings):
            known, within = True, within or self.agreement.is_within(place, category)
            changes.append((tick, within or not known))
        return Steps.from_changes(True, changes) if changes else TRUE

    def clocks(
        self, commitment: Commitment, away: dict[str, list[tuple[int, bool]]], performed: dict[str, int]
    ) -> list[PersonClock]:
        """The clock of each person whom a `for_each` commitment is about.

        `away` has for each person when he leaves the total and comes back; `performed` who counts as done from when.
        """
        assert commitment.for_each is not None
        category, state = commitment.for_each.person, commitment.for_each.once
        started: dict[str, int] = {}
        for entered in self.book.standing(PersonState, self.known_by):
            if entered.state == state:
                for person in entered.persons:
                    started.setdefault(person, self.tick(entered))
        placings = self.placings()
        unit = Unit(commitment)
        said: dict[str, dict[str, int]] = {"verified": {}, "debtor": {}, "creditor": {}, "anyone": {}}
        for entry in self.book.standing(Perform, self.known_by):
            if commitment.id not in entry.of or not entry.persons:
                continue
            states = {self.judge.state(entry, unit, cat, self.known_by) for cat, _ in portions(entry, commitment)}
            if states == {"rejected"}:
                continue
            roles = ["anyone"]
            roles += ["verified"] if states == {"verified"} else []
            roles += ["debtor"] if entry.by in unit.debtors else []
            roles += ["creditor"] if entry.by in unit.creditors else []
            tick = self.tick(entry)
            for person in entry.persons:
                if person in started and tick >= started[person]:
                    for role in roles:
                        said[role].setdefault(person, tick)
        conceding = self.agreement.verification.conceded == "both_sides"
        result = []
        for person, tick in sorted(started.items(), key=lambda one: (one[1], one[0])):
            sides = [said[role].get(person) for role in ("debtor", "creditor")]
            both = max(one for one in sides if one is not None) if conceding and None not in sides else None
            sure = [one for one in (said["verified"].get(person), performed.get(person)) if one is not None]
            here = Steps.from_changes(True, ((when, not gone) for when, gone in sorted(away.get(person, ()))))
            stands = all_of([self.belongs(placings.get(person, []), category), here if here.ticks else TRUE])
            claimed = min([*sure, *([said["anyone"][person]] if person in said["anyone"] else [])], default=None)
            result.append(PersonClock(person, tick, stands, min(sure, default=None), both, claimed))
        return result


def counted(clocks: Sequence[PersonClock], tick_of: Callable[[PersonClock], int | None]) -> Steps[int]:
    """How many clocks that count have come to some tick (started, done), over time."""
    come = {clock.person: max(tick, clock.started) for clock in clocks if (tick := tick_of(clock)) is not None}
    if all(clock.stands is TRUE for clock in clocks):
        total, changes = 0, []
        for tick, number in sorted(Counter(come.values()).items()):
            total += number
            changes.append((tick, total))
        return Steps.from_changes(0, changes)
    ticks = sorted({*come.values(), *(tick for clock in clocks for tick in clock.stands.ticks)})
    mine = [clock for clock in clocks if clock.person in come]
    return Steps.from_changes(
        0, ((tick, sum(come[one.person] <= tick and one.stands.at(tick) for one in mine)) for tick in ticks)
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How the persons of one list are accounted for; the parts add up to `listed`."""

    listed: int
    released: int
    declined: int
    dead: int
    transferred: int
    not_held: int
    replaced: int
    withheld: int
    remaining: int


def tally(agreement: Agreement, book: Book, name: str, as_of: int, known_by: int) -> Tally:
    """Account for every person who ever stood on a list, each once, by the first of the headings that applies.

    Order of headings: released, dead, transferred, not held, replaced, declined, withheld; the others remain.
    """
    listed: dict[str, None] = {}
    replaced: set[str] = set()
    withheld: set[str] = set()

    def seen(kind: type[ListGive]) -> Iterator[ListGive]:
        return (
            entry
            for entry in book.standing(kind, known_by)
            if type(entry) is kind and entry.list_ == name and book.tick(entry, low=True) <= as_of
        )

    for kind in (ListGive, ListAgree):
        for entry in seen(kind):
            listed.update(dict.fromkeys(entry.persons or ()))
    for entry in seen(Replace):
        replaced.update(entry.persons or ())
        listed.update(dict.fromkeys(entry.with_ or ()))
    for entry in seen(Withhold):
        withheld.update(entry.persons or ())
    released = {
        person
        for entry in book.standing(Perform, known_by)
        if book.tick(entry, low=True) <= as_of
        for person in entry.persons or ()
    }
    states: dict[str, str] = {}
    for entered in book.standing(PersonState, known_by):
        if book.tick(entered, low=True) <= as_of:
            states.update(dict.fromkeys(entered.persons, entered.state))
    choices: dict[str, str] = {}
    for choice in book.standing(Choice, known_by):
        if book.tick(choice, low=True) <= as_of:
            choices.update(dict.fromkeys(choice.persons, choice.choice))
    count: Counter[str] = Counter()
    for person in listed:
        count[
            "released" if person in released
            else states[person] if states.get(person) in ("dead", "transferred", "not_held")
            else "replaced" if person in replaced
            else "declined" if choices.get(person, "return") != "return"
            else "withheld" if person in withheld
            else "remaining"
        ] += 1  # fmt: skip
    return Tally(
        len(listed),
        *(
            count[heading]
            for heading in (
                "released", "declined", "dead", "transferred", "not_held", "replaced", "withheld", "remaining",
            )
        ),
    )  # fmt: skip
