"""What may be stated, and who must sign it: the table of kinds, version 1.

A statement is valid only if its body has exactly the members of its kind and its signers fill exactly one of the kind's
alternatives, each slot by another key. No kind that says what happened between the sides can be made by the operator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from quittance.ids import is_id
from quittance.record.envelope import HEX_256, EntryError

ROLES = ("operator", "holding", "receiving", "neutral", "medical", "guarantor", "protection", "server")
"""The offices that a key can be enrolled for; `protection` is the data-protection officer."""

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

Check = Callable[[object], bool]

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
_ORIGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,255}")
_CODES = re.compile(r"[a-z0-9_.]{1,64}")
_REASONS = frozenset({"lost", "stolen", "left", "replaced", "ended", "other"})

JUDGEMENTS = ("same", "different", "unsure")

BANDS = ("p00", "p10", "p30", "p50", "p70", "p90", "p97")
"""Bands of the probability that a reviewer was shown, by their lower bound in hundredths."""

GROUNDS = (
    *("father", "year", "place", "number", "document", "interview", "relative", "family", "spelling"),
    "other",
)
"""Why a reviewer judges as he does: codes, because words about a person have no place in the record."""

PART_HANDLES = 900
"""Handles that a part of a list may have at most, so that its leaf stays below `MAX_LEAF_BYTES`."""


def _code(value: object) -> bool:
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def _origin(value: object) -> bool:
    return isinstance(value, str) and _ORIGIN.fullmatch(value) is not None


def _count(value: object) -> bool:
    return type(value) is int and value >= 0


def _digest(value: object) -> bool:
    return isinstance(value, str) and HEX_256.fullmatch(value) is not None


def _codes(value: object) -> bool:
    return isinstance(value, list) and 0 < len(value) <= 64 and all(map(_is_plain, value))


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and _CODES.fullmatch(value) is not None


def _digests(value: object) -> bool:
    return isinstance(value, list) and len(value) <= 32 and all(map(_digest, value)) and len(set(value)) == len(value)


def _party(value: object) -> bool:
    return isinstance(value, str) and is_id(value)


def _role(value: object) -> bool:
    return value in ROLES


def _reason(value: object) -> bool:
    return isinstance(value, str) and value in _REASONS


def _object(value: object) -> bool:
    return isinstance(value, dict)


def _number(value: object) -> bool:
    return type(value) is int and value >= 1


def _judgement(value: object) -> bool:
    return isinstance(value, str) and value in JUDGEMENTS


def _shown(value: object) -> bool:
    return isinstance(value, str) and (value in BANDS or value == "none")


def _ground(value: object) -> bool:
    return isinstance(value, str) and value in GROUNDS


def _nothing(_: Mapping[str, object]) -> str:
    return ""


def _part(body: Mapping[str, object]) -> str:
    """What is wrong with the part that a list statement says it is; empty for nothing."""
    part, parts = body.get("part", 1), body.get("parts", 1)
    is_beyond = isinstance(part, int) and isinstance(parts, int) and part > parts
    return "names a part beyond its parts" if is_beyond else ""


def _reasoned(body: Mapping[str, object]) -> str:
    """What is wrong with a judgement against the probability that was shown; empty for nothing."""
    grade, judgement = str(body["grade"]), body["judgement"]
    is_against = grade in BANDS and judgement == ("same" if grade < "p50" else "different")
    return "goes against the probability shown and lacks its `reason`" if is_against and "reason" not in body else ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of statement.

    `signers` are alternatives, each a list of slots; `required` and `optional` give for each member of the body the
    check of its value, and `free` leaves the body to another format. `logs` says which logs take it (the last part of
    the origin); `people` is whether it must carry person handles: "no", "one", "two", or "some" (at least one unless
    `count` is 0). `refs` is the relation that it must have to at least one earlier statement. `whole` says what is
    wrong between the members of a body, each of them in form.
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
_BATCH = {"batch": _code}
_KEY = {"role": _role, "public_key": _digest, "fingerprint": _digest}
_SCOPE = {"party": _party, "kinds": _codes}
_READ = {"reader": _digest, "purpose": _code, "rows": _count}
_READ_MORE = {"fields": _codes, "zone": _code, "surface": _code, "sha256": _digest}

KINDS: Mapping[str, Kind] = {
    "log.genesis": Kind(
        (("O",),),
        {},
        {
            "operator_key": _digest,
            "operator_keys": _digests,
            "operator_threshold": _count,
            "founding": _digests,
            "agreement_sha256": _digest,
            "policy_sha256": _digest,
        },
        logs=_ALL_LOGS,
    ),
    "key.enrolled": Kind((("O", "NEW", "OTHER"), ("O", "NEW")), _KEY, _SCOPE, logs=_ALL_LOGS),
    "key.rotated": Kind(
        (("O", "OLD", "NEW"),),
        {"old": _digest, "public_key": _digest, "fingerprint": _digest},
        logs=_ALL_LOGS,
    ),
    "key.revoked": Kind(
        (("O",), ("SELF",)),
        {"fingerprint": _digest, "reason": _reason},
        {"compromised_since": _count},
        logs=_ALL_LOGS,
    ),
    "policy.set": Kind((("A", "B", "O"),), {"policy_sha256": _digest}, {"matrix_sha256": _digest}),
    "agreement.adopted": Kind((("A", "B"), ("A", "B", "G")), {"agreement_sha256": _digest, "version": _count}),
    "agreement.amended": Kind((("A", "B"), ("A", "B", "G")), {"agreement_sha256": _digest, "version": _count}),
    "fact.reported": Kind((("O",),), free=True),
    "fact.stated": Kind((("BY",),), free=True),
    "list.submitted": Kind(
        (("S",),),
        {"list": _code, "count": _count},
        {"version": _number, "part": _number, "parts": _number},
        people="some",
        whole=_part,
    ),
    "list.withdrawn": Kind((("S",),), {"list": _code}),
    "match.judged": Kind(
        (("N",),),
        {"judgement": _judgement, "grade": _shown},
        {"reason": _ground, "list": _code},
        people="two",
        whole=_reasoned,
    ),
    "match.confirmed": Kind((("A", "B"),), {"grade": _code}, {"list": _code}, people="some"),
    "match.disputed": Kind((("S",),), {"grade": _code}, {"list": _code}, people="some"),
    "match.undone": Kind((("N",),), {"grade": _code}, {"list": _code}, people="some"),
    "batch.proposed": Kind(
        (("O",),),
        {"batch": _code, "count": _count, "rules_sha256": _digest},
        {"seed_sha256": _digest, "commitment": _code, "from": _code, "to": _code},
    ),
    "batch.cleared": Kind((("N", "M"),), _BATCH),
    "batch.authorised": Kind((("S",),), _BATCH),
    "person.cleared": Kind((("M",), ("N",)), {"reason": _code}, _BATCH, people="one"),
    "person.held_back": Kind((("M",), ("N",)), {"reason": _code}, _BATCH, people="one"),
    "wish.recorded": Kind((("N",),), {}, _BATCH, people="one"),
    "handover.observed": Kind(
        (("N",),),
        {"batch": _code, "from": _code, "to": _code, "place": _code, "count": _count},
        {"to_place": _code, "asked": _count, "wish_affirmed": _count, "commitment": _code},
        people="some",
    ),
    "handover.delivered": Kind(
        (("S",),),
        {"batch": _code, "count": _count},
        {"place": _code, "observed": _digest},
        refs="answers",
    ),
    "handover.received": Kind(
        (("S",),),
        {"batch": _code, "count": _count},
        {"place": _code, "observed": _digest},
        refs="answers",
    ),
    "count.asserted": Kind((("A", "B"), ("S",)), {"commitment": _code, "batch": _code, "count": _count}),
    "count.contested": Kind((("A", "B"), ("S",)), {"commitment": _code, "batch": _code, "count": _count}),
    "pledge.recorded": Kind((("N",), ("S",)), {"form": _code}, people="one"),
    "claim.captured": Kind((("O",),), {"evidence_sha256": _digest}, {"claim": _code}, logs=_PUBLIC),
    "claim.verdict": Kind((("O",),), {"claim": _code, "verdict": _code}, logs=_PUBLIC),
    "aggregate.published": Kind(
        (("O",), ("O", "A", "B")),
        {"table_sha256": _digest, "rules_sha256": _digest, "suppressed": _count},
        logs=_PUBLIC,
    ),
    "record.corrected": Kind((("SAME",),), {"body": _object}, logs=_OPEN, refs="corrects"),
    "record.withdrawn": Kind((("SAME",),), {}, {"reason": _code}, logs=_OPEN, people="any", refs="withdraws"),
    "record.countersigned": Kind((("ANY",),), refs="countersigns"),
    "erasure.done": Kind((("O", "P"),), {"salts": _count, "keys": _count}, people="some"),
    "access.read": Kind((("W",),), _READ, _READ_MORE, logs=_ACCESS),
    "access.export": Kind((("W",),), _READ, _READ_MORE, logs=_ACCESS),
    "access.print": Kind((("W",),), _READ, _READ_MORE, logs=_ACCESS),
    "access.refused": Kind((("W",),), _READ, _READ_MORE, logs=_ACCESS),
    "checkpoint.linked": Kind(
        (("O",),), {"log": _origin, "note_sha256": _digest}, logs=frozenset({"public", "access"})
    ),
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
