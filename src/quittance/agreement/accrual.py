"""What one side's handovers cost the other: price tables, group prices with remainders, weights and balances."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from quittance.agreement.account import Account
from quittance.agreement.book import Book
from quittance.agreement.journal import Perform
from quittance.agreement.judge import Judge, portions
from quittance.agreement.model import Agreement
from quittance.agreement.steps import Steps

Price = Literal["counts_as", "weight"] | int


@dataclass(frozen=True, slots=True)
class Handover:
    """Part of one entry: so many of one category at a tick."""

    tick: int
    entry: str
    category: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What handovers have brought: by tick, in all and by category; and the entries that brought nothing, unpriced."""

    total: Steps[int]
    by_category: tuple[tuple[int, dict[str, int]], ...]
    unpriced: tuple[str, ...]

    def categories_at(self, tick: int) -> dict[str, int]:
        """What is owed by category at a tick."""
        latest: dict[str, int] = {}
        for when, owed in self.by_category:
            if when > tick:
                break
            latest = owed
        return latest


def verified_handovers(book: Book, judge: Judge, account: Account, known_by: int, *, low: bool) -> list[Handover]:
    """The verified handovers of an account in order of happening, each counted once however many report it."""
    found: list[Handover] = []
    counted: set[str] = set()
    for entry in _performs(book, account, known_by):
        group = book.groups.get(entry.id)
        root = group[0].id if group else entry.id
        if root in counted:
            continue
        parts = [
            Handover(book.tick(entry, low=low), entry.id, _category(entry, category), n)
            for category, n in portions(entry, account.unit.commitment)
            if judge.state(entry, account.unit, category, known_by) == "verified"
        ]
        if parts:
            counted.add(root)
            found += parts
    return found


def spoken_handovers(
    book: Book, judge: Judge, account: Account, known_by: int, *, low: bool
) -> dict[str, list[Handover]]:
    """Each speaker's own handovers that are not rejected."""
    found: defaultdict[str, list[Handover]] = defaultdict(list)
    counted: set[tuple[str, str]] = set()
    for entry in _performs(book, account, known_by):
        group = book.groups.get(entry.id)
        key = (entry.by, group[0].id if group else entry.id)
        if key not in counted:
            parts = [
                Handover(book.tick(entry, low=low), entry.id, _category(entry, category), n)
                for category, n in portions(entry, account.unit.commitment)
                if judge.state(entry, account.unit, category, known_by) != "rejected"
            ]
            if parts:
                counted.add(key)
                found[entry.by] += parts
    return dict(found)


def _performs(book: Book, account: Account, known_by: int) -> list[Perform]:
    entries = [entry for entry in account.entries if isinstance(entry, Perform) and book.stands(entry, known_by)]
    return sorted(entries, key=book.order)


def _category(entry: Perform, category: str | None) -> str | None:
    """The category that the entry itself states; a commitment's `what` prices nothing."""
    return category if entry.cat is not None or entry.breakdown else None


def price(agreement: Agreement, handovers: Iterable[Handover], table: Price) -> Owed:
    """What a sequence of handovers owes by a price: a number for each, the weight of its category, or `counts_as`."""
    owed: Counter[str] = Counter()
    members: Counter[str] = Counter()
    total = 0
    changes: list[tuple[int, int]] = []
    categories: list[tuple[int, dict[str, int]]] = []
    unpriced: dict[str, None] = {}
    for handover in handovers:
        brings = unit_price(agreement, handover.category, handover.count, table, members)
        if brings is None:
            unpriced[handover.entry] = None
            continue
        total += sum(brings.values())
        owed.update({category: n for category, n in brings.items() if category})
        changes.append((handover.tick, total))
        categories.append((handover.tick, dict(owed)))
    return Owed(Steps.from_changes(0, changes), tuple(categories), tuple(unpriced))


def unit_price(
    agreement: Agreement, category: str | None, count: int, table: Price, members: Counter[str]
) -> Counter[str] | None:
    """What `count` of a category bring, moving `members` (how many of each group came so far); None without a price.

    A group of size s is priced as a whole: each member brings floor(price / s), the last one the remainder as well, and
    what comes after it nothing.
    """
    if isinstance(table, int):
        return Counter({"": table * count})
    if table == "weight":
        weight = agreement.price_of(category, "weight")
        return None if weight is None else Counter({"": weight * count})
    kind = category
    while (priced := agreement.categories.get(kind or "")) is not None and not (
        priced.counts_as or priced.counts_as_group or priced.with_group
    ):
        kind = priced.in_
    if priced is None or kind is None:
        return None
    brings: Counter[str] = Counter({name: n * count for name, n in priced.counts_as.items()})
    if priced.size is not None:
        for _ in range(min(count, priced.size - members[kind])):
            members[kind] += 1
            last = members[kind] == priced.size
            for name, n in priced.counts_as_group.items():
                brings[name] += n // priced.size + (n % priced.size if last else 0)
            if last:
                brings.update(priced.with_group)
    return brings
