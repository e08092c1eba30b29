"""What a log knows beyond its leaves: keys, batches, handovers, and the step of one statement into it.

The knowledge is a map from short names to short texts. Only what `rules.admit` returns is ever written into it, so a
rule such as "no person is delivered twice" is one name that may be written once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn, Protocol

import msgspec

from quittance.errors import RecordError
from quittance.record.entry import Leaf
from quittance.record.envelope import Signature
from quittance.record.statement import Statement


class DuplicateError(RecordError):
    """The record holds this statement already; `index` says where, so that a sender who was cut off can go on."""

    code = "record.duplicate"

    def __init__(self, message: str, index: int | None) -> None:
        super().__init__(message)
        self.index = index


class Known(Protocol):
    """What a log holds before the leaf in question."""

    @property
    def origin(self) -> str:
        """The name of the log."""
        ...

    @property
    def size(self) -> int:
        """How many entries it has."""
        ...

    def root(self, size: int) -> bytes:
        """The root at a size not above `size`."""
        ...

    def find(self, sid: str) -> int | None:
        """The index of a statement."""
        ...

    def said(self, index: int) -> tuple[str, str]:
        """The kind of an entry, and the offices that signed it (`offices_of`)."""
        ...

    def has_nonce(self, nonce: str) -> bool:
        """Whether an entry used this nonce."""
        ...

    def state(self, name: str) -> str | None:
        """The text that was last written under a name."""
        ...


Proven = Callable[[Leaf, Signature, bytes], bool]
"""Whether a signature of a leaf is that of a public key over the PAE of its statement."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """A leaf that may enter: what the log knows more with it, and the offices that signed it."""

    changes: Mapping[str, str]
    offices: str = ""


Admit = Callable[[Leaf, Known, Proven], Admitted]
"""The judge of a log; raises `QuittanceError` for a leaf that may not be the next entry."""


class KeyState(msgspec.Struct, frozen=True, omit_defaults=True):
    """An enrolled key: the office it speaks for, the kinds it may sign (empty: all), and the indexes of its term.

    Its signatures count in entries after `since` and before `until`; in entries from `doubted` on they are doubtful.
    `again` is whether it was revoked once more after its end.
    """

    public: str
    role: str
    since: int
    party: str = ""
    kinds: tuple[str, ...] = ()
    until: int | None = None
    doubted: int | None = None
    again: bool = False


class LogState(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a log settled at its beginning, and its founding phase.

    `founding` are fingerprints that may be enrolled by two signatures (None: any, while the log is `open`);
    `awaited` are countersignatures still missing, as "sid role party", and `met` those given; `strict` is whether kinds
    wait for them.
    """

    agreement: str
    threshold: int = 1
    operators: int = 1
    strict: bool = False
    open: bool = True
    founding: tuple[str, ...] | None = None
    enrolled: tuple[tuple[str, str, str], ...] = ()
    awaited: tuple[str, ...] = ()
    met: tuple[str, ...] = ()


class BatchState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A batch as the log knows it: its step, how many persons it may have and has, and what it is for.

    Where it is `named`, only those on its manifest are handed over: `round` is that of the last change, `size` how many
    persons the manifest has, `sha256` the digest of the batch as it stands (empty where the proposal gave none).
    """

    step: str = ""
    count: int = 0
    done: int = 0
    commitment: str = ""
    giver: str = ""
    taker: str = ""
    named: bool = False
    round: int = 0
    size: int = 0
    sha256: str = ""


class HandoverState(msgspec.Struct, frozen=True, omit_defaults=True):
    """An observed handover: its batch, number of persons, commitment, who gave and who took."""

    batch: str
    count: int
    commitment: str
    giver: str
    taker: str


class ListState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A list of one side: the first statement of its last version (empty once withdrawn), and how far that has come.

    `last` is the greatest handle so far, where the version comes in several parts.
    """

    sid: str = ""
    version: int = 1
    part: int = 1
    parts: int = 1
    last: str = ""


