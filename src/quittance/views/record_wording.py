"""The public words of the record and of its receipts: grades, offices, steps of a check and why one failed.

A receipt that is refused is answered in these words, never with the program's own message alone: what failed, and what
that means for whoever holds the file. `RECORD_MESSAGES` is the whole catalogue for translators.
"""

from __future__ import annotations

from enum import StrEnum

from quittance.record.policy import Grade
from quittance.views.sentence import Name, Sentence, Value


class Tell(StrEnum):
    """Every template, by its use."""

    # grades
    JOINT = "grade joint"
    RECORDED = "grade recorded"
    SIGNED = "grade signed"
    JOINT_MEANS = "Both sides hold and cosigned this very history; neither can later deny it."
    RECORDED_MEANS = "A third body saw this history; at least one side has not cosigned it yet."
    SIGNED_MEANS = "Only the log itself has signed, or too few have cosigned: show it as unconfirmed."

    # offices
    OPERATOR = "operator"
    HOLDING = "holding side"
    RECEIVING = "receiving side"
    NEUTRAL = "neutral body"
    MEDICAL = "medical officer"
    GUARANTOR = "guarantor"
    PROTECTION = "data-protection officer"
    SERVER = "server"
    OFFICE_OF = "{role} ({party})"

    # the steps of a check
    STEP_READ = "the file can be read"
    STEP_LOG = "it is of a log whose key is known here"
    STEP_SIGNATURE = "the log has signed its head"
    STEP_WITNESSES = "the cosignatures of known witnesses are right"
    STEP_PLACE = "the entry stands under this head"
    STEP_ENTRY = "the entry is well-formed and meant for this log"
    STEP_SIGNERS = "the signatures on the entry are right"
    STEP_OPENINGS = "what is disclosed is what the entry holds"

    # what was found
    PROVED = "Entry {index} is in the record signed on {day} and unchanged."
    PROVED_UNDATED = "Entry {index} is in the record that the log has signed, and unchanged; no witness says when."
    PROVED_ELSEWHERE = (
        "Entry {index} is in a history that the log has signed, but that history is not the record of this case: the "
        "log has signed two. Keep the file and this record: together they are the proof."
    )
    REFUSED = "Not accepted: {why}"

    # the head of the receipt and this record
    SAME = "Its head is that of this whole record: nothing has been added since."
    EARLIER = "Its head, of {size} entries, is an earlier one of this record; the record continues it."
    AHEAD = (
        "Its head has {size} entries, this copy of the record only {here}: whether the one continues the other cannot "
        "be told here. The copy is behind, or the record was set back. Compare with another mirror, and keep the file."
    )
    FORK = (
        "Its head, of {size} entries, is NOT a head of this record. The log has signed two histories: keep the file "
        "and this record, and show both to every holder of a mirror."
    )
    OTHER_LOG = "It is of the log {origin}, not of this case's; its head was not held against this record."

    # why it failed, and what that means
    WHY_EMPTY = "nothing was given. Choose a file, or paste a receipt."
    WHY_LARGE = "there is too much of it: a receipt has at most 2 MB, a bundle at most 8 MB. It was not read."
    WHY_FORM = "the form did not arrive whole. Send it again."
    WHY_BUNDLE = (
        "the bundle cannot be read. It is not a zip file with the parts that a bundle has, or it was damaged on the "
        "way. Ask for it again."
    )
    WHY_RECEIPT = (
        "the receipt cannot be read. The file is something else, or was cut or rewritten on the way. Ask for it again, "
        "and have it sent as an attached file."
    )
    WHY_HEAD = (
        "the signed head in the receipt cannot be read. It was cut or rewritten on the way, or never written by a log. "
        "Ask for the file again."
    )
    WHY_LOG = (
        "it is of another log, whose key is not known here. It may be good: check it where that log's policy is known."
    )
    WHY_LOG_SIGNATURE = (
        "the log's signature on the head is missing or wrong. The log never signed this head, or somebody changed it "
        "afterwards. Do not rely on it."
    )
    WHY_WITNESS = (
        "the signature of a witness known here is wrong. Somebody changed the head or its time after it was cosigned, "
        "or made the cosignature up. Do not rely on it."
    )
    WHY_UNSUPPORTED = "a witness signs in a way that this program cannot check. Use a newer one."
    WHY_PLACE = (
        "the entry is not under this head. The entry, its number or its proof was changed, or the entry was never in "
        "this record. Do not rely on it."
    )
    WHY_NO_LEAF = "the receipt does not hold its entry. Ask for one that does."
    WHY_ENTRY = (
        "what stands in the log at this place is no valid entry. An honest log takes in no such thing: keep the file, "
        "it is evidence."
    )
    WHY_OTHER_LOG = (
        "the entry was meant for another log, and this one should have refused it. Keep the file, it is evidence."
    )
    WHY_SEEN = (
        "the entry says that it saw more of the log than came before it. An honest log takes in no such thing: keep "
        "the file, it is evidence."
    )
    WHY_SIGNER = (
        "a signature on the entry is wrong: whoever it names has not signed this. An honest log takes in no such "
        "thing: keep the file, it is evidence."
    )
    WHY_KEYS = "the list of keys in the bundle cannot be read. Ask for the bundle again."
    WHY_OPENINGS = "what the bundle discloses cannot be read. Ask for it again."
    WHY_OTHER_ENTRY = "what the bundle discloses belongs to another entry. Ask for the file that belongs to this one."
    WHY_MISMATCH = "what the bundle discloses is not what the entry holds. A value was changed: do not rely on it."
    WHY_OTHER = "it does not hold. What the program says of it stands below."

    # what was not checked
    NOT_SIGNATURES = "the signatures of keys that are not known here"
    NOT_KEYS = "whether the keys were in their term when the entry was made"
    NOT_OTHERS = "whether another entry of the log says the same, corrects it or withdraws it"
    NOT_TRUTH = "whether what was stated is true: a receipt shows who said what, and in which order"
    NOT_TIME = "the exact time: it is only as good as the witnesses' clocks"


