"""When: ticks, time expressions, powers, choices. Part of the plain evaluator."""

from datetime import UTC, date, datetime

from quittance.agreement.journal import moment_of
from quittance.dates import DateError, Duration, is_instant

from .said import Said, remembered


class Times(Said):
    """The points in time that one reading speaks of, and the powers and choices that take effect at some."""

    # --- time (1.4) ------------------------------------------------------------------------------------------------

    @property
    def ticks(self):
        """Every tick up to now on which something may begin or end."""
        if "ticks" not in self.memory:
            self.memory["ticks"] = self.all_ticks()
        return self.memory["ticks"]

    def all_ticks(self):
        """Every day; with instants, both ends of every day and all instants that entries, powers and periods bring."""
        agreement, span = self.agreement, self.clock.span
        marks = {span(agreement.calendar.start), *(span(i.begin) for i in agreement.instruments.values() if i.begin)}
        marks |= {span(moment_of(e.at)) for e in self.known.entries}
        marks |= {span(one.given) for one in agreement.lists.values() if one.given}
        first = min(mark.first for mark in marks)
        days = range(self.clock.day_of(first), self.clock.day_of(self.now) + 1)
        if not self.clock.instants:
            return list(days)
        marks |= {span(date.fromordinal(day)) for day in days}
        points = {point for mark in marks for point in mark}
        for e in self.known.entries:
            power = self.power(e.power) if e.kind == "exercise" else None
            if power and power.notice:
                points |= set(span(self.plus(moment_of(e.at), power.notice)))
            if power and e.until:
                points.add(span(moment_of(e.until)).last + 1)
        untils = [c.when.until for c in self.commitments.values()] + [i.ends for i in agreement.instruments.values()]
        for time in untils:
            for point in sorted(points) if time else ():
                moved = self.plus(time.moment or self.clock.moment_at(point), *time.plus)
                points |= {span(moved).last + 1} if moved else set()
        return sorted(point for point in points if first <= point <= self.now)

    def anchor(self, tick, world):
        """The moment to count from after something that came about at this tick: its day where no hour was told."""
        day = self.clock.date_of(tick)
        return day if self.clock.span(day)[0 if world == "high" else 1] == tick else self.clock.moment_at(tick)

    def plus(self, moment, *durations, world="low"):
        """A moment and what is added to it; None where the calendar refuses.

        Hours after a day count from its end in the low world, from its start in the high one; without hours a moment
        to count from is a day.
        """
        for duration in durations:
            if duration.unit == "hours" and not is_instant(moment):
                moment = datetime.fromtimestamp(self.clock.span(moment)[0 if world == "high" else 1], UTC)
            try:
                moment = self.clock.add(moment, duration)
            except DateError:
                return None
        return moment

    def moment(self, time, cid, world, t, that=None):
        """The moment of a time expression as far as it is known on t, else None."""
        base = None
        if time.base == "moment":
            base = time.moment
        elif time.base == "start":
            base = self.agreement.calendar.start
        elif time.base == "in_force":
            base = self.agreement.instruments[self.commitments[cid].of].begin
        elif time.base == "day":
            base = self.clock.day_number(time.day)
        elif time.base == "that":
            base = that
        elif time.base == "state":
            base = None  # the day on which one person enters a state: `course` knows whom it is about
        elif time.base == "event":
            events = [e for e in self.known.of_kind(world, t, "event") if e.name == time.name]
            base = moment_of(events[0].at) if events else None
        else:
            first = self.first_day(time.base, time.name, world)
            base = self.anchor(first, world) if first is not None and first <= t else None
        if base is not None and time.waits and not time.uses("hours"):
            base = self.clock.local_day(base)
        return None if base is None else self.plus(base, *time.plus, world=world)

    def last(self, time, cid, world, t, that=None):
        """The last good tick of a time expression; None where it is not given or not known."""
        moment = self.moment(time, cid, world, t, that) if time is not None else None
        return None if moment is None else self.clock.span(moment).last

    @remembered
    def first_day(self, what, cid, world):
        """The first tick up to now on which a commitment was `started` or `complete` (settled)."""
        holds = {
            "started": lambda t: self.amount(cid, world, t) > 0,
            "complete": lambda t: self.settled(cid, world, t),
        }[what]
        return next((t for t in self.ticks if holds(t)), None)

    # --- powers (1.2) ----------------------------------------------------------------------------------------------

    def power(self, name):
        """A power by its id."""
        return next((power for power in self.agreement.powers if power.id == name), None)

    def fault(self, exercise, world):
        """Why an exercise changes nothing: `power_not_held`, `power_expired`; None where it counts."""
        power = self.power(exercise.power)
        if exercise.by not in power.holder:
            return "power_not_held"
        until = self.last(power.until, power.over[0], world, self.now)
        if until is not None and self.known.tick(exercise, world) > until:
            return "power_expired"
        return None

    @remembered
    def exercises(self, effect, cid, world):
        """[(tick of effect, entry, power)] of the exercises of one effect over a commitment, in order."""
        found = []
        for e in self.known.of_kind(world, self.now, "exercise"):
            power = self.power(e.power)
            if (
                power is None
                or power.effect != effect
                or cid not in power.over
                or (e.of is not None and cid not in e.of)
            ):
                continue
            if self.fault(e, world):
                continue
            span = self.clock.span(moment_of(e.at))
            tick = span.last if world == "low" else span.first
            if power.notice:
                tick = self.clock.span(self.plus(self.clock.local_day(moment_of(e.at)), power.notice)).first
            found.append((tick, e, power))
        return sorted(found, key=lambda one: (one[0], one[1].seq, one[1].id))

    def suspensions(self, cid, world, t):
        """Ids of the powers under which a commitment is suspended on t."""
        ends = [(tick, e.seq) for tick, e, _ in self.exercises("resume", cid, world) or () if tick <= t]
        held = []
        for tick, e, power in self.exercises("suspend", cid, world) or ():
            over = e.until is not None and t > self.clock.span(moment_of(e.until)).last
            if tick <= t and not over and not any(end > (tick, e.seq) for end in ends) and power.id not in held:
                held.append(power.id)
        return held

    def withheld(self, counts, cid, world, t):
        """(persons, further number) out of reach by `withhold_named` powers that count them in this way."""
        persons, further = set(), 0
        for tick, e, power in self.exercises("withhold_named", cid, world) or ():
            if tick <= t and power.counts == counts:
                persons |= set(e.persons or ())
                further += (e.n or 0) if not e.persons else 0
        return persons, further

    def extended(self, ticks, cid, world, t):
        """Ticks after the exercises of `extend`: those not yet past move by so many days, or the last to a day."""
        for effective, e, _ in self.exercises("extend", cid, world) or ():
            if effective > t or not ticks or max(ticks) < effective:
                continue
            days = e.n
            if days is None and e.until is not None:
                until = self.clock.day_of(self.clock.span(moment_of(e.until)).last)
                days = max(0, until - self.clock.day_of(max(ticks)))
            moved = [self.plus(self.clock.moment_at(tick), Duration(days or 0, "days")) for tick in ticks]
            ticks = [
                tick if tick < effective else self.clock.span(new).last for tick, new in zip(ticks, moved, strict=True)
            ]
        return ticks

    # --- choices (3.3) ---------------------------------------------------------------------------------------------

    def list_of(self, category):
        """The id of the list of a category, or of the nearest one that it lies in."""
        return self.agreement.price_of(category, "list")

    def window_end(self, cid, world, t):
        """Until when a choice may be changed; None while there is no end."""
        name = self.list_of(self.commitments[cid].what)
        if name and self.agreement.lists[name].due:
            return self.last(self.agreement.lists[name].due, cid, world, t)
        ends = [
            self.last(power.until, cid, world, t)
            for power in self.agreement.powers
            if power.effect in ("choose_names", "replace_name") and cid in power.over
        ]
        return min((end for end in ends if end is not None), default=None)

    def excused(self, cid, world, t):
        """(persons, further number) that leave the total by choices and powers."""
        persons, further = self.withheld("excused", cid, world, t)
        name = self.list_of(self.commitments[cid].what)
        if name and self.agreement.lists[name].replaceable:
            return persons, further
        end, chosen = self.window_end(cid, world, t), {}
        for e in self.known.of_kind(world, t, "choice"):
            if cid in e.of and (end is None or self.known.tick(e, world) <= end):
                chosen |= dict.fromkeys(e.persons, e.choice)
        return persons | {person for person, choice in chosen.items() if choice != "return"}, further


def times_of(c):
    """The time expressions of a commitment."""
    when = c.when
    times = [when.by, when.from_, when.until, *(step.at for step in when.schedule)]
    times += [when.pace.from_ if when.pace else None, when.extends.max if when.extends else None]
    return [time for time in times if time is not None]
