"""The entries behind a verdict's figures: found by looking again, when somebody asks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable

from quittance.agreement.account import Account, Figure, Mark
from quittance.agreement.journal import Entry, Level, Perform, Total
from quittance.agreement.judge import portions
from quittance.agreement.verdict import Evidence, newest
from quittance.agreement.world import World


def evidence_of(low: World, high: World, account: Account, tick: int) -> Evidence:
    """Ids of the entries behind `verified` (with their attestations), behind both sides' figures where conceded is at
    least verified, and behind every figure equal to `high`; totals that were replaced are not among them.
    """
    commitment = low.commitment(account.name)
    finder = _Finder(low, account, tick)
    if commitment.mode in ("refrain", "maintain"):
        return _evidence(finder.of_keeping())
    if commitment.for_each is not None:
        return _evidence(finder.of_persons())
    amounts, figures = account.amounts(tick), account.figures(tick)
    if amounts.verified > 0:
        finder.add(finder.behind_verified(amounts.verified), attested=True)
    if amounts.conceded is not None and amounts.conceded >= amounts.verified:
        for side in (account.unit.debtors, account.unit.creditors):
            top = max(figure for speaker, figure in figures.items() if speaker in side)
            finder.add_voices(speaker for speaker, figure in figures.items() if speaker in side and figure == top)
    if high.ledger is not low.ledger:
        account = next(one for one in high.ledger.accounts[account.name] if one.key == account.key)
        finder = _Finder(high, account, tick, finder.found)
        figures = account.figures(tick)
    most = max(amounts.high, account.amounts(tick).high)
    finder.add_voices(speaker for speaker, figure in figures.items() if figure == most)
    return _evidence(finder.found)


def _evidence(found: dict[str, Entry]) -> Evidence:
    return Evidence(tuple(found), newest(entry.at for entry in found.values()))


class _Finder:
    """Looks at one account's entries one by one, as known at the world's tick, up to a tick."""

    def __init__(self, world: World, account: Account, tick: int, found: dict[str, Entry] | None = None) -> None:
        self.world = world
        self.account = account
        self.tick = tick
        self.found: dict[str, Entry] = {} if found is None else found
        unit, known_by = account.unit, world.known_by
        self.brings = {
            entry.id: brings
            for entry in account.entries
            if world.tick(entry) <= tick and (brings := world.ledger.brings(entry, unit, known_by)).claimed is not None
        }
        entries = [entry for entry in account.entries if entry.id in self.brings]
        entries.sort(key=world.book.order)
        self.performs = [entry for entry in entries if isinstance(entry, Perform)]
        self.marks: list[Total | Level] = [entry for entry in entries if not isinstance(entry, Perform)]

    def add(self, entries: Iterable[Entry], *, attested: bool = False) -> None:
        """Take entries as evidence, with the findings that verify them where asked."""
        for entry in entries:
            self.found[entry.id] = entry
            if attested:
                for attest in self.world.judge.findings(entry, self.world.known_by):
                    if attest.verdict == "verified" and attest.by in self._named(entry):
                        self.found[attest.id] = attest

    def add_voices(self, speakers: Iterable[str]) -> None:
        """Take what is behind some speakers' figures."""
        for speaker in speakers:
            self.add(self.behind(speaker))

    def of_keeping(self) -> dict[str, Entry]:
        """For a promise to keep or to refrain: the violations with all findings about them, and a rate's reports."""
        for violation in self.world.keeping.violations(self.account, self.tick):
            entry = self.world.book.by_id[violation.entry]
            self.add([entry, *self.world.judge.findings(entry, self.world.known_by)])
        if self.world.keeping.has_rate(self.account.name):
            self.add(self.performs, attested=True)
        return self.found

    def of_persons(self) -> dict[str, Entry]:
        """Where each person has a clock: the handovers that name somebody whose clock has started."""
        started = {one.person for one in self.world.owing.clocks(self.account.name) if one.counts_at(self.tick)}
        self.add((entry for entry in self.performs if started.intersection(entry.persons or ())), attested=True)
        return self.found

    def _named(self, entry: Entry) -> frozenset[str]:
        unit = self.account.unit
        names: frozenset[str] = frozenset()
        for category, _ in portions(entry, unit.commitment):
            ruling = self.world.judge.ruling(entry, unit, category)
            names |= ruling.named if ruling is not None else names
        return names

    def verified(self, entry: Figure) -> int:
        """How many of an entry are verified."""
        return self.brings[entry.id].verified

    def behind(self, speaker: str) -> list[Figure]:
        """The entries behind one speaker's figure."""
        levels = [mark for mark in self.marks if isinstance(mark, Level) and mark.by == speaker]
        if levels and speaker in self.account.voices and self.account.voices[speaker].levels:
            return [levels[-1]]
        totals = [mark for mark in self.marks if isinstance(mark, Total) and mark.by == speaker]
        performs, spoken = [], set()
        for entry in self.performs:
            group = self.world.book.groups.get(entry.id)
            root = group[0].id if group else entry.id
            if entry.by == speaker and root not in spoken:
                spoken.add(root)
                performs.append(entry)
        return max(self._options(totals, performs, lambda entry: entry.count), key=lambda option: option[0])[1]

    def behind_verified(self, amount: int) -> list[Figure]:
        """The verified entries that make up the verified amount."""
        performs: list[Perform] = []
        counted: set[str] = set()
        for entry in self.performs:
            group = self.world.book.groups.get(entry.id)
            root = group[0].id if group else entry.id
            if root not in counted and self.verified(entry):
                counted.add(root)
                performs.append(entry)
        options: list[tuple[int, list[Figure]]] = [(sum(self.verified(entry) for entry in performs), list(performs))]
        if levels := self.account.verified_voices[""].levels:
            ids = {mark.entry for mark in levels}
            verified = [mark for mark in self.marks if isinstance(mark, Level) and mark.id in ids]
            if verified:
                return [verified[-1]]
        for speaker in dict.fromkeys(mark.by for mark in self.marks):
            voice = self.account.verified_voices.get(speaker)
            ids = {mark.entry for mark in voice.totals} if voice is not None else set()
            totals = [mark for mark in self.marks if isinstance(mark, Total) and mark.id in ids]
            if totals:
                options += self._options(totals, performs, self.verified)
        return next((entries for value, entries in options if value == amount), list(performs))

    def _options(
        self, totals: list[Total], performs: list[Perform], count: Callable[[Perform], int]
    ) -> list[tuple[int, list[Figure]]]:
        """A and B of one voice, each with the entries behind it (A first, so that it wins a tie)."""
        day = self.world.clockwork.day_of
        newest_total: dict[str, Mark] = {}
        for total in totals:
            index = bisect_right(self.account.ticks, self.world.tick(total)) - 1
            for name in total.of:
                if name in self.account.sources:
                    newest_total[name] = Mark(index, total.seq, total.id, total.n, tuple(total.of))
        by_id = {total.id: total for total in totals}
        days = {name: day(self.account.ticks[mark.place]) for name, mark in newest_total.items()}
        options: list[tuple[int, list[Figure]]] = []
        if self.account.name in newest_total:
            base = by_id[newest_total[self.account.name].entry]
            later = [one for one in performs if day(self.world.tick(one)) > days[self.account.name]]
            options.append((base.n + sum(count(one) for one in later), [base, *later]))
        counted, covered = self.account.covering(newest_total)
        cover_day = {name: day(self.account.ticks[index]) for name, index in covered.items()}
        open_ = [
            one
            for one in performs
            if all(day(self.world.tick(one)) > cover_day[name] for name in one.of if name in cover_day)
        ]
        options.append(
            (sum(counted.values()) + sum(count(one) for one in open_), [*(by_id[name] for name in counted), *open_])
        )
        return options
