"""The journal opened: entries by kind and by what they name, on ticks, with what was retracted when.

Nothing here depends on anybody's reading of the terms, so one `Book` serves them all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TypeVar

from quittance.agreement.calendar import Clockwork
from quittance.agreement.journal import (
    Attest,
    Deny,
    Entry,
    Journal,
    Level,
    Perform,
    Retract,
    Total,
    moment_of,
)
from quittance.agreement.model import Agreement

E = TypeVar("E", bound=Entry)
Figure = Perform | Total | Level


class Book:
    """A journal indexed once. Ticks of entries dated only by day differ between the worlds at granularity `instant`."""

    def __init__(self, agreement: Agreement, journal: Journal, clockwork: Clockwork) -> None:
        self.agreement = agreement
        self.journal = journal
        self.clockwork = clockwork
        self.by_kind: defaultdict[type[Entry], list[Entry]] = defaultdict(list)
        self.by_id: dict[str, Entry] = {}
        self.attests: defaultdict[str, list[Attest]] = defaultdict(list)
        self.retracts: defaultdict[str, list[Retract]] = defaultdict(list)
        self.denials: defaultdict[str, list[Deny]] = defaultdict(list)
        for entry in journal.entries:
            self.by_kind[type(entry)].append(entry)
            self.by_id[entry.id] = entry
        for attest in self.of_kind(Attest):
            self.attests[attest.ref].append(attest)
        for retract in self.of_kind(Retract):
            self.retracts[retract.ref].append(retract)
        for deny in self.of_kind(Deny):
            for name in deny.of or ():
                self.denials[name].append(deny)
            if deny.ref is not None:
                for name in getattr(self.by_id.get(deny.ref), "of", None) or ():
                    self.denials[name].append(deny)
        self._first: dict[str, int] = {}
        self._last: dict[str, int] = {}
        self._known: dict[str, int] = {}
        self._retractions = sorted(self.of_kind(Retract), key=self.order_of_knowledge)
        self._dead: dict[int, frozenset[str]] = {}
        self.groups = self._same_handovers()

    def of_kind(self, kind: type[E]) -> list[E]:
        """The entries of one kind, in the order of the journal."""
        return self.by_kind[kind]  # type: ignore[return-value]

    def tick(self, entry: Entry, *, low: bool) -> int:
        """When an entry happened; one dated by day: at the day's end in the low world, at its start in the high."""
        table = self._last if low else self._first
        found = table.get(entry.at)
        if found is None:
            span = self.clockwork.span(moment_of(entry.at))
            found = table[entry.at] = span.last if low else span.first
        return found

    def known(self, entry: Entry) -> int:
        """When an entry became known: its day of recording, or the instant; a day is not after an instant within it."""
        text = entry.recorded
        found = self._known.get(text)
        if found is None:
            found = self._known[text] = self.clockwork.span(moment_of(text)).first
        return found

    def stands(self, entry: Entry, known_by: int) -> bool:
        """Whether an entry is known and not retracted, as seen from a tick."""
        if self.known(entry) > known_by:
            return False
        return entry.id not in self.retracts or entry.id not in self._retracted(known_by)

    def _retracted(self, known_by: int) -> frozenset[str]:
        """The ids retracted by then. A later retraction can take back an earlier one, so the newest is heard first."""
        count = bisect_right(self._retractions, known_by, key=self.known)
        found = self._dead.get(count)
        if found is None:
            dead: set[str] = set()
            for retract in reversed(self._retractions[:count]):
                if retract.id not in dead:
                    dead.add(retract.ref)
            found = self._dead[count] = frozenset(dead)
        return found

    def turns(self, entry: Entry) -> set[int]:
        """The ticks of knowledge at which `stands` or a finding about this entry may change."""
        found: set[int] = set()
        seen: set[str] = set()
        waiting: list[Entry] = [entry]
        while waiting:
            one = waiting.pop()
            if one.id not in seen:
                seen.add(one.id)
                found.add(self.known(one))
                waiting += [*self.retracts.get(one.id, ()), *self.attests.get(one.id, ())]
        return found

    def standing(self, kind: type[E], known_by: int) -> list[E]:
        """The entries of one kind that stand, in the order of happening."""
        found = [entry for entry in self.of_kind(kind) if self.stands(entry, known_by)]
        return sorted(found, key=self.order)

    def order(self, entry: Entry) -> tuple[int, int, str]:
        """The order of happening."""
        return self.tick(entry, low=True), entry.seq, entry.id

    def order_of_knowledge(self, entry: Entry) -> tuple[int, int, str]:
        """The order of knowledge."""
        return self.known(entry), entry.seq, entry.id

    def _same_handovers(self) -> dict[str, list[Perform]]:
        """For each handover that several entries report: the id of every one of them -> all, in order of happening."""
        root: dict[str, str] = {}
        for entry in self.of_kind(Perform):
            if entry.same_as is not None and isinstance(self.by_id.get(entry.same_as), Perform):
                root[entry.id] = entry.same_as

        def find(name: str) -> str:
            seen = {name}
            while name in root and root[name] not in seen:
                name = root[name]
                seen.add(name)
            return name

        groups: defaultdict[str, list[Perform]] = defaultdict(list)
        for name in {*root, *root.values()}:
            member = self.by_id[name]
            assert isinstance(member, Perform)
            groups[find(name)].append(member)
        result: dict[str, list[Perform]] = {}
        for members in groups.values():
            members.sort(key=self.order)
            result.update({member.id: members for member in members})
        return result
