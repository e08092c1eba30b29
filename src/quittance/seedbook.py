"""The use cases of the seed: a register frozen and a seed requested for it, numbers bound, revealed, and the seed.

Nobody chooses the seed: each party binds itself to a number before any is shown. The numbers lie with the parties; the
operator keeps none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from quittance.batchshelf import BatchShelf
from quittance.casebook import Casebook
from quittance.dates import parse_instant
from quittance.drafts import Drafts
from quittance.errors import UsageError
from quittance.handoverlog import COMMITTED, REQUESTED, REVEALED, Draw, SeedRequest
from quittance.listbook import require_same
from quittance.record.draws import label_of
from quittance.record.keys import Signer
from quittance.record.statement import Ref, Statement
from quittance.selection.seed import Beacon, Reveal, SeedRefused, Settled, commit, require_commit, settle
from quittance.visibility import OPERATOR, Viewer, require


@dataclass(frozen=True, slots=True)
class SeedView:
    """Where the seed of a batch stands. `waiting` are parties of the rules that have not bound themselves yet.

    `unrevealed` are bound and have shown nothing; `seed` is hex, empty until one could be derived from what is there.
    """

    request: SeedRequest
    parties: tuple[str, ...]
    waiting: tuple[str, ...]
    unrevealed: tuple[str, ...]
    seed: str
    last_may_choose: bool


class Seedbook:
    """The seeds of the batches of one case."""

    def __init__(self, shelf: BatchShelf, drafts: Drafts) -> None:
        self._shelf, self._drafts = shelf, drafts

    def request(
        self,
        viewer: Viewer,
        batch: str,
        casebook: Casebook,
        *,
        list_name: str | None = None,
        size: int | None = None,
        beacon: str | None = None,
    ) -> Statement:
        """Freeze the register for a batch, and draw up the `seed.requested` that the operator signs.

        `beacon` names a public source and its round, which must come later than everybody's reveal. Raises as
        `Drafts.freeze`, and `SeedRefused` (`seed.beacon_early`).
        """
        require(viewer, "handover_attestations", "write")
        shelf = self._shelf
        require_same(casebook, shelf.lists)
        with shelf.lists.lock:
            if beacon is not None:
                _require_later(beacon, shelf.now)
            material = self._drafts.freeze(batch, shelf.list_name(list_name), size)
            body: dict[str, object] = {
                "batch": batch,
                "request_sha256": material.request_sha256,
                "snapshot_sha256": material.snapshot_sha256,
                "rules_sha256": material.rules_sha256,
                "size": material.size,
            }
            if beacon is not None:
                body["beacon"] = beacon
            return casebook.draft(OPERATOR, REQUESTED, body)

    def commit(self, viewer: Viewer, batch: str, signer: Signer, nonce: bytes, casebook: Casebook) -> Statement:
        """The `seed.committed` by which the party of a key binds itself to `nonce`, 32 bytes that it keeps secret."""
        require(viewer, "handover_attestations", "write")
        require_same(casebook, self._shelf.lists)
        with self._shelf.lists.lock:
            request, label = self._of(batch), self._label(signer)
            body: dict[str, object] = {"batch": batch, "commit": commit(request.request_sha256, label, nonce)}
            return casebook.draft(OPERATOR, COMMITTED, body, refs=(Ref("answers", request.sid),))

    def reveal(self, viewer: Viewer, batch: str, signer: Signer, nonce: bytes, casebook: Casebook) -> Statement:
        """The `seed.revealed` by which the party of a key shows the number that it is bound to.

        Raises `SeedRefused`: `seed.no_commit`, `seed.wrong_reveal`.
        """
        require(viewer, "handover_attestations", "write")
        require_same(casebook, self._shelf.lists)
        with self._shelf.lists.lock:
            request, label = self._of(batch), self._label(signer)
            bound = request.commits.get(label)
            if bound is None:
                raise SeedRefused(
                    f"{label} has not bound itself to a number for batch {batch}, so it has none to reveal.",
                    code="seed.no_commit",
                )
            require_commit(request.request_sha256, label, nonce, bound.value)
            body: dict[str, object] = {"batch": batch, "nonce": nonce.hex()}
            return casebook.draft(OPERATOR, REVEALED, body, refs=(Ref("answers", bound.sid),))

    def settled(
        self, viewer: Viewer, batch: str, beacon: Beacon | None = None, without: tuple[str, ...] = ()
    ) -> Settled:
        """The seed of a batch from everything that was revealed, with the beacon where one was named.

        Whoever has not bound itself or not revealed must be named in `without`, so that nobody is left out in haste.
        Raises `SeedRefused` (`seed.waiting`, and as `settle`).
        """
        require(viewer, "handover_attestations", "write")
        with self._shelf.lists.lock:
            request = self._of(batch)
            missing = [one for one in self._missing(request) if one not in without]
            if missing:
                raise SeedRefused(
                    f"{', '.join(missing)} still has to commit or reveal. Wait, or leave it out with --without, which "
                    "everybody sees in the record.",
                    code="seed.waiting",
                )
            return _settled(request, beacon)

    def show(self, viewer: Viewer, batch: str) -> SeedView:
        """Where the seed of a batch stands."""
        require(viewer, "handover_attestations")
        with self._shelf.lists.lock:
            request = self._of(batch)
            parties = self._parties()
            material = self._shelf.store.materials().get(batch)
            return SeedView(
                request,
                parties,
                tuple(one for one in parties if one not in request.commits),
                tuple(sorted(request.commits.keys() - request.reveals.keys())),
                material.seed if material else "",
                not request.beacon and len(request.commits) > 1,
            )

    def _of(self, batch: str) -> SeedRequest:
        self._shelf.log.follow()
        found = self._shelf.log.seeds.get(batch)
        if found is None:
            raise UsageError(
                "No seed was requested for a batch of this name. Freeze the register first: quittance seed request",
                code="seed.not_requested",
            )
        return found

    def _missing(self, request: SeedRequest) -> tuple[str, ...]:
        wanted = {*self._parties(), *request.commits}
        return tuple(sorted(wanted - request.reveals.keys()))

    def _parties(self) -> tuple[str, ...]:
        """Who takes part by the rules, by the labels of their keys: an office that is no party by that of its key."""
        tie = self._drafts.rules().tie
        labels: dict[str, str] = {}
        for key in self._shelf.enrolled():
            labels.setdefault(key.role, label_of(key.role, key.party))
        return tuple(labels.get(one, one) for one in (tie.parties if tie else ()))

    def _label(self, signer: Signer) -> str:
        return label_of(*self._shelf.office_of(signer).split(":", 1))


def _settled(request: SeedRequest, beacon: Beacon | None) -> Settled:
    reveals = [Reveal(label, bytes.fromhex(one.value), _instant(one)) for label, one in request.reveals.items()]
    return settle(
        request.request_sha256, _values(request.commits), reveals, named=request.beacon or None, beacon=beacon
    )


def _values(draws: Mapping[str, Draw]) -> dict[str, str]:
    return {label: one.value for label, one in draws.items()}


def _instant(draw: Draw) -> datetime:
    return parse_instant(draw.at)


def _require_later(beacon: str, now: datetime) -> None:
    if beacon.startswith("drand:quicknet:"):
        from quittance.selection.beacon import require_later

        require_later(beacon, now)
