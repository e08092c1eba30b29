"""What both sides have given day by day, folded from an agreement's accounts: who promised what, in which points.

Credited is what the record calls low: verified as the agreement says, or granted by both sides. Beside it stands what
each party says of both sides. Points are those that the agreement sets, else they follow from the amounts promised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from math import lcm
from typing import Literal

from quittance.agreement.account import Account
from quittance.agreement.accrual import Handover, spoken_handovers, verified_handovers
from quittance.agreement.model import Agreement, Balance
from quittance.agreement.promises import Commitment
from quittance.dates import Moment
from quittance.errors import UsageError
from quittance.selection.exposure import Given, Reciprocity, Sides, reciprocity_of
from quittance.views.accounts import Accounts, Steps

Source = Literal["agreed", "weights", "amounts", "named"]


@dataclass(frozen=True, slots=True)
class Credits:
    """The two promises that are set against each other, and in which points.

    `totals` are the persons promised (None: not known beforehand). `classes`: the class of everybody in a promise, or
    None where each handover counts by its own class, which totals do not tell.
    """

    commitments: tuple[str, str]
    sides: Sides
    totals: tuple[int | None, int | None]
    reciprocity: Reciprocity
    source: Source
    classes: tuple[str | None, str | None]

    @property
    def total_points(self) -> tuple[int, int] | None:
        """The points that both sides give in all; None where they do not follow from the promises alone."""
        first, second = (
            None if persons is None or class_ is None else persons * self.reciprocity.ratio[class_]
            for persons, class_ in zip(self.totals, self.classes, strict=True)
        )
        return None if first is None or second is None else (first, second)


def credits_of(agreement: Agreement, named: Mapping[str, int] | None = None, max_lead: int | None = None) -> Credits:
    """Which promises are set against each other, and the points of one person.

    `named` gives two commitments and the points of one person of each; without it the agreement is asked: its
    reciprocity, then its running account by weights, then the amounts of the two promises that answer each other.
    Raises `UsageError`: `exposure.commitments` where it cannot be told which they are, `exposure.no_points`.
    """
    if named:
        return _plain(_named_pair(agreement, tuple(named)), named, max_lead, "named")
    settings = agreement.selection.get("reciprocity") if agreement.selection else None
    if isinstance(settings, Mapping):
        return _agreed(agreement, reciprocity_of(settings), max_lead)
    if agreement.balances:
        return _weighted(agreement, agreement.balances[0], max_lead)
    return _by_amounts(agreement, max_lead)


Pair = tuple[Commitment, Commitment]


def _plain(pair: Pair, points: Mapping[str, int], max_lead: int | None, source: Source) -> Credits:
    """Two promises whose persons are all of one class each, named as the promise is."""
    return Credits(_ids(pair), _givers(*pair), _totals(pair), Reciprocity(dict(points), max_lead), source, _ids(pair))


def _agreed(agreement: Agreement, found: Reciprocity, max_lead: int | None) -> Credits:
    """The points that the agreement sets by class."""
    pair = _answering(agreement, partial(_touches, agreement, found))
    classes = (_only_class(agreement, found, pair[0]), _only_class(agreement, found, pair[1]))
    reciprocity = Reciprocity(found.ratio, found.max_lead if max_lead is None else max_lead)
    return Credits(_ids(pair), _givers(*pair), _totals(pair), reciprocity, "agreed", classes)


def _weighted(agreement: Agreement, balance: Balance, max_lead: int | None) -> Credits:
    """The weights of categories as points, for the two promises of a running account."""
    first, second = (balance.commitments[party] for party in balance.parties)
    weights = {name: one.weight for name, one in agreement.categories.items() if one.weight is not None}
    return Credits(
        (first, second), balance.parties, (None, None), Reciprocity(weights, max_lead), "weights", (None, None)
    )  # fmt: skip


def _by_amounts(agreement: Agreement, max_lead: int | None) -> Credits:
    """Points that bring both amounts to one sum: of 5,000 persons for 1,000, one for each and five for each."""
    pair = _answering(agreement, lambda one: _total(one) is not None)
    first, second = (_total(one) or 0 for one in pair)
    if not first or not second:
        raise UsageError(
            "The agreement names no points, and they do not follow from its amounts. Give them: --points "
            f"{pair[0].id}=1 --points {pair[1].id}=1.",
            code="exposure.no_points",
        )
    common = lcm(first, second)
    return _plain(pair, {pair[0].id: common // first, pair[1].id: common // second}, max_lead, "amounts")


def _ids(pair: Pair) -> tuple[str, str]:
    return pair[0].id, pair[1].id


def _givers(first: Commitment, second: Commitment) -> Sides:
    """Who gives in each: of those who owe or do it, the one to whom the other is owed; else who does it."""
    return _giver(first, second), _giver(second, first)


def _giver(one: Commitment, other: Commitment) -> str:
    owing = dict.fromkeys((*one.performers, *one.by))
    return next((party for party in owing if party in other.to), one.performers[0])


def _answer(first: Commitment, second: Commitment) -> bool:
    """Whether what one owes is owed to whoever gives in the other, both ways."""
    return bool(first.debtors & second.creditors and second.debtors & first.creditors and first.by != second.by)


def _totals(pair: Pair) -> tuple[int | None, int | None]:
    return _total(pair[0]), _total(pair[1])


def _total(one: Commitment) -> int | None:
    """The persons that a promise names in a number."""
    amount = one.amount
    if amount is None:
        return None
    return next((n for n in (amount.exactly, amount.up_to, amount.at_least) if n is not None), None)


def _answering(agreement: Agreement, fits: Callable[[Commitment], bool]) -> Pair:
    """The two promises of persons that answer each other: one giver each, each the other's creditor or performer."""
    persons = [
        one
        for one in agreement.commitments
        if one.mode == "achieve" and one.counts_toward is None
        if one.amount is not None and one.amount.unit == "persons" and fits(one)
    ]
    pairs = [
        (first, second)
        for at, first in enumerate(persons)
        for second in persons[at + 1 :]
        if first.of == second.of and _answer(first, second)
    ]
    if len(pairs) != 1:
        candidates = ", ".join(one.id for one in persons) or "none"
        raise UsageError(
            f"It cannot be told which two promises answer each other (promises of persons: {candidates}). Name them "
            "with the points of one person of each: --points COMMITMENT=1 --points COMMITMENT=5.",
            code="exposure.commitments",
        )
    return pairs[0]


