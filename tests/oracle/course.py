"""What has become of each commitment: amounts, conditions, settled or not, status. Part of the plain evaluator."""

from datetime import date

from quittance.agreement.journal import moment_of
from quittance.agreement.verdict import CLASS_OF

from .said import NOT_REJECTED, VERIFIED, remembered
from .terms import Terms, merged

ORDER = ("breached", "overdue", "blocked", "due", "in_progress", "pending", "fulfilled_late", "fulfilled", "waived",
         "superseded", "not_owed")  # fmt: skip


class Course(Terms):
    """One reading of the commitments through time, in the low and in the high world."""

    def __init__(self, known, commitments, terminations_before=None):
        super().__init__(known, commitments)
        self.terminations_before = terminations_before

    # --- amounts ---------------------------------------------------------------------------------------------------

    @remembered
    def amounts(self, cid, party, t):
        """{verified, conceded, claimed, low, high} of one duty on t, with the ids behind verified and conceded."""
        persons, further = self.withheld("performed", cid, "low", t)
        performed = len(persons) + further
        if self.commitments[cid].for_each is not None:
            verified, conceded, claimed, done = self.person_amounts(cid, party, t)
            high = max(done, len(self.done_persons(cid, party, "high", t)))
            return {"verified": verified, "conceded": conceded, "claimed": claimed, "low": done, "high": high}
        verified = self.verified(cid, party, t)[0]
        both = self.conceded(cid, party, t)
        claimed = max((number for number, _ in self.figures(cid, party, "high", t).values()), default=0)
        conceded = both[0] if both is not None else None
        low = max(verified, conceded or 0) + performed
        high = max(low, claimed + performed)
        return {
            "verified": verified + performed,
            "conceded": conceded,
            "claimed": claimed + performed,
            "low": low,
            "high": high,
        }

    def party_amount(self, cid, party, world, t):
        """The amount of one duty in a world."""
        if self.is_rate_or_state(cid):
            return 0
        amount = self.amounts(cid, party, t)[world]
        if world == "high" and self.commitments[cid].for_each is None:
            # What a power counts as performed hangs on the world too; the interval printed takes that of the low one.
            for one, sign in (("low", -1), ("high", 1)):
                persons, further = self.withheld("performed", cid, one, t)
                amount += sign * (len(persons) + further)
        return amount

    def over(self, cid, answers):
        """all or any, min or max: the whole of a commitment out of its parties' duties."""
        c, answers = self.commitments[cid], list(answers)
        if isinstance(answers[0], bool):
            return any(answers) if c.joint == "either" else all(answers)
        return max(answers) if c.joint == "either" else min(answers)

    def amount(self, cid, world, t):
        """The amount of a commitment in a world."""
        return self.over(cid, [self.party_amount(cid, party, world, t) for party in self.parties_of(cid)])

    # --- persons ---------------------------------------------------------------------------------------------------

    def named_persons(self, cid, party, world, t, states=NOT_REJECTED, speakers=None):
        """Persons named in handovers since their clocks started, in these states, by anyone or by some speakers."""
        found, started = set(), self.started_persons(cid, world, t)
        for e in self.told("perform", cid, party, world, t, states):
            whole = states is NOT_REJECTED or set(self.states(e, cid)) <= states
            if whole and (speakers is None or e.by in speakers):
                tick = self.known.tick(e, world)
                found |= {
                    one for one in started if one in (e.persons or ()) and self.known.tick(started[one], world) <= tick
                }
        return found

    def person_amounts(self, cid, party, t):
        """(verified, conceded, claimed, done in the low world) of the started persons."""
        started = set(self.started_persons(cid, "low", t))
        verified = self.named_persons(cid, party, "low", t, VERIFIED) & started
        sides = [
            self.named_persons(cid, party, "low", t, NOT_REJECTED, side) & started for side in self.sides(cid, party)
        ]
        claimed = self.named_persons(cid, party, "high", t) & set(self.started_persons(cid, "high", t))
        never = self.agreement.verification.conceded == "never"
        conceded = None if never or not all(sides) else len(sides[0] & sides[1])
        performed = self.withheld("performed", cid, "low", t)[0] & started
        counted = len(verified | performed), conceded, len(claimed | performed)
        return *counted, len(self.done_persons(cid, party, "low", t))

    @remembered
    def done_persons(self, cid, party, world, t):
        """The started persons who are done."""
        started = set(self.started_persons(cid, world, t))
        done = self.named_persons(cid, party, world, t, VERIFIED)
        if world == "high":
            done |= self.named_persons(cid, party, "high", t)
        elif self.agreement.verification.conceded != "never":
            one, other = (
                self.named_persons(cid, party, "low", t, NOT_REJECTED, side) for side in self.sides(cid, party)
            )
            done |= one & other
        return started & (done | self.withheld("performed", cid, world, t)[0])

    def late_persons(self, cid, party, world, t):
        """Started persons past their day and not done."""
        steps = {person: self.tolled(tick, cid, world, t) for person, tick in self.known_steps(cid, world, t).items()}
        late = {person for person, tick in steps.items() if tick is not None and tick < t}
        return sorted(late - self.done_persons(cid, party, world, t))

    def known_steps(self, cid, world, t):
        """The persons' steps whose day is known."""
        return {person: tick for person, tick in self.person_steps(cid, world, t).items() if tick is not None}

    # --- conditions (1.5) ------------------------------------------------------------------------------------------

    def holds(self, condition, world, t):
        """Whether a condition holds on t in a world."""
        if condition.any is not None:
            return any(self.holds(part, world, t) for part in condition.any)
        if condition.complete is not None:
            return bool(self.settled(condition.complete, world, t))
        if condition.started is not None:
            return self.amount(condition.started, world, t) > 0
        if condition.count is not None:
            return self.amount(condition.count.of, world, t) >= condition.count.at_least
        if condition.kept is not None:
            return self.kept(condition.kept, world, t)
        events = self.known.of_kind(world, t, "event")
        if condition.event is not None:
            return any(e.name == condition.event for e in events)
        named = self.agreement.verification.named
        return any(e.name == condition.finding and e.by in named for e in events)

    def waits(self, cid, world, t):
        """[(label, doubtful)] of what a commitment waits for on t."""
        unmet = [(one.label, one.doubtful) for one in self.commitments[cid].requires if not self.holds(one, world, t)]
        return unmet + [(f"suspended:{power}", False) for power in self.suspensions(cid, world, t)]

    def clock_runs(self, cid, world, t):
        """Whether every `toll` condition holds on t and nothing is suspended."""
        tolling = [one for one in self.commitments[cid].requires if one.clock == "toll"]
        return all(self.holds(one, world, t) for one in tolling) and not self.suspensions(cid, world, t)

    # --- violations, findings, rates (line 6, 4.4) -----------------------------------------------------------------

    def violations(self, cid, party, world, t, states):
        """Violations inside the period that stand in one of these states."""
        found = []
        for e in self.known.of_kind(world, t, "violate"):
            if cid in e.of and self.is_for(e, party) and self.stands(e, cid, self.commitments[cid].what, states):
                tick = self.known.tick(e, world)
                if any(
                    first is not None and first <= tick and (last is None or tick <= last)
                    for first, last in self.periods_for(cid, e, world, t)
                ):
                    found.append(e)
        return found

    def periods_for(self, cid, violation, world, t):
        """The periods that a violation may fall in: the commitment's, or those of the persons that it names."""
        if self.commitments[cid].for_each is None:
            return [self.period(cid, world, t)]
        mine = self.person_periods(cid, world, t)
        return [period for person, period in mine.items() if person in (violation.persons or mine)]

    def person_periods(self, cid, world, t):
        """{person: (first tick, last tick or None)}."""
        found, until = {}, self.commitments[cid].when.until
        for person, e in self.started_persons(cid, world, t).items():
            first = self.known.tick(e, world)
            if until is not None and until.base == "state":
                entered = [
                    self.known.tick(one, world)
                    for one in self.known.of_kind(world, t, "person_state")
                    if one.state == until.name and person in one.persons and self.known.tick(one, world) >= first
                ]
                found[person] = (first, entered[0] if entered else None)
            else:
                found[person] = (first, self.period(cid, world, t, moment_of(e.at))[1])
        return found

    def counted_violations(self, cid, party, world, t):
        """Verified ones in the low world, all that are not rejected in the high one."""
        return self.violations(cid, party, world, t, VERIFIED if world == "low" else NOT_REJECTED)

    def found_breached(self, cid, party, world, t):
        """Whether a party that may find a breach has found one."""
        may = self.agreement.verification.breach_found_by
        return any(cid in e.of and e.by in may for e in self.known.of_kind(world, t, "breach_finding"))

    def kept(self, cid, world, t):
        """Whether there is no violation and no breach finding so far."""
        return not any(
            self.counted_violations(cid, party, world, t) or self.found_breached(cid, party, world, t)
            for party in self.parties_of(cid)
        )

    def rates(self, cid, party, world, t):
        """[(verified number or None, largest number of one speaker or None)] of the closed periods of a rate."""
        amount = self.commitments[cid].amount
        first, last = self.period(cid, world, t)
        if amount is None or amount.every is None or first is None:
            return []
        found, start = [], self.clock.day_of(first)
        while True:
            days = range(start, start + amount.every.count)
            end = self.clock.end_of_day(self.clock.span(date.fromordinal(days[-1])).first)
            if end >= t or (last is not None and end > last):
                return found
            verified = [e for e in self.handovers(cid, party, world, t, VERIFIED) if self.known.day(e) in days]
            sums = {}
            for e in self.told("perform", cid, party, world, t):
                if self.known.day(e) in days:
                    sums.setdefault(e.by, {})[self.known.group(e)] = self.number(e, cid, NOT_REJECTED)
            count = sum(self.number(e, cid, VERIFIED) for e in verified) if verified else None
            found.append((count, max((sum(one.values()) for one in sums.values()), default=None)))
            start = days[-1] + 1

    def rate_missed(self, cid, party, world, t):
        """Whether some reported period is below the rate."""
        least = self.whole_amount(cid, world, t)
        for verified, said in self.rates(cid, party, world, t):
            counts = [verified] if world == "low" else [verified, said]
            if any(count is not None for count in counts) and max(count or 0 for count in counts) < least:
                return True
        return False

    def unreported(self, cid, party, world, t):
        """How many closed periods have no verified count."""
        return sum(verified is None for verified, _ in self.rates(cid, party, world, t))

    @remembered
    def period_end(self, cid, world, t):
        """The last tick of a promise to keep or to refrain, where it is known: for persons, the last of theirs."""
        until = self.commitments[cid].when.until
        if until is None or until.base not in ("that", "state"):
            return self.period(cid, world, t)[1]
        ends = [last for _, last in self.person_periods(cid, world, t).values()]
        return max(ends) if ends and None not in ends else None

    # --- done, settled, off ------------------------------------------------------------------------------------

    @remembered
    def complete(self, cid, party, world, t):
        """Arithmetic: all of it was done (or the period passed without a breach)."""
        c = self.commitments[cid]
        if self.is_rate_or_state(cid):
            end = self.period_end(cid, world, t)
            return end is not None and t > end and self.keeping(cid, party, world, t) == "fulfilled"
        if c.for_each is not None:
            started = self.started_persons(cid, world, t)
            return bool(started) and set(started) <= self.done_persons(cid, party, world, t)
        total, amount = self.total(cid, world, t), self.party_amount(cid, party, world, t)
        return total is not None and amount >= total and (amount > 0 or total == 0)

    def every_creditor(self, kind, cid, party, world, t):
        """Whether every creditor has said so (`close`, `waive`)."""
        said = {e.by for e in self.known.of_kind(world, t, kind) if cid in e.of}
        creditors = self.sides(cid, party)[1]
        return bool(creditors) and creditors <= said

    def closed(self, cid, party, world, t):
        """Closed by every creditor."""
        return self.every_creditor("close", cid, party, world, t)

    def waived(self, cid, party, world, t):
        """Given up by every creditor, or by a power."""
        exercised = any(tick <= t for tick, _, _ in self.exercises("waive", cid, world) or ())
        return exercised or self.every_creditor("waive", cid, party, world, t)

    def accepts(self, name, t):
        """The parties that made an instrument or whose newest word on it is yes; a day counts at its end."""
        paper, words = self.agreement.instruments[name], []
        for verdict, given in ((True, paper.accepted_by), (False, paper.rejected_by)):
            for one in given:
                span = self.clock.span(one.on)
                tick = span.last
                known = max(span.first, self.clock.span(paper.known).first if paper.known else 0)
                if tick <= t and known <= self.known.known_by:
                    words.append((tick, -1, one.party, verdict))
        for e in self.known.of_kind("low", t, "accept", "reject"):
            if e.instrument == name:
                words.append((self.known.tick(e, "low"), e.seq, e.by, e.kind == "accept"))
        said = {party: verdict for _, _, party, verdict in sorted(words, key=lambda one: one[:2])}
        return paper.makers | {party for party, verdict in said.items() if verdict}

    def superseding(self, cid, world, t):
        """The `supersede` entries that every debtor and creditor stands behind."""
        c = self.commitments[cid]
        return [
            e
            for e in self.known.of_kind(world, t, "supersede")
            if cid in e.of
            and e.by_instrument in self.agreement.instruments
            and c.debtors | c.creditors <= self.accepts(e.by_instrument, t)
        ]

    @remembered
    def terminated(self, cid, party, world, t):
        """Whether a `terminate` power took it away while it was neither settled nor late."""
        for tick, _, _ in self.exercises("terminate", cid, world) or ():
            if tick > t or (self.terminations_before is not None and tick >= self.terminations_before):
                continue
            before = Course(self.known, self.commitments, tick)
            late = before.status(cid, party, world, tick) in ("overdue", "breached")
            if not late and not before.party_settled(cid, party, world, tick):
                return True
        return False

    @remembered
    def larger_settled(self, cid, world, t):
        """Whether the larger commitment that it counts toward is settled."""
        larger = self.commitments[cid].counts_toward
        return larger is not None and bool(self.settled(larger, world, t))

    @remembered
    def party_settled(self, cid, party, world, t):
        """Complete, closed, waived, superseded with its replacements settled, or the larger commitment is settled."""
        if self.complete(cid, party, world, t) or self.closed(cid, party, world, t):
            return True
        if self.waived(cid, party, world, t) or self.larger_settled(cid, world, t):
            return True
        return any(
            all(self.settled(name, world, t) for name in e.replaced_by or () if name in self.commitments)
            for e in self.superseding(cid, world, t)
        )

    @remembered
    def settled(self, cid, world, t):
        """Whether the whole of a commitment is settled."""
        return self.over(cid, [bool(self.party_settled(cid, party, world, t)) for party in self.parties_of(cid)])

    @remembered
    def done_tick(self, cid, party, world, t):
        """Since when, without a break up to t, it is complete or closed; what always was, since its window opened."""
        found, ticks = None, [tick for tick in self.ticks if tick <= t]
        if self.is_rate_or_state(cid) and self.complete(cid, party, world, t):
            ticks.append(self.period_end(cid, world, t) + 1)
        for tick in sorted({ticks[0] - 1, *ticks}, reverse=True):
            if not self.complete(cid, party, world, tick) and not self.closed(cid, party, world, tick):
                return found
            found = tick
        return self.period(cid, world, t)[0]

    # --- the curve on t ----------------------------------------------------------------------------------------

    @remembered
    def steps(self, cid, world, t):
        """[(tick, amount)] after tolling; for persons one step of one each."""
        if self.commitments[cid].for_each is not None and not self.is_rate_or_state(cid):
            return sorted((self.tolled(tick, cid, world, t), 1) for tick in self.known_steps(cid, world, t).values()
                          if self.tolled(tick, cid, world, t) is not None)  # fmt: skip
        moved = [(self.tolled(tick, cid, world, t), amount) for tick, amount in self.nominal(cid, world, t)[0]]
        return merged(step for step in moved if step[0] is not None)

    def deadlines(self, cid, world, t):
        """(deadline, nominal deadline) as ticks; None where there is none."""
        if self.commitments[cid].for_each is not None and not self.is_rate_or_state(cid):
            nominal, ends = sorted(self.known_steps(cid, world, t).values()), True
        else:
            steps, ends = self.nominal(cid, world, t)
            nominal = [tick for tick, _ in steps]
        if not nominal or not ends:
            return None, None
        return self.tolled(nominal[-1], cid, world, t), nominal[-1]

    def required(self, cid, world, t):
        """What had to be reached by now."""
        past = [amount for tick, amount in self.steps(cid, world, t) if tick < t]
        if self.commitments[cid].for_each is not None:
            return sum(past)
        return max((self.capped(amount, cid, world, t) for amount in past), default=0)

    def late_steps(self, cid, party, world, t):
        """How many past steps were not reached by the end of their day."""
        if self.is_rate_or_state(cid):
            return 0
        if self.commitments[cid].for_each is not None:
            steps = {
                person: self.tolled(tick, cid, world, t) for person, tick in self.known_steps(cid, world, t).items()
            }
            past = {person: tick for person, tick in steps.items() if tick is not None and tick < t}
            return sum(person not in self.done_persons(cid, party, world, tick) for person, tick in past.items())
        past = [(tick, amount) for tick, amount in self.steps(cid, world, t) if tick < t]
        return sum(
            self.party_amount(cid, party, world, tick) < self.capped(amount, cid, world, tick) for tick, amount in past
        )

    # --- status (5) --------------------------------------------------------------------------------------------

    def pending(self, cid, world, t):
        """Before its instrument's begin, or its window has not opened."""
        c = self.commitments[cid]
        begin = self.agreement.instruments[c.of].begin
        if begin is not None and t < self.clock.span(begin).first:
            return True
        if c.when.from_ is None or c.when.from_.base == "that":
            return False
        opens = self.moment(c.when.from_, cid, world, t)
        return opens is None or t < self.clock.span(opens).first

    def keeping(self, cid, party, world, t):
        """Line 6: a promise to keep or to refrain."""
        if self.counted_violations(cid, party, world, t) or self.found_breached(cid, party, world, t):
            return "breached"
        if self.commitments[cid].mode == "maintain" and self.rate_missed(cid, party, world, t):
            return "overdue"
        end = self.period_end(cid, world, t)
        return "fulfilled" if end is not None and t > end else "in_progress"

    @remembered
    def status(self, cid, party, world, t):
        """The first line of the table that applies."""
        c = self.commitments[cid]
        complete, closed = self.complete(cid, party, world, t), self.closed(cid, party, world, t)
        if self.superseding(cid, world, t) or self.terminated(cid, party, world, t):
            return "superseded"
        if self.waived(cid, party, world, t):
            return "waived"
        if not c.owed:
            return "not_owed"
        if self.larger_settled(cid, world, t) and not complete and not closed:
            return "superseded"
        if self.pending(cid, world, t):
            return "pending"
        if self.is_rate_or_state(cid):
            return self.keeping(cid, party, world, t)
        if complete or closed:
            deadline = self.deadlines(cid, world, t)[0]
            done = self.done_tick(cid, party, world, t)
            late = c.mode == "achieve" and None not in (deadline, done) and done > deadline
            if c.mode == "achieve" and c.for_each is not None:
                late = late or self.late_steps(cid, party, world, t) > 0
            return "fulfilled_late" if late else "fulfilled"
        if self.waits(cid, world, t):
            return "blocked"
        if c.mode == "achieve" and self.found_breached(cid, party, world, t):
            return "breached"
        if self.behind(cid, party, world, t):
            return "overdue"
        return "in_progress" if self.party_amount(cid, party, world, t) > 0 else "due"

    def behind(self, cid, party, world, t):
        """Line 10."""
        c = self.commitments[cid]
        if c.mode != "achieve" or (c.amount is not None and c.amount.reading == "ceiling"):
            return False
        if c.for_each is not None:
            return bool(self.late_persons(cid, party, world, t))
        if self.total(cid, world, t) is None and c.amount is not None and c.amount.accrues is None:
            return False
        return self.party_amount(cid, party, world, t) < self.required(cid, world, t)

    def leading_party(self, cid, world, t):
        """The party whose verdict is the headline: the worst where each owes, the best where either does."""
        parties = self.parties_of(cid)
        rank = {party: ORDER.index(self.status(cid, party, world, t)) for party in parties}
        wanted = max(rank.values()) if self.commitments[cid].joint == "either" else min(rank.values())
        return next(party for party in parties if rank[party] == wanted)

    def class_of(self, cid, party, world, t):
        """ok, open, blocked, late or off."""
        return CLASS_OF[self.status(cid, party, world, t)]
