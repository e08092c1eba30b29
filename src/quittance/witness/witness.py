"""A witness: it cosigns checkpoints of the logs it knows, and keeps the signed ones that it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256

from quittance.errors import UsageError
from quittance.record.checkpoint import Checkpoint, OpenedCheckpoint, cosign
from quittance.record.keys import Signer
from quittance.record.note import COSIGNATURE, ED25519, Note, NoteSignature, VerifierKey, format_signature
from quittance.witness.decide import CosignedHead, Refusal, TrustedLogs, decide
from quittance.witness.request import AddCheckpoint, Answer, RequestError, accepted, conflict, refused
from quittance.witness.store import Grounds, WitnessStore

Clock = Callable[[], int]
"""POSIX seconds."""

Alarm = Callable[[Checkpoint, Grounds], None]
"""Told of each refused checkpoint that was kept."""


def trusted_logs(keys: Iterable[VerifierKey]) -> TrustedLogs:
    """Log keys by origin, which is their name; raises `UsageError` (`witness.log_key`) for a key of a witness."""
    logs: dict[str, tuple[VerifierKey, ...]] = {}
    for key in keys:
        if key.kind != ED25519:
            raise UsageError(
                f"The key of {key.name} is not a log's but a witness's. Ask for the vkey of the log.",
                code="witness.log_key",
            )
        logs[key.name] = (*logs.get(key.name, ()), key)
    return logs


class Witness:
    """One name and one key over one store; safe for threads, and beside other processes on the same store.

    The time of a cosignature is that of the clock, but never zero and never before the last one for the same log: when
    a clock is set back, the time stands still until the clock has caught up.
    """

    def __init__(
        self,
        store: WitnessStore,
        name: str,
        signer: Signer,
        logs: TrustedLogs,
        clock: Clock,
        alarm: Alarm = lambda checkpoint, grounds: None,
    ) -> None:
        """Raises `UsageError`: `witness.other_key` if the store is another's, `witness.same_key` for a log's key."""
        self.key = VerifierKey(name, COSIGNATURE, signer.public)
        if store.key != self.key:
            raise UsageError(
                f"The store is the memory of {store.key.name}, under a key that is not this one of {name}. Name the "
                "key, the name and the store that belong together.",
                code="witness.other_key",
            )
        if any(key.public == signer.public for keys in logs.values() for key in keys):
            raise UsageError(
                "The witness's key is also the key of a log. Make a key that is used for nothing else.",
                code="witness.same_key",
            )
        self._store = store
        self._signer = signer
        self._logs = logs
        self._clock = clock
        self._alarm = alarm
        self._origins = {sha256(origin.encode()).hexdigest(): origin for origin in logs}

    def add_checkpoint(self, body: bytes) -> Answer:
        """The answer to a request; a cosignature is on disk before it is given.

        Raises `WitnessStoreError` if the store fails; nothing has been answered then, and the log asks again.
        """
        try:
            request = AddCheckpoint.parse(body)
        except RequestError as error:
            return refused(400, error.code, error.message)
        origin = request.checkpoint.origin
        while True:
            last = self._store.head(origin)
            decision = decide(request, self._logs, last)
            if isinstance(decision, Refusal):
                return self._refuse(request, decision)
            head = self._advance(decision.opened, last)
            if head is not None:  # else another request was first: decide again
                return accepted(format_signature(Note.parse(head.note).signatures[-1]))

    def answer_file(self, body: bytes) -> Answer:
        """As `add_checkpoint`, for a courier, who may lose what he carries: the last request can be answered again."""
        answer = self.add_checkpoint(body)
        if answer.status == 409:
            request = AddCheckpoint.parse(body)
            last = self._store.head(request.checkpoint.origin)
            if last is not None and last.checkpoint == request.checkpoint:
                return self.add_checkpoint(AddCheckpoint.of(request.checkpoint.size, (), request.note).encode())
        return answer

    def checkpoint(self, origin_hash: str) -> bytes | None:
        """The last cosigned checkpoint of the log whose origin has this hex SHA-256; None if there is none."""
        origin = self._origins.get(origin_hash)
        head = None if origin is None else self._store.head(origin)
        return None if head is None else head.note

    def _advance(self, opened: OpenedCheckpoint, last: CosignedHead | None) -> CosignedHead | None:
        """The new head once it is on disk, None if `last` is the last no more."""
        new, time = opened.checkpoint, max(1, self._clock(), last.time if last else 1)
        if last is not None and (last.checkpoint, last.time) == (new, time):
            return last  # the same bytes would be signed again; asking often must not wear the disk

        def sign() -> CosignedHead:
            signature = cosign(new, self.key.name, self._signer, time)
            return CosignedHead(new, time, _with_cosignature(opened, signature))

        return self._store.advance(new, last, sign)

    def _refuse(self, request: AddCheckpoint, refusal: Refusal) -> Answer:
        if refusal.signed:
            grounds = self._store.keep(request.checkpoint, request.note.encode())
            if grounds is not None:
                self._alarm(request.checkpoint, grounds)
        if refusal.status == 409:
            return conflict(refusal.size)
        return refused(refusal.status, refusal.code, refusal.message)


def _with_cosignature(opened: OpenedCheckpoint, signature: NoteSignature) -> bytes:
    """The note with the log's verified signatures and this cosignature last; other lines prove nothing here."""
    own = {(key.name, key.id) for key in opened.log_keys}
    lines = (line for line in opened.note.signatures if (line.name, line.key_id) in own)
    return Note(opened.note.text, (*dict.fromkeys(lines), signature)).encode()
