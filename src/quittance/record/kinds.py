"""What may be stated, and who must sign it: the table of kinds, version 1.

A statement is valid only if its body has exactly the members of its kind and its signers fill exactly one of the kind's
alternatives, each slot by another key. No kind that says what happened between the sides can be made by the operator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from quittance.record.envelope import EntryError
from quittance.record.forms import (
    BANDS,
    CLEARANCES,
    DENIALS,
    GROUNDS,
    JUDGEMENTS,
    OUTCOMES,
    READINGS,
    REVOCATIONS,
    ROLES,
    Check,
    beacon,
    code,
    count,
    day,
    digest,
    digests,
    members,
    number,
    one_of,
    origin,
    party,
    plain_names,
    reasons,
)

__all__ = [
    "BANDS",
    "CLEARANCES",
    "CLEARED",
    "DENIALS",
    "GROUNDS",
    "JUDGEMENTS",
    "KINDS",
    "OUTCOMES",
    "PART_HANDLES",
    "READINGS",
    "ROLES",
    "SEALED_HANDLES",
    "SIDES",
    "SLOTS",
    "Kind",
    "kind_of",
]

SIDES = ("holding", "receiving")

SLOTS: Mapping[str, str] = {
    "O": "operator",
    "A": "holding",
    "B": "receiving",
    "N": "neutral",
    "M": "medical",
    "G": "guarantor",
    "P": "protection",
    "W": "server",
}
"""Slots that a role fills. Others: `S` a side, `NEW` and `OLD` the keys that the body names, `OTHER` a key of an office
that is neither the operator's nor the new key's, `SELF` a key of the office of the key revoked, `BY` a key of the party
in the body's `by`, `SAME` the offices that signed the statement referred to, `ANY` a key of any office."""

PART_HANDLES = 900
"""Handles that a part of a list, or a batch, may have at most, so that its leaf stays below `MAX_LEAF_BYTES`."""

SEALED_HANDLES = 450
"""The same for a part of a round of sealed clearances, which has a commitment beside each handle."""

CLEARED = "cleared"
"""The field of `commitments` that holds the outcomes of a round of sealed clearances."""


def _nothing(_: Mapping[str, object]) -> str:
    return ""


def _part(body: Mapping[str, object]) -> str:
    """What is wrong with the part of a list or a round that a statement says it is; empty for nothing."""
    part, parts = body.get("part", 1), body.get("parts", 1)
    is_beyond = isinstance(part, int) and isinstance(parts, int) and part > parts
    return "names a part beyond its parts" if is_beyond else ""


def _reasoned(body: Mapping[str, object]) -> str:
    """What is wrong with a judgement against the probability that was shown; empty for nothing."""
    grade, judgement = str(body["grade"]), body["judgement"]
    is_against = grade in BANDS and judgement == ("same" if grade < "p50" else "different")
    return "goes against the probability shown and lacks its `reason`" if is_against and "reason" not in body else ""


