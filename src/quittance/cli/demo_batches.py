"""The part of the demo in which people go: three batches of April 2020, on the days and of the size told.

The people are those of the invented list, and so is all that is said of them: who is ill, who is cleared, who drops
out, who is denied. Every key is made for the demo, and the clock is set to the days of 2020 on which it happens.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quittance.casebook import Casebook
    from quittance.listbook import Listbook
    from quittance.record.keys import Signer
    from quittance.record.statement import Statement

GIVER, TAKER, NEUTRAL_PARTY = "goa", "taliban", "icrc"
LIST = "taliban/invented-5000"

VETOED = 15
"""As many as the government refused on 7 April 2020."""

CLEARED_SHARES = {"decree": 40, "pledge": 90, "identity": 85}
"""Of a hundred people of the list, how many an open gate is granted to, each of those who passed the one before."""

FIT, WILLING = 90, 97

PRISONS = (("bagram", 40), ("pul-e-charkhi", 22), ("kandahar", 14), ("herat", 12), ("kunduz", 12))
PROVINCES = (("Helmand", 18), ("Kandahar", 16), ("Kunduz", 14), ("Ghazni", 12), ("Wardak", 12), ("Nangarhar", 12),
             ("Herat", 8), ("Balkh", 8))  # fmt: skip
HEALTH = (("well", 79), ("chronic", 14), ("serious", 6), ("grave", 1))
TERMS = ((0, 90, 8), (90, 90, 7), (180, 185, 13), (365, 365, 22), (730, 1095, 32), (1825, 1825, 18))
"""Days left of a sentence: from, how many more, and of a hundred people how many."""


@dataclass(frozen=True, slots=True)
class Day:
    """A batch of the demo: its id, the entry of the press that reports it, and what goes wrong."""

    batch: str
    day: str
    fact: str
    mishap: str


DAYS = (
    Day("B-2020-04-08", "2020-04-08", "goa-100-first", "declines"),
    Day("B-2020-04-09", "2020-04-09", "goa-100-second", "denied"),
    Day("B-2020-04-11", "2020-04-11", "goa-100-third", "not_held"),
)
DENIED = 3

SIZE = 100
"""Of a batch, where the list is long enough; else one in ten of those available."""


class PlayedClock:
    """A clock that the demo sets to a day, and that goes on by a second each time it is asked."""

    def __init__(self, day: str) -> None:
        self.set(day)

    def set(self, day: str, hour: int = 6) -> None:
        """Go to an hour of a day, UTC."""
        self._now = datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present of the demo."""
        self._now += timedelta(seconds=1)
        return self._now


@dataclass(frozen=True, slots=True)
class Offices:
    """Who signs what in the demo."""

    operator: Signer
    holding: Signer
    receiving: Signer
    neutral: Signer
    medical: Signer


def _lot(code: str, question: str) -> int:
    """From 0 to 99, the same for one person and question in every run."""
    return int.from_bytes(sha256(f"demo|{question}|{code}".encode()).digest()[:4]) % 100


def _among(shares: Sequence[tuple[str, int]], lot: int) -> str:
    for name, share in shares:
        lot -= share
        if lot < 0:
            return name
    return shares[-1][0]


def register(pids: Sequence[str]) -> bytes:
    """What the invented register says of the entries of the list, as CSV."""
    rows = ["pid,held_at,province,age,health,remaining_days"]
    for pid in pids:
        start, more, _ = next(
            term for at, term in enumerate(TERMS) if _lot(pid, "term") < sum(one[2] for one in TERMS[: at + 1])
        )
        age = 19 + _lot(pid, "age") // 2 + (_lot(pid, "old") // 4 if _lot(pid, "band") < 20 else 0)
        health = _among(HEALTH, _lot(pid, "health"))
        remaining = start + more * _lot(pid, "days") // 100
        province, prison = _among(PROVINCES, _lot(pid, "province")), _among(PRISONS, _lot(pid, "prison"))
        rows.append(f"{pid},{prison},{province},{age},{health},{remaining}")
    return ("\n".join(rows) + "\n").encode()


