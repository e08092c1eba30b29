"""What is shown beside entries that stand: doubts, differences, claims outside the times that witnesses give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from quittance.record.bracket import Brackets
from quittance.record.checkpoint import OpenedCheckpoint
from quittance.record.entry import Leaf
from quittance.record.known import read_handover, read_key, read_log
from quittance.record.statement import Statement
from quittance.record.store import Replay


@dataclass(slots=True)
class Flags:
    """What is shown beside entries that stand: doubts, differences, claims outside their bracket."""

    replay: Replay
    heads: Mapping[str, OpenedCheckpoint]
    doubted: set[str]
    flagged: list[tuple[int | None, str]] = field(default_factory=list)
    signed: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """Key id -> the entries that it signed, for keys in doubt."""
    countersigned: dict[str, list[tuple[int, Leaf]]] = field(default_factory=dict)
    """Statement id -> the entries that countersign it."""
    unfinished: dict[tuple[str, str], int] = field(default_factory=dict)
    """Side and list -> the last part that came, where it was not the last of its version."""
    brackets: Brackets = field(init=False)

    def __post_init__(self) -> None:
        self.brackets = Brackets(
            {sha256(one.note.encode()).hexdigest(): one for head in self.heads.values() for one in head.beginnings()}
        )

    def add(self, index: int, leaf: Leaf) -> None:
        """Look at one entry that the judge has let in."""
        statement = leaf.statement
        for signature in leaf.signatures:
            if signature.keyid in self.doubted:
                self.signed.setdefault(signature.keyid, []).append((index, statement.sid))
        if statement.kind == "record.countersigned":
            for ref in statement.refs:
                if ref.rel == "countersigns":
                    self.countersigned.setdefault(ref.sid, []).append((index, leaf))
        elif statement.kind in ("handover.delivered", "handover.received"):
            sid = next(ref.sid for ref in statement.refs if ref.rel == "answers")
            held = self.replay.state(f"handover:{sid}")
            if held and read_handover(held).count != statement.body["count"]:
                self.flagged.append((index, "count_differs"))
        elif statement.kind in ("list.submitted", "list.withdrawn"):
            part, parts = statement.body.get("part", 1), statement.body.get("parts", 1)
            name = (self.replay.said(index)[1], str(statement.body["list"]))
            self.unfinished.pop(name, None)
            if part != parts:
                self.unfinished[name] = index
        self._date(index, statement)

    def _date(self, index: int, statement: Statement) -> None:
        if statement.seen is not None and not self.brackets.knows(statement.seen):
            self.flagged.append((index, "seen_note_missing"))
        if flag := self.brackets.of(index, statement).flag(statement.claimed_at):
            self.flagged.append((index, flag))

    def found(self) -> tuple[tuple[int | None, str], ...]:
        """All flags, those of the whole log first."""
        found: list[tuple[int | None, str]] = []
        log = self.replay.state("log")
        if log and read_log(log).awaited and not read_log(log).strict:
            found.append((None, "founding_not_countersigned"))
        for name, entries in self.signed.items():
            self.flagged += [
                (index, "doubtful")
                for index, sid in entries
                if self._is_doubted(name, index) and not self._is_vouched_for(sid, name)
            ]
        self.flagged += [(index, "list_incomplete") for index in self.unfinished.values()]
        return (*found, *sorted(self.flagged, key=lambda one: (one[0] or 0, one[1])))

    def _is_doubted(self, name: str, index: int) -> bool:
        since = read_key(self.replay.states[f"key:{name}"]).doubted if name in self.doubted else None
        return since is not None and index >= since

    def _is_vouched_for(self, sid: str, name: str) -> bool:
        """Whether a key other than `name`, itself not in doubt there, has countersigned a statement."""
        return any(
            signature.keyid != name and not self._is_doubted(signature.keyid, index)
            for index, leaf in self.countersigned.get(sid, ())
            for signature in leaf.signatures
        )
