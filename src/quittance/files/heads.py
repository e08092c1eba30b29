"""What lies beside the record of a case and says whose signatures count, and the tree heads that were shown earlier."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from quittance.errors import UsageError
from quittance.files.case import TILES
from quittance.files.durable import disk_errors, read_whole
from quittance.files.keyfile import describe_key, read_key_file
from quittance.files.office import KEYS, LOG_KEY
from quittance.files.policies import policies_of
from quittance.files.published import MAX_NOTE, note_path
from quittance.record.keys import Signer
from quittance.record.note import ED25519, VerifierKey
from quittance.record.policy import Trust


def trust_beside(folder: Path | None, origin: str, log: Signer | None = None) -> Trust:
    """Whose signatures count for a case: by its policy files, or where it has none, the key of its log alone.

    `log` is what signs its tree heads, where that is known; else its key file in `folder` is asked. Raises
    `PolicyError` for policies that cannot be read, `KeyFileError`, and `UsageError` (`record.trust`) where nothing
    says it.
    """
    policies = policies_of(folder / TILES) if folder is not None else None
    if policies is not None:
        return policies
    return log_key(folder, origin, log)


def log_key(folder: Path | None, origin: str, log: Signer | None = None) -> VerifierKey:
    """The verifier key of a case's log, from what signs its tree heads or its key file; raises as `trust_beside`."""
    public = log.public if log is not None else None
    if public is None and folder is not None:
        public = describe_key(read_key_file(folder / KEYS / LOG_KEY)).public
    if public is None:
        raise UsageError(
            "Nothing beside this case says whose signatures count: it has neither policy files nor the key of its log. "
            "Give it its policy.",
            code="record.trust",
        )
    return VerifierKey(origin, ED25519, public)


def kept_notes(folder: Path | None, most: int) -> Iterator[bytes]:
    """The signed tree heads that a case has shown, newest first and at most so many; each is believed by nobody yet."""
    if folder is None:
        return
    log = folder / TILES
    place = log / "notes"
    with disk_errors("notes"):
        names = [path.name for path in place.iterdir()] if place.is_dir() else []
    sizes = [int(name) for name in names if name.isascii() and name.isdecimal() and len(name) < 20]
    for size in sorted(sizes, reverse=True)[:most]:
        note = read_whole(log / note_path(size), MAX_NOTE, top=log)
        if note is not None:
            yield note
