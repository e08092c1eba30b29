"""What a journal leaves open under its agreement: ids that nobody defined (E04) and findings J02 to J04.

J01, an id that stands twice, and lines that cannot be read refuse the journal when it is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from quittance.agreement.calendar import Clockwork
from quittance.agreement.clashes import fixed
from quittance.agreement.findings import Finding
from quittance.agreement.journal import Entry, Journal, Level, Perform, Total
from quittance.agreement.load import expressions_of
from quittance.agreement.model import Agreement, Commitment
from quittance.dates import is_instant
from quittance.ids import did_you_mean


def lint_journal(agreement: Agreement, journal: Journal) -> list[Finding]:
    """Everything to be said about a journal that was taken, in the order of its lines."""
    found = [Finding.of(problem, "warn") for problem in journal.findings]
    if journal.header.agreement != agreement.id:
        message = f"the journal belongs to `{journal.header.agreement}`, and this agreement is `{agreement.id}`"
        found.append(Finding("E04", "error", "agreement", 1, message))
    known = _known_ids(agreement, journal)
    priced = _priced(agreement)
    hours = _Hours(agreement)
    for entry in journal:
        found += _unknown_ids(entry, known)
        found += _without_category(entry, priced)
        found += hours.missing(entry)
    return sorted(found, key=lambda finding: (finding.line or 0, finding.code))


def _known_ids(agreement: Agreement, journal: Journal) -> Mapping[str, tuple[str, frozenset[str]]]:
    """For each field of an entry that holds an id: what the id names, and which there are."""
    commitments = "commitment", frozenset(commitment.id for commitment in agreement.commitments)
    parties = "party", frozenset(agreement.parties)
    categories = "category", frozenset(agreement.categories)
    entries = "entry", frozenset(entry.id for entry in journal)
    papers = "instrument", frozenset(agreement.instruments)
    return {
        "of": commitments, "replaced_by": commitments, "reads": commitments,
        "by": parties, "party": parties,
        "cat": categories, "breakdown": categories, "as_": categories,
        "ref": entries, "same_as": entries,
        "instrument": papers, "by_instrument": papers,
        "power": ("power", frozenset(power.id for power in agreement.powers)),
        "list_": ("list", frozenset(agreement.lists)),
    }  # fmt: skip


def _unknown_ids(entry: Entry, known: Mapping[str, tuple[str, frozenset[str]]]) -> Iterator[Finding]:
    for field in entry.__struct_fields__:
        if field not in known:
            continue
        what, names = known[field]
        value: str | Iterable[str] | None = getattr(entry, field)
        for name in (value,) if isinstance(value, str) else value or ():
            if name not in names:
                shown = name[:64]
                message = f"entry `{entry.id}`: unknown {what} `{shown}`{did_you_mean(shown, names)}"
                yield Finding("E04", "error", f"{entry.id}.{field.rstrip('_')}", entry.seq, message)


def _priced(agreement: Agreement) -> frozenset[str]:
    """Commitments whose handovers owe by category: sources of an accrual or a balance, and what counts toward them."""
    found = {name for balance in agreement.balances for name in balance.commitments.values()}
    for commitment in agreement.commitments:
        accrues = commitment.amount.accrues if commitment.amount is not None else None
        if accrues is not None and not isinstance(accrues.price, int):
            found.add(accrues.from_)
    while parts := {one.id for one in agreement.commitments if one.counts_toward in found} - found:
        found |= parts
    return frozenset(found)


def _without_category(entry: Entry, priced: frozenset[str]) -> Iterator[Finding]:
    if isinstance(entry, Perform) and entry.cat is None and entry.breakdown is None:
        names = [name for name in entry.of if name in priced]
        if names:
            yield Finding(
                "J03", "warn", entry.id, entry.seq,
                f"entry `{entry.id}`: what is handed over under {' and '.join(names)} is priced by category, and this "
                "entry names none, so it owes nothing. Add `cat`, or `breakdown`.",
            )  # fmt: skip


class _Hours:
    """Deadlines that fall within a day, on which an entry dated only by its day cannot be placed."""

    def __init__(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self.clockwork = Clockwork(agreement.calendar)
        self.days: dict[str, set[str]] = {}
        self.any_day: set[str] = set()
        for commitment in agreement.commitments if self.clockwork.instants else ():
            self.note(commitment)

    def note(self, commitment: Commitment) -> None:
        """Enter the days with an instant deadline; one counted in hours from an unknown moment may fall on any day."""
        for path, expression in expressions_of(commitment):
            if path[-1] == "until" or path[-1] == "max":
                continue
            moment = fixed(expression, commitment, self.agreement, self.clockwork)
            if moment is not None and is_instant(moment):
                day = self.clockwork.local_day(moment).isoformat()
                self.days.setdefault(commitment.id, set()).add(day)
            elif moment is None and expression.uses("hours"):
                self.any_day |= {commitment.id, *([expression.commitment] if expression.commitment else [])}

    def missing(self, entry: Entry) -> Iterator[Finding]:
        """J04 for an entry dated by day where the hour decides."""
        if not isinstance(entry, Perform | Total | Level) or len(entry.at) > 10:
            return
        names = [name for name in entry.of if name in self.any_day or entry.at in self.days.get(name, ())]
        if names:
            yield Finding(
                "J04", "warn", entry.id, entry.seq,
                f"entry `{entry.id}`: {' and '.join(names)} has a deadline within the day, and this entry says only "
                "the day. It counts at the day's end for what is sure and at its start for what is possible. Write "
                f"`at` with the hour, like {entry.at}T12:00:00+00:00.",
            )  # fmt: skip
