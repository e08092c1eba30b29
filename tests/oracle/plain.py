"""The plain evaluator: where every commitment stands, written a second time from the reference of the format alone.

Tests compare the product's indexed evaluation with it. It has no index: for any day it scans the journal again.
`said` holds the entries and figures, `times` the days, `terms` what is owed, `course` what has become of it.
"""

from quittance.agreement.journal import moment_of
from quittance.agreement.model import Patch
from quittance.agreement.verdict import CLASS_OF

from .course import Course
from .said import NOT_REJECTED, Known
from .times import times_of


def evaluate(agreement, journal, as_of, known_by=None, party=None):
    """Plain dicts in the shape of `quittance-status/1`: commitments, warnings, balances, classification_disputes."""
    return Answer(agreement, journal, as_of, known_by or as_of, party).as_json()


class Answer:
    """One question: an agreement and a journal, two dates, and whose reading."""

    def __init__(self, agreement, journal, as_of, known_by, party):
        self.agreement = agreement
        self.known = Known(agreement, journal, as_of, known_by)
        self.now, self.clock = self.known.now, self.known.clock
        self.text = {c.id: c for c in agreement.commitments}
        self.amend()
        self.patches = self.live_patches()
        self.readings = {who: Course(self.known, self.read_by(who)) for who in self.patches}
        self.plain_text = Course(self.known, self.text)
        self.course = self.readings.get(party, self.plain_text)

    # --- the text and how it is read -------------------------------------------------------------------------------

    def amend(self):
        """Lay the accepted amendments of instruments that have begun over the text."""
        begun = []
        for name, paper in self.agreement.instruments.items():
            first = self.clock.span(paper.begin).first if paper.begin else 0
            known = self.clock.span(paper.known).first if paper.known else 0
            if paper.amends and first <= self.now and known <= self.known.known_by:
                begun.append((first, name, paper))
        for _, name, paper in sorted(begun, key=lambda one: one[0]):
            agreed = Course(self.known, self.text).accepts(name, self.now)
            for cid, patch in paper.amends.items():
                if self.text[cid].debtors | self.text[cid].creditors <= agreed:
                    self.text[cid] = self.text[cid].patched(patch)

    def live_patches(self):
        """{party: [(commitment, patch)]} of the parties with a live position, earlier first."""
        limit, positions = self.known.known_by, []
        for index, one in enumerate(self.agreement.positions):
            first, known = self.clock.span(one.from_).first, self.clock.span(one.known or one.from_).first
            if first <= self.now and known <= limit:
                positions.append(((first, known, -1, index), one.by, one.withdraws, list(one.reads.items())))
        for e in self.known.of_kind("high", self.now, "position"):
            first = max(self.clock.span(moment_of(e.from_)).first, self.known.tick(e, "high"))
            known = self.clock.span(moment_of(e.recorded)).first
            reads = [(cid, Patch.model_validate(patch)) for cid, patch in e.reads.items() if cid in self.text]
            if first <= self.now:
                positions.append(((first, known, e.seq, 0), e.by, e.withdraws, reads))
        found = {}
        for _, who, withdraws, reads in sorted(positions, key=lambda one: one[0]):
            found[who] = ([] if withdraws else found.get(who, [])) + reads
        return found

    def read_by(self, who):
        """The commitments as one party reads them."""
        read = dict(self.text)
        for cid, patch in self.patches.get(who, ()):
            read[cid] = read[cid].patched(patch)
        return read

    def depends_on(self, cid):
        """The commitment and all that it depends on, in the text or in any live reading."""
        found, waiting = [], [cid]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.text:
                continue
            found.append(name)
            for course in (self.plain_text, *self.readings.values()):
                waiting += self.looks_at(course.commitments[name])
        return found

    def looks_at(self, c):
        """The commitments that one commitment names in its conditions, amounts and times."""
        ends = self.agreement.instruments[c.of].ends if c.mode in ("refrain", "maintain") else None
        names = [name for condition in c.requires for name in condition.commitments]
        names += [time.commitment for time in (*times_of(c), *([ends] if ends else ())) if time.commitment]
        names += [c.counts_toward] if c.counts_toward else []
        names += [c.when.keeps_pace_with.of] if c.when.keeps_pace_with else []
        names += [c.when.extends.of] if c.when.extends else []
        if c.amount is not None:
            names += [*c.amount.after, *([c.amount.accrues.from_] if c.amount.accrues else [])]
        return names

    def labels(self, cid):
        """The label of every party concerned, each in its own reading; empty where no live position has a say."""
        patching = {who: {name for name, _ in patches} for who, patches in self.patches.items()}
        if not any(set(self.depends_on(cid)) & names for names in patching.values()):
            return {}
        c = self.text[cid]
        concerned = sorted(c.debtors | c.creditors | {who for who, names in patching.items() if cid in names})
        return {who: self.label(self.readings.get(who, self.plain_text), cid) for who in concerned}

    def label(self, course, cid):
        """{status, total, deadline, blocked_by} in one reading."""
        leading = course.leading_party(cid, "low", self.now)
        status = course.status(cid, leading, "low", self.now)
        return {
            "status": status,
            "total": course.total(cid, "low", self.now),
            "deadline": self.clock.text(course.deadlines(cid, "low", self.now)[0]),
            "blocked_by": self.waiting_for(course, cid, status)[0],
        }

    def waiting_for(self, course, cid, status):
        """(labels of all unmet conditions, of the doubtful ones) where that is what the status says."""
        waits = course.waits(cid, "low", self.now) if status == "blocked" else []
        return [label for label, _ in waits], [label for label, doubtful in waits if doubtful]

    # --- one verdict -----------------------------------------------------------------------------------------------

    def verdict(self, cid):
        """All keys of one commitment."""
        course, now, c = self.course, self.now, self.course.commitments[cid]
        party = course.leading_party(cid, "low", now)
        status = course.status(cid, party, "low", now)
        deadline, nominal = course.deadlines(cid, "low", now)
        blocked_by, doubtful = self.waiting_for(course, cid, status)
        past = self.clock.day_of(now) - self.clock.day_of(nominal) if status == "blocked" and nominal is not None else 0
        done = course.done_tick(cid, party, "low", now) if CLASS_OF[status] == "ok" else None
        labels, evidence = self.labels(cid), self.evidence(cid, party)
        return {
            "id": cid,
            "status": status,
            "class": CLASS_OF[status],
            "disputed": self.disputed(cid, labels),
            **self.numbers(cid, party),
            "total": course.total(cid, "low", now),
            "unit": c.amount.unit if c.amount else None,
            "required": None if course.is_rate_or_state(cid) else course.required(cid, "low", now),
            "deadline": self.clock.text(deadline),
            "nominal_deadline": self.clock.text(nominal),
            "past_nominal_days": max(0, past),
            "late_steps": course.late_steps(cid, party, "low", now),
            "blocked_by": blocked_by,
            "blocked_by_doubtful": doubtful,
            "closed": course.closed(cid, party, "low", now),
            "done_on": self.clock.day_text(done),
            "readings": labels,
            "evidence": [e.id for e in evidence],
            "last_evidence": max((e.at for e in evidence), key=lambda text: (text[:10], text), default=None),
            **{key: value for key, value in self.extras(cid, party, status).items() if value not in (None, 0, [], {})},
        }

    def numbers(self, cid, party):
        """low, high, verified, conceded, claimed; null for promises to keep or to refrain."""
        names = ("low", "high", "verified", "conceded", "claimed")
        if self.course.is_rate_or_state(cid):
            return dict.fromkeys(names)
        amounts = self.course.amounts(cid, party, self.now)
        return {name: amounts[name] for name in names}

    def extras(self, cid, party, status):
        """The keys that stand only where they apply; None, 0 and empty lists are left out."""
        course, now, c = self.course, self.now, self.course.commitments[cid]
        persons, further = course.excused(cid, "low", now)
        extras = {"excused": len(persons) + further, "order_breaks": self.order_breaks(cid)}
        if c.mode == "endeavour":
            deadline = course.deadlines(cid, "low", now)[0]
            met = course.complete(cid, party, "low", now) or course.closed(cid, party, "low", now)
            extras["endeavour"] = "met" if met else "unmet" if deadline is not None and deadline < now else "open"
        if c.amount is not None and c.amount.accrues is not None:
            extras["owed_by_category"] = {name: n for name, n in course.owed(cid, "low", now).items() if name}
        if course.is_rate_or_state(cid):
            extras["excused"] = 0
            extras["unreported_periods"] = course.unreported(cid, party, "low", now)
            extras["violations"] = len(course.counted_violations(cid, party, "low", now))
            extras["until"] = self.clock.text(course.period_end(cid, "low", now))
        elif c.for_each is not None:
            extras["persons_late"] = course.late_persons(cid, party, "low", now)
        if course.parties_of(cid) != (None,):
            extras["parties"] = {one: self.party_answer(cid, one) for one in course.parties_of(cid)}
        return extras

    def party_answer(self, cid, party):
        """What `parties` says of one of the debtors."""
        return {
            "status": self.course.status(cid, party, "low", self.now),
            **self.numbers(cid, party),
            "deadline": self.clock.text(self.course.deadlines(cid, "low", self.now)[0]),
        }

    # --- disputes (5) ----------------------------------------------------------------------------------------------

    def disputed(self, cid, labels):
        """terms, facts or unverified, declared. Of several who owe, all are looked at."""
        course, now, reasons = self.course, self.now, []
        parties = course.parties_of(cid)
        if len({CLASS_OF[label["status"]] for label in labels.values()}) > 1:
            reasons.append("terms")
        low, high = (
            course.class_of(cid, course.leading_party(cid, world, now), world, now) for world in ("low", "high")
        )
        if low != "off":
            spoken = any(self.contradicted(cid, party) for party in parties) or self.condition_contradicted(cid)
            if low != high and spoken:
                reasons.append("facts")
            elif low != high or any(self.unproven(cid, party) for party in parties):
                reasons.append("unverified")
        words = [e for e in self.known.of_kind("low", now, "dispute", "resolve") if cid in e.of]
        if words and words[-1].kind == "dispute":
            reasons.append("declared")
        return reasons

    def unproven(self, cid, party):
        """Violations of a promise to keep or refrain that are not verified, or periods that nobody reported."""
        if not self.course.is_rate_or_state(cid):
            return False
        if self.course.unreported(cid, party, "low", self.now):
            return True
        told = self.course.violations(cid, party, "high", self.now, NOT_REJECTED)
        return any(self.course.state(e, cid) != "verified" for e in told)

    def contradicted(self, cid, party):
        """Whether the side opposite to the largest figure (or to an accusation) gave a word of its own."""
        course, now = self.course, self.now
        debtors, creditors = course.sides(cid, party)
        figures = course.figures(cid, party, "high", now)
        claimed = max((number for number, _ in figures.values()), default=0)
        if course.commitments[cid].for_each is not None:
            figures = self.person_figures(cid, party)
            claimed = course.amounts(cid, party, now)["claimed"]
        top = {speaker for speaker, (number, _) in figures.items() if number == claimed}
        violations = course.violations(cid, party, "high", now, NOT_REJECTED) if course.is_rate_or_state(cid) else []
        if violations:
            top, figures = {e.by for e in violations if course.state(e, cid) != "verified"}, {}
        others = set()
        for one in top:
            opposite = (creditors if one in debtors else set()) | (debtors if one in creditors else set())
            others |= (opposite if one in debtors | creditors else debtors | creditors) - {one}
        if others & set(figures):
            return True
        for e in self.known.of_kind("high", now, "deny"):
            target = self.known.by_id.get(e.ref) if e.ref else None
            if e.by in others and (cid in (e.of or ()) or (target is not None and self.about(target, cid))):
                return True
        kinds = ("perform", "total", "violate", *(["level"] if course.is_level(cid) else []))
        told = [e for kind in kinds for e in course.told(kind, cid, party, "high", now)]
        return any(set(course.states(e, cid)) & {"denied", "conflict"} for e in told)

    def about(self, entry, cid):
        """Whether an entry reports on a commitment or on what counts toward it."""
        return entry.kind in ("perform", "total", "level", "violate") and self.course.concerns(entry, cid)

    def person_figures(self, cid, party):
        """{speaker: (number of started persons named, nothing)} for commitments with a clock for each person."""
        course, now = self.course, self.now
        started, speakers = (
            set(course.started_persons(cid, "high", now)),
            {getattr(e, "by", None) for e in self.known.entries},
        )
        named = {one: course.named_persons(cid, party, "high", now, NOT_REJECTED, {one}) & started for one in speakers}
        return {speaker: (len(persons), ()) for speaker, persons in named.items() if persons}

    def condition_contradicted(self, cid):
        """Whether a condition differs between the worlds over figures that contradict each other."""
        course, now, waiting = self.course, self.now, list(self.course.commitments[cid].requires)
        while waiting:
            one = waiting.pop()
            if course.holds(one, "low", now) == course.holds(one, "high", now):
                continue
            if one.any is not None:
                waiting += one.any
                continue
            for name in one.commitments:
                if any(self.contradicted(name, party) for party in course.parties_of(name)):
                    return True
        return False

    # --- what stands behind it (4.2) -------------------------------------------------------------------------------

    def evidence(self, cid, party):
        """The entries behind the figures, in order of happening."""
        course, now, ids = self.course, self.now, set()
        if course.is_rate_or_state(cid):
            told = course.violations(cid, party, "low", now, NOT_REJECTED)
            ids = {e.id for e in self.known.entries if e.kind == "attest" and e.ref in {one.id for one in told}}
            rate = course.commitments[cid].amount is not None and course.commitments[cid].amount.every is not None
            told += course.told("perform", cid, party, "low", now) if rate else []
            ids |= {e.id for e in told} | {ref for e in told for ref in course.attestations(e, cid)}
        elif course.commitments[cid].for_each is not None:
            told = course.told("perform", cid, party, "high", now)
            told = [e for e in told if set(e.persons or ()) & set(course.started_persons(cid, "high", now))]
            ids = {e.id for e in told} | {ref for e in told for ref in course.attestations(e, cid)}
        else:
            verified, behind = course.verified(cid, party, now)
            ids |= set(behind) if verified else set()
            conceded = course.conceded(cid, party, now)
            if conceded is not None and conceded[0] >= verified:
                ids |= set(conceded[1])
            amounts = course.amounts(cid, party, now)
            withheld, further = course.withheld("performed", cid, "low", now)
            figures = course.figures(cid, party, "high", now).values()
            ids |= {one for n, told in figures if n == amounts["high"] - len(withheld) - further for one in told}
        return [e for e in self.known.entries if e.id in ids]

    def order_breaks(self, cid):
        """Handovers of a later category while fewer than all of the first had been handed over."""
        course, now, breaks = self.course, self.now, []
        for order in self.course.commitments[cid].order:
            size = self.size_of(order.first)
            if size is None or self.size_of(order.before) is None:
                continue
            told, done = course.told("perform", cid, None, "low", now), {}
            for e in told:
                mine = [
                    (category, n)
                    for category, n in course.portions(e, cid)
                    if category is not None and n and course.stands(e, cid, category, NOT_REJECTED)
                ]
                later = any(self.agreement.is_within(category, order.before) for category, _ in mine)
                if later and sum(done.values()) < size and e.id not in breaks:
                    breaks.append(e.id)
                first = sum(n for category, n in mine if self.agreement.is_within(category, order.first))
                done.setdefault(self.known.group(e), first)
        return breaks

    def size_of(self, category):
        """The size of a category, or of its own list."""
        one = self.agreement.categories[category]
        if one.size is not None:
            return one.size
        return self.course.size_of_list(one.list, "low", self.now) if one.list else None

    # --- beside the commitments ------------------------------------------------------------------------------------

    def balances(self):
        """The weighted accounts: what one side delivered less what the other did, as an interval."""
        found = []
        for one in self.agreement.balances:
            credit = {}
            for who in one.parties:
                cid = one.commitments[who]
                low, high = (self.weight(self.course.accrued(cid, "weight", "", w, self.now)) for w in ("low", "high"))
                credit[who] = (low, max(low, high))
            (a_low, a_high), (b_low, b_high) = (credit[who] for who in one.parties)
            found.append(
                {
                    "id": one.id,
                    "parties": list(one.parties),
                    "unit": one.unit,
                    "low": a_low - b_high,
                    "high": a_high - b_low,
                }
            )
        return found

    def weight(self, priced):
        """The sum of weights of priced handovers."""
        return sum(sum(owed.values()) for _, owed in priced)

    def classification_disputes(self):
        """Persons whom two parties place in different categories, and what one such person owes in each."""
        placed = {}
        for one in self.course.file_classifications(self.now):
            placed.setdefault(one.person, {})[one.by] = one.as_
        for e in self.known.of_kind("low", self.now, "classify"):
            placed.setdefault(e.person, {})[e.by] = e.as_
        found = []
        for person, places in placed.items():
            if len(set(places.values())) > 1:
                owed = {category: self.price_of_one(category) for category in sorted(set(places.values()))}
                found.append({"person": person, "as": places, "owed": owed})
        return found

    def price_of_one(self, category):
        """{category: number} that the first person of a category owes."""
        owed = {}

        def add(name, number):
            owed[name] = owed.get(name, 0) + number

        self.course.add_prices(category, 1, {}, add)
        return owed

    def warnings(self):
        """What in the journal changed nothing, and why: {code, id, message}."""
        found = []
        for e in self.known.entries:
            found += [{"code": code, "id": e.id, "message": code.replace("_", " ")} for code in self.faults(e)]
        return found

    def faults(self, e):
        """The warning codes of one entry."""
        course, codes = self.course, []
        names = [*(getattr(e, "of", None) or ()), *(getattr(e, "replaced_by", None) or ())]
        names += list(e.reads) if e.kind == "position" else []
        refs = [ref for ref in (getattr(e, "ref", None), getattr(e, "same_as", None)) if ref is not None]
        papers = [name for field in ("instrument", "by_instrument") if (name := getattr(e, field, None)) is not None]
        lists = [e.list_] if hasattr(e, "list_") else []
        if (
            any(name not in self.text for name in names)
            or any(ref not in self.known.ids for ref in refs)
            or any(name not in self.agreement.instruments for name in papers)
            or any(name not in self.agreement.lists for name in lists)
            or (e.kind == "exercise" and course.power(e.power) is None)
        ):
            codes.append("unknown_reference")
        of = [name for name in getattr(e, "of", None) or () if name in self.text]
        if e.kind == "exercise" and course.power(e.power) and (fault := course.fault(e, "low")):
            codes.append(fault)
        known_paper = e.kind == "supersede" and e.by_instrument in self.agreement.instruments
        if known_paper and any(e not in course.superseding(name, "low", self.now) for name in of):
            codes.append("supersede_not_accepted")
        if e.kind in ("perform", "total", "level") and e.party is None:
            each = [course.parties_of(name) for name in of]
            if any(parties != (None,) and e.by not in parties for parties in each):
                codes.append("entry_without_party")
        if e.kind == "perform" and not e.cat and not e.breakdown:
            accruing = [c.amount.accrues for c in course.commitments.values() if c.amount and c.amount.accrues]
            if any(one.price in ("counts_as", "weight") and course.concerns(e, one.from_) for one in accruing):
                codes.append("accrual_without_category")
        return codes

    def as_json(self):
        """The whole answer."""
        return {
            "commitments": [self.verdict(c.id) for c in self.agreement.commitments],
            "warnings": self.warnings(),
            "balances": self.balances(),
            "classification_disputes": self.classification_disputes(),
        }
