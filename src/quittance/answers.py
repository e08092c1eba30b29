"""Answers of reviewers that nobody has signed yet: sealed in the vault with one entry of the pair, none is lost.

An answer becomes a judgement when its reviewer signs it and it enters the record; from then on the record counts.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec

from quittance.canon import canonical
from quittance.people.judgements import Pair
from quittance.record.envelope import decode64
from quittance.record.store import Store
from quittance.vault.lists import ANSWER, GIVEN
from quittance.vault.store import Vault


class Answer(msgspec.Struct, frozen=True):
    """What one reviewer says of a pair of handles: same, different or unsure; `nonce` will be that of the statement.

    `by` is the fingerprint of the reviewer's first key, `grade` the band of probability shown, `at` the time in UTC.
    """

    pair: Pair
    answer: str
    grade: str
    by: str
    at: str
    nonce: str
    reason: str | None = None


class Answers:
    """The answers in one vault that are not in the record."""

    def __init__(self, vault: Vault, record: Store) -> None:
        self._vault = vault
        self._record = record
        found = (msgspec.json.decode(text, type=Answer) for _, text in vault.values(GIVEN, table=ANSWER) if text)
        self._held = {(one.pair, one.by): one for one in found}

    def of(self, reviewer: str) -> dict[Pair, Answer]:
        """One reviewer's answers that the record does not hold, by pair, in the order of the pairs."""
        known = self._record.known()
        found = {pair: one for (pair, by), one in self._held.items() if by == reviewer}
        return {pair: found[pair] for pair in sorted(found) if not known.has_nonce(found[pair].nonce)}

    def give(self, answer: Answer) -> None:
        """Keep an answer, in place of the reviewer's earlier one of this pair."""
        self._put(answer.pair, answer.by, canonical(msgspec.to_builtins(answer)).decode())
        self._held[answer.pair, answer.by] = answer

    def take_back(self, pair: Pair, reviewer: str) -> bool:
        """Forget an answer that is not in the record; whether there was one."""
        if pair not in self.of(reviewer):
            return False
        self._put(pair, reviewer, "")
        del self._held[pair, reviewer]
        return True

    def _put(self, pair: Pair, reviewer: str, text: str) -> None:
        row = sha256(canonical([pair[1], reviewer])).hexdigest()[:32]
        self._vault.put(decode64(pair[0], "A handle"), GIVEN, text, table=ANSWER, row=row)
