"""What is owed: totals, prices, persons, steps and periods on a day. Part of the plain evaluator."""

from quittance.agreement.journal import moment_of
from quittance.dates import Duration

from .said import NOT_REJECTED, VERIFIED, remembered
from .times import Times

PRICES = ("counts_as", "counts_as_group", "with_group")


class Terms(Times):
    """What is owed and by when, in one reading; `course` adds what has become of it."""

    # --- totals (1.3) ----------------------------------------------------------------------------------------------

    def is_rate_or_state(self, cid):
        """Whether it is a promise to keep or to refrain, which has no total."""
        return self.commitments[cid].mode in ("refrain", "maintain")

    @remembered
    def total(self, cid, world, t):
        """How much is owed in all; None where that is not known (yet)."""
        c = self.commitments[cid]
        if self.is_rate_or_state(cid):
            return None
        if c.for_each is not None:
            return len(self.started_persons(cid, world, t))
        whole = self.whole_amount(cid, world, t)
        if whole is None:
            return None
        persons, further = self.excused(cid, world, t)
        return max(0, whole - len(persons) - further)

    def whole_amount(self, cid, world, t):
        """The amount of the text before anybody is excused."""
        amount = self.commitments[cid].amount
        if amount is None:
            return None
        for form in ("exactly", "at_least", "up_to"):
            if (number := getattr(amount, form)) is not None:
                return number
        if self.is_level(cid):
            return amount.from_level - amount.level_at_most
        if amount.accrues is not None:
            return sum(self.owed(cid, world, t).values()) if self.settled(amount.accrues.from_, world, t) else None
        category = self.agreement.categories[amount.all_of]
        size = self.agreed_size(category.list, world, t) if category.list else None
        parts = [self.total(part, world, t) for part in amount.after]
        return None if size is None or None in parts else max(0, size - sum(parts))

    def given_names(self, name, world, t, *kinds):
        """The entries about a list, in order."""
        return [e for e in self.known.of_kind(world, t, *kinds) if e.list_ == name]

    def size_of_list(self, name, world, t):
        """Persons of the newest list given, else its number, else the size in the file."""
        given = self.given_names(name, world, t, "list_give", "list_agree")
        persons = [e for e in given if e.persons is not None]
        numbers = [e for e in given if e.n is not None]
        return (
            len(set(persons[-1].persons)) if persons else numbers[-1].n if numbers else self.agreement.lists[name].size
        )

    def agreed_size(self, name, world, t):
        """The size of an agreed list; None before both sides gave or agreed to it."""
        names = self.agreement.lists[name]
        heard = {e.by for e in self.given_names(name, world, t, "list_give", "list_agree")}
        if names.given:
            span = self.clock.span(names.given)
            heard |= {names.from_} if (span.last if world == "low" else span.first) <= t else set()
        return self.size_of_list(name, world, t) if names.agreed or {names.from_, names.to} <= heard else None

    # --- accrual, weights (1.3) ------------------------------------------------------------------------------------

    def owner(self, category, field):
        """The nearest category, from this one upward, that has the field."""
        while category in self.agreement.categories:
            if getattr(self.agreement.categories[category], field) not in (None, {}):
                return category
            category = self.agreement.categories[category].in_
        return None

    def prices(self, handovers, source, price, own_category, states):
        """[(entry, {category: number owed for it})] of handovers in their order."""
        members, result = {}, []
        for e in handovers:
            owed = {}

            def add(category, number, owed=owed):
                owed[category] = owed.get(category, 0) + number

            for category, n in self.portions(e, source):
                if not self.stands(e, source, category, states):
                    continue
                if isinstance(price, int):
                    add(own_category, price * n)
                elif not (e.cat or e.breakdown):
                    continue
                elif price == "weight":
                    add(own_category, (self.agreement.price_of(category, "weight") or 0) * n)
                else:
                    self.add_prices(category, n, members, add)
            result.append((e, owed))
        return result

    def add_prices(self, category, n, members, add):
        """The price of n more of a category, one after the other, beside those who came before."""
        owners = {field: self.owner(category, field) for field in PRICES}
        for _ in range(n):
            for group in {owner for owner in owners.values() if owner}:
                members[group] = members.get(group, 0) + 1
            for field, owner in owners.items():
                if owner is None:
                    continue
                size, place = self.agreement.categories[owner].size, members[owner]
                for owed, number in getattr(self.agreement.categories[owner], field).items():
                    if field == "counts_as":
                        add(owed, number)
                    elif size is None or place > size:
                        continue
                    elif field == "counts_as_group":
                        add(owed, number // size + (number % size if place == size else 0))
                    elif place == size:
                        add(owed, number)

    def accrued(self, source, price, own_category, world, t):
        """Price of what counts: verified handovers; in the high world the largest speaker's, if that is more."""
        if world == "low":
            return self.prices(self.handovers(source, None, "low", t, VERIFIED), source, price, own_category, VERIFIED)
        best = self.prices(self.handovers(source, None, "high", t, VERIFIED), source, price, own_category, VERIFIED)
        for speaker in sorted({e.by for e in self.told("perform", source, None, "high", t)}):
            said = self.handovers(source, None, "high", t, NOT_REJECTED, speaker)
            mine = self.prices(said, source, price, own_category, NOT_REJECTED)
            if sum(sum(owed.values()) for _, owed in mine) > sum(sum(owed.values()) for _, owed in best):
                best = mine
        return best

    def accruals(self, cid, world, t):
        """The priced handovers of the commitment that this one's amount accrues from."""
        c = self.commitments[cid]
        return self.accrued(c.amount.accrues.from_, c.amount.accrues.price, "", world, t)

    def owed(self, cid, world, t):
        """{category: number} owed so far."""
        sums = {}
        for _, owed in self.accruals(cid, world, t):
            for category, number in owed.items():
                sums[category] = sums.get(category, 0) + number
        return {category: number for category, number in sums.items() if number}

    # --- persons with clocks of their own (3.3) --------------------------------------------------------------------

    @remembered
    def started_persons(self, cid, world, t):
        """{person: entry} of the persons whose clock has started."""
        each = self.commitments[cid].for_each
        gone = set() if self.is_rate_or_state(cid) else self.excused(cid, world, t)[0]
        found = {}
        for e in self.known.of_kind(world, t, "person_state"):
            for person in e.persons if e.state == each.once else ():
                if person not in gone and not self.contradicts(person, each.person, world, t):
                    found.setdefault(person, e)
        return found

    def contradicts(self, person, category, world, t):
        """Whether all that is known of a person places it outside the category."""
        known = {e.as_ for e in self.known.of_kind(world, t, "classify") if e.person == person}
        known |= {one.as_ for one in self.file_classifications(t) if one.person == person}
        for e in self.known.of_kind(world, t, "list_give", "list_agree"):
            if person in (e.persons or ()):
                known |= {name for name, one in self.agreement.categories.items() if one.list == e.list_}
        return bool(known) and not any(self.agreement.is_within(name, category) for name in known)

    def file_classifications(self, t):
        """The classifications of the file that had been made on t."""
        limit = min(t, self.known.known_by)
        return [one for one in self.agreement.classifications if self.clock.span(one.on).first <= limit]

    # --- steps (3.2) -----------------------------------------------------------------------------------------------

    @remembered
    def nominal(self, cid, world, t):
        """([(last good tick, amount or None for all)] without tolling, whether the last of them is known)."""
        c = self.commitments[cid]
        when, steps, ends = c.when, [], True
        whole = None if self.is_rate_or_state(cid) or c.for_each is not None else self.whole_amount(cid, world, t)
        if self.is_rate_or_state(cid) or c.for_each is not None:
            return [], True
        if when.by is not None:
            steps.append((self.last(when.by, cid, world, t), None))
            ends &= steps[-1][0] is not None
        for step in when.schedule:
            steps.append((self.last(step.at, cid, world, t), step.total))
        ends &= not when.schedule or steps[-1][0] is not None
        if when.pace is not None:
            start = self.moment(when.pace.from_, cid, world, t)
            ends &= start is not None and whole is not None
            for i in range(1, -(-(whole or 0) // when.pace.count) + 1 if start is not None else 1):
                day = self.plus(self.clock.local_day(start), Duration(i * when.pace.every.count - 1, "days"))
                steps.append((self.clock.span(day).last, min(whole, i * when.pace.count)))
        if when.keeps_pace_with is not None:
            steps += self.shares(when.keeps_pace_with, whole, world, t)
        if c.amount is not None and c.amount.accrues is not None and c.amount.accrues.within is not None:
            so_far = 0
            for e, owed in self.accruals(cid, world, t):
                so_far += sum(owed.values())
                if owed:
                    base, within = moment_of(e.at), c.amount.accrues.within
                    base = base if within.unit == "hours" else self.clock.local_day(base)
                    day = self.plus(base, within, world=world)
                    steps.append((self.clock.span(day).last, so_far))
        steps = [step for step in steps if step[0] is not None]
        steps = rising(steps)
        ticks = self.extended([tick for tick, _ in steps], cid, world, t)
        return merged((tick, amount) for tick, (_, amount) in zip(ticks, steps, strict=True)), ends

    def capped(self, amount, cid, world, t):
        """What a step asks for on t: never more than is owed then; nothing of an unknown total, unless it accrues."""
        total, c = self.total(cid, world, t), self.commitments[cid]
        if total is None:
            return (amount or 0) if c.amount is not None and c.amount.accrues is not None else 0
        return total if amount is None else min(amount, total)

    def shares(self, pace, total, world, t):
        """Steps of `keeps_pace_with`: on each day that the other grew, its share of the total some days later."""
        other, steps, before = self.total(pace.of, world, t), [], 0
        if other is None:
            return steps
        by_day = {}
        for tick in self.ticks:
            if tick <= t:
                by_day[tick if pace.within.unit == "hours" else self.clock.day_of(tick)] = tick
        for tick in by_day.values():
            now = self.amount(pace.of, world, tick)
            if now > before:
                base = self.anchor(tick, world) if pace.within.unit == "hours" else self.clock.date_of(tick)
                share = None if total is None else total if now >= other else -(-total * now // other)
                steps.append((self.clock.span(self.plus(base, pace.within, world=world)).last, share))
            before = now
        return steps

    def person_steps(self, cid, world, t):
        """{person: its last good tick without tolling}, None where it has none."""
        by, persons = self.commitments[cid].when.by, self.started_persons(cid, world, t)
        found = {}
        for person, e in persons.items():
            found[person] = self.last(by, cid, world, t, moment_of(e.at))
        known = sorted({tick for tick in found.values() if tick is not None})
        moved = dict(zip(known, self.extended(known, cid, world, t), strict=True))
        return {person: moved.get(tick) for person, tick in found.items()}

    def tolled(self, tick, cid, world, t):
        """Where a step stands after tolling; None when it has left the curve."""
        if self.clock_runs(cid, world, min(tick, t)):
            return tick
        if tick > t:
            return None
        opened = next((d for d in self.ticks if tick < d <= t and self.clock_runs(cid, world, d)), None)
        return None if opened is None else self.clock.end_of_day(opened)

    # --- the period of a promise to keep or to refrain -----------------------------------------------------------

    def period(self, cid, world, t, that=None):
        """(first tick or None while it has not begun, last tick or None while it is open)."""
        c = self.commitments[cid]
        paper = self.agreement.instruments[c.of]
        if c.when.from_ is not None:
            opens = self.moment(c.when.from_, cid, world, t, that)
            first = None if opens is None else self.clock.span(opens).first
        else:
            first = self.clock.span(paper.begin).first if paper.begin else 0
        until = self.moment(c.when.until or paper.ends, cid, world, t, that) if c.when.until or paper.ends else None
        if until is None:
            return first, None
        last = self.clock.span(until).last
        if c.when.extends is not None:
            last = self.earned(c.when.extends, until, cid, world, t)
        return first, self.extended([last], cid, world, t)[0]

    def earned(self, extends, until, cid, world, t):
        """The end of a period that grows with what another commitment delivered by the end of the then-last day."""
        end = self.clock.span(until).last
        beyond = extends.beyond if extends.beyond is not None else self.total(extends.of, world, t)
        limit = self.last(extends.max, cid, world, t)
        while beyond is not None:
            k = max(0, self.amount(extends.of, world, min(end, t)) - beyond) // extends.per
            new = self.clock.span(self.plus(until, Duration(k * extends.days, "days"))).last
            new = new if limit is None else max(end, min(limit, new))
            if new <= end:
                break
            end = new
        return end


def rising(steps):
    """Steps in order without those that ask for no more than one before them; None is everything."""
    found, most = [], -1
    for tick, amount in sorted(steps, key=lambda step: (step[0], step[1] is not None, -(step[1] or 0))):
        if amount is None or amount > most:
            found.append((tick, amount))
            most = amount
        if amount is None:
            break
    return found


def merged(steps):
    """Steps in order, those of the same tick merged to the largest."""
    found = {}
    for tick, amount in steps:
        old = found.get(tick)
        found[tick] = amount if tick not in found else None if None in (old, amount) else max(old, amount)
    return sorted(found.items(), key=lambda step: step[0])
