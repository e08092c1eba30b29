"""Random journals for any agreement: as a hypothesis strategy (`journals`), and by a number (`seeded`)."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from hypothesis import strategies as st

from quittance.agreement.journal import load_journal
from quittance.agreement.load import load_agreement
from quittance.dates import parse_moment

DATA = Path(__file__).parent / "data"
SPAN = 20
"""Days on which entries and questions fall, from the first day of an agreement on."""

COMMON = ("perform",) * 8 + ("total",) * 3 + ("level",) + ("attest",) * 3 + ("deny", "retract", "event")
RARE = (
    "violate", "violate", "breach_finding", "close", "waive", "supersede", "accept", "reject", "position",
    "dispute", "resolve", "exercise", "exercise", "exercise", "choice", "person_state", "person_state",
    "list_give", "list_agree", "classify", "withhold", "replace",
)  # fmt: skip
"""Kinds of entries, those that come often and the others, each as often as it stands here."""


@cache
def rich(granularity="day"):
    """The agreement of data/rich.yaml; by the instant, its spans of two days are 36 hours."""
    text = (DATA / "rich.yaml").read_text("utf-8")
    if granularity == "instant":
        text = text.replace("granularity: day", "granularity: instant")
        text = text.replace("+ 2 days", "+ 36 hours").replace("within: 2 days", "within: 36 hours")
    return load_agreement(text.encode())


def journal_of(agreement, entries):
    """Plain values as a journal."""
    lines = [{"format": "quittance-journal/1", "agreement": agreement.id}, *entries]
    return load_journal("\n".join(map(json.dumps, lines)).encode())


def seeded(agreement, seed, most=16, kinds=COMMON + RARE):
    """(random source, list of entries): the journal number `seed`; the source goes on to draw dates."""
    source = random.Random(seed)
    return source, Writer(agreement, source, kinds).entries(source.randint(0, most))


def journals(agreement, most=16, kinds=COMMON + RARE):
    """A strategy of lists of entries."""

    def write(source, count):
        return Writer(agreement, source, kinds).entries(count)

    return st.builds(write, st.randoms(use_true_random=False), st.integers(0, most))


def moments(agreement):
    """A strategy of days, and of instants where the agreement counts in them."""
    return st.randoms(use_true_random=False).map(lambda source: parse_moment(Writer(agreement, source).moment()))


@dataclass
class Writer:
    """Writes entries that the agreement may know what to do with, and a few that it may not."""

    agreement: object
    source: random.Random
    kinds: tuple[str, ...] = COMMON + RARE

    def entries(self, count):
        """So many entries, in the order of the journal."""
        written = []
        for number in range(count):
            written.append(self.entry(f"e{number}", [one["id"] for one in written]))
        return written

    def moment(self):
        """A day, or sometimes an instant, as text."""
        first = self.agreement.calendar.start
        day = date(first.year, first.month, first.day) + timedelta(days=self.source.randrange(SPAN))
        if self.agreement.calendar.granularity == "instant" and self.source.random() < 0.6:
            return f"{day}T{self.source.randrange(24):02d}:{self.source.choice(['00', '30'])}:00Z"
        return str(day)

    def entry(self, name, earlier):
        """One entry; it may refer to earlier ones."""
        kind = self.source.choice(self.kinds)
        at = self.moment()
        entry = {"id": name, "at": at, "kind": kind, "by": self.party()}
        if self.source.random() < 0.3 and (known := self.moment())[:10] > at[:10]:
            entry["known"] = known
        entry.update(getattr(self, kind)(earlier, at))
        return entry

    # --- what is named -----------------------------------------------------------------------------------------------

    def party(self):
        return self.source.choice(list(self.agreement.parties))

    def of(self):
        names = [one.id for one in self.agreement.commitments]
        return self.source.sample(names, min(len(names), self.source.choice([1, 1, 1, 2])))

    def persons(self):
        return [f"P-{number}" for number in self.source.sample(range(1, 6), self.source.randint(1, 3))]

    def ref(self, earlier):
        return {"ref": self.source.choice(earlier or ["nowhere"])}

    def one_of(self, values, otherwise="nowhere"):
        values = list(values)
        return self.source.choice(values) if values else otherwise

    def chance(self, probability):
        return self.source.random() < probability

    # --- kinds -------------------------------------------------------------------------------------------------------

    def perform(self, earlier, at):
        entry, categories = {"of": self.of()}, list(self.agreement.categories)
        if self.chance(0.3):
            entry["persons"] = self.persons()
            count = len(entry["persons"])
        else:
            count = entry["n"] = self.source.randint(0, 5)
        if categories and self.chance(0.3):
            entry["cat"] = self.source.choice(categories)
        elif len(categories) > 1 and count > 1 and self.chance(0.3):
            entry["breakdown"] = {categories[0]: 1, categories[1]: count - 1}
        if self.chance(0.2):
            entry["party"] = self.party()
        if earlier and self.chance(0.2):
            entry["same_as"] = self.source.choice(earlier)
        return entry

    def total(self, earlier, at):
        return {"of": self.of(), "n": self.source.randint(0, 12)}

    level = total

    def attest(self, earlier, at):
        return self.ref(earlier) | {"verdict": self.source.choice(["verified", "verified", "rejected"])}

    def deny(self, earlier, at):
        return {"of": self.of()} if self.chance(0.5) else self.ref(earlier)

    def retract(self, earlier, at):
        return self.ref(earlier)

    def event(self, earlier, at):
        return {"name": self.source.choice(["ev", "fi"])}

    def violate(self, earlier, at):
        entry = {"of": self.of()}
        if self.chance(0.5):
            entry["party"] = self.party()
        if self.chance(0.3):
            entry["persons"] = self.persons()
        return entry

    def _about(self, earlier, at):
        return {"of": self.of()}

    breach_finding = close = waive = dispute = resolve = _about

    def supersede(self, earlier, at):
        return {"of": self.of(), "by_instrument": self.source.choice(list(self.agreement.instruments))}

    def accept(self, earlier, at):
        return {"instrument": self.source.choice(list(self.agreement.instruments))}

    reject = accept

    def position(self, earlier, at):
        patches = [
            {"owed": False},
            {"requires": []},
            {"when": {"by": "day 3"}},
            {"amount": {"exactly": 3, "unit": "persons"}},
        ]
        reads = {self.of()[0]: self.source.choice(patches)} if self.chance(0.8) else {}
        return {"from": at[:10], "reads": reads, "withdraws": self.chance(0.2)}

    def exercise(self, earlier, at):
        power = self.one_of(self.agreement.powers, None)
        entry = {"power": power.id if power else "nowhere"}
        if power and self.chance(0.8):
            entry["by"] = self.source.choice(power.holder)
        if self.chance(0.3):
            entry["persons"] = self.persons()
        elif self.chance(0.5):
            entry["n"] = self.source.randint(1, 4)
        if self.chance(0.3):
            entry["until"] = self.moment()
        if self.chance(0.3):
            entry["of"] = self.of()
        return entry

    def choice(self, earlier, at):
        wish = self.source.choice(["return", "decline", "third_country"])
        return {"of": self.of(), "persons": self.persons(), "choice": wish}

    def person_state(self, earlier, at):
        states = ["captured", "captured", "captured", "dead", "transferred", "not_held"]
        return {"persons": self.persons(), "state": self.source.choice(states)}

    def list_give(self, earlier, at):
        entry = {"list": self.one_of(self.agreement.lists)}
        if self.chance(0.5):
            entry["persons"] = self.persons()
        elif self.chance(0.5):
            entry["n"] = self.source.randint(1, 6)
        return entry

    list_agree = withhold = list_give

    def replace(self, earlier, at):
        return {
            "list": self.one_of(self.agreement.lists),
            "persons": self.persons(),
            "with": [f"P-{self.source.randint(6, 8)}"],
        }

    def classify(self, earlier, at):
        return {"person": self.persons()[0], "as": self.one_of(self.agreement.categories)}
