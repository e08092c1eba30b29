"""How a list of invented people is typed: column by column, in one script and calendar, with the errors of a noise."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat

import numpy as np

from quittance.people.model import ListEntry
from quittance.people.synthetic.calendars import written
from quittance.people.synthetic.chance import Chance, Flags, Ints
from quittance.people.synthetic.letters import lam_alef_turned, on_arabic_keyboard, slipped
from quittance.people.synthetic.noise import Noise
from quittance.people.synthetic.population import Given, Population
from quittance.people.synthetic.stock import Spellings, Stock, Texts

CALENDARS = ("gregorian", "sh", "ah")
AUTHORITY = "invented-1"
"""Whose numbers the invented numbers are."""

_SON_OF = {"latin": " walad ", "arabic": " ولد ", "cyrillic": " валад "}
_KUNYA = {"latin": "Abu ", "arabic": "ابو ", "cyrillic": "Абу "}
_ABOUT = 2
_EASTERN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_SEXES = np.array(["m", "f"], dtype=object)
_DAYS_OF_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class Hand:
    """Who types: the script, the calendar, the errors, and the day of the list (an ordinal), for ages."""

    script: str
    calendar: str
    noise: Noise
    listed_on: int


def entries(people: Population, rows: Ints, stock: Stock, hand: Hand, seed: int, side: int) -> tuple[ListEntry, ...]:
    """The people of these rows as lines of a list, one after the other; their ids say that they are invented."""
    writer = _Writer(people, rows, stock, hand, seed, side)
    columns = writer.columns()
    label = "AB"[side]
    pids = [f"INVENTED-{label}-{number:07d}" for number in range(1, len(rows) + 1)]
    return tuple(map(ListEntry, pids, *(column.tolist() for column in columns), repeat(hand.calendar)))


class _Writer:
    """One list in the making; each column draws from its own stream of chance."""

    def __init__(self, people: Population, rows: Ints, stock: Stock, hand: Hand, seed: int, side: int) -> None:
        self._people, self._rows, self._stock, self._hand = people, rows, stock, hand
        self._noise, self._script = hand.noise, hand.script
        self._words, self._places = stock.spellings[hand.script], stock.places.spellings[hand.script]
        self._count = len(rows)
        self._seed, self._side, self._purpose = seed, side, 0

    def columns(self) -> tuple[Texts, ...]:
        """The columns of a list entry from `name` to `facility`."""
        people, rows, noise = self._people, self._rows, self._noise
        chance = self._chance()
        father = self._typed(self._given(people.father.of(rows), chance))
        shown = self._shown("father", chance)
        name = self._name(np.where(~shown & chance.happens(noise.father_in_name, self._count), father, ""))
        district, province = self._home()
        number, identity = self._number("prisoner_no", people.number), self._number("id_no", people.identity)
        return (
            name,
            self._word("aliases", people.alias),
            _joined(_KUNYA[self._script], self._word("kunya", people.kunya)),
            np.where(shown, father, ""),
            self._grandfather(),
            self._birth(),
            np.where(self._shown("sex", self._chance()), _SEXES[people.woman[rows]], ""),
            province,
            district,
            self._village(),
            self._word("tribe", people.family),
            number,
            np.where(number != "", AUTHORITY, ""),
            identity,
            self._capture(),
            self._capture_place(),
            self._facility(),
        )

    def _chance(self) -> Chance:
        self._purpose += 1
        return Chance(self._seed, 100, self._side, self._purpose)

    def _shown(self, field: str, chance: Chance) -> Flags:
        return ~chance.happens(self._noise.missing.get(field, 0.0), self._count)

    def _spelled(self, words: Ints, chance: Chance, spellings: Spellings | None = None) -> Texts:
        """Each word as it is usually spelled or in another real way, divided as usual or not; -1 is nothing."""
        table, noise = spellings or self._words, self._noise
        more = table.count[words] - 1
        other = chance.happens(noise.respelling, self._count) & (more > 0)
        drawn = 1 + chance.below(np.maximum(more, 1), self._count)
        division = chance.happens(noise.division, self._count).astype(np.int64)
        return np.where(words >= 0, table.forms[division, words, np.where(other, drawn, 0)], "")

    def _given(self, given: Given, chance: Chance) -> Texts:
        parts = [self._spelled(part, chance) for part in (given.lead, given.base, given.tail)]
        return self._beside(self._beside(parts[0], parts[1], chance), parts[2], chance)

    def _beside(self, left: Texts, right: Texts, chance: Chance) -> Texts:
        """Two columns side by side, a space between them unless they are written together."""
        both = (left != "") & (right != "")
        together = chance.happens(self._noise.division / 2, self._count)
        small = np.where(together & both, _lowered(right), right) if self._script != "arabic" else right
        joined: Texts = left + np.where(both & ~together, " ", "") + small
        return joined

    def _typed(self, texts: Texts) -> Texts:
        """The texts with slips of the hand and, in Arabic script, of keyboard and PDF."""
        chance, noise = self._chance(), self._noise
        texts = slipped(texts, noise.letters, self._script, chance)
        if self._script == "arabic":
            texts = on_arabic_keyboard(texts, chance.happens(noise.keyboard, self._count))
            texts = lam_alef_turned(texts, chance.happens(noise.lam_alef, self._count))
        return texts

    def _name(self, father: Texts) -> Texts:
        people, rows, noise, chance = self._people, self._rows, self._noise, self._chance()
        given = people.given.of(rows)
        cut = chance.happens(noise.cut, self._count)
        lead = np.where(cut, -1, given.lead)
        tail = np.where(cut & (given.lead < 0), -1, given.tail)
        own = self._given(Given(lead, given.base, tail), chance)
        dropped = chance.happens(noise.ending, self._count) | (people.family_is_written[rows] == 0)
        family = self._spelled(np.where(dropped, -1, people.family[rows]), chance)
        turned = chance.happens(noise.order, self._count) & (family != "")
        comma = ", " if self._script == "latin" else " "
        name = np.where(turned, family + comma + own, own + np.where(family != "", " ", "") + family)
        titles = self._stock.words["title"]
        title = titles.start + chance.below(titles.stop - titles.start, self._count)
        titled = self._spelled(np.where(chance.happens(noise.title, self._count), title, -1), chance)
        name = self._typed(titled + np.where(titled != "", " ", "") + name)
        whole: Texts = name + _joined(_SON_OF[self._script], father)
        return whole

    def _word(self, field: str, column: Ints) -> Texts:
        chance = self._chance()
        words = np.where(self._shown(field, chance), column[self._rows], -1)
        return self._typed(self._spelled(words, chance))

    def _grandfather(self) -> Texts:
        chance = self._chance()
        spelled = self._given(self._people.grandfather.of(self._rows), chance)
        return np.where(self._shown("grandfather", chance), self._typed(spelled), "")

    def _home(self) -> tuple[Texts, Texts]:
        """District and province, some of them another one than the truth."""
        chance, noise, places = self._chance(), self._noise, self._stock.places
        district = self._people.district[self._rows]
        total = len(places.weight) - places.provinces
        elsewhere = places.provinces + chance.below(total, self._count)
        shown = np.where(chance.happens(noise.place, self._count), elsewhere, district)
        province = places.province[np.where(chance.happens(noise.place, self._count), elsewhere, district)]
        texts = [
            self._spelled(np.where(self._shown(field, chance), words, -1), chance, self._places)
            for field, words in (("district", shown), ("province", province))
        ]
        return texts[0], texts[1]

    def _village(self) -> Texts:
        """A village of the district: one of few patterns with a given name in it, the same for the same number."""
        chance = self._chance()
        shown = self._shown("village", chance)
        where = self._people.district[self._rows] * 41 + self._people.village[self._rows]
        words, patterns = self._stock.words["given"], self._stock.villages[self._script]
        named = self._spelled(words.start + where * 7 % (words.stop - words.start), chance)
        kind = where * 13 % len(patterns)
        halves = np.array([pattern.split("{}") for pattern in patterns], dtype=object)
        return np.where(shown, self._typed(halves[kind, 0] + named + halves[kind, 1]), "")

    def _birth(self) -> Texts:
        chance, noise, count = self._chance(), self._noise, self._count
        size = 1 + chance.weighted(np.array([0.6, 0.25, 0.15]), count)
        sign = np.where(chance.happens(0.5, count), 1, -1)
        off = np.where(chance.happens(noise.year_off, count), size * sign, 0)
        marked = chance.shares(count) < noise.year_about * np.where((off != 0) & (size <= _ABOUT), 2.0, 1.0)
        days = self._people.birth[self._rows] + np.round(off * _DAYS_OF_YEAR).astype(np.int64)
        year = self._numeral(written(days, self._hand.calendar)[0])
        aged = chance.happens(noise.age, count) & ~marked
        age = np.floor((self._hand.listed_on - days) / _DAYS_OF_YEAR).astype(np.int64)
        on = "@" + "-".join(f"{int(part[0]):02d}" for part in written(np.array([self._hand.listed_on]), "gregorian"))
        text = np.where(aged, "age:" + _texts(age) + on, year + np.where(marked, "~", ""))
        return np.where(self._shown("birth", chance), text, "")

    def _numeral(self, numbers: Ints) -> Texts:
        """Whole numbers in digits: eastern ones in Arabic script beside a calendar of the hijra."""
        texts = _texts(numbers)
        if self._script == "arabic" and self._hand.calendar != "gregorian":
            texts = np.array([text.translate(_EASTERN) for text in texts], dtype=object)
        return texts

    def _number(self, field: str, numbers: Ints) -> Texts:
        """A number with its errors: a digit wrong, or copied from the row before."""
        chance, rate = self._chance(), self._noise.number
        own = numbers[self._rows]
        copied = np.where(chance.happens(rate / 5, self._count), np.roll(own, 1), own)
        place = 10 ** chance.below(5, self._count)
        digit = copied // place % 10
        wrong = copied + ((digit + 1 + chance.below(9, self._count)) % 10 - digit) * place
        shown = np.where(chance.happens(rate, self._count), wrong, copied)
        return np.where(self._shown(field, chance), _texts(shown), "")

    def _capture(self) -> Texts:
        chance, noise, count = self._chance(), self._noise, self._count
        span = np.where(chance.happens(0.25, count), 60, 7)
        off = chance.below(2 * span + 1, count) - span
        days = self._people.capture[self._rows] + np.where(chance.happens(noise.day_off, count), off, 0)
        year, month, day = written(days, self._hand.calendar)
        text = _texts(year) + np.where(month < 10, "-0", "-") + _texts(month)
        text = text + np.where(day < 10, "-0", "-") + _texts(day)
        return np.where(self._shown("capture_date", chance), text, "")

    def _capture_place(self) -> Texts:
        chance = self._chance()
        words = np.where(self._shown("capture_place", chance), self._people.capture_district[self._rows], -1)
        return self._spelled(words, chance, self._places)

    def _facility(self) -> Texts:
        """A facility is called by the province that it lies in."""
        chance = self._chance()
        words = np.where(self._shown("facility", chance), self._people.facility[self._rows], -1)
        return self._spelled(words, chance, self._places)


def _texts(numbers: Ints) -> Texts:
    """Whole numbers as texts."""
    return np.array(list(map(str, numbers.tolist())), dtype=object)


def _joined(before: str, texts: Texts) -> Texts:
    """`before` and each text, nothing where the text is empty."""
    return np.where(texts != "", before + texts, "")


def _lowered(texts: Texts) -> Texts:
    return np.array([text[:1].lower() + text[1:] for text in texts], dtype=object)
