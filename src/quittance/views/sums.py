"""People add up: for every list and audience, everybody counted once by outcome, each number open to its entries.

For parties and the public the folds of `handover.outcomes` are done before anything comes here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from quittance.agreement.model import Agreement
from quittance.codes import code_of
from quittance.handover.model import NEUTRAL, NOT_AVAILABLE, PUBLIC, Audience, Sealed
from quittance.handover.outcomes import SPLIT, Outcome, counted, outcomes
from quittance.handover.state import Proceedings

Opened = Callable[[int], Sealed | None]
"""The sealed clearances of complete rounds among the first so many entries; None where the vault is shut."""


@dataclass(frozen=True, slots=True)
class SumLine:
    """How many persons have one outcome; None where the audience may not know.

    `codes` are the persons, for the neutral only; `entries` the indexes of the record that say so, where they tell an
    audience nothing that it may not know.
    """

    outcome: str
    n: int | None
    codes: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ListSums:
    """The persons of one list for one audience; `split` are those who remain, for the neutral only.

    `disputed` are the codes of persons of whom offices say different things, for the neutral only.
    """

    list: str
    side: str
    version: int
    listed: int
    lines: tuple[SumLine, ...]
    audience: Audience
    split: tuple[SumLine, ...] = ()
    disputed: tuple[str, ...] = ()

    @property
    def closes(self) -> bool:
        """Whether the numbers add up to everybody listed; numbers withheld leave room for themselves."""
        shown = sum(line.n for line in self.lines if line.n is not None)
        return shown <= self.listed if any(line.n is None for line in self.lines) else shown == self.listed


@dataclass(frozen=True, slots=True)
class SumsView:
    """All lists for all audiences: the neutral, each party of the agreement that has part in a list, the public."""

    as_of: str
    known_by: str
    lists: tuple[ListSums, ...]

    def of(self, name: str, audience: Audience) -> ListSums | None:
        """One list for one audience; None where there is none."""
        return next((one for one in self.lists if (one.list, one.audience) == (name, audience)), None)


def sums_view(
    proceedings: Proceedings,
    public: Proceedings,
    agreement: Agreement,
    opened: Opened,
    now: datetime,
    public_now: datetime,
    *,
    as_of: str,
    known_by: str,
    parties: Sequence[str] = (),
) -> SumsView:
    """The sums of every list at `now`; for the public those of `public_events`, at the time of the last of them.

    `parties` are those for whom sums are made beside the neutral and the public.
    """
    found = []
    for audience in (NEUTRAL, *parties, PUBLIC):
        known, at = (public, public_now) if audience == PUBLIC else (proceedings, now)
        sealed = opened(known.size)
        for name in known.names:
            people = outcomes(name, known, agreement.handovers, sealed, at, audience)
            found.append(_list_sums(name, known, people, audience))
    return SumsView(as_of, known_by, tuple(found))


def _list_sums(name: str, proceedings: Proceedings, people: Sequence[Outcome], audience: Audience) -> ListSums:
    counts = counted(name, audience, people)
    by_outcome: dict[str, list[Outcome]] = {}
    for one in people:
        by_outcome.setdefault(one.outcome, []).append(one)
        if one.part:
            by_outcome.setdefault(one.part, []).append(one)
    listed = proceedings.lists.get(name)
    split = [_line(part, counts.split[part], by_outcome.get(part, ()), audience) for part in SPLIT if counts.split]
    return ListSums(
        list=name,
        side=name.partition("/")[0],
        version=listed.version if listed else 0,
        listed=counts.listed,
        lines=tuple(_line(key, n, by_outcome.get(key, ()), audience) for key, n in counts.counts.items()),
        audience=audience,
        split=tuple(split),
        disputed=tuple(code_of(one.handle) for one in people if one.disputed) if audience == NEUTRAL else (),
    )


def _line(name: str, n: int | None, people: Sequence[Outcome], audience: Audience) -> SumLine:
    """One number; a party sees the entries of what the record says openly, and of nobody who waits."""
    is_told = audience == NEUTRAL or (audience != PUBLIC and name not in ("remaining", NOT_AVAILABLE))
    codes = tuple(code_of(one.handle) for one in people) if audience == NEUTRAL else ()
    return SumLine(name, n, codes, tuple(sorted({at for one in people for at in one.indexes})) if is_told else ())
