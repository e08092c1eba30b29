"""What was said: the journal as known on one day, whether an entry is verified, and the figures that each side gives.

Part of the plain evaluator. Every question rescans the journal; answers are remembered within one evaluation only.
"""

from functools import wraps

from quittance.agreement.calendar import Clockwork
from quittance.agreement.journal import moment_of

NOT_REJECTED = frozenset({"verified", "denied", "conflict", "claimed"})
VERIFIED = frozenset({"verified"})


def remembered(method):
    """Remember the answers of a method within one object; a question that waits for its own answer hears None."""

    @wraps(method)
    def ask(self, *question):
        key = (method.__name__, question)
        if key not in self.memory:
            self.memory[key] = None
            self.memory[key] = method(self, *question)
        return self.memory[key]

    return ask


def until_news(method):
    """The same for a method whose last argument is a tick and whose answer changes only when something happens."""
    method = remembered(method)

    @wraps(method)
    def ask(self, *question):
        return method(self, *question[:-1], self.known.last_news(question[-1]))

    return ask


class Known:
    """The entries that exist for one question (as_of, known_by): recorded by then, not retracted, happened by then."""

    def __init__(self, agreement, journal, as_of, known_by):
        self.agreement = agreement
        self.memory = {}
        self.clock = Clockwork(agreement.calendar)
        self.now = self.clock.span(as_of).last
        self.known_by = self.clock.span(known_by).last
        recorded = [e for e in journal if self.clock.span(moment_of(e.recorded)).first <= self.known_by]
        self.ids = {e.id for e in recorded}
        retracted = set()
        for entry in sorted((e for e in recorded if e.kind == "retract"), key=self.knowledge, reverse=True):
            if entry.id not in retracted:
                retracted.add(entry.ref)
        self.standing = [e for e in recorded if e.id not in retracted]
        self.entries = [
            e
            for e in sorted(self.standing, key=lambda e: self.happening(e, "low"))
            if (e.kind in ("attest", "retract") or self.tick(e, "high") <= self.now)
        ]
        self.by_id = {e.id: e for e in self.entries}
        self.news = sorted({self.tick(e, world) for e in self.entries for world in ("low", "high")})

    def last_news(self, t):
        """The tick of the newest entry up to t; before all of them, the tick before the first."""
        return max((tick for tick in self.news if tick <= t), default=self.news[0] - 1 if self.news else 0)

    def tick(self, entry, world):
        """When an entry counts: dated only by day, at the end of its day in the low world, at its start in the high."""
        span = self.clock.span(moment_of(entry.at))
        return span.last if world == "low" else span.first

    def day(self, entry):
        """The local day on which it happened."""
        return self.clock.local_day(moment_of(entry.at)).toordinal()

    def happening(self, entry, world):
        """Order of happening."""
        return (self.tick(entry, world), entry.seq, entry.id)

    def knowledge(self, entry):
        """Order of knowledge."""
        return (self.clock.span(moment_of(entry.recorded)).last, entry.seq, entry.id)

    @remembered
    def all_of_kind(self, world, *kinds):
        """The entries of some kinds, in order of happening."""
        return sorted((e for e in self.entries if e.kind in kinds), key=lambda e: self.happening(e, world))

    def of_kind(self, world, t, *kinds):
        """The entries of some kinds up to t, in order of happening."""
        return [e for e in self.all_of_kind(world, *kinds) if self.tick(e, world) <= t]

    def group(self, entry):
        """The handover that an entry reports: the first entry that its `same_as` leads to."""
        seen, here = set(), entry
        while here.same_as and here.id not in seen:
            seen.add(here.id)
            if here.same_as not in self.by_id or self.by_id[here.same_as].kind != "perform":
                return here.same_as
            here = self.by_id[here.same_as]
        return here.id


