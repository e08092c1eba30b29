"""Those who mirror the log: they check each new head and entry with the product's code, and keep what proves a lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulation.model import Model
from tests.simulation.setting import (
    LOG_KEY,
    OFFICES,
    ORIGIN,
    POLICIES,
    clock_of,
    opened,
    require,
    role_of,
)

from quittance.errors import QuittanceError
from quittance.record.acceptance import Accepted, open_acceptance
from quittance.record.bracket import seen_of
from quittance.record.entry import Leaf
from quittance.record.envelope import Signature
from quittance.record.receipt import Receipt, check_receipt
from quittance.record.statement import Seen, Statement
from quittance.record.store import DamagedError, Replay
from quittance.record.tiles import TileTree
from quittance.witness.compare import check_evidence, compare

if TYPE_CHECKING:
    from tests.simulation.history import Shelf
    from tests.simulation.world import World

FETCH_SECONDS = 40
RESEND_SECONDS = 40
SILENCE_SECONDS = 600

Outcome = Callable[[str], None]
"""Told "" when a statement was accepted, else the code of the refusal."""


@dataclass
class Sent:
    """A statement that has not been answered yet, and when it is sent again."""

    statement: Statement
    signatures: tuple[Signature, ...]
    again: int
    then: Outcome


@dataclass(frozen=True)
class Alarm:
    """Something that a party holds against the operator: the code, and the file that proves it, where there is one."""

    code: str
    about: str = ""
    evidence: bytes = b""


@dataclass
class Party:
    """A party with its mirror of the log."""

    world: World
    name: str
    note: bytes = b""
    """The last head that was checked."""
    cosigned: bytes = b""
    """The last of them that a witness has cosigned: what this party's statements say they have seen."""
    kept: dict[int, bytes] = field(default_factory=dict)
    """Size -> the head of this size, with the most cosignatures that were seen."""
    outbox: dict[str, Sent] = field(default_factory=dict)
    held: dict[str, Accepted] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    """Accepted statements that are not in the mirror yet, and by when they must be."""
    diary: set[str] = field(default_factory=set)
    """The statements that this party knows it has signed."""
    receipts: dict[str, bytes] = field(default_factory=dict)
    alarms: list[Alarm] = field(default_factory=list)
    halted: bool = False
    foreign: dict[str, list[int]] = field(default_factory=dict)
    """Key -> the entries that it signed and this party did not."""
    next_fetch: int = 0
    asked_last: int = 0

    def __post_init__(self) -> None:
        self.replay = Replay(ORIGIN)
        self.model = Model(self.world.hands)
        self.leaves: list[bytes] = []

    @property
    def size(self) -> int:
        """How many entries are mirrored."""
        return self.replay.size

    @property
    def seen(self) -> Seen | None:
        """The last cosigned head that was checked, as a statement names it."""
        return seen_of(self.cosigned or self.note) if self.note else None

    def submit(self, statement: Statement, signatures: tuple[Signature, ...], then: Outcome) -> None:
        """Send a statement to the operator until there is an answer."""
        self.outbox[statement.sid] = Sent(statement, signatures, self.world.now + RESEND_SECONDS, then)
        self.world.post.send("operator", "submit", self.name, statement, signatures)

    def agrees(self, statement: Statement) -> bool:
        """Whether what the drafter has seen is of this party's own history: asked before it signs, too."""
        seen = statement.seen
        return seen is None or seen.size > self.size or self.replay.tree.root(seen.size) == seen.root

    def tick(self) -> None:
        """Fetch what is new, send again what was not answered, and note an operator that stays silent."""
        now, post = self.world.now, self.world.post
        if now >= self.next_fetch and not self.halted:
            self.next_fetch = now + FETCH_SECONDS
            post.send("operator", "fetch", self.name, now)
        for sent in self.outbox.values():
            if now >= sent.again:
                sent.again = now + RESEND_SECONDS
                post.send("operator", "submit", self.name, sent.statement, sent.signatures)
        for sid, due in list(self.due.items()) if not self.halted else ():
            if now > due + SILENCE_SECONDS:
                del self.due[sid]
                self._alarm("acceptance.silence", about=sid)

    def on_refused(self, sid: str, code: str) -> None:
        """The operator does not take a statement."""
        if (sent := self.outbox.pop(sid, None)) is not None:
            sent.then(code)

    def on_accepted(self, envelope: bytes) -> str | None:
        """The operator takes a statement: keep its word."""
        try:
            accepted = open_acceptance(envelope, self.world.operator_keys())
        except QuittanceError as error:
            return error.code
        if (sent := self.outbox.pop(accepted.sid, None)) is not None:
            self.held[accepted.sid] = accepted
            self.due[accepted.sid] = clock_of(accepted.merge_by)
            sent.then("")
        return None

    def on_receipt(self, data: bytes, sid: str) -> str | None:
        """Check a receipt and keep it; the code of a refusal."""
        try:
            checked = check_receipt(Receipt.parse(data), POLICIES, ORIGIN)
        except QuittanceError as error:
            return error.code
        if checked.entry.sid != sid:
            return "another entry"
        if checked.index < self.size and not self.world.fraud:
            require(self.leaves[checked.index] == checked.entry.leaf.data, "a receipt shows what the log does not hold")
        if checked.opened.unknown:
            return "an unknown signature"
        self.receipts[sid] = data
        return None

    def on_files(self, note: bytes, shelf: Shelf, asked: int) -> str | None:
        """Check a new head against the last and against the files, then each new entry; the code of a refusal."""
        if self.halted:
            return None
        try:
            head = opened(note)
            new = head.checkpoint
            tiles = TileTree(new.size, shelf.read) if new.size > self.size else None
            if tiles is not None and tiles.root() != new.root:
                return "the files are not those of the head"
            found = compare(self.note or note, note, [LOG_KEY], tiles or self.replay.tree)
            if found.outcome == "fork":
                self.fork(found.evidence or b"")
                return "fork"
            leaves = [tiles.leaf(index) for index in range(self.size, new.size)] if tiles else []
        except QuittanceError as error:
            return error.code
        for data in leaves:
            try:
                leaf = self.replay.add(data)
            except DamagedError as error:
                cause = error.__cause__
                code = cause.code if isinstance(cause, QuittanceError) else error.code
                self._alarm(code, about=str(self.size), evidence=note)
                return code
            self._took(leaf, data)
        require(self.replay.tree.root(new.size) == new.root, "the mirror is another tree than the head that was opened")
        if new.size >= self.size and not head.unknown:
            self.note = note
            self.cosigned = note if head.cosigned else self.cosigned
            if len(note) >= len(self.kept.get(new.size, b"")):
                self.kept[new.size] = note
        self.asked_last = max(self.asked_last, asked)
        self._check_acceptances()
        return "an unknown signature" if head.unknown else None

    def fork(self, evidence: bytes) -> None:
        """Two histories were shown: keep both signed heads."""
        proof = check_evidence(evidence, [LOG_KEY])
        require(proof.outcome == "fork", "evidence of a fork is a proof")
        self._alarm("fork", evidence=evidence)

    def meet(self, other: Party) -> None:
        """Exchange checkpoints, as at every contact; the trees of both tell whether there is one history."""
        if not self.note or not other.note:
            return
        one, two = sorted((self, other), key=lambda party: opened(party.note).checkpoint.size)
        heads = [opened(party.note).checkpoint for party in (one, two)]
        found = compare(self.note, other.note, [LOG_KEY], two.replay.tree)
        require(
            (found.outcome == "fork") == (two.replay.tree.root(heads[0].size) != heads[0].root),
            "the first exchange of checkpoints tells a fork from one history",
        )
        if found.outcome != "fork" and (sizes := self.kept.keys() & other.kept.keys()):
            pair = [party.kept[max(sizes)] for party in (self, other)]
            roots = {opened(note).checkpoint.root for note in pair}
            found = compare(*pair, [LOG_KEY])
            require((found.outcome == "fork") == (len(roots) == 2), "two roots at one size are a fork")
        if found.outcome == "fork":
            evidence = found.evidence or b""
            proof = check_evidence(evidence, [LOG_KEY])
            shown = {(head.size, head.root) for head in (found.smaller, found.larger)}
            require({(head.size, head.root) for head in (proof.smaller, proof.larger)} == shown, "both heads are kept")
            self.fork(evidence)
            other.fork(evidence)
            for size in sorted(self.kept.keys() & other.kept.keys()):
                mine, theirs = opened(self.kept[size]), opened(other.kept[size])
                if mine.checkpoint != theirs.checkpoint:
                    names = {one.key.name for one in mine.cosigned} & {one.key.name for one in theirs.cosigned}
                    for name in sorted(names):
                        self.world.watch.witness_caught(name)

    def _took(self, leaf: Leaf, data: bytes) -> None:
        self.leaves.append(data)
        self.model.take(data, self.replay.tree.root)
        mine = [
            one.keyid
            for one in leaf.signatures
            if self.world.owner_of.get(one.keyid) == self.name and leaf.statement.sid not in self.diary
        ]
        for keyid in mine:
            self.foreign.setdefault(keyid, []).append(self.size - 1)

    def _check_acceptances(self) -> None:
        """The operator has promised a place and a time: a head that was asked for later must keep both."""
        for sid, due in list(self.due.items()):
            accepted = self.held[sid]
            place = self.replay.find(sid)
            if place == accepted.index:
                del self.due[sid]
            elif accepted.index < self.size:
                self._alarm("acceptance.other_place", about=sid, evidence=accepted.envelope)
            elif self.asked_last > due:
                self._alarm("acceptance.unkept", about=sid, evidence=accepted.envelope)

    def _alarm(self, code: str, *, about: str = "", evidence: bytes = b"") -> None:
        self.due.pop(about, None)
        self.alarms.append(Alarm(code, about, evidence))
        self.halted = self.halted or not code.startswith("acceptance.")
        self.world.watch.raised(self, self.alarms[-1])


def owner(name: str) -> str:
    """The party that holds the key called `name`."""
    return next((party for party, offices in OFFICES.items() if role_of(name) in offices), "operator")
