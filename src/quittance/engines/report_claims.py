"""From one file to the claims in it: the part of an extraction that any process can do, and what it tells of it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from quittance.claims.model import Claim, Report, claim_line
from quittance.errors import QuittanceError
from quittance.files.reports import Source, read_source


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What decides which claims are found: bytes of the agreement and of the learned speakers, the conflict of reports
    that name none, and whether the second pass is made.
    """

    agreement: bytes | None = None
    speakers: bytes | None = None
    conflict: str | None = None
    series: bool = True


Read = Callable[[Report], list[Claim]]
MakeRead = Callable[[Settings], Read]

SAID = 20
"""Problems and warnings that are kept in words; the others are counted."""


class Tally(msgspec.Struct, kw_only=True):
    """What a run has read so far; warnings are counted by their code."""

    files: int = 0
    reports: int = 0
    claims: int = 0
    unread: int = 0
    problems: list[tuple[str, str]] = []
    warnings: dict[str, int] = {}
    examples: list[str] = []

    def add(self, other: Tally) -> None:
        """Count another tally in."""
        self.files += other.files
        self.reports += other.reports
        self.claims += other.claims
        self.unread += other.unread
        self.problems = (self.problems + other.problems)[:SAID]
        self.examples = (self.examples + other.examples)[:SAID]
        self.warnings = dict(sorted((Counter(self.warnings) + Counter(other.warnings)).items()))


def reader_of(settings: Settings) -> Read:
    """What finds the claims of a report: by the agreement's parties, else by those of the report's conflict.

    Raises `UnreadableError` for an agreement or learned speakers that cannot be read.
    """
    from quittance.claims.extract import extract
    from quittance.claims.lexicon import Lexicon
    from quittance.claims.profile import Profile, profile_for, profile_of
    from quittance.claims.registry import read_learned, registry_of

    learned = read_learned(settings.speakers) if settings.speakers is not None else ()
    lexicons: dict[str | None, Lexicon] = {}

    def lexicon(key: str | None, profile: Profile | None) -> Lexicon:
        if key not in lexicons:
            lexicons[key] = Lexicon(profile, registry_of(profile, learned))
        return lexicons[key]

    if settings.agreement is not None:
        from quittance.agreement.load import load_agreement

        agreed = lexicon(None, profile_of(load_agreement(settings.agreement)))
        return lambda report: extract(report, agreed)

    def read(report: Report) -> list[Claim]:
        profile = profile_for(report.conflict)
        return extract(report, lexicon(profile.id if profile else None, profile))

    return read


def group_of(report: Report, settings: Settings) -> str:
    """Which reports are read together in the second pass: all of a case, or those of one conflict; "" is none.

    A conflict whose parties nobody knows is none: its claims have no sides.
    """
    from quittance.claims.profile import profile_for

    if settings.agreement is not None:
        return "case"
    return (report.conflict or "") if profile_for(report.conflict) else ""


def read_files(sources: Sequence[Source], settings: Settings, read: Read) -> tuple[bytes, Tally]:
    """The claims in some files, as lines of group, tab and claim in JSON, and what is to be told of them.

    A file that cannot be read and a report on which the reader fails are told; the others go on.
    """
    lines: list[bytes] = []
    tally = Tally(files=len(sources), problems=[], warnings={}, examples=[])
    for source in sources:
        try:
            reports = read_source(source, conflict=settings.conflict, guess=settings.agreement is None)
        except QuittanceError as error:
            tally.unread += 1
            tally.problems.append((error.code, error.message))
            continue
        tally.reports += len(reports)
        for report in reports:
            _tell(report, settings, tally)
            try:
                found = read(report)
            except Exception as error:  # one hostile text must not end the reading of a million
                if os.environ.get("QUITTANCE_DEBUG"):
                    raise
                tally.unread += 1
                tally.problems.append(("claims.reader_failed", f"{source.path}: {_failed(error)}"))
                continue
            head = group_of(report, settings).encode() + b"\t"
            for claim in found:
                if not grounded(claim, report):
                    tally.unread += 1
                    tally.problems.append(("claims.ungrounded", f"{source.path}: {_UNGROUNDED}"))
                    continue
                lines.append(head + claim_line(claim) + b"\n")
                tally.claims += 1
    tally.problems, tally.examples = tally.problems[:SAID], tally.examples[:SAID]
    return b"".join(lines), tally


_UNGROUNDED = "a claim was left out, because its words do not stand in the report where it says; report this as a fault"


def _failed(error: Exception) -> str:
    return f"the reader failed on it ({type(error).__name__}); it has no claims here. Report this as a fault."


def grounded(claim: Claim, report: Report) -> bool:
    """Whether the claim's words, and its number within them, stand in the report where it says."""
    start, end = claim.span
    if not 0 <= start < end <= len(report.text) or report.text[start:end] != claim.text or claim.doc != report.doc:
        return False
    return claim.quantity_span is None or start <= claim.quantity_span[0] < claim.quantity_span[1] <= end


def _tell(report: Report, settings: Settings, tally: Tally) -> None:
    warnings = list(report.warnings)
    if not group_of(report, settings):
        warnings.append("claims.no_parties: no agreement and no known conflict is named, so the sides are not known")
    for warning in warnings:
        code = warning.partition(":")[0]
        tally.warnings[code] = tally.warnings.get(code, 0) + 1
        if code != "report.no_date":
            tally.examples.append(f"{report.doc}: {warning}")
