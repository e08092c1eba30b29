"""What an operator keeps and shows: one history while it is honest, several once it lies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulation.setting import (
    LOG_KEY,
    LOG_SIGNER,
    ORIGIN,
    WITNESS_KEYS,
    WITNESSES,
    clock_text,
    require,
    signer,
)

from quittance.errors import QuittanceError, RecordError
from quittance.record.acceptance import accept
from quittance.record.checkpoint import Checkpoint, sign
from quittance.record.entry import Leaf
from quittance.record.envelope import Signature
from quittance.record.known import Admitted, DuplicateError, Known, Proven
from quittance.record.memory import MemoryStore
from quittance.record.note import Note, NoteSignature
from quittance.record.receipt import Receipt
from quittance.record.rules import admit
from quittance.record.statement import Statement
from quittance.record.store import AppendRefused, Head
from quittance.record.tiles import TILE_WIDTH, TileTree, bundle_path, encode_bundle, tile_bytes, tiles_of
from quittance.witness.courier import CourierError, collect, make_request
from quittance.witness.request import RequestError, parse_answer

if TYPE_CHECKING:
    from tests.simulation.world import World

PUBLISH_SECONDS = 40
"""A head is published at the latest after so many seconds, well before an acceptance is due."""

ASK_SECONDS = 45
"""A witness that has not answered is asked again after so many seconds."""


def lenient(leaf: Leaf, known: Known, proven: Proven) -> Admitted:
    """The judge of an operator who lets anything in, but keeps the state of what is in order."""
    try:
        return admit(leaf, known, proven)
    except QuittanceError:
        return Admitted({})


class LyingStore(MemoryStore):
    """A store that takes any leaf at all."""

    judge = staticmethod(lenient)


@dataclass
class Shelf:
    """Published files as they reach a reader; `spoilt` is the beginning of a path whose file has one bit changed."""

    files: Mapping[str, bytes]
    spoilt: str = ""
    place: float = 0.0

    def read(self, path: str) -> bytes:
        """The file; raises `RecordError` (`tile.missing`)."""
        data = self.files.get(path)
        if data is None:
            raise RecordError(f"There is no {path}.", code="tile.missing")
        return flipped(data, self.place) if self.spoilt and path.startswith(self.spoilt) else data


def flipped(data: bytes, place: float) -> bytes:
    """The bytes with one bit changed, at a place given from 0 to 1."""
    at, bit = divmod(min(int(place * len(data) * 8), len(data) * 8 - 1), 8)
    return data[:at] + bytes((data[at] ^ 1 << bit,)) + data[at + 1 :]


def refill(store: MemoryStore, leaves: Iterable[bytes]) -> None:
    """Append leaves one by one: those of one call cannot have seen each other's heads."""
    for data in leaves:
        store.append([Leaf.parse(data)], store.head())


class History:
    """One log as it is kept and published: the store, the files, every note, and who has cosigned how far."""

    def __init__(self, world: World, store: MemoryStore) -> None:
        self.world = world
        self.store = store
        self.files: dict[str, bytes] = {}
        self.notes: dict[int, bytes] = {}
        """Size -> the last note published for it."""
        self.published = 0
        self.published_at = world.now
        self.note: Note | None = None
        self.sizes = dict.fromkeys(WITNESSES, 0)
        self.missing: dict[str, int] = {}
        """Witness -> when it is to be asked for the present note."""
        self.asked: dict[int, Note] = {}

    @classmethod
    def of(cls, world: World, leaves: Iterable[bytes]) -> History:
        """A history with these leaves, whatever they are, in a store that lets anything in."""
        made = cls(world, LyingStore(ORIGIN))
        refill(made.store, leaves)
        return made

    @property
    def leaves(self) -> list[bytes]:
        """All leaves."""
        return list(self.store.read())

    def take(self, leaf: Leaf, *, forced: bool = False) -> int:
        """Append a leaf and give its index; raises `QuittanceError` if it may not enter, unless that is overridden."""
        if forced:
            require(isinstance(self.store, LyingStore), "only a liar overrides the rules")
        else:
            admit(leaf, self.store.known(), self.store.proofs)
        try:
            return self.store.append([leaf], self.store.head()).size - 1
        except AppendRefused as refused:
            raise refused.refusals[0] from None

    def publish(self) -> None:
        """Sign the head, write the files for it, and have every witness asked."""
        head = self.store.head()
        self.published_at = self.world.now
        if self.note is None or head.size > self.published:
            checkpoint = Checkpoint(ORIGIN, head.size, head.root)
            note = Note(checkpoint.text, (sign(checkpoint, LOG_SIGNER),))
            self.store.sign(note.encode(), head, self.store.checkpoint())
            self._write_files(head.size)
            self.published = head.size
            self.missing = dict.fromkeys(WITNESSES, self.world.now)
            self._show(note)

    def tick(self) -> None:
        """Publish when it is time, and ask the witnesses who have not answered."""
        now = self.world.now
        if now - self.published_at >= PUBLISH_SECONDS:
            self.publish()
        for of, due in self.missing.items():
            if due <= now and (self.world.operator.shows(of) is self or self.world.hosts[of].forgets):
                self.missing[of] = now + ASK_SECONDS
                self._ask(of)

    def on_answer(self, of: str, number: int, body: bytes) -> str | None:
        """Take a witness's answer; the code of a refusal, if it was of no use."""
        note = self.asked.pop(number, None)
        if note is None or self.note is None:
            return "answer.late"
        try:
            more = collect(note, body, [LOG_KEY], [WITNESS_KEYS[WITNESSES[of]]])
        except RequestError as error:
            if error.code == "witness.conflict":
                said = parse_answer(body)
                require(isinstance(said, int), "a conflict names a size")
                self._correct_size(of, int(said))
            return error.code
        except QuittanceError as error:
            return error.code
        size = Checkpoint.parse(note.text).size
        self.sizes[of] = max(self.sizes[of], size)
        if note.text == self.note.text:
            self.missing.pop(of, None)
            self.add(more.signatures)
        return None

    def add(self, signatures: Iterable[NoteSignature]) -> None:
        """Publish the present head with more cosignatures."""
        assert self.note is not None
        size = Checkpoint.parse(self.note.text).size
        both = self.note.with_signatures(signatures)
        self.store.sign(both.encode(), Head(size, self.store.tree().root(size)), self.store.checkpoint())
        self._show(both)

    def receipt(self, sid: str) -> bytes | None:
        """The receipt of a statement that the published head covers."""
        index = self.store.find(sid)
        if index is None or self.note is None or index >= self.published:
            return None
        leaf = next(self.store.read(index, index + 1))
        return Receipt(index, leaf, self.store.tree().inclusion(index, self.published), self.note).encode()

    def rebuilt(self) -> MemoryStore:
        """A store made anew from the published files, as after an old backup was restored."""
        store = MemoryStore(ORIGIN)
        tiles = TileTree(self.published, Shelf(self.files).read)
        refill(store, map(tiles.leaf, range(self.published)))
        assert self.note is not None
        store.sign(self.note.encode(), store.head(), None)
        return store

    def _ask(self, of: str) -> None:
        assert self.note is not None
        try:
            request = make_request(self.note, self.store.tree(), self.sizes[of])
        except CourierError as error:
            # What a witness answers beside its signatures is signed by nobody: ask it again, from the beginning.
            self.sizes[of] = 0
            self.world.watch.operator_warned(error.code)
            return
        self.asked[number := self.world.number()] = self.note
        self.world.post.send(f"witness {of}", "request", number, request)

    def _correct_size(self, of: str, said: int) -> None:
        """A witness says that it is elsewhere than it was: further, which may be, or back, which may not."""
        if said < self.sizes[of]:
            self.world.watch.noticed_loss(of, "operator", "witness.conflict at a smaller size")
        self.sizes[of] = said
        if of in self.missing:
            self.missing[of] = self.world.now

    def _write_files(self, size: int) -> None:
        for tile in tiles_of(size, self.published):
            self.files[tile.path] = tile_bytes(self.store.tree(), tile)
            if not tile.level:
                first = tile.n * TILE_WIDTH
                bundle = encode_bundle(self.store.read(first, first + tile.width))
                self.files[bundle_path(tile.n, tile.width)] = bundle

    def _show(self, note: Note) -> None:
        self.note = note
        data = note.encode()
        self.notes[Checkpoint.parse(note.text).size] = data
        self.world.watch.shown(data)


