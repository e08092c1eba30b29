"""The three witnesses: the product's own, over a memory that can be lost; and what a dishonest one does instead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.simulation.setting import LOG_KEY, WITNESS_KEYS, WITNESSES, signer

from quittance.record.checkpoint import Checkpoint, cosign
from quittance.record.note import NoteSignature, VerifierKey, format_signature
from quittance.witness.decide import CosignedHead
from quittance.witness.request import AddCheckpoint, Answer, RequestError, accepted, refused
from quittance.witness.store import Grounds, Kept
from quittance.witness.witness import Witness, trusted_logs

if TYPE_CHECKING:
    from tests.simulation.history import History
    from tests.simulation.world import World


class WitnessMemory:
    """What a witness's store promises, without a disk."""

    def __init__(self, key: VerifierKey) -> None:
        self.key = key
        self.heads: dict[str, CosignedHead] = {}
        self.roots: dict[tuple[str, int], bytes] = {}
        self.kept: list[Kept] = []

    def head(self, origin: str) -> CosignedHead | None:
        """What was cosigned last for a log."""
        return self.heads.get(origin)

    def advance(
        self, checkpoint: Checkpoint, expected: CosignedHead | None, cosigned: Callable[[], CosignedHead]
    ) -> CosignedHead | None:
        """Move the head of a log, if `expected` is still that head."""
        if self.heads.get(checkpoint.origin) != expected:
            return None
        new = self.heads[checkpoint.origin] = cosigned()
        self.roots.setdefault((checkpoint.origin, checkpoint.size), checkpoint.root)
        return new

    def keep(self, checkpoint: Checkpoint, note: bytes) -> Grounds | None:
        """Keep a refused checkpoint."""
        root = self.roots.get((checkpoint.origin, checkpoint.size))
        if root == checkpoint.root or any(one.checkpoint == checkpoint for one in self.kept):
            return None
        grounds: Grounds = "fork" if root else "unproven"
        self.kept.append(Kept(checkpoint, grounds, note))
        return grounds


class Host:
    """A witness at its place; `offset` is by how many seconds its clock is wrong."""

    def __init__(self, world: World, of: str) -> None:
        self.world = world
        self.of = of
        self.name = WITNESSES[of]
        self.signer = signer(f"witness-{of}")
        self.is_honest = True
        self.withholds = False
        self.colludes = False
        self.forgets = False
        """Whether it can be asked about two histories: it colludes, or has lost its memory."""
        self.offset = 0
        self._start(WitnessMemory(WITNESS_KEYS[self.name]))

    def lose_memory(self) -> None:
        """Lose the store, and go on under the same key as if nothing had been."""
        self.is_honest, self.forgets = False, True
        self._start(WitnessMemory(WITNESS_KEYS[self.name]))

    def collude(self) -> None:
        """Cosign whatever comes from now on."""
        self.is_honest, self.forgets, self.colludes = False, True, True

    def cosignature(self, history: History) -> NoteSignature:
        """What a witness in league with the operator signs unasked."""
        assert history.note is not None
        return cosign(Checkpoint.parse(history.note.text), self.name, self.signer, self.world.now)

    def lie_about_time(self, offset: int) -> None:
        """Give times that are wrong by so many seconds."""
        self.is_honest, self.offset = False, offset

    def on_request(self, number: int, body: bytes) -> str | None:
        """Answer a request; the code of a refusal, if it was one."""
        if self.withholds:
            return None
        if self.colludes:
            answer = self._cosign_anything(body)
        else:
            answer = self.witness.answer_file(body)
        self.world.post.send("operator", "answer", self.of, number, answer.body)
        if answer.status == 200:
            self.world.watch.cosigned(self, AddCheckpoint.parse(body).checkpoint)
            return None
        return answer.body.decode().partition(":")[0] if answer.status != 409 else "witness.conflict"

    def _start(self, memory: WitnessMemory) -> None:
        self.memory = memory
        self.witness = Witness(
            memory,  # type: ignore[arg-type]  # the store's promises without its file
            self.name,
            self.signer,
            trusted_logs([LOG_KEY]),
            lambda: max(1, self.world.now + self.offset),
        )

    def _cosign_anything(self, body: bytes) -> Answer:
        try:
            request = AddCheckpoint.parse(body)
        except RequestError as error:
            return refused(400, error.code, error.message)
        return accepted(format_signature(cosign(request.checkpoint, self.name, self.signer, self.world.now)))