def _named_pair(agreement: Agreement, named: tuple[str, ...]) -> Pair:
    known = {one.id: one for one in agreement.commitments}
    found = [known[name] for name in named if name in known]
    if len(found) != 2 or len(named) != 2 or len(set(_givers(*found))) != 2:
        raise UsageError(
            "Name two commitments of this agreement, of two different givers, with the points of one person of each: "
            "--points COMMITMENT=1 --points COMMITMENT=5.",
            code="exposure.commitments",
        )
    return found[0], found[1]


def _touches(agreement: Agreement, reciprocity: Reciprocity, one: Commitment) -> bool:
    """Whether persons of a promise can be of a class with points: the class lies in its category or around it."""
    return any(
        agreement.is_within(name, one.what or "") or agreement.is_within(one.what, name) for name in reciprocity.ratio
    )


def _only_class(agreement: Agreement, reciprocity: Reciprocity, one: Commitment) -> str | None:
    """The class of all persons of a promise, if it has points and whatever lies within its category counts the same."""
    class_ = class_of(agreement, reciprocity, one.what)
    points = reciprocity.ratio.get(class_ or "")
    inner = (n for name, n in reciprocity.ratio.items() if agreement.is_within(name, one.what or ""))
    return class_ if points is not None and all(n == points for n in inner) else None


# --- what was given, day by day --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """Of one class of one promise: the figure verified, and each speaker's own, over the days."""

    verified: Steps
    speakers: Mapping[str, Steps]


def given_of(accounts: Accounts, credits: Credits, as_of: Moment, known_by: Moment) -> tuple[Given, ...]:
    """What each side gave on each day up to `as_of`, by class, as known by `known_by`; in the order of days."""
    found = [one for at in (0, 1) for one in _given_by(accounts, credits, at, as_of, known_by)]
    return tuple(sorted(found, key=lambda one: (one.day, credits.sides.index(one.side), one.class_ or "")))


def _given_by(accounts: Accounts, credits: Credits, at: int, as_of: Moment, known_by: Moment) -> Iterator[Given]:
    side, name, class_of_all = credits.sides[at], credits.commitments[at], credits.classes[at]
    tick, known = accounts.end_of(as_of), accounts.end_of(known_by)
    evaluator = accounts.evaluator
    world = evaluator.labels(evaluator.readings.terms(tick, known), known, low=True).world
    account = world.ledger.accounts[name][0]
    told: dict[str | None, _Told]
    if class_of_all is None:
        told = _by_class(accounts, credits, account, tick, known)
    else:
        speakers = {one.speaker.id: one.steps for one in accounts.speaker_series(name, as_of, known_by)}
        told = {class_of_all: _Told(accounts.verified(name, as_of, known_by), speakers)}
    entries = _entries_by_day(accounts, account, tick, known)
    for class_, one in told.items():
        yield from _rows(one, account, side, class_, entries)


