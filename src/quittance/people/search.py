"""Finding people by a name typed in any script and spelling: the words of all entries, weighed against those typed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quittance.people.matching.candidates import Lookup, lookup
from quittance.people.matching.context import background
from quittance.people.matching.evidence import (
    INITIAL,
    LEAST,
    by_script,
    channel_evidence,
    owners,
    rarities,
    similar_readings,
)
from quittance.people.matching.kernels import F64, I32, I64
from quittance.people.matching.prepared import Prepared, prepare
from quittance.people.matching.vocabulary import Vocabulary
from quittance.people.model import ListEntry
from quittance.people.names.channel import Channel

BEGINNING = 0.6
"""Share of its rarity that a word weighs of which only the beginning was typed."""
UNASKED = 0.2
"""Taken off for each word of the name that was not typed."""
MAX_TYPED = 200
END = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found: its place in the entries given, and how well it fits, in nats."""

    entry: int
    score: float


class SearchIndex:
    """The words of many entries, ready to be searched; holds names, so keep it in memory only."""

    def __init__(self, entries: Sequence[ListEntry]) -> None:
        self._list = prepare(entries)
        words = self._list.words
        self._rarity, _ = rarities(self._list, prepare(()), background)
        self._groups = by_script(words)
        self._holders = _holders(self._list)
        self._sizes = np.zeros(len(self._list))
        names = np.diff(self._list.forms.first)[: self._list.name_first[-1]]
        owner = np.repeat(np.arange(len(self._list)), np.diff(self._list.name_first))
        np.maximum.at(self._sizes, owner, names)
        single = np.flatnonzero(words.parts[:, 0] < 0).tolist()
        self._spelt = sorted((words.text[at], at) for at in single)
        self._boned = sorted((words.bones[at], at) for at in single if words.bones[at])

    def search(self, text: str, limit: int = 50) -> tuple[Hit, ...]:
        """The entries that fit best, best first; none where nothing typed is like a word of theirs."""
        typed = prepare([ListEntry("", text[:MAX_TYPED])])
        if not len(self._list) or not len(typed.words):
            return ()
        total = np.zeros(len(self._list))
        for form in range(int(typed.name_first[-1])):
            tokens = typed.forms.token[typed.forms.first[form] : typed.forms.first[form + 1]].tolist()
            joins = typed.forms.join[typed.forms.first[form] : typed.forms.first[form + 1]].tolist()
            total = np.maximum(total, self._fits(typed.words, tokens, joins))
        found = np.flatnonzero(total > 0)
        order = np.lexsort((found, -(total[found] - UNASKED * self._sizes[found])))[:limit]
        return tuple(Hit(self._list.order[int(found[at])], round(float(total[found[at]]), 4)) for at in order)

    def _fits(self, typed: Vocabulary, tokens: list[int], joins: list[int]) -> F64:
        """For each entry the sum over the typed words of what the word of it that is likest weighs."""
        token, word, weight = self._alike(typed)
        of = {one: self._best(word[token == one], weight[token == one]) for one in {*tokens, *joins} - {-1}}
        for one in tokens:
            self._begins(typed, one, of[one])
        parts = [of[one] for one in tokens]
        total: F64 = np.sum(parts, axis=0)
        for at, join in enumerate(joins):
            if join >= 0:  # two words typed that are one word of the entry
                total = np.maximum(total, total - parts[at] - parts[at + 1] + of[join])
        return total

    def _alike(self, typed: Vocabulary) -> tuple[I32, I32, F64]:
        """Typed tokens, words of the list, and what they weigh together."""
        words = self._list.words
        readings = similar_readings(typed, words, threads=1)
        weight = channel_evidence(by_script(typed), self._groups, typed, words, readings, Channel.load(), 1)
        token, word = owners(typed)[readings[:, 0]], owners(words)[readings[:, 1]]
        weight = np.minimum(weight, self._rarity[word])
        kept = weight >= LEAST
        return token[kept], word[kept], weight[kept]

    def _best(self, word: I32, weight: F64) -> F64:
        """For each entry the largest weight of its words."""
        best = np.zeros(len(self._list))
        for at in np.argsort(weight, kind="stable").tolist():
            best[self._holders.item[self._holders.first[word[at]] : self._holders.first[word[at] + 1]]] = weight[at]
        return best

    def _begins(self, typed: Vocabulary, token: int, best: F64) -> None:
        """Raise `best` for entries with a word that begins as typed, in its letters or in its consonants."""
        text, bones = typed.text[token], typed.bones[token]
        found = _starting(self._spelt, text)
        if len(bones) >= 2:
            found |= _starting(self._boned, bones)
        for at in sorted(found):
            weight = INITIAL if len(text) == 1 else BEGINNING * float(self._rarity[at])
            mine = self._holders.item[self._holders.first[at] : self._holders.first[at + 1]]
            best[mine] = np.maximum(best[mine], weight)


def _starting(table: list[tuple[str, int]], text: str) -> set[int]:
    begin, end = bisect_left(table, (text,)), bisect_left(table, (text + END,))
    return {at for _, at in table[begin:end]}


def _holders(prepared: Prepared) -> Lookup:
    """The entries that have each token in a name, singly or as two words written together."""
    forms, names = prepared.forms, int(prepared.name_first[-1])
    owner = np.repeat(np.arange(len(prepared)), np.diff(prepared.name_first))
    entry: I64 = np.repeat(owner, np.diff(forms.first)[:names])
    token, join = forms.token[: len(entry)], forms.join[: len(entry)]
    number = np.concatenate([token, join[join >= 0]])
    return lookup(
        number.astype(np.int64), np.concatenate([entry, entry[join >= 0]]).astype(np.int32), len(prepared.words)
    )