RECORD_MESSAGES: tuple[str, ...] = tuple(dict.fromkeys(str(one) for one in Tell))
"""Every template that a view of the record can hand out: the catalogue for translators."""

GRADE_WORDS: dict[Grade, Tell] = {"joint": Tell.JOINT, "recorded": Tell.RECORDED, "signed": Tell.SIGNED}
GRADE_MEANS: dict[Grade, Tell] = {
    "joint": Tell.JOINT_MEANS,
    "recorded": Tell.RECORDED_MEANS,
    "signed": Tell.SIGNED_MEANS,
}

ROLE_WORDS: dict[str, Tell] = {
    "operator": Tell.OPERATOR,
    "holding": Tell.HOLDING,
    "receiving": Tell.RECEIVING,
    "neutral": Tell.NEUTRAL,
    "medical": Tell.MEDICAL,
    "guarantor": Tell.GUARANTOR,
    "protection": Tell.PROTECTION,
    "server": Tell.SERVER,
}

STEPS: tuple[Tell, ...] = (
    Tell.STEP_READ,
    Tell.STEP_LOG,
    Tell.STEP_SIGNATURE,
    Tell.STEP_WITNESSES,
    Tell.STEP_PLACE,
    Tell.STEP_ENTRY,
    Tell.STEP_SIGNERS,
    Tell.STEP_OPENINGS,
)
"""In the order in which they are taken; what fails ends the check."""

FAILURES: dict[str, tuple[Tell, Tell]] = {
    "bundle.format": (Tell.STEP_READ, Tell.WHY_BUNDLE),
    "upload.empty": (Tell.STEP_READ, Tell.WHY_EMPTY),
    "upload.too_large": (Tell.STEP_READ, Tell.WHY_LARGE),
    "upload.form": (Tell.STEP_READ, Tell.WHY_FORM),
    "receipt.format": (Tell.STEP_READ, Tell.WHY_RECEIPT),
    "record.keys": (Tell.STEP_READ, Tell.WHY_KEYS),
    "note.format": (Tell.STEP_READ, Tell.WHY_HEAD),
    "note.checkpoint": (Tell.STEP_READ, Tell.WHY_HEAD),
    "note.origin": (Tell.STEP_LOG, Tell.WHY_LOG),
    "note.log_signature": (Tell.STEP_SIGNATURE, Tell.WHY_LOG_SIGNATURE),
    "note.signature": (Tell.STEP_WITNESSES, Tell.WHY_WITNESS),
    "note.time": (Tell.STEP_WITNESSES, Tell.WHY_WITNESS),
    "note.unsupported": (Tell.STEP_WITNESSES, Tell.WHY_UNSUPPORTED),
    "receipt.no_leaf": (Tell.STEP_PLACE, Tell.WHY_NO_LEAF),
    "proof.inclusion": (Tell.STEP_PLACE, Tell.WHY_PLACE),
    "receipt.entry": (Tell.STEP_ENTRY, Tell.WHY_ENTRY),
    "receipt.log": (Tell.STEP_ENTRY, Tell.WHY_OTHER_LOG),
    "receipt.seen": (Tell.STEP_ENTRY, Tell.WHY_SEEN),
    "record.signature": (Tell.STEP_SIGNERS, Tell.WHY_SIGNER),
    "commitment.format": (Tell.STEP_OPENINGS, Tell.WHY_OPENINGS),
    "commitment.statement": (Tell.STEP_OPENINGS, Tell.WHY_OTHER_ENTRY),
    "commitment.mismatch": (Tell.STEP_OPENINGS, Tell.WHY_MISMATCH),
}
"""Code of a refusal -> the step that failed and what that means."""


def tell(template: Tell, **values: Value) -> Sentence:
    """The sentence of a template with its values."""
    return Sentence(str(template), values)


def role_words(role: str) -> Sentence | Name:
    """A role in words; one that this program does not know as it stands."""
    return tell(ROLE_WORDS[role]) if role in ROLE_WORDS else Name(role)
