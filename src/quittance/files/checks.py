"""What `record verify` asks of a folder: a case as its operator has it, or a log as anybody has copied it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from quittance.errors import RecordError, UsageError
from quittance.files.agreements import agreement_in_force
from quittance.files.case import RECORD_FILE, TILES, open_case, require_case
from quittance.files.heads import trust_beside
from quittance.files.mirror import head_of
from quittance.files.policies import policies_of, trust_of
from quittance.files.published import folder_fetch
from quittance.files.rebuild import rebuild_sqlite, rebuild_tiles
from quittance.files.verify import Verified, verify_log
from quittance.record.acceptance import open_acceptance
from quittance.record.policy import GRADES_WITH_POLICY, Trust
from quittance.record.store import DamagedError, Head
from quittance.record.tiles import TILE_WIDTH, bundle_path, decode_bundle

OWN_TRUST = "trust_in_the_copy"
"""Flag: the keys came with the copy that they vouch for."""


def check_case_or_log(
    folder: Path,
    *,
    policy: Path | None = None,
    vkey: str | None = None,
    since: bytes | None = None,
    structure_only: bool = False,
    min_grade: str | None = None,
    acceptances: Sequence[bytes] = (),
) -> Verified:
    """Check a case (its database, its agreement file, and the log it has published) or a copy of a published log.

    Without `policy` and `vkey` the keys are those that lie beside the log, and the result says so
    (`trust_in_the_copy`). Raises as `verify_log`; `record.grade` below `min_grade`; `acceptance.broken` for an
    acceptance that the log has not kept.
    """
    is_case = (folder / RECORD_FILE).exists()
    log = folder / TILES if is_case else folder
    if not (is_case or (log / "checkpoint").exists()):
        require_case(folder)
    if structure_only and acceptances:
        raise UsageError("An acceptance needs the whole check. Leave --structure-only out.", code="usage.form")
    own = policy is None and vkey is None
    trust = _own_trust(folder, log, is_case) if own else trust_of(policy, vkey)
    if is_case:
        _check_database(folder)
    verified = verify_log(log, trust, since=since, structure_only=structure_only)
    if is_case:
        _require_same_rows(folder, log, verified)
    if own and not is_case:
        verified = replace(verified, flags=((None, OWN_TRUST), *verified.flags))
    _require_grade(verified, min_grade)
    for data in acceptances:
        _require_kept(data, verified)
    return verified


def _own_trust(folder: Path, log: Path, is_case: bool) -> Trust:
    if is_case:
        return trust_beside(folder, head_of(log).origin)
    return policies_of(log) or trust_of(None, None)


def rebuild_case(folder: Path, *, from_tiles: bool) -> Head:
    """Make the database of a case again from its published files, or these from the database; gives the head.

    Raises as `rebuild_sqlite` and `rebuild_tiles`.
    """
    if from_tiles:
        return rebuild_sqlite(folder / TILES, folder / RECORD_FILE, _own_trust(folder, folder / TILES, True))
    _, store = open_case(folder, writable=False)
    try:
        return rebuild_tiles(store, folder / TILES)
    finally:
        store.close()


def _check_database(folder: Path) -> None:
    agreement, store = open_case(folder, writable=False)
    try:
        agreement_in_force(folder, store, agreement)
        store.check()
    finally:
        store.close()


def _require_same_rows(folder: Path, log: Path, verified: Verified) -> None:
    """Raise `DamagedError` unless the published entries are those of the database, and the last head is the signed."""
    _, store = open_case(folder, writable=False)
    try:
        fetch, size = folder_fetch(log), verified.head.size
        if store.head().size < size:
            raise DamagedError(f"The log has published {size} entries, the database holds {store.head().size}.")
        for start in range(0, size, TILE_WIDTH):
            width = min(TILE_WIDTH, size - start)
            published = decode_bundle(fetch(bundle_path(start // TILE_WIDTH, width)), width)
            for at, (row, leaf) in enumerate(zip(store.read(start, start + width), published, strict=True)):
                if row != leaf:
                    raise DamagedError(f"Entry {start + at} is another in the database.", start + at)
        if store.checkpoint() != verified.opened.note.encode():
            raise DamagedError("The published tree head is not the one that was signed last.")
    finally:
        store.close()


def _require_grade(verified: Verified, wanted: str | None) -> None:
    if wanted is None:
        return
    if wanted not in GRADES_WITH_POLICY:
        raise UsageError(f"A grade to ask for is one of {', '.join(GRADES_WITH_POLICY)}.", code="record.grade_unknown")
    ranks = (*GRADES_WITH_POLICY, "signed")
    if ranks.index(verified.grade) > ranks.index(wanted):
        raise RecordError(
            f"The record is whole, but its grade is {verified.grade}, not {wanted}: too few have cosigned it yet.",
            code="record.grade",
        )


def _require_kept(data: bytes, verified: Verified) -> None:
    """Raise `RecordError` (`acceptance.broken`) if the log does not hold what its operator accepted."""
    accepted = open_acceptance(data, verified.operator_keys)
    if accepted.log != verified.head.origin:
        raise UsageError("The acceptance is of another log.", code="acceptance.format")
    if verified.places(accepted.sid) == accepted.index:
        return
    if verified.head.size <= accepted.index:
        raise RecordError(
            f"The operator accepted statement {accepted.sid} as entry {accepted.index}; this copy ends before it. "
            f"Fetch the log anew after {accepted.merge_by}: if it still ends before it then, keep what you were given.",
            code="acceptance.pending",
        )
    raise RecordError(
        f"The operator accepted statement {accepted.sid} as entry {accepted.index}, to be published by "
        f"{accepted.merge_by}; the log of {verified.head.size} entries does not hold it there. Keep both: they are the "
        "proof of suppression.",
        code="acceptance.broken",
    )
