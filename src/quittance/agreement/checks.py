"""Everything that shapes alone cannot say of an agreement file: ids that must exist, clocks, cycles, order, sources."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from quittance.agreement.calendar import Clockwork
from quittance.agreement.expressions import TimeExpression
from quittance.agreement.model import Agreement, Commitment, Condition, Expr, Patch
from quittance.agreement.promises import expressions_of
from quittance.agreement.shapes import place
from quittance.agreement.text import Document, Path, path_text
from quittance.dates import DateError, Moment
from quittance.errors import Problem
from quittance.ids import did_you_mean, is_id

MOST_STEPS = 10_000
"""A pace has no more steps."""


class Checker:
    """Everything that shapes alone cannot say: ids that must exist, clocks, cycles, order, sources."""

    def __init__(self, agreement: Agreement, document: Document) -> None:
        self.agreement = agreement
        self.document = document
        self.found: list[Problem] = []
        self.commitments = {commitment.id for commitment in agreement.commitments}
        try:
            self.clockwork: Clockwork | None = Clockwork(self.agreement.calendar)
        except DateError as error:
            self.clockwork = None
            self._add("E11", ("calendar", "timezone"), str(error))

    def _add(self, code: str, path: Path, message: str) -> None:
        where = place((*path, ""), self.document.value).rstrip(".")
        self.found.append(Problem(code, f"{where}: {message}", self.document.line_of(path), path_text(path)))

    def problems(self) -> list[Problem]:
        """Everything that is wrong, in the order in which it was found."""
        self._check_duplicates()
        self._check_sources()
        self._check_parties_and_papers()
        self._check_categories_and_lists()
        for index, commitment in enumerate(self.agreement.commitments):
            here: Path = ("commitments", index)
            if "owed" in commitment.model_fields_set:
                message = "unknown field `owed`; it appears only in what a party reads (positions)"
                self._add("E01", (*here, "owed"), message)
            self._check_commitment(commitment, here)
            paper = self.agreement.instruments.get(commitment.of)
            self._check_patch(commitment, here, paper.begin if paper else None)
        self._check_positions_and_powers()
        self._check_handovers()
        self._check_cycles()
        return self.found

    def of_reading(self, name: str, patch: Patch, path: Path = ()) -> list[Problem]:
        """What is wrong with a patch of one commitment, by itself and laid over the text."""
        before, self.found = self.found, []
        self._promise([name], path)
        if name in self.commitments:
            bound = self.agreement.commitment(name)
            paper = self.agreement.instruments.get(bound.of)
            self._check_patch(
                patch, path, paper.begin if paper else None, that=(patch.for_each or bound.for_each) is not None
            )
            if not self.found:
                patched = bound.patched(patch)
                self._check_commitment(patched, path)
                others = [one for one in self.agreement.commitments if one.id != name]
                self._check_circles([*others, patched], lambda _: path)
        found, self.found = self.found, before
        return found

    # --- ids -----------------------------------------------------------------------------------------------------

    def _known(self, names: Iterable[str | None], table: Iterable[str], what: str, path: Path) -> None:
        table = set(table)
        for name in names:
            if name is not None and name not in table:
                self._add("E04", path, f"unknown {what} `{name}`{did_you_mean(name, table)}")

    def _party(self, names: Iterable[str | None], path: Path) -> None:
        self._known(names, self.agreement.parties, "party", path)

    def _category(self, names: Iterable[str | None], path: Path) -> None:
        self._known(names, self.agreement.categories, "category", path)

    def _promise(self, names: Iterable[str | None], path: Path) -> None:
        self._known(names, self.commitments, "commitment", path)

    def _check_handovers(self) -> None:
        """What a batch is of, and whether somebody is entitled to grant each gate of the selection."""
        handovers, here = self.agreement.handovers, ("handovers",)
        self._promise([handovers.commitment], (*here, "commitment"))
        if handovers.list is not None:
            side, slash, name = handovers.list.partition("/")
            if not slash or not is_id(name):
                self._add("E11", (*here, "list"), "a list is written as its side and its id, like `side-b/list-1`")
            self._party([side], (*here, "list"))
        gates = (self.agreement.selection or {}).get("gates")
        for gate in gates if isinstance(gates, list) else ():
            if isinstance(gate, str) and gate not in handovers.clearances:
                self._add(
                    "E04",
                    ("selection", "gates"),
                    f"nobody may grant the gate `{gate}`; say who in handovers.clearances",
                )

    def _check_duplicates(self) -> None:
        for section in ("commitments", "powers", "positions", "balances"):
            seen: dict[str, int] = {}
            for index, part in enumerate(getattr(self.agreement, section)):
                if part.id in seen:
                    self._add(
                        "E05",
                        (section, index, "id"),
                        f"the id `{part.id}` stands here again (first at {section}[{seen[part.id]}])",
                    )
                seen.setdefault(part.id, index)

    def _check_sources(self) -> None:
        for name, instrument in self.agreement.instruments.items():
            self._source(instrument, ("instruments", name))
        for section in ("commitments", "powers", "positions", "classifications"):
            for index, part in enumerate(getattr(self.agreement, section)):
                self._source(part, (section, index))

    def _source(self, part: Any, path: Path) -> None:
        if not part.source:
            self._add("E10", path, "no source; give a URL, or outlet and date")

    def _check_parties_and_papers(self) -> None:
        agreement = self.agreement
        for name, party in agreement.parties.items():
            self._party([party.side], ("parties", name, "side"))
        for name, paper in agreement.instruments.items():
            here: Path = ("instruments", name)
            self._party(paper.between, (*here, "between"))
            self._party(paper.by, (*here, "by"))
            self._party((one.party for one in paper.accepted_by), (*here, "accepted_by"))
            self._party((one.party for one in paper.rejected_by), (*here, "rejected_by"))
            self._known([paper.under], agreement.instruments, "instrument", (*here, "under"))
            self._promise(paper.affects, (*here, "affects"))
            for target, patch in paper.amends.items():
                self.found += self.of_reading(target, patch, (*here, "amends", target))
            if paper.ends is not None:
                self._check_time(paper.ends, (*here, "ends"), paper.begin)
        for index, rule in enumerate(agreement.verification.rules):
            here = ("verification", "rules", index)
            self._promise([rule.for_.commitment], (*here, "for", "commitment"))
            self._category([rule.for_.category], (*here, "for", "category"))
            self._check_expr(rule.verified_when, (*here, "verified_when"))
        self._party(agreement.verification.breach_found_by, ("verification", "breach_found_by"))

    def _check_expr(self, expr: Expr, path: Path) -> None:
        self._party((name for name in expr.named if name != "receiving_party"), path)

    def _check_categories_and_lists(self) -> None:
        agreement = self.agreement
        for name, category in agreement.categories.items():
            here: Path = ("categories", name)
            self._category([category.in_, *(one.in_ for one in (*category.any, *category.all))], here)
            self._party([category.held_by], (*here, "held_by"))
            self._party([category.decided_by], (*here, "decided_by"))
            self._known([category.list], agreement.lists, "list", (*here, "list"))
            for field in ("counts_as", "counts_as_group", "with_group"):
                self._category(getattr(category, field), (*here, field))
        for name, names in agreement.lists.items():
            here = ("lists", name)
            self._party([names.from_, names.to, names.chosen_by], here)
            if names.due is not None:
                self._check_time(names.due, (*here, "due"), None)

    # --- commitments ---------------------------------------------------------------------------------------------

    def _check_commitment(self, commitment: Commitment, path: Path) -> None:
        self._known([commitment.of], self.agreement.instruments, "instrument", (*path, "of"))
        if len(commitment.by) > 1 and commitment.joint is None:
            self._add(
                "E07", path, f"promised by {' and '.join(commitment.by)}; say `joint: together`, `each` or `either`"
            )
        if commitment.mode in ("achieve", "endeavour") and commitment.amount is None and commitment.for_each is None:
            self._add(
                "E11", path, "`amount` is missing; say how much, for example `amount: {exactly: 1, unit: opening}`"
            )
        if commitment.amount is not None and commitment.amount.every is not None and commitment.mode != "maintain":
            self._add("E11", (*path, "amount", "every"), "a rate (`every`) goes with `mode: maintain` only")
        pace, amount = commitment.when.pace, commitment.amount
        if pace is not None and amount is not None:
            whole = max(amount.exactly or 0, amount.at_least or 0, amount.up_to or 0)
            if whole > pace.count * MOST_STEPS:
                message = f"more than {MOST_STEPS:,} steps; let the pace count more, or less often"
                self._add("E11", (*path, "when", "pace"), message)

    def _check_patch(self, patch: Patch, path: Path, begin: Moment | None, *, that: bool | None = None) -> None:
        self._party(patch.by or (), (*path, "by"))
        self._party(patch.to or (), (*path, "to"))
        self._party(patch.performed_by or (), (*path, "performed_by"))
        self._category([patch.what], (*path, "what"))
        self._promise([patch.counts_toward], (*path, "counts_toward"))
        self._category(patch.destinations, (*path, "destinations"))
        self._category([patch.for_each.person] if patch.for_each else [], (*path, "for_each"))
        for index, order in enumerate(patch.order):
            self._category([order.first, order.before], (*path, "order", index))
        if patch.amount is not None:
            self._category([patch.amount.all_of], (*path, "amount", "all_of"))
            self._promise(patch.amount.after, (*path, "amount", "after"))
            self._promise([patch.amount.accrues.from_] if patch.amount.accrues else [], (*path, "amount", "accrues"))
        if patch.when.keeps_pace_with is not None:
            self._promise([patch.when.keeps_pace_with.of], (*path, "when", "keeps_pace_with"))
        if patch.when.extends is not None:
            self._promise([patch.when.extends.of], (*path, "when", "extends"))
        for index, condition in enumerate(patch.requires):
            self._check_condition(condition, (*path, "requires", index), outermost=True)
        for inner, expression in expressions_of(patch):
            self._check_time(
                expression, (*path, *inner), begin, that=patch.for_each is not None if that is None else that
            )
        self._check_schedule(patch, path, begin)

    def _check_condition(self, condition: Condition, path: Path, *, outermost: bool) -> None:
        if outermost and condition.clock is None:
            self._add(
                "E06",
                path,
                "say `clock: toll` (the deadline waits) or `clock: run` (it does not); the two give different dates",
            )
        self._promise(condition.commitments if condition.any is None else (), path)
        for index, part in enumerate(condition.any or ()):
            self._check_condition(part, (*path, "any", index), outermost=False)

    def _check_schedule(self, patch: Patch, path: Path, begin: Moment | None) -> None:
        steps = patch.when.schedule
        for index in range(1, len(steps)):
            here = (*path, "when", "schedule", index)
            if steps[index].total <= steps[index - 1].total:
                self._add(
                    "E09",
                    here,
                    f"totals are cumulative and must grow: {steps[index].total} after {steps[index - 1].total}",
                )
            earlier = steps[index - 1].at
            if self._ends_by(steps[index].at, earlier, begin, strictly=True):
                self._add("E09", here, f"the times of a schedule must grow: {steps[index].at} is not after {earlier}")
        window, end = patch.when.from_, patch.when.until
        if window is not None and end is not None and self._ends_by(end, window, begin, strictly=False):
            self._add("E09", (*path, "when", "until"), f"the period ends ({end}) before it begins ({window})")

    def _ends_by(self, one: TimeExpression, other: TimeExpression, begin: Moment | None, *, strictly: bool) -> bool:
        """Whether one fixed time is over before the other begins (`strictly`: not after it)."""
        first, second = self._fixed(one, begin), self._fixed(other, begin)
        if first is None or second is None or self.clockwork is None:
            return False
        span = self.clockwork.span
        return span(first).last <= span(second).last if strictly else span(first).last < span(second).first

    # --- times ---------------------------------------------------------------------------------------------------

    def _check_time(self, expression: TimeExpression, path: Path, begin: Moment | None, *, that: bool = False) -> None:
        calendar = self.agreement.calendar
        self._promise([expression.commitment], path)
        if expression.base == "that" and not that:
            self._add("E09", path, "`that` is the day on which a person's clock starts; it needs `for_each` beside it")
        if expression.base == "state" and not (that and path[-1] == "until"):
            message = "is the state of a person; it can only end the period (`until`) of a `for_each` commitment"
            self._add("E09", path, f"`{expression}` {message}. For a time write 2020-03-31, start + 30 days or day 7")
        if expression.uses("months") and calendar.month_end is None:
            self._add("E08", path, f"{expression}: 31 January + 1 month has no day; set calendar.month_end")
            return
        if expression.uses("hours") and calendar.granularity == "day":
            self._add("E08", path, f"{expression}: hours need `granularity: instant` in the calendar")
            return
        try:
            self._fixed(expression, begin, strict=True)
        except DateError as error:
            self._add("E08", path, f"{expression}: {error}")

    def _fixed(self, expression: TimeExpression, begin: Moment | None, *, strict: bool = False) -> Moment | None:
        """The moment of an expression that waits for nothing; None for one that does."""
        if self.clockwork is None:
            return None
        base: Moment | None = None
        if expression.base == "moment":
            base = expression.moment
        elif expression.base == "start":
            base = self.agreement.calendar.start
        elif expression.base == "in_force":
            base = begin
        elif expression.base == "day":
            base = self.clockwork.day_number(expression.day or 0)
        try:
            for duration in expression.plus if base is not None else ():
                assert base is not None
                base = self.clockwork.add(base, duration)
        except DateError:
            if strict:
                raise
            return None
        return base

    # --- the rest ------------------------------------------------------------------------------------------------

    def _check_positions_and_powers(self) -> None:
        agreement = self.agreement
        for index, position in enumerate(agreement.positions):
            here: Path = ("positions", index)
            self._party([position.by], (*here, "by"))
            for target, patch in position.reads.items():
                self.found += self.of_reading(target, patch, (*here, "reads", target))
        for index, power in enumerate(agreement.powers):
            here = ("powers", index)
            self._party(power.holder, (*here, "holder"))
            self._promise(power.over, (*here, "over"))
            if power.until is not None:
                self._check_time(power.until, (*here, "until"), None)
        for index, classified in enumerate(agreement.classifications):
            self._category([classified.as_], ("classifications", index, "as"))
            self._party([classified.by], ("classifications", index, "by"))
        for index, balance in enumerate(agreement.balances):
            here = ("balances", index)
            self._party(balance.parties, (*here, "parties"))
            self._promise(balance.commitments.values(), (*here, "commitments"))
            if set(balance.commitments) != set(balance.parties):
                self._add("E04", here, "`commitments` names one commitment for each of the two parties")

    def _check_cycles(self) -> None:
        agreement = self.agreement
        categories = {
            name: [one for one in (category.in_, *(part.in_ for part in (*category.any, *category.all))) if one]
            for name, category in agreement.categories.items()
        }
        self._cycle(categories, "in", lambda name: ("categories", name))
        index = {commitment.id: number for number, commitment in enumerate(agreement.commitments)}
        self._check_circles(agreement.commitments, lambda name: ("commitments", index[name]))

    def _check_circles(self, commitments: Iterable[Commitment], path_of: Callable[[str], Path]) -> None:
        """What a commitment counts toward, and what its times and amount follow from, must not come back to it."""
        promises = {commitment.id: commitment for commitment in commitments}
        larger = {name: [one.counts_toward] if one.counts_toward else [] for name, one in promises.items()}
        self._cycle(larger, "counts_toward", path_of)
        waits = {name: _waits_for(commitment) for name, commitment in promises.items()}
        self._cycle(waits, "the times and amounts", path_of)

    def _cycle(self, graph: dict[str, list[str]], what: str, path_of: Callable[[str], Path]) -> None:
        done: set[str] = set()
        for start in graph:
            trail: list[str] = []
            stack: list[tuple[str, bool]] = [(start, True)]
            while stack:
                name, entering = stack.pop()
                if not entering:
                    trail.pop()
                    done.add(name)
                elif name in trail:
                    self._add(
                        "E09",
                        path_of(name),
                        f"{what} goes in a circle: {' -> '.join([*trail[trail.index(name) :], name])}",
                    )
                    return
                elif name not in done:
                    trail.append(name)
                    stack.append((name, False))
                    stack.extend((target, True) for target in graph.get(name, ()))


def _waits_for(commitment: Commitment) -> list[str]:
    """Commitments whose performance this one's times or amount are computed from; a circle here has no answer."""
    names = [expression.commitment for _, expression in expressions_of(commitment)]
    if commitment.amount is not None:
        names += commitment.amount.after
        names += [commitment.amount.accrues.from_] if commitment.amount.accrues else []
    names += [commitment.when.keeps_pace_with.of] if commitment.when.keeps_pace_with else []
    names += [commitment.when.extends.of] if commitment.when.extends else []
    return [name for name in names if name is not None]
