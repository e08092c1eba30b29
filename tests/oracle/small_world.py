"""A small world walked day by day: three linked commitments, every history of up to three handovers in six days.

Nothing here evaluates an agreement: the three commitments are written into a machine that counts. Linked are: `first`
(1 by day 1, 2 by day 2), `second` (3 by day 3; waits for all of `first`, and so does its clock) and `third` (1 by
day 4, from day 2 on; waits until `first` has started, its clock does not; counts toward `second`). One handover of
`first` or `third` is one person, one of `second` is three. 1,330 histories seen on seven days are 9,310 states.
"""

from collections import Counter
from datetime import date, timedelta
from itertools import combinations_with_replacement

START = date(2025, 1, 1)
DAYS = range(1, 7)
SEEN_ON = range(1, 8)
PERSONS = {"first": 1, "second": 3, "third": 1}

AGREEMENT = """\
format: quittance-agreement/1
id: small-world
title: Three linked commitments
parties:
  a: {name: A, standing: signatory}
  b: {name: B, standing: signatory}
  watch: {name: Watch, standing: verifier}
instruments: {pact: {kind: agreement, between: [a, b], in_force: 2025-01-01, source: "example"}}
calendar: {timezone: UTC, start: 2025-01-01, day_count: exclude_first}
verification: {rules: [{verified_when: {attested_by: watch}}]}
commitments:
  - {id: first, of: pact, by: a, to: b, mode: achieve, act: release, amount: {exactly: 2, unit: persons},
     when: {schedule: [{at: day 1, total: 1}, {at: day 2, total: 2}]}, source: "example"}
  - {id: second, of: pact, by: b, to: a, mode: achieve, act: release, amount: {exactly: 3, unit: persons},
     when: {by: day 3}, requires: [{complete: first, clock: toll}], source: "example"}
  - {id: third, of: pact, by: b, to: a, mode: achieve, act: release, amount: {exactly: 1, unit: persons},
     when: {from: day 2, by: day 4}, requires: [{started: first, clock: run}], counts_toward: second, source: "example"}
"""


def histories():
    """Every history: up to three handovers, each (day, commitment); more than one may be alike."""
    handovers = [(day, name) for day in DAYS for name in PERSONS]
    for count in range(4):
        yield from combinations_with_replacement(handovers, count)


def journal(history):
    """The lines of the journal that tells a history, all said by the body that verifies."""
    lines = ['{"format":"quittance-journal/1","agreement":"small-world"}']
    for number, (day, name) in enumerate(history):
        lines.append(
            f'{{"id":"e{number}","at":"{text_of(day)}","kind":"perform","of":["{name}"],"n":{PERSONS[name]},"by":"watch"}}'
        )
    return lines


def text_of(day):
    """A day of the world as a date; None stays None."""
    return None if day is None else (START + timedelta(days=day)).isoformat()


class World:
    """The three counters, what was missed on the way, and the days on which each was done."""

    def __init__(self):
        self.day = 0
        self.first = self.second = self.third = 0
        self.first_done = self.second_done = self.third_done = None
        self.first_missed = self.second_missed = self.third_missed = 0
        self.second_deadline = None

    def live_through(self, day, handed):
        """One day: first what the night before made late, then what was handed over."""
        yesterday = day - 1
        if yesterday == 1 and self.first < 1:
            self.first_missed += 1
        if yesterday == 2 and self.first < 2:
            self.first_missed += 1
        if self.second_deadline is not None and yesterday == self.second_deadline and self.second < 3:
            self.second_missed += 1
        if yesterday == 4 and self.third < 1:
            self.third_missed += 1
        self.day = day
        self.first += handed["first"]
        self.third += handed["third"]
        self.second += 3 * handed["second"] + handed["third"]
        if self.first_done is None and self.first >= 2:
            self.first_done = day
            self.second_deadline = 3 if day < 3 else day
        if self.second_done is None and self.second >= 3:
            self.second_done = day
        if self.third_done is None and self.third >= 1:
            self.third_done = day

    def expected(self):
        """What must be said of each commitment tonight."""
        return {"first": self.say_first(), "second": self.say_second(), "third": self.say_third()}

    def say_first(self):
        """Two steps and nothing to wait for."""
        required = 2 if self.day > 2 else 1 if self.day > 1 else 0
        if self.first_done is not None:
            status = "fulfilled" if self.first_done <= 2 else "fulfilled_late"
        elif self.first < required:
            status = "overdue"
        else:
            status = "in_progress" if self.first else "due"
        return saying(status, self.first, required, 2, self.first_missed, done=self.first_done)

    def say_second(self):
        """Its clock waits for the first: without it no deadline; with it day 3, or the day on which it came."""
        deadline, blocked, past = self.second_deadline, [], 0
        required = 3 if deadline is not None and self.day > deadline else 0
        if self.second_done is not None:
            late = deadline is not None and self.second_done > deadline
            status = "fulfilled_late" if late else "fulfilled"
        elif self.first_done is None:
            status, blocked, past = "blocked", ["complete:first"], max(0, self.day - 3)
        elif self.second < required:
            status = "overdue"
        else:
            status = "in_progress" if self.second else "due"
        return saying(status, self.second, required, deadline, self.second_missed, blocked, past, self.second_done)

    def say_third(self):
        """A part of the second: moot once that is done. Its clock runs while it waits."""
        blocked, past, done = [], 0, None
        required = 1 if self.day > 4 else 0
        if self.second_done is not None and self.third == 0:
            status = "superseded"
        elif self.day < 2:
            status = "pending"
        elif self.third_done is not None:
            status, done = ("fulfilled" if self.third_done <= 4 else "fulfilled_late"), self.third_done
        elif self.first == 0:
            status, blocked, past = "blocked", ["started:first"], max(0, self.day - 4)
        else:
            status = "overdue" if required else "due"
        return saying(status, self.third, required, 4, self.third_missed, blocked, past, done)


def saying(status, low, required, deadline, late_steps, blocked_by=(), past_nominal_days=0, done=None):
    """The keys that are compared."""
    return {
        "status": status,
        "low": low,
        "high": low,
        "required": required,
        "deadline": text_of(deadline),
        "late_steps": late_steps,
        "blocked_by": list(blocked_by),
        "past_nominal_days": past_nominal_days,
        "done_on": text_of(done),
        "disputed": [],
    }


def states():
    """(agreement, journal lines, as_of, {commitment: expected keys}) of each of the 9,310 states."""
    for history in histories():
        world, lines = World(), journal(history)
        for day in SEEN_ON:
            world.live_through(day, Counter(name for when, name in history if when == day))
            yield AGREEMENT, lines, START + timedelta(days=day), world.expected()
