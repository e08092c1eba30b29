"""A population of invented people in families: brothers share father, grandfather, district, village and tribe.

A person is a row of columns; words and places are numbers of the stock, -1 where there is none. Names follow the use
of names, few of them very common, so homonyms are as frequent as in life.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from quittance.people.synthetic.chance import Chance, Flags, Ints, zipf
from quittance.people.synthetic.stock import Stock

BROTHERS = (0.60, 0.23, 0.11, 0.06)
"""Shares of families with one, two, three, four children in the population."""

SHARES = {"given": 0.60, "abd": 0.16, "llah": 0.16, "din": 0.08}
"""Shares of the kinds of given names: plain ones, abd-X, X-ullah, X-uddin."""

PATTERNS = (0.30, 0.38, 0.25, 0.07)
"""Shares of plain given names that stand alone, with a word before them, with one after them, with both."""

_FATHER_LISTED, _COUSIN, _WOMAN, _FAMILY, _KUNYA, _ALIAS = 0.10, 0.12, 0.02, 0.55, 0.05, 0.08
_NEAR_HOME = 0.7
_FIRST_CAPTURE, _LAST_CAPTURE = 731_000, 737_300  # 2002-05-26 to 2019-08-26
_BIRTH_MEAN, _BIRTH_DEVIATION = 725_000, 3_300  # late in 1985, nine years
_NONE = -1


@dataclass(frozen=True, slots=True)
class Given:
    """A given name each: a word before, the name itself, a word after."""

    lead: Ints
    base: Ints
    tail: Ints

    def of(self, rows: Ints) -> Given:
        """The names of these rows."""
        return Given(self.lead[rows], self.base[rows], self.tail[rows])


@dataclass(frozen=True, slots=True)
class Population:
    """People as columns of one length; `household` numbers the children of one father."""

    given: Given
    father: Given
    grandfather: Given
    household: Ints
    family: Ints
    family_is_written: Ints
    woman: Ints
    birth: Ints
    district: Ints
    village: Ints
    number: Ints
    identity: Ints
    capture: Ints
    capture_district: Ints
    facility: Ints
    kunya: Ints
    alias: Ints

    def __len__(self) -> int:
        return len(self.household)


def populate(count: int, seed: int, stock: Stock) -> Population:
    """So many people, drawn from the stock by the seed."""
    sizes = Chance(seed, 1).weighted(np.array(BROTHERS), count) + 1
    household = np.repeat(np.arange(count), sizes)[:count]
    families = int(household[-1]) + 1 if count else 0
    father = _given(Chance(seed, 2), stock, families)
    grandfather = _given(Chance(seed, 3), stock, families)
    home = _homes(Chance(seed, 4), stock, families)
    family = _family(Chance(seed, 5), stock, stock.places.province[home])
    written = Chance(seed, 6).happens(_FAMILY, families).astype(np.int64)
    origin = _origin(Chance(seed, 7), families)  # cousins have grandfather, home and tribe of the family before
    village = Chance(seed, 8).below(40, families)[origin]
    grandfather, home, family, written = grandfather.of(origin), home[origin], family[origin], written[origin]

    given = _given(Chance(seed, 9), stock, count)
    woman = Chance(seed, 10).happens(_WOMAN, count)
    women = stock.words["woman"]
    drawn = women.start + Chance(seed, 11).weighted(zipf(women.stop - women.start, 3.0), count)
    given = Given(
        np.where(woman, _NONE, given.lead), np.where(woman, drawn, given.base), np.where(woman, _NONE, given.tail)
    )
    birth, place = _births(Chance(seed, 12), household)
    father_rows, grandfather_rows = father.of(household), grandfather.of(household)
    given, father_rows, grandfather_rows, birth = _fathers(
        Chance(seed, 13), stock, given, father_rows, grandfather_rows, birth, place, woman
    )
    chance = Chance(seed, 14)
    near = chance.happens(_NEAR_HOME, count)
    away = _homes(chance, stock, count)
    alias, kunya = stock.words["given"], stock.words["kunya"]
    return Population(
        given=given,
        father=father_rows,
        grandfather=grandfather_rows,
        household=household,
        family=family[household],
        family_is_written=written[household],
        woman=woman.astype(np.int64),
        birth=birth,
        district=home[household],
        village=village[household],
        number=100_003 + 13 * chance.shuffled(count),
        identity=1_000_117 + 31 * chance.shuffled(count),
        capture=_FIRST_CAPTURE + chance.below(_LAST_CAPTURE - _FIRST_CAPTURE, count),
        capture_district=np.where(near, home[household], away),
        facility=chance.weighted(zipf(12, 2.0), count),
        kunya=_some(chance, _KUNYA, kunya, count),
        alias=_some(chance, _ALIAS, alias, count),
    )


def _some(chance: Chance, rate: float, words: slice, count: int) -> Ints:
    drawn = words.start + chance.below(words.stop - words.start, count)
    return np.where(chance.happens(rate, count), drawn, _NONE)


def _given(chance: Chance, stock: Stock, count: int) -> Given:
    """Given names: plain ones, abd-X, X-ullah and X-uddin; most of them with a word before or after."""
    kinds = [stock.words[kind] for kind in SHARES]
    ranks = [zipf(words.stop - words.start) for words in kinds]
    weights = [share * rank / rank.sum() for share, rank in zip(SHARES.values(), ranks, strict=True)]
    numbers = np.concatenate([np.arange(words.start, words.stop) for words in kinds])
    base = numbers[chance.weighted(np.concatenate(weights), count)]
    pattern = chance.weighted(np.array(PATTERNS), count)
    plain = base < stock.words["given"].stop
    rare = chance.happens(0.25, count)
    lead = _one_of(chance, stock.words["lead"], count, 0.7)
    tail = _one_of(chance, stock.words["tail"], count, 2.0)
    use = plain | rare
    return Given(np.where(use & (pattern % 2 == 1), lead, _NONE), base, np.where(use & (pattern >= 2), tail, _NONE))


def _one_of(chance: Chance, words: slice, count: int, offset: float) -> Ints:
    drawn: Ints = words.start + chance.weighted(zipf(words.stop - words.start, offset), count)
    return drawn


def _homes(chance: Chance, stock: Stock, count: int) -> Ints:
    """Districts: a province by its weight, a district of it by its own."""
    places = stock.places
    shares = places.weight[places.provinces :].copy()
    province = places.province[places.provinces :]
    total = np.bincount(province, weights=shares, minlength=places.provinces)
    drawn: Ints = places.provinces + chance.weighted(shares / total[province] * places.weight[province], count)
    return drawn


def _family(chance: Chance, stock: Stock, province: Ints) -> Ints:
    """Family endings: the ranks are turned by the province, so that each has its own common ones."""
    words = stock.words["family"]
    size = words.stop - words.start
    turn = np.where(chance.happens(0.6, len(province)), 11 * province, 0)
    drawn: Ints = words.start + (chance.weighted(zipf(size, 3.0), len(province)) + turn) % size
    return drawn


def _origin(chance: Chance, families: int) -> Ints:
    """The family whose grandfather each family has: its own, or for cousins that of the family before."""
    numbers = np.arange(families)
    cousin = chance.happens(_COUSIN, families) & (numbers > 0)
    origin: Ints = np.maximum.accumulate(np.where(cousin, -1, numbers))
    return origin


def _births(chance: Chance, household: Ints) -> tuple[Ints, Ints]:
    """Days of birth, brothers one to five years apart, and the place of each among his brothers."""
    count = len(household)
    first = np.searchsorted(household, household)
    place = np.arange(count) - first
    bell = sum((chance.shares(count) for _ in range(12)), start=np.full(count, -6.0))  # nearly normal, and exact
    eldest = _BIRTH_MEAN + np.clip(bell, -3.0, 1.9) * _BIRTH_DEVIATION
    gap = 365 + chance.below(4 * 365, count)
    total = np.cumsum(np.where(place > 0, gap, 0))
    return (eldest[first] + total - total[first]).astype(np.int64), place


def _fathers(
    chance: Chance,
    stock: Stock,
    given: Given,
    father: Given,
    grandfather: Given,
    birth: Ints,
    place: Ints,
    woman: Flags,
) -> tuple[Given, Given, Given, Ints]:
    """In a tenth of the families with several people the first is the father of the others."""
    count = len(place)
    several = np.append(place[1:] == 1, False) if count else np.zeros(0, bool)
    chosen = (place == 0) & several & ~woman & chance.happens(_FATHER_LISTED, count)
    above = _given(chance, stock, count)
    older = birth - 20 * 365 - chance.below(15 * 365, count)

    def where(yes: Given, no: Given) -> Given:
        return Given(*(np.where(chosen, getattr(yes, part), getattr(no, part)) for part in ("lead", "base", "tail")))

    return where(father, given), where(grandfather, father), where(above, grandfather), np.where(chosen, older, birth)