def _rows(
    told: _Told, account: Account, side: str, class_: str | None, entries: Mapping[date, tuple[str, ...]]
) -> Iterator[Given]:
    """One row for each day on which some figure changed, with what it changed by."""
    days = sorted({day for steps in (told.verified, *told.speakers.values()) for day, _ in steps})
    before = (0, dict.fromkeys(told.speakers, 0))
    for day in days:
        said = {speaker: _at(steps, day) for speaker, steps in told.speakers.items()}
        spoken = {speaker: figure for speaker, figure in said.items() if figure is not None}
        now = (_credited(account, _at(told.verified, day) or 0, spoken), {**before[1], **spoken})
        yield Given(
            day=day,
            side=side,
            class_=class_,
            verified=now[0] - before[0],
            claimed=now[1].get(side, 0) - before[1].get(side, 0),
            told={speaker: figure - before[1][speaker] for speaker, figure in now[1].items()},
            entries=entries.get(day, ()),
        )
        before = now


def _credited(account: Account, verified: int, spoken: Mapping[str, int]) -> int:
    """What is verified, or granted by both sides: the smaller of what debtors and creditors say."""
    debtors = [figure for speaker, figure in spoken.items() if speaker in account.unit.debtors]
    creditors = [figure for speaker, figure in spoken.items() if speaker in account.unit.creditors]
    if not account.conceding or not debtors or not creditors:
        return verified
    return max(verified, min(max(debtors), max(creditors)))


def _at(steps: Steps, day: date) -> int | None:
    """The figure of a day; None before the first."""
    return next((value for since, value in reversed(steps) if since <= day), None)


def _by_class(accounts: Accounts, credits: Credits, account: Account, tick: int, known: int) -> dict[str | None, _Told]:
    """The handovers of an account by class. Totals say nothing of classes, so they count toward none."""
    book, judge = accounts.book, accounts.evaluator.judge
    agreement, what = book.agreement, account.unit.commitment.what

    def by_class(handovers: list[Handover]) -> dict[str | None, Steps]:
        sums: defaultdict[str | None, int] = defaultdict(int)
        steps: defaultdict[str | None, dict[date, int]] = defaultdict(dict)
        for one in handovers:
            if one.tick <= tick:
                class_ = class_of(agreement, credits.reciprocity, one.category or what)
                sums[class_] += one.count
                steps[class_][accounts.clockwork.date_of(one.tick)] = sums[class_]
        return {class_: tuple(sorted(found.items())) for class_, found in steps.items()}

    verified = by_class(verified_handovers(book, judge, account, known, low=True))
    spoken = {
        speaker: by_class(handovers)
        for speaker, handovers in spoken_handovers(book, judge, account, known, low=True).items()
    }
    classes = dict.fromkeys([*verified, *(class_ for said in spoken.values() for class_ in said)])
    return {
        class_: _Told(
            verified.get(class_, ()), {speaker: said[class_] for speaker, said in spoken.items() if class_ in said}
        )
        for class_ in classes
    }


def class_of(agreement: Agreement, reciprocity: Reciprocity, category: str | None) -> str | None:
    """The class whose points a category has: its own, or of the nearest category that it lies in; else itself."""
    seen: set[str] = set()
    name = category
    while name is not None and name not in reciprocity.ratio and name not in seen:
        seen.add(name)
        around = agreement.categories.get(name)
        name = around.in_ if around is not None else None
    return name if name in reciprocity.ratio else category


def _entries_by_day(accounts: Accounts, account: Account, tick: int, known: int) -> dict[date, tuple[str, ...]]:
    """The ids of the entries behind an account's figures, by the day on which they happened."""
    book = accounts.book
    found: defaultdict[date, list[str]] = defaultdict(list)
    for entry in sorted(account.entries, key=book.order):
        at = book.tick(entry, low=True)
        if at <= tick and book.stands(entry, known):
            found[accounts.clockwork.date_of(at)].append(entry.id)
    return {day: tuple(ids) for day, ids in found.items()}
