"""What the record says of reports and public claims: folded from its entries, and folded on when it has grown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from quittance.claims.desk import Judgement
from quittance.record.entry import Entry
from quittance.record.store import Store, entries

CAPTURED, JUDGED = "claim.captured", "claim.judged"
_KINDS = frozenset({CAPTURED, JUDGED, "key.enrolled", "key.rotated", "record.withdrawn"})


@dataclass(frozen=True, slots=True)
class Captured:
    """A report that the operator has taken in: the digest of its sheet, the index of the entry, and its instant."""

    sha256: str
    sheet_sha256: str | None
    index: int
    at: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement: of which claim in which report, what was said, by whose first key, and the entry that follows.

    `bound` is the commitment to the decision, `nonce` that of the statement.
    """

    code: str
    judgement: Judgement
    report: str
    fact: str | None
    by: str
    at: str
    index: int
    nonce: str
    bound: str


class ClaimRecord:
    """The reports and judgements of one record. A key that was rotated is its first one's."""

    def __init__(self) -> None:
        self.size = 0
        self.captured: dict[str, Captured] = {}
        self.keys: list[str] = []
        self._first: dict[str, str] = {}
        self._judged: dict[int, Judged] = {}
        self._last: dict[str, dict[str, int]] = {}
        self._withdrawn: set[int] = set()

    def follow(self, store: Store) -> bool:
        """Take what the record has more; whether that says anything of claims or keys."""
        size, before = store.head().size, self.size
        wanted = [index for index in range(before, size) if store.said(index)[0] in _KINDS]
        for index in wanted:
            (entry,) = entries(store, index, index + 1)
            self._take(entry, store)
        self.size = size
        return bool(wanted)

    def reviewer(self, fingerprint: str) -> str:
        """The fingerprint of the first key of whoever holds this one."""
        return self._first.get(fingerprint, fingerprint)

    def standing(self, code: str) -> tuple[Judged, ...]:
        """What each reviewer has said last of a claim, in the record's order; who took that back has said nothing."""
        indexes = sorted(index for index in self._last.get(code, {}).values() if index not in self._withdrawn)
        return tuple(self._judged[index] for index in indexes)

    def codes(self) -> Iterable[str]:
        """The codes of all claims that were ever judged."""
        return self._last.keys()

    def _take(self, entry: Entry, store: Store) -> None:
        statement, body = entry.statement, entry.statement.body
        if statement.kind in ("key.enrolled", "key.rotated"):
            self.keys.append(str(body["fingerprint"]))
            if statement.kind == "key.rotated":
                self._first[self.keys[-1]] = self.reviewer(str(body["old"]))
        elif statement.kind == CAPTURED:
            sheet = body.get("sheet_sha256")
            one = Captured(str(body["evidence_sha256"]), str(sheet) if sheet else None, entry.index, entry.accepted_at)
            self.captured.setdefault(one.sha256, one)
        elif statement.kind == JUDGED:
            by, fact = self.reviewer(entry.leaf.signatures[0].keyid), body.get("fact")
            judged = Judged(
                str(body["claim"]), cast(Judgement, body["judgement"]), str(body["report_sha256"]),
                str(fact) if fact else None, by, entry.accepted_at, entry.index, statement.nonce,
                statement.commitments["claim"][0],
            )  # fmt: skip
            self._judged[entry.index] = judged
            self._last.setdefault(judged.code, {})[by] = entry.index
        else:
            self._forget(store.find(next(ref.sid for ref in statement.refs if ref.rel == "withdraws")))

    def _forget(self, index: int | None) -> None:
        if index in self._judged:
            self._withdrawn.add(index)
        for sha256, one in tuple(self.captured.items()):
            if one.index == index:
                del self.captured[sha256]
