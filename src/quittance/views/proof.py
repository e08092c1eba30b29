"""What a receipt or an evidence bundle proves, in sentences: step by step, and held against the record of this case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

from quittance.agreement.model import Agreement
from quittance.errors import QuittanceError
from quittance.record.checkpoint import Checkpoint
from quittance.record.known import KeyState
from quittance.record.policy import Grade
from quittance.record.receipt import CheckedReceipt
from quittance.record.store import Store
from quittance.views.record import moment_text, office_words
from quittance.views.record_wording import FAILURES, GRADE_MEANS, GRADE_WORDS, STEPS, Tell, tell
from quittance.views.sentence import Id, Name, Sentence

Standing = Literal["same", "earlier", "ahead", "fork", "other_log"]
"""How the head of a receipt stands to the record of this case."""

StepState = Literal["right", "failed", "not_done"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the check, and what came of it."""

    words: Sentence
    state: StepState


@dataclass(frozen=True, slots=True)
class SignerLine:
    """A signature on the entry: its key, the office if this record knows the key, and whether it was checked."""

    fingerprint: str
    office: Sentence | Name | None
    checked: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is not accepted: the sentence, the steps with the one that failed, and the program's own words."""

    sentence: Sentence
    steps: tuple[Step, ...]
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProofView:
    """What a file proves. `held` is whether this record holds the entry; `fork` is whether its head contradicts it."""

    sentence: Sentence
    steps: tuple[Step, ...]
    standing: Sentence
    fork: bool
    held: bool
    index: int
    kind: str
    sid: str
    leaf_hash: str
    claimed_at: str
    accepted_at: str
    origin: str
    size: int
    root: str
    grade: Grade
    grade_words: Sentence
    grade_means: Sentence
    cosigners: tuple[tuple[str, str], ...]
    """Name of each known witness that cosigned, and its time."""
    unknown: int
    signers: tuple[SignerLine, ...]
    fields_opened: tuple[str, ...]
    not_checked: tuple[Sentence, ...]
    note: str


def refusal_of(code: str, detail: str = "") -> Refusal:
    """The answer to a file that is not accepted for `code`; `detail` is the message of the program."""
    # What is disclosed is the only JSON in such a file whose form is not another step's.
    known = FAILURES.get(code) or (FAILURES["commitment.format"] if code.startswith("canon.") else None)
    steps = () if known is None else _steps(known[0])
    return Refusal(tell(Tell.REFUSED, why=tell(known[1] if known else Tell.WHY_OTHER)), steps, code, detail)


def refusal_view(error: QuittanceError) -> Refusal:
    """The answer to a file that `error` refuses."""
    return refusal_of(error.code, error.message)


def proof_view(
    agreement: Agreement,
    store: Store,
    keys: Mapping[str, KeyState],
    checked: CheckedReceipt,
    signatures: tuple[str, ...],
    fields: tuple[str, ...] | None,
) -> ProofView:
    """What a checked receipt proves to whoever asks in this case.

    `keys` are those that its record has enrolled, `signatures` the keys whose signatures on the entry were checked,
    `fields` what was opened (None: nothing was to be).
    """
    head, entry = checked.opened.checkpoint, checked.entry
    standing = standing_of(store, head)
    held = standing in ("same", "earlier")
    times = [one.time for one in checked.opened.cosigned]
    signers = tuple(
        SignerLine(
            name,
            office_words(agreement, f"{keys[name].role}:{keys[name].party}") if name in keys else None,
            name in signatures,
        )
        for name in checked.signatures
    )
    skipped = [] if times else [Tell.STEP_WITNESSES]
    skipped += [] if signatures else [Tell.STEP_SIGNERS]
    skipped += [] if fields is not None else [Tell.STEP_OPENINGS]
    return ProofView(
        sentence=_sentence(checked.index, standing, times),
        steps=_steps(None, skipped),
        standing=_standing_words(standing, head, store),
        fork=standing == "fork",
        held=held,
        index=checked.index,
        kind=entry.statement.kind,
        sid=entry.sid,
        leaf_hash=entry.leaf.hash.hex(),
        claimed_at=entry.statement.claimed_at,
        accepted_at=entry.accepted_at,
        origin=head.origin,
        size=head.size,
        root=head.root.hex(),
        grade=checked.grade,
        grade_words=tell(GRADE_WORDS[checked.grade]),
        grade_means=tell(GRADE_MEANS[checked.grade]),
        cosigners=tuple((one.key.name, moment_text(one.time)) for one in checked.opened.cosigned),
        unknown=checked.opened.unknown,
        signers=signers,
        fields_opened=fields or (),
        not_checked=_not_checked(held, all(one.checked for one in signers)),
        note=checked.opened.note.encode().decode(),
    )


def standing_of(store: Store, head: Checkpoint) -> Standing:
    """How a signed head stands to this record, whose own root at that size decides."""
    if head.origin != store.origin:
        return "other_log"
    here = store.tree()
    if head.size > here.size:
        return "ahead"
    if here.root(head.size) != head.root:
        return "fork"
    return "same" if head.size == here.size else "earlier"


def _standing_words(standing: Standing, head: Checkpoint, store: Store) -> Sentence:
    match standing:
        case "same":
            return tell(Tell.SAME)
        case "earlier":
            return tell(Tell.EARLIER, size=head.size)
        case "ahead":
            return tell(Tell.AHEAD, size=head.size, here=store.head().size)
        case "fork":
            return tell(Tell.FORK, size=head.size)
        case "other_log":
            return tell(Tell.OTHER_LOG, origin=Id(head.origin))


def _sentence(index: int, standing: Standing, times: list[int]) -> Sentence:
    if standing == "fork":
        return tell(Tell.PROVED_ELSEWHERE, index=index)
    day = _day(max(times)) if times else None
    return tell(Tell.PROVED, index=index, day=day) if day else tell(Tell.PROVED_UNDATED, index=index)


def _day(seconds: int) -> date | None:
    try:
        return datetime.fromtimestamp(seconds, UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _steps(failed: Tell | None, skipped: Collection[Tell] = ()) -> tuple[Step, ...]:
    """The steps: right up to the one that failed, and not done after it, or where there was nothing to be checked."""
    steps = []
    state: StepState = "right"
    for one in STEPS:
        if one == failed:
            steps.append(Step(tell(one), "failed"))
            state = "not_done"
        else:
            steps.append(Step(tell(one), "not_done" if one in skipped else state))
    return tuple(steps)


def _not_checked(held: bool, every_signature: bool) -> tuple[Sentence, ...]:
    """What the file does not show here. An entry that this record holds was judged when it was taken in."""
    found = [] if every_signature else [Tell.NOT_SIGNATURES]
    found += [] if held else [Tell.NOT_KEYS]
    return tuple(map(tell, (*found, Tell.NOT_OTHERS, Tell.NOT_TIME, Tell.NOT_TRUTH)))
