"""Where the record stands: its signed head with grade and cosigners, what they have not cosigned yet, keys, entries.

Everything here is folded from what a store knows; only the signed heads of earlier sizes come from beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from quittance.agreement.model import Agreement
from quittance.errors import QuittanceError
from quittance.record.checkpoint import Checkpoint, OpenedCheckpoint
from quittance.record.entry import Entry, Leaf
from quittance.record.keys import key_id
from quittance.record.known import KeyState, read_key
from quittance.record.note import Note, VerifierKey
from quittance.record.policy import Grade, Policies, Policy, Trust, grade_of, open_trusted
from quittance.record.store import Store, entries
from quittance.views.entry import party_ref
from quittance.views.history import REPORTED, STATED
from quittance.views.record_wording import GRADE_MEANS, GRADE_WORDS, Tell, role_words, tell
from quittance.views.sentence import Name, Sentence

SHORT_HASH = 12
"""Hex digits of a leaf hash that stand in a list."""

_BRINGS_KEYS = ("log.genesis", "key.enrolled", "key.rotated")


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The last signed tree head: what it says, and its grade by the keys that count.

    `grade` and `opened` are None, and `code` says why, for a head whose signatures do not hold; `by_policy` is whether
    these keys are those of policy files, or the log's own alone.
    """

    size: int
    root: str
    note: str
    opened: OpenedCheckpoint | None = None
    grade: Grade | None = None
    code: str = ""
    by_policy: bool = False

    @property
    def grade_words(self) -> Sentence | None:
        """The grade as a word."""
        return None if self.grade is None else tell(GRADE_WORDS[self.grade])

    @property
    def grade_means(self) -> Sentence | None:
        """What the grade means."""
        return None if self.grade is None else tell(GRADE_MEANS[self.grade])

    @property
    def log_keys(self) -> tuple[str, ...]:
        """The verifier keys of the log that have signed it."""
        return tuple(map(str, self.opened.log_keys)) if self.opened else ()

    @property
    def unknown(self) -> int:
        """How many signatures are of keys that no policy names."""
        return self.opened.unknown if self.opened else 0


@dataclass(frozen=True, slots=True)
class Gap:
    """Entries that a witness has not cosigned: from `since` on, the first of which was accepted at `accepted_at`."""

    since: int
    accepted_at: str
    days: int


@dataclass(frozen=True, slots=True)
class WitnessLine:
    """A witness of the policies: the name there and of its key, whether `joint` needs it, when it cosigned, its gap."""

    name: str
    key: str
    needed: bool
    cosigned_at: str | None
    gap: Gap | None


@dataclass(frozen=True, slots=True)
class KeyLine:
    """An enrolled key: its office, fingerprint, the kinds it may sign (none: all), and the indexes of its term."""

    office: Sentence | Name
    fingerprint: str
    kinds: tuple[str, ...]
    since: int
    until: int | None
    doubted: int | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that entries can be filtered by, its words, and how many entries have it."""

    id: str
    words: Sentence | Name
    count: int


@dataclass(frozen=True, slots=True)
class RecordView:
    """The record of a case. `matching` are the indexes of the entries asked for, newest first."""

    origin: str
    size: int
    root: str
    signed: SignedHead | None
    witnesses: tuple[WitnessLine, ...]
    has_policy: bool
    keys: tuple[KeyLine, ...]
    kinds: tuple[Choice, ...]
    offices: tuple[Choice, ...]
    matching: Sequence[int]

    @property
    def published(self) -> int:
        """How many entries stand under the signed head."""
        return self.signed.size if self.signed else 0

    @property
    def unpublished(self) -> int:
        """How many entries are not under a signed head yet."""
        return self.size - self.published


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One entry in the list; `fact` is the id of the journal entry that it carries, if it carries one."""

    index: int
    kind: str
    offices: tuple[Sentence | Name, ...]
    accepted_at: str
    sid: str
    leaf_hash: str
    fact: str | None

    @property
    def short_hash(self) -> str:
        """The beginning of the leaf hash."""
        return self.leaf_hash[:SHORT_HASH]