class Play:
    """The days of the demo, one after another, over the open books of its case."""

    def __init__(self, listbook: Listbook, casebook: Casebook, offices: Offices, clock: PlayedClock) -> None:
        from quittance.batchbook import Batchbook
        from quittance.handoverbook import Handoverbook

        self._listbook, self._casebook, self._by, self._clock = listbook, casebook, offices, clock
        self._batches = Batchbook(listbook)
        self._handovers = Handoverbook(self._batches)
        listed = [one for one in listbook.shelf.listed if one.list == LIST and not one.gone]
        self._handles = {one.pid: one.handle for one in listed}
        self._declined = ""

    def run(self) -> Iterator[str]:
        """Everything, each sentence as soon as it is true."""
        yield self._clear()
        for day in DAYS:
            yield self._go(day)
        yield self._sum()

    def _enter(self, statements: Statement | Sequence[Statement], *signers: Signer) -> None:
        from quittance.record.keys import sign_statement
        from quittance.record.statement import Statement
        from quittance.visibility import OPERATOR

        every = [statements] if isinstance(statements, Statement) else statements
        self._casebook.submit(OPERATOR, [(one, sign_statement(one, *signers)) for one in every])

    # --- before the first batch ---------------------------------------------------------------------------------------

    def _clear(self) -> str:
        """The register taken in, the open gates granted, the first sealed rounds."""
        from quittance.visibility import OPERATOR

        self._batches.register(OPERATOR, register(tuple(self._handles)), LIST)
        vetoed = sorted(self._handles)[:VETOED]
        others = [pid for pid in self._handles if pid not in vetoed]
        self._give("not_vetoed", "refused", vetoed, self._by.holding, reason="security")
        self._give("not_vetoed", "granted", others, self._by.holding)
        cleared = others
        for gate, share in CLEARED_SHARES.items():
            cleared = [pid for pid in cleared if _lot(pid, gate) < share]
            self._give(gate, "granted", cleared, self._by.receiving if gate == "identity" else self._by.holding)
        self._cleared = cleared
        self._seal(cleared)
        status = self._batches.clearances.status(OPERATOR, LIST)
        available = next(one.yes for one in status if "medical" in one.gates)
        self._size = min(SIZE, available // 10)
        return (
            f"Of the {len(self._handles):,} on the list the government's demo key vetoes {VETOED}, orders the release "
            f"of others and takes their pledges; three delegates identify {len(cleared):,}. What the doctor and the "
            "neutral find out is sealed: whoever is unfit, undecided or does not want to go is only not among the "
            f"{available:,} who are available."
        )

    def _give(self, gate: str, outcome: str, pids: Sequence[str], signer: Signer, *, reason: str | None = None) -> None:
        from quittance.visibility import OPERATOR

        codes = [self._handles[pid] for pid in pids]
        made = self._batches.clearances.give(OPERATOR, gate, outcome, codes, self._casebook, reason=reason)
        self._enter(made, signer)

    def _seal(self, pids: Sequence[str], batch: str | None = None, declines: str | None = None) -> None:
        """A round of the doctor and one of the neutral, over the list or at the door of a batch."""
        from quittance.clearancebook import SealRow
        from quittance.visibility import MEDICAL, NEUTRAL

        def rows(gate: str, word: str, share: int) -> list[SealRow]:
            yes = [pid for pid in pids if _lot(pid, gate) < share]
            return [SealRow(at, self._handles[pid], gate, word) for at, pid in enumerate(yes, 2)]

        wishes = rows("consent", "granted", WILLING)
        if declines is not None:
            wishes = [one for one in wishes if one.code != declines]
            wishes.append(SealRow(1, declines, "consent", "refused", "declined"))
        where = {"batch": batch} if batch else {"list_name": LIST}
        sealing = self._batches.clearances.seal
        self._enter(
            sealing(MEDICAL, "medical", rows("medical", "granted", FIT), self._casebook, **where), self._by.medical
        )
        self._enter(sealing(NEUTRAL, "neutral", wishes, self._casebook, **where), self._by.neutral)

    # --- a batch --------------------------------------------------------------------------------------------------

    def _go(self, day: Day) -> str:
        """A batch from the seed to its closing."""
        from quittance.visibility import OPERATOR

        self._clock.set(day.day, 4)
        if day is DAYS[-1]:  # what was wished on 7 April holds for three days
            self._seal([pid for pid in self._cleared if self._handles[pid] != self._declined])
        self._draw(day.batch)
        proposed = self._batches.propose(OPERATOR, day.batch, self._casebook)
        self._enter(proposed.statement, self._by.operator)
        self._enter(self._batches.confirm(OPERATOR, day.batch, self._casebook), self._by.neutral, self._by.medical)
        self._enter(self._batches.confirm(OPERATOR, day.batch, self._casebook), self._by.holding)
        self._clock.set(day.day, 7)
        told = self._at_the_door(day)
        self._clock.set(day.day, 9)
        seen = self._hand_over(day)
        self._clock.set(day.day, 14)
        self._enter(self._batches.close(OPERATOR, day.batch, self._casebook), self._by.neutral)
        return f"{day.batch}: {told} {seen}"

    def _draw(self, batch: str) -> None:
        """The seed, from three numbers that are bound before any is shown."""
        from quittance.visibility import OPERATOR

        seeds = self._batches.seeds
        self._enter(seeds.request(OPERATOR, batch, self._casebook, list_name=LIST, size=self._size), self._by.operator)
        numbers = {
            one: sha256(f"demo|{batch}|{name}".encode()).digest()
            for name, one in (("a", self._by.holding), ("b", self._by.receiving), ("n", self._by.neutral))
        }
        for signer, number in numbers.items():
            self._enter(seeds.commit(OPERATOR, batch, signer, number, self._casebook), signer)
        for signer, number in numbers.items():
            self._enter(seeds.reveal(OPERATOR, batch, signer, number, self._casebook), signer)

    def _at_the_door(self, day: Day) -> str:
        """Everybody is asked again; whoever does not go is replaced in a round, which takes place in any case."""
        from quittance.visibility import NEUTRAL, OPERATOR

        going = self._going(day.batch)
        pids = {handle: pid for pid, handle in self._handles.items()}
        first = min(going)
        declines = first if day.mishap == "declines" else None
        self._seal([pids[one] for one in going], day.batch, declines)
        if day.mishap == "declines":
            self._declined = first
            self._batches.drop(NEUTRAL, day.batch, first, "declined", "neutral")
        elif day.mishap == "not_held":
            self._batches.drop(OPERATOR, day.batch, first, "not_held", "operator")
            gone = self._handovers.outcome(OPERATOR, [first], "not_held", "holding", self._casebook)
            self._enter(gone, self._by.holding)
        changed = self._batches.change(OPERATOR, day.batch, self._casebook)
        self._enter(changed.statement, self._by.operator)
        told = {
            "declines": "one is not available at the door and the next in order goes; why, the neutral alone knows.",
            "denied": "everybody goes.",
            "not_held": "one turns out not to be held, and the next in order goes.",
        }
        return f"{len(going)} chosen by the rules; {told[day.mishap]}"

    def _going(self, batch: str) -> tuple[str, ...]:
        return self._batches.shelf.batch(batch).to_go

    def _hand_over(self, day: Day) -> str:
        """What the neutral saw, what each side signs, and whom the receiving side denies."""
        from quittance.visibility import NEUTRAL, OPERATOR

        statement = self._handovers.observe(
            NEUTRAL, day.batch, self._casebook, place="bagram", at=f"{day.day}T08:00:00Z", fact=day.fact
        )
        self._enter(statement, self._by.neutral)
        went, sid = statement.body["count"], statement.sid
        denied = (
            sorted(self._batches.shelf.proceedings.handovers[sid].handles)[:DENIED] if day.mishap == "denied" else []
        )
        if denied:
            no = self._handovers.deny(OPERATOR, sid, TAKER, denied, "not_listed", self._casebook)
            self._enter(no, self._by.receiving)
        for party, signer in ((GIVER, self._by.holding), (TAKER, self._by.receiving)):
            self._enter(self._handovers.answer(OPERATOR, sid, party, self._casebook), signer)
        if not denied:
            return f"The neutral sees {went} handed over, and both sides sign."
        return f'The neutral sees {went} handed over; of {len(denied)} the receiving side says "not on our list".'

    def _sum(self) -> str:
        """What became of everybody, as the neutral sees it and as everybody else does."""
        from quittance.views.sums import SumsView
        from quittance.visibility import NEUTRAL

        view: SumsView = self._batches.sums(NEUTRAL)
        (mine,) = (one for one in view.lists if one.list == LIST and one.audience == "neutral")
        (theirs,) = (one for one in view.lists if one.list == LIST and one.audience == GIVER)

        def written(lines: Sequence[object]) -> str:
            return " + ".join(f"{one.n:,} {one.outcome.replace('_', ' ')}" for one in lines if one.n)  # type: ignore[attr-defined]

        return (
            f"People add up. For the neutral: {mine.listed:,} = {written(mine.lines)}. For each side: "
            f"{theirs.listed:,} = {written(theirs.lines)}."
        )
