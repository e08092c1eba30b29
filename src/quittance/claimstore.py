"""What a case keeps of its claims beside the record: decisions with their words, and learned speakers.

CASE/claims holds two files to which lines are only added. A decision counts when its reviewer has signed it and it is
in the record; the line then opens the commitment that stands there. Nothing in these files is a source of truth alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Self, TypeVar

import msgspec

from quittance.canon import canonical, parse_canonical
from quittance.claims.decisions import Decision
from quittance.claims.registry import Learned
from quittance.errors import RecordError
from quittance.files.lines import Lines
from quittance.record.commitment import commit
from quittance.record.envelope import encode64

FOLDER = "claims"
FIELD = "claim"
"""The field of `commitments` that binds a decision."""

TAKEN_BACK = "taken_back"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision about the claim `code` of a report, with what will bind it in the record: nonce and salt, in hex.

    `said` is the decision as it is kept, in canonical JSON: what the record binds does not change with the program.
    `of` are the commitments that the reader named for the fact.
    """

    code: str
    report: str
    nonce: str
    salt: str
    decision: Decision
    said: bytes = field(repr=False)
    of: tuple[str, ...] | None = None

    @classmethod
    def make(
        cls, code: str, report: str, nonce: str, salt: str, decision: Decision, of: Sequence[str] | None = None
    ) -> Self:
        """A decision as it is to be kept."""
        said = canonical(msgspec.to_builtins(decision))
        return cls(code, report, nonce, salt, decision, said, tuple(of) if of is not None else None)

    def commitment(self, agreement: str) -> str:
        """The salted commitment to the decision as it is kept, in base64."""
        return encode64(commit(agreement, FIELD, parse_canonical(self.said), bytes.fromhex(self.salt)))


class _Line(msgspec.Struct, omit_defaults=True):
    """A decision as a line of the file."""

    code: str
    report: str
    nonce: str
    salt: str
    said: msgspec.Raw
    of: tuple[str, ...] | None = None


_LINE = msgspec.json.Decoder(_Line)
_DECISION = msgspec.json.Decoder(Decision)
_LEARNED = msgspec.json.Decoder(Learned)


def _read_draft(line: bytes) -> Draft:
    one = _LINE.decode(line)
    said = bytes(one.said)
    return Draft(one.code, one.report, one.nonce, one.salt, _DECISION.decode(said), said, one.of)


def _write_draft(one: Draft) -> bytes:
    line = _Line(one.code, one.report, one.nonce, one.salt, msgspec.Raw(one.said), one.of)
    return msgspec.json.encode(line)


def _write_learned(one: Learned) -> bytes:
    return canonical(msgspec.to_builtins(one))


class ClaimStore:
    """The two files in the claims folder of one case."""

    def __init__(self, case: Path) -> None:
        self._drafts = _Typed(Lines(case / FOLDER / "decisions.jsonl"), _read_draft, _write_draft)
        self._learned = _Typed(Lines(case / FOLDER / "learned.jsonl"), _LEARNED.decode, _write_learned)

    def drafts(self) -> dict[tuple[str, str], Draft]:
        """The last decision of each reviewer on each claim, by (code, reviewer), unless he took it back."""
        found = {(one.code, one.decision.by): one for one in self._drafts.read()}
        return {key: one for key, one in found.items() if one.decision.answer != TAKEN_BACK}

    def words(self) -> dict[str, Draft]:
        """Every decision that was ever kept, by its nonce: the words of what the record holds."""
        return {one.nonce: one for one in self._drafts.read()}

    def keep(self, *drafts: Draft) -> None:
        """Keep decisions, each in the place of the same reviewer's earlier one on the claim."""
        self._drafts.add(drafts)

    def learned(self) -> tuple[Learned, ...]:
        """What reviewers have taught, in order."""
        return self._learned.read()

    def learn(self, one: Learned) -> None:
        """Keep what a reviewer teaches."""
        self._learned.add([one])


class _Typed(Generic[T]):
    """A file of lines of one type."""

    def __init__(self, lines: Lines, read: Callable[[bytes], T], write: Callable[[T], bytes]) -> None:
        self._lines = lines
        self._decode, self._encode = read, write
        self._from: tuple[bytes, ...] | None = None
        self._read: tuple[T, ...] = ()

    def read(self) -> tuple[T, ...]:
        """Every line as a value; raises `RecordError` (`claims.draft_damaged`) for one that is none."""
        lines = self._lines.read()
        if lines is not self._from:
            self._read, self._from = tuple(self._values(lines)), lines
        return self._read

    def add(self, values: Iterable[T]) -> None:
        """Add values, together or not at all."""
        self._lines.add(*map(self._encode, values))

    def _values(self, lines: Iterable[bytes]) -> Iterator[T]:
        for number, line in enumerate(lines, 1):
            try:
                yield self._decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError):
                raise RecordError(
                    f"Line {number} of {FOLDER}/{self._lines.name} cannot be read. Put the file back from a backup; "
                    "what was signed stands in the record in any case.",
                    code="claims.draft_damaged",
                ) from None
