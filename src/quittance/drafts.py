"""Registers frozen for a batch, and what the rules choose from them: computed anew from the vault, never stored.

A frozen register holds of each person the fields of the rules and the folded gates, nothing else. What is chosen from
it follows from the rules and the seed, so that keeping these is enough to explain a batch years later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from quittance.batchshelf import BatchShelf, called
from quittance.batchstore import Material
from quittance.canon import canonical, parse_canonical
from quittance.codes import code_of
from quittance.errors import RefusedError, UsageError
from quittance.handover.clearances import Flag

if TYPE_CHECKING:
    from quittance.selection.register import Register
    from quittance.selection.result import Selection
    from quittance.selection.rules import Rules
    from quittance.selection.walk import Progress
    from quittance.views.batch import LimitRef

_FLAGS: Mapping[Flag, str] = {True: "yes", False: "no", None: ""}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection with the handles behind its pids, which are codes."""

    material: Material
    selection: Selection = field(repr=False)
    handles: Mapping[str, str] = field(repr=False)

    def handles_of(self, pids: Iterable[str]) -> tuple[str, ...]:
        """The handles of people of the register, in the order given."""
        return tuple(self.handles[pid] for pid in pids)

    @property
    def order(self) -> tuple[str, ...]:
        """Everybody who is ranked, by rank."""
        ranking = self.selection.ranking
        return self.handles_of(ranking.pid(rank) for rank in range(1, len(ranking) + 1))


