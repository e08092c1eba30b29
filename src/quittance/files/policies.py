"""The trust policy of a case as files: one for each grade, in the format of C2SP tlog-policy."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Self

from quittance.errors import UnreadableError, UsageError
from quittance.record.note import VerifierKey
from quittance.record.policy import Policies, Trust

MAX_POLICY_BYTES = 64 * 1024
FOLDER = "policy"


@dataclass(frozen=True, slots=True)
class PolicyFiles:
    """The bytes of the two policy files, `joint` and `recorded`."""

    joint: bytes
    recorded: bytes

    @property
    def sha256(self) -> str:
        """What genesis and `policy.set` name: the digest of the one file followed by the other, in hex."""
        return sha256(self.joint + self.recorded).hexdigest()

    def read(self) -> Policies:
        """The policies; raises `PolicyError`."""
        return Policies.of_texts({"joint": self.joint, "recorded": self.recorded})

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The files in a folder, read as policies once; raises `UnreadableError` (`policy.missing`), `PolicyError`."""
        files = cls(*(_bytes_of(folder / name) for name in ("joint", "recorded")))
        files.read()
        return files


def policies_of(log: Path) -> Policies | None:
    """The policies that lie beside a published log, None where there are none; raises as `PolicyFiles.load`."""
    return PolicyFiles.load(log / FOLDER).read() if (log / FOLDER / "joint").exists() else None


def trust_of(policy: Path | None, vkey: str | None) -> Trust:
    """What a reader trusts: policy files, or a log's key; raises `UsageError` (`record.trust`) without either."""
    if policy is not None:
        return PolicyFiles.load(policy).read()
    if vkey is None:
        raise UsageError(
            "Nothing says whose signatures count. Give --policy DIR, or --log VKEY for the log's own key.",
            code="record.trust",
        )
    return VerifierKey.parse(vkey)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_POLICY_BYTES + 1)
    except OSError as error:
        raise UnreadableError(
            f"The policy file {path.name} cannot be read ({error.strerror}). A policy is a folder with the files joint "
            "and recorded.",
            code="policy.missing",
        ) from None
    if len(data) > MAX_POLICY_BYTES:
        raise UnreadableError(f"The policy file {path.name} is larger than any policy.", code="policy.missing")
    return data
