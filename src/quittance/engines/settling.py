"""The second pass over the claims of many reports: each group's claims are settled together, and OUT is written.

Claims of one conflict, or of one case, are read together in the order of the reports, at most `TOGETHER` of them, which
are about 400 MB. The lines that change are kept on disk; the output is a copy of the first pass with those in place.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from quittance.claims.model import Claim, claim_line, read_claim
from quittance.claims.promises import Promise
from quittance.engines.report_claims import Settings

TOGETHER = 100_000
"""Claims of one group that are settled at once; those of a larger group are settled slice by slice."""

Settle = Callable[[Sequence[Claim], str, Settings], Sequence[Claim]]
"""Claims, their group and the settings -> the same claims, with the readings that the series gives."""


def settled(part: BinaryIO, out: Path, settings: Settings, *, settle: Settle | None = None) -> None:
    """Write to `out` the claims of `part`, a file of lines of group, tab and claim, with the second pass made."""
    with TemporaryFile(dir=out.parent) as changes, out.open("wb") as file:
        changed = _changes(part, changes, settings, settle or series) if settings.series else {}
        part.seek(0)
        for number, line in enumerate(part):
            if number in changed:
                changes.seek(changed[number])
                file.write(changes.readline())
            else:
                file.write(line.partition(b"\t")[2])
        file.flush()
        os.fsync(file.fileno())


def series(claims: Sequence[Claim], group: str, settings: Settings) -> Sequence[Claim]:
    """The second pass, with what was promised to the group."""
    from quittance.claims.series import settle

    return settle(claims, promises_of(group, settings))


def promises_of(group: str, settings: Settings) -> tuple[Promise, ...]:
    """What was promised: by the agreement of the case, or by the profile of the conflict that names the group."""
    from quittance.claims.profile import profile_for, profile_of

    if settings.agreement is not None:
        from quittance.agreement.load import load_agreement

        return profile_of(load_agreement(settings.agreement)).promises
    profile = profile_for(group)
    return profile.promises if profile else ()


def _changes(part: BinaryIO, changes: IO[bytes], settings: Settings, settle: Settle) -> dict[int, int]:
    """Number of a line -> where in `changes` the line stands that takes its place."""
    part.seek(0)
    groups = {line.partition(b"\t")[0] for line in part}
    changed: dict[int, int] = {}
    for group in sorted(groups - {b""}):  # reports without one may speak of anything
        for numbers, lines in _slices(part, group):
            claims = [read_claim(line) for line in lines]
            found = {claim.id: claim for claim in settle(claims, group.decode(), settings)}
            for number, line, claim in zip(numbers, lines, claims, strict=True):
                new = claim_line(found.get(claim.id, claim)) + b"\n"
                if new != line:
                    changed[number] = changes.tell()
                    changes.write(new)
    return changed


def _slices(part: BinaryIO, group: bytes) -> Iterator[tuple[list[int], list[bytes]]]:
    """The lines of a group with their numbers, at most `TOGETHER` at once."""
    part.seek(0)
    numbers: list[int] = []
    lines: list[bytes] = []
    for number, line in enumerate(part):
        head, _, rest = line.partition(b"\t")
        if head != group:
            continue
        if len(lines) == TOGETHER:
            yield numbers, lines
            numbers, lines = [], []
        numbers.append(number)
        lines.append(rest)
    if lines:
        yield numbers, lines