def _explained(body: Mapping[str, object]) -> str:
    """What is wrong with a clearance that is not granted; empty for nothing."""
    return "is not granted and lacks its `reason`" if body["outcome"] != "granted" and "reason" not in body else ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of statement.

    `signers` are alternatives, each a list of slots; `required` and `optional` give for each member of the body the
    check of its value, and `free` leaves the body to another format. `logs` says which logs take it (the last part of
    the origin); `people` is whether it must carry person handles: "no", "one", "two", "some" (as many as `count`, or at
    least one where the body has none), "maybe" (none, or as many as `count`) or "any". `refs` is the relation that it
    must have to at least one earlier statement. `whole` says what is wrong between the
    members of a body, each of them in form.
    """

    signers: tuple[tuple[str, ...], ...]
    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    free: bool = False
    logs: frozenset[str] = frozenset({"case"})
    people: str = "no"
    refs: str | None = None
    whole: Callable[[Mapping[str, object]], str] = _nothing

    def require_body(self, kind: str, body: Mapping[str, object]) -> None:
        """Raise `EntryError` (`entry.body`) naming the first member that is missing, unknown or out of form.

        Also where the members are in form and do not go together.
        """
        if self.free:
            return
        for member, check in self.required.items():
            if member not in body:
                raise EntryError(f"The body of {kind} lacks `{member}`.", code="entry.body")
            if not check(body[member]):
                raise EntryError(f"The member `{member}` of {kind} is out of form.", code="entry.body")
        for member, value in body.items():
            if member not in self.required and not self.optional.get(member, _unknown)(value):
                what = "is out of form" if member in self.optional else "is none that it may have"
                raise EntryError(f"A member of the body of {kind} {what}.", code="entry.body")
        if wrong := self.whole(body):
            raise EntryError(f"The body of {kind} {wrong}.", code="entry.body")


def _unknown(_: object) -> bool:
    return False


_ALL_LOGS = frozenset({"case", "public", "access"})
_OPEN = frozenset({"case", "public"})
_PUBLIC = frozenset({"public"})
_ACCESS = frozenset({"access"})
_BATCH = {"batch": code}
_KEY = {"role": one_of(ROLES), "public_key": digest, "fingerprint": digest}
_SCOPE = {"party": party, "kinds": plain_names}
_READ = {"reader": digest, "purpose": code, "rows": count}
_READ_MORE = {"fields": plain_names, "zone": code, "surface": code, "sha256": digest}

KINDS: Mapping[str, Kind] = {
    "log.genesis": Kind(
        (("O",),),
        {},
        {
            "operator_key": digest,
            "operator_keys": digests,
            "operator_threshold": count,
            "founding": digests,
            "agreement_sha256": digest,
            "policy_sha256": digest,
        },
        logs=_ALL_LOGS,
    ),
    "key.enrolled": Kind((("O", "NEW", "OTHER"), ("O", "NEW")), _KEY, _SCOPE, logs=_ALL_LOGS),
    "key.rotated": Kind(
        (("O", "OLD", "NEW"),),
        {"old": digest, "public_key": digest, "fingerprint": digest},
        logs=_ALL_LOGS,
    ),
    "key.revoked": Kind(
        (("O",), ("SELF",)),
        {"fingerprint": digest, "reason": one_of(REVOCATIONS)},
        {"compromised_since": count},
        logs=_ALL_LOGS,
    ),
    "policy.set": Kind((("A", "B", "O"),), {"policy_sha256": digest}, {"matrix_sha256": digest}),
    "agreement.adopted": Kind((("A", "B"), ("A", "B", "G")), {"agreement_sha256": digest, "version": count}),
    "agreement.amended": Kind((("A", "B"), ("A", "B", "G")), {"agreement_sha256": digest, "version": count}),
    "fact.reported": Kind((("O",),), free=True),
    "fact.stated": Kind((("BY",),), free=True),
    "list.submitted": Kind(
        (("S",),),
        {"list": code, "count": count},
        {"version": number, "part": number, "parts": number},
        people="some",
        whole=_part,
    ),
    "list.withdrawn": Kind((("S",),), {"list": code}),
    "match.judged": Kind(
        (("N",),),
        {"judgement": one_of(JUDGEMENTS), "grade": one_of((*BANDS, "none"))},
        {"reason": one_of(GROUNDS), "list": code},
        people="two",
        whole=_reasoned,
    ),
    "match.confirmed": Kind((("A", "B"),), {"grade": code}, {"list": code}, people="some"),
    "match.disputed": Kind((("S",),), {"grade": code}, {"list": code}, people="some"),
    "match.undone": Kind((("N",),), {"grade": code}, {"list": code}, people="some"),
    "batch.proposed": Kind(
        (("O",),),
        {"batch": code, "count": count, "rules_sha256": digest},
        {
            "seed_sha256": digest,
            "commitment": code,
            "from": code,
            "to": code,
            "list": code,
            "batch_sha256": digest,
            "snapshot_sha256": digest,
            "request_sha256": digest,
        },
        people="maybe",
    ),
    "batch.cleared": Kind((("N", "M"),), _BATCH),
    "batch.authorised": Kind((("S",),), _BATCH),
    "batch.changed": Kind(
        (("O",),),
        {
            "batch": code,
            "round": number,
            "count": count,
            "batch_sha256": digest,
            "before_sha256": digest,
            "skipped": reasons,
        },
        people="some",
    ),
    "batch.closed": Kind((("N",),), {"batch": code, "count": count, "skipped": count}),
    "clearance.given": Kind(
        (("S",),),
        {"gate": code, "outcome": one_of(CLEARANCES)},
        {"reason": code, "until": day, "batch": code},
        people="some",
        whole=_explained,
    ),
    "clearance.sealed": Kind(
        (("N",), ("M",)),
        {"round": number},
        {"part": number, "parts": number, "batch": code},
        people="some",
        whole=_part,
    ),
    "person.cleared": Kind((("M",), ("N",)), {"reason": code}, _BATCH, people="one"),
    "person.held_back": Kind((("M",), ("N",)), {"reason": code}, _BATCH, people="one"),
    "wish.recorded": Kind((("N",),), {}, _BATCH, people="one"),
    "handover.observed": Kind(
        (("N",),),
        {"batch": code, "from": code, "to": code, "place": code, "count": count},
        {"to_place": code, "asked": count, "wish_affirmed": count, "commitment": code, "fact": code},
        people="some",
    ),
    "handover.delivered": Kind(
        (("S",),),
        {"batch": code, "count": count},
        {"place": code, "observed": digest},
        refs="answers",
    ),
    "handover.received": Kind(
        (("S",),),
        {"batch": code, "count": count},
        {"place": code, "observed": digest},
        refs="answers",
    ),
    "handover.denied": Kind((("S",),), {"batch": code, "reason": one_of(DENIALS)}, people="some", refs="answers"),
    "outcome.stated": Kind((("S",), ("N",)), {"outcome": one_of(OUTCOMES)}, _BATCH, people="some"),
    "count.asserted": Kind((("A", "B"), ("S",)), {"commitment": code, "batch": code, "count": count}),
    "count.contested": Kind((("A", "B"), ("S",)), {"commitment": code, "batch": code, "count": count}),
    "pledge.recorded": Kind((("N",), ("S",)), {"form": code}, people="one"),
    "seed.requested": Kind(
        (("O",),),
        {
            "batch": code,
            "request_sha256": digest,
            "snapshot_sha256": digest,
            "rules_sha256": digest,
            "size": count,
        },
        {"beacon": beacon},
    ),
    "seed.committed": Kind((("S",), ("N",)), {"batch": code, "commit": digest}, refs="answers"),
    "seed.revealed": Kind((("S",), ("N",)), {"batch": code, "nonce": digest}, refs="answers"),
    "claim.captured": Kind((("O",),), {"evidence_sha256": digest}, {"claim": code, "sheet_sha256": digest}, logs=_OPEN),
    "claim.judged": Kind(
        (("N",),),
        {"claim": code, "judgement": one_of(READINGS), "report_sha256": digest},
        {"fact": code},
    ),
    "claim.verdict": Kind((("O",),), {"claim": code, "verdict": code}, logs=_PUBLIC),
    "aggregate.published": Kind(
        (("O",), ("O", "A", "B")),
        {"table_sha256": digest, "rules_sha256": digest, "suppressed": count},
        logs=_PUBLIC,
    ),
    "record.corrected": Kind((("SAME",),), {"body": members}, logs=_OPEN, refs="corrects"),
    "record.withdrawn": Kind((("SAME",),), {}, {"reason": code}, logs=_OPEN, people="any", refs="withdraws"),
    "record.countersigned": Kind((("ANY",),), refs="countersigns"),
    "erasure.done": Kind((("O", "P"),), {"salts": count, "keys": count}, people="some"),
    "access.read": Kind((("W",),), _READ, _READ_MORE, logs=_ACCESS),
    "access.export": Kind((("W",),), _READ, _READ_MORE, logs=_ACCESS),
    "access.print": Kind((("W",),), _READ, _READ_MORE, logs=_ACCESS),
    "access.refused": Kind((("W",),), _READ, _READ_MORE, logs=_ACCESS),
    "checkpoint.linked": Kind((("O",),), {"log": origin, "note_sha256": digest}, logs=frozenset({"public", "access"})),
}
"""Kind -> who signs it and what it holds (record format, "Kinds")."""


def kind_of(name: str) -> Kind:
    """The row of a kind; raises `EntryError` (`entry.kind_unknown`)."""
    found = KINDS.get(name)
    if found is None:
        raise EntryError(
            f"This program knows no kind {name[:64]}. Use the program version that wrote it.", code="entry.kind_unknown"
        )
    return found