class RoundState(msgspec.Struct, frozen=True, omit_defaults=True):
    """How far an office has come with a round of sealed clearances: over whom so far, up to which handle.

    `change` is the round of the batch's manifest that it covers.
    """

    round: int = 0
    part: int = 1
    parts: int = 1
    last: str = ""
    covered: int = 0
    change: int = 0


class DrawState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A seed requested for a batch: the statement, what it is drawn for, and whether a number was revealed."""

    sid: str
    request: str
    snapshot: str
    rules: str
    size: int
    revealed: bool = False


class NumberState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A number that an office has bound itself to, and whether it was revealed."""

    batch: str
    office: str
    commit: str
    revealed: bool = False


_KEY = msgspec.json.Decoder(KeyState)


_LOG = msgspec.json.Decoder(LogState)


_BATCH = msgspec.json.Decoder(BatchState)


_HANDOVER = msgspec.json.Decoder(HandoverState)


_LIST = msgspec.json.Decoder(ListState)


_ROUND = msgspec.json.Decoder(RoundState)


_DRAW = msgspec.json.Decoder(DrawState)


_NUMBER = msgspec.json.Decoder(NumberState)


_KEPT = 1024
"""Values of each sort that are not read anew: most statements of a log ask for the same ones."""


@lru_cache(_KEPT)
def read_key(text: str) -> KeyState:
    """A key from the state of a log."""
    return _KEY.decode(text)


@lru_cache(_KEPT)
def read_log(text: str) -> LogState:
    """The `log` entry of the state of a log."""
    return _LOG.decode(text)


@lru_cache(_KEPT)
def read_batch(text: str) -> BatchState:
    """A batch from the state of a log."""
    return _BATCH.decode(text)


@lru_cache(_KEPT)
def read_handover(text: str) -> HandoverState:
    """A handover from the state of a log."""
    return _HANDOVER.decode(text)


def read_round(text: str) -> RoundState:
    """A round of sealed clearances from the state of a log."""
    return _ROUND.decode(text)


def read_draw(text: str) -> DrawState:
    """A seed requested, from the state of a log."""
    return _DRAW.decode(text)


def read_number(text: str) -> NumberState:
    """A number that an office has bound itself to, from the state of a log."""
    return _NUMBER.decode(text)


def read_list(text: str) -> ListState:
    """A list from the state of a log: of a first version in one part only the statement is kept."""
    return _LIST.decode(text) if text.startswith("{") else ListState(text)


def write_list(state: ListState) -> str:
    """The text of a list in the state of a log."""
    return state.sid if state == ListState(state.sid) else write(state)


def write(value: msgspec.Struct) -> str:
    """The text of a value in the state of a log."""
    return msgspec.json.encode(value, order="deterministic").decode()


@dataclass(frozen=True, slots=True)
class Step:
    """One statement on its way into a log: what is known, what the log settled, whose keys signed, which persons."""

    statement: Statement
    known: Known
    log: LogState
    signers: dict[str, KeyState]
    handles: tuple[str, ...]

    @property
    def sid(self) -> str:
        """The id of the statement."""
        return self.statement.sid

    def text(self, member: str) -> str:
        """A member of the body as text, empty where it is left out."""
        return str(self.statement.body.get(member, ""))

    def held(self, name: str) -> str:
        """What the log holds under a name, empty for nothing."""
        return self.known.state(name) or ""

    def target(self, relation: str) -> str:
        """The statement that this one refers to by `relation`."""
        return next(ref.sid for ref in self.statement.refs if ref.rel == relation)


def offices_of(keys: Iterable[KeyState]) -> str:
    """The offices of keys as the log keeps them: "role:party", sorted, with commas between."""
    return ",".join(sorted(f"{key.role}:{key.party}" for key in keys if key.role))


def refuse(message: str, code: str) -> NoReturn:
    """Raise `RecordError` with the code `record.<code>`."""
    raise RecordError(message, code=f"record.{code}")
