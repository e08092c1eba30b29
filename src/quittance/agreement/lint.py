"""Places where an agreement file has no single answer: errors (E) and warnings (W).

An error refuses the file. A warning may be a mistake, or a property of the text that is better known before it is
signed. Warnings are looked for once there is no error.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from quittance.agreement.calendar import Clockwork
from quittance.agreement.clashes import fixed, total_of
from quittance.agreement.expressions import TimeExpression
from quittance.agreement.findings import Finding
from quittance.agreement.load import expressions_of, read_agreement
from quittance.agreement.model import Agreement, Commitment, Condition, Instrument, Patch, Scope
from quittance.agreement.rings import Ring, find_rings
from quittance.agreement.text import Document, Path, path_text


def lint(data: bytes) -> list[Finding]:
    """Everything to be said about an agreement file, in the order of its lines.

    Raises `UnreadableError` for what is not YAML at all.
    """
    reading = read_agreement(data)
    if reading.problems or reading.agreement is None:
        return [Finding.of(problem) for problem in reading.problems]
    found = _Linter(reading.agreement, reading.document).findings()
    return sorted(found, key=lambda finding: (finding.line or 0, finding.code))


class Said(NamedTuple):
    """A place of the file and what is to be said about it."""

    path: Path
    message: str


class _Linter:
    """One rule a method; each yields where it applies and what it says."""

    def __init__(self, agreement: Agreement, document: Document) -> None:
        self.agreement = agreement
        self.document = document
        self.clockwork = Clockwork(agreement.calendar)
        self.commitments = {commitment.id: commitment for commitment in agreement.commitments}
        self.path_of: dict[str, Path] = {
            commitment.id: ("commitments", index) for index, commitment in enumerate(agreement.commitments)
        }

    def findings(self) -> Iterator[Finding]:
        rules = {
            "W01": self.ceilings_or_targets(), "W02": self.bound_without_signing(), "W03": self.done_by_another(),
            "W04": self.without_deadline(), "W05": self.without_verifier(), "W06": self.months(),
            "W07": self.doubtful_conditions(), "W08": self.all_of_nothing(), "W09": self.prices(),
            "W10": self.orders(), "W11": self.parts(), "W12": self.not_accepted(), "W13": self.rings(),
            "W14": self.clashes(), "W15": self.one_reviewer(), "W16": self.unasked(), "W17": self.one_sided(),
        }  # fmt: skip
        for code, said in rules.items():
            for path, message in said:
                yield Finding(code, "warn", path_text(path), self.document.line_of(path), message)

    # --- the text and what is laid over it -----------------------------------------------------------------------

    @cached_property
    def patches(self) -> list[tuple[str, Path, Patch, Commitment]]:
        """Commitments, and the patches of amendments and positions: a name for messages, path, patch, commitment."""
        found: list[tuple[str, Path, Patch, Commitment]] = [
            (commitment.id, self.path_of[commitment.id], commitment, commitment)
            for commitment in self.agreement.commitments
        ]
        for name, paper in self.agreement.instruments.items():
            for target, patch in paper.amends.items():
                path: Path = ("instruments", name, "amends", target)
                found.append((f"{target} as {name} amends it", path, patch, self.commitments[target]))
        for index, position in enumerate(self.agreement.positions):
            for target, patch in position.reads.items():
                path = ("positions", index, "reads", target)
                found.append((f"{target} as {position.by} reads it", path, patch, self.commitments[target]))
        return found

    def ceilings_or_targets(self) -> Iterator[Said]:
        for name, path, patch, _ in self.patches:
            amount = patch.amount
            if amount is not None and amount.up_to is not None and amount.reading is None:
                yield Said(
                    (*path, "amount"),
                    f"{name}: 'up to {amount.up_to:,}' can be a ceiling or a target; as a ceiling it is never overdue. "
                    "It is calculated as a target. Record who reads it how under `positions`, or set `reading`.",
                )

    def bound_without_signing(self) -> Iterator[Said]:
        for commitment in self.agreement.commitments:
            paper = self.agreement.instruments[commitment.of]
            bound = paper.makers | {one.party for one in paper.accepted_by}
            for party in commitment.by if paper.kind != "law" else ():
                if party not in bound and self.agreement.parties[party].side not in bound:
                    yield Said(
                        (*self.path_of[commitment.id], "by"),
                        f"{commitment.id}: binds {party}, who did not sign {commitment.of}. Overdue falls on "
                        f"{party} all the same; name who promised it in `by` and who is to do it in `performed_by`, "
                        "if they differ.",
                    )

    def done_by_another(self) -> Iterator[Said]:
        for commitment in self.agreement.commitments:
            others = [party for party in commitment.performers if party not in commitment.by]
            if others:
                yield Said(
                    (*self.path_of[commitment.id], "performed_by"),
                    f"{commitment.id}: promised by {_and(commitment.by)}, performed by {_and(others)}; overdue falls "
                    f"on {_and(commitment.by)}.",
                )

    def without_deadline(self) -> Iterator[Said]:
        for commitment in self.agreement.commitments:
            when, amount = commitment.when, commitment.amount
            accrues = amount.accrues if amount is not None else None
            dated = when.by or when.schedule or when.pace or when.keeps_pace_with or (accrues and accrues.within)
            if commitment.mode == "achieve" and not dated:
                yield Said(
                    self.path_of[commitment.id],
                    f"{commitment.id}: has no deadline, so it can never be overdue. Write `when: {{by: ...}}`, or "
                    "leave it if no date was agreed.",
                )

    def without_verifier(self) -> Iterator[Said]:
        for commitment in self.agreement.commitments:
            if any(self.may_match(rule.for_, commitment) for rule in self.agreement.verification.rules):
                continue
            if commitment.mode in ("refrain", "maintain"):
                rest = "a violation of it stays unverified, whoever reports it"
            elif self.agreement.verification.conceded == "never":
                rest = "it stays unverified, whatever anybody says"
            else:
                rest = f"it stays unverified unless {_and(sorted(commitment.creditors))} give their own figure"
            yield Said(
                self.path_of[commitment.id],
                (f"{commitment.id}: no rule names anyone who can verify it; {rest}. Add a rule under `verification`."),
            )

    def may_match(self, scope: Scope, commitment: Commitment) -> bool:
        """Whether a rule can be the one for some entry about this commitment."""
        if scope.commitment not in (None, commitment.id) or scope.act not in (None, commitment.act):
            return False
        if scope.category is None or commitment.what is None:
            return True
        within = self.agreement.is_within
        return within(commitment.what, scope.category) or within(scope.category, commitment.what)

    def months(self) -> Iterator[Said]:
        rule = self.agreement.calendar.month_end
        for name, path, expression, commitment in self.expressions():
            if expression.uses("months"):
                moment = fixed(expression, commitment, self.agreement, self.clockwork)
                counted = f"{rule}: {moment}" if moment is not None else f"{rule}, from a day that is not known yet"
                yield Said(
                    path,
                    f"{name}: {expression} is counted by rule {counted}. Others may count months differently: "
                    "compare it with what the parties say.",
                )

    def expressions(self) -> Iterator[tuple[str, Path, TimeExpression, Commitment | None]]:
        """Every time expression of the file, with a name for messages, its path and the commitment it is about."""
        for name, path, patch, commitment in self.patches:
            for inner, expression in expressions_of(patch):
                yield name, (*path, *inner), expression, commitment
        for name, paper in self.agreement.instruments.items():
            if paper.ends is not None:
                yield name, ("instruments", name, "ends"), paper.ends, None
        for name, names in self.agreement.lists.items():
            if names.due is not None:
                yield name, ("lists", name, "due"), names.due, None
        for index, power in enumerate(self.agreement.powers):
            if power.until is not None:
                yield power.id, ("powers", index, "until"), power.until, None

    def doubtful_conditions(self) -> Iterator[Said]:
        for name, path, patch, _ in self.patches:
            for inner, condition in _conditions(patch.requires, (*path, "requires")):
                if condition.doubtful:
                    yield Said(
                        inner,
                        f"{name} waits for {_and(condition.commitments) or condition.label}: implied, not stated. "
                        "Nobody is called late while it does not hold; record in `positions` who holds that it must.",
                    )

    # --- amounts, categories, lists ------------------------------------------------------------------------------

    def all_of_nothing(self) -> Iterator[Said]:
        for name, path, patch, _ in self.patches:
            if patch.amount is None or patch.amount.all_of is None:
                continue
            category = self.agreement.categories[patch.amount.all_of]
            names = self.agreement.lists[category.list] if category.list is not None else None
            if names is None or not names.agreed or names.size is None:
                agreed_one = names is not None and names.agreed
                why = "no list" if names is None else "a list without a size" if agreed_one else "no agreed list"
                yield Said(
                    (*path, "amount"),
                    f"{name}: total unknown, because {patch.amount.all_of} has {why}; it cannot be overdue until a "
                    "list fixes it. Name the list under the category once it is agreed.",
                )

    def prices(self) -> Iterator[Said]:
        for name, category in self.agreement.categories.items():
            for field in ("counts_as_group", "with_group"):
                if getattr(category, field) and category.size is None:
                    yield Said(
                        ("categories", name, field),
                        f"{name}: a price for the group without `size`; what one member of it owes cannot be shared "
                        "out. Set `size`.",
                    )
        for name, path, patch, _ in self.patches:
            accrues = patch.amount.accrues if patch.amount is not None else None
            if accrues is not None and not isinstance(accrues.price, int):
                for category_name in self.unpriced(self.commitments[accrues.from_].what, accrues.price):
                    yield Said(
                        (*path, "amount", "accrues"),
                        f"{name}: {category_name} has no `{accrues.price}`; a handover of it owes nothing. Give it a "
                        "price, or say in a `note` that none was agreed.",
                    )

    def unpriced(self, what: str | None, price: str) -> Iterator[str]:
        """The narrowest categories within one category (all, for None) for which nothing is owed."""
        categories = self.agreement.categories
        parents = {category.in_ for category in categories.values()}
        priced = [price] if price == "weight" else ["counts_as", "counts_as_group", "with_group"]
        for name in categories:
            if name in parents or (what is not None and not self.agreement.is_within(name, what)):
                continue
            # Without `what`, categories that nobody gives a price to are not what is handed over.
            if what is None and any(self.agreement.price_of(one, field) for one in categories for field in priced):
                continue
            if all(self.agreement.price_of(name, field) in (None, {}) for field in priced):
                yield name

    def orders(self) -> Iterator[Said]:
        for name, path, patch, _ in self.patches:
            for index, order in enumerate(patch.order):
                unsized = [one for one in (order.first, order.before) if not self.countable(one)]
                if unsized:
                    yield Said(
                        (*path, "order", index),
                        f"{name}: {order.first} before {order.before} cannot be checked, because nobody can say when "
                        f"all of {_and(unsized)} are done. Give it a `size`, or a list with `persons`.",
                    )

    def countable(self, name: str) -> bool:
        """Whether it is known how many there are in a category, or who."""
        category = self.agreement.categories[name]
        listed = self.agreement.lists.get(category.list) if category.list is not None else None
        return category.size is not None or (listed is not None and listed.persons is not None)

    def parts(self) -> Iterator[Said]:
        groups: defaultdict[tuple[str, str], list[Commitment]] = defaultdict(list)
        for commitment in self.agreement.commitments:
            if commitment.counts_toward is not None:
                groups[commitment.counts_toward, commitment.of].append(commitment)
        for (larger, paper), parts in groups.items():
            whole = total_of(self.commitments[larger].amount)
            sizes = [size for size in (total_of(part.amount) for part in parts) if size is not None]
            if len(parts) > 1 and len(sizes) == len(parts) and whole is not None and sum(sizes) != whole:
                missing = whole - sum(sizes)
                so = (
                    "every part can be done and the whole not"
                    if missing > 0
                    else "the parts promise more than the whole"
                )
                yield Said(
                    (*self.path_of[parts[-1].id], "counts_toward"),
                    f"{' + '.join(part.id for part in parts)} ({paper}) = {sum(sizes):,} of {whole:,} of {larger}: "
                    f"{abs(missing):,} too {'few' if missing > 0 else 'many'}, so {so}. Correct an amount, or say in a "
                    "`note` what makes up the difference.",
                )

    # --- papers --------------------------------------------------------------------------------------------------

    def not_accepted(self) -> Iterator[Said]:
        for name, paper in self.agreement.instruments.items():
            affected = [self.commitments[target] for target in dict.fromkeys((*paper.affects, *paper.amends))]
            concerned = frozenset(party for one in affected for party in one.debtors | one.creditors)
            if paper.kind == "unilateral" and concerned - paper.makers - {one.party for one in paper.accepted_by}:
                yield Said(
                    ("instruments", name),
                    f"{name} affects {_and([one.id for one in affected])}; {_answers(paper)}: shown as a promise of "
                    f"{_and(paper.by)} only. Name those who accept it in `accepted_by`.",
                )

    @cached_property
    def found(self) -> tuple[list[Said], list[Said]]:
        """Rings and clashes as of the last dated position or instrument, with nothing done."""
        local = self.clockwork.local_day
        as_of = max(
            [position.from_ for position in self.agreement.positions]
            + [local(paper.begin) for paper in self.agreement.instruments.values() if paper.begin is not None]
            + [local(self.agreement.calendar.start)]
        )
        known = [position.known for position in self.agreement.positions if position.known is not None]
        known += [paper.known for paper in self.agreement.instruments.values() if paper.known is not None]
        result = find_rings(self.agreement, as_of=as_of, known_by=max([as_of, *known]))
        rings = [
            Said(self.path_of[ring.commitments[0]], f"{', '.join(map(str, ring.edges))}: {_circle(ring, as_of)}")
            for ring in result.rings
        ]
        clashes = [
            Said(
                self.path_of[clash.clauses[0].commitment],
                f"{clash.days_short} days short: "
                + "; ".join(f"{clause.text} ({_and(clause.held_by)})" for clause in clash.clauses)
                + f". As of {as_of} these cannot be met together; one of them has to give way.",
            )
            for clash in result.clashes
        ]
        return rings, clashes

    def rings(self) -> Iterator[Said]:
        yield from self.found[0]

    def clashes(self) -> Iterator[Said]:
        yield from self.found[1]

    def one_reviewer(self) -> Iterator[Said]:
        matching = self.agreement.matching
        if matching.reviewers > 1 and matching.second_from <= Decimal(
            "0.5"
        ):  # below that *same* goes against the score
            return
        field = "second_from" if matching.reviewers > 1 else "reviewers"
        yield Said(
            ("matching", field),
            f"matching.{field}: one reviewer alone can make one person of two entries, also by mistake. Write "
            + ("`reviewers: 2`." if field == "reviewers" else '`second_from: "0.5"` or less, or leave it out.'),
        )

    def unasked(self) -> Iterator[Said]:
        clearances, gates = self.agreement.handovers.clearances, (self.agreement.selection or {}).get("gates")
        if self.agreement.selection is None or not isinstance(gates, list):
            return
        if not any(gate in clearances and clearances[gate].about == "wish" for gate in gates):
            yield Said(
                ("selection", "gates"),
                "selection.gates: nobody asks the people themselves, so somebody may be sent where he does not want to "
                "go. Name a gate that handovers.clearances grants `{by: neutral, about: wish}`.",
            )

    def one_sided(self) -> Iterator[Said]:
        quorum = self.agreement.handovers.quorum
        if "handovers" not in self.agreement.model_fields_set or quorum.needed > 1:
            return
        yield Said(
            ("handovers", "quorum"),
            "handovers.quorum: one office alone can make a handover count. Write `at_least: 2` or more.",
        )


def _circle(ring: Ring, as_of: date) -> str:
    who = "it can never come" if len(ring.commitments) == 1 else "none of them can come first"
    return f"as of {as_of} {who}. Settle which condition gives way."


def _conditions(conditions: Iterable[Condition], path: Path) -> Iterator[tuple[Path, Condition]]:
    for index, condition in enumerate(conditions):
        yield (*path, index), condition
        yield from _conditions(condition.any or (), (*path, index, "any"))


def _answers(paper: Instrument) -> str:
    rejected = [f"rejected by {one.party} on {one.on}" for one in paper.rejected_by]
    accepted = [f"accepted by {one.party} on {one.on}" for one in paper.accepted_by]
    return ", ".join([*rejected, *accepted]) or "nobody has accepted it"


def _and(names: Iterable[str]) -> str:
    *first, last = list(names) or [""]
    return f"{', '.join(first)} and {last}" if first else last