class Said:
    """The known entries in the light of one reading of the commitments: states, figures, verified amounts."""

    def __init__(self, known, commitments):
        self.known = known
        self.agreement = known.agreement
        self.clock = known.clock
        self.now = known.now
        self.commitments = commitments
        self.memory = {}

    # --- who and what ----------------------------------------------------------------------------------------------

    def parties_of(self, cid):
        """The parties to ask one by one where each or either owes; else one question for all of them, None."""
        c = self.commitments[cid]
        return c.by if c.joint in ("each", "either") and len(c.by) > 1 else (None,)

    def sides(self, cid, party):
        """(debtors and performers, creditors), of one party's own duty where each or either owes."""
        c = self.commitments[cid]
        if party is None:
            return set(c.debtors), set(c.to)
        return {party, *(c.performed_by or ())}, set(c.to) - {party}

    @remembered
    def chain(self, cid):
        """The commitment and all that it counts toward, upward."""
        found = []
        while cid is not None and cid not in found:
            found.append(cid)
            cid = self.commitments[cid].counts_toward
        return found

    @remembered
    def sources(self, cid):
        """The commitment and all that counts toward it."""
        return [name for name in self.commitments if cid in self.chain(name)]

    def concerns(self, entry, cid):
        """Whether the entry names the commitment or one that counts toward it."""
        return any(name in self.sources(cid) for name in entry.of or ())

    def is_for(self, entry, party):
        """Whether the entry is about this party's own duty."""
        if party is None:
            return True
        if entry.party is not None:
            return entry.party == party
        if entry.kind == "violate":
            return entry.by != party
        return entry.by == party

    # --- is it verified? (4.1) -------------------------------------------------------------------------------------

    def portions(self, entry, cid):
        """[(category, number)] of an entry."""
        what = self.commitments[cid].what
        if entry.kind == "perform":
            if entry.breakdown:
                return list(entry.breakdown.items())
            return [(entry.cat or what, entry.count)]
        return [(what, getattr(entry, "n", 1))]

    def rule(self, cid, category):
        """The expression of the first rule that matches."""
        c = self.commitments[cid]
        for rule in self.agreement.verification.rules:
            scope = rule.for_
            if scope.commitment not in (None, cid) or scope.act not in (None, c.act):
                continue
            if scope.category is None or self.agreement.is_within(category, scope.category):
                return rule.verified_when
        return None

    def receiving(self, entry, cid):
        """The creditors, except the party whose act the entry reports."""
        c = self.commitments[cid]
        acting = entry.party
        if acting is None and entry.kind != "violate" and entry.by in c.debtors:
            acting = entry.by
        return set(c.to) - {acting}

    def newest_verdict(self, entry, party):
        """(verdict, id of the attestation or of the entry itself) of a party's newest word on an entry, else None."""
        words = [e for e in self.known.entries if e.kind == "attest" and e.ref == entry.id and e.by == party]
        if words:
            newest = max(words, key=self.known.knowledge)
            return newest.verdict, newest.id
        return ("verified", entry.id) if entry.by == party else None

    @remembered
    def words(self, entry_id, cid, category):
        """{named party: (verdict, id)} under the rule for this portion of an entry, and the rule; both may be empty."""
        entry = self.known.by_id[entry_id]
        rule = self.rule(cid, category)
        named = set(rule.named) if rule else set()
        if "receiving_party" in named:
            named = named - {"receiving_party"} | self.receiving(entry, cid)
        return {party: word for party in sorted(named) if (word := self.newest_verdict(entry, party))}, rule

    @remembered
    def is_rejected(self, entry_id, cid, category):
        """Whether only rejections were given, one of them by somebody who is neither debtor nor creditor."""
        words, _ = self.words(entry_id, cid, category)
        c = self.commitments[cid]
        rejecting = {party for party, (verdict, _) in words.items() if verdict == "rejected"}
        return len(rejecting) == len(words) and bool(rejecting - c.debtors - c.creditors)

    @remembered
    def judged(self, entry_id, cid, category):
        """(state, ids of the attestations that verify) of one portion of an entry."""
        entry = self.known.by_id[entry_id]
        words, rule = self.words(entry_id, cid, category)
        verified = {party for party, (verdict, _) in words.items() if verdict == "verified"}
        rejected = set(words) - verified
        if rejected:
            if verified:
                return "conflict", ()
            return ("rejected" if self.is_rejected(entry_id, cid, category) else "denied"), ()
        if rule is not None and self.rule_holds(rule, entry, cid, verified):
            return "verified", tuple(words[party][1] for party in sorted(verified) if words[party][1] != entry_id)
        return "claimed", ()

    def rule_holds(self, rule, entry, cid, verified):
        """Whether `verified_when` holds on the set of parties whose newest verdict is verified."""
        if rule.any is not None:
            return any(self.rule_holds(part, entry, cid, verified) for part in rule.any)
        if rule.all is not None:
            return all(self.rule_holds(part, entry, cid, verified) for part in rule.all)
        if rule.uncontested_for is not None:
            return self.stood_uncontested(entry, cid, rule.uncontested_for.count)
        if rule.attested_by == "receiving_party":
            return bool(verified & self.receiving(entry, cid))
        return rule.attested_by in verified

    def stood_uncontested(self, entry, cid, days):
        """Whether a debtor's own entry stood so many days without a denial or a lower figure by anyone else."""
        if entry.by not in self.commitments[cid].debtors:
            return False

        def recorded(e):
            return self.clock.local_day(moment_of(e.recorded)).toordinal()

        first, last = recorded(entry), recorded(entry) + days
        if self.clock.day_of(self.known.known_by) < last:
            return False
        for other in self.known.standing:  # like an attestation: whatever day it speaks of
            if getattr(other, "by", None) in (None, entry.by) or not first <= recorded(other) <= last:
                continue
            if other.kind == "deny" and (other.ref == entry.id or cid in (other.of or ())):
                return False
            if (
                other.kind == "total"
                and cid in other.of
                and not self.is_rejected(other.id, cid, self.commitments[cid].what)
            ):
                end = self.clock.end_of_day(self.known.tick(other, "low"))
                figure = self.counted_figure(entry.by, cid, None, "low", end)
                if figure is not None and other.n < figure[0]:
                    return False
        return True

    def state(self, entry, cid):
        """The state of an entry that has no portions (totals, levels, violations)."""
        return self.judged(entry.id, cid, self.commitments[cid].what)[0]

    def states(self, entry, cid):
        """The states of all portions of an entry."""
        return [self.judged(entry.id, cid, category)[0] for category, _ in self.portions(entry, cid)]

    def stands(self, entry, cid, category, states):
        """Whether a portion is in one of these states. (That it is not rejected never hangs on what others said.)"""
        if states is NOT_REJECTED:
            return not self.is_rejected(entry.id, cid, category)
        return self.judged(entry.id, cid, category)[0] in states

    def number(self, entry, cid, states):
        """How many of a handover stand in one of these states."""
        return sum(n for category, n in self.portions(entry, cid) if self.stands(entry, cid, category, states))

    def attestations(self, entry, cid):
        """Ids of the attestations that verify an entry."""
        return [ref for category, _ in self.portions(entry, cid) for ref in self.judged(entry.id, cid, category)[1]]

    # --- handovers and figures (4.2) -------------------------------------------------------------------------------

    def told(self, kind, cid, party, world, t, states=NOT_REJECTED):
        """Entries of a kind about the commitment or its parts that have something in one of these states, in order."""
        return [e for e in self.all_told(kind, cid, party, world, states) if self.known.tick(e, world) <= t]

    @remembered
    def all_told(self, kind, cid, party, world, states):
        """The same without a limit of time."""
        return [
            e
            for e in self.known.all_of_kind(world, kind)
            if self.concerns(e, cid)
            and self.is_for(e, party)
            and any(self.stands(e, cid, category, states) for category, _ in self.portions(e, cid))
        ]

    def handovers(self, cid, party, world, t, states, speaker=None):
        """Distinct handovers, of one speaker or all: of entries that report the same one, the first in these states."""
        found = {}
        for e in self.told("perform", cid, party, world, t, states):
            if speaker in (None, e.by):
                found.setdefault(self.known.group(e), e)
        return list(found.values())

    def newest(self, kind, name, cid, party, speaker, world, t, states):
        """A speaker's newest total or level that names `name`."""
        found = [e for e in self.told(kind, cid, party, world, t, states) if e.by == speaker and name in e.of]
        return found[-1] if found else None

    def sums(self, cid, party, speaker, handovers, world, t, states):
        """The sums [(number, entry ids)] that a speaker's totals give with handovers: A and B of the reference."""
        day = self.known.day
        worth = {e.id: self.number(e, cid, states) for e in handovers}
        sums = []
        whole = self.newest("total", cid, cid, party, speaker, world, t, states)
        if whole is not None:
            later = [e for e in handovers if day(e) > day(whole)]
            sums.append((whole.n + sum(worth[e.id] for e in later), [whole.id, *(e.id for e in later)]))
        totals = {}
        for name in self.sources(cid):
            newest = self.newest("total", name, cid, party, speaker, world, t, states) if name != cid else None
            if newest is not None:
                totals[name] = newest

        def up_to_whole(name):
            chain = self.chain(name)
            return chain[: chain.index(cid)]

        used = {n: e for n, e in totals.items() if not any(above in totals for above in up_to_whole(n)[1:])}

        def covered(e):
            if whole is not None and cid in e.of and day(whole) >= day(e):
                return True
            named = [name for name in e.of if name in self.sources(cid)]
            return any(u in used and day(used[u]) >= day(e) for name in named for u in up_to_whole(name))

        parts = {e.id: e for e in used.values()}
        rest = [e for e in handovers if not covered(e)]
        sums.append(
            (sum(e.n for e in parts.values()) + sum(worth[e.id] for e in rest), [*parts, *(e.id for e in rest)])
        )
        return sums

    @until_news
    def counted_figure(self, speaker, cid, party, world, t):
        """(number, entry ids) that a speaker's totals and handovers come to; None where it gave none."""
        totals = [e for e in self.told("total", cid, party, world, t) if e.by == speaker]
        handovers = self.handovers(cid, party, world, t, NOT_REJECTED, speaker)
        if not totals and not handovers:
            return None
        return max(self.sums(cid, party, speaker, handovers, world, t, NOT_REJECTED), key=lambda one: one[0])

    def progress(self, cid, level):
        """How far a reported level has come down."""
        return max(0, self.commitments[cid].amount.from_level - level.n)

    def is_level(self, cid):
        """Whether the amount is a level to come down to."""
        amount = self.commitments[cid].amount
        return amount is not None and amount.from_level is not None

    @until_news
    def figures(self, cid, party, world, t):
        """{speaker: (figure, entry ids)} of all who gave one in their own name."""
        found = {}
        for speaker in sorted({getattr(e, "by", None) for e in self.known.entries} - {None}):
            level = (
                self.newest("level", cid, cid, party, speaker, world, t, NOT_REJECTED) if self.is_level(cid) else None
            )
            if level is not None:
                found[speaker] = (self.progress(cid, level), [level.id])
            elif (figure := self.counted_figure(speaker, cid, party, world, t)) is not None:
                found[speaker] = figure
        return found

    @until_news
    def verified(self, cid, party, t):
        """(number, ids of entries and attestations) that is verified."""

        def silent(e):
            return not self.is_level(cid) or not self.newest("level", cid, cid, party, e.by, "low", t, NOT_REJECTED)

        handovers = [e for e in self.handovers(cid, party, "low", t, VERIFIED) if silent(e)]
        handovers = [e for e in handovers if self.number(e, cid, VERIFIED)]
        worth = sum(self.number(e, cid, VERIFIED) for e in handovers)
        sums = [(worth, [e.id for e in handovers])]
        totals = [e for e in self.told("total", cid, party, "low", t, VERIFIED) if silent(e)]
        for speaker in dict.fromkeys(e.by for e in totals):
            sums += self.sums(cid, party, speaker, handovers, "low", t, VERIFIED)
        if self.is_level(cid):
            levels = [e for e in self.told("level", cid, party, "low", t, VERIFIED) if cid in e.of]
            if levels:
                sums = [(self.progress(cid, levels[-1]), [levels[-1].id])]
        number, ids = max(sums, key=lambda one: one[0])
        return number, ids + [ref for one in ids for ref in self.attestations(self.known.by_id[one], cid)]

    @until_news
    def conceded(self, cid, party, t):
        """(number, entry ids): what both sides say at least; None unless both gave a figure in their own name."""
        if self.agreement.verification.conceded == "never":
            return None
        figures = self.figures(cid, party, "low", t)
        best = []
        for side in self.sides(cid, party):
            given = [figures[speaker] for speaker in side if speaker in figures]
            if not given:
                return None
            largest = max(number for number, _ in given)
            best.append((largest, [one for number, ids in given if number == largest for one in ids]))
        return min(number for number, _ in best), [one for _, ids in best for one in ids]
