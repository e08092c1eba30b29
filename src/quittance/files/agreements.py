"""The agreement file that counts: the one a case began with, or the last new version that its sides have signed.

The first file stays where it is. A new version is laid beside it under the hash of its bytes, and counts from the
entry `agreement.amended` on; so a crash between the two leaves the old file in force and the case readable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from quittance.agreement.load import load_agreement
from quittance.agreement.model import Agreement
from quittance.errors import RecordError, RefusedError, UnreadableError
from quittance.files.durable import make_folder, write_new
from quittance.record.store import Store, entries

FOLDER = "agreements"
"""Beside the first file: new versions, each called by the SHA-256 of its bytes."""

ADOPTED, AMENDED = "agreement.adopted", "agreement.amended"


@dataclass(frozen=True, slots=True)
class InForce:
    """The file that counts, and its version: 1 for the one that the case began with, unless its adoption says more."""

    data: bytes
    version: int

    @property
    def sha256(self) -> str:
        """The hash of the file, in hex."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def agreement(self) -> Agreement:
        """What the file says; raises `AgreementRefused`."""
        return load_agreement(self.data)


def agreement_in_force(folder: Path, store: Store, first: bytes) -> InForce:
    """The file that counts by the record, of which `first` is the one that lies in the case.

    A new version counts if its number is higher and the offices have signed that the file in force until then names.

    Raises `RecordError` (`case.unfinished`, `case.agreement_differs`), `UnreadableError` (`case.agreement_missing`) for
    a new version whose file is not there.
    """
    if store.head().size < 1:
        raise RecordError("The record has no beginning. Restore a backup.", code="case.unfinished")
    (genesis,) = entries(store, 0, 1)
    if genesis.statement.body.get("agreement_sha256") != hashlib.sha256(first).hexdigest():
        raise RecordError(
            "agreement.yaml is not the file that this case began with (entry 0 of the record has its SHA-256). "
            "Put that file back; a new version is put in place with: quittance agreement amend",
            code="case.agreement_differs",
        )
    found = InForce(first, 1)
    for kind, digest, version, offices in _changes(store):
        if version <= found.version:
            continue
        if kind == ADOPTED:
            found = InForce(found.data, version) if digest == found.sha256 else found
        elif is_signed(found.agreement, offices):
            found = InForce(_read(folder, digest), version)
    return found


def is_signed(agreement: Agreement, offices: Collection[str]) -> bool:
    """Whether all the offices have signed that an agreement names for its next version."""
    return set(agreement.amendments.signed_by) <= set(offices)


def lay_beside(folder: Path, data: bytes) -> Path:
    """Keep a new version in the case, to count once it is signed; the same file again changes nothing."""
    make_folder(folder / FOLDER)
    path = place_of(folder, hashlib.sha256(data).hexdigest())
    write_new(path, data, top=folder)
    return path


def place_of(folder: Path, digest: str) -> Path:
    """Where the version with this hash lies."""
    return folder / FOLDER / f"{digest}.yaml"


def require_next(found: InForce, data: bytes) -> Agreement:
    """The agreement of a new version; raises `AgreementRefused`, `RefusedError` (`agreement.same`, `agreement.id`)."""
    new = load_agreement(data)
    if new.sha256 == found.sha256:
        raise RefusedError("This is the file that is in force, byte for byte; nothing changes.", code="agreement.same")
    if new.id != found.agreement.id:
        raise RefusedError(
            f"The file is of the agreement {new.id}, and this case is of {found.agreement.id}. A new version keeps the "
            "id; another agreement needs a case of its own.",
            code="agreement.id",
        )
    return new


def require_effective(folder: Path, found: InForce, body: Mapping[str, object], roles: Collection[str]) -> None:
    """Refuse an `agreement.amended` that would stand in the record and change nothing, or leave the case without file.

    Raises `RefusedError`: `agreement.version`, `agreement.signers`, `agreement.absent`.
    """
    if int(str(body["version"])) <= found.version:
        raise RefusedError(
            f"Version {found.version} of the agreement is in force, and this one is no later. Draw it up again.",
            code="agreement.version",
        )
    if not is_signed(found.agreement, roles):
        raise RefusedError(
            f"A new version needs the signatures of {', '.join(found.agreement.amendments.signed_by)}, as the file in "
            "force says. Have the rest of them sign it.",
            code="agreement.signers",
        )
    digest = str(body["agreement_sha256"])
    if not place_of(folder, digest).is_file():
        raise RefusedError(
            "The new version does not lie in the case. Put it there first, with: quittance agreement amend CASE "
            f"--agreement FILE; the SHA-256 of the file is {digest}.",
            code="agreement.absent",
        )


def _changes(store: Store) -> Iterator[tuple[str, str, int, tuple[str, ...]]]:
    """Kind, hash and version of each entry about the agreement file, and the roles that signed it."""
    for index in range(store.head().size):
        kind, offices = store.said(index)
        if kind in (ADOPTED, AMENDED):
            (entry,) = entries(store, index, index + 1)
            body = entry.statement.body
            roles = tuple(one.partition(":")[0] for one in offices.split(","))
            yield kind, str(body["agreement_sha256"]), int(str(body["version"])), roles


def _read(folder: Path, digest: str) -> bytes:
    try:
        data = place_of(folder, digest).read_bytes()
    except OSError as error:
        raise UnreadableError(
            f"The version of the agreement that is in force, {digest}.yaml in the folder {FOLDER} of the case, cannot "
            f"be read ({error.strerror}). Put the file back; the sides that signed it have it.",
            code="case.agreement_missing",
        ) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise RecordError(
            f"{digest}.yaml in the folder {FOLDER} of the case is not the file with that SHA-256. Put it back; the "
            "sides that signed it have it.",
            code="case.agreement_differs",
        )
    return data
