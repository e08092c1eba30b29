"""The use cases of batches: a register taken in, a batch chosen and proposed, explained, changed in rounds, closed.

The operator draws up and never chooses: who is in a batch follows from the rules, the frozen register and the seed.
Everything that leaves here is made of folded flags, so that a refusal by a person looks like any other unavailability.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import msgspec

from quittance.batchregister import RegisterReport, take_register
from quittance.batchshelf import BatchShelf
from quittance.batchstore import Material, Skip
from quittance.batchviews import batch_line, batch_view, draft_view, sums_of
from quittance.casebook import Casebook
from quittance.clearancebook import Clearancebook
from quittance.codes import code_of
from quittance.drafts import Chosen, Drafts, is_erased
from quittance.errors import Problem, RefusedError, UsageError
from quittance.handover.clearances import Flags, is_cleared
from quittance.handover.rules import decide_change, decide_close, decide_proposal, decide_step
from quittance.handover.skips import OPEN, SECRET, fold
from quittance.listbook import Listbook, require_same
from quittance.record.statement import Statement
from quittance.rounds import hash_of, round_of
from quittance.seedbook import Seedbook
from quittance.vault.columns import PERSON
from quittance.views.batch import BatchesView, BatchView, LimitRef
from quittance.visibility import OPERATOR, Act, FieldGroup, Viewer, require

if TYPE_CHECKING:
    from quittance.selection.audiences import Audience
    from quittance.selection.result import Selection
    from quittance.selection.rules import Rules
    from quittance.selection.seed import Beacon
    from quittance.selection.walk import Progress
    from quittance.views.sums import SumsView

PROPOSED, CLEARED, AUTHORISED = "batch.proposed", "batch.cleared", "batch.authorised"
CHANGED, CLOSED = "batch.changed", "batch.closed"

ERASED = "other_attested"
"""The reason code for whoever was erased while on a manifest; the erasure stands in the record anyway."""

SAYING = ("neutral", "medical", "operator")
"""Who may say that somebody does not go: the operator for a side."""

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Proposed:
    """A batch proposed: the statement for the operator to sign, and the selection in the form of section 14."""

    statement: Statement
    selection: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Changed:
    """One round: the statement for the operator to sign, its number, who went out and came in, seats left empty."""

    statement: Statement
    round: int
    out: tuple[str, ...]
    into: tuple[str, ...]
    short: int


def asks(
    act: Act, group: FieldGroup = "handover_attestations"
) -> Callable[[Callable[Concatenate[Batchbook, Viewer, P], R]], Callable[Concatenate[Batchbook, Viewer, P], R]]:
    """A use case that reads or writes a field group: the viewer is checked first, then one thread works at a time."""

    def wrap(method: Callable[Concatenate[Batchbook, Viewer, P], R]) -> Callable[Concatenate[Batchbook, Viewer, P], R]:
        @wraps(method)
        def checked(self: Batchbook, viewer: Viewer, /, *args: P.args, **kwargs: P.kwargs) -> R:
            require(viewer, group, act)
            with self.shelf.lists.lock:
                return method(self, viewer, *args, **kwargs)

        return checked

    return wrap


class Batchbook:
    """The batches of the case of a listbook, which stays the owner of vault and record."""

    def __init__(self, listbook: Listbook) -> None:
        self.shelf = BatchShelf(listbook)
        self.drafts = Drafts(self.shelf)
        self.clearances = Clearancebook(self.shelf)
        self.seeds = Seedbook(self.shelf, self.drafts)

    # --- choosing ----------------------------------------------------------------------------------------------------

    @asks("write", "charge")
    def register(self, viewer: Viewer, data: bytes, list_name: str | None = None, name: str = "") -> RegisterReport:
        """Take in what a register says of the entries of a list: all rows or none; the same again changes nothing.

        Raises as `take_register`, and `UsageError` (`batch.list`, `batch.rules`).
        """
        require(viewer, "place_of_detention", "write")
        return take_register(self.shelf, self.drafts.rules(), data, self.shelf.list_name(list_name), name)

    @asks("read")
    def rules(self, viewer: Viewer) -> Rules:
        """The rules of the agreement in force."""
        return self.drafts.rules()

    @asks("write")
    def propose(
        self,
        viewer: Viewer,
        batch: str,
        casebook: Casebook,
        *,
        list_name: str | None = None,
        size: int | None = None,
        commitment: str | None = None,
        beacon: Beacon | None = None,
        without: tuple[str, ...] = (),
        outside: bool = False,
        progress: Progress | None = None,
    ) -> Proposed:
        """Choose a batch by the rules and draw up the `batch.proposed` that names everybody in it, for the operator.

        Where a seed was requested, the register frozen then and that seed decide; list and size are settled. Without,
        the register is frozen now, which rules with a seed to be drawn do not allow. With `outside` the batch is of
        those who are released outside the ratio, and nobody is chosen. Raises `RefusedError` (`batch.infeasible` with
        the limits that cannot hold together, `batch.unseeded`, `batch.erased`), `HandoverRefused`, `SeedRefused`.
        """
        require_same(casebook, self.shelf.lists)
        material = self._material(batch, list_name, size, beacon, without, outside=outside)
        self.shelf.store.put_material(material)
        chosen = self.drafts.chosen(batch, progress=progress)
        _require_whole(chosen)
        selection = chosen.selection
        if not outside:
            _require_feasible(selection)
        handles = sorted(chosen.handles_of(selection.outside_ratio if outside else selection.people))
        promised = commitment or self.shelf.agreement.handovers.commitment or ""
        giver, taker = self.shelf.parties(material.list, promised)
        body = decide_proposal(
            self.shelf.proceedings,
            batch,
            handles,
            self._needed(chosen, handles),
            rules_sha256=material.rules_sha256,
            list_name=material.list,
            giver=giver,
            taker=taker,
            commitment=promised,
            hashes={
                "seed_sha256": sha256(selection.seed).hexdigest(),
                "batch_sha256": hash_of(chosen, handles),
                "snapshot_sha256": material.snapshot_sha256,
                "request_sha256": material.request_sha256,
            },
        )
        statement = casebook.draft(OPERATOR, PROPOSED, body, commitments={PERSON: tuple(handles)})
        return Proposed(statement, selection.as_json())

    def _material(
        self,
        batch: str,
        list_name: str | None,
        size: int | None,
        beacon: Beacon | None,
        without: tuple[str, ...],
        *,
        outside: bool,
    ) -> Material:
        """The frozen register of a batch, with the seed that was drawn for it."""
        shelf = self.shelf
        shelf.log.follow()
        if batch in shelf.log.seeds and batch not in shelf.proceedings.batches:
            seed = self.seeds.settled(OPERATOR, batch, beacon, without).seed
            return msgspec.structs.replace(self.drafts.material(batch), seed=seed.hex(), outside=outside)
        tie = self.drafts.rules().tie
        if tie is not None and tie.kind == "commit_reveal" and not outside and batch not in shelf.proceedings.batches:
            raise RefusedError(
                "The rules decide between people alike by a seed that the parties draw together. Have it drawn first: "
                "quittance seed request",
                code="batch.unseeded",
            )
        return msgspec.structs.replace(
            self.drafts.freeze(batch, shelf.list_name(list_name), size), seed=bytes(32).hex(), outside=outside
        )

    def _needed(self, chosen: Chosen, handles: Sequence[str]) -> dict[str, Flags]:
        """The folded flags that each of these needs: all gates of the rules, or those of a class outside the ratio."""
        from quittance.selection.gates import outside_rule

        selection, codes = chosen.selection, {handle: pid for pid, handle in chosen.handles.items()}
        flags = self.shelf.flags(handles)
        found = {}
        for handle in handles:
            gates: Sequence[str] = selection.rules.gates
            if chosen.material.outside and handle in codes:
                rule = outside_rule(selection.register, selection.rules, selection.register.index_of(codes[handle]))
                gates = rule.gates if rule is not None else gates
            found[handle] = {gate: flags[handle].get(gate) for gate in gates}
        return found

    # --- a batch under way -------------------------------------------------------------------------------------------

    @asks("write")
    def confirm(self, viewer: Viewer, batch: str, casebook: Casebook) -> Statement:
        """The next step of a batch, for its offices to sign: `batch.cleared`, and once that stands `batch.authorised`.

        Raises `HandoverRefused` (`handover.not_cleared`, `handover.batch_step`).
        """
        require_same(casebook, self.shelf.lists)
        found = self.shelf.batch(batch)
        step = "cleared" if found.step == "proposed" else "authorised"
        needed = self._needed(self.drafts.chosen(batch), found.to_go)
        body = decide_step(self.shelf.proceedings, batch, step, needed)
        return casebook.draft(OPERATOR, CLEARED if step == "cleared" else AUTHORISED, body)

    def drop(self, viewer: Viewer, batch: str, code: str, reason: str, by: str = "neutral") -> None:
        """Keep why somebody does not go with a batch, as it is; it comes out folded, with the next round.

        An empty reason takes it back. What the neutral and the medical officer say, only they may enter. Raises
        `UsageError` (`batch.reason`, `batch.not_on`).
        """
        group: FieldGroup = {"neutral": "wish", "medical": "fitness"}.get(by, "handover_attestations")  # type: ignore[assignment]
        require(viewer, group, "write")
        allowed = (*SECRET, *OPEN) if by in ("neutral", "medical") else OPEN
        if by not in SAYING or (reason and reason not in allowed):
            raise UsageError(f"The reason is one of {', '.join(allowed)}.", code="batch.reason")
        with self.shelf.lists.lock:
            found = self.shelf.batch(batch)
            handle = self.shelf.among(code, found.to_go)
            if handle is None:
                raise UsageError(f"Nobody of this code is still to go with batch {batch}.", code="batch.not_on")
            here = [one for one in found.to_go if one not in self.shelf.lists.recorded.erased]
            skips = self.shelf.store.skips_of(batch, here)
            skips[handle] = Skip(batch, reason, by if reason else "", self.shelf.stamped if reason else "")
            self.shelf.store.put_skips(batch, here, skips)
            self.shelf.forget()

    @asks("write")
    def change(self, viewer: Viewer, batch: str, casebook: Casebook) -> Changed:
        """One round: drop-outs leave, seats go to the first available in order with whom every limit holds.

        It is recorded also where nothing changed, so that rounds tell nothing by their times. Whoever was erased since
        leaves with it. Raises `HandoverRefused`.
        """
        shelf = self.shelf
        require_same(casebook, shelf.lists)
        found = shelf.batch(batch)
        chosen, erased = self.drafts.chosen(batch), shelf.lists.recorded.erased
        skips = shelf.store.skips_of(batch, [one for one in found.to_go if one not in erased])
        out = {handle: fold(one.reason, one.by) for handle, one in skips.items()}
        out |= dict.fromkeys(erased.intersection(found.to_go), ERASED)
        now = round_of(found, chosen, out, self._available(chosen))
        body = decide_change(shelf.proceedings, batch, now, hash_of(chosen, now.manifest))
        statement = casebook.draft(OPERATOR, CHANGED, body, commitments={PERSON: tuple(sorted(now.manifest))})
        return Changed(statement, 1 + len(found.rounds), now.removed, now.added, now.short)

    def _available(self, chosen: Chosen) -> set[str]:
        """Who may come into a batch now: every gate of the rules is yes, nothing is settled, no batch has them."""
        shelf, gates = self.shelf, chosen.selection.rules.gates
        free = [one for one in chosen.order if not shelf.is_settled(one)]
        return {one for one, flags in shelf.flags(free).items() if is_cleared(flags, gates)}

    @asks("write")
    def close(self, viewer: Viewer, batch: str, casebook: Casebook) -> Statement:
        """The `batch.closed` that the neutral signs: nobody goes under it any more. Raises `HandoverRefused`."""
        require_same(casebook, self.shelf.lists)
        return casebook.draft(OPERATOR, CLOSED, decide_close(self.shelf.proceedings, batch))

    # --- reading -----------------------------------------------------------------------------------------------------

    @asks("read")
    def batches(self, viewer: Viewer) -> BatchesView:
        """Every recorded batch, the newest first, and the lists of which one can be drafted."""
        shelf = self.shelf
        found = sorted(shelf.proceedings.batches.values(), key=lambda one: -one.entries["proposed"][0])
        rules = self.drafts.rules() if shelf.agreement.selection is not None else None
        lists = tuple(sorted(shelf.proceedings.lists))
        default = shelf.agreement.handovers.list or (lists[0] if lists else "")
        lacking = [*([] if rules else ["rules"]), *([] if lists else ["list"])]
        if rules and default in lists and not self.drafts.is_complete(default, rules):
            lacking.append("traits")
        size = rules.size if rules else 0
        return BatchesView(tuple(map(batch_line, found)), lists, default, size, tuple(lacking))

    @asks("read")
    def batch(self, viewer: Viewer, name: str) -> BatchView:
        """A recorded batch in full; raises `UsageError` (`batch.unknown`)."""
        found = self.shelf.batch(name)
        has_material = name in self.shelf.store.materials()
        return batch_view(self.shelf, found, self.drafts.chosen(name) if has_material else None)

    @asks("read")
    def draft(
        self,
        viewer: Viewer,
        *,
        batch: str | None = None,
        list_name: str | None = None,
        size: int | None = None,
        loosen: LimitRef | None = None,
    ) -> BatchView:
        """What the rules would choose: now and without a seed, or from the register and seed of a recorded batch.

        `loosen` puts another value in the place of one limit. Nothing is kept.
        """
        chosen = self.drafts.draft(batch, None if batch else self.shelf.list_name(list_name), size, loosen)
        commitment = self.shelf.agreement.handovers.commitment or ""
        return draft_view(self.shelf, chosen, *self.shelf.parties(chosen.material.list, commitment))

    @asks("read")
    def explain(self, viewer: Viewer, batch: str, code: str, audience: str = "neutral") -> dict[str, object]:
        """Why somebody is in a batch or not, and what would have to be otherwise; the form of section 14.

        Raises `UsageError` (`batch.not_on`) for a code that the frozen register does not have.
        """
        from quittance.selection.explain import explain

        self.shelf.batch(batch)
        chosen = self.drafts.chosen(batch)
        _require_whole(chosen)
        handle = self.shelf.among(code, chosen.handles.values())
        if handle is None:
            raise UsageError("The frozen register of this batch has nobody of this code.", code="batch.not_on")
        (pid,) = (pid for pid, one in chosen.handles.items() if one == handle)
        reader: Audience = "neutral" if audience == "neutral" else self._party(chosen, audience)
        return explain(chosen.selection, pid, reader).as_json()

    def _party(self, chosen: Chosen, audience: str) -> Audience:
        """What a party may be told of: the persons of its own list, or those on the manifest if it holds them."""
        from quittance.selection.audiences import Party
        from quittance.views.criteria import PRIVATE_FIELDS

        if audience == "public":
            return "public"
        self.shelf.lists.require_party(audience)
        batch = self.shelf.proceedings.batches[chosen.material.batch]
        mine = set(batch.manifest) if audience == batch.giver else set()
        if audience == batch.taker:
            mine = set(chosen.handles.values())
        sealed = (name for name, gate in self.shelf.gates.items() if gate.sealed)
        own = (pid for pid, handle in chosen.handles.items() if handle in mine)
        return Party(frozenset(own), frozenset(sealed), frozenset(PRIVATE_FIELDS))

    @asks("read", "identity")
    def names(self, viewer: Viewer, codes: Sequence[str]) -> dict[str, str]:
        """The names that the list gives to these codes."""
        wanted = set(codes)
        found = ((code_of(one.handle), one.entry.name) for one in self.shelf.lists.listed)
        return {code: name for code, name in found if code in wanted}

    @asks("read")
    def sums(self, viewer: Viewer, as_of: date | None = None, known_by: date | None = None) -> SumsView:
        """What became of everybody on each list, for every audience; each sum closes."""
        return sums_of(self.shelf, as_of, known_by)


def _require_whole(chosen: Chosen) -> None:
    """Raise `RefusedError` (`batch.erased`) where people of the frozen register were erased since."""
    if is_erased(chosen):
        raise RefusedError(
            "People of the register that was frozen for this batch were erased since, so that it cannot be computed "
            "again. What the record holds of it stands; propose another batch for the rest.",
            code="batch.erased",
        )


def _require_feasible(selection: Selection) -> None:
    """Raise `RefusedError` (`batch.infeasible`) with the limits that cannot hold together."""
    if selection.status == "proposed":
        return
    ranked = len(selection.ranking)
    why = f"only {ranked} people have every clearance" if ranked < selection.size else "limits cannot hold together"
    raise RefusedError(
        f"There is no legal batch of {selection.size}: {why}. Nothing was proposed. Choose a smaller size, or let the "
        "sides change the limits.",
        code="batch.infeasible",
        problems=tuple(
            Problem("batch.limit", f"{one.quota} {one.class_}: {one.bound} {one.value}")
            for one in selection.conflict or ()
        ),
    )
