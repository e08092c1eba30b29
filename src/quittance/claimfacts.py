"""What accepted claims still owe to the journal of a case: entries to report, and entries to take back.

An entry is called `claim-CODE`. Where the same party has reported the same already, no second entry is made: the claim
then belongs to the one that is there. Where another party has, the new one says `same_as`, and is counted once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

import msgspec

from quittance.agreement.calendar import Clockwork
from quittance.agreement.journal import Entry, Perform, Retract
from quittance.claims.desk import code_in, settled
from quittance.claims.facts import fact_of, same_handover, same_report, sources_of
from quittance.claims.model import Claim
from quittance.claimshelf import ClaimShelf
from quittance.claimstore import Draft
from quittance.dates import parse_instant
from quittance.files.intake import Body, body_of
from quittance.record.known import read_key
from quittance.visibility import OPERATOR

PREFIX = "claim-"
REASON = "read again at the desk"
_NAME = re.compile(r"claim-([0-9a-f]{12}(?:\.[0-9]+)?)(?:-([0-9]+))?")


@dataclass(slots=True)
class Due:
    """What is owed: `entries` to record in their order, and for each claim the entry that reports it or why none does.

    `facts` and `stays` are by the claim's name in the case after the `#`; `made` and `retracted` are ids of entries.
    """

    entries: list[Body] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    stays: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    retracted: list[str] = field(default_factory=list)


def due(shelf: ClaimShelf, today: date, drafts: Iterable[Draft] = ()) -> Due:
    """What the record owes to the decisions that stand in it, and to `drafts` as if they stood there already."""
    return _Facts(shelf, today).work({one.code: one for one in drafts})


class _Facts:
    """The journal as it is, and the claims that are to stand in it."""

    def __init__(self, shelf: ClaimShelf, today: date) -> None:
        self.shelf, self.today = shelf, today
        self.case = shelf.case
        journal = list(shelf.casebook.journal(OPERATOR))
        gone = {one.ref for one in journal if isinstance(one, Retract)}
        self.taken = {one.id for one in journal}
        self.others = [one for one in journal if one.id not in gone and not _NAME.fullmatch(one.id)]
        self.standing: dict[str, Entry] = {}
        for one in journal:
            found = _NAME.fullmatch(one.id)
            if found and one.id not in gone:
                self.standing[found[1]] = one
        self.made: list[Entry] = []
        self.due = Due()

    def work(self, drafts: Mapping[str, Draft]) -> Due:
        """Go through all judged claims, those first that stand in the journal, so that these keep their entries."""
        wanted = list(self._wanted(drafts))
        wanted.sort(key=lambda one: (one[0] not in self.standing, one[1].published or "", one[1].doc, one[1].span))
        for name, claim, draft in wanted:
            self._report(name, claim, draft)
        return self.due

    def _wanted(self, drafts: Mapping[str, Draft]) -> Iterator[tuple[str, Claim, Draft]]:
        """Each claim that is to be a fact, with the decision that it rests on; the others lose theirs.

        Of a claim whose words are no longer kept here, everything stays as it is.
        """
        shelf = self.shelf
        here = shelf.reports.all()
        for code in dict.fromkeys((*shelf.said.codes(), *drafts)):
            what = settled(shelf.readings(code, drafts.get(code)))
            state, claims = what.state, what.claims
            if state in ("accepted", "corrected") and claims is None:
                continue
            names = set()
            if state in ("accepted", "corrected") and claims:
                kept = [drafts[code]] if code in drafts else []
                kept += [one for each in shelf.said.standing(code) if (one := shelf.draft_of(each))]
                draft = next(one for one in kept if one.decision.results == claims)
                if draft.report not in here:
                    continue
                for claim in claims:
                    name = claim.id.rpartition("#")[2]
                    names.add(name)
                    yield name, claim, draft
            else:
                self.due.stays[code] = state
            for name in [one for one in self.standing if code_in(one) == code and one not in names]:
                self._take_back(name)

    def _report(self, name: str, claim: Claim, draft: Draft) -> None:
        kept = self.shelf.report_of(draft.report)
        known = self.shelf.known_on(kept)
        source = sources_of(draft.report, claim, kept.report.url)
        agreement, there = self.case.agreement, [*self.others, *self.made]
        fact = fact_of(claim, self.case, PREFIX + name, source, known, draft.of)
        if isinstance(fact, str):
            self.due.stays[name] = fact
            self._take_back(name)
            return
        present = self.standing.get(name)
        found = same_report(agreement, fact, there) or self._merged(claim, fact)
        if found is not None:
            self.due.facts[name] = found.id
            self._take_back(name)
            return
        if isinstance(fact, Perform):
            other = same_handover(agreement, fact, there) or self._same_event(claim)
            fact = msgspec.structs.replace(fact, same_as=other.id if other else None)
        if present is not None and self._is_same(present, fact):
            self.due.facts[name] = present.id
            self.made.append(present)
            return
        if present is not None:
            known = self._take_back(name)
        new = msgspec.structs.replace(fact, id=self._id(PREFIX + name), known=known.isoformat())
        self.due.entries.append(body_of(new))
        self.due.made.append(new.id)
        self.due.facts[name] = new.id
        self.made.append(new)

    def _same_event(self, claim: Claim) -> Perform | None:
        """The handover reported by the claim about the same event, if that stands or is to be made."""
        found = self._fact_of_event(claim)
        return found if isinstance(found, Perform) else None

    def _merged(self, claim: Claim, fact: Entry) -> Entry | None:
        """The entry of the claim about the same event, where the same party says the same number of it."""
        found = self._fact_of_event(claim)
        number = getattr(fact, "n", None)
        is_same = found is not None and found.kind == fact.kind and getattr(found, "n", None) == number
        return found if is_same and getattr(found, "by", None) == getattr(fact, "by", None) else None

    def _fact_of_event(self, claim: Claim) -> Entry | None:
        name = (claim.same_event or "").rpartition("#")[2]
        made = self.due.facts.get(name)
        entries = {one.id: one for one in (*self.others, *self.standing.values(), *self.made)}
        return entries.get(made or "")

    def _take_back(self, name: str) -> date:
        """Take back the entry of a claim, if there is one; the day from which it never was.

        Where the entry was made on the day on which the report was public, everybody has seen it until today; where an
        old report was read later, nobody saw it on the day that it speaks of, and it goes from that day on.
        """
        entry = self.standing.pop(name, None)
        if entry is None:
            return self.today
        view = self.shelf.casebook.entry(OPERATOR, entry.id, self.today, self.today)
        clockwork = Clockwork(self.case.agreement.calendar)
        made = clockwork.local_day(parse_instant(view.place.accepted_at)) if view else self.today
        day = self.today if made.isoformat() == entry.recorded[:10] else date.fromisoformat(entry.recorded[:10])
        text = day.isoformat()
        retract = Retract(
            id=self._id(f"{entry.id}-withdrawn"), at=text, known=text, ref=entry.id, by=self._desk(entry), reason=REASON
        )
        self.due.entries.append(body_of(retract))
        self.due.retracted.append(entry.id)
        return day

    def _desk(self, entry: Entry) -> str:
        """Who takes an entry back: the neutral by the party of its keys, else an intermediary, else who said it."""
        parties = self.case.agreement.parties
        stored = (self.shelf.record.known().state(f"key:{one}") for one in self.shelf.said.keys)
        keys = [read_key(one) for one in stored if one]
        found = [one.party for one in keys if one.role == "neutral" and one.party in parties]
        found += [name for name, one in parties.items() if one.standing == "intermediary"]
        return found[0] if found else str(getattr(entry, "by", ""))

    def _is_same(self, present: Entry, fact: Entry) -> bool:
        bodies = [dict(body_of(one)) for one in (present, fact)]
        for body in bodies:
            for name in ("id", "known", "seq"):
                body.pop(name, None)
        return bodies[0] == bodies[1]

    def _id(self, wanted: str) -> str:
        """An id that no entry has: the next version where there was one."""
        name, version = wanted, 1
        while name in self.taken:
            version += 1
            name = f"{wanted}-{version}"
        self.taken.add(name)
        return name
