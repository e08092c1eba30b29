"""A sentence made ready for reading: its tokens with tags, mentions, numbers and days, cut into clauses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from quittance.claims.numbers import Figure
from quittance.claims.tokens import Tokens, phrases_in
from quittance.claims.verbs import TABLE
from quittance.claims.words import listed

if TYPE_CHECKING:
    from quittance.claims.days import DayPhrase
    from quittance.claims.lexicon import Mention
    from quittance.claims.parties import Parties


_INSERTED = frozenset(("until", "before", "once", "after", "when", "part", "answer", "plus", "whom", "so"))
"""Openers of a clause that ends with the next comma, after which the sentence goes on as before."""


_LEAVES = {"leave": "B", "leaves": "S", "left": "D", "leaving": "G"}
_WATCHED = frozenset((*_LEAVES, "in", "hand", "hands"))
_BEING = frozenset(("aux:be", "aux:was", "adv"))
_CELLS = frozenset(listed("jail jails prison prisons captivity custody detention base cells camp camps bagram"))


class Clause:
    """A stretch of tokens from one border word to the next; `opener` is the class of that word, or empty."""

    __slots__ = ("end", "number", "opener", "start")

    def __init__(self, number: int, start: int, end: int, opener: str) -> None:
        self.number = number
        self.start = start
        self.end = end
        self.opener = opener


class Sentence:
    """The tokens of one sentence with what is known of each: tag, mention, figure and day phrase, and its clauses."""

    __slots__ = (
        "clauses",
        "cue",
        "day_at",
        "end",
        "figure_at",
        "figures",
        "mention_at",
        "mentions",
        "number",
        "pairs",
        "parties",
        "start",
        "tag",
        "tag_end",
        "words",
    )

    def __init__(
        self,
        plain: str,
        number: int,
        span: tuple[int, int],
        figures: Sequence[Figure],
        mentions: Sequence[Mention],
        days: Sequence[DayPhrase],
        parties: Parties,
    ) -> None:
        self.number = number
        self.start, self.end = span
        self.words = Tokens(plain, *span)
        self.parties = parties
        count = len(self.words)
        self.figures = figures
        self.cue: tuple[int, int] | None = None
        self.mentions = mentions
        self.tag = [""] * count
        self.tag_end = list(range(1, count + 1))
        self.mention_at: list[Mention | None] = [None] * count
        self.figure_at: list[int | None] = [None] * count
        self.day_at: list[DayPhrase | None] = [None] * count
        for start, end, tag in phrases_in(self.words.low, TABLE):
            self.tag[start] = tag
            if end - start > 1:
                self.tag[start + 1 : end] = ["~"] * (end - start - 1)
                self.tag_end[start:end] = [end] * (end - start)
        watched = [index for index, word in enumerate(self.words.low) if word in _WATCHED]
        for index in watched:
            self._leaving(index)
        for day in days:
            if not any(day.start < one.end and one.start < day.end for one in figures):
                self._cover(self.day_at, day.start, day.end, day)
        for mention in mentions:
            if self.tag[self.words.first_at(mention.start)] != "~":
                self._cover(self.mention_at, mention.start, mention.end, mention)
        for index in watched:
            self._handing(index)
        for place, figure in enumerate(figures):
            self._cover(self.figure_at, min(figure.start, figure.modality_start), figure.end, place)
        self.clauses = self._cut()
        self.pairs = frozenset(pairwise(self.words.low))

    def _leaving(self, index: int) -> None:
        """Tag "left the central prison" as going free, "were in Russian captivity" as being held."""
        word, low = self.words.low[index], self.words.low
        if word in _LEAVES and not _CELLS.isdisjoint(low[index + 1 : index + 6]):
            self.tag[index] = f"go:{_LEAVES[word]}"
        elif word == "in" and not self.tag[index] and not _BEING.isdisjoint(self.tag[max(0, index - 2) : index]):
            self.tag[index] = "" if _CELLS.isdisjoint(low[index + 1 : index + 4]) else "hold:A"

    def _handing(self, index: int) -> None:
        """Tag "left Bagram" as going free, "hand 73 captives to" as giving."""
        word = self.words.low[index]
        if self.tag[index]:
            return
        if word in _LEAVES:
            if any(one is not None and one.sort == "place" for one in self.mention_at[index + 1 : index + 3]):
                self.tag[index] = f"go:{_LEAVES[word]}"
        elif word != "in" and self.words.low[index + 1 : index + 2] and self.words.low[index + 1][0].isdigit():
            self.tag[index] = "give:B"

    def _cover(self, row: list[Any], start: int, end: int, value: object) -> None:
        """Note a value for all tokens between two offsets; the tags under it no longer count."""
        for index in range(self.words.first_at(start), self.words.after(end)):
            row[index] = value
            self.tag[index] = ""

    def _cut(self) -> list[Clause]:
        """The clauses: from the start, and from every border word or semicolon."""
        borders = [(0, "while" if self.tag[:1] == ["edge:while"] else "")]
        for index, (tag, word) in enumerate(zip(self.tag, self.words.low, strict=True)):
            if not tag and word != "," and word != ";":
                continue
            at, opener = borders[-1]
            if tag[:5] == "edge:" and (index, tag) != (0, "edge:while") and not self._before_number(index):
                borders.append((index, tag[5:]))
            elif word == ";":
                borders.append((index, "semicolon"))
            elif word == "," and index > at + 1 and (opener in _INSERTED or (at == 0 and opener == "while")):
                borders.append((index, "main"))
        ends = [start for start, _ in borders[1:]] + [len(self.words)]
        return [
            Clause(number, start, end, opener)
            for number, ((start, opener), end) in enumerate(zip(borders, ends, strict=True))
        ]

    def clause_of(self, index: int) -> Clause:
        """The clause in which a token stands."""
        return next(clause for clause in reversed(self.clauses) if clause.start <= index)

    def _before_number(self, index: int) -> bool:
        """Whether "before", "after" and the like only lead in an hour or a day, or end a phrase: "hours before,"."""
        end = self.tag_end[index]
        if self.words.low[index] == "of" and index and self.tag[index] == "edge:whom":
            return self.figure_at[index - 1] is None and self.words.low[index - 1] not in (
                ",",
                "(",
                "and",
                ".",
                "most",
                "many",
                "some",
                "one",
            )
        if self.tag[index] in ("edge:before", "edge:after") and (
            end >= len(self.words) or self.words.low[end] in (",", ".")
        ):
            return True
        return end < len(self.words) and self.words.low[end][0].isdigit() and self.figure_at[end] is None

    def resumed(self, clause: Clause) -> Clause | None:
        """The clause that this one continues: the last before it that is not itself an insertion."""
        for before in reversed(self.clauses[: clause.number]):
            if before.opener not in _INSERTED:
                return before
        return None

    def mention_end(self, index: int) -> int:
        """The index after the mention that covers a token."""
        mention = self.mention_at[index]
        while index < len(self.words) and self.mention_at[index] is mention:
            index += 1
        return index

    def mention_start(self, index: int) -> int:
        """The index at which the mention that covers a token begins."""
        mention = self.mention_at[index]
        while index and self.mention_at[index - 1] is mention:
            index -= 1
        return index

    def actor_code(self, mention: Mention | None) -> str | None:
        """The code of the side that a mention stands for, if that side holds and releases people."""
        if mention is None or not mention.code:
            return None
        return mention.code if mention.code in self.parties.codes or mention.code == "BOTH" else None