@dataclass
class Operator:
    """The operator: which history it shows to whom, and whether it says yes to what it then leaves out."""

    world: World
    true: History
    faces: dict[str, History] = field(default_factory=dict)
    suppresses: bool = False

    def shows(self, viewer: str) -> History:
        """What a party or witness is shown."""
        return self.faces.get(viewer, self.true)

    def histories(self) -> list[History]:
        """All histories that are shown to somebody."""
        return list({id(one): one for one in (self.true, *self.faces.values())}.values())

    def tick(self) -> None:
        """Publish what is due."""
        for one in self.histories():
            one.tick()

    def say(self, statement: Statement, signatures: tuple[Signature, ...]) -> None:
        """Enter a statement of its own; after a fraud its log may be in no state to take one."""
        try:
            self.true.take(Leaf(statement, clock_text(self.world.now), signatures))
        except QuittanceError as error:
            require(self.world.fraud, f"a statement of the operator is refused: {error.code}")

    def on_submit(self, sender: str, statement: Statement, signatures: tuple[Signature, ...]) -> None:
        """Enter a statement and accept it, or answer with the code of the refusal."""
        world, history = self.world, self.shows(sender)
        leaf = Leaf(statement, clock_text(world.now), signatures)
        try:
            if self.suppresses and history.store.find(statement.sid) is None and world.suppress(statement.sid):
                admit(leaf, history.store.known(), history.store.proofs)
                index = history.store.head().size + world.rng.choice((0, 30))
            else:
                index = history.take(leaf)
        except DuplicateError as error:
            index = error.index or 0
            leaf = Leaf.parse(next(history.store.read(index, index + 1)))
        except QuittanceError as error:
            world.post.send(sender, "refused", statement.sid, error.code)
            return
        accepted = accept(statement.sid, index, leaf.accepted_at, ORIGIN, signer(world.operator_names[0]))
        if not world.fraud:
            world.acknowledged[statement.sid] = index
        world.post.send(sender, "accepted", accepted.envelope)

    def on_fetch(self, sender: str, asked: int) -> None:
        """Give the published files."""
        history = self.shows(sender)
        if history.note is not None:
            self.world.post.send(sender, "files", history.note.encode(), Shelf(history.files), asked)

    def on_ask_receipt(self, sender: str, sid: str) -> None:
        """Give a receipt."""
        data = self.shows(sender).receipt(sid)
        if data is not None:
            self.world.post.send(sender, "receipt", data, sid)

    def on_answer(self, of: str, number: int, body: bytes) -> str | None:
        """Take the answer of a witness to the history that it was asked about."""
        for one in self.histories():
            if number in one.asked:
                return one.on_answer(of, number, body)
        return "answer.late"

    def restore(self) -> None:
        """Put an old backup back, see that it is behind what was published, and rebuild it from the files."""
        history = self.true
        if history.published == history.store.head().size:
            history.store = history.rebuilt()
            require(history.store.head().size == history.published, "a rebuilt store is as long as what was published")