class Drafts:
    """Frozen registers and selections of one case."""

    def __init__(self, shelf: BatchShelf) -> None:
        self._shelf = shelf
        self._known: dict[str, tuple[Material, int, Chosen]] = {}

    def rules(self) -> Rules:
        """The rules of the agreement; raises `UsageError` (`batch.rules`), `RulesRefused`."""
        from quittance.selection.rules import parse_rules

        mapping = self._shelf.agreement.selection
        if mapping is None:
            raise UsageError(
                "The agreement says nothing on how people are chosen: it has no `selection`. The sides put a new "
                "version in force with: quittance agreement amend",
                code="batch.rules",
            )
        return parse_rules(mapping)

    def rows(self, list_name: str, rules: Rules) -> dict[str, dict[str, str]]:
        """The register of a list as of now, by handle.

        Left out is whoever was handed over, goes with a batch that is open, or has an outcome, under this entry or
        another that reviewers have found to be the same person; of entries of one person all but the first.
        """
        shelf = self._shelf
        handles = [one for one in self._persons(list_name) if not shelf.is_settled(one)]
        flags, traits = shelf.flags(handles), shelf.store.traits()
        rows = {}
        for handle in handles:
            given = traits.get(handle, {})
            cells = {
                one.column: _FLAGS[flags[handle].get(name)] if name in rules.gates else given.get(one.column, "")
                for name, one in rules.fields.items()
            }
            rows[handle] = {"pid": code_of(handle), **cells}
        return rows

    def _persons(self, list_name: str) -> list[str]:
        """The persons of a list, each by the first of their entries on it."""
        seen: set[str] = set()
        found = []
        for handle in self._shelf.present(list_name):
            if handle not in seen:
                found.append(handle)
                seen.update(self._shelf.entries_of(handle))
        return found

    def freeze(self, batch: str, list_name: str, size: int | None) -> Material:
        """Freeze the register of a list for a batch, and keep it.

        Raises `RegisterRefused` with a row for every person of whom a field is missing, `RefusedError`
        (`batch.frozen`) where a register stands in the record for this batch already.
        """
        from quittance.selection.canonical import request_sha256
        from quittance.selection.register import register_of

        shelf, rules = self._shelf, self.rules()
        if batch in shelf.log.seeds or batch in shelf.proceedings.batches:
            raise RefusedError(
                f"Batch {batch} stands in the record already, with its own frozen register. Take another number.",
                code="batch.frozen",
            )
        rows = self.rows(list_name, rules)
        register = register_of(rows.values(), rules)
        seats = rules.size if size is None else size
        name = called(batch)
        hashes = register.snapshot_sha256, rules.sha256
        material = Material(
            batch=batch,
            list=list_name,
            size=seats,
            rules=parse_canonical(canonical(rules.mapping)),  # type: ignore[arg-type]
            rules_sha256=rules.sha256,
            snapshot_sha256=register.snapshot_sha256,
            request_sha256=request_sha256(shelf.agreement.id, name, seats, *hashes),
            at=shelf.stamped,
        )
        shelf.store.put_material(material, rows)
        return material

    def material(self, batch: str) -> Material:
        """What the vault has of a batch; raises `UsageError` (`batch.unknown`)."""
        found = self._shelf.store.materials().get(batch)
        if found is None:
            raise UsageError("The vault holds nothing of a batch of this name.", code="batch.unknown")
        return found

    def register(self, material: Material) -> tuple[Register, Rules, dict[str, str]]:
        """A frozen register, its rules, and the handles by pid; people erased since are not in it."""
        from quittance.selection.register import register_of
        from quittance.selection.rules import parse_rules

        rules = parse_rules(material.rules)
        listed = [one.handle for one in self._shelf.lists.listed if one.list == material.list]
        rows = self._shelf.store.snapshot(material, listed)
        return register_of(rows.values(), rules), rules, {row["pid"]: handle for handle, row in rows.items()}

    def chosen(self, batch: str, seed: bytes | None = None, progress: Progress | None = None) -> Chosen:
        """What the rules choose for a batch from its frozen register, by its seed or the one given; remembered."""
        material = self.material(batch)
        if seed is None and material.seed:
            seed = bytes.fromhex(material.seed)
        erased = len(self._shelf.lists.recorded.erased)
        known = self._known.get(batch)
        if known is not None and known[:2] == (material, erased) and known[2].selection.seed == (seed or bytes(32)):
            return known[2]
        from quittance.selection.select import select_batch

        register, rules, handles = self.register(material)
        selection = select_batch(
            register,
            rules,
            size=material.size,
            seed=seed,
            agreement=self._shelf.agreement.id,
            batch=called(batch),
            progress=progress,
        )
        made = Chosen(material, selection, handles)
        self._known[batch] = material, erased, made
        return made

    def is_complete(self, list_name: str, rules: Rules) -> bool:
        """Whether the register has every field that the rules need of everybody on a list."""
        from quittance.selection.register import RegisterRefused, register_of

        try:
            register_of(self.rows(list_name, rules).values(), rules)
        except RegisterRefused:
            return False
        return True

    def draft(self, batch: str | None, list_name: str | None, size: int | None, loosen: LimitRef | None) -> Chosen:
        """What the rules would choose; nothing is kept.

        From the frozen register of a batch and by its seed, or from a list as it is now, without a seed. `loosen` puts
        another value in the place of one limit.
        """
        from quittance.selection.register import register_of
        from quittance.selection.select import select_batch

        seed = None
        if batch is not None:
            material = self.material(batch)
            register, rules, handles = self.register(material)
            seed, size = bytes.fromhex(material.seed) if material.seed else None, size or material.size
            list_name = material.list
        else:
            rules = self.rules()
            rows = self.rows(list_name or "", rules)
            register = register_of(rows.values(), rules)
            handles = {row["pid"]: handle for handle, row in rows.items()}
        selection = select_batch(register, rules, size=size, seed=seed, agreement=self._shelf.agreement.id)
        if loosen is not None:
            selection = _loosened(selection, loosen)
        material = Material(
            batch="",
            list=list_name or "",
            size=selection.size,
            rules={},
            rules_sha256=selection.rules_sha256,
            snapshot_sha256=selection.snapshot_sha256,
            request_sha256=selection.request_sha256,
            at=self._shelf.stamped,
        )
        return Chosen(material, selection, handles)


def _loosened(selection: Selection, limit: LimitRef) -> Selection:
    """The same choice with another value of one limit; raises `UsageError` (`selection.no_limit`)."""
    from quittance.selection.checkers import checker_for
    from quittance.selection.conflicts import Conflicts
    from quittance.selection.reserve import reserves
    from quittance.selection.what_if import chosen, with_limits

    seats = with_limits(selection.seats, {(limit.quota, limit.class_, limit.bound): limit.value})
    checker, enough = checker_for(seats), len(selection.ranking) >= selection.size
    walked = chosen(selection.ranking, seats, checker) if enough else None
    return replace(
        selection,
        seats=seats,
        walked=walked,
        passed_over=() if walked is None else walked.passed_over,
        reserve=() if walked is None else reserves(seats, walked.taken, selection.rules.reserve),
        conflict=None if walked else Conflicts(seats, checker).of([0] * len(seats.signatures), None) if enough else (),
    )


def is_erased(chosen: Chosen) -> bool:
    """Whether people of a frozen register were erased since, so that what was chosen cannot be computed again."""
    return chosen.selection.snapshot_sha256 != chosen.material.snapshot_sha256
