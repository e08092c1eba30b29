"""Finding people by a name typed in any script and spelling: the words of all entries, weighed against those typed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from quittance.people.matching.candidates import Lookup, lookup
from quittance.people.matching.context import background
from quittance.people.matching.evidence import (
    BEYOND,
    INITIAL,
    JOIN_BONES,
    LEAST,
    SAME_BONES,
    SAME_LETTERS,
    SIGNS,
    Groups,
    alike_pairs,
    by_script,
    channel_evidence,
    owners,
    rarities,
    signatures,
)
from quittance.people.matching.kernels import F64, I32, I64, U64
from quittance.people.matching.prepared import Prepared, prepare
from quittance.people.matching.vocabulary import Vocabulary
from quittance.people.model import ListEntry
from quittance.people.names.channel import Channel, Words

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
        joined = words.parts[owners(words), 0] >= 0
        self._readings = [_readings(words, np.flatnonzero(kind).astype(np.int32)) for kind in (~joined, joined)]
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
        readings = self._similar(typed)
        groups = self._groups_of(np.unique(readings[:, 1]))
        weight = channel_evidence(by_script(typed), groups, typed, words, readings, Channel.load(), 1)
        token, word = owners(typed)[readings[:, 0]], owners(words)[readings[:, 1]]
        weight = np.minimum(weight, self._rarity[word])
        kept = weight >= LEAST
        return token[kept], word[kept], weight[kept]

    def _similar(self, typed: Vocabulary) -> I32:
        """What `evidence.similar_readings` finds, with most words of the list passed over by their signs alone."""
        words = self._list.words
        mine = _readings(typed, np.arange(len(typed.reading), dtype=np.int32))
        found = [np.zeros((0, 2), np.int32)]
        for x in range(len(typed.reading)):
            joined = typed.parts[owners(typed)[x], 0] >= 0
            for kind, theirs in enumerate(self._readings[:1] if joined else self._readings):
                least = JOIN_BONES if joined or kind else SAME_BONES
                may = _may_share(mine.bones[x], mine.length[x, 0], theirs.bones, theirs.length[:, 0], least)
                if least < SAME_LETTERS:
                    size = mine.length[x, 1]
                    may |= _may_share(mine.letters[x], size, theirs.letters, theirs.length[:, 1], SAME_LETTERS)
                with np.errstate(over="ignore"):
                    found.append(
                        alike_pairs(
                            np.array([x], np.int32), least, typed.reading_skeleton, typed.reading_latin,
                            theirs.row[may], words.reading_skeleton, words.reading_latin,
                        )
                    )  # fmt: skip
        return np.concatenate(found)

    def _groups_of(self, readings: I32) -> Groups:
        """`by_script` of these readings of the list only."""
        scripts = self._list.words.reading_script[readings]
        groups: Groups = {}
        for script, (place, known) in self._groups.items():
            mine = readings[scripts == script]
            rows, row_of = place[mine], np.zeros(len(place), np.int32)
            row_of[mine] = np.arange(len(mine))
            codes, symbols = ((pair[0][rows], pair[1][rows]) for pair in (known.codes, known.symbols))
            groups[script] = (row_of, Words(known.script, codes, symbols))
        return groups

    def _best(self, word: I32, weight: F64) -> F64:
        """For each entry the largest weight of its words."""
        best = np.zeros(len(self._list))
        self._raise(best, word, weight)
        return best

    def _raise(self, best: F64, word: I32, weight: F64) -> None:
        """Raise `best` for the entries that hold these words to what they weigh."""
        first = self._holders.first
        sizes = first[word + 1] - first[word]
        at = np.repeat(first[word] - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
        np.maximum.at(best, self._holders.item[at], np.repeat(weight, sizes))

    def _begins(self, typed: Vocabulary, token: int, best: F64) -> None:
        """Raise `best` for entries with a word that begins as typed, in its letters or in its consonants."""
        text, bones = typed.text[token], typed.bones[token]
        found = _starting(self._spelt, text)
        if len(bones) >= 2:
            found |= _starting(self._boned, bones)
        word = np.array(sorted(found), np.int32)
        self._raise(best, word, np.full(len(word), INITIAL) if len(text) == 1 else BEGINNING * self._rarity[word])


class _Readings(NamedTuple):
    """Readings of a vocabulary with the signs that an alike one must share (`evidence.signatures`)."""

    row: I32
    bones: U64
    letters: U64
    length: I32


def _readings(words: Vocabulary, rows: I32) -> _Readings:
    each = np.arange(len(words.reading) + 1, dtype=np.int32)
    with np.errstate(over="ignore"):
        bones, letters, length = signatures(each, words.reading_skeleton, words.reading_latin)
    return _Readings(rows, bones[rows], letters[rows], length[rows])


def _may_share(signs: Any, size: Any, others: U64, sizes: I32, least: float) -> npt.NDArray[np.bool_]:
    """Which of the others may have so much in common that both are alike by `least`."""
    shared = np.bitwise_count(signs & others & SIGNS) + np.minimum(signs >> BEYOND, others >> BEYOND)
    may: npt.NDArray[np.bool_] = shared >= least / 2 * (size + sizes) - 1e-9
    return may


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
