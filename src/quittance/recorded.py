"""What the record says of lists and matches: folded from its entries, and folded on when it has grown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from quittance.people.judgements import Judgement, Pairs, Quorum, TakenBack, events_of
from quittance.record.entry import Entry
from quittance.record.store import Store, entries

PERSON = "person"
_LISTS = ("list.submitted", "list.withdrawn")
_PAIRS = ("match.judged", "match.confirmed", "match.disputed", "match.undone", "record.withdrawn", "record.corrected")
_KEYS = ("key.enrolled", "key.rotated")
_KINDS = frozenset((*_LISTS, *_PAIRS, *_KEYS, "erasure.done"))

MATCHES = frozenset((*_PAIRS, *_KEYS))
"""Kinds that change who is one person with whom; the others of this fold change who is on which list."""


@dataclass(slots=True)
class ListRecord:
    """One list in the record: its last complete version (0 for none), that one's handles and entries, and its end.

    `begun` is the last version of which any part has come.
    """

    version: int = 0
    begun: int = 0
    handles: frozenset[str] = frozenset()
    indexes: dict[int, list[int]] = field(default_factory=dict)
    withdrawn: bool = False
    _coming: list[str] = field(default_factory=list)

    @property
    def next_version(self) -> int:
        """The version that the list may be submitted as next."""
        return 1 + (self.begun if self.withdrawn else self.version)

    def take(self, index: int, version: int, part: int, parts: int, handles: tuple[str, ...]) -> None:
        """The next part of a version; the record has seen to their order."""
        if part == 1:
            self._coming.clear()
            self.indexes[version] = []
        self._coming += handles
        self.indexes[version].append(index)
        self.begun, self.withdrawn = version, False
        if part == parts:
            self.version, self.handles = version, frozenset(self._coming)


class Recorded:
    """The lists and judgements of one record, by reviewers: a key that was rotated is its first one's.

    `keys` are the fingerprints of all keys that were enrolled, `taken_back` the indexes of judgements withdrawn, and
    `erased` the handles of everybody erased.
    """

    def __init__(self, quorum: Quorum) -> None:
        self.size = 0
        self.lists: dict[str, ListRecord] = {}
        self.pairs = Pairs(quorum)
        self.judgements: list[Judgement] = []
        self.taken_back: set[int] = set()
        self.erased: set[str] = set()
        self.keys: list[str] = []
        self._first: dict[str, str] = {}

    def follow(self, store: Store) -> set[str]:
        """Take what the record has more, and give the kinds that mattered."""
        size, kinds = store.head().size, set()
        for entry in self._next(store, size):
            self._take(entry, store)
            kinds.add(entry.statement.kind)
        self.size = size
        return kinds

    def reviewer(self, fingerprint: str) -> str:
        """The fingerprint of the first key of whoever holds this one."""
        return self._first.get(fingerprint, fingerprint)

    def is_listed(self, handle: str) -> bool:
        """Whether a list that stands has this entry."""
        return any(handle in one.handles for one in self.lists.values())

    def _next(self, store: Store, size: int) -> Iterator[Entry]:
        """The entries that matter, read in runs."""
        start = None
        for index in range(self.size, size + 1):
            wanted = index < size and store.said(index)[0] in _KINDS
            if wanted and start is None:
                start = index
            elif not wanted and start is not None:
                yield from entries(store, start, index)
                start = None

    def _take(self, entry: Entry, store: Store) -> None:
        statement, body = entry.statement, entry.statement.body
        if statement.kind in _KEYS:
            self.keys.append(str(body["fingerprint"]))
            if statement.kind == "key.rotated":
                self._first[self.keys[-1]] = self.reviewer(str(body["old"]))
            return
        offices = store.said(entry.index)[1]
        handles = tuple(statement.commitments.get(PERSON, ()))
        if statement.kind == "erasure.done":
            self.erased.update(handles)
            return
        if statement.kind in _LISTS:
            one = self.lists.setdefault(f"{offices.partition(':')[2]}/{body['list']}", ListRecord())
            if statement.kind == "list.withdrawn":
                one.withdrawn, one.version, one.handles = True, 0, frozenset()
            else:
                version, part, parts = (int(str(body.get(name, 1))) for name in ("version", "part", "parts"))
                one.take(entry.index, version, part, parts, handles)
            return
        of = store.find(statement.refs[0].sid) if statement.refs else None
        by = self.reviewer(entry.leaf.signatures[0].keyid)
        events = events_of(statement.kind, body, handles, by, statement.claimed_at, entry.index, of, offices)
        self.pairs.take(*events)
        self.judgements += [one for one in events if isinstance(one, Judgement)]
        self.taken_back.update(one.of for one in events if isinstance(one, TakenBack))