@dataclass(frozen=True, slots=True)
class Contents:
    """For each of the first entries of a record its kind and its offices, and every key that one of them brings."""

    kinds: tuple[str, ...] = ()
    offices: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many entries were read."""
        return len(self.kinds)


def contents(store: Store, before: Contents | None = None) -> Contents:
    """The contents of a store; of one that has grown since `before`, only the new entries are read."""
    start = before or Contents()
    said = [store.said(index) for index in range(start.size, store.head().size)]
    keys = list(start.keys)
    for index, (kind, _) in enumerate(said, start.size):
        if kind in _BRINGS_KEYS:
            (data,) = store.read(index, index + 1)
            keys += [one for one in _keys_in(Leaf.parse(data)) if one not in keys]
    kinds, offices = (tuple(one[at] for one in said) for at in (0, 1))
    return Contents(start.kinds + kinds, start.offices + offices, tuple(keys))


def _keys_in(leaf: Leaf) -> Iterable[str]:
    body = leaf.statement.body
    listed = body.get("operator_keys", ())
    for public in (body.get("operator_key"), *(listed if isinstance(listed, list | tuple) else ())):
        if public:
            yield key_id(bytes.fromhex(str(public)))
    if fingerprint := body.get("fingerprint"):
        yield str(fingerprint)


def key_states(store: Store, held: Contents) -> dict[str, KeyState]:
    """The keys that a record has enrolled, by fingerprint, in its order."""
    states = {name: store.known().state(f"key:{name}") for name in held.keys}
    return {name: read_key(text) for name, text in states.items() if text}


def signed_head(note: bytes, trust: Trust | QuittanceError) -> SignedHead:
    """The signed tree head in a note, by the keys that count, or with the error for which none is known to count.

    Raises `NoteError` for a note that cannot be read.
    """
    checkpoint = Checkpoint.parse(Note.parse(note).text)
    plain = (checkpoint.size, checkpoint.root.hex(), note.decode())
    if isinstance(trust, QuittanceError):
        return SignedHead(*plain, code=trust.code)
    try:
        opened = open_trusted(trust, note)
    except QuittanceError as error:
        return SignedHead(*plain, code=error.code, by_policy=isinstance(trust, Policies))
    return SignedHead(*plain, opened, grade_of(trust, opened), by_policy=isinstance(trust, Policies))


def record_view(
    agreement: Agreement,
    store: Store,
    held: Contents,
    signed: SignedHead | None,
    trust: Trust | QuittanceError,
    kept: Iterable[bytes],
    now: datetime,
    kind: str | None = None,
    office: str | None = None,
) -> RecordView:
    """The record as it stands at `now`, with the entries of one kind, or signed by one office ("role:party").

    `kept` are the notes of earlier heads, newest first; those that do not hold are passed over.
    """
    head = store.head()
    matching = [
        index
        for index in range(held.size - 1, -1, -1)
        if kind in (None, held.kinds[index]) and (office is None or office in held.offices[index].split(","))
    ]
    by_office = Counter(one for offices in held.offices for one in offices.split(",") if one)
    return RecordView(
        origin=store.origin,
        size=head.size,
        root=head.root.hex(),
        signed=signed,
        witnesses=_witnesses(store, trust, signed, kept, now),
        has_policy=isinstance(trust, Policies),
        keys=tuple(_key_line(agreement, name, key) for name, key in key_states(store, held).items()),
        kinds=tuple(Choice(one, Name(one), count) for one, count in sorted(Counter(held.kinds).items())),
        offices=tuple(Choice(one, office_words(agreement, one), count) for one, count in sorted(by_office.items())),
        matching=matching,
    )


def record_lines(agreement: Agreement, store: Store, indexes: Iterable[int]) -> tuple[RecordLine, ...]:
    """The entries at these indexes, in this order; raises `RecordError` (`record.range`) for one beyond the head."""
    return tuple(_record_line(agreement, store, index) for index in indexes)


def _record_line(agreement: Agreement, store: Store, index: int) -> RecordLine:
    (entry,) = entries(store, index, index + 1)
    kind, offices = store.said(index)
    return RecordLine(
        index=index,
        kind=kind,
        offices=tuple(office_words(agreement, one) for one in offices.split(",") if one),
        accepted_at=entry.accepted_at,
        sid=entry.sid,
        leaf_hash=entry.leaf.hash.hex(),
        fact=_fact(entry),
    )


def _fact(entry: Entry) -> str | None:
    name = entry.statement.body.get("id") if entry.statement.kind in (REPORTED, STATED) else None
    return name if isinstance(name, str) else None


def office_words(agreement: Agreement, office: str) -> Sentence | Name:
    """An office as the record keeps it, "role:party", in words."""
    role, _, party = office.partition(":")
    words = role_words(role)
    return tell(Tell.OFFICE_OF, role=words, party=Name(party_ref(agreement, party).name)) if party else words


def _key_line(agreement: Agreement, fingerprint: str, key: KeyState) -> KeyLine:
    office = office_words(agreement, f"{key.role}:{key.party}")
    return KeyLine(office, fingerprint, key.kinds, key.since, key.until, key.doubted)


# --- witnesses -------------------------------------------------------------------------------------------------------


def _witnesses(
    store: Store, trust: Trust | QuittanceError, signed: SignedHead | None, kept: Iterable[bytes], now: datetime
) -> tuple[WitnessLine, ...]:
    """Every witness that the policies name, those first whom `joint` needs; nobody without policies."""
    if not isinstance(trust, Policies):
        return ()
    names = {key: name for policy in trust.grades.values() for name, key in policy.witnesses.items()}
    needed = _needed(trust.grades["joint"]) if "joint" in trust.grades else frozenset()
    times = {one.key: one.time for one in signed.opened.cosigned} if signed and signed.opened else {}
    reach = _reach(store, trust, [key for key in names if key not in times], kept)
    lines = []
    for key, name in names.items():
        at = times.get(key)
        gap = None if at is not None else _gap(store, reach.get(key, 0), now)
        lines.append(WitnessLine(name, key.name, key in needed, None if at is None else moment_text(at), gap))
    return tuple(sorted(lines, key=lambda line: not line.needed))


def _needed(policy: Policy) -> frozenset[VerifierKey]:
    """The witnesses that the quorum of a policy rests on."""
    found, names = set(), [policy.quorum]
    while names:
        name = names.pop()
        if name in policy.groups:
            names += policy.groups[name].members
        elif name in policy.witnesses:
            found.add(policy.witnesses[name])
    return frozenset(found)


def _reach(store: Store, trust: Policies, missing: list[VerifierKey], kept: Iterable[bytes]) -> dict[VerifierKey, int]:
    """Up to which entry each of these witnesses has cosigned an earlier head of this record."""
    reach: dict[VerifierKey, int] = {}
    tree = store.tree()
    for note in kept if missing else ():
        try:
            opened = open_trusted(trust, note)
        except QuittanceError:
            continue  # `record verify` names it
        head = opened.checkpoint
        if head.size <= tree.size and tree.root(head.size) == head.root:
            for one in opened.cosigned:
                reach.setdefault(one.key, head.size)
        if reach.keys() >= set(missing):
            break
    return reach


def _gap(store: Store, since: int, now: datetime) -> Gap | None:
    """What is not cosigned from the entry at `since` on; None where there is no such entry."""
    if since >= store.head().size:
        return None
    (entry,) = entries(store, since, since + 1)
    accepted = datetime.fromisoformat(entry.accepted_at)
    return Gap(since, entry.accepted_at, max(0, (now - accepted).days))


def moment_text(seconds: int) -> str:
    """A time in POSIX seconds as the record writes it; as the number where no calendar reaches it."""
    try:
        return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat() + "Z"
    except (ValueError, OverflowError, OSError):
        return str(seconds)
